package builtin

import "etamil/engine/value"

var generalRows = []Builtin{
	{
		ID:   "length",
		Name: Spelling{"நீளம்", "nILam", "_length"},
		Args: []Arg{arg("மதிப்பு", "value", Countable)},
		Ret:  "number",
		Doc: both("சொல்லின் எழுத்துகள், அணியின் உறுப்புகள் அல்லது பொருளின் புலங்கள் எத்தனை",
			"number of written letters of a text, elements of an array or fields of a record"),
		Func: length,
		Try: []Example{
			{`நீளம்("வணக்கம்")`, "5"}, {`nILam("க்ஷ")`, "2"}, {`_length("क्षत्रिय")`, "3"}, {`nILam("ക്ഷ")`, "1"},
			{`nILam("👨‍👩‍👧")`, "1"}, {`nILam("🇮🇳🇮🇳")`, "2"}, {`nILam("\r\n")`, "1"}, {`nILam("\n\r")`, "2"},
			{`nILam("")`, "0"}, {`நீளம்([1, [2, 3]])`, "2"}, {`நீளம்({a: 1, b: 2})`, "2"},
		},
	},
	{
		ID:   "append",
		Name: Spelling{"இணை", "iNY", "_append"},
		Args: []Arg{arg("அணி", "list", Array), arg("உறுப்பு", "element", Any)},
		Ret:  "array",
		Doc: both("இறுதியில் ஓர் உறுப்பு கூடிய புதிய அணி; கொடுத்த அணி மாறாது",
			"a new array with the value added at the end; the argument is not changed"),
		Func: appendTo,
		Try:  []Example{{`இணை([], [1])`, "[[1]]"}, {`iNY([1, 2], "x")`, "[1, 2, x]"}, {`_append([இன்மை], மெய்)`, "[nil, true]"}},
	},
	{
		ID:   "typeof",
		Name: Spelling{"வகை", "vakY", "_typeof"},
		Args: []Arg{arg("மதிப்பு", "value", Any)},
		Ret:  "text",
		Doc:  both("மதிப்பின் வகை, ஆங்கிலத்தில்", "the English name of the kind of a value"),
		Func: typeOf,
		Try: []Example{
			{`வகை(1)`, "a number"}, {`vakY("")`, "a string"}, {`_typeof(பொய்)`, "a boolean"}, {`வகை([])`, "an array"},
			{`வகை({})`, "a record"}, {`வகை(சரி(1))`, "a result"}, {`வகை(தவறு(1))`, "a result"}, {`வகை(இன்மை)`, "nil"},
		},
	},
	{
		ID:   "toString",
		Name: Spelling{"சொல்லாக்கு", "collAkku", "_toString"},
		Args: []Arg{arg("மதிப்பு", "value", AsText)},
		Ret:  "text",
		Doc:  both("அச்சிடும்போது காணும் வடிவம்", "the printed form of a value"),
		Func: func(_ Machine, args []value.Value) (value.Value, error) { return args[0], nil },
		Try: []Example{
			{`collAkku(vattamitu(1.999, 2))`, "2"}, {`சொல்லாக்கு(5%)`, "0.05"}, {`_toString(cari(iZmY))`, "சரி(nil)"},
			{`சொல்லாக்கு({ஆ: 1, அ: "x"})`, "{அ: x, ஆ: 1}"}, {`சொல்லாக்கு([1, [2]])`, "[1, [2]]"},
		},
	},
}

// length costs O(bytes) the first time it is asked of a text, then O(1): the
// letters are kept with it. Making the text was charged.
func length(_ Machine, args []value.Value) (value.Value, error) {
	v := &args[0]
	if v.Kind() == value.Text {
		return value.Int(v.Letters()), nil
	}
	return value.Int(v.Len()), nil
}

func appendTo(m Machine, args []value.Value) (value.Value, error) {
	cost := value.AppendCost(&args[0])
	if err := m.Grow(cost); err != nil {
		return value.Value{}, err
	}
	if err := m.Charge(cost / 64); err != nil {
		return value.Value{}, err
	}
	v, ok := value.Append(&args[0], args[1])
	if !ok {
		return value.Value{}, tooDeep()
	}
	return v, nil
}

// kindTexts are the answers of வகை.
var kindTexts = func() (texts [value.Failure + 1]value.Value) {
	for k := range texts {
		texts[k] = value.String(value.Kind(k).String())
		texts[k].Freeze()
	}
	return
}()

func typeOf(_ Machine, args []value.Value) (value.Value, error) {
	return kindTexts[args[0].Kind()], nil
}
