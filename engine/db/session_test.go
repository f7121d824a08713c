package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

func TestKindsAndTexts(t *testing.T) {
	s := newStand(t, Settings{})
	ctx := t.Context()
	r := s.run()
	r.want(r.Connect(ctx, "sqlite", "a"), "ET5008: there is no kind of database 'sqlite'")
	for _, kind := range []string{"Redis", "MongoDB", "NoSQL", "JSONdb"} {
		err := r.Connect(ctx, kind, "a")
		r.want(err, "ET5009: there is no driver for '"+kind+"' here")
		help := err.(*diag.Diagnostic).Help
		if want := map[string]string{"Redis": "use ரெடிஸ்_இணை for it", "MongoDB": "use மொங்கோ_இணை for it"}[kind]; want != "" && (help == nil || help.En != want) {
			t.Errorf("%s: help %v", kind, help)
		}
	}
	r.want(r.Disconnect(ctx, "SQLite"), "ET5012: 'SQLite' is not connected")
	r.want(r.do("SELECT 1"), "ET5005")
	r.want(r.Connect(ctx, "SQLite", ""), "ET5042")
	r.want(r.Connect(ctx, "SQLite", " a\n"), "")
	r.want(r.Connect(ctx, "SQLite", "a"), "") // the same
	r.want(r.Connect(ctx, "SQLite", "b"), "ET5007: 'SQLite' is connected to another database")
	r.want(r.do("SELECT 1"), "")
	r.want(r.Connect(ctx, "SQL", "a"), "") // another kind
	r.want(r.do("SELECT 1"), "ET5006")
	r.want(r.Disconnect(ctx, "SQLite"), "")
	r.want(r.do("SELECT 1"), "")
	if all := s.Stats(); len(all) != 1 || all[0].Leased != 1 || all[0].Connects != 1 {
		t.Errorf("SQL and SQLite do not share a pool: %+v", all)
	}
	if kind, open := r.Current(); kind != "SQLite" || open {
		t.Errorf("Current() = %s, %v", kind, open)
	}
	r.want(r.Disconnect(ctx, "SQL"), "")
	r.want(r.Disconnect(ctx, "SQL"), "ET5012")
	if kind, _ := r.Current(); kind != "" {
		t.Errorf("Current() = %s", kind)
	}
	r.Close(false)
	s.wantBooks()
	s.Registry.Close()
}

func TestABuildWithoutDriversSaysSo(t *testing.T) {
	r := New(Settings{})
	a, err := r.Access(AccessConfig{AllowAll: true})
	if err != nil {
		t.Fatal(err)
	}
	x := a.Session()
	wantError(t, x.Connect(t.Context(), "PostgreSQL", "postgres://h/x"), "ET5009: there is no driver for 'PostgreSQL' here")
	_, err = x.RedisConnect(t.Context(), "h:1")
	wantError(t, err, "ET5009: there is no driver for 'Redis' here")
	_, err = x.MongoConnect(t.Context(), "mongodb://h", "x")
	wantError(t, err, "ET5009: there is no driver for 'MongoDB' here")
}

func TestAConnectionIsLeasedAtTheFirstStatement(t *testing.T) {
	s := newStand(t, Settings{})
	a, b := s.connected("PostgreSQL", "postgres://h/x"), s.connected("PostgreSQL", "postgres://h/x")
	if got := s.stats(); got.Leased != 0 || got.Idle != 1 {
		t.Errorf("connecting leased: %+v", got)
	}
	if a.Sent() {
		t.Error("connecting counts as sent")
	}
	a.want(a.do("SELECT 1"), "")
	first := a.conn()
	a.want(a.do("SELECT 2"), "")
	if a.conn() != first || !a.Sent() {
		t.Error("a run changed its connection")
	}
	b.want(b.do("SELECT 1"), "")
	if got := s.stats(); got.Leased != 2 || got.Idle != 0 {
		t.Errorf("%+v", got)
	}
	a.Close(false)
	b.Close(false)
	c := s.connected("PostgreSQL", "postgres://h/x")
	c.want(c.do("SELECT 1"), "")
	if got := s.stats(); got.Connects != 2 {
		t.Errorf("%d connects, want 2", got.Connects)
	}
	c.Close(false)
	s.wantBooks()
	s.Registry.Close()
}

