package web

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"etamil/engine"
)

// common are the lines of an answer with a body of that type and length.
func common(contentType, length string, more ...string) []string {
	all := append([]string{
		"Content-Length: " + length, "Content-Type: " + contentType,
		"X-Content-Type-Options: nosniff", "X-Request-Id: id-1",
	}, more...)
	slices.SortFunc(all, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return all
}

func TestAnswersBecomeResponses(t *testing.T) {
	closed := 0
	file := func(data string) engine.Answer {
		return engine.Answer{Set: true, Status: 200, File: memoryFile{bytes.NewReader([]byte(data)), &closed}}
	}
	with := func(a engine.Answer, headers ...string) engine.Answer {
		a.Headers = text(0, "", headers...).Headers
		return a
	}
	for _, tt := range []struct {
		why     string
		request string
		answer  engine.Answer
		status  int
		body    string
		headers []string
	}{
		{"a text", "GET /", text(200, "வணக்கம்"), 200, "வணக்கம்", common("application/json", "21")},
		{"no answer at all", "GET /", engine.Answer{}, 200, "", common("application/json", "0")},
		{"any status", "GET /", text(599, "x"), 599, "x", common("application/json", "1")},
		{"the program's own type", "GET /", text(200, "x", "Content-Type", "text/html"), 200, "x", common("text/html", "1")},
		{"in any spelling", "GET /", text(200, "x", "content-type", "text/html"), 200, "x",
			[]string{"Content-Length: 1", "content-type: text/html", "X-Content-Type-Options: nosniff", "X-Request-Id: id-1"}},
		{"of two spellings the one that sorts last", "GET /", text(200, "", "X-A", "1", "x-a", "2"), 200, "",
			common("application/json", "0", "x-a: 2")},
		{"several lines of one name", "GET /", text(200, "", "Set-Cookie", "b=1", "Set-Cookie", "a=2"), 200, "",
			[]string{"Content-Length: 0", "Content-Type: application/json", "Set-Cookie: b=1", "Set-Cookie: a=2",
				"X-Content-Type-Options: nosniff", "X-Request-Id: id-1"}},
		{"its own nosniff", "GET /", text(200, "", "x-content-type-options", "none"), 200, "",
			[]string{"Content-Length: 0", "Content-Type: application/json", "x-content-type-options: none", "X-Request-Id: id-1"}},
		{"what the connection decides is ignored", "GET /",
			text(200, "x", "Connection", "close", "Content-Length", "99", "Keep-Alive", "1", "Proxy-Authenticate", "x", "STATUS", "1",
				"TE", "x", "Trailer", "x", "Transfer-Encoding", "chunked", "Upgrade", "x", "X-Request-ID", "mine"),
			200, "x", common("application/json", "1")},
		{"what nginx acts on passes", "GET /", text(200, "", "X-Accel-Redirect", "/i"), 200, "", common("application/json", "0", "X-Accel-Redirect: /i")},
		{"204 has neither body nor content headers", "GET /", text(204, "x", "Content-Type", "a/b", "Content-Language", "ta", "Content-Security-Policy", "x"), 204, "",
			[]string{"Content-Security-Policy: x", "X-Content-Type-Options: nosniff", "X-Request-Id: id-1"}},
		{"205 has no body", "GET /", text(205, "x"), 205, "", common("application/json", "0")},
		{"304 has no body and no length", "GET /", text(304, "x", "ETag", "1"), 304, "",
			[]string{"ETag: 1", "X-Content-Type-Options: nosniff", "X-Request-Id: id-1"}},
		{"HEAD has the length of the body", "HEAD /", text(200, "12345"), 200, "", common("application/json", "5")},
		{"a file", "GET /", file("bytes"), 200, "bytes", common("application/octet-stream", "5")},
		{"a file with a type", "GET /", with(file("{}"), "Content-Type", "application/json"), 200, "{}", common("application/json", "2")},
		{"HEAD of a file", "HEAD /", file("bytes"), 200, "", common("application/octet-stream", "5")},
	} {
		t.Run(tt.why, func(t *testing.T) {
			closed = 0
			a, _ := newApp(t, answering("GET /", tt.answer), nil)
			method, path, _ := strings.Cut(tt.request, " ")
			got := ask(t, a, &Request{Method: method, Path: path})
			if got.status != tt.status || got.body != tt.body {
				t.Errorf("got %d %q, want %d %q", got.status, got.body, tt.status, tt.body)
			}
			if !slices.Equal(got.headers, tt.headers) {
				t.Errorf("headers\n%s\nwant\n%s", strings.Join(got.headers, "\n"), strings.Join(tt.headers, "\n"))
			}
			if tt.answer.File != nil && closed != 1 {
				t.Errorf("the file was closed %d times", closed)
			}
		})
	}
}

func TestCORS(t *testing.T) {
	for _, tt := range []struct {
		why, origins, request, origin string
		answer                        engine.Answer
		want                          []string // lines of Access-Control-… and Vary
	}{
		{"none by default", "", "GET /", "https://a", text(200, ""), nil},
		{"a listed origin", "https://b,https://a", "GET /", "https://a", text(200, ""),
			[]string{"Access-Control-Allow-Origin: https://a", "Vary: Origin"}},
		{"another origin", "https://a", "GET /", "https://c", text(200, ""), nil},
		{"no origin", "https://a", "GET /", "", text(200, ""), nil},
		{"any", "*", "GET /", "", text(200, ""), []string{"Access-Control-Allow-Origin: *"}},
		{"what the program says wins", "https://a", "GET /", "https://a", text(200, "", "access-control-allow-origin", "x"),
			[]string{"access-control-allow-origin: x"}},
		{"its Vary stays", "https://a", "GET /", "https://a", text(200, "", "Vary", "Accept"),
			[]string{"Access-Control-Allow-Origin: https://a", "Vary: Accept", "Vary: Origin"}},
		{"and is enough when it names Origin", "https://a", "GET /", "https://a", text(200, "", "Vary", "Accept, origin"),
			[]string{"Access-Control-Allow-Origin: https://a", "Vary: Accept, origin"}},
		{"errors carry them too", "https://a", "GET /none", "https://a", text(200, ""),
			[]string{"Access-Control-Allow-Origin: https://a", "Vary: Origin"}},
		{"a preflight", "https://a", "OPTIONS /", "https://a", text(200, ""),
			[]string{"Access-Control-Allow-Headers: x-a, content-type", "Access-Control-Allow-Methods: GET, HEAD, OPTIONS",
				"Access-Control-Allow-Origin: https://a", "Vary: Origin"}},
		{"a preflight from elsewhere", "https://a", "OPTIONS /", "https://c", text(200, ""), nil},
	} {
		t.Run(tt.why, func(t *testing.T) {
			a, _ := newApp(t, answering("GET /", tt.answer), func(s *Settings) {
				if err := s.Set("cors_origins", tt.origins); err != nil {
					t.Fatal(err)
				}
			})
			method, path, _ := strings.Cut(tt.request, " ")
			req := &Request{Method: method, Path: path, Header: []Pair{{Name: "access-control-request-headers", Value: "x-a, content-type"}}}
			if tt.origin != "" {
				req.Header = append(req.Header, Pair{Name: "origin", Value: tt.origin})
			}
			var got []string
			for _, h := range ask(t, a, req).headers {
				if l := strings.ToLower(h); strings.HasPrefix(l, "access-control") || strings.HasPrefix(l, "vary") {
					got = append(got, h)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRequestedHeadersAreSentBackOnlyIfTheyAreNames(t *testing.T) {
	for value, want := range map[string]bool{"x-a, Content-Type": true, "x-a\r\nSet-Cookie: a": false, "a b": true, "a;b": false, "அ": false} {
		if got := isTokenList(value); got != want {
			t.Errorf("isTokenList(%q) = %v", value, got)
		}
	}
}

func TestCompatChangesThreeThings(t *testing.T) {
	a, _ := newApp(t, answering("GET /", text(200, "x", "Access-Control-Allow-Origin", "https://a")), func(s *Settings) { s.Compat = true })
	got := ask(t, a, get("/"))
	want := []string{
		"Access-Control-Allow-Headers: Content-Type",
		"Access-Control-Allow-Methods: GET, POST, PUT, DELETE, OPTIONS",
		"Access-Control-Allow-Origin: https://a",
		"Access-Control-Allow-Origin: *",
		"Content-Length: 1", "Content-Type: application/json", "X-Content-Type-Options: nosniff", "X-Request-Id: id-1",
	}
	if !slices.Equal(got.headers, want) {
		t.Errorf("headers\n%s", strings.Join(got.headers, "\n"))
	}
	for _, request := range []string{"POST /", "OPTIONS /", "GET /x"} {
		method, path, _ := strings.Cut(request, " ")
		got := ask(t, a, &Request{Method: method, Path: path})
		if got.status != 404 || got.body != `{"error": "Not Found"}` || got.header("access-control-allow-origin") != "*" {
			t.Errorf("%s: %d %s %q", request, got.status, got.body, got.headers)
		}
	}
	if got := ask(t, a, &Request{Method: "HEAD", Path: "/"}); got.status != 200 || got.length != 1 {
		t.Errorf("HEAD: %d, length %d", got.status, got.length)
	}
}
