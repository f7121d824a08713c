package vm

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unsafe"

	"etamil/engine/builtin"
	"etamil/engine/code"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// Do runs the code of a top level over the globals. The error is nil, a
// *diag.Diagnostic with place and stack, or a *builtin.Exit.
func (r *Run) Do(f *code.Func) error {
	if len(r.stack) < f.Regs {
		r.grow(f.Regs)
	}
	r.high = max(r.high, f.Regs)
	r.depth = 0
	return r.loop(f)
}

// grow makes the stack hold n registers.
func (r *Run) grow(n int) {
	s := make([]value.Value, max(2*len(r.stack), n+256))
	copy(s, r.stack)
	r.stack = s
}

// fail gives err, raised by the instruction before pc of f, its place and its
// stack of calls. What fails in the library is shown where the program called
// the library: nobody can mend what stands there.
func (r *Run) fail(err error, f *code.Func, pc int) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		// From a builtin that waited when the run's context ended.
		err = r.contextError(err)
	}
	var d *diag.Diagnostic
	if !errors.As(err, &d) {
		return err
	}
	library, inner, at := f.Library, f, pc
	f, pc, depth := r.outside(f, pc)
	if library {
		d.Span = f.Spans[pc-1]
		r.blame(d, inner, at, depth, d.Span.Text())
	}
	if !d.Span.IsValid() {
		d.Span = f.Spans[pc-1]
	}
	d.Stack = d.Stack[:0]
	for i := depth - 1; i >= 0; i-- {
		fr := &r.frames[i]
		d.Stack = append(d.Stack, diag.Call{Function: fr.callee.Name, Span: fr.fn.Spans[pcOf(fr.fn, fr.ip)-1]})
	}
	return d
}

// outside returns where the program is: the instruction before pc of f, or, in
// the library, the call with which the program entered it; and how many calls
// are active there.
func (r *Run) outside(f *code.Func, pc int) (*code.Func, int, int) {
	depth := r.depth
	if !f.Library {
		return f, pc, depth
	}
	for depth > 1 && r.frames[depth-1].fn.Library {
		depth--
	}
	fr := &r.frames[depth-1]
	return fr.fn, pcOf(fr.fn, fr.ip), depth
}

