package metrics

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/rs/zerolog"

	"etamil/cmd/internal/control"
	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/token"
	"etamil/fcgi"
	"etamil/fcgi/web"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// fakeProgram answers each route with the status that its path ends with.
type fakeProgram struct {
	routes []engine.Route
	timers []engine.Timer
}

func (p *fakeProgram) Name() string           { return "app.qmz" }
func (p *fakeProgram) Routes() []engine.Route { return p.routes }
func (p *fakeProgram) Timers() []engine.Timer { return p.timers }
func (p *fakeProgram) Nested() []token.Span   { return nil }
func (p *fakeProgram) Serve(_ context.Context, _ *host.Host, _ engine.Limits, route int, _ *engine.Request) (engine.Result, error) {
	if p.routes[route].Path == "/slow" {
		return engine.Result{}, diag.StepBudget.New(5)
	}
	return engine.Result{Answer: engine.Answer{Set: true, Status: 200, Body: []byte("ok")}, Steps: 7}, nil
}
func (p *fakeProgram) Tick(context.Context, *host.Host, engine.Limits, int) (engine.Result, error) {
	return engine.Result{}, nil
}

const hostilePattern = "/<script>alert('x')</script>\"\\\n/:id"

func newTestApp(t *testing.T) *web.App {
	t.Helper()
	s := web.DefaultSettings()
	a := web.NewApp(web.Options{Log: zerolog.Nop(), Settings: s})
	p := &fakeProgram{
		routes: []engine.Route{{Method: "GET", Path: "/a"}, {Method: "POST", Path: "/a"}, {Method: "GET", Path: "/slow"}, {Method: "GET", Path: hostilePattern}},
		timers: []engine.Timer{{Seconds: 1}, {Seconds: 3600}},
	}
	a.Swap(web.NewGeneration(p, s, host.Host{}))
	t.Cleanup(func() { a.StopTimers(context.Background()); a.Close() })
	return a
}

func ask(a *web.App, method, path string) {
	a.Serve(context.Background(), &web.Request{ID: "i", Method: method, Path: path}).Done(2, nil)
}

// serving starts an Endpoint on a Unix socket and returns a client for it.
func serving(t *testing.T, o Options) (*Endpoint, *http.Client) {
	t.Helper()
	dir, err := os.MkdirTemp("", "m")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	l, err := Listen("unix:" + path)
	if err != nil {
		t.Fatal(err)
	}
	if o.App == nil {
		o.App = newTestApp(t)
	}
	if o.Status == nil {
		o.Status = func() *control.Status { return &control.Status{} }
	}
	e := New(o)
	done := make(chan error, 1)
	go func() { done <- e.Serve(l) }()
	t.Cleanup(func() {
		e.Close()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
		if _, err := os.Lstat(path); err == nil {
			t.Error("the socket file stays")
		}
	})
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("socket %v, %v", info, err)
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return e, &http.Client{Transport: transport, Timeout: 20 * time.Second}
}

