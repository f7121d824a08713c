package cli

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"etamil/engine/diag"
	"etamil/fcgi/web"
)

type options struct {
	json  bool
	data  string
	onOff string
	n     int64
}

func newSet(o *options) *Set {
	s := &Set{Help: "tool --help", Elsewhere: func(name string) string {
		if name == "strict" {
			return "tool check"
		}
		return ""
	}}
	s.Switch(&o.json, "json", "ஜே", "as JSON")
	s.Text(&o.data, "data", "DIR", "கோப்புறை", "directory")
	s.OnOff("detail", "விவரம்", "details", func(word string) error { o.onOff = word; return nil })
	s.Count(&o.n, "jobs", 1, "எண்", "number")
	s.Switch(new(bool), "vm", "", "").Hidden = true
	return s
}

func TestOptionsStandAnywhereBeforeTwoDashes(t *testing.T) {
	for _, tt := range []struct {
		args  string
		want  options
		files string
		rest  string
	}{
		{"a.qmz --json b.qmz", options{json: true}, "a.qmz b.qmz", ""},
		{"--data box a.qmz", options{data: "box"}, "a.qmz", ""},
		{"--data=box -", options{data: "box"}, "-", ""},
		{"--data -x", options{data: "-x"}, "", ""},
		{"--data=--json", options{data: "--json"}, "", ""},
		{"a -- --json b", options{}, "a", "--json b"},
		{"--detail a", options{onOff: "on"}, "a", ""},
		{"--detail off a", options{onOff: "off"}, "a", ""},
		{"--detail=off --jobs 3", options{onOff: "off", n: 3}, "", ""},
		{"--jobs 1 --jobs=2 --vm", options{n: 2}, "", ""},
		{"", options{}, "", ""},
	} {
		var o options
		got, err := newSet(&o).Parse(strings.Fields(tt.args))
		if err != nil {
			t.Errorf("%q: %v", tt.args, err)
		}
		if o != tt.want || strings.Join(got.Files, " ") != tt.files || strings.Join(got.Rest, " ") != tt.rest {
			t.Errorf("%q: %+v, %+v, want %+v, %q, %q", tt.args, o, got, tt.want, tt.files, tt.rest)
		}
	}
}

func TestMistakesAreNamedInBothLanguages(t *testing.T) {
	for _, tt := range []struct{ args, ta, en string }{
		{"--jsno", "'--json' என எழுத", "'--jsno' is not understood on the command line; did you mean '--json'?"},
		{"--jsno=1", "'--json'", "'--jsno' is not understood on the command line; did you mean '--json'?"},
		{"--vn", "'--vm'", "'--vn' is not understood on the command line; did you mean '--vm'?"},
		{"--completely-other", "'tool --help'", "'--completely-other' is not understood on the command line; 'tool --help' lists all there is"},
		{"-json", "", "'-json' is not understood on the command line; did you mean '--json'?"},
		{"--strict", "'tool check'", "--strict does not fit here; it belongs to 'tool check'"},
		{"--data", "மதிப்பு வேண்டும்", "--data needs a value: --data DIR"},
		{"--data --", "", "--data needs a value: --data DIR"},
		{"--data --json", "", "--data needs a value: --data DIR"},
		{"--data=", "", "--data needs a value"},
		{"--json=1", "", "--json takes no value"},
		{"--jobs 0", "1 அல்லது அதற்கு", "--jobs cannot be '0': a whole number of 1 or more is needed"},
		{"--jobs x", "", "--jobs cannot be 'x': a whole number of 1 or more is needed"},
		{"--jobs 99999999999999999999", "", "--jobs cannot be '99999999999999999999': a whole number of 1 or more is needed"},
		{"--first --second", "", "'--first' is not understood on the command line; 'tool --help' lists all there is"},
		{"--", "", ""},
	} {
		var o options
		_, err := newSet(&o).Parse(strings.Fields(tt.args))
		if tt.en == "" {
			if err != nil {
				t.Errorf("%q: %v", tt.args, err)
			}
			continue
		}
		var e *Error
		if !errors.As(err, &e) || e.Text.En != tt.en || !strings.Contains(e.Text.Ta, tt.ta) || e.Text.Ta == "" {
			t.Errorf("%q: %+v, want %q, %q", tt.args, err, tt.ta, tt.en)
		}
	}
}

