package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"

	"github.com/rs/zerolog"
)

// Options are what an App is made with; the zero Options log nothing and have no
// limits.
type Options struct {
	// Log takes every record. Writing to it must not block: see LogWriter.
	Log zerolog.Logger
	// Settings hold until the first generation brings its own.
	Settings Settings
	// Prints makes the output of one run, when it prints for the first time;
	// nil: LogPrints(Log).
	Prints func(Run) host.Output
	// Access takes what is known of a request when it is over, and keeps no
	// pointer to it; nil: access lines go to Log. It obeys access_log either
	// way.
	Access func(*Access)
	// Failed takes the failures of requests and timers; nil: they go to Log.
	Failed func(*Failure)
	// Dues are the due times of timers that another process passed on.
	Dues []Due
	// Locker is asked where the setting timers names a data source.
	Locker Locker
}

// A Run says of which run something is.
type Run struct {
	ID    string // of the request; "" in a timer
	Route string // pattern
	Timer int    // counted from 1; 0 in a request
}

// An App serves one program, and the next one after a reload. Fronts hand it
// requests; it answers each with the program that is current when the request
// is admitted. Safe for concurrent use.
type App struct {
	opts    Options
	log     zerolog.Logger
	current atomic.Pointer[Generation]
	gate    *Gate
	timers  timers
	flights sync.Pool
	refused refusals
	counts  counts

	swapping sync.Mutex // one Swap at a time; guards number
	number   int64      // of the last generation

	mu       sync.Mutex // guards what follows
	inFlight int
	running  flight // the ring of flights that can be cancelled; a sentinel
	waiting  flight // the ring of those that wait for a place or their body
	idle     chan struct{}
	killed   bool
}

// killGrace is how long a cancelled run has to end; the engine looks at its
// context many times a second.
const killGrace = 5 * time.Second

// NewApp returns an App that answers 503 until Swap gives it a generation.
func NewApp(o Options) *App {
	a := &App{opts: o, log: o.Log, gate: NewGate(gateLimits(&o.Settings))}
	a.timers.app, a.timers.places, a.timers.dues = a, make(chan struct{}, maxTicks), o.Dues
	a.running.next, a.running.prev = &a.running, &a.running
	a.waiting.next, a.waiting.prev = &a.waiting, &a.waiting
	a.flights.New = func() any { return newFlight(a) }
	if a.opts.Prints == nil {
		a.opts.Prints = LogPrints(o.Log)
	}
	if a.opts.Access == nil {
		a.opts.Access = a.logAccess
	}
	if a.opts.Failed == nil {
		a.opts.Failed = a.logFailure
	}
	return a
}

func gateLimits(s *Settings) GateLimits {
	return GateLimits{Running: s.MaxConcurrent, Queue: s.MaxQueue, Wait: s.QueueTimeout, Bodies: s.MaxBodies}
}

// Swap makes next the generation that new requests get and returns at once. The
// old one is closed when its last request ends. The timers of the old program
// stop first; one that runs is awaited, at most for drain_timeout; then those of
// next begin. A nil next leaves nothing to serve: 503. Safe for concurrent use.
func (a *App) Swap(next *Generation) {
	a.swapping.Lock()
	defer a.swapping.Unlock()
	if next != nil {
		a.number++
		next.number = a.number
		a.counts.serve(next, a.current.Load())
		a.gate.SetLimits(gateLimits(&next.settings))
		a.warnNested(next.program)
	}
	a.timers.set(func() { a.timers.want = next })
	if old := a.current.Swap(next); old != nil {
		old.release()
	}
}

// Current returns the generation that new requests get, or nil.
func (a *App) Current() *Generation { return a.current.Load() }

// Settings returns the settings of the current generation, or those the App was
// made with. They are not to be changed.
func (a *App) Settings() *Settings {
	if g := a.current.Load(); g != nil {
		return &g.settings
	}
	return &a.opts.Settings
}

// Queue returns what the admission of requests holds now.
func (a *App) Queue() GateStats { return a.gate.Stats() }

// InFlight returns how many requests were handed over and are not done.
func (a *App) InFlight() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.inFlight
}

// acquire returns the current generation, which must be released; nil when
// there is none.
func (a *App) acquire() *Generation {
	for {
		g := a.current.Load()
		if g == nil || g.retain() {
			return g
		}
	}
}

