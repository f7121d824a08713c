package fcgi

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ErrResumed is returned by HandOff when Resume or Drain put an end to it.
var ErrResumed = errors.New("the connections stay here")

// A handOff is where connections go that are idle.
type handOff struct {
	give  func(*os.File) error
	empty chan struct{} // closed when nothing is left to give
	over  chan struct{} // closed when nothing is given any more
}

func newHandOff(give func(*os.File) error) *handOff {
	return &handOff{give: give, empty: make(chan struct{}), over: make(chan struct{})}
}

// HandOff gives all connections to another process. No connection is accepted
// any more, though the listeners stay open, and each connection is passed to
// give as soon as it is idle: between two records, with nothing buffered,
// nothing in flight, the last answer written. Bytes that the web server has sent
// meanwhile stay in the socket; those that were read already are answered first.
// A connection whose give fails is served on here, and given again after its
// next request. The file is give's to close when it returns no error; give is
// called by many goroutines.
//
// HandOff returns when nothing is left. When ctx ends first, the running
// requests are cancelled, what they answer within two seconds is sent, the rest
// is cut off, and a *DrainError returned. Resume takes everything back.
func (s *Server) HandOff(ctx context.Context, give func(*os.File) error) error {
	h := newHandOff(give)
	s.mu.Lock()
	if s.draining.Load() || s.handing.Load() != nil {
		s.mu.Unlock()
		return errors.New("the server is leaving already")
	}
	s.handing.Store(h)
	for l := range s.listeners {
		if d, ok := l.(interface{ SetDeadline(time.Time) error }); ok {
			d.SetDeadline(longAgo)
		}
	}
	for c := range s.conns {
		c.poke()
	}
	s.checkEmpty()
	s.mu.Unlock()

	select {
	case <-h.empty:
		return nil
	case <-h.over:
		return ErrResumed
	case <-ctx.Done():
	}
	cancelled, dropped, over := s.cut(h.empty, h.over)
	switch {
	case over:
		return ErrResumed
	case cancelled > 0:
		return &DrainError{Cancelled: cancelled, Dropped: dropped}
	}
	return nil
}

// cut cancels what runs and, after a while, cuts it off. It returns when empty
// is closed, or over, which a nil one never is.
func (s *Server) cut(empty, over <-chan struct{}) (cancelled, dropped int, isOver bool) {
	s.expired.Store(true)
	for _, c := range s.list() {
		if c.expire() {
			cancelled++
		}
	}
	last := time.NewTimer(lastAnswers)
	defer last.Stop()
	select {
	case <-empty:
		return cancelled, 0, false
	case <-over:
		return cancelled, 0, true
	case <-last.C:
	}
	for _, c := range s.list() {
		if c.busy() {
			dropped++
		}
		c.nc.Close()
	}
	return cancelled, dropped, false
}

// Resume takes HandOff back: connections are accepted again, and those that
// were not given stay. Without a HandOff it does nothing.
func (s *Server) Resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining.Load() || s.handing.Load() == nil {
		return
	}
	s.expired.Store(false)
	for l := range s.listeners {
		if d, ok := l.(interface{ SetDeadline(time.Time) error }); ok {
			d.SetDeadline(time.Time{})
		}
	}
	s.endHandOff()
}

// endHandOff lets the listeners go on and nothing be given. s.mu is held.
func (s *Server) endHandOff() {
	if h := s.handing.Swap(nil); h != nil {
		close(h.over)
	}
}

// parked waits while a hand-off goes on. It is false when there is none.
func (s *Server) parked() bool {
	h := s.handing.Load()
	if h == nil {
		return false
	}
	s.mu.Lock()
	s.parkedLoops++
	s.checkEmpty()
	s.mu.Unlock()
	<-h.over
	s.mu.Lock()
	s.parkedLoops--
	s.mu.Unlock()
	return true
}

// DrainTo is Drain that passes a connection which stays idle to store instead of
// closing it, so that the next process can serve it on. A connection is closed
// when store fails. The file is store's to close when it returns no error.
func (s *Server) DrainTo(ctx context.Context, store func(*os.File) error) error {
	s.storing.CompareAndSwap(nil, newHandOff(store))
	return s.Drain(ctx)
}

// move passes an idle connection on. It returns nil when the connection stays.
func (c *conn) move(h *handOff) error {
	c.wmu.Lock() // the last answer may not have gone out yet
	failed := c.wfailed
	c.wmu.Unlock()
	if failed != nil {
		return errOver
	}
	f, err := c.duplicate()
	if err == nil {
		if err = h.give(f); err == nil {
			c.srv.count.moved.Add(1)
			return errOver
		}
		f.Close()
	}
	c.srv.opt.Log.Debug().Err(err).Msg("connection not passed on")
	c.kept = h
	return nil
}

// duplicate returns a second descriptor of the connection.
func (c *conn) duplicate() (*os.File, error) {
	if c.raw == nil {
		return nil, errors.New("connection without a descriptor")
	}
	var fd int
	var derr error
	err := c.raw.Control(func(own uintptr) { fd, derr = unix.FcntlInt(own, unix.F_DUPFD_CLOEXEC, 3) })
	if err = errors.Join(err, derr); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), "connection"), nil
}

// Waiting reports whether a connection waits in a listener's queue to be
// accepted. It does so for a moment only, unless the server is stuck.
func (s *Server) Waiting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for l := range s.listeners {
		if waiting(l) {
			return true
		}
	}
	return false
}

// waiting reports whether a connection waits to be accepted from l.
func waiting(l net.Listener) bool {
	sc, ok := l.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sc.SyscallConn()
	return err == nil && readable(raw)
}

// readable reports whether a read, or an accept, would return at once.
func readable(raw syscall.RawConn) bool {
	some := false
	err := raw.Control(func(fd uintptr) {
		p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := unix.Poll(p, 0)
		some = err == nil && n > 0 && p[0].Revents&unix.POLLIN != 0
	})
	return err == nil && some
}
