package stdlib

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"unicode/utf8"

	"etamil/engine/builtin"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// encodingFunctions are those of nUlakam/kuRiyAkkam.qmz.
var encodingFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "kuRiyAkkam.toBase64",
		Name: builtin.Spelling{Tamil: "அறுபத்துநான்கு_ஆக்கு", Roman: "aRupaqqunAZku_Akku"},
		Args: anyArgs("மதிப்பு", "value"),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "அச்சு வடிவத்தின் UTF-8 பைட்டுகள் base64-இல், = நிரப்பி, ஒரே வரியில்",
			En: "the UTF-8 bytes of the printed form in base64, padded with =, on one line",
		},
		Try: []builtin.Example{
			{Expr: `அறுபத்துநான்கு_ஆக்கு("kAcu")`, Want: "a0FjdQ=="},
			{Expr: `அறுபத்துநான்கு_ஆக்கு("வரவு")`, Want: "4K614K6w4K614K+B"},
		},
	}, body: toBase64},
	{Builtin: builtin.Builtin{
		ID:   "kuRiyAkkam.fromBase64",
		Name: builtin.Spelling{Tamil: "அறுபத்துநான்கு_படி", Roman: "aRupaqqunAZku_pati"},
		Args: anyArgs("மதிப்பு", "value"),
		Ret:  "result of text | text",
		Doc: diag.Text{
			Ta: "சரி(base64 சொல்லும் சரம்); = வரிமுடிவுகள் விடப்படும், - _ என்பன + / ஆகும்; வேறு எழுத்தும் UTF-8 அல்லாததும் தவறு",
			En: "சரி(the text that base64 stands for): = and line ends are skipped, - and _ read as + and /; a failure for any other character and for what is not UTF-8",
		},
		Try: []builtin.Example{
			{Expr: `அறுபத்துநான்கு_படி("a0E")`, Want: "சரி(kA)"},
			{Expr: `அறுபத்துநான்கு_படி("PDw_Pz8-Pg")`, Want: "சரி(<<???>>)"},
			{Expr: `அறுபத்துநான்கு_படி("/w==")`, Want: "தவறு(பைட்டுகள் UTF-8 அல்ல  (the bytes are not UTF-8))"},
		},
	}, body: fromBase64},
	{Builtin: builtin.Builtin{
		ID:   "kuRiyAkkam.toHex",
		Name: builtin.Spelling{Tamil: "பதினாறு_ஆக்கு", Roman: "paqiZARu_Akku"},
		Args: anyArgs("மதிப்பு", "value"),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "அச்சு வடிவத்தின் ஒவ்வொரு UTF-8 பைட்டும் இரு சிறிய பதினாறடிமான இலக்கங்களாக",
			En: "two lower-case hexadecimal digits for each UTF-8 byte of the printed form",
		},
		Try: []builtin.Example{{Expr: `பதினாறு_ஆக்கு("ஊ")`, Want: "e0ae8a"}},
	}, body: toHex},
	{Builtin: builtin.Builtin{
		ID:   "kuRiyAkkam.fromHex",
		Name: builtin.Spelling{Tamil: "பதினாறு_படி", Roman: "paqiZARu_pati"},
		Args: anyArgs("மதிப்பு", "value"),
		Ret:  "result of text | text",
		Doc: diag.Text{
			Ta: "சரி(பதினாறடிமான இலக்கங்கள் சொல்லும் சரம்); ஒற்றைப்படை எண்ணிக்கையும் வேறு எழுத்தும் UTF-8 அல்லாததும் தவறு",
			En: "சரி(the text that hexadecimal digits of either case stand for); a failure for an odd count, another character, or what is not UTF-8",
		},
		Try: []builtin.Example{
			{Expr: `பதினாறு_படி(4142)`, Want: "சரி(AB)"},
			{Expr: `பதினாறு_படி("4g")`, Want: "தவறு('g' பதினாறடிமான இலக்கம் அல்ல  ('g' is no hexadecimal digit))"},
		},
	}, body: fromHex},
	{Builtin: builtin.Builtin{
		ID:   "kuRiyAkkam.base64Letters",
		Name: builtin.Spelling{Tamil: "அறுபத்துநான்கு_எழுத்துகள்", Roman: "aRupaqqunAZku_ezuqqukaL"},
		Ret:  "text",
		Doc:  diag.Text{Ta: "base64-இன் 64 எழுத்துகள்", En: "the 64 characters of base64"},
		Try:  []builtin.Example{{Expr: `அறுபத்துநான்கு_எழுத்துகள்()`, Want: base64Letters}},
	}, body: func(call) (value.Value, error) { return value.String(base64Letters), nil }},
	{Builtin: builtin.Builtin{
		ID:   "kuRiyAkkam.hexLetters",
		Name: builtin.Spelling{Tamil: "பதினாறு_எழுத்துகள்", Roman: "paqiZARu_ezuqqukaL"},
		Ret:  "text",
		Doc:  diag.Text{Ta: "பதினாறடிமானத்தின் 16 இலக்கங்கள்", En: "the 16 hexadecimal digits"},
		Try:  []builtin.Example{{Expr: `பதினாறு_எழுத்துகள்()`, Want: hexLetters}},
	}, body: func(call) (value.Value, error) { return value.String(hexLetters), nil }},
	{New: true, Builtin: builtin.Builtin{
		ID:   "kuRiyAkkam.urlEncode",
		Name: builtin.Spelling{Tamil: "இணைய_மறை", Roman: "iNYya_maRY", English: "_urlEncode"},
		Args: []builtin.Arg{arg("சரம்", "text", builtin.AsText)},
		Ret:  "text",
		Doc: diag.Text{
			Ta: "A–Z a–z 0–9 - . _ ~ தவிர எல்லாப் பைட்டும் %XX ஆக",
			En: "every UTF-8 byte but A–Z a–z 0–9 - . _ ~ as %XX in upper case",
		},
		Try: []builtin.Example{{Expr: `_urlEncode("கடை 1")`, Want: "%E0%AE%95%E0%AE%9F%E0%AF%88%201"}},
	}, body: urlEncode},
	{New: true, Builtin: builtin.Builtin{
		ID:   "kuRiyAkkam.urlDecode",
		Name: builtin.Spelling{Tamil: "இணைய_படி", Roman: "iNYya_pati", English: "_urlDecode"},
		Args: []builtin.Arg{arg("சரம்", "text", builtin.AsText)},
		Ret:  "result of text | text",
		Doc: diag.Text{
			Ta: "சரி(%XX எல்லாம் பைட்டுகளான சரம்); + அப்படியே. இரு இலக்கங்கள் இல்லாத % உம் UTF-8 அல்லாததும் தவறு",
			En: "சரி(the text with every %XX read as its byte); + stays. A failure for % without two digits and for what is not UTF-8",
		},
		Try: []builtin.Example{
			{Expr: `_urlDecode("a+b%20c")`, Want: "சரி(a+b c)"},
			{Expr: `_urlDecode("100%")`, Want: "தவறு(% குறிக்குப் பின் இரு பதினாறடிமான இலக்கங்கள் வேண்டும்  (% needs two hexadecimal digits behind it))"},
		},
	}, body: urlDecode},
	{New: true, Builtin: builtin.Builtin{
		ID:   "kuRiyAkkam.sha256",
		Name: builtin.Spelling{Tamil: "சாரம்_256", Roman: "cAram_256", English: "_sha256"},
		Args: []builtin.Arg{arg("சரம்", "text", builtin.AsText)},
		Ret:  "text",
		Doc: diag.Text{
			Ta: "UTF-8 சரத்தின் SHA-256 சாரம், 64 சிறிய பதினாறடிமான இலக்கங்களாக",
			En: "the SHA-256 digest of the UTF-8 text as 64 lower-case hexadecimal digits",
		},
		Try: []builtin.Example{{Expr: `_sha256("")`, Want: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}},
	}, body: digest},
}

