package mysql

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"etamil/engine/db"
	"etamil/engine/diag"
)

func TestTargetUnderstandsTexts(t *testing.T) {
	for _, tt := range []struct {
		text, masked, label, network, addr string
		user, password, database           string
		address                            db.Address
	}{
		{
			"mysql://etamil:sollu@127.0.0.1:33391/etamil", "mysql://etamil@127.0.0.1:33391/etamil", "mysql@127.0.0.1/etamil",
			"tcp", "127.0.0.1:33391", "etamil", "sollu", "etamil", db.Address{Host: "127.0.0.1", Port: "33391", Database: "etamil"},
		}, {
			"mysql://h", "mysql://h:3306", "mysql@h", "tcp", "h:3306", "", "", "", db.Address{Host: "h", Port: "3306"},
		}, {
			"mariadb://u@[::1]/", "mysql://u@[::1]:3306", "mysql@::1", "tcp", "[::1]:3306", "u", "", "", db.Address{Host: "::1", Port: "3306"},
		}, {
			"MySQL://u%40x:p%2F%3A%40@h:1/d%20b", "mysql://u@x@h:1/d b", "mysql@h/d b", "tcp", "h:1", "u@x", "p/:@", "d b",
			db.Address{Host: "h", Port: "1", Database: "d b"},
		}, {
			"mysql://u:p@localhost/d?socket=/run/my/s.sock", "mysql://u@/run/my/s.sock/d", "mysql@/run/my/s.sock/d", "unix", "/run/my/s.sock",
			"u", "p", "d", db.Address{Host: "/run/my", Database: "d"},
		}, {
			"mysql://a:b@h/c?user=u&password=p&host=g&port=7&db_name=d", "mysql://u@g:7/d", "mysql@g/d", "tcp", "g:7", "u", "p", "d",
			db.Address{Host: "g", Port: "7", Database: "d"},
		}, {
			"mysql://h?prefer_socket=false&secure_auth=true&stmt_cache_size=10&tcp_keepalive_time_ms=1&pool_min=1&pool_max=2&reset_connection=true" +
				"&check_health=false&tcp_user_timeout_ms=5&tcp_keepalive_probe_interval_secs=1&tcp_keepalive_probe_count=2&compress=fast" +
				"&max_allowed_packet=100000&tcp_connect_timeout_ms=20&tls=off&enable_cleartext_plugin=false",
			"mysql://h:3306", "mysql@h", "tcp", "h:3306", "", "", "", db.Address{Host: "h", Port: "3306"},
		},
	} {
		target, err := New().Target(tt.text, db.Options{})
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if target.Masked != tt.masked || target.Label != tt.label || len(target.Addresses) != 1 || target.Addresses[0] != tt.address {
			t.Errorf("%s: %q %q %+v", tt.text, target.Masked, target.Label, target.Addresses)
		}
		if tt.password != "" && !slices.Contains(target.Secrets, tt.password) {
			t.Errorf("%s: secrets %q lack the password", tt.text, target.Secrets)
		}
		if target.Private || target.Anchored || target.OpenRedis != nil || target.OpenMongo != nil {
			t.Errorf("%s: %+v", tt.text, target)
		}
	}
}

func TestTargetRefusesTextsWithoutRepeatingThem(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "KIND://"},
		{"h:3306/d", "KIND://"},
		{"postgres://u:secret@h/d", "mysql://"},
		{"mysql://u:secret@/d", "host"},
		{"mysql://u:secret@h:zz/d", "port"},
		{"mysql://u:secret@h:0/d", "port"},
		{"mysql://u:%zz@h/d", "%"},
		{"mysql://u:secret@h/d?charset=zzvalue", "'charset'"},
		{"mysql://u:secret@h/d?require_ssl=true", "'require_ssl'"},
		{"mysql://u:secret@h/d?ssl-mode=zzvalue", "'ssl-mode'"},
		{"mysql://u:secret@h/d?tls=zzvalue", "'tls'"},
		{"mysql://u:secret@h/d?port=zz", "'port'"},
		{"mysql://u:secret@h/d?socket=zz", "'socket'"},
		{"mysql://u:secret@h/d?prefer_socket=zz", "'prefer_socket'"},
		{"mysql://u:secret@h/d?tcp_connect_timeout_ms=-5", "'tcp_connect_timeout_ms'"},
		{"mysql://u:secret@h/d?max_allowed_packet=1", "'max_allowed_packet'"},
		{"mysql://u:secret@h/d?compress=zz", "'compress'"},
		{"mysql://u:secret@h/d?enable_cleartext_plugin=true", "needs tls"},
		{"mysql://u:secret@h/d?enable_cleartext_plugin=true&tls=preferred", "needs tls"},
		{"mysql://u:secret@h/d?tls=on&tls_ca=/zz", "'tls_ca' is for data sources"},
		{"mysql://u:secret@h/d?tls_key=/zz", "'tls_key' is for data sources"},
		{"mysql://u:sec\x01ret@h/d", "control"},
	} {
		_, err := New().Target(tt.text, db.Options{})
		var d *diag.Diagnostic
		if !errors.As(err, &d) || d.Def != diag.BadConnectionText {
			t.Errorf("%q: %v, want ET5042", tt.text, err)
			continue
		}
		m := d.Message()
		if !strings.Contains(m.En, tt.want) || m.Ta == m.En {
			t.Errorf("%q: %q, want %q in it", tt.text, m.En, tt.want)
		}
		if strings.Contains(m.En+m.Ta, "secret") || strings.Contains(m.En+m.Ta, "zz") {
			t.Errorf("%q: the message repeats it: %s", tt.text, m.En)
		}
	}
}

