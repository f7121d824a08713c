package fcgi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"etamil/fcgi/web"
)

const (
	// readBuffer holds what is received and not yet understood. The whole of
	// a usual request fits in, and thousands of idle connections stay cheap.
	readBuffer = 4 << 10

	// maxGetValues bounds a GET_VALUES record: three names are known.
	maxGetValues = 512

	// maxRefusals is how many records of a connection are refused (a second
	// BEGIN_REQUEST, an unknown type or role) between two sound requests
	// before the connection is closed.
	maxRefusals = 64

	// maxIgnored is how many bytes are thrown away between two sound
	// requests: the rest of a body after an early answer, records of
	// requests that were refused. nginx sends the rest only until it has
	// read the answer; closing at once could lose that to it.
	maxIgnored = 64 << 20

	// bodyPatience times ReadTimeout is how long a whole body may take; its
	// next byte must come within one ReadTimeout.
	bodyPatience = 10

	// watchEvery is how often a connection is asked whether the peer is
	// still there while the body waits to be taken: reading cannot tell
	// then, because the end lies behind the unread bytes.
	watchEvery = 250 * time.Millisecond
)

var (
	errOver  = errors.New("connection is over") // in good order
	errStuck = errors.New("the sender is stuck in a request")
)

// A protocolError closes the connection: what follows cannot be understood, or
// is meant badly.
type protocolError string

func (e protocolError) Error() string { return string(e) }

// A conn is one connection of the web server. Its reader, one goroutine, reads
// from accept to end, also while a request runs, and so learns when the peer
// goes away. One request at a time is served.
type conn struct {
	srv *Server
	nc  net.Conn
	raw syscall.RawConn // nil without a descriptor
	own bool            // of Ask: not counted, and given to nobody
	// handler answers the requests.
	handler Handler

	// The reader's own.
	buf    *[readBuffer]byte
	r, w   int // buf[r:w] is received and not yet understood
	typ    byte
	id     uint16
	left   int       // bytes of the record's content still to come
	pad    int       // of its padding, after that
	params []byte    // PARAMS of half
	half   *exchange // begun; PARAMS have not ended
	taking *exchange // PARAMS ended, STDIN has not
	launch *exchange // PARAMS ended, not yet given to the handler

	since      time.Time // what is half received began, or went on, then
	bodySince  time.Time
	refusals   int
	ignored    int
	linger     bool   // close at the end of this request's STDIN:
	lingerID   uint16 // it was answered early
	lingerFrom time.Time
	kept       *handOff // that did not take it; tried again after a request

	wmu     sync.Mutex // held while writing; before mu
	wdead   time.Time  // the write deadline in force
	wfailed error

	mu         sync.Mutex
	cur        *exchange // given to the handler, END_REQUEST not sent
	pins       int       // the reader and the exchanges that still use the conn
	armed      time.Time // the read deadline in force
	idleSince  time.Time // kept while draining
	broken     bool      // close after cur
	lingering  bool      // the reader shall close after the body
	readerGone bool
	leftAlone  bool // the peer can send no more: we have shut down reading
}

func newConn(s *Server, nc net.Conn) *conn {
	c := &conn{srv: s, nc: nc, handler: s.opt.Handler, pins: 1}
	if c.buf, _ = s.readBuffers.Get().(*[readBuffer]byte); c.buf == nil {
		c.buf = new([readBuffer]byte)
	}
	if s.draining.Load() {
		c.idleSince = time.Now()
	}
	if sc, ok := nc.(syscall.Conn); ok {
		c.raw, _ = sc.SyscallConn()
	}
	return c
}

// serve is the reader.
func (c *conn) serve() {
	var err error
	defer func() { c.readerEnds(err) }()
	defer func() {
		if v := recover(); v != nil {
			c.srv.count.panics.Add(1)
			c.srv.opt.Log.Error().Str("panic", fmt.Sprint(v)).Bytes("stack", debug.Stack()).
				Msg("connection panicked")
			err = errOver
		}
	}()
	for err == nil {
		if err = c.parse(); err == nil {
			c.start()
			err = c.receive()
		}
	}
}

