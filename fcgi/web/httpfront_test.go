package web

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"etamil/engine"
	"etamil/engine/host"

	"github.com/rs/zerolog"
)

// listen serves p over HTTP and returns its address.
func listen(t *testing.T, p Program, change func(*Settings), suffix string) (string, *App) {
	t.Helper()
	a, _ := newApp(t, p, change)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := (&HTTPFront{App: a, Suffix: suffix}).NewServer()
	go server.Serve(l)
	t.Cleanup(func() {
		server.Close()
		for a.InFlight() > 0 {
			time.Sleep(time.Millisecond)
		}
	})
	return l.Addr().String(), a
}

// raw sends bytes and returns everything that comes back.
func raw(t *testing.T, addr, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(conn, request)
	all, err := io.ReadAll(conn)
	if err != nil {
		t.Fatalf("%q: %v after %q", request, err, all)
	}
	return string(all)
}

// echo answers with what it got.
var echo = &fakeProgram{
	routes: routes("GET /e/:x,POST /e/:x,PURGE /e/:x"),
	serve: func(_ context.Context, _ *host.Host, _ engine.Limits, _ int, r *engine.Request) (engine.Result, error) {
		query := ""
		if r.Query != nil {
			query = show(r.Query())
		}
		headers := map[string]string{}
		for _, h := range r.Headers() {
			headers[h.Name] = h.Value
		}
		return engine.Result{Answer: text(200, fmt.Sprintf("%s %s q[%s] b[%s] h%v", r.Method, r.Path, query, r.Body, headers), "Content-Type", "text/plain")}, nil
	},
}

func TestHTTPRequestsAreMapped(t *testing.T) {
	addr, _ := listen(t, echo, nil, "")
	const end = " HTTP/1.1\r\nHost: h:1\r\nConnection: close\r\nX-Request-Id: me\r\n"
	for _, tt := range []struct{ why, request, want string }{
		{"raw path and query", "GET /e/a%20b/?x=%41&y=9%" + end + "\r\n", "GET /e/a%20b/ q[x=A | y=9%] b[] hmap[connection:close host:h:1 x-request-id:me]"},
		{"absolute target", "GET http://h:1/e/x?y=1" + end + "\r\n", "GET /e/x q[y=1]"},
		{"fragment", "GET /e/x#y" + end + "\r\n", "GET /e/x q[]"},
		{"raw UTF-8", "GET /e/அ" + end + "\r\n", "GET /e/அ q[]"},
		{"names lower-case, values trimmed", "GET /e/x" + end + "X-CLERK:   Meena \t\r\n\r\n", "x-clerk:Meena"},
		{"repeats are joined", "GET /e/x" + end + "A: 1\r\na: 2\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n", "a:1, 2 connection:close cookie:a=1; b=2"},
		{"names with '_' are dropped", "GET /e/x" + end + "A_B: 1\r\nA-B: 2\r\n\r\n", "hmap[a-b:2 connection:close"},
		{"a body", "POST /e/x" + end + "Content-Length: 3\r\n\r\nabc", "b[abc]"},
		{"a chunked body", "POST /e/x" + end + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "b[abcde] hmap[connection:close content-length:5"},
		{"an empty chunked body", "POST /e/x" + end + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "b[]"},
		{"another method", "PURGE /e/x" + end + "\r\n", "PURGE /e/x"},
		{"a method in small letters", "get /e/x" + end + "\r\n", "get /e/x"},
		{"an empty content type is none", "GET /e/x" + end + "Content-Type: \r\n\r\n", "hmap[connection:close host:h:1 x-request-id:me]"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			got := raw(t, addr, tt.request)
			if !strings.HasPrefix(got, "HTTP/1.1 200 OK\r\n") || !strings.Contains(got, tt.want) || !strings.Contains(got, "X-Request-Id: me\r\n") {
				t.Errorf("%q gives\n%s\nwant %s", tt.request, got, tt.want)
			}
		})
	}
}

