package stdlib

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"etamil/engine/diag"
	"etamil/engine/value"
)

func TestText(t *testing.T) {
	check(t, []example{
		{`எழுத்து("மழை", 0)`, "ம"},
		{`எழுத்து("மழை", -1)`, ""},
		{`எழுத்து("மழை", 99)`, ""},
		{`எழுத்து("மழை", 79228162514264337593543950335)`, ""},
		{`எழுத்து("மழை", -0.5)`, ""},
		{`எழுத்து("மழை", 0.5)`, "✗ ET4011"},
		{`எழுத்து("மழை", 2.5)`, ""},
		{`எழுத்து("", 0)`, ""},
		{`எழுத்து("xyz", "2")`, "z"},
		{`எழுத்து("xyz", இன்மை)`, "x"},
		{`எழுத்து([7, [8]], 1)`, "[8]"},
		{`எழுத்து({அ: 1}, 0)`, "✗ ET4021"},
		{`எழுத்து({அ: 1}, 1)`, ""},
		{`எழுத்து(5, 0)`, "✗ ET4021"},
		{`எழுத்து(சரி("a"), 0)`, "✗ ET4021"},

		{`துண்டு("Madurai", 4, 100)`, "rai"},
		{`துண்டு("Madurai", 4, 79228162514264337593543950335)`, "rai"},
		{`துண்டு("Madurai", 7, 1)`, ""},
		{`துண்டு("Madurai", 2, 0)`, ""},
		{`துண்டு("Madurai", 2, -3)`, ""},
		{`துண்டு("Madurai", -3, 0)`, ""},
		{`துண்டு("Madurai", -3, 1)`, "✗ ET4010"},
		{`துண்டு("", -3, 1)`, "✗ ET4010"},
		{`துண்டு("Madurai", 0.5, 1)`, "✗ ET4011"},
		{`துண்டு("Madurai", 7.5, 1)`, ""},
		{`துண்டு("Madurai", "1", "2")`, "ad"},
		{`துண்டு("Madurai", 1, 0.1)`, "a"},
		{`துண்டு([1.50, "அ", இன்மை, [2]], 0, 9)`, "1.5அnil[2]"},
		{`துண்டு({}, 0, 9)`, ""},
		{`துண்டு({அ: 1}, 0, 9)`, "✗ ET4021"},
		{`துண்டு(2026, 0, 2)`, "✗ ET4021"},
		{`துண்டு(மெய், 0, 0)`, "✗ ET4021"},

		{`தேடு("banana", "ana")`, "1"},
		{`தேடு("banana", "")`, "0"},
		{`தேடு("ab", "abc")`, "-1"},
		{`தேடு("123", 2)`, "✗ ET4021"},
		{`தேடு(123, "2")`, "✗ ET4021"},
		{`தேடு("123", இன்மை)`, "✗ ET4021"},
		{`தேடு("காகாக", "காக")`, "1"},
		{`தேடு("க்ஷ", "ஷ")`, "1"},
		{`தேடு("அ🇮🇳🇮🇳", "🇮🇳")`, "1"},
		{`தேடு("🇮🇳🇮🇳", "🇳🇮")`, "-1"},
		{`தேடு(["a", "bc", "d"], "d")`, "2"},
		{`தேடு(["a", "b", "c"], "bc")`, "1"},
		{`தேடு([1, 23, 4], "23")`, "-1"}, // two letters want two elements
		{`தேடு(["", "", "ab", "c"], "ab")`, "1"},
		{`தேடு(["a"], ["a"])`, "-1"},
		{`தேடு({அ: 1}, "x")`, "✗ ET4021"},
		{`தேடு({அ: 1}, "xy")`, "-1"},
		{`தேடு({அ: 1}, "")`, "0"},

		{`தொடங்குகிறதா("ab", "abc")`, "false"},
		{`தொடங்குகிறதா("ab", "")`, "true"},
		{`தொடங்குகிறதா(["a", "b", "c"], "ab")`, "true"},
		{`தொடங்குகிறதா(5, "5")`, "✗ ET4021"},
		{`தொடங்குகிறதா("5", 5)`, "✗ ET4021"},
		{`முடிகிறதா("bill.csv", ".csv")`, "true"},
		{`முடிகிறதா("", "")`, "true"},
		{`முடிகிறதா("a", "ba")`, "false"},
		{`முடிகிறதா(["a", "b", "c"], "bc")`, "true"},

		{`ஒழுங்கு("")`, ""},
		{`ஒழுங்கு("   ")`, ""},
		{"ஒழுங்கு(\" \u00A0x\u00A0 \")", "\u00A0x\u00A0"},
		{"ஒழுங்கு(\" \u0BCDx\")", " \u0BCDx"}, // a blank with a sign is another letter
		{`ஒழுங்கு([" ", "a", " ", "b", " "])`, "a b"},
		{`ஒழுங்கு({})`, ""},
		{`ஒழுங்கு(5)`, "✗ ET4021"},

		{`திரும்பச்செய்("மா", 0)`, ""},
		{`திரும்பச்செய்("-", 1.2)`, "--"},
		{`திரும்பச்செய்("x", "abc")`, ""},
		{`திரும்பச்செய்([1], 2)`, "[1][1]"},
		{`திரும்பச்செய்("", 79228162514264337593543950335)`, ""},

		{`இடமிருந்து_நிரப்பு("பூ", 4, ".")`, "...பூ"},
		{`இடமிருந்து_நிரப்பு("123456", 3, "0")`, "123456"},
		{`இடமிருந்து_நிரப்பு("1", -4, "0")`, "1"},
		{`இடமிருந்து_நிரப்பு("1", 2.5, "0")`, "001"},
		{`இடமிருந்து_நிரப்பு("7", 3, "")`, "7"},
		{`இடமிருந்து_நிரப்பு("7", 3, 0)`, "007"},
		{`இடமிருந்து_நிரப்பு(இன்மை, 4, "-")`, "-nil"},
		{"இடமிருந்து_நிரப்பு(\"7\", 9, \"\u200D\")", "\u200D7"}, // two joiners are one letter
		{"_padRight(\"7\", 9, \"\u200D\")", "7"},
		{"_padRight(\"க\", 3, \"\u0BBE\")", "க"},
		{`_padRight("🇮", 9, "🇳")`, "🇮"},
		{`_padRight("", 4, "🇮🇳")`, "🇮🇳🇮🇳🇮🇳🇮🇳"},
		{`_padRight("1234", 2, "x")`, "1234"},
		{`_padRight("1", 3, "")`, "1"},

		{"_trim(\"\u00A0\u3000\u2028x y\u0085\")", "x y"},
		{"_trim(\"\u200Bx\")", "\u200Bx"},
		{`_trim("")`, ""},
		{`veNmY_nIkku(இன்மை)`, "nil"},
		{`_letters("")`, "[]"},
		{`_letters("a\r\nb")`, "[a, \r\n, b]"},
		{`_lines("a\r\nb\n\nc")`, "[a, b, , c]"},
		{`_lines("\n")`, "[]"},
		{`_lines("x\r")`, "[x\r]"},
		{`_lines(45)`, "[45]"},
	})
}

