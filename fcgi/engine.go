package fcgi

import (
	"errors"
	"io"
	"net"
	"net/http"
	stdfcgi "net/http/fcgi"
	"sync"
	"time"
)

// maxFreeEngines bounds the engines kept for later: each holds 64 KiB for its
// record and as much for what it writes. More exist while more requests run.
const maxFreeEngines = 64

// An engine is one responder of net/http/fcgi on a connection that exists only
// here. It runs one exchange after another: it is shown a request of the
// exchange's id without parameters of the client's and without a body, calls
// ServeHTTP in a new goroutine, and its records go to the exchange.
type engine struct {
	pool  *enginePool
	start chan struct{} // one request may be read
	in    []byte        // what is left of it to read
	x     *exchange     // from start to END_REQUEST
	asked [len(minimalRequest)]byte
}

// minimalRequest is what the standard package gets to read. It asks for a
// method and a protocol, else it answers 500 by itself; FCGI_KEEP_CONN keeps
// the engine. The ids stand where engine.begin writes them.
const minimalRequest = "" +
	"\x01\x01\x00\x01\x00\x08\x00\x00" + "\x00\x01\x01\x00\x00\x00\x00\x00" +
	"\x01\x04\x00\x01\x00\x2c\x04\x00" +
	"\x0e\x03REQUEST_METHODGET" + "\x0f\x08SERVER_PROTOCOLHTTP/1.1" + "\x00\x00\x00\x00" +
	"\x01\x04\x00\x01\x00\x00\x00\x00" +
	"\x01\x05\x00\x01\x00\x00\x00\x00"

// idAt are the offsets of the ids in minimalRequest.
var idAt = [...]int{2, 18, len(minimalRequest) - 14, len(minimalRequest) - 6}

// enginePool keeps engines. The one that rested last is taken first: its memory
// is warm.
type enginePool struct {
	mu     sync.Mutex
	free   []*engine
	closed bool // none is kept
}

// run starts x on a free engine, or a new one, and returns at once.
func (p *enginePool) run(x *exchange) {
	var e *engine
	p.mu.Lock()
	if n := len(p.free) - 1; n >= 0 {
		e = p.free[n]
		p.free[n] = nil
		p.free = p.free[:n]
	}
	p.mu.Unlock()
	if e == nil {
		e = p.grow()
	}
	e.x = x
	for _, i := range idAt {
		e.asked[i], e.asked[i+1] = byte(x.id>>8), byte(x.id)
	}
	e.start <- struct{}{}
}

func (p *enginePool) grow() *engine {
	e := &engine{pool: p, start: make(chan struct{}, 1)}
	copy(e.asked[:], minimalRequest)
	// Serve starts the goroutine that reads and returns with the listener's
	// second answer, which is an error.
	_ = stdfcgi.Serve(&onlyConn{conn: e}, e)
	return e
}

func (p *enginePool) put(e *engine) {
	p.mu.Lock()
	keep := len(p.free) < maxFreeEngines && !p.closed
	if keep {
		p.free = append(p.free, e)
	}
	p.mu.Unlock()
	if !keep {
		close(e.start)
	}
}

// close ends all engines, those at work after their request.
func (p *enginePool) close() {
	p.mu.Lock()
	free := p.free
	p.free, p.closed = nil, true
	p.mu.Unlock()
	for _, e := range free {
		close(e.start)
	}
}

// ServeHTTP is called by net/http/fcgi, which knows nothing of the request.
func (e *engine) ServeHTTP(w http.ResponseWriter, _ *http.Request) { e.x.serveFile(w) }

// Read gives the standard package its next request, and makes it wait while
// there is none.
func (e *engine) Read(p []byte) (int, error) {
	if len(e.in) == 0 {
		if _, ok := <-e.start; !ok {
			return 0, io.EOF
		}
		e.in = e.asked[:]
	}
	n := copy(p, e.in)
	e.in = e.in[n:]
	return n, nil
}

// Write takes one whole record: the standard package builds each in a buffer
// and writes it with one call.
func (e *engine) Write(p []byte) (int, error) {
	switch p[1] {
	case typeStdout:
		if err := e.x.stdout(p); err != nil {
			return 0, err
		}
	case typeEnd:
		x := e.x
		e.x = nil
		x.end()
		e.pool.put(e)
	default:
		// Nothing else goes out: nginx logs STDERR as an error of the
		// upstream, and management records are answered by the conn.
	}
	return len(p), nil
}

// Close is called when Read has reported the end.
func (e *engine) Close() error { return nil }

// The rest of net.Conn; the standard package uses none of it.

func (e *engine) LocalAddr() net.Addr              { return nil }
func (e *engine) RemoteAddr() net.Addr             { return nil }
func (e *engine) SetDeadline(time.Time) error      { return nil }
func (e *engine) SetReadDeadline(time.Time) error  { return nil }
func (e *engine) SetWriteDeadline(time.Time) error { return nil }

// onlyConn is a listener that accepts one connection.
type onlyConn struct{ conn net.Conn }

var errOnlyOne = errors.New("one connection only")

func (l *onlyConn) Accept() (net.Conn, error) {
	c := l.conn
	if c == nil {
		return nil, errOnlyOne
	}
	l.conn = nil
	return c, nil
}

func (l *onlyConn) Close() error   { return nil }
func (l *onlyConn) Addr() net.Addr { return nil }
