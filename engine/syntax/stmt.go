package syntax

import (
	"strings"

	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/token"
)

// maxTimerSeconds is a year; what is longer was meant in another unit.
const maxTimerSeconds = 31_536_000

// statement parses one statement and appends it to the list, or reports what is
// wrong and goes to where the next one may start.
func (p *parser) statement(list []Stmt) []Stmt {
	var typ TypeWord
	if p.kind.Role() == token.RoleType {
		typ.Kind = p.kind
		typ.Loc = p.take()
		p.afterType(typ)
	}
	start, word := p.start(), p.spanOf(p.i)
	s := p.core(typ)
	if p.failed {
		p.resume()
		p.skip()
		return list
	}
	if typ.IsValid() {
		switch s.(type) {
		case *Declare, *Assign:
			start = typ.Loc.Start
		default:
			p.warnings = append(p.warnings, diag.TypeWordIgnored.At(typ.Loc, typ.Loc.Text()))
		}
	}
	at := s.place()
	at.Loc = p.from(start)
	if !at.WordLoc.IsValid() {
		at.WordLoc = word
	}
	return append(list, s)
}

// afterType fails when no statement can follow a type word with this token.
func (p *parser) afterType(typ TypeWord) {
	switch role := p.kind.Role(); {
	case p.kind.IsName(), p.kind == token.LeftParen, p.atCall(),
		role == token.RoleStatement, role == token.RoleUnrun:
	case role == token.RoleType:
		p.fail(diag.TypeWordAsName, p.found())
	case role != token.RoleNone:
		p.fail(diag.ReservedWord, p.found(), variableUse)
	case p.kind == token.Assign, p.kind == token.LeftBracket, p.kind == token.Dot:
		p.fail(diag.TypeWordAsName, typ.Loc.Text())
	default:
		p.expected(diag.ANameAfterType)
	}
}

// core parses a statement without the type word before it. What it returns
// after a failure means nothing.
func (p *parser) core(typ TypeWord) Stmt {
	if p.atCall() {
		return p.callStmt()
	}
	if p.kind.IsName() {
		return p.nameStmt(typ)
	}
	keyword := p.kind
	switch keyword {
	case token.LeftParen:
		return p.conditional()

	case token.Print:
		p.next()
		s := &Print{Value: p.expr()}
		p.semicolon(true)
		return s
	case token.Input:
		p.next()
		s := &Input{Target: p.expr()}
		p.semicolon(true)
		return s
	case token.Function:
		return p.function()
	case token.Return:
		p.next()
		s := &Return{}
		if p.kind != token.Semicolon {
			s.Value = p.expr()
		}
		p.semicolon(true)
		return s
	case token.ForEach:
		p.next()
		s := &ForEach{Var: p.name(loopName)}
		p.expect(token.In)
		s.Seq = p.expr()
		s.Body = p.blockAfterExpr()
		return s
	case token.Import:
		return p.importStmt()

	case token.FileOpen:
		p.next()
		s := &FileOpen{Path: p.expr(), Mode: p.optional()}
		p.semicolon(true)
		return s
	case token.FileClose:
		p.next()
		s := &FileClose{Path: p.expr()}
		p.semicolon(true)
		return s
	case token.FileRead:
		p.next()
		s := &FileRead{Path: p.expr(), Into: p.target()}
		p.semicolon(false)
		return s
	case token.FileWrite:
		p.next()
		s := &FileWrite{Path: p.expr(), Value: p.second()}
		p.semicolon(true)
		return s
	case token.CSVRead:
		p.next()
		s := &CSVRead{Path: p.expr(), Into: p.target()}
		p.semicolon(false)
		return s
	case token.CSVWrite:
		p.next()
		s := &CSVWrite{Path: p.expr(), Value: p.second()}
		p.semicolon(true)
		return s

	case token.DBConnect:
		p.next()
		s := &Connect{Kind: p.dbKind(), Source: p.second()}
		p.semicolon(true)
		return s
	case token.DBDisconnect:
		p.next()
		s := &Disconnect{Kind: p.dbKind()}
		p.semicolon(false)
		return s
	case token.DBQuery:
		p.next()
		s := &Query{SQL: p.expr(), Params: p.second(), Into: p.target()}
		p.semicolon(false)
		return s
	case token.DBExecute:
		p.next()
		s := &Execute{SQL: p.expr(), Params: p.second()}
		p.semicolon(true)
		return s

	case token.Route:
		return p.route()
	case token.Schedule:
		return p.timer()
	case token.Respond:
		p.next()
		s := &Respond{Status: p.expr(), Body: p.second(), Headers: p.optional()}
		p.semicolon(true)
		return s

	case token.DBInsert, token.DBDelete, token.CreateTable:
		p.next()
		s := &Unrun{Keyword: keyword, Names: []Name{p.name(tableName)}}
		s.Args = append(s.Args, p.second())
		p.semicolon(true)
		return s
	case token.DBUpdate:
		p.next()
		s := &Unrun{Keyword: keyword, Names: []Name{p.name(tableName)}}
		s.Args = append(s.Args, p.second())
		s.more(p)
		p.semicolon(true)
		return s
	case token.Select:
		return p.selectStmt()
	case token.RespondJSON:
		p.next()
		s := &Unrun{Keyword: keyword, Args: []Expr{p.expr()}}
		s.more(p)
		p.semicolon(true)
		return s
	case token.StartServer:
		p.next()
		s := &Unrun{Keyword: keyword, Args: []Expr{p.expr()}}
		s.Args = append(s.Args, p.second())
		p.semicolon(true)
		return s
	case token.StopServer:
		p.next()
		p.semicolon(false)
		return &Unrun{Keyword: keyword}
	}
	p.noStatement()
	return nil
}