// parse understands what was received, as far as it goes.
func (c *conn) parse() error {
	for {
		if c.left == 0 && c.pad == 0 {
			ok, err := c.header()
			if !ok || err != nil {
				return err
			}
		}
		if c.left > 0 {
			n := min(c.left, c.w-c.r)
			if n == 0 {
				return nil
			}
			if err := c.content(c.buf[c.r : c.r+n]); err != nil {
				return err
			}
			c.r += n
			c.left -= n
		}
		if c.left == 0 && c.pad > 0 {
			n := min(c.pad, c.w-c.r)
			c.r += n
			c.pad -= n
		}
		if c.left > 0 || c.pad > 0 {
			return nil
		}
	}
}

// header reads the header of the next record and does what the record asks for
// that needs no content. ok is false while too little is there.
func (c *conn) header() (ok bool, err error) {
	b := c.buf[c.r:c.w]
	if len(b) < headerLen {
		return false, nil
	}
	if b[0] != version1 {
		return false, protocolError("record of another version")
	}
	n := int(b[4])<<8 | int(b[5])
	c.typ, c.id = b[1], uint16(b[2])<<8|uint16(b[3])
	whole := c.typ == typeBegin || c.typ == typeGetValues
	if whole {
		if c.typ == typeBegin && n != 8 || n > maxGetValues {
			return false, protocolError("record of a wrong length")
		}
		if len(b) < headerLen+n {
			return false, nil
		}
	}
	c.r += headerLen
	c.left, c.pad = n, int(b[6])
	content := b[headerLen:min(headerLen+n, len(b))]

	switch c.typ {
	case typeBegin:
		return true, c.begin(content)
	case typeAbort:
		return true, c.abort()
	case typeParams:
		if n == 0 && c.half != nil && c.half.id == c.id {
			return true, c.paramsEnd()
		}
	case typeStdin:
		switch {
		case c.half != nil && c.half.id == c.id:
			return true, c.refuse(refusal{http.StatusBadRequest, "body before the end of the parameters"})
		case n == 0 && c.taking != nil && c.taking.id == c.id:
			return true, c.bodyEnd()
		case n == 0 && c.linger && c.lingerID == c.id:
			return true, errOver
		}
	case typeGetValues:
		return true, c.getValues(content)
	case typeData, typeEnd, typeStdout, typeStderr, typeGetValuesResult, typeUnknown:
		// For other roles, or the other direction. Answering an answer
		// could go on for ever.
	default:
		c.count(reasonUnknownType)
		b := appendHeader(make([]byte, 0, 16), typeUnknown, 0, 8, 0)
		return true, c.refuseRecord(append(b, c.typ, 0, 0, 0, 0, 0, 0, 0))
	}
	return true, nil
}

// content takes a piece of the present record's content.
func (c *conn) content(p []byte) error {
	switch {
	case c.typ == typeParams && c.half != nil && c.half.id == c.id:
		if len(c.params)+len(p) > c.srv.paramsLimit() {
			return c.refuse(refusal{http.StatusRequestHeaderFieldsTooLarge, "parameters too large"})
		}
		c.params = append(c.params, p...)
	case c.typ == typeStdin && c.taking != nil && c.taking.id == c.id:
		return c.feed(c.taking, p)
	case c.typ != typeBegin && c.typ != typeGetValues:
		return c.ignore(len(p))
	}
	return nil
}

func (c *conn) ignore(n int) error {
	if c.ignored += n; c.ignored > maxIgnored {
		return protocolError("too much for no request")
	}
	return nil
}

// begin handles a BEGIN_REQUEST.
func (c *conn) begin(content []byte) error {
	if c.id == 0 {
		return protocolError("request id 0")
	}
	role := int(content[0])<<8 | int(content[1])
	keep := content[2]&flagKeepConn != 0
	c.mu.Lock()
	cur := c.cur
	over := c.lingering || c.broken && cur == nil
	c.mu.Unlock()
	if cur == nil {
		cur = c.launch
	}
	if cur == nil {
		cur = c.half
	}
	switch {
	case cur != nil && cur.id == c.id:
		// An END_REQUEST could not say which of the two it ends.
		return protocolError("request id begun twice")
	case cur != nil:
		c.count(reasonMultiplexed)
		return c.refuseRecord(appendEnd(make([]byte, 0, 16), c.id, statusCantMPX))
	case c.linger || over:
		return protocolError("request on a connection that was to be closed")
	case role != roleResponder:
		c.count(reasonRole)
		if err := c.refuseRecord(appendEnd(make([]byte, 0, 16), c.id, statusUnknownRole)); err != nil {
			return err
		}
		if !keep {
			c.lingerFor(c.id)
		}
		return nil
	}
	if c.taking != nil {
		// An answer came before the end of this body, and the sender has
		// given it up.
		c.taking = nil
		c.since = time.Time{}
	}
	c.bodySince = time.Time{}
	c.ignored = 0
	c.params = c.params[:0]
	c.half = newExchange(c, c.id, keep)
	c.mu.Lock()
	c.pins++
	c.mu.Unlock()
	c.flight(1)
	return nil
}

