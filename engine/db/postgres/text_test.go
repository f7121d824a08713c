package postgres

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"etamil/engine/db"
	"etamil/engine/db/dbtest"
	"etamil/engine/db/dbtest/servers"
	"etamil/engine/diag"
)

func TestConnectionTexts(t *testing.T) {
	for _, tt := range []struct{ text, masked, label string }{
		{"postgres://u@h/d", "postgresql://u@h:5432/d", "postgresql@h/d"},
		{"postgresql://u:p@h:1234/d", "postgresql://u@h:1234/d", "postgresql@h/d"},
		{"POSTGRES://u:p%40%2F@h/d", "postgresql://u@h:5432/d", "postgresql@h/d"},
		{"postgres://%E0%AE%95:p@h/%E0%AE%A4", "postgresql://க@h:5432/த", "postgresql@h/த"},
		{"postgres://u@h", "postgresql://u@h:5432/u", "postgresql@h/u"},
		{"postgres://u@h:1,i:2/d", "postgresql://u@h:1,i:2/d", "postgresql@h,i/d"},
		{"postgres://u@[::1]:7/d", "postgresql://u@[::1]:7/d", "postgresql@::1/d"},
		{"postgres://u@%2Ftmp%2Fpg/d", "postgresql://u@/tmp/pg:5432/d", "postgresql@/tmp/pg/d"},
		{"postgres:///d?host=/tmp/pg&user=u", "postgresql://u@/tmp/pg:5432/d", "postgresql@/tmp/pg/d"},
		{"postgres://u@h/d?sslmode=disable&connect_timeout=3", "postgresql://u@h:5432/d", "postgresql@h/d"},
		{"postgres://u@h/d?password=secret", "postgresql://u@h:5432/d", "postgresql@h/d"},
		{"host=h user=u dbname=d", "postgresql://u@h:5432/d", "postgresql@h/d"},
		{`host = h user='u v' password = 'it\'s' dbname=d`, "postgresql://u v@h:5432/d", "postgresql@h/d"},
		{`host=h user=u\ v password='' dbname=d`, "postgresql://u v@h:5432/d", "postgresql@h/d"},
		{"hostaddr=10.0.0.1 user=u dbname=d", "postgresql://u@10.0.0.1:5432/d", "postgresql@10.0.0.1/d"},
		{"host=a,b port=1 user=u dbname=d", "postgresql://u@a:1,b:1/d", "postgresql@a,b/d"},
		{"host=a,b port=1,2 user=u dbname=d", "postgresql://u@a:1,b:2/d", "postgresql@a,b/d"},
		{"host=h user=u dbname=d options='-c geqo=off' application_name=கடை keepalives=1 keepalives_idle=9 keepalives_interval=3 " +
			"keepalives_retries=2 tcp_user_timeout=900 target_session_attrs=read-write channel_binding=prefer load_balance_hosts=random " +
			"sslnegotiation=postgres connect_timeout=0", "postgresql://u@h:5432/d", "postgresql@h/d"},
	} {
		target, err := New().Target(tt.text, db.Options{})
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if target.Masked != tt.masked || target.Label != tt.label {
			t.Errorf("%s: masked %q, label %q; want %q, %q", tt.text, target.Masked, target.Label, tt.masked, tt.label)
		}
	}
}

