package stdlib

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"etamil/engine/builtin"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// maxJSONDepth is how many arrays and objects a JSON text may open inside one
// another.
const maxJSONDepth = 1000

// parseJSON reads the one value that s is the JSON of. It takes more than RFC
// 8259: numbers as the language reads them, any character inside a string, a
// backslash before any character. It comes back with exactly one of a value, a
// fault of the text, and an error of the machine. The cost is O(len(s)).
//
// Strings without escapes share the memory of s.
func parseJSON(m builtin.Machine, s string) (v value.Value, bad *jsonFault, err error) {
	r := jsonReaders.Get().(*jsonReader)
	r.s, r.m = strings.TrimPrefix(s, "\uFEFF"), m
	v, bad, err = r.read(len(s))
	r.release()
	return v, bad, err
}

// read reads the whole text, which is announced as n bytes.
func (r *jsonReader) read(n int) (v value.Value, bad *jsonFault, err error) {
	if err := r.m.Charge(n / 8); err != nil {
		return v, nil, err
	}
	r.blanks()
	if r.value() {
		r.blanks()
		if r.at == len(r.s) {
			if err := r.announce(); err != nil {
				return v, nil, err
			}
			return r.stack[0], nil, nil
		}
		r.fail(r.at, textAfterValue)
	}
	if r.err != nil {
		return v, nil, r.err
	}
	fault := r.fault
	return v, &fault, nil
}

// jsonReaders keeps readers with the memory that small texts need: it was a
// sixth of all that a request with a small body allocates.
var jsonReaders = sync.Pool{New: func() any { return &jsonReader{} }}

// keptValues is up to how many values and names a reader has room for when it is
// kept.
const keptValues = 256

// release gives r back without what it refers to.
func (r *jsonReader) release() {
	*r = jsonReader{stack: emptied(r.stack), names: emptied(r.names), likely: emptied(r.likely)}
	jsonReaders.Put(r)
}

// emptied returns the memory of s with nothing in it, or nil when it is large.
func emptied[T any](s []T) []T {
	if cap(s) > keptValues {
		return nil
	}
	clear(s[:cap(s)])
	return s[:0]
}

// A jsonReader reads in one pass. Its methods report false when they cannot go
// on; then err says why, or else fault.
type jsonReader struct {
	s     string
	at    int // what comes next
	depth int
	m     builtin.Machine
	owed  int // bytes made and not announced yet

	// stack holds the values of the arrays and objects that are still open, and
	// names the names.
	stack []value.Value
	names []string
	// Objects mostly have the names of those before. likely holds, by depth,
	// the names of the last object there that had no escapes in them; shapes
	// those of others, found by a hash.
	likely []*value.Keys
	shapes [64]*value.Keys

	err   error
	fault jsonFault
}

// A jsonFault is what is wrong with a text that is no JSON.
type jsonFault struct {
	s       string // without the byte order mark
	offset  int    // of the first character that cannot be taken
	problem diag.Text
	quoted  string // for {1} of problem
}

// What can be wrong with a JSON text.
var (
	unexpectedEnd  = diag.Text{Ta: "எதிர்பாராத முடிவு", En: "unexpected end"}
	valueExpected  = diag.Text{Ta: "இங்கே ஒரு மதிப்பு வேண்டும்", En: "a value is expected"}
	notANumber     = diag.Text{Ta: "'{1}' ஓர் எண் அல்ல", En: "'{1}' is not a number"}
	stringOpen     = diag.Text{Ta: "இங்கே தொடங்கும் சரம் மூடப்படவில்லை", En: "string not closed"}
	nameExpected   = diag.Text{Ta: "புலத்தின் பெயர் மேற்கோள்களுக்குள் இருக்க வேண்டும்", En: "a name must be a string"}
	colonExpected  = diag.Text{Ta: "':' வேண்டும்", En: "':' expected"}
	bracketMissing = diag.Text{Ta: "',' அல்லது ']' வேண்டும்", En: "',' or ']' expected"}
	braceMissing   = diag.Text{Ta: "',' அல்லது '}' வேண்டும்", En: "',' or '}' expected"}
	textAfterValue = diag.Text{Ta: "மதிப்புக்குப் பின் வேறு எழுத்துகள் உள்ளன", En: "text after the value"}
	badEscape      = diag.Text{Ta: `'\u' என்பதன் பின் நான்கு பதினாறடிமான இலக்கங்கள் வேண்டும்`, En: `'\u' needs four hexadecimal digits`}
	nestedTooDeep  = diag.Text{
		Ta: strconv.Itoa(maxJSONDepth) + " நிலைகளுக்கு மேல் உள்ளடங்கியுள்ளது",
		En: "nested more than " + strconv.Itoa(maxJSONDepth) + " levels deep",
	}
)

