package stdlib

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"etamil/engine/decimal"
	"etamil/engine/value"
)

// rational returns v, a number, as a fraction.
func rational(v value.Value) *big.Rat {
	d := v.Dec()
	n := new(big.Int).SetUint64(uint64(d.Hi))
	n.Add(n.Lsh(n, 64), new(big.Int).SetUint64(d.Lo))
	if d.Neg {
		n.Neg(n)
	}
	return new(big.Rat).SetFrac(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.Scale)), nil))
}

// floor returns the largest whole number that is not above r.
func floor(r *big.Rat) *big.Rat {
	q, m := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	if m.Sign() < 0 {
		q.Sub(q, big.NewInt(1))
	}
	return new(big.Rat).SetInt(q)
}

func call1(t *testing.T, name string, args ...value.Value) value.Value {
	t.Helper()
	v, err := invoke(&machine{}, lookup(name), args...)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// someDecimal returns a number of up to that many digits, with a fraction of up
// to scale digits.
func someDecimal(r *rand.Rand, digits, scale int) decimal.Decimal {
	var b strings.Builder
	if r.IntN(3) == 0 {
		b.WriteByte('-')
	}
	for i := range 1 + r.IntN(digits) {
		b.WriteByte(byte('0' + r.IntN(10)))
		if i == 0 && r.IntN(8) == 0 {
			b.WriteByte('0')
		}
	}
	if n := r.IntN(scale + 1); n > 0 {
		b.WriteByte('.')
		for range n {
			b.WriteByte(byte('0' + r.IntN(10)))
		}
	}
	d, ok := decimal.Parse(b.String())
	if !ok {
		panic("BUG: " + b.String())
	}
	return d
}

func TestSharesOfRandomAmountsAreThoseOfExactFractions(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 6))
	rounds := 100_000
	if testing.Short() {
		rounds = 2_000
	}
	for range rounds {
		amount := someDecimal(r, 18, 0)
		weights := make([]value.Value, 1+r.IntN(6))
		total := new(big.Rat)
		for i := range weights {
			weights[i] = value.Num(someDecimal(r, 12, 4))
			total.Add(total, rational(weights[i]))
		}
		got := call1(t, "விகிதத்தில்_பிரி", value.Num(amount), value.FlatArray(weights))
		if total.Sign() <= 0 {
			if got.Len() != 0 {
				t.Fatalf("%d shares of weights that add up to %s", got.Len(), total)
			}
			continue
		}
		whole, sum := rational(value.Num(amount)), new(big.Rat)
		for i := range got.Len() {
			share := rational(got.At(i))
			sum.Add(sum, share)
			if i == got.Len()-1 {
				break // the rest
			}
			want := new(big.Rat).Mul(whole, rational(weights[i]))
			if want = floor(want.Quo(want, total)); share.Cmp(want) != 0 {
				t.Fatalf("share %d of %s: %s, want %s", i, amount, share, want)
			}
		}
		if sum.Cmp(whole) != 0 {
			t.Fatalf("shares of %s add up to %s", amount, sum)
		}

		n := 1 + r.IntN(15)
		equal := call1(t, "சமமாகப்_பிரி", value.Num(amount), value.Int(n))
		sum.SetInt64(0)
		most := floor(new(big.Rat).Quo(whole, big.NewRat(int64(n), 1)))
		for i := range equal.Len() {
			share := rational(equal.At(i))
			sum.Add(sum, share)
			if over := new(big.Rat).Sub(share, most); over.Sign() < 0 || over.Cmp(big.NewRat(1, 1)) > 0 {
				t.Fatalf("share %d of %s in %d: %s", i, amount, n, share)
			}
			if i > 0 && rational(equal.At(i-1)).Cmp(share) < 0 {
				t.Fatalf("a later share of %s in %d is larger", amount, n)
			}
		}
		if sum.Cmp(whole) != 0 || equal.Len() != n {
			t.Fatalf("%d shares of %s add up to %s", equal.Len(), amount, sum)
		}
	}
}

