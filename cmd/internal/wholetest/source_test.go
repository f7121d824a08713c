package wholetest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"etamil/cmd/internal/control"
	"etamil/engine/db/dbtest/servers"
)

// word is in every password of these tests, and must be seen nowhere.
const word = "ரகசியச்சொல்"

// certificate makes a certificate for localhost in dir; it belongs to whom the
// folder does.
func certificate(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	cert, key = servers.Certificate(t, dir, "localhost")
	if out, err := exec.Command("chown", "--reference="+dir, cert, key).CombinedOutput(); err != nil {
		t.Fatalf("chown: %v %s", err, out)
	}
	return cert, key
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// locked is a PostgreSQL server with TLS, whose role shop needs a password.
type locked struct {
	*servers.Server
	*observer
	address string // localhost:PORT
	root    string // a copy of its certificate
}

func lockedServer(t *testing.T, password string) *locked {
	t.Helper()
	s := &locked{Server: servers.NewPostgres(t)}
	cert, key := certificate(t, s.Dir)
	text, err := os.ReadFile(cert)
	if err != nil {
		t.Fatal(err)
	}
	s.root = filepath.Join(t.TempDir(), "root.pem")
	write(t, s.root, string(text))
	s.observer = observe(t, s.URL)
	s.do("ALTER SYSTEM SET ssl = on")
	s.do("ALTER SYSTEM SET ssl_cert_file = '" + cert + "'")
	s.do("ALTER SYSTEM SET ssl_key_file = '" + key + "'")
	s.do("CREATE ROLE shop LOGIN PASSWORD '" + password + "'")
	s.do("CREATE SCHEMA AUTHORIZATION shop")
	write(t, filepath.Join(s.Dir, "pg", "pg_hba.conf"), "hostssl all shop 127.0.0.1/32 scram-sha-256\nhostssl all shop ::1/128 scram-sha-256\nhost all etamil 127.0.0.1/32 trust\n")
	s.do("SELECT pg_reload_conf()")
	s.address = fmt.Sprintf("localhost:%d", s.Port)
	soon(t, 10*time.Second, "the server speaks TLS", func() bool {
		return s.count("SELECT count(*) FROM pg_settings WHERE name = 'ssl' AND setting = 'on'") == 1
	})
	return s
}

// A shopfront is a folder with a program, a configuration and secrets.
type shopfront struct {
	*bank
	dir, config string
}

func (f *shopfront) file(name string) string { return filepath.Join(f.dir, name) }

// serveConfig serves a program with a configuration file of that name.
func serveConfig(t *testing.T, dir, config string, env []string, args ...string) *shopfront {
	t.Helper()
	path := filepath.Join(dir, config)
	return &shopfront{bank: serveBankIn(t, dir, env, append([]string{"--config", path}, args...)...), dir: dir, config: path}
}

// reload must succeed, or fail with these words.
func (f *shopfront) reload(words string) {
	f.t.Helper()
	reply := f.ask(control.Request{Command: control.CommandReload})
	switch {
	case words == "" && !reply.OK:
		f.t.Fatalf("reload: %s", told(reply))
	case words != "" && (reply.OK || !strings.Contains(told(reply), words)):
		f.t.Errorf("reload: %s, want a failure that says %q", told(reply), words)
	}
}

// told returns all that a reply says.
func told(r *control.Reply) string {
	text, err := json.Marshal(r)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return string(text)
}

func TestSecretsOfDataSourcesAreSeenNowhere(t *testing.T) {
	password := word + "'7/x@y z%41"
	s := lockedServer(t, strings.ReplaceAll(password, "'", "''"))
	dir := program(t, `
		வழி பெறு, "/ok/:source" {
			தளம்_இணை போச்குரசீகுல், path_values.source;
			தளம்_வினா "SELECT current_user AS u, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", [], r;
			பதில் 200, r[0].u & " " & r[0].ssl;
		}
		வழி பெறு, "/twice" { தளம்_இணை போச்குரசீகுல், "whole"; தளம்_இணை போச்குரசீகுல், "கோப்பு"; }
		வழி பெறு, "/kind" { தளம்_இணை மைசீகுல், "whole"; }
		வழி பெறு, "/text" { தளம்_இணை போச்குரசீகுல், "postgres://shop:`+word+`@localhost/shop"; }
		வழி பெறு, "/slow" { தளம்_இணை போச்குரசீகுல், "whole"; தளம்_வினா "SELECT pg_sleep(0.05), $1::text", ["`+word+`"], r; பதில் 200, "ஆம்"; }
		வழி பெறு, "/refused" { தளம்_இணை போச்குரசீகுல், "whole"; தளம்_செய் "SELECT nothing FROM nowhere WHERE a = $1", ["`+word+`"]; }`)
	secrets := filepath.Join(dir, "secrets")
	if err := os.Mkdir(secrets, 0o700); err != nil {
		t.Fatal(err)
	}
	with := func(user, password string) string {
		u := url.URL{Scheme: "postgres", User: url.UserPassword(user, password), Host: s.address, Path: "/etamil",
			RawQuery: "sslmode=verify-full&sslrootcert=" + url.QueryEscape(s.root)}
		return u.String()
	}
	write(t, filepath.Join(secrets, "right"), password+"\n")
	write(t, filepath.Join(secrets, "wrong"), word+"-wrong\n")
	write(t, filepath.Join(secrets, "whole"), with("shop", password)+"\n")
	write(t, filepath.Join(secrets, "odd"), with("shop", password)+"&"+url.QueryEscape(word)+"=1\n")
	base := fmt.Sprintf("postgres://shop@%s/etamil?sslmode=verify-full&sslrootcert=%s", s.address, url.QueryEscape(s.root))
	config := fmt.Sprintf(`
log_level = "debug"
error_detail = "on"
slow_request = "10ms"
[databases]
connect_timeout = "1s"
[database."கோப்பு"]
kind = "postgresql"
url = "%[1]s"
password_file = "secrets/right"
connect = true
[database.credential]
kind = "postgresql"
url = "%[1]s"
password_credential = "shop"
[database.whole]
kind = "postgresql"
url_file = "secrets/whole"
[database.wrong]
kind = "postgresql"
url = "%[1]s"
password_file = "secrets/wrong"
[database.nobody]
kind = "postgresql"
url = "postgres://shop@127.0.0.1:1/etamil"
password_file = "secrets/right"
[database.stranger]
kind = "postgresql"
url = "postgres://shop@%[2]s/etamil?sslmode=verify-full"
password_file = "secrets/right"
`, base, s.address)
	write(t, filepath.Join(dir, "shop.toml"), config)
	f := serveConfig(t, dir, "shop.toml", []string{"CREDENTIALS_DIRECTORY=" + secretAs(t, "shop", password)})
	for _, source := range []string{"கோப்பு", "credential", "whole"} {
		f.want("/ok/"+url.PathEscape(source), "shop true")
	}
	var seen strings.Builder
	for path, code := range map[string]string{
		"/ok/wrong": "ET5041", "/ok/nobody": "ET5041", "/ok/stranger": "ET5041", "/ok/unknown": "ET5044",
		"/twice": "ET5007", "/kind": "ET5043", "/text": "ET5013", "/slow": "", "/refused": "ET5010",
	} {
		got := f.get(path)
		if code != "" && !strings.Contains(got.body, code) {
			t.Errorf("%s: %d %s, want %s in the detail", path, got.status, got.body, code)
		}
		if code == "ET5041" && got.status != 503 {
			t.Errorf("%s: %d, want 503", path, got.status)
		}
		seen.WriteString(got.body)
	}
	// What the configuration is shown as, and what is said when it is wrong.
	check := func(args ...string) {
		cmd := exec.Command(etamild(t), append([]string{"--check-config", "--program", filepath.Join(dir, "app.qmz"), "--socket", filepath.Join(dir, "s")}, args...)...)
		cmd.Env = append(os.Environ(), "CREDENTIALS_DIRECTORY="+secretAs(t, "shop", password))
		out, _ := cmd.CombinedOutput()
		if len(out) < 100 {
			t.Errorf("--check-config says only %s", out)
		}
		seen.Write(out)
	}
	check("--config", f.config)
	odd := config + "[database.odd]\nkind = \"postgresql\"\nurl_file = \"secrets/odd\"\n"
	write(t, f.file("odd.toml"), odd)
	check("--config", f.file("odd.toml"))
	inline := config + "[database.inline]\nkind = \"postgresql\"\nurl = \"" + with("shop", password) + "\"\npassword_file = \"secrets/right\"\n"
	write(t, f.file("inline.toml"), inline)
	check("--config", f.file("inline.toml"))
	write(t, f.config, odd)
	seen.WriteString(told(f.ask(control.Request{Command: control.CommandReload})))
	write(t, f.config, strings.Replace(config, "[database.nobody]", "[database.nobody]\nconnect = true", 1))
	seen.WriteString(told(f.ask(control.Request{Command: control.CommandReload})))
	// Seen while all pools are there.
	f.want("/ok/whole", "shop true")
	reply := told(f.ctl(control.Request{Command: control.CommandStatus}))
	if !strings.Contains(reply, `"whole"`) {
		t.Errorf("the status does not show the pool: %s", reply)
	}
	seen.WriteString(reply)
	out, err := exec.Command(etamild(t), "ctl", "--control", f.control, "status").CombinedOutput()
	if err != nil {
		t.Errorf("ctl status: %v %s", err, out)
	}
	seen.Write(out)
	for _, page := range []string{"/metrics", "/"} {
		res, err := f.watch.Get("http://metrics" + page)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if page == "/metrics" && !strings.Contains(string(text), `"whole"`) {
			t.Error("the metrics do not show the pool")
		}
		seen.Write(text)
	}
	log := f.log()
	for _, words := range []string{"SELECT pg_sleep(0.05)", "ET5041", "ET5010"} {
		if !strings.Contains(log, words) {
			t.Errorf("the log lacks %s", words)
		}
	}
	seen.WriteString(log)

	escaped := url.PathEscape(word)
	everything := seen.String()
	ascii := fmt.Sprintf("%+q", word)
	for _, secret := range []string{word, escaped, strings.ToLower(escaped), ascii[1 : len(ascii)-1]} {
		if i := strings.Index(everything, secret); i >= 0 {
			t.Errorf("a secret is seen: …%s…", everything[max(0, i-300):min(len(everything), i+100)])
		}
	}
}

// secretAs returns a folder with a file of that name, as systemd makes for
// LoadCredential=.
func secretAs(t *testing.T, name, text string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	write(t, filepath.Join(dir, name), text)
	return dir
}

func TestReloadKeepsPoolsOfUnchangedSources(t *testing.T) {
	t.Parallel() // it mostly waits
	url := servers.Postgres(t)
	o := observe(t, url)
	dir := program(t, `
		வழி பெறு, "/pid/:source" {
			தளம்_இணை போச்குரசீகுல், path_values.source;
			தளம்_வினா "SELECT pg_backend_pid() AS p", [], r;
			பதில் 200, r[0].p;
		}
		வழி பெறு, "/hold" {
			தளம்_இணை போச்குரசீகுல், "b";
			தளம்_வினா "SELECT pg_sleep(1.5), current_setting('application_name') AS a", [], r;
			பதில் 200, r[0].a;
		}`)
	config := func(b string, more string) string {
		return fmt.Sprintf("[databases]\nconnect_timeout = \"1s\"\n[database.a]\nkind = \"postgresql\"\nurl = %q\nconnect = true\n"+
			"[database.b]\nkind = \"postgresql\"\nurl = %q\n%s", named(url, "source-a"), named(url, b), more)
	}
	write(t, filepath.Join(dir, "keep.toml"), config("source-b", ""))
	f := serveConfig(t, dir, "keep.toml", nil)
	a, b := f.get("/pid/a").body, f.get("/pid/b").body
	if a == "" || b == "" || a == b {
		t.Fatal(a, b, f.lastOfLog())
	}

	f.reload("")
	f.want("/pid/a", a)
	f.want("/pid/b", b)

	// b changes while a request uses its connection: that one goes on.
	held := make(chan answer, 1)
	go func() { held <- f.get("/hold") }()
	soon(t, 5*time.Second, "it holds", func() bool { return o.count(sleeping, "source-b") == 1 })
	write(t, f.config, config("source-b2", ""))
	f.reload("")
	f.want("/pid/a", a)
	if now := f.get("/pid/b"); now.status != 200 || now.body == b {
		t.Errorf("source b, which changed: %d %s, want another session than %s", now.status, now.body, b)
	}
	if n := o.count(sessions, "source-b"); n != 1 {
		t.Errorf("%d sessions of the old pool while a request holds one, want 1", n)
	}
	if got := <-held; got.status != 200 || got.body != "source-b" {
		t.Errorf("the request that held a connection of the old pool: %d %s", got.status, got.body)
	}
	soon(t, 2*time.Second, "the old pool has closed", func() bool { return o.count(sessions, "source-b") == 0 })

	// A source that cannot be reached and says connect = true: nothing changes.
	now := f.get("/pid/b").body
	write(t, f.config, config("source-b3", "[database.c]\nkind = \"postgresql\"\nurl = \"postgres://etamil@127.0.0.1:1/etamil\"\nconnect = true\n"))
	f.reload("cannot connect to 'c': connection refused")
	f.want("/pid/a", a)
	f.want("/pid/b", now)
	write(t, f.config, config("source-b3", "[database.c]\nkind = \"postgresql\"\nurl = \"postgres://etamil@127.0.0.1:1/etamil\"\nconect = true\n"))
	f.reload("conect")
	f.want("/pid/b", now)
	if n := o.count(sessions, "source-b3"); n != 0 {
		t.Errorf("%d sessions of a configuration that did not come into force", n)
	}

	// Without connect it does come into force, and fails where it is used.
	write(t, f.config, config("source-b2", "[database.c]\nkind = \"postgresql\"\nurl = \"postgres://etamil@127.0.0.1:1/etamil\"\n"))
	f.reload("")
	f.want("/pid/a", a)
	f.want("/pid/b", now)
	if got := f.get("/pid/c"); got.status != 503 {
		t.Errorf("source c: %d %s, want 503", got.status, got.body)
	}
}

func TestChangedPasswordComesIntoForceByReload(t *testing.T) {
	t.Parallel() // it mostly waits
	s := lockedServer(t, "one")
	dir := program(t, `வழி பெறு, "/" { தளம்_இணை போச்குரசீகுல், "s"; தளம்_வினா "SELECT 1 AS n", [], r; பதில் 200, r[0].n; }`)
	write(t, filepath.Join(dir, "word"), "one")
	write(t, filepath.Join(dir, "turn.toml"), fmt.Sprintf("[databases]\nmax_idle = 0\n[database.s]\nkind = \"postgresql\"\nurl = \"postgres://shop@%s/etamil?sslmode=require\"\npassword_file = \"word\"\nconnect = true\n", s.address))
	f := serveConfig(t, dir, "turn.toml", nil)
	f.want("/", "1")
	s.do("ALTER ROLE shop PASSWORD 'two'")
	f.reload("password authentication failed")
	write(t, f.file("word"), "two")
	f.reload("")
	f.want("/", "1")
}

func TestSourceThatMustConnectAndIsAwayAtStart(t *testing.T) {
	t.Parallel() // it mostly waits
	s := servers.NewPostgres(t)
	s.Stop()
	dir := program(t, `வழி பெறு, "/" { தளம்_இணை போச்குரசீகுல், "s"; தளம்_வினா "SELECT 1 AS n", [], r; பதில் 200, r[0].n; }`)
	config := fmt.Sprintf("[database.s]\nkind = \"postgresql\"\nurl = %q\n", s.URL)
	write(t, filepath.Join(dir, "early.toml"), config+"connect = true\n")
	f := serveConfig(t, dir, "early.toml", nil)
	if got := f.get("/"); got.status != 503 {
		t.Errorf("%d %s, want 503", got.status, got.body)
	}
	if problem := f.ctl(control.Request{Command: control.CommandStatus}).Status.Problem; !strings.Contains(problem, "cannot connect to 's'") {
		t.Errorf("the status says %q", problem)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	f.reload("")
	f.want("/", "1")

	// Without connect the daemon serves at once, and the database may come later.
	s.Stop()
	write(t, filepath.Join(dir, "late.toml"), config)
	late := serveConfig(t, dir, "late.toml", nil)
	if got := late.get("/"); got.status != 503 {
		t.Errorf("%d %s, want 503", got.status, got.body)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	soon(t, 5*time.Second, "the database is found", func() bool { return late.get("/").status == 200 })
}
