package check

import (
	"etamil/engine/diag"
	"etamil/engine/syntax"
	"etamil/engine/token"
)

// A kind is what is known before running of the value of an expression.
type kind uint8

const (
	unknown kind = iota // every declared type accepts it
	number
	text
	boolean
	array
	record
	date // of declarations only: a value of it is a text
	null // counts as unknown for declared types
)

var kindTexts = [...]diag.Text{
	number: diag.KindNumber, text: diag.KindText, boolean: diag.KindBoolean,
	array: diag.KindArray, record: diag.KindRecord, date: diag.KindDate, null: diag.KindNil,
}

// typeWords gives the kind that each type word declares. There is one kind of
// number, whole or not.
var typeWords = map[token.Kind]kind{
	token.TypeNumber:   number,
	token.TypeFraction: number,
	token.TypeString:   text,
	token.TypeText:     text,
	token.TypeBoolean:  boolean,
	token.TypeArray:    array,
	token.TypeRecord:   record,
	token.TypeData:     record,
	token.TypeDate:     date,
}

// accepts reports whether a name declared as k may be given a value of kind v.
func (k kind) accepts(v kind) bool {
	switch {
	case v == unknown, v == null, v == k:
		return true
	case k == text, k == date:
		return v == text || v == number
	}
	return false
}

// declared is the type of a name and the place that declared it.
type declared struct {
	kind kind
	at   token.Span
}

// declare checks name; which is the assignment of the number 0.
func (c *checker) declare(s *syntax.Declare) {
	name := s.Name
	if !s.Type.IsValid() {
		c.laterAssignment(name, number)
		return
	}
	k := typeWords[s.Type.Kind]
	c.types[name.Text] = declared{k, name.Loc}
	if !k.accepts(number) {
		c.report(diag.NeedsFirstValue.At(name.Loc, name.Text, kindTexts[k]))
	}
}

// assign checks name = value; with or without a type word.
func (c *checker) assign(s *syntax.Assign) {
	name, given := s.Name, c.kindOf(s.Value)
	if !s.Type.IsValid() {
		c.laterAssignment(name, given)
		return
	}
	k := typeWords[s.Type.Kind]
	c.types[name.Text] = declared{k, name.Loc}
	if !k.accepts(given) {
		c.report(diag.TypeMismatch.At(name.Loc, name.Text, kindTexts[k], kindTexts[given]))
	}
}

// laterAssignment checks a value for a name that may have been declared.
func (c *checker) laterAssignment(name syntax.Name, given kind) {
	d, ok := c.types[name.Text]
	if ok && !d.kind.accepts(given) {
		c.report(diag.LaterMismatch.At(name.Loc, name.Text, kindTexts[d.kind], kindTexts[given])).
			Note(d.at, diag.DeclaredHere)
	}
}

// kindOf returns the kind of e by its form and the declared types.
func (c *checker) kindOf(e syntax.Expr) kind {
	switch e := e.(type) {
	case *syntax.Number, *syntax.Neg:
		return number
	case *syntax.Text:
		return text
	case *syntax.Bool, *syntax.Logic, *syntax.Not:
		return boolean
	case *syntax.Nil:
		return null
	case *syntax.Array:
		return array
	case *syntax.Record:
		return record
	case *syntax.Chain:
		return resultOf(e.Links[len(e.Links)-1].Op)
	case *syntax.Variable:
		if d := c.types[e.Name]; d.kind == date {
			return text
		} else {
			return d.kind
		}
	}
	return unknown
}

// resultOf returns the kind of the result of a binary operator.
func resultOf(op token.Kind) kind {
	switch op {
	case token.Plus, token.Minus, token.Star, token.Slash:
		return number
	case token.Ampersand:
		return text
	}
	return boolean
}
