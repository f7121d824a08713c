package stdlib

import (
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"etamil/engine/value"
)

// someText returns a text of letters of many kinds.
func someText(r *rand.Rand, most int) string {
	pieces := []string{"a", "Z", "0", " ", "%", "+", "&", "=", "/", ",", "\"", "\n", "\r\n", "\r", "அ", "ம", "ா", "்", "🙏", "₹", "\u200D", "\x00", "é"}
	var b strings.Builder
	for range r.IntN(most + 1) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

func TestEncodingsAgreeWithOthers(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 5_000 {
		s := someText(r, 20)
		v := value.String(s)
		if got, want := text1(t, "அறுபத்துநான்கு_ஆக்கு", v), base64.StdEncoding.EncodeToString([]byte(s)); got != want {
			t.Fatalf("base64 of %q: %s, want %s", s, got, want)
		}
		if got, want := text1(t, "பதினாறு_ஆக்கு", v), hex.EncodeToString([]byte(s)); got != want {
			t.Fatalf("hexadecimal of %q: %s, want %s", s, got, want)
		}
		encoded := text1(t, "இணைய_மறை", v)
		if back, err := url.PathUnescape(encoded); err != nil || back != s {
			t.Fatalf("the address of %q: %s, which others read as %q, %v", s, encoded, back, err)
		}
		for name, other := range map[string]string{
			"அறுபத்துநான்கு_படி": base64.RawURLEncoding.EncodeToString([]byte(s)),
			"பதினாறு_படி":        strings.ToUpper(hex.EncodeToString([]byte(s))),
			"இணைய_படி":           strings.ToLower(url.PathEscape(s)),
		} {
			if name == "இணைய_படி" && strings.ToLower(s) != s {
				continue
			}
			v := call1(t, name, value.String(other))
			if inside := v.Inside(); v.Kind() != value.Success || inside.Str() != s {
				t.Fatalf("%s of %s: %s, want %q", name, other, value.Display(&v, 200), s)
			}
		}
	}
}

func text1(t *testing.T, name string, v value.Value) string {
	t.Helper()
	got := call1(t, name, v)
	return got.Str()
}

func TestEncodings(t *testing.T) {
	check(t, []example{
		{`அறுபத்துநான்கு_படி("T")`, "சரி()"},
		{`அறுபத்துநான்கு_படி("TR==")`, "சரி(M)"},
		{`அறுபத்துநான்கு_படி("=T=W=F=u=")`, "சரி(Man)"},
		{`அறுபத்துநான்கு_படி("அ")`, "தவறு('அ' base64 எழுத்து அல்ல  ('அ' is no character of base64))"},
		{`அறுபத்துநான்கு_படி("a b")`, "தவறு(' ' base64 எழுத்து அல்ல  (' ' is no character of base64))"},
		{`அறுபத்துநான்கு_படி(1234)`, "தவறு(பைட்டுகள் UTF-8 அல்ல  (the bytes are not UTF-8))"},
		{`பதினாறு_படி("4")`, "தவறு(இலக்கங்களின் எண்ணிக்கை ஒற்றைப்படை  (the count of digits is odd))"},
		{`பதினாறு_படி("அஅ")`, "தவறு('அ' பதினாறடிமான இலக்கம் அல்ல  ('அ' is no hexadecimal digit))"},
		{`_urlDecode("%")`, "தவறு(% குறிக்குப் பின் இரு பதினாறடிமான இலக்கங்கள் வேண்டும்  (% needs two hexadecimal digits behind it))"},
		{`_urlDecode("%c0%80")`, "தவறு(பைட்டுகள் UTF-8 அல்ல  (the bytes are not UTF-8))"},
		{`_urlDecode("%2525")`, "சரி(%25)"},
		{`_urlEncode(இன்மை)`, "nil"},
	})
}

func TestCSVAgreesWithEncodingCSV(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 80))
	for range 5_000 {
		var rows [][]string
		list := []value.Value{}
		for range r.IntN(5) {
			row := make([]string, 1+r.IntN(4))
			elems := make([]value.Value, len(row))
			for i := range row {
				// encoding/csv reads CR LF inside quotes as LF.
				row[i] = strings.ReplaceAll(someText(r, 4), "\r", "")
				elems[i] = value.String(row[i])
			}
			rows = append(rows, row)
			list = append(list, value.FlatArray(elems))
		}
		given, _ := value.ArrayOf(list)
		text := call1(t, "தரவுரை_ஆக்கு", given, value.String(","))
		reader := csv.NewReader(strings.NewReader(text.Str()))
		reader.FieldsPerRecord = -1
		other, err := reader.ReadAll()
		if err != nil || len(other) != len(rows) {
			t.Fatalf("%q: others read %q, %v", text.Str(), other, err)
		}
		for i := range rows {
			if strings.Join(other[i], "\x1f") != strings.Join(rows[i], "\x1f") {
				t.Fatalf("%q: others read %q, want %q", text.Str(), other[i], rows[i])
			}
		}
		back := call1(t, "தரவுரை_பகு", text, value.String(","))
		inside := back.Inside()
		work := 1 << 20
		if back.Kind() != value.Success || !value.Equal(&inside, &given, &work) {
			t.Fatalf("%q is read as %s", text.Str(), value.Display(&back, 400))
		}
	}
}

