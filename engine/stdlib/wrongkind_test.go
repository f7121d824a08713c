package stdlib_test

import (
	"strings"
	"testing"

	"etamil/engine/diag"
	"etamil/engine/stdlib"
)

// everything imports all modules.
func everything() string {
	var b strings.Builder
	for _, m := range stdlib.Modules() {
		b.WriteString(`இறக்கு "` + m + `"; `)
	}
	return b.String()
}

// TestAWrongKindIsToldAsTheCallersArgument holds that the error of a wrong kind
// speaks of the function that the program called and of its parameter, however
// deep inside the library and inside the argument the wrong kind was met.
func TestAWrongKindIsToldAsTheCallersArgument(t *testing.T) {
	imports := everything()
	for _, tt := range []struct{ call, ta, en string }{
		{`நிலுவைக்_கோரல்கள்([5])`, "'நிலுவைக்_கோரல்கள்': 'கோரல்கள்' உறுப்பின் இடத்தில் சொல், அணி அல்லது பொருள் தேவை; எண் கிடைத்தது", "'நிலுவைக்_கோரல்கள்' needs text, an array or a record as an element of 'claims', got a number"},
		{`niluvYk_kOralkaL([{}, இன்மை])`, "", "'niluvYk_kOralkaL' needs text, an array or a record as an element of 'claims', got nil"},
		{`பொருந்துமா({அ: 1}, "x")`, "", "'பொருந்துமா' needs text or an array as 'code', got a record"},
		{`பொருந்துமா("0902", 9)`, "", "'பொருந்துமா' needs text, an array or a record as 'heading', got a number"},
		{`காலம்_விவரம்([])`, "'காலம்_விவரம்': 'காலம்' இடத்தில் பொருள் தேவை; அணி கிடைத்தது", "'காலம்_விவரம்' needs a record as 'period', got an array"},
		{`சமநிலையா({வரிசைகள்: 7})`, "'சமநிலையா': 'பரிவர்த்தனை' பொருளின் 'வரிசைகள்' புலத்தில் சொல், அணி அல்லது பொருள் தேவை; எண் கிடைத்தது", "'சமநிலையா' needs text, an array or a record as field 'வரிசைகள்' of 'entry', got a number"},
		{`சமநிலையா({வரிசைகள்: 7, x: 7})`, "'சமநிலையா': 'பரிவர்த்தனை' உள்ளே சொல், அணி அல்லது பொருள் தேவை; எண் கிடைத்தது", "'சமநிலையா' needs text, an array or a record inside 'entry', got a number"},
		{`சமநிலையா({வரிசைகள்: [மெய்]})`, "", "'சமநிலையா' needs a record with field 'பற்று_தொகை' inside 'entry', got a boolean"},
		{`மொத்த_பற்று([5])`, "'மொத்த_பற்று': 'வரிசைகள்' உறுப்பின் இடத்தில் 'பற்று_தொகை' புலம் உள்ள பொருள் தேவை; எண் கிடைத்தது", "'மொத்த_பற்று' needs a record with field 'பற்று_தொகை' as an element of 'lines', got a number"},
		{`மொத்த_பற்று({அ: 1})`, "", "'மொத்த_பற்று' needs a record with field 'பற்று_தொகை' inside 'lines', got text"},
		{`பரிவர்த்தனை_எண்கள்("abc", "1")`, "", "'பரிவர்த்தனை_எண்கள்' needs a record with field 'கணக்கு_குறி' as an element of 'ledger', got text"},
		{`காலம்_வடிகட்டு([{நாள்: "2025-01-01"}], 5)`, "", "'காலம்_வடிகட்டு' needs a record as 'period', got a number"},
		{`ஆண்டை_முடி([], [5], இந்திய_ஆண்டு(2025), "310", "C")`, "", "'ஆண்டை_முடி' needs a record with field 'குறி' as an element of 'chart', got a number"},
		{`சேர்_ஓட்டம்({பெயர்: "x", வெற்றி: 1, தோல்வி: 0}, 2)`, "", "'சேர்_ஓட்டம்' needs text, an array or a record as 'b', got a number"},
		{`வழிச்சீட்டு_சரிபார்({"வாகனம்": 5})`, "", "'வழிச்சீட்டு_சரிபார்' needs text, an array or a record as field 'வாகனம்' of 'bill', got a number"},
		{`புலம்_எடு([5], "அ")`, "", "'புலம்_எடு' needs an array of records, arrays or texts as 'rows', got a number"},
		// In two arguments at once: it cannot be told which.
		{`கோரல்_இல்லா_சலுகை(5, 1, [5])`, "'கோரல்_இல்லா_சலுகை': 'ஆண்டு' புலம் உள்ள பொருள் தேவை; எண் கிடைத்தது", "'கோரல்_இல்லா_சலுகை' needs a record with field 'ஆண்டு', got a number"},
		{`இருப்பாய்வு("ab", [{குறி: 1}])`, "", "'இருப்பாய்வு' needs a record with field 'கணக்கு_குறி', got text"},
	} {
		o := run(t, program(t, imports+"\nசெயல் என்_செயல்() {\n    திரும்பு "+tt.call+";\n}\nஎன்_செயல்();\n"), "")
		if o.err == nil {
			t.Errorf("%s: no error", tt.call)
			continue
		}
		m := o.err.Message()
		if o.err.Def != diag.BadArgument || m.En != tt.en || tt.ta != "" && m.Ta != tt.ta || o.err.Span.Pos().Line != 3 {
			t.Errorf("%s: %v in line %d\n got %s\n     %s\nwant %s\n     %s", tt.call, o.err.Code(), o.err.Span.Pos().Line, m.Ta, m.En, tt.ta, tt.en)
		}
	}
}

