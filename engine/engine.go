package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"etamil/engine/builtin"
	"etamil/engine/code"
	"etamil/engine/compile"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/load"
	"etamil/engine/stdlib"
	"etamil/engine/syntax"
	"etamil/engine/token"
	"etamil/engine/value"
	"etamil/engine/vm"
)

// LoadOptions say which program is loaded and what for.
type LoadOptions struct {
	// File is the path of the main file. When it is "", the program is the
	// text Source, shown as Name ("<stdin>" when empty), whose imports are
	// looked for beside the current directory or, when set, Dir.
	File   string
	Source string
	Name   string
	Dir    string
	// Getenv reads ETAMIL_PATH; nil: os.Getenv.
	Getenv func(string) string
	// Serving makes a program for Serve and Tick; otherwise one for Run.
	Serving bool
	// CheckOnly leaves out the compilation: the Program can be asked about
	// its files only.
	CheckOnly bool
	// Trace makes a run tell host.Host.Trace of each statement.
	Trace bool
	// Plain compiles without shortcuts; for comparing.
	Plain bool
}

// A Program is a compiled program: immutable, safe for concurrent use.
type Program struct {
	code   *code.Program
	name   string
	files  []string
	nested []token.Span
	runs   sync.Pool
	slots  slots
}

// slots are the places of the request's names, -1 for what the program does
// not mention.
type slots struct {
	method, path, body, query, headers, pathParams, pathValues, fields, files int
}

// Load reads, checks and compiles a program. The list holds errors, then no
// Program is returned, or warnings. It never runs anything of the program but
// a prelude that is proven to touch nothing.
func Load(o LoadOptions) (*Program, diag.List) {
	p, list, _ := LoadFiles(o)
	return p, list
}

// LoadFiles is Load which also tells the absolute paths of the files that the
// program depends on, after a failure too: what a watcher watches.
func LoadFiles(o LoadOptions) (*Program, diag.List, []string) {
	getenv := o.Getenv
	if getenv == nil {
		getenv = os.Getenv
	}
	cwd, err := os.Getwd()
	if err != nil {
		cwd = "/"
	}
	loader := &load.Loader{
		Files: load.Disk, Library: stdlib.Source, Modules: stdlib.Modules(),
		Path: load.SplitPath(getenv("ETAMIL_PATH")), Dir: cwd,
	}
	var src *load.Program
	var list diag.List
	if o.File != "" {
		src, list = loader.File(o.File)
	} else {
		if o.Dir != "" {
			loader.Dir = o.Dir
			if abs, err := filepath.Abs(o.Dir); err == nil {
				loader.Dir = abs
			}
		}
		name := o.Name
		if name == "" {
			name = "<stdin>"
		}
		src, list = loader.Source(name, o.Source)
	}
	if list.HasErrors() {
		return nil, list, src.Inputs
	}
	list = append(list, checkProgram(src)...)
	src.Sort(list)
	if list.HasErrors() {
		return nil, list, src.Inputs
	}
	p := &Program{name: src.Main.Source.Name, files: src.Inputs, nested: nestedRoutes(src)}
	if o.CheckOnly {
		return p, list, src.Inputs
	}
	units := make([]compile.Unit, len(src.Stmts))
	for i, s := range src.Stmts {
		units[i] = compile.Unit{Stmt: s}
		if m := src.ModuleOf(s.Span().File); m != nil {
			units[i].Library = m.Library
		}
	}
	out, errs := compile.Program(units, compile.Options{
		Serving: o.Serving, Plain: o.Plain, Trace: o.Trace,
		Builtin: builtin.Lookup, Library: libraryFuncs(src), ModuleOf: libraryModule, Spellings: builtinSpellings,
	})
	list = append(list, errs...)
	if out == nil {
		return nil, list, src.Inputs
	}
	p.code = out
	p.slots = slotsOf(out)
	p.runs.New = func() any { return new(vm.Run) }
	p.snapshot()
	return p, list, src.Inputs
}

// libraryFuncs tells the compiler what the modules of the library offer to p.
func libraryFuncs(p *load.Program) func(module string) []compile.LibraryFunc {
	imported := map[string]bool{}
	for _, m := range p.Modules {
		imported[m.Library] = true
	}
	return func(module string) []compile.LibraryFunc {
		functions := stdlib.Functions(module)
		out := make([]compile.LibraryFunc, len(functions))
		for i := range functions {
			f := &functions[i]
			out[i] = compile.LibraryFunc{Builtin: &f.Builtin, Weak: f.New}
			if f.Joint != nil && imported[f.With] {
				out[i].Builtin = f.Joint
			}
		}
		private := stdlib.Private(module)
		for i := range private {
			out = append(out, compile.LibraryFunc{Builtin: &private[i].Builtin, Private: true})
		}
		return out
	}
}

// builtinSpellings yields every spelling of every builtin.
func builtinSpellings(yield func(string) bool) {
	for _, b := range builtin.Table() {
		if !yield(b.Name.Tamil) || !yield(b.Name.Roman) || !yield(b.Name.English) {
			return
		}
	}
}

// nestedRoutes returns where routes and timers stand that no request reaches,
// because they are inside a block.
func nestedRoutes(p *load.Program) []token.Span {
	var out []token.Span
	var walk func(stmts []syntax.Stmt, top bool)
	walk = func(stmts []syntax.Stmt, top bool) {
		for _, s := range stmts {
			switch s.(type) {
			case *syntax.Route, *syntax.Timer:
				if !top {
					out = append(out, s.Word())
				}
			}
			for _, b := range compile.Blocks(s) {
				walk(b.Stmts, false)
			}
		}
	}
	for _, s := range p.Stmts {
		walk([]syntax.Stmt{s}, true)
	}
	return out
}

