package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// fakeSession answers statements by their text and keeps what it was asked.
type fakeSession struct {
	others
	asked  []host.Statement
	closed []bool
	sent   bool
	end    context.CancelFunc
}

// others are the methods that no test calls.
type others interface {
	RedisConnect(context.Context, string) (string, error)
	RedisClose() bool
	MongoConnect(context.Context, string, string) (string, error)
}

func (s *fakeSession) Session() host.Session { return s }

func (s *fakeSession) Connect(_ context.Context, kind, text string) error {
	if text == "refused" {
		return diag.ConnectFailed.New(kind, "no route to host")
	}
	return nil
}

func (s *fakeSession) Disconnect(_ context.Context, kind string) error {
	return diag.NotConnected.New(kind)
}

func (s *fakeSession) answer(ctx context.Context, st *host.Statement) error {
	s.asked = append(s.asked, *st)
	s.sent = true
	switch st.SQL {
	case "refused":
		return diag.DatabaseRefused.New("UNIQUE constraint failed: u.id [sqlite 1555]")
	case "locked":
		return diag.DatabaseLocked.New("5s")
	case "busy":
		return diag.NoFreeConnection.New("main", "5s")
	case "rows":
		return diag.RowBudget.New(st.Rows)
	case "late":
		s.end()
		<-ctx.Done()
		return ctx.Err()
	case "fault":
		panic("driver")
	case "slow":
		time.Sleep(30 * time.Millisecond)
	}
	return nil
}

func (s *fakeSession) Query(ctx context.Context, st *host.Statement) (value.Value, error) {
	if err := s.answer(ctx, st); err != nil {
		return value.Value{}, err
	}
	row := value.NewRecord(1)
	row.Set("n", value.Int(len(st.Params)))
	a, _ := value.ArrayOf([]value.Value{row})
	return a, nil
}

func (s *fakeSession) Execute(ctx context.Context, st *host.Statement) (int64, error) {
	return int64(len(st.Params)), s.answer(ctx, st)
}

func (s *fakeSession) RedisCommand(_ context.Context, name string, args []string, _ host.Meter) (value.Value, error) {
	if name == "WRONG" {
		return value.Value{}, &host.Reply{Text: "WRONGTYPE " + strings.Join(args, "|")}
	}
	return value.String(strings.Join(args, "|")), nil
}

func (s *fakeSession) Mongo(_ context.Context, op *host.MongoOp) (value.Value, error) {
	return value.String(op.Collection), nil
}

func (s *fakeSession) Close(failed bool) []error {
	s.closed = append(s.closed, failed)
	return []error{diag.TransactionLeftOpen.New()}
}

func (s *fakeSession) Sent() bool { return s.sent }

func (s *fakeSession) Current() (string, bool) { return "", false }

