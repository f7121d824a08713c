package config

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/rs/zerolog"

	"etamil/cmd/internal/cli"
	"etamil/cmd/internal/control"
	"etamil/engine/diag"
	"etamil/fcgi/web"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// write makes a file in a fresh folder.
func write(t *testing.T, name, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask is
		t.Fatal(err)
	}
	return path
}

// sound loads a configuration that has no problem.
func sound(t *testing.T, file, text string, environ []string, flags map[string]string) *Config {
	t.Helper()
	c, problems := load(file, []byte(text), environ, flags)
	for _, p := range problems {
		t.Errorf("%s", p.Error())
	}
	return c
}

func say(problems []Problem) string {
	var b strings.Builder
	for _, p := range problems {
		m := p.Message()
		fmt.Fprintf(&b, "%s\n%s\n", m.Ta, m.En)
	}
	return b.String()
}

func TestWrongFilesGetHelpfulSentences(t *testing.T) {
	t.Chdir(filepath.Join("testdata", "wrong"))
	files, err := filepath.Glob("*.toml")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Fatalf("only %d files", len(files))
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			_, problems := Load(file, nil, nil)
			got, golden := say(problems), strings.TrimSuffix(file, ".toml")+".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			if len(problems) == 0 {
				t.Error("nothing is wrong with it")
			}
		})
	}
}

func TestFilesThatCannotBeReadAreNamed(t *testing.T) {
	folder := t.TempDir()
	large := write(t, "large.toml", strings.Repeat("# room\n", maxConfigFile/7+1), 0o644)
	for _, tt := range []struct{ file, want string }{
		{filepath.Join(folder, "none.toml"), "the configuration file cannot be read: "},
		{folder, "the configuration file cannot be read: it is no regular file"},
		{"/dev/zero", "the configuration file cannot be read: it is no regular file"},
		{large, "the configuration file cannot be read: it is too large"},
	} {
		c, problems := Load(tt.file, nil, map[string]string{"max-rows": "7"})
		if len(problems) != 1 || !strings.HasPrefix(problems[0].Error(), tt.file+": "+tt.want) {
			t.Errorf("%s: %v", tt.file, problems)
		}
		if c.Web.MaxRows != 7 {
			t.Errorf("%s: what the command line says is lost", tt.file)
		}
	}
}

var settingLine = regexp.MustCompile(`(?m)^#([a-z_.]+ = )`)

func TestSampleSaysWhatTheDefaultsAre(t *testing.T) {
	plain, as := Sample(), settingLine.ReplaceAllString(Sample(), "$1")
	defaults := sound(t, "x.toml", "", nil, nil)
	for name, text := range map[string]string{"as it is": plain, "uncommented": as} {
		c := sound(t, "x.toml", text, nil, nil)
		tunable, process := Diff(defaults, c)
		if len(tunable)+len(process) > 0 {
			t.Errorf("%s: %v %v differ from the defaults", name, tunable, process)
		}
	}
	c := sound(t, "x.toml", as, nil, nil)
	for _, s := range table {
		if s.Type != Secret && s.Key != "data_dir" && c.Origin(s.Key).Kind != ByFile {
			t.Errorf("%s is not in the sample", s.Key)
		}
	}
	if longest := slices.MaxFunc(strings.Split(plain, "\n"), func(a, b string) int { return len([]rune(a)) - len([]rune(b)) }); len([]rune(longest)) > 240 {
		t.Errorf("a line of %d letters: %s", len([]rune(longest)), longest)
	}
}

func TestAFileOfRubbishGetsABoundedAnswer(t *testing.T) {
	_, problems := load("x.toml", []byte(strings.Repeat("a = 1\nb = c\n", 50_000)), nil, nil)
	if n := len(problems); n <= maxProblems || n > maxProblems+4 {
		t.Errorf("%d problems", len(problems))
	}
	if last := problems[len(problems)-1].Error(); !strings.HasSuffix(last, "too much is wrong here; the rest of the file was not read") {
		t.Errorf("the last one: %s", last)
	}
}

