package diag

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"etamil/engine/token"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// A Language says in which languages Render writes.
type Language uint8

// The languages. The zero Language is both, Tamil first.
const (
	Both Language = iota
	Tamil
	English
)

// ParseLanguage reads "both", "ta" or "en".
func ParseLanguage(s string) (Language, bool) {
	switch s {
	case "both":
		return Both, true
	case "ta":
		return Tamil, true
	case "en":
		return English, true
	}
	return Both, false
}

// Options say how Render writes.
type Options struct {
	Lang  Language
	Color bool
	// Dir is the directory that names of files are shown relative to where
	// they lie below it; with "" and "/" they are shown as they are.
	Dir string
}

const (
	maxColumns = 120 // of a source line; wider ones are cut around the caret
	tabStop    = 4
	maxCalls   = 10 // of a stack
)

// Render writes the list for people: each diagnostic with its source line and
// a caret, a blank line between two of them, and a last line with the numbers
// of errors and warnings when there is more than one. It returns the error of
// w.
func Render(w io.Writer, list List, o Options) error {
	r := renderer{Options: o}
	for i, d := range list {
		if i > 0 {
			r.WriteByte('\n')
		}
		r.diagnostic(d)
	}
	if len(list) > 1 {
		r.WriteByte('\n')
		errors, warnings := list.Errors(), list.Warnings()
		ta := fmt.Sprintf("%d பிழைகள், %d எச்சரிக்கைகள்", errors, warnings)
		en := fmt.Sprintf("%d errors, %d warnings", errors, warnings)
		switch o.Lang {
		case Tamil:
			r.WriteString(ta + "\n")
		case English:
			r.WriteString(en + "\n")
		default:
			r.WriteString(ta + "  (" + en + ")\n")
		}
	}
	_, err := w.Write(r.Bytes())
	return err
}

// Colours of a terminal.
const (
	plain  = "\x1b[0m"
	bold   = "\x1b[1m"
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
	cyan   = "\x1b[1;36m"
	blue   = "\x1b[34m"
)

var severityColors = [...]string{Error: red, Warning: yellow, Note: cyan}

type renderer struct {
	bytes.Buffer
	Options
}

func (r *renderer) paint(color, s string) string {
	if !r.Color {
		return s
	}
	return color + s + plain
}

func (r *renderer) diagnostic(d *Diagnostic) {
	message, color := d.Message(), severityColors[d.Def.Severity]
	word := d.Def.Severity.Text()
	if place := r.place(d.Span); place != "" {
		r.WriteString(r.paint(bold, place) + ": ")
	}
	switch r.Lang {
	case Tamil:
		fmt.Fprintf(r, "%s %v: %s\n", r.paint(color, word.Ta), d.Def.Code, message.Ta)
	case English:
		fmt.Fprintf(r, "%s %v: %s\n", r.paint(color, word.En), d.Def.Code, message.En)
	default:
		fmt.Fprintf(r, "%s %v: %s\n", r.paint(color, word.Ta), d.Def.Code, message.Ta)
		fmt.Fprintf(r, "    %s %v: %s\n", r.paint(color, word.En), d.Def.Code, message.En)
	}
	r.excerpt(d.Span, color)
	for _, note := range d.Notes {
		r.label(Note.Text(), cyan, r.place(note.Span), note.Text)
		r.excerpt(note.Span, cyan)
	}
	if d.Help != nil {
		r.label(Text{"உதவி", "help"}, cyan, "", *d.Help)
	}
	r.stack(d.Stack)
}

// label writes a note or help: its word, its place and its sentences.
func (r *renderer) label(word Text, color, place string, text Text) {
	if place != "" {
		place = " " + place
	}
	switch r.Lang {
	case Tamil:
		fmt.Fprintf(r, "    %s%s: %s\n", r.paint(color, word.Ta), place, text.Ta)
	case English:
		fmt.Fprintf(r, "    %s%s: %s\n", r.paint(color, word.En), place, text.En)
	default:
		both := text.Ta
		if text.En != text.Ta {
			// A statement that the author is to write ends in one of its own.
			both = strings.TrimSuffix(both, ";") + "; " + text.En
		}
		fmt.Fprintf(r, "    %s%s: %s\n", r.paint(color, word.Ta+" / "+word.En), place, both)
	}
}

