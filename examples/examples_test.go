// Package examples_test runs every example through the engine and compares what
// it answers.
package examples_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"etamil/engine"
	"etamil/engine/db"
	"etamil/engine/db/postgres"
	"etamil/engine/db/sqlite"
	"etamil/engine/host"
	"etamil/engine/host/system"
	"etamil/fcgi/web"
)

var update = flag.Bool("update", false, "rewrite the golden answers")

// load returns the program of an example, which must have neither errors nor
// warnings.
func load(t *testing.T, file string, serving bool) *engine.Program {
	t.Helper()
	p, list := engine.Load(engine.LoadOptions{File: file, Getenv: func(string) string { return "" }, Serving: serving})
	for _, d := range list {
		t.Errorf("%s: %v", file, d)
	}
	if p == nil {
		t.FailNow()
	}
	return p
}

// serve serves an example with the limits of a daemon and returns its URL.
func serve(t *testing.T, file string) string {
	t.Helper()
	return serveOn(t, file, hostFor(t, nil))
}

// serveOn is serve with a host of the test's own.
func serveOn(t *testing.T, file string, h host.Host) string {
	t.Helper()
	app := web.NewApp(web.Options{
		Failed: func(f *web.Failure) { t.Errorf("%s: a run failed: %+v", file, f) },
	})
	app.Swap(web.NewGeneration(load(t, file, true), web.DefaultSettings(), h))
	server := httptest.NewServer(&web.HTTPFront{App: app})
	t.Cleanup(func() { server.Close(); app.Close() })
	return server.URL
}

// variables are the environment of a program.
type variables map[string]string

func (v variables) Lookup(name string) (string, bool) { text, ok := v[name]; return text, ok }

// hostFor returns a host with files of its own, and with databases.
func hostFor(t *testing.T, env variables) host.Host {
	t.Helper()
	return hostIn(t, t.TempDir(), env)
}

// hostIn is hostFor with the files of dir.
func hostIn(t *testing.T, dir string, env variables) host.Host {
	t.Helper()
	folder, err := system.NewFolder(system.FolderConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	registry := db.New(db.Settings{Drivers: []db.Driver{sqlite.New(), postgres.New()}, Path: folder.Resolve})
	access, err := registry.Access(db.AccessConfig{AllowAll: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { access.Close(); registry.Close(); folder.Close() })
	return host.Host{Clock: system.Clock{}, Files: folder, Env: env, Databases: access}
}

func send(t *testing.T, method, url, contentType, body string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text)
}

// golden compares got with the file, or writes it under -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	file = filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("answer differs from %s:\n%s", file, got)
	}
}

func TestEveryExampleIsTested(t *testing.T) {
	tested := map[string]bool{"hello/main.qmz": true, "hello/vaNakkam.qmz": true, "gst/main.qmz": true, "ledger/main.qmz": true, "shop/main.qmz": true, "loan-desk/main.qmz": true, "payroll/main.qmz": true}
	files, err := filepath.Glob("*/*.qmz")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !tested[f] {
			t.Errorf("no test runs %s", f)
		}
	}
	if len(files) != len(tested) {
		t.Errorf("found %d programs %v, want %d", len(files), files, len(tested))
	}
}

type printed struct{ bytes.Buffer }

func (p *printed) Print(text string) error { p.WriteString(text + "\n"); return nil }
func (p *printed) Flush() error            { return nil }

