package stdlib_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/host/system"
	"etamil/engine/stdlib"
)

// lines gathers what a program prints.
type lines struct{ strings.Builder }

func (l *lines) Print(text string) error {
	l.WriteString(text)
	return l.WriteByte('\n')
}

func (l *lines) Flush() error { return nil }

// program loads a program that is a text.
func program(t *testing.T, source string) *engine.Program {
	t.Helper()
	p, list := engine.Load(engine.LoadOptions{Source: source})
	if p == nil {
		t.Fatalf("%v\n%s", list, source)
	}
	return p
}

// outcome is what a run shows: what was printed, and its error if there is one.
type outcome struct {
	out   string
	steps int64
	err   *diag.Diagnostic
}

func run(t *testing.T, p *engine.Program, input string) outcome {
	t.Helper()
	return runWith(t, p, &host.Host{Input: system.NewInput(strings.NewReader(input))})
}

func runWith(t *testing.T, p *engine.Program, h *host.Host) outcome {
	t.Helper()
	var out lines
	h.Output = &out
	res, err := p.Run(context.Background(), h, engine.Limits{})
	o := outcome{out: out.String(), steps: res.Steps}
	if err != nil && !errors.As(err, &o.err) {
		t.Fatal(err)
	}
	return o
}

// rows runs a program on lines of numbers and returns the amounts of each line
// that it prints, in paise.
func rows(t *testing.T, source string, input []string) [][]int64 {
	t.Helper()
	o := run(t, program(t, source), strings.Join(input, "\n")+"\n")
	if o.err != nil {
		t.Fatal(o.err)
	}
	printed := strings.Split(strings.TrimSuffix(o.out, "\n"), "\n")
	if len(printed) != len(input) {
		t.Fatalf("%d lines for %d of input", len(printed), len(input))
	}
	all := make([][]int64, len(printed))
	for i, line := range printed {
		fields := strings.Fields(line)
		all[i] = make([]int64, len(fields))
		for j, f := range fields {
			whole, places, _ := strings.Cut(f, ".")
			n, err := strconv.ParseInt(whole+(places + "00")[:max(2, len(places))], 10, 64)
			if err != nil || len(places) > 2 {
				t.Fatalf("%q is no amount of whole paise", f)
			}
			all[i][j] = n
		}
	}
	return all
}

// paise writes an amount with two places.
func paise(n int64) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }

// share is n × num / den to the nearest paisa, a half away from zero.
func share(n, num, den int64) int64 {
	return nearest(new(big.Int).Mul(big.NewInt(n), big.NewInt(num)), big.NewInt(den))
}

// nearest is num / den to the nearest whole, a half away from zero.
func nearest(num, den *big.Int) int64 {
	n := new(big.Int).Lsh(num, 1)
	if num.Sign() < 0 {
		n.Sub(n, den)
	} else {
		n.Add(n, den)
	}
	return n.Quo(n, new(big.Int).Lsh(den, 1)).Int64()
}

var tens = func() (list [29]*big.Int) {
	for i := range list {
		list[i] = new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(i)), nil)
	}
	return list
}()

// fitted is num / den as a number of the language holds it: n / 10^places with
// the most places, 28 at most, whose digits fit in 96 bits, a half rounded to
// even.
func fitted(num, den *big.Int) (n *big.Int, places int) {
	for places = 28; ; places-- {
		n, rest := new(big.Int).QuoRem(new(big.Int).Mul(num, tens[places]), den, new(big.Int))
		if c := rest.Lsh(rest, 1).Cmp(den); c > 0 || c == 0 && n.Bit(0) == 1 {
			n.Add(n, big.NewInt(1))
		}
		if n.BitLen() <= 96 {
			return n, places
		}
	}
}

const random = 100_000

// readNumbers begins a program that walks its input: each line becomes an array
// of numbers in ப.
const readNumbers = `
செயல் எண்கள்_ஆக்கு(வரி) {
    பட்டி = [];
    ஒவ்வொரு ஒன்று இல் பிரி(வரி, " ") { பட்டி = இணை(பட்டி, ஒன்று + 0); }
    திரும்பு பட்டி;
}
சுற்றெண் = 0;
(சுற்றெண் < %d) சுற்று {
    சுற்றெண் = சுற்றெண் + 1;
    உள்ளிடு வரி;
    ப = எண்கள்_ஆக்கு(வரி);
    %s
}`

