package token_test

import (
	"os"
	"strings"
	"testing"

	"etamil/engine/token"
)

// The table that the language reference prints, testdata/keywords.tsv, and the
// one in Go are the same.
func TestKeywordTableEqualsTheReference(t *testing.T) {
	data, err := os.ReadFile("testdata/keywords.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	want := map[string][]string{}
	for _, line := range lines[1:] {
		row := strings.Split(line, "\t")
		want[row[0]] = row
	}
	if len(want) != 202 {
		t.Fatalf("testdata/keywords.tsv has %d rows, want 202", len(want))
	}
	if got := len(token.Keywords()); got != len(want) {
		t.Errorf("the table has %d rows, want %d", got, len(want))
	}
	spellings := 0
	for _, k := range token.Keywords() {
		w := k.Keyword()
		row := want[w.Name]
		if row == nil {
			t.Errorf("%s is not in testdata/keywords.tsv, or twice in the table", w.Name)
			continue
		}
		delete(want, w.Name)
		identifier := map[bool]string{true: "yes", false: "no"}[w.Nameable()]
		got := strings.Join([]string{w.Name, w.Tamil, w.Roman, w.English, w.Category, w.Role.String(), identifier}, "\t")
		if got != strings.Join(row, "\t") {
			t.Errorf("row %q, want %q", got, strings.Join(row, "\t"))
		}
		for _, spelling := range []string{w.Tamil, w.Roman, w.English} {
			if spelling == "" {
				continue
			}
			spellings++
			if got := token.Lookup(spelling); got != k {
				t.Errorf("Lookup(%q) = %d (%v), want %d (%v)", spelling, got, got, k, k)
			}
		}
		if k.Role() != w.Role || k.IsName() != w.Nameable() || k.String() != w.Tamil {
			t.Errorf("kind of %s says role %v, name %v, text %q", w.Name, k.Role(), k.IsName(), k.String())
		}
	}
	for name := range want {
		t.Errorf("%s is missing in the table", name)
	}
	if spellings != 505 {
		t.Errorf("%d spellings, want 505", spellings)
	}
}

func TestConstantsNameTheirRows(t *testing.T) {
	for k, name := range map[token.Kind]string{
		token.Print: "print", token.Respond: "respond", token.StopServer: "stop_server", token.Where: "where",
		token.Not: "not", token.Null: "null", token.TypeDate: "type_date", token.MethodHead: "method_head",
		token.KindJSON: "kind_json", token.EncryptionKey: "encryption_key",
	} {
		if got := k.Keyword(); got == nil || got.Name != name {
			t.Errorf("kind of %s has row %+v", name, got)
		}
	}
}

func TestOtherTokensAreNoKeywords(t *testing.T) {
	for _, word := range []string{"", "Accu", "ACCU", "_gst", "accuX", "accu1", "வரிகள்", "எண்ணம்", "_", "print"} {
		if got := token.Lookup(word); got != token.Name {
			t.Errorf("Lookup(%q) = %v, want a name", word, got)
		}
	}
	for _, k := range []token.Kind{token.EOF, token.Name, token.Number, token.Text, token.Semicolon, 255} {
		if k.Keyword() != nil || k.Role() != token.RoleNone {
			t.Errorf("kind %d has a keyword", k)
		}
	}
	if !token.Name.IsName() || token.Number.IsName() || token.Print.IsName() {
		t.Error("IsName is wrong")
	}
	if token.Semicolon.String() != ";" || !token.Semicolon.IsPunctuation() || token.Print.IsPunctuation() || token.Kind(255).String() != "" {
		t.Error("String or IsPunctuation is wrong")
	}
}

func TestSpellingInScript(t *testing.T) {
	route := token.Route.Keyword()
	for _, tt := range []struct {
		word   *token.Keyword
		script token.Script
		want   string
	}{
		{route, token.Tamil, "வழி"}, {route, token.Roman, "vazhi"}, {route, token.English, "_route"},
		{token.Print.Keyword(), token.English, "accu"},
	} {
		if got := tt.word.In(tt.script); got != tt.want {
			t.Errorf("%s in script %d is %q, want %q", tt.word.Name, tt.script, got, tt.want)
		}
	}
}
