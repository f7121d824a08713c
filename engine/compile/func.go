package compile

import (
	"etamil/engine/code"
	"etamil/engine/syntax"
	"etamil/engine/token"
	"etamil/engine/value"
)

// tempBase is where the registers for intermediate values of top-level code
// begin while it is compiled; relocate moves them.
const tempBase = 1 << 28

// A function is the compilation of one செயல் or one top level.
type function struct {
	p       *program
	out     *code.Func
	locals  map[string]int32 // nil at a top level: names are globals
	library string           // path of the module it stands in, "" outside the library
	// first is the first register for the intermediate values of a statement:
	// behind the variables and what surrounding loops still need.
	first  int32
	next   int32 // next free one
	most   int32 // one past the highest used
	consts map[constKey]int32

	// defined tells which variables certainly have a value here; log holds
	// those that became so, for taking it back where paths join.
	defined []bool
	log     []int32
}

type constKey struct {
	kind   value.Kind
	text   string
	lo     uint64
	hi     uint32
	scale  uint8
	neg    bool
	isTrue bool
}

func (p *program) topLevel(span token.Span) *function {
	f := &function{
		p: p, out: &code.Func{TopLevel: true, Span: span},
		first: tempBase, next: tempBase, most: tempBase, consts: map[constKey]int32{},
	}
	p.tops = append(p.tops, f.out)
	return f
}

func (p *program) function(d *definition) {
	f := &function{p: p, out: d.fn, library: d.library, locals: map[string]int32{}, consts: map[constKey]int32{}}
	// A repeated parameter holds the first of its arguments; the others
	// arrive in registers without a name that is ever looked up.
	for _, param := range d.stmt.Params {
		if _, ok := f.locals[param.Text]; !ok {
			f.locals[param.Text] = int32(len(f.out.Names))
		}
		f.out.Names = append(f.out.Names, param.Text)
	}
	f.out.Params = len(d.stmt.Params)
	assigned(d.stmt.Body.Stmts, func(name string) {
		if _, ok := f.locals[name]; !ok {
			f.locals[name] = int32(len(f.out.Names))
			f.out.Names = append(f.out.Names, name)
		}
	})
	f.defined = make([]bool, len(f.out.Names))
	for i := 0; i < f.out.Params; i++ {
		f.defined[i] = true
	}
	f.first = int32(len(f.out.Names))
	f.next, f.most = f.first, f.first
	f.block(d.stmt.Body)
	f.finish()
}

// finish ends the code and gives the function its size.
func (f *function) finish() *code.Func {
	end := f.out.Span
	if n := len(f.out.Spans); n > 0 {
		end = f.out.Spans[n-1]
	}
	if f.out.TopLevel {
		f.emit(code.Instr{Op: code.End}, end)
		f.out.Regs = int(f.most - tempBase)
	} else {
		t := f.temp()
		f.loadConst(value.NilValue(), t, end)
		f.emit(code.Instr{Op: code.Return, A: t}, end)
		f.out.Regs = int(f.most)
	}
	// Never reached: the machine's place in the code is one behind the
	// instruction it runs, and has to stay inside.
	f.emit(code.Instr{Op: code.End}, end)
	return f.out
}

func (f *function) emit(ins code.Instr, at token.Span) int {
	f.out.Code = append(f.out.Code, ins)
	f.out.Spans = append(f.out.Spans, at)
	f.p.instructions++
	if f.p.instructions == code.MaxInstructions {
		f.p.lastSpan = at
	}
	return len(f.out.Code) - 1
}

// here is the place of the next instruction.
func (f *function) here() int32 { return int32(len(f.out.Code)) }

// patch makes the jumps at these places go to the next instruction.
func (f *function) patch(jumps []int) { f.patchTo(jumps, f.here()) }

func (f *function) patchTo(jumps []int, to int32) {
	for _, j := range jumps {
		if operand, _ := f.out.Code[j].Op.IsJump(); operand == 'C' {
			f.out.Code[j].C = to
		} else {
			f.out.Code[j].A = to
		}
	}
}

func (f *function) temp() int32 {
	t := f.next
	f.next++
	f.most = max(f.most, f.next)
	return t
}

// konst returns the place of a constant.
func (f *function) konst(v value.Value) int32 {
	k := constKey{kind: v.Kind()}
	switch v.Kind() {
	case value.Number:
		d := v.Dec()
		k.lo, k.hi, k.scale, k.neg = d.Lo, d.Hi, d.Scale, d.Neg
	case value.Text:
		k.text = v.Str()
	case value.Boolean:
		k.isTrue = v.IsTrue()
	}
	if i, ok := f.consts[k]; ok {
		return i
	}
	i := int32(len(f.out.Consts))
	v.Freeze()
	f.out.Consts = append(f.out.Consts, v)
	f.consts[k] = i
	return i
}

func (f *function) loadConst(v value.Value, dst int32, at token.Span) {
	f.emit(code.Instr{Op: code.LoadK, A: dst, B: f.konst(v)}, at)
}

// own returns the register of a variable that is assigned here.
func (f *function) own(name string) int32 {
	if f.locals != nil {
		return f.locals[name]
	}
	return f.global(name)
}

// global returns the slot of a global variable. The library has slots of its
// own, which no program reads or sets.
func (f *function) global(name string) int32 {
	if f.library != "" {
		return f.p.libraryGlobal(name)
	}
	return f.p.global(name)
}

func (f *function) isDefined(r int32) bool {
	return int(r) < len(f.defined) && f.defined[r]
}

func (f *function) define(r int32) {
	for int(r) >= len(f.defined) {
		f.defined = append(f.defined, false)
	}
	if !f.defined[r] {
		f.defined[r] = true
		f.log = append(f.log, r)
	}
}

// undo takes back what became defined since mark and returns it.
func (f *function) undo(mark int) []int32 {
	taken := append([]int32(nil), f.log[mark:]...)
	for _, r := range taken {
		f.defined[r] = false
	}
	f.log = f.log[:mark]
	return taken
}

// raise emits a prepared failure.
func (f *function) raise(r code.Prepared, at token.Span) {
	f.p.out.Raises = append(f.p.out.Raises, r)
	f.emit(code.Instr{Op: code.Raise, A: int32(len(f.p.out.Raises) - 1)}, at)
}

// units compiles the statements of the top level of a program. Code of the
// library there is bound to the library; what it sets, the program gets a copy
// of under the same name.
func (f *function) units(units []Unit) {
	for _, u := range units {
		f.library = u.Library
		f.stmt(u.Stmt)
		if s, ok := u.Stmt.(*syntax.Assign); ok && u.Library != "" {
			copied := f.p.global(s.Name.Text)
			f.emit(code.Instr{Op: code.Move, A: copied, B: f.global(s.Name.Text)}, s.Word())
			f.define(copied)
		}
	}
	f.library = ""
}

func (f *function) block(b *syntax.Block) {
	for _, s := range b.Stmts {
		f.stmt(s)
	}
}
