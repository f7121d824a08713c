package engine

import (
	"time"

	"etamil/engine/host"
	"etamil/engine/token"
	"etamil/engine/vm"
)

// Limits are the budgets of one run; 0 means no limit.
type Limits struct {
	Steps  int64         // instructions (ET4030)
	Memory int64         // bytes of live values (ET4032)
	Output int64         // bytes printed (ET4033)
	Answer int64         // bytes of an answer's body that is no file (ET4033)
	Rows   int64         // rows of one query (ET4035)
	Time   time.Duration // wall time (ET4031); the context's deadline counts too
}

// A Pair is one name with one value.
type Pair struct{ Name, Value string }

// A Route is one top-level வழி of the assembled program.
type Route struct {
	Method string // upper-case
	Path   string // the literal as written
	Span   token.Span
}

// A Timer is one top-level இடைவெளி.
type Timer struct {
	Seconds int // 1–31,536,000
	Span    token.Span
}

// A Request is what one run of a route binds as globals. Texts may hold bytes
// that are no UTF-8; they are replaced by U+FFFD where the program sees them.
// The engine builds a variable only if the program mentions its name; a nil
// function stands for an empty record or array.
type Request struct {
	Method     string               // request_method, as sent
	Path       string               // request_path, raw
	Body       []byte               // request_body; not changed, may be kept until the run ends
	Query      func() []Pair        // query_params, decoded; later pairs win
	Headers    func() []Pair        // headers, lower-case names; later pairs win
	PathParams []Pair               // path_params and param_NAME, raw; later pairs win
	PathValues func() []Pair        // path_values, decoded
	Fields     func() []Pair        // request_fields
	Files      func() []host.Upload // request_files
}

// A Header is one header line of an answer.
type Header struct{ Name, Value string }

// An Answer is what a run made for its client.
type Answer struct {
	Set    bool // false: the program gave no answer at all
	Status int  // 200–599
	// StatusIgnored tells that the status given was no number (200 is sent).
	StatusIgnored bool
	Body          []byte
	File          host.File // not nil: the body is this file; the caller closes it
	Headers       []Header  // checked, in order of name; as the program spelled them
}

// Result is what a run tells beside its answer.
type Result struct {
	Answer  Answer
	Steps   int64 // instructions spent
	Printed int64 // bytes printed
	Exited  bool  // ended by வெளியேறு
	Status  int   // its status
	// Databases is what the run did with databases. A note in it is a
	// *diag.Diagnostic; the same note may come with every run.
	Databases DatabaseUse
}

// DatabaseUse is what a run did with databases.
type DatabaseUse = vm.DatabaseUse

// A Fault is a broken invariant of the engine, caught: the text of the panic
// and the Go stack. The run is lost, nothing else.
type Fault struct {
	Reason string
	Stack  []byte
}

func (f *Fault) Error() string { return "engine fault: " + f.Reason }
