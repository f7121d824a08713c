package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"etamil/engine/db"
	"etamil/engine/db/dbtest"
	"etamil/engine/db/dbtest/servers"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// free is a Meter without bounds.
type free struct{}

func (free) Charge(int) error { return nil }
func (free) Grow(int) error   { return nil }

// bench is a pool and what is counted of it.
type bench struct {
	*testing.T
	pool            *pool
	open, cancelled atomic.Int64
}

func newBench(t *testing.T, text string, o db.Options) *bench {
	t.Helper()
	b := &bench{T: t}
	target, err := New().Target(text, o)
	if err != nil {
		t.Fatal(err)
	}
	p, err := target.Open(db.PoolConfig{
		ConnectTimeout: 10 * time.Second, StatementCache: 64,
		Count: func(n int) { b.open.Add(int64(n)) }, Cancelled: func() { b.cancelled.Add(1) },
	})
	if err != nil {
		t.Fatal(err)
	}
	b.pool = p.(*pool)
	t.Cleanup(func() {
		p.Close()
		// The library closes what it gave up in a goroutine of its own.
		for end := time.Now().Add(5 * time.Second); b.open.Load() != 0; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Errorf("%d connections are counted after Close", b.open.Load())
				return
			}
		}
	})
	return b
}

// lease leases a connection that is closed at the end of the test.
func (b *bench) lease() *conn {
	b.Helper()
	c, err := dbtest.Acquire(b.Context(), b.pool)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Release(false) })
	return c.(*conn)
}

func asked(sql string, params []value.Value) *host.Statement {
	return &host.Statement{SQL: sql, Params: params, Meter: free{}}
}

// say is an error in one line.
func say(err error) string {
	var refusal *db.Refusal
	var lost *db.Lost
	var d *diag.Diagnostic
	switch {
	case errors.As(err, &refusal):
		return refusal.Tag
	case errors.As(err, &lost):
		return "lost"
	case errors.As(err, &d):
		return d.Code().String()
	}
	return err.Error()
}

// ask runs a query and returns its printed rows, each value marked when it is
// a text, or its error.
func ask(c *conn, sql string, params ...value.Value) string {
	s := asked(sql, params)
	rows := db.NewRows(s)
	if err := c.Query(context.Background(), s, rows); err != nil {
		return say(err)
	}
	v, err := rows.Value()
	if err != nil {
		return err.Error()
	}
	var out []string
	for _, row := range v.Elems() {
		for i := range row.Len() {
			name, f := row.FieldAt(i)
			text := value.Display(&f, 200)
			if f.Kind() == value.Text {
				text = strconv.Quote(f.Str())
			}
			out = append(out, name+"="+text)
		}
	}
	return strings.Join(out, " ")
}

// do executes a statement and returns its count or its error.
func do(c *conn, sql string, params ...value.Value) string {
	n, err := c.Execute(context.Background(), asked(sql, params))
	if err != nil {
		return say(err)
	}
	return strconv.FormatInt(n, 10)
}

func (b *bench) want(got, want string) {
	b.Helper()
	if got != want {
		b.Errorf("got %s\nwant %s", got, want)
	}
}