func TestLinesOfAnEndAreOneEmptyLine(t *testing.T) {
	v, err := eval(&machine{}, `_lines("\n")`)
	if err != nil || v.Len() != 1 {
		t.Errorf("_lines of a line end has %d lines (%v), want 1", v.Len(), err)
	}
}

func TestTamilOrder(t *testing.T) {
	check(t, []example{
		{`_sortTamil([])`, "[]"},
		{`_sortTamil(5)`, "✗ ET4021"},
		{`_sortTamil(["கா", "க", "க்", "கௌ", "கி"])`, "[க், க, கா, கி, கௌ]"},
		{`_sortTamil(["ஹ", "ன", "ஜ", "அ", "ஃ", "ஔ", "ௐ", "௧", "z", "é"])`, "[z, é, ௐ, ௧, அ, ஔ, ஃ, ன, ஜ, ஹ]"},
		{"_sortTamil([\"கோ\", \"கொ\", \"க\u0BC6\u0BBE\", \"க\u0BC7\u0BBE\"])", "[க\u0BC6\u0BBE, கொ, க\u0BC7\u0BBE, கோ]"},
		{"_sortTamil([\"க\", \"க\u200D\", \"a\"])", "[a, க\u200D, க]"}, // a joiner makes it no Tamil letter
		{"_sortTamil([\"e中\", \"e\u0301\", \"e\"])", "[e, e中, e\u0301]"},
		{`_sortTamil(["அக்ஷய", "அக்க", "அக்ஹ"])`, "[அக்க, அக்ஷய, அக்ஹ]"},
		{`_sortTamil([இன்மை, 2, 10, [1]])`, "[10, 2, [1], nil]"},
	})
}