func TestHelloPrints(t *testing.T) {
	out := new(printed)
	_, err := load(t, "hello/vaNakkam.qmz", false).Run(context.Background(), &host.Host{Output: out}, engine.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want := "வணக்கம், உலகம்! (4 எழுத்துகள்)\nவணக்கம், தமிழ்! (3 எழுத்துகள்)\nவணக்கம், கணக்கு! (4 எழுத்துகள்)\nமொத்தம் 104.9475\n"
	if out.String() != want {
		t.Errorf("printed:\n%swant:\n%s", out, want)
	}
}

func TestHelloAnswers(t *testing.T) {
	base := serve(t, "hello/main.qmz")
	for _, tt := range []struct{ path, want string }{
		{"/", "வணக்கம், உலகம்!\n"},
		{"/" + url.PathEscape("மலர்"), "வணக்கம், மலர்!\n"},
	} {
		if res, got := send(t, "GET", base+tt.path, "", ""); res.StatusCode != 200 || got != tt.want {
			t.Errorf("GET %s = %d %q, want 200 %q", tt.path, res.StatusCode, got, tt.want)
		}
	}
}

func TestGSTInvoiceAnswers(t *testing.T) {
	base := serve(t, "gst/main.qmz")
	requests, err := filepath.Glob("testdata/invoice-*.request.json")
	if err != nil || len(requests) == 0 {
		t.Fatalf("found %d requests: %v", len(requests), err)
	}
	for _, file := range requests {
		name := strings.TrimSuffix(filepath.Base(file), ".request.json")
		t.Run(name, func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := http.StatusOK
			if strings.HasPrefix(name, "invoice-bad-") {
				want = http.StatusBadRequest
			}
			for _, path := range []string{"/invoice", "/" + url.PathEscape("விலைப்பட்டியல்")} {
				res, got := send(t, "POST", base+path, "application/json", string(body))
				if res.StatusCode != want || res.Header.Get("Content-Type") != "application/json" {
					t.Errorf("POST %s: %s, %s; want %d, application/json", path, res.Status, res.Header.Get("Content-Type"), want)
				}
				var indented bytes.Buffer
				if err := json.Indent(&indented, []byte(got), "", "  "); err != nil {
					t.Fatalf("POST %s: %v: %s", path, err, got)
				}
				golden(t, name+".answer.json", indented.String()+"\n")
			}
		})
	}
}

// rupees is a number of an answer, exact.
type rupees struct{ big.Rat }

func (r *rupees) UnmarshalJSON(text []byte) error {
	if _, ok := r.SetString(string(text)); !ok {
		return fmt.Errorf("not a number: %s", text)
	}
	return nil
}

type taxes struct {
	Taxable, CGST, SGST, IGST, Total rupees
}

type invoice struct {
	Supply string
	Lines  []taxes
	Totals struct {
		taxes
		RoundOff rupees `json:"round_off"`
		Payable  rupees
	}
	Shown map[string]string
}

// half rounds to places decimals, a half away from zero, by another way than
// the engine's: scaled, doubled, and cut as a whole number.
func half(x *big.Rat, places int64) *big.Rat {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(places), nil)
	n := new(big.Int).Mul(x.Num(), scale)
	n.Mul(n, big.NewInt(2))
	if x.Sign() < 0 {
		n.Sub(n, x.Denom())
	} else {
		n.Add(n, x.Denom())
	}
	n.Quo(n, new(big.Int).Mul(x.Denom(), big.NewInt(2)))
	return new(big.Rat).SetFrac(n, scale)
}

// expected computes one line with fractions.
func expected(quantity, rate, gst *big.Rat, inter, included bool) (t taxes) {
	amount := half(new(big.Rat).Mul(quantity, rate), 2)
	divisor := big.NewRat(100, 1)
	if included {
		divisor.Add(divisor, gst)
	}
	whole := new(big.Rat).Mul(amount, gst)
	whole.Quo(whole, divisor)
	if inter {
		t.IGST.Set(half(whole, 2))
	} else {
		t.CGST.Set(half(whole.Quo(whole, big.NewRat(2, 1)), 2))
		t.SGST.Set(&t.CGST.Rat)
	}
	tax := new(big.Rat).Add(&t.CGST.Rat, &t.SGST.Rat)
	tax.Add(tax, &t.IGST.Rat)
	if included {
		t.Total.Set(amount)
		t.Taxable.Sub(amount, tax)
	} else {
		t.Taxable.Set(amount)
		t.Total.Add(amount, tax)
	}
	return t
}

func (t *taxes) each(u *taxes, do func(name string, a, b *big.Rat)) {
	do("taxable", &t.Taxable.Rat, &u.Taxable.Rat)
	do("cgst", &t.CGST.Rat, &u.CGST.Rat)
	do("sgst", &t.SGST.Rat, &u.SGST.Rat)
	do("igst", &t.IGST.Rat, &u.IGST.Rat)
	do("total", &t.Total.Rat, &u.Total.Rat)
}

// object is an object of an answer whose names are Tamil: encoding/json takes
// none with a vowel sign in a field's tag.
type object map[string]any

func parse(t *testing.T, text string) (o object) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&o); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return o
}

func (o object) object(name string) object {
	inner, _ := o[name].(map[string]any)
	return inner
}

func (o object) objects(name string) (list []object) {
	elements, _ := o[name].([]any)
	for _, e := range elements {
		list = append(list, e.(map[string]any))
	}
	return list
}

