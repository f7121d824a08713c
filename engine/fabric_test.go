package engine_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A gateway is a Hyperledger Fabric REST gateway that gives answers in turn, the
// last one for ever, and remembers what it was asked.
type gateway struct {
	mu      sync.Mutex
	answers []gatewayAnswer
	asked   []string // method, path and body
	headers []http.Header
}

type gatewayAnswer struct {
	status   int
	body     string
	location string
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked = append(g.asked, r.Method+" "+r.URL.EscapedPath()+" "+string(body))
	g.headers = append(g.headers, r.Header)
	a := g.answers[0]
	if len(g.answers) > 1 {
		g.answers = g.answers[1:]
	}
	if a.location != "" {
		w.Header().Set("Location", a.location)
	}
	w.WriteHeader(a.status)
	io.WriteString(w, a.body)
}

func TestFabricTalksToItsGateway(t *testing.T) {
	conflict := gatewayAnswer{status: 500, body: "tx 7: MVCC_READ_CONFLICT"}
	done := gatewayAnswer{status: 200, body: `{"ok":true}`}
	const invoke = `POST /v1/channels/sales/chaincodes/ledger/invoke {"args":["k","அ"],"function":"Write"}`
	for _, tt := range []struct {
		why, call string
		answers   []gatewayAnswer
		want      string
		asked     []string
	}{
		{"a query", `மதிப்பிடு(வாயில், "Read", ["k"])`, []gatewayAnswer{done}, `சரி({"ok":true})`,
			[]string{`POST /v1/channels/sales/chaincodes/ledger/query {"args":["k"],"function":"Read"}`}},
		{"a write", `சமர்ப்பி(வாயில், "Write", ["k", "அ"])`, []gatewayAnswer{done}, `சரி({"ok":true})`, []string{invoke}},
		{"the body is not parsed", `சமர்ப்பி(வாயில், "Write", ["k", "அ"])`, []gatewayAnswer{{status: 204}}, `சரி()`, []string{invoke}},
		{"a conflict, and another, and then not", `மீண்டும்_சமர்ப்பி(வாயில், "Write", ["k", "அ"], 5)`, []gatewayAnswer{conflict, conflict, done}, `சரி({"ok":true})`, []string{invoke, invoke, invoke}},
		{"conflicts without end", `தவறு_மதிப்பு(மீண்டும்_சமர்ப்பி(வாயில், "Write", ["k", "அ"], 2)).நிலைக்_குறி`, []gatewayAnswer{conflict}, `500`, []string{invoke, invoke}},
		{"a fraction of a try is one", `தவறா(மீண்டும்_சமர்ப்பி(வாயில், "Write", ["k", "அ"], "1.5"))`, []gatewayAnswer{conflict}, `true`, []string{invoke, invoke}},
		{"a refusal is asked once", `மீண்டும்_சமர்ப்பி(வாயில், "Write", ["k", "அ"], 5)`, []gatewayAnswer{{status: 400, body: "no"}}, `தவறு({நிலைக்_குறி: 400, வகைப்பாடு: நிரல்பொருள், விவரம்: no})`, []string{invoke}},
		{"one try alone", `தவறா(சமர்ப்பி(வாயில், "Write", ["k", "அ"]))`, []gatewayAnswer{conflict, done}, `true`, []string{invoke}},
		{"a redirect is an answer", `சமர்ப்பி(வாயில், "Write", ["k", "அ"])`, []gatewayAnswer{{status: 302, body: "there", location: "/elsewhere"}, done}, `தவறு({நிலைக்_குறி: 302, வகைப்பாடு: நிரல்பொருள், விவரம்: there})`, []string{invoke}},
		{"no try at all", `தவறு_மதிப்பு(மீண்டும்_சமர்ப்பி(வாயில், "Write", [], "x")).வகைப்பாடு`, []gatewayAnswer{done}, `முயற்சி`, nil},
		{"other paths", `மதிப்பிடு(பாதையை_அமை(வாயில், "/q/{chaincode}", "/i"), "Read", இன்மை)`, []gatewayAnswer{done}, `சரி({"ok":true})`,
			[]string{`POST /v1/q/ledger {"args":null,"function":"Read"}`}},
	} {
		g := &gateway{answers: slices.Clone(tt.answers)}
		server := httptest.NewServer(g)
		source := fmt.Sprintf("இறக்கு \"nUlakam/cawkili/fabric.qmz\";\nவாயில் = நுழைவு(%q, \"sales\", \"ledger\", {\"X-Key\": \"k\"});\nஅச்சு %s;\n", server.URL+"/v1", tt.call)
		if got := strings.TrimSuffix(attempt(t, source), "\n"); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.why, got, tt.want)
		}
		server.Close()
		if !slices.Equal(g.asked, tt.asked) {
			t.Errorf("%s: asked %q, want %q", tt.why, g.asked, tt.asked)
		}
		for _, h := range g.headers {
			if h.Get("X-Key") != "k" || h.Get("Content-Type") != "" {
				t.Errorf("%s: headers %v", tt.why, h)
			}
		}
	}
}
