package main

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"etamil/engine/builtin"
	"etamil/engine/token"
)

// root is the top of the project.
const root = "../../.."

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPagesSayWhatTheTablesSay(t *testing.T) {
	for _, p := range pages {
		if read(t, "docs", "reference", p.name) != p.text() {
			t.Errorf("docs/reference/%s is stale: go run ./cmd/internal/refdocs", p.name)
		}
	}
}

func TestIndexNamesEveryPage(t *testing.T) {
	index := read(t, "docs", "reference", "README.md")
	files, err := filepath.Glob(filepath.Join(root, "docs", "reference", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	chapters, err := filepath.Glob(filepath.Join(root, "docs", "reference", "spec", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(files, chapters...) {
		name, _ := filepath.Rel(filepath.Join(root, "docs", "reference"), path)
		if name != "README.md" && !strings.Contains(index, "]("+filepath.ToSlash(name)+")") {
			t.Errorf("docs/reference/README.md has no link to %s", name)
		}
	}
}

// The lists beside the chapters are part of the specification; the tables are
// what runs.
func TestListsOfTheSpecificationAreTheTables(t *testing.T) {
	var want []string
	for _, kind := range token.Keywords() {
		k := kind.Keyword()
		want = append(want, strings.Join([]string{k.Name, k.Tamil, k.Roman, k.Spelling.English}, "\t"))
	}
	compare(t, "keywords.tsv", want, func(string) bool { return true })

	want = nil
	for _, b := range builtin.Table() {
		want = append(want, strings.Join([]string{b.ID, b.Name.Tamil, b.Name.Roman, b.Name.English}, "\t"))
	}
	compare(t, "builtins.tsv", want, func(form string) bool { return form == "function" })
}

// compare holds the first four columns of a list against want, in any order.
// wanted sees the last column but one, what kind of row it is.
func compare(t *testing.T, name string, want []string, wanted func(form string) bool) {
	t.Helper()
	var got []string
	for line := range strings.Lines(read(t, "docs", "reference", "spec", name)) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if cells[1] != "tamil" && wanted(cells[len(cells)-2]) {
			got = append(got, strings.Join(cells[:4], "\t"))
		}
	}
	for _, row := range got {
		if !slices.Contains(want, row) {
			t.Errorf("%s: no table has %q", name, row)
		}
	}
	for _, row := range want {
		if !slices.Contains(got, row) {
			t.Errorf("%s lacks %q", name, row)
		}
	}
}

var (
	fences = regexp.MustCompile("(?ms)^(````*)[^`\n]*\n.*?^````*$|`[^`\n]+`")
	links  = regexp.MustCompile(`\]\(([^)\s]+)\)`)
)

func TestLinksOfDocumentsLeadSomewhere(t *testing.T) {
	documents := []string{"README.md", "README.ta.md"}
	for _, folder := range []string{"docs", "examples"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d os.DirEntry, err error) error {
			if name, _ := filepath.Rel(root, path); err == nil && !d.IsDir() && filepath.Ext(path) == ".md" {
				documents = append(documents, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, document := range documents {
		text := fences.ReplaceAllString(read(t, document), "")
		for _, m := range links.FindAllStringSubmatch(text, -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			target, err := url.PathUnescape(target)
			if err != nil {
				t.Errorf("%s: %s: %v", document, m[1], err)
				continue
			}
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(document), target)); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", document, m[1])
			}
		}
	}
}
