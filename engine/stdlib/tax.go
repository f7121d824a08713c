package stdlib

import (
	"etamil/engine/builtin"
	"etamil/engine/diag"
)

// taxFunctions are those of nUlakam/kaNakkiyal/vari.qmz.
var taxFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "vari.taxRate",
		Name: builtin.Spelling{Tamil: "வரி_விகிதம்_ஆக்கு", Roman: "vari_vikiqam_Akku"},
		Args: anyArgs("பெயர்", "name", "விகிதம்", "percent", "கட்டுப்பாட்டு_கணக்கு", "account"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "பெயருள்ள வரி விகிதம், தந்தபடியே",
			En: "a named rate of tax, as given",
		},
		Try: []builtin.Example{
			{Expr: `வரி_விகிதம்_ஆக்கு("ஜிஎஸ்டி 18", 18, "220")`, Want: `{கட்டுப்பாட்டு_கணக்கு: 220, பெயர்: ஜிஎஸ்டி 18, விகிதம்: 18}`},
		},
	}, Percent: []int{2}},
	{Builtin: builtin.Builtin{
		ID:   "vari.tax",
		Name: builtin.Spelling{Tamil: "வரி_தொகை", Roman: "vari_qokY"},
		Args: anyArgs("அடிப்படை", "net", "விகிதம்", "percent"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "அடிப்படையின் மீதான வரி, இரு தசம இடங்களுக்கு",
			En: "the tax on a net amount, rounded to 2 places",
		},
		Try: []builtin.Example{
			{Expr: `வரி_தொகை(0.05, 10)`, Want: `0.01`},
			{Expr: `வரி_தொகை(-0.05, 10)`, Want: `-0.01`},
		},
	}, Percent: []int{2}},
	{Builtin: builtin.Builtin{
		ID:   "vari.gross",
		Name: builtin.Spelling{Tamil: "வரியுடன்_மொத்தம்", Roman: "variyutaZ_moqqam"},
		Args: anyArgs("அடிப்படை", "net", "விகிதம்", "percent"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "அடிப்படையும் வரியும்; அடிப்படை முழுமையாக்கப்படாது",
			En: "net and tax; the net amount is not rounded",
		},
		Try: []builtin.Example{
			{Expr: `வரியுடன்_மொத்தம்(1234.56, 12)`, Want: `1382.71`},
		},
	}, Percent: []int{2}},
	{Builtin: builtin.Builtin{
		ID:   "vari.net",
		Name: builtin.Spelling{Tamil: "அடிப்படையை_பிரி", Roman: "atippatYyY_piri"},
		Args: anyArgs("மொத்தம்", "gross", "விகிதம்", "percent"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "வரியுடனான மொத்தத்தின் அடிப்படை: மொத்தம் × 100 / (100 + விகிதம்)",
			En: "the net of a gross amount: gross × 100 / (100 + rate)",
		},
		Try: []builtin.Example{
			{Expr: `அடிப்படையை_பிரி(118, 18)`, Want: `100`},
			{Expr: `அடிப்படையை_பிரி(100, 18)`, Want: `84.75`},
		},
	}, Percent: []int{2}},
	{Builtin: builtin.Builtin{
		ID:   "vari.split",
		Name: builtin.Spelling{Tamil: "மாநில_பிரிப்பு", Roman: "mAnila_pirippu"},
		Args: anyArgs("மொத்த_வரி", "tax", "உள்_மாநிலமா", "sameState"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "ஒரே மாநிலத்தில் {cgst, sgst} இரு பாதி, மாநிலங்களுக்கிடையில் {igst} முழுவதும்; மிச்சக் காசு cgst-இல்",
			En: "{cgst, sgst, igst}: two halves within a state, all of it in igst between states; the odd paisa is in cgst",
		},
		Try: []builtin.Example{
			{Expr: `மாநில_பிரிப்பு(148.15, மெய்)`, Want: `{cgst: 74.08, igst: 0, sgst: 74.07}`},
			{Expr: `மாநில_பிரிப்பு(148.15, பொய்)`, Want: `{cgst: 0, igst: 148.15, sgst: 0}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "vari.sale",
		Name: builtin.Spelling{Tamil: "விற்பனை_பரிவர்த்தனை", Roman: "viRpaZY_parivarqqaZY"},
		Args: anyArgs("பரிவர்த்தனை_எண்", "number", "நாள்", "date", "விவரம்", "description", "வாடிக்கையாளர்_கணக்கு", "customer", "வருவாய்_கணக்கு", "revenue", "வரி_கணக்கு", "taxAccount", "அடிப்படை", "net", "விகிதம்", "percent"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "கடன் விற்பனை: பற்று வாடிக்கையாளர், வரவு வருவாய், வரவு வரி",
			En: "a sale on credit: debit customer, credit revenue, credit tax",
		},
		Try: []builtin.Example{
			{Expr: `விற்பனை_பரிவர்த்தனை("V1", "2025-04-01", "", "A", "B", "T", 1234.56, 12).வரிசைகள்`, Want: `[{கணக்கு_குறி: A, பற்று_தொகை: 1382.71, வரவு_தொகை: 0}, {கணக்கு_குறி: B, பற்று_தொகை: 0, வரவு_தொகை: 1234.56}, {கணக்கு_குறி: T, பற்று_தொகை: 0, வரவு_தொகை: 148.15}]`},
		},
	}, Percent: []int{8}},
	{Builtin: builtin.Builtin{
		ID:   "vari.cashSale",
		Name: builtin.Spelling{Tamil: "ரொக்க_விற்பனை", Roman: "rokka_viRpaZY"},
		Args: anyArgs("பரிவர்த்தனை_எண்", "number", "நாள்", "date", "விவரம்", "description", "வங்கி_கணக்கு", "bank", "வருவாய்_கணக்கு", "revenue", "வரி_கணக்கு", "taxAccount", "அடிப்படை", "net", "விகிதம்", "percent"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "ரொக்க விற்பனை: பற்று வங்கி, வரவு வருவாய், வரவு வரி",
			En: "a sale for cash: debit bank, credit revenue, credit tax",
		},
		Try: []builtin.Example{
			{Expr: `ரொக்க_விற்பனை("V1", "2025-04-01", "", "A", "B", "T", 1234.56, 12).வரிசைகள்`, Want: `[{கணக்கு_குறி: A, பற்று_தொகை: 1382.71, வரவு_தொகை: 0}, {கணக்கு_குறி: B, பற்று_தொகை: 0, வரவு_தொகை: 1234.56}, {கணக்கு_குறி: T, பற்று_தொகை: 0, வரவு_தொகை: 148.15}]`},
		},
	}, Percent: []int{8}},
	{Builtin: builtin.Builtin{
		ID:   "vari.purchase",
		Name: builtin.Spelling{Tamil: "கொள்முதல்_பரிவர்த்தனை", Roman: "koLmuqal_parivarqqaZY"},
		Args: anyArgs("பரிவர்த்தனை_எண்", "number", "நாள்", "date", "விவரம்", "description", "விற்பனையாளர்_கணக்கு", "supplier", "செலவு_கணக்கு", "expense", "வரி_கணக்கு", "taxAccount", "அடிப்படை", "net", "விகிதம்", "percent"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "கடன் கொள்முதல்: பற்று செலவு, பற்று வரி, வரவு விற்பனையாளர்",
			En: "a purchase on credit: debit expense, debit tax, credit supplier",
		},
		Try: []builtin.Example{
			{Expr: `கொள்முதல்_பரிவர்த்தனை("V1", "2025-04-01", "", "A", "B", "T", 1234.56, 12).வரிசைகள்`, Want: `[{கணக்கு_குறி: B, பற்று_தொகை: 1234.56, வரவு_தொகை: 0}, {கணக்கு_குறி: T, பற்று_தொகை: 148.15, வரவு_தொகை: 0}, {கணக்கு_குறி: A, பற்று_தொகை: 0, வரவு_தொகை: 1382.71}]`},
		},
	}, Percent: []int{8}},
	{Builtin: builtin.Builtin{
		ID:   "vari.cashPurchase",
		Name: builtin.Spelling{Tamil: "ரொக்க_கொள்முதல்", Roman: "rokka_koLmuqal"},
		Args: anyArgs("பரிவர்த்தனை_எண்", "number", "நாள்", "date", "விவரம்", "description", "வங்கி_கணக்கு", "bank", "செலவு_கணக்கு", "expense", "வரி_கணக்கு", "taxAccount", "அடிப்படை", "net", "விகிதம்", "percent"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "ரொக்கக் கொள்முதல்: பற்று செலவு, பற்று வரி, வரவு வங்கி",
			En: "a purchase for cash: debit expense, debit tax, credit bank",
		},
		Try: []builtin.Example{
			{Expr: `ரொக்க_கொள்முதல்("V1", "2025-04-01", "", "A", "B", "T", 1234.56, 12).வரிசைகள்`, Want: `[{கணக்கு_குறி: B, பற்று_தொகை: 1234.56, வரவு_தொகை: 0}, {கணக்கு_குறி: T, பற்று_தொகை: 148.15, வரவு_தொகை: 0}, {கணக்கு_குறி: A, பற்று_தொகை: 0, வரவு_தொகை: 1382.71}]`},
		},
	}, Percent: []int{8}},
	{Builtin: builtin.Builtin{
		ID:   "vari.creditNote",
		Name: builtin.Spelling{Tamil: "வரவு_குறிப்பு", Roman: "varavu_kuRippu"},
		Args: anyArgs("பரிவர்த்தனை_எண்", "number", "நாள்", "date", "விவரம்", "description", "வாடிக்கையாளர்_கணக்கு", "customer", "வருவாய்_கணக்கு", "revenue", "வரி_கணக்கு", "taxAccount", "அடிப்படை", "net", "விகிதம்", "percent"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "விற்ற பொருள் திரும்பியது: பற்று வருவாய், பற்று வரி, வரவு வாடிக்கையாளர்",
			En: "goods sold come back: debit revenue, debit tax, credit customer",
		},
		Try: []builtin.Example{
			{Expr: `வரவு_குறிப்பு("V1", "2025-04-01", "", "A", "B", "T", 1234.56, 12).வரிசைகள்`, Want: `[{கணக்கு_குறி: B, பற்று_தொகை: 1234.56, வரவு_தொகை: 0}, {கணக்கு_குறி: T, பற்று_தொகை: 148.15, வரவு_தொகை: 0}, {கணக்கு_குறி: A, பற்று_தொகை: 0, வரவு_தொகை: 1382.71}]`},
		},
	}, Percent: []int{8}},
	{Builtin: builtin.Builtin{
		ID:   "vari.debitNote",
		Name: builtin.Spelling{Tamil: "பற்று_குறிப்பு", Roman: "paRRu_kuRippu"},
		Args: anyArgs("பரிவர்த்தனை_எண்", "number", "நாள்", "date", "விவரம்", "description", "விற்பனையாளர்_கணக்கு", "supplier", "செலவு_கணக்கு", "expense", "வரி_கணக்கு", "taxAccount", "அடிப்படை", "net", "விகிதம்", "percent"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "வாங்கிய பொருள் திருப்பியது: பற்று விற்பனையாளர், வரவு செலவு, வரவு வரி",
			En: "goods bought go back: debit supplier, credit expense, credit tax",
		},
		Try: []builtin.Example{
			{Expr: `பற்று_குறிப்பு("V1", "2025-04-01", "", "A", "B", "T", 1234.56, 12).வரிசைகள்`, Want: `[{கணக்கு_குறி: A, பற்று_தொகை: 1382.71, வரவு_தொகை: 0}, {கணக்கு_குறி: B, பற்று_தொகை: 0, வரவு_தொகை: 1234.56}, {கணக்கு_குறி: T, பற்று_தொகை: 0, வரவு_தொகை: 148.15}]`},
		},
	}, Percent: []int{8}},
	{Builtin: builtin.Builtin{
		ID:   "vari.receive",
		Name: builtin.Spelling{Tamil: "பணம்_பெறு", Roman: "paNam_peRu"},
		Args: anyArgs("பரிவர்த்தனை_எண்", "number", "நாள்", "date", "விவரம்", "description", "வங்கி_கணக்கு", "bank", "வாடிக்கையாளர்_கணக்கு", "customer", "தொகை_மதிப்பு", "amount"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "வாடிக்கையாளர் செலுத்தியது: பற்று வங்கி, வரவு வாடிக்கையாளர்",
			En: "a customer pays: debit bank, credit customer",
		},
		Try: []builtin.Example{
			{Expr: `பணம்_பெறு("V1", "2025-04-01", "", "A", "B", 900).வரிசைகள்`, Want: `[{கணக்கு_குறி: A, பற்று_தொகை: 900, வரவு_தொகை: 0}, {கணக்கு_குறி: B, பற்று_தொகை: 0, வரவு_தொகை: 900}]`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "vari.pay",
		Name: builtin.Spelling{Tamil: "பணம்_செலுத்து", Roman: "paNam_celuqqu"},
		Args: anyArgs("பரிவர்த்தனை_எண்", "number", "நாள்", "date", "விவரம்", "description", "வங்கி_கணக்கு", "bank", "விற்பனையாளர்_கணக்கு", "supplier", "தொகை_மதிப்பு", "amount"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "விற்பனையாளருக்குச் செலுத்தியது: பற்று விற்பனையாளர், வரவு வங்கி",
			En: "a supplier is paid: debit supplier, credit bank",
		},
		Try: []builtin.Example{
			{Expr: `பணம்_செலுத்து("V1", "2025-04-01", "", "A", "B", 900).வரிசைகள்`, Want: `[{கணக்கு_குறி: B, பற்று_தொகை: 900, வரவு_தொகை: 0}, {கணக்கு_குறி: A, பற்று_தொகை: 0, வரவு_தொகை: 900}]`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "vari.transfer",
		Name: builtin.Spelling{Tamil: "எதிர்_பதிவு", Roman: "eqir_paqivu"},
		Args: anyArgs("பரிவர்த்தனை_எண்", "number", "நாள்", "date", "விவரம்", "description", "இருந்து_கணக்கு", "from", "க்கு_கணக்கு", "to", "தொகை_மதிப்பு", "amount"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "கணக்கிலிருந்து கணக்குக்கு: பற்று க்கு_கணக்கு, வரவு இருந்து_கணக்கு",
			En: "from one account to another: debit to, credit from",
		},
		Try: []builtin.Example{
			{Expr: `எதிர்_பதிவு("V1", "2025-04-01", "", "A", "B", 900).வரிசைகள்`, Want: `[{கணக்கு_குறி: B, பற்று_தொகை: 900, வரவு_தொகை: 0}, {கணக்கு_குறி: A, பற்று_தொகை: 0, வரவு_தொகை: 900}]`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "vari.opening",
		Name: builtin.Spelling{Tamil: "தொடக்க_இருப்பு", Roman: "qotakka_iruppu"},
		Args: anyArgs("பரிவர்த்தனை_எண்", "number", "நாள்", "date", "கணக்கு_குறி", "code", "எதிர்_கணக்கு", "contra", "தொகை_மதிப்பு", "amount", "பற்றா", "isDebit"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "தொடக்க இருப்பின் பரிவர்த்தனை; பற்றா மெய் எனில் பற்று கணக்கு_குறி, இல்லையெனில் வரவு",
			En: "the entry of an opening balance; a debit of the account when isDebit, else a credit",
		},
		Try: []builtin.Example{
			{Expr: `தொடக்க_இருப்பு("O1", "2025-04-01", "101", "300", 750, மெய்)`, Want: `{நாள்: 2025-04-01, பரிவர்த்தனை_எண்: O1, வரிசைகள்: [{கணக்கு_குறி: 101, பற்று_தொகை: 750, வரவு_தொகை: 0}, {கணக்கு_குறி: 300, பற்று_தொகை: 0, வரவு_தொகை: 750}], விவரம்: தொடக்க இருப்பு}`},
		},
	}},
}
