package fcgi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"etamil/fcgi/web"
)

// A Handler answers requests. Serve is called in a goroutine of the request's
// own, for many requests at once.
//
// ctx ends when the web server closes the connection or aborts the request, or
// when a drain takes too long; context.Cause tells which ([ErrClientGone],
// [ErrAborted], [ErrDrained]). An answer that nobody waits for is dropped.
//
// r is the server's again after the answer's Done, or after Serve if it has
// none: neither r nor its Header may be kept longer (their texts may). The
// answer is not nil; its Body is not changed before Done. A panic is answered
// with 500 and logged.
type Handler interface {
	Serve(ctx context.Context, r *web.Request) *web.Response
}

// A Refuser is a Handler that also words the answers to requests that are
// refused before they reach Serve (400, 404 outside the mount, 431, 503), and so
// can log and count them. r is as far filled as it could be understood. It is
// called in the goroutine that reads the connection; the body of the answer is
// below 32 KiB and no File.
type Refuser interface {
	Refuse(r *web.Request, status int) *web.Response
}

// Options are what a Server is made of. Only Handler is needed. A duration of
// 0 means its default, a negative one no limit.
type Options struct {
	Handler Handler
	Log     zerolog.Logger

	// MaxParams bounds the bytes of all parameters of a request: 431 above.
	// MaxBody bounds what ReadBody returns, whatever it is asked for. 0
	// means no limit, and for parameters 16 MiB, the most a server can be
	// meant to hold for one request.
	MaxParams int
	MaxBody   int64

	// ReadTimeout bounds how long a request stays half received: its
	// parameters in all, its body from one piece to the next and ten times
	// as long in all. Default 30 s. There is no limit between requests: the
	// web server closes what it does not need.
	ReadTimeout time.Duration

	// WriteTimeout bounds how long one write may wait for the web server to
	// read, at least by half. Default 2 min, twice what nginx grants a slow
	// client (send_timeout) between two reads.
	WriteTimeout time.Duration

	// DrainIdle is how long Drain leaves an idle connection open for one
	// more request. Default 1 s.
	DrainIdle time.Duration
}

const (
	defaultReadTimeout  = 30 * time.Second
	defaultWriteTimeout = 2 * time.Minute
	defaultDrainIdle    = time.Second

	maxParamsEver = 16 << 20

	// lastAnswers is how long requests that a drain cancelled have to send
	// what they still answer.
	lastAnswers = 2 * time.Second

	// backlogWait is how long connections are accepted from a socket whose
	// name is gone, before its queue is looked at.
	backlogWait = 20 * time.Millisecond
)

// A Server serves FastCGI connections. Its methods are safe for concurrent use.
type Server struct {
	opt       Options
	refuser   Refuser // Options.Handler if it is one, else nil
	maxParams atomic.Int64
	maxBody   atomic.Int64
	engines   enginePool
	workers   workerPool
	inFlight  atomic.Int64
	draining  atomic.Bool
	expired   atomic.Bool             // draining took too long
	handing   atomic.Pointer[handOff] // nil: connections stay here
	storing   atomic.Pointer[handOff] // where a drain leaves idle ones; nil: nowhere
	count     counters
	stamp     atomic.Pointer[stamp]

	exchanges, readBuffers, fileBuffers sync.Pool

	mu        sync.Mutex
	listeners map[net.Listener]struct{}
	conns     map[*conn]struct{}
	own       int           // of them, those of Ask
	empty     chan struct{} // closed when draining and nothing is left
	// parkedLoops counts the Serves that wait for the end of a hand-off.
	parkedLoops int
}

// NewServer returns a Server that serves nothing yet.
func NewServer(o Options) *Server {
	if o.Handler == nil {
		panic("BUG: fcgi.NewServer without a Handler")
	}
	for _, d := range []struct {
		v   *time.Duration
		def time.Duration
	}{
		{&o.ReadTimeout, defaultReadTimeout},
		{&o.WriteTimeout, defaultWriteTimeout},
		{&o.DrainIdle, defaultDrainIdle},
	} {
		if *d.v == 0 {
			*d.v = d.def
		}
	}
	s := &Server{
		opt:       o,
		listeners: make(map[net.Listener]struct{}),
		conns:     make(map[*conn]struct{}),
		empty:     make(chan struct{}),
	}
	s.refuser, _ = o.Handler.(Refuser)
	s.SetLimits(o.MaxParams, o.MaxBody)
	return s
}

