package stdlib

import (
	"etamil/engine/builtin"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// recordFunctions are those of nUlakam/poruL.qmz.
var recordFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "poruL.hasField",
		Name: builtin.Spelling{Tamil: "புலம்_உள்ளதா", Roman: "pulam_uLLaqA"},
		Args: anyArgs("பதிவேடு", "record", "பெயர்", "name"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "அந்தப் பெயரில் புலம் உள்ளதா; பெயர் சொல்லாக இருக்க வேண்டும்",
			En: "has the record a field with exactly that name, which must be text",
		},
		Try: []builtin.Example{
			{Expr: `புலம்_உள்ளதா({பெயர்: "மலர்", வயது: இன்மை}, "வயது")`, Want: "true"},
			{Expr: `புலம்_உள்ளதா({"1": 1}, 1)`, Want: "false"},
		},
	}, body: has},
	{Builtin: builtin.Builtin{
		ID:   "poruL.fieldOr",
		Name: builtin.Spelling{Tamil: "புலம்_அல்லது", Roman: "pulam_allaqu"},
		Args: anyArgs("பதிவேடு", "record", "பெயர்", "name", "மாற்று", "default"),
		Ret:  "any",
		Doc: diag.Text{
			Ta: "அந்தப் புலத்தின் மதிப்பு; புலம் இல்லையெனில் மாற்று",
			En: "the value of that field, or the default when there is none",
		},
		Try: []builtin.Example{
			{Expr: `புலம்_அல்லது({பக்கம்: "3"}, "பக்கம்", "1")`, Want: "3"},
			{Expr: `புலம்_அல்லது({அளவு: இன்மை}, "அளவு", 20)`, Want: "nil"},
			{Expr: `புலம்_அல்லது({}, "வரிசை", [1, 2])`, Want: "[1, 2]"},
		},
	}, body: fieldOr},
	{Builtin: builtin.Builtin{
		ID:   "poruL.fieldNames",
		Name: builtin.Spelling{Tamil: "புலங்கள்", Roman: "pulawkaL"},
		Args: anyArgs("பதிவேடு", "record"),
		Ret:  "array",
		Doc: diag.Text{
			Ta: "புலங்களின் பெயர்கள், குறியீட்டு வரிசையில்",
			En: "the field names by code point order",
		},
		Try: []builtin.Example{
			{Expr: `புலங்கள்({"ஈ": 1, "அ": 2, z: 3, Z: 4, "10": 5, "9": 6})`, Want: "[10, 9, Z, z, அ, ஈ]"},
		},
	}, body: fieldNames},
	{Builtin: builtin.Builtin{
		ID:   "poruL.fieldValues",
		Name: builtin.Spelling{Tamil: "மதிப்பீடுகள்", Roman: "maqippItukaL"},
		Args: anyArgs("பதிவேடு", "record"),
		Ret:  "array",
		Doc: diag.Text{
			Ta: "புலங்களின் மதிப்புகள், பெயர்களின் குறியீட்டு வரிசையில்",
			En: "the values of the fields, by code point order of their names",
		},
		Try: []builtin.Example{{Expr: `மதிப்பீடுகள்({ஆ: 1, அ: 2})`, Want: "[2, 1]"}},
	}, body: fieldValues},
	{Builtin: builtin.Builtin{
		ID:   "poruL.isEmpty",
		Name: builtin.Spelling{Tamil: "காலியா_பதிவேடு", Roman: "kAliyA_paqivEtu"},
		Args: anyArgs("பதிவேடு", "record"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "புலம் எதுவும் இல்லாததா",
			En: "has the record no fields",
		},
		Try: []builtin.Example{
			{Expr: `காலியா_பதிவேடு({})`, Want: "true"},
			{Expr: `காலியா_பதிவேடு({அ: இன்மை})`, Want: "false"},
		},
	}, body: isEmpty},
	{New: true, Builtin: builtin.Builtin{
		ID:   "poruL.removeField",
		Name: builtin.Spelling{Tamil: "புலம்_நீக்கு", Roman: "pulam_nIkku", English: "_removeField"},
		Args: []builtin.Arg{arg("பதிவேடு", "record", builtin.Record), arg("பெயர்", "name", builtin.AsText)},
		Ret:  "record",
		Doc: diag.Text{
			Ta: "அந்தப் புலம் இல்லாத படி; புலம் இல்லையெனில் அப்படியே",
			En: "a copy without that field; unchanged when there is none",
		},
		Try: []builtin.Example{{Expr: `_removeField({அ: 1, ஆ: 2}, "அ")`, Want: "{ஆ: 2}"}},
	}, body: removeField},
	{New: true, Builtin: builtin.Builtin{
		ID:   "poruL.merge",
		Name: builtin.Spelling{Tamil: "பொருள்கள்_சேர்", Roman: "poruLkaL_cEr", English: "_merge"},
		Args: []builtin.Arg{arg("முதல்", "first", builtin.Record), arg("மற்றது", "second", builtin.Record)},
		Ret:  "record",
		Doc: diag.Text{
			Ta: "இரண்டின் புலங்களும்; ஒரே பெயரெனில் மற்றதன் மதிப்பு",
			En: "the fields of both; where both have one, the value of the second",
		},
		Try: []builtin.Example{{Expr: `_merge({a: 1, b: 2}, {b: 3})`, Want: "{a: 1, b: 3}"}},
	}, body: merge},
}