func fetch(t *testing.T, c *http.Client, method, path, accept string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, "http://etamild"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func scrape(t *testing.T, c *http.Client) map[string]*dto.MetricFamily {
	t.Helper()
	resp, body := fetch(t, c, "GET", "/metrics", "")
	if resp.StatusCode != 200 {
		t.Fatalf("%d: %s", resp.StatusCode, body)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%v in\n%s", err, body)
	}
	return families
}

// value returns the value of the metric with exactly those labels, in pairs.
func value(t *testing.T, families map[string]*dto.MetricFamily, name string, labels ...string) float64 {
	t.Helper()
	f := families[name]
	if f == nil {
		t.Errorf("there is no %s", name)
		return 0
	}
	for _, m := range f.Metric {
		got := []string{}
		for _, l := range m.Label {
			got = append(got, l.GetName(), l.GetValue())
		}
		if slices.Equal(got, append([]string{}, labels...)) {
			switch {
			case m.Counter != nil:
				return m.Counter.GetValue()
			case m.Gauge != nil:
				return m.Gauge.GetValue()
			}
			return float64(m.Histogram.GetSampleCount())
		}
	}
	t.Errorf("there is no %s of %q", name, labels)
	return 0
}

func TestScrapeTellsWhatHappened(t *testing.T) {
	a := newTestApp(t)
	stats := fcgi.Stats{Connections: 3, Accepted: 9, AcceptErrors: 2, ClientGone: 4, Panics: 1, Draining: true,
		Refused: map[string]uint64{"bad_request": 5, "aborted": 0}}
	logs := web.NewLogWriter(io.Discard)
	logs.Close(time.Second)
	logs.Write([]byte("late\n"))
	started := time.Unix(1_700_000_000, 0)
	_, c := serving(t, Options{App: a, Server: func() fcgi.Stats { return stats }, Logs: logs, Started: started})
	if first := scrape(t, c); first["etamil_last_reload_success"] != nil || first["etamil_schedule_last_run_timestamp_seconds"] != nil {
		t.Error("there is a last reload or tick before the first")
	}

	ask(a, "GET", "/a")
	ask(a, "GET", "/a")
	ask(a, "POST", "/a")
	ask(a, "BREW", "/nowhere")
	ask(a, "GET", "/slow")
	a.ReloadDone(true)
	a.ReloadDone(false)
	f := scrape(t, c)
	for _, tt := range []struct {
		want   float64
		name   string
		labels []string
	}{
		{2, "etamil_requests_total", []string{"method", "GET", "route", "/a", "status", "200"}},
		{1, "etamil_requests_total", []string{"method", "POST", "route", "/a", "status", "200"}},
		{1, "etamil_requests_total", []string{"method", "OTHER", "route", "(none)", "status", "404"}},
		{1, "etamil_requests_total", []string{"method", "GET", "route", "/slow", "status", "500"}},
		{2, "etamil_request_duration_seconds", []string{"method", "GET", "route", "/a"}},
		{0, "etamil_active_requests", nil},
		{0, "etamil_queue_wait_seconds", nil},
		{0, "etamil_requests_rejected_total", []string{"reason", "queue_full"}},
		{4096, "etamil_limit", []string{"setting", "max_queue"}},
		{21, "etamil_steps_total", nil},
		{10, "etamil_sent_body_bytes_total", nil},
		{1, "etamil_failures_total", []string{"fault", "author"}},
		{0, "etamil_failures_total", []string{"fault", "internal"}},
		{1, "etamil_budget_ends_total", []string{"code", "ET4030"}},
		{0, "etamil_budget_ends_total", []string{"code", "ET4035"}},
		{3600, "etamil_schedule_interval_seconds", []string{"timer", "2"}},
		{0, "etamil_schedule_ticks_total", []string{"timer", "2"}},
		{1, "etamil_generation", nil},
		{1, "etamil_reloads_total", []string{"outcome", "ok"}},
		{1, "etamil_reloads_total", []string{"outcome", "failed"}},
		{0, "etamil_last_reload_success", nil},
		{1, "etamil_log_dropped_total", nil},
		{3, "etamil_fastcgi_connections", nil},
		{9, "etamil_fastcgi_connections_total", nil},
		{2, "etamil_fastcgi_accept_errors_total", nil},
		{4, "etamil_fastcgi_client_gone_total", nil},
		{1, "etamil_fastcgi_panics_total", nil},
		{5, "etamil_fastcgi_refused_total", []string{"reason", "bad_request"}},
		{1, "etamil_draining", nil},
		{1_700_000_000, "etamil_start_time_seconds", nil},
	} {
		if got := value(t, f, tt.name, tt.labels...); got != tt.want {
			t.Errorf("%s%q is %v, want %v", tt.name, tt.labels, got, tt.want)
		}
	}
	if value(t, f, "go_goroutines") < 1 || value(t, f, "process_resident_memory_bytes") < 1 {
		t.Error("the runtime is not told of")
	}
	h := f["etamil_request_duration_seconds"].Metric[0].Histogram
	if n := len(h.Bucket); n != len(web.Buckets())+1 || h.Bucket[0].GetUpperBound() != 0.0001 || h.GetSampleSum() <= 0 {
		t.Errorf("%d buckets from %v, sum %v", n, h.Bucket[0].GetUpperBound(), h.GetSampleSum())
	}
	if at := value(t, f, "etamil_last_reload_timestamp_seconds"); time.Since(time.Unix(int64(at), 0)) > time.Minute {
		t.Errorf("last reload at %v", at)
	}
}

// TestNamesAndLabels holds the names against a golden file: dashboards and
// alerts of operators depend on them.
func TestNamesAndLabels(t *testing.T) {
	var b strings.Builder
	for _, m := range table {
		kind := "histogram"
		if strings.HasSuffix(m.name, "_total") != (m.kind == counter) {
			t.Errorf("%s: counters, and only they, end in _total", m.name)
		}
		switch m.kind {
		case counter:
			kind = "counter"
		case gauge:
			kind = "gauge"
		}
		fmt.Fprintf(&b, "%s{%s} %s\n", m.name, strings.Join(m.labels, ","), kind)
	}
	const golden = "testdata/metrics.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(want) != b.String() {
		t.Errorf("%v; the metrics are\n%s", err, b.String())
	}
}

