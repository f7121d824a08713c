package mysql

import (
	"bytes"
	"database/sql/driver"
	"fmt"
	"strings"

	"etamil/engine/db"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// parameters returns the parameters of a statement as they travel: numbers and
// texts as text, booleans as 1 and 0 (spec 08 §8.4).
func parameters(s *host.Statement) ([]driver.NamedValue, error) {
	args := make([]driver.NamedValue, len(s.Params))
	for i := range s.Params {
		v := &s.Params[i]
		args[i].Ordinal = i + 1
		switch v.Kind() {
		case value.Nil:
		case value.Number:
			args[i].Value = v.Dec().String()
		case value.Text:
			args[i].Value = v.Str()
		case value.Boolean:
			args[i].Value = int64(0)
			if v.IsTrue() {
				args[i].Value = int64(1)
			}
		default:
			d := db.BadParameter(i+1, v, "")
			d.Args[2] = diag.Text{Ta: "MySQL அறிந்த", En: "a type that MySQL knows"}
			return nil, d.WithHelp("அணி, பொருள் ஆகியவற்றை ஜேசான்_ஆக்கு(…) உரையாக்கும்", "ஜேசான்_ஆக்கு(…) makes text of arrays and records")
		}
	}
	return args, nil
}

// A reader makes a value of what the library gives for a column.
type reader func(driver.Value) value.Value

// readers are those that differ from asIs, by the name that the library has
// for the type of a column.
var readers = map[string]reader{
	"DECIMAL":         digits,
	"UNSIGNED BIGINT": digits,
	"BIT":             bits,
	"DATETIME":        datetime,
	"TIMESTAMP":       datetime,
	"TIME":            clock,
}

// readersOf returns the readers of the columns of rows.
func readersOf(rows driver.Rows, n int) []reader {
	rs := make([]reader, n)
	types, _ := rows.(driver.RowsColumnTypeDatabaseTypeName)
	for i := range rs {
		if types != nil {
			rs[i] = readers[types.ColumnTypeDatabaseTypeName(i)]
		}
		if rs[i] == nil {
			rs[i] = asIs
		}
	}
	return rs
}

// asIs goes by the Go type: whole numbers and floats are numbers, everything
// written is text.
func asIs(v driver.Value) value.Value {
	switch v := v.(type) {
	case nil:
		return value.NilValue()
	case int64:
		return value.Num(decimal.FromInt64(v))
	case uint64:
		return value.Num(decimal.FromUint64(v))
	case float32:
		return db.FloatOf(float64(v), 32)
	case float64:
		return db.FloatOf(v, 64)
	case []byte:
		return db.TextOf(v)
	case string:
		return value.String(value.Clean(v))
	}
	return value.String(value.Clean(fmt.Sprint(v)))
}

// digits reads the digits of a number of any size.
func digits(v driver.Value) value.Value {
	if b, ok := v.([]byte); ok {
		return db.NumberOf(string(b))
	}
	return asIs(v)
}

// bits reads a BIT(n), at most eight bytes with the highest first.
func bits(v driver.Value) value.Value {
	b, ok := v.([]byte)
	if !ok || len(b) > 8 {
		return asIs(v)
	}
	var n uint64
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return value.Num(decimal.FromUint64(n))
}

// datetime puts a T between date and time.
func datetime(v driver.Value) value.Value {
	b, ok := v.([]byte)
	if !ok {
		return asIs(v)
	}
	if len(b) > 10 && b[10] == ' ' {
		b = bytes.Clone(b)
		b[10] = 'T'
	}
	return value.String(value.Clean(withoutZeros(string(b))))
}

// clock reads a TIME, which goes from -838:59:59 to 838:59:59.
func clock(v driver.Value) value.Value {
	switch v := v.(type) {
	case []byte:
		return value.String(value.Clean(withoutZeros(string(v))))
	case string:
		return value.String(value.Clean(withoutZeros(v)))
	}
	return asIs(v)
}

// withoutZeros returns a time without the zeros at the end of its fraction.
func withoutZeros(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
