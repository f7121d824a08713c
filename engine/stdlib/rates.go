package stdlib

import (
	"etamil/engine/builtin"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// rateFunctions are those of nUlakam/kaNakkiyal/vari_viziqam.qmz.
var rateFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:     "vari_viziqam.rate",
		Name:   builtin.Spelling{Tamil: "விகிதம்_தேடு", Roman: "vikiqam_qEtu"},
		Args:   anyArgs("வரி_வகை", "kind", "குறியீட்டெண்", "code", "மாநிலக்_குறி", "state", "நாள்", "day"),
		Ret:    "result of record | text",
		Effect: builtin.Database,
		Doc: diag.Text{
			Ta: "சரி(அன்று நடைமுறையில் உள்ள நிரை): நாட்டினதைவிட மாநிலத்தினது முன், பின் புதியது முன்; இல்லையெனில் தவறு",
			En: "சரி(the row in force that day), one of the state before one of the country, then the latest; or a failure",
		},
		Try: []builtin.Example{
			{Expr: `தவறா(விகிதம்_தேடு("GST", "0902", "33", "2025-04-01"))`, Want: `true`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:     "vari_viziqam.bands",
		Name:   builtin.Spelling{Tamil: "படிகளை_ஏற்று", Roman: "patikaLY_ERRu"},
		Args:   anyArgs("வரி_வகை", "kind", "மாநிலக்_குறி", "state", "நாள்", "day"),
		Ret:    "array of record",
		Effect: builtin.Database,
		Doc: diag.Text{
			Ta: "மாநிலத்துக்கும் நாட்டுக்கும் அன்று நடைமுறையில் உள்ள படிகள் {முதல், விகிதம், நிலைத்_தொகை}, தொடக்கத்தின் ஏறுவரிசையில்",
			En: "the bands {முதல், விகிதம், நிலைத்_தொகை} in force that day for the state and the country, by their start",
		},
		Try: []builtin.Example{
			{Expr: `படிகளை_ஏற்று("PT", "33", "2025-04-01")`, Want: `[]`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:     "vari_viziqam.bandTax",
		Name:   builtin.Spelling{Tamil: "படி_வரி_கணக்கிடு", Roman: "pati_vari_kaNakkitu"},
		Args:   anyArgs("வரி_வகை", "kind", "மாநிலக்_குறி", "state", "நாள்", "day", "வரிக்குரிய_தொகை", "amount"),
		Ret:    "result of number | text",
		Effect: builtin.Database,
		Doc: diag.Text{
			Ta: "சரி(அன்றைய படிகளின்படி வரி); படிகள் இல்லையெனில் தவறு",
			En: "சரி(the tax by the bands of that day), or a failure when there are none",
		},
		Try: []builtin.Example{
			{Expr: `தவறா(படி_வரி_கணக்கிடு("PT", "33", "2025-04-01", 30000))`, Want: `true`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "vari_viziqam.isSameState",
		Name: builtin.Spelling{Tamil: "உள்_மாநிலமா", Roman: "uL_mAnilamA"},
		Args: anyArgs("விற்பனையாளர்_மாநிலம்", "seller", "வாங்குபவர்_மாநிலம்", "buyer"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "இரண்டும் ஒரே மாநிலமா (==)",
			En: "are both the same state (==)",
		},
		Try: []builtin.Example{
			{Expr: `உள்_மாநிலமா("33", "33")`, Want: `true`},
			{Expr: `உள்_மாநிலமா("33", 33)`, Want: `false`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:     "vari_viziqam.stateName",
		Name:   builtin.Spelling{Tamil: "மாநிலப்_பெயர்", Roman: "mAnilap_peyar"},
		Args:   anyArgs("மாநிலக்_குறி", "state"),
		Ret:    "text",
		Effect: builtin.Database,
		Doc: diag.Text{
			Ta: "குறியின் மாநிலப் பெயர், ஆங்கிலத்தில்; தெரியாவிட்டால் \"\"",
			En: "the name of the state in English, \"\" when unknown",
		},
		Try: []builtin.Example{
			{Expr: `மாநிலப்_பெயர்("33")`, Want: `Tamil Nadu`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:     "vari_viziqam.states",
		Name:   builtin.Spelling{Tamil: "மாநிலங்கள்", Roman: "mAnilawkaL"},
		Ret:    "array of record",
		Effect: builtin.Database,
		Doc: diag.Text{
			Ta: "எல்லா மாநிலங்களும் {kuRi, peyar, vakY}, குறியின் வரிசையில்",
			En: "all states {kuRi, peyar, vakY} by code",
		},
		Try: []builtin.Example{
			{Expr: `நீளம்(மாநிலங்கள்())`, Want: `36`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:     "vari_viziqam.unverified",
		Name:   builtin.Spelling{Tamil: "சரிபார்க்கப்படாத_விகிதங்கள்", Roman: "caripArkkappatAqa_vikiqawkaL"},
		Args:   anyArgs("நாள்", "day"),
		Ret:    "array of record",
		Effect: builtin.Database,
		Doc: diag.Text{
			Ta: "அன்று நடைமுறையில் உள்ளவற்றில் மூலம் PLACEHOLDER, CHECK எனத் தொடங்குபவை {vari_vakY, kuRi, mAnilam, mUlam}",
			En: "the rows in force that day whose source begins with PLACEHOLDER or CHECK {vari_vakY, kuRi, mAnilam, mUlam}",
		},
		Try: []builtin.Example{
			{Expr: `சரிபார்க்கப்படாத_விகிதங்கள்("2025-04-01")`, Want: `[]`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:     "vari_viziqam.createRateTables",
		Name:   builtin.Spelling{Tamil: "விகித_அட்டவணைகளை_ஆக்கு", Roman: "vikiqa_attavaNYkaLY_Akku", English: "_createRateTables"},
		Ret:    "result of number | text",
		Effect: builtin.Database,
		Doc: diag.Text{
			Ta: "இல்லாத அட்டவணைகளையும் மாநிலங்களையும் தளத்தில் ஆக்கும்: சரி(சேர்ந்த மாநிலங்கள்) அல்லது தவறு. விகிதம் எதுவும் சேர்க்கப்படாது",
			En: "creates the tables and states that are missing in the database: சரி(states added), or a failure. No rate is added",
		},
		Try: []builtin.Example{
			{Expr: `விகித_அட்டவணைகளை_ஆக்கு()`, Want: `சரி(0)`},
		},
	}, New: true},
}

// assetFunctions are those of nUlakam/vawki/coqqu.qmz.
var assetFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:     "coqqu.rules",
		Name:   builtin.Spelling{Tamil: "விதிமுறைகளை_ஏற்று", Roman: "viqimuRYkaLY_ERRu"},
		Args:   anyArgs("நாள்", "day"),
		Ret:    "array of record",
		Effect: builtin.Database,
		Doc: diag.Text{
			Ta: "அன்று நடைமுறையில் உள்ள விதிகள் {vakY, nAtkaL_muqal, nAtkaL_varY, oqukkItu_viziqam, mUlam}, தொடக்க நாளின் ஏறுவரிசையில்",
			En: "the rules in force that day {vakY, nAtkaL_muqal, nAtkaL_varY, oqukkItu_viziqam, mUlam}, by their first day",
		},
		Try: []builtin.Example{
			{Expr: `விதிமுறைகளை_ஏற்று("2025-04-01")`, Want: `[]`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "coqqu.classify",
		Name: builtin.Spelling{Tamil: "வகைப்படுத்து", Roman: "vakYppatuqqu"},
		Args: []builtin.Arg{
			arg("விதிமுறைகள்", "rules", builtin.Countable),
			arg("தாமத_நாட்கள்", "days", builtin.Any),
		},
		Ret: "result of record | text",
		Doc: diag.Text{
			Ta: "சரி(அந்த நாட்களை அடக்கும் கடைசி விதி); எதுவும் அடக்காவிட்டால் தவறு",
			En: "சரி(the last rule that covers the days), or a failure when none does",
		},
		Try: []builtin.Example{
			{Expr: `வகைப்படுத்து([{vakY: "late", nAtkaL_muqal: 61, nAtkaL_varY: இன்மை}], 100)`, Want: `சரி({nAtkaL_muqal: 61, nAtkaL_varY: nil, vakY: late})`},
			{Expr: `வகைப்படுத்து([], 100)`, Want: `தவறு(இத்தனை தாமத நாட்களுக்கு விதி இல்லை  (no rule for so many days): 100)`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "coqqu.provision",
		Name: builtin.Spelling{Tamil: "ஒதுக்கீடு", Roman: "oqukkItu"},
		Args: []builtin.Arg{
			arg("விதிமுறைகள்", "rules", builtin.Countable),
			arg("தாமத_நாட்கள்", "days", builtin.Any),
			arg("நிலுவைத்_தொகை", "outstanding", builtin.Any),
		},
		Ret: "result of record | text",
		Doc: diag.Text{
			Ta: "சரி({வகைப்பாடு, விழுக்காடு, ஒதுக்கீடு}); விதி இல்லையெனில் தவறு",
			En: "சரி({வகைப்பாடு class, விழுக்காடு percentage, ஒதுக்கீடு provision}), or a failure without a rule",
		},
		Try: []builtin.Example{
			{Expr: `ஒதுக்கீடு([{vakY: "late", nAtkaL_muqal: 61, nAtkaL_varY: இன்மை, oqukkItu_viziqam: 22.5}], 100, 99999.99)`, Want: `சரி({ஒதுக்கீடு: 22500, வகைப்பாடு: late, விழுக்காடு: 22.5})`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "coqqu.unverifiedRules",
		Name: builtin.Spelling{Tamil: "சரிபார்க்கப்படாதவை", Roman: "caripArkkappatAqavY"},
		Args: []builtin.Arg{
			arg("விதிமுறைகள்", "rules", builtin.Countable),
		},
		Ret: "array",
		Doc: diag.Text{
			Ta: "மூலம் PLACEHOLDER எனத் தொடங்கும் விதிகளின் வகைகள்",
			En: "the classes of the rules whose source begins with PLACEHOLDER",
		},
		Try: []builtin.Example{
			{Expr: `சரிபார்க்கப்படாதவை([{vakY: "v", mUlam: "PLACEHOLDER: RBI"}, {vakY: "w", mUlam: "RBI"}])`, Want: `[v]`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "coqqu.beginsWith",
		Name: builtin.Spelling{Tamil: "தொடங்குகிறதா_எளிது", Roman: "qotawkukiRaqA_eLiqu"},
		Args: []builtin.Arg{
			arg("பாடம்", "text", builtin.Countable),
			arg("முன்னொட்டு", "prefix", builtin.Countable),
		},
		Ret: "boolean",
		Doc: diag.Text{
			Ta: "பாடம் அந்த முன்னொட்டுடன் தொடங்குகிறதா, எழுத்து எழுத்தாக; காலியெனில் பொய்",
			En: "does the text begin with the prefix, letter by letter; false when either is empty",
		},
		Try: []builtin.Example{
			{Expr: `தொடங்குகிறதா_எளிது("வாழைப்பழம்", "வாழை")`, Want: `true`},
			{Expr: `தொடங்குகிறதா_எளிது("abc", "")`, Want: `false`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:     "coqqu.createRuleTable",
		Name:   builtin.Spelling{Tamil: "விதிமுறை_அட்டவணையை_ஆக்கு", Roman: "viqimuRY_attavaNYyY_Akku", English: "_createRuleTable"},
		Ret:    "result of number | text",
		Effect: builtin.Database,
		Doc: diag.Text{
			Ta: "அட்டவணை இல்லையெனில் தளத்தில் ஆக்கும்: சரி(0) அல்லது தவறு. விதி எதுவும் சேர்க்கப்படாது",
			En: "creates the table in the database when it is missing: சரி(0), or a failure. No rule is added",
		},
		Try: []builtin.Example{
			{Expr: `விதிமுறை_அட்டவணையை_ஆக்கு()`, Want: `சரி(0)`},
		},
	}, New: true},
}

// Bodies in Go.

// databaseKind is தளத்தின்_வகை.
func databaseKind(c call) (value.Value, error) {
	kind, _ := c.m.Session().Current()
	return value.String(kind), nil
}

// inTransaction is பரிவர்த்தனைக்குள்ளா.
func inTransaction(c call) (value.Value, error) {
	_, open := c.m.Session().Current()
	return value.Bool(open), nil
}

// Script returns the SQL script that makes the tables of a module for a kind of
// database ("SQLite", "PostgreSQL", "MySQL"), and the name of its file. It is
// false where there is none. Running it again adds only what is missing.
func Script(module, kind string) (name, text string, ok bool) {
	base, ok := map[string]string{
		"nUlakam/kaNakkiyal/vari_viziqam.qmz": "nUlakam/kaNakkiyal/vari_viziqam",
		"nUlakam/vawki/coqqu.qmz":             "nUlakam/vawki/coqqu_viqimuRY",
	}[module]
	suffix, known := map[string]string{"SQLite": ".sql", "PostgreSQL": ".postgresql.sql", "MySQL": ".mysql.sql"}[kind]
	if !ok || !known {
		return "", "", false
	}
	b, err := files.ReadFile("lib/" + base + suffix)
	if err != nil {
		panic("BUG: no script " + base + suffix)
	}
	return base + suffix, string(b), true
}