func TestHTTPRefusals(t *testing.T) {
	addr, _ := listen(t, echo, func(s *Settings) { s.MaxBody, s.MaxParams = 4, 2000 }, "")
	const end = " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
	for _, tt := range []struct{ why, request, status, body string }{
		{"star", "OPTIONS *" + end + "\r\n", "400", `{"error": "Bad Request"}`},
		{"authority", "CONNECT h:443" + end + "\r\n", "400", `{"error": "Bad Request"}`},
		{"bad escape", "GET /e/%zz" + end + "\r\n", "400", ""},
		{"no request at all", "hello\r\n\r\n", "400", ""},
		{"unknown path", "GET /x" + end + "\r\n", "404", `{"error": "Not Found"}`},
		{"other method", "PUT /e/x" + end + "\r\n", "405", `{"error": "Method Not Allowed"}`},
		{"long body", "POST /e/x" + end + "Content-Length: 5\r\n\r\nabcde", "413", `{"error": "Payload Too Large"}`},
		{"long chunked body", "POST /e/x" + end + "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n", "413", `{"error": "Payload Too Large"}`},
		{"broken chunks", "POST /e/x" + end + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "400", `{"error": "Bad Request"}`},
		{"long headers", "GET /e/x" + end + "A: " + strings.Repeat("a", 2000) + "\r\n\r\n", "431", `{"error": "Request Header Fields Too Large"}`},
		{"long query", "GET /e/x?" + strings.Repeat("a", 2000) + end + "\r\n", "431", `{"error": "Request Header Fields Too Large"}`},
		{"a bad length", "POST /e/x" + end + "Content-Length: -1\r\n\r\n", "400", ""},
	} {
		t.Run(tt.why, func(t *testing.T) {
			got := raw(t, addr, tt.request)
			if !strings.HasPrefix(got, "HTTP/1.1 "+tt.status+" ") || !strings.HasSuffix(got, tt.body) {
				t.Errorf("%.80q gives\n%s\nwant %s %s", tt.request, got, tt.status, tt.body)
			}
		})
	}
}

func TestShortHTTPBodyNeverReachesTheProgram(t *testing.T) {
	p := &fakeProgram{routes: routes("POST /"), serve: func(context.Context, *host.Host, engine.Limits, int, *engine.Request) (engine.Result, error) {
		t.Error("the program ran")
		return engine.Result{}, nil
	}}
	addr, _ := listen(t, p, nil, "")
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab")
	conn.(*net.TCPConn).CloseWrite()
	got, _ := io.ReadAll(conn)
	if !bytes.HasPrefix(got, []byte("HTTP/1.1 400 ")) {
		t.Errorf("%s", got)
	}
}

func TestHTTPAnswers(t *testing.T) {
	closed := 0
	file := engine.Answer{Set: true, Status: 206, File: memoryFile{bytes.NewReader([]byte("bytes")), &closed}}
	for _, tt := range []struct {
		why, method string
		answer      engine.Answer
		want        string
	}{
		{"cookies stay apart", "GET", text(200, "x", "Set-Cookie", "a=1", "Set-Cookie", "b=2"), "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"},
		{"a type in small letters is sent once", "GET", text(200, "<html>", "content-type", "text/x"), "Content-Type: text/x\r\n"},
		{"HEAD has a length and no body", "HEAD", text(200, "12345"), "Content-Length: 5\r\n"},
		{"204", "GET", text(204, "x"), "HTTP/1.1 204 No Content\r\n"},
		{"304", "GET", text(304, "x"), "HTTP/1.1 304 Not Modified\r\n"},
		{"a file", "GET", file, "\r\n\r\nbytes"},
		{"UTF-8 in a header", "GET", text(200, "", "X-A", "வணக்கம்"), "X-A: வணக்கம்\r\n"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			addr, _ := listen(t, answering("GET /", tt.answer), nil, "")
			got := raw(t, addr, tt.method+" / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
			if !strings.Contains(got, tt.want) || strings.Count(got, "\nContent-Type: ") > 1 {
				t.Errorf("got\n%s\nwant %q", got, tt.want)
			}
			if (tt.method == "HEAD" || tt.answer.Status == 204 || tt.answer.Status == 304) && !strings.HasSuffix(got, "\r\n\r\n") {
				t.Errorf("a body:\n%s", got)
			}
		})
	}
	if closed != 1 {
		t.Errorf("the file was closed %d times", closed)
	}
}

