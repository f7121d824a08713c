package wholetest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"etamil/engine/db/dbtest/servers"
)

// A litter is what a request can leave behind in one kind of database, and how
// the next one looks for it.
type litter struct {
	connect string   // the prelude
	tables  []string // made before
	make    []string // inside of a transaction, and beside it
	sleep   string   // a statement that takes half a minute
	look    []string // each gives one column v
	clean   []string // what look gives when nothing is there
}

func litters(t *testing.T) map[string]litter {
	return map[string]litter{
		"PostgreSQL": {
			connect: fmt.Sprintf(`தளம்_இணை போச்குரசீகுல், "%s";`, named(servers.Postgres(t), "litter")),
			tables:  []string{"CREATE TABLE litter (n INT)"},
			make: []string{
				"BEGIN", "INSERT INTO litter VALUES (1)", "SELECT pg_advisory_lock(4711)", "SET search_path = nowhere, public",
				"SET my.word = 'secret'", "SET statement_timeout = '29s'", "CREATE TEMPORARY TABLE left_behind (n INT)", "PREPARE left_over AS SELECT 1",
				"LISTEN left_open", "DECLARE left_cursor CURSOR WITH HOLD FOR SELECT 1",
			},
			sleep: "SELECT pg_sleep(30)",
			look: []string{
				"SELECT count(*) AS v FROM litter", "SELECT count(*) AS v FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711",
				"SELECT current_setting('search_path') AS v", "SELECT coalesce(current_setting('my.word', true), '') AS v",
				"SELECT current_setting('statement_timeout') AS v", "SELECT count(*) AS v FROM pg_class WHERE relname = 'left_behind'",
				"SELECT count(*) AS v FROM pg_prepared_statements WHERE name = 'left_over'", "SELECT count(*) AS v FROM pg_listening_channels()",
				"SELECT count(*) AS v FROM pg_cursors WHERE name = 'left_cursor'",
				"SELECT count(*) AS v FROM pg_stat_activity WHERE application_name = 'litter' AND state LIKE 'idle in transaction%'",
			},
			clean: []string{"0", "0", `"$user", public`, "", "0", "0", "0", "0", "0", "0"},
		},
		"MySQL": {
			connect: fmt.Sprintf(`தளம்_இணை மைசீகுல், "%s";`, servers.MariaDB(t)),
			tables:  []string{"DROP TABLE IF EXISTS litter", "CREATE TABLE litter (n INT)"},
			make: []string{
				"BEGIN", "INSERT INTO litter VALUES (1)", "SELECT GET_LOCK('left_lock', 1)", "SET @word = 'secret'",
				"SET SESSION sql_mode = 'ANSI_QUOTES'", "CREATE TEMPORARY TABLE left_behind (n INT)",
			},
			sleep: "SELECT SLEEP(30)",
			look: []string{
				"SELECT count(*) AS v FROM litter", "SELECT IS_FREE_LOCK('left_lock') AS v", "SELECT coalesce(@word, '') AS v",
				"SELECT @@sql_mode = @@global.sql_mode AS v",
				"SELECT count(*) AS v FROM information_schema.innodb_trx WHERE trx_mysql_thread_id <> CONNECTION_ID()",
			},
			clean: []string{"0", "1", "", "1", "0"},
		},
		"SQLite": {
			connect: `தளம்_இணை சீகுலைட், "litter.db";`,
			tables:  []string{"CREATE TABLE litter (n INT)"},
			make: []string{
				"BEGIN", "INSERT INTO litter VALUES (1)", "CREATE TEMPORARY TABLE left_behind (n INT)", "PRAGMA query_only = 1",
			},
			sleep: "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c",
			look: []string{
				"SELECT count(*) AS v FROM litter", "SELECT count(*) AS v FROM sqlite_temp_master",
				"INSERT INTO litter SELECT 5 WHERE 1 = 0 RETURNING n AS v", // writing is allowed, and the writer's place free
			},
			clean: []string{"0", "0", ""},
		},
	}
}

// program returns one that makes its tables, leaves all behind and fails in
// every way, and looks.
func (l *litter) program() string {
	var s strings.Builder
	s.WriteString(l.connect + "\n")
	run := func(statements []string) {
		for _, sql := range statements {
			fmt.Fprintf(&s, "\tதளம்_வினா %q, [], r;\n", sql)
		}
	}
	s.WriteString("செயல் எல்லாம்() {\n")
	run(l.make)
	s.WriteString("\tதிரும்பு 1;\n}\nவழி பெறு, \"/tables\" {\n")
	run(l.tables)
	s.WriteString("\tபதில் 200, \"ஆம்\";\n}\nவழி பெறு, \"/look\" {\n\tஎல்லாம்_ = \"\";\n")
	for _, sql := range l.look {
		fmt.Fprintf(&s, "\tதளம்_வினா %q, [], r;\n\tv = \"\"; (நீளம்(r) > 0) எனில் { v = r[0].v; }\n\tஎல்லாம்_ = எல்லாம்_ & v & \"|\";\n", sql)
	}
	s.WriteString("\tபதில் 200, எல்லாம்_;\n}\n")
	for name, end := range map[string]string{
		"error":    "அச்சு 1 / 0;",
		"refused":  `தளம்_செய் "SELECT nothing FROM nowhere", [];`,
		"deadline": fmt.Sprintf("தளம்_வினா %q, [], r;", l.sleep),
		"gone":     fmt.Sprintf("தளம்_வினா %q, [], r;", l.sleep),
		"exit":     "வெளியேறு(3);",
		"budget":   "(மெய்) சுற்று { }",
		"quietly":  `பதில் 200, "முடிக்கவில்லை";`,
	} {
		fmt.Fprintf(&s, "வழி பெறு, \"/%s\" { எல்லாம்(); %s }\n", name, end)
	}
	return s.String()
}

