// Package diag holds what eTamil says to people when something is wrong with
// a program: the catalogue of codes, each with a sentence in Tamil and one in
// English, the places they point at, and the two forms they are written in,
// text with the source line and a caret (Render) and JSON (AppendJSON).
//
// In reading order: Def is one row of the catalogue (codes.go), Diagnostic is
// one use of it at a place, List is what a phase collects, Options say how
// Render writes it. A failing program is a value, never a panic:
//
//	d := diag.DivisionByZero.At(span)
//	list = append(list, diag.TypeMismatch.At(name, "அ", diag.KindNumber, diag.KindText))
//	diag.Render(os.Stderr, list, diag.Options{})
//
// A code never changes its meaning and is never used for another one. What a
// code means at length, with a wrong and a right program, is told by Explain.
//
// The package knows nothing of syntax, values or hosts; it only imports token.
package diag