const (
	base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	hexLetters    = "0123456789abcdef"
)

var notUTF8 = diag.Text{Ta: "பைட்டுகள் UTF-8 அல்ல", En: "the bytes are not UTF-8"}

// decoded is what reading an encoding gives: சரி of the bytes as text.
func decoded(data []byte) (value.Value, error) {
	if !utf8.Valid(data) {
		return failure(notUTF8)
	}
	return success(value.String(string(data)))
}

// named is a failure whose sentence begins with the quoted character at the
// beginning of s.
func named(s string, t diag.Text) (value.Value, error) {
	_, n := utf8.DecodeRuneInString(s)
	quoted := "'" + diag.Quote(s[:n]) + "' "
	return failure(diag.Text{Ta: quoted + t.Ta, En: quoted + t.En})
}

// toBase64 is அறுபத்துநான்கு_ஆக்கு.
func toBase64(c call) (value.Value, error) {
	s, err := c.text(0)
	if err == nil {
		err = take(c.m, base64.StdEncoding.EncodedLen(len(s)))
	}
	if err != nil {
		return value.Value{}, err
	}
	return value.String(base64.StdEncoding.EncodeToString([]byte(s))), nil
}

// fromBase64 is அறுபத்துநான்கு_படி. RFC 4648 has stricter readers; this one
// reads what mail and old programs wrote.
func fromBase64(c call) (value.Value, error) {
	s, err := c.text(0)
	if err == nil {
		err = take(c.m, len(s))
	}
	if err != nil {
		return value.Value{}, err
	}
	data := make([]byte, 0, len(s)/4*3+3)
	bits, held := uint32(0), 0
	for i := range len(s) {
		sextet := base64Values[s[i]]
		switch sextet {
		case skipped:
			continue
		case notBase64:
			return named(s[i:], diag.Text{Ta: "base64 எழுத்து அல்ல", En: "is no character of base64"})
		}
		bits = bits<<6 | uint32(sextet)
		if held += 6; held >= 8 {
			held -= 8
			data = append(data, byte(bits>>held))
		}
	}
	return decoded(data)
}