// abort handles an ABORT_REQUEST: the request ends at once if it was not given
// to the handler, else as soon as the handler returns. An id that is not in
// work is ignored, as the specification says.
func (c *conn) abort() error {
	if c.launch != nil && c.launch.id == c.id {
		c.start()
	}
	if x := c.half; x != nil && x.id == c.id {
		c.count(reasonAborted)
		c.half = nil
		keep := x.keep
		c.drop(x)
		err := c.reply(c.last(appendEnd(nil, c.id, statusComplete), keep))
		if err == nil && !keep {
			err = errOver
		}
		return err
	}
	c.mu.Lock()
	x := c.cur
	if x != nil && x.id == c.id {
		c.srv.count.refused[reasonAborted].Add(1)
		x.mute.Store(true)
		x.open = false
		x.cancel(ErrAborted)
	} else {
		x = nil
	}
	c.mu.Unlock()
	if x != nil && c.taking == x {
		x.bodyEnded(web.ErrBodyShort)
		c.taking = nil
	}
	return nil
}

// paramsEnd turns the parameters into a request.
func (c *conn) paramsEnd() error {
	x := c.half
	bad := mapParams(c.params, &x.req)
	if cap(c.params) > 16<<10 {
		c.params = nil // thousands of connections may have had one large request
	}
	if bad.status != 0 {
		return c.refuse(bad)
	}
	if c.srv.expired.Load() {
		return c.refuse(refusal{http.StatusServiceUnavailable, "stopping"})
	}
	x.req.ReadBody = x.read
	c.half, c.taking, c.launch = nil, x, x
	c.since = time.Time{}
	return nil
}

// refuse answers the request whose parameters are being read, without the
// standard package.
func (c *conn) refuse(why refusal) error {
	x := c.half
	id, keep := x.id, x.keep
	if x.req.ID == "" {
		x.req.ID = web.RequestID("")
	}
	c.count(reasonOf(why.status))
	c.srv.opt.Log.Debug().Str("request_id", x.req.ID).Str("method", x.req.Method).Str("path", x.req.Path).
		Int("status", why.status).Str("reason", why.why).Msg("request refused")
	x.resp = c.srv.refuse(&x.req, why.status)
	b := appendAnswer(x.out[:0], id, x.resp)
	c.half = nil
	x.sent = int64(len(x.resp.Body))
	x.out = c.last(appendEnd(b, id, statusComplete), keep)
	x.sendErr = c.reply(x.out)
	err := x.sendErr
	x.done()
	c.drop(x)
	if !keep {
		c.lingerFor(id)
	}
	return err
}

// last appends to an END_REQUEST what makes nginx close the connection when the
// server is leaving.
func (c *conn) last(b []byte, keep bool) []byte {
	if !c.srv.draining.Load() {
		return b
	}
	c.mu.Lock()
	c.idleSince = time.Now()
	c.mu.Unlock()
	if keep {
		b = appendLeave(b)
	}
	return b
}

// drop ends an exchange that never got to the handler.
func (c *conn) drop(x *exchange) {
	x.release()
	c.flight(-1)
	c.unpin()
}

// flight counts requests between BEGIN_REQUEST and END_REQUEST.
func (c *conn) flight(n int64) {
	if !c.own {
		c.srv.inFlight.Add(n)
	}
}

// lingerFor reads on to the end of a request's STDIN, in bounds, and closes
// then: closing with unread bytes would reset the connection under the answer.
func (c *conn) lingerFor(id uint16) {
	c.linger, c.lingerID, c.lingerFrom = true, id, time.Now()
}

