package stdlib

import (
	"math/big"

	"etamil/engine/builtin"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// paiseFunctions are those of nUlakam/kAcu.qmz. Amounts are paise.
var paiseFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "kAcu.fromRupeesAndPaise",
		Name: builtin.Spelling{Tamil: "ரூபாயும்_பைசாவும்", Roman: "rUpAyum_pYcAvum"},
		Args: anyArgs("ரூபாய்கள்", "rupees", "பைசா", "paise"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "ரூபாய் × 100 + பைசா, பைசாவில்; எதிர்மறை ரூபாயுடனும் பைசா கூட்டப்படும்",
			En: "rupees × 100 + paise, in paise; the paise are added to negative rupees too",
		},
		Try: []builtin.Example{
			{Expr: `ரூபாயும்_பைசாவும்(15, 7)`, Want: "1507"},
			{Expr: `ரூபாயும்_பைசாவும்(-2, 5)`, Want: "-195"},
		},
	}, body: fromRupeesAndPaise},
	{Builtin: builtin.Builtin{
		ID:   "kAcu.fromRupees",
		Name: builtin.Spelling{Tamil: "ரூபாயாக", Roman: "rUpAyAka"},
		Args: anyArgs("ரூபாய்கள்", "rupees"),
		Ret:  "number",
		Doc:  diag.Text{Ta: "ரூபாய் × 100, பைசாவில்", En: "rupees × 100, in paise"},
		Try:  []builtin.Example{{Expr: `ரூபாயாக(3)`, Want: "300"}},
	}, body: fromRupees},
	{Builtin: builtin.Builtin{
		ID:   "kAcu.text",
		Name: builtin.Spelling{Tamil: "காசு_உரை", Roman: "kAcu_urY"},
		Args: anyArgs("பைசா", "paise"),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "முழுப் பைசாவாக்கி, ரூபாயும் இரு இலக்கப் பைசாவும்; குழுக்கள் இல்லை",
			En: "rounded to whole paise, as rupees and two digits of paise, without groups",
		},
		Try: []builtin.Example{
			{Expr: `காசு_உரை(123456)`, Want: "1234.56"},
			{Expr: `காசு_உரை(-99)`, Want: "-0.99"},
			{Expr: `காசு_உரை(205.5)`, Want: "2.06"},
		},
	}, body: paiseText},
	{Builtin: builtin.Builtin{
		ID:   "kAcu.add",
		Name: builtin.Spelling{Tamil: "காசு_கூட்டு", Roman: "kAcu_kUttu"},
		Args: anyArgs("முதல்", "a", "மற்றது", "b"),
		Ret:  "number",
		Doc:  diag.Text{Ta: "இரண்டின் கூட்டுத்தொகை", En: "a + b"},
		Try:  []builtin.Example{{Expr: `காசு_கூட்டு(1999, 1)`, Want: "2000"}},
	}, body: addPaise},
	{Builtin: builtin.Builtin{
		ID:   "kAcu.subtract",
		Name: builtin.Spelling{Tamil: "காசு_கழி", Roman: "kAcu_kazi"},
		Args: anyArgs("முதல்", "a", "மற்றது", "b"),
		Ret:  "number",
		Doc:  diag.Text{Ta: "முதலாவதிலிருந்து மற்றதைக் கழித்தது", En: "a − b"},
		Try:  []builtin.Example{{Expr: `காசு_கழி(1, 1999)`, Want: "-1998"}},
	}, body: subtractPaise},
	{Builtin: builtin.Builtin{
		ID:   "kAcu.times",
		Name: builtin.Spelling{Tamil: "காசு_மடங்கு", Roman: "kAcu_matawku"},
		Args: anyArgs("பைசா", "paise", "தடவை", "n"),
		Ret:  "number",
		Doc:  diag.Text{Ta: "பைசா × தடவை", En: "paise × n"},
		Try:  []builtin.Example{{Expr: `காசு_மடங்கு(1999, 12)`, Want: "23988"}},
	}, body: timesPaise},
	{Builtin: builtin.Builtin{
		ID:   "kAcu.sum",
		Name: builtin.Spelling{Tamil: "காசு_கூட்டல்", Roman: "kAcu_kUttal"},
		Args: anyArgs("பட்டியல்", "list"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "உறுப்புகளின் கூட்டுத்தொகை; எண்ணாக வாசிக்க முடியாதது 0",
			En: "the sum of the elements; what does not read as a number is 0",
		},
		Try: []builtin.Example{{Expr: `காசு_கூட்டல்([1999, 2001, -500])`, Want: "3500"}, {Expr: `காசு_கூட்டல்([])`, Want: "0"}},
	}, body: sum},
	{Builtin: builtin.Builtin{
		ID:   "kAcu.share",
		Name: builtin.Spelling{Tamil: "விழுக்காடு_காசு", Roman: "vizukkAtu_kAcu"},
		Args: anyArgs("பைசா", "paise", "தொகுதி", "numerator", "பகுதி", "denominator"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "பைசா × தொகுதி / பகுதி, முழுப் பைசாவுக்கு; அரை மேல்நோக்கி, எதிர்மறையில் அதன் எதிர். பகுதி 0 எனில் 0",
			En: "paise × numerator / denominator in whole paise, a half going up; of a negative amount the negative of that. 0 when the denominator is 0",
		},
		Try: []builtin.Example{
			{Expr: `விழுக்காடு_காசு(9999, 5, 100)`, Want: "500"},
			{Expr: `விழுக்காடு_காசு(30, 5, 100)`, Want: "2"},
			{Expr: `விழுக்காடு_காசு(-30, 5, 100)`, Want: "-2"},
			{Expr: `விழுக்காடு_காசு(30, -5, 100)`, Want: "-1"},
		},
	}, body: sharePaise},
	{Builtin: builtin.Builtin{
		ID:   "kAcu.splitEqually",
		Name: builtin.Spelling{Tamil: "சமமாகப்_பிரி", Roman: "camamAkap_piri"},
		Args: anyArgs("பைசா", "paise", "பங்குகள்", "shares"),
		Ret:  "array of numbers",
		Doc: diag.Text{
			Ta: "கூட்டினால் சரியாகப் பைசா ஆகும் அத்தனை பங்குகள்; முதல் சிலவற்றில் ஒன்று கூடுதல். இரண்டும் முழு எண்கள்",
			En: "that many shares whose sum is exactly the paise, the first ones one more. Both are whole numbers",
		},
		Try: []builtin.Example{
			{Expr: `சமமாகப்_பிரி(10000, 7)`, Want: "[1429, 1429, 1429, 1429, 1428, 1428, 1428]"},
			{Expr: `சமமாகப்_பிரி(-100, 3)`, Want: "[-33, -33, -34]"},
			{Expr: `சமமாகப்_பிரி(100, 0)`, Want: "[]"},
		},
	}, body: splitEqually},
	{Builtin: builtin.Builtin{
		ID:   "kAcu.splitByWeight",
		Name: builtin.Spelling{Tamil: "விகிதத்தில்_பிரி", Roman: "vikiqaqqil_piri"},
		Args: anyArgs("பைசா", "paise", "எடைகள்", "weights"),
		Ret:  "array of numbers",
		Doc: diag.Text{
			Ta: "எடைகளின் விகிதத்தில் பங்குகள், கீழ்நோக்கி முழுமையாகி; மீதி கடைசிப் பங்குக்கு. எடைகளின் கூட்டு 0-ஐ மிஞ்சாவிடில் []",
			En: "shares in proportion to the weights, rounded down, the last taking the rest; [] unless the weights add up to more than 0",
		},
		Try: []builtin.Example{
			{Expr: `விகிதத்தில்_பிரி(10001, [60, 40])`, Want: "[6000, 4001]"},
			{Expr: `விகிதத்தில்_பிரி(-100, [1, 1, 1])`, Want: "[-34, -34, -32]"},
		},
	}, body: splitByWeight},
}

