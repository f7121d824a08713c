package diag

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"golang.org/x/text/width"
)

const (
	zeroWidthJoiner = '\u200D'
	emojiSelector   = '\uFE0F'
)

// displayWidth returns the columns that s takes on a screen with letters of
// one width. Its cost is linear.
func displayWidth(s string) int {
	n := 0
	for g := graphemes.FromString(s); g.Next(); {
		n += letterWidth(g.Value())
	}
	return n
}

// letterWidth returns the columns of one letter: the sum of those of its code
// points, but 2 for an emoji that U+FE0F or joined others follow.
func letterWidth(letter string) int {
	if len(letter) == 1 {
		return runeWidth(rune(letter[0]))
	}
	first, size := utf8.DecodeRuneInString(letter)
	rest := letter[size:]
	if unicode.Is(unicode.So, first) && (strings.ContainsRune(rest, emojiSelector) || strings.ContainsRune(rest, zeroWidthJoiner)) {
		return 2
	}
	n := 0
	for _, r := range letter {
		n += runeWidth(r)
	}
	return n
}

// runeWidth returns 0 for marks that take no room of their own and for format
// characters, 2 for wide East Asian characters and emoji (which are all wide
// but the two halves of a flag, 1 each), else 1. Vowel signs that stand beside
// their consonant (category Mc) take 1.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
