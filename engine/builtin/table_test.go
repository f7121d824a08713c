package builtin

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// The list in testdata is that of the language reference.
func TestTableIsThatOfTheReference(t *testing.T) {
	text, err := os.ReadFile("testdata/functions.tsv")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if f[0] == "id" {
			continue
		}
		id, tamil, roman, english, count := f[0], f[1], f[2], f[3], f[4]
		want[id] = true
		b, ok := Lookup(tamil)
		if !ok {
			t.Errorf("no %s", tamil)
			continue
		}
		if b.ID != id || b.Name != (Spelling{tamil, roman, english}) || strconv.Itoa(len(b.Args)) != count {
			t.Errorf("%s: %s %v with %d arguments, want %s, %s, %s, %s", id, b.ID, b.Name, len(b.Args), tamil, roman, english, count)
		}
		for _, name := range []string{roman, english} {
			other, ok := Lookup(name)
			if name == "_join" {
				if ok {
					t.Error("_join is a keyword")
				}
			} else if other != b {
				t.Errorf("%s is not %s", name, id)
			}
		}
	}
	if len(Table()) != len(want) {
		t.Errorf("%d rows, want %d", len(Table()), len(want))
	}
	if _, ok := Lookup("nilam"); ok {
		t.Error("case counts in names")
	}
}

func TestEveryRowIsComplete(t *testing.T) {
	for _, b := range Table() {
		if b.Func == nil || b.Ret == "" || b.Doc.Ta == "" || b.Doc.En == "" || b.Doc.Ta == b.Doc.En {
			t.Errorf("%s: %+v", b.ID, b)
		}
		if len(b.Try) == 0 && b.ID != "exit" {
			t.Errorf("%s has no example", b.ID)
		}
		seen := map[string]bool{}
		for _, a := range b.Args {
			if a.Name.Ta == "" || a.Name.En == "" || seen[a.Name.Ta] || seen[a.Name.En] && a.Name.Ta != a.Name.En {
				t.Errorf("%s: parameter %v", b.ID, a.Name)
			}
			seen[a.Name.Ta], seen[a.Name.En] = true, true
		}
	}
}

func TestArgumentsAreConvertedAsTheRowSays(t *testing.T) {
	row := func(want Want) *Builtin {
		return &Builtin{Name: Spelling{"பெயர்", "peyar", "_name"}, Args: []Arg{arg("அ", "a", want), arg("ஆ", "b", Any)}}
	}
	for _, tt := range []struct {
		want Want
		in   any
		out  string // "": an error
		kind value.Kind
	}{
		{Any, nil, "nil", value.Nil},
		{AsText, num(t, "1.50"), "1.5", value.Text}, {AsText, true, "true", value.Text}, {AsText, nil, "nil", value.Text},
		{AsText, []any{1, "a"}, "[1, a]", value.Text}, {AsText, map[string]any{"a": 1}, "{a: 1}", value.Text}, {AsText, ok("x"), "சரி(x)", value.Text},
		{AsNumber, " 2.50 ", "2.5", value.Number}, {AsNumber, "abc", "0", value.Number}, {AsNumber, true, "1", value.Number},
		{AsNumber, nil, "0", value.Number}, {AsNumber, []any{5}, "0", value.Number}, {AsNumber, ok(5), "0", value.Number}, {AsNumber, 7, "7", value.Number},
		{AsPath, 5, "5", value.Text}, {AsPath, "x", "x", value.Text}, {AsPath, nil, "nil", value.Nil}, {AsPath, []any{1}, "[1]", value.Array},
		{Array, []any{}, "[]", value.Array}, {Array, ok([]any{1}), "", 0}, {Array, "x", "", 0},
		{Record, map[string]any{}, "{}", value.Record}, {Record, nil, "", 0}, {Record, []any{}, "", 0},
		{Result, ok(1), "சரி(1)", value.Success}, {Result, bad(1), "தவறு(1)", value.Failure}, {Result, 5, "", 0},
		{Countable, "x", "x", value.Text}, {Countable, []any{}, "[]", value.Array}, {Countable, map[string]any{}, "{}", value.Record},
		{Countable, 12345, "", 0}, {Countable, nil, "", 0}, {Countable, ok("x"), "", 0},
	} {
		args := []value.Value{of(tt.in), of(nil)}
		err := row(tt.want).Prepare(&machine{}, "_name", args)
		if (err == nil) != (tt.out != "") {
			t.Errorf("%v of %v: %v", tt.want, tt.in, err)
			continue
		}
		if got, _ := value.ToText(&args[0], 0); err == nil && (got != tt.out || args[0].Kind() != tt.kind) {
			t.Errorf("%v of %v: %s of kind %v, want %s of kind %v", tt.want, tt.in, got, args[0].Kind(), tt.out, tt.kind)
		}
	}
}

