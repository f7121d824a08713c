package web

import (
	"context"
	"sync/atomic"

	"etamil/engine"
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
