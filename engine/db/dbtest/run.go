package dbtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"etamil/engine/db"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// Run holds the driver of e to what package db promises.
func Run(t *testing.T, e Env) {
	text := e.Database(t)
	for _, tt := range []struct {
		name string
		test func(*bench)
	}{
		{"EachKindOfColumnComesBack", kinds},
		{"NullIsNil", nulls},
		{"TextsComeBackUnchanged", texts},
		{"ColumnNamesAreTheDatabases", names},
		{"RowsAreCounted", counts},
		{"ErrorsHaveStableTags", tags},
		{"TheNumberOfParametersMustFit", parameterCounts},
		{"ATransactionIsSeenAndRolledBack", transactions},
		{"AFailureLeavesTheTransactionOpen", failureInTransaction},
		{"AStatementStaysRightWhenItsTableChanges", schemaChange},
		{"MoreStatementsThanTheCacheHolds", smallCache},
		{"WithoutACache", noCache},
		{"ACancelledStatementStops", cancel},
		{"ADeadlineStopsAStatement", deadline},
		{"ACancelInATransactionLeavesNothing", cancelInTransaction},
		{"AnEndedContextSendsNothing", endedContext},
		{"TooManyRowsStopAQuery", rowLimit},
		{"ASpentMeterStopsAQuery", meter},
		{"ConnectionsAreCounted", accounting},
		{"TheLastIdleConnectionIsTakenFirst", lastIdleFirst},
		{"AClosedPoolClosesWhatComesBack", closedPool},
		{"ManyConnectionsWorkAtOnce", parallel},
		{"ABrokenConnectionIsLost", broken},
		{"ABrokenIdleConnectionIsReplaced", brokenIdle},
		{"DecimalsOfTheWholeRangeComeBack", decimals},
	} {
		if e.Kill == nil && strings.HasPrefix(tt.name, "ABroken") {
			continue // there is no server whose connections could break
		}
		t.Run(tt.name, func(t *testing.T) { tt.test(newBench(t, e, text, nil)) })
	}
}

func kinds(b *bench) {
	c := b.lease()
	b.table(c, "dbtest_kinds", "id {Integer}, i {Integer}, d {Decimal}, s {Text}, b {Bool}, f {Double}, y {Bytes}")
	insert := b.sql("INSERT INTO dbtest_kinds VALUES (?, ?, ?, ?, ?, ?, ?)")
	for i, row := range []struct{ give, want []value.Value }{
		{
			[]value.Value{num("42"), num("12.50"), text("வணக்கம்"), value.Bool(true), num("0.1"), text("bytes")},
			[]value.Value{num("42"), num("12.5"), text("வணக்கம்"), b.Bool(true), num("0.1"), text("bytes")},
		}, {
			[]value.Value{num("-1"), num("-0.0000000000000000000000000001"), text(""), value.Bool(false), num("-2.5"), text("")},
			[]value.Value{num("-1"), num("-0.0000000000000000000000000001"), text(""), b.Bool(false), num("-2.5"), text("")},
		}, {
			[]value.Value{num("2147483647"), num("79228162514264337593543950335"), text("a'b\"c\\d%_"), value.Bool(true), num("0"), text("é")},
			[]value.Value{num("2147483647"), num("79228162514264337593543950335"), text("a'b\"c\\d%_"), b.Bool(true), num("0"), text("é")},
		},
	} {
		id := value.Int(i)
		if n := b.exec(c, insert, append([]value.Value{id}, row.give...)...); n != 1 {
			b.t.Errorf("an insert counts %d rows", n)
		}
		rows := b.query(c, b.sql("SELECT i, d, s, b, f, y FROM dbtest_kinds WHERE id = ?"), id)
		if len(rows) != 1 {
			b.t.Fatalf("row %d: %d rows", i, len(rows))
		}
		for k, name := range []string{"i", "d", "s", "b", "f", "y"} {
			got, ok := rows[0].Get(name)
			if !ok || show(got) != show(row.want[k]) {
				b.t.Errorf("row %d, column %s: %s, want %s", i, name, show(got), show(row.want[k]))
			}
		}
	}
}

