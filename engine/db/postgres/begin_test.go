package postgres

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"etamil/engine/db"
	"etamil/engine/db/dbtest/servers"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// modes are the ways to prepare, as options of a text.
func modes() map[string]db.Options {
	all := map[string]db.Options{}
	for _, mode := range []prepareMode{prepareCache, prepareDescribe, prepareOff} {
		all[string(mode)] = db.Options{Source: true, Keys: map[string]any{"prepare": string(mode)}}
	}
	return all
}

// inServer returns the state of the transaction as the server last told it.
func inServer(c db.Conn) string { return string(c.(*conn).pg.TxStatus()) }

func TestWhichStatementsOpenAndEndTransactions(t *testing.T) {
	for _, tt := range []struct {
		sql         string
		opens, ends bool
	}{
		{"BEGIN", true, false},
		{" begin ; ", true, false},
		{"/* x */;Begin -- y\n Work;;", true, false},
		{"BEGIN TRANSACTION", true, false},
		{"START TRANSACTION", true, false},
		{"START", false, false},
		{"START WORK", false, false},
		{"BEGIN READ ONLY", false, false},
		{"BEGIN ISOLATION LEVEL SERIALIZABLE", false, false},
		{"START TRANSACTION READ ONLY", false, false},
		{"BEGIN WORK TRANSACTION", false, false},
		{`BEGIN "work"`, false, false},
		{"BEGIN; SELECT 1", false, false},
		{"BEGIN $1", false, false},
		{"COMMIT", false, true},
		{"end work;", false, true},
		{"ROLLBACK", false, true},
		{"abort Transaction", false, true},
		{"ROLLBACK TO s", false, false},
		{"ROLLBACK TO WORK", false, false},
		{"COMMIT PREPARED 'x'", false, false},
		{"COMMIT AND CHAIN", false, false},
		{"SELECT 1", false, false},
		{"", false, false},
	} {
		first := firstWord(tt.sql)
		if got := opensTransaction(first, tt.sql); got != tt.opens {
			t.Errorf("opensTransaction(%q) = %v", tt.sql, got)
		}
		if got := endsTransaction(first, tt.sql); got != tt.ends {
			t.Errorf("endsTransaction(%q) = %v", tt.sql, got)
		}
	}
}

func TestBeginGoesWithTheNextStatement(t *testing.T) {
	url := database(t)
	admin(t, url, "CREATE TABLE b (a integer PRIMARY KEY, d date)")
	for mode, o := range modes() {
		c := newBench(t, url, o, nil).lease()
		for round := range 3 { // the statement is prepared, and then known
			for _, begin := range []string{"BEGIN", "begin work;", "BEGIN TRANSACTION", "START TRANSACTION"} {
				must(t, c, begin)
				if inServer(c) != "I" || !c.InTransaction() {
					t.Fatalf("%s: after %s the server is in %s, InTransaction is %v", mode, begin, inServer(c), c.InTransaction())
				}
				if got := printed(t, c, "INSERT INTO b VALUES ($1, '2026-04-01') RETURNING a, d", value.Int(round)); !strings.HasPrefix(got, "[{a: ") {
					t.Fatalf("%s: %s", mode, got)
				}
				if inServer(c) != "T" || !c.InTransaction() {
					t.Fatalf("%s: the statement did not run in a transaction", mode)
				}
				if n := must(t, c, "UPDATE b SET d = d WHERE a = $1", value.Int(round)); n != 1 {
					t.Fatalf("%s: %d rows", mode, n)
				}
				must(t, c, "ROLLBACK")
			}
			must(t, c, "BEGIN")
			if n := must(t, c, "INSERT INTO b VALUES ($1, NULL), ($2, NULL)", value.Int(10), value.Int(11)); n != 2 {
				t.Errorf("%s: %d rows", mode, n)
			}
			must(t, c, "COMMIT")
			must(t, c, "BEGIN")
			if n := must(t, c, "DELETE FROM b"); n != 2 {
				t.Errorf("%s: %d rows were committed, want 2", mode, n)
			}
			must(t, c, "COMMIT")
		}
	}
}

