package diag

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"etamil/engine/token"
)

// Whatever the source and the place: the human form is UTF-8 without control
// characters, two lines of message and two of source at most, the caret within
// the window; the machine form is one line of JSON.
func FuzzBothForms(f *testing.F) {
	f.Add("அச்சு 1 / 0;\n", int32(20), int32(21), "அ")
	f.Add("\uFEFF\tx = \"அ\r\nஆ\";", int32(3), int32(30), "\x00\n")
	f.Add(strings.Repeat("கொ👨‍👩‍👧", 60), int32(500), int32(900), "\xff\u202E")
	f.Add("", int32(0), int32(0), "")
	f.Fuzz(func(t *testing.T, source string, start, end int32, arg string) {
		if start < 0 || end < start || int(end) > len(source) {
			return
		}
		file := token.NewFile("அ\x1b.qmz", "", source)
		s := token.Span{File: file, Start: start, End: end}
		d := NoSuchFunction.At(s, arg).Note(s, Same(arg)).WithHelp(arg, arg)
		var b strings.Builder
		Render(&b, List{d}, Options{})
		text := b.String()
		if !utf8.ValidString(text) {
			t.Fatalf("not UTF-8: %q", text)
		}
		for _, r := range text {
			if r != '\n' && isHidden(r) {
				t.Fatalf("hidden character %U in %q", r, text)
			}
		}
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if len(lines) > 8 {
			t.Fatalf("%d lines: %q", len(lines), text)
		}
		for i, line := range lines {
			if _, marks, ok := strings.Cut(line, " | "); ok && i > 0 && strings.Trim(marks, " ~") == "^" {
				if strings.Contains(lines[i-1], " | ") && len(marks) > maxColumns+1 {
					t.Fatalf("the marks end at column %d: %q", len(marks), text)
				}
			}
		}
		machine := d.AppendJSON(nil)
		if !json.Valid(machine) || strings.ContainsAny(string(machine), "\n\r") {
			t.Fatalf("not one line of JSON: %s", machine)
		}
	})
}
