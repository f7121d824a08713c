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

// TestTheLibraryIsLinear runs the functions that see large inputs with a
// megabyte, a hundred thousand numbers, and with ten times that.
func TestTheLibraryIsLinear(t *testing.T) {
	const piece = `"{\"a\": [12.5, -3, true, null], \"பெயர்\": \"மலர்\\n\", \"b\": {\"c\": 1e3}},"`
	for _, tt := range []struct {
		why, modules, body string // %d stands for how often
		times              int
	}{
		{"reading and writing JSON", "jEcAZ", `சரம் = "[" & திரும்பச்செய்(` + piece + `, %d) & "0]"; எல்லாம் = ஜேசான்_படி(சரம்)?; அச்சு நீளம்(ஜேசான்_ஆக்கு(எல்லாம்)) > 0;`, 14_000},
		{"pretty JSON", "jEcAZ", `சரம் = "[" & திரும்பச்செய்(` + piece + `, %d) & "0]"; அச்சு நீளம்(_jsonPretty(ஜேசான்_படி(சரம்)?, 2)) > 0;`, 3_000},
		{"base64", "kuRiyAkkam", `சரம் = திரும்பச்செய்("வரவு செலவு ", %d); அச்சு அறுபத்துநான்கு_படி(அறுபத்துநான்கு_ஆக்கு(சரம்))? == சரம்;`, 34_000},
		{"hexadecimal", "kuRiyAkkam", `சரம் = திரும்பச்செய்("வரவு செலவு ", %d); அச்சு பதினாறு_படி(பதினாறு_ஆக்கு(சரம்))? == சரம்;`, 34_000},
		{"encoding addresses", "kuRiyAkkam", `சரம் = திரும்பச்செய்("வரவு/a ", %d); அச்சு இணைய_படி(இணைய_மறை(சரம்))? == சரம்;`, 50_000},
		{"digest", "kuRiyAkkam", `அச்சு நீளம்(_sha256(திரும்பச்செய்("வரவு ", %d)));`, 70_000},
		{"splitting and joining", "col", `சரம் = திரும்பச்செய்("வரவு,செலவு ", %d); அச்சு ஒன்றிணை(பிரி(சரம், ","), ",") == சரம்;`, 34_000},
		{"searching", "col", `சரம் = திரும்பச்செய்("வரவு செலவு ", %d); அச்சு தேடு(சரம், "இருப்பு") & துண்டு(சரம், 5, 3) & முடிகிறதா(சரம், "வு ");`, 34_000},
		{"letters", "col", `அச்சு நீளம்(_letters(திரும்பச்செய்("வரவு செலவு ", %d)));`, 34_000},
		{"sorting numbers", "aNi jEcAZ", `எண்கள் = ஜேசான்_படி("[" & திரும்பச்செய்("913.5,27,-4,88,3,1e6,0.25,771,19,5,", %d) & "0]")?; அச்சு _sort(எண்கள்)[0];`, 10_000},
		{"a range", "aNi", `அச்சு நீளம்(_range(1, %d, 1));`, 100_000},
		{"distinct elements", "aNi", `அச்சு நீளம்(_unique(_range(1, %d, 1)));`, 30_000},
		{"CSV", "qaravurY", `சரம் = திரும்பச்செய்("a,\"b,\"\"c\"\"\",1250.50,வரவு\n", %d); அச்சு நீளம்(_formatCSV(_parseCSV(சரம், ",")?, ",")) > 0;`, 10_000},
		{"one long row of CSV", "qaravurY", `அச்சு நீளம்(_parseCSV(திரும்பச்செய்("வரவு,", %d), ",")?[0]);`, 30_000},
		{"equal shares", "kAcu", `அச்சு கூட்டு(சமமாகப்_பிரி(1000000007, %d));`, 50_000},
		{"weighted shares", "kAcu aNi", `அச்சு காசு_கூட்டல்(விகிதத்தில்_பிரி(1000000007, _range(1, %d, 1)));`, 10_000},
		{"filling a document", "AvaNam aNi", `வரிசைகள்_ = _range(1, %d, 1); ப = []; ஒவ்வொரு எ இல் வரிசைகள்_ { ப = இணை(ப, {n: எ}); }
அச்சு நீளம்(ஆவணம்_நிரப்பு("<r>{%%tr for a in x %%}</r><r>{{ a.n }} {{ b }}</r><r>{%%tr endfor %%}</r>", {"வரிசை": "<r", வரிசை_முடிவு: "</r>"}, [{குறி: "b", மதிப்பு: "&"}], [{பெயர்: "a", புலங்கள்: ["n"], "வரிசைகள்": ப}])) > 0;`, 5_000},
		{"a document of many marks", "AvaNam", `அச்சு நீளம்(ஆவணம்_நிரப்பு(திரும்பச்செய்("{{ b }}{{{%% tr for ", %d) & "}}", ODT_வடிவம், [{குறி: "b", மதிப்பு: 1}], []));`, 20_000},
		{"a pay link", "upi/vilAcam", `சரம் = திரும்பச்செய்("a+b ", %d); அச்சு நீளம்(இணைப்பைப்_படி(பணம்_இணைப்பு({pa: "a@b", pn: சரம்})?)?.pn);`, 30_000},
	} {
		t.Run(tt.why, func(t *testing.T) {
			var imports strings.Builder
			for module := range strings.FieldsSeq(tt.modules + " col") {
				fmt.Fprintf(&imports, "இறக்கு \"nUlakam/%s.qmz\"; ", module)
			}
			at := func(n int) (int64, uint64) { return cost(t, imports.String()+fmt.Sprintf(tt.body, n)) }
			s1, b1 := at(tt.times)
			s10, b10 := at(10 * tt.times)
			if s10 > 15*s1 {
				t.Errorf("steps grow from %d to %d", s1, s10)
			}
			if b10 > 15*b1 {
				t.Errorf("allocated bytes grow from %d to %d", b1, b10)
			}
			if s10 < int64(tt.times) {
				t.Errorf("%d steps for %d pieces: the work is not charged", s10, 10*tt.times)
			}
		})
	}
}
