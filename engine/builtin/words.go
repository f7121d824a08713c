package builtin

import (
	"errors"
	"unsafe"

	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// A sentence is what a தவறு of a builtin says: a row of words as in the
// catalogue of diagnostics, but without a code, since a program may go on.
type sentence struct{ ta, en string }

// text fills the places {1}, {2}, … as diagnostics do.
func (s sentence) text(args ...any) diag.Text {
	return (&diag.Def{Ta: s.ta, En: s.en}).New(args...).Message()
}

// fail returns the தவறு.
func (s sentence) fail(args ...any) value.Value { return failure(s.text(args...)) }

// refuse returns an error that carries the sentence through layers of Go; see
// failed.
func (s sentence) refuse(args ...any) error { return &refusal{s.text(args...)} }

// A refusal is a failure on its way up.
type refusal struct{ text diag.Text }

func (r *refusal) Error() string { return r.text.En }

// failure returns தவறு(Tamil, two blanks, English in parentheses).
func failure(t diag.Text) value.Value {
	return value.ErrText(t.Ta + "  (" + t.En + ")")
}

// failureOf returns the தவறு that says what d says.
func failureOf(d *diag.Diagnostic) value.Value { return failure(d.Message()) }

var notPermitted = diag.Text{Ta: "இங்கே அனுமதிக்கப்படவில்லை", En: host.ErrNotPermitted.Error()}

// Reason returns what an error of a capability of the host says, in the place
// of {2} of ET5001 and the sentences like it.
func Reason(err error) diag.Text {
	if r := (*refusal)(nil); errors.As(err, &r) {
		return r.text
	}
	if errors.Is(err, host.ErrNotPermitted) {
		return notPermitted
	}
	var tamil interface{ Tamil() string }
	if errors.As(err, &tamil) {
		return diag.Text{Ta: tamil.Tamil(), En: err.Error()}
	}
	text := diag.Reason(err)
	return diag.Text{Ta: value.Clean(text.Ta), En: value.Clean(text.En)}
}

// badArgument is ET4021; function is its Tamil spelling.
func badArgument(function string, want, got diag.Text) error {
	return diag.BadArgument.New(function, want, got)
}

// tooDeep is ET4034.
func tooDeep() error { return diag.TooDeep.New(value.MaxDepth) }

// quoted returns the beginning of v's printed form for a message, without
// printing the rest.
func quoted(v *value.Value) string { return value.Display(v, 400) }

// maxText is the most bytes a text may have, whatever the budget: offsets of
// letters are 32 bits wide.
const maxText = 1 << 31

// room announces that a text of n bytes is about to be made, and charges for
// writing it.
func room(m Machine, n int) error {
	if n > maxText || n < 0 {
		return diag.MemoryBudget.New("2 GiB")
	}
	if err := m.Grow(n); err != nil {
		return err
	}
	return m.Charge(n / 8)
}

// A writer gathers a text and announces memory as it grows.
type writer struct {
	m       Machine
	buf     []byte
	granted int
}

// need makes sure that n more bytes are announced.
func (w *writer) need(n int) error {
	if len(w.buf)+n <= w.granted {
		return nil
	}
	grant := max(2*w.granted, len(w.buf)+n, 64)
	if err := room(w.m, grant-w.granted); err != nil {
		return err
	}
	if grant > maxText {
		return diag.MemoryBudget.New("2 GiB")
	}
	w.granted = grant
	w.buf = append(make([]byte, 0, grant), w.buf...)
	return nil
}

func (w *writer) text(s string) error {
	if err := w.need(len(s)); err != nil {
		return err
	}
	w.buf = append(w.buf, s...)
	return nil
}

// value writes the printed form of v. A value whose parts are shared inside
// can print exponentially longer than it is: it is printed no further than
// memory was granted, then again with twice as much.
func (w *writer) value(v *value.Value) error {
	if v.Kind() == value.Text {
		return w.text(v.Str())
	}
	if err := w.need(64); err != nil { // any number, boolean or nil
		return err
	}
	start := len(w.buf)
	for {
		buf, ok := value.AppendText(w.buf[:start], v, w.granted)
		if ok {
			w.buf = buf
			return nil
		}
		w.buf = buf[:start]
		if err := w.need(w.granted - start + 1); err != nil { // twice as much
			return err
		}
	}
}

// String returns what was written; nothing may be written afterwards.
func (w *writer) String() string { return unsafe.String(unsafe.SliceData(w.buf), len(w.buf)) }

// printed returns the printed form of v.
func printed(m Machine, v *value.Value) (string, error) {
	switch v.Kind() {
	case value.Text:
		return v.Str(), nil
	case value.Number, value.Boolean, value.Nil:
		s, _ := value.ToText(v, 0)
		return s, nil
	}
	w := writer{m: m}
	if err := w.value(v); err != nil {
		return "", err
	}
	return w.String(), nil
}

// both returns a text of both languages.
func both(ta, en string) diag.Text { return diag.Text{Ta: ta, En: en} }

// arg returns a parameter.
func arg(ta, en string, want Want) Arg { return Arg{diag.Text{Ta: ta, En: en}, want} }