func TestThePaiseOfARateAreThoseOfExactFractions(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 7))
	rounds := 100_000
	if testing.Short() {
		rounds = 2_000
	}
	for range rounds {
		digits, scale := 1+r.IntN(28), r.IntN(10)
		digits -= min(scale, digits-1)
		amount, num, den := someDecimal(r, digits, scale), someDecimal(r, 9, 3), someDecimal(r, 6, 3)
		if den.IsZero() {
			continue
		}
		a, n, d := rational(value.Num(amount.Abs())), rational(value.Num(num)), rational(value.Num(den))
		want := new(big.Rat).Add(a.Mul(a, n), floor(new(big.Rat).Quo(d, big.NewRat(2, 1))))
		want = floor(want.Quo(want, d))
		if amount.Sign() < 0 {
			want.Neg(want)
		}
		v, err := invoke(&machine{}, lookup("விழுக்காடு_காசு"), value.Num(amount), value.Num(num), value.Num(den))
		if want.Num().BitLen() > 96 {
			if err == nil {
				t.Fatalf("%s·%s/%s = %s, want an overflow", amount, num, den, v.Dec())
			}
			continue
		}
		if err != nil || rational(v).Cmp(want) != 0 {
			t.Fatalf("%s·%s/%s = %s, %v, want %s", amount, num, den, v.Dec(), err, want)
		}
	}
}

func TestPaise(t *testing.T) {
	check(t, []example{
		{`விழுக்காடு_காசு(8, 1, 0)`, "0"},
		{`விழுக்காடு_காசு(8, 1, "0")`, "✗ ET4001"},
		{`விழுக்காடு_காசு(8, 1, இன்மை)`, "✗ ET4001"},
		{`விழுக்காடு_காசு(8, 1, "x")`, "✗ ET4001"},
		{`விழுக்காடு_காசு(79228162514264337593543950335, 79228162514264337593543950335, 79228162514264337593543950335)`, "79228162514264337593543950335"},
		{`விழுக்காடு_காசு(79228162514264337593543950335, 2, 1)`, "✗ ET4002"},
		{`விழுக்காடு_காசு(-3, 1, 2)`, "-2"},
		{`விழுக்காடு_காசு("30", "5", "100")`, "2"},
		{`சமமாகப்_பிரி(1000, 2.5)`, "✗ ET4021"},
		{`சமமாகப்_பிரி(10.5, 0)`, "✗ ET4021"},
		{`சமமாகப்_பிரி(100, "0")`, "[]"},
		{`சமமாகப்_பிரி(100, "-2")`, "[]"},
		{`சமமாகப்_பிரி(100, இன்மை)`, "✗ ET4001"},
		{`சமமாகப்_பிரி(100, [])`, "✗ ET4001"},
		{`சமமாகப்_பிரி(100, 1000000000000)`, "✗ ET4032"},
		{`சமமாகப்_பிரி(79228162514264337593543950335, 2)`, "[39614081257132168796771975168, 39614081257132168796771975167]"},
		{`விகிதத்தில்_பிரி(100, "12")`, "[33, 67]"},
		{`விகிதத்தில்_பிரி(100, {"1": 0, "3": 0})`, "[25, 75]"},
		{`விகிதத்தில்_பிரி(100, 5)`, "✗ ET4021"},
		{`விகிதத்தில்_பிரி(100, [3, -1])`, "[150, -50]"},
		{`விகிதத்தில்_பிரி(10.5, [1, 1])`, "[5, 5.5]"},
		{`விகிதத்தில்_பிரி(100, [79228162514264337593543950335, 79228162514264337593543950335])`, "[50, 50]"},
		{`விகிதத்தில்_பிரி(79228162514264337593543950335, [1, -0.5])`, "✗ ET4002"},
		{`காசு_கூட்டல்(5)`, "✗ ET4021"},
		{`காசு_உரை(79228162514264337593543950335)`, "792281625142643375935439503.35"},
		{`காசு_உரை(-0.5)`, "-0.01"},
		{`காசு_உரை(இன்மை)`, "0.00"},
		{`ரூபாயாக(79228162514264337593543950335)`, "✗ ET4002"},
		{`காசு_மடங்கு(79228162514264337593543950335, 2)`, "✗ ET4002"},
		{`காசு_கூட்டு(79228162514264337593543950335, 1)`, "✗ ET4002"},
		{`rUpAyum_pYcAvum("15", "7")`, "1507"},
	})
}
