package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"regexp"
	"strings"

	"etamil/cmd/internal/config"
	"etamil/engine/diag"
)

// manuals writes the man pages: the texts of packaging/man, in which lines
// ".\" OPTIONS", ".\" VERBS", ".\" COMMANDS" and ".\" CTL" are replaced by the
// lists that the binaries give, and the page of the settings.
func (p *packer) manuals(tool, daemon command) error {
	ctl := daemon.commands[0]
	for name, lists := range map[string]map[string]string{
		"etamil.1":  {"VERBS": mdocCommands(tool.commands, true), "OPTIONS": mdocOptions(tool.options)},
		"etamild.8": {"OPTIONS": mdocOptions(daemon.options), "COMMANDS": mdocCommands(ctl.commands, false), "CTL": mdocOptions(ctl.options)},
	} {
		text, err := os.ReadFile("packaging/man/" + name)
		if err != nil {
			return err
		}
		for name, list := range lists {
			mark := []byte(".\\\" " + name + "\n")
			if bytes.Count(text, mark) != 1 {
				return fmt.Errorf("packaging/man/%s must have a line %q once", name, mark)
			}
			text = bytes.Replace(text, mark, []byte(list), 1)
		}
		text = bytes.Replace(text, []byte(".Dd DATE\n"), []byte(".Dd "+p.Time.Format("January 2, 2006")+"\n"), 1)
		if err := p.page(name, text); err != nil {
			return err
		}
	}
	return p.page("etamild.toml.5", []byte(inEnglish(config.ManPage(p.Version, diag.English))))
}

// page writes one man page, whose name ends with its section.
func (p *packer) page(name string, text []byte) error {
	packed, err := gz(text)
	if err != nil {
		return err
	}
	return p.write("made/man"+name[len(name)-1:]+"/"+name+".gz", packed)
}

// tamilWord matches a Tamil word with its translation.
var tamilWord = regexp.MustCompile(`\p{Tamil}+ \(([^)]*)\)`)

// inEnglish leaves only the translations of Tamil words: groff drops vowel signs
// and viramas, so that a page cannot show them.
func inEnglish(text string) string { return tamilWord.ReplaceAllString(text, "$1") }

// gz returns content compressed as gzip -9n does it: without a name or time.
func gz(content []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

// mdoc returns text for a line of mdoc(7): what groff would take for its own is
// escaped.
func mdoc(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "~", `\(ti`, "^", `\(ha`).Replace(inEnglish(text))
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}

// argument returns text as one argument of a macro. Words such as "Ar" would be
// called.
func argument(text string) string { return `"` + strings.ReplaceAll(mdoc(text), `"`, `\(dq`) + `"` }

func mdocOptions(options []item) string {
	var b strings.Builder
	b.WriteString(".Bl -tag -width Ds\n")
	for _, o := range options {
		b.WriteString(".It")
		for i, word := range o.words() {
			if i > 0 {
				b.WriteString(" ,")
			}
			b.WriteString(" Fl " + mdoc(strings.TrimPrefix(word, "-")))
		}
		if v := o.value(); v != "" {
			b.WriteString(" Ar " + argument(v))
		} else if strings.HasSuffix(o.head, "[=on|off]") {
			b.WriteString(" Ns Oo = Ns Cm on Ns | Ns Cm off Oc")
		}
		fmt.Fprintf(&b, "\n%s\n", mdoc(o.about))
	}
	b.WriteString(".El\n")
	return b.String()
}

// mdocCommands lists commands, each with its options or without.
func mdocCommands(commands []command, options bool) string {
	var b strings.Builder
	b.WriteString(".Bl -tag -width Ds\n")
	for _, c := range commands {
		b.WriteString(".It Cm " + mdoc(c.name))
		if c.args != "" {
			b.WriteString(" Ar " + argument(c.args))
		}
		fmt.Fprintf(&b, "\n%s\n", mdoc(c.about))
		if options && len(c.options) > 0 {
			b.WriteString(mdocOptions(c.options))
		}
	}
	b.WriteString(".El\n")
	return b.String()
}
