// Package console is what a command says to the person who called it:
// diagnostics and sentences on standard error, in the languages wanted, in
// colour on a terminal. It also ends the process the way a signal would.
package console

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"etamil/cmd/internal/cli"
	"etamil/engine/diag"
)

// A Console writes messages. Safe for concurrent use; Lang is set before.
type Console struct {
	// Name is that of the command, in front of sentences.
	Name  string
	Lang  diag.Language
	color bool
	dir   string

	mu sync.Mutex
	w  io.Writer
}

// New returns a Console on f, in both languages. Colours are used on a terminal
// when NO_COLOR is empty.
func New(name string, f *os.File, getenv func(string) string) *Console {
	dir, err := os.Getwd()
	if err != nil {
		dir = "" // names are shown as they are
	}
	return &Console{
		Name: name, w: f, dir: dir,
		color: IsTerminal(f) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb",
	}
}

// IsTerminal reports whether f is a terminal.
func IsTerminal(f *os.File) bool {
	conn, err := f.SyscallConn()
	if err != nil {
		return false
	}
	is := false
	err = conn.Control(func(fd uintptr) {
		_, err := unix.IoctlGetTermios(int(fd), unix.TCGETS)
		is = err == nil
	})
	return err == nil && is
}

// SetLang chooses the languages by "ta", "en" or "both".
func (c *Console) SetLang(word string) error {
	lang, ok := diag.ParseLanguage(word)
	if !ok {
		return cli.Reason("ta, en, both ஆகியவற்றில் ஒன்று வேண்டும்", "it must be ta, en or both")
	}
	c.Lang = lang
	return nil
}

// ChooseLang takes the languages from the value of ETAMIL_LANG and from --lang
// in args, before anything is said. It is false for a value of ETAMIL_LANG that
// is no choice; one of --lang is found when the options are read.
func (c *Console) ChooseLang(env string, args []string) bool {
	ok := env == "" || c.SetLang(env) == nil
	for i, arg := range args {
		word, given := strings.CutPrefix(arg, "--lang=")
		switch {
		case arg == "--":
			return ok
		case arg == "--lang" && i+1 < len(args):
			word = args[i+1]
		case !given:
			continue
		}
		c.SetLang(word)
	}
	return ok
}

// Write writes p as it is, in one piece.
func (c *Console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.w.Write(p)
}

// Report shows diagnostics.
func (c *Console) Report(list ...*diag.Diagnostic) {
	if len(list) == 0 {
		return
	}
	var b bytes.Buffer
	c.Format(&b, list...)
	c.Write(b.Bytes())
}

// Format writes diagnostics to b as Report shows them.
func (c *Console) Format(b *bytes.Buffer, list ...*diag.Diagnostic) {
	diag.Render(b, list, diag.Options{Lang: c.Lang, Color: c.color, Dir: c.dir}) // a buffer never fails
}

// ReportJSON writes diagnostics in their machine form, one a line.
func (c *Console) ReportJSON(list ...*diag.Diagnostic) {
	var b []byte
	for _, d := range list {
		b = append(d.AppendJSON(b), '\n')
	}
	c.Write(b)
}

// Say writes one sentence, the command's name in front.
func (c *Console) Say(text diag.Text) {
	line := c.Name + ": "
	switch c.Lang {
	case diag.Tamil:
		line += text.Ta
	case diag.English:
		line += text.En
	default:
		line += text.Ta
		if text.En != text.Ta {
			line += " (" + text.En + ")"
		}
	}
	c.Write([]byte(line + "\n"))
}

// Sayf is Say with both sentences taking the same arguments.
func (c *Console) Sayf(ta, en string, args ...any) {
	c.Say(diag.Text{Ta: fmt.Sprintf(ta, args...), En: fmt.Sprintf(en, args...)})
}

// Die ends the process as the signal would have, had nobody caught it: shells
// see 128 + its number. Where the signal does not end it, the status is that
// number. (SIGPIPE needs no help: a write to a closed standard output or error
// ends a Go program that way.)
func Die(s syscall.Signal) {
	signal.Reset(s)
	unix.Kill(os.Getpid(), s)
	time.Sleep(time.Second) // the signal comes at once, or never
	os.Exit(128 + int(s))
}
