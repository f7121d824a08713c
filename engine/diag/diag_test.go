package diag

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"

	"etamil/engine/token"
)

// at returns the span of the n-th (from 0) occurrence of part in source.
func at(t *testing.T, f *token.File, part string, n int) token.Span {
	t.Helper()
	from := 0
	for {
		i := strings.Index(f.Source[from:], part)
		if i < 0 {
			t.Fatalf("%q is not in the source %d times", part, n+1)
		}
		from += i
		if n == 0 {
			return token.Span{File: f, Start: int32(from), End: int32(from + len(part))}
		}
		n--
		from += len(part)
	}
}

func render(d *Diagnostic, o Options) string {
	var b strings.Builder
	Render(&b, List{d}, o)
	return b.String()
}

func TestSentencesFollowTheRulesOfTheCatalogue(t *testing.T) {
	place := regexp.MustCompile(`\{\d\}`)
	for _, code := range Codes() {
		d := Lookup(code)
		if d.Code != code {
			t.Errorf("%v is found under %v", d.Code, code)
		}
		for _, sentence := range []string{d.Ta, d.En} {
			if sentence == "" || strings.HasSuffix(sentence, ".") {
				t.Errorf("%v: %q is empty or ends with a full stop", code, sentence)
			}
		}
		ta, en := place.FindAllString(d.Ta, -1), place.FindAllString(d.En, -1)
		slices.Sort(ta)
		slices.Sort(en)
		if !slices.Equal(ta, en) {
			t.Errorf("%v: the languages differ in their arguments: %v, %v", code, ta, en)
		}
		tamil := func(r rune) bool { return unicode.Is(unicode.Tamil, r) }
		if !strings.ContainsFunc(d.Ta, tamil) {
			t.Errorf("%v: no Tamil in %q", code, d.Ta)
		}
		logged := d == TransactionLeftOpen || d == TextAfterStatement || d == SlowStatement
		if warning := logged || code >= 2100 && code < 3000; warning != (d.Severity == Warning) {
			t.Errorf("%v is %v", code, d.Severity)
		}
	}
}

func TestEveryCodeHasACommentThatSaysWhenItOccurs(t *testing.T) {
	file, err := parser.ParseFile(gotoken.NewFileSet(), "codes.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if call, ok := spec.Values[0].(*ast.CallExpr); ok {
			if f, ok := call.Fun.(*ast.Ident); ok && f.Name == "define" {
				found++
				if name := spec.Names[0].Name; !strings.HasPrefix(spec.Doc.Text(), name+" occurs ") {
					t.Errorf("%s: the comment must begin with %q, got %q", name, name+" occurs ", spec.Doc.Text())
				}
			}
		}
		return true
	})
	if found != len(defs) {
		t.Errorf("%d definitions in codes.go, %d codes", found, len(defs))
	}
}

func TestEveryCodeIsExplainedInBothLanguagesWithTwoPrograms(t *testing.T) {
	for _, code := range Codes() {
		e, ok := Explain(code)
		if !ok {
			t.Errorf("%v is not explained", code)
			continue
		}
		if e.Rule.Ta == "" || e.Rule.En == "" || e.Rule.Ta == e.Rule.En {
			t.Errorf("%v: the rule lacks a language: %v", code, e.Rule)
		}
		if e.Wrong.Source == "" || e.Right.Source == "" || e.Wrong.Text() == e.Right.Text() && e.Wrong.Way == e.Right.Way {
			t.Errorf("%v: two different programs wanted", code)
		}
		if n := len(e.Wrong.Text()); n > 2000 {
			t.Errorf("%v: people are shown %d bytes", code, n)
		}
	}
	if _, ok := Explain(9999); ok {
		t.Error("a code that does not exist is explained")
	}
	seen := map[Code]bool{}
	for _, table := range [][]Explanation{explainGeneral, explainSource, explainCheck, explainRun, explainHost, explainConfig} {
		for _, e := range table {
			if seen[e.Code] || Lookup(e.Code) == nil {
				t.Errorf("%v is explained twice or does not exist", e.Code)
			}
			seen[e.Code] = true
		}
	}
}

