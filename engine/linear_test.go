package engine_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"etamil/engine"
)

// cost runs a program and returns the steps and the bytes allocated.
func cost(t *testing.T, source string) (steps int64, bytes uint64) {
	t.Helper()
	p := loadText(t, source, false)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	res, err := p.Run(context.Background(), hostOf(&lines{}, strings.NewReader("")), engine.Limits{})
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	return res.Steps, after.TotalAlloc - before.TotalAlloc
}

func TestTenTimesTheInputCostsLessThanFifteenTimes(t *testing.T) {
	const loop = "i = 0; (i < %d) சுற்று { %s i = i + 1; }"
	for _, tt := range []struct{ why, before, body string }{
		{"appending to a variable", "அ = [];", "அ = இணை(அ, i);"},
		{"appending to a field", "அ = {பட்டி: []};", "அ.பட்டி = இணை(அ.பட்டி, i);"},
		{"appending in a function", "செயல் கோர்(ப, x) { திரும்பு இணை(ப, x); } அ = [];", "அ = கோர்(அ, i);"},
		{"joining a text", `அ = "";`, `அ = அ & "சொல்";`},
		{"joining two texts", `அ = "";`, `அ = அ & "சொல்" & i;`},
		{"setting elements", "அ = []; j = 0; (j < 100) சுற்று { அ = இணை(அ, 0); j = j + 1; }", "அ[i - தரை(i / 100) * 100] = i;"},
		{"setting fields", "அ = {};", `அ["k" & i] = i;`},
		{"walking a text by index", "", ""},
	} {
		t.Run(tt.why, func(t *testing.T) {
			at := func(n int) (int64, uint64) {
				if tt.body == "" {
					return cost(t, fmt.Sprintf(`அ = ""; `+loop+` k = 0; m = 0; (k < நீளம்(அ)) சுற்று { (அ[k] == "ல்") எனில் { m = m + 1; } k = k + 1; } அச்சு m;`, n, `அ = அ & "சொல்";`))
				}
				return cost(t, tt.before+fmt.Sprintf(loop, n, tt.body))
			}
			s1, b1 := at(3000)
			s10, b10 := at(30000)
			if s10 > 15*s1 {
				t.Errorf("steps grow from %d to %d", s1, s10)
			}
			if b10 > 15*b1 {
				t.Errorf("allocated bytes grow from %d to %d", b1, b10)
			}
		})
	}
}