func TestTargetTakesTheKeysOfASource(t *testing.T) {
	secret := "other"
	source := db.Options{Source: true, Password: &secret}
	a, err := New().Target("mysql://u:p@h/d", source)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(a.Secrets, "other") || slices.Contains(a.Secrets, "p") {
		t.Errorf("secrets %q", a.Secrets)
	}
	b, err := New().Target("mysql://u:other@h:3306/d", db.Options{})
	if err != nil || a.Key != b.Key {
		t.Errorf("the same server has another key (%v)", err)
	}
	for _, tt := range []struct {
		text string
		keys map[string]any
	}{
		{"mysql://h", map[string]any{"tls_ca": "/no/such"}},
		{"mysql://h?tls=preferred", map[string]any{"tls_ca": "/no/such"}},
		{"mysql://h?tls=on", map[string]any{"tls_ca": "/no/such"}},
		{"mysql://h?tls=on", map[string]any{"tls_ca": true}},
		{"mysql://h?tls=on", map[string]any{"tls_ca": ""}},
		{"mysql://h?tls=on", map[string]any{"tls_cert": "/no/such"}},
		{"mysql://h?tls=on&tls_key=/no/such", nil},
	} {
		if _, err := New().Target(tt.text, db.Options{Source: true, Keys: tt.keys}); err == nil {
			t.Errorf("%s with %v is taken", tt.text, tt.keys)
		}
	}
}

func TestTheShorterTimeForConnectingWins(t *testing.T) {
	for _, tt := range []struct {
		text     string
		registry time.Duration
		want     time.Duration
	}{
		{"mysql://h", 5 * time.Second, 5 * time.Second},
		{"mysql://h?tcp_connect_timeout_ms=2000", 5 * time.Second, 2 * time.Second},
		{"mysql://h?tcp_connect_timeout_ms=9000", 5 * time.Second, 5 * time.Second},
		{"mysql://h?tcp_connect_timeout_ms=9000", 0, 9 * time.Second},
	} {
		target, err := New().Target(tt.text, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := target.Open(db.PoolConfig{ConnectTimeout: tt.registry, Count: func(int) {}})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.(*pool).timeout; got != tt.want {
			t.Errorf("%s: %v, want %v", tt.text, got, tt.want)
		}
	}
}

func FuzzTarget(f *testing.F) {
	for _, text := range []string{
		"mysql://etamil:sollu@127.0.0.1:33391/etamil", "mariadb://[::1]/?socket=/s", "mysql://h?tls=on&compress=9", "mysql://%", "mysql://u:p@h,g/d",
	} {
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, source bool) {
		if strings.Contains(text, "tls_") {
			return // files
		}
		target, err := New().Target(text, db.Options{Source: source})
		if err != nil {
			var d *diag.Diagnostic
			if !errors.As(err, &d) || d.Def != diag.BadConnectionText {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if target.Open == nil || target.Key == "" || len(target.Addresses) != 1 || target.Addresses[0].Host == "" {
			t.Fatalf("%q: %+v", text, target)
		}
		if _, err := target.Open(db.PoolConfig{Count: func(int) {}}); err != nil {
			t.Fatalf("%q: Open: %v", text, err)
		}
	})
}
