// Package webtest runs the HTTP cases of the conformance corpus against
// anything that serves an eTamil program: an App in process, the development
// server on a port, nginx in front of a daemon.
//
// A case is a folder with app.qmz and exchanges.json, a list of
//
//	{"request": {method, path, headers?, body | body_base64 | body_repeat: [text, times]},
//	 "expect": {status?, headers?, body | body_base64 | json | body_contains},
//	 "wait"?: seconds before it}
//
// that are sent in order to one server. Beside it there may be app.env,
// KEY=value lines for the environment of the served program, and needs, names
// of environment variables without which the case is skipped.
//
// Run starts a server for each case, in a fresh copy of its folder.
package webtest

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// timeLimit is how long one exchange may take.
const timeLimit = 10 * time.Second

// A Request is one request of a case.
type Request struct {
	Method  string
	Path    string // the target as it is sent, query included
	Headers [][2]string
	Body    []byte
}

// A Response is what came back; of a repeated header the last line counts.
type Response struct {
	Status  int
	Headers map[string]string // lower-case names
	Body    []byte
}

// A Send sends one request to a server and returns its answer.
type Send func(*Request) (*Response, error)

// A Serve starts a server for app.qmz in dir with env (KEY=value) added to its
// environment and returns how to ask it. It stops the server by t.Cleanup.
type Serve func(t *testing.T, dir string, env []string) Send

// Run runs every case below root as a subtest. It fails if there is none.
func Run(t *testing.T, root string, serve Serve) {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "exchanges.json" {
			dirs = append(dirs, filepath.Dir(path))
		}
		return err
	})
	if err != nil || len(dirs) == 0 {
		t.Fatalf("%d cases below %s, %v", len(dirs), root, err)
	}
	for _, dir := range dirs {
		name, _ := filepath.Rel(root, dir)
		t.Run(name, func(t *testing.T) { runCase(t, dir, serve) })
	}
}

func runCase(t *testing.T, dir string, serve Serve) {
	for name := range lines(t, filepath.Join(dir, "needs")) {
		if os.Getenv(name) == "" {
			t.Skipf("needs %s", name)
		}
	}
	var env []string
	for line := range lines(t, filepath.Join(dir, "app.env")) {
		if strings.Contains(line, "=") {
			env = append(env, line)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "exchanges.json"))
	if err != nil {
		t.Fatal(err)
	}
	var exchanges []exchange
	if err := unmarshal(data, &exchanges); err != nil {
		t.Fatalf("exchanges.json: %v", err)
	}
	work := filepath.Join(t.TempDir(), "case")
	copyCase(t, dir, work)
	send := serve(t, work, env)
	for i := range exchanges {
		x := &exchanges[i]
		time.Sleep(time.Duration(x.Wait * float64(time.Second)))
		req, err := x.Request.request()
		if err != nil {
			t.Fatalf("exchange %d: %v", i+1, err)
		}
		label := fmt.Sprintf("%d %s %s", i+1, req.Method, req.Path)
		resp, err := send(req)
		if err != nil {
			t.Errorf("%s: no usable answer: %v", label, err)
			continue
		}
		for _, wrong := range x.Expect.compare(resp) {
			t.Errorf("%s: %s", label, wrong)
		}
	}
}

// lines gives the lines of a file that are not empty; a missing file has none.
func lines(t *testing.T, path string) func(func(string) bool) {
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return func(yield func(string) bool) {
		for line := range strings.Lines(string(data)) {
			if line = strings.TrimRight(line, "\r\n"); line != "" && !yield(line) {
				return
			}
		}
	}
}

