package syntax

import (
	"strings"

	"etamil/engine/diag"
	"etamil/engine/token"
)

// Respell returns the text of f with its keywords and its calls of builtins in
// the given script (romanized for a word without an English alias); everything
// else, comments and layout too, stays as it is. Both texts mean the same
// program. The list holds what cannot be scanned; the text is then "".
//
// builtin gives the spellings of the builtin that has word as one of them. It
// must say no to builtins that the program hides by functions of its own in
// other files; those of f are seen here. A name is a call of a builtin only
// before "(": elsewhere it is the author's. A builtin whose spelling in the
// script is a reserved word (_join) or a function of f keeps the one it has.
func Respell(f *token.File, o Options, script token.Script, builtin func(word string) (token.Spelling, bool)) (string, diag.List) {
	tokens, errs, _ := Scan(f, o)
	if len(errs) > 0 {
		return "", errs
	}
	own := ownFunctions(f.Source, tokens)
	var b strings.Builder
	b.Grow(len(f.Source))
	done := int32(0)
	for i, t := range tokens {
		word := f.Source[t.Start:t.End]
		spelling := word
		if w := t.Kind.Keyword(); w != nil && !w.Nameable() {
			spelling = w.In(script)
		} else if t.Kind == token.Name && tokens[i+1].Kind == token.LeftParen && !own[word] {
			if s, ok := builtin(word); ok {
				spelling = s.In(script)
			}
			if token.Lookup(spelling) != token.Name || own[spelling] {
				spelling = word
			}
		}
		b.WriteString(f.Source[done:t.Start])
		b.WriteString(spelling)
		done = t.End
	}
	return b.String(), nil
}

// ownFunctions returns the names of the functions that are defined.
func ownFunctions(src string, tokens []token.Token) map[string]bool {
	own := map[string]bool{}
	for i, t := range tokens {
		if i == 0 || tokens[i-1].Kind != token.Function {
			continue
		}
		switch {
		case t.Kind.IsName():
			own[src[t.Start:t.End]] = true
		case t.Kind == token.Text:
			own[unquote(src[t.Start:t.End])] = true
		}
	}
	return own
}
