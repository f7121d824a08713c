package decimal

import "math/bits"

// A wide is an unsigned number of 192 bits: what a coefficient becomes when it
// is multiplied by another, or aligned by a power of ten up to 10²⁸ (2¹⁸⁹·⁰²).
type wide struct{ lo, mid, hi uint64 }

// maxPow64 is the largest n for which 10^n fits 64 bits.
const maxPow64 = 19

// pow10[n] is 10^n.
var pow10 = [maxPow64 + 1]uint64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
}

// tooWide[k] is the smallest number that still is 2⁹⁶ or more after division by
// 10^k and rounding half to even: (2⁹⁶ - ½) · 10^k, because a tie on the odd
// 2⁹⁶ - 1 goes up. With k = 29 everything below 2¹⁹² fits.
var tooWide = func() (t [MaxScale + 1]wide) {
	t[0] = wide{mid: 1 << 32}
	for k := 1; k <= MaxScale; k++ {
		// (2⁹⁷ - 1) · 5 · 10^(k-1)
		t[k] = wide{lo: 1<<64 - 1, mid: 1<<33 - 1}.mul64(5).mulPow10(uint(k - 1))
	}
	return t
}()

// maxTenth is the greatest coefficient, 2⁹⁶ - 1, divided by ten and cut off.
var maxTenth = wide{lo: 0x9999999999999999, mid: 0x19999999}

// fits reports whether w is a coefficient: below 2⁹⁶.
func (w wide) fits() bool { return w.hi == 0 && w.mid>>32 == 0 }

func (w wide) isZero() bool { return w.lo|w.mid|w.hi == 0 }

func (w wide) bitLen() int {
	switch {
	case w.hi != 0:
		return 128 + bits.Len64(w.hi)
	case w.mid != 0:
		return 64 + bits.Len64(w.mid)
	}
	return bits.Len64(w.lo)
}

func (w wide) less(v wide) bool {
	_, borrow := bits.Sub64(w.lo, v.lo, 0)
	_, borrow = bits.Sub64(w.mid, v.mid, borrow)
	_, borrow = bits.Sub64(w.hi, v.hi, borrow)
	return borrow != 0
}

func (w wide) add(v wide) (sum wide) {
	var carry uint64
	sum.lo, carry = bits.Add64(w.lo, v.lo, 0)
	sum.mid, carry = bits.Add64(w.mid, v.mid, carry)
	sum.hi, _ = bits.Add64(w.hi, v.hi, carry)
	return sum
}

// sub returns w - v; v is not above w.
func (w wide) sub(v wide) (diff wide) {
	var borrow uint64
	diff.lo, borrow = bits.Sub64(w.lo, v.lo, 0)
	diff.mid, borrow = bits.Sub64(w.mid, v.mid, borrow)
	diff.hi, _ = bits.Sub64(w.hi, v.hi, borrow)
	return diff
}

// add64 returns w + n; the sum is known to fit.
func (w wide) add64(n uint64) wide {
	var carry uint64
	w.lo, carry = bits.Add64(w.lo, n, 0)
	w.mid, carry = bits.Add64(w.mid, 0, carry)
	w.hi += carry
	return w
}

// mul64 returns w · n; the product is known to fit.
func (w wide) mul64(n uint64) wide {
	c, lo := bits.Mul64(w.lo, n)
	h, mid := bits.Mul64(w.mid, n)
	mid, carry := bits.Add64(mid, c, 0)
	return wide{lo, mid, w.hi*n + h + carry}
}

// mulPow10 returns w · 10^n; the product is known to fit.
func (w wide) mulPow10(n uint) wide {
	for n > maxPow64 {
		w = w.mul64(pow10[maxPow64])
		n -= maxPow64
	}
	return w.mul64(pow10[n])
}

// mul96 returns the product of two coefficients.
func mul96(a, b wide) wide {
	c, lo := bits.Mul64(a.lo, b.lo)
	h1, l1 := bits.Mul64(a.mid, b.lo)
	h2, l2 := bits.Mul64(a.lo, b.mid)
	mid, c1 := bits.Add64(c, l1, 0)
	mid, c2 := bits.Add64(mid, l2, 0)
	return wide{lo, mid, a.mid*b.mid + h1 + h2 + c1 + c2}
}

