package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"etamil/cmd/internal/cli"
	"etamil/cmd/internal/config"
	"etamil/cmd/internal/console"
	"etamil/cmd/internal/control"
	"etamil/cmd/internal/grant"
	"etamil/cmd/internal/handover"
	"etamil/cmd/internal/metrics"
	"etamil/cmd/internal/notify"
	"etamil/cmd/internal/profile"
	"etamil/cmd/internal/version"
	"etamil/engine"
	"etamil/engine/db"
	"etamil/engine/diag"
	"etamil/engine/host/system"
	"etamil/fcgi"
	"etamil/fcgi/web"
)

// A daemon is one process that serves one program.
type daemon struct {
	line    *commandLine
	config  atomic.Pointer[config.Config] // replaced by a reload
	started time.Time
	unit    string // of systemd; "" when it did not start this process
	notify  *notify.Notifier
	// main: this is the service's main process, whom the manager hears.
	main atomic.Bool

	logs *web.LogWriter
	log  zerolog.Logger

	memory     collector
	processors processors
	profiler   *profile.Profiler
	granted    atomic.Pointer[grant.Grant] // nil: there was no program to run on it
	registry   *db.Registry                // of the databases
	access     atomic.Pointer[db.Access]   // of the program that serves
	aside      map[string]string           // variables that only programs read
	app        *web.App
	server     *fcgi.Server
	listeners  []net.Listener
	metrics    []net.Listener
	metricsFor string            // the setting they were opened for; "": they are systemd's
	endpoint   *metrics.Endpoint // serves them
	control    *control.Server
	controls   net.Listener // nil: no control socket
	stored     []*os.File   // connections that an earlier process left with systemd

	program atomic.Pointer[engine.Program]
	problem atomic.Pointer[diag.Text] // why there is no program
	// lastProblem is the last one of settings or program, over or not.
	lastProblem atomic.Pointer[control.Problem]

	stop     chan struct{} // closed to drain
	stopOnce sync.Once
	why      string // the reason, written before

	reloading
	succession
}

// cfg returns the settings in force.
func (d *daemon) cfg() *config.Config { return d.config.Load() }

// end makes the daemon drain, as a signal does.
func (d *daemon) end(reason string) {
	d.stopOnce.Do(func() {
		d.why = reason
		close(d.stop)
	})
}

const (
	socketMode  = 0o660 // the web server's group
	controlMode = 0o600

	// lastAnswers is what the requests cancelled at drain_timeout have to
	// answer before their connections are cut.
	lastAnswers = 3 * time.Second
	// lastWord is how long those that asked for something over the control
	// socket are waited for.
	lastWord = 500 * time.Millisecond
	// lastLog is how long the log may take at the end.
	lastLog = 2 * time.Second
)

// serve is the daemon's life. The error is a *cli.Error: of the command line.
func serve(con *console.Console, args []string) (int, error) {
	line, misused := readCommandLine(con, args, os.Getenv)
	if misused == nil && !line.check {
		takeSlack()
	}
	old, err := handover.Inherited()
	if err != nil {
		return 0, cli.Errorf("%s", "%s", err)
	}
	if misused != nil {
		if old != nil {
			old.Fail(diag.Reason(misused), nil)
		}
		return 0, misused
	}
	if line.check {
		return checkConfig(con, line), nil
	}
	cfg, problems := line.load()
	if old != nil {
		signals := catchSignals()
		return newDaemon(line, cfg).succeed(old, problems, signals), nil
	}
	if line.file == "" {
		if len(problems) > 0 {
			return 0, &cli.Error{Text: problems[0].Message()}
		}
		if cfg.Program == "" {
			return 0, cli.Errorf("எந்த நிரலை வழங்க வேண்டும்? etamild --program FILE --socket PATH", "which program? etamild --program FILE --socket PATH")
		}
	}
	signals := catchSignals()
	d := newDaemon(line, cfg)
	d.main.Store(true)
	d.unit = systemdUnit(os.Getenv)
	passed := d.fromSystemd()
	if len(passed) == 0 && cfg.Socket == "" {
		d.logs.Close(lastLog)
		if len(problems) > 0 { // one of them may be why
			for _, p := range problems {
				con.Say(p.Message())
			}
			return misuse, nil
		}
		return 0, cli.Errorf("எந்த socket? etamild --program FILE --socket PATH", "which socket? etamild --program FILE --socket PATH")
	}
	for _, p := range problems {
		d.log.Error().Str("ta", p.Message().Ta).Msg(p.Error())
	}
	if err := d.open(passed); err != nil {
		d.logs.Close(lastLog)
		d.close()
		con.Say(err.Text)
		return failure, nil
	}
	d.setUp()
	if len(problems) > 0 {
		d.without(summary(problems))
	} else {
		d.load()
	}
	d.begin()
	d.tell(func(n *notify.Notifier) error { return n.Ready(d.statusLine()) })
	go d.supervise()
	return d.wait(signals), nil
}

