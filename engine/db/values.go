package db

import (
	"math"
	"strconv"
	"unsafe"

	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// NumberOf returns the number that a database writes with these ASCII digits
// (sign, point and exponent allowed): decimals that do not fit are rounded, a
// number beyond 96 bits is the text of its digits.
func NumberOf(digits string) value.Value {
	if d, ok := decimal.ParseJSON(digits); ok {
		return value.Num(d)
	}
	return value.String(digits)
}

// FloatOf returns a binary float of that many bits (32 or 64) as the number of
// its shortest digits; NaN and the infinities are nil, what is beyond 96 bits
// is text in the form 1e+300.
func FloatOf(f float64, bits int) value.Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return value.NilValue()
	}
	if d, ok := decimal.ParseJSON(strconv.FormatFloat(f, 'f', -1, bits)); ok {
		return value.Num(d)
	}
	return value.String(strconv.FormatFloat(f, 'g', -1, bits))
}

// TextOf returns bytes of a database as text; what is no UTF-8 becomes U+FFFD.
// The bytes are copied.
func TextOf(b []byte) value.Value { return value.String(value.Clean(string(b))) }

// Columns are the columns of a query: their names, and the place of each among
// the keys of its records. They never change; queries that answer alike may
// share them.
type Columns struct {
	keys *value.Keys
	// place of each column among the keys: of a repeated name the last counts.
	place []int
}

// NewColumns returns the columns of these names. Names that are no UTF-8 are
// made so.
func NewColumns(names []string) *Columns {
	c := &Columns{place: make([]int, len(names))}
	index := make(map[string]int, len(names))
	unique := make([]string, 0, len(names))
	for i, name := range names {
		name = value.Clean(name)
		at, known := index[name]
		if !known {
			at = len(unique)
			index[name] = at
			unique = append(unique, name)
		}
		c.place[i] = at
	}
	c.keys = value.NewKeys(unique)
	return c
}

// Rows collects the rows of a query within the budgets of the run.
type Rows struct {
	meter   host.Meter
	limit   int64
	columns *Columns
	rows    []value.Value
}

// NewRows returns the place for the rows of s.
func NewRows(s *host.Statement) *Rows { return &Rows{meter: s.Meter, limit: s.Rows} }

// Columns names the columns, once, before the first row. Names that are no
// UTF-8 are made so.
func (r *Rows) Columns(names []string) { r.columns = NewColumns(names) }

// Like is Columns with columns that were made before.
func (r *Rows) Like(c *Columns) { r.columns = c }

// valueBytes is what a value takes in a record.
const valueBytes = int(unsafe.Sizeof(value.Value{}))

// Add takes one row, a value a column; vals is not kept. Its error ends the
// query: too many rows (diag.RowBudget), or a budget of the run.
func (r *Rows) Add(vals []value.Value) error {
	if r.limit > 0 && int64(len(r.rows)) >= r.limit {
		return diag.RowBudget.New(r.limit)
	}
	size := 64
	row := make([]value.Value, len(r.columns.keys.Names()))
	for i := range vals {
		row[r.columns.place[i]] = vals[i]
		size += valueBytes
		if vals[i].Kind() == value.Text {
			size += 32 + len(vals[i].Str())
		}
	}
	if err := r.meter.Grow(size); err != nil {
		return err
	}
	if err := r.meter.Charge(1 + size/64); err != nil {
		return err
	}
	v, ok := value.RecordOf(r.columns.keys, row)
	if !ok {
		return diag.TooDeep.New(value.MaxDepth)
	}
	r.rows = append(r.rows, v)
	return nil
}

// Len returns the number of rows so far.
func (r *Rows) Len() int { return len(r.rows) }

// Value returns the rows as an array of records.
func (r *Rows) Value() (value.Value, error) {
	v, ok := value.ArrayOf(r.rows)
	if !ok {
		return v, diag.TooDeep.New(value.MaxDepth)
	}
	return v, nil
}

// BadParameter returns the diagnostic of parameter number n, from 1, whose
// value cannot be given as that type of the database.
func BadParameter(n int, v *value.Value, typ string) *diag.Diagnostic {
	return diag.BadParameter.New(n, valueKinds[v.Kind()], typ)
}

var valueKinds = map[value.Kind]diag.Text{
	value.Nil: diag.KindNil, value.Boolean: diag.KindBoolean, value.Number: diag.KindNumber, value.Text: diag.KindText,
	value.Array: diag.KindArray, value.Record: diag.KindRecord, value.Success: diag.KindResult, value.Failure: diag.KindResult,
}
