package syntax_test

import (
	"strings"
	"testing"

	"etamil/engine/syntax"
	"etamil/engine/token"
)

// scan returns the tokens of a source, one blank between, and the errors.
func scan(source string) string {
	f := token.NewFile("a.qmz", "", source)
	tokens, errs, _ := syntax.Scan(f, syntax.Options{Main: true})
	var out []string
	for _, t := range tokens[:len(tokens)-1] {
		out = append(out, source[t.Start:t.End])
	}
	if len(errs) > 0 {
		out = append(out, "/", errorsOf(errs))
	}
	return strings.Join(out, " ")
}

func TestTokens(t *testing.T) {
	for _, tt := range []struct{ why, source, want string }{
		{"longest operator", "===<=<>=>!=**&&", "== = <= < >= > != * * & &"},
		{"no blanks", `accu"x";accu-1;`, `accu "x" ; accu - 1 ;`},
		{"point", "1. .5 1.2.3 1.5", "1 . . 5 1.2 . 3 1.5"},
		{"number and word", "5abc 1_000 1e3 1௫", "5 abc 1 _000 1 e3 1 ௫"},
		{"percent", "10% 10%5 1.5%", "10% 10% 5 1.5%"},
		{"comment", "a//b\nc/d", "a c / d"},
		{"comment at the end", "a//", "a"},
		{"comment in a text", `"a//b"`, `"a//b"`},
		{"words", "accuX accu1 கடன்_அட்டை கடன் ா _", "accuX accu1 கடன்_அட்டை கடன் ா _"},
		{"blanks", "a\t\f\n b", "a b"},
		{"CR LF is blank", "a\r\nb", "a b"},
		{"a CR alone is not", "a\rb", "a b / ET1001 1:2"},
		{"CR in a comment", "a//\rb\nc", "a c"},
		{"first line of a script", "#!/usr/bin/etamil run\na", "a"},
		{"only the first", "a\n#!b", "a b / ET1001 2:1"},
		{"order mark", "\uFEFFa", "a"},
		{"order mark twice", "\uFEFF\uFEFFa", "a / ET1001 1:1"},
		{"a run is one error", "a @@\u200B@ b @", "a b / ET1001 1:3, ET1001 1:10"},
		{"a lone !", "a ! b != !c", "a b != c / ET1001 1:3, ET1001 1:10"},
		{"a quote ends a run", "@\"x\"@", "\"x\" / ET1001 1:1, ET1001 1:5"},
		{"unclosed text", "a \"b c\nd #", "a d / ET1003 1:3, ET1001 2:3"},
		{"unclosed after another", "a \"b \\\"\nd \\\"e", "a d / ET1003 1:3, ET1001 2:3, ET1003 2:4"},
		{"backslash at the end", "\"\\", " / ET1003 1:1"},
		{"backslash before a line end", "\"a\\\nb\" c", "\"a\\\nb\" c / ET1004 1:3"},
		{"nothing", "", ""},
		{"letters of other scripts", "é 中文x", "x / ET1001 1:1, ET1001 1:3"},
		{"not UTF-8", "அ = \"\xff\";", " / ET1002 1:6"},
	} {
		if got := scan(tt.source); got != strings.TrimPrefix(tt.want, " ") {
			t.Errorf("%s: %q gives %q, want %q", tt.why, tt.source, got, tt.want)
		}
	}
}

func TestNotUTF8SaysWhere(t *testing.T) {
	_, list := parse("\uFEFFa = 1;\nஅ \xe0\xae;")
	if len(list) != 1 || list[0].Message().En != "the file is not UTF-8 (byte 14)" || placeOf(list[0]) != "2:3" {
		t.Errorf("got %v", list)
	}
}

func TestLimitsOfNamesAndFiles(t *testing.T) {
	for _, tt := range []struct{ why, source, want string }{
		{"255 letters", strings.Repeat("கொ", 255) + " = 1;", ""},
		{"256 letters", "a = 1; " + strings.Repeat("கி", 256) + " = 1;", "ET1028 1:8"},
		{"256 ASCII letters", strings.Repeat("x", 256) + " = 1;", "ET1028 1:1"},
		{"16 MiB", strings.Repeat(" ", 16<<20), ""},
		{"more", strings.Repeat(" ", 16<<20+1), "ET1027 1:1"},
	} {
		_, list := parse(tt.source)
		if got := errorsOf(list); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.why, got, tt.want)
		}
	}
}

func TestOnlyAMainFileMayBeAScript(t *testing.T) {
	_, errs, _ := syntax.Scan(token.NewFile("m.qmz", "", "#!x\na"), syntax.Options{})
	if got := errorsOf(errs); got != "ET1001 1:1" {
		t.Errorf("a module with #! gives %q, want ET1001 1:1", got)
	}
}

// Each of these took quadratic time in some scanner or parser; here they end at
// once.
func TestHostileTextsTakeLinearTime(t *testing.T) {
	const n = 1 << 20
	for _, tt := range []struct{ why, source string }{
		{"a quote a line, all behind backslashes", "\"\n" + strings.Repeat("\\\"\n", n)},
		{"errors on one line", strings.Repeat(";", n)},
		{"errors on many lines", strings.Repeat(";\n", n)},
		{"unknown characters", strings.Repeat("!a", n)},
		{"one run of them", strings.Repeat("@", n)},
		{"opening braces", strings.Repeat("{", n)},
		{"open blocks", strings.Repeat("ceyal f() {\n", n)},
		{"closing braces", strings.Repeat("}\n", n)},
		{"calls with tails", strings.Repeat("f().a", n)},
		{"targets", "a" + strings.Repeat(".b", n) + ";"},
		{"kept escapes", `accu "` + strings.Repeat(`\q`, n) + `";`},
		{"a long number", "a = " + strings.Repeat("9", n) + ";"},
		{"a long fraction", "a = 0." + strings.Repeat("9", n) + ";"},
	} {
		parse(tt.source)
	}
}
