package stdlib

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"etamil/engine/token"
)

var update = flag.Bool("update", false, "write the declarations of native functions into the modules' files")

// declaration returns what the file of a module says of a native function.
func declaration(f *Function) string {
	names := make([]string, len(f.Args))
	for i, a := range f.Args {
		names[i] = a.Name.Ta
	}
	return fmt.Sprintf("// %s.\n// %s.\nசெயல் %s(%s) {}\n", f.Doc.Ta, f.Doc.En, f.Name.Tamil, strings.Join(names, ", "))
}

func TestModuleFilesDeclareEveryFunctionOfTheTable(t *testing.T) {
	functionLine := regexp.MustCompile(`(?m)^செயல் ([^(]+)\(`)
	for _, path := range Modules() {
		text, _ := Source(path)
		if *update {
			head, _, _ := strings.Cut(text, "\n\n// ")
			text = strings.TrimRight(head, "\n") + "\n"
			for i := range Functions(path) {
				text += "\n" + declaration(&Functions(path)[i])
			}
			if err := os.WriteFile("lib/"+path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for i := range Functions(path) {
			f := &Functions(path)[i]
			if f.Func != nil && !strings.Contains(text, "\n\n"+declaration(f)) {
				t.Errorf("%s does not say (go test -update writes it):\n%s", path, declaration(f))
			}
		}
		for _, m := range functionLine.FindAllStringSubmatch(text, -1) {
			if _, ok := Lookup(path, m[1]); !ok {
				t.Errorf("%s declares %s, which has no row", path, m[1])
			}
		}
	}
}

func TestModulesImportWhatTheReferenceSays(t *testing.T) {
	imports := map[string][]string{
		"nUlakam/paNam.qmz": {"col.qmz", "kaNiqam.qmz"},
		"nUlakam/jEcAZ.qmz": {"col.qmz"},
	}
	line := regexp.MustCompile(`(?m)^இறக்கு "([^"]+)";$`)
	for _, path := range Modules() {
		text, ok := Source(path)
		if !ok {
			t.Fatalf("no source of %s", path)
		}
		var got []string
		for _, m := range line.FindAllStringSubmatch(text, -1) {
			got = append(got, m[1])
		}
		if !slices.Equal(got, imports[path]) {
			t.Errorf("%s imports %q, want %q", path, got, imports[path])
		}
	}
}

func TestRowsAreComplete(t *testing.T) {
	ids, tamil := map[string]bool{}, map[string]string{}
	for _, path := range Modules() {
		for _, f := range Functions(path) {
			if f.Module != path || ids[f.ID] || f.Func == nil || f.Ret == "" || f.Doc.Ta == "" || f.Doc.En == "" || len(f.Try) == 0 {
				t.Errorf("%s of %s: something is missing or twice: %+v", f.Name.Tamil, path, f.Builtin)
			}
			ids[f.ID] = true
			if other, twice := tamil[f.Name.Tamil]; twice {
				t.Errorf("%s is defined by %s and %s", f.Name.Tamil, other, path)
			}
			tamil[f.Name.Tamil] = path
			if (f.Name.English != "") != f.New || f.Name.Roman == "" {
				t.Errorf("%s has the spellings %+v, new: %v", f.Name.Tamil, f.Name, f.New)
			}
			for _, name := range []string{f.Name.Tamil, f.Name.Roman, f.Name.English} {
				if name == "" {
					continue
				}
				if module, ok := ModuleOf(name); !ok || module != path {
					t.Errorf("ModuleOf(%s) = %q, %v, want %s", name, module, ok, path)
				}
			}
			for _, a := range f.Args {
				for _, word := range []string{a.Name.Ta, f.Name.Tamil, f.Name.Roman} {
					if kind := token.Lookup(word); !kind.IsName() {
						t.Errorf("%s: %s is a keyword", f.Name.Tamil, word)
					}
				}
			}
		}
	}
	if len(ids) < 40 {
		t.Errorf("only %d functions", len(ids))
	}
}

func TestExamplesOfTheRows(t *testing.T) {
	for _, path := range Modules() {
		for _, f := range Functions(path) {
			for _, e := range f.Try {
				if got := shows(&machine{}, e.Expr); got != e.Want {
					t.Errorf("%s\n got %s\nwant %s", e.Expr, got, e.Want)
				}
			}
		}
	}
}

func TestNamesAreFound(t *testing.T) {
	if f, ok := Lookup("nUlakam/col.qmz", "தேடு"); !ok || f.Module != "nUlakam/col.qmz" || f.New || f.Name.Roman != "qEtu" {
		t.Errorf("Lookup of தேடு = %+v, %v", f, ok)
	}
	if _, ok := Lookup("nUlakam/aNi.qmz", "தேடு"); ok {
		t.Error("aNi has தேடு")
	}
	if _, ok := Lookup("nUlakam/col.qmz", "qEtu"); ok {
		t.Error("Lookup takes a romanized name")
	}
	if module, ok := Gone("ஜே_எண்"); !ok || module != "nUlakam/jEcAZ.qmz" {
		t.Errorf("Gone(ஜே_எண்) = %q, %v", module, ok)
	}
	for _, name := range []string{"தேடு", "", "ஜேசான்_படி"} {
		if _, ok := Gone(name); ok {
			t.Errorf("Gone(%q)", name)
		}
	}
	for _, name := range []string{"", "ஜே_எண்", "யாரோ"} {
		if module, ok := ModuleOf(name); ok {
			t.Errorf("ModuleOf(%q) = %s", name, module)
		}
	}
	for _, path := range []string{"", "col.qmz", "nUlakam", "nUlakam/", "nUlakam/none.qmz", "nUlakam/../nUlakam/col.qmz"} {
		if _, ok := Source(path); ok || Functions(path) != nil {
			t.Errorf("%q is a module", path)
		}
	}
}
