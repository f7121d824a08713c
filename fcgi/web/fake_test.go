package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/token"

	"github.com/rs/zerolog"
)

// fakeProgram is a Program whose routes are Go functions.
type fakeProgram struct {
	routes []engine.Route
	timers []engine.Timer
	nested []token.Span
	serve  func(ctx context.Context, h *host.Host, lim engine.Limits, route int, req *engine.Request) (engine.Result, error)
	tick   func(ctx context.Context, h *host.Host, lim engine.Limits, timer int) (engine.Result, error)
}

func (p *fakeProgram) Name() string           { return "app.qmz" }
func (p *fakeProgram) Routes() []engine.Route { return p.routes }
func (p *fakeProgram) Timers() []engine.Timer { return p.timers }
func (p *fakeProgram) Nested() []token.Span   { return p.nested }
func (p *fakeProgram) Serve(ctx context.Context, h *host.Host, lim engine.Limits, route int, req *engine.Request) (engine.Result, error) {
	return p.serve(ctx, h, lim, route, req)
}
func (p *fakeProgram) Tick(ctx context.Context, h *host.Host, lim engine.Limits, timer int) (engine.Result, error) {
	return p.tick(ctx, h, lim, timer)
}

// routes reads "GET /a, POST /b".
func routes(list string) []engine.Route {
	var all []engine.Route
	for _, one := range strings.Split(list, ",") {
		method, path, _ := strings.Cut(strings.TrimSpace(one), " ")
		all = append(all, engine.Route{Method: method, Path: path})
	}
	return all
}

// answering is a program of one route whose answer is always the same.
func answering(list string, a engine.Answer) *fakeProgram {
	return &fakeProgram{
		routes: routes(list),
		serve: func(context.Context, *host.Host, engine.Limits, int, *engine.Request) (engine.Result, error) {
			return engine.Result{Answer: a, Steps: 7}, nil
		},
	}
}

func text(status int, body string, headers ...string) engine.Answer {
	a := engine.Answer{Set: true, Status: status, Body: []byte(body)}
	for i := 0; i < len(headers); i += 2 {
		a.Headers = append(a.Headers, engine.Header{Name: headers[i], Value: headers[i+1]})
	}
	return a
}

// failing is a program whose only route, GET /, fails with that diagnostic.
func failing(d error) *fakeProgram {
	return &fakeProgram{
		routes: routes("GET /"),
		serve: func(context.Context, *host.Host, engine.Limits, int, *engine.Request) (engine.Result, error) {
			return engine.Result{}, d
		},
	}
}

// newApp serves p with the default settings as change leaves them, and gives the
// records of its log.
func newApp(t *testing.T, p Program, change func(*Settings)) (*App, *logLines) {
	t.Helper()
	s := DefaultSettings()
	if change != nil {
		change(&s)
	}
	logs := &logLines{}
	a := NewApp(Options{Log: zerolog.New(logs), Settings: s})
	a.Swap(NewGeneration(p, s, host.Host{}))
	return a, logs
}

// A reply is a Response that outlived its Done.
type reply struct {
	status  int
	headers []string // "Name: value"
	body    string
	length  int64
}

func (r *reply) header(name string) string {
	for _, h := range r.headers {
		if n, v, _ := strings.Cut(h, ": "); strings.EqualFold(n, name) {
			return v
		}
	}
	return ""
}

// ask sends a request and takes its answer, as a front does.
func ask(t *testing.T, a *App, req *Request) *reply {
	t.Helper()
	if req.ID == "" {
		req.ID = "id-1"
	}
	return take(t, a.Serve(t.Context(), req))
}

func take(t *testing.T, resp *Response) *reply {
	t.Helper()
	r := &reply{status: resp.Status, body: string(resp.Body), length: resp.Length}
	for _, h := range resp.Header {
		r.headers = append(r.headers, h.Name+": "+h.Value)
	}
	if resp.File != nil {
		data, err := io.ReadAll(io.NewSectionReader(resp.File, 0, resp.Length))
		if err != nil {
			t.Fatal(err)
		}
		r.body = string(data)
		resp.File.Close()
	}
	resp.Done(int64(len(r.body)), nil)
	return r
}

func get(path string) *Request {
	path, query, has := strings.Cut(path, "?")
	return &Request{Method: "GET", Path: path, Query: query, HasQuery: has}
}

// post makes a request with a body.
func post(path, contentType, body string) *Request {
	return &Request{
		Method: "POST", Path: path, BodySize: int64(len(body)),
		Header:   []Pair{{Name: "content-type", Value: contentType}},
		ReadBody: func(int64) ([]byte, error) { return []byte(body), nil },
	}
}

// logLines collects the records of a log.
type logLines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// records returns those whose message contains text.
func (l *logLines) records(t *testing.T, text string) []map[string]any {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []map[string]any
	for line := range strings.Lines(l.buf.String()) {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("log line %q: %v", line, err)
		}
		if message, _ := r["message"].(string); strings.Contains(message, text) {
			all = append(all, r)
		}
	}
	return all
}

func (l *logLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// sourceSpan is a place in a small program.
func sourceSpan(source, at string) token.Span {
	f := token.NewFile("app.qmz", "/srv/app.qmz", source)
	i := strings.Index(source, at)
	return token.Span{File: f, Start: int32(i), End: int32(i + len(at))}
}

func failure(code diag.Code, args ...any) *diag.Diagnostic {
	source := "அ = 1;\nவழி பெறு, \"/\" {\n    பதில் 200, <ஆ> & 1;\n}\n"
	def := diag.Lookup(code)
	if def == nil {
		def = &diag.Def{Code: code, Ta: "தவறு", En: "failed"}
	}
	d := def.At(sourceSpan(source, "<ஆ>"), args...)
	d.Stack = []diag.Call{{Function: "கணி", Span: sourceSpan(source, "அ = 1")}}
	return d
}

type memoryFile struct {
	*bytes.Reader
	closed *int
}

func (f memoryFile) Close() error         { *f.closed++; return nil }
func (f memoryFile) Size() (int64, error) { return f.Reader.Size(), nil }

func wait(t *testing.T, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatalf("%s did not happen", what)
	}
}
