// Testrun runs go vet and all tests of the module, and counts: what `make test`
// does. Tests of the packages named by -race run under the race detector, the
// others without it, each once.
//
//	testrun -race etamil/engine,etamil/fcgi/... [PACKAGE…]
//
// A test that was skipped is shown with its reason; with CI set in the
// environment it is a failure, because a machine that lacks what a test needs
// must not look like one where it passes. So is a missing C compiler, which the
// race detector needs.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

func main() {
	race := flag.String("race", "", "comma-separated packages to test under the race detector; /... takes those below too")
	flag.Parse()
	patterns := flag.Args()
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	if err := run(os.Stdout, patterns, strings.Split(*race, ","), os.Getenv("CI") != ""); err != nil {
		fmt.Println("FAIL:", err)
		os.Exit(1)
	}
}

// run reports to w and returns an error when something is wrong with the tree.
func run(w io.Writer, patterns, racy []string, ci bool) error {
	start := time.Now()
	vet := exec.Command("go", append([]string{"vet"}, patterns...)...)
	vet.Stdout, vet.Stderr = w, w
	if err := vet.Run(); err != nil {
		return fmt.Errorf("go vet: %w", err)
	}

	packages, err := list(patterns)
	if err != nil {
		return err
	}
	raced, plain := split(packages, racy)
	canRace := raceDetectorWorks()
	if !canRace && len(raced) > 0 {
		fmt.Fprintln(w, "NO RACE DETECTOR: it needs cgo and a C compiler (Debian package gcc); testing without it")
		raced, plain = nil, packages
	}
	flags := []string{"-timeout=14m"}
	if ci {
		flags = append(flags, "-count=1") // the machine's programs are not part of what the cache looks at
	}
	t := &tally{w: w}
	for _, g := range []struct {
		packages []string
		flags    []string
	}{{plain, flags}, {raced, append([]string{"-race"}, flags...)}} {
		if len(g.packages) == 0 {
			continue
		}
		if err := t.test(append(g.flags, g.packages...)); err != nil {
			return err
		}
	}
	t.summary(time.Since(start))
	return t.verdict(ci, canRace)
}

// test runs go test with args and adds what it tells.
func (t *tally) test(args []string) error {
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	readErr := t.read(out)
	// A failing test is in the events too; what is not is go's own trouble.
	if err := cmd.Wait(); err != nil && len(t.failed) == 0 {
		return fmt.Errorf("go test: %w\n%s", err, &stderr)
	}
	return readErr
}

func list(patterns []string) ([]string, error) {
	cmd := exec.Command("go", append([]string{"list"}, patterns...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	return strings.Fields(string(out)), nil
}

// split takes the packages that one of patterns names apart from the others.
func split(packages, patterns []string) (named, others []string) {
	for _, p := range packages {
		if slices.ContainsFunc(patterns, func(pattern string) bool {
			root, below := strings.CutSuffix(pattern, "/...")
			return p == root || below && strings.HasPrefix(p, root+"/")
		}) {
			named = append(named, p)
		} else {
			others = append(others, p)
		}
	}
	return named, others
}

// raceDetectorWorks reports whether there is the C compiler that it needs.
func raceDetectorWorks() bool {
	out, err := exec.Command("go", "env", "CGO_ENABLED", "CC").Output()
	if err != nil {
		return false
	}
	enabled, compiler, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	words := strings.Fields(compiler)
	if enabled != "1" || len(words) == 0 {
		return false
	}
	_, err = exec.LookPath(words[0])
	return err == nil
}
