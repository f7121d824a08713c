package stdlib

import (
	"iter"
	"strings"

	"etamil/engine/builtin"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// textFunctions are those of nUlakam/col.qmz. Positions count letters from 0.
// The older ones take an array where they take a text, as the sequence of its
// elements' printed forms.
var textFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "col.letter",
		Name: builtin.Spelling{Tamil: "எழுத்து", Roman: "ezuqqu"},
		Args: anyArgs("சரம்", "text", "சுட்டு", "position"),
		Ret:  "any",
		Doc: diag.Text{
			Ta: "சுட்டும் இடத்தில் உள்ள எழுத்து (0 முதல்); அங்கே எழுத்து இல்லையெனில் \"\"",
			En: "the letter at that position, counted from 0; \"\" where there is none",
		},
		Try: []builtin.Example{
			{Expr: `எழுத்து("மழை", 1)`, Want: "ழை"},
			{Expr: `எழுத்து("மழை", 2)`, Want: ""},
			{Expr: `எழுத்து("abc", "x")`, Want: "a"},
			{Expr: `எழுத்து(["ஒன்று", 2], 1)`, Want: "2"},
		},
	}, body: letter},
	{Builtin: builtin.Builtin{
		ID:   "col.piece",
		Name: builtin.Spelling{Tamil: "துண்டு", Roman: "quNtu"},
		Args: anyArgs("சரம்", "text", "தொடக்கம்", "start", "எண்ணிக்கை", "count"),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "தொடக்கத்திலிருந்து அத்தனை எழுத்துகள், உள்ளவரை",
			En: "that many letters from the start on, as far as there are",
		},
		Try: []builtin.Example{
			{Expr: `துண்டு("திருநெல்வேலி", 2, 3)`, Want: "நெல்வே"},
			{Expr: `துண்டு("Madurai", 0, 2.5)`, Want: "Mad"},
			{Expr: `துண்டு([10, 20, 30, 40], 1, 2)`, Want: "2030"},
		},
	}, body: pieceOf},
	{Builtin: builtin.Builtin{
		ID:   "col.find",
		Name: builtin.Spelling{Tamil: "தேடு", Roman: "qEtu"},
		Args: anyArgs("சரம்", "text", "தேடுவது", "wanted"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "தேடுவது முதலில் தொடங்கும் இடம் (0 முதல்), இல்லையெனில் -1; எழுத்து எழுத்தாகப் பொருத்தப்படும்",
			En: "the position of the first match, letter by letter; -1 when there is none",
		},
		Try: []builtin.Example{
			{Expr: `தேடு("கடலூர்", "லூ")`, Want: "2"},
			{Expr: `தேடு("கடலூர்", "ல")`, Want: "-1"},
			{Expr: `தேடு("a\r\nb", "\n")`, Want: "-1"},
			{Expr: `தேடு("", "")`, Want: "0"},
		},
	}, body: position},
	{Builtin: builtin.Builtin{
		ID:   "col.contains",
		Name: builtin.Spelling{Tamil: "கொண்டுள்ளதா", Roman: "koNtuLLaqA"},
		Args: anyArgs("சரம்", "text", "தேடுவது", "wanted"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "தேடுவது சரத்தில் உள்ளதா",
			En: "does the text contain what is wanted, letter by letter",
		},
		Try: []builtin.Example{
			{Expr: `கொண்டுள்ளதா("மாலை", "மா")`, Want: "true"},
			{Expr: `கொண்டுள்ளதா("மாலை", "ம")`, Want: "false"},
			{Expr: `கொண்டுள்ளதா(["a", "b"], "a")`, Want: "true"},
			{Expr: `கொண்டுள்ளதா(["ab"], "ab")`, Want: "false"},
		},
	}, body: contains},
	{Builtin: builtin.Builtin{
		ID:   "col.startsWith",
		Name: builtin.Spelling{Tamil: "தொடங்குகிறதா", Roman: "qotawkukiRaqA"},
		Args: anyArgs("சரம்", "text", "முன்னொட்டு", "prefix"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "சரம் அந்த முன்னொட்டுடன் தொடங்குகிறதா",
			En: "does the text begin with the prefix, letter by letter",
		},
		Try: []builtin.Example{
			{Expr: `தொடங்குகிறதா("கோவில்பட்டி", "கோவி")`, Want: "true"},
			{Expr: `தொடங்குகிறதா("கோவில்பட்டி", "க")`, Want: "false"},
		},
	}, body: startsWith},
	{Builtin: builtin.Builtin{
		ID:   "col.endsWith",
		Name: builtin.Spelling{Tamil: "முடிகிறதா", Roman: "mutikiRaqA"},
		Args: anyArgs("சரம்", "text", "பின்னொட்டு", "suffix"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "சரம் அந்தப் பின்னொட்டுடன் முடிகிறதா",
			En: "does the text end with the suffix, letter by letter",
		},
		Try: []builtin.Example{
			{Expr: `முடிகிறதா("வேலூர்", "ர்")`, Want: "true"},
			{Expr: `முடிகிறதா("வேலூர்", "்")`, Want: "false"},
		},
	}, body: endsWith},
	{Builtin: builtin.Builtin{
		ID:   "col.trimBlanks",
		Name: builtin.Spelling{Tamil: "ஒழுங்கு", Roman: "ozuwku"},
		Args: anyArgs("சரம்", "text"),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "இரு முனைகளிலும் உள்ள வெற்றிடங்கள் (U+0020) நீங்கிய சரம்; தாவல், வரிமுடிவு முதலியன நீங்கா",
			En: "the text without the blanks (U+0020) at both ends; tabs, line ends and others stay",
		},
		Try: []builtin.Example{
			{Expr: `ஒழுங்கு("   இரு சொல்   ")`, Want: "இரு சொல்"},
			{Expr: `ஒழுங்கு("\tx ")`, Want: "\tx"},
		},
	}, body: trimBlanks},
	{Builtin: builtin.Builtin{
		ID:   "col.repeat",
		Name: builtin.Spelling{Tamil: "திரும்பச்செய்", Roman: "qirumpaccey"},
		Args: anyArgs("மதிப்பு", "value", "தடவை", "times"),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "மதிப்பின் அச்சு வடிவம் அத்தனை தடவை; பின்னம் மேல்நோக்கி முழுமையாகும்",
			En: "the printed form of the value that many times; a fraction rounds up",
		},
		Try: []builtin.Example{
			{Expr: `திரும்பச்செய்("மா", 3)`, Want: "மாமாமா"},
			{Expr: `திரும்பச்செய்(7, 1.2)`, Want: "77"},
			{Expr: `திரும்பச்செய்("x", -1)`, Want: ""},
		},
	}, body: repeat},
	{Builtin: builtin.Builtin{
		ID:   "col.padLeft",
		Name: builtin.Spelling{Tamil: "இடமிருந்து_நிரப்பு", Roman: "itamirunqu_nirappu"},
		Args: anyArgs("மதிப்பு", "value", "அகலம்", "width", "நிரப்பி", "filler"),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "அகலத்தின் அளவு எழுத்துகள் ஆகும்வரை முன்னால் நிரப்பி சேர்த்த அச்சு வடிவம்",
			En: "the printed form with the filler put in front until it has at least width letters",
		},
		Try: []builtin.Example{
			{Expr: `இடமிருந்து_நிரப்பு(42, 6, "0")`, Want: "000042"},
			{Expr: `இடமிருந்து_நிரப்பு(-8, 4, "0")`, Want: "00-8"},
			{Expr: `இடமிருந்து_நிரப்பு("1", 4, "xy")`, Want: "xyxy1"},
		},
	}, body: padLeft},
	{New: true, Builtin: builtin.Builtin{
		ID:   "col.trim",
		Name: builtin.Spelling{Tamil: "வெண்மை_நீக்கு", Roman: "veNmY_nIkku", English: "_trim"},
		Args: []builtin.Arg{arg("சரம்", "text", builtin.AsText)},
		Ret:  "text",
		Doc: diag.Text{
			Ta: "இரு முனைகளிலும் எந்த வெண்மையும் (வெற்றிடம், தாவல், வரிமுடிவு …) இல்லாத சரம்",
			En: "the text without white space of any kind (Unicode White_Space) at both ends",
		},
		Try: []builtin.Example{{Expr: `_trim("\t அ \n")`, Want: "அ"}, {Expr: `_trim(12.50)`, Want: "12.5"}},
	}, body: trim},
	{New: true, Builtin: builtin.Builtin{
		ID:   "col.letters",
		Name: builtin.Spelling{Tamil: "எழுத்துகள்", Roman: "ezuqqukaL", English: "_letters"},
		Args: []builtin.Arg{arg("சரம்", "text", builtin.AsText)},
		Ret:  "array of texts",
		Doc: diag.Text{
			Ta: "சரத்தின் எழுத்துகள், வரிசைப்படி ஓர் அணியில்",
			En: "the letters of the text, in an array",
		},
		Try: []builtin.Example{{Expr: `_letters("மழை")`, Want: "[ம, ழை]"}, {Expr: `_letters(45)`, Want: "[4, 5]"}},
	}, body: lettersOf},
	{New: true, Builtin: builtin.Builtin{
		ID:   "col.padRight",
		Name: builtin.Spelling{Tamil: "வலமிருந்து_நிரப்பு", Roman: "valamirunqu_nirappu", English: "_padRight"},
		Args: []builtin.Arg{arg("சரம்", "text", builtin.AsText), arg("அகலம்", "width", builtin.AsNumber), arg("நிரப்பி", "filler", builtin.AsText)},
		Ret:  "text",
		Doc: diag.Text{
			Ta: "அகலத்தின் அளவு எழுத்துகள் ஆகும்வரை பின்னால் நிரப்பி சேர்த்த சரம்",
			En: "the text with the filler put behind until it has at least width letters",
		},
		Try: []builtin.Example{{Expr: `_padRight("7", 4, "ab")`, Want: "7abab"}, {Expr: `_padRight("பூ", 4, ".")`, Want: "பூ..."}},
	}, body: padRight},
	{New: true, Builtin: builtin.Builtin{
		ID:   "col.lines",
		Name: builtin.Spelling{Tamil: "உரை_வரிகள்", Roman: "urY_varikaL", English: "_lines"},
		Args: []builtin.Arg{arg("சரம்", "text", builtin.AsText)},
		Ret:  "array of texts",
		Doc: diag.Text{
			Ta: "சரத்தின் வரிகள், அவற்றின் முடிவுகள் (LF, CR LF) இன்றி",
			En: "the lines of the text without their ends, LF or CR LF",
		},
		Try: []builtin.Example{
			{Expr: `_lines("a\r\nb\n\nc\n")`, Want: "[a, b, , c]"},
			{Expr: `_lines("")`, Want: "[]"},
		},
	}, body: lines},
	{New: true, Builtin: builtin.Builtin{
		ID:   "col.sortTamil",
		Name: builtin.Spelling{Tamil: "அகரவரிசை", Roman: "akaravaricY", English: "_sortTamil"},
		Args: []builtin.Arg{arg("பட்டியல்", "list", builtin.Array)},
		Ret:  "array of texts",
		Doc: diag.Text{
			Ta: "உறுப்புகளின் அச்சு வடிவங்கள், தமிழ் அகரவரிசையில்",
			En: "the printed forms of the elements in the order of a Tamil dictionary",
		},
		Try: []builtin.Example{
			{Expr: `_sortTamil(["கல்", "அகம்", "அக்கம்", "ஆடு", "zoo"])`, Want: "[zoo, அக்கம், அகம், ஆடு, கல்]"},
			{Expr: `_sortTamil([3, "க", 20])`, Want: "[20, 3, க]"},
		},
	}, body: sortTamil},
}