func TestEveryMetricIsDescribed(t *testing.T) {
	page, err := os.ReadFile("../../../docs/operations/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, m := range table {
		known[m.name] = true
		row := "| `" + m.name
		if len(m.labels) > 0 {
			row += "{" + strings.Join(m.labels, ",") + "}"
		}
		if !bytes.Contains(page, []byte(row+"` |")) {
			t.Errorf("the page has no row %s` |", row)
		}
	}
	for _, name := range regexp.MustCompile(`\betamil_[a-z_]+`).FindAllString(string(page), -1) {
		base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_sum"), "_count")
		if !known[base] {
			t.Errorf("the page tells of %s, which is no metric", name)
		}
	}
}

func TestLabelsAreBoundedWhateverClientsSend(t *testing.T) {
	a := newTestApp(t)
	_, c := serving(t, Options{App: a})
	for i := range 3000 {
		ask(a, "GET", fmt.Sprintf("/x%d\n\"}", i))
		ask(a, fmt.Sprintf("X%d", i), "/a")
		ask(a, "GET", fmt.Sprintf("/<script>alert('x')</script>\"%%5C%%0A/%d", i))
		ask(a, "GET", string([]byte{'/', byte(i), 0xFF}))
	}
	f := scrape(t, c)
	if n := len(f["etamil_requests_total"].Metric); n != 3 {
		t.Errorf("%d series: %v", n, f["etamil_requests_total"].Metric)
	}
	if got := value(t, f, "etamil_requests_total", "method", "GET", "route", hostilePattern, "status", "200"); got != 3000 {
		t.Errorf("%v of the hostile pattern", got)
	}
}

func TestOpenMetricsIsSpokenToWhoAsks(t *testing.T) {
	_, c := serving(t, Options{})
	resp, body := fetch(t, c, "GET", "/metrics", "application/openmetrics-text; version=1.0.0")
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/openmetrics-text") || !strings.HasSuffix(body, "# EOF\n") {
		t.Errorf("%s, ends in %q", resp.Header.Get("Content-Type"), body[max(0, len(body)-20):])
	}
}

func TestOnlyReadingIsAnswered(t *testing.T) {
	_, c := serving(t, Options{})
	for _, tt := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/", 200}, {"HEAD", "/", 200}, {"GET", "/metrics", 200}, {"HEAD", "/metrics", 200}, {"GET", "/status.json", 200}, {"HEAD", "/status.json", 200},
		{"POST", "/", 405}, {"PUT", "/metrics", 405}, {"DELETE", "/status.json", 405}, {"OPTIONS", "/", 405}, {"BREW", "/nowhere", 405},
		{"GET", "/nowhere", 404}, {"GET", "/metrics/", 404}, {"GET", "//", 404}, {"GET", "/debug/pprof/", 404}, {"GET", "/%2e%2e/etc/passwd", 404},
	} {
		resp, body := fetch(t, c, tt.method, tt.path, "")
		if resp.StatusCode != tt.status || tt.method == "HEAD" && body != "" {
			t.Errorf("%s %s is %d, want %d", tt.method, tt.path, resp.StatusCode, tt.status)
		}
		if (resp.Header.Get("Allow") == "GET, HEAD") != (tt.status == 405) || resp.Header.Get("X-Content-Type-Options") != "nosniff" || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s: %v", tt.method, tt.path, resp.Header)
		}
	}
}