func TestArgumentsGoWhereTheSentencesWantThem(t *testing.T) {
	for _, tt := range []struct {
		why    string
		d      *Diagnostic
		ta, en string
	}{
		{"kinds differ between the languages", TypeMismatch.New("ஆ", KindNumber, KindText),
			"'ஆ' எண் என அறிவிக்கப்பட்டது; இங்கே தரப்படுவது சொல்", "'ஆ' is declared a number, but is given text here"},
		{"a whole number", WrongArgumentCount.New("f", 2, int64(3)),
			"'f' 2 அளவுருக்களை எதிர்பார்க்கிறது; 3 தரப்பட்டன", "'f' takes 2 arguments, 3 given"},
		{"braces in an argument stay", NoValue.New("{1}"),
			"'{1}' என்ற மாறிக்கு இன்னும் மதிப்பு இல்லை", "'{1}' has no value yet"},
		{"a sentence without arguments", DivisionByZero.New(), "பூஜ்ஜியத்தால் வகுக்க முடியாது", "division by zero"},
		{"a quoted argument is cut at 40 letters", NoValue.New(strings.Repeat("கொ", 41)),
			"'" + strings.Repeat("கொ", 40) + "…' என்ற மாறிக்கு இன்னும் மதிப்பு இல்லை", "'" + strings.Repeat("கொ", 40) + "…' has no value yet"},
		{"where a database is, is not", ConnectionLost.New(Whole(strings.Repeat("d", 41))),
			"'" + strings.Repeat("d", 41) + "' தளத்துடனான இணைப்பு அறுந்தது", "the connection to '" + strings.Repeat("d", 41) + "' was lost"},
		{"a time has words in Tamil", StatementTimeout.New(4500 * time.Millisecond),
			"கூற்று 4.5 நொடி நேரத்திற்குள் முடியவில்லை; நிறுத்தப்பட்டது", "the statement did not finish within 4.5s and was cancelled"},
		{"a short one too", DatabaseLocked.New(30 * time.Millisecond),
			"தளம் 30 மில்லிநொடி நேரமாகப் பூட்டப்பட்டுள்ளது", "the database was locked for 30ms"},
		{"another one is not", UnhandledFailure.New(strings.Repeat("கொ", 1000)),
			"கையாளப்படாத தவறு: " + strings.Repeat("கொ", 1000), "failure not handled: " + strings.Repeat("கொ", 1000)},
		{"but at 1 000", UnhandledFailure.New(strings.Repeat("கொ", 1001)),
			"கையாளப்படாத தவறு: " + strings.Repeat("கொ", 1000) + "…", "failure not handled: " + strings.Repeat("கொ", 1000) + "…"},
	} {
		if got := tt.d.Message(); got.Ta != tt.ta || got.En != tt.en {
			t.Errorf("%s: got\n%s\n%s\nwant\n%s\n%s", tt.why, got.Ta, got.En, tt.ta, tt.en)
		}
	}
}

func TestQuoteShowsAtMost40LettersOnOneLine(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"ஒன்று", "ஒன்று"},
		{"அ\nஆ", "அ⏎ஆ"},
		{"அ\r\nஆ", "அ⏎ஆ"},
		{"a\tb\x00c", "a\uFFFDb\uFFFDc"},
		{"a\xffb", "a\uFFFDb"},
		{strings.Repeat("x", 40), strings.Repeat("x", 40)},
		{strings.Repeat("x", 41), strings.Repeat("x", 40) + "…"},
		{strings.Repeat("நீ", 41), strings.Repeat("நீ", 40) + "…"},
	} {
		got := Quote(tt.in)
		if got != tt.want {
			t.Errorf("Quote(%q) = %q, want %q", tt.in, got, tt.want)
		}
		if again := Quote(got); again != got {
			t.Errorf("Quote(%q) = %q, want it unchanged", got, again)
		}
	}
}

func TestCodesAreReadInTheirUsualForms(t *testing.T) {
	for s, want := range map[string]Code{"ET2003": 2003, "et2003": 2003, "2003": 2003, "ET0001": 1, "2": -1, "ET20030": -1, "E2003": -1, "ET-003": -1, "": -1} {
		got, ok := ParseCode(s)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("ParseCode(%q) = %v, %v", s, got, ok)
		}
	}
	if s := TypeMismatch.Code.String(); s != "ET2003" {
		t.Errorf("String = %s", s)
	}
}

