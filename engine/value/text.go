package value

import (
	"sort"
	"strings"
	"sync/atomic"
	"unicode/utf8"
	"unsafe"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// A Str is the heap part of a text: valid UTF-8 that never changes.
type Str struct {
	s string
	// tail, when not nil, owns the buffer whose beginning s is; joining
	// something to the text that reaches the buffer's end grows in place.
	tail *tail
	// letters is where the letters begin, found when first asked for.
	letters atomic.Pointer[letters]
	mark    uint32
	joined  bool // made by joining: likely to be joined to again
	frozen  bool
}

// A tail is a buffer that only grows at its end. Texts that are beginnings of
// it stay valid, since bytes once written are never written again.
type tail struct{ b []byte }

// letters are the letter boundaries of a text. A text whose letters are single
// bytes has no table.
type letters struct {
	single bool
	starts []uint32 // byte offset of each letter; nil when single
}

// String returns the text s, which must be valid UTF-8 (see Clean).
func String(s string) Value {
	return Value{kind: Text, ref: unsafe.Pointer(&Str{s: s})}
}

// Clean returns s with each sequence that is no UTF-8 replaced by U+FFFD, as
// a lenient decoder does: one for each maximal beginning of a character.
func Clean(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			n = badLength(s[i:])
			b.WriteRune(utf8.RuneError)
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// badLength returns the length of the maximal subpart of an ill-formed
// sequence at the start of s (Unicode Standard 3.9, "U+FFFD Substitution of
// Maximal Subparts"); at least 1.
func badLength(s string) int {
	c := s[0]
	lo, hi, need := byte(0x80), byte(0xBF), 0
	switch {
	case c >= 0xC2 && c <= 0xDF:
		need = 1
	case c == 0xE0:
		need, lo = 2, 0xA0
	case c == 0xED:
		need, hi = 2, 0x9F
	case c >= 0xE1 && c <= 0xEF:
		need = 2
	case c == 0xF0:
		need, lo = 3, 0x90
	case c >= 0xF1 && c <= 0xF3:
		need = 3
	case c == 0xF4:
		need, hi = 3, 0x8F
	default:
		return 1
	}
	n := 1
	for n <= need && n < len(s) {
		if s[n] < lo || s[n] > hi {
			break
		}
		lo, hi = 0x80, 0xBF
		n++
	}
	return n
}

// Str returns the text that v, of kind Text, is.
func (v *Value) Str() string { return (*Str)(v.ref).s }

// scan finds the letters of s.
func scan(s string) *letters {
	if singleByte(s) {
		return &letters{single: true}
	}
	l := &letters{starts: make([]uint32, 0, len(s)/3+1)}
	at := 0
	for rest := s; len(rest) > 0; {
		n := letterLen(rest)
		l.starts = append(l.starts, uint32(at))
		at += n
		rest = rest[n:]
	}
	return l
}

// singleByte reports whether every letter of s is one byte: ASCII without
// CR LF.
func singleByte(s string) bool {
	prev := byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf || c == '\n' && prev == '\r' {
			return false
		}
		prev = c
	}
	return true
}

// tamilBase reports whether r is a Tamil code point that begins a letter, and
// tamilSign whether it is one that continues it (vowel signs and pulli).
func tamilBase(r rune) bool {
	return r >= 0x0B83 && r <= 0x0BB9 || r == 0x0BD0 || r >= 0x0BE6 && r <= 0x0BFA
}

func tamilSign(r rune) bool {
	return r >= 0x0BBE && r <= 0x0BC2 || r >= 0x0BC6 && r <= 0x0BC8 ||
		r >= 0x0BCA && r <= 0x0BCD || r == 0x0BD7 || r == 0x0B82
}

// letterLen returns the length in bytes of the first letter (extended grapheme
// cluster, UAX #29 of Unicode 17) of s, which is not empty. Runs of ASCII and
// Tamil are decided here, everything else by the library.
func letterLen(s string) int {
	c := s[0]
	var n int
	if c < utf8.RuneSelf {
		if len(s) == 1 {
			return 1
		}
		if s[1] < utf8.RuneSelf {
			if c == '\r' && s[1] == '\n' {
				return 2
			}
			return 1
		}
		n = 1
		if c < 0x20 || c == 0x7F {
			return 1 // a control never takes what follows
		}
	} else {
		r, w := utf8.DecodeRuneInString(s)
		if !tamilBase(r) {
			return slowLetterLen(s)
		}
		n = w
	}
	for n < len(s) {
		if s[n] < utf8.RuneSelf {
			return n
		}
		r, w := utf8.DecodeRuneInString(s[n:])
		if tamilSign(r) {
			n += w
			continue
		}
		if tamilBase(r) {
			return n
		}
		return slowLetterLen(s)
	}
	return n
}

func slowLetterLen(s string) int {
	it := graphemes.FromString(s)
	if it.Next() {
		return len(it.Value())
	}
	return len(s)
}

// LetterLen returns the length in bytes of the first letter of s, 0 for an
// empty s.
func LetterLen(s string) int {
	if s == "" {
		return 0
	}
	return letterLen(s)
}

// lettersOf returns the letters of v, found once and kept.
func (t *Str) lettersOf() *letters {
	if l := t.letters.Load(); l != nil {
		return l
	}
	l := scan(t.s)
	t.letters.Store(l)
	return l
}

// Letters returns the number of letters of v, a Text. The first call costs
// O(bytes), later ones O(1).
func (v *Value) Letters() int {
	t := (*Str)(v.ref)
	l := t.lettersOf()
	if l.single {
		return len(t.s)
	}
	return len(l.starts)
}

// Letter returns letter i of v, a Text, 0 ≤ i < Letters(). Cost as Letters.
func (v *Value) Letter(i int) string {
	t := (*Str)(v.ref)
	l := t.lettersOf()
	if l.single {
		return t.s[i : i+1]
	}
	end := len(t.s)
	if i+1 < len(l.starts) {
		end = int(l.starts[i+1])
	}
	return t.s[l.starts[i]:end]
}

// LetterRange returns letters from ≤ i < to of v, a Text, as one string;
// 0 ≤ from ≤ to ≤ Letters(). Cost as Letters.
func (v *Value) LetterRange(from, to int) string {
	t := (*Str)(v.ref)
	l := t.lettersOf()
	if l.single {
		return t.s[from:to]
	}
	return t.s[l.offset(from, len(t.s)):l.offset(to, len(t.s))]
}

func (l *letters) offset(i, end int) int {
	if i >= len(l.starts) {
		return end
	}
	return int(l.starts[i])
}

// LetterAt returns the number of the letter that begins at byte offset of v,
// a Text, and whether one begins there (the end counts as a beginning). Cost
// as Letters, then O(log letters).
func (v *Value) LetterAt(offset int) (int, bool) {
	t := (*Str)(v.ref)
	l := t.lettersOf()
	if l.single {
		return offset, offset <= len(t.s)
	}
	if offset == len(t.s) {
		return len(l.starts), true
	}
	i := sort.Search(len(l.starts), func(i int) bool { return int(l.starts[i]) >= offset })
	return i, i < len(l.starts) && int(l.starts[i]) == offset
}

// asciiLetters are the texts of single ASCII letters, made once so that
// walking a text allocates nothing.
var asciiLetters = func() (all [utf8.RuneSelf]Str) {
	for i := range all {
		all[i] = Str{s: string(rune(i)), frozen: true}
		all[i].letters.Store(&letters{single: true})
	}
	return
}()

// noLetters is the empty text: the pieces between separators that follow each
// other.
var noLetters = func() *Str {
	t := &Str{frozen: true}
	t.letters.Store(&letters{single: true})
	return t
}()

// LetterValue returns the text s, at best one letter, without allocating when it
// is ASCII or empty.
func LetterValue(s string) Value {
	if s == "" {
		return Value{kind: Text, ref: unsafe.Pointer(noLetters)}
	}
	if len(s) == 1 && s[0] < utf8.RuneSelf {
		return Value{kind: Text, ref: unsafe.Pointer(&asciiLetters[s[0]])}
	}
	return String(s)
}

// JoinMin is the length in bytes from which a joined text gets room to grow;
// shorter ones are copied outright.
const JoinMin = 64

// Join returns a text of a followed by s. When a was itself made by joining
// and nothing was joined to it yet, it grows in place: a loop of s = s & x
// costs O(n) in all.
func Join(a *Str, s string) *Str {
	if len(s) == 0 && a.joined {
		return a
	}
	n := len(a.s) + len(s)
	if a.tail != nil && !a.frozen && len(a.tail.b) == len(a.s) {
		a.tail.b = append(a.tail.b, s...)
		return &Str{s: unsafe.String(unsafe.SliceData(a.tail.b), n), tail: a.tail, joined: true}
	}
	if n < JoinMin || !a.joined || a.frozen {
		t, b := roomFor(n)
		copy(b[copy(b, a.s):], s)
		t.s, t.joined = unsafe.String(unsafe.SliceData(b), n), true
		return t
	}
	t := &tail{b: make([]byte, 0, 2*n)}
	t.b = append(append(t.b, a.s...), s...)
	return &Str{s: unsafe.String(unsafe.SliceData(t.b), n), tail: t, joined: true}
}

// Concat returns the text of all parts, n bytes in all.
func Concat(parts []string, n int) *Str {
	t, b := roomFor(n)
	at := 0
	for _, s := range parts {
		at += copy(b[at:], s)
	}
	t.s, t.joined = unsafe.String(unsafe.SliceData(b), n), true
	return t
}

// roomFor returns a heap part and n bytes for its text: of a short one in the
// same piece of memory, for most joined texts are short.
func roomFor(n int) (*Str, []byte) {
	switch {
	case n <= 24: // 64 bytes in all
		t := &struct {
			Str
			b [24]byte
		}{}
		return &t.Str, t.b[:n]
	case n <= 56: // 96
		t := &struct {
			Str
			b [56]byte
		}{}
		return &t.Str, t.b[:n]
	}
	return &Str{}, make([]byte, n)
}

// JoinCost returns how many bytes Join(a, s) would allocate.
func JoinCost(a *Str, s string) int {
	n := len(a.s) + len(s)
	if a.tail != nil && !a.frozen && len(a.tail.b) == len(a.s) && cap(a.tail.b) >= n {
		return 64
	}
	if n < JoinMin || !a.joined {
		return n + 64
	}
	return 2*n + 64
}

// Part returns the heap part of v, a Text.
func (v *Value) Part() *Str { return (*Str)(v.ref) }

// OfPart returns the text whose heap part is t.
func OfPart(t *Str) Value { return Value{kind: Text, ref: unsafe.Pointer(t)} }

// Joined returns a new heap part of the text s that is going to be joined to.
func Joined(s string) *Str { return &Str{s: s, joined: true} }

// FrozenString returns the text s as a part of a program, seen by many
// goroutines.
func FrozenString(s string) Value {
	v := String(s)
	v.Freeze()
	return v
}

// LettersKnown reports whether the letters of v, a Text, were found already.
func (v *Value) LettersKnown() bool { return (*Str)(v.ref).letters.Load() != nil }