// text returns the sentences about f with its place: lines end at line feeds,
// columns count code points, both from 1.
func (f *jsonFault) text() diag.Text {
	before := f.s[:f.offset]
	line := strconv.Itoa(strings.Count(before, "\n") + 1)
	column := strconv.Itoa(utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1)
	fill := func(s string) string { return strings.Replace(s, "{1}", diag.Quote(f.quoted), 1) }
	return diag.Text{
		Ta: fill(f.problem.Ta) + ", வரி " + line + ", நெடுவரிசை " + column,
		En: fill(f.problem.En) + ", line " + line + ", column " + column,
	}
}

func (r *jsonReader) fail(offset int, problem diag.Text) bool {
	if offset >= len(r.s) && problem != unexpectedEnd {
		offset, problem = len(r.s), unexpectedEnd
	}
	r.fault = jsonFault{s: r.s, offset: offset, problem: problem}
	return false
}

// owe notes n bytes that are being made, and announces them in portions.
func (r *jsonReader) owe(n int) bool {
	if r.owed += n; r.owed < 1<<15 {
		return true
	}
	return r.announce() == nil
}

func (r *jsonReader) announce() error {
	if r.err == nil {
		r.err = r.m.Grow(r.owed)
	}
	if r.err == nil {
		r.err = r.m.Charge(r.owed / 64)
	}
	r.owed = 0
	return r.err
}

// blanks skips white space.
func (r *jsonReader) blanks() {
	for r.at < len(r.s) {
		switch r.s[r.at] {
		case ' ', '\n', '\t', '\r':
			r.at++
		default:
			return
		}
	}
}

// peek returns the next byte, 0 at the end. (A NUL in the text is taken
// nowhere either.)
func (r *jsonReader) peek() byte {
	if r.at < len(r.s) {
		return r.s[r.at]
	}
	return 0
}

func (r *jsonReader) push(v value.Value) bool {
	if len(r.stack) == cap(r.stack) {
		// Doubling, where append would grow a large stack by a quarter.
		r.stack = slices.Grow(r.stack, max(len(r.stack), 64))
	}
	r.stack = append(r.stack, v)
	return r.owe(valueBytes)
}

// value reads the value that begins here and puts it on the stack.
func (r *jsonReader) value() bool {
	switch r.peek() {
	case '"':
		s, _, ok := r.text()
		return ok && r.push(value.String(s)) && r.owe(textBytes)
	case '{':
		return r.object()
	case '[':
		return r.array()
	case '-', '+', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'e', 'E':
		return r.number()
	case 't':
		return r.word("true", value.Bool(true))
	case 'f':
		return r.word("false", value.Bool(false))
	case 'n':
		return r.word("null", value.NilValue())
	}
	return r.fail(r.at, valueExpected)
}

func (r *jsonReader) word(word string, v value.Value) bool {
	if !strings.HasPrefix(r.s[r.at:], word) {
		return r.fail(r.at, valueExpected)
	}
	r.at += len(word)
	return r.push(v)
}

// number reads the longest run of characters that numbers are made of.
func (r *jsonReader) number() bool {
	s, start := r.s, r.at
	i := start
	neg := s[i] == '-'
	if neg {
		i++
	}
	// Nearly all are a few digits, perhaps with a point among them.
	const maxDigits = 18 // always fit 64 bits
	var coefficient uint64
	digits, scale := 0, 0
	for ; i < len(s) && s[i]-'0' <= 9 && digits < maxDigits; i++ {
		coefficient = coefficient*10 + uint64(s[i]-'0')
		digits++
	}
	if i < len(s) && s[i] == '.' {
		for i++; i < len(s) && s[i]-'0' <= 9 && digits < maxDigits; i++ {
			coefficient = coefficient*10 + uint64(s[i]-'0')
			digits++
			scale++
		}
	}
	if digits > 0 && (i == len(s) || !partOfNumber[s[i]]) {
		r.at = i
		return r.push(value.Num(decimal.Decimal{Lo: coefficient, Scale: uint8(scale), Neg: neg && coefficient != 0}))
	}

	for i = start; i < len(s) && partOfNumber[s[i]]; i++ {
	}
	d, ok := decimal.ParseJSON(s[start:i])
	if !ok {
		r.fail(start, notANumber)
		r.fault.quoted = s[start:i]
		return false
	}
	r.at = i
	return r.push(value.Num(d))
}

