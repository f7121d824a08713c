package db

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"etamil/engine/diag"
)

// source makes a data source of pairs of keys and values.
func dataSource(name string, pairs ...any) Source {
	s := Source{Name: name, Keys: map[string]any{}}
	for i := 0; i < len(pairs); i += 2 {
		s.Keys[pairs[i].(string)] = pairs[i+1]
	}
	return s
}

func (s *stand) allow(c AccessConfig) *Access {
	s.t.Helper()
	a, err := s.Access(c)
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func TestDataSourcesGoBeforeTexts(t *testing.T) {
	s := newStand(t, Settings{})
	a := s.allow(AccessConfig{
		Sources: []Source{
			dataSource("முதன்மை", "kind", "postgresql", "url", " postgres://shop:pw@db/shop "),
			dataSource("cafe\u0301", "kind", "sqlite", "url", "a"),
			dataSource("box", "kind", "redis", "url", "redis://h:1"),
			dataSource("docs", "kind", "mongodb", "url", "mongodb://h:1"),
		},
		Allow: []string{"sqlite"},
	})
	ctx := t.Context()
	connect := func(kind, text string) error {
		x := a.Session()
		defer x.Close(false)
		return x.Connect(ctx, kind, text)
	}
	for _, tt := range []struct{ kind, text, want string }{
		{"PostgreSQL", "முதன்மை", ""},
		{"PostgreSQL", " முதன்மை\t", ""},
		{"SQLite", "முதன்மை", "ET5043: data source 'முதன்மை' is PostgreSQL, not SQLite"},
		{"MySQL", "முதன்மை", "ET5043: data source 'முதன்மை' is PostgreSQL, not MySQL"},
		{"SQLite", "caf\u00e9", ""},
		{"SQL", "cafe\u0301", ""},
		{"SQLite", "any.db", ""},
		{"MySQL", "கிடங்கு", "ET5044: there is no data source 'கிடங்கு'"},
		{"MySQL", "-x", "ET5013"},
		{"PostgreSQL", "postgres://u:pw@h/x", "ET5013: 'postgresql://u@h:1/x' is not permitted here"},
		{"PostgreSQL", "bad text", "ET5042"},
	} {
		wantError(t, connect(tt.kind, tt.text), tt.want)
	}
	for _, tt := range []struct{ kind, text, help string }{
		{"PostgreSQL", "முதன்ம", "did you mean 'முதன்மை'?"},
		{"MySQL", "முதன்ம", "an address is written mysql://USER@HOST/DATABASE"}, // that one is PostgreSQL
		{"PostgreSQL", "localhost", "an address is written postgres://USER@HOST/DATABASE"},
		{"PostgreSQL", "postgres://u:pw@h/x", `the configuration needs "postgresql@h/x" in allow of [databases], or a data source for it`},
	} {
		var d *diag.Diagnostic
		if err := connect(tt.kind, tt.text); !errors.As(err, &d) || d.Help == nil || d.Help.En != tt.help || d.Help.Ta == d.Help.En {
			t.Errorf("%s %s: %v with help %v, want %q", tt.kind, tt.text, err, d.Help, tt.help)
		}
	}
	long := "postgres://u:pw@" + strings.Repeat("h", 40) + "/kadai"
	wantError(t, connect("PostgreSQL", long), "ET5013: 'postgresql://u@"+strings.Repeat("h", 40)+":1/kadai' is not permitted here")
	if open, _, dials := s.of[PostgreSQL].server("h/x").counts(); open+dials != 0 {
		t.Error("contacted what is not permitted")
	}
	x := a.Session()
	if shown, err := x.RedisConnect(ctx, " box "); err != nil || shown != "box" {
		t.Errorf("%q, %v", shown, err)
	}
	_, err := x.RedisConnect(ctx, "docs")
	wantError(t, err, "ET5043: data source 'docs' is MongoDB, not Redis")
	if _, err := x.MongoConnect(ctx, "docs", "shop"); err != nil {
		t.Error(err)
	}
	_, err = x.RedisConnect(ctx, "redis://h:1")
	wantError(t, err, "ET5013")
	x.Close(false)
	if kind, text, o, ok := a.Source("cafe\u0301"); kind != SQLite || text != "a" || !o.Source || !ok {
		t.Errorf("Source: %v %q %v %v", kind, text, o, ok)
	}
	if _, _, _, ok := a.Source("none"); ok {
		t.Error("there is no source none")
	}
	for _, p := range s.Stats() {
		if p.Label == "முதன்மை" && p.Name == "முதன்மை" {
			return
		}
	}
	t.Errorf("no pool has the source's name: %+v", s.Stats())
}

func TestNamesOfDataSources(t *testing.T) {
	for name, want := range map[string]bool{
		"a": true, "முதன்மை": true, "_x.y-z9": true, "९": true, strings.Repeat("கு", 64): true,
		"": false, ".a": false, "-a": false, "a b": false, "a:b": false, "a/b": false, "a@b": false, strings.Repeat("a", 65): false,
		"\u0bcd": false, "a\x00": false, "host=x": false,
	} {
		if isName(name) != want {
			t.Errorf("isName(%q) = %v", name, !want)
		}
	}
}

func TestWrongConfigurationsSayWhat(t *testing.T) {
	all, _ := drivers()
	r := New(Settings{Drivers: all[1:]}) // no SQLite
	ok := map[string]any{"kind": "postgresql", "url": "postgres://h/x"}
	with := func(pairs ...any) map[string]any {
		keys := maps.Clone(ok)
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i+1] == nil {
				delete(keys, pairs[i].(string))
				continue
			}
			keys[pairs[i].(string)] = pairs[i+1]
		}
		return keys
	}
	for _, tt := range []struct {
		why  string
		keys map[string]any
		key  string
		want string
	}{
		{"kind missing", with("kind", nil), "kind", "kind is needed: sqlite, postgresql, mysql, redis, mongodb"},
		{"kind wrong", with("kind", "oracle"), "kind", "there is no kind 'oracle'; it must be one of sqlite"},
		{"kind no text", with("kind", int64(1)), "kind", "kind must be a text in quotes"},
		{"kind without a driver", with("kind", "sqlite"), "kind", "there is no driver for sqlite here"},
		{"no text", with("url", nil), "url", "url or url_file is needed"},
		{"two texts", with("url_file", "f"), "url_file", "only one of url and url_file can be given"},
		{"text not understood", with("url", "bad"), "url", "url: bad"},
		{"text of the file not understood", with("url", nil, "url_file", "bad"), "url_file", "url_file: bad"},
		{"two passwords", with("password_file", "f", "password_credential", "c"), "password_credential", "only one of password_file and password_credential can be given"},
		{"no such file", with("password_file", "missing"), "password_file", "password_file: no such file"},
		{"max", with("max", int64(0)), "max", "max must be a whole number from 1 to 100000"},
		{"max no number", with("max", "5"), "max", "max must be a whole number"},
		{"connect", with("connect", "yes"), "connect", "connect must be true or false"},
		{"reset", with("reset", "never"), "reset", "reset can only be always"},
		{"unknown key", with("maxx", int64(5)), "maxx", "there is no setting 'maxx'; did you mean 'max'?"},
		{"unknown key of the kind", with("prepared", "off"), "prepared", "there is no setting 'prepared'; did you mean 'prepare'?"},
		{"key of nothing", with("zzzzzz", "off"), "zzzzzz", "there is no setting 'zzzzzz'"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			_, err := r.Access(AccessConfig{
				Sources: []Source{{"shop", tt.keys}},
				ReadSecret: func(name string, credential bool) (string, error) {
					if name == "missing" {
						return "", fmt.Errorf("open: %w", errNotThere)
					}
					return name, nil
				},
			})
			var list SourceErrors
			if !errors.As(err, &list) || len(list) != 1 {
				t.Fatalf("got %v", err)
			}
			if e := list[0]; e.Source != "shop" || e.Key != tt.key || !strings.HasPrefix(e.Error(), "data source 'shop': "+tt.want) || e.Tamil() == "" {
				t.Errorf("%s: %s", e.Key, e)
			}
		})
	}
	_, err := r.Access(AccessConfig{
		Sources: []Source{dataSource("a b", "kind", "redis", "url", "h:1"), {"x", ok}, {"x", ok}},
		Allow:   []string{"sqlite", "oracle", "sqlite@x", "redis@", "redis@a*b", "redis@*b", "redis@[::1", "redis@[::1]x", "redis@h:65536", "redis@h:x"},
	})
	list, _ := err.(SourceErrors)
	var got []string
	for _, e := range list {
		got = append(got, fmt.Sprint(e.Source, e.Key, e.Index))
	}
	if want := "[a b0 x0 allow1 allow2 allow3 allow4 allow5 allow6 allow7 allow8 allow9]"; fmt.Sprint(got) != want {
		t.Errorf("got %v\n%v", got, err)
	}
}

