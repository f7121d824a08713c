package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

func TestWrkIsUnderstood(t *testing.T) {
	const out = `Running 3s test @ http://127.0.0.1:8080/
  2 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.83ms    2.24ms  44.55ms   93.10%
    Req/Sec    20.52k     2.03k   24.45k    70.00%
  Latency Distribution
     50%  812.00us
     75%    1.98ms
     90%    3.51ms
     99%    1.20s
  122642 requests in 3.01s, 18.95MB read
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 5
Requests/sec:  40734.68
Transfer/sec:      6.29MB
`
	got, err := parseWrk([]byte(out))
	if want := (answered{40734.68, 0.812, 1200, 44.55, 15}); err != nil || got != want {
		t.Errorf("wrk = %+v, %v; want %+v", got, err, want)
	}
	if _, err := parseWrk([]byte("unable to connect to 127.0.0.1:8080 Connection refused\n")); err == nil {
		t.Error("wrk that could not connect gives no error")
	}
}

func TestABIsUnderstood(t *testing.T) {
	const out = `Concurrency Level:      1000
Complete requests:      30000
Failed requests:        7
   (Connect: 0, Receive: 0, Length: 7, Exceptions: 0)
Non-2xx responses:      3
Requests per second:    9087.45 [#/sec] (mean)

Percentage of the requests served within a certain time (ms)
  50%    104
  66%    110
  99%    177
 100%    244 (longest request)
`
	got, err := parseAB([]byte(out))
	if want := (answered{9087.45, 104, 177, 0, 10}); err != nil || got != want {
		t.Errorf("ab = %+v, %v; want %+v", got, err, want)
	}
}

func TestRatiosAreTakenWithinARound(t *testing.T) {
	f := newFigure("requests/s", true)
	for i, rate := range []float64{100, 400, 200} { // what else the machine did fell on both sides
		f.add("a", rate)
		f.add("b", rate/2)
		if got := f.advantage("a", "b")[i]; got != 2 {
			t.Errorf("round %d: a beside b = %v, want 2", i, got)
		}
	}
	f.faster = false
	if got := f.advantage("a", "b")[0]; got != 0.5 {
		t.Errorf("when less is better, a beside b = %v, want 0.5", got)
	}
}

func TestMedianAndSpreadAreShown(t *testing.T) {
	for _, tt := range []struct {
		s    series
		want string
	}{
		{nil, "–"},
		{series{3}, "3.00"},
		{series{3, 1, 2}, "2.00 (1.00–3.00)"},
		{series{4, 1, 2, 3}, "2.50 (1.00–4.00)"},
		{series{12345.6, 45678.9, 999.9}, "12,346 (1000–45,679)"},
		{series{0, 0}, "0 (0–0)"},
	} {
		if got := tt.s.String(); got != tt.want {
			t.Errorf("%v is shown as %s, want %s", []float64(tt.s), got, tt.want)
		}
	}
}

func TestSidesAgreeWhenAmountsDo(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{`{"total": 12.5, "lines": [{"tax": 1}]}`, `{"total": "12.50", "lines": [{"tax": "1.00"}]}`, true},
		{`{"total": 12.5}`, `{"total": "12.51"}`, false},
		{`{"item": "மலர்"}`, `{"item": "மலர்"}`, true},
		{`{"item": "மலர்"}`, `{"item": "மழை"}`, false},
		{`{"a": 1}`, `{"a": 1, "b": 2}`, false},
		{`[1, 2]`, `[1]`, false},
		{`[1]`, `{"0": 1}`, false},
	} {
		if got := sameValues(decode(t, tt.a), decode(t, tt.b)); got != tt.want {
			t.Errorf("%s and %s agree: %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func decode(t *testing.T, text string) (v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestPDOIsToldTheSameDatabase(t *testing.T) {
	for text, want := range map[string]string{
		"/tmp/x/ledger0.db": "sqlite:/tmp/x/ledger0.db",
		"postgres://etamil@%2Ftmp%2Fet-pg-1:5433/ledger1": "pgsql:host=/tmp/et-pg-1;port=5433;dbname=ledger1;user=etamil",
	} {
		if got := phpDSN(text); got != want {
			t.Errorf("phpDSN(%s) = %s, want %s", text, got, want)
		}
	}
}

func TestProcessorTimeOfAProcessIsFound(t *testing.T) {
	before, err := usedProcessor(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for begin := time.Now(); time.Since(begin) < 100*time.Millisecond; {
	}
	if after, err := usedProcessor(os.Getpid()); err != nil || after <= before {
		t.Errorf("%v, %v after a tenth of a second of work, %v before", after, err, before)
	}
	if _, err := usedProcessor(1 << 30); err == nil {
		t.Error("a process that is not there has used something")
	}
}
