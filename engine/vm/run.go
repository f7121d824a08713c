package vm

import (
	"context"
	"errors"
	"strconv"
	"time"
	"unsafe"

	"etamil/engine/builtin"
	"etamil/engine/code"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/token"
	"etamil/engine/value"
)

// MaxCalls is how many calls of functions may be active (ET4006).
const MaxCalls = 256

// innerCalls is how many calls among functions of the library may be active
// above them: however a function of the library is made, it takes one place.
const innerCalls = 64

// maxText is the length in bytes beyond which no text is made, whatever the
// budgets say: letter places are 32 bits wide, and one text is one block.
const maxText = 1 << 30

// slice is how many steps pass between two looks at the clock and at the
// context: some hundred microseconds of a plain loop.
const slice = 20_000

// Limits are the budgets of a run; 0 means no limit.
type Limits struct {
	Steps, Memory, Output, Answer, Rows int64
	Time                                time.Duration // for the message of ET4031 only
}

// A Run is one run of a program. The zero Run is ready for Reset.
type Run struct {
	prog   *code.Program
	host   *host.Host
	ctx    context.Context
	limits Limits

	stack  []value.Value
	high   int // registers in use at most, for clearing
	base   int // of the window of the function that runs
	frames [MaxCalls + innerCalls]frame
	depth  int
	// deepest is how many frames were ever used, for clearing.
	deepest int

	fuel    int    // steps until the next look at the budgets
	granted int    // steps given out as fuel that are not spent yet
	moment  uint32 // of the host's sampler at which the run told where it is
	calls   []host.Call
	spent   int64 // steps of earlier slices

	allocated int64 // bytes announced since live was measured
	live      int64 // bytes live then
	meter     value.Meter

	printed int64

	answerFile host.File
	answerAt   token.Span
	uploads    []host.Upload

	databases databases
	// now and nowIP are the function and the instruction after the call that
	// uses databases.
	now   *code.Func
	nowIP unsafe.Pointer
}

// A frame is an active call: the function that runs, and where its caller goes
// on.
type frame struct {
	fn     *code.Func     // the caller
	ip     unsafe.Pointer // its instruction after the call
	base   int            // of its window
	callee *code.Func
}

// Reset prepares r for a run of p; everything of an earlier run is gone.
func (r *Run) Reset(ctx context.Context, p *code.Program, h *host.Host, limits Limits) {
	clear(r.stack[:min(r.high, len(r.stack))])
	r.prog, r.host, r.ctx, r.limits = p, h, ctx, limits
	if len(r.stack) < p.Window {
		r.stack = make([]value.Value, p.Window+64)
	}
	r.high = p.Window
	r.depth = 0
	r.fuel, r.granted, r.spent = 0, 0, 0
	r.allocated, r.live = 0, 0
	r.printed = 0
	r.answerFile, r.uploads = nil, nil
	r.answerAt = token.Span{}
	r.meter.Start()
	copy(r.stack, p.Snapshot)
	r.resume()
	r.refuel()
}

// Release drops what r refers to, so that it can wait for its next run.
func (r *Run) Release() {
	if r.answerFile != nil {
		r.answerFile.Close()
		r.answerFile = nil
	}
	clear(r.stack[:min(r.high, len(r.stack))])
	if len(r.stack) > maxKeptStack {
		r.stack = nil
	}
	clear(r.frames[:r.deepest])
	r.deepest = 0
	r.high = 0
	r.prog, r.host, r.ctx, r.uploads, r.now, r.nowIP = nil, nil, nil, nil, nil, nil
}

// maxKeptStack is the number of registers above which a stack is not kept for
// the next run: 16,384 are 384 KiB.
const maxKeptStack = 16384

// Bind sets a global before the run. The name must be one that the program
// mentions (see Program.GlobalSlots).
func (r *Run) Bind(slot int, v value.Value) { r.stack[slot] = v }

// BindUploads gives the run the files of its request.
func (r *Run) BindUploads(files []host.Upload) { r.uploads = files }

// Steps returns how many steps were spent.
func (r *Run) Steps() int64 { return r.spent + int64(r.granted-r.fuel) }

// Printed returns how many bytes were printed.
func (r *Run) Printed() int64 { return r.printed }

// Global returns the value of a global; undefined when it has none.
func (r *Run) Global(slot int) value.Value { return r.stack[slot] }

// Context implements builtin.Machine.
func (r *Run) Context() context.Context { return r.ctx }

// Host implements builtin.Machine.
func (r *Run) Host() *host.Host { return r.host }

// Charge implements builtin.Machine.
func (r *Run) Charge(n int) error {
	if r.fuel -= n; r.fuel < 0 {
		return r.refuel()
	}
	return nil
}