// newDaemon returns a daemon that logs, and no more.
func newDaemon(line *commandLine, cfg *config.Config) *daemon {
	d := &daemon{line: line, started: time.Now(), stop: make(chan struct{})}
	d.config.Store(cfg)
	d.notify = notify.New(os.Getenv)
	d.binary = installedBinary(os.Args)
	d.alone, d.left, d.ended = make(chan struct{}), make(chan struct{}), make(chan struct{})
	d.profiler = profile.New()
	d.memory.tune(cfg)
	d.logs = newLog(cfg.LogFormat, os.Stderr)
	d.log = zerolog.New(d.logs).With().Timestamp().Logger()
	zerolog.SetGlobalLevel(cfg.LogLevel)
	for _, w := range cfg.Warnings {
		d.log.Warn().Str("ta", w.Message().Ta).Msg(w.Error())
	}
	d.aside = system.SetAside("PG") // the library of PostgreSQL would obey them
	d.registry = db.New(d.databaseSettings(cfg))
	d.processors.waits = d.waitsForDisk
	d.processors.tune(cfg)
	return d
}

// setUp makes what serves, before there is anything to serve.
func (d *daemon) setUp() {
	cfg := d.cfg()
	d.app = web.NewApp(web.Options{Log: d.log, Settings: cfg.Web, Locker: d})
	d.server = fcgi.NewServer(fcgi.Options{
		Handler:      d.app,
		Log:          d.log,
		MaxParams:    int(cfg.Web.MaxParams),
		MaxBody:      cfg.Web.MaxBody,
		ReadTimeout:  cfg.ReadTimeout,
		WriteTimeout: cfg.WriteTimeout,
		DrainIdle:    cfg.DrainIdle,
	})
}

// summary is the first problem, and how many more there are.
func summary(problems []config.Problem) diag.Text {
	text := problems[0].Message()
	if more := len(problems) - 1; more > 0 {
		text.Ta += fmt.Sprintf(" (மேலும் %d உள்ளன; எல்லாம் etamild --check-config சொல்லும்)", more)
		text.En += fmt.Sprintf(" (and %d more; etamild --check-config tells all)", more)
	}
	return text
}

// The names of descriptors that systemd passes (FileDescriptorName=).
const (
	fdFastCGI = "fastcgi"
	fdMetrics = "metrics"
)

// fromSystemd returns the FastCGI sockets that systemd passed.
func (d *daemon) fromSystemd() (all []net.Listener) {
	passed := fcgi.SystemdSockets(
		func(name string) bool { return name == fdFastCGI || name == fdMetrics },
		isStored)
	d.takeStored(passed)
	d.metrics = passed.Listeners[fdMetrics]
	all = passed.Listeners[fdFastCGI]
	if len(all) > 0 && d.cfg().Socket != "" {
		d.log.Info().Str("socket", d.cfg().Socket).Msg("systemd passed a socket; --socket is not used")
	}
	return all
}

// open opens what the daemon needs: its sockets and, when it was started by
// hand, the data directory, whose fault is then told at once.
func (d *daemon) open(passed []net.Listener) *cli.Error {
	if d.listeners = passed; len(passed) == 0 {
		l, err := fcgi.ListenUnix(d.cfg().Socket, socketMode)
		if err != nil {
			return cannotListen("socket", d.cfg().Socket, err)
		}
		d.listeners = append(d.listeners, l)
	}
	if d.cfg().Control != "" {
		l, err := fcgi.ListenUnix(d.cfg().Control, controlMode)
		if err != nil {
			return cannotListen("control", d.cfg().Control, err)
		}
		d.controls = l
	}
	if err := d.openMetrics(); err != nil {
		return err
	}
	if d.cfg().File == "" {
		return d.openGrant(d.cfg())
	}
	return nil
}

