package builtin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"time"

	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// machine is a run as the builtins see it: a host over memory, and budgets
// that count only above 0.
type machine struct {
	host               host.Host
	ctx                context.Context
	steps, bytes       int
	maxSteps, maxBytes int
	uploads            []host.Upload
	answers            []Answer
}

var _ Machine = (*machine)(nil)

func (m *machine) Context() context.Context {
	if m.ctx == nil {
		return context.Background()
	}
	return m.ctx
}
func (m *machine) Host() *host.Host { return &m.host }
func (m *machine) Session() host.Session {
	if m.host.Databases == nil {
		return NoDatabases
	}
	return m.host.Databases.Session()
}
func (m *machine) Answer(a Answer) { m.answers = append(m.answers, a) }

func (m *machine) Charge(n int) error {
	if n < 0 {
		panic("charged less than nothing")
	}
	if m.steps += n; m.maxSteps > 0 && m.steps > m.maxSteps {
		return diag.StepBudget.New(m.maxSteps)
	}
	return nil
}

func (m *machine) Grow(n int) error {
	if n < 0 {
		panic("grown by less than nothing")
	}
	if m.bytes += n; m.maxBytes > 0 && m.bytes > m.maxBytes {
		return diag.MemoryBudget.New(m.maxBytes)
	}
	return nil
}

func (m *machine) Upload(i int) (*host.Upload, bool) {
	if i < 0 || i >= len(m.uploads) {
		return nil, false
	}
	return &m.uploads[i], true
}

// clock stands still.
type clock time.Time

func (c clock) Now() time.Time { return time.Time(c) }

// variables are an environment.
type variables map[string]string

func (e variables) Lookup(name string) (string, bool) { v, ok := e[name]; return v, ok }

// secret is a key of tokens.
type secret string

func (s secret) TokenKey() ([]byte, error) {
	if s == "" {
		return nil, errors.New("the state directory is gone")
	}
	return []byte(s), nil
}

// counter is randomness that can be foretold.
type counter struct{ n byte }

func (c *counter) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = c.n
		c.n++
	}
	return len(p), nil
}

// files are kept in memory.
type files map[string][]byte

var errFull = errors.New("disk full")

func (f files) ReadFile(path string) ([]byte, error) {
	data, ok := f[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return data, nil
}

func (f files) WriteFile(path string, data []byte) error {
	switch {
	case path == "full":
		return errFull
	case strings.HasPrefix(path, ".."):
		return host.ErrNotPermitted
	}
	f[path] = bytes.Clone(data)
	return nil
}

func (f files) AppendFile(path string, data []byte) error {
	f[path] = append(f[path], data...)
	return nil
}

func (f files) Open(path string) (host.File, error) {
	data, err := f.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return &openFile{bytes.NewReader(data), false}, nil
}

func (f files) Replace(path string, fill func(io.Writer) error) error {
	if path == "full" {
		return errFull
	}
	var b bytes.Buffer
	if err := fill(&b); err != nil {
		return err
	}
	f[path] = b.Bytes()
	return nil
}

type openFile struct {
	*bytes.Reader
	closed bool
}

func (f *openFile) Size() (int64, error) { return f.Reader.Size(), nil }
func (f *openFile) Close() error         { f.closed = true; return nil }

// web answers with what it was given and keeps the requests.
type web struct {
	requests []*host.HTTPRequest
	answer   *host.HTTPResponse
	err      error
}

func (w *web) Do(_ context.Context, r *host.HTTPRequest) (*host.HTTPResponse, error) {
	w.requests = append(w.requests, r)
	return w.answer, w.err
}

// programs run nothing.
type programs struct {
	program string
	args    []string
	limit   time.Duration
	result  *host.ProgramResult
	err     error
}

func (p *programs) Run(_ context.Context, program string, args []string, limit time.Duration) (*host.ProgramResult, error) {
	p.program, p.args, p.limit = program, args, limit
	return p.result, p.err
}

// of makes a value of what Go has: nil, bool, int, string, []any, map.
func of(x any) value.Value {
	switch x := x.(type) {
	case nil:
		return value.NilValue()
	case bool:
		return value.Bool(x)
	case int:
		return value.Int(x)
	case string:
		return value.String(x)
	case decimal.Decimal:
		return value.Num(x)
	case value.Value:
		return x
	case []any:
		elements := make([]value.Value, len(x))
		for i := range x {
			elements[i] = of(x[i])
		}
		v, _ := value.ArrayOf(elements)
		return v
	case map[string]any:
		v := value.NewRecord(len(x))
		for name := range maps.Keys(x) {
			v.Set(name, of(x[name]))
		}
		return v
	}
	panic("no value")
}

func ok(x any) value.Value  { return value.OkOf(of(x)) }
func bad(x any) value.Value { v, _ := value.Err(of(x)); return v }

func num(t testing.TB, s string) decimal.Decimal {
	t.Helper()
	d, ok := decimal.Parse(s)
	if !ok {
		t.Fatalf("%q is no number", s)
	}
	return d
}

// try calls a builtin as a program does.
func try(m Machine, name string, args ...any) (value.Value, error) {
	b, found := Lookup(name)
	if !found {
		panic("no builtin " + name)
	}
	values := make([]value.Value, len(args))
	for i := range args {
		values[i] = of(args[i])
	}
	return b.Call(m, name, values)
}

// call is try for what cannot fail; it returns the printed form.
func call(t testing.TB, m Machine, name string, args ...any) string {
	t.Helper()
	v, err := try(m, name, args...)
	if err != nil {
		t.Fatalf("%s%v: %v", name, args, err)
	}
	s, _ := value.ToText(&v, 0)
	return s
}

// wantFailure checks that a call answers a தவறு whose text has a Tamil part,
// two blanks and an English part that contains the words.
func wantFailure(t testing.TB, m Machine, words, name string, args ...any) {
	t.Helper()
	v, err := try(m, name, args...)
	if err != nil {
		t.Errorf("%s%.80v: error %v, want தவறு", name, args, err)
		return
	}
	if v.Kind() != value.Failure {
		t.Errorf("%s%.80v: %.80s, want தவறு", name, args, value.Display(&v, 100))
		return
	}
	inside := v.Inside()
	text, _, _ := strings.Cut(inside.Str(), " [ET") // the tag of a failure of databases
	ta, en, two := strings.Cut(text, "  (")
	if !two || !strings.HasSuffix(en, ")") || !strings.ContainsFunc(ta, func(r rune) bool { return r >= 0x0B80 && r <= 0x0BFF }) {
		t.Errorf("%s%.80v: %q is not in both languages", name, args, inside.Str())
	}
	if !strings.Contains(en, words) {
		t.Errorf("%s%.80v: %q, want %q in it", name, args, inside.Str(), words)
	}
}

// wantError checks that a call is a run-time error with that code and sentence.
func wantError(t testing.TB, m Machine, def *diag.Def, words, name string, args ...any) {
	t.Helper()
	v, err := try(m, name, args...)
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Def != def || !strings.Contains(d.Message().En, words) {
		t.Errorf("%s%.80v: %.80s, %v, want %v: %s", name, args, value.Display(&v, 100), err, def.Code, words)
	}
}

func at(year int, month time.Month, day, hour, minute int) clock {
	return clock(time.Date(year, month, day, hour, minute, 0, 0, time.UTC))
}
