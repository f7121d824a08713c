package decimal

import (
	"math"
	"strings"
)

// A grammar says which forms of a number a reader takes.
type grammar struct {
	sign        bool  // a + or - in front
	underscore  bool  // _ anywhere after the first digit of the mantissa
	loosePoint  bool  // nothing before or nothing after the point
	exponent    bool  // e or E and a whole number
	maxExponent int64 // its greatest magnitude
}

var (
	textNumber = grammar{sign: true, underscore: true, loosePoint: true, exponent: true, maxExponent: MaxScale}
	jsonNumber = grammar{sign: true, underscore: true, loosePoint: true, exponent: true, maxExponent: math.MaxInt64}
	literal    = grammar{}
)

// hugeExponent is more than a text in memory can have digits: exponents beyond
// it are all the same, and ten times it still can be added to a length.
const hugeExponent = 1 << 56

// Parse reads a text as the language turns text into a number:
//
//	[+|-] mantissa [e|E [+|-] digits]
//
// where the mantissa is 5, 5.25, 5. or .5 in ASCII digits, with _ allowed after
// its first digit, and the exponent is within ±28. Digits that fit neither in 28
// decimals nor in 96 bits round the magnitude half up, by the first of them. It
// is false for any other text, also one with white space around the number, and
// for a whole part that does not fit, before or after rounding. The cost is that
// of reading the text once, however many digits it has.
func Parse(s string) (Decimal, bool) { return parse(s, &textNumber) }

// ParseTrim is [Parse] of s without the Unicode white space at both ends.
func ParseTrim(s string) (Decimal, bool) { return parse(strings.TrimSpace(s), &textNumber) }

// ParseLiteral reads a number literal of a program, digits or digits.digits,
// rounding as [Parse] does. It is false when the whole part is too large, and
// for what is not a literal.
func ParseLiteral(s string) (Decimal, bool) { return parse(s, &literal) }

// ParseJSON is [Parse] with exponents of any size: the exact number is rounded,
// so that 1e-99 and 0e99 are 0. It is false for 1e29 and all that is too large.
func ParseJSON(s string) (Decimal, bool) { return parse(s, &jsonNumber) }

func parse(s string, g *grammar) (Decimal, bool) {
	i := 0
	neg := false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		if !g.sign {
			return Decimal{}, false
		}
		neg = s[0] == '-'
		i = 1
	}

	// The number is c · 10^-scale, and a bit more when full: then next is the
	// first digit for which c had no room. Those after it only move the point.
	var (
		c     wide
		scale int64
		full  bool
		next  byte
		seen  bool // a digit
		point bool
	)
mantissa:
	for ; i < len(s); i++ {
		switch ch := s[i]; {
		case ch-'0' <= 9:
			seen = true
			switch digit := ch - '0'; {
			case full:
			case c.mid == 0 && c.lo < (1<<64-10)/10:
				c.lo = c.lo*10 + uint64(digit)
				if point {
					scale++
				}
				continue
			default:
				if more := c.mul64(10).add64(uint64(digit)); more.fits() {
					c = more
					if point {
						scale++
					}
					continue
				}
				full = true
				next = digit
			}
			if !point {
				scale--
			}
		case ch == '.' && !point && (seen || g.loosePoint):
			point = true
		case ch == '_' && seen && g.underscore:
		default:
			break mantissa
		}
	}
	if !seen || point && !g.loosePoint && s[i-1] == '.' {
		return Decimal{}, false
	}
	if i < len(s) {
		if !g.exponent || s[i] != 'e' && s[i] != 'E' {
			return Decimal{}, false
		}
		exp, ok := parseExponent(s[i+1:])
		if !ok || exp > g.maxExponent || exp < -g.maxExponent {
			return Decimal{}, false
		}
		scale -= exp
	}

	switch {
	case c.isZero():
		return Decimal{}, true
	case scale < 0:
		if full || scale < -MaxScale {
			return Decimal{}, false
		}
		c = c.mulPow10(uint(-scale))
		scale = 0
		if !c.fits() {
			return Decimal{}, false
		}
	case scale > MaxScale:
		if scale-MaxScale > MaxScale+1 { // c has 29 digits at most
			return Decimal{}, true
		}
		q, r := c.quoPow10(uint(scale - MaxScale))
		c = q.halfUp(r)
		scale = MaxScale
	case full && next >= 5:
		c = c.add64(1)
		if !c.fits() {
			if scale == 0 {
				return Decimal{}, false
			}
			// …335 and a half or more: without its last digit it goes up, too.
			c = maxTenth.add64(1)
			scale--
		}
	}
	d := fromWide(c, uint8(scale), neg)
	if d.Hi != 0 {
		d = d.strip()
	}
	return d, true
}

// parseExponent reads an optional sign and one or more digits. What exceeds
// hugeExponent comes back as something that exceeds it.
func parseExponent(s string) (int64, bool) {
	neg := false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		neg = s[0] == '-'
		s = s[1:]
	}
	if s == "" {
		return 0, false
	}
	var exp int64
	for i := range len(s) {
		digit := s[i] - '0'
		if digit > 9 {
			return 0, false
		}
		if exp <= hugeExponent {
			exp = exp*10 + int64(digit)
		}
	}
	if neg {
		exp = -exp
	}
	return exp, true
}
