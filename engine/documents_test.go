package engine_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// An office is a kind of document: the sources from which LibreOffice makes the
// template, the format that AvaNam has for it, the entry that is filled and the
// elements that hold one piece of its text each.
var offices = []struct {
	template, source, format, entry string
	element                         string // those of its paragraphs
	rows                            bool   // rows can be repeated
	plain                           string // what LibreOffice converts it to as text
}{
	{"bill.odt", "bill.fodt", "ODT_வடிவம்", "content.xml", "h p", true, "txt:Text (encoded):UTF8"},
	{"bill.docx", "bill.fodt", "DOCX_வடிவம்", "word/document.xml", "p", true, "txt:Text (encoded):UTF8"},
	{"bill.ods", "bill.fods", "ODS_வடிவம்", "content.xml", "p", true, "csv:Text - txt - csv (StarCalc):9,34,76"},
	{"summary.xlsx", "summary.fods", "XLSX_வடிவம்", "xl/sharedStrings.xml", "si", false, "csv:Text - txt - csv (StarCalc):9,34,76"},
}

// fillBill is a program that fills the template "in" to "out".
func fillBill(template, target, format string) string {
	return fmt.Sprintf(`இறக்கு "nUlakam/AvaNam.qmz";
மதிப்புகள் = [{குறி: "number", மதிப்பு: 17}, {குறி: "customer", மதிப்பு: "மலர் & மகன் <சேலம்>"}, {குறி: "total", மதிப்பு: "₹1,250.50"}];
பொருள்கள் = [{name: "அரிசி \"பொன்னி\"", quantity: 25, amount: 1200.50}, {name: "{{ total }} & <b>", quantity: 1, amount: 50}];
தொகுதிகள் = [{பெயர்: "item", புலங்கள்: ["name", "quantity", "amount"], "வரிசைகள்": பொருள்கள்}];
அச்சு பொதியை_நிரப்பு(%q, %q, %s, மதிப்புகள், தொகுதிகள்);
`, template, target, format)
}

var (
	billHead = []string{"ரசீது 17", "மலர் & மகன் <சேலம்>"}
	billRows = []string{`அரிசி "பொன்னி"`, "25", "1200.5", "{{ total }} & <b>", "1", "50"}
	billFoot = []string{"மொத்தம்", "₹1,250.50"}
)

// texts returns the text of each element of these names, empty ones left out.
func texts(t *testing.T, data []byte, elements string) (list []string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(data))
	names := strings.Fields(elements)
	depth, text := 0, ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("the result is no XML: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if slices.Contains(names, token.Name.Local) {
				depth++
			}
		case xml.EndElement:
			if slices.Contains(names, token.Name.Local) {
				if depth--; text != "" {
					list = append(list, text)
				}
				text = ""
			}
		case xml.CharData:
			if depth > 0 {
				text += string(token)
			}
		}
	}
}

// entriesOf returns the names of the entries of a package in order, and their
// contents.
func entriesOf(t *testing.T, path string) (names []string, contents map[string][]byte) {
	t.Helper()
	r, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	contents = map[string][]byte{}
	for _, f := range r.File {
		content, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(content)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		content.Close()
		names = append(names, f.Name)
		contents[f.Name] = data
	}
	return names, contents
}

// has reports whether all of wanted stand in list, in that order.
func has(list []string, wanted ...string) bool {
	for _, s := range list {
		if len(wanted) > 0 && strings.Contains(s, wanted[0]) {
			wanted = wanted[1:]
		}
	}
	return len(wanted) == 0
}

