package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/token"
)

// A Program is what an App serves; *engine.Program is one. It is immutable and
// safe for concurrent use.
type Program interface {
	// Name is the program's name for people and logs.
	Name() string
	Routes() []engine.Route
	Timers() []engine.Timer
	// Nested returns the routes and timers that stand where they cannot run.
	Nested() []token.Span
	// Serve runs the prelude and a route; -1: the prelude alone. The error is
	// a *diag.Diagnostic or an *engine.Fault.
	Serve(ctx context.Context, h *host.Host, lim engine.Limits, route int, req *engine.Request) (engine.Result, error)
	// Tick runs the prelude and a timer's block.
	Tick(ctx context.Context, h *host.Host, lim engine.Limits, timer int) (engine.Result, error)
}

// A Generation is a program with the settings and the host it runs with. It is
// immutable once it serves.
type Generation struct {
	program  Program
	settings Settings
	host     host.Host
	table    *Table
	timers   []engine.Timer
	limits   engine.Limits

	number int64
	// counts are those of the routes by 1 + their number, timerCounts those
	// of timers; nil before it serves.
	counts      []*routeCounts
	timerCounts []*timerCounts
	// noted are the places of the program that the log was told of.
	noted sync.Map
	// refs counts the requests and ticks that run on it, and one for serving
	// at all; at 0 it is over.
	refs  atomic.Int64
	over  chan struct{}
	close func()
}

// NewGeneration prepares a program for serving. Every run gets a copy of h with
// its own output and input.
func NewGeneration(p Program, s Settings, h host.Host) *Generation {
	if s.Compat {
		s.CORSOrigins, s.MethodNotAllowed = []string{"*"}, false
	}
	h.Serving = true
	g := &Generation{
		program:  p,
		settings: s,
		host:     h,
		table:    NewTable(p.Routes()),
		timers:   p.Timers(),
		limits:   s.Limits(),
		over:     make(chan struct{}),
	}
	g.refs.Store(1)
	return g
}

// OnClose sets what to call when the last request and tick of g have ended and
// another generation serves. It is called at most once, and must be set before
// g serves.
func (g *Generation) OnClose(f func()) { g.close = f }

// Number counts the generations of a process from 1; 0 before g serves.
func (g *Generation) Number() int64 { return g.number }

// Settings returns the settings of g, which are not to be changed.
func (g *Generation) Settings() *Settings { return &g.settings }

// Program returns the program of g.
func (g *Generation) Program() Program { return g.program }

// Over is closed when g was replaced and nothing runs on it any more.
func (g *Generation) Over() <-chan struct{} { return g.over }

// CheckProbe says that probe_path reaches no route for GET, and which is the
// nearest; nil: it reaches one, or there is no probe_path. Nothing runs.
func (g *Generation) CheckProbe() *diag.Diagnostic {
	if g.settings.ProbePath == "" {
		return nil
	}
	path, _, _, ok := ParseTarget(g.settings.ProbePath)
	if ok {
		if _, ok = g.table.Find(http.MethodGet, path); ok {
			return nil
		}
	}
	wrong := diag.ProbeWithoutRoute.New(g.settings.ProbePath)
	near, ok := diag.Nearest(path, g.table.Patterns(http.MethodGet))
	others := slices.DeleteFunc(g.table.Allow(path), func(method string) bool { return method == http.MethodOptions })
	switch {
	case len(others) > 0:
		wrong.WithHelp(path+" "+strings.Join(others, ", ")+"-க்கு மட்டும் உள்ளது", path+" is there for "+strings.Join(others, ", ")+" only")
	case ok:
		hint := diag.DidYouMean(near)
		wrong.WithHelp(hint.Ta, hint.En)
	}
	return wrong
}

// retain keeps g from ending; it is false when g is over.
func (g *Generation) retain() bool {
	for {
		n := g.refs.Load()
		if n == 0 {
			return false
		}
		if g.refs.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (g *Generation) release() {
	if g.refs.Add(-1) == 0 {
		if g.close != nil {
			g.close()
		}
		close(g.over)
	}
}
