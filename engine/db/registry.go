package db

import (
	"container/list"
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"etamil/engine/diag"
)

// A Registry keeps the pools of a process: one a database, all under one
// budget (spec 08 §8.10). Safe for concurrent use.
type Registry struct {
	drivers  map[Kind]Driver
	settings atomic.Pointer[Settings] // with its defaults

	mu       sync.Mutex
	pools    map[poolKey]*pool  // those that new sessions find
	all      map[*pool]struct{} // and those that close after their last lease
	counters map[counterKey]*counters
	refs     map[poolKey]int    // generations that have the source
	taken    int                // places of the budget in use
	fixed    int                // of these, those that no waiting frees
	idle     int                // connections that may be closed for others
	resting  map[*pool]struct{} // whose they are
	waiting  map[*pool]struct{}
	arrived  uint64 // numbers the waiters
	round    uint64 // numbers the calls of dispatch
	retired  bool
	closed   bool
	timer    *time.Timer // runs sweep
	due      time.Time   // when; zero: never
}

// A poolKey is what connections must have in common to be one pool.
type poolKey struct {
	kind   Kind
	source string // the data source's name; "" for a text in a program
	text   string // Target.Key
	shape  shape
}

// A shape is what a pool cannot change while it lives.
type shape struct {
	max     int // as asked for; 0: the default of the kind
	connect time.Duration
	writer  time.Duration
	cache   int
	zone    string
	reset   bool
}

type counterKey struct {
	kind  Kind
	label string
}

// A pool is the queue in front of one driver's pool and what is known of the
// database. The fields of the first part do not change; the others are under
// the registry's lock.
type pool struct {
	reg      *Registry
	key      poolKey
	kind     Kind
	name     string // what messages show
	label    string
	target   *Target
	redactor *strings.Replacer
	dialect  Dialect
	classes  classCache
	count    *counters
	open     atomic.Int64 // connections, as the driver counts

	max   int  // connections; of a client that is not made yet: as asked for
	sql   Pool // nil before the first attempt to connect
	redis RedisPool
	mongo MongoClient
	size  int // places of the budget that a client of Redis or MongoDB holds

	users     int // sessions that have it connected
	leased    int
	dialing   int         // of these, those whose connection is not there yet
	idle      []time.Time // since when, the longest first
	leaving   int         // of the leased, those that are being given back
	returning int         // of these, those that are to be idle
	closing   int         // idle ones that are being closed
	queue     list.List   // of *waiter
	used      time.Time   // when a session last let it go
	passed    uint64      // the round in which its first waiter was passed over
	full      time.Time   // since when it is at its limit; zero: it is not
	warned    bool        // of this stay at the limit
	doomed    bool        // no new session finds it
	closed    bool

	// See gate.
	proven   bool // has connected once
	up       bool // the last attempt succeeded
	attempt  *attempt
	failure  error // of the last attempt
	failedAt time.Time
}

// New returns a Registry without pools.
func New(s Settings) *Registry {
	r := &Registry{
		drivers:  map[Kind]Driver{},
		pools:    map[poolKey]*pool{},
		all:      map[*pool]struct{}{},
		counters: map[counterKey]*counters{},
		refs:     map[poolKey]int{},
		resting:  map[*pool]struct{}{},
		waiting:  map[*pool]struct{}{},
	}
	for _, d := range s.Drivers {
		r.drivers[d.Kind()] = d
	}
	s = s.withDefaults()
	r.settings.Store(&s)
	return r
}

// Set changes all settings but the drivers. What a pool cannot change while it
// lives (times to connect and to write, statement cache, zone, maximum) holds
// for sessions that connect from now on, in new pools.
func (r *Registry) Set(s Settings) {
	s = s.withDefaults()
	r.mu.Lock()
	r.settings.Store(&s)
	r.wakeBy(time.Now()) // times may be shorter
	var surplus []eviction
	for over := r.taken - s.Budget; over > 0 && r.idle > 0; over-- {
		surplus = append(surplus, r.evictLongest())
	}
	r.dispatch()
	r.mu.Unlock()
	r.closeEvicted(surplus, true)
	r.trimAll()
}

