package db

import (
	"container/list"
	"context"
	"slices"
	"time"

	"etamil/engine/diag"
)

// A waiter is a run in the queue of a pool.
type waiter struct {
	number  uint64 // of arrival, over all pools
	client  bool   // it wants need places of the budget for a whole client
	need    int
	element *list.Element // of the queue; nil once it is answered
	ready   chan struct{} // closed when it is answered
	grant   grant
	err     error
}

// A grant is the right to have one connection more.
type grant struct {
	// idle tells that a connection is waiting in the driver's pool; since
	// when, should it go back untouched.
	idle  bool
	since time.Time
	// evicted are to be closed first: their places are the waiter's now.
	evicted []eviction
}

// An eviction is that the n longest idle connections of a pool are to be
// closed. They are no longer counted as idle.
type eviction struct {
	pool *pool
	n    int
}

// dispatch answers the waiters whose turn it is: the first of each pool, in
// the order in which they came, over all pools. It is called with the lock
// whenever something became free.
func (r *Registry) dispatch() {
	r.round++
	for len(r.waiting) > 0 && (r.idle > 0 || r.taken < r.settings.Load().Budget) {
		var first *pool
		var w *waiter
		for p := range r.waiting {
			if f := p.queue.Front().Value.(*waiter); p.passed != r.round && (w == nil || f.number < w.number) {
				first, w = p, f
			}
		}
		if w == nil {
			return
		}
		granted, wait := r.grant(first, w)
		switch {
		case granted:
			r.leave(first, w)
			close(w.ready)
		case wait:
			return // all that becomes free is for this one
		default:
			first.passed = r.round // its first waiter waits for its own pool
		}
	}
}

// leave takes a waiter out of its queue.
func (r *Registry) leave(p *pool, w *waiter) {
	p.queue.Remove(w.element)
	w.element = nil
	if p.queue.Len() == 0 {
		delete(r.waiting, p)
	}
}

// grant gives a waiter what it wants, when that is free. wait tells that those
// who came later must not take what this one is waiting for.
func (r *Registry) grant(p *pool, w *waiter) (granted, wait bool) {
	budget := r.settings.Load().Budget
	if !w.client {
		if n := len(p.idle); n > 0 {
			w.grant = grant{idle: true, since: p.idle[n-1]}
			p.rest(p.idle[:n-1])
			p.leased++
			p.dialing++
			return true, false
		}
		if p.leased+p.closing >= p.max {
			return false, false
		}
	}
	if missing := w.need - (budget - r.taken); missing > r.idle {
		return false, w.need <= budget-r.fixed
	}
	for w.need > budget-r.taken {
		w.grant.evicted = append(w.grant.evicted, r.evictLongest())
		r.taken--
	}
	r.taken += w.need
	if !w.client {
		p.leased++
		p.dialing++
	}
	return true, false
}

// rest notes which connections of p are idle.
func (p *pool) rest(idle []time.Time) {
	r := p.reg
	r.idle += len(idle) - len(p.idle)
	p.idle = idle
	if len(idle) > 0 {
		r.resting[p] = struct{}{}
	} else {
		delete(r.resting, p)
	}
}

// evictLongest takes the longest idle connection of all pools, of which there
// is one.
func (r *Registry) evictLongest() eviction {
	var longest *pool
	for p := range r.resting {
		if longest == nil || p.idle[0].Before(longest.idle[0]) {
			longest = p
		}
	}
	return r.evict(longest, 1)
}

// evict takes the n longest idle connections of p. They keep their places of
// the budget.
func (r *Registry) evict(p *pool, n int) eviction {
	p.rest(slices.Delete(p.idle, 0, n))
	p.closing += n
	return eviction{p, n}
}

// closeEvicted closes connections; free gives their places back.
func (r *Registry) closeEvicted(list []eviction, free bool) {
	for _, e := range list {
		e.pool.sql.CloseIdle(e.n)
	}
	if len(list) == 0 {
		return
	}
	ends := make([]func(), 0, len(list))
	r.mu.Lock()
	for _, e := range list {
		e.pool.closing -= e.n
		if free {
			r.taken -= e.n
		}
		e.pool.forgetDead()
		ends = append(ends, r.removeIfDone(e.pool))
	}
	r.dispatch()
	r.mu.Unlock()
	for _, end := range ends {
		end()
	}
}