func TestEachTypeOfColumn(t *testing.T) {
	b := newBench(t, servers.MariaDB(t), db.Options{})
	c := b.lease()
	for _, tt := range []struct{ expr, want string }{
		{"CAST(-5 AS SIGNED)", "-5"},
		{"CAST(18446744073709551615 AS UNSIGNED)", "18446744073709551615"},
		{"-9223372036854775808", "-9223372036854775808"},
		{"TRUE", "1"},
		{"CAST('12345678901234567890.5' AS DECIMAL(30,10))", "12345678901234567890.5"},
		{"CAST('79228162514264337593543950335' AS DECIMAL(40,0))", "79228162514264337593543950335"},
		{"CAST('79228162514264337593543950336' AS DECIMAL(40,0))", `"79228162514264337593543950336"`},
		{"CAST('-99999999999999999999999999999999999.5' AS DECIMAL(40,1))", `"-99999999999999999999999999999999999.5"`},
		{"CAST('0.12345678901234567890123456785' AS DECIMAL(40,29))", "0.1234567890123456789012345679"},
		{"1 / 3", "0.3333"},
		{"0.1e0 + 0.2e0", "0.30000000000000004"},
		{"1e300", `"1e+300"`},
		{"1e-40", "0"},
		{"CONCAT(1, 2)", `"12"`},
		{"'0012'", `"0012"`},
		{"x'ff41'", `"�A"`},
		{"b'1000000001'", `"\x02\x01"`},
		{"CAST('2026-04-01' AS DATE)", `"2026-04-01"`},
		{"CAST('2026-04-01 10:20:30' AS DATETIME)", `"2026-04-01T10:20:30"`},
		{"CAST('2026-04-01 00:00:00' AS DATETIME)", `"2026-04-01T00:00:00"`},
		{"CAST('2026-04-01 10:20:30.500000' AS DATETIME(6))", `"2026-04-01T10:20:30.5"`},
		{"CAST('2026-04-01 10:20:30.000001' AS DATETIME(6))", `"2026-04-01T10:20:30.000001"`},
		{"CAST('2026-04-01 10:20:30.000000' AS DATETIME(6))", `"2026-04-01T10:20:30"`},
		{"CAST('-25:10:05' AS TIME)", `"-25:10:05"`},
		{"CAST('800:00:01' AS TIME)", `"800:00:01"`},
		{"CAST('-0:00:00.25' AS TIME(3))", `"-00:00:00.25"`},
		{"NULL", "nil"},
		{"JSON_OBJECT('a', 1)", `"{\"a\": 1}"`},
		{"ST_AsText(POINT(1, 2))", `"POINT(1 2)"`},
	} {
		b.want(ask(c, "SELECT "+tt.expr+" AS v"), "v="+tt.want)
	}
	b.want(do(c, "CREATE TEMPORARY TABLE k (ti TINYINT, tu TINYINT UNSIGNED, si SMALLINT, mi MEDIUMINT, i INT, iu INT UNSIGNED, bi BIGINT, f FLOAT, "+
		"yr YEAR, bt BIT(12), d DATE, ts TIMESTAMP NULL, en ENUM('small','large'), se SET('a','b','c'), bn BINARY(3), bl BLOB, tx MEDIUMTEXT, ch CHAR(6))"), "0")
	b.want(do(c, "INSERT INTO k VALUES (-128, 255, -300, -8388608, 2000000000, 4294967295, 9, 0.1, 2026, b'101', '2026-04-01', '2026-04-01 00:00:00', "+
		"'large', 'a,c', 'ab', 'raw', '12.50', 'ab  ')"), "1")
	b.want(ask(c, "SELECT * FROM k"), `bi=9 bl="raw" bn="ab\x00" bt=5 ch="ab" d="2026-04-01" en="large" f=0.1 i=2000000000 iu=4294967295 mi=-8388608 `+
		`se="a,c" si=-300 ti=-128 ts="2026-04-01T00:00:00" tu=255 tx="12.50" yr=2026`)
	b.want(do(c, "SET SESSION sql_mode = ''"), "0")
	b.want(do(c, "UPDATE k SET d = '0000-00-00', ts = NULL"), "1")
	b.want(ask(c, "SELECT d, ts FROM k"), `d="0000-00-00" ts=nil`)
	b.want(ask(c, "SELECT 1 AS a, 2 AS A, 3 AS a, 4 AS `ஆ`"), "A=2 a=3 ஆ=4")
}