// bodyEnd handles the empty STDIN record.
func (c *conn) bodyEnd() error {
	x := c.taking
	c.taking = nil
	var err error
	if x.req.BodySize >= 0 && int64(len(x.body)) != x.req.BodySize {
		err = web.ErrBodyShort
	}
	if c.launch == x {
		// Nobody else knows x yet, and from now on the reader does not.
		x.open, x.pooled = false, true
		if !x.complete {
			x.complete, x.bodyErr = true, err
		}
		c.start()
		return nil
	}
	c.mu.Lock()
	x.open = false
	over := c.lingering
	c.mu.Unlock()
	if over {
		return errOver
	}
	if !x.skip.Load() {
		x.bodyEnded(err)
	}
	return nil
}

// feed gives p to the body of x and waits, if it must, until there is room.
func (c *conn) feed(x *exchange, p []byte) error {
	for {
		if x.skip.Load() {
			return c.ignore(len(p))
		}
		if x.take(p) > 0 {
			return nil
		}
		c.start()
		if err := c.awaitRoom(x); err != nil {
			return err
		}
	}
}

// awaitRoom waits until the handler asks for the body or ends without it.
func (c *conn) awaitRoom(x *exchange) error {
	watch := time.NewTicker(watchEvery)
	defer watch.Stop()
	for {
		select {
		case <-x.room:
			c.since, c.bodySince = time.Time{}, time.Time{}
			return nil
		case <-watch.C:
			if c.hungUp() {
				return io.EOF
			}
		}
	}
}

// hungUp reports whether the peer has closed the connection, though there may
// be bytes to read before the end.
func (c *conn) hungUp() bool {
	if c.raw == nil {
		return false
	}
	hup := false
	err := c.raw.Control(func(fd uintptr) {
		p := []unix.PollFd{{Fd: int32(fd)}}
		if n, err := unix.Poll(p, 0); err == nil && n > 0 {
			hup = p[0].Revents&(unix.POLLHUP|unix.POLLERR) != 0
		}
	})
	return hup || err != nil
}

// start gives a request to the handler. It is called only when all that was
// received is understood, or can be no further: most requests have their whole
// body by then.
func (c *conn) start() {
	x := c.launch
	if x == nil {
		return
	}
	c.launch = nil
	c.refusals = 0
	c.kept = nil
	if !c.own {
		c.srv.count.requests.Add(1)
	}
	x.ctx, x.cancel = context.WithCancelCause(context.Background())
	c.mu.Lock()
	c.cur = x
	c.mu.Unlock()
	if c.srv.expired.Load() {
		x.cancel(ErrDrained) // expire may have looked at c.cur before
	}
	c.srv.workers.run(x)
}

// finish sends the end of an answer and makes the connection ready for the next
// request. cut: the answer cannot be completed, and only closing tells so.
func (c *conn) finish(x *exchange, cut bool) error {
	c.wmu.Lock()
	draining := c.srv.draining.Load()
	c.mu.Lock()
	// From here on the next request may begin: it cannot come before the
	// peer has read what is written below, and wmu orders the answers.
	c.cur = nil
	open := x.open
	closing := cut || c.broken || !x.keep || c.readerGone
	if closing && open && !cut && !c.readerGone {
		c.lingering = true
	}
	if draining {
		c.idleSince = time.Now()
	}
	c.mu.Unlock()
	var err error
	if !cut {
		x.out = appendEnd(x.out, x.id, statusComplete)
		if draining && !closing {
			x.out = appendLeave(x.out)
		}
		err = c.write(x.out)
	}
	c.wmu.Unlock()
	switch {
	case closing && (!open || cut || c.isReaderGone()):
		c.nc.Close()
	case closing || draining || c.srv.handing.Load() != nil:
		c.poke()
	}
	return err
}

func (c *conn) isReaderGone() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.readerGone
}

// poke makes the reader look at its state again.
func (c *conn) poke() {
	c.mu.Lock()
	c.armed = longAgo
	c.nc.SetReadDeadline(longAgo)
	c.mu.Unlock()
}

var longAgo = time.Unix(1, 0)

// receive reads once. It returns nil also when it was only woken.
func (c *conn) receive() error {
	limit, to, why := c.arm()
	if why != nil {
		return why
	}
	if to != nil {
		return c.move(to)
	}
	n, err := c.read()
	switch {
	case n > 0:
		return nil // an error comes again
	case err == nil:
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		if limit.IsZero() || time.Now().Before(limit) {
			return nil // poked
		}
		return c.late()
	}
	return err
}

