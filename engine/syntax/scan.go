package syntax

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/token"
)

const (
	maxFileBytes   = 16 << 20 // far above any program written by people
	maxNameLetters = 255
	maxErrors      = 20 // shown of one file and phase; people mend the first ones and run again
)

// Options say what kind of file is read.
type Options struct {
	// Main is set for the main file of a program: its first line is skipped
	// when it begins with "#!", so that a program can be made executable.
	Main bool
}

// Scan cuts the text of f into tokens. The last token has kind token.EOF and
// stands at the end of the text; between tokens there are only blanks and
// comments, an order mark at the start of the file and a line "#!…".
//
// The errors come in order, one for each stretch that is no token, at most
// maxErrors and then one that counts the others; scanning goes on after each,
// but with errors the tokens are only good for looking at. The warnings are
// about escapes that are kept as written, at most maxErrors too.
func Scan(f *token.File, o Options) (tokens []token.Token, errs, warnings diag.List) {
	s := scanner{file: f, src: f.Source, errs: reporter{phase: diag.Lex}}
	if len(s.src) > maxFileBytes {
		s.report(s.span(0, 0), diag.FileTooLarge, maxFileBytes>>20)
	} else if at := invalidAt(s.src); at >= 0 {
		s.report(s.span(at, at+1), diag.NotUTF8, at)
	} else {
		s.scan(o)
	}
	s.token(token.EOF, len(s.src), len(s.src))
	return s.tokens, s.errs.finish(), s.warnings
}

// invalidAt returns the offset of the first byte that is no UTF-8, or -1.
func invalidAt(src string) int {
	if utf8.ValidString(src) {
		return -1
	}
	for i, r := range src {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(src[i:]); size == 1 {
				return i
			}
		}
	}
	return -1
}

type scanner struct {
	file     *token.File
	src      string
	tokens   []token.Token
	errs     reporter
	warnings diag.List
	// unclosed is set once a text was found to have no end. Every quote after
	// that one is behind a backslash as seen from it, so it has no end either;
	// looking again each time would take quadratic time.
	unclosed bool
}

func (s *scanner) span(start, end int) token.Span {
	return token.Span{File: s.file, Start: int32(start), End: int32(end)}
}

func (s *scanner) report(at token.Span, def *diag.Def, args ...any) {
	if s.errs.room(at) {
		s.errs.add(def.At(at, args...))
	}
}

func (s *scanner) token(k token.Kind, start, end int) {
	s.tokens = append(s.tokens, token.Token{Kind: k, Start: int32(start), End: int32(end)})
}

// Classes of bytes that begin a token.
const (
	classOther = iota
	classBlank
	classWord
	classDigit
	classMark // one-byte punctuation that begins no longer one
	classTwo  // < > = !: an = may follow
)

var (
	classes [256]uint8
	marks   [256]token.Kind // of a byte that stands alone
	pairs   [256]token.Kind // of a byte followed by =
)

func init() {
	for _, c := range " \t\n\f" {
		classes[c] = classBlank
	}
	for c := range classes {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
			classes[c] = classWord
		case '0' <= c && c <= '9':
			classes[c] = classDigit
		}
	}
	for k := token.Greater; k.IsPunctuation(); k++ {
		switch text := k.String(); len(text) {
		case 1:
			classes[text[0]], marks[text[0]] = classMark, k
		case 2:
			pairs[text[0]] = k
		}
	}
	for _, c := range "<>=!" {
		classes[c] = classTwo
	}
}

// tamilAt reports whether a code point of the Tamil block, U+0B80 to U+0BFF,
// stands at i. Each takes 3 bytes.
func tamilAt(src string, i int) bool {
	return src[i] == 0xE0 && i+1 < len(src) && src[i+1]&^1 == 0xAE
}