func (o object) number(t *testing.T, name string) *big.Rat {
	t.Helper()
	n, ok := o[name].(json.Number)
	if !ok {
		t.Fatalf("%s is no number in %v", name, o)
	}
	return rat(t, n.String())
}

func (o object) text(name string) string {
	s, _ := o[name].(string)
	return s
}

func rat(t *testing.T, s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("not a number: %s", s)
	}
	return r
}

// TestGSTArithmeticAgreesWithFractions sends random invoices, halves of a paisa
// among them, and computes each line again.
func TestGSTArithmeticAgreesWithFractions(t *testing.T) {
	base := serve(t, "gst/main.qmz")
	random := rand.New(rand.NewPCG(33, 18))
	slabs := []string{"0", "0.25", "1.5", "3", "5", "12", "18", "28", "40"}
	for range 150 {
		inter, included := random.IntN(2) == 0, random.IntN(2) == 0
		buyer := "33"
		if inter {
			buyer = "29"
		}
		var lines []string
		var want []taxes
		var sum taxes
		for range 1 + random.IntN(20) {
			quantity := fmt.Sprintf("%d.%d", random.IntN(1000), 1+random.IntN(999))
			rate := fmt.Sprintf("%d.%02d", random.IntN(1_000_000), random.IntN(100))
			gst := slabs[random.IntN(len(slabs))]
			lines = append(lines, fmt.Sprintf(`{"item": "x", "quantity": %s, "rate": %s, "gst": %s}`, quantity, rate, gst))
			line := expected(rat(t, quantity), rat(t, rate), rat(t, gst), inter, included)
			want = append(want, line)
			sum.each(&line, func(_ string, a, b *big.Rat) { a.Add(a, b) })
		}
		request := fmt.Sprintf(`{"seller_state": "33", "buyer_state": %q, "tax_included": %v, "lines": [%s]}`, buyer, included, strings.Join(lines, ", "))
		res, text := send(t, "POST", base+"/invoice", "application/json", request)
		var got invoice
		if err := json.Unmarshal([]byte(text), &got); err != nil || res.StatusCode != 200 || len(got.Lines) != len(want) {
			t.Fatalf("POST %s\n%s %v: %s", request, res.Status, err, text)
		}
		for i := range want {
			got.Lines[i].each(&want[i], func(name string, a, b *big.Rat) {
				if a.Cmp(b) != 0 {
					t.Errorf("%s of line %s (to another state %v, tax included %v) = %s, want %s", name, lines[i], inter, included, a.FloatString(4), b.FloatString(4))
				}
			})
		}
		got.Totals.each(&sum, func(name string, a, b *big.Rat) {
			if a.Cmp(b) != 0 {
				t.Errorf("total of %s = %s, want %s; POST %s", name, a.FloatString(4), b.FloatString(4), request)
			}
		})
		payable := half(&sum.Total.Rat, 0)
		roundOff := new(big.Rat).Sub(payable, &sum.Total.Rat)
		if got.Totals.Payable.Cmp(payable) != 0 || got.Totals.RoundOff.Cmp(roundOff) != 0 {
			t.Errorf("payable %s, rounded off by %s; want %s, %s", got.Totals.Payable.FloatString(4), got.Totals.RoundOff.FloatString(4), payable.FloatString(4), roundOff.FloatString(4))
		}
		if want := "₹" + grouped(payable); got.Shown["payable"] != want {
			t.Errorf("payable is shown as %s, want %s", got.Shown["payable"], want)
		}
	}
}

// grouped writes an amount of 0 or more with two decimals in Indian groups.
func grouped(x *big.Rat) string {
	whole, paise, _ := strings.Cut(x.FloatString(2), ".")
	for at := len(whole) - 3; at > 0; at -= 2 {
		whole = whole[:at] + "," + whole[at:]
	}
	return whole + "." + paise
}

