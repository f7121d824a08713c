package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"etamil/engine"
	"etamil/engine/builtin"
	"etamil/engine/diag"
	"etamil/engine/stdlib"
)

// importAll imports every module of the library.
func importAll() string {
	var b strings.Builder
	for _, module := range stdlib.Modules() {
		fmt.Fprintf(&b, "இறக்கு %q;\n", module)
	}
	return b.String()
}

// attempt runs a program and returns what it printed, with the code of the
// error that ended it.
func attempt(t *testing.T, source string) string {
	t.Helper()
	p, list := engine.Load(engine.LoadOptions{Source: source})
	if p == nil {
		t.Fatalf("%v\n%s", list, source)
	}
	var out lines
	if _, err := p.Run(context.Background(), hostOf(&out, strings.NewReader("")), engine.Limits{}); err != nil {
		return out.String() + "✗ " + codeOf(t, err).String()
	}
	return out.String()
}

// nameOf finds the names in an expression.
var nameOf = regexp.MustCompile(`[\p{L}\p{M}_][\p{L}\p{M}\p{N}_]*`)

// An exampleCall is an example of the library as a statement that prints it, and
// the names that it uses.
type exampleCall struct {
	statement string
	uses      []string
}

var libraryExamples struct {
	once sync.Once
	list []exampleCall
}

// examplesOf returns the examples of the library that need nothing from outside.
func examplesOf(t *testing.T) []exampleCall {
	libraryExamples.once.Do(func() {
		for _, module := range stdlib.Modules() {
			for _, f := range stdlib.Functions(module) {
				for _, e := range f.Try {
					s := "அச்சு " + e.Expr + ";\n"
					if f.Effect == builtin.Pure && !strings.Contains(attempt(t, `இறக்கு "`+module+`"; `+s), "✗ ET") {
						libraryExamples.list = append(libraryExamples.list, exampleCall{s, nameOf.FindAllString(e.Expr, -1)})
					}
				}
			}
		}
	})
	if len(libraryExamples.list) < 200 {
		t.Fatalf("only %d examples", len(libraryExamples.list))
	}
	return libraryExamples.list
}

// TestAProgramsOwnNamesLeaveTheLibraryAsItIs defines the names of the library and
// of the builtins in turn, before and after the imports, and compares all
// examples that do not use the name themselves.
func TestAProgramsOwnNamesLeaveTheLibraryAsItIs(t *testing.T) {
	examples := examplesOf(t)
	imports := importAll()
	type name struct {
		word   string
		params int
	}
	var names []name
	add := func(b *builtin.Builtin) {
		for _, word := range []string{b.Name.Tamil, b.Name.Roman, b.Name.English} {
			// Some words are statements too, and no name for a function.
			if p, _ := engine.Load(engine.LoadOptions{Source: "செயல் " + word + "() {}"}); p != nil {
				names = append(names, name{word, len(b.Args)})
			}
		}
	}
	for _, module := range stdlib.Modules() {
		for _, f := range stdlib.Functions(module) {
			add(&f.Builtin)
		}
		for _, f := range stdlib.Private(module) {
			names = append(names, name{f.Name.Tamil, len(f.Args)})
		}
	}
	for _, b := range builtin.Table() {
		add(&b)
	}
	if testing.Short() {
		names = names[:20]
	}
	// Twenty names at a time, of which no example may use one.
	for group := range slices.Chunk(names, 20) {
		var own, calls strings.Builder
		words := map[string]bool{}
		for _, n := range group {
			if words[n.word] {
				continue
			}
			words[n.word] = true
			params := make([]string, n.params)
			for i := range params {
				params[i] = fmt.Sprintf("அ%d", i)
			}
			fmt.Fprintf(&own, "செயல் %s(%s) { அச்சு \"%s\"; திரும்பு 0; }\n", n.word, strings.Join(params, ", "), n.word)
		}
		for _, e := range examples {
			if !slices.ContainsFunc(e.uses, func(word string) bool { return words[word] }) {
				calls.WriteString(e.statement)
			}
		}
		want := attempt(t, imports+calls.String())
		for _, source := range []string{own.String() + imports + calls.String(), imports + own.String() + calls.String()} {
			if got := attempt(t, source); got != want {
				t.Errorf("with these of the program's own:\n%s\n%s", own.String(), firstDifference(got, want))
			}
		}
	}
}