func TestBadConnectionTexts(t *testing.T) {
	const secret = "s3cretWord"
	for _, tt := range []struct{ text, key string }{
		{"", ""},
		{"host", ""},
		{"nonsense " + secret, ""},
		{"host='" + secret, ""},
		{"=x", ""},
		{"mysql://u:" + secret + "@h/d", ""},
		{"postgres://u:%zz" + secret + "@h/d", ""},
		{"postgres://u:" + secret + "@h:0/d", ""},
		{"postgres://u:" + secret + "@h:x/d", ""},
		{"postgres://u:" + secret + "@/d", "host"},
		{"user=u password=" + secret, "host"},
		{"host=h port=" + secret, "port"},
		{"host=h port=65536", "port"},
		{"host=a,b port=1,2,3", "port"},
		{"host=a,b hostaddr=10.0.0.1", "hostaddr"},
		{"host=h hostaddr=h", "hostaddr"},
		{"host=h statement_timeout=5 password=" + secret, "statement_timeout"},
		{"host=h service=x", "service"},
		{"host=h passfile=/x", "passfile"},
		{"host=h sslrootcert=/x", "sslrootcert"},
		{"host=h sslcert=/x", "sslcert"},
		{"host=h sslkey=/x", "sslkey"},
		{"host=h sslmode=allow", "sslmode"},
		{"host=h sslmode=" + secret, "sslmode"},
		{"host=h sslnegotiation=direct", "sslnegotiation"},
		{"host=h connect_timeout=soon", "connect_timeout"},
		{"host=h connect_timeout=-1", "connect_timeout"},
		{"host=h keepalives=2", "keepalives"},
		{"host=h target_session_attrs=best", "target_session_attrs"},
		{"host=h channel_binding=maybe", "channel_binding"},
		{"host=h load_balance_hosts=1", "load_balance_hosts"},
		{"postgres://h/d?user=a%00b", "user"},
		{"postgres://h/d?" + secret + "%27=1", "?"},
		{"postgres://h/d?prepare=off", "prepare"},
	} {
		_, err := New().Target(tt.text, db.Options{})
		d, ok := err.(*diag.Diagnostic)
		if !ok || d.Def != diag.BadConnectionText {
			t.Errorf("%q: %v, want ET5042", tt.text, err)
			continue
		}
		for _, words := range []string{d.Message().En, d.Message().Ta} {
			if strings.Contains(words, secret) {
				t.Errorf("%q: the message repeats the text: %s", tt.text, words)
			}
			if !strings.Contains(words, tt.key) {
				t.Errorf("%q: the message %q does not name %q", tt.text, words, tt.key)
			}
		}
	}
}

func TestBadConnectionTextsSayWhatIsMeant(t *testing.T) {
	for _, tt := range []struct{ text, says string }{
		{"host=h sslmod=require", "did you mean 'sslmode'?"},
		{"host=h sslmode=required", "it can be disable, prefer, require, verify-ca, verify-full"},
		{"postgres://h?target_session_attrs=rw", "it can be any, read-write, read-only, primary, standby, prefer-standby"},
		{"host=h password='a dbname=x", ""},
	} {
		_, err := New().Target(tt.text, db.Options{})
		d, ok := err.(*diag.Diagnostic)
		switch {
		case !ok:
			t.Errorf("%q: %v", tt.text, err)
		case tt.says == "" && d.Args[0].En != "a quote ' is not closed":
			t.Errorf("%q: %v", tt.text, err)
		case tt.says != "" && (d.Help == nil || d.Help.En != tt.says):
			t.Errorf("%q: help %v, want %q", tt.text, d.Help, tt.says)
		}
	}
}

func TestTargetsOfOneDatabaseShareAPool(t *testing.T) {
	key := func(text string, o db.Options) string {
		target, err := New().Target(text, o)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return target.Key
	}
	password := "p"
	url := key("postgres://u:p@h/d", db.Options{})
	for _, same := range []string{"postgresql://u:p@h:5432/d", "host=h user=u password=p dbname=d", "dbname=d password='p' user=u host=h port=5432"} {
		if key(same, db.Options{}) != url {
			t.Errorf("%s has a pool of its own", same)
		}
	}
	if key("postgres://u@h/d", db.Options{Password: &password}) != url {
		t.Error("a password of the source makes another pool than that of the text")
	}
	for _, other := range []string{"postgres://u:q@h/d", "postgres://u:p@h/e", "postgres://u:p@h:1/d", "postgres://u:p@h/d?sslmode=disable", "postgres://u:p@h/d?application_name=x"} {
		if key(other, db.Options{}) == url {
			t.Errorf("%s shares the pool of another text", other)
		}
	}
}

