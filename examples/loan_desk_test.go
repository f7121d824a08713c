package examples_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// loanDesk serves the loan desk with its template in a folder of the test.
func loanDesk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	template, err := os.ReadFile("loan-desk/vArppu.ods")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "vArppu.ods"), template, 0o666); err != nil {
		t.Fatal(err)
	}
	h := hostIn(t, dir, nil)
	h.Clock = stopped{}
	return serveOn(t, "loan-desk/main.qmz", h)
}

// stopped is a clock that stands at noon of 15 June 2027.
type stopped struct{}

func (stopped) Now() time.Time { return time.Date(2027, time.June, 15, 12, 0, 0, 0, time.UTC) }

// asked is the query for a loan.
func asked(amount, rate string, months int, day, name string) string {
	return url.Values{"தொகை": {amount}, "விகிதம்": {rate}, "மாதங்கள்": {fmt.Sprint(months)}, "நாள்": {day}, "பெயர்": {name}}.Encode()
}

var schedulePath = "/" + url.PathEscape("அட்டவணை")

func TestLoanDeskReadme(t *testing.T) { checkReadme(t, "loan-desk/README.md", loanDesk(t)) }

func TestLoanDeskPages(t *testing.T) {
	base := loanDesk(t)
	for _, tt := range []struct {
		name, path string
		status     int
	}{
		{"loan-empty", "/", 200},
		{"loan-schedule", schedulePath + "?" + asked("2,50,000", "9.25", 12, "2026-01-31", "மலர் & 'வெண்பா' <b>"), 200},
		{"loan-no-number", schedulePath + "?" + asked("இலட்சம்", "9", 12, "2026-01-31", ""), 400},
	} {
		res, page := send(t, "GET", base+tt.path, "", "")
		if res.StatusCode != tt.status || res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %s, %s; want %d, text/html", tt.name, res.Status, res.Header.Get("Content-Type"), tt.status)
		}
		if strings.Contains(page, "<b>") {
			t.Errorf("%s: what was typed comes back as it is", tt.name)
		}
		golden(t, tt.name+".html", page)
	}
}

// payment is a month of a schedule.
type payment struct{ instalment, interest, principal, balance *big.Rat }

// schedule computes a loan with fractions: the power is exact, and every
// amount is rounded to the paisa where the desk's README says so.
func schedule(amount, rate *big.Rat, months int) (instalment *big.Rat, all []payment) {
	monthly := new(big.Rat).Quo(rate, big.NewRat(1200, 1))
	if monthly.Sign() == 0 {
		instalment = half(new(big.Rat).Quo(amount, big.NewRat(int64(months), 1)), 2)
	} else {
		growth, base := big.NewRat(1, 1), new(big.Rat).Add(big.NewRat(1, 1), monthly)
		for range months {
			growth.Mul(growth, base)
		}
		whole := new(big.Rat).Mul(amount, monthly)
		whole.Mul(whole, growth)
		instalment = half(whole.Quo(whole, growth.Sub(growth, big.NewRat(1, 1))), 2)
	}
	balance := amount
	for month := 1; month <= months; month++ {
		p := payment{instalment: instalment, interest: half(new(big.Rat).Mul(balance, monthly), 2)}
		if month == months {
			p.instalment = new(big.Rat).Add(balance, p.interest)
		}
		p.principal = new(big.Rat).Sub(p.instalment, p.interest)
		balance = new(big.Rat).Sub(balance, p.principal)
		p.balance = balance
		all = append(all, p)
	}
	return instalment, all
}

