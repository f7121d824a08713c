package decimal

import (
	"math/big"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// What the package must answer, said a second time with math/big and without
// regard to speed.

var (
	bigTen   = big.NewInt(10)
	big2to96 = new(big.Int).Lsh(big.NewInt(1), 96)
)

func bigPow10(n int) *big.Int {
	return new(big.Int).Exp(bigTen, big.NewInt(int64(n)), nil)
}

// rat returns the exact value of d.
func rat(d Decimal) *big.Rat {
	c := new(big.Int).SetUint64(uint64(d.Hi))
	c.Lsh(c, 64).Add(c, new(big.Int).SetUint64(d.Lo))
	if d.Neg {
		c.Neg(c)
	}
	return new(big.Rat).SetFrac(c, bigPow10(int(d.Scale)))
}

// rounding says whether to go away from zero, given the quotient and how twice
// the remainder compares with the divisor.
type rounding func(q *big.Int, cmp int) bool

func toEven(q *big.Int, cmp int) bool       { return cmp > 0 || cmp == 0 && q.Bit(0) == 1 }
func awayFromZero(_ *big.Int, cmp int) bool { return cmp >= 0 }

// roundTo returns |x| · 10^scale rounded to a whole number.
func roundTo(x *big.Rat, scale int, up rounding) *big.Int {
	n := new(big.Int).Abs(x.Num())
	n.Mul(n, bigPow10(scale))
	q, r := new(big.Int).QuoRem(n, x.Denom(), new(big.Int))
	if up(q, r.Lsh(r, 1).Cmp(x.Denom())) {
		q.Add(q, big.NewInt(1))
	}
	return q
}

// fit returns x at the largest scale at which it fits when rounded, and false
// when there is none.
func fit(x *big.Rat, up rounding) (*big.Rat, bool) {
	for scale := MaxScale; scale >= 0; scale-- {
		if c := roundTo(x, scale, up); c.Cmp(big2to96) < 0 {
			if x.Sign() < 0 {
				c.Neg(c)
			}
			return new(big.Rat).SetFrac(c, bigPow10(scale)), true
		}
	}
	return nil, false
}

func floor(x *big.Rat) *big.Int {
	q := new(big.Int)
	q.DivMod(x.Num(), x.Denom(), new(big.Int)) // Euclidean: the floor, as a denominator is positive
	return q
}

func trimmed(x *big.Rat, places int) string {
	s := x.FloatString(places)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		s = "0"
	}
	return s
}

var numberText = regexp.MustCompile(`^([+-]?)(?:([0-9][0-9_]*)(?:\.([0-9_]*))?|\.([0-9][0-9_]*))(?:[eE]([+-]?[0-9]+))?$`)

// readText is the oracle of Parse (maxExp 28) and ParseJSON (maxExp < 0: any).
func readText(s string, maxExp int) (*big.Rat, bool) {
	m := numberText.FindStringSubmatch(s)
	if m == nil {
		return nil, false
	}
	whole := strings.ReplaceAll(m[2], "_", "")
	fraction := strings.ReplaceAll(m[3]+m[4], "_", "")
	c, _ := new(big.Int).SetString("0"+whole+fraction, 10)
	exp := 0
	if m[5] != "" {
		var err error
		if exp, err = strconv.Atoi(m[5]); err != nil {
			exp = 1 << 40
			if strings.HasPrefix(m[5], "-") {
				exp = -exp
			}
		}
		if maxExp >= 0 && (exp > maxExp || exp < -maxExp) {
			return nil, false
		}
	}
	if c.Sign() == 0 {
		return new(big.Rat), true
	}
	exp -= len(fraction)
	if exp > 100 {
		return nil, false
	}
	if exp < -len(s)-100 {
		return new(big.Rat), true
	}
	x := new(big.Rat).SetInt(c)
	if exp >= 0 {
		x.Mul(x, new(big.Rat).SetInt(bigPow10(exp)))
	} else {
		x.Quo(x, new(big.Rat).SetInt(bigPow10(-exp)))
	}
	if m[1] == "-" {
		x.Neg(x)
	}
	return fit(x, awayFromZero)
}

