package web

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"etamil/engine/host"
)

// defaultPartType is the content type of a part that names none.
const defaultPartType = "application/octet-stream"

// boundaryOf returns the boundary of a multipart/form-data content type, "" for
// any other content type.
func boundaryOf(contentType string) string {
	const media = "multipart/form-data"
	contentType = strings.TrimLeft(contentType, " \t")
	if len(contentType) < len(media) || !strings.EqualFold(contentType[:len(media)], media) {
		return ""
	}
	boundary := ""
	eachParam(contentType, func(name, value string) {
		if name == "boundary" && boundary == "" {
			boundary = value
		}
	})
	return boundary
}

// parseMultipart reads a body of multipart/form-data: the fields, in order, and
// the files, whose data are parts of body. A body that is none gives neither.
//
// Parts lie between delimiters: CRLF "--" boundary, then blanks and CRLF, or
// "--" for the last one; the first may open the body. What looks like a delimiter
// but goes on is data. The last part ends with the body if there is no closing
// delimiter. A part without a blank line after its header lines or without a
// name is ignored.
func parseMultipart(body []byte, boundary string) (fields []Pair, files []host.Upload) {
	mark := []byte("\r\n--" + boundary)
	part, closed := nextDelimiter(body, mark, true)
	if part.next < 0 || closed {
		return nil, nil
	}
	for !closed {
		// The delimiter's own line end may be the CRLF of the next one.
		rest := body[part.next:]
		start := part.next + len("\r\n")
		part, closed = nextDelimiter(rest, mark, false)
		end := len(body)
		if part.next < 0 {
			closed = true
		} else {
			end = start - len("\r\n") + part.start
			part.next += start - len("\r\n")
		}
		if end > start {
			fields, files = addPart(fields, files, body[start:end])
		}
	}
	return fields, files
}

// A delimiter is where one begins (its CRLF) and where the CRLF that ends its
// line is, or the end of the text after the last one; next is -1 if none was
// found.
type delimiter struct{ start, next int }

// nextDelimiter finds the first delimiter of text; opening tells that text is the
// body from its start, where the CRLF before a delimiter may be missing.
func nextDelimiter(text, mark []byte, opening bool) (d delimiter, closing bool) {
	from := 0
	if opening && bytes.HasPrefix(text, mark[len("\r\n"):]) {
		if next, closing := delimiterEnd(text, len(mark)-len("\r\n")); next >= 0 {
			return delimiter{0, next}, closing
		}
	}
	for {
		i := bytes.Index(text[from:], mark)
		if i < 0 {
			return delimiter{-1, -1}, false
		}
		i += from
		if next, closing := delimiterEnd(text, i+len(mark)); next >= 0 {
			return delimiter{i, next}, closing
		}
		from = i + len("\r\n")
	}
}

// delimiterEnd looks at what follows a boundary at i: blanks and a CRLF, or "--"
// and then the end of the text or of the line, make it a delimiter. It returns
// where that CRLF is, -1 if it is no delimiter. A text that ends in the blanks
// ends the last part.
func delimiterEnd(text []byte, i int) (next int, closing bool) {
	if bytes.HasPrefix(text[i:], []byte("--")) {
		closing = true
		i += len("--")
	}
	for i < len(text) && (text[i] == ' ' || text[i] == '\t') {
		i++
	}
	switch {
	case i == len(text):
		return i, true
	case bytes.HasPrefix(text[i:], []byte("\r\n")), closing && (text[i] == '\n' || text[i] == '\r'):
		return i, closing
	}
	return -1, false
}

