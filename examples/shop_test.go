package examples_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
)

// shop serves the shop with its database in dir.
func shop(t *testing.T, dir string) string {
	t.Helper()
	h := hostIn(t, dir, nil)
	h.Clock = stopped{}
	return serveOn(t, "shop/main.qmz", h)
}

// call sends what a program would and returns the answer, which must have the status.
func call(t *testing.T, base, path, body string, status int) object {
	t.Helper()
	method := "GET"
	if body != "" {
		method = "POST"
	}
	path, query, _ := strings.Cut(path, "?")
	asked, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	res, text := send(t, method, base+(&url.URL{Path: path, RawQuery: asked.Encode()}).String(), "application/json", body)
	if res.StatusCode != status {
		t.Fatalf("%s %s %s: %s: %s; want %d", method, path, body, res.Status, text, status)
	}
	return parse(t, text)
}

// withRates sends the sample rates.
func withRates(t *testing.T, base string) string {
	t.Helper()
	rates, err := os.ReadFile("shop/mAqiri_viziqawkaL.csv")
	if err != nil {
		t.Fatal(err)
	}
	call(t, base, "/வீதங்கள்", string(rates), http.StatusCreated)
	return base
}

func TestShopReadme(t *testing.T) { checkReadme(t, "shop/README.md", shop(t, t.TempDir())) }

// Deeds of one year.
const (
	capital  = `{"வகை": "முதலீடு", "நாள்": "2026-04-01", "தொகை": 75000, "பணம்": "வங்கி"}`
	purchase = `{"வகை": "கொள்முதல்", "நாள்": "2026-04-03", "தொகை": 18250.75, "HSN": "9608"}`
	sale     = `{"நாள்": "2027-01-14", "வாங்குபவர்": "மலர் & 'வெண்பா' <b>", "வரிசைகள்": [{"பெயர்": "பேனா <i>", "HSN": "9608", "அளவு": 1200, "விலை": 19.95}, {"பெயர்": "நூல்", "HSN": "4901", "அளவு": 3, "விலை": 410}]}`
	expense  = `{"வகை": "செலவு", "நாள்": "2027-02-01", "தொகை": 1800, "கணக்கு": "504", "பணம்": "வங்கி"}`
)

func TestShopPages(t *testing.T) {
	base := withRates(t, shop(t, t.TempDir()))
	for _, deed := range []string{capital, purchase, expense} {
		call(t, base, "/பதிவுகள்", deed, http.StatusCreated)
	}
	entry := call(t, base, "/விலைப்பட்டியல்கள்", sale, http.StatusCreated).number(t, "பதிவு")
	year := "?" + url.Values{"ஆண்டு": {"2026"}}.Encode()
	bill := "/" + url.PathEscape("சீட்டு") + "/"
	for _, tt := range []struct {
		name, path string
		form       url.Values
		status     int
	}{
		{"shop-year", "/" + year, nil, 200},
		{"shop-bill", bill + entry.RatString(), nil, 200},
		{"shop-no-bill", bill + "99", nil, 404},
		{"shop-bad-quantity", "/", url.Values{"வாங்குபவர்": {"<b>"}, "HSN1": {"9608"}, "அளவு1": {"பத்து"}, "விலை1": {"1,000"}}, 400},
		{"shop-nothing-sent", "/", url.Values{}, 400},
	} {
		method := "GET"
		if tt.form != nil {
			method = "POST"
		}
		res, page := send(t, method, base+tt.path, "application/x-www-form-urlencoded", tt.form.Encode())
		if res.StatusCode != tt.status || res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %s, %s; want %d, text/html", tt.name, res.Status, res.Header.Get("Content-Type"), tt.status)
		}
		for _, raw := range []string{"<b>", "<i>", "<script", "http:", "https:", "src="} {
			if strings.Contains(page, raw) {
				t.Errorf("%s contains %q", tt.name, raw)
			}
		}
		golden(t, tt.name+".html", page)
	}
	form := url.Values{"வாங்குபவர்": {"கயல்"}, "பெயர்2": {"பேனா"}, "HSN2": {"9608"}, "அளவு2": {"10"}, "விலை2": {"1,150.50"}, "பணம்": {"வங்கி"}, "நாள்": {"2027-06-01"}}
	if res, page := send(t, "POST", base+"/", "application/x-www-form-urlencoded", form.Encode()); res.StatusCode != 200 || res.Request.Method != "GET" || !strings.Contains(page, "2027-28/1") || !strings.Contains(page, "₹13,518.00") {
		t.Errorf("a form leads to %s of %s:\n%s", res.Status, res.Request.Method, page)
	}
}