func TestSuffixIsAddedToHTMLOnly(t *testing.T) {
	const script = "<script>reload()</script>"
	for _, tt := range []struct{ contentType, method, length, end string }{
		{"text/html; charset=utf-8", "GET", "28", "\r\n\r\n<p>" + script},
		{"TEXT/HTML", "HEAD", "28", "\r\n\r\n"},
		{"text/plain", "GET", "3", "\r\n\r\n<p>"},
	} {
		addr, _ := listen(t, answering("GET /", text(200, "<p>", "Content-Type", tt.contentType)), nil, script)
		got := raw(t, addr, tt.method+" / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
		if !strings.Contains(got, "Content-Length: "+tt.length+"\r\n") || !strings.HasSuffix(got, tt.end) {
			t.Errorf("%s %s:\n%s", tt.method, tt.contentType, got)
		}
	}
}

func TestKeptConnectionsServeManyRequests(t *testing.T) {
	addr, a := listen(t, echo, nil, "")
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r := bufio.NewReader(conn)
	for i, request := range []string{
		"GET /e/1 HTTP/1.1\r\nHost: h\r\n\r\n",
		"POST /e/2 HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
		"POST /none HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nxy",
		"HEAD /e/3 HTTP/1.1\r\nHost: h\r\n\r\n",
		"GET /e/4 HTTP/1.1\r\nHost: h\r\n\r\n",
	} {
		method, _, _ := strings.Cut(request, " ")
		io.WriteString(conn, request)
		if i == 1 {
			if line, _ := r.ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
				t.Fatalf("%q", line)
			}
			r.ReadString('\n')
			io.WriteString(conn, "ab")
		}
		resp, err := http.ReadResponse(r, &http.Request{Method: method})
		if err != nil {
			t.Fatalf("request %d: %v", i+1, err)
		}
		io.Copy(io.Discard, resp.Body)
		if want := map[bool]int{true: 404, false: 200}[i == 2]; resp.StatusCode != want {
			t.Errorf("request %d: %s", i+1, resp.Status)
		}
	}
	if a.Queue().Running != 0 {
		t.Errorf("%+v", a.Queue())
	}
}

func TestHTTPClientThatLeavesEndsItsRun(t *testing.T) {
	started, ended := make(chan string, 1), make(chan struct{})
	p := &fakeProgram{routes: routes("GET /"), serve: func(ctx context.Context, _ *host.Host, _ engine.Limits, _ int, _ *engine.Request) (engine.Result, error) {
		started <- ""
		<-ctx.Done()
		close(ended)
		return engine.Result{}, failure(4036)
	}}
	addr, _ := listen(t, p, nil, "")
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	<-started
	conn.Close()
	wait(t, "the end of the run", ended)
}

func TestPlainAccessLine(t *testing.T) {
	var out bytes.Buffer
	s := DefaultSettings()
	a := NewApp(Options{Log: zerolog.Nop(), Access: PlainAccess(&out), Settings: s})
	a.Swap(NewGeneration(answering("GET /a/:x", text(200, "hello")), s, host.Host{}))
	ask(t, a, get("/a/b%20c?x=1"))
	ask(t, a, get("/a/\x1b[31m\n"+strings.Repeat("y", 1000)))
	lines := strings.SplitAfter(out.String(), "\n")
	if !regexp.MustCompile(`^\d\d:\d\d:\d\d GET /a/b%20c 200 \d+\.\dms id-1\n$`).MatchString(lines[0]) {
		t.Errorf("%q", lines[0])
	}
	if len(lines) != 3 || strings.Contains(lines[1], "\x1b") || len(lines[1]) > 400 {
		t.Errorf("%q", lines)
	}
}
