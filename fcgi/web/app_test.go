package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"

	"github.com/rs/zerolog"
)

func TestProgramGetsItsRequest(t *testing.T) {
	var got string
	p := &fakeProgram{
		routes: routes("POST /b/:id/:பெயர்"),
		serve: func(_ context.Context, h *host.Host, lim engine.Limits, route int, r *engine.Request) (engine.Result, error) {
			call := func(f func() []Pair) string {
				if f == nil {
					return ""
				}
				return show(f())
			}
			got = fmt.Sprintf("%s %s %d body=%s query=%s headers=%s params=%s values=%s fields=%s",
				r.Method, r.Path, route, r.Body, call(r.Query), call(r.Headers), show(r.PathParams), call(r.PathValues), call(r.Fields))
			if !h.Serving || lim.Steps != 500_000_000 || lim.Time != 30*time.Second || lim.Answer != 16<<20 {
				t.Errorf("host %+v, limits %+v", h, lim)
			}
			return engine.Result{Answer: text(200, "")}, nil
		},
	}
	a, _ := newApp(t, p, nil)
	req := post("/b/a%20b/%zz/", "application/x-www-form-urlencoded", "x=1+2&y")
	req.Method, req.Query = "post", "q=%41"
	req.Header = append(req.Header, Pair{Name: "x-request-id", Value: "not taken!"})
	ask(t, a, req)
	want := "post /b/a%20b/%zz/ 0 body=x=1+2&y query=q=A headers=content-type=application/x-www-form-urlencoded | x-request-id=id-1 " +
		"params=id=a%20b | பெயர்=%zz values=id=a b | பெயர்=%zz fields=x=1 2"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestProgramGetsUploads(t *testing.T) {
	p := &fakeProgram{
		routes: routes("POST /"),
		serve: func(_ context.Context, _ *host.Host, _ engine.Limits, _ int, r *engine.Request) (engine.Result, error) {
			files := r.Files()
			return engine.Result{Answer: text(200, fmt.Sprintf("%s %d %s %s", show(r.Fields()), len(files), files[0].FileName, files[0].Data))}, nil
		},
	}
	a, _ := newApp(t, p, nil)
	body := "--b\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\nhi\r\n--b\r\nContent-Disposition: form-data; name=n\r\n\r\n1\r\n--b--\r\n"
	if got := ask(t, a, post("/", "multipart/form-data; boundary=b", body)); got.body != "n=1 1 a hi" {
		t.Errorf("%s", got.body)
	}
}

func TestChunkedBodyGetsItsLength(t *testing.T) {
	p := &fakeProgram{
		routes: routes("POST /"),
		serve: func(_ context.Context, _ *host.Host, _ engine.Limits, _ int, r *engine.Request) (engine.Result, error) {
			return engine.Result{Answer: text(200, show(r.Headers()))}, nil
		},
	}
	a, _ := newApp(t, p, nil)
	req := post("/", "text/plain", "12345")
	req.BodySize = -1
	if got := ask(t, a, req); !strings.Contains(got.body, "content-length=5") {
		t.Errorf("%s", got.body)
	}
}

func TestBodyIsNotReadInVain(t *testing.T) {
	a, _ := newApp(t, answering("POST /", text(200, "")), func(s *Settings) { s.MaxBody = 4 })
	for _, path := range []string{"/", "/x"} {
		req := post(path, "text/plain", "12345")
		req.ReadBody = func(int64) ([]byte, error) { t.Errorf("the body of %s was read", path); return nil, nil }
		ask(t, a, req)
	}
}

// blocking is a program whose GET / waits for release or for its context.
func blocking(name string, started chan<- string, release <-chan struct{}) *fakeProgram {
	return &fakeProgram{
		routes: routes("GET /,POST /"),
		serve: func(ctx context.Context, _ *host.Host, _ engine.Limits, _ int, r *engine.Request) (engine.Result, error) {
			started <- name
			select {
			case <-release:
				return engine.Result{Answer: text(200, name)}, nil
			case <-ctx.Done():
				return engine.Result{}, diag.Cancelled.New()
			}
		},
	}
}

func TestRunningRequestsKeepTheirGeneration(t *testing.T) {
	started, release := make(chan string, 2), make(chan struct{})
	a, _ := newApp(t, blocking("old", started, release), nil)
	old := a.Current()
	closed := atomic.Bool{}
	old.OnClose(func() { closed.Store(true) })
	answer := make(chan *reply)
	go func() { answer <- ask(t, a, get("/")) }()
	<-started
	a.Swap(NewGeneration(answering("GET /", text(200, "new")), DefaultSettings(), host.Host{}))
	if got := ask(t, a, get("/")); got.body != "new" {
		t.Errorf("a new request gets %q", got.body)
	}
	if closed.Load() {
		t.Error("the old generation was closed under its request")
	}
	close(release)
	if got := <-answer; got.body != "old" {
		t.Errorf("the running request got %q", got.body)
	}
	wait(t, "the end of the old generation", old.Over())
	if !closed.Load() || a.Current().Number() != 2 {
		t.Errorf("closed %v, generation %d", closed.Load(), a.Current().Number())
	}
}

func TestQueuedRequestRunsOnTheNewGeneration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started, release := make(chan string, 2), make(chan struct{})
		a, logs := newApp(t, blocking("old", started, release), func(s *Settings) { s.MaxConcurrent = 1 })
		answers := make(chan *reply, 2)
		for range 2 {
			go func() { answers <- ask(t, a, get("/")) }()
			synctest.Wait()
		}
		s := DefaultSettings()
		s.MaxConcurrent = 1
		a.Swap(NewGeneration(answering("GET /", text(200, "new")), s, host.Host{}))
		time.Sleep(2 * time.Second)
		close(release)
		if first, second := <-answers, <-answers; first.body != "old" || second.body != "new" {
			t.Errorf("answers %q, %q", first.body, second.body)
		}
		lines := logs.records(t, "request")
		if len(lines) != 2 || lines[1]["queue"] != 2.0 || lines[1]["generation"] != 2.0 || lines[0]["duration"] != 2.0 {
			t.Errorf("%v", lines)
		}
		a.Close()
	})
}