func TestNumbers(t *testing.T) {
	check(t, []example{
		{`முழுமதிப்பு(0)`, "0"},
		{`முழுமதிப்பு("5")`, "5"},
		{`முழுமதிப்பு("abc")`, "abc"},
		{`முழுமதிப்பு([])`, "[]"},
		{`சிறியது("ஆடு", "அணில்")`, "அணில்"},
		{`சிறியது(மெய், பொய்)`, "false"},
		{`பெரியது(1, 1.0)`, "1"},
		{`கூட்டு("12a")`, "3"},
		{`கூட்டு({"1": 5, "20": 6})`, "21"},
		{`கூட்டு({})`, "0"},
		{`கூட்டு([79228162514264337593543950335, 1])`, "✗ ET4002"},
		{`கூட்டு(1)`, "✗ ET4021"},
		{`கூட்டு(இன்மை)`, "✗ ET4021"},
		{`சராசரி("13")`, "சரி(2)"},
		{`சராசரி(மெய்)`, "✗ ET4021"},
		{`மிகச்சிறியது([இன்மை, 1, 2])`, "சரி(nil)"},
		{`மிகச்சிறியது("ba")`, "சரி(a)"},
		{`மிகப்பெரியது([])`, "தவறு(காலிப் பட்டியலில் எதுவும் இல்லை  (there is nothing in an empty list))"},
		{`மிகப்பெரியது(சரி([]))`, "✗ ET4021"},
		{`சதவீதம்(99.50, 5)`, "4.98"},
		{`சதவீதம்("400", "2.5")`, "10"},
		{`சதவீதம்(79228162514264337593543950335, 200)`, "✗ ET4002"},
		{`முழு_எண்ணா(-3)`, "true"},
		{`முழு_எண்ணா(12.01)`, "false"},
		{`முழு_எண்ணா(மெய்)`, "false"},
		{`மீதி("23", "5")`, "3"},
		{`மீதி(23, "")`, "✗ ET4001"},
		{`மீதி(23, இன்மை)`, "✗ ET4001"},
		{`மீதி(23, 0.0)`, "0"},
		{`மீதி(79228162514264337593543950335, 0.5)`, "0"},
		{`மீதி(10000000000000000000000000000, 0.3)`, "0.1"},
	})
}

