package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"etamil/engine/db"
	"etamil/engine/db/dbtest"
	"etamil/engine/db/dbtest/servers"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// wantTag holds an error against the tag of a refusal.
func wantTag(t *testing.T, err error, tag string) *db.Refusal {
	t.Helper()
	var r *db.Refusal
	if !errors.As(err, &r) {
		t.Fatalf("the error is %T %v, want a refusal %s", err, err, tag)
	}
	if r.Tag != tag {
		t.Errorf("the error is %v, want %s", r, tag)
	}
	return r
}

func TestRefusalTellsDetailAndHint(t *testing.T) {
	c := newConn(t)
	must(t, c, "CREATE TEMP TABLE u (id integer PRIMARY KEY)")
	must(t, c, "INSERT INTO u VALUES (1)")
	_, err := execute(context.Background(), c, "INSERT INTO u VALUES ($1)", num("1"))
	r := wantTag(t, err, "[postgresql 23505]")
	if want := `duplicate key value violates unique constraint "u_pkey" — Key (id)=(1) already exists.`; r.Message != want {
		t.Errorf("message %q, want %q", r.Message, want)
	}
	_, err = execute(context.Background(), c, "DO $$ BEGIN RAISE EXCEPTION 'm' USING DETAIL = 'd', HINT = 'h', ERRCODE = 'ET001'; END $$")
	if r := wantTag(t, err, "[postgresql ET001]"); r.Message != "m — d — h" {
		t.Errorf("message %q", r.Message)
	}
}

func TestErrorsOfPlaceholders(t *testing.T) {
	c := newConn(t)
	for _, tt := range []struct{ sql, tag string }{
		{"SELECT $2::text", "[postgresql 42P18]"}, // $1 is missing
		{"SELECT ?", "[postgresql 42601]"},
		{"SELECT :name", "[postgresql 42601]"},
		{"SELECT 1; SELECT 2", "[postgresql 42601]"},
		{"SELECT 1/0", "[postgresql 22012]"},
		{"SELECT '\x00'", "[postgresql 22021]"},
		{"SELECT \xff", "[postgresql 22021]"},
	} {
		_, err := query(context.Background(), c, tt.sql)
		wantTag(t, err, tt.tag)
	}
	_, err := query(context.Background(), c, "SELECT $1::text", text("a\x00b"))
	wantTag(t, err, "[postgresql 22021]")
	if got := printed(t, c, "SELECT '$1 ?' AS a, $1::int AS b, $1::int AS c -- $2", num("5")); got != "[{a: $1 ?, b: 5, c: 5}]" {
		t.Errorf("got %s", got)
	}
}

func TestCommitOfAFailedTransactionIsAFailure(t *testing.T) {
	c := newConn(t)
	must(t, c, "CREATE TEMP TABLE f (a integer)")
	for _, commit := range []string{"COMMIT", "end", "/* x */ ; -- y\n Commit Work", "PREPARE TRANSACTION 'x'"} {
		must(t, c, "BEGIN")
		must(t, c, "INSERT INTO f VALUES (1)")
		if _, err := execute(context.Background(), c, "nonsense"); err == nil {
			t.Fatal("nonsense ran")
		}
		_, err := execute(context.Background(), c, commit)
		if r := wantTag(t, err, "[postgresql 25P02]"); r.Ended {
			t.Error("told to have ended a transaction that the program itself ended")
		}
		if c.InTransaction() {
			t.Errorf("after %s the transaction is open", commit)
		}
	}
	must(t, c, "BEGIN")
	execute(context.Background(), c, "nonsense")
	_, err := query(context.Background(), c, "SELECT 1")
	wantTag(t, err, "[postgresql 25P02]")
	must(t, c, "ROLLBACK")
	must(t, c, "BEGIN")
	execute(context.Background(), c, "nonsense")
	must(t, c, "ABORT")
	if got := printed(t, c, "SELECT count(*) AS n FROM f"); got != "[{n: 0}]" {
		t.Errorf("rows: %s", got)
	}
}