func TestTransactionWithoutStatementsCostsNothing(t *testing.T) {
	p := newProxy(t, servers.Postgres(t))
	c := newBench(t, p.url, db.Options{}, nil).lease()
	must(t, c, "SELECT 1")
	before := p.sent.Load()
	for _, end := range []string{"COMMIT", "end", "ROLLBACK WORK", "abort ;"} {
		must(t, c, "BEGIN")
		must(t, c, end)
		if c.InTransaction() {
			t.Errorf("after %s a transaction is open", end)
		}
	}
	must(t, c, "BEGIN")
	if err := c.Rollback(context.Background()); err != nil || c.InTransaction() || !c.Usable() {
		t.Errorf("Rollback: %v", err)
	}
	if rows, err := query(context.Background(), c, "BEGIN"); err != nil || rows.Len() != 0 {
		t.Errorf("a query: %s %v", show(rows), err)
	}
	if err := c.Rollback(context.Background()); err != nil {
		t.Errorf("Rollback: %v", err)
	}
	if sent := p.sent.Load() - before; sent != 0 {
		t.Errorf("%d bytes were sent", sent)
	}
	var wrong *diag.Diagnostic
	if _, err := execute(context.Background(), c, "BEGIN", value.Int(1)); !errors.As(err, &wrong) || wrong.Def != diag.ParameterCount {
		t.Errorf("BEGIN with a parameter: %v", err)
	}
}

func TestErrorOfTheStatementThatBeginGoesWith(t *testing.T) {
	url := database(t)
	admin(t, url, "CREATE TABLE b (a integer PRIMARY KEY)")
	for mode, o := range modes() {
		c := newBench(t, url, o, nil).lease()
		for _, tt := range []struct{ sql, tag string }{
			{"nonsense", "[postgresql 42601]"},
			{"SELECT * FROM nowhere", "[postgresql 42P01]"},
			{"SELECT 1/0", "[postgresql 22012]"},
			{"SELECT 1/0", "[postgresql 22012]"},                                  // prepared before
			{"VACUUM", "[postgresql 25001]"},                                      // not within a transaction
			{"SELECT 1/a FROM generate_series(2, 0, -1) a", "[postgresql 22012]"}, // after some rows
		} {
			must(t, c, "BEGIN")
			_, err := query(context.Background(), c, tt.sql)
			wantTag(t, err, tt.tag)
			if !c.Usable() || !c.InTransaction() || inServer(c) != "E" {
				t.Fatalf("%s: after %s the transaction is in state %s", mode, tt.sql, inServer(c))
			}
			_, err = execute(context.Background(), c, "INSERT INTO b VALUES (1)")
			wantTag(t, err, "[postgresql 25P02]")
			_, err = execute(context.Background(), c, "COMMIT")
			wantTag(t, err, "[postgresql 25P02]")
			if c.InTransaction() {
				t.Fatalf("%s: COMMIT left the transaction open", mode)
			}
		}
		// What is refused before it is sent leaves the transaction as it was.
		must(t, c, "BEGIN")
		for range 2 {
			if _, err := execute(context.Background(), c, "INSERT INTO b VALUES ($1)", text("many")); err == nil {
				t.Errorf("%s: a text was taken for a number", mode)
			}
			if !c.InTransaction() {
				t.Errorf("%s: the transaction is gone", mode)
			}
		}
		_, err := execute(context.Background(), c, "COPY b TO STDOUT")
		wantTag(t, err, "[postgresql 0A000]")
		must(t, c, "INSERT INTO b VALUES ($1)", value.Int(1))
		must(t, c, "ROLLBACK")
		if got := printed(t, c, "SELECT * FROM b"); got != "[]" {
			t.Errorf("%s: %s was committed", mode, got)
		}
	}
}

func TestErrorOfBeginIsThatOfTheStatement(t *testing.T) {
	url := database(t)
	admin(t, url, "CREATE TABLE b (a integer)")
	p := newProxy(t, url)
	for mode, o := range modes() {
		c := newBench(t, p.url, o, nil).lease()
		must(t, c, "INSERT INTO b VALUES ($1)", value.Int(1)) // known from now on
		for _, sql := range []string{"INSERT INTO b VALUES ($1)", "INSERT INTO b SELECT $1::int"} {
			must(t, c, "BEGIN")
			p.spoil.Store(true)
			_, err := execute(context.Background(), c, sql, value.Int(2))
			p.spoil.Store(false)
			wantTag(t, err, "[postgresql 42601]")
			if c.InTransaction() || !c.Usable() {
				t.Fatalf("%s: usable %v, state %s", mode, c.Usable(), inServer(c))
			}
		}
		if got := printed(t, c, "SELECT a FROM b"); got != "[{a: 1}]" {
			t.Errorf("%s: rows %s; a statement ran without its BEGIN", mode, got)
		}
		must(t, c, "DELETE FROM b")
	}
}