// letter is எழுத்து.
func letter(c call) (value.Value, error) {
	n, err := c.collection(0)
	if err != nil {
		return value.Value{}, err
	}
	d := c.number(1)
	switch {
	case d.Neg || decimal.Cmp(d, decimal.FromInt64(int64(n))) >= 0:
		return value.String(""), nil
	case c.args[0].Kind() == value.Record:
		return value.Value{}, c.badKind(0, aSequence)
	}
	i, err := place(d, n)
	if err != nil {
		return value.Value{}, err
	}
	return at(&c.args[0], i), nil
}

// window returns which letters or elements of argument 0 the arguments 1 and 2
// pick, a start and a count: from ≤ i < to.
func (c call) window() (from, to int, err error) {
	n, err := c.collection(0)
	if err != nil {
		return 0, 0, err
	}
	start, wanted := c.number(1), c.number(2)
	switch {
	case wanted.Sign() <= 0 || decimal.Cmp(start, decimal.FromInt64(int64(n))) >= 0:
		return 0, 0, nil
	case c.args[0].Kind() == value.Record:
		return 0, 0, c.badKind(0, aSequence)
	}
	from, err = place(start, n)
	return from, from + min(count(wanted), n-from), err
}

// pieceOf is துண்டு.
func pieceOf(c call) (value.Value, error) {
	from, to, err := c.window()
	if err != nil || from == to {
		return value.String(""), err
	}
	return c.join(from, to)
}