// openGrant puts together what the program may reach, once. There is a program.
func (d *daemon) openGrant(cfg *config.Config) *cli.Error {
	if d.granted.Load() != nil {
		return nil
	}
	g, err := grant.Server(grant.Options{
		Data: cfg.DataDir, StateDir: cfg.StateDir,
		EnvNames: cfg.AllowEnv.List(), Aside: d.aside, Hosts: cfg.AllowHosts.List(),
		Getenv: d.withKey(cfg.Getenv),
		WarnKey: func() {
			d.log.Warn().Msg("there is no key of tokens and no state_dir to keep one; tokens are good until this process ends")
		},
	}, filepath.Dir(cfg.Program), true, d.sources)
	if err == nil {
		d.granted.Store(g)
	}
	return err
}

// dataDir is the data directory, as far as it is known.
func (d *daemon) dataDir() string {
	if g := d.granted.Load(); g != nil {
		return g.DataDir
	}
	return d.cfg().DataDir
}

// cannotListen says why a socket cannot be made. Of what is missing it is the
// folder: the socket itself is to be made.
func cannotListen(option, path string, err error) *cli.Error {
	why := diag.Reason(err)
	switch {
	case errors.Is(err, os.ErrNotExist):
		why = diag.Text{Ta: "அந்தக் கோப்புறை இல்லை", En: "there is no such folder"}
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EADDRINUSE):
	default: // it is a sentence
		return cli.Errorf("--%s பயன்படாது: %s", "--%s cannot be used: %s", option, err)
	}
	return &cli.Error{Text: diag.Text{
		Ta: "--" + option + " " + path + ": socket-ஐ அங்கே உருவாக்க முடியவில்லை: " + why.Ta,
		En: "--" + option + " " + path + ": cannot make the socket there: " + why.En,
	}}
}

// sources are the files of the program, which it cannot write.
func (d *daemon) sources() []string {
	if p := d.program.Load(); p != nil {
		return p.Files()
	}
	return []string{d.cfg().Program}
}

// load loads the program. One that cannot be loaded, or whose probe fails, is
// told of in the log, and every request is answered 503.
func (d *daemon) load() {
	next, err := d.prepare(context.Background(), d.cfg())
	if err != nil {
		d.logRefusal(err)
		d.without(err.reason)
		return
	}
	d.swap(next)
}

func onlyErrors(list diag.List) (errs diag.List) {
	for _, item := range list {
		if item.Severity() == diag.Error {
			errs = append(errs, item)
		}
	}
	return errs
}

// without records that there is no program to serve.
func (d *daemon) without(why diag.Text) {
	d.problem.Store(&why)
	d.lastProblem.Store(&control.Problem{Text: why.En, TextTa: why.Ta, At: time.Now()})
	d.log.Error().Str("program", d.cfg().Program).Str("reason", why.En).Str("ta", why.Ta).
		Msg("there is no program to serve; every request is answered 503 until there is a sound one")
}

func logDiagnostic(e *zerolog.Event, item *diag.Diagnostic) {
	e.Str("code", item.Code().String()).Str("ta", item.Message().Ta)
	if item.Span.IsValid() {
		at := item.Span.Pos()
		e.Str("file", item.Span.File.Name).Int("line", at.Line).Int("column", at.Column)
	}
	e.Msg(item.Error())
}

// begin serves the sockets.
func (d *daemon) begin() {
	for _, l := range d.listeners {
		go func() {
			if err := d.server.Serve(l); err != nil {
				d.log.Error().Err(err).Str("socket", l.Addr().String()).Msg("the socket is served no more")
			}
		}()
	}
	for _, f := range d.stored {
		if c, err := fcgi.Connection(f); err == nil {
			d.server.ServeConn(c)
		}
	}
	d.stored = nil
	if d.controls != nil {
		d.control = control.NewServer(d, d.log)
		go d.control.Serve(d.controls)
	}
	d.beginMetrics()
	e := d.log.Info().Str("version", version.String()).Int("pid", os.Getpid()).Str("program", d.cfg().Program).
		Strs("sockets", d.sockets()).Str("data", d.dataDir())
	if d.cfg().File != "" {
		e.Str("config", d.cfg().File)
	}
	if d.cfg().Control != "" {
		e.Str("control", d.cfg().Control)
	}
	e.Msg("serving")
}

