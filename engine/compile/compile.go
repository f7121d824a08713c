package compile

import (
	"iter"

	"etamil/engine/builtin"
	"etamil/engine/code"
	"etamil/engine/diag"
	"etamil/engine/syntax"
	"etamil/engine/token"
	"etamil/engine/value"
)

// A Unit is one top-level statement of the assembled program.
type Unit struct {
	Stmt    syntax.Stmt
	Library string // path of the embedded module it stands in, else ""
}

// A LibraryFunc tells the compiler of one function of an embedded module.
type LibraryFunc struct {
	*builtin.Builtin
	// Weak tells that the Tamil spelling gives way to any other definition,
	// as the other spellings always do.
	Weak bool
	// Private tells that only the module itself may call it.
	Private bool
}

// Options say how a program is compiled.
type Options struct {
	// Serving makes a prelude, routes and timers; otherwise one main part.
	Serving bool
	// Builtin finds a builtin by any of its spellings.
	Builtin func(name string) (*builtin.Builtin, bool)
	// Library lists the functions of an embedded module that the program
	// imports; nil where there is no library.
	Library func(module string) []LibraryFunc
	// ModuleOf gives the path below nUlakam/ of the library module that has a
	// function of that name.
	ModuleOf func(name string) (module string, ok bool)
	// Spellings yields all spellings of all builtins, for "did you mean".
	Spellings iter.Seq[string]
	// Plain leaves out every shortcut that a simpler sequence of instructions
	// could replace; used to check that both give the same answers.
	Plain bool
	// Trace marks where each statement begins.
	Trace bool
}

// Program compiles the assembled statements. The list holds errors only when
// the program cannot be compiled at all (ET3001); a nil program then.
func Program(units []Unit, o Options) (*code.Program, diag.List) {
	p := &program{
		Options: o,
		out: &code.Program{
			GlobalSlots: map[string]int{},
		},
		natives:        map[nativeKey]int32{},
		keys:           map[string]int32{},
		libraryGlobals: map[string]int32{},
	}
	for _, name := range code.FixedNames {
		p.global(name)
	}
	p.collect(units)
	p.bodies()

	var rest []Unit
	for _, u := range units {
		if o.Serving {
			switch s := u.Stmt.(type) {
			case *syntax.Route:
				p.routes = append(p.routes, s)
				continue
			case *syntax.Timer:
				p.timers = append(p.timers, s)
				continue
			}
		}
		rest = append(rest, u)
	}
	if o.Serving {
		f := p.topLevel(token.Span{})
		f.units(rest)
		p.out.Prelude = f.finish()
		after := f.defined
		for _, r := range p.routes {
			f := p.topLevel(r.Span())
			f.defined = append([]bool(nil), after...)
			f.block(r.Body)
			p.out.Routes = append(p.out.Routes, code.Route{Method: r.Method, Path: r.Path.Value, Span: r.Path.Span(), Body: f.finish()})
		}
		for _, t := range p.timers {
			f := p.topLevel(t.Span())
			f.defined = append([]bool(nil), after...)
			f.block(t.Body)
			n, _ := t.Seconds.Value.Trunc().Int64()
			p.out.Timers = append(p.out.Timers, code.Timer{Seconds: int(n), Span: t.Seconds.Span(), Body: f.finish()})
		}
	} else {
		f := p.topLevel(token.Span{})
		f.units(rest)
		p.out.Main = f.finish()
	}
	if p.instructions > code.MaxInstructions {
		return nil, diag.List{diag.ProgramTooLarge.At(p.lastSpan)}
	}
	p.relocate()
	p.out.PurePrelude = o.Serving && p.pure(p.out.Prelude, map[*code.Func]bool{})
	if err := code.Verify(p.out); err != nil {
		panic("BUG: " + err.Error())
	}
	return p.out, nil
}

// program is the state of one compilation.
type program struct {
	Options
	out     *code.Program
	defs    map[string]*definition    // what the program calls
	library map[string]*definition    // what the library offers, also to itself
	private map[[2]string]*definition // by module and name: what only that module calls
	order   []*definition
	// setNames are the variables that anything in the program sets.
	setNames map[string]bool
	natives  map[nativeKey]int32
	// libraryGlobals are the slots of the globals of the library's own code.
	libraryGlobals map[string]int32
	keys           map[string]int32
	routes         []*syntax.Route
	timers         []*syntax.Timer
	tops           []*code.Func

	instructions int
	lastSpan     token.Span
}