// partOfNumber marks the bytes that numbers are made of.
var partOfNumber = func() (table [256]bool) {
	for _, c := range []byte("-+.0123456789eE") {
		table[c] = true
	}
	return
}()

// text reads the string that begins here. It tells whether it had escapes.
func (r *jsonReader) text() (s string, escaped, ok bool) {
	start := r.at + 1
	end := strings.IndexByte(r.s[start:], '"')
	if end < 0 {
		r.fault = jsonFault{s: r.s, offset: r.at, problem: stringOpen}
		return "", false, false
	}
	s = r.s[start : start+end]
	if strings.IndexByte(s, '\\') < 0 {
		r.at = start + end + 1
		return s, false, true
	}
	s, ok = r.escapedText()
	return s, true, ok
}

// escapedText reads a string that has escapes.
func (r *jsonReader) escapedText() (string, bool) {
	start := r.at + 1
	end := start
	for ; end < len(r.s) && r.s[end] != '"'; end++ {
		if r.s[end] == '\\' {
			end++
		}
	}
	if end >= len(r.s) {
		r.fault = jsonFault{s: r.s, offset: r.at, problem: stringOpen}
		return "", false
	}
	raw := r.s[start:end]
	if !r.owe(len(raw)) {
		return "", false
	}
	var b strings.Builder
	b.Grow(len(raw)) // an escape is never shorter than what it stands for
	for {
		i := strings.IndexByte(raw, '\\')
		if i < 0 {
			break
		}
		b.WriteString(raw[:i])
		escape := raw[i+1] // there is one: end is no escaped quote
		raw = raw[i+2:]
		switch escape {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'u':
			unit, digits := hexUnit(raw)
			if digits < 4 {
				return "", r.fail(end-len(raw)+digits, badEscape)
			}
			raw = raw[4:]
			char := rune(unit)
			if utf16.IsSurrogate(char) {
				// The second half, if it follows, completes it.
				char = utf8.RuneError
				if strings.HasPrefix(raw, `\u`) {
					if low, digits := hexUnit(raw[2:]); digits == 4 {
						if pair := utf16.DecodeRune(rune(unit), rune(low)); pair != utf8.RuneError {
							char = pair
							raw = raw[6:]
						}
					}
				}
			}
			b.WriteRune(char)
		default:
			// The character itself, of which this is the first byte.
			b.WriteByte(escape)
		}
	}
	b.WriteString(raw)
	r.at = end + 1
	return b.String(), true
}

// hexUnit reads four hexadecimal digits at the beginning of s. When there are
// fewer it returns how many there are.
func hexUnit(s string) (unit uint16, digits int) {
	for digits < 4 && digits < len(s) {
		c := s[digits]
		switch {
		case c-'0' <= 9:
			c -= '0'
		case (c|0x20) >= 'a' && (c|0x20) <= 'f':
			c = (c | 0x20) - 'a' + 10
		default:
			return 0, digits
		}
		unit = unit<<4 | uint16(c)
		digits++
	}
	return unit, digits
}

// enter opens an array or object.
func (r *jsonReader) enter() bool {
	if r.depth == maxJSONDepth {
		return r.fail(r.at, nestedTooDeep)
	}
	r.depth++
	r.at++
	r.blanks()
	return true
}

// leave closes an array or object whose values begin at base of the stack and
// puts v in their place.
func (r *jsonReader) leave(base int, v value.Value) bool {
	r.depth--
	r.stack = append(r.stack[:base], v)
	return true
}

// take moves the values from base on off the stack.
func (r *jsonReader) take(base int) []value.Value {
	if base == len(r.stack) {
		return nil
	}
	vals := make([]value.Value, len(r.stack)-base)
	copy(vals, r.stack[base:])
	return vals
}

func (r *jsonReader) array() bool {
	if !r.enter() {
		return false
	}
	base := len(r.stack)
	if r.peek() != ']' {
		for {
			if !r.value() {
				return false
			}
			r.blanks()
			if r.peek() != ',' {
				break
			}
			r.at++
			r.blanks()
		}
		if r.peek() != ']' {
			return r.fail(r.at, bracketMissing)
		}
	}
	r.at++
	if !r.owe(2*valueBytes + textBytes) {
		return false
	}
	v, ok := value.ArrayOf(r.take(base))
	if !ok {
		panic("BUG: JSON deeper than values may be")
	}
	return r.leave(base, v)
}