func (s *scanner) scan(o Options) {
	src := s.src
	s.tokens = make([]token.Token, 0, len(src)/6+8)
	i := 0
	if strings.HasPrefix(src, "\uFEFF") {
		i = len("\uFEFF")
	}
	if o.Main && strings.HasPrefix(src[i:], "#!") {
		i = lineEnd(src, i)
	}
	for i < len(src) {
		c := src[i]
		switch classes[c] {
		case classBlank:
			i++
		case classWord:
			i = s.word(i)
		case classDigit:
			i = s.number(i)
		case classMark:
			if c == '/' && i+1 < len(src) && src[i+1] == '/' {
				i = lineEnd(src, i)
				continue
			}
			s.token(marks[c], i, i+1)
			i++
		default:
			switch {
			case tamilAt(src, i):
				i = s.word(i)
			case c == '"':
				i = s.text(i)
			case pairs[c] != 0 && i+1 < len(src) && src[i+1] == '=':
				s.token(pairs[c], i, i+2)
				i += 2
			case marks[c] != 0:
				s.token(marks[c], i, i+1)
				i++
			case crLF(src, i):
				i++
			default:
				i = s.unknown(i)
			}
		}
	}
}

// lineEnd returns the offset of the line feed that ends the line of i, or of
// the end of the text.
func lineEnd(src string, i int) int {
	if n := strings.IndexByte(src[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(src)
}

// crLF reports whether a carriage return stands at i and a line feed follows.
func crLF(src string, i int) bool {
	return src[i] == '\r' && i+1 < len(src) && src[i+1] == '\n'
}

// wordEnd returns the offset where the identifier that starts at i ends.
func wordEnd(src string, i int) int {
	for i < len(src) {
		if c := classes[src[i]]; c == classWord || c == classDigit {
			i++
		} else if tamilAt(src, i) {
			i += 3
		} else {
			break
		}
	}
	return i
}

func (s *scanner) word(start int) int {
	end := wordEnd(s.src, start)
	word := s.src[start:end]
	if len(word) > maxNameLetters && letters(word) > maxNameLetters {
		s.report(s.span(start, end), diag.NameTooLong, maxNameLetters)
	}
	s.token(token.Lookup(word), start, end)
	return end
}

// letters returns the number of letters (extended grapheme clusters, UAX #29)
// of an identifier. Of the code points that may stand in one, only the vowel
// signs and the other marks of the Tamil block belong to the letter before
// them.
func letters(word string) int {
	n := 0
	for i, r := range word {
		if i == 0 || !unicode.Is(unicode.M, r) {
			n++
		}
	}
	return n
}

func (s *scanner) number(start int) int {
	src := s.src
	i := digitsEnd(src, start)
	whole := i - start
	if i+1 < len(src) && src[i] == '.' && classes[src[i+1]] == classDigit {
		i = digitsEnd(src, i+1)
	}
	// Any whole part of 28 digits fits; what is too long after the point is
	// rounded.
	if whole > 28 {
		if _, ok := decimal.ParseLiteral(src[start:i]); !ok {
			s.report(s.span(start, i), diag.NumberTooLarge, src[start:i])
		}
	}
	kind := token.Number
	if i < len(src) && src[i] == '%' {
		kind = token.Percent
		i++
	}
	s.token(kind, start, i)
	return i
}

func digitsEnd(src string, i int) int {
	for i < len(src) && classes[src[i]] == classDigit {
		i++
	}
	return i
}

// text scans a text literal. One without an end is an error at its quote, and
// scanning goes on at the next line, so that later errors are seen.
func (s *scanner) text(start int) int {
	src := s.src
	end := -1
	if !s.unclosed {
		end = s.textEnd(start)
	}
	if end < 0 {
		s.unclosed = true
		s.report(s.span(start, start+1), diag.UnclosedText)
		return lineEnd(src, start)
	}
	for i := start + 1; i < end-1; i++ {
		if src[i] != '\\' {
			continue
		}
		i++
		switch c := src[i]; c {
		case '\n':
			s.report(s.span(i-1, i), diag.LineFeedAfterBackslash)
		case 'n', 't', 'r':
		default:
			// Only before a letter: people expect \u and \0 of other
			// languages there; "50\%" is plain.
			if classes[c] == classWord && c != '_' && len(s.warnings) < maxErrors {
				s.warnings = append(s.warnings, diag.EscapeKept.At(s.span(i-1, i+1), string(rune(c))))
			}
		}
	}
	s.token(token.Text, start, end)
	return end
}

// textEnd returns the offset behind the quote that closes the text that opens
// at start, -1 when there is none.
func (s *scanner) textEnd(start int) int {
	src := s.src
	for i := start + 1; i < len(src); i++ {
		switch src[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return -1
}

// unknown reports the run of characters from start on that begin no token, and
// returns its end.
func (s *scanner) unknown(start int) int {
	end := start
	for end < len(s.src) {
		n := s.unknownAt(end)
		if n == 0 {
			break
		}
		end += n
	}
	if !s.errs.room(s.span(start, end)) {
		return end
	}
	run := s.src[start:end]
	d := diag.UnknownCharacter.At(s.span(start, end), nameRun(run))
	at := start
	for _, r := range run {
		if ta, en := s.hint(r, at); ta != "" {
			d.WithHelp(ta, en)
			break
		}
		at += utf8.RuneLen(r)
	}
	s.errs.add(d)
	return end
}

// unknownAt returns the length of the code point at i when it begins no token
// and is no blank, else 0.
func (s *scanner) unknownAt(i int) int {
	c := s.src[i]
	switch {
	case classes[c] == classTwo:
		if c == '!' && !strings.HasPrefix(s.src[i:], "!=") {
			return 1
		}
		return 0
	case classes[c] != classOther, c == '"', tamilAt(s.src, i), crLF(s.src, i):
		return 0
	case c < utf8.RuneSelf:
		return 1
	}
	_, n := utf8.DecodeRuneInString(s.src[i:])
	return n
}

// nameRun returns characters as a sentence can show them: as they are, or as
// U+… when alone they would be invisible.
func nameRun(run string) string {
	const enough = 200 // code points; the sentence shows 40 letters
	var b strings.Builder
	invisible := false
	for i, r := range run {
		if i > enough*utf8.UTFMax {
			break
		}
		was := invisible
		invisible = !unicode.IsGraphic(r) || unicode.In(r, unicode.Z, unicode.M)
		if i > 0 && (was || invisible) {
			b.WriteByte(' ')
		}
		if invisible {
			fmt.Fprintf(&b, "U+%04X", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// hint says what may have been meant by a character at an offset that has no
// meaning, in both languages.
func (s *scanner) hint(r rune, at int) (ta, en string) {
	switch r {
	case '!':
		return "சமமில்லை எனில் '!=', மறுப்பு எனில் 'இல்லை' என எழுதுங்கள்", "write '!=' for unequal, இல்லை (not) to negate"
	case '%':
		return "விழுக்காட்டு எண்ணில் '%' முன் இடைவெளி கூடாது; மீதி காணும் குறி இல்லை",
			"a percent literal has no blank before '%'; there is no remainder operator"
	case '\'', '‘', '’', '“', '”':
		return "உரையை '\"' குறிகளுக்கிடையே எழுதுங்கள்", "text is written between '\"' and '\"'"
	case '|':
		return "'அல்லது' என எழுதுங்கள்", "write அல்லது (or)"
	case '#':
		return "குறிப்புரை '//' என்று தொடங்கும்", "a comment begins with '//'"
	case '₹', '$', '€':
		if end := wordEnd(s.src, at+1); r == '$' && end > at+1 && classes[s.src[at+1]] != classDigit {
			name := diag.Quote(s.src[at:end]) // an operator of MongoDB
			return "\"" + name + "\" என மேற்கோள் குறிகளுக்குள் எழுதுங்கள்", "write it in quotes: \"" + name + "\""
		}
		return "தொகையை நாணயக் குறி இல்லாமல் எழுதுங்கள்", "write the amount without a currency sign"
	case '^':
		return "அடுக்குக்குறி இல்லை; பெருக்கி எழுதுங்கள்", "there is no power operator; multiply"
	case '\u037E':
		return "';' என எழுதுங்கள்", "write the ASCII character ';'"
	case '\u200C', '\u200D':
		size := utf8.RuneLen(r)
		before := at > 0 && wordEnd(s.src[:at], at-1) == at || at > 2 && wordEnd(s.src[:at], at-3) == at
		if before || wordEnd(s.src, at+size) > at+size {
			return "இணைப்புக் குறிகள் (U+200C, U+200D) பெயரில் வரக் கூடாது", "joiners cannot be part of a name"
		}
		return "", ""
	}
	switch {
	case '\uFF01' <= r && r <= '\uFF5E':
		ascii := string(r - 0xFEE0) // the full-width forms stand in the order of ASCII
		return "'" + ascii + "' என எழுதுங்கள்", "write the ASCII character '" + ascii + "'"
	case unicode.In(r, unicode.L, unicode.M):
		return "பெயர்களில் தமிழ், ASCII எழுத்துகள் மட்டுமே வரலாம்", "names use Tamil and ASCII letters"
	}
	return "", ""
}
