package host

// A Task is what a run is for: a route of a program, or a timer.
type Task struct {
	Method, Route string // "": no request
	Timer         int    // from 1; 0: no timer
}

// A Call is an active call, or the code that runs outside of any function: then
// Function is "".
type Call struct {
	Function string
	File     string
	Line     int // from 1, of the statement that is carried out
}

// A Sampler finds out where programs spend processor time, by asking from moment
// to moment those that run where they are. A run tells when it next calls
// something or begins another round of a loop. Safe for concurrent use.
type Sampler interface {
	// Moment counts the moments at which runs are asked, and active tells
	// whether anybody asks at all. It is cheap.
	Moment() (n uint32, active bool)
	// Wanted reports whether a run that computed at the present moment is still
	// to be heard: no more of them than there are processors.
	Wanted() bool
	// Sample takes where a run is: its active calls, the innermost first. The
	// slice is the caller's.
	Sample(task Task, calls []Call)
}
