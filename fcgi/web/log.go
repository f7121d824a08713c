package web

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"sync"
	"time"

	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/token"

	"github.com/rs/zerolog"
)

// Access is what is known of a request when it is over.
type Access struct {
	ID         string
	Method     string // as sent
	Path       string // raw, without the query; not for the daemon's access line
	Route      string // pattern; "" when no route was reached
	RemoteAddr string
	Status     int
	Start      time.Time
	Duration   time.Duration // from the request's arrival to the end of its answer
	Queued     time.Duration // of that, waiting for a place
	Steps      int64
	Database   time.Duration // waiting for databases and their connections
	Statements int           // that databases were given
	In, Out    int64         // bytes of the bodies
	Generation int64
	Refused    string // why the program was not run or not awaited
	SendError  error  // why the answer did not go out
}

// accessMessage is the message of access lines.
const accessMessage = "request"

// maxMethod is how many bytes of a method the log shows: all that are registered
// are shorter, and anything may be sent.
const maxMethod = 32

func (a *App) logAccess(r *Access) {
	e := a.log.Info()
	if e == nil {
		return
	}
	e.Str("id", r.ID).Str("method", r.Method[:min(len(r.Method), maxMethod)]).Str("route", r.Route).Int("status", r.Status).
		Float64("duration", inSeconds(r.Duration)).Float64("queue", inSeconds(r.Queued)).
		Int64("steps", r.Steps).Int64("in", r.In).Int64("out", r.Out).Int64("generation", r.Generation)
	if r.Statements > 0 {
		e.Float64("database", inSeconds(r.Database)).Int("statements", r.Statements)
	}
	if r.RemoteAddr != "" {
		e.Str("remote", r.RemoteAddr)
	}
	if r.Refused != "" {
		e.Str("refused", r.Refused)
	}
	if r.SendError != nil {
		e.Str("send_error", r.SendError.Error())
	}
	e.Msg(accessMessage)
}

// inSeconds rounds to microseconds, so that a line stays short.
func inSeconds(d time.Duration) float64 {
	return math.Round(d.Seconds()*1e6) / 1e6
}

// A Failure is a request or a run of a timer that failed.
type Failure struct {
	ID, Method, Path, Route string // of the request
	Status                  int    // answered
	Timer, Seconds          int    // which timer, counted from 1, and its interval

	Duration   time.Duration
	Err        error
	Diagnostic *diag.Diagnostic // nil: the failure is ours
	Stack      []byte           // of Go, when the failure is ours
	Exit       int              // the status of வெளியேறு
}

func newFailure(err error) *Failure {
	f := &Failure{Err: err}
	errors.As(err, &f.Diagnostic)
	var fault *engine.Fault
	if errors.As(err, &fault) {
		f.Stack = fault.Stack
	}
	return f
}

// logFailure writes one record: a warning when the author has to act, an error
// when the operator or we do.
func (a *App) logFailure(f *Failure) {
	d := f.Diagnostic
	level := zerolog.ErrorLevel
	if d != nil && !isOperators(d.Code()) {
		level = zerolog.WarnLevel
	}
	e := a.log.WithLevel(level)
	if f.Timer > 0 {
		e.Int("timer", f.Timer).Int("every", f.Seconds)
	} else {
		e.Str("id", f.ID).Str("method", f.Method[:min(len(f.Method), maxMethod)]).Str("path", f.Path).Str("route", f.Route).Int("status", f.Status)
	}
	e.Float64("duration", inSeconds(f.Duration))
	if f.Exit != 0 {
		e.Int("exit", f.Exit)
	}
	text := f.Err.Error()
	if d == nil {
		e.Str("code", diag.InternalError.Code.String())
		if f.Stack != nil {
			e.Bytes("stack", f.Stack)
		}
	} else {
		addDiagnostic(e, d)
		if d.Help != nil {
			e.Str("help", d.Help.En)
		}
	}
	if f.Timer > 0 {
		text = fmt.Sprintf("இடைவெளி #%d every %ds failed: %s", f.Timer, f.Seconds, text)
	}
	e.Msg(text)
}

// calls are the active calls of a failed run as objects of a log record, or of
// the page that shows it.
type calls []diag.Call

