package web_test

import (
	"bytes"
	"context"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"etamil/engine"
	"etamil/engine/host"
	"etamil/engine/host/system"
	"etamil/fcgi/web"
	"etamil/fcgi/web/webtest"

	"github.com/rs/zerolog"
)

const corpus = "../../engine/testdata/conformance/"

// caseEnv is the environment of one case.
type caseEnv map[string]string

func (e caseEnv) Lookup(name string) (string, bool) {
	value, ok := e[name]
	return value, ok
}

// load serves the program of a case in dir.
func load(t *testing.T, dir string, env []string, compat bool) *web.App {
	t.Helper()
	p, list := engine.Load(engine.LoadOptions{File: filepath.Join(dir, "app.qmz"), Serving: true})
	if p == nil || list.HasErrors() {
		t.Fatalf("load: %v", list)
	}
	files, err := system.NewFolder(system.FolderConfig{Dir: dir, Sources: p.Files})
	if err != nil {
		t.Fatal(err)
	}
	vars := caseEnv{}
	for _, line := range env {
		name, value, _ := strings.Cut(line, "=")
		vars[name] = value
	}
	s := web.DefaultSettings()
	s.Compat = compat
	a := web.NewApp(web.Options{Log: zerolog.New(zerolog.NewTestWriter(t)), Settings: s})
	g := web.NewGeneration(p, s, host.Host{Clock: system.Clock{}, Random: system.Random(), Files: files, Env: vars, Secrets: system.NewKeys(system.KeysConfig{})})
	a.Swap(g)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if n := a.Drain(ctx); n != 0 {
			t.Errorf("%d requests had to be cancelled", n)
		}
		a.Close()
		<-g.Over()
		files.Close()
	})
	return a
}

// inProcess asks an App as a front does.
func inProcess(a *web.App) webtest.Send {
	return func(r *webtest.Request) (*webtest.Response, error) {
		req := &web.Request{ID: web.RequestID(""), Method: r.Method, BodySize: int64(len(r.Body))}
		var ok bool
		if req.Path, req.Query, req.HasQuery, ok = web.ParseTarget(r.Path); !ok {
			panic("a case with a bad target")
		}
		for _, h := range r.Headers {
			req.Header = append(req.Header, web.Pair{Name: strings.ToLower(h[0]), Value: strings.TrimSpace(h[1])})
		}
		if len(r.Body) > 0 {
			req.Header = append(req.Header, web.Pair{Name: "content-length", Value: strconv.Itoa(len(r.Body))})
			req.ReadBody = func(int64) ([]byte, error) { return r.Body, nil }
		}
		resp := a.Serve(context.Background(), req)
		got := &webtest.Response{Status: resp.Status, Headers: map[string]string{}, Body: bytes.Clone(resp.Body)}
		for _, h := range resp.Header {
			got.Headers[strings.ToLower(h.Name)] = h.Value
		}
		if resp.File != nil {
			got.Body = make([]byte, resp.Length)
			if _, err := resp.File.ReadAt(got.Body, 0); err != nil {
				return nil, err
			}
			resp.File.Close()
		}
		resp.Done(int64(len(got.Body)), nil)
		return got, nil
	}
}

// onAPort serves an App over HTTP.
func onAPort(t *testing.T, a *web.App) webtest.Send {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := (&web.HTTPFront{App: a}).NewServer()
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return webtest.Over(l.Addr().String())
}

func TestCorpusInProcess(t *testing.T) {
	for _, root := range []string{"http", "compat"} {
		t.Run(root, func(t *testing.T) {
			webtest.Run(t, corpus+root, func(t *testing.T, dir string, env []string) webtest.Send {
				return inProcess(load(t, dir, env, root == "compat"))
			})
		})
	}
}

func TestCorpusOverHTTP(t *testing.T) {
	for _, root := range []string{"http", "compat"} {
		t.Run(root, func(t *testing.T) {
			webtest.Run(t, corpus+root, func(t *testing.T, dir string, env []string) webtest.Send {
				return onAPort(t, load(t, dir, env, root == "compat"))
			})
		})
	}
}

