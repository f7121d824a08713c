package db

import (
	"container/list"
	"context"
	"sync"
	"time"

	"etamil/engine/diag"
)

// Places are the connections that a client of Redis or MongoDB may use at
// once, with the queue of those who wait for one. Safe for concurrent use.
type Places struct {
	label string
	limit time.Duration

	mu      sync.Mutex
	max     int
	free    int
	waiting list.List // of chan struct{}, closed to hand a place over
}

// defaultAcquire is the wait for a place where the registry says nothing.
const defaultAcquire = 5 * time.Second

// NewPlaces returns the places of a client: Max of them, for each of which a
// caller waits AcquireTimeout at most.
func NewPlaces(c PoolConfig) *Places {
	p := &Places{label: c.Label, limit: c.AcquireTimeout, max: max(c.Max, 1)}
	p.free = p.max
	if p.limit <= 0 {
		p.limit = defaultAcquire
	}
	return p
}

// Take waits for a place, first come, first served. The caller gives it back
// with Leave. The error is ctx's or a diag.NoFreeConnection.
func (p *Places) Take(ctx context.Context) error {
	p.mu.Lock()
	if p.free > 0 {
		p.free--
		p.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	at := p.waiting.PushBack(turn)
	p.mu.Unlock()

	timer := time.NewTimer(p.limit)
	defer timer.Stop()
	var err error
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-timer.C:
		err = diag.NoFreeConnection.New(diag.Whole(p.label), p.limit)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-turn: // handed over in the same moment: to the next one
		p.leave()
	default:
		p.waiting.Remove(at)
	}
	return err
}

// Leave gives a place back.
func (p *Places) Leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leave()
}

func (p *Places) leave() {
	if first := p.waiting.Front(); first != nil {
		close(p.waiting.Remove(first).(chan struct{}))
		return
	}
	p.free++
}

// Usage returns how many places are taken and how many callers wait for one.
func (p *Places) Usage() (taken, waiting int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.max - p.free, p.waiting.Len()
}
