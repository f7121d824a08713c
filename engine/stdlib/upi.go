package stdlib

import (
	"strings"
	"unicode"

	"etamil/engine/builtin"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// payFunctions are those of nUlakam/upi/vilAcam.qmz.
var payFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "vilAcam.isAddress",
		Name: builtin.Spelling{Tamil: "முகவரி_சரியா", Roman: "mukavari_cariyA"},
		Args: anyArgs("விலாசம்", "address"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "ஒரே ஒரு @, இரு புறமும் ஏதேனும், வெண்மையும் கட்டுப்பாட்டு எழுத்தும் இல்லாத சொல்லா",
			En: "is it a text with exactly one @, something on both sides of it, and neither white space nor control characters",
		},
		Try: []builtin.Example{
			{Expr: `முகவரி_சரியா("kadai@okbank")`, Want: "true"},
			{Expr: `முகவரி_சரியா("a b@c")`, Want: "false"},
			{Expr: `முகவரி_சரியா(இன்மை)`, Want: "false"},
		},
	}, body: isPayAddress},
	{Builtin: builtin.Builtin{
		ID:   "vilAcam.handle",
		Name: builtin.Spelling{Tamil: "கை_பகுதி", Roman: "kY_pakuqi"},
		Args: anyArgs("விலாசம்", "address"),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "@ குறிக்குப் பின் உள்ள பகுதி; விலாசம் செல்லாதெனில் \"\"",
			En: "the part behind @; \"\" when the address is not valid",
		},
		Try: []builtin.Example{{Expr: `கை_பகுதி("kadai@okbank")`, Want: "okbank"}, {Expr: `கை_பகுதி("kadai")`, Want: ""}},
	}, body: payHandle},
	{Builtin: builtin.Builtin{
		ID:   "vilAcam.isAmount",
		Name: builtin.Spelling{Tamil: "தொகை_சரியா", Roman: "qokY_cariyA"},
		Args: anyArgs("ரூபாய்கள்", "rupees"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "0-ஐ மிஞ்சிய, இரு தசம இடங்களுக்குள் அடங்கும் எண்ணா",
			En: "is it a number above 0 with at most two decimals",
		},
		Try: []builtin.Example{{Expr: `தொகை_சரியா(12.34)`, Want: "true"}, {Expr: `தொகை_சரியா("12.34")`, Want: "false"}},
	}, body: isPayAmount},
	{Builtin: builtin.Builtin{
		ID:   "vilAcam.amountText",
		Name: builtin.Spelling{Tamil: "தொகை_உரை", Roman: "qokY_urY"},
		Args: anyArgs("ரூபாய்கள்", "rupees"),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "சரியாக இரு தசம இடங்களுடன், குழுக்கள் இன்றி",
			En: "the amount with exactly two decimals, without groups",
		},
		Try: []builtin.Example{{Expr: `தொகை_உரை(1)`, Want: "1.00"}, {Expr: `தொகை_உரை("12.3")`, Want: "12.30"}},
	}, body: payAmountText},
	{Builtin: builtin.Builtin{
		ID:   "vilAcam.escape",
		Name: builtin.Spelling{Tamil: "உரை_மறை", Roman: "urY_maRY"},
		Args: anyArgs("மதிப்பு", "value"),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "இணைப்பில் எழுதும்படி அச்சு வடிவம்: % & = ? # + வெற்றிடம், கட்டுப்பாட்டு எழுத்துகள் %XX ஆக; மற்றவை அப்படியே",
			En: "the printed form as it may stand in a link: % & = ? # + blanks and control characters as %XX, everything else unchanged",
		},
		Try: []builtin.Example{{Expr: `உரை_மறை("50% & 1+1")`, Want: "50%25%20%26%201%2B1"}, {Expr: `உரை_மறை("தேநீர்")`, Want: "தேநீர்"}},
	}, body: payEscape},
	{Builtin: builtin.Builtin{
		ID:   "vilAcam.payLink",
		Name: builtin.Spelling{Tamil: "பணம்_இணைப்பு", Roman: "paNam_iNYppu"},
		Args: []builtin.Arg{arg("விவரங்கள்", "details", builtin.Countable)},
		Ret:  "result of text | text",
		Doc: diag.Text{
			Ta: "சரி(பணம் செலுத்தும் இணைப்பு), {pa, pn, am, tn, tr, mc} என்னும் விவரங்களிலிருந்து: பெறுபவரின் விலாசம், பெயர், ரூபாய், குறிப்பு, சான்று எண், வணிகக் குறி; பொருந்தாதது தவறு",
			En: "சரி(a link to pay with), from details {pa, pn, am, tn, tr, mc}: the payee's address and name, rupees, note, reference, merchant code; a failure for what does not fit",
		},
		Try: []builtin.Example{
			{Expr: `பணம்_இணைப்பு({pa: "kadai@okbank", pn: "மலர்", am: 45, tr: "R-7"})`, Want: "சரி(upi://pay?pa=kadai@okbank&pn=மலர்&am=45.00&cu=INR&tr=R-7)"},
			{Expr: `தவறா(பணம்_இணைப்பு({pa: "kadai", pn: "மலர்"}))`, Want: "true"},
		},
	}},
	{Builtin: builtin.Builtin{
		ID:   "vilAcam.readLink",
		Name: builtin.Spelling{Tamil: "இணைப்பைப்_படி", Roman: "iNYppYp_pati"},
		Args: []builtin.Arg{arg("இணைப்பு", "link", builtin.Countable)},
		Ret:  "result of record | text",
		Doc: diag.Text{
			Ta: "சரி(இணைப்பின் பகுதிகள், %XX மாறாமல்); upi://pay? எனத் தொடங்காவிடில் தவறு",
			En: "சரி(the parts of the link as texts, their %XX unchanged); a failure unless it begins with upi://pay?",
		},
		Try: []builtin.Example{
			{Expr: `இணைப்பைப்_படி("upi://pay?pa=a@b&pn=Pon%20Co&am=45.00")`, Want: "சரி({am: 45.00, pa: a@b, pn: Pon%20Co})"},
			{Expr: `இணைப்பைப்_படி("https://pay?pa=a@b")`, Want: "தவறு(இணைப்பு upi://pay? எனத் தொடங்கவில்லை  (the link does not begin with upi://pay?))"},
		},
	}, body: readPayLink},
}