func TestParametersTravelAsText(t *testing.T) {
	b := newBench(t, servers.MariaDB(t), db.Options{})
	c := b.lease()
	for _, tt := range []struct {
		v    value.Value
		want string
	}{
		{db.NumberOf("5"), `"5"`}, {db.NumberOf("12.50"), `"12.5"`}, {value.String("x"), `"x"`},
		{value.Bool(true), "1"}, {value.Bool(false), "0"}, {value.NilValue(), "nil"},
	} {
		b.want(ask(c, "SELECT ? AS v", tt.v), "v="+tt.want)
		b.want(ask(c, "SELECT :v AS v", tt.v), "v="+tt.want)
	}
	b.want(ask(c, "SELECT :a AS x, :b AS y, :a AS z", value.Int(1), value.Int(2), value.Int(3)), `x="1" y="2" z="3"`)
	b.want(ask(c, "SELECT ? + 1 AS one, 10 > ? AS two, '10' > ? AS three", value.Int(41), value.Int(9), value.Int(9)), "one=42 three=0 two=1")
	array := value.FlatArray([]value.Value{value.Int(1)})
	ok, _ := value.Ok(value.Int(1))
	for _, v := range []value.Value{array, value.NewRecord(0), ok} {
		b.want(ask(c, "SELECT ? AS v", v), "ET5045")
	}
	b.want(ask(c, "SELECT ? AS v"), "ET5046")
	b.want(ask(c, "SELECT ? AS a, ? AS b", value.Int(1)), "ET5046")
	b.want(ask(c, "SELECT ? AS a", value.Int(1), value.Int(1)), "ET5046")
	b.want(ask(c, "SELECT 1 AS a", value.Int(1)), "ET5046")
	b.want(do(c, "BEGIN", value.Int(1)), "ET5046")
	b.want(do(c, "PREPARE s FROM 'SELECT 7 AS v'", value.Int(1)), "[mysql 1295 HY000]")
	for range 2 { // what cannot be prepared runs as text
		b.want(do(c, "PREPARE s FROM 'SELECT 7 AS v, 1.50 AS d, 0.5e0 AS f, NULL AS n'"), "0")
		b.want(ask(c, "EXECUTE s"), "d=1.5 f=0.5 n=nil v=7")
		b.want(do(c, "EXECUTE s"), "0")
	}
	long := value.String(strings.Repeat("x", 20<<20))
	b.want(ask(c, "SELECT LENGTH(?) AS n", long), "[mysql 1105 HY000]")
	b.want(ask(c, "SELECT LENGTH(?) AS n", value.String(strings.Repeat("x", 4<<20))), "n=4194304")
}