func TestOptionsOfATransactionFollowBegin(t *testing.T) {
	url := database(t)
	admin(t, url, "CREATE TABLE b (a integer)")
	for mode, o := range modes() {
		c := newBench(t, url, o, nil).lease()
		for range 2 {
			must(t, c, "BEGIN")
			must(t, c, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY")
			if got := printed(t, c, "SHOW transaction_isolation"); got != "[{transaction_isolation: serializable}]" {
				t.Errorf("%s: %s", mode, got)
			}
			_, err := execute(context.Background(), c, "INSERT INTO b VALUES (1)")
			wantTag(t, err, "[postgresql 25006]")
			must(t, c, "ROLLBACK")
			// A second BEGIN changes nothing.
			must(t, c, "BEGIN")
			must(t, c, "BEGIN")
			must(t, c, "INSERT INTO b VALUES (1)")
			must(t, c, "BEGIN")
			must(t, c, "ROLLBACK")
			must(t, c, "BEGIN")
			must(t, c, "SAVEPOINT s")
			must(t, c, "INSERT INTO b VALUES (1)")
			must(t, c, "ROLLBACK TO s")
			must(t, c, "COMMIT")
			// With options it is sent at once.
			must(t, c, "BEGIN READ ONLY")
			if inServer(c) != "T" {
				t.Errorf("%s: BEGIN READ ONLY waits", mode)
			}
			must(t, c, "COMMIT")
			// A cursor needs the transaction from its DECLARE on.
			must(t, c, "BEGIN")
			must(t, c, "DECLARE k CURSOR FOR SELECT 5 AS a")
			if got := printed(t, c, "FETCH k"); got != "[{a: 5}]" {
				t.Errorf("%s: %s", mode, got)
			}
			must(t, c, "ROLLBACK")
		}
		if got := printed(t, c, "SELECT * FROM b"); got != "[]" {
			t.Errorf("%s: %s is there", mode, got)
		}
	}
}

func TestDeadConnectionIsNoticedWithBegin(t *testing.T) {
	for _, known := range []bool{true, false} {
		p := newProxy(t, servers.Postgres(t))
		c := newBench(t, p.url, db.Options{}, nil).lease()
		sql := "SELECT 'a' AS a"
		if known {
			must(t, c, sql)
		}
		must(t, c, "BEGIN")
		p.cut()
		time.Sleep(50 * time.Millisecond)
		var lost *db.Lost
		if _, err := execute(context.Background(), c, sql); !errors.As(err, &lost) || lost.Sent && !known {
			t.Errorf("known %v: the error is %v", known, err)
		}
		if c.Usable() || c.InTransaction() {
			t.Errorf("known %v: the connection counts as usable %v, in a transaction %v", known, c.Usable(), c.InTransaction())
		}
		if _, err := execute(context.Background(), c, "COMMIT"); !errors.As(err, &lost) || lost.Sent {
			t.Errorf("known %v: COMMIT: %v", known, err)
		}
	}
	// One that is known to be closed is not written to.
	b := newBench(t, servers.Postgres(t), db.Options{}, nil)
	c := b.lease()
	must(t, c, "BEGIN")
	c.(*conn).pg.Conn().Close()
	var lost *db.Lost
	if _, err := execute(context.Background(), c, "SELECT 1"); !errors.As(err, &lost) || lost.Sent {
		t.Errorf("the error is %v", err)
	}
}

func TestServerThatEndsBetweenBeginAndStatement(t *testing.T) {
	url := database(t)
	for _, sql := range []string{"SELECT 1 AS a", "SELECT 2 AS a"} {
		c := newBench(t, url, db.Options{}, nil).lease()
		must(t, c, "SELECT 1 AS a")
		must(t, c, "BEGIN")
		kill(t, url)
		var lost *db.Lost
		if _, err := execute(context.Background(), c, sql); !errors.As(err, &lost) {
			t.Errorf("%s: the error is %v", sql, err)
		}
		if c.Usable() {
			t.Error("the connection is usable")
		}
	}
}

func TestCancelOfTheStatementThatBeginGoesWith(t *testing.T) {
	url := database(t)
	for mode, o := range modes() {
		c := newBench(t, url, o, nil).lease()
		for range 2 {
			must(t, c, "BEGIN")
			ctx, stop := context.WithTimeout(context.Background(), 100*time.Millisecond)
			if _, err := execute(ctx, c, "SELECT pg_sleep(20)"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: the error is %v", mode, err)
			}
			stop()
			if !c.Usable() || inServer(c) != "E" {
				t.Fatalf("%s: usable %v, state %s", mode, c.Usable(), inServer(c))
			}
			must(t, c, "ROLLBACK")
		}
		// A context that has ended sends nothing, and the transaction is open.
		ended, stop := context.WithCancel(context.Background())
		stop()
		must(t, c, "BEGIN")
		if _, err := execute(ended, c, "SELECT 1"); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: the error is %v", mode, err)
		}
		if !c.InTransaction() || inServer(c) != "I" {
			t.Errorf("%s: state %s", mode, inServer(c))
		}
		if err := c.Rollback(ended); err != nil || c.InTransaction() {
			t.Errorf("%s: Rollback of nothing: %v", mode, err)
		}
	}
}

