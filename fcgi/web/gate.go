package web

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Why a request was not admitted; each is answered 503.
var (
	// ErrQueueFull: as many requests wait as max_queue allows.
	ErrQueueFull = errors.New("queue full")
	// ErrQueueTimeout: no place became free within queue_timeout.
	ErrQueueTimeout = errors.New("no free place within the queue time")
	// ErrDraining: the process is ending and its drain limit is past.
	ErrDraining = errors.New("draining past its limit")
)

// A Gate admits a bounded number of requests at once, and bounds the bytes of
// the bodies they hold. Those that find no room wait in the order in which they
// came, at most for a while. A request without a body may pass those that wait
// for nothing but room for theirs. Every operation is O(1); a waiting request
// costs a channel and a timer, no goroutine. Safe for concurrent use.
type Gate struct {
	mu     sync.Mutex
	limits GateLimits
	closed bool

	running int
	bodies  int64
	// Waiting requests, those without and those with a body apart; turn
	// tells which of the two heads came first.
	queues [2]waitQueue
	queued int
	turn   uint64
}

// GateLimits bound a Gate; 0 is no limit.
type GateLimits struct {
	Running int           // admitted at once
	Queue   int           // waiting at once
	Wait    time.Duration // how long one waits at most
	Bodies  int64         // bytes of bodies admitted at once
}

// GateStats is what a Gate holds at a moment.
type GateStats struct {
	Running int
	Queued  int
	Bodies  int64
	Oldest  time.Duration // how long the oldest waiting request has waited
}

// A Ticket is a place that was given out; the zero Ticket is none.
type Ticket struct {
	gate   *Gate
	bodies int64
	// Waited is how long the request stood in the queue.
	Waited time.Duration
}

// A waiter stands in a queue until it is admitted, gives up or the gate closes.
type waiter struct {
	next, prev *waiter
	queue      *waitQueue // nil: not in a queue any more
	turn       uint64
	since      time.Time
	bodies     int64
	ready      chan struct{} // closed when it left the queue; err is set before
	err        error
}

type waitQueue struct{ head, tail *waiter }

func (q *waitQueue) push(w *waiter) {
	w.queue, w.prev = q, q.tail
	if q.tail == nil {
		q.head = w
	} else {
		q.tail.next = w
	}
	q.tail = w
}

func (q *waitQueue) remove(w *waiter) {
	if w.prev == nil {
		q.head = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		q.tail = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.queue, w.next, w.prev = nil, nil, nil
}

// NewGate returns a Gate with those limits.
func NewGate(limits GateLimits) *Gate { return &Gate{limits: limits} }

// SetLimits changes the limits. Requests already admitted stay, even above a
// smaller limit; those already waiting keep their time.
func (g *Gate) SetLimits(limits GateLimits) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limits = limits
	g.admit()
}

// Enter waits for a place for a request that will hold a body of that many
// bytes. The error is ErrQueueFull, ErrQueueTimeout or ErrDraining, or that of
// ctx when it ends first; then the request has left the queue.
func (g *Gate) Enter(ctx context.Context, bodies int64) (Ticket, error) {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return Ticket{}, ErrDraining
	}
	// Whoever waits while there is a place waits for room for its body, so one
	// without a body overtakes it.
	if g.fits(bodies) && (g.queued == 0 || bodies == 0 && g.queues[0].head == nil) {
		g.running++
		g.bodies += bodies
		g.mu.Unlock()
		return Ticket{gate: g, bodies: bodies}, nil
	}
	if g.limits.Queue > 0 && g.queued >= g.limits.Queue {
		g.mu.Unlock()
		return Ticket{}, ErrQueueFull
	}
	w := &waiter{turn: g.turn, since: time.Now(), bodies: bodies, ready: make(chan struct{})}
	g.turn++
	g.queued++
	if bodies == 0 {
		g.queues[0].push(w)
	} else {
		g.queues[1].push(w)
	}
	wait := g.limits.Wait
	g.mu.Unlock()

	var expired <-chan time.Time
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		expired = timer.C
	}
	select {
	case <-w.ready:
		if w.err != nil {
			return Ticket{}, w.err
		}
		return Ticket{gate: g, bodies: bodies, Waited: time.Since(w.since)}, nil
	case <-ctx.Done():
		return g.leave(w, ctx.Err())
	case <-expired:
		return g.leave(w, ErrQueueTimeout)
	}
}

// leave takes w out of its queue because of err. A place given to it in the
// meantime goes to the next.
func (g *Gate) leave(w *waiter, err error) (Ticket, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case w.queue != nil:
		w.queue.remove(w)
		g.queued--
		g.admit() // those behind it may need less
	case w.err == nil:
		g.running--
		g.bodies -= w.bodies
		g.admit()
	}
	return Ticket{}, err
}

// fits reports whether a request with such a body may run now. A body above the
// whole bound, which was lowered meanwhile, is held alone.
func (g *Gate) fits(bodies int64) bool {
	return (g.limits.Running <= 0 || g.running < g.limits.Running) &&
		(bodies == 0 || g.limits.Bodies <= 0 || g.bodies == 0 || g.bodies+bodies <= g.limits.Bodies)
}

// admit gives free places to those that wait, the oldest first.
func (g *Gate) admit() {
	for {
		first, second := g.queues[0].head, g.queues[1].head
		if first == nil || second != nil && second.turn < first.turn {
			first, second = second, first
		}
		w := first
		if w == nil || !g.fits(w.bodies) {
			if w = second; w == nil || !g.fits(w.bodies) || w.bodies != 0 {
				return
			}
		}
		w.queue.remove(w)
		g.queued--
		g.running++
		g.bodies += w.bodies
		close(w.ready)
	}
}

// Close refuses all that wait and all that come with ErrDraining.
func (g *Gate) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	for i := range g.queues {
		for w := g.queues[i].head; w != nil; w = g.queues[i].head {
			w.queue.remove(w)
			g.queued--
			w.err = ErrDraining
			close(w.ready)
		}
	}
}

// Stats returns what g holds now.
func (g *Gate) Stats() GateStats {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := GateStats{Running: g.running, Queued: g.queued, Bodies: g.bodies}
	for i := range g.queues {
		if w := g.queues[i].head; w != nil {
			s.Oldest = max(s.Oldest, time.Since(w.since))
		}
	}
	return s
}

// Hold tells how long the body is that the request holds, if it is not as long
// as Enter was told. More is taken at once, even above the limit: others wait.
func (t *Ticket) Hold(bodies int64) {
	if t.gate == nil || bodies == t.bodies {
		return
	}
	t.gate.mu.Lock()
	defer t.gate.mu.Unlock()
	t.gate.bodies += bodies - t.bodies
	t.bodies = bodies
	t.gate.admit()
}

// Release gives the place back. Only the first call counts.
func (t *Ticket) Release() {
	g := t.gate
	if g == nil {
		return
	}
	t.gate = nil
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running--
	g.bodies -= t.bodies
	g.admit()
}
