package postgres

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"etamil/engine/db"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// encodeAll returns the parameters in text form, nil for NULL (spec 08 §8.4).
func encodeAll(params []value.Value, types []uint32, p *pool) ([][]byte, error) {
	if len(params) != len(types) {
		return nil, diag.ParameterCount.New(len(types), len(params))
	}
	out := make([][]byte, len(params))
	for i := range params {
		v := &params[i]
		if v.Kind() == value.Nil {
			continue
		}
		t := p.types.known(types[i])
		text, ok := encode(nil, v, t, p.cfg.Zone)
		if !ok {
			d := db.BadParameter(i+1, v, t.name)
			if form, ok := formOf(t); ok {
				d.WithHelp(form.Ta, form.En)
			}
			return nil, d
		}
		if text == nil {
			text = []byte{} // nil would be NULL
		}
		out[i] = text
	}
	return out, nil
}

// formOf says how values of a type are written; false: its name says enough.
func formOf(t *typ) (diag.Text, bool) {
	written := func(example string) (diag.Text, bool) {
		return diag.Text{Ta: "இப்படி எழுதுங்கள்: " + example, En: "write it as " + example}, true
	}
	switch t.class {
	case classInt:
		least := int64(-1) << (t.bits - 1)
		return diag.Text{
			Ta: fmt.Sprintf("%d முதல் %d வரை ஒரு முழு எண் வேண்டும்", least, -(least + 1)),
			En: fmt.Sprintf("it takes a whole number from %d to %d", least, -(least + 1)),
		}, true
	case classBool:
		return written("மெய், பொய், \"true\", \"false\"")
	case classDate:
		return written("2026-04-01")
	case classTime:
		return written("10:20:30")
	case classTimeTZ:
		return written("10:20:30+05:30")
	case classTimestamp:
		return written("2026-04-01 10:20:30")
	case classTimestampTZ:
		return written("2026-04-01 10:20:30+05:30")
	case classInterval:
		return written("P1DT2H30M")
	case classMoney:
		return written("$1::numeric::money")
	case classText, classWord:
		return diag.Text{
			Ta: "அணி, பொருள் ஆகியவற்றை ஜேசான்_ஆக்கு(…) உரையாக்கும்",
			En: "ஜேசான்_ஆக்கு(…) makes text of arrays and records",
		}, true
	}
	return diag.Text{}, false
}

// encode appends v, not nil, as a text that the server reads as t; false: v
// cannot be given as t.
func encode(dst []byte, v *value.Value, t *typ, zone *time.Location) ([]byte, bool) {
	if t.class == classArray {
		return encodeArray(dst, v, t, zone)
	}
	switch v.Kind() {
	case value.Number:
		return encodeNumber(dst, v.Dec(), t)
	case value.Text:
		return encodeText(dst, v.Str(), t, zone)
	case value.Boolean:
		switch t.class {
		case classBool, classText, classJSON:
			return strconv.AppendBool(dst, v.IsTrue()), true
		}
	case value.Array, value.Record:
		if t.class == classJSON {
			return appendJSON(dst, v)
		}
	}
	return dst, false
}

func encodeNumber(dst []byte, d decimal.Decimal, t *typ) ([]byte, bool) {
	switch t.class {
	case classNumeric, classFloat, classText, classJSON:
		return d.Append(dst), true
	case classInt:
		n, ok := d.Trunc().Int64()
		return strconv.AppendInt(dst, n, 10), ok && fits(n, t.bits)
	case classOID:
		n, ok := d.Int64()
		return strconv.AppendInt(dst, n, 10), ok && d.IsInt() && 0 <= n && n < 1<<32
	case classBool:
		return strconv.AppendBool(dst, !d.IsZero()), true
	}
	return dst, false
}

func fits(n int64, bits int) bool { return n>>(bits-1) == 0 || n>>(bits-1) == -1 }

// truths are the texts that are taken for a boolean.
var truths = map[string]bool{
	"true": true, "t": true, "yes": true, "on": true, "1": true,
	"false": false, "f": false, "no": false, "off": false, "0": false,
}

