package web

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"etamil/engine/host"

	"github.com/rs/zerolog"
)

// oneLock is a database with one lock.
type oneLock struct {
	mu     sync.Mutex
	holder *heldLock
	freed  chan struct{}
	broken error
	asked  int
}

type heldLock struct {
	of   *oneLock
	lost chan struct{}
}

func newOneLock() *oneLock { return &oneLock{freed: make(chan struct{}, 100)} }

func (l *oneLock) Lock(ctx context.Context, source string) (Lock, error) {
	for {
		l.mu.Lock()
		l.asked++
		if l.broken != nil {
			defer l.mu.Unlock()
			return nil, l.broken
		}
		if l.holder == nil {
			l.holder = &heldLock{of: l, lost: make(chan struct{})}
			defer l.mu.Unlock()
			return l.holder, nil
		}
		l.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-l.freed:
		}
	}
}

func (h *heldLock) Lost() <-chan struct{} { return h.lost }

func (h *heldLock) Release() {
	h.of.mu.Lock()
	defer h.of.mu.Unlock()
	if h.of.holder == h {
		h.of.holder = nil
		h.of.freed <- struct{}{}
	}
}

// lose takes the lock from whoever holds it.
func (l *oneLock) lose() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.holder.lost)
	l.holder = nil
	l.freed <- struct{}{}
}

func sharing(p Program, l Locker, logs *logLines) *App {
	s := DefaultSettings()
	s.TimersSource = "main"
	a := NewApp(Options{Log: zerolog.New(logs), Settings: s, Locker: l})
	a.Swap(NewGeneration(p, s, host.Host{}))
	synctest.Wait()
	return a
}

func TestTimersRunInOneOfTheProcessesThatShareADatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lock := newOneLock()
		p, q := newTicking(0, 10), newTicking(0, 10)
		a := sharing(p, lock, &logLines{})
		b := sharing(q, lock, &logLines{})
		time.Sleep(25 * time.Second)
		wantRuns(t, p, "1@10", "1@20")
		wantRuns(t, q)

		// The one that runs them stops: the other goes on in its own rhythm.
		a.StopTimers(t.Context())
		time.Sleep(20 * time.Second)
		wantRuns(t, p)
		wantRuns(t, q, "1@30", "1@40")
		b.StopTimers(t.Context())
		if lock.holder != nil {
			t.Error("the lock was not released")
		}
	})
}

func TestLosingTheLockCancelsTheRunBeforeAnotherProcessBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lock, logs := newOneLock(), &logLines{}
		p, q := newTicking(time.Hour, 10), newTicking(0, 10)
		a := sharing(p, lock, logs)
		b := sharing(q, lock, &logLines{})
		time.Sleep(19 * time.Second)
		wantRuns(t, p, "1@10") // and it runs on
		lock.lose()
		time.Sleep(2 * time.Second)
		if r := logs.records(t, "was stopped"); len(r) != 1 {
			t.Errorf("the run was not cancelled: %v", logs)
		}
		// The next one waits for its own due time that is late enough for the
		// loser to have noticed: 20 s is within the grace, so 30.
		wantRuns(t, q)
		time.Sleep(10 * time.Second)
		wantRuns(t, q, "1@30")
		wantRuns(t, p)
		a.StopTimers(t.Context())
		b.StopTimers(t.Context())
	})
}

func TestTimersWaitForADatabaseThatIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lock, logs := newOneLock(), &logLines{}
		lock.broken = errors.New("no route to host")
		p := newTicking(0, 10)
		a := sharing(p, lock, logs)
		time.Sleep(31 * time.Second)
		wantRuns(t, p)
		if r := logs.records(t, "no route to host"); len(r) != 1 {
			t.Errorf("told %d times", len(r))
		}
		if lock.asked != 7 {
			t.Errorf("asked %d times in 31 s", lock.asked)
		}
		lock.mu.Lock()
		lock.broken = nil
		lock.mu.Unlock()
		time.Sleep(15 * time.Second)
		wantRuns(t, p, "1@40")
		a.StopTimers(t.Context())
	})
}

func TestTimersOfASourceNeedALocker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logs := &logLines{}
		p := newTicking(0, 10)
		a := sharing(p, nil, logs)
		time.Sleep(20 * time.Second)
		wantRuns(t, p)
		a.StopTimers(t.Context())
		if r := logs.records(t, "no data sources here"); len(r) != 1 {
			t.Errorf("%v", logs)
		}
	})
}

func TestTimersSettingIsASwitchOrTheNameOfASource(t *testing.T) {
	for _, tt := range []struct {
		value, shown string
		on, fails    bool
	}{
		{"on", "on", true, false},
		{"OFF", "off", false, false},
		{"no", "off", false, false},
		{"முதன்மை", "முதன்மை", true, false},
		{"", "", false, true},
		{"two words", "", false, true},
	} {
		s := DefaultSettings()
		err := s.Set("timers", tt.value)
		if (err != nil) != tt.fails {
			t.Errorf("%q: %v", tt.value, err)
		}
		if err == nil && (s.Timers != tt.on || LookupSetting("timers").Value(&s) != tt.shown) {
			t.Errorf("%q: %v, shown as %q", tt.value, s.Timers, LookupSetting("timers").Value(&s))
		}
	}
	s := DefaultSettings()
	s.Set("timers", "main")
	s.Set("timers", "on")
	if s.TimersSource != "" {
		t.Errorf("on keeps the source %q", s.TimersSource)
	}
}
