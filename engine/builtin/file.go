package builtin

import (
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

var fileRows = []Builtin{
	{
		ID:     "fileSave",
		Name:   Spelling{"கோப்பு_சேமி", "kOppu_cEmi", "_fileSave"},
		Args:   []Arg{arg("பாதை", "path", AsPath), arg("உள்ளடக்கம்", "content", AsText)},
		Ret:    "result of number | text",
		Effect: Files,
		Doc:    both("கோப்பில் சரியாக இந்த உள்ளடக்கத்தை எழுதும்; பைட்டுகளின் எண்ணிக்கை விடை", "writes a file with exactly this content, answers the byte count"),
		Func:   fileSave,
		Try:    []Example{{`கோப்பு_சேமி("d.txt", "பணம்")`, "சரி(12)"}, {`தவறா(_fileSave("", "x"))`, "true"}, {`தவறா(kOppu_cEmi(iZmY, "x"))`, "true"}},
	},
	{
		ID:     "saveUpload",
		Name:   Spelling{"பதிவேற்றம்_சேமி", "paqivERRam_cEmi", "_saveUpload"},
		Args:   []Arg{arg("வரிசை", "index", AsNumber), arg("பாதை", "path", AsPath)},
		Ret:    "result of number | text",
		Effect: Files,
		Doc:    both("இந்தக் கோரிக்கையில் பதிவேறிய கோப்பை எழுதும்; முதலாவது 0", "writes an uploaded file of the current request; the first is 0"),
		Func:   saveUpload,
		Try:    []Example{{`தவறா(பதிவேற்றம்_சேமி(0, "x.bin"))`, "true"}},
	},
}

var badPath = sentence{"{1} கோப்பின் பாதை அல்ல", "{1} is not the path of a file"}

// pathOf returns the path that an AsPath argument is, else the தவறு of a
// function that was given something else.
func pathOf(v *value.Value) (path string, bad value.Value, ok bool) {
	if v.Kind() == value.Text {
		return v.Str(), value.Value{}, true
	}
	return "", badPath.fail(KindName(v)), false
}

// refused is the தவறு of a function whose capability the host does not give.
func refused(function string) value.Value { return failureOf(diag.NotPermitted.New(function)) }

// cannotWrite and cannotRead are the sentences of the statements, as a தவறு.
func cannotWrite(path string, err error) value.Value {
	return failureOf(diag.FileWrite.New(path, Reason(err)))
}

func cannotRead(path string, err error) value.Value {
	return failureOf(diag.FileRead.New(path, Reason(err)))
}

func fileSave(m Machine, args []value.Value) (value.Value, error) {
	path, bad, ok := pathOf(&args[0])
	if !ok {
		return bad, nil
	}
	return save(m, "கோப்பு_சேமி", path, []byte(args[1].Str()))
}

// save writes data and answers its length.
func save(m Machine, function, path string, data []byte) (value.Value, error) {
	if err := m.Charge(len(data) / 8); err != nil {
		return value.Value{}, err
	}
	files := m.Host().Files
	if files == nil {
		return refused(function), nil
	}
	if err := files.WriteFile(path, data); err != nil {
		return cannotWrite(path, err), nil
	}
	return value.OkOf(value.Int(len(data))), nil
}

var noUpload = sentence{"{1}-ஆம் பதிவேற்றம் இந்தக் கோரிக்கையில் இல்லை", "this request has no upload {1}"}

func saveUpload(m Machine, args []value.Value) (value.Value, error) {
	path, bad, ok := pathOf(&args[1])
	if !ok {
		return bad, nil
	}
	index := args[0].Dec().Trunc()
	if index.Sign() >= 0 && decimal.Cmp(index, decimal.FromInt64(1<<31-1)) <= 0 {
		i, _ := index.Int64()
		if upload, ok := m.Upload(int(i)); ok {
			return save(m, "பதிவேற்றம்_சேமி", path, upload.Data)
		}
	}
	return noUpload.fail(args[0].Dec().String()), nil
}
