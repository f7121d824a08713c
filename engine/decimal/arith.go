package decimal

import "math/bits"

// The exported operations begin with what nearly all money is: coefficients of
// 64 bits, equal scales for a sum. The rest is behind one more call, so that the
// common case needs no stack frame worth the name. None of them fits the
// compiler's budget for inlining, with or without that second call.

// Add returns a + b. It is false when the sum overflows.
func Add(a, b Decimal) (Decimal, bool) {
	if a.Hi|b.Hi == 0 && a.Scale == b.Scale && a.Neg == b.Neg {
		if sum := a.Lo + b.Lo; sum >= a.Lo {
			a.Lo = sum
			return a, true
		}
	}
	return add(a, b)
}

// Sub returns a - b. It is false when the difference overflows.
func Sub(a, b Decimal) (Decimal, bool) {
	if a.Hi|b.Hi == 0 && a.Scale == b.Scale && a.Neg == b.Neg {
		if a.Lo > b.Lo {
			a.Lo -= b.Lo
			return a, true
		}
		return Decimal{b.Lo - a.Lo, 0, a.Scale, !a.Neg && a.Lo != b.Lo}, true
	}
	return add(a, b.Negate())
}

// Mul returns a · b. It is false when the product overflows.
func Mul(a, b Decimal) (Decimal, bool) {
	if hi, lo := bits.Mul64(a.Lo, b.Lo); uint64(a.Hi|b.Hi)|hi == 0 && a.Scale+b.Scale <= MaxScale {
		return Decimal{lo, 0, a.Scale + b.Scale, a.Neg != b.Neg && lo != 0}, true
	}
	return mul(a, b)
}

// Quo returns a / b. It is false when the quotient overflows, and when b is 0:
// a caller that tells the two apart looks at b.IsZero first.
func Quo(a, b Decimal) (Decimal, bool) {
	if a.Hi|b.Hi == 0 && b.Lo != 0 {
		if d, ok := quoSmall(a, b); ok {
			return d, true
		}
	}
	return quo(a, b)
}

// Cmp returns -1, 0 or 1: a below, equal to or above b.
func Cmp(a, b Decimal) int {
	if a.Hi|b.Hi == 0 && a.Scale == b.Scale && !a.Neg && !b.Neg {
		if a.Lo < b.Lo {
			return -1
		}
		if a.Lo > b.Lo {
			return 1
		}
		return 0
	}
	return cmp(a, b)
}

// Equal reports whether a and b are the same number.
func Equal(a, b Decimal) bool {
	return a == b || a.Scale != b.Scale && cmp(a, b) == 0
}

// Percent returns d / 100, which never overflows.
func (d Decimal) Percent() Decimal {
	if d.Scale <= MaxScale-2 {
		d.Scale += 2
		return d
	}
	q, r := d.coef().quoPow10(uint(d.Scale) + 2 - MaxScale)
	return fromWide(q.halfEven(r), MaxScale, d.Neg)
}

// add is Add for all operands.
func add(a, b Decimal) (Decimal, bool) {
	scale := max(a.Scale, b.Scale)
	if a.Hi|b.Hi == 0 {
		x, xok := shift64(a.Lo, scale-a.Scale)
		y, yok := shift64(b.Lo, scale-b.Scale)
		switch {
		case !xok || !yok:
		case a.Neg == b.Neg:
			lo, carry := bits.Add64(x, y, 0)
			return Decimal{lo, uint32(carry), scale, a.Neg}, true
		case x > y:
			return Decimal{x - y, 0, scale, a.Neg}, true
		default:
			return Decimal{y - x, 0, scale, b.Neg && x != y}, true
		}
	}
	return addWide(a, b, scale)
}

// shift64 returns c · 10^n and true when that fits 64 bits.
func shift64(c uint64, n uint8) (uint64, bool) {
	if n == 0 {
		return c, true
	}
	if n > maxPow64 {
		return 0, c == 0
	}
	hi, lo := bits.Mul64(c, pow10[n])
	return lo, hi == 0
}

