package handover

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"etamil/cmd/internal/cli"
	"etamil/engine/diag"
	"etamil/fcgi/web"
)

// descriptorEnv names, for the child, the descriptor of its end.
const descriptorEnv = "ETAMILD_HANDOVER_FD"

// Options say what is started and what it gets.
type Options struct {
	// Path is the file that is started: where the binary is installed, not
	// the one that runs.
	Path string
	// Args are its arguments, the name first.
	Args []string
	// Env is the environment, which Environment cleans.
	Env []string
	// Build names the build of this process.
	Build string
	// Facts are told to the child beforehand; nil: nothing.
	Facts json.RawMessage
	// Output is the child's standard output and error; nil: this process's.
	Output *os.File

	// Descriptors are passed before the child is ready. They stay open here.
	Descriptors []Descriptor

	// Returned takes a connection that the child gives back, to be stored or
	// closed; nil: it is closed. It is called by one goroutine.
	Returned func(*os.File)

	// ReadyTimeout is how long the child has from its start to Ready:
	// default 30 s.
	ReadyTimeout time.Duration
	// AnswerTimeout is how long the child may take for what takes no time: to
	// begin, to take a connection. Default 10 s.
	AnswerTimeout time.Duration
	// EndTimeout is how long a child that is let go of may take to end before
	// it is killed. Default 2 s.
	EndTimeout time.Duration
}

const (
	defaultReadyTimeout  = 30 * time.Second
	defaultAnswerTimeout = 10 * time.Second
	defaultEndTimeout    = 2 * time.Second
)

// A Failure is why a new process did not take over. The old one is as it was.
type Failure struct {
	Reason diag.Text // one sentence, without a full stop
	// Diagnostics is what the new process sent along; nil: nothing.
	Diagnostics json.RawMessage
}

func (f *Failure) Error() string { return f.Reason.En }

// Tamil returns the Tamil sentence: see diag.Reason.
func (f *Failure) Tamil() string { return f.Reason.Ta }

var errClosed = cli.Errorf("புதிய செயல்முறை கைமாற்றின் தன் முனையை மூடிவிட்டது", "the new process closed its end of the handover")

// Environment returns env less what is meant for this process alone: its number
// is in it, or descriptors that another process does not have. WATCHDOG_USEC and
// NOTIFY_SOCKET stay.
func Environment(env []string) []string {
	var out []string
	for _, e := range env {
		name, _, _ := strings.Cut(e, "=")
		switch name {
		case "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", descriptorEnv:
			continue
		}
		out = append(out, e)
	}
	return out
}

// A Parent is the old process's end. Its methods are safe for concurrent use.
type Parent struct {
	opt     Options
	cmd     *exec.Cmd
	process int // a descriptor of the child
	ch      *channel
	started time.Time

	// Closed when the child has said so.
	helloed, ready, failed, begun, terminated chan struct{}

	silent chan struct{} // closed: it says no more
	done   chan struct{} // closed: it has ended, and everything it said was heard

	mu       sync.Mutex
	build    string
	failure  *Failure // why it did not take over; the first reason counts
	leaving  bool     // Leave or Terminate: its end is no failure
	left     bool     // Leave: it is not ours any more
	given    map[uint64]*gift
	next     uint64
	settled  chan struct{} // not nil: somebody waits until nothing is given
	oldCheck *time.Timer
}

// A gift is a connection that the child has not yet taken.
type gift struct {
	file *os.File
	at   time.Time
}

