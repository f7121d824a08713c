package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"etamil/engine/db"
	"etamil/engine/db/dbtest"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// config is what the registry would tell a pool.
func config() db.PoolConfig {
	return db.PoolConfig{
		Max: 300, ConnectTimeout: 5 * time.Second, StatementCache: 256, SQLiteWriterWait: 20 * time.Second,
		Zone: time.UTC, Count: func(int) {}, Cancelled: func() {},
		Warn: func(string, ...string) {}, Debug: func(string, ...string) {},
	}
}

// openPool opens the database of that text.
func openPool(t testing.TB, d db.Driver, text string, o db.Options, change func(*db.PoolConfig)) *pool {
	t.Helper()
	target, err := d.Target(text, o)
	if err != nil {
		t.Fatalf("Target: %v", err)
	}
	c := config()
	var open atomic.Int64
	c.Count = func(n int) { open.Add(int64(n)) }
	if change != nil {
		change(&c)
	}
	p, err := target.Open(c)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		p.Close()
		if n := open.Load(); n != 0 {
			t.Errorf("%d connections are still counted", n)
		}
	})
	return p.(*pool)
}

// lease takes a connection until the end of the test.
func lease(t testing.TB, p *pool) *conn {
	t.Helper()
	c, err := dbtest.Acquire(context.Background(), p)
	if err != nil {
		t.Fatalf("Acquire: %v", err)
	}
	t.Cleanup(func() { c.Release(true) })
	return c.(*conn)
}

// memory is a connection to a database of its own.
func memory(t testing.TB) *conn {
	t.Helper()
	return lease(t, openPool(t, New(), ":memory:", db.Options{}, nil))
}

// file is a path for a new database.
func file(t testing.TB) string { return filepath.Join(t.TempDir(), "a.db") }

func statementOf(sql string, params ...value.Value) *host.Statement {
	return &host.Statement{SQL: sql, Params: params, Meter: free{}}
}

func execute(c *conn, sql string, params ...value.Value) (int64, error) {
	return c.Execute(context.Background(), statementOf(sql, params...))
}

func query(c *conn, sql string, params ...value.Value) ([]value.Value, error) {
	s := statementOf(sql, params...)
	rows := db.NewRows(s)
	if err := c.Query(context.Background(), s, rows); err != nil {
		return nil, err
	}
	v, err := rows.Value()
	return v.Elems(), err
}

// must runs statements that succeed.
func must(t testing.TB, c *conn, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if _, err := execute(c, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// one is the value of a query of one row and one column, nil for none.
func one(t testing.TB, c *conn, sql string, params ...value.Value) value.Value {
	t.Helper()
	rows, err := query(c, sql, params...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	if len(rows) == 0 {
		return value.NilValue()
	}
	_, v := rows[0].FieldAt(0)
	return v
}

// show is the kind and the printed form of v.
func show(v value.Value) string { return v.Kind().String() + " " + value.Display(&v, 200) }

func wantOne(t testing.TB, c *conn, sql, want string, params ...value.Value) {
	t.Helper()
	if got := show(one(t, c, sql, params...)); got != want {
		t.Errorf("%s = %s, want %s", sql, got, want)
	}
}

func wantCode(t testing.TB, err error, want *diag.Def) {
	t.Helper()
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Def != want {
		t.Errorf("the error is %v, want %v", err, want.Code)
	}
}

func wantTag(t testing.TB, err error, want string) *db.Refusal {
	t.Helper()
	var r *db.Refusal
	if !errors.As(err, &r) {
		t.Fatalf("the error is %T %v, want a refusal %s", err, err, want)
	}
	if r.Tag != want {
		t.Errorf("the refusal is %q %s, want %s", r.Message, r.Tag, want)
	}
	return r
}

func text(s string) value.Value { return value.String(s) }