var errNotThere = &diagError{}

type diagError struct{}

func (*diagError) Error() string { return "no such file" }
func (*diagError) Tamil() string { return "இல்லை" }

func TestSecretsComeFromFilesAndCredentials(t *testing.T) {
	s := newStand(t, Settings{})
	read := func(name string, credential bool) (string, error) {
		return map[string]string{"f": "from file", "c": "cred'ential", "u": " postgres://u:in%20url@h/x\n"}[name], nil
	}
	for _, tt := range []struct {
		keys   []any
		secret string
	}{
		{[]any{"url", "postgres://u@h/x", "password_file", "f"}, "from file from+file"},
		{[]any{"url", "postgres://u@h/x", "password_credential", "c"}, "cred'ential cred''ential"},
		{[]any{"url_file", "u"}, "in url postgres://u:in%20url@h/x"},
	} {
		a := s.allow(AccessConfig{Sources: []Source{dataSource("x", append(tt.keys, "kind", "postgresql")...)}, ReadSecret: read})
		x := a.Session()
		if err := x.Connect(t.Context(), "PostgreSQL", "x"); err != nil {
			t.Fatal(err)
		}
		s.of[PostgreSQL].server("h/x").set(func(f *fakeServer) {
			f.answer = func(*fakeConn, string) error { return &Refusal{Message: tt.secret, Tag: "[x]"} }
		})
		_, err := x.Execute(t.Context(), statement("SELECT 1"))
		wantError(t, err, "ET5010: the database reported: *** *** [x]")
		x.Close(true)
		a.Close()
	}
}

