package fcgi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"etamil/fcgi/fcgitest"
	"etamil/fcgi/web"
)

// The weaknesses of net/http/fcgi, each closed, and what else may come over the
// socket. Timers are in timing_test.go.

func TestPanicEndsItsOwnRequestOnly(t *testing.T) {
	s := start(t, handlerFunc(func(ctx context.Context, r *web.Request) *web.Response {
		switch r.Path {
		case "/panic":
			panic("secret of the handler")
		case "/nil":
			return nil
		}
		return echo(ctx, r)
	}), Options{})
	c := s.dial(t)
	for _, target := range []string{"/panic", "/nil"} {
		resp := get(t, c, fcgitest.Request{Keep: true, Target: target, Params: [][2]string{{"HTTP_X_REQUEST_ID", "id-1"}}})
		if resp.Status != 500 || string(resp.Body) != `{"error": "Internal Server Error", "request_id": "id-1"}` ||
			resp.Header.Get("Content-Type") != "application/json" || resp.Header.Get("X-Request-Id") != "id-1" {
			t.Errorf("%s: %d %v %s", target, resp.Status, resp.Header, resp.Body)
		}
		if len(resp.Stderr) > 0 || c.Buffered() > 0 {
			t.Errorf("%s: stderr %q, %d bytes more", target, resp.Stderr, c.Buffered())
		}
	}
	if resp := get(t, c, fcgitest.Request{Keep: true}); resp.Status != 200 {
		t.Errorf("next request: status %d", resp.Status)
	}
	if log := s.log.String(); !strings.Contains(log, "secret of the handler") || !strings.Contains(log, "hostile_test.go") ||
		!strings.Contains(log, `"request_id":"id-1"`) {
		t.Errorf("the log lacks panic, stack or id: %s", log)
	}
	if n := s.Stats().Panics; n != 2 {
		t.Errorf("%d panics counted, want 2", n)
	}
}

func TestPanicAfterTheAnswerDoesNotEndTheProcess(t *testing.T) {
	s := start(t, handlerFunc(func(ctx context.Context, r *web.Request) *web.Response {
		resp := echo(ctx, r)
		resp.Done = func(int64, error) { panic("in Done") }
		return resp
	}), Options{})
	c := s.dial(t)
	for range 2 {
		if resp := get(t, c, fcgitest.Request{Keep: true}); resp.Status != 200 {
			t.Errorf("status %d", resp.Status)
		}
	}
}

// failingListener fails a number of times before each connection.
type failingListener struct {
	net.Listener
	fails atomic.Int32
}

func (l *failingListener) Accept() (net.Conn, error) {
	if l.fails.Add(-1) >= 0 {
		return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", errors.New("too many open files"))}
	}
	return l.Listener.Accept()
}

func TestAcceptErrorsDoNotEndServe(t *testing.T) {
	s := start(t, echo, Options{})
	inner, err := net.Listen("unix", s.path+"2")
	if err != nil {
		t.Fatal(err)
	}
	l := &failingListener{Listener: inner}
	l.fails.Store(3)
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	c, err := fcgitest.Dial(s.path + "2")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if resp := get(t, c, fcgitest.Request{}); resp.Status != 200 {
		t.Errorf("status %d", resp.Status)
	}
	if n := s.Stats().AcceptErrors; n != 3 {
		t.Errorf("%d errors counted, want 3", n)
	}
	l.Close()
	if err := <-served; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve of a closed listener = %v, want net.ErrClosed", err)
	}
}

// blocking answers when its channel or its context ends, and reports the cause.
func blocking(release chan struct{}, causes chan error) handlerFunc {
	return func(ctx context.Context, r *web.Request) *web.Response {
		if r.Path != "/block" {
			return echo(ctx, r)
		}
		causes <- nil // it runs
		select {
		case <-ctx.Done():
			causes <- context.Cause(ctx)
		case <-release:
		}
		return text(200, "late "+strings.Repeat("x", 100))
	}
}

