package metrics

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"time"

	"etamil/cmd/internal/control"
	"etamil/fcgi/web"
)

// A Report is the status for programs, as JSON: the members of control.Status
// and those here. Durations are in seconds.
type Report struct {
	*control.Status
	Now     time.Time `json:"now"`
	Active  int       `json:"active"`
	Bodies  int64     `json:"bodies"` // bytes held now
	Limits  Limits    `json:"limits"`
	Routes  []Route   `json:"routes"` // the slowest first
	Timers  []Timer   `json:"timers"`
	Reloads Reloads   `json:"reloads"`
}

// Limits are the settings that bound requests; 0 is no limit.
type Limits struct {
	Concurrent   int     `json:"max_concurrent"`
	Queue        int     `json:"max_queue"`
	QueueTimeout float64 `json:"queue_timeout"`
	Bodies       int64   `json:"max_bodies"`
}

// A Route is one method of one route, since the process began.
type Route struct {
	Route        string  `json:"route"`
	Method       string  `json:"method"`
	Count        uint64  `json:"count"`
	ClientErrors uint64  `json:"client_errors"` // statuses 400 to 499
	ServerErrors uint64  `json:"server_errors"` // from 500
	Mean         float64 `json:"mean"`
	Median       float64 `json:"p50"` // estimated, as P99
	P99          float64 `json:"p99"`
	Max          float64 `json:"max"`
}

// A Timer is one இடைவெளி of the program.
type Timer struct {
	Timer        int        `json:"timer"`
	Every        int        `json:"every"`
	Runs         uint64     `json:"runs"`
	Failures     uint64     `json:"failures"`
	LastRun      *time.Time `json:"last_run,omitempty"`
	LastSuccess  *time.Time `json:"last_success,omitempty"`
	LastDuration float64    `json:"last_duration"`
}

// Reloads are the reloads since the process began.
type Reloads struct {
	OK     uint64     `json:"ok"`
	Failed uint64     `json:"failed"`
	Last   *time.Time `json:"last,omitempty"`
	LastOK bool       `json:"last_ok"`
}

// report returns the present state.
func (e *Endpoint) report() *Report {
	m, status := e.o.App.Metrics(), *e.o.Status()
	r := &Report{
		Status: &status, Now: time.Now(), Active: m.Active, Bodies: m.Gate.Bodies,
		Limits: Limits{m.Limits.Running, m.Limits.Queue, m.Limits.Wait.Seconds(), m.Limits.Bodies},
		Routes: []Route{}, Timers: []Timer{},
		Reloads: Reloads{OK: m.Reloads.OK, Failed: m.Reloads.Failed, Last: known(m.Reloads.Last), LastOK: m.Reloads.LastOK},
	}
	for i := range m.Routes {
		r.Routes = append(r.Routes, routeOf(&m.Routes[i]))
	}
	slices.SortStableFunc(r.Routes, func(a, b Route) int { return cmp.Compare(b.P99, a.P99) })
	for _, t := range m.Timers {
		r.Timers = append(r.Timers, Timer{
			Timer: t.Timer, Every: t.Seconds, Runs: t.Runs, Failures: t.Failures,
			LastRun: known(t.LastRun), LastSuccess: known(t.LastSuccess), LastDuration: t.LastDuration.Seconds(),
		})
	}
	return r
}

func routeOf(m *web.RouteMetrics) Route {
	r := Route{
		Route: m.Route, Method: m.Method, Count: m.Count,
		Mean: m.Mean().Seconds(), Median: m.Quantile(0.5).Seconds(), P99: m.Quantile(0.99).Seconds(), Max: m.Max.Seconds(),
	}
	// An estimate inside of a bucket may be above what there was.
	r.Median, r.P99 = min(r.Median, r.Max), min(r.P99, r.Max)
	if m.Max > lastBound && m.Counts[len(m.Counts)-1]*100 > m.Count {
		r.P99 = r.Max // it is beyond the bounds
	}
	for _, s := range m.Statuses {
		switch {
		case s.Status >= 500:
			r.ServerErrors += s.Count
		case s.Status >= 400:
			r.ClientErrors += s.Count
		}
	}
	return r
}