// addWide is Add at the scale of both, which is the greater of theirs.
func addWide(a, b Decimal, scale uint8) (Decimal, bool) {
	x := a.coef().mulPow10(uint(scale - a.Scale))
	y := b.coef().mulPow10(uint(scale - b.Scale))
	neg := a.Neg
	switch {
	case a.Neg == b.Neg:
		x = x.add(y)
	case x.less(y):
		x = y.sub(x)
		neg = b.Neg
	default:
		x = x.sub(y)
	}
	return round96(x, uint(scale), neg)
}

// round96 makes c · 10^-scale a Decimal by the one rule of arithmetic: the
// most places, MaxScale at most, at which c rounded half to even fits. It is
// false when not even a whole number fits. Scale is 56 at most. Zeros at the end
// are dropped, or numbers that once were long would stay so.
func round96(c wide, scale uint, neg bool) (Decimal, bool) {
	var drop uint // how many of the last digits go
	if scale > MaxScale {
		drop = scale - MaxScale
	}
	if !c.fits() {
		// c ≥ 2^(n-1), so that 10^drop > 2^(n-97); 1233/4096 is just below log₁₀2.
		drop = max(drop, uint(c.bitLen()-97)*1233>>12)
	}
	for drop < uint(len(tooWide)) && !c.less(tooWide[drop]) {
		drop++
	}
	if drop > scale {
		return Decimal{}, false
	}
	if drop != 0 {
		q, r := c.quoPow10(drop)
		c = q.halfEven(r)
	}
	return fromWide(c, uint8(scale-drop), neg).strip(), true
}

// mul is Mul for all operands.
func mul(a, b Decimal) (Decimal, bool) {
	neg := a.Neg != b.Neg
	scale := uint(a.Scale) + uint(b.Scale)
	if a.Hi|b.Hi == 0 {
		hi, lo := bits.Mul64(a.Lo, b.Lo)
		return round96(wide{lo: lo, mid: hi}, scale, neg)
	}
	return round96(mul96(a.coef(), b.coef()), scale, neg)
}

// quoSmall divides coefficients of 64 bits where the quotient ends soon, which
// is what shares of money and divisions by 100 do. It is false where it is of
// no use.
func quoSmall(a, b Decimal) (Decimal, bool) {
	const extra = 6 // decimals tried beyond a whole quotient
	q, rem := a.Lo/b.Lo, a.Lo%b.Lo
	scale := int(a.Scale) - int(b.Scale)
	if rem != 0 {
		if b.Lo>>44 != 0 || q>>43 != 0 { // 10⁶ < 2²⁰
			return Decimal{}, false
		}
		rem *= pow10[extra]
		if rem%b.Lo != 0 {
			return Decimal{}, false
		}
		q = q*pow10[extra] + rem/b.Lo
		scale += extra
		if q%1e4 == 0 {
			q /= 1e4
			scale -= 4
		}
		if q%100 == 0 {
			q /= 100
			scale -= 2
		}
		if q%10 == 0 {
			q /= 10
			scale--
		}
	}
	if scale < 0 {
		var ok bool
		if q, ok = shift64(q, uint8(-scale)); !ok {
			return Decimal{}, false
		}
		scale = 0
	}
	if scale > MaxScale {
		return Decimal{}, false
	}
	return Decimal{q, 0, uint8(scale), a.Neg != b.Neg && q != 0}, true
}

