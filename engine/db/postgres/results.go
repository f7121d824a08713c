package postgres

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strconv"
	"unsafe"

	"github.com/jackc/pgx/v5/pgconn"

	"etamil/engine/db"
	"etamil/engine/host"
	"etamil/engine/value"
)

// A decoder reads the rows of one result (spec 08 §8.5).
type decoder struct {
	meter   host.Meter
	columns []column
	fields  []pgconn.FieldDescription // for the formats
	pending int                       // bytes of array elements, not yet announced
}

// elementBytes is what an element of an array takes, without its text.
const elementBytes = int(unsafe.Sizeof(value.Value{}))

// row reads one row into vals. The error is the meter's, or says that the
// server sent something else than its protocol has.
func (d *decoder) row(raw [][]byte, vals []value.Value) error {
	if len(raw) != len(vals) {
		return errMalformed
	}
	for i, b := range raw {
		if b == nil {
			vals[i] = value.NilValue()
			continue
		}
		var ok bool
		if vals[i], ok = d.decode(b, d.columns[i].typ, d.fields[i].Format); !ok {
			return errMalformed
		}
	}
	if d.pending == 0 {
		return nil
	}
	pending := d.pending
	d.pending = 0
	if err := d.meter.Charge(1 + pending/64); err != nil {
		return err
	}
	return d.meter.Grow(pending)
}

// errMalformed is a value that is none of its type.
var errMalformed error = &db.Refusal{
	Message: "சேவையகம் அனுப்பிய மதிப்பு அதன் வகைக்குப் பொருந்தவில்லை (the server sent a value that is none of its type)",
	Tag:     tag(stateProtocol),
}

// decode reads a value that is not NULL.
func (d *decoder) decode(b []byte, t *typ, format int16) (value.Value, bool) {
	if format == binaryFormat {
		if t.class == classArray {
			return d.binaryArray(b, t.elem)
		}
		return moment(b, t.class)
	}
	switch t.class {
	case classBool:
		return value.Bool(len(b) == 1 && b[0] == 't'), true
	case classInt, classOID:
		return db.NumberOf(string(b)), true
	case classNumeric:
		switch string(b) {
		case "NaN", "Infinity", "-Infinity":
			return value.NilValue(), true
		}
		return db.NumberOf(string(b)), true
	case classFloat:
		// "NaN" and "Infinity" are understood; beyond the range is infinite.
		f, err := strconv.ParseFloat(string(b), t.bits)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return value.Value{}, false
		}
		return db.FloatOf(f, t.bits), true
	case classBytes:
		return db.TextOf(bytes(b)), true
	case classVoid:
		return value.NilValue(), true
	case classArray:
		return d.textArray(b, t.elem)
	}
	return db.TextOf(b), true
}

// bytes returns what the text of a bytea stands for: hexadecimal digits, or the
// older form with octal escapes, as the session's bytea_output says.
func bytes(b []byte) []byte {
	if len(b) >= 2 && b[0] == '\\' && b[1] == 'x' {
		out := make([]byte, hex.DecodedLen(len(b)-2))
		n, _ := hex.Decode(out, b[2:])
		return out[:n]
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] != '\\':
			out = append(out, b[i])
		case i+3 < len(b) && b[i+1] != '\\':
			out = append(out, (b[i+1]-'0')<<6|(b[i+2]-'0')<<3|(b[i+3]-'0'))
			i += 3
		default:
			out = append(out, '\\')
			i++
		}
	}
	return out
}

// element counts what an element of an array takes.
func (d *decoder) element(v value.Value) value.Value {
	d.pending += elementBytes
	if v.Kind() == value.Text {
		d.pending += len(v.Str())
	}
	return v
}

