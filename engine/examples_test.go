package engine_test

import (
	"context"
	"strings"
	"testing"

	"etamil/engine"
	"etamil/engine/builtin"
	"etamil/engine/stdlib"
)

// evaluate prints one expression in a program that imports modules.
func evaluate(t *testing.T, imports, expr string) string {
	t.Helper()
	p, list := engine.Load(engine.LoadOptions{Source: imports + "அச்சு " + expr + ";"})
	if p == nil {
		t.Fatalf("%s: %v", expr, list)
	}
	var out lines
	if _, err := p.Run(context.Background(), withDatabases(t, hostOf(&out, strings.NewReader(""))), engine.Limits{}); err != nil {
		return "✗ " + err.Error()
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func TestEveryExampleOfABuiltinGivesWhatItSays(t *testing.T) {
	t.Chdir(t.TempDir()) // some examples write files
	for _, b := range builtin.Table() {
		for _, e := range b.Try {
			if got := evaluate(t, "", e.Expr); got != e.Want {
				t.Errorf("%s: %s gives %s, want %s", b.ID, e.Expr, got, e.Want)
			}
		}
	}
}

// createsTables is how the tables come to be that the examples of a module ask.
var createsTables = map[string]string{
	"nUlakam/kaNakkiyal/vari_viziqam.qmz": "விகித_அட்டவணைகளை_ஆக்கு(); ",
	"nUlakam/vawki/coqqu.qmz":             "விதிமுறை_அட்டவணையை_ஆக்கு(); ",
}

func TestEveryExampleOfTheLibraryGivesWhatItSays(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, module := range stdlib.Modules() {
		for _, f := range stdlib.Functions(module) {
			if len(f.Try) == 0 {
				t.Errorf("%s has no example", f.ID)
			}
			for _, e := range f.Try {
				before := `இறக்கு "` + module + `"; `
				if f.Effect == builtin.Database {
					before += `தளம்_இணை சீகுலைட், ":memory:"; ` + createsTables[module]
				}
				if got := evaluate(t, before, e.Expr); got != e.Want {
					t.Errorf("%s: %s gives %s, want %s", f.ID, e.Expr, got, e.Want)
				}
			}
		}
	}
}
