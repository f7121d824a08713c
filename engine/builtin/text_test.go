package builtin

import (
	"strings"
	"testing"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"etamil/engine/diag"
	"etamil/engine/value"
)

// letters cuts a text into its letters.
func letters(s string) []string {
	var all []string
	for s != "" {
		n := value.LetterLen(s)
		all = append(all, s[:n])
		s = s[n:]
	}
	return all
}

// naiveSplit says what splitting by letters means, at any cost: at each letter
// boundary from left to right, a separator that ends on a boundary too is a
// match.
func naiveSplit(s, separator string) []string {
	if separator == "" {
		return []string{s}
	}
	all := letters(s)
	var pieces []string
	piece := ""
	for i := 0; i < len(all); {
		n, joined := 0, ""
		for i+n < len(all) && len(joined) < len(separator) {
			joined += all[i+n]
			n++
		}
		if joined == separator {
			pieces = append(pieces, piece)
			piece = ""
			i += n
			continue
		}
		piece += all[i]
		i++
	}
	return append(pieces, piece)
}

func checkSearch(t *testing.T, s, old, new string) {
	t.Helper()
	pieces := naiveSplit(s, old)
	v, err := try(&machine{}, "_split", s, old)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range v.Elems() {
		got = append(got, e.Str())
	}
	if strings.Join(got, "|") != strings.Join(pieces, "|") || len(got) != len(pieces) {
		t.Errorf("split %q by %q: %q, want %q", s, old, got, pieces)
	}
	want := s
	if old != "" {
		want = strings.Join(pieces, new)
	}
	if got := call(t, &machine{}, "_replace", s, old, new); got != want {
		t.Errorf("replace %q by %q in %q: %q, want %q", old, new, s, got, want)
	}
	// The linear search finds the same from the beginning.
	if old != "" {
		v := value.String(s)
		f := finder{text: &v, s: s, old: old, fail: failureFunction(old)}
		n := 0
		for f.next() >= 0 {
			n++
		}
		if n != len(pieces)-1 {
			t.Errorf("linear search of %q in %q: %d matches, want %d", old, s, n, len(pieces)-1)
		}
	}
}

var searches = [][3]string{
	{"aaa", "aa", "b"}, {"கா கி க", "க", "X"}, {"காகாக", "காக", "X"}, {"காகா", "ா", ""}, {"a\r\nb", "\n", "x"}, {"a\r\nb\r\n", "\r\n", ""},
	{"", ",", "x"}, {",", ",", ""}, {"abc", "", "x"}, {"🇮🇳🇱🇰🇮🇳", "🇮🇳", "-"}, {"🇮🇳🇱🇰", "🇳🇱", "-"}, {"👨‍👩‍👧👨", "👨", "x"},
	{"ababab", "abab", "x"}, {"e\u0301e", "e", "x"}, {"க்ஷக்", "க்", "x"}, {"कक्षि", "क", "x"}, {"aXbxc", "x", "yy"}, {"ஃ", "ஃஃ", ""},
}

func TestSearchGoesByLetters(t *testing.T) {
	for _, s := range searches {
		checkSearch(t, s[0], s[1], s[2])
	}
}

func FuzzSearch(f *testing.F) {
	for _, s := range searches {
		f.Add(s[0], s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, s, old, new string) {
		if len(s) > 1000 || len(new) > 100 {
			return
		}
		s, old, new = value.Clean(s), value.Clean(old), value.Clean(new)
		checkSearch(t, s, old, new)
		// Texts of few letters match more often.
		few := strings.NewReplacer("0", "க", "1", "ா", "2", "கா", "3", "\r", "4", "\n", "5", "🇮", "6", "🇳")
		checkSearch(t, few.Replace(s), few.Replace(old), few.Replace(new))
	})
}

// The bytes compared for matches that do not count are bounded by the length
// of the text, also where it repeats itself.
func TestSearchIsLinearInPeriodicTexts(t *testing.T) {
	s := value.String(strings.Repeat("கா", 20_000))
	old := strings.Repeat("கா", 5_000) + "க" // ends inside a letter, everywhere
	f := finder{text: &s, s: s.Str(), old: old}
	if at := f.next(); at >= 0 {
		t.Errorf("found at %d", at)
	}
	if f.fail == nil || f.spent > 2*len(s.Str()) {
		t.Errorf("compared %d bytes for a text of %d", f.spent, len(s.Str()))
	}
}

