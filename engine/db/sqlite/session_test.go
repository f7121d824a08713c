package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"etamil/engine/db"
	"etamil/engine/diag"
	"etamil/engine/host"
)

// sessions are runs of programs, each with a session of its own, on a registry
// as the commands make it.
func sessions(t *testing.T, s db.Settings) func() host.Session {
	t.Helper()
	s.Drivers = []db.Driver{New()}
	registry := db.New(s)
	access, err := registry.Access(db.AccessConfig{AllowAll: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		access.Close()
		registry.Close()
	})
	return access.Session
}

// connect begins a run that is connected to a file.
func connect(t *testing.T, run host.Session, text string) {
	t.Helper()
	if err := run.Connect(context.Background(), "SQLite", text); err != nil {
		t.Fatal(err)
	}
}

func do(t *testing.T, run host.Session, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if _, err := run.Execute(context.Background(), statementOf(sql)); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

func wantRows(t *testing.T, run host.Session, sql, want string) {
	t.Helper()
	v, err := run.Query(context.Background(), statementOf(sql))
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	_, got := v.Elems()[0].FieldAt(0)
	if show(got) != want {
		t.Errorf("%s = %s, want %s", sql, show(got), want)
	}
}

// What ends a transaction must not let the statements after it be kept one by
// one, nor a COMMIT that finds nothing to commit be taken for success.
func TestNothingRunsAfterSQLiteEndedATransaction(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, run host.Session){
		"a conflict that rolls back": func(t *testing.T, run host.Session) {
			_, err := run.Execute(context.Background(), statementOf("INSERT OR ROLLBACK INTO t VALUES (1)"))
			wantCode(t, err, diag.DatabaseRefused)
		},
		"a trigger that rolls back": func(t *testing.T, run host.Session) {
			_, err := run.Execute(context.Background(), statementOf("INSERT INTO t VALUES (13)"))
			wantCode(t, err, diag.DatabaseRefused)
		},
		"a write that took too long": func(t *testing.T, run host.Session) {
			_, err := run.Execute(context.Background(), statementOf("INSERT INTO t SELECT n + 100 FROM ("+slow+")"))
			wantCode(t, err, diag.StatementTimeout)
		},
	} {
		t.Run(name, func(t *testing.T) {
			begin := sessions(t, db.Settings{StatementTimeout: 300 * time.Millisecond})
			path := file(t)
			run, other := begin(), begin()
			connect(t, run, path)
			connect(t, other, path)
			do(t, other, "CREATE TABLE t (a INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)",
				"CREATE TRIGGER no BEFORE INSERT ON t WHEN new.a = 13 BEGIN SELECT RAISE(ROLLBACK, 'not 13'); END")
			do(t, run, "BEGIN", "INSERT INTO t VALUES (2)")
			end(t, run)
			for _, sql := range []string{"INSERT INTO t VALUES (3)", "SELECT 1", "COMMIT", "BEGIN"} {
				_, err := run.Execute(context.Background(), statementOf(sql))
				wantCode(t, err, diag.TransactionEnded)
			}
			do(t, other, "INSERT INTO t VALUES (4)") // the turn to write is free
			do(t, run, "ROLLBACK", "BEGIN", "INSERT INTO t VALUES (5)", "COMMIT")
			wantRows(t, other, "SELECT group_concat(a, ' ') AS v FROM t", "a string 1 4 5")
			for _, r := range []host.Session{run, other} {
				if notes := r.Close(false); len(notes) != 0 {
					t.Errorf("notes: %v", notes)
				}
			}
		})
	}
}

// What a run leaves behind is gone before another has its connection.
func TestNothingOfARunReachesAnother(t *testing.T) {
	begin := sessions(t, db.Settings{Budget: 1})
	path := file(t)
	first := begin()
	connect(t, first, path)
	do(t, first, "CREATE TABLE t (a)", "PRAGMA foreign_keys = OFF", "CREATE TEMP TABLE mine (a)", "BEGIN", "INSERT INTO t VALUES (1)")
	notes := first.Close(false)
	var left *diag.Diagnostic
	if len(notes) != 1 || !errors.As(notes[0], &left) || left.Def != diag.TransactionLeftOpen {
		t.Errorf("notes: %v", notes)
	}
	second := begin()
	connect(t, second, path)
	wantRows(t, second, "SELECT count(*) AS v FROM t", "a number 0")
	wantRows(t, second, "PRAGMA foreign_keys", "a number 1")
	_, err := second.Query(context.Background(), statementOf("SELECT * FROM mine"))
	wantCode(t, err, diag.DatabaseRefused)
	second.Close(false)
}

func TestTheSecondStatementIsNoted(t *testing.T) {
	run := sessions(t, db.Settings{})()
	connect(t, run, " :memory: ")
	do(t, run, "CREATE TABLE t (a); CREATE TABLE u (a)", "INSERT INTO t VALUES (1); rubbish")
	notes := run.Close(false)
	var more *diag.Diagnostic
	if len(notes) != 1 || !errors.As(notes[0], &more) || more.Def != diag.TextAfterStatement { // both stand at one place here
		t.Errorf("notes: %v", notes)
	}
}

// Two hundred runs on ten connections: every one of them writes.
func TestTwoHundredRunsShareTenConnections(t *testing.T) {
	begin := sessions(t, db.Settings{Budget: 10, AcquireTimeout: time.Minute, SQLiteWriterWait: time.Minute})
	path := file(t)
	setup := begin()
	connect(t, setup, path)
	do(t, setup, "CREATE TABLE t (a INTEGER)", "CREATE TABLE total (n INTEGER)", "INSERT INTO total VALUES (0)")
	setup.Close(false)
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			run := begin()
			defer run.Close(false)
			if err := run.Connect(context.Background(), "SQLite", path); err != nil {
				t.Errorf("run %d: %v", i, err)
				return
			}
			for _, sql := range []string{"BEGIN", fmt.Sprintf("INSERT INTO t VALUES (%d)", i), "UPDATE total SET n = (SELECT n FROM total) + 1", "COMMIT"} {
				if _, err := run.Execute(context.Background(), statementOf(sql)); err != nil {
					t.Errorf("run %d, %s: %v", i, sql, err)
					return
				}
			}
		})
	}
	all.Wait()
	check := begin()
	defer check.Close(false)
	connect(t, check, path)
	wantRows(t, check, "SELECT count(DISTINCT a) AS v FROM t", "a number 200")
	wantRows(t, check, "SELECT n FROM total", "a number 200")
}