// fromRupeesAndPaise is ரூபாயும்_பைசாவும்.
func fromRupeesAndPaise(c call) (value.Value, error) {
	d, err := overflow(decimal.Mul(c.number(0), hundred))
	if err == nil {
		d, err = overflow(decimal.Add(d, c.number(1)))
	}
	return value.Num(d), err
}

// fromRupees is ரூபாயாக.
func fromRupees(c call) (value.Value, error) { return c.combine(decimal.Mul, c.number(0), hundred) }

// combine returns what an operation makes of two numbers.
func (c call) combine(op func(a, b decimal.Decimal) (decimal.Decimal, bool), a, b decimal.Decimal) (value.Value, error) {
	d, err := overflow(op(a, b))
	return value.Num(d), err
}

// paiseText is காசு_உரை.
func paiseText(c call) (value.Value, error) {
	return value.String(string(formatted(c.number(0).Round(0).Percent(), 2, 0))), nil
}

// addPaise is காசு_கூட்டு.
func addPaise(c call) (value.Value, error) { return c.combine(decimal.Add, c.number(0), c.number(1)) }

// subtractPaise is காசு_கழி.
func subtractPaise(c call) (value.Value, error) {
	return c.combine(decimal.Sub, c.number(0), c.number(1))
}

// timesPaise is காசு_மடங்கு.
func timesPaise(c call) (value.Value, error) { return c.combine(decimal.Mul, c.number(0), c.number(1)) }

