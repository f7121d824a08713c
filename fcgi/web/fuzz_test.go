package web

import (
	"bufio"
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"etamil/engine"
)

// What parseMultipart gives are stretches of the body in which no delimiter
// stands; and what the standard library writes, it reads back.
func FuzzMultipart(f *testing.F) {
	for _, seed := range []string{
		"--b\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n1\r\n--b--\r\n",
		"--b\r\nContent-Disposition: form-data; name=n; filename=\"a\\\"b\"\r\nContent-Type: text/plain\r\n\r\n\r\n--b \t\r\n--b--",
		"x\r\n--b\r\n--b\r\n\r\n\r\n--bb\r\n--b-\r\n--b--x\r\n--b",
		"--b\r\nContent-Disposition: x; filename*=UTF-8''%E0%AE%85; name=\r\n\t; y\r\n\r\n--b\r\n",
	} {
		f.Add([]byte(seed), "b", "n", "a.txt")
	}
	f.Fuzz(func(t *testing.T, body []byte, boundary, name, fileName string) {
		if boundary == "" {
			return
		}
		before := bytes.Clone(body)
		fields, files := parseMultipart(body, boundary)
		if !bytes.Equal(before, body) {
			t.Error("the body was changed")
		}
		total := 0
		for _, field := range fields {
			total += len(field.Value)
			noDelimiter(t, []byte(field.Value), boundary)
		}
		for _, file := range files {
			total += len(file.Data)
			noDelimiter(t, file.Data, boundary)
			if file.ContentType == "" {
				t.Error("a file without a type")
			}
		}
		if total > len(body) {
			t.Errorf("%d bytes from a body of %d", total, len(body))
		}

		if strings.ContainsAny(name+fileName, "\r\n\x00") || fileName == "" || !utf8.ValidString(name+fileName) {
			return
		}
		var written bytes.Buffer
		w := multipart.NewWriter(&written)
		if w.SetBoundary(boundary) != nil || bytes.Contains(body, []byte(boundary)) {
			return
		}
		w.WriteField(name, string(body))
		part, _ := w.CreateFormFile(name, fileName)
		part.Write(body)
		w.Close()
		if got := boundaryOf(w.FormDataContentType()); got != boundary {
			t.Fatalf("boundary %q, want %q", got, boundary)
		}
		fields, files = parseMultipart(written.Bytes(), boundary)
		if len(fields) != 1 || fields[0].Name != name || fields[0].Value != string(body) {
			t.Errorf("fields %q, want %q with %q", fields, name, body)
		}
		if len(files) != 1 || files[0].Field != name || files[0].FileName != fileName || !bytes.Equal(files[0].Data, body) {
			t.Errorf("files %q, want %q %q with %q", files, name, fileName, body)
		}
	})
}

func noDelimiter(t *testing.T, data []byte, boundary string) {
	mark := "\r\n--" + boundary
	for rest := data; ; {
		i := bytes.Index(rest, []byte(mark))
		if i < 0 {
			return
		}
		rest = rest[i+2:]
		after := rest[len(mark)-2:]
		if line, _, ok := bytes.Cut(after, []byte("\r\n")); ok && (len(bytes.Trim(line, " \t")) == 0 || string(bytes.TrimRight(line, " \t")) == "--") {
			t.Errorf("the delimiter stands in %q", data)
			return
		}
	}
}

// A query reads as the standard library reads it, where that takes it at all;
// every escape is undone, and what is none stays.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"a=1&b=2", "flag&a=&=x&?a=1", "a=%41%zz%4&b=c+d", "%E0%AE%85=%e0%ae%86&a=%+4"} {
		f.Add(seed, "k+&%", "v=;")
	}
	f.Fuzz(func(t *testing.T, query, name, value string) {
		pairs := appendQuery(nil, query)
		pieces := 0
		for _, piece := range strings.Split(query, "&") {
			if strings.Contains(piece, "=") {
				pieces++
			}
		}
		if len(pairs) != pieces {
			t.Errorf("%d pairs of %d pieces", len(pairs), pieces)
		}
		if !strings.Contains(query, ";") {
			if want, err := url.ParseQuery(query); err == nil {
				for _, p := range pairs {
					if !slices.Contains(want[p.Name], p.Value) {
						t.Errorf("%q gives %q=%q, want %q", query, p.Name, p.Value, want)
					}
				}
			}
		}
		got := appendQuery(nil, url.QueryEscape(name)+"="+url.QueryEscape(value))
		if len(got) != 1 || got[0] != (Pair{Name: name, Value: value}) {
			t.Errorf("%q=%q comes back as %q", name, value, got)
		}
		if plain := unescape(EscapePath(name), false); plain != name {
			t.Errorf("path %q comes back as %q", name, plain)
		}
	})
}