// arm sets the deadline of the next read: none while the connection is idle or
// a request runs, one while something is half received or the server leaves. An
// idle connection that is to go elsewhere is not read from: to says where.
func (c *conn) arm() (limit time.Time, to *handOff, over error) {
	half := c.half != nil || c.taking != nil || c.left > 0 || c.pad > 0 || c.w > c.r
	timeout := c.srv.opt.ReadTimeout
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lingering && !c.linger && c.taking != nil {
		c.lingerFor(c.taking.id)
	}
	if !half && c.cur == nil && !c.own && !c.broken && !c.linger && !c.lingering && !c.leftAlone {
		to = c.srv.handing.Load()
		if to == nil && c.srv.expired.Load() {
			to = c.srv.storing.Load()
		}
		if to != nil && to != c.kept {
			return limit, to, nil
		}
		to = nil
	}
	switch {
	case c.broken:
		if c.cur == nil {
			return limit, nil, errOver
		}
	case c.srv.expired.Load() && c.cur == nil && c.srv.draining.Load():
		return limit, nil, errOver
	case timeout <= 0 && (half || c.linger):
	case c.leftAlone && c.cur == nil:
		// What is there, and then the end, can be read at once.
	case c.linger:
		limit = c.lingerFrom.Add(timeout)
	case half:
		now := time.Now()
		// A body must only go on; everything else is sent at once.
		if c.since.IsZero() || c.taking != nil && !c.taking.skip.Load() {
			c.since = now
		}
		limit = c.since.Add(timeout)
		if c.taking != nil {
			if c.bodySince.IsZero() {
				c.bodySince = now
			}
			if all := c.bodySince.Add(bodyPatience * timeout); all.Before(limit) {
				limit = all
			}
		}
	case c.cur == nil && c.srv.draining.Load():
		limit = c.idleSince.Add(c.srv.opt.DrainIdle)
	}
	if !half {
		c.since = time.Time{}
	}
	if !limit.Equal(c.armed) {
		c.nc.SetReadDeadline(limit)
		c.armed = limit
	}
	return limit, nil, nil
}

// late decides what happens when a read came to its deadline.
func (c *conn) late() error {
	c.mu.Lock()
	cur := c.cur
	c.mu.Unlock()
	switch x := c.taking; {
	case c.linger:
		return errOver
	case x != nil && x == cur && !x.skip.Load():
		// The handler answers 400; the connection ends with that.
		c.count(reasonStuck)
		c.mu.Lock()
		c.broken = true
		x.open = false
		c.mu.Unlock()
		x.bodyEnded(web.ErrBodyShort)
		c.taking = nil
		return nil
	case c.half != nil || x != nil || c.left > 0 || c.pad > 0 || c.w > c.r:
		return errStuck
	case cur == nil && c.srv.draining.Load():
		if to := c.srv.storing.Load(); to != nil && to != c.kept && !c.own && !c.leftAlone {
			if c.raw != nil && readable(c.raw) {
				c.mu.Lock()
				c.idleSince = time.Now() // for one more request
				c.mu.Unlock()
				return nil
			}
			if err := c.move(to); err != nil {
				return err
			}
		}
		return c.leave()
	}
	return nil
}

// leave ends an idle connection while the server drains. The peer is stopped
// from sending first: what had arrived by then is answered, and nothing can
// arrive afterwards and be lost without an error.
func (c *conn) leave() error {
	c.mu.Lock()
	again := c.leftAlone
	c.leftAlone = true
	c.mu.Unlock()
	half, ok := c.nc.(interface{ CloseRead() error })
	if again || !ok || half.CloseRead() != nil {
		return errOver
	}
	return nil // the next read gives what is there, then the end
}