// join returns the text of the letters or elements from ≤ i < to of argument 0,
// a text or an array.
func (c call) join(from, to int) (value.Value, error) {
	v := &c.args[0]
	if v.Kind() == value.Text {
		part := v.LetterRange(from, to)
		if err := take(c.m, textBytes+len(part)); err != nil {
			return value.Value{}, err
		}
		return piece(v.Str(), part), nil
	}
	p := printer{m: c.m}
	elems := v.Elems()[from:to]
	for i := range elems {
		if err := p.value(&elems[i]); err != nil {
			return value.Value{}, err
		}
	}
	return value.String(p.string()), nil
}

// search returns the position of the first match of argument 1 in argument 0,
// -1 when there is none.
func (c call) search() (int, error) {
	n, wanted, err := c.searched()
	switch {
	case err != nil:
		return 0, err
	case wanted == 0:
		return 0, nil
	case wanted > n:
		return -1, nil
	case c.args[0].Kind() == value.Record:
		return 0, c.badKind(0, aSequence)
	case c.args[1].Kind() != value.Text:
		return -1, nil // what is no text equals no joined letters
	}
	v, w := &c.args[0], c.args[1].Str()
	if v.Kind() == value.Text {
		s := v.Str()
		for p := range matches(s, w) {
			i, begins := v.LetterAt(p)
			if !begins {
				continue
			}
			if _, ends := v.LetterAt(p + len(w)); ends {
				return i, c.m.Charge((p + len(w)) / 8)
			}
		}
		return -1, c.m.Charge(len(s) / 8)
	}

	// A match in an array is a run of as many elements as w has letters.
	p := printer{m: c.m}
	starts := make([]int, 0, n+1)
	elems := v.Elems()
	for i := range elems {
		starts = append(starts, len(p.buf))
		if err := p.value(&elems[i]); err != nil {
			return 0, err
		}
	}
	starts = append(starts, len(p.buf))
	i := 0
	for at := range matches(p.string(), w) {
		for i <= n-wanted && starts[i] < at {
			i++
		}
		for ; i <= n-wanted && starts[i] == at; i++ {
			if starts[i+wanted] == at+len(w) {
				return i, c.m.Charge(n)
			}
		}
	}
	return -1, c.m.Charge(n)
}

