package handover

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"etamil/cmd/internal/cli"
	"etamil/engine/diag"
	"etamil/fcgi/web"
)

// A Child is the new process's end. Its methods but Run are safe for concurrent
// use.
type Child struct {
	ch    *channel
	pid   int
	build string
	facts json.RawMessage

	descriptors []Descriptor

	mu      sync.Mutex
	role    Role
	decided chan struct{} // closed when role is
	gone    chan struct{} // closed when the parent is
	asked   bool          // terminate was sent
}

// A Role is what the child is when it ends.
type Role int

// The roles.
const (
	// Main: the parent has left or is gone; this is the service's main
	// process.
	Main Role = iota + 1
	// Second: the parent is the main process, ends too, and takes the idle
	// connections.
	Second
)

// helloTimeout is how long the parent may take for what takes no time.
const helloTimeout = 10 * time.Second

// Inherited returns the child's end when a parent started this process, and nil
// when none did. It is to be called once, before anything is opened.
func Inherited() (*Child, error) {
	word, ok := os.LookupEnv(descriptorEnv)
	if !ok {
		return nil, nil
	}
	os.Unsetenv(descriptorEnv)
	fd, err := strconv.Atoi(word)
	if err != nil || fd < 3 || fd > 1<<20 {
		return nil, notOurs()
	}
	ch, err := newChannel(os.NewFile(uintptr(fd), "handover"), helloTimeout)
	if err != nil {
		return nil, notOurs()
	}
	return &Child{ch: ch, decided: make(chan struct{}), gone: make(chan struct{})}, nil
}

func notOurs() error {
	return cli.Errorf("%s என்ற சூழல் மாறியை எந்த etamild-உம் அமைக்கவில்லை: அதை நீக்குங்கள்", "%s is set, by no etamild: unset it", descriptorEnv)
}

// Accept makes the two known to each other and receives the descriptors.
func (c *Child) Accept(build string) error {
	c.ch.conn.SetReadDeadline(time.Now().Add(helloTimeout))
	defer c.ch.conn.SetReadDeadline(time.Time{})
	m, err := c.ch.receive()
	var other versionError
	switch {
	case errors.As(err, &other):
		c.Fail(diag.Reason(err), nil)
		return err
	case err != nil:
		return notHeard(err)
	case m.Kind != kindHello:
		m.closeFiles()
		return errRubbish
	}
	c.pid, c.build, c.facts = m.PID, sentence(m.Build), m.Facts
	if err := c.ch.send(&message{Kind: kindHello, Build: build, PID: os.Getpid()}); err != nil {
		return because("பழைய செயல்முறைக்குப் பதில் சொல்ல முடியவில்லை", "the old process cannot be answered", err)
	}
	for more := true; more; {
		m, err := c.ch.receive()
		if err != nil {
			return notHeard(err)
		}
		if m.Kind != kindListeners || len(m.Names) != len(m.files) {
			m.closeFiles()
			return errRubbish
		}
		for i, n := range m.Names {
			c.descriptors = append(c.descriptors, Descriptor{Name: n.Name, Facts: n.Facts, File: m.files[i]})
		}
		more = m.More
	}
	return nil
}

func notHeard(err error) error {
	switch {
	case errors.Is(err, io.EOF):
		return cli.Errorf("பழைய செயல்முறை கைமாற்றை விட்டுவிட்டது", "the old process gave the handover up")
	case errors.Is(err, os.ErrDeadlineExceeded):
		return cli.Errorf("பழைய செயல்முறை %v நேரமாக எதுவும் சொல்லவில்லை", "the old process said nothing for %v", helloTimeout)
	}
	return because("பழைய செயல்முறை சொல்வது கேட்கவில்லை", "the old process cannot be heard", err)
}

// PID and Build tell who the parent is, after Accept.
func (c *Child) PID() int      { return c.pid }
func (c *Child) Build() string { return c.build }

// Facts returns what the parent told beforehand, after Accept.
func (c *Child) Facts() json.RawMessage { return c.facts }