// loop is the machine. It is one function with one flat switch, so that the
// window, the constants and the place in the code stay in registers of the
// processor; a case of many lines calls by name.
//
// The window, the constants and the code are walked by pointer: code.Verify has
// made sure that every operand is in range and that code ends, and a check at
// each use costs a third of the time of the loop. What is declared inside the
// loop is declared there so that it does not last from one instruction to the
// next.
func (r *Run) loop(f *code.Func) error {
	r.base = 0
	regs := unsafe.Pointer(&r.stack[0])
	consts := constsOf(f)
	ip := unsafe.Pointer(&f.Code[0]) // the next instruction
	for {
		i := (*code.Instr)(ip)
		ip = unsafe.Add(ip, unsafe.Sizeof(code.Instr{}))
		var err error
		var to int32     // where a jump goes
		var result int32 // register with the value of a call that ends
		switch i.Op {
		case code.LoadK:
			*at(regs, i.A) = *at(consts, i.B)
		case code.Move:
			v := at(regs, i.A)
			*v = *at(regs, i.B)
			v.MarkShared()
		case code.Take:
			*at(regs, i.A) = *at(regs, i.B)
		case code.GetGlobal:
			g := &r.stack[i.B]
			if !g.IsDefined() {
				err = noValue(r.prog.Globals[i.B])
				goto failed
			}
			v := at(regs, i.A)
			*v = *g
			v.MarkShared()
		case code.CheckDefined:
			if !at(regs, i.B).IsDefined() {
				err = noValue(f.Names[i.B])
				goto failed
			}
		case code.LoadLocal:
			v := at(regs, i.B)
			if !v.IsDefined() {
				if v = &r.stack[i.C]; !v.IsDefined() {
					err = noValue(r.prog.Globals[i.C])
					goto failed
				}
			}
			dst := at(regs, i.A)
			*dst = *v
			dst.MarkShared()
		case code.Localize:
			if !at(regs, i.A).IsDefined() {
				v := &r.stack[i.C]
				if !v.IsDefined() {
					err = noValue(r.prog.Globals[i.C])
					goto failed
				}
				dst := at(regs, i.A)
				*dst = *v
				dst.MarkShared()
			}

		case code.Add:
			if a, b, c := at(regs, i.A), at(regs, i.B), at(regs, i.C); !value.AddSmall(a, b, c) && !value.Add(a, b, c) {
				if err = arithmetic(decimal.Add, at(regs, i.A), at(regs, i.B), at(regs, i.C)); err != nil {
					goto failed
				}
			}
		case code.AddK:
			if a, b, c := at(regs, i.A), at(regs, i.B), at(consts, i.C); !value.AddSmall(a, b, c) && !value.Add(a, b, c) {
				if err = arithmetic(decimal.Add, at(regs, i.A), at(regs, i.B), at(consts, i.C)); err != nil {
					goto failed
				}
			}
		case code.Sub:
			if a, b, c := at(regs, i.A), at(regs, i.B), at(regs, i.C); !value.SubSmall(a, b, c) && !value.Sub(a, b, c) {
				if err = arithmetic(decimal.Sub, at(regs, i.A), at(regs, i.B), at(regs, i.C)); err != nil {
					goto failed
				}
			}
		case code.SubK:
			if a, b, c := at(regs, i.A), at(regs, i.B), at(consts, i.C); !value.SubSmall(a, b, c) && !value.Sub(a, b, c) {
				if err = arithmetic(decimal.Sub, at(regs, i.A), at(regs, i.B), at(consts, i.C)); err != nil {
					goto failed
				}
			}
		case code.Mul:
			if !value.Mul(at(regs, i.A), at(regs, i.B), at(regs, i.C)) {
				if err = arithmetic(decimal.Mul, at(regs, i.A), at(regs, i.B), at(regs, i.C)); err != nil {
					goto failed
				}
			}
		case code.MulK:
			if !value.Mul(at(regs, i.A), at(regs, i.B), at(consts, i.C)) {
				if err = arithmetic(decimal.Mul, at(regs, i.A), at(regs, i.B), at(consts, i.C)); err != nil {
					goto failed
				}
			}
		case code.Div:
			if !value.Quo(at(regs, i.A), at(regs, i.B), at(regs, i.C)) {
				if err = divide(at(regs, i.A), at(regs, i.B), at(regs, i.C)); err != nil {
					goto failed
				}
			}
		case code.DivK:
			if !value.Quo(at(regs, i.A), at(regs, i.B), at(consts, i.C)) {
				if err = divide(at(regs, i.A), at(regs, i.B), at(consts, i.C)); err != nil {
					goto failed
				}
			}
		case code.Neg:
			at(regs, i.A).SetNum(value.ToNumber(at(regs, i.B)).Negate())
		case code.Join:
			if err = r.join(at(regs, i.A), at(regs, i.B), at(regs, i.C)); err != nil {
				goto failed
			}
		case code.JoinK:
			if err = r.join(at(regs, i.A), at(regs, i.B), at(consts, i.C)); err != nil {
				goto failed
			}
		case code.JoinAll:
			if err = r.joinAll(at(regs, i.A), window(at(regs, i.B), i.C)); err != nil {
				goto failed
			}

		case code.Compare:
			var ok bool
			if ok, err = r.compare(i.N, at(regs, i.B), at(regs, i.C)); err != nil {
				goto failed
			}
			at(regs, i.A).SetBool(ok)
		case code.Not:
			at(regs, i.A).SetBool(!at(regs, i.B).Truth())

		case code.Jump:
			to = i.A
			goto jump
		case code.JumpTrue:
			if at(regs, i.B).Truth() == (i.N != 0) {
				to = i.A
				goto jump
			}
		case code.JumpLess:
			holds, ok := value.LessSmall(at(regs, i.B), at(regs, i.C))
			if !ok {
				holds = ordered(at(regs, i.B), at(regs, i.C), code.Less)
			}
			if holds == (i.N != 0) {
				to = i.A
				goto jump
			}
		case code.JumpLessK:
			holds, ok := value.LessSmall(at(regs, i.B), at(consts, i.C))
			if !ok {
				holds = ordered(at(regs, i.B), at(consts, i.C), code.Less)
			}
			if holds == (i.N != 0) {
				to = i.A
				goto jump
			}
		case code.JumpLessEqual:
			holds, ok := value.LessSmall(at(regs, i.C), at(regs, i.B))
			if ok {
				holds = !holds
			} else {
				holds = ordered(at(regs, i.B), at(regs, i.C), code.LessEqual)
			}
			if holds == (i.N != 0) {
				to = i.A
				goto jump
			}
		case code.JumpLessEqualK:
			holds, ok := value.LessSmall(at(consts, i.C), at(regs, i.B))
			if ok {
				holds = !holds
			} else {
				holds = ordered(at(regs, i.B), at(consts, i.C), code.LessEqual)
			}
			if holds == (i.N != 0) {
				to = i.A
				goto jump
			}
		case code.JumpGreaterK:
			holds, ok := value.LessSmall(at(consts, i.C), at(regs, i.B))
			if !ok {
				holds = ordered(at(regs, i.B), at(consts, i.C), code.Greater)
			}
			if holds == (i.N != 0) {
				to = i.A
				goto jump
			}
		case code.JumpGreaterEqualK:
			holds, ok := value.LessSmall(at(regs, i.B), at(consts, i.C))
			if ok {
				holds = !holds
			} else {
				holds = ordered(at(regs, i.B), at(consts, i.C), code.GreaterEqual)
			}
			if holds == (i.N != 0) {
				to = i.A
				goto jump
			}
		case code.JumpEqual:
			var eq bool
			if eq, err = r.equal(at(regs, i.B), at(regs, i.C)); err != nil {
				goto failed
			}
			if eq == (i.N != 0) {
				to = i.A
				goto jump
			}
		case code.JumpEqualK:
			var eq bool
			if eq, err = r.equal(at(regs, i.B), at(consts, i.C)); err != nil {
				goto failed
			}
			if eq == (i.N != 0) {
				to = i.A
				goto jump
			}
		case code.Index:
			if err = index(at(regs, i.A), at(regs, i.B), at(regs, i.C), r); err != nil {
				goto failed
			}
		case code.Field:
			if err = field(at(regs, i.A), at(regs, i.B), at(consts, i.C)); err != nil {
				goto failed
			}
		case code.SetIndex:
			if err = r.setIndex(at(regs, i.A), at(regs, i.B), at(regs, i.C), f, i.A); err != nil {
				goto failed
			}
		case code.SetField:
			if err = r.setField(at(regs, i.A), at(consts, i.B).Str(), at(regs, i.C), f, i.A); err != nil {
				goto failed
			}
		case code.MakeArray:
			if err = r.makeArray(at(regs, i.A), window(at(regs, i.B), i.C)); err != nil {
				goto failed
			}
		case code.MakeRecord:
			if err = r.makeRecord(at(regs, i.A), r.prog.Keys[i.C], at(regs, i.B)); err != nil {
				goto failed
			}
		case code.Append:
			a := at(regs, i.B)
			if a.Kind() != value.Array {
				err = r.notAnArray(a, f, pcOf(f, ip))
				goto failed
			}
			if err = r.Grow(value.AppendCost(a)); err != nil {
				goto failed
			}
			n, ok := value.Append(a, *at(regs, i.C))
			if !ok {
				err = tooDeep()
				goto failed
			}
			*at(regs, i.A) = n
		case code.AppendTo:
			a := at(regs, i.A)
			if a.Kind() != value.Array {
				err = r.notAnArray(a, f, pcOf(f, ip))
				goto failed
			}
			if err = r.Grow(value.AppendCost(a)); err != nil {
				goto failed
			}
			if !value.AppendTo(a, *at(regs, i.B)) {
				err = tooDeep()
				goto failed
			}
		case code.Len:
			v := at(regs, i.B)
			switch v.Kind() {
			case value.Text:
				if err = r.letters(v); err != nil {
					goto failed
				}
				at(regs, i.A).SetNum(decimal.FromInt64(int64(v.Letters())))
			case value.Array, value.Record:
				at(regs, i.A).SetNum(decimal.FromInt64(int64(v.Len())))
			default:
				err = r.badArgument(f, pcOf(f, ip), countable, v)
				goto failed
			}

		case code.Call:
			fn := r.prog.Funcs[i.B]
			if r.depth >= MaxCalls && (!f.Library || r.depth == len(r.frames)) {
				err = diag.TooManyCalls.New(MaxCalls)
				goto failed
			}
			if r.fuel -= callCost; r.fuel < 0 {
				if err = r.refuel(); err != nil {
					goto failed
				}
				if r.host.Sampler != nil {
					r.tell(f, ip)
				}
			}
			r.frames[r.depth] = frame{fn: f, ip: ip, base: r.base, callee: fn}
			r.depth++
			r.deepest = max(r.deepest, r.depth)
			r.base += int(i.A)
			top := r.base + fn.Regs
			if top > len(r.stack) {
				r.grow(top)
			}
			r.high = max(r.high, top)
			clear(r.stack[r.base+fn.Params : top])
			f, ip, consts = fn, unsafe.Pointer(&fn.Code[0]), constsOf(fn)
			regs = unsafe.Pointer(&r.stack[r.base])
		case code.CallBuiltin:
			if r.fuel -= callCost; r.fuel < 0 {
				if err = r.refuel(); err != nil {
					goto failed
				}
				if r.host.Sampler != nil {
					r.tell(f, ip)
				}
			}
			var v value.Value
			r.now, r.nowIP = f, ip
			b := r.prog.Natives[i.B].Builtin
			if r.depth >= MaxCalls && !f.Library && r.prog.Natives[i.B].Module != "" {
				// Behind a function of the library may stand Go or eTamil.
				err = diag.TooManyCalls.New(MaxCalls)
				goto failed
			}
			args := window(at(regs, i.A), i.C)
			if v, err = b.Call(r, f.Spans[pcOf(f, ip)-1].Text(), args); err != nil {
				goto failed
			}
			if b.Effect == builtin.Network || b.Effect == builtin.Process {
				r.resume()
			}
			*at(regs, i.A) = v
		case code.Prepare:
			b := r.prog.Natives[i.B].Builtin
			args := window(at(regs, i.A), i.C)
			if err = b.Prepare(r, f.Spans[pcOf(f, ip)-1].Text(), args); err != nil {
				goto failed
			}
		case code.Return:
			result = i.A
			goto leave
		case code.Try:
			v := at(regs, i.B)
			switch v.Kind() {
			case value.Success:
				*at(regs, i.A) = v.Inside()
			case value.Failure:
				if r.depth == 0 {
					in := v.Inside()
					err = diag.UnhandledFailure.New(value.Display(&in, maxShown))
					goto failed
				}
				result = i.B
				goto leave
			default:
				err = diag.NotAResult.New(builtin.KindName(v))
				goto failed
			}
		case code.IterInit:
			v := *at(regs, i.B)
			switch v.Kind() {
			case value.Array, value.Record, value.Text:
				*at(regs, i.A) = v.Share()
				*at(regs, i.A+1) = value.Place(0)
			default:
				err = diag.CannotWalk.New(builtin.KindName(&v))
				goto failed
			}
		case code.IterNext:
			if !next(at(regs, i.A), at(regs, i.A+1), at(regs, i.B)) {
				to = i.C
				goto jump
			}

		case code.Print:
			if err = r.printLine(at(regs, i.A)); err != nil {
				goto failed
			}
		case code.Input:
			var s string
			if s, err = r.readLine(); err != nil {
				goto failed
			}
			if i.A >= 0 {
				*at(regs, i.A) = value.String(s)
			}
		case code.FileMode:
			if err = r.fileMode(at(regs, i.A), at(regs, i.B)); err != nil {
				goto failed
			}
		case code.FileTruncate:
			if err = r.fileTruncate(at(regs, i.A)); err != nil {
				goto failed
			}
		case code.FileRead:
			if err = r.fileRead(at(regs, i.A), at(regs, i.B)); err != nil {
				goto failed
			}
		case code.FileWrite:
			if err = r.fileWrite(at(regs, i.A), at(regs, i.B)); err != nil {
				goto failed
			}
		case code.CSVRead:
			if err = r.csvRead(at(regs, i.A), at(regs, i.B)); err != nil {
				goto failed
			}
		case code.PathCheck:
			if _, err = path(at(regs, i.A), diag.FileRead); err != nil {
				goto failed
			}
		case code.Connect:
			r.now, r.nowIP = f, ip
			if err = r.connect(&f.Consts[i.A], at(regs, i.B)); err != nil {
				goto failed
			}
		case code.Disconnect:
			r.now, r.nowIP = f, ip
			if err = r.Session().Disconnect(r.ctx, f.Consts[i.A].Str()); err != nil {
				goto failed
			}
		case code.Query:
			r.now, r.nowIP = f, ip
			if err = r.query(at(regs, i.A), at(regs, i.B), at(regs, i.C)); err != nil {
				goto failed
			}
		case code.Execute:
			r.now, r.nowIP = f, ip
			if err = r.execute(at(regs, i.A), at(regs, i.B)); err != nil {
				goto failed
			}
		case code.Respond:
			var headers *value.Value
			if i.C >= 0 {
				headers = at(regs, i.C)
			}
			r.answerAt = f.Spans[pcOf(f, ip)-1]
			if err = r.respond(at(regs, i.A), at(regs, i.B), headers); err != nil {
				goto failed
			}
		case code.Raise:
			p := &r.prog.Raises[i.A]
			d := p.Def.New(p.Args...)
			d.Help = p.Help
			err = d
			goto failed
		case code.Mark:
			if r.host.Trace != nil {
				span := f.Spans[pcOf(f, ip)-1]
				pos := span.Pos()
				r.host.Trace(span.File.Name, pos.Line, pos.Column)
			}
		case code.End:
			return nil
		default:
			panic("BUG: no such operation")
		}
		continue
	jump:
		// A jump back begins another round of a loop, which is charged.
		if next := unsafe.Add(unsafe.Pointer(&f.Code[0]), uintptr(to)*unsafe.Sizeof(code.Instr{})); uintptr(next) >= uintptr(ip) {
			ip = next
			continue
		} else {
			if r.fuel -= int(uintptr(ip)-uintptr(next)) / int(unsafe.Sizeof(code.Instr{})); r.fuel < 0 {
				if err = r.refuel(); err != nil {
					goto failed
				}
				if r.host.Sampler != nil {
					r.tell(f, ip)
				}
			}
			ip = next
			continue
		}
	leave:
		// The value goes where the caller put the first argument, which is
		// where the window of this call begins.
		r.depth--
		*at(regs, 0) = *at(regs, result)
		f, ip, r.base = r.frames[r.depth].fn, r.frames[r.depth].ip, r.frames[r.depth].base
		consts = constsOf(f)
		regs = unsafe.Pointer(&r.stack[r.base])
		continue
	failed:
		return r.fail(err, f, pcOf(f, ip))
	}
}

