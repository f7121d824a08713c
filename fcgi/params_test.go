package fcgi

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"etamil/fcgi/fcgitest"
	"etamil/fcgi/web"
)

// params encodes names and values, two and two.
func params(pairs ...string) []byte {
	var b []byte
	for i := 0; i < len(pairs); i += 2 {
		b = fcgitest.AppendPair(b, pairs[i], pairs[i+1])
	}
	return b
}

func TestTargetComesFromTheRightVariables(t *testing.T) {
	for _, tt := range []struct {
		why    string
		pairs  []string
		status int // 0: accepted
		path   string
		query  string
	}{
		{"REQUEST_URI is kept raw", []string{"REQUEST_URI", "//vars//a%20b/", "DOCUMENT_URI", "/vars/a b/"}, 0, "//vars//a%20b/", ""},
		{"its query counts", []string{"REQUEST_URI", "/a?x=1?y"}, 0, "/a", "x=1?y"},
		{"QUERY_STRING counts more", []string{"REQUEST_URI", "/a?x=1", "QUERY_STRING", "y=2"}, 0, "/a", "y=2"},
		{"an empty QUERY_STRING too", []string{"REQUEST_URI", "/a?x=1", "QUERY_STRING", ""}, 0, "/a", ""},
		{"a fragment is cut", []string{"REQUEST_URI", "/a#b?c"}, 0, "/a", ""},
		{"scheme and authority are cut", []string{"REQUEST_URI", "http://host:80/a?b"}, 0, "/a", "b"},
		{"no path is /", []string{"REQUEST_URI", "https://host"}, 0, "/", ""},
		{"UTF-8 stays", []string{"REQUEST_URI", "/தமிழ்"}, 0, "/தமிழ்", ""},
		{"bad escapes are the router's", []string{"REQUEST_URI", "/%zz"}, 0, "/%zz", ""},
		{"DOCUMENT_URI is encoded", []string{"DOCUMENT_URI", "/a b/%/ö?"}, 0, "/a%20b/%25/%C3%B6%3F", ""},
		{"so is SCRIPT_NAME with PATH_INFO", []string{"SCRIPT_NAME", "/s", "PATH_INFO", "/x\n.php"}, 0, "/s/x%0A.php", ""},
		{"without a slash", []string{"REQUEST_URI", "a"}, 400, "", ""},
		{"OPTIONS *", []string{"REQUEST_URI", "*"}, 400, "", ""},
		{"nothing", nil, 400, "", ""},
		{"a line break", []string{"REQUEST_URI", "/a\nb"}, 400, "", ""},
		{"a control byte in the query", []string{"REQUEST_URI", "/a", "QUERY_STRING", "\x7f"}, 400, "", ""},
		{"NUL in the path", []string{"REQUEST_URI", "/a\x00.txt"}, 400, "", ""},
		{"NUL in a decoded path", []string{"DOCUMENT_URI", "/a\x00.txt"}, 400, "", ""},
		{"NUL anywhere", []string{"REQUEST_URI", "/a", "REMOTE_ADDR", "\x00"}, 400, "", ""},
		{"NUL in a name", []string{"REQUEST_URI", "/a", "X\x00", ""}, 400, "", ""},
		{"inside the mount", []string{"REQUEST_URI", "/shop/a/", "ETAMIL_MOUNT", "/shop/"}, 0, "/a/", ""},
		{"the mount itself", []string{"REQUEST_URI", "/shop", "ETAMIL_MOUNT", "/shop/"}, 0, "/", ""},
		{"half a piece of the mount", []string{"REQUEST_URI", "/shopping/a", "ETAMIL_MOUNT", "/shop"}, 404, "", ""},
		{"outside the mount", []string{"REQUEST_URI", "/a", "ETAMIL_MOUNT", "/shop"}, 404, "", ""},
	} {
		t.Run(tt.why, func(t *testing.T) {
			var r web.Request
			bad := mapParams(params(append([]string{"REQUEST_METHOD", "GET"}, tt.pairs...)...), &r)
			if bad.status != tt.status {
				t.Fatalf("refused with %d (%s), want %d", bad.status, bad.why, tt.status)
			}
			if bad.status == 0 && (r.Path != tt.path || r.Query != tt.query) {
				t.Errorf("path %q query %q, want %q %q", r.Path, r.Query, tt.path, tt.query)
			}
			if r.ID == "" {
				t.Error("no request id")
			}
		})
	}
}