// Probe asks probe_path of a generation that does not serve yet, as GET, past
// admission. It says that there is no such route, or that it answered 500 or
// above; else it returns nil. Without probe_path nothing is asked.
func (a *App) Probe(ctx context.Context, g *Generation) *diag.Diagnostic {
	if wrong := g.CheckProbe(); wrong != nil || g.settings.ProbePath == "" {
		return wrong
	}
	path, query, hasQuery, _ := ParseTarget(g.settings.ProbePath)
	req := &Request{ID: RequestID(""), Method: http.MethodGet, Path: path, Query: query, HasQuery: hasQuery}
	f := a.begin(req)
	f.probing = true
	f.gen, f.settings = g, &g.settings
	if !g.retain() {
		panic("BUG: a generation that is over is probed")
	}
	func() {
		defer f.recover()
		if f.route() {
			f.run(ctx)
		}
	}()
	status := f.resp.Status
	if f.resp.File != nil {
		f.resp.File.Close()
	}
	f.done(0, nil)
	if status >= http.StatusInternalServerError {
		return diag.ProbeFailed.New(g.settings.ProbePath, status)
	}
	return nil
}

// Serve answers a request. It returns when the answer is made; the front sends
// it and calls its Done. ctx ends when the client goes away, or, with a cause
// that is ErrDraining, when the front waits no longer. Serve never panics.
func (a *App) Serve(ctx context.Context, req *Request) *Response {
	f := a.begin(req)
	f.serve(ctx)
	return &f.resp
}

// Check answers a request with g, which need not serve yet, and otherwise as
// Serve does: through the admission of all requests. It is neither logged nor
// counted. A refusal for lack of room is an answer, too.
func (a *App) Check(ctx context.Context, g *Generation, req *Request) *Response {
	f := a.begin(req)
	f.probing = true
	if g.retain() {
		f.gen = g
	}
	f.serve(ctx)
	return &f.resp
}

// Refuse answers a request that a front does not hand to the program: 400, 404,
// 413, 431 or 503. What the front could not read stays empty in req.
func (a *App) Refuse(req *Request, status int) *Response {
	f := a.begin(req)
	f.hostAnswer(status, "")
	return &f.resp
}

func (a *App) begin(req *Request) *flight {
	f := a.flights.Get().(*flight)
	f.req, f.id, f.start = req, req.ID, time.Now()
	f.settings = a.Settings()
	f.resp.Done = f.lent.done
	a.mu.Lock()
	a.inFlight++
	a.mu.Unlock()
	return f
}

// A flight is a request from Serve to the Done of its response. Flights are
// used again; what a flight lends (the response, the request of the engine, its
// host) is used by one goroutine at a time.
type flight struct {
	app        *App
	next, prev *flight // in the ring App.running or App.waiting
	shown      string  // its route, for who looks at the ring
	cancel     context.CancelFunc

	req      *Request
	id       string
	start    time.Time
	gen      *Generation // nil: none was taken yet
	settings *Settings
	match    Match
	ticket   Ticket
	waited   time.Duration
	probing  bool
	refused  string // why the host answered 503
	steps    int64
	// databases is what the run did there.
	databases engine.DatabaseUse
	body      []byte

	engine engine.Request
	pairs  []Pair // the storage of engine.PathParams
	host   host.Host
	stdio  stdio
	// boundary is that of a multipart body; "" for another one.
	boundary string
	form     *form // parsed body; nil: not yet

	resp   Response
	access Access
	lent   lent
}

// lent are the functions that a flight lends, made once.
type lent struct {
	done                               func(int64, error)
	query, headers, pathValues, fields func() []Pair
	files                              func() []host.Upload
	slow                               func(host.SlowStatement)
}

// form is what a body holds when it is one.
type form struct {
	fields []Pair
	files  []host.Upload
}

func newFlight(a *App) *flight {
	f := &flight{app: a}
	f.lent = lent{
		done:       f.done,
		query:      func() []Pair { return appendQuery(nil, f.req.Query) },
		headers:    f.headers,
		pathValues: f.pathValues,
		fields:     func() []Pair { return f.parsedBody().fields },
		files:      func() []host.Upload { return f.parsedBody().files },
		slow:       func(s host.SlowStatement) { logSlow(&f.app.log, f.stdio.run, s) },
	}
	return f
}

