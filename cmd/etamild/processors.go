package main

import (
	"math"
	"runtime"
	"runtime/metrics"
	"sync"
	"syscall"
	"time"

	"etamil/cmd/internal/config"
	"etamil/engine/db"
)

// Go's scheduler pays for processors (GOMAXPROCS) that have nothing to do:
// whenever something becomes ready it wakes a thread to look for more, and its
// monitor looks fifty thousand times a second while processors fall idle and
// wake. A load that one processor carries takes up to a fifth less processor
// time on one than on two, and is answered no later. So their number follows
// the load (docs/RATIONALE.md has the figures):
//
//   - All but the last full part of those in force used for a tick: twice as
//     many.
//   - More than roomy of them used for a span of ticks, or what is ready waits
//     longer than late on the average: one more, in the second case for steady.
//   - As few as would be used to at most cosy, for a span: so few.
//   - Next to nothing used for a span: all of them. Idle they cost nothing,
//     and whatever comes suddenly finds them.
const (
	cosy  = 0.8
	roomy = 0.9
	full  = 0.97
	rests = 0.01
	late  = time.Millisecond

	paceTick   = 25 * time.Millisecond
	paceTicks  = 10 // a span
	steady     = 10 * time.Second
	restTick   = 100 * time.Millisecond
	forWaiting = 2 // processors at least where threads wait in system calls
)

// A pace decides how many processors there shall be.
type pace struct {
	most  int // as many as the process may use
	now   int // as many as are in force
	keeps int // ticks for which there shall be no fewer

	n    int                // ticks since the last change
	used [paceTicks]float64 // of the last ticks, in processors
	wait [paceTicks]time.Duration
}

// next takes what the last tick used, in processors, how long on the average
// what was ready then waited to run, and how many processors there shall be at
// least. It returns how many there shall be.
func (p *pace) next(used float64, wait time.Duration, least int) int {
	if p.resting() && used >= rests {
		p.n = 0
	}
	p.used[p.n%paceTicks], p.wait[p.n%paceTicks] = used, wait
	p.n++
	p.keeps = max(p.keeps-1, 0)
	want := p.now
	switch mean, waited := p.span(); {
	case used >= full*float64(p.now):
		want = 2 * p.now
	case p.n < paceTicks:
	case mean < rests:
		want = p.most
	case mean >= roomy*float64(p.now):
		want++
	case waited >= late && p.now < p.most:
		want++
		p.keeps = int(steady / paceTick)
	case p.keeps == 0:
		want = min(int(math.Ceil(max(mean, used)/cosy)), p.now)
	}
	if want = min(max(want, least, 1), p.most); want != p.now {
		p.now, p.n = want, 0
	}
	return want
}

// span returns the averages of the last span.
func (p *pace) span() (used float64, wait time.Duration) {
	for i := range p.used {
		used += p.used[i]
		wait += p.wait[i]
	}
	return used / paceTicks, wait / paceTicks
}

// resting reports whether next to nothing was used in the last span.
func (p *pace) resting() bool {
	used, _ := p.span()
	return p.n >= paceTicks && used < rests
}

// processors has Go use as many processors as the load needs, or as many as
// the operator chose. The zero value has done nothing yet.
type processors struct {
	mu   sync.Mutex
	stop chan struct{} // ends the watch; nil: nobody watches
	// waits reports whether threads of the process wait in system calls for
	// long, as those of SQLite do for the disk: Go takes the processor of such
	// a thread away only after a while. nil: never.
	waits func() bool
}

// tune does what the settings say. It may be called again with other settings.
func (p *processors) tune(cfg *config.Config) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if cfg.Processors > 0 {
		if p.stop != nil {
			close(p.stop)
			p.stop = nil
		}
		runtime.GOMAXPROCS(cfg.Processors)
		return
	}
	if p.stop == nil {
		p.stop = make(chan struct{})
		runtime.SetDefaultGOMAXPROCS()
		go p.watch(p.stop, newSpent())
	}
}

// watch lets the number of processors follow the load until stop is closed.
func (p *processors) watch(stop <-chan struct{}, s *spent) {
	most := runtime.GOMAXPROCS(0)
	of := pace{most: most, now: most}
	tick := time.NewTimer(paceTick)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		used, wait := s.since()
		least := 1
		if of.n+1 >= paceTicks && p.waits != nil && p.waits() {
			least = forWaiting
		}
		if was := of.now; of.next(used, wait, least) != was {
			p.set(stop, &of)
		}
		if of.resting() {
			tick.Reset(restTick)
		} else {
			tick.Reset(paceTick)
		}
	}
}

// set brings the number of processors into force, unless the watch has ended.
// All of them are as many as Go would use by itself, which a changed limit of
// the control group may have changed meanwhile.
func (p *processors) set(stop <-chan struct{}, of *pace) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-stop:
		return
	default:
	}
	if of.now < of.most {
		runtime.GOMAXPROCS(of.now)
		return
	}
	runtime.SetDefaultGOMAXPROCS()
	of.most = runtime.GOMAXPROCS(0)
	of.now = of.most
}

// A spent tells what the process used since it was asked last.
type spent struct {
	at     time.Time
	used   time.Duration // since the process began
	sample [1]metrics.Sample
	counts []uint64 // of the histogram of waits
}

func newSpent() *spent {
	s := &spent{}
	s.sample[0].Name = "/sched/latencies:seconds"
	s.since()
	return s
}

// since returns the processors used on the average, in user and in system mode
// (getrusage(2)), and how long what was ready waited to run.
func (s *spent) since() (used float64, wait time.Duration) {
	now, total := time.Now(), time.Duration(0)
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) == nil {
		total = time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	if took := now.Sub(s.at); took > 0 {
		used = float64(total-s.used) / float64(took)
	}
	s.at, s.used = now, total

	metrics.Read(s.sample[:])
	if s.sample[0].Value.Kind() != metrics.KindFloat64Histogram {
		return used, 0
	}
	h := s.sample[0].Value.Float64Histogram()
	if s.counts == nil {
		s.counts = make([]uint64, len(h.Counts))
	}
	var n, sum float64
	for i, count := range h.Counts {
		if more := count - s.counts[i]; more > 0 {
			n += float64(more)
			sum += float64(more) * max(h.Buckets[i], 0) // what is in a bucket is not below this
		}
		s.counts[i] = count
	}
	if n > 0 {
		wait = time.Duration(sum / n * float64(time.Second))
	}
	return used, wait
}

// waitsForDisk reports whether a SQLite database is open.
func (d *daemon) waitsForDisk() bool {
	for _, s := range d.registry.Stats() {
		if s.Kind == db.SQLite && s.Open > 0 {
			return true
		}
	}
	return false
}
