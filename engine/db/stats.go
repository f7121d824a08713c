package db

import (
	"cmp"
	"slices"
	"sync/atomic"
	"time"
)

// AcquireBuckets are the upper bounds, in seconds, of the histogram of how
// long statements waited for a connection.
var AcquireBuckets = [...]float64{0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5}

// PoolStats tell what operators see of one pool. Counters begin when the
// registry first opens a pool of that label and fall back to zero when it has
// had none for idle_timeout.
type PoolStats struct {
	Kind  Kind
	Name  string // the data source's name, or the connection text, masked
	Label string // for metrics: the name, or KIND@HOST/DATABASE

	Max     int // connections at most
	Open    int // connections to the server or file
	Leased  int // held by runs; of Redis and MongoDB in use
	Idle    int
	Waiting int // runs in the queue

	// Acquired counts the waits for a connection that ended with one, each in
	// the first bucket of AcquireBuckets that is not below it, or in the last
	// place; AcquireTime is their sum.
	Acquired    [len(AcquireBuckets) + 1]uint64
	AcquireTime time.Duration

	Connects    uint64 // connections opened
	Failures    uint64 // attempts to open one that failed
	DirtyCloses uint64 // connections closed for what a run left in them
	Cancels     uint64 // statements cancelled at the server
	Timeouts    uint64 // waits that ended without a connection (ET5040)
}

// counters are what is counted for all pools of one kind and label. Drivers
// count from wherever they are, so that no lock is involved.
type counters struct {
	pools                                            int // under the registry's lock
	open                                             atomic.Int64
	acquired                                         [len(AcquireBuckets) + 1]atomic.Uint64
	acquireTime                                      atomic.Int64
	connects, failures, dirtyCloses, cancels, expiry atomic.Uint64
}

// took records a wait that ended with a connection.
func (c *counters) took(d time.Duration) {
	at := slices.IndexFunc(AcquireBuckets[:], func(bound float64) bool { return d.Seconds() <= bound })
	if at < 0 {
		at = len(AcquireBuckets)
	}
	c.acquired[at].Add(1)
	c.acquireTime.Add(int64(d))
}

// Stats returns the pools, sorted by label. Pools of one kind and label, as of
// a data source that changed, are one.
func (r *Registry) Stats() []PoolStats {
	type key struct {
		kind  Kind
		label string
	}
	r.mu.Lock()
	found := map[key]*PoolStats{}
	for p := range r.all {
		k := key{p.kind, p.label}
		s := found[k]
		if s == nil {
			s = &PoolStats{Kind: p.kind, Name: p.name, Label: p.label, Open: int(p.count.open.Load()),
				AcquireTime: time.Duration(p.count.acquireTime.Load()),
				Connects:    p.count.connects.Load(), Failures: p.count.failures.Load(),
				DirtyCloses: p.count.dirtyCloses.Load(), Cancels: p.count.cancels.Load(), Timeouts: p.count.expiry.Load(),
			}
			for i := range s.Acquired {
				s.Acquired[i] = p.count.acquired[i].Load()
			}
			found[k] = s
		}
		s.Max += p.max
		s.Waiting += p.queue.Len()
		if u, ok := p.client().(Gauge); ok {
			used, idle, waiting := u.Usage()
			s.Leased += used
			s.Idle += idle
			s.Waiting += waiting
			continue
		}
		s.Leased += p.leased
		s.Idle += len(p.idle)
	}
	r.mu.Unlock()
	stats := make([]PoolStats, 0, len(found))
	for _, s := range found {
		stats = append(stats, *s)
	}
	slices.SortFunc(stats, func(a, b PoolStats) int {
		return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Kind, b.Kind))
	})
	return stats
}