func TestExamplesOfTheSampleAreSound(t *testing.T) {
	for _, s := range table {
		if s.Example == "" {
			continue
		}
		_, problems := load("x.toml", []byte(s.Key+" = "+s.Example), []string{"CREDENTIALS_DIRECTORY=" + filepath.Dir(write(t, "token", strings.Repeat("k", 32), 0o600))}, nil)
		for _, p := range problems {
			if s.Key != "token_key_file" { // names a file
				t.Errorf("%s", p.Error())
			}
		}
	}
	if s := Lookup("control"); s.Example != `"`+control.DefaultPath+`"` {
		t.Errorf("the example of control is not %s", control.DefaultPath)
	}
}

func TestEveryRowIsDescribedInBothLanguages(t *testing.T) {
	tamil := func(text string) bool {
		return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Tamil, r) })
	}
	seen := map[string]string{}
	for _, s := range table {
		texts := []diag.Text{s.Doc, s.Type.Form()}
		if s.Max+s.Min > 0 {
			texts = append(texts, s.Range())
		}
		for _, text := range texts {
			if !tamil(text.Ta) {
				t.Errorf("%s: no Tamil in %q", s.Key, text.Ta)
			}
			if text.En == "" || strings.ReplaceAll(text.En, "அச்சு", "") != text.En && !strings.Contains(text.En, "print") {
				t.Errorf("%s: no English in %q", s.Key, text.En)
			}
		}
		for _, name := range []string{s.Key, s.Flag(), s.Env()} {
			if name != "" && seen[name] != "" && seen[name] != s.Key {
				t.Errorf("%s and %s are both called %s", s.Key, seen[name], name)
			}
			seen[name] = s.Key
		}
	}
	for _, w := range web.SettingsTable() {
		if Lookup(w.Name) == nil {
			t.Errorf("%s is missing", w.Name)
		}
	}
	for key := range more {
		if web.LookupSetting(key) == nil {
			t.Errorf("package web has no setting %s any more", key)
		}
	}
}

