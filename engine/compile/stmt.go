package compile

import (
	"strings"

	"etamil/engine/code"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/syntax"
	"etamil/engine/token"
	"etamil/engine/value"
)

func (f *function) stmt(s syntax.Stmt) {
	f.next = f.first
	if _, ok := s.(*syntax.Function); f.p.Trace && !ok {
		f.emit(code.Instr{Op: code.Mark}, s.Word())
	}
	switch s := s.(type) {
	case *syntax.Declare:
		r := f.own(s.Name.Text)
		f.loadConst(value.Num(decimal.Decimal{}), r, s.Word())
		f.define(r)
	case *syntax.Assign:
		f.assign(s)
	case *syntax.SetIndex:
		i := f.operand(s.Index)
		v := f.operand(s.Value)
		r := f.target(s.Name.Text, s.Name.Loc)
		f.emit(code.Instr{Op: code.SetIndex, A: r, B: i, C: v}, s.Bracket)
	case *syntax.SetField:
		v := f.operand(s.Value)
		r := f.target(s.Name.Text, s.Name.Loc)
		f.emit(code.Instr{Op: code.SetField, A: r, B: f.konst(value.FrozenString(s.Field.Text)), C: v}, s.Dot)
	case *syntax.CallStmt:
		f.call(s.Call, -1)
	case *syntax.Function:
		// Definitions are not executed; bodies() compiled it.
	case *syntax.Return:
		f.returns(s)
	case *syntax.Import:
		f.raise(code.Prepared{Def: diag.ImportInBlock}, s.Word())
	case *syntax.If:
		f.ifs(s)
	case *syntax.While:
		f.while(s)
	case *syntax.ForEach:
		f.forEach(s)
	case *syntax.Print:
		f.emit(code.Instr{Op: code.Print, A: f.operand(s.Value)}, s.Word())
	case *syntax.Input:
		if v, ok := s.Target.(*syntax.Variable); ok {
			r := f.own(v.Name)
			f.emit(code.Instr{Op: code.Input, A: r}, s.Word())
			f.define(r)
		} else {
			f.emit(code.Instr{Op: code.Input, A: -1}, s.Word())
		}
	case *syntax.FileOpen:
		f.fileOpen(s)
	case *syntax.FileClose:
		// Closing has no effect but the evaluation of the path.
		f.emit(code.Instr{Op: code.PathCheck, A: f.operand(s.Path)}, s.Word())
	case *syntax.FileRead:
		path := f.operand(s.Path)
		r := f.own(s.Into.Text)
		f.emit(code.Instr{Op: code.FileRead, A: r, B: path}, s.Word())
		f.define(r)
	case *syntax.CSVRead:
		path := f.operand(s.Path)
		r := f.own(s.Into.Text)
		f.emit(code.Instr{Op: code.CSVRead, A: r, B: path}, s.Word())
		f.define(r)
	case *syntax.FileWrite:
		f.fileWrite(s.Path, s.Value, s.Word())
	case *syntax.CSVWrite:
		f.fileWrite(s.Path, s.Value, s.Word())
	case *syntax.Connect:
		source := f.operand(s.Source)
		if !knownKind(s.Kind.Name) {
			f.raise(code.Prepared{Def: diag.UnknownDatabase, Args: []any{s.Kind.Name}, Help: kindHelp}, s.Kind.Loc)
			return
		}
		f.emit(code.Instr{Op: code.Connect, A: f.konst(value.FrozenString(s.Kind.Name)), B: source}, s.Word())
	case *syntax.Disconnect:
		f.emit(code.Instr{Op: code.Disconnect, A: f.konst(value.FrozenString(s.Kind.Name))}, s.Word())
	case *syntax.Query:
		sql := f.operand(s.SQL)
		params := f.operand(s.Params)
		r := f.own(s.Into.Text)
		f.emit(code.Instr{Op: code.Query, A: r, B: sql, C: params}, s.Word())
		f.define(r)
	case *syntax.Execute:
		sql := f.operand(s.SQL)
		f.emit(code.Instr{Op: code.Execute, A: sql, B: f.operand(s.Params)}, s.Word())
	case *syntax.Route:
		f.raise(code.Prepared{Def: diag.NotServing, Args: []any{token.Route.String()}, Help: serveHelp}, s.Word())
	case *syntax.Timer:
		f.raise(code.Prepared{Def: diag.NotServing, Args: []any{token.Schedule.String()}, Help: serveHelp}, s.Word())
	case *syntax.Respond:
		status := f.operand(s.Status)
		body := f.operand(s.Body)
		headers := int32(-1)
		if s.Headers != nil {
			headers = f.operand(s.Headers)
		}
		f.emit(code.Instr{Op: code.Respond, A: status, B: body, C: headers}, s.Word())
	case *syntax.Unrun:
		f.raise(code.Prepared{Def: diag.StatementNotRun, Args: []any{s.Keyword.String()}}, s.Word())
	default:
		panic("BUG: statement without a compilation")
	}
}

// serveHelp is what an author may do about a route without a server.
var serveHelp = &diag.Text{
	Ta: "etamil serve கட்டளை கொண்டு இயக்குங்கள்",
	En: "run it with etamil serve",
}

// kindHelp names the kinds that have drivers.
var kindHelp = &diag.Text{
	Ta: "சீகுலைட், போச்குரசீகுல், மைசீகுல் ஆகியவற்றில் ஒன்றை எழுதுங்கள்",
	En: "write _SQLite, _PostgreSQL or _MySQL",
}

