package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"etamil/engine/db"
	"etamil/engine/db/dbtest"
	"etamil/engine/diag"
	"etamil/engine/token"
	"etamil/engine/value"
)

func TestAConnectionHasTheSettingsOfTheSpecification(t *testing.T) {
	path := file(t)
	c := lease(t, openPool(t, New(), path, db.Options{}, nil))
	wantOne(t, c, "PRAGMA journal_mode", "a string wal")
	wantOne(t, c, "PRAGMA synchronous", "a number 2")
	wantOne(t, c, "PRAGMA foreign_keys", "a number 1")
	wantOne(t, c, "PRAGMA recursive_triggers", "a number 0")
	wantOne(t, c, "SELECT sqrt(16) AS v", "a number 4")
	must(t, c, "CREATE VIRTUAL TABLE f USING fts5(a)", "CREATE VIRTUAL TABLE r USING rtree(id, a, b)")
	for _, sql := range []string{`SELECT "no such column"`, `CREATE TABLE x (a CHECK (a <> "text"))`} {
		_, err := query(c, sql)
		if r := wantTag(t, err, "[sqlite 1]"); !strings.Contains(r.Message, "single-quotes") && strings.HasPrefix(sql, "SELECT") {
			t.Errorf("%s: %s", sql, r.Message)
		}
	}
	_, err := query(c, "SELECT load_extension('x')")
	wantTag(t, err, "[sqlite 1]")

	off := lease(t, openPool(t, New(), path, db.Options{Keys: map[string]any{"foreign_keys": false}}, nil))
	wantOne(t, off, "PRAGMA foreign_keys", "a number 0")
}

func TestAReadOnlyDatabaseIsNotWritten(t *testing.T) {
	path := file(t)
	must(t, lease(t, openPool(t, New(), path, db.Options{}, nil)), "CREATE TABLE t (a)", "INSERT INTO t VALUES (1)")
	for _, tt := range []struct {
		text string
		o    db.Options
	}{
		{"file:" + path + "?mode=ro", db.Options{}}, {path, db.Options{Keys: map[string]any{"read_only": true}}},
		{"file:" + path + "?immutable=1", db.Options{}},
	} {
		c := lease(t, openPool(t, New(), tt.text, tt.o, nil))
		if !strings.Contains(tt.text, "immutable") { // which does not see what the log holds
			wantOne(t, c, "SELECT a FROM t", "a number 1")
		}
		must(t, c, "BEGIN", "COMMIT")
		if _, err := execute(c, "CREATE TABLE u (a)"); err == nil {
			t.Errorf("%s was written", tt.text)
		} else {
			wantTag(t, err, "[sqlite 8]")
		}
	}
}

func TestCountsAreThoseOfTheStatement(t *testing.T) {
	c := memory(t)
	for _, tt := range []struct {
		sql  string
		want int64
	}{
		{"CREATE TABLE t (a INTEGER PRIMARY KEY, b)", 0},
		{"INSERT INTO t VALUES (1, 1), (2, 2)", 2},
		{"CREATE TABLE u (a)", 0},
		{"BEGIN", 0},
		{"UPDATE t SET b = b", 2},
		{"COMMIT", 0},
		{"INSERT INTO t VALUES (1, 5) ON CONFLICT DO NOTHING", 0},
		{"INSERT INTO t VALUES (1, 5) ON CONFLICT DO UPDATE SET b = 5", 1},
		{"REPLACE INTO t VALUES (1, 6)", 1},
		{"CREATE TABLE v AS SELECT * FROM t", 0},
		{"CREATE INDEX i ON t (b)", 0},
		{"ANALYZE", 0},
		{"INSERT INTO t VALUES (3, 3), (4, 4) RETURNING a", 2},
		{"DELETE FROM t WHERE a > 2 RETURNING a", 2},
		{"UPDATE t SET b = 7 WHERE 0 RETURNING a", 0},
		{"SELECT a FROM t WHERE 0", 0},
		{"PRAGMA table_info(t)", 0},
		{"PRAGMA user_version = 5", 0},
		{"PRAGMA user_version", 0},
		{"ALTER TABLE t ADD COLUMN c", 0},
		{"DROP TABLE u", 0},
		{"VACUUM", 0},
		{"DELETE FROM t", 2},
	} {
		got, err := execute(c, tt.sql)
		if err != nil || got != tt.want {
			t.Errorf("%s counts %d, want %d; %v", tt.sql, got, tt.want, err)
		}
	}
	wantOne(t, c, "PRAGMA user_version", "a number 5")
	must(t, c, "INSERT INTO t VALUES (1, 1, 1)")
	for _, sql := range []string{"SELECT a FROM t", "EXPLAIN INSERT INTO t VALUES (9, 9, 9)", "EXPLAIN QUERY PLAN SELECT a FROM t", "WITH x AS (SELECT 1) SELECT * FROM x"} {
		_, err := execute(c, sql)
		wantCode(t, err, diag.ExecuteGivesRows)
	}
	wantOne(t, c, "INSERT INTO t VALUES (4, 4, 4) RETURNING a * 10 AS b", "a number 40")
	wantOne(t, c, "SELECT count(*) FROM t", "a number 2")
	// Some settings are made while they are prepared, each time anew.
	must(t, c, "PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON", "PRAGMA foreign_keys = OFF")
	wantOne(t, c, "PRAGMA foreign_keys", "a number 0")
}

