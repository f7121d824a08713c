package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"etamil/engine/token"
)

// A Code numbers a kind of diagnostic: 1xxx scanning, parsing and loading,
// 2xxx checking, 3xxx compiling, 4xxx running, 5xxx the host, 6xxx the
// configuration.
type Code int

// String returns the code as people see it: "ET2003".
func (c Code) String() string { return fmt.Sprintf("ET%04d", int(c)) }

// ParseCode reads a code in the form of String; letters may be small and "ET"
// may be missing.
func ParseCode(s string) (Code, bool) {
	digits := s
	if len(s) > 2 && strings.EqualFold(s[:2], "ET") {
		digits = s[2:]
	}
	if len(digits) != 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	return Code(n), err == nil
}

// A Text says one thing in both languages.
type Text struct{ Ta, En string }

// Same returns a text that is the same in both languages: a name, a number,
// words of the program.
func Same(s string) Text { return Text{s, s} }

// Whole is an argument that people need to its last letter, although the
// sentence quotes it: where a database is.
type Whole string

// Lasting tells how long something took or may take.
func Lasting(d time.Duration) Text {
	unit, per := "நொடி", time.Second
	if d < time.Second {
		unit, per = "மில்லிநொடி", time.Millisecond
	}
	n := strconv.FormatFloat(float64(d)/float64(per), 'f', -1, 64)
	return Text{Ta: n + " " + unit, En: d.String()}
}

// A Severity says whether a program can run in spite of a diagnostic.
type Severity uint8

// The severities, the worst first.
const (
	Error Severity = iota
	Warning
	Note
)

var severities = [...]Text{
	Error:   {"பிழை", "error"},
	Warning: {"எச்சரிக்கை", "warning"},
	Note:    {"குறிப்பு", "note"},
}

// Text returns the word for s in both languages.
func (s Severity) Text() Text { return severities[s] }

// String returns the English word.
func (s Severity) String() string { return severities[s].En }

// A Phase is the stage of a program's life in which a diagnostic arose.
type Phase uint8

// The phases in their order. A failure to find or read a file is one of Parse.
const (
	Lex Phase = iota
	Parse
	Check
	Compile
	Run
)

var phases = [...]string{Lex: "lex", Parse: "parse", Check: "check", Compile: "compile", Run: "run"}

// String returns the name used in the machine form.
func (p Phase) String() string { return phases[p] }

// phaseOf gives the phase of the codes of each block.
func phaseOf(c Code) Phase {
	switch {
	case c >= 1001 && c <= 1009, c == 1027, c == 1028:
		return Lex
	case c >= 1000 && c < 2000:
		return Parse
	case c >= 2000 && c < 3000:
		return Check
	case c >= 3000 && c < 4000:
		return Compile
	}
	return Run
}

// A Def is one row of the catalogue. Its sentences hold {1}, {2}, … where the
// arguments go; they have no full stop, and no file or line inside.
type Def struct {
	Code     Code
	Severity Severity
	Ta, En   string
}

// New returns the diagnostic without a place. Each argument is a string (the
// same in both languages), a Whole, a Text, an int or int64, a time.Duration,
// a fmt.Stringer, or an error, which is told as Reason does. Where the
// sentence quotes an argument, as '{1}', at most 40 letters of it are shown,
// else, and of a Whole, at most 1 000; line feeds show as ⏎.
func (d *Def) New(args ...any) *Diagnostic { return d.At(token.Span{}, args...) }

// At returns the diagnostic at s; see New for the arguments.
func (d *Def) At(s token.Span, args ...any) *Diagnostic {
	diagnostic := &Diagnostic{Def: d, Span: s, phase: phaseOf(d.Code)}
	if len(args) > 0 {
		diagnostic.Args = make([]Text, len(args))
	}
	for i, arg := range args {
		place := "'{" + strconv.Itoa(i+1) + "}'"
		show := shown
		_, whole := arg.(Whole)
		if !whole && strings.Contains(d.En, place) && strings.Contains(d.Ta, place) {
			show = Quote
		}
		text := textOf(arg)
		diagnostic.Args[i] = Text{show(text.Ta), show(text.En)}
	}
	return diagnostic
}

func textOf(arg any) Text {
	switch arg := arg.(type) {
	case Text:
		return arg
	case string:
		return Same(arg)
	case Whole:
		return Same(string(arg))
	case time.Duration:
		return Lasting(arg)
	case int:
		return Same(strconv.Itoa(arg))
	case int64:
		return Same(strconv.FormatInt(arg, 10))
	case fmt.Stringer:
		return Same(arg.String())
	case error:
		return Reason(arg)
	}
	panic(fmt.Sprintf("BUG: %T is no argument of a diagnostic", arg))
}

