package web

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"etamil/engine/diag"
)

// Metrics is what an App counted since it was made, and what it holds now. It
// is read while requests run: its numbers are of moments close to each other.
type Metrics struct {
	Generation int64 // 0: there is none
	Active     int   // requests that came and whose answer is not sent yet
	Gate       GateStats
	Limits     GateLimits

	// Routes are sorted by route and method. They are those of the current
	// program and of the one before it; what an earlier one alone had is
	// forgotten.
	Routes []RouteMetrics
	// Waits are those of requests that found no free place: until they got
	// one, or until queue_timeout.
	Waits   Distribution
	Refused map[string]uint64 // see App.Refused

	Steps   uint64 // instructions of requests
	In, Out uint64 // bytes of bodies

	// Budgets counts the runs of requests and timers that a limit ended, by
	// code; all such codes are there.
	Budgets map[diag.Code]uint64
	// Failures counts the runs of requests and timers that failed, by whose
	// fault it was: author, operator, internal.
	Failures map[string]uint64

	Timers  []TimerMetrics // of the current program
	Reloads ReloadMetrics
}

// RouteMetrics are the requests of one method that reached one route.
type RouteMetrics struct {
	Route    string        // the pattern as written; "(none)": no route was reached
	Method   string        // upper-case; "OTHER": one that is not registered
	Statuses []StatusCount // in order of status; none is 0
	Durations
}

// Durations is a Distribution with its largest value.
type Durations struct {
	Distribution
	Max time.Duration
}

// A StatusCount is how many answers had a status. 499: the client went away.
type StatusCount struct {
	Status int
	Count  uint64
}

// TimerMetrics are the runs of one timer, also of those before it that were in
// the same place and had the same interval.
type TimerMetrics struct {
	Timer, Seconds int // counted from 1; its interval
	Runs, Failures uint64
	LastRun        time.Time     // its beginning; zero: it never ran
	LastSuccess    time.Time     // its end; zero: none
	LastDuration   time.Duration // of the last run that ended
}

// ReloadMetrics are what ReloadDone was told.
type ReloadMetrics struct {
	OK, Failed uint64
	Last       time.Time // zero: there was none
	LastOK     bool
}

// buckets are the upper bounds of a Distribution's buckets: from a request that
// computes little to the default of request_timeout, three a decade so that a
// quantile is told within a factor of about two.
var buckets = [...]time.Duration{
	100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond,
	1 * time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond,
	10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	1 * time.Second, 2500 * time.Millisecond, 5 * time.Second,
	10 * time.Second, 30 * time.Second,
}

// Buckets returns the upper bounds of the buckets of a Distribution, in order.
// A last bucket without a bound follows them.
func Buckets() []time.Duration { return slices.Clone(buckets[:]) }

// A Distribution tells how durations are spread.
type Distribution struct {
	Count  uint64
	Sum    time.Duration
	Counts [len(buckets) + 1]uint64 // by bucket, not cumulative
}

// Mean returns the mean; 0 of nothing.
func (d *Distribution) Mean() time.Duration {
	if d.Count == 0 {
		return 0
	}
	return d.Sum / time.Duration(min(d.Count, math.MaxInt64))
}

// Quantile estimates the duration below which a part q, 0 to 1, of all are, as
// if they were spread evenly inside of each bucket. What is beyond the last
// bound counts as that bound. It is 0 of nothing.
func (d *Distribution) Quantile(q float64) time.Duration {
	rank := q * float64(d.Count)
	below := 0.0
	lower := time.Duration(0)
	for i, upper := range buckets {
		n := float64(d.Counts[i])
		if n > 0 && below+n >= rank {
			return lower + time.Duration(float64(upper-lower)*max(0, rank-below)/n)
		}
		below += n
		lower = upper
	}
	if d.Count == 0 {
		return 0
	}
	return lower
}

// distribution counts durations. Safe for concurrent use.
type distribution struct {
	sum    atomic.Int64 // nanoseconds
	counts [len(buckets) + 1]atomic.Uint64
}

func (d *distribution) observe(t time.Duration) {
	i := 0
	for i < len(buckets) && t > buckets[i] {
		i++
	}
	d.counts[i].Add(1)
	d.sum.Add(int64(t))
}

// read counts the whole from the parts, so that they always agree.
func (d *distribution) read() (all Distribution) {
	for i := range d.counts {
		all.Counts[i] = d.counts[i].Load()
		all.Count += all.Counts[i]
	}
	all.Sum = time.Duration(d.sum.Load())
	return all
}

