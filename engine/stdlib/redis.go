package stdlib

import (
	"etamil/engine/builtin"
	"etamil/engine/diag"
)

// redisFunctions are those of nUlakam/qaLam/retis.qmz. Keys and values travel
// as their printed forms; what is read is text.
var redisFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:     "retis.set",
		Name:   builtin.Spelling{Tamil: "சேமி", Roman: "cEmi"},
		Args:   anyArgs("சாவி", "key", "மதிப்பு_", "value"),
		Ret:    "result of text | text",
		Effect: builtin.Network,
		Doc:    diag.Text{Ta: "SET: மதிப்பின் அச்சு வடிவத்தைச் சாவியில் வைக்கும்; சரி(\"OK\")", En: "SET: stores the printed form of the value under the key; சரி(\"OK\")"},
		Try:    []builtin.Example{{Expr: `தவறா(சேமி("k", 1))`, Want: "true"}},
	}},
	{Builtin: builtin.Builtin{
		ID:     "retis.setFor",
		Name:   builtin.Spelling{Tamil: "காலத்துடன்_சேமி", Roman: "kAlaqqutaZ_cEmi"},
		Args:   anyArgs("சாவி", "key", "மதிப்பு_", "value", "விநாடிகள்", "seconds"),
		Ret:    "result of text | text",
		Effect: builtin.Network,
		Doc:    diag.Text{Ta: "SET … EX: அத்தனை முழு விநாடிகளுக்கு மட்டும்", En: "SET … EX: for that many whole seconds, above 0"},
		Try:    []builtin.Example{{Expr: `தவறா(காலத்துடன்_சேமி("k", 1, 60))`, Want: "true"}},
	}},
	{Builtin: builtin.Builtin{
		ID:     "retis.get",
		Name:   builtin.Spelling{Tamil: "எடு", Roman: "etu"},
		Args:   anyArgs("சாவி", "key"),
		Ret:    "result of text or nil | text",
		Effect: builtin.Network,
		Doc:    diag.Text{Ta: "GET: சாவியில் உள்ள சொல்; சாவி இல்லையெனில் இன்மை", En: "GET: the text under the key; nil when there is none"},
		Try:    []builtin.Example{{Expr: `தவறா(எடு("k"))`, Want: "true"}},
	}},
	{Builtin: builtin.Builtin{
		ID:     "retis.exists",
		Name:   builtin.Spelling{Tamil: "இருக்கிறதா", Roman: "irukkiRaqA"},
		Args:   anyArgs("சாவி", "key"),
		Ret:    "result of boolean | text",
		Effect: builtin.Network,
		Doc:    diag.Text{Ta: "EXISTS: சாவி இருக்கிறதா", En: "EXISTS: is there such a key"},
		Try:    []builtin.Example{{Expr: `தவறா(இருக்கிறதா("k"))`, Want: "true"}},
	}},
	{Builtin: builtin.Builtin{
		ID:     "retis.delete",
		Name:   builtin.Spelling{Tamil: "நீக்கு", Roman: "nIkku"},
		Args:   anyArgs("சாவி", "key"),
		Ret:    "result of number | text",
		Effect: builtin.Network,
		Doc:    diag.Text{Ta: "DEL: நீங்கியவற்றின் எண்ணிக்கை, 0 அல்லது 1", En: "DEL: how many were removed, 0 or 1"},
		Try:    []builtin.Example{{Expr: `தவறா(நீக்கு("k"))`, Want: "true"}},
	}},
	{Builtin: builtin.Builtin{
		ID:     "retis.increment",
		Name:   builtin.Spelling{Tamil: "ஒன்று_கூட்டு", Roman: "oZRu_kUttu"},
		Args:   anyArgs("சாவி", "key"),
		Ret:    "result of number | text",
		Effect: builtin.Network,
		Doc:    diag.Text{Ta: "INCR: ஒன்று கூட்டிய பின் உள்ள எண்", En: "INCR: the number after adding one"},
		Try:    []builtin.Example{{Expr: `தவறா(ஒன்று_கூட்டு("k"))`, Want: "true"}},
	}},
	{Builtin: builtin.Builtin{
		ID:     "retis.push",
		Name:   builtin.Spelling{Tamil: "முன்_சேர்", Roman: "muZ_cEr"},
		Args:   anyArgs("சாவி", "key", "மதிப்பு_", "value"),
		Ret:    "result of number | text",
		Effect: builtin.Network,
		Doc:    diag.Text{Ta: "LPUSH: வரிசையின் முன்னால் சேர்த்தபின் அதன் நீளம்", En: "LPUSH: the length of the list after putting the value in front"},
		Try:    []builtin.Example{{Expr: `தவறா(முன்_சேர்("k", 1))`, Want: "true"}},
	}},
	{Builtin: builtin.Builtin{
		ID:     "retis.range",
		Name:   builtin.Spelling{Tamil: "வரிசைப்_பகுதி", Roman: "varicYp_pakuqi"},
		Args:   anyArgs("சாவி", "key", "முதல்_இடம்", "from", "கடைசி_இடம்", "to"),
		Ret:    "result of array of texts | text",
		Effect: builtin.Network,
		Doc:    diag.Text{Ta: "LRANGE: முதல் இடத்திலிருந்து கடைசி இடம் வரை உள்ள சொற்கள்; -1 கடைசியானது", En: "LRANGE: the texts from one place to the other, both included; -1 is the last"},
		Try:    []builtin.Example{{Expr: `தவறா(வரிசைப்_பகுதி("k", 0, -1))`, Want: "true"}},
	}},
	{Builtin: builtin.Builtin{
		ID:     "retis.ping",
		Name:   builtin.Spelling{Tamil: "உயிர்ப்பா", Roman: "uyirppA"},
		Ret:    "result of text | text",
		Effect: builtin.Network,
		Doc:    diag.Text{Ta: "PING: சரி(\"PONG\")", En: "PING: சரி(\"PONG\")"},
		Try:    []builtin.Example{{Expr: `தவறா(உயிர்ப்பா())`, Want: "true"}},
	}},
	{Builtin: builtin.Builtin{
		ID:     "retis.getOr",
		Name:   builtin.Spelling{Tamil: "இல்லையெனில்_இயல்பு", Roman: "illYyeZil_iyalpu"},
		Args:   anyArgs("சாவி", "key", "மாற்றுவது", "default"),
		Ret:    "any",
		Effect: builtin.Network,
		Doc: diag.Text{
			Ta: "சாவியில் உள்ள சொல்; இல்லையெனில், இணைப்பு இல்லையெனில், வகை வேறெனில் மாற்று",
			En: "the text under the key; the default when there is none, no connection, or another type",
		},
		Try: []builtin.Example{{Expr: `இல்லையெனில்_இயல்பு("k", "மாற்று")`, Want: "மாற்று"}},
	}},
}
