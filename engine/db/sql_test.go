package db

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestPieces(t *testing.T) {
	kinds := map[PieceKind]string{Blank: "b", Comment: "c", Quoted: "q", Word: "w", Digits: "d", Sign: "s"}
	for _, tt := range []struct {
		d    Dialect
		sql  string
		want string // kinds and pieces without blanks
	}{
		{DialectSQLite, "", ""},
		{DialectSQLite, "SELECT a1, 12.5 FROM பெயர்", "w:SELECT w:a1 s:, d:12 s:. d:5 w:FROM w:பெயர்"},
		{DialectSQLite, "'it''s' \"a\"\"b\" `c` [d e] 'open", "q:'it''s' q:\"a\"\"b\" q:`c` q:[d e] q:'open"},
		{DialectSQLite, `'a\' b`, `q:'a\' w:b`},
		{DialectSQLite, "a -- b ' c\nd /* e ' */ f /* g", "w:a c:-- b ' c w:d c:/* e ' */ w:f c:/* g"},
		{DialectSQLite, "/* a /* b */ c */", "c:/* a /* b */ w:c s:* s:/"},
		{DialectSQLite, "?1 :name @name $name", "s:? d:1 s:: w:name s:@ w:name w:$name"},
		{DialectSQLite, "[open", "q:[open"},
		{DialectSQLite, "a#b", "w:a s:# w:b"},
		{DialectPostgres, "$1 $$ a 'b' $$ $tag$ $$ $tag$ $2", "s:$ d:1 q:$$ a 'b' $$ q:$tag$ $$ $tag$ s:$ d:2"},
		{DialectPostgres, "$a$ open", "q:$a$ open"},
		{DialectPostgres, "a$b$c", "w:a$b$c"},
		{DialectPostgres, `E'a\'b' e'c' 'd\' xE'f'`, `q:E'a\'b' q:e'c' q:'d\' w:xE q:'f'`},
		{DialectPostgres, "/* a /* b */ c */ d", "c:/* a /* b */ c */ w:d"},
		{DialectPostgres, "a[1] `", "w:a s:[ d:1 s:] s:`"},
		{DialectPostgres, "a::text", "w:a s:: s:: w:text"},
		{DialectPostgres, "$", "s:$"},
		{DialectPostgres, "1$", "d:1$"},
		{DialectMySQL, `'a\'b' "c\"d" ` + "`e``f`", `q:'a\'b' q:"c\"d" q:` + "`e``f`"},
		{DialectMySQL, "a # b\nc -- d\ne --f\n", "w:a c:# b w:c c:-- d w:e s:- s:- w:f"},
		{DialectMySQL, "a /*! b */ /*M! c */ /* d */", "w:a s:/ s:* s:! w:b s:* s:/ s:/ s:* w:M s:! w:c s:* s:/ c:/* d */"},
		{DialectMySQL, "a--", "w:a c:--"},
		{DialectMySQL, `'open\`, `q:'open\`},
	} {
		var got []string
		for kind, text := range Pieces(tt.sql, tt.d) {
			if kind != Blank {
				got = append(got, kinds[kind]+":"+text)
			}
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%q\n got %s\nwant %s", tt.sql, got, tt.want)
		}
	}
}

func FuzzPieces(f *testing.F) {
	for _, sql := range []string{
		"SELECT 'a''b', \"c\", `d`, [e] -- f\n/* g /* h */ */", "E'\\'' $a$ b $a$ $1 1e5", "/*! SET x = 1 */ # y\n", "'", "$$", "/*", "--", "\\",
	} {
		for d := range uint8(3) {
			f.Add(sql, d)
		}
	}
	f.Fuzz(func(t *testing.T, sql string, d uint8) {
		dialect := Dialect(d % 3)
		var all strings.Builder
		for kind, text := range Pieces(sql, dialect) {
			if text == "" || kind > Sign || kind == Sign && len(text) != 1 {
				t.Fatalf("piece %q of kind %d", text, kind)
			}
			all.WriteString(text)
		}
		if all.String() != sql {
			t.Errorf("%q became %q", sql, all.String())
		}
		classify(sql, dialect)
		for range Pieces(sql, dialect) {
			break // may be left early
		}
	})
}

func TestPiecesTakeTimeInProportion(t *testing.T) {
	for _, unit := range []string{"'", "/*", "$a$", "$a", "--", "\"\"", "[", "a ", "E'\\", "* /", "/*!", "((", "LAST_INSERT_ID("} {
		for d := range Dialect(3) {
			took := func(n int) time.Duration {
				sql := strings.Repeat(unit, n)
				best := time.Hour
				for range 3 {
					start := time.Now()
					classify(sql, d)
					best = min(best, time.Since(start))
				}
				return best
			}
			small, large := took(2_000), took(64_000)
			if large > 32*8*max(small, 20*time.Microsecond) {
				t.Errorf("%q in dialect %d: %v, of 32 times as much %v", unit, d, small, large)
			}
		}
	}
}

func TestLookingAtAStatementAllocatesNothing(t *testing.T) {
	sql := "WITH a AS (SELECT 'x', \"y\" FROM t -- c\n) INSERT INTO u SELECT * FROM a WHERE b = $1 AND c = LAST_INSERT_ID()"
	for d := range Dialect(3) {
		if n := testing.AllocsPerRun(100, func() { classify(sql, d) }); n != 0 {
			t.Errorf("dialect %d: %v allocations", d, n)
		}
	}
}

func TestClassesOfStatementsAreKept(t *testing.T) {
	var k classCache
	statements := []string{"SELECT 1", "SET x = 1", "COMMIT", "rollback", "INSERT INTO t VALUES (1)", "SELECT lastval()", "", strings.Repeat(" ", longestClass) + "SET x = 1"}
	for range 2 {
		for _, sql := range statements {
			if got, want := k.of(sql, DialectPostgres), classify(sql, DialectPostgres); got != want {
				t.Errorf("%.20q: %+v, want %+v", sql, got, want)
			}
		}
	}
	if n := len(k.kept); n != len(statements)-1 {
		t.Errorf("%d are kept; a long one is not", n)
	}
	if n := testing.AllocsPerRun(100, func() { k.of(statements[4], DialectPostgres) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			for i := range 2 * mostClasses {
				k.of("SELECT "+strconv.Itoa(i*(w+1)), DialectPostgres)
				if !k.of("SET x = 1", DialectPostgres).dirty {
					t.Error("a wrong class")
					return
				}
			}
		})
	}
	all.Wait()
	if n := len(k.kept); n > mostClasses {
		t.Errorf("%d are kept", n)
	}
}