func TestOnlyTheFirstStatementIsRun(t *testing.T) {
	c := memory(t)
	must(t, c, "CREATE TABLE t (a)")
	at := token.Span{Start: 7, End: 9}
	for range 2 { // the second comes from the cache
		for _, tt := range []struct {
			sql  string
			more bool
		}{
			{"INSERT INTO t VALUES (1); DROP TABLE t", true},
			{"INSERT INTO t VALUES (2); rubbish ' ", true},
			{"INSERT INTO t VALUES (3);", false},
			{"INSERT INTO t VALUES (4) ; -- no more\n /* ; */ ; ", false},
			{"-- first\nINSERT INTO t VALUES (';')", false},
			{"INSERT INTO t VALUES (6); \x00", true},
		} {
			s := statementOf(tt.sql)
			s.At = at
			if _, err := c.Execute(context.Background(), s); err != nil {
				t.Errorf("%q: %v", tt.sql, err)
			}
			notes := c.Notes()
			if (len(notes) == 1) != tt.more || len(notes) == 1 && (notes[0].Def != diag.TextAfterStatement || notes[0].Span != at) {
				t.Errorf("%q: notes %v", tt.sql, notes)
			}
		}
	}
	wantOne(t, c, "SELECT count(*) FROM t", "a number 12")
	for _, sql := range []string{"", "  \n", "-- nothing", "/* nothing */", ";", " ; ; ", "\x00"} {
		_, err := execute(c, sql)
		wantTag(t, err, "[sqlite 21]")
		_, err = query(c, sql)
		wantTag(t, err, "[sqlite 21]")
	}
	wantOne(t, c, "; SELECT 1 AS v", "a number 1")
	must(t, c, "; PRAGMA foreign_keys = OFF", "; PRAGMA foreign_keys = ON", "; PRAGMA foreign_keys = OFF")
	wantOne(t, c, "PRAGMA foreign_keys", "a number 0")
}

func TestErrorsAreInTheWordsOfSQLite(t *testing.T) {
	c := memory(t)
	must(t, c, "CREATE TABLE t (a INTEGER PRIMARY KEY, b UNIQUE, c CHECK (c > 0), d REFERENCES t (a))", "INSERT INTO t VALUES (1, 1, 1, 1)")
	for _, tt := range []struct{ sql, tag, says string }{
		{"INSERT INTO t VALUES (1, 2, 1, 1)", "[sqlite 1555]", "UNIQUE constraint failed: t.a"},
		{"INSERT INTO t VALUES (2, 1, 1, 1)", "[sqlite 2067]", "UNIQUE constraint failed: t.b"},
		{"INSERT INTO t VALUES (2, 2, -1, 1)", "[sqlite 275]", "CHECK constraint failed: c > 0"},
		{"INSERT INTO t VALUES (2, 2, 1, 9)", "[sqlite 787]", "FOREIGN KEY constraint failed"},
		{"SELECT * FROM nowhere", "[sqlite 1]", "no such table: nowhere"},
		{"SELEC", "[sqlite 1]", `near "SELEC": syntax error`},
		{"COMMIT", "[sqlite 1]", "cannot commit - no transaction is active"},
		{"ROLLBACK", "[sqlite 1]", "cannot rollback - no transaction is active"},
		{"SELECT abs(-9223372036854775808)", "[sqlite 1]", "integer overflow"},
	} {
		_, err := query(c, tt.sql)
		if r := wantTag(t, err, tt.tag); r.Message != tt.says || r.Ended {
			t.Errorf("%s: %q, ended %v; want %q", tt.sql, r.Message, r.Ended, tt.says)
		}
	}
	must(t, c, "BEGIN")
	_, err := execute(c, "BEGIN")
	if r := wantTag(t, err, "[sqlite 1]"); r.Message != "cannot start a transaction within a transaction" || r.Ended {
		t.Errorf("%q", r.Message)
	}
	must(t, c, "ROLLBACK")
}