func TestOverloadIsAnswered503(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started, release := make(chan string, 9), make(chan struct{})
		a, logs := newApp(t, blocking("x", started, release), func(s *Settings) { s.MaxConcurrent, s.MaxQueue = 1, 1 })
		answers := make(chan *reply, 9)
		for range 2 {
			go func() { answers <- ask(t, a, get("/")) }()
			synctest.Wait()
		}
		if got := ask(t, a, get("/")); got.status != 503 || got.header("retry-after") != "1" {
			t.Errorf("beyond the queue: %d", got.status)
		}
		time.Sleep(6 * time.Second)
		if got := <-answers; got.status != 503 {
			t.Errorf("after the queue time: %d", got.status)
		}
		close(release)
		if got := <-answers; got.status != 200 {
			t.Errorf("the running one: %d", got.status)
		}
		lines := logs.records(t, "request")
		if len(lines) != 3 || lines[0]["refused"] != "queue full" || lines[1]["refused"] != "no free place within the queue time" {
			t.Errorf("%v", lines)
		}
		a.Close()
	})
}

func TestClientThatLeavesEndsItsRun(t *testing.T) {
	started := make(chan string, 1)
	a, logs := newApp(t, blocking("x", started, nil), nil)
	ctx, leave := context.WithCancel(t.Context())
	answer := make(chan *Response)
	go func() { answer <- a.Serve(ctx, &Request{ID: "id-1", Method: "GET", Path: "/"}) }()
	<-started
	leave()
	resp := <-answer
	if resp.Status != 499 {
		t.Errorf("status %d", resp.Status)
	}
	resp.Done(0, io.ErrClosedPipe)
	if r := logs.records(t, ""); len(r) != 1 || r[0]["refused"] != "client gone" || r[0]["level"] != "info" {
		t.Errorf("%v", r)
	}
}

