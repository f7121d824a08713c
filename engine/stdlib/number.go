package stdlib

import (
	"etamil/engine/builtin"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// numberFunctions are those of nUlakam/kaNiqam.qmz.
var numberFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "kaNiqam.absolute",
		Name: builtin.Spelling{Tamil: "முழுமதிப்பு", Roman: "muzumaqippu"},
		Args: anyArgs("மதிப்பு", "n"),
		Ret:  "any",
		Doc: diag.Text{
			Ta: "குறியில்லா மதிப்பு: 0-க்குக் கீழ் எனில் எதிர்மறை, இல்லையெனில் தந்தபடியே",
			En: "the value without its sign: negated when below 0, else as it is",
		},
		Try: []builtin.Example{
			{Expr: `முழுமதிப்பு(-7.25)`, Want: "7.25"},
			{Expr: `முழுமதிப்பு("-5")`, Want: "5"},
			{Expr: `முழுமதிப்பு(இன்மை)`, Want: "nil"},
		},
	}, body: absolute},
	{Builtin: builtin.Builtin{
		ID:   "kaNiqam.smaller",
		Name: builtin.Spelling{Tamil: "சிறியது", Roman: "ciRiyaqu"},
		Args: anyArgs("முதல்", "a", "மற்றது", "b"),
		Ret:  "any",
		Doc: diag.Text{
			Ta: "முதலாவது மற்றதைவிடச் சிறிது எனில் முதலாவது, இல்லையெனில் மற்றது",
			En: "a when a < b, else b",
		},
		Try: []builtin.Example{
			{Expr: `சிறியது(8, 3)`, Want: "3"},
			{Expr: `சிறியது("20", "3")`, Want: "20"},
			{Expr: `சிறியது(1, இன்மை)`, Want: "nil"},
		},
	}, body: smaller},
	{Builtin: builtin.Builtin{
		ID:   "kaNiqam.greater",
		Name: builtin.Spelling{Tamil: "பெரியது", Roman: "periyaqu"},
		Args: anyArgs("முதல்", "a", "மற்றது", "b"),
		Ret:  "any",
		Doc: diag.Text{
			Ta: "முதலாவது மற்றதைவிடப் பெரிது எனில் முதலாவது, இல்லையெனில் மற்றது",
			En: "a when a > b, else b",
		},
		Try: []builtin.Example{
			{Expr: `பெரியது(8, 3)`, Want: "8"},
			{Expr: `பெரியது(20, "3")`, Want: "20"},
		},
	}, body: greater},
	{Builtin: builtin.Builtin{
		ID:   "kaNiqam.sum",
		Name: builtin.Spelling{Tamil: "கூட்டு", Roman: "kUttu"},
		Args: anyArgs("பட்டியல்", "list"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "உறுப்புகளின் கூட்டுத்தொகை; எண்ணாக வாசிக்க முடியாதது 0",
			En: "the sum of the elements; what does not read as a number is 0",
		},
		Try: []builtin.Example{
			{Expr: `கூட்டு([10.10, 20.20, 0.05])`, Want: "30.35"},
			{Expr: `கூட்டு(["4", "நான்கு", மெய், இன்மை])`, Want: "5"},
			{Expr: `கூட்டு([])`, Want: "0"},
		},
	}, body: sum},
	{Builtin: builtin.Builtin{
		ID:   "kaNiqam.mean",
		Name: builtin.Spelling{Tamil: "சராசரி", Roman: "carAcari"},
		Args: anyArgs("பட்டியல்", "list"),
		Ret:  "result of number | text",
		Doc: diag.Text{
			Ta: "சரி(கூட்டுத்தொகை / எண்ணிக்கை); பட்டியல் காலி எனில் தவறு",
			En: "சரி(sum / count); a failure when the list is empty",
		},
		Try: []builtin.Example{
			{Expr: `சராசரி([4, 5])`, Want: "சரி(4.5)"},
			{Expr: `சராசரி([2, 2, 1])`, Want: "சரி(1.6666666666666666666666666667)"},
			{Expr: `சராசரி([])`, Want: "தவறு(காலிப் பட்டியலுக்குச் சராசரி இல்லை  (an empty list has no mean))"},
		},
	}, body: mean},
	{Builtin: builtin.Builtin{
		ID:   "kaNiqam.smallest",
		Name: builtin.Spelling{Tamil: "மிகச்சிறியது", Roman: "mikacciRiyaqu"},
		Args: anyArgs("பட்டியல்", "list"),
		Ret:  "result of any | text",
		Doc: diag.Text{
			Ta: "சரி(மிகச் சிறிய உறுப்பு); பட்டியல் காலி எனில் தவறு. ஒப்பிட முடியாதவை கடக்கப்படும்",
			En: "சரி(the smallest element); a failure when the list is empty. What has no order is passed over",
		},
		Try: []builtin.Example{
			{Expr: `மிகச்சிறியது([7, -2, 7.5])`, Want: "சரி(-2)"},
			{Expr: `மிகச்சிறியது(["மான்", "ஆமை"])`, Want: "சரி(ஆமை)"},
		},
	}, body: smallest},
	{Builtin: builtin.Builtin{
		ID:   "kaNiqam.greatest",
		Name: builtin.Spelling{Tamil: "மிகப்பெரியது", Roman: "mikapperiyaqu"},
		Args: anyArgs("பட்டியல்", "list"),
		Ret:  "result of any | text",
		Doc: diag.Text{
			Ta: "சரி(மிகப் பெரிய உறுப்பு); பட்டியல் காலி எனில் தவறு. ஒப்பிட முடியாதவை கடக்கப்படும்",
			En: "சரி(the greatest element); a failure when the list is empty. What has no order is passed over",
		},
		Try: []builtin.Example{
			{Expr: `மிகப்பெரியது(["9", 10])`, Want: "சரி(10)"},
			{Expr: `மிகப்பெரியது([3, இன்மை, 4])`, Want: "சரி(4)"},
		},
	}, body: greatest},
	{Builtin: builtin.Builtin{
		ID:   "kaNiqam.percent",
		Name: builtin.Spelling{Tamil: "சதவீதம்", Roman: "caqavIqam"},
		Args: anyArgs("தொகை", "amount", "விழுக்காடு", "percent"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "தொகை × விழுக்காடு / 100, இரு தசம இடங்களுக்கு முழுமையாக்கப்பட்டது. விழுக்காட்டை 18 என எழுதுக; 18% என்பது 0.18",
			En: "amount × percent / 100, rounded to 2 places. Write 18 for the percentage; 18% is the number 0.18",
		},
		Try: []builtin.Example{
			{Expr: `சதவீதம்(1250, 12)`, Want: "150"},
			{Expr: `சதவீதம்(-0.5, 1)`, Want: "-0.01"},
			{Expr: `சதவீதம்(1000, 18%)`, Want: "1.8"},
		},
	}, Percent: []int{2}, body: percent},
	{Builtin: builtin.Builtin{
		ID:   "kaNiqam.isWhole",
		Name: builtin.Spelling{Tamil: "முழு_எண்ணா", Roman: "muzu_eNNA"},
		Args: anyArgs("மதிப்பு", "value"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "பின்னம் இல்லாத எண்ணா; எண் அல்லாத வகைகளுக்குப் பொய்",
			En: "is it a number without a fraction; false for every other kind",
		},
		Try: []builtin.Example{
			{Expr: `முழு_எண்ணா(12.00)`, Want: "true"},
			{Expr: `முழு_எண்ணா("12")`, Want: "false"},
		},
	}, body: isWhole},
	{Builtin: builtin.Builtin{
		ID:   "kaNiqam.remainder",
		Name: builtin.Spelling{Tamil: "மீதி", Roman: "mIqi"},
		Args: anyArgs("வகுபடுவது", "n", "வகுப்பது", "d"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "n − floor(n / d) × d: வகுத்தபின் மீதி, வகுப்பதன் குறியுடன்; 0-ஆல் வகுத்தால் 0",
			En: "n − floor(n / d) × d: what a division leaves, with the sign of d; 0 when d is 0",
		},
		Try: []builtin.Example{
			{Expr: `மீதி(-23, 5)`, Want: "2"},
			{Expr: `மீதி(23, -5)`, Want: "-2"},
			{Expr: `மீதி(5.75, 0.5)`, Want: "0.25"},
			{Expr: `மீதி(23, 0)`, Want: "0"},
			{Expr: `மீதி(29999999999999999999999999999, 30000000000000000000000000000)`, Want: "29999999999999999999999999999"},
		},
	}, body: remainder},
}

