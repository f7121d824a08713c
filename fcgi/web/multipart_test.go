package web

import (
	"fmt"
	"strings"
	"testing"
)

func TestBoundaryOf(t *testing.T) {
	for _, tt := range []struct{ value, want string }{
		{"multipart/form-data; boundary=x", "x"},
		{"  Multipart/Form-Data;charset=utf-8; BOUNDARY=\"a b;c\"", "a b;c"},
		{`multipart/form-data; boundary="a\"b"`, `a"b`},
		{"multipart/form-data", ""},
		{"multipart/form-data; boundary=", ""},
		{`multipart/form-data; boundary=""`, ""},
		{"multipart/mixed; boundary=x", ""},
		{"text/plain; boundary=x", ""},
		{"multipart/form-data; boundary=x ; y=z", "x"},
	} {
		if got := boundaryOf(tt.value); got != tt.want {
			t.Errorf("boundaryOf(%q) = %q, want %q", tt.value, got, tt.want)
		}
	}
}

// In the bodies of these cases '|' stands for CR LF, and the boundary is "b".
func TestMultipartIsParsed(t *testing.T) {
	const field = `Content-Disposition: form-data; name="n"`
	for _, tt := range []struct{ why, body, want string }{
		{"a field", "--b|" + field + "||1|--b--|", "n=1"},
		{"text before and after is ignored", "x|--b|" + field + "||1|--b--|y", "n=1"},
		{"an empty field", "--b|" + field + "|||--b--|", "n="},
		{"line breaks inside stay", "--b|" + field + "||two|lines|--b--", "n=two|lines"},
		{"two fields", "--b|" + field + "||1|--b|" + field + "||2|--b--", "n=1 n=2"},
		{"no part", "--b--|", ""},
		{"no body", "", ""},
		{"not multipart at all", "hello", ""},
		{"nothing but a delimiter", "--b", ""},
		{"a missing closing delimiter keeps the last part", "--b|" + field + "||1", "n=1"},
		{"even with a part of it", "--b|" + field + "||1|--", "n=1|--"},
		{"blanks after a delimiter", "--b \t|" + field + "||1|--b-- \t|", "n=1"},
		{"a longer word is data", "--b|" + field + "||1|--bc|2|--b--", "n=1|--bc|2"},
		{"so is a delimiter inside a line", "--b|" + field + "||1--b|--b--", "n=1--b"},
		{"and one that a single dash follows", "--b|" + field + "||1|--b-|--b--", "n=1|--b-"},
		{"and a closing one that goes on", "--b|" + field + "||1|--b--x|--b--", "n=1|--b--x"},
		{"line feeds alone end no lines", "--b\n" + field + "\n\n1\n--b--\n", ""},
		{"no blank line: ignored", "--b|" + field + "|1|--b|" + field + "||2|--b--", "n=2"},
		{"no name: ignored", "--b|Content-Disposition: form-data||1|--b--", ""},
		{"no header: ignored", "--b||1|--b--", ""},
		{"an empty name is a name", `--b|Content-Disposition: form-data; name=""||1|--b--`, "=1"},
		{"a bare name", "--b|content-disposition:form-data;NAME=n||1|--b--", "n=1"},
		{"a semicolon in quotes", `--b|Content-Disposition: form-data; name="a;b"||1|--b--`, "a;b=1"},
		{"a quote in quotes", `--b|Content-Disposition: form-data; name="a\"b\\c\d"||1|--b--`, `a"b\c\d=1`},
		{"a quote that is not closed", `--b|Content-Disposition: form-data; name="a||1|--b--`, "a=1"},
		{"a parameter without a value", `--b|Content-Disposition: form-data; x; name=n||1|--b--`, "n=1"},
		{"the disposition is not checked", `--b|Content-Disposition: attachment; name=n||1|--b--`, "n=1"},
		{"a folded header line", "--b|Content-Disposition: form-data;|\tname=n||1|--b--", "n=1"},
		{"an empty part between delimiters", "--b|--b|" + field + "||1|--b--", "n=1"},
		{"a file", "--b|" + field + `; filename="a.txt"|Content-Type: text/plain||hi|--b--`, "[n a.txt text/plain hi]"},
		{"without a type", "--b|" + field + "; filename=a||hi|--b--", "[n a application/octet-stream hi]"},
		{"with an empty name", "--b|" + field + `; filename=""|||--b--`, "[n  application/octet-stream ]"},
		{"with a path", "--b|" + field + `; filename="C:\x\..\a.txt"||hi|--b--`, `[n C:\x\..\a.txt application/octet-stream hi]`},
		{"filename* is preferred", "--b|" + field + `; filename="x"; filename*=UTF-8''%E0%AE%85.txt||hi|--b--`, "[n அ.txt application/octet-stream hi]"},
		{"filename* alone", "--b|" + field + "; filename*=utf-8'ta'a%20b||hi|--b--", "[n a b application/octet-stream hi]"},
		{"filename* in Latin 1", "--b|" + field + "; filename*=ISO-8859-1''%e9||hi|--b--", "[n é application/octet-stream hi]"},
		{"a filename* that is none", "--b|" + field + `; filename="x"; filename*=UTF-8''%zz||hi|--b--`, "[n x application/octet-stream hi]"},
		{"one in another charset, alone: a field", "--b|" + field + "; filename*=koi8-r''%e9||hi|--b--", "n=hi"},
		{"fields and files", "--b|" + field + "; filename=a||hi|--b|" + field + "||1|--b--", "n=1[n a application/octet-stream hi]"},
		{"after the closing delimiter nothing counts", "--b--|--b|" + field + "||1|--b--", ""},
	} {
		t.Run(tt.why, func(t *testing.T) {
			body := strings.ReplaceAll(tt.body, "|", "\r\n")
			fields, files := parseMultipart([]byte(body), "b")
			var parts []string
			for _, f := range fields {
				parts = append(parts, f.Name+"="+f.Value)
			}
			got := strings.Join(parts, " ")
			for _, f := range files {
				got += fmt.Sprint([]string{f.Field, f.FileName, f.ContentType, string(f.Data)})
			}
			if got = strings.ReplaceAll(got, "\r\n", "|"); got != tt.want {
				t.Errorf("%q gives %q, want %q", tt.body, got, tt.want)
			}
		})
	}
}
