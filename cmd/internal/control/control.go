// Package control is the talk between a running daemon and "etamild ctl", over
// a Unix socket that only the daemon's own user and root may use.
//
// A connection carries one request: one line of JSON,
//
//	{"etamild":1,"command":"status"}
//
// and is answered with one line of JSON, a Reply. "reload" is answered when it is
// decided whether it succeeded, however long that takes. "drain" is answered with two:
// the first when draining begins, the second when everything is over. Then the
// daemon keeps the connection until its process ends, which closes it. The
// number is the version of this protocol; one that the daemon does not know is
// refused in a sentence, as is everything else that is no request.
//
// The Server never makes the daemon wait: requests are short, come within a
// time, and are answered apart from the work.
package control

import (
	"encoding/json"
	"time"
)

// Version is the protocol spoken here.
const Version = 1

// DefaultPath is where the daemon's unit puts the control socket of the default
// application.
const DefaultPath = "/run/etamild/default/control"

// A Request is what is asked.
type Request struct {
	Version int    `json:"etamild"`
	Command string `json:"command"`
	// Level is what log-level sets: debug, info, warn, error.
	Level string `json:"level,omitempty"`
	// Exec makes reload start a new process in any case.
	Exec bool `json:"exec,omitempty"`
	// Lang is the language of what reload has to say: ta, en, both.
	Lang string `json:"lang,omitempty"`
}

// The commands.
const (
	CommandStatus   = "status"
	CommandDrain    = "drain"
	CommandReload   = "reload"
	CommandLogLevel = "log-level"
)

var commands = []string{CommandStatus, CommandReload, CommandDrain, CommandLogLevel}

// Later are commands that this daemon has not yet.
var Later = []string{"profile"}

// A Reply is what is answered.
type Reply struct {
	Version int    `json:"etamild"`
	OK      bool   `json:"ok"`
	Error   string `json:"error,omitempty"` // one English sentence, when not OK
	// Status answers status.
	Status *Status `json:"status,omitempty"`
	// Draining is set in the first answer to drain, Ended in the second.
	Draining bool   `json:"draining,omitempty"`
	Ended    *Ended `json:"ended,omitempty"`
	// Reload answers reload, when it succeeded and when it did not.
	Reload *Reload `json:"reload,omitempty"`
}

// A Reload is how one went.
type Reload struct {
	At      time.Time `json:"at"`      // when it began
	Seconds float64   `json:"seconds"` // that it took
	// Error is one sentence; "": it succeeded.
	Error string `json:"error,omitempty"`
	// Diagnostics are all that is wrong with the program and the settings.
	Diagnostics []Diagnostic `json:"diagnostics,omitempty"`
	// PID is that of the new process which serves; 0: the old one.
	PID int `json:"pid,omitempty"`
	// Generation is the one that serves, in its process.
	Generation int64 `json:"generation"`
	// Changed are the settings that came into force.
	Changed []string `json:"changed,omitempty"`
}

// A Diagnostic is one thing that is wrong.
type Diagnostic struct {
	// Text is what people are shown, of one or more lines.
	Text string `json:"text"`
	// Machine is the same for machines; none for settings.
	Machine json.RawMessage `json:"diagnostic,omitempty"`
}

// Status is the state of a daemon at one moment. Durations are in seconds.
type Status struct {
	Version string    `json:"version"`
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
	Uptime  float64   `json:"uptime"`

	// Config is the configuration file; "": started by hand.
	Config  string `json:"config,omitempty"`
	Program string `json:"program"`
	// Generation counts the programs that served; 0: none could be loaded.
	Generation int64 `json:"generation"`
	// Problem says why every request is answered 503; "": they are not.
	Problem string `json:"problem,omitempty"`
	// LastProblem is the last thing that was wrong with the settings or the
	// program, over or not.
	LastProblem *Problem `json:"last_problem,omitempty"`
	Sockets     []string `json:"sockets"`
	// Backlog is what waits in the kernel for the daemon to accept it. It is
	// not the daemon that fills it in: see ReadBacklog.
	Backlog  []Backlog `json:"backlog,omitempty"`
	Data     string    `json:"data"`
	LogLevel string    `json:"log_level"`

	Draining bool `json:"draining"`

	// LastReload is how the last one went, without its diagnostics; nil: there
	// was none.
	LastReload *Reload `json:"last_reload,omitempty"`
	// Handover is set while another process takes over, or has not yet left.
	Handover *Handover `json:"handover,omitempty"`

	Running  int       `json:"running"` // requests
	Queued   int       `json:"queued"`
	Oldest   float64   `json:"oldest_wait"` // of those queued
	Requests []Pending `json:"requests"`    // running and queued, the oldest first

	Connections int               `json:"connections"` // open now
	Accepted    uint64            `json:"accepted"`    // since the start, as all that follow
	Served      uint64            `json:"served"`      // requests given to the program or the queue
	Answered    uint64            `json:"answered"`    // of them
	ClientGone  uint64            `json:"client_gone"` // of them
	Panics      uint64            `json:"panics"`
	Refused     map[string]uint64 `json:"refused"` // by reason; those that are 0 are left out
	LogDropped  int64             `json:"log_dropped"`
}

// A Handover is the other process while there are two.
type Handover struct {
	PID      int    `json:"pid"`
	Role     string `json:"role"`      // new, old
	InFlight int    `json:"in_flight"` // requests that the old one still answers
}

// A Problem is a sentence and when it was said.
type Problem struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// A Pending is a request that runs or waits.
type Pending struct {
	ID     string  `json:"id"`
	Method string  `json:"method"`
	Route  string  `json:"route"`
	State  string  `json:"state"` // running, queued
	Age    float64 `json:"age"`
}

// Ended is what a drain came to.
type Ended struct {
	Seconds   float64 `json:"seconds"`   // that it took
	Cancelled int     `json:"cancelled"` // requests that did not end in time
	Dropped   int     `json:"dropped"`   // of them, those without an answer
}