func TestPhaseFollowsTheBlockOfTheCode(t *testing.T) {
	for def, want := range map[*Def]Phase{
		UnknownCharacter: Lex, NumberTooLarge: Lex, FileTooLarge: Lex, Expected: Parse, ModuleNotFound: Parse,
		TypeMismatch: Check, NeverSet: Check, ProgramTooLarge: Compile, DivisionByZero: Run, FileRead: Run,
	} {
		if got := def.New().Phase(); got != want {
			t.Errorf("%v is of phase %v, want %v", def.Code, got, want)
		}
	}
	if got := MoreErrors.New(3).InPhase(Lex).Phase(); got != Lex {
		t.Errorf("InPhase was ignored: %v", got)
	}
}

func TestErrorIsOneEnglishLineWithPlaceAndCode(t *testing.T) {
	f := token.NewFile("வரி.qmz", "", "அ = 1;\nஅச்சு அ / 0;\n")
	var err error = DivisionByZero.At(at(t, f, "/", 0))
	if got, want := err.Error(), "வரி.qmz:2:9: ET4001: division by zero"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := DivisionByZero.New().Error(), "ET4001: division by zero"; got != want {
		t.Errorf("without a place: got %q, want %q", got, want)
	}
	var d *Diagnostic
	if !errors.As(fmt.Errorf("run: %w", err), &d) {
		t.Error("a wrapped diagnostic is not found")
	}
}

func TestRenderFollowsTheHumanForm(t *testing.T) {
	f := token.NewFile("கணக்கு.qmz", "", "அச்சு 1;\nஎண் ஆ = \"இரண்டு\";\n")
	d := TypeMismatch.At(at(t, f, "ஆ", 0), "ஆ", KindNumber, KindText)
	for _, tt := range []struct {
		lang Language
		want string
	}{
		{Both, `கணக்கு.qmz:2:5: பிழை ET2003: 'ஆ' எண் என அறிவிக்கப்பட்டது; இங்கே தரப்படுவது சொல்
    error ET2003: 'ஆ' is declared a number, but is given text here
  2 | எண் ஆ = "இரண்டு";
    |    ^
`},
		{Tamil, `கணக்கு.qmz:2:5: பிழை ET2003: 'ஆ' எண் என அறிவிக்கப்பட்டது; இங்கே தரப்படுவது சொல்
  2 | எண் ஆ = "இரண்டு";
    |    ^
`},
		{English, `கணக்கு.qmz:2:5: error ET2003: 'ஆ' is declared a number, but is given text here
  2 | எண் ஆ = "இரண்டு";
    |    ^
`},
	} {
		if got := render(d, Options{Lang: tt.lang}); got != tt.want {
			t.Errorf("got\n%s\nwant\n%s", got, tt.want)
		}
	}
}