// checkFilled compares a filled document with its template.
func checkFilled(t *testing.T, template, filled, entry, element string, rows bool) {
	t.Helper()
	names, before := entriesOf(t, template)
	gotNames, after := entriesOf(t, filled)
	if !slices.Equal(names, gotNames) {
		t.Errorf("entries %q, want %q", gotNames, names)
	}
	for _, name := range names {
		if name != entry && !bytes.Equal(before[name], after[name]) {
			t.Errorf("the entry %s was changed", name)
		}
	}
	got := texts(t, after[entry], element)
	want := slices.Concat(billHead, billFoot)
	if rows {
		want = slices.Concat(billHead, billRows, billFoot)
	}
	if !has(got, want...) {
		t.Errorf("the document says %q, want %q", got, want)
	}
	if all := strings.Join(got, "\n"); strings.Contains(all, "{%") || strings.Count(all, "{{") > 1 {
		t.Errorf("marks are left:\n%s", all)
	}
}

func TestTemplatesOfAnOfficeProgramAreFilled(t *testing.T) {
	for _, office := range offices {
		t.Run(office.template, func(t *testing.T) {
			template, err := filepath.Abs(filepath.Join("testdata/documents", office.template))
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			names, _ := entriesOf(t, template)
			filled := "நிரப்பியது" + filepath.Ext(office.template)
			want := fmt.Sprintf("சரி(%d)\n", len(names))
			if got := attempt(t, fillBill(template, filled, office.format)); got != want {
				t.Fatalf("got %s, want %s", got, want)
			}
			checkFilled(t, template, filled, office.entry, office.element, office.rows)
		})
	}
}

// TestLibreOfficeOpensWhatWasFilled makes the templates anew, fills them, and has
// LibreOffice read the results as text and make a PDF. Without it the templates
// that it once wrote are filled all the same, by the test above.
func TestLibreOfficeOpensWhatWasFilled(t *testing.T) {
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Log("soffice is not installed; the templates in testdata/documents are what it wrote")
		return
	}
	sources, err := filepath.Abs("testdata/documents")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	home, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	convert := func(to, file, folder string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		out, err := exec.CommandContext(ctx, soffice, "--headless", "--convert-to", to, "--outdir", folder, file).CombinedOutput()
		if err != nil {
			t.Fatalf("soffice %s %s: %v\n%s", to, file, err, out)
		}
	}
	for _, office := range offices {
		ext := filepath.Ext(office.template)
		convert(strings.TrimPrefix(ext, "."), filepath.Join(sources, office.source), "templates")
		template, filled := filepath.Join("templates", office.template), "filled"+ext
		if got := attempt(t, fillBill(template, filled, office.format)); !strings.HasPrefix(got, "சரி(") {
			t.Fatal(got)
		}
		checkFilled(t, template, filled, office.entry, office.element, office.rows)

		convert(office.plain, filled, "plain"+ext)
		kind, _, _ := strings.Cut(office.plain, ":")
		data := strings.ReplaceAll(string(read(t, filepath.Join("plain"+ext, "filled."+kind))), `""`, `"`)
		want := slices.Concat(billHead, billFoot)
		if office.rows {
			want = slices.Concat(billHead, billRows, billFoot)
		}
		for _, s := range want {
			if !strings.Contains(data, s) {
				t.Errorf("LibreOffice reads of %s:\n%s\nwithout %q", filled, data, s)
			}
		}
	}

	t.Setenv("ETAMIL_EXEC_ALLOW", soffice)
	source := fmt.Sprintf(`இறக்கு "nUlakam/AvaNam.qmz"; அச்சு pdf_ஆக்கு(%q, "filled.odt", "pdf")?.நிலை;`, soffice)
	if got := attempt(t, source); got != "0\n" {
		t.Errorf("pdf_ஆக்கு gives %s", got)
	}
	if pdf := read(t, "pdf/filled.pdf"); !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("no PDF: %.20q", pdf)
	}
}