// textArray reads an array in the server's form: {1,NULL,"a b"}, nested for
// more dimensions, after bounds such as [0:1]= that nobody asked for.
func (d *decoder) textArray(b []byte, t *typ) (value.Value, bool) {
	if len(b) > 0 && b[0] == '[' {
		for i, c := range b {
			if c == '=' {
				b = b[i+1:]
				break
			}
		}
	}
	v, rest, ok := d.textElements(b, t, 1)
	return v, ok && len(rest) == 0
}

func (d *decoder) textElements(b []byte, t *typ, level int) (value.Value, []byte, bool) {
	if len(b) < 2 || b[0] != '{' || level > mostDimensions {
		return value.Value{}, nil, false
	}
	b = b[1:]
	var elems []value.Value
	for b[0] != '}' {
		if len(elems) > 0 {
			if b[0] != t.delim {
				return value.Value{}, nil, false
			}
			b = b[1:]
		}
		var v value.Value
		ok := len(b) > 0
		switch {
		case !ok:
		case b[0] == '{':
			v, b, ok = d.textElements(b, t, level+1)
		default:
			var text []byte
			var null bool
			text, null, b, ok = unquote(b, t.delim)
			if ok && null {
				v = value.NilValue()
			} else if ok {
				v, ok = d.decode(text, t, textFormat)
			}
		}
		if !ok || len(b) == 0 {
			return value.Value{}, nil, false
		}
		elems = append(elems, d.element(v))
	}
	v, ok := value.ArrayOf(elems)
	return v, b[1:], ok
}

// unquote reads one element, in quotes or not, and returns what follows.
func unquote(b []byte, delim byte) (text []byte, null bool, rest []byte, ok bool) {
	if b[0] != '"' {
		for i, c := range b {
			if c == delim || c == '}' {
				return b[:i], string(b[:i]) == "NULL", b[i:], i > 0
			}
		}
		return nil, false, nil, false
	}
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '"':
			if text == nil {
				text = []byte{}
			}
			return text, false, b[i+1:], true
		case '\\':
			i++
		}
		if i < len(b) {
			text = append(text, b[i])
		}
	}
	return nil, false, nil, false
}

// binaryArray reads an array of dates or times: the number of dimensions, a
// flag, the element's type, then length and lower bound of each dimension, then
// the elements with their lengths, −1 for NULL (array_send in arrayfuncs.c).
func (d *decoder) binaryArray(b []byte, t *typ) (value.Value, bool) {
	if len(b) < 12 {
		return value.Value{}, false
	}
	dimensions := int(binary.BigEndian.Uint32(b))
	b = b[12:]
	if dimensions == 0 {
		return value.FlatArray(nil), true
	}
	if dimensions < 0 || dimensions > mostDimensions || len(b) < 8*dimensions {
		return value.Value{}, false
	}
	var lengths [mostDimensions]int
	for i := range dimensions {
		lengths[i] = int(int32(binary.BigEndian.Uint32(b[8*i:])))
	}
	v, rest, ok := d.binaryElements(b[8*dimensions:], t, lengths[:dimensions])
	return v, ok && len(rest) == 0
}

func (d *decoder) binaryElements(b []byte, t *typ, lengths []int) (value.Value, []byte, bool) {
	n := lengths[0]
	if n < 0 || n > len(b)/4 {
		return value.Value{}, nil, false
	}
	elems := make([]value.Value, 0, n)
	for range n {
		var v value.Value
		ok := true
		if len(lengths) > 1 {
			v, b, ok = d.binaryElements(b, t, lengths[1:])
		} else {
			if len(b) < 4 {
				return value.Value{}, nil, false
			}
			size := int(int32(binary.BigEndian.Uint32(b)))
			b = b[4:]
			switch {
			case size < 0:
				v = value.NilValue()
			case size > len(b):
				return value.Value{}, nil, false
			default:
				v, ok = moment(b[:size], t.class)
				b = b[size:]
			}
		}
		if !ok {
			return value.Value{}, nil, false
		}
		elems = append(elems, d.element(v))
	}
	v, ok := value.ArrayOf(elems)
	return v, b, ok
}