func TestEveryLoanClosesToThePaisa(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 10))
	type loan struct {
		amount, rate int64 // hundredths
		months       int
	}
	loans := make([]loan, random)
	input := make([]string, random)
	for i := range loans {
		l := loan{1 + r.Int64N([]int64{100, 10_000, 1_000_000_000}[r.IntN(3)]), r.Int64N(4000), 1 + r.IntN(9)}
		if r.IntN(10) == 0 {
			l.rate = 0
		}
		loans[i] = l
		input[i] = fmt.Sprintf("%s %s %d", paise(l.amount), paise(l.rate), l.months)
	}
	// For each row its interest, principal, instalment, balance; before them what
	// the sums say.
	got := rows(t, `இறக்கு "nUlakam/vawki/kadaZ.qmz";`+fmt.Sprintf(readNumbers, random, `
    அட் = தவணை_அட்டவணை(ப[0], ப[1], ப[2]);
    விடை = மொத்த_வட்டி(அட்) & " " & மொத்தத்_திருப்பி(அட்);
    ஒவ்வொரு வரி இல் அட் { விடை = விடை & " " & வரி.வட்டி & " " & வரி.அசலுக்கு & " " & வரி.தவணை & " " & வரி.மீதம்; }
    அச்சு விடை;`), input)
	for i, l := range loans {
		row := got[i]
		if len(row) != 2+4*l.months {
			t.Fatalf("%s: %d numbers", input[i], len(row))
		}
		rate, places := fitted(big.NewInt(l.rate), big.NewInt(120_000))
		instalment := row[4]
		if l.months > 1 {
			// No other paisa is nearer to the exact value.
			exact := annuity(l.amount, l.rate, l.months)
			off, _ := new(big.Float).Sub(exact, new(big.Float).SetInt64(instalment)).Float64()
			if math.Abs(off) > 0.5+1e-12 {
				t.Errorf("%s: instalment %s, exactly %s paise", input[i], paise(instalment), exact.Text('f', 8))
			}
		}
		balance := l.amount
		var interest, principal, repaid int64
		for k := 1; k <= l.months; k++ {
			in, pr, pay, left := row[4*k-2], row[4*k-1], row[4*k], row[4*k+1]
			product, digits := fitted(new(big.Int).Mul(big.NewInt(balance), rate), new(big.Int).Mul(big.NewInt(100), tens[places]))
			if want := nearest(product.Mul(product, big.NewInt(100)), tens[digits]); in != want {
				t.Fatalf("%s: interest of month %d is %s, want %s", input[i], k, paise(in), paise(want))
			}
			if k < l.months && pay != instalment || in+pr != pay {
				t.Fatalf("%s: month %d: %s + %s is paid as %s", input[i], k, paise(in), paise(pr), paise(pay))
			}
			if balance -= pr; balance != left {
				t.Fatalf("%s: balance of month %d is %s, want %s", input[i], k, paise(left), paise(balance))
			}
			interest, principal, repaid = interest+in, principal+pr, repaid+pay
		}
		if balance != 0 || principal != l.amount {
			t.Fatalf("%s: %s is repaid and %s left", input[i], paise(principal), paise(balance))
		}
		if interest != row[0] || repaid != row[1] || row[1]-row[0] != l.amount {
			t.Fatalf("%s: the sums %s and %s do not part by the loan", input[i], paise(row[0]), paise(row[1]))
		}
	}
}

// annuity is the instalment before rounding, in paise, with some hundred digits.
func annuity(amount, rate int64, months int) *big.Float {
	float := func(n int64) *big.Float { return new(big.Float).SetPrec(300).SetInt64(n) }
	if rate == 0 {
		return float(amount).Quo(float(amount), float(int64(months)))
	}
	i := float(rate)
	i.Quo(i, float(120_000))
	growth, each := float(1), float(1)
	each.Add(each, i)
	for range months {
		growth.Mul(growth, each)
	}
	e := float(amount)
	e.Mul(e, i).Mul(e, growth)
	return e.Quo(e, growth.Sub(growth, float(1)))
}