func TestPrivateMemoryBelongsToTheRun(t *testing.T) {
	s := newStand(t, Settings{Budget: 2, AcquireTimeout: time.Millisecond})
	a, b := s.connected("SQLite", "memory"), s.connected("SQLite", "memory")
	if a.conn().pool == b.conn().pool {
		t.Error("two runs share a database in memory")
	}
	if got := s.stats(); got.Open != 2 || got.Leased != 2 {
		t.Errorf("%+v", got)
	}
	wantError(t, s.run().Connect(t.Context(), "SQLite", "memory"), "ET5040: no connection to 'memory' became free within 1ms")
	first := a.conn()
	a.want(a.Connect(t.Context(), "SQLite", "memory"), "")
	if a.conn() != first {
		t.Error("connecting again opened another database")
	}
	a.want(a.Disconnect(t.Context(), "SQLite"), "")
	if !first.closed || !first.pool.closed {
		t.Error("the database outlives its connection")
	}
	a.Close(false)
	b.Close(false)
	if got := s.stats(); got.Open != 0 || got.Idle != 0 || got.Connects != 2 {
		t.Errorf("%+v", got)
	}
	s.wantBooks()
	s.Registry.Close()
}

func TestWhatARunLeavesIsGone(t *testing.T) {
	for _, tt := range []struct {
		why    string
		sql    []string
		failed bool
		kept   bool
		notes  string
	}{
		{"clean", []string{"SELECT 1", "INSERT INTO t VALUES (1)"}, false, true, ""},
		{"a whole transaction", []string{"BEGIN", "UPDATE t SET a = 1", "COMMIT"}, false, true, ""},
		{"an open transaction", []string{"SELECT 1", "BEGIN", "UPDATE t SET a = 1"}, false, true, "a.qmz:2:1: ET5052: an unfinished transaction was rolled back"},
		{"an open transaction after a failure", []string{"BEGIN"}, true, true, ""},
		{"session state", []string{"SET x = 1"}, false, false, ""},
		{"a temporary table in a transaction", []string{"BEGIN", "CREATE TEMP TABLE t (a)"}, true, false, ""},
	} {
		t.Run(tt.why, func(t *testing.T) {
			s := newStand(t, Settings{})
			r := s.connected("PostgreSQL", "postgres://h/x")
			for i, sql := range tt.sql {
				st := statement(sql)
				st.At = at(i + 1)
				if _, err := r.Execute(t.Context(), st); err != nil {
					t.Fatal(err)
				}
			}
			c := r.conn()
			var notes []string
			for _, n := range r.Close(tt.failed) {
				notes = append(notes, n.Error())
			}
			if got := strings.Join(notes, ";"); got != tt.notes {
				t.Errorf("notes %q, want %q", got, tt.notes)
			}
			if c.transaction || c.closed == tt.kept {
				t.Errorf("transaction %v, closed %v", c.transaction, c.closed)
			}
			if got := s.stats(); (got.DirtyCloses == 1) == tt.kept {
				t.Errorf("%d dirty closes", got.DirtyCloses)
			}
			s.wantBooks()
			s.Registry.Close()
		})
	}
}

func TestGivingBackTakesTwoSecondsAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{})
		r := s.connected("PostgreSQL", "postgres://h/x")
		r.want(r.do("BEGIN"), "")
		s.of[PostgreSQL].server("h/x").set(func(f *fakeServer) { f.work = time.Hour })
		c := r.conn()
		start := time.Now()
		r.Close(true)
		if took := time.Since(start); took != 2*time.Second || !c.closed {
			t.Errorf("took %v, closed %v", took, c.closed)
		}
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestRefusals(t *testing.T) {
	s := newStand(t, Settings{})
	r := s.connected("PostgreSQL", "postgres://u:p%40ss@h/x?a=b")
	server := s.of[PostgreSQL].server("h/x")
	refuse := func(message string) string {
		server.set(func(f *fakeServer) {
			f.answer = func(*fakeConn, string) error { return &Refusal{Message: message, Tag: "[postgresql 23505]"} }
		})
		err := r.do("SELECT 1")
		r.want(err, "ET5010: the database reported: ")
		return strings.TrimPrefix(err.Error(), "ET5010: the database reported: ")
	}
	if got := refuse("p@ss p%40ss postgres://u:p%40ss@h/x?a=b u"); got != "*** *** *** u [postgresql 23505]" {
		t.Errorf("%q", got)
	}
	long := refuse(strings.Repeat("கு", 2000))
	if want := strings.Repeat("கு", 1000) + "… [postgresql 23505]"; long != want {
		t.Errorf("%d bytes: …%s", len(long), long[len(long)-40:])
	}
	if got := r.do("SELECT 1").(*diag.Diagnostic).Message().Ta; !strings.HasSuffix(got, " [postgresql 23505]") {
		t.Errorf("%s", got)
	}
	r.Close(true)
	s.Registry.Close()
}

