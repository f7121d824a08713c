package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"etamil/cmd/internal/cli"
	"etamil/cmd/internal/console"
	"etamil/cmd/internal/grant"
	"etamil/engine"
	"etamil/engine/diag"
	"etamil/fcgi/web"
)

// A server is the verb serve: the development server.
type server struct {
	*tool
	settings web.Settings
	host     string
	port     int
	data     string
	watch    bool
	quiet    bool
	noTimers bool
	workers  int64 // 0: the setting max_concurrent
	// fromInput allows a program on standard input when no file is named.
	fromInput bool
	envErr    error // of the settings in the environment

	options engine.LoadOptions
	program atomic.Pointer[engine.Program] // the one that serves
	inputs  []string                       // the files it is made of
	grant   *grant.Grant
	app     *web.App
	reloads *reloads
}

func openServe(t *tool, s *cli.Set) action { return newServer(t, s).run }

func newServer(t *tool, s *cli.Set) *server {
	v := &server{tool: t, settings: web.DefaultSettings(), host: "127.0.0.1", port: 8080}
	v.settings.ErrorDetail = true
	v.envErr = v.settings.FromEnv(t.getenv)
	// As in the first implementation, what cannot be read counts as unset.
	if n, err := strconv.ParseInt(t.getenv("ETAMIL_WORKERS"), 10, 32); err == nil {
		v.workers = n
	}
	addressFlags(s, &v.host, &v.port)
	s.Switch(&v.watch, "watch", "நிரலின் கோப்பு மாறும்போது மீண்டும் ஏற்றும்", "reload when a file of the program changes")
	s.Switch(&v.quiet, "quiet", "தயார் வரியும் அணுகல் வரிகளும் இல்லை", "no ready line and no access lines")
	s.Text(&v.data, "data", "DIR", "கோப்புகள் இக்கோப்புறைக்குள் மட்டும் (இயல்பு: நிரலின் கோப்புறை)", "files below this directory only (default: that of the program)")
	s.OnOff("detail", "பிழைப் பதிலில் செய்தி (இயல்பு: on)", "error answers carry the message (default: on)", func(word string) error {
		if word != "on" && word != "off" {
			return cli.Reason("on அல்லது off வேண்டும்", "it must be on or off")
		}
		v.settings.ErrorDetail = word == "on"
		return nil
	})
	s.Switch(&v.noTimers, "no-timers", "இடைவெளிகள் இயங்கா", "do not run timers")
	s.Count(&v.workers, "workers", 1, "ஒரே நேரத்தில் இயங்கும் கோரிக்கைகள்; ETAMIL_WORKERS-உம்", "requests in execution at once; ETAMIL_WORKERS too")
	s.Settings(&v.settings)
	return v
}

// addressFlags declares where a server listens.
func addressFlags(s *cli.Set, host *string, port *int) {
	s.Text(host, "host", "HOST", "முகவரி (இயல்பு: 127.0.0.1)", "address (default: 127.0.0.1)")
	s.Value("port", "N", "துறை எண் (இயல்பு: 8080; 0: கிடைக்கும் ஒன்று)", "port (default: 8080; 0: any free one)", func(word string) error {
		n, err := strconv.ParseUint(word, 10, 16)
		if err != nil {
			return cli.Reason("0 முதல் 65535 வரை முழு எண் வேண்டும்", "a whole number from 0 to 65535 is needed")
		}
		*port = int(n)
		return nil
	})
}

func (v *server) run(args cli.Args) (int, error) {
	file, ok, err := v.oneFile(args)
	switch {
	case err != nil:
		return 0, err
	case len(args.Files) == 0 && (!v.fromInput || !ok):
		return 0, cli.Errorf("எந்த நிரலை வழங்க வேண்டும்? etamil serve FILE", "which program? etamil serve FILE")
	case v.envErr != nil:
		var e *web.SettingError
		errors.As(v.envErr, &e)
		return 0, cli.SettingError(e)
	}
	if v.noTimers {
		v.settings.Timers = false
	}
	if v.workers > 0 {
		v.settings.MaxConcurrent = int(min(v.workers, math.MaxInt32))
	}
	if !v.source(file, &v.options) {
		return failure, nil
	}
	v.options.Serving = true
	return v.serve(), nil
}