func TestContextEndsWhenTheWebServerGoesAway(t *testing.T) {
	causes := make(chan error, 2)
	s := start(t, blocking(nil, causes), Options{})
	for _, tt := range []struct {
		why string
		req fcgitest.Request
	}{
		{"after a whole request", fcgitest.Request{Target: "/block"}},
		{"with a body that nobody reads", fcgitest.Request{Target: "/block", Method: "POST", Body: make([]byte, 4096)}},
	} {
		c := s.dial(t)
		c.Send(tt.req.Append(nil))
		<-causes
		c.Close()
		if err := <-causes; !errors.Is(err, ErrClientGone) {
			t.Errorf("%s: cause %v, want ErrClientGone", tt.why, err)
		}
	}
	s.honest(t)
}

func TestUnreadBodyDoesNotHideThatTheWebServerIsGone(t *testing.T) {
	causes := make(chan error, 2)
	s := start(t, blocking(nil, causes), Options{})
	c := s.dial(t)
	r := fcgitest.Request{Target: "/block", Method: "POST", Body: make([]byte, bodyWindow+100_000)}
	go c.Send(r.Append(nil)) // blocks when window and socket are full
	<-causes
	c.Close()
	if err := <-causes; !errors.Is(err, ErrClientGone) {
		t.Errorf("cause %v, want ErrClientGone", err)
	}
	s.honest(t)
}

func TestReadBodyEndsWithTheContext(t *testing.T) {
	errs := make(chan error, 1)
	s := start(t, handlerFunc(func(_ context.Context, r *web.Request) *web.Response {
		_, err := r.ReadBody(0)
		errs <- err
		return text(200, "")
	}), Options{})
	c := s.dial(t)
	r := fcgitest.Request{Method: "POST", Body: make([]byte, 100)}
	b := r.Append(nil)
	c.Send(b[:len(b)-50])
	c.Close()
	if err := <-errs; !errors.Is(err, web.ErrBodyShort) && !errors.Is(err, context.Canceled) {
		t.Errorf("ReadBody = %v", err)
	}
}

func TestAbortAfterTheEndOfStdinCancelsTheRequest(t *testing.T) {
	causes := make(chan error, 2)
	s := start(t, blocking(nil, causes), Options{})
	c := s.dial(t)
	r := fcgitest.Request{Target: "/block", Keep: true}
	c.Send(r.Append(nil))
	<-causes
	c.Send(fcgitest.AppendRecord(nil, fcgitest.Abort, 1, nil, 0))
	if err := <-causes; !errors.Is(err, ErrAborted) {
		t.Errorf("cause %v, want ErrAborted", err)
	}
	resp, err := c.Receive(1)
	if err != nil || resp.Status != 0 || resp.ProtocolStatus != fcgitest.Complete {
		t.Errorf("answer %+v, %v; want END_REQUEST alone", resp, err)
	}
	if resp := get(t, c, fcgitest.Request{Keep: true}); resp.Status != 200 {
		t.Errorf("next request: %+v", resp)
	}
}

func TestAbortEndsTheRequestOnlyAfterTheHandler(t *testing.T) {
	var running atomic.Bool
	aborted := make(chan struct{})
	s := start(t, handlerFunc(func(ctx context.Context, r *web.Request) *web.Response {
		if r.Path != "/block" {
			return echo(ctx, r)
		}
		running.Store(true)
		<-ctx.Done()
		close(aborted)
		time.Sleep(20 * time.Millisecond) // a handler that does not stop at once
		running.Store(false)
		return text(200, "the old answer")
	}), Options{})
	c := s.dial(t)
	b := fcgitest.AppendBegin(nil, 1, true)
	r := fcgitest.Request{Target: "/block"}
	b = fcgitest.AppendRecord(b, fcgitest.Params, 1, r.AppendParams(nil), 0)
	b = fcgitest.AppendRecord(b, fcgitest.Params, 1, nil, 0)
	b = fcgitest.AppendRecord(b, fcgitest.Stdin, 1, []byte("some of the body"), 0)
	c.Send(b)
	c.Send(fcgitest.AppendRecord(nil, fcgitest.Abort, 1, nil, 0))
	<-aborted
	resp, err := c.Receive(1)
	if err != nil || running.Load() || resp.Status != 0 {
		t.Errorf("END_REQUEST came while the handler ran: %v, %+v %v", running.Load(), resp, err)
	}
	// The id is free, and the next answer holds nothing of the old one.
	if resp := get(t, c, fcgitest.Request{Keep: true, Target: "/new"}); string(resp.Body) != "GET /new " {
		t.Errorf("answer on the reused id: %q", resp.Body)
	}
}