func TestFrontThatWaitsNoLongerMakesThem503(t *testing.T) {
	for _, waiting := range []bool{false, true} {
		started := make(chan string, 1)
		a, logs := newApp(t, blocking("x", started, nil), func(s *Settings) { s.MaxConcurrent = 1 })
		if waiting {
			go a.Serve(t.Context(), &Request{ID: "id-0", Method: "GET", Path: "/"})
			<-started
		}
		ctx, end := context.WithCancelCause(t.Context())
		answer := make(chan *reply)
		go func() { answer <- take(t, a.Serve(ctx, &Request{ID: "id-1", Method: "GET", Path: "/"})) }()
		if waiting {
			for a.Queue().Queued == 0 {
				time.Sleep(time.Millisecond)
			}
		} else {
			<-started
		}
		end(fmt.Errorf("front: %w", ErrDraining))
		if got := <-answer; got.status != 503 || got.header("retry-after") != "1" {
			t.Errorf("waiting %v: %d", waiting, got.status)
		}
		if r := logs.records(t, "request"); len(r) != 1 || r[0]["refused"] != "front: draining past its limit" {
			t.Errorf("%v", r)
		}
		a.Kill()
	}
}

func TestDrainWaitsThenCancels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started, release := make(chan string, 9), make(chan struct{})
		a, _ := newApp(t, blocking("x", started, release), func(s *Settings) { s.MaxConcurrent, s.QueueTimeout = 2, 0 })
		answers := make(chan *reply, 9)
		for range 3 {
			go func() { answers <- ask(t, a, get("/")) }()
			synctest.Wait()
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		start := time.Now()
		drained := make(chan int)
		go func() { drained <- a.Drain(ctx) }()
		time.Sleep(10 * time.Second)
		release <- struct{}{}
		if got := <-answers; got.status != 200 {
			t.Errorf("one that ends while draining: %d", got.status)
		}
		if n := <-drained; n != 2 || time.Since(start) != 20*time.Second {
			t.Errorf("%d cancelled after %v", n, time.Since(start))
		}
		for range 2 {
			if got := <-answers; got.status != 503 {
				t.Errorf("past the limit: %d", got.status)
			}
		}
		if got := ask(t, a, get("/")); got.status != 503 {
			t.Errorf("a new one past the limit: %d", got.status)
		}
		a.Close()
	})
}

func TestDrainReturnsAtOnceWhenIdle(t *testing.T) {
	a, _ := newApp(t, answering("GET /", text(200, "")), nil)
	a.Current().OnClose(func() { a.InFlight() }) // may ask the App
	ask(t, a, get("/"))
	if n := a.Drain(t.Context()); n != 0 {
		t.Errorf("%d cancelled", n)
	}
	if got := ask(t, a, get("/")); got.status != 200 {
		t.Errorf("a request on a kept connection: %d", got.status)
	}
	a.Close()
	if got := ask(t, a, get("/")); got.status != 503 {
		t.Errorf("after Close: %d", got.status)
	}
}

func TestWeakAnswersAreWarnedOf(t *testing.T) {
	a, logs := newApp(t, answering("GET /a", engine.Answer{}), nil)
	ask(t, a, get("/a"))
	if r := logs.records(t, "gave no answer"); len(r) != 1 || r[0]["level"] != "warn" || r[0]["route"] != "/a" {
		t.Errorf("%v", r)
	}
	ignored := text(200, "")
	ignored.StatusIgnored = true
	a, logs = newApp(t, answering("GET /a", ignored), nil)
	ask(t, a, get("/a"))
	if r := logs.records(t, "no number"); len(r) != 1 || r[0]["level"] != "warn" {
		t.Errorf("%v", r)
	}
}