func nulls(b *bench) {
	c := b.lease()
	b.table(c, "dbtest_nulls", "i {Integer}, d {Decimal}, s {Text}, b {Bool}, f {Double}, y {Bytes}")
	null := value.NilValue()
	b.exec(c, b.sql("INSERT INTO dbtest_nulls VALUES (?, ?, ?, ?, ?, ?)"), null, null, null, null, null, null)
	rows := b.query(c, "SELECT i, d, s, b, f, y FROM dbtest_nulls")
	if len(rows) != 1 || len(rows[0].Names()) != 6 {
		b.t.Fatalf("got %d rows", len(rows))
	}
	for i := range 6 {
		if name, v := rows[0].FieldAt(i); v.Kind() != value.Nil {
			b.t.Errorf("column %s: %s, want nil", name, show(v))
		}
	}
	b.wantOne(c, "SELECT count(*) AS n FROM dbtest_nulls WHERE s IS NULL AND i IS NULL", show(value.Int(1)))
}

func texts(b *bench) {
	c := b.lease()
	b.table(c, "dbtest_texts", "id {Integer}, s {Text}")
	insert := b.sql("INSERT INTO dbtest_texts VALUES (?, ?)")
	read := b.sql("SELECT s FROM dbtest_texts WHERE id = ?")
	for i, s := range []string{
		"", " ", "a", "'; DROP TABLE dbtest_texts; --", "\\", "\\'", "\"", "`", "?", "$1", ":name", "%s", "\r\n\t",
		"க்ஷ ஸ்ரீ கொ நீ", "👨‍👩‍👧 🇮🇳", "\u202eabc\u2066", "e\u0301", "\ufeffx", "\U0010ffff", "007", "12.50", "1e3", "-", "௫", "NULL", "true",
		"a\x00b", "\x00",
		strings.Repeat("தமிழ் ", 1<<20/16), strings.Repeat("x", 1<<20),
	} {
		_, err := c.Execute(context.Background(), statement(insert, value.Int(i), text(s)))
		if strings.Contains(s, "\x00") && b.NoNUL {
			if err == nil {
				b.t.Errorf("%q was taken", s)
			}
			continue
		}
		if err != nil {
			b.t.Fatalf("%q: %v", short(s), err)
		}
		want := text(s)
		if d, ok := decimal.Parse(s); ok && b.TextNumbers {
			want = value.Num(d)
		}
		got := b.one(c, read, value.Int(i))
		if got.Kind() != want.Kind() || got.Kind() == value.Text && got.Str() != want.Str() || show(got) != show(want) {
			b.t.Errorf("%q came back as %s", short(s), show(got))
		}
	}
	if got := b.one(c, "SELECT "+b.BadUTF8+" AS v"); got.Kind() != value.Text || got.Str() != "\ufffdA" {
		b.t.Errorf("bytes that are no UTF-8 came as %s", show(got))
	}
}

func names(b *bench) {
	c := b.lease()
	rows := b.query(c, "SELECT 1 AS a, 2 AS b, 3 AS a, 4 AS தொகை")
	if len(rows) != 1 || len(rows[0].Names()) != 3 {
		b.t.Fatalf("got %d rows", len(rows))
	}
	for name, want := range map[string]int{"a": 3, "b": 2, "தொகை": 4} {
		if got, ok := rows[0].Get(name); !ok || show(got) != show(value.Int(want)) {
			b.t.Errorf("column %s = %s, want %d", name, show(got), want)
		}
	}
	if rows := b.query(c, "SELECT 1 AS a WHERE 1 = 0"); len(rows) != 0 {
		b.t.Errorf("a query without rows gave %d", len(rows))
	}
}

func counts(b *bench) {
	c := b.lease()
	b.table(c, "dbtest_counts", "a {Integer}, b {Integer}")
	for _, tt := range []struct {
		sql  string
		want int64
	}{
		{"INSERT INTO dbtest_counts VALUES (1, 1), (2, 1), (3, 2)", 3},
		{"CREATE TABLE dbtest_counts_2 (a {Integer})", 0},
		{"DROP TABLE dbtest_counts_2", 0},
		{"UPDATE dbtest_counts SET b = 5 WHERE b = 1", 2},
		{"UPDATE dbtest_counts SET b = 6 WHERE b = 1", 0},
		{"BEGIN", 0},
		{"DELETE FROM dbtest_counts WHERE a < 3", 2},
		{"ROLLBACK", 0},
		{"DELETE FROM dbtest_counts", 3},
		{"DELETE FROM dbtest_counts;", 0},
	} {
		if got := b.exec(c, b.sql(tt.sql)); got != tt.want {
			b.t.Errorf("%s counts %d, want %d", tt.sql, got, tt.want)
		}
	}
	if rows := b.query(c, "INSERT INTO dbtest_counts VALUES (7, 7)"); len(rows) != 0 {
		b.t.Errorf("a query of an INSERT gave %d rows", len(rows))
	}
	b.wantOne(c, "SELECT count(*) AS n FROM dbtest_counts", show(value.Int(1)))
}

