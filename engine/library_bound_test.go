package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"etamil/engine"
	"etamil/engine/builtin"
	"etamil/engine/stdlib"
)

// TestTheInnerNamesOfTheLibraryAreTheProgramsToUse defines, before and after the
// imports, every name that modules use for functions of their own only.
func TestTheInnerNamesOfTheLibraryAreTheProgramsToUse(t *testing.T) {
	var own, calls strings.Builder
	seen := map[string]bool{}
	for _, name := range privateNames() {
		if !seen[name] {
			seen[name] = true
			fmt.Fprintf(&own, "செயல் %s() { அச்சு \"%[1]s\"; திரும்பு 0; }\n", name)
		}
	}
	for _, e := range examplesOf(t) {
		calls.WriteString(e.statement)
	}
	want := attempt(t, importAll()+calls.String())
	for _, source := range []string{own.String() + importAll(), importAll() + own.String()} {
		if got := attempt(t, source+calls.String()); got != want {
			t.Error(firstDifference(got, want))
		}
	}
}

// TestAProgramsOwnNamesLeaveTheTablesOfRatesAsTheyAre asks the database with
// every name of the library redefined that the question itself does not use.
func TestAProgramsOwnNamesLeaveTheTablesOfRatesAsTheyAre(t *testing.T) {
	answers := func(source string) string {
		p, list := engine.Load(engine.LoadOptions{Source: source})
		if p == nil {
			t.Fatalf("%v\n%s", list, source)
		}
		var out lines
		if _, err := p.Run(context.Background(), withDatabases(t, hostOf(&out, strings.NewReader(""))), engine.Limits{}); err != nil {
			return out.String() + "✗ " + err.Error()
		}
		return out.String()
	}
	asked := 0
	for module, creates := range createsTables {
		for _, f := range stdlib.Functions(module) {
			if f.Effect != builtin.Database {
				continue
			}
			for _, e := range f.Try {
				used := map[string]bool{}
				for _, name := range nameOf.FindAllString(creates+e.Expr, -1) {
					used[name] = true
				}
				own := ""
				define := func(name string, params int) {
					p, _ := engine.Load(engine.LoadOptions{Source: "செயல் " + name + "() {}"})
					if p == nil || used[name] {
						return
					}
					used[name] = true
					words := make([]string, params)
					for i := range words {
						words[i] = fmt.Sprintf("அ%d", i)
					}
					own += "செயல் " + name + "(" + strings.Join(words, ", ") + ") { திரும்பு 0; }\n"
				}
				for _, m := range stdlib.Modules() {
					for _, g := range stdlib.Functions(m) {
						define(g.Name.Tamil, len(g.Args))
					}
				}
				for _, b := range builtin.Table() {
					define(b.Name.Tamil, len(b.Args))
				}
				for _, name := range privateNames() {
					define(name, 0)
				}
				question := `தளம்_இணை சீகுலைட், ":memory:"; ` + creates + "அச்சு " + e.Expr + ";\n"
				want := e.Want + "\n"
				for _, source := range []string{own + importAll() + question, importAll() + own + question} {
					if got := answers(source); got != want {
						t.Errorf("%s: got %s, want %s", e.Expr, got, want)
					}
				}
				asked++
			}
		}
	}
	if asked < 8 {
		t.Errorf("only %d questions", asked)
	}
}
