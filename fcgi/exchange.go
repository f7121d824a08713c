package fcgi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"etamil/fcgi/web"
)

const (
	// flushAt is how much of an answer is gathered before a write. With one
	// record more it stays below the 208 KiB that Linux lets wait in a Unix
	// socket, so that the last write seldom blocks.
	flushAt = 64 << 10

	// bodyWindow is how much of a body is taken before the handler asks for
	// it: what nginx sends in its first writes.
	bodyWindow = 64 << 10

	// maxKeptOut is the largest memory for records that is kept for the next
	// request.
	maxKeptOut = 16 << 10

	// statusClientGone is what a handler answers when nobody waits for it.
	statusClientGone = 499

	// fileChunk is read from a file at once: one full record.
	fileChunk = maxRecord
)

var (
	// ErrClientGone is the cause (context.Cause) with which a request's
	// context ends when the web server closed the connection.
	ErrClientGone = errors.New("the client closed the connection")
	// ErrAborted is the cause after an ABORT_REQUEST.
	ErrAborted = errors.New("the web server aborted the request")
	// ErrDrained is the cause when the time to drain was over.
	ErrDrained = errors.New("the server is stopping and did not wait longer")

	errFinished = errors.New("request has ended")
)

// An exchange is one request and its answer. The connection's reader makes it
// at BEGIN_REQUEST and fills it; from start on the handler's goroutine owns it
// but for the fields of the body, which the reader goes on filling.
type exchange struct {
	c    *conn
	id   uint16
	keep bool // FCGI_KEEP_CONN

	req    web.Request
	ctx    context.Context
	cancel context.CancelCauseFunc

	// The answer. mute drops it: nobody reads it any more.
	out     []byte // records not yet written
	flushed bool   // some of them were
	spoiled bool   // what was written is no answer: see end
	mute    atomic.Bool
	resp    *web.Response
	sent    int64 // bytes of its body
	sendErr error
	values  []string // memory of the header's values

	// The body. The reader owns it until it is complete.
	body  []byte
	limit atomic.Int64 // how many bytes may be taken
	asked atomic.Bool  // the handler wants all up to limit
	skip  atomic.Bool  // what still comes is thrown away
	room  chan struct{}

	mu       sync.Mutex
	complete bool // body and bodyErr are final
	bodyErr  error
	ready    chan struct{}
	read     func(int64) ([]byte, error) // readBody, made once

	open   bool // STDIN has not ended; guarded by c.mu once started
	pooled bool // the reader holds no reference: it can be used again
}

func newExchange(c *conn, id uint16, keep bool) *exchange {
	x, _ := c.srv.exchanges.Get().(*exchange)
	if x == nil {
		x = &exchange{room: make(chan struct{}, 1), ready: make(chan struct{}, 1)}
		x.req.Header = make([]web.Pair, 0, 24)
		x.read = x.readBody
	}
	x.c, x.id, x.keep = c, id, keep
	x.limit.Store(bodyWindow)
	x.open = true
	return x
}

// release gives x back for another request.
func (x *exchange) release() {
	pool := &x.c.srv.exchanges
	clear(x.values[:cap(x.values)])
	header := x.req.Header
	clear(header[:cap(header)])
	if cap(header) > 256 {
		header = nil
	}
	x.req = web.Request{Header: header[:0]}
	x.c, x.ctx, x.cancel, x.resp = nil, nil, nil, nil
	if cap(x.out) > maxKeptOut {
		x.out = nil
	}
	x.out, x.values = x.out[:0], x.values[:0]
	x.flushed, x.spoiled, x.sent, x.sendErr = false, false, 0, nil
	x.body, x.complete, x.bodyErr, x.pooled = nil, false, nil, false
	x.mute.Store(false)
	x.asked.Store(false)
	x.skip.Store(false)
	select {
	case <-x.room:
	default:
	}
	select {
	case <-x.ready:
	default:
	}
	pool.Put(x)
}