func TestLaterSourcesWin(t *testing.T) {
	const file = "program = \"/srv/main.qmz\"\nmax_body = \"1MiB\"\ndata_dir = \"/f\"\ngc_percent = 100\n"
	for _, tt := range []struct {
		why, file string
		environ   []string
		flags     map[string]string
		key, want string
		origin    string
	}{
		{"nobody says anything", "", nil, nil, "max_body", "8MiB", "default"},
		{"the file", file, nil, nil, "max_body", "1MiB", "x.toml:2"},
		{"the environment wins over the file", file, []string{"ETAMILD_MAX_BODY=2MiB"}, nil, "max_body", "2MiB", "env ETAMILD_MAX_BODY"},
		{"an empty variable says nothing", file, []string{"ETAMILD_MAX_BODY="}, nil, "max_body", "1MiB", "x.toml:2"},
		{"the last of two variables counts", file, []string{"ETAMILD_MAX_BODY=2MiB", "ETAMILD_MAX_BODY=3MiB"}, nil, "max_body", "3MiB", "env ETAMILD_MAX_BODY"},
		{"a flag wins over all", file, []string{"ETAMILD_MAX_BODY=2MiB"}, map[string]string{"max-body": "4MiB"}, "max_body", "4MiB", "flag --max-body"},
		{"a variable of programs", "", []string{"ETAMIL_DATA_DIR=/e"}, nil, "data_dir", "/e", "env ETAMIL_DATA_DIR"},
		{"the file wins over a variable of programs", file, []string{"ETAMIL_DATA_DIR=/e"}, nil, "data_dir", "/f", "x.toml:3"},
		{"a variable of the daemon is named after the flag", file, []string{"ETAMILD_DATA=/d"}, nil, "data_dir", "/d", "env ETAMILD_DATA"},
		{"the flag --data", file, nil, map[string]string{"data": "/d"}, "data_dir", "/d", "flag --data"},
		{"data inside of the state directory", "", []string{"STATE_DIRECTORY=/var/lib/etamil/shop"}, nil, "data_dir", "/var/lib/etamil/shop/data", "default, from state_dir"},
		{"the first of several state directories", "", []string{"STATE_DIRECTORY=/var/lib/a:/var/lib/b"}, nil, "state_dir", "/var/lib/a", "env STATE_DIRECTORY"},
		{"data beside the program", "program = \"/srv/main.qmz\"", nil, nil, "data_dir", "/srv", "default, from program"},
		{"Go's own variable", "", []string{"GOGC=50"}, nil, "gc_percent", "50", "env GOGC"},
		{"Go's own word", "", []string{"GOGC=off", "GOMEMLIMIT=1GiB"}, nil, "gc_percent", "0", "env GOGC"},
		{"Go's other variable", "", []string{"GOMEMLIMIT=1GiB"}, nil, "memory_limit", "1GiB", "env GOMEMLIMIT"},
		{"the file wins over Go's", file, []string{"GOGC=50"}, nil, "gc_percent", "100", "x.toml:4"},
		{"a relative path of the file", "program = \"app/main.qmz\"", nil, nil, "program", "app/main.qmz", "x.toml:1"},
		{"a relative path of a flag", "", nil, map[string]string{"program": "app/main.qmz"}, "program", "app/main.qmz", "flag --program"},
		{"an empty list of a flag", `allow_env = ["A"]`, nil, map[string]string{"allow-env": ""}, "allow_env", "", "flag --allow-env"},
		{"a boolean", "metrics = false\nerror_detail = true", nil, nil, "error_detail", "on", "x.toml:2"},
		{"a text for a list", `cors_origins = "*"`, nil, nil, "cors_origins", "*", "x.toml:1"},
		{"a number in another base", "max_rows = 0x1_0", nil, nil, "max_rows", "16", "x.toml:1"},
		{"lines that end as Windows writes them", "\uFEFFmax_rows = 3\r\nmax_body = \"1KiB\"\r\n", nil, nil, "max_body", "1KiB", "x.toml:2"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			c := sound(t, "x.toml", tt.file, tt.environ, tt.flags)
			if got := c.Value(Lookup(tt.key)); got != tt.want {
				t.Errorf("%s = %q, want %q", tt.key, got, tt.want)
			}
			if got := c.Origin(tt.key).String(); got != tt.origin {
				t.Errorf("%s is from %q, want %q", tt.key, got, tt.origin)
			}
		})
	}
}

func TestPathsOfAFileBeginAtItsFolder(t *testing.T) {
	c := sound(t, "/etc/etamil/shop.toml", `
program = "shop/main.qmz"
socket = "../run/s"
data_also = ["a", "/b"]
allow_programs = ["qrencode", "/usr/bin/x"]
`, nil, nil)
	if c.Program != "/etc/etamil/shop/main.qmz" || c.Socket != "/etc/run/s" {
		t.Errorf("program %s, socket %s", c.Program, c.Socket)
	}
	if !slices.Equal(c.DataAlso, []string{"/etc/etamil/a", "/b"}) || !slices.Equal(c.AllowPrograms, []string{"qrencode", "/usr/bin/x"}) {
		t.Errorf("data_also %q, allow_programs %q", c.DataAlso, c.AllowPrograms)
	}
}

