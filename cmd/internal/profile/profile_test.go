package profile

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"etamil/engine"
	"etamil/engine/host"
)

// busy spends its time in two functions, three times as long in one of them as
// in the other, below a third.
const busy = `செயல் சுழல்(ன) {
    கூட்டு = 0;
    இ = 0;
    (இ < ன) சுற்று {
        கூட்டு = கூட்டு + இ;
        இ = இ + 1;
    }
    திரும்பு கூட்டு;
}
செயல் குறைய(ன) {
    திரும்பு சுழல்(ன);
}
செயல் நிறைய(ன) {
    திரும்பு சுழல்(ன * 3);
}
செயல் இரண்டும்(ன) {
    குறைய(ன);
    நிறைய(ன);
    திரும்பு 0;
}
வழி பெறு, "/busy/:n" {
    இரண்டும்(2000);
    பதில் 200, "";
}
`

// working runs the program's route over and over until the test ends.
func working(t *testing.T, p *Profiler, task host.Task) {
	t.Helper()
	program, list := engine.Load(engine.LoadOptions{Source: busy, Name: "busy.qmz", Serving: true})
	if program == nil {
		t.Fatal(list)
	}
	ctx, stop := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() {
		for ctx.Err() == nil {
			h := host.Host{Sampler: p, Task: task}
			if _, err := program.Serve(ctx, &h, engine.Limits{}, 0, &engine.Request{Method: "GET", Path: "/busy/1"}); err != nil && ctx.Err() == nil {
				t.Error(err)
				return
			}
		}
	})
	t.Cleanup(func() { stop(); done.Wait() })
}

// share returns the part of the samples whose calls hold a function.
func (r *Result) share(function string) float64 {
	n := int64(0)
	for _, s := range r.samples {
		if slices.ContainsFunc(s.calls, func(c host.Call) bool { return c.Function == function }) {
			n += s.n
		}
	}
	return float64(n) / float64(r.Samples)
}

func TestProfileShowsWhereTheTimeGoes(t *testing.T) {
	p := New()
	working(t, p, host.Task{Method: "GET", Route: "/busy/:n"})
	r, err := p.Take(t.Context(), 2*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if r.Samples < 50 { // of 200; the machine may be busy
		t.Fatalf("%d samples in %v", r.Samples, r.Took)
	}
	for function, want := range map[string]float64{"சுழல்": 1, "இரண்டும்": 1, "நிறைய": 0.75, "குறைய": 0.25} {
		if got := r.share(function); math.Abs(got-want) > 0.2 {
			t.Errorf("%s has %.2f of the time, want about %.2f", function, got, want)
		}
	}
	if top := r.Hottest(3); len(top) == 0 || top[0].Function != "சுழல்" || top[0].File != "busy.qmz" || top[0].Line < 4 || top[0].Line > 7 || top[0].Percent < 80 {
		t.Errorf("hottest: %+v", top)
	}

	var b bytes.Buffer
	if err := r.Write(&b, "a comment"); err != nil {
		t.Fatal(err)
	}
	out, err := profile.Parse(&b)
	if err != nil {
		t.Fatal(err)
	}
	if out.Period != int64(Period) || out.DurationNanos < int64(2*time.Second) || len(out.SampleType) != 2 || out.Comments[0] != "a comment" {
		t.Errorf("%v", out)
	}
	total := int64(0)
	for _, s := range out.Sample {
		total += s.Value[0]
		var calls []string
		for _, l := range s.Location {
			calls = append(calls, l.Line[0].Function.Name)
		}
		if got := calls[len(calls)-1]; got != "GET /busy/:n" || s.Label["task"][0] != got {
			t.Errorf("the outermost frame of %q is not the route", calls)
		}
	}
	if total != r.Samples || r.Busy() != time.Duration(total)*Period {
		t.Errorf("%d samples written of %d", total, r.Samples)
	}
}

func TestOneProfileAtATime(t *testing.T) {
	p := New()
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { _, err := p.Take(ctx, time.Minute); first <- err }()
	for {
		if _, active := p.Moment(); active {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if _, err := p.Take(t.Context(), time.Millisecond); !errors.Is(err, ErrBusy) {
		t.Errorf("a second one: %v", err)
	}
	cancel()
	if err := <-first; err != nil {
		t.Errorf("the first, cut short: %v", err)
	}
	if r, err := p.Take(t.Context(), time.Millisecond); err != nil || r.Samples != 0 || len(r.Hottest(10)) != 0 {
		t.Errorf("nothing ran: %+v, %v", r, err)
	}
}

func TestAMomentIsToldByNoMoreRunsThanThereAreProcessors(t *testing.T) {
	p := New()
	p.samples = map[string]*sample{}
	p.wanted.Store(2)
	for range 5 {
		if p.Wanted() {
			p.Sample(host.Task{Timer: 3}, []host.Call{{File: "a.qmz", Line: 7}})
		}
	}
	if len(p.samples) != 1 {
		t.Fatalf("%d places", len(p.samples))
	}
	for _, s := range p.samples {
		if s.n != 2 || named(s.task, s.calls[0]).Function != "இடைவெளி #3" {
			t.Errorf("%+v", s)
		}
	}
}

func TestPlacesAreBounded(t *testing.T) {
	p := New()
	p.samples = map[string]*sample{}
	for n := range maxPlaces + 10 {
		p.Sample(host.Task{}, []host.Call{{Function: strings.Repeat("அ", 1), Line: n + 1}})
	}
	if len(p.samples) != maxPlaces {
		t.Errorf("%d places", len(p.samples))
	}
}

// BenchmarkRun tells what a profile costs those that are asked.
func BenchmarkRun(b *testing.B) {
	program, list := engine.Load(engine.LoadOptions{Source: busy, Name: "busy.qmz", Serving: true})
	if program == nil {
		b.Fatal(list)
	}
	for _, taking := range []bool{false, true} {
		b.Run(map[bool]string{false: "idle", true: "profiled"}[taking], func(b *testing.B) {
			p := New()
			if taking {
				ctx, stop := context.WithCancel(context.Background())
				over := make(chan struct{})
				go func() { p.Take(ctx, time.Hour); close(over) }()
				defer func() { stop(); <-over }()
			}
			for b.Loop() {
				h := host.Host{Sampler: p, Task: host.Task{Method: "GET", Route: "/busy/:n"}}
				if _, err := program.Serve(context.Background(), &h, engine.Limits{}, 0, &engine.Request{Method: "GET", Path: "/busy/1"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
