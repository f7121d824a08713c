package profile

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/pprof/profile"

	"etamil/engine/host"
)

// Period is the time between two moments at which runs are asked.
const Period = 10 * time.Millisecond

// ErrBusy is returned by Take while another profile is taken.
var ErrBusy = errors.New("a profile is being taken already")

// A Profiler is the Sampler of the hosts of a process. Safe for concurrent use.
type Profiler struct {
	taking sync.Mutex // held while a profile is taken

	// moment counts the moments, twice: a bit tells whether it is one of a
	// profile.
	moment  atomic.Uint64
	wanted  atomic.Int64 // samples of this moment
	mu      sync.Mutex
	samples map[string]*sample // nil: nobody takes a profile
	key     []byte
}

var _ host.Sampler = (*Profiler)(nil)

// A sample is one place, and how often something was there.
type sample struct {
	task  host.Task
	calls []host.Call // the innermost first
	n     int64
}

// New returns a Profiler that takes none yet.
func New() *Profiler { return &Profiler{} }

// Moment implements host.Sampler.
func (p *Profiler) Moment() (n uint32, active bool) {
	m := p.moment.Load()
	return uint32(m >> 1), m&1 != 0
}

// Wanted implements host.Sampler.
func (p *Profiler) Wanted() bool { return p.wanted.Add(-1) >= 0 }

// maxPlaces bounds how many places a profile may have; a program has far fewer,
// unless it calls itself to ever other depths.
const maxPlaces = 20_000

// Sample implements host.Sampler.
func (p *Profiler) Sample(task host.Task, calls []host.Call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.samples == nil {
		return
	}
	key := p.key[:0]
	text := func(s string) { key = append(binary.AppendUvarint(key, uint64(len(s))), s...) }
	text(task.Method)
	text(task.Route)
	key = binary.AppendUvarint(key, uint64(task.Timer))
	for _, c := range calls {
		text(c.Function)
		text(c.File)
		key = binary.AppendUvarint(key, uint64(c.Line))
	}
	p.key = key
	s := p.samples[string(key)]
	if s == nil {
		if len(p.samples) >= maxPlaces {
			return
		}
		s = &sample{task: task, calls: slices.Clone(calls)}
		p.samples[string(key)] = s
	}
	s.n++
}

// Take takes a profile for a while, or until ctx ends, which is no error. One at
// a time: see ErrBusy.
func (p *Profiler) Take(ctx context.Context, d time.Duration) (*Result, error) {
	if !p.taking.TryLock() {
		return nil, ErrBusy
	}
	defer p.taking.Unlock()
	p.mu.Lock()
	p.samples = make(map[string]*sample)
	p.mu.Unlock()
	start := time.Now()
	end := time.NewTimer(d)
	defer end.Stop()
	tick := time.NewTicker(Period)
	defer tick.Stop()
	next := func(active uint64) {
		// Wanted may be asked with the moment before; that is one sample.
		p.wanted.Store(int64(runtime.GOMAXPROCS(0)))
		p.moment.Store((p.moment.Load()>>1+1)<<1 | active)
	}
	for taking := true; taking; {
		next(1)
		select {
		case <-tick.C:
		case <-end.C:
			taking = false
		case <-ctx.Done():
			taking = false
		}
	}
	next(0)
	r := &Result{Start: start, Took: time.Since(start)}
	p.mu.Lock()
	for _, s := range p.samples {
		r.samples = append(r.samples, *s)
		r.Samples += s.n
	}
	p.samples = nil
	p.mu.Unlock()
	// The most first; so that equal ones have an order, too.
	slices.SortFunc(r.samples, func(a, b sample) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(root(a.task), root(b.task)), slices.CompareFunc(a.calls, b.calls, func(a, b host.Call) int {
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Function, b.Function))
		}))
	})
	return r, nil
}

// root names what a run is for, as the outermost frame.
func root(t host.Task) string {
	switch {
	case t.Timer > 0:
		return fmt.Sprintf("இடைவெளி #%d", t.Timer)
	case t.Route != "":
		return t.Method + " " + t.Route
	}
	return "eTamil"
}

// A Result is a profile that was taken.
type Result struct {
	Start   time.Time
	Took    time.Duration
	Samples int64 // each Period of one processor
	samples []sample
}

// Busy is the processor time of programs.
func (r *Result) Busy() time.Duration { return time.Duration(r.Samples) * Period }

// Write writes r in the form of "go tool pprof": a gzipped profile.proto, whose
// frames are functions and lines of the program below their route. comments go
// along.
func (r *Result) Write(w io.Writer, comments ...string) error {
	count, nanoseconds := &profile.ValueType{Type: "samples", Unit: "count"}, &profile.ValueType{Type: "cpu", Unit: "nanoseconds"}
	out := &profile.Profile{
		SampleType: []*profile.ValueType{count, nanoseconds}, DefaultSampleType: "cpu",
		PeriodType: nanoseconds, Period: Period.Nanoseconds(),
		TimeNanos: r.Start.UnixNano(), DurationNanos: r.Took.Nanoseconds(),
		Comments: comments,
	}
	functions, locations := map[host.Call]*profile.Function{}, map[host.Call]*profile.Location{}
	locate := func(c host.Call) *profile.Location {
		if l := locations[c]; l != nil {
			return l
		}
		of := host.Call{Function: c.Function, File: c.File}
		f := functions[of]
		if f == nil {
			f = &profile.Function{ID: uint64(len(functions) + 1), Name: c.Function, SystemName: c.Function, Filename: c.File}
			functions[of] = f
			out.Function = append(out.Function, f)
		}
		l := &profile.Location{ID: uint64(len(locations) + 1), Line: []profile.Line{{Function: f, Line: int64(c.Line)}}}
		locations[c] = l
		out.Location = append(out.Location, l)
		return l
	}
	for _, s := range r.samples {
		item := &profile.Sample{Value: []int64{s.n, s.n * Period.Nanoseconds()}}
		for _, c := range s.calls {
			item.Location = append(item.Location, locate(named(s.task, c)))
		}
		if s.task != (host.Task{}) {
			item.Label = map[string][]string{"task": {root(s.task)}}
		}
		out.Sample = append(out.Sample, item)
	}
	if err := out.CheckValid(); err != nil {
		panic("BUG: " + err.Error())
	}
	return out.Write(w)
}

// named gives the code outside of functions the name of its route.
func named(t host.Task, c host.Call) host.Call {
	if c.Function == "" {
		c.Function = root(t)
	}
	return c
}

// A Place is where time was spent.
type Place struct {
	Function string  `json:"function"`
	File     string  `json:"file,omitempty"`
	Line     int     `json:"line,omitempty"`
	Seconds  float64 `json:"seconds"`
	Percent  float64 `json:"percent"` // of all
}

// Hottest returns the n places where the most time was spent, without what they
// call.
func (r *Result) Hottest(n int) []Place {
	times := map[host.Call]int64{}
	var order []host.Call
	for _, s := range r.samples {
		c := named(s.task, s.calls[0])
		if times[c] == 0 {
			order = append(order, c)
		}
		times[c] += s.n
	}
	slices.SortStableFunc(order, func(a, b host.Call) int { return cmp.Compare(times[b], times[a]) })
	places := []Place{}
	for _, c := range order[:min(n, len(order))] {
		places = append(places, Place{
			Function: c.Function, File: c.File, Line: c.Line,
			Seconds: (time.Duration(times[c]) * Period).Seconds(),
			Percent: 100 * float64(times[c]) / float64(r.Samples),
		})
	}
	return places
}
