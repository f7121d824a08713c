// Refdocs writes the pages of docs/reference that come from the tables of the
// engine and the server, so that a page never says something else than the
// program does.
//
//	go run ./cmd/internal/refdocs            # into docs/reference
//	go run ./cmd/internal/refdocs -dir DIR
//
// Its tests say when a page is stale, follow the links of all documents, and
// run what the README tells its reader to type.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	dir := flag.String("dir", filepath.Join("docs", "reference"), "folder of the pages; it must exist")
	flag.Parse()
	for _, p := range pages {
		if err := os.WriteFile(filepath.Join(*dir, p.name), []byte(p.text()), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "refdocs:", err)
			os.Exit(1)
		}
	}
}

// A page is one file of docs/reference.
type page struct {
	name string
	text func() string
}

var pages = []page{
	{"builtins.md", builtins},
	{"library.md", library},
	{"codes.md", codes},
	{"keywords.md", keywords},
	{"instructions.md", instructions},
	{"settings.md", settings},
	{"configuration.md", configuration},
}