func TestBudgetEndsTheStatementThatBeginGoesWith(t *testing.T) {
	c := newConn(t)
	for range 2 {
		must(t, c, "BEGIN")
		s := statement("SELECT i FROM generate_series(1, 2000000) i")
		s.Rows = 10
		if err := c.Query(context.Background(), s, db.NewRows(s)); err == nil {
			t.Fatal("all rows came")
		}
		if !c.Usable() || !c.InTransaction() {
			t.Fatalf("usable %v, state %s", c.Usable(), inServer(c))
		}
		must(t, c, "ROLLBACK")
	}
}

func TestStatementForgottenByTheServerIsSentAgainWithItsBegin(t *testing.T) {
	url := database(t)
	admin(t, url, "CREATE TABLE b (a integer)")
	b := newBench(t, url, db.Options{}, nil)
	c := b.lease()
	insert := "INSERT INTO b VALUES ($1)"
	must(t, c, insert, value.Int(1))
	// As a pooler does that gives each transaction another connection.
	if err := c.(*conn).pg.Deallocate(context.Background(), nameOf(insert)); err != nil {
		t.Fatal(err)
	}
	must(t, c, "BEGIN")
	must(t, c, insert, value.Int(2))
	if inServer(c) != "T" || b.warned.Load() != 1 {
		t.Errorf("state %s, %d warnings", inServer(c), b.warned.Load())
	}
	must(t, c, "ROLLBACK")
	if got := printed(t, c, "SELECT a FROM b"); got != "[{a: 1}]" {
		t.Errorf("rows: %s", got)
	}
	// A table that changed is an error within a transaction, as ever.
	c = newBench(t, url, db.Options{}, nil).lease()
	printed(t, c, "SELECT * FROM b")
	admin(t, url, "ALTER TABLE b ADD COLUMN z text")
	must(t, c, "BEGIN")
	_, err := query(context.Background(), c, "SELECT * FROM b")
	wantTag(t, err, "[postgresql 0A000]")
	if inServer(c) != "E" {
		t.Errorf("state %s", inServer(c))
	}
	must(t, c, "ROLLBACK")
	if got := printed(t, c, "SELECT * FROM b"); got != "[{a: 1, z: nil}]" {
		t.Errorf("rows: %s", got)
	}
}

func TestPoolersTakeBeginWithItsStatement(t *testing.T) {
	s := servers.NewPostgres(t)
	admin(t, s.URL, "CREATE TABLE b (a integer)")
	for _, pooling := range []string{"transaction", "session"} {
		bouncer := servers.NewPgBouncer(t, s, pooling)
		for mode, o := range modes() {
			c := newBench(t, bouncer.URL, o, nil).lease()
			for i := range 10 {
				must(t, c, "BEGIN")
				must(t, c, "INSERT INTO b VALUES ($1)", value.Int(i))
				must(t, c, "SAVEPOINT s")
				if i%2 == 0 {
					must(t, c, "COMMIT")
				} else {
					must(t, c, "ROLLBACK")
				}
			}
			if got := printed(t, c, "SELECT count(*) AS n FROM b"); got != "[{n: 5}]" {
				t.Errorf("%s, %s: %s", pooling, mode, got)
			}
			must(t, c, "DELETE FROM b")
		}
	}
}