func TestDirtyStatements(t *testing.T) {
	const all, lite, pg, my = "slpgmy", "lite", "pg", "my"
	for _, tt := range []struct {
		dialects string
		dirty    bool
		sql      string
	}{
		{all, false, ""},
		{all, false, " -- nothing\n"},
		{all, false, "SELECT 1"},
		{all, false, "/* a */ -- b\n  select 1;"},
		{all, false, "(SELECT 1) UNION (SELECT 2)"},
		{all, false, ";SELECT 1"},
		{all, false, "VALUES (1)"},
		{all, false, "TABLE t"},
		{all, false, "WITH a AS (SELECT 1) SELECT * FROM a"},
		{all, false, "INSERT INTO t VALUES ('TEMP', 'SET x')"},
		{all, false, "UPDATE t SET a = 1"},
		{all, false, "DELETE FROM t"},
		{all, false, "REPLACE INTO t VALUES (1)"},
		{all, false, "MERGE INTO t USING u ON a = b WHEN MATCHED THEN DELETE"},
		{all, false, "EXPLAIN SELECT 1"},
		{all, false, "DESCRIBE t"}, {all, false, "DESC t"}, {all, false, "SHOW TABLES"},
		{all, false, "BEGIN"}, {all, false, "BEGIN IMMEDIATE"}, {all, false, "START TRANSACTION READ ONLY"},
		{all, false, "COMMIT"}, {all, false, "END"}, {all, false, "ROLLBACK TO s"}, {all, false, "ABORT"},
		{all, false, "SAVEPOINT s"}, {all, false, "RELEASE s"},
		{all, false, "CREATE TABLE temporal (a)"}, {all, false, "CREATE TABLE t (temperature INT)"},
		{all, false, "ALTER TABLE t ADD b INT"}, {all, false, "DROP TABLE t"}, {all, false, "TRUNCATE t"},
		{all, false, "ANALYZE"}, {all, false, "VACUUM"}, {all, false, "REINDEX"}, {all, false, "COMMENT ON TABLE t IS 'x'"},
		{all, false, "GRANT SELECT ON t TO u"}, {all, false, "REVOKE SELECT ON t FROM u"},
		{all, false, "NOTIFY a"}, {all, false, "REFRESH MATERIALIZED VIEW v"},
		{all, false, "SELECT pg_advisory_xact_lock(1), pg_try_advisory_xact_lock(2)"},
		{all, false, "SELECT 'set_config', '/* TEMP' -- get_lock"},

		{all, true, "SET x = 1"}, {all, true, "set session x to 1"}, {all, true, "/**/SET x = 1"},
		{all, true, "USE other"}, {all, true, "LOCK TABLES t WRITE"}, {all, true, "PREPARE a AS SELECT 1"},
		{all, true, "EXECUTE a"}, {all, true, "LISTEN a"}, {all, true, "DISCARD ALL"}, {all, true, "DO $$ BEGIN END $$"},
		{all, true, "CALL p()"}, {all, true, "ATTACH 'b.db' AS b"}, {all, true, "DECLARE c CURSOR FOR SELECT 1"},
		{all, true, "COPY t FROM STDIN"}, {all, true, "RESET ALL"}, {all, true, "LOAD 'x'"}, {all, true, "xyz"}, {all, true, "1"},
		{all, true, "CREATE TEMP TABLE t (a)"}, {all, true, "create temporary view v as select 1"},
		{all, true, "SELECT 1 INTO TEMP t"}, {all, true, "CREATE TABLE temp.t (a)"}, {all, true, "CREATE TABLE pg_temp.t (a)"},
		{all, true, "SELECT * FROM pg_temp_3.t"}, {all, true, `CREATE TABLE "temp".t (a)`},
		{lite, true, "CREATE TABLE [temp].t (a)"}, {lite, true, "INSERT INTO `TEMP`.t VALUES (1)"}, {lite, false, `SELECT "temp" FROM t`},
		{all, true, "SELECT set_config('a', 'b', false)"}, {all, true, "SELECT pg_catalog.set_config('a', 'b', false)"},
		{pg, true, `SELECT "set_config"('a', 'b', false)`}, {pg, true, `SELECT pg_catalog."pg_advisory_lock"(1)`}, {pg, false, `SELECT "temp"`},
		{all, true, "SELECT pg_advisory_lock(1)"}, {all, true, "SELECT pg_try_advisory_lock(1)"},
		{all, true, "SELECT pg_advisory_lock_shared(1)"}, {all, true, "SELECT pg_try_advisory_lock_shared(1)"},
		{all, true, "SELECT GET_LOCK('a', 1)"}, {all, true, "WITH a AS (SELECT get_lock('a', 1)) SELECT * FROM a"},
		{my, true, "SELECT @a := 1"}, {my, true, "SELECT @a:=1"}, {my, true, "SELECT 1 INTO @a"}, {my, true, "SELECT 1 INTO  /**/ @a"},
		{my, false, "SELECT @a = 1"}, {my, false, "SELECT 'a := b'"},
		{my, true, "/*! SET x = 1 */"}, {my, true, "/*!50000 SET x = 1 */"}, {my, true, "SELECT 1 /*! INTO @a */"}, {my, false, "SELECT /*! SQL_NO_CACHE */ 1"},
		{my, true, "BEGIN NOT ATOMIC SET SESSION x = 1; END"},

		{pg, false, "SET LOCAL x = 1"}, {my, true, "SET LOCAL x = 1"},
		{lite, false, "PRAGMA table_info(t)"}, {lite, false, "PRAGMA table_info('t');"}, {lite, false, "pragma main.index_list(t)"},
		{lite, false, "PRAGMA table_list"}, {lite, false, "PRAGMA foreign_key_check"}, {lite, false, "PRAGMA integrity_check(5)"},
		{lite, false, "PRAGMA quick_check;"}, {lite, false, "PRAGMA user_version"}, {lite, false, "PRAGMA main . journal_mode"},
		{lite, true, "PRAGMA user_version = 5"}, {lite, true, "PRAGMA user_version(5)"}, {lite, true, "PRAGMA journal_mode=DELETE"},
		{lite, true, "PRAGMA journal_mode(DELETE)"}, {lite, true, "PRAGMA foreign_keys = off"}, {lite, true, "PRAGMA foreign_keys"}, {lite, true, "PRAGMA"},
		{pg, true, "PRAGMA table_info(t)"},
	} {
		for d, name := range map[Dialect]string{DialectSQLite: lite, DialectPostgres: pg, DialectMySQL: my} {
			if tt.dialects != all && tt.dialects != name {
				continue
			}
			if got := classify(tt.sql, d).dirty; got != tt.dirty {
				t.Errorf("%s: %q: dirty %v", name, tt.sql, got)
			}
		}
	}
}