// wrongArguments are values of every kind that most functions are not made for.
var wrongArguments = []string{
	"5", "-79228162514264337593543950335", "இன்மை", "மெய்", `"x"`, "[]", "[5]", "{}", "{அ: [இன்மை]}", "சரி(1)", `தவறு("y")`, "[[[]], {}]",
}

// TestNoArgumentsBringOutTheInsideOfTheLibrary calls every function with every
// kind in every place. Whatever comes, an error has a code, stands in the
// program's own line, and a wrong kind is told by the name that was called.
func TestNoArgumentsBringOutTheInsideOfTheLibrary(t *testing.T) {
	errors := 0
	for _, m := range stdlib.Modules() {
		for _, f := range stdlib.Functions(m) {
			for at := range max(len(f.Args), 1) {
				for _, wrong := range wrongArguments {
					args := make([]string, len(f.Args))
					for i := range args {
						args[i] = `"2025-01-01"`
						if i == at {
							args[i] = wrong
						}
					}
					call := f.Name.Tamil + "(" + strings.Join(args, ", ") + ")"
					o := run(t, program(t, "இறக்கு \""+m+"\";\n\nஅச்சு "+call+";\n"), "")
					if o.err == nil {
						continue
					}
					errors++
					text := o.err.Message()
					if o.err.Def == diag.InternalError || o.err.Span.Pos().Line != 3 || o.err.Span.Text() != f.Name.Tamil {
						t.Errorf("%s: %v at %q in line %d", call, o.err, o.err.Span.Text(), o.err.Span.Pos().Line)
					}
					if o.err.Def == diag.BadArgument && !strings.HasPrefix(text.En, "'"+f.Name.Tamil+"' needs ") {
						t.Errorf("%s: %s", call, text.En)
					}
					if o.err.Def == diag.NoElements || o.err.Def == diag.CannotWalk || o.err.Def == diag.FieldOfNonRecord {
						t.Errorf("%s speaks of the inside: %s", call, text.En)
					}
				}
			}
		}
	}
	if errors < 1000 {
		t.Errorf("only %d calls failed", errors)
	}
}

// TestAHugeWrongArgumentIsToldAtOnce holds that looking for the part that is
// wrong is bounded, however large it is and however often one part stands in it.
func TestAHugeWrongArgumentIsToldAtOnce(t *testing.T) {
	for _, source := range []string{
		`மொத்த_பற்று([சரம் & "அ", சரம்]);`,
		`பட்டி = []; எ = 0; (எ < 20000) சுற்று { பட்டி = இணை(பட்டி, சரம் & "அ"); எ = எ + 1; } மொத்த_பற்று(பட்டி);`,
		`பட்டி = [சரம்]; எ = 0; (எ < 30) சுற்று { பட்டி = [பட்டி, பட்டி]; எ = எ + 1; } சமநிலையா({வரிசைகள்: [பட்டி, 5]});`,
	} {
		o := run(t, program(t, everything()+`சரம் = திரும்பச்செய்("அ", 1000);`+source), "")
		if o.err == nil || o.err.Def != diag.BadArgument || !strings.Contains(o.err.Message().En, "a record with field 'பற்று_தொகை'") {
			t.Errorf("%s: %v", source, o.err)
		}
	}
}