// firstDifference shows the first line in which two texts differ.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			return fmt.Sprintf("line %d: got %q, want %q", i+1, g[i], append(w, "", "")[min(i, len(w))])
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(g), len(w))
}

// TestAProgramsVariablesLeaveTheLibraryAsItIs sets every variable that a module
// sets, and every name that a function of the library uses for one of its own.
func TestAProgramsVariablesLeaveTheLibraryAsItIs(t *testing.T) {
	assignment := regexp.MustCompile(`(?m)^\s*([\p{L}_][\p{L}\p{M}\p{N}_]*) = `)
	var own strings.Builder
	for _, module := range stdlib.Modules() {
		text, _ := stdlib.Source(module)
		for _, m := range assignment.FindAllStringSubmatch(text, -1) {
			fmt.Fprintf(&own, "%s = \"என்னுடையது\";\n", m[1])
		}
	}
	if !strings.Contains(own.String(), "பைசா_ஒரு_ரூபாய்") {
		t.Fatal("the variables of the modules were not found")
	}
	calls := ""
	for _, e := range examplesOf(t) {
		if !strings.Contains(e.statement, "_வடிவம்,") { // a variable of the module
			calls += e.statement
		}
	}
	want := attempt(t, importAll()+calls)
	for _, source := range []string{importAll() + own.String() + calls, own.String() + importAll() + calls} {
		if got := attempt(t, source); got != want {
			t.Error(firstDifference(got, want))
		}
	}
}

// privateNames are functions that a module defines for itself alone.
func privateNames() (names []string) {
	function := regexp.MustCompile(`(?m)^செயல் ([^(]+)\(`)
	for _, module := range stdlib.Modules() {
		text, _ := stdlib.Source(module)
		for _, m := range function.FindAllStringSubmatch(text, -1) {
			if _, public := stdlib.Lookup(module, m[1]); !public {
				names = append(names, m[1])
			}
		}
	}
	return names
}

func TestWhatIsPrivateToAModuleIsUnknownToPrograms(t *testing.T) {
	names := privateNames()
	if len(names) == 0 {
		t.Fatal("no module has private functions")
	}
	for _, name := range names {
		source := importAll() + name + "();"
		if got := attempt(t, source); got != "✗ ET4004" {
			t.Errorf("%s() gives %s, want ET4004", name, got)
		}
		_, list := engine.Load(engine.LoadOptions{Source: source, CheckOnly: true})
		if !slices.ContainsFunc(list, func(d *diag.Diagnostic) bool { return d.Def == diag.NoSuchFunction || d.Def == diag.HelperGone }) {
			t.Errorf("%s() passes the check: %v", name, list)
		}
	}
}

func TestHelpersThatAreGoneAreSaidToBe(t *testing.T) {
	for _, name := range []string{"ஜே_மதிப்பு", "வரிசைக்குப்_பின்", "தொகுதியைத்_தேடு", "விருப்பத்தைச்_சேர்"} {
		source := importAll() + name + "();"
		if got := attempt(t, source); got != "✗ ET4004" {
			t.Errorf("%s() gives %s, want ET4004", name, got)
		}
		_, list := engine.Load(engine.LoadOptions{Source: source, CheckOnly: true})
		if len(list) != 1 || list[0].Def != diag.HelperGone {
			t.Errorf("the check of %s() says %v, want ET2121 alone", name, list)
		}
	}
}

