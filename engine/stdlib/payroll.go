package stdlib

import (
	"etamil/engine/builtin"
	"etamil/engine/diag"
)

// payrollFunctions are those of nUlakam/kaNakkiyal/Uqiyam.qmz.
var payrollFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "Uqiyam.grossPay",
		Name: builtin.Spelling{Tamil: "மொத்தச்_சம்பளம்", Roman: "moqqac_campaLam"},
		Args: []builtin.Arg{
			arg("கூறுகள்", "parts", builtin.Countable),
		},
		Ret: "number",
		Doc: diag.Text{
			Ta: "பெயர் → தொகை என்ற பொருளின் தொகைகளின் கூட்டுத்தொகை",
			En: "the sum of a record of names to amounts",
		},
		Try: []builtin.Example{
			{Expr: `மொத்தச்_சம்பளம்({அடிப்படை: 21000.125, பயணம்: 1600})`, Want: `22600.13`},
			{Expr: `மொத்தச்_சம்பளம்({})`, Want: `0`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "Uqiyam.byDays",
		Name: builtin.Spelling{Tamil: "நாட்களுக்கு_ஏற்ப", Roman: "nAtkaLukku_ERpa"},
		Args: anyArgs("தொகை_மதிப்பு", "amount", "ஊதிய_நாட்கள்", "paidDays", "மாத_நாட்கள்", "monthDays"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "ஊதிய நாட்களுக்கான பங்கு; முழு மாதத்துக்கு முழுத் தொகை",
			En: "the part for the days paid; the whole amount for a whole month",
		},
		Try: []builtin.Example{
			{Expr: `நாட்களுக்கு_ஏற்ப(31000, 17, 31)`, Want: `17000`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "Uqiyam.cappedContribution",
		Name: builtin.Spelling{Tamil: "வரம்புடன்_பங்களிப்பு", Roman: "varamputaZ_pawkaLippu"},
		Args: anyArgs("பங்களிப்பு_ஊதியம்", "wage", "விகிதம்", "percent", "உச்ச_வரம்பு", "ceiling"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "ஊதியத்தின் மீது பங்களிப்பு; உச்ச வரம்புக்கு மேல் எனில் வரம்பின் மீது. வரம்பு 0 எனில் இல்லை",
			En: "a contribution on the wage, on the ceiling where the wage is above it; 0 is no ceiling",
		},
		Try: []builtin.Example{
			{Expr: `வரம்புடன்_பங்களிப்பு(90000, 8.33, 18000)`, Want: `1499.4`},
		},
	}, Percent: []int{2}},
	{Builtin: builtin.Builtin{
		ID:   "Uqiyam.limitedContribution",
		Name: builtin.Spelling{Tamil: "தகுதிக்குள்_பங்களிப்பு", Roman: "qakuqikkuL_pawkaLippu"},
		Args: anyArgs("மொத்தத்_தொகை", "wage", "விகிதம்", "percent", "தகுதி_எல்லை", "limit"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "தகுதி எல்லைக்குள் எனில் ஊதியத்தின் மீது பங்களிப்பு, மேல் எனில் 0",
			En: "a contribution on a wage up to the limit, 0 on one above it",
		},
		Try: []builtin.Example{
			{Expr: `தகுதிக்குள்_பங்களிப்பு(18000, 8.33, 18000)`, Want: `1499.4`},
			{Expr: `தகுதிக்குள்_பங்களிப்பு(18000.01, 8.33, 18000)`, Want: `0`},
		},
	}, Percent: []int{2}},
	{Builtin: builtin.Builtin{
		ID:   "Uqiyam.slabTax",
		Name: builtin.Spelling{Tamil: "படிநிலை_வரி", Roman: "patinilY_vari"},
		Args: anyArgs("வரிக்குரிய_தொகை", "amount", "படிகள்", "bands"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "படிகளின் {முதல், விகிதம், நிலைத்_தொகை} வரி; ஒவ்வொரு படியின் பங்கும் தனித்தனியே முழுமையாகும்",
			En: "the tax by bands {முதல் start, விகிதம் rate, நிலைத்_தொகை flat amount}; each band's part is rounded by itself",
		},
		Try: []builtin.Example{
			{Expr: `படிநிலை_வரி(600001, [{முதல்: 250000, விகிதம்: 6.5}, {முதல்: 600000, விகிதம்: 17.5}])`, Want: `22750.18`},
			{Expr: `படிநிலை_வரி(12000.01, [{முதல்: 12000, நிலைத்_தொகை: 110}])`, Want: `110`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "Uqiyam.gratuity",
		Name: builtin.Spelling{Tamil: "பணிக்கொடை", Roman: "paNikkotY"},
		Args: anyArgs("கடைசிச்_சம்பளம்", "wage", "பணி_ஆண்டுகள்", "years", "மேல்_எண்", "numerator", "கீழ்_எண்", "denominator", "உச்ச_வரம்பு", "maximum"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "சம்பளம் × மேல்_எண் / கீழ்_எண் × ஆண்டுகள், உச்ச வரம்பு வரை",
			En: "wage × numerator / denominator × years, up to the maximum",
		},
		Try: []builtin.Example{
			{Expr: `பணிக்கொடை(31250, 11, 15, 26, 0)`, Want: `198317.31`},
			{Expr: `பணிக்கொடை(31250, 11, 15, 26, 150000)`, Want: `150000`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "Uqiyam.paySlip",
		Name: builtin.Spelling{Tamil: "சம்பளச்_சீட்டு", Roman: "campaLac_cIttu"},
		Args: []builtin.Arg{
			arg("கூறுகள்", "parts", builtin.Countable),
			arg("பிடித்தங்கள்", "deductions", builtin.Countable),
		},
		Ret: "record",
		Doc: diag.Text{
			Ta: "{மொத்தம், பிடித்தம், கையில்}: கூறுகளின் மொத்தம், பிடித்தங்களின் மொத்தம், கையில் கிடைப்பது",
			En: "{மொத்தம் gross, பிடித்தம் deductions, கையில் net pay}",
		},
		Try: []builtin.Example{
			{Expr: `சம்பளச்_சீட்டு({அடிப்படை: 30000, படிகள்: 4500.55}, {வரி: 2345.67})`, Want: `{கையில்: 32154.88, பிடித்தம்: 2345.67, மொத்தம்: 34500.55}`},
		},
	}},
}
