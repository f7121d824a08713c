package stdlib

import (
	"etamil/engine/builtin"
	"etamil/engine/diag"
)

// insuranceFunctions are those of nUlakam/kAppIttu/kAppIttu.qmz.
var insuranceFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "kAppIttu.premium",
		Name: builtin.Spelling{Tamil: "முனைமம்", Roman: "muZYmam"},
		Args: anyArgs("காப்பீட்டுத்_தொகை", "sumInsured", "விகிதம்", "percent"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "காப்பீட்டுத் தொகையின் மீது நூற்றுக்கு எவ்வளவு",
			En: "so much per cent of the sum insured",
		},
		Try: []builtin.Example{
			{Expr: `முனைமம்(1275000, 0.35)`, Want: `4462.5`},
		},
	}, Percent: []int{2}},
	{Builtin: builtin.Builtin{
		ID:   "kAppIttu.premiumPerMille",
		Name: builtin.Spelling{Tamil: "ஆயிரத்திற்கு_முனைமம்", Roman: "AyiraqqiRku_muZYmam"},
		Args: anyArgs("காப்பீட்டுத்_தொகை", "sumInsured", "ஆயிரத்திற்கு", "perMille"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "காப்பீட்டுத் தொகையின் மீது ஆயிரத்துக்கு எவ்வளவு",
			En: "so much per thousand of the sum insured",
		},
		Try: []builtin.Example{
			{Expr: `ஆயிரத்திற்கு_முனைமம்(1275000, 3.5)`, Want: `4462.5`},
		},
	}, Percent: []int{2}},
	{Builtin: builtin.Builtin{
		ID:   "kAppIttu.loadedPremium",
		Name: builtin.Spelling{Tamil: "ஏற்ற_இறக்கத்துடன்", Roman: "ERRa_iRakkaqqutaZ"},
		Args: anyArgs("அடிப்படை_முனைமம்", "base", "ஏற்ற_விகிதம்", "loading", "தள்ளுபடி_விகிதம்", "discount"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "ஏற்றம் கூட்டி, ஏற்றிய முனைமத்தின் மீது தள்ளுபடி கழித்தது",
			En: "the premium with its loading, less the discount of the loaded premium",
		},
		Try: []builtin.Example{
			{Expr: `ஏற்ற_இறக்கத்துடன்(8000, 15, 20)`, Want: `7360`},
		},
	}, Percent: []int{2, 3}},
	{Builtin: builtin.Builtin{
		ID:   "kAppIttu.shortPeriod",
		Name: builtin.Spelling{Tamil: "குறுகிய_காலம்", Roman: "kuRukiya_kAlam"},
		Args: anyArgs("ஆண்டு_முனைமம்", "yearPremium", "நாட்கள்", "days", "ஆண்டு_நாட்கள்", "yearDays"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "ஆண்டு முனைமத்தில் அந்த நாட்களுக்கான பங்கு",
			En: "the part of a year's premium for the days",
		},
		Try: []builtin.Example{
			{Expr: `குறுகிய_காலம்(18250, 73, 365)`, Want: `3650`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kAppIttu.afterExcess",
		Name: builtin.Spelling{Tamil: "கழிவுக்குப்_பின்", Roman: "kazivukkup_piZ"},
		Args: anyArgs("இழப்புத்_தொகை", "loss", "கழிவு", "excess"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "இழப்பில் கழிவு போக மீதி; கழிவுக்குள் எனில் 0",
			En: "the loss less the excess; 0 when within the excess",
		},
		Try: []builtin.Example{
			{Expr: `கழிவுக்குப்_பின்(12000, 2500)`, Want: `9500`},
			{Expr: `கழிவுக்குப்_பின்(2500, 2500)`, Want: `0`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kAppIttu.average",
		Name: builtin.Spelling{Tamil: "சராசரி_விதி", Roman: "carAcari_viqi"},
		Args: anyArgs("இழப்புத்_தொகை", "loss", "காப்பீட்டுத்_தொகை", "sumInsured", "உண்மை_மதிப்பு", "value"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "குறை காப்பீடு எனில் இழப்பின் பங்கு: இழப்பு × காப்பீடு / உண்மை மதிப்பு",
			En: "the condition of average: loss × sum insured / value at risk where less than the value is insured",
		},
		Try: []builtin.Example{
			{Expr: `சராசரி_விதி(90000, 300000, 450000)`, Want: `60000`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kAppIttu.settlement",
		Name: builtin.Spelling{Tamil: "கோரல்_தீர்வு", Roman: "kOral_qIrvu"},
		Args: []builtin.Arg{
			arg("விவரங்கள்", "claim", builtin.Countable),
		},
		Ret: "record",
		Doc: diag.Text{
			Ta: "{இழப்பு, காப்பீடு, உண்மை_மதிப்பு, கழிவு, பங்கேற்பு, உட்_வரம்பு} என்ற கோரலின் தீர்வு; இல்லாத புலம் 0",
			En: "the settlement of a claim {இழப்பு loss, காப்பீடு sum insured, உண்மை_மதிப்பு value, கழிவு excess, பங்கேற்பு pct borne, உட்_வரம்பு sub-limit}; a missing field is 0",
		},
		Try: []builtin.Example{
			{Expr: `கோரல்_தீர்வு({"இழப்பு": 60000, "காப்பீடு": 400000, "உண்மை_மதிப்பு": 500000, "கழிவு": 3000, "பங்கேற்பு": 12.5, "உட்_வரம்பு": 35000})`, Want: `{இழப்பு: 60000, கழிவு: 3000, குறை_காப்பீடா: true, சராசரிக்குப்_பின்: 48000, செலுத்தத்தக்கது: 35000, பங்கேற்பு: 5625}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kAppIttu.noClaimBonus",
		Name: builtin.Spelling{Tamil: "கோரல்_இல்லா_சலுகை", Roman: "kOral_illA_calukY"},
		Args: []builtin.Arg{
			arg("ஆண்டு_முனைமம்", "yearPremium", builtin.Any),
			arg("தொடர்_ஆண்டுகள்", "years", builtin.Any),
			arg("படிகள்", "steps", builtin.Countable),
		},
		Ret: "record",
		Doc: diag.Text{
			Ta: "{விகிதம், சலுகை, செலுத்த}: எட்டிய கடைசிப் படியின் {ஆண்டு, விகிதம்} சலுகை",
			En: "{விகிதம் rate, சலுகை bonus, செலுத்த to pay} by the last step {ஆண்டு, விகிதம்} that was reached",
		},
		Try: []builtin.Example{
			{Expr: `கோரல்_இல்லா_சலுகை(7777.77, 5, [{ஆண்டு: 1, விகிதம்: 15}, {ஆண்டு: 3, விகிதம்: 27.5}])`, Want: `{சலுகை: 2138.89, செலுத்த: 5638.88, விகிதம்: 27.5}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "kAppIttu.openClaims",
		Name: builtin.Spelling{Tamil: "நிலுவைக்_கோரல்கள்", Roman: "niluvYk_kOralkaL"},
		Args: []builtin.Arg{
			arg("கோரல்கள்", "claims", builtin.Countable),
		},
		Ret: "record",
		Doc: diag.Text{
			Ta: "தீராத கோரல்களின் {எண்ணிக்கை, மொத்தம்}; கோரல் {மதிப்பிடப்பட்டது, தீர்ந்ததா}",
			En: "{எண்ணிக்கை count, மொத்தம் sum} of the claims {மதிப்பிடப்பட்டது estimate, தீர்ந்ததா settled} that are not settled",
		},
		Try: []builtin.Example{
			{Expr: `நிலுவைக்_கோரல்கள்([{மதிப்பிடப்பட்டது: 12500.505, தீர்ந்ததா: பொய்}, {மதிப்பிடப்பட்டது: 900, தீர்ந்ததா: மெய்}])`, Want: `{எண்ணிக்கை: 1, மொத்தம்: 12500.51}`},
		},
	}},
}