func TestMethodIsAToken(t *testing.T) {
	for method, ok := range map[string]bool{
		"GET": true, "get": true, "PURGE": true, "M-SEARCH": true, "X!#$": true,
		"": false, "G ET": false, "GET\n": false, "GÉT": false, "A/B": false, strings.Repeat("A", 65): false,
	} {
		var r web.Request
		bad := mapParams(params("REQUEST_URI", "/", "REQUEST_METHOD", method), &r)
		if (bad.status == 0) != ok || ok && r.Method != method {
			t.Errorf("method %q: refused %v, became %q", method, bad, r.Method)
		}
	}
}

func TestHeadersOfARequest(t *testing.T) {
	for _, tt := range []struct {
		why   string
		pairs []string
		want  string // name=value|…, sorted, without x-request-id
	}{
		{"lower case with hyphens", []string{"HTTP_USER_AGENT", "x", "HTTP_X_a_B", "y"}, "user-agent=x|x-a-b=y"},
		{"trimmed", []string{"HTTP_A", " \t x y \t"}, "a=x y"},
		{"bytes as sent", []string{"HTTP_A", "\xff\x01"}, "a=\xff\x01"},
		{"repeats are joined", []string{"HTTP_A", "1", "HTTP_B", "2", "HTTP_A", "3", "HTTP_COOKIE", "c=1", "HTTP_COOKIE", "d=2"}, "a=1, 3|b=2|cookie=c=1; d=2"},
		{"case does not distinguish", []string{"HTTP_A", "1", "HTTP_a", "2"}, "a=1, 2"},
		{"own variables count more", []string{"CONTENT_TYPE", "t", "HTTP_CONTENT_TYPE", "u", "HTTP_CONTENT_LENGTH", "9", "CONTENT_LENGTH", "5"}, "content-length=5|content-type=t"},
		{"empty ones do not", []string{"CONTENT_TYPE", "", "CONTENT_LENGTH", ""}, ""},
		{"everything else is hidden", []string{"HTTPS", "on", "SERVER_NAME", "s", "REMOTE_USER", "u", "HTTP_", "v", "HTTP", "w"}, ""},
	} {
		t.Run(tt.why, func(t *testing.T) {
			var r web.Request
			if bad := mapParams(params(append([]string{"REQUEST_METHOD", "GET", "REQUEST_URI", "/"}, tt.pairs...)...), &r); bad.status != 0 {
				t.Fatalf("refused: %v", bad)
			}
			var got []string
			for _, h := range r.Header {
				if h.Name != "x-request-id" {
					got = append(got, h.Name+"="+h.Value)
				}
			}
			slices.Sort(got)
			if g := strings.Join(got, "|"); g != tt.want {
				t.Errorf("got %q, want %q", g, tt.want)
			}
		})
	}
}

func TestManyHeadersAreJoinedLikeFew(t *testing.T) {
	var pairs []string
	for i := range 2000 {
		pairs = append(pairs, "HTTP_H"+strconv.Itoa(i%1000), strconv.Itoa(i))
	}
	var r web.Request
	if bad := mapParams(params(append(pairs, "REQUEST_METHOD", "GET", "REQUEST_URI", "/")...), &r); bad.status != 0 {
		t.Fatal(bad)
	}
	if len(r.Header) != 1001 || headerValue(r.Header, "h7") != "7, 1007" {
		t.Errorf("%d headers, h7 = %q", len(r.Header), headerValue(r.Header, "h7"))
	}
}

func TestTooManyParametersAre431(t *testing.T) {
	var r web.Request
	if bad := mapParams(bytes.Repeat([]byte{0, 0}, maxPairs+1), &r); bad.status != 431 {
		t.Errorf("%+v", bad)
	}
}

func TestLineBreakInAHeaderIs400(t *testing.T) {
	for _, name := range []string{"HTTP_A", "CONTENT_TYPE"} {
		var r web.Request
		if bad := mapParams(params("REQUEST_METHOD", "GET", "REQUEST_URI", "/", name, "a\r\nb"), &r); bad.status != 400 {
			t.Errorf("%s: %+v", name, bad)
		}
	}
	var r web.Request
	if bad := mapParams(params("REQUEST_METHOD", "GET", "REQUEST_URI", "/", "HTTP_A\nB", "x"), &r); bad.status != 400 {
		t.Errorf("name: %+v", bad)
	}
}