func TestCopyOverTheConnectionIsRefused(t *testing.T) {
	c := newConn(t)
	must(t, c, "CREATE TEMP TABLE stdin (stdout integer)")
	for _, sql := range []string{
		"COPY stdin FROM STDIN", "copy stdin (stdout) to stdout", "/* a */ COPY stdin FROM/**/stdin WITH (FORMAT csv)", "COPY (SELECT 1) TO STDOUT", ";COPY stdin FROM STDIN",
		"COPY stdin TO stdin",
	} {
		_, err := execute(context.Background(), c, sql)
		wantTag(t, err, "[postgresql 0A000]")
	}
	if !c.Usable() {
		t.Fatal("the connection is not usable")
	}
	_, err := execute(context.Background(), c, "COPY stdin FROM '/no such file'")
	wantTag(t, err, "[postgresql 58P01]") // the server's own files are the server's business
}

func TestNoticesAreLoggedAtDebug(t *testing.T) {
	var said atomic.Value
	b := newBench(t, servers.Postgres(t), db.Options{}, func(c *db.PoolConfig) {
		c.Debug = func(msg string, pairs ...string) { said.Store(msg + fmt.Sprint(pairs)) }
	})
	must(t, b.lease(), "DO $$ BEGIN RAISE NOTICE 'கவனம்'; END $$")
	if got, _ := said.Load().(string); !strings.Contains(got, "கவனம்") || !strings.Contains(got, "NOTICE") {
		t.Errorf("the log has %q", got)
	}
}

func TestCancelIsSeenInTheServer(t *testing.T) {
	url := servers.Postgres(t)
	b := newBench(t, url, db.Options{}, nil)
	c := b.lease()
	must(t, c, "SET application_name = 'cancel test'")
	running := func() bool {
		return len(admin(t, url, "SELECT 1 FROM pg_stat_activity WHERE application_name = 'cancel test' AND state = 'active'")) > 0
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		_, err := execute(ctx, c, "SELECT pg_sleep(60)")
		done <- err
	}()
	for end := time.Now().Add(30 * time.Second); !running() && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if running() {
		t.Error("the statement runs on")
	}
	if !c.Usable() || b.cancelled.Load() != 1 || b.open.Load() != 1 {
		t.Errorf("usable %v, %d cancelled, %d connections counted", c.Usable(), b.cancelled.Load(), b.open.Load())
	}
	if got := printed(t, c, "SELECT 1 AS a"); got != "[{a: 1}]" {
		t.Errorf("got %s", got)
	}
}

// A statement that ended before the cancel reached it leaves a request that
// might hit the next one.
func TestConnectionIsClosedUnlessTheCancelWasAnswered(t *testing.T) {
	b := newBench(t, servers.Postgres(t), db.Options{}, nil)
	c := b.lease()
	// The server reports another error than the one of a cancel.
	must(t, c, `CREATE FUNCTION pg_temp.stubborn() RETURNS void LANGUAGE plpgsql AS
		$$ BEGIN PERFORM pg_sleep(20); EXCEPTION WHEN query_canceled THEN RAISE EXCEPTION 'no'; END $$`)
	ctx, stop := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer stop()
	if _, err := execute(ctx, c, "SELECT pg_temp.stubborn()"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", err)
	}
	if c.Usable() {
		t.Error("the connection is usable")
	}
	var lost *db.Lost
	if _, err := execute(context.Background(), c, "SELECT 1"); !errors.As(err, &lost) || lost.Sent {
		t.Errorf("a statement on it: %v", err)
	}
}

