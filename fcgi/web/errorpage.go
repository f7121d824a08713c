package web

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	"etamil/engine/diag"
	"etamil/engine/token"
)

// errorPage returns the page that a browser is shown while a program is being
// developed: the message in Tamil and English, the source line with what it
// points at, the calls that were active. Everything in it is escaped by
// html/template.
func errorPage(f *Failure) []byte {
	page := struct {
		*Failure
		Code           string
		Tamil, English string
		HelpTa, HelpEn string
		Place          string
		Source         []sourceLine
		Notes          []pageNote
		Calls          []pageCall
		MoreCalls      int
		GoStack        string
	}{Failure: f}
	if d := f.Diagnostic; d != nil {
		message := d.Message()
		page.Code, page.Tamil, page.English = d.Code().String(), message.Ta, message.En
		page.Place, page.Source = placeOf(d), sourceAround(d.Span)
		if d.Help != nil {
			page.HelpTa, page.HelpEn = d.Help.Ta, d.Help.En
		}
		for _, n := range d.Notes {
			note := pageNote{Tamil: n.Text.Ta, English: n.Text.En}
			if n.Span.IsValid() {
				note.Place = spanPlace(n.Span)
			}
			page.Notes = append(page.Notes, note)
		}
		for i, c := range d.Stack {
			if i == maxCalls {
				page.MoreCalls = len(d.Stack) - i
				break
			}
			call := pageCall{Function: c.Function}
			if c.Span.IsValid() {
				call.Place = spanPlace(c.Span)
			}
			page.Calls = append(page.Calls, call)
		}
	} else {
		internal := diag.InternalError.New(f.Err.Error()).Message()
		page.Code, page.Tamil, page.English = diag.InternalError.Code.String(), internal.Ta, internal.En
		page.GoStack = string(f.Stack)
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, page); err != nil {
		panic(fmt.Sprintf("BUG: error page: %v", err))
	}
	return b.Bytes()
}

type pageNote struct{ Place, Tamil, English string }

type pageCall struct{ Function, Place string }

// A sourceLine is a line of the program. In the line where the program failed,
// Marked is what the diagnostic points at and Caret what stands below it.
type sourceLine struct {
	Number                int
	Before, Marked, After string
	Failed                bool
	Caret                 string
}

const (
	// contextLines are shown before and after the line of a failure.
	contextLines = 3
	// maxLineBytes of a line are shown on either side of the place.
	maxLineBytes = 400
)

// sourceAround returns the line at which s begins and some around it.
func sourceAround(s token.Span) []sourceLine {
	if !s.IsValid() {
		return nil
	}
	failed := s.Pos().Line
	var lines []sourceLine
	for n := max(1, failed-contextLines); n <= min(failed+contextLines, s.File.LineCount()); n++ {
		text, offset := s.File.LineText(n)
		line := sourceLine{Number: n, Before: text}
		if n == failed {
			start := min(max(int(s.Start)-offset, 0), len(text))
			end := min(max(int(s.End)-offset, start), len(text))
			line.Before, line.Marked, line.After = text[:start], text[start:end], text[end:]
			line.Failed = true
			line.Caret = "^" + strings.Repeat("~", max(0, len([]rune(line.Marked))-1))
		}
		line.Before, line.Marked, line.After = cutLeft(line.Before, line.Failed), cutRight(line.Marked), cutRight(line.After)
		lines = append(lines, line)
	}
	return lines
}

// cutLeft keeps the end of what stands before the place of a failure, and the
// beginning of other lines.
func cutLeft(s string, end bool) string {
	if len(s) <= maxLineBytes {
		return s
	}
	if !end {
		return cutRight(s)
	}
	return "…" + strings.ToValidUTF8(s[len(s)-maxLineBytes:], "")
}

func cutRight(s string) string {
	if len(s) <= maxLineBytes {
		return s
	}
	return strings.ToValidUTF8(s[:maxLineBytes], "") + "…"
}

