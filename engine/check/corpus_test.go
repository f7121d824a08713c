package check_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"etamil/engine/check"
	"etamil/engine/diag"
	"etamil/engine/load"
)

const corpus = "../testdata/conformance/lang"

// pairs reads "key: value" or "key=value" lines.
func pairs(path, separator string) map[string]string {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	values := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(line, separator); ok {
			values[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return values
}

func TestCorpusIsRefusedWhereItMustBeAndNowhereElse(t *testing.T) {
	programs, err := filepath.Glob(corpus + "/*/*.qmz")
	if err != nil || len(programs) == 0 {
		t.Fatalf("no corpus in %s: %v", corpus, err)
	}
	for _, program := range programs {
		base := strings.TrimSuffix(program, ".qmz")
		name := strings.TrimPrefix(filepath.ToSlash(base), corpus+"/")
		fail := pairs(base+".fail", ":")
		dir, err := filepath.Abs(filepath.Dir(program))
		if err != nil {
			t.Fatal(err)
		}
		loader := load.Loader{
			Files: load.Disk,
			Dir:   dir,
			Path:  load.SplitPath(pairs(base+".env", "=")["ETAMIL_PATH"]),
		}
		p, list := loader.File(filepath.Base(program))
		if !list.HasErrors() {
			list = append(list, check.Types(p.Stmts)...)
		}
		var first *diag.Diagnostic
		for _, d := range list {
			if d.Severity() == diag.Error {
				first = d
				break
			}
		}
		switch phase := fail["phase"]; {
		case phase == "" || phase == "run":
			if first != nil {
				t.Errorf("%s: got %v, want no error before it runs", name, first)
			}
		case first == nil:
			t.Errorf("%s: no error, want one of phase %s", name, phase)
		case first.Phase().String() != phase:
			t.Errorf("%s: got phase %v (%v), want %s", name, first.Phase(), first, phase)
		case fail["line"] != "":
			at := first.Span.Pos()
			if strconv.Itoa(at.Line) != fail["line"] || fail["column"] != "" && strconv.Itoa(at.Column) != fail["column"] {
				t.Errorf("%s: got %d:%d (%v), want %s:%s", name, at.Line, at.Column, first, fail["line"], fail["column"])
			}
		}
	}
}
