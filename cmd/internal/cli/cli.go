// Package cli reads command lines strictly: options stand anywhere before "--"
// as --name value or --name=value, everything is examined before anything
// acts, and what is not understood is named together with the nearest known
// spelling.
//
// A Set declares the options of one command; its Parse returns what is no
// option. An Error is a mistake of whoever typed, in both languages.
package cli

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"etamil/engine/diag"
	"etamil/fcgi/web"
)

// An Error is a command line, or a variable of the environment, that cannot be
// used. Both sentences have no full stop.
type Error struct{ Text diag.Text }

// Errorf returns an Error; both sentences take the same arguments.
func Errorf(ta, en string, args ...any) *Error {
	return &Error{diag.Text{Ta: fmt.Sprintf(ta, args...), En: fmt.Sprintf(en, args...)}}
}

// Error returns the English sentence.
func (e *Error) Error() string { return e.Text.En }

// Tamil returns the Tamil sentence: see diag.Reason.
func (e *Error) Tamil() string { return e.Text.Ta }

// Diagnostic returns e in the form in which people are shown all that is wrong.
func (e *Error) Diagnostic() *diag.Diagnostic {
	return (&diag.Def{Code: diag.BadCommandLine.Code, Ta: e.Text.Ta, En: e.Text.En}).New()
}

// Unknown is the Error of a word that is none of known; the nearest of them is
// named. Without a near one the sentence points to help, which is a command.
func Unknown(word string, known iter.Seq[string], help string) *Error {
	text := diag.BadCommandLine.New(word).Message()
	next := diag.Text{
		Ta: "'" + help + "' எல்லாவற்றையும் பட்டியலிடும்",
		En: "'" + help + "' lists all there is",
	}
	if near, ok := diag.Nearest(word, known); ok {
		next = diag.DidYouMean(near)
	}
	return &Error{diag.Text{Ta: text.Ta + "; " + next.Ta, En: text.En + "; " + next.En}}
}

// A Flag is one option of a command.
type Flag struct {
	Name  string // without dashes
	Short string // one letter; "": none
	// Value stands for the value in the usage: "DIR". A switch has none.
	Value string
	// OnOff marks a switch that may be told on or off: --name, --name=off,
	// --name off.
	OnOff  bool
	Ta, En string // what it does
	// Hidden flags are not listed in the usage.
	Hidden bool

	set func(value string) error
}

// A Set holds the options of a command, in the order of its usage.
type Set struct {
	// Help is the command that lists the options: "etamil run --help".
	Help  string
	flags []*Flag
	// Elsewhere says which other command has an option that this one has not;
	// nil or "": none.
	Elsewhere func(name string) string
}

func (s *Set) add(f *Flag) *Flag {
	if s.lookup(f.Name) != nil {
		panic("BUG: option --" + f.Name + " is declared twice")
	}
	s.flags = append(s.flags, f)
	return f
}

// Switch declares an option without a value, which sets *p.
func (s *Set) Switch(p *bool, name, ta, en string) *Flag {
	return s.add(&Flag{Name: name, Ta: ta, En: en, set: func(string) error { *p = true; return nil }})
}

// OnOff declares a switch that may be told on or off. set gets the word, "on"
// when there is none. For errors see Value.
func (s *Set) OnOff(name, ta, en string, set func(word string) error) *Flag {
	return s.add(&Flag{Name: name, OnOff: true, Ta: ta, En: en, set: set})
}

// Value declares an option with a value; value is what stands for it in the
// usage. An error of set is an *Error for a whole sentence, or the reason alone:
// see Reason; a *web.SettingError is one too.
func (s *Set) Value(name, value, ta, en string, set func(string) error) *Flag {
	return s.add(&Flag{Name: name, Value: value, Ta: ta, En: en, set: set})
}

// Text declares an option whose value may be any text but none.
func (s *Set) Text(p *string, name, value, ta, en string) *Flag {
	return s.Value(name, value, ta, en, func(v string) error {
		if v == "" {
			return Errorf("--%s-க்கு ஒரு மதிப்பு வேண்டும்", "--%s needs a value", name)
		}
		if strings.ContainsRune(v, 0) {
			return Errorf("--%s மதிப்பில் NUL குறி வரக் கூடாது", "the value of --%s cannot hold a NUL", name)
		}
		*p = v
		return nil
	})
}

func (s *Set) lookup(name string) *Flag {
	for _, f := range s.flags {
		if f.Name == name || f.Short != "" && f.Short == name {
			return f
		}
	}
	return nil
}

// Has reports whether there is an option of that name.
func (s *Set) Has(name string) bool { return s.lookup(name) != nil }

// Args is what Parse found beside options.
type Args struct {
	Files []string // before "--"
	Rest  []string // after it
}