// serve fills f.resp.
func (f *flight) serve(ctx context.Context) {
	defer f.recover()
	if f.gen == nil {
		f.gen = f.app.acquire()
	}
	if f.gen == nil {
		f.refuse(ErrNoProgram)
		return
	}
	f.settings = &f.gen.settings
	if !f.route() {
		return
	}
	bodies, ok := f.announced()
	if !ok {
		f.app.refused.count(ErrBodyTooLarge)
		f.hostAnswer(http.StatusRequestEntityTooLarge, "")
		return
	}
	f.app.await(f)
	ticket, err := f.app.gate.Enter(ctx, bodies)
	if err != nil {
		if errors.Is(err, ErrQueueTimeout) {
			f.app.counts.waits.observe(time.Since(f.start))
		}
		f.refuse(because(ctx, err))
		return
	}
	f.ticket, f.waited = ticket, ticket.Waited
	defer f.ticket.Release()
	if f.waited > 0 {
		f.app.counts.waits.observe(f.waited)
	}
	// After a wait another program may be current.
	if f.waited > 0 && !f.probing && f.app.current.Load() != f.gen {
		next := f.app.acquire()
		if next == nil {
			f.refuse(ErrNoProgram)
			return
		}
		f.gen.release()
		f.gen, f.settings = next, &next.settings
		if !f.route() {
			return
		}
	}
	if f.readBody(ctx) {
		f.run(ctx)
	}
}

// because returns the cause for which ctx ended, if err only says that it did.
func because(ctx context.Context, err error) error {
	if errors.Is(err, context.Canceled) {
		if cause := context.Cause(ctx); errors.Is(cause, ErrDraining) {
			return cause
		}
	}
	return err
}

// route finds the route of the request. It is false when the host answers.
func (f *flight) route() bool {
	var ok bool
	if f.match, ok = f.gen.table.Find(f.req.Method, f.req.Path); ok {
		return true
	}
	if f.settings.MethodNotAllowed {
		if allow := f.gen.table.Allow(f.req.Path); allow != nil {
			if upperASCII(f.req.Method) == http.MethodOptions {
				f.options(allow)
			} else {
				f.hostAnswer(http.StatusMethodNotAllowed, "", Pair{Name: "Allow", Value: strings.Join(allow, ", ")})
			}
			return false
		}
	}
	f.hostAnswer(http.StatusNotFound, "")
	return false
}

// maxBody returns how long a body may be; 0 is no limit. No body may be longer
// than all bodies together.
func (f *flight) maxBody() int64 {
	s := f.settings
	if s.MaxBody <= 0 || s.MaxBodies > 0 && s.MaxBodies < s.MaxBody {
		return max(s.MaxBodies, 0)
	}
	return s.MaxBody
}

// announced returns how many bytes of body the request will hold, as far as that
// is known. It is false for more than is allowed. A request that announces
// nothing has no body as a rule (RFC 3875, section 4.1.2): room for one that has
// is taken when it was read.
func (f *flight) announced() (int64, bool) {
	if f.req.ReadBody == nil || f.req.BodySize < 0 {
		return 0, true
	}
	most := f.maxBody()
	return f.req.BodySize, most == 0 || f.req.BodySize <= most
}

// readBody reads the body. It is false when the host answers.
func (f *flight) readBody(ctx context.Context) bool {
	if f.req.ReadBody == nil {
		return true
	}
	body, err := f.req.ReadBody(f.maxBody())
	switch {
	case err == nil:
	case errors.Is(err, ErrBodyTooLarge):
		f.app.refused.count(ErrBodyTooLarge)
		f.hostAnswer(http.StatusRequestEntityTooLarge, "")
		return false
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		f.refuse(because(ctx, err))
		return false
	default:
		f.app.refused.count(ErrBodyShort)
		f.hostAnswer(http.StatusBadRequest, "")
		return false
	}
	f.body = body
	f.ticket.Hold(int64(len(body)))
	if f.req.BodySize < 0 && len(body) > 0 && f.req.header("content-length") == "" {
		// As nginx does for a body that came in chunks.
		f.req.Header = append(f.req.Header, Pair{Name: "content-length", Value: strconv.Itoa(len(body))})
	}
	return true
}

