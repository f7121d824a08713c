package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"etamil/cmd/internal/cli"
	"etamil/cmd/internal/grant"
	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"
)

const (
	testTimeout = 60 * time.Second
	// maxTestOutput bounds what one test prints: it is kept until the test is
	// reported.
	maxTestOutput = 64 << 20
)

// testEndings are how the names of test programs end.
var testEndings = [...]string{"_சோதனை.qmz", "_cOqaZY.qmz", "_test.qmz"}

// The lines of the library's module for tests begin so when a check passed or
// failed (spec 09 §9.10).
const (
	checkPassed = "  ✓ "
	checkFailed = "  ✗ "
)

// A tester is the verb test.
type tester struct {
	*tool
	timeout     time.Duration
	jobs        int64
	quiet, json bool
	filter      string
}

func openTest(t *tool, s *cli.Set) action {
	r := &tester{tool: t, timeout: testTimeout, jobs: int64(runtime.GOMAXPROCS(0))}
	s.Duration(&r.timeout, "timeout", "ஒவ்வொரு சோதனையின் நேர வரம்பு (60s)", "limit of the time of each test (60s)")
	s.Count(&r.jobs, "jobs", 1, "ஒரே நேரத்தில் இயங்குபவை (இயல்பு: கருக்களின் எண்ணிக்கை)", "how many run at once (default: as many as there are cores)")
	s.Switch(&r.quiet, "quiet", "தேறாதவை மட்டும்", "show failures only")
	s.Text(&r.filter, "filter", "TEXT", "பாதையில் இச்சொல் உள்ளவை மட்டும்", "only those whose path contains this")
	s.Switch(&r.json, "json", "சோதனைக்கு ஒரு JSON பொருளாக வெளியீட்டில்", "one JSON object a test on standard output")
	return r.run
}

func (r *tester) run(args cli.Args) (int, error) {
	paths := args.Files
	if len(paths) == 0 {
		paths = []string{"."}
	}
	tests, ok := r.find(paths)
	if !ok {
		return failure, nil
	}
	if len(tests) == 0 {
		r.con.Sayf("சோதனை எதுவும் இல்லை", "there are no tests")
		return failure, nil
	}
	g, err := grant.Command(grant.Options{Aside: r.aside, Getenv: r.getenv, WarnKey: r.warnKey})
	if err != nil {
		return r.cannot(err), nil
	}
	defer g.Close()
	end, ok := r.openDatabases(g, r.warnPlainly)
	if !ok {
		return failure, nil
	}
	defer end()
	return r.all(tests, g), nil
}

// find returns the tests that paths name: a file itself, of a directory those
// below whose names say so. It is false, and a message shown, when a directory
// cannot be read.
func (r *tester) find(paths []string) (tests []string, ok bool) {
	seen := map[string]bool{}
	add := func(path string) {
		if strings.Contains(path, r.filter) && !seen[path] {
			seen[path] = true
			tests = append(tests, path)
		}
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || !info.IsDir() {
			add(path) // what is wrong with a file is told as its failure
			continue
		}
		var below []string
		err = filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
			isTest := func(ending string) bool { return strings.HasSuffix(name, ending) }
			if err == nil && !entry.IsDir() && slices.ContainsFunc(testEndings[:], isTest) {
				below = append(below, name)
			}
			return err
		})
		if err != nil {
			why := diag.Reason(err)
			r.con.Sayf("'%[1]s' கோப்புறையைப் படிக்க முடியவில்லை: %[2]s", "cannot read directory '%[1]s': %[3]s", path, why.Ta, why.En)
			return nil, false
		}
		slices.Sort(below)
		for _, name := range below {
			add(name)
		}
	}
	return tests, true
}

// A verdict is what came of one test.
type verdict struct {
	path           string
	took           time.Duration
	output         string
	status         int
	passed, failed int       // checks of the library's module for tests
	list           diag.List // the errors that ended it
	notes          diag.List // what its databases had to say
	wrong          []diag.Text
}

func (v *verdict) ok() bool { return len(v.wrong) == 0 }

