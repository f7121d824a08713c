package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"

	"etamil/engine/diag"
)

// A Daemon is what a Server asks and tells.
type Daemon interface {
	// Status returns the present state. It does not wait for requests.
	Status() *Status
	// Drain begins to end the process and returns at once. A refusal is a
	// sentence for whoever asked.
	Drain() error
	// Reload brings a changed program, setting or binary into force, or lets
	// everything be as it was. It returns when that is decided; ctx ends when
	// whoever asked is gone, which changes nothing.
	Reload(ctx context.Context, r Request) *Reload
	// SetLogLevel changes what is logged until the next start. A refusal is a
	// sentence for whoever asked.
	SetLogLevel(level string) error
}

const (
	// patience is how long a request may take to come, and its answer to be
	// taken.
	patience = 5 * time.Second
	// maxLine bounds a request in bytes; those known are shorter than 64.
	maxLine = 4 << 10
	// maxTalks is how many connections are heard at once, and how many may
	// wait for the end.
	maxTalks = 16
)

// A Server answers the requests of a control socket.
type Server struct {
	daemon Daemon
	log    zerolog.Logger
	uid    int
	root   int // the user who may ask beside uid

	talks chan struct{}

	mu       sync.Mutex
	waiting  []net.Conn // for the end
	finished bool
	listener net.Listener
	paused   chan struct{} // closed by Resume; nil: not paused
	parked   chan struct{} // hears that Serve waits for that
}

// NewServer returns a Server for Serve.
func NewServer(d Daemon, log zerolog.Logger) *Server {
	return &Server{daemon: d, log: log, uid: os.Geteuid(), talks: make(chan struct{}, maxTalks)}
}

// Serve accepts connections until l is closed. l is a listener of Unix sockets.
func (s *Server) Serve(l net.Listener) {
	s.mu.Lock()
	s.listener = l
	s.mu.Unlock()
	pause := 5 * time.Millisecond
	for {
		c, err := l.Accept()
		switch {
		case err == nil:
			pause = 5 * time.Millisecond
		case errors.Is(err, net.ErrClosed):
			return
		case errors.Is(err, os.ErrDeadlineExceeded):
			s.mu.Lock()
			paused, parked := s.paused, s.parked
			s.mu.Unlock()
			if paused != nil {
				select {
				case parked <- struct{}{}:
				default:
				}
				<-paused
			}
			continue
		default: // a shortage that passes
			time.Sleep(pause)
			pause = min(2*pause, time.Second)
			continue
		}
		select {
		case s.talks <- struct{}{}:
			go func() {
				defer func() { <-s.talks }()
				s.talk(c)
			}()
		default:
			// Its buffer takes a line without waiting.
			s.refuse(c, "too many control connections at once; try again")
			c.Close()
		}
	}
}

// Pause leaves new connections in the listener's queue, for another process or
// until Resume. Requests that came are answered.
func (s *Server) Pause() {
	s.mu.Lock()
	d, ok := s.listener.(interface{ SetDeadline(time.Time) error })
	if !ok || s.paused != nil {
		s.mu.Unlock()
		return
	}
	parked := make(chan struct{}, 1)
	s.paused, s.parked = make(chan struct{}), parked
	d.SetDeadline(time.Unix(1, 0))
	s.mu.Unlock()
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-parked: // an Accept that had begun is over
	case <-late.C:
	}
}

// Resume takes Pause back.
func (s *Server) Resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, ok := s.listener.(interface{ SetDeadline(time.Time) error }); ok && s.paused != nil {
		d.SetDeadline(time.Time{})
		close(s.paused)
		s.paused = nil
	}
}

