package syntax_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"etamil/engine/diag"
	"etamil/engine/syntax"
	"etamil/engine/token"
)

// seed gives the corpus and the sources of the golden files to a fuzz target.
func seed(f *testing.F) {
	err := filepath.WalkDir(corpus+"/lang", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".qmz" {
			return err
		}
		text, err := os.ReadFile(path)
		f.Add(string(text))
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	all, err := os.ReadFile("testdata/all.qmz")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(all))
	for line := range strings.Lines(string(all)) {
		f.Add(line)
	}
	errs, err := os.ReadFile("testdata/errors.txt")
	if err != nil {
		f.Fatal(err)
	}
	for part := range strings.SplitSeq(string(errs), "\n%%\n") {
		source, _, _ := strings.Cut(part, "\n=>")
		f.Add(source)
	}
}

// Tokens and the gaps between them give back the source, each token is what its
// kind says, and a gap holds blanks and comments only. Respelling keeps the
// kinds.
func FuzzScan(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, source string) {
		file := token.NewFile("a.qmz", "", source)
		tokens, errs, warnings := syntax.Scan(file, syntax.Options{Main: true})
		checkDiagnostics(t, source, errs)
		checkDiagnostics(t, source, warnings)
		end := 0
		for i, tok := range tokens {
			if (i == len(tokens)-1) != (tok.Kind == token.EOF) {
				t.Fatalf("token %d of %d has kind %v", i, len(tokens), tok.Kind)
			}
			if int(tok.Start) < end || tok.End < tok.Start || int(tok.End) > len(source) {
				t.Fatalf("token %d stands at %d to %d, behind %d", i, tok.Start, tok.End, end)
			}
			checkToken(t, tok.Kind, source[tok.Start:tok.End])
			if len(errs) == 0 {
				checkGap(t, source[end:tok.Start], end == 0)
			}
			end = int(tok.End)
		}
		if end != len(source) {
			t.Fatalf("the last token ends at %d of %d", end, len(source))
		}
		if len(errs) > 0 {
			return
		}
		for script := token.Tamil; script <= token.English; script++ {
			other, errs := syntax.Respell(file, syntax.Options{Main: true}, script, builtins)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			again, errs, _ := syntax.Scan(token.NewFile("a.qmz", "", other), syntax.Options{Main: true})
			if len(errs) > 0 || len(again) != len(tokens) {
				t.Fatalf("script %d: %d tokens, want %d, and %v\n%s", script, len(again), len(tokens), errs, other)
			}
			for i, tok := range tokens {
				if again[i].Kind != tok.Kind {
					t.Fatalf("script %d: token %d is %v, want %v", script, i, again[i].Kind, tok.Kind)
				}
			}
		}
	})
}

