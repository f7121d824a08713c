package web

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	for _, tt := range []struct{ target, want string }{
		{"/", "/"},
		{"/a?x=1", "/a ?x=1"},
		{"/a?", "/a ?"},
		{"/a??b=1", "/a ??b=1"},
		{"/a#b?c", "/a"},
		{"/a?b#c", "/a ?b"},
		{"/a%20b//c/", "/a%20b//c/"},
		{"http://host/x?y=1", "/x ?y=1"},
		{"https://host", "/"},
		{"http://host?y=1", "/ ?y=1"},
		{"http://u:p@host:80/a://b", "/a://b"},
		{"", "/"},
		{"a", "400"},
		{"*", "400"},
		{"host:443", "400"},
		{"://host/x", "400"},
		{"1a://host/x", "400"},
		{"\x00", "400"},
	} {
		path, query, has, ok := ParseTarget(tt.target)
		got := path
		if has {
			got += " ?" + query
		}
		if !ok {
			got = "400"
		}
		if got != tt.want {
			t.Errorf("ParseTarget(%q) = %q, want %q", tt.target, got, tt.want)
		}
	}
}

func TestCutMount(t *testing.T) {
	for _, tt := range []struct{ path, mount, want string }{
		{"/shop/a", "/shop", "/a"},
		{"/shop/a", "/shop/", "/a"},
		{"/shop", "/shop/", "/"},
		{"/shop/", "/shop/", "/"},
		{"/shopping", "/shop", "404"},
		{"/a", "/shop", "404"},
		{"/a", "", "/a"},
		{"/a", "/", "/a"},
		{"/shop//a/", "shop", "//a/"},
	} {
		got, ok := CutMount(tt.path, tt.mount)
		if !ok {
			got = "404"
		}
		if got != tt.want {
			t.Errorf("CutMount(%q, %q) = %q, want %q", tt.path, tt.mount, got, tt.want)
		}
	}
}

func TestEscapePath(t *testing.T) {
	for _, tt := range []struct{ path, want string }{
		{"/a/b", "/a/b"},
		{"/a b", "/a%20b"},
		{"/:@!$&'()*+,;=-._~", "/:@!$&'()*+,;=-._~"},
		{"/50%?#", "/50%25%3F%23"},
		{"/அ", "/%E0%AE%85"},
		{"/\x00", "/%00"},
	} {
		if got := EscapePath(tt.path); got != tt.want {
			t.Errorf("EscapePath(%q) = %q, want %q", tt.path, got, tt.want)
		}
	}
}

func TestRequestID(t *testing.T) {
	for _, good := range []string{"a", "A.b_c-9", strings.Repeat("x", 64)} {
		if got := RequestID(good); got != good {
			t.Errorf("RequestID(%q) = %q", good, got)
		}
	}
	for _, bad := range []string{"", "a b", "a\n", "அ", strings.Repeat("x", 65)} {
		got := RequestID(bad)
		if len(got) != 32 || strings.Trim(got, "0123456789abcdef") != "" {
			t.Errorf("RequestID(%q) = %q, want 32 hex digits", bad, got)
		}
	}
}

func show(pairs []Pair) string {
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteString(" | ")
		}
		fmt.Fprintf(&b, "%s=%s", p.Name, p.Value)
	}
	return b.String()
}

func TestQueryIsDecoded(t *testing.T) {
	for _, tt := range []struct{ query, want string }{
		{"", ""},
		{"a=1&b=2", "a=1 | b=2"},
		{"flag&a=1&&", "a=1"},
		{"a=1;b=2", "a=1;b=2"},
		{"a=1=2", "a=1=2"},
		{"=x", "=x"},
		{"?a=1", "?a=1"},
		{"a=1&a=2", "a=1 | a=2"},
		{"a+b=c+d", "a b=c d"},
		{"a%20b=%e0%AE%85", "a b=அ"},
		{"a=9%&b=%4&c=7%qx", "a=9% | b=%4 | c=7%qx"},
		{"a=%+4", "a=% 4"},
		{"a=%2541", "a=%41"},
		{"a=%FF", "a=\xFF"},
		{"a=%%41", "a=%A"},
	} {
		if got := show(appendQuery(nil, tt.query)); got != tt.want {
			t.Errorf("query %q gives %q, want %q", tt.query, got, tt.want)
		}
	}
}

func TestContentTypesOfForms(t *testing.T) {
	for _, tt := range []struct {
		value string
		want  bool
	}{
		{"application/x-www-form-urlencoded", true},
		{" Application/X-WWW-Form-URLEncoded ; charset=utf-8", true},
		{"application/x-www-form-urlencoded2", false},
		{"application/json", false},
		{"", false},
	} {
		if got := isForm(tt.value); got != tt.want {
			t.Errorf("isForm(%q) = %v", tt.value, got)
		}
	}
}
