package postgres

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"etamil/engine/db"
	"etamil/engine/db/dbtest/servers"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

func num(s string) value.Value {
	d, ok := decimal.Parse(s)
	if !ok {
		panic("BUG: no number: " + s)
	}
	return value.Num(d)
}

var text = value.String

func array(elems ...value.Value) value.Value {
	v, _ := value.ArrayOf(elems)
	return v
}

func record(name string, v value.Value) value.Value {
	r := value.NewRecord(1)
	r.Set(name, v)
	return r
}

// types are what the tests of values need beside the built-in ones.
const types = `
	CREATE TYPE pg_temp.mood AS ENUM ('sad', 'happy');
	CREATE DOMAIN pg_temp.positive AS integer CHECK (VALUE > 0);
	CREATE DOMAIN pg_temp.tiny AS pg_temp.positive;
	CREATE DOMAIN pg_temp.birthday AS date;
	CREATE DOMAIN pg_temp.price AS money;
	CREATE TYPE pg_temp.pair AS (a integer, b text)`

func withTypes(t *testing.T) db.Conn {
	t.Helper()
	c := newConn(t)
	for sql := range strings.SplitSeq(types, ";") {
		must(t, c, sql)
	}
	return c
}

// Each row of the table of parameters: what is given, as which type, and what
// the server then has, in its own text.
func TestParameters(t *testing.T) {
	c := withTypes(t)
	must(t, c, "SET DateStyle = 'German, DMY'")
	must(t, c, "SET IntervalStyle = 'sql_standard'")
	must(t, c, "SET TimeZone = 'America/St_Johns'")
	refused := "\x00"
	yes, no, null := value.Bool(true), value.Bool(false), value.NilValue()
	result := value.OkOf(num("1"))
	for _, tt := range []struct {
		typ  string
		give value.Value
		want string
	}{
		{"smallint", num("9.99"), "9"}, {"smallint", num("-0.9"), "0"}, {"smallint", num("32767"), "32767"}, {"smallint", num("32768"), refused},
		{"smallint", num("-32768.9"), "-32768"}, {"smallint", num("-32769"), refused},
		{"integer", num("2147483647.5"), "2147483647"}, {"integer", num("2147483648"), refused}, {"integer", text(" +12 "), "12"},
		{"integer", text("-5"), "-5"}, {"integer", text("1.5"), refused}, {"integer", text("1e3"), refused}, {"integer", text(""), refused},
		{"integer", text("1_000"), refused}, {"integer", text("twelve"), refused}, {"integer", text("2147483648"), refused},
		{"integer", yes, refused}, {"integer", array(), refused}, {"integer", record("a", yes), refused}, {"integer", result, refused},
		{"bigint", num("9223372036854775807"), "9223372036854775807"}, {"bigint", num("9223372036854775808"), refused},
		{"bigint", text("-9223372036854775808"), "-9223372036854775808"},
		{"numeric", num("79228162514264337593543950335"), "79228162514264337593543950335"},
		{"numeric", num("-0.0000000000000000000000000001"), "-0.0000000000000000000000000001"},
		{"numeric", text(" 7.25 "), "7.25"}, {"numeric", text("1e3"), "1000"}, {"numeric", text("1_000"), "1000"},
		{"numeric", text("abc"), refused}, {"numeric", text(""), refused}, {"numeric", text("NaN"), refused}, {"numeric", yes, refused},
		{"double precision", num("0.1"), "0.1"}, {"double precision", num("1234567890123456789"), "1.2345678901234568e+18"},
		{"double precision", text("1e3"), "1000"}, {"double precision", text("x"), refused},
		{"real", num("0.1"), "0.1"}, {"real", text("2.5"), "2.5"}, {"real", yes, refused},
		{"boolean", yes, "true"}, {"boolean", no, "false"}, {"boolean", num("0"), "false"}, {"boolean", num("0.1"), "true"},
		{"boolean", text(" YES "), "true"}, {"boolean", text("t"), "true"}, {"boolean", text("on"), "true"}, {"boolean", text("1"), "true"},
		{"boolean", text("f"), "false"}, {"boolean", text("No"), "false"}, {"boolean", text("off"), "false"}, {"boolean", text("0"), "false"},
		{"boolean", text(""), refused}, {"boolean", text("maybe"), refused}, {"boolean", array(), refused},
		{"text", num("12.50"), "12.5"}, {"text", yes, "true"}, {"text", no, "false"}, {"text", text("'; DROP --\\ \"$1\""), "'; DROP --\\ \"$1\""},
		{"text", array(num("1")), refused}, {"text", record("k", num("1")), refused}, {"text", result, refused},
		{"varchar", num("3"), "3"}, {"char(4)", text("ab"), "ab"},
		{"name", text("அ"), "அ"}, {"name", num("1"), refused}, {"xml", text("<a/>"), "<a/>"}, {"xml", yes, refused},
		{"pg_temp.mood", text("sad"), "sad"}, {"pg_temp.mood", num("1"), refused},
		{"json", num("1.50"), "1.5"}, {"json", yes, "true"}, {"json", text(`{"a": 1}`), `{"a": 1}`},
		{"jsonb", array(num("1"), null, text("அ\"\\\n"), record("க", array(no))), `[1, null, "அ\"\\\n", {"க": [false]}]`},
		{"json", record("b", record("a", num("0.1"))), `{"b":{"a":0.1}}`}, {"json", array(result), refused}, {"jsonb", result, refused},
		{"pg_temp.positive", num("5"), "5"}, {"pg_temp.tiny", text("7"), "7"}, {"pg_temp.positive", text("x"), refused},
		{"pg_temp.birthday", text("2000-02-29"), "29.02.2000"}, {"pg_temp.birthday", text("29.02.2000"), refused},
		{"pg_temp.price", text("1"), refused},
		{"bytea", text("அ"), `\xe0ae85`}, {"bytea", text(""), `\x`}, {"bytea", num("1"), refused}, {"bytea", yes, refused},
		{"uuid", text("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}, {"uuid", num("1"), refused},
		{"inet", text("10.0.0.1/8"), "10.0.0.1/8"}, {"cidr", text("10.0.0.0/8"), "10.0.0.0/8"}, {"macaddr", text("08002b010203"), "08:00:2b:01:02:03"},
		{"bit(3)", text("101"), "101"}, {"varbit", text("1"), "1"}, {"bit(3)", num("5"), refused},
		{"oid", num("4294967295"), "4294967295"}, {"oid", num("-1"), refused}, {"oid", num("1.5"), refused}, {"oid", text("26"), "26"},
		{"xid", num("3"), "3"}, {`"char"`, text("x"), "x"}, {"regclass", text("pg_class"), "pg_class"},
		{"int4range", text("[1,5)"), "[1,5)"}, {"point", text("(1,2)"), "(1,2)"}, {"tsvector", text("a b"), "'a' 'b'"},
		{"date", text("2026-04-01"), "01.04.2026"}, {"date", text("infinity"), "infinity"}, {"date", text("-infinity"), "-infinity"},
		{"date", text("0044-03-15 BC"), "15.03.0044 BC"}, {"date", text("10000-01-01"), "01.01.10000"}, {"date", text("2024-02-29"), "29.02.2024"},
		{"date", text("2026-02-29"), refused}, {"date", text("2026-04-31"), refused}, {"date", text("2026-13-01"), refused}, {"date", text("2026-4-1"), refused},
		{"date", text("01.04.2026"), refused}, {"date", text("0000-01-01"), refused}, {"date", text(" 2026-04-01"), refused}, {"date", text("today"), refused},
		{"date", text("2026-04-01T00:00"), refused}, {"date", text("1900-02-29"), refused}, {"date", text("12345678"), refused}, {"date", num("20260401"), refused},
		{"time", text("09:05"), "09:05:00"}, {"time", text("10:20:30.5"), "10:20:30.5"}, {"time", text("24:00:00"), "24:00:00"}, {"time", text("24:00:01"), refused},
		{"time", text("9:05"), refused}, {"time", text("10:60"), refused}, {"time", text("10:20:60"), refused}, {"time", text("10:20Z"), refused}, {"time", text("infinity"), refused},
		{"timetz", text("10:20+05:30"), "10:20:00+05:30"}, {"timetz", text("10:20:30.25Z"), "10:20:30.25+00"}, {"timetz", text("10:20"), "10:20:00+00"},
		{"timetz", text("10:20+0530"), refused}, {"timetz", text("10:20+16:00"), refused},
		{"timestamp", text("2026-04-01 10:20:30.500"), "01.04.2026 10:20:30.5"}, {"timestamp", text("2026-04-01T10:20"), "01.04.2026 10:20:00"},
		{"timestamp", text("2026-04-01"), "01.04.2026 00:00:00"}, {"timestamp", text("0044-03-15T10:20:30 BC"), "15.03.0044 10:20:30 BC"},
		{"timestamp", text("2026-04-01T10:20Z"), refused}, {"timestamp", text("2026-04-01t10:20"), refused}, {"timestamp", text("2026-04-01T"), refused},
		{"timestamp", text("2026-04-01T24:00"), refused}, {"timestamp", text("-infinity"), "-infinity"}, {"timestamp", text("now"), refused},
		{"timestamptz", text("2026-04-01T10:20:30+05:30"), "01.04.2026 02:20:30 NDT"}, {"timestamptz", text("2026-04-01T04:50:30.125Z"), "01.04.2026 02:20:30.125 NDT"},
		{"timestamptz", text("2026-04-01 10:20:30"), "01.04.2026 07:50:30 NDT"}, {"timestamptz", text("2026-04-01"), "31.03.2026 21:30:00 NDT"},
		{"timestamptz", text("2026-04-01T10:20-00:30"), "01.04.2026 08:20:00 NDT"}, {"timestamptz", text("2026-04-01T10:20+5"), refused},
		{"timestamptz", text("infinity"), "infinity"}, {"timestamptz", num("1"), refused},
		{"interval", text("P1Y2M3DT4H5M6.5S"), "+1-2 +3 +4:05:06.5"}, {"interval", text("PT0S"), "0"}, {"interval", text("P-1Y-2M"), "-1-2"}, {"interval", text("P-3DT4H"), "+0-0 -3 +4:00:00"},
		{"interval", text("1 day"), refused}, {"interval", text("P"), refused}, {"interval", text("P1YT"), refused}, {"interval", text("P1.5D"), refused},
		{"interval", text("PT6.S"), refused}, {"interval", text("P1M1Y"), refused}, {"interval", num("1"), refused},
		{"money", num("1"), refused}, {"money", text("1"), refused}, {"money[]", array(num("1")), refused}, {"money[]", text("{1}"), refused},
		{"integer[]", array(num("1.9"), null, text("3")), "{1,NULL,3}"}, {"integer[]", array(array(num("1")), array(num("2"))), "{{1},{2}}"},
		{"integer[]", array(array(num("1")), num("2")), refused}, {"integer[]", array(num("1"), array(num("2"))), refused}, {"integer[]", array(text("x")), refused},
		{"integer[]", array(), "{}"}, {"integer[]", text("{4,5}"), "{4,5}"}, {"integer[]", num("1"), refused}, {"integer[]", record("a", num("1")), refused},
		{"text[]", array(text(`a"b\c{},`), text("NULL"), text(""), num("1.50"), yes), `{"a\"b\\c{},","NULL","",1.5,true}`},
		{"date[]", array(text("2026-04-01"), text("infinity")), "{01.04.2026,infinity}"}, {"date[]", array(text("1.4.2026")), refused},
		{"pg_temp.positive[]", array(num("5"), text("6")), "{5,6}"}, {"pg_temp.mood[]", array(text("sad")), "{sad}"},
		{"box[]", array(text("(1,1),(0,0)"), text("(2,2),(0,0)")), "{(1,1),(0,0);(2,2),(0,0)}"}, {"bytea[]", array(text("A")), `{"\\x41"}`},
		{"jsonb[]", array(record("a", num("1")), num("2")), `{"{\"a\": 1}",2}`},
		{"integer", null, "∅"}, {"money", null, "∅"}, {"date", null, "∅"}, {"text[]", null, "∅"}, {"json", null, "∅"},
	} {
		sql := "SELECT coalesce(($1::" + tt.typ + ")::text, '∅') AS v"
		s := statement(sql, tt.give)
		rows := db.NewRows(s)
		err := c.Query(context.Background(), s, rows)
		if tt.want == refused {
			var d *diag.Diagnostic
			if !errors.As(err, &d) || d.Def != diag.BadParameter {
				t.Errorf("%s as %s: %v, want ET5045", show(tt.give), tt.typ, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s as %s: %v", show(tt.give), tt.typ, err)
			continue
		}
		v, _ := rows.Value()
		if got, want := show(v), "[{v: "+tt.want+"}]"; got != want {
			t.Errorf("%s as %s is %s, want %s", show(tt.give), tt.typ, got, want)
		}
	}
	if c.InTransaction() || !c.Usable() {
		t.Error("the connection is not clean")
	}
}

func TestParameterMessageNamesNumberKindAndType(t *testing.T) {
	c := newConn(t)
	_, err := execute(context.Background(), c, "SELECT $1::text, $2::timestamptz", text("a"), num("5"))
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Message().En != "parameter 2 (a number) cannot be given as timestamp with time zone" {
		t.Errorf("got %v", err)
	}
	for _, tt := range []struct {
		sql   string
		given value.Value
		help  string
	}{
		{"SELECT $1::smallint", num("40000"), "it takes a whole number from -32768 to 32767"},
		{"SELECT $1::bigint", text("x"), "it takes a whole number from -9223372036854775808 to 9223372036854775807"},
		{"SELECT $1::date", text("01/04/2026"), "write it as 2026-04-01"},
		{"SELECT $1::money", num("5"), "write it as $1::numeric::money"},
	} {
		if _, err := execute(context.Background(), c, tt.sql, tt.given); !errors.As(err, &d) || d.Help == nil || d.Help.En != tt.help {
			t.Errorf("%s: %v, want the help %q", tt.sql, err, tt.help)
		}
	}
}

func TestPlaceholdersOfOthersAreToldApart(t *testing.T) {
	c := newConn(t)
	for _, tt := range []struct {
		sql  string
		says bool
	}{
		{"SELECT 1 WHERE 1 = ?", true},
		{"SELECT 1 WHERE '?' = ", false},
		{"SELEC $1", false},
	} {
		_, err := execute(context.Background(), c, tt.sql, num("1"))
		var r *db.Refusal
		if !errors.As(err, &r) || strings.HasSuffix(r.Message, otherPlaceholders) != tt.says || r.Tag != "[postgresql 42601]" {
			t.Errorf("%s: %v", tt.sql, err)
		}
	}
}

// Each row of the table of results, by every way that values come.
func TestResults(t *testing.T) {
	for _, way := range []struct {
		name string
		keys map[string]any
	}{{"cache", nil}, {"describe", map[string]any{"prepare": "describe"}}, {"off", map[string]any{"prepare": "off"}}} {
		t.Run(way.name, func(t *testing.T) {
			b := newBench(t, servers.Postgres(t), db.Options{Source: true, Keys: way.keys}, nil)
			results(t, b.lease())
		})
	}
}

func results(t *testing.T, c db.Conn) {
	for sql := range strings.SplitSeq(types, ";") {
		must(t, c, sql)
	}
	for _, setting := range []string{"DateStyle = 'SQL, DMY'", "TimeZone = 'Asia/Kolkata'", "IntervalStyle = 'postgres_verbose'"} {
		must(t, c, "SET "+setting)
	}
	for _, tt := range []struct{ sql, want string }{
		{"true", "true: a boolean"}, {"false", "false: a boolean"}, {"NULL::boolean", "nil: nil"},
		{"7::smallint", "7: a number"}, {"(-70000)", "-70000: a number"}, {"9223372036854775807", "9223372036854775807: a number"},
		{"1.50::numeric", "1.5: a number"}, {"1::numeric / 3", "0.33333333333333333333: a number"}, {"0.00000000000000000000000000005::numeric", "0.0000000000000000000000000001: a number"},
		{"79228162514264337593543950335", "79228162514264337593543950335: a number"}, {"79228162514264337593543950336", "79228162514264337593543950336: a string"},
		{"-1e40::numeric", "-10000000000000000000000000000000000000000: a string"}, {"'NaN'::numeric", "nil: nil"}, {"'Infinity'::numeric", "nil: nil"}, {"'-Infinity'::numeric", "nil: nil"},
		{"0.1::float8 + 0.2::float8", "0.30000000000000004: a number"}, {"'-0'::float8", "0: a number"}, {"1e-30::float8", "0: a number"}, {"1e300::float8", "1e+300: a string"},
		{"'NaN'::float8", "nil: nil"}, {"'-Infinity'::float8", "nil: nil"}, {"0.1::real", "0.1: a number"}, {"3e38::real", "3e+38: a string"}, {"'Infinity'::real", "nil: nil"},
		{"'12'::text", "12: a string"}, {"'xyz'::varchar(2)", "xy: a string"}, {"'ab'::char(4)", "ab  : a string"}, {"'n'::name", "n: a string"}, {"'u'", "u: a string"}, {"''", ": a string"},
		{"5::pg_temp.tiny", "5: a number"}, {"'2000-02-29'::pg_temp.birthday", "2000-02-29: a string"}, {"pg_sleep(0)", "nil: nil"},
		{`'{"a": 1}'::json`, `{"a": 1}: a string`}, {`'{"a":1}'::jsonb`, `{"a": 1}: a string`}, {"'<a/>'::xml", "<a/>: a string"},
		{"'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11: a string"}, {"'sad'::pg_temp.mood", "sad: a string"},
		{"'10.0.0.1/8'::inet", "10.0.0.1/8: a string"}, {"'08002b010203'::macaddr", "08:00:2b:01:02:03: a string"}, {`'x'::"char"`, "x: a string"},
		{"B'101'", "101: a string"}, {"'1'::varbit", "1: a string"}, {"int4range(1,5)", "[1,5): a string"}, {"point(1,2)", "(1,2): a string"},
		{"ROW(1,'a')::pg_temp.pair", "(1,a): a string"}, {"ROW(1,'a')", "(1,a): a string"}, {"'a b'::tsvector", "'a' 'b': a string"}, {"'pg_class'::regclass", "pg_class: a string"},
		{"26::oid", "26: a number"}, {"'7'::xid", "7: a number"}, {"'7'::cid", "7: a number"}, {"'7'::xid8", "7: a string"}, {"'1 2'::int2vector", "1 2: a string"},
		{`'\xe0ae85'::bytea`, "அ: a string"}, {`'\xff41'::bytea`, "\ufffdA: a string"}, {`''::bytea`, ": a string"},
		{"ARRAY[1,NULL,3]", "[1, nil, 3]: an array"}, {"ARRAY[[1,2],[3,4]]", "[[1, 2], [3, 4]]: an array"}, {"'{}'::int[]", "[]: an array"}, {"'[2:3]={7,8}'::int[]", "[7, 8]: an array"},
		{`ARRAY['a,b','"q"','\','NULL','',NULL,' x ','{}']`, `[a,b, "q", \, NULL, , nil,  x , {}]: an array`}, {"ARRAY[true,false]", "[true, false]: an array"}, {"ARRAY['1','x']", "[1, x]: an array"},
		{"ARRAY[1.50,'NaN']::numeric[]", "[1.5, nil]: an array"}, {`ARRAY['\x41'::bytea]`, "[A]: an array"}, {"ARRAY['sad']::pg_temp.mood[]", "[sad]: an array"}, {"ARRAY[1,2]::pg_temp.positive[]", "[1, 2]: an array"},
		{"ARRAY['((1,1),(0,0))'::box,'((2,2),(0,0))'::box]", "[(1,1),(0,0), (2,2),(0,0)]: an array"}, {`ARRAY['{"a": 1}'::jsonb]`, `[{"a": 1}]: an array`},
		{"ARRAY['2026-04-01',NULL,'infinity']::date[]", "[2026-04-01, nil, infinity]: an array"}, {"'{}'::date[]", "[]: an array"}, {"'{{2026-04-01},{2026-05-01}}'::timestamp[]", "[[2026-04-01T00:00:00], [2026-05-01T00:00:00]]: an array"},
		{"ARRAY['2000-02-29']::pg_temp.birthday[]", "[2000-02-29]: an array"},
		{"date '2026-04-01'", "2026-04-01: a string"}, {"NULL::date", "nil: nil"}, {"date 'infinity'", "infinity: a string"}, {"date '-infinity'", "-infinity: a string"},
		{"date '0001-01-01'", "0001-01-01: a string"}, {"date '0001-12-31 BC'", "0001-12-31 BC: a string"}, {"date '4714-11-24 BC'", "4714-11-24 BC: a string"}, {"date '5874897-12-31'", "5874897-12-31: a string"},
		{"date '1900-02-28' + 1", "1900-03-01: a string"}, {"date '2000-02-28' + 1", "2000-02-29: a string"}, {"date '1969-12-31'", "1969-12-31: a string"},
		{"timestamp '2026-04-01 10:20:30'", "2026-04-01T10:20:30: a string"}, {"timestamp '2026-04-01'", "2026-04-01T00:00:00: a string"}, {"timestamp '1969-12-31 23:59:59.999999'", "1969-12-31T23:59:59.999999: a string"},
		{"timestamp '2026-04-01 10:20:30.500'", "2026-04-01T10:20:30.5: a string"}, {"timestamp 'infinity'", "infinity: a string"}, {"timestamp '0044-03-15 10:20 BC'", "0044-03-15T10:20:00 BC: a string"},
		{"timestamp '294276-12-31 23:59:59.999999'", "294276-12-31T23:59:59.999999: a string"},
		{"timestamptz '2026-04-01 10:20:30+05:30'", "2026-04-01T04:50:30Z: a string"}, {"timestamptz '-infinity'", "-infinity: a string"}, {"timestamptz '2026-04-01 00:00:00.000001+00'", "2026-04-01T00:00:00.000001Z: a string"},
		{"time '10:20:30.5'", "10:20:30.5: a string"}, {"time '24:00'", "24:00:00: a string"}, {"timetz '10:20:30+05:30'", "10:20:30+05:30: a string"}, {"timetz '10:20:30.25-00:30'", "10:20:30.25-00:30: a string"}, {"timetz '10:20+00'", "10:20:00+00:00: a string"},
		{"interval '1 year 2 months 3 days 04:05:06.5'", "P1Y2M3DT4H5M6.5S: a string"}, {"interval '0'", "PT0S: a string"}, {"interval '-1 month'", "P-1M: a string"}, {"interval '1 day -1 hour'", "P1DT-1H: a string"},
		{"interval '-0.5 s'", "PT-0.5S: a string"}, {"interval '-14 months'", "P-1Y-2M: a string"}, {"interval '36 hours'", "PT36H: a string"},
	} {
		v, err := query(context.Background(), c, "SELECT "+tt.sql+" AS v")
		if err != nil {
			t.Errorf("%s: %v", tt.sql, err)
			continue
		}
		row := v.At(0)
		got, _ := row.Get("v")
		if text := show(got) + ": " + got.Kind().String(); text != tt.want {
			t.Errorf("%s is %s, want %s", tt.sql, text, tt.want)
		}
	}
}

func TestByteaInTheOlderForm(t *testing.T) {
	c := newConn(t)
	must(t, c, "SET bytea_output = 'escape'")
	if got := printed(t, c, `SELECT '\x415c00e0ae85'::bytea AS v`); got != "[{v: A\\\x00அ}]" {
		t.Errorf("got %q", got)
	}
}

func TestUnreadableColumnIsRefusedBeforeAnythingRuns(t *testing.T) {
	c := withTypes(t)
	must(t, c, `CREATE TEMP TABLE cash (id integer, m money, "Big Sum" money[], p pg_temp.price)`)
	for _, tt := range []struct{ sql, typ, cast string }{
		{"INSERT INTO cash VALUES (1, 5) RETURNING id, m", "money", "m::numeric"},
		{`INSERT INTO cash VALUES (1, 5) RETURNING "Big Sum"`, "money[]", `"Big Sum"::numeric[]`},
		{"INSERT INTO cash VALUES (1, 5) RETURNING p", "money", "p::numeric"},
	} {
		_, err := query(context.Background(), c, tt.sql)
		var d *diag.Diagnostic
		if !errors.As(err, &d) || d.Def != diag.UnreadColumn || !strings.Contains(d.Message().En, "'"+tt.cast+"'") || !strings.Contains(d.Message().En, " is "+tt.typ) {
			t.Errorf("%s: %v", tt.sql, err)
		}
	}
	if got := printed(t, c, "SELECT count(*) AS n FROM cash"); got != "[{n: 0}]" {
		t.Errorf("rows: %s", got)
	}
	if n := must(t, c, "INSERT INTO cash VALUES (1, 5) RETURNING m"); n != 1 {
		t.Errorf("execute of it counts %d", n)
	}
	if got := printed(t, c, "SELECT m::numeric AS m FROM cash"); got != "[{m: 5}]" {
		t.Errorf("the cast gives %s", got)
	}
}

func TestCounts(t *testing.T) {
	c := newConn(t)
	must(t, c, "CREATE TEMP TABLE k (a integer PRIMARY KEY)")
	for _, tt := range []struct {
		sql  string
		want int64
	}{
		{"INSERT INTO k VALUES (1), (2)", 2}, {"INSERT INTO k VALUES (2) ON CONFLICT DO NOTHING", 0},
		{"INSERT INTO k VALUES (2) ON CONFLICT (a) DO UPDATE SET a = 2", 1}, {"UPDATE k SET a = a", 2},
		{"SELECT a FROM k", 2}, {"SELECT a FROM k WHERE a > 9", 0}, {"UPDATE k SET a = a + 10 RETURNING a", 2},
		{"CREATE TEMP TABLE l (a integer)", 0}, {"BEGIN", 0}, {"BEGIN", 0}, {"COMMIT", 0}, {"COMMIT", 0}, {"ROLLBACK", 0}, {"SET geqo = on", 0},
		{"", 0}, {" -- nothing\n /* at all */ ", 0}, {";", 0}, {"DELETE FROM k;", 2}, {"LISTEN x", 0}, {"DO $$ BEGIN RAISE NOTICE 'x'; END $$", 0},
	} {
		if got := must(t, c, tt.sql); got != tt.want {
			t.Errorf("%q counts %d, want %d", tt.sql, got, tt.want)
		}
	}
	for _, sql := range []string{"", "-- nothing", "CREATE TEMP TABLE m (a integer)", "BEGIN", "ROLLBACK"} {
		if got := printed(t, c, sql); got != "[]" {
			t.Errorf("query of %q = %s", sql, got)
		}
	}
	if got := printed(t, c, `SELECT 1 AS a, 3 AS "A b", 4 AS a, 1 + 1`); got != "[{?column?: 2, A b: 3, a: 4}]" {
		t.Errorf("names: %s", got)
	}
}

func TestZoneOfMomentsWithoutOne(t *testing.T) {
	kolkata, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, servers.Postgres(t), db.Options{}, func(c *db.PoolConfig) { c.Zone = kolkata })
	c := b.lease()
	if got := printed(t, c, "SELECT $1::timestamptz AS a, $2::timestamptz AS b, $3::timetz AS c",
		text("2026-04-01T10:20:30.123456"), text("2026-04-01"), text("10:20")); got != "[{a: 2026-04-01T04:50:30.123456Z, b: 2026-03-31T18:30:00Z, c: 10:20:00+05:30}]" {
		t.Errorf("got %s", got)
	}
}

// What is read as a date or time is taken as one again and stays the same.
func FuzzMomentsThereAndBack(f *testing.F) {
	f.Add(int64(0), int32(0), int32(0), uint8(0))
	f.Add(int64(123456789), int32(-5), int32(13), uint8(5))
	f.Add(int64(-63082281600000000)-1, int32(-730000), int32(0), uint8(3))
	f.Fuzz(func(t *testing.T, micros int64, days, months int32, which uint8) {
		c := classDate + class(which)%6
		var b []byte
		put := func(n uint64, size int) {
			for i := size - 1; i >= 0; i-- {
				b = append(b, byte(n>>(8*i)))
			}
		}
		inDay := ((micros % day) + day) % day
		switch c {
		case classDate:
			put(uint64(uint32(days)), 4)
		case classTime:
			put(uint64(inDay), 8)
		case classTimeTZ:
			put(uint64(inDay), 8)
			put(uint64(uint32(days%57600)), 4)
		case classInterval:
			put(uint64(micros), 8)
			put(uint64(uint32(days)), 4)
			put(uint64(uint32(months)), 4)
		default:
			put(uint64(micros), 8)
		}
		out, ok := formatMoment(nil, b, c)
		if !ok {
			t.Fatalf("%x is not read as class %d", b, c)
		}
		if strings.HasSuffix(string(out), "infinity") && c == classInterval || len(out) > 40 && c != classInterval {
			return
		}
		again, ok := appendMoment(nil, string(out), c, time.UTC)
		if !ok {
			t.Fatalf("%s (class %d) is not taken back", out, c)
		}
		want := strings.TrimSuffix(strings.Replace(string(out), "T", " ", 1), "Z")
		got := strings.Replace(string(again), "+00", "", 1)
		switch c {
		case classInterval, classTimeTZ:
			want, got = string(out), string(again)
		case classTimestampTZ:
			want = strings.Replace(want, "Z BC", " BC", 1)
		}
		if got != want {
			t.Fatalf("%s became %s", out, again)
		}
	})
}

// Neither reader of arrays trusts what it reads.
func FuzzArrays(f *testing.F) {
	for _, seed := range []string{"{1,NULL,3}", `{"a\"b",{}}`, "[0:1]={{1},{2}}", "{", "{}", "{,}", "\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04\x3a\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x04\x00\x00\x00\x05"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d := decoder{meter: free{}}
		d.textArray(b, builtin[23])
		d.textArray(b, builtin[17])
		d.binaryArray(b, builtin[1082])
		bytes(b)
	})
}