// maxCalls is how many of them are shown.
const maxCalls = 10

func (c calls) MarshalZerologArray(array *zerolog.Array) {
	for i, call := range c {
		if i == maxCalls {
			array.Str(fmt.Sprintf("… %d more", len(c)-i))
			return
		}
		array.Object(callObject(call))
	}
}

type callObject diag.Call

func (c callObject) MarshalZerologObject(e *zerolog.Event) {
	e.Str("function", c.Function)
	addPlace(e, c.Span)
}

func addPlace(e *zerolog.Event, s token.Span) {
	if s.IsValid() {
		at := s.Pos()
		e.Str("file", s.File.Name).Int("line", at.Line).Int("column", at.Column)
	}
}

func spanPlace(s token.Span) string {
	at := s.Pos()
	return fmt.Sprintf("%s:%d:%d", s.File.Name, at.Line, at.Column)
}

// warnNested tells of routes and timers that cannot run where they stand.
func (a *App) warnNested(p Program) {
	for _, s := range p.Nested() {
		word, _, _ := strings.Cut(s.Text(), " ")
		d := diag.CannotRunHere.At(s, word)
		e := a.log.Warn().Str("code", d.Code().String()).Str("ta", d.Message().Ta)
		addPlace(e, s)
		e.Msg(d.Error())
	}
}

// warnAnswer tells of an answer that was sent but is hardly what was meant.
func (f *flight) warnAnswer(a *engine.Answer) {
	switch {
	case !a.Set:
		f.app.log.Warn().Str("id", f.id).Str("route", f.match.Pattern).
			Msgf("route %s %s gave no answer; an empty one was sent", f.req.Method[:min(len(f.req.Method), maxMethod)], f.match.Pattern)
	case a.StatusIgnored:
		f.app.log.Warn().Str("id", f.id).Str("route", f.match.Pattern).
			Msg("the status of the answer is no number; 200 was sent")
	}
}

// stdio is standard output and input of one run. The output is made when the
// run first prints.
type stdio struct {
	app    *App
	run    Run
	output host.Output
	asked  bool
}

// Print implements host.Output.
func (s *stdio) Print(text string) error {
	if s.output == nil {
		s.output = s.app.opts.Prints(s.run)
	}
	return s.output.Print(text)
}

// Flush implements host.Output.
func (s *stdio) Flush() error {
	if s.output == nil {
		return nil
	}
	return s.output.Flush()
}

// ReadLine implements host.Input: there is none.
func (s *stdio) ReadLine() (string, error) {
	if !s.asked {
		s.asked = true
		e := s.app.log.Warn()
		s.run.addTo(e)
		e.Msg("உள்ளிடு (input) gives nothing in a server")
	}
	return "", io.EOF
}

func (r Run) addTo(e *zerolog.Event) {
	if r.Timer > 0 {
		e.Int("timer", r.Timer)
		return
	}
	e.Str("id", r.ID).Str("route", r.Route)
}

// LogPrints gives programs an output whose lines become records of a log, each
// with the id of the request.
func LogPrints(log zerolog.Logger) func(Run) host.Output {
	return func(r Run) host.Output { return &logOutput{log: log, run: r} }
}

type logOutput struct {
	log zerolog.Logger
	run Run
}

func (o *logOutput) Print(text string) error {
	for line := range strings.SplitSeq(text, "\n") {
		e := o.log.Info()
		o.run.addTo(e)
		e.Bool("print", true).Msg(strings.TrimSuffix(line, "\r"))
	}
	return nil
}

func (o *logOutput) Flush() error { return nil }

// PlainPrints gives programs an output that writes what they print to w as it
// is. What is printed at once stays together, whoever else prints.
func PlainPrints(w io.Writer) func(Run) host.Output {
	o := &plainOutput{w: w}
	return func(Run) host.Output { return o }
}

type plainOutput struct {
	mu  sync.Mutex
	w   io.Writer
	buf []byte
}

func (o *plainOutput) Print(text string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.buf = append(append(o.buf[:0], text...), '\n')
	_, err := o.w.Write(o.buf)
	if cap(o.buf) > 64<<10 {
		o.buf = nil // one long line need not stay
	}
	return err
}

func (o *plainOutput) Flush() error { return nil }
