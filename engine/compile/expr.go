package compile

import (
	"etamil/engine/builtin"
	"etamil/engine/code"
	"etamil/engine/diag"
	"etamil/engine/syntax"
	"etamil/engine/token"
	"etamil/engine/value"
)

// operand compiles e and returns the register that holds its value: that of
// the variable itself where e is one, else one for intermediate values. An
// instruction that puts the value inside another marks it as shared.
func (f *function) operand(e syntax.Expr) int32 {
	if v, ok := e.(*syntax.Variable); ok && !f.p.Plain {
		if r, ok := f.variable(v); ok {
			return r
		}
	}
	t := f.temp()
	f.expr(e, t)
	return t
}

// variable returns the register of a variable that can be used as an operand
// where it stands: one that no call in the same expression may change. The
// check that it has a value is emitted here.
func (f *function) variable(v *syntax.Variable) (int32, bool) {
	if isAnswer(v.Name) {
		return 0, false
	}
	if f.locals != nil {
		r, ok := f.locals[v.Name]
		return r, ok && f.isDefined(r)
	}
	r := f.global(v.Name)
	if !f.isDefined(r) {
		f.emit(code.Instr{Op: code.CheckDefined, B: r}, v.Span())
		f.define(r)
	}
	return r, true
}

// expr compiles e so that its value ends up in register dst, which is written
// last: e may read the variable that dst is.
func (f *function) expr(e syntax.Expr, dst int32) {
	if k, ok := constant(e); ok {
		f.loadConst(k, dst, e.Span())
		return
	}
	save := f.next
	switch e := e.(type) {
	case *syntax.Variable:
		f.read(e, dst)
	case *syntax.Call:
		f.call(e, dst)
	case *syntax.Array:
		base := f.next
		for range e.Elems {
			f.temp()
		}
		for i, x := range e.Elems {
			f.expr(x, base+int32(i))
		}
		if len(e.Elems) == 0 {
			base = f.temp()
		}
		f.emit(code.Instr{Op: code.MakeArray, A: dst, B: base, C: int32(len(e.Elems))}, e.Span())
	case *syntax.Record:
		f.record(e, dst)
	case *syntax.Chain:
		f.chain(e, dst)
	case *syntax.Logic:
		f.boolean(e, dst)
	case *syntax.Not:
		x := f.operand(e.X)
		f.emit(code.Instr{Op: code.Not, A: dst, B: x}, e.Span())
	case *syntax.Neg:
		x := f.operand(e.X)
		f.emit(code.Instr{Op: code.Neg, A: dst, B: x}, e.Span())
	case *syntax.Postfix:
		f.postfix(e, dst)
	default:
		panic("BUG: expression without a compilation")
	}
	f.next = save
}

// read copies a variable.
func (f *function) read(v *syntax.Variable, dst int32) {
	if f.locals == nil {
		r := f.global(v.Name)
		if !f.isDefined(r) {
			f.emit(code.Instr{Op: code.CheckDefined, B: r}, v.Span())
			f.define(r)
		}
		if r != dst {
			f.emit(code.Instr{Op: code.Move, A: dst, B: r}, v.Span())
		}
		return
	}
	r, ok := f.locals[v.Name]
	switch {
	case !ok:
		f.emit(code.Instr{Op: code.GetGlobal, A: dst, B: f.global(v.Name)}, v.Span())
	case !f.isDefined(r):
		f.emit(code.Instr{Op: code.LoadLocal, A: dst, B: r, C: f.global(v.Name)}, v.Span())
	case r != dst:
		f.emit(code.Instr{Op: code.Move, A: dst, B: r}, v.Span())
	}
}

// record compiles a literal: every value is evaluated, of a repeated key the
// first counts.
func (f *function) record(e *syntax.Record, dst int32) {
	var names []string
	seen := map[string]bool{}
	for _, fl := range e.Fields {
		if !seen[fl.Name.Text] {
			seen[fl.Name.Text] = true
			names = append(names, fl.Name.Text)
		}
	}
	base := f.next
	for range names {
		f.temp()
	}
	clear(seen)
	at := base
	for _, fl := range e.Fields {
		if seen[fl.Name.Text] {
			f.expr(fl.Value, f.temp())
			continue
		}
		seen[fl.Name.Text] = true
		f.expr(fl.Value, at)
		at++
	}
	if len(names) == 0 {
		base = f.temp()
	}
	f.emit(code.Instr{Op: code.MakeRecord, A: dst, B: base, C: f.p.keySet(names)}, e.Span())
}

// arithmetic are the operations of + - * / & between registers and, one
// further, with a constant on the right.
var arithmetic = map[token.Kind]code.Op{
	token.Plus: code.Add, token.Minus: code.Sub, token.Star: code.Mul, token.Slash: code.Div, token.Ampersand: code.Join,
}