// searched returns the lengths of arguments 0 and 1, a text and what is wanted
// of it.
func (c call) searched() (n, wanted int, err error) {
	if n, err = c.collection(0); err == nil {
		wanted, err = c.collection(1)
	}
	return n, wanted, err
}

// matches gives the offset of each occurrence of w, which is not empty, in s,
// overlapping ones too.
func matches(s, w string) iter.Seq[int] {
	return func(yield func(int) bool) {
		// Nearly always one of the first is the one wanted.
		from := 0
		for range 8 {
			i := strings.Index(s[from:], w)
			if i < 0 || !yield(from+i) {
				return
			}
			from += i + 1
		}
		// Looking for the next one each time could cost len(w) for every byte
		// of s. Knuth, Morris and Pratt's way costs one step for each byte.
		border := make([]int32, len(w)) // of each beginning of w: its longest proper border
		for i, k := 1, int32(0); i < len(w); i++ {
			for k > 0 && w[i] != w[k] {
				k = border[k-1]
			}
			if w[i] == w[k] {
				k++
			}
			border[i] = k
		}
		k := 0
		for i := from; i < len(s); i++ {
			for k > 0 && (k == len(w) || s[i] != w[k]) {
				k = int(border[k-1])
			}
			if s[i] == w[k] {
				k++
			}
			if k == len(w) && !yield(i+1-len(w)) {
				return
			}
		}
	}
}

