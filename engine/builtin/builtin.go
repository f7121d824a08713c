// Package builtin is the table of the functions a program may call without
// defining them: one row a function, one file a subject. The checker, the
// machine, the reference pages and the tests read the rows.
package builtin

import (
	"context"

	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// A Spelling is the three spellings of one function; English begins with '_'.
type Spelling struct{ Tamil, Roman, English string }

// A Machine is what a running program offers a builtin. It belongs to one
// goroutine.
type Machine interface {
	// Context ends when the run is to stop: deadline, client gone.
	Context() context.Context
	// Host is what the program may reach.
	Host() *host.Host
	// Charge spends n steps for work in proportion to the input (about one
	// a byte copied eight times over: charge len/8). Its error ends the run.
	Charge(n int) error
	// Grow announces that n bytes are about to be allocated for values that
	// may live on. Its error ends the run.
	Grow(n int) error
	// Answer sets the answer of the request, as பதில் does.
	Answer(a Answer)
	// Session is what the run holds of databases; never nil.
	Session() host.Session
	// Upload returns file i of the request.
	Upload(i int) (*host.Upload, bool)
}

// An Answer is the answer a program gives to a request.
type Answer struct {
	Status  value.Value
	Body    value.Value // text; undefined when File is set
	Headers value.Value // nil (the value) when not given
	File    host.File   // owned by the machine from here on
	Path    string      // of File, as the program wrote it
}

// Exit is returned as an error by the builtin that ends the program.
type Exit struct{ Status int }

func (e *Exit) Error() string { return "exit" }

// A Func computes a builtin. Its arguments were counted, checked and
// converted as the row's Args say. An error is a *diag.Diagnostic without a
// place (the machine adds place and stack), an *Exit, what Machine's methods
// returned, or the error of Context when that ended while the builtin waited.
type Func func(m Machine, args []value.Value) (value.Value, error)

// A Want is what a parameter accepts, and how it is converted before Func.
type Want uint8

const (
	Any       Want = iota // every kind, as it is
	AsText                // every kind, converted to text
	AsNumber              // every kind, converted to a number
	AsPath                // text or number, converted to text; other kinds stay, and Func answers a failure
	Array                 // an array, else ET4021
	Record                // a record, else ET4021
	Result                // a success or failure, else ET4020
	Countable             // text, array or record, else ET4021
)

// An Arg is one parameter: its name in both languages, and what it wants.
type Arg struct {
	Name diag.Text
	Want Want
}

// An Effect says what of the world a function touches. Only Pure ones may run
// before a request exists.
type Effect uint8

const (
	Pure Effect = iota
	Clock
	Random
	Files
	Env
	Network
	Process
	Response
	Database
)

// An Example is an expression and what அச்சு prints for it; the tests run it.
type Example struct{ Expr, Want string }

// A Builtin is one row of the table.
type Builtin struct {
	ID     string // stable English name, as in the reference table
	Name   Spelling
	Args   []Arg
	Ret    string // kind of the result, in English, for the reference page
	Effect Effect
	Doc    diag.Text
	Func   Func
	Try    []Example
	// Library tells that the row is of a module of the library, whose errors
	// name the parameter also where there is only one.
	Library bool
}