var hundred = decimal.FromInt64(100)

// overflow returns d, or the error of a result that is too large.
func overflow(d decimal.Decimal, ok bool) (decimal.Decimal, error) {
	if !ok {
		return d, diag.Overflow.New()
	}
	return d, nil
}

// absolute is முழுமதிப்பு.
func absolute(c call) (value.Value, error) {
	if order, ok := compare(&c.args[0], decimal.Decimal{}); ok && order < 0 {
		return value.Num(c.number(0).Negate()), nil
	}
	return c.args[0].Share(), nil
}

// compare orders v and a number.
func compare(v *value.Value, d decimal.Decimal) (int, bool) {
	w := value.Num(d)
	return value.Compare(v, &w)
}

// smaller is சிறியது.
func smaller(c call) (value.Value, error) { return c.choose(-1), nil }

// greater is பெரியது.
func greater(c call) (value.Value, error) { return c.choose(1), nil }

// choose returns argument 0 when it stands on that side of argument 1, which is
// the answer otherwise.
func (c call) choose(side int) value.Value {
	if order, ok := value.Compare(&c.args[0], &c.args[1]); ok && order == side {
		return c.args[0].Share()
	}
	return c.args[1].Share()
}

// total adds up what walking argument 0 gives.
func (c call) total() (sum decimal.Decimal, n int, err error) {
	list, err := c.elements(0)
	if err != nil {
		return sum, 0, err
	}
	for i := range list {
		if sum, err = overflow(decimal.Add(sum, value.ToNumber(&list[i]))); err != nil {
			return sum, 0, err
		}
	}
	return sum, len(list), nil
}