func TestWhatStatementsAskAndEnd(t *testing.T) {
	for _, tt := range []struct {
		d    Dialect
		sql  string
		want string
	}{
		{DialectMySQL, "SELECT LAST_INSERT_ID()", "asks reads"},
		{DialectMySQL, "select last_insert_id ( /* */ ) AS id", "asks reads"},
		{DialectMySQL, "SELECT @@last_insert_id, 1", "asks reads"},
		{DialectMySQL, "SELECT @@identity", "asks reads"},
		{DialectMySQL, "SELECT identity FROM t", "reads"},
		{DialectMySQL, "SELECT 'LAST_INSERT_ID()'", "reads"},
		{DialectMySQL, "UPDATE s SET n = LAST_INSERT_ID(n + 1)", "insert"},
		{DialectMySQL, "INSERT INTO t VALUES (LAST_INSERT_ID())", "insert asks"},
		{DialectMySQL, "SELECT ROW_COUNT()", "rows reads"},
		{DialectPostgres, "SELECT ROW_COUNT()", "reads"},
		{DialectPostgres, "SELECT lastval()", "asks reads"},
		{DialectPostgres, "SELECT currval('s')", "asks reads"},
		{DialectPostgres, "SELECT nextval('s')", "insert reads"},
		{DialectPostgres, "WITH a AS (INSERT INTO t VALUES (1) RETURNING id) SELECT * FROM a", "insert reads"},
		{DialectSQLite, "SELECT last_insert_rowid() AS id", "asks reads"},
		{DialectSQLite, "REPLACE INTO t VALUES (1)", "insert"},
		{DialectSQLite, "COMMIT", "ends"},
		{DialectSQLite, "END TRANSACTION", "ends"},
		{DialectSQLite, "ROLLBACK", "ends rollback"},
		{DialectSQLite, " /* a */ rollback transaction ; -- b", "ends rollback"},
		{DialectSQLite, "ROLLBACK TO a", ""},
		{DialectSQLite, "ROLLBACK TRANSACTION TO SAVEPOINT a", ""},
		{DialectPostgres, "ABORT WORK", "ends rollback"},
		{DialectPostgres, "ROLLBACK PREPARED 'a'", ""},
		{DialectPostgres, "ROLLBACK AND NO CHAIN", "ends rollback"},
		{DialectPostgres, "ROLLBACK AND CHAIN", "ends"},
		{DialectMySQL, "ROLLBACK WORK AND NO CHAIN NO RELEASE", "ends rollback"},
		{DialectMySQL, "ROLLBACK RELEASE", "ends rollback"},
		{DialectMySQL, "ROLLBACK garbage", "ends"},
		{DialectMySQL, "BEGIN", ""},
	} {
		c := classify(tt.sql, tt.d)
		var got []string
		for _, f := range []struct {
			is   bool
			word string
		}{{c.insert, "insert"}, {c.asksID, "asks"}, {c.asksRows, "rows"}, {c.reads, "reads"}, {c.ends, "ends"}, {c.rollback, "rollback"}} {
			if f.is {
				got = append(got, f.word)
			}
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.sql, got, tt.want)
		}
	}
}

func BenchmarkClassify(b *testing.B) {
	sql := "SELECT id, name, price FROM items WHERE shop = $1 AND price > $2 ORDER BY name LIMIT 50"
	b.SetBytes(int64(len(sql)))
	b.ReportAllocs()
	for b.Loop() {
		classify(sql, DialectPostgres)
	}
}