// A Diagnostic is one finding. It is an error, so that it can travel where Go
// errors do.
type Diagnostic struct {
	Def   *Def
	Span  token.Span // the zero Span when there is no place
	Args  []Text
	Notes []NoteAt
	Help  *Text
	// Stack holds the calls of functions that were active when a run failed,
	// innermost first.
	Stack []Call

	phase Phase
}

// A NoteAt tells more, at another place or (with the zero Span) at none.
type NoteAt struct {
	Span token.Span
	Text Text
}

// A Call is an active call: the function that was running, and the place where
// it was called.
type Call struct {
	Function string
	Span     token.Span
}

// Note adds a note at s, which may be the zero Span, and returns d.
func (d *Diagnostic) Note(s token.Span, t Text) *Diagnostic {
	d.Notes = append(d.Notes, NoteAt{s, Text{visible(t.Ta), visible(t.En)}})
	return d
}

// WithHelp sets what the author may do about it and returns d.
func (d *Diagnostic) WithHelp(ta, en string) *Diagnostic {
	d.Help = &Text{visible(ta), visible(en)}
	return d
}

// InPhase sets another phase than that of the code's block and returns d. It is
// for the codes that arise in more than one phase.
func (d *Diagnostic) InPhase(p Phase) *Diagnostic {
	d.phase = p
	return d
}

// Phase returns the phase d arose in.
func (d *Diagnostic) Phase() Phase { return d.phase }

// Code returns the code of d.
func (d *Diagnostic) Code() Code { return d.Def.Code }

// Severity returns the severity of d.
func (d *Diagnostic) Severity() Severity { return d.Def.Severity }

// Message returns the sentences with the arguments put in.
func (d *Diagnostic) Message() Text {
	return Text{
		Ta: fill(d.Def.Ta, d.Args, func(t Text) string { return t.Ta }),
		En: fill(d.Def.En, d.Args, func(t Text) string { return t.En }),
	}
}

// Error returns place, code and English sentence in one line, as a log shows
// them.
func (d *Diagnostic) Error() string {
	text := d.Def.Code.String() + ": " + d.Message().En
	if d.Span.IsValid() {
		p := d.Span.Pos()
		text = fmt.Sprintf("%s:%d:%d: %s", d.Span.File.Name, p.Line, p.Column, text)
	}
	return text
}

// fill puts the arguments into the places {1}, {2}, … of a sentence. A place
// without an argument stays as it is.
func fill(sentence string, args []Text, pick func(Text) string) string {
	if len(args) == 0 || !strings.Contains(sentence, "{") {
		return sentence
	}
	var b strings.Builder
	for i := 0; i < len(sentence); i++ {
		if i+2 < len(sentence) && sentence[i] == '{' && sentence[i+2] == '}' {
			if n := int(sentence[i+1]) - '1'; n >= 0 && n < len(args) {
				b.WriteString(pick(args[n]))
				i += 2
				continue
			}
		}
		b.WriteByte(sentence[i])
	}
	return b.String()
}

// A List holds the diagnostics of a program in the order they are shown.
type List []*Diagnostic

// HasErrors reports whether one of them is an error.
func (l List) HasErrors() bool { return l.Errors() > 0 }

// Errors returns how many are errors.
func (l List) Errors() int { return l.count(Error) }

// Warnings returns how many are warnings.
func (l List) Warnings() int { return l.count(Warning) }

func (l List) count(s Severity) int {
	n := 0
	for _, d := range l {
		if d.Def.Severity == s {
			n++
		}
	}
	return n
}

// Sort puts the diagnostics of each file together, in the order in which the
// files first appear in l, and those of one file by their position. Those that
// have the same place stay as they were.
func (l List) Sort() {
	rank := map[*token.File]int{}
	for _, d := range l {
		if _, ok := rank[d.Span.File]; !ok {
			rank[d.Span.File] = len(rank)
		}
	}
	slices.SortStableFunc(l, func(a, b *Diagnostic) int {
		return cmp.Or(
			cmp.Compare(rank[a.Span.File], rank[b.Span.File]),
			cmp.Compare(a.Span.Start, b.Span.Start),
		)
	})
}

// Error returns the first error and how many there are; a List is an error so
// that a phase can return all it found as one.
func (l List) Error() string {
	for _, d := range l {
		if d.Def.Severity == Error {
			if n := l.Errors(); n > 1 {
				return fmt.Sprintf("%s (and %d more)", d.Error(), n-1)
			}
			return d.Error()
		}
	}
	return "no errors"
}
