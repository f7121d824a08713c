package config

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const sources = `
max_body = "1MiB"
[databases]
budget = 12
allow = ["sqlite", "redis@127.0.0.1:6379"]
acquire_timeout = "200ms"
statement_cache = 0
[database."முதன்மை"]
kind = "postgresql"
url = "postgres://shop@db.internal/shop?sslmode=verify-full"
password_file = "secrets/shop"
max = 1_0
connect = true
[database."a.b"]
kind = "sqlite"
url = "books.db"
`

func TestTablesOfDatabasesAreRead(t *testing.T) {
	c := sound(t, "/etc/etamil/x.toml", sources, nil, nil)
	d := c.Databases
	if d.Budget != 12 || d.StatementCache != 0 || d.AcquireTimeout != 200*time.Millisecond || d.IdleTimeout != 5*time.Minute ||
		!slices.Equal(d.Allow.Names, []string{"sqlite", "redis@127.0.0.1:6379"}) {
		t.Errorf("%+v", d)
	}
	if len(c.Sources) != 2 {
		t.Fatalf("%+v", c.Sources)
	}
	s := c.Sources[0]
	if want := map[string]any{
		"kind": "postgresql", "url": "postgres://shop@db.internal/shop?sslmode=verify-full",
		"password_file": "/etc/etamil/secrets/shop", "max": int64(10), "connect": true,
	}; s.Name != "முதன்மை" || !maps.Equal(s.Keys, want) {
		t.Errorf("%q %v", s.Name, s.Keys)
	}
	if s.At.Line != 8 || s.Places["max"].Line != 12 {
		t.Errorf("begins at %+v, max stands at %+v", s.At, s.Places["max"])
	}
	if s := c.Sources[1]; s.Name != "a.b" || s.Keys["url"] != "books.db" {
		t.Errorf("%+v", s)
	}
	// Every other way to write the same in TOML.
	dotted := sound(t, "/etc/etamil/x.toml", `databases.budget = 12
databases.allow = ["sqlite", "redis@127.0.0.1:6379"]
databases.acquire_timeout = "200ms"
databases.statement_cache = 0
max_body = "1MiB"
database."முதன்மை".kind = "postgresql"
database."முதன்மை".url = "postgres://shop@db.internal/shop?sslmode=verify-full"
database."முதன்மை".password_file = "secrets/shop"
database."முதன்மை".max = 10
database."முதன்மை".connect = true
[database]
"a.b".kind = "sqlite"
"a.b".url = "books.db"
`, nil, nil)
	if tunable, process := Diff(c, dotted); len(tunable)+len(process) > 0 {
		t.Errorf("%v %v differ", tunable, process)
	}
}

func TestEffectiveShowsSourcesWithoutTheirPasswords(t *testing.T) {
	c := sound(t, "/etc/etamil/x.toml", sources, nil, nil)
	again := sound(t, "/elsewhere/y.toml", c.Effective(), nil, nil)
	if tunable, process := Diff(c, again); len(tunable)+len(process) > 0 {
		t.Errorf("%v %v differ in\n%s", tunable, process, c.Effective())
	}
	for _, url := range []string{
		"postgres://shop:s3cret@db/shop", "host=db user=shop password='s3cret'", "mysql://a:s3cret@h/d", "rediss://:s3cret@h:6379", "postgres://h/d?password=s3cret",
	} {
		c := sound(t, "x.toml", "[database.a]\nkind = \"x\"\nsslpassword = \"s3cret\"\nurl = "+quoteTOML(url), nil, nil)
		if text := c.Effective(); strings.Contains(text, "s3cret") || !strings.Contains(text, "# database.\"a\".url = \"***\"") {
			t.Errorf("%s is shown:\n%s", url, text)
		}
	}
}

func TestReloadSeesWhichSourcesChanged(t *testing.T) {
	old := sound(t, "x.toml", "[database.a]\nkind = \"sqlite\"\n[database.b]\nkind = \"sqlite\"", nil, nil)
	now := sound(t, "x.toml", "[database.c]\nkind = \"sqlite\"\n[database.a]\nkind = \"mysql\"", nil, nil)
	tunable, process := Diff(old, now)
	if want := []string{`database."c"`, `database."a"`, `database."b"`}; !slices.Equal(tunable, want) || process != nil {
		t.Errorf("%q %q, want %q", tunable, process, want)
	}
}

func TestIdleVariableOfProgramsWins(t *testing.T) {
	for _, tt := range []struct {
		value string
		want  int
	}{{"3", 3}, {"0", 0}, {"-1", 8}, {"many", 8}, {"", 5}} {
		c := sound(t, "x.toml", "databases.max_idle = 5", []string{"ETAMIL_DB_IDLE=" + tt.value}, nil)
		if c.Databases.MaxIdle != tt.want {
			t.Errorf("ETAMIL_DB_IDLE=%s: %d, want %d", tt.value, c.Databases.MaxIdle, tt.want)
		}
	}
}

func TestSecretsOfSourcesAreReadFromFilesAndCredentials(t *testing.T) {
	folder := t.TempDir()
	for name, mode := range map[string]os.FileMode{"good": 0o600, "open": 0o644} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("s3cret\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	c := sound(t, "x.toml", "", []string{"CREDENTIALS_DIRECTORY=" + folder}, nil)
	for _, tt := range []struct {
		name       string
		credential bool
		want, err  string
	}{
		{filepath.Join(folder, "good"), false, "s3cret", ""},
		{"good", true, "s3cret", ""},
		{"open", true, "s3cret", ""}, // systemd sees to its own
		{filepath.Join(folder, "open"), false, "", "others may use the file"},
		{filepath.Join(folder, "none"), false, "", "no such file"},
		{"../good", true, "", "there is no credential"},
		{"none", true, "", "no such file"},
	} {
		got, err := c.ReadSecret(tt.name, tt.credential)
		if got != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s, credential %v: %q, %v", tt.name, tt.credential, got, err)
		}
	}
	if _, err := sound(t, "x.toml", "", nil, nil).ReadSecret("good", true); err == nil {
		t.Error("a credential without systemd")
	}
}