// at is register or constant i of those that begin at base.
func at(base unsafe.Pointer, i int32) *value.Value {
	return (*value.Value)(unsafe.Add(base, uintptr(i)*unsafe.Sizeof(value.Value{})))
}

// window is the n registers from v on.
func window(v *value.Value, n int32) []value.Value { return unsafe.Slice(v, n) }

func constsOf(f *code.Func) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(f.Consts)) }

// pcOf is the place of ip in the code of f.
func pcOf(f *code.Func, ip unsafe.Pointer) int {
	return int(uintptr(ip)-uintptr(unsafe.Pointer(&f.Code[0]))) / int(unsafe.Sizeof(code.Instr{}))
}

// callCost is how many steps a call costs beside those of the function.
const callCost = 4

// maxShown is how much of the contents of a failure a message shows.
const maxShown = 1000

var (
	countable = diag.Text{Ta: "சொல், அணி அல்லது பொருள்", En: "text, an array or a record"}
	anArray   = diag.Text{Ta: "அணி", En: "an array"}
)

// noValue is the error of a variable that is read before it is set.
func noValue(name string) error {
	d := diag.NoValue.New(name)
	tamilDigits := name != ""
	for _, c := range name {
		if c < '௦' || c > '௲' {
			tamilDigits = false
		}
	}
	if tamilDigits {
		d = d.WithHelp("எண்களை 0–9 இலக்கங்களால் எழுதுங்கள்", "numbers are written with the digits 0–9")
	}
	return d
}