func TestHangingServerIsGivenUp(t *testing.T) {
	s := servers.NewPostgres(t)
	b := newBench(t, s.URL, db.Options{}, nil)
	c := b.lease()
	pid := admin(t, s.URL, "SELECT pid FROM pg_stat_activity WHERE application_name = 'etamil'")[0][0]
	signal(t, pid, "STOP")
	defer signal(t, pid, "CONT")
	ctx, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	start := time.Now()
	if _, err := execute(ctx, c, "SELECT 1"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", err)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
	if c.Usable() {
		t.Error("the connection is usable")
	}
	c.Release(true)
	b.wantOpen(0)
}

func TestCancelsGoOverTwoConnectionsAtMost(t *testing.T) {
	// Between the pool and the server stands a counter of what is open.
	s := servers.NewPostgres(t)
	p := newProxy(t, s.URL)
	b := newBench(t, p.url, db.Options{}, nil)
	var all sync.WaitGroup
	ctx, stop := context.WithCancel(context.Background())
	const runs = 10
	for range runs {
		c := b.lease()
		all.Go(func() {
			if _, err := execute(ctx, c, "SELECT pg_sleep(60)"); !errors.Is(err, context.Canceled) {
				t.Errorf("the error is %v", err)
			}
		})
	}
	for len(admin(t, s.URL, "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND state = 'active' AND pid <> pg_backend_pid()")) < runs {
		time.Sleep(5 * time.Millisecond)
	}
	stop()
	all.Wait()
	// The proxy sees the end of one a little after the beginning of the next.
	if most := p.most.Load(); most > runs+4 {
		t.Errorf("%d connections were open at once, want %d at most", most, runs+2)
	}
	if n := b.open.Load(); n > runs {
		t.Errorf("%d connections are counted", n)
	}
}

// A proxy passes connections on and counts them.
type proxy struct {
	url         string
	open, most  atomic.Int64
	swallow     atomic.Bool  // new connections get no answer
	spoil       atomic.Bool  // the server gets no BEGIN that it understands
	sent        atomic.Int64 // bytes to the server
	mu          sync.Mutex
	connections []net.Conn
}

func newProxy(t *testing.T, url string) *proxy {
	t.Helper()
	before, address, _ := strings.Cut(url, "@")
	address, database, _ := strings.Cut(address, "/")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{url: before + "@" + l.Addr().String() + "/" + database}
	t.Cleanup(func() { l.Close(); p.cut() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.connections = append(p.connections, c)
			p.mu.Unlock()
			if p.swallow.Load() {
				continue
			}
			server, err := net.Dial("tcp", address)
			if err != nil {
				c.Close()
				continue
			}
			open := p.open.Add(1)
			for most := p.most.Load(); open > most && !p.most.CompareAndSwap(most, open); most = p.most.Load() {
			}
			var both sync.WaitGroup
			pass := func(to, from net.Conn) {
				b := make([]byte, 32<<10)
				for {
					n, err := from.Read(b)
					if to == server {
						p.sent.Add(int64(n))
						if begin := strings.Index(string(b[:n]), "BEGIN\x00"); begin >= 0 && p.spoil.Load() {
							b[begin] = 'x'
						}
					}
					if n > 0 {
						to.Write(b[:n])
					}
					if err != nil {
						to.Close()
						return
					}
				}
			}
			both.Go(func() { pass(server, c) })
			both.Go(func() { pass(c, server) })
			go func() {
				both.Wait()
				p.open.Add(-1)
			}()
		}
	}()
	return p
}

// cut closes all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.connections {
		c.Close()
	}
	p.connections = nil
}

func TestLostConnectionTellsWhetherTheStatementWasSent(t *testing.T) {
	p := newProxy(t, servers.Postgres(t))
	b := newBench(t, p.url, db.Options{}, nil)
	c := b.lease()
	done := make(chan error, 1)
	go func() {
		_, err := execute(context.Background(), c, "SELECT pg_sleep(60)")
		done <- err
	}()
	time.Sleep(200 * time.Millisecond)
	p.cut()
	var lost *db.Lost
	if err := <-done; !errors.As(err, &lost) || !lost.Sent {
		t.Errorf("in the middle of a statement: %v", err)
	}
	c.Release(true)
	c = b.lease()
	p.cut()
	time.Sleep(50 * time.Millisecond)
	if _, err := execute(context.Background(), c, "SELECT 'never prepared before'"); !errors.As(err, &lost) || lost.Sent {
		t.Errorf("while preparing: %v", err)
	}
}

