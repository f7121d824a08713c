package stdlib

import (
	"bytes"

	"etamil/engine/builtin"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// moneyFunctions are those of nUlakam/paNam.qmz. Amounts are rupees.
var moneyFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "paNam.format",
		Name: builtin.Spelling{Tamil: "காசு_வடிவம்", Roman: "kAcu_vativam"},
		Args: anyArgs("தொகை", "amount"),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "இந்திய முறையில் குழுவாக்கிய ரூபாய்த் தொகை, சரியாக இரு தசம இடங்களுடன்",
			En: "the amount grouped the Indian way, with exactly two decimals",
		},
		Try: []builtin.Example{
			{Expr: `காசு_வடிவம்(98765432)`, Want: "9,87,65,432.00"},
			{Expr: `காசு_வடிவம்(99.995)`, Want: "100.00"},
			{Expr: `காசு_வடிவம்(-0.004)`, Want: "0.00"},
			{Expr: `காசு_வடிவம்("1,500")`, Want: "0.00"},
		},
	}, body: format},
	{Builtin: builtin.Builtin{
		ID:   "paNam.rupees",
		Name: builtin.Spelling{Tamil: "ரூபாய்", Roman: "rUpAy"},
		Args: anyArgs("தொகை", "amount"),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "காசு_வடிவம், முன்னால் ₹ குறியுடன்; எதிர்மறைக் குறி அதன் பின் வரும்",
			En: "the same with ₹ in front; a minus sign comes after it",
		},
		Try: []builtin.Example{
			{Expr: `ரூபாய்(150000)`, Want: "₹1,50,000.00"},
			{Expr: `ரூபாய்(-1200)`, Want: "₹-1,200.00"},
		},
	}, body: rupees},
	{Builtin: builtin.Builtin{
		ID:   "paNam.roundToPaise",
		Name: builtin.Spelling{Tamil: "காசாக", Roman: "kAcAka"},
		Args: anyArgs("தொகை", "amount"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "இரு தசம இடங்களுக்கு முழுமையாக்கிய தொகை",
			En: "the amount rounded to 2 places",
		},
		Try: []builtin.Example{{Expr: `காசாக(99.995)`, Want: "100"}},
	}, body: roundToPaise},
	{Builtin: builtin.Builtin{
		ID:   "paNam.lakhs",
		Name: builtin.Spelling{Tamil: "லட்சம்", Roman: "latcam"},
		Args: anyArgs("தொகை", "amount"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "தொகை லட்சங்களில், இரு தசம இடங்களுக்கு",
			En: "the amount in lakhs (100 000), rounded to 2 places",
		},
		Try: []builtin.Example{{Expr: `லட்சம்(275000)`, Want: "2.75"}, {Expr: `லட்சம்(-12345)`, Want: "-0.12"}},
	}, body: lakhs},
	{Builtin: builtin.Builtin{
		ID:   "paNam.crores",
		Name: builtin.Spelling{Tamil: "கோடி", Roman: "kOti"},
		Args: anyArgs("தொகை", "amount"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "தொகை கோடிகளில், இரு தசம இடங்களுக்கு",
			En: "the amount in crores (10 000 000), rounded to 2 places",
		},
		Try: []builtin.Example{{Expr: `கோடி(275000000)`, Want: "27.5"}},
	}, body: crores},
	{Builtin: builtin.Builtin{
		ID:   "paNam.groups",
		Name: builtin.Spelling{Tamil: "குழுக்கள்", Roman: "kuzukkaL"},
		Args: anyArgs("இலக்கங்கள்", "digits"),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "எழுத்துகளை இந்திய முறையில் காற்புள்ளியால் பிரித்தது: கடைசி மூன்று, பின் இரண்டிரண்டாக",
			En: "the letters parted by commas the Indian way: the last three, then twos",
		},
		Try: []builtin.Example{
			{Expr: `குழுக்கள்("1234567")`, Want: "12,34,567"},
			{Expr: `குழுக்கள்("abcdef")`, Want: "a,bc,def"},
			{Expr: `குழுக்கள்("1234.5")`, Want: "1,23,4.5"},
		},
	}, body: groups},
	{New: true, Builtin: builtin.Builtin{
		ID:   "paNam.formatNumber",
		Name: builtin.Spelling{Tamil: "எண்_வடிவம்", Roman: "eN_vativam", English: "_formatNumber"},
		Args: []builtin.Arg{arg("தொகை", "n", builtin.AsNumber), arg("இடங்கள்", "places", builtin.AsNumber), arg("பாணி", "style", builtin.AsText)},
		Ret:  "text",
		Doc: diag.Text{
			Ta: "சரியாக அத்தனை தசம இடங்களுடன் (0–28); பாணி \"in\" 3, 2, 2 … \"intl\" 3, 3 … எனக் குழுவாக்கும், \"\" குழுவாக்காது",
			En: "with exactly that many decimals (0–28); the style \"in\" groups 3, 2, 2 …, \"intl\" 3, 3 …, \"\" not at all",
		},
		Try: []builtin.Example{
			{Expr: `_formatNumber(1234567.5, 2, "in")`, Want: "12,34,567.50"},
			{Expr: `_formatNumber(1234567.5, 2, "intl")`, Want: "1,234,567.50"},
			{Expr: `_formatNumber(-0.4, 0, "")`, Want: "0"},
		},
	}, body: formatNumber},
}

