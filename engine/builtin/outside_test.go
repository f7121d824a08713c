package builtin

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// tamil is a reason with words of its own.
type tamil struct{}

func (tamil) Error() string { return "the english reason" }
func (tamil) Tamil() string { return "தமிழ்க் காரணம்" }

func TestSavingAnswersTheByteCount(t *testing.T) {
	f := files{}
	m := &machine{host: host.Host{Files: f}}
	if got := call(t, m, "_fileSave", "d.txt", "பணம்"); got != "சரி(12)" || string(f["d.txt"]) != "பணம்" {
		t.Errorf("%s, %q", got, f["d.txt"])
	}
	if got := call(t, m, "_fileSave", 5, num(t, "12.50")); got != "சரி(4)" || string(f["5"]) != "12.5" {
		t.Errorf("%s, %q", got, f["5"])
	}
	for _, path := range []any{nil, true, []any{1, 2}, map[string]any{}, ok("x")} {
		wantFailure(t, m, "is not the path of a file", "_fileSave", path, "x")
	}
	wantFailure(t, m, "cannot write 'full': disk full", "_fileSave", "full", "x")
	v, _ := try(m, "_fileSave", "../x", "x")
	inside := v.Inside()
	if want := "'../x' என்ற கோப்பில் எழுத முடியவில்லை: இங்கே அனுமதிக்கப்படவில்லை  (cannot write '../x': not permitted here)"; inside.Str() != want {
		t.Errorf("%s, want %s", inside.Str(), want)
	}
}

func TestReasonsAreToldInBothLanguages(t *testing.T) {
	for _, tt := range []struct {
		err    error
		ta, en string
	}{
		{fmt.Errorf("wrapped: %w", host.ErrNotPermitted), "இங்கே அனுமதிக்கப்படவில்லை", "not permitted here"},
		{tamil{}, "தமிழ்க் காரணம்", "the english reason"}, {fmt.Errorf("x: %w", tamil{}), "தமிழ்க் காரணம்", "x: the english reason"},
		{errors.New("bad \xff"), "bad \uFFFD", "bad \uFFFD"}, {badPath.refuse("x"), "x கோப்பின் பாதை அல்ல", "x is not the path of a file"},
	} {
		if got := Reason(tt.err); got != (diag.Text{Ta: tt.ta, En: tt.en}) {
			t.Errorf("%v: %+v", tt.err, got)
		}
	}
}

func TestUploadsAreCountedFromZero(t *testing.T) {
	f := files{}
	m := &machine{host: host.Host{Files: f}, uploads: []host.Upload{{Data: []byte("a")}, {Data: []byte("\xff\x00")}}}
	if got := call(t, m, "_saveUpload", "1.9", "x.bin"); got != "சரி(2)" || string(f["x.bin"]) != "\xff\x00" {
		t.Errorf("%s, %q", got, f["x.bin"])
	}
	if got := call(t, m, "_saveUpload", nil, "y"); got != "சரி(1)" {
		t.Error(got)
	}
	for _, index := range []any{2, -1, "2147483648", "79228162514264337593543950335"} {
		wantFailure(t, m, "this request has no upload", "_saveUpload", index, "x")
	}
	wantFailure(t, m, "not the path", "_saveUpload", 0, nil)
}