// second parses a comma and an expression.
func (p *parser) second() Expr {
	p.expect(token.Comma)
	return p.expr()
}

// optional parses a comma and an expression if there is a comma, else it gives
// nil.
func (p *parser) optional() Expr {
	if p.kind != token.Comma {
		return nil
	}
	return p.second()
}

func (s *Unrun) more(p *parser) {
	if x := p.optional(); x != nil {
		s.Args = append(s.Args, x)
	}
}

// target parses a comma and the name of a variable that is filled.
func (p *parser) target() Name {
	p.expect(token.Comma)
	return p.name(targetName)
}

// block parses { statements }.
func (p *parser) block() *Block {
	start, open := p.start(), p.i
	if p.kind != token.LeftBrace {
		p.expected(punctuation(token.LeftBrace))
		return nil
	}
	p.enter()
	b := &Block{}
	for p.kind != token.RightBrace && p.kind != token.EOF {
		b.Stmts = p.statement(b.Stmts)
	}
	p.close(token.RightBrace, open)
	p.leave()
	b.Loc = p.from(start)
	return b
}

func (p *parser) blockAfterExpr() *Block {
	if p.kind != token.LeftBrace {
		p.afterExpr(diag.Expected, punctuation(token.LeftBrace))
		return nil
	}
	return p.block()
}

// conditional parses (condition) எனில் or (condition) சுற்று.
func (p *parser) conditional() Stmt {
	open := p.i
	p.enter()
	cond := p.expr()
	p.close(token.RightParen, open)
	p.leave()
	switch p.kind {
	case token.If:
		s := &If{Cond: cond}
		s.WordLoc = p.take()
		s.Then = p.block()
		if p.kind == token.Else {
			p.next()
			if p.kind == token.LeftParen || p.kind == token.If {
				p.fail(diag.ElseIf)
			}
			s.Else = p.block()
		}
		return s
	case token.Loop:
		s := &While{Cond: cond}
		s.WordLoc = p.take()
		s.Body = p.block()
		return s
	case token.EOF:
		p.expected(keyword(token.If))
	default:
		p.fail(diag.ConditionWithoutWord, p.found())
	}
	return nil
}

func (p *parser) function() Stmt {
	p.next()
	s := &Function{Name: p.name(functionName)}
	open := p.i
	if p.kind != token.LeftParen {
		p.expected(punctuation(token.LeftParen))
		return nil
	}
	p.enter()
	if p.kind != token.RightParen {
		s.Params = append(s.Params, p.name(paramName))
		for p.kind == token.Comma {
			p.next()
			s.Params = append(s.Params, p.name(paramName))
		}
	}
	p.close(token.RightParen, open)
	p.leave()
	s.Body = p.block()
	return s
}

