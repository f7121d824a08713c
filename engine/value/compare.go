package value

import (
	"strings"

	"etamil/engine/decimal"
)

// Equal reports whether v == w: one kind and equal contents. It spends one of
// *work for each part it compares and gives up, answering false, when *work
// falls below 0: two values that share parts inside can be exponentially
// larger than the memory they take.
func Equal(v, w *Value, work *int) bool {
	if v.kind != w.kind {
		return false
	}
	switch v.kind {
	case Number:
		if v.scale == w.scale {
			return v.lo == w.lo && v.hi == w.hi && v.neg == w.neg
		}
		return decimal.Equal(v.Dec(), w.Dec())
	case Text:
		a, b := (*Str)(v.ref).s, (*Str)(w.ref).s
		if len(a) == len(b) && len(a) > 64 {
			*work -= len(a) / 64
		}
		return a == b
	case Boolean:
		return v.lo == w.lo
	case Array:
		if v.ref == w.ref {
			return true
		}
		a, b := (*Elems)(v.ref).e, (*Elems)(w.ref).e
		if len(a) != len(b) {
			return false
		}
		if *work -= len(a); *work < 0 {
			return false
		}
		for i := range a {
			if !Equal(&a[i], &b[i], work) {
				return false
			}
		}
	case Record:
		if v.ref == w.ref {
			return true
		}
		a, b := (*Fields)(v.ref), (*Fields)(w.ref)
		if len(a.vals) != len(b.vals) {
			return false
		}
		if *work -= len(a.vals); *work < 0 {
			return false
		}
		for i, name := range a.keys.names {
			j := i
			if a.keys != b.keys {
				if j = b.keys.find(name); j < 0 {
					return false
				}
			}
			if !Equal(&a.vals[i], &b.vals[j], work) {
				return false
			}
		}
	case Success, Failure:
		if v.ref == w.ref {
			return true
		}
		if *work--; *work < 0 {
			return false
		}
		return Equal(&(*box)(v.ref).v, &(*box)(w.ref).v, work)
	}
	return true
}

// Compare orders two numbers by value, two texts by code points, a number and
// a text as numbers. Other kinds are unordered: ok is false.
func Compare(v, w *Value) (c int, ok bool) {
	switch {
	case v.kind == Number && w.kind == Number:
		return decimal.Cmp(v.Dec(), w.Dec()), true
	case v.kind == Text && w.kind == Text:
		return strings.Compare(v.Str(), w.Str()), true
	case v.kind == Number && w.kind == Text, v.kind == Text && w.kind == Number:
		return decimal.Cmp(ToNumber(v), ToNumber(w)), true
	}
	return 0, false
}