func TestFileAnswerTakesOpenFileStatusAndHeaders(t *testing.T) {
	m := &machine{host: host.Host{Files: files{"a.pdf": []byte("x")}}}
	for _, tt := range []struct {
		status, headers any
		want, printed   string
		kind            value.Kind
	}{
		{201, map[string]any{"A": "b"}, "201", "{A: b}", value.Number}, {" 404 ", nil, "404", "nil", value.Number}, {"x", []any{1}, "x", "nil", value.Text},
		{nil, "no record", "nil", "nil", value.Nil}, {true, nil, "true", "nil", value.Boolean},
	} {
		if got := call(t, m, "_respondFile", tt.status, "a.pdf", tt.headers); got != "சரி(nil)" {
			t.Fatal(got)
		}
		a := m.answers[len(m.answers)-1]
		status, _ := value.ToText(&a.Status, 0)
		headers, _ := value.ToText(&a.Headers, 0)
		if status != tt.want || a.Status.Kind() != tt.kind || headers != tt.printed || a.Path != "a.pdf" || a.File == nil || a.Body.IsDefined() {
			t.Errorf("%v, %v: %s %s", tt.status, tt.headers, status, headers)
		}
	}
	n := len(m.answers)
	wantFailure(t, m, "cannot read 'absent'", "_respondFile", 200, "absent", nil)
	wantFailure(t, m, "not the path", "_respondFile", 200, nil, nil)
	wantError(t, m, diag.BadArgument, "'paDil_kOppu' needs", "paDil_kOppu", 200, "a.pdf", map[string]any{"A B": "x"})
	wantError(t, m, diag.BadArgument, "'paDil_kOppu' needs", "paDil_kOppu", 200, "a.pdf", map[string]any{"A": "x\r\nB: c"})
	if len(m.answers) != n {
		t.Error("a failure set an answer")
	}
}

func TestExitStatusNeverHidesAFailure(t *testing.T) {
	for _, tt := range []struct {
		in   any
		want int
	}{
		{0, 0}, {3, 3}, {255, 255}, {256, 1}, {257, 1}, {-1, 255}, {"2.9", 2}, {"0.5", 0}, {"abc", 0}, {nil, 0}, {true, 1}, {512, 1}, {-256, 1},
		{2147483647, 255}, {2147483648, 1}, {-2147483648, 1}, {-2147483649, 1}, {"79228162514264337593543950335", 1},
	} {
		_, err := try(&machine{}, "_exit", tt.in)
		var exit *Exit
		if !errors.As(err, &exit) || exit.Status != tt.want {
			t.Errorf("%v: %+v, want %d", tt.in, err, tt.want)
		}
	}
}

func TestEnvironmentGivesTextOrTheDefault(t *testing.T) {
	m := &machine{host: host.Host{Env: variables{"A": "7.5", "EMPTY": ""}}}
	for _, tt := range []struct {
		name, fallback any
		want           string
		kind           value.Kind
	}{{"A", 0, "7.5", value.Text}, {"EMPTY", 1, "", value.Text}, {"B", []any{1, 2}, "[1, 2]", value.Array}, {nil, nil, "nil", value.Nil}} {
		v, err := try(m, "_env", tt.name, tt.fallback)
		if got, _ := value.ToText(&v, 0); err != nil || got != tt.want || v.Kind() != tt.kind {
			t.Errorf("%v: %s of %v, %v", tt.name, got, v.Kind(), err)
		}
	}
}