func TestWhatAFileSaysArrivesTyped(t *testing.T) {
	c := sound(t, "/x.toml", `
program = "/srv/main.qmz"
data_dir = "/data"
file_limit = 0
control = "/run/c"
metrics = "[::1]:9464"
log_level = "WARN"
log_format = "journal"
allow_env = ["A", "B"]
allow_hosts = ["*"]
read_timeout = "5s"
write_timeout = "1m"
drain_idle = "200ms"
ready_timeout = "10s"
gc_percent = "off"
memory_limit = "512MiB"
max_concurrent = "auto"
queue_timeout = 0
cors_origins = ["https://a.example", "https://b.example"]
access_log = "slow"
timers = false
`, nil, nil)
	want := &Config{
		File: "/x.toml", Program: "/srv/main.qmz", DataDir: "/data", Control: "/run/c",
		Metrics: Address{"tcp", "[::1]:9464"}, LogLevel: zerolog.WarnLevel, LogFormat: LogJournal,
		AllowEnv: Allowed{Names: []string{"A", "B"}}, AllowHosts: Allowed{All: true},
		ReadTimeout: 5 * time.Second, WriteTimeout: time.Minute, DrainIdle: 200 * time.Millisecond, ReadyTimeout: 10 * time.Second,
		MemoryLimit: 512 << 20, Web: web.DefaultSettings(),
		Databases: Databases{
			Allow: Allowed{Names: []string{"sqlite"}}, Budget: 40, MaxIdle: 8,
			AcquireTimeout: 5 * time.Second, ConnectTimeout: 5 * time.Second, IdleTimeout: 5 * time.Minute,
			MaxLifetime: time.Hour, StatementCache: 256, SQLiteWriterWait: 5 * time.Second,
		},
	}
	want.Web.QueueTimeout, want.Web.AccessLog, want.Web.Timers = 0, web.AccessSlow, false
	want.Web.CORSOrigins = []string{"https://a.example", "https://b.example"}
	got := *c
	got.origins, got.getenv = nil, nil
	if !reflect.DeepEqual(&got, want) {
		t.Errorf("got  %+v\nwant %+v", &got, want)
	}
	if c.AllowHosts.List() != nil || c.AllowEnv.List() == nil || (Allowed{}).List() == nil {
		t.Error("nil does not stand for all")
	}
}

func TestByHandProgramsReachMore(t *testing.T) {
	byHand, file := sound(t, "", "", nil, nil), sound(t, "x.toml", "", nil, nil)
	if !byHand.AllowEnv.All || !byHand.AllowHosts.All || file.AllowEnv.All || file.AllowHosts.All {
		t.Errorf("by hand %v %v, by a file %v %v", byHand.AllowEnv, byHand.AllowHosts, file.AllowEnv, file.AllowHosts)
	}
}

func TestEffectiveIsAFileThatGivesTheSame(t *testing.T) {
	key := write(t, "token", strings.Repeat("s3cret-", 6)+"\n", 0o600)
	c, problems := load("/etc/etamil/x.toml", []byte(`
program = "/srv/a \"b\"\\c/நிரல்.qmz"
allow_env = ["A", "B"]
data_also = ["/a,b", "/c"]
cors_origins = ["https://a.example"]
token_key_file = "`+key+`"
`), []string{"ETAMILD_MAX_BODY=1MiB"}, map[string]string{"timers": "off"})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	text := c.Effective()
	again := sound(t, "/elsewhere/x.toml", text, nil, nil)
	if tunable, process := Diff(c, again); len(tunable)+len(process) > 0 {
		t.Errorf("%v %v differ in\n%s", tunable, process, text)
	}
	for _, want := range []string{
		`max_body = "1MiB" +# env ETAMILD_MAX_BODY`, `timers = "off" +# flag --timers`,
		`allow_env = \["A", "B"\] +# /etc/etamil/x.toml:3`, `max_rows = 100000 +# default`,
		`# token_key = "\*\*\*" +# /etc/etamil/x.toml:6`,
	} {
		if !regexp.MustCompile(`(?m)^` + want + `$`).MatchString(text) {
			t.Errorf("no line %s in\n%s", want, text)
		}
	}
	if strings.Contains(text, "s3cret") {
		t.Errorf("the secret is shown:\n%s", text)
	}
}