func TestEveryAssetIsWrittenOffToThePaisa(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 10))
	type asset struct {
		cost, residual, rate, late int64 // hundredths
		years                      int
	}
	assets := make([]asset, random)
	input := make([]string, random)
	for i := range assets {
		cost := 1 + r.Int64N([]int64{1000, 100_000_000}[r.IntN(2)])
		a := asset{cost, r.Int64N(cost + 1), r.Int64N(10_000), r.Int64N(cost), 1 + r.IntN(6)}
		assets[i] = a
		input[i] = fmt.Sprintf("%s %s %s %s %d", paise(cost), paise(a.residual), paise(a.rate), paise(a.late), a.years)
	}
	got := rows(t, `இறக்கு "nUlakam/kaNakkiyal/qEymAZam.qmz";`+fmt.Sprintf(readNumbers, random, `
    நேர் = நேர்கோட்டு_அட்டவணை(ப[0], ப[1], ப[4]);
    குறை = குறையும்_அட்டவணை(ப[0], ப[2], ப[1], ப[4]);
    தொகுதி = தொகுதி_தேய்வு(ப[0], 0, ப[1], ப[2], ப[3]);
    விடை = மொத்தத்_தேய்வு(நேர்) & " " & மொத்தத்_தேய்வு(குறை) & " " & தொகுதி.முழு_விகிதம் & " " & தொகுதி.பாதி_விகிதம் & " " & தொகுதி.மொத்தம் & " " & தொகுதி.இறுதி_மதிப்பு;
    ஒவ்வொரு வரி இல் நேர் { விடை = விடை & " " & வரி.தேய்வு & " " & வரி.முடிவு; }
    ஒவ்வொரு வரி இல் குறை { விடை = விடை & " " & வரி.தேய்வு & " " & வரி.முடிவு; }
    அச்சு விடை;`), input)
	for i, a := range assets {
		row := got[i]
		if len(row) != 6+4*a.years {
			t.Fatalf("%s: %d numbers", input[i], len(row))
		}
		wrong := func(what string, got, want int64) {
			if got != want {
				t.Fatalf("%s: %s is %d paise, want %d", input[i], what, got, want)
			}
		}
		// Straight line: equal charges, the last what is left; all of it together
		// is cost less residual.
		room := a.cost - a.residual
		wrong("the straight-line total", row[0], room)
		each, book, charged := share(room, 1, int64(a.years)), a.cost, int64(0)
		for y := range a.years {
			charge, end := row[6+2*y], row[7+2*y]
			want := each
			if y == a.years-1 {
				want = book - a.residual
			}
			wrong("a straight-line charge", charge, want)
			book, charged = book-charge, charged+charge
			wrong("a straight-line closing value", end, book)
		}
		wrong("the last closing value", book, a.residual)
		wrong("the sum of the charges", charged, room)
		// Written down: the rate of what is left, not below the residual.
		book, charged = a.cost, 0
		for y := range a.years {
			at := 6 + 2*a.years + 2*y
			want := max(min(share(book, a.rate, 10_000), book-a.residual), 0)
			wrong("a written-down charge", row[at], want)
			book, charged = book-want, charged+want
			wrong("a written-down closing value", row[at+1], book)
		}
		wrong("the written-down total", row[1], charged)
		// The block: what is charged and what is left are all there was.
		full, late := share(room, a.rate, 10_000), share(share(a.late, a.rate, 10_000), 1, 2)
		wrong("the block's full charge", row[2], full)
		wrong("the block's half charge", row[3], late)
		wrong("the block's charge", row[4], full+late)
		wrong("the block's charge and closing value", row[4]+row[5], room+a.late)
	}
}

