package web

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"
)

func TestHostAnswersAreExact(t *testing.T) {
	tooLarge := post("/", "text/plain", "123456789")
	short := post("/", "text/plain", "x")
	short.ReadBody = func(int64) ([]byte, error) { return nil, ErrBodyShort }
	chunked := post("/", "text/plain", "x")
	chunked.BodySize, chunked.ReadBody = -1, func(most int64) ([]byte, error) {
		if most != 8 {
			t.Errorf("at most %d bytes are to be read, want 8", most)
		}
		return nil, ErrBodyTooLarge
	}
	for _, tt := range []struct {
		why     string
		program Program
		request *Request
		refuse  int
		status  int
		body    string
		extra   string
	}{
		{"malformed", nil, get("/"), 400, 400, `{"error": "Bad Request"}`, ""},
		{"short body", answering("POST /", text(200, "")), short, 0, 400, `{"error": "Bad Request"}`, ""},
		{"no route", answering("GET /", text(200, "")), get("/x"), 0, 404, `{"error": "Not Found"}`, ""},
		{"another method", answering("GET /,PUT /:x/", text(200, "")), &Request{Method: "post", Path: "/"}, 0, 405, `{"error": "Method Not Allowed"}`, "Allow: GET, HEAD, OPTIONS"},
		{"parameters too large", nil, get("/"), 431, 431, `{"error": "Request Header Fields Too Large"}`, ""},
		{"announced body too large", answering("POST /", text(200, "")), tooLarge, 0, 413, `{"error": "Payload Too Large"}`, ""},
		{"chunked body too large", answering("POST /", text(200, "")), chunked, 0, 413, `{"error": "Payload Too Large"}`, ""},
		{"program failed", failing(failure(4003, "ஆ")), get("/"), 0, 500, `{"error": "Internal Server Error", "request_id": "id-1"}`, ""},
		{"step budget", failing(failure(4030, "5")), get("/"), 0, 500, `{"error": "Internal Server Error", "request_id": "id-1"}`, ""},
		{"output budget", failing(failure(4033, "5")), get("/"), 0, 500, `{"error": "Internal Server Error", "request_id": "id-1"}`, ""},
		{"fault of the engine", failing(&engine.Fault{Reason: "nil map", Stack: []byte("goroutine 1")}), get("/"), 0, 500, `{"error": "Internal Server Error", "request_id": "id-1"}`, ""},
		{"time limit", failing(failure(4031, "30s")), get("/"), 0, 504, `{"error": "Gateway Timeout", "request_id": "id-1"}`, ""},
		{"database busy", failing(failure(5040, "pg", "5s")), get("/"), 0, 503, `{"error": "Service Unavailable", "request_id": "id-1"}`, "Retry-After: 1"},
		{"database unreachable", failing(failure(5041, "pg", "x")), get("/"), 0, 503, `{"error": "Service Unavailable", "request_id": "id-1"}`, "Retry-After: 1"},
		{"database lost", failing(failure(5049, "pg")), get("/"), 0, 500, `{"error": "Internal Server Error", "request_id": "id-1"}`, ""},
		{"no program", nil, get("/"), 0, 503, `{"error": "Service Unavailable", "request_id": "id-1"}`, "Retry-After: 1"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			a := NewApp(Options{})
			if tt.program != nil {
				a, _ = newApp(t, tt.program, func(s *Settings) { s.MaxBody = 8 })
			}
			tt.request.ID = "id-1"
			var got *reply
			if tt.refuse != 0 {
				got = take(t, a.Refuse(tt.request, tt.refuse))
			} else {
				got = ask(t, a, tt.request)
			}
			if got.status != tt.status || got.body != tt.body {
				t.Errorf("got %d %s, want %d %s", got.status, got.body, tt.status, tt.body)
			}
			all := strings.Join(got.headers, "\n") + "\n"
			for _, line := range []string{"Content-Type: application/json", "X-Request-Id: id-1", "X-Content-Type-Options: nosniff", tt.extra} {
				if line != "" && !strings.Contains(all, line+"\n") {
					t.Errorf("headers lack %s:\n%s", line, all)
				}
			}
			if tt.extra == "" && (strings.Contains(all, "Retry-After") || strings.Contains(all, "Allow")) {
				t.Errorf("headers:\n%s", all)
			}
		})
	}
}

