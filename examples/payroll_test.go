package examples_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"etamil/engine"
)

// pay runs the payroll on the files of dir and returns what it printed and its
// exit status.
func pay(t *testing.T, dir string, env variables) (string, int) {
	t.Helper()
	h := hostIn(t, dir, env)
	out := new(printed)
	h.Output = out
	res, err := load(t, "payroll/main.qmz", false).Run(context.Background(), &h, engine.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), res.Status
}

// TestPayrollPrintsWhatItsReadmeSays compares the run on the sample files with
// the golden file and with the README.
func TestPayrollPrintsWhatItsReadmeSays(t *testing.T) {
	got, status := pay(t, "payroll", nil)
	if status != 0 {
		t.Errorf("status %d", status)
	}
	golden(t, "payroll.txt", got)
	text, err := os.ReadFile("payroll/README.md")
	if err != nil {
		t.Fatal(err)
	}
	const command = "$ cd examples/payroll && etamil run main.qmz\n"
	before, rest, found := bytes.Cut(text, []byte(command))
	says, after, closed := bytes.Cut(rest, []byte("```\n"))
	if !found || !closed {
		t.Fatalf("README.md lacks %q", command)
	}
	switch {
	case *update:
		text = fmt.Appendf(nil, "%s%s%s```\n%s", before, command, got, after)
		if err := os.WriteFile("payroll/README.md", text, 0o666); err != nil {
			t.Fatal(err)
		}
	case string(says) != got:
		t.Errorf("the program prints\n%s\nbut README.md says\n%s", got, says)
	}
}

// sums are the totals of a payroll, in rupees.
type sums struct{ gross, fund, insurance, tax, net, fundEmployer, insuranceEmployer big.Rat }

// percent is a share of an amount, to the paisa.
func percent(amount, rate *big.Rat) *big.Rat {
	share := new(big.Rat).Mul(amount, rate)
	return half(share.Quo(share, big.NewRat(100, 1)), 2)
}

// add computes one row of the list again, with fractions.
func (s *sums) add(t *testing.T, head, row []string, rates object, monthDays int64) {
	days := rat(t, row[len(row)-1])
	provident, medical := rates.object("வைப்பு நிதி"), rates.object("மருத்துவக் காப்பீடு")
	gross, fundWage := new(big.Rat), new(big.Rat)
	for i := 2; i < len(row)-1; i++ {
		part := new(big.Rat).Mul(rat(t, row[i]), days)
		part = half(part.Quo(part, big.NewRat(monthDays, 1)), 2)
		gross.Add(gross, part)
		if slices.Contains(provident["கூறுகள்"].([]any), any(head[i])) {
			fundWage.Add(fundWage, part)
		}
	}
	if ceiling := provident.number(t, "உச்ச வரம்பு"); fundWage.Cmp(ceiling) > 0 {
		fundWage = ceiling
	}
	insured := new(big.Rat)
	if gross.Cmp(medical.number(t, "தகுதி எல்லை")) <= 0 {
		insured.Set(gross)
	}
	tax := new(big.Rat)
	for _, slab := range rates.objects("தொழில் வரி") {
		if gross.Cmp(slab.number(t, "முதல்")) > 0 {
			tax = slab.number(t, "நிலைத்_தொகை")
		}
	}
	fund, insurance := percent(fundWage, provident.number(t, "பணியாளர்")), percent(insured, medical.number(t, "பணியாளர்"))
	net := new(big.Rat).Sub(gross, fund)
	net.Sub(net, insurance)
	net.Sub(net, tax)
	for sum, amount := range map[*big.Rat]*big.Rat{
		&s.gross: gross, &s.fund: fund, &s.insurance: insurance, &s.tax: tax, &s.net: net,
		&s.fundEmployer: percent(fundWage, provident.number(t, "நிறுவனம்")), &s.insuranceEmployer: percent(insured, medical.number(t, "நிறுவனம்")),
	} {
		sum.Add(sum, amount)
	}
}

// trialRow is a row of the printed trial balance: code, debit, credit.
var trialRow = regexp.MustCompile(`(?m)^  (\d+)  .*   பற்று ([\d,.]+)   வரவு ([\d,.]+)$`)

// checkPayroll compares the trial balance that a run prints with sums computed
// with fractions from the same files.
func checkPayroll(t *testing.T, output, list string, rates object, monthDays int64) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(list)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var s sums
	for _, row := range rows[1:] {
		s.add(t, rows[0], row, rates, monthDays)
	}
	want := map[string][2]*big.Rat{
		"201": {new(big.Rat), &s.net},
		"211": {new(big.Rat), new(big.Rat).Add(&s.fund, &s.fundEmployer)},
		"212": {new(big.Rat), new(big.Rat).Add(&s.insurance, &s.insuranceEmployer)},
		"213": {new(big.Rat), &s.tax},
		"501": {&s.gross, new(big.Rat)},
		"502": {&s.fundEmployer, new(big.Rat)},
		"503": {&s.insuranceEmployer, new(big.Rat)},
	}
	debits, credits := new(big.Rat), new(big.Rat)
	printed := map[string]bool{}
	for _, row := range trialRow.FindAllStringSubmatch(output, -1) {
		debit, credit := rat(t, strings.ReplaceAll(row[2], ",", "")), rat(t, strings.ReplaceAll(row[3], ",", ""))
		if w, known := want[row[1]]; !known || debit.Cmp(w[0]) != 0 || credit.Cmp(w[1]) != 0 {
			t.Errorf("account %s: %s, %s; want %s, %s", row[1], row[2], row[3], w[0].FloatString(2), w[1].FloatString(2))
		}
		printed[row[1]] = true
		debits.Add(debits, debit)
		credits.Add(credits, credit)
	}
	for account, sides := range want {
		if !printed[account] && sides[0].Sign()+sides[1].Sign() != 0 {
			t.Errorf("account %s is not in the trial balance", account)
		}
	}
	if debits.Cmp(credits) != 0 {
		t.Errorf("debits %s, credits %s", debits.FloatString(2), credits.FloatString(2))
	}
	if !strings.Contains(output, "  ✓ சமநிலை\n") {
		t.Errorf("the trial balance does not balance:\n%s", output)
	}
}