func TestPermissions(t *testing.T) {
	pg := func(host, port, database string) []Address { return []Address{{host, port, database}} }
	for _, tt := range []struct {
		pattern string
		kind    Kind
		to      []Address
		want    bool
	}{
		{"sqlite", SQLite, nil, true},
		{"sqlite", PostgreSQL, pg("h", "5432", "x"), false},
		{"*", SQLite, nil, true},
		{"*", MySQL, pg("h", "1", ""), true},
		{"*@h", SQLite, nil, false},
		{"*@*", SQLite, nil, true},
		{"redis@127.0.0.1:6379", Redis, pg("127.0.0.1", "6379", "0"), true},
		{"redis@127.0.0.1:6379", Redis, pg("127.0.0.1", "6380", "0"), false},
		{"redis@127.0.0.1:*", Redis, pg("127.0.0.1", "6380", "0"), true},
		{"redis@127.0.0.1/1", Redis, pg("127.0.0.1", "6380", "0"), false},
		{"redis@[::1]:6379/0", Redis, pg("::1", "6379", "0"), true},
		{"redis@[::1]", Redis, pg("::1", "6379", "0"), true},
		{"redis@[::1]", Redis, pg("::2", "6379", "0"), false},
		{"postgresql@*.internal/shop", PostgreSQL, pg("db.internal", "5432", "shop"), true},
		{"postgresql@*.internal/shop", PostgreSQL, pg("a.db.INTERNAL.", "5432", "shop"), true},
		{"postgresql@*.internal/shop", PostgreSQL, pg("internal", "5432", "shop"), false},
		{"postgresql@*.internal/shop", PostgreSQL, pg(".internal", "5432", "shop"), false},
		{"postgresql@*.internal/shop", PostgreSQL, pg("dbinternal", "5432", "shop"), false},
		{"postgresql@*.internal/shop", PostgreSQL, pg("db.internal", "5432", "other"), false},
		{"PostgreSQL@DB.internal", PostgreSQL, pg("db.internal", "5432", "other"), true},
		{"postgresql@h", PostgreSQL, []Address{{"h", "1", "x"}, {"g", "1", "x"}}, false},
		{"postgresql@*/x", PostgreSQL, []Address{{"h", "1", "x"}, {"g", "1", "x"}}, true},
		{"postgresql@/run/pg", PostgreSQL, pg("/run/pg", "5432", "x"), true},
		{"postgresql@/run/pg/shop", PostgreSQL, pg("/run/pg", "5432", "shop"), true},
		{"postgresql@/run/pg/shop", PostgreSQL, pg("/run/pg", "5432", "other"), false},
		{"postgresql@/run/pg/shop", PostgreSQL, pg("/run/pg/shop", "5432", "other"), true},
		{"postgresql@/run/pg:5433/*", PostgreSQL, pg("/run/pg", "5433", "other"), true},
		{"postgresql@/run/pg:5433", PostgreSQL, pg("/run/pg", "5432", "other"), false},
		{"postgresql@/run/PG", PostgreSQL, pg("/run/pg", "5432", "other"), false},
	} {
		p, reason := parsePattern(tt.pattern)
		if reason != nil {
			t.Errorf("%s: %s", tt.pattern, reason.En)
			continue
		}
		if got := p.allows(tt.kind, tt.to); got != tt.want {
			t.Errorf("%s allows %s %v: %v", tt.pattern, tt.kind, tt.to, got)
		}
	}
	// Of MongoDB the database is the one that the program works in.
	s := newStand(t, Settings{})
	x := s.allow(AccessConfig{Allow: []string{"mongodb@h/shop"}}).Session()
	if _, err := x.MongoConnect(t.Context(), "mongodb://h:1/admin", "shop"); err != nil {
		t.Error(err)
	}
	_, err := x.MongoConnect(t.Context(), "mongodb://h:1/shop", "admin")
	wantError(t, err, "ET5013")
	x.Close(false)
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{"sqlite", "redis@127.0.0.1:6379", "postgresql@*.internal/shop", "*@[::1]:1/x", "postgresql@/run/pg:1/x", "*@*:*/*"} {
		f.Add(s, "h", "1", "x")
	}
	f.Fuzz(func(t *testing.T, pattern, host, port, database string) {
		p, reason := parsePattern(pattern)
		if reason == nil {
			p.allows(PostgreSQL, []Address{{host, port, database}})
		}
	})
}

