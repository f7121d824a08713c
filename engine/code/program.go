package code

import (
	"etamil/engine/builtin"
	"etamil/engine/diag"
	"etamil/engine/token"
	"etamil/engine/value"
)

// MaxInstructions is how many instructions a program may have (ET3001).
const MaxInstructions = 1_000_000

// The globals that hold the answer of a request, in every program.
const (
	SlotStatus  = iota // response_status
	SlotBody           // response_body
	SlotHeaders        // response_headers
	FixedSlots
)

// FixedNames are the names of the fixed slots.
var FixedNames = [FixedSlots]string{"response_status", "response_body", "response_headers"}

// A Func is a compiled function, or the code of a top level.
type Func struct {
	Name     string           // "" for a top level
	Span     token.Span       // of the name
	Library  bool             // of an embedded module
	Row      *builtin.Builtin // of the table of the library; nil outside it, and for what is private to a module
	TopLevel bool
	Params   int
	Regs     int // size of the window
	Code     []Instr
	Spans    []token.Span  // where instruction i stands
	Consts   []value.Value // frozen
	// Names are the variables in registers 0 … len(Names)-1.
	Names []string
}

// A Native is a builtin or library function that the program calls.
type Native struct {
	*builtin.Builtin
	Module string // of the library, "" for a builtin
}

// A Prepared is a failure known at compile time.
type Prepared struct {
	Def  *diag.Def
	Args []any
	Help *diag.Text
}

// A Route is one top-level route.
type Route struct {
	Method, Path string
	Span         token.Span
	Body         *Func
}

// A Timer is one top-level timer.
type Timer struct {
	Seconds int
	Span    token.Span
	Body    *Func
}

// A Program is a compiled program.
type Program struct {
	Globals     []string       // names by slot
	GlobalSlots map[string]int // the same, reversed
	Funcs       []*Func
	Natives     []Native
	Keys        []*value.Keys
	Raises      []Prepared
	// Main runs everything in order, where a route or timer fails; of a
	// program made for a server it is nil, and Prelude, Routes and Timers
	// are set.
	Main    *Func
	Prelude *Func
	Routes  []Route
	Timers  []Timer
	// Window is how many registers a top level needs.
	Window int
	// PurePrelude tells that the prelude reads nothing of the world or of a
	// request and touches nothing: its outcome is always the same.
	PurePrelude bool
	// Snapshot is the globals after the prelude, frozen; nil when it must be
	// run for each request.
	Snapshot []value.Value
}