func slotsOf(p *code.Program) slots {
	at := func(name string) int {
		if s, ok := p.GlobalSlots[name]; ok {
			return s
		}
		return -1
	}
	return slots{
		method: at("request_method"), path: at("request_path"), body: at("request_body"),
		query: at("query_params"), headers: at("headers"), pathParams: at("path_params"),
		pathValues: at("path_values"), fields: at("request_fields"), files: at("request_files"),
	}
}

// snapshotSteps and snapshotTime bound the prelude that is run while loading;
// a longer one is run for each request, under the request's own budgets.
const (
	snapshotSteps = 50_000_000
	snapshotTime  = 2 * time.Second
)

// snapshot runs a prelude that always computes the same once, so that each
// request starts from what it leaves.
func (p *Program) snapshot() {
	c := p.code
	if c.Prelude == nil || !c.PurePrelude {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), snapshotTime)
	defer cancel()
	var r vm.Run
	r.Reset(ctx, c, &host.Host{}, vm.Limits{Steps: snapshotSteps, Memory: 64 << 20})
	if _, err := guard(func() error { return r.Do(c.Prelude) }); err != nil {
		return
	}
	snap := make([]value.Value, len(c.Globals))
	for i := range snap {
		snap[i] = r.Global(i)
		snap[i].Freeze()
	}
	c.Snapshot = snap
}

// Name returns the main file as people are shown it.
func (p *Program) Name() string { return p.name }

// Files returns the absolute paths of the files that the program depends on.
func (p *Program) Files() []string { return p.files }

// Nested returns where routes and timers stand that can never work, because
// they are inside a block or function.
func (p *Program) Nested() []token.Span { return p.nested }

// Code returns the compiled program, for the disassembler and tests; it must
// not be changed.
func (p *Program) Code() *code.Program { return p.code }

// Routes returns the routes in the order of the assembled program. Serve takes
// their numbers.
func (p *Program) Routes() []Route {
	out := make([]Route, len(p.code.Routes))
	for i, r := range p.code.Routes {
		out[i] = Route{Method: r.Method, Path: r.Path, Span: r.Span}
	}
	return out
}

// Timers returns the timers in the order of the assembled program. Tick takes
// their numbers.
func (p *Program) Timers() []Timer {
	out := make([]Timer, len(p.code.Timers))
	for i, t := range p.code.Timers {
		out[i] = Timer{Seconds: t.Seconds, Span: t.Span}
	}
	return out
}

// Uses reports whether the program mentions a global of that name.
func (p *Program) Uses(name string) bool {
	_, ok := p.code.GlobalSlots[name]
	return ok
}

// Run runs the program as the command line does, to its end. The error is nil,
// a *diag.Diagnostic, or a *Fault.
func (p *Program) Run(ctx context.Context, h *host.Host, lim Limits) (Result, error) {
	return p.do(ctx, h, lim, nil, func(r *vm.Run) error { return r.Do(p.code.Main) })
}

// Serve answers one request with that route; -1 is the prelude of a program
// without routes. Errors as for Run.
func (p *Program) Serve(ctx context.Context, h *host.Host, lim Limits, route int, req *Request) (Result, error) {
	return p.do(ctx, h, lim, req, func(r *vm.Run) error {
		p.bind(r, req)
		if err := p.prelude(r); err != nil || route < 0 {
			return err
		}
		return r.Do(p.code.Routes[route].Body)
	})
}

// Tick runs one timer. Errors as for Run.
func (p *Program) Tick(ctx context.Context, h *host.Host, lim Limits, timer int) (Result, error) {
	return p.do(ctx, h, lim, nil, func(r *vm.Run) error {
		if err := p.prelude(r); err != nil {
			return err
		}
		return r.Do(p.code.Timers[timer].Body)
	})
}

func (p *Program) prelude(r *vm.Run) error {
	if p.code.Snapshot != nil {
		return nil
	}
	return r.Do(p.code.Prelude)
}

// do runs body in a pooled run and reads what it leaves.
func (p *Program) do(ctx context.Context, h *host.Host, lim Limits, req *Request, body func(*vm.Run) error) (res Result, err error) {
	if end, ok := ctx.Deadline(); lim.Time > 0 && (!ok || time.Until(end) > lim.Time) {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, lim.Time)
		defer cancel()
	}
	r := p.runs.Get().(*vm.Run)
	r.Reset(ctx, p.code, h, vm.Limits{
		Steps: lim.Steps, Memory: lim.Memory, Output: lim.Output, Answer: lim.Answer, Rows: lim.Rows, Time: lim.Time,
	})
	fault, err := guard(func() error {
		err := body(r)
		if exit, ok := err.(*builtin.Exit); ok {
			res.Exited, res.Status = true, exit.Status
			err = nil
		}
		if err == nil && req != nil {
			res.Answer, err = p.answer(r, lim)
		}
		return err
	})
	res.Steps, res.Printed = r.Steps(), r.Printed()
	if f, _ := guard(func() error {
		res.Databases = r.EndSession(err != nil)
		return nil
	}); f != nil && fault == nil {
		fault = f
	}
	if fault != nil {
		// The state of a run that panicked is not trusted: it is left to the
		// collector.
		return res, fault
	}
	r.Release()
	p.runs.Put(r)
	return res, err
}

// guard calls f and turns a panic into a Fault.
func guard(f func() error) (fault *Fault, err error) {
	defer func() {
		if v := recover(); v != nil {
			fault = &Fault{Reason: fmt.Sprint(v), Stack: debug.Stack()}
			err = fault
		}
	}()
	return nil, f()
}
