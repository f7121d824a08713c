package stdlib

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"etamil/engine/builtin"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// A machine counts what natives announce and ends them at its limits, which
// count only above 0.
type machine struct {
	steps, bytes       int
	maxSteps, maxBytes int
}

func (m *machine) Context() context.Context        { return context.Background() }
func (m *machine) Host() *host.Host                { return &host.Host{} }
func (m *machine) Answer(builtin.Answer)           {}
func (m *machine) Session() host.Session           { return builtin.NoDatabases }
func (m *machine) Upload(int) (*host.Upload, bool) { return nil, false }
func (m *machine) Charge(n int) error {
	if n < 0 {
		panic(fmt.Sprintf("charged %d", n))
	}
	if m.steps += n; m.maxSteps > 0 && m.steps > m.maxSteps {
		return diag.StepBudget.New(m.maxSteps)
	}
	return nil
}
func (m *machine) Grow(n int) error {
	if n < 0 {
		panic(fmt.Sprintf("grown by %d", n))
	}
	if m.bytes += n; m.maxBytes > 0 && m.bytes > m.maxBytes {
		return diag.MemoryBudget.New(m.maxBytes)
	}
	return nil
}

// invoke calls a function as the machine of a program does: arguments counted
// and prepared by the row.
func invoke(m builtin.Machine, f *Function, args ...value.Value) (value.Value, error) {
	if len(args) != len(f.Args) {
		return value.Value{}, diag.WrongArgumentCount.New(f.Name.Tamil, len(f.Args), len(args))
	}
	args = slices.Clone(args)
	for i := range args {
		args[i].Share()
	}
	if err := f.Prepare(m, f.Name.Tamil, args); err != nil {
		return value.Value{}, err
	}
	return f.Func(m, args)
}

// lookup finds a function by any spelling.
func lookup(name string) *Function {
	module, ok := ModuleOf(name)
	if !ok {
		return nil
	}
	rows := Functions(module)
	for i := range rows {
		if n := rows[i].Name; n.Tamil == name || n.Roman == name || n.English == name {
			return &rows[i]
		}
	}
	return nil
}

// eval computes an expression of literals and calls of library functions, and
// of சரி, தவறு.
func eval(m builtin.Machine, expr string) (value.Value, error) {
	p := evaluator{rest: expr, m: m}
	v, err := p.expression()
	if err == nil && strings.TrimSpace(p.rest) != "" {
		err = fmt.Errorf("left over: %s", p.rest)
	}
	return v, err
}

type evaluator struct {
	rest string
	m    builtin.Machine
}

var errSyntax = errors.New("the test's expression is wrong")

func (p *evaluator) next() byte {
	p.rest = strings.TrimLeft(p.rest, " \n\t")
	if p.rest == "" {
		return 0
	}
	return p.rest[0]
}

func (p *evaluator) take(s string) bool {
	p.next()
	after, ok := strings.CutPrefix(p.rest, s)
	if ok {
		p.rest = after
	}
	return ok
}

func (p *evaluator) expression() (value.Value, error) {
	switch c := p.next(); {
	case c == '-':
		p.take("-")
		v, err := p.expression()
		return value.Num(value.ToNumber(&v).Negate()), err
	case c == '"':
		return value.String(p.literal()), nil
	case c >= '0' && c <= '9':
		n := len(p.rest) - len(strings.TrimLeft(p.rest, "0123456789."))
		d, ok := decimal.ParseLiteral(p.rest[:n])
		if !ok {
			return value.Value{}, errSyntax
		}
		p.rest = p.rest[n:]
		if p.take("%") {
			d = d.Percent()
		}
		return value.Num(d), nil
	case c == '[':
		p.take("[")
		elems, err := p.list("]")
		if err != nil {
			return value.Value{}, err
		}
		v, ok := value.ArrayOf(elems)
		return v, deep(ok)
	case c == '{':
		p.take("{")
		v := value.NewRecord(0)
		for !p.take("}") {
			name := ""
			if p.next() == '"' {
				name = p.literal()
			} else {
				name = p.name()
			}
			if !p.take(":") {
				return value.Value{}, errSyntax
			}
			x, err := p.expression()
			if err != nil {
				return value.Value{}, err
			}
			if _, has := v.Get(name); !has {
				v.Set(name, x)
			}
			p.take(",")
		}
		return v, nil
	}
	switch name := p.name(); name {
	case "":
		return value.Value{}, errSyntax
	case "மெய்":
		return value.Bool(true), nil
	case "பொய்":
		return value.Bool(false), nil
	case "இன்மை":
		return value.NilValue(), nil
	default:
		if !p.take("(") {
			return value.Value{}, errSyntax
		}
		args, err := p.list(")")
		if err != nil {
			return value.Value{}, err
		}
		switch name {
		case "சரி":
			v, ok := value.Ok(args[0])
			return v, deep(ok)
		case "தவறு":
			v, ok := value.Err(args[0])
			return v, deep(ok)
		}
		f := lookup(name)
		if f == nil {
			return value.Value{}, diag.UnknownFunction.New(name)
		}
		return invoke(p.m, f, args...)
	}
}

func (p *evaluator) list(end string) ([]value.Value, error) {
	var list []value.Value
	for !p.take(end) {
		v, err := p.expression()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if !p.take(",") && !strings.HasPrefix(strings.TrimSpace(p.rest), end) {
			return nil, errSyntax
		}
	}
	return list, nil
}

func (p *evaluator) name() string {
	p.next()
	n := 0
	for n < len(p.rest) {
		r, w := utf8.DecodeRuneInString(p.rest[n:])
		if !(r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r >= 0x0B80 && r <= 0x0BFF) {
			break
		}
		n += w
	}
	name := p.rest[:n]
	p.rest = p.rest[n:]
	return name
}

func (p *evaluator) literal() string {
	var b strings.Builder
	i := 1
	for ; p.rest[i] != '"'; i++ {
		if p.rest[i] != '\\' {
			b.WriteByte(p.rest[i])
			continue
		}
		i++
		switch p.rest[i] {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case '"', '\\':
			b.WriteByte(p.rest[i])
		default:
			b.WriteByte('\\')
			b.WriteByte(p.rest[i])
		}
	}
	p.rest = p.rest[i+1:]
	return b.String()
}

// shows returns what அச்சு prints for an expression, or "✗ ET4021" with the
// code of its error.
func shows(m builtin.Machine, expr string) string {
	v, err := eval(m, expr)
	if err != nil {
		var d *diag.Diagnostic
		if errors.As(err, &d) {
			return "✗ " + d.Code().String()
		}
		return "✗ " + err.Error()
	}
	s, _ := value.ToText(&v, 0)
	return s
}

// An example is an expression and what shows gives for it.
type example struct{ expr, want string }

func check(t *testing.T, examples []example) {
	t.Helper()
	for _, e := range examples {
		if got := shows(&machine{}, e.expr); got != e.want {
			t.Errorf("%s\n got %s\nwant %s", e.expr, got, e.want)
		}
	}
}
