package dbtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"etamil/engine/db"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// An Env says what a driver's database is like.
type Env struct {
	Driver db.Driver
	// Database returns the connection text of a database that the suite may
	// fill. It is called once a Run. The tables' names begin with dbtest_.
	Database func(t *testing.T) string
	// Placeholder writes the n-th parameter of a statement, n from 1.
	Placeholder func(n int) string
	Types       Types
	// Bool is what a boolean reads back as from a column of Types.Bool.
	Bool func(b bool) value.Value
	// TextNumbers tells that a text that reads as a number comes back as one.
	TextNumbers bool
	// NoNUL tells that the database refuses texts with a NUL.
	NoNUL bool
	// BadUTF8 is an expression whose bytes are FF 41.
	BadUTF8 string
	// Slow is a query that takes at least twenty seconds unless cancelled.
	Slow string
	// CancelKeeps tells that the connection lives on after a cancel.
	CancelKeeps bool
	// FailureEnds tells that after a failed statement a transaction refuses
	// everything but its end.
	FailureEnds bool
	Tags        Tags
	// Decimals is how many random numbers travel there and back; 0: 100,000,
	// or 10,000 in a short run.
	Decimals int
	// Kill breaks every connection to the database of that text from the
	// server's side and returns when they are gone; nil where there is no
	// server.
	Kill func(t *testing.T, text string)
}

// Types are the names of the column types that the suite uses.
type Types struct {
	Integer string
	Decimal string // holds every number of 29 digits before and 28 after the point
	Text    string // at least a megabyte
	Key     string // a text of 40 letters that can be unique
	Bool    string
	Double  string
	Bytes   string // at least 300 bytes
}

// Tags are the ends of the errors of common mistakes.
type Tags struct {
	Unique, NotNull, Syntax, NoTable string
}

// bench is one pool of the driver with all that the registry would watch.
type bench struct {
	Env
	t         *testing.T
	text      string
	target    *db.Target
	pool      db.Pool
	open      atomic.Int64
	most      atomic.Int64
	cancelled atomic.Int64
}

// Acquire returns an idle connection of a pool, or a new one.
func Acquire(ctx context.Context, p db.Pool) (db.Conn, error) {
	if c := p.Idle(ctx); c != nil {
		return c, nil
	}
	return p.Connect(ctx)
}

// newBench opens a pool; change may alter its configuration.
func newBench(t *testing.T, e Env, text string, change func(*db.PoolConfig)) *bench {
	t.Helper()
	b := &bench{Env: e, t: t, text: text}
	target, err := e.Driver.Target(text, db.Options{})
	if err != nil {
		t.Fatalf("Target: %v", err)
	}
	b.target = target
	c := db.PoolConfig{
		Max: 16, ConnectTimeout: 10 * time.Second, StatementCache: 256, SQLiteWriterWait: 10 * time.Second,
		Zone: time.UTC, Label: target.Label,
		Count: func(n int) {
			open := b.open.Add(int64(n))
			for most := b.most.Load(); open > most && !b.most.CompareAndSwap(most, open); most = b.most.Load() {
			}
		},
		Cancelled: func() { b.cancelled.Add(1) },
		Warn:      func(msg string, pairs ...string) { t.Logf("warn: %s %q", msg, pairs) },
		Debug:     func(string, ...string) {},
	}
	if change != nil {
		change(&c)
	}
	b.pool, err = target.Open(c)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		b.pool.Close()
		b.wantOpen(0)
	})
	return b
}

// wantOpen waits until so many connections are open.
func (b *bench) wantOpen(want int64) {
	b.t.Helper()
	for end := time.Now().Add(5 * time.Second); b.open.Load() != want; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Errorf("%d connections are counted as open, want %d", b.open.Load(), want)
			return
		}
	}
}

// acquire leases a connection.
func (b *bench) acquire() db.Conn {
	b.t.Helper()
	c, err := Acquire(context.Background(), b.pool)
	if err != nil {
		b.t.Fatalf("Acquire: %v", err)
	}
	return c
}

// lease leases a connection and gives it back at the end of the test, clean.
func (b *bench) lease() db.Conn {
	b.t.Helper()
	c := b.acquire()
	b.t.Cleanup(func() {
		if c.Usable() && c.InTransaction() {
			if err := c.Rollback(context.Background()); err != nil {
				b.t.Errorf("Rollback: %v", err)
			}
		}
		c.Release(true)
	})
	return c
}