func (r *renderer) stack(calls []Call) {
	word, more := "செயல்", "… %d மேலும் / %d more"
	switch r.Lang {
	case Tamil:
		more = "… %d மேலும்"
	case English:
		word, more = "function", "… %d more"
	}
	for _, call := range calls[:min(len(calls), maxCalls)] {
		fmt.Fprintf(r, "    %s %s", word, Quote(call.Function))
		if place := r.place(call.Span); place != "" {
			r.WriteString("  " + place)
		}
		r.WriteByte('\n')
	}
	if n := len(calls) - maxCalls; n > 0 {
		args := []any{n, n}
		r.WriteString("    " + fmt.Sprintf(more, args[:strings.Count(more, "%d")]...) + "\n")
	}
}

// place returns FILE:LINE:COLUMN, or "" for the zero Span.
func (r *renderer) place(s token.Span) string {
	if !s.IsValid() {
		return ""
	}
	p := s.Pos()
	return fmt.Sprintf("%s:%d:%d", visible(relative(r.Dir, s.File.Name)), p.Line, p.Column)
}

// relative returns name relative to dir where it lies below it.
func relative(dir, name string) string {
	if dir == "" || dir == "/" || !filepath.IsAbs(name) {
		return name
	}
	if rel, err := filepath.Rel(dir, name); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return name
}

// excerpt writes the source line of s and the caret line below it.
func (r *renderer) excerpt(s token.Span, color string) {
	if !s.IsValid() || s.File.Source == "" {
		return
	}
	number := s.Pos().Line
	line, offset := s.File.LineText(number)
	from := min(max(int(s.Start)-offset, 0), len(line))
	to := min(max(int(s.End)-offset, from), len(line))
	before, marked, after := untab(line[:from], line[from:to], line[to:])
	caret, carets := displayWidth(before), max(displayWidth(marked), 1)
	source := before + marked + after
	if displayWidth(source) > maxColumns {
		source, caret, carets = window(source, caret, carets)
	}
	digits := strconv.Itoa(number)
	blank := strings.Repeat(" ", len(digits))
	bar := r.paint(blue, "|")
	marks := "^" + strings.Repeat("~", carets-1)
	fmt.Fprintf(r, "  %s %s %s\n", r.paint(blue, digits), bar, source)
	fmt.Fprintf(r, "  %s %s %s%s\n", blank, bar, strings.Repeat(" ", caret), r.paint(color, marks))
}

// untab turns the tabs of three neighbouring parts of a line into blanks up to
// the next tab stop, and what a screen cannot show into U+FFFD.
func untab(parts ...string) (before, marked, after string) {
	column := 0
	var out [3]string
	for i, part := range parts {
		var b strings.Builder
		for g := graphemes.FromString(strings.ToValidUTF8(part, "\uFFFD")); g.Next(); {
			letter := g.Value()
			if letter == "\t" {
				n := tabStop - column%tabStop
				b.WriteString(strings.Repeat(" ", n))
				column += n
				continue
			}
			letter = strings.Map(func(c rune) rune {
				if isHidden(c) {
					return utf8.RuneError
				}
				return c
			}, letter)
			b.WriteString(letter)
			column += letterWidth(letter)
		}
		out[i] = b.String()
	}
	return out[0], out[1], out[2]
}

// window cuts a line that is too wide to maxColumns around the caret, and
// returns it with the caret's new column and number.
func window(line string, caret, carets int) (string, int, int) {
	const lead = 40 // columns kept before the caret where there are more
	type cell struct{ end, column int }
	var cells []cell // ends of the letters in bytes and in columns
	column := 0
	for g := graphemes.FromString(line); g.Next(); {
		column += letterWidth(g.Value())
		cells = append(cells, cell{g.End(), column})
	}
	total := column
	start := max(caret-lead, 0)
	start = min(start, total-maxColumns)
	// The first letter kept begins at or after start; one column goes to "…".
	first, firstByte, firstColumn := 0, 0, 0
	if start > 0 {
		for first < len(cells) && firstColumn < start+1 {
			firstByte, firstColumn = cells[first].end, cells[first].column
			first++
		}
	}
	room := maxColumns
	head, tail := "", ""
	if firstByte > 0 {
		head = "…"
		room--
	}
	if total-firstColumn > room {
		tail = "…"
		room--
	}
	lastByte, lastColumn := firstByte, firstColumn
	for _, c := range cells[first:] {
		if c.column-firstColumn > room {
			break
		}
		lastByte, lastColumn = c.end, c.column
	}
	caret += displayWidth(head) - firstColumn
	carets = min(carets, max(lastColumn-firstColumn+displayWidth(head)-caret, 1))
	return head + line[firstByte:lastByte] + tail, caret, carets
}
