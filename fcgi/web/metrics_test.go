package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"
)

// counted returns "METHOD ROUTE STATUS n" of what was counted.
func counted(a *App) (all []string) {
	for _, r := range a.Metrics().Routes {
		total := uint64(0)
		for _, s := range r.Statuses {
			all = append(all, fmt.Sprintf("%s %s %d %d", r.Method, r.Route, s.Status, s.Count))
			total += s.Count
		}
		if total != r.Count {
			all = append(all, fmt.Sprintf("%s %s has %d durations", r.Method, r.Route, r.Count))
		}
	}
	return all
}

func wantCounted(t *testing.T, a *App, want ...string) {
	t.Helper()
	got := counted(a)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("counted %q\nwant    %q", got, want)
	}
}

func TestRequestsAreCountedByRouteMethodAndStatus(t *testing.T) {
	a, _ := newApp(t, answering("GET /a, POST /a, GET /b/:id", text(201, "ஆம்")), nil)
	for range 3 {
		ask(t, a, get("/a"))
	}
	ask(t, a, &Request{Method: "get", Path: "/a"})
	ask(t, a, &Request{Method: "HEAD", Path: "/a"})
	ask(t, a, post("/a", "text/plain", "12345"))
	ask(t, a, get("/b/7"))
	ask(t, a, get("/b/8"))
	ask(t, a, get("/nowhere"))
	ask(t, a, &Request{Method: "PUT", Path: "/a"})
	take(t, a.Refuse(&Request{ID: "x"}, 400))
	wantCounted(t, a, "GET /a 201 4", "HEAD /a 201 1", "POST /a 201 1", "GET /b/:id 201 2",
		"GET (none) 404 1", "PUT (none) 405 1", "OTHER (none) 400 1")
	if m := a.Metrics(); m.In != 5 || m.Out == 0 || m.Steps != 8*7 || m.Active != 0 || m.Generation != 1 {
		t.Errorf("in %d, out %d, steps %d, active %d, generation %d", m.In, m.Out, m.Steps, m.Active, m.Generation)
	}
}

func TestProbesAreNotCounted(t *testing.T) {
	a, _ := newApp(t, answering("GET /", text(200, "")), nil)
	s := DefaultSettings()
	s.ProbePath = "/"
	if err := a.Probe(t.Context(), NewGeneration(failing(failure(4030)), s, host.Host{})); err == nil {
		t.Error("the probe succeeded")
	}
	wantCounted(t, a)
	if m := a.Metrics(); m.Failures["author"] != 0 || m.Budgets[4030] != 0 {
		t.Errorf("%v, %v", m.Failures, m.Budgets)
	}
}

func TestClientsCannotMakeMoreToCount(t *testing.T) {
	a, _ := newApp(t, answering("GET /a/:x", text(200, "")), nil)
	for i := range 2000 {
		ask(t, a, get(fmt.Sprintf("/a/%d", i)))
		ask(t, a, get(fmt.Sprintf("/%d/\xff\"\n{}", i)))
		ask(t, a, &Request{Method: fmt.Sprintf("M%d", i), Path: "/a/1"})
		ask(t, a, &Request{Method: strings.Repeat("g", i+1), Path: "/"})
		ask(t, a, &Request{Method: "GE\u0054\u212A", Path: "/a/1"})
	}
	// 405 for the path that exists.
	wantCounted(t, a, "GET /a/:x 200 2000", "GET (none) 404 2000", "OTHER (none) 404 2000", "OTHER (none) 405 4000")
}

func TestAnyStatusIsCountedAsItIs(t *testing.T) {
	var m methodCounts
	for status := 100; status <= 599; status++ {
		m.count(status, time.Millisecond)
	}
	m.count(-1, 0)
	m.count(1000, 0)
	all, d := m.read()
	if len(all) != 500 || all[0].Status != 100 || all[499].Status != 599 || all[400].Count != 3 || d.Count != 502 {
		t.Errorf("%d statuses, %d in all: %v", len(all), d.Count, all[400])
	}
}

