package syntax

import (
	"strings"

	"etamil/engine/diag"
	"etamil/engine/token"
)

// maxNesting is how deep parentheses, brackets, blocks and prefix operators
// may lie in one another. Whatever walks a tree may therefore recurse.
const maxNesting = 1000

// ParseFile scans and parses a file. The file is nil exactly when the list has
// errors; these are the ones of scanning alone when there are any. The list
// also carries the warnings that need nothing but the source, which are
// diag.EscapeKept and diag.TypeWordIgnored, and is sorted by position. The cost
// is linear in the length of the text.
//
// After an error parsing goes on behind the next ";" of the same depth, or at
// the "}" that closes the block. A further error on the line of the last one is
// dropped; at most maxErrors are kept, and one more counts the others.
func ParseFile(f *token.File, o Options) (*File, diag.List) {
	p, list := newParser(f, o)
	if p == nil {
		return nil, list
	}
	file := &File{Source: f}
	for p.kind != token.EOF {
		if p.kind == token.RightBrace { // no block is open
			p.fail(diag.NoStatement, "}")
			p.resume()
			p.next()
			continue
		}
		file.Stmts = p.statement(file.Stmts)
	}
	list, ok := p.finish()
	if !ok {
		return nil, list
	}
	return file, list
}

// ParseExpr is ParseFile for a text that is one expression and nothing else.
func ParseExpr(f *token.File, o Options) (Expr, diag.List) {
	p, list := newParser(f, o)
	if p == nil {
		return nil, list
	}
	x := p.expr()
	if p.kind != token.EOF {
		p.afterExpr(diag.Expected, punctuation(token.Semicolon))
	}
	list, ok := p.finish()
	if !ok {
		return nil, list
	}
	return x, list
}

// A parser reads the tokens of one file by recursive descent with one token of
// look-ahead.
//
// The first thing that fails in a statement puts the parser at the end of the
// input, where every rule ends by itself and says nothing more. So no rule asks
// after each step whether it went well; what they built is thrown away by
// statement, which goes back to the place of the error and resumes behind it.
type parser struct {
	file   *token.File
	src    string
	tokens []token.Token // the last one is token.EOF
	i      int           // of the token looked at
	kind   token.Kind    // of tokens[i]

	depth  int // of nesting, see maxNesting
	braces int // of record literals that are open in this statement

	failed       bool
	failedAt     int // token of the error
	failedBraces int // braces there

	errs     reporter
	line     int // of the last error kept
	warnings diag.List
}

// newParser scans f. The parser is nil when that has errors.
func newParser(f *token.File, o Options) (*parser, diag.List) {
	tokens, errs, warnings := Scan(f, o)
	if len(errs) > 0 {
		list := append(warnings, errs...)
		list.Sort()
		return nil, list
	}
	p := &parser{
		file: f, src: f.Source, tokens: tokens, kind: tokens[0].Kind,
		errs: reporter{phase: diag.Parse}, warnings: warnings,
	}
	return p, nil
}

// finish returns all diagnostics, and whether none is an error.
func (p *parser) finish() (diag.List, bool) {
	errs := p.errs.finish()
	list := append(p.warnings, errs...)
	list.Sort()
	return list, len(errs) == 0
}

// ---- Tokens ----

func (p *parser) next() {
	if p.kind != token.EOF {
		p.i++
		p.kind = p.tokens[p.i].Kind
	}
}

// peek returns the kind of the token behind the one looked at.
func (p *parser) peek() token.Kind {
	if p.kind == token.EOF {
		return token.EOF
	}
	return p.tokens[p.i+1].Kind
}

// take returns the place of the token looked at and goes on to the next one.
func (p *parser) take() token.Span {
	s := p.spanOf(p.i)
	p.next()
	return s
}

func (p *parser) start() int32 { return p.tokens[p.i].Start }

// from returns the span from an offset to the end of the token before the one
// looked at.
func (p *parser) from(start int32) token.Span {
	end := start
	if p.i > 0 {
		end = max(start, p.tokens[p.i-1].End)
	}
	return token.Span{File: p.file, Start: start, End: end}
}

func (p *parser) spanOf(i int) token.Span {
	t := p.tokens[i]
	return token.Span{File: p.file, Start: t.Start, End: t.End}
}

func (p *parser) textOf(i int) string {
	t := p.tokens[i]
	return p.src[t.Start:t.End]
}

// adjacent reports whether nothing stands between the token looked at and the
// one before it.
func (p *parser) adjacent() bool {
	return p.i > 0 && p.tokens[p.i-1].End == p.start()
}

// sameLine reports whether the token looked at stands on the line on which the
// one before it ends.
func (p *parser) sameLine() bool {
	return p.i > 0 && p.file.Line(int(p.start())) == p.file.Line(int(p.tokens[p.i-1].End))
}