// addPart adds what one part holds.
func addPart(fields []Pair, files []host.Upload, part []byte) ([]Pair, []host.Upload) {
	head, data, ok := bytes.Cut(part, []byte("\r\n\r\n"))
	if !ok {
		return fields, files
	}
	disposition, contentType := "", ""
	eachHeaderLine(string(head), func(name, value string) {
		switch {
		case name == "content-disposition" && disposition == "":
			disposition = value
		case name == "content-type" && contentType == "":
			contentType = value
		}
	})
	var name, fileName, fileNameStar string
	var hasName, hasFile, hasStar bool
	eachParam(disposition, func(param, value string) {
		switch {
		case param == "name" && !hasName:
			name, hasName = value, true
		case param == "filename" && !hasFile:
			fileName, hasFile = value, true
		case param == "filename*" && !hasStar:
			fileNameStar, hasStar = decodeExtended(value)
		}
	})
	switch {
	case !hasName:
		return fields, files
	case !hasFile && !hasStar:
		return append(fields, Pair{Name: name, Value: string(data)}), files
	case hasStar:
		fileName = fileNameStar
	}
	if contentType == "" {
		contentType = defaultPartType
	}
	return fields, append(files, host.Upload{
		Field: name, FileName: fileName, ContentType: contentType, Data: data,
	})
}

// eachHeaderLine gives the header lines of a part, names lower-case, values
// trimmed and their folded continuation lines joined. Lines without a colon are
// ignored.
func eachHeaderLine(head string, give func(name, value string)) {
	for head != "" {
		var line string
		line, head, _ = strings.Cut(head, "\r\n")
		for head != "" && (head[0] == ' ' || head[0] == '\t') {
			var more string
			more, head, _ = strings.Cut(head, "\r\n")
			line += more
		}
		if name, value, ok := strings.Cut(line, ":"); ok {
			give(strings.ToLower(strings.Trim(name, " \t")), strings.Trim(value, " \t"))
		}
	}
}

// eachParam gives the parameters of a header value such as that of
// Content-Disposition, names lower-case. A ';' inside a quoted text is part of
// it; there \" is a quote and \\ a backslash, and any other backslash is
// itself, because browsers send those of a file name as they are.
func eachParam(value string, give func(name, value string)) {
	// The first piece is the type itself.
	i := strings.IndexByte(value, ';')
	if i < 0 {
		return
	}
	for rest := value[i+1:]; rest != ""; {
		end := strings.IndexAny(rest, ";=")
		if end < 0 {
			return
		}
		if rest[end] == ';' { // a parameter without a value
			rest = rest[end+1:]
			continue
		}
		name := strings.ToLower(strings.Trim(rest[:end], " \t"))
		rest = strings.TrimLeft(rest[end+1:], " \t")
		var text string
		if strings.HasPrefix(rest, `"`) {
			text, rest = cutQuoted(rest[1:])
			if i = strings.IndexByte(rest, ';'); i < 0 {
				i = len(rest)
			}
		} else {
			if i = strings.IndexByte(rest, ';'); i < 0 {
				i = len(rest)
			}
			text = strings.Trim(rest[:i], " \t")
		}
		give(name, text)
		rest = strings.TrimPrefix(rest[i:], ";")
	}
}

// cutQuoted reads a quoted text whose opening quote is gone, and returns what
// follows its closing quote; without one it takes everything.
func cutQuoted(s string) (text, rest string) {
	i := strings.IndexAny(s, `"\`)
	if i >= 0 && s[i] == '"' {
		return s[:i], s[i+1:]
	}
	var b strings.Builder
	for i = 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

// decodeExtended reads the value of a parameter as RFC 8187, section 3.2 writes
// it: charset'language'percent-encoded, with one of the two charsets of section
// 3.2.1 (the second was required by RFC 5987). Another form counts as absent.
func decodeExtended(value string) (string, bool) {
	charset, rest, ok := strings.Cut(value, "'")
	if !ok {
		return "", false
	}
	_, encoded, ok := strings.Cut(rest, "'")
	if !ok {
		return "", false
	}
	for i := 0; i < len(encoded); i++ {
		if encoded[i] == '%' {
			if _, ok := hexByte(encoded[i+1:]); !ok {
				return "", false
			}
		}
	}
	text := unescape(encoded, false)
	switch {
	case strings.EqualFold(charset, "UTF-8"):
		return text, utf8.ValidString(text)
	case strings.EqualFold(charset, "ISO-8859-1"):
		runes := make([]rune, len(text))
		for i := 0; i < len(text); i++ {
			runes[i] = rune(text[i])
		}
		return string(runes), true
	}
	return "", false
}