// run runs the program and makes the response.
func (f *flight) run(ctx context.Context) {
	// For the engine, which sets no time of its own when there is one, and for Kill.
	ctx, cancel := withTimeout(ctx, f.gen.limits.Time)
	defer cancel()
	if !f.app.enter(f, cancel) {
		f.refuse(ErrDraining)
		return
	}
	defer f.app.leave(f)

	f.bind()
	f.host = f.gen.host
	f.stdio = stdio{app: f.app, run: Run{ID: f.id, Route: f.match.Pattern}}
	f.host.Output, f.host.Input = &f.stdio, &f.stdio
	f.host.Task = host.Task{Method: f.req.Method, Route: f.match.Pattern}
	watchStatements(&f.host, f.lent.slow, f.settings.SlowRequest)
	res, err := f.gen.program.Serve(ctx, &f.host, f.gen.limits, f.match.Route, &f.engine)
	f.stdio.Flush()
	f.steps, f.databases = res.Steps, res.Databases
	f.gen.warnStatements(&f.app.log, f.stdio.run, res.Databases.Notes)
	if err == nil && res.Exited && res.Status != 0 {
		err = diag.ExitInRequest.New()
	}
	if err == nil {
		f.warnAnswer(&res.Answer)
		if err = f.answer(&res.Answer); err == nil {
			return
		}
	}
	if res.Answer.File != nil {
		res.Answer.File.Close()
	}
	if d := (*diag.Diagnostic)(nil); errors.As(err, &d) && d.Code() == codeCancelled {
		if f.app.isKilled() {
			f.refuse(ErrDraining)
		} else {
			f.refuse(because(ctx, context.Canceled))
		}
		return
	}
	f.fail(err, res.Status)
}

// bind fills the request of the engine; what is empty for sure stays nil.
func (f *flight) bind() {
	f.pairs = f.match.bind(f.pairs[:0], f.req.Path)
	f.engine = engine.Request{
		Method: f.req.Method, Path: f.req.Path, Body: f.body, PathParams: f.pairs, Headers: f.lent.headers,
	}
	if f.req.Query != "" {
		f.engine.Query = f.lent.query
	}
	if len(f.pairs) > 0 {
		f.engine.PathValues = f.lent.pathValues
	}
	if len(f.body) == 0 {
		return
	}
	contentType := f.req.header("content-type")
	if boundary := boundaryOf(contentType); boundary != "" {
		f.boundary = boundary
		f.engine.Fields, f.engine.Files = f.lent.fields, f.lent.files
	} else if isForm(contentType) {
		f.engine.Fields = f.lent.fields
	}
}

// fail answers a run that did not end well.
func (f *flight) fail(err error, exit int) {
	failure := newFailure(err)
	failure.ID, failure.Method, failure.Path, failure.Route = f.id, f.req.Method, f.req.Path, f.match.Pattern
	failure.Exit, failure.Duration = exit, time.Since(f.start)
	d := failure.Diagnostic
	failure.Status = http.StatusInternalServerError
	detail := err.Error()
	if d != nil {
		failure.Status, detail = statusOf(d.Code(), f.databases.Sent), detailOf(d)
	}
	if !f.probing {
		f.app.counts.failure(d)
	}
	f.app.opts.Failed(failure)
	if !f.settings.ErrorDetail {
		detail = ""
	} else if acceptsHTML(f.req.header("accept")) {
		page := errorPage(failure)
		f.resp.Header = f.resp.Header[:0]
		if hostAnswers[failure.Status].retry {
			f.add("Retry-After", "1")
		}
		f.compose(failure.Status, page, nil, int64(len(page)), "text/html; charset=utf-8")
		return
	}
	f.hostAnswer(failure.Status, detail)
}

// refuse answers a request that the program does not see to its end because of
// err.
func (f *flight) refuse(err error) {
	switch {
	case errors.Is(err, context.Canceled):
		f.refused = "client gone"
		f.resp.Header = f.resp.Header[:0]
		f.compose(statusClientGone, nil, nil, 0, "")
	case errors.Is(err, context.DeadlineExceeded):
		f.refused = "client's deadline"
		f.hostAnswer(http.StatusGatewayTimeout, "")
	default:
		f.app.refused.count(err)
		f.refused = err.Error()
		f.hostAnswer(http.StatusServiceUnavailable, "")
	}
}

// recover answers 500 when this package or the engine broke an invariant.
func (f *flight) recover() {
	if reason := recover(); reason != nil {
		f.fail(&engine.Fault{Reason: fmt.Sprint(reason), Stack: debug.Stack()}, 0)
	}
}

