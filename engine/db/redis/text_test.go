package redis

import (
	"errors"
	"strings"
	"testing"

	"etamil/engine/db"
	"etamil/engine/diag"
)

func TestTargetUnderstandsTexts(t *testing.T) {
	for _, tt := range []struct {
		text, masked, label   string
		network, addr         string
		user, password        string
		database              int
		secured               bool
		host, port, permitted string
	}{
		{"127.0.0.1:6379", "redis://127.0.0.1:6379", "redis@127.0.0.1", "tcp", "127.0.0.1:6379", "", "", 0, false, "127.0.0.1", "6379", "0"},
		{"[::1]:6379", "redis://[::1]:6379", "redis@::1", "tcp", "[::1]:6379", "", "", 0, false, "::1", "6379", "0"},
		{"cache.internal:7000", "redis://cache.internal:7000", "redis@cache.internal", "tcp", "cache.internal:7000", "", "", 0, false, "cache.internal", "7000", "0"},
		{"redis://h", "redis://h:6379", "redis@h", "tcp", "h:6379", "", "", 0, false, "h", "6379", "0"},
		{"redis://h/", "redis://h:6379", "redis@h", "tcp", "h:6379", "", "", 0, false, "h", "6379", "0"},
		{"redis://u:p%40q@h:1/3", "redis://u@h:1/3", "redis@h/3", "tcp", "h:1", "u", "p@q", 3, false, "h", "1", "3"},
		{"redis://:only@h", "redis://h:6379", "redis@h", "tcp", "h:6379", "", "only", 0, false, "h", "6379", "0"},
		{"REDISS://u:p@h", "redis://u@h:6379", "redis@h", "tcp", "h:6379", "u", "p", 0, true, "h", "6379", "0"},
		{"unix:///run/redis/r.sock", "unix:///run/redis/r.sock", "redis@/run/redis/r.sock", "unix", "/run/redis/r.sock", "", "", 0, false, "/run/redis", "", "0"},
		{"unix:///r.sock?db=5", "unix:///r.sock", "redis@/r.sock/5", "unix", "/r.sock", "", "", 5, false, "/", "", "5"},
	} {
		target, err := New().Target(tt.text, db.Options{})
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if target.Masked != tt.masked || target.Label != tt.label {
			t.Errorf("%s: masked %q, label %q, want %q, %q", tt.text, target.Masked, target.Label, tt.masked, tt.label)
		}
		if want := []db.Address{{Host: tt.host, Port: tt.port, Database: tt.permitted}}; len(target.Addresses) != 1 || target.Addresses[0] != want[0] {
			t.Errorf("%s: addresses %v, want %v", tt.text, target.Addresses, want)
		}
		p, err := target.OpenRedis(db.PoolConfig{})
		if err != nil {
			t.Fatal(err)
		}
		s := p.(*pool).server
		if s.network != tt.network || s.addr != tt.addr || s.user != tt.user || s.password != tt.password || s.database != tt.database || (s.tls != nil) != tt.secured {
			t.Errorf("%s: server %+v", tt.text, s)
		}
		if tt.password != "" && !contains(target.Secrets, tt.password) {
			t.Errorf("%s: secrets %q lack the password", tt.text, target.Secrets)
		}
	}
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

func TestTargetRefusesTextsWithoutRepeatingThem(t *testing.T) {
	for _, text := range []string{
		"", "127.0.0.1", "127.0.0.1:port", "127.0.0.1:0", "127.0.0.1:65536", ":6379", "::1:6379", "[::1]", "[::1]x:1",
		"redis://", "redis://u@zzhost", "redis://h:1/zzdb", "redis://h/-1", "redis://h/+1", "redis://h/4294967295", "redis://h/1/2",
		"redis://h?db=1", "http://zzhost", "unix://zzhost/path", "unix:///p?db=zz", "unix:///p?timeout=1", "unix:///p?db=",
		"redis://u:%zz@h", "redis://u:secret@h:zz", "zz y:1", "u:secret@h:1", "redis://h\x00:1",
	} {
		_, err := New().Target(text, db.Options{})
		var d *diag.Diagnostic
		if !errors.As(err, &d) || d.Def != diag.BadConnectionText {
			t.Errorf("%q: %v, want ET5042", text, err)
			continue
		}
		for _, part := range []string{"secret", "zz"} {
			if strings.Contains(d.Message().En+d.Message().Ta, part) {
				t.Errorf("%q: the message repeats it: %s", text, d.Message().En)
			}
		}
	}
}

func TestTargetTakesTheKeysOfASource(t *testing.T) {
	password := "other"
	a, err := New().Target("redis://u:p@h", db.Options{Source: true, Password: &password})
	if err != nil {
		t.Fatal(err)
	}
	b, err := New().Target("redis://u:p@h", db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if a.Key == b.Key {
		t.Error("another password has the same key")
	}
	if !contains(a.Secrets, "other") || contains(a.Secrets, "p") {
		t.Errorf("secrets %q, want those of the password given", a.Secrets)
	}
	for _, keys := range []map[string]any{{"tls_ca": "/no/such/file"}, {"tls_ca": int64(5)}, {"tls_cert": "/c"}} {
		for _, text := range []string{"redis://h", "rediss://h"} {
			if _, err := New().Target(text, db.Options{Source: true, Keys: keys}); err == nil {
				t.Errorf("%s with %v is taken", text, keys)
			}
		}
	}
}

func FuzzTarget(f *testing.F) {
	for _, text := range []string{"127.0.0.1:6379", "[::1]:1", "redis://u:p@h:1/2", "rediss://h", "unix:///p?db=3", "redis://%", "unix://"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		target, err := New().Target(text, db.Options{})
		if err != nil {
			var d *diag.Diagnostic
			if !errors.As(err, &d) || d.Def != diag.BadConnectionText {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if target.OpenRedis == nil || target.Open != nil || target.Key == "" || len(target.Addresses) != 1 || target.Addresses[0].Host == "" {
			t.Fatalf("%q: %+v", text, target)
		}
	})
}
