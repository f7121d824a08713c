package value

import (
	"unsafe"

	"etamil/engine/decimal"
)

// A Kind says what a Value is. The zero Kind is a place without a value,
// which no program sees.
type Kind uint8

const (
	Undefined Kind = iota
	Nil
	Boolean
	Number
	Text
	Array
	Record
	Success
	Failure
)

// String returns the name of the kind as வகை gives it.
func (k Kind) String() string {
	switch k {
	case Nil:
		return "nil"
	case Boolean:
		return "a boolean"
	case Number:
		return "a number"
	case Text:
		return "a string"
	case Array:
		return "an array"
	case Record:
		return "a record"
	case Success, Failure:
		return "a result"
	}
	return "undefined"
}

// MaxDepth is how deep arrays, records and results may nest (ET4034).
const MaxDepth = 10000

// A Value is one value of the language. The zero Value is Undefined. Copying
// the struct copies a reference to its heap part; see Share.
//
// Numbers keep their coefficient in lo and hi, their scale and sign beside
// the kind, and need no heap part. A boolean keeps 0 or 1 in lo. The other
// kinds point to their heap part, whose type the kind tells.
type Value struct {
	lo    uint64
	hi    uint32
	scale uint8
	neg   bool
	kind  Kind
	_     uint8
	ref   unsafe.Pointer // *Str, *Elems, *Fields, *box
}

// A box is the heap part of a result.
type box struct {
	v      Value
	depth  int32
	mark   uint32
	frozen bool
}

// Kind returns the kind of v.
func (v *Value) Kind() Kind { return v.kind }

// IsDefined reports whether v is a value at all.
func (v *Value) IsDefined() bool { return v.kind != Undefined }

// NilValue returns இன்மை.
func NilValue() Value { return Value{kind: Nil} }

// Bool returns மெய் or பொய்.
func Bool(b bool) Value {
	if b {
		return Value{kind: Boolean, lo: 1}
	}
	return Value{kind: Boolean}
}

// Num returns the number d.
func Num(d decimal.Decimal) Value {
	return Value{kind: Number, lo: d.Lo, hi: d.Hi, scale: d.Scale, neg: d.Neg}
}

// Int returns the number n.
func Int(n int) Value { return Num(decimal.FromInt64(int64(n))) }

// Dec returns the number that v, of kind Number, is.
func (v *Value) Dec() decimal.Decimal {
	return decimal.Decimal{Lo: v.lo, Hi: v.hi, Scale: v.scale, Neg: v.neg}
}

// IsTrue returns the truth of a Boolean.
func (v *Value) IsTrue() bool { return v.lo != 0 }

// Ok returns சரி(v).
func Ok(v Value) (Value, bool) { return result(Success, v) }

// Err returns தவறு(v).
func Err(v Value) (Value, bool) { return result(Failure, v) }

// result wraps v; false means that it would nest deeper than MaxDepth.
func result(k Kind, v Value) (Value, bool) {
	d := v.depth()
	if d >= MaxDepth {
		if d = v.exactDepth(); d >= MaxDepth {
			return Value{}, false
		}
	}
	return Value{kind: k, ref: unsafe.Pointer(&box{v: v.Share(), depth: d + 1})}, true
}

// Success returns சரி(v) for a v that is no deep collection, such as a number,
// a text or a record of those.
func OkOf(v Value) Value { return mustWrap(Ok(v)) }

// ErrText returns தவறு holding the text s.
func ErrText(s string) Value { return mustWrap(Err(String(s))) }

func mustWrap(v Value, ok bool) Value {
	if !ok {
		panic("BUG: result of a value that is too deep")
	}
	return v
}

// Inside returns what a Success or Failure holds.
func (v *Value) Inside() Value {
	in := (*box)(v.ref).v
	return in.Share()
}

// IsResult reports whether v is a success or a failure.
func (v *Value) IsResult() bool { return v.kind >= Success }

// IsCollection reports whether v is an array or a record.
func (v *Value) IsCollection() bool { return v.kind == Array || v.kind == Record }

// Share marks the heap part of v as referred to from more than one place and
// returns v. It must be called for every value that is copied out of a
// variable or a collection to a place that may live on.
func (v Value) Share() Value {
	switch v.kind {
	case Array:
		if a := (*Elems)(v.ref); !a.shared {
			a.shared = true
		}
	case Record:
		if r := (*Fields)(v.ref); !r.shared {
			r.shared = true
		}
	}
	return v
}

// MarkShared is Share in place.
func (v *Value) MarkShared() {
	if v.kind == Array || v.kind == Record {
		v.Share()
	}
}

// Truth returns whether v counts as true in a condition: false are பொய், 0,
// the empty text, the empty array, the empty record, nil and every failure.
func (v *Value) Truth() bool {
	switch v.kind {
	case Boolean:
		return v.lo != 0
	case Number:
		return v.lo != 0 || v.hi != 0
	case Text:
		return len((*Str)(v.ref).s) != 0
	case Array:
		return len((*Elems)(v.ref).e) != 0
	case Record:
		return len((*Fields)(v.ref).vals) != 0
	case Success:
		return true
	}
	return false
}

// depth returns how deep v nests at most: 0 for what holds nothing. It may be
// too large after deep elements were replaced; see exactDepth.
func (v *Value) depth() int32 {
	switch v.kind {
	case Array:
		return (*Elems)(v.ref).depth
	case Record:
		return (*Fields)(v.ref).depth
	case Success, Failure:
		return (*box)(v.ref).depth
	}
	return 0
}

// exactDepth counts the depth of v anew. Marks of parts that are not frozen
// are corrected on the way, so that the next question is cheap. The cost is
// the number of parts reached.
func (v *Value) exactDepth() int32 {
	return exactDepth(v, map[unsafe.Pointer]int32{})
}

func exactDepth(v *Value, seen map[unsafe.Pointer]int32) int32 {
	if v.kind < Array {
		return 0
	}
	if d, ok := seen[v.ref]; ok {
		return d
	}
	var d int32
	switch v.kind {
	case Array:
		a := (*Elems)(v.ref)
		if a.depth < MaxDepth/2 {
			return a.depth
		}
		for i := range a.e {
			d = max(d, exactDepth(&a.e[i], seen))
		}
		d++
		if !a.frozen {
			a.depth = d
		}
	case Record:
		r := (*Fields)(v.ref)
		if r.depth < MaxDepth/2 {
			return r.depth
		}
		for i := range r.vals {
			d = max(d, exactDepth(&r.vals[i], seen))
		}
		d++
		if !r.frozen {
			r.depth = d
		}
	default:
		b := (*box)(v.ref)
		if b.depth < MaxDepth/2 {
			return b.depth
		}
		d = exactDepth(&b.v, seen) + 1
		if !b.frozen {
			b.depth = d
		}
	}
	seen[v.ref] = d
	return d
}

// Place returns the place n of a walk, kept in a register. It is no value that
// a program sees.
func Place(n int) Value { return Value{lo: uint64(n)} }

// PlaceOf returns the n of Place(n).
func (v *Value) PlaceOf() int { return int(v.lo) }