func TestPlaceholdersOfOthersAreToldApart(t *testing.T) {
	c := newBench(t, servers.MariaDB(t), db.Options{}).lease()
	for sql, says := range map[string]bool{"SELECT $1 AS v": true, "SELECT '$1', missing": false} {
		s := &host.Statement{SQL: sql}
		err := c.Query(t.Context(), s, db.NewRows(s))
		var r *db.Refusal
		if !errors.As(err, &r) || r.Tag != "[mysql 1054 42S22]" || strings.HasSuffix(r.Message, otherPlaceholders) != says {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestAServerOfAnotherKindIsToldApart(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		if c, err := l.Accept(); err == nil {
			c.Write([]byte("220 mail.example ESMTP\r\n"))
			c.Close()
		}
	}()
	_, err = dbtest.Acquire(t.Context(), newBench(t, "mysql://"+l.Addr().String()+"/d", db.Options{}).pool)
	var c *db.ConnectError
	if !errors.As(err, &c) || c.Reason.En != "what answers there is not MySQL; check the port" {
		t.Errorf("got %v", err)
	}
}

func TestCounts(t *testing.T) {
	b := newBench(t, servers.MariaDB(t), db.Options{})
	c := b.lease()
	for _, tt := range []struct{ sql, want string }{
		{"CREATE TEMPORARY TABLE u (id INT PRIMARY KEY, name VARCHAR(8) NOT NULL, qty INT)", "0"},
		{"INSERT INTO u VALUES (1, 'a', 5)", "1"},
		{"INSERT INTO u VALUES (1, 'b', 5)", "[mysql 1062 23000]"},
		{"INSERT INTO u VALUES (2, NULL, 5)", "[mysql 1048 23000]"},
		{"INSERT INTO u VALUES (2, 'much too long', 5)", "[mysql 1406 22001]"},
		{"INSERT INTO u VALUES (2, 'b', 5), (3, 'c', 6)", "2"},
		{"UPDATE u SET qty = 5", "1"},
		{"UPDATE u SET qty = 5", "0"},
		{"UPDATE u SET qty = qty + 1 WHERE id >= 2", "2"},
		{"INSERT INTO u VALUES (1, 'a', 5) ON DUPLICATE KEY UPDATE qty = 7", "2"},
		{"INSERT INTO u VALUES (1, 'a', 5) ON DUPLICATE KEY UPDATE qty = 7", "0"},
		{"REPLACE INTO u VALUES (1, 'x', 9)", "2"},
		{"DELETE FROM u WHERE id = 77", "0"},
		{"SELECT id FROM u", "0"},
		{"SELECT id FROM u WHERE id > 50", "0"},
		{"INSERT INTO u VALUES (9, 'r', 1) RETURNING id", "0"},
		{"SET @a = 5", "0"},
		{"SELECT missing FROM u", "[mysql 1054 42S22]"},
		{"nonsense", "[mysql 1064 42000]"},
		{"", "[mysql 1065 42000]"},
		{"-- only a comment", "0"},
		{"/* only a comment */", "0"},
		{"DELETE FROM u WHERE id = 2; DELETE FROM u WHERE id = 3", "[mysql 1064 42000]"},
		{"LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE u", "[mysql 1148 42000]"},
		{"DELETE FROM u;", "4"},
	} {
		if got := do(c, tt.sql); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.sql, got, tt.want)
		}
	}
	b.want(ask(c, "INSERT INTO u VALUES (4, 'd', 0)"), "")
	b.want(ask(c, "INSERT INTO u VALUES (5, 'e', 0) RETURNING id, name"), `id=5 name="e"`)
	b.want(ask(c, "SELECT COUNT(*) AS n FROM u;"), "n=2")
	b.want(ask(c, "SELECT LAST_INSERT_ID() AS id"), "id=0")
	b.want(ask(c, "SHOW VARIABLES LIKE 'character_set_client'"), `Value="utf8mb4" Variable_name="character_set_client"`)
}

func TestProceduresGiveTheirFirstResult(t *testing.T) {
	b := newBench(t, servers.MariaDB(t), db.Options{})
	c := b.lease()
	b.want(do(c, "CREATE OR REPLACE PROCEDURE several() BEGIN SELECT 1 AS a; SELECT 2 AS b UNION SELECT 3; END"), "0")
	b.want(ask(c, "CALL several()"), "a=1")
	b.want(ask(c, "SELECT 4 AS v"), "v=4")
	b.want(do(c, "CALL several()"), "0")
	b.want(do(c, "CREATE OR REPLACE PROCEDURE failing() BEGIN SELECT 1 AS a; SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'stop'; END"), "0")
	b.want(ask(c, "CALL failing()"), "[mysql 1644 45000]")
	b.want(do(c, "CALL failing()"), "[mysql 1644 45000]")
	b.want(ask(c, "SELECT 5 AS v"), "v=5")
	do(c, "DROP PROCEDURE several")
	do(c, "DROP PROCEDURE failing")
}

