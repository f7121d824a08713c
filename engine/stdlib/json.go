package stdlib

import (
	"etamil/engine/builtin"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// jsonFunctions are those of nUlakam/jEcAZ.qmz.
var jsonFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "jEcAZ.write",
		Name: builtin.Spelling{Tamil: "ஜேசான்_ஆக்கு", Roman: "jEcAZ_Akku"},
		Args: anyArgs("மதிப்பு", "value"),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "மதிப்பின் ஜேசான் வடிவம், வெற்றிடங்கள் இன்றி; புலங்கள் குறியீட்டு வரிசையில், முடிவுகள் null",
			En: "the value as JSON without blanks; fields by code point order of their names, results as null",
		},
		Try: []builtin.Example{
			{Expr: `ஜேசான்_ஆக்கு({பெயர்: "மலர்", age: 30})`, Want: `{"age":30,"பெயர்":"மலர்"}`},
			{Expr: `ஜேசான்_ஆக்கு([இன்மை, மெய், -2.50, சரி(1)])`, Want: `[null,true,-2.5,null]`},
		},
	}, body: writeJSON},
	{Builtin: builtin.Builtin{
		ID:   "jEcAZ.read",
		Name: builtin.Spelling{Tamil: "ஜேசான்_படி", Roman: "jEcAZ_pati"},
		Args: anyArgs("சரம்", "text"),
		Ret:  "result of any | text",
		Doc: diag.Text{
			Ta: "சரி(ஜேசான் சரம் சொல்லும் மதிப்பு); சரம் ஜேசான் அல்லவெனில் எங்கே என்று சொல்லும் தவறு. எண்கள் இழப்பின்றி வாசிக்கப்படும்",
			En: "சரி(the value of a JSON text), or a failure that says where it is none. Numbers are exact",
		},
		Try: []builtin.Example{
			{Expr: `ஜேசான்_படி("[1,[2,[3]],{\"அ\":[]}]")`, Want: "சரி([1, [2, [3]], {அ: []}])"},
			{Expr: `ஜேசான்_படி("{\"அ\": 1, \"ஆ\": 2, \"அ\": 3}")`, Want: "சரி({அ: 3, ஆ: 2})"},
			{Expr: `ஜேசான்_படி("[1,]")`, Want: "தவறு(இங்கே ஒரு மதிப்பு வேண்டும், வரி 1, நெடுவரிசை 4  (a value is expected, line 1, column 4))"},
		},
	}, body: readJSON},
	{Builtin: builtin.Builtin{
		ID:   "jEcAZ.quote",
		Name: builtin.Spelling{Tamil: "ஜேசான்_சரம்", Roman: "jEcAZ_caram"},
		Args: anyArgs("மதிப்பு", "value"),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "மதிப்பின் அச்சு வடிவம், மேற்கோள்களுடன் ஜேசான் சரமாக",
			En: "the printed form of the value as a JSON string with its quotes",
		},
		Try: []builtin.Example{{Expr: `ஜேசான்_சரம்(5)`, Want: `"5"`}, {Expr: `ஜேசான்_சரம்("a\nb")`, Want: `"a\nb"`}},
	}, body: quoteJSON},
	{Builtin: builtin.Builtin{
		ID:   "jEcAZ.escape",
		Name: builtin.Spelling{Tamil: "எழுத்து_மறை", Roman: "ezuqqu_maRY"},
		Args: anyArgs("எழுத்து", "letter"),
		Ret:  "any",
		Doc: diag.Text{
			Ta: "ஜேசான் சரத்தில் எழுதப்படும்படி ஓர் எழுத்து; வேறு எதுவும் அப்படியே",
			En: "one letter as it is written in a JSON string; anything else unchanged",
		},
		Try: []builtin.Example{{Expr: `எழுத்து_மறை("\n")`, Want: `\n`}, {Expr: `எழுத்து_மறை("க")`, Want: "க"}},
	}, body: escapeJSON},
	{New: true, Builtin: builtin.Builtin{
		ID:   "jEcAZ.pretty",
		Name: builtin.Spelling{Tamil: "ஜேசான்_அழகு", Roman: "jEcAZ_azaku", English: "_jsonPretty"},
		Args: []builtin.Arg{arg("மதிப்பு", "value", builtin.Any), arg("உள்தள்ளல்", "indent", builtin.AsNumber)},
		Ret:  "text",
		Doc: diag.Text{
			Ta: "ஜேசான்_ஆக்கு போல, ஆனால் ஒவ்வோர் உறுப்பும் புலமும் தனி வரியில், நிலைக்கு அத்தனை (1–10) வெற்றிடங்கள் உள்தள்ளி",
			En: "the same, with every element and field on a line of its own, indented by that many blanks (1–10) a level",
		},
		Try: []builtin.Example{
			{Expr: `_jsonPretty([1, {}], 2)`, Want: "[\n  1,\n  {}\n]"},
			{Expr: `_jsonPretty([], 4)`, Want: "[]"},
		},
	}, body: prettyJSON},
}

// readJSON is ஜேசான்_படி.
func readJSON(c call) (value.Value, error) {
	if c.args[0].Kind() != value.Text {
		return value.Value{}, c.badKind(0, diag.KindText)
	}
	v, bad, err := parseJSON(c.m, c.args[0].Str())
	switch {
	case err != nil:
		return value.Value{}, err
	case bad != nil:
		return failure(bad.text())
	}
	return success(v)
}

// writeJSON is ஜேசான்_ஆக்கு.
func writeJSON(c call) (value.Value, error) { return c.json(0) }

// prettyJSON is ஜேசான்_அழகு.
func prettyJSON(c call) (value.Value, error) {
	indent, err := c.whole(1, 1, 10, diag.Text{Ta: "1 முதல் 10 வரை ஒரு முழு எண்", En: "a whole number from 1 to 10"})
	if err != nil {
		return value.Value{}, err
	}
	return c.json(indent)
}

func (c call) json(indent int) (value.Value, error) {
	w := jsonWriter{printer: printer{m: c.m}, indent: indent}
	if err := w.value(c.args[0], 0); err != nil {
		return value.Value{}, err
	}
	return value.String(w.string()), nil
}

// quoteJSON is ஜேசான்_சரம்.
func quoteJSON(c call) (value.Value, error) {
	s, err := c.text(0)
	if err != nil {
		return value.Value{}, err
	}
	w := jsonWriter{printer: printer{m: c.m}}
	if err := w.quoted(s); err != nil {
		return value.Value{}, err
	}
	return value.String(w.string()), nil
}

// escapeJSON is எழுத்து_மறை.
func escapeJSON(c call) (value.Value, error) {
	v := c.args[0]
	if v.Kind() != value.Text {
		return v.Share(), nil
	}
	s := v.Str()
	if len(s) != value.LetterLen(s) || !needsEscape(s) {
		return v, nil
	}
	return value.String(string(appendEscaped(nil, s))), nil
}