// printing prints two texts and asks for input twice.
func printing() *fakeProgram {
	body := func(h *host.Host) {
		h.Output.Print("one\ntwo")
		h.Output.Print("வணக்கம்")
		h.Output.Flush()
		for range 2 {
			if line, err := h.Input.ReadLine(); line != "" || err != io.EOF {
				panic("input")
			}
		}
	}
	return &fakeProgram{
		routes: routes("GET /"),
		timers: []engine.Timer{{Seconds: 1}},
		serve: func(_ context.Context, h *host.Host, _ engine.Limits, _ int, _ *engine.Request) (engine.Result, error) {
			body(h)
			return engine.Result{Answer: text(200, "")}, nil
		},
		tick: func(_ context.Context, h *host.Host, _ engine.Limits, _ int) (engine.Result, error) {
			body(h)
			return engine.Result{}, nil
		},
	}
}

func TestPrintsBecomeRecords(t *testing.T) {
	a, logs := newApp(t, printing(), func(s *Settings) { s.AccessLog, s.Timers = AccessOff, false })
	ask(t, a, get("/"))
	var got []string
	for _, r := range logs.records(t, "") {
		got = append(got, fmt.Sprint(r["level"], " ", r["id"], " ", r["message"]))
	}
	want := []string{"info id-1 one", "info id-1 two", "info id-1 வணக்கம்", "warn id-1 உள்ளிடு (input) gives nothing in a server"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", got)
	}
}

func TestPlainPrintsAreUnadorned(t *testing.T) {
	var out bytes.Buffer
	s := DefaultSettings()
	a := NewApp(Options{Prints: PlainPrints(&out), Log: zerolog.Nop(), Settings: s})
	s.Timers = false
	a.Swap(NewGeneration(printing(), s, host.Host{}))
	ask(t, a, get("/"))
	if out.String() != "one\ntwo\nவணக்கம்\n" {
		t.Errorf("%q", out.String())
	}
}

func TestAccessLogModes(t *testing.T) {
	for _, tt := range []struct {
		mode AccessMode
		slow time.Duration
		want int
	}{{AccessOn, 0, 1}, {AccessOff, 0, 0}, {AccessSlow, time.Hour, 0}, {AccessSlow, 0, 1}} {
		a, logs := newApp(t, answering("GET /", text(200, "")), func(s *Settings) { s.AccessLog, s.SlowRequest = tt.mode, tt.slow })
		ask(t, a, get("/"))
		if n := len(logs.records(t, "request")); n != tt.want {
			t.Errorf("%v, slow above %v: %d lines, want %d", tt.mode, tt.slow, n, tt.want)
		}
	}
}

func TestAccessLineTellsNothingOfThePath(t *testing.T) {
	a, logs := newApp(t, answering("GET /a/:x", text(200, "12345")), nil)
	req := post("/a/s3cret?token=s3cret", "text/plain", "")
	req.Method = "GET"
	ask(t, a, req)
	long := get("/")
	long.Method = strings.Repeat("X", 1000)
	ask(t, a, long)
	if strings.Contains(logs.String(), "s3cret") || strings.Contains(logs.String(), strings.Repeat("X", 40)) {
		t.Error(logs)
	}
	r := logs.records(t, "request")[0]
	if r["route"] != "/a/:x" || r["out"] != 5.0 || r["steps"] != 7.0 {
		t.Errorf("%v", r)
	}
}

func TestNestedRoutesAreWarnedOfAtLoad(t *testing.T) {
	p := answering("GET /", text(200, ""))
	p.nested = append(p.nested, sourceSpan("செயல் f() {\n  வழி பெறு, \"/x\" { }\n}", "வழி பெறு"))
	_, logs := newApp(t, p, nil)
	r := logs.records(t, "app.qmz:2:3")
	if len(r) != 1 || r[0]["level"] != "warn" || r[0]["code"] != "ET2110" || !strings.Contains(r[0]["message"].(string), "'வழி' cannot run here") {
		t.Errorf("%v", logs)
	}
}

