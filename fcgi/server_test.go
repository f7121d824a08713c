package fcgi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"etamil/fcgi/fcgitest"
	"etamil/fcgi/web"
)

// What this package is for.
var (
	_ Handler = (*web.App)(nil)
	_ Refuser = (*web.App)(nil)
)

type handlerFunc func(ctx context.Context, r *web.Request) *web.Response

func (f handlerFunc) Serve(ctx context.Context, r *web.Request) *web.Response { return f(ctx, r) }

// text is an answer as package web makes them.
func text(status int, body string) *web.Response {
	return &web.Response{Status: status, Body: []byte(body), Length: int64(len(body)), Header: []web.Pair{
		{Name: "Content-Length", Value: strconv.Itoa(len(body))},
		{Name: "Content-Type", Value: "text/plain"},
	}}
}

// echo answers with method, target and body.
var echo = handlerFunc(func(_ context.Context, r *web.Request) *web.Response {
	body, err := r.ReadBody(8 << 20)
	switch {
	case errors.Is(err, web.ErrBodyTooLarge):
		return text(413, "too large")
	case err != nil:
		return text(400, "short")
	}
	target := r.Path
	if r.HasQuery {
		target += "?" + r.Query
	}
	return text(200, r.Method+" "+target+" "+string(body))
})

// A site is a server on a Unix socket.
type site struct {
	*Server
	path string
	log  *logBuffer
}

// logBuffer collects log lines; readable while the server still writes.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func start(t testing.TB, h Handler, o Options) *site {
	t.Helper()
	dir, err := os.MkdirTemp("", "fcgi") // short: the kernel allows 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	l, err := ListenUnix(filepath.Join(dir, "s"), 0o660)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{path: filepath.Join(dir, "s"), log: new(logBuffer)}
	o.Handler, o.Log = h, zerolog.New(s.log)
	if o.DrainIdle == 0 {
		o.DrainIdle = 20 * time.Millisecond
	}
	s.Server = NewServer(o)
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Drain(ctx); err != nil {
			t.Errorf("Drain at the end of the test: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("Serve = %v, want nil after Drain", err)
		}
		if st := s.Stats(); st.InFlight != 0 || st.Connections != 0 {
			t.Errorf("after Drain: %+v", st)
		}
		os.RemoveAll(dir)
	})
	return s
}

func (s *site) dial(t testing.TB) *fcgitest.Client {
	t.Helper()
	c, err := fcgitest.Dial(s.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.Conn.SetDeadline(time.Now().Add(20 * time.Second)) // a test hangs no longer
	return c
}

// get does one request and fails the test if there is no answer.
func get(t testing.TB, c *fcgitest.Client, r fcgitest.Request) *fcgitest.Response {
	t.Helper()
	resp, err := c.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.Target, err)
	}
	return resp
}

// honest checks that the server answers an honest request on a new connection.
func (s *site) honest(t testing.TB) {
	t.Helper()
	resp := get(t, s.dial(t), fcgitest.Request{Target: "/honest", Method: "POST", Body: []byte("b")})
	if resp.Status != 200 || !strings.HasSuffix(string(resp.Body), "/honest b") {
		t.Errorf("honest request: status %d, body %q", resp.Status, resp.Body)
	}
}

// wantEOF checks that the server closes the connection, perhaps after records.
func wantEOF(t testing.TB, c *fcgitest.Client) {
	t.Helper()
	if _, err := io.Copy(io.Discard, c.Conn); err != nil && !errors.Is(err, net.ErrClosed) {
		var op *net.OpError
		if errors.As(err, &op) && op.Timeout() {
			t.Fatal("connection stays open")
		}
	}
}

func TestRequestsOnAKeptConnection(t *testing.T) {
	s := start(t, echo, Options{})
	c := s.dial(t)
	for i, r := range []struct {
		req  fcgitest.Request
		want string
	}{
		{fcgitest.Request{}, "GET / "},
		{fcgitest.Request{ID: 7, Target: "/a?b=c"}, "GET /a?b=c "},
		{fcgitest.Request{Method: "POST", Body: []byte("body")}, "POST / body"},
		{fcgitest.Request{ID: 65535, Method: "PUT", Body: bytes.Repeat([]byte("x"), 300_000), NoLength: true}, "PUT / " + strings.Repeat("x", 300_000)},
		{fcgitest.Request{Method: "POST", Body: bytes.Repeat([]byte("y"), 5<<20)}, "POST / " + strings.Repeat("y", 5<<20)},
		{fcgitest.Request{}, "GET / "},
	} {
		r.req.Keep = true
		resp := get(t, c, r.req)
		if resp.Status != 200 || string(resp.Body) != r.want {
			t.Errorf("request %d: status %d, %d bytes, want %d", i, resp.Status, len(resp.Body), len(r.want))
		}
		if c.Buffered() != 0 || len(resp.Others) != 0 || len(resp.Stderr) != 0 || resp.ProtocolStatus != fcgitest.Complete {
			t.Errorf("request %d: more than the answer came: %+v", i, resp.Others)
		}
	}
	if st := s.Stats(); st.Accepted != 1 || st.Requests != 6 || st.Answered != 6 {
		t.Errorf("stats: %+v", st)
	}
}

