package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// event is a line of go test -json; see `go doc test2json`.
type event struct {
	Action     string
	Package    string
	ImportPath string // of build-output and build-fail
	Test       string
	Output     string
}

// tally adds up what test binaries tell.
type tally struct {
	w        io.Writer
	passed   int      // tests and subtests
	failed   []string // tests, and packages that do not build or end badly
	skipped  []string // with the reason
	packages []string // the line of each: ok, FAIL, no test files

	output map[string]*strings.Builder // of tests under way, by package and test
}

// read takes events until r ends. Failing tests are printed as they come.
func (t *tally) read(r io.Reader) error {
	t.output = map[string]*strings.Builder{}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil { // something that printed past the test binary
				t.w.Write(line)
			} else {
				t.add(e)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (t *tally) add(e event) {
	key := e.Package + " " + e.Test
	name := strings.TrimSpace(key)
	switch e.Action {
	case "build-output":
		fmt.Fprint(t.w, e.Output)
	case "output":
		if e.Test == "" {
			t.packageOutput(e)
			return
		}
		if t.output[key] == nil {
			t.output[key] = new(strings.Builder)
		}
		t.output[key].WriteString(e.Output)
	case "pass":
		if e.Test != "" {
			t.passed++
		}
	case "skip":
		if e.Test != "" {
			t.skipped = append(t.skipped, name+reason(t.said(key)))
		}
	case "fail":
		t.failed = append(t.failed, name)
		fmt.Fprint(t.w, t.said(key))
	}
	if e.Action == "pass" || e.Action == "skip" || e.Action == "fail" {
		delete(t.output, key)
	}
}

// packageOutput keeps the line that ends a package, and passes on what else a
// test binary says outside of a test: panics, data races, coverage.
func (t *tally) packageOutput(e event) {
	for _, start := range []string{"ok  \t", "FAIL\t", "?   \t"} {
		if strings.HasPrefix(e.Output, start) {
			t.packages = append(t.packages, e.Output)
			fmt.Fprint(t.w, e.Output)
			return
		}
	}
	if e.Output != "PASS\n" && !strings.HasPrefix(e.Output, "\t"+e.Package+"\t") {
		fmt.Fprint(t.w, e.Output)
	}
}

func (t *tally) said(key string) string {
	if b := t.output[key]; b != nil {
		return b.String()
	}
	return ""
}

// reason returns what a skipped test said, as one line behind its name.
func reason(output string) string {
	var words []string
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			words = append(words, line)
		}
	}
	if len(words) == 0 {
		return ""
	}
	return ": " + strings.Join(words, " ")
}

// summary prints the line of every package again, now that they stand together,
// then the skipped tests and the counts.
func (t *tally) summary(took time.Duration) {
	fmt.Fprintln(t.w)
	for _, line := range t.packages {
		fmt.Fprint(t.w, line)
	}
	for _, s := range t.skipped {
		fmt.Fprintln(t.w, "--- SKIP:", s)
	}
	for _, f := range t.failed {
		fmt.Fprintln(t.w, "--- FAIL:", f)
	}
	fmt.Fprintf(t.w, "%d tests passed, %d failed, %d skipped in %v\n", t.passed, len(t.failed), len(t.skipped), took.Round(time.Second))
}

func (t *tally) verdict(ci, raced bool) error {
	switch {
	case len(t.failed) > 0:
		return fmt.Errorf("%d tests or packages failed", len(t.failed))
	case t.passed == 0:
		return errors.New("no test ran")
	case ci && len(t.skipped) > 0:
		return fmt.Errorf("%d tests were skipped, which must not happen where CI is set", len(t.skipped))
	case ci && !raced:
		return errors.New("the race detector did not run, which must not happen where CI is set")
	}
	return nil
}
