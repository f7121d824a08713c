// Package control is the talk between a running daemon and "etamild ctl", over
// a Unix socket that only the daemon's own user and root may use.
//
// A connection carries one request: one line of JSON,
//
//	{"etamild":1,"command":"status"}
//
// and is answered with one line of JSON, a Reply. "reload" is answered when it is
// decided whether it succeeded, however long that takes. "profile" is answered when it is
// taken. "drain" is answered with two:
// the first when draining begins, the second when everything is over. Then the
// daemon keeps the connection until its process ends, which closes it. The
// number is the version of this protocol; one that the daemon does not know is
// refused in a sentence, as is everything else that is no request.
//
// The Server never makes the daemon wait: requests are short, come within a
// time, and are answered apart from the work.
package control

import (
	"cmp"
	"encoding/json"
	"time"

	"etamil/cmd/internal/profile"
	"etamil/engine/diag"
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
	// Seconds is how long profile looks, above 0 and at most MaxProfile.
	Seconds float64 `json:"seconds,omitempty"`
	// Lang is the language of what reload has to say: ta, en, both.
	Lang string `json:"lang,omitempty"`
}

// The commands.
const (
	CommandStatus   = "status"
	CommandDrain    = "drain"
	CommandReload   = "reload"
	CommandLogLevel = "log-level"
	CommandProfile  = "profile"
)

// Commands are all of them.
var Commands = []string{CommandStatus, CommandReload, CommandDrain, CommandLogLevel, CommandProfile}

// MaxProfile is the most that one profile may take, in seconds.
const MaxProfile = 600

// A Reply is what is answered.
type Reply struct {
	Version int    `json:"etamild"`
	OK      bool   `json:"ok"`
	Error   string `json:"error,omitempty"`    // one English sentence, when not OK
	ErrorTa string `json:"error_ta,omitempty"` // the same in Tamil
	// Status answers status.
	Status *Status `json:"status,omitempty"`
	// Draining is set in the first answer to drain, Ended in the second.
	Draining bool   `json:"draining,omitempty"`
	Ended    *Ended `json:"ended,omitempty"`
	// Reload answers reload, when it succeeded and when it did not.
	Reload *Reload `json:"reload,omitempty"`
	// Profile answers profile.
	Profile *Profile `json:"profile,omitempty"`
}

// A Profile is where programs spent processor time.
type Profile struct {
	Seconds float64 `json:"seconds"` // that it took
	Samples int64   `json:"samples"`
	Busy    float64 `json:"busy"` // seconds of processor time in programs
	// Hottest are the places with the most time of their own, the first ten.
	Hottest []profile.Place `json:"hottest"`
	// Pprof is a gzipped profile.proto.
	Pprof []byte `json:"pprof,omitempty"`
}

// Reason returns the sentence in both languages. An earlier build says it in
// English only.
func (r *Reload) Reason() diag.Text { return both(r.Error, r.ErrorTa) }

// Reason is as that of a Reload.
func (r *Reply) Reason() diag.Text { return both(r.Error, r.ErrorTa) }

// WhyProblem is Problem in both languages.
func (s *Status) WhyProblem() diag.Text { return both(s.Problem, s.ProblemTa) }

// Sentence is as Reason of a Reload.
func (p *Problem) Sentence() diag.Text { return both(p.Text, p.TextTa) }

func both(en, ta string) diag.Text { return diag.Text{Ta: cmp.Or(ta, en), En: en} }

// A Reload is how one went.
type Reload struct {
	At      time.Time `json:"at"`      // when it began
	Seconds float64   `json:"seconds"` // that it took
	// Error is one English sentence; "": it succeeded. ErrorTa is the same in
	// Tamil.
	Error   string `json:"error,omitempty"`
	ErrorTa string `json:"error_ta,omitempty"`
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
	Problem   string `json:"problem,omitempty"`
	ProblemTa string `json:"problem_ta,omitempty"` // the same in Tamil
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
	// Pools are those of databases.
	Pools []Pool `json:"pools,omitempty"`

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
	Text   string    `json:"text"`
	TextTa string    `json:"text_ta,omitempty"` // the same in Tamil
	At     time.Time `json:"at"`
}

// A Pool is what is known of the connections to one database.
type Pool struct {
	Name    string `json:"name"` // of the data source, or where it is, without secrets
	Kind    string `json:"kind"`
	Max     int    `json:"max"`
	Open    int    `json:"open"`
	InUse   int    `json:"in_use"`
	Idle    int    `json:"idle"`
	Waiting int    `json:"waiting"` // runs

	Connects    uint64 `json:"connects"` // since the start, as all that follow
	Failures    uint64 `json:"failures"`
	DirtyCloses uint64 `json:"dirty_closes"`
	Cancels     uint64 `json:"cancels"`
	Timeouts    uint64 `json:"timeouts"`
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