func TestCSV(t *testing.T) {
	check(t, []example{
		{`_parseCSV("", ",")`, "சரி([])"},
		{`_parseCSV("\n\r\n\n", ",")`, "சரி([])"},
		{"_parseCSV(\"\uFEFFa,b\", \",\")", "சரி([[a, b]])"},
		{`_parseCSV("a,", ",")`, "சரி([[a, ]])"},
		{`_parseCSV(",", ",")`, "சரி([[, ]])"},
		{`_parseCSV("a\r", ",")`, "சரி([[a\r]])"},
		{`_parseCSV("\"\"", ",")`, "சரி([[]])"},
		{`_parseCSV("\"a\"\r\n\"b\"", ",")`, "சரி([[a], [b]])"},
		{`_parseCSV("\"a\"\rb", ",")`, "தவறு(மூடிய மேற்கோளுக்குப் பின் பிரிப்பானோ வரிமுடிவோ வேண்டும், வரி 1  (only a separator or a line end may follow a closing quotation mark, line 1))"},
		{`_parseCSV("a\n\"b\nc\"d", ",")`, "தவறு(மூடிய மேற்கோளுக்குப் பின் பிரிப்பானோ வரிமுடிவோ வேண்டும், வரி 3  (only a separator or a line end may follow a closing quotation mark, line 3))"},
		{`_parseCSV("a\n\n\"b\nc\nd", ",")`, "தவறு(மேற்கோள் மூடப்படவில்லை, வரி 3  (a quotation mark is not closed, line 3))"},
		{`_parseCSV(12.50, ".")`, "சரி([[12, 5]])"},
		{`_parseCSV("aஅb", "அ")`, "சரி([[a, b]])"},
		{`_parseCSV("a", 5)`, "✗ ET4021"},
		{`_parseCSV("a", "ab")`, "✗ ET4021"},
		{`_parseCSV("a", "\"")`, "✗ ET4021"},
		{`_parseCSV("a", "\n")`, "✗ ET4021"},
		{`_formatCSV([[]], ",")`, "\n"},
		{`_formatCSV([[இன்மை]], ",")`, "\"\"\n"},
		{`_formatCSV([["", ""]], ",")`, ",\n"},
		{`_formatCSV([[[1, 2]]], ",")`, "\"[1, 2]\"\n"},
		{`_formatCSV(["a"], ",")`, "✗ ET4021"},
		{`_formatCSV("a", ",")`, "✗ ET4021"},
	})
}

func TestDates(t *testing.T) {
	check(t, []example{
		{`_isDate("0001-01-01")`, "true"},
		{`_isDate("0000-12-31")`, "false"},
		{`_isDate("2026-12-31 ")`, "false"},
		{`_isDate(20261231)`, "false"},
		{`_dateParts("0001-01-01")`, "சரி({ஆண்டு: 1, ஆண்டு_நாள்: 1, கிழமை: 1, நாள்: 1, நிதியாண்டு: 0, மாதம்: 1})"},
		{`_dateParts("9999-12-31")`, "சரி({ஆண்டு: 9999, ஆண்டு_நாள்: 365, கிழமை: 5, நாள்: 31, நிதியாண்டு: 9999, மாதம்: 12})"},
		{`_dateParts("2026-2-3")`, "தவறு('2026-2-3' ஒரு தேதி அல்ல  ('2026-2-3' is no date))"},
		{`_addMonths("2026-01-31", "1")`, "2026-02-28"},
		{`_addMonths("2026-01-31", "x")`, "2026-01-31"},
		{`_addMonths("2026-01-31", -0.9)`, "2026-01-31"},
		{`_addMonths("2026-01-31", -1.9)`, "2025-12-31"},
		{`_addMonths("0001-01-01", -1)`, "✗ ET4002"},
		{`_addMonths("0001-01-31", 119987)`, "9999-12-31"},
		{`_addMonths("0001-01-31", 119988)`, "✗ ET4002"},
		{`_addMonths("2026-01-31", 79228162514264337593543950335)`, "✗ ET4002"},
		{`_addMonths(இன்மை, 1)`, "✗ ET4026"},
		{`_formatDate("0009-08-07", "YYYY|YY|MM|M|DD|D|YYY")`, "0009|09|08|8|07|7|09Y"},
		{`_formatDate("2026-08-09", "WWWW W")`, "ஞாயிறுW W"},
		{`_formatDate("2026-08-09", "அ")`, "அ"},
		{`_formatDate("2026-02-30", "")`, "✗ ET4026"},
	})
}

func TestPayLinks(t *testing.T) {
	check(t, []example{
		{"முகவரி_சரியா(\"a\u00A0@b\")", "false"},
		{"முகவரி_சரியா(\"a\u0085@b\")", "false"},
		{"முகவரி_சரியா(\"a\u200B@b\")", "true"},
		{`முகவரி_சரியா([1])`, "false"},
		{`கை_பகுதி("a@ா")`, "ா"},
		{`தொகை_சரியா(0.010)`, "true"},
		{`தொகை_சரியா(79228162514264337593543950335)`, "true"},
		{`தொகை_உரை(-0.001)`, "0.00"},
		{`தொகை_உரை("x")`, "0.00"},
		{"உரை_மறை(\"\u0001\u007F\u0085ா\")", "%01%7F%C2%85ா"},
		{`உரை_மறை(இன்மை)`, "nil"},
		{`இணைப்பைப்_படி("upi://pay?a=1&அ=ஆ&a=2&=3&b")`, "சரி({: 3, a: 2, அ: ஆ})"},
		{`இணைப்பைப்_படி(["upi://", "pay?", "a=1"])`, "சரி({a: 1})"},
		{`இணைப்பைப்_படி(5)`, "✗ ET4021"},
		{`இணைப்பைப்_படி({})`, "தவறு(இணைப்பு upi://pay? எனத் தொடங்கவில்லை  (the link does not begin with upi://pay?))"},
	})
}