// serve serves the program until a signal ends it, and returns the exit status.
func (v *server) serve() int {
	beside := "."
	if v.options.File != "" {
		beside = filepath.Dir(v.options.File)
	}
	first := v.load()
	if first == nil {
		return failure
	}
	var err *cli.Error
	v.grant, err = grant.Server(grant.Options{Data: v.data, Aside: v.aside, Getenv: v.getenv, WarnKey: v.warnKey}, beside, false, v.sources)
	if err != nil {
		return v.cannot(err)
	}
	defer v.grant.Close()
	end, ok := v.openDatabases(v.grant, v.warnPlainly)
	if !ok {
		return failure
	}
	defer end()
	l, err := v.listen()
	if err != nil {
		return v.cannot(err)
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)

	options := web.Options{
		Log:      zerolog.New(zerolog.ConsoleWriter{Out: v.con, NoColor: true, TimeFormat: time.TimeOnly}).With().Timestamp().Logger(),
		Settings: v.settings,
		Prints:   web.PlainPrints(v.stdout),
		Access:   func(*web.Access) {},
		Failed:   v.failed,
	}
	if !v.quiet {
		options.Access = web.PlainAccess(v.con)
	}
	v.app = web.NewApp(options)
	if err := v.swap(first); err != nil {
		l.Close()
		return v.cannot(err)
	}
	front := &web.HTTPFront{App: v.app}
	httpServer := front.NewServer()
	if v.watch {
		v.reloads = newReloads()
		front.Suffix = reloadScript
		httpServer.Handler = v.reloads.before(front)
	}
	served := make(chan error, 1)
	go func() { served <- httpServer.Serve(l) }()
	v.ready(l)

	w := &watcher{} // tells of nothing
	if v.watch {
		w = newWatcher(v.inputs)
		defer w.stop()
	}
	for {
		select {
		case err := <-served:
			v.con.Say(diag.Same(err.Error()))
			return failure
		case <-w.changed:
			v.reload()
			w.watch(v.inputs)
		case s := <-signals:
			if s != syscall.SIGHUP {
				return v.drain(httpServer, signals)
			}
			v.reload()
			w.watch(v.inputs)
		}
	}
}

// sources are the files of the program that serves.
func (v *server) sources() []string {
	if p := v.program.Load(); p != nil {
		return p.Files()
	}
	return nil
}

// load loads the program and shows what is wrong with it; then it returns nil.
func (v *server) load() *engine.Program {
	program, list, inputs := engine.LoadFiles(v.options)
	v.inputs = inputs
	v.con.Report(onlyErrors(list)...)
	return program
}

// swap makes a program the one that serves, after the probe when there is one.
func (v *server) swap(p *engine.Program) *cli.Error {
	g := web.NewGeneration(p, v.settings, v.grant.Host)
	if wrong := v.app.Probe(context.Background(), g); wrong != nil {
		v.con.Report(wrong)
		return cli.Errorf("தொடக்கச் சோதனை தோற்றது", "the start-up check failed")
	}
	v.program.Store(p)
	v.app.Swap(g)
	return nil
}

// reload takes the program anew; one that does not check, or fails its probe,
// leaves the old one serving.
func (v *server) reload() {
	p := v.load()
	if p != nil {
		if err := v.swap(p); err != nil {
			v.cannot(err)
			p = nil
		}
	}
	switch {
	case p == nil:
		v.con.Say(diag.Text{Ta: "பழைய நிரலே தொடர்ந்து வழங்குகிறது", En: "the old program keeps serving"})
	case !v.quiet:
		v.con.Say(diag.Text{Ta: "நிரல் மீண்டும் ஏற்றப்பட்டது", En: "the program was reloaded"})
	}
	if p != nil && v.reloads != nil {
		v.reloads.tell(v.app.Current().Number())
	}
}