func TestWhyConnectingFails(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&ConnectError{Reason: diag.Same("pw is wrong"), Tag: "[postgresql 28P01]"}, "ET5041: cannot connect to 'postgresql://u@h:1/x': *** is wrong [postgresql 28P01]"},
		{diag.ConnectFailed.New("", "pw is wrong"), "ET5041: cannot connect to 'postgresql://u@h:1/x': *** is wrong"},
		{diag.DatabaseLocked.New("5s"), "ET5051: the database was locked for 5s"},
		{fmt.Errorf("a.db: %w", host.ErrNotPermitted), "ET5013: 'postgresql://u@h:1/x' is not permitted here"},
		{io.EOF, "ET5041: cannot connect to 'postgresql://u@h:1/x': the server closed the connection"},
		{errors.New("pw"), "ET5041: cannot connect to 'postgresql://u@h:1/x': ***"},
	} {
		s := newStand(t, Settings{})
		s.of[PostgreSQL].server("h/x").refuse = tt.err
		wantError(t, s.run().Connect(t.Context(), "PostgreSQL", "postgres://u:pw@h/x"), tt.want)
		s.wantBooks()
		s.Registry.Close()
	}
}

// lose makes the next statements fail by a broken connection.
func lose(sent bool) func(*fakeServer) {
	return func(f *fakeServer) {
		f.answer = func(c *fakeConn, _ string) error {
			c.usable = false
			return &Lost{Sent: sent, Cause: errors.New("broken pipe")}
		}
	}
}

func heal(f *fakeServer) { f.answer = nil }

func TestALostConnectionOutsideATransaction(t *testing.T) {
	s := newStand(t, Settings{})
	server := s.of[PostgreSQL].server("h/x")
	r := s.connected("PostgreSQL", "postgres://h/x")
	r.want(r.do("SELECT 1"), "")
	first := r.conn()
	server.set(lose(true))
	r.want(r.do("UPDATE t SET a = 1"), "ET5049: the connection to 'postgresql://h:1/x' was lost")
	if !first.closed {
		t.Error("the broken connection is kept")
	}
	server.set(heal)
	r.want(r.do("SELECT 1"), "") // takes a new lease
	r.Close(false)
	s.wantBooks()
	s.Registry.Close()
}

func TestAStatementThatWasNotSentGoesToAnotherConnectionOnce(t *testing.T) {
	s := newStand(t, Settings{})
	server := s.of[PostgreSQL].server("h/x")
	r := s.connected("PostgreSQL", "postgres://h/x")
	tries := 0
	server.set(func(f *fakeServer) {
		f.answer = func(c *fakeConn, _ string) error {
			if tries++; tries == 1 {
				c.usable = false
				return &Lost{Cause: errors.New("broken pipe")}
			}
			return nil
		}
	})
	v, err := r.Query(t.Context(), statement("SELECT 1"))
	if err != nil || v.Len() != 1 || tries != 2 {
		t.Errorf("%v, %d tries", err, tries)
	}
	server.set(lose(false))
	r.want(r.do("SELECT 1"), "ET5049")
	server.set(heal)
	// With session state there is no other connection like it.
	r.want(r.do("SET x = 1"), "")
	server.set(lose(false))
	r.want(r.do("SELECT 1"), "ET5049")
	r.Close(true)

	fresh := s.connected("PostgreSQL", "postgres://h/x")
	fresh.want(fresh.do("SELECT 1"), "ET5049")
	if fresh.Sent() {
		t.Error("what was never sent counts as sent")
	}
	fresh.Close(true)
	s.wantBooks()
	s.Registry.Close()
}