func tags(b *bench) {
	c := b.lease()
	b.table(c, "dbtest_tags", "k {Key} NOT NULL UNIQUE")
	b.exec(c, "INSERT INTO dbtest_tags VALUES ('a')")
	for _, tt := range []struct{ sql, tag string }{
		{"INSERT INTO dbtest_tags VALUES ('a')", b.Tags.Unique},
		{"INSERT INTO dbtest_tags VALUES (NULL)", b.Tags.NotNull},
		{"SELEC 1", b.Tags.Syntax},
		{"SELECT * FROM dbtest_no_such_table", b.Tags.NoTable},
	} {
		_, err := c.Execute(context.Background(), statement(tt.sql))
		if r := wantTag(b.t, err, tt.tag); r.Ended {
			b.t.Errorf("%s: it ended a transaction", tt.sql)
		}
		_, err = ask(context.Background(), c, statement(tt.sql))
		wantTag(b.t, err, tt.tag)
		if !c.Usable() {
			b.t.Fatalf("%s made the connection unusable", tt.sql)
		}
	}
	b.wantOne(c, "SELECT count(*) AS n FROM dbtest_tags", show(value.Int(1)))
}

func parameterCounts(b *bench) {
	c := b.lease()
	b.table(c, "dbtest_params", "a {Integer}, b {Text}")
	one := value.Int(1)
	for _, tt := range []struct {
		sql    string
		params []value.Value
	}{
		{"INSERT INTO dbtest_params VALUES (?, ?)", []value.Value{one}},
		{"INSERT INTO dbtest_params VALUES (?, ?)", []value.Value{one, one, one}},
		{"INSERT INTO dbtest_params VALUES (?, ?)", nil},
		{"INSERT INTO dbtest_params VALUES (1, 1)", []value.Value{one}},
		{"INSERT INTO dbtest_params VALUES (1, '?')", []value.Value{one}},
	} {
		sql := tt.sql
		if !strings.Contains(sql, "'") {
			sql = b.sql(sql)
		}
		_, err := c.Execute(context.Background(), statement(sql, tt.params...))
		wantCode(b.t, err, diag.ParameterCount)
		_, err = ask(context.Background(), c, statement(sql, tt.params...))
		wantCode(b.t, err, diag.ParameterCount)
	}
	b.wantOne(c, "SELECT count(*) AS n FROM dbtest_params", show(value.Int(0)))
}

func transactions(b *bench) {
	c := b.lease()
	b.table(c, "dbtest_tx", "a {Integer}")
	want := func(in bool, rows int) {
		b.t.Helper()
		if c.InTransaction() != in {
			b.t.Errorf("InTransaction = %v, want %v", !in, in)
		}
		b.wantOne(c, "SELECT count(*) AS n FROM dbtest_tx", show(value.Int(rows)))
	}
	want(false, 0)
	b.exec(c, "BEGIN")
	want(true, 0)
	b.exec(c, "INSERT INTO dbtest_tx VALUES (1)")
	want(true, 1)
	b.exec(c, "ROLLBACK")
	want(false, 0)
	b.exec(c, "BEGIN")
	b.exec(c, "INSERT INTO dbtest_tx VALUES (2)")
	b.exec(c, "SAVEPOINT s")
	b.exec(c, "INSERT INTO dbtest_tx VALUES (3)")
	b.exec(c, "ROLLBACK TO SAVEPOINT s")
	want(true, 1)
	b.exec(c, "COMMIT")
	want(false, 1)
	b.query(c, "BEGIN")
	b.query(c, "INSERT INTO dbtest_tx VALUES (4)")
	want(true, 2)
	if err := c.Rollback(context.Background()); err != nil {
		b.t.Errorf("Rollback: %v", err)
	}
	want(false, 1)
	if err := c.Rollback(context.Background()); err != nil {
		b.t.Errorf("Rollback without a transaction: %v", err)
	}
	want(false, 1)
}