func checkToken(t *testing.T, kind token.Kind, text string) {
	t.Helper()
	ok := false
	switch {
	case kind == token.EOF:
		ok = text == ""
	case kind.IsPunctuation():
		ok = text == kind.String()
	case kind == token.Text:
		ok = len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"'
	case kind == token.Number:
		ok = strings.Trim(text, "0123456789.") == "" && text[0] != '.' && text[len(text)-1] != '.'
	case kind == token.Percent:
		ok = text[len(text)-1] == '%' && strings.Trim(text[:len(text)-1], "0123456789.") == ""
	default:
		ok = token.Lookup(text) == kind && strings.IndexFunc(text, notInName) < 0 && !isDigit(rune(text[0]))
	}
	if !ok {
		t.Fatalf("%q has kind %d (%v)", text, kind, kind)
	}
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func notInName(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '_' || '\u0B80' <= r && r <= '\u0BFF'
	return !letter && !isDigit(r)
}

func checkGap(t *testing.T, gap string, first bool) {
	t.Helper()
	rest := gap
	if first {
		rest = strings.TrimPrefix(rest, "\uFEFF")
		if strings.HasPrefix(rest, "#!") {
			_, rest, _ = strings.Cut(rest, "\n")
		}
	}
	for rest != "" {
		switch {
		case strings.HasPrefix(rest, "//"):
			_, rest, _ = strings.Cut(rest, "\n")
		case strings.HasPrefix(rest, "\r\n"):
			rest = rest[2:]
		case strings.Contains(" \t\n\f", rest[:1]):
			rest = rest[1:]
		default:
			t.Fatalf("%q is skipped", gap)
		}
	}
}

// checkDiagnostics looks at what holds for every list: in order, within the
// source, not too many.
func checkDiagnostics(t *testing.T, source string, list diag.List) {
	t.Helper()
	if n := list.Errors(); n > 21 {
		t.Fatalf("%d errors", n)
	}
	var last *diag.Diagnostic
	for _, d := range list {
		if !d.Span.IsValid() || d.Span.Start < 0 || d.Span.End < d.Span.Start || int(d.Span.End) > len(source) {
			t.Fatalf("%v stands at %d to %d of %d", d, d.Span.Start, d.Span.End, len(source))
		}
		if last != nil && d.Span.Start < last.Span.Start {
			t.Fatalf("%v comes before %v", last, d)
		}
		last = d
		if message := d.Message(); strings.Contains(message.Ta+message.En, "{1}") {
			t.Fatalf("an argument is missing in %q", message.En)
		}
	}
}

// Parsing, printing and parsing again give the same tree; what does not parse
// has errors within the source, and a file without errors a tree.
func FuzzParse(f *testing.F) {
	seed(f)
	f.Fuzz(checkParse)
}

func checkParse(t *testing.T, source string) {
	file, list := parse(source)
	checkDiagnostics(t, source, list)
	if (file == nil) != list.HasErrors() {
		t.Fatalf("file %v with %v", file, list)
	}
	if file == nil {
		return
	}
	checkPlaces(t, reflect.ValueOf(file.Stmts), 0, int32(len(source)))
	sameTree(t, file)
}

// words are pieces of programs; a byte picks one. Whole statements among them
// make it likely that what is picked parses.
var words = strings.Split(`a|b|vari|f(|1|2.5|18%|"x"|"a\n\"b"|mey|iZmY|+|-|*|/|&|<|>|==|!=|<=|>=|maRRum|allaqu|illY|(|)|[|]|{|}|?|.|:|,|;|=|
|a =|a = 1;|b[|].a|.b|{a: |{}|[]|()|f()|f(1, 2)|(a) eZil {|(|) eZil {|} iZREl {|} |) cuRRu {|ovvoru x il|ovvoru x il [] {|ceyal f() {|ceyal f(|qirumpu|eN|col|col c = |accu|accu 1;|uLLitu|iRakku "x";|kOppu_qiRa|kOppu_pati|kOppu_ezuqu|kOppu_mUtu|qaravurY_pati|qaravurY_ezuqu|qaLam_iNY SQLite,|qaLam_piri _JSON;|qaLam_viZA|qaLam_cey|vazhi peRu, "/" {|vazhi|peRu|itYveLi|itYveLi 5 {|paDil|paDil 200, |qErvetu|iqaZil|viqi|qaLam_puquppi t,|jEcAZ_urY|vazawki_niRuqqu;|maRY(|attY|#|"`, "|")

// FuzzParse on sources that are made of words instead of bytes, which reach
// deeper.
func FuzzParseWords(f *testing.F) {
	f.Add([]byte("\x00\x01\x02"))
	f.Add([]byte{40, 4, 11, 5, 37, 49, 0, 52, 59, 4, 36, 54, 37})
	f.Fuzz(func(t *testing.T, picks []byte) {
		var b strings.Builder
		for _, pick := range picks {
			b.WriteString(words[int(pick)%len(words)])
			b.WriteByte(' ')
		}
		checkParse(t, b.String())
	})
}

var nodeType = reflect.TypeFor[syntax.Node]()

// checkPlaces fails unless each node lies within the one around it.
func checkPlaces(t *testing.T, v reflect.Value, start, end int32) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return
		}
		if v.Kind() == reflect.Pointer && v.Type().Implements(nodeType) {
			s := v.Interface().(syntax.Node).Span()
			if s.File == nil || s.Start < start || s.End > end || s.Start >= s.End {
				t.Fatalf("%v stands at %d to %d, its parent at %d to %d", v.Type(), s.Start, s.End, start, end)
			}
			start, end = s.Start, s.End
		}
		checkPlaces(t, v.Elem(), start, end)
	case reflect.Slice:
		for i := range v.Len() {
			checkPlaces(t, v.Index(i), start, end)
		}
	case reflect.Struct:
		if s, ok := v.Interface().(token.Span); ok {
			if s.File != nil && (s.Start < start || s.End > end || s.Start >= s.End) {
				t.Fatalf("a place from %d to %d lies outside its node, %d to %d", s.Start, s.End, start, end)
			}
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				checkPlaces(t, v.Field(i), start, end)
			}
		}
	}
}
