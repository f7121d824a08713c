package decimal

import (
	"encoding/csv"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"
)

func mustParse(t testing.TB, s string) Decimal {
	t.Helper()
	d, ok := Parse(s)
	if !ok {
		t.Fatalf("Parse(%q) is false", s)
	}
	return d
}

func TestCorpusOfOperationsIsAnswered(t *testing.T) {
	for name, op := range map[string]func(a, b Decimal) (Decimal, bool){
		"add": Add, "sub": Sub, "mul": Mul, "div": Quo,
	} {
		t.Run(name, func(t *testing.T) {
			f, err := os.Open(filepath.Join("..", "testdata", "conformance", "decimal", name+".csv"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			rows, err := csv.NewReader(f).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) < 1000 {
				t.Fatalf("only %d rows", len(rows))
			}
			for _, row := range rows[1:] {
				a, b, want := mustParse(t, row[0]), mustParse(t, row[1]), row[2]
				d, ok := op(a, b)
				got := d.String()
				switch {
				case !ok && name == "div" && b.IsZero():
					got = "divide_by_zero"
				case !ok:
					got = "overflow"
				}
				if got != want {
					t.Errorf("%s(%s, %s) = %s, want %s", name, row[0], row[1], got, want)
				}
			}
		})
	}
}

func TestDecimalIs16Bytes(t *testing.T) {
	if n := unsafe.Sizeof(Decimal{}); n != 16 {
		t.Errorf("a Decimal has %d bytes", n)
	}
}

func TestResultIsRoundedOnceHalfToEven(t *testing.T) {
	const greatest = "79228162514264337593543950335"
	for _, tt := range []struct{ a, op, b, want string }{
		{"0.1", "+", "0.2", "0.3"},
		{"1", "/", "3", "0.3333333333333333333333333333"},
		{"2", "/", "3", "0.6666666666666666666666666667"},
		{"80", "/", "9", "8.888888888888888888888888889"},
		{"0.3333333333333333333333333333", "*", "3", "0.9999999999999999999999999999"},
		{"0.6666666666666666666666666667", "*", "3", "2.0000000000000000000000000001"},
		{"0.0000000000000000000000000025", "*", "0.1", "0.0000000000000000000000000002"},
		{"0.0000000000000000000000000035", "*", "0.1", "0.0000000000000000000000000004"},
		{greatest, "+", "0.4", greatest},
		{"79228162514264337593543950334", "+", "0.5", "79228162514264337593543950334"},
		{"79228162514264337593543950333", "+", "0.5", "79228162514264337593543950334"},
		{greatest, "+", "0.5", "overflow"},
		{"-" + greatest, "-", "1", "overflow"},
		{greatest, "*", "-2", "overflow"},
		{greatest, "/", "0.1", "overflow"},
		{"9.9999999999999999999999999999", "*", "9.9999999999999999999999999999", "100"},
		{"1", "/", "20000000000000000000000000000", "0"},
		{"-1", "/", "20000000000000000000000000000", "0"},
		{"0.00000000000001", "*", "-0.00000000000000000001", "0"},
		{"0", "*", "-5", "0"},
		{"0", "/", "-3", "0"},
		{"5", "-", "5", "0"},
		{"-5", "+", "5.00", "0"},
		// with one decimal it would be …335.7, which rounds to what does not fit
		{"55459713759985036315480765235", "/", "7", "7922816251426433759354395034"},
		{"10", "/", "4", "2.5"},
		{"1250", "/", "100", "12.5"},
		{"1", "/", "0.0000000000000000000000000001", "10000000000000000000000000000"},
		{"18446744073709551615", "+", "1", "18446744073709551616"},
		{"18446744073709551616", "-", "1", "18446744073709551615"},
		{"4294967296", "*", "4294967296", "18446744073709551616"},
	} {
		ops := map[string]func(a, b Decimal) (Decimal, bool){"+": Add, "-": Sub, "*": Mul, "/": Quo}
		d, ok := ops[tt.op](mustParse(t, tt.a), mustParse(t, tt.b))
		got := "overflow"
		if ok {
			got = d.String()
		}
		if got != tt.want {
			t.Errorf("%s %s %s = %s, want %s", tt.a, tt.op, tt.b, got, tt.want)
		}
	}
}

func TestRoundTakesHalfAwayFromZero(t *testing.T) {
	for _, tt := range []struct {
		d      string
		places int
		want   string
	}{
		{"2.345", 2, "2.35"},
		{"-2.345", 2, "-2.35"},
		{"2.5", 0, "3"},
		{"-2.5", 0, "-3"},
		{"-0.4", 0, "0"},
		{"1.5", 9, "1.5"},
		{"7", 0, "7"},
		{"7", -1, "7"},
		{"9.9999999999999999999999999999", 5, "10"},
		{"7.9228162514264337593543950335", 27, "7.922816251426433759354395034"},
	} {
		if got := mustParse(t, tt.d).Round(tt.places).String(); got != tt.want {
			t.Errorf("Round(%s, %d) = %s, want %s", tt.d, tt.places, got, tt.want)
		}
	}
}

func TestModHasTheSignOfTheDivisorAndIsExact(t *testing.T) {
	for _, tt := range []struct{ n, d, want, quotient string }{
		{"-23", "5", "2", "-5"},
		{"23", "-5", "-2", "-5"},
		{"-23", "-5", "-3", "4"},
		{"5.75", "0.5", "0.25", "11"},
		{"29999999999999999999999999999", "30000000000000000000000000000", "29999999999999999999999999999", "0"},
		{"79228162514264337593543950335", "0.5", "0", "overflow"},
		{"79228162514264337593543950335", "0.0000000000000000000000000003", "0", "overflow"},
		{"-0.0000000000000000000000000001", "79228162514264337593543950335", "79228162514264337593543950335", "-1"},
		{"5", "0", "0", "overflow"},
	} {
		n, d := mustParse(t, tt.n), mustParse(t, tt.d)
		if got := Mod(n, d).String(); got != tt.want {
			t.Errorf("Mod(%s, %s) = %s, want %s", tt.n, tt.d, got, tt.want)
		}
		got := "overflow"
		if q, ok := FloorQuo(n, d); ok {
			got = q.String()
		}
		if got != tt.quotient {
			t.Errorf("FloorQuo(%s, %s) = %s, want %s", tt.n, tt.d, got, tt.quotient)
		}
	}
}

// texts are inputs of the readers: what Parse answers, "" where it is false.
var texts = []struct{ s, want string }{
	{"0", "0"}, {"-0", "0"}, {"+5", "5"}, {"007", "7"}, {"5.", "5"}, {".5", "0.5"}, {"-.5", "-0.5"},
	{"1_000", "1000"}, {"1__0", "10"}, {"1_", "1"}, {"1_.5", "1.5"}, {"1._5", "1.5"}, {"5_.", "5"}, {"1_e2", "100"}, {"1._e2", "100"},
	{"_1", ""}, {"._5", ""}, {"-_5", ""}, {"1e_2", ""}, {"1e2_", ""},
	{"1e3", "1000"}, {"1e+3", "1000"}, {"1E-3", "0.001"}, {"1.e2", "100"}, {".5e1", "5"}, {"1e003", "1000"},
	{"1e28", "10000000000000000000000000000"}, {"1e-28", "0.0000000000000000000000000001"},
	{"0.1e-28", "0"}, {"1.25e-27", "0.0000000000000000000000000013"},
	{"7.9228162514264337593543950335e28", "79228162514264337593543950335"},
	{"7.92281625142643375935439503355e28", ""},
	{"1e29", ""}, {"8e28", ""}, {"0e40", ""}, {"1e-29", ""}, {"1e", ""}, {"1e+", ""}, {"e5", ""}, {"1e1.5", ""}, {"1e99999999999999999999", ""},
	{"", ""}, {"-", ""}, {"+", ""}, {".", ""}, {"-.", ""}, {"--5", ""}, {"+-5", ""}, {"- 5", ""}, {"1,000", ""}, {"5%", ""}, {"₹5", ""},
	{"0x10", ""}, {"1 2", ""}, {" 1", ""}, {"1 ", ""}, {"NaN", ""}, {"inf", ""}, {"௫", ""}, {"1.2.3", ""}, {"5..", ""}, {"1\x00", ""},
	{"1.11111111111111111111111111111xyz", ""},
	{"1.00000000000000000000000000015", "1.0000000000000000000000000002"},
	{"0.00000000000000000000000000005", "0.0000000000000000000000000001"},
	{"0.00000000000000000000000000004999", "0"},
	{"0.00000000000000000000000000000000000000000000000009", "0"},
	{"-0.00000000000000000000000000005", "-0.0000000000000000000000000001"},
	{"7.92281625142643375935439503355", "7.922816251426433759354395034"},
	{"79228162514264337593543950335", "79228162514264337593543950335"},
	{"79228162514264337593543950335.4999", "79228162514264337593543950335"},
	{"79228162514264337593543950335.5", ""},
	{"79228162514264337593543950336", ""},
	{"000000000000000000000000000000000000000000000079228162514264337593543950335", "79228162514264337593543950335"},
	{"18446744073709551615", "18446744073709551615"}, {"18446744073709551616", "18446744073709551616"},
	{"18446744073709551609.9", "18446744073709551609.9"},
}

func TestParseReadsWhatTheLanguageCallsANumber(t *testing.T) {
	for _, tt := range texts {
		got := ""
		if d, ok := Parse(tt.s); ok {
			got = d.String()
		}
		if got != tt.want {
			t.Errorf("Parse(%q) = %q, want %q", tt.s, got, tt.want)
		}
		checkText(t, tt.s)
	}
}

func TestParseTrimRemovesUnicodeWhiteSpaceOnly(t *testing.T) {
	for _, tt := range []struct{ s, want string }{
		{" \t\r\n12\v\f", "12"},
		{"\u00a0\u3000\u0085\u2028 1.5\u1680", "1.5"},
		{"\u200b1", ""},
		{"\ufeff1", ""},
		{"1 1", ""},
		{"   ", ""},
		{"\xa01", ""},
	} {
		got := ""
		if d, ok := ParseTrim(tt.s); ok {
			got = d.String()
		}
		if got != tt.want {
			t.Errorf("ParseTrim(%q) = %q, want %q", tt.s, got, tt.want)
		}
	}
}

func TestParseLiteralTakesDigitsAndAPoint(t *testing.T) {
	for _, tt := range []struct{ s, want string }{
		{"007", "7"},
		{"12.345", "12.345"},
		{"0.00000000000000000000000000005", "0.0000000000000000000000000001"},
		{"79228162514264337593543950336", ""},
		{"79228162514264337593543950335.5", ""},
		{"-1", ""}, {"1e3", ""}, {"1.", ""}, {".5", ""}, {"1_0", ""}, {"", ""},
	} {
		got := ""
		if d, ok := ParseLiteral(tt.s); ok {
			got = d.String()
		}
		if got != tt.want {
			t.Errorf("ParseLiteral(%q) = %q, want %q", tt.s, got, tt.want)
		}
	}
}

func TestParseJSONTakesAnyExponent(t *testing.T) {
	for _, tt := range []struct{ s, want string }{
		{"1e-29", "0"},
		{"5e-29", "0.0000000000000000000000000001"},
		{"0e99", "0"},
		{"123456e-33", "0.0000000000000000000000000001"},
		{"0.0000000000000000000000000000012e+30", "1.2"},
		{"1e29", ""},
		{"1e999999999999", ""},
		{"1e-999999999999", "0"},
		{"1e9223372036854775807", ""},
		{"1e-9223372036854775808", "0"},
		{"1e99999999999999999999999999", ""},
		{"-1e-99999999999999999999999999", "0"},
		{"0e99999999999999999999999999", "0"},
		{"1e-", ""},
	} {
		got := ""
		if d, ok := ParseJSON(tt.s); ok {
			got = d.String()
		}
		if got != tt.want {
			t.Errorf("ParseJSON(%q) = %q, want %q", tt.s, got, tt.want)
		}
	}
}

func TestTextsOfAMillionDigitsAreReadWithoutAllocating(t *testing.T) {
	const n = 1_000_000
	zeros := strings.Repeat("0", n)
	for _, tt := range []struct{ why, s, want string }{
		{"leading zeros", zeros + "12", "12"},
		{"zeros after the point, undone by the exponent", "0." + zeros + "15e1000001", "1.5"},
		{"zeros before the point, undone by the exponent", "15" + zeros + "e-1000000", "15"},
		{"nines", "0." + strings.Repeat("9", n), "1"},
		{"too large", strings.Repeat("9", n), ""},
		{"an exponent with leading zeros", "1e" + zeros + "2", "100"},
		{"an exponent of nines", "1e-" + strings.Repeat("9", n), "0"},
		{"rubbish at the end", "1." + zeros + "x", ""},
	} {
		t.Run(tt.why, func(t *testing.T) {
			var d Decimal
			var ok bool
			allocs := testing.AllocsPerRun(1, func() { d, ok = ParseJSON(tt.s) })
			got := ""
			if ok {
				got = d.String()
			}
			if got != tt.want || allocs != 0 {
				t.Errorf("got %q with %v allocations, want %q with none", got, allocs, tt.want)
			}
		})
	}
}

func TestInt64HoldsTheWholeRange(t *testing.T) {
	for _, n := range []int64{0, 1, -1, math.MaxInt64, math.MinInt64, math.MinInt64 + 1} {
		d := FromInt64(n)
		if got, ok := d.Int64(); !ok || got != n {
			t.Errorf("FromInt64(%d).Int64() = %d, %t", n, got, ok)
		}
		checkOne(t, d)
	}
	for _, s := range []string{"9223372036854775808", "-9223372036854775809", "0.5", "79228162514264337593543950335"} {
		if got, ok := mustParse(t, s).Int64(); ok {
			t.Errorf("Int64 of %s = %d", s, got)
		}
	}
	if got, ok := New(-500, 2).Int64(); !ok || got != -5 {
		t.Errorf("Int64 of -5.00 = %d, %t", got, ok)
	}
	if got := FromUint64(math.MaxUint64).String(); got != "18446744073709551615" {
		t.Errorf("FromUint64 of the greatest = %s", got)
	}
}

func TestAppendFixedPadsAndHasNoNegativeZero(t *testing.T) {
	for _, tt := range []struct {
		d      string
		places int
		want   string
	}{
		{"1", 2, "1.00"},
		{"12.345", 2, "12.35"},
		{"-0.004", 2, "0.00"},
		{"-0.005", 2, "-0.01"},
		{"99.995", 2, "100.00"},
		{"0", 0, "0"},
		{"1.5", 0, "2"},
		{"0.05", 28, "0.0500000000000000000000000000"},
		{"79228162514264337593543950335", 28, "79228162514264337593543950335.0000000000000000000000000000"},
		{"1.25", -3, "1"},
		{"1", 99, "1.0000000000000000000000000000"},
	} {
		if got := string(mustParse(t, tt.d).AppendFixed(nil, tt.places)); got != tt.want {
			t.Errorf("AppendFixed(%s, %d) = %s, want %s", tt.d, tt.places, got, tt.want)
		}
	}
}

func TestOperationsAgreeWithMathBig(t *testing.T) {
	r := rand.New(rand.NewPCG(96, 28))
	for range 20_000 {
		a := anyDecimal(r)
		checkPair(t, a, anyDecimal(r))
		checkPair(t, a, a)
	}
	for range 2_000 {
		checkOne(t, anyDecimal(r))
	}
}

func TestWideDivisionAgreesWithMathBig(t *testing.T) {
	toBig := func(w wide) *big.Int {
		n := new(big.Int).SetUint64(w.hi)
		n.Lsh(n, 64).Add(n, new(big.Int).SetUint64(w.mid))
		return n.Lsh(n, 64).Add(n, new(big.Int).SetUint64(w.lo))
	}
	// Digits at the edges are where a guessed quotient digit is corrected.
	r := rand.New(rand.NewPCG(1, 2))
	digit := func() uint64 {
		return [...]uint64{0, 1, 1<<64 - 1, 1 << 63, 1<<63 - 1, r.Uint64(), r.Uint64N(100)}[r.IntN(7)]
	}
	for range 100_000 {
		w := wide{digit(), digit(), digit()}
		v := wide{lo: digit(), mid: digit() >> (32 + r.IntN(32))}
		if v.isZero() {
			continue
		}
		q, rem := w.quo96(v)
		wantQ, wantRem := new(big.Int).QuoRem(toBig(w), toBig(v), new(big.Int))
		if toBig(q).Cmp(wantQ) != 0 || toBig(rem).Cmp(wantRem) != 0 {
			t.Fatalf("%x / %x = %x, %x; want %x, %x", w, v, q, rem, wantQ, wantRem)
		}
	}
}

func TestArithmeticDoesNotAllocate(t *testing.T) {
	a, b := mustParse(t, "79228162514264337593.543950335"), mustParse(t, "-3.0000000000000000001")
	buf := make([]byte, 0, 64)
	if n := testing.AllocsPerRun(100, func() {
		x, _ := Add(a, b)
		y, _ := Sub(a, b)
		z, _ := Mul(a, b)
		w, _ := Quo(a, b)
		buf = Mod(x, b).Append(buf[:0])
		buf = y.Round(3).AppendFixed(buf[:0], 5)
		w, _ = FloorQuo(w, b)
		if Cmp(z, w) == 0 {
			panic("BUG: equal")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzPair(f *testing.F) {
	f.Add(uint64(1), uint32(0), uint8(1), false, uint64(2), uint32(0), uint8(1), false)
	f.Add(uint64(2), uint32(0), uint8(0), false, uint64(3), uint32(0), uint8(0), true)
	f.Add(uint64(math.MaxUint64), uint32(math.MaxUint32), uint8(0), false, uint64(5), uint32(0), uint8(1), false)
	f.Add(uint64(math.MaxUint64), uint32(math.MaxUint32), uint8(28), true, uint64(math.MaxUint64), uint32(math.MaxUint32), uint8(28), true)
	f.Add(uint64(math.MaxUint64), uint32(0), uint8(28), true, uint64(1), uint32(1), uint8(0), false)
	f.Add(uint64(1), uint32(0), uint8(28), true, uint64(math.MaxUint64), uint32(math.MaxUint32), uint8(0), false)
	f.Add(uint64(25), uint32(0), uint8(28), false, uint64(1), uint32(0), uint8(1), false)
	f.Add(uint64(0), uint32(0), uint8(28), false, uint64(0), uint32(1<<31), uint8(0), false)
	f.Fuzz(func(t *testing.T, alo uint64, ahi uint32, ascale uint8, aneg bool, blo uint64, bhi uint32, bscale uint8, bneg bool) {
		checkPair(t, sound(alo, ahi, ascale, aneg), sound(blo, bhi, bscale, bneg))
	})
}

// FuzzSeed reaches the numbers at the edges, which FuzzPair would need luck for.
func FuzzSeed(f *testing.F) {
	f.Add(uint64(1), uint64(1))
	f.Fuzz(func(t *testing.T, s1, s2 uint64) {
		r := rand.New(rand.NewPCG(s1, s2))
		for range 8 {
			checkPair(t, anyDecimal(r), anyDecimal(r))
		}
	})
}

func FuzzOne(f *testing.F) {
	f.Add(uint64(0), uint32(0), uint8(28), true)
	f.Add(uint64(12345), uint32(0), uint8(2), true)
	f.Add(uint64(math.MaxUint64), uint32(math.MaxUint32), uint8(14), false)
	f.Add(uint64(0x8ac7230489e80000), uint32(0), uint8(19), false) // 10^19
	f.Add(uint64(1<<63), uint32(0), uint8(0), true)
	f.Fuzz(func(t *testing.T, lo uint64, hi uint32, scale uint8, neg bool) {
		checkOne(t, sound(lo, hi, scale, neg))
	})
}

func FuzzParse(f *testing.F) {
	for _, tt := range texts {
		f.Add(tt.s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkText(t, s) })
}