// trimAll closes the idle connections that pools should not keep.
func (r *Registry) trimAll() {
	r.mu.Lock()
	var surplus []eviction
	for p := range r.resting {
		surplus = append(surplus, r.surplus(p)...)
	}
	r.mu.Unlock()
	r.closeEvicted(surplus, true)
}

// surplus takes the idle connections that p should not keep.
func (r *Registry) surplus(p *pool) []eviction {
	most := r.settings.Load().MaxIdle
	if r.retired || p.doomed {
		most = 0
	}
	if n := len(p.idle) - most; n > 0 {
		return []eviction{r.evict(p, n)}
	}
	return nil
}

// take waits for places of the budget for a whole client.
func (r *Registry) take(ctx context.Context, p *pool, need int, limit time.Duration) error {
	g, err := r.wait(ctx, p, &waiter{client: true, need: need}, limit)
	if err != nil {
		return err
	}
	r.closeEvicted(g.evicted, false)
	return nil
}

// wait queues w, at most for limit and not beyond the end of ctx. The error is
// ctx's or a diagnostic.
func (r *Registry) wait(ctx context.Context, p *pool, w *waiter, limit time.Duration) (grant, error) {
	if err := ctx.Err(); err != nil {
		return grant{}, err
	}
	r.mu.Lock()
	if p.closed {
		r.mu.Unlock()
		return grant{}, diag.ConnectFailed.New(diag.Whole(p.name), shuttingDown)
	}
	if len(r.waiting) == 0 { // nobody has a turn before this one
		if granted, _ := r.grant(p, w); granted {
			r.watch(p)
			r.mu.Unlock()
			return w.grant, nil
		}
	}
	w.ready = make(chan struct{})
	r.arrived++
	w.number = r.arrived
	w.element = p.queue.PushBack(w)
	r.waiting[p] = struct{}{}
	r.dispatch()
	answered := w.element == nil
	r.watch(p)
	r.mu.Unlock()
	if answered {
		return w.grant, w.err
	}

	timer := time.NewTimer(limit)
	defer timer.Stop()
	var err error
	select {
	case <-w.ready:
		return w.grant, w.err
	case <-ctx.Done():
		err = ctx.Err()
	case <-timer.C:
	}
	r.mu.Lock()
	if w.element != nil {
		r.leave(p, w)
		r.dispatch() // it may have kept others from what is free
		r.watch(p)
		end := r.removeIfDone(p)
		r.mu.Unlock()
		end()
		if err == nil {
			p.count.expiry.Add(1)
			err = diag.NoFreeConnection.New(diag.Whole(p.name), limit)
		}
		return grant{}, err
	}
	r.mu.Unlock()
	if err != nil && w.err == nil { // its turn came in the moment when ctx ended
		r.closeEvicted(w.grant.evicted, false)
		p.giveUp(w)
		return grant{}, err
	}
	return w.grant, w.err
}

// giveUp gives back what was granted and not used.
func (p *pool) giveUp(w *waiter) {
	if !w.client {
		p.failed(w.grant)
		return
	}
	p.reg.mu.Lock()
	p.reg.taken -= w.need
	p.reg.dispatch()
	p.reg.mu.Unlock()
}

// failed gives back the place for a connection that was not had. Of one that
// was idle the driver may still have it.
func (p *pool) failed(g grant) {
	r := p.reg
	r.mu.Lock()
	p.leased--
	p.dialing--
	if g.idle && !p.closed {
		at, _ := slices.BinarySearchFunc(p.idle, g.since, time.Time.Compare)
		p.rest(slices.Insert(p.idle, at, g.since))
	} else {
		r.taken--
	}
	p.settleBooks()
}

// settleBooks brings the queues in order after a change of p, and unlocks.
func (p *pool) settleBooks() {
	r := p.reg
	p.forgetDead()
	r.dispatch()
	surplus := r.surplus(p)
	r.watch(p)
	end := r.removeIfDone(p)
	r.mu.Unlock()
	r.closeEvicted(surplus, true)
	end()
}

