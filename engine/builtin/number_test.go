package builtin

import (
	"testing"

	"etamil/engine/diag"
	"etamil/engine/value"
)

func TestPlacesOfRound(t *testing.T) {
	for _, tt := range []struct {
		places any
		want   string
	}{{1, "2.3"}, {"1.999", "2.3"}, {true, "2.3"}, {nil, "2"}, {"x", "2"}, {2, "2.35"}, {3, "2.345"}, {28, "2.345"}, {29, "2.345"}, {4294967295, "2.345"}} {
		if got := call(t, &machine{}, "_round", num(t, "2.345"), tt.places); got != tt.want {
			t.Errorf("%v places: %s, want %s", tt.places, got, tt.want)
		}
	}
	for _, places := range []string{"-1", "-0.5", "4294967296", "79228162514264337593543950335"} {
		wantError(t, &machine{}, diag.BadArgument, "got "+places, "_round", 1, places)
	}
}

func TestZeroHasNoSign(t *testing.T) {
	if got := call(t, &machine{}, "_ceil", "-0.5"); got != "0" {
		t.Error(got)
	}
	if got := call(t, &machine{}, "_round", "-0.4", 0); got != "0" {
		t.Error(got)
	}
}

func TestOnlyTextsAndNumbersReadAsNumbers(t *testing.T) {
	for _, in := range []any{"", " ", "ஏழு", "1,250", "12 34", "18%", "0x1F", "NaN", "1e29", "௫", true, nil, []any{1}, map[string]any{}, ok(1)} {
		wantFailure(t, &machine{}, "is not a number", "_toNumber", in)
	}
	if got := call(t, &machine{}, "_toNumber", "79228162514264337593543950335"); got != "சரி(79228162514264337593543950335)" {
		t.Error(got)
	}
	if got := call(t, &machine{}, "_toNumber", 7); got != "சரி(7)" {
		t.Error(got)
	}
}

func TestBytesAreWholeAndSmall(t *testing.T) {
	for _, tt := range []struct {
		in   any
		text string
	}{{256, "'256' at 1"}, {-1, "'-1' at 1"}, {"65.5", "'65.5' at 1"}, {"79228162514264337593543950335", "at 1"}} {
		wantError(t, &machine{}, diag.NotAByte, tt.text, "_fromBytes", []any{65, tt.in})
	}
	if got := call(t, &machine{}, "_fromBytes", []any{"65", "66.0", nil, true, "x"}); got != "சரி(AB\x00\x01\x00)" {
		t.Errorf("%q", got)
	}
	for _, bad := range [][]any{{255}, {224, 174}, {192, 128}, {237, 160, 128}, {244, 144, 128, 128}, {65, 128}} {
		wantFailure(t, &machine{}, "not UTF-8", "_fromBytes", bad)
	}
	if got := call(t, &machine{}, "_fromBytes", []any{239, 187, 191, 0}); got != "சரி(\uFEFF\x00)" {
		t.Errorf("%q", got)
	}
}

func TestResultsOpenOnTheRightSide(t *testing.T) {
	wantError(t, &machine{}, diag.ValueOfFailure, "no value in a failed result: kai vittatu", "_unwrap", bad("kai vittatu"))
	wantError(t, &machine{}, diag.ErrorOfSuccess, "no error in a successful result: 1", "_unwrapErr", ok(1))
	for _, name := range []string{"_unwrap", "_unwrapErr"} {
		wantError(t, &machine{}, diag.ResultNeeded, "'"+name+"' needs a result, got a number", name, 5)
	}
	wantError(t, &machine{}, diag.ResultNeeded, "'_unwrapOr' needs a result, got a number", "_unwrapOr", 5, 6)
}

func TestNestingHasALimit(t *testing.T) {
	v := of(1)
	for range value.MaxDepth {
		next, err := try(&machine{}, "_ok", v)
		if err != nil {
			t.Fatal(err)
		}
		v = next
	}
	wantError(t, &machine{}, diag.TooDeep, "10000", "_ok", v)
	wantError(t, &machine{}, diag.TooDeep, "10000", "_err", v)
	wantError(t, &machine{}, diag.TooDeep, "10000", "_append", []any{}, v)
}

func TestAppendLeavesItsArgumentAlone(t *testing.T) {
	list := of([]any{1, 2})
	a, _ := try(&machine{}, "_append", list, 3)
	b, _ := try(&machine{}, "_append", list, 4)
	for v, want := range map[*value.Value]string{&list: "[1, 2]", &a: "[1, 2, 3]", &b: "[1, 2, 4]"} {
		if got, _ := value.ToText(v, 0); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestAppendingIsLinear(t *testing.T) {
	costs := map[int]int{}
	for _, n := range []int{1_000, 10_000} {
		m := &machine{}
		v := of([]any{})
		for i := range n {
			v, _ = try(m, "_append", v, i)
		}
		costs[n] = m.bytes
	}
	if costs[10_000] > 15*costs[1_000] {
		t.Errorf("10,000 elements cost %d bytes, 1,000 %d", costs[10_000], costs[1_000])
	}
}