const hostile = `</td><script>alert("x")</script>&'`

func hostileStatus() *control.Status {
	return &control.Status{
		Version: hostile, Program: hostile, Problem: hostile, PID: 7, Uptime: 90061, Generation: 3, Draining: true,
		Running: 1, Queued: 1, Oldest: 1.5, LogDropped: 2, Answered: 1234,
		Refused: map[string]uint64{hostile: 1, "never": 0},
		Requests: []control.Pending{
			{ID: hostile, Method: hostile, Route: hostile, State: "running", Age: 12.3},
			{ID: "q", Method: "GET", Route: "/a", State: "queued", Age: 0.0004},
		},
	}
}

func TestThePageEscapesEverything(t *testing.T) {
	a := newTestApp(t)
	ask(a, "GET", hostilePattern)
	ask(a, "GET", "/slow")
	a.ReloadDone(false)
	_, c := serving(t, Options{App: a, Status: hostileStatus})
	resp, page := fetch(t, c, "GET", "/", "")
	if strings.Contains(page, "<script") || strings.Contains(page, "</td>"+"<script") {
		t.Error("the page holds a script")
	}
	if n := strings.Count(page, "&lt;script&gt;alert("); n < 7 { // version, program, problem, reason, method, route, id; the pattern
		t.Errorf("%d of the hostile texts are there:\n%s", n, page)
	}
	// Nothing is fetched from anywhere.
	for _, word := range []string{"http://", "https://", "src=", "url(", "@import", "<link"} {
		if strings.Contains(page, word) {
			t.Errorf("the page holds %s", word)
		}
	}
	for _, want := range []string{"இயங்குபவை", "running", "1 d 1 h", "12.3 s", "400 µs", "தோல்வி", "draining", "<td class=\"n bad\">1</td>", "never"} {
		if strings.Contains(page, want) == (want == "never") {
			t.Errorf("%q: present should be %t", want, want != "never")
		}
	}
	if !strings.HasPrefix(resp.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%v", resp.Header)
	}
}

func TestThePageStaysShort(t *testing.T) {
	status := &control.Status{}
	for i := range 5000 {
		status.Requests = append(status.Requests, control.Pending{ID: fmt.Sprint(i), Method: "GET", Route: "/a", State: "queued"})
	}
	_, c := serving(t, Options{Status: func() *control.Status { return status }})
	_, page := fetch(t, c, "GET", "/", "")
	if len(page) > 40_000 || !strings.Contains(page, "4950") {
		t.Errorf("%d bytes", len(page))
	}
	var r Report
	_, text := fetch(t, c, "GET", "/status.json", "")
	if err := json.Unmarshal([]byte(text), &r); err != nil || len(r.Requests) != 5000 {
		t.Errorf("%d requests for programs, %v", len(r.Requests), err)
	}
}