// runWith runs source over s and returns what it printed.
func runWith(t *testing.T, s *fakeSession, source string, change func(*host.Host)) (string, engine.Result, error) {
	t.Helper()
	p, list := engine.Load(engine.LoadOptions{Source: source})
	if list.HasErrors() {
		t.Fatalf("%s: %v", source, list)
	}
	var out printed
	h := &host.Host{Output: &out, Databases: s}
	if change != nil {
		change(h)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s.end = cancel
	res, err := p.Run(ctx, h, engine.Limits{Rows: 7})
	return out.String(), res, err
}

type printed struct{ strings.Builder }

func (p *printed) Print(text string) error { p.WriteString(text + "\n"); return nil }
func (p *printed) Flush() error            { return nil }

func TestAttemptsTurnEveryFailureOfADatabaseIntoAText(t *testing.T) {
	for _, tt := range []struct{ expr, want string }{
		{`தளம்_செய்_முயற்சி("ok", [1, 2])`, "சரி(2)"},
		{`தளம்_வினா_முயற்சி("ok", [1])`, "சரி([{n: 1}])"},
		{`தளம்_செய்_முயற்சி("refused", [])`, "தவறு(தரவுத்தளம் மறுத்தது  (the database reported): UNIQUE constraint failed: u.id [sqlite 1555])"},
		{`தளம்_வினா_முயற்சி("locked", [])`, "தவறு(தளம் 5s நேரமாகப் பூட்டப்பட்டுள்ளது  (the database was locked for 5s) [sqlite 5])"},
		{`தளம்_வினா_முயற்சி("busy", [])`, "தவறு('main' தளத்திற்கு 5s நேரத்திற்குள் இணைப்பு கிடைக்கவில்லை; எல்லா இணைப்புகளும் பயன்பாட்டில் உள்ளன  (no connection to 'main' became free within 5s; all are in use) [ET5040])"},
		{`தளம்_செய்_முயற்சி("ok", "x")`, "தவறு(வினவலின் அளவுருக்கள் ஓர் அணியாக இருக்க வேண்டும்; சொல் கிடைத்தது  (the parameters of a query must be an array, got text) [ET5011])"},
		{`ரெடிஸ்_கட்டளை("GET", ["a", 1.50, [1, "x"]])`, "சரி(a|1.5|[1, x])"},
		{`ரெடிஸ்_கட்டளை("WRONG", [1])`, "தவறு(WRONGTYPE 1)"},
		{`மொங்கோ_கண்டுபிடி("c", சரி({a: 1}))`, "சரி(c)"},
		{`மொங்கோ_கண்டுபிடி("c", [1])`, "தவறு(ஒரு பொருள் தேவை; அணி கிடைத்தது  (a record is needed, got an array) [ET5056])"},
	} {
		got, _, err := runWith(t, &fakeSession{}, "அச்சு "+tt.expr+";", nil)
		if err != nil || got != tt.want+"\n" {
			t.Errorf("%s = %s%v, want %s", tt.expr, got, err, tt.want)
		}
	}
}

func TestFailuresOfStatementsEndTheRunWithTheirCode(t *testing.T) {
	for _, tt := range []struct {
		why, source string
		code        diag.Code
		column      int
	}{
		{"connecting fails", `தளம்_இணை சீகுலைட், "refused";`, 5041, 1},
		{"nothing to let go", `தளம்_பிரி மைசீகுல்;`, 5012, 1},
		{"the database refuses", `தளம்_செய் "refused", [];`, 5010, 1},
		{"no array, before anything else", `தளம்_வினா "busy", 5, x;`, 5011, 1},
		{"too many rows end an attempt too", `அச்சு தளம்_வினா_முயற்சி("rows", []);`, 4035, 7},
		{"the end of the run ends an attempt too", `அச்சு தளம்_வினா_முயற்சி("late", []);`, 4036, 7},
		{"the end of the run ends a statement", `தளம்_செய் "late", [];`, 4036, 1},
		{"a kind without a driver", `தளம்_இணை Oracle, "x";`, 5008, 10},
		{"arguments of Redis that are no array", `அச்சு ரெடிஸ்_கட்டளை("GET", "x");`, 4021, 7},
	} {
		s := &fakeSession{}
		_, _, err := runWith(t, s, tt.source, nil)
		d, ok := err.(*diag.Diagnostic)
		if !ok || d.Code() != tt.code || d.Span.Pos().Column != tt.column {
			t.Errorf("%s: %v, want %v at column %d", tt.why, err, tt.code, tt.column)
		}
		if len(s.closed) > 0 && !s.closed[0] {
			t.Errorf("%s: the session was told of no failure", tt.why)
		}
	}
}

func TestStatementsKnowTheirPlaceAndBudget(t *testing.T) {
	s := &fakeSession{}
	var slow []host.SlowStatement
	_, res, err := runWith(t, s, "செயல் க() {\n  தளம்_வினா \"slow\", [], x;\n  திரும்பு x;\n}\nஅச்சு க();\nஅச்சு தளம்_செய்_முயற்சி(\"ok\", []);\n", func(h *host.Host) {
		h.SlowAfter = 20 * time.Millisecond
		h.Slow = func(s host.SlowStatement) { slow = append(slow, s) }
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.asked) != 2 || s.asked[0].Rows != 7 || s.asked[0].Meter == nil {
		t.Fatalf("%+v", s.asked)
	}
	if at := s.asked[0].At.Pos(); at.Line != 2 || at.Column != 3 {
		t.Errorf("the first statement stands at %v", at)
	}
	if at := s.asked[1].At.Pos(); at.Line != 6 {
		t.Errorf("the attempt stands at %v", at)
	}
	if len(slow) != 1 || slow[0].Text != "slow" || slow[0].Took < 20*time.Millisecond {
		t.Fatalf("%+v", slow)
	}
	d := slow[0].Where.(*diag.Diagnostic)
	if d.Code() != 5058 || d.Span.Pos().Line != 2 || len(d.Stack) != 1 || d.Stack[0].Function != "க" {
		t.Errorf("%+v", d)
	}
	use := res.Databases
	if use.Statements != 2 || use.Time < 20*time.Millisecond || !use.Sent || len(use.Notes) != 1 {
		t.Errorf("%+v", use)
	}
	if len(s.closed) != 1 || s.closed[0] {
		t.Errorf("closed %v", s.closed)
	}
}

func TestFaultOfADriverIsAFaultOfTheRunAlone(t *testing.T) {
	s := &fakeSession{}
	_, _, err := runWith(t, s, `தளம்_செய் "fault", [];`, nil)
	if _, ok := err.(*engine.Fault); !ok {
		t.Errorf("%v", err)
	}
	if len(s.closed) != 1 || !s.closed[0] {
		t.Errorf("closed %v", s.closed)
	}
}

func TestPreludeWithADatabaseRunsForEachRequest(t *testing.T) {
	p, list := engine.Load(engine.LoadOptions{Serving: true, Source: "தளம்_இணை சீகுலைட், \"x\";\nதளம்_வினா \"ok\", [], x;\nவழி பெறு, \"/\" { பதில் 200, x; }\n"})
	if list.HasErrors() {
		t.Fatal(list)
	}
	s := &fakeSession{}
	for range 2 {
		res, err := p.Serve(t.Context(), &host.Host{Databases: s}, engine.Limits{}, 0, &engine.Request{})
		if err != nil || string(res.Answer.Body) != "[{n: 0}]" {
			t.Fatalf("%s %v", res.Answer.Body, err)
		}
	}
	if len(s.asked) != 2 || len(s.closed) != 2 {
		t.Errorf("%d statements, %d sessions ended", len(s.asked), len(s.closed))
	}
}