func TestCallerWhoLeavesOpensNothing(t *testing.T) {
	p := newProxy(t, servers.Postgres(t))
	p.swallow.Store(true)
	b := newBench(t, p.url, db.Options{}, nil)
	ctx, stop := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer stop()
	if _, err := dbtest.Acquire(ctx, b); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", err)
	}
	b.wantOpen(0)
	if b.CloseIdle(1) != 0 {
		t.Error("a connection appeared that nobody waited for")
	}
	p.swallow.Store(false)
	must(t, b.lease(), "SELECT 1")
}

func TestConnectingFails(t *testing.T) {
	s := servers.NewPostgres(t)
	silent := newProxy(t, s.URL)
	silent.swallow.Store(true)
	for _, tt := range []struct{ text, tag, words string }{
		{"host=127.0.0.1 port=1 user=nobody dbname=none connect_timeout=2", "", "refused"},
		{"postgres://etamil@no-such-host.invalid/etamil", "", "host"},
		{strings.TrimSuffix(s.URL, "etamil") + "missing", "[postgresql 3D000]", `database "missing" does not exist`},
		{strings.Replace(s.URL, "etamil@", "stranger@", 1), "[postgresql 28000]", `role "stranger" does not exist`},
		{silent.url + "?connect_timeout=1", "", "1s"},
		{s.URL + "?sslmode=require", "", "no TLS"},
		{s.URL + "?target_session_attrs=standby", "", ""},
	} {
		b := newBench(t, tt.text, db.Options{}, nil)
		_, err := dbtest.Acquire(context.Background(), b)
		var failed *db.ConnectError
		if !errors.As(err, &failed) {
			t.Errorf("%s: %T %v, want a ConnectError", tt.text, err, err)
			continue
		}
		if failed.Tag != tt.tag || !strings.Contains(failed.Reason.En, tt.words) || failed.Reason.Ta == "" {
			t.Errorf("%s: %q %s, want %q %s", tt.text, failed.Reason.En, failed.Tag, tt.words, tt.tag)
		}
		b.wantOpen(0)
	}
}

func TestSeveralHostsAreTriedInOrder(t *testing.T) {
	s := servers.NewPostgres(t)
	place := s.URL[strings.Index(s.URL, "@")+1 : strings.LastIndex(s.URL, "/")]
	for _, text := range []string{
		"postgres://etamil@127.0.0.1:1," + place + "/etamil",
		"postgres://etamil@127.0.0.1:1," + place + "/etamil?target_session_attrs=read-write&load_balance_hosts=random",
		"postgres://etamil@" + strings.ReplaceAll(s.Dir, "/", "%2F") + ":1," + place + "/etamil",
		fmt.Sprintf("host=%s port=%d user=etamil", s.Dir, s.Port),
		fmt.Sprintf("host=no-such-host.invalid hostaddr=127.0.0.1 port=%d user=etamil", s.Port),
	} {
		b := newBench(t, text, db.Options{}, nil)
		c := b.lease()
		must(t, c, "SELECT 1")
		ctx, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
		if _, err := execute(ctx, c, "SELECT pg_sleep(20)"); !errors.Is(err, context.DeadlineExceeded) || !c.Usable() {
			t.Errorf("%s: a cancel: %v, usable %v", text, err, c.Usable())
		}
		stop()
	}
}

func TestRestartOfTheServerIsRecoveredFrom(t *testing.T) {
	s := servers.NewPostgres(t)
	b := newBench(t, s.URL, db.Options{}, nil)
	c, idle := b.lease(), b.lease()
	must(t, c, "CREATE TABLE kept (a integer)")
	idle.Release(true)
	s.Stop()
	var lost *db.Lost
	if _, err := execute(context.Background(), c, "INSERT INTO kept VALUES (1)"); !errors.As(err, &lost) {
		t.Errorf("a statement while it is down: %v", err)
	}
	c.Release(true)
	var failed *db.ConnectError
	if _, err := dbtest.Acquire(context.Background(), b); !errors.As(err, &failed) {
		t.Errorf("Acquire while it is down: %v", err)
	}
	b.wantOpen(0)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	if got := printed(t, b.lease(), "SELECT count(*) AS n FROM kept"); got != "[{n: 0}]" {
		t.Errorf("after the restart: %s", got)
	}
}

