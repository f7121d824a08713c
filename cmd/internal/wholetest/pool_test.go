package wholetest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"etamil/engine/db/dbtest/servers"
)

// connecting is the prelude of programs that use the database that DB names.
const connecting = `தளம்_இணை போச்குரசீகுல், சூழல்("DB", "");
`

func TestFiftyRequestsShareTenConnections(t *testing.T) {
	url := servers.Postgres(t)
	o := observe(t, url)
	b := serveBank(t, connecting+`
		வழி பெறு, "/" { தளம்_வினா "SELECT pg_sleep(0.2), $1::int AS n", [query_params.n], r; பதில் 200, r[0].n; }`,
		[]string{"DB=" + named(url, "fifty")}, "--databases-max-per-pool", "10")
	var most, waiting, open float64
	end := while(func() {
		most = max(most, float64(o.count(sessions, "fifty")))
		waiting = max(waiting, b.metric("etamil_database_waiting"))
		open = max(open, b.metric("etamil_database_connections_open"))
	})
	answers := b.all(50, func(i int) string { return fmt.Sprintf("/?n=%d", i) })
	end()
	for i, a := range answers {
		if a.status != 200 || a.body != fmt.Sprint(i) {
			t.Errorf("request %d: %d %s", i, a.status, a.body)
		}
	}
	if most != 10 || open != 10 {
		t.Errorf("at most %v sessions in the server, %v connections in the metrics; want 10", most, open)
	}
	if waiting < 20 {
		t.Errorf("the metrics show at most %v waiting, want about 40", waiting)
	}
	if n := b.metric("etamil_database_connects_total"); n != 10 {
		t.Errorf("%v connections were opened, want 10", n)
	}
	if n := b.metric("etamil_database_acquire_seconds_count"); n < 50 {
		t.Errorf("the histogram of waiting counts %v, want at least 50", n)
	}
}

func TestFiveHundredRequestsOnTwoConnectionsAreAllAnswered(t *testing.T) {
	url := servers.Postgres(t)
	b := serveBank(t, connecting+`
		வழி பெறு, "/statement" { தளம்_வினா "SELECT pg_sleep(0.02)", [], r; பதில் 200, "ஆம்"; }
		வழி பெறு, "/attempt" {
			r = தளம்_வினா_முயற்சி("SELECT pg_sleep(0.02)", []);
			(தவறா(r)) எனில் { பதில் 200, தவறு_மதிப்பு(r); } இன்றேல் { பதில் 200, "ஆம்"; }
		}`,
		[]string{"DB=" + named(url, "crowded")}, "--databases-max-per-pool", "2", "--databases-acquire-timeout", "200ms",
		"--max-concurrent", "600", "--gc-percent", "50") // so that what is resident is in use
	paths := []string{"/statement", "/attempt"}
	resident := func() int64 {
		var size, pages int64
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", b.daemon.PID()))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Sscan(string(text), &size, &pages)
		return pages * int64(os.Getpagesize())
	}
	var memory []int64
	for burst := range 8 {
		begin := time.Now()
		served, refused := 0, 0
		for i, a := range b.all(500, func(i int) string { return paths[i%2] }) {
			switch {
			case a.status == 200 && a.body == "ஆம்":
				served++
			case i%2 == 1 && a.status == 200 && strings.HasSuffix(a.body, "[ET5040]") && strings.Contains(a.body, "became free within 200ms"):
				refused++
			case i%2 == 0 && a.status == 503 && a.retry == "1" && strings.Contains(a.body, "Service Unavailable"):
				refused++
			default:
				t.Errorf("%s: %d %s, Retry-After %q", paths[i%2], a.status, a.body, a.retry)
			}
		}
		if took := time.Since(begin); took > 15*time.Second {
			t.Errorf("a burst took %v", took)
		}
		if served == 0 || refused == 0 {
			t.Errorf("burst %d: %d served, %d refused; want some of both", burst, served, refused)
		}
		// The next moment everything is as before.
		for i := range 20 {
			b.want(paths[i%2], "ஆம்")
		}
		memory = append(memory, resident())
	}
	half := len(memory) / 2
	if before, after := slices.Max(memory[:half]), slices.Max(memory[half:]); after > before+before/4 || peakRSS(t, b.daemon.PID()) > 128<<20 {
		t.Errorf("resident after the bursts: %v bytes, the most ever %d", memory, peakRSS(t, b.daemon.PID()))
	}
	if !strings.Contains(b.log(), "no connection to 'postgresql://etamil@") {
		t.Errorf("the log does not say what was missing; %s", b.lastOfLog())
	}
	if n := b.metric("etamil_database_acquire_timeouts_total"); n == 0 {
		t.Error("the metrics count no ET5040")
	}
	if n := b.metric("etamil_database_waiting"); n != 0 {
		t.Errorf("%v still wait", n)
	}
}

