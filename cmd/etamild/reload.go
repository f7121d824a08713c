package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"etamil/cmd/internal/cli"
	"etamil/cmd/internal/config"
	"etamil/cmd/internal/control"
	"etamil/cmd/internal/notify"
	"etamil/engine"
	"etamil/engine/db"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/fcgi/web"
)

// reloading is what a daemon keeps for its reloads.
type reloading struct {
	reloads    sync.Mutex // held by the reload that goes on
	lastReload atomic.Pointer[control.Reload]
}

// A refusal is why a program cannot be served, or a reload not be done. The
// daemon is as it was.
type refusal struct {
	reason   diag.Text
	list     diag.List
	problems []config.Problem
	// told is what another process says is wrong.
	told []control.Diagnostic
}

// refused returns a refusal; both sentences take the same arguments.
func refused(ta, en string, args ...any) *refusal {
	return refusedBy(cli.Errorf(ta, en, args...))
}

func refusedBy(err error) *refusal { return &refusal{reason: diag.Reason(err)} }

// refusedFor returns the refusal of a program with errors: the first, and how
// many more there are.
func refusedFor(errs diag.List) *refusal {
	first := errs[0]
	why := diag.Text{Ta: first.Message().Ta, En: first.Message().En}
	if first.Help != nil {
		why = diag.Text{Ta: why.Ta + "; " + first.Help.Ta, En: why.En + "; " + first.Help.En}
	}
	place := first.Code().String() + ": "
	if first.Span.IsValid() {
		at := first.Span.Pos()
		place = fmt.Sprintf("%s:%d:%d: %s", first.Span.File.Name, at.Line, at.Column, place)
	}
	why = diag.Text{Ta: place + why.Ta, En: place + why.En}
	if more := len(errs) - 1; more > 0 {
		why.Ta += fmt.Sprintf(" (மேலும் %d பிழைகள்)", more)
		why.En += fmt.Sprintf(" (and %d more errors)", more)
	}
	return &refusal{reason: why, list: errs}
}

// prepared is a program that was found sound.
type prepared struct {
	program    *engine.Program
	generation *web.Generation
	access     *db.Access
}

// prepare loads the program of cfg and tries it.
func (d *daemon) prepare(ctx context.Context, cfg *config.Config) (*prepared, *refusal) {
	if cfg.Program == "" {
		return nil, &refusal{reason: noProgram}
	}
	if err := d.openGrant(cfg); err != nil {
		return nil, refusedBy(err)
	}
	program, list := engine.Load(engine.LoadOptions{File: cfg.Program, Serving: true})
	if program == nil {
		return nil, refusedFor(onlyErrors(list))
	}
	access, why := d.reach(ctx, cfg)
	if why != nil {
		return nil, why
	}
	h := d.granted.Load().Host
	h.Databases, h.Sampler = access, d.profiler
	g := web.NewGeneration(program, cfg.Web, h)
	g.OnClose(access.Close)
	if err := d.selfCheck(ctx, cfg.Web, true); err != nil {
		d.unreach(access)
		return nil, refusedBy(err)
	}
	if wrong := d.app.Probe(ctx, g); wrong != nil {
		d.unreach(access)
		return nil, refusedFor(diag.List{wrong})
	}
	return &prepared{program, g, access}, nil
}

// swap serves a program that was found sound.
func (d *daemon) swap(p *prepared) {
	d.program.Store(p.program)
	d.access.Store(p.access)
	d.app.Swap(p.generation)
	d.problem.Store(nil)
}

// ownProgram is a program whose one route is the daemon's own, to be asked
// whether anything can be.
var ownProgram = sync.OnceValue(func() *engine.Program {
	p, list := engine.Load(engine.LoadOptions{Source: `வழி பெறு, "/" { பதில் 200, "சரி"; }`, Serving: true})
	if p == nil {
		panic("BUG: the daemon's own program: " + list.Error())
	}
	return p
})

// checkTime bounds a check of this process: it waits for a place as a request
// does.
const checkTime = 10 * time.Second

// checker answers with a generation that nobody else is served.
type checker struct {
	app *web.App
	g   *web.Generation
}

func (c checker) Serve(ctx context.Context, r *web.Request) *web.Response {
	return c.app.Check(ctx, c.g, r)
}

