package engine_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"
)

// codesOf runs an example the way it says and returns the codes it gets.
func codesOf(t *testing.T, e diag.Example) []diag.Code {
	t.Chdir(t.TempDir())
	for name, content := range e.Files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile("நிரல்.qmz", []byte(e.Program()), 0o644); err != nil {
		t.Fatal(err)
	}
	p, list := engine.Load(engine.LoadOptions{File: "நிரல்.qmz", Serving: e.Way == diag.ByRequest})
	var codes []diag.Code
	for _, d := range list {
		codes = append(codes, d.Code())
	}
	if p == nil || e.Way == diag.ByCheck {
		return codes
	}
	codes = codes[:0]
	h := hostOf(&lines{}, strings.NewReader(e.Input))
	if e.Denied {
		h = &host.Host{Output: &lines{}}
	}
	lim := engine.Limits{Steps: e.Steps, Memory: e.Memory, Output: e.Output, Time: e.Time}
	var err error
	var res engine.Result
	if e.Way == diag.ByRequest {
		h.Serving = true
		res, err = p.Serve(context.Background(), h, lim, 0, &engine.Request{Method: "GET", Path: "/"})
		if res.Exited && res.Status != 0 {
			codes = append(codes, diag.ExitInRequest.Code)
		}
	} else {
		_, err = p.Run(context.Background(), h, lim)
	}
	var d *diag.Diagnostic
	switch {
	case errors.As(err, &d):
		codes = append(codes, d.Code())
	case err != nil:
		t.Fatal(err)
	}
	return codes
}

func TestEachExplanationShowsItsCode(t *testing.T) {
	for _, code := range diag.Codes() {
		e, ok := diag.Explain(code)
		if !ok {
			t.Errorf("%s has no explanation", code)
			continue
		}
		has := func(e diag.Example, code diag.Code) bool {
			for _, c := range codesOf(t, e) {
				if c == code {
					return true
				}
			}
			return false
		}
		if e.Wrong.Way != diag.ByReading {
			t.Run(code.String()+" wrong", func(t *testing.T) {
				if !has(e.Wrong, code) {
					t.Errorf("the wrong program gets %v\n%s", codesOf(t, e.Wrong), e.Wrong.Text())
				}
			})
		}
		if e.Right.Way != diag.ByReading {
			t.Run(code.String()+" right", func(t *testing.T) {
				if got := codesOf(t, e.Right); len(got) > 0 {
					t.Errorf("the right program gets %v\n%s", got, e.Right.Text())
				}
			})
		}
	}
}
