package diag

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

const (
	quotedLetters = 40    // of source text and values between ' and '
	shownLetters  = 1_000 // of anything else, such as the contents of a failure
)

// Quote returns s as it may stand between ' and ' in a sentence: at most 40
// letters of it, followed by … when some are left out, line feeds shown as ⏎,
// other control characters and bytes that are no UTF-8 as U+FFFD. The quotes
// themselves belong to the sentence. Quoting what is quoted changes nothing.
func Quote(s string) string { return cut(s, quotedLetters) }

// shown is Quote for what stands without quotes, where 1 000 letters may stand.
func shown(s string) string { return cut(s, shownLetters) }

func cut(s string, letters int) string {
	tail := false
	if body, ok := strings.CutSuffix(s, "…"); ok {
		s, tail = body, true
	}
	// Fewer bytes than letters allowed: no need to look for the letters.
	if len(s) > letters {
		seen, end := 0, 0
		for g := graphemes.FromString(s); seen < letters && g.Next(); seen++ {
			end = g.End()
		}
		if end < len(s) {
			s, tail = s[:end], true
		}
	}
	s = visible(s)
	if tail {
		s += "…"
	}
	return s
}

// isHidden reports whether r is a control character, or one that turns the
// direction of writing and could so make a line look like another.
func isHidden(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

// visible shows line feeds as ⏎ and what no screen shows as U+FFFD.
func visible(s string) string {
	clean := true
	for _, r := range s {
		if isHidden(r) || r == utf8.RuneError {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "⏎")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return '⏎'
		case isHidden(r):
			return utf8.RuneError
		}
		return r
	}, s)
}

// letterCount returns the number of letters (extended grapheme clusters) of s.
func letterCount(s string) int {
	n := 0
	for g := graphemes.FromString(s); g.Next(); {
		n++
	}
	return n
}

// Nearest returns the candidate that name was most likely meant to be: the one
// that the fewest changed, added, dropped or swapped code points lie between,
// of several the first in order. It is false when none is near: more than a
// third of the longer name would have to change, or more than 3.
func Nearest(name string, candidates iter.Seq[string]) (string, bool) {
	const most = 3
	wanted := []rune(name)
	best, bestDistance := "", most+1
	for candidate := range candidates {
		if candidate == name {
			continue
		}
		other := []rune(candidate)
		allowed := min(most, max(len(wanted), len(other))/3)
		if d := len(wanted) - len(other); d > allowed || -d > allowed {
			continue
		}
		d := distance(wanted, other)
		if d <= allowed && (d < bestDistance || d == bestDistance && candidate < best) {
			best, bestDistance = candidate, d
		}
	}
	return best, bestDistance <= most
}

// distance is the number of single changes, additions, losses and swaps of
// neighbours that turn a into b (the restricted edit distance of Damerau).
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