// selfCheck asks the daemon's own route through a socket, the records, the
// admission of requests and the engine. A daemon that is only too busy answers
// as well.
func (d *daemon) selfCheck(ctx context.Context, settings web.Settings, loading bool) error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	g := web.NewGeneration(ownProgram(), settings, host.Host{})
	status, body, err := d.server.Ask(ctx, checker{d.app, g}, "/")
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return cli.Errorf("இந்தச் செயல்முறையின் சோதனைக்கு %v நேரத்திற்குள் பதில் வரவில்லை", "the check of this process had no answer within %v", checkTime)
	case err != nil:
		return cli.Errorf("இந்தச் செயல்முறையின் சோதனை: %v", "the check of this process: %v", err)
	case status == 503 && (!loading || d.app.Current() != nil):
		return nil
	case status != 200:
		return cli.Errorf("இந்தச் செயல்முறையின் சோதனைக்கு வந்த பதில் %d %s", "the check of this process was answered %d %s", status, body)
	}
	return nil
}

// Reload implements control.Daemon.
func (d *daemon) Reload(_ context.Context, r control.Request) *control.Reload { return d.reload(r) }

// reload brings a changed program, setting or binary into force: a program and
// settings that can change in the process with the next generation, others with
// a new process. One at a time: a second one waits for the first, but not while
// processes change.
func (d *daemon) reload(r control.Request) *control.Reload {
	out := &control.Reload{At: time.Now()}
	d.awaitAlone()
	if why := d.unready(); why != nil {
		return d.refuseReload(out, why)
	}
	d.reloads.Lock()
	defer d.reloads.Unlock()
	if why := d.unready(); why != nil {
		return d.refuseReload(out, why)
	}
	d.tell(func(n *notify.Notifier) error { return n.Reloading("reloading") })
	d.log.Info().Bool("exec", r.Exec).Msg("reloading")
	why := d.change(r, out)
	out.Seconds = time.Since(out.At).Seconds()
	if g := d.app.Current(); g != nil {
		out.Generation = g.Number()
	}
	if why != nil {
		d.failed(why, out, r.Lang)
	} else {
		d.log.Info().Int64("generation", out.Generation).Int("new_pid", out.PID).Strs("changed", out.Changed).
			Float64("seconds", out.Seconds).Msg("reloaded")
	}
	d.app.ReloadDone(why == nil)
	short := *out
	short.Diagnostics = nil
	d.lastReload.Store(&short)
	if out.PID == 0 {
		d.tell(func(n *notify.Notifier) error { return n.Ready(d.statusLine()) })
	}
	return out
}

// refuseReload says why nothing can be reloaded now.
func (d *daemon) refuseReload(out *control.Reload, why *refusal) *control.Reload {
	out.Error, out.ErrorTa = why.reason.En, why.reason.Ta
	d.log.Warn().Str("reason", why.reason.En).Str("ta", why.reason.Ta).Msg("reload refused")
	return out
}

// failed says why a reload was not done.
func (d *daemon) failed(why *refusal, out *control.Reload, lang string) {
	out.Error, out.ErrorTa = why.reason.En, why.reason.Ta
	out.Diagnostics = append(diagnostics(why, lang), why.told...)
	for _, item := range why.list {
		logDiagnostic(d.log.Error(), item)
	}
	for _, p := range why.problems {
		d.log.Error().Str("ta", p.Message().Ta).Msg(p.Error())
	}
	d.log.Error().Str("reason", why.reason.En).Str("ta", why.reason.Ta).Msg("the reload failed; everything is as it was")
	d.lastProblem.Store(&control.Problem{Text: why.reason.En, TextTa: why.reason.Ta, At: time.Now()})
}

// logRefusal writes what is wrong, a record each.
func (d *daemon) logRefusal(why *refusal) {
	for _, item := range why.list {
		logDiagnostic(d.log.Error(), item)
	}
	for _, p := range why.problems {
		d.log.Error().Str("ta", p.Message().Ta).Msg(p.Error())
	}
}

// maxDiagnostics is how many are sent: more than anybody reads at once.
const maxDiagnostics = 20

