package stdlib

import "etamil/engine/value"

// A jsonWriter writes values as JSON (RFC 8259).
type jsonWriter struct {
	printer
	indent int // blanks a level; 0: everything on one line
}

// value writes v, which lies that many arrays and records deep.
func (w *jsonWriter) value(v value.Value, depth int) error {
	switch v.Kind() {
	case value.Text:
		return w.quoted(v.Str())
	case value.Array:
		return w.array(v, depth)
	case value.Record:
		return w.record(v, depth)
	case value.Number, value.Boolean:
		if err := w.reserve(40); err != nil {
			return err
		}
		w.buf, _ = value.AppendText(w.buf, &v, 0) // the printed form is JSON
		return nil
	}
	return w.text("null")
}

func (w *jsonWriter) array(v value.Value, depth int) error {
	elems := v.Elems()
	if len(elems) == 0 {
		return w.text("[]")
	}
	if err := w.reserve(2); err != nil {
		return err
	}
	w.buf = append(w.buf, '[')
	for i := range elems {
		if err := w.next(i, depth+1); err != nil {
			return err
		}
		if err := w.value(elems[i], depth+1); err != nil {
			return err
		}
	}
	return w.end(']', depth)
}

func (w *jsonWriter) record(v value.Value, depth int) error {
	n := v.Len()
	if n == 0 {
		return w.text("{}")
	}
	if err := w.reserve(2); err != nil {
		return err
	}
	w.buf = append(w.buf, '{')
	for i := range n {
		name, x := v.FieldAt(i)
		if err := w.next(i, depth+1); err != nil {
			return err
		}
		if err := w.quoted(name); err != nil {
			return err
		}
		if err := w.reserve(2); err != nil {
			return err
		}
		w.buf = append(w.buf, ':')
		if w.indent > 0 {
			w.buf = append(w.buf, ' ')
		}
		if err := w.value(x, depth+1); err != nil {
			return err
		}
	}
	return w.end('}', depth)
}

// next writes what stands before element or field i.
func (w *jsonWriter) next(i, depth int) error {
	if i > 0 {
		if err := w.reserve(1); err != nil {
			return err
		}
		w.buf = append(w.buf, ',')
	}
	return w.line(depth)
}

// end writes what stands after the last element or field.
func (w *jsonWriter) end(bracket byte, depth int) error {
	if err := w.line(depth); err != nil {
		return err
	}
	if err := w.reserve(1); err != nil {
		return err
	}
	w.buf = append(w.buf, bracket)
	return nil
}

// line begins a new line, where there are lines.
func (w *jsonWriter) line(depth int) error {
	if w.indent == 0 {
		return nil
	}
	n := w.indent * depth
	if err := w.reserve(1 + n); err != nil {
		return err
	}
	w.buf = append(w.buf, '\n')
	for range n {
		w.buf = append(w.buf, ' ')
	}
	return nil
}

// quoted writes s as a string.
func (w *jsonWriter) quoted(s string) error {
	// Escapes take more room than this, which is rare, and announced with what
	// comes next; a control character of a text of any size takes six bytes.
	n := len(s) + 2
	if len(s) > 4096 && needsEscape(s) {
		n = 6 * len(s)
	}
	if err := w.reserve(n); err != nil {
		return err
	}
	w.buf = append(w.buf, '"')
	w.buf = appendEscaped(w.buf, s)
	w.buf = append(w.buf, '"')
	return nil
}

// escapes holds what follows the backslash for each byte that must be escaped,
// 'u' for those written as \u00XX, 0 for those that stand for themselves.
var escapes = func() (table [256]byte) {
	for i := range 0x20 {
		table[i] = 'u'
	}
	table['"'], table['\\'] = '"', '\\'
	table['\b'], table['\t'], table['\n'], table['\f'], table['\r'] = 'b', 't', 'n', 'f', 'r'
	return
}()

// needsEscape reports whether s holds anything that must be escaped.
func needsEscape(s string) bool {
	for i := range len(s) {
		if escapes[s[i]] != 0 {
			return true
		}
	}
	return false
}

// appendEscaped appends s to dst as it stands between the quotes of a string.
func appendEscaped(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	start := 0
	for i := 0; i < len(s); i++ {
		e := escapes[s[i]]
		if e == 0 {
			continue
		}
		dst = append(dst, s[start:i]...)
		dst = append(dst, '\\', e)
		if e == 'u' {
			dst = append(dst, '0', '0', hex[s[i]>>4], hex[s[i]&15])
		}
		start = i + 1
	}
	return append(dst, s[start:]...)
}
