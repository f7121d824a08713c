package load

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"etamil/engine/diag"
	"etamil/engine/syntax"
	"etamil/engine/token"
)

// library is a small embedded library.
var library = map[string]string{
	"nUlakam/col.qmz":         "accu \"lib col\";\n",
	"nUlakam/paNam.qmz":       "iRakku \"col.qmz\";\naccu \"lib paNam\";\n",
	"nUlakam/upi/vilAcam.qmz": "iRakku \"../col.qmz\";\naccu \"lib vilAcam\";\n",
	"nUlakam/lost.qmz":        "iRakku \"/etc/passwd\";\n",
}

// fixture is a folder of files and a loader that starts in it.
func fixture(t *testing.T, files map[string]string) (*Loader, string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return &Loader{
		Files:   Disk,
		Library: func(name string) (string, bool) { s, ok := library[name]; return s, ok },
		Dir:     dir,
	}, dir
}

// printed returns the texts of the top-level accu statements, in order.
func printed(t *testing.T, p *Program, list diag.List) string {
	t.Helper()
	if list.HasErrors() {
		t.Fatalf("not loaded: %v", list)
	}
	var texts []string
	for _, stmt := range p.Stmts {
		if p.ModuleOf(stmt.Span().File) == nil {
			t.Errorf("a statement of %s has no module", stmt.Span().File.Name)
		}
		if s, ok := stmt.(*syntax.Print); ok {
			texts = append(texts, s.Value.(*syntax.Text).Value)
		}
	}
	return strings.Join(texts, " | ")
}

