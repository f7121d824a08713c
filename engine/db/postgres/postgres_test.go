package postgres

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"etamil/engine/db"
	"etamil/engine/db/dbtest"
	"etamil/engine/db/dbtest/servers"
	"etamil/engine/host"
	"etamil/engine/value"
)

// database makes a database of its own for the test and returns its text: the
// suite breaks all connections to it, and others may use the server.
func database(t *testing.T) string {
	t.Helper()
	url := servers.Postgres(t)
	name := fmt.Sprintf("dbtest_%d_%d", os.Getpid(), time.Now().UnixNano())
	admin(t, url, "CREATE DATABASE "+name)
	t.Cleanup(func() { admin(t, url, "DROP DATABASE "+name+" WITH (FORCE)") })
	return url[:strings.LastIndexByte(url, '/')+1] + name
}

// kill ends every other connection to the database, from the server's side.
func kill(t *testing.T, text string) {
	t.Helper()
	admin(t, text, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()")
}

// admin runs a statement by a connection of its own and returns the texts of
// its rows, by the library alone.
func admin(t *testing.T, text, sql string) (rows [][]string) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	defer stop()
	c, err := pgconn.Connect(ctx, text)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	results, err := c.Exec(ctx, sql).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	for _, row := range results[len(results)-1].Rows {
		var texts []string
		for _, v := range row {
			texts = append(texts, string(v))
		}
		rows = append(rows, texts)
	}
	return rows
}

// A bench is a pool with what the registry would count.
type bench struct {
	*testing.T
	db.Pool
	open, cancelled, warned atomic.Int64
}

// newBench opens a pool of the text; change may alter its configuration.
func newBench(t *testing.T, text string, o db.Options, change func(*db.PoolConfig)) *bench {
	t.Helper()
	target, err := New().Target(text, o)
	if err != nil {
		t.Fatalf("Target: %v", err)
	}
	b := &bench{T: t}
	c := db.PoolConfig{
		Max: 20, ConnectTimeout: 10 * time.Second, StatementCache: 256, Zone: time.UTC, Label: target.Label,
		Count:     func(n int) { b.open.Add(int64(n)) },
		Cancelled: func() { b.cancelled.Add(1) },
		Warn:      func(msg string, pairs ...string) { b.warned.Add(1); t.Logf("warn: %s %q", msg, pairs) },
		Debug:     func(string, ...string) {},
	}
	if change != nil {
		change(&c)
	}
	if b.Pool, err = target.Open(c); err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		b.Close()
		b.wantOpen(0)
	})
	return b
}

func (b *bench) wantOpen(want int64) {
	b.Helper()
	for end := time.Now().Add(5 * time.Second); b.open.Load() != want; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			b.Fatalf("%d connections are open, want %d", b.open.Load(), want)
		}
	}
}

// lease leases a connection, which comes back at the end of the test.
func (b *bench) lease() db.Conn {
	b.Helper()
	c, err := dbtest.Acquire(context.Background(), b)
	if err != nil {
		b.Fatalf("Acquire: %v", err)
	}
	b.Cleanup(func() { c.Release(false) })
	return c
}

// newConn returns a connection to the shared server.
func newConn(t *testing.T) db.Conn {
	t.Helper()
	return newBench(t, servers.Postgres(t), db.Options{}, nil).lease()
}

type free struct{}

func (free) Charge(int) error { return nil }
func (free) Grow(int) error   { return nil }

func statement(sql string, params ...value.Value) *host.Statement {
	return &host.Statement{SQL: sql, Params: params, Meter: free{}}
}

func execute(ctx context.Context, c db.Conn, sql string, params ...value.Value) (int64, error) {
	return c.Execute(ctx, statement(sql, params...))
}

func query(ctx context.Context, c db.Conn, sql string, params ...value.Value) (value.Value, error) {
	s := statement(sql, params...)
	rows := db.NewRows(s)
	if err := c.Query(ctx, s, rows); err != nil {
		return value.Value{}, err
	}
	return rows.Value()
}

// must runs a statement that must not fail.
func must(t *testing.T, c db.Conn, sql string, params ...value.Value) int64 {
	t.Helper()
	n, err := execute(context.Background(), c, sql, params...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

// printed runs a query and returns its rows in printed form.
func printed(t *testing.T, c db.Conn, sql string, params ...value.Value) string {
	t.Helper()
	v, err := query(context.Background(), c, sql, params...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return show(v)
}

func show(v value.Value) string {
	text, _ := value.ToText(&v, 0)
	return text
}