// check reports d when its fields break a promise or it is not the wanted number.
func check(t *testing.T, what string, d Decimal, ok bool, want *big.Rat, wantOK bool) {
	t.Helper()
	if ok != wantOK {
		t.Fatalf("%s = %v, %t; want %s, %t", what, d, ok, show(want), wantOK)
	}
	if !ok {
		return
	}
	if d.Scale > MaxScale || d.Neg && d.IsZero() {
		t.Fatalf("%s = %#v, which is no sound Decimal", what, d)
	}
	if rat(d).Cmp(want) != 0 {
		t.Fatalf("%s = %v, want %s", what, d, show(want))
	}
}

func show(x *big.Rat) string {
	if x == nil {
		return "nothing"
	}
	return trimmed(x, 60)
}

// checkPair compares every operation of two numbers with the oracle.
func checkPair(t *testing.T, a, b Decimal) {
	t.Helper()
	x, y := rat(a), rat(b)
	sa, sb := a.String(), b.String()

	got, ok := Add(a, b)
	want, wantOK := fit(new(big.Rat).Add(x, y), toEven)
	check(t, sa+" + "+sb, got, ok, want, wantOK)

	got, ok = Sub(a, b)
	want, wantOK = fit(new(big.Rat).Sub(x, y), toEven)
	check(t, sa+" - "+sb, got, ok, want, wantOK)

	got, ok = Mul(a, b)
	want, wantOK = fit(new(big.Rat).Mul(x, y), toEven)
	check(t, sa+" * "+sb, got, ok, want, wantOK)

	if got, want := Cmp(a, b), x.Cmp(y); got != want {
		t.Fatalf("Cmp(%s, %s) = %d, want %d", sa, sb, got, want)
	}
	if got, want := Equal(a, b), x.Cmp(y) == 0; got != want {
		t.Fatalf("Equal(%s, %s) = %t, want %t", sa, sb, got, want)
	}

	if y.Sign() == 0 {
		if got, ok := Quo(a, b); ok {
			t.Fatalf("%s / 0 = %v", sa, got)
		}
		if got, ok := FloorQuo(a, b); ok {
			t.Fatalf("floor(%s / 0) = %v", sa, got)
		}
		if got := Mod(a, b); !got.IsZero() {
			t.Fatalf("%s mod 0 = %v", sa, got)
		}
		return
	}
	ratio := new(big.Rat).Quo(x, y)
	got, ok = Quo(a, b)
	want, wantOK = fit(ratio, toEven)
	check(t, sa+" / "+sb, got, ok, want, wantOK)

	q := floor(ratio)
	got, ok = FloorQuo(a, b)
	check(t, "floor("+sa+" / "+sb+")", got, ok, new(big.Rat).SetInt(q), new(big.Int).Abs(q).Cmp(big2to96) < 0)

	mod := new(big.Rat).SetInt(q)
	mod.Sub(x, mod.Mul(mod, y))
	want, wantOK = fit(mod, toEven)
	if !wantOK {
		t.Fatalf("%s mod %s does not fit", sa, sb)
	}
	check(t, sa+" mod "+sb, Mod(a, b), true, want, true)
}