func TestEverySplitIsWholeToThePaisa(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 10))
	rates := []int64{0, 5, 12, 18, 28, 40}
	nets := make([][2]int64, random)
	input := make([]string, random)
	for i := range nets {
		nets[i] = [2]int64{1 + r.Int64N([]int64{1000, 1_000_000_000}[r.IntN(2)]), rates[r.IntN(len(rates))]}
		input[i] = fmt.Sprintf("%s %d", paise(nets[i][0]), nets[i][1])
	}
	got := rows(t, `இறக்கு "nUlakam/kaNakkiyal/vari.qmz"; இறக்கு "nUlakam/cuwkam/cuwkam.qmz"; இறக்கு "nUlakam/kAppIttu/kAppIttu.qmz";`+fmt.Sprintf(readNumbers, random, `
    வரித்_தொகை = வரி_தொகை(ப[0], ப[1]);
    உள்ளே = மாநில_பிரிப்பு(வரித்_தொகை, மெய்);
    பதிவு = விற்பனை_பரிவர்த்தனை("1", "2025-04-01", "", "A", "B", "T", ப[0], ப[1]);
    சுங் = சுங்கக்_கணக்கு(ப[0], ப[1], 10, 18);
    சலு = கோரல்_இல்லா_சலுகை(ப[0], 5, [{ஆண்டு: 1, விகிதம்: ப[1]}]);
    அச்சு வரித்_தொகை & " " & உள்ளே.cgst & " " & உள்ளே.sgst & " " & உள்ளே.igst & " " & வரியுடன்_மொத்தம்(ப[0], ப[1]) & " "
        & மொத்த_பற்று(பதிவு.வரிசைகள்) & " " & மொத்த_வரவு(பதிவு.வரிசைகள்) & " " & அடிப்படையை_பிரி(ப[0], ப[1])
        & " " & சுங்.அடிப்படை & " " & சுங்.மேலதிகம் & " " & சுங்.ஜிஎஸ்டி & " " & சுங்.மொத்தம் & " " & சுங்.இறங்கு_விலை & " " & சலு.சலுகை & " " & சலு.செலுத்த;`), input)
	for i, n := range nets {
		row, net, rate := got[i], n[0], n[1]
		wrong := func(what string, got, want int64) {
			if got != want {
				t.Fatalf("%s: %s is %d paise, want %d", input[i], what, got, want)
			}
		}
		tax := share(net, rate, 100)
		wrong("the tax", row[0], tax)
		wrong("CGST", row[1], share(tax, 1, 2))
		wrong("the sum of the split", row[1]+row[2]+row[3], tax)
		if d := row[1] - row[2]; d < 0 || d > 1 {
			t.Fatalf("%s: the halves are %d and %d paise", input[i], row[1], row[2])
		}
		wrong("gross", row[4], net+tax)
		wrong("the debits", row[5], row[4])
		wrong("the credits", row[6], row[4])
		wrong("net of gross", row[7], share(net, 100, 100+rate))
		surcharge := share(tax, 10, 100)
		gst := share(net+tax+surcharge, 18, 100)
		wrong("the duty", row[8], tax)
		wrong("the surcharge", row[9], surcharge)
		wrong("the tax on duties", row[10], gst)
		wrong("all duties", row[11], tax+surcharge+gst)
		wrong("the landed cost", row[12], net+row[11])
		wrong("bonus and premium", row[13]+row[14], net)
	}
}

// books are entries over a chart of accounts, and what each account should come
// to. Codes are numbers and texts that print alike.
type books struct {
	chart   []string // types
	debits  []int64  // paise by account
	credits []int64
	late    []int64 // of the entries of the second year: debit − credit
	input   []string
}

func randomBooks(r *rand.Rand, entries int) *books {
	types := []string{"சொத்து", "பொறுப்பு", "பங்கு", "வருவாய்", "செலவு"}
	b := &books{}
	for range 5 + r.IntN(40) {
		b.chart = append(b.chart, types[r.IntN(len(types))])
	}
	copy(b.chart, types) // one of each at least
	b.debits, b.credits, b.late = make([]int64, len(b.chart)), make([]int64, len(b.chart)), make([]int64, len(b.chart))
	for range entries {
		year := r.IntN(2)
		line := strconv.Itoa(year)
		left := int64(0)
		for range 1 + r.IntN(3) {
			amount, account := r.Int64N(10_000_000), r.IntN(len(b.chart))
			b.debits[account] += amount
			b.late[account] += int64(year) * amount
			left += amount
			line += fmt.Sprintf(" %d %s 0", account, paise(amount))
		}
		account := r.IntN(len(b.chart))
		b.credits[account] += left
		b.late[account] -= int64(year) * left
		line += fmt.Sprintf(" %d 0 %s", account, paise(left))
		b.input = append(b.input, line)
	}
	return b
}

// code is how a program names account i: every second one is the text of the
// number before it.
func code(i int) string {
	if i%2 == 1 {
		return strconv.Quote(strconv.Itoa(i - 1))
	}
	return strconv.Itoa(i)
}

// post is a program that posts the entries of its input to பே.
func (b *books) post() string {
	chart, codes := "", ""
	for i, kind := range b.chart {
		chart += fmt.Sprintf(`{குறி: %s, பெயர்: "க%d", கணக்கு_வகை: "%s"}, `, code(i), i, kind)
		codes += code(i) + ", "
	}
	return fmt.Sprintf(`இறக்கு "nUlakam/kaNakkiyal/mutippu.qmz"; இறக்கு "nUlakam/kaNakkiyal/oqukkItu.qmz";
க = [%s]; குறிகள் = [%s]; பே = [];
நாட்கள் = ["2025-03-31", "2025-04-01"];
சுற்றெண் = 0;
(சுற்றெண் < %d) சுற்று {
    சுற்றெண் = சுற்றெண் + 1;
    உள்ளிடு வரி;
    ப = பிரி(வரி, " ");
    வரிசைகள் = [];
    எ = 1;
    (எ < நீளம்(ப)) சுற்று {
        வரிசைகள் = இணை(வரிசைகள், வரிசை_ஆக்கு(குறிகள்[ப[எ] + 0], ப[எ + 1] + 0, ப[எ + 2] + 0));
        எ = எ + 3;
    }
    பே = மதிப்பு(பதிவிடு(பே, பரிவர்த்தனை_ஆக்கு("V" & சுற்றெண், நாட்கள்[ப[0] + 0], "", வரிசைகள்)));
}
`, strings.TrimSuffix(chart, ", "), strings.TrimSuffix(codes, ", "), len(b.input))
}