// Retire begins a handover to another process: idle connections are closed,
// and returned ones closed, not kept, so that the two together stay below the
// server's limit.
func (r *Registry) Retire() {
	r.mu.Lock()
	r.retired = true
	var clients []RedisPool
	for p := range r.all {
		if p.redis != nil {
			clients = append(clients, p.redis)
		}
	}
	r.mu.Unlock()
	for _, c := range clients {
		c.CloseIdle()
	}
	r.trimAll()
}

// Resume ends what Retire began, after a handover that was called off.
func (r *Registry) Resume() {
	r.mu.Lock()
	r.retired = false
	r.mu.Unlock()
}

// Close closes all pools: idle connections now, leased ones when they come
// back. Who waits for one, and who asks later, gets an error.
func (r *Registry) Close() {
	r.mu.Lock()
	r.closed = true
	for p := range r.waiting {
		for e := p.queue.Front(); e != nil; e = e.Next() {
			w := e.Value.(*waiter)
			w.element, w.err = nil, diag.ConnectFailed.New(diag.Whole(p.name), shuttingDown)
			close(w.ready)
		}
		p.queue.Init()
	}
	clear(r.waiting)
	var ends []func()
	for p := range r.all {
		ends = append(ends, r.remove(p))
	}
	if r.timer != nil {
		r.timer.Stop()
	}
	r.due = time.Time{}
	r.mu.Unlock()
	for _, end := range ends {
		end()
	}
}

var shuttingDown = diag.Text{Ta: "இந்த நிரல் நிறுத்தப்படுகிறது", En: "this process is shutting down"}

// use returns the pool of a target for one session, which gives it back with
// drop.
func (r *Registry) use(t *resolved) *pool {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := r.keyOf(t)
	p := r.pools[key]
	if p == nil {
		p = r.newPool(key, t)
	}
	p.users++
	return p
}

// keyOf returns the key of the pool of a target as things are set.
func (r *Registry) keyOf(t *resolved) poolKey {
	s := r.settings.Load()
	key := poolKey{kind: t.kind, text: t.target.Key, shape: shape{
		max: s.MaxPerPool, connect: s.ConnectTimeout, zone: s.Zone.String(),
	}}
	switch t.kind {
	case Redis, MongoDB:
		key.shape.max = 0
	case SQLite:
		key.shape.writer, key.shape.cache = s.SQLiteWriterWait, s.StatementCache
	default:
		key.shape.cache = s.StatementCache
	}
	if t.source != nil {
		key.source, key.shape.reset = t.source.name, t.source.reset
		if t.source.max > 0 {
			key.shape.max = min(t.source.max, s.Budget)
		}
	}
	switch {
	case t.target.Private: // one for all: its connections are never shared
		key.shape.max = s.Budget
	case t.target.Anchored: // for the process's life, whatever is set
		key.shape = shape{}
	}
	return key
}

func (r *Registry) newPool(key poolKey, t *resolved) *pool {
	p := &pool{
		reg: r, key: key, kind: t.kind, name: t.name, label: t.label, target: t.target,
		redactor: redactor(t), dialect: dialects[t.kind], max: key.shape.max, used: time.Now(),
	}
	if t.target.Anchored {
		p.max = r.settings.Load().MaxPerPool
	}
	k := counterKey{t.kind, t.label}
	if p.count = r.counters[k]; p.count == nil {
		p.count = &counters{}
		r.counters[k] = p.count
	}
	p.count.pools++
	if r.closed {
		p.closed, p.doomed = true, true
		return p
	}
	r.pools[key] = p
	r.all[p] = struct{}{}
	r.wakeBy(p.used.Add(r.settings.Load().IdleTimeout))
	return p
}

var dialects = map[Kind]Dialect{SQLite: DialectSQLite, PostgreSQL: DialectPostgres, MySQL: DialectMySQL}

