package syntax

import (
	"strings"

	"etamil/engine/token"
)

// Format returns the source of a tree in one form: keywords in Tamil, a
// statement a line, blocks indented by four blanks, parentheses only where they
// are needed. Parsing it gives an equal tree, places aside. Comments and the
// author's layout are not in a tree and so are lost.
func Format(f *File) string {
	var p printer
	p.stmts(f.Stmts)
	return p.String()
}

// FormatExpr returns the source of an expression in the form of [Format].
func FormatExpr(x Expr) string {
	var p printer
	p.expr(x, looseLevel)
	return p.String()
}

type printer struct {
	strings.Builder
	indent int
}

func (p *printer) put(parts ...string) {
	for _, s := range parts {
		p.WriteString(s)
	}
}

func (p *printer) word(k token.Kind) { p.put(k.String(), " ") }

func (p *printer) name(n Name) {
	if n.Quoted {
		p.put(quote(n.Text))
	} else {
		p.put(n.Text)
	}
}

func (p *printer) names(list []Name) {
	for i, n := range list {
		if i > 0 {
			p.put(", ")
		}
		p.name(n)
	}
}

var quoter = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`)

// quote returns the text literal that means s.
func quote(s string) string { return `"` + quoter.Replace(s) + `"` }

// Levels of expressions, loose to tight; see levelOfExpr.
const (
	looseLevel = iota
	orLevel
	andLevel
	notLevel
	chainLevel   // plus the level of a Chain, comparison to multiplicative
	postfixLevel = chainLevel + multiplicative + 1
	primaryLevel = postfixLevel + 1
)

func levelOfExpr(x Expr) int {
	switch x := x.(type) {
	case *Logic:
		if x.Op == token.Or {
			return orLevel
		}
		return andLevel
	case *Not:
		return notLevel
	case *Chain:
		return chainLevel + int(levelOf(x.Links[0].Op))
	case *Postfix:
		return postfixLevel
	}
	return primaryLevel
}

// expr writes x, in parentheses when it is looser than what the grammar takes
// at its place.
func (p *printer) expr(x Expr, loosest int) {
	level := levelOfExpr(x)
	if level < loosest {
		p.put("(")
		defer p.put(")")
	}
	switch x := x.(type) {
	case *Number:
		p.put(x.Literal)
	case *Text:
		p.put(quote(x.Value))
	case *Bool:
		if x.Value {
			p.put(token.True.String())
		} else {
			p.put(token.False.String())
		}
	case *Nil:
		p.put(token.Null.String())
	case *Variable:
		p.put(x.Name)
	case *Call:
		p.put(x.Name.Text, "(")
		p.exprs(x.Args)
		p.put(")")
	case *Array:
		p.put("[")
		p.exprs(x.Elems)
		p.put("]")
	case *Record:
		p.put("{")
		for i, f := range x.Fields {
			if i > 0 {
				p.put(", ")
			}
			p.name(f.Name)
			p.put(": ")
			p.expr(f.Value, looseLevel)
		}
		p.put("}")
	case *Logic:
		for i, term := range x.Terms {
			if i > 0 {
				p.put(" ", x.Op.String(), " ")
			}
			p.expr(term, level+1)
		}
	case *Not:
		p.word(token.Not)
		p.expr(x.X, notLevel)
	case *Neg:
		p.put("-")
		p.expr(x.X, postfixLevel)
	case *Chain:
		p.expr(x.First, level+1)
		for _, link := range x.Links {
			p.put(" ", link.Op.String(), " ")
			p.expr(link.X, level+1)
		}
	case *Postfix:
		base := primaryLevel
		if _, ok := x.Base.(*Neg); ok {
			base++ // without parentheses the sign would take the steps too
		}
		p.expr(x.Base, base)
		for _, step := range x.Steps {
			switch step.Kind {
			case StepIndex:
				p.put("[")
				p.expr(step.Index, looseLevel)
				p.put("]")
			case StepField:
				p.put(".")
				p.name(step.Name)
			case StepTry:
				p.put("?")
			}
		}
	}
}

func (p *printer) exprs(list []Expr) {
	for i, x := range list {
		if i > 0 {
			p.put(", ")
		}
		p.expr(x, looseLevel)
	}
}

// operands writes expressions with commas between, those that are nil left out,
// and ends the statement.
func (p *printer) operands(list ...Expr) {
	for i, x := range list {
		if x == nil {
			continue
		}
		if i > 0 {
			p.put(", ")
		}
		p.expr(x, looseLevel)
	}
	p.put(";")
}

// into ends a statement that fills a variable.
func (p *printer) into(n Name) {
	p.put(", ")
	p.name(n)
	p.put(";")
}

func (p *printer) stmts(list []Stmt) {
	for _, s := range list {
		for range p.indent {
			p.put("    ")
		}
		p.stmt(s)
		p.put("\n")
	}
}

func (p *printer) block(b *Block) {
	if len(b.Stmts) == 0 {
		p.put("{ }")
		return
	}
	p.put("{\n")
	p.indent++
	p.stmts(b.Stmts)
	p.indent--
	for range p.indent {
		p.put("    ")
	}
	p.put("}")
}

func (p *printer) typeWord(t TypeWord) {
	if t.IsValid() {
		p.word(t.Kind)
	}
}

func (p *printer) stmt(s Stmt) {
	switch s := s.(type) {
	case *Declare:
		p.typeWord(s.Type)
		p.name(s.Name)
		p.put(";")
	case *Assign:
		p.typeWord(s.Type)
		p.name(s.Name)
		p.put(" = ")
		p.operands(s.Value)
	case *SetIndex:
		p.name(s.Name)
		p.put("[")
		p.expr(s.Index, looseLevel)
		p.put("] = ")
		p.operands(s.Value)
	case *SetField:
		p.name(s.Name)
		p.put(".")
		p.name(s.Field)
		p.put(" = ")
		p.operands(s.Value)
	case *CallStmt:
		p.operands(s.Call)
	case *Function:
		p.word(token.Function)
		p.name(s.Name)
		p.put("(")
		p.names(s.Params)
		p.put(") ")
		p.block(s.Body)
	case *Return:
		p.put(token.Return.String())
		if s.Value != nil {
			p.put(" ")
		}
		p.operands(s.Value)
	case *Import:
		p.word(token.Import)
		p.operands(s.Path)
	case *If:
		p.condition(s.Cond, token.If)
		p.block(s.Then)
		if s.Else != nil {
			p.put(" ")
			p.word(token.Else)
			p.block(s.Else)
		}
	case *While:
		p.condition(s.Cond, token.Loop)
		p.block(s.Body)
	case *ForEach:
		p.word(token.ForEach)
		p.name(s.Var)
		p.put(" ")
		p.word(token.In)
		p.expr(s.Seq, looseLevel)
		p.put(" ")
		p.block(s.Body)
	case *Print:
		p.word(token.Print)
		p.operands(s.Value)
	case *Input:
		p.word(token.Input)
		p.operands(s.Target)
	case *FileOpen:
		p.word(token.FileOpen)
		p.operands(s.Path, s.Mode)
	case *FileClose:
		p.word(token.FileClose)
		p.operands(s.Path)
	case *FileRead:
		p.word(token.FileRead)
		p.expr(s.Path, looseLevel)
		p.into(s.Into)
	case *FileWrite:
		p.word(token.FileWrite)
		p.operands(s.Path, s.Value)
	case *CSVRead:
		p.word(token.CSVRead)
		p.expr(s.Path, looseLevel)
		p.into(s.Into)
	case *CSVWrite:
		p.word(token.CSVWrite)
		p.operands(s.Path, s.Value)
	case *Connect:
		p.word(token.DBConnect)
		p.put(s.Kind.Name, ", ")
		p.operands(s.Source)
	case *Disconnect:
		p.word(token.DBDisconnect)
		p.put(s.Kind.Name, ";")
	case *Query:
		p.word(token.DBQuery)
		p.expr(s.SQL, looseLevel)
		p.put(", ")
		p.expr(s.Params, looseLevel)
		p.into(s.Into)
	case *Execute:
		p.word(token.DBExecute)
		p.operands(s.SQL, s.Params)
	case *Route:
		p.word(token.Route)
		p.put(s.Method, ", ", quote(s.Path.Value), " ")
		p.block(s.Body)
	case *Timer:
		p.word(token.Schedule)
		p.put(s.Seconds.Literal, " ")
		p.block(s.Body)
	case *Respond:
		p.word(token.Respond)
		p.operands(s.Status, s.Body, s.Headers)
	case *Unrun:
		p.unrun(s)
	}
}

func (p *printer) condition(x Expr, word token.Kind) {
	p.put("(")
	p.expr(x, looseLevel)
	p.put(") ")
	p.word(word)
}

func (p *printer) unrun(s *Unrun) {
	p.put(s.Keyword.String())
	if s.Keyword == token.StopServer {
		p.put(";")
		return
	}
	p.put(" ")
	if s.Keyword == token.Select {
		last := len(s.Names) - 1
		p.names(s.Names[:last])
		p.put(" ")
		p.word(token.From)
		p.name(s.Names[last])
		if len(s.Args) > 0 {
			p.put(" ")
			p.word(token.Where)
		}
	} else if len(s.Names) > 0 {
		p.names(s.Names)
		p.put(", ")
	}
	p.operands(s.Args...)
}
