package stdlib

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"etamil/engine/builtin"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// csvFunctions are those of nUlakam/qaravurY.qmz.
var csvFunctions = []Function{
	{New: true, Builtin: builtin.Builtin{
		ID:   "qaravurY.parse",
		Name: builtin.Spelling{Tamil: "தரவுரை_பகு", Roman: "qaravurY_paku", English: "_parseCSV"},
		Args: []builtin.Arg{arg("சரம்", "text", builtin.AsText), arg("பிரிப்பான்", "separator", builtin.Any)},
		Ret:  "result of array | text",
		Doc: diag.Text{
			Ta: "சரி(நிரைகளின் அணி, ஒவ்வொன்றும் சொற்களின் அணி); மேற்கோள் பிழை வரியைச் சொல்லும் தவறு",
			En: "சரி(an array of rows, each an array of texts), or a failure that names the line of a wrong quotation mark",
		},
		Try: []builtin.Example{
			{Expr: `_parseCSV("a,\"b,\"\"c\"\"\"\n1,\n", ",")`, Want: `சரி([[a, b,"c"], [1, ]])`},
			{Expr: `_parseCSV("x\n\"open", ",")`, Want: "தவறு(மேற்கோள் மூடப்படவில்லை, வரி 2  (a quotation mark is not closed, line 2))"},
		},
	}, body: parseCSV},
	{New: true, Builtin: builtin.Builtin{
		ID:   "qaravurY.format",
		Name: builtin.Spelling{Tamil: "தரவுரை_ஆக்கு", Roman: "qaravurY_Akku", English: "_formatCSV"},
		Args: []builtin.Arg{arg("நிரைகள்", "rows", builtin.Array), arg("பிரிப்பான்", "separator", builtin.Any)},
		Ret:  "text",
		Doc: diag.Text{
			Ta: "நிரைகள் தரவுரையாக: அச்சு வடிவங்கள், இன்மை காலியாக, தேவையானபோது மேற்கோள்களுடன்; ஒவ்வொரு நிரையும் LF-ஆல் முடியும்",
			En: "the rows as CSV: printed forms, nil as nothing, quoted where needed, every row ended by LF",
		},
		Try: []builtin.Example{
			{Expr: `_formatCSV([["a", "b,c"], [இன்மை, 1.50]], ",")`, Want: "a,\"b,c\"\n,1.5\n"},
			{Expr: `_formatCSV([], ",")`, Want: ""},
		},
	}, body: formatCSV},
}

// separator returns argument i, which parts the fields.
func (c call) separator(i int) (string, error) {
	if c.args[i].Kind() != value.Text {
		return "", c.badKind(i, diag.KindText)
	}
	s := c.args[i].Str()
	if utf8.RuneCountInString(s) != 1 || strings.Contains("\"\r\n", s) {
		return "", c.badValue(i, diag.Text{Ta: "மேற்கோளும் வரிமுடிவும் அல்லாத ஒரே குறி", En: "one character, neither a quotation mark nor a line end,"})
	}
	return s, nil
}

// A csvReader reads RFC 4180, section 2, with any separator and either line end.
type csvReader struct {
	rest string // what is still to be read
	sep  string
	ends string // the characters that end a bare field
	line int    // of rest, from 1
}

var (
	neverClosed = diag.Text{Ta: "மேற்கோள் மூடப்படவில்லை", En: "a quotation mark is not closed"}
	afterQuote  = diag.Text{Ta: "மூடிய மேற்கோளுக்குப் பின் பிரிப்பானோ வரிமுடிவோ வேண்டும்", En: "only a separator or a line end may follow a closing quotation mark"}
)

// badCSV tells what is wrong, and in which line.
type badCSV struct {
	diag.Text
	line int
}