// listen opens the port.
func (v *server) listen() (net.Listener, *cli.Error) {
	host := strings.TrimSuffix(strings.TrimPrefix(v.host, "["), "]")
	address := net.JoinHostPort(host, strconv.Itoa(v.port))
	network := "tcp"
	if ip := net.ParseIP(host); ip != nil && ip.To4() != nil {
		network = "tcp4" // 0.0.0.0 would be taken for [::] too
	}
	l, err := net.Listen(network, address)
	var dns *net.DNSError
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, cli.Errorf("%[1]s பயன்பாட்டில் உள்ளது; --port மூலம் வேறு துறை எண்ணைத் தாருங்கள் (0: கிடைக்கும் ஒன்று)",
			"%[1]s is in use; choose another port with --port (0: any free one)", address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, cli.Errorf("%[1]s இந்த இயந்திரத்தின் முகவரி அல்ல", "%[1]s is no address of this machine", host)
	case errors.Is(err, syscall.EACCES):
		return nil, cli.Errorf("%[1]s துறையைத் திறக்க அனுமதி இல்லை", "no permission to open %[1]s", address)
	case errors.As(err, &dns):
		return nil, cli.Errorf("'%[1]s' என்ற முகவரி இல்லை", "there is no address '%[1]s'", diag.Quote(host))
	}
	return nil, cli.Errorf("%[1]s திறக்க முடியவில்லை: %[2]s", "cannot listen on %[1]s: %[2]s", address, err.Error())
}

// ready tells where the server is, and that it is not meant for the world.
func (v *server) ready(l net.Listener) {
	address := l.Addr().(*net.TCPAddr)
	if !address.IP.IsLoopback() {
		v.con.Sayf("எச்சரிக்கை: %s வெளியிலிருந்து அணுகக்கூடியது; அதற்கு nginx பின்னால் etamild பயன்படுத்துங்கள்",
			"warning: %s can be reached from outside; use etamild behind nginx for that", address)
	}
	if !v.quiet {
		v.con.Sayf("%[1]s தயார்: http://%[2]s/; நிறுத்த Ctrl-C", "serving %[1]s at http://%[2]s/; Ctrl-C stops it", v.program.Load().Name(), address)
	}
}

// failed shows what failed in a request or timer.
func (v *server) failed(f *web.Failure) {
	var b bytes.Buffer
	if f.Timer > 0 {
		fmt.Fprintf(&b, "இடைவெளி #%d every %ds failed:\n", f.Timer, f.Seconds)
	}
	if f.Exit != 0 {
		fmt.Fprintf(&b, "வெளியேறு(%d):\n", f.Exit)
	}
	d := f.Diagnostic
	if d == nil {
		d = diag.InternalError.New(f.ID)
		fmt.Fprintf(&b, "%v\n%s\n", f.Err, f.Stack)
	}
	v.con.Format(&b, d)
	v.con.Write(b.Bytes())
}

// lastAnswers is how long the answers to cancelled requests may take to go out.
const lastAnswers = time.Second

// drain ends the server: nothing is accepted any more, what came is answered.
// A second signal ends the process at once.
func (v *server) drain(httpServer *http.Server, signals <-chan os.Signal) int {
	if n := v.app.InFlight(); n > 0 && !v.quiet {
		v.con.Sayf("%d கோரிக்கைகள் முடியக் காத்திருக்கிறது; இன்னொரு குறிகை உடனே நிறுத்தும்",
			"waiting for %d requests to end; another signal ends it at once", n)
	}
	ctx := context.Background()
	if limit := v.settings.DrainTimeout; limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		closed := make(chan struct{})
		go func() {
			defer close(closed)
			if v.reloads != nil {
				v.reloads.close()
			}
			httpServer.Shutdown(ctx)
		}()
		v.app.StopTimers(ctx)
		select {
		case <-closed:
		case <-ctx.Done():
		}
		// What still runs is cancelled and answered; an answer is on its way
		// only after its handler returned.
		v.app.Drain(ctx)
		<-closed
		last, cancel := context.WithTimeout(context.Background(), lastAnswers)
		defer cancel()
		httpServer.Shutdown(last)
		httpServer.Close()
		v.app.Close()
	}()
	for {
		select {
		case <-done:
			return success
		case s := <-signals:
			if s != syscall.SIGHUP {
				console.Die(s.(syscall.Signal))
			}
		}
	}
}