// Start starts the new process and returns when it is ready to serve. The error
// is a *Failure, or that of ctx; then the process has ended.
func Start(ctx context.Context, o Options) (*Parent, error) {
	for _, d := range []struct {
		v   *time.Duration
		def time.Duration
	}{
		{&o.ReadyTimeout, defaultReadyTimeout},
		{&o.AnswerTimeout, defaultAnswerTimeout},
		{&o.EndTimeout, defaultEndTimeout},
	} {
		if *d.v <= 0 {
			*d.v = d.def
		}
	}
	p := &Parent{
		opt: o, started: time.Now(), given: make(map[uint64]*gift),
		helloed: make(chan struct{}), ready: make(chan struct{}), failed: make(chan struct{}),
		begun: make(chan struct{}), terminated: make(chan struct{}),
		silent: make(chan struct{}), done: make(chan struct{}),
	}
	if err := p.start(); err != nil {
		return nil, &Failure{Reason: because(o.Path+" இலிருந்து புதிய செயல்முறையைத் தொடங்க முடியவில்லை", "the new process cannot be started from "+o.Path, err).Text}
	}
	limit, cancel := context.WithTimeout(ctx, o.ReadyTimeout)
	defer cancel()
	if err := p.introduce(limit); err != nil {
		if ctx.Err() != nil {
			p.end(nil)
			return nil, ctx.Err()
		}
		p.end(err)
		return nil, p.why()
	}
	return p, nil
}

// start starts the child and the goroutines that listen to it.
func (p *Parent) start() error {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return fmt.Errorf("make a pair of sockets: %w", err)
	}
	theirs := os.NewFile(uintptr(pair[1]), "handover")
	defer theirs.Close()
	if p.ch, err = newChannel(os.NewFile(uintptr(pair[0]), "handover"), p.opt.AnswerTimeout); err != nil {
		return err
	}
	output, errput := os.Stdout, os.Stderr
	if p.opt.Output != nil {
		output, errput = p.opt.Output, p.opt.Output
	}
	if os.Getpid() == 1 {
		p.ch.close()
		return cli.Errorf("இதுவே செயல்முறை 1; இது முடிந்தால் அதன் container-உம் முடியும்: அதையே மறுபடி தொடங்குங்கள்", "this is process 1, with which its container ends: restart that instead")
	}
	p.cmd = &exec.Cmd{
		Path: p.opt.Path, Args: p.opt.Args, Stdout: output, Stderr: errput,
		Env:        append(Environment(p.opt.Env), descriptorEnv+"=3"),
		ExtraFiles: []*os.File{theirs}, // the first is descriptor 3
		// It is a child of this process's parent: systemd takes a main process
		// that is no child of its own for an alien, of which it does not
		// notice the end, and which it kills at a stop without waiting for it
		// (252, service_set_main_pid and unit_kill_context).
		SysProcAttr: &syscall.SysProcAttr{Cloneflags: syscall.CLONE_PARENT, PidFD: &p.process},
	}
	p.process = -1
	if err := p.cmd.Start(); err != nil {
		p.ch.close()
		return err
	}
	if p.process < 0 {
		p.cmd.Process.Kill()
		p.ch.close()
		return cli.Errorf("ஒரு செயல்முறை முடிவதை இந்த kernel சொல்வதில்லை (pidfd, Linux 5.4)", "this kernel does not tell when a process ends (pidfd, Linux 5.4)")
	}
	go p.listen()
	go p.await()
	return nil
}

// introduce makes itself known, passes the descriptors and waits until the child
// is ready. It returns the reason why not.
func (p *Parent) introduce(limit context.Context) error {
	if err := p.ch.send(&message{Kind: kindHello, Build: p.opt.Build, PID: os.Getpid(), Facts: p.opt.Facts}); err != nil {
		return p.unless(because("புதிய செயல்முறையோடு பேச முடியவில்லை", "the new process cannot be talked to", err))
	}
	if err := p.hear(limit, p.helloed); err != nil {
		return err
	}
	for all := p.opt.Descriptors; ; {
		n := min(len(all), maxRights)
		m := &message{Kind: kindListeners, More: n < len(all)}
		var files []*os.File
		for _, d := range all[:n] {
			m.Names = append(m.Names, named{d.Name, d.Facts})
			files = append(files, d.File)
		}
		if err := p.ch.send(m, files...); err != nil {
			return p.unless(because("socket-களைக் கைமாற்ற முடியவில்லை", "the sockets cannot be passed", err))
		}
		if all = all[n:]; len(all) == 0 {
			break
		}
	}
	return p.hear(limit, p.ready)
}

