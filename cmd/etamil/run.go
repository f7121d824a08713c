package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"etamil/cmd/internal/cli"
	"etamil/cmd/internal/console"
	"etamil/cmd/internal/grant"
	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host/system"
)

// A runner is the verb run.
type runner struct {
	*tool
	limits engine.Limits
	data   string
	json   bool
	trace  bool
	// bare tells that no verb was given, so that a file that is not there may
	// be a mistyped one.
	bare bool
}

func openRun(t *tool, s *cli.Set) action { return newRunner(t, s).run }

func newRunner(t *tool, s *cli.Set) *runner {
	r := &runner{tool: t}
	s.Duration(&r.limits.Time, "timeout", "இயங்கும் நேர வரம்பு (இயல்பு: இல்லை)", "limit of its time (default: none)")
	s.Count(&r.limits.Steps, "max-steps", 0, "படிகளின் வரம்பு", "limit of its steps")
	s.Size(&r.limits.Memory, "max-memory", "நினைவக வரம்பு", "limit of its memory")
	s.Size(&r.limits.Output, "max-output", "வெளியீட்டின் வரம்பு", "limit of what it prints")
	s.Text(&r.data, "data", "DIR", "கோப்புகள் இக்கோப்புறைக்குள் மட்டும்", "files below this directory only")
	s.Switch(&r.json, "json", "பிழைகள் JSON வடிவில்", "errors as JSON")
	s.Switch(&r.trace, "trace", "ஒவ்வொரு கூற்றின் இடமும் பிழை வெளியீட்டில்", "the place of each statement on standard error")
	return r
}

func (r *runner) run(args cli.Args) (int, error) {
	file, ok, err := r.oneFile(args)
	if err != nil {
		if r.bare && findCommand(args.Files[1]) == nil {
			if near, ok := diag.Nearest(args.Files[0], verbs()); ok {
				return 0, cli.Unknown(args.Files[0], only(near), "etamil help")
			}
		}
		return 0, err
	}
	if !ok {
		r.usage(r.con)
		return misuse, nil
	}
	return r.file(file), nil
}

func only(word string) func(func(string) bool) {
	return func(yield func(string) bool) { yield(word) }
}

func (r *runner) report(list ...*diag.Diagnostic) {
	if r.json {
		r.con.ReportJSON(list...)
	} else {
		r.con.Report(list...)
	}
}

// file loads a program and runs it.
func (r *runner) file(file string) int {
	o := engine.LoadOptions{Trace: r.trace}
	if !r.source(file, &o) {
		return failure
	}
	program, list := engine.Load(o)
	if program == nil {
		list = onlyErrors(list)
		if r.bare && list[0].Code() == diag.ProgramUnreadable.Code {
			if near, ok := diag.Nearest(file, verbs()); ok {
				help := diag.DidYouMean("etamil " + near)
				list[0].WithHelp(help.Ta, help.En)
			}
		}
		r.report(list...)
		return failure
	}
	g, err := grant.Command(grant.Options{Data: r.data, Aside: r.aside, Getenv: r.getenv, WarnKey: r.warnKey})
	if err != nil {
		return r.cannot(err)
	}
	defer g.Close()
	end, ok := r.openDatabases(g, r.warnPlainly)
	if !ok {
		return failure
	}
	defer end()
	return r.program(program, g)
}

// warnKey tells that tokens will not outlive the process.
func (t *tool) warnKey() {
	t.con.Say(diag.Text{
		Ta: "ETAMIL_JWT_SECRET இல்லை; சீட்டுகள் இந்த ஓட்டம் முடியும் வரை மட்டுமே செல்லும்",
		En: "ETAMIL_JWT_SECRET is not set; tokens are good until this process ends",
	})
}

// cannot reports what kept a program from starting.
func (t *tool) cannot(err *cli.Error) int {
	t.con.Say(err.Text)
	return failure
}

// program runs a program to its end, or until a signal.
func (r *runner) program(program *engine.Program, g *grant.Grant) int {
	out := system.NewOutput(r.stdout)
	h := g.Host
	h.Output, h.Input = out, system.NewInput(r.stdin)
	traced := system.NewOutput(r.stderr)
	if r.trace {
		h.Trace = func(file string, line, column int) {
			// Who reads the trace may have gone; the program runs on.
			_ = traced.Print(fmt.Sprintf("%s:%d:%d", file, line, column))
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w := watchSignals(cancel, func() {
		out.Flush()
		traced.Flush()
	})
	res, err := program.Run(ctx, &h, r.limits)
	w.ended()
	flushed := out.Flush()
	traced.Flush()

	for _, note := range res.Databases.Notes {
		if d := (*diag.Diagnostic)(nil); errors.As(note, &d) {
			r.report(d)
		}
	}
	var d *diag.Diagnostic
	var fault *engine.Fault
	switch {
	case errors.Is(err, system.ErrOutputClosed), errors.Is(flushed, system.ErrOutputClosed):
		// Writing to a closed standard output ends the process by SIGPIPE;
		// this is for an output of another kind.
		return 128 + int(syscall.SIGPIPE)
	case errors.As(err, &d):
		r.report(d)
		return failure
	case errors.As(err, &fault):
		return r.fault(fault.Reason)
	case err != nil:
		return r.unwritable(err)
	case flushed != nil:
		return r.unwritable(flushed)
	}
	return res.Status
}

// An interrupt waits for a signal that ends a run. The run is cancelled, so
// that programs it started end too; what it printed is flushed; then the
// process ends as the signal would have ended it. A second signal ends it at
// once.
type interrupt struct {
	caught   atomic.Bool
	finished chan struct{}
}

const (
	// unwind is how long a run has to end when a signal came. Reading the
	// terminal cannot be interrupted, and need not be.
	unwind = 300 * time.Millisecond
	// lastFlush is how long the reader of a pipe may take for what is left.
	lastFlush = 2 * time.Second
)

func watchSignals(cancel, flush func()) *interrupt {
	i := &interrupt{finished: make(chan struct{})}
	signals := make(chan os.Signal, 2)
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // a shell's background job, nohup
			signal.Notify(signals, s)
		}
	}
	go func() {
		s := (<-signals).(syscall.Signal)
		i.caught.Store(true)
		cancel()
		wait(i.finished, unwind, signals)
		flushed := make(chan struct{})
		go func() {
			flush()
			close(flushed)
		}()
		wait(flushed, lastFlush, signals)
		console.Die(s)
	}()
	return i
}

// wait returns when done is closed, after limit, or when another signal comes.
func wait(done <-chan struct{}, limit time.Duration, signals <-chan os.Signal) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	case <-signals:
	}
}

// ended is called when the run is over. It does not return when a signal ended
// it.
func (i *interrupt) ended() {
	if i.caught.Load() {
		close(i.finished)
		select {}
	}
}
