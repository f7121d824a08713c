package fcgi

import (
	"context"
	"net"
	"net/http"
	stdfcgi "net/http/fcgi"
	"path/filepath"
	"strings"
	"testing"

	"etamil/fcgi/fcgitest"
	"etamil/fcgi/web"
)

// hello is what nginx sends for a small GET, with the usual variables.
func hello() []byte {
	r := fcgitest.Request{Keep: true, Target: "/hello", Params: [][2]string{
		{"SCRIPT_NAME", "/hello"}, {"DOCUMENT_URI", "/hello"}, {"DOCUMENT_ROOT", "/usr/share/nginx/html"},
		{"REQUEST_SCHEME", "http"}, {"GATEWAY_INTERFACE", "CGI/1.1"}, {"SERVER_SOFTWARE", "nginx/1.22.1"},
		{"REMOTE_PORT", "40000"}, {"SERVER_ADDR", "127.0.0.1"}, {"SERVER_PORT", "8080"}, {"SERVER_NAME", ""},
		{"HTTP_X_REQUEST_ID", strings.Repeat("0123456789abcdef", 2)}, {"HTTP_HOST", "127.0.0.1:8080"},
		{"HTTP_USER_AGENT", "bench"}, {"HTTP_ACCEPT", "*/*"},
	}}
	return r.Append(nil)
}

// roundTrips measures one kept connection of a server on the socket at path.
func roundTrips(b *testing.B, path string) {
	c, err := net.Dial("unix", path)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	request, buf := hello(), make([]byte, 16<<10)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Write(request); err != nil {
			b.Fatal(err)
		}
		for end := false; !end; {
			n, err := c.Read(buf)
			if err != nil {
				b.Fatal(err)
			}
			// END_REQUEST ends the answer.
			end = n >= 16 && buf[n-15] == typeEnd && buf[n-16] == version1
		}
	}
}

// BenchmarkHello is a request over a kept connection, this side of nginx.
func BenchmarkHello(b *testing.B) {
	body := []byte("hello\n")
	s := start(b, handlerFunc(func(_ context.Context, r *web.Request) *web.Response {
		return &web.Response{Status: 200, Body: body, Length: 6, Header: []web.Pair{
			{Name: "Content-Length", Value: "6"}, {Name: "Content-Type", Value: "text/plain"},
			{Name: "X-Content-Type-Options", Value: "nosniff"}, {Name: "X-Request-Id", Value: r.ID},
		}}
	}), Options{})
	roundTrips(b, s.path)
}

// BenchmarkBare is the same with net/http/fcgi alone.
func BenchmarkBare(b *testing.B) {
	path := filepath.Join(b.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	go stdfcgi.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "6")
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("X-Request-Id", r.Header.Get("X-Request-Id"))
		w.Write([]byte("hello\n"))
	}))
	roundTrips(b, path)
}