// hear waits for what the child has to say.
func (p *Parent) hear(limit context.Context, said <-chan struct{}) error {
	select {
	case <-said:
		return nil
	case <-p.failed:
		return p.why()
	case <-p.silent:
		select {
		case <-said:
			return nil
		default:
		}
		return p.unless(errClosed)
	case <-limit.Done():
		return cli.Errorf("புதிய செயல்முறை %v நேரத்திற்குள் ஆயத்தமாகவில்லை", "the new process was not ready within %v", p.opt.ReadyTimeout)
	}
}

// unless returns how the child ended, if it does within the time that it takes
// for that, else err.
func (p *Parent) unless(err error) error {
	t := time.NewTimer(p.opt.EndTimeout)
	defer t.Stop()
	select {
	case <-p.done:
		return p.why()
	case <-t.C:
		return err
	}
}

// listen hears the child until its end is closed.
func (p *Parent) listen() {
	defer close(p.silent)
	for {
		m, err := p.ch.receive()
		if err == nil {
			err = p.take(m)
		}
		switch {
		case err == nil:
			continue
		case errors.Is(err, io.EOF):
		case errors.Is(err, net.ErrClosed), errors.Is(err, os.ErrDeadlineExceeded): // by us; see await
			return
		default:
			p.fail(because("புதிய செயல்முறை", "the new process", err).Text, nil)
			p.cmd.Process.Kill()
			return
		}
		p.mu.Lock()
		left := p.left
		p.mu.Unlock()
		if left {
			return
		}
		// It ends by itself, or else without us it would live on.
		time.AfterFunc(p.opt.EndTimeout, func() {
			select {
			case <-p.done:
			default:
				p.fail(diag.Text{
					Ta: "புதிய செயல்முறை கைமாற்றின் தன் முனையை மூடிய பின்னும் முடியவில்லை",
					En: "the new process closed its end of the handover and did not end",
				}, nil)
				p.cmd.Process.Kill()
			}
		})
		return
	}
}

// take does what the child says.
func (p *Parent) take(m *message) error {
	if m.Kind != kindConn {
		m.closeFiles()
	}
	switch m.Kind {
	case kindHello:
		p.mu.Lock()
		p.build = sentence(m.Build)
		p.mu.Unlock()
		return once(p.helloed)
	case kindReady:
		return once(p.ready)
	case kindFailed:
		p.fail(diag.Text{Ta: sentence(cmp.Or(m.ReasonTa, m.Reason)), En: sentence(m.Reason)}, m.Diagnostics)
		return once(p.failed)
	case kindBegun:
		return once(p.begun)
	case kindTook:
		p.taken(m.N)
	case kindConn:
		f, err := m.file()
		if err != nil {
			return err
		}
		if p.opt.Returned == nil {
			f.Close()
		} else {
			p.opt.Returned(f)
		}
	case kindTerminate:
		return once(p.terminated)
	}
	return nil
}

// once closes c, which only the listening goroutine does.
func once(c chan struct{}) error {
	select {
	case <-c:
		return errRubbish
	default:
		close(c)
		return nil
	}
}

// await notes that the child has ended. How, only its parent is told.
func (p *Parent) await() {
	for {
		fds := []unix.PollFd{{Fd: int32(p.process), Events: unix.POLLIN}}
		if n, err := unix.Poll(fds, -1); n > 0 || err != nil && err != unix.EINTR {
			break
		}
	}
	unix.Close(p.process)
	// What it said before is in the socket, unless a process that it started
	// holds its end open.
	p.ch.conn.SetReadDeadline(time.Now().Add(p.opt.EndTimeout))
	<-p.silent
	p.mu.Lock()
	leaving := p.leaving
	p.mu.Unlock()
	if !leaving {
		p.fail(p.ending(), nil)
	}
	close(p.done)
}

