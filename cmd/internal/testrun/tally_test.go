package main

import (
	"slices"
	"strings"
	"testing"
)

const events = `{"Action":"run","Package":"m/a","Test":"TestGood"}
{"Action":"output","Package":"m/a","Test":"TestGood","Output":"=== RUN   TestGood\n"}
{"Action":"pass","Package":"m/a","Test":"TestGood"}
{"Action":"output","Package":"m/a","Test":"TestNeeds","Output":"=== RUN   TestNeeds\n"}
{"Action":"output","Package":"m/a","Test":"TestNeeds","Output":"    a_test.go:9: nginx is not installed\n"}
{"Action":"output","Package":"m/a","Test":"TestNeeds","Output":"--- SKIP: TestNeeds (0.00s)\n"}
{"Action":"skip","Package":"m/a","Test":"TestNeeds"}
{"Action":"output","Package":"m/a","Output":"PASS\n"}
{"Action":"output","Package":"m/a","Output":"ok  \tm/a\t0.01s\n"}
{"Action":"pass","Package":"m/a"}
{"Action":"output","Package":"m/c","Output":"?   \tm/c\t[no test files]\n"}
{"Action":"skip","Package":"m/c"}
`

const failing = `{"Action":"output","Package":"m/b","Test":"TestBad","Output":"    b_test.go:3: got 1, want 2\n"}
{"Action":"fail","Package":"m/b","Test":"TestBad"}
{"Action":"output","Package":"m/b","Output":"FAIL\tm/b\t0.01s\n"}
{"Action":"fail","Package":"m/b"}
{"ImportPath":"m/d","Action":"build-output","Output":"d.go:1:1: expected 'package'\n"}
{"ImportPath":"m/d","Action":"build-fail"}
{"Action":"fail","Package":"m/d"}
`

func read(t *testing.T, text string) (*tally, *strings.Builder) {
	t.Helper()
	w := new(strings.Builder)
	c := &tally{w: w}
	if err := c.read(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	c.summary(0)
	return c, w
}

func TestSkippedTestIsShownWithItsReason(t *testing.T) {
	c, w := read(t, events)
	if want := "--- SKIP: m/a TestNeeds: a_test.go:9: nginx is not installed\n"; !strings.Contains(w.String(), want) {
		t.Errorf("summary lacks %q:\n%s", want, w)
	}
	if want := "1 tests passed, 0 failed, 1 skipped"; !strings.Contains(w.String(), want) {
		t.Errorf("summary lacks %q:\n%s", want, w)
	}
	if c.passed != 1 || len(c.skipped) != 1 {
		t.Errorf("passed %d, skipped %d, want 1 and 1: a package without tests is not a skipped test", c.passed, len(c.skipped))
	}
}

func TestSkippedTestFailsWhereCIIsSet(t *testing.T) {
	c, _ := read(t, events)
	if err := c.verdict(false, true); err != nil {
		t.Errorf("verdict at a desk = %v, want none", err)
	}
	if err := c.verdict(true, true); err == nil {
		t.Error("verdict with CI set = nil, want an error")
	}
}

func TestPackageLinesStandTogetherAtTheEnd(t *testing.T) {
	_, w := read(t, events)
	if want := "\nok  \tm/a\t0.01s\n?   \tm/c\t[no test files]\n--- SKIP"; !strings.Contains(w.String(), want) {
		t.Errorf("output lacks %q:\n%s", want, w)
	}
}

func TestFailuresShowTheirOutput(t *testing.T) {
	c, w := read(t, events+failing)
	for _, want := range []string{"b_test.go:3: got 1, want 2\n", "d.go:1:1: expected 'package'\n", "--- FAIL: m/b TestBad\n", "--- FAIL: m/d\n"} {
		if !strings.Contains(w.String(), want) {
			t.Errorf("output lacks %q:\n%s", want, w)
		}
	}
	if err := c.verdict(false, true); err == nil {
		t.Error("verdict = nil, want an error")
	}
}

func TestNoTestAtAllIsAFailure(t *testing.T) {
	c, _ := read(t, "")
	if err := c.verdict(false, true); err == nil {
		t.Error("verdict = nil, want an error")
	}
}

func TestRacePatterns(t *testing.T) {
	packages := []string{"m", "m/engine", "m/engine/vm", "m/enginex", "m/fcgi", "m/fcgi/web"}
	named, others := split(packages, []string{"m/engine", "m/fcgi/..."})
	if want := []string{"m/engine", "m/fcgi", "m/fcgi/web"}; !slices.Equal(named, want) {
		t.Errorf("under the race detector: %v, want %v", named, want)
	}
	if want := []string{"m", "m/engine/vm", "m/enginex"}; !slices.Equal(others, want) {
		t.Errorf("without: %v, want %v", others, want)
	}
}
