package stdlib

import (
	"etamil/engine/builtin"
	"etamil/engine/diag"
)

// customsFunctions are those of nUlakam/cuwkam/cuwkam.qmz.
var customsFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "cuwkam.assessableValue",
		Name: builtin.Spelling{Tamil: "மதிப்பிடத்தக்க_மதிப்பு", Roman: "maqippitaqqakka_maqippu"},
		Args: anyArgs("பொருள்_விலை", "cost", "கப்பற்_கட்டணம்", "freight", "காப்பீட்டுக்_கட்டணம்", "insurance"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "விலை + கப்பற் கட்டணம் + காப்பீடு",
			En: "cost + freight + insurance",
		},
		Try: []builtin.Example{
			{Expr: `மதிப்பிடத்தக்க_மதிப்பு(73210.45, 5120.3, 732.104)`, Want: `79062.85`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "cuwkam.duties",
		Name: builtin.Spelling{Tamil: "சுங்கக்_கணக்கு", Roman: "cuwkak_kaNakku"},
		Args: anyArgs("மதிப்பு", "value", "அடிப்படை_விகிதம்", "basicRate", "மேலதிக_விகிதம்", "surchargeRate", "ஜிஎஸ்டி_விகிதம்", "taxRate"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "{மதிப்பு, அடிப்படை, மேலதிகம், ஜிஎஸ்டி_அடிப்படை, ஜிஎஸ்டி, மொத்தம், இறங்கு_விலை}: மேலதிகம் அடிப்படைத் தீர்வையின் மீது, ஜிஎஸ்டி எல்லாவற்றின் மீதும்",
			En: "{மதிப்பு value, அடிப்படை basic duty, மேலதிகம் surcharge on the duty, ஜிஎஸ்டி_அடிப்படை, ஜிஎஸ்டி tax on all of it, மொத்தம் total, இறங்கு_விலை landed cost}",
		},
		Try: []builtin.Example{
			{Expr: `சுங்கக்_கணக்கு(79062.85, 7.5, 10, 28)`, Want: `{அடிப்படை: 5929.71, இறங்கு_விலை: 109549.48, ஜிஎஸ்டி: 23963.95, ஜிஎஸ்டி_அடிப்படை: 85585.53, மதிப்பு: 79062.85, மேலதிகம்: 592.97, மொத்தம்: 30486.63}`},
		},
	}, Percent: []int{2, 3, 4}},
	{Builtin: builtin.Builtin{
		ID:   "cuwkam.isHeading",
		Name: builtin.Spelling{Tamil: "தலைப்பு_சரியா", Roman: "qalYppu_cariyA"},
		Args: []builtin.Arg{
			arg("குறியீட்டெண்", "code", builtin.Countable),
		},
		Ret: "boolean",
		Doc: diag.Text{
			Ta: "2, 4, 6 அல்லது 8 எழுத்துகள், எல்லாம் இலக்கங்களா; சொல் மட்டும்",
			En: "has the text 2, 4, 6 or 8 letters, all digits",
		},
		Try: []builtin.Example{
			{Expr: `தலைப்பு_சரியா("0902")`, Want: `true`},
			{Expr: `தலைப்பு_சரியா("090")`, Want: `false`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "cuwkam.areDigits",
		Name: builtin.Spelling{Tamil: "எண்களே", Roman: "eNkaLE"},
		Args: []builtin.Arg{
			arg("பாடம்", "text", builtin.Countable),
		},
		Ret: "boolean",
		Doc: diag.Text{
			Ta: "0 முதல் 9 வரையிலான இலக்கங்கள் மட்டுமா; காலிக்குப் பொய்",
			En: "are there nothing but digits 0 to 9; false for nothing at all",
		},
		Try: []builtin.Example{
			{Expr: `எண்களே("2026")`, Want: `true`},
			{Expr: `எண்களே("௨௦")`, Want: `false`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "cuwkam.chapter",
		Name: builtin.Spelling{Tamil: "அத்தியாயம்", Roman: "aqqiyAyam"},
		Args: []builtin.Arg{
			arg("குறியீட்டெண்", "code", builtin.Countable),
		},
		Ret: "text",
		Doc: diag.Text{
			Ta: "முதல் இரு எழுத்துகள்; அதைவிடக் குறைவெனில் \"\"",
			En: "the first two letters, \"\" when there are fewer",
		},
		Try: []builtin.Example{
			{Expr: `அத்தியாயம்("09021010")`, Want: `09`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "cuwkam.matches",
		Name: builtin.Spelling{Tamil: "பொருந்துமா", Roman: "porunqumA"},
		Args: []builtin.Arg{
			arg("குறியீட்டெண்", "code", builtin.Countable),
			arg("தலைப்புக்_குறி", "heading", builtin.Countable),
		},
		Ret: "boolean",
		Doc: diag.Text{
			Ta: "குறியீடு அந்தத் தலைப்புடன் தொடங்குகிறதா",
			En: "does the code begin with the heading",
		},
		Try: []builtin.Example{
			{Expr: `பொருந்துமா("09021010", "0902")`, Want: `true`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "cuwkam.needsEWayBill",
		Name: builtin.Spelling{Tamil: "தேவையா", Roman: "qEvYyA"},
		Args: anyArgs("மதிப்பு", "value", "வரம்புத்_தொகை", "threshold"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "மதிப்பு வரம்பைத் தாண்டுகிறதா: அப்போது மின் வழிச்சீட்டு தேவை",
			En: "is the value above the threshold, so that an e-way bill is needed",
		},
		Try: []builtin.Example{
			{Expr: `தேவையா(50000.01, 50000)`, Want: `true`},
			{Expr: `தேவையா(50000, 50000)`, Want: `false`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "cuwkam.validDays",
		Name: builtin.Spelling{Tamil: "செல்லுபடி_நாட்கள்", Roman: "cellupati_nAtkaL"},
		Args: anyArgs("தூரம்", "distance", "ஒரு_நாள்_தூரம்", "perDay"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "வழிச்சீட்டு எத்தனை நாள் செல்லும்: தூரம் / ஒரு நாள் தூரம், மேல்நோக்கி; குறைந்தது 1",
			En: "the days a bill is valid: distance / distance a day, rounded up, at least 1",
		},
		Try: []builtin.Example{
			{Expr: `செல்லுபடி_நாட்கள்(301, 150)`, Want: `3`},
			{Expr: `செல்லுபடி_நாட்கள்(0, 150)`, Want: `1`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "cuwkam.checkEWayBill",
		Name: builtin.Spelling{Tamil: "வழிச்சீட்டு_சரிபார்", Roman: "vaziccIttu_caripAr"},
		Args: []builtin.Arg{
			arg("விவரங்கள்", "bill", builtin.Countable),
		},
		Ret: "record",
		Doc: diag.Text{
			Ta: "{சரியா, குறைகள், பகுதி_பி_உள்ளதா}: வழிச்சீட்டில் இல்லாதவையும் தவறானவையும்",
			En: "{சரியா right, குறைகள் faults, பகுதி_பி_உள்ளதா has a vehicle}: what the bill lacks and what is wrong in it",
		},
		Try: []builtin.Example{
			{Expr: `வழிச்சீட்டு_சரிபார்({"அனுப்புநர்_ஜிஎஸ்டி": "33ABCDE1234F1Z7", "பெறுநர்_ஜிஎஸ்டி": "29PQRSX4321K2ZF", "தலைப்பு": "0902", "மதிப்பு": 64000, "தூரம்": 120})`, Want: `{குறைகள்: [], சரியா: true, பகுதி_பி_உள்ளதா: false}`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "cuwkam.looksLikeGSTIN",
		Name: builtin.Spelling{Tamil: "ஜிஎஸ்டி_எண்_சரியா", Roman: "jiesti_eN_cariyA"},
		Args: []builtin.Arg{
			arg("எண்_மதிப்பு", "number", builtin.Countable),
		},
		Ret: "boolean",
		Doc: diag.Text{
			Ta: "வடிவம் மட்டும்: 15 எழுத்துகள், முதல் இரண்டு இலக்கங்கள்",
			En: "the shape only: 15 letters, the first two digits",
		},
		Try: []builtin.Example{
			{Expr: `ஜிஎஸ்டி_எண்_சரியா("33ABCDE1234F1Z5")`, Want: `true`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "cuwkam.stateOfGSTIN",
		Name: builtin.Spelling{Tamil: "ஜிஎஸ்டி_மாநிலம்", Roman: "jiesti_mAnilam"},
		Args: []builtin.Arg{
			arg("எண்_மதிப்பு", "number", builtin.Countable),
		},
		Ret: "text",
		Doc: diag.Text{
			Ta: "முதல் இரு எழுத்துகள், மாநிலக் குறி; அதைவிடக் குறைவெனில் \"\"",
			En: "the first two letters, the code of the state; \"\" when there are fewer",
		},
		Try: []builtin.Example{
			{Expr: `ஜிஎஸ்டி_மாநிலம்("33ABCDE1234F1Z7")`, Want: `33`},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "cuwkam.checkGSTIN",
		Name: builtin.Spelling{Tamil: "ஜிஎஸ்டி_எண்_சரிபார்", Roman: "jiesti_eN_caripAr", English: "_checkGSTIN"},
		Args: anyArgs("எண்_மதிப்பு", "number"),
		Ret:  "result of record | text",
		Doc: diag.Text{
			Ta: "முழு எண்ணையும் சரிபார்க்கும்: சரி({மாநிலம், பான், பதிவு_எண், சரிபார்ப்பு}); முதல் குறையைச் சொல்லும் தவறு",
			En: "checks the whole number: சரி({மாநிலம் state, பான் PAN, பதிவு_எண் registration, சரிபார்ப்பு check}), or a failure that tells the first fault",
		},
		Try: []builtin.Example{
			{Expr: `ஜிஎஸ்டி_எண்_சரிபார்("33ABCDE1234F1Z7")`, Want: `சரி({சரிபார்ப்பு: 7, பதிவு_எண்: 1, பான்: ABCDE1234F, மாநிலம்: 33})`},
			{Expr: `ஜிஎஸ்டி_எண்_சரிபார்("33ABCDE1234F1Z5")`, Want: `தவறு(சரிபார்ப்பு எழுத்து பொருந்தவில்லை; 7 வேண்டும்  (the check character should be 7): 33ABCDE1234F1Z5)`},
		},
	}, New: true},
	{Builtin: builtin.Builtin{
		ID:   "cuwkam.checkCharacter",
		Name: builtin.Spelling{Tamil: "ஜிஎஸ்டி_சரிபார்ப்பு_எழுத்து", Roman: "jiesti_caripArppu_ezuqqu", English: "_gstinCheckCharacter"},
		Args: anyArgs("முதல்_பதினான்கு", "first14"),
		Ret:  "result of text | text",
		Doc: diag.Text{
			Ta: "சரி(15-வது எழுத்து); 0-9, A-Z ஆகியவற்றில் சரியாக 14 எழுத்துகள் இல்லையெனில் தவறு",
			En: "சரி(the 15th character), or a failure unless given exactly 14 characters of 0-9 and A-Z",
		},
		Try: []builtin.Example{
			{Expr: `ஜிஎஸ்டி_சரிபார்ப்பு_எழுத்து("33ABCDE1234F1Z")`, Want: `சரி(7)`},
		},
	}, New: true},
}