// ending says that the child ended, and how far it had come.
func (p *Parent) ending() diag.Text {
	select {
	case <-p.ready:
		return diag.Text{Ta: "புதிய செயல்முறை பொறுப்பேற்கும் போதே முடிந்துவிட்டது", En: "the new process ended while it took over"}
	default:
		return diag.Text{Ta: "புதிய செயல்முறை ஆயத்தமாகும் முன்பே முடிந்துவிட்டது", En: "the new process ended before it was ready"}
	}
}

// fail records a reason, if it is the first.
func (p *Parent) fail(reason diag.Text, diagnostics json.RawMessage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failure == nil {
		p.failure = &Failure{Reason: reason, Diagnostics: diagnostics}
	}
}

// why returns the failure.
func (p *Parent) why() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failure == nil {
		return &Failure{Reason: diag.Text{Ta: "புதிய செயல்முறை முடிந்துவிட்டது", En: "the new process has ended"}} // it was told to
	}
	return p.failure
}

// end ends the child and returns when it is gone. Without a reason that is no
// failure.
func (p *Parent) end(reason error) {
	if reason != nil {
		p.fail(diag.Reason(reason), nil)
	}
	p.ch.close()
	t := time.NewTimer(p.opt.EndTimeout)
	defer t.Stop()
	select {
	case <-p.done:
		return
	case <-t.C:
	}
	p.cmd.Process.Kill()
	<-p.done
}

// PID returns the number of the new process.
func (p *Parent) PID() int { return p.cmd.Process.Pid }

// Build returns the build that the new process says it is.
func (p *Parent) Build() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.build
}

// Begin makes the new process accept connections and returns when it does. The
// error is a *Failure; then the new process has ended.
func (p *Parent) Begin() error {
	err := p.ch.send(&message{Kind: kindBegin})
	if err == nil {
		t := time.NewTimer(p.opt.AnswerTimeout)
		defer t.Stop()
		select {
		case <-p.begun:
			return nil
		case <-p.silent:
		case <-t.C:
			p.end(cli.Errorf("புதிய செயல்முறை %v நேரத்திற்குள் தொடங்கவில்லை", "the new process did not begin within %v", p.opt.AnswerTimeout))
			return p.why()
		}
	}
	p.end(p.unless(errClosed))
	return p.why()
}

// Done is closed when the new process has ended; Err says why.
func (p *Parent) Done() <-chan struct{} { return p.done }

// Err returns the *Failure of a new process that ended, or is being ended, on
// its own; nil while it lives and when it was told to end.
func (p *Parent) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failure == nil || p.leaving {
		return nil
	}
	return p.failure
}

// Terminated is closed when the new process was told to end, by a signal.
func (p *Parent) Terminated() <-chan struct{} { return p.terminated }

// Give passes a connection on. It waits while the new process has much to take.
// Without an error f belongs to p. The new process must take it within
// AnswerTimeout, else it is ended.
func (p *Parent) Give(f *os.File) error { return p.pass(kindConn, f) }

// pass sends what is to be answered with took; f is nil or becomes p's.
func (p *Parent) pass(kind string, f *os.File) error {
	p.mu.Lock()
	if p.leaving || p.failure != nil {
		p.mu.Unlock()
		return errors.New("the new process takes no more connections")
	}
	p.next++
	n := p.next
	p.given[n] = &gift{f, time.Now()}
	if p.oldCheck == nil {
		p.oldCheck = time.AfterFunc(p.opt.AnswerTimeout, p.checkOld)
	}
	p.mu.Unlock()
	var files []*os.File
	if f != nil {
		files = append(files, f)
	}
	err := p.ch.send(&message{Kind: kind, N: n}, files...)
	if err == nil {
		return nil
	}
	p.mu.Lock()
	_, ours := p.given[n]
	delete(p.given, n)
	p.checkSettled()
	p.mu.Unlock()
	if !ours {
		return nil // TakeBack has it
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		p.hung()
	}
	return fmt.Errorf("pass a connection on: %w", err)
}