// importStmt parses an import. That its path is no literal is an error at the
// ";", where the reference implementation reports it.
func (p *parser) importStmt() Stmt {
	p.next()
	path := p.expr()
	s := &Import{}
	if text, ok := path.(*Text); ok {
		s.Path = text
	} else if p.kind == token.Semicolon {
		p.report(p.here(), diag.ImportWithoutPath)
	}
	p.semicolon(true)
	return s
}

// kindNames gives the kind of database that each of the eight keywords means.
var kindNames = map[token.Kind]string{
	token.KindSQL: "SQL", token.KindNoSQL: "NoSQL", token.KindSQLite: "SQLite", token.KindMySQL: "MySQL",
	token.KindPostgreSQL: "PostgreSQL", token.KindMongoDB: "MongoDB", token.KindRedis: "Redis", token.KindJSON: "JSONdb",
}

// dbKind takes one token, a keyword for a kind of database or a name.
func (p *parser) dbKind() DBKind {
	if p.kind == token.EOF {
		p.expected(diag.ADatabaseKind)
		return DBKind{}
	}
	k := DBKind{Name: p.found()}
	if name, ok := kindNames[p.kind]; ok {
		k.Name = name
	} else if !p.kind.IsName() {
		p.report(p.here(), diag.BadDatabaseKind, p.found())
	}
	k.Loc = p.take()
	return k
}

// methodNames gives the method that each of the seven keywords means.
var methodNames = map[token.Kind]string{
	token.MethodGet: "GET", token.MethodPost: "POST", token.MethodPut: "PUT", token.MethodDelete: "DELETE",
	token.MethodPatch: "PATCH", token.MethodOptions: "OPTIONS", token.MethodHead: "HEAD",
}

// method takes one token, a keyword for a method, a name or a text literal, and
// returns the method.
func (p *parser) method() string {
	method, ok := methodNames[p.kind]
	switch {
	case ok:
	case p.kind == token.EOF:
		p.expected(diag.AnHTTPMethod)
	case p.kind.IsName():
		method = p.found()
	case p.kind == token.Text:
		method = unquote(p.found())
	}
	if strings.IndexFunc(method, notASCIILetter) >= 0 || method == "" {
		p.report(p.here(), diag.BadMethod, p.found())
	}
	p.next()
	return strings.ToUpper(method)
}

