package syntax_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"etamil/engine/diag"
	"etamil/engine/syntax"
	"etamil/engine/token"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func parse(source string) (*syntax.File, diag.List) {
	return syntax.ParseFile(token.NewFile("a.qmz", "", source), syntax.Options{Main: true})
}

// mustParse parses a source that has no error.
func mustParse(t *testing.T, source string) *syntax.File {
	t.Helper()
	file, list := parse(source)
	if file == nil {
		t.Fatalf("%s\n%v", source, list)
	}
	return file
}

// golden compares text with a file of testdata, or writes it there.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and look at the difference\ngot:\n%s", path, got)
	}
}

// The file holds sources, each followed by the diagnostics it must give.
func TestDiagnostics(t *testing.T) {
	const separator, answer = "\n%%\n", "\n=>"
	data, err := os.ReadFile("testdata/errors.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[diag.Code]bool{}
	var out []string
	for _, part := range strings.Split(strings.TrimSuffix(string(data), "\n"), separator) {
		source, _, _ := strings.Cut(part, answer)
		file, list := parse(source)
		if (file == nil) != list.HasErrors() {
			t.Errorf("%q: file %v, diagnostics %v", source, file, list)
		}
		var b strings.Builder
		b.WriteString(source + answer)
		for _, d := range list {
			seen[d.Code()] = true
			fmt.Fprintf(&b, "\n%s %v: %s", placeOf(d), d.Code(), d.Message().En)
			for _, n := range d.Notes {
				fmt.Fprintf(&b, "\n    %v: %s", n.Span.Pos(), n.Text.En)
			}
			if d.Help != nil {
				fmt.Fprintf(&b, "\n    %s", d.Help.En)
			}
		}
		out = append(out, b.String())
	}
	golden(t, "errors.txt", strings.Join(out, separator)+"\n")
	// The codes left out have tests of their own (size, depth, number) or are
	// given by whoever loads modules.
	own := map[diag.Code]bool{1002: true, 1023: true, 1024: true, 1025: true, 1026: true, 1027: true, 1028: true, 1029: true}
	for _, code := range diag.Codes() {
		if code > 1000 && code < 2000 && !seen[code] && !own[code] {
			t.Errorf("testdata/errors.txt has no example of %v", code)
		}
	}
}

// errorsOf returns "code line:column" of each error.
func errorsOf(list diag.List) string {
	var out []string
	for _, d := range list {
		if d.Severity() == diag.Error {
			out = append(out, fmt.Sprintf("%v %s", d.Code(), placeOf(d)))
		}
	}
	return strings.Join(out, ", ")
}

func TestNestingEndsAtAThousand(t *testing.T) {
	for _, tt := range []struct{ why, before, open, middle, close, after string }{
		{"parentheses", "a = ", "(", "1", ")", ";"},
		{"arrays", "a = ", "[", "1", "]", ";"},
		{"records", "a = ", "{a:", "1", "}", ";"},
		{"calls", "a = ", "f(", "1", ")", ";"},
		{"indexes", "a = ", "b[", "1", "]", ";"},
		{"signs", "a = ", "-", "1", "", ";"},
		{"not", "a = ", "இல்லை ", "1", "", ";"},
		{"blocks", "", "ceyal f() {", "", "}", ""},
		{"else", "", "(1) எனில் { } இன்றேல் {", "", "}", ""},
	} {
		deep := func(n int) string {
			return tt.before + strings.Repeat(tt.open, n) + tt.middle + strings.Repeat(tt.close, n) + tt.after
		}
		file := mustParse(t, deep(1000))
		if again := mustParse(t, syntax.Format(file)); syntax.Format(again) != syntax.Format(file) {
			t.Errorf("%s: printing and parsing gives another tree", tt.why)
		}
		_, list := parse(deep(1001))
		if got := errorsOf(list); !strings.HasPrefix(got, "ET1026 1:") || strings.Contains(got, ",") {
			t.Errorf("%s: 1001 levels give %q, want one ET1026", tt.why, got)
		}
		// A hundred times deeper is refused as calmly.
		if _, list := parse(deep(100_000)); !strings.HasPrefix(errorsOf(list), "ET1026") {
			t.Errorf("%s: 100000 levels give %q", tt.why, errorsOf(list))
		}
	}
	_, list := parse("a = " + strings.Repeat("(", 1001) + "1")
	if got := errorsOf(list); got != "ET1026 1:1005" {
		t.Errorf("1001 parentheses give %q, want the error at the last one", got)
	}
}

func TestLongChainsAreOneNode(t *testing.T) {
	const n = 100_000
	for _, tail := range []string{" + 1", " - a", " & \"x\"", " * 2", " / b", " < 1", " == c", " மற்றும் d", " அல்லது e", "[0]", ".f", "?"} {
		source := "a" + strings.Repeat(tail, n)
		x, list := syntax.ParseExpr(token.NewFile("a.qmz", "", source), syntax.Options{})
		if x == nil {
			t.Fatalf("%s: %v", tail, list)
		}
		got := 0
		switch x := x.(type) {
		case *syntax.Chain:
			got = len(x.Links)
		case *syntax.Logic:
			got = len(x.Terms) - 1
		case *syntax.Postfix:
			got = len(x.Steps)
		}
		if got != n {
			t.Errorf("%s: %T with %d operators, want %d in one node", tail, x, got, n)
		}
		if printed := syntax.FormatExpr(x); printed != source {
			t.Errorf("%s: printing gives another text (%d bytes, want %d)", tail, len(printed), len(source))
		}
	}
}

func TestTwentyErrorsAreShownAndTheOthersCounted(t *testing.T) {
	for _, tt := range []struct {
		why, line string
		phase     diag.Phase
	}{
		{"parse", "accu ;\n", diag.Parse},
		{"scan", "accu #;\n", diag.Lex},
	} {
		for n, want := range map[int]string{20: "", 21: "1 more errors are not shown", 50: "30 more errors are not shown"} {
			_, list := parse(strings.Repeat(tt.line, n))
			if tt.phase == diag.Parse && list[0].Code() != 1013 || len(list) != min(n, 21) {
				t.Errorf("%s: %d errors give a list of %d", tt.why, n, len(list))
			}
			last := list[len(list)-1]
			if want == "" {
				continue
			}
			if last.Code() != 1029 || last.Message().En != want || last.Phase() != tt.phase || last.Span.Pos().Line != 21 {
				t.Errorf("%s: the last of %d errors is %v in phase %v, want %q", tt.why, n, last, last.Phase(), want)
			}
		}
	}
}

func TestParseExprTakesOneExpression(t *testing.T) {
	for _, tt := range []struct{ source, want string }{
		{"1 + 2 * x", "1 + 2 * x"},
		{" (f(1)) ", "f(1)"},
		{"", "ET1011 1:1"},
		{"1;", "ET1010 1:2"},
		{"1 2", "ET1010 1:3"},
		{"a = 1", "ET1040 1:3"},
		{"#", "ET1001 1:1"},
	} {
		x, list := syntax.ParseExpr(token.NewFile("<repl>", "", tt.source), syntax.Options{})
		got := errorsOf(list)
		if x != nil {
			got += syntax.FormatExpr(x)
		}
		if got != tt.want {
			t.Errorf("%q gives %q, want %q", tt.source, got, tt.want)
		}
	}
}

func TestPlacesOfRuntimeErrors(t *testing.T) {
	file := mustParse(t, "eN a = (1 + 2) / f(b[0].c?);\n(a) eZil { accu -a; }\nr.f = 1; r[0] = 2; f(3);")
	at := func(s token.Span) string { return fmt.Sprintf("%d:%q", s.Pos().Column, s.Text()) }
	check := func(what string, s token.Span, want string) {
		t.Helper()
		if got := at(s); got != want {
			t.Errorf("%s is %s, want %s", what, got, want)
		}
	}
	assign := file.Stmts[0].(*syntax.Assign)
	check("assignment", assign.Loc, `1:"eN a = (1 + 2) / f(b[0].c?);"`)
	check("word of the assignment", assign.Word(), `4:"a"`)
	check("type word", assign.Type.Loc, `1:"eN"`)
	quotient := assign.Value.(*syntax.Chain)
	check("quotient", quotient.Loc, `8:"(1 + 2) / f(b[0].c?)"`)
	check("sum", quotient.First.Span(), `9:"1 + 2"`)
	check("operator", quotient.Links[0].OpLoc, `16:"/"`)
	call := quotient.Links[0].X.(*syntax.Call)
	check("called name", call.Name.Span(), `18:"f"`)
	steps := call.Args[0].(*syntax.Postfix)
	check("base", steps.Base.Span(), `20:"b"`)
	check("[", steps.Steps[0].Loc, `21:"["`)
	check(".", steps.Steps[1].Loc, `24:"."`)
	check("field", steps.Steps[1].Name.Loc, `25:"c"`)
	check("?", steps.Steps[2].Loc, `26:"?"`)
	check("argument", steps.Loc, `20:"b[0].c?"`)
	cond := file.Stmts[1].(*syntax.If)
	check("if", cond.Loc, `1:"(a) eZil { accu -a; }"`)
	check("word of the if", cond.Word(), `5:"eZil"`)
	check("block", cond.Then.Span(), `10:"{ accu -a; }"`)
	check("print", cond.Then.Stmts[0].Span(), `12:"accu -a;"`)
	check("word of print", cond.Then.Stmts[0].Word(), `12:"accu"`)
	check("minus", cond.Then.Stmts[0].(*syntax.Print).Value.Span(), `17:"-a"`)
	check("dot of a target", file.Stmts[2].(*syntax.SetField).Dot, `2:"."`)
	check("bracket of a target", file.Stmts[3].(*syntax.SetIndex).Bracket, `11:"["`)
	check("call statement", file.Stmts[4].(*syntax.CallStmt).Call.Name.Loc, `20:"f"`)
}

func TestLiteralsHoldWhatTheyMean(t *testing.T) {
	for _, tt := range []struct{ source, want string }{
		{"007", "7"}, {"18%", "0.18"}, {"12.345%", "0.12345"}, {"0.0000000000000000000000000001%", "0"},
		{"0.00000000000000000000000000005", "0.0000000000000000000000000001"},
		{`"a\n\t\r\"\\\q\u"`, "a\n\t\r\"\\\\q\\u"}, {`"\\n"`, `\n`}, {"\"a\r\n\x00b\"", "a\r\n\x00b"},
	} {
		x, list := syntax.ParseExpr(token.NewFile("a.qmz", "", tt.source), syntax.Options{})
		var got string
		switch x := x.(type) {
		case *syntax.Number:
			got = x.Value.String()
		case *syntax.Text:
			got = x.Value
		default:
			t.Errorf("%s: %v", tt.source, list)
		}
		if got != tt.want {
			t.Errorf("%s means %q, want %q", tt.source, got, tt.want)
		}
	}
}

func TestKindsAndMethodsByKeywordAndName(t *testing.T) {
	file := mustParse(t, `
		_dbConnect கவி_மொழி, ""; _dbConnect _JSON, ""; _dbConnect SQLite, ""; _dbDisconnect வரி;
		வழி பெறு, "/a" { } வழி purge, "/b" { } வழி "Get", ("/c") { } வழி _head, "/d" { }`)
	var got []string
	for _, s := range file.Stmts {
		switch s := s.(type) {
		case *syntax.Connect:
			got = append(got, s.Kind.Name)
		case *syntax.Disconnect:
			got = append(got, s.Kind.Name)
		case *syntax.Route:
			got = append(got, s.Method+s.Path.Value)
		}
	}
	want := "SQL JSONdb SQLite வரி GET/a PURGE/b GET/c HEAD/d"
	if strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestTypeWordWithoutEffectIsAWarning(t *testing.T) {
	file, list := parse("சொல் எண்ணம்;\nஎண் a = 1;\nஅணி (a) எனில் { சொல் அச்சு \"\\q\"; }")
	if file == nil {
		t.Fatal(list)
	}
	var got []string
	for _, d := range list {
		got = append(got, fmt.Sprintf("%v %s", d.Code(), placeOf(d)))
	}
	want := "ET2108 3:1, ET2108 3:17, ET2112 3:29"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if file.Stmts[0].(*syntax.Declare).Type.Kind != token.TypeString {
		t.Error("the type word of a declaration is lost")
	}
}