func TestAbortBeforeTheEndOfParamsEndsTheRequest(t *testing.T) {
	s := start(t, echo, Options{})
	c := s.dial(t)
	b := fcgitest.AppendBegin(nil, 3, true)
	b = fcgitest.AppendRecord(b, fcgitest.Params, 3, []byte{1, 1}, 0)
	b = fcgitest.AppendRecord(b, fcgitest.Abort, 3, nil, 0)
	b = fcgitest.AppendRecord(b, fcgitest.Abort, 9, nil, 0) // unknown: ignored
	c.Send(b)
	if resp, err := c.Receive(3); err != nil || resp.Status != 0 || resp.ProtocolStatus != fcgitest.Complete {
		t.Errorf("%+v %v", resp, err)
	}
	if resp := get(t, c, fcgitest.Request{Keep: true, ID: 3}); resp.Status != 200 {
		t.Errorf("next request: %+v", resp)
	}
}

func TestSecondBeginIsRefusedWithCantMPXConn(t *testing.T) {
	release, causes := make(chan struct{}), make(chan error, 2)
	s := start(t, blocking(release, causes), Options{})
	c := s.dial(t)
	first := fcgitest.Request{Target: "/block", Keep: true, ID: 1}
	second := fcgitest.Request{Target: "/second", Keep: true, ID: 2}
	c.Send(first.Append(nil))
	<-causes
	resp, err := c.Do(second)
	if err != nil || resp.ProtocolStatus != fcgitest.CantMPX || resp.Status != 0 {
		t.Errorf("second: %+v, %v", resp, err)
	}
	close(release)
	if resp, err := c.Receive(1); err != nil || resp.Status != 200 {
		t.Errorf("first: %+v, %v", resp, err)
	}
	if resp := get(t, c, second); resp.Status != 200 {
		t.Errorf("second, again: %+v", resp)
	}
}

func TestRunningIDBegunAgainClosesTheConnection(t *testing.T) {
	causes := make(chan error, 2)
	s := start(t, blocking(nil, causes), Options{})
	c := s.dial(t)
	r := fcgitest.Request{Target: "/block", Keep: true}
	c.Send(r.Append(nil))
	<-causes
	c.Send(r.Append(nil))
	if err := <-causes; !errors.Is(err, ErrClientGone) {
		t.Errorf("cause %v", err)
	}
	wantEOF(t, c)
	s.honest(t)
}

func TestFloodOfBeginIsCutOff(t *testing.T) {
	causes := make(chan error, 2)
	s := start(t, blocking(nil, causes), Options{})
	c := s.dial(t)
	r := fcgitest.Request{Target: "/block", Keep: true}
	c.Send(r.Append(nil))
	<-causes
	go func() {
		var b []byte
		for id := uint16(2); id < 1000; id++ {
			b = fcgitest.AppendBegin(b, id, true)
		}
		for range 1000 {
			if c.Send(b) != nil {
				return
			}
		}
	}()
	n, _ := io.Copy(io.Discard, c.Conn)
	if n > 16*(maxRefusals+1) {
		t.Errorf("%d bytes of refusals for a flood", n)
	}
	<-causes
	s.honest(t)
	// Without a request running, too: only the first BEGIN is taken.
	second := s.dial(t)
	for id := uint16(1); id < 1000; id++ {
		if second.Send(fcgitest.AppendBegin(nil, id, true)) != nil {
			break
		}
	}
	wantEOF(t, second)
	s.honest(t)
}