// However short a connection has rested, one that the server closed is not
// given out.
func TestConnectionsThatDiedAMomentAgoAreReplaced(t *testing.T) {
	s := servers.NewPostgres(t)
	b := newBench(t, s.URL, db.Options{}, nil)
	one, two := b.lease(), b.lease()
	one.Release(true)
	two.Release(true)
	kill(t, s.URL)
	must(t, b.lease(), "SELECT 1")
	b.wantOpen(1)
}

func TestCachedPlanIsMadeAnewOnlyOutsideATransaction(t *testing.T) {
	b := newBench(t, servers.Postgres(t), db.Options{}, nil)
	c, other := b.lease(), b.lease()
	must(t, other, "DROP TABLE IF EXISTS corpus_plan")
	must(t, other, "CREATE TABLE corpus_plan (a integer)")
	defer execute(context.Background(), other, "DROP TABLE corpus_plan")
	must(t, other, "INSERT INTO corpus_plan VALUES (1)")
	const sql = "SELECT * FROM corpus_plan"
	printed(t, c, sql)
	must(t, other, "ALTER TABLE corpus_plan ADD b date DEFAULT '2026-04-01'")
	if got := printed(t, c, sql); got != "[{a: 1, b: 2026-04-01}]" {
		t.Errorf("outside: %s", got)
	}
	must(t, other, "ALTER TABLE corpus_plan ADD c integer")
	must(t, c, "BEGIN")
	_, err := query(context.Background(), c, sql)
	wantTag(t, err, "[postgresql 0A000]")
	must(t, c, "ROLLBACK")
	must(t, c, "BEGIN")
	if got := printed(t, c, sql); got != "[{a: 1, b: 2026-04-01, c: nil}]" {
		t.Errorf("in the next one: %s", got)
	}
	must(t, c, "COMMIT")
	if b.warned.Load() != 0 {
		t.Error("it was taken for a pooler")
	}
}

// What a table became since its statements were described is noticed.
func TestStatementFollowsItsTable(t *testing.T) {
	for _, mode := range []prepareMode{prepareCache, prepareDescribe, prepareOff} {
		t.Run(string(mode), func(t *testing.T) {
			follows(t, newBench(t, servers.Postgres(t), db.Options{Keys: map[string]any{"prepare": string(mode)}}, nil).lease())
		})
	}
}

func follows(t *testing.T, c db.Conn) {
	must(t, c, "CREATE TEMP TABLE d (a integer, b integer)")
	must(t, c, "INSERT INTO d VALUES (1, 2)")
	const sql, insert = "SELECT * FROM d", "INSERT INTO d (a) VALUES ($1)"
	printed(t, c, sql)
	must(t, c, insert, num("1"))
	must(t, c, "DELETE FROM d WHERE b IS NULL")
	for _, tt := range []struct{ change, want string }{
		{"ALTER TABLE d DROP b", "[{a: 1}]"},
		{"ALTER TABLE d ADD b date DEFAULT '2026-04-01'", "[{a: 1, b: 2026-04-01}]"},
		{"ALTER TABLE d ALTER a TYPE text", "[{a: 1, b: 2026-04-01}]"},
		{"ALTER TABLE d RENAME a TO c", "[{b: 2026-04-01, c: 1}]"},
	} {
		must(t, c, tt.change)
		if got := printed(t, c, sql); got != tt.want {
			t.Errorf("after %s: %s, want %s", tt.change, got, tt.want)
		}
	}
	must(t, c, "ALTER TABLE d RENAME c TO a")
	must(t, c, insert, text("word"))
	must(t, c, "ALTER TABLE d ALTER a TYPE date USING '2026-05-01'")
	must(t, c, insert, text("2026-06-01"))
	if got := printed(t, c, "SELECT a FROM d ORDER BY a DESC LIMIT 1"); got != "[{a: 2026-06-01}]" {
		t.Errorf("got %s", got)
	}
	must(t, c, "BEGIN") // what we know ourselves is found out anew there too
	must(t, c, "ALTER TABLE d ALTER a TYPE text")
	must(t, c, insert, text("word"))
	must(t, c, "COMMIT")
	for range 2 {
		_, err := execute(context.Background(), c, "UPDATE d SET b = $1", text("no date"))
		var wrong *diag.Diagnostic
		if !errors.As(err, &wrong) || wrong.Def != diag.BadParameter {
			t.Errorf("got %v", err)
		}
	}
}

