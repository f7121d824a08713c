package syntax

import (
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/token"
)

// expr parses an expression. Each level of operators is one rule that collects
// the whole chain of its level, so that long chains take no stack.
func (p *parser) expr() Expr {
	start := p.start()
	first := p.and()
	if p.kind != token.Or {
		return first
	}
	x := &Logic{Op: token.Or, Terms: []Expr{first}}
	for p.kind == token.Or {
		p.next()
		x.Terms = append(x.Terms, p.and())
	}
	x.Loc = p.from(start)
	return x
}

func (p *parser) and() Expr {
	start := p.start()
	first := p.not()
	if p.kind != token.And {
		return first
	}
	x := &Logic{Op: token.And, Terms: []Expr{first}}
	for p.kind == token.And {
		p.next()
		x.Terms = append(x.Terms, p.not())
	}
	x.Loc = p.from(start)
	return x
}

func (p *parser) not() Expr {
	if p.kind != token.Not {
		return p.chain(comparison)
	}
	start := p.start()
	p.enter()
	x := &Not{X: p.not()}
	p.leave()
	x.Loc = p.from(start)
	return x
}

// Levels of a Chain, from loose to tight.
const (
	comparison = iota + 1
	additive
	multiplicative
)

// levels gives the level of the operators of a Chain, 0 for other tokens.
var levels = [...]uint8{
	token.Greater: comparison, token.Less: comparison, token.Equal: comparison,
	token.NotEqual: comparison, token.GreaterEqual: comparison, token.LessEqual: comparison,
	token.Plus: additive, token.Minus: additive, token.Ampersand: additive,
	token.Star: multiplicative, token.Slash: multiplicative,
}

func levelOf(k token.Kind) uint8 {
	if int(k) < len(levels) {
		return levels[k]
	}
	return 0
}

// chain parses a chain of operators of a level and all tighter ones.
func (p *parser) chain(level uint8) Expr {
	if level > multiplicative {
		return p.postfix()
	}
	start := p.start()
	first := p.chain(level + 1)
	if levelOf(p.kind) != level {
		return first
	}
	x := &Chain{First: first}
	for levelOf(p.kind) == level {
		link := Link{Op: p.kind}
		link.OpLoc = p.take()
		link.X = p.chain(level + 1)
		x.Links = append(x.Links, link)
	}
	x.Loc = p.from(start)
	return x
}

func (p *parser) postfix() Expr {
	start := p.start()
	base := p.primary()
	var steps []Step
	for {
		switch p.kind {
		case token.LeftBracket:
			step := Step{Kind: StepIndex, Loc: p.spanOf(p.i)}
			step.Index = p.index()
			steps = append(steps, step)
		case token.Dot:
			step := Step{Kind: StepField, Loc: p.take()}
			step.Name = p.name(fieldName)
			steps = append(steps, step)
		case token.Question:
			steps = append(steps, Step{Kind: StepTry, Loc: p.take()})
		default:
			if steps == nil {
				return base
			}
			x := &Postfix{Base: base, Steps: steps}
			x.Loc = p.from(start)
			return x
		}
	}
}

// index parses [expression] and returns what is between the brackets.
func (p *parser) index() Expr {
	open := p.i
	p.enter()
	x := p.expr()
	p.close(token.RightBracket, open)
	p.leave()
	return x
}

func (p *parser) primary() Expr {
	switch p.kind {
	case token.Number, token.Percent:
		return p.numberLiteral()
	case token.Text:
		x := &Text{Value: unquote(p.found())}
		x.Loc = p.take()
		return x
	case token.True, token.False:
		x := &Bool{Value: p.kind == token.True}
		x.Loc = p.take()
		return x
	case token.Null:
		x := &Nil{}
		x.Loc = p.take()
		return x
	case token.LeftParen:
		open := p.i
		p.enter()
		x := p.expr()
		p.close(token.RightParen, open)
		p.leave()
		return x
	case token.Minus:
		start := p.start()
		p.enter()
		x := &Neg{X: p.postfix()}
		p.leave()
		x.Loc = p.from(start)
		return x
	case token.LeftBracket:
		start := p.start()
		x := &Array{Elems: p.list(token.RightBracket)}
		x.Loc = p.from(start)
		return x
	case token.LeftBrace:
		return p.record()
	}
	if p.atCall() {
		return p.call()
	}
	if p.kind.IsName() {
		x := &Variable{Name: p.found()}
		x.Loc = p.take()
		return x
	}
	p.noValue()
	return nil
}

func (p *parser) numberLiteral() *Number {
	x := &Number{Literal: p.found(), Percent: p.kind == token.Percent}
	digits := x.Literal
	if x.Percent {
		digits = digits[:len(digits)-1]
	}
	// Scanning has refused what does not fit.
	x.Value, _ = decimal.ParseLiteral(digits)
	if x.Percent {
		x.Value = x.Value.Percent()
	}
	x.Loc = p.take()
	return x
}

// atCall reports whether a call stands here: a name and "(". Three reserved
// words are builtins there.
func (p *parser) atCall() bool {
	switch p.kind {
	case token.Encrypt, token.Decrypt, token.EncryptionKey:
	default:
		if !p.kind.IsName() {
			return false
		}
	}
	return p.peek() == token.LeftParen
}

func (p *parser) call() *Call {
	start := p.start()
	x := &Call{Name: Name{Text: p.found()}}
	x.Name.Loc = p.take()
	x.Args = p.list(token.RightParen)
	x.Loc = p.from(start)
	return x
}

// list parses the opening bracket, expressions with commas between, and the
// closing bracket.
func (p *parser) list(closing token.Kind) []Expr {
	open := p.i
	p.enter()
	var list []Expr
	if p.kind != closing {
		list = append(list, p.expr())
		for p.kind == token.Comma {
			p.next()
			list = append(list, p.expr())
		}
	}
	p.close(closing, open)
	p.leave()
	return list
}

func (p *parser) record() Expr {
	start, open := p.start(), p.i
	p.braces++
	p.enter()
	x := &Record{}
	if p.kind != token.RightBrace {
		x.Fields = append(x.Fields, p.field())
		for p.kind == token.Comma {
			p.next()
			x.Fields = append(x.Fields, p.field())
		}
	}
	p.close(token.RightBrace, open)
	p.leave()
	p.braces--
	x.Loc = p.from(start)
	return x
}

func (p *parser) field() Field {
	f := Field{Name: p.name(fieldName)}
	p.expect(token.Colon)
	f.Value = p.expr()
	return f
}

// noValue fails because no expression starts here.
func (p *parser) noValue() {
	role := p.kind.Role()
	switch {
	case p.kind == token.EOF:
		p.fail(diag.ExpectedAtEnd, diag.AValue)
	case p.kind == token.Plus:
		p.fail(diag.UnaryPlus)
	case p.kind == token.Not:
		p.fail(diag.NotNeedsParentheses)
	case p.trailingComma():
	case role == token.RoleNone, role == token.RoleOperator, startsStatement(p.kind) && !p.sameLine():
		p.fail(diag.ValueExpected, p.found())
	case role == token.RoleType:
		p.fail(diag.TypeWordAsName, p.found())
	case p.peek() == token.LeftParen:
		p.fail(diag.ReservedWord, p.found(), callUse)
	default:
		p.fail(diag.ReservedWord, p.found(), variableUse)
	}
}
