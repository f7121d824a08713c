package engine_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"
)

// load returns the program of a source text.
func loadText(t testing.TB, source string, serving bool) *engine.Program {
	t.Helper()
	p, list := engine.Load(engine.LoadOptions{Source: source, Serving: serving})
	if p == nil {
		t.Fatal(list)
	}
	return p
}

// codeOf returns the code of an error, 0 for none.
func codeOf(t testing.TB, err error) diag.Code {
	t.Helper()
	var d *diag.Diagnostic
	switch {
	case err == nil:
		return 0
	case errors.As(err, &d):
		return d.Code()
	}
	t.Fatal(err)
	return 0
}

// budgets are those of the daemon, but for the time: a busy machine under the
// race detector needs more for the steps.
var budgets = engine.Limits{
	Steps: 20_000_000, Memory: 64 << 20, Output: 1 << 20, Answer: 16 << 20, Time: 3 * time.Minute,
}

func TestBudgetsEndARunWithTheirCode(t *testing.T) {
	for _, tt := range []struct {
		why, source string
		want        diag.Code
	}{
		{"an endless loop", "(மெய்) சுற்று { }", 4030},
		{"an endless loop with work", "அ = 0; (மெய்) சுற்று { அ = அ + 1; }", 4030},
		{"endless recursion", "செயல் அ(n) { திரும்பு அ(n + 1); } அ(0);", 4006},
		{"mutual recursion", "செயல் அ(n) { திரும்பு ஆ(n); } செயல் ஆ(n) { திரும்பு அ(n); } அ(0);", 4006},
		{"a text that doubles for ever", `அ = "x"; (மெய்) சுற்று { அ = அ & அ; }`, 4032},
		{"a text that grows for ever", `அ = ""; (மெய்) சுற்று { அ = அ & "அஆஇஈஉஊஎஏஐஒஓஔ"; }`, 4032},
		{"an array that grows for ever", "அ = []; (மெய்) சுற்று { அ = இணை(அ, 1); }", 4032},
		{"an array in an array that grows", "அ = []; (மெய்) சுற்று { அ = இணை(அ, [1, 2, 3]); }", 4032},
		{"a record that grows for ever", "அ = {}; i = 0; (மெய்) சுற்று { அ[i] = i; i = i + 1; }", 4032},
		{"a value that prints exponentially", "அ = [1]; i = 0; (i < 60) சுற்று { அ = [அ, அ]; i = i + 1; } அச்சு அ;", 4032},
		{"comparing what is exponentially large", "செயல் ப() { அ = [1]; i = 0; (i < 60) சுற்று { அ = [அ, அ]; i = i + 1; } திரும்பு அ; } அச்சு ப() == ப();", 4030},
		{"a million lines of output", `i = 0; (i < 1000000) சுற்று { அச்சு "வரி"; i = i + 1; }`, 4033},
		{"a value nested 20,000 deep", "அ = []; i = 0; (i < 20000) சுற்று { அ = [அ]; i = i + 1; }", 4034},
		{"a record nested 20,000 deep", "அ = {}; i = 0; (i < 20000) சுற்று { அ = {உள்ளே: அ}; i = i + 1; }", 4034},
		{"results nested 20,000 deep", "அ = சரி(1); i = 0; (i < 20000) சுற்று { அ = சரி(அ); i = i + 1; }", 4034},
		{"appending 20,000 deep", "அ = []; i = 0; (i < 20000) சுற்று { அ = இணை([], அ); i = i + 1; }", 4034},
		{"setting 20,000 deep", "அ = [0]; i = 0; (i < 20000) சுற்று { ஆ = [0]; ஆ[0] = அ; அ = ஆ; i = i + 1; }", 4034},
		{"replacing to a huge text", `அ = "aaaaaaaaaa"; i = 0; (i < 20) சுற்று { அ = மாற்று(அ, "a", "aaaaaaaaaa"); i = i + 1; }`, 4032},
		{"splitting again and again", `அ = ""; i = 0; (i < 100000) சுற்று { அ = அ & ","; i = i + 1; } (மெய்) சுற்று { ஆ = பிரி(அ, ","); }`, 4030},
	} {
		t.Run(tt.why, func(t *testing.T) {
			p := loadText(t, tt.source, false)
			_, err := p.Run(context.Background(), hostOf(&lines{}, strings.NewReader("")), budgets)
			if got := codeOf(t, err); got != tt.want {
				t.Errorf("ended with %v (%v), want %v", got, err, tt.want)
			}
		})
	}
}

