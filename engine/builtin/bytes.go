package builtin

import (
	"unicode/utf8"

	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

var bytesRows = []Builtin{
	{
		ID:   "bytes",
		Name: Spelling{"பைட்டுகள்", "pYttukaL", "_bytes"},
		Args: []Arg{arg("சொல்", "text", AsText)},
		Ret:  "array of number",
		Doc:  both("சொல்லின் UTF-8 பைட்டுகள்", "the UTF-8 bytes of text"),
		Func: bytesOf,
		Try: []Example{
			{`பைட்டுகள்("அ")`, "[224, 174, 133]"}, {`pYttukaL(iZmY)`, "[110, 105, 108]"}, {`_bytes("")`, "[]"}, {`pYttukaL("\r\n\t")`, "[13, 10, 9]"},
		},
	},
	{
		ID:   "fromBytes",
		Name: Spelling{"பைட்டுச்_சரம்", "pYttuc_caram", "_fromBytes"},
		Args: []Arg{arg("பைட்டுகள்", "bytes", Array)},
		Ret:  "result of text | text",
		Doc:  both("UTF-8 பைட்டுகளிலிருந்து சொல்", "text from UTF-8 bytes"),
		Func: fromBytes,
		Try: []Example{
			{`பைட்டுச்_சரம்([224, 174, 164])`, "சரி(த)"}, {`pYttuc_caram(["65", 66.0])`, "சரி(AB)"}, {`_fromBytes([])`, "சரி()"},
			{`தவறா(pYttuc_caram([255, 254]))`, "true"}, {`தவறா(pYttuc_caram([237, 160, 128]))`, "true"}, {`pYttuc_caram([65, 0]) == சரி("A")`, "false"},
		},
	},
}

// valueSize is the size of an element of an array, in bytes.
const valueSize = 24

func bytesOf(m Machine, args []value.Value) (value.Value, error) {
	s := args[0].Str()
	if err := room(m, valueSize*len(s)); err != nil {
		return value.Value{}, err
	}
	elements := make([]value.Value, len(s))
	for i := range elements {
		elements[i] = value.Num(decimal.FromUint64(uint64(s[i])))
	}
	return value.FlatArray(elements), nil
}

var bytesNotUTF8 = sentence{"பைட்டுகள் UTF-8 குறியாக்கத்தில் இல்லை ({1}-ஆம் இடத்தில்)", "the bytes are not UTF-8 (at {1})"}

func fromBytes(m Machine, args []value.Value) (value.Value, error) {
	elements := args[0].Elems()
	if err := room(m, len(elements)); err != nil {
		return value.Value{}, err
	}
	if err := m.Charge(len(elements)); err != nil {
		return value.Value{}, err
	}
	bytes := make([]byte, len(elements))
	for i := range elements {
		n, ok := byteOf(&elements[i])
		if !ok {
			return value.Value{}, diag.NotAByte.New(i, quoted(&elements[i]))
		}
		bytes[i] = n
	}
	s := string(bytes)
	if !utf8.ValidString(s) {
		return bytesNotUTF8.fail(firstInvalid(s)), nil
	}
	return value.OkOf(value.String(s)), nil
}

// byteOf converts v to a number; ok is false when it is no byte.
func byteOf(v *value.Value) (b byte, ok bool) {
	n, ok := value.ToNumber(v).Int64()
	return byte(n), ok && n >= 0 && n <= 255
}

// firstInvalid returns the offset of the first byte of s that begins no
// character.
func firstInvalid(s string) int {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(s)
}
