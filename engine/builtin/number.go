package builtin

import (
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

var numberRows = []Builtin{
	{
		ID:   "round",
		Name: Spelling{"வட்டமிடு", "vattamitu", "_round"},
		Args: []Arg{arg("எண்", "number", AsNumber), arg("இடங்கள்", "places", AsNumber)},
		Ret:  "number",
		Doc: both("இத்தனை தசம இடங்களுக்கு வட்டமிடும்; பாதி பூஜ்ஜியத்திலிருந்து விலகும்",
			"rounded to that many decimal places, half away from zero"),
		Func: round,
		Try: []Example{
			{`வட்டமிடு(2.345, 2)`, "2.35"}, {`vattamitu(-2.345, 2)`, "-2.35"}, {`_round(2.5, 0)`, "3"},
			{`vattamitu(-2.5, 0)`, "-3"}, {`vattamitu(-0.4, 0)`, "0"}, {`vattamitu(2.345, 1.999)`, "2.3"},
			{`vattamitu(2.345, "2")`, "2.35"}, {`vattamitu(2.345, இன்மை)`, "2"}, {`vattamitu(2.345, மெய்)`, "2.3"},
			{`vattamitu(1.5, 4294967295)`, "1.5"}, {`vattamitu("x", 0)`, "0"},
		},
	},
	{
		ID:   "floor",
		Name: Spelling{"தரை", "qarY", "_floor"},
		Args: []Arg{arg("எண்", "number", AsNumber)},
		Ret:  "number",
		Doc:  both("இதனை மிகாத மிகப் பெரிய முழு எண்", "largest whole number not above"),
		Func: func(_ Machine, args []value.Value) (value.Value, error) { return value.Num(args[0].Dec().Floor()), nil },
		Try:  []Example{{`தரை(-0.5)`, "-1"}, {`qarY("3.7")`, "3"}, {`_floor("abc")`, "0"}, {`தரை(2.9)`, "2"}},
	},
	{
		ID:   "ceil",
		Name: Spelling{"மேல்", "mEl", "_ceil"},
		Args: []Arg{arg("எண்", "number", AsNumber)},
		Ret:  "number",
		Doc:  both("இதனினும் குறையாத மிகச் சிறிய முழு எண்", "smallest whole number not below"),
		Func: func(_ Machine, args []value.Value) (value.Value, error) { return value.Num(args[0].Dec().Ceil()), nil },
		Try:  []Example{{`மேல்(2.1)`, "3"}, {`mEl(-0.5)`, "0"}, {`_ceil(-2.5)`, "-2"}},
	},
	{
		ID:   "toNumber",
		Name: Spelling{"எண்ணாக்கு", "eNNAkku", "_toNumber"},
		Args: []Arg{arg("சொல்", "text", Any)},
		Ret:  "result of number | text",
		Doc:  both("சொல்லை எண்ணாகப் படிக்கும்", "reads text as a number"),
		Func: toNumber,
		Try: []Example{
			{`எண்ணாக்கு("42")`, "சரி(42)"}, {`eNNAkku(" 3.50 ")`, "சரி(3.5)"}, {`_toNumber("-.5")`, "சரி(-0.5)"},
			{`eNNAkku("1_000")`, "சரி(1000)"}, {`eNNAkku("1._5")`, "சரி(1.5)"}, {`eNNAkku("1e3")`, "சரி(1000)"},
			{`eNNAkku("1.e2")`, "சரி(100)"}, {`eNNAkku("1e-28")`, "சரி(0.0000000000000000000000000001)"},
			{`eNNAkku("0.1e-28")`, "சரி(0)"}, {`eNNAkku("-0")`, "சரி(0)"}, {`தவறா(eNNAkku("8e28"))`, "true"},
			{`தவறா(eNNAkku("0e40"))`, "true"}, {`தவறா(eNNAkku("_1"))`, "true"}, {`தவறா(eNNAkku("1,000"))`, "true"},
			{`தவறா(eNNAkku(மெய்))`, "true"}, {`தவறா(eNNAkku([1]))`, "true"}, {`தவறா(eNNAkku("௫"))`, "true"},
			{`eNNAkku("1.00000000000000000000000000015")`, "சரி(1.0000000000000000000000000002)"},
		},
	},
}

var placesWanted = diag.Text{Ta: "'இடங்கள்' இடத்தில் 0 முதல் 4294967295 வரை ஓர் எண்", En: "a number from 0 to 4294967295 as 'places'"}

func round(_ Machine, args []value.Value) (value.Value, error) {
	places := args[1].Dec()
	if places.Sign() < 0 || decimal.Cmp(places, decimal.FromInt64(1<<32)) >= 0 {
		return value.Value{}, badArgument("வட்டமிடு", placesWanted, diag.Same(places.String()))
	}
	n, _ := places.Trunc().Int64()
	return value.Num(args[0].Dec().Round(int(min(n, decimal.MaxScale)))), nil
}

var notANumber = sentence{"'{1}' ஓர் எண் அல்ல", "'{1}' is not a number"}

func toNumber(m Machine, args []value.Value) (value.Value, error) {
	v := &args[0]
	switch v.Kind() {
	case value.Number:
		return value.OkOf(*v), nil
	case value.Text:
		if err := m.Charge(len(v.Str()) / 8); err != nil {
			return value.Value{}, err
		}
		if d, ok := decimal.ParseTrim(v.Str()); ok {
			return value.OkOf(value.Num(d)), nil
		}
	}
	// The printed forms of the other kinds are no numbers.
	return notANumber.fail(quoted(v)), nil
}