// config returns what the driver's pool is told.
func (p *pool) config(size int) PoolConfig {
	s := p.reg.settings.Load()
	return PoolConfig{
		Max: size, ConnectTimeout: s.ConnectTimeout, AcquireTimeout: s.AcquireTimeout,
		StatementCache: s.StatementCache, SQLiteWriterWait: s.SQLiteWriterWait,
		Path: s.Path, Zone: s.Zone, Label: p.label,
		Count: func(delta int) {
			p.open.Add(int64(delta))
			p.count.open.Add(int64(delta))
			if delta > 0 {
				p.count.connects.Add(uint64(delta))
			}
		},
		Cancelled: func() { p.count.cancels.Add(1) },
		// The settings' functions may change while the pool lives.
		Warn:  func(msg string, pairs ...string) { p.reg.settings.Load().Warn(msg, pairs...) },
		Debug: func(msg string, pairs ...string) { p.reg.settings.Load().Debug(msg, pairs...) },
	}
}

// client returns the client of Redis or MongoDB, or nil.
func (p *pool) client() any {
	if p.redis != nil {
		return p.redis
	}
	return p.mongo
}

// drop ends one session's use.
func (p *pool) drop() {
	r := p.reg
	r.mu.Lock()
	p.users--
	p.used = time.Now()
	end := r.removeIfDone(p)
	r.wakeBy(p.used.Add(r.settings.Load().IdleTimeout))
	redis := p.redis
	if !r.retired {
		redis = nil
	}
	r.mu.Unlock()
	end()
	if redis != nil {
		redis.CloseIdle()
	}
}

// doom makes new sessions find another pool; this one closes after its last
// use. What it returns is called without the lock.
func (r *Registry) doom(p *pool) (end func()) {
	p.doomed = true
	if r.pools[p.key] == p {
		delete(r.pools, p.key)
	}
	return r.removeIfDone(p)
}

func (r *Registry) removeIfDone(p *pool) (end func()) {
	if p.doomed && !p.closed && p.unused() {
		return r.remove(p)
	}
	return func() {}
}

// unused reports whether nobody has or wants anything of p.
func (p *pool) unused() bool {
	return p.users == 0 && p.leased == 0 && p.closing == 0 && p.queue.Len() == 0 && p.attempt == nil
}

// remove closes a pool. What it returns is called without the lock.
func (r *Registry) remove(p *pool) (end func()) {
	if p.closed {
		return func() {}
	}
	p.closed, p.doomed = true, true
	if r.pools[p.key] == p {
		delete(r.pools, p.key)
	}
	delete(r.all, p)
	if p.count.pools--; p.count.pools == 0 && !p.target.Private {
		delete(r.counters, counterKey{p.kind, p.label})
	}
	freed, fixed := len(p.idle), p.size
	p.rest(nil)
	p.size = 0
	return func() {
		switch {
		case p.sql != nil:
			p.sql.Close()
		case p.redis != nil:
			p.redis.Close()
		case p.mongo != nil:
			p.mongo.Close()
		}
		r.mu.Lock()
		r.fixed -= fixed
		r.taken -= freed + fixed
		r.dispatch()
		r.mu.Unlock()
	}
}

// wakeBy sees to it that sweep runs at t, or earlier.
func (r *Registry) wakeBy(t time.Time) {
	if r.closed || !r.due.IsZero() && !t.Before(r.due) {
		return
	}
	r.due = t
	if r.timer == nil {
		r.timer = time.AfterFunc(time.Until(t), r.sweep)
		return
	}
	r.timer.Reset(time.Until(t))
}

// limitWarning is how long a pool may be at its limit without a word.
const limitWarning = 10 * time.Second

