package sqlite

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// writers are the queues in which those wait who want to write, one a file or
// shared database in memory. SQLite lets one connection write at a time and
// has no order among those who wait: with many of them some would wait for
// ever.
type writers struct {
	mu     sync.Mutex
	queues map[string]*queue
}

// join returns the queue of a database, to be left once.
func (w *writers) join(name string) *queue {
	w.mu.Lock()
	defer w.mu.Unlock()
	q := w.queues[name]
	if q == nil {
		if w.queues == nil {
			w.queues = map[string]*queue{}
		}
		q = &queue{name: name}
		w.queues[name] = q
	}
	q.users++
	return q
}

// leave forgets the queue when nobody uses it any more.
func (w *writers) leave(q *queue) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if q.users--; q.users == 0 {
		delete(w.queues, q.name)
	}
}

// A queue lets one writer in at a time, first come, first served.
type queue struct {
	name  string
	users int // connections; guarded by writers.mu

	mu      sync.Mutex
	held    bool
	waiting list.List // of chan struct{}, closed when it is one's turn
}

// lock waits for its turn, at most so long. It reports whether it came; the
// error is that of ctx.
func (q *queue) lock(ctx context.Context, wait time.Duration) (bool, error) {
	q.mu.Lock()
	if !q.held {
		q.held = true
		q.mu.Unlock()
		return true, nil
	}
	turn := make(chan struct{})
	place := q.waiting.PushBack(turn)
	q.mu.Unlock()

	timer := time.NewTimer(wait)
	defer timer.Stop()
	var err error
	select {
	case <-turn:
		return true, nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-timer.C:
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case <-turn: // it came while we gave up: the next one's now
		q.pass()
	default:
		q.waiting.Remove(place)
	}
	return false, err
}

// unlock lets the next one in.
func (q *queue) unlock() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pass()
}

func (q *queue) pass() {
	first := q.waiting.Front()
	if first == nil {
		q.held = false
		return
	}
	close(q.waiting.Remove(first).(chan struct{}))
}