// A statement is not run again for an error that it raised itself.
func TestProcedureThatCommitsIsNotRunTwice(t *testing.T) {
	for _, state := range []string{"0A000", "42P01", "26000", "42P05", "08P01"} {
		c := newConn(t)
		must(t, c, "CREATE TEMP TABLE done (a integer)")
		must(t, c, "CREATE PROCEDURE pg_temp.half(fails boolean) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO done VALUES (1); COMMIT; "+
			"IF fails THEN RAISE EXCEPTION 'no' USING ERRCODE = '"+state+"'; END IF; END $$")
		must(t, c, "CALL pg_temp.half($1)", value.Bool(false))
		_, err := execute(context.Background(), c, "CALL pg_temp.half($1)", value.Bool(true))
		wantTag(t, err, tag(state))
		if got := printed(t, c, "SELECT count(*) AS n FROM done"); got != "[{n: 2}]" {
			t.Errorf("%s: %s", state, got)
		}
	}
}

func TestForgottenStatementsAreNotMissed(t *testing.T) {
	b := newBench(t, servers.Postgres(t), db.Options{}, nil)
	c := b.lease()
	for _, forget := range []string{"DISCARD ALL", "DEALLOCATE ALL", "deallocate prepare all"} {
		printed(t, c, "SELECT 1 AS a")
		must(t, c, forget)
		printed(t, c, "SELECT 1 AS a")
	}
	if b.warned.Load() != 0 {
		t.Error("it was taken for a pooler")
	}
	must(t, c, "BEGIN")
	must(t, c, "DECLARE k CURSOR FOR SELECT date '2026-04-01' AS d")
	for _, want := range []string{"[{d: 2026-04-01}]", "[]"} {
		if got := printed(t, c, "FETCH k"); got != want {
			t.Errorf("FETCH = %s, want %s", got, want)
		}
	}
	must(t, c, "ROLLBACK")
}

func TestPoolerInTransactionModeIsNoticed(t *testing.T) {
	s := servers.NewPostgres(t)
	bouncer := servers.NewPgBouncer(t, s, "transaction")
	b := newBench(t, bouncer.URL, db.Options{}, nil)
	must(t, b.lease(), "CREATE TABLE bounced (w integer, n integer)")
	var all sync.WaitGroup
	const workers, each = 8, 40
	for w := range workers {
		c := b.lease()
		all.Go(func() {
			for n := range each {
				var err error
				if n%4 == 0 {
					for _, sql := range []string{"BEGIN", "INSERT INTO bounced VALUES ($1, $2)", "COMMIT"} {
						var params []value.Value
						if strings.Contains(sql, "$") {
							params = []value.Value{value.Int(w), value.Int(n)}
						}
						// Within a transaction the error is the program's, who begins again.
						if _, err = execute(context.Background(), c, sql, params...); err != nil {
							execute(context.Background(), c, "ROLLBACK")
							_, err = execute(context.Background(), c, "INSERT INTO bounced VALUES ($1, $2) /* again */", value.Int(w), value.Int(n))
							break
						}
					}
				} else {
					_, err = execute(context.Background(), c, "INSERT INTO bounced VALUES ($1, $2)", value.Int(w), value.Int(n))
				}
				if err != nil {
					t.Errorf("worker %d, statement %d: %v", w, n, err)
					return
				}
			}
		})
	}
	all.Wait()
	if got := printed(t, b.lease(), "SELECT count(*) AS n, count(DISTINCT (w, n)) AS d FROM bounced"); got != fmt.Sprintf("[{d: %d, n: %d}]", workers*each, workers*each) {
		t.Errorf("rows: %s", got)
	}
	if n := b.warned.Load(); n != 1 {
		t.Errorf("%d warnings, want one", n)
	}
	c := b.lease()
	ctx, stop := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer stop()
	if _, err := execute(ctx, c, "SELECT pg_sleep(20)"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a cancel through it: %v", err)
	}
}