// forgetDead drops idle connections that the driver no longer has: those it
// found dead while it looked for one.
func (p *pool) forgetDead() {
	if p.target.Private {
		return
	}
	// What is on its way in or out may be open or not; leaving it out errs on
	// the side of too many.
	had := p.leased - p.dialing - p.leaving + len(p.idle)
	dead := min(had-int(p.open.Load()), len(p.idle))
	if dead <= 0 {
		return
	}
	p.rest(p.idle[:len(p.idle)-dead]) // it looks at those first that became idle last
	p.reg.taken -= dead
}

// watch notes when p reaches its limit and when it leaves it.
func (r *Registry) watch(p *pool) {
	switch {
	case p.queue.Len() == 0 && (p.leased < p.max || p.max == 0):
		p.full, p.warned = time.Time{}, false
	case p.full.IsZero():
		p.full = time.Now()
		r.wakeBy(p.full.Add(limitWarning))
	}
}

// An attempt is one caller's try to connect, which others wait for.
type attempt struct {
	done      chan struct{}
	err       error
	abandoned bool // its caller left; nothing is known
}

// again is how long a failure to connect is answered without another try.
const again = time.Second

// gate decides who tries to connect after a failure, or for the first time:
// the caller, who then gets an attempt to settle, or another one, whose result
// is answered. Both are nil when there is no reason to think it would fail.
func (p *pool) gate(ctx context.Context) (*attempt, error) {
	r := p.reg
	for {
		r.mu.Lock()
		a := p.attempt
		switch {
		case p.up:
			r.mu.Unlock()
			return nil, nil
		case a != nil:
			r.mu.Unlock()
			select {
			case <-a.done:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			if !a.abandoned {
				return nil, copied(a.err)
			}
		case p.failure != nil && time.Since(p.failedAt) < again:
			err := copied(p.failure)
			r.mu.Unlock()
			return nil, err
		default:
			a = &attempt{done: make(chan struct{})}
			p.attempt = a
			r.mu.Unlock()
			return a, nil
		}
	}
}

// copied returns an error for one more caller, who may give it a place.
func copied(err error) error {
	if d, ok := err.(*diag.Diagnostic); ok {
		c := *d
		return &c
	}
	return err
}

// settle ends an attempt with its result.
func (p *pool) settle(ctx context.Context, a *attempt, err error) {
	r := p.reg
	r.mu.Lock()
	p.attempt = nil
	a.err = copied(err)
	a.abandoned = err != nil && ctx.Err() != nil
	p.learn(ctx, err)
	end := r.removeIfDone(p)
	r.mu.Unlock()
	close(a.done)
	end()
}

// learn notes whether connecting works. It is called with the lock.
func (p *pool) learn(ctx context.Context, err error) {
	switch d, ok := err.(*diag.Diagnostic); {
	case err == nil:
		p.up, p.proven, p.failure = true, true, nil
	case ctx.Err() != nil:
	case ok && d.Def == diag.NoFreeConnection: // says nothing of the server
	default:
		p.up, p.failure, p.failedAt = false, copied(err), time.Now()
	}
}

// lease takes a connection; limit bounds the wait for its turn. attempting
// tells that the caller holds the pool's attempt. The error is ctx's or a
// diagnostic.
func (r *Registry) lease(ctx context.Context, p *pool, limit time.Duration, attempting bool) (Conn, error) {
	start := time.Now()
	if !attempting {
		if err := p.hopeless(); err != nil {
			return nil, err
		}
	}
	g, err := r.wait(ctx, p, &waiter{need: 1}, limit)
	if err != nil {
		return nil, err
	}
	r.closeEvicted(g.evicted, false)
	var c Conn
	if g.idle {
		r.mu.Lock()
		sql := p.sql
		r.mu.Unlock()
		c = sql.Idle(ctx)
		g.idle = c != nil || ctx.Err() != nil // dead ones left their place free
	}
	if c == nil {
		if c, err = p.connect(ctx, attempting); err != nil {
			p.failed(g)
			return nil, err
		}
	}
	p.count.took(time.Since(start))
	r.mu.Lock()
	p.dialing--
	p.settleBooks()
	return c, nil
}

// hopeless returns the failure of less than a second ago, unless a connection
// is idle, which may still be good.
func (p *pool) hopeless() error {
	p.reg.mu.Lock()
	defer p.reg.mu.Unlock()
	if !p.up && p.failure != nil && len(p.idle) == 0 && time.Since(p.failedAt) < again {
		return copied(p.failure)
	}
	return nil
}

// connect opens a connection when there is reason to think that it can be;
// attempting tells that the caller holds the pool's attempt.
func (p *pool) connect(ctx context.Context, attempting bool) (Conn, error) {
	if attempting {
		return p.dial(ctx)
	}
	a, err := p.gate(ctx)
	if err != nil {
		return nil, err
	}
	c, err := p.dial(ctx)
	if a != nil {
		p.settle(ctx, a, err)
		return c, err
	}
	p.reg.mu.Lock()
	p.learn(ctx, err)
	p.reg.mu.Unlock()
	return c, err
}

// dial has the driver open a connection. A private database is opened with a
// pool of its own, which is closed with its connection.
func (p *pool) dial(ctx context.Context) (Conn, error) {
	p.reg.mu.Lock()
	sql, size := p.sql, p.max
	p.reg.mu.Unlock()
	var err error
	switch {
	case p.target.Private:
		if sql, err = p.target.Open(p.config(1)); err != nil {
			return nil, p.connectFailure(ctx, err)
		}
		c, err := sql.Connect(ctx)
		if err != nil {
			sql.Close()
			return nil, p.connectFailure(ctx, err)
		}
		return &private{Conn: c, pool: sql}, nil
	case sql == nil: // only who holds the first attempt comes here
		if sql, err = p.target.Open(p.config(size)); err != nil {
			return nil, p.connectFailure(ctx, err)
		}
		p.reg.mu.Lock()
		closed := p.closed
		p.sql = sql
		p.reg.mu.Unlock()
		if closed {
			sql.Close()
		}
	}
	c, err := sql.Connect(ctx)
	if err != nil {
		return nil, p.connectFailure(ctx, err)
	}
	return c, nil
}

// A private connection takes its pool with it.
type private struct {
	Conn
	pool Pool
}

func (c *private) Release(bool) {
	c.Conn.Release(false)
	c.pool.Close()
}

// Notes implements Noter.
func (c *private) Notes() []*diag.Diagnostic {
	if n, ok := c.Conn.(Noter); ok {
		return n.Notes()
	}
	return nil
}

// connectFailure makes of what a driver said when it opened a connection what
// a program is told: ctx's error or a diagnostic.
func (p *pool) connectFailure(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p.count.failures.Add(1)
	return p.connectError(err)
}

// giveBack returns a leased connection, to be kept if it may be and there is
// room.
func (p *pool) giveBack(c Conn, keep bool) {
	r := p.reg
	s := r.settings.Load()
	keep = keep && c.Usable() && !p.target.Private && time.Since(c.Opened()) < lifetime(s.MaxLifetime, c.Opened())
	r.mu.Lock()
	keep = keep && !p.doomed && !r.retired && (len(p.idle)+p.returning < s.MaxIdle || p.queue.Len() > 0)
	p.leaving++
	if keep {
		p.returning++
	}
	r.mu.Unlock()
	c.Release(keep)
	r.mu.Lock()
	p.leased--
	p.leaving--
	if keep {
		p.returning--
	}
	if keep && !p.closed {
		p.rest(append(p.idle, time.Now()))
		r.wakeBy(time.Now().Add(s.IdleTimeout))
	} else {
		r.taken--
	}
	p.settleBooks()
}

// lifetime is the most of a connection's life, up to a tenth more or less
// so that those opened together do not end together. It follows from when it
// was opened, so that asking often does not shorten it.
func lifetime(most time.Duration, opened time.Time) time.Duration {
	const golden = 0x9E3779B97F4A7C15 // Knuth's multiplicative hash for 64 bits
	part := float64(uint64(opened.UnixNano())*golden>>40) / (1 << 24)
	return time.Duration(float64(most) * (0.9 + 0.2*part))
}
