package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"etamil/engine/db"
	"etamil/engine/db/dbtest"
	"etamil/engine/diag"
	"etamil/engine/host"
)

func TestConnectionTextsMeanWhatTheyShould(t *testing.T) {
	for _, tt := range []struct {
		text              string
		masked, path      string
		private, anchored bool
		mode              string
	}{
		{":memory:", ":memory:", ":memory:", true, false, "rwc"},
		{"file::memory:", "file::memory:", ":memory:", true, false, "rwc"},
		{"file:x?mode=memory", "file:x", "x", true, false, "memory"},
		{"file:?mode=memory", "file:", "", true, false, "memory"},
		{"file:x?mode=memory&cache=shared", "file:x", "x", false, true, "memory"},
		{"file::memory:?cache=shared", "file::memory:", ":memory:", false, true, "rwc"},
		{"a.db", "a.db", "a.db", false, false, "rwc"},
		{"a.db?mode=ro", "a.db?mode=ro", "a.db?mode=ro", false, false, "rwc"},
		{"FILE:a.db", "FILE:a.db", "FILE:a.db", false, false, "rwc"},
		{"file:a.db", "file:a.db", "a.db", false, false, "rwc"},
		{"file:a.db?mode=ro", "file:a.db", "a.db", false, false, "ro"},
		{"file:a%20b%3f.db?mode=rw#x", "file:a%20b%3f.db", "a b?.db", false, false, "rw"},
		{"file:100%.db?", "file:100%.db", "100%.db", false, false, "rwc"},
		{"file:///srv/a.db", "file:///srv/a.db", "/srv/a.db", false, false, "rwc"},
		{"file://localhost/srv/a.db", "file://localhost/srv/a.db", "/srv/a.db", false, false, "rwc"},
		{"file:a.db?password=x&nolock=1&=&", "file:a.db", "a.db", false, false, "rwc"},
		{"தரவு.db", "தரவு.db", "தரவு.db", false, false, "rwc"},
	} {
		target, err := New().Target(tt.text, db.Options{})
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		s, _ := parse(tt.text)
		got := fmt.Sprint(target.Masked, s.path, target.Private, target.Anchored, s.mode)
		if want := fmt.Sprint(tt.masked, tt.path, tt.private, tt.anchored, tt.mode); got != want {
			t.Errorf("%s is %s, want %s", tt.text, got, want)
		}
		if target.Label != "sqlite@"+tt.masked || len(target.Addresses) != 1 || target.Open == nil {
			t.Errorf("%s: label %s, addresses %v", tt.text, target.Label, target.Addresses)
		}
	}
}

func TestConnectionTextsWithoutMeaningAreRefused(t *testing.T) {
	yes, word := true, "geheim"
	for _, tt := range []struct {
		text    string
		options db.Options
		says    string
	}{
		{"", db.Options{}, "missing"},
		{"file:", db.Options{}, "missing"},
		{"file:?mode=rwc", db.Options{}, "missing"},
		{"file:?mode=memory&cache=shared", db.Options{}, "missing"},
		{"a\x00b", db.Options{}, "NUL"},
		{"file:a%00b", db.Options{}, "NUL"},
		{"file:a.db?mode=write", db.Options{}, "'mode'"},
		{"file:a.db?cache=big", db.Options{}, "'cache'"},
		{"file:a.db?immutable=maybe", db.Options{}, "'immutable'"},
		{"file:a.db?vfs=unix-none", db.Options{}, "'vfs'"},
		{"file:a.db?_pragma=geheim", db.Options{}, "'_pragma'"},
		{"file://elsewhere/a.db", db.Options{}, "host"},
		{"file://a.db", db.Options{}, "host"},
		{"a.db", db.Options{Password: &word}, "password"},
		{"a.db", db.Options{Keys: map[string]any{"read_only": "yes"}}, "'read_only'"},
		{"a.db", db.Options{Keys: map[string]any{"other": true}}, "'other'"},
		{":memory:", db.Options{Keys: map[string]any{"read_only": yes}}, "memory"},
	} {
		_, err := New().Target(tt.text, tt.options)
		wantCode(t, err, diag.BadConnectionText)
		if err != nil && (!strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "geheim")) {
			t.Errorf("%q: %v, want it to say %s", tt.text, err, tt.says)
		}
	}
}

func TestOptionsMakePoolsOfTheirOwn(t *testing.T) {
	keys := map[string]bool{}
	for _, o := range []db.Options{
		{}, {Keys: map[string]any{"foreign_keys": false}}, {Keys: map[string]any{"read_only": true}},
		{Keys: map[string]any{"read_only": true, "foreign_keys": false}},
	} {
		target, err := New().Target("a.db", o)
		if err != nil {
			t.Fatal(err)
		}
		keys[target.Key] = true
	}
	same, err := New().Target("a.db", db.Options{Keys: map[string]any{"foreign_keys": true, "read_only": false}})
	if err != nil || !keys[same.Key] || len(keys) != 4 {
		t.Errorf("%d keys, the defaults have one of their own; %v", len(keys), err)
	}
}

