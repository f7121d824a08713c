package stdlib

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"etamil/engine/syntax"
	"etamil/engine/token"
)

var update = flag.Bool("update", false, "write the declarations of native functions into the modules' files")

// heading returns what the file of a module says of a function above its body.
func heading(f *Function) string {
	names := make([]string, len(f.Args))
	for i, a := range f.Args {
		names[i] = a.Name.Ta
	}
	return fmt.Sprintf("// %s.\n// %s.\nசெயல் %s(%s) {", f.Doc.Ta, f.Doc.En, f.Name.Tamil, strings.Join(names, ", "))
}

// headed puts the headings of all rows into the text of a module; a function
// that it does not have yet goes to its end.
func headed(path, text string) string {
	module := find(path)
	for f := range module.all {
		old := regexp.MustCompile(`(?m)(?:^//.*\n)*^செயல் ` + regexp.QuoteMeta(f.Name.Tamil) + `\(.*\) \{`)
		if at := old.FindStringIndex(text); at != nil {
			text = text[:at[0]] + heading(f) + text[at[1]:]
		} else {
			text = strings.TrimRight(text, "\n") + "\n\n" + heading(f) + "}\n"
		}
	}
	return text
}

func TestModuleFilesSayWhatTheTableSays(t *testing.T) {
	for _, path := range Modules() {
		text, _ := Source(path)
		if *update {
			text = headed(path, text)
			if err := os.WriteFile("lib/"+path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for f := range find(path).all {
			want := "\n\n" + heading(f)
			if f.Func != nil {
				want += "}\n"
			}
			switch {
			case !strings.Contains(text, want):
				t.Errorf("%s does not say (go test -update writes it):%s", path, want)
			case f.Func == nil && strings.Contains(text, want+"}"):
				t.Errorf("%s has neither Go nor eTamil", f.Name.Tamil)
			}
		}
	}
}

// TestModulesSetOnlyConstants holds what the compiler relies on: the top level of a
// module imports, defines and assigns, and nothing else.
func TestModulesSetOnlyConstants(t *testing.T) {
	for _, path := range Modules() {
		text, _ := Source(path)
		file, list := syntax.ParseFile(token.NewFile(path, "", text), syntax.Options{})
		for _, d := range list {
			t.Errorf("%s: %v", path, d)
		}
		if file == nil {
			continue
		}
		names := map[string]bool{}
		for _, s := range file.Stmts {
			switch s := s.(type) {
			case *syntax.Import, *syntax.Assign:
			case *syntax.Function:
				if names[s.Name.Text] {
					t.Errorf("%s defines %s twice", path, s.Name.Text)
				}
				names[s.Name.Text] = true
			default:
				t.Errorf("%s:%d: a module may only import, define and assign", path, s.Span().Pos().Line)
			}
		}
	}
}

func TestModulesImportWhatTheReferenceSays(t *testing.T) {
	imports := map[string][]string{
		"nUlakam/paNam.qmz":          {"col.qmz", "kaNiqam.qmz"},
		"nUlakam/jEcAZ.qmz":          {"col.qmz"},
		"nUlakam/kAcu.qmz":           {"kaNiqam.qmz"},
		"nUlakam/kuRiyAkkam.qmz":     {"kaNiqam.qmz", "col.qmz"},
		"nUlakam/qaLam/retis.qmz":    {"../poruL.qmz"},
		"nUlakam/cawkili/fabric.qmz": {"../jEcAZ.qmz", "../poruL.qmz"},
		"nUlakam/upi/vilAcam.qmz":    {"../col.qmz", "../poruL.qmz"},
		"nUlakam/upi/nilYmY.qmz":     {"../aNi.qmz"},

		"nUlakam/kaNakkiyal/pErEtu.qmz":       {"kaNakkukaL.qmz", "kAlam.qmz", "../kaNiqam.qmz"},
		"nUlakam/kaNakkiyal/niRuvaZam.qmz":    {"pErEtu.qmz", "../kaNiqam.qmz"},
		"nUlakam/kaNakkiyal/oqukkItu.qmz":     {"pErEtu.qmz", "kAlam.qmz", "../kaNiqam.qmz"},
		"nUlakam/kaNakkiyal/aRikkYkaL.qmz":    {"pErEtu.qmz", "kaNakkukaL.qmz", "kAlam.qmz", "../paNam.qmz", "../col.qmz"},
		"nUlakam/kaNakkiyal/mutippu.qmz":      {"pErEtu.qmz", "kaNakkukaL.qmz", "kAlam.qmz", "aRikkYkaL.qmz"},
		"nUlakam/kaNakkiyal/vari.qmz":         {"pErEtu.qmz", "../kaNiqam.qmz"},
		"nUlakam/kaNakkiyal/qEymAZam.qmz":     {"../kaNiqam.qmz"},
		"nUlakam/kaNakkiyal/Uqiyam.qmz":       {"../kaNiqam.qmz", "../poruL.qmz"},
		"nUlakam/kaNakkiyal/vari_viziqam.qmz": {"../poruL.qmz", "Uqiyam.qmz"},
		"nUlakam/vawki/vatti.qmz":             {"../kaNiqam.qmz"},
		"nUlakam/vawki/kadaZ.qmz":             {"vatti.qmz", "../kaNiqam.qmz"},
		"nUlakam/vawki/coqqu.qmz":             {"../poruL.qmz", "../kaNiqam.qmz"},
		"nUlakam/kAppIttu/kAppIttu.qmz":       {"../kaNiqam.qmz", "../poruL.qmz"},
		"nUlakam/cuwkam/cuwkam.qmz":           {"../kaNiqam.qmz", "../poruL.qmz", "../col.qmz"},
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
			if f.Module != path || ids[f.ID] || f.Ret == "" || f.Doc.Ta == "" || f.Doc.En == "" || len(f.Try) == 0 {
				t.Errorf("%s of %s: something is missing or twice: %+v", f.Name.Tamil, path, f.Builtin)
			}
			ids[f.ID] = true
			if other, twice := tamil[f.Name.Tamil]; twice && f.With != other {
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
				if module, ok := ModuleOf(name); !ok || module != path && module != f.With {
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
