package stdlib_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"
)

// TestWhatWalksALedgerIsChargedForIt compares a program with and without one call
// on 10,000 postings: each walk costs at least a step a posting, and a run that
// has no steps left for it ends there.
func TestWhatWalksALedgerIsChargedForIt(t *testing.T) {
	const postings = 10_000
	before := everything() + fmt.Sprintf(`
பே = []; எ = 0; ஒ = [];
(எ < %d) சுற்று {
    எ = எ + 1;
    பே = இணை(பே, {பரிவர்த்தனை_எண்: எ, நாள்: "2025-04-01", விவரம்: "", கணக்கு_குறி: "1", பற்று_தொகை: 1, வரவு_தொகை: 0, நிறுவனக்_குறி: "N"});
    ஒ = இணை(ஒ, ஒதுக்கீடு_ஆக்கு("R", எ, 1));
}
க = [{குறி: "1", பெயர்: "அ", கணக்கு_வகை: "செலவு"}];
`, postings)
	spent := func(call string, limits engine.Limits) (int64, error) {
		var out lines
		res, err := program(t, before+call).Run(context.Background(), &host.Host{Output: &out}, limits)
		return res.Steps, err
	}
	base, err := spent("", engine.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range []string{
		`இருப்பாய்வு(பே, க)`, `வருமான_அறிக்கை(பே, க)`, `இருப்புநிலை(பே, க)`, `கால_இருப்பாய்வு(பே, க, "2026-03-31")`,
		`கால_வருமான_அறிக்கை(பே, க, இந்திய_ஆண்டு(2025))`, `நாள்_இருப்புநிலை(பே, க, "2026-03-31")`, `கணக்கு_அறிக்கை(பே, "1", "சொத்து")`,
		`பணப்புழக்க_அறிக்கை(பே, ["1"], இந்திய_ஆண்டு(2025))`, `ஆண்டை_முடி(பே, க, இந்திய_ஆண்டு(2025), "2", "C")`,
		`கணக்கு_இருப்பு(பே, "1", "சொத்து")`, `கணக்கு_பதிவுகள்(பே, "1")`, `காலம்_வடிகட்டு(பே, இந்திய_ஆண்டு(2025))`, `வரை_வடிகட்டு(பே, "2026-01-01")`,
		`பரிவர்த்தனை_தொகை(பே, 1, "1", "சொத்து")`, `பரிவர்த்தனை_நாள்(பே, -1)`, `பரிவர்த்தனை_எண்கள்(பே, "1")`, `நிறுவன_வடிகட்டு(பே, "N")`,
		`ஒதுக்கப்பட்ட_மொத்தம்(ஒ, 1)`, `பயன்படுத்தப்பட்டது(ஒ, "R")`, `நிலுவைத்_தொகை(பே, ஒ, 1, "1", "சொத்து")`, `ஒதுக்கு(ஒ, பே, 1, 1, 1, "1", "சொத்து")`,
		`நிலுவைப்_பட்டியல்(பே, ஒ, "1", "சொத்து")`, `வயது_அட்டவணை(பே, ஒ, "1", "சொத்து", "2025-05-01")`,
	} {
		steps, err := spent(call+";", engine.Limits{})
		if err != nil {
			t.Errorf("%s: %v", call, err)
			continue
		}
		if steps-base < postings {
			t.Errorf("%s costs %d steps", call, steps-base)
		}
		_, err = spent(call+";", engine.Limits{Steps: base + postings/2})
		if d, ok := err.(*diag.Diagnostic); !ok || d.Def != diag.StepBudget {
			t.Errorf("%s with half the steps: %v, want ET4030", call, err)
		}
	}
}

// TestLoansOfManyYearsCloseToThePaisa is what holds for short loans for those of
// up to forty years.
func TestLoansOfManyYearsCloseToThePaisa(t *testing.T) {
	const loans = 400
	r := rand.New(rand.NewPCG(11, 10))
	amounts, rates, months := make([]int64, loans), make([]int64, loans), make([]int, loans)
	input := make([]string, loans)
	for i := range input {
		amounts[i], rates[i], months[i] = 100_000+r.Int64N(10_000_000_000), r.Int64N(2400), 60+r.IntN(420)
		input[i] = fmt.Sprintf("%s %s %d", paise(amounts[i]), paise(rates[i]), months[i])
	}
	got := rows(t, `இறக்கு "nUlakam/vawki/kadaZ.qmz";`+fmt.Sprintf(readNumbers, loans, `
    அட் = தவணை_அட்டவணை(ப[0], ப[1], ப[2]);
    விடை = மொத்த_வட்டி(அட்) & " " & மொத்தத்_திருப்பி(அட்);
    ஒவ்வொரு வரி இல் அட் { விடை = விடை & " " & வரி.வட்டி & " " & வரி.அசலுக்கு & " " & வரி.மீதம்; }
    அச்சு விடை;`), input)
	for i, row := range got {
		if len(row) != 2+3*months[i] {
			t.Fatalf("%s: %d numbers", input[i], len(row))
		}
		rate, places := fitted(big.NewInt(rates[i]), big.NewInt(120_000))
		balance, interest := amounts[i], int64(0)
		for k := range months[i] {
			product, digits := fitted(new(big.Int).Mul(big.NewInt(balance), rate), new(big.Int).Mul(big.NewInt(100), tens[places]))
			if want := nearest(product.Mul(product, big.NewInt(100)), tens[digits]); row[2+3*k] != want {
				t.Fatalf("%s: interest of month %d is %s, want %s", input[i], k+1, paise(row[2+3*k]), paise(want))
			}
			interest += row[2+3*k]
			if balance -= row[3+3*k]; balance != row[4+3*k] {
				t.Fatalf("%s: balance of month %d is %s, want %s", input[i], k+1, paise(row[4+3*k]), paise(balance))
			}
		}
		if balance != 0 || interest != row[0] || row[1]-row[0] != amounts[i] {
			t.Fatalf("%s: %s is left; interest %s, repaid %s", input[i], paise(balance), paise(row[0]), paise(row[1]))
		}
	}
}

// TestAPrepaymentLeavesWhatTheTableSays settles each loan after some month: what
// was repaid until then and what is left are the loan.
func TestAPrepaymentLeavesWhatTheTableSays(t *testing.T) {
	const source = `இறக்கு "nUlakam/vawki/kadaZ.qmz";
மாதம் = 1;
அட் = தவணை_அட்டவணை(%s, %s, %d);
(மாதம் <= %[3]d) சுற்று {
    செலுத்தியது = 0;
    ஒவ்வொரு வரி இல் அட் { (வரி.மாதம் <= மாதம்) எனில் { செலுத்தியது = செலுத்தியது + வரி.அசலுக்கு; } }
    (செலுத்தியது + முன்கூட்டியே_அடைத்தால்(அட், மாதம்) != %[1]s) எனில் { அச்சு மாதம்; }
    மாதம் = மாதம் + 1;
}
அச்சு முன்கூட்டியே_அடைத்தால்(அட், 0) & " " & முன்கூட்டியே_அடைத்தால்(அட், "1");`
	for _, loan := range []struct {
		amount, rate string
		months       int
	}{{"640000", "8.75", 84}, {"48000", "13.5", 7}, {"1000", "0", 3}, {"99999.99", "24", 36}} {
		o := run(t, program(t, fmt.Sprintf(source, loan.amount, loan.rate, loan.months)), "")
		if o.err != nil || strings.TrimSpace(o.out) != "0 0" {
			t.Errorf("%v: %v %s", loan, o.err, o.out)
		}
	}
}