// Descriptors returns what Accept received. It all belongs to the caller.
func (c *Child) Descriptors() []Descriptor { return c.descriptors }

// Ready says that this process could serve; Run hears what follows.
func (c *Child) Ready() error { return c.ch.send(&message{Kind: kindReady}) }

// Fail says why this process cannot take over. It is to end then. Diagnostics
// that are too long for a message are left out.
func (c *Child) Fail(reason diag.Text, diagnostics json.RawMessage) error {
	const most, room = 4 << 10, maxMessage - 32<<10 // a byte of a sentence may take six in JSON
	if len(diagnostics) > room {
		diagnostics = nil
	}
	short := func(s string) string { return strings.ToValidUTF8(s[:min(len(s), most)], "") }
	return c.ch.send(&message{Kind: kindFailed, Reason: short(reason.En), ReasonTa: short(reason.Ta), Diagnostics: diagnostics})
}

// Handlers are what Run calls, one at a time. None may be nil.
type Handlers struct {
	// Begin: accept connections. Nothing else comes before.
	Begin func()
	// Conn: a connection moved here, and is this process's alone.
	Conn func(*os.File)
	// Timers: the old process runs none any more. nil also when it is gone
	// without having said so.
	Timers func([]web.Due)
	// Status: how far the old process is.
	Status func(Status)
	// Drained: this is the main process; the old one ends.
	Drained func()
	// Terminate: end, because the old process was told to.
	Terminate func()
}

// Run hears the parent until that is gone, and calls h. The error says that the
// parent went before it said begin, or said something that cannot be understood;
// then this process is to end.
func (c *Child) Run(h Handlers) error {
	defer c.ch.close()
	begun, timers := false, false
	defer func() {
		c.decide(Main)
		close(c.gone)
		if begun && !timers {
			h.Timers(nil)
		}
	}()
	for {
		m, err := c.ch.receive()
		switch {
		case errors.Is(err, io.EOF) && begun:
			return nil
		case err != nil:
			return notHeard(err)
		}
		if m.Kind != kindConn {
			m.closeFiles()
		}
		if !begun && m.Kind != kindBegin && m.Kind != kindTerminate {
			return errRubbish
		}
		switch m.Kind {
		case kindBegin:
			if begun {
				return errRubbish
			}
			begun = true
			h.Begin()
			c.ch.send(&message{Kind: kindBegun}) // if it is gone, the next receive tells
		case kindConn:
			f, err := m.file()
			if err != nil {
				return err
			}
			c.ch.send(&message{Kind: kindTook, N: m.N})
			h.Conn(f)
		case kindAlive:
			c.ch.send(&message{Kind: kindTook, N: m.N})
		case kindTimers:
			timers = true
			dues := m.Dues
			if dues == nil {
				dues = []web.Due{}
			}
			h.Timers(dues)
		case kindStatus:
			if m.Status != nil {
				h.Status(*m.Status)
			}
		case kindDrained:
			c.decide(Main)
			h.Drained()
		case kindTerminate:
			c.decide(Second)
			h.Terminate()
		}
	}
}

// decide sets the role. What came first stays.
func (c *Child) decide(r Role) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.role == 0 {
		c.role = r
		close(c.decided)
	}
}

// Terminate passes a signal to end on to the parent, if it is there.
func (c *Child) Terminate() {
	c.mu.Lock()
	again := c.asked
	c.asked = true
	c.mu.Unlock()
	if !again {
		c.ch.send(&message{Kind: kindTerminate}) // Role tells
	}
}

// Role waits until it is decided which process is the main one, which it is
// after Terminate of either, Drained, or the parent's end. The error is that of
// ctx.
func (c *Child) Role(ctx context.Context) (Role, error) {
	select {
	case <-c.decided:
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.role, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// Gone is closed when the parent is gone: a main process ends only then.
func (c *Child) Gone() <-chan struct{} { return c.gone }

// GiveBack passes an idle connection to the parent; f stays the caller's, to be
// closed.
func (c *Child) GiveBack(f *os.File) error {
	return c.ch.send(&message{Kind: kindConn}, f)
}