// quo is Quo for all operands.
func quo(a, b Decimal) (Decimal, bool) {
	if b.IsZero() {
		return Decimal{}, false
	}
	if a.IsZero() {
		return Decimal{}, true
	}
	u, v := a.coef(), b.coef()
	// The quotient at scale s is u · 10^e / v with e = s - a.Scale + b.Scale.
	// At e = 0 it always fits, so that a negative e is never the answer. With
	// most being the e of scale 28, start from one that surely fits: the
	// quotient is below 2^(len u - len v + 1) · 10^e.
	most := MaxScale - int(a.Scale) + int(b.Scale) // 0 to 56
	e := min(max(95-u.bitLen()+v.bitLen(), 0)*1233>>12, most)
	q, rem := u.mulPow10(uint(e)).quo96(v)
	for e < most && !rem.isZero() && !maxTenth.less(q) {
		// One more digit, if the quotient with it, rounded, still fits.
		digit, rest := rem.mul64(10).quo96(v)
		next := q.mul64(10).add64(digit.lo)
		if !next.fits() || !next.halfEven(residue96(rest, v)).fits() {
			break
		}
		q, rem = next, rest
		e++
	}
	r := residue96(rem, v)
	scale := e + int(a.Scale) - int(b.Scale)
	if r == exact && scale < 0 {
		// Digits that were not needed for the fraction are for the whole part.
		for scale < 0 && !maxTenth.less(q) {
			q = q.mul64(10)
			scale++
		}
	}
	if scale < 0 {
		return Decimal{}, false
	}
	d := fromWide(q.halfEven(r), uint8(scale), a.Neg != b.Neg)
	if r == exact {
		d = d.strip()
	}
	return d, true
}

// residue96 is residueOf for a divisor v below 2⁹⁶.
func residue96(rem, v wide) residue {
	if rem.isZero() {
		return exact
	}
	switch other := v.sub(rem); {
	case rem.less(other):
		return belowHalf
	case other.less(rem):
		return aboveHalf
	}
	return half
}

// cmp is Cmp for all operands.
func cmp(a, b Decimal) int {
	if a.Neg != b.Neg {
		if a.Neg {
			return -1
		}
		return 1
	}
	above := 1
	if a.Neg {
		above = -1
	}
	x, y := a.coef(), b.coef()
	if a.Scale < b.Scale {
		x = x.mulPow10(uint(b.Scale - a.Scale))
	} else if a.Scale > b.Scale {
		y = y.mulPow10(uint(a.Scale - b.Scale))
	}
	switch {
	case x == y:
		return 0
	case x.less(y):
		return -above
	}
	return above
}

// quoRem divides the magnitudes of a and b at their common scale, which it
// returns, and gives the whole quotient, the remainder and b at that scale.
// It is exact for all numbers; b is not 0.
func quoRem(a, b Decimal) (q, rem, divisor wide, scale uint8) {
	u, v := a.coef(), b.coef()
	if a.Scale <= b.Scale {
		q, rem = u.mulPow10(uint(b.Scale - a.Scale)).quo96(v)
		return q, rem, v, b.Scale
	}
	v = v.mulPow10(uint(a.Scale - b.Scale))
	if !v.fits() { // and so above u
		return wide{}, u, v, a.Scale
	}
	q, rem = u.quo96(v)
	return q, rem, v, a.Scale
}

// FloorQuo returns the greatest whole number not above a / b, from the exact
// quotient. It is false when that overflows, and when b is 0.
func FloorQuo(a, b Decimal) (Decimal, bool) {
	if b.IsZero() {
		return Decimal{}, false
	}
	q, rem, _, _ := quoRem(a, b)
	if a.Neg != b.Neg && !rem.isZero() {
		q = q.add64(1)
	}
	if !q.fits() {
		return Decimal{}, false
	}
	return fromWide(q, 0, a.Neg != b.Neg), true
}

// Mod returns n - floor(n/d) · d from the exact quotient: 0, or a number with
// the sign of d and nearer to 0 than d. For a d of 0 it is 0. Only where n and d
// differ in sign and the exact result needs more digits than there are
// (-10⁻²⁸ modulo 10²⁸) is it rounded, by the rule of [Add], and may reach d.
func Mod(n, d Decimal) Decimal {
	if d.IsZero() {
		return Decimal{}
	}
	_, rem, divisor, scale := quoRem(n, d)
	if n.Neg != d.Neg && !rem.isZero() {
		rem = divisor.sub(rem)
	}
	m, ok := round96(rem, uint(scale), d.Neg)
	if !ok {
		panic("BUG: a remainder above its divisor")
	}
	return m
}