func TestTransactionsTheServerEnds(t *testing.T) {
	for _, tt := range []struct {
		why      string
		settings []string
		timeout  bool // a lock timeout and no deadlock
		ended    bool
	}{
		{"a deadlock ends it", nil, false, true},
		{"a lock timeout does not", nil, true, false},
		{"a lock timeout does with innodb_rollback_on_timeout", []string{"innodb-rollback-on-timeout=1"}, true, true},
	} {
		t.Run(tt.why, func(t *testing.T) {
			text := ""
			if tt.settings == nil {
				text = servers.MariaDB(t)
			} else {
				text = servers.NewMariaDB(t, tt.settings...).URL
			}
			b := newBench(t, text, db.Options{})
			one, two := b.lease(), b.lease()
			do(one, "DROP TABLE IF EXISTS locked")
			b.want(do(one, "CREATE TABLE locked (id INT PRIMARY KEY, n INT) ENGINE=InnoDB"), "0")
			b.want(do(one, "INSERT INTO locked VALUES (1, 0), (2, 0), (3, 0)"), "3")
			b.want(do(two, "SET innodb_lock_wait_timeout = 1"), "0")
			b.want(do(one, "BEGIN"), "0")
			// The one that has changed more survives a deadlock.
			b.want(do(one, "UPDATE locked SET n = 1 WHERE id IN (1, 3)"), "2")
			b.want(do(two, "BEGIN"), "0")
			b.want(do(two, "UPDATE locked SET n = 2 WHERE id = 2"), "1")
			crossed := make(chan string, 1)
			if !tt.timeout {
				go func() { crossed <- do(one, "UPDATE locked SET n = 1 WHERE id = 2") }()
				soon(t, "one waits for a lock", func() bool {
					return ask(two, "SELECT COUNT(*) AS n FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'") == "n=1"
				})
			}
			_, err := two.Execute(t.Context(), asked("UPDATE locked SET n = 2 WHERE id = 1", nil))
			var refusal *db.Refusal
			if !errors.As(err, &refusal) || refusal.Ended != tt.ended || two.InTransaction() == tt.ended {
				t.Errorf("%v: Ended, InTransaction %v", err, two.InTransaction())
			}
			if !tt.timeout {
				b.want(<-crossed, "1")
			}
			want := "n=2"
			if tt.ended {
				want = "n=0"
			}
			b.want(do(one, "ROLLBACK"), "0")
			b.want(ask(two, "SELECT n FROM locked WHERE id = 2"), want)
			if err := two.Rollback(t.Context()); err != nil {
				t.Error(err)
			}
			b.want(do(one, "DROP TABLE locked"), "0")
		})
	}
}

func TestACancelledStatementIsGoneFromTheServer(t *testing.T) {
	text := servers.MariaDB(t)
	b := newBench(t, text, db.Options{})
	look := direct(t, text)
	defer look.Close()
	const running = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP(40)%'"
	for _, sql := range []string{"SELECT SLEEP(40) AS n", "SELECT SLEEP(40) FROM information_schema.tables"} {
		c := b.lease()
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			soon(t, "the statement runs", func() bool { return column(t, look, running)[0] == "1" })
			cancel()
		}()
		s := asked(sql, nil)
		if err := c.Query(ctx, s, db.NewRows(s)); err != context.Canceled {
			t.Errorf("%s: %v", sql, err)
		}
		if c.Usable() || c.InTransaction() {
			t.Error("the connection lives on")
		}
		soon(t, "the statement is gone from the server", func() bool { return column(t, look, running)[0] == "0" })
	}
	if n := b.cancelled.Load(); n != 2 {
		t.Errorf("%d cancels", n)
	}
}

