package stdlib

import (
	"etamil/engine/builtin"
	"etamil/engine/diag"
)

// depreciationFunctions are those of nUlakam/kaNakkiyal/qEymAZam.qmz.
var depreciationFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "qEymAZam.straightLine",
		Name: builtin.Spelling{Tamil: "நேர்கோட்டு_ஆண்டு", Roman: "nErkOttu_ANtu"},
		Args: anyArgs("கொள்முதல்_மதிப்பு", "cost", "எஞ்சிய_மதிப்பு", "residual", "பயன்_ஆண்டுகள்", "years"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "ஓர் ஆண்டின் தேய்வு: (விலை − எஞ்சியது) / ஆண்டுகள்",
			En: "the charge of a year: (cost − residual) / years",
		},
		Try: []builtin.Example{
			{Expr: `நேர்கோட்டு_ஆண்டு(25000, 1999.99, 7)`, Want: `3285.72`},
			{Expr: `நேர்கோட்டு_ஆண்டு(25000, 0, 0)`, Want: `0`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "qEymAZam.straightLineRate",
		Name: builtin.Spelling{Tamil: "நேர்கோட்டு_விகிதம்", Roman: "nErkOttu_vikiqam"},
		Args: anyArgs("கொள்முதல்_மதிப்பு", "cost", "எஞ்சிய_மதிப்பு", "residual", "பயன்_ஆண்டுகள்", "years"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "ஓர் ஆண்டின் தேய்வு விலையில் நூற்றுக்கு எவ்வளவு",
			En: "the charge of a year as a percentage of the cost",
		},
		Try: []builtin.Example{
			{Expr: `நேர்கோட்டு_விகிதம்(25000, 1999.99, 7)`, Want: `13.14`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "qEymAZam.writtenDown",
		Name: builtin.Spelling{Tamil: "குறையும்_ஆண்டு", Roman: "kuRYyum_ANtu"},
		Args: anyArgs("திறப்பு_மதிப்பு", "opening", "ஆண்டு_விகிதம்", "percent", "எஞ்சிய_மதிப்பு", "residual"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "ஓர் ஆண்டின் தேய்வு: திறப்பின் மீது விகிதம், எஞ்சிய மதிப்புக்குக் கீழ் போகாமல்",
			En: "the charge of a year: the rate on the opening value, not below the residual",
		},
		Try: []builtin.Example{
			{Expr: `குறையும்_ஆண்டு(72000, 40, 6000)`, Want: `28800`},
			{Expr: `குறையும்_ஆண்டு(9331.20, 40, 6000)`, Want: `3331.2`},
		},
	}, Percent: []int{2}},
	{Builtin: builtin.Builtin{
		ID:   "qEymAZam.partOfYear",
		Name: builtin.Spelling{Tamil: "பகுதி_ஆண்டு", Roman: "pakuqi_ANtu"},
		Args: anyArgs("ஆண்டுத்_தொகை", "amount", "வைத்திருந்த_நாட்கள்", "held", "ஆண்டு_நாட்கள்", "yearDays"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "வைத்திருந்த நாட்களுக்கான பங்கு; முழு ஆண்டெனில் தொகை அப்படியே",
			En: "the part for the days held; the amount as it is for a whole year",
		},
		Try: []builtin.Example{
			{Expr: `பகுதி_ஆண்டு(3650, 73, 365)`, Want: `730`},
			{Expr: `பகுதி_ஆண்டு(3650, 400, 365)`, Want: `3650`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "qEymAZam.straightLineSchedule",
		Name: builtin.Spelling{Tamil: "நேர்கோட்டு_அட்டவணை", Roman: "nErkOttu_attavaNY"},
		Args: anyArgs("கொள்முதல்_மதிப்பு", "cost", "எஞ்சிய_மதிப்பு", "residual", "பயன்_ஆண்டுகள்", "years"),
		Ret:  "array of record",
		Doc: diag.Text{
			Ta: "ஆண்டு வாரியாக; கடைசி ஆண்டு எஞ்சிய மதிப்பில் சரியாக முடியும்",
			En: "year by year; the last year closes on the residual exactly",
		},
		Try: []builtin.Example{
			{Expr: `நேர்கோட்டு_அட்டவணை(10000, 1000, 2)`, Want: `[{ஆண்டெண்: 1, திறப்பு: 10000, தேய்வு: 4500, முடிவு: 5500}, {ஆண்டெண்: 2, திறப்பு: 5500, தேய்வு: 4500, முடிவு: 1000}]`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "qEymAZam.writtenDownSchedule",
		Name: builtin.Spelling{Tamil: "குறையும்_அட்டவணை", Roman: "kuRYyum_attavaNY"},
		Args: anyArgs("கொள்முதல்_மதிப்பு", "cost", "ஆண்டு_விகிதம்", "percent", "எஞ்சிய_மதிப்பு", "residual", "எத்தனை_ஆண்டுகள்", "years"),
		Ret:  "array of record",
		Doc: diag.Text{
			Ta: "ஆண்டு வாரியாக; எஞ்சிய மதிப்பை அடைந்தபின் தேய்வு 0",
			En: "year by year; the charge is 0 once the residual is reached",
		},
		Try: []builtin.Example{
			{Expr: `குறையும்_அட்டவணை(72000, 40, 40000, 2)`, Want: `[{ஆண்டெண்: 1, திறப்பு: 72000, தேய்வு: 28800, முடிவு: 43200}, {ஆண்டெண்: 2, திறப்பு: 43200, தேய்வு: 3200, முடிவு: 40000}]`},
		},
	}, Percent: []int{2}},
	{Builtin: builtin.Builtin{
		ID:   "qEymAZam.totalDepreciation",
		Name: builtin.Spelling{Tamil: "மொத்தத்_தேய்வு", Roman: "moqqaq_qEyvu"},
		Args: []builtin.Arg{
			arg("அட்டவணை", "schedule", builtin.Countable),
		},
		Ret: "number",
		Doc: diag.Text{
			Ta: "அட்டவணையின் தேய்வுகளின் கூட்டுத்தொகை",
			En: "the sum of the charges of a schedule",
		},
		Try: []builtin.Example{
			{Expr: `மொத்தத்_தேய்வு(நேர்கோட்டு_அட்டவணை(25000, 1999.99, 7))`, Want: `23000.01`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "qEymAZam.block",
		Name: builtin.Spelling{Tamil: "தொகுதி_தேய்வு", Roman: "qokuqi_qEyvu"},
		Args: anyArgs("திறப்பு_மதிப்பு", "opening", "சேர்த்தவை", "additions", "விற்றவை", "sales", "ஆண்டு_விகிதம்", "percent", "குறைந்த_நாட்கள்_சேர்ப்பு", "lateAdditions"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "தொகுதியின் தேய்வு {முழு_விகிதம், பாதி_விகிதம், மொத்தம், இறுதி_மதிப்பு}; குறைந்த நாட்கள் பயன்பட்டவற்றுக்குப் பாதி",
			En: "the charge on a block {முழு_விகிதம் full, பாதி_விகிதம் half, மொத்தம் total, இறுதி_மதிப்பு closing}; half on what was used for less than half the year",
		},
		Try: []builtin.Example{
			{Expr: `தொகுதி_தேய்வு(240000, 60000, 25000.50, 30, 9000.75)`, Want: `{இறுதி_மதிப்பு: 200150.28, பாதி_விகிதம்: 1350.12, முழு_விகிதம்: 82499.85, மொத்தம்: 83849.97}`},
		},
	}, Percent: []int{4}},
}
