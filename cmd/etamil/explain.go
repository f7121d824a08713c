package main

import (
	"fmt"
	"io"
	"strings"

	"etamil/cmd/internal/cli"
	"etamil/engine/diag"
)

func openExplain(t *tool, _ *cli.Set) action {
	return func(args cli.Args) (int, error) {
		switch len(args.Files) {
		case 0:
			return t.print(t.listCodes), nil
		case 1:
			code, ok := diag.ParseCode(args.Files[0])
			if !ok || diag.Lookup(code) == nil {
				return 0, cli.Unknown(strings.ToUpper(args.Files[0]), codeNames, "etamil explain")
			}
			return t.print(func(w io.Writer) { t.explain(w, code) }), nil
		}
		return 0, cli.Errorf("ஒரு குறியீடு மட்டுமே விளக்கப்படும்", "one code is explained at a time")
	}
}

func codeNames(yield func(string) bool) {
	for _, code := range diag.Codes() {
		if !yield(code.String()) {
			return
		}
	}
}

// listCodes writes one line, or two, for each code.
func (t *tool) listCodes(w io.Writer) {
	for _, code := range diag.Codes() {
		def := diag.Lookup(code)
		word := def.Severity.Text()
		switch t.con.Lang {
		case diag.Tamil:
			fmt.Fprintf(w, "%v  %s: %s\n", code, word.Ta, def.Ta)
		case diag.English:
			fmt.Fprintf(w, "%v  %s: %s\n", code, word.En, def.En)
		default:
			fmt.Fprintf(w, "%v  %s: %s\n        %s: %s\n", code, word.Ta, def.Ta, word.En, def.En)
		}
	}
}

// explain writes what a code means: its sentence, the rule, a program that gets
// it and one that does what was meant.
func (t *tool) explain(w io.Writer, code diag.Code) {
	def := diag.Lookup(code)
	word := def.Severity.Text()
	t.paragraph(w, diag.Text{
		Ta: fmt.Sprintf("%s %v: %s", word.Ta, code, def.Ta),
		En: fmt.Sprintf("%s %v: %s", word.En, code, def.En),
	})
	e, ok := diag.Explain(code)
	if !ok {
		return
	}
	fmt.Fprintln(w)
	t.paragraph(w, e.Rule)
	for _, part := range []struct {
		title   diag.Text
		example diag.Example
	}{
		{diag.Text{Ta: "தவறு", En: "Wrong"}, e.Wrong},
		{diag.Text{Ta: "சரி", En: "Right"}, e.Right},
	} {
		fmt.Fprintln(w)
		t.line(w, part.title)
		for line := range strings.Lines(part.example.Text()) {
			fmt.Fprint(w, "    ", line)
		}
	}
}

// paragraph writes a text in the languages wanted, each on a line of its own.
func (t *tool) paragraph(w io.Writer, text diag.Text) {
	if t.con.Lang != diag.English {
		fmt.Fprintln(w, text.Ta)
	}
	if t.con.Lang != diag.Tamil {
		fmt.Fprintln(w, text.En)
	}
}
