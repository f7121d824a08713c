package fcgi

import (
	"bytes"
	"math"
	"net/http"
	"strconv"
	"strings"

	"etamil/fcgi/web"
)

// maxPairs bounds the pairs of one request (431 above). nginx takes at most
// four buffers of 8 KiB of header lines; the shortest line has four bytes.
const maxPairs = 10_000

// A refusal is why a request is answered here and not by the handler. The zero
// refusal is none.
type refusal struct {
	status int
	why    string // for the log, one of few fixed texts
}

// mapParams parses the PARAMS stream into r, whose Header's memory is reused.
// Header names in buf are changed to lower case in place. r.ID is set also for
// a request that is refused.
func mapParams(buf []byte, r *web.Request) refusal {
	header := r.Header[:0]
	*r = web.Request{Header: header, BodySize: -1}
	bad := lowerHeaderNames(buf)
	if bad.status != 0 {
		r.ID = web.RequestID("")
		return bad
	}
	// One string for all: every text of the request is a piece of it.
	var v cgiVars
	for rest := string(buf); rest != ""; {
		var name, value string
		name, value, rest, _ = nextPair(rest)
		v.set(name, value, r)
	}
	joinRepeated(r)

	r.ID = web.RequestID(headerValue(r.Header, "x-request-id"))
	setHeader(r, "x-request-id", r.ID)
	if v.contentType = trim(v.contentType); v.contentType != "" {
		setHeader(r, "content-type", v.contentType)
	}
	if v.contentLength = trim(v.contentLength); v.contentLength != "" {
		setHeader(r, "content-length", v.contentLength)
		// ParseUint would refuse a sign, too, but not tell it from digits
		// that are too many; both are 400.
		n, err := strconv.ParseUint(v.contentLength, 10, 63)
		if err != nil {
			return refusal{http.StatusBadRequest, "bad CONTENT_LENGTH"}
		}
		r.BodySize = int64(n)
	}
	if !validMethod(r.Method) {
		return refusal{http.StatusBadRequest, "bad REQUEST_METHOD"}
	}
	if !v.target(r) {
		return refusal{http.StatusBadRequest, "bad request target"}
	}
	for _, h := range r.Header {
		if strings.ContainsAny(h.Value, "\r\n") {
			return refusal{http.StatusBadRequest, "line break in a header"}
		}
	}
	if v.mount != "" {
		path, inside := web.CutMount(r.Path, v.mount)
		if !inside {
			return refusal{http.StatusNotFound, "outside ETAMIL_MOUNT"}
		}
		r.Path = path
	}
	return refusal{}
}

// lowerHeaderNames checks that buf is whole pairs without NUL bytes and turns
// the part after HTTP_ of names into header spelling.
func lowerHeaderNames(buf []byte) refusal {
	for n := 0; len(buf) > 0; n++ {
		if n == maxPairs {
			return refusal{http.StatusRequestHeaderFieldsTooLarge, "too many parameters"}
		}
		name, value, rest, ok := nextPair(buf)
		if !ok {
			return refusal{http.StatusBadRequest, "bad parameter pair"}
		}
		buf = rest
		if bytes.IndexByte(name, 0) >= 0 || bytes.IndexByte(value, 0) >= 0 {
			return refusal{http.StatusBadRequest, "NUL in a parameter"}
		}
		if !isHeader(name) {
			continue
		}
		for i, c := range name[len("HTTP_"):] {
			switch {
			case c == '_':
				c = '-'
			case 'A' <= c && c <= 'Z':
				c += 'a' - 'A'
			case c <= ' ' || c == 0x7f:
				return refusal{http.StatusBadRequest, "bad header name"}
			}
			name[len("HTTP_")+i] = c
		}
	}
	return refusal{}
}

func isHeader[T string | []byte](name T) bool {
	return len(name) > 5 && string(name[:5]) == "HTTP_"
}