// knownKind reports whether name is one of the kinds of database.
func knownKind(name string) bool {
	switch name {
	case "SQL", "NoSQL", "SQLite", "MySQL", "PostgreSQL", "MongoDB", "Redis", "JSONdb":
		return true
	}
	return false
}

func (f *function) assign(s *syntax.Assign) {
	r := f.own(s.Name.Text)
	if c, ok := s.Value.(*syntax.Call); ok && !f.p.Plain && f.appendTo(s, c, r) {
		return
	}
	f.expr(s.Value, r)
	f.define(r)
}

// appendTo compiles a = இணை(a, x) to an append in place.
func (f *function) appendTo(s *syntax.Assign, c *syntax.Call, r int32) bool {
	d, b := f.p.resolve(c.Name.Text, f.library)
	if d != nil || b == nil || b.ID != "append" || len(c.Args) != 2 {
		return false
	}
	v, ok := c.Args[0].(*syntax.Variable)
	if !ok || v.Name != s.Name.Text || !f.isDefined(r) || isAnswer(v.Name) {
		return false
	}
	x := f.operand(c.Args[1])
	f.emit(code.Instr{Op: code.AppendTo, A: r, B: x}, c.Name.Loc)
	return true
}

// isAnswer reports whether a call may change the variable of that name while
// an expression is evaluated.
func isAnswer(name string) bool {
	return strings.HasPrefix(name, "response_")
}

// target returns the register of a variable whose element or field is set; in
// a function that has no such variable yet it gets a copy of the global.
func (f *function) target(name string, at token.Span) int32 {
	r := f.own(name)
	if f.isDefined(r) {
		return r
	}
	if f.locals != nil {
		f.emit(code.Instr{Op: code.Localize, A: r, C: f.global(name)}, at)
	} else {
		f.emit(code.Instr{Op: code.CheckDefined, B: r}, at)
	}
	f.define(r)
	return r
}

func (f *function) returns(s *syntax.Return) {
	if f.out.TopLevel {
		if s.Value != nil {
			f.operand(s.Value)
		}
		f.raise(code.Prepared{Def: diag.ReturnOutside}, s.Word())
		return
	}
	if s.Value == nil {
		t := f.temp()
		f.loadConst(value.NilValue(), t, s.Word())
		f.emit(code.Instr{Op: code.Return, A: t}, s.Word())
		return
	}
	f.emit(code.Instr{Op: code.Return, A: f.operand(s.Value)}, s.Word())
}

func (f *function) ifs(s *syntax.If) {
	no := f.jump(s.Cond, false)
	mark := len(f.log)
	f.block(s.Then)
	then := f.undo(mark)
	if s.Else == nil {
		f.patch(no)
		return
	}
	end := f.emit(code.Instr{Op: code.Jump}, s.Word())
	f.patch(no)
	f.block(s.Else)
	other := f.undo(mark)
	f.patch([]int{end})
	// What both branches set is set afterwards.
	both := map[int32]bool{}
	for _, r := range then {
		both[r] = true
	}
	for _, r := range other {
		if both[r] {
			f.define(r)
		}
	}
}

// while puts the test behind the body, so that a round costs one jump.
func (f *function) while(s *syntax.While) {
	toTest := f.emit(code.Instr{Op: code.Jump}, s.Word())
	start := f.here()
	mark := len(f.log)
	f.block(s.Body)
	f.undo(mark)
	f.patch([]int{toTest})
	f.next = f.first
	again := f.jump(s.Cond, true)
	f.patchTo(again, start)
}

func (f *function) forEach(s *syntax.ForEach) {
	// The walk keeps its place in two registers that last as long as the
	// loop: statements in the body start behind them.
	seq := f.operand(s.Seq)
	f.next = f.first
	it := f.temp()
	f.temp()
	f.emit(code.Instr{Op: code.IterInit, A: it, B: seq}, s.Word())
	start := f.here()
	r := f.own(s.Var.Text)
	next := f.emit(code.Instr{Op: code.IterNext, A: it, B: r}, s.Word())
	mark := len(f.log)
	f.define(r)
	first := f.first
	f.first = it + 2
	f.block(s.Body)
	f.first = first
	f.undo(mark)
	f.emit(code.Instr{Op: code.Jump, A: start}, s.Word())
	f.patch([]int{next})
}

func (f *function) fileWrite(path, v syntax.Expr, at token.Span) {
	p := f.operand(path)
	x := f.operand(v)
	f.emit(code.Instr{Op: code.FileWrite, A: p, B: x}, at)
}

// fileOpen compiles கோப்பு_திற. A text literal, and a name that nothing in the
// program sets, are the word of the mode itself; anything else is evaluated.
func (f *function) fileOpen(s *syntax.FileOpen) {
	path := f.operand(s.Path)
	word := ""
	switch m := s.Mode.(type) {
	case nil:
		word = "read"
	case *syntax.Text:
		word = m.Value
	case *syntax.Variable:
		if f.p.sets(m.Name) {
			f.emit(code.Instr{Op: code.FileMode, A: path, B: f.operand(m)}, s.Word())
			return
		}
		word = m.Name
	default:
		f.emit(code.Instr{Op: code.FileMode, A: path, B: f.operand(m)}, s.Word())
		return
	}
	if strings.EqualFold(word, "write") {
		f.emit(code.Instr{Op: code.FileTruncate, A: path}, s.Word())
	} else {
		f.emit(code.Instr{Op: code.PathCheck, A: path}, s.Word())
	}
}
