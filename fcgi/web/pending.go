package web

import (
	"errors"
	"sync/atomic"
	"time"
)

// A Pending is a request that an App was handed and that is not answered yet.
type Pending struct {
	ID, Method string
	Route      string // pattern
	// Running is false while it waits for a place, or for its body.
	Running bool
	Start   time.Time
}

// Pending returns the requests that wait and run, each kind in the order in
// which they came to it.
func (a *App) Pending() []Pending {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []Pending
	for _, ring := range []*flight{&a.running, &a.waiting} {
		for f := ring.next; f != ring; f = f.next {
			all = append(all, Pending{
				ID: f.id, Method: f.req.Method, Route: f.shown, Running: ring == &a.running, Start: f.start,
			})
		}
	}
	return all
}

// link puts f at the end of a ring, under the pattern it has now. a.mu is held.
func (f *flight) link(ring *flight) {
	f.unlink()
	f.shown = f.match.Pattern
	f.prev, f.next = ring.prev, ring
	f.prev.next, f.next.prev = f, f
}

// unlink takes f out of the ring it is in, if any. a.mu is held.
func (f *flight) unlink() {
	if f.next == nil {
		return
	}
	f.prev.next, f.next.prev = f.next, f.prev
	f.prev, f.next = nil, nil
}

// A refusal is a reason why the program did not see a request that had a route.
type refusal struct {
	name string
	err  error
}

var refusalTable = [...]refusal{
	{"queue_full", ErrQueueFull},
	{"queue_timeout", ErrQueueTimeout},
	{"draining", ErrDraining},
	{"no_program", ErrNoProgram},
	{"body_too_large", ErrBodyTooLarge},
	{"body_short", ErrBodyShort},
}

// refusals counts them, in the order of refusalTable.
type refusals [len(refusalTable)]atomic.Uint64

// count counts err if it is in the table.
func (r *refusals) count(err error) {
	for i := range refusalTable {
		if errors.Is(err, refusalTable[i].err) {
			r[i].Add(1)
		}
	}
}

// Refused returns how many requests the program did not see since the App was
// made, by reason: queue_full, queue_timeout, draining, no_program,
// body_too_large, body_short.
func (a *App) Refused() map[string]uint64 {
	all := make(map[string]uint64, len(refusalTable))
	for i := range refusalTable {
		all[refusalTable[i].name] = a.refused[i].Load()
	}
	return all
}