func TestATransactionThatSQLiteEndedIsTold(t *testing.T) {
	for _, tt := range []struct {
		why, sql, tag string
		prepare       []string
		ended         bool
	}{
		{"a plain conflict", "INSERT INTO t VALUES (1)", "[sqlite 1555]", nil, false},
		{"ON CONFLICT ROLLBACK", "INSERT OR ROLLBACK INTO t VALUES (1)", "[sqlite 1555]", nil, true},
		{"RAISE(ROLLBACK)", "INSERT INTO t VALUES (13)", "[sqlite 1811]",
			[]string{"CREATE TRIGGER no BEFORE INSERT ON t WHEN new.a = 13 BEGIN SELECT RAISE(ROLLBACK, 'not 13'); END"}, true},
		{"RAISE(ABORT)", "INSERT INTO t VALUES (13)", "[sqlite 1811]",
			[]string{"CREATE TRIGGER no BEFORE INSERT ON t WHEN new.a = 13 BEGIN SELECT RAISE(ABORT, 'not 13'); END"}, false},
		{"a failed COMMIT", "COMMIT", "[sqlite 787]", []string{"CREATE TABLE child (a REFERENCES t (a) DEFERRABLE INITIALLY DEFERRED)"}, false},
	} {
		t.Run(tt.why, func(t *testing.T) {
			p := openPool(t, New(), file(t), db.Options{}, nil)
			c, other := lease(t, p), lease(t, p)
			must(t, c, "CREATE TABLE t (a INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)")
			must(t, c, tt.prepare...)
			must(t, c, "BEGIN", "INSERT INTO t VALUES (2)")
			if tt.sql == "COMMIT" {
				must(t, c, "INSERT INTO child VALUES (99)")
			}
			_, err := execute(c, tt.sql)
			if r := wantTag(t, err, tt.tag); r.Ended != tt.ended || c.InTransaction() == tt.ended {
				t.Errorf("Ended = %v, InTransaction = %v", r.Ended, c.InTransaction())
			}
			if c.writing == tt.ended {
				t.Errorf("the turn to write is held: %v", c.writing)
			}
			if err := c.Rollback(context.Background()); err != nil {
				t.Error(err)
			}
			must(t, other, "INSERT INTO t VALUES (3)")
			wantOne(t, other, "SELECT group_concat(a) FROM t", "a string 1,3")
		})
	}
}

func TestAFullDiskIsToldWithTheStateOfTheTransaction(t *testing.T) {
	c := lease(t, openPool(t, New(), file(t), db.Options{}, nil))
	must(t, c, "CREATE TABLE t (a)", "PRAGMA max_page_count = 20", "BEGIN", "INSERT INTO t VALUES (1)")
	_, err := execute(c, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) INSERT INTO t SELECT randomblob(500) FROM n")
	if r := wantTag(t, err, "[sqlite 13]"); r.Ended == c.InTransaction() {
		t.Errorf("Ended = %v, InTransaction = %v", r.Ended, c.InTransaction())
	}
}

