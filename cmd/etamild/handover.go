package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"etamil/cmd/internal/cli"
	"etamil/cmd/internal/config"
	"etamil/cmd/internal/control"
	"etamil/cmd/internal/handover"
	"etamil/cmd/internal/notify"
	"etamil/cmd/internal/version"
	"etamil/engine/diag"
	"etamil/fcgi"
	"etamil/fcgi/web"
)

// succession is what a daemon keeps for the process that takes its place, and
// for the one whose place it takes.
//
// The old process is the main one of its service until it has nothing left; the
// manager hears only that. So it can go on alone, and say so, if the new one
// dies before.
type succession struct {
	binary installed
	key    []byte // of tokens, from the old process
	about  facts  // from the old process

	old       *handover.Child // this process's end; nil: it took nobody's place
	oldStatus atomic.Pointer[handover.Status]
	obsolete  []net.Listener // of the old process, which the settings want no more

	mu         sync.Mutex
	stopping   bool               // a drain began
	gone       bool               // another process has everything
	otherKnows bool               // of the end, because it came from there
	cancel     context.CancelFunc // ends the start of a new process; nil: there is none
	new        *handover.Parent   // from its readiness to its end
	handing    chan struct{}      // closed when the last handover was over; nil: there was none

	alone chan struct{} // closed when this process has become the main one
	left  chan struct{} // closed after gone
	ended chan struct{} // closed when nothing is left to supervise
}

// facts are what the new process is told beforehand.
type facts struct {
	Unit string `json:"unit,omitempty"`
	Lang string `json:"lang,omitempty"`
	// Key is the key of tokens, when it is nowhere else.
	Key []byte `json:"key,omitempty"`
}

// The names of descriptors beside those of systemd.
const fdControl = "control"

// socketFacts are what the new process is told of a socket.
type socketFacts struct {
	fcgi.Facts
	// Address is the value of the setting that a socket of the metrics was
	// opened for; "": systemd opened it.
	Address string `json:"address,omitempty"`
}

// unready says why nothing can be reloaded now; nil: it can.
func (d *daemon) unready() *refusal {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.stopping:
		return refusedStopping()
	case d.gone:
		return refused("வேறொரு செயல்முறை பொறுப்பேற்றுவிட்டது", "another process has taken over")
	case d.cancel != nil || d.new != nil:
		return refused("புதிய செயல்முறை பொறுப்பேற்றுக்கொண்டிருக்கிறது; அது முடிந்ததும் மறுபடி முயலுங்கள்", "a new process is taking over; try again when that is done")
	case d.old != nil && !d.main.Load():
		return refused("இதற்கு முந்தைய செயல்முறை %d இன்னும் முடியவில்லை; முடிந்ததும் மறுபடி முயலுங்கள்",
			"the process before this one, %d, has not finished yet; try again when it has", d.old.PID())
	}
	return nil
}

// refusedStopping is why nothing is begun any more.
func refusedStopping() *refusal {
	return refused("daemon முடிந்துகொண்டிருக்கிறது", "the daemon is stopping")
}

// lastSteps is how long a reload waits for the process before this one, which
// has nothing left when whoever asked for it is told that all is done.
const lastSteps = time.Second

// awaitAlone waits for a handover that is all but over.
func (d *daemon) awaitAlone() {
	if d.old == nil || d.main.Load() {
		return
	}
	select {
	case <-d.alone:
	case <-d.stop:
	case <-time.After(lastSteps):
	}
}

// other tells of the other process while there are two.
func (d *daemon) other() *control.Handover {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.new != nil:
		return &control.Handover{PID: d.new.PID(), Role: "new", InFlight: d.server.Stats().InFlight}
	case d.old != nil && !d.main.Load():
		h := &control.Handover{PID: d.old.PID(), Role: "old"}
		if s := d.oldStatus.Load(); s != nil {
			h.InFlight = s.InFlight
		}
		return h
	}
	return nil
}

// withKey is getenv with the key of tokens of the old process, if that made it
// up and keeps it nowhere.
func (d *daemon) withKey(getenv func(string) string) func(string) string {
	return func(name string) string {
		value := getenv(name)
		if value == "" && name == "ETAMIL_JWT_SECRET" {
			return string(d.key)
		}
		return value
	}
}