// TestWeakNamesGiveWay defines new and romanized names of the library, which is
// worth no warning, and an older one, which is.
func TestWeakNamesGiveWay(t *testing.T) {
	for _, tt := range []struct {
		name  string
		warns bool
	}{
		{"_sort", false}, {"வரிசைப்படுத்து", false}, {"varicYppatuqqu", false}, {"quNtu", false},
		{"தேதியா", false}, {"camamAkap_piri", false}, {"துண்டு", true}, {"நகர்த்து", true},
	} {
		own := "செயல் " + tt.name + "(அ) { திரும்பு \"என்\"; }\n"
		for _, source := range []string{own + importAll(), importAll() + own} {
			_, list := engine.Load(engine.LoadOptions{Source: source + "அச்சு 1;", CheckOnly: true})
			if warned := slices.ContainsFunc(list, func(d *diag.Diagnostic) bool { return d.Def == diag.DefinedAgain }); warned != tt.warns {
				t.Errorf("%s: warned %v, want %v: %v", tt.name, warned, tt.warns, list)
			}
			if tt.warns {
				continue
			}
			if got := attempt(t, source+"அச்சு "+tt.name+"(1);"); got != "என்\n" {
				t.Errorf("%s: got %s, want the program's own", tt.name, got)
			}
		}
	}
}

// TestALibraryFunctionTakesOnePlaceOfTheCalls calls at the last place functions
// that call others of the library.
func TestALibraryFunctionTakesOnePlaceOfTheCalls(t *testing.T) {
	for _, call := range []string{
		`கொண்டுள்ளதா("abc", "c")`,
		`நகர்த்து("PENDING", "SUCCESS")`,
		`பணம்_இணைப்பு({pa: "a@b", pn: "N", tn: "x", tr: "y"})`,
		`சமம்({பெயர்: "x", வெற்றி: 0, தோல்வி: 0}, 1, 1, "y")`,
		`மோதலா({விவரம்: "PHANTOM_READ_CONFLICT"})`,
	} {
		source := importAll() + `செயல் ஆழம்(எ) { (எ == 0) எனில் { திரும்பு ` + call + `; } திரும்பு ஆழம்(எ - 1); } `
		shallow := attempt(t, importAll()+"அச்சு "+call+";")
		if got := attempt(t, source+"அச்சு ஆழம்(254);"); got != shallow {
			t.Errorf("255 calls and %s: got %s, want %s", call, got, shallow)
		}
		if got := attempt(t, source+"அச்சு ஆழம்(255);"); got != "✗ ET4006" {
			t.Errorf("256 calls and %s: got %s, want ET4006", call, got)
		}
	}
}