func notASCIILetter(r rune) bool {
	return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

func (p *parser) route() Stmt {
	p.next()
	s := &Route{MethodLoc: p.spanOf(p.i)}
	s.Method = p.method()
	p.expect(token.Comma)
	start := p.start()
	path := p.expr()
	if text, ok := path.(*Text); ok {
		s.Path = text
	} else {
		p.report(p.from(start), diag.RoutePathNoLiteral)
	}
	s.Body = p.blockAfterExpr()
	return s
}

func (p *parser) timer() Stmt {
	p.next()
	s := &Timer{}
	start := p.start()
	seconds, ok := p.expr().(*Number)
	s.Seconds = seconds
	switch {
	case !ok:
		p.report(p.from(start), diag.TimerNoLiteral)
	case decimal.Cmp(seconds.Value, decimal.FromInt64(1)) < 0,
		decimal.Cmp(seconds.Value.Trunc(), decimal.FromInt64(maxTimerSeconds)) > 0:
		p.report(seconds.Loc, diag.TimerOutOfRange, maxTimerSeconds)
	}
	s.Body = p.blockAfterExpr()
	return s
}

func (p *parser) selectStmt() Stmt {
	p.next()
	s := &Unrun{Keyword: token.Select, Names: []Name{p.name(columnName)}}
	for p.kind == token.Comma {
		p.next()
		s.Names = append(s.Names, p.name(columnName))
	}
	p.expect(token.From)
	s.Names = append(s.Names, p.name(tableName))
	where := p.kind == token.Where
	if where {
		p.next()
		s.Args = append(s.Args, p.expr())
	}
	p.semicolon(where)
	return s
}

// nameStmt parses a declaration or an assignment.
func (p *parser) nameStmt(typ TypeWord) Stmt {
	name := Name{Text: p.found()}
	name.Loc = p.take()
	switch p.kind {
	case token.Semicolon:
		p.next()
		return &Declare{Type: typ, Name: name}
	case token.Assign:
		return &Assign{Type: typ, Name: name, Value: p.assigned()}
	case token.LeftBracket:
		s := &SetIndex{Name: name, Bracket: p.spanOf(p.i)}
		s.Index = p.index()
		s.Value = p.assigned()
		return s
	case token.Dot:
		s := &SetField{Name: name, Dot: p.take()}
		s.Field = p.name(fieldName)
		s.Value = p.assigned()
		return s
	}
	p.noAssignment()
	return nil
}

// assigned parses = expression ;
func (p *parser) assigned() Expr {
	if p.kind != token.Assign {
		p.noAssignment()
		return nil
	}
	p.next()
	x := p.expr()
	p.semicolon(true)
	return x
}

// noAssignment fails because what starts like the target of an assignment is
// none: it goes deeper, is an expression, or the "=" is missing.
func (p *parser) noAssignment() {
	step := p.before() == token.RightBracket || p.i > 1 && p.tokens[p.i-2].Kind == token.Dot
	switch {
	case step && p.deeperTarget():
		p.fail(diag.DeepAssignment)
	case step && p.kind == token.LeftParen && p.sameLine():
		p.fail(diag.OnlyNamesAreCalled)
	case step && p.kind == token.Semicolon, p.atOperator():
		p.fail(diag.ExpressionAlone)
	default:
		p.expected(punctuation(token.Assign))
	}
}

// atOperator reports whether an expression goes on here with an operator or a
// step.
func (p *parser) atOperator() bool {
	switch p.kind {
	case token.Question, token.And, token.Or, token.LeftBracket, token.Dot:
		return true
	}
	return levelOf(p.kind) != 0
}

// deeperTarget reports whether [index] and .name steps and then "=" follow.
func (p *parser) deeperTarget() bool {
	if p.kind != token.LeftBracket && p.kind != token.Dot {
		return false
	}
	depth := 0
	for _, t := range p.tokens[p.i:] {
		switch t.Kind {
		case token.LeftBracket:
			depth++
		case token.RightBracket:
			depth--
		case token.Assign:
			return depth == 0
		case token.Semicolon, token.LeftBrace, token.RightBrace:
			return false
		case token.Dot, token.Text:
		default:
			if depth == 0 && !t.Kind.IsName() {
				return false
			}
		}
	}
	return false
}

func (p *parser) callStmt() Stmt {
	s := &CallStmt{Call: p.call()}
	switch {
	case p.kind == token.Semicolon:
		p.next()
	case p.deeperTarget():
		p.fail(diag.DeepAssignment)
	case p.atOperator():
		p.fail(diag.CallWithTail, s.Call.Loc.Text())
	case p.kind == token.Assign:
		p.semicolon(false)
	default:
		p.semicolon(true)
	}
	return s
}

// noStatement fails because no statement starts here.
func (p *parser) noStatement() {
	switch role := p.kind.Role(); role {
	case token.RoleLiteral:
		p.fail(diag.ExpressionAlone)
	case token.RoleNone:
		switch p.kind {
		case token.EOF:
			p.expected(diag.AStatement)
		case token.Semicolon:
			p.fail(diag.LoneSemicolon)
		case token.Number, token.Percent, token.Text, token.Minus, token.LeftBracket:
			p.fail(diag.ExpressionAlone)
		default:
			p.fail(diag.NoStatement, p.found())
		}
	default:
		clause := role == token.RoleClause || role == token.RoleOperator
		switch next := p.peek(); {
		case p.kind == token.Not && next != token.Assign:
			p.fail(diag.ExpressionAlone)
		case next == token.LeftParen && !clause:
			p.fail(diag.ReservedWord, p.found(), callUse)
		case next == token.Assign, !clause && (next == token.LeftBracket || next == token.Dot || next == token.Semicolon):
			p.fail(diag.ReservedWord, p.found(), variableUse)
		default:
			p.fail(diag.NoStatement, p.found())
		}
	}
}