// noRoute stands for a route where none was reached. Clients choose paths, so
// those are never counted apart.
const noRoute = "(none)"

// routeLabel returns what the requests of a route are counted under. It is UTF-8,
// as labels must be.
func routeLabel(pattern string) string {
	if pattern == "" {
		return noRoute
	}
	return strings.ToValidUTF8(pattern, "\uFFFD")
}

// methods are those that are counted apart: of RFC 9110, section 9, and PATCH
// (RFC 5789). Clients choose methods, so all others are the last one.
var methods = [...]string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE", "OTHER"}

const otherMethod = len(methods) - 1

// methodIndex finds a method in any case, as the route table does.
func methodIndex(method string) int {
	for i := range methods[:otherMethod] {
		if len(method) == len(methods[i]) && equalUpper(method, methods[i]) {
			return i
		}
	}
	return otherMethod
}

// equalUpper reports whether s, its letters a–z made large, is upper, which is
// as long.
func equalUpper(s, upper string) bool {
	for i := range len(s) {
		b := s[i]
		if 'a' <= b && b <= 'z' {
			b -= 'a' - 'A'
		}
		if b != upper[i] {
			return false
		}
	}
	return true
}

// counts is what an App counts. Counting costs a few atomic additions and no
// allocation; only the first request of a route, method and status makes room
// for it.
type counts struct {
	waits          distribution
	steps, in, out atomic.Uint64
	budgets        [lastBudget - firstBudget + 1]atomic.Uint64
	failures       [len(faults)]atomic.Uint64
	none           routeCounts // requests that reached no route

	mu      sync.Mutex // guards what follows
	routes  map[string]*routeCounts
	timers  []*timerCounts
	reloads ReloadMetrics
}

// The codes of budgets are in a row: ET4030 to ET4035.
const (
	firstBudget diag.Code = 4030
	lastBudget  diag.Code = 4035
)

// faults are whose fault a failure can be.
var faults = [...]string{"author", "operator", "internal"}

// fault returns the index in faults.
func fault(d *diag.Diagnostic) int {
	switch {
	case d == nil:
		return 2
	case isOperators(d.Code()):
		return 1
	}
	return 0
}

// routeCounts are those of one route.
type routeCounts struct {
	methods [len(methods)]atomic.Pointer[methodCounts]
}

// methodCounts are those of one method of one route.
type methodCounts struct {
	durations distribution
	max       atomic.Int64
	// statuses are by hundreds from 100, then by what is above them.
	statuses [5]atomic.Pointer[[100]atomic.Uint64]
}

// of returns the counts of a method.
func (r *routeCounts) of(method string) *methodCounts {
	p := &r.methods[methodIndex(method)]
	m := p.Load()
	if m == nil {
		if m = new(methodCounts); !p.CompareAndSwap(nil, m) {
			m = p.Load()
		}
	}
	return m
}

func (m *methodCounts) count(status int, d time.Duration) {
	if status < 100 || status > 599 {
		status = 500 // no answer has such a status
	}
	p := &m.statuses[status/100-1]
	hundred := p.Load()
	if hundred == nil {
		if hundred = new([100]atomic.Uint64); !p.CompareAndSwap(nil, hundred) {
			hundred = p.Load()
		}
	}
	hundred[status%100].Add(1)
	m.durations.observe(d)
	for {
		most := m.max.Load()
		if int64(d) <= most || m.max.CompareAndSwap(most, int64(d)) {
			return
		}
	}
}

func (m *methodCounts) read() (s []StatusCount, d Durations) {
	for i := range m.statuses {
		hundred := m.statuses[i].Load()
		if hundred == nil {
			continue
		}
		for j := range hundred {
			if n := hundred[j].Load(); n > 0 {
				s = append(s, StatusCount{(i+1)*100 + j, n})
			}
		}
	}
	return s, Durations{m.durations.read(), time.Duration(m.max.Load())}
}

// timerCounts are those of one timer of one generation; times are Unix
// nanoseconds, 0: never.
type timerCounts struct {
	seconds                            int
	runs, failures                     atomic.Uint64
	lastRun, lastSuccess, lastDuration atomic.Int64
}

