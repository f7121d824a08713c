package db

import (
	"slices"
	"sync"
)

// Idle are the idle connections of a driver's pool, of which the one that became
// idle last is taken first. The zero Idle is empty. Safe for concurrent use.
type Idle[C any] struct {
	mu     sync.Mutex
	all    []C // the one idle longest first
	closed bool
}

// Take takes the connection that became idle last; false: there is none.
func (i *Idle[C]) Take() (c C, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	last := len(i.all) - 1
	if last < 0 {
		return c, false
	}
	c = i.all[last]
	i.all = slices.Delete(i.all, last, last+1)
	return c, true
}

// Put adds a connection; false: the pool is closed.
func (i *Idle[C]) Put(c C) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.closed {
		i.all = append(i.all, c)
	}
	return !i.closed
}

// Oldest takes the n connections that have been idle longest, or all when there
// are fewer.
func (i *Idle[C]) Oldest(n int) []C {
	i.mu.Lock()
	defer i.mu.Unlock()
	n = max(min(n, len(i.all)), 0)
	oldest := slices.Clone(i.all[:n])
	i.all = slices.Delete(i.all, 0, n)
	return oldest
}

// Close takes all connections; none can be added any more.
func (i *Idle[C]) Close() []C {
	i.mu.Lock()
	defer i.mu.Unlock()
	all := i.all
	i.all, i.closed = nil, true
	return all
}
