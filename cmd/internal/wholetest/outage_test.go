package wholetest

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"etamil/engine/db/dbtest/servers"
)

// shop is a program that reads, waits and writes on the database that DB names.
const shop = connecting + `
	வழி பெறு, "/read" { தளம்_வினா "SELECT 1 AS n", [], r; பதில் 200, r[0].n; }
	வழி பெறு, "/sleep" { தளம்_வினா "SELECT pg_sleep(60)", [], r; பதில் 200, "ஆம்"; }
	வழி பெறு, "/transaction" {
		தளம்_செய் "BEGIN", [];
		தளம்_வினா "SELECT pg_sleep(60)", [], r;
		தளம்_செய் "COMMIT", [];
		பதில் 200, "ஆம்";
	}
	வழி பெறு, "/caught" {
		தளம்_செய்_முயற்சி("BEGIN", []);
		r = தளம்_வினா_முயற்சி("SELECT pg_sleep(60)", []);
		s = தளம்_செய்_முயற்சி("COMMIT", []);
		t = தளம்_செய்_முயற்சி("ROLLBACK", []);
		பதில் 200, தவறு_மதிப்பு(r) & "|" & தவறு_மதிப்பு(s) & "|" & சரியா(t);
	}`

// press keeps clients reading until end is called, which returns how many
// requests got which status.
func (b *bank) press(clients int) (end func() map[int]int) {
	statuses := map[int]int{}
	var mu sync.Mutex
	var stop atomic.Bool
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			for !stop.Load() {
				got := b.get("/read")
				mu.Lock()
				statuses[got.status]++
				mu.Unlock()
			}
		})
	}
	return func() map[int]int {
		stop.Store(true)
		group.Wait()
		return statuses
	}
}

// recovers waits until reading works, and then wants it to work.
func (b *bank) recovers(within time.Duration) {
	b.t.Helper()
	soon(b.t, within, "reading works again", func() bool { return b.get("/read").status == 200 })
	for i, got := range b.all(50, func(int) string { return "/read" }) {
		if got.status != 200 {
			b.t.Errorf("request %d after the recovery: %d %s; %s", i, got.status, got.body, b.lastOfLog())
		}
	}
}

