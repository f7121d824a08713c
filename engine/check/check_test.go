package check_test

import (
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"etamil/engine/check"
	"etamil/engine/diag"
	"etamil/engine/load"
	"etamil/engine/token"
)

// builtins is a part of the real table: spelling → number of arguments.
type builtins map[string][2]int

func (b builtins) Lookup(name string) (int, int, bool) {
	n, ok := b[name]
	return n[0], n[1], ok
}

func (b builtins) Names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range b {
			if !yield(name) {
				return
			}
		}
	}
}

var someBuiltins = builtins{
	"நீளம்": {1, 1}, "nILam": {1, 1}, "இணை": {2, 2}, "இன்று": {0, 0}, "சரி": {1, 1}, "தவறு": {1, 1},
	"சொல்லாக்கு": {1, 1}, "எண்ணாக்கு": {1, 1}, "வெளியேறு": {1, 1}, "மறை": {2, 2}, "வளையம்": {1, 2},
}

// library is an embedded library with two modules; அளவிடு is native, measure
// the weak name of it.
var library = map[string]string{
	"nUlakam/col.qmz": `செயல் துண்டு(உ, தொடக்கம், எத்தனை) { உள்_பெயர் = உ; திரும்பு உள்_பெயர்; }
செயல் துண்டு_இரண்டு() { திரும்பு துண்டு("அ"); }
நூலக_மாறி = 1;
`,
	"nUlakam/kaNiqam.qmz": `இறக்கு "col.qmz";
செயல் சதவீதம்(தொகை, விகிதம்) { திரும்பு தொகை * விகிதம் / 100; }
`,
	"nUlakam/jEcAZ.qmz": `செயல் ஜேசான்_படி(உ) { திரும்பு சரி(உ); }
`,
}

func input(p *load.Program) check.Input {
	return check.Input{
		Stmts:    p.Stmts,
		Embedded: func(f *token.File) bool { m := p.ModuleOf(f); return m != nil && m.Embedded() },
		Builtins: someBuiltins,
		Library: check.Library{
			Lookup: func(name string) (int, int, bool) {
				for _, m := range p.Modules {
					if m.Library == "nUlakam/col.qmz" && (name == "அளவிடு" || name == "aLavitu") {
						return 1, 1, true
					}
				}
				return 0, 0, false
			},
			Module: func(name string) (string, bool) {
				switch name {
				case "துண்டு", "அளவிடு":
					return "col.qmz", true
				}
				return "", false
			},
			Gone:         func(name string) bool { return name == "ஜே_எண்" },
			OutOfHundred: func(name string, i int) bool { return name == "சதவீதம்" && i == 1 },
		},
	}
}

// checkDir loads and checks main.qmz of a folder.
func checkDir(t *testing.T, dir string) (*load.Program, diag.List) {
	t.Helper()
	loader := load.Loader{
		Files:   load.Disk,
		Library: func(name string) (string, bool) { s, ok := library[name]; return s, ok },
		Dir:     dir,
	}
	p, list := loader.File("main.qmz")
	if list.HasErrors() {
		return p, list
	}
	list = append(list, check.Program(input(p))...)
	p.Sort(list)
	return p, list
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func codes(list diag.List) []diag.Code {
	var codes []diag.Code
	for _, d := range list {
		codes = append(codes, d.Code())
	}
	return codes
}

func TestWrongProgramOfEachExplanationGetsItsCodeAndRightOneDoesNot(t *testing.T) {
	for _, code := range diag.Codes() {
		explanation, ok := diag.Explain(code)
		if !ok || code == diag.ProgramTooLarge.Code { // found by compiling
			continue
		}
		for _, example := range []struct {
			diag.Example
			want bool
		}{{explanation.Wrong, true}, {explanation.Right, false}} {
			if example.Way != diag.ByCheck {
				continue
			}
			dir := t.TempDir()
			write(t, dir, map[string]string{"main.qmz": example.Program()})
			write(t, dir, example.Files)
			_, list := checkDir(t, dir)
			if got := slices.Contains(codes(list), code); got != example.want {
				t.Errorf("%v: %s\ngot %v, want the code: %v", code, example.Text(), list, example.want)
			}
			if !example.want && list.HasErrors() {
				t.Errorf("%v: the right program has errors: %v\n%s", code, list, strings.TrimSpace(example.Text()))
			}
		}
	}
}
