package syntax_test

import (
	"reflect"
	"testing"

	"etamil/engine/syntax"
	"etamil/engine/token"
)

// builtins stands for the table of builtins.
func builtins(word string) (token.Spelling, bool) {
	for _, s := range []token.Spelling{
		{Tamil: "நீளம்", Roman: "nILam", English: "_length"},
		{Tamil: "ஒன்றிணை", Roman: "oZRiNY", English: "_join"},
		{Tamil: "தரை", Roman: "qarY"},
	} {
		if word == s.Tamil || word == s.Roman || word == s.English {
			return s, true
		}
	}
	return token.Spelling{}, false
}

func respell(t *testing.T, source string, script token.Script) string {
	t.Helper()
	got, errs := syntax.Respell(token.NewFile("a.qmz", "", source), syntax.Options{Main: true}, script, builtins)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return got
}

func TestRespell(t *testing.T) {
	for _, tt := range []struct {
		why, source, tamil, roman, english string
	}{
		{"keywords, layout kept", "accu  1; // accu\n_return;",
			"அச்சு  1; // accu\nதிரும்பு;", "accu  1; // accu\nqirumpu;", "accu  1; // accu\n_return;"},
		{"words usable as names are the author's", "வரி = 1; accu வரி;",
			"வரி = 1; அச்சு வரி;", "வரி = 1; accu வரி;", "வரி = 1; accu வரி;"},
		{"builtins only where they are called", "nILam = nILam(nILam); r.nILam = 1;",
			"nILam = நீளம்(nILam); r.nILam = 1;", "nILam = nILam(nILam); r.nILam = 1;", "nILam = _length(nILam); r.nILam = 1;"},
		{"_join is a reserved word", "a = ஒன்றிணை([], 1);",
			"a = ஒன்றிணை([], 1);", "a = oZRiNY([], 1);", "a = ஒன்றிணை([], 1);"},
		{"no English alias", "a = தரை(1);", "a = தரை(1);", "a = qarY(1);", "a = qarY(1);"},
		{"functions of the program", "ceyal நீளம்(x) { } a = நீளம்(1); b = f(1);",
			"செயல் நீளம்(x) { } a = நீளம்(1); b = f(1);", "ceyal நீளம்(x) { } a = நீளம்(1); b = f(1);", "_fn நீளம்(x) { } a = நீளம்(1); b = f(1);"},
		{"a builtin is not turned into one", `_fn "_length"(x) { } a = நீளம்(1);`,
			`செயல் "_length"(x) { } a = நீளம்(1);`, `ceyal "_length"(x) { } a = nILam(1);`, `_fn "_length"(x) { } a = நீளம்(1);`},
		{"reserved words that are builtins", "a = மறை(1, maRY_vicY());",
			"a = மறை(1, மறை_விசை());", "a = maRY(1, maRY_vicY());", "a = _encrypt(1, _encryptionKey());"},
		{"no blanks", `accu"x";accu-1;`, `அச்சு"x";அச்சு-1;`, `accu"x";accu-1;`, `accu"x";accu-1;`},
	} {
		for script, want := range []string{token.Tamil: tt.tamil, token.Roman: tt.roman, token.English: tt.english} {
			if got := respell(t, tt.source, token.Script(script)); got != want {
				t.Errorf("%s: script %d gives\n%s\nwant\n%s", tt.why, script, got, want)
			}
		}
	}
}

func TestRespellingTheCorpusKeepsTheTree(t *testing.T) {
	bad := failing(t)
	noBuiltins := func(string) (token.Spelling, bool) { return token.Spelling{}, false }
	eachFile(t, ".qmz", func(name, text string) {
		if bad[name] != "" {
			return
		}
		want := withoutPlaces(mustParse(t, text))
		for script := token.Tamil; script <= token.English; script++ {
			got, errs := syntax.Respell(token.NewFile(name, "", text), syntax.Options{Main: true}, script, noBuiltins)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			if !reflect.DeepEqual(withoutPlaces(mustParse(t, got)), want) {
				t.Errorf("%s in script %d has another tree", name, script)
			}
		}
	})
}

func TestRespellRefusesWhatCannotBeScanned(t *testing.T) {
	got, errs := syntax.Respell(token.NewFile("a.qmz", "", "accu #;"), syntax.Options{}, token.Tamil, builtins)
	if got != "" || errorsOf(errs) != "ET1001 1:6" {
		t.Errorf("got %q, %v", got, errs)
	}
}
