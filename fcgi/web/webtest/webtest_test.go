package webtest

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

func TestCompareFindsWhatIsWrong(t *testing.T) {
	got := &Response{Status: 200, Headers: map[string]string{"a": "1"}, Body: []byte(`{"n": 1.50, "list": [1, true, null, "x"]}`)}
	for _, tt := range []struct{ expect, want string }{
		{`{}`, ""},
		{`{"status": 200, "headers": {"a": "1"}}`, ""},
		{`{"status": 201}`, "status 200, wanted 201"},
		{`{"headers": {"a": "2"}}`, "header a"},
		{`{"headers": {"b": ""}}`, "header b"},
		{`{"body": "x"}`, "body "},
		{`{"body_base64": "eA=="}`, "body bytes differ"},
		{`{"json": {"list": [1.0, true, null, "x"], "n": 1.5}}`, ""},
		{`{"json": {"list": [1, true, null, "x"], "n": 1.51}}`, "is not the JSON"},
		{`{"json": {"list": [true, true, null, "x"], "n": 1.5}}`, "is not the JSON"},
		{`{"json": {"list": [1, true, null], "n": 1.5}}`, "is not the JSON"},
		{`{"json": {"list": [1, true, null, "x"]}}`, "is not the JSON"},
		{`{"json": {"list": [1, true, null, "x"], "m": 1.5}}`, "is not the JSON"},
		{`{"json": []}`, "is not the JSON"},
		{`{"body_contains": "list"}`, ""},
		{`{"body_contains": ["list", "none"]}`, `lacks "none"`},
		{`{"body_contains": 5}`, "lacks"},
	} {
		var x expect
		if err := unmarshal([]byte(tt.expect), &x); err != nil {
			t.Fatal(err)
		}
		wrong := strings.Join(x.compare(got), "; ")
		if (wrong == "") != (tt.want == "") || !strings.Contains(wrong, tt.want) {
			t.Errorf("%s: %q, want %q", tt.expect, wrong, tt.want)
		}
	}
}

// wire is a connection to nobody, which answers what was sent in one piece.
type wire struct {
	in   bytes.Buffer
	out  strings.Reader
	sent chan struct{}
}

func (w *wire) Write(p []byte) (int, error) {
	defer close(w.sent)
	return w.in.Write(p)
}

func (w *wire) Read(p []byte) (int, error) {
	<-w.sent
	return w.out.Read(p)
}

func TestRequestsAreSentAsTheyAreWritten(t *testing.T) {
	for _, tt := range []struct{ request, want string }{
		{`{"method": "GET", "path": "/அ?x"}`, "GET /அ?x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"},
		{`{"method": "POST", "path": "/", "body": ""}`, "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"},
		{`{"method": "GET", "path": "/", "headers": {"x-B": " 1 ", "Host": "i"}, "body_repeat": ["ab", 2]}`,
			"GET / HTTP/1.1\r\nHost: i\r\nConnection: close\r\nContent-Length: 4\r\nx-B:  1 \r\n\r\nabab"},
		{`{"method": "GET", "path": "/", "body_base64": "` + base64.StdEncoding.EncodeToString([]byte{0, 1}) + `"}`,
			"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 2\r\n\r\n\x00\x01"},
	} {
		var r request
		if err := unmarshal([]byte(tt.request), &r); err != nil {
			t.Fatal(err)
		}
		req, err := r.request()
		if err != nil {
			t.Fatal(err)
		}
		w := &wire{out: *strings.NewReader("HTTP/1.1 404 Not Found\r\nA: 1\r\na: 2\r\nContent-Length: 2\r\n\r\nno"), sent: make(chan struct{})}
		got, err := Exchange(w, "h", req)
		if err != nil || got.Status != 404 || got.Headers["a"] != "2" || string(got.Body) != "no" {
			t.Errorf("%+v, %v", got, err)
		}
		if w.in.String() != tt.want {
			t.Errorf("sent %q, want %q", w.in.String(), tt.want)
		}
	}
}