func TestPayrollAgreesWithFractions(t *testing.T) {
	sample, err := os.ReadFile("payroll/mAqiri_viziqawkaL.json")
	if err != nil {
		t.Fatal(err)
	}
	rates := parse(t, string(sample))
	list, err := os.ReadFile("payroll/mAqiri_paNiyALarkaL.csv")
	if err != nil {
		t.Fatal(err)
	}
	output, _ := pay(t, "payroll", nil)
	checkPayroll(t, output, string(list), rates, 30)

	head, _, _ := strings.Cut(string(list), "\n")
	random := rand.New(rand.NewPCG(26, 4))
	for _, month := range []struct {
		name string
		days int
	}{{"2026-02", 28}, {"2028-02", 29}, {"2026-11", 30}, {"2026-12", 31}} {
		dir := t.TempDir()
		var text strings.Builder
		text.WriteString(head + "\n")
		for i := range 200 {
			fmt.Fprintf(&text, "%d,பெயர் %[1]d,%d.%02d,%d,%d.%d,%d.05,%d.%d\n", i, random.IntN(40000), random.IntN(100), random.IntN(8000),
				random.IntN(9000), random.IntN(10), random.IntN(3000), random.IntN(month.days), random.IntN(2)*5)
		}
		for name, content := range map[string]string{"staff.csv": text.String(), "rates.json": string(sample)} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		output, status := pay(t, dir, variables{"PAYROLL_MONTH": month.name, "PAYROLL_STAFF": "staff.csv", "PAYROLL_RATES": "rates.json"})
		if status != 0 {
			t.Errorf("status %d: %s", status, output)
		}
		checkPayroll(t, output, text.String(), rates, int64(month.days))
	}
}

func TestPayrollTellsWhatIsWrongAndWhere(t *testing.T) {
	list, err := os.ReadFile("payroll/mAqiri_paNiyALarkaL.csv")
	if err != nil {
		t.Fatal(err)
	}
	rates, err := os.ReadFile("payroll/mAqiri_viziqawkaL.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, old, new, where string }{
		{"more days than the month has", ",30\n102", ",31\n102", "நிரை 2.ஊதிய நாட்கள்"},
		{"an amount that is none", "9800", "நூறு", "நிரை 4.அடிப்படை"},
		{"a negative amount", "9800", "-9800", "நிரை 4.அடிப்படை"},
		{"a third decimal", "1500.50", "1500.505", "நிரை 2.இதரப்படி"},
		{"a code used twice", "\n103,", "\n101,", "நிரை 4.குறி"},
		{"a column too few", "103,செல்வி,", "103,", "நிரை 4"},
		{"another head", "குறி,பெயர்", "பெயர்,குறி", "நிரை 1"},
		{"a quote left open", "செல்வி", "\"செல்வி", ""},
		{"rates that are no JSON", "{\n  \"குறிப்பு\"", "[\n  \"குறிப்பு\"", ""},
		{"a rate above a hundred", "10.5", "110.5", "வைப்பு நிதி.பணியாளர்"},
		{"a part that no pay has", "\"அகவிலைப்படி\"]", "\"போனஸ்\"]", "வைப்பு நிதி.கூறுகள்"},
		{"slabs out of order", "\"முதல்\": 18000", "\"முதல்\": 1800", "தொழில் வரி[2].முதல்"},
		{"no slabs", "\"தொழில் வரி\"", "\"வரி\"", "தொழில் வரி"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if strings.Count(string(list)+string(rates), tt.old) != 1 {
				t.Fatalf("%q is not once in the files", tt.old)
			}
			for name, content := range map[string][]byte{"mAqiri_paNiyALarkaL.csv": list, "mAqiri_viziqawkaL.json": rates} {
				if err := os.WriteFile(filepath.Join(dir, name), bytes.Replace(content, []byte(tt.old), []byte(tt.new), 1), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			got, status := pay(t, dir, nil)
			if status != 1 || !strings.HasPrefix(got, "✗ "+tt.where+": ") || strings.Count(got, "\n") != 1 {
				t.Errorf("status %d, printed %q; want 1, one line about %q", status, got, tt.where)
			}
		})
	}
	if got, status := pay(t, "payroll", variables{"PAYROLL_MONTH": "2026-13"}); status != 1 || !strings.HasPrefix(got, "✗ PAYROLL_MONTH: ") {
		t.Errorf("a month that is none: status %d, %q", status, got)
	}
}