// cgiVars are the variables that together make the target, and the two headers
// that have variables of their own.
type cgiVars struct {
	uri, documentURI, scriptName, pathInfo string
	query                                  string
	hasQuery                               bool
	contentType, contentLength             string
	mount                                  string
}

func (v *cgiVars) set(name, value string, r *web.Request) {
	switch name {
	case "REQUEST_METHOD":
		r.Method = value
	case "REQUEST_URI":
		v.uri = value
	case "DOCUMENT_URI":
		v.documentURI = value
	case "SCRIPT_NAME":
		v.scriptName = value
	case "PATH_INFO":
		v.pathInfo = value
	case "QUERY_STRING":
		v.query, v.hasQuery = value, true
	case "CONTENT_TYPE":
		v.contentType = value
	case "CONTENT_LENGTH":
		v.contentLength = value
	case "REMOTE_ADDR":
		r.RemoteAddr = value
	case "ETAMIL_MOUNT":
		v.mount = value
	default:
		if isHeader(name) {
			r.Header = append(r.Header, web.Pair{Name: name[len("HTTP_"):], Value: trim(value)})
		}
	}
}

// target sets path and query of r and reports whether they can be a request's.
func (v *cgiVars) target(r *web.Request) bool {
	ok := true
	switch {
	case v.uri != "":
		r.Path, r.Query, r.HasQuery, ok = web.ParseTarget(v.uri)
	case v.documentURI != "":
		r.Path = web.EscapePath(v.documentURI)
	default:
		r.Path = web.EscapePath(v.scriptName + v.pathInfo)
	}
	if v.hasQuery {
		r.Query, _, _ = strings.Cut(v.query, "#")
		r.HasQuery = r.HasQuery || r.Query != ""
	}
	return ok && strings.HasPrefix(r.Path, "/") && printable(r.Path) && printable(r.Query)
}

// joinRepeated makes one header of those with the same name. nginx has done so
// since 1.23; older ones send a pair for every line.
func joinRepeated(r *web.Request) {
	h := r.Header
	const few = 24 // so many are compared each with each
	if len(h) <= few {
		repeated := false
		for i := 1; i < len(h) && !repeated; i++ {
			for _, earlier := range h[:i] {
				if earlier.Name == h[i].Name {
					repeated = true
					break
				}
			}
		}
		if !repeated {
			return
		}
	}
	values := make(map[string][]string, len(h))
	kept := h[:0]
	for _, p := range h {
		vs, seen := values[p.Name]
		if !seen {
			kept = append(kept, p)
		}
		values[p.Name] = append(vs, p.Value)
	}
	for i, p := range kept {
		if vs := values[p.Name]; len(vs) > 1 {
			sep := ", "
			if p.Name == "cookie" {
				sep = "; " // RFC 6265, 4.2.1
			}
			kept[i].Value = strings.Join(vs, sep)
		}
	}
	r.Header = kept
}

func headerValue(h []web.Pair, name string) string {
	for i := range h {
		if h[i].Name == name {
			return h[i].Value
		}
	}
	return ""
}

func setHeader(r *web.Request, name, value string) {
	for i := range r.Header {
		if r.Header[i].Name == name {
			r.Header[i].Value = value
			return
		}
	}
	r.Header = append(r.Header, web.Pair{Name: name, Value: value})
}

func trim(s string) string { return strings.Trim(s, " \t") }

// printable reports whether s holds no ASCII control characters.
func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// validMethod reports whether s is a token (RFC 9110, 5.6.2) of reasonable
// length.
func validMethod(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' ||
			strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0) {
			return false
		}
	}
	return true
}

// bodyLimit returns the smaller of two limits of which 0 means none.
func bodyLimit(a, b int64) int64 {
	switch {
	case a <= 0 && b <= 0:
		return math.MaxInt64
	case a <= 0:
		return b
	case b <= 0:
		return a
	}
	return min(a, b)
}
