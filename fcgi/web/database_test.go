package web

import (
	"context"
	"strings"
	"testing"
	"time"

	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"
)

// someDatabases permits databases; nothing asks it for any.
type someDatabases struct{ host.Databases }

func TestUseOfDatabasesIsInTheLog(t *testing.T) {
	at := sourceSpan(`தளம்_செய் "BEGIN", [];`, `தளம்_செய்`)
	p := &fakeProgram{
		routes: routes("GET /"),
		serve: func(_ context.Context, h *host.Host, _ engine.Limits, _ int, _ *engine.Request) (engine.Result, error) {
			h.Slow(host.SlowStatement{
				Text: "SELECT " + strings.Repeat("அ", 300), Took: 2 * time.Second,
				Where: &diag.Diagnostic{Def: diag.SlowStatement, Span: at, Args: []diag.Text{diag.Same("2s")}},
			})
			if h.SlowAfter != time.Second {
				t.Errorf("slow after %v", h.SlowAfter)
			}
			return engine.Result{Answer: text(200, "x"), Databases: engine.DatabaseUse{
				Statements: 3, Time: 1500 * time.Millisecond, Sent: true,
				Notes: []error{diag.TransactionLeftOpen.At(at), diag.TextAfterStatement.At(at)},
			}}, nil
		},
	}
	a, logs := newApp(t, p, nil)
	s := DefaultSettings()
	a.Swap(NewGeneration(p, s, host.Host{Databases: someDatabases{}}))
	ask(t, a, get("/"))
	ask(t, a, get("/"))

	for message, want := range map[string]int{"ET5052": 2, "ET5053": 1, "ET5058": 2} {
		all := logs.records(t, message)
		if len(all) != want {
			t.Errorf("%s: %d records, want %d", message, len(all), want)
			continue
		}
		if r := all[0]; r["level"] != "warn" || r["line"] != 1.0 || r["code"] != message || r["route"] != "/" {
			t.Errorf("%s: %v", message, r)
		}
	}
	slow := logs.records(t, "ET5058")[0]
	if text := slow["statement"].(string); strings.Count(text, "அ") != 193 || !strings.HasSuffix(text, "…") || slow["took"] != 2.0 {
		t.Errorf("%v", slow)
	}
	if access := logs.records(t, "request"); access[0]["database"] != 1.5 || access[0]["statements"] != 3.0 {
		t.Errorf("%v", access[0])
	}
}

func TestBusyDatabaseAnswers503OnlyBeforeAStatementWasSent(t *testing.T) {
	for _, tt := range []struct {
		code diag.Code
		sent bool
		want int
	}{
		{5040, false, 503}, {5040, true, 500}, {5041, false, 503}, {5041, true, 500},
		{5049, false, 500}, {5049, true, 500}, {5010, false, 500},
	} {
		p := failing(nil)
		p.serve = func(context.Context, *host.Host, engine.Limits, int, *engine.Request) (engine.Result, error) {
			return engine.Result{Databases: engine.DatabaseUse{Sent: tt.sent}}, failure(tt.code, "x", "5s")
		}
		a, _ := newApp(t, p, nil)
		r := ask(t, a, get("/"))
		if r.status != tt.want {
			t.Errorf("%v, sent %v: %d, want %d", tt.code, tt.sent, r.status, tt.want)
		}
		retry := r.header("Retry-After")
		if (retry == "1") != (tt.want == 503) {
			t.Errorf("%v, sent %v: Retry-After %q", tt.code, tt.sent, retry)
		}
	}
}