var comparisons = map[token.Kind]uint8{
	token.Less: code.Less, token.LessEqual: code.LessEqual, token.Greater: code.Greater,
	token.GreaterEqual: code.GreaterEqual, token.Equal: code.Equal, token.NotEqual: code.NotEqual,
}

// chain compiles First op X op X …. Only the last operation writes dst, which
// may be a variable that a later operand reads.
func (f *function) chain(e *syntax.Chain, dst int32) {
	if f.joinAll(e, dst) {
		return
	}
	left := f.operand(e.First)
	inner := int32(-1)
	for i, l := range e.Links {
		to := dst
		if i < len(e.Links)-1 {
			if inner < 0 {
				inner = f.temp()
			}
			to = inner
		}
		save := f.next
		f.link(l, left, to)
		f.next = save
		left = to
	}
}

// joinAll compiles "a" & X & Y … at once, so that what is between is no text of
// its own. With something else than a constant in front, X & Y may be a text
// that grows in place (value.Join).
func (f *function) joinAll(e *syntax.Chain, dst int32) bool {
	if f.p.Plain || len(e.Links) < 2 {
		return false
	}
	if _, ok := e.First.(*syntax.Text); !ok {
		return false
	}
	for _, l := range e.Links {
		if l.Op != token.Ampersand {
			return false
		}
	}
	base := f.next
	for range len(e.Links) + 1 {
		f.temp()
	}
	f.expr(e.First, base)
	for i, l := range e.Links {
		f.expr(l.X, base+1+int32(i))
	}
	f.emit(code.Instr{Op: code.JoinAll, A: dst, B: base, C: int32(len(e.Links) + 1)}, e.Links[0].OpLoc)
	return true
}

func (f *function) link(l syntax.Link, left, to int32) {
	if op, ok := arithmetic[l.Op]; ok {
		if k, ok := constant(l.X); ok && !f.p.Plain {
			f.emit(code.Instr{Op: op + 1, A: to, B: left, C: f.konst(k)}, l.OpLoc)
			return
		}
		right := f.operand(l.X)
		f.emit(code.Instr{Op: op, A: to, B: left, C: right}, l.OpLoc)
		return
	}
	right := f.operand(l.X)
	f.emit(code.Instr{Op: code.Compare, N: comparisons[l.Op], A: to, B: left, C: right}, l.OpLoc)
}

func (f *function) postfix(e *syntax.Postfix, dst int32) {
	base := f.operand(e.Base)
	inner := int32(-1)
	for i, s := range e.Steps {
		to := dst
		if i < len(e.Steps)-1 {
			if inner < 0 {
				inner = f.temp()
			}
			to = inner
		}
		save := f.next
		switch s.Kind {
		case syntax.StepIndex:
			x := f.operand(s.Index)
			f.emit(code.Instr{Op: code.Index, A: to, B: base, C: x}, s.Loc)
		case syntax.StepField:
			f.emit(code.Instr{Op: code.Field, A: to, B: base, C: f.konst(value.FrozenString(s.Name.Text))}, s.Loc)
		case syntax.StepTry:
			f.emit(code.Instr{Op: code.Try, A: to, B: base}, s.Loc)
		}
		f.next = save
		base = to
	}
}

// boolean compiles மற்றும் and அல்லது as a value.
func (f *function) boolean(e syntax.Expr, dst int32) {
	no := f.jump(e, false)
	f.loadConst(value.Bool(true), dst, e.Span())
	end := f.emit(code.Instr{Op: code.Jump}, e.Span())
	f.patch(no)
	f.loadConst(value.Bool(false), dst, e.Span())
	f.patch([]int{end})
}

// jump compiles a condition: code that jumps, to a place filled in later,
// when the truth of e is want, and goes on with the next instruction when not.
func (f *function) jump(e syntax.Expr, want bool) []int {
	save := f.next
	defer func() { f.next = save }()
	n := uint8(0)
	if want {
		n = 1
	}
	switch e := e.(type) {
	case *syntax.Logic:
		// Terms behind the first may not be evaluated: what they find to have
		// a value is known only inside.
		stop := e.Op == token.Or // the truth that decides at once
		var out []int
		mark := -1
		if want == stop {
			for _, t := range e.Terms {
				out = append(out, f.jump(t, want)...)
				if mark < 0 {
					mark = len(f.log)
				}
			}
		} else {
			var skip []int
			for i, t := range e.Terms {
				if i < len(e.Terms)-1 {
					skip = append(skip, f.jump(t, stop)...)
				} else {
					out = f.jump(t, want)
				}
				if mark < 0 {
					mark = len(f.log)
				}
			}
			f.patch(skip)
		}
		f.undo(mark)
		return out
	case *syntax.Not:
		return f.jump(e.X, !want)
	case *syntax.Chain:
		last := e.Links[len(e.Links)-1]
		cmp, ok := comparisons[last.Op]
		if !ok || f.p.Plain {
			break
		}
		var left int32
		if len(e.Links) == 1 {
			left = f.operand(e.First)
		} else {
			left = f.temp()
			f.chain(&syntax.Chain{ExprPlace: e.ExprPlace, First: e.First, Links: e.Links[:len(e.Links)-1]}, left)
		}
		return []int{f.compareJump(cmp, left, last, n)}
	}
	x := f.operand(e)
	return []int{f.emit(code.Instr{Op: code.JumpTrue, N: n, B: x}, e.Span())}
}

