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

	"etamil/cmd/internal/cli"
	"etamil/engine/diag"
)

// A Daemon is what a Server asks and tells.
type Daemon interface {
	// Status returns the present state. It does not wait for requests.
	Status() *Status
	// Drain begins to end the process and returns at once. A refusal is a
	// sentence for whoever asked, best in both languages: see diag.Reason.
	Drain() error
	// Reload brings a changed program, setting or binary into force, or lets
	// everything be as it was. It returns when that is decided; ctx ends when
	// whoever asked is gone, which changes nothing.
	Reload(ctx context.Context, r Request) *Reload
	// SetLogLevel changes what is logged until the next start. A refusal is as
	// one of Drain.
	SetLogLevel(level string) error
	// Profile looks for a while where programs spend processor time; ctx ends
	// when whoever asked is gone. A refusal is as one of Drain.
	Profile(ctx context.Context, d time.Duration) (*Profile, error)
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
	ended    *Ended     // nil: not yet
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
			s.refuse(c, errCrowd)
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
		s.refuse(c, err)
		return
	}
	r, err := readRequest(c)
	if err != nil {
		s.refuse(c, err)
		return
	}
	switch {
	case r.Version != Version:
		s.refuse(c, cli.Errorf("கட்டுப்பாட்டு நெறிமுறையின் பதிப்பு %d இங்கே தெரியாது; இந்த daemon பேசுவது பதிப்பு %d", "version %d of the control protocol is not known here; this daemon speaks version %d", r.Version, Version))
	case r.Command == CommandStatus:
		send(c, &Reply{OK: true, Status: s.daemon.Status()})
	case r.Command == CommandDrain:
		keep = s.drain(c)
	case r.Command == CommandReload:
		s.reload(c, r)
	case r.Command == CommandLogLevel:
		if err := s.daemon.SetLogLevel(r.Level); err != nil {
			s.refuse(c, err)
			return
		}
		send(c, &Reply{OK: true})
	case r.Command == CommandProfile && !(r.Seconds > 0 && r.Seconds <= MaxProfile):
		s.refuse(c, cli.Errorf("profile-க்கு 0-க்கு மேல் %d வரை நொடிகள் வேண்டும்", "a profile takes more than 0 and at most %d seconds", MaxProfile))
	case r.Command == CommandProfile:
		s.profile(c, r)
	default:
		s.refuse(c, unknownCommand(r.Command))
	}
}

func unknownCommand(word string) error {
	e := cli.Errorf("'%s' என்ற கட்டளை இல்லை", "there is no command '%s'", diag.Quote(word))
	if near, ok := diag.Nearest(word, slices.Values(Commands)); ok {
		hint := diag.DidYouMean(near)
		e.Text.Ta += "; " + hint.Ta
		e.Text.En += "; " + hint.En
	}
	return e
}

// whileAsked calls f, however long it takes, with a context that ends when whoever
// asked is gone.
func whileAsked(c net.Conn, f func(ctx context.Context)) {
	c.SetDeadline(time.Time{})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		defer cancel()
		c.Read(make([]byte, 1)) // nothing more is said: it is the end
	}()
	f(ctx)
	c.SetDeadline(time.Now().Add(patience))
}

// profile answers when the profile is taken.
func (s *Server) profile(c net.Conn, r Request) {
	var p *Profile
	var err error
	whileAsked(c, func(ctx context.Context) {
		p, err = s.daemon.Profile(ctx, time.Duration(r.Seconds*float64(time.Second)))
	})
	if err != nil {
		s.refuse(c, err)
		return
	}
	send(c, &Reply{OK: true, Profile: p})
}

// reload answers when the outcome is known.
func (s *Server) reload(c net.Conn, r Request) {
	var done *Reload
	whileAsked(c, func(ctx context.Context) { done = s.daemon.Reload(ctx, r) })
	send(c, &Reply{OK: done.Error == "", Error: done.Error, ErrorTa: done.ErrorTa, Reload: done})
}

// drain begins the drain and keeps c for Finish.
func (s *Server) drain(c net.Conn) (keep bool) {
	if err := s.daemon.Drain(); err != nil {
		s.refuse(c, err)
		return false
	}
	if send(c, &Reply{OK: true, Draining: true}) != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended != nil: // faster than the first answer; the end of the process closes c
		send(c, &Reply{OK: true, Ended: s.ended})
		return true
	case len(s.waiting) >= maxTalks:
		return false
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
	s.ended = &e
	for _, c := range s.waiting {
		c.SetDeadline(time.Now().Add(patience / 10))
		send(c, &Reply{OK: true, Ended: &e})
	}
}

// permitted is nil for the daemon's own user and for root.
func (s *Server) permitted(c net.Conn) error {
	u, ok := c.(*net.UnixConn)
	if !ok {
		return cli.Errorf("கட்டுப்பாட்டு இணைப்புகள் Unix socket வழியே மட்டும்", "control connections come over a Unix socket")
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
		return cli.Errorf("கேட்பவர் யார் என்று தெரியவில்லை: %v", "who is asking cannot be told: %v", err)
	}
	if uid := int(cred.Uid); uid != s.root && uid != s.uid {
		return cli.Errorf("பயனர் %d இந்த daemon-ஐக் கட்டுப்படுத்த முடியாது; பயனர் %d, root மட்டுமே", "user %d may not control this daemon; user %d and root may", uid, s.uid)
	}
	return nil
}

var (
	errRubbish = cli.Errorf(`இது கட்டுப்பாட்டு நெறிமுறையின் கோரிக்கை அல்ல; ஒன்று இப்படி இருக்கும்: {"etamild":1,"command":"status"}`,
		`this is no request of the control protocol; one looks like {"etamild":1,"command":"status"}`)
	errCrowd = cli.Errorf("ஒரே நேரத்தில் அளவுக்கு மீறிய கட்டுப்பாட்டு இணைப்புகள்; மறுபடி முயலுங்கள்", "too many control connections at once; try again")
)

func readRequest(c net.Conn) (r Request, err error) {
	line, err := bufio.NewReader(io.LimitReader(c, maxLine)).ReadBytes('\n')
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return r, cli.Errorf("%v நேரத்திற்குள் எந்தக் கோரிக்கையும் வரவில்லை", "no request came within %v", patience)
	case err == io.EOF && len(line) == 0:
		return r, cli.Errorf("கோரிக்கை இல்லாமலே இணைப்பு மூடப்பட்டது", "the connection was closed without a request")
	case err != nil:
		return r, errRubbish
	}
	if json.Unmarshal(bytes.TrimSpace(line), &r) != nil || r.Version == 0 || r.Command == "" {
		return r, errRubbish
	}
	return r, nil
}

func (s *Server) refuse(c net.Conn, because error) {
	why := diag.Reason(because)
	if send(c, &Reply{Error: strings.ToValidUTF8(why.En, "\uFFFD"), ErrorTa: strings.ToValidUTF8(why.Ta, "\uFFFD")}) != nil {
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