type nativeKey struct {
	module, id string
}

// global returns the slot of a global variable.
func (p *program) global(name string) int32 {
	if s, ok := p.out.GlobalSlots[name]; ok {
		return int32(s)
	}
	s := len(p.out.Globals)
	p.out.Globals = append(p.out.Globals, name)
	p.out.GlobalSlots[name] = s
	return int32(s)
}

// libraryGlobal returns the slot of a global variable of the library.
func (p *program) libraryGlobal(name string) int32 {
	if s, ok := p.libraryGlobals[name]; ok {
		return s
	}
	s := int32(len(p.out.Globals))
	p.out.Globals = append(p.out.Globals, name)
	p.libraryGlobals[name] = s
	return s
}

func (p *program) native(module string, b *builtin.Builtin) int32 {
	k := nativeKey{module, b.ID}
	if n, ok := p.natives[k]; ok {
		return n
	}
	n := int32(len(p.out.Natives))
	p.out.Natives = append(p.out.Natives, code.Native{Builtin: b, Module: module})
	p.natives[k] = n
	return n
}

func (p *program) keySet(names []string) int32 {
	id := ""
	for _, n := range names {
		id += n + "\x00"
	}
	if k, ok := p.keys[id]; ok {
		return k
	}
	n := int32(len(p.out.Keys))
	p.out.Keys = append(p.out.Keys, value.FrozenKeys(names))
	p.keys[id] = n
	return n
}

// relocate moves the places for intermediate values of top-level code behind
// the globals, whose number is known only now.
func (p *program) relocate() {
	n := int32(len(p.out.Globals))
	for _, f := range p.tops {
		for i := range f.Code {
			ins := &f.Code[i]
			a, b, c := ins.Op.Registers()
			if a && ins.A >= tempBase {
				ins.A += n - tempBase
			}
			if b && ins.B >= tempBase {
				ins.B += n - tempBase
			}
			if c && ins.C >= tempBase {
				ins.C += n - tempBase
			}
		}
		f.Regs += int(n)
		f.Names = p.out.Globals
		p.out.Window = max(p.out.Window, f.Regs)
	}
	for _, f := range p.tops {
		f.Regs = p.out.Window
	}
}

// requestNames are the globals that a request sets before the prelude.
var requestNames = map[string]bool{
	"request_method": true, "request_path": true, "request_body": true, "query_params": true,
	"headers": true, "path_params": true, "path_values": true, "request_fields": true, "request_files": true,
}

// IsRequestName reports whether a request may set the global of that name.
func IsRequestName(name string) bool {
	return requestNames[name] || len(name) > 6 && name[:6] == "param_"
}

// pure reports whether f, and every function it may call, computes the same
// whenever it runs and touches nothing outside the globals.
func (p *program) pure(f *code.Func, seen map[*code.Func]bool) bool {
	if seen[f] {
		return true
	}
	seen[f] = true
	for _, ins := range f.Code {
		switch ins.Op {
		case code.Print, code.Input, code.FileMode, code.FileTruncate, code.FileRead, code.FileWrite, code.CSVRead,
			code.Connect, code.Disconnect, code.Query, code.Execute:
			return false
		case code.GetGlobal:
			if IsRequestName(p.out.Globals[ins.B]) {
				return false
			}
		case code.LoadLocal, code.Localize:
			if ins.C >= 0 && IsRequestName(p.out.Globals[ins.C]) {
				return false
			}
		case code.CallBuiltin:
			if p.out.Natives[ins.B].Effect != builtin.Pure {
				return false
			}
		case code.Call:
			if !p.pure(p.out.Funcs[ins.B], seen) {
				return false
			}
		}
		if f.TopLevel {
			a, b, c := ins.Op.Registers()
			for _, r := range [3]struct {
				is bool
				n  int32
			}{{a, ins.A}, {b, ins.B}, {c, ins.C}} {
				if r.is && r.n >= 0 && int(r.n) < len(p.out.Globals) && IsRequestName(p.out.Globals[r.n]) {
					return false
				}
			}
		}
	}
	return true
}