// sum is கூட்டு.
func sum(c call) (value.Value, error) {
	total, _, err := c.total()
	return value.Num(total), err
}

// mean is சராசரி.
func mean(c call) (value.Value, error) {
	total, n, err := c.total()
	if err != nil {
		return value.Value{}, err
	}
	if n == 0 {
		return failure(diag.Text{Ta: "காலிப் பட்டியலுக்குச் சராசரி இல்லை", En: "an empty list has no mean"})
	}
	d, err := overflow(decimal.Quo(total, decimal.FromInt64(int64(n))))
	return value.OkOf(value.Num(d)), err
}

// smallest is மிகச்சிறியது.
func smallest(c call) (value.Value, error) { return c.extreme(-1) }

// greatest is மிகப்பெரியது.
func greatest(c call) (value.Value, error) { return c.extreme(1) }

// extreme returns சரி of the element of argument 0 that stands furthest on that
// side.
func (c call) extreme(side int) (value.Value, error) {
	list, err := c.elements(0)
	if err != nil {
		return value.Value{}, err
	}
	if len(list) == 0 {
		return failure(diag.Text{Ta: "காலிப் பட்டியலில் எதுவும் இல்லை", En: "there is nothing in an empty list"})
	}
	best := &list[0]
	for i := range list[1:] {
		if order, ok := value.Compare(&list[i+1], best); ok && order == side {
			best = &list[i+1]
		}
	}
	return success(best.Share())
}

// percent is சதவீதம்.
func percent(c call) (value.Value, error) {
	d, err := overflow(decimal.Mul(c.number(0), c.number(1)))
	if err != nil {
		return value.Value{}, err
	}
	d, err = overflow(decimal.Quo(d, hundred))
	return value.Num(d.Round(2)), err
}

// isWhole is முழு_எண்ணா.
func isWhole(c call) (value.Value, error) {
	return value.Bool(c.args[0].Kind() == value.Number && c.args[0].Dec().IsInt()), nil
}

// remainder is மீதி.
func remainder(c call) (value.Value, error) {
	n, d := c.number(0), c.number(1)
	if d.IsZero() {
		if c.args[1].Kind() != value.Number {
			return value.Value{}, diag.DivisionByZero.New()
		}
		return value.Int(0), nil
	}
	return value.Num(decimal.Mod(n, d)), nil
}