func (d *daemon) sockets() []string {
	all := make([]string, len(d.listeners))
	for i, l := range d.listeners {
		all[i] = l.Addr().String()
	}
	return all
}

// catchSignals catches what ends a daemon, and what shall not.
func catchSignals() <-chan os.Signal {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	// A log that nobody reads any more is no reason to end. Caught, not
	// ignored: programs that are started would inherit that.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	return signals
}

// wait waits until the daemon shall end, and ends it.
func (d *daemon) wait(signals <-chan os.Signal) int {
	for waiting := true; waiting; {
		select {
		case <-d.left:
			return d.leave(signals)
		case <-d.stop:
			waiting = false
		case s := <-signals:
			if s == syscall.SIGHUP {
				go d.reload(control.Request{})
				continue
			}
			d.end(s.String())
		}
	}
	done := make(chan bool, 1)
	go func() { done <- d.drain(d.why) }()
	for {
		select {
		case drained := <-done:
			if !drained {
				<-d.left
				return d.leave(signals)
			}
			return success
		case s := <-signals:
			if s == syscall.SIGHUP {
				continue
			}
			d.log.Warn().Str("signal", s.String()).Int("in_flight", d.server.Stats().InFlight).Msg("a second signal: ending at once")
			d.abandon(diag.Text{Ta: "இரண்டாவது signal வந்தது", En: "a second signal came"})
			d.close()
			d.logs.Close(lastLog / 10)
			console.Die(s.(syscall.Signal))
		}
	}
}

// drain ends everything in order: no connection is accepted, no timer begins;
// what was received is answered; at drain_timeout what is left is cancelled and
// answered 503. A process that takes over, or whose place this one takes, ends
// with it. It is false, and nothing is done, when another process has everything
// by then.
func (d *daemon) drain(reason string) bool {
	if !d.stopHandover() {
		return false
	}
	start := time.Now()
	d.log.Info().Str("reason", reason).Int("in_flight", d.server.Stats().InFlight).Msg("draining")
	limit, cut := context.Background(), context.Background()
	if t := d.cfg().Web.DrainTimeout; t > 0 {
		var endLimit, endCut context.CancelFunc
		limit, endLimit = context.WithTimeout(limit, t)
		defer endLimit()
		cut, endCut = context.WithTimeout(cut, t+lastAnswers)
		defer endCut()
	}
	d.tell(func(n *notify.Notifier) error { return n.Stopping("stopping: " + reason) })
	drained := make(chan struct{})
	extended := make(chan struct{})
	go func() {
		defer close(extended)
		d.askForTime(drained)
	}()
	var ended control.Ended
	// The program's requests are cancelled first, so that they are answered
	// 503, then the connections.
	killed := make(chan struct{})
	unlessDone := context.AfterFunc(limit, func() {
		defer close(killed)
		ended.Cancelled = d.app.Kill()
	})
	timers := make(chan struct{})
	go func() {
		defer close(timers)
		d.app.StopTimers(limit)
	}()
	err := d.drainConnections(cut)
	<-timers
	if !unlessDone() {
		<-killed
	}
	if late, ok := errors.AsType[*fcgi.DrainError](err); ok {
		ended.Dropped = late.Dropped
	}
	d.app.Close()
	d.awaitOther(cut)
	close(drained)
	<-extended
	ended.Seconds = time.Since(start).Seconds()
	e := d.log.Info()
	if ended.Cancelled > 0 {
		e = d.log.Warn()
	}
	e.Float64("seconds", ended.Seconds).Int("cancelled", ended.Cancelled).Int("dropped", ended.Dropped).Msg("drained")
	if d.control != nil {
		d.control.Finish(ended)
		d.control.Settle(lastWord)
	}
	close(d.ended)
	d.close()
	d.logs.Close(lastLog)
	return true
}

// close lets go of what open opened. The sockets of systemd stay.
func (d *daemon) close() {
	if d.endpoint != nil {
		d.endpoint.Close()
	}
	for _, l := range slices.Concat(d.listeners, d.metrics) {
		l.Close()
	}
	if d.controls != nil {
		d.controls.Close()
	}
	d.registry.Close()
	if g := d.granted.Load(); g != nil {
		g.Close()
	}
}