// serveSource serves a program given as text.
func serveSource(t *testing.T, source string, change func(*web.Settings)) *web.App {
	t.Helper()
	p, list := engine.Load(engine.LoadOptions{Source: source, Name: "app.qmz", Dir: t.TempDir(), Serving: true})
	if p == nil || list.HasErrors() {
		t.Fatalf("load: %v", list)
	}
	s := web.DefaultSettings()
	change(&s)
	a := web.NewApp(web.Options{Log: zerolog.New(zerolog.NewTestWriter(t)), Settings: s})
	a.Swap(web.NewGeneration(p, s, host.Host{Clock: system.Clock{}, Random: system.Random()}))
	return a
}

func TestProgramThatDoesNotEndIsStopped(t *testing.T) {
	const source = `வழி பெறு, "/loop" { (1 == 1) சுற்று { } }
		வழி பெறு, "/" { பதில் 200, "ஆம்"; }`
	get := func(a *web.App, ctx context.Context, path string) int {
		resp := a.Serve(ctx, &web.Request{ID: "id", Method: "GET", Path: path})
		defer resp.Done(0, nil)
		return resp.Status
	}
	a := serveSource(t, source, func(s *web.Settings) { s.MaxSteps = 100_000 })
	if got := get(a, t.Context(), "/loop"); got != 500 {
		t.Errorf("steps: %d, want 500", got)
	}
	a = serveSource(t, source, func(s *web.Settings) { s.MaxSteps, s.RequestTimeout = 0, 50*time.Millisecond })
	if got := get(a, t.Context(), "/loop"); got != 504 {
		t.Errorf("time: %d, want 504", got)
	}
	a = serveSource(t, source, func(s *web.Settings) { s.MaxSteps, s.RequestTimeout = 0, 0 })
	ctx, leave := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, leave)
	if got := get(a, ctx, "/loop"); got != 499 {
		t.Errorf("client gone: %d, want 499", got)
	}
	if got := get(a, t.Context(), "/"); got != 200 {
		t.Errorf("the others: %d", got)
	}
	time.AfterFunc(20*time.Millisecond, func() { a.Kill() })
	if got := get(a, t.Context(), "/loop"); got != 503 {
		t.Errorf("killed: %d, want 503", got)
	}
}

// Whatever bytes come in, the program sees text.
func TestProgramSeesValidText(t *testing.T) {
	a := serveSource(t, `வழி பதி, "/:x" { பதில் 200, request_path & " " & request_body & " " & param_x & " " & path_values["x"] & " " & query_params["q"] & " " & headers["h"]; }`, func(*web.Settings) {})
	got, err := inProcess(a)(&webtest.Request{Method: "POST", Path: "/\xffa%ff?q=%ff", Headers: [][2]string{{"H", "\xe0\xae"}}, Body: []byte("b\xff\xfeb")})
	if err != nil {
		t.Fatal(err)
	}
	want := "/\uFFFDa%ff b\uFFFD\uFFFDb \uFFFDa%ff \uFFFDa\uFFFD \uFFFD \uFFFD"
	if got.Status != 200 || string(got.Body) != want {
		t.Errorf("%d %q, want %q", got.Status, got.Body, want)
	}
}

func BenchmarkServeHello(b *testing.B) {
	p, list := engine.Load(engine.LoadOptions{Source: `வழி பெறு, "/" { பதில் 200, "வணக்கம்"; }`, Serving: true})
	if list.HasErrors() {
		b.Fatal(list)
	}
	s := web.DefaultSettings()
	a := web.NewApp(web.Options{Log: zerolog.Nop(), Settings: s})
	a.Swap(web.NewGeneration(p, s, host.Host{Clock: system.Clock{}}))
	req := &web.Request{ID: "id", Method: "GET", Path: "/"}
	b.ReportAllocs()
	for b.Loop() {
		a.Serve(b.Context(), req).Done(0, nil)
	}
}