func encodeText(dst []byte, s string, t *typ, zone *time.Location) ([]byte, bool) {
	switch t.class {
	case classOther, classWord, classText, classJSON, classOID, classVoid:
		return append(dst, s...), true
	case classInt:
		s = strings.TrimSpace(s)
		n, err := strconv.ParseInt(s, 10, t.bits)
		return strconv.AppendInt(dst, n, 10), err == nil
	case classNumeric, classFloat:
		d, ok := decimal.ParseTrim(s)
		return d.Append(dst), ok
	case classBool:
		b, ok := truths[strings.ToLower(strings.TrimSpace(s))]
		return strconv.AppendBool(dst, b), ok
	case classBytes:
		return hex.AppendEncode(append(dst, `\x`...), []byte(s)), true
	}
	if t.moment() {
		return appendMoment(dst, s, t.class, zone)
	}
	return dst, false // money
}

// encodeArray appends an array in the server's form: {"1",NULL,{…}}. A text is
// that form already.
func encodeArray(dst []byte, v *value.Value, t *typ, zone *time.Location) ([]byte, bool) {
	if v.Kind() == value.Text {
		return append(dst, v.Str()...), innermost(t).class != classMoney
	}
	if v.Kind() != value.Array {
		return dst, false
	}
	depth := -1 // of the elements, once the first is seen
	return appendElements(dst, v, innermost(t), zone, 1, &depth)
}

// innermost returns the type of the elements, however the arrays nest: to the
// server arrays of all dimensions are one type.
func innermost(t *typ) *typ {
	for t.class == classArray {
		t = t.elem
	}
	return t
}

// mostDimensions is the server's limit.
const mostDimensions = 6

func appendElements(dst []byte, v *value.Value, t *typ, zone *time.Location, level int, depth *int) ([]byte, bool) {
	if level > mostDimensions {
		return dst, false
	}
	dst = append(dst, '{')
	elems := v.Elems()
	var one []byte
	for i := range elems {
		e := &elems[i]
		if i > 0 {
			dst = append(dst, t.delim)
		}
		var ok bool
		if e.Kind() == value.Array {
			if dst, ok = appendElements(dst, e, t, zone, level+1, depth); !ok {
				return dst, false
			}
			continue
		}
		if *depth < 0 {
			*depth = level
		}
		if *depth != level {
			return dst, false
		}
		if e.Kind() == value.Nil {
			dst = append(dst, "NULL"...)
			continue
		}
		if one, ok = encode(one[:0], e, t, zone); !ok {
			return dst, false
		}
		dst = append(dst, '"')
		for _, c := range one {
			if c == '"' || c == '\\' {
				dst = append(dst, '\\')
			}
			dst = append(dst, c)
		}
		dst = append(dst, '"')
	}
	return append(dst, '}'), true
}

// appendJSON appends v as JSON: fields in code point order, numbers as digits.
// It is false for what holds a result.
func appendJSON(dst []byte, v *value.Value) ([]byte, bool) {
	ok := true
	switch v.Kind() {
	case value.Nil:
		return append(dst, "null"...), true
	case value.Boolean:
		return strconv.AppendBool(dst, v.IsTrue()), true
	case value.Number:
		return v.Dec().Append(dst), true
	case value.Text:
		return appendJSONText(dst, v.Str()), true
	case value.Array:
		dst = append(dst, '[')
		elems := v.Elems()
		for i := range elems {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, ok = appendJSON(dst, &elems[i]); !ok {
				return dst, false
			}
		}
		return append(dst, ']'), true
	case value.Record:
		dst = append(dst, '{')
		for i := range v.Len() {
			if i > 0 {
				dst = append(dst, ',')
			}
			name, field := v.FieldAt(i)
			dst = append(appendJSONText(dst, name), ':')
			if dst, ok = appendJSON(dst, &field); !ok {
				return dst, false
			}
		}
		return append(dst, '}'), true
	}
	return dst, false
}

func appendJSONText(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r < ' ':
			dst = append(dst, `\u00`...)
			dst = append(dst, "0123456789abcdef"[r>>4], "0123456789abcdef"[r&15])
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}