const (
	skipped   = 64
	notBase64 = 65
)

// base64Values holds what each byte of base64 stands for.
var base64Values = func() (values [256]uint8) {
	for i := range values {
		values[i] = notBase64
	}
	for i := range len(base64Letters) {
		values[base64Letters[i]] = uint8(i)
	}
	values['-'], values['_'] = values['+'], values['/']
	values['='], values['\r'], values['\n'] = skipped, skipped, skipped
	return
}()

// toHex is பதினாறு_ஆக்கு.
func toHex(c call) (value.Value, error) {
	s, err := c.text(0)
	if err == nil {
		err = take(c.m, hex.EncodedLen(len(s)))
	}
	if err != nil {
		return value.Value{}, err
	}
	return value.String(hex.EncodeToString([]byte(s))), nil
}

// fromHex is பதினாறு_படி.
func fromHex(c call) (value.Value, error) {
	s, err := c.text(0)
	if err == nil {
		err = take(c.m, len(s))
	}
	if err != nil {
		return value.Value{}, err
	}
	for i := range len(s) {
		if !isHex(s[i]) {
			return named(s[i:], diag.Text{Ta: "பதினாறடிமான இலக்கம் அல்ல", En: "is no hexadecimal digit"})
		}
	}
	data, err := hex.DecodeString(s)
	if err != nil { // every digit is one, so there is one too many
		return failure(diag.Text{Ta: "இலக்கங்களின் எண்ணிக்கை ஒற்றைப்படை", En: "the count of digits is odd"})
	}
	return decoded(data)
}

func isHex(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F'
}

// urlEncode is இணைய_மறை. What stays is unreserved in RFC 3986, section 2.3.
func urlEncode(c call) (value.Value, error) {
	return c.percentEncode(func(b byte) bool {
		return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' ||
			b == '-' || b == '.' || b == '_' || b == '~'
	})
}

// percentEncode returns the printed form of argument 0 with every byte as %XX
// that may not stay.
func (c call) percentEncode(stays func(byte) bool) (value.Value, error) {
	s, err := c.text(0)
	if err != nil {
		return value.Value{}, err
	}
	n := len(s)
	for i := range len(s) {
		if !stays(s[i]) {
			n += 2
		}
	}
	if err := take(c.m, n); err != nil {
		return value.Value{}, err
	}
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, n)
	for i := range len(s) {
		if stays(s[i]) {
			out = append(out, s[i])
		} else {
			out = append(out, '%', digits[s[i]>>4], digits[s[i]&15])
		}
	}
	return value.String(string(out)), nil
}

// urlDecode is இணைய_படி.
func urlDecode(c call) (value.Value, error) {
	s := c.args[0].Str()
	if err := take(c.m, len(s)); err != nil {
		return value.Value{}, err
	}
	data := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			data = append(data, s[i])
			continue
		}
		if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
			return failure(diag.Text{Ta: "% குறிக்குப் பின் இரு பதினாறடிமான இலக்கங்கள் வேண்டும்", En: "% needs two hexadecimal digits behind it"})
		}
		b, err := hex.DecodeString(s[i+1 : i+3])
		if err != nil {
			panic("BUG: " + err.Error())
		}
		data = append(data, b[0])
		i += 2
	}
	return decoded(data)
}

// digest is சாரம்_256.
func digest(c call) (value.Value, error) {
	s := c.args[0].Str()
	if err := c.m.Charge(len(s) / 8); err != nil {
		return value.Value{}, err
	}
	sum := sha256.Sum256([]byte(s))
	return value.String(hex.EncodeToString(sum[:])), nil
}