func tooDeep() error { return diag.TooDeep.New(value.MaxDepth) }

// badArgument is the error of the builtin called before pc.
func (r *Run) badArgument(f *code.Func, pc int, want diag.Text, got *value.Value) error {
	return diag.BadArgument.New(f.Spans[pc-1].Text(), want, builtin.KindName(got))
}

func (r *Run) notAnArray(v *value.Value, f *code.Func, pc int) error {
	return r.badArgument(f, pc, anArray, v)
}

// arithmetic is the slow way of + - *: the operands are converted.
func arithmetic(op func(a, b decimal.Decimal) (decimal.Decimal, bool), dst, a, b *value.Value) error {
	d, ok := op(value.ToNumber(a), value.ToNumber(b))
	if !ok {
		return diag.Overflow.New()
	}
	dst.SetNum(d)
	return nil
}

func divide(dst, a, b *value.Value) error {
	y := value.ToNumber(b)
	if y.IsZero() {
		return diag.DivisionByZero.New()
	}
	d, ok := decimal.Quo(value.ToNumber(a), y)
	if !ok {
		return diag.Overflow.New()
	}
	dst.SetNum(d)
	return nil
}

// join is a & b.
func (r *Run) join(dst, a, b *value.Value) error {
	var left *value.Str
	if a.Kind() == value.Text {
		left = a.Part()
	} else {
		s, err := r.print(a)
		if err != nil {
			return err
		}
		left = value.Joined(s)
	}
	right, err := r.text(b)
	if err != nil {
		return err
	}
	if n := value.JoinCost(left, right); r.limits.Memory > 0 || n > maxText {
		if err := r.Grow(n); err != nil {
			return err
		}
	}
	*dst = value.OfPart(value.Join(left, right))
	if len(right) >= 256 {
		return r.Charge(len(right) / 64)
	}
	return nil
}