func TestATransactionThatIsLostFailsUpToRollback(t *testing.T) {
	s := newStand(t, Settings{})
	server := s.of[PostgreSQL].server("h/x")
	for _, sent := range []bool{true, false} {
		r := s.connected("PostgreSQL", "postgres://h/x")
		r.want(r.do("BEGIN"), "")
		server.set(lose(sent))
		r.want(r.do("UPDATE t SET a = 1"), "ET5049")
		asked := 0
		server.set(func(f *fakeServer) { f.answer = func(*fakeConn, string) error { asked++; return nil } })
		for _, sql := range []string{"UPDATE t SET a = 2", "COMMIT", "ROLLBACK TO s", "BEGIN"} {
			r.want(r.do(sql), "ET5049")
		}
		if _, open := r.Current(); !open {
			t.Error("the library sees no transaction")
		}
		v, err := r.Query(t.Context(), statement("  rollback ;"))
		if err != nil || v.Len() != 0 || asked != 0 {
			t.Errorf("%v; %d statements were sent", err, asked)
		}
		r.want(r.do("SELECT 1"), "")
		r.Close(false)
	}
	s.wantBooks()
	s.Registry.Close()
}

func TestATransactionThatTheDatabaseEndedFailsUpToRollback(t *testing.T) {
	for why, answer := range map[string]func(c *fakeConn, sql string) error{
		"said by the driver": func(c *fakeConn, sql string) error {
			c.transaction = false
			return &Refusal{Message: "Deadlock found", Tag: "[mysql 1213 40001]", Ended: true}
		},
		"seen": func(c *fakeConn, sql string) error {
			c.transaction = false
			return &Refusal{Message: "disk full", Tag: "[sqlite 13]"}
		},
	} {
		t.Run(why, func(t *testing.T) {
			s := newStand(t, Settings{})
			server := s.of[MySQL].server("h/x")
			r := s.connected("MySQL", "mysql://h/x")
			r.want(r.do("BEGIN"), "")
			c := r.conn()
			server.set(func(f *fakeServer) { f.answer = answer })
			r.want(r.do("UPDATE t SET a = 1"), "ET5010")
			asked := 0
			server.set(func(f *fakeServer) { f.answer = func(*fakeConn, string) error { asked++; return nil } })
			for _, sql := range []string{"UPDATE t SET a = 2", "COMMIT", "SAVEPOINT a"} {
				r.want(r.do(sql), "ET5057: the database rolled the transaction back; write ROLLBACK and begin again")
			}
			r.want(r.do("/* enough */ ROLLBACK WORK"), "")
			if asked != 0 || r.conn() != c {
				t.Errorf("%d statements were sent; another connection: %v", asked, r.conn() != c)
			}
			r.want(r.do("BEGIN"), "")
			r.want(r.do("COMMIT"), "")
			r.Close(false)
			// Outside a transaction nothing was ended.
			r = s.connected("MySQL", "mysql://h/x")
			server.set(func(f *fakeServer) { f.answer = answer })
			r.want(r.do("UPDATE t SET a = 1"), "ET5010")
			server.set(heal)
			r.want(r.do("UPDATE t SET a = 1"), "")
			r.Close(false)
			s.wantBooks()
			s.Registry.Close()
		})
	}
}

func TestAFailedCommitEndsTheTransaction(t *testing.T) {
	s := newStand(t, Settings{})
	server := s.of[PostgreSQL].server("h/x")
	r := s.connected("PostgreSQL", "postgres://h/x")
	r.want(r.do("BEGIN"), "")
	server.set(func(f *fakeServer) {
		f.answer = func(c *fakeConn, _ string) error {
			c.transaction = false
			return &Refusal{Message: "the transaction had failed", Tag: "[postgresql 25P02]"}
		}
	})
	r.want(r.do("COMMIT"), "ET5010")
	server.set(heal)
	r.want(r.do("SELECT 1"), "")
	r.Close(false)
	s.Registry.Close()
}

func TestStatementTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{StatementTimeout: 200 * time.Millisecond})
		server := s.of[PostgreSQL].server("h/x")
		r := s.connected("PostgreSQL", "postgres://h/x")
		r.want(r.do("BEGIN"), "")
		server.set(func(f *fakeServer) { f.work = time.Second })
		r.want(r.do("SELECT slow"), "ET5050: the statement did not finish within 200ms and was cancelled")
		server.set(func(f *fakeServer) { f.work = 0 })
		r.want(r.do("SELECT 1"), "") // the transaction lives
		server.set(func(f *fakeServer) {
			f.work = time.Second
			f.answer = func(c *fakeConn, _ string) error { c.usable = false; return nil }
		})
		r.want(r.do("SELECT slow"), "ET5050")
		server.set(func(f *fakeServer) { f.work, f.answer = 0, nil })
		r.want(r.do("COMMIT"), "ET5057")
		r.want(r.do("ROLLBACK"), "")
		r.want(r.do("SELECT 1"), "")
		if got := s.stats().Cancels; got != 2 {
			t.Errorf("%d cancels", got)
		}

		// The deadline of the run is not the statement's.
		server.set(func(f *fakeServer) { f.work = time.Second })
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := r.Execute(ctx, statement("SELECT slow")); err != context.DeadlineExceeded {
			t.Errorf("got %v", err)
		}
		server.set(func(f *fakeServer) { f.work = 0 })
		r.Close(true)
		s.wantBooks()
		s.Registry.Close()
	})
}

