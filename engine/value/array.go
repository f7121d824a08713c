package value

import "unsafe"

// Elems is the heap part of an array.
type Elems struct {
	e []Value
	// end, when not nil, tells how much of the store behind e is taken: the
	// store is shared with other arrays that begin alike, so it may be
	// extended by whoever reaches its end, and is never written below.
	end    *int
	depth  int32 // 1 + the depth of the deepest element, at least
	mark   uint32
	shared bool
	frozen bool
}

// ArrayOf returns an array of elems, which it takes over. False: it would nest
// deeper than MaxDepth.
func ArrayOf(elems []Value) (Value, bool) {
	a := &Elems{e: elems, depth: 1}
	for i := range elems {
		if k := elems[i].kind; k >= Array {
			elems[i].Share()
			if !deepen(&a.depth, &elems[i]) {
				return Value{}, false
			}
		}
	}
	return Value{kind: Array, ref: unsafe.Pointer(a)}, true
}

// FlatArray returns an array of elems, which it takes over and which must hold
// no arrays, records or results.
func FlatArray(elems []Value) Value {
	return Value{kind: Array, ref: unsafe.Pointer(&Elems{e: elems, depth: 1})}
}

// deepen raises d so that it covers an element v; false when that is too deep.
func deepen(d *int32, v *Value) bool {
	if vd := v.depth(); vd >= *d {
		if vd >= MaxDepth {
			if vd = v.exactDepth(); vd >= MaxDepth {
				return false
			}
		}
		*d = max(*d, vd+1)
	}
	return true
}

// Len returns the number of elements of an array or fields of a record.
func (v *Value) Len() int {
	if v.kind == Array {
		return len((*Elems)(v.ref).e)
	}
	return len((*Fields)(v.ref).vals)
}

// Elems returns the elements of v, an Array, to be read only. An element that
// is kept elsewhere must be shared (see At).
func (v *Value) Elems() []Value { return (*Elems)(v.ref).e }

// At returns element i of v, an Array.
func (v *Value) At(i int) Value { return (*Elems)(v.ref).e[i].Share() }

// Append returns an array of v's elements and x. v, an Array, keeps its own
// value; the store behind both is shared where it has room, so that appending
// to the newest array again and again costs O(n) in all. False: too deep.
func Append(v *Value, x Value) (Value, bool) {
	a := (*Elems)(v.ref)
	n := &Elems{depth: max(a.depth, 1)}
	if x.kind >= Array {
		x.Share()
		if !deepen(&n.depth, &x) {
			return Value{}, false
		}
	}
	if !a.frozen && cap(a.e) > len(a.e) {
		if a.end == nil {
			end := len(a.e)
			a.end = &end
		}
		if *a.end == len(a.e) {
			n.e = append(a.e, x)
			*a.end = len(n.e)
			n.end = a.end
			return Value{kind: Array, ref: unsafe.Pointer(n)}, true
		}
	}
	n.e = append(make([]Value, 0, grown(len(a.e)+1)), a.e...)
	n.e = append(n.e, x)
	return Value{kind: Array, ref: unsafe.Pointer(n)}, true
}

// grown returns the capacity for an array that holds n elements and grows.
func grown(n int) int {
	if n < 4 {
		return 4
	}
	return n + n/2
}

// AppendTo adds x at the end of *v, an Array held by one variable only; the
// result is as Append's, in place where nothing else holds the array.
func AppendTo(v *Value, x Value) bool {
	a := (*Elems)(v.ref)
	// Marked first: x may be the array itself.
	x.Share()
	if a.shared || a.end != nil {
		n, ok := Append(v, x)
		if ok {
			*v = n
		}
		return ok
	}
	if x.kind >= Array && !deepen(&a.depth, &x) {
		return false
	}
	if len(a.e) == cap(a.e) {
		e := make([]Value, len(a.e), grown(len(a.e)+1))
		copy(e, a.e)
		a.e = e
	}
	a.e = append(a.e, x)
	return true
}

// AppendCost returns how many bytes appending to v may allocate.
func AppendCost(v *Value) int {
	a := (*Elems)(v.ref)
	if len(a.e) < cap(a.e) && (a.end == nil || *a.end == len(a.e)) && !a.frozen {
		return 64
	}
	return 64 + grown(len(a.e)+1)*size
}

// size is the size of a Value in bytes.
const size = int(unsafe.Sizeof(Value{}))

// own makes *v, a collection held by one variable, one that may be written.
func (v *Value) own() {
	if v.kind == Array {
		a := (*Elems)(v.ref)
		if a.shared || a.end != nil {
			e := make([]Value, len(a.e), max(len(a.e), 1))
			copy(e, a.e)
			v.ref = unsafe.Pointer(&Elems{e: e, depth: a.depth})
		}
		return
	}
	r := (*Fields)(v.ref)
	if r.shared {
		v.ref = unsafe.Pointer(&Fields{keys: r.keys, vals: append(make([]Value, 0, len(r.vals)+1), r.vals...), depth: r.depth})
	}
}

// OwnCost returns how many bytes a write to v, a collection, would copy first.
func (v *Value) OwnCost() int {
	if v.kind == Array {
		a := (*Elems)(v.ref)
		if a.shared || a.end != nil {
			return len(a.e)*size + 64
		}
		return 0
	}
	if r := (*Fields)(v.ref); r.shared {
		return len(r.vals)*size + 64
	}
	return 0
}

// SetAt replaces element i of *v, an Array held by one variable; 0 ≤ i < Len.
// False: too deep, and nothing was changed.
func (v *Value) SetAt(i int, x Value) bool {
	depth := (*Elems)(v.ref).depth
	if x.kind >= Array {
		x.Share()
		if !deepen(&depth, &x) {
			return false
		}
	}
	v.own()
	a := (*Elems)(v.ref)
	a.e[i] = x
	a.depth = depth
	return true
}
