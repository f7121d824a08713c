// Package control is the talk between a running daemon and "etamild ctl", over
// a Unix socket that only the daemon's own user and root may use.
//
// A connection carries one request: one line of JSON,
//
//	{"etamild":1,"command":"status"}
//
// and is answered with one line of JSON, a Reply. "drain" is answered with two:
// the first when draining begins, the second when everything is over. Then the
// daemon keeps the connection until its process ends, which closes it. The
// number is the version of this protocol; one that the daemon does not know is
// refused in a sentence, as is everything else that is no request.
//
// The Server never makes the daemon wait: requests are short, come within a
// time, and are answered apart from the work.
package control

import (
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
}

// The commands.
const (
	CommandStatus = "status"
	CommandDrain  = "drain"
)

// Later are commands that this daemon has not yet.
var Later = []string{"reload", "log-level", "profile"}

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
}

// Status is the state of a daemon at one moment. Durations are in seconds.
type Status struct {
	Version string    `json:"version"`
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
	Uptime  float64   `json:"uptime"`

	Program string `json:"program"`
	// Generation counts the programs that served; 0: none could be loaded.
	Generation int64 `json:"generation"`
	// Problem says why every request is answered 503; "": they are not.
	Problem string   `json:"problem,omitempty"`
	Sockets []string `json:"sockets"`
	Data    string   `json:"data"`

	Draining bool `json:"draining"`

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