func TestDiffTellsWhatAReloadHasToDo(t *testing.T) {
	old := sound(t, "x.toml", "max_body = \"1MiB\"\nsocket = \"/run/a\"", nil, nil)
	for _, tt := range []struct {
		why, file        string
		environ          []string
		tunable, process []string
	}{
		{"nothing changed but the place", "socket = \"/run/a\"\n\nmax_body = \"1024KiB\"", nil, nil, nil},
		{"a tunable setting", "socket = \"/run/a\"\nmax_body = \"2MiB\"\nlog_level = \"debug\"", nil, []string{"log_level", "max_body"}, nil},
		{"one of the process", "max_body = \"1MiB\"\nsocket = \"/run/b\"", nil, nil, []string{"socket"}},
		{"the secret", "socket = \"/run/a\"\nmax_body = \"1MiB\"", []string{"ETAMIL_JWT_SECRET=x"}, nil, []string{"token_key"}},
		{"a program elsewhere", "socket = \"/run/a\"\nmax_body = \"1MiB\"\nprogram = \"/srv/m.qmz\"", nil, []string{"program"}, []string{"data_dir"}},
		{"a program elsewhere, data where it was", "socket = \"/run/a\"\nmax_body = \"1MiB\"\nprogram = \"/srv/m.qmz\"\ndata_dir = \"/d\"", nil, []string{"program"}, []string{"data_dir"}},
	} {
		t.Run(tt.why, func(t *testing.T) {
			tunable, process := Diff(old, sound(t, "x.toml", tt.file, tt.environ, nil))
			if !slices.Equal(tunable, tt.tunable) || !slices.Equal(process, tt.process) {
				t.Errorf("tunable %v, process %v; want %v, %v", tunable, process, tt.tunable, tt.process)
			}
		})
	}
	one := sound(t, "x.toml", "", []string{"ETAMIL_JWT_SECRET=one"}, nil)
	if _, process := Diff(one, sound(t, "x.toml", "", []string{"ETAMIL_JWT_SECRET=two"}, nil)); !slices.Equal(process, []string{"token_key"}) {
		t.Errorf("another secret: %v", process)
	}
}

func TestEnvironmentAndFlagsAreCheckedLikeTheFile(t *testing.T) {
	c, problems := load("", nil,
		[]string{"ETAMILD_MAX_BODY=much", "ETAMILD_LOG_LEVEL=loud", "GOGC=soon", "ETAMILD_MAX_OUPUT=1", "ETAMILD_CONFIG=x", "ETAMILD_HANDOVER_FD=3", "ETAMILD_=1", "ETAMIL_DATA_DIR=/d", "nonsense"},
		map[string]string{"queue-timeout": "soon", "metrics": "everywhere", "program": "", "max-boddy": "1", "probe-path": "", "error-detail": "on"})
	got := say(problems)
	for _, want := range []string{
		"GOGC cannot be 'soon': a whole number is needed\n",
		"ETAMILD_MAX_BODY cannot be 'much': a size such as 8MiB or 64KiB is needed (0: no limit)\n",
		"ETAMILD_LOG_LEVEL cannot be 'loud': it must be debug, info, warn or error\n",
		"--queue-timeout cannot be 'soon': a duration such as",
		"--metrics cannot be 'everywhere': an address such as",
		"--program needs a value\n",
		"there is no setting '--max-boddy'; did you mean '--max-body'?\n",
		"--queue-timeout-க்கு 'soon' பொருந்தாது: ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if len(problems) != 7 {
		t.Errorf("%d problems:\n%s", len(problems), got)
	}
	var warned []string
	for _, w := range c.Warnings {
		warned = append(warned, w.Error())
	}
	if want := []string{"there is no setting 'ETAMILD_MAX_OUPUT'; did you mean 'ETAMILD_MAX_OUTPUT'?", "there is no setting 'ETAMILD_'"}; !slices.Equal(warned, want) {
		t.Errorf("warnings %q", warned)
	}
	if c.Web.MaxBody != 8<<20 || c.LogLevel != zerolog.InfoLevel || !c.Web.ErrorDetail {
		t.Error("a value that cannot be used has changed something, or a sound one is lost")
	}
}

