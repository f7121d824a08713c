package stdlib

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"etamil/engine/decimal"
	"etamil/engine/value"
)

// read returns the printed form of what ஜேசான்_படி gives for s.
func read(s string) string {
	v, err := invoke(&machine{}, lookup("ஜேசான்_படி"), value.String(s))
	if err != nil {
		return "✗ " + err.Error()
	}
	return value.Display(&v, 1<<20)
}

func TestReadJSON(t *testing.T) {
	for _, tt := range []struct{ s, want string }{
		{`42`, "42"},
		{" -3.140 ", "-3.14"},
		{`6.02e2`, "602"},
		{`25E-1`, "2.5"},
		{`2e+2`, "200"},
		{`-0.0`, "0"},
		{`-0`, "0"},
		{`+5`, "5"},
		{`007`, "7"},
		{`5.`, "5"},
		{`.5`, "0.5"},
		{`-.5`, "-0.5"},
		{`123456789012345678`, "123456789012345678"},
		{`1234567890123456789`, "1234567890123456789"},
		{`0.123456789012345678`, "0.123456789012345678"},
		{`79228162514264337593543950335`, "79228162514264337593543950335"},
		{`0.12345678901234567890123456785`, "0.1234567890123456789012345679"},
		{`1e-29`, "0"},
		{`5e-29`, "0.0000000000000000000000000001"},
		{`0e99`, "0"},
		{`1e-999999999999`, "0"},
		{`true`, "true"},
		{`false`, "false"},
		{`null`, "nil"},
		{`"வணிகம்"`, "வணிகம்"},
		{`[]`, "[]"},
		{`[ ]`, "[]"},
		{`{}`, "{}"},
		{`{ }`, "{}"},
		{"\uFEFF1", "1"},
		{"\t{ \"b\" : 1 ,\r\n \"a\" : null }\n", "{a: nil, b: 1}"},
		{`{"":"காலி"}`, "{: காலி}"},
		{`{"a":1,"b":2,"a":3}`, "{a: 3, b: 2}"},
		{`[{"a":1,"b":2},{"a":3,"b":4},{"b":5,"a":6},{"a":7},{"a":8,"b":9,"c":10}]`, "[{a: 1, b: 2}, {a: 3, b: 4}, {a: 6, b: 5}, {a: 7}, {a: 8, b: 9, c: 10}]"},
		{`[{"a":1,"b":2},{"a":3,"b":4,"a":5},{"a":6,"b":7}]`, "[{a: 1, b: 2}, {a: 5, b: 4}, {a: 6, b: 7}]"},
		{`[{"a\\":1},{"a\\":2},{"a\\\"":3}]`, `[{a\: 1}, {a\: 2}, {a\": 3}]`},
		{`[{"a":{"x":1}},{"a":{"y":2}},{"a":{"x":3}}]`, "[{a: {x: 1}}, {a: {y: 2}}, {a: {x: 3}}]"},
		{"\"மேல்\nகீழ்\tபக்கம்\"", "மேல்\nகீழ்\tபக்கம்"},
		{`"\n\t\r\"\\\/\b\f"`, "\n\t\r\"\\/\b\f"},
		{`"\q\'\அ"`, "q'அ"},
		{`"\u0ba4\u0BAE \u0041"`, "தம A"},
		{`"\ud83d\ude42"`, "🙂"},
		{`"\ud83dx\ude42"`, "\uFFFDx\uFFFD"},
		{`"\ud83d\ud83d\ude42"`, "\uFFFD🙂"},
		{`"\ud83d\n"`, "\uFFFD\n"},
		{`{"\u0b85":1}`, "{அ: 1}"},
		{`{"ிx":[1,"்"]}`, "{ிx: [1, ்]}"},
	} {
		if got, want := read(tt.s), "சரி("+tt.want+")"; got != want {
			t.Errorf("%s\n got %s\nwant %s", tt.s, got, want)
		}
	}
}