func TestRenderShowsNotesHelpAndStack(t *testing.T) {
	f := token.NewFile("வரி.qmz", "", `செயல் பங்கிடு(தொகை, பங்குகள்) {
    // வகுக்கும் முன்
    திரும்பு தொகை / பங்குகள்;
}
பங்குகள் = 0;

அச்சு பங்கிடு(100, பங்குகள்);
`)
	call := at(t, f, "பங்கிடு", 1)
	d := DivisionByZero.At(at(t, f, "/", 2)).
		Note(at(t, f, "பங்குகள் = 0", 0), Text{"மதிப்பு இங்கே", "the value is from here"}).
		Note(token.Span{}, Same("x")).
		WithHelp("முதலில் பாருங்கள்", "look first")
	for range 12 {
		d.Stack = append(d.Stack, Call{"பங்கிடு", call})
	}
	stack := strings.Repeat("    செயல் பங்கிடு  வரி.qmz:7:7\n", 10)
	want := `வரி.qmz:3:19: பிழை ET4001: பூஜ்ஜியத்தால் வகுக்க முடியாது
    error ET4001: division by zero
  3 |     திரும்பு தொகை / பங்குகள்;
    |                  ^
    குறிப்பு / note வரி.qmz:5:1: மதிப்பு இங்கே; the value is from here
  5 | பங்குகள் = 0;
    | ^~~~~~~~~~
    குறிப்பு / note: x
    உதவி / help: முதலில் பாருங்கள்; look first
` + stack + "    … 2 மேலும் / 2 more\n"
	if got := render(d, Options{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	english := render(d, Options{Lang: English})
	for _, part := range []string{"    note வரி.qmz:5:1: the value is from here\n", "    help: look first\n", "    function பங்கிடு  வரி.qmz:7:7\n", "    … 2 more\n"} {
		if !strings.Contains(english, part) {
			t.Errorf("%q is not in\n%s", part, english)
		}
	}
}

func TestRenderCountsErrorsAndWarningsWhenThereAreSeveral(t *testing.T) {
	f := token.NewFile("a.qmz", "", "x\n")
	s := token.Span{File: f, Start: 0, End: 1}
	list := List{NoValue.At(s, "x"), NeverSet.At(s, "x"), NeverSet.At(s, "y")}
	var b strings.Builder
	if err := Render(&b, list, Options{}); err != nil {
		t.Fatal(err)
	}
	if want := "\n1 பிழைகள், 2 எச்சரிக்கைகள்  (1 errors, 2 warnings)\n"; !strings.HasSuffix(b.String(), want) {
		t.Errorf("no %q at the end of\n%s", want, b.String())
	}
	if n := strings.Count(b.String(), "^\n\n"); n != 3 {
		t.Errorf("%d blank lines after diagnostics, want 3:\n%s", n, b.String())
	}
	b.Reset()
	Render(&b, nil, Options{})
	if b.Len() > 0 {
		t.Errorf("an empty list gives %q", b.String())
	}
}

func TestCaretStandsUnderItsLetter(t *testing.T) {
	for _, tt := range []struct{ why, line, part, source, caret string }{
		{"ASCII", "ab = cd;", "cd", "ab = cd;", "     ^~"},
		{"pulli takes no room, a vowel sign beside its letter does", "க்கா = x;", "x", "க்கா = x;", "      ^"},
		{"wide characters take two", "日本 = x;", "x", "日本 = x;", "       ^"},
		{"an emoji takes two", "\"😀\" x", "x", "\"😀\" x", "     ^"},
		{"a family of emoji takes two", "\"👨‍👩‍👧\" x", "x", "\"👨‍👩‍👧\" x", "     ^"},
		{"an emoji made by a selector takes two", "\"❤️\" x", "x", "\"❤️\" x", "     ^"},
		{"a flag takes two", "\"🇮🇳\" x", "x", "\"🇮🇳\" x", "     ^"},
		{"a joiner takes nothing", "க்\u200dஷ x", "x", "க்\u200dஷ x", "   ^"},
		{"a tab goes to the next stop of four", "\tab\tx", "x", "    ab  x", "        ^"},
		{"a marked tab", "a\tb", "\t", "a   b", " ^~~"},
		{"control characters are shown", "a\x01b x", "x", "a\uFFFDb x", "    ^"},
		{"an empty place still has a caret", "abc", "", "abc", "^"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			f := token.NewFile("a.qmz", "", tt.line+"\nz\n")
			i := strings.Index(tt.line, tt.part)
			s := token.Span{File: f, Start: int32(i), End: int32(i + len(tt.part))}
			got := render(DivisionByZero.At(s), Options{Lang: English})
			_, got, _ = strings.Cut(got, "\n")
			if want := "  1 | " + tt.source + "\n    | " + tt.caret + "\n"; got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

func TestMarksEndWithTheLine(t *testing.T) {
	f := token.NewFile("a.qmz", "", "x = \"ab\r\ncd\";\n")
	got := render(UnclosedText.At(at(t, f, "\"ab\r\ncd\"", 0)), Options{Lang: English})
	if want := "  1 | x = \"ab\n    |     ^~~\n"; !strings.HasSuffix(got, want) {
		t.Errorf("got\n%swant at its end\n%s", got, want)
	}
}

func TestWideLinesAreCutAroundTheCaret(t *testing.T) {
	letters := strings.Repeat("அஆ", 300)
	for _, offset := range []int{0, 3, 60, 117, 120, 300, 900, 1701, 1797} {
		for _, length := range []int{3, 300} {
			f := token.NewFile("a.qmz", "", letters)
			s := token.Span{File: f, Start: int32(offset), End: int32(min(offset+length, len(letters)))}
			text := render(DivisionByZero.At(s), Options{Lang: English})
			lines := strings.Split(text, "\n")
			source, marks := strings.TrimPrefix(lines[1], "  1 | "), strings.TrimPrefix(lines[2], "    | ")
			if n := displayWidth(source); n > maxColumns || n < maxColumns-2 {
				t.Errorf("offset %d: %d columns, want about %d", offset, n, maxColumns)
			}
			if n := len(marks); n > maxColumns {
				t.Errorf("offset %d: marks up to column %d", offset, n)
			}
			caret := strings.IndexByte(marks, '^')
			marked := []rune(source)[caret]
			if want := letters[offset : offset+3]; string(marked) != want {
				t.Errorf("offset %d: the caret is under %q, want %q:\n%s", offset, marked, want, text)
			}
			if offset == 0 && strings.HasPrefix(source, "…") {
				t.Errorf("offset %d: cut at the start: %s", offset, source)
			}
			if offset > 300 && !strings.HasPrefix(source, "…") {
				t.Errorf("offset %d: no … at the start: %s", offset, source)
			}
		}
	}
}

func TestNamesAreShownRelativeToTheDirectory(t *testing.T) {
	for _, tt := range []struct{ dir, name, want string }{
		{"", "/srv/app/a.qmz", "/srv/app/a.qmz"},
		{"/srv/app", "/srv/app/a.qmz", "a.qmz"},
		{"/srv/app", "/srv/app/x/a.qmz", "x/a.qmz"},
		{"/srv/app", "/srv/application/a.qmz", "/srv/application/a.qmz"},
		{"/", "/srv/app/a.qmz", "/srv/app/a.qmz"},
		{"/srv/app", "<stdin>", "<stdin>"},
		{"/srv/app", "nUlakam/col.qmz", "nUlakam/col.qmz"},
	} {
		if got := relative(tt.dir, tt.name); got != tt.want {
			t.Errorf("%s in %s is shown as %s, want %s", tt.name, tt.dir, got, tt.want)
		}
	}
}

func TestColourWrapsTheSameText(t *testing.T) {
	f := token.NewFile("a.qmz", "", "அ = 1 / 0;\n")
	d := DivisionByZero.At(at(t, f, "/", 0)).Note(at(t, f, "0", 0), FirstHere).WithHelp("அ", "b")
	coloured := render(d, Options{Color: true})
	if !strings.Contains(coloured, red) {
		t.Error("no colour")
	}
	bare := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(coloured, "")
	if want := render(d, Options{}); bare != want {
		t.Errorf("without its colours got\n%s\nwant\n%s", bare, want)
	}
}

func TestMachineFormHoldsPlacesTextsAndStack(t *testing.T) {
	f := token.NewFile("வரி.qmz", "", "\uFEFFசெயல் கொ(அ) { திரும்பு 1 / அ; }\nகொ(0);\n")
	d := DivisionByZero.At(at(t, f, "/", 0)).Note(at(t, f, "0", 0), FirstHere).Note(token.Span{}, Same("n")).WithHelp("அ", "b")
	d.Stack = []Call{{"கொ", at(t, f, "கொ", 1)}}
	got := string(d.AppendJSON(nil))
	want := `{"code":"ET4001","severity":"error","phase":"run",` +
		`"file":"வரி.qmz","line":1,"column":26,"endLine":1,"endColumn":27,"letterColumn":19,"offset":60,"endOffset":61,` +
		`"message":{"ta":"பூஜ்ஜியத்தால் வகுக்க முடியாது","en":"division by zero"},"args":[],` +
		`"notes":[{"file":"வரி.qmz","line":2,"column":4,"endLine":2,"endColumn":5,"letterColumn":3,"offset":76,"endOffset":77,` +
		`"message":{"ta":"முதலாவது இங்கே","en":"the first one is here"}},{"message":{"ta":"n","en":"n"}}],` +
		`"help":{"ta":"அ","en":"b"},` +
		`"stack":[{"function":"கொ","file":"வரி.qmz","line":1,"column":26},{"function":null,"file":"வரி.qmz","line":2,"column":1}]}`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMachineFormIsAlwaysJSON(t *testing.T) {
	for _, s := range []string{"", "\"\\/", "\x00\x1f\x7f", "\xff\xfe", "\u2028\u2029", "கொ\n\t😀", strings.Repeat("<", 100)} {
		d := UnhandledFailure.New(s)
		d.Stack = []Call{{s, token.Span{}}}
		b := d.AppendJSON(nil)
		var v struct {
			Message struct{ Ta, En string }
			Args    []string
			Stack   []struct{ Function *string }
		}
		if err := json.Unmarshal(b, &v); err != nil {
			t.Errorf("%q: %v in %s", s, err, b)
			continue
		}
		if v.Message.En != d.Message().En || len(v.Args) != 1 || len(v.Stack) != 2 || v.Stack[1].Function != nil {
			t.Errorf("%q: got %+v from %s", s, v, b)
		}
		if strings.ContainsAny(string(b), "\n\r") {
			t.Errorf("%q: more than one line: %s", s, b)
		}
	}
}

func TestListIsSortedByFileAndPosition(t *testing.T) {
	f, g := token.NewFile("f", "", "abcdef"), token.NewFile("g", "", "abcdef")
	d := func(f *token.File, offset int32, name string) *Diagnostic {
		return NoValue.At(token.Span{File: f, Start: offset, End: offset + 1}, name)
	}
	list := List{d(g, 4, "1"), d(f, 3, "2"), d(g, 1, "3"), d(f, 3, "4"), d(f, 0, "5")}
	list.Sort()
	var got []string
	for _, d := range list {
		got = append(got, d.Args[0].En)
	}
	if want := []string{"3", "1", "5", "2", "4"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if err := list.Error(); err != "g:1:2: ET4003: '3' has no value yet (and 4 more)" {
		t.Errorf("Error = %q", err)
	}
	if (List{NeverSet.New("x")}).HasErrors() {
		t.Error("a warning counts as an error")
	}
}

func TestNearestFindsSlips(t *testing.T) {
	names := []string{"நீளம்", "இணை", "வட்டமிடு", "nILam", "_length", "வெளியேறு"}
	for _, tt := range []struct{ name, want string }{
		{"நீளமம்", "நீளம்"},
		{"நிளம்", "நீளம்"},
		{"nIalm", ""}, // two places of five: too far
		{"nILma", "nILam"},
		{"_lenght", "_length"},
		{"வட்டமிட", "வட்டமிடு"},
		{"முற்றிலும்_வேறு", ""},
		{"x", ""},
		{"", ""},
	} {
		got, ok := Nearest(tt.name, slices.Values(names))
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("Nearest(%q) = %q, %v, want %q", tt.name, got, ok, tt.want)
		}
	}
}

func TestReasonSaysWhyInBothLanguages(t *testing.T) {
	_, missing := os.Open("இல்லாத_கோப்பு")
	for _, tt := range []struct {
		err  error
		want Text
	}{
		{missing, Text{"அப்படி ஒரு கோப்பு இல்லை", "no such file"}},
		{fmt.Errorf("open: %w", &fs.PathError{Op: "open", Path: "x", Err: syscall.EACCES}), Text{"அனுமதி இல்லை", "permission denied"}},
		{&fs.PathError{Op: "read", Path: "x", Err: syscall.EISDIR}, Text{"அது ஒரு கோப்புறை", "it is a directory"}},
		{&fs.PathError{Op: "read", Path: "x", Err: errors.New("odd")}, Same("odd")},
		{errors.New("odd"), Same("odd")},
	} {
		if got := Reason(tt.err); got != tt.want {
			t.Errorf("Reason(%v) = %v, want %v", tt.err, got, tt.want)
		}
	}
}
