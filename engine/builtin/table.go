package builtin

import (
	"slices"
	"strings"

	"etamil/engine/diag"
	"etamil/engine/value"
)

// table holds every row, subject by subject.
var table = slices.Concat(
	generalRows, resultRows, numberRows, textRows, dateRows, bytesRows,
	fileRows, packageRows, cryptoRows, tokenRows, processRows, httpRows,
	sealRows, responseRows, dataRows,
)

// uncallable is the one spelling that the scanner takes for a keyword, so that
// it never reaches a call.
const uncallable = "_join"

// byName finds rows by their spellings.
var byName = func() map[string]*Builtin {
	m := make(map[string]*Builtin, 3*len(table))
	for i := range table {
		b := &table[i]
		for _, name := range []string{b.Name.Tamil, b.Name.Roman, b.Name.English} {
			if name == uncallable {
				continue
			}
			if m[name] != nil {
				panic("BUG: two builtins are called " + name)
			}
			m[name] = b
		}
	}
	return m
}()

// Table returns all rows, to be read only.
func Table() []Builtin { return slices.Clip(table) }

// Lookup returns the row that answers to name, in any of its three spellings.
func Lookup(name string) (*Builtin, bool) {
	b, ok := byName[name]
	return b, ok
}

// Call converts args in place and computes the builtin. The number of
// arguments must be right. Name is the function's name as the program wrote
// it, for messages. Errors are those of Func, and those of Prepare.
func (b *Builtin) Call(m Machine, name string, args []value.Value) (value.Value, error) {
	if err := b.Prepare(m, name, args); err != nil {
		return value.Value{}, err
	}
	v, err := b.Func(m, args)
	if err != nil {
		// A Func names its function in Tamil; the author may have written
		// another spelling.
		if d, ok := err.(*diag.Diagnostic); ok && len(d.Args) > 0 && d.Args[0] == diag.Same(b.Name.Tamil) {
			d.Args[0] = diag.Same(name)
		}
	}
	return v, err
}

// Prepare checks and converts args in place as the row's Args say. Errors are
// ET4020 and ET4021 without a place, and what Machine's methods return. A path
// of a kind that names no file stays as it is: the functions answer it with a
// failure.
func (b *Builtin) Prepare(m Machine, name string, args []value.Value) error {
	for i := range b.Args {
		v := &args[i]
		switch b.Args[i].Want {
		case Any:
		case AsText:
			if v.Kind() != value.Text {
				s, err := printed(m, v)
				if err != nil {
					return err
				}
				*v = value.String(s)
			}
		case AsNumber:
			if v.Kind() != value.Number {
				if v.Kind() == value.Text {
					if err := m.Charge(len(v.Str()) / 8); err != nil {
						return err
					}
				}
				*v = value.Num(value.ToNumber(v))
			}
		case AsPath:
			if path, ok := PathText(v); ok && v.Kind() != value.Text {
				*v = value.String(path)
			}
		case Array:
			if v.Kind() != value.Array {
				return b.wrongKind(name, i, diag.KindArray, v)
			}
		case Record:
			if v.Kind() != value.Record {
				return b.wrongKind(name, i, diag.KindRecord, v)
			}
		case Result:
			if !v.IsResult() {
				return diag.ResultNeeded.New(name, KindName(v))
			}
		case Countable:
			if v.Kind() != value.Text && !v.IsCollection() {
				return b.wrongKind(name, i, countable, v)
			}
		}
	}
	return nil
}

var countable = diag.Text{Ta: "சொல், அணி அல்லது பொருள்", En: "text, an array or a record"}

// wrongKind names the parameter where the function has several, and always for
// the library.
func (b *Builtin) wrongKind(name string, i int, want diag.Text, got *value.Value) error {
	if len(b.Args) > 1 || b.Library {
		want = b.Args[i].As(want)
	}
	return diag.BadArgument.New(name, want, KindName(got))
}

// As returns what an argument needs to be, naming the parameter.
func (a *Arg) As(needs diag.Text) diag.Text {
	return diag.Text{
		Ta: "'" + a.Name.Ta + "' இடத்தில் " + needs.Ta,
		En: needs.En + " as '" + a.Name.En + "'",
	}
}

// NotAs undoes As. It is false when needs does not name the parameter.
func (a *Arg) NotAs(needs diag.Text) (diag.Text, bool) {
	ta, isTa := strings.CutPrefix(needs.Ta, "'"+a.Name.Ta+"' இடத்தில் ")
	en, isEn := strings.CutSuffix(needs.En, " as '"+a.Name.En+"'")
	return diag.Text{Ta: ta, En: strings.TrimSuffix(en, ",")}, isTa && isEn
}

// KindName returns the kind of v as the sentences of diagnostics name it.
func KindName(v *value.Value) diag.Text {
	switch v.Kind() {
	case value.Number:
		return diag.KindNumber
	case value.Text:
		return diag.KindText
	case value.Boolean:
		return diag.KindBoolean
	case value.Array:
		return diag.KindArray
	case value.Record:
		return diag.KindRecord
	case value.Success, value.Failure:
		return diag.KindResult
	}
	return diag.KindNil
}

// PathText returns the path that v names: a text is itself, a number its
// printed form. Other kinds name no file.
func PathText(v *value.Value) (string, bool) {
	switch v.Kind() {
	case value.Text:
		return v.Str(), true
	case value.Number:
		return v.Dec().String(), true
	}
	return "", false
}
