package stdlib

import (
	"etamil/engine/builtin"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// accountFunctions are those of nUlakam/kaNakkiyal/kaNakkukaL.qmz.
var accountFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "kaNakkukaL.asset",
		Name: builtin.Spelling{Tamil: "வகை_சொத்து", Roman: "vakY_coqqu"},
		Ret:  "text",
		Doc: diag.Text{
			Ta: "சொத்துக் கணக்கின் வகை",
			En: "the type of an asset account",
		},
		Try: []builtin.Example{
			{Expr: `வகை_சொத்து()`, Want: `சொத்து`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kaNakkukaL.liability",
		Name: builtin.Spelling{Tamil: "வகை_பொறுப்பு", Roman: "vakY_poRuppu"},
		Ret:  "text",
		Doc: diag.Text{
			Ta: "பொறுப்புக் கணக்கின் வகை",
			En: "the type of a liability account",
		},
		Try: []builtin.Example{
			{Expr: `வகை_பொறுப்பு()`, Want: `பொறுப்பு`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kaNakkukaL.equity",
		Name: builtin.Spelling{Tamil: "வகை_பங்கு", Roman: "vakY_pawku"},
		Ret:  "text",
		Doc: diag.Text{
			Ta: "பங்குக் கணக்கின் வகை",
			En: "the type of an equity account",
		},
		Try: []builtin.Example{
			{Expr: `வகை_பங்கு()`, Want: `பங்கு`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kaNakkukaL.revenue",
		Name: builtin.Spelling{Tamil: "வகை_வருவாய்", Roman: "vakY_varuvAy"},
		Ret:  "text",
		Doc: diag.Text{
			Ta: "வருவாய்க் கணக்கின் வகை",
			En: "the type of a revenue account",
		},
		Try: []builtin.Example{
			{Expr: `வகை_வருவாய்()`, Want: `வருவாய்`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kaNakkukaL.expense",
		Name: builtin.Spelling{Tamil: "வகை_செலவு", Roman: "vakY_celavu"},
		Ret:  "text",
		Doc: diag.Text{
			Ta: "செலவுக் கணக்கின் வகை",
			En: "the type of an expense account",
		},
		Try: []builtin.Example{
			{Expr: `வகை_செலவு()`, Want: `செலவு`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kaNakkukaL.isType",
		Name: builtin.Spelling{Tamil: "செல்லுபடியா", Roman: "cellupatiyA"},
		Args: anyArgs("கணக்கு_வகை", "type"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "ஐந்து வகைகளில் ஒன்றா",
			En: "is it one of the five types",
		},
		Try: []builtin.Example{
			{Expr: `செல்லுபடியா("வருவாய்")`, Want: `true`},
			{Expr: `செல்லுபடியா("கடன்")`, Want: `false`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kaNakkukaL.isDebitType",
		Name: builtin.Spelling{Tamil: "பற்று_இயல்பா", Roman: "paRRu_iyalpA"},
		Args: anyArgs("கணக்கு_வகை", "type"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "பற்று இதைக் கூட்டுமா: சொத்து, செலவு ஆகியவற்றுக்கு மெய், வேறு எதற்கும் பொய்",
			En: "does a debit increase it: true for assets and expenses, false for everything else",
		},
		Try: []builtin.Example{
			{Expr: `பற்று_இயல்பா("சொத்து")`, Want: `true`},
			{Expr: `பற்று_இயல்பா("பொறுப்பு")`, Want: `false`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kaNakkukaL.isOnBalanceSheet",
		Name: builtin.Spelling{Tamil: "இருப்புநிலைக்கானதா", Roman: "iruppunilYkkAZaqA"},
		Args: anyArgs("கணக்கு_வகை", "type"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "இருப்புநிலையில் வருமா: வருவாய், செலவு ஆகியவற்றுக்குப் பொய், வேறு எதற்கும் மெய்",
			En: "does it belong on the balance sheet: false for revenue and expense, true for everything else",
		},
		Try: []builtin.Example{
			{Expr: `இருப்புநிலைக்கானதா("பங்கு")`, Want: `true`},
			{Expr: `இருப்புநிலைக்கானதா("செலவு")`, Want: `false`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kaNakkukaL.account",
		Name: builtin.Spelling{Tamil: "கணக்கு_ஆக்கு", Roman: "kaNakku_Akku"},
		Args: anyArgs("குறி", "code", "பெயர்", "name", "கணக்கு_வகை", "type", "உள்வகை", "subtype"),
		Ret:  "result of record | text",
		Doc: diag.Text{
			Ta: "சரி(கணக்கு); வகை ஐந்தில் ஒன்றல்ல எனில் தவறு. குறி ஏற்கெனவே உள்ளதா எனப் பார்ப்பதில்லை",
			En: "சரி(account), or a failure when the type is none of the five. Whether the code is used already is not checked",
		},
		Try: []builtin.Example{
			{Expr: `கணக்கு_ஆக்கு("101", "கல்லாப்பெட்டி", "சொத்து", "ரொக்கம்")`, Want: `சரி({உள்வகை: ரொக்கம், கணக்கு_வகை: சொத்து, குறி: 101, பெயர்: கல்லாப்பெட்டி})`},
			{Expr: `கணக்கு_ஆக்கு("9", "புதிர்", "கடன்", "")`, Want: `தவறு(இப்படி ஒரு கணக்கு வகை இல்லை  (no such type of account): கடன்)`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kaNakkukaL.findAccount",
		Name: builtin.Spelling{Tamil: "கணக்கு_தேடு", Roman: "kaNakku_qEtu"},
		Args: []builtin.Arg{
			arg("கணக்குகள்", "chart", builtin.Countable),
			arg("குறி", "code", builtin.Any),
		},
		Ret: "result of record | text",
		Doc: diag.Text{
			Ta: "சரி(அந்தக் குறியுள்ள முதல் கணக்கு); இல்லையெனில் தவறு",
			En: "சரி(the first account with that code), or a failure",
		},
		Try: []builtin.Example{
			{Expr: `கணக்கு_தேடு([{குறி: "101", பெயர்: "கல்லா"}], "101")`, Want: `சரி({குறி: 101, பெயர்: கல்லா})`},
			{Expr: `கணக்கு_தேடு([], "101")`, Want: `தவறு(இந்தக் குறியுடன் கணக்கு இல்லை  (no account with this code): 101)`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kaNakkukaL.accountsOfType",
		Name: builtin.Spelling{Tamil: "வகையால்_வடிகட்டு", Roman: "vakYyAl_vatikattu"},
		Args: []builtin.Arg{
			arg("கணக்குகள்", "chart", builtin.Countable),
			arg("கணக்கு_வகை", "type", builtin.Any),
		},
		Ret: "array of record",
		Doc: diag.Text{
			Ta: "அந்த வகைக் கணக்குகள், தம் வரிசையில்",
			En: "the accounts of that type, in order",
		},
		Try: []builtin.Example{
			{Expr: `வகையால்_வடிகட்டு([{குறி: 1, கணக்கு_வகை: "சொத்து"}, {குறி: 2, கணக்கு_வகை: "செலவு"}], "செலவு")`, Want: `[{கணக்கு_வகை: செலவு, குறி: 2}]`},
		},
	}},
}

// periodFunctions are those of nUlakam/kaNakkiyal/kAlam.qmz.
var periodFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "kAlam.period",
		Name: builtin.Spelling{Tamil: "காலம்_ஆக்கு", Roman: "kAlam_Akku"},
		Args: anyArgs("தொடக்கம்", "start", "முடிவு", "end"),
		Ret:  "result of record | text",
		Doc: diag.Text{
			Ta: "சரி(காலம்); தொடக்கம் முடிவுக்குப் பின் எனில் தவறு. இரண்டும் ஒன்றெனில் ஒரு நாள்",
			En: "சரி(period), or a failure when the start is after the end. Both alike is a period of one day",
		},
		Try: []builtin.Example{
			{Expr: `காலம்_ஆக்கு("2025-04-01", "2025-06-30")`, Want: `சரி({தொடக்கம்: 2025-04-01, முடிவு: 2025-06-30})`},
			{Expr: `காலம்_ஆக்கு("2025-07-01", "2025-06-30")`, Want: `தவறு(காலத்தின் தொடக்கம் அதன் முடிவுக்குப் பின் வருகிறது  (the period starts after its end): 2025-07-01 > 2025-06-30)`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kAlam.indianYear",
		Name: builtin.Spelling{Tamil: "இந்திய_ஆண்டு", Roman: "inqiya_ANtu"},
		Args: anyArgs("ஆண்டு", "year"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "இந்திய நிதியாண்டு: ஏப்ரல் 1 முதல் அடுத்த ஆண்டு மார்ச் 31 வரை",
			En: "the Indian financial year: 1 April to 31 March of the next year",
		},
		Try: []builtin.Example{
			{Expr: `இந்திய_ஆண்டு("1999")`, Want: `{தொடக்கம்: 1999-04-01, முடிவு: 2000-03-31}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kAlam.calendarYear",
		Name: builtin.Spelling{Tamil: "நாட்காட்டி_ஆண்டு", Roman: "nAtkAtti_ANtu"},
		Args: anyArgs("ஆண்டு", "year"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "ஜனவரி 1 முதல் டிசம்பர் 31 வரை",
			En: "1 January to 31 December",
		},
		Try: []builtin.Example{
			{Expr: `நாட்காட்டி_ஆண்டு(2026)`, Want: `{தொடக்கம்: 2026-01-01, முடிவு: 2026-12-31}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kAlam.isInPeriod",
		Name: builtin.Spelling{Tamil: "காலத்தில்_உள்ளதா", Roman: "kAlaqqil_uLLaqA"},
		Args: []builtin.Arg{
			arg("நாள்", "date", builtin.Any),
			arg("காலம்", "period", builtin.Record),
		},
		Ret: "boolean",
		Doc: diag.Text{
			Ta: "நாள் காலத்துக்குள்ளா; முதல் நாளும் கடைசி நாளும் உள்ளே",
			En: "is the date in the period, its first and last day included",
		},
		Try: []builtin.Example{
			{Expr: `காலத்தில்_உள்ளதா("2026-03-31", இந்திய_ஆண்டு(2025))`, Want: `true`},
			{Expr: `காலத்தில்_உள்ளதா(இன்மை, இந்திய_ஆண்டு(2025))`, Want: `false`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kAlam.isUpTo",
		Name: builtin.Spelling{Tamil: "வரையிலா", Roman: "varYyilA"},
		Args: anyArgs("நாள்", "date", "வரம்பு_நாள்", "last"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "நாள் அந்த நாளோ அதற்கு முன்னதோ",
			En: "is the date that day or before it",
		},
		Try: []builtin.Example{
			{Expr: `வரையிலா("2025-03-31", "2025-03-31")`, Want: `true`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kAlam.describePeriod",
		Name: builtin.Spelling{Tamil: "காலம்_விவரம்", Roman: "kAlam_vivaram"},
		Args: []builtin.Arg{
			arg("காலம்", "period", builtin.Record),
		},
		Ret: "text",
		Doc: diag.Text{
			Ta: "காலம் சொற்களில்",
			En: "the period in words",
		},
		Try: []builtin.Example{
			{Expr: `காலம்_விவரம்(நாட்காட்டி_ஆண்டு(2026))`, Want: `2026-01-01 முதல் 2026-12-31 வரை`},
		},
	}},
}

// ledgerFunctions are those of nUlakam/kaNakkiyal/pErEtu.qmz.
var ledgerFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "pErEtu.line",
		Name: builtin.Spelling{Tamil: "வரிசை_ஆக்கு", Roman: "varicY_Akku"},
		Args: anyArgs("கணக்கு_குறி", "code", "பற்று_தொகை", "debit", "வரவு_தொகை", "credit"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "பரிவர்த்தனையின் ஒரு வரிசை, தந்தபடியே",
			En: "a line of an entry, as given",
		},
		Try: []builtin.Example{
			{Expr: `வரிசை_ஆக்கு("101", 10, 4)`, Want: `{கணக்கு_குறி: 101, பற்று_தொகை: 10, வரவு_தொகை: 4}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "pErEtu.debitLine",
		Name: builtin.Spelling{Tamil: "பற்று_வரிசை", Roman: "paRRu_varicY"},
		Args: anyArgs("கணக்கு_குறி", "code", "தொகை_மதிப்பு", "amount"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "பற்றுப் பக்கத்தில் தொகையுள்ள வரிசை",
			En: "a line with the amount on the debit side",
		},
		Try: []builtin.Example{
			{Expr: `பற்று_வரிசை("101", 250.75)`, Want: `{கணக்கு_குறி: 101, பற்று_தொகை: 250.75, வரவு_தொகை: 0}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "pErEtu.creditLine",
		Name: builtin.Spelling{Tamil: "வரவு_வரிசை", Roman: "varavu_varicY"},
		Args: anyArgs("கணக்கு_குறி", "code", "தொகை_மதிப்பு", "amount"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "வரவுப் பக்கத்தில் தொகையுள்ள வரிசை",
			En: "a line with the amount on the credit side",
		},
		Try: []builtin.Example{
			{Expr: `வரவு_வரிசை("401", 250.75)`, Want: `{கணக்கு_குறி: 401, பற்று_தொகை: 0, வரவு_தொகை: 250.75}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "pErEtu.entry",
		Name: builtin.Spelling{Tamil: "பரிவர்த்தனை_ஆக்கு", Roman: "parivarqqaZY_Akku"},
		Args: anyArgs("பரிவர்த்தனை_எண்", "number", "நாள்", "date", "விவரம்", "description", "வரிசைகள்", "lines"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "பரிவர்த்தனை, தந்தபடியே",
			En: "an entry, as given",
		},
		Try: []builtin.Example{
			{Expr: `பரிவர்த்தனை_ஆக்கு("V1", "2025-04-01", "தேநீர்", [])`, Want: `{நாள்: 2025-04-01, பரிவர்த்தனை_எண்: V1, வரிசைகள்: [], விவரம்: தேநீர்}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "pErEtu.sumOfDebits",
		Name: builtin.Spelling{Tamil: "மொத்த_பற்று", Roman: "moqqa_paRRu"},
		Args: []builtin.Arg{
			arg("வரிசைகள்", "lines", builtin.Countable),
		},
		Ret: "number",
		Doc: diag.Text{
			Ta: "வரிசைகளின் பற்றுகளின் கூட்டுத்தொகை",
			En: "the sum of the debits of the lines",
		},
		Try: []builtin.Example{
			{Expr: `மொத்த_பற்று([பற்று_வரிசை("1", 5.25), பற்று_வரிசை("2", 2), வரவு_வரிசை("3", 7.25)])`, Want: `7.25`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "pErEtu.sumOfCredits",
		Name: builtin.Spelling{Tamil: "மொத்த_வரவு", Roman: "moqqa_varavu"},
		Args: []builtin.Arg{
			arg("வரிசைகள்", "lines", builtin.Countable),
		},
		Ret: "number",
		Doc: diag.Text{
			Ta: "வரிசைகளின் வரவுகளின் கூட்டுத்தொகை",
			En: "the sum of the credits of the lines",
		},
		Try: []builtin.Example{
			{Expr: `மொத்த_வரவு([பற்று_வரிசை("1", 7.25), வரவு_வரிசை("3", 7.25)])`, Want: `7.25`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "pErEtu.isBalanced",
		Name: builtin.Spelling{Tamil: "சமநிலையா", Roman: "camanilYyA"},
		Args: []builtin.Arg{
			arg("பரிவர்த்தனை", "entry", builtin.Record),
		},
		Ret: "boolean",
		Doc: diag.Text{
			Ta: "பற்றுகளும் வரவுகளும் துல்லியமாகச் சமமா",
			En: "are the debits and the credits equal, exactly",
		},
		Try: []builtin.Example{
			{Expr: `சமநிலையா(பரிவர்த்தனை_ஆக்கு("V1", "", "", [பற்று_வரிசை("1", 100), வரவு_வரிசை("2", 99.99)]))`, Want: `false`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "pErEtu.post",
		Name: builtin.Spelling{Tamil: "பதிவிடு", Roman: "paqivitu"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Array),
			arg("பரிவர்த்தனை", "entry", builtin.Record),
		},
		Ret: "result of array | text",
		Doc: diag.Text{
			Ta: "சரி(ஒவ்வொரு வரிசைக்கும் ஒரு பதிவு சேர்ந்த பேரேடு); வரிசைகள் இல்லையெனில், அல்லது சமநிலை இல்லையெனில் தவறு",
			En: "சரி(the ledger with one posting for each line), or a failure when there are no lines or they do not balance",
		},
		Try: []builtin.Example{
			{Expr: `பதிவிடு([], பரிவர்த்தனை_ஆக்கு("V1", "2025-04-01", "", [பற்று_வரிசை("1", 5), வரவு_வரிசை("2", 5)]))`, Want: `சரி([{கணக்கு_குறி: 1, நாள்: 2025-04-01, பரிவர்த்தனை_எண்: V1, பற்று_தொகை: 5, வரவு_தொகை: 0, விவரம்: }, {கணக்கு_குறி: 2, நாள்: 2025-04-01, பரிவர்த்தனை_எண்: V1, பற்று_தொகை: 0, வரவு_தொகை: 5, விவரம்: }])`},
			{Expr: `பதிவிடு([], பரிவர்த்தனை_ஆக்கு("V2", "2025-04-01", "", [பற்று_வரிசை("1", 5), வரவு_வரிசை("2", 4)]))`, Want: `தவறு(பற்றும் வரவும் சமமில்லை  (debits and credits differ): V2: 5 / 4)`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "pErEtu.balance",
		Name: builtin.Spelling{Tamil: "கணக்கு_இருப்பு", Roman: "kaNakku_iruppu"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("கணக்கு_குறி", "code", builtin.Any),
			arg("கணக்கு_வகை", "type", builtin.Any),
		},
		Ret: "number",
		Doc: diag.Text{
			Ta: "கணக்கின் இருப்பு, அதன் வகை கூடும் பக்கத்தில்",
			En: "the balance of the account, on the side that increases its type",
		},
		Try: []builtin.Example{
			{Expr: `கணக்கு_இருப்பு(மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "", "", [பற்று_வரிசை("1", 5), வரவு_வரிசை("2", 5)]))), "1", "சொத்து")`, Want: `5`},
			{Expr: `கணக்கு_இருப்பு([], "1", "சொத்து")`, Want: `0`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "pErEtu.postingsOf",
		Name: builtin.Spelling{Tamil: "கணக்கு_பதிவுகள்", Roman: "kaNakku_paqivukaL"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("கணக்கு_குறி", "code", builtin.Any),
		},
		Ret: "array of record",
		Doc: diag.Text{
			Ta: "அந்தக் கணக்கின் பதிவுகள், வரிசைப்படி",
			En: "the postings of that account, in order",
		},
		Try: []builtin.Example{
			{Expr: `நீளம்(கணக்கு_பதிவுகள்(மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "", "", [பற்று_வரிசை("1", 5), வரவு_வரிசை("2", 5)]))), "2"))`, Want: `1`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "pErEtu.inPeriod",
		Name: builtin.Spelling{Tamil: "காலம்_வடிகட்டு", Roman: "kAlam_vatikattu"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("காலம்", "period", builtin.Any),
		},
		Ret: "array of record",
		Doc: diag.Text{
			Ta: "காலத்துக்குள் வரும் பதிவுகள்",
			En: "the postings whose date is in the period",
		},
		Try: []builtin.Example{
			{Expr: `காலம்_வடிகட்டு([{நாள்: "2025-03-31"}, {நாள்: "2025-04-01"}], இந்திய_ஆண்டு(2025))`, Want: `[{நாள்: 2025-04-01}]`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "pErEtu.upTo",
		Name: builtin.Spelling{Tamil: "வரை_வடிகட்டு", Roman: "varY_vatikattu"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("வரம்பு_நாள்", "last", builtin.Any),
		},
		Ret: "array of record",
		Doc: diag.Text{
			Ta: "அந்த நாள் வரையிலான பதிவுகள்",
			En: "the postings up to and on that day",
		},
		Try: []builtin.Example{
			{Expr: `வரை_வடிகட்டு([{நாள்: "2025-03-31"}, {நாள்: "2025-04-01"}], "2025-03-31")`, Want: `[{நாள்: 2025-03-31}]`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "pErEtu.amountOf",
		Name: builtin.Spelling{Tamil: "பரிவர்த்தனை_தொகை", Roman: "parivarqqaZY_qokY"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("பரிவர்த்தனை_எண்", "number", builtin.Any),
			arg("கணக்கு_குறி", "code", builtin.Any),
			arg("கணக்கு_வகை", "type", builtin.Any),
		},
		Ret: "number",
		Doc: diag.Text{
			Ta: "அந்த எண்ணுள்ள பதிவுகள் அந்தக் கணக்கில் ஆக்கிய இருப்பு",
			En: "the balance that the postings with that number make on that account",
		},
		Try: []builtin.Example{
			{Expr: `பரிவர்த்தனை_தொகை(மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("R1", "", "", [பற்று_வரிசை("1", 200), வரவு_வரிசை("120", 200)]))), "R1", "120", "சொத்து")`, Want: `-200`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "pErEtu.dateOf",
		Name: builtin.Spelling{Tamil: "பரிவர்த்தனை_நாள்", Roman: "parivarqqaZY_nAL"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("பரிவர்த்தனை_எண்", "number", builtin.Any),
		},
		Ret: "result of any | text",
		Doc: diag.Text{
			Ta: "சரி(அந்த எண்ணுள்ள முதல் பதிவின் நாள்); இல்லையெனில் தவறு",
			En: "சரி(the date of the first posting with that number), or a failure",
		},
		Try: []builtin.Example{
			{Expr: `பரிவர்த்தனை_நாள்([{பரிவர்த்தனை_எண்: "R1", நாள்: "2025-05-20"}], "R1")`, Want: `சரி(2025-05-20)`},
			{Expr: `பரிவர்த்தனை_நாள்([], "R1")`, Want: `தவறு(இந்த எண்ணுடன் பரிவர்த்தனை இல்லை  (no entry with this number): R1)`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "pErEtu.numbersOf",
		Name: builtin.Spelling{Tamil: "பரிவர்த்தனை_எண்கள்", Roman: "parivarqqaZY_eNkaL"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("கணக்கு_குறி", "code", builtin.Any),
		},
		Ret: "array",
		Doc: diag.Text{
			Ta: "அந்தக் கணக்கைத் தொடும் எண்கள், ஒவ்வொன்றும் ஒருமுறை, முதலில் வந்த வரிசையில்",
			En: "the numbers that touch the account, each once, in order of first use",
		},
		Try: []builtin.Example{
			{Expr: `பரிவர்த்தனை_எண்கள்([{பரிவர்த்தனை_எண்: "P1", கணக்கு_குறி: 1}, {பரிவர்த்தனை_எண்: "R1", கணக்கு_குறி: 1}, {பரிவர்த்தனை_எண்: "P1", கணக்கு_குறி: 1}], 1)`, Want: `[P1, R1]`},
		},
	}},
}

// companyFunctions are those of nUlakam/kaNakkiyal/niRuvaZam.qmz.
var companyFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "niRuvaZam.company",
		Name: builtin.Spelling{Tamil: "நிறுவனம்_ஆக்கு", Roman: "niRuvaZam_Akku"},
		Args: anyArgs("குறி", "code", "பெயர்", "name", "அறிக்கை_நாணயம்", "currency"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "நிறுவனம், தந்தபடியே",
			En: "a company, as given",
		},
		Try: []builtin.Example{
			{Expr: `நிறுவனம்_ஆக்கு("மது", "மதுரை ஆலை", "INR")`, Want: `{அறிக்கை_நாணயம்: INR, குறி: மது, பெயர்: மதுரை ஆலை}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "niRuvaZam.currency",
		Name: builtin.Spelling{Tamil: "நாணயம்_ஆக்கு", Roman: "nANayam_Akku"},
		Args: anyArgs("குறி", "code", "பெயர்", "name", "சின்னம்", "symbol"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "நாணயம், தந்தபடியே",
			En: "a currency, as given",
		},
		Try: []builtin.Example{
			{Expr: `நாணயம்_ஆக்கு("USD", "டாலர்", "$")`, Want: `{குறி: USD, சின்னம்: $, பெயர்: டாலர்}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "niRuvaZam.exchangeRate",
		Name: builtin.Spelling{Tamil: "மாற்று_விகிதம்_ஆக்கு", Roman: "mARRu_vikiqam_Akku"},
		Args: anyArgs("நாணயக்_குறி", "currency", "நாள்", "date", "விகிதம்", "rate"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "மாற்று விகிதம், தந்தபடியே: அன்னிய நாணயம் ஒன்றுக்கு அறிக்கை நாணயத்தில் எவ்வளவு",
			En: "an exchange rate, as given: reporting currency for one unit of the foreign one",
		},
		Try: []builtin.Example{
			{Expr: `மாற்று_விகிதம்_ஆக்கு("USD", "2025-04-01", 83.1)`, Want: `{நாணயக்_குறி: USD, நாள்: 2025-04-01, விகிதம்: 83.1}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "niRuvaZam.postFor",
		Name: builtin.Spelling{Tamil: "நிறுவனத்துடன்_பதிவிடு", Roman: "niRuvaZaqqutaZ_paqivitu"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Array),
			arg("பரிவர்த்தனை", "entry", builtin.Record),
			arg("நிறுவனக்_குறி", "company", builtin.Any),
		},
		Ret: "result of array | text",
		Doc: diag.Text{
			Ta: "பதிவிடு போலவே; புதிய பதிவுகள் ஒவ்வொன்றிலும் நிறுவனக்_குறி இருக்கும்",
			En: "as பதிவிடு; every new posting also has நிறுவனக்_குறி",
		},
		Try: []builtin.Example{
			{Expr: `நிறுவனத்துடன்_பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "2025-04-01", "", [பற்று_வரிசை("1", 5), வரவு_வரிசை("2", 5)]), "மது")`, Want: `சரி([{கணக்கு_குறி: 1, நாள்: 2025-04-01, நிறுவனக்_குறி: மது, பரிவர்த்தனை_எண்: 1, பற்று_தொகை: 5, வரவு_தொகை: 0, விவரம்: }, {கணக்கு_குறி: 2, நாள்: 2025-04-01, நிறுவனக்_குறி: மது, பரிவர்த்தனை_எண்: 1, பற்று_தொகை: 0, வரவு_தொகை: 5, விவரம்: }])`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "niRuvaZam.ofCompany",
		Name: builtin.Spelling{Tamil: "நிறுவன_வடிகட்டு", Roman: "niRuvaZa_vatikattu"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("நிறுவனக்_குறி", "company", builtin.Any),
		},
		Ret: "array of record",
		Doc: diag.Text{
			Ta: "அந்த நிறுவனத்தின் பதிவுகள்",
			En: "the postings of that company",
		},
		Try: []builtin.Example{
			{Expr: `நிறுவன_வடிகட்டு([{நிறுவனக்_குறி: "மது"}, {நிறுவனக்_குறி: "கோவை"}], "கோவை")`, Want: `[{நிறுவனக்_குறி: கோவை}]`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "niRuvaZam.toBase",
		Name: builtin.Spelling{Tamil: "அடிப்படைக்கு_மாற்று", Roman: "atippatYkku_mARRu"},
		Args: anyArgs("தொகை_மதிப்பு", "amount", "விகிதம்", "rate"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "அறிக்கை நாணயத்தில் தொகை, இரு தசம இடங்களுக்கு",
			En: "the amount in the reporting currency, rounded to 2 places",
		},
		Try: []builtin.Example{
			{Expr: `அடிப்படைக்கு_மாற்று(-1, 0.125)`, Want: `-0.13`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "niRuvaZam.difference",
		Name: builtin.Spelling{Tamil: "வேறுபாட்டுத்_தொகை", Roman: "vERupAttuq_qokY"},
		Args: anyArgs("அன்னியத்_தொகை", "amount", "பழைய_விகிதம்", "oldRate", "புதிய_விகிதம்", "newRate"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "விகிதம் மாறியதால் வந்த வேறுபாடு; நமக்கு வர வேண்டியதில் நேர்மறை எனில் லாபம்",
			En: "what the change of the rate makes; above 0 it is a gain on what is owed to us",
		},
		Try: []builtin.Example{
			{Expr: `வேறுபாட்டுத்_தொகை(1000, 83.10, 84.355)`, Want: `1255`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "niRuvaZam.exchangeEntry",
		Name: builtin.Spelling{Tamil: "அன்னிய_வேறுபாடு", Roman: "aZZiya_vERupAtu"},
		Args: anyArgs("பரிவர்த்தனை_எண்", "number", "நாள்", "date", "விவரம்", "description", "வாடிக்கையாளர்_கணக்கு", "customer", "லாப_கணக்கு", "gain", "இழப்பு_கணக்கு", "loss", "வேறுபாடு", "difference"),
		Ret:  "result of record | text",
		Doc: diag.Text{
			Ta: "சரி(வேறுபாட்டுக்கான பரிவர்த்தனை, பதிவிடப்படாமல்); வேறுபாடு 0 எனில் தவறு",
			En: "சரி(the entry for the difference, not posted), or a failure when it is 0",
		},
		Try: []builtin.Example{
			{Expr: `மதிப்பு(அன்னிய_வேறுபாடு("F1", "2025-06-30", "", "120", "480", "580", -55)).வரிசைகள்`, Want: `[{கணக்கு_குறி: 580, பற்று_தொகை: 55, வரவு_தொகை: 0}, {கணக்கு_குறி: 120, பற்று_தொகை: 0, வரவு_தொகை: 55}]`},
			{Expr: `அன்னிய_வேறுபாடு("F1", "2025-06-30", "", "120", "480", "580", 0)`, Want: `தவறு(மாற்று வேறுபாடு இல்லை  (there is no exchange difference): 0)`},
		},
	}},
}

// Bodies in Go.

// groupNumbers is குழு_எண்கள்.
func groupNumbers(c call) (value.Value, error) {
	values, err := c.elements(0)
	if err != nil {
		return value.Value{}, err
	}
	if err := take(c.m, 4*len(values)*valueBytes); err != nil {
		return value.Value{}, err
	}
	work := steps{m: c.m}
	groups := newGrouping(&work, len(values))
	numbers := make([]value.Value, len(values))
	for i := range values {
		n := groups.add(&values[i])
		if work.err != nil {
			return value.Value{}, work.err
		}
		numbers[i] = value.Int(n)
	}
	return value.FlatArray(numbers), work.done()
}

// sideKeys are the fields of what sideTotals gives for an account.
var sideKeys = value.FrozenKeys([]string{"பற்று", "வரவு"})

// sideTotals is பக்க_மொத்தங்கள்.
func sideTotals(c call) (value.Value, error) {
	codes, err := c.elements(1)
	if err != nil || len(codes) == 0 {
		return value.FlatArray(nil), err
	}
	postings, err := c.elements(0)
	if err != nil {
		return value.Value{}, err
	}
	if err := take(c.m, 8*len(codes)*valueBytes); err != nil {
		return value.Value{}, err
	}
	work := steps{m: c.m}
	groups := newGrouping(&work, len(codes))
	numbers := make([]int, len(codes))
	for i := range codes {
		numbers[i] = groups.add(&codes[i])
	}
	sides := make([][2]decimal.Decimal, len(groups.list))
	for i := range postings {
		code, err := fieldOf(&postings[i], "கணக்கு_குறி")
		if err != nil {
			return value.Value{}, err
		}
		n, known := groups.find(&code)
		if work.err != nil {
			return value.Value{}, work.err
		}
		if !known {
			continue
		}
		for side, name := range [...]string{"பற்று_தொகை", "வரவு_தொகை"} {
			amount, err := fieldOf(&postings[i], name)
			if err != nil {
				return value.Value{}, err
			}
			if sides[n][side], err = overflow(decimal.Add(sides[n][side], value.ToNumber(&amount))); err != nil {
				return value.Value{}, err
			}
		}
	}
	if err := work.done(); err != nil {
		return value.Value{}, err
	}
	list := make([]value.Value, len(codes))
	for i, n := range numbers {
		list[i], _ = value.RecordOf(sideKeys, []value.Value{value.Num(sides[n][0]), value.Num(sides[n][1])})
	}
	return array(list)
}

// fieldOf returns v.name as the language has it.
func fieldOf(v *value.Value, name string) (value.Value, error) {
	if v.Kind() != value.Record {
		return value.Value{}, diag.FieldOfNonRecord.New(name, builtin.KindName(v))
	}
	x, ok := v.Get(name)
	if !ok {
		return value.Value{}, diag.NoField.New(name)
	}
	return x, nil
}