func TestAReloadKeepsCountsAndForgetsWhatIsLongGone(t *testing.T) {
	a, _ := newApp(t, answering("GET /a, GET /b", text(200, "")), nil)
	swap := func(list string) {
		a.Swap(NewGeneration(answering(list, text(200, "")), DefaultSettings(), host.Host{}))
	}
	ask(t, a, get("/a"))
	ask(t, a, get("/b"))
	swap("GET /a, GET /c")
	ask(t, a, get("/a"))
	ask(t, a, get("/c"))
	// The one before may still run, so it is still counted.
	wantCounted(t, a, "GET /a 200 2", "GET /b 200 1", "GET /c 200 1")
	swap("GET /a")
	wantCounted(t, a, "GET /a 200 2", "GET /c 200 1")
	swap("GET /a")
	wantCounted(t, a, "GET /a 200 2")
	if got := a.Metrics().Generation; got != 4 {
		t.Errorf("generation %d", got)
	}
}

func TestARouteOfAnOddNameSharesItsCounts(t *testing.T) {
	// Two series of the same labels would spoil the whole answer.
	a, _ := newApp(t, answering("GET (none), GET /\xff, GET /\xfe", text(200, "")), nil)
	ask(t, a, get("/nowhere"))
	ask(t, a, get("(none)"))
	ask(t, a, get("/\xff"))
	ask(t, a, get("/\xfe"))
	wantCounted(t, a, "GET (none) 200 1", "GET (none) 404 1", "GET /\uFFFD 200 2")
}

func TestWaitsRefusalsAndBodiesAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeProgram{routes: routes("POST /"), serve: func(context.Context, *host.Host, engine.Limits, int, *engine.Request) (engine.Result, error) {
			time.Sleep(2 * time.Second)
			return engine.Result{Answer: text(200, "")}, nil
		}}
		a, _ := newApp(t, p, func(s *Settings) { s.MaxConcurrent, s.MaxQueue, s.QueueTimeout = 1, 2, 3*time.Second })
		for range 4 {
			go ask(t, a, post("/", "text/plain", "123"))
			synctest.Wait()
		}
		if m := a.Metrics(); m.Active != 3 || m.Gate.Running != 1 || m.Gate.Queued != 2 || m.Gate.Bodies != 3 || m.Limits.Queue != 2 {
			t.Errorf("active %d, %+v of %+v", m.Active, m.Gate, m.Limits)
		}
		time.Sleep(10 * time.Second)
		m := a.Metrics()
		// One waited 2 s for its place, one 3 s for nothing.
		if m.Waits.Count != 2 || m.Waits.Sum != 5*time.Second || m.Refused["queue_full"] != 1 || m.Refused["queue_timeout"] != 1 {
			t.Errorf("%d waits of %v, %v", m.Waits.Count, m.Waits.Sum, m.Refused)
		}
		wantCounted(t, a, "POST / 200 2", "POST / 503 2")
	})
}

func TestFailuresAreCountedByFaultAndBudget(t *testing.T) {
	for _, tt := range []struct {
		err    error
		fault  string
		budget diag.Code
	}{
		{failure(4002), "author", 0},
		{failure(4030), "author", 4030},
		{failure(4031), "author", 4031},
		{failure(4035), "author", 4035},
		{failure(codeCannotReach), "operator", 0},
		{&engine.Fault{Reason: "broken"}, "internal", 0},
		{errors.New("odd"), "internal", 0},
	} {
		a, _ := newApp(t, failing(tt.err), nil)
		ask(t, a, get("/"))
		m := a.Metrics()
		for name, n := range m.Failures {
			if want := name == tt.fault; (n == 1) != want {
				t.Errorf("%v: %d of %s", tt.err, n, name)
			}
		}
		if len(m.Budgets) != 6 {
			t.Errorf("budgets %v", m.Budgets)
		}
		for code, n := range m.Budgets {
			if want := code == tt.budget; (n == 1) != want {
				t.Errorf("%v: %d of %v", tt.err, n, code)
			}
		}
	}
}

func TestTimersAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTicking(time.Second, 10, 60)
		start := time.Now()
		a := serveTimers(p, &logLines{}, nil)
		time.Sleep(23 * time.Second) // timer 1 ran at 10 and 21
		synctest.Wait()
		m := a.Metrics()
		one, two := m.Timers[0], m.Timers[1]
		if one.Runs != 2 || one.Failures != 0 || one.Seconds != 10 || one.LastDuration != time.Second ||
			!one.LastRun.Equal(start.Add(21*time.Second)) || !one.LastSuccess.Equal(start.Add(22*time.Second)) {
			t.Errorf("%+v", one)
		}
		if two.Timer != 2 || two.Runs != 0 || !two.LastRun.IsZero() || !two.LastSuccess.IsZero() {
			t.Errorf("%+v", two)
		}
		// The next program's timer takes over the first one.
		p = newTicking(time.Second, 10)
		p.fails = failure(4030)
		a.Swap(NewGeneration(p, DefaultSettings(), host.Host{}))
		time.Sleep(11 * time.Second)
		synctest.Wait()
		m = a.Metrics()
		if one = m.Timers[0]; len(m.Timers) != 1 || one.Runs != 3 || one.Failures != 1 || !one.LastSuccess.Equal(start.Add(22*time.Second)) ||
			m.Budgets[4030] != 1 || m.Failures["author"] != 1 {
			t.Errorf("%+v", m.Timers)
		}
		a.StopTimers(t.Context())
	})
}

func TestReloadsAreCounted(t *testing.T) {
	a, _ := newApp(t, answering("GET /", text(200, "")), nil)
	if r := a.Metrics().Reloads; r != (ReloadMetrics{}) {
		t.Errorf("at the start %+v", r)
	}
	a.ReloadDone(true)
	a.ReloadDone(false)
	if r := a.Metrics().Reloads; r.OK != 1 || r.Failed != 1 || r.LastOK || time.Since(r.Last) > time.Minute {
		t.Errorf("%+v", r)
	}
}

func TestQuantilesAreEstimated(t *testing.T) {
	var d distribution
	empty := d.read()
	if empty.Quantile(0.5) != 0 || empty.Mean() != 0 {
		t.Error("of nothing there is something")
	}
	for range 90 {
		d.observe(2 * time.Millisecond) // in the bucket 1 ms to 2.5 ms
	}
	for range 10 {
		d.observe(time.Minute)
	}
	got := d.read()
	for _, tt := range []struct {
		q    float64
		want time.Duration
	}{{0, time.Millisecond}, {0.45, 1750 * time.Microsecond}, {0.9, 2500 * time.Microsecond}, {0.99, 30 * time.Second}, {1, 30 * time.Second}} {
		if v := got.Quantile(tt.q); v != tt.want {
			t.Errorf("quantile %v is %v, want %v", tt.q, v, tt.want)
		}
	}
	if got.Count != 100 || got.Sum != 10*time.Minute+180*time.Millisecond {
		t.Errorf("%d, %v", got.Count, got.Sum)
	}
}

// counting is a flight as it is when its answer was sent.
func counting(tb testing.TB) (*App, *flight) {
	a := NewApp(Options{Settings: DefaultSettings()})
	g := NewGeneration(answering("GET /a, POST /b/:id", text(200, "")), DefaultSettings(), host.Host{})
	a.Swap(g)
	f := newFlight(a)
	f.req, f.gen, f.steps, f.body = &Request{Method: "POST", Path: "/b/1"}, g, 100, []byte("abc")
	var ok bool
	if f.match, ok = g.table.Find(f.req.Method, f.req.Path); !ok {
		tb.Fatal("no route")
	}
	f.resp.Status = 200
	return a, f
}

func TestCountingARequestAllocatesNothing(t *testing.T) {
	a, f := counting(t)
	if n := testing.AllocsPerRun(100, func() { a.counts.request(f, time.Millisecond, 10) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCountRequest(b *testing.B) {
	a, f := counting(b)
	b.ReportAllocs()
	for b.Loop() {
		a.counts.request(f, 3*time.Millisecond, 10)
	}
}

func BenchmarkCountRequestParallel(b *testing.B) {
	a, f := counting(b)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			a.counts.request(f, 3*time.Millisecond, 10)
		}
	})
}
