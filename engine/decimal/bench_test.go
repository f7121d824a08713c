package decimal

import "testing"

// The operands are what money looks like, then what does not fit 64 bits.
var operands = []struct{ name, a, b string }{
	{"SameScale", "1999.50", "12.25"},
	{"OtherScale", "1999.50", "0.125"},
	{"Long", "79228162514264337593.543950335", "-3.0000000000000000001"},
}

func benchmarkPairs(b *testing.B, op func(x, y Decimal) (Decimal, bool)) {
	for _, tt := range operands {
		x, y := mustParse(b, tt.a), mustParse(b, tt.b)
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				op(x, y)
			}
		})
	}
}

// Direct calls, where the compiler could inline.
func BenchmarkAddDirect(b *testing.B) {
	x, y := mustParse(b, "1999.50"), mustParse(b, "12.25")
	for b.Loop() {
		Add(x, y)
	}
}

func BenchmarkMulDirect(b *testing.B) {
	x, y := mustParse(b, "1999.50"), mustParse(b, "0.05")
	for b.Loop() {
		Mul(x, y)
	}
}

func BenchmarkCmpDirect(b *testing.B) {
	x, y := mustParse(b, "1999.50"), mustParse(b, "12.25")
	for b.Loop() {
		Cmp(x, y)
	}
}

func BenchmarkAdd(b *testing.B) { benchmarkPairs(b, Add) }
func BenchmarkSub(b *testing.B) { benchmarkPairs(b, Sub) }
func BenchmarkMul(b *testing.B) { benchmarkPairs(b, Mul) }

func BenchmarkQuo(b *testing.B) {
	benchmarkPairs(b, Quo)
	for _, tt := range []struct{ name, a, b string }{
		{"Hundredth", "1999.50", "100"},
		{"Twelfth", "1999.50", "12"},
	} {
		x, y := mustParse(b, tt.a), mustParse(b, tt.b)
		b.Run(tt.name, func(b *testing.B) {
			for b.Loop() {
				Quo(x, y)
			}
		})
	}
}

func BenchmarkCmp(b *testing.B) {
	benchmarkPairs(b, func(x, y Decimal) (Decimal, bool) { return Decimal{}, Cmp(x, y) < 0 })
}

func BenchmarkRound(b *testing.B) {
	benchmarkPairs(b, func(x, _ Decimal) (Decimal, bool) { return x.Round(1), true })
}

func BenchmarkMod(b *testing.B) {
	benchmarkPairs(b, func(x, y Decimal) (Decimal, bool) { return Mod(x, y), true })
}

// BenchmarkTax is the loop by which an interpreter of the language is measured.
func BenchmarkTax(b *testing.B) {
	price, one, rate := FromInt64(100), FromInt64(1), New(5, 2)
	var total Decimal
	n := 0
	for b.Loop() {
		if n++; n == 1_000_000 {
			n, price, total = 0, FromInt64(100), Decimal{}
		}
		net, _ := Add(price, one)
		net, _ = Sub(net, one)
		tax, _ := Mul(net, rate)
		total, _ = Add(total, tax)
		price, _ = Add(price, one)
	}
}

func BenchmarkParse(b *testing.B) {
	for _, tt := range []struct{ name, s string }{
		{"Small", "1999.50"},
		{"Long", "79228162514264337593.543950335"},
	} {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Parse(tt.s)
			}
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	buf := make([]byte, 0, 64)
	for _, s := range []string{"7", "1999.50", "79228162514264337593.543950335"} {
		d := mustParse(b, s)
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				buf = d.Append(buf[:0])
			}
		})
	}
}