// field reads one field.
func (r *csvReader) field() (string, *badCSV) {
	if !strings.HasPrefix(r.rest, `"`) {
		n := strings.IndexAny(r.rest, r.ends)
		switch {
		case n < 0:
			n = len(r.rest)
		case n > 0 && r.rest[n-1:n+1] == "\r\n":
			n--
		}
		s := r.rest[:n]
		r.rest = r.rest[n:]
		return s, nil
	}
	opened := r.line
	r.rest = r.rest[1:]
	var parts strings.Builder // of a field with quotation marks inside
	for {
		n := strings.IndexByte(r.rest, '"')
		if n < 0 {
			return "", &badCSV{neverClosed, opened}
		}
		part := r.rest[:n]
		r.line += strings.Count(part, "\n")
		r.rest = r.rest[n+1:]
		if strings.HasPrefix(r.rest, `"`) {
			parts.WriteString(part)
			parts.WriteByte('"')
			r.rest = r.rest[1:]
			continue
		}
		if r.rest != "" && !strings.HasPrefix(r.rest, r.sep) && r.lineEnd() == 0 {
			return "", &badCSV{afterQuote, r.line}
		}
		if parts.Len() == 0 {
			return part, nil
		}
		parts.WriteString(part)
		return parts.String(), nil
	}
}

// lineEnd returns the length of the line end that comes next, 0 for none.
func (r *csvReader) lineEnd() int {
	switch {
	case strings.HasPrefix(r.rest, "\n"):
		return 1
	case strings.HasPrefix(r.rest, "\r\n"):
		return 2
	}
	return 0
}

// parseCSV is தரவுரை_பகு.
func parseCSV(c call) (value.Value, error) {
	sep, err := c.separator(1)
	if err != nil {
		return value.Value{}, err
	}
	text := c.args[0].Str()
	r := csvReader{rest: strings.TrimPrefix(text, "\uFEFF"), sep: sep, ends: sep + "\n", line: 1}
	var rows, row []value.Value
	for r.rest != "" {
		if n := r.lineEnd(); n > 0 { // a line with nothing at all
			r.rest, r.line = r.rest[n:], r.line+1
			continue
		}
		row = row[:0]
		before := len(r.rest)
		for more := true; more; {
			s, bad := r.field()
			if bad != nil {
				line := strconv.Itoa(bad.line)
				return failure(diag.Text{Ta: bad.Ta + ", வரி " + line, En: bad.En + ", line " + line})
			}
			row = append(row, piece(text, s))
			r.rest, more = strings.CutPrefix(r.rest, sep)
		}
		if n := r.lineEnd(); n > 0 {
			r.rest, r.line = r.rest[n:], r.line+1
		}
		if err := take(c.m, (len(row)+1)*(valueBytes+textBytes)+before-len(r.rest)); err != nil {
			return value.Value{}, err
		}
		rows = append(rows, value.FlatArray(append([]value.Value(nil), row...)))
	}
	list, err := array(rows)
	if err != nil {
		return value.Value{}, err
	}
	return success(list)
}

// formatCSV is தரவுரை_ஆக்கு.
func formatCSV(c call) (value.Value, error) {
	sep, err := c.separator(1)
	if err != nil {
		return value.Value{}, err
	}
	p := printer{m: c.m}
	rows := c.args[0].Elems()
	for i := range rows {
		if rows[i].Kind() != value.Array {
			return value.Value{}, c.bad(0, diag.Text{Ta: "அணிகளின் அணி", En: "an array of arrays"}, builtin.KindName(&rows[i]))
		}
		fields := rows[i].Elems()
		for j := range fields {
			if j > 0 {
				if err := p.text(sep); err != nil {
					return value.Value{}, err
				}
			}
			if err := p.csvField(&fields[j], sep, len(fields) == 1); err != nil {
				return value.Value{}, err
			}
		}
		if err := p.text("\n"); err != nil {
			return value.Value{}, err
		}
	}
	return value.String(p.string()), nil
}

// csvField appends one field. A row of one field that is empty would read as a
// line with nothing at all.
func (p *printer) csvField(v *value.Value, sep string, alone bool) error {
	s := ""
	if v.Kind() != value.Nil {
		var err error
		if s, err = printed(p.m, v); err != nil {
			return err
		}
	}
	if !(alone && s == "") && !strings.ContainsAny(s, "\"\r\n") && !strings.Contains(s, sep) {
		return p.text(s)
	}
	return p.text(`"` + strings.ReplaceAll(s, `"`, `""`) + `"`)
}