// TestShopKeepsItsBooksOverARestart asks the same of a second server on the same file.
func TestShopKeepsItsBooksOverARestart(t *testing.T) {
	dir := t.TempDir()
	paths := []string{"/இருப்பாய்வு", "/இருப்புநிலை", "/வருமானம்?ஆண்டு=2026", "/பணப்புழக்கம்?ஆண்டு=2026", "/விலைப்பட்டியல்கள்/3", "/கணக்குகள்/401"}
	answers := func(base string) (all []string) {
		for _, path := range paths {
			text, err := json.Marshal(call(t, base, path, "", 200))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(text))
		}
		return all
	}
	var before []string
	t.Run("first", func(t *testing.T) {
		base := withRates(t, shop(t, dir))
		for _, deed := range []string{capital, purchase} {
			call(t, base, "/பதிவுகள்", deed, http.StatusCreated)
		}
		call(t, base, "/விலைப்பட்டியல்கள்", sale, http.StatusCreated)
		before = answers(base)
	})
	t.Run("second", func(t *testing.T) {
		base := shop(t, dir)
		for i, after := range answers(base) {
			if after != before[i] {
				t.Errorf("%s was\n%s\nand is\n%s", paths[i], before[i], after)
			}
		}
		if again := call(t, base, "/விலைப்பட்டியல்கள்", sale, http.StatusCreated); again.text("எண்") != "2026-27/2" {
			t.Errorf("the next invoice is %s", again.text("எண்"))
		}
	})
}

// books are what the accounts should hold: debits less credits.
type books map[string]*big.Rat

func (b books) post(account string, amount *big.Rat) {
	if b[account] == nil {
		b[account] = new(big.Rat)
	}
	b[account].Add(b[account], amount)
}

func neg(x *big.Rat) *big.Rat { return new(big.Rat).Neg(x) }

// check compares the trial balance with b, which must add up to 0.
func (b books) check(t *testing.T, base string) {
	t.Helper()
	trial := call(t, base, "/இருப்பாய்வு", "", 200)
	sum := new(big.Rat)
	seen := map[string]bool{}
	for _, row := range trial.objects("வரிகள்") {
		balance := new(big.Rat).Sub(row.number(t, "பற்று_பக்கம்"), row.number(t, "வரவு_பக்கம்"))
		sum.Add(sum, balance)
		account := row.text("குறி")
		seen[account] = true
		if want := b[account]; want == nil || balance.Cmp(want) != 0 {
			t.Errorf("account %s holds %s, want %v", account, balance.FloatString(2), want)
		}
	}
	for account, want := range b {
		if !seen[account] && want.Sign() != 0 {
			t.Errorf("account %s is not there, want %s", account, want.FloatString(2))
		}
	}
	if sum.Sign() != 0 || trial["சமநிலையா"] != true {
		t.Errorf("the trial balance is out by %s", sum.FloatString(2))
	}
}

// profit is what the accounts of revenue and expense hold.
func (b books) profit() *big.Rat {
	sum := new(big.Rat)
	for account, amount := range b {
		if account >= "400" {
			sum.Sub(sum, amount)
		}
	}
	return sum
}

// agree holds income statement and balance sheet of the year 2026-27 against
// each other and against the profit: all of it in one line before the year is
// closed, in the account 310 after.
func agree(t *testing.T, base string, profit *big.Rat, closed bool) {
	t.Helper()
	income := call(t, base, "/வருமானம்?ஆண்டு=2026", "", 200)
	if got := income.number(t, "நிகர_லாபம்"); got.Cmp(profit) != 0 {
		t.Errorf("the income statement shows %s, want %s", got.FloatString(2), profit.FloatString(2))
	}
	sheet := call(t, base, "/இருப்புநிலை?நாள்=2027-03-31", "", 200)
	assets := sheet.number(t, "மொத்த_சொத்து")
	other := new(big.Rat).Add(sheet.number(t, "மொத்த_பொறுப்பு"), sheet.number(t, "மொத்த_பங்கு"))
	if sheet["சமநிலையா"] != true || assets.Cmp(other) != 0 {
		t.Errorf("assets %s, liabilities and equity %s", assets.FloatString(2), other.FloatString(2))
	}
	open, kept := profit, new(big.Rat)
	if closed {
		open, kept = kept, open
	}
	if got := sheet.number(t, "தேக்கிய_வருவாய்"); got.Cmp(open) != 0 {
		t.Errorf("profit not closed is %s, want %s", got.FloatString(2), open.FloatString(2))
	}
	got := call(t, base, "/கணக்குகள்/310", "", 200).number(t, "இறுதி_இருப்பு")
	if got.Cmp(kept) != 0 {
		t.Errorf("retained earnings are %s, want %s", got.FloatString(2), kept.FloatString(2))
	}
}