// quo64 divides by n, which is not 0.
func (w wide) quo64(n uint64) (q wide, rem uint64) {
	if w.hi != 0 {
		q.hi, rem = w.hi/n, w.hi%n
	}
	if rem|w.mid != 0 {
		q.mid, rem = bits.Div64(rem, w.mid, n)
	}
	q.lo, rem = bits.Div64(rem, w.lo, n)
	return q, rem
}

// A residue tells how the remainder of a division compares with half of the
// divisor: all that rounding wants to know.
type residue uint8

const (
	exact residue = iota
	belowHalf
	half
	aboveHalf
)

// residueOf compares 2·rem with the divisor n; rem is below n. When rest is
// true a little more than rem was left.
func residueOf(rem, n uint64, rest bool) residue {
	switch other := n - rem; {
	case rem > other:
		return aboveHalf
	case rem < other:
		if rem == 0 && !rest {
			return exact
		}
		return belowHalf
	case rest:
		return aboveHalf
	}
	return half
}

// quoPow10 divides by 10^n, n ≤ 38.
func (w wide) quoPow10(n uint) (q wide, r residue) {
	if n == 0 {
		return w, exact
	}
	var low uint64
	if n > maxPow64 {
		w, low = w.quo64(pow10[maxPow64])
		n -= maxPow64
	}
	// What the first step left is less than one unit of the second; and 10^n
	// being even, it can only decide what would be exact or a tie.
	q, rem := w.quo64(pow10[n])
	return q, residueOf(rem, pow10[n], low != 0)
}

// halfEven returns q, or q + 1 when that is nearer to the number that left r;
// of a tie the even one.
func (q wide) halfEven(r residue) wide {
	if r == aboveHalf || r == half && q.lo&1 == 1 {
		return q.add64(1)
	}
	return q
}

// halfUp returns q, or q + 1 when r is a half or more.
func (q wide) halfUp(r residue) wide {
	if r >= half {
		return q.add64(1)
	}
	return q
}

// quo96 divides by v, which is below 2⁹⁶ and not 0.
func (w wide) quo96(v wide) (q, rem wide) {
	if v.mid == 0 {
		q, rem.lo = w.quo64(v.lo)
		return q, rem
	}
	// Knuth, The Art of Computer Programming, vol. 2, 4.3.1, algorithm D, in
	// base 2⁶⁴: v gets two digits, the first with its top bit set, and w as many
	// as four, of which the fourth is smaller than v's first.
	s := uint(bits.LeadingZeros64(v.mid)) // 32 to 63
	v1, v0 := v.mid<<s|v.lo>>(64-s), v.lo<<s
	u3, u2, u1, u0 := w.hi>>(64-s), w.hi<<s|w.mid>>(64-s), w.mid<<s|w.lo>>(64-s), w.lo<<s
	if u3|u2 != 0 {
		q.mid, u2, u1 = quoStep(u3, u2, u1, v1, v0)
	}
	q.lo, u1, u0 = quoStep(u2, u1, u0, v1, v0)
	return q, wide{lo: u0>>s | u1<<(64-s), mid: u1 >> s}
}

// quoStep divides the three digits u by the two digits v, the first of which
// has its top bit set; u2,u1 is below v1,v0. The quotient is one digit.
func quoStep(u2, u1, u0, v1, v0 uint64) (q, r1, r0 uint64) {
	var rem, carry uint64
	if u2 >= v1 { // then they are equal, and the quotient would not fit
		q, rem = 1<<64-1, 0
		rem, carry = bits.Add64(u1, v1, 0)
	} else {
		q, rem = bits.Div64(u2, u1, v1)
	}
	// q is at most 2 too large; it is so while q·v0 exceeds what is left.
	ph, pl := bits.Mul64(q, v0)
	for carry == 0 && (ph > rem || ph == rem && pl > u0) {
		q--
		var b uint64
		pl, b = bits.Sub64(pl, v0, 0)
		ph -= b
		rem, carry = bits.Add64(rem, v1, 0)
	}
	r0, b := bits.Sub64(u0, pl, 0)
	r1, _ = bits.Sub64(rem, ph, b)
	return q, r1, r0
}
