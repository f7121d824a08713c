package decimal

// Round returns d rounded to places decimals, a half going away from zero. A d
// with no more decimals than that is returned as it is; nothing is padded, and
// nothing can overflow. Places below 0 count as 0.
func (d Decimal) Round(places int) Decimal {
	if places < 0 {
		places = 0
	}
	if int(d.Scale) <= places {
		return d
	}
	return d.round(uint8(places))
}

// round is Round to fewer places than d has.
func (d Decimal) round(places uint8) Decimal {
	n := d.Scale - places
	if d.Hi == 0 && n <= maxPow64 {
		unit := pow10[n]
		q := d.Lo / unit
		if d.Lo-q*unit >= unit/2 {
			q++
		}
		return Decimal{q, 0, places, d.Neg && q != 0}
	}
	q, r := d.coef().quoPow10(uint(n))
	return fromWide(q.halfUp(r), places, d.Neg)
}

// Trunc returns d without what is after the point.
func (d Decimal) Trunc() Decimal {
	if d.Scale == 0 {
		return d
	}
	q, _ := d.whole()
	return q
}

// Floor returns the greatest whole number not above d.
func (d Decimal) Floor() Decimal {
	if d.Scale == 0 {
		return d
	}
	q, exact := d.whole()
	if d.Neg && !exact {
		return away(q, true)
	}
	return q
}

// Ceil returns the smallest whole number not below d.
func (d Decimal) Ceil() Decimal {
	if d.Scale == 0 {
		return d
	}
	q, exact := d.whole()
	if !d.Neg && !exact {
		return away(q, false)
	}
	return q
}

// whole returns d without what is after the point and reports whether there was
// nothing.
func (d Decimal) whole() (Decimal, bool) {
	if d.Hi == 0 && d.Scale <= maxPow64 {
		q := d.Lo / pow10[d.Scale]
		return Decimal{Lo: q, Neg: d.Neg && q != 0}, q*pow10[d.Scale] == d.Lo
	}
	q, r := d.coef().quoPow10(uint(d.Scale))
	return fromWide(q, 0, d.Neg), r == exact
}

// away returns the whole number next to q and further from zero. It fits,
// because q came from a number with a fraction.
func away(q Decimal, neg bool) Decimal {
	return fromWide(q.coef().add64(1), 0, neg)
}