func TestThePageShowsPoolsOfDatabases(t *testing.T) {
	status := &control.Status{}
	_, c := serving(t, Options{Status: func() *control.Status { return status }})
	if _, page := fetch(t, c, "GET", "/", ""); strings.Contains(page, "databases") {
		t.Error("the page tells of databases where there are none")
	}
	status.Pools = []control.Pool{{Name: "முதன்மை <b>", Kind: "postgresql", Max: 20, InUse: 3, Idle: 4, Waiting: 5, Failures: 6, Timeouts: 7}}
	_, page := fetch(t, c, "GET", "/", "")
	for _, want := range []string{"முதன்மை &lt;b&gt;", ">postgresql<", `"n">3<`, `"n">4<`, `"n">20<`, `"n bad">5<`, `"n bad">6<`, `"n bad">7<`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestJSONTellsOfRoutesTheSlowestFirst(t *testing.T) {
	a := newTestApp(t)
	for range 10 {
		ask(a, "GET", "/a")
	}
	slow := a.Serve(context.Background(), &web.Request{ID: "i", Method: "GET", Path: "/slow"})
	time.Sleep(2 * time.Millisecond) // the answer takes a while to be sent
	slow.Done(0, nil)
	_, c := serving(t, Options{App: a, Status: hostileStatus})
	resp, text := fetch(t, c, "GET", "/status.json", "")
	var r map[string]any
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	if got := resp.Header.Get("Content-Type"); got != "application/json; charset=utf-8" {
		t.Error(got)
	}
	routes := r["routes"].([]any)
	first, second := routes[0].(map[string]any), routes[1].(map[string]any)
	if first["route"] != "/slow" || first["server_errors"] != 1.0 || first["p99"].(float64) < 0.001 || first["p99"].(float64) > first["max"].(float64) {
		t.Errorf("first %v", first)
	}
	if second["route"] != "/a" || second["count"] != 10.0 || second["server_errors"] != 0.0 {
		t.Errorf("second %v", second)
	}
	if r["program"] != hostile || r["generation"] != 3.0 || len(r["timers"].([]any)) != 2 {
		t.Errorf("%v", slices.Sorted(maps.Keys(r)))
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	e, c := serving(t, Options{})
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- e.Serve(l) }()
	var conns []net.Conn
	for range maxConns {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
		if _, err := conn.Read(make([]byte, 12)); err != nil {
			t.Fatalf("connection %d: %v", len(conns), err)
		}
		conns = append(conns, conn)
	}
	if _, err := c.Get("http://etamild/"); err == nil {
		t.Error("one more connection was answered")
	}
	conns[0].Close()
	deadline := time.Now().Add(10 * time.Second)
	for {
		resp, err := c.Get("http://etamild/")
		if err == nil {
			resp.Body.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("no connection is answered after one was closed")
		}
		time.Sleep(time.Millisecond)
	}
	for _, conn := range conns {
		conn.Close()
	}
	e.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestCloseAnswersWhoCameBefore(t *testing.T) {
	e, _ := serving(t, Options{})
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go e.Serve(l)
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	wait := func(what string, done func() bool) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("never: %s", what)
			}
		}
	}
	wait("it is accepted", func() bool { return len(e.conns) == 1 })
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		e.Close()
	}()
	wait("nobody else is", func() bool {
		late, err := net.Dial("tcp", l.Addr().String())
		if err == nil {
			late.Close()
		}
		return err != nil
	})
	fmt.Fprint(conn, "GET /status.json HTTP/1.1\r\nHost: x\r\n\r\n")
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	if answer, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 200 ") {
		t.Errorf("%.100q, %v", answer, err)
	}
	<-closed
}

func TestListenTellsWhatIsWrong(t *testing.T) {
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, address := range []string{l.Addr().String(), "unix:/nowhere/at/all", "nonsense", "unix:"} {
		if again, err := Listen(address); err == nil {
			again.Close()
			t.Errorf("%q can be listened on", address)
		}
	}
}

func TestDurationsForPeople(t *testing.T) {
	for seconds, want := range map[float64]string{
		0: "0", 0.00002: "20 µs", 0.0012: "1.2 ms", 0.0123: "12 ms", 1.26: "1.3 s", 61: "1 min 1 s", 7300: "2 h 1 min", 90000: "1 d 1 h",
	} {
		if got := forPeople(seconds); got != want {
			t.Errorf("%v is %q, want %q", seconds, got, want)
		}
	}
}

func BenchmarkScrape(b *testing.B) {
	s := web.DefaultSettings()
	a := web.NewApp(web.Options{Log: zerolog.Nop(), Settings: s})
	p := &fakeProgram{}
	for i := range 100 {
		p.routes = append(p.routes, engine.Route{Method: "GET", Path: fmt.Sprintf("/r%d", i)})
	}
	a.Swap(web.NewGeneration(p, s, host.Host{}))
	for i := range 100 {
		ask(a, "GET", fmt.Sprintf("/r%d", i))
	}
	e := New(Options{App: a, Status: func() *control.Status { return &control.Status{} }})
	r, _ := http.NewRequest("GET", "/metrics", nil)
	b.ReportAllocs()
	for b.Loop() {
		e.server.Handler.ServeHTTP(&discard{h: http.Header{}}, r)
	}
}

type discard struct {
	h http.Header
	n int
}

func (d *discard) Header() http.Header         { return d.h }
func (d *discard) Write(p []byte) (int, error) { d.n += len(p); return len(p), nil }
func (d *discard) WriteHeader(int)             {}
