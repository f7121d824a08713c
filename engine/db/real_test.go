package db_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"etamil/engine/db"
	"etamil/engine/db/dbtest/servers"
	"etamil/engine/db/mysql"
	"etamil/engine/db/postgres"
	"etamil/engine/db/redis"
	"etamil/engine/db/sqlite"
	"etamil/engine/host"
	"etamil/engine/value"
)

type free struct{}

func (free) Charge(int) error { return nil }
func (free) Grow(int) error   { return nil }

func statement(sql string, params ...value.Value) *host.Statement {
	return &host.Statement{SQL: sql, Params: params, Meter: free{}}
}

// A run is a session with short forms for tests.
type run struct {
	host.Session
	t *testing.T
}

func (r run) exec(sql string, params ...value.Value) {
	r.t.Helper()
	if _, err := r.Execute(r.t.Context(), statement(sql, params...)); err != nil {
		r.t.Errorf("%s: %v", sql, err)
	}
}

func (r run) fails(sql, want string) {
	r.t.Helper()
	if _, err := r.Execute(r.t.Context(), statement(sql)); err == nil || !strings.Contains(err.Error(), want) {
		r.t.Errorf("%s: got %v, want %s", sql, err, want)
	}
}

func (r run) one(sql string) string {
	r.t.Helper()
	v, err := r.Query(r.t.Context(), statement(sql))
	if err != nil || v.Len() != 1 {
		r.t.Errorf("%s: %v", sql, err)
		return ""
	}
	row := v.At(0)
	_, x := row.FieldAt(0)
	return value.Display(&x, 100)
}

// real are the SQL databases that every test of this file uses.
var real = []struct {
	kind      string
	text      func(*testing.T) string
	connected string // asks for what tells connections apart
	state     string // leaves something in the session
	seen      string // asks for it; "0" when it is gone
}{
	{
		"SQLite", func(t *testing.T) string { return filepath.Join(t.TempDir(), "a.db") },
		"SELECT 1", "CREATE TEMP TABLE left_behind (a)", "SELECT count(*) FROM sqlite_temp_master",
	},
	{
		"PostgreSQL", func(t *testing.T) string { return servers.Postgres(t) },
		"SELECT pg_backend_pid()", "CREATE TEMP TABLE left_behind (a int)", "SELECT count(*) FROM pg_class WHERE relname = 'left_behind' AND pg_table_is_visible(oid)",
	},
	{
		"MySQL", func(t *testing.T) string { return servers.MariaDB(t) },
		"SELECT CONNECTION_ID()", "SET @left_behind = 1", "SELECT @left_behind IS NOT NULL",
	},
}