func failureInTransaction(b *bench) {
	c := b.lease()
	b.table(c, "dbtest_fail", "k {Key} NOT NULL UNIQUE")
	b.exec(c, "BEGIN")
	b.exec(c, "INSERT INTO dbtest_fail VALUES ('a')")
	_, err := c.Execute(context.Background(), statement("INSERT INTO dbtest_fail VALUES ('a')"))
	if r := wantTag(b.t, err, b.Tags.Unique); r.Ended {
		b.t.Error("the failure is told to have ended the transaction")
	}
	if !c.InTransaction() || !c.Usable() {
		b.t.Errorf("InTransaction = %v, Usable = %v", c.InTransaction(), c.Usable())
	}
	if !b.FailureEnds {
		b.exec(c, "INSERT INTO dbtest_fail VALUES ('b')")
		b.exec(c, "COMMIT")
		b.wantOne(c, "SELECT count(*) AS n FROM dbtest_fail", show(value.Int(2)))
		return
	}
	if _, err := c.Execute(context.Background(), statement("INSERT INTO dbtest_fail VALUES ('b')")); err == nil {
		b.t.Error("a statement ran in a failed transaction")
	}
	if err := c.Rollback(context.Background()); err != nil {
		b.t.Errorf("Rollback: %v", err)
	}
	b.wantOne(c, "SELECT count(*) AS n FROM dbtest_fail", show(value.Int(0)))
}

func schemaChange(b *bench) {
	c, other := b.lease(), b.lease()
	b.table(c, "dbtest_schema", "a {Integer}")
	b.exec(c, "INSERT INTO dbtest_schema VALUES (1)")
	want := func(c db.Conn, names ...string) {
		b.t.Helper()
		rows := b.query(c, "SELECT * FROM dbtest_schema")
		if len(rows) != 1 {
			b.t.Fatalf("got %d rows", len(rows))
		}
		if got := fmt.Sprint(rows[0].Names()); got != fmt.Sprint(names) {
			b.t.Errorf("columns %s, want %v", got, names)
		}
	}
	want(c, "a")
	want(other, "a")
	b.exec(c, b.sql("ALTER TABLE dbtest_schema ADD COLUMN b {Text}"))
	want(other, "a", "b")
	want(c, "a", "b")
	b.exec(c, "ALTER TABLE dbtest_schema RENAME COLUMN b TO z")
	want(other, "a", "z")
	want(c, "a", "z")
}

func smallCache(b *bench) {
	few := newBench(b.t, b.Env, b.text, func(c *db.PoolConfig) { c.StatementCache = 2 })
	few.manyStatements()
}

func noCache(b *bench) {
	none := newBench(b.t, b.Env, b.text, func(c *db.PoolConfig) { c.StatementCache = 0 })
	none.manyStatements()
}

func (b *bench) manyStatements() {
	c := b.lease()
	for range 3 {
		for i := range 5 {
			b.wantOne(c, fmt.Sprintf("SELECT %d + 0 AS n", i), show(value.Int(i)))
		}
	}
}

// cut runs the slow statement and holds its end against want.
func (b *bench) cut(ctx context.Context, c db.Conn, want error) {
	b.t.Helper()
	start := time.Now()
	_, err := ask(ctx, c, statement(b.Slow))
	if !errors.Is(err, want) {
		b.t.Errorf("the error is %v, want %v", err, want)
	}
	if took := time.Since(start); took > 8*time.Second {
		b.t.Errorf("it took %v", took)
	}
	if b.cancelled.Load() != 1 {
		b.t.Errorf("%d statements are told to be cancelled, want 1", b.cancelled.Load())
	}
	if c.Usable() != b.CancelKeeps {
		b.t.Errorf("Usable = %v, want %v", c.Usable(), b.CancelKeeps)
	}
}

func cancel(b *bench) {
	c := b.acquire()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	time.AfterFunc(150*time.Millisecond, stop)
	b.cut(ctx, c, context.Canceled)
	if c.Usable() {
		// A cancel that comes late must not reach the next statement.
		for i := range 200 {
			b.wantOne(c, "SELECT 1 AS n", show(value.Int(1)))
			if i == 100 {
				time.Sleep(20 * time.Millisecond)
			}
		}
	}
	c.Release(true)
	b.wantOne(b.lease(), "SELECT 2 AS n", show(value.Int(2)))
}

func deadline(b *bench) {
	c := b.acquire()
	ctx, stop := context.WithTimeout(context.Background(), 150*time.Millisecond)
	defer stop()
	b.cut(ctx, c, context.DeadlineExceeded)
	c.Release(true)
	b.wantOne(b.lease(), "SELECT 2 AS n", show(value.Int(2)))
}