// naiveFind is the rule of routes as it is written down, without a thought for
// speed.
func naiveFind(routes []engine.Route, method, path string) int {
	for i := len(routes) - 1; i >= 0; i-- {
		if routes[i].Method == method && routes[i].Path == path {
			return i
		}
	}
	pieces := func(path string) []string {
		return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	}
	asked := pieces(path)
	best, bestKinds := -1, ""
	for i, r := range routes {
		own := pieces(r.Path)
		if r.Method != method || len(own) != len(asked) {
			continue
		}
		kinds := ""
		for k, piece := range own {
			switch decoded, err := url.PathUnescape(asked[k]); {
			case piece[0] == ':':
				kinds += "P"
			case piece == asked[k], err == nil && utf8.ValidString(decoded) && piece == decoded:
				kinds += "L"
			default:
				kinds += "-"
			}
		}
		if !strings.Contains(kinds, "-") && (best < 0 || kinds <= bestKinds) {
			best, bestKinds = i, kinds
		}
	}
	return best
}

// The table finds what the rule says, Allow names the methods that find
// something, and a target's path can be taken apart.
func FuzzRoutes(f *testing.F) {
	f.Add("GET /a/b\nGET /a/:x\nPOST /:x/b\nGET /a%20b/c\nGET /a b/:y", "/a/b/")
	f.Add("GET /:x/:y\nGET /:x/b\nGET /a/:y", "/a/b")
	f.Add("HEAD /தமிழ்\nGET /:", "/%E0%AE%A4%E0%AE%AE%E0%AE%BF%E0%AE%B4%E0%AF%8D")
	f.Add("GET /a/b/c\nGET /:x/:y/d\nGET a//b/:z", "//a/b//d#x?y")
	f.Fuzz(func(t *testing.T, list, target string) {
		var all []engine.Route
		for line := range strings.Lines(list) {
			method, path, ok := strings.Cut(strings.TrimRight(line, "\n"), " ")
			if ok && utf8.ValidString(path) && len(all) < 50 {
				all = append(all, engine.Route{Method: upperASCII(method), Path: path})
			}
		}
		path, _, _, ok := ParseTarget(target)
		if !ok {
			return
		}
		if path[0] != '/' || strings.ContainsAny(path, "?#") {
			t.Fatalf("target %q has the path %q", target, path)
		}
		if len(all) == 0 {
			return
		}
		table := NewTable(all)
		allow := table.Allow(path)
		methods := map[string]bool{}
		for _, r := range all {
			methods[r.Method] = true
		}
		for method := range methods {
			want := naiveFind(all, method, path)
			if want < 0 && method == "HEAD" {
				want = naiveFind(all, "GET", path)
			}
			m, ok := table.Find(method, path)
			if got := m.Route; ok != (want >= 0) || ok && got != want {
				t.Errorf("%s %s reaches %d, %v; want %d of %+v", method, path, got, ok, want, all)
			}
			if ok && !slices.Contains(allow, method) {
				t.Errorf("%s %s finds a route but Allow is %q", method, path, allow)
			}
			if !ok && slices.Contains(allow, method) && method != "OPTIONS" && method != "HEAD" {
				t.Errorf("%s %s finds no route but Allow is %q", method, path, allow)
			}
			for _, p := range m.bind(nil, path) {
				if p.Value == "" || strings.Contains(p.Value, "/") {
					t.Errorf("%s %s binds %q", method, path, p)
				}
			}
		}
	})
}