func TestFiftyMegabytesOfParamsAre431AndNoMemory(t *testing.T) {
	s := start(t, echo, Options{MaxParams: 64 << 10})
	c := s.dial(t)
	record := fcgitest.AppendRecord(nil, fcgitest.Params, 1, bytes.Repeat([]byte{1, 1, 'a', 'b'}, 16_000), 0)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	go func() {
		c.Send(fcgitest.AppendBegin(nil, 1, true))
		for range 50 << 20 / len(record) {
			if c.Send(record) != nil {
				return
			}
		}
		c.Send(fcgitest.AppendRecord(fcgitest.AppendRecord(nil, fcgitest.Params, 1, nil, 0), fcgitest.Stdin, 1, nil, 0))
		r := fcgitest.Request{Keep: true, ID: 2}
		c.Send(r.Append(nil))
	}()
	resp, err := c.Receive(1)
	if err != nil || resp.Status != 431 || string(resp.Body) != `{"error": "Request Header Fields Too Large"}` {
		t.Fatalf("%+v, %v", resp, err)
	}
	if resp, err = c.Receive(2); err != nil || resp.Status != 200 {
		t.Errorf("next request on the connection: %+v, %v", resp, err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("%d bytes allocated for refused parameters", used)
	}
}

func TestTruncatedParamsAre400(t *testing.T) {
	s := start(t, echo, Options{})
	good := (&fcgitest.Request{}).AppendParams(nil)
	for _, tt := range []struct {
		why    string
		params []byte
	}{
		{"a value shorter than said", good[:len(good)-1]},
		{"a length cut off", append(bytes.Clone(good), 0x80, 0)},
		{"only half of the lengths", append(bytes.Clone(good), 3)},
		{"an impossible length", append(bytes.Clone(good), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 'a')},
		{"no parameters at all", nil},
	} {
		c := s.dial(t)
		b := fcgitest.AppendBegin(nil, 1, true)
		b = fcgitest.AppendStream(b, fcgitest.Params, 1, tt.params)
		b = fcgitest.AppendRecord(b, fcgitest.Params, 1, nil, 0)
		b = fcgitest.AppendRecord(b, fcgitest.Stdin, 1, nil, 0)
		c.Send(b)
		resp, err := c.Receive(1)
		if err != nil || resp.Status != 400 || string(resp.Body) != `{"error": "Bad Request"}` || len(resp.Stderr) > 0 {
			t.Errorf("%s: %+v, %v", tt.why, resp, err)
			continue
		}
		if resp := get(t, c, fcgitest.Request{Keep: true}); resp.Status != 200 {
			t.Errorf("%s: next request %+v", tt.why, resp)
		}
	}
}

func TestStdinBeforeTheEndOfParamsIs400(t *testing.T) {
	s := start(t, echo, Options{})
	c := s.dial(t)
	r := fcgitest.Request{}
	b := fcgitest.AppendBegin(nil, 1, true)
	b = fcgitest.AppendRecord(b, fcgitest.Params, 1, r.AppendParams(nil), 0)
	b = fcgitest.AppendRecord(b, fcgitest.Stdin, 1, []byte("early"), 3)
	b = fcgitest.AppendRecord(b, fcgitest.Params, 1, nil, 0)
	b = fcgitest.AppendRecord(b, fcgitest.Stdin, 1, nil, 0)
	c.Send(b)
	if resp, err := c.Receive(1); err != nil || resp.Status != 400 {
		t.Errorf("%+v, %v", resp, err)
	}
	if resp := get(t, c, fcgitest.Request{Keep: true}); resp.Status != 200 {
		t.Errorf("next request: %+v", resp)
	}
}

func TestRecordsOf65535BytesWithPaddingAreRead(t *testing.T) {
	s := start(t, echo, Options{MaxParams: 1 << 20})
	c := s.dial(t)
	r := fcgitest.Request{Method: "POST", Body: bytes.Repeat([]byte("z"), 2*65535)}
	params := r.AppendParams(nil)
	fill := 65535 - len(params) - 12 // lengths of one pair and its name
	params = fcgitest.AppendPair(params, "HTTP_X", strings.Repeat("v", fill+1))
	if len(params) != 65535 {
		t.Fatalf("%d bytes of parameters", len(params))
	}
	b := fcgitest.AppendBegin(nil, 1, true)
	b = fcgitest.AppendRecord(b, fcgitest.Params, 1, params, 255)
	b = fcgitest.AppendRecord(b, fcgitest.Params, 1, nil, 255)
	b = fcgitest.AppendRecord(b, fcgitest.Stdin, 1, r.Body[:65535], 255)
	b = fcgitest.AppendRecord(b, fcgitest.Stdin, 1, r.Body[65535:], 1)
	b = fcgitest.AppendRecord(b, fcgitest.Stdin, 1, nil, 7)
	c.Send(b)
	resp, err := c.Receive(1)
	if err != nil || string(resp.Body) != "POST / "+string(r.Body) {
		t.Errorf("%v", err)
	}
}

func TestEveryByteAloneIsUnderstood(t *testing.T) {
	s := start(t, echo, Options{})
	c := s.dial(t)
	r := fcgitest.Request{Keep: true, Method: "POST", Target: "/slow", Body: []byte("drop by drop")}
	for _, b := range r.Append(nil) {
		c.Send([]byte{b})
	}
	if resp, err := c.Receive(1); err != nil || string(resp.Body) != "POST /slow drop by drop" {
		t.Errorf("%+v, %v", resp, err)
	}
}

func TestBodyThatLooksLikeARequestIsABody(t *testing.T) {
	s := start(t, echo, Options{})
	c := s.dial(t)
	inner := fcgitest.Request{Target: "/smuggled", ID: 1}
	body := inner.Append(nil)
	resp := get(t, c, fcgitest.Request{Keep: true, Method: "POST", Target: "/outer", Body: body})
	if string(resp.Body) != "POST /outer "+string(body) {
		t.Errorf("body %q", resp.Body)
	}
	if n := s.Stats().Requests; n != 1 || c.Buffered() != 0 {
		t.Errorf("%d requests were served", n)
	}
}

func TestBodyOfAnotherLengthThanAnnouncedIs400(t *testing.T) {
	s := start(t, echo, Options{})
	for _, tt := range []struct {
		announced string
		body      string
		status    int
	}{
		{"5", "12345", 200},
		{"5", "1234", 400},
		{"5", "123456", 400},
		{"5", "", 400},
		{"0", "", 200},
		{"0", "1", 400},
		{"", "12345", 200},
		{"-1", "12345", 400},
		{"+5", "12345", 400},
		{"5x", "12345", 400},
		{"99999999999999999999", "12345", 400},
		{"9223372036854775807", "12345", 413},
	} {
		c := s.dial(t)
		r := fcgitest.Request{Keep: true, Method: "POST", NoLength: true, Body: []byte(tt.body),
			Params: [][2]string{{"CONTENT_LENGTH", tt.announced}}}
		if resp := get(t, c, r); resp.Status != tt.status {
			t.Errorf("announced %q, sent %q: status %d, want %d", tt.announced, tt.body, resp.Status, tt.status)
		}
		if resp := get(t, c, fcgitest.Request{Keep: true}); resp.Status != 200 {
			t.Errorf("announced %q, sent %q: next request %d", tt.announced, tt.body, resp.Status)
		}
	}
}

func TestBodyAboveTheLimitIsRefusedUnread(t *testing.T) {
	s := start(t, echo, Options{MaxBody: 100_000})
	for _, noLength := range []bool{false, true} {
		c := s.dial(t)
		r := fcgitest.Request{Keep: true, Method: "POST", Body: make([]byte, 5<<20), NoLength: noLength}
		if resp := get(t, c, r); resp.Status != 413 {
			t.Errorf("status %d, want 413", resp.Status)
		}
		if resp := get(t, c, fcgitest.Request{Keep: true, Target: "/next"}); string(resp.Body) != "GET /next " {
			t.Errorf("next request: %d %q", resp.Status, resp.Body)
		}
	}
}

func TestEarlyAnswerLeavesTheConnectionUsable(t *testing.T) {
	s := start(t, handlerFunc(func(ctx context.Context, r *web.Request) *web.Response {
		if r.Path == "/early" {
			return text(404, "not here")
		}
		return echo(ctx, r)
	}), Options{})
	c := s.dial(t)
	for _, size := range []int{0, 1000, 200_000, 3 << 20} {
		r := fcgitest.Request{Keep: true, Method: "POST", Target: "/early", Body: make([]byte, size)}
		if resp := get(t, c, r); resp.Status != 404 {
			t.Errorf("%d bytes: status %d", size, resp.Status)
		}
		if resp := get(t, c, fcgitest.Request{Keep: true}); resp.Status != 200 {
			t.Errorf("after %d bytes: status %d", size, resp.Status)
		}
	}
	// A sender that gives up its body after the answer may begin anew.
	r := fcgitest.Request{Keep: true, Method: "POST", Target: "/early", Body: make([]byte, 100)}
	b := r.Append(nil)
	c.Send(b[:len(b)-8])
	if resp, err := c.Receive(1); err != nil || resp.Status != 404 {
		t.Fatalf("%+v, %v", resp, err)
	}
	if resp := get(t, c, fcgitest.Request{Keep: true}); resp.Status != 200 {
		t.Errorf("after a body given up: status %d", resp.Status)
	}
}

func TestEarlyAnswerIsNotLostWhenTheConnectionCloses(t *testing.T) {
	s := start(t, handlerFunc(func(context.Context, *web.Request) *web.Response { return text(404, "not here") }), Options{})
	for range 20 {
		c := s.dial(t)
		r := fcgitest.Request{Method: "POST", Body: make([]byte, 2<<20)}
		resp, err := c.Do(r) // writes all before it reads
		if err != nil || resp.Status != 404 {
			t.Fatalf("%+v, %v", resp, err)
		}
		wantEOF(t, c)
	}
}

func TestWhatFollowsAnEarlyAnswerIsBounded(t *testing.T) {
	s := start(t, handlerFunc(func(context.Context, *web.Request) *web.Response { return text(404, "not here") }), Options{})
	c := s.dial(t)
	go func() {
		r := fcgitest.Request{Keep: true, Method: "POST", NoLength: true}
		b := r.Append(nil)
		c.Send(b[:len(b)-8])
		piece := fcgitest.AppendRecord(nil, fcgitest.Stdin, 1, make([]byte, 65535), 0)
		for c.Send(piece) == nil { // no end
		}
	}()
	n, _ := io.Copy(io.Discard, c.Conn)
	if n == 0 || n > 1000 {
		t.Errorf("%d bytes came, want one answer", n)
	}
	if got := s.Stats().Refused["protocol_error"]; got != 1 {
		t.Errorf("protocol errors: %d", got)
	}
}

func TestContentTypeIsNeverGuessed(t *testing.T) {
	s := start(t, handlerFunc(func(context.Context, *web.Request) *web.Response {
		return &web.Response{Status: 200, Body: []byte("<html><script>")}
	}), Options{})
	if got := get(t, s.dial(t), fcgitest.Request{}).Header.Get("Content-Type"); got != "application/octet-stream" {
		t.Errorf("Content-Type %q", got)
	}
}

func TestImpossibleStatusIsNeverSent(t *testing.T) {
	status := 0
	s := start(t, handlerFunc(func(context.Context, *web.Request) *web.Response { return text(status, "x") }), Options{})
	for _, status = range []int{0, 1, 100, 103, 199, 600, 1000} {
		if got := get(t, s.dial(t), fcgitest.Request{}).Status; got != 500 {
			t.Errorf("status %d went out as %d, want 500", status, got)
		}
	}
}

func TestStderrIsNeverWritten(t *testing.T) {
	s := start(t, echo, Options{})
	for _, r := range []fcgitest.Request{ // net/http/fcgi answers each with 500 and a STDERR record
		{Method: " "},
		{Target: "/%zz"},
		{Params: [][2]string{{"SERVER_PROTOCOL", ""}}},
		{Params: [][2]string{{"CONTENT_LENGTH", "x"}}},
		{Params: [][2]string{{"HTTP_HOST", "a b\x7f"}}},
	} {
		resp := get(t, s.dial(t), r)
		if len(resp.Stderr) != 0 || resp.Status == 500 {
			t.Errorf("%q: status %d, stderr %q", r.Target, resp.Status, resp.Stderr)
		}
	}
}

func TestGetValuesSaysThatConnectionsAreNotMultiplexed(t *testing.T) {
	s := start(t, echo, Options{})
	c := s.dial(t)
	ask := fcgitest.AppendPair(fcgitest.AppendPair(fcgitest.AppendPair(nil, "FCGI_MAX_CONNS", ""), "FCGI_MPXS_CONNS", ""), "X", "")
	for range 3 {
		c.Send(fcgitest.AppendRecord(nil, fcgitest.GetValues, 0, ask, 0))
		rec, err := c.ReadRecord()
		if err != nil || rec.Type != fcgitest.GetValuesResult || rec.ID != 0 ||
			string(rec.Content) != string(fcgitest.AppendPair(nil, "FCGI_MPXS_CONNS", "0")) {
			t.Errorf("%+v %v", rec, err)
		}
	}
	if resp := get(t, c, fcgitest.Request{Keep: true}); resp.Status != 200 {
		t.Errorf("request afterwards: %+v", resp)
	}
}

func TestOtherRolesAndRecordTypesAreRefused(t *testing.T) {
	s := start(t, echo, Options{})
	c := s.dial(t)
	for role := byte(2); role <= 3; role++ {
		b := fcgitest.AppendRecord(nil, fcgitest.Begin, 5, []byte{0, role, 1, 0, 0, 0, 0, 0}, 0)
		b = fcgitest.AppendRecord(b, fcgitest.Params, 5, nil, 0)
		c.Send(fcgitest.AppendRecord(b, fcgitest.Stdin, 5, nil, 0))
		if resp, err := c.Receive(5); err != nil || resp.ProtocolStatus != fcgitest.UnknownRole {
			t.Errorf("role %d: %+v, %v", role, resp, err)
		}
	}
	for _, typ := range []byte{0, 12, 255} {
		c.Send(fcgitest.AppendRecord(nil, typ, 0, []byte("what"), 4))
		if rec, err := c.ReadRecord(); err != nil || rec.Type != fcgitest.UnknownType || len(rec.Content) != 8 || rec.Content[0] != typ {
			t.Errorf("type %d: %+v, %v", typ, rec, err)
		}
	}
	// What only a responder sends, and what belongs to no request.
	var b []byte
	for _, typ := range []byte{fcgitest.End, fcgitest.Stdout, fcgitest.Stderr, fcgitest.Data, fcgitest.GetValuesResult, fcgitest.UnknownType, fcgitest.Params, fcgitest.Stdin} {
		b = fcgitest.AppendRecord(b, typ, 9, []byte("content"), 1)
	}
	c.Send(b)
	if resp := get(t, c, fcgitest.Request{Keep: true}); resp.Status != 200 || len(resp.Others) != 0 {
		t.Errorf("request afterwards: %+v", resp)
	}
}

func TestOtherRoleWithoutKeepConnCloses(t *testing.T) {
	s := start(t, echo, Options{})
	c := s.dial(t)
	b := fcgitest.AppendRecord(nil, fcgitest.Begin, 5, []byte{0, 2, 0, 0, 0, 0, 0, 0}, 0)
	c.Send(fcgitest.AppendRecord(b, fcgitest.Stdin, 5, nil, 0))
	wantEOF(t, c)
}

func TestWhatIsNotFastCGIClosesTheConnection(t *testing.T) {
	s := start(t, echo, Options{})
	for _, tt := range []struct{ why, bytes string }{
		{"another version", "\x02\x01\x00\x01\x00\x08\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"},
		{"HTTP", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
		{"id 0", "\x01\x01\x00\x00\x00\x08\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"},
		{"a short BEGIN_REQUEST", "\x01\x01\x00\x01\x00\x07\x00\x00\x00\x01\x00\x00\x00\x00\x00"},
		{"a long BEGIN_REQUEST", "\x01\x01\x00\x01\xff\xff\xff\x00\x00\x01\x00\x00\x00\x00\x00"},
		{"a long GET_VALUES", "\x01\x09\x00\x00\xff\xff\xff\x00"},
	} {
		c := s.dial(t)
		c.Send([]byte(tt.bytes))
		wantEOF(t, c)
		s.honest(t)
	}
	if got := s.Stats().Refused["protocol_error"]; got != 6 {
		t.Errorf("protocol errors: %d", got)
	}
}

func TestHalfRequestThenCloseIsForgotten(t *testing.T) {
	s := start(t, echo, Options{})
	r := fcgitest.Request{Method: "POST", Target: "/half", Body: make([]byte, 100)}
	whole := r.Append(nil)
	for cut := 1; cut < len(whole); cut += 7 {
		c := s.dial(t)
		c.Send(whole[:cut])
		c.Close()
	}
	s.honest(t)
}

func TestControlBytesCannotForgeLogLines(t *testing.T) {
	s := start(t, handlerFunc(func(context.Context, *web.Request) *web.Response { panic("x") }), Options{})
	get(t, s.dial(t), fcgitest.Request{Target: "", Params: [][2]string{
		{"REQUEST_URI", ""}, {"DOCUMENT_URI", "/a\nb\x1b[31m"}, {"HTTP_X_REQUEST_ID", "a\"}\n{\"level\":\"info\""},
	}})
	get(t, s.dial(t), fcgitest.Request{Target: "/a\nb", Params: [][2]string{{"REMOTE_ADDR", "\n{}"}}})
	for _, line := range strings.Split(strings.TrimSpace(s.log.String()), "\n") {
		if !json.Valid([]byte(line)) || strings.Contains(line, "\x1b") {
			t.Errorf("log line %q", line)
		}
	}
}

func TestProxyHeaderReachesNoEnvironment(t *testing.T) {
	s := start(t, handlerFunc(func(_ context.Context, r *web.Request) *web.Response {
		return text(200, os.Getenv("HTTP_PROXY")+os.Getenv("http_proxy")+headerValue(r.Header, "proxy"))
	}), Options{})
	t.Setenv("HTTP_PROXY", "")
	t.Setenv("http_proxy", "")
	resp := get(t, s.dial(t), fcgitest.Request{Params: [][2]string{{"HTTP_PROXY", "evil"}}})
	if string(resp.Body) != "evil" { // as a header only
		t.Errorf("%q", resp.Body)
	}
}

func TestIdleConnectionsHoldLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("counts memory")
	}
	s := start(t, echo, Options{})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const n = 500
	for range n {
		c, err := net.Dial("unix", s.path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		r := fcgitest.Request{Keep: true}
		c.Write(r.Append(nil))
		var b [64]byte
		if _, err := c.Read(b[:]); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	per := (int64(after.HeapInuse+after.StackInuse) - int64(before.HeapInuse+before.StackInuse)) / n
	if per > 24<<10 { // net/http/fcgi alone: 66 KiB
		t.Errorf("%d bytes per idle connection", per)
	}
}