// checkOne compares every operation of one number with the oracle.
func checkOne(t *testing.T, d Decimal) {
	t.Helper()
	x := rat(d)
	s := d.String()
	if want := trimmed(x, MaxScale); s != want {
		t.Fatalf("String of %#v = %q, want %q", d, s, want)
	}
	for name, parse := range map[string]func(string) (Decimal, bool){
		"Parse": Parse, "ParseTrim": ParseTrim, "ParseJSON": ParseJSON,
	} {
		back, ok := parse(s)
		check(t, name+" of String", back, ok, x, true)
	}
	if !d.Neg {
		back, ok := ParseLiteral(s)
		check(t, "ParseLiteral of String", back, ok, x, true)
	}

	for places := -1; places <= MaxScale+1; places++ {
		p := max(places, 0)
		c := roundTo(x, p, awayFromZero)
		if d.Neg {
			c.Neg(c)
		}
		want := new(big.Rat).SetFrac(c, bigPow10(p))
		check(t, "Round of "+s, d.Round(places), true, want, true)
		if places < 0 || places > MaxScale {
			continue
		}
		wantText := x.FloatString(places)
		if strings.Trim(wantText, "-0.") == "" {
			wantText = strings.TrimPrefix(wantText, "-")
		}
		if got := string(d.AppendFixed([]byte("x"), places)); got != "x"+wantText {
			t.Fatalf("AppendFixed of %s, %d = %q, want %q", s, places, got, "x"+wantText)
		}
	}

	down := floor(x)
	up := new(big.Int).Neg(floor(new(big.Rat).Neg(x)))
	cut := new(big.Int).Quo(x.Num(), x.Denom())
	check(t, "Floor of "+s, d.Floor(), true, new(big.Rat).SetInt(down), true)
	check(t, "Ceil of "+s, d.Ceil(), true, new(big.Rat).SetInt(up), true)
	check(t, "Trunc of "+s, d.Trunc(), true, new(big.Rat).SetInt(cut), true)
	check(t, "strip of "+s, d.strip(), true, x, true)
	check(t, "Negate of "+s, d.Negate(), true, new(big.Rat).Neg(x), true)
	check(t, "Abs of "+s, d.Abs(), true, new(big.Rat).Abs(x), true)
	percent, _ := fit(new(big.Rat).Quo(x, big.NewRat(100, 1)), toEven)
	check(t, s+" percent", d.Percent(), true, percent, true)

	if got, want := d.Sign(), x.Sign(); got != want {
		t.Fatalf("Sign of %s = %d", s, got)
	}
	if got, want := d.IsInt(), x.IsInt(); got != want {
		t.Fatalf("IsInt of %s = %t", s, got)
	}
	n, ok := d.Int64()
	if wantOK := x.IsInt() && x.Num().IsInt64(); ok != wantOK || ok && n != x.Num().Int64() {
		t.Fatalf("Int64 of %s = %d, %t", s, n, ok)
	}
}

// checkText compares the readers with the oracle.
func checkText(t *testing.T, s string) {
	t.Helper()
	got, ok := Parse(s)
	want, wantOK := readText(s, MaxScale)
	check(t, "Parse of "+strconv.Quote(s), got, ok, want, wantOK)
	got, ok = ParseJSON(s)
	want, wantOK = readText(s, -1)
	check(t, "ParseJSON of "+strconv.Quote(s), got, ok, want, wantOK)
	got, ok = ParseTrim(" \u00a0" + s + "\u3000\n")
	want, wantOK = readText(strings.TrimSpace(s), MaxScale)
	check(t, "ParseTrim of "+strconv.Quote(s), got, ok, want, wantOK)
	got, ok = ParseLiteral(s)
	if literalText.MatchString(s) {
		want, wantOK = readText(s, MaxScale)
	} else {
		want, wantOK = nil, false
	}
	check(t, "ParseLiteral of "+strconv.Quote(s), got, ok, want, wantOK)
}

var literalText = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

// sound makes a Decimal of arbitrary fields.
func sound(lo uint64, hi uint32, scale uint8, neg bool) Decimal {
	return Decimal{lo, hi, scale % (MaxScale + 1), neg && lo|uint64(hi) != 0}
}

// anyDecimal draws numbers of all lengths, many of them at an edge: next to a
// power of two or ten, with zeros at the end, or small.
func anyDecimal(r *rand.Rand) Decimal {
	c := wide{lo: r.Uint64(), mid: uint64(r.Uint32())}
	switch r.IntN(8) {
	case 0:
		c = wide{lo: 1<<64 - 1, mid: 1<<32 - 1}.sub(wide{lo: uint64(r.IntN(20))})
	case 1:
		c = wide{lo: 1}.mulPow10(uint(r.IntN(29))).add64(uint64(r.IntN(3)))
	case 2:
		c, _ = c.quoPow10(uint(r.IntN(29)))
		c = c.mulPow10(uint(r.IntN(10)))
		if !c.fits() {
			c = wide{lo: c.lo}
		}
	case 3:
		c = wide{lo: uint64(r.IntN(1000))}
	case 4:
		c = wide{lo: c.lo}
	case 5:
		n := r.IntN(96)
		c = wide{lo: 1}
		for range n {
			c = c.mul64(2)
		}
		if r.IntN(2) == 0 {
			c = c.sub(wide{lo: 1})
		}
	default:
		for range r.IntN(96) {
			c.lo = c.lo>>1 | c.mid<<63
			c.mid >>= 1
		}
	}
	return fromWide(c, uint8(r.IntN(MaxScale+1)), r.IntN(2) == 0)
}