func TestLists(t *testing.T) {
	check(t, []example{
		{`உள்ளதா([[1, 2], {அ: 1}], {அ: 1})`, "true"},
		{`உள்ளதா("மலர்", "ர")`, "false"},
		{`உள்ளதா("மலர்", "லர்")`, "false"},
		{`உள்ளதா("மலர்", "")`, "false"},
		{`உள்ளதா("123", 2)`, "false"},
		{`உள்ளதா({"1": 1}, 1)`, "false"},
		{`உள்ளதா([1.0], 1)`, "true"},
		{`உள்ளதா(இன்மை, 1)`, "✗ ET4021"},
		{`இடம்_காண்([5, "x", சரி(1)], சரி(1))`, "2"},
		{`இடம்_காண்({}, 1)`, "✗ ET4021"},
		{`இடம்_காண்(7, 1)`, "✗ ET4021"},
		{`தலைகீழ்([])`, "[]"},
		{`தலைகீழ்({})`, "[]"},
		{`தலைகீழ்({அ: 1})`, "✗ ET4021"},
		{`தலைகீழ்(5)`, "✗ ET4021"},
		{`வெட்டு([1, 2, 3], 2, 10)`, "[3]"},
		{`வெட்டு([1, 2, 3], 3, 1)`, "[]"},
		{`வெட்டு([1, 2, 3], 0, 1.5)`, "[1, 2]"},
		{`வெட்டு([1, 2, 3], -2, 1)`, "✗ ET4010"},
		{`வெட்டு([1, 2, 3], 1.5, 1)`, "✗ ET4011"},
		{`வெட்டு({அ: 1}, 0, 1)`, "✗ ET4021"},
		{`வெட்டு(5, 0, 0)`, "✗ ET4021"},
		{`புலம்_எடு([{அ: 1}, {ஆ: 2}], "அ")`, "✗ ET4013"},
		{`புலம்_எடு([{"1": "x"}], 1.0)`, "[x]"},
		{`புலம்_எடு(["கா", "கீ"], "junk")`, "[கா, கீ]"},
		{`புலம்_எடு([[1]], 1)`, "✗ ET4010"},
		{`புலம்_எடு([[1]], 0.5)`, "✗ ET4011"},
		{`புலம்_எடு([5], 0)`, "✗ ET4021"},
		{`புலம்_எடு("கா", 0)`, "[கா]"},
		{`புலம்_எடு({பெயர்: 1}, 0)`, "[பெ]"},
		{`புலம்_எடு(5, 0)`, "✗ ET4021"},
		{`காலியா("")`, "true"},
		{`காலியா({})`, "true"},
		{`காலியா(0)`, "✗ ET4021"},

		{`_sort(["ஆ", "b", "அ", "B", "10", "9"])`, "[10, 9, B, b, அ, ஆ]"},
		{`_sort([மெய், இன்மை, பொய், மெய்])`, "[false, true, true, nil]"},
		{`_sort([[2], 1])`, "✗ ET4021"},
		{`_sort([சரி(1)])`, "✗ ET4021"},
		{`_sort("ba")`, "✗ ET4021"},
		{`_sortBy([{k: 2, n: 1}, {n: 2}, {k: "a", n: 3}, {k: 2, n: 4}, {k: 1, n: 5}], "k")`, "[{k: 1, n: 5}, {k: 2, n: 1}, {k: 2, n: 4}, {k: a, n: 3}, {n: 2}]"},
		{`_sortBy([{k: []}], "k")`, "✗ ET4021"},
		{`_sortBy([1], "k")`, "✗ ET4021"},
		{`_sortBy([], "k")`, "[]"},
		{`_unique([{a: 1, b: [2.0]}, {b: [2], a: 1}, சரி(1), தவறு(1), மெய், 1, இன்மை, "nil", இன்மை])`, "[{a: 1, b: [2]}, சரி(1), தவறு(1), true, 1, nil, nil]"},
		{`_unique({})`, "✗ ET4021"},
		{`_concat([], [])`, "[]"},
		{`_concat([1], "a")`, "✗ ET4021"},
		{`_range(1, 5, 1)`, "[1, 2, 3, 4, 5]"},
		{`_range(0.1, 0.3, 0.1)`, "[0.1, 0.2, 0.3]"},
		{`_range(3, 3, -1)`, "[3]"},
		{`_range(1, 2, -1)`, "[]"},
		{`_range("1", "2", மெய்)`, "[1, 2]"},
		{`_range(1, 2, 0)`, "✗ ET4021"},
		{`_range(1, 2, "x")`, "✗ ET4021"},
		{`_range(79228162514264337593543950334, 79228162514264337593543950335, 1)`, "[79228162514264337593543950334, 79228162514264337593543950335]"},
		{`_range(-79228162514264337593543950335, 79228162514264337593543950335, 79228162514264337593543950335)`, "[-79228162514264337593543950335, 0, 79228162514264337593543950335]"},
		{`_range(7922816251426433759354395033, 7922816251426433759354395034, 0.01)`, "✗ ET4002"},
		{`_filterBy([{k: [1]}, {k: 2}], "k", [1.0])`, "[{k: [1]}]"},
		{`_filterBy([1], "k", 1)`, "✗ ET4021"},
		{`_groupRows([{}], "k")`, "{: [{}]}"},
		{`_groupRows([{k: 1}, {k: "1"}], "k")`, "{1: [{k: 1}, {k: 1}]}"},
		{`_groupRows([[]], "k")`, "✗ ET4021"},
	})
}