// joinAll is a & b & c …: a short text is made at once.
func (r *Run) joinAll(dst *value.Value, parts []value.Value) error {
	var texts [8]string
	n := 0
	for i := range parts {
		if i == len(texts) || parts[i].IsCollection() || n >= value.JoinMin {
			n = value.JoinMin
			break
		}
		s, err := r.text(&parts[i])
		if err != nil {
			return err
		}
		texts[i] = s
		n += len(s)
	}
	if n < value.JoinMin {
		if err := r.Grow(n + 64); err != nil {
			return err
		}
		*dst = value.OfPart(value.Concat(texts[:len(parts)], n))
		return nil
	}
	all := parts[0]
	for i := 1; i < len(parts); i++ {
		if err := r.join(&all, &all, &parts[i]); err != nil {
			return err
		}
	}
	*dst = all
	return nil
}

// compare is a comparison as a value.
func (r *Run) compare(how uint8, a, b *value.Value) (bool, error) {
	switch how {
	case code.Equal:
		return r.equal(a, b)
	case code.NotEqual:
		eq, err := r.equal(a, b)
		return !eq, err
	}
	return ordered(a, b, how), nil
}

// ordered is a < b and the like; false between what has no order.
func ordered(a, b *value.Value, how uint8) bool {
	c, ok := value.CmpNum(a, b)
	if !ok {
		if c, ok = value.Compare(a, b); !ok {
			return false
		}
	}
	switch how {
	case code.Less:
		return c < 0
	case code.LessEqual:
		return c <= 0
	case code.Greater:
		return c > 0
	}
	return c >= 0
}

