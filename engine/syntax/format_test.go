package syntax_test

import (
	"os"
	"reflect"
	"testing"

	"etamil/engine/syntax"
	"etamil/engine/token"
)

// withoutPlaces clears all places of a tree, so that trees of different sources
// can be compared.
func withoutPlaces(file *syntax.File) *syntax.File {
	clearPlaces(reflect.ValueOf(file))
	return file
}

func clearPlaces(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return
		}
		if _, ok := v.Interface().(*token.File); ok {
			v.SetZero()
			return
		}
		clearPlaces(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			clearPlaces(v.Index(i))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[token.Span]() {
			v.SetZero()
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				clearPlaces(v.Field(i))
			}
		}
	}
}

// sameTree reports whether printing a file and parsing that gives an equal
// tree.
func sameTree(t *testing.T, file *syntax.File) {
	t.Helper()
	printed := syntax.Format(file)
	again, list := parse(printed)
	if again == nil {
		t.Fatalf("printed source does not parse: %v\n%s", list, printed)
	}
	if !reflect.DeepEqual(withoutPlaces(file), withoutPlaces(again)) {
		t.Fatalf("printed source gives another tree:\n%s\nthat prints as\n%s", printed, syntax.Format(again))
	}
	if twice := syntax.Format(again); twice != printed {
		t.Fatalf("printing twice gives\n%s\nand\n%s", printed, twice)
	}
}

func TestCorpusPrintsAndParsesToTheSameTree(t *testing.T) {
	bad := failing(t)
	eachFile(t, ".qmz", func(name, text string) {
		if bad[name] == "" {
			sameTree(t, mustParse(t, text))
		}
	})
}

func TestFormat(t *testing.T) {
	source, err := os.ReadFile("testdata/all.qmz")
	if err != nil {
		t.Fatal(err)
	}
	file := mustParse(t, string(source))
	golden(t, "all.formatted.qmz", syntax.Format(file))
	sameTree(t, file)
}

func TestParenthesesOnlyWhereNeeded(t *testing.T) {
	for _, tt := range []struct{ source, want string }{
		{"((1))", "1"},
		{"(1 + 2) + 3", "(1 + 2) + 3"}, // another chain than 1 + 2 + 3
		{"1 + (2 + 3)", "1 + (2 + 3)"},
		{"1 + (2 * 3)", "1 + 2 * 3"},
		{"(1 + 2) * 3", "(1 + 2) * 3"},
		{"(1 < 2) < 3", "(1 < 2) < 3"},
		{"(1 & 2) == 3", "1 & 2 == 3"},
		{"illY (1 == 2)", "இல்லை 1 == 2"},
		{"(illY 1) == 2", "(இல்லை 1) == 2"},
		{"illY (a maRRum b)", "இல்லை (a மற்றும் b)"},
		{"(illY a) maRRum (illY b)", "இல்லை a மற்றும் இல்லை b"},
		{"(a allaqu b) maRRum c", "(a அல்லது b) மற்றும் c"},
		{"(a maRRum b) allaqu c", "a மற்றும் b அல்லது c"},
		{"-(a)[0]", "-a[0]"},
		{"(-a)[0]", "(-a)[0]"},
		{"-(-5)", "--5"},
		{"-(1 + 2)", "-(1 + 2)"},
		{"2 * (-3)", "2 * -3"},
		{"(a.b)[0]", "(a.b)[0]"},
		{"(f(1, 2)).x", "f(1, 2).x"},
		{"({a: 1}).a", "{a: 1}.a"},
		{`r."a b"`, `r."a b"`},
		{`("a\q\n\"")`, `"a\\q\n\""`},
		{"[]", "[]"}, {"{}", "{}"}, {"5.x", "5.x"}, {"18%?", "18%?"},
	} {
		x, list := syntax.ParseExpr(token.NewFile("a.qmz", "", tt.source), syntax.Options{})
		if x == nil {
			t.Errorf("%s: %v", tt.source, list)
			continue
		}
		if got := syntax.FormatExpr(x); got != tt.want {
			t.Errorf("%s prints as %s, want %s", tt.source, got, tt.want)
		}
	}
}