// read reads into the buffer, or straight into a body that has room.
func (c *conn) read() (int, error) {
	if c.r == c.w {
		c.r, c.w = 0, 0
		if x := c.taking; x != nil && c.typ == typeStdin && c.id == x.id && c.left >= readBuffer && !x.skip.Load() {
			room := x.limit.Load()
			if x.req.BodySize >= 0 {
				room = min(room, x.req.BodySize)
			}
			if n := int(min(room-int64(len(x.body)), int64(c.left))); n > 0 {
				x.grow(n)
				have := len(x.body)
				n, err := c.nc.Read(x.body[have : have+n])
				x.body = x.body[:have+n]
				c.left -= n
				return n, err
			}
		}
	} else if c.r > 0 {
		c.w = copy(c.buf[:], c.buf[c.r:c.w])
		c.r = 0
	}
	n, err := c.nc.Read(c.buf[c.w:])
	c.w += n
	return n, err
}

// getValues answers GET_VALUES (§4.1): one request at a time on a connection.
func (c *conn) getValues(content []byte) error {
	if c.id != 0 {
		return c.refuseRecord(nil)
	}
	var b []byte
	for rest := content; len(rest) > 0; {
		name, _, r, ok := nextPair(rest)
		if !ok {
			break
		}
		rest = r
		if string(name) == "FCGI_MPXS_CONNS" && b == nil {
			b = appendPair(nil, "FCGI_MPXS_CONNS", "0")
		}
	}
	return c.refuseRecord(append(appendHeader(nil, typeGetValuesResult, 0, len(b), 0), b...))
}

// refuseRecord sends a small record in answer to one that is no part of a
// request. Too many of them are a flood.
func (c *conn) refuseRecord(b []byte) error {
	if c.refusals++; c.refusals > maxRefusals {
		return protocolError("flood of records")
	}
	return c.reply(b)
}

func (c *conn) reply(b []byte) error {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	return c.write(b)
}

// write writes b with one call. c.wmu is held. After a failure it fails always,
// and the connection is closed.
func (c *conn) write(b []byte) error {
	if c.wfailed != nil {
		return c.wfailed
	}
	if len(b) == 0 {
		return nil
	}
	if limit := c.srv.opt.WriteTimeout; limit > 0 {
		// Setting a deadline costs; half the time is precise enough.
		if now := time.Now(); c.wdead.Sub(now) < limit/2 {
			c.wdead = now.Add(limit)
			c.nc.SetWriteDeadline(c.wdead)
		}
	}
	_, err := c.nc.Write(b)
	if err != nil {
		c.wfailed = err
		c.nc.Close()
	}
	return err
}

// readerEnds closes the connection, unless a request of it still runs and can
// be answered.
func (c *conn) readerEnds(err error) {
	s := c.srv
	var bad protocolError
	switch {
	case errors.As(err, &bad):
		c.count(reasonProtocol)
		s.opt.Log.Debug().Str("reason", string(bad)).Msg("connection closed: not FastCGI as it should be")
	case errors.Is(err, errStuck):
		c.count(reasonStuck)
		s.opt.Log.Debug().Msg("connection closed: stuck in a request")
	}
	c.start() // parsed before the error: it is counted and ends like others
	c.mu.Lock()
	c.readerGone = true
	x := c.cur
	answer := x != nil && c.leftAlone && errors.Is(err, io.EOF)
	if x != nil && !answer {
		if !c.own {
			s.count.gone.Add(1)
		}
		x.mute.Store(true)
		x.cancel(ErrClientGone)
	}
	c.mu.Unlock()
	if t := c.taking; t != nil {
		t.bodyEnded(web.ErrBodyShort)
	}
	if x == nil {
		c.reply(nil) // waits for a write that is under way
	}
	if !answer {
		c.nc.Close()
	}
	if c.half != nil {
		c.drop(c.half)
		c.half = nil
	}
	s.readBuffers.Put(c.buf)
	c.buf = nil
	c.unpin()
}

// unpin removes the connection from the server when nothing uses it any more.
func (c *conn) unpin() {
	c.mu.Lock()
	c.pins--
	last := c.pins == 0
	c.mu.Unlock()
	if last {
		c.srv.remove(c)
	}
}

// expire is called when the time to drain is over. It reports whether a request
// was cancelled.
func (c *conn) expire() bool {
	c.mu.Lock()
	x := c.cur
	if x != nil {
		x.cancel(ErrDrained)
	}
	c.mu.Unlock()
	c.poke()
	return x != nil
}

func (c *conn) count(r reason) { c.srv.count.refused[r].Add(1) }

// busy reports whether a request was given to the handler and is not answered.
func (c *conn) busy() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cur != nil
}
