package check_test

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"etamil/engine/diag"
)

var update = flag.Bool("update", false, "rewrite the expected diagnostics in testdata")

const (
	wantText = "want.txt"
	wantJSON = "want.json"
)

// Each file of testdata holds a program (main.qmz and what it imports) and the
// exact diagnostics of loading and checking it, for people and for machines.
func TestDiagnosticsAreExactlyThese(t *testing.T) {
	goldens, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(goldens) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, golden := range goldens {
		t.Run(strings.TrimSuffix(filepath.Base(golden), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			program := archive.Files[:0:0]
			want := map[string]string{}
			for _, f := range archive.Files {
				if f.Name == wantText || f.Name == wantJSON {
					want[f.Name] = string(f.Data)
					continue
				}
				program = append(program, f)
				write(t, dir, map[string]string{f.Name: string(f.Data)})
			}
			_, list := checkDir(t, dir)

			var text strings.Builder
			if err := diag.Render(&text, list, diag.Options{}); err != nil {
				t.Fatal(err)
			}
			var json []byte
			for _, d := range list {
				json = append(d.AppendJSON(json), '\n')
			}
			got := map[string]string{wantText: text.String(), wantJSON: string(json)}

			if *update {
				archive.Files = append(program,
					txtar.File{Name: wantText, Data: []byte(got[wantText])},
					txtar.File{Name: wantJSON, Data: []byte(got[wantJSON])})
				write(t, ".", map[string]string{golden: string(txtar.Format(archive))})
				return
			}
			for _, name := range []string{wantText, wantJSON} {
				if got[name] != want[name] {
					t.Errorf("%s: got\n%s\nwant\n%s", name, got[name], want[name])
				}
			}
		})
	}
}
