package builtin

import (
	"etamil/engine/decimal"
	"etamil/engine/value"
)

var responseRows = []Builtin{
	{
		ID:     "respondFile",
		Name:   Spelling{"பதில்_கோப்பு", "paDil_kOppu", "_respondFile"},
		Args:   []Arg{arg("நிலை", "status", Any), arg("பாதை", "path", AsPath), arg("தலைப்புகள்", "headers", Any)},
		Ret:    "result of nil | text",
		Effect: Response,
		Doc:    both("கோப்பைக் கோரிக்கையின் பதிலாக்கும்", "makes a file the answer of the request"),
		Func:   respondFile,
		Try:    []Example{{`தவறா(பதில்_கோப்பு(200, "இல்லை.pdf", {}))`, "true"}},
	},
}

func respondFile(m Machine, args []value.Value) (value.Value, error) {
	const function = "பதில்_கோப்பு"
	path, bad, ok := pathOf(&args[1])
	if !ok {
		return bad, nil
	}
	if err := CheckHeaders(function, &args[2]); err != nil {
		return value.Value{}, err
	}
	files := m.Host().Files
	if files == nil {
		return refused(function), nil
	}
	file, err := files.Open(path)
	if err != nil {
		return cannotRead(path, err), nil
	}
	answer := Answer{Status: answerStatus(args[0]), Headers: value.NilValue(), File: file, Path: path}
	if args[2].Kind() == value.Record {
		answer.Headers = args[2]
	}
	m.Answer(answer)
	return value.OkOf(value.NilValue()), nil
}

// answerStatus reads a status given as text; what is no readable number stays
// as it is and counts as none.
func answerStatus(v value.Value) value.Value {
	if v.Kind() == value.Text {
		if d, ok := decimal.ParseTrim(v.Str()); ok {
			return value.Num(d)
		}
	}
	return v
}