var errBudget = errors.New("the budget of the run")

type spent struct{ free }

func (spent) Grow(int) error { return errBudget }

func TestTheBudgetOfTheRunPassesThrough(t *testing.T) {
	s := newStand(t, Settings{})
	r := s.connected("PostgreSQL", "postgres://h/x")
	st := statement("SELECT 1")
	st.Meter = spent{}
	if _, err := r.Query(t.Context(), st); err != errBudget {
		t.Errorf("got %v", err)
	}
	r.Close(true)
	s.Registry.Close()
}

func TestNobodyReadsTheIDOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{})
		r := s.connected("MySQL", "mysql://h/x")
		r.want(r.do("INSERT INTO t VALUES (1)"), "")
		own := r.conn()
		r.want(r.do("SELECT LAST_INSERT_ID()"), "")
		if r.conn() != own {
			t.Error("the id of the run itself is asked elsewhere")
		}
		r.Close(false)
		time.Sleep(time.Millisecond)

		r = s.connected("MySQL", "mysql://h/x")
		time.Sleep(time.Millisecond)
		r.want(r.do("SELECT LAST_INSERT_ID()"), "")
		if c := r.conn(); c == own || c.opened != time.Now() || !own.closed {
			t.Error("the id is asked of a connection that others used")
		}
		r.want(r.do("SELECT LAST_INSERT_ID()"), "")
		own = r.conn()
		r.Close(false)
		time.Sleep(time.Millisecond)

		// In a transaction the question is asked beside it.
		r = s.connected("MySQL", "mysql://h/x")
		r.want(r.do("BEGIN"), "")
		if r.conn() != own {
			t.Fatal("the connection is not the one given back")
		}
		v, err := r.Query(t.Context(), statement("SELECT LAST_INSERT_ID()"))
		if err != nil {
			t.Fatal(err)
		}
		row := v.At(0)
		if opened, _ := row.Get("opened"); opened.Str() == own.opened.String() || r.conn() != own || !own.transaction {
			t.Error("the id is asked of a connection that others used, or the transaction is gone")
		}
		r.want(r.do("INSERT INTO u VALUES (LAST_INSERT_ID())"), "ET5010: the database reported: இந்த இயக்கம் எதையும் செருகும் முன் கடைசி id கேட்கப்படுகிறது (the last inserted id is asked for before")
		r.want(r.do("INSERT INTO u VALUES (1)"), "")
		r.want(r.do("INSERT INTO u VALUES (LAST_INSERT_ID())"), "")
		r.Close(false)

		// ROW_COUNT() tells of the statement before, whatever it was.
		r = s.connected("MySQL", "mysql://h/x")
		r.want(r.do("UPDATE t SET a = 1"), "")
		c := r.conn()
		r.want(r.do("SELECT ROW_COUNT()"), "")
		if r.conn() != c {
			t.Error("ROW_COUNT() is asked elsewhere")
		}
		r.Close(false)
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestNotesCarryTheirPlaceOnce(t *testing.T) {
	s := newStand(t, Settings{})
	r := s.connected("SQLite", "a")
	s.of[SQLite].server("a").answer = func(c *fakeConn, _ string) error {
		c.notes = append(c.notes, diag.TextAfterStatement.New())
		return nil
	}
	st := statement("SELECT 1; SELECT 2")
	st.At = at(7)
	for range 3 {
		if _, err := r.Execute(t.Context(), st); err != nil {
			t.Fatal(err)
		}
	}
	if notes := r.Close(true); len(notes) != 1 || notes[0].Error() != "a.qmz:7:1: ET5053: what follows the first statement was not run" {
		t.Errorf("%v", notes)
	}
	s.Registry.Close()
}