// payStateFunctions are those of nUlakam/upi/nilYmY.qmz.
var payStateFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "nilYmY.states",
		Name: builtin.Spelling{Tamil: "நிலைமைகள்", Roman: "nilYmYkaL"},
		Ret:  "array of texts",
		Doc:  diag.Text{Ta: "ஐந்து நிலைமைகள்", En: "the five states"},
		Try:  []builtin.Example{{Expr: `நிலைமைகள்()`, Want: "[INITIATED, PENDING, SUCCESS, FAILURE, REVERSED]"}},
	}},
	{Builtin: builtin.Builtin{
		ID:   "nilYmY.isKnown",
		Name: builtin.Spelling{Tamil: "அறியப்பட்டதா", Roman: "aRiyappattaqA"},
		Args: anyArgs("நிலைமை", "state"),
		Ret:  "boolean",
		Doc:  diag.Text{Ta: "ஐந்து நிலைமைகளில் ஒன்றா", En: "is it one of the five states"},
		Try:  []builtin.Example{{Expr: `அறியப்பட்டதா("PENDING")`, Want: "true"}, {Expr: `அறியப்பட்டதா("pending")`, Want: "false"}},
	}},
	{Builtin: builtin.Builtin{
		ID:   "nilYmY.isPaid",
		Name: builtin.Spelling{Tamil: "பணம்_வந்ததா", Roman: "paNam_vanqaqA"},
		Args: anyArgs("நிலைமை", "state"),
		Ret:  "boolean",
		Doc:  diag.Text{Ta: "பணம் கைக்கு வந்ததா: SUCCESS மட்டும்", En: "is the money here: SUCCESS alone"},
		Try:  []builtin.Example{{Expr: `பணம்_வந்ததா("SUCCESS")`, Want: "true"}, {Expr: `பணம்_வந்ததா("PENDING")`, Want: "false"}},
	}},
	{Builtin: builtin.Builtin{
		ID:   "nilYmY.askAgain",
		Name: builtin.Spelling{Tamil: "சரிபார்க்கவா", Roman: "caripArkkavA"},
		Args: anyArgs("நிலைமை", "state"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "வங்கியை மீண்டும் கேட்க வேண்டுமா: முடிவாகாத, அறியாத நிலைமைகள்",
			En: "is the bank to be asked again: states that are not settled or not known",
		},
		Try: []builtin.Example{{Expr: `சரிபார்க்கவா("PENDING")`, Want: "true"}, {Expr: `சரிபார்க்கவா("FAILURE")`, Want: "false"}},
	}},
	{Builtin: builtin.Builtin{
		ID:   "nilYmY.isSettled",
		Name: builtin.Spelling{Tamil: "முடிந்ததா", Roman: "mutinqaqA"},
		Args: anyArgs("நிலைமை", "state"),
		Ret:  "boolean",
		Doc:  diag.Text{Ta: "முடிவான நிலைமையா", En: "is the state settled"},
		Try:  []builtin.Example{{Expr: `முடிந்ததா("FAILURE")`, Want: "true"}, {Expr: `முடிந்ததா("INITIATED")`, Want: "false"}},
	}},
	{Builtin: builtin.Builtin{
		ID:   "nilYmY.mayMove",
		Name: builtin.Spelling{Tamil: "நகர்வு_சரியா", Roman: "nakarvu_cariyA"},
		Args: anyArgs("இருந்து", "from", "க்கு", "to"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "ஒரு நிலைமையிலிருந்து மற்றதற்கு நகரலாமா; அறியாத நிலைமைக்குப் பொய்",
			En: "may a payment move from one state to the other; false where one is not known",
		},
		Try: []builtin.Example{{Expr: `நகர்வு_சரியா("PENDING", "SUCCESS")`, Want: "true"}, {Expr: `நகர்வு_சரியா("SUCCESS", "FAILURE")`, Want: "false"}},
	}},
	{Builtin: builtin.Builtin{
		ID:   "nilYmY.move",
		Name: builtin.Spelling{Tamil: "நகர்த்து", Roman: "nakarqqu"},
		Args: anyArgs("இருந்து", "from", "க்கு", "to"),
		Ret:  "result of text | text",
		Doc:  diag.Text{Ta: "சரி(புதிய நிலைமை); நகர முடியாதெனில் தவறு", En: "சரி(the new state); a failure where it may not move"},
		Try:  []builtin.Example{{Expr: `நகர்த்து("PENDING", "SUCCESS")`, Want: "சரி(SUCCESS)"}, {Expr: `தவறா(நகர்த்து("SUCCESS", "FAILURE"))`, Want: "true"}},
	}},
}