// sweep closes what was idle or unused for idle_timeout, and warns of pools
// that stay at their limit.
func (r *Registry) sweep() {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return
	}
	s := r.settings.Load()
	now := time.Now()
	r.due = time.Time{}
	var old []eviction
	for p := range r.all {
		n := 0
		for n < len(p.idle) && now.Sub(p.idle[n]) >= s.IdleTimeout {
			n++
		}
		if n > 0 {
			old = append(old, r.evict(p, n))
		}
		if len(p.idle) > 0 {
			r.wakeBy(p.idle[0].Add(s.IdleTimeout))
		}
		if p.full.IsZero() || p.warned {
			continue
		}
		if now.Sub(p.full) < limitWarning {
			r.wakeBy(p.full.Add(limitWarning))
			continue
		}
		p.warned = true
		defer s.Warn("all connections to a database are in use, requests wait", "database", p.name)
	}
	r.mu.Unlock()
	r.closeEvicted(old, true)

	var ends []func()
	r.mu.Lock()
	for p := range r.all {
		switch end := p.used.Add(s.IdleTimeout); {
		case p.target.Anchored || len(p.idle) > 0 || !p.unused():
		case now.Before(end):
			r.wakeBy(end)
		default:
			ends = append(ends, r.remove(p))
		}
	}
	r.mu.Unlock()
	for _, end := range ends {
		end()
	}
}

// prove connects once, unless the pool has connected before: of several
// callers one tries, the others wait for it. limit bounds the wait for a place.
func (r *Registry) prove(ctx context.Context, p *pool, limit time.Duration) error {
	r.mu.Lock()
	proven := p.proven
	r.mu.Unlock()
	if proven {
		return nil
	}
	a, err := p.gate(ctx)
	if a == nil {
		return err
	}
	err = r.connect(ctx, p, limit)
	p.settle(ctx, a, err)
	return err
}

// connect opens the pool if it is not, takes one connection and gives it back.
func (r *Registry) connect(ctx context.Context, p *pool, limit time.Duration) error {
	if p.kind == Redis || p.kind == MongoDB {
		return r.connectClient(ctx, p, limit)
	}
	c, err := r.lease(ctx, p, limit, true)
	if err != nil {
		return err
	}
	p.giveBack(c, true)
	return nil
}

// monitors is how many connections MongoDB's client holds to each server
// beside those that work.
const monitors = 2

// connectClient makes the client of Redis or MongoDB and has it contact the
// server; one that cannot is closed again. One that is there contacts the
// server anew.
func (r *Registry) connectClient(ctx context.Context, p *pool, limit time.Duration) error {
	r.mu.Lock()
	redis, mongo := p.redis, p.mongo
	extra := 0
	size := p.max
	switch {
	case p.kind == MongoDB:
		extra = monitors * max(len(p.target.Addresses), 1)
		if size == 0 {
			size = defaultMaxMongo
		}
	case size == 0:
		size = defaultMaxRedis
	}
	room := r.settings.Load().Budget - r.fixed
	if p.key.shape.max == 0 {
		// Half of what the other clients leave, so that one more still finds
		// room, and so do SQL pools.
		room /= 2
	}
	size = max(min(size, room-extra), 1)
	need := size + extra
	r.mu.Unlock()

	switch {
	case redis != nil:
		return p.connectFailure(ctx, redis.Prove(ctx))
	case mongo != nil:
		return p.connectFailure(ctx, mongo.Ping(ctx))
	}
	if err := r.take(ctx, p, need, limit); err != nil {
		return err
	}
	var err error
	end := func() {}
	if p.kind == Redis {
		if redis, err = p.target.OpenRedis(p.config(size)); err == nil {
			end = redis.Close
			err = redis.Prove(ctx)
		}
	} else {
		if mongo, err = p.target.OpenMongo(p.config(size)); err == nil {
			end = mongo.Close
			err = mongo.Ping(ctx)
		}
	}
	if err != nil {
		end()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err != nil:
		r.taken -= need
		r.dispatch()
	case p.closed:
		r.taken -= need
		end()
		return diag.ConnectFailed.New(diag.Whole(p.name), shuttingDown)
	default:
		p.redis, p.mongo, p.size = redis, mongo, need
		p.max = size
		r.fixed += need
		return nil
	}
	return p.connectFailure(ctx, err)
}