func TestPoolerWithoutNamedStatements(t *testing.T) {
	bouncer := servers.NewPgBouncer(t, servers.NewPostgres(t), "transaction")
	for _, mode := range []prepareMode{prepareDescribe, prepareOff} {
		b := newBench(t, bouncer.URL, db.Options{Source: true, Keys: map[string]any{"prepare": string(mode)}}, nil)
		var all sync.WaitGroup
		for range 8 {
			c := b.lease()
			all.Go(func() {
				for n := range 30 {
					v, err := query(context.Background(), c, "SELECT $1::int + 1 AS a, date '2026-04-01' AS d", value.Int(n))
					if want := fmt.Sprintf("[{a: %d, d: 2026-04-01}]", n+1); err != nil || show(v) != want {
						t.Errorf("%s: %s %v", mode, show(v), err)
						return
					}
				}
			})
		}
		all.Wait()
		if b.warned.Load() != 0 {
			t.Errorf("%s: a warning", mode)
		}
	}
}

func TestDatabaseOfAnotherEncoding(t *testing.T) {
	s := servers.NewPostgres(t)
	admin(t, s.URL, "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
	c := newBench(t, strings.TrimSuffix(s.URL, "etamil")+"latin", db.Options{}, nil).lease()
	if got := printed(t, c, "SELECT $1::text || chr(233) AS a", text("é")); got != "[{a: éé}]" {
		t.Errorf("got %s", got)
	}
	_, err := query(context.Background(), c, "SELECT $1::text AS a", text("அ"))
	wantTag(t, err, "[postgresql 22P05]")
}

func TestHostileTextsStayData(t *testing.T) {
	c := newConn(t)
	must(t, c, "CREATE TEMP TABLE h (s text)")
	for _, s := range []string{
		"'); DROP TABLE h; --", `\'; DROP TABLE h; --`, "$1", "$$", "E'\\x27'", "\u202e\u0000"[:3], strings.Repeat("'", 100_000), "𝕏\U0010FFFF", "a\r\nb\tc",
	} {
		must(t, c, "DELETE FROM h")
		must(t, c, "INSERT INTO h VALUES ($1)", text(s))
		v, err := query(context.Background(), c, "SELECT s FROM h WHERE s = $1 AND s = ANY($2)", text(s), array(text("x"), text(s)))
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		row := v.At(0)
		if got, _ := row.Get("s"); got.Str() != s {
			t.Errorf("%q came back as %q", s, got.Str())
		}
	}
}

func TestBudgetStopsALargeResultAtOnce(t *testing.T) {
	b := newBench(t, servers.Postgres(t), db.Options{}, nil)
	c := b.lease()
	s := statement("SELECT repeat('x', 1000) AS a, generate_series(1, 100000000) AS n")
	s.Rows = 5
	rows := db.NewRows(s)
	start := time.Now()
	err := c.Query(context.Background(), s, rows)
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Def != diag.RowBudget {
		t.Errorf("the error is %v", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	if !c.Usable() || b.cancelled.Load() != 1 {
		t.Errorf("usable %v, %d cancelled", c.Usable(), b.cancelled.Load())
	}
	must(t, c, "SELECT 1")
}
