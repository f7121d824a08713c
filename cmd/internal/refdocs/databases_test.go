package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"etamil/engine/db/dbtest/servers"
)

// The pages about databases are written for both languages with the same
// programs; a block "text" is what the program before it prints.
func TestProgramsOfTheDatabasePagesPrintWhatTheySay(t *testing.T) {
	english, tamil := blocksOf(read(t, "docs/databases/README.md")), blocksOf(read(t, "docs/databases/README.ta.md"))
	if !slices.EqualFunc(english, tamil, func(a, b block) bool { return a.info == b.info && slices.Equal(a.lines, b.lines) }) {
		t.Error("the blocks of the two pages differ")
	}
	bin := filepath.Join(t.TempDir(), "etamil")
	build := exec.Command("go", "build", "-o", bin, "./cmd/etamil")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	// The pages call the servers by their usual addresses.
	elsewhere := map[string]func(testing.TB) string{
		"postgres://shop@127.0.0.1:5432/shop":    servers.Postgres,
		"mysql://shop:sollu@127.0.0.1:3306/shop": servers.MariaDB,
		"127.0.0.1:6379":                         servers.Redis,
		"mongodb://127.0.0.1:27017/":             servers.FerretDB,
	}
	ran := 0
	for i, b := range english {
		language, name, _ := strings.Cut(b.info, " ")
		if language != "etamil" {
			continue
		}
		if i+1 == len(english) || english[i+1].info != "text" {
			t.Errorf("%s: what it prints does not follow", name)
			continue
		}
		ran++
		t.Run(name, func(t *testing.T) {
			source, want := strings.Join(b.lines, "\n")+"\n", strings.Join(english[i+1].lines, "\n")+"\n"
			for usual, url := range elsewhere {
				if strings.Contains(source, usual) {
					here := url(t)
					source, want = strings.ReplaceAll(source, usual, here), strings.ReplaceAll(want, usual, here)
				}
			}
			file := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(bin, "run", file).CombinedOutput()
			if err != nil || string(out) != want {
				t.Errorf("%v\n%s\nwant\n%s", err, out, want)
			}
		})
	}
	if ran < 8 {
		t.Errorf("only %d programs were run", ran)
	}
}