// formatted returns d with exactly places decimals, a half going away from zero,
// and the whole part grouped: its last three digits, then as many as a group of
// the style has (0: no groups). What rounds to zero has no sign.
func formatted(d decimal.Decimal, places, group int) []byte {
	var buf [64]byte
	plain := d.AppendFixed(buf[:0], places)
	if group == 0 {
		return bytes.Clone(plain)
	}
	out := make([]byte, 0, 64)
	if plain[0] == '-' {
		out, plain = append(out, '-'), plain[1:]
	}
	whole := bytes.IndexByte(plain, '.')
	if whole < 0 {
		whole = len(plain)
	}
	for i, digit := range plain[:whole] {
		if i > 0 && groupStarts(whole-i, group) {
			out = append(out, ',')
		}
		out = append(out, digit)
	}
	return append(out, plain[whole:]...)
}

// groupStarts reports whether a group begins where left digits are left.
func groupStarts(left, group int) bool {
	return left == 3 || left > 3 && (left-3)%group == 0
}

const indianGroup = 2 // digits in a group before the last three

// format is காசு_வடிவம்.
func format(c call) (value.Value, error) {
	return value.String(string(formatted(c.number(0), 2, indianGroup))), nil
}

// rupees is ரூபாய்.
func rupees(c call) (value.Value, error) {
	return value.String("₹" + string(formatted(c.number(0), 2, indianGroup))), nil
}

// roundToPaise is காசாக.
func roundToPaise(c call) (value.Value, error) { return value.Num(c.number(0).Round(2)), nil }

// lakhs is லட்சம்.
func lakhs(c call) (value.Value, error) { return c.inUnits(100_000) }

// crores is கோடி.
func crores(c call) (value.Value, error) { return c.inUnits(10_000_000) }

// inUnits returns argument 0 divided by unit and rounded to 2 places.
func (c call) inUnits(unit int64) (value.Value, error) {
	d, err := overflow(decimal.Quo(c.number(0), decimal.FromInt64(unit)))
	return value.Num(d.Round(2)), err
}

// groups is குழுக்கள்.
func groups(c call) (value.Value, error) {
	list, err := c.sequence()
	if err != nil {
		return value.Value{}, err
	}
	p := printer{m: c.m}
	for i := range list {
		if i > 0 && groupStarts(len(list)-i, indianGroup) {
			if err := p.text(","); err != nil {
				return value.Value{}, err
			}
		}
		if err := p.value(&list[i]); err != nil {
			return value.Value{}, err
		}
	}
	return value.String(p.string()), nil
}

// formatNumber is எண்_வடிவம்.
func formatNumber(c call) (value.Value, error) {
	places, err := c.whole(1, 0, decimal.MaxScale, diag.Text{Ta: "0 முதல் 28 வரை ஒரு முழு எண்", En: "a whole number from 0 to 28"})
	if err != nil {
		return value.Value{}, err
	}
	group := 0
	switch c.args[2].Str() {
	case "in":
		group = indianGroup
	case "intl":
		group = 3
	case "":
	default:
		return value.Value{}, c.badValue(2, diag.Text{Ta: `"in", "intl" அல்லது ""`, En: `"in", "intl" or ""`})
	}
	return value.String(string(formatted(c.number(0), places, group))), nil
}
