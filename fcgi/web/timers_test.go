package web

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"

	"github.com/rs/zerolog"
)

// ticking is a program of timers that note when they run and take a while.
type ticking struct {
	fakeProgram
	mu    sync.Mutex
	start time.Time
	runs  []string // "timer@seconds"
	takes time.Duration
	fails error
}

func newTicking(takes time.Duration, intervals ...int) *ticking {
	p := &ticking{start: time.Now(), takes: takes}
	for _, s := range intervals {
		p.timers = append(p.timers, engine.Timer{Seconds: s})
	}
	p.tick = func(ctx context.Context, h *host.Host, lim engine.Limits, timer int) (engine.Result, error) {
		p.mu.Lock()
		p.runs = append(p.runs, fmt.Sprintf("%d@%v", timer+1, time.Since(p.start).Seconds()))
		p.mu.Unlock()
		select {
		case <-time.After(p.takes):
			return engine.Result{}, p.fails
		case <-ctx.Done():
			return engine.Result{}, diag.Cancelled.New()
		}
	}
	return p
}

func (p *ticking) ran() []string {
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	all := slices.Clone(p.runs)
	p.runs = nil
	return all
}

func wantRuns(t *testing.T, p *ticking, want ...string) {
	t.Helper()
	got := p.ran()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("ran %q, want %q", got, want)
	}
}

func serveTimers(p Program, logs *logLines, change func(*Settings)) *App {
	s := DefaultSettings()
	if change != nil {
		change(&s)
	}
	a := NewApp(Options{Log: zerolog.New(logs), Settings: s})
	a.Swap(NewGeneration(p, s, host.Host{}))
	synctest.Wait()
	return a
}

func TestTimersRunOneIntervalAfterTheStartAndAfterEachRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTicking(2*time.Second, 10, 3)
		a := serveTimers(p, &logLines{}, nil)
		time.Sleep(25*time.Second - time.Nanosecond)
		// 3 s apart, and each run takes 2.
		wantRuns(t, p, "1@10", "1@22", "2@3", "2@8", "2@13", "2@18", "2@23")
		a.StopTimers(t.Context())
		time.Sleep(time.Minute)
		wantRuns(t, p)
	})
}

func TestFailedTimerIsLoggedAndGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, logs := newTicking(0, 5, 7), &logLines{}
		p.fails = failure(4003, "ஆ")
		a := serveTimers(p, logs, nil)
		time.Sleep(11 * time.Second)
		wantRuns(t, p, "1@5", "2@7", "1@10")
		a.StopTimers(t.Context())
		r := logs.records(t, "இடைவெளி #2 every 7s failed: app.qmz:3:16: ET4003: 'ஆ' has no value yet")
		if len(r) != 1 || r[0]["level"] != "warn" || r[0]["code"] != "ET4003" || r[0]["timer"] != 2.0 || r[0]["line"] != 3.0 {
			t.Errorf("%v", logs)
		}
	})
}

func TestPanicInATimerIsLoggedAndTheTimerGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, logs := newTicking(0, 5), &logLines{}
		p.tick = func(context.Context, *host.Host, engine.Limits, int) (engine.Result, error) { panic("nil map") }
		a := serveTimers(p, logs, nil)
		time.Sleep(11 * time.Second)
		a.StopTimers(t.Context())
		if r := logs.records(t, "nil map"); len(r) != 2 || r[0]["level"] != "error" || !strings.Contains(r[0]["stack"].(string), "goroutine") {
			t.Errorf("%v", r)
		}
	})
}

func TestTimersHaveTheirOwnLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTicking(0, 5)
		p.tick = func(_ context.Context, h *host.Host, lim engine.Limits, _ int) (engine.Result, error) {
			if lim.Time != 10*time.Minute || lim.Steps != 500_000_000 {
				t.Errorf("limits %+v", lim)
			}
			h.Output.Print("tick")
			return engine.Result{Exited: true, Status: 2}, nil
		}
		logs := &logLines{}
		a := serveTimers(p, logs, nil)
		time.Sleep(6 * time.Second)
		a.StopTimers(t.Context())
		if r := logs.records(t, "tick"); len(r) != 1 || r[0]["timer"] != 1.0 {
			t.Errorf("%v", logs)
		}
		if r := logs.records(t, "failed"); len(r) != 1 || r[0]["exit"] != 2.0 {
			t.Errorf("%v", logs)
		}
	})
}

func TestManyTimersShareTheirPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTicking(time.Second, slices.Repeat([]int{5}, 40)...)
		a := serveTimers(p, &logLines{}, nil)
		time.Sleep(5*time.Second + 500*time.Millisecond)
		if n := len(p.ran()); n != maxTicks {
			t.Errorf("%d runs at once, want %d", n, maxTicks)
		}
		time.Sleep(2 * time.Second)
		if n := len(p.ran()); n != 40-maxTicks {
			t.Errorf("%d runs afterwards, want %d", n, 40-maxTicks)
		}
		a.StopTimers(t.Context())
	})
}

