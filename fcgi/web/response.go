package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"etamil/engine"
	"etamil/engine/host"
)

// typeJSON is the content type of an answer that names none, whatever it holds.
const typeJSON = "application/json"

// ignoredHeaders are those of a program's answer that the connection decides;
// in a FastCGI answer they would be misread. "proxy-" stands for all that begin
// with it.
var ignoredHeaders = map[string]bool{
	"content-length": true, "status": true, "connection": true, "keep-alive": true,
	"transfer-encoding": true, "upgrade": true, "trailer": true, "te": true,
	// Every answer carries the id of the log.
	"x-request-id": true,
}

// contentHeaders describe a body, and go where there is none.
var contentHeaders = map[string]bool{
	"content-type": true, "content-length": true, "content-encoding": true,
	"content-language": true, "content-range": true,
}

// bodyless reports whether answers with that status have no body.
func bodyless(status int) bool {
	return status == http.StatusNoContent || status == http.StatusResetContent || status == http.StatusNotModified
}

// answer makes the response of what a program answered.
func (f *flight) answer(a *engine.Answer) error {
	status := a.Status
	if !a.Set {
		status = http.StatusOK
	}
	f.resp.Header = mergeHeaders(f.resp.Header[:0], a.Headers)
	length := int64(len(a.Body))
	defaultType := typeJSON
	if a.File != nil {
		size, err := a.File.Size()
		if err != nil {
			return err
		}
		length, defaultType = size, defaultPartType
	}
	f.compose(status, a.Body, a.File, length, defaultType)
	return nil
}

// mergeHeaders appends the headers of a program's answer that are sent. Of
// names that differ only in case, the spelling that sorts last stays, with all
// its lines.
func mergeHeaders(to []Pair, headers []engine.Header) []Pair {
	for _, h := range headers {
		to = append(to, Pair(h))
	}
	sortHeaders(to)
	kept := to[:0]
	for i := 0; i < len(to); {
		end := i + 1
		for end < len(to) && equalFold(to[i].Name, to[end].Name) {
			end++
		}
		last := to[end-1].Name
		for ; i < end; i++ {
			if to[i].Name == last && !isIgnored(last) {
				kept = append(kept, to[i])
			}
		}
	}
	return kept
}

func isIgnored(name string) bool {
	lower := lowerASCII(name)
	return ignoredHeaders[lower] || strings.HasPrefix(lower, "proxy-")
}

// compose completes the response whose own header lines are in f.resp.Header.
// An empty defaultType adds no content type. The file is closed if it is not
// sent.
func (f *flight) compose(status int, body []byte, file host.File, length int64, defaultType string) {
	r := &f.resp
	r.Status, r.Body, r.File, r.Length = status, body, file, length
	head := f.req != nil && len(f.req.Method) == 4 && upperASCII(f.req.Method) == "HEAD"
	if bodyless(status) {
		r.Length = 0
	}
	if head || bodyless(status) {
		r.Body, r.File = nil, nil
		if file != nil {
			file.Close()
		}
	}
	switch status {
	case http.StatusNoContent:
		r.Header = slices.DeleteFunc(r.Header, func(p Pair) bool { return contentHeaders[lowerASCII(p.Name)] })
	case http.StatusNotModified:
		// A cache would take a length or a type that we made up for those of
		// the answer it holds.
	default:
		if defaultType != "" {
			f.addDefault("Content-Type", defaultType)
		}
		f.add("Content-Length", strconv.FormatInt(r.Length, 10))
	}
	f.addDefault("X-Content-Type-Options", "nosniff")
	f.add("X-Request-Id", f.id)
	f.addCORS()
	sortHeaders(r.Header)
}

func (f *flight) add(name, value string) {
	f.resp.Header = append(f.resp.Header, Pair{Name: name, Value: value})
}

// addDefault adds a line unless there is one of that name.
func (f *flight) addDefault(name, value string) {
	if !f.has(name) {
		f.add(name, value)
	}
}