func (f *function) compareJump(cmp uint8, left int32, l syntax.Link, n uint8) int {
	if cmp == code.NotEqual {
		cmp, n = code.Equal, 1-n
	}
	if k, ok := constant(l.X); ok {
		op := [...]code.Op{code.Less: code.JumpLessK, code.LessEqual: code.JumpLessEqualK,
			code.Greater: code.JumpGreaterK, code.GreaterEqual: code.JumpGreaterEqualK, code.Equal: code.JumpEqualK}[cmp]
		return f.emit(code.Instr{Op: op, N: n, B: left, C: f.konst(k)}, l.OpLoc)
	}
	right := f.operand(l.X)
	ins := code.Instr{N: n, B: left, C: right}
	switch cmp {
	case code.Less:
		ins.Op = code.JumpLess
	case code.LessEqual:
		ins.Op = code.JumpLessEqual
	case code.Greater:
		ins.Op, ins.B, ins.C = code.JumpLess, right, left
	case code.GreaterEqual:
		ins.Op, ins.B, ins.C = code.JumpLessEqual, right, left
	default:
		ins.Op = code.JumpEqual
	}
	return f.emit(ins, l.OpLoc)
}

// call compiles a call; the value goes to dst, nowhere when that is negative.
func (f *function) call(c *syntax.Call, dst int32) {
	save := f.next
	defer func() { f.next = save }()
	d, b := f.p.resolve(c.Name.Text, f.library)
	if d != nil && d.native {
		f.native(d.library, d.row, c, dst)
		return
	}
	if b != nil {
		f.native("", b, c, dst)
		return
	}
	base := f.arguments(c)
	if d == nil {
		r := code.Prepared{Def: diag.UnknownFunction, Args: []any{c.Name.Text}}
		r.Help = f.p.unknownHelp(c.Name.Text)
		f.raise(r, c.Name.Loc)
		return
	}
	if want := len(d.stmt.Params); want != len(c.Args) {
		f.raise(code.Prepared{Def: diag.WrongArgumentCount, Args: []any{c.Name.Text, want, len(c.Args)}}, c.Name.Loc)
		return
	}
	if d.row != nil && checksArguments(d.row) {
		f.emit(code.Instr{Op: code.Prepare, A: base, B: f.p.native(d.library, d.row), C: int32(len(c.Args))}, c.Name.Loc)
	}
	f.emit(code.Instr{Op: code.Call, A: base, B: d.index, C: int32(len(c.Args))}, c.Name.Loc)
	if dst >= 0 {
		f.emit(code.Instr{Op: code.Take, A: dst, B: base}, c.Name.Loc)
	}
}

// checksArguments reports whether a row asks anything of its arguments.
func checksArguments(row *builtin.Builtin) bool {
	for i := range row.Args {
		if row.Args[i].Want != builtin.Any {
			return true
		}
	}
	return false
}

// arguments evaluates the arguments into registers next to one another and
// returns the first.
func (f *function) arguments(c *syntax.Call) int32 {
	base := f.temp()
	for i := 1; i < len(c.Args); i++ {
		f.temp()
	}
	for i, a := range c.Args {
		f.expr(a, base+int32(i))
	}
	return base
}

func (f *function) native(module string, b *builtin.Builtin, c *syntax.Call, dst int32) {
	if len(c.Args) != len(b.Args) {
		f.arguments(c)
		f.raise(code.Prepared{Def: diag.WrongArgumentCount, Args: []any{c.Name.Text, len(b.Args), len(c.Args)}}, c.Name.Loc)
		return
	}
	if module == "" && !f.p.Plain && dst >= 0 {
		switch b.ID {
		case "length":
			x := f.operand(c.Args[0])
			f.emit(code.Instr{Op: code.Len, A: dst, B: x}, c.Name.Loc)
			return
		case "append":
			a := f.operand(c.Args[0])
			x := f.operand(c.Args[1])
			f.emit(code.Instr{Op: code.Append, A: dst, B: a, C: x}, c.Name.Loc)
			return
		}
	}
	base := f.arguments(c)
	f.emit(code.Instr{Op: code.CallBuiltin, A: base, B: f.p.native(module, b), C: int32(len(c.Args))}, c.Name.Loc)
	if dst >= 0 {
		f.emit(code.Instr{Op: code.Take, A: dst, B: base}, c.Name.Loc)
	}
}
