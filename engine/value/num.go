package value

import "etamil/engine/decimal"

// The arithmetic of the machine's loop: each takes places of registers, so
// that a number is never copied through memory twice. They report false when
// the quick way does not apply (an operand is no number, overflow, division by
// zero); *dst is unchanged then.

func (v *Value) setDec(d decimal.Decimal) {
	v.lo, v.hi, v.scale, v.neg = d.Lo, d.Hi, d.Scale, d.Neg
	if v.kind != Number {
		v.kind = Number
		v.ref = nil
	}
}

// SetNum makes *v the number d.
func (v *Value) SetNum(d decimal.Decimal) { v.setDec(d) }

// SetBool makes *v the boolean b.
func (v *Value) SetBool(b bool) {
	var n uint64
	if b {
		n = 1
	}
	*v = Value{kind: Boolean, lo: n}
}

// Add sets *dst to *a + *b.
func Add(dst, a, b *Value) bool {
	if a.kind != Number || b.kind != Number {
		return false
	}
	if a.scale == b.scale && a.hi|b.hi == 0 {
		// Equal scales and 64-bit coefficients: the common sum of amounts.
		if a.neg == b.neg {
			if s := a.lo + b.lo; s >= a.lo {
				scale, neg := a.scale, a.neg
				dst.setSmall(s, scale, neg)
				return true
			}
		} else {
			s, neg := a.lo-b.lo, a.neg
			if a.lo < b.lo {
				s, neg = b.lo-a.lo, b.neg
			}
			dst.setSmall(s, a.scale, neg && s != 0)
			return true
		}
	}
	d, ok := decimal.Add(a.Dec(), b.Dec())
	if ok {
		dst.setDec(d)
	}
	return ok
}

func (v *Value) setSmall(lo uint64, scale uint8, neg bool) {
	v.lo, v.hi, v.scale, v.neg = lo, 0, scale, neg
	if v.kind != Number {
		v.kind = Number
		v.ref = nil
	}
}

// Sub sets *dst to *a - *b.
func Sub(dst, a, b *Value) bool {
	if a.kind != Number || b.kind != Number {
		return false
	}
	if a.scale == b.scale && a.hi|b.hi == 0 {
		if a.neg != b.neg {
			if s := a.lo + b.lo; s >= a.lo {
				dst.setSmall(s, a.scale, a.neg && s != 0)
				return true
			}
		} else {
			s, neg := a.lo-b.lo, a.neg
			if a.lo < b.lo {
				s, neg = b.lo-a.lo, !a.neg
			}
			dst.setSmall(s, a.scale, neg && s != 0)
			return true
		}
	}
	d, ok := decimal.Sub(a.Dec(), b.Dec())
	if ok {
		dst.setDec(d)
	}
	return ok
}

// Mul sets *dst to *a * *b.
func Mul(dst, a, b *Value) bool {
	if a.kind != Number || b.kind != Number {
		return false
	}
	d, ok := decimal.Mul(a.Dec(), b.Dec())
	if ok {
		dst.setDec(d)
	}
	return ok
}

// Quo sets *dst to *a / *b.
func Quo(dst, a, b *Value) bool {
	if a.kind != Number || b.kind != Number || b.lo|uint64(b.hi) == 0 {
		return false
	}
	d, ok := decimal.Quo(a.Dec(), b.Dec())
	if ok {
		dst.setDec(d)
	}
	return ok
}

// CmpNum compares two numbers; ok is false when one is none.
func CmpNum(a, b *Value) (c int, ok bool) {
	if a.kind != Number || b.kind != Number {
		return 0, false
	}
	if a.scale == b.scale && a.hi|b.hi == 0 && !a.neg && !b.neg {
		switch {
		case a.lo < b.lo:
			return -1, true
		case a.lo > b.lo:
			return 1, true
		}
		return 0, true
	}
	return decimal.Cmp(a.Dec(), b.Dec()), true
}

// Whole returns v, converted to a number, as an int; ok is false when it has a
// fraction or does not fit.
func Whole(v *Value) (n int, ok bool) {
	if v.kind == Number && v.scale == 0 && v.hi == 0 && v.lo <= 1<<62 {
		if v.neg {
			return -int(v.lo), true
		}
		return int(v.lo), true
	}
	d := ToNumber(v)
	i, ok := d.Int64()
	return int(i), ok
}