// talk hears one request and answers it.
func (s *Server) talk(c net.Conn) {
	keep := false
	defer func() {
		if v := recover(); v != nil {
			s.log.Error().Str("panic", fmt.Sprint(v)).Bytes("stack", debug.Stack()).Msg("control connection panicked")
		}
		if !keep {
			c.Close()
		}
	}()
	c.SetDeadline(time.Now().Add(patience))
	if err := s.permitted(c); err != nil {
		s.refuse(c, err.Error())
		return
	}
	r, err := readRequest(c)
	if err != nil {
		s.refuse(c, err.Error())
		return
	}
	switch {
	case r.Version != Version:
		s.refuse(c, fmt.Sprintf("version %d of the control protocol is not known here; this daemon speaks version %d", r.Version, Version))
	case r.Command == CommandStatus:
		send(c, &Reply{OK: true, Status: s.daemon.Status()})
	case r.Command == CommandDrain:
		keep = s.drain(c)
	case r.Command == CommandReload:
		s.reload(c, r)
	case r.Command == CommandLogLevel:
		if err := s.daemon.SetLogLevel(r.Level); err != nil {
			s.refuse(c, err.Error())
			return
		}
		send(c, &Reply{OK: true})
	case slices.Contains(Later, r.Command):
		s.refuse(c, "this daemon has no command '"+r.Command+"' yet")
	default:
		sentence := "there is no command '" + diag.Quote(r.Command) + "'"
		if near, ok := diag.Nearest(r.Command, slices.Values(commands)); ok {
			sentence += "; did you mean '" + near + "'?"
		}
		s.refuse(c, sentence)
	}
}

// reload answers when the outcome is known.
func (s *Server) reload(c net.Conn, r Request) {
	c.SetDeadline(time.Time{})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		defer cancel()
		c.Read(make([]byte, 1)) // nothing more is said: it is the end
	}()
	done := s.daemon.Reload(ctx, r)
	c.SetDeadline(time.Now().Add(patience))
	send(c, &Reply{OK: done.Error == "", Error: done.Error, Reload: done})
}

// drain begins the drain and keeps c for Finish.
func (s *Server) drain(c net.Conn) (keep bool) {
	if err := s.daemon.Drain(); err != nil {
		s.refuse(c, err.Error())
		return false
	}
	if send(c, &Reply{OK: true, Draining: true}) != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.finished || len(s.waiting) >= maxTalks {
		return s.finished // the process is about to end, which closes c
	}
	s.waiting = append(s.waiting, c)
	return true
}

// Settle waits until every request that came is answered, at most for limit. No
// other is answered then.
func (s *Server) Settle(limit time.Duration) {
	late := time.NewTimer(limit)
	defer late.Stop()
	for range maxTalks {
		select {
		case s.talks <- struct{}{}:
		case <-late.C:
			return
		}
	}
}

// Finish tells those that asked for the drain how it went. Their connections
// end with the process.
func (s *Server) Finish(e Ended) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finished = true
	for _, c := range s.waiting {
		c.SetDeadline(time.Now().Add(patience / 10))
		send(c, &Reply{OK: true, Ended: &e})
	}
}

// permitted is nil for the daemon's own user and for root.
func (s *Server) permitted(c net.Conn) error {
	u, ok := c.(*net.UnixConn)
	if !ok {
		return errors.New("control connections come over a Unix socket")
	}
	raw, err := u.SyscallConn()
	if err != nil {
		return err
	}
	var cred *unix.Ucred
	var credErr error
	err = raw.Control(func(fd uintptr) {
		cred, credErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	if err = errors.Join(err, credErr); err != nil {
		return fmt.Errorf("who is asking cannot be told: %w", err)
	}
	if uid := int(cred.Uid); uid != s.root && uid != s.uid {
		return fmt.Errorf("user %d may not control this daemon; user %d and root may", uid, s.uid)
	}
	return nil
}

var errRubbish = errors.New(`this is no request of the control protocol; one looks like {"etamild":1,"command":"status"}`)

func readRequest(c net.Conn) (r Request, err error) {
	line, err := bufio.NewReader(io.LimitReader(c, maxLine)).ReadBytes('\n')
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return r, fmt.Errorf("no request came within %v", patience)
	case err == io.EOF && len(line) == 0:
		return r, errors.New("the connection was closed without a request")
	case err != nil:
		return r, errRubbish
	}
	if json.Unmarshal(bytes.TrimSpace(line), &r) != nil || r.Version == 0 || r.Command == "" {
		return r, errRubbish
	}
	return r, nil
}

func (s *Server) refuse(c net.Conn, sentence string) {
	if send(c, &Reply{Error: strings.ToValidUTF8(sentence, "\uFFFD")}) != nil {
		return // nobody to tell
	}
}

// send writes one line.
func send(c net.Conn, r *Reply) error {
	r.Version = Version
	line, err := json.Marshal(r)
	if err != nil {
		panic("BUG: a reply has no JSON: " + err.Error())
	}
	_, err = c.Write(append(line, '\n'))
	return err
}
