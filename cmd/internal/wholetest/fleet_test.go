package wholetest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"etamil/cmd/internal/control"
	"etamil/engine/db/dbtest/servers"
)

// Two processes that share a database: an interval block runs in one of them.
func TestTimersRunInOneProcessOfAFleet(t *testing.T) {
	t.Parallel() // it mostly waits
	s := servers.NewPostgres(t)
	o := observe(t, s.URL)
	o.do("CREATE TABLE ticks (mark TEXT, began TIMESTAMPTZ, ended TIMESTAMPTZ DEFAULT clock_timestamp())")
	daemon := func(mark string) *shopfront {
		dir := program(t, `
			இடைவெளி 1 {
				தளம்_இணை போச்குரசீகுல், "T";
				தளம்_வினா "SELECT clock_timestamp() AS t", [], a;
				தளம்_வினா "SELECT pg_sleep(0.6)", [], b;
				தளம்_செய் "INSERT INTO ticks (mark, began) VALUES ($1, $2)", [சூழல்("MARK", ""), a[0].t];
			}
			வழி பெறு, "/" { பதில் 200, "ஆம்"; }`)
		write(t, filepath.Join(dir, "fleet.toml"), fmt.Sprintf("timers = \"T\"\nallow_env = [\"MARK\"]\n[database.T]\nkind = \"postgresql\"\nurl = %q\n", s.URL))
		return serveConfig(t, dir, "fleet.toml", []string{"MARK=" + mark})
	}
	ticks := func(mark string) int { return o.count("SELECT count(*) FROM ticks WHERE mark = $1", mark) }
	first := daemon("first")
	soon(t, 15*time.Second, "the first one runs its timer", func() bool { return ticks("first") > 0 })
	second := daemon("second")
	before := ticks("first")
	soon(t, 15*time.Second, "the first one runs on", func() bool { return ticks("first") >= before+2 })
	if n := ticks("second"); n > 0 {
		t.Errorf("the second one ran its timer %d times while the first one held the lock", n)
	}

	// The holder is killed: the other one takes over.
	syscall.Kill(first.daemon.PID(), syscall.SIGKILL)
	<-first.daemon.Exited
	first.ended = true
	soon(t, 15*time.Second, "the second one takes over", func() bool { return ticks("second") > 0 })

	// The holder loses its lock, and a third one waits for it.
	third := daemon("third")
	soon(t, 10*time.Second, "the third one waits for the lock", func() bool {
		return o.count("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == 1
	})
	o.do("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
	soon(t, 15*time.Second, "the third one takes over", func() bool { return ticks("third") > 0 })
	if !strings.Contains(second.log(), "the lock of the timers was lost") {
		t.Errorf("the second one does not tell of its loss; %s", second.lastOfLog())
	}

	// The holder ends in order: the second one has the lock again.
	if err := third.End(third.daemon); err != nil {
		t.Error(err)
	}
	before = ticks("second")
	soon(t, 15*time.Second, "the second one takes over again", func() bool { return ticks("second") > before })

	if n := o.count("SELECT count(*) FROM ticks a JOIN ticks b ON a.ctid < b.ctid AND a.began < b.ended AND b.began < a.ended"); n > 0 {
		t.Errorf("%d pairs of runs overlap:\n%s", n, o.text("SELECT string_agg(mark || ' ' || began || ' ' || ended, E'\\n' ORDER BY began) FROM ticks"))
	}
}

// New processes take the place of the daemon while clients write; the budget
// of each holds, and the old one keeps nothing that it does not use.
func TestHandoverUnderLoadStaysWithinTheBudgets(t *testing.T) {
	s := servers.NewPostgres(t, "max_connections=20", "superuser_reserved_connections=0")
	o := observe(t, s.URL)
	ledger, err := filepath.Abs("../../../examples/ledger/main.qmz")
	if err != nil {
		t.Fatal(err)
	}
	b := serveBankIn(t, t.TempDir(), []string{"LEDGER_DATABASE=" + named(s.URL, "handover")}, "--program", ledger, "--databases-budget", "6")
	const entry = `{"lines": [{"account": "cash", "amount": 10.5}, {"account": "sales", "amount": -10.5}]}`
	if got := b.send("POST", "/entries", entry); got.status != 201 {
		t.Fatal(got, b.lastOfLog())
	}
	var posted, failed atomic.Int64
	var stop atomic.Bool
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for !stop.Load() {
				if got := b.send("POST", "/entries", entry); got.status == 201 {
					posted.Add(1)
				} else if failed.Add(1) == 1 {
					t.Errorf("an entry was answered %d %s", got.status, got.body)
				}
			}
		})
	}
	most := 0
	end := while(func() { most = max(most, o.count(sessions, "handover")) })
	other := observe(t, s.URL)
	for range 3 {
		time.Sleep(300 * time.Millisecond)
		begin := other.text("SELECT clock_timestamp()::text")
		reply := b.ctl(control.Request{Command: control.CommandReload, Exec: true})
		pid := reply.Reload.PID
		t.Cleanup(func() { syscall.Kill(pid, syscall.SIGKILL) })
		b.ended = true // the first process ends when it has handed over
		soon(t, 10*time.Second, "the old process has closed its connections", func() bool {
			return other.count(sessions+" AND backend_start < $2::text::timestamptz", "handover", begin) == 0
		})
	}
	time.Sleep(300 * time.Millisecond)
	stop.Store(true)
	group.Wait()
	end()
	if most > 12 || most < 6 {
		t.Errorf("at most %d connections at a time, want 6 of each of two processes", most)
	}
	if n := o.count(sessions, "handover"); n > 6 {
		t.Errorf("%d connections after the handovers, want at most 6", n)
	}
	var sheet struct {
		Totals     struct{ Assets json.Number }
		Difference json.Number
	}
	got := b.get("/balance-sheet")
	if err := json.Unmarshal([]byte(got.body), &sheet); err != nil {
		t.Fatal(err, got)
	}
	want := json.Number(fmt.Sprint(float64(posted.Load()+1) * 10.5))
	if sheet.Difference != "0" || sheet.Totals.Assets != want {
		t.Errorf("the books have %s and a difference of %s, want %s and none", sheet.Totals.Assets, sheet.Difference, want)
	}
	b.ctl(control.Request{Command: control.CommandDrain})
	soon(t, 20*time.Second, "the last process has ended", func() bool {
		_, err := os.Stat(b.control)
		return err != nil
	})
}