// take appends p to the body and reports how much of it had room: 0 or all.
// Bytes that can never have room are thrown away and count as taken. Only the
// reader calls it.
func (x *exchange) take(p []byte) int {
	if x.skip.Load() {
		return len(p)
	}
	have := int64(len(x.body)) + int64(len(p))
	if x.req.BodySize >= 0 && have > x.req.BodySize {
		x.bodyEnded(web.ErrBodyShort)
		x.skip.Store(true)
		return len(p)
	}
	// asked is read before limit: ReadBody writes them the other way round.
	asked := x.asked.Load()
	if have > x.limit.Load() {
		if !asked {
			return 0
		}
		x.bodyEnded(web.ErrBodyTooLarge)
		x.skip.Store(true)
		return len(p)
	}
	x.grow(len(p))
	x.body = append(x.body, p...)
	return len(p)
}

// grow makes room for n more bytes. It believes an announced length only step
// by step: who announces much has not sent it.
func (x *exchange) grow(n int) {
	need := len(x.body) + n
	if need <= cap(x.body) {
		return
	}
	size := max(need, 2*cap(x.body))
	if x.req.BodySize >= 0 {
		size = int(min(int64(max(size, bodyWindow)), max(x.req.BodySize, int64(need))))
	}
	body := make([]byte, len(x.body), size)
	copy(body, x.body)
	x.body = body
}

// bodyEnded makes the body final. Only the first call counts.
func (x *exchange) bodyEnded(err error) {
	x.mu.Lock()
	if !x.complete {
		x.complete, x.bodyErr = true, err
	}
	x.mu.Unlock()
	notify(x.ready)
}

// readBody is the ReadBody of web.Request.
func (x *exchange) readBody(limit int64) ([]byte, error) {
	limit = bodyLimit(limit, x.c.srv.maxBody.Load())
	if x.req.BodySize > limit {
		x.skip.Store(true)
		notify(x.room)
		return nil, web.ErrBodyTooLarge
	}
	x.limit.Store(limit)
	x.asked.Store(true)
	notify(x.room)
	for {
		x.mu.Lock()
		complete, err := x.complete, x.bodyErr
		x.mu.Unlock()
		switch {
		case complete && err != nil:
			return nil, err
		case complete && int64(len(x.body)) > limit:
			return nil, web.ErrBodyTooLarge // it had come before it was asked for
		case complete:
			return x.body, nil
		}
		select {
		case <-x.ready:
		case <-x.ctx.Done():
			return nil, x.ctx.Err()
		}
	}
}

