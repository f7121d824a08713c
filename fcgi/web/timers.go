package web

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"
)

// A Due is when a timer runs next. A timer of the same place among the timers
// and the same interval takes it over, in the next program and in the next
// process.
type Due struct {
	Timer   int       `json:"timer"` // counted from 1
	Seconds int       `json:"seconds"`
	At      time.Time `json:"at"`
}

// maxTicks bounds how many timers' blocks run at once, beside the requests: a
// program has a few timers, and one that has many must not take the machine.
const maxTicks = 16

// timers keeps the schedule of the generation that should have one. Changes are
// made one after the other by a goroutine that lives as long as there are any;
// each waits for the runs of the schedule before it.
type timers struct {
	app    *App
	places chan struct{} // for runs

	mu      sync.Mutex // guards what follows
	want    *Generation
	off     bool
	applied *Generation
	current *schedule     // that of applied; nil if it has no timers
	dues    []Due         // what the schedule before left
	settled chan struct{} // not nil: changes are being made; closed after the last
}

// set changes what should run and returns at once.
func (t *timers) set(change func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change()
	if t.settled == nil {
		t.settled = make(chan struct{})
		go t.apply()
	}
}

// apply makes changes until what runs is what should run.
func (t *timers) apply() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		next := t.want
		if t.off {
			next = nil
		}
		if next == t.applied {
			close(t.settled)
			t.settled = nil
			return
		}
		old := t.current
		if old == nil {
			t.applied, t.current = next, t.start(next, t.dues)
			t.dues = nil
			continue
		}
		t.mu.Unlock()
		ctx, cancel := withTimeout(context.Background(), old.generation.settings.DrainTimeout)
		dues := old.stop(ctx)
		cancel()
		t.mu.Lock()
		t.applied, t.current, t.dues = nil, nil, dues
	}
}

// stopAll lets no run begin and waits for those that run; when ctx ends, they
// are cancelled.
func (t *timers) stopAll(ctx context.Context) []Due {
	t.set(func() { t.off = true })
	for {
		t.mu.Lock()
		settled, current := t.settled, t.current
		if settled == nil {
			defer t.mu.Unlock()
			return slices.Clone(t.dues)
		}
		t.mu.Unlock()
		select {
		case <-settled:
		case <-ctx.Done():
			if current != nil {
				current.cancel()
			}
			<-settled
		}
	}
}

// A schedule runs the timers of one generation, each in its own goroutine: the
// first time one interval after the start, then one interval after the end of
// the run before. A timer never overlaps itself, and missed runs are not made up.
type schedule struct {
	generation *Generation
	stopping   chan struct{}      // closed: no run begins any more
	cancel     context.CancelFunc // of the runs
	running    sync.WaitGroup
	dues       []Due // each written by its timer's goroutine
}

// start starts the timers of g; a due time that fits is kept. It returns nil
// when there is nothing to run.
func (t *timers) start(g *Generation, dues []Due) *schedule {
	if g == nil || !g.settings.Timers || len(g.timers) == 0 || !g.retain() {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &schedule{generation: g, stopping: make(chan struct{}), cancel: cancel, dues: make([]Due, len(g.timers))}
	now := time.Now()
	for i, row := range g.timers {
		s.dues[i] = Due{Timer: i + 1, Seconds: row.Seconds, At: now.Add(seconds(row.Seconds))}
		for _, d := range dues {
			if d.Timer == i+1 && d.Seconds == row.Seconds {
				s.dues[i].At = d.At
			}
		}
	}
	if g.settings.TimersSource != "" {
		s.running.Go(func() { t.takeTurns(ctx, s) })
	} else {
		for i := range s.dues {
			s.running.Go(func() { t.run(ctx, s, s.stopping, i) })
		}
	}
	return s
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// run runs one timer until stop is closed.
func (t *timers) run(ctx context.Context, s *schedule, stop <-chan struct{}, i int) {
	due := &s.dues[i]
	timer := time.NewTimer(time.Until(due.At))
	defer timer.Stop()
	for {
		select {
		case <-stop:
			return
		case <-timer.C:
		}
		select {
		case <-stop:
			return
		case t.places <- struct{}{}:
		}
		if isClosed(stop) { // both may have been ready
			<-t.places
			return
		}
		t.app.tick(ctx, s.generation, i)
		<-t.places
		interval := seconds(due.Seconds)
		due.At = time.Now().Add(interval)
		timer.Reset(interval)
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// stop lets no run begin and waits for those that run; when ctx ends, they are
// cancelled. It returns when each timer would have run next.
func (s *schedule) stop(ctx context.Context) []Due {
	close(s.stopping)
	end := context.AfterFunc(ctx, s.cancel)
	s.running.Wait()
	end()
	s.cancel()
	s.generation.release()
	return s.dues
}

// StopTimers lets no run of a timer begin, in later generations too, and waits
// for those that run; when ctx ends, they are cancelled. It returns the due
// times for whoever runs the timers next.
func (a *App) StopTimers(ctx context.Context) []Due { return a.timers.stopAll(ctx) }

// StartTimers takes back StopTimers. Timers go on with dues; nil: with those
// that StopTimers returned.
func (a *App) StartTimers(dues []Due) {
	a.timers.set(func() {
		a.timers.off = false
		if dues != nil {
			a.timers.dues = slices.Clone(dues)
		}
	})
}

// tick runs the block of one timer.
func (a *App) tick(ctx context.Context, g *Generation, i int) {
	start := time.Now()
	count := g.timerCounts[i]
	count.runs.Add(1)
	count.lastRun.Store(start.UnixNano())
	exit, err := a.runTick(ctx, g, i)
	count.lastDuration.Store(int64(time.Since(start)))
	if ctx.Err() != nil && err != nil {
		// Not because its client went away, as the diagnostic would say. It
		// is no failure of the program either.
		a.log.Warn().Int("timer", i+1).Int("every", g.timers[i].Seconds).Float64("duration", inSeconds(time.Since(start))).
			Msgf("இடைவெளி #%d every %ds was stopped: %v", i+1, g.timers[i].Seconds, ErrDraining)
		return
	}
	if err != nil {
		failure := newFailure(err)
		failure.Timer, failure.Seconds, failure.Exit = i+1, g.timers[i].Seconds, exit
		failure.Duration = time.Since(start)
		count.failures.Add(1)
		a.counts.failure(failure.Diagnostic)
		a.opts.Failed(failure)
		return
	}
	count.lastSuccess.Store(time.Now().UnixNano())
}

func (a *App) runTick(ctx context.Context, g *Generation, i int) (exit int, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = &engine.Fault{Reason: fmt.Sprint(reason), Stack: debug.Stack()}
		}
	}()
	limits := g.limits
	limits.Time = g.settings.TimerTimeout
	h := g.host
	run := &stdio{app: a, run: Run{Timer: i + 1}}
	h.Output, h.Input = run, run
	h.Task = host.Task{Timer: i + 1}
	watchStatements(&h, func(s host.SlowStatement) { logSlow(&a.log, run.run, s) }, g.settings.SlowRequest)
	res, err := g.program.Tick(ctx, &h, limits, i)
	run.Flush()
	g.warnStatements(&a.log, run.run, res.Databases.Notes)
	if res.Answer.File != nil {
		res.Answer.File.Close()
	}
	if err == nil && res.Exited && res.Status != 0 {
		return res.Status, diag.ExitInRequest.New()
	}
	return 0, err
}