func (r *jsonReader) object() bool {
	if !r.enter() {
		return false
	}
	if r.peek() == '}' {
		r.at++
		return r.leave(len(r.stack), value.NewRecord(0)) && r.owe(valueBytes+2*textBytes)
	}
	for len(r.likely) <= r.depth {
		r.likely = append(r.likely, nil)
	}
	var (
		base      = len(r.stack)
		firstName = len(r.names)
		escaped   = false
		likely    []string
		same      = 0 // the first so many names are those of likely, and not in r.names
	)
	if keys := r.likely[r.depth]; keys != nil {
		likely = keys.Names()
	}
	for {
		if r.peek() != '"' {
			return r.fail(r.at, nameExpected)
		}
		if same == len(r.stack)-base && same < len(likely) && r.isNext(likely[same]) {
			r.at += len(likely[same]) + 2
			same++
		} else {
			if len(r.names) == firstName {
				r.names = append(r.names, likely[:same]...)
			}
			name, esc, ok := r.text()
			if !ok {
				return false
			}
			escaped = escaped || esc
			r.names = append(r.names, name)
		}
		r.blanks()
		if r.peek() != ':' {
			return r.fail(r.at, colonExpected)
		}
		r.at++
		r.blanks()
		if !r.value() {
			return false
		}
		r.blanks()
		if r.peek() != ',' {
			break
		}
		r.at++
		r.blanks()
	}
	if r.peek() != '}' {
		return r.fail(r.at, braceMissing)
	}
	r.at++

	var v value.Value
	ok := true
	vals := r.stack[base:]
	if same == len(vals) && same == len(likely) {
		ok = r.owe(3 * textBytes)
		v = record(r.likely[r.depth], r.take(base))
	} else {
		if same == len(vals) {
			r.names = append(r.names, likely[:same]...)
		}
		v, ok = r.build(r.names[firstName:], base, escaped)
	}
	r.names = r.names[:firstName]
	return ok && r.leave(base, v)
}

// isNext reports whether the string that begins here is name, in which there is
// no escape.
func (r *jsonReader) isNext(name string) bool {
	end := r.at + 1 + len(name)
	return end < len(r.s) && r.s[end] == '"' && r.s[r.at+1:end] == name
}

const (
	// sharedNames is up to how many names a set of them is kept for objects
	// to come. Larger ones are more likely data than form.
	sharedNames = 64
	// fewNames is up to how many names are compared each with each.
	fewNames = 12
)

// build makes the object of these names and the values from base on; of a name
// that is there twice the last counts.
func (r *jsonReader) build(names []string, base int, escaped bool) (value.Value, bool) {
	if len(names) <= sharedNames {
		keys := r.shape(names)
		if keys != nil {
			if !escaped {
				r.likely[r.depth] = keys
			}
			return record(keys, r.take(base)), r.owe(3 * textBytes)
		}
	}
	if !r.owe(len(names) * fieldBytes) {
		return value.Value{}, false
	}
	v := value.NewRecord(len(names))
	for i, name := range names {
		if !v.Set(name, r.stack[base+i]) {
			panic("BUG: JSON deeper than values may be")
		}
	}
	return v, true
}

// shape returns the set of these names, kept or new; nil when one is there
// twice.
func (r *jsonReader) shape(names []string) *value.Keys {
	h := uint(len(names))
	for _, name := range names {
		h = h*31 + uint(len(name))
		if name != "" {
			h = h*31 + uint(name[len(name)-1])
		}
	}
	slot := &r.shapes[h%uint(len(r.shapes))]
	if *slot != nil && slices.Equal((*slot).Names(), names) {
		return *slot
	}
	if repeated(names) || !r.owe(len(names)*fieldBytes) {
		return nil
	}
	*slot = value.NewKeys(append([]string(nil), names...))
	return *slot
}

// repeated reports whether a name is there twice.
func repeated(names []string) bool {
	if len(names) > fewNames {
		seen := make(map[string]bool, len(names))
		for _, name := range names {
			if seen[name] {
				return true
			}
			seen[name] = true
		}
		return false
	}
	for i, name := range names {
		for _, other := range names[:i] {
			if other == name {
				return true
			}
		}
	}
	return false
}

// record returns the record of these keys and values.
func record(keys *value.Keys, vals []value.Value) value.Value {
	v, ok := value.RecordOf(keys, vals)
	if !ok {
		panic("BUG: JSON deeper than values may be")
	}
	return v
}