func cancelInTransaction(b *bench) {
	c := b.acquire()
	b.table(c, "dbtest_cancel", "a {Integer}")
	b.exec(c, "BEGIN")
	b.exec(c, "INSERT INTO dbtest_cancel VALUES (1)")
	ctx, stop := context.WithTimeout(context.Background(), 150*time.Millisecond)
	defer stop()
	b.cut(ctx, c, context.DeadlineExceeded)
	if c.Usable() && c.InTransaction() {
		if err := c.Rollback(context.Background()); err != nil {
			b.t.Errorf("Rollback: %v", err)
		}
		if c.InTransaction() {
			b.t.Error("the transaction is still open")
		}
	}
	c.Release(true)
	b.wantOne(b.lease(), "SELECT count(*) AS n FROM dbtest_cancel", show(value.Int(0)))
}

func endedContext(b *bench) {
	c := b.lease()
	b.table(c, "dbtest_ended", "a {Integer}")
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := c.Execute(ctx, statement("INSERT INTO dbtest_ended VALUES (1)")); !errors.Is(err, context.Canceled) {
		b.t.Errorf("the error is %v", err)
	}
	if _, err := ask(ctx, c, statement("SELECT 1 AS n")); !errors.Is(err, context.Canceled) {
		b.t.Errorf("the error is %v", err)
	}
	if !c.Usable() {
		b.t.Fatal("the connection is not usable although nothing was sent")
	}
	b.wantOne(c, "SELECT count(*) AS n FROM dbtest_ended", show(value.Int(0)))
}

const thousand = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i FROM n"

func rowLimit(b *bench) {
	c := b.lease()
	s := statement(thousand)
	s.Rows = 10
	_, err := ask(context.Background(), c, s)
	wantCode(b.t, err, diag.RowBudget)
	if !c.Usable() {
		b.t.Fatal("the connection is not usable")
	}
	s.Rows = 900
	rows, err := ask(context.Background(), c, s)
	if err != nil || len(rows) != 900 {
		b.t.Errorf("%d rows, error %v", len(rows), err)
	}
}

func meter(b *bench) {
	c := b.lease()
	s := statement(thousand)
	s.Meter = &spent{left: 4096}
	if _, err := ask(context.Background(), c, s); !errors.Is(err, errMeter) {
		b.t.Errorf("the error is %v", err)
	}
	if !c.Usable() {
		b.t.Fatal("the connection is not usable")
	}
	b.wantOne(c, "SELECT 1 AS n", show(value.Int(1)))
}

func accounting(b *bench) {
	b.wantOpen(0)
	one, two, three := b.acquire(), b.acquire(), b.acquire()
	b.wantOpen(3)
	before := time.Now()
	if one.Opened().After(before) || before.Sub(one.Opened()) > time.Minute {
		b.t.Errorf("Opened = %v at %v", one.Opened(), before)
	}
	one.Release(true)
	two.Release(true)
	three.Release(false)
	b.wantOpen(2)
	if n := b.pool.CloseIdle(1); n != 1 {
		b.t.Errorf("CloseIdle(1) = %d", n)
	}
	b.wantOpen(1)
	if n := b.pool.CloseIdle(5); n != 1 {
		b.t.Errorf("CloseIdle(5) = %d", n)
	}
	b.wantOpen(0)
	if n := b.pool.CloseIdle(1); n != 0 {
		b.t.Errorf("CloseIdle of nothing = %d", n)
	}
	b.wantOne(b.lease(), "SELECT 1 AS n", show(value.Int(1)))
	if b.most.Load() > 3 {
		b.t.Errorf("%d connections were open at once", b.most.Load())
	}
}

func lastIdleFirst(b *bench) {
	one, two := b.acquire(), b.acquire()
	opened := two.Opened()
	one.Release(true)
	two.Release(true)
	c := b.lease()
	if !c.Opened().Equal(opened) {
		b.t.Error("the connection that became idle last was not taken")
	}
	b.wantOpen(2)
}

func closedPool(b *bench) {
	idle, leased := b.acquire(), b.acquire()
	idle.Release(true)
	b.pool.Close()
	b.wantOpen(1)
	b.wantOne(leased, "SELECT 1 AS n", show(value.Int(1)))
	leased.Release(true)
	b.wantOpen(0)
}