// diagnostics are what a refusal has to show.
func diagnostics(why *refusal, lang string) (all []control.Diagnostic) {
	language, _ := diag.ParseLanguage(lang)
	for _, p := range why.problems {
		text := p.Message().En
		if language == diag.Tamil {
			text = p.Message().Ta
		}
		all = append(all, control.Diagnostic{Text: text})
	}
	dir, err := os.Getwd()
	if err != nil {
		dir = ""
	}
	for _, item := range why.list {
		var b bytes.Buffer
		diag.Render(&b, diag.List{item}, diag.Options{Lang: language, Dir: dir}) // a buffer never fails
		text := strings.TrimRight(b.String(), "\n")
		if const2k := 2 << 10; len(text) > const2k {
			text = strings.ToValidUTF8(text[:const2k], "") + "…"
		}
		all = append(all, control.Diagnostic{Text: text, Machine: json.RawMessage(item.AppendJSON(nil))})
	}
	return all[:min(len(all), maxDiagnostics)]
}

// change does the reload.
func (d *daemon) change(r control.Request, out *control.Reload) *refusal {
	cfg, problems := d.line.load()
	exec := r.Exec || d.binary.changed()
	if len(problems) > 0 && !exec { // a newer binary may know better
		return &refusal{reason: summary(problems), problems: problems}
	}
	var process []string
	if len(problems) == 0 {
		out.Changed, process = config.Diff(d.cfg(), cfg)
		out.Changed = append(out.Changed, process...)
	}
	if exec || len(process) > 0 {
		pid, why := d.handOver(cfg.ReadyTimeout, r.Lang)
		out.PID = pid
		return why
	}
	next, why := d.prepare(context.Background(), cfg)
	if why != nil {
		return why
	}
	for _, w := range cfg.Warnings {
		d.log.Warn().Str("ta", w.Message().Ta).Msg(w.Error())
	}
	if cfg.LogLevel != d.cfg().LogLevel { // else that of "ctl log-level" stays
		zerolog.SetGlobalLevel(cfg.LogLevel)
	}
	d.memory.tune(cfg)
	d.processors.tune(cfg)
	d.server.SetLimits(int(cfg.Web.MaxParams), cfg.Web.MaxBody)
	d.config.Store(cfg)
	d.swap(next)
	return nil
}

// An installed is the file from which a new process is started.
type installed struct {
	path string
	now  os.FileInfo // of the binary that runs; nil: unknown
}

// installedBinary finds the file that this process was started from. It is the
// name by which it was called, when that is a path: a link there may lead to
// another version by the time it is used.
func installedBinary(args []string) installed {
	b := installed{}
	b.path, _ = os.Executable() // "" cannot be started, which is then said
	b.now, _ = os.Stat("/proc/self/exe")
	if b.now == nil {
		b.now, _ = os.Stat(b.path)
	}
	if len(args) > 0 && strings.Contains(args[0], "/") {
		if called, err := filepath.Abs(args[0]); err == nil {
			if info, err := os.Stat(called); err == nil && b.now != nil && os.SameFile(info, b.now) {
				b.path = called
			}
		}
	}
	return b
}

// changed reports whether another binary is installed there by now. One that is
// gone has not changed: there is nothing to change to.
func (b installed) changed() bool {
	info, err := os.Stat(b.path)
	return err == nil && b.now != nil && !os.SameFile(info, b.now)
}

// statusLine says in one line how the daemon is.
func (d *daemon) statusLine() string {
	var parts []string
	if p := d.problem.Load(); p != nil {
		parts = append(parts, "answering 503: "+p.En)
	} else if g := d.app.Current(); g != nil {
		parts = append(parts, fmt.Sprintf("serving %s, generation %d", d.cfg().Program, g.Number()))
	}
	queue := d.app.Queue()
	parts = append(parts, fmt.Sprintf("%d requests running, %d queued", queue.Running, queue.Queued))
	if other := d.other(); other != nil {
		parts = append(parts, fmt.Sprintf("the %s process is %d", other.Role, other.PID))
	}
	if last := d.lastReload.Load(); last != nil {
		parts = append(parts, last.At.Format("reload at 15:04:05: ")+cmp.Or(last.Error, "done"))
	}
	return strings.Join(parts, "; ")
}
