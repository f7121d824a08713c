package vm

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

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
// stack of calls.
func (r *Run) fail(err error, f *code.Func, pc int) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		// From a builtin that waited when the run's context ended.
		err = r.contextError(err)
	}
	var d *diag.Diagnostic
	if !errors.As(err, &d) {
		return err
	}
	if !d.Span.IsValid() {
		d.Span = f.Spans[pc-1]
	}
	d.Stack = d.Stack[:0]
	for i := r.depth - 1; i >= 0; i-- {
		fr := &r.frames[i]
		d.Stack = append(d.Stack, diag.Call{Function: fr.callee.Name, Span: fr.fn.Spans[fr.pc-1]})
	}
	return d
}

// loop is the machine. It is one function with one flat switch, so that the
// window, the constants and the place in the code stay in registers of the
// processor; a case of many lines calls by name.
func (r *Run) loop(f *code.Func) error {
	base := 0
	regs := r.stack[base : base+f.Regs]
	ins := f.Code
	consts := f.Consts
	pc := 0
	var result int32 // register with the value of a call that ends
	var fr *frame
	var err error
	for {
		i := &ins[pc]
		pc++
		switch i.Op {
		case code.LoadK:
			regs[i.A] = consts[i.B]
		case code.Move:
			regs[i.A] = regs[i.B].Share()
		case code.Take:
			regs[i.A] = regs[i.B]
		case code.GetGlobal:
			g := &r.stack[i.B]
			if !g.IsDefined() {
				err = noValue(r.prog.Globals[i.B])
				goto failed
			}
			regs[i.A] = g.Share()
		case code.CheckDefined:
			if !regs[i.B].IsDefined() {
				err = noValue(f.Names[i.B])
				goto failed
			}
		case code.LoadLocal:
			v := &regs[i.B]
			if !v.IsDefined() {
				if v = &r.stack[i.C]; !v.IsDefined() {
					err = noValue(r.prog.Globals[i.C])
					goto failed
				}
			}
			regs[i.A] = v.Share()
		case code.Localize:
			if !regs[i.A].IsDefined() {
				v := &r.stack[i.C]
				if !v.IsDefined() {
					err = noValue(r.prog.Globals[i.C])
					goto failed
				}
				regs[i.A] = v.Share()
			}

		case code.Add:
			if !value.Add(&regs[i.A], &regs[i.B], &regs[i.C]) {
				if err = arithmetic(decimal.Add, &regs[i.A], &regs[i.B], &regs[i.C]); err != nil {
					goto failed
				}
			}
		case code.AddK:
			if !value.Add(&regs[i.A], &regs[i.B], &consts[i.C]) {
				if err = arithmetic(decimal.Add, &regs[i.A], &regs[i.B], &consts[i.C]); err != nil {
					goto failed
				}
			}
		case code.Sub:
			if !value.Sub(&regs[i.A], &regs[i.B], &regs[i.C]) {
				if err = arithmetic(decimal.Sub, &regs[i.A], &regs[i.B], &regs[i.C]); err != nil {
					goto failed
				}
			}
		case code.SubK:
			if !value.Sub(&regs[i.A], &regs[i.B], &consts[i.C]) {
				if err = arithmetic(decimal.Sub, &regs[i.A], &regs[i.B], &consts[i.C]); err != nil {
					goto failed
				}
			}
		case code.Mul:
			if !value.Mul(&regs[i.A], &regs[i.B], &regs[i.C]) {
				if err = arithmetic(decimal.Mul, &regs[i.A], &regs[i.B], &regs[i.C]); err != nil {
					goto failed
				}
			}
		case code.MulK:
			if !value.Mul(&regs[i.A], &regs[i.B], &consts[i.C]) {
				if err = arithmetic(decimal.Mul, &regs[i.A], &regs[i.B], &consts[i.C]); err != nil {
					goto failed
				}
			}
		case code.Div:
			if !value.Quo(&regs[i.A], &regs[i.B], &regs[i.C]) {
				if err = divide(&regs[i.A], &regs[i.B], &regs[i.C]); err != nil {
					goto failed
				}
			}
		case code.DivK:
			if !value.Quo(&regs[i.A], &regs[i.B], &consts[i.C]) {
				if err = divide(&regs[i.A], &regs[i.B], &consts[i.C]); err != nil {
					goto failed
				}
			}
		case code.Neg:
			regs[i.A].SetNum(value.ToNumber(&regs[i.B]).Negate())
		case code.Join:
			if err = r.join(&regs[i.A], &regs[i.B], &regs[i.C]); err != nil {
				goto failed
			}
		case code.JoinK:
			if err = r.join(&regs[i.A], &regs[i.B], &consts[i.C]); err != nil {
				goto failed
			}

		case code.Compare:
			var ok bool
			if ok, err = r.compare(i.N, &regs[i.B], &regs[i.C]); err != nil {
				goto failed
			}
			regs[i.A].SetBool(ok)
		case code.Not:
			regs[i.A].SetBool(!regs[i.B].Truth())
		case code.Truth:
			regs[i.A].SetBool(regs[i.B].Truth())

		case code.Jump:
			pc = int(i.A)
		case code.JumpTrue:
			if regs[i.B].Truth() == (i.N != 0) {
				pc = int(i.A)
			}
		case code.JumpLess:
			c, ok := value.CmpNum(&regs[i.B], &regs[i.C])
			if !ok {
				c, ok = value.Compare(&regs[i.B], &regs[i.C])
			}
			if (ok && c < 0) == (i.N != 0) {
				pc = int(i.A)
			}
		case code.JumpLessK:
			c, ok := value.CmpNum(&regs[i.B], &consts[i.C])
			if !ok {
				c, ok = value.Compare(&regs[i.B], &consts[i.C])
			}
			if (ok && c < 0) == (i.N != 0) {
				pc = int(i.A)
			}
		case code.JumpLessEqual:
			c, ok := value.CmpNum(&regs[i.B], &regs[i.C])
			if !ok {
				c, ok = value.Compare(&regs[i.B], &regs[i.C])
			}
			if (ok && c <= 0) == (i.N != 0) {
				pc = int(i.A)
			}
		case code.JumpLessEqualK:
			c, ok := value.CmpNum(&regs[i.B], &consts[i.C])
			if !ok {
				c, ok = value.Compare(&regs[i.B], &consts[i.C])
			}
			if (ok && c <= 0) == (i.N != 0) {
				pc = int(i.A)
			}
		case code.JumpGreaterK:
			c, ok := value.CmpNum(&regs[i.B], &consts[i.C])
			if !ok {
				c, ok = value.Compare(&regs[i.B], &consts[i.C])
			}
			if (ok && c > 0) == (i.N != 0) {
				pc = int(i.A)
			}
		case code.JumpGreaterEqualK:
			c, ok := value.CmpNum(&regs[i.B], &consts[i.C])
			if !ok {
				c, ok = value.Compare(&regs[i.B], &consts[i.C])
			}
			if (ok && c >= 0) == (i.N != 0) {
				pc = int(i.A)
			}
		case code.JumpEqual:
			var eq bool
			if eq, err = r.equal(&regs[i.B], &regs[i.C]); err != nil {
				goto failed
			}
			if eq == (i.N != 0) {
				pc = int(i.A)
			}
		case code.JumpEqualK:
			var eq bool
			if eq, err = r.equal(&regs[i.B], &consts[i.C]); err != nil {
				goto failed
			}
			if eq == (i.N != 0) {
				pc = int(i.A)
			}
		case code.Step:
			if r.fuel -= int(i.A); r.fuel < 0 {
				if err = r.refuel(); err != nil {
					goto failed
				}
			}

		case code.Index:
			if err = index(&regs[i.A], &regs[i.B], &regs[i.C], r); err != nil {
				goto failed
			}
		case code.Field:
			if err = field(&regs[i.A], &regs[i.B], &consts[i.C]); err != nil {
				goto failed
			}
		case code.SetIndex:
			if err = r.setIndex(&regs[i.A], &regs[i.B], &regs[i.C], f, i.A); err != nil {
				goto failed
			}
		case code.SetField:
			if err = r.setField(&regs[i.A], consts[i.B].Str(), &regs[i.C], f, i.A); err != nil {
				goto failed
			}
		case code.MakeArray:
			if err = r.makeArray(&regs[i.A], regs[i.B:int(i.B)+int(i.C)]); err != nil {
				goto failed
			}
		case code.MakeRecord:
			if err = r.makeRecord(&regs[i.A], r.prog.Keys[i.C], regs[i.B:]); err != nil {
				goto failed
			}
		case code.Append:
			a := &regs[i.B]
			if a.Kind() != value.Array {
				err = r.notAnArray(a, f, pc)
				goto failed
			}
			if err = r.Grow(value.AppendCost(a)); err != nil {
				goto failed
			}
			n, ok := value.Append(a, regs[i.C])
			if !ok {
				err = tooDeep()
				goto failed
			}
			regs[i.A] = n
		case code.AppendTo:
			a := &regs[i.A]
			if a.Kind() != value.Array {
				err = r.notAnArray(a, f, pc)
				goto failed
			}
			if err = r.Grow(value.AppendCost(a)); err != nil {
				goto failed
			}
			if !value.AppendTo(a, regs[i.B]) {
				err = tooDeep()
				goto failed
			}
		case code.Len:
			v := &regs[i.B]
			switch v.Kind() {
			case value.Text:
				if err = r.letters(v); err != nil {
					goto failed
				}
				regs[i.A].SetNum(decimal.FromInt64(int64(v.Letters())))
			case value.Array, value.Record:
				regs[i.A].SetNum(decimal.FromInt64(int64(v.Len())))
			default:
				err = r.badArgument(f, pc, countable, v)
				goto failed
			}

		case code.Call:
			fn := r.prog.Funcs[i.B]
			if r.depth == MaxCalls {
				err = diag.TooManyCalls.New(MaxCalls)
				goto failed
			}
			if r.fuel -= callCost; r.fuel < 0 {
				if err = r.refuel(); err != nil {
					goto failed
				}
			}
			r.frames[r.depth] = frame{fn: f, pc: pc, base: base, callee: fn}
			r.depth++
			r.deepest = max(r.deepest, r.depth)
			base += int(i.A)
			top := base + fn.Regs
			if top > len(r.stack) {
				r.grow(top)
			}
			r.high = max(r.high, top)
			f, ins, consts, pc = fn, fn.Code, fn.Consts, 0
			regs = r.stack[base:top]
			clear(regs[fn.Params:])
		case code.CallBuiltin:
			if r.fuel -= callCost; r.fuel < 0 {
				if err = r.refuel(); err != nil {
					goto failed
				}
			}
			var v value.Value
			b := r.prog.Natives[i.B].Builtin
			args := regs[i.A : int(i.A)+int(i.C)]
			if v, err = b.Call(r, f.Spans[pc-1].Text(), args); err != nil {
				goto failed
			}
			regs[i.A] = v
		case code.Return:
			result = i.A
			goto leave
		case code.Try:
			v := &regs[i.B]
			switch v.Kind() {
			case value.Success:
				regs[i.A] = v.Inside()
			case value.Failure:
				if r.depth == 0 {
					in := v.Inside()
					err = diag.UnhandledFailure.New(value.Display(&in, maxShown))
					goto failed
				}
				result = i.B
				goto leave
			default:
				err = diag.NotAResult.New(KindText(v))
				goto failed
			}
		case code.IterInit:
			v := regs[i.B]
			switch v.Kind() {
			case value.Array, value.Record, value.Text:
				regs[i.A] = v.Share()
				regs[i.A+1] = value.Place(0)
			default:
				err = diag.CannotWalk.New(KindText(&v))
				goto failed
			}
		case code.IterNext:
			if !next(&regs[i.A], &regs[i.A+1], &regs[i.B]) {
				pc = int(i.C)
			}

		case code.Print:
			if err = r.printLine(&regs[i.A]); err != nil {
				goto failed
			}
		case code.Input:
			var s string
			if s, err = r.readLine(); err != nil {
				goto failed
			}
			if i.A >= 0 {
				regs[i.A] = value.String(s)
			}
		case code.FileMode:
			if err = r.fileMode(&regs[i.A], &regs[i.B]); err != nil {
				goto failed
			}
		case code.FileTruncate:
			if err = r.fileTruncate(&regs[i.A]); err != nil {
				goto failed
			}
		case code.FileRead:
			if err = r.fileRead(&regs[i.A], &regs[i.B]); err != nil {
				goto failed
			}
		case code.FileWrite:
			if err = r.fileWrite(&regs[i.A], &regs[i.B]); err != nil {
				goto failed
			}
		case code.CSVRead:
			if err = r.csvRead(&regs[i.A], &regs[i.B]); err != nil {
				goto failed
			}
		case code.PathCheck:
			if _, err = path(&regs[i.A], diag.FileRead); err != nil {
				goto failed
			}
		case code.Respond:
			var headers *value.Value
			if i.C >= 0 {
				headers = &regs[i.C]
			}
			r.answerAt = f.Spans[pc-1]
			if err = r.respond(&regs[i.A], &regs[i.B], headers); err != nil {
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
				at := f.Spans[pc-1]
				pos := at.Pos()
				r.host.Trace(at.File.Name, pos.Line, pos.Column)
			}
		case code.End:
			return nil
		default:
			panic("BUG: no such operation")
		}
		continue
	leave:
		// The value goes where the caller put the first argument, which is
		// where the window of this call begins.
		r.depth--
		fr = &r.frames[r.depth]
		regs[0] = regs[result]
		f, base, pc = fr.fn, fr.base, fr.pc
		ins, consts = f.Code, f.Consts
		regs = r.stack[base : base+f.Regs]
		continue
	failed:
		return r.fail(err, f, pc)
	}
}