// copyCase copies a case without what the runner reads.
func copyCase(t *testing.T, from, to string) {
	err := os.CopyFS(to, os.DirFS(from))
	for _, name := range []string{"exchanges.json", "needs", "app.env"} {
		if err == nil {
			if err = os.Remove(filepath.Join(to, name)); errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

type exchange struct {
	Request request
	Expect  expect
	Wait    float64
}

type request struct {
	Method     string
	Path       string
	Headers    json.RawMessage
	Body       string
	BodyBase64 *string `json:"body_base64"`
	BodyRepeat []any   `json:"body_repeat"`
}

func (r *request) request() (*Request, error) {
	req := &Request{Method: r.Method, Path: r.Path, Body: []byte(r.Body)}
	var err error
	switch {
	case r.BodyBase64 != nil:
		if req.Body, err = base64.StdEncoding.DecodeString(*r.BodyBase64); err != nil {
			return nil, err
		}
	case r.BodyRepeat != nil:
		text, _ := r.BodyRepeat[0].(string)
		times, _ := r.BodyRepeat[1].(json.Number)
		n, err := times.Int64()
		if err != nil {
			return nil, err
		}
		req.Body = bytes.Repeat([]byte(text), int(n))
	}
	req.Headers, err = pairs(r.Headers)
	return req, err
}

// pairs reads a JSON object of texts in the order in which it is written.
func pairs(object json.RawMessage) ([][2]string, error) {
	if len(object) == 0 {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(object))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	var all [][2]string
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value string
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		all = append(all, [2]string{name.(string), value})
	}
	return all, nil
}

type expect struct {
	Status       *int
	Headers      map[string]string
	Body         *string
	BodyBase64   *string         `json:"body_base64"`
	JSON         json.RawMessage `json:"json"`
	BodyContains json.RawMessage `json:"body_contains"`
}

// compare returns what is wrong with an answer.
func (x *expect) compare(r *Response) (wrong []string) {
	text := strings.ToValidUTF8(string(r.Body), "\uFFFD")
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if x.Status != nil && *x.Status != r.Status {
		say("status %d, wanted %d", r.Status, *x.Status)
	}
	for _, name := range slices.Sorted(maps.Keys(x.Headers)) {
		if got, ok := r.Headers[name]; !ok || got != x.Headers[name] {
			say("header %s is %q, wanted %q", name, got, x.Headers[name])
		}
	}
	if x.Body != nil && *x.Body != text {
		say("body %q, wanted %q", cut(text), cut(*x.Body))
	}
	if x.BodyBase64 != nil {
		if want, err := base64.StdEncoding.DecodeString(*x.BodyBase64); err != nil || !bytes.Equal(want, r.Body) {
			say("body bytes differ (%d bytes)", len(r.Body))
		}
	}
	if x.JSON != nil {
		var got, want any
		if unmarshal(r.Body, &got) != nil || unmarshal(x.JSON, &want) != nil || !same(got, want) {
			say("body %q is not the JSON %s", cut(text), x.JSON)
		}
	}
	for _, piece := range x.pieces() {
		if !strings.Contains(text, piece) {
			say("body %q lacks %q", cut(text), piece)
		}
	}
	return wrong
}

// pieces reads body_contains, a text or a list of texts.
func (x *expect) pieces() []string {
	var one string
	var many []string
	if x.BodyContains == nil {
		return nil
	}
	if json.Unmarshal(x.BodyContains, &one) == nil {
		return []string{one}
	}
	if err := json.Unmarshal(x.BodyContains, &many); err != nil {
		return []string{fmt.Sprintf("(bad body_contains: %v)", err)}
	}
	return many
}

func cut(s string) string {
	if r := []rune(s); len(r) > 300 {
		return string(r[:300])
	}
	return s
}

// unmarshal reads one JSON value with exact numbers.
func unmarshal(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one JSON value")
	}
	return nil
}

// same compares JSON values; numbers by their value, a boolean is no number.
func same(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		if !ok {
			return false
		}
		x, ok1 := new(big.Rat).SetString(a.String())
		y, ok2 := new(big.Rat).SetString(b.String())
		return ok1 && ok2 && x.Cmp(y) == 0
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			w, ok := b[k]
			if !ok || !same(v, w) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, same)
	}
	return a == b
}

// Over sends requests to a server at addr (host:port), one connection each,
// with the bytes of a case as they are.
func Over(addr string) Send {
	return func(r *Request) (*Response, error) {
		conn, err := net.DialTimeout("tcp", addr, timeLimit)
		if err != nil {
			return nil, err
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(timeLimit))
		return Exchange(conn, addr, r)
	}
}

// Exchange sends one request over a connection and reads its answer.
func Exchange(conn io.ReadWriter, host string, r *Request) (*Response, error) {
	headers := [][2]string{{"Host", host}, {"Connection", "close"}}
	if len(r.Body) > 0 || slices.Contains([]string{"POST", "PUT", "PATCH"}, r.Method) {
		headers = append(headers, [2]string{"Content-Length", fmt.Sprint(len(r.Body))})
	}
	for _, h := range r.Headers {
		// A case may say a default header otherwise.
		if i := slices.IndexFunc(headers, func(own [2]string) bool { return own[0] == h[0] }); i >= 0 {
			headers[i] = h
		} else {
			headers = append(headers, h)
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", r.Method, r.Path)
	for _, h := range headers {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	b.WriteString("\r\n")
	b.Write(r.Body)
	// A server may answer before it has read a body that it refuses.
	sent := make(chan error, 1)
	go func() {
		_, err := conn.Write(b.Bytes())
		sent <- err
	}()
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: r.Method})
	if err != nil {
		select {
		case sendErr := <-sent:
			err = errors.Join(err, sendErr)
		default:
		}
		return nil, err
	}
	defer resp.Body.Close()
	got := &Response{Status: resp.StatusCode, Headers: map[string]string{}}
	if got.Body, err = io.ReadAll(resp.Body); err != nil {
		return nil, err
	}
	for name, values := range resp.Header {
		got.Headers[strings.ToLower(name)] = values[len(values)-1]
	}
	return got, nil
}