// In the caret line the text before the place is written once more, unseen: so
// the caret stands below its letter in any font.
var pageTemplate = template.Must(template.New("error").Parse(`<!DOCTYPE html>
<html lang="ta">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Code}} · {{.Tamil}}</title>
<style>
:root { color-scheme: light dark; --ink: #1c1b19; --dim: #6f6a62; --paper: #faf8f4; --card: #fff; --line: #e4dfd6; --red: #b3261e; --mark: #fde3df; }
@media (prefers-color-scheme: dark) { :root { --ink: #ece8e1; --dim: #a39d93; --paper: #1a1917; --card: #242220; --line: #3a3733; --red: #ff8a80; --mark: #54241f; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2.5rem 1.25rem; background: var(--paper); color: var(--ink); font: 16px/1.6 "Noto Sans Tamil", "Mukta Malar", "Latha", system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; }
.code { display: inline-block; padding: .1rem .6rem; border-radius: 1rem; background: var(--mark); color: var(--red); font-weight: 600; font-size: .9rem; }
h1 { margin: .6rem 0 .1rem; font-size: 1.6rem; line-height: 1.4; overflow-wrap: anywhere; }
.en { margin: 0 0 1.2rem; color: var(--dim); font-size: 1.1rem; overflow-wrap: anywhere; }
section { margin: 1.2rem 0; padding: 1rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
h2 { margin: 0 0 .5rem; font-size: .95rem; font-weight: 600; color: var(--dim); }
pre { margin: 0; overflow-x: auto; font: 14px/1.7 "Noto Sans Mono", "Noto Sans Tamil", ui-monospace, monospace; tab-size: 4; }
pre .n { display: inline-block; min-width: 3.5ch; margin-right: 1.2ch; text-align: right; color: var(--dim); user-select: none; }
pre .failed { background: var(--mark); }
pre mark { background: none; color: var(--red); font-weight: 700; }
pre .unseen { visibility: hidden; user-select: none; }
pre .caret { color: var(--red); font-weight: 700; }
ol { margin: 0; padding-left: 1.4rem; }
.place { color: var(--dim); font-family: ui-monospace, monospace; font-size: .9rem; }
footer { margin-top: 1.5rem; color: var(--dim); font-size: .85rem; overflow-wrap: anywhere; }
</style>
</head>
<body>
<main>
<span class="code">{{.Status}} · {{.Code}}</span>
<h1 lang="ta">{{.Tamil}}</h1>
<p class="en" lang="en">{{.English}}</p>
{{- if or .HelpTa .HelpEn}}
<section><h2>உதவி · help</h2><span lang="ta">{{.HelpTa}}</span><br><span class="en" lang="en">{{.HelpEn}}</span></section>
{{- end}}
{{- if .Source}}
<section>
<h2>{{.Place}}</h2>
<pre>
{{- range .Source}}
<span{{if .Failed}} class="failed"{{end}}><span class="n">{{.Number}}</span>{{.Before}}{{if .Failed}}<mark>{{.Marked}}</mark>{{.After}}{{end}}</span>
{{- if .Failed}}
<span class="n unseen" aria-hidden="true">{{.Number}}</span><span class="unseen" aria-hidden="true">{{.Before}}</span><span class="caret">{{.Caret}}</span>
{{- end}}
{{- end}}
</pre>
</section>
{{- end}}
{{- if .Notes}}
<section><h2>குறிப்புகள் · notes</h2><ol>
{{- range .Notes}}<li>{{.Tamil}} · <span lang="en">{{.English}}</span> <span class="place">{{.Place}}</span></li>{{end -}}
</ol></section>
{{- end}}
{{- if .Calls}}
<section><h2>இயங்கிக்கொண்டிருந்த செயல்கள் · active calls</h2><ol>
{{- range .Calls}}<li>செயல் <b>{{.Function}}</b> <span class="place">{{.Place}}</span></li>{{end -}}
</ol>{{if .MoreCalls}}… {{.MoreCalls}} மேலும் / {{.MoreCalls}} more{{end}}</section>
{{- end}}
{{- if .GoStack}}
<section><h2>Go</h2><pre>{{.GoStack}}</pre></section>
{{- end}}
<footer>{{.Method}} {{.Path}}{{if .Route}} · வழி <b>{{.Route}}</b>{{end}} · {{.ID}}</footer>
</main>
</body>
</html>
`))
