package decimal

import "strconv"

// maxDigits is how many digits a coefficient can have.
const maxDigits = MaxScale + 1

// String returns d as it is printed: -12.5, 0.18, 1000000000000. No exponent,
// no zeros at the end of a fraction, no point in a whole number, no grouping.
func (d Decimal) String() string {
	if d.Hi == 0 && d.Scale == 0 && !d.Neg {
		return strconv.FormatUint(d.Lo, 10) // small ones do not allocate
	}
	var buf [maxDigits + 3]byte
	return string(d.Append(buf[:0]))
}

// Append appends what [Decimal.String] returns to dst.
func (d Decimal) Append(dst []byte) []byte {
	if d.Neg {
		dst = append(dst, '-')
	}
	if d.Scale == 0 && d.Hi == 0 {
		return strconv.AppendUint(dst, d.Lo, 10)
	}
	var buf [maxDigits]byte
	whole, fraction := d.digits(&buf)
	for len(fraction) > 0 && fraction[len(fraction)-1] == '0' {
		fraction = fraction[:len(fraction)-1]
	}
	dst = append(dst, whole...)
	if len(fraction) > 0 {
		dst = append(dst, '.')
		dst = append(dst, fraction...)
	}
	return dst
}

// AppendFixed appends d rounded to places decimals, a half going away from
// zero, with exactly that many digits after the point and no point when there
// are none. What rounds to zero has no sign. Places are 0 to MaxScale; others
// count as the nearer of the two.
func (d Decimal) AppendFixed(dst []byte, places int) []byte {
	places = min(max(places, 0), MaxScale)
	d = d.Round(places)
	if d.Neg {
		dst = append(dst, '-')
	}
	var buf [maxDigits]byte
	whole, fraction := d.digits(&buf)
	dst = append(dst, whole...)
	if places > 0 {
		dst = append(dst, '.')
		dst = append(dst, fraction...)
		for range places - len(fraction) {
			dst = append(dst, '0')
		}
	}
	return dst
}

// digits writes the coefficient of d at the end of buf and returns its digits
// before the point, one at least, and the Scale digits after it.
func (d Decimal) digits(buf *[maxDigits]byte) (whole, fraction []byte) {
	i := maxDigits
	lo := d.Lo
	if d.Hi != 0 {
		// 19 digits from the low part, at most 10 from what is above.
		q, rem := d.coef().quo64(pow10[maxPow64])
		i = putDigits(buf, i, rem)
		for i > maxDigits-maxPow64 {
			i--
			buf[i] = '0'
		}
		lo = q.lo
	}
	i = putDigits(buf, i, lo)
	point := maxDigits - int(d.Scale)
	for i >= point {
		i--
		buf[i] = '0'
	}
	return buf[i:point], buf[point:]
}

// putDigits writes n before buf[end], nothing for 0, and returns where it begins.
func putDigits(buf *[maxDigits]byte, end int, n uint64) int {
	for n >= 100 {
		q := n / 100
		pair := (n - q*100) * 2
		end -= 2
		buf[end] = pairs[pair]
		buf[end+1] = pairs[pair+1]
		n = q
	}
	if n >= 10 {
		end--
		buf[end] = pairs[n*2+1]
		n = uint64(pairs[n*2] - '0')
	}
	if n > 0 {
		end--
		buf[end] = '0' + byte(n)
	}
	return end
}

// pairs holds the numbers 00 to 99.
const pairs = "00010203040506070809" +
	"10111213141516171819" +
	"20212223242526272829" +
	"30313233343536373839" +
	"40414243444546474849" +
	"50515253545556575859" +
	"60616263646566676869" +
	"70717273747576777879" +
	"80818283848586878889" +
	"90919293949596979899"