// sql replaces each "?" by the driver's placeholder and {Integer}, … by its
// types.
func (b *bench) sql(text string) string {
	text = strings.NewReplacer("{Integer}", b.Types.Integer, "{Decimal}", b.Types.Decimal, "{Text}", b.Types.Text,
		"{Key}", b.Types.Key, "{Bool}", b.Types.Bool, "{Double}", b.Types.Double, "{Bytes}", b.Types.Bytes).Replace(text)
	var s strings.Builder
	n := 0
	for _, r := range text {
		if r == '?' {
			n++
			s.WriteString(b.Placeholder(n))
		} else {
			s.WriteRune(r)
		}
	}
	return s.String()
}

// table makes an empty table of these columns; it is gone at the end.
func (b *bench) table(c db.Conn, name, columns string) {
	b.t.Helper()
	b.exec(c, "DROP TABLE IF EXISTS "+name)
	b.exec(c, b.sql("CREATE TABLE "+name+" ("+columns+")"))
}

// statement is sql as the driver gets it, with no budgets.
func statement(sql string, params ...value.Value) *host.Statement {
	return &host.Statement{SQL: sql, Params: params, Meter: free{}}
}

// exec runs sql, whose placeholders are the driver's.
func (b *bench) exec(c db.Conn, sql string, params ...value.Value) int64 {
	b.t.Helper()
	n, err := c.Execute(context.Background(), statement(sql, params...))
	if err != nil {
		b.t.Fatalf("%s: %v", short(sql), err)
	}
	return n
}

// query runs sql and returns its rows.
func (b *bench) query(c db.Conn, sql string, params ...value.Value) []value.Value {
	b.t.Helper()
	v, err := ask(context.Background(), c, statement(sql, params...))
	if err != nil {
		b.t.Fatalf("%s: %v", short(sql), err)
	}
	return v
}

// one runs a query of one row and one column.
func (b *bench) one(c db.Conn, sql string, params ...value.Value) value.Value {
	b.t.Helper()
	rows := b.query(c, sql, params...)
	if len(rows) != 1 || len(rows[0].Names()) != 1 {
		b.t.Fatalf("%s gave %d rows, want one of one column", short(sql), len(rows))
	}
	_, v := rows[0].FieldAt(0)
	return v
}

// wantOne holds the one value of a query against its printed form.
func (b *bench) wantOne(c db.Conn, sql, want string, params ...value.Value) {
	b.t.Helper()
	if got := show(b.one(c, sql, params...)); got != want {
		b.t.Errorf("%s = %s, want %s", short(sql), got, want)
	}
}

// ask runs a query and returns its rows.
func ask(ctx context.Context, c db.Conn, s *host.Statement) ([]value.Value, error) {
	rows := db.NewRows(s)
	if err := c.Query(ctx, s, rows); err != nil {
		return nil, err
	}
	v, err := rows.Value()
	if err != nil {
		return nil, err
	}
	return v.Elems(), nil
}

// show is the kind and the printed form of v, cut.
func show(v value.Value) string {
	return fmt.Sprintf("%v %q", v.Kind(), short(value.Display(&v, 200)))
}

func short(s string) string {
	if len(s) > 200 {
		return s[:200] + "…"
	}
	return s
}

// wantCode tells when err is no diagnostic of that definition.
func wantCode(t *testing.T, err error, want *diag.Def) {
	t.Helper()
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Def != want {
		t.Errorf("the error is %v, want %v", err, want.Code)
	}
}

// wantTag tells when err is no refusal with that tag.
func wantTag(t *testing.T, err error, want string) *db.Refusal {
	t.Helper()
	var r *db.Refusal
	if !errors.As(err, &r) {
		t.Fatalf("the error is %T %v, want a refusal %s", err, err, want)
	}
	if r.Tag != want || r.Message == "" {
		t.Errorf("the refusal is %q %q, want tag %s", r.Message, r.Tag, want)
	}
	return r
}

// free is a Meter without bounds.
type free struct{}

func (free) Charge(int) error { return nil }
func (free) Grow(int) error   { return nil }

// errMeter is what a spent meter answers.
var errMeter = errors.New("the meter is spent")

// spent is a Meter that ends after so many bytes.
type spent struct{ left int }

func (m *spent) Charge(int) error { return nil }

func (m *spent) Grow(n int) error {
	if m.left -= n; m.left < 0 {
		return errMeter
	}
	return nil
}

// num is the number that these digits are.
func num(digits string) value.Value { return db.NumberOf(digits) }

// texts are values of these texts.
func text(s string) value.Value { return value.String(s) }