func TestDatabaseThatGoesAwayAndComesBack(t *testing.T) {
	t.Parallel() // it mostly waits
	s := servers.NewPostgres(t)
	b := serveBank(t, shop, []string{"DB=" + named(s.URL, "outage")}, "--databases-max-per-pool", "8")
	pid := b.daemon.PID()
	o := observe(t, s.URL)
	b.all(20, func(int) string { return "/read" })

	// What runs when it goes gets the error, and no transaction goes on
	// without its beginning.
	running := map[string]chan answer{"/sleep": make(chan answer, 1), "/transaction": make(chan answer, 1), "/caught": make(chan answer, 1)}
	for path, c := range running {
		go func() { c <- b.get(path) }()
	}
	soon(t, 5*time.Second, "they run", func() bool { return o.count(sleeping, "outage") == 3 })
	s.Stop()
	for path, c := range running {
		select {
		case got := <-c:
			if path != "/caught" && got.status != 500 {
				t.Errorf("%s when the server ended: %d %s, want 500", path, got.status, got.body)
			}
			if path == "/caught" {
				lost := strings.Split(got.body, "|")
				if got.status != 200 || len(lost) != 3 || !strings.HasSuffix(lost[0], "]") || !strings.HasSuffix(lost[1], "[ET5049]") || lost[2] != "true" {
					t.Errorf("%s: %d %s", path, got.status, got.body)
				}
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("%s hangs after the end of the server", path)
		}
	}

	// While it is away 16 clients ask all the time: each gets its answer at
	// once. The server is tried by those who had one of its connections, and
	// then once a second.
	const away = 2500 * time.Millisecond
	before := b.metric("etamil_database_connect_failures_total")
	end := b.press(16)
	time.Sleep(away)
	statuses := end()
	tried := b.metric("etamil_database_connect_failures_total") - before
	if statuses[503] < 50 || statuses[503]+statuses[500] != total(statuses) || statuses[500] > 16 {
		t.Errorf("while the database was away: %v, want 503 only, but for connections that were open before", statuses)
	}
	if tried < 1 || tried > 8+4 {
		t.Errorf("%v attempts to connect in %v for %d requests, want 8 and one a second", tried, away, total(statuses))
	}
	if !strings.Contains(b.log(), "ET5041") {
		t.Errorf("the log names no ET5041; %s", b.lastOfLog())
	}

	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	b.recovers(3 * time.Second)

	// A restart between two requests is not noticed when the connections have
	// rested since.
	time.Sleep(1100 * time.Millisecond)
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	b.recovers(3 * time.Second)
	if b.daemon.PID() != pid {
		t.Error("the daemon was restarted")
	}
}

func total(statuses map[int]int) (n int) {
	for _, count := range statuses {
		n += count
	}
	return n
}

// A machine that takes connections and never answers, as behind a firewall.
func TestDatabaseThatSaysNothing(t *testing.T) {
	t.Parallel() // it mostly waits
	s := servers.NewPostgres(t)
	b := serveBank(t, shop, []string{"DB=" + named(s.URL, "silent")}, "--databases-max-per-pool", "4", "--databases-max-idle", "0",
		"--databases-connect-timeout", "400ms", "--databases-acquire-timeout", "2s")
	b.want("/read", "1")
	if err := s.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	connects := b.metric("etamil_database_connects_total")
	end := b.press(16)
	time.Sleep(2500 * time.Millisecond)
	statuses := end()
	if statuses[503] == 0 || statuses[503] != total(statuses) {
		t.Errorf("while the database was silent: %v, want 503", statuses)
	}
	if tried := b.metric("etamil_database_connects_total") - connects; tried > 12 {
		t.Errorf("%v connections were opened to a server that does not answer", tried)
	}
	if err := s.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	b.recovers(4 * time.Second)
}

func TestServerThatHasNoConnectionLeft(t *testing.T) {
	t.Parallel() // it mostly waits
	s := servers.NewPostgres(t, "max_connections=12", "superuser_reserved_connections=0")
	b := serveBank(t, shop, []string{"DB=" + named(s.URL, "full")}, "--databases-max-per-pool", "4", "--databases-max-idle", "0")
	b.want("/read", "1")
	var others []*pgx.Conn
	for {
		c, err := pgx.Connect(t.Context(), s.URL)
		if err != nil {
			break
		}
		others = append(others, c)
	}
	if len(others) < 10 {
		t.Fatalf("only %d connections were possible", len(others))
	}
	before := b.metric("etamil_database_connect_failures_total")
	end := b.press(16)
	time.Sleep(2200 * time.Millisecond)
	statuses := end()
	if statuses[503] < 50 || statuses[503] != total(statuses) {
		t.Errorf("while the server was full: %v, want 503; %s", statuses, b.lastOfLog())
	}
	if tried := b.metric("etamil_database_connect_failures_total") - before; tried < 1 || tried > 7 {
		t.Errorf("%v attempts to connect, want about one a second", tried)
	}
	if !strings.Contains(b.log(), "53300") {
		t.Errorf("the log does not say why; %s", b.lastOfLog())
	}
	for _, c := range others {
		c.Close(context.Background())
	}
	b.recovers(3 * time.Second)
}

// One session that an operator ends costs one request at most.
func TestSessionsThatAnOperatorEnds(t *testing.T) {
	url := servers.Postgres(t)
	o := observe(t, url)
	b := serveBank(t, shop, []string{"DB=" + named(url, "ended")}, "--databases-max-per-pool", "4")
	b.all(20, func(int) string { return "/read" })
	for round := range 5 {
		o.do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ended'")
		failed := 0
		for _, got := range b.all(20, func(int) string { return "/read" }) {
			if got.status != 200 {
				failed++
			}
		}
		if failed > 4 {
			t.Errorf("round %d: %d of 20 requests failed", round, failed)
		}
		b.want("/read", "1")
	}
}