var lastBound = bounds[len(bounds)-1]

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (e *Endpoint) json(w http.ResponseWriter, _ *http.Request) {
	text, err := json.MarshalIndent(e.report(), "", "  ")
	if err != nil {
		panic("BUG: the status has no JSON: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Write(append(text, '\n'))
}

// maxRows is how many requests and routes the page shows.
const maxRows = 50

func (e *Endpoint) page(w http.ResponseWriter, _ *http.Request) {
	r := e.report()
	view := struct {
		*Report
		MoreRequests, MoreRoutes int
	}{Report: r}
	if more := len(r.Requests) - maxRows; more > 0 {
		r.Requests, view.MoreRequests = r.Requests[:maxRows], more
	}
	if more := len(r.Routes) - maxRows; more > 0 {
		r.Routes, view.MoreRoutes = r.Routes[:maxRows], more
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, &view); err != nil {
		panic("BUG: status page: " + err.Error())
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	w.Write(b.Bytes())
}

// forPeople writes a duration in seconds with two or three digits.
func forPeople(seconds float64) string {
	switch d := time.Duration(seconds * float64(time.Second)); {
	case d >= 24*time.Hour:
		return fmt.Sprintf("%d d %d h", d/(24*time.Hour), d/time.Hour%24)
	case d >= time.Hour:
		return fmt.Sprintf("%d h %d min", d/time.Hour, d/time.Minute%60)
	case d >= time.Minute:
		return fmt.Sprintf("%d min %d s", d/time.Minute, d/time.Second%60)
	case d >= time.Second:
		return fmt.Sprintf("%.1f s", seconds)
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%.0f ms", seconds*1e3)
	case d >= time.Millisecond:
		return fmt.Sprintf("%.1f ms", seconds*1e3)
	case d > 0:
		return fmt.Sprintf("%.0f µs", seconds*1e6)
	}
	return "0"
}

// limitOf writes a limit, which 0 is not.
func limitOf(n int) string {
	if n == 0 {
		return "∞"
	}
	return strconv.Itoa(n)
}

var pageTemplate = template.Must(template.New("status").Funcs(template.FuncMap{
	"dur": forPeople, "limit": limitOf,
	"size":  sizeForPeople,
	"clock": func(t time.Time) string { return t.Format("2006-01-02 15:04:05 MST") },
}).Parse(`<!DOCTYPE html>
<html lang="ta">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="10">
<title>etamild · நிலை</title>
<style>
:root { color-scheme: light dark; --ink: #1c1b19; --dim: #6f6a62; --paper: #faf8f4; --card: #fff; --line: #e4dfd6; --red: #b3261e; --green: #2e6b34; }
@media (prefers-color-scheme: dark) { :root { --ink: #ece8e1; --dim: #a39d93; --paper: #1a1917; --card: #242220; --line: #3a3733; --red: #ff8a80; --green: #8fce95; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1.25rem; background: var(--paper); color: var(--ink); font: 16px/1.5 "Noto Sans Tamil", "Mukta Malar", "Latha", system-ui, sans-serif; }
main { max-width: 70rem; margin: 0 auto; }
h1 { margin: 0; font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { margin: 0 0 .5rem; font-size: 1rem; font-weight: 600; color: var(--dim); }
p { margin: .2rem 0; overflow-wrap: anywhere; }
.dim, th { color: var(--dim); font-weight: 400; }
.bad { color: var(--red); font-weight: 600; }
.good { color: var(--green); }
.figures { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0; }
.figures div, section { padding: .8rem 1.1rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
.figures div { flex: 1 1 9rem; }
.figures b { display: block; font-size: 1.5rem; font-weight: 600; }
section { margin: 1rem 0; overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top; }
td.r { overflow-wrap: anywhere; }
.n { text-align: right; white-space: nowrap; }
footer { margin-top: 1.2rem; font-size: .9rem; }
</style>
</head>
<body>
<main>
<h1>{{if .Program}}{{.Program}}{{else}}etamild{{end}}</h1>
<p class="dim">etamild {{.Version}} · PID {{.PID}} · இயங்கும் நேரம் <span lang="en">(up)</span> {{dur .Uptime}} · {{clock .Now}}</p>
{{- if .Problem}}
<p class="bad">ஒவ்வொரு கோரிக்கைக்கும் 503 <span lang="en">(every request is answered 503)</span>: {{with .WhyProblem}}{{.Ta}}{{if ne .Ta .En}} <span lang="en">({{.En}})</span>{{end}}{{end}}</p>
{{- end}}
{{- if .Draining}}
<p class="bad">நிறுத்தப்படுகிறது: ஓடுபவை மட்டும் முடிகின்றன <span lang="en">(draining)</span></p>
{{- end}}
<div class="figures">
<div><b>{{.Running}} / {{limit .Limits.Concurrent}}</b>இயங்குபவை <span class="dim" lang="en">running</span></div>
<div><b{{if .Queued}} class="bad"{{end}}>{{.Queued}} / {{limit .Limits.Queue}}</b>காத்திருப்பவை <span class="dim" lang="en">queued</span>{{if .Queued}}, {{dur .Oldest}}{{end}}</div>
<div><b>{{.Connections}}</b>இணைப்புகள் <span class="dim" lang="en">connections</span></div>
<div><b>{{size .Bodies}}</b>உடல்கள் <span class="dim" lang="en">request bodies</span></div>
<div><b>{{.Generation}}</b>தலைமுறை <span class="dim" lang="en">generation</span></div>
<div><b>{{.Answered}}</b>பதில்கள் <span class="dim" lang="en">answered</span></div>
</div>
<section>
<h2>மாற்றங்கள் · <span lang="en">reloads</span></h2>
<p>{{.Reloads.OK}} வெற்றி <span class="dim" lang="en">ok</span>, {{.Reloads.Failed}} தோல்வி <span class="dim" lang="en">failed</span>
{{- with .Reloads.Last}} · கடைசியாக <span class="dim" lang="en">last</span> {{clock .}}: {{if $.Reloads.LastOK}}<span class="good">வெற்றி <span lang="en">ok</span></span>{{else}}<span class="bad">தோல்வி <span lang="en">failed</span></span>{{end}}{{end}}</p>
{{- with .LogDropped}}<p class="bad">எழுதப்படாத பதிவுகள் <span lang="en">log records dropped</span>: {{.}}</p>{{end}}
{{- range $reason, $n := .Refused}}{{if $n}}<p>மறுக்கப்பட்டவை <span class="dim" lang="en">refused</span> {{$reason}}: {{$n}}</p>{{end}}{{end}}
</section>
<section>
<h2>இப்போதுள்ள கோரிக்கைகள் · <span lang="en">live requests</span></h2>
{{- if .Requests}}
<table>
<tr><th>முறை <span lang="en">method</span></th><th>வழி <span lang="en">route</span></th><th>நிலை <span lang="en">state</span></th><th class="n">வயது <span lang="en">age</span></th><th>ID</th></tr>
{{- range .Requests}}
<tr><td>{{.Method}}</td><td class="r">{{.Route}}</td><td>{{if eq .State "running"}}இயங்குகிறது <span class="dim" lang="en">running</span>{{else}}காத்திருக்கிறது <span class="dim" lang="en">queued</span>{{end}}</td><td class="n">{{dur .Age}}</td><td class="r dim">{{.ID}}</td></tr>
{{- end}}
</table>
{{- with .MoreRequests}}<p class="dim">… மேலும் {{.}} <span lang="en">more</span></p>{{end}}
{{- else}}
<p class="dim">எதுவும் இல்லை <span lang="en">(none)</span></p>
{{- end}}
</section>
{{- if .Pools}}
<section>
<h2>தரவுத்தளங்கள் · <span lang="en">databases</span></h2>
<table>
<tr><th>தளம் <span lang="en">database</span></th><th>வகை <span lang="en">kind</span></th><th class="n">பயனில் <span lang="en">in use</span></th><th class="n">ஓய்வில் <span lang="en">idle</span></th><th class="n">உச்சம் <span lang="en">max</span></th><th class="n">காத்திருப்பவை <span lang="en">waiting</span></th><th class="n">இணையாதவை <span lang="en">failures</span></th><th class="n">கிடைக்காதவை <span lang="en">timeouts</span></th></tr>
{{- range .Pools}}
<tr><td class="r">{{.Name}}</td><td>{{.Kind}}</td><td class="n">{{.InUse}}</td><td class="n">{{.Idle}}</td><td class="n">{{.Max}}</td><td class="n{{if .Waiting}} bad{{end}}">{{.Waiting}}</td><td class="n{{if .Failures}} bad{{end}}">{{.Failures}}</td><td class="n{{if .Timeouts}} bad{{end}}">{{.Timeouts}}</td></tr>
{{- end}}
</table>
</section>
{{- end}}
<section>
<h2>மெதுவான வழிகள் · <span lang="en">slowest routes</span></h2>
{{- if .Routes}}
<table>
<tr><th>முறை <span lang="en">method</span></th><th>வழி <span lang="en">route</span></th><th class="n">எண்ணிக்கை <span lang="en">count</span></th><th class="n">4xx</th><th class="n">5xx</th><th class="n">சராசரி <span lang="en">mean</span></th><th class="n">p50</th><th class="n">p99</th><th class="n">உச்சம் <span lang="en">max</span></th></tr>
{{- range .Routes}}
<tr><td>{{.Method}}</td><td class="r">{{.Route}}</td><td class="n">{{.Count}}</td><td class="n">{{.ClientErrors}}</td><td class="n{{if .ServerErrors}} bad{{end}}">{{.ServerErrors}}</td><td class="n">{{dur .Mean}}</td><td class="n">{{dur .Median}}</td><td class="n">{{dur .P99}}</td><td class="n">{{dur .Max}}</td></tr>
{{- end}}
</table>
{{- with .MoreRoutes}}<p class="dim">… மேலும் {{.}} <span lang="en">more</span></p>{{end}}
{{- else}}
<p class="dim">எதுவும் இல்லை <span lang="en">(none)</span></p>
{{- end}}
</section>
{{- if .Timers}}
<section>
<h2>இடைவெளிகள் · <span lang="en">timers</span></h2>
<table>
<tr><th>#</th><th class="n">நொடிகள் <span lang="en">every</span></th><th class="n">ஓட்டங்கள் <span lang="en">runs</span></th><th class="n">தோல்விகள் <span lang="en">failures</span></th><th class="n">கடைசி ஓட்டம் <span lang="en">last run</span></th><th class="n">எடுத்தது <span lang="en">took</span></th></tr>
{{- range .Timers}}
<tr><td>{{.Timer}}</td><td class="n">{{.Every}}</td><td class="n">{{.Runs}}</td><td class="n{{if .Failures}} bad{{end}}">{{.Failures}}</td><td class="n">{{with .LastRun}}{{clock .}}{{else}}–{{end}}</td><td class="n">{{dur .LastDuration}}</td></tr>
{{- end}}
</table>
</section>
{{- end}}
<footer class="dim"><a href="/metrics">/metrics</a> · <a href="/status.json">/status.json</a> · எண்ணிக்கைகள் இச்செயல்முறை தொடங்கியதிலிருந்து <span lang="en">(counts are since this process began)</span></footer>
</main>
</body>
</html>
`))

// sizeForPeople writes bytes with the unit that fits.
func sizeForPeople(n int64) string {
	units := []string{"B", "KiB", "MiB", "GiB"}
	v, i := float64(n), 0
	for v >= 1024 && i < len(units)-1 {
		v, i = v/1024, i+1
	}
	if i == 0 {
		return strconv.FormatInt(n, 10) + " B"
	}
	return fmt.Sprintf("%.1f %s", v, units[i])
}