func TestRandomLedgersSumToZeroAndStatementsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 10))
	for range 8 {
		b := randomBooks(r, 10_000)
		o := run(t, program(t, b.post()+`
இரு = இருப்பாய்வு(பே, க);
அச்சு இரு.சமநிலையா & " " & (இரு.மொத்த_பற்று_நிரல் - இரு.மொத்த_வரவு_நிரல்);
ஒவ்வொரு கண இல் க { அச்சு கணக்கு_இருப்பு(பே, கண.குறி, "சொத்து") & " " & கணக்கு_அறிக்கை(பே, கண.குறி, "சொத்து").இறுதி_இருப்பு; }
லாபம் = வருமான_அறிக்கை(பே, க).நிகர_லாபம்;
நிலை = இருப்புநிலை(பே, க);
அச்சு நிலை.சமநிலையா & " " & (லாபம் == நிலை.தேக்கிய_வருவாய்) & " " & லாபம் & " " & நிலை.மொத்த_சொத்து;
முன் = வருமான_அறிக்கை(வரை_வடிகட்டு(பே, "2025-03-31"), க).நிகர_லாபம்;
பின் = கால_வருமான_அறிக்கை(பே, க, இந்திய_ஆண்டு(2025)).நிகர_லாபம்;
அச்சு முன் + பின் == லாபம்;
மூடியது = மதிப்பு(ஆண்டை_முடி(பே, க, இந்திய_ஆண்டு(2025), குறிகள்[2], "முடிவு"));
புதிய_நிலை = இருப்புநிலை(மூடியது, க);
அச்சு புதிய_நிலை.சமநிலையா & " " & முடிக்கப்பட்டதா(மூடியது, க, இந்திய_ஆண்டு(2025)) & " " & (புதிய_நிலை.தேக்கிய_வருவாய் == முன்) & " " & (புதிய_நிலை.மொத்த_பங்கு == நிலை.மொத்த_பங்கு);
பண = பணப்புழக்க_அறிக்கை(பே, [குறிகள்[0]], இந்திய_ஆண்டு(2025));
அச்சு (பண.இறுதி_இருப்பு == கணக்கு_இருப்பு(பே, குறிகள்[0], "சொத்து")) & " " & (பண.தொடக்க_இருப்பு + பண.நிகர_மாற்றம் == பண.இறுதி_இருப்பு) & " " & பண.நிகர_மாற்றம்;
`), strings.Join(b.input, "\n")+"\n")
		if o.err != nil {
			t.Fatal(o.err)
		}
		var want []string
		want = append(want, "true 0")
		profit, assets := int64(0), int64(0)
		for i, kind := range b.chart {
			net := b.debits[i] - b.credits[i]
			want = append(want, plain(net)+" "+plain(net))
			switch kind {
			case "வருவாய்", "செலவு":
				profit -= net
			case "சொத்து":
				assets += net
			}
		}
		want = append(want, "true true "+plain(profit)+" "+plain(assets), "true", "true true true true", "true true "+plain(b.late[0]))
		if got := strings.TrimSpace(o.out); got != strings.Join(want, "\n") {
			t.Fatalf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
		}
	}
}