// TestLoanScheduleAgreesWithFractions asks for random loans, computes them
// again, and adds up: principal to the loan, instalments to loan and interest.
func TestLoanScheduleAgreesWithFractions(t *testing.T) {
	base := loanDesk(t)
	random := rand.New(rand.NewPCG(12, 60))
	for i := range 150 {
		amount := fmt.Sprintf("%d.%02d", 10_000+random.IntN(10_000_000), random.IntN(100))
		rate := fmt.Sprintf("%d.%03d", random.IntN(24), random.IntN(1000))
		if i%25 == 0 {
			rate = "0"
		}
		months := 1 + random.IntN(240)
		res, text := send(t, "GET", base+schedulePath+".json?"+asked(amount, rate, months, "2026-01-31", ""), "", "")
		if res.StatusCode != 200 {
			t.Fatalf("%s at %s for %d months: %s: %s", amount, rate, months, res.Status, text)
		}
		got := parse(t, text)
		instalment, want := schedule(rat(t, amount), rat(t, rate), months)
		rows := got.objects("அட்டவணை")
		if got.number(t, "தவணை").Cmp(instalment) != 0 || len(rows) != len(want) {
			t.Fatalf("%s at %s for %d months: instalment %v, %d rows; want %s", amount, rate, months, got["தவணை"], len(rows), instalment.FloatString(2))
		}
		principal, interest, paid := new(big.Rat), new(big.Rat), new(big.Rat)
		for k, row := range rows {
			for name, w := range map[string]*big.Rat{"தவணை": want[k].instalment, "வட்டி": want[k].interest, "அசலுக்கு": want[k].principal, "மீதம்": want[k].balance} {
				if g := row.number(t, name); g.Cmp(w) != 0 {
					t.Fatalf("%s at %s for %d months, month %d: %s %s, want %s", amount, rate, months, k+1, name, g.FloatString(2), w.FloatString(2))
				}
			}
			principal.Add(principal, row.number(t, "அசலுக்கு"))
			interest.Add(interest, row.number(t, "வட்டி"))
			paid.Add(paid, row.number(t, "தவணை"))
		}
		if principal.Cmp(rat(t, amount)) != 0 || rows[len(rows)-1].number(t, "மீதம்").Sign() != 0 {
			t.Errorf("%s at %s for %d months: principal adds up to %s, %v is left", amount, rate, months, principal.FloatString(2), rows[len(rows)-1]["மீதம்"])
		}
		if interest.Cmp(got.number(t, "மொத்த_வட்டி")) != 0 || paid.Cmp(got.number(t, "மொத்தம்")) != 0 || paid.Sub(paid, interest).Cmp(principal) != 0 {
			t.Errorf("%s at %s for %d months: interest %v, in all %v", amount, rate, months, got["மொத்த_வட்டி"], got["மொத்தம்"])
		}
	}
}

func TestLoanDeskRefusesWhatIsNoLoan(t *testing.T) {
	base := loanDesk(t)
	for _, tt := range []struct {
		why, amount, rate string
		months            int
		day, where        string
	}{
		{"no amount", "", "9", 12, "2026-01-31", "தொகை"},
		{"an amount below a rupee", "0.99", "9", 12, "2026-01-31", "தொகை"},
		{"a third decimal", "100000.005", "9", 12, "2026-01-31", "தொகை"},
		{"an amount that overflows", "9e27", "9", 12, "2026-01-31", "தொகை"},
		{"a negative rate", "100000", "-1", 12, "2026-01-31", "விகிதம்"},
		{"a rate that is none", "100000", "9%", 12, "2026-01-31", "விகிதம்"},
		{"no months", "100000", "9", 0, "2026-01-31", "மாதங்கள்"},
		{"months without end", "100000", "9", 100000, "2026-01-31", "மாதங்கள்"},
		{"instalments that pay no principal", "100", "60", 480, "2026-01-31", "மாதங்கள்"},
		{"paise for years", "1", "0", 90, "2026-01-31", "மாதங்கள்"},
		{"a day that is none", "100000", "9", 12, "2026-02-30", "நாள்"},
	} {
		for _, kind := range []string{".json", ".ods"} {
			res, text := send(t, "GET", base+schedulePath+kind+"?"+asked(tt.amount, tt.rate, tt.months, tt.day, ""), "", "")
			if o := parse(t, text); res.StatusCode != 400 || o.text("error") == "" || o.text("where") != tt.where {
				t.Errorf("%s (%s): %s: %s; want 400 at %s", tt.why, kind, res.Status, text, tt.where)
			}
		}
	}
}

// cells are the texts of the rows of a spreadsheet, empty ones left out.
func cells(t *testing.T, ods []byte) (rows [][]string) {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(ods), int64(len(ods)))
	if err != nil {
		t.Fatal(err)
	}
	content, err := archive.Open("content.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	d := xml.NewDecoder(content)
	inText := false
	for {
		token, err := d.Token()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			switch token.Name.Local {
			case "table-row":
				rows = append(rows, nil)
			case "p":
				inText = true
				rows[len(rows)-1] = append(rows[len(rows)-1], "")
			}
		case xml.EndElement:
			inText = inText && token.Name.Local != "p"
		case xml.CharData:
			if inText {
				row := rows[len(rows)-1]
				row[len(row)-1] += string(token)
			}
		}
	}
}

