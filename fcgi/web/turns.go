package web

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A Locker chooses, among the processes that share a database, the one that
// runs the timers of a program.
type Locker interface {
	// Lock waits until this process is the one, or ctx ends.
	Lock(ctx context.Context, source string) (Lock, error)
}

// A Lock is held until it is released or lost.
type Lock interface {
	// Lost is closed when the lock is no longer ours.
	Lost() <-chan struct{}
	Release()
}

const (
	// turnRetry is how long the database is left alone after it failed.
	turnRetry = 5 * time.Second
	// turnGrace passes between getting the lock and the first run of a timer,
	// so that the process that lost it has cancelled its run.
	turnGrace = 3 * time.Second
)

// takeTurns runs the timers of s whenever this process holds the lock, until s
// stops.
func (t *timers) takeTurns(ctx context.Context, s *schedule) {
	source := s.generation.settings.TimersSource
	waiting, stopWaiting := context.WithCancel(ctx)
	defer stopWaiting()
	go func() {
		select {
		case <-s.stopping:
			stopWaiting()
		case <-waiting.Done():
		}
	}()
	told := ""
	for waiting.Err() == nil && !isClosed(s.stopping) {
		lock, err := t.lock(waiting, source)
		if err != nil {
			if waiting.Err() != nil {
				return
			}
			if text := err.Error(); text != told {
				told = text
				t.app.log.Error().Str("source", source).Msgf("the timers wait for their lock: %v", err)
			}
			sleep(waiting, turnRetry)
			continue
		}
		told = ""
		t.app.log.Info().Str("source", source).Msg("this process runs the timers")
		if lost := t.turn(ctx, s, lock); lost {
			t.app.log.Warn().Str("source", source).Msg("the lock of the timers was lost; another process may run them")
		}
	}
}

var errNoLocker = errors.New("timers: no data sources here")

func (t *timers) lock(ctx context.Context, source string) (Lock, error) {
	if t.app.opts.Locker == nil {
		return nil, errNoLocker
	}
	return t.app.opts.Locker.Lock(ctx, source)
}

// turn runs the timers while lock is held, and reports whether it was lost. A
// due time that passed while another process held it counts as done there.
func (t *timers) turn(ctx context.Context, s *schedule, lock Lock) (lost bool) {
	defer lock.Release()
	earliest := time.Now().Add(turnGrace)
	for i := range s.dues {
		due := &s.dues[i]
		if late := earliest.Sub(due.At); late > 0 {
			interval := seconds(due.Seconds)
			due.At = due.At.Add((late/interval + 1) * interval)
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := make(chan struct{})
	var running sync.WaitGroup
	for i := range s.dues {
		running.Go(func() { t.run(ctx, s, stop, i) })
	}
	select {
	case <-s.stopping:
	case <-lock.Lost():
		lost = true
		cancel()
	}
	close(stop)
	running.Wait()
	return lost
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