func TestRecords(t *testing.T) {
	check(t, []example{
		{`புலம்_உள்ளதா({வரி: 1}, "vari")`, "false"},
		{`புலம்_உள்ளதா(["a", 1], 1)`, "true"},
		{`புலம்_உள்ளதா("மலர்", "ல")`, "true"},
		{`புலம்_உள்ளதா(இன்மை, "அ")`, "✗ ET4021"},
		{`புலம்_அல்லது({"7": "ஏழு"}, 7, "இல்லை")`, "இல்லை"},
		{`புலம்_அல்லது(["0", "b"], "0", "இல்லை")`, "0"},
		{`புலம்_அல்லது(["x"], "y", "இல்லை")`, "இல்லை"},
		{`புலம்_அல்லது("a1", "1", "இல்லை")`, "1"},
		{`புலம்_அல்லது(5, "1", "இல்லை")`, "✗ ET4021"},
		{`புலங்கள்([2, 1])`, "[2, 1]"},
		{`புலங்கள்("கா1")`, "[கா, 1]"},
		{`புலங்கள்(5)`, "✗ ET4021"},
		{`மதிப்பீடுகள்([2, 1])`, "[2, 1]"},
		{`மதிப்பீடுகள்("கா1")`, "[கா, 1]"},
		{`மதிப்பீடுகள்({})`, "[]"},
		{`மதிப்பீடுகள்(மெய்)`, "✗ ET4021"},
		{`காலியா_பதிவேடு(இன்மை)`, "✗ ET4021"},
		{`_removeField({"1": "x"}, 1)`, "{}"},
		{`_removeField({அ: 1}, "இ")`, "{அ: 1}"},
		{`_removeField([], "இ")`, "✗ ET4021"},
		{`_merge({}, {})`, "{}"},
		{`_merge({அ: 1, ஆ: 2}, {ஆ: 3, இ: 4})`, "{அ: 1, ஆ: 3, இ: 4}"},
		{`_merge({}, "x")`, "✗ ET4021"},
	})
}

func TestMoney(t *testing.T) {
	check(t, []example{
		{`காசு_வடிவம்(999)`, "999.00"},
		{`காசு_வடிவம்(1000)`, "1,000.00"},
		{`காசு_வடிவம்(-100000)`, "-1,00,000.00"},
		{`காசு_வடிவம்(99999.995)`, "1,00,000.00"},
		{`காசு_வடிவம்(79228162514264337593543950335)`, "79,22,81,62,51,42,64,33,75,93,54,39,50,335.00"},
		{`காசு_வடிவம்("2500")`, "2,500.00"},
		{`ரூபாய்(0)`, "₹0.00"},
		{`காசாக(-0.005)`, "-0.01"},
		{`கோடி(123456789)`, "12.35"},
		{`லட்சம்(999)`, "0.01"},
		{`குழுக்கள்("")`, ""},
		{`குழுக்கள்("0001234")`, "00,01,234"},
		{`குழுக்கள்([1, 22, 3, 4])`, "1,2234"},
		{`குழுக்கள்(1234)`, "✗ ET4021"},
		{`_formatNumber(1234567, 0, "intl")`, "1,234,567"},
		{`_formatNumber(-1234.005, 2, "in")`, "-1,234.01"},
		{`_formatNumber(0.5, 28, "in")`, "0.5000000000000000000000000000"},
		{`_formatNumber(79228162514264337593543950335, 28, "intl")`, "79,228,162,514,264,337,593,543,950,335.0000000000000000000000000000"},
		{`_formatNumber(1, 29, "in")`, "✗ ET4021"},
		{`_formatNumber(1, -1, "in")`, "✗ ET4021"},
		{`_formatNumber(1, 1.5, "in")`, "✗ ET4021"},
		{`_formatNumber(1, 2, "eu")`, "✗ ET4021"},
	})
}

func TestWrongArgumentNamesFunctionAndParameter(t *testing.T) {
	for _, tt := range []struct{ expr, ta, en string }{
		{
			`துண்டு(5, 0, 1)`,
			"'துண்டு': 'சரம்' இடத்தில் சொல், அணி அல்லது பொருள் தேவை; எண் கிடைத்தது",
			"'துண்டு' needs text, an array or a record as 'text', got a number",
		},
		{
			`_formatNumber(1, 2, "eu")`,
			`'எண்_வடிவம்': 'பாணி' இடத்தில் "in", "intl" அல்லது "" தேவை; 'eu' கிடைத்தது`,
			`'எண்_வடிவம்' needs "in", "intl" or "" as 'style', got 'eu'`,
		},
		{
			`ஜேசான்_படி([])`,
			"'ஜேசான்_படி': 'சரம்' இடத்தில் சொல் தேவை; அணி கிடைத்தது",
			"'ஜேசான்_படி' needs text as 'text', got an array",
		},
	} {
		_, err := eval(&machine{}, tt.expr)
		d, ok := err.(*diag.Diagnostic)
		if !ok {
			t.Errorf("%s gives %v", tt.expr, err)
			continue
		}
		if m := d.Message(); m.Ta != tt.ta || m.En != tt.en || d.Span.IsValid() {
			t.Errorf("%s\n got %s\n     %s\nwant %s\n     %s", tt.expr, m.Ta, m.En, tt.ta, tt.en)
		}
	}
}