func TestRealDatabasesThroughOneRegistry(t *testing.T) {
	for _, tt := range real {
		t.Run(tt.kind, func(t *testing.T) {
			text := tt.text(t)
			r := db.New(db.Settings{
				Drivers:    []db.Driver{sqlite.New(), postgres.New(), mysql.New()},
				MaxPerPool: 4, Zone: time.UTC,
			})
			defer r.Close()
			a, err := r.Access(db.AccessConfig{AllowAll: true})
			if err != nil {
				t.Fatal(err)
			}
			begin := func() run {
				x := run{a.Session(), t}
				if err := x.Connect(t.Context(), tt.kind, text); err != nil {
					t.Fatal(err)
				}
				return x
			}
			x := begin()
			x.exec("DROP TABLE IF EXISTS dbcore_t")
			x.exec("CREATE TABLE dbcore_t (id INTEGER PRIMARY KEY, n INTEGER)")
			x.exec("INSERT INTO dbcore_t VALUES (1, 0)")
			first := x.one(tt.connected)

			// A transaction that is left open, with session state beside it.
			x.exec("BEGIN")
			x.exec("UPDATE dbcore_t SET n = 7")
			x.exec(tt.state)
			if notes := x.Close(false); len(notes) != 1 || !strings.Contains(notes[0].Error(), "ET5052") {
				t.Errorf("notes %v", notes)
			}
			x = begin()
			if got := x.one("SELECT n FROM dbcore_t"); got != "0" {
				t.Errorf("n = %s: the open transaction was kept", got)
			}
			if got := x.one(tt.seen); got != "0" {
				t.Errorf("session state reached another run: %s", got)
			}
			second := x.one(tt.connected)
			x.exec("BEGIN")
			x.fails("INSERT INTO dbcore_t VALUES (1, 0)", "ET5010")
			x.exec("ROLLBACK")
			if notes := x.Close(false); len(notes) != 0 {
				t.Errorf("notes %v", notes)
			}
			x = begin()
			if third := x.one(tt.connected); tt.kind != "SQLite" && (second == first || third != second) {
				t.Errorf("connections %s, %s, %s: the dirty one must go, the clean one stay", first, second, third)
			}
			x.Close(false)

			var all sync.WaitGroup
			for range 50 {
				all.Go(func() {
					x := begin()
					x.exec("UPDATE dbcore_t SET n = n + 1")
					x.Close(false)
				})
			}
			all.Wait()
			x = begin()
			if got := x.one("SELECT n FROM dbcore_t"); got != "50" {
				t.Errorf("n = %s, want 50", got)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			slow := map[string]string{
				"SQLite": "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c", "PostgreSQL": "SELECT pg_sleep(20)", "MySQL": "SELECT SLEEP(20)",
			}[tt.kind]
			if _, err := x.Query(ctx, statement(slow)); err != context.DeadlineExceeded {
				t.Errorf("after the deadline: %v", err)
			}
			x.Close(true)
			x = begin()
			x.exec("DROP TABLE dbcore_t")
			x.Close(false)
			stats := r.Stats()
			if len(stats) != 1 || stats[0].Open != stats[0].Idle || stats[0].Leased != 0 || stats[0].Open > 4 || stats[0].Cancels != 1 || stats[0].DirtyCloses != 1 {
				t.Errorf("%+v", stats)
			}
			a.Close()
			r.Retire()
			for range 100 { // a pool may close in the background
				if stats = r.Stats(); stats[0].Open == 0 {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
			t.Errorf("after the handover %+v", stats)
		})
	}
}

func TestRealDatabasesThatAreNotThere(t *testing.T) {
	r := db.New(db.Settings{Drivers: []db.Driver{sqlite.New(), postgres.New(), mysql.New(), redis.New()}})
	defer r.Close()
	a, err := r.Access(db.AccessConfig{AllowAll: true})
	if err != nil {
		t.Fatal(err)
	}
	for kind, text := range map[string]string{
		"PostgreSQL": "postgres://shop:sollu@127.0.0.1:1/shop",
		"MySQL":      "mysql://shop:sollu@127.0.0.1:1/shop",
		"SQLite":     filepath.Join(t.TempDir(), "missing", "a.db"),
	} {
		x := a.Session()
		err := x.Connect(t.Context(), kind, text)
		if err == nil || !strings.HasPrefix(err.Error(), "ET5041: cannot connect to '") || strings.Contains(err.Error(), "sollu") {
			t.Errorf("%s: %v", kind, err)
		}
		x.Close(true)
	}
	x := a.Session()
	if _, err := x.RedisConnect(t.Context(), "redis://:sollu@127.0.0.1:1"); err == nil || !strings.HasPrefix(err.Error(), "ET5041") || strings.Contains(err.Error(), "sollu") {
		t.Errorf("Redis: %v", err)
	}
	x.Close(true)
}

func TestRealRedisThroughTheRegistry(t *testing.T) {
	r := db.New(db.Settings{Drivers: []db.Driver{redis.New()}})
	defer r.Close()
	a, err := r.Access(db.AccessConfig{AllowAll: true})
	if err != nil {
		t.Fatal(err)
	}
	text := servers.Redis(t)
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			x := a.Session()
			defer x.Close(false)
			if shown, err := x.RedisConnect(t.Context(), text); err != nil || shown == "" {
				t.Error(err)
				return
			}
			key := fmt.Sprint("etamil:dbcore:", i)
			for _, args := range [][]string{{"SET", key, "1"}, {"INCR", key}, {"DEL", key}} {
				if _, err := x.RedisCommand(t.Context(), args[0], args[1:], free{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if stats := r.Stats(); len(stats) != 1 || stats[0].Open > 10 {
		t.Errorf("%+v", stats)
	}
}
