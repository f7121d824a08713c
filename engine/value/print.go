package value

import (
	"etamil/engine/decimal"
)

// ToNumber converts v to a number: a boolean is 1 or 0, a text what it reads
// as, everything else 0. It never fails. The cost is O(bytes) of a text.
func ToNumber(v *Value) decimal.Decimal {
	switch v.kind {
	case Number:
		return v.Dec()
	case Boolean:
		return decimal.Decimal{Lo: v.lo}
	case Text:
		if d, ok := decimal.ParseTrim((*Str)(v.ref).s); ok {
			return d
		}
	}
	return decimal.Decimal{}
}

// AppendText appends the printed form of v to dst, the one conversion to text
// of the language, and reports whether it stayed within max bytes in all (0:
// no limit); otherwise it stops soon after passing them. A value whose parts
// are shared inside can print exponentially larger than it is.
func AppendText(dst []byte, v *Value, max int) ([]byte, bool) {
	switch v.kind {
	case Nil:
		dst = append(dst, "nil"...)
	case Boolean:
		if v.lo != 0 {
			dst = append(dst, "true"...)
		} else {
			dst = append(dst, "false"...)
		}
	case Number:
		dst = v.Dec().Append(dst)
	case Text:
		dst = append(dst, (*Str)(v.ref).s...)
	case Array:
		dst = append(dst, '[')
		e := (*Elems)(v.ref).e
		for i := range e {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			var ok bool
			if dst, ok = AppendText(dst, &e[i], max); !ok {
				return dst, false
			}
		}
		dst = append(dst, ']')
	case Record:
		dst = append(dst, '{')
		r := (*Fields)(v.ref)
		for i, p := range r.keys.order() {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = append(append(dst, r.keys.names[p]...), ": "...)
			var ok bool
			if dst, ok = AppendText(dst, &r.vals[p], max); !ok {
				return dst, false
			}
		}
		dst = append(dst, '}')
	case Success, Failure:
		if v.kind == Success {
			dst = append(dst, "சரி("...)
		} else {
			dst = append(dst, "தவறு("...)
		}
		var ok bool
		if dst, ok = AppendText(dst, &(*box)(v.ref).v, max); !ok {
			return dst, false
		}
		dst = append(dst, ')')
	}
	return dst, max == 0 || len(dst) <= max
}

// ToText returns the printed form of v; false when it is longer than max
// bytes (0: no limit).
func ToText(v *Value, max int) (string, bool) {
	switch v.kind {
	case Text:
		s := (*Str)(v.ref).s
		return s, max == 0 || len(s) <= max
	case Nil:
		return "nil", true
	case Boolean:
		if v.lo != 0 {
			return "true", true
		}
		return "false", true
	case Number:
		var buf [40]byte
		return string(v.Dec().Append(buf[:0])), true
	}
	b, ok := AppendText(nil, v, max)
	return string(b), ok
}

// Display returns the printed form of v cut after about max bytes, for
// messages to people.
func Display(v *Value, max int) string {
	b, ok := AppendText(nil, v, max)
	if !ok && len(b) > 4*max {
		b = b[:4*max]
	}
	return Clean(string(b))
}
