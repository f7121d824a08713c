package stdlib

import (
	"slices"
	"unsafe"

	"etamil/engine/builtin"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// A call is one call of a native function: the machine that runs it, its row,
// its arguments as the row's Args prepare them.
type call struct {
	m    builtin.Machine
	f    *Function
	args []value.Value
}

// A body computes a native function.
type body func(c call) (value.Value, error)

// arg returns the description of a parameter.
func arg(tamil, english string, want builtin.Want) builtin.Arg {
	return builtin.Arg{Name: diag.Text{Ta: tamil, En: english}, Want: want}
}

// anyArgs returns the descriptions of parameters that take every kind as it is,
// given as pairs of their Tamil and English names.
func anyArgs(names ...string) []builtin.Arg {
	args := make([]builtin.Arg, len(names)/2)
	for i := range args {
		args[i] = arg(names[2*i], names[2*i+1], builtin.Any)
	}
	return args
}

// What a parameter may have to be, for the sentence of diag.BadArgument.
var (
	aCollection = diag.Text{Ta: "சொல், அணி அல்லது பொருள்", En: "text, an array or a record"}
	aSequence   = diag.Text{Ta: "சொல் அல்லது அணி", En: "text or an array"}
	recordsOnly = diag.Text{Ta: "பொருள்களின் அணி", En: "an array of records"}
)

// bad returns the error of a call whose argument i is not what it needs to be.
// The sentence names the function, the parameter and what was given.
func (c call) bad(i int, needs, got diag.Text) error {
	return diag.BadArgument.New(c.f.Name.Tamil, c.f.Args[i].As(needs), got)
}

// badKind is bad for an argument of a wrong kind.
func (c call) badKind(i int, needs diag.Text) error {
	return c.bad(i, needs, builtin.KindName(&c.args[i]))
}

// badValue is bad for an argument of the right kind with a wrong value.
func (c call) badValue(i int, needs diag.Text) error {
	return c.bad(i, needs, diag.Same("'"+diag.Quote(value.Display(&c.args[i], 400))+"'"))
}

// collection checks that argument i is text, an array or a record, and returns
// how many letters, elements or fields it has.
func (c call) collection(i int) (int, error) {
	v := &c.args[i]
	switch v.Kind() {
	case value.Text:
		return v.Letters(), nil
	case value.Array, value.Record:
		return v.Len(), nil
	}
	return 0, c.badKind(i, aCollection)
}

// whole returns argument i, a number, where it must be a whole one from least
// to most.
func (c call) whole(i, least, most int, needs diag.Text) (int, error) {
	n, ok := c.args[i].Dec().Int64()
	if !ok || n < int64(least) || n > int64(most) {
		return 0, c.badValue(i, needs)
	}
	return int(n), nil
}

// number returns argument i converted to a number.
func (c call) number(i int) decimal.Decimal { return value.ToNumber(&c.args[i]) }

// text returns the printed form of argument i.
func (c call) text(i int) (string, error) { return printed(c.m, &c.args[i]) }

// count reads a number as how many of something are wanted: a fraction rounds
// up, what is below 0 is 0, what no memory could hold is huge.
func count(d decimal.Decimal) int {
	switch n, ok := d.Ceil().Int64(); {
	case d.Neg:
		return 0
	case !ok || n > huge:
		return huge
	default:
		return int(n)
	}
}

// place reads a number as an index below n. Below 0 and past the end it is out
// of range; with a fraction it is no index at all.
func place(d decimal.Decimal, n int) (int, error) {
	if !d.IsInt() {
		return 0, diag.IndexNotWhole.New(d)
	}
	i, ok := d.Int64()
	if !ok || i < 0 || i >= int64(n) {
		return 0, diag.IndexOutOfRange.New(d, n)
	}
	return int(i), nil
}

// at returns element i of v, a text or an array; 0 ≤ i < its length.
func at(v *value.Value, i int) value.Value {
	if v.Kind() == value.Text {
		return value.LetterValue(v.Letter(i))
	}
	return v.At(i)
}

// element returns v[key] as the language has it.
func element(m builtin.Machine, v, key *value.Value) (value.Value, error) {
	switch v.Kind() {
	case value.Record:
		name, err := printed(m, key)
		if err != nil {
			return value.Value{}, err
		}
		x, ok := v.Get(name)
		if !ok {
			return value.Value{}, diag.NoField.New(name)
		}
		return x, nil
	case value.Array, value.Text:
		n := 0
		if v.Kind() == value.Text {
			n = v.Letters()
		} else {
			n = v.Len()
		}
		i, err := place(value.ToNumber(key), n)
		if err != nil {
			return value.Value{}, err
		}
		return at(v, i), nil
	}
	return value.Value{}, diag.NoElements.New(builtin.KindName(v))
}

// elements returns what walking argument i gives: the elements of an array, the
// field names of a record by code points, the letters of a text. The slice is
// to be read only.
func (c call) elements(i int) ([]value.Value, error) {
	n, err := c.collection(i)
	if err != nil {
		return nil, err
	}
	if err := c.m.Charge(n); err != nil {
		return nil, err
	}
	switch v := &c.args[i]; v.Kind() {
	case value.Array:
		return v.Elems(), nil
	case value.Record:
		if err := c.m.Grow(n * (valueBytes + textBytes)); err != nil {
			return nil, err
		}
		names := make([]value.Value, n)
		for i := range names {
			name, _ := v.FieldAt(i)
			names[i] = value.String(name)
		}
		return names, nil
	default:
		return letters(c.m, v, 0, n)
	}
}

// letters returns the letters from ≤ i < to of v, a text.
func letters(m builtin.Machine, v *value.Value, from, to int) ([]value.Value, error) {
	part := v.LetterRange(from, to)
	if err := m.Grow((to - from) * valueBytes); err != nil {
		return nil, err
	}
	if len(part) > to-from { // ASCII letters take no memory of their own
		if err := m.Grow((to - from) * textBytes); err != nil {
			return nil, err
		}
	}
	list := make([]value.Value, 0, to-from)
	for i := from; i < to; i++ {
		list = append(list, value.LetterValue(v.Letter(i)))
	}
	return list, nil
}

// array returns the array of elems, which it takes over.
func array(elems []value.Value) (value.Value, error) {
	v, ok := value.ArrayOf(elems)
	return v, deep(ok)
}

// deep is the error of a value that could not be made because it would nest too
// deep.
func deep(ok bool) error {
	if ok {
		return nil
	}
	return diag.TooDeep.New(value.MaxDepth)
}

// success returns சரி(v).
func success(v value.Value) (value.Value, error) {
	r, ok := value.Ok(v)
	return r, deep(ok)
}

// failure returns தவறு of a sentence in both languages.
func failure(t diag.Text) (value.Value, error) {
	return value.ErrText(t.Ta + "  (" + t.En + ")"), nil
}

// piece returns the text part, which lies inside the text whole. A small part
// of a large text is copied, so that it does not keep the large one in memory.
func piece(whole, part string) value.Value {
	if len(part) <= 1 {
		return value.LetterValue(part)
	}
	if len(whole) > 256 && len(part) < len(whole)/4 {
		part = string([]byte(part))
	}
	return value.String(part)
}

// Memory and steps.

const (
	valueBytes = int(unsafe.Sizeof(value.Value{})) // of a place in an array or record
	textBytes  = 48                                // of the heap part of a text, without its bytes

	// maxBytes is the size above which a result is refused with no budget set.
	maxBytes = 1 << 30
	// huge is more bytes or elements than there can ever be, and far enough
	// below the largest int that sums and small multiples of it do not
	// overflow.
	huge = 1 << 48
)

// take charges for n bytes that are about to be made, announces them, and
// refuses more than maxBytes.
func take(m builtin.Machine, n int) error {
	if err := m.Charge(n / 8); err != nil {
		return err
	}
	if err := m.Grow(n); err != nil {
		return err
	}
	if n > maxBytes {
		return tooLarge()
	}
	return nil
}

func tooLarge() error { return diag.MemoryBudget.New(diag.Same("1 GiB")) }

// times returns a·b for a, b ≥ 0, at most huge.
func times(a, b int) int {
	if b != 0 && a > huge/b {
		return huge
	}
	return a * b
}

// Steps add up work that is done bit by bit and charge for it in portions.
type steps struct {
	m    builtin.Machine
	owed int
	err  error
}

// spend adds n steps. It is false when the run is to end; then err says why.
func (s *steps) spend(n int) bool {
	if s.owed += n; s.owed >= 1024 && s.err == nil {
		s.err = s.m.Charge(s.owed)
		s.owed = 0
	}
	return s.err == nil
}

// done charges what is still owed and returns the error that ended the work, if
// one did.
func (s *steps) done() error {
	if s.err == nil && s.owed > 0 {
		s.err = s.m.Charge(s.owed)
		s.owed = 0
	}
	return s.err
}

// equal reports v == w, spending steps for what it compares.
func (s *steps) equal(v, w *value.Value) bool {
	if v.Kind() != w.Kind() {
		return false
	}
	for limit := 1 << 16; ; limit *= 4 {
		work := limit
		same := value.Equal(v, w, &work)
		if !s.spend(limit - work) {
			return false
		}
		if work >= 0 {
			return same
		}
	}
}

// A printer puts a text together and announces the memory as it grows.
type printer struct {
	m    builtin.Machine
	buf  []byte
	room int // bytes announced
}

// reserve makes sure that n more bytes are announced.
func (p *printer) reserve(n int) error {
	if len(p.buf)+n <= p.room {
		return nil
	}
	more := max(len(p.buf)+n-p.room, p.room, 256)
	if err := p.m.Charge(more / 8); err != nil {
		return err
	}
	if err := p.m.Grow(more); err != nil {
		return err
	}
	if len(p.buf)+n > maxBytes {
		return tooLarge()
	}
	p.room += more
	p.buf = slices.Grow(p.buf, p.room-len(p.buf))
	return nil
}

// text appends s.
func (p *printer) text(s string) error {
	if err := p.reserve(len(s)); err != nil {
		return err
	}
	p.buf = append(p.buf, s...)
	return nil
}

// value appends the printed form of v.
func (p *printer) value(v *value.Value) error {
	switch v.Kind() {
	case value.Text:
		return p.text(v.Str())
	case value.Array, value.Record, value.Success, value.Failure:
		// A value whose parts are shared inside can print far longer than it
		// is: try with the room there is, then with more.
		start := len(p.buf)
		for n := 256; ; n = 2 * (p.room - start) {
			if err := p.reserve(n); err != nil {
				return err
			}
			var ok bool
			if p.buf, ok = value.AppendText(p.buf, v, p.room); ok {
				return nil
			}
			p.buf = p.buf[:start]
		}
	}
	if err := p.reserve(40); err != nil {
		return err
	}
	p.buf, _ = value.AppendText(p.buf, v, 0)
	return nil
}

// string returns what was put together. The printer must not be used again.
func (p *printer) string() string {
	if cap(p.buf)-len(p.buf) > len(p.buf)/4+64 {
		return string(p.buf)
	}
	return unsafe.String(unsafe.SliceData(p.buf), len(p.buf)) // nobody writes to it any more
}

// printed returns the printed form of v.
func printed(m builtin.Machine, v *value.Value) (string, error) {
	if v.Kind() < value.Array {
		s, _ := value.ToText(v, 0)
		return s, nil
	}
	p := printer{m: m}
	if err := p.value(v); err != nil {
		return "", err
	}
	return p.string(), nil
}