func TestTargetNamesAddressesAndSecrets(t *testing.T) {
	target, err := New().Target("postgres://u:p%2Fq@a:1,b/d?hostaddr=10.0.0.1,", db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []db.Address{{Host: "10.0.0.1", Port: "1", Database: "d"}, {Host: "b", Port: "5432", Database: "d"}}
	if !slices.Equal(target.Addresses, want) {
		t.Errorf("addresses %v, want %v", target.Addresses, want)
	}
	for _, form := range []string{"p/q", "p%2Fq"} {
		if !slices.Contains(target.Secrets, form) {
			t.Errorf("%q is not among the secrets", form)
		}
	}
}

func TestSourceKeys(t *testing.T) {
	for _, tt := range []struct {
		keys map[string]any
		ok   bool
	}{
		{map[string]any{"prepare": "off"}, true},
		{map[string]any{"prepare": "describe"}, true},
		{map[string]any{"prepare": "never"}, false},
		{map[string]any{"prepare": int64(1)}, false},
		{map[string]any{"tls_ca": "x"}, false},
	} {
		if _, err := New().Target("postgres://u@h/d", db.Options{Source: true, Keys: tt.keys}); (err == nil) != tt.ok {
			t.Errorf("%v: %v", tt.keys, err)
		}
	}
}

func FuzzConnectionText(f *testing.F) {
	for _, seed := range []string{
		"postgres://u:p@h:1,[::1]:2/d?sslmode=require", `host=h user='it\'s' password=\\`, "host = 'a,b' port=1,2", "hostaddr=::1", "postgres://%2Ftmp/d",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		target, err := New().Target(strings.TrimSpace(text), db.Options{})
		if err != nil {
			if d, ok := err.(*diag.Diagnostic); !ok || d.Def != diag.BadConnectionText {
				t.Fatalf("%q: %v, want ET5042", text, err)
			}
			return
		}
		if len(target.Addresses) == 0 || target.Open == nil {
			t.Fatalf("%q: a target without an address", text)
		}
		for _, a := range target.Addresses {
			if a.Host == "" || a.Port == "" || a.Database == "" {
				t.Fatalf("%q: address %v", text, a)
			}
		}
		pool, err := target.Open(db.PoolConfig{Count: func(int) {}, Cancelled: func() {}, Zone: time.UTC})
		if err != nil {
			t.Fatalf("%q: Open: %v", text, err)
		}
		pool.Close()
	})
}

// The process that this test starts is itself, in an environment that would
// lead libpq elsewhere.
func TestEnvironmentAndFilesAreNotRead(t *testing.T) {
	if url := os.Getenv("POSTGRES_TEST_CHILD"); url != "" {
		c := newBench(t, url, db.Options{}, nil).lease()
		got := printed(t, c, "SELECT current_user AS u, current_database() AS d, current_setting('application_name') AS a, "+
			"current_setting('geqo') AS g, current_setting('TimeZone') AS z")
		if want := "[{a: etamil, d: etamil, g: on, u: etamil, z: " + os.Getenv("POSTGRES_TEST_ZONE") + "}]"; got != want {
			t.Errorf("the session is %s, want %s", got, want)
		}
		c, err := dbtest.Acquire(context.Background(), newBench(t, strings.Replace(url, "etamil@", "locked@", 1), db.Options{}, nil))
		if err == nil {
			c.Release(false)
			t.Error("a password was found somewhere")
		}
		return
	}
	s := servers.NewPostgres(t)
	hba := filepath.Join(s.Dir, "pg", "pg_hba.conf")
	if err := os.WriteFile(hba, []byte("host all locked 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\nlocal all all trust\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	admin(t, s.URL, "CREATE ROLE locked LOGIN PASSWORD 'sollu'")
	admin(t, s.URL, "SELECT pg_reload_conf()")
	zone := admin(t, s.URL, "SHOW TimeZone")[0][0]
	home := t.TempDir()
	for name, text := range map[string]string{
		".pgpass":          "*:*:*:*:sollu\n",
		".pg_service.conf": "[mine]\nhost=127.0.0.1\nport=1\npassword=sollu\n",
	} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	child := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
	child.Env = append(os.Environ(), "POSTGRES_TEST_CHILD="+s.URL, "POSTGRES_TEST_ZONE="+zone, "HOME="+home, "PGHOST=127.0.0.2", "PGPORT=1",
		"PGUSER=nobody", "PGDATABASE=none", "PGPASSWORD=sollu", "PGSERVICE=missing", "PGSERVICEFILE="+filepath.Join(home, ".pg_service.conf"),
		"PGPASSFILE="+filepath.Join(home, ".pgpass"), "PGOPTIONS=-c geqo=off", "PGSSLMODE=verify-full", "PGSSLROOTCERT=/missing", "PGSSLCERT=/missing",
		"PGSSLKEY=/missing", "PGSSLCERTMODE=require", "PGTZ=Asia/Kolkata", "PGAPPNAME=evil", "PGCONNECT_TIMEOUT=x", "PGTARGETSESSIONATTRS=standby",
		"PGCHANNELBINDING=require", "PGREQUIREAUTH=none", "PGMINPROTOCOLVERSION=3.2", "PGSSLNEGOTIATION=direct")
	if out, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
