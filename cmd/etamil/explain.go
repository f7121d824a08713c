package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"etamil/cmd/internal/cli"
	"etamil/engine/builtin"
	"etamil/engine/diag"
	"etamil/engine/stdlib"
)

func openExplain(t *tool, _ *cli.Set) action {
	return func(args cli.Args) (int, error) {
		switch len(args.Files) {
		case 0:
			return t.print(t.listCodes), nil
		case 1:
			word := args.Files[0]
			if code, ok := diag.ParseCode(word); ok && diag.Lookup(code) != nil {
				return t.print(func(w io.Writer) { t.explain(w, code) }), nil
			}
			if found := functionsNamed(word); len(found) > 0 {
				return t.print(func(w io.Writer) { t.explainFunctions(w, found) }), nil
			}
			if looksLikeCode(word) {
				return 0, cli.Unknown(strings.ToUpper(word), codeNames, "etamil explain")
			}
			return 0, cli.Unknown(word, functionNames, "etamil explain")
		}
		return 0, cli.Errorf("ஒரு குறியீடோ செயலோ மட்டுமே விளக்கப்படும்", "one code or function is explained at a time")
	}
}

// looksLikeCode reports whether a word was meant for a code: "ET2999", "2003".
func looksLikeCode(word string) bool {
	digits := word
	if len(word) > 2 && strings.EqualFold(word[:2], "ET") {
		digits = word[2:]
	}
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}

// A described function has a row: a builtin, or one of a module of the library.
type described struct {
	*builtin.Builtin
	module string // "" for a builtin
}

// functions yields every function there is.
func functions(yield func(described) bool) {
	rows := builtin.Table()
	for i := range rows {
		if !yield(described{&rows[i], ""}) {
			return
		}
	}
	for _, module := range stdlib.Modules() {
		rows := stdlib.Functions(module)
		for i := range rows {
			if !yield(described{&rows[i].Builtin, module}) {
				return
			}
		}
	}
}

// functionsNamed returns the functions with that name in one of its spellings;
// two modules may have one each.
func functionsNamed(name string) (found []described) {
	for f := range functions {
		if slices.Contains(f.Name.Spellings(), name) {
			found = append(found, f)
		}
	}
	return found
}

func functionNames(yield func(string) bool) {
	for f := range functions {
		for _, name := range f.Name.Spellings() {
			if !yield(name) {
				return
			}
		}
	}
}

// explainFunctions writes what the rows of functions say.
func (t *tool) explainFunctions(w io.Writer, all []described) {
	for i, f := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, strings.Join(f.Name.Spellings(), " · "))
		if f.module != "" {
			fmt.Fprintf(w, "    இறக்கு %q;\n", f.module)
		}
		fmt.Fprintln(w)
		t.paragraph(w, f.Description())
		fmt.Fprintln(w)
		for _, a := range f.Args {
			name := a.Name.Ta
			switch {
			case t.con.Lang == diag.English:
				name = a.Name.En
			case t.con.Lang != diag.Tamil && a.Name.En != a.Name.Ta:
				name += " / " + a.Name.En
			}
			fmt.Fprintf(w, "    %s: %s\n", name, a.Want)
		}
		fmt.Fprintf(w, "    → %s\n", f.Ret)
		if len(f.Try) == 0 {
			continue
		}
		fmt.Fprintln(w)
		t.line(w, diag.Text{Ta: "எடுத்துக்காட்டு", En: "Examples"})
		for _, e := range f.Try {
			fmt.Fprintf(w, "    %s ⇒ %s\n", e.Expr, strings.ReplaceAll(e.Want, "\n", "⏎"))
		}
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