// SetLimits changes MaxParams and MaxBody for requests that begin afterwards.
func (s *Server) SetLimits(maxParams int, maxBody int64) {
	if maxParams <= 0 {
		maxParams = maxParamsEver
	}
	s.maxParams.Store(int64(min(maxParams, maxParamsEver)))
	s.maxBody.Store(max(maxBody, 0))
}

func (s *Server) paramsLimit() int { return int(s.maxParams.Load()) }

// Serve accepts connections from l until Drain or until l is closed, and closes
// l. Any number of listeners may be served. It returns nil after Drain, and no
// error of Accept but net.ErrClosed ends it: they come from a shortage (of
// descriptors, of memory) that passes.
func (s *Server) Serve(l net.Listener) error {
	defer l.Close()
	s.mu.Lock()
	if s.draining.Load() {
		s.mu.Unlock()
		return nil
	}
	s.listeners[l] = struct{}{}
	if d, ok := l.(interface{ SetDeadline(time.Time) error }); ok && s.handing.Load() != nil {
		d.SetDeadline(longAgo)
	}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.listeners, l)
		s.checkEmpty()
		s.mu.Unlock()
	}()

	const firstPause, longestPause = 5 * time.Millisecond, time.Second
	pause := firstPause
	for {
		nc, err := l.Accept()
		switch {
		case err == nil:
			pause = firstPause
			s.ServeConn(nc)
		case s.draining.Load():
			if u, ok := l.(*unixListener); ok && !u.disowned.Load() && waiting(u) && u.SetDeadline(time.Now().Add(backlogWait)) == nil {
				continue
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		case errors.Is(err, os.ErrDeadlineExceeded):
			// A hand-off began, or one has just ended.
			s.parked()
		default:
			s.count.acceptErrors.Add(1)
			s.opt.Log.Error().Err(err).Dur("pause", pause).Msg("accept a connection")
			time.Sleep(pause)
			pause = min(2*pause, longestPause)
		}
	}
}

// ServeConn serves one connection, which becomes the server's, and returns at
// once.
func (s *Server) ServeConn(nc net.Conn) { s.serveConn(nc, false, nil) }

// serveConn serves a connection; own: it is one of Ask, and h may be another
// handler.
func (s *Server) serveConn(nc net.Conn, own bool, h Handler) {
	c := newConn(s, nc)
	c.own = own
	if h != nil {
		c.handler = h
	}
	s.mu.Lock()
	s.conns[c] = struct{}{}
	if own {
		s.own++
	}
	s.mu.Unlock()
	if !own {
		s.count.accepted.Add(1)
	}
	go c.serve()
}

// refuse words the answer to a request that the handler does not get.
func (s *Server) refuse(r *web.Request, status int) *web.Response {
	if s.refuser != nil {
		return s.refuser.Refuse(r, status)
	}
	return hostAnswer(status, r.ID)
}

func (s *Server) remove(c *conn) {
	s.mu.Lock()
	delete(s.conns, c)
	if c.own {
		s.own--
	}
	s.checkEmpty()
	s.mu.Unlock()
}

// checkEmpty says so once nothing is left to drain or to give. s.mu is held.
func (s *Server) checkEmpty() {
	h := s.handing.Load()
	switch {
	case s.draining.Load():
		if len(s.listeners) == 0 && len(s.conns) == 0 {
			closeOnce(s.empty)
		}
	case h != nil:
		if s.parkedLoops == len(s.listeners) && len(s.conns) == s.own {
			closeOnce(h.empty)
		}
	}
}

func closeOnce(c chan struct{}) {
	select {
	case <-c:
	default:
		close(c)
	}
}

// A stamp is the Date header of one second.
type stamp struct {
	second int64
	value  []string
}

// date returns the values of a Date header (RFC 9110, 6.6.1) for now. They are
// shared and not to be changed.
func (s *Server) date() []string {
	now := time.Now()
	d := s.stamp.Load()
	if d == nil || d.second != now.Unix() {
		d = &stamp{now.Unix(), []string{now.UTC().Format(http.TimeFormat)}}
		s.stamp.Store(d)
	}
	return d.value
}

// A DrainError says how many requests Drain did not let finish.
type DrainError struct {
	Cancelled int // running, cancelled at the end of the time
	Dropped   int // of them, those whose answer could not be sent any more
}

func (e *DrainError) Error() string {
	return fmt.Sprintf("time to drain is over: %d requests cancelled, %d of them without an answer", e.Cancelled, e.Dropped)
}