// position is தேடு.
func position(c call) (value.Value, error) {
	i, err := c.search()
	return value.Int(i), err
}

// contains is கொண்டுள்ளதா.
func contains(c call) (value.Value, error) {
	i, err := c.search()
	return value.Bool(i >= 0), err
}

// startsWith is தொடங்குகிறதா.
func startsWith(c call) (value.Value, error) {
	return c.lies(func(n, wanted int) (from, to int) { return 0, wanted })
}

// endsWith is முடிகிறதா.
func endsWith(c call) (value.Value, error) {
	return c.lies(func(n, wanted int) (from, to int) { return n - wanted, n })
}

// lies reports whether the letters or elements of argument 0 that where names
// are argument 1; where is given the lengths of both.
func (c call) lies(where func(n, wanted int) (from, to int)) (value.Value, error) {
	n, wanted, err := c.searched()
	switch {
	case err != nil:
		return value.Value{}, err
	case wanted == 0:
		return value.Bool(true), nil
	case wanted > n:
		return value.Bool(false), nil
	case c.args[0].Kind() == value.Record:
		return value.Value{}, c.badKind(0, aSequence)
	case c.args[1].Kind() != value.Text:
		return value.Bool(false), nil
	}
	v, w := &c.args[0], c.args[1].Str()
	from, to := where(n, wanted)
	if v.Kind() == value.Text {
		return value.Bool(v.LetterRange(from, to) == w), c.m.Charge(len(w) / 8)
	}
	part, err := c.join(from, to)
	if err != nil {
		return value.Value{}, err
	}
	return value.Bool(part.Str() == w), nil
}

// trimBlanks is ஒழுங்கு.
func trimBlanks(c call) (value.Value, error) {
	n, err := c.collection(0)
	if err != nil {
		return value.Value{}, err
	}
	v := &c.args[0]
	if v.Kind() == value.Record {
		if n > 0 {
			return value.Value{}, c.badKind(0, aSequence)
		}
		return value.String(""), nil
	}
	blank := func(i int) bool {
		if v.Kind() == value.Text {
			return v.Letter(i) == " "
		}
		e := &v.Elems()[i]
		return e.Kind() == value.Text && e.Str() == " "
	}
	from, to := 0, n
	for from < to && blank(from) {
		from++
	}
	for from < to && blank(to-1) {
		to--
	}
	if err := c.m.Charge(n - (to - from)); err != nil {
		return value.Value{}, err
	}
	if v.Kind() == value.Text && to-from == n {
		return *v, nil
	}
	return c.join(from, to)
}

// repeat is திரும்பச்செய்.
func repeat(c call) (value.Value, error) {
	s, err := c.text(0)
	if err != nil {
		return value.Value{}, err
	}
	n := count(c.number(1))
	if s == "" || n == 0 {
		return value.String(""), nil
	}
	if err := take(c.m, times(len(s), n)); err != nil {
		return value.Value{}, err
	}
	return value.String(strings.Repeat(s, n)), nil
}

