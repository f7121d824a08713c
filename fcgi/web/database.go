package web

import (
	"time"
	"unicode/utf8"

	"etamil/engine/diag"
	"etamil/engine/host"

	"github.com/rs/zerolog"
)

// maxStatement is how many letters of a statement's text the log shows.
const maxStatement = 200

// warnStatements writes what a run has to tell of databases: an unfinished
// transaction each time, what stands in the text of the program once for each
// place and generation.
func (g *Generation) warnStatements(log *zerolog.Logger, run Run, notes []error) {
	for _, note := range notes {
		d, ok := note.(*diag.Diagnostic)
		if !ok {
			continue
		}
		if d.Def != diag.TransactionLeftOpen {
			if _, known := g.noted.LoadOrStore(d.Span, true); known {
				continue
			}
		}
		e := log.Warn()
		run.addTo(e)
		addDiagnostic(e, d)
		e.Msg(d.Error())
	}
}

// logSlow writes a record of a statement that took long.
func logSlow(log *zerolog.Logger, run Run, s host.SlowStatement) {
	e := log.Warn()
	if e == nil {
		return
	}
	run.addTo(e)
	e.Float64("took", inSeconds(s.Took)).Str("statement", firstLetters(s.Text, maxStatement))
	if d, ok := s.Where.(*diag.Diagnostic); ok {
		addDiagnostic(e, d)
	}
	e.Msg(s.Where.Error())
}

// addDiagnostic adds code, Tamil sentence, place and active calls.
func addDiagnostic(e *zerolog.Event, d *diag.Diagnostic) {
	e.Str("code", d.Code().String()).Str("ta", d.Message().Ta)
	addPlace(e, d.Span)
	if len(d.Stack) > 0 {
		e.Array("stack", calls(d.Stack))
	}
}

// firstLetters returns at most n code points of s.
func firstLetters(s string, n int) string {
	at := 0
	for range n {
		if at == len(s) {
			return s
		}
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	if at < len(s) {
		return s[:at] + "…"
	}
	return s
}

// watchStatements lets h tell of slow statements.
func watchStatements(h *host.Host, slow func(host.SlowStatement), after time.Duration) {
	if h.Databases != nil {
		h.Slow, h.SlowAfter = slow, after
	}
}
