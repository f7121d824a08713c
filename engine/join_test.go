package engine_test

import (
	"context"
	"strings"
	"testing"

	"etamil/engine"
)

// A chain of & with a text in front is one instruction; what it gives is what
// one & after the other gives.
func TestJoiningManyTextsAtOnce(t *testing.T) {
	long := strings.Repeat("0123456789", 7)
	for _, tt := range []struct{ chain, want string }{
		{`"" & அ & ஆ`, "5மழை"},
		{`"x" & அ & ஆ & மெய் & இன்மை`, "x5மழைtruenil"},
		{`"x" & [1, "b"] & {அ: ஆ} & சரி(அ)`, "x[1, b]{அ: மழை}சரி(5)"},
		{`"[" & (அ + 1) & ", $" & (அ + 2) & "]"`, "[6, $7]"},
		{`"a" & "b" & "c" & "d" & "e" & "f" & "g" & "h" & "i" & அ`, "abcdefghi5"},
		{`"` + long + `" & "` + long + `" & அ & "z"`, long + long + "5z"},
		{`"a" & "` + long + `" & அ`, "a" + long + "5"},
		{`"" & மாற்றி() & அ & மாற்றி() & அ`, "6565"},
		{`"1" & "2" & 3 + 4`, "127"},
	} {
		// On a variable that the chain reads, and with more joined to it.
		source := `அ = 5; ஆ = "மழை"; செயல் மாற்றி() { அ = அ + 1; திரும்பு அ; }
			இ = ` + tt.chain + `; ஆ = ` + tt.chain + ` & ஆ; உ = இ & "!"; accu இ; accu உ;`
		out := &lines{}
		if _, err := loadText(t, source, false).Run(context.Background(), hostOf(out, strings.NewReader("")), engine.Limits{Memory: 1 << 20}); err != nil {
			t.Errorf("%s: %v", tt.chain, err)
			continue
		}
		if got := strings.TrimSpace(out.String()); got != tt.want+"\n"+tt.want+"!" {
			t.Errorf("%s: %q, want %q", tt.chain, got, tt.want)
		}
	}
}