// Whatever net/http takes for a request becomes one that keeps the promises of
// Request, or is refused.
func FuzzHTTPRequest(f *testing.F) {
	for _, seed := range []string{
		"GET /a?b=c HTTP/1.1\r\nHost: h\r\nA_B: c\r\nCookie: a=1\r\nCookie: b=2\r\nX: \t y \r\n\r\n",
		"POST http://h/x#y HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nX-Request-Id: a b\r\n\r\nabc",
		"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
		"CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n",
		"PUT /%E0%AE%85 HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Type: \r\n\r\n0\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	front := &HTTPFront{App: NewApp(Options{Settings: DefaultSettings()})}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil {
			return
		}
		req, status := front.request(nil, r)
		if !validID(req.ID) {
			t.Errorf("id %q", req.ID)
		}
		if status != 0 {
			if hostAnswers[status].text == "" {
				t.Errorf("refused with %d", status)
			}
			return
		}
		if req.Method == "" || req.Path == "" || req.Path[0] != '/' || strings.ContainsAny(req.Path, "?#") || strings.Contains(req.Query, "#") {
			t.Errorf("%q: method %q, path %q, query %q", raw, req.Method, req.Path, req.Query)
		}
		if !req.HasQuery && req.Query != "" {
			t.Errorf("%q: a query without '?'", raw)
		}
		seen := map[string]bool{}
		for _, h := range req.Header {
			if h.Name != lowerASCII(h.Name) || strings.Contains(h.Name, "_") || seen[h.Name] || h.Value != strings.Trim(h.Value, " \t") || strings.ContainsAny(h.Value, "\r\n") {
				t.Errorf("%q: header %q", raw, h)
			}
			seen[h.Name] = true
		}
		if (req.ReadBody == nil) != (req.BodySize == 0) {
			t.Errorf("%q: body of %d, %v", raw, req.BodySize, req.ReadBody != nil)
		}
	})
}

// The headers of an answer are sorted, none twice but in one spelling, and none
// that the connection decides.
func FuzzAnswerHeaders(f *testing.F) {
	f.Add("X-A:1|x-a:2|Set-Cookie:a|Set-Cookie:b|content-length:5|Proxy-X:1", 200)
	f.Add("Content-Type:a|CONTENT-TYPE:b|Vary:Accept|te:x|X-Request-Id:y", 204)
	f.Add("X-Content-Type-Options:none|ETag:1", 304)
	s := DefaultSettings()
	s.CORSOrigins = []string{"https://a"}
	a := NewApp(Options{Settings: s})
	req := &Request{ID: "id-1", Method: "GET", Path: "/", Header: []Pair{{Name: "origin", Value: "https://a"}}}
	f.Fuzz(func(t *testing.T, list string, status int) {
		answer := engine.Answer{Set: true, Status: 200 + max(status, -status)%400, Body: []byte("body")}
		if answer.Status < 200 || answer.Status > 599 {
			return
		}
		for _, line := range strings.Split(list, "|") {
			if name, value, ok := strings.Cut(line, ":"); ok {
				answer.Headers = append(answer.Headers, engine.Header{Name: name, Value: value})
			}
		}
		slices.SortStableFunc(answer.Headers, func(a, b engine.Header) int { return strings.Compare(a.Name, b.Name) })
		fl := a.begin(req)
		defer fl.done(0, nil)
		if err := fl.answer(&answer); err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for i, h := range fl.resp.Header {
			lower := lowerASCII(h.Name)
			count[lower]++
			if i == 0 {
				continue
			}
			before := fl.resp.Header[i-1]
			if lowerASCII(before.Name) > lower {
				t.Errorf("%q stands before %q", before, h)
			}
			if equalFold(before.Name, h.Name) && before.Name != h.Name && lower != "vary" {
				t.Errorf("%q and %q", before, h)
			}
		}
		if count["x-request-id"] != 1 || count["x-content-type-options"] == 0 || count["content-length"] > 1 || count["te"]+count["status"]+count["connection"] > 0 {
			t.Errorf("%q gives %q", list, fl.resp.Header)
		}
		if bodyless(answer.Status) != (fl.resp.Body == nil) || answer.Status == 204 && count["content-type"]+count["content-length"] > 0 {
			t.Errorf("%d: body %q, headers %q", answer.Status, fl.resp.Body, fl.resp.Header)
		}
	})
}