func TestAFileThatCannotBeOpenedFailsAtConnecting(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ text, says string }{
		{filepath.Join(folder, "none", "a.db"), "no such folder"},
		{folder, "it is a directory"},
		{filepath.Join(folder, "file", "a.db"), "part of the path is not a directory"},
		{"file:" + filepath.Join(folder, "none.db") + "?mode=ro", "no such file"},
		{"file:" + filepath.Join(folder, "none.db") + "?mode=rw", "no such file"},
	} {
		_, err := dbtest.Acquire(context.Background(), openPool(t, New(), tt.text, db.Options{}, nil))
		var failed *db.ConnectError
		if !errors.As(err, &failed) || failed.Reason.En != tt.says || !strings.HasPrefix(failed.Tag, "[sqlite 14") && failed.Tag != "[sqlite 14]" {
			t.Errorf("%s: %v, want %s", tt.text, err, tt.says)
		}
	}
}

// A name with every byte that means something in a URI reaches the file of
// that name.
func TestOddNamesReachTheirFiles(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"a?b#c%20d&e=f.db", "file:x", ":memory:x", "தமிழ் கணக்கு.db", "a\nb\xff.db", "%41"} {
		path := filepath.Join(folder, name)
		must(t, lease(t, openPool(t, New(), path, db.Options{}, nil)), "CREATE TABLE t (a)")
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestAConfinedPathIsTheOneOpened(t *testing.T) {
	folder := t.TempDir()
	outside := filepath.Join(t.TempDir(), "outside.db")
	confine := func(c *db.PoolConfig) {
		c.Path = func(path string) (string, error) {
			if strings.Contains(path, "..") {
				return "", fmt.Errorf("outside: %w", host.ErrNotPermitted)
			}
			return filepath.Join(folder, path), nil
		}
	}
	c := lease(t, openPool(t, New(), "a.db", db.Options{}, confine))
	must(t, c, "CREATE TABLE t (a)", "INSERT INTO t VALUES (1)", "VACUUM")
	if _, err := os.Stat(filepath.Join(folder, "a.db")); err != nil {
		t.Error(err)
	}
	_, err := dbtest.Acquire(context.Background(), openPool(t, New(), "../a.db", db.Options{}, confine))
	wantCode(t, err, diag.NotPermitted)

	// A link that appears after the path was found is not followed.
	if err := os.Symlink(outside, filepath.Join(folder, "link.db")); err != nil {
		t.Fatal(err)
	}
	_, err = dbtest.Acquire(context.Background(), openPool(t, New(), "link.db", db.Options{}, confine))
	var failed *db.ConnectError
	if !errors.As(err, &failed) {
		t.Errorf("a link was followed: %v", err)
	}
	if _, err := os.Stat(outside); err == nil {
		t.Error("the file that the link names was made")
	}

	for _, sql := range []string{
		"ATTACH '" + outside + "' AS o", "ATTACH 'b.db' AS o", "ATTACH 'file:b.db' AS o", "VACUUM INTO '" + outside + "'",
		"ATTACH 'file::memory:' AS o", "ATTACH '" + outside + "' || '' AS o", "VACUUM INTO '" + outside + "' || ''",
	} {
		_, err := execute(c, sql)
		wantCode(t, err, diag.NotPermitted)
		if _, err := os.Stat(outside); err == nil {
			t.Fatalf("%s made a file", sql)
		}
	}
	_, err = execute(c, "ATTACH ? AS o", text(outside))
	wantCode(t, err, diag.NotPermitted)
	must(t, c, "ATTACH ':memory:' AS m", "CREATE TABLE m.t (a)", "DETACH m", "ATTACH '' AS temporary", "DETACH temporary", "VACUUM")
	wantOne(t, c, "SELECT count(*) FROM t", "a number 1")
}

func TestFilesMayBeAttachedWhereNothingIsConfined(t *testing.T) {
	c := memory(t)
	must(t, c, "ATTACH '"+file(t)+"' AS o", "CREATE TABLE o.t (a)", "INSERT INTO o.t VALUES (7)")
	wantOne(t, c, "SELECT a FROM o.t", "a number 7")
}

func FuzzConnectionText(f *testing.F) {
	for _, s := range []string{":memory:", "file:a.db?mode=ro&cache=shared", "file:%41%", "file://localhost/a", "file:?_x=1", "a b", "file:#", "file:x?mode=memory&cache=shared"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		target, err := New().Target(s, db.Options{})
		if err != nil {
			wantCode(t, err, diag.BadConnectionText)
			return
		}
		source, err := parse(s)
		if err != nil {
			t.Fatalf("Target took what parse refuses: %v", err)
		}
		if target.Private && target.Anchored || source.memory != (target.Private || target.Anchored) {
			t.Errorf("private %v, anchored %v", target.Private, target.Anchored)
		}
		if decode(encode(source.path)) != source.path {
			t.Errorf("%q does not survive its encoding %q", source.path, encode(source.path))
		}
		if !strings.HasPrefix(s, "file:") && source.path != s {
			t.Errorf("%q became %q", s, source.path)
		}
	})
}