// letters charges for finding the letters of v for the first time.
func (r *Run) letters(v *value.Value) error {
	if v.LettersKnown() {
		return nil
	}
	n := len(v.Str())
	if n > 256 {
		if err := r.Grow(n); err != nil {
			return err
		}
	}
	return r.Charge(n / 8)
}

// index is dst = a[i].
func index(dst, a, i *value.Value, r *Run) error {
	switch a.Kind() {
	case value.Array:
		n, err := place(i, a.Len())
		if err != nil {
			return err
		}
		*dst = a.At(n)
		return nil
	case value.Text:
		if err := r.letters(a); err != nil {
			return err
		}
		n, err := place(i, a.Letters())
		if err != nil {
			return err
		}
		*dst = value.LetterValue(a.Letter(n))
		return nil
	case value.Record:
		k, err := r.text(i)
		if err != nil {
			return err
		}
		v, ok := a.Get(k)
		if !ok {
			return diag.NoField.New(k)
		}
		*dst = v
		return nil
	}
	return diag.NoElements.New(builtin.KindName(a))
}

// place converts an index and holds it against a length.
func place(i *value.Value, length int) (int, error) {
	n, ok := value.Whole(i)
	if !ok {
		d := value.ToNumber(i)
		if !d.IsInt() {
			return 0, diag.IndexNotWhole.New(d)
		}
		return 0, diag.IndexOutOfRange.New(d, length)
	}
	if n < 0 || n >= length {
		return 0, diag.IndexOutOfRange.New(n, length)
	}
	return n, nil
}