func (f *flight) has(name string) bool {
	for i := range f.resp.Header {
		if equalFold(f.resp.Header[i].Name, name) {
			return true
		}
	}
	return false
}

const (
	allowOrigin  = "Access-Control-Allow-Origin"
	allowMethods = "Access-Control-Allow-Methods"
	allowHeaders = "Access-Control-Allow-Headers"
)

// compatHeaders are on every answer of the first implementation, even beside
// those of the same name that a program sets.
var compatHeaders = []Pair{
	{Name: allowHeaders, Value: "Content-Type"},
	{Name: allowMethods, Value: "GET, POST, PUT, DELETE, OPTIONS"},
	{Name: allowOrigin, Value: "*"},
}

// addCORS lets the browsers read the answer that cors_origins names. What the
// program says itself wins.
func (f *flight) addCORS() {
	s := f.settings
	if s.Compat {
		f.resp.Header = append(f.resp.Header, compatHeaders...)
		return
	}
	if len(s.CORSOrigins) == 0 || f.req == nil || f.has(allowOrigin) {
		return
	}
	origin := f.req.header("origin")
	switch {
	case slices.Contains(s.CORSOrigins, "*"):
		f.add(allowOrigin, "*")
	case origin != "" && slices.Contains(s.CORSOrigins, lowerASCII(origin)):
		f.add(allowOrigin, origin)
		f.addVary("Origin")
	}
}

// addVary adds a line that says on which header of the request the answer
// depends, unless one says so already.
func (f *flight) addVary(name string) {
	for _, p := range f.resp.Header {
		if !equalFold(p.Name, "Vary") {
			continue
		}
		for _, word := range strings.Split(p.Value, ",") {
			if word = strings.TrimSpace(word); word == "*" || equalFold(word, name) {
				return
			}
		}
	}
	f.add("Vary", name)
}

// hostAnswer makes an answer of the host's own, with further header lines.
func (f *flight) hostAnswer(status int, detail string, extra ...Pair) {
	body := errorBody(status, f.id, detail)
	f.resp.Header = append(f.resp.Header[:0], extra...)
	if hostAnswers[status].retry {
		f.add("Retry-After", "1")
	}
	f.compose(status, body, nil, int64(len(body)), typeJSON)
}

// options answers an OPTIONS request for a path that has no such route.
func (f *flight) options(allow []string) {
	list := strings.Join(allow, ", ")
	f.resp.Header = append(f.resp.Header[:0], Pair{Name: "Allow", Value: list})
	f.compose(http.StatusNoContent, nil, nil, 0, "")
	if !f.has(allowOrigin) {
		return
	}
	f.add(allowMethods, list)
	if asked := f.req.header("access-control-request-headers"); asked != "" && isTokenList(asked) {
		f.add(allowHeaders, asked)
	}
	sortHeaders(f.resp.Header)
}

// isTokenList reports whether a value holds only what names of headers and the
// commas between them are made of, so that it can be sent back.
func isTokenList(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c <= ' ' && c != ' ' || c >= 0x7F || strings.IndexByte("\"(),/:;<=>?@[\\]{}", c) >= 0 && c != ',' {
			return false
		}
	}
	return true
}

// sortHeaders sorts by name without case, then by spelling; lines of one name
// stay in their order.
func sortHeaders(headers []Pair) {
	slices.SortStableFunc(headers, func(a, b Pair) int {
		if c := compareFold(a.Name, b.Name); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
}

func equalFold(a, b string) bool { return len(a) == len(b) && compareFold(a, b) == 0 }

// compareFold compares names of headers, which are ASCII, without case.
func compareFold(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		if x, y := lowerByte(a[i]), lowerByte(b[i]); x != y {
			return int(x) - int(y)
		}
	}
	return len(a) - len(b)
}

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// lowerASCII makes the letters A–Z of s small.
func lowerASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				b[i] = lowerByte(b[i])
			}
			return string(b)
		}
	}
	return s
}