// serve gives g, which is about to serve, its counts. What neither g nor old,
// which may be nil, has a route for is forgotten: a client of the metrics must
// not see routes for ever that are long gone.
func (c *counts) serve(g, old *Generation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := map[string]*routeCounts{}
	if old != nil {
		for i := range old.table.routes {
			label := routeLabel(old.table.routes[i].pattern)
			kept[label] = c.routes[label]
		}
	}
	delete(kept, noRoute)
	g.counts = make([]*routeCounts, 1+len(g.program.Routes()))
	for i := range g.table.routes {
		r := &g.table.routes[i]
		label := routeLabel(r.pattern)
		if label == noRoute {
			g.counts[1+r.number] = &c.none
			continue
		}
		if kept[label] == nil {
			kept[label] = new(routeCounts)
		}
		g.counts[1+r.number] = kept[label]
	}
	c.routes = kept

	before := c.timers
	c.timers = make([]*timerCounts, len(g.timers))
	for i, t := range g.timers {
		// A timer that takes over another's schedule takes over its counts.
		if i < len(before) && before[i].seconds == t.Seconds {
			c.timers[i] = before[i]
		} else {
			c.timers[i] = &timerCounts{seconds: t.Seconds}
		}
	}
	g.timerCounts = c.timers
}

// request counts a request that is over.
func (c *counts) request(f *flight, took time.Duration, sent int64) {
	r := &c.none
	if f.match.Pattern != "" && f.gen != nil && f.gen.counts != nil {
		r = f.gen.counts[1+f.match.Route]
	}
	r.of(f.req.Method).count(f.resp.Status, took)
	if f.steps > 0 {
		c.steps.Add(uint64(f.steps))
	}
	if n := len(f.body); n > 0 {
		c.in.Add(uint64(n))
	}
	if sent > 0 {
		c.out.Add(uint64(sent))
	}
}

// failure counts a run that failed with d; nil: the failure is ours.
func (c *counts) failure(d *diag.Diagnostic) {
	c.failures[fault(d)].Add(1)
	if d != nil && d.Code() >= firstBudget && d.Code() <= lastBudget {
		c.budgets[d.Code()-firstBudget].Add(1)
	}
}

// ReloadDone counts a reload: of the program, of settings, or a hand-over to
// another process. The first load of a process is none.
func (a *App) ReloadDone(ok bool) {
	c := &a.counts
	c.mu.Lock()
	defer c.mu.Unlock()
	if ok {
		c.reloads.OK++
	} else {
		c.reloads.Failed++
	}
	c.reloads.Last, c.reloads.LastOK = time.Now(), ok
}

// Metrics returns what was counted and is held now. The cost is that of the
// routes; requests do not wait for it.
func (a *App) Metrics() *Metrics {
	c := &a.counts
	m := &Metrics{
		Active: a.InFlight(), Gate: a.gate.Stats(), Limits: gateLimits(a.Settings()),
		Waits: c.waits.read(), Refused: a.Refused(),
		Steps: c.steps.Load(), In: c.in.Load(), Out: c.out.Load(),
		Budgets: map[diag.Code]uint64{}, Failures: map[string]uint64{},
	}
	if g := a.Current(); g != nil {
		m.Generation = g.number
	}
	for i := range c.budgets {
		m.Budgets[firstBudget+diag.Code(i)] = c.budgets[i].Load()
	}
	for i, name := range faults {
		m.Failures[name] = c.failures[i].Load()
	}
	m.addRoute(noRoute, &c.none)
	c.mu.Lock()
	defer c.mu.Unlock()
	m.Reloads = c.reloads
	for label, r := range c.routes {
		m.addRoute(label, r)
	}
	slices.SortFunc(m.Routes, func(a, b RouteMetrics) int {
		return cmp.Or(strings.Compare(a.Route, b.Route), strings.Compare(a.Method, b.Method))
	})
	for i, t := range c.timers {
		m.Timers = append(m.Timers, TimerMetrics{
			Timer: i + 1, Seconds: t.seconds, Runs: t.runs.Load(), Failures: t.failures.Load(),
			LastRun: timeOf(&t.lastRun), LastSuccess: timeOf(&t.lastSuccess),
			LastDuration: time.Duration(t.lastDuration.Load()),
		})
	}
	return m
}

func timeOf(nanoseconds *atomic.Int64) time.Time {
	if n := nanoseconds.Load(); n != 0 {
		return time.Unix(0, n)
	}
	return time.Time{}
}

func (m *Metrics) addRoute(label string, r *routeCounts) {
	for i := range r.methods {
		if counted := r.methods[i].Load(); counted != nil {
			row := RouteMetrics{Route: label, Method: methods[i]}
			row.Statuses, row.Durations = counted.read()
			m.Routes = append(m.Routes, row)
		}
	}
}