func TestAnInterruptedWriteEndsItsTransaction(t *testing.T) {
	p := openPool(t, New(), file(t), db.Options{}, nil)
	c := lease(t, p)
	must(t, c, "CREATE TABLE t (a)", "BEGIN", "INSERT INTO t VALUES (1)")
	ctx, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	_, err := c.Execute(ctx, statementOf("INSERT INTO t "+slow))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", err)
	}
	if c.InTransaction() || c.writing || !c.Usable() {
		t.Errorf("InTransaction %v, writing %v, Usable %v", c.InTransaction(), c.writing, c.Usable())
	}
	must(t, lease(t, p), "INSERT INTO t VALUES (2)")
	wantOne(t, c, "SELECT group_concat(a) FROM t", "a number 2")
}

func TestFilesThatAreNoDatabaseFailAtTheFirstStatement(t *testing.T) {
	whole := file(t)
	c := lease(t, openPool(t, New(), whole, db.Options{}, nil))
	must(t, c, "CREATE TABLE t (a)", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO t SELECT i FROM n",
		"PRAGMA wal_checkpoint(TRUNCATE)")
	bytes, err := os.ReadFile(whole)
	if err != nil || len(bytes) < 20_000 {
		t.Fatalf("%d bytes, %v", len(bytes), err)
	}
	for _, tt := range []struct {
		name, tag string
		bytes     []byte
	}{
		{"text.db", "[sqlite 26]", []byte(strings.Repeat("This is no database.\n", 100))},
		{"random.db", "[sqlite 26]", []byte("SQLite format 4\x00" + strings.Repeat("\xa5", 8000))},
		{"cut.db", "[sqlite 11]", bytes[:9000]},
		{"holed.db", "[sqlite 11]", append(append(append([]byte{}, bytes[:8192]...), make([]byte, 8192)...), bytes[16384:]...)},
	} {
		path := filepath.Join(t.TempDir(), tt.name)
		if err := os.WriteFile(path, tt.bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		p := openPool(t, New(), path, db.Options{}, nil)
		c, err := dbtest.Acquire(context.Background(), p)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		_, err = query(c.(*conn), "SELECT count(*), sum(a) FROM t")
		wantTag(t, err, tt.tag)
		if !c.Usable() {
			t.Errorf("%s: the connection is unusable", tt.name)
		}
		c.Release(true)
		if len(p.idle) != 0 {
			t.Errorf("%s: the connection was kept", tt.name)
		}
		if got, err := os.ReadFile(path); err != nil || tt.tag == "[sqlite 26]" && string(got) != string(tt.bytes) {
			t.Errorf("%s was changed; %v", tt.name, err)
		}
	}
}

func TestAFileThatWasReplacedIsOpenedAnew(t *testing.T) {
	path := file(t)
	p := openPool(t, New(), path, db.Options{}, nil)
	c, err := dbtest.Acquire(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	must(t, c.(*conn), "CREATE TABLE old (a)")
	c.Release(true)
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	must(t, lease(t, openPool(t, New(), path, db.Options{}, nil)), "CREATE TABLE new (a)")
	p.idle[0].rested = time.Now().Add(-2 * rest)
	wantOne(t, lease(t, p), "SELECT count(*) FROM new", "a number 0")
}

func TestPrivateMemoryBelongsToOneConnection(t *testing.T) {
	d := New()
	for _, text := range []string{":memory:", "file::memory:", "file:x?mode=memory"} {
		one, two := lease(t, openPool(t, d, text, db.Options{}, nil)), lease(t, openPool(t, d, text, db.Options{}, nil))
		must(t, one, "CREATE TABLE t (a)")
		must(t, two, "CREATE TABLE t (a)")
		if one.queue != nil {
			t.Errorf("%s: writers wait for each other", text)
		}
	}
}

func TestSharedMemoryLivesWithoutConnections(t *testing.T) {
	d := New()
	p := openPool(t, d, "file:shared?mode=memory&cache=shared", db.Options{}, nil)
	c, err := dbtest.Acquire(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	must(t, c.(*conn), "CREATE TABLE t (a)", "INSERT INTO t VALUES (5)")
	c.Release(false)
	if n := p.CloseIdle(10); n != 0 {
		t.Errorf("%d idle", n)
	}
	wantOne(t, lease(t, p), "SELECT a FROM t", "a number 5")
	if _, err := query(lease(t, openPool(t, d, "file:other?mode=memory&cache=shared", db.Options{}, nil)), "SELECT a FROM t"); err == nil {
		t.Error("another name sees the table")
	}
}

func TestStatementsAreKeptWithinTheirNumber(t *testing.T) {
	p := openPool(t, New(), ":memory:", db.Options{}, func(c *db.PoolConfig) { c.StatementCache = 3 })
	c := lease(t, p)
	for i := range 20 {
		wantOne(t, c, fmt.Sprintf("SELECT %d AS v", i%7), fmt.Sprintf("a number %d", i%7))
		if n := len(c.statements.bySQL); n > 3 || n != c.statements.order.Len() {
			t.Fatalf("%d statements are kept, %d in order", n, c.statements.order.Len())
		}
	}
	wantOne(t, c, "SELECT 1 AS v /* "+strings.Repeat("x", longest)+" */", "a number 1")
	if c.statements.find("SELECT 5 AS v") == nil || c.statements.find("SELECT 0 AS v") != nil {
		t.Error("not the ones used last are kept")
	}
	none := lease(t, openPool(t, New(), ":memory:", db.Options{}, func(c *db.PoolConfig) { c.StatementCache = 0 }))
	must(t, none, "BEGIN", "COMMIT")
	if len(none.statements.bySQL) != 0 {
		t.Error("a statement was kept")
	}
}

// A context that ends late must stop nothing that runs under another.
func TestALateInterruptReachesNothingElse(t *testing.T) {
	c := memory(t)
	for i := range 300 {
		ctx, stop := context.WithCancel(context.Background())
		if i%3 == 0 {
			go stop()
		} else {
			time.AfterFunc(time.Duration(i)*time.Microsecond, stop)
		}
		s := statementOf("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) SELECT sum(i) AS n FROM n")
		if err := c.Query(ctx, s, db.NewRows(s)); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatalf("the error is %v", err)
		}
		wantOne(t, c, "SELECT count(*) FROM (VALUES (1), (2))", "a number 2")
		stop()
	}
}

func TestMemoryOfTheEngineIsGivenBack(t *testing.T) {
	text := file(t)
	before := runtime.NumGoroutine()
	for range 50 {
		p := openPool(t, New(), text, db.Options{}, nil)
		c, err := dbtest.Acquire(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		must(t, c.(*conn), "CREATE TABLE IF NOT EXISTS t (a)")
		if _, err := query(c.(*conn), "SELECT * FROM t WHERE a = ?", long(1000)); err != nil {
			t.Fatal(err)
		}
		c.Release(true)
		p.Close()
	}
	count := 0
	handles.Range(func(any, any) bool { count++; return true })
	if count != 0 {
		t.Errorf("%d handles are left", count)
	}
	if n := runtime.NumGoroutine(); n > before+2 {
		t.Errorf("%d goroutines, %d before", n, before)
	}
}

func long(n int) value.Value { return text(strings.Repeat("x", n)) }

func BenchmarkOneRowByKey(b *testing.B) {
	c := lease(b, openPool(b, New(), filepath.Join(b.TempDir(), "a.db"), db.Options{}, nil))
	must(b, c, "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, amount TEXT)", "INSERT INTO t VALUES (1, 'வணக்கம்', '1250.50')")
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	s := statementOf("SELECT id, name, amount FROM t WHERE id = ?", value.Int(1))
	b.ReportAllocs()
	for b.Loop() {
		rows := db.NewRows(s)
		if err := c.Query(ctx, s, rows); err != nil || rows.Len() != 1 {
			b.Fatal(rows.Len(), err)
		}
	}
}

func BenchmarkInsertInATransaction(b *testing.B) {
	c := lease(b, openPool(b, New(), filepath.Join(b.TempDir(), "a.db"), db.Options{}, nil))
	must(b, c, "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, amount TEXT)", "BEGIN")
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	s := statementOf("INSERT INTO t (name, amount) VALUES (?, ?)", text("வணக்கம்"), db.NumberOf("1250.50"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Execute(ctx, s); err != nil {
			b.Fatal(err)
		}
	}
	must(b, c, "ROLLBACK")
}
