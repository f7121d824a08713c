package stdlib

import (
	"encoding/json"
	"strings"
	"testing"

	"etamil/engine/value"
)

// A jsonCase is one text, whether RFC 8259 allows it, and whether it is read
// here. Where the two differ, spec 09 §9.8 says so.
type jsonCase struct {
	text        string
	strict, our bool
}

// The cases go through the grammar of RFC 8259, section by section.
var jsonCases = func() (cases []jsonCase) {
	add := func(strict, ours bool, texts ...string) {
		for _, s := range texts {
			cases = append(cases, jsonCase{s, strict, ours})
		}
	}
	// Sections 2 and 3: one value, white space around the structural characters.
	add(true, true,
		`null`, `true`, `false`, `0`, `""`, `[]`, `{}`, ` [] `, "\t{\n}\r", "\n\r\t null\n", `[1,2]`, ` [ 1 , 2 ] `,
		`{"a":1}`, ` { "a" : 1 } `, "[\n1\n,\r2\t]", `[[]]`, `[{}]`, `{"a":{}}`, `{"a":[]}`, `[null,true,false]`, `[[[[[[[[]]]]]]]]`)
	add(false, false,
		``, ` `, "\n", `nul`, `nulll`, `Null`, `NULL`, `True`, `tru`, `truee`, `fals`, `FALSE`, `undefined`, `NaN`, `Infinity`, `-Infinity`,
		`nan`, `inf`, `None`, `'a'`, "`a`", `a`, `abc`, `*`, `#`, `/`, `&`, `//c`, `/**/`, `/**/1`, `1//c`, `1 /* c */`, `# c`, `<null>`,
		`null null`, `1 2`, `[] []`, `{}{}`, `[],`, `{},`, `,`, `:`, `"a" "b"`, `"a":1`, `true,`, `[]]`, `{}}`, `[}`, `{]`, `]`, `}`,
		"\v1", "\f1", "1\f", "\u00A01", "1\u00A0", "\u20281", "\u30001", "\x001", "1\x00", "[1]\u2060", "\u20601",
		`[1]x`, `[1]"`, `{"a":1}x`, `{"a":1},`, `(1)`, `[1;2]`, `{"a"=1}`)
	add(false, true, "\uFEFF[]", "\uFEFF 1") // a reader may ignore a byte order mark (section 8.1)
	add(false, false, "\uFEFF", "[\uFEFF]", "[]\uFEFF", " \uFEFF[]")

	// Section 4: objects.
	add(true, true,
		`{"":0}`, `{"a":1,"b":2}`, `{"a":1,"a":2}`, `{"a":1,"a":1}`, `{"\u0061":1,"a":2}`, `{"அ":"ஆ"}`, `{"a b":1}`, `{"\n":1}`,
		`{"a":{"a":{"a":null}}}`, `{"__proto__":1}`, `{"1":2}`, "{\"a\":\n1}", `{"ா":1}`)
	add(false, false,
		`{`, `{"`, `{"a`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,"`, `{"a":1,"b"`, `{"a":1,"b":`, `{,}`, `{,"a":1}`, `{"a":1,}`, `{"a":1,,"b":2}`,
		`{"a",1}`, `{"a" 1}`, `{"a"::1}`, `{"a":1:2}`, `{:1}`, `{1:1}`, `{a:1}`, `{'a':1}`, `{null:1}`, `{true:1}`, `{[]:1}`, `{{}:1}`, `{"a":}`, `{"a":,}`,
		`{"a":1 "b":2}`, `{"a":1;"b":2}`, `{"a":1]`, `{"a"}`, `{"a","b"}`, `{"a":a}`, `{"a":1}}`, `{"a":/*c*/1}`, `{"a":1//c`+"\n}", `{"a":'b'}`)

	// Section 5: arrays.
	add(true, true, `[1]`, `[""]`, `["a","b"]`, `[[],[]]`, `[null]`, `[[1],[2,[3]]]`, "[1\n]", `[ ]`, `[1,[],{},"",null,true,1.5]`)
	add(false, false,
		`[`, `[1`, `[1,`, `[,`, `[,]`, `[,1]`, `[1,]`, `[1,,2]`, `[1 2]`, `[1 true]`, `["a" "b"]`, `["a"`, `["a",`, `["":1]`, `[1:2]`, `[1}`, `[[]`, `[[],`,
		`[]]`, `["a]`, `[a`, `[-]`, `[/]`, `[*]`, `[<]`, `[x]`, `[nul]`, `[fals]`, `[tru]`, `[1,"`, `[1,"a`, `["a",]`, `["",,]`, `[null,`, "[\"a\n", `[1,2`, `[,"",]`)

	// Section 6: numbers.
	add(true, true,
		`0`, `-0`, `1`, `-1`, `10`, `123456789`, `0.1`, `-0.1`, `1.5`, `1.50`, `0e1`, `0E1`, `0e+1`, `0e-1`, `1e1`, `1E2`, `1e+2`, `1e-2`, `-1e2`, `1.5e3`,
		`20e1`, `123e4`, `123.456e-2`, `0.0000000000000000000000000001`, `79228162514264337593543950335`, `-79228162514264337593543950335`,
		`1e-29`, `1e-400`, `0e400`, `0e99999999999999999999`, `1e28`, `0.00000000000000000000000000000000000000001`, `1.7976931348623157`, `9007199254740993`)
	add(true, false, `79228162514264337593543950336`, `1e29`, `1e400`, `-1e400`, `1E99999999999999999999`, `99999999999999999999999999999999`)
	add(false, true, `+1`, `+0`, `01`, `007`, `-01`, `1.`, `-1.`, `.5`, `-.5`, `+.5`, `1.e3`, `00`, `0.e1`, `[01]`, `[1.,+2]`)
	add(false, false,
		`-`, `+`, `.`, `e`, `E`, `e1`, `-e1`, `.e1`, `1e`, `1e+`, `1e-`, `1e+-1`, `1ee1`, `1e1.5`, `1e1e1`, `1.2.3`, `1..2`, `--1`, `++1`, `+-1`, `-+1`, `- 1`, `1 e1`,
		`1-1`, `1+1`, `0x1`, `0x`, `0b1`, `1a`, `1_000`, `1,000`, `1 000`, `1.5f`, `-a`, `-x`, `-true`, `1.a`, `-NaN`, `+Infinity`, `௧`, `１`, `1٢`, `½`, `[-]`, `[+]`, `[1e]`, `0 1`, `0e`, `[.]`, `[- 1]`)

	// Section 7: strings.
	add(true, true,
		`"a"`, `" "`, `"\""`, `"\\"`, `"\/"`, `"\b\f\n\r\t"`, `"\u0000"`, `"\u0041"`, `"\u00e9"`, `"\u00E9"`, `"\uFFFF"`, `"\uD83D\uDE4F"`, `"\ud83d\ude4f"`,
		`"/"`, `"'"`, `"வரவு"`, `"🙏"`, `"ா"`, "\"\u2028\u2029\"", "\"\u007F\"", "\"\uFEFF\"", `"a\u0022b"`, `"\\u0041"`, `"\\\\"`, `"\\\""`, `"\u0BBE"`, `"\u005C"`,
		`"\u002F"`, `"null"`, `"[1]"`, `"\uDBFF\uDFFF"`, `"\u200D"`, `["\""]`)
	add(true, true, `"\uD800"`, `"\uDC00"`, `"\uD800\uD800"`, `"\uDC00\uD800"`, `"\uD800a"`, `"\uD800\n"`, `"\uD83D\u0041"`) // allowed by the grammar; section 8.2
	add(false, true, "\"\n\"", "\"\t\"", "\"\r\"", "\"\x00\"", "\"\x1f\"", "\"a\r\nb\"", `"\a"`, `"\q"`, `"\'"`, `"\x41"`, `"\0"`, `"\v"`, `"\அ"`, `"\U0041"`, "\"\\\n\"", `"\🙏"`, `"\ "`)
	add(false, false,
		`"`, `"a`, `"\`, `"\"`, `"\\\"`, `"a\`, `"\u"`, `"\u0"`, `"\u00"`, `"\u004"`, `"\u004`, `"\u004g"`, `"\ug041"`, `"\u 041"`, `"\u+041"`, `"\u-041"`, `"\u௧௧௧௧"`,
		`"\uD83D\u"`, `"\uD83D\uDE4"`, `"\uD83D\uDE4`, `"\uD83D\`, `"a"b"`, `""a`, `"a""`, `a"`, `["a`, `["a]`, `["\]`, `"\u{41}"`, `"\u00 41"`)

	// Section 9: a reader may set limits: 1,000 levels here.
	deep := func(n int, open, inside, closed string) string {
		return strings.Repeat(open, n) + inside + strings.Repeat(closed, n)
	}
	add(true, true, deep(1000, "[", "", "]"), deep(1000, `{"a":`, "1", "}"), deep(500, `[{"a":`, "1", "}]"))
	add(true, false, deep(1001, "[", "", "]"), deep(1001, `{"a":`, "1", "}"), deep(5000, "[", "", "]"))
	add(false, false, strings.Repeat("[", 100_000), strings.Repeat(`{"a":`, 50_000), strings.Repeat(`[{"":`, 50_000), strings.Repeat("[", 1000))
	return cases
}()

func TestJSONIsReadAsRFC8259AndTheLanguageSay(t *testing.T) {
	for _, c := range jsonCases {
		shown := c.text
		if len(shown) > 60 {
			shown = shown[:60] + "…"
		}
		if json.Valid([]byte(c.text)) != c.strict {
			t.Errorf("%q: the table says %v of RFC 8259", shown, c.strict)
		}
		v, err := invoke(&machine{}, lookup("ஜேசான்_படி"), value.String(c.text))
		if err != nil {
			t.Errorf("%q: %v", shown, err)
			continue
		}
		if read := v.Kind() == value.Success; read != c.our {
			text, _ := value.ToText(&v, 0)
			t.Errorf("%q: %.200s, want read: %v", shown, text, c.our)
		}
	}
	if len(jsonCases) < 300 {
		t.Errorf("only %d cases", len(jsonCases))
	}
}