// all runs the tests, so many at once, and reports them in their order.
func (r *tester) all(tests []string, g *grant.Grant) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w := watchSignals(cancel, func() {})
	verdicts := make([]chan *verdict, len(tests))
	places := make(chan struct{}, min(r.jobs, int64(len(tests))))
	for i := range tests {
		verdicts[i] = make(chan *verdict, 1)
	}
	go func() {
		for i, path := range tests {
			places <- struct{}{}
			go func() {
				verdicts[i] <- r.test(ctx, path, g)
				<-places
			}()
		}
	}()

	failed := 0
	var records bytes.Buffer
	for _, done := range verdicts {
		v := <-done
		if !v.ok() {
			failed++
		}
		r.report(v)
		if r.json {
			records.Write(v.record())
		}
	}
	w.ended()
	if !r.quiet {
		r.total(len(tests), failed)
	}
	status := success
	if failed > 0 {
		status = failure
	}
	if r.json {
		status = max(status, r.print(func(w io.Writer) { w.Write(records.Bytes()) }))
	}
	return status
}

// test runs one test.
func (r *tester) test(ctx context.Context, path string, g *grant.Grant) *verdict {
	v := &verdict{path: path}
	start := time.Now()
	defer func() { v.took = time.Since(start) }()
	program, list := engine.Load(engine.LoadOptions{File: path, Getenv: r.getenv})
	if program == nil {
		v.list = onlyErrors(list)
	} else {
		var out testOutput
		h := g.Host
		h.Output, h.Input = &out, noInput{}
		res, err := program.Run(ctx, &h, engine.Limits{Time: r.timeout, Output: maxTestOutput})
		v.output, v.status = out.String(), res.Status
		var d *diag.Diagnostic
		for _, note := range res.Databases.Notes {
			if errors.As(note, &d) {
				v.notes = append(v.notes, d)
			}
		}
		var fault *engine.Fault
		switch {
		case errors.As(err, &d):
			v.list = diag.List{d}
		case errors.As(err, &fault):
			v.list = diag.List{diag.InternalError.New(fault.Reason)}
		case err != nil:
			v.list = diag.List{diag.InternalError.New(err.Error())}
		}
	}
	if len(v.list) > 0 {
		v.status = failure
	}
	v.judge()
	return v
}

// judge compares what a test did with the files beside it.
func (v *verdict) judge() {
	for line := range strings.SplitSeq(v.output, "\n") {
		switch {
		case strings.HasPrefix(line, checkPassed):
			v.passed++
		case strings.HasPrefix(line, checkFailed):
			v.failed++
		}
	}
	wrong := func(ta, en string, args ...any) {
		v.wrong = append(v.wrong, diag.Text{Ta: fmt.Sprintf(ta, args...), En: fmt.Sprintf(en, args...)})
	}
	base := strings.TrimSuffix(v.path, filepath.Ext(v.path))
	want, err := os.ReadFile(base + ".out")
	compared := err == nil
	if compared && string(want) != v.output {
		line, got, wanted := firstDifference(v.output, string(want))
		wrong("வெளியீடு %[4]s இலிருந்து வேறு, வரி %[1]d: கிடைத்தது %[2]q, வேண்டியது %[3]q",
			"the output is not that of %[4]s, line %[1]d: got %[2]q, want %[3]q", line, diag.Quote(got), diag.Quote(wanted), base+".out")
	}
	fail, err := os.ReadFile(base + ".fail")
	if err != nil {
		switch {
		case len(v.list) > 0:
			wrong("பிழையில் முடிந்தது", "it ended with an error")
		case v.status != 0:
			wrong("வெளியேறு நிலை %d", "exit status %d", v.status)
		case v.failed > 0 && !compared:
			// The run of checks was not ended by சோதனை_முடிவு, or not its last one.
			wrong("%[2]d சரிபார்ப்புகளில் %[1]d தேறவில்லை; முடிவில் சோதனை_முடிவு அழைக்கப்பட்டதா?",
				"%d of %d checks failed; is சோதனை_முடிவு called at the end?", v.failed, v.passed+v.failed)
		}
		return
	}
	switch line := lineOf(string(fail)); {
	case v.status == 0:
		wrong("தவற வேண்டும்; ஆனால் தேறியது", "it must fail, and did not")
	case line > 0 && len(v.list) == 0:
		wrong("வரி %d-இல் பிழை வேண்டும்; வெளியேறு நிலை %d மட்டுமே", "there must be an error in line %d; there is exit status %d alone", line, v.status)
	case line > 0 && v.list[0].Span.Pos().Line != line:
		wrong("பிழை வரி %d-இல்; வரி %d-இல் வேண்டும்", "the error is in line %d, must be in line %d", v.list[0].Span.Pos().Line, line)
	}
}

