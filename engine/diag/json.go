package diag

import (
	"strconv"
	"unicode/utf8"

	"etamil/engine/token"
)

// AppendJSON appends the machine form of d to b, one JSON object without a
// line feed, and returns it. Its keys, in this order:
//
//	code, severity, phase
//	file, line, column, endLine, endColumn, letterColumn, offset, endOffset   with a place only
//	message  {"ta", "en"}
//	args     what was put into the sentences: a string where both languages
//	         have the same, else {"ta", "en"}
//	notes    objects with the keys of a place and message
//	help     {"ta", "en"}, where there is help
//	stack    in the run phase: where each active call was, innermost first,
//	         {"function", "file", "line", "column"}; the last has function null
//
// Lines and columns start at 1; columns count code points, letterColumn counts
// letters; ends are exclusive; offsets are bytes, a byte order mark included.
func (d *Diagnostic) AppendJSON(b []byte) []byte {
	b = append(b, `{"code":`...)
	b = appendString(b, d.Def.Code.String())
	b = append(b, `,"severity":`...)
	b = appendString(b, d.Def.Severity.String())
	b = append(b, `,"phase":`...)
	b = appendString(b, d.phase.String())
	if d.Span.IsValid() {
		b = append(b, ',')
		b = appendPlace(b, d.Span)
	}
	b = append(b, `,"message":`...)
	b = appendText(b, d.Message())
	b = append(b, `,"args":[`...)
	for i, arg := range d.Args {
		if i > 0 {
			b = append(b, ',')
		}
		if arg.Ta == arg.En {
			b = appendString(b, arg.En)
		} else {
			b = appendText(b, arg)
		}
	}
	b = append(b, `],"notes":[`...)
	for i, note := range d.Notes {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		if note.Span.IsValid() {
			b = appendPlace(b, note.Span)
			b = append(b, ',')
		}
		b = append(b, `"message":`...)
		b = appendText(b, note.Text)
		b = append(b, '}')
	}
	b = append(b, ']')
	if d.Help != nil {
		b = append(b, `,"help":`...)
		b = appendText(b, *d.Help)
	}
	if d.phase == Run {
		b = append(b, `,"stack":[`...)
		at := d.Span
		for _, call := range d.Stack {
			b = appendFrame(b, call.Function, true, at)
			b = append(b, ',')
			at = call.Span
		}
		b = appendFrame(b, "", false, at)
		b = append(b, ']')
	}
	return append(b, '}')
}

func appendFrame(b []byte, function string, named bool, s token.Span) []byte {
	b = append(b, `{"function":`...)
	if named {
		b = appendString(b, function)
	} else {
		b = append(b, "null"...)
	}
	if s.IsValid() {
		p := s.Pos()
		b = append(b, `,"file":`...)
		b = appendString(b, s.File.Name)
		b = appendInt(b, "line", p.Line)
		b = appendInt(b, "column", p.Column)
	}
	return append(b, '}')
}

func appendPlace(b []byte, s token.Span) []byte {
	start, end := s.Pos(), s.EndPos()
	b = append(b, `"file":`...)
	b = appendString(b, s.File.Name)
	b = appendInt(b, "line", start.Line)
	b = appendInt(b, "column", start.Column)
	b = appendInt(b, "endLine", end.Line)
	b = appendInt(b, "endColumn", end.Column)
	line, offset := s.File.LineText(start.Line)
	before := line[:min(max(int(s.Start)-offset, 0), len(line))]
	b = appendInt(b, "letterColumn", letterCount(before)+1)
	b = appendInt(b, "offset", int(s.Start))
	return appendInt(b, "endOffset", int(s.End))
}

func appendInt(b []byte, key string, n int) []byte {
	b = append(b, ',', '"')
	b = append(b, key...)
	b = append(b, '"', ':')
	return strconv.AppendInt(b, int64(n), 10)
}

func appendText(b []byte, t Text) []byte {
	b = append(b, `{"ta":`...)
	b = appendString(b, t.Ta)
	b = append(b, `,"en":`...)
	b = appendString(b, t.En)
	return append(b, '}')
}

// appendString appends s as a JSON text; bytes that are no UTF-8 become U+FFFD.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\t':
			b = append(b, '\\', 't')
		case r < 0x20 || r == 0x7F:
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		case r == '\u2028' || r == '\u2029':
			b = append(b, '\\', 'u', '2', '0', '2', hex[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