func TestAReloadKeepsWhatDidNotChange(t *testing.T) {
	s := newStand(t, Settings{})
	config := func(url string) AccessConfig {
		return AccessConfig{Sources: []Source{
			dataSource("same", "kind", "postgresql", "url", "postgres://h/same"),
			dataSource("main", "kind", "postgresql", "url", url, "max", int64(2)),
		}}
	}
	use := func(a *Access, name string) *run {
		r := &run{a.Session(), t}
		r.want(r.Connect(t.Context(), "PostgreSQL", name), "")
		r.want(r.do("SELECT 1"), "")
		return r
	}
	old := s.allow(config("postgres://h/old"))
	use(old, "same").Close(false)
	running := use(old, "main")

	next := s.allow(config("postgres://h/new"))
	use(next, "same").Close(false)
	use(next, "main").Close(false)
	old.Close()
	if _, _, dials := s.of[PostgreSQL].server("h/same").counts(); dials != 1 {
		t.Errorf("the unchanged source was connected %d times", dials)
	}
	if open, _, _ := s.of[PostgreSQL].server("h/old").counts(); open != 1 {
		t.Errorf("%d open to the old one, want the leased one", open)
	}
	running.want(running.do("SELECT 1"), "")
	if n := len(s.Stats()); n != 2 {
		t.Errorf("%d pools seen, want main and same", n)
	}
	running.Close(false)
	if open, _, _ := s.of[PostgreSQL].server("h/old").counts(); open != 0 {
		t.Error("the old pool outlives its last lease")
	}
	if open, _, _ := s.of[PostgreSQL].server("h/new").counts(); open != 1 {
		t.Error("the new pool is gone")
	}
	old.Close() // again does nothing
	next.Close()
	if len(s.Stats()) != 0 {
		t.Errorf("%+v", s.Stats())
	}
	s.wantBooks()
}

func TestTryContactsTheSourcesThatAskForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{})
		a := s.allow(AccessConfig{Sources: []Source{
			dataSource("a", "kind", "postgresql", "url", "postgres://h/a", "connect", true),
			dataSource("b", "kind", "mysql", "url", "mysql://u:pw@h/b", "connect", true),
			dataSource("c", "kind", "mysql", "url", "mysql://h/c"),
			dataSource("d", "kind", "sqlite", "url", "memory", "connect", true),
			dataSource("e", "kind", "redis", "url", "redis://h:1", "connect", true),
		}})
		if err := a.Try(t.Context()); err != nil {
			t.Error(err)
		}
		if _, _, dials := s.of[MySQL].server("h/c").counts(); dials != 0 {
			t.Error("contacted what did not ask for it")
		}
		// It is contacted at each reload.
		for _, kind := range []Kind{MySQL, Redis} {
			for _, name := range []string{"h/b", "h/"} {
				s.of[kind].server(name).set(func(f *fakeServer) { f.refuse = &ConnectError{Reason: diag.Same("down"), Tag: "[mysql 1040]"} })
			}
		}
		time.Sleep(2 * time.Second)
		err := a.Try(t.Context())
		list, _ := err.(SourceErrors)
		if len(list) != 2 || list[0].Source != "b" || list[0].Key != "connect" || list[0].Text.En != "cannot connect to 'b': down [mysql 1040]" || list[1].Source != "e" {
			t.Errorf("%v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := a.Try(ctx); err != context.Canceled {
			t.Errorf("%v", err)
		}
		a.Close()
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestResetAlwaysClosesWhatWasUsed(t *testing.T) {
	s := newStand(t, Settings{})
	a := s.allow(AccessConfig{Sources: []Source{dataSource("x", "kind", "mysql", "url", "mysql://h/x", "reset", "always")}})
	r := &run{a.Session(), t}
	r.want(r.Connect(t.Context(), "MySQL", "x"), "")
	if open, _, _ := s.of[MySQL].server("h/x").counts(); open != 1 {
		t.Errorf("%d open after connecting", open)
	}
	r.want(r.do("SELECT 1"), "")
	r.Close(false)
	if open, _, _ := s.of[MySQL].server("h/x").counts(); open != 0 {
		t.Errorf("%d open", open)
	}
}

func TestNoSecretInAnyWord(t *testing.T) {
	s := newStand(t, Settings{AcquireTimeout: time.Millisecond, MaxPerPool: 1})
	const text = "mysql://u:s%C3%A9cret%2F@h/x?a=b"
	leak := fmt.Sprint(text, " sécret/ s%C3%A9cret%2F s%c3%a9cret%2f ", `"sécret/"`)
	var words []string
	note := func(err error) {
		if err != nil {
			words = append(words, err.Error(), err.(*diag.Diagnostic).Message().Ta)
		}
	}
	server := s.of[MySQL].server("h/x")
	server.refuse = &ConnectError{Reason: diag.Same(leak)}
	note(s.run().Connect(t.Context(), "MySQL", text))
	server.refuse = diag.ConnectFailed.New("", leak)
	time.Sleep(1100 * time.Millisecond)
	note(s.run().Connect(t.Context(), "MySQL", text))
	server.refuse = nil
	time.Sleep(1100 * time.Millisecond)
	a, b := s.connected("MySQL", text), s.connected("MySQL", text)
	note(a.Connect(t.Context(), "MySQL", "mysql://u:other@h/x"))
	note(a.do("SELECT 1"))
	note(b.do("SELECT 1"))
	server.answer = func(*fakeConn, string) error { return &Refusal{Message: leak} }
	note(a.do("SELECT 1"))
	server.set(lose(true))
	note(a.do("SELECT 1"))
	denied := s.allow(AccessConfig{}).Session()
	note(denied.Connect(t.Context(), "MySQL", text))
	if len(words) != 14 {
		t.Errorf("%d words: %q", len(words), words)
	}
	words = append(words, fmt.Sprintf("%+v", s.Stats()))
	for _, w := range words {
		if strings.Contains(w, "cret") {
			t.Errorf("%q holds the password", w)
		}
	}
}