// share returns the sockets for another process.
func (d *daemon) share() (all []handover.Descriptor, err error) {
	add := func(name string, l net.Listener, address string) {
		f, facts, serr := fcgi.Share(l)
		if serr != nil {
			err = errors.Join(err, fmt.Errorf("share the socket %s: %w", l.Addr(), serr))
			return
		}
		text, merr := json.Marshal(socketFacts{facts, address})
		if merr != nil {
			panic("BUG: facts have no JSON: " + merr.Error())
		}
		all = append(all, handover.Descriptor{Name: name, File: f, Facts: text})
	}
	for _, l := range d.listeners {
		add(fdFastCGI, l, "")
	}
	for _, l := range d.metrics {
		add(fdMetrics, l, d.metricsFor)
	}
	if d.controls != nil {
		add(fdControl, d.controls, "")
	}
	return all, err
}

// owned calls f for each listener whose socket file may be this process's.
func (d *daemon) owned(f func(net.Listener)) {
	for _, l := range d.listeners {
		f(l)
	}
	for _, l := range d.metrics {
		f(l)
	}
	if d.controls != nil {
		f(d.controls)
	}
}

// handOver starts the installed binary and gives it everything. Without a
// refusal this process has nothing left and ends.
func (d *daemon) handOver(ready time.Duration, lang string) (pid int, why *refusal) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	d.mu.Lock()
	if d.stopping {
		d.mu.Unlock()
		return 0, refusedStopping()
	}
	d.cancel = cancel
	finished := make(chan struct{})
	defer close(finished)
	d.handing = finished
	d.mu.Unlock()
	go d.askForTime(finished)

	// The two processes together keep below what the databases allow.
	d.registry.Retire()
	defer func() {
		if why != nil {
			d.registry.Resume()
		}
	}()
	p, why := d.startNew(ctx, ready, lang)
	d.mu.Lock()
	d.cancel = nil
	stopping := d.stopping
	if why == nil && !stopping {
		d.new = p
	}
	d.mu.Unlock()
	switch {
	case why != nil && stopping:
		return 0, refusedStopping()
	case why != nil:
		return 0, why
	case stopping:
		p.Abandon(refusedStopping().reason)
		return 0, refusedStopping()
	}
	d.log.Info().Int("new_pid", p.PID()).Str("build", p.Build()).Msg("the new process is ready; handing over")
	if d.control != nil {
		d.control.Pause() // what is asked from now on, the new process answers
	}
	if err := p.Begin(); err != nil {
		return 0, d.rollBack(p, err)
	}
	return d.giveAll(p)
}

// startNew starts the new process and waits until it could serve.
func (d *daemon) startNew(ctx context.Context, ready time.Duration, lang string) (*handover.Parent, *refusal) {
	sockets, err := d.share()
	defer func() {
		for _, s := range sockets {
			s.File.Close()
		}
	}()
	if err != nil {
		return nil, refusedBy(err)
	}
	about := facts{Unit: d.unit, Lang: lang}
	if g := d.granted.Load(); g != nil && d.cfg().StateDir == "" {
		if about.Key = g.TokenKey(); about.Key == nil {
			about.Key = d.key // no program has used it here
		}
	}
	text, err := json.Marshal(about)
	if err != nil {
		panic("BUG: facts have no JSON: " + err.Error())
	}
	p, err := handover.Start(ctx, handover.Options{
		Path: d.binary.path, Args: os.Args, Env: d.environ(), Build: version.String(), Facts: text,
		Descriptors: sockets, ReadyTimeout: ready,
		Returned: func(f *os.File) {
			if d.keeps() && d.store(f) == nil {
				return
			}
			f.Close()
		},
	})
	if failure, ok := errors.AsType[*handover.Failure](err); ok {
		why := &refusal{reason: failure.Reason}
		json.Unmarshal(failure.Diagnostics, &why.told) // what cannot be read is left out
		return nil, why
	}
	if err != nil {
		return nil, refusedBy(err)
	}
	return p, nil
}

// settleTime bounds what the new process may take to have everything once
// nothing is left here.
const settleTime = 20 * time.Second

