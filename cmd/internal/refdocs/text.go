package main

import (
	"fmt"
	"regexp"
	"strings"

	"etamil/engine/diag"
)

// A writer puts a page together.
type writer struct{ strings.Builder }

func (w *writer) linef(format string, args ...any) {
	fmt.Fprintf(w, format, args...)
	w.WriteByte('\n')
}

// begin writes the title and what the page is about. The mark tells editors
// that their changes would be lost.
func (w *writer) begin(title, about diag.Text) {
	w.linef("<!-- Made by go run ./cmd/internal/refdocs from the tables in the code. Change those, not this page. -->\n")
	w.linef("# %s · %s\n", title.Ta, title.En)
	w.both(about)
}

// both writes a paragraph of Markdown in each language.
func (w *writer) both(t diag.Text) { w.linef("%s\n\n%s\n", t.Ta, t.En) }

// block writes text as it is, in a fence that it cannot close.
func (w *writer) block(language, text string) {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	w.linef("%s%s\n%s\n%s\n", fence, language, strings.TrimRight(text, "\n"), fence)
}

// row writes one row of a table; cells are Markdown.
func (w *writer) row(cells ...string) {
	for _, c := range cells {
		w.WriteString("| " + strings.ReplaceAll(c, "|", `\|`) + " ")
	}
	w.WriteString("|\n")
}

// table writes the head of a table.
func (w *writer) table(heads ...string) {
	w.row(heads...)
	w.WriteString(strings.Repeat("|---", len(heads)) + "|\n")
}

// prose takes their meaning in Markdown from the characters of s that have one.
// An underscore between two letters has none, nor has a sign that begins no line.
func prose(s string) string {
	s = proseMarks.Replace(strings.ReplaceAll(s, "\n", " "))
	s = proseStart.ReplaceAllString(s, `\$0`)
	return proseUnderscore.ReplaceAllString(s, `$1\_`)
}

var (
	proseMarks      = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "<", `\<`)
	proseStart      = regexp.MustCompile(`^[-+#>]`)
	proseUnderscore = regexp.MustCompile(`(^|[\s'"(,;.])_`)
)

// quoted returns s as code within a line.
func quoted(s string) string {
	switch {
	case s == "":
		return ""
	case strings.Contains(s, "`"):
		return "`` " + s + " ``"
	}
	return "`" + s + "`"
}