// field is dst = a.name.
func field(dst, a, name *value.Value) error {
	if a.Kind() != value.Record {
		return diag.FieldOfNonRecord.New(name.Str(), builtin.KindName(a))
	}
	v, ok := a.Get(name.Str())
	if !ok {
		return diag.NoField.New(name.Str())
	}
	*dst = v
	return nil
}

func (r *Run) setIndex(target, i, v *value.Value, f *code.Func, reg int32) error {
	switch target.Kind() {
	case value.Array:
		n, err := place(i, target.Len())
		if err != nil {
			return err
		}
		if cost := target.OwnCost(); cost > 0 {
			if err := r.copying(cost); err != nil {
				return err
			}
		}
		if !target.SetAt(n, *v) {
			return tooDeep()
		}
		return nil
	case value.Record:
		k, err := r.text(i)
		if err != nil {
			return err
		}
		return r.set(target, k, v)
	}
	return diag.CannotSetElement.New(f.Names[reg], builtin.KindName(target))
}

func (r *Run) setField(target *value.Value, name string, v *value.Value, f *code.Func, reg int32) error {
	if target.Kind() != value.Record {
		return diag.CannotSetField.New(f.Names[reg], builtin.KindName(target))
	}
	return r.set(target, name, v)
}

func (r *Run) set(target *value.Value, name string, v *value.Value) error {
	if cost := target.SetCost(name); cost > 0 {
		if err := r.copying(cost); err != nil {
			return err
		}
	}
	if !target.Set(name, *v) {
		return tooDeep()
	}
	return nil
}

// copying announces a copy of n bytes and charges for it.
func (r *Run) copying(n int) error {
	if err := r.Grow(n); err != nil {
		return err
	}
	return r.Charge(n / 64)
}

func (r *Run) makeArray(dst *value.Value, from []value.Value) error {
	if err := r.Grow(64 + 24*len(from)); err != nil {
		return err
	}
	v, ok := value.ArrayOf(append(make([]value.Value, 0, len(from)), from...))
	if !ok {
		return tooDeep()
	}
	*dst = v
	return nil
}

func (r *Run) makeRecord(dst *value.Value, keys *value.Keys, first *value.Value) error {
	n := len(keys.Names())
	if err := r.Grow(64 + 24*n); err != nil {
		return err
	}
	v, ok := value.RecordOf(keys, append(make([]value.Value, 0, n), unsafe.Slice(first, n)...))
	if !ok {
		return tooDeep()
	}
	*dst = v
	return nil
}

// next moves a walk on: seq is what is walked, at the place in it.
func next(seq, at, dst *value.Value) bool {
	n := at.PlaceOf()
	switch seq.Kind() {
	case value.Array:
		if n >= seq.Len() {
			return false
		}
		*dst = seq.At(n)
		*at = value.Place(n + 1)
	case value.Record:
		if n >= seq.Len() {
			return false
		}
		name, _ := seq.FieldAt(n)
		*dst = value.String(name)
		*at = value.Place(n + 1)
	default:
		rest := seq.Str()[n:]
		if rest == "" {
			return false
		}
		w := value.LetterLen(rest)
		*dst = value.LetterValue(rest[:w])
		*at = value.Place(n + w)
	}
	return true
}

// trim removes White_Space at both ends.
func trim(s string) string { return strings.TrimFunc(s, unicode.IsSpace) }

var _ builtin.Machine = (*Run)(nil)