// giveAll gives the new process, which serves already, what this one has.
func (d *daemon) giveAll(p *handover.Parent) (int, *refusal) {
	d.owned(fcgi.Disown)
	over := make(chan struct{})
	defer close(over)
	go d.watchNew(p, over)

	limit, cancel := context.Background(), context.CancelFunc(func() {})
	if t := d.cfg().Web.DrainTimeout; t > 0 {
		limit, cancel = context.WithTimeout(limit, t)
	}
	defer cancel()
	timers := make(chan struct{})
	go func() {
		defer close(timers)
		dues := d.app.StopTimers(limit)
		if err := p.Timers(dues); err != nil {
			d.log.Warn().Err(err).Msg("the new process was not told when the timers are due")
		}
	}()
	err := d.server.HandOff(limit, p.Give)
	<-timers
	if late, ok := errors.AsType[*fcgi.DrainError](err); ok {
		d.log.Warn().Int("cancelled", late.Cancelled).Int("dropped", late.Dropped).Msg("requests were cancelled at drain_timeout")
		err = nil
	}
	if err == nil {
		settle, cancel := context.WithTimeout(context.Background(), settleTime)
		defer cancel()
		err = p.Settle(settle)
	}
	d.mu.Lock()
	stopping := d.stopping
	d.mu.Unlock()
	switch {
	case stopping:
		return 0, refusedStopping() // drain ends the new process, too
	case err != nil:
		return 0, d.rollBack(p, err)
	}
	d.tell(func(n *notify.Notifier) error {
		return n.MainPID(p.PID(), fmt.Sprintf("process %d has taken over", p.PID()))
	})
	d.managerIsUpToDate()
	d.mu.Lock()
	// A manager that began to stop the service before it read that has sent
	// its signal to this process, for which it is still the main one.
	if d.gone = !d.stopping; !d.gone {
		d.mu.Unlock()
		return 0, refusedStopping()
	}
	d.mu.Unlock()
	d.main.Store(false)
	if err := p.Leave(); err != nil {
		d.log.Error().Err(err).Msg("the new process was not told that it is the main one")
	}
	close(d.left)
	return p.PID(), nil
}

// watchNew follows the new process while this one gives it everything.
func (d *daemon) watchNew(p *handover.Parent, over <-chan struct{}) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-p.Done():
			d.server.Resume() // what was not given stays
			return
		case <-p.Terminated():
			d.endWith("the new process was told to end")
			return
		case <-over:
			return
		case <-t.C:
			s := d.server.Stats()
			p.Tell(handover.Status{InFlight: s.InFlight, Connections: s.Connections}) // the last one counts
		}
	}
}

// rollBack goes on alone, because the new process failed.
func (d *daemon) rollBack(p *handover.Parent, err error) *refusal {
	p.Abandon(diag.Reason(err))
	if first := p.Err(); first != nil {
		err = first
	}
	back := p.TakeBack()
	for _, f := range back {
		if c, err := fcgi.Connection(f); err == nil {
			d.server.ServeConn(c)
		}
	}
	d.owned(fcgi.Own)
	d.server.Resume()
	if d.control != nil {
		d.control.Resume()
	}
	d.mu.Lock()
	d.new = nil
	stopping := d.stopping
	d.mu.Unlock()
	if !stopping {
		d.app.StartTimers(nil)
		d.tell(func(n *notify.Notifier) error { return n.MainPID(os.Getpid(), err.Error()) })
	}
	d.log.Error().Err(err).Int("new_pid", p.PID()).Int("taken_back", len(back)).Msg("the new process failed; serving on")
	return refusedBy(err)
}

// keeps reports whether idle connections can be left with the manager.
func (d *daemon) keeps() bool { return d.main.Load() && d.notify.Enabled() }

// stopHandover begins a drain: a new process that is being started is ended, one
// that serves is told to end, and so is the old one. It is false when another
// process has everything.
func (d *daemon) stopHandover() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.gone {
		return false
	}
	d.stopping = true
	if d.cancel != nil {
		d.cancel()
	}
	if d.new != nil {
		d.new.Terminate() // if it is dead, Done says so
	}
	if d.old != nil && !d.main.Load() {
		d.old.Terminate()
	}
	return true
}

// drainConnections answers what came and lets go of the connections: idle ones
// go to the manager, or to the old process, if there is one.
func (d *daemon) drainConnections(ctx context.Context) error {
	if d.old == nil || d.main.Load() {
		if d.keeps() {
			err := d.server.DrainTo(ctx, d.store)
			d.managerIsUpToDate()
			return err
		}
		return d.server.Drain(ctx)
	}
	return d.server.DrainTo(ctx, func(f *os.File) error {
		role, err := d.old.Role(ctx)
		switch {
		case err != nil:
			return err
		case role == handover.Second:
			if err = d.old.GiveBack(f); err == nil {
				f.Close()
			}
			return err
		case d.keeps():
			return d.store(f)
		}
		return errors.New("nobody keeps it")
	})
}

// otherTime is what the other process may take beyond this one's own time.
const otherTime = 5 * time.Second

