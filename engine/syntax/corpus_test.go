package syntax_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"etamil/engine/diag"
	"etamil/engine/syntax"
	"etamil/engine/token"
)

const corpus = "../testdata/conformance"

// elsewhere names the module that has the error of a program.
var elsewhere = map[string]string{
	"lang/modules/09-error-inside-a-module":         "lang/modules/parts/broken",
	"lang/modules/10-lexical-error-inside-a-module": "lang/modules/parts/broken_letters",
}

// failing returns, for each source of the corpus that scanning or parsing must
// refuse, "phase line:column".
func failing(t *testing.T) map[string]string {
	want := map[string]string{}
	eachFile(t, ".fail", func(name, text string) {
		var phase string
		var line, column int
		for row := range strings.Lines(text) {
			key, value, _ := strings.Cut(strings.TrimSpace(row), ": ")
			switch key {
			case "phase":
				phase = value
			case "line":
				fmt.Sscan(value, &line)
			case "column":
				fmt.Sscan(value, &column)
			}
		}
		if phase != "lex" && phase != "parse" || line == 0 {
			return // a module that is not found has no place
		}
		if other := elsewhere[name]; other != "" {
			name = other
		}
		want[name] = fmt.Sprintf("%s %d:%d", phase, line, column)
	})
	return want
}

// eachFile calls do for each file of the corpus with that extension, its name
// below the corpus without the extension.
func eachFile(t *testing.T, ext string, do func(name, text string)) {
	t.Helper()
	err := filepath.WalkDir(corpus, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ext {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(corpus, strings.TrimSuffix(path, ext))
		do(filepath.ToSlash(name), string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCorpusParsesOrFailsAtTheRightPlace(t *testing.T) {
	want := failing(t)
	if len(want) < 30 {
		t.Fatalf("only %d cases fail; is the corpus there?", len(want))
	}
	eachFile(t, ".qmz", func(name, text string) {
		file, list := syntax.ParseFile(token.NewFile(name, "", text), syntax.Options{Main: true})
		place := want[name]
		delete(want, name)
		if place == "" {
			if file == nil {
				t.Errorf("%s: %v", name, list)
			}
			return
		}
		if file != nil {
			t.Errorf("%s parses, want %s", name, place)
			return
		}
		first := firstError(list)
		if got := fmt.Sprintf("%v %s", first.Phase(), placeOf(first)); got != place {
			t.Errorf("%s: %v, want %s", name, first, place)
		}
	})
	for name, place := range want {
		t.Errorf("%s.qmz is missing, want %s", name, place)
	}
}

func firstError(list diag.List) *diag.Diagnostic {
	for _, d := range list {
		if d.Severity() == diag.Error {
			return d
		}
	}
	return nil
}

func placeOf(d *diag.Diagnostic) string {
	p := d.Span.Pos()
	return fmt.Sprintf("%d:%d", p.Line, p.Column)
}