func TestWhenCancelsAreFullTheConnectionIsGivenUp(t *testing.T) {
	b := newBench(t, servers.MariaDB(t), db.Options{})
	c := b.lease()
	for range maxCancels {
		b.pool.cancels <- struct{}{}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.Execute(ctx, asked("SELECT SLEEP(5)", nil)); err != context.DeadlineExceeded {
		t.Errorf("got %v", err)
	}
	if c.Usable() || b.cancelled.Load() != 0 {
		t.Errorf("Usable = %v, cancels %d", c.Usable(), b.cancelled.Load())
	}
}

func TestALongRestOfAResultIsNotWaitedFor(t *testing.T) {
	b := newBench(t, servers.MariaDB(t), db.Options{})
	c := b.lease()
	s := asked("SELECT REPEAT('x', 100000) AS x, SLEEP(IF(seq > 3, 1, 0)) AS w FROM seq_1_to_30", nil)
	s.Rows = 2
	begun := time.Now()
	err := c.Query(t.Context(), s, db.NewRows(s))
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Def != diag.RowBudget {
		t.Errorf("got %v", err)
	}
	if took := time.Since(begun); took > 10*time.Second || b.cancelled.Load() != 1 || c.Usable() {
		t.Errorf("it took %v, %d cancels, Usable = %v", took, b.cancelled.Load(), c.Usable())
	}
}

func TestConnectingFails(t *testing.T) {
	text := servers.MariaDB(t)
	for _, tt := range []struct{ text, want string }{
		{strings.Replace(text, "sollu", "wrong", 1), "[mysql 1045 28000]"},
		{text + "_missing", "[mysql 1049 42000]"},
		{"mysql://etamil:sollu@127.0.0.1:1/etamil", ""},
		{"mysql://h/d?socket=/no/such/socket", ""},
		{text + "?tls=on", ""},
	} {
		b := newBench(t, tt.text, db.Options{})
		_, err := dbtest.Acquire(t.Context(), b.pool)
		var c *db.ConnectError
		if !errors.As(err, &c) || c.Tag != tt.want || c.Reason.En == "" {
			t.Errorf("%s: %#v", tt.text, err)
		}
		if n := b.open.Load(); n != 0 {
			t.Errorf("%s: %d connections are left", tt.text, n)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b := newBench(t, "mysql://"+l.Addr().String()+"/d?tcp_connect_timeout_ms=30", db.Options{})
	var c *db.ConnectError
	if _, err := dbtest.Acquire(t.Context(), b.pool); !errors.As(err, &c) || c.Reason.En != "no answer within 30ms" {
		t.Errorf("a silent server: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := dbtest.Acquire(ctx, b.pool); err != context.Canceled {
		t.Errorf("an ended run: %v", err)
	}
}

func TestARestartedServer(t *testing.T) {
	s := servers.NewMariaDB(t)
	b := newBench(t, s.URL, db.Options{})
	c, err := dbtest.Acquire(t.Context(), b.pool)
	if err != nil {
		t.Fatal(err)
	}
	c.Release(true)
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	leased := b.lease()
	b.want(ask(leased, "SELECT 1 AS v"), "v=1")
	s.Stop()
	b.want(ask(leased, "SELECT 1 AS v"), "lost")
	if leased.Usable() {
		t.Error("a lost connection is usable")
	}
	b.want(ask(leased, "SELECT 1 AS v"), "lost")
	var refused *db.ConnectError
	if _, err := dbtest.Acquire(t.Context(), b.pool); !errors.As(err, &refused) {
		t.Errorf("Acquire: %v", err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	b.want(ask(b.lease(), "SELECT 1 AS v"), "v=1")
}

// forgotten is a prepared statement that the server knows no more.
type forgotten struct {
	driver.Stmt
	closed *bool
}

func (f forgotten) QueryContext(context.Context, []driver.NamedValue) (driver.Rows, error) {
	return nil, &mysql.MySQLError{Number: errUnknownStmt, Message: "Unknown prepared statement handler"}
}

func (f forgotten) Close() error { *f.closed = true; return nil }

func TestAStatementTheServerForgotIsPreparedAgain(t *testing.T) {
	b := newBench(t, servers.MariaDB(t), db.Options{})
	c := b.lease()
	var closed bool
	const sql = "SELECT ? AS v"
	c.statements.Put(sql, &statement{prepared: forgotten{closed: &closed}, params: 1})
	b.want(ask(c, sql, value.Int(1)), `v="1"`)
	if st, ok := c.statements.Get(sql); !closed || !ok || st.prepared == nil {
		t.Errorf("the old statement is closed: %v; a new one kept: %v", closed, ok)
	}
}

func TestAFarewellIsALostConnection(t *testing.T) {
	for _, number := range []uint16{errShutdown, errKilled, errIdleTooLong} {
		c := &conn{usable: true, inTx: true}
		var lost *db.Lost
		if err := c.failed(&mysql.MySQLError{Number: number}, true); !errors.As(err, &lost) || !lost.Sent || c.usable || c.inTx {
			t.Errorf("%d: %v, usable %v", number, err, c.usable)
		}
	}
}

func TestTheServersLimitOfPreparedStatements(t *testing.T) {
	b := newBench(t, servers.NewMariaDB(t).URL, db.Options{})
	c := b.lease()
	b.want(do(c, "SET GLOBAL max_prepared_stmt_count = 3"), "0")
	for i := range 10 {
		b.want(ask(c, fmt.Sprintf("SELECT %d AS v", i)), fmt.Sprintf("v=%d", i))
	}
	b.want(do(c, "SET GLOBAL max_prepared_stmt_count = 1"), "0")
	b.want(do(b.lease(), "SELECT 1"), "[mysql 1461 42000]")
}

// certificate makes a certificate in files that everybody may read.
func certificate(t *testing.T) (cert, key string) {
	dir, err := os.MkdirTemp("", "tls")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	cert, key = servers.Certificate(t, dir, "127.0.0.1")
	for path, mode := range map[string]os.FileMode{dir: 0o755, cert: 0o644, key: 0o644} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func TestTLSModes(t *testing.T) {
	cert, key := certificate(t)
	s := servers.NewMariaDB(t, "ssl-cert="+cert, "ssl-key="+key)
	plain := servers.MariaDB(t)
	ca := map[string]any{"tls_ca": cert}
	for _, tt := range []struct {
		text    string
		keys    map[string]any
		secured bool
		fails   string
	}{
		{s.URL, nil, false, ""},
		{s.URL + "?tls=off", nil, false, ""},
		{s.URL + "?tls=preferred", nil, true, ""},
		{s.URL + "?tls=skip-verify", nil, true, ""},
		{s.URL + "?tls=on", ca, true, ""},
		{s.URL + "?tls=on", nil, false, "the server's certificate is not trusted"},
		{strings.Replace(s.URL, "127.0.0.1", "localhost", 1) + "?tls=on", ca, false, "the server's certificate is not trusted"},
		{plain + "?tls=preferred", nil, false, ""},
		{plain + "?tls=skip-verify", nil, false, "the server has no TLS"},
		{s.URL + "?tls=on&compress=true", ca, true, ""},
	} {
		b := newBench(t, tt.text, db.Options{Source: true, Keys: tt.keys})
		c, err := dbtest.Acquire(t.Context(), b.pool)
		if tt.fails != "" {
			var refused *db.ConnectError
			if !errors.As(err, &refused) || !strings.HasPrefix(refused.Reason.En, tt.fails) {
				t.Errorf("%s: %v, want %s", tt.text, err, tt.fails)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		got := ask(c.(*conn), "SHOW SESSION STATUS LIKE 'Ssl_version'")
		if secured := strings.Contains(got, "TLS"); secured != tt.secured {
			t.Errorf("%s: %s, want TLS %v", tt.text, got, tt.secured)
		}
		c.Release(true)
		c, err = dbtest.Acquire(t.Context(), b.pool) // the look at an idle connection passes
		if err != nil {
			t.Fatal(err)
		}
		if b.open.Load() != 1 {
			t.Errorf("%s: %d connections", tt.text, b.open.Load())
		}
		c.Release(true)
	}
}

func TestUnixSocket(t *testing.T) {
	s := servers.NewMariaDB(t)
	b := newBench(t, strings.Replace(s.URL, "127.0.0.1", "localhost", 1)+"?socket="+filepath.Join(s.Dir, "s"), db.Options{})
	b.want(ask(b.lease(), "SELECT USER() AS u, DATABASE() AS d"), `d="etamil" u="etamil@localhost"`)
}