// TestShopAgreesWithFractions enters random deeds from several clients at once,
// keeps books of its own with fractions, and closes the year.
func TestShopAgreesWithFractions(t *testing.T) {
	base := withRates(t, shop(t, t.TempDir()))
	rates := []struct{ hsn, rate string }{{"4820", "6"}, {"9608", "17.5"}, {"4901", "0"}, {"7113", "2.25"}}
	hundred := big.NewRat(100, 1)
	tax := func(amount, rate *big.Rat) *big.Rat {
		x := new(big.Rat).Mul(amount, rate)
		return half(x.Quo(x, hundred), 2)
	}
	const clients, each = 6, 40
	all := make([]books, clients)
	var running sync.WaitGroup
	for c := range clients {
		all[c] = books{}
		running.Go(func() {
			b, random := all[c], rand.New(rand.NewPCG(2026, uint64(c)))
			day := func() string { return fmt.Sprintf("2026-%02d-%02d", 4+random.IntN(9), 1+random.IntN(28)) }
			money := func(max int) string { return fmt.Sprintf("%d.%02d", 1+random.IntN(max), random.IntN(100)) }
			for range each {
				amount := money(50_000)
				a := rat(t, amount)
				switch random.IntN(5) {
				case 0:
					call(t, base, "/பதிவுகள்", fmt.Sprintf(`{"வகை": "முதலீடு", "நாள்": %q, "தொகை": %s}`, day(), amount), 201)
					b.post("101", a)
					b.post("301", neg(a))
				case 1:
					r := rates[random.IntN(len(rates))]
					call(t, base, "/பதிவுகள்", fmt.Sprintf(`{"வகை": "கொள்முதல்", "நாள்": %q, "தொகை": %s, "HSN": %q}`, day(), amount, r.hsn), 201)
					input := tax(a, rat(t, r.rate))
					b.post("501", a)
					b.post("130", input)
					b.post("201", neg(new(big.Rat).Add(a, input)))
				case 2:
					call(t, base, "/பதிவுகள்", fmt.Sprintf(`{"வகை": "செலவு", "நாள்": %q, "தொகை": %s, "கணக்கு": "503"}`, day(), amount), 201)
					b.post("503", a)
					b.post("101", neg(a))
				default:
					state, halves := "33", int64(2)
					if random.IntN(2) == 0 {
						state, halves = "29", 1
					}
					var lines []string
					total := new(big.Rat)
					for range 1 + random.IntN(8) {
						r := rates[random.IntN(len(rates))]
						quantity, price := fmt.Sprintf("%d.%03d", 1+random.IntN(500), random.IntN(1000)), money(2000)
						lines = append(lines, fmt.Sprintf(`{"பெயர்": "x", "HSN": %q, "அளவு": %s, "விலை": %s}`, r.hsn, quantity, price))
						net := half(new(big.Rat).Mul(rat(t, quantity), rat(t, price)), 2)
						part := tax(net, new(big.Rat).Quo(rat(t, r.rate), big.NewRat(halves, 1)))
						b.post("401", neg(net))
						total.Add(total, net)
						if halves == 1 {
							b.post("213", neg(part))
						} else {
							b.post("211", neg(part))
							b.post("212", neg(part))
							total.Add(total, part)
						}
						total.Add(total, part)
					}
					// The rates are those from October on; only the book's rate changed then.
					day := fmt.Sprintf("2026-%02d-15", 10+random.IntN(3))
					payable := half(total, 0)
					got := call(t, base, "/விலைப்பட்டியல்கள்", fmt.Sprintf(`{"நாள்": %q, "மாநிலம்": %q, "வரிசைகள்": [%s]}`, day, state, strings.Join(lines, ", ")), 201)
					if g := got.object("கூட்டல்").number(t, "செலுத்துக"); g.Cmp(payable) != 0 {
						t.Errorf("payable %s, want %s: %v", g.FloatString(2), payable.FloatString(2), got)
					}
					b.post("120", payable)
					b.post("510", new(big.Rat).Sub(total, payable))
				}
			}
		})
	}
	running.Wait()
	b := books{}
	for _, part := range all {
		for account, amount := range part {
			b.post(account, amount)
		}
	}
	b.check(t, base)
	profit := b.profit()
	agree(t, base, profit, false)

	// Several close the year at once: one of them does.
	answers := make([]int, 8)
	for i := range answers {
		running.Go(func() {
			res, _ := send(t, "POST", base+"/"+url.PathEscape("ஆண்டு-முடிப்பு"), "application/json", `{"ஆண்டு": 2026}`)
			answers[i] = res.StatusCode
		})
	}
	running.Wait()
	count := map[int]int{}
	for _, status := range answers {
		count[status]++
	}
	if count[201] != 1 || count[400] != len(answers)-1 {
		t.Errorf("closing at once is answered %v, want one 201 and the rest 400", count)
	}
	for account := range b {
		if account >= "400" {
			b[account].SetInt64(0)
		}
	}
	b.post("310", neg(profit))
	b.check(t, base)
	agree(t, base, profit, true)
	for path, body := range map[string]string{"/பதிவுகள்": capital, "/விலைப்பட்டியல்கள்": sale, "/ஆண்டு-முடிப்பு": `{"ஆண்டு": 2026}`} {
		if o := call(t, base, path, body, 400); !strings.Contains(o.text("error"), "2026-27") {
			t.Errorf("POST %s into the closed year: %v", path, o)
		}
	}
	call(t, base, "/பதிவுகள்", strings.Replace(capital, "2026-04-01", "2027-04-01", 1), 201)
	agree(t, base, profit, true)
}

