package engine_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/host/system"
)

// stillClock always tells the same time, so that two runs agree.
type stillClock struct{}

func (stillClock) Now() time.Time { return time.Date(2026, 4, 1, 10, 0, 0, 0, time.UTC) }

// tellOf runs a program in a host that only prints and reads, and tells what
// can be seen of it.
func tellOf(t *testing.T, source string, plain bool) string {
	p, list := engine.Load(engine.LoadOptions{Source: source, Plain: plain})
	if p == nil {
		return "refused: " + list.Error()
	}
	var out lines
	h := &host.Host{Clock: stillClock{}, Random: strings.NewReader(strings.Repeat("r", 4096)), Output: &out,
		Input: system.NewInput(strings.NewReader("ஒன்று\n2\n"))}
	_, err := p.Run(context.Background(), h, engine.Limits{Steps: 20_000, Memory: 4 << 20, Output: 64 << 10})
	var d *diag.Diagnostic
	switch {
	case err == nil:
		return out.String()
	case errors.As(err, &d):
		// A budget ends the two at different places.
		if c := d.Code(); c >= 4030 && c <= 4033 {
			return "budget"
		}
		at := d.Span.Pos()
		return out.String() + "\n" + d.Code().String() + " " + strings.Repeat(".", at.Line) + strings.Repeat(",", at.Column)
	}
	t.Fatalf("%v\n%s", err, source)
	return ""
}

// FuzzProgram: any text is refused or runs within its budgets, and the code
// with all shortcuts does what the plain code does.
func FuzzProgram(f *testing.F) {
	filepath.WalkDir("testdata/conformance/lang", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".qmz") {
			if b, err := os.ReadFile(path); err == nil && len(b) < 2000 {
				f.Add(string(b))
			}
		}
		return nil
	})
	f.Fuzz(func(t *testing.T, source string) {
		if len(source) > 4000 || strings.Contains(source, "கடவுச்சொல்") || strings.Contains(source, "kataveuccol") || strings.Contains(source, "Password") {
			return // hashing a password takes a quarter of a second
		}
		quick, plain := tellOf(t, source, false), tellOf(t, source, true)
		if quick != plain && quick != "budget" && plain != "budget" {
			t.Errorf("the quick code tells\n%s\nthe plain code\n%s\nof\n%s", quick, plain, source)
		}
	})
}