// TestErrorsOfTheLibraryAreShownInTheProgram holds that they name the function of
// the library, its parameter where a kind is wrong, and the program's own line.
func TestErrorsOfTheLibraryAreShownInTheProgram(t *testing.T) {
	for _, tt := range []struct {
		call, code string
		says       []string // of the English sentence or the names of the stack
	}{
		{`மீண்டும்_சமர்ப்பி([], "F", [], 1)`, "ET4021", []string{"மீண்டும்_சமர்ப்பி", "a record as 'gateway'", "an array"}},
		{`பணம்_இணைப்பு(5)`, "ET4021", []string{"பணம்_இணைப்பு", "a number"}},
		{`mINtum_camarppi("x", "F", [], 1)`, "ET4021", []string{"mINtum_camarppi", "a record as 'gateway'"}},
		{`சமம்({}, 1, 1, "x")`, "ET4013", []string{"பெயர்", "சமம்"}},
		{`சேர்_ஓட்டம்({பெயர்: "x", வெற்றி: 79228162514264337593543950335, தோல்வி: 0}, {வெற்றி: 1, தோல்வி: 0})`, "ET4002", []string{"சேர்_ஓட்டம்"}},
		{`முழு_முகவரி({}, "/")`, "ET4013", []string{"முகவரிப்_பாதை", "முழு_முகவரி"}},
		{`சமமாகப்_பிரி(10.5, 2)`, "ET4021", []string{"சமமாகப்_பிரி", "a whole number as 'paise'", "10.5"}},
		{`camamAkap_piri(10, 2.5)`, "ET4021", []string{"camamAkap_piri", "a whole number as 'shares'", "2.5"}},
		{`ஆவணம்_நிரப்பு("<r>{%tr for a in x %}</r>", {"வரிசை": "<r", வரிசை_முடிவு: "</r>"}, [], [])`, "ET4021", []string{"a group named 'a' as 'groups'"}},
		{`மாதம்_கூட்டு("2026-02-30", 1)`, "ET4026", []string{"2026-02-30"}},
		{`மாதம்_கூட்டு("9999-12-01", 1)`, "ET4002", nil},
		{`தரவுரை_பகு("a", "")`, "ET4021", []string{"தரவுரை_பகு", "separator"}},
	} {
		source := importAll() + "செயல் என்_செயல்(அ) {\n    திரும்பு " + tt.call + ";\n}\n\nஎன்_செயல்(1);\n"
		line := strings.Count(importAll(), "\n") + 2
		p, list := engine.Load(engine.LoadOptions{Source: source, Name: "என்.qmz"})
		if p == nil {
			t.Fatal(list)
		}
		var out lines
		_, err := p.Run(context.Background(), hostOf(&out, strings.NewReader("")), engine.Limits{})
		var d *diag.Diagnostic
		if !errors.As(err, &d) {
			t.Errorf("%s: %v", tt.call, err)
			continue
		}
		var shown bytes.Buffer
		diag.Render(&shown, diag.List{d}, diag.Options{})
		if got := d.Span.Pos().Line; d.Code().String() != tt.code || d.Span.File.Name != "என்.qmz" || got != line {
			t.Errorf("%s: %s in line %d of %s, want %s in line %d:\n%s", tt.call, d.Code(), got, d.Span.File.Name, tt.code, line, &shown)
		}
		for _, text := range tt.says {
			if !strings.Contains(shown.String(), text) {
				t.Errorf("%s does not say %q:\n%s", tt.call, text, &shown)
			}
		}
		if strings.Contains(shown.String(), "nUlakam/") {
			t.Errorf("%s shows the inside of the library:\n%s", tt.call, &shown)
		}
		if len(d.Stack) == 0 || d.Stack[len(d.Stack)-1].Function != "என்_செயல்" {
			t.Errorf("%s: the stack of calls is %v", tt.call, d.Stack)
		}
	}
}

// TestModulesReadAsOrdinaryPrograms checks the modules as if they were a
// program's own: what they call and read must be there.
func TestModulesReadAsOrdinaryPrograms(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("stdlib/lib")); err != nil {
		t.Fatal(err)
	}
	for _, module := range stdlib.Modules() {
		path := filepath.Join(dir, module)
		_, list := engine.Load(engine.LoadOptions{File: path, CheckOnly: true})
		for _, d := range list {
			if d.Span.File.Path == path && d.Def != diag.HidesBuiltin {
				var shown bytes.Buffer
				diag.Render(&shown, diag.List{d}, diag.Options{})
				t.Errorf("%s", &shown)
			}
		}
	}
}

// TestTheLibrarysOwnTests runs the programs beside the modules that test them, as
// etamil test does.
func TestTheLibrarysOwnTests(t *testing.T) {
	ran := 0
	err := filepath.WalkDir("stdlib/lib", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_cOqaZY.qmz") {
			return err
		}
		if library := strings.TrimPrefix(path, "stdlib/lib/"); slices.Contains(stdlib.Modules(), library) {
			t.Errorf("%s is part of the library", library)
		}
		if _, ok := stdlib.Source(strings.TrimPrefix(path, "stdlib/lib/")); ok {
			t.Errorf("%s can be imported", path)
		}
		ran++
		t.Run(filepath.Base(path), func(t *testing.T) {
			p, list := engine.Load(engine.LoadOptions{File: path})
			if p == nil {
				t.Fatal(list)
			}
			var out lines
			res, err := p.Run(context.Background(), hostOf(&out, strings.NewReader("")), engine.Limits{})
			if err != nil || res.Status != 0 {
				t.Errorf("status %d, %v\n%s", res.Status, err, out.String())
			}
		})
		return nil
	})
	if err != nil || ran == 0 {
		t.Fatalf("%d programs, %v", ran, err)
	}
}