func TestReadJSONSaysWhatIsWrongAndWhere(t *testing.T) {
	deep := strings.Repeat("[", 1001)
	for _, tt := range []struct{ s, ta, en string }{
		{``, "எதிர்பாராத முடிவு, வரி 1, நெடுவரிசை 1", "unexpected end, line 1, column 1"},
		{"  \n ", "எதிர்பாராத முடிவு, வரி 2, நெடுவரிசை 2", "unexpected end, line 2, column 2"},
		{`[1,]`, "இங்கே ஒரு மதிப்பு வேண்டும், வரி 1, நெடுவரிசை 4", "a value is expected, line 1, column 4"},
		{`[,1]`, "", "a value is expected, line 1, column 2"},
		{`[1 2]`, "',' அல்லது ']' வேண்டும், வரி 1, நெடுவரிசை 4", "',' or ']' expected, line 1, column 4"},
		{`["மழை" 1]`, "", "',' or ']' expected, line 1, column 8"},
		{`[1`, "", "unexpected end, line 1, column 3"},
		{`[1,`, "", "unexpected end, line 1, column 4"},
		{`{"a":1,}`, "புலத்தின் பெயர் மேற்கோள்களுக்குள் இருக்க வேண்டும், வரி 1, நெடுவரிசை 8", "a name must be a string, line 1, column 8"},
		{`{"a" 1}`, "':' வேண்டும், வரி 1, நெடுவரிசை 6", "':' expected, line 1, column 6"},
		{`{"a":}`, "", "a value is expected, line 1, column 6"},
		{`{"a":1 "b"}`, "',' அல்லது '}' வேண்டும், வரி 1, நெடுவரிசை 8", "',' or '}' expected, line 1, column 8"},
		{"{\n  \"அ\": 1,\n  ஆ: 2\n}", "", "a name must be a string, line 3, column 3"},
		{`{1:2}`, "", "a name must be a string, line 1, column 2"},
		{`{"a":1`, "", "unexpected end, line 1, column 7"},
		{`{"a"`, "", "unexpected end, line 1, column 5"},
		{`{`, "", "unexpected end, line 1, column 2"},
		{`  "open`, "இங்கே தொடங்கும் சரம் மூடப்படவில்லை, வரி 1, நெடுவரிசை 3", "string not closed, line 1, column 3"},
		{`["a\"]`, "", "string not closed, line 1, column 2"},
		{`["a\`, "", "string not closed, line 1, column 2"},
		{`tru`, "", "a value is expected, line 1, column 1"},
		{`truex`, "மதிப்புக்குப் பின் வேறு எழுத்துகள் உள்ளன, வரி 1, நெடுவரிசை 5", "text after the value, line 1, column 5"},
		{`1 2`, "", "text after the value, line 1, column 3"},
		{"\uFEFF1 2", "", "text after the value, line 1, column 3"},
		{"\uFEFF\uFEFF1", "", "a value is expected, line 1, column 1"},
		{"1\x00", "", "text after the value, line 1, column 2"},
		{"[1\u00A0]", "", "',' or ']' expected, line 1, column 3"},
		{`1_000`, "", "text after the value, line 1, column 2"},
		{`1.2.3`, "'1.2.3' ஓர் எண் அல்ல, வரி 1, நெடுவரிசை 1", "'1.2.3' is not a number, line 1, column 1"},
		{`-`, "", "'-' is not a number, line 1, column 1"},
		{`1e`, "", "'1e' is not a number, line 1, column 1"},
		{`e5`, "", "'e5' is not a number, line 1, column 1"},
		{`--5`, "", "'--5' is not a number, line 1, column 1"},
		{`79228162514264337593543950336`, "", "'79228162514264337593543950336' is not a number, line 1, column 1"},
		{`1e29`, "", "'1e29' is not a number, line 1, column 1"},
		{strings.Repeat("9", 100), "", "'" + strings.Repeat("9", 40) + "…' is not a number, line 1, column 1"},
		{`"\u12g4"`, `'\u' என்பதன் பின் நான்கு பதினாறடிமான இலக்கங்கள் வேண்டும், வரி 1, நெடுவரிசை 6`, `'\u' needs four hexadecimal digits, line 1, column 6`},
		{`"\u123"`, "", `'\u' needs four hexadecimal digits, line 1, column 7`},
		{`"\ud83d\u12"`, "", `'\u' needs four hexadecimal digits, line 1, column 12`},
		{`// x`, "", "a value is expected, line 1, column 1"},
		{`'a'`, "", "a value is expected, line 1, column 1"},
		{deep, "1000 நிலைகளுக்கு மேல் உள்ளடங்கியுள்ளது, வரி 1, நெடுவரிசை 1001", "nested more than 1000 levels deep, line 1, column 1001"},
	} {
		got := read(tt.s)
		if !strings.HasSuffix(got, "  ("+tt.en+"))") || !strings.HasPrefix(got, "தவறு("+tt.ta) || tt.ta != "" && got != "தவறு("+tt.ta+"  ("+tt.en+"))" {
			t.Errorf("%.60q\n got %s\nwant %s\n     %s", tt.s, got, tt.ta, tt.en)
		}
	}
}

func TestReadJSONTakesTextOnly(t *testing.T) {
	check(t, []example{
		{`ஜேசான்_படி(5)`, "✗ ET4021"},
		{`ஜேசான்_படி(இன்மை)`, "✗ ET4021"},
		{`ஜேசான்_படி(["1"])`, "✗ ET4021"},
		{`ஜேசான்_படி({})`, "✗ ET4021"},
		{`ஜேசான்_படி(சரி("1"))`, "✗ ET4021"},
	})
}

func TestWriteJSON(t *testing.T) {
	check(t, []example{
		{`ஜேசான்_ஆக்கு([இன்மை, மெய், பொய், 0, -2.50, 1000000, "உரை", [], {}, [[1]]])`, `[null,true,false,0,-2.5,1000000,"உரை",[],{},[[1]]]`},
		{`ஜேசான்_ஆக்கு({பெயர்: "மலர்", age: 30, "A": 1, "2": "b", "10": "a"})`, `{"10":"a","2":"b","A":1,"age":30,"பெயர்":"மலர்"}`},
		{`ஜேசான்_ஆக்கு(79228162514264337593543950335)`, "79228162514264337593543950335"},
		{`ஜேசான்_ஆக்கு(0.0000000000000000000000000001)`, "0.0000000000000000000000000001"},
		{`ஜேசான்_ஆக்கு(சரி(1))`, "null"},
		{`ஜேசான்_ஆக்கு([தவறு("x")])`, "[null]"},
		{`ஜேசான்_ஆக்கு("/\" \\ \t\n\r é 🙂")`, `"/\" \\ \t\n\r é 🙂"`},
		{"ஜேசான்_ஆக்கு(\"\x00\x01\b\f\x1b\x1f\x7f\u2028\")", "\"\\u0000\\u0001\\b\\f\\u001b\\u001f\x7f\u2028\""},
		{`ஜேசான்_ஆக்கு({"a\"b": "\\"})`, `{"a\"b":"\\"}`},

		{`ஜேசான்_சரம்([1, "a"])`, `"[1, a]"`},
		{`ஜேசான்_சரம்(இன்மை)`, `"nil"`},
		{`எழுத்து_மறை("\"")`, `\"`},
		{`எழுத்து_மறை("\\")`, `\\`},
		{`எழுத்து_மறை("\r\n")`, `\r\n`}, // one letter
		{`எழுத்து_மறை("\n\n")`, "\n\n"},
		{`எழுத்து_மறை("")`, ""},
		{"எழுத்து_மறை(\"\x02\")", `\u0002`},
		{`எழுத்து_மறை(5)`, "5"},
		{`எழுத்து_மறை(["\n"])`, "[\n]"},

		{`_jsonPretty({b: [1, {}], a: {c: "x"}}, 2)`, "{\n  \"a\": {\n    \"c\": \"x\"\n  },\n  \"b\": [\n    1,\n    {}\n  ]\n}"},
		{`_jsonPretty("x\ny", 10)`, `"x\ny"`},
		{`_jsonPretty(1, 0)`, "✗ ET4021"},
		{`_jsonPretty(1, 11)`, "✗ ET4021"},
		{`_jsonPretty(1, 2.5)`, "✗ ET4021"},
		{`_jsonPretty(1, "x")`, "✗ ET4021"},
	})
}

func TestJSONOfTheDeepestValues(t *testing.T) {
	v := value.Int(1)
	for range value.MaxDepth {
		v, _ = value.ArrayOf([]value.Value{v})
	}
	s, err := invoke(&machine{}, lookup("ஜேசான்_ஆக்கு"), v)
	if want := strings.Repeat("[", value.MaxDepth) + "1" + strings.Repeat("]", value.MaxDepth); err != nil || s.Str() != want {
		t.Errorf("the deepest array is not written: %v", err)
	}
	for _, tt := range []struct {
		open, end string
		n         int
	}{{"[", "]", maxJSONDepth}, {`{"a":`, "}", maxJSONDepth}, {`[{"a":`, "}]", maxJSONDepth / 2}} {
		if got := read(strings.Repeat(tt.open, tt.n) + "0" + strings.Repeat(tt.end, tt.n)); !strings.HasPrefix(got, "சரி(") {
			t.Errorf("%d times %s: %.100s", tt.n, tt.open, got)
		}
		if got := read(strings.Repeat(tt.open, tt.n+1)); !strings.HasPrefix(got, "தவறு(1000") {
			t.Errorf("%d times %s: %.100s", tt.n+1, tt.open, got)
		}
	}
}

func TestReadingJSONIsBounded(t *testing.T) {
	for _, s := range []string{
		"[" + strings.Repeat("1,", 1<<20) + "1]",
		"[" + strings.Repeat("[],", 1<<20) + "1]",
		"[" + strings.Repeat("{},", 1<<20) + "1]",
		"[" + strings.Repeat(`"\n",`, 1<<20) + "1]",
		"[" + strings.Repeat(`{"a":1},`, 1<<20) + "1]",
		`"` + strings.Repeat(`\n`, 16<<20) + `"`,
	} {
		m := &machine{maxBytes: 8 << 20}
		text := value.String(s)
		var err error
		taken := allocated(func() { _, err = invoke(m, lookup("ஜேசான்_படி"), text) })
		if err == nil || taken > 32<<20 {
			t.Errorf("%.20s…: %v, %d bytes taken with 8 MiB allowed", s, err, taken)
		}
	}
}

// sameAsGo reports whether v is what encoding/json makes of the same text.
func sameAsGo(v value.Value, g any) bool {
	switch g := g.(type) {
	case nil:
		return v.Kind() == value.Nil
	case bool:
		return v.Kind() == value.Boolean && v.IsTrue() == g
	case string:
		return v.Kind() == value.Text && v.Str() == g
	case json.Number:
		d, ok := decimal.ParseJSON(g.String())
		return ok && v.Kind() == value.Number && decimal.Equal(v.Dec(), d)
	case []any:
		if v.Kind() != value.Array || v.Len() != len(g) {
			return false
		}
		for i := range g {
			if !sameAsGo(v.At(i), g[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		if v.Kind() != value.Record || v.Len() != len(g) {
			return false
		}
		for name, x := range g {
			field, ok := v.Get(name)
			if !ok || !sameAsGo(field, x) {
				return false
			}
		}
		return true
	}
	return false
}

// goJSON reads s as encoding/json does, numbers as they are written.
func goJSON(s string) (any, error) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var g any
	err := d.Decode(&g)
	return g, err
}

// A maker makes values from a source of bytes, which may end.
type maker struct {
	bytes []byte
	at    int
}

func (m *maker) next() byte {
	if m.at == len(m.bytes) {
		return 0
	}
	m.at++
	return m.bytes[m.at-1]
}

func (m *maker) text() string {
	n := int(m.next()) % 12
	n = min(n, len(m.bytes)-m.at)
	s := value.Clean(string(m.bytes[m.at : m.at+n]))
	m.at += n
	return s
}

// value makes a value without results, which JSON cannot tell from nil.
func (m *maker) value(depth int) value.Value {
	kind := m.next() % 9
	if depth > 60 {
		kind %= 6
	}
	switch kind {
	case 0:
		return value.NilValue()
	case 1:
		return value.Bool(m.next()%2 == 0)
	case 2, 3:
		var d decimal.Decimal
		for range m.next() % 9 {
			d.Lo = d.Lo<<8 | uint64(m.next())
		}
		d.Hi = uint32(m.next()) << 16
		d.Scale = m.next() % (decimal.MaxScale + 1)
		d.Neg = m.next()%2 == 0 && !d.IsZero()
		return value.Num(d)
	case 4, 5:
		return value.String(m.text())
	case 6:
		list := make([]value.Value, m.next()%5)
		for i := range list {
			list[i] = m.value(depth + 1)
		}
		v, _ := value.ArrayOf(list)
		return v
	}
	v := value.NewRecord(0)
	for range m.next() % 5 {
		v.Set(m.text(), m.value(depth+1))
	}
	return v
}

// checkRoundTrip checks that v is written as JSON that encoding/json takes, and
// that both readers make v of it again.
func checkRoundTrip(t *testing.T, v value.Value) {
	t.Helper()
	indent := value.Int(3)
	for _, name := range []string{"ஜேசான்_ஆக்கு", "ஜேசான்_அழகு"} {
		args := []value.Value{v, indent}
		s, err := invoke(&machine{}, lookup(name), args[:len(lookup(name).Args)]...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		g, err := goJSON(s.Str())
		if err != nil || !sameAsGo(v, g) {
			t.Fatalf("encoding/json makes %v of %s (%v)", g, s.Str(), err)
		}
		back, bad, err := parseJSON(&machine{}, s.Str())
		if err != nil || bad != nil {
			t.Fatalf("%s is not read: %v %v", s.Str(), bad, err)
		}
		if work := 1 << 30; !value.Equal(&v, &back, &work) {
			t.Fatalf("%s is read as %s", s.Str(), value.Display(&back, 1000))
		}
	}
}

func TestJSONRoundTripOfRandomValues(t *testing.T) {
	source := rand.New(rand.NewPCG(9, 8))
	for range 3000 {
		b := make([]byte, source.IntN(300))
		for i := range b {
			b[i] = byte(source.Uint32())
		}
		checkRoundTrip(t, (&maker{bytes: b}).value(0))
	}
}

func TestReadingAgreesWithEncodingJSON(t *testing.T) {
	for _, s := range []string{invoicesJSON(1 << 16), "[" + strings.Repeat(`{"a":1,"b":"x"},{"b":2},`, 100) + "{}]"} {
		checkReading(t, s)
	}
}

// Readers are used again: what one text left in them, whole or broken off in the
// middle, shows in no other value, neither one read before nor one read after.
func TestJSONReadersKeepNothing(t *testing.T) {
	texts := []string{
		`{"a": [1, {"b": "x"}], "c": null}`, `{"a": [1, {"b": "x"`, `[[[[`, `{"c": 1, "a": 2, "c": 3}`, `{"\u0061": 7, "z": "\n"}`,
		"[" + strings.Repeat(`{"k": "v", "n": 1.5},`, 300) + "0]", "[" + strings.Repeat("1,", 300), `5`, ``,
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			type reading struct {
				text string
				v    value.Value
			}
			var read []reading
			for i := range 20 * len(texts) {
				text := texts[i*7%len(texts)]
				v, bad, err := parseJSON(&machine{}, text)
				if err != nil || (bad == nil) != json.Valid([]byte(text)) {
					t.Errorf("%.40s: %v %v", text, bad, err)
				}
				if bad == nil {
					read = append(read, reading{text, v})
				}
			}
			for _, r := range read {
				if g, err := goJSON(r.text); err != nil || !sameAsGo(r.v, g) {
					t.Errorf("%.40s became %s (%v)", r.text, value.Display(&r.v, 200), err)
				}
			}
		})
	}
	group.Wait()
}

// checkReading checks that reading s does not panic, that a fault lies inside s,
// and that what encoding/json takes is taken, and taken alike.
func checkReading(t *testing.T, s string) {
	t.Helper()
	v, bad, err := parseJSON(&machine{}, s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	if bad != nil {
		if bad.offset < 0 || bad.offset > len(bad.s) || !utf8.ValidString(bad.s[:bad.offset]) {
			t.Fatalf("%q: fault at %d", s, bad.offset)
		}
		bad.text()
		if bad.problem == notANumber || bad.problem == nestedTooDeep || !json.Valid([]byte(s)) {
			return
		}
		t.Fatalf("%q is JSON, but %s", s, bad.text().En)
	}
	if json.Valid([]byte(s)) {
		if g, err := goJSON(s); err != nil || !sameAsGo(v, g) {
			t.Fatalf("%q is read as %s, by encoding/json as %v (%v)", s, value.Display(&v, 1000), g, err)
		}
	}
}

func FuzzReadJSON(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,-2.50,"\u0b85\ud83d\ude42\n"],"b":{"a":null},"":true}`,
		`[{"a":1,"b":2},{"a":3,"b":4,"a":5},{"b":6},{"a\\":7}]`,
		"\uFEFF [+5, .5, 007, 1e-29, 79228162514264337593543950336]",
		`"\ud83d\u12"`, `["a\"]`, "[[[[", `{"a":{"a":{"a":{}}}}`, "1 2", "{\n ஆ: 2}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = value.Clean(s)
		checkReading(t, s)
		if v, bad, _ := parseJSON(&machine{}, s); bad == nil {
			out, err := invoke(&machine{}, lookup("ஜேசான்_ஆக்கு"), v)
			if err != nil {
				t.Fatal(err)
			}
			back, bad, _ := parseJSON(&machine{}, out.Str())
			if work := 1 << 30; bad != nil || !value.Equal(&v, &back, &work) {
				t.Fatalf("%q is written as %q and read back otherwise", s, out.Str())
			}
		}
	})
}

func FuzzJSONRoundTrip(f *testing.F) {
	f.Add([]byte{7, 2, 1, 'a', 4, 3, '"', '\\', 0x1f, 1, 'b', 2, 8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 28, 0})
	f.Add([]byte("\x06\x04\x05\x04மழை\x01\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		b = b[:min(len(b), 512)] // more of the same finds nothing new, and costs
		checkRoundTrip(t, (&maker{bytes: b}).value(0))
	})
}
