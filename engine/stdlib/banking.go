package stdlib

import (
	"etamil/engine/builtin"
	"etamil/engine/diag"
)

// interestFunctions are those of nUlakam/vawki/vatti.qmz.
var interestFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "vatti.days",
		Name: builtin.Spelling{Tamil: "நாட்கள்", Roman: "nAtkaL"},
		Args: anyArgs("தொடக்க_நாள்", "from", "முடிவு_நாள்", "to"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "முதல் நாளிலிருந்து இரண்டாவது நாள் வரை எத்தனை நாட்கள்",
			En: "the days from the first date to the second",
		},
		Try: []builtin.Example{
			{Expr: `நாட்கள்("2023-12-31", "2024-03-01")`, Want: `61`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "vatti.yearFraction",
		Name: builtin.Spelling{Tamil: "ஆண்டுப்_பங்கு", Roman: "ANtup_pawku"},
		Args: anyArgs("எத்தனை_நாட்கள்", "days", "ஆண்டு_நாட்கள்", "yearDays"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "நாட்கள் / ஆண்டின் நாட்கள், முழுமையாக்காமல்",
			En: "days / days of a year, not rounded",
		},
		Try: []builtin.Example{
			{Expr: `ஆண்டுப்_பங்கு(73, 365)`, Want: `0.2`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "vatti.power",
		Name: builtin.Spelling{Tamil: "அடுக்கு", Roman: "atukku"},
		Args: anyArgs("அடிப்படை", "base", "எத்தனை_முறை", "times"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "அடிப்படையின் அடுக்கு; ஒவ்வொரு பெருக்கலும் தனியாக, கடைசி இலக்கங்கள் அதைச் சார்ந்தவை",
			En: "base to the power of times, one multiplication at a time: the last digits depend on it",
		},
		Try: []builtin.Example{
			{Expr: `அடுக்கு(1.01, 24)`, Want: `1.2697346485319144689037148805`},
			{Expr: `அடுக்கு(2, 2.1)`, Want: `8`},
			{Expr: `அடுக்கு(0, 0)`, Want: `1`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "vatti.simpleInterest",
		Name: builtin.Spelling{Tamil: "எளிய_வட்டி", Roman: "eLiya_vatti"},
		Args: anyArgs("அசல்_தொகை", "principal", "ஆண்டு_விகிதம்", "percent", "எத்தனை_நாட்கள்", "days", "ஆண்டு_நாட்கள்", "yearDays"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "நாட்களுக்கான எளிய வட்டி; ஆண்டின் வட்டி முதலில் முழுமையாகும்",
			En: "the simple interest for the days; the interest of a year is rounded first",
		},
		Try: []builtin.Example{
			{Expr: `எளிய_வட்டி(0.10, 5, 3650, 365)`, Want: `0.1`},
			{Expr: `எளிய_வட்டி(0.09, 5, 3650, 365)`, Want: `0`},
		},
	}, Percent: []int{2}},
	{Builtin: builtin.Builtin{
		ID:   "vatti.dailyInterest",
		Name: builtin.Spelling{Tamil: "நாளாந்த_வட்டி", Roman: "nALAnqa_vatti"},
		Args: anyArgs("அசல்_தொகை", "principal", "ஆண்டு_விகிதம்", "percent", "ஆண்டு_நாட்கள்", "yearDays"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "ஒரு நாளின் வட்டி; ஆண்டின் வட்டி மட்டும் முழுமையாகும்",
			En: "the interest of a day; only that of a year is rounded",
		},
		Try: []builtin.Example{
			{Expr: `நாளாந்த_வட்டி(36500, 10, 365)`, Want: `10`},
		},
	}, Percent: []int{2}},
	{Builtin: builtin.Builtin{
		ID:   "vatti.compoundInterest",
		Name: builtin.Spelling{Tamil: "கூட்டு_வட்டி", Roman: "kUttu_vatti"},
		Args: anyArgs("அசல்_தொகை", "principal", "ஆண்டு_விகிதம்", "percent", "ஆண்டுகள்", "years", "ஆண்டுக்கு_எத்தனை", "timesAYear"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "ஆண்டுக்கு அத்தனை முறை சேரும் கூட்டு வட்டி",
			En: "the compound interest, added so many times a year",
		},
		Try: []builtin.Example{
			{Expr: `கூட்டு_வட்டி(50000, 6.8, 3, 4)`, Want: `11209.87`},
		},
	}, Percent: []int{2}},
	{Builtin: builtin.Builtin{
		ID:   "vatti.maturity",
		Name: builtin.Spelling{Tamil: "முதிர்வுத்_தொகை", Roman: "muqirvuq_qokY"},
		Args: anyArgs("அசல்_தொகை", "principal", "ஆண்டு_விகிதம்", "percent", "ஆண்டுகள்", "years", "ஆண்டுக்கு_எத்தனை", "timesAYear"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "அசலும் கூட்டு வட்டியும்",
			En: "the principal and its compound interest",
		},
		Try: []builtin.Example{
			{Expr: `முதிர்வுத்_தொகை(50000, 6.8, 3, 4)`, Want: `61209.87`},
		},
	}, Percent: []int{2}},
}

// loanFunctions are those of nUlakam/vawki/kadaZ.qmz.
var loanFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "kadaZ.monthlyRate",
		Name: builtin.Spelling{Tamil: "மாத_விகிதம்", Roman: "mAqa_vikiqam"},
		Args: anyArgs("ஆண்டு_விகிதம்", "percent"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "ஒரு மாதத்தின் விகிதம்: ஆண்டு விகிதம் / 1200",
			En: "the rate of a month: the rate of a year / 1200",
		},
		Try: []builtin.Example{
			{Expr: `மாத_விகிதம்(12)`, Want: `0.01`},
		},
	}, Percent: []int{1}},
	{Builtin: builtin.Builtin{
		ID:   "kadaZ.instalment",
		Name: builtin.Spelling{Tamil: "மாதத்_தவணை", Roman: "mAqaq_qavaNY"},
		Args: anyArgs("கடன்_தொகை", "loan", "ஆண்டு_விகிதம்", "percent", "எத்தனை_மாதங்கள்", "months"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "சமமான மாதத் தவணை",
			En: "the equal monthly instalment",
		},
		Try: []builtin.Example{
			{Expr: `மாதத்_தவணை(640000, 8.75, 84)`, Want: `10216`},
			{Expr: `மாதத்_தவணை(1000, 0, 3)`, Want: `333.33`},
		},
	}, Percent: []int{2}},
	{Builtin: builtin.Builtin{
		ID:   "kadaZ.schedule",
		Name: builtin.Spelling{Tamil: "தவணை_அட்டவணை", Roman: "qavaNY_attavaNY"},
		Args: anyArgs("கடன்_தொகை", "loan", "ஆண்டு_விகிதம்", "percent", "எத்தனை_மாதங்கள்", "months"),
		Ret:  "array of record",
		Doc: diag.Text{
			Ta: "மாத வாரியாக; கடைசித் தவணை கடனைச் சரியாக 0 ஆக்கும்",
			En: "month by month; the last instalment closes the loan to 0 exactly",
		},
		Try: []builtin.Example{
			{Expr: `தவணை_அட்டவணை(1000, 0, 3)`, Want: `[{அசலுக்கு: 333.33, தவணை: 333.33, மாதம்: 1, மீதம்: 666.67, வட்டி: 0}, {அசலுக்கு: 333.33, தவணை: 333.33, மாதம்: 2, மீதம்: 333.34, வட்டி: 0}, {அசலுக்கு: 333.34, தவணை: 333.34, மாதம்: 3, மீதம்: 0, வட்டி: 0}]`},
		},
	}, Percent: []int{2}},
	{Builtin: builtin.Builtin{
		ID:   "kadaZ.totalInterest",
		Name: builtin.Spelling{Tamil: "மொத்த_வட்டி", Roman: "moqqa_vatti"},
		Args: []builtin.Arg{
			arg("அட்டவணை", "schedule", builtin.Countable),
		},
		Ret: "number",
		Doc: diag.Text{
			Ta: "அட்டவணையின் வட்டிகளின் கூட்டுத்தொகை",
			En: "the sum of the interest of a schedule",
		},
		Try: []builtin.Example{
			{Expr: `மொத்த_வட்டி(தவணை_அட்டவணை(48000, 13.5, 7))`, Want: `2184.16`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kadaZ.totalRepaid",
		Name: builtin.Spelling{Tamil: "மொத்தத்_திருப்பி", Roman: "moqqaq_qiruppi"},
		Args: []builtin.Arg{
			arg("அட்டவணை", "schedule", builtin.Countable),
		},
		Ret: "number",
		Doc: diag.Text{
			Ta: "அட்டவணையின் தவணைகளின் கூட்டுத்தொகை",
			En: "the sum of the instalments of a schedule",
		},
		Try: []builtin.Example{
			{Expr: `மொத்தத்_திருப்பி(தவணை_அட்டவணை(48000, 13.5, 7))`, Want: `50184.16`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kadaZ.payOff",
		Name: builtin.Spelling{Tamil: "முன்கூட்டியே_அடைத்தால்", Roman: "muZkUttiyE_atYqqAl"},
		Args: []builtin.Arg{
			arg("அட்டவணை", "schedule", builtin.Countable),
			arg("எத்தனாவது_மாதம்", "month", builtin.Any),
		},
		Ret: "number",
		Doc: diag.Text{
			Ta: "அந்த மாதத்தின் தவணைக்குப் பின் மீதம்; அப்படி ஒரு மாதம் இல்லையெனில் 0",
			En: "the balance after the instalment of that month; 0 when there is no such month",
		},
		Try: []builtin.Example{
			{Expr: `முன்கூட்டியே_அடைத்தால்(தவணை_அட்டவணை(1000, 0, 3), 1)`, Want: `666.67`},
			{Expr: `முன்கூட்டியே_அடைத்தால்(தவணை_அட்டவணை(1000, 0, 3), 0)`, Want: `0`},
		},
	}},
}