func TestConnectionClosesAfterTheAnswerWithoutKeepConn(t *testing.T) {
	s := start(t, echo, Options{})
	c := s.dial(t)
	if resp := get(t, c, fcgitest.Request{}); resp.Status != 200 {
		t.Errorf("status %d", resp.Status)
	}
	wantEOF(t, c)
}

func TestParallelRequestsNeverSeeEachOthersData(t *testing.T) {
	s := start(t, echo, Options{})
	var wg sync.WaitGroup
	for n := range 100 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			c, err := fcgitest.Dial(s.path)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			for i := range 20 {
				target := "/" + strconv.Itoa(n) + "/" + strconv.Itoa(i)
				body := bytes.Repeat([]byte{byte('a' + n%26)}, n*37)
				resp, err := c.Do(fcgitest.Request{Keep: true, ID: uint16(i%3 + 1), Target: target, Method: "POST", Body: body})
				if err != nil || string(resp.Body) != "POST "+target+" "+string(body) {
					t.Errorf("%s: %v", target, err)
					return
				}
			}
		}()
	}
	wg.Wait()
}

// countedConn counts writes and keeps the last.
type countedConn struct {
	net.Conn
	mu     sync.Mutex
	writes [][]byte
}

func (c *countedConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	c.writes = append(c.writes, bytes.Clone(p))
	c.mu.Unlock()
	return c.Conn.Write(p)
}

func TestAnAnswerIsOneWriteThatEndsWithEndRequest(t *testing.T) {
	s := NewServer(Options{Handler: echo})
	near, far := net.Pipe()
	counted := &countedConn{Conn: far}
	s.ServeConn(counted)
	c := fcgitest.NewClient(near)
	defer c.Close()
	for range 3 {
		get(t, c, fcgitest.Request{Keep: true, Method: "POST", Body: make([]byte, 10_000)})
	}
	if len(counted.writes) != 3 {
		t.Fatalf("3 answers in %d writes", len(counted.writes))
	}
	for _, w := range counted.writes {
		if end := w[len(w)-16:]; end[1] != typeEnd {
			t.Errorf("the write ends with %v, want END_REQUEST", end)
		}
	}
}

func TestLargeAnswersAreWholeAndEndWithEndRequest(t *testing.T) {
	want := bytes.Repeat([]byte("0123456789"), 500_000)
	s := start(t, handlerFunc(func(_ context.Context, r *web.Request) *web.Response {
		if r.Path == "/file" {
			return &web.Response{Status: 200, File: &memoryFile{Reader: bytes.NewReader(want)}, Length: int64(len(want))}
		}
		return &web.Response{Status: 200, Body: want, Length: int64(len(want))}
	}), Options{})
	c := s.dial(t)
	for _, target := range []string{"/body", "/file", "/body"} {
		resp := get(t, c, fcgitest.Request{Keep: true, Target: target})
		if !bytes.Equal(resp.Body, want) || c.Buffered() != 0 {
			t.Errorf("%s: %d bytes, want %d; %d bytes after END_REQUEST", target, len(resp.Body), len(want), c.Buffered())
		}
	}
}

type memoryFile struct {
	*bytes.Reader
	fail   error // after the bytes
	closed bool
}

func (f *memoryFile) Size() (int64, error) { return f.Reader.Size(), nil }
func (f *memoryFile) Close() error         { f.closed = true; return nil }
func (f *memoryFile) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if err == io.EOF && f.fail != nil {
		err = f.fail
	}
	return n, err
}

func TestFileThatEndsEarlyIsNeverTakenForWhole(t *testing.T) {
	var file *memoryFile
	size := 1000
	s := start(t, handlerFunc(func(context.Context, *web.Request) *web.Response {
		file = &memoryFile{Reader: bytes.NewReader(make([]byte, size)), fail: errors.New("disk")}
		return &web.Response{Status: 200, File: file, Length: int64(size) + 1}
	}), Options{})
	// Nothing was sent yet: the answer becomes 500.
	if resp := get(t, s.dial(t), fcgitest.Request{}); resp.Status != 500 {
		t.Errorf("short file: status %d, want 500", resp.Status)
	}
	if !file.closed {
		t.Error("file is not closed")
	}
	// Some of it was: the connection is cut without END_REQUEST.
	size = 1 << 20
	if resp, err := s.dial(t).Do(fcgitest.Request{Keep: true}); err == nil {
		t.Errorf("cut file: status %d with %d bytes, want an error", resp.Status, len(resp.Body))
	}
}