func TestLongAndOddWordsAreShownShort(t *testing.T) {
	word := "--" + strings.Repeat("x", 1000) + "\n"
	_, err := newSet(new(options)).Parse([]string{word})
	if err == nil || len(err.Error()) > 200 || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v", err)
	}
	if d := err.(*Error).Diagnostic(); d.Code() != diag.BadCommandLine.Code || d.Message().En != err.Error() {
		t.Errorf("as a diagnostic: %v", d)
	}
}

func TestHelpAndVersionWinBeforeTwoDashes(t *testing.T) {
	for _, tt := range []struct {
		args          string
		help, version bool
	}{
		{"", false, false}, {"a --bogus -h", true, false}, {"--data --version", false, true},
		{"-V -h", false, true}, {"--help -V", true, false}, {"-- --help", false, false},
	} {
		if help, version := Wants(strings.Fields(tt.args)); help != tt.help || version != tt.version {
			t.Errorf("Wants(%q) = %v, %v", tt.args, help, version)
		}
	}
}

func TestEverySettingIsAnOption(t *testing.T) {
	settings := web.DefaultSettings()
	s := &Set{Help: "tool --help"}
	s.Settings(&settings)
	for _, row := range web.SettingsTable() {
		if !s.Has(row.Flag()) {
			t.Errorf("no option --%s", row.Flag())
		}
	}
	if _, err := s.Parse([]string{"--max-body", "2MiB", "--queue-timeout=1m", "--compat", "--timers", "off", "--cors-origins", "*"}); err != nil {
		t.Fatal(err)
	}
	if settings.MaxBody != 2<<20 || settings.QueueTimeout.String() != "1m0s" || !settings.Compat || settings.Timers || !slices.Equal(settings.CORSOrigins, []string{"*"}) {
		t.Errorf("%+v", settings)
	}
	_, err := s.Parse([]string{"--max-body=huge"})
	if e, ok := errors.AsType[*Error](err); !ok || !strings.HasPrefix(e.Text.En, "--max-body cannot be 'huge': ") {
		t.Errorf("%v", err)
	}
}

func TestUsageListsWhatIsNotHidden(t *testing.T) {
	for lang, want := range map[diag.Language]string{diag.Both: "ஜே\n", diag.Tamil: "ஜே\n", diag.English: "as JSON\n"} {
		var b bytes.Buffer
		newSet(new(options)).WriteUsage(&b, lang)
		if text := b.String(); !strings.Contains(text, "  --json                    "+want) ||
			!strings.Contains(text, "--data DIR") || !strings.Contains(text, "--detail[=on|off]") || strings.Contains(text, "--vm") {
			t.Errorf("usage in %v:\n%s", lang, text)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("run\x00--data\x00x\x00--\x00y")
	f.Add("--jobs=\x00-\x00--=\x00---json\x00--detail\x00off")
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, "\x00")
		var o options
		got, err := newSet(&o).Parse(args)
		if err != nil {
			if e, ok := errors.AsType[*Error](err); !ok || e.Text.Ta == "" || e.Text.En == "" {
				t.Fatalf("%q: %v", args, err)
			}
			return
		}
		// Every word is a file, an option, a value or the rest, once.
		if n := len(got.Files) + len(got.Rest); n > len(args) {
			t.Fatalf("%q: %d words of %d", args, n, len(args))
		}
		for _, file := range got.Files {
			if strings.HasPrefix(file, "-") && file != "-" {
				t.Fatalf("%q: %q is no file", args, file)
			}
		}
	})
}
