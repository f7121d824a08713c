package examples_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"etamil/engine/db/dbtest/servers"
	"etamil/fcgi/web"
)

// onEachDatabase serves the ledger on SQLite and on PostgreSQL.
func onEachDatabase(t *testing.T, test func(t *testing.T, base string)) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			env := variables{}
			if kind == "postgres" {
				env["LEDGER_DATABASE"] = servers.Postgres(t)
			}
			app := web.NewApp(web.Options{Failed: func(f *web.Failure) { t.Errorf("a run failed: %+v", f) }})
			app.Swap(web.NewGeneration(load(t, "ledger/main.qmz", true), web.DefaultSettings(), hostFor(t, env)))
			server := httptest.NewServer(&web.HTTPFront{App: app})
			t.Cleanup(func() { server.Close(); app.Close() })
			test(t, server.URL)
		})
	}
}

type sheet struct {
	Totals     map[string]*rupees
	Difference rupees
}

func balanceSheet(t *testing.T, base string) (s sheet) {
	t.Helper()
	res, text := send(t, "GET", base+"/balance-sheet", "", "")
	if err := json.Unmarshal([]byte(text), &s); err != nil || res.StatusCode != 200 {
		t.Fatalf("%s: %v: %s", res.Status, err, text)
	}
	return s
}

// TestLedgerAddsUpUnderParallelEntries posts from many clients at once and adds
// up again.
func TestLedgerAddsUpUnderParallelEntries(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, base string) {
		start := balanceSheet(t, base)
		const clients, each = 16, 12
		sums := make([]big.Rat, clients)
		var all sync.WaitGroup
		for c := range clients {
			all.Go(func() {
				random := rand.New(rand.NewPCG(7, uint64(c)))
				for range each {
					amount := fmt.Sprintf("%d.%02d", 1+random.IntN(1_000_000), random.IntN(100))
					sums[c].Add(&sums[c], rat(t, amount))
					body := fmt.Sprintf(`{"note": "c%d", "lines": [{"account": "cash", "amount": %s}, {"account": "sales", "amount": -%[2]s}]}`, c, amount)
					if res, text := send(t, "POST", base+"/entries", "application/json", body); res.StatusCode != 201 {
						t.Errorf("%s: %s", res.Status, text)
					}
				}
			})
		}
		all.Wait()
		end := balanceSheet(t, base)
		want := &start.Totals["profit"].Rat
		for c := range sums {
			want.Add(want, &sums[c])
		}
		if got := end.Totals["profit"]; got.Cmp(want) != 0 {
			t.Errorf("profit %s, want %s", got.FloatString(2), want.FloatString(2))
		}
		if end.Difference.Sign() != 0 {
			t.Errorf("the balance sheet is out by %s", end.Difference.FloatString(2))
		}
	})
}

func TestLedgerRefusesWhatDoesNotAddUp(t *testing.T) {
	base := serve(t, "ledger/main.qmz")
	for _, tt := range []struct{ path, body, where string }{
		{"/entries", `{`, ""},
		{"/entries", `[]`, ""},
		{"/entries", `{"lines": 5}`, "lines"},
		{"/entries", `{"lines": [{"account": "cash", "amount": 1}]}`, "lines"},
		{"/entries", `{"lines": [{"account": "cash", "amount": 10}, {"account": "sales", "amount": -9.99}]}`, "lines"},
		{"/entries", `{"lines": [{"account": "cash", "amount": 1.005}, {"account": "sales", "amount": -1.005}]}`, "lines[0].amount"},
		{"/entries", `{"lines": [{"account": "cash", "amount": "1"}, {"account": "sales", "amount": -1}]}`, "lines[0].amount"},
		{"/entries", `{"lines": [{"account": "cash", "amount": 0}, {"account": "sales", "amount": 0}]}`, "lines[0].amount"},
		{"/entries", `{"lines": [{"account": "cash", "amount": 1}, {"account": "'; DROP TABLE lines; --", "amount": -1}]}`, "lines[1].account"},
		{"/entries", `{"day": "2026-02-30", "lines": [{"account": "cash", "amount": 1}, {"account": "sales", "amount": -1}]}`, "day"},
		{"/invoices", `{"seller_state": "33", "buyer_state": "33", "lines": [{"quantity": 1, "rate": 0, "gst": 5}]}`, "lines"},
		{"/invoices", `{"seller_state": "33", "buyer_state": "33", "lines": [{"quantity": -1, "rate": 5, "gst": 5}]}`, "lines[0].quantity"},
		{"/accounts", `{"code": "cash", "kind": "asset"}`, "code"},
		{"/accounts", `{"code": "x", "kind": "gold"}`, "kind"},
		{"/accounts", `{"kind": "asset"}`, "code"},
	} {
		res, text := send(t, "POST", base+tt.path, "application/json", tt.body)
		var answer struct{ Error, Where string }
		if err := json.Unmarshal([]byte(text), &answer); err != nil || res.StatusCode != 400 || answer.Error == "" || answer.Where != tt.where {
			t.Errorf("POST %s %s = %s %s, want 400 at %q", tt.path, tt.body, res.Status, text, tt.where)
		}
	}
	if s := balanceSheet(t, base); s.Difference.Sign() != 0 || s.Totals["assets"].Sign() != 0 {
		t.Errorf("something was entered: %+v", s)
	}
}

func TestLedgerPage(t *testing.T) {
	base := serve(t, "ledger/main.qmz")
	const form = "application/x-www-form-urlencoded"
	fields := url.Values{"amount": {"1,180.50"}, "debit": {"cash"}, "credit": {"sales"}, "day": {"2026-04-01"}, "note": {"முதல் <விற்பனை>"}}
	res, page := send(t, "POST", base+"/", form, fields.Encode())
	if res.StatusCode != 200 || res.Request.Method != "GET" {
		t.Fatalf("posting leads to %s of %s", res.Status, res.Request.Method)
	}
	for _, want := range []string{"₹1,180.50", "முதல் &lt;விற்பனை&gt;", "இருப்புநிலைக் குறிப்பு"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	fields.Set("amount", "நூறு")
	if res, page = send(t, "POST", base+"/", form, fields.Encode()); res.StatusCode != 400 || !strings.Contains(page, "<h2>தொகை</h2>") || !strings.Contains(page, "value='நூறு'") {
		t.Errorf("a wrong amount: %s\n%s", res.Status, page)
	}
}