func TestTextsThatGrowAreAnnouncedFirst(t *testing.T) {
	m := &machine{maxBytes: 1 << 20}
	long := strings.Repeat("a", 1000)
	wantError(t, m, diag.MemoryBudget, "", "_replace", strings.Repeat("a", 2000), "a", long)
	m = &machine{maxBytes: 1 << 20}
	list := make([]any, 2000)
	for i := range list {
		list[i] = long
	}
	wantError(t, m, diag.MemoryBudget, "", "oZRiNY", list, ",")
	m = &machine{maxBytes: 1 << 20}
	wantError(t, m, diag.MemoryBudget, "", "_split", strings.Repeat(",", 1<<18), ",")
	m = &machine{maxBytes: 1 << 20}
	wantError(t, m, diag.MemoryBudget, "", "_bytes", strings.Repeat(",", 1<<18))

	// A value of thirty parts that prints as a billion.
	v := of([]any{1, 1})
	for range 30 {
		v = of([]any{v, v})
	}
	for _, name := range []string{"_toString", "_upper", "_bytes"} {
		wantError(t, &machine{maxBytes: 1 << 20}, diag.MemoryBudget, "", name, v)
		wantError(t, &machine{maxSteps: 1 << 16}, diag.StepBudget, "", name, v)
	}
	v = of([]any{1, 1})
	for range 10 {
		v = of([]any{v, v})
	}
	want, _ := value.ToText(&v, 0)
	if got := call(t, &machine{}, "_toString", v); got != want {
		t.Errorf("printed %d bytes, want %d", len(got), len(want))
	}
}

func TestJoinPrintsElements(t *testing.T) {
	if got := call(t, &machine{}, "oZRiNY", []any{1, "a", nil, true, []any{1, 2}, ok(1)}, "-"); got != "1-a-nil-true-[1, 2]-சரி(1)" {
		t.Error(got)
	}
	list := make([]any, 10_000)
	for i := range list {
		list[i] = i
	}
	m := &machine{}
	text := call(t, m, "oZRiNY", list, ", ")
	if want := call(t, m, "_toString", list); "["+text+"]" != want {
		t.Errorf("%.100s, want %.100s", text, want)
	}
}

func TestCaseMappingIsFull(t *testing.T) {
	for _, tt := range []struct{ in, upper, lower string }{
		{"", "", ""}, {"abcXYZ09@[`{", "ABCXYZ09@[`{", "abcxyz09@[`{"}, {"தமிழ் Tamil", "தமிழ் TAMIL", "தமிழ் tamil"},
		{"straße", "STRASSE", "straße"}, {"ﬁ", "FI", "ﬁ"}, {"ŉ", "ʼN", "ŉ"}, {"İ", "İ", "i̇"}, {"ΑΣ ΑΣΑ Σ", "ΑΣ ΑΣΑ Σ", "ας ασα σ"},
		{"àéî", "ÀÉÎ", "àéî"}, {"\u0390", "\u0399\u0308\u0301", "\u0390"}, {"ǆ", "Ǆ", "ǆ"}, {"𐐨", "𐐀", "𐐨"}, {"ꭰ", "Ꭰ", "ꭰ"}, {"ı", "I", "ı"}, {"Straße தமிழ்", "STRASSE தமிழ்", "straße தமிழ்"},
	} {
		if got := call(t, &machine{}, "_upper", tt.in); got != tt.upper {
			t.Errorf("upper %q: %q, want %q", tt.in, got, tt.upper)
		}
		if got := call(t, &machine{}, "_lower", tt.in); got != tt.lower {
			t.Errorf("lower %q: %q, want %q", tt.in, got, tt.lower)
		}
	}
}

func FuzzCase(f *testing.F) {
	for _, s := range []string{"abcXYZ", "தமிழ் Tamil", "ΑΣ", "ஸ்ரீ A", "\u0BFFz\u0B80Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = value.Clean(s)
		if got, want := call(t, &machine{}, "_upper", s), cases.Upper(language.Und).String(s); got != want {
			t.Errorf("upper %q: %q, want %q", s, got, want)
		}
		if got, want := call(t, &machine{}, "_lower", s), cases.Lower(language.Und).String(s); got != want {
			t.Errorf("lower %q: %q, want %q", s, got, want)
		}
	})
}

func BenchmarkSplitLines(b *testing.B) {
	s := strings.Repeat("2026-04-01,அரிசி,1500.50\n", 10_000)
	m := &machine{}
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := try(m, "_split", s, "\n"); err != nil {
			b.Fatal(err)
		}
	}
}