// awaitOther waits until this process may end: a main one ends last.
func (d *daemon) awaitOther(cut context.Context) {
	d.mu.Lock()
	p, handing := d.new, d.handing
	d.mu.Unlock()
	if handing != nil {
		<-handing // it ends what it has started
	}
	if p != nil {
		late := make(chan struct{})
		end := context.AfterFunc(cut, func() { time.AfterFunc(otherTime, func() { close(late) }) })
		defer end()
		select {
		case <-p.Done():
		case <-late:
			p.Abandon(diag.Text{Ta: "அது உரிய நேரத்தில் முடியவில்லை", En: "it did not end in time"})
		}
		for _, f := range p.TakeBack() {
			if !d.keeps() || d.store(f) != nil {
				f.Close()
			}
		}
		d.managerIsUpToDate()
	}
	if d.old != nil {
		role, err := d.old.Role(cut)
		if err != nil || role == handover.Second {
			return
		}
		select {
		case <-d.old.Gone():
		case <-cut.Done():
		}
	}
}

// abandon ends the new process at once.
func (d *daemon) abandon(reason diag.Text) {
	d.mu.Lock()
	p, gone := d.new, d.gone
	d.mu.Unlock()
	if p != nil && !gone {
		p.Abandon(reason)
	}
}

// leave ends this process, which has nothing left.
func (d *daemon) leave(signals <-chan os.Signal) int {
	close(d.ended)
	if d.control != nil {
		d.control.Settle(lastLog) // whoever asked for it is told
	}
	d.app.Close()
	d.log.Info().Int("new_pid", d.new.PID()).Msg("handed over")
	d.close()
	d.logs.Close(lastLog)
	told := false
	for pending := true; pending; {
		select {
		case s := <-signals:
			told = told || s != syscall.SIGHUP
		case <-d.stop:
			told = told || !d.otherKnows
			pending = false
		default:
			pending = false
		}
	}
	if told { // it was meant for the service
		syscall.Kill(d.new.PID(), syscall.SIGTERM)
	}
	return success
}

// succeed is the life of a process that takes another's place.
func (d *daemon) succeed(old *handover.Child, problems []config.Problem, signals <-chan os.Signal) int {
	give := func(why *refusal) int {
		d.log.Error().Str("reason", why.reason.En).Str("ta", why.reason.Ta).Msg("not taking over")
		text, err := json.Marshal(diagnostics(why, d.about.Lang))
		if err != nil || len(why.list)+len(why.problems) == 0 {
			text = nil
		}
		old.Fail(why.reason, text)
		d.logs.Close(lastLog)
		d.close()
		return failure
	}
	if err := old.Accept(version.String()); err != nil {
		return give(refusedBy(err))
	}
	if err := json.Unmarshal(old.Facts(), &d.about); err != nil {
		return give(refused("பழைய செயல்முறை சொன்னது புரியவில்லை: %v", "the old process said something that is not understood: %v", err))
	}
	d.old, d.unit, d.key = old, d.about.Unit, d.about.Key
	d.log.Info().Int("old_pid", old.PID()).Str("build", old.Build()).Msg("taking over")
	if len(problems) > 0 {
		return give(&refusal{reason: summary(problems), problems: problems})
	}
	if err := d.inherit(old.Descriptors()); err != nil {
		return give(refusedBy(err))
	}
	d.setUp()
	d.app.StopTimers(context.Background()) // until the old ones have stopped
	next, why := d.prepare(context.Background(), d.cfg())
	if why != nil {
		return give(why)
	}
	d.swap(next)
	if err := old.Ready(); err != nil {
		return give(refusedBy(err))
	}
	begun, ran := make(chan struct{}), make(chan error, 1)
	go func() {
		err := old.Run(d.handlers(begun))
		ran <- err
		select {
		case <-begun:
			d.becomeMain() // it went without a word
		default:
		}
	}()
	for waiting := true; waiting; {
		select {
		case <-begun:
			waiting = false
		case err := <-ran:
			if waiting = false; err != nil { // nil: it has begun, and the old one left
				why = refusedBy(err)
			}
		case s := <-signals:
			if s == syscall.SIGHUP {
				continue
			}
			waiting, why = false, refused("முடியும்படி signal வந்தது: %v", "it was told to end by signal: %v", s)
			d.end(s.String()) // counts if it has begun
		}
	}
	select {
	case <-begun: // maybe at the same moment
	default:
		return give(why)
	}
	go d.supervise()
	return d.wait(signals)
}