// before returns the kind of the token before the one looked at.
func (p *parser) before() token.Kind {
	if p.i == 0 {
		return token.EOF
	}
	return p.tokens[p.i-1].Kind
}

// ---- Errors ----

// here returns the place that an error at the token looked at points at: that
// token, at the end of the input the last one there was.
func (p *parser) here() token.Span {
	i := p.i
	if p.kind == token.EOF && i > 0 {
		i--
	}
	if p.tokens[i].Kind == token.EOF {
		return token.Span{File: p.file}
	}
	return p.spanOf(i)
}

// found returns the source of the token looked at.
func (p *parser) found() string { return p.textOf(p.i) }

// report adds an error that harms nothing behind its place. It returns nil
// when the error is dropped.
func (p *parser) report(at token.Span, def *diag.Def, args ...any) *diag.Diagnostic {
	line := p.file.Line(int(at.Start))
	if p.failed || line == p.line {
		return nil
	}
	p.line = line
	if !p.errs.room(at) {
		return nil
	}
	d := def.At(at, args...)
	p.errs.add(d)
	return d
}

// fail adds an error at the token looked at and ends the statement.
func (p *parser) fail(def *diag.Def, args ...any) *diag.Diagnostic {
	if p.failed {
		return nil
	}
	d := p.report(p.here(), def, args...)
	p.failed, p.failedAt, p.failedBraces = true, p.i, p.braces
	p.i = len(p.tokens) - 1
	p.kind = token.EOF
	return d
}

// resume goes back to where a statement failed.
func (p *parser) resume() {
	p.failed = false
	p.i = p.failedAt
	p.kind = p.tokens[p.i].Kind
}

// skip goes on to where the next statement may start: behind the next ";" of
// the depth of the failed one, or to the "}" of its block. A block inside the
// failed statement ends it too when a word follows that starts a statement.
func (p *parser) skip() {
	inner, records := 0, p.failedBraces
	for p.kind != token.EOF {
		switch p.kind {
		case token.LeftBrace:
			inner++
		case token.RightBrace:
			switch {
			case inner > 0:
				inner--
				if inner == 0 && records == 0 && startsStatement(p.peek()) {
					p.next()
					return
				}
			case records > 0:
				records--
			default:
				return
			}
		case token.Semicolon:
			if inner == 0 && records == 0 {
				p.next()
				return
			}
		}
		p.next()
	}
}

// startsStatement reports whether k is a word that can only stand at the start
// of a statement.
func startsStatement(k token.Kind) bool {
	switch k.Role() {
	case token.RoleStatement, token.RoleUnrun, token.RoleType:
		return true
	}
	return false
}

// punctuation and keyword say what was expected.
func punctuation(k token.Kind) diag.Text { return diag.Same("'" + k.String() + "'") }

func keyword(k token.Kind) diag.Text {
	w := k.Keyword()
	return diag.Same(w.Tamil + " (" + w.Roman + ")")
}

// expected fails because what must come here does not.
func (p *parser) expected(what diag.Text) {
	if p.kind == token.EOF {
		p.fail(diag.ExpectedAtEnd, what)
	} else {
		p.fail(diag.Expected, what, p.found())
	}
}

// expect goes over a token of kind k.
func (p *parser) expect(k token.Kind) {
	if p.kind == k {
		p.next()
		return
	}
	switch {
	case k == token.Comma:
		p.afterExpr(diag.Expected, punctuation(k))
	case k.IsPunctuation():
		p.expected(punctuation(k))
	default:
		p.expected(keyword(k))
	}
}

// afterExpr fails because an expression has come to an end and what must follow
// does not. def is what it fails with where nothing better fits: diag.Expected
// or diag.MissingSemicolon.
func (p *parser) afterExpr(def *diag.Def, what diag.Text) {
	switch {
	case p.kind == token.EOF:
		p.fail(diag.ExpectedAtEnd, what)
	case p.inNumber():
		p.fail(diag.NumberThenLetters, p.found())
	case p.kind == token.Assign:
		p.fail(diag.EqualsInExpression)
	case p.kind == token.LeftParen && p.sameLine():
		p.fail(diag.OnlyNamesAreCalled)
	case def == diag.MissingSemicolon:
		p.fail(def, p.found())
	default:
		p.fail(def, what, p.found())
	}
}

// inNumber reports whether the token looked at was written as the tail of a
// number: 5abc, 10%2, 1.2.3.
func (p *parser) inNumber() bool {
	if !p.adjacent() {
		return false
	}
	switch before := p.before(); {
	case p.kind != token.Number && p.kind != token.Percent && p.kind != token.Name && p.kind.Keyword() == nil:
		return false
	case before == token.Number || before == token.Percent:
		return true
	case before == token.Dot && p.i > 1:
		number, dot := p.tokens[p.i-2], p.tokens[p.i-1]
		return number.Kind == token.Number && number.End == dot.Start && p.kind != token.Name
	}
	return false
}