// A request that waits for a connection and whose client has left takes none.
func TestWaiterWhoseClientLeftTakesNoConnection(t *testing.T) {
	url := servers.Postgres(t)
	o := observe(t, url)
	b := serveBank(t, connecting+`
		வழி பெறு, "/hold" { தளம்_வினா "SELECT pg_sleep(1)", [], r; பதில் 200, "ஆம்"; }
		வழி பெறு, "/mark" { தளம்_வினா "SELECT nextval('marks')", [], r; பதில் 200, "ஆம்"; }`,
		[]string{"DB=" + named(url, "leaving")}, "--databases-max-per-pool", "1")
	o.do("CREATE SEQUENCE marks")
	var group sync.WaitGroup
	group.Go(func() { b.get("/hold") })
	soon(t, 10*time.Second, "the connection is taken", func() bool { return o.count(sleeping, "leaving") == 1 })
	for range 5 {
		b.leave("/mark", func() {
			soon(t, 10*time.Second, "it waits", func() bool { return b.metric("etamil_database_waiting") == 1 })
		})
		soon(t, 2*time.Second, "it waits no longer", func() bool { return b.metric("etamil_database_waiting") == 0 })
	}
	group.Wait()
	b.want("/mark", "ஆம்")
	if n := o.count("SELECT last_value::int FROM marks"); n != 1 {
		t.Errorf("%d marks were made, want 1", n)
	}
}

func TestTwoHundredWritersOnOneSQLiteFile(t *testing.T) {
	b := serveBank(t, `தளம்_இணை சீகுலைட், "books.db";
		வழி பதி, "/tables" {
			தளம்_செய் "CREATE TABLE entries (no INTEGER PRIMARY KEY, client INTEGER, n INTEGER)", [];
			தளம்_செய் "CREATE TABLE total (n INTEGER)", [];
			தளம்_செய் "INSERT INTO total VALUES (0)", [];
			பதில் 200, "ஆம்";
		}
		வழி பதி, "/one/:client/:n" {
			தளம்_வினா "INSERT INTO entries (client, n) VALUES ($1, $2) RETURNING no", [path_values.client, path_values.n], r;
			பதில் 200, r[0].no;
		}
		வழி பதி, "/both/:client/:n" {
			தளம்_செய் "BEGIN", [];
			தளம்_வினா "SELECT n FROM total", [], t;
			தளம்_வினா "INSERT INTO entries (client, n) VALUES ($1, $2) RETURNING no", [path_values.client, path_values.n], r;
			தளம்_செய் "UPDATE total SET n = $1", [t[0].n + 1];
			தளம்_செய் "COMMIT", [];
			பதில் 200, r[0].no;
		}
		வழி பெறு, "/sums" {
			தளம்_வினா "SELECT (SELECT count(*) FROM entries) AS entries, (SELECT n FROM total) AS total, (SELECT count(*) FROM entries a JOIN entries b ON a.client = b.client AND a.no < b.no AND a.n > b.n) AS turned", [], r;
			பதில் 200, r[0].entries & " " & r[0].total & " " & r[0].turned;
		}`, nil, "--max-concurrent", "300", "--databases-sqlite-writer-wait", "30s")
	if got := b.send("POST", "/tables", ""); got.status != 200 {
		t.Fatal(got)
	}
	const clients, each = 200, 4
	// What a client was told before it sends again is lower than what it is
	// told then: commits keep their order.
	var group sync.WaitGroup
	for c := range clients {
		group.Go(func() {
			last := 0
			for n := range each {
				path := fmt.Sprintf("/%s/%d/%d", []string{"one", "both"}[n%2], c, n)
				got := b.send("POST", path, "")
				no := 0
				if fmt.Sscan(got.body, &no); got.status != 200 || no <= last {
					t.Errorf("%s: %d %s after %d", path, got.status, got.body, last)
				}
				last = no
			}
		})
	}
	group.Wait()
	b.want("/sums", fmt.Sprintf("%d %d 0", clients*each, clients*each/2))
	if log := b.log(); strings.Contains(log, "locked") {
		t.Errorf("something was locked; %s", b.lastOfLog())
	}
}
