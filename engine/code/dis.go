package code

import (
	"fmt"
	"io"
	"strconv"

	"etamil/engine/value"
)

// Disassemble writes the instructions of p with the lines they come from.
func Disassemble(w io.Writer, p *Program) {
	if p.Main != nil {
		disFunc(w, p, "main", p.Main)
	}
	if p.Prelude != nil {
		disFunc(w, p, "prelude", p.Prelude)
	}
	for i := range p.Routes {
		disFunc(w, p, "route "+p.Routes[i].Method+" "+p.Routes[i].Path, p.Routes[i].Body)
	}
	for i := range p.Timers {
		disFunc(w, p, "timer "+strconv.Itoa(p.Timers[i].Seconds)+"s", p.Timers[i].Body)
	}
	for _, f := range p.Funcs {
		if f != nil && f.Code != nil {
			disFunc(w, p, "function "+f.Name, f)
		}
	}
}

func disFunc(w io.Writer, p *Program, title string, f *Func) {
	fmt.Fprintf(w, "%s  (%d parameters, %d registers)\n", title, f.Params, f.Regs)
	line := 0
	file := ""
	for pc, ins := range f.Code {
		if s := f.Spans[pc]; s.IsValid() {
			if l := s.Pos().Line; l != line || s.File.Name != file {
				line, file = l, s.File.Name
				text, _ := s.File.LineText(l)
				fmt.Fprintf(w, "  %s:%d: %s\n", file, line, text)
			}
		}
		fmt.Fprintf(w, "    %5d  %-20s %s\n", pc, ins.Op, Operands(p, f, ins))
	}
	fmt.Fprintln(w)
}

// Operands returns the operands of one instruction as text.
func Operands(p *Program, f *Func, ins Instr) string {
	s := ops[ins.Op].shape
	out := ""
	for i, o := range [3]struct {
		u use
		v int32
	}{{s.a, ins.A}, {s.b, ins.B}, {s.c, ins.C}} {
		if o.u == none {
			continue
		}
		if out != "" {
			out += ", "
		}
		out += operand(p, f, o.u, o.v)
		_ = i
	}
	switch ins.Op {
	case Compare:
		out += "  " + [...]string{"<", "<=", ">", ">=", "==", "!="}[ins.N]
	case JumpTrue, JumpLess, JumpLessK, JumpLessEqual, JumpLessEqualK, JumpGreaterK, JumpGreaterEqualK, JumpEqual, JumpEqualK:
		if ins.N == 0 {
			out += "  (if not)"
		}
	}
	return out
}

func operand(p *Program, f *Func, u use, v int32) string {
	switch u {
	case reg, regOpt:
		if v < 0 {
			return "-"
		}
		if int(v) < len(f.Names) {
			return fmt.Sprintf("r%d(%s)", v, f.Names[v])
		}
		return "r" + strconv.Itoa(int(v))
	case konst:
		k := f.Consts[v]
		text := value.Display(&k, 40)
		if k.Kind() == value.Text {
			text = strconv.Quote(text)
		}
		return text
	case global:
		if v < 0 {
			return "-"
		}
		return "g(" + p.Globals[v] + ")"
	case target:
		return "→" + strconv.Itoa(int(v))
	case fn:
		return p.Funcs[v].Name
	case native:
		return p.Natives[v].ID
	case keys:
		return fmt.Sprintf("%q", p.Keys[v].Names())
	case raise:
		return p.Raises[v].Def.Code.String()
	}
	return strconv.Itoa(int(v))
}

// Verify checks that every operand of p is in range, so that a fault of the
// compiler shows when a program is made, not while it runs.
func Verify(p *Program) error {
	check := func(f *Func) error {
		if len(f.Code) != len(f.Spans) {
			return fmt.Errorf("%s: %d instructions, %d spans", f.Name, len(f.Code), len(f.Spans))
		}
		for pc, ins := range f.Code {
			if ins.Op >= NumOps {
				return fmt.Errorf("%s:%d: no such operation", f.Name, pc)
			}
			s := ops[ins.Op].shape
			for _, o := range [3]struct {
				u use
				v int32
			}{{s.a, ins.A}, {s.b, ins.B}, {s.c, ins.C}} {
				low, limit := 0, 0
				switch o.u {
				case none, count:
					continue
				case reg:
					limit = f.Regs
				case regOpt:
					low, limit = -1, f.Regs
				case konst:
					limit = len(f.Consts)
				case global:
					low, limit = -1, len(p.Globals)
				case target:
					limit = len(f.Code)
				case fn:
					limit = len(p.Funcs)
				case native:
					limit = len(p.Natives)
				case keys:
					limit = len(p.Keys)
				case raise:
					limit = len(p.Raises)
				}
				if int(o.v) < low || int(o.v) >= limit {
					return fmt.Errorf("%s:%d: %s: operand %d out of range", f.Name, pc, ins.Op, o.v)
				}
			}
			last := 0
			switch ins.Op {
			case MakeArray, JoinAll:
				last = int(ins.B) + int(ins.C)
			case MakeRecord:
				last = int(ins.B) + len(p.Keys[ins.C].Names())
			case Call, CallBuiltin, Prepare:
				last = int(ins.A) + max(int(ins.C), 1)
			case IterInit:
				last = int(ins.A) + 2
			}
			if last > f.Regs {
				return fmt.Errorf("%s:%d: %s: registers up to %d, window of %d", f.Name, pc, ins.Op, last, f.Regs)
			}
		}
		// Behind the last instruction that runs there is one that does not.
		if n := len(f.Code); n < 2 || f.Code[n-1].Op != End || f.Code[n-2].Op != End && f.Code[n-2].Op != Return {
			return fmt.Errorf("%s: code does not end", f.Name)
		}
		if len(f.Spans) != len(f.Code) || f.Regs < 1 || f.Params > f.Regs {
			return fmt.Errorf("%s: impossible sizes", f.Name)
		}
		return nil
	}
	all := append([]*Func{}, p.Funcs...)
	all = append(all, p.Main, p.Prelude)
	for i := range p.Routes {
		all = append(all, p.Routes[i].Body)
	}
	for i := range p.Timers {
		all = append(all, p.Timers[i].Body)
	}
	for _, f := range all {
		if f == nil || f.Code == nil {
			continue
		}
		if err := check(f); err != nil {
			return err
		}
	}
	return nil
}