// semicolon goes over the ";" that ends a statement whose last part is an
// expression, or (with expr false) something else.
func (p *parser) semicolon(expr bool) {
	switch {
	case p.kind == token.Semicolon:
		p.next()
	case expr:
		p.afterExpr(diag.MissingSemicolon, punctuation(token.Semicolon))
	case p.kind == token.EOF:
		p.fail(diag.ExpectedAtEnd, punctuation(token.Semicolon))
	default:
		p.fail(diag.MissingSemicolon, p.found())
	}
}

// close goes over the bracket that closes the one at token open.
func (p *parser) close(k token.Kind, open int) {
	if p.kind == k {
		p.next()
		return
	}
	switch role := p.kind.Role(); {
	case p.kind == token.EOF, p.kind == token.Semicolon,
		p.kind == token.RightBrace, p.kind == token.RightBracket, p.kind == token.RightParen,
		p.kind == token.If, p.kind == token.Loop, p.kind == token.LeftBrace,
		role == token.RoleStatement, role == token.RoleUnrun, role == token.RoleType:
		if d := p.fail(diag.NeverClosed, p.textOf(open)); d != nil {
			d.Note(p.spanOf(open), diag.OpenedHere)
		}
	default:
		p.afterExpr(diag.Expected, punctuation(k))
	}
}

// enter goes over the token that opens a level of nesting; leave ends it.
func (p *parser) enter() {
	if p.depth++; p.depth > maxNesting {
		p.fail(diag.NestedTooDeep, maxNesting)
	}
	p.next()
}

func (p *parser) leave() { p.depth-- }

// ---- Names ----

// A nameUse is a place where a name is wanted: what was expected there, and
// what a reserved word cannot name there.
type nameUse struct{ what, role diag.Text }

var (
	variableUse  = diag.Text{Ta: "மாறியின்", En: "a variable"}
	callUse      = diag.Text{Ta: "செயலின்", En: "a function"}
	functionName = nameUse{diag.AFunctionName, callUse}
	paramName    = nameUse{diag.AParameterName, diag.Text{Ta: "அளவுருவின்", En: "a parameter"}}
	loopName     = nameUse{diag.ALoopVariable, diag.Text{Ta: "சுற்று மாறியின்", En: "a loop variable"}}
	fieldName    = nameUse{diag.AFieldName, diag.Text{Ta: "புலத்தின்", En: "a field"}}
	targetName   = nameUse{diag.ATargetName, variableUse}
	tableName    = nameUse{diag.ATableName, diag.Text{Ta: "அட்டவணையின்", En: "a table"}}
	columnName   = nameUse{diag.AColumnName, diag.Text{Ta: "பத்தியின்", En: "a column"}}
)

// name takes a name, or a text literal whose contents are the name.
func (p *parser) name(use nameUse) Name {
	switch {
	case p.kind.IsName():
		n := Name{Text: p.found()}
		n.Loc = p.take()
		return n
	case p.kind == token.Text:
		n := Name{Text: unquote(p.found()), Quoted: true}
		n.Loc = p.take()
		return n
	}
	switch {
	case p.trailingComma():
	case p.inNumber():
		p.fail(diag.NumberThenLetters, p.found())
	case p.kind.Role() == token.RoleType:
		p.fail(diag.TypeWordAsName, p.found())
	case p.kind.Keyword() != nil:
		p.fail(diag.ReservedWord, p.found(), use.role)
	default:
		p.expected(use.what)
	}
	return Name{}
}

// trailingComma fails when a list ends behind a comma.
func (p *parser) trailingComma() bool {
	switch p.kind {
	case token.RightParen, token.RightBracket, token.RightBrace:
		if p.before() == token.Comma {
			p.fail(diag.TrailingComma, p.found())
			return true
		}
	}
	return false
}

// unquote returns the text that a literal means. A backslash before anything
// but n t r " \ stands for itself, as does what follows it.
func unquote(literal string) string {
	s := literal[1 : len(literal)-1]
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for ; i >= 0; i = strings.IndexByte(s, '\\') {
		b = append(b, s[:i]...)
		switch c := s[i+1]; c {
		case 'n':
			b = append(b, '\n')
		case 't':
			b = append(b, '\t')
		case 'r':
			b = append(b, '\r')
		case '"', '\\':
			b = append(b, c)
		default:
			b = append(b, '\\', c)
		}
		s = s[i+2:]
	}
	return string(append(b, s...))
}