func TestNothingOfAFailedRequestReachesTheNext(t *testing.T) {
	for name, l := range litters(t) {
		t.Run(name, func(t *testing.T) {
			b := serveBank(t, l.program(), nil, "--databases-max-per-pool", "1", "--request-timeout", "1s", "--max-steps", "3000000",
				"--databases-sqlite-writer-wait", "5s")
			b.want("/tables", "ஆம்")
			clean := strings.Join(l.clean, "|") + "|"
			b.want("/look", clean)
			for _, way := range []struct {
				path   string
				status int
			}{
				{"/error", 500}, {"/refused", 500}, {"/deadline", 504}, {"/exit", 0}, {"/budget", 500}, {"/quietly", 200},
			} {
				before := b.metric("etamil_database_connects_total")
				begin := time.Now()
				if got := b.get(way.path); way.status > 0 && got.status != way.status {
					t.Errorf("%s: %d %s, want %d; %s", way.path, got.status, got.body, way.status, b.lastOfLog())
				}
				if took := time.Since(begin); took > 4*time.Second {
					t.Errorf("%s took %v", way.path, took)
				}
				b.want("/look", clean)
				if after := b.metric("etamil_database_connects_total"); after != before+1 {
					t.Errorf("%s: %v connections were opened for the next request, want 1: the one with session state is closed", way.path, after-before)
				}
			}
			b.leave("/gone", func() {
				soon(t, 5*time.Second, "the statement runs", func() bool { return b.metric("etamil_active_requests") == 1 })
				time.Sleep(100 * time.Millisecond)
			})
			b.want("/look", clean)
			if log := b.log(); !regexp.MustCompile(`ET5052.*/quietly|/quietly.*ET5052`).MatchString(log) {
				t.Errorf("the log does not tell of the transaction that was left open; %s", b.lastOfLog())
			}
		})
	}
}

// Where a request left no more than a transaction, its connection is rolled
// back and serves on, with its prepared statements.
func TestCleanConnectionIsKeptAfterAFailure(t *testing.T) {
	url := servers.Postgres(t)
	o := observe(t, url)
	o.do("CREATE TABLE kept (n INT)")
	b := serveBank(t, connecting+`
		செயல் தொடங்கு() { தளம்_செய் "BEGIN", []; தளம்_செய் "INSERT INTO kept VALUES (1)", []; திரும்பு 1; }
		வழி பெறு, "/error" { தொடங்கு(); அச்சு 1 / 0; }
		வழி பெறு, "/refused" { தொடங்கு(); தளம்_செய் "SELECT nothing FROM nowhere", []; }
		வழி பெறு, "/deadline" { தொடங்கு(); தளம்_வினா "SELECT pg_sleep(30)", [], r; }
		வழி பெறு, "/exit" { தொடங்கு(); வெளியேறு(3); }
		வழி பெறு, "/look" { தளம்_வினா "SELECT pg_backend_pid() AS p, (SELECT count(*) FROM kept) AS n", [], r; பதில் 200, r[0].p & " " & r[0].n; }`,
		[]string{"DB=" + named(url, "kept")}, "--databases-max-per-pool", "1", "--request-timeout", "1s")
	first := b.get("/look").body
	if !strings.HasSuffix(first, " 0") {
		t.Fatal(first, b.lastOfLog())
	}
	for _, path := range []string{"/error", "/refused", "/exit", "/deadline"} {
		b.get(path)
		b.want("/look", first)
		if n := o.count(undone, "kept"); n > 0 {
			t.Errorf("%s: %d idle in transaction", path, n)
		}
	}
	if n := b.metric("etamil_database_dirty_closes_total"); n != 0 {
		t.Errorf("%v connections were closed as dirty", n)
	}
}

func TestStatementEndsInTheServerWhenItsRequestDoes(t *testing.T) {
	url := servers.Postgres(t)
	o := observe(t, url)
	b := serveBank(t, connecting+`
		வழி பெறு, "/sleep" { தளம்_வினா "SELECT pg_sleep(60)", [], r; பதில் 200, "ஆம்"; }
		வழி பெறு, "/short" { தளம்_வினா "SELECT 1", [], r; பதில் 200, "ஆம்"; }`,
		[]string{"DB=" + named(url, "endless")}, "--request-timeout", "1500ms", "--databases-max-per-pool", "3")
	runs := func(n int) func() bool { return func() bool { return o.count(sleeping, "endless") == n } }

	b.leave("/sleep", func() { soon(t, 5*time.Second, "the statement runs", runs(1)) })
	soon(t, 2*time.Second, "the statement of a client that left has ended", runs(0))

	deadline := make(chan answer, 1)
	go func() { deadline <- b.get("/sleep") }()
	soon(t, 1400*time.Millisecond, "the statement runs", runs(1))
	if got := <-deadline; got.status != 504 {
		t.Errorf("after the deadline: %d %s, want 504", got.status, got.body)
	}
	soon(t, 2*time.Second, "the statement past its deadline has ended", runs(0))
	if n := b.metric("etamil_database_cancels_total"); n != 2 {
		t.Errorf("%v statements were cancelled, want 2", n)
	}
	// Three at once, which leave at once.
	b.leave("/sleep", func() {
		b.leave("/sleep", func() {
			b.leave("/sleep", func() { soon(t, 5*time.Second, "three run", runs(3)) })
		})
	})
	soon(t, 2*time.Second, "none runs", runs(0))
	for range 6 {
		b.want("/short", "ஆம்")
	}
	if pids := o.count(sessions, "endless"); !slices.Contains([]int{1, 2, 3}, pids) {
		t.Errorf("%d sessions are open, want 1 to 3", pids)
	}
}
