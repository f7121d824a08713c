package mysql

import (
	"strings"
	"testing"
)

func TestNamesBecomePlaceholders(t *testing.T) {
	for _, tt := range []struct{ sql, want string }{
		{"SELECT :a", "SELECT ?"},
		{"SELECT :a, :b, :a", "SELECT ?, ?, ?"},
		{"SELECT :_x + :பெயர்1", "SELECT ? + ?"},
		{"SELECT ':a', \":b\", `:c`", "SELECT ':a', \":b\", `:c`"},
		{"SELECT 'it''s :a' , :b", "SELECT 'it''s :a' , ?"},
		{`SELECT 'a\':b', :c`, `SELECT 'a\':b', ?`},
		{"SELECT 1 -- :a\n, :b # :c\n /* :d */", "SELECT 1 -- :a\n, ? # :c\n /* :d */"},
		{"SELECT /*! :a */ 1", "SELECT /*! ? */ 1"},
		{"SELECT @a := 1", "SELECT @a := 1"},
		{"SELECT a::b, a:::c", "SELECT a::b, a:::c"},
		{"SELECT :1, : a, :$x", "SELECT :1, : a, :$x"},
		{":", ":"}, {"::", "::"}, {"", ""}, {":a", "?"}, {":a:b", "??"},
	} {
		if got := placeholders(tt.sql); got != tt.want {
			t.Errorf("%q becomes %q, want %q", tt.sql, got, tt.want)
		}
	}
}

func TestEffects(t *testing.T) {
	for _, tt := range []struct {
		sql  string
		want effect
	}{
		{"BEGIN", begins}, {"begin work", begins}, {"  /* x */ -- y\n Begin;", begins}, {"START TRANSACTION READ ONLY", begins},
		{"START SLAVE", none}, {"SET autocommit = 0", begins}, {"SET @@session.`autocommit`=1", begins}, {"SET @a = 'autocommit'", none},
		{"XA START 'a'", begins}, {"XA END 'a'", begins}, {"XA PREPARE 'a'", begins}, {"XA COMMIT 'a'", ends}, {"XA ROLLBACK 'a'", ends}, {"XA RECOVER", none},
		{"COMMIT", ends}, {"COMMIT WORK", ends}, {"COMMIT AND CHAIN", begins}, {"COMMIT WORK AND CHAIN", begins}, {"COMMIT AND NO CHAIN", ends},
		{"ROLLBACK", ends}, {"ROLLBACK WORK", ends}, {"ROLLBACK TO s", none}, {"ROLLBACK WORK TO SAVEPOINT s", none}, {"ROLLBACK AND CHAIN", begins},
		{"/*!40000 BEGIN */", begins},
		{"SELECT 1", none}, {"", none}, {"INSERT INTO begin VALUES (1)", none}, {"CREATE TABLE t (a INT)", none}, {"COMMITS", none},
		{"LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t", localFile}, {"load xml concurrent local infile 'a' into table t", localFile},
		{"LOAD DATA INFILE 'LOCAL' INTO TABLE t", none},
	} {
		if got := effectOf(tt.sql); got != tt.want {
			t.Errorf("%q: %d, want %d", tt.sql, got, tt.want)
		}
	}
}

func FuzzPlaceholders(f *testing.F) {
	for _, sql := range []string{"SELECT :a, '::b', `:c` -- :d", "a:b:c", "/*! :a */", "@x := :y", "'\\':z"} {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		effectOf(sql)
		got := placeholders(sql)
		if strings.Count(got, "?")-strings.Count(sql, "?") < 0 || len(got) > len(sql) {
			t.Fatalf("%q becomes %q", sql, got)
		}
		if again := placeholders(got); !strings.Contains(sql, ":") && got != sql || strings.Count(again, "?") < strings.Count(got, "?") {
			t.Fatalf("%q becomes %q, then %q", sql, got, again)
		}
	})
}