// lineOf returns the number in the line "line: N" of a file .fail, 0 when it
// has none.
func lineOf(fail string) int {
	for line := range strings.Lines(fail) {
		if number, ok := strings.CutPrefix(strings.TrimSpace(line), "line:"); ok {
			n, _ := strconv.Atoi(strings.TrimSpace(number))
			return n
		}
	}
	return 0
}

// firstDifference returns the number of the first line that differs, and that
// line in both; where one text has ended, "".
func firstDifference(got, want string) (line int, gotLine, wantLine string) {
	for line = 1; ; line++ {
		var moreGot, moreWant bool
		gotLine, got, moreGot = strings.Cut(got, "\n")
		wantLine, want, moreWant = strings.Cut(want, "\n")
		if gotLine != wantLine || moreGot != moreWant {
			return line, gotLine, wantLine
		}
	}
}

// report shows one test on standard error.
func (r *tester) report(v *verdict) {
	if v.ok() && r.quiet {
		return
	}
	var b bytes.Buffer
	mark := "✓"
	if !v.ok() {
		mark = "✗"
	}
	fmt.Fprintf(&b, "%s %s  %s", mark, v.path, v.took.Round(time.Millisecond))
	if n := v.passed + v.failed; n > 0 {
		fmt.Fprintf(&b, "  %d/%d", v.passed, n)
	}
	b.WriteByte('\n')
	if !v.ok() {
		for _, text := range v.wrong {
			b.WriteString("    ")
			r.line(&b, text)
		}
		for line := range strings.Lines(v.output) {
			b.WriteString("    │ " + strings.TrimSuffix(line, "\n") + "\n")
		}
		r.con.Format(&b, v.list...)
	}
	r.con.Format(&b, v.notes...)
	r.con.Write(b.Bytes())
}

// total tells how many tests there were.
func (r *tester) total(all, failed int) {
	ta, en := "%[1]d சோதனைகள்: %[2]d தேறின, %[3]d தேறவில்லை", "%[1]d tests: %[2]d passed, %[3]d failed"
	if all == 1 {
		ta, en = "%[1]d சோதனை: %[2]d தேறியது, %[3]d தேறவில்லை", "%[1]d test: %[2]d passed, %[3]d failed"
	}
	r.con.Sayf(ta, en, all, all-failed, failed)
}

// A reason is a sentence in the form of the messages of diagnostics.
type reason struct {
	Ta string `json:"ta"`
	En string `json:"en"`
}

// record returns the line of --json.
func (v *verdict) record() []byte {
	record := struct {
		Path         string            `json:"path"`
		OK           bool              `json:"ok"`
		Milliseconds int64             `json:"ms"`
		Status       int               `json:"status"`
		Passed       int               `json:"passed"`
		Failed       int               `json:"failed"`
		Reasons      []reason          `json:"reasons,omitempty"`
		Output       string            `json:"output,omitempty"`
		Errors       []json.RawMessage `json:"errors,omitempty"`
	}{Path: v.path, OK: v.ok(), Milliseconds: v.took.Milliseconds(), Status: v.status, Passed: v.passed, Failed: v.failed}
	if !v.ok() {
		record.Output = v.output
		for _, text := range v.wrong {
			record.Reasons = append(record.Reasons, reason(text))
		}
		for _, d := range v.list {
			record.Errors = append(record.Errors, d.AppendJSON(nil))
		}
	}
	line, err := json.Marshal(record)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return append(line, '\n')
}

// A testOutput keeps what a test prints.
type testOutput struct{ bytes.Buffer }

var _ host.Output = (*testOutput)(nil)

func (o *testOutput) Print(text string) error {
	o.WriteString(text)
	o.WriteByte('\n')
	return nil
}

func (o *testOutput) Flush() error { return nil }

// noInput is an input that has ended.
type noInput struct{}

func (noInput) ReadLine() (string, error) { return "", io.EOF }