func TestRequestIDIsTakenOnlyIfItIsHarmless(t *testing.T) {
	for _, tt := range []struct {
		sent  string
		taken bool
	}{
		{"4bf92f3577b34da6", true}, {"A.b_c-9", true}, {strings.Repeat("a", 64), true},
		{"", false}, {strings.Repeat("a", 65), false}, {"a b", false}, {"a\"b", false}, {"அ", false},
	} {
		var r web.Request
		mapParams(params("REQUEST_METHOD", "GET", "REQUEST_URI", "/", "HTTP_X_REQUEST_ID", tt.sent), &r)
		if (r.ID == tt.sent) != tt.taken || !tt.taken && len(r.ID) != 32 {
			t.Errorf("%q became %q", tt.sent, r.ID)
		}
		if got := headerValue(r.Header, "x-request-id"); got != r.ID {
			t.Errorf("header %q, id %q", got, r.ID)
		}
	}
}

// FuzzParams: whatever the bytes, a request that is accepted keeps what package
// web relies on, and pairs that were encoded are found again.
func FuzzParams(f *testing.F) {
	f.Add([]byte{}, "HTTP_A", "v")
	f.Add(params("REQUEST_METHOD", "GET", "REQUEST_URI", "/a?b#c", "HTTP_HOST", "h", "CONTENT_LENGTH", "3"), "HTTP_COOKIE", "c")
	f.Add(params("REQUEST_METHOD", "POST", "SCRIPT_NAME", "/a", "PATH_INFO", "\n", "ETAMIL_MOUNT", "/a"), "HTTP_X_REQUEST_ID", "id")
	f.Add(params("REQUEST_METHOD", "GET", "REQUEST_URI", "http://x/y", "QUERY_STRING", "q#"), "CONTENT_TYPE", " t ")
	f.Add([]byte("\x80\x00\x00\x0e\x03REQUEST_METHODGET"), "X", "")
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, "", "")
	seen := web.Request{Header: make([]web.Pair, 3)}
	f.Fuzz(func(t *testing.T, raw []byte, name, value string) {
		// Fuzzed bytes alone rarely are a whole request.
		buf := append(bytes.Clone(raw), params("REQUEST_METHOD", "GET", name, value, "REQUEST_URI", "/p")...)
		for _, b := range [][]byte{raw, buf} {
			r := &seen // memory is used again
			in := bytes.Clone(b)
			bad := mapParams(in, r)
			if len(r.ID) == 0 || len(r.ID) > 64 || web.RequestID(r.ID) != r.ID {
				t.Fatalf("id %q", r.ID)
			}
			if bad.status != 0 {
				if bad.why == "" || bad.status != 400 && bad.status != 404 && bad.status != 431 {
					t.Fatalf("refusal %+v", bad)
				}
				continue
			}
			if r.Method == "" || !strings.HasPrefix(r.Path, "/") || strings.ContainsAny(r.Path, "#?\x00\r\n") ||
				strings.ContainsAny(r.Query, "#\x00\r\n") || r.Query != "" && !r.HasQuery || r.BodySize < -1 {
				t.Fatalf("request %+v", r)
			}
			names := make(map[string]bool)
			for _, h := range r.Header {
				if h.Name == "" || names[h.Name] || strings.ContainsAny(h.Name, "_\x00\r\n ABCDEFGHIJKLMNOPQRSTUVWXYZ") ||
					h.Value != strings.Trim(h.Value, " \t") || strings.ContainsAny(h.Value, "\x00\r\n") {
					t.Fatalf("header %+v in %+v", h, r.Header)
				}
				names[h.Name] = true
			}
			if !names["x-request-id"] {
				t.Fatal("no x-request-id")
			}
		}
		// A pair is found as it was written.
		b := fcgitest.AppendPair(nil, name, value)
		n, v, rest, ok := nextPair(b)
		if !ok || string(n) != name || string(v) != value || len(rest) != 0 {
			t.Fatalf("pair %q %q became %q %q %v", name, value, n, v, ok)
		}
		if own := appendPair(nil, name, value); !bytes.Equal(own, b) {
			t.Fatalf("appendPair %x, want %x", own, b)
		}
		if utf8.ValidString(value) && isHeader(name) {
			var r web.Request
			if bad := mapParams(params("REQUEST_METHOD", "GET", "REQUEST_URI", "/", name, value), &r); bad.status == 0 && name == "HTTP_A" &&
				headerValue(r.Header, "a") != strings.Trim(value, " \t") {
				t.Fatalf("header %q became %q", value, headerValue(r.Header, "a"))
			}
		}
	})
}
