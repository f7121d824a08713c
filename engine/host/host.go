// Package host names the capabilities a program may be given: clock, random
// bytes, files, environment, output, input, HTTP client, programs, secrets.
// It holds interfaces and the errors they share; package system implements
// them over the operating system, tests implement them over memory.
//
// A Host is assembled for one run. What it does not hold, the program may not
// do: a nil field is a refused capability, and the statement or builtin that
// needs it fails the way that statement or builtin fails.
package host

import (
	"context"
	"errors"
	"io"
	"time"
)

// ErrNotPermitted is wrapped by every error of a capability that the
// configuration refuses (a path outside the data directory, a host that may
// not be called, a program that is not listed).
var ErrNotPermitted = errors.New("not permitted here")

// A Host is what one run may reach. The zero Host permits nothing.
type Host struct {
	Clock    Clock
	Random   io.Reader // cryptographic randomness; never fails
	Files    Files
	Env      Env
	Output   Output
	Input    Input
	HTTP     HTTPClient
	Programs Programs
	Secrets  Secrets
	// Databases are reached through a session of the run's own, begun at its
	// first use.
	Databases Databases
	// Heavy bounds work that is slow on purpose (password hashing): nil
	// means no bound.
	Heavy Gate
	// Trace is told where each statement begins that is run, for a program
	// that was compiled to be traced; nil: nobody is.
	Trace func(file string, line, column int)
	// Slow is told of each statement of a database that took SlowAfter or
	// longer, while the run waits; nil: nobody is.
	Slow      func(SlowStatement)
	SlowAfter time.Duration
	// Sampler is told where the run is when it asks; nil: nobody asks. Task is
	// what the run is for.
	Sampler Sampler
	Task    Task
	// Serving is true in a server: standard input is empty, வெளியேறு ends
	// the run only, one file operation is limited in size.
	Serving bool
}

// A SlowStatement is a statement of a database that took long.
type SlowStatement struct {
	Text string        // of the statement, without its parameters
	Took time.Duration // waiting for a connection included
	// Where is a *diag.Diagnostic with the place and the active calls.
	Where error
}

// A Clock tells the time. Safe for concurrent use.
type Clock interface {
	// Now returns the current time in any location.
	Now() time.Time
}

// Files reads and writes regular files. Paths are as the program wrote them;
// an implementation may confine them to a directory. Every error's text is
// the reason alone ("no such file or directory"), never a resolved path.
// Safe for concurrent use.
type Files interface {
	// ReadFile returns the contents of the file.
	ReadFile(path string) ([]byte, error)
	// WriteFile replaces or creates the file with exactly data.
	WriteFile(path string, data []byte) error
	// AppendFile adds data at the end with one write call, creating the
	// file if needed.
	AppendFile(path string, data []byte) error
	// Open opens a regular file for reading. The caller closes it.
	Open(path string) (File, error)
	// Replace gives fill a temporary file in the folder of path and renames
	// it to path when fill returns nil; otherwise path stays as it was.
	Replace(path string, fill func(io.Writer) error) error
}

// A File is an open regular file.
type File interface {
	io.Reader
	io.ReaderAt
	io.Seeker
	io.Closer
	// Size returns the present length in bytes.
	Size() (int64, error)
}

// Env reads environment variables.
type Env interface {
	// Lookup returns the variable's value. Not set, not permitted, not
	// valid UTF-8, an empty name, a name with '=' or NUL: false.
	Lookup(name string) (string, bool)
}

// Output takes what a run prints.
type Output interface {
	// Print takes one printed value without its line end.
	Print(text string) error
	// Flush makes everything printed visible; called before input waits.
	Flush() error
}

// Input gives lines of standard input.
type Input interface {
	// ReadLine returns the next line without its line end; io.EOF at the
	// end of the input. The text need not be valid UTF-8.
	ReadLine() (string, error)
}

// HTTPClient sends requests to other servers.
type HTTPClient interface {
	// Do sends one request and follows redirects as the language says. The
	// error's text is the reason alone and names no secret.
	Do(ctx context.Context, r *HTTPRequest) (*HTTPResponse, error)
}

// An HTTPRequest is what a program asks to send.
type HTTPRequest struct {
	Method string
	URL    string
	Header [][2]string // in any order
	Body   *string     // nil: none
	Stay   bool        // redirects are answers, not followed
}

// An HTTPResponse is the answer to it.
type HTTPResponse struct {
	Status int
	Header map[string]string // lower-case names, the first of repeated ones
	Body   string            // valid UTF-8
}

// Programs runs other programs.
type Programs interface {
	// Run runs one permitted program to its end, without a shell and with
	// empty input, at most for limit.
	Run(ctx context.Context, program string, args []string, limit time.Duration) (*ProgramResult, error)
}

// A ProgramResult is what a program left: Status -1 when a signal ended it.
type ProgramResult struct {
	Status         int
	Stdout, Stderr string // valid UTF-8
}

// Secrets gives the keys the runtime itself keeps.
type Secrets interface {
	// TokenKey returns the key of HS256 tokens.
	TokenKey() ([]byte, error)
}

// A Gate admits a bounded number of callers at once.
type Gate interface {
	// Enter waits for a place; release gives it back. It fails when ctx
	// ends first.
	Enter(ctx context.Context) (release func(), err error)
}

// An Upload is one file of a multipart request.
type Upload struct {
	Field, FileName, ContentType string
	Data                         []byte
}