func TestSecretsComeFromFilesAndCredentials(t *testing.T) {
	key := strings.Repeat("k", 40)
	good := write(t, "token", key+"\r\n", 0o600)
	for _, tt := range []struct {
		why, file string
		environ   []string
		want      string // the key
		wrong     string // or a problem
		origin    string
	}{
		{"none", "", nil, "", "", "default"},
		{"a file", "token_key_file = \"" + good + "\"", nil, key, "", "x.toml:1"},
		{"a file that is not there", "token_key_file = \"token\"", nil, "", "the secret 'token' cannot be used: ", ""},
		{"a credential", `token_key_credential = "token"`, []string{"CREDENTIALS_DIRECTORY=" + filepath.Dir(good)}, key, "", "x.toml:1"},
		{"a credential that is not there", `token_key_credential = "other"`, []string{"CREDENTIALS_DIRECTORY=" + filepath.Dir(good)}, "", "other' cannot be used: ", ""},
		{"systemd looks after its own", `token_key_credential = "t"`, []string{"CREDENTIALS_DIRECTORY=" + filepath.Dir(write(t, "t", key, 0o644))}, key, "", "x.toml:1"},
		{"the variable", "", []string{"ETAMIL_JWT_SECRET=short"}, "short", "", "env ETAMIL_JWT_SECRET"},
		{"the file wins over the variable", "token_key_file = \"" + good + "\"", []string{"ETAMIL_JWT_SECRET=short"}, key, "", "x.toml:1"},
		{"others may read it", "token_key_file = \"" + write(t, "t", key, 0o644) + "\"", nil, "", "others may use the file, too (mode 0644); chmod 600 it", ""},
		{"others may write it", "token_key_file = \"" + write(t, "t", key, 0o602) + "\"", nil, "", "(mode 0602)", ""},
		{"too short", "token_key_file = \"" + write(t, "t", "hunter2\n", 0o600) + "\"", nil, "", "it has 7 bytes; at least 32 are needed", ""},
		{"too large", "token_key_file = \"" + write(t, "t", strings.Repeat("k", maxSecret+1), 0o600) + "\"", nil, "", "it is too large", ""},
		{"a folder", "token_key_file = \"/\"", nil, "", "it is no regular file", ""},
	} {
		t.Run(tt.why, func(t *testing.T) {
			c, problems := load("x.toml", []byte(tt.file), tt.environ, nil)
			said := say(problems)
			if tt.wrong == "" && len(problems) > 0 || tt.wrong != "" && (len(problems) != 1 || !strings.Contains(said, tt.wrong)) {
				t.Errorf("problems: %s", said)
			}
			if strings.Contains(said, "hunter2") || strings.Contains(said, "kkkk") {
				t.Errorf("a secret is in %s", said)
			}
			if string(c.TokenKey) != tt.want {
				t.Errorf("key %q, want %q", c.TokenKey, tt.want)
			}
			if tt.origin != "" && c.Origin("token_key").String() != tt.origin {
				t.Errorf("origin %s, want %s", c.Origin("token_key"), tt.origin)
			}
		})
	}
}