func TestStatementsOfAModuleStandWhereItIsFirstImported(t *testing.T) {
	for _, tt := range []struct {
		why   string
		files map[string]string
		want  string
	}{
		{"in the middle", map[string]string{
			"main.qmz": `accu "1"; iRakku "a.qmz"; accu "3";`,
			"a.qmz":    `accu "2";`,
		}, "1 | 2 | 3"},
		{"a second import adds nothing", map[string]string{
			"main.qmz": `iRakku "a.qmz"; accu "1"; iRakku "./x/../a.qmz";`,
			"x/y":      "",
			"a.qmz":    `accu "a";`,
		}, "a | 1"},
		{"depth first", map[string]string{
			"main.qmz":  `iRakku "d/a.qmz"; iRakku "d/b.qmz"; accu "main";`,
			"d/a.qmz":   `accu "a1"; iRakku "e/c.qmz"; accu "a2";`,
			"d/b.qmz":   `iRakku "e/c.qmz"; accu "b";`,
			"d/e/c.qmz": `accu "c";`,
		}, "a1 | c | a2 | b | main"},
		{"a cycle stops", map[string]string{
			"main.qmz": `accu "m1"; iRakku "a.qmz"; accu "m2";`,
			"a.qmz":    `accu "a1"; iRakku "b.qmz"; accu "a2";`,
			"b.qmz":    `accu "b1"; iRakku "a.qmz"; iRakku "main.qmz"; accu "b2";`,
		}, "m1 | a1 | b1 | b2 | a2 | m2"},
		{"the main file itself", map[string]string{
			"main.qmz": `iRakku "main.qmz"; accu "m";`,
		}, "m"},
		{"equal contents under two paths are two modules", map[string]string{
			"main.qmz": `iRakku "a.qmz"; iRakku "b.qmz";`,
			"a.qmz":    `accu "x";`,
			"b.qmz":    `accu "x";`,
		}, "x | x"},
		{"an import in a block is left alone", map[string]string{
			"main.qmz": `(poy) eZil { iRakku "nowhere.qmz"; } accu "m";`,
		}, "m"},
		{"an order mark in a module", map[string]string{
			"main.qmz": "\uFEFFiRakku \"a.qmz\";",
			"a.qmz":    "\uFEFFaccu \"a\";",
		}, "a"},
		{"the library, once", map[string]string{
			"main.qmz": `iRakku "nUlakam/paNam.qmz"; iRakku "nUlakam/col.qmz"; iRakku "nUlakam/upi/vilAcam.qmz";`,
		}, "lib col | lib paNam | lib vilAcam"},
		{"the library from the last nUlakam of a path", map[string]string{
			"main.qmz": `iRakku "../../nUlakam/col.qmz"; iRakku "nUlakam/x/nUlakam/upi/../paNam.qmz"; iRakku "/usr/lib/nUlakam/upi/vilAcam.qmz";`,
		}, "lib col | lib paNam | lib vilAcam"},
		{"a file on disk wins over the library", map[string]string{
			"main.qmz":        `iRakku "nUlakam/col.qmz";`,
			"nUlakam/col.qmz": `accu "disk col";`,
		}, "disk col"},
		{"an embedded module sees only the embedded ones", map[string]string{
			"main.qmz":        `iRakku "nUlakam/col.qmz"; iRakku "nUlakam/paNam.qmz";`,
			"nUlakam/col.qmz": `accu "disk col";`,
		}, "disk col | lib col | lib paNam"},
		{"a disk module below nUlakam finds its missing neighbours in the library", map[string]string{
			"main.qmz":              `iRakku "x/nUlakam/paNam.qmz"; iRakku "x/nUlakam/upi/a.qmz";`,
			"x/nUlakam/paNam.qmz":   `iRakku "col.qmz"; accu "disk paNam";`,
			"x/nUlakam/upi/a.qmz":   `iRakku "vilAcam.qmz"; iRakku "../paNam.qmz"; accu "disk a";`,
			"x/nUlakam/upi/unused":  "",
			"nUlakam_other/col.qmz": `accu "never";`,
		}, "lib col | disk paNam | lib vilAcam | disk a"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			l, _ := fixture(t, tt.files)
			p, list := l.File("main.qmz")
			if got := printed(t, p, list); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestLinksAreOneFile(t *testing.T) {
	l, dir := fixture(t, map[string]string{
		"main.qmz":     `iRakku "link.qmz"; iRakku "real/a.qmz";`,
		"real/a.qmz":   `iRakku "b.qmz"; accu "a";`,
		"real/b.qmz":   `accu "b beside the real file";`,
		"elsewhere/b":  "",
		"b_unused.qmz": "",
	})
	if err := os.Symlink(filepath.Join("real", "a.qmz"), filepath.Join(dir, "link.qmz")); err != nil {
		t.Skip(err)
	}
	p, list := l.File("main.qmz")
	if got, want := printed(t, p, list), "b beside the real file | a"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := p.Modules[1].Source.Name; got != "link.qmz" {
		t.Errorf("the module is shown as %s", got)
	}
}

func TestSearchGoesFromBesideTheFileToThePathToTheLibrary(t *testing.T) {
	l, dir := fixture(t, map[string]string{
		"app/main.qmz":           `iRakku "a.qmz"; iRakku "b.qmz"; iRakku "c.qmz"; iRakku "nUlakam/col.qmz";`,
		"app/a.qmz":              `accu "a beside";`,
		"one/a.qmz":              `accu "a in one";`,
		"one/b.qmz":              `accu "b in one";`,
		"two/b.qmz":              `accu "b in two";`,
		"two/c.qmz":              `accu "c in two";`,
		"two/nUlakam/col.qmz":    `accu "col in two";`,
		"c.qmz":                  `accu "c in the current directory";`,
		"three/unreadable/c.qmz": ``,
	})
	l.Path = SplitPath(strings.Join([]string{"", "one", filepath.Join(dir, "two"), ""}, string(filepath.ListSeparator)))
	p, list := l.File("app/main.qmz")
	if got, want := printed(t, p, list), "a beside | b in one | c in two | col in two"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNamesAreShownRelativeToTheCurrentDirectory(t *testing.T) {
	l, dir := fixture(t, map[string]string{
		"work/main.qmz":  `iRakku "x/a.qmz"; iRakku "../up.qmz"; iRakku "nUlakam/col.qmz";`,
		"work/x/a.qmz":   `accu "a";`,
		"up.qmz":         `accu "up";`,
		"work/./unused":  "",
		"other/main.qmz": `accu "other";`,
	})
	l.Dir = filepath.Join(dir, "work")
	for given, want := range map[string][]string{
		"main.qmz":                       {"main.qmz", "x/a.qmz", filepath.Join(dir, "up.qmz"), "nUlakam/col.qmz"},
		"./main.qmz":                     {"main.qmz", "x/a.qmz", filepath.Join(dir, "up.qmz"), "nUlakam/col.qmz"},
		filepath.Join(l.Dir, "main.qmz"): {"main.qmz", "x/a.qmz", filepath.Join(dir, "up.qmz"), "nUlakam/col.qmz"},
		"../other/main.qmz":              {"../other/main.qmz"},
	} {
		p, list := l.File(given)
		printed(t, p, list)
		var got []string
		for _, m := range p.Modules {
			got = append(got, m.Source.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", given, got, want)
		}
	}
}

func TestNamesAreWholeWhereTheCurrentDirectoryIsTheRoot(t *testing.T) {
	l, dir := fixture(t, map[string]string{
		"main.qmz": `iRakku "x/a.qmz";`,
		"x/a.qmz":  `accu "a";`,
	})
	l.Dir = "/"
	p, list := l.File(filepath.Join(dir, "main.qmz"))
	printed(t, p, list)
	for i, name := range []string{"main.qmz", "x/a.qmz"} {
		if got, want := p.Modules[i].Source.Name, filepath.Join(dir, name); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestModulesKnowWhatTheyAre(t *testing.T) {
	l, _ := fixture(t, map[string]string{
		"main.qmz": `iRakku "nUlakam/paNam.qmz"; iRakku "a.qmz"; iRakku "nUlakam/paNam.qmz";`,
		"a.qmz":    `iRakku "nUlakam/col.qmz";`,
	})
	p, list := l.File("main.qmz")
	printed(t, p, list)
	describe := func(modules []*Module) string {
		var parts []string
		for _, m := range modules {
			if m.Embedded() != (m.Library != "") {
				t.Errorf("%s: Embedded = %v", m.Source.Name, m.Embedded())
			}
			parts = append(parts, m.Source.Name)
		}
		return strings.Join(parts, " ")
	}
	if got, want := describe(p.Modules), "main.qmz nUlakam/paNam.qmz nUlakam/col.qmz a.qmz"; got != want {
		t.Errorf("modules: got %s, want %s", got, want)
	}
	if got, want := describe(p.Main.Imports), "nUlakam/paNam.qmz a.qmz"; got != want {
		t.Errorf("imports of main: got %s, want %s", got, want)
	}
	if got, want := describe(p.Modules[3].Imports), "nUlakam/col.qmz"; got != want {
		t.Errorf("imports of a: got %s, want %s", got, want)
	}
	if p.Modules[1].Library != "nUlakam/paNam.qmz" || p.Main.Embedded() {
		t.Errorf("got library %q and main embedded %v", p.Modules[1].Library, p.Main.Embedded())
	}
}

func TestProgramWithoutAFileImportsFromTheCurrentDirectory(t *testing.T) {
	l, _ := fixture(t, map[string]string{
		"a.qmz":   `iRakku "d/b.qmz"; accu "a";`,
		"d/b.qmz": `accu "b";`,
	})
	p, list := l.Reader("<stdin>", strings.NewReader(`iRakku "a.qmz"; accu "m";`))
	if got, want := printed(t, p, list), "b | a | m"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if p.Main.Source.Name != "<stdin>" || p.Main.Source.Path != "" {
		t.Errorf("got %q, %q", p.Main.Source.Name, p.Main.Source.Path)
	}
}

func TestOnlyTheMainFileMayBeginWithAnInterpreterLine(t *testing.T) {
	l, _ := fixture(t, map[string]string{
		"main.qmz": "#!/usr/bin/env etamil\niRakku \"a.qmz\";\n",
		"a.qmz":    "#!/usr/bin/env etamil\naccu \"a\";\n",
	})
	_, list := l.File("main.qmz")
	if len(list) == 0 || list[0].Code() != diag.UnknownCharacter.Code || list[0].Span.File.Name != "a.qmz" {
		t.Errorf("got %v, want ET1001 in a.qmz", list)
	}
}

func TestFailuresNameTheirPlaceAndReason(t *testing.T) {
	for _, tt := range []struct {
		why   string
		files map[string]string
		file  string
		want  string // place, code, English sentence
		notes string // English, of all notes
	}{
		{"no main file", nil, "main.qmz",
			"ET1025: cannot read file 'main.qmz': no such file", ""},
		{"the main file is a folder", map[string]string{"main.qmz/x": ""}, "main.qmz",
			"ET1025: cannot read file 'main.qmz': it is a directory", ""},
		{"the main file is no UTF-8", map[string]string{"main.qmz": "accu 1;\naccu \"\xe0\xae\";"}, "main.qmz",
			"main.qmz:2:7: ET1002: the file is not UTF-8 (byte 14)", ""},
		{"a module that is nowhere", map[string]string{"main.qmz": "accu 1;\niRakku \"x/a.qmz\";"}, "main.qmz",
			"main.qmz:2:8: ET1023: module 'x/a.qmz' was not found", "searched: x/a.qmz, shelf/x/a.qmz"},
		{"a module of the library that is not there", map[string]string{"main.qmz": `iRakku "y/nUlakam/a.qmz";`}, "main.qmz",
			"main.qmz:1:8: ET1023: module 'y/nUlakam/a.qmz' was not found",
			"searched: y/nUlakam/a.qmz, shelf/y/nUlakam/a.qmz, the embedded library (nUlakam/a.qmz)"},
		{"an embedded module looks at no disk", map[string]string{"main.qmz": `iRakku "nUlakam/lost.qmz";`}, "main.qmz",
			"nUlakam/lost.qmz:1:8: ET1023: module '/etc/passwd' was not found",
			"searched: the embedded library (nUlakam/etc/passwd)"},
		{"a module in a module", map[string]string{"main.qmz": `iRakku "d/a.qmz";`, "d/a.qmz": "\niRakku \"b.qmz\";"}, "main.qmz",
			"d/a.qmz:2:8: ET1023: module 'b.qmz' was not found", "searched: d/b.qmz, shelf/b.qmz"},
		{"a folder beside the file wins and cannot be read", map[string]string{"main.qmz": `iRakku "a.qmz";`, "a.qmz/x": "", "shelf/a.qmz": ""}, "main.qmz",
			"main.qmz:1:8: ET1024: cannot read module 'a.qmz': it is a directory", "file: a.qmz"},
		{"an empty path is the folder", map[string]string{"main.qmz": `iRakku "";`}, "main.qmz",
			"main.qmz:1:8: ET1024: cannot read module '': it is a directory", "file: ."},
		{"a path that no file has", map[string]string{"main.qmz": "iRakku \"a\x00b\";"}, "main.qmz",
			"main.qmz:1:8: ET1023: module 'a\uFFFDb' was not found", "searched: a\uFFFDb, shelf/a\uFFFDb"},
		{"a module that is no UTF-8", map[string]string{"main.qmz": `iRakku "a.qmz";`, "a.qmz": "\xff"}, "main.qmz",
			"a.qmz:1:1: ET1002: the file is not UTF-8 (byte 0)", ""},
		{"a module with an error", map[string]string{"main.qmz": `iRakku "a.qmz"; iRakku "nowhere.qmz";`, "a.qmz": "accu ;"}, "main.qmz",
			"a.qmz:1:6: ET1013: a value is needed here, found ';'", ""},
		{"a path that is no literal", map[string]string{"main.qmz": `iRakku a;`}, "main.qmz",
			"main.qmz:1:9: ET1022: இறக்கு (import) needs a path in quotes", ""},
		{"the main file is read before its imports", map[string]string{"main.qmz": "iRakku \"nowhere.qmz\";\naccu ;"}, "main.qmz",
			"main.qmz:2:6: ET1013: a value is needed here, found ';'", ""},
		{"a module that is too large", map[string]string{"main.qmz": `iRakku "a.qmz";`, "a.qmz": strings.Repeat(" ", MaxFileBytes+1)}, "main.qmz",
			"main.qmz:1:8: ET1027: the file is too large; the limit is 16 MiB", "file: a.qmz"},
		{"a main file that is too large", map[string]string{"main.qmz": strings.Repeat(" ", MaxFileBytes+1)}, "main.qmz",
			"main.qmz:1:1: ET1027: the file is too large; the limit is 16 MiB", ""},
	} {
		t.Run(tt.why, func(t *testing.T) {
			l, _ := fixture(t, tt.files)
			l.Path = []string{"shelf"}
			p, list := l.File(tt.file)
			if len(list) != 1 {
				t.Fatalf("got %v, want one error", list)
			}
			if got := list[0].Error(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			var notes []string
			for _, note := range list[0].Notes {
				notes = append(notes, note.Text.En)
			}
			if got := strings.Join(notes, "; "); got != tt.notes {
				t.Errorf("notes: got  %q\nwant %q", got, tt.notes)
			}
			if p == nil || p.Main != nil || len(p.Stmts) > 0 {
				t.Errorf("a program with errors is not empty: %+v", p)
			}
			if list[0].Phase() > diag.Parse {
				t.Errorf("phase %v", list[0].Phase())
			}
		})
	}
}

func TestAFileWithoutPermissionIsNamedWithItsReason(t *testing.T) {
	l, dir := fixture(t, map[string]string{"main.qmz": `iRakku "a.qmz";`, "a.qmz": ""})
	l.Files = denying{l.Files, filepath.Join(dir, "a.qmz")}
	_, list := l.File("main.qmz")
	if want := "main.qmz:1:8: ET1024: cannot read module 'a.qmz': permission denied"; len(list) != 1 || list[0].Error() != want {
		t.Errorf("got %v, want %s", list, want)
	}
}

// denying is a disk on which one file may not be read; root reads everything on
// a real one.
type denying struct {
	Files
	name string
}

func (d denying) Open(name string) (io.ReadCloser, error) {
	if name == d.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.EACCES}
	}
	return d.Files.Open(name)
}

func TestSourceAboveTheLimitIsRefused(t *testing.T) {
	l, _ := fixture(t, nil)
	_, list := l.Reader("<stdin>", strings.NewReader(strings.Repeat(" ", MaxFileBytes+1)))
	if want := "<stdin>:1:1: ET1027: the file is too large; the limit is 16 MiB"; len(list) != 1 || list[0].Error() != want {
		t.Errorf("got %v, want %s", list, want)
	}
	_, list = l.Reader("<stdin>", strings.NewReader(strings.Repeat(" ", MaxFileBytes)))
	if len(list) != 0 {
		t.Errorf("a source of the largest size: %v", list)
	}
}

func TestInputsAreAllFilesThatMatter(t *testing.T) {
	l, dir := fixture(t, map[string]string{
		"main.qmz": `iRakku "a.qmz"; iRakku "nUlakam/col.qmz";`,
		"a.qmz":    `iRakku "b.qmz";`,
	})
	l.Path = []string{"shelf"}
	relative := func(p *Program) string {
		var names []string
		for _, input := range p.Inputs {
			rel, err := filepath.Rel(dir, input)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, rel)
		}
		return strings.Join(names, " ")
	}
	p, _ := l.File("main.qmz")
	if got, want := relative(p), "main.qmz a.qmz b.qmz shelf/b.qmz"; got != want {
		t.Errorf("with a module missing: got %s, want %s", got, want)
	}
	if err := os.WriteFile(filepath.Join(dir, "b.qmz"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	p, list := l.File("main.qmz")
	printed(t, p, list)
	if got, want := relative(p), "main.qmz a.qmz b.qmz"; got != want {
		t.Errorf("loaded: got %s, want %s", got, want)
	}
}

func TestDiagnosticsAreSortedAsTheProgramIsAssembled(t *testing.T) {
	l, _ := fixture(t, map[string]string{
		"main.qmz": "accu \"1\";\niRakku \"a.qmz\";\naccu \"4\"; accu \"5\";\n",
		"a.qmz":    "accu \"2\";\naccu \"3\";\n",
	})
	p, list := l.File("main.qmz")
	printed(t, p, list)
	var got diag.List
	other := token.NewFile("other.qmz", "", "x")
	got = append(got, diag.NoValue.At(token.Span{File: other}, "6"))
	for i := len(p.Stmts) - 1; i >= 0; i-- {
		s := p.Stmts[i].(*syntax.Print).Value
		got = append(got, diag.NoValue.At(s.Span(), s.(*syntax.Text).Value))
	}
	p.Sort(got)
	for i, d := range got {
		if want := string(rune('1' + i)); d.Args[0].En != want {
			t.Errorf("place %d: got %s, want %s", i, d.Args[0].En, want)
		}
	}
}

func TestAPipeWithoutAPathCanBeAProgram(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	name := filepath.Join("/dev/fd", strconv.Itoa(int(r.Fd())))
	if _, err := os.Stat(name); err != nil {
		t.Skip(err)
	}
	go func() {
		w.WriteString(`accu "from a pipe";`)
		w.Close()
	}()
	l, _ := fixture(t, nil)
	p, list := l.File(name)
	if got, want := printed(t, p, list), "from a pipe"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
