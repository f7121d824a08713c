package engine_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows says what each package may import of this module. A new arrow is a
// decision with its reason in docs/RATIONALE.md.
var arrows = map[string]string{
	"engine/token":             "",
	"engine/decimal":           "",
	"engine/diag":              "token",
	"engine/syntax":            "diag token decimal",
	"engine/load":              "syntax diag token",
	"engine/value":             "decimal",
	"engine/host":              "token value",
	"engine/host/system":       "host value",
	"engine/builtin":           "host value decimal diag",
	"engine/stdlib":            "builtin host value decimal diag",
	"engine/check":             "syntax diag token decimal value",
	"engine/code":              "builtin diag value token",
	"engine/compile":           "syntax code builtin diag value token decimal",
	"engine/db":                "host value decimal diag token",
	"engine/db/dbtest":         "db host value decimal diag token",
	"engine/db/dbtest/servers": "",
	"engine/db/postgres":       "db host value decimal diag",
	"engine/db/sqlite":         "db host value decimal diag",
	"engine/db/mysql":          "db host value decimal diag",
	"engine/db/redis":          "db host value decimal diag",
	"engine/db/mongo":          "db host value decimal diag",
	"engine/vm":                "code builtin host value decimal diag token",
	"engine":                   "token decimal diag syntax load value host builtin stdlib check code compile vm",
}

// above are the packages outside the engine, by the beginning of their path,
// and what they may import.
var above = []struct{ path, may string }{
	{"fcgi/web", "engine engine/diag engine/host engine/token engine/value fcgi/web"},
	{"fcgi", "engine engine/host fcgi/web fcgi"},
	{"cmd", "engine fcgi cmd nginx"},
	{"examples", ""},
	{"nginx", ""},
	{"systemd", ""},
	{"packaging", ""},
}

func TestArrowsPointDown(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && d.Name() != "..") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		dir, _ := filepath.Rel("..", filepath.Dir(path))
		dir = filepath.ToSlash(dir)
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range f.Imports {
			to, _ := strconv.Unquote(i.Path.Value)
			to, ours := strings.CutPrefix(to, "etamil/")
			if ours && !mayImport(dir, to) {
				t.Errorf("%s imports %s", path, to)
			}
		}
		if strings.HasPrefix(dir, "engine") && !seen[dir] {
			seen[dir] = true
			if _, ok := arrows[dir]; !ok {
				t.Errorf("%s is no room of the house", dir)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range arrows {
		if !seen[dir] {
			t.Errorf("%s has no Go file", dir)
		}
	}
}

func mayImport(from, to string) bool {
	if may, ok := arrows[from]; ok {
		short, inside := strings.CutPrefix(to, "engine/")
		return inside && slices.Contains(strings.Fields(may), short)
	}
	for _, a := range above {
		if from != a.path && !strings.HasPrefix(from, a.path+"/") {
			continue
		}
		for _, may := range strings.Fields(a.may) {
			if to == may || (a.path == "cmd" && strings.HasPrefix(to, may+"/")) {
				return true
			}
		}
		return false
	}
	return false
}

func TestTheEngineKnowsNeitherHTTPServersNorDrivers(t *testing.T) {
	forbidden := map[string][]string{
		"net/http": {"engine/host/system"},
		"os": {"engine", "engine/host/system", "engine/load", "engine/diag",
			"engine/db", "engine/db/postgres", "engine/db/mysql", "engine/db/sqlite", "engine/db/dbtest/servers"},
		"github.com/rs/zerolog": nil,
	}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Join("engine", filepath.Dir(path)))
		for _, i := range f.Imports {
			to, _ := strconv.Unquote(i.Path.Value)
			if allowed, listed := forbidden[to]; listed && !slices.Contains(allowed, dir) {
				t.Errorf("%s imports %s", path, to)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
