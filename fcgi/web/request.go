package web

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
)

// ParseTarget splits the target of a request line into the raw path and query.
// What follows '#' is cut off, and so are scheme and authority of an absolute
// target; an empty path is "/". It is false for a path that does not begin with
// '/'.
func ParseTarget(target string) (path, query string, hasQuery, ok bool) {
	if i := strings.IndexByte(target, '#'); i >= 0 {
		target = target[:i]
	}
	path, query, hasQuery = strings.Cut(target, "?")
	if path == "" || path[0] != '/' {
		i := strings.Index(path, "://")
		if i <= 0 || !isScheme(path[:i]) {
			return "/", query, hasQuery, path == ""
		}
		path = path[i+len("://"):]
		if i = strings.IndexByte(path, '/'); i < 0 {
			path = "/"
		} else {
			path = path[i:]
		}
	}
	return path, query, hasQuery, true
}

func isScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		letter := 'a' <= c && c <= 'z'
		if !letter && (i == 0 || !('0' <= s[i] && s[i] <= '9' || s[i] == '+' || s[i] == '-' || s[i] == '.')) {
			return false
		}
	}
	return s != ""
}

// CutMount removes the prefix under which an application is mounted from a
// path. The prefix is a whole number of pieces; one '/' more or less at its end
// does not matter. It is false for a path outside the mount.
func CutMount(path, mount string) (string, bool) {
	mount = strings.TrimRight(mount, "/")
	if mount == "" {
		return path, true
	}
	if mount[0] != '/' {
		mount = "/" + mount
	}
	rest, ok := strings.CutPrefix(path, mount)
	switch {
	case !ok || rest != "" && rest[0] != '/':
		return "", false
	case rest == "":
		return "/", true
	}
	return rest, true
}

// EscapePath percent-encodes a decoded path, so that it reads as a raw one:
// every byte but unreserved characters, '/' and ":@!$&'()*+,;=".
func EscapePath(path string) string {
	n := 0
	for i := 0; i < len(path); i++ {
		if !isPathByte(path[i]) {
			n++
		}
	}
	if n == 0 {
		return path
	}
	const digits = "0123456789ABCDEF"
	b := make([]byte, 0, len(path)+2*n)
	for i := 0; i < len(path); i++ {
		if c := path[i]; isPathByte(c) {
			b = append(b, c)
		} else {
			b = append(b, '%', digits[c>>4], digits[c&15])
		}
	}
	return string(b)
}

func isPathByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c != 0 && strings.IndexByte("-._~/:@!$&'()*+,;=", c) >= 0
}

// RequestID returns the id that the server in front gave a request, or a new
// one if it is not 1–64 characters of A–Z a–z 0–9 . _ -
func RequestID(given string) string {
	if validID(given) {
		return given
	}
	var random [16]byte
	rand.Read(random[:])
	return hex.EncodeToString(random[:])
}

func validID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for i := 0; i < len(id); i++ {
		c := id[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '_' || c == '-') {
			return false
		}
	}
	return true
}

// header returns the value of a header of r, "" when there is none. The name is
// lower-case; of several the last counts, as for the program.
func (r *Request) header(name string) string {
	for i := len(r.Header) - 1; i >= 0; i-- {
		if r.Header[i].Name == name {
			return r.Header[i].Value
		}
	}
	return ""
}

// appendQuery decodes a query, or the body of a form, and appends its pairs. A
// piece without '=' is ignored; in names and values '+' is a blank, and an
// escape that is none stays as it is written. Bytes need not be UTF-8.
func appendQuery(pairs []Pair, query string) []Pair {
	for query != "" {
		var piece string
		piece, query, _ = strings.Cut(query, "&")
		if name, value, ok := strings.Cut(piece, "="); ok {
			pairs = append(pairs, Pair{Name: unescape(name, true), Value: unescape(value, true)})
		}
	}
	return pairs
}

// unescape percent-decodes s. What is no escape stays; plus makes '+' a blank.
// Nothing is allocated when nothing changes.
func unescape(s string, plus bool) string {
	first := -1
	for i := 0; i < len(s); i++ {
		if s[i] == '%' || plus && s[i] == '+' {
			first = i
			break
		}
	}
	if first < 0 {
		return s
	}
	b := make([]byte, first, len(s))
	copy(b, s)
	for i := first; i < len(s); i++ {
		switch {
		case s[i] == '%':
			if c, ok := hexByte(s[i+1:]); ok {
				b = append(b, c)
				i += 2
			} else {
				b = append(b, '%')
			}
		case plus && s[i] == '+':
			b = append(b, ' ')
		default:
			b = append(b, s[i])
		}
	}
	return string(b)
}

// hexByte reads the two hex digits that s begins with.
func hexByte(s string) (byte, bool) {
	if len(s) < 2 {
		return 0, false
	}
	high, low := hexDigit(s[0]), hexDigit(s[1])
	return high<<4 | low&15, high < 16 && low < 16
}

func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 0xFF
}

// isForm reports whether a content type is that of a form in the shape of a
// query.
func isForm(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.Trim(media, " \t"), "application/x-www-form-urlencoded")
}
