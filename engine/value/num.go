package value

import (
	"math/bits"
	"unsafe"

	"etamil/engine/decimal"
)

// The arithmetic of the machine's loop. Each operation comes in two steps: the
// quick one (AddSmall …) is small enough to be inlined into the loop and knows
// numbers of one sign, one scale and 64-bit coefficients, told by one comparison
// of the word that holds kind, sign, scale and the high part; the other (Add …) knows all numbers. They take places of registers, so
// that a number is never copied through memory twice, and report false when
// they do not apply (an operand is no number, overflow, division by zero);
// *dst is unchanged then.

// meta is hi, scale, neg, kind and the unused byte as one word. Its layout is
// that of a little-endian machine, the only kind that is built for.
func (v *Value) meta() uint64 { return *(*uint64)(unsafe.Pointer(&v.hi)) }

func (v *Value) setMeta(m uint64) { *(*uint64)(unsafe.Pointer(&v.hi)) = m }

const (
	scaleShift = 32
	scaleMask  = 0xFF << scaleShift
	signMask   = 0xFF << 40
	numberTag  = uint64(Number) << 48 // meta of a number of scale 0 below 2^64, not negative
)

// init makes sure of the layout that meta relies on.
func init() {
	v := Value{scale: 7, kind: Number}
	if v.meta() != numberTag|7<<scaleShift {
		panic("BUG: the layout of a Value is not that of a little-endian machine")
	}
}

// small sets *v to a number of that coefficient and meta.
func (v *Value) small(lo, meta uint64) {
	v.lo = lo
	v.setMeta(meta)
	if v.ref != nil {
		v.ref = nil
	}
}

// AddSmall sets *dst to *a + *b.
func AddSmall(dst, a, b *Value) bool {
	m := a.meta()
	s := a.lo + b.lo
	if m != b.meta() || m&^(scaleMask|signMask) != numberTag || s < a.lo {
		return false
	}
	dst.small(s, m)
	return true
}

// SubSmall sets *dst to *a - *b, where none of the three is negative.
func SubSmall(dst, a, b *Value) bool {
	m := a.meta()
	if m != b.meta() || m&^scaleMask != numberTag || a.lo < b.lo {
		return false
	}
	dst.small(a.lo-b.lo, m)
	return true
}

// LessSmall reports whether *a < *b, neither negative; ok is false when it does
// not apply.
func LessSmall(a, b *Value) (less, ok bool) {
	m := a.meta()
	return a.lo < b.lo, m == b.meta() && m&^scaleMask == numberTag
}

// Add sets *dst to *a + *b.
func Add(dst, a, b *Value) bool {
	if a.kind != Number || b.kind != Number {
		return false
	}
	if a.hi|b.hi == 0 && a.neg == b.neg {
		// One sign and 64-bit coefficients: amounts of different scales.
		x, y := a, b
		if x.scale > y.scale {
			x, y = y, x
		}
		if n := y.scale - x.scale; int(n) < len(powers) {
			if h, l := bits.Mul64(x.lo, powers[n]); h == 0 {
				if s := l + y.lo; s >= l {
					dst.set(s, y.scale, y.neg)
					return true
				}
			}
		}
	}
	d, ok := decimal.Add(a.Dec(), b.Dec())
	if ok {
		dst.setDec(d)
	}
	return ok
}

// Sub sets *dst to *a - *b.
func Sub(dst, a, b *Value) bool {
	if a.kind != Number || b.kind != Number {
		return false
	}
	if a.hi|b.hi == 0 && a.neg == b.neg {
		x, y, scale := a.lo, b.lo, a.scale
		var high uint64
		if n := b.scale - a.scale; a.scale < b.scale {
			scale = b.scale
			high = 1
			if int(n) < len(powers) {
				high, x = bits.Mul64(x, powers[n])
			}
		} else if n := a.scale - b.scale; n != 0 {
			high = 1
			if int(n) < len(powers) {
				high, y = bits.Mul64(y, powers[n])
			}
		}
		if high == 0 {
			if x >= y {
				dst.set(x-y, scale, a.neg && x != y)
			} else {
				dst.set(y-x, scale, !a.neg)
			}
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
	if scale := a.scale + b.scale; a.hi|b.hi == 0 && scale <= decimal.MaxScale {
		if h, l := bits.Mul64(a.lo, b.lo); h == 0 {
			dst.set(l, scale, a.neg != b.neg && l != 0)
			return true
		}
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

// powers are the powers of ten that fit 64 bits.
var powers = func() (p [20]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = 10 * p[i-1]
	}
	return
}()

func (v *Value) set(lo uint64, scale uint8, neg bool) {
	v.lo, v.hi, v.scale, v.neg, v.kind = lo, 0, scale, neg, Number
	if v.ref != nil {
		v.ref = nil
	}
}

func (v *Value) setDec(d decimal.Decimal) {
	v.lo, v.hi, v.scale, v.neg, v.kind = d.Lo, d.Hi, d.Scale, d.Neg, Number
	if v.ref != nil {
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