// TestShopNumbersInvoicesWithoutGaps sells from many clients at once, with
// refused invoices between.
func TestShopNumbersInvoicesWithoutGaps(t *testing.T) {
	base := withRates(t, shop(t, t.TempDir()))
	const clients, each = 8, 10
	numbers := make([][]string, clients)
	var running sync.WaitGroup
	for c := range clients {
		running.Go(func() {
			for range each {
				numbers[c] = append(numbers[c], call(t, base, "/விலைப்பட்டியல்கள்", sale, 201).text("எண்"))
				call(t, base, "/விலைப்பட்டியல்கள்", strings.Replace(sale, "4901", "9999", 1), 400)
			}
		})
	}
	running.Wait()
	seen := map[string]bool{}
	for _, of := range numbers {
		for _, n := range of {
			seen[n] = true
		}
	}
	for i := range clients * each {
		if n := fmt.Sprintf("2026-27/%d", i+1); !seen[n] {
			t.Errorf("no invoice has the number %s", n)
		}
	}
}

func TestShopRefusesWhatIsWrong(t *testing.T) {
	base := withRates(t, shop(t, t.TempDir()))
	line := `{"பெயர்": "x", "HSN": "9608", "அளவு": 1, "விலை": 10}`
	for _, tt := range []struct{ path, body, where string }{
		{"/விலைப்பட்டியல்கள்", `{`, ""},
		{"/விலைப்பட்டியல்கள்", `[]`, ""},
		{"/விலைப்பட்டியல்கள்", `{}`, "வரிசைகள்"},
		{"/விலைப்பட்டியல்கள்", `{"வரிசைகள்": []}`, "வரிசைகள்"},
		{"/விலைப்பட்டியல்கள்", `{"வரிசைகள்": [5]}`, "வரிசைகள்[0]"},
		{"/விலைப்பட்டியல்கள்", `{"வரிசைகள்": [` + line + `, {"HSN": "9608", "அளவு": -1, "விலை": 10}]}`, "வரிசைகள்[1].அளவு"},
		{"/விலைப்பட்டியல்கள்", `{"வரிசைகள்": [{"HSN": "9608", "அளவு": 1, "விலை": 1e30}]}`, ""},
		{"/விலைப்பட்டியல்கள்", `{"வரிசைகள்": [{"HSN": "9608", "அளவு": 1, "விலை": 10000001}]}`, "வரிசைகள்[0].விலை"},
		{"/விலைப்பட்டியல்கள்", `{"வரிசைகள்": [{"HSN": "1234", "அளவு": 1, "விலை": 10}]}`, "வரிசைகள்[0].HSN"},
		{"/விலைப்பட்டியல்கள்", `{"நாள்": "2024-03-31", "வரிசைகள்": [` + line + `]}`, "வரிசைகள்[0].HSN"},
		{"/விலைப்பட்டியல்கள்", `{"நாள்": "2026-02-30", "வரிசைகள்": [` + line + `]}`, "நாள்"},
		{"/விலைப்பட்டியல்கள்", `{"ஜிஎஸ்டி_எண்": "33ABCDE1234F1Z5", "வரிசைகள்": [` + line + `]}`, "ஜிஎஸ்டி_எண்"},
		{"/விலைப்பட்டியல்கள்", `{"மாநிலம்": "TN", "வரிசைகள்": [` + line + `]}`, "மாநிலம்"},
		{"/விலைப்பட்டியல்கள்", `{"பணம்": "தங்கம்", "வரிசைகள்": [` + line + `]}`, "பணம்"},
		{"/விலைப்பட்டியல்கள்", `{"வரிசைகள்": [{"HSN": "4901", "அளவு": 0.001, "விலை": 1}]}`, "வரிசைகள்"},
		{"/பதிவுகள்", `{}`, "வகை"},
		{"/பதிவுகள்", `{"வகை": "பரிசு"}`, "வகை"},
		{"/பதிவுகள்", `{"வகை": "முதலீடு", "தொகை": 0}`, "தொகை"},
		{"/பதிவுகள்", `{"வகை": "முதலீடு", "தொகை": 1.005}`, "தொகை"},
		{"/பதிவுகள்", `{"வகை": "செலவு", "தொகை": 5, "கணக்கு": "401"}`, "கணக்கு"},
		{"/பதிவுகள்", `{"வகை": "செலவு", "தொகை": 5, "கணக்கு": "502'; DROP TABLE varikaL; --"}`, "கணக்கு"},
		{"/பதிவுகள்", `{"வகை": "கொள்முதல்", "தொகை": 5, "HSN": "0000"}`, "HSN"},
		{"/ஆண்டு-முடிப்பு", `{"ஆண்டு": 2027}`, "ஆண்டு"},
		{"/ஆண்டு-முடிப்பு", `{"ஆண்டு": 2025}`, "ஆண்டு"},
		{"/ஆண்டு-முடிப்பு", `{"ஆண்டு": "பழையது"}`, "ஆண்டு"},
		{"/வீதங்கள்", "HSN,வீதம்\n", "1"},
		{"/வீதங்கள்", "HSN,வீதம்,தொடக்கம்,முடிவு,மூலம்\n9608,101,2026-04-01,,x\n", "2"},
		{"/வீதங்கள்", "HSN,வீதம்,தொடக்கம்,முடிவு,மூலம்\n9608,5,2026-04-01,,x\n96,5,2026-02-30,,x\n", "3"},
		{"/வீதங்கள்", "HSN,வீதம்,தொடக்கம்,முடிவு,மூலம்\n9608,5,2026-04-01,,x\n9608,6,2026-04-01,,x\n", "3"},
		{"/வீதங்கள்", "HSN,வீதம்,தொடக்கம்,முடிவு,மூலம்\n9608,5,2026-04-01,,\n", "2"},
	} {
		if o := call(t, base, tt.path, tt.body, 400); o.text("error") == "" || o.text("where") != tt.where {
			t.Errorf("POST %s %s = %v, want %q", tt.path, tt.body, o, tt.where)
		}
	}
	if rows := call(t, base, "/இருப்பாய்வு", "", 200).objects("வரிகள்"); len(rows) != 0 {
		t.Errorf("something was entered: %v", rows)
	}
	// Refused rates leave those before.
	call(t, base, "/விலைப்பட்டியல்கள்", `{"வரிசைகள்": [`+line+`]}`, 201)
	for _, path := range []string{"/விலைப்பட்டியல்கள்/7", "/கணக்குகள்/999", "/இருப்புநிலை?நாள்=நேற்று", "/வருமானம்?ஆண்டு=1"} {
		if o := call(t, base, path, "", 400); o.text("error") == "" {
			t.Errorf("GET %s = %v", path, o)
		}
	}
}