func TestArgumentsStayAsTheyAre(t *testing.T) {
	list, _ := eval(&machine{}, `[3, 1, [2]]`)
	rec, _ := eval(&machine{}, `{b: 1, a: [2]}`)
	for _, tt := range []struct {
		name string
		args []value.Value
	}{
		{"தலைகீழ்", []value.Value{list}},
		{"_concat", []value.Value{list, list}},
		{"_merge", []value.Value{rec, rec}},
		{"_removeField", []value.Value{rec, value.String("a")}},
		{"புலங்கள்", []value.Value{list}},
	} {
		got, err := invoke(&machine{}, lookup(tt.name), tt.args...)
		if err != nil {
			t.Fatal(err)
		}
		// A change of the result must not be seen in the argument.
		if got.Kind() == value.Array {
			got.SetAt(0, value.Int(99))
		} else {
			got.Set("b", value.Int(99))
			got.Set("new", value.Int(99))
		}
		list, rec := list, rec
		if a, b := value.Display(&list, 99), value.Display(&rec, 99); a != "[3, 1, [2]]" || b != "{a: [2], b: 1}" {
			t.Errorf("after %s: %s %s", tt.name, a, b)
		}
	}
}

// hostile are calls whose results would be far larger than any memory.
var hostile = []string{
	`திரும்பச்செய்("x", 1000000000000)`,
	`திரும்பச்செய்("மழை", 79228162514264337593543950335)`,
	`இடமிருந்து_நிரப்பு("x", 1000000000000, "0")`,
	`இடமிருந்து_நிரப்பு("x", 1000000000000, "🇮🇳🇮")`,
	`_padRight("x", 79228162514264337593543950335, "ab")`,
	`_range(1, 1000000000000, 1)`,
	`_range(0, 1, 0.0000000000000000000000000001)`,
	`_range(-79228162514264337593543950335, 79228162514264337593543950335, 0.0000000000000000000000000001)`,
}

func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

func TestHostileSizesEndByTheBudgetBeforeMemoryIsTaken(t *testing.T) {
	for _, expr := range hostile {
		var memory, steps string
		taken := allocated(func() {
			memory = shows(&machine{maxBytes: 64 << 20}, expr)
			steps = shows(&machine{maxSteps: 1 << 20}, expr)
		})
		if memory != "✗ ET4032" || steps != "✗ ET4030" || taken > 1<<20 {
			t.Errorf("%s: %s with little memory, %s with few steps, %d bytes taken", expr, memory, steps, taken)
		}
	}
}

func TestHostileSizesAreRefusedWithoutABudget(t *testing.T) {
	for _, expr := range hostile {
		var got string
		if taken := allocated(func() { got = shows(&machine{}, expr) }); got != "✗ ET4032" || taken > 1<<20 {
			t.Errorf("%s: %s, %d bytes taken", expr, got, taken)
		}
	}
}

// doubled returns a value of little memory that prints 2ⁿ parts.
func doubled(n int) value.Value {
	v := value.String("abcdefgh")
	for range n {
		v, _ = value.ArrayOf([]value.Value{v, v})
	}
	return v
}