// plain writes paise as the language prints the amount.
func plain(n int64) string {
	s := big.NewRat(n, 100).FloatString(2)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

func TestBooksCostInProportionToTheirSize(t *testing.T) {
	measure := func(n int, more string) (int64, uint64) {
		b := randomBooks(rand.New(rand.NewPCG(5, 10)), n)
		p := program(t, b.post()+more)
		input := strings.Join(b.input, "\n") + "\n"
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		o := run(t, p, input)
		runtime.ReadMemStats(&after)
		if o.err != nil {
			t.Fatal(o.err)
		}
		return o.steps, after.TotalAlloc - before.TotalAlloc
	}
	for _, tt := range []struct{ what, program string }{
		{"posting", ""},
		{"statements", `அ = இருப்பாய்வு(பே, க); அ = இருப்புநிலை(பே, க); அ = கால_வருமான_அறிக்கை(பே, க, இந்திய_ஆண்டு(2025)); அ = பணப்புழக்க_அறிக்கை(பே, குறிகள், இந்திய_ஆண்டு(2025));`},
		{"closing", `அ = ஆண்டை_முடி(பே, க, இந்திய_ஆண்டு(2025), 2, "C");`},
		{"numbers and accounts", `அ = பரிவர்த்தனை_எண்கள்(பே, 0); அ = கணக்கு_அறிக்கை(பே, 0, "சொத்து"); அ = கணக்கு_பதிவுகள்(பே, 0);`},
		{"ageing", `ஒ = []; ஒவ்வொரு ஓரெண் இல் பரிவர்த்தனை_எண்கள்(பே, 0) { ஒ = இணை(ஒ, ஒதுக்கீடு_ஆக்கு("R", ஓரெண், 1)); }
			அ = வயது_அட்டவணை(பே, ஒ, 0, "சொத்து", "2025-12-31");`},
	} {
		s1, b1 := measure(1_000, tt.program)
		s10, b10 := measure(10_000, tt.program)
		if s10 > 15*s1 {
			t.Errorf("%s: steps grow from %d to %d", tt.what, s1, s10)
		}
		if b10 > 15*b1 {
			t.Errorf("%s: allocated bytes grow from %d to %d", tt.what, b1, b10)
		}
	}
	// And in the number of accounts: as many as there are entries.
	wide := func(n int) int64 {
		o := run(t, program(t, fmt.Sprintf(`இறக்கு "nUlakam/kaNakkiyal/mutippu.qmz"; க = []; பே = []; எ = 0;
(எ < %d) சுற்று {
    க = இணை(க, {குறி: எ, பெயர்: "", கணக்கு_வகை: "வருவாய்"});
    பே = மதிப்பு(பதிவிடு(பே, பரிவர்த்தனை_ஆக்கு(எ, "2025-04-01", "", [பற்று_வரிசை("101", 5), வரவு_வரிசை(எ, 5)])));
    எ = எ + 1;
}
அ = இருப்பாய்வு(பே, க); அ = இருப்புநிலை(பே, க); அ = மதிப்பு(ஆண்டை_முடி(பே, க, இந்திய_ஆண்டு(2025), "310", "C"));
அச்சு நீளம்(அ);`, n)), "")
		if o.err != nil || strings.TrimSpace(o.out) != strconv.Itoa(3*n+1) {
			t.Fatalf("%v: %s", o.err, o.out)
		}
		return o.steps
	}
	if s1, s10 := wide(1_000), wide(10_000); s10 > 15*s1 {
		t.Errorf("wide charts: steps grow from %d to %d", s1, s10)
	}
}

func TestErrorsNameTheFunctionItsParameterAndTheProgramsLine(t *testing.T) {
	const entry = `{பரிவர்த்தனை_எண்: 1, நாள்: "", விவரம்: "", வரிசைகள்: [{கணக்கு_குறி: 1, பற்று_தொகை: 0, வரவு_தொகை: 0}]}`
	for _, tt := range []struct {
		call, code string
		says       []string
	}{
		{`மொத்த_பற்று(5)`, "ET4021", []string{"மொத்த_பற்று", "a number"}},
		{`moqqa_paRRu(மெய்)`, "ET4021", []string{"moqqa_paRRu", "a boolean"}},
		{`பதிவிடு("", ` + entry + `)`, "ET4021", []string{"பதிவிடு", "an array as 'ledger'", "text"}},
		{`சமநிலையா(சரி(1))`, "ET4021", []string{"சமநிலையா", "a record", "a result"}},
		{`இருப்பாய்வு(இன்மை, [])`, "ET4021", []string{"இருப்பாய்வு", "as 'ledger'", "nil"}},
		{`இருப்பாய்வு([{}], [{குறி: 1}])`, "ET4013", []string{"கணக்கு_குறி"}},
		{`இருப்பாய்வு("ab", [{குறி: 1}])`, "ET4021", []string{"a record with field 'கணக்கு_குறி'", "text"}},
		{`காலத்தில்_உள்ளதா("2025-01-01", "2025")`, "ET4021", []string{"காலத்தில்_உள்ளதா", "a record as 'period'"}},
		{`இந்திய_ஆண்டு(9999)`, "ET4018", []string{"9999-04-01 > 10000-03-31"}},
		{`படிநிலை_வரி(10, 5)`, "ET4021", []string{"படிநிலை_வரி", "as 'bands'", "a number"}},
		{`படிநிலை_வரி(10, [{விகிதம்: 5}])`, "ET4013", []string{"முதல்"}},
		{`தலைப்பு_சரியா(8471)`, "ET4021", []string{"தலைப்பு_சரியா", "a number"}},
		{`அடிப்படையை_பிரி(100, -100)`, "ET4001", nil},
		{`தவணை_அட்டவணை(9000000, 4000, 48)`, "ET4002", nil},
		{`நாட்கள்("நேற்று", "2025-01-01")`, "ET4026", []string{"நேற்று"}},
		{`கூட்டு_வட்டி(1, 2, 3)`, "ET4005", []string{"கூட்டு_வட்டி", "4"}},
		{`விகிதம்_தேடு("GST", "1", "", "2025-01-01")`, "ET5005", nil},
	} {
		t.Run(tt.call, func(t *testing.T) {
			imports := ""
			for _, m := range stdlib.Modules() {
				imports += "இறக்கு \"" + m + "\"; "
			}
			o := run(t, program(t, imports+"\nசெயல் என்_செயல்() {\n    திரும்பு "+tt.call+";\n}\nஎன்_செயல்();\n"), "")
			if o.err == nil {
				t.Fatal("no error")
			}
			if line := o.err.Span.Pos().Line; o.err.Code().String() != tt.code || line != 3 || o.err.Span.File.Name != "<stdin>" {
				t.Errorf("%v in line %d of %s, want %s in line 3", o.err, line, o.err.Span.File.Name, tt.code)
			}
			for _, text := range tt.says {
				if !strings.Contains(o.err.Message().En, text) {
					t.Errorf("%q does not say %q", o.err.Message().En, text)
				}
			}
			if calls := o.err.Stack; len(calls) == 0 || calls[len(calls)-1].Function != "என்_செயல்" {
				t.Errorf("the active calls are %v", calls)
			}
		})
	}
}

func TestAPercentLiteralWarnsWhereARateIsOutOfAHundred(t *testing.T) {
	found := 0
	for _, m := range stdlib.Modules() {
		for _, f := range stdlib.Functions(m) {
			args := make([]string, len(f.Args))
			for i := range args {
				args[i] = "18%"
			}
			_, list := engine.Load(engine.LoadOptions{
				Source: "இறக்கு \"" + m + "\";\n" + f.Name.Tamil + "(" + strings.Join(args, ", ") + ");\n", CheckOnly: true,
			})
			warned := 0
			for _, d := range list {
				if d.Def == diag.PercentTwice {
					warned++
					if got := d.Message().En; got != "a rate here is out of a hundred: 18% is 0.18; write 18" {
						t.Errorf("%s: %s", f.Name.Tamil, got)
					}
				}
			}
			if warned != len(f.Percent) {
				t.Errorf("%s: %d warnings, want %d", f.Name.Tamil, warned, len(f.Percent))
			}
			for i, a := range f.Args {
				rate := a.Name.Ta == "விகிதம்" || strings.HasSuffix(a.Name.Ta, "_விகிதம்") || a.Name.Ta == "ஆயிரத்திற்கு"
				// The rates of niRuvaZam are those of currencies.
				if rate && m != "nUlakam/kaNakkiyal/niRuvaZam.qmz" && !slices.Contains(f.Percent, i+1) {
					t.Errorf("%s: %s is not known to be out of a hundred", f.Name.Tamil, a.Name.Ta)
				}
			}
			found += warned
		}
	}
	if found < 25 {
		t.Errorf("only %d parameters", found)
	}
}

func TestTheCheckCharacterOfTaxNumbers(t *testing.T) {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	r := rand.New(rand.NewPCG(6, 10))
	var input, want []string
	for range 10_000 {
		letters := make([]byte, 14)
		total := 0
		for i := range letters {
			v := r.IntN(36)
			letters[i] = alphabet[v]
			product := v * (1 + i%2)
			total += product/36 + product%36
		}
		input = append(input, string(letters))
		want = append(want, alphabet[(36-total%36)%36:][:1])
	}
	o := run(t, program(t, fmt.Sprintf(`இறக்கு "nUlakam/cuwkam/cuwkam.qmz";
எ = 0;
(எ < %d) சுற்று { எ = எ + 1; உள்ளிடு வரி; அச்சு மதிப்பு(ஜிஎஸ்டி_சரிபார்ப்பு_எழுத்து(வரி & "")); }`, len(input))), strings.Join(input, "\n")+"\n")
	if o.err != nil {
		t.Fatal(o.err)
	}
	for i, got := range strings.Fields(o.out) {
		if got != want[i] {
			t.Fatalf("%s: %s, want %s", input[i], got, want[i])
		}
	}
}

func TestOpenItemsAndTheirAgesOfRandomBooks(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 10))
	const entries = 4_000
	type item struct {
		name       string
		age        int
		open       int64
		receivable bool
	}
	var items []item
	place := map[string]int{}
	var input []string
	// An entry: its number, days before the day of the report, the receivable
	// account or another one, debit and credit. Numbers come again.
	for range entries {
		name := fmt.Sprintf("I%d", r.IntN(entries*3/4))
		age, amount, receivable := r.IntN(200), r.Int64N(1_000_000), r.IntN(4) > 0
		at, known := place[name]
		if !known {
			at = len(items)
			place[name] = at
			items = append(items, item{name: name, age: age})
		}
		account, debit, credit := "120", amount, int64(0)
		if r.IntN(5) == 0 {
			debit, credit = 0, amount
		}
		if receivable {
			items[at].open += debit - credit
		} else {
			account = "999"
		}
		input = append(input, fmt.Sprintf("%s %d %s %s %s", name, age, account, paise(debit), paise(credit)))
	}
	var assigned []string
	for range entries / 2 {
		name, amount := fmt.Sprintf("I%d", r.IntN(entries)), r.Int64N(500_000)
		if at, known := place[name]; known {
			items[at].open -= amount
		}
		assigned = append(assigned, fmt.Sprintf("%s %s", name, paise(amount)))
	}
	// The order is that of the first posting on the account.
	var order []int
	for _, line := range input {
		f := strings.Fields(line)
		if at := place[f[0]]; f[2] == "120" && !items[at].receivable {
			items[at].receivable = true
			order = append(order, at)
		}
	}
	var want []string
	var ages [5]int64
	for _, at := range order {
		if i := items[at]; i.open > 0 {
			want = append(want, fmt.Sprintf("%s %d %s", i.name, i.age, plain(i.open)))
			ages[min(max(i.age-1, 0)/30, 4)] += i.open
		}
	}
	all := int64(0)
	line := ""
	for _, n := range ages {
		all += n
		line += plain(n) + " "
	}
	want = append(want, line+plain(all))
	o := run(t, program(t, fmt.Sprintf(`இறக்கு "nUlakam/kaNakkiyal/oqukkItu.qmz";
பே = []; ஒ = []; எ = 0;
(எ < %d) சுற்று {
    எ = எ + 1;
    உள்ளிடு வரி;
    ப = பிரி(வரி, " ");
    பே = இணை(பே, {பரிவர்த்தனை_எண்: ப[0], நாள்: நாள்_கூட்டு("2025-12-31", 0 - ப[1]), விவரம்: "", கணக்கு_குறி: ப[2], பற்று_தொகை: ப[3] + 0, வரவு_தொகை: ப[4] + 0});
}
எ = 0;
(எ < %d) சுற்று {
    எ = எ + 1;
    உள்ளிடு வரி;
    ப = பிரி(வரி, " ");
    ஒ = இணை(ஒ, ஒதுக்கீடு_ஆக்கு("R", ப[0], ப[1] + 0));
}
ஒவ்வொரு நி இல் நிலுவைப்_பட்டியல்(பே, ஒ, "120", "சொத்து") { அச்சு நி.பரிவர்த்தனை_எண் & " " & நாள்_வேறுபாடு(நி.நாள், "2025-12-31") & " " & நி.நிலுவை; }
வய = வயது_அட்டவணை(பே, ஒ, "120", "சொத்து", "2025-12-31");
அச்சு வய.நடப்பு & " " & வய.முப்பது & " " & வய.அறுபது & " " & வய.தொண்ணூறு & " " & வய.மேலும் & " " & வய.மொத்தம்;
`, len(input), len(assigned))), strings.Join(append(input, assigned...), "\n")+"\n")
	if o.err != nil {
		t.Fatal(o.err)
	}
	got := strings.Split(strings.TrimSpace(o.out), "\n")
	for i := range got {
		if i >= len(want) || got[i] != want[i] {
			t.Fatalf("line %d of %d: %s, want %s", i+1, len(want), got[i], append(want, "")[min(i, len(want))])
		}
	}
	if len(got) != len(want) || len(got) < 500 {
		t.Errorf("%d lines, want %d", len(got), len(want))
	}
}
