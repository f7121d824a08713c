package stdlib

import (
	"etamil/engine/builtin"
	"etamil/engine/diag"
)

// statementFunctions are those of nUlakam/kaNakkiyal/aRikkYkaL.qmz.
var statementFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "aRikkYkaL.trialBalance",
		Name: builtin.Spelling{Tamil: "இருப்பாய்வு", Roman: "iruppAyvu"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("கணக்குகள்", "chart", builtin.Countable),
		},
		Ret: "record",
		Doc: diag.Text{
			Ta: "இருப்பாய்வு: {வரிகள், மொத்த_பற்று_நிரல், மொத்த_வரவு_நிரல், சமநிலையா}; வரிகள் {குறி, பெயர், பற்று_பக்கம், வரவு_பக்கம்}",
			En: "the trial balance {வரிகள் rows, மொத்த_பற்று_நிரல் and மொத்த_வரவு_நிரல் totals, சமநிலையா}; rows {குறி, பெயர், பற்று_பக்கம், வரவு_பக்கம்}",
		},
		Try: []builtin.Example{
			{Expr: `இருப்பாய்வு(மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "2025-04-01", "", [பற்று_வரிசை("101", 500), வரவு_வரிசை("401", 500)]))), [{குறி: "101", பெயர்: "கல்லா", கணக்கு_வகை: "சொத்து"}, {குறி: "401", பெயர்: "விற்பனை", கணக்கு_வகை: "வருவாய்"}])`, Want: `{சமநிலையா: true, மொத்த_பற்று_நிரல்: 500, மொத்த_வரவு_நிரல்: 500, வரிகள்: [{குறி: 101, பற்று_பக்கம்: 500, பெயர்: கல்லா, வரவு_பக்கம்: 0}, {குறி: 401, பற்று_பக்கம்: 0, பெயர்: விற்பனை, வரவு_பக்கம்: 500}]}`},
			{Expr: `இருப்பாய்வு([], []).சமநிலையா`, Want: `true`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "aRikkYkaL.incomeStatement",
		Name: builtin.Spelling{Tamil: "வருமான_அறிக்கை", Roman: "varumAZa_aRikkY"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("கணக்குகள்", "chart", builtin.Countable),
		},
		Ret: "record",
		Doc: diag.Text{
			Ta: "வருமான அறிக்கை: {வருவாய்_வரிகள், செலவு_வரிகள், மொத்த_வருவாய், மொத்த_செலவு, நிகர_லாபம்}",
			En: "the income statement {வருவாய்_வரிகள், செலவு_வரிகள் rows, மொத்த_வருவாய், மொத்த_செலவு totals, நிகர_லாபம் net profit}",
		},
		Try: []builtin.Example{
			{Expr: `வருமான_அறிக்கை(மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "2025-04-01", "", [பற்று_வரிசை("101", 500), வரவு_வரிசை("401", 500)]))), [{குறி: "101", பெயர்: "கல்லா", கணக்கு_வகை: "சொத்து"}, {குறி: "401", பெயர்: "விற்பனை", கணக்கு_வகை: "வருவாய்"}])`, Want: `{செலவு_வரிகள்: [], நிகர_லாபம்: 500, மொத்த_செலவு: 0, மொத்த_வருவாய்: 500, வருவாய்_வரிகள்: [{பெயர்: விற்பனை, மதிப்பு: 500}]}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "aRikkYkaL.balanceSheet",
		Name: builtin.Spelling{Tamil: "இருப்புநிலை", Roman: "iruppunilY"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("கணக்குகள்", "chart", builtin.Countable),
		},
		Ret: "record",
		Doc: diag.Text{
			Ta: "இருப்புநிலை: {சொத்து_வரிகள், பொறுப்பு_வரிகள், பங்கு_வரிகள், மொத்த_சொத்து, மொத்த_பொறுப்பு, தேக்கிய_வருவாய், மொத்த_பங்கு, சமநிலையா}",
			En: "the balance sheet {சொத்து_வரிகள், பொறுப்பு_வரிகள், பங்கு_வரிகள் rows, மொத்த_சொத்து, மொத்த_பொறுப்பு, தேக்கிய_வருவாய் retained, மொத்த_பங்கு, சமநிலையா}",
		},
		Try: []builtin.Example{
			{Expr: `இருப்புநிலை(மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "2025-04-01", "", [பற்று_வரிசை("101", 500), வரவு_வரிசை("401", 500)]))), [{குறி: "101", பெயர்: "கல்லா", கணக்கு_வகை: "சொத்து"}, {குறி: "401", பெயர்: "விற்பனை", கணக்கு_வகை: "வருவாய்"}])`, Want: `{சமநிலையா: true, சொத்து_வரிகள்: [{பெயர்: கல்லா, மதிப்பு: 500}], தேக்கிய_வருவாய்: 500, பங்கு_வரிகள்: [], பொறுப்பு_வரிகள்: [], மொத்த_சொத்து: 500, மொத்த_பங்கு: 500, மொத்த_பொறுப்பு: 0}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "aRikkYkaL.trialBalanceAt",
		Name: builtin.Spelling{Tamil: "கால_இருப்பாய்வு", Roman: "kAla_iruppAyvu"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("கணக்குகள்", "chart", builtin.Countable),
			arg("வரம்பு_நாள்", "last", builtin.Any),
		},
		Ret: "record",
		Doc: diag.Text{
			Ta: "அந்த நாள் வரையிலான பதிவுகளின் இருப்பாய்வு",
			En: "the trial balance of the postings up to that day",
		},
		Try: []builtin.Example{
			{Expr: `கால_இருப்பாய்வு(மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "2025-04-01", "", [பற்று_வரிசை("101", 500), வரவு_வரிசை("401", 500)]))), [{குறி: "101", பெயர்: "கல்லா", கணக்கு_வகை: "சொத்து"}, {குறி: "401", பெயர்: "விற்பனை", கணக்கு_வகை: "வருவாய்"}], "2025-03-31").வரிகள்`, Want: `[]`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "aRikkYkaL.incomeStatementFor",
		Name: builtin.Spelling{Tamil: "கால_வருமான_அறிக்கை", Roman: "kAla_varumAZa_aRikkY"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("கணக்குகள்", "chart", builtin.Countable),
			arg("காலம்", "period", builtin.Any),
		},
		Ret: "record",
		Doc: diag.Text{
			Ta: "காலத்தின் வருமான அறிக்கை, காலம் என்ற புலத்துடன்",
			En: "the income statement of the period, with a field காலம்",
		},
		Try: []builtin.Example{
			{Expr: `கால_வருமான_அறிக்கை(மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "2025-04-01", "", [பற்று_வரிசை("101", 500), வரவு_வரிசை("401", 500)]))), [{குறி: "101", பெயர்: "கல்லா", கணக்கு_வகை: "சொத்து"}, {குறி: "401", பெயர்: "விற்பனை", கணக்கு_வகை: "வருவாய்"}], இந்திய_ஆண்டு(2025)).நிகர_லாபம்`, Want: `500`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "aRikkYkaL.balanceSheetAt",
		Name: builtin.Spelling{Tamil: "நாள்_இருப்புநிலை", Roman: "nAL_iruppunilY"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("கணக்குகள்", "chart", builtin.Countable),
			arg("வரம்பு_நாள்", "last", builtin.Any),
		},
		Ret: "record",
		Doc: diag.Text{
			Ta: "அந்த நாளின் இருப்புநிலை, நாள் என்ற புலத்துடன்",
			En: "the balance sheet of that day, with a field நாள்",
		},
		Try: []builtin.Example{
			{Expr: `நாள்_இருப்புநிலை(மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "2025-04-01", "", [பற்று_வரிசை("101", 500), வரவு_வரிசை("401", 500)]))), [{குறி: "101", பெயர்: "கல்லா", கணக்கு_வகை: "சொத்து"}, {குறி: "401", பெயர்: "விற்பனை", கணக்கு_வகை: "வருவாய்"}], "2025-04-01").மொத்த_சொத்து`, Want: `500`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "aRikkYkaL.accountStatement",
		Name: builtin.Spelling{Tamil: "கணக்கு_அறிக்கை", Roman: "kaNakku_aRikkY"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("கணக்கு_குறி", "code", builtin.Any),
			arg("கணக்கு_வகை", "type", builtin.Any),
		},
		Ret: "record",
		Doc: diag.Text{
			Ta: "கணக்கின் பதிவுகள் ஓட்ட இருப்புடன்: {வரிகள், இறுதி_இருப்பு}; பதிவிட்ட வரிசையில்",
			En: "the postings of an account with a running balance {வரிகள், இறுதி_இருப்பு}, in order of posting",
		},
		Try: []builtin.Example{
			{Expr: `கணக்கு_அறிக்கை(மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "2025-04-01", "முதல்", [பற்று_வரிசை("101", 500), வரவு_வரிசை("301", 500)]))), "101", "சொத்து")`, Want: `{இறுதி_இருப்பு: 500, வரிகள்: [{ஓட்ட_இருப்பு: 500, நாள்: 2025-04-01, பரிவர்த்தனை_எண்: 1, பற்று_தொகை: 500, வரவு_தொகை: 0, விவரம்: முதல்}]}`},
			{Expr: `கணக்கு_அறிக்கை([], "101", "சொத்து")`, Want: `{இறுதி_இருப்பு: 0, வரிகள்: []}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "aRikkYkaL.cashFlow",
		Name: builtin.Spelling{Tamil: "பணப்புழக்க_அறிக்கை", Roman: "paNappuzakka_aRikkY"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("ரொக்க_கணக்குகள்", "codes", builtin.Countable),
			arg("காலம்", "period", builtin.Record),
		},
		Ret: "record",
		Doc: diag.Text{
			Ta: "ரொக்கக் கணக்குகளின் காலப் போக்கு: {தொடக்க_இருப்பு, உள்வரவு, வெளிச்செலவு, நிகர_மாற்றம், இறுதி_இருப்பு}",
			En: "the cash flow over the codes given {தொடக்க_இருப்பு opening, உள்வரவு in, வெளிச்செலவு out, நிகர_மாற்றம் change, இறுதி_இருப்பு closing}",
		},
		Try: []builtin.Example{
			{Expr: `பணப்புழக்க_அறிக்கை(மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "2025-04-01", "முதல்", [பற்று_வரிசை("101", 500), வரவு_வரிசை("301", 500)]))), ["101"], இந்திய_ஆண்டு(2025))`, Want: `{இறுதி_இருப்பு: 500, உள்வரவு: 500, தொடக்க_இருப்பு: 0, நிகர_மாற்றம்: 500, வெளிச்செலவு: 0}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "aRikkYkaL.printTrialBalance",
		Name: builtin.Spelling{Tamil: "இருப்பாய்வு_அச்சிடு", Roman: "iruppAyvu_accitu"},
		Args: []builtin.Arg{
			arg("அறிக்கை", "statement", builtin.Record),
		},
		Ret: "nil",
		Doc: diag.Text{
			Ta: "இருப்பாய்வை அச்சிடும்",
			En: "prints a trial balance",
		},
		Try: []builtin.Example{
			{Expr: `இருப்பாய்வு_அச்சிடு(இருப்பாய்வு([], []))`, Want: "இருப்பாய்வு\n========================================================\n--------------------------------------------------------\n  மொத்தம்   பற்று 0.00   வரவு 0.00\n  ✓ சமநிலை\nnil"},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "aRikkYkaL.printIncomeStatement",
		Name: builtin.Spelling{Tamil: "வருமான_அறிக்கை_அச்சிடு", Roman: "varumAZa_aRikkY_accitu"},
		Args: []builtin.Arg{
			arg("அறிக்கை", "statement", builtin.Record),
		},
		Ret: "nil",
		Doc: diag.Text{
			Ta: "வருமான அறிக்கையை அச்சிடும்",
			En: "prints an income statement",
		},
		Try: []builtin.Example{
			{Expr: `வருமான_அறிக்கை_அச்சிடு(வருமான_அறிக்கை([], []))`, Want: "வருமான அறிக்கை\n========================================================\nவருவாய்\nசெலவு\n--------------------------------------------------------\n  மொத்த வருவாய் : ₹0.00\n  மொத்த செலவு   : ₹0.00\n  நிகர லாபம்    : ₹0.00\nnil"},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "aRikkYkaL.printBalanceSheet",
		Name: builtin.Spelling{Tamil: "இருப்புநிலை_அச்சிடு", Roman: "iruppunilY_accitu"},
		Args: []builtin.Arg{
			arg("அறிக்கை", "statement", builtin.Record),
		},
		Ret: "nil",
		Doc: diag.Text{
			Ta: "இருப்புநிலையை அச்சிடும்",
			En: "prints a balance sheet",
		},
		Try: []builtin.Example{
			{Expr: `இருப்புநிலை_அச்சிடு(இருப்புநிலை([], []))`, Want: "இருப்புநிலை\n========================================================\nசொத்துகள்\n  மொத்த சொத்து : ₹0.00\n\nபொறுப்புகள்\n  மொத்த பொறுப்பு: ₹0.00\n\nபங்கு\n  தேக்கிய வருவாய்: ₹0.00\n  மொத்த பங்கு   : ₹0.00\n--------------------------------------------------------\n  ✓ சொத்து = பொறுப்பு + பங்கு\nnil"},
		},
	}},
}

// closingFunctions are those of nUlakam/kaNakkiyal/mutippu.qmz.
var closingFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "mutippu.closingEntry",
		Name: builtin.Spelling{Tamil: "முடிப்பு_பரிவர்த்தனை", Roman: "mutippu_parivarqqaZY"},
		Args: []builtin.Arg{
			arg("பரிவர்த்தனை_எண்", "number", builtin.Any),
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("கணக்குகள்", "chart", builtin.Countable),
			arg("காலம்", "period", builtin.Record),
			arg("தேக்கிய_கணக்கு", "retained", builtin.Any),
		},
		Ret: "result of record | text",
		Doc: diag.Text{
			Ta: "சரி(முடிப்புப் பரிவர்த்தனை, பதிவிடப்படாமல்); காலத்தில் எந்த வருவாய், செலவுக் கணக்குக்கும் இருப்பு இல்லையெனில் தவறு",
			En: "சரி(the closing entry, not posted), or a failure when no account of revenue or expense has a balance in the period",
		},
		Try: []builtin.Example{
			{Expr: `மதிப்பு(முடிப்பு_பரிவர்த்தனை("C1", மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "2025-04-01", "", [பற்று_வரிசை("101", 500), வரவு_வரிசை("401", 500)]))), [{குறி: "101", பெயர்: "கல்லா", கணக்கு_வகை: "சொத்து"}, {குறி: "401", பெயர்: "விற்பனை", கணக்கு_வகை: "வருவாய்"}], இந்திய_ஆண்டு(2025), "310")).வரிசைகள்`, Want: `[{கணக்கு_குறி: 401, பற்று_தொகை: 500, வரவு_தொகை: 0}, {கணக்கு_குறி: 310, பற்று_தொகை: 0, வரவு_தொகை: 500}]`},
			{Expr: `முடிப்பு_பரிவர்த்தனை("C1", [], [], இந்திய_ஆண்டு(2025), "310")`, Want: `தவறு(இந்தக் காலத்தில் முடிக்க எதுவும் இல்லை  (nothing to close in this period): 2025-04-01 முதல் 2026-03-31 வரை)`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "mutippu.closeYear",
		Name: builtin.Spelling{Tamil: "ஆண்டை_முடி", Roman: "ANtY_muti"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("கணக்குகள்", "chart", builtin.Countable),
			arg("காலம்", "period", builtin.Record),
			arg("தேக்கிய_கணக்கு", "retained", builtin.Any),
			arg("பரிவர்த்தனை_எண்", "number", builtin.Any),
		},
		Ret: "result of array | text",
		Doc: diag.Text{
			Ta: "முடிப்புப் பரிவர்த்தனையைப் பதிவிடும்: சரி(புதிய பேரேடு); முடிக்க எதுவும் இல்லையெனில் தவறு. எண் இங்கே கடைசி",
			En: "posts the closing entry: சரி(the new ledger), or a failure when there is nothing to close. The number comes last here",
		},
		Try: []builtin.Example{
			{Expr: `நீளம்(மதிப்பு(ஆண்டை_முடி(மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "2025-04-01", "", [பற்று_வரிசை("101", 500), வரவு_வரிசை("401", 500)]))), [{குறி: "101", பெயர்: "கல்லா", கணக்கு_வகை: "சொத்து"}, {குறி: "401", பெயர்: "விற்பனை", கணக்கு_வகை: "வருவாய்"}], இந்திய_ஆண்டு(2025), "310", "C1")))`, Want: `4`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "mutippu.isClosed",
		Name: builtin.Spelling{Tamil: "முடிக்கப்பட்டதா", Roman: "mutikkappattaqA"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("கணக்குகள்", "chart", builtin.Countable),
			arg("காலம்", "period", builtin.Any),
		},
		Ret: "boolean",
		Doc: diag.Text{
			Ta: "காலத்தின் நிகர லாபம் 0-ஆ; பதிவுகளே இல்லாத காலத்துக்கும் மெய்",
			En: "is the net profit of the period 0; true also for a period without postings",
		},
		Try: []builtin.Example{
			{Expr: `முடிக்கப்பட்டதா(மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "2025-04-01", "", [பற்று_வரிசை("101", 500), வரவு_வரிசை("401", 500)]))), [{குறி: "101", பெயர்: "கல்லா", கணக்கு_வகை: "சொத்து"}, {குறி: "401", பெயர்: "விற்பனை", கணக்கு_வகை: "வருவாய்"}], இந்திய_ஆண்டு(2025))`, Want: `false`},
			{Expr: `முடிக்கப்பட்டதா([], [], இந்திய_ஆண்டு(2025))`, Want: `true`},
		},
	}},
}

// clearingFunctions are those of nUlakam/kaNakkiyal/oqukkItu.qmz.
var clearingFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "oqukkItu.assignment",
		Name: builtin.Spelling{Tamil: "ஒதுக்கீடு_ஆக்கு", Roman: "oqukkItu_Akku"},
		Args: anyArgs("மூல_எண்", "source", "இலக்கு_எண்", "target", "தொகை_மதிப்பு", "amount"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "ஒதுக்கீடு, தந்தபடியே",
			En: "an assignment, as given",
		},
		Try: []builtin.Example{
			{Expr: `ஒதுக்கீடு_ஆக்கு("R1", "I1", 400)`, Want: `{இலக்கு_எண்: I1, தொகை_மதிப்பு: 400, மூல_எண்: R1}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "oqukkItu.assignedTo",
		Name: builtin.Spelling{Tamil: "ஒதுக்கப்பட்ட_மொத்தம்", Roman: "oqukkappatta_moqqam"},
		Args: []builtin.Arg{
			arg("ஒதுக்கீடுகள்", "assignments", builtin.Countable),
			arg("பரிவர்த்தனை_எண்", "number", builtin.Any),
		},
		Ret: "number",
		Doc: diag.Text{
			Ta: "அந்த எண்ணுக்கு ஒதுக்கியதன் மொத்தம்",
			En: "the sum assigned to that number",
		},
		Try: []builtin.Example{
			{Expr: `ஒதுக்கப்பட்ட_மொத்தம்([ஒதுக்கீடு_ஆக்கு("R1", "I1", 400), ஒதுக்கீடு_ஆக்கு("R2", "I1", 50)], "I1")`, Want: `450`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "oqukkItu.assignedFrom",
		Name: builtin.Spelling{Tamil: "பயன்படுத்தப்பட்டது", Roman: "payaZpatuqqappattaqu"},
		Args: []builtin.Arg{
			arg("ஒதுக்கீடுகள்", "assignments", builtin.Countable),
			arg("மூல_எண்", "source", builtin.Any),
		},
		Ret: "number",
		Doc: diag.Text{
			Ta: "அந்த எண்ணிலிருந்து ஒதுக்கியதன் மொத்தம்",
			En: "the sum assigned from that number",
		},
		Try: []builtin.Example{
			{Expr: `பயன்படுத்தப்பட்டது([ஒதுக்கீடு_ஆக்கு("R1", "I1", 400), ஒதுக்கீடு_ஆக்கு("R1", "I2", 50)], "R1")`, Want: `450`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "oqukkItu.outstanding",
		Name: builtin.Spelling{Tamil: "நிலுவைத்_தொகை", Roman: "niluvYq_qokY"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("ஒதுக்கீடுகள்", "assignments", builtin.Countable),
			arg("பரிவர்த்தனை_எண்", "number", builtin.Any),
			arg("கணக்கு_குறி", "code", builtin.Any),
			arg("கணக்கு_வகை", "type", builtin.Any),
		},
		Ret: "number",
		Doc: diag.Text{
			Ta: "பரிவர்த்தனையின் தொகையில் இன்னும் ஒதுக்கப்படாதது",
			En: "what of the entry's amount is not assigned yet",
		},
		Try: []builtin.Example{
			{Expr: `நிலுவைத்_தொகை(மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "2025-04-01", "முதல்", [பற்று_வரிசை("101", 500), வரவு_வரிசை("301", 500)]))), [ஒதுக்கீடு_ஆக்கு("R1", "1", 120)], "1", "101", "சொத்து")`, Want: `380`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "oqukkItu.assign",
		Name: builtin.Spelling{Tamil: "ஒதுக்கு", Roman: "oqukku"},
		Args: []builtin.Arg{
			arg("ஒதுக்கீடுகள்", "assignments", builtin.Array),
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("மூல_எண்", "source", builtin.Any),
			arg("இலக்கு_எண்", "target", builtin.Any),
			arg("தொகை_மதிப்பு", "amount", builtin.Any),
			arg("கணக்கு_குறி", "code", builtin.Any),
			arg("கணக்கு_வகை", "type", builtin.Any),
		},
		Ret: "result of array | text",
		Doc: diag.Text{
			Ta: "சரி(ஒன்று கூடிய ஒதுக்கீடுகள்); தொகை 0 அல்லது கீழ், இலக்கின் நிலுவைக்கு மேல், மூலத்தில் மீந்ததற்கு மேல் எனில் தவறு",
			En: "சரி(the assignments with one more), or a failure when the amount is 0 or below, above what the target owes, or above what the source still holds",
		},
		Try: []builtin.Example{
			{Expr: `ஒதுக்கு([], மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "2025-04-01", "முதல்", [பற்று_வரிசை("101", 500), வரவு_வரிசை("301", 500)]))), "R1", "1", 120, "101", "சொத்து")`, Want: `தவறு(மூலத்தில் மீந்ததைவிட அதிகம்  (more than the source still holds): R1: 0 - 0 < 120)`},
			{Expr: `ஒதுக்கு([], மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "2025-04-01", "முதல்", [பற்று_வரிசை("101", 500), வரவு_வரிசை("301", 500)]))), "1", "1", 500, "101", "சொத்து")`, Want: `சரி([{இலக்கு_எண்: 1, தொகை_மதிப்பு: 500, மூல_எண்: 1}])`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "oqukkItu.openItems",
		Name: builtin.Spelling{Tamil: "நிலுவைப்_பட்டியல்", Roman: "niluvYp_pattiyal"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("ஒதுக்கீடுகள்", "assignments", builtin.Countable),
			arg("கணக்கு_குறி", "code", builtin.Any),
			arg("கணக்கு_வகை", "type", builtin.Any),
		},
		Ret: "array of record",
		Doc: diag.Text{
			Ta: "நிலுவை 0-க்கு மேல் உள்ளவை: {பரிவர்த்தனை_எண், நாள், நிலுவை}, கணக்கில் முதலில் வந்த வரிசையில்",
			En: "what is still open {பரிவர்த்தனை_எண், நாள், நிலுவை}, in order of first posting on the account",
		},
		Try: []builtin.Example{
			{Expr: `நிலுவைப்_பட்டியல்(மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "2025-04-01", "முதல்", [பற்று_வரிசை("101", 500), வரவு_வரிசை("301", 500)]))), [ஒதுக்கீடு_ஆக்கு("R1", "1", 120)], "101", "சொத்து")`, Want: `[{நாள்: 2025-04-01, நிலுவை: 380, பரிவர்த்தனை_எண்: 1}]`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "oqukkItu.ageing",
		Name: builtin.Spelling{Tamil: "வயது_அட்டவணை", Roman: "vayaqu_attavaNY"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("ஒதுக்கீடுகள்", "assignments", builtin.Countable),
			arg("கணக்கு_குறி", "code", builtin.Any),
			arg("கணக்கு_வகை", "type", builtin.Any),
			arg("அன்றைய_நாள்", "day", builtin.Any),
		},
		Ret: "record",
		Doc: diag.Text{
			Ta: "நிலுவைகள் வயது வாரியாக: {நடப்பு 30 நாள் வரை, முப்பது 60 வரை, அறுபது 90 வரை, தொண்ணூறு 120 வரை, மேலும், மொத்தம்}",
			En: "what is open by age in days: நடப்பு up to 30, முப்பது to 60, அறுபது to 90, தொண்ணூறு to 120, மேலும் above, மொத்தம் all",
		},
		Try: []builtin.Example{
			{Expr: `வயது_அட்டவணை(மதிப்பு(பதிவிடு([], பரிவர்த்தனை_ஆக்கு("1", "2025-04-01", "முதல்", [பற்று_வரிசை("101", 500), வரவு_வரிசை("301", 500)]))), [], "101", "சொத்து", "2025-05-02")`, Want: `{அறுபது: 0, தொண்ணூறு: 0, நடப்பு: 0, முப்பது: 500, மேலும்: 0, மொத்தம்: 500}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "oqukkItu.printAgeing",
		Name: builtin.Spelling{Tamil: "வயது_அட்டவணை_அச்சிடு", Roman: "vayaqu_attavaNY_accitu"},
		Args: []builtin.Arg{
			arg("அட்டவணை", "table", builtin.Record),
		},
		Ret: "nil",
		Doc: diag.Text{
			Ta: "வயது அட்டவணையை அச்சிடும்",
			En: "prints a table of ages",
		},
		Try: []builtin.Example{
			{Expr: `வயது_அட்டவணை_அச்சிடு(வயது_அட்டவணை([], [], "101", "சொத்து", "2025-05-02"))`, Want: "வயது அட்டவணை\n  நடப்பு (0-30)   : 0\n  31-60           : 0\n  61-90           : 0\n  91-120          : 0\n  120 மேல்        : 0\n  மொத்த நிலுவை    : 0\nnil"},
		},
	}},
}
