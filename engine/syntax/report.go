package syntax

import (
	"etamil/engine/diag"
	"etamil/engine/token"
)

// A reporter keeps the first maxErrors errors of a file and counts the others.
type reporter struct {
	phase diag.Phase
	list  diag.List
	more  int
	next  token.Span // of the first error that was only counted
}

// room reports whether an error at s is to be made and added; when not, it is
// counted.
func (r *reporter) room(s token.Span) bool {
	if len(r.list) < maxErrors {
		return true
	}
	if r.more == 0 {
		r.next = s
	}
	r.more++
	return false
}

func (r *reporter) add(d *diag.Diagnostic) { r.list = append(r.list, d) }

// finish returns the errors, the last of them one that says how many were left
// out, where the first of these stands.
func (r *reporter) finish() diag.List {
	if r.more > 0 {
		r.list = append(r.list, diag.MoreErrors.At(r.next, r.more).InPhase(r.phase))
		r.more = 0
	}
	return r.list
}