func TestProbe(t *testing.T) {
	for _, tt := range []struct {
		path string
		p    Program
		want string
	}{
		{"", failing(failure(4001)), ""},
		{"/", answering("GET /", text(200, "")), ""},
		{"/?x=1", answering("GET /", text(499, "")), ""},
		{"/", answering("GET /", text(500, "")), "ET6002: probe_path / answered 500"},
		{"/", failing(failure(4001)), "ET6002: probe_path / answered 500"},
		{"/bills/7", answering("GET /bills/:id", text(404, "")), ""},
		{"/helth", answering("GET /health", text(200, "")), "ET6001: probe_path '/helth': the program has no such route for GET; did you mean '/health'?"},
		{"/none", answering("GET /", text(200, "")), "ET6001: probe_path '/none': the program has no such route for GET"},
		{"/bills", answering("POST /bills", text(200, "")), "ET6001: probe_path '/bills': the program has no such route for GET; /bills is there for POST only"},
	} {
		s := DefaultSettings()
		s.ProbePath = tt.path
		a := NewApp(Options{Settings: s})
		g := NewGeneration(tt.p, s, host.Host{})
		got := ""
		if err := a.Probe(t.Context(), g); err != nil {
			got = err.Error()
			if err.Help != nil {
				got += "; " + err.Help.En
			}
			if err.Message().Ta == err.Message().En {
				t.Errorf("probe %q: no Tamil", tt.path)
			}
		}
		if got != tt.want {
			t.Errorf("probe %q: %q, want %q", tt.path, got, tt.want)
		}
		if a.Current() != nil || a.InFlight() != 0 {
			t.Error("the probe left something")
		}
	}
}

func TestRequestsDoNotShareAnything(t *testing.T) {
	p := &fakeProgram{
		routes: routes("POST /:x"),
		serve: func(_ context.Context, _ *host.Host, _ engine.Limits, _ int, r *engine.Request) (engine.Result, error) {
			return engine.Result{Answer: text(200, r.PathParams[0].Value+string(r.Body)+show(r.Query())+show(r.Headers()), "X-Echo", r.Path)}, nil
		},
	}
	a, _ := newApp(t, p, func(s *Settings) { s.MaxConcurrent = 8 })
	done := make(chan string)
	for i := range 100 {
		go func() {
			for j := range 20 {
				n := fmt.Sprintf("%d-%d", i, j)
				req := post("/"+n, "text/plain", n)
				req.ID, req.Query = n, "n="+n
				got := take(t, a.Serve(t.Context(), req))
				want := n + n + "n=" + n + "content-type=text/plain | x-request-id=" + n
				if got.status != 200 || got.body != want || got.header("x-request-id") != n || got.header("x-echo") != "/"+n {
					done <- fmt.Sprintf("%s: %d %s %q", n, got.status, got.body, got.headers)
					return
				}
			}
			done <- ""
		}()
	}
	for range 100 {
		if problem := <-done; problem != "" {
			t.Error(problem)
		}
	}
	if a.InFlight() != 0 || a.Queue() != (GateStats{}) {
		t.Errorf("%d in flight, %+v", a.InFlight(), a.Queue())
	}
}

func BenchmarkServe(b *testing.B) {
	s := DefaultSettings()
	a := NewApp(Options{Log: zerolog.New(io.Discard), Settings: s})
	a.Swap(NewGeneration(answering("GET /", text(200, "hello")), s, host.Host{}))
	req := &Request{ID: "id-1", Method: "GET", Path: "/"}
	b.ReportAllocs()
	for b.Loop() {
		a.Serve(b.Context(), req).Done(5, nil)
	}
}