func TestRedisSessions(t *testing.T) {
	s := newStand(t, Settings{})
	server := s.of[Redis].server("h/")
	r := s.run()
	ctx := t.Context()
	_, err := r.RedisCommand(ctx, "GET", nil, free{})
	r.want(err, "ET5055: Redis is not connected; use ரெடிஸ்_இணை first")
	if r.RedisClose() {
		t.Error("closed what was not there")
	}
	shown, err := r.RedisConnect(ctx, " redis://h:1 ")
	if err != nil || shown != "redis://h:1" {
		t.Errorf("%q, %v", shown, err)
	}
	if shown, err = r.RedisConnect(ctx, "redis://u:pw@h:1"); err != nil || shown != "redis://u@h:1" {
		t.Errorf("%q, %v", shown, err)
	}
	_, err = r.RedisConnect(ctx, "localhost")
	r.want(err, "ET5044: there is no data source 'localhost'")
	if r.Sent() {
		t.Error("nothing was sent")
	}
	for _, tt := range []struct {
		answer error
		want   string
		sent   bool
	}{
		{diag.RedisRefused.New("HELLO", "x"), "ET5054", false},
		{&ConnectError{Reason: diag.Same("no way for pw")}, "ET5041: cannot connect to 'redis://u@h:1': no way for ***", false},
		{&Lost{Cause: errBudget}, "ET5049: the connection to 'redis://u@h:1' was lost", false},
		{&Lost{Sent: true, Cause: errBudget}, "ET5049", true},
		{&host.Reply{Text: "ERR pw is wrong"}, "ERR *** is wrong", true},
		{errBudget, "the budget of the run", true},
	} {
		server.answer = func(*fakeConn, string) error { return tt.answer }
		r.Session.(*session).sent = false
		_, err := r.RedisCommand(ctx, "HELLO", nil, free{})
		r.want(err, tt.want)
		if r.Sent() != tt.sent {
			t.Errorf("%v: sent %v", tt.answer, r.Sent())
		}
	}
	server.answer = nil
	v, err := r.RedisCommand(ctx, "GET", []string{"a"}, free{})
	if err != nil || v.Kind() != value.Text {
		t.Errorf("%v", err)
	}
	// Two pools of one label, which differ in their passwords.
	if got := s.stats(); got.Leased != 2 || got.Idle != 4 || got.Waiting != 6 {
		t.Errorf("%+v", got)
	}
	if !r.RedisClose() {
		t.Error("there was one")
	}
	r.Close(false)
	s.wantBooks()
	s.Registry.Close()
}

func TestMongoSessions(t *testing.T) {
	s := newStand(t, Settings{})
	server := s.of[MongoDB].server("h/")
	r := s.run()
	ctx := t.Context()
	_, err := r.Mongo(ctx, &host.MongoOp{})
	r.want(err, "ET5055: MongoDB is not connected; use மொங்கோ_இணை first")
	_, err = r.MongoConnect(ctx, "mongodb://h:1", "")
	r.want(err, "ET5042")
	name, err := r.MongoConnect(ctx, "mongodb://u:pw@h:1", "shop")
	if err != nil || name != "shop" {
		t.Errorf("%q, %v", name, err)
	}
	server.answer = func(*fakeConn, string) error { return &Refusal{Message: "E11000 pw", Tag: "[mongodb 11000]"} }
	_, err = r.Mongo(ctx, &host.MongoOp{})
	r.want(err, "ET5010: the database reported: E11000 *** [mongodb 11000]")
	// A failure leaves the earlier one.
	_, err = r.MongoConnect(ctx, "bad", "shop")
	r.want(err, "ET5044")
	server.answer = nil
	_, err = r.Mongo(ctx, &host.MongoOp{})
	r.want(err, "")
	if _, err = r.MongoConnect(ctx, "mongodb://u:pw@h:1", "other"); err != nil {
		t.Error(err)
	}
	r.Close(false)
	s.wantBooks()
	s.Registry.Close()
}

func TestAConnectionWhoseDriverPanickedIsClosed(t *testing.T) {
	s := newStand(t, Settings{})
	r := s.connected("SQLite", "a")
	s.of[SQLite].server("a").set(func(f *fakeServer) {
		f.answer = func(_ *fakeConn, sql string) error {
			if sql == "SELECT fault" {
				panic("driver")
			}
			return nil
		}
	})
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		r.do("SELECT fault")
	}()
	r.Close(true)
	if p := s.stats(); p.Idle != 0 || p.Leased != 0 {
		t.Errorf("the connection lives on: %+v", p)
	}
	next := s.connected("SQLite", "a")
	next.want(next.do("SELECT 1"), "")
	next.Close(false)
	s.wantBooks()
	s.Registry.Close()
}