func TestSharedPartsDoNotExplode(t *testing.T) {
	big, other := doubled(60), doubled(60)
	list, _ := value.ArrayOf([]value.Value{big, other})
	rec := value.NewRecord(1)
	rec.Set("k", big)
	rows, _ := value.ArrayOf([]value.Value{rec})
	one := value.Int(1)
	for _, tt := range []struct {
		name string
		args []value.Value
	}{
		{"ஜேசான்_ஆக்கு", []value.Value{big}},
		{"_jsonPretty", []value.Value{big, one}},
		{"ஜேசான்_சரம்", []value.Value{big}},
		{"திரும்பச்செய்", []value.Value{big, one}},
		{"துண்டு", []value.Value{list, value.Int(0), one}},
		{"_sortTamil", []value.Value{list}},
		{"உள்ளதா", []value.Value{list, doubled(60)}},
		{"_unique", []value.Value{list}},
		{"_groupRows", []value.Value{rows, value.String("k")}},
		{"_filterBy", []value.Value{rows, value.String("k"), other}},
		{"புலம்_எடு", []value.Value{rows, other}},
	} {
		m := &machine{maxSteps: 1 << 22, maxBytes: 32 << 20}
		var err error
		taken := allocated(func() { _, err = invoke(m, lookup(tt.name), tt.args...) })
		d, ok := err.(*diag.Diagnostic)
		if !ok || d.Def != diag.StepBudget && d.Def != diag.MemoryBudget || taken > 256<<20 {
			t.Errorf("%s of a value that prints 2⁶⁰ parts: %v, %d bytes taken", tt.name, err, taken)
		}
	}
}

// TestCostIsLinear compares steps and allocated bytes of inputs that are ten
// times as large, of shapes that tempt to be quadratic.
func TestCostIsLinear(t *testing.T) {
	numbers := func(n int) value.Value {
		list := make([]value.Value, n)
		for i := range list {
			list[i] = value.Int(i * 7919 % n)
		}
		return value.FlatArray(list)
	}
	texts := func(n int) value.Value {
		list := make([]value.Value, n)
		for i := range list {
			list[i] = value.String(fmt.Sprintf("மழை %d", i*7919%n))
		}
		return value.FlatArray(list)
	}
	rows := func(n int) value.Value {
		list := make([]value.Value, n)
		for i := range list {
			list[i] = value.NewRecord(1)
			list[i].Set("k", value.Int(i*7919%n))
		}
		v, _ := value.ArrayOf(list)
		return v
	}
	fields := func(n int) value.Value {
		v := value.NewRecord(n)
		for i := range n {
			v.Set(fmt.Sprint("f", i), value.Int(i))
		}
		return v
	}
	text := func(s string) func(int) value.Value {
		return func(n int) value.Value { return value.String(strings.Repeat(s, n)) }
	}
	number := func(n int) value.Value { return value.Int(n) }
	one := func(int) value.Value { return value.Int(1) }
	key := func(int) value.Value { return value.String("k") }
	nothing := func(int) value.Value { return value.NilValue() }
	halfOf := func(s, end string) func(int) value.Value {
		return func(n int) value.Value { return value.String(strings.Repeat(s, n/2) + end) }
	}
	type make = func(int) value.Value
	for _, tt := range []struct {
		name string
		args []make
	}{
		{"தேடு", []make{text("காகா"), halfOf("காகா", "க")}},
		{"தேடு", []make{text("கா"), func(int) value.Value { return value.String("க") }}},
		{"தேடு", []make{texts, halfOf("a", "x")}},
		{"தொடங்குகிறதா", []make{text("மழை"), halfOf("மழை", "ம")}},
		{"முடிகிறதா", []make{text("மழை"), halfOf("மழை", "")}},
		{"ஒழுங்கு", []make{text("  \t")}},
		{"திரும்பச்செய்", []make{one, number}},
		{"இடமிருந்து_நிரப்பு", []make{one, number, func(int) value.Value { return value.String("🇮x🇮🇮") }}},
		{"_padRight", []make{text("🇮🇳"), number, func(int) value.Value { return value.String("🇮🇮🇮") }}},
		{"_letters", []make{text("மழை a")}},
		{"_lines", []make{text("ஒரு வரி\r\n")}},
		{"_sortTamil", []make{texts}},
		{"கூட்டு", []make{numbers}},
		{"மிகப்பெரியது", []make{texts}},
		{"உள்ளதா", []make{texts, nothing}},
		{"உள்ளதா", []make{text("கா"), func(int) value.Value { return value.String("க") }}},
		{"இடம்_காண்", []make{numbers, nothing}},
		{"தலைகீழ்", []make{text("மழை")}},
		{"வெட்டு", []make{numbers, one, number}},
		{"புலம்_எடு", []make{rows, key}},
		{"_sort", []make{numbers}},
		{"_sort", []make{texts}},
		{"_sortBy", []make{rows, key}},
		{"_unique", []make{texts}},
		{"_concat", []make{numbers, texts}},
		{"_range", []make{one, number, one}},
		{"_filterBy", []make{rows, key, one}},
		{"_groupRows", []make{rows, key}},
		{"புலங்கள்", []make{fields}},
		{"மதிப்பீடுகள்", []make{fields}},
		{"_removeField", []make{fields, func(int) value.Value { return value.String("f1") }}},
		{"_merge", []make{fields, fields}},
		{"குழுக்கள்", []make{text("12")}},
		{"ஜேசான்_ஆக்கு", []make{fields}},
		{"ஜேசான்_ஆக்கு", []make{text("\"மழை\"\n")}},
		{"ஜேசான்_படி", []make{func(n int) value.Value { return value.String("[" + strings.Repeat(`{"a":"\"x\""},`, n) + "0]") }}},
		{"ஜேசான்_படி", []make{func(n int) value.Value { return value.String(`"` + strings.Repeat(`\"`, n)) }}},
		{"ஜேசான்_படி", []make{func(n int) value.Value {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, `,"f%d":{"%d":1}`, i, i)
			}
			return value.String("{" + b.String()[1:] + "}")
		}}},
		{"ஜேசான்_அழகு", []make{rows, one}},
	} {
		cost := func(n int) (steps, bytes int) {
			var args []value.Value
			for _, make := range tt.args {
				args = append(args, make(n))
			}
			m := &machine{}
			bytes = allocated(func() {
				if _, err := invoke(m, lookup(tt.name), args...); err != nil {
					t.Errorf("%s: %v", tt.name, err)
				}
			})
			return m.steps, bytes
		}
		steps, bytes := cost(2000)
		moreSteps, moreBytes := cost(20000)
		// n log n of a sort makes 10 times as much 13 times the cost; a buffer
		// that doubles may be twice as large as it need be.
		if moreSteps > 20*steps+1000 || moreBytes > 15*bytes+1<<16 {
			t.Errorf("%s: %d steps and %d bytes for 2 000, %d and %d for 20 000", tt.name, steps, bytes, moreSteps, moreBytes)
		}
		if moreSteps < 20000/64 {
			t.Errorf("%s charges %d steps for 20 000", tt.name, moreSteps)
		}
	}
}