// spreadsheet asks for a schedule as a spreadsheet.
func spreadsheet(t *testing.T, base, query string) []byte {
	t.Helper()
	res, text := send(t, "GET", base+schedulePath+".ods?"+query, "", "")
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/vnd.oasis.opendocument.spreadsheet" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment; ") {
		t.Fatalf("%s %v: %.200s", res.Status, res.Header, text)
	}
	return []byte(text)
}

const borrower = `மலர் & "வெண்பா" <b> {{ தொகை }}`

// loanSheet is what the spreadsheet of 1,00,000 at 10.5 % over 4 months holds.
var loanSheet = [][]string{
	{"தவணை அட்டவணை"},
	{"வாங்குபவர்: " + borrower},
	{"31 ஜனவரி 2026 அன்று ₹1,00,000.00, ஆண்டுக்கு 10.5% வட்டிக்கு, 4 மாதங்கள்; மாதத் தவணை ₹25,549.26"},
	{"மாதம்", "நாள்", "தவணை ₹", "வட்டி ₹", "அசலுக்கு ₹", "மீதம் ₹"},
	{"1", "28-02-2026", "25,549.26", "875.00", "24,674.26", "75,325.74"},
	{"2", "31-03-2026", "25,549.26", "659.10", "24,890.16", "50,435.58"},
	{"3", "30-04-2026", "25,549.26", "441.31", "25,107.95", "25,327.63"},
	{"4", "31-05-2026", "25,549.25", "221.62", "25,327.63", "0.00"},
	{"மொத்தம்", "", "1,02,197.03", "2,197.03", "1,00,000.00", ""},
}

func TestLoanSpreadsheetHoldsTheSchedule(t *testing.T) {
	rows := slices.DeleteFunc(cells(t, spreadsheet(t, loanDesk(t), asked("100000", "10.5", 4, "2026-01-31", borrower))), func(r []string) bool { return len(r) == 0 })
	if !slices.EqualFunc(rows, loanSheet, slices.Equal) {
		t.Errorf("the spreadsheet holds\n%q\nwant\n%q", rows, loanSheet)
	}
}

// TestLoanSpreadsheetsDoNotMix asks for two loans many times at once.
func TestLoanSpreadsheetsDoNotMix(t *testing.T) {
	base := loanDesk(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 8 {
				name := fmt.Sprint("கடன் ", i%2)
				rows := cells(t, spreadsheet(t, base, asked("100000", "10.5", 4, "2026-01-31", name)))
				if got := rows[1][0]; got != "வாங்குபவர்: "+name {
					t.Errorf("asked for %s, got %s", name, got)
				}
			}
		})
	}
	all.Wait()
}

// TestLibreOfficeReadsTheLoanSpreadsheet makes the template anew from its
// source, and has the filled one read.
func TestLibreOfficeReadsTheLoanSpreadsheet(t *testing.T) {
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Log("soffice is not installed; the template that it once wrote is filled by the tests above")
		return
	}
	home := t.TempDir()
	convert := func(to, file string) []byte {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, soffice, "--headless", "--convert-to", to, "--outdir", home, file)
		cmd.Env = append(os.Environ(), "HOME="+home)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("soffice %s %s: %v\n%s", to, file, err, out)
		}
		kind, _, _ := strings.Cut(to, ":")
		data, err := os.ReadFile(filepath.Join(home, strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))+"."+kind))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	kept, err := os.ReadFile("loan-desk/vArppu.ods")
	if err != nil {
		t.Fatal(err)
	}
	if made := convert("ods", "loan-desk/vArppu.fods"); !slices.EqualFunc(cells(t, made), cells(t, kept), slices.Equal) {
		t.Errorf("vArppu.ods is not what vArppu.fods makes: %q, %q", cells(t, kept), cells(t, made))
	}
	filled := filepath.Join(home, "loan.ods")
	if err := os.WriteFile(filled, spreadsheet(t, loanDesk(t), asked("100000", "10.5", 4, "2026-01-31", borrower)), 0o666); err != nil {
		t.Fatal(err)
	}
	read := strings.ReplaceAll(string(convert("csv:Text - txt - csv (StarCalc):9,34,76", filled)), `""`, `"`)
	for _, row := range loanSheet {
		for _, cell := range row {
			if !strings.Contains(read, cell) {
				t.Errorf("LibreOffice reads\n%s\nwithout %q", read, cell)
			}
		}
	}
}