// handlers are what this process does as the old one says.
func (d *daemon) handlers(begun chan<- struct{}) handover.Handlers {
	return handover.Handlers{
		Begin: func() {
			d.owned(fcgi.Own)
			d.begin()
			close(begun)
		},
		Conn: func(f *os.File) {
			c, err := fcgi.Connection(f)
			if err != nil {
				d.log.Error().Err(err).Msg("a connection of the old process cannot be used")
				return
			}
			d.server.ServeConn(c)
		},
		Timers:    func(dues []web.Due) { d.app.StartTimers(dues) },
		Status:    func(s handover.Status) { d.oldStatus.Store(&s) },
		Drained:   d.becomeMain,
		Terminate: func() { d.endWith("the old process was told to end") },
	}
}

// becomeMain makes this process the one that speaks for the service.
func (d *daemon) becomeMain() {
	if d.main.Swap(true) {
		return
	}
	close(d.alone)
	for _, l := range d.obsolete { // the old process would have needed them to go on
		fcgi.Own(l)
		l.Close()
	}
	done := control.Reload{At: d.started, Seconds: time.Since(d.started).Seconds(), PID: os.Getpid(), Generation: d.app.Current().Number()}
	d.lastReload.Store(&done)
	d.app.ReloadDone(true)
	d.log.Info().Int("old_pid", d.old.PID()).Msg("this is the main process now")
	d.tell(func(n *notify.Notifier) error { return n.Ready(d.statusLine()) })
	if d.notify.Watchdog() > 0 {
		d.tell((*notify.Notifier).Alive)
	}
}

// endWith ends this process because the other one was told to end.
func (d *daemon) endWith(reason string) {
	d.stopOnce.Do(func() {
		d.why, d.otherKnows = reason, true
		close(d.stop)
	})
}

// inherit takes over the sockets of the old process, and makes those that the
// settings want and it did not have.
func (d *daemon) inherit(all []handover.Descriptor) error {
	var control net.Listener
	controlPath := ""
	for _, desc := range all {
		var facts socketFacts
		if desc.Facts != nil {
			if err := json.Unmarshal(desc.Facts, &facts); err != nil {
				return fmt.Errorf("the socket %s: %w", desc.Name, err)
			}
		}
		switch desc.Name {
		case fdFastCGI, fdMetrics, fdControl:
		default:
			d.log.Warn().Str("name", desc.Name).Msg("unused from the old process: no socket of that name is used")
			desc.File.Close()
			continue
		}
		l, err := fcgi.Attach(desc.File, facts.Facts)
		if err != nil {
			return fmt.Errorf("the socket %s: %w", desc.Name, err)
		}
		// Until this process serves, what is at its path is not its own.
		fcgi.Disown(l)
		switch desc.Name {
		case fdFastCGI:
			d.listeners = append(d.listeners, l)
		case fdMetrics:
			if facts.Address != "" && facts.Address != d.cfg().Metrics.String() {
				d.obsolete = append(d.obsolete, l)
				continue
			}
			d.metrics, d.metricsFor = append(d.metrics, l), facts.Address
		case fdControl:
			control, controlPath = l, facts.Path
		}
	}
	return d.openMissing(control, controlPath)
}

// openMissing makes the sockets that the settings want at other places than the
// old process had them. Where that listened is listened on, too, until the next
// start: somebody may not know yet.
func (d *daemon) openMissing(control net.Listener, controlPath string) error {
	cfg := d.cfg()
	if control != nil && (cfg.Control == "" || !samePath(cfg.Control, controlPath)) {
		d.obsolete, control = append(d.obsolete, control), nil
	}
	d.controls = control
	if control == nil && cfg.Control != "" {
		l, err := fcgi.ListenUnix(cfg.Control, controlMode)
		if err != nil {
			return cannotListen("control", cfg.Control, err)
		}
		d.controls = l
	}
	if err := d.openMetrics(); err != nil {
		return err
	}
	byHand, known := len(d.listeners) == 0, false
	for _, l := range d.listeners {
		if path := fcgi.OwnPath(l); path != "" {
			byHand = true
			known = known || samePath(path, cfg.Socket)
		}
	}
	if byHand && !known && cfg.Socket != "" {
		l, err := fcgi.ListenUnix(cfg.Socket, socketMode)
		if err != nil {
			return cannotListen("socket", cfg.Socket, err)
		}
		d.listeners = append(d.listeners, l)
	}
	if len(d.listeners) == 0 {
		return cli.Errorf("பழைய செயல்முறை FastCGI socket எதையும் தரவில்லை", "the old process has passed no FastCGI socket")
	}
	return nil
}

func samePath(a, b string) bool {
	a, errA := filepath.Abs(a)
	b, errB := filepath.Abs(b)
	return errA == nil && errB == nil && a == b
}