func TestMatchesFindsEveryOccurrence(t *testing.T) {
	for _, tt := range []struct{ s, w string }{
		{strings.Repeat("a", 40), "a"},
		{strings.Repeat("a", 40), "aaa"},
		{strings.Repeat("ab", 40), "abab"},
		{strings.Repeat("aabaa", 20), "aabaaaab"},
		{"", "a"}, {"abc", "abc"}, {"ab", "abc"},
	} {
		var want []int
		for i := range len(tt.s) {
			if strings.HasPrefix(tt.s[i:], tt.w) {
				want = append(want, i)
			}
		}
		if got := slices.Collect(matches(tt.s, tt.w)); !slices.Equal(got, want) {
			t.Errorf("matches of %q in %q: %v, want %v", tt.w, tt.s, got, want)
		}
	}
}

func TestPaddingEqualsOneStepAfterTheOther(t *testing.T) {
	parts := []string{"", "a", "ab", "க", "கா", "ா", "\u200D", "🇮", "🇮🇳", "🇮🇳🇮", "🇮x🇮", "\r", "\n", "\r\n", "👨\u200D", "👩", "\u0600", "क", "्", "क्"}
	letters := func(s string) int { v := value.String(s); return v.Letters() }
	for _, s := range parts {
		for _, filler := range parts {
			for _, width := range []int{0, 1, 2, 3, 7, 20} {
				for _, left := range []bool{true, false} {
					want := s
					for letters(want) < width {
						next := want + filler
						if left {
							next = filler + want
						}
						if letters(next) <= letters(want) {
							break
						}
						want = next
					}
					head, tail := s, ""
					if left {
						head, tail = "", s
					}
					got, err := pad(&machine{}, head, filler, tail, width)
					if err != nil || got.Str() != want {
						t.Errorf("%q padded with %q to %d (left: %v) = %q, %v, want %q", s, filler, width, left, got.Str(), err, want)
					}
				}
			}
		}
	}
}
