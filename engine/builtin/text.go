package builtin

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"etamil/engine/value"
)

var textRows = []Builtin{
	{
		ID:   "upper",
		Name: Spelling{"மேல்_எழுத்து", "mEl_ezuqqu", "_upper"},
		Args: []Arg{arg("சொல்", "text", AsText)},
		Ret:  "text",
		Doc:  both("பெரிய எழுத்துகளில்; தமிழ் மாறாது", "upper case, full Unicode mapping"),
		Func: upper,
		Try: []Example{
			{`மேல்_எழுத்து("straße")`, "STRASSE"}, {`mEl_ezuqqu("ﬁ")`, "FI"}, {`_upper("ŉ")`, "ʼN"},
			{`mEl_ezuqqu("தமிழ் tamil")`, "தமிழ் TAMIL"}, {`mEl_ezuqqu({a: "b"})`, "{A: B}"}, {`mEl_ezuqqu(இன்மை)`, "NIL"},
		},
	},
	{
		ID:   "lower",
		Name: Spelling{"கீழ்_எழுத்து", "kIz_ezuqqu", "_lower"},
		Args: []Arg{arg("சொல்", "text", AsText)},
		Ret:  "text",
		Doc:  both("சிறிய எழுத்துகளில்; தமிழ் மாறாது", "lower case, full Unicode mapping"),
		Func: lower,
		Try: []Example{
			{`கீழ்_எழுத்து("GSTIN 33ABCDE")`, "gstin 33abcde"}, {`kIz_ezuqqu("ΑΣ")`, "ας"}, {`_lower("ÀÉÎ")`, "àéî"},
			{`kIz_ezuqqu("İ")`, "i̇"},
		},
	},
	{
		ID:   "replace",
		Name: Spelling{"மாற்று", "mARRu", "_replace"},
		Args: []Arg{arg("சொல்", "text", AsText), arg("பழையது", "old", AsText), arg("புதியது", "new", AsText)},
		Ret:  "text",
		Doc:  both("எழுத்துகளின் எல்லைகளில் வரும் ஒவ்வொன்றும் மாற்றப்படும்", "every occurrence that lies on letter boundaries replaced"),
		Func: replace,
		Try: []Example{
			{`மாற்று("aaa", "aa", "b")`, "ba"}, {`mARRu(112.10, 1, 9)`, "992.9"}, {`_replace("a1b", "1", iZmY)`, "anilb"},
			{`mARRu("கா கி க", "க", "X")`, "கா கி X"}, {`mARRu("காகாக", "காக", "X")`, "காX"}, {`mARRu("a\r\nb", "\r", "") == "a\r\nb"`, "true"},
			{`mARRu("abc", "", "y")`, "abc"}, {`mARRu("abc", "abc", "")`, ""},
		},
	},
	{
		ID:   "split",
		Name: Spelling{"பிரி", "piri", "_split"},
		Args: []Arg{arg("சொல்", "text", AsText), arg("பிரிப்பான்", "separator", AsText)},
		Ret:  "array of text",
		Doc:  both("பிரிப்பான்களுக்கு இடையே உள்ள துண்டுகள்", "pieces between the separators"),
		Func: split,
		Try: []Example{
			{`பிரி("a,b,,c,", ",")`, "[a, b, , c, ]"}, {`நீளம்(piri("", ","))`, "1"}, {`_split("abc", "abc")`, "[, ]"},
			{`piri(12.50, ".")`, "[12, 5]"}, {`piri("காகா", "ா")`, "[காகா]"}, {`piri("abc", "")`, "[abc]"},
			{`நீளம்(piri("a\r\nb", "\n"))`, "1"}, {`நீளம்(piri("a\r\nb", "\r\n"))`, "2"},
		},
	},
	{
		ID:   "join",
		Name: Spelling{"ஒன்றிணை", "oZRiNY", uncallable},
		Args: []Arg{arg("அணி", "list", Array), arg("பிரிப்பான்", "separator", AsText)},
		Ret:  "text",
		Doc: both("உறுப்புகளின் அச்சு வடிவங்கள், இடையே பிரிப்பானுடன் (_join ஒதுக்கப்பட்ட சொல்: அப்படி அழைக்க முடியாது)",
			"elements as text with a separator between (_join is a reserved word and cannot be called)"),
		Func: join,
		Try: []Example{
			{`ஒன்றிணை([1, "a", iZmY, mey, [1, 2]], "-")`, "1-a-nil-true-[1, 2]"}, {`oZRiNY([], "-")`, ""}, {`oZRiNY(["a", "b"], 0)`, "a0b"},
		},
	},
}

// uncased reports whether no character of s has an upper or lower case but
// ASCII ones: the rest lies in the Tamil block.
func uncased(s string) bool {
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r < 0x0B80 || r > 0x0BFF {
			return false
		}
		i += n
	}
	return true
}

// mapASCII changes the ASCII letters from lo to lo+25 to the other case.
func mapASCII(s string, lo byte) string {
	for i := 0; i < len(s); i++ {
		if s[i]-lo < 26 {
			b := []byte(s)
			for ; i < len(b); i++ {
				if b[i]-lo < 26 {
					b[i] ^= 0x20
				}
			}
			return string(b)
		}
	}
	return s
}

func upper(m Machine, args []value.Value) (value.Value, error) {
	s := args[0].Str()
	// The longest mappings are three characters for one of two bytes.
	if err := room(m, len(s)); err != nil {
		return value.Value{}, err
	}
	if uncased(s) {
		return value.String(mapASCII(s, 'a')), nil
	}
	if err := m.Charge(len(s)); err != nil {
		return value.Value{}, err
	}
	// A Caser keeps state, so each call has its own.
	return value.String(cases.Upper(language.Und).String(s)), nil
}

