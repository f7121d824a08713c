package vm

import (
	"strings"

	"etamil/engine/builtin"
	"etamil/engine/code"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// maxBlameWork bounds how many parts of arguments are looked at for the one that
// an error is about.
const maxBlameWork = 1 << 17

// maxBlameDepth is how deep in an argument that part is looked for.
const maxBlameDepth = 6

// blame makes d speak of a function of the library as the program knows it: its
// name as it was called, and which parameter, or which part of it, has a wrong
// kind. Without it d would speak of what the library calls and reads inside. d
// was raised by the instruction before pc of inner; at depth calls the program
// called the library, by name.
func (r *Run) blame(d *diag.Diagnostic, inner *code.Func, pc, depth int, name string) {
	reg, needs, ok := r.wrongPart(d, inner, pc)
	if !ok {
		return
	}
	entry, base := r.frames[depth-1].callee, r.base
	if depth < r.depth {
		base = r.frames[depth].base
	}
	got := d.Args[len(d.Args)-1]
	if reg >= 0 {
		v := &r.stack[r.base+reg]
		if inner == entry && depth == r.depth && reg < entry.Params {
			p := parameter(entry, reg)
			needs = p.As(needs)
		} else if i, at, ok := whence(r.stack[base:base+entry.Params], v); ok {
			needs = at.in(parameter(entry, i).Name, needs)
		}
	}
	bad := diag.BadArgument.New(name, needs, got)
	d.Def, d.Args = bad.Def, bad.Args
}

// wrongPart tells which register of r's window holds what d is about, -1 when
// that is not known, and what it needs to be. It is false for an error that is
// not about a kind.
func (r *Run) wrongPart(d *diag.Diagnostic, f *code.Func, pc int) (reg int, needs diag.Text, ok bool) {
	i := f.Code[pc-1]
	switch d.Def {
	case diag.NoElements, diag.CannotWalk:
		needs = countable
	case diag.FieldOfNonRecord:
		field := d.Args[0]
		needs = diag.Text{
			Ta: "'" + field.Ta + "' புலம் உள்ள பொருள்",
			En: "a record with field '" + field.En + "'",
		}
	case diag.BadArgument:
		needs = d.Args[1]
	default:
		return 0, diag.Text{}, false
	}
	switch i.Op {
	case code.AppendTo:
		return int(i.A), needs, true
	case code.Append, code.Len, code.Index, code.Field, code.IterInit:
		return int(i.B), needs, true
	case code.CallBuiltin, code.Prepare:
		args := r.prog.Natives[i.B].Args
		for k := range args {
			if bare, named := args[k].NotAs(needs); named {
				return int(i.A) + k, bare, true
			}
		}
		if len(args) == 1 && d.Def == diag.BadArgument {
			return int(i.A), needs, true
		}
	}
	return -1, needs, true
}

// parameter describes parameter i of a function of the library. One that is
// private to its module has no row, and no English names.
func parameter(f *code.Func, i int) *builtin.Arg {
	if f.Row != nil {
		return &f.Row.Args[i]
	}
	return &builtin.Arg{Name: diag.Same(f.Names[i])}
}

// maxLetterBytes is more than a letter has that somebody wrote.
const maxLetterBytes = 64

// A part says where in an argument a value is.
type part struct {
	kind  partKind
	field string
}

type partKind uint8

const (
	nowhere partKind = iota
	itself
	anElement
	aField
	deepInside
)

// in returns needs with the parameter and the part of it.
func (p part) in(name, needs diag.Text) diag.Text {
	switch p.kind {
	case itself:
		return (&builtin.Arg{Name: name}).As(needs)
	case anElement:
		return diag.Text{Ta: "'" + name.Ta + "' உறுப்பின் இடத்தில் " + needs.Ta, En: needs.En + " as an element of '" + name.En + "'"}
	case aField:
		field := diag.Quote(p.field)
		return diag.Text{
			Ta: "'" + name.Ta + "' பொருளின் '" + field + "' புலத்தில் " + needs.Ta,
			En: needs.En + " as field '" + field + "' of '" + name.En + "'",
		}
	}
	return diag.Text{Ta: "'" + name.Ta + "' உள்ளே " + needs.Ta, En: needs.En + " inside '" + name.En + "'"}
}

// whence finds the one argument that v came from. It is false when v is in none
// or in several.
func whence(args []value.Value, v *value.Value) (i int, at part, ok bool) {
	work := maxBlameWork
	for k := range args {
		switch p := locate(&args[k], v, 0, &work); {
		case work < 0, ok && p.kind != nowhere:
			return 0, part{}, false
		case p.kind != nowhere:
			i, at, ok = k, p, true
		}
	}
	return i, at, ok
}

// locate finds v in w. It spends one of *work for each part it looks at and gives
// up below 0.
func locate(w, v *value.Value, depth int, work *int) part {
	if w.IsDefined() && w.Kind() == value.Text {
		*work -= len(w.Str()) / 64 // one text may stand in many places
	}
	if !w.IsDefined() || *work < 0 {
		return part{}
	}
	if value.Equal(w, v, work) {
		return part{kind: itself}
	}
	if depth > maxBlameDepth {
		return part{}
	}
	found := part{}
	switch w.Kind() {
	case value.Text:
		// Walking a text gives its letters.
		if v.Kind() == value.Text && len(v.Str()) <= maxLetterBytes && v.Letters() == 1 && strings.Contains(w.Str(), v.Str()) {
			return part{kind: anElement}
		}
	case value.Array:
		for k := 0; k < w.Len() && *work >= 0; k++ {
			x := w.At(k)
			*work--
			switch locate(&x, v, depth+1, work).kind {
			case nowhere:
			case itself:
				return part{kind: anElement}
			default:
				found.kind = deepInside
			}
		}
	case value.Record:
		if v.Kind() == value.Text {
			// Walking a record gives the names of its fields.
			if _, is := w.Get(v.Str()); is {
				return part{kind: deepInside}
			}
		}
		for k := 0; k < w.Len() && *work >= 0; k++ {
			name, x := w.FieldAt(k)
			*work--
			p := locate(&x, v, depth+1, work)
			switch {
			case p.kind == nowhere:
			case p.kind == itself && found.kind == nowhere:
				found = part{kind: aField, field: name}
			default:
				found = part{kind: deepInside}
			}
		}
	}
	return found
}
