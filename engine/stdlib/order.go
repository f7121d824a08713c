package stdlib

import (
	"slices"
	"strings"
	"unicode/utf8"

	"etamil/engine/value"
)

// The order of a Tamil dictionary: letters are compared one after the other,
// each by its base and then by its sign.
const (
	tamilBases = "அஆஇஈஉஊஎஏஐஒஓஔஃ" + "கஙசஞடணதநபமயரலவழளறன" + "ஜஶஷஸஹ"
	// Pulli comes before no sign at all, the vowel signs after it.
	pulli      = '\u0BCD'
	vowelSigns = "\u0BBE\u0BBF\u0BC0\u0BC1\u0BC2\u0BC6\u0BC7\u0BC8\u0BCA\u0BCB\u0BCC"
)

// twoPart are the vowel signs that may also be spelled as two.
var twoPart = map[string]rune{
	"\u0BC6\u0BBE": '\u0BCA',
	"\u0BC7\u0BBE": '\u0BCB',
	"\u0BC6\u0BD7": '\u0BCC',
}

const (
	firstTamil = 0x0B80
	lastTamil  = 0x0BFF
)

// baseRanks and signRanks hold the place of each code point of the Tamil block
// in the two orders, 0 for those that have none. Rank 2 of a sign is none.
var baseRanks, signRanks = func() (bases, signs [lastTamil - firstTamil + 1]uint8) {
	for i, r := range []rune(tamilBases) {
		bases[r-firstTamil] = uint8(i + 1)
	}
	signs[pulli-firstTamil] = 1
	for i, r := range []rune(vowelSigns) {
		signs[r-firstTamil] = uint8(i + 3)
	}
	return
}()

func rank(ranks *[lastTamil - firstTamil + 1]uint8, r rune) uint32 {
	if r < firstTamil || r > lastTamil {
		return 0
	}
	return uint32(ranks[r-firstTamil])
}

// A sorting key is a slice of numbers that compares as the text should: for a
// Tamil letter one number, for any other its code points, all smaller, and an
// end mark, smaller still.
const (
	endOfLetter = 0
	aTamil      = utf8.MaxRune + 2
)

// appendKey appends the sorting key of s to dst.
func appendKey(dst []uint32, s string) []uint32 {
	for s != "" {
		n := value.LetterLen(s)
		dst = appendLetter(dst, s[:n])
		s = s[n:]
	}
	return dst
}

func appendLetter(dst []uint32, letter string) []uint32 {
	first, n := utf8.DecodeRuneInString(letter)
	if base := rank(&baseRanks, first); base > 0 {
		rest := letter[n:]
		if rest == "" {
			return append(dst, aTamil+base<<8+2)
		}
		sign, n := utf8.DecodeRuneInString(rest)
		if n < len(rest) {
			sign = twoPart[rest] // any other two make a letter that is not Tamil
		}
		if s := rank(&signRanks, sign); s > 0 {
			return append(dst, aTamil+base<<8+s)
		}
	}
	for _, r := range letter {
		dst = append(dst, uint32(r)+1)
	}
	return append(dst, endOfLetter)
}

// sortTamil is அகரவரிசை.
func sortTamil(c call) (value.Value, error) {
	type item struct {
		text     string
		at       int
		from, to int // its key
	}
	elems := c.args[0].Elems()
	if err := take(c.m, len(elems)*(valueBytes+textBytes)); err != nil {
		return value.Value{}, err
	}
	items := make([]item, len(elems))
	var keys []uint32
	for i := range elems {
		s, err := printed(c.m, &elems[i])
		if err != nil {
			return value.Value{}, err
		}
		if err := take(c.m, 8*len(s)); err != nil {
			return value.Value{}, err
		}
		from := len(keys)
		keys = appendKey(keys, s)
		items[i] = item{s, i, from, len(keys)}
	}
	work := steps{m: c.m}
	slices.SortFunc(items, func(a, b item) int {
		if !work.spend(1 + min(a.to-a.from, b.to-b.from)/8) {
			return 0
		}
		order := slices.Compare(keys[a.from:a.to], keys[b.from:b.to])
		if order == 0 {
			order = strings.Compare(a.text, b.text)
		}
		if order == 0 {
			order = a.at - b.at
		}
		return order
	})
	list := make([]value.Value, len(items))
	for i := range items {
		list[i] = value.String(items[i].text)
	}
	return value.FlatArray(list), work.done()
}