func lower(m Machine, args []value.Value) (value.Value, error) {
	s := args[0].Str()
	if err := room(m, len(s)); err != nil {
		return value.Value{}, err
	}
	if uncased(s) {
		return value.String(mapASCII(s, 'A')), nil
	}
	if err := m.Charge(len(s)); err != nil {
		return value.Value{}, err
	}
	return value.String(cases.Lower(language.Und).String(s)), nil
}

// A finder gives the matches of old in text that begin and end between
// letters, from left to right and without overlap.
type finder struct {
	text  *value.Value
	s     string
	old   string // not empty
	at    int    // where the next match may begin
	spent int    // bytes compared for matches that did not count
	fail  []int  // not nil: the failure function of old, for the linear search
}

// next returns where the next match begins, -1 when there is none.
func (f *finder) next() int {
	for f.at <= len(f.s)-len(f.old) {
		var start int
		if f.fail == nil {
			i := strings.Index(f.s[f.at:], f.old)
			if i < 0 {
				break
			}
			start = f.at + i
			if f.boundary(start) && f.boundary(start+len(f.old)) {
				f.at = start + len(f.old)
				return start
			}
			// The match may overlap a good one: on at the next character.
			_, n := utf8.DecodeRuneInString(f.s[start:])
			f.at = start + n
			// A periodic text could match almost everywhere and nowhere
			// between letters.
			if f.spent += len(f.old); f.spent > len(f.s)+1024 {
				f.fail = failureFunction(f.old)
			}
			continue
		}
		if start = f.linear(); start < 0 {
			break
		}
		f.at = start + len(f.old)
		return start
	}
	f.at = len(f.s) + 1
	return -1
}

func (f *finder) boundary(offset int) bool {
	_, ok := f.text.LetterAt(offset)
	return ok
}

// linear is the search of Knuth, Morris and Pratt from f.at on; matches that
// do not lie between letters are passed over.
func (f *finder) linear() int {
	matched := 0
	for i := f.at; i < len(f.s); i++ {
		for matched > 0 && f.s[i] != f.old[matched] {
			matched = f.fail[matched-1]
		}
		if f.s[i] == f.old[matched] {
			matched++
		}
		if matched == len(f.old) {
			if start := i + 1 - matched; f.boundary(start) && f.boundary(i+1) {
				return start
			}
			matched = f.fail[matched-1]
		}
	}
	return -1
}

// failureFunction returns, for each prefix of s, the length of its longest
// proper prefix that is a suffix too.
func failureFunction(s string) []int {
	fail := make([]int, len(s))
	for i, k := 1, 0; i < len(s); i++ {
		for k > 0 && s[i] != s[k] {
			k = fail[k-1]
		}
		if s[i] == s[k] {
			k++
		}
		fail[i] = k
	}
	return fail
}

func replace(m Machine, args []value.Value) (value.Value, error) {
	s, old, new := args[0].Str(), args[1].Str(), args[2].Str()
	if err := m.Charge((len(s) + len(old)) / 8); err != nil {
		return value.Value{}, err
	}
	if old == "" || len(old) > len(s) {
		return args[0], nil
	}
	f := finder{text: &args[0], s: s, old: old}
	at := f.next()
	if at < 0 {
		return args[0], nil
	}
	w := writer{m: m}
	if err := w.need(len(s) - len(old) + len(new)); err != nil {
		return value.Value{}, err
	}
	from := 0
	for ; at >= 0; at = f.next() {
		if err := w.text(s[from:at]); err != nil {
			return value.Value{}, err
		}
		if err := w.text(new); err != nil {
			return value.Value{}, err
		}
		from = at + len(old)
	}
	if err := w.text(s[from:]); err != nil {
		return value.Value{}, err
	}
	return value.String(w.String()), nil
}

// pieceSize is about what an element of text costs beside its letters, which
// it shares with the text it was cut from.
const pieceSize = 80

func split(m Machine, args []value.Value) (value.Value, error) {
	s, separator := args[0].Str(), args[1].Str()
	if err := m.Charge((len(s) + len(separator)) / 8); err != nil {
		return value.Value{}, err
	}
	var pieces []value.Value
	from, granted := 0, 0
	piece := func(text string) error {
		if len(pieces) == granted {
			granted = max(8, 2*granted)
			if err := m.Grow((granted - len(pieces)) * pieceSize); err != nil {
				return err
			}
			if err := m.Charge(granted - len(pieces)); err != nil {
				return err
			}
		}
		pieces = append(pieces, value.LetterValue(text))
		return nil
	}
	if separator != "" {
		f := finder{text: &args[0], s: s, old: separator}
		for at := f.next(); at >= 0; at = f.next() {
			if err := piece(s[from:at]); err != nil {
				return value.Value{}, err
			}
			from = at + len(separator)
		}
	}
	if err := piece(s[from:]); err != nil {
		return value.Value{}, err
	}
	return value.FlatArray(pieces), nil
}

func join(m Machine, args []value.Value) (value.Value, error) {
	separator := args[1].Str()
	w := writer{m: m}
	elements := args[0].Elems()
	if err := m.Charge(len(elements)); err != nil {
		return value.Value{}, err
	}
	for i := range elements {
		if i > 0 {
			if err := w.text(separator); err != nil {
				return value.Value{}, err
			}
		}
		if err := w.value(&elements[i]); err != nil {
			return value.Value{}, err
		}
	}
	return value.String(w.String()), nil
}
