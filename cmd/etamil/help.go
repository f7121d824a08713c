package main

import (
	"fmt"
	"io"

	"etamil/cmd/internal/cli"
	"etamil/engine/diag"
)

func openHelp(t *tool, _ *cli.Set) action {
	return func(args cli.Args) (int, error) {
		switch len(args.Files) {
		case 0:
			return t.print(t.usage), nil
		case 1:
			c := findCommand(args.Files[0])
			if c == nil {
				return 0, cli.Unknown(args.Files[0], verbs(), "etamil help")
			}
			return t.print(func(w io.Writer) { t.verbUsage(w, c) }), nil
		}
		return 0, cli.Errorf("'help' ஒரு சொல்லை மட்டுமே விளக்கும்", "'help' takes one verb")
	}
}

// line writes a text in the languages wanted, on one line.
func (t *tool) line(w io.Writer, text diag.Text) {
	switch t.con.Lang {
	case diag.Tamil:
		fmt.Fprintln(w, text.Ta)
	case diag.English:
		fmt.Fprintln(w, text.En)
	default:
		fmt.Fprintf(w, "%s / %s\n", text.Ta, text.En)
	}
}

// usage writes what etamil can do.
func (t *tool) usage(w io.Writer) {
	t.line(w, diag.Text{Ta: "பயன்பாடு", En: "Usage"})
	fmt.Fprint(w, "  etamil VERB [OPTIONS] [FILE…] [-- ARGUMENTS]\n"+
		"  etamil FILE [-- ARGUMENTS]          = etamil run FILE\n"+
		"  … | etamil                          = etamil run -\n\n")
	t.line(w, diag.Text{Ta: "கட்டளைகள்", En: "Verbs"})
	for _, c := range commands() {
		about := c.about
		if c.open == nil {
			about.Ta += " (இன்னும் இல்லை)"
			about.En += " (not there yet)"
		}
		if c.tamil != "" {
			about.Ta = c.tamil + ": " + about.Ta
		}
		cli.WriteItem(w, t.con.Lang, c.name+" "+c.args, about)
	}
	fmt.Fprintln(w)
	t.line(w, diag.Text{Ta: "முதற் செயலாக்கத்தின் தெரிவுகள்", En: "Options of the first implementation"})
	cli.WriteItem(w, t.con.Lang, "--vm", diag.Same("= run"))
	cli.WriteItem(w, t.con.Lang, "--check", diag.Same("= check --no-warnings"))
	cli.WriteItem(w, t.con.Lang, "--server, --async", diag.Text{Ta: "= serve --compat (--host, --port உடன்)", En: "= serve --compat (with --host, --port)"})
	fmt.Fprintln(w)
	t.line(w, diag.Text{Ta: "எங்கும்", En: "Everywhere"})
	cli.WriteItem(w, t.con.Lang, "--lang ta|en|both", diag.Text{Ta: "செய்திகளின் மொழி; ETAMIL_LANG-உம்", En: "language of messages; ETAMIL_LANG too"})
	cli.WriteItem(w, t.con.Lang, "-h, --help", diag.Text{Ta: "உதவி; 'etamil help VERB' ஒரு கட்டளையின் தெரிவுகளைக் காட்டும்", En: "help; 'etamil help VERB' lists the options of a verb"})
	cli.WriteItem(w, t.con.Lang, "-V, --version", diag.Text{Ta: "பதிப்பு", En: "the version"})
}

// verbUsage writes the options of one verb.
func (t *tool) verbUsage(w io.Writer, c *command) {
	t.line(w, diag.Text{Ta: "பயன்பாடு", En: "Usage"})
	head := "  etamil " + c.name
	if c.open != nil {
		head += " [OPTIONS]"
	}
	if c.args != "" {
		head += " " + c.args
	}
	fmt.Fprintf(w, "%s\n\n", head)
	t.line(w, c.about)
	if c.open == nil {
		t.line(w, notYet(c).Text)
		return
	}
	if c.tamil != "" {
		fmt.Fprintf(w, "= etamil %s\n", c.tamil)
	}
	fmt.Fprintln(w)
	s := t.newSet(c)
	c.open(t, s)
	s.WriteUsage(w, t.con.Lang)
}