func TestGetenvStandsInForTheVariablesOfPrograms(t *testing.T) {
	c := sound(t, "/x.toml", "data_dir = \"/d\"\ndata_also = [\"/a\", \"/b\"]\nfile_limit = 0\nallow_programs = [\"x\"]", []string{"ETAMIL_DATA_DIR=/e", "ETAMIL_TLS_CA=/ca", "ETAMIL_JWT_SECRET=s"}, nil)
	for name, want := range map[string]string{
		"ETAMIL_DATA_DIR": "/d", "ETAMIL_DATA_ALSO": "/a:/b", "ETAMIL_FILE_LIMIT": "9223372036854775807",
		"ETAMIL_EXEC_ALLOW": "x", "ETAMIL_JWT_SECRET": "s", "ETAMIL_TLS_CA": "/ca", "NONE": "",
	} {
		if got := c.Getenv(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
}

func TestEverySettingButSecretsIsAFlag(t *testing.T) {
	flags := map[string]string{}
	set := &cli.Set{}
	Declare(set, flags)
	var args []string
	given := 0
	for _, s := range table {
		switch {
		case s.Type == Secret:
			if set.Has("token-key") {
				t.Error("the secret is a flag")
			}
		case s.Default != "":
			args = append(args, "--"+s.Flag()+"="+s.Default)
			given++
		case s.Type == Path && s.Key != "token_key_file":
			args = append(args, "--"+s.Flag(), "/"+s.Key)
			given++
		}
	}
	if _, err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	if len(flags) != given {
		t.Errorf("%d flags, want %d: %v", len(flags), given, slices.Sorted(maps.Keys(flags)))
	}
	c := sound(t, "", "", nil, flags)
	if c.Program != "/program" || c.DataDir != "/data_dir" {
		t.Errorf("program %q, data_dir %q", c.Program, c.DataDir)
	}
	var usage strings.Builder
	set.WriteUsage(&usage, diag.English)
	for _, want := range []string{"--log-level debug|info|warn|error", "--max-body SIZE", "--timers[=on|off]", "(data inside of state_dir;"} {
		if !strings.Contains(usage.String(), want) {
			t.Errorf("no %q in\n%s", want, usage.String())
		}
	}
}

// FuzzLoad: whatever a file holds, it is read without a fault; a problem has a
// sentence in both languages and a place in the file; a file without problems
// has an effect that can be written down and read back.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "wrong", "*.toml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), "", "")
	}
	f.Add(settingLine.ReplaceAllString(Sample(), "$1"), "ETAMILD_MAX_BODY=1MiB", "x")
	f.Add("a.b.c = {x=1,y=[{}]}\n\"\" = ''\n", "GOGC=-1", "9999999999s")
	f.Fuzz(func(t *testing.T, text, env, value string) {
		flags := map[string]string{"max-body": value, "slow-request": value, "allow-hosts": value, "metrics": value}
		for name := range flags {
			if value == "" {
				delete(flags, name)
			}
		}
		c, problems := load("x.toml", []byte(text), []string{env}, flags)
		lines := strings.Count(text, "\n") + 1
		for _, p := range problems {
			if p.Text.Ta == "" || p.Text.En == "" || strings.ContainsAny(p.Text.En, "\n\r") {
				t.Errorf("a problem without a sentence: %+v", p)
			}
			if o := p.Origin; o.Kind == ByFile && (o.Line < 1 || o.Line > lines || o.Column < 1) {
				t.Errorf("%s: a place outside of %d lines", p.Error(), lines)
			}
		}
		if len(problems) > 0 {
			return
		}
		effect := c.Effective()
		again, problems := load("/x.toml", []byte(effect), []string{"ETAMIL_JWT_SECRET=" + string(c.TokenKey)}, nil)
		for _, p := range problems {
			t.Errorf("%s\nin\n%s", p.Error(), effect)
		}
		if tunable, process := Diff(c, again); len(tunable)+len(process) > 0 {
			for _, key := range slices.Concat(tunable, process) {
				s := Lookup(key)
				if s.Type != Path && s.Type != Paths { // relative ones are relative to the file
					t.Errorf("%s: %q, then %q\n%s", key, c.Value(s), again.Value(s), effect)
				}
			}
		}
	})
}

func TestManPageHasEverySettingAndNoStrayInstruction(t *testing.T) {
	macros := regexp.MustCompile(`^\.(\\"|TH|SH|SS|TP|PP|EX|EE|I|BR|br)( |$)`)
	for _, lang := range []diag.Language{diag.English, diag.Tamil} {
		page := ManPage("1.2.3-4-gabc", lang)
		for _, s := range table {
			if !strings.Contains(page, "\n.TP\n\\fB"+s.Key+"\\fR") {
				t.Errorf("no entry of %s", s.Key)
			}
		}
		for i, line := range strings.Split(page, "\n") {
			if strings.HasPrefix(line, "'") || strings.HasPrefix(line, ".") && !macros.MatchString(line) || strings.TrimSpace(line) != strings.TrimRight(line, " ") && !strings.HasPrefix(line, "  ") {
				t.Errorf("line %d: %s", i+1, line)
			}
		}
		if !strings.Contains(page, `etamild 1.2.3\-4\-gabc`) {
			t.Error("no version")
		}
	}
}