func TestDoneIsCalledOnceWithWhatWasSent(t *testing.T) {
	type call struct {
		sent int64
		err  error
	}
	calls := make(chan call, 10)
	s := start(t, handlerFunc(func(ctx context.Context, r *web.Request) *web.Response {
		if r.Path == "/gone" {
			<-ctx.Done()
		}
		resp := text(200, "12345")
		resp.Done = func(sent int64, err error) {
			if r.Path == "" || r.ID == "" {
				t.Error("the request is not valid in Done")
			}
			calls <- call{sent, err}
		}
		return resp
	}), Options{})
	c := s.dial(t)
	get(t, c, fcgitest.Request{Keep: true})
	if got := <-calls; got.sent != 5 || got.err != nil {
		t.Errorf("Done(%d, %v), want 5 and no error", got.sent, got.err)
	}
	get(t, c, fcgitest.Request{Keep: true, Method: "HEAD"})
	if got := <-calls; got.sent != 0 || got.err != nil {
		t.Errorf("HEAD: Done(%d, %v), want 0 and no error", got.sent, got.err)
	}
	r := fcgitest.Request{Keep: true, Target: "/gone"}
	c.Send(r.Append(nil))
	c.Close()
	if got := <-calls; got.err == nil {
		t.Errorf("client gone: Done(%d, nil), want an error", got.sent)
	}
	select {
	case got := <-calls:
		t.Errorf("one more Done(%d, %v)", got.sent, got.err)
	default:
	}
}

func TestHeadAndEmptyStatusesHaveNoBody(t *testing.T) {
	s := start(t, handlerFunc(func(_ context.Context, r *web.Request) *web.Response {
		status, _ := strconv.Atoi(r.Path[1:])
		resp := text(status, "body")
		if status == 204 {
			resp.Header = nil
		}
		return resp
	}), Options{})
	c := s.dial(t)
	for _, tt := range []struct {
		method, target, length, kind, body string
	}{
		{"GET", "/200", "4", "text/plain", "body"},
		{"HEAD", "/200", "4", "text/plain", ""},
		{"GET", "/204", "", "", ""},
		{"GET", "/304", "", "", ""},
		{"GET", "/404", "4", "text/plain", "body"},
	} {
		resp := get(t, c, fcgitest.Request{Keep: true, Method: tt.method, Target: tt.target})
		if strconv.Itoa(resp.Status) != tt.target[1:] || string(resp.Body) != tt.body ||
			resp.Header.Get("Content-Length") != tt.length || resp.Header.Get("Content-Type") != tt.kind {
			t.Errorf("%s %s: %d %v %q", tt.method, tt.target, resp.Status, resp.Header, resp.Body)
		}
	}
}

func TestHeadersGoOutAsGiven(t *testing.T) {
	s := start(t, handlerFunc(func(context.Context, *web.Request) *web.Response {
		return &web.Response{Status: 201, Header: []web.Pair{
			{Name: "content-type", Value: "text/html"},
			{Name: "Set-Cookie", Value: "a=1"}, {Name: "Set-Cookie", Value: "b=2"},
			{Name: "X-Tamil", Value: "வணக்கம்"},
		}}
	}), Options{})
	resp := get(t, s.dial(t), fcgitest.Request{})
	if resp.Status != 201 || resp.Header.Get("Content-Type") != "text/html" || len(resp.Header["Content-Type"]) != 1 ||
		strings.Join(resp.Header["Set-Cookie"], " ") != "a=1 b=2" || resp.Header.Get("X-Tamil") != "வணக்கம்" {
		t.Errorf("status %d, header %q", resp.Status, resp.Header)
	}
}

func TestRefuserWordsTheRefusals(t *testing.T) {
	done := make(chan string, 1)
	s := start(t, refusing{echo, done}, Options{})
	c := s.dial(t)
	resp := get(t, c, fcgitest.Request{Keep: true, Target: "no-slash", Params: [][2]string{{"HTTP_X_REQUEST_ID", "abc"}}})
	if resp.Status != 400 || string(resp.Body) != "refused abc" {
		t.Errorf("status %d, body %q", resp.Status, resp.Body)
	}
	if got := <-done; got != "abc" {
		t.Errorf("Done saw request %q, want abc", got)
	}
	if resp := get(t, c, fcgitest.Request{Keep: true}); resp.Status != 200 {
		t.Errorf("next request: status %d", resp.Status)
	}
}

type refusing struct {
	Handler
	done chan string
}

func (h refusing) Refuse(r *web.Request, status int) *web.Response {
	resp := text(status, "refused "+r.ID)
	resp.Done = func(int64, error) { h.done <- r.ID }
	return resp
}