// callCost is how many steps a call costs beside those of the function.
const callCost = 4

// maxShown is how much of the contents of a failure a message shows.
const maxShown = 1000

var (
	countable = diag.Text{Ta: "சொல், அணி அல்லது பொருள்", En: "a text, an array or a record"}
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
	return diag.BadArgument.New(f.Spans[pc-1].Text(), want, KindText(got))
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

// compare is a comparison as a value.
func (r *Run) compare(how uint8, a, b *value.Value) (bool, error) {
	switch how {
	case code.Equal:
		return r.equal(a, b)
	case code.NotEqual:
		eq, err := r.equal(a, b)
		return !eq, err
	}
	c, ok := value.CmpNum(a, b)
	if !ok {
		if c, ok = value.Compare(a, b); !ok {
			return false, nil
		}
	}
	switch how {
	case code.Less:
		return c < 0, nil
	case code.LessEqual:
		return c <= 0, nil
	case code.Greater:
		return c > 0, nil
	}
	return c >= 0, nil
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
	return diag.NoElements.New(KindText(a))
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
		return diag.FieldOfNonRecord.New(name.Str(), KindText(a))
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
	return diag.CannotSetElement.New(f.Names[reg], KindText(target))
}

func (r *Run) setField(target *value.Value, name string, v *value.Value, f *code.Func, reg int32) error {
	if target.Kind() != value.Record {
		return diag.CannotSetField.New(f.Names[reg], KindText(target))
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

func (r *Run) makeRecord(dst *value.Value, keys *value.Keys, from []value.Value) error {
	n := len(keys.Names())
	if err := r.Grow(64 + 24*n); err != nil {
		return err
	}
	v, ok := value.RecordOf(keys, append(make([]value.Value, 0, n), from[:n]...))
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

func validUTF8(s string) bool { return utf8.ValidString(s) }

var _ builtin.Machine = (*Run)(nil)
