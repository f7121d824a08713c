package engine

import (
	"iter"
	"slices"
	"strings"

	"etamil/engine/builtin"
	"etamil/engine/check"
	"etamil/engine/diag"
	"etamil/engine/load"
	"etamil/engine/stdlib"
	"etamil/engine/token"
)

// checkProgram reports the type errors and the warnings of a loaded program.
func checkProgram(p *load.Program) diag.List {
	offered := map[string]*stdlib.Function{}
	imported := map[string]bool{}
	for _, m := range p.Modules {
		if !m.Embedded() {
			continue
		}
		imported[m.Library] = true
		functions := stdlib.Functions(m.Library)
		for i := range functions {
			f := &functions[i]
			for _, name := range []string{f.Name.Tamil, f.Name.Roman, f.Name.English} {
				if name != "" {
					offered[name] = f
				}
			}
		}
	}
	return check.Program(check.Input{
		Stmts: p.Stmts,
		Embedded: func(f *token.File) bool {
			m := p.ModuleOf(f)
			return m != nil && m.Embedded()
		},
		Builtins: builtinNames{},
		Library: check.Library{
			Lookup: func(name string) (int, int, bool) {
				f, ok := offered[name]
				if !ok {
					return 0, 0, false
				}
				return len(f.Args), len(f.Args), true
			},
			Aside: func(file *token.File, name string) bool {
				f, public := stdlib.Lookup(p.ModuleOf(file).Library, name)
				return !public || f.New
			},
			Module: libraryModule,
			Gone: func(name string) bool {
				module, ok := stdlib.Gone(name)
				return ok && imported[module]
			},
			OutOfHundred: func(name string, i int) bool {
				f, ok := offered[name]
				return ok && slices.Contains(f.Percent, i+1)
			},
		},
	})
}

// libraryModule returns the path below nUlakam/ of the module that offers a
// function of that name.
func libraryModule(name string) (string, bool) {
	module, ok := stdlib.ModuleOf(name)
	if !ok {
		return "", false
	}
	return strings.TrimPrefix(module, "nUlakam/"), true
}

// builtinNames tells the checker of the builtins.
type builtinNames struct{}

func (builtinNames) Lookup(name string) (int, int, bool) {
	b, ok := builtin.Lookup(name)
	if !ok {
		return 0, 0, false
	}
	return len(b.Args), len(b.Args), true
}

func (builtinNames) Names() iter.Seq[string] { return builtinSpellings }