func TestStatementsSentMakeADatabaseFailureFinal(t *testing.T) {
	if got := statusOf(5040, true); got != 500 {
		t.Errorf("a busy database after a statement answers %d, want 500", got)
	}
}

func TestOptionsIsAnsweredWithoutTheProgram(t *testing.T) {
	p := failing(errors.New("must not run"))
	a, _ := newApp(t, p, nil)
	got := ask(t, a, &Request{Method: "OPTIONS", Path: "/"})
	if got.status != 204 || got.body != "" || got.header("Allow") != "GET, HEAD, OPTIONS" || got.header("content-length") != "" {
		t.Errorf("%d %q %q", got.status, got.body, got.headers)
	}
	if got := ask(t, a, &Request{Method: "OPTIONS", Path: "/x"}); got.status != 404 {
		t.Errorf("OPTIONS of an unknown path: %d", got.status)
	}
}

func TestErrorDetail(t *testing.T) {
	d := failure(4003, `<b>"ஆ`)
	for _, tt := range []struct {
		why, accept string
		html        bool
	}{
		{"a browser", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", true},
		{"a program", "*/*", false},
		{"no header", "", false},
		{"html refused", "text/html;q=0, application/json", false},
		{"html among others", "application/json, TEXT/HTML ; q=0.5", true},
	} {
		t.Run(tt.why, func(t *testing.T) {
			a, _ := newApp(t, failing(d), func(s *Settings) { s.ErrorDetail = true })
			req := get("/")
			req.Header = []Pair{{Name: "accept", Value: tt.accept}}
			got := ask(t, a, req)
			if got.status != 500 {
				t.Errorf("status %d", got.status)
			}
			if !tt.html {
				var body struct{ Error, Detail, Request_id string }
				if err := json.Unmarshal([]byte(got.body), &body); err != nil {
					t.Fatalf("%s: %v", got.body, err)
				}
				want := `app.qmz:3:16: ET4003: '<b>"ஆ' என்ற மாறிக்கு இன்னும் மதிப்பு இல்லை ('<b>"ஆ' has no value yet)`
				if body.Detail != want || body.Error != "Internal Server Error" || body.Request_id != "id-1" {
					t.Errorf("%+v, want detail %s", body, want)
				}
				if !strings.HasPrefix(got.body, `{"error": "Internal Server Error", "request_id": "id-1", "detail": "`) {
					t.Errorf("%s", got.body)
				}
				return
			}
			if got.header("content-type") != "text/html; charset=utf-8" {
				t.Errorf("%q", got.headers)
			}
			for _, want := range []string{
				"ET4003", "&lt;b&gt;", "இன்னும் மதிப்பு இல்லை", "has no value yet", "app.qmz:3:16",
				"    பதில் 200, <mark>&lt;ஆ&gt;</mark> &amp; 1;", `aria-hidden="true">    பதில் 200, </span><span class="caret">^~~</span>`,
				"<b>கணி</b>", "app.qmz:1:1", "id-1", `<span class="n">2</span>வழி பெறு`,
			} {
				if !strings.Contains(got.body, want) {
					t.Errorf("the page lacks %s", want)
				}
			}
			if strings.Contains(got.body, "<ஆ>") || strings.Contains(got.body, `<b>"`) || strings.Contains(got.body, "<script") {
				t.Error("the page holds unescaped text")
			}
			if got.length != int64(len(got.body)) {
				t.Errorf("length %d, the page has %d bytes", got.length, len(got.body))
			}
		})
	}
}

func TestPageShowsFaultsAndOddPlaces(t *testing.T) {
	for _, tt := range []struct {
		why  string
		f    *Failure
		want string
	}{
		{"a fault", newFailure(&engine.Fault{Reason: "nil map", Stack: []byte("goroutine <1>")}), "goroutine &lt;1&gt;"},
		{"no place", newFailure(diag.ExitInRequest.New()), "ET4024"},
		{"a place at the end", newFailure(diag.DivisionByZero.At(sourceSpan("x", ""))), "ET4001"},
		{"a very long line", newFailure(diag.DivisionByZero.At(sourceSpan(strings.Repeat("அ", 1000)+"<1/0>"+strings.Repeat("அ", 1000), "<1/0>"))), "<mark>&lt;1/0&gt;</mark>"},
		{"many calls", newFailure(&diag.Diagnostic{Def: diag.TooManyCalls, Stack: make([]diag.Call, 300)}), "… 290 மேலும் / 290 more"},
	} {
		page := string(errorPage(tt.f))
		if !strings.Contains(page, tt.want) {
			t.Errorf("%s: the page lacks %s", tt.why, tt.want)
		}
		if len(page) > 20_000 {
			t.Errorf("%s: a page of %d bytes", tt.why, len(page))
		}
	}
}

func TestFailuresAreLoggedInFull(t *testing.T) {
	a, logs := newApp(t, failing(failure(4003, "ஆ")), nil)
	req := get("/?secret=1")
	req.Header = []Pair{{Name: "authorization", Value: "Bearer s3cret"}}
	req.RemoteAddr = "192.0.2.1"
	ask(t, a, req)
	all := logs.records(t, "ET4003")
	if len(all) != 1 {
		t.Fatalf("%d records:\n%s", len(all), logs)
	}
	r := all[0]
	for name, want := range map[string]any{
		"level": "warn", "id": "id-1", "method": "GET", "path": "/", "route": "/", "status": 500.0, "code": "ET4003",
		"file": "app.qmz", "line": 3.0, "column": 16.0, "ta": "'ஆ' என்ற மாறிக்கு இன்னும் மதிப்பு இல்லை",
		"message": "app.qmz:3:16: ET4003: 'ஆ' has no value yet",
	} {
		if r[name] != want {
			t.Errorf("%s is %v, want %v", name, r[name], want)
		}
	}
	stack, _ := json.Marshal(r["stack"])
	if string(stack) != `[{"column":1,"file":"app.qmz","function":"கணி","line":1}]` {
		t.Errorf("stack %s", stack)
	}
	if strings.Contains(logs.String(), "s3cret") || strings.Contains(logs.String(), "secret=1") {
		t.Errorf("the log holds a header or the query:\n%s", logs)
	}
	access := logs.records(t, "request")
	if len(access) != 1 {
		t.Fatalf("%d access lines", len(access))
	}
	for name, want := range map[string]any{"id": "id-1", "status": 500.0, "route": "/", "method": "GET", "generation": 1.0, "remote": "192.0.2.1", "level": "info"} {
		if access[0][name] != want {
			t.Errorf("access line: %s is %v, want %v", name, access[0][name], want)
		}
	}
}

func TestFaultsAreLoggedAsErrorsWithTheirStack(t *testing.T) {
	for _, tt := range []struct {
		why string
		p   Program
	}{
		{"a fault that the engine caught", failing(&engine.Fault{Reason: "index out of range", Stack: []byte("goroutine 1")})},
		{"a panic", &fakeProgram{routes: routes("GET /"), serve: func(context.Context, *host.Host, engine.Limits, int, *engine.Request) (engine.Result, error) {
			panic("index out of range")
		}}},
	} {
		t.Run(tt.why, func(t *testing.T) {
			a, logs := newApp(t, tt.p, nil)
			if got := ask(t, a, get("/")); got.status != 500 {
				t.Errorf("status %d", got.status)
			}
			r := logs.records(t, "index out of range")
			if len(r) != 1 || r[0]["level"] != "error" || r[0]["code"] != "ET0001" || !strings.Contains(r[0]["stack"].(string), "goroutine") {
				t.Errorf("%v", r)
			}
			if got := ask(t, a, get("/x")); got.status != 404 {
				t.Errorf("afterwards: %d", got.status)
			}
			if q := a.Queue(); q.Running != 0 || a.InFlight() != 0 {
				t.Errorf("places are lost: %+v, %d in flight", q, a.InFlight())
			}
		})
	}
}

func TestExitEndsTheRequestOnly(t *testing.T) {
	exit := func(status int) Program {
		return &fakeProgram{routes: routes("GET /"), serve: func(context.Context, *host.Host, engine.Limits, int, *engine.Request) (engine.Result, error) {
			return engine.Result{Answer: text(201, "so far"), Exited: true, Status: status}, nil
		}}
	}
	a, _ := newApp(t, exit(0), nil)
	if got := ask(t, a, get("/")); got.status != 201 || got.body != "so far" {
		t.Errorf("exit 0: %d %s", got.status, got.body)
	}
	a, logs := newApp(t, exit(3), nil)
	if got := ask(t, a, get("/")); got.status != 500 {
		t.Errorf("exit 3: %d %s", got.status, got.body)
	}
	if r := logs.records(t, "exit"); len(r) != 1 || r[0]["exit"] != 3.0 || r[0]["code"] != "ET4024" {
		t.Errorf("%v", r)
	}
}