func (p *Parent) hung() {
	p.fail(cli.Errorf("புதிய செயல்முறை %v நேரமாகப் பதிலளிக்கவில்லை", "the new process did not answer for %v", p.opt.AnswerTimeout).Text, nil)
	p.cmd.Process.Kill()
}

// checkOld looks whether a connection waits for too long to be taken.
func (p *Parent) checkOld() {
	p.mu.Lock()
	p.oldCheck = nil
	var oldest time.Time
	for _, g := range p.given {
		if oldest.IsZero() || g.at.Before(oldest) {
			oldest = g.at
		}
	}
	over := false
	if !oldest.IsZero() && !p.leaving {
		left := p.opt.AnswerTimeout - time.Since(oldest)
		if over = left <= 0; !over {
			p.oldCheck = time.AfterFunc(left, p.checkOld)
		}
	}
	p.mu.Unlock()
	if over {
		p.hung()
	}
}

// taken lets go of a connection that the child has.
func (p *Parent) taken(n uint64) {
	p.mu.Lock()
	g := p.given[n]
	delete(p.given, n)
	p.checkSettled()
	p.mu.Unlock()
	if g != nil && g.file != nil {
		g.file.Close()
	}
}

// checkSettled wakes Settle. p.mu is held.
func (p *Parent) checkSettled() {
	if len(p.given) == 0 && p.settled != nil {
		close(p.settled)
		p.settled = nil
	}
}

// Settle waits until the new process has taken every connection given to it, and
// still answers. The error is a *Failure or that of ctx.
func (p *Parent) Settle(ctx context.Context) error {
	if err := p.pass(kindAlive, nil); err != nil {
		select {
		case <-p.done: // or it is about to be
		case <-ctx.Done():
		}
	}
	p.mu.Lock()
	if len(p.given) > 0 && p.settled == nil {
		p.settled = make(chan struct{})
	}
	settled := p.settled
	if len(p.given) == 0 {
		settled = closed
	}
	p.mu.Unlock()
	select {
	case <-settled:
	case <-p.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	return p.Err()
}

var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// TakeBack returns the connections that the new process has not taken, and
// never will. It is called when that has ended.
func (p *Parent) TakeBack() []*os.File {
	p.mu.Lock()
	defer p.mu.Unlock()
	var files []*os.File
	for n, g := range p.given {
		if g.file != nil {
			files = append(files, g.file)
		}
		delete(p.given, n)
	}
	p.checkSettled()
	return files
}

// Timers passes the due times on: no timer runs here any more.
func (p *Parent) Timers(dues []web.Due) error {
	return p.ch.send(&message{Kind: kindTimers, Dues: dues})
}

// Tell says how far this process is.
func (p *Parent) Tell(s Status) error { return p.ch.send(&message{Kind: kindStatus, Status: &s}) }

// Leave makes the new process the main one and lets go of it.
func (p *Parent) Leave() error {
	p.mu.Lock()
	p.leaving, p.left = true, true
	p.mu.Unlock()
	err := p.ch.send(&message{Kind: kindDrained})
	p.ch.close()
	return err
}

// Terminate passes a signal to end on: the new process answers what it has,
// gives its idle connections back, and ends; see Done. Nothing can be given to
// it any more.
func (p *Parent) Terminate() error {
	p.mu.Lock()
	p.leaving = true
	p.mu.Unlock()
	return p.ch.send(&message{Kind: kindTerminate})
}

// Abandon ends the new process at once, if it lives, because of reason. What it
// had taken is lost.
func (p *Parent) Abandon(reason diag.Text) {
	p.fail(reason, nil)
	p.cmd.Process.Kill()
	<-p.done
}