// fieldOr is புலம்_அல்லது.
func fieldOr(c call) (value.Value, error) {
	v := &c.args[0]
	if v.Kind() == value.Record {
		if name := &c.args[1]; name.Kind() == value.Text {
			if x, ok := v.Get(name.Str()); ok {
				return x, nil
			}
		}
		return c.args[2].Share(), nil
	}
	found, err := has(c)
	switch {
	case err != nil:
		return value.Value{}, err
	case found.IsTrue():
		return element(c.m, v, &c.args[1])
	}
	return c.args[2].Share(), nil
}

// fieldNames is புலங்கள்.
func fieldNames(c call) (value.Value, error) {
	if v := c.args[0]; v.Kind() == value.Array {
		return v.Share(), nil
	}
	names, err := c.elements(0)
	return value.FlatArray(names), err
}

// fieldValues is மதிப்பீடுகள்.
func fieldValues(c call) (value.Value, error) {
	v := &c.args[0]
	if v.Kind() != value.Record {
		return fieldNames(c)
	}
	n := v.Len()
	if err := take(c.m, n*valueBytes); err != nil {
		return value.Value{}, err
	}
	list := make([]value.Value, n)
	for i := range list {
		_, list[i] = v.FieldAt(i)
	}
	return array(list)
}

// fieldBytes is about what a field of a record of its own takes: a place for
// the value, one for the name, and its entry in the index of the names.
const fieldBytes = 3 * valueBytes

// removeField is புலம்_நீக்கு.
func removeField(c call) (value.Value, error) {
	v, name := &c.args[0], c.args[1].Str()
	if _, ok := v.Get(name); !ok {
		return v.Share(), nil
	}
	if err := take(c.m, v.Len()*fieldBytes); err != nil {
		return value.Value{}, err
	}
	return v.Without(name), nil
}

// merge is பொருள்கள்_சேர்.
func merge(c call) (value.Value, error) {
	first, second := &c.args[0], &c.args[1]
	if err := take(c.m, (first.Len()+second.Len())*fieldBytes); err != nil {
		return value.Value{}, err
	}
	out := first.Share()
	keys, vals := second.KeysOf()
	for i, name := range keys.Names() {
		if err := deep(out.Set(name, vals[i].Share())); err != nil {
			return value.Value{}, err
		}
	}
	return out, nil
}