func TestReloadKeepsTheDueTimeOfAnUnchangedTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old := newTicking(0, 10, 10, 10)
		a := serveTimers(old, &logLines{}, nil)
		time.Sleep(7 * time.Second)
		next := newTicking(0, 10, 20, 10, 10)
		next.start = old.start
		a.Swap(NewGeneration(next, DefaultSettings(), host.Host{}))
		synctest.Wait()
		time.Sleep(11 * time.Second) // at 18
		wantRuns(t, old)
		wantRuns(t, next, "1@10", "3@10", "4@17")
		time.Sleep(10 * time.Second) // at 28
		wantRuns(t, next, "1@20", "3@20", "2@27", "4@27")
		a.StopTimers(t.Context())
	})
}

func TestReloadWaitsForARunInProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old := newTicking(6*time.Second, 10)
		a := serveTimers(old, &logLines{}, nil)
		generation := a.Current()
		time.Sleep(12 * time.Second)
		wantRuns(t, old, "1@10")
		next := newTicking(0, 10)
		next.start = old.start
		a.Swap(NewGeneration(next, DefaultSettings(), host.Host{}))
		synctest.Wait()
		select {
		case <-generation.Over():
			t.Error("the old generation is over while its timer runs")
		default:
		}
		time.Sleep(20 * time.Second) // at 32: the run ended at 16, the next is due at 26
		wantRuns(t, next, "1@26")
		select {
		case <-generation.Over():
		default:
			t.Error("the old generation is not over")
		}
		a.StopTimers(t.Context())
	})
}

func TestReloadCancelsARunPastTheDrainLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old := newTicking(time.Hour, 10)
		a := serveTimers(old, &logLines{}, nil)
		time.Sleep(11 * time.Second)
		next := newTicking(0, 10)
		next.start = old.start
		a.Swap(NewGeneration(next, DefaultSettings(), host.Host{}))
		time.Sleep(41 * time.Second) // 30 s of draining, then the interval
		wantRuns(t, next, "1@51")
		a.StopTimers(t.Context())
	})
}

func TestManyReloadsInARowRunTheLastProgramsTimers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serveTimers(newTicking(0, 10), &logLines{}, nil)
		var last *ticking
		for range 20 {
			last = newTicking(0, 10)
			a.Swap(NewGeneration(last, DefaultSettings(), host.Host{}))
		}
		time.Sleep(15 * time.Second)
		wantRuns(t, last, "1@10")
		a.Swap(NewGeneration(answering("GET /", text(200, "")), DefaultSettings(), host.Host{}))
		time.Sleep(time.Minute)
		wantRuns(t, last)
	})
}

func TestDueTimesPassToAnotherProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTicking(0, 100, 30)
		a := serveTimers(p, &logLines{}, nil)
		time.Sleep(90 * time.Second)
		wantRuns(t, p, "2@30", "2@60", "2@90")
		sent, err := json.Marshal(a.StopTimers(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		var dues []Due
		if err := json.Unmarshal(sent, &dues); err != nil {
			t.Fatal(err)
		}
		next := newTicking(0, 100, 30)
		next.start = p.start
		b := NewApp(Options{Dues: dues})
		b.Swap(NewGeneration(next, DefaultSettings(), host.Host{}))
		time.Sleep(31 * time.Second) // at 121
		wantRuns(t, next, "1@100", "2@120")
		b.StopTimers(t.Context())
		// The handover failed: the first process goes on.
		a.StartTimers(nil)
		time.Sleep(10 * time.Second) // at 131; what was due at 100 and 120 runs at once
		wantRuns(t, p, "1@121", "2@121")
		a.StopTimers(t.Context())
	})
}

func TestStopTimersWaitsAndThenCancels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, logs := newTicking(time.Hour, 10), &logLines{}
		a := serveTimers(p, logs, nil)
		time.Sleep(11 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		a.StopTimers(ctx)
		if d := time.Since(start); d != 5*time.Second {
			t.Errorf("stopped after %v", d)
		}
		if r := logs.records(t, "was stopped: draining past its limit"); len(r) != 1 || r[0]["level"] != "warn" {
			t.Errorf("%v", logs)
		}
		a.Close()
	})
}

func TestTimersSettingTurnsThemOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTicking(0, 1)
		a := serveTimers(p, &logLines{}, func(s *Settings) { s.Timers = false })
		time.Sleep(time.Minute)
		wantRuns(t, p)
		a.Close()
	})
}