func TestProgramsGetPrintedArgumentsAndATime(t *testing.T) {
	p := &programs{result: &host.ProgramResult{Status: 3, Stdout: "o", Stderr: "e"}}
	m := &machine{host: host.Host{Programs: p}}
	if got := call(t, m, "_run", "printf", []any{"%s", num(t, "2.50"), nil, []any{1}}, "1.5"); got != "சரி({நிலை: 3, பிழை: e, வெளியீடு: o})" {
		t.Error(got)
	}
	if p.program != "printf" || strings.Join(p.args, "|") != "%s|2.5|nil|[1]" || p.limit != 1500*time.Millisecond {
		t.Errorf("%+v", p)
	}
	for _, tt := range []struct {
		seconds any
		want    time.Duration
	}{
		{0, 0}, {-1, 0}, {"x", 0}, {"0.0000000000001", 1}, {5, 5 * time.Second}, {"9223372036", 9223372036 * time.Second}, {"9223372037", math.MaxInt64},
		{"79228162514264337593543950335", math.MaxInt64},
	} {
		call(t, m, "_run", "x", []any{}, tt.seconds)
		if p.limit != tt.want {
			t.Errorf("%v seconds: %v, want %v", tt.seconds, p.limit, tt.want)
		}
	}
	wantError(t, m, diag.BadArgument, "an array as 'arguments'", "_run", "x", "y", 5)
	for _, tt := range []struct {
		err  error
		want string
	}{
		{host.ErrNotPermitted, "ETAMIL_EXEC_ALLOW does not permit the program 'x'"}, {context.DeadlineExceeded, "the program 'x' did not finish within 5 seconds"},
		{errors.New("no such thing"), "cannot run the program 'x': no such thing"},
	} {
		p.err = tt.err
		wantFailure(t, m, tt.want, "_run", "x", []any{}, 5)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m.ctx, p.err = ctx, context.Canceled
	if _, err := try(m, "_run", "x", []any{}, 5); !errors.Is(err, context.Canceled) {
		t.Errorf("ended run: %v", err)
	}
}

func TestWebRequestsCarryWhatWasAsked(t *testing.T) {
	w := &web{answer: &host.HTTPResponse{Status: 404, Body: "b", Header: map[string]string{"x-a": "1"}}}
	m := &machine{host: host.Host{HTTP: w}}
	want := "சரி({உடலுரை: b, தலைப்புகள்: {x-a: 1}, நிலைக்_குறி: 404})"
	if got := call(t, m, "_httpGet", "http://x/", map[string]any{"B": num(t, "2.50"), "A": nil}); got != want {
		t.Error(got)
	}
	call(t, m, "_httpPost", "http://x/", nil, []any{"no headers"})
	call(t, m, "_httpRequest", "paTch", "http://x/", nil, nil)
	call(t, m, "_httpRequest", "PUT", "http://x/", []any{1}, "none")
	get, post, patch, put := w.requests[0], w.requests[1], w.requests[2], w.requests[3]
	if get.Method != "GET" || get.Body != nil || fmt.Sprint(get.Header) != "[[A nil] [B 2.5]]" {
		t.Errorf("%+v", get)
	}
	if post.Method != "POST" || *post.Body != "nil" || post.Header != nil {
		t.Errorf("%+v", post)
	}
	if patch.Method != "PATCH" || patch.Body != nil {
		t.Errorf("%+v", patch)
	}
	if put.Method != "PUT" || *put.Body != "[1]" {
		t.Errorf("%+v", put)
	}
	w.err = tamil{}
	wantFailure(t, m, "cannot call 'http://x/': the english reason", "_httpGet", "http://x/", nil)
	v, _ := try(m, "_httpGet", "http://user:geheim@x/", nil)
	inside := v.Inside()
	if strings.Contains(inside.Str(), "geheim") || !strings.Contains(inside.Str(), "the english reason") {
		t.Errorf("a password is shown: %s", inside.Str())
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m.ctx = ctx
	if _, err := try(m, "_httpGet", "http://x/", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("ended run: %v", err)
	}
}

func TestDatabasesAreNotThere(t *testing.T) {
	m := &machine{}
	for _, tt := range []struct {
		want, name string
		args       []any
	}{
		{"no database is connected", "_tryExecute", []any{"x", []any{}}}, {"the parameters of a query must be an array", "_tryQuery", []any{nil, 5}},
		{"there is no driver for 'Redis' here", "_redisConnect", []any{"127.0.0.1:1"}}, {"Redis is not connected; use ரெடிஸ்_இணை first", "_redisCommand", []any{"GET", []any{}}},
		{"there is no driver for 'MongoDB' here", "_mongoConnect", []any{1, 2}}, {"MongoDB is not connected; use மொங்கோ_இணை first", "_mongoCommand", []any{map[string]any{}}},
		{"MongoDB is not connected", "_mongoFind", []any{"x", ok(map[string]any{})}}, {"a record is needed, got an array", "_mongoInsert", []any{"x", []any{}}},
		{"a record is needed, got a result", "_mongoFind", []any{"x", ok(5)}}, {"a record is needed, got text", "_mongoUpdate", []any{"x", map[string]any{}, "y", true}},
		{"MongoDB is not connected", "_mongoDelete", []any{"x", map[string]any{}, nil}}, {"MongoDB is not connected", "_mongoUpdate", []any{"x", map[string]any{}, bad(map[string]any{}), 1}},
	} {
		wantFailure(t, m, tt.want, tt.name, tt.args...)
	}
	wantError(t, m, diag.BadArgument, "an array as 'arguments', got text", "_redisCommand", "GET", "x")
	if got := call(t, m, "_redisClose"); got != "false" {
		t.Error(got)
	}
}