func TestWrongArgumentsNameTheFunctionAsWrittenAndTheParameter(t *testing.T) {
	for _, tt := range []struct {
		name   string
		args   []any
		ta, en string
	}{
		{"nILam", []any{5}, "'nILam': சொல், அணி அல்லது பொருள் தேவை; எண் கிடைத்தது", "'nILam' needs text, an array or a record, got a number"},
		{"ஒன்றிணை", []any{"x", ","}, "'ஒன்றிணை': 'அணி' இடத்தில் அணி தேவை; சொல் கிடைத்தது", "'ஒன்றிணை' needs an array as 'list', got text"},
		{"_packageWrite", []any{"a", "b", nil}, "'_packageWrite': 'மாற்றங்கள்' இடத்தில் பொருள் தேவை; இன்மை கிடைத்தது", "'_packageWrite' needs a record as 'changes', got nil"},
		{"maqippu", []any{5}, "'maqippu' ஒரு முடிவை எதிர்பார்க்கிறது; இங்கே எண்", "'maqippu' needs a result, got a number"},
		{"_round", []any{1, -1}, "'_round': 'இடங்கள்' இடத்தில் 0 முதல் 4294967295 வரை ஓர் எண் தேவை; -1 கிடைத்தது", "'_round' needs a number from 0 to 4294967295 as 'places', got -1"},
		{"kataveuccol_cariyA", []any{"x", "no hash"}, "'kataveuccol_cariyA': bcrypt மறையீடு (cost 16 வரை) தேவை; சொல் கிடைத்தது", "'kataveuccol_cariyA' needs a bcrypt hash (of a cost up to 16), got text"},
	} {
		_, err := try(&machine{}, tt.name, tt.args...)
		var d *diag.Diagnostic
		if !errors.As(err, &d) {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := d.Message(); got.Ta != tt.ta || got.En != tt.en {
			t.Errorf("%s:\n got %s\n     %s\nwant %s\n     %s", tt.name, got.Ta, got.En, tt.ta, tt.en)
		}
	}
}

func TestNothingWorksWithoutItsCapability(t *testing.T) {
	m := &machine{}
	for _, tt := range []struct {
		name string
		args []any
	}{
		{"_fileSave", []any{"a", "b"}}, {"_packageRead", []any{"a", "b"}}, {"_packageWrite", []any{"a", "b", map[string]any{}}},
		{"_respondFile", []any{200, "a", nil}}, {"_httpGet", []any{"http://x/", nil}}, {"_encrypt", []any{"a", "b"}},
		{"_readToken", []any{"eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.e30.x"}},
	} {

		wantFailure(t, m, "not permitted here", tt.name, tt.args...)
	}
	wantFailure(t, m, "does not permit", "_run", "ls", []any{}, 5)
	m.uploads = append(m.uploads, host.Upload{})
	wantFailure(t, m, "not permitted here", "_saveUpload", 0, "x")
	for _, tt := range []struct {
		name string
		args []any
	}{{"_today", nil}, {"_keyPair", nil}, {"_encryptionKey", nil}, {"_issueToken", []any{"{}", 5}}} {
		wantError(t, m, diag.NotPermitted, "'"+tt.name+"' is not permitted here", tt.name, tt.args...)
	}
	if got := call(t, m, "_env", "PATH", 5); got != "5" {
		t.Errorf("environment: %s", got)
	}
}

// Calls with arguments of any kind end in a value or in an error of the
// language, never otherwise, and charge no negative amounts.
func FuzzCall(f *testing.F) {
	for i := range Table() {
		f.Add(i, []byte("t\x05hellon\x2Aa\x02t\x01xn\x01r\x01t\x01k0"))
		f.Add(i, []byte("t\x03\xe0\xae\x95a\x03n\xffn\x00u1"))
	}
	f.Fuzz(func(t *testing.T, row int, data []byte) {
		b := &Table()[uint(row)%uint(len(Table()))]
		if b.ID == "hashPassword" || b.ID == "encrypt" || b.ID == "verifyPassword" {
			return // slow on purpose
		}
		m := &machine{maxBytes: 1 << 24, maxSteps: 1 << 24}
		m.host.Clock, m.host.Random, m.host.Files = at(2026, 11, 24, 7, 0), &counter{}, files{"hello": []byte("PK\x05\x06")}
		m.host.Env, m.host.Secrets = variables{"hello": "x"}, secret("k")
		in := bytes.NewReader(data)
		args := make([]value.Value, len(b.Args))
		for i := range args {
			args[i] = fuzzValue(in, 0)
		}
		v, err := b.Call(m, b.Name.Roman, args)
		var d *diag.Diagnostic
		var exit *Exit
		if err != nil && !errors.As(err, &d) && !errors.As(err, &exit) {
			t.Errorf("%s: error %v of type %T", b.ID, err, err)
		}
		if err == nil && !v.IsDefined() {
			t.Errorf("%s: no value", b.ID)
		}
	})
}

// fuzzValue reads a value: a letter for its kind, then what it holds.
func fuzzValue(in *bytes.Reader, depth int) value.Value {
	next := func() int { c, _ := in.ReadByte(); return int(c) }
	take := func(n int) string {
		s := make([]byte, n)
		n, _ = in.Read(s)
		return value.Clean(string(s[:n]))
	}
	if depth > 4 {
		return value.NilValue()
	}
	switch next() {
	case 't':
		return value.String(take(next()))
	case 'n':
		return value.Num(value.ToNumber(ptr(value.String(take(next())))))
	case 'a':
		elements := make([]value.Value, next()%8)
		for i := range elements {
			elements[i] = fuzzValue(in, depth+1)
		}
		v, _ := value.ArrayOf(elements)
		return v
	case 'r':
		v := value.NewRecord(4)
		for range next() % 8 {
			v.Set(take(next()%16), fuzzValue(in, depth+1))
		}
		return v
	case 's':
		v, _ := value.Ok(fuzzValue(in, depth+1))
		return v
	case 'u':
		v, _ := value.Err(fuzzValue(in, depth+1))
		return v
	case '1':
		return value.Bool(true)
	case '0':
		return value.Bool(false)
	}
	return value.NilValue()
}

func ptr(v value.Value) *value.Value { return &v }