func notify(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// serve runs the handler and sends what it answers, in a worker's goroutine. A
// file is sent by net/http/fcgi, whose goroutine ends the exchange then.
func (x *exchange) serve() {
	if file := x.handle(); file {
		x.c.srv.engines.run(x)
		return
	}
	x.end()
}

// handle runs the handler and prepares its answer, unless that is a file.
func (x *exchange) handle() (file bool) {
	defer x.recover()
	x.resp = x.c.handler.Serve(x.ctx, &x.req)
	if x.resp.File != nil {
		return true
	}
	x.sendBody()
	return false
}

// recover catches a panic of the handler's: one that left its goroutine would
// end the process.
func (x *exchange) recover() {
	if v := recover(); v != nil {
		x.spoiled = true
		x.c.srv.count.panics.Add(1)
		x.c.srv.opt.Log.Error().Str("request_id", x.req.ID).Str("method", x.req.Method).
			Str("path", x.req.Path).Str("panic", fmt.Sprint(v)).Bytes("stack", debug.Stack()).
			Msg("request panicked")
	}
}

// serveFile is the ServeHTTP of the engine.
func (x *exchange) serveFile(w http.ResponseWriter) {
	defer x.recover()
	x.send(w)
}

// sendable reports whether the answer can go out at all.
func (x *exchange) sendable() bool {
	r := x.resp
	if x.ctx.Err() != nil && context.Cause(x.ctx) == ErrDrained && r.Status == statusClientGone {
		// The handler saw only that the context ended.
		x.spoiled, x.sendErr = true, ErrDrained
		return false
	}
	// nginx passes anything below 200 on as the final answer.
	if r.Status < 200 || r.Status > 599 {
		x.spoil(fmt.Errorf("status %d cannot be sent", r.Status))
		return false
	}
	return true
}

// sendBody writes the records of an answer whose body is in memory. The standard
// package would allocate 64 KiB for each answer and take two more goroutines:
// measured, half of the time of a small request.
func (x *exchange) sendBody() {
	r := x.resp
	if x.spoiled || x.mute.Load() || !x.sendable() {
		return
	}
	empty := r.Status == http.StatusNoContent || r.Status == http.StatusNotModified
	x.out = appendHeader(x.out[:0], typeStdout, x.id, 0, 0)
	x.out = appendHead(x.out, r, empty)
	body := r.Body
	if empty || x.req.Method == http.MethodHead {
		body = nil
	}
	// The head may be longer than a record holds; what it leaves of its last
	// record is filled with the body.
	for at := 0; ; {
		n := len(x.out) - at - headerLen
		if n > maxRecord {
			x.spoil(errors.New("the headers of the answer do not fit into a record"))
			return
		}
		part := min(maxRecord-n, len(body))
		x.out = append(x.out, body[:part]...)
		body = body[part:]
		n += part
		x.out[at+4], x.out[at+5] = byte(n>>8), byte(n)
		x.sent += int64(part)
		if len(body) == 0 {
			break
		}
		if len(x.out) >= flushAt {
			x.c.wmu.Lock()
			err := x.c.write(x.out)
			x.c.wmu.Unlock()
			x.flushed = true
			x.out = x.out[:0]
			if err != nil {
				x.sendErr = err
				return
			}
		}
		at = len(x.out)
		x.out = appendHeader(x.out, typeStdout, x.id, 0, 0)
	}
	x.out = appendHeader(x.out, typeStdout, x.id, 0, 0)
}

// appendHead appends the head of an answer: a status line and the header lines.
// A body without a type is called one of bytes, lest browsers guess
// (CVE-2020-24553). nginx adds the date.
func appendHead(b []byte, r *web.Response, empty bool) []byte {
	b = append(b, "Status: "...)
	b = strconv.AppendInt(b, int64(r.Status), 10)
	if text := http.StatusText(r.Status); text != "" {
		b = append(b, ' ')
		b = append(b, text...)
	}
	b = append(b, "\r\n"...)
	hasType := empty
	for _, p := range r.Header {
		switch {
		case len(p.Name) == len("Content-Type") && strings.EqualFold(p.Name, "Content-Type"):
			if hasType = true; empty {
				continue
			}
		case empty && strings.EqualFold(p.Name, "Content-Length"):
			continue
		}
		b = append(b, p.Name...)
		b = append(b, ": "...)
		// A line end in a value would begin a header of its own.
		if strings.ContainsAny(p.Value, "\r\n") {
			b = append(b, lineEnds.Replace(p.Value)...)
		} else {
			b = append(b, p.Value...)
		}
		b = append(b, "\r\n"...)
	}
	if !hasType {
		b = append(b, "Content-Type: application/octet-stream\r\n"...)
	}
	return append(b, "\r\n"...)
}

var lineEnds = strings.NewReplacer("\r", " ", "\n", " ")

// send hands the answer to the standard package's response.
func (x *exchange) send(w http.ResponseWriter) {
	r := x.resp
	defer r.File.Close()
	if !x.sendable() {
		return
	}
	h := w.Header()
	hasType := false
	for _, p := range r.Header {
		name := p.Name
		// The package looks for these two in this spelling.
		switch {
		case strings.EqualFold(name, "Content-Type"):
			name, hasType = "Content-Type", true
		case strings.EqualFold(name, "Date"):
			name = "Date"
		}
		if vs, repeated := h[name]; repeated {
			h[name] = append(vs, p.Value)
			continue
		}
		x.values = append(x.values, p.Value)
		n := len(x.values)
		h[name] = x.values[n-1 : n : n]
	}
	empty := r.Status == http.StatusNoContent || r.Status == http.StatusNotModified
	if !hasType {
		// The package would guess one from the body, and browsers would
		// believe it (CVE-2020-24553).
		if empty {
			h["Content-Type"] = nil
		} else {
			h["Content-Type"] = []string{"application/octet-stream"}
		}
	}
	if _, has := h["Date"]; !has {
		h["Date"] = x.c.srv.date() // the package would format it every time
	}
	w.WriteHeader(r.Status)
	if empty || x.req.Method == http.MethodHead {
		return // the package writes the head when ServeHTTP returns
	}
	x.sendFile(w, r)
}

func (x *exchange) sendFile(w io.Writer, r *web.Response) {
	pool := &x.c.srv.fileBuffers
	buf, _ := pool.Get().(*[fileChunk]byte)
	if buf == nil {
		buf = new([fileChunk]byte)
	}
	defer pool.Put(buf)
	for x.sent < r.Length {
		n, err := r.File.Read(buf[:min(fileChunk, r.Length-x.sent)])
		if n > 0 {
			n, werr := w.Write(buf[:n])
			x.sent += int64(n)
			if werr != nil {
				x.sendErr = werr
				return
			}
		}
		if err != nil && x.sent < r.Length {
			// The length is out: only a cut connection tells the client.
			x.spoil(fmt.Errorf("read the file of the answer: %w", err))
			return
		}
	}
}

// spoil notes that what went to the package must not go out as the answer.
func (x *exchange) spoil(err error) {
	x.spoiled, x.sendErr = true, err
	x.c.srv.opt.Log.Error().Str("request_id", x.req.ID).Str("method", x.req.Method).
		Str("path", x.req.Path).Err(err).Msg("answer cannot be sent")
}

// stdout takes a STDOUT record of the package.
func (x *exchange) stdout(rec []byte) error {
	if x.mute.Load() {
		return ErrClientGone
	}
	x.out = append(x.out, rec...)
	if len(x.out) < flushAt || x.spoiled {
		return nil
	}
	x.c.wmu.Lock()
	err := x.c.write(x.out)
	x.c.wmu.Unlock()
	x.flushed = true
	x.out = x.out[:0]
	return err
}

// end is the request's last act, in place of the package's END_REQUEST.
func (x *exchange) end() {
	c := x.c
	s := c.srv
	switch {
	case x.mute.Load():
		x.out = x.out[:0]
		if x.sendErr == nil {
			x.sendErr = context.Cause(x.ctx)
		}
	case x.spoiled && !x.flushed:
		status := http.StatusInternalServerError
		if context.Cause(x.ctx) == ErrDrained {
			status = http.StatusServiceUnavailable
		}
		x.out = appendAnswer(x.out[:0], x.id, hostAnswer(status, x.req.ID))
	}
	cut := x.spoiled && x.flushed
	x.cancel(errFinished)
	x.skip.Store(true)

	err := c.finish(x, cut)
	if x.sendErr == nil {
		x.sendErr = err
	}
	if err == nil && !x.mute.Load() && !c.own {
		s.count.answered.Add(1)
	}
	notify(x.room)
	x.done()
	pooled := x.pooled
	if pooled {
		x.release()
	}
	c.flight(-1)
	c.unpin()
}

func (x *exchange) done() {
	if x.resp == nil || x.resp.Done == nil {
		return
	}
	defer func() {
		if v := recover(); v != nil {
			x.c.srv.count.panics.Add(1)
			x.c.srv.opt.Log.Error().Str("request_id", x.req.ID).Str("panic", fmt.Sprint(v)).
				Bytes("stack", debug.Stack()).Msg("end of a request panicked")
		}
	}()
	x.resp.Done(x.sent, x.sendErr)
}

// appendAnswer appends a whole answer without END_REQUEST. It is for the small
// ones that are made here: head and body fit into one record.
func appendAnswer(b []byte, id uint16, r *web.Response) []byte {
	at := len(b)
	b = appendHeader(b, typeStdout, id, 0, 0)
	b = appendHead(b, r, false)
	b = append(b, r.Body...)
	n := len(b) - at - headerLen
	if n > maxRecord {
		panic("BUG: the answer of a Refuser does not fit into a record")
	}
	b[at+4], b[at+5] = byte(n>>8), byte(n)
	return appendHeader(b, typeStdout, id, 0, 0)
}

// hostAnswer returns the fixed answer that belongs to status.
func hostAnswer(status int, requestID string) *web.Response {
	body := `{"error": "` + http.StatusText(status) + `"`
	if status >= 500 {
		body += `, "request_id": "` + requestID + `"`
	}
	body += "}"
	r := &web.Response{Status: status, Body: []byte(body), Length: int64(len(body)), Header: []web.Pair{
		{Name: "Content-Length", Value: strconv.Itoa(len(body))},
		{Name: "Content-Type", Value: "application/json"},
	}}
	if status == http.StatusServiceUnavailable {
		r.Header = append(r.Header, web.Pair{Name: "Retry-After", Value: "1"})
	}
	r.Header = append(r.Header,
		web.Pair{Name: "X-Content-Type-Options", Value: "nosniff"},
		web.Pair{Name: "X-Request-Id", Value: requestID})
	return r
}