func TestTimeAndCancellationEndARun(t *testing.T) {
	p := loadText(t, "அ = 0; (மெய்) சுற்று { அ = அ + 1; }", false)
	h := hostOf(&lines{}, strings.NewReader(""))
	_, err := p.Run(context.Background(), h, engine.Limits{Time: 20 * time.Millisecond})
	if got := codeOf(t, err); got != diag.TimeBudget.Code {
		t.Errorf("past its time a run ended with %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go cancel()
	_, err = p.Run(ctx, h, engine.Limits{})
	if got := codeOf(t, err); got != diag.Cancelled.Code {
		t.Errorf("a cancelled run ended with %v", err)
	}
}

func TestARunThatKeepsNothingIsNotEndedForItsMemory(t *testing.T) {
	p := loadText(t, `
		i = 0;
		(i < 200000) சுற்று {
			அ = [i, "உரை" & i, {எண்ணம்: i}];
			ஆ = "ஒரு நீண்ட உரை " & i & " அதன் பின் இன்னும் சில சொற்கள்";
			i = i + 1;
		}
		அச்சு i;`, false)
	var out lines
	_, err := p.Run(context.Background(), hostOf(&out, strings.NewReader("")), engine.Limits{Memory: 4 << 20})
	if err != nil || out.String() != "200000\n" {
		t.Errorf("printed %q, error %v", out.String(), err)
	}
}

func TestARunStaysNearItsMemoryBudget(t *testing.T) {
	p := loadText(t, `அ = []; (மெய்) சுற்று { அ = இணை(அ, "சில சொற்கள்" & நீளம்(அ)); }`, false)
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := p.Run(context.Background(), hostOf(&lines{}, strings.NewReader("")), engine.Limits{Memory: 32 << 20})
	runtime.ReadMemStats(&after)
	if codeOf(t, err) != diag.MemoryBudget.Code {
		t.Fatal(err)
	}
	if got := after.HeapSys - before.HeapSys; got > 400<<20 {
		t.Errorf("a budget of 32 MiB took %d MiB from the system", got>>20)
	}
}

func TestRunsOfOneProgramShareNothing(t *testing.T) {
	p := loadText(t, `
		அட்டவணை = [1, 2, 3];
		பெயர்கள் = {அ: 1};
		சொல்_தொடர் = "தொடக்கம்";
		வழி பெறு, "/" {
			அட்டவணை = இணை(அட்டவணை, query_params["n"]);
			அட்டவணை[0] = query_params["n"];
			பெயர்கள்.ஆ = query_params["n"];
			சொல்_தொடர் = சொல்_தொடர் & query_params["n"];
			i = 0;
			(i < 200) சுற்று { அட்டவணை = இணை(அட்டவணை, i); i = i + 1; }
			பதில் 200, அட்டவணை[0] & அட்டவணை[3] & பெயர்கள் & சொல்_தொடர் & நீளம்(அட்டவணை);
		}`, true)
	if p.Code().Snapshot == nil {
		t.Fatal("the prelude is pure and has no snapshot")
	}
	done := make(chan string)
	for i := range 100 {
		n := string(rune('a'+i%26)) + string(rune('a'+i/26))
		go func() {
			for range 50 {
				res, err := p.Serve(context.Background(), hostOf(&lines{}, strings.NewReader("")), budgets, 0, &engine.Request{
					Method: "GET", Path: "/", Query: func() []engine.Pair { return []engine.Pair{{Name: "n", Value: n}} },
				})
				want := n + n + "{அ: 1, ஆ: " + n + "}தொடக்கம்" + n + "204"
				if err != nil || string(res.Answer.Body) != want {
					done <- "got " + string(res.Answer.Body) + ", want " + want
					return
				}
			}
			done <- ""
		}()
	}
	for range 100 {
		if s := <-done; s != "" {
			t.Error(s)
		}
	}
}

func TestThePreludeRunsForEachRequestUnlessItIsPure(t *testing.T) {
	for _, tt := range []struct {
		why, prelude string
		pure         bool
	}{
		{"literals", "அ = [1, 2];", true},
		{"a pure function", "செயல் இரு(n) { திரும்பு n * 2; } அ = இரு(4);", true},
		{"a loop", "அ = 0; (அ < 1000) சுற்று { அ = அ + 1; }", true},
		{"a default answer", `பதில் 404, "இல்லை";`, true},
		{"printing", "அச்சு 1;", false},
		{"the date", "அ = இன்று();", false},
		{"the environment", `அ = சூழல்("HOME", "");`, false},
		{"the request", "அ = request_method;", false},
		{"the request in a function", "செயல் ம() { திரும்பு request_path; } அ = ம();", false},
		{"a parameter of the path", "(பொய்) எனில் { அ = param_id; }", false},
		{"a file", `(பொய்) எனில் { கோப்பு_படி "x", அ; }`, false},
		{"a failing prelude", "அ = 1 / 0;", false},
	} {
		t.Run(tt.why, func(t *testing.T) {
			p := loadText(t, tt.prelude+` வழி பெறு, "/" { பதில் 200, "x"; }`, true)
			if got := p.Code().Snapshot != nil; got != tt.pure {
				t.Errorf("snapshot taken: %v, want %v", got, tt.pure)
			}
		})
	}
}

func TestAFaultOfTheEngineEndsOneRunOnly(t *testing.T) {
	p := loadText(t, "அச்சு 1;", false)
	h := hostOf(nil, strings.NewReader(""))
	h.Output = panicking{}
	_, err := p.Run(context.Background(), h, engine.Limits{})
	var fault *engine.Fault
	if !errors.As(err, &fault) || len(fault.Stack) == 0 {
		t.Fatalf("a panic came back as %v", err)
	}
	var out lines
	if _, err := p.Run(context.Background(), hostOf(&out, strings.NewReader("")), engine.Limits{}); err != nil || out.String() != "1\n" {
		t.Errorf("the next run printed %q, error %v", out.String(), err)
	}
}

type panicking struct{}

func (panicking) Print(string) error { panic("BUG: on purpose") }
func (panicking) Flush() error       { return nil }

func TestWaitingOutsideTheEngineEndsWithTheRun(t *testing.T) {
	p := loadText(t, `ப = வலை_பெறு("http://127.0.0.1:9/", {}); அச்சு "முடிந்தது";`, false)
	h := hostOf(&lines{}, strings.NewReader(""))
	h.HTTP = waitingHTTP{}
	_, err := p.Run(context.Background(), h, engine.Limits{Time: 10 * time.Millisecond})
	if got := codeOf(t, err); got != diag.TimeBudget.Code {
		t.Errorf("a request that waits past the time of its run ended it with %v", err)
	}
}

// waitingHTTP answers only when its context ends.
type waitingHTTP struct{}

func (waitingHTTP) Do(ctx context.Context, _ *host.HTTPRequest) (*host.HTTPResponse, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}