// Drain stops the server so that nothing received is lost: no connection is
// accepted any more, every request whose bytes have come is answered, those
// that wait in the handler included, and the last answer on a kept connection
// makes nginx close it. An idle connection is closed after DrainIdle; until
// then it may bring one more request.
//
// When ctx ends first, the running requests are cancelled, what they answer
// within two seconds is sent, the rest is cut off, and a *DrainError returned.
// A second call waits like the first.
func (s *Server) Drain(ctx context.Context) error {
	s.mu.Lock()
	first := !s.draining.Swap(true)
	var listeners []net.Listener
	if first {
		for l := range s.listeners {
			listeners = append(listeners, l)
		}
		now := time.Now()
		for c := range s.conns {
			c.mu.Lock()
			c.idleSince = now
			c.mu.Unlock()
			c.poke()
		}
		s.endHandOff()
		s.checkEmpty()
	}
	s.mu.Unlock()
	for _, l := range listeners {
		stopAccepting(l)
	}

	var cancelled, dropped int
	select {
	case <-s.empty:
	case <-ctx.Done():
		cancelled, dropped, _ = s.cut(s.empty, nil)
	}
	s.engines.close()
	s.workers.close()
	if cancelled > 0 {
		return &DrainError{Cancelled: cancelled, Dropped: dropped}
	}
	return nil
}

func (s *Server) list() []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	conns := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		conns = append(conns, c)
	}
	return conns
}

// stopAccepting lets Serve end. A socket of our own loses its name first, so
// that nobody can queue up any more, and what did is accepted; one that systemd
// or another process holds keeps its queue for that.
func stopAccepting(l net.Listener) {
	if u, ok := l.(*unixListener); ok && !u.disowned.Load() {
		u.unlink()
		if u.SetDeadline(time.Now().Add(backlogWait)) == nil {
			return
		}
	}
	l.Close()
}

// A reason is why a request or a record was not served. Its name is the key in
// Stats.Refused.
type reason uint8

const (
	reasonBadRequest reason = iota
	reasonParamsSize
	reasonNotFound
	reasonStopping
	reasonRole
	reasonMultiplexed
	reasonUnknownType
	reasonProtocol
	reasonStuck
	reasonAborted
	numReasons
)

var reasonNames = [numReasons]string{
	reasonBadRequest:  "bad_request",
	reasonParamsSize:  "params_too_large",
	reasonNotFound:    "outside_mount",
	reasonStopping:    "stopping",
	reasonRole:        "unknown_role",
	reasonMultiplexed: "multiplexed",
	reasonUnknownType: "unknown_record",
	reasonProtocol:    "protocol_error",
	reasonStuck:       "stuck_sender",
	reasonAborted:     "aborted",
}

func reasonOf(status int) reason {
	switch status {
	case http.StatusRequestHeaderFieldsTooLarge:
		return reasonParamsSize
	case http.StatusNotFound:
		return reasonNotFound
	case http.StatusServiceUnavailable:
		return reasonStopping
	}
	return reasonBadRequest
}

type counters struct {
	accepted, acceptErrors   atomic.Uint64
	requests, answered, gone atomic.Uint64
	panics, moved            atomic.Uint64
	refused                  [numReasons]atomic.Uint64
}

// Stats are counts since the server was made, but for the first two fields.
type Stats struct {
	Connections int  // open now
	InFlight    int  // requests between BEGIN_REQUEST and END_REQUEST now
	Draining    bool // Drain was called

	Accepted     uint64 // connections
	AcceptErrors uint64
	Requests     uint64 // given to the handler
	Answered     uint64 // of them, those whose answer was sent
	ClientGone   uint64 // of them, those whose connection closed before
	Panics       uint64
	Moved        uint64 // connections that another process has now

	// Refused counts what was not given to the handler, or cut short, by
	// reason: bad_request, params_too_large, outside_mount, stopping,
	// unknown_role, multiplexed, unknown_record, protocol_error,
	// stuck_sender, aborted.
	Refused map[string]uint64
}

// Stats returns the present counts. They are read one after another.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	open := len(s.conns) - s.own
	s.mu.Unlock()
	st := Stats{
		Connections:  open,
		InFlight:     int(s.inFlight.Load()),
		Draining:     s.draining.Load(),
		Accepted:     s.count.accepted.Load(),
		AcceptErrors: s.count.acceptErrors.Load(),
		Requests:     s.count.requests.Load(),
		Answered:     s.count.answered.Load(),
		ClientGone:   s.count.gone.Load(),
		Panics:       s.count.panics.Load(),
		Moved:        s.count.moved.Load(),
		Refused:      make(map[string]uint64, numReasons),
	}
	for r, name := range reasonNames {
		st.Refused[name] = s.count.refused[r].Load()
	}
	return st
}
