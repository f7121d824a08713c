package decimal

import "math/bits"

// MaxScale is the greatest number of places after the point.
const MaxScale = 28

// A Decimal is the number (-1)^Neg · (Hi·2⁶⁴ + Lo) · 10^-Scale. The zero value
// is 0. Whoever fills in the fields keeps two promises: Scale ≤ MaxScale, and
// Neg is false when the coefficient is 0. Equal numbers may differ in their
// fields (1.5 and 1.50), so == is not equality; see [Equal].
type Decimal struct {
	Lo    uint64 // low 64 bits of the coefficient
	Hi    uint32 // high 32 bits of the coefficient
	Scale uint8  // places after the point
	Neg   bool
}

// New returns coefficient · 10^-scale; scale is 0 to MaxScale. It is for
// constants in Go code: New(18, 2) is 0.18.
func New(coefficient int64, scale uint8) Decimal {
	if scale > MaxScale {
		panic("BUG: decimal scale above 28")
	}
	d := FromInt64(coefficient)
	d.Scale = scale
	return d
}

// FromInt64 returns the number n.
func FromInt64(n int64) Decimal {
	if n < 0 {
		return Decimal{Lo: -uint64(n), Neg: true}
	}
	return Decimal{Lo: uint64(n)}
}

// FromUint64 returns the number n.
func FromUint64(n uint64) Decimal { return Decimal{Lo: n} }

// Int64 returns d as an int64 and true when d is whole and fits, else 0 and
// false.
func (d Decimal) Int64() (int64, bool) {
	if d.Scale != 0 {
		if !d.IsInt() {
			return 0, false
		}
		d = d.Trunc()
	}
	switch {
	case d.Hi != 0:
		return 0, false
	case !d.Neg && d.Lo < 1<<63:
		return int64(d.Lo), true
	case d.Neg && d.Lo <= 1<<63:
		return -int64(d.Lo), true // 1<<63 is its own negative
	}
	return 0, false
}

// IsZero reports whether d is 0.
func (d Decimal) IsZero() bool { return d.Lo|uint64(d.Hi) == 0 }

// Sign returns -1, 0 or 1: the sign of d.
func (d Decimal) Sign() int {
	switch {
	case d.Neg:
		return -1
	case d.IsZero():
		return 0
	}
	return 1
}

// Negate returns -d.
func (d Decimal) Negate() Decimal {
	d.Neg = !d.Neg && !d.IsZero()
	return d
}

// Abs returns d without its sign.
func (d Decimal) Abs() Decimal {
	d.Neg = false
	return d
}

// IsInt reports whether d is a whole number.
func (d Decimal) IsInt() bool {
	if d.Scale == 0 {
		return true
	}
	if d.Hi == 0 && d.Scale <= maxPow64 {
		return d.Lo%pow10[d.Scale] == 0
	}
	_, rem := d.coef().quoPow10(uint(d.Scale))
	return rem == exact
}

// coef returns the coefficient of d as a wide number.
func (d Decimal) coef() wide { return wide{lo: d.Lo, mid: uint64(d.Hi)} }

// fromWide makes the Decimal with a coefficient that is known to be below 2⁹⁶.
func fromWide(c wide, scale uint8, neg bool) Decimal {
	return Decimal{Lo: c.lo, Hi: uint32(c.mid), Scale: scale, Neg: neg && c.lo|c.mid != 0}
}

// strip drops trailing zeros after the point, so that what follows finds a
// coefficient of 64 bits where there can be one.
func (d Decimal) strip() Decimal {
	for _, step := range [...]uint8{16, 8, 4, 2, 1} {
		// 10^n has n factors of two: most numbers are done with here.
		if d.Scale < step || bits.TrailingZeros64(d.Lo) < int(step) {
			continue
		}
		if d.Hi == 0 {
			if q := d.Lo / pow10[step]; q*pow10[step] == d.Lo {
				d.Lo = q
				d.Scale -= step
			}
			continue
		}
		if q, rem := d.coef().quo64(pow10[step]); rem == 0 {
			d.Lo, d.Hi = q.lo, uint32(q.mid)
			d.Scale -= step
		}
	}
	return d
}
