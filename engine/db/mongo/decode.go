package mongo

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"etamil/engine/db"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// A decoder makes values of the documents of one reply, and has the run pay
// for them.
type decoder struct {
	meter host.Meter
	// seen are the names of the record that came last, by depth: documents of
	// one collection are alike, and share them.
	seen []*value.Keys
}

func newDecoder(m host.Meter) *decoder { return &decoder{meter: m} }

// valueBytes is about what a value takes beside the bytes that it came in.
const valueBytes = 64

// maxNested bounds the recursion; a server nests about two hundred deep.
const maxNested = 1000

// A stop is an error of the run itself, which ends the operation.
type stop struct{ error }

func (s stop) Unwrap() error { return s.error }

func tooDeep() error { return stop{diag.TooDeep.New(value.MaxDepth)} }

var errDamaged = errors.New("the server's document is damaged")

// document decodes a document into a record. The error is a stop or errDamaged.
func (d *decoder) document(raw bson.Raw) (value.Value, error) {
	if err := d.pay(len(raw)); err != nil {
		return value.Value{}, err
	}
	return d.record(raw, 0)
}

// encoded returns what a value of ours is when it comes back.
func (d *decoder) encoded(v any) (value.Value, error) {
	typ, raw, err := bson.MarshalValue(v)
	if err != nil {
		return value.Value{}, err
	}
	return d.value(bson.RawValue{Type: typ, Value: raw}, 0)
}

func (d *decoder) pay(bytes int) error {
	err := d.meter.Grow(bytes)
	if err == nil {
		err = d.meter.Charge(1 + bytes/64)
	}
	if err != nil {
		return stop{err}
	}
	return nil
}

func (d *decoder) record(raw bson.Raw, depth int) (value.Value, error) {
	if depth > maxNested {
		return value.Value{}, tooDeep()
	}
	if len(raw) < 5 || binary.LittleEndian.Uint32(raw) != uint32(len(raw)) || raw[len(raw)-1] != 0 {
		return value.Value{}, errDamaged // the library takes it for an empty one
	}
	elements, err := raw.Elements()
	if err != nil {
		return value.Value{}, errDamaged
	}
	if err := d.pay(valueBytes * len(elements)); err != nil {
		return value.Value{}, err
	}
	names, values := make([]string, len(elements)), make([]value.Value, len(elements))
	for i, e := range elements {
		name, err := e.KeyErr()
		if err != nil {
			return value.Value{}, errDamaged
		}
		raw, err := e.ValueErr()
		if err != nil {
			return value.Value{}, errDamaged
		}
		names[i] = value.Clean(name)
		if values[i], err = d.value(raw, depth+1); err != nil {
			return value.Value{}, err
		}
	}
	for len(d.seen) <= depth {
		d.seen = append(d.seen, nil)
	}
	if keys := d.seen[depth]; keys != nil && slices.Equal(keys.Names(), names) {
		if r, ok := value.RecordOf(keys, values); ok {
			return r, nil
		}
		return value.Value{}, tooDeep()
	}
	r := value.NewRecord(len(names))
	for i, name := range names { // of a repeated name the last counts
		if !r.Set(name, values[i]) {
			return value.Value{}, tooDeep()
		}
	}
	d.seen[depth], _ = r.KeysOf()
	return r, nil
}

func (d *decoder) array(raw bson.RawArray, depth int) (value.Value, error) {
	if depth > maxNested {
		return value.Value{}, tooDeep()
	}
	values, err := raw.Values()
	if err != nil {
		return value.Value{}, errDamaged
	}
	if err := d.pay(valueBytes * len(values)); err != nil {
		return value.Value{}, err
	}
	elems := make([]value.Value, len(values))
	for i, raw := range values {
		if elems[i], err = d.value(raw, depth+1); err != nil {
			return value.Value{}, err
		}
	}
	a, ok := value.ArrayOf(elems)
	if !ok {
		return a, tooDeep()
	}
	return a, nil
}