// padLeft is இடமிருந்து_நிரப்பு.
func padLeft(c call) (value.Value, error) {
	s, err := c.text(0)
	if err != nil {
		return value.Value{}, err
	}
	filler, err := c.text(2)
	if err != nil {
		return value.Value{}, err
	}
	return pad(c.m, "", filler, s, count(c.number(1)))
}

// padRight is வலமிருந்து_நிரப்பு.
func padRight(c call) (value.Value, error) {
	return pad(c.m, c.args[0].Str(), c.args[2].Str(), "", count(c.number(1)))
}

// pad puts filler between head and tail until there are width letters, or until
// one more adds no letter. Letters may join where the parts meet, also filler
// with filler, so that each step is counted by itself.
//
// What a text adds to the letters before it depends on nothing but the last of
// these, and after a step that added one that is an end of filler. So there are
// few different steps, and they soon come round.
func pad(m builtin.Machine, head, filler, tail string, width int) (value.Value, error) {
	type state struct {
		adds int    // letters that filler adds after this last letter
		next string // the last letter then
		tail int    // letters that tail adds after this one

		been       bool // and how many letters and fillers there were then:
		n, fillers int
	}
	states := map[string]*state{}
	after := func(last string) *state {
		s := states[last]
		if s == nil {
			s = &state{}
			s.adds, s.next = following(last, filler)
			s.tail, _ = following(last, tail)
			states[last] = s
		}
		return s
	}

	n, last := following("", head)
	fillers := 0
	now := after(last)
	for n+now.tail < width {
		if now.been {
			// The same again as since then, as long as it stays below width.
			rounds := (width - n - now.tail - 1) / (n - now.n)
			n, fillers = n+rounds*(n-now.n), fillers+rounds*(fillers-now.fillers)
		}
		now.been, now.n, now.fillers = true, n, fillers
		next := after(now.next)
		if now.adds+next.tail <= now.tail {
			break
		}
		n += now.adds
		fillers++
		now = next
	}
	if err := take(m, len(head)+times(len(filler), fillers)+len(tail)); err != nil {
		return value.Value{}, err
	}
	return value.String(head + strings.Repeat(filler, fillers) + tail), nil
}

// following returns how many letters s adds to a text whose last letter is
// given ("" for an empty text), and the last letter then.
func following(letter, s string) (adds int, last string) {
	if s == "" {
		return 0, letter
	}
	rest := letter + s
	if letter != "" {
		adds = -1
	}
	for rest != "" {
		n := value.LetterLen(rest)
		last, rest = rest[:n], rest[n:]
		adds++
	}
	return adds, last
}

// trim is வெண்மை_நீக்கு.
func trim(c call) (value.Value, error) {
	s := c.args[0].Str()
	part := strings.TrimSpace(s)
	if len(part) == len(s) {
		return c.args[0], nil
	}
	if err := take(c.m, textBytes+len(part)); err != nil {
		return value.Value{}, err
	}
	return piece(s, part), nil
}

// lettersOf is எழுத்துகள்.
func lettersOf(c call) (value.Value, error) {
	v := &c.args[0]
	n := v.Letters()
	if err := c.m.Charge(n); err != nil {
		return value.Value{}, err
	}
	list, err := letters(c.m, v, 0, n)
	return value.FlatArray(list), err
}

// lines is உரை_வரிகள்.
func lines(c call) (value.Value, error) {
	s := c.args[0].Str()
	n := strings.Count(s, "\n") + 1
	if err := take(c.m, n*(valueBytes+textBytes)+len(s)); err != nil {
		return value.Value{}, err
	}
	list := make([]value.Value, 0, n)
	for rest := s; rest != ""; {
		line, after, ended := strings.Cut(rest, "\n")
		if ended {
			line = strings.TrimSuffix(line, "\r")
		}
		list = append(list, piece(s, line))
		rest = after
	}
	return value.FlatArray(list), nil
}