// sharePaise is விழுக்காடு_காசு. A product of two numbers may be larger than any
// number and the share still be small, so it is computed with integers of any
// size.
func sharePaise(c call) (value.Value, error) {
	amount, num, den := c.number(0), c.number(1), c.number(2)
	if den.IsZero() {
		if c.args[2].Kind() != value.Number {
			return value.Value{}, diag.DivisionByZero.New()
		}
		return value.Int(0), nil
	}
	half, ok := decimal.FloorQuo(den, decimal.FromInt64(2))
	if !ok {
		panic("BUG: half of a number is too large")
	}
	// floor((|amount|·num + half) / den), everything brought to one scale.
	scale := amount.Scale + num.Scale
	product := new(big.Int).Mul(unscaled(amount.Abs(), amount.Scale), unscaled(num, num.Scale))
	common := max(scale, den.Scale)
	product.Mul(product, power(common-scale))
	product.Add(product, unscaled(half, common))
	share := floorQuo(product, unscaled(den, common))
	if amount.Sign() < 0 {
		share.Neg(share)
	}
	return wholeNumber(share)
}

// splitEqually is சமமாகப்_பிரி.
func splitEqually(c call) (value.Value, error) {
	amount, shares := c.number(0), c.number(1)
	for i, d := range []decimal.Decimal{amount, shares} {
		if !d.IsInt() {
			return value.Value{}, c.badValue(i, diag.Text{Ta: "ஒரு முழு எண்", En: "a whole number"})
		}
	}
	if order, ok := compare(&c.args[1], decimal.Decimal{}); ok && order <= 0 {
		return value.FlatArray(nil), nil
	}
	if shares.IsZero() {
		return value.Value{}, diag.DivisionByZero.New()
	}
	n := count(shares)
	if err := take(c.m, times(n, valueBytes)); err != nil {
		return value.Value{}, err
	}
	each, ok := decimal.FloorQuo(amount, shares)
	if !ok {
		panic("BUG: a part is larger than the whole")
	}
	more := count(decimal.Mod(amount, shares)) // shares that are one larger
	list := make([]value.Value, n)
	for i := range list {
		list[i] = value.Num(each)
	}
	if more > 0 {
		larger, err := c.combine(decimal.Add, each, decimal.FromInt64(1))
		if err != nil {
			return value.Value{}, err
		}
		for i := range more {
			list[i] = larger
		}
	}
	return value.FlatArray(list), nil
}

// splitByWeight is விகிதத்தில்_பிரி.
func splitByWeight(c call) (value.Value, error) {
	elems, err := c.elements(1)
	if err != nil {
		return value.Value{}, err
	}
	const bigBytes = 64 // of a weight as an integer of any size
	if err := take(c.m, times(len(elems), valueBytes+bigBytes)); err != nil {
		return value.Value{}, err
	}
	amount := c.number(0)
	weights, sum := make([]*big.Int, len(elems)), new(big.Int)
	for i := range elems {
		weights[i] = unscaled(value.ToNumber(&elems[i]), decimal.MaxScale)
		sum.Add(sum, weights[i])
	}
	if sum.Sign() <= 0 {
		return value.FlatArray(nil), nil
	}
	whole, divisor := unscaled(amount, amount.Scale), new(big.Int).Mul(sum, power(amount.Scale))
	list, rest := make([]value.Value, len(elems)), amount
	for i, w := range weights[:len(weights)-1] {
		share, err := wholeNumber(floorQuo(w.Mul(w, whole), divisor))
		if err != nil {
			return value.Value{}, err
		}
		list[i] = share
		if rest, err = overflow(decimal.Sub(rest, share.Dec())); err != nil {
			return value.Value{}, err
		}
	}
	list[len(list)-1] = value.Num(rest)
	return value.FlatArray(list), nil
}

// power returns 10ⁿ.
func power(n uint8) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// unscaled returns d·10^scale, where scale is at least that of d.
func unscaled(d decimal.Decimal, scale uint8) *big.Int {
	n := new(big.Int).SetUint64(uint64(d.Hi))
	n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(d.Lo))
	if d.Neg {
		n.Neg(n)
	}
	if scale == d.Scale {
		return n
	}
	return n.Mul(n, power(scale-d.Scale))
}

// floorQuo returns a/b rounded down.
func floorQuo(a, b *big.Int) *big.Int {
	q, m := new(big.Int).DivMod(a, b, new(big.Int))
	if b.Sign() < 0 && m.Sign() != 0 { // Euclid's remainder is never negative
		q.Sub(q, big.NewInt(1))
	}
	return q
}

// wholeNumber returns n as a number.
func wholeNumber(n *big.Int) (value.Value, error) {
	if n.BitLen() > 96 {
		return value.Value{}, diag.Overflow.New()
	}
	abs := new(big.Int).Abs(n)
	low := new(big.Int).And(abs, new(big.Int).SetUint64(1<<64-1)).Uint64()
	high := abs.Rsh(abs, 64).Uint64()
	return value.Num(decimal.Decimal{Lo: low, Hi: uint32(high), Neg: n.Sign() < 0}), nil
}