// TestNoPartOfADocumentIsLeftBehind fills what cannot be filled: the answer is a
// தவறு, and the folder is as it was.
func TestNoPartOfADocumentIsLeftBehind(t *testing.T) {
	good, err := os.ReadFile("testdata/documents/bill.odt")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	broken := bytes.Clone(good)
	for i := len(broken) / 2; i < len(broken)/2+2000; i++ {
		broken[i] ^= 0x55
	}
	write("good.odt", good)
	write("cut.odt", good[:len(good)/2])
	write("broken.odt", broken)
	write("text.odt", []byte("இது பொதி அல்ல"))
	write("empty.odt", nil)
	write("target.odt", []byte("பழையது"))
	var noEnd bytes.Buffer
	w := zip.NewWriter(&noEnd)
	content, err := w.Create("content.xml")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(content, "<t><table:table-row>{%tr for item in x %}</table:table-row><table:table-row>{{ item.name }}</table:table-row></t>")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	write("no-end.odt", noEnd.Bytes())
	before, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}

	for _, tt := range []struct{ why, program string }{
		{"half a package", fillBill("cut.odt", "target.odt", "ODT_வடிவம்")},
		{"a damaged one", fillBill("broken.odt", "target.odt", "ODT_வடிவம்")},
		{"none", fillBill("text.odt", "target.odt", "ODT_வடிவம்")},
		{"an empty file", fillBill("empty.odt", "target.odt", "ODT_வடிவம்")},
		{"no file", fillBill("missing.odt", "target.odt", "ODT_வடிவம்")},
		{"a folder", fillBill(".", "target.odt", "ODT_வடிவம்")},
		{"another format", fillBill("good.odt", "target.odt", "DOCX_வடிவம்")},
		{"a target in no folder", fillBill("good.odt", "nowhere/target.odt", "ODT_வடிவம்")},
		{"a loop without end", fillBill("no-end.odt", "target.odt", "ODT_வடிவம்")},
		{"a loop without group", strings.ReplaceAll(fillBill("good.odt", "target.odt", "ODT_வடிவம்"), `பெயர்: "item"`, `பெயர்: "other"`)},
		{"paths of other kinds", strings.ReplaceAll(fillBill("good.odt", "target.odt", "ODT_வடிவம்"), `"good.odt"`, `[1]`)},
	} {
		got := attempt(t, tt.program)
		if !strings.HasPrefix(got, "தவறு(") || !strings.Contains(got, "  (") {
			t.Errorf("%s: got %s", tt.why, got)
		}
		if strings.Contains(got, "zip:") || strings.Contains(got, "flate:") {
			t.Errorf("%s: a message of Go: %s", tt.why, got)
		}
	}
	// What stops the program stops it before anything is written.
	for _, tt := range []struct{ why, replaced, by, code string }{
		{"a value without its mark", `{குறி: "number", மதிப்பு: 17}`, `{மதிப்பு: 17}`, "ET4013"},
		{"values that are no records", `{குறி: "number", மதிப்பு: 17}`, `5`, "ET4021"},
		{"a record without a listed field", `{name: "{{ total }} & <b>", quantity: 1, amount: 50}`, `{name: "x"}`, "ET4013"},
		{"rows that are no records", `{name: "{{ total }} & <b>", quantity: 1, amount: 50}`, `[1]`, "ET4021"},
		{"a format without rows", "ODT_வடிவம்", `{உறுப்பு: "content.xml"}`, "ET4013"},
	} {
		program := fillBill("good.odt", "target.odt", "ODT_வடிவம்")
		if got := attempt(t, strings.ReplaceAll(program, tt.replaced, tt.by)); got != "✗ "+tt.code {
			t.Errorf("%s: got %s, want %s", tt.why, got, tt.code)
		}
	}

	after, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(before, after, func(a, b os.DirEntry) bool { return a.Name() == b.Name() }) {
		t.Errorf("the folder holds %v, held %v", after, before)
	}
	if got := string(read(t, "target.odt")); got != "பழையது" {
		t.Errorf("the target was touched: %.40q", got)
	}

	// A template can be filled onto itself.
	if got := attempt(t, fillBill("good.odt", "good.odt", "ODT_வடிவம்")); !strings.HasPrefix(got, "சரி(") {
		t.Error(got)
	}
	_, contents := entriesOf(t, "good.odt")
	if !has(texts(t, contents["content.xml"], "p"), billRows...) {
		t.Error("a template filled onto itself is not filled")
	}
}