// refuel looks at the budgets of steps and time and gives out more fuel.
func (r *Run) refuel() error {
	r.spent += int64(r.granted - r.fuel)
	r.granted, r.fuel = 0, 0
	if r.ctx != nil {
		if err := r.ctx.Err(); err != nil {
			return r.contextError(err)
		}
	}
	n := int64(slice)
	if r.host != nil && r.host.Sampler != nil {
		if _, active := r.host.Sampler.Moment(); active {
			n = sampledSlice
		}
	}
	if r.limits.Steps > 0 {
		left := r.limits.Steps - r.spent
		if left < 0 {
			return diag.StepBudget.New(strconv.FormatInt(r.limits.Steps, 10))
		}
		n = min(n, left)
	}
	r.granted, r.fuel = int(n), int(n)
	return nil
}

// contextError turns the end of the run's context into a diagnostic.
func (r *Run) contextError(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return diag.TimeBudget.New(r.limits.Time.String())
	}
	return diag.Cancelled.New()
}

// Grow implements builtin.Machine.
func (r *Run) Grow(n int) error {
	if n > maxText && r.limits.Memory == 0 {
		return diag.MemoryBudget.New(SizeText(maxText))
	}
	if r.limits.Memory > 0 {
		if r.allocated += int64(n); r.live+r.allocated > r.limits.Memory {
			return r.measure(int64(n))
		}
	}
	return nil
}

// measure counts what is live. The budget is over when that and the n bytes
// just asked for pass it; otherwise counting goes on from there.
func (r *Run) measure(n int64) error {
	if n > r.limits.Memory {
		return diag.MemoryBudget.New(SizeText(r.limits.Memory))
	}
	r.meter.Start()
	for i := range r.stack[:r.high] {
		r.meter.Add(&r.stack[i])
	}
	r.live = int64(r.meter.Bytes())
	if r.live+n > r.limits.Memory {
		return diag.MemoryBudget.New(SizeText(r.limits.Memory))
	}
	// A run near its budget would be measured at every step; a sixteenth of
	// the budget may pass unseen instead.
	r.allocated = min(n, r.limits.Memory-r.live-r.limits.Memory/16)
	return nil
}

// SizeText writes a number of bytes for people.
func SizeText(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return strconv.FormatInt(n>>30, 10) + " GiB"
	case n >= 1<<20 && n%(1<<20) == 0:
		return strconv.FormatInt(n>>20, 10) + " MiB"
	case n >= 1<<10 && n%(1<<10) == 0:
		return strconv.FormatInt(n>>10, 10) + " KiB"
	}
	return strconv.FormatInt(n, 10) + " B"
}

// Upload implements builtin.Machine.
func (r *Run) Upload(i int) (*host.Upload, bool) {
	if i < 0 || i >= len(r.uploads) {
		return nil, false
	}
	return &r.uploads[i], true
}

// Answer implements builtin.Machine.
func (r *Run) Answer(a builtin.Answer) {
	if r.answerFile != nil {
		r.answerFile.Close()
	}
	r.answerFile = a.File
	r.stack[code.SlotStatus] = a.Status.Share()
	r.stack[code.SlotBody] = a.Body
	r.stack[code.SlotHeaders] = a.Headers.Share()
}

// TakeFile returns the file of the answer, which the caller closes from now
// on; nil when the answer is no file.
func (r *Run) TakeFile() host.File {
	f := r.answerFile
	r.answerFile = nil
	return f
}

// AnswerSpan is where the answer was given last.
func (r *Run) AnswerSpan() token.Span { return r.answerAt }

// text returns the printed form of v within the budget of memory.
func (r *Run) text(v *value.Value) (string, error) {
	if v.Kind() == value.Text {
		return v.Str(), nil
	}
	return r.print(v)
}

func (r *Run) print(v *value.Value) (string, error) {
	limit := int64(maxText)
	if r.limits.Memory > 0 {
		limit = min(limit, r.limits.Memory)
	}
	s, ok := value.ToText(v, int(limit))
	if !ok {
		return "", diag.MemoryBudget.New(SizeText(limit))
	}
	if v.IsCollection() {
		if err := r.Charge(len(s) / 8); err != nil {
			return "", err
		}
	}
	return s, r.Grow(len(s))
}

// equal is == within the budget of steps.
func (r *Run) equal(a, b *value.Value) (bool, error) {
	if a.Kind() != b.Kind() {
		return false, nil
	}
	if a.Kind() < value.Array {
		work := 0
		return value.Equal(a, b, &work), nil
	}
	// Portions that grow are charged as they go, so that comparing values that
	// are exponentially larger than their memory ends by its budget.
	for portion := slice; ; portion *= 4 {
		work := portion
		eq := value.Equal(a, b, &work)
		if err := r.Charge(portion - max(work, 0)); err != nil {
			return false, err
		}
		if work >= 0 {
			return eq, nil
		}
	}
}