func parallel(b *bench) {
	const workers, each = 8, 25
	c := b.lease()
	b.table(c, "dbtest_parallel", "w {Integer}, n {Integer}")
	insert := b.sql("INSERT INTO dbtest_parallel VALUES (?, ?)")
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for n := range each {
				c, err := Acquire(context.Background(), b.pool)
				if err != nil {
					b.t.Errorf("Acquire: %v", err)
					return
				}
				ok := true
				for _, s := range []struct {
					sql    string
					params []value.Value
				}{{"BEGIN", nil}, {insert, []value.Value{value.Int(w), value.Int(n)}}, {"COMMIT", nil}} {
					if _, err := c.Execute(context.Background(), statement(s.sql, s.params...)); err != nil {
						b.t.Errorf("%s: %v", s.sql, err)
						ok = false
						break
					}
				}
				c.Release(ok)
			}
		})
	}
	all.Wait()
	b.wantOne(c, "SELECT count(*) AS n FROM dbtest_parallel", show(value.Int(workers*each)))
	if most := b.most.Load(); most > workers+1 {
		b.t.Errorf("%d connections were open at once", most)
	}
}

func broken(b *bench) {
	c := b.acquire()
	b.wantOne(c, "SELECT 1 AS n", show(value.Int(1)))
	b.Kill(b.t, b.text)
	_, err := ask(context.Background(), c, statement("SELECT 2 AS n"))
	var lost *db.Lost
	if !errors.As(err, &lost) {
		b.t.Errorf("the error is %T %v, want *db.Lost", err, err)
	}
	if c.Usable() {
		b.t.Error("a broken connection calls itself usable")
	}
	c.Release(true)
	b.wantOpen(0)
	b.wantOne(b.lease(), "SELECT 3 AS n", show(value.Int(3)))
}

func brokenIdle(b *bench) {
	for range 3 {
		defer b.acquire().Release(true)
	}
	one, two := b.acquire(), b.acquire()
	one.Release(true)
	two.Release(true)
	b.Kill(b.t, b.text)
	time.Sleep(1100 * time.Millisecond) // what rested longer than a second is asked for a sign of life
	c := b.lease()
	b.wantOne(c, "SELECT 1 AS n", show(value.Int(1)))
}

// decimals sends random numbers of the whole range there and back.
func decimals(b *bench) {
	count := b.Decimals
	switch {
	case count > 0:
	case testing.Short():
		count = 10_000
	default:
		count = 100_000
	}
	const batch = 250
	c := b.lease()
	b.table(c, "dbtest_decimals", "id {Integer}, d {Decimal}")
	insert := b.sql("INSERT INTO dbtest_decimals VALUES " + strings.TrimSuffix(strings.Repeat("(?, ?), ", batch), ", "))
	read := b.sql("SELECT id, d FROM dbtest_decimals WHERE id >= ? ORDER BY id")
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 8))
	sent := make([]decimal.Decimal, batch)
	for done := 0; done < count; done += batch {
		params := make([]value.Value, 0, 2*batch)
		for i := range sent {
			sent[i] = randomDecimal(random)
			params = append(params, value.Int(i), value.Num(sent[i]))
		}
		b.exec(c, "DELETE FROM dbtest_decimals")
		b.exec(c, "BEGIN")
		b.exec(c, insert, params...)
		rows := b.query(c, read, value.Int(0))
		b.exec(c, "COMMIT")
		if len(rows) != batch {
			b.t.Fatalf("%d rows came back, want %d", len(rows), batch)
		}
		for i := range rows {
			got, _ := rows[i].Get("d")
			if got.Kind() != value.Number || !decimal.Equal(got.Dec(), sent[i]) {
				b.t.Fatalf("seed %d: %s came back as %s", seed, sent[i], show(got))
			}
		}
	}
}

// randomDecimal returns a number of any size, scale and sign.
func randomDecimal(r *rand.Rand) decimal.Decimal {
	d := decimal.Decimal{Lo: r.Uint64(), Hi: r.Uint32(), Scale: uint8(r.IntN(decimal.MaxScale + 1))}
	switch bits := r.IntN(97); {
	case bits < 64:
		d.Hi, d.Lo = 0, d.Lo&(1<<bits-1)
	case bits < 96:
		d.Hi &= 1<<(bits-64) - 1
	}
	d.Neg = r.IntN(2) == 0 && d.Lo|uint64(d.Hi) != 0
	return d
}