// Parse reads args, without the program's name, and calls what the options set.
// It goes through all of them and returns the first *Error; then some options
// are set.
func (s *Set) Parse(args []string) (Args, error) {
	var out Args
	var first error
	fail := func(err error) {
		if first == nil {
			first = err
		}
	}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			out.Rest = args
			args = nil
			continue
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			out.Files = append(out.Files, arg)
			continue
		}
		name, value, hasValue := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
		f := s.lookup(name)
		if f == nil || strings.HasPrefix(arg, "--") != (f.Name == name) {
			fail(s.unknown(arg))
			continue
		}
		switch {
		case f.Value != "":
			if !hasValue {
				if len(args) == 0 || args[0] == "--" || s.isOption(args[0]) {
					fail(Errorf("--%s-க்கு ஒரு மதிப்பு வேண்டும்: --%s %s", "--%s needs a value: --%s %s", f.Name, f.Name, f.Value))
					continue
				}
				value, args = args[0], args[1:]
			}
		case f.OnOff:
			if !hasValue {
				value = "on"
				if len(args) > 0 && slices.Contains([]string{"on", "off"}, args[0]) {
					value, args = args[0], args[1:]
				}
			}
		case hasValue:
			fail(Errorf("--%s மதிப்பு எதையும் ஏற்காது", "--%s takes no value", f.Name))
			continue
		}
		if err := f.set(value); err != nil {
			fail(s.cannotBe(f, value, err))
		}
	}
	return out, first
}

// isOption reports whether arg is a known option and so hardly the value of the
// one before it.
func (s *Set) isOption(arg string) bool {
	name, long := strings.CutPrefix(arg, "--")
	name, _, _ = strings.Cut(name, "=")
	return long && s.lookup(name) != nil
}

func (s *Set) unknown(arg string) *Error {
	word, _, _ := strings.Cut(arg, "=")
	if name, long := strings.CutPrefix(word, "--"); long && s.Elsewhere != nil {
		if command := s.Elsewhere(name); command != "" {
			return Errorf("%s இங்கே பொருந்தாது; அது '%s' கட்டளைக்கு உரியது", "%s does not fit here; it belongs to '%s'", word, command)
		}
	}
	return Unknown(word, func(yield func(string) bool) {
		for _, f := range s.flags {
			if !yield("--" + f.Name) {
				return
			}
		}
	}, s.Help)
}

func (s *Set) cannotBe(f *Flag, value string, err error) *Error {
	var whole *Error
	if errors.As(err, &whole) {
		return whole
	}
	text := diag.Same(err.Error())
	if both, ok := errors.AsType[reason](err); ok {
		text = diag.Text(both)
	} else if e, ok := errors.AsType[*web.SettingError](err); ok {
		text = diag.Text{Ta: e.Ta, En: e.En}
	}
	v := diag.Quote(value)
	return &Error{diag.Text{
		Ta: fmt.Sprintf("--%s-க்கு '%s' பொருந்தாது: %s", f.Name, v, text.Ta),
		En: fmt.Sprintf("--%s cannot be '%s': %s", f.Name, v, text.En),
	}}
}

type reason diag.Text

func (r reason) Error() string { return r.En }

// Reason is an error of a function that sets an option: why its value does not
// fit, without the value.
func Reason(ta, en string) error { return reason{ta, en} }

// Wants reports whether args ask for help or for the version before "--"; the
// first of them counts.
func Wants(args []string) (help, version bool) {
	for _, arg := range args {
		switch arg {
		case "--":
			return false, false
		case "-h", "--help":
			return true, false
		case "-V", "--version":
			return false, true
		}
	}
	return false, false
}

// WriteUsage writes one line, or two with both languages, for each option.
func (s *Set) WriteUsage(w io.Writer, lang diag.Language) {
	for _, f := range s.flags {
		if f.Hidden {
			continue
		}
		head := "--" + f.Name
		if f.Short != "" {
			head = "-" + f.Short + ", " + head
		}
		switch {
		case f.Value != "":
			head += " " + f.Value
		case f.OnOff:
			head += "[=on|off]"
		}
		WriteItem(w, lang, head, diag.Text{Ta: f.Ta, En: f.En})
	}
}

// usageColumn is where the texts of a usage begin.
const usageColumn = 28

// WriteItem writes one entry of a usage: a head and what it means. Heads are
// ASCII or Tamil words; the texts begin in one column where they fit.
func WriteItem(w io.Writer, lang diag.Language, head string, text diag.Text) {
	lines := []string{text.Ta, text.En}
	switch {
	case lang == diag.English:
		lines = lines[1:]
	case lang == diag.Tamil || text.Ta == text.En:
		lines = lines[:1]
	}
	for i, line := range lines {
		if i == 0 && len(head) < usageColumn-3 {
			fmt.Fprintf(w, "  %-*s%s\n", usageColumn-2, head, line)
			continue
		}
		if i == 0 {
			fmt.Fprintf(w, "  %s\n", head)
		}
		fmt.Fprintf(w, "%*s%s\n", usageColumn, "", line)
	}
}