// value decodes one value by the table of spec 08 §8.9; what is not in it comes
// as its text.
func (d *decoder) value(v bson.RawValue, depth int) (value.Value, error) {
	switch v.Type {
	case bson.TypeEmbeddedDocument:
		if raw, ok := v.DocumentOK(); ok {
			return d.record(raw, depth)
		}
		return value.Value{}, errDamaged
	case bson.TypeArray:
		if raw, ok := v.ArrayOK(); ok {
			return d.array(raw, depth)
		}
		return value.Value{}, errDamaged
	}
	if out, ok := scalar(v); ok {
		return out, nil
	}
	return value.Value{}, errDamaged
}

// scalar decodes what is neither document nor array; false: it is damaged.
func scalar(v bson.RawValue) (value.Value, bool) {
	switch v.Type {
	case bson.TypeNull, bson.TypeUndefined:
		return value.NilValue(), true
	case bson.TypeBoolean:
		b, ok := v.BooleanOK()
		return value.Bool(b), ok
	case bson.TypeInt32:
		n, ok := v.Int32OK()
		return value.Num(decimal.FromInt64(int64(n))), ok
	case bson.TypeInt64:
		n, ok := v.Int64OK()
		return value.Num(decimal.FromInt64(n)), ok
	case bson.TypeDouble:
		f, ok := v.DoubleOK()
		return db.FloatOf(f, 64), ok
	case bson.TypeDecimal128:
		n, ok := v.Decimal128OK()
		return exact(n), ok
	case bson.TypeString:
		s, ok := v.StringValueOK()
		return text(s), ok
	case bson.TypeJavaScript:
		s, ok := v.JavaScriptOK()
		return text(s), ok
	case bson.TypeSymbol:
		s, ok := v.SymbolOK()
		return text(s), ok
	case bson.TypeCodeWithScope:
		s, _, ok := v.CodeWithScopeOK()
		return text(s), ok
	case bson.TypeObjectID:
		id, ok := v.ObjectIDOK()
		return text(id.Hex()), ok
	case bson.TypeDateTime:
		ms, ok := v.DateTimeOK()
		return text(date(ms)), ok
	case bson.TypeBinary:
		subtype, data, ok := v.BinaryOK()
		return text(fmt.Sprintf("Binary(0x%x, %s)", subtype, base64.StdEncoding.EncodeToString(data))), ok
	case bson.TypeRegex:
		pattern, options, ok := v.RegexOK()
		return text("/" + pattern + "/" + options), ok
	case bson.TypeTimestamp:
		t, i, ok := v.TimestampOK()
		return text(fmt.Sprintf("Timestamp(%d, %d)", t, i)), ok
	case bson.TypeMinKey:
		return text("MinKey"), true
	case bson.TypeMaxKey:
		return text("MaxKey"), true
	case bson.TypeDBPointer:
		name, id, ok := v.DBPointerOK()
		return text(name + "/" + id.Hex()), ok
	}
	return value.Value{}, false
}

func text(s string) value.Value { return value.String(value.Clean(s)) }

// date writes milliseconds since 1970 as a time in UTC, with a fraction where
// there is one.
func date(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.999Z07:00")
}

// exact returns the number that a Decimal128 is: rounded where it has more
// decimals than ours, a text of its digits beyond 96 bits, nil when it is none.
func exact(n bson.Decimal128) value.Value {
	coefficient, exponent, err := n.BigInt()
	if err != nil || n.IsNaN() || n.IsInf() != 0 {
		return value.NilValue()
	}
	if d, ok := decimal.ParseJSON(coefficient.String() + "e" + strconv.Itoa(exponent)); ok {
		return value.Num(d)
	}
	return value.String(plain(coefficient, exponent))
}

// plain writes coefficient · 10^exponent without an exponent.
func plain(coefficient *big.Int, exponent int) string {
	if exponent >= 0 {
		return coefficient.String() + strings.Repeat("0", exponent)
	}
	digits := new(big.Int).Abs(coefficient).String()
	if missing := 1 - exponent - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) + exponent
	fraction := strings.TrimRight(digits[point:], "0")
	out := digits[:point]
	if fraction != "" {
		out += "." + fraction
	}
	if coefficient.Sign() < 0 {
		out = "-" + out
	}
	return out
}