func TestGSTPage(t *testing.T) {
	base := serve(t, "gst/main.qmz")
	const form = "application/x-www-form-urlencoded"
	for _, tt := range []struct {
		name   string
		fields url.Values // nil: GET
		status int
	}{
		{"page-empty", nil, 200},
		{"page-same-state", url.Values{"rate": {"1,499.50"}, "quantity": {"2"}, "gst": {"18"}, "price": {"without"}, "place": {"same"}}, 200},
		{"page-other-state-included", url.Values{"rate": {"1180"}, "quantity": {"1"}, "gst": {"18"}, "price": {"with"}, "place": {"other"}}, 200},
		{"page-no-number", url.Values{"rate": {"நூறு <b>"}, "quantity": {"1"}, "gst": {"18"}}, 400},
		{"page-nothing-sent", url.Values{}, 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			method := "POST"
			if tt.fields == nil {
				method = "GET"
			}
			res, got := send(t, method, base+"/", form, tt.fields.Encode())
			if res.StatusCode != tt.status || res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
				t.Errorf("%s: %s, %s; want %d, text/html", method, res.Status, res.Header.Get("Content-Type"), tt.status)
			}
			golden(t, tt.name+".html", got)
		})
	}
}

// TestGSTPageEscapesWhatIsTyped has marks that join with a quote: to a search by
// letters, ' with U+0300 is no longer '.
func TestGSTPageEscapesWhatIsTyped(t *testing.T) {
	base := serve(t, "gst/main.qmz")
	for _, typed := range []string{
		`' onfocus='alert(1)`, "'\u0300 onfocus=alert(1) x='\u0bcd", `"><script>alert(1)</script>`, "<\u0bbescript>", `&lt;`,
	} {
		for _, field := range []string{"rate", "quantity", "gst", "price", "place"} {
			fields := url.Values{"rate": {"x"}, "quantity": {"1"}, "gst": {"5"}}
			fields.Set(field, typed)
			_, got := send(t, "POST", base+"/", "application/x-www-form-urlencoded", fields.Encode())
			if strings.Contains(got, typed) {
				t.Errorf("%s typed as %s comes back as it is", field, typed)
			}
		}
	}
}

func TestGSTPageLoadsNothingFromElsewhere(t *testing.T) {
	res, page := send(t, "GET", serve(t, "gst/main.qmz")+"/", "", "")
	if policy := res.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none';") {
		t.Errorf("Content-Security-Policy = %q, want default-src 'none'", policy)
	}
	for _, s := range []string{"<script", "http:", "https:", "src="} {
		if strings.Contains(page, s) {
			t.Errorf("the page contains %q", s)
		}
	}
}

// said is a command of a README with what it prints, one line: path, body as
// text or as a file, answer.
var said = regexp.MustCompile("(?m)^\\$ curl '?http://127\\.0\\.0\\.1:8080(/[^\\s']*)'?(?: -d '([^']*)'| --data-binary @(\\S+))?\n((?:[^$`\n].*\n)?)")

func TestCommandsOfTheReadmesPrintWhatTheySay(t *testing.T) {
	for file, program := range map[string]string{"hello/README.md": "hello/main.qmz", "gst/README.md": "gst/main.qmz", "ledger/README.md": "ledger/main.qmz"} {
		checkReadme(t, file, serve(t, program))
	}
}

// checkReadme runs the commands of a README, one after the other, on what is
// served at base and compares what they print; under -update it writes that.
func checkReadme(t *testing.T, file, base string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	commands := said.FindAllSubmatchIndex(text, -1)
	if n := bytes.Count(text, []byte("$ curl ")); n == 0 || n != len(commands) {
		t.Errorf("%s: %d commands, %d of them understood", file, n, len(commands))
	}
	var now bytes.Buffer
	written := 0
	for _, c := range commands {
		group := func(n int) string {
			if c[2*n] < 0 {
				return ""
			}
			return string(text[c[2*n]:c[2*n+1]])
		}
		body := group(2)
		if name := group(3); name != "" {
			data, err := os.ReadFile(filepath.Join("..", name))
			if err != nil {
				t.Fatal(err)
			}
			body = string(data)
		}
		method := "GET"
		if body != "" {
			method = "POST"
		}
		path, query, _ := strings.Cut(group(1), "?")
		asked, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		_, got := send(t, method, base+(&url.URL{Path: path, RawQuery: asked.Encode()}).String(), "application/x-www-form-urlencoded", body)
		got = strings.TrimSuffix(got, "\n") + "\n"
		if got != group(4) && !*update {
			t.Errorf("%s: curl %s prints\n%s\nbut says\n%s", file, group(1), got, group(4))
		}
		now.Write(text[written:c[8]])
		now.WriteString(got)
		written = c[9]
	}
	if *update {
		now.Write(text[written:])
		if err := os.WriteFile(file, now.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