// done ends the flight: one line is written, the generation released.
func (f *flight) done(sent int64, err error) {
	a, settings := f.app, f.settings
	took := time.Since(f.start)
	if !f.probing {
		a.counts.request(f, took, sent)
	}
	if settings.AccessLog != AccessOff && !f.probing {
		f.access = Access{
			ID: f.id, Method: f.req.Method, Path: f.req.Path, Route: f.match.Pattern,
			RemoteAddr: f.req.RemoteAddr, Status: f.resp.Status, Start: f.start,
			Duration: took, Queued: f.waited, Steps: f.steps,
			Database: f.databases.Time, Statements: f.databases.Statements,
			In: int64(len(f.body)), Out: sent, Refused: f.refused, SendError: err,
		}
		if f.gen != nil {
			f.access.Generation = f.gen.number
		}
		if settings.AccessLog == AccessOn || f.access.Duration >= settings.SlowRequest {
			a.opts.Access(&f.access)
		}
	}
	if f.gen != nil {
		f.gen.release()
	}
	a.mu.Lock()
	f.unlink()
	a.inFlight--
	if a.inFlight == 0 && a.idle != nil {
		close(a.idle)
		a.idle = nil
	}
	a.mu.Unlock()

	*f = flight{app: a, lent: f.lent, pairs: emptied(f.pairs), resp: Response{Header: emptied(f.resp.Header)}}
	a.flights.Put(f)
}

// emptied returns the memory of pairs for the next request, unless it is a lot.
func emptied(pairs []Pair) []Pair {
	const most = 64
	if cap(pairs) > most {
		return nil
	}
	clear(pairs[:cap(pairs)])
	return pairs[:0]
}

// headers gives headers; the id is that of the log, whatever came in.
func (f *flight) headers() []Pair {
	all := make([]Pair, 0, len(f.req.Header)+1)
	for _, h := range f.req.Header {
		if h.Name != "x-request-id" {
			all = append(all, h)
		}
	}
	return append(all, Pair{Name: "x-request-id", Value: f.id})
}

// pathValues gives path_values.
func (f *flight) pathValues() []Pair {
	all := make([]Pair, len(f.pairs))
	for i, p := range f.pairs {
		all[i] = Pair{Name: p.Name, Value: unescape(p.Value, false)}
	}
	return all
}

// parsedBody reads the body as a form, once.
func (f *flight) parsedBody() *form {
	if f.form == nil {
		f.form = &form{}
		if f.boundary != "" {
			f.form.fields, f.form.files = parseMultipart(f.body, f.boundary)
		} else {
			f.form.fields = appendQuery(nil, string(f.body))
		}
	}
	return f.form
}

// await puts f among the flights that wait. What ends that is enter or done.
func (a *App) await(f *flight) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f.link(&a.waiting)
}

// enter puts f among the flights that Kill cancels; it is false after Kill.
func (a *App) enter(f *flight, cancel context.CancelFunc) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.killed {
		return false
	}
	f.cancel = cancel
	f.link(&a.running)
	return true
}

func (a *App) leave(f *flight) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f.unlink()
	f.cancel = nil
}

func (a *App) isKilled() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.killed
}

// Wait returns when no request is in flight, or the error of ctx when that ends
// first. New requests may come afterwards.
func (a *App) Wait(ctx context.Context) error {
	a.mu.Lock()
	if a.inFlight == 0 {
		a.mu.Unlock()
		return nil
	}
	if a.idle == nil {
		a.idle = make(chan struct{})
	}
	idle := a.idle
	a.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Kill cancels every request that runs or waits, and refuses all that come from
// now on; they are answered 503. It returns how many it cancelled.
func (a *App) Kill() int {
	a.gate.Close()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.killed = true
	n := 0
	for f := a.running.next; f != &a.running; f = f.next {
		f.cancel()
		n++
	}
	return n
}

// Drain lets what runs end: no timer begins, every request that was handed over
// is answered. When ctx ends first, what is left is cancelled, see Kill, and has
// a few seconds to end. It returns how many requests were cancelled. Requests
// that come in the meantime run too; the front stops accepting them.
func (a *App) Drain(ctx context.Context) (cancelled int) {
	timers := make(chan struct{})
	go func() {
		defer close(timers)
		a.StopTimers(ctx)
	}()
	if a.Wait(ctx) != nil {
		cancelled = a.Kill()
		grace, end := context.WithTimeout(context.WithoutCancel(ctx), killGrace)
		defer end()
		a.Wait(grace)
	}
	<-timers
	return cancelled
}

// Close releases the current generation; requests get 503 from then on. It does
// not wait.
func (a *App) Close() { a.Swap(nil) }

func withTimeout(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, limit)
}