// payAddress returns the two parts of argument 0 when it is a valid address.
func (c call) payAddress() (name, handle string, ok bool) {
	if c.args[0].Kind() != value.Text {
		return "", "", false
	}
	s := c.args[0].Str()
	name, handle, ok = strings.Cut(s, "@")
	ok = ok && name != "" && handle != "" && !strings.Contains(handle, "@") &&
		strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.White_Space, r) || unicode.IsControl(r) }) < 0
	return name, handle, ok
}

// payAddressCost charges for looking at every character of argument 0.
func (c call) payAddressCost() error {
	if c.args[0].Kind() != value.Text {
		return nil
	}
	return c.m.Charge(len(c.args[0].Str()) / 8)
}

// isPayAddress is முகவரி_சரியா.
func isPayAddress(c call) (value.Value, error) {
	_, _, ok := c.payAddress()
	return value.Bool(ok), c.payAddressCost()
}

// payHandle is கை_பகுதி.
func payHandle(c call) (value.Value, error) {
	_, handle, ok := c.payAddress()
	if !ok {
		handle = ""
	}
	return value.String(handle), c.payAddressCost()
}

// isPayAmount is தொகை_சரியா.
func isPayAmount(c call) (value.Value, error) {
	if c.args[0].Kind() != value.Number {
		return value.Bool(false), nil
	}
	d := c.args[0].Dec()
	return value.Bool(d.Sign() > 0 && decimal.Equal(d, d.Round(2))), nil
}

// payAmountText is தொகை_உரை.
func payAmountText(c call) (value.Value, error) {
	return value.String(string(formatted(c.number(0), 2, 0))), nil
}

// payEscape is உரை_மறை.
func payEscape(c call) (value.Value, error) {
	s, err := c.text(0)
	if err != nil {
		return value.Value{}, err
	}
	if err := take(c.m, 3*len(s)); err != nil {
		return value.Value{}, err
	}
	const digits = "0123456789ABCDEF"
	var out strings.Builder
	for _, r := range s {
		if !strings.ContainsRune("%&=?# +", r) && !unicode.IsControl(r) {
			out.WriteRune(r)
			continue
		}
		for _, b := range []byte(string(r)) {
			out.WriteByte('%')
			out.WriteByte(digits[b>>4])
			out.WriteByte(digits[b&15])
		}
	}
	return value.String(out.String()), nil
}

// readPayLink is இணைப்பைப்_படி.
func readPayLink(c call) (value.Value, error) {
	const start = "upi://pay?"
	v := c.args[0]
	if v.Kind() == value.Array {
		var err error
		if v, err = c.join(0, v.Len()); err != nil {
			return value.Value{}, err
		}
	}
	rest, isLink := "", false
	if v.Kind() == value.Text {
		rest, isLink = strings.CutPrefix(v.Str(), start)
	}
	if !isLink {
		return failure(diag.Text{Ta: "இணைப்பு " + start + " எனத் தொடங்கவில்லை", En: "the link does not begin with " + start})
	}
	if err := c.m.Charge(len(rest) / 8); err != nil {
		return value.Value{}, err
	}
	out := value.NewRecord(4)
	for part := range strings.SplitSeq(rest, "&") {
		name, text, ok := strings.Cut(part, "=")
		if !ok || strings.Contains(text, "=") {
			continue
		}
		if err := take(c.m, fieldBytes+2*textBytes+len(part)); err != nil {
			return value.Value{}, err
		}
		if err := deep(out.Set(strings.Clone(name), piece(rest, text))); err != nil {
			return value.Value{}, err
		}
	}
	return success(out)
}
