package stdlib

import (
	"etamil/engine/builtin"
	"etamil/engine/diag"
	"etamil/engine/value"
)

var gatewayArg = arg("நுழைவாயில்", "gateway", builtin.Record)

// fabricFunctions are those of nUlakam/cawkili/fabric.qmz. A gateway is a record
// {முகவரிப்_பாதை, சேனல், நிரல்பொருள், தலைப்புகள், வினவல்_பாதை, எழுதும்_பாதை}: base
// URL, channel, chaincode, headers, path for queries, path for writes.
var fabricFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "fabric.gateway",
		Name: builtin.Spelling{Tamil: "நுழைவு", Roman: "nuzYvu"},
		Args: anyArgs("அடிப்பாதை", "url", "சேனல்", "channel", "நிரல்பொருள்", "chaincode", "தலைப்புகள்", "headers"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "வழக்கமான பாதைகளுடன் ஒரு நுழைவு: முகவரி, சேனல், நிரல்பொருள், எல்லாக் கோரிக்கைகளின் தலைப்புகள்",
			En: "a gateway with the usual paths: base URL, channel, chaincode, headers of every request",
		},
		Try: []builtin.Example{{Expr: `நுழைவு("https://gw", "sales", "ledger", {})["வினவல்_பாதை"]`, Want: "/channels/{channel}/chaincodes/{chaincode}/query"}},
	}},
	{Builtin: builtin.Builtin{
		ID:   "fabric.setPaths",
		Name: builtin.Spelling{Tamil: "பாதையை_அமை", Roman: "pAqYyY_amY"},
		Args: append([]builtin.Arg{gatewayArg}, anyArgs("வினவல்", "query", "எழுதல்", "invoke")...),
		Ret:  "record",
		Doc:  diag.Text{Ta: "வேறு பாதைகளுடன் நுழைவின் படி", En: "a copy of the gateway with other paths"},
		Try:  []builtin.Example{{Expr: `பாதையை_அமை(நுழைவு("u", "c", "n", {}), "/q", "/i")["எழுதும்_பாதை"]`, Want: "/i"}},
	}},
	{Builtin: builtin.Builtin{
		ID:     "fabric.query",
		Name:   builtin.Spelling{Tamil: "மதிப்பிடு", Roman: "maqippitu"},
		Args:   append([]builtin.Arg{gatewayArg}, anyArgs("செயற்பெயர்", "function", "அளவுருக்கள்", "args")...),
		Ret:    "result of text | record",
		Effect: builtin.Network,
		Doc: diag.Text{
			Ta: "ஒரு வினவல்: சரி(விடையின் உடல்), தவறு({வகைப்பாடு, நிலைக்_குறி, விவரம்})",
			En: "one query: சரி(body of the answer) or தவறு({வகைப்பாடு, நிலைக்_குறி, விவரம்})",
		},
		Try: []builtin.Example{{Expr: `தவறு_மதிப்பு(மதிப்பிடு(நுழைவு("http://127.0.0.1:1", "c", "n", {}), "F", []))["வகைப்பாடு"]`, Want: "வலை"}},
	}},
	{Builtin: builtin.Builtin{
		ID:     "fabric.submit",
		Name:   builtin.Spelling{Tamil: "சமர்ப்பி", Roman: "camarppi"},
		Args:   append([]builtin.Arg{gatewayArg}, anyArgs("செயற்பெயர்", "function", "அளவுருக்கள்", "args")...),
		Ret:    "result of text | record",
		Effect: builtin.Network,
		Doc:    diag.Text{Ta: "ஒரு பதிவு: விடைகள் மதிப்பிடு போல", En: "one write, answered as மதிப்பிடு is"},
		Try:    []builtin.Example{{Expr: `தவறா(சமர்ப்பி(நுழைவு("http://127.0.0.1:1", "c", "n", {}), "F", []))`, Want: "true"}},
	}},
	{Builtin: builtin.Builtin{
		ID:     "fabric.submitAgain",
		Name:   builtin.Spelling{Tamil: "மீண்டும்_சமர்ப்பி", Roman: "mINtum_camarppi"},
		Args:   append(append([]builtin.Arg{gatewayArg}, anyArgs("செயற்பெயர்", "function", "அளவுருக்கள்", "args")...), arg("முயற்சிகள்", "tries", builtin.AsNumber)),
		Ret:    "result of text | record",
		Effect: builtin.Network,
		Doc: diag.Text{
			Ta: "மோதல் நேரும்வரை, அத்தனை முயற்சிகளுக்குள், மீண்டும் மீண்டும் பதிவு; இடைவெளி இல்லை",
			En: "writes again as long as there is a conflict, at most so many times, without a pause",
		},
		Try: []builtin.Example{{Expr: `தவறு_மதிப்பு(மீண்டும்_சமர்ப்பி(நுழைவு("http://127.0.0.1:1", "c", "n", {}), "F", [], 0))["வகைப்பாடு"]`, Want: "முயற்சி"}},
	}},
	{Builtin: builtin.Builtin{
		ID:   "fabric.isConflict",
		Name: builtin.Spelling{Tamil: "மோதலா", Roman: "mOqalA"},
		Args: anyArgs("தோல்வி", "failure"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "ஒரு தவறின் உள்ளே இருப்பது, வேறொரு பதிவு முந்தியதைச் (MVCC, PHANTOM) சொல்கிறதா",
			En: "does what is inside a failure tell that another write came first (MVCC, PHANTOM)",
		},
		Try: []builtin.Example{{Expr: `மோதலா({விவரம்: "PHANTOM_READ_CONFLICT"})`, Want: "true"}, {Expr: `மோதலா(இன்மை)`, Want: "false"}},
	}},
	{Builtin: builtin.Builtin{
		ID:   "fabric.address",
		Name: builtin.Spelling{Tamil: "முழு_முகவரி", Roman: "muzu_mukavari"},
		Args: append([]builtin.Arg{gatewayArg}, anyArgs("பாதை", "path")...),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "நுழைவின் முகவரியும் பாதையும், {channel} {chaincode} நிரப்பி; எதுவும் மறைக்கப்படாது",
			En: "base URL and path with {channel} and {chaincode} filled in, unescaped",
		},
		Try: []builtin.Example{{Expr: `முழு_முகவரி(நுழைவு("https://gw", "sales", "ledger", {}), "/{channel}/{chaincode}")`, Want: "https://gw/sales/ledger"}},
	}},
	{Builtin: builtin.Builtin{
		ID:   "fabric.body",
		Name: builtin.Spelling{Tamil: "உடலைக்_கட்டு", Roman: "utalYk_kattu"},
		Args: anyArgs("செயற்பெயர்", "function", "அளவுருக்கள்", "args"),
		Ret:  "text",
		Doc:  diag.Text{Ta: "கோரிக்கையின் உடல், ஜேசான் வடிவில்", En: "the body of a request, as JSON"},
		Try:  []builtin.Example{{Expr: `உடலைக்_கட்டு("Write", ["k", "அ"])`, Want: `{"args":["k","அ"],"function":"Write"}`}},
	}},
	{Builtin: builtin.Builtin{
		ID:   "fabric.readAnswer",
		Name: builtin.Spelling{Tamil: "விடையைப்_படி", Roman: "vitYyYp_pati"},
		Args: []builtin.Arg{arg("விடை", "answer", builtin.Result)},
		Ret:  "result of text | record",
		Doc: diag.Text{
			Ta: "ஒரு வலை விடையிலிருந்து: நிலை 200–299 எனில் சரி(உடல்), வேறெனில் தவறு(பதிவேடு)",
			En: "from an answer of the web: சரி(body) for a status of 200–299, else தவறு(record)",
		},
		Try: []builtin.Example{{Expr: `விடையைப்_படி(சரி({நிலைக்_குறி: 200, உடலுரை: "ஆம்"}))`, Want: "சரி(ஆம்)"}},
	}},
}

// fabricPrivate are those that only the module itself calls.
var fabricPrivate = []Function{
	{Builtin: builtin.Builtin{
		ID:     "fabric.post",
		Name:   builtin.Spelling{Tamil: "திருப்பாமல்_பதி"},
		Args:   []builtin.Arg{arg("விலாசம்", "url", builtin.AsText), arg("உள்ளடக்கம்", "body", builtin.AsText), arg("தலைப்புகள்", "headers", builtin.Any)},
		Ret:    "result of record | text",
		Effect: builtin.Network,
		Doc: diag.Text{
			Ta: "வலை_பதி, ஆனால் திருப்பிவிடுதல் பின்பற்றப்படாது: ஒரு பதிவு GET ஆகக் கூடாது",
			En: "வலை_பதி that follows no redirect: a write must not turn into a GET",
		},
	}, body: func(c call) (value.Value, error) {
		return builtin.PostHere(c.m, c.f.Name.Tamil, &c.args[0], &c.args[1], &c.args[2])
	}},
}
