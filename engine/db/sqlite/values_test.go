package sqlite

import (
	"testing"

	"etamil/engine/db"
	"etamil/engine/diag"
	"etamil/engine/value"
)

func TestValuesBecomeWhatTheSpecificationSays(t *testing.T) {
	c := memory(t)
	for expr, want := range map[string]string{
		"NULL":                              "nil nil",
		"9223372036854775807":               "a number 9223372036854775807",
		"-9223372036854775808":              "a number -9223372036854775808",
		"0.1 + 0.2":                         "a number 0.30000000000000004",
		"-0.0":                              "a number 0",
		"1e-29":                             "a number 0",
		"-1e-30":                            "a number 0",
		"1e28":                              "a number 10000000000000000000000000000",
		"1e300":                             "a string 1e+300",
		"9e999":                             "nil nil",
		"-9e999":                            "nil nil",
		"'007'":                             "a number 7",
		"'12.50'":                           "a number 12.5",
		"'+9'":                              "a number 9",
		"'.5'":                              "a number 0.5",
		"'5.'":                              "a number 5",
		"'1e3'":                             "a number 1000",
		"'1e+3'":                            "a number 1000",
		"'1_000'":                           "a number 1000",
		"'-0'":                              "a number 0",
		"' 5'":                              "a string  5",
		"'5 '":                              "a string 5 ",
		"''":                                "a string ",
		"'-'":                               "a string -",
		"'௫'":                               "a string ௫",
		"'1,000'":                           "a string 1,000",
		"'2026-04-01'":                      "a string 2026-04-01",
		"'79228162514264337593543950335'":   "a number 79228162514264337593543950335",
		"'79228162514264337593543950336'":   "a string 79228162514264337593543950336",
		"'0x10'":                            "a string 0x10",
		"x'313233'":                         "a string 123",
		"x'ff'":                             "a string \ufffd",
		"x''":                               "a string ",
		"CAST(x'31ff' AS TEXT)":             "a string 1\ufffd",
		"CAST(x'3100' AS TEXT)":             "a string 1\x00",
		"7 / 2":                             "a number 3",
		"7 / 2.0":                           "a number 3.5",
		"1 = 1":                             "a number 1",
		"json_extract('{\"a\": 5}', '$.a')": "a number 5",
	} {
		wantOne(t, c, "SELECT "+expr+" AS v", want)
	}
}

func TestParametersAreBoundAsTheSpecificationSays(t *testing.T) {
	c := memory(t)
	list, _ := value.ArrayOf([]value.Value{value.Int(1), text("a")})
	record := value.NewRecord(1)
	record.Set("k", value.Int(2))
	result, _ := value.Ok(value.Int(5))
	for _, tt := range []struct {
		give value.Value
		want string
	}{
		{db.NumberOf("12.50"), "text 12.5"},
		{db.NumberOf("-79228162514264337593543950335"), "text -79228162514264337593543950335"},
		{db.NumberOf("-7.9228162514264337593543950335"), "text -7.9228162514264337593543950335"},
		{text("வணக்கம்"), "text வணக்கம்"},
		{text(""), "text "},
		{value.Bool(true), "integer 1"},
		{value.Bool(false), "integer 0"},
		{list, "text [1, a]"},
		{record, "text {k: 2}"},
		{result, "text சரி(5)"},
	} {
		wantOne(t, c, "SELECT typeof(?1) || ' ' || ?1 AS v", "a string "+tt.want, tt.give)
	}
	wantOne(t, c, "SELECT typeof(?) AS v", "a string null", value.NilValue())
	wantOne(t, c, "SELECT ? = 5 AS v", "a number 0", value.Int(5))
	wantOne(t, c, "SELECT ? + 1 AS v", "a number 6", value.Int(5))
	wantOne(t, c, "SELECT ? > 10 AS v", "a number 1", value.Int(5))

	must(t, c, "CREATE TABLE t (i INTEGER, n DECIMAL, r REAL, s TEXT, u)")
	exact := db.NumberOf("1234567890123456789.123456789")
	if _, err := execute(c, "INSERT INTO t VALUES (?1, ?1, ?1, ?1, ?1)", exact); err != nil {
		t.Fatal(err)
	}
	rows, err := query(c, "SELECT * FROM t")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"i": "1234567890123456768", "n": "1234567890123456768", "r": "1234567890123456800",
		"s": "1234567890123456789.123456789", "u": "1234567890123456789.123456789",
	} {
		if got, _ := rows[0].Get(name); show(got) != "a number "+want {
			t.Errorf("column %s: %s, want %s", name, show(got), want)
		}
	}
}

func TestPlaceholdersCountByPosition(t *testing.T) {
	c := memory(t)
	one, two, three := value.Int(1), value.Int(2), value.Int(3)
	for _, tt := range []struct {
		sql    string
		params []value.Value
		want   string
	}{
		{"SELECT ? || ? AS v", []value.Value{one, two}, "a number 12"},
		{"SELECT ?2 || ?1 AS v", []value.Value{one, two}, "a number 21"},
		{"SELECT :a || @b || $c || :a AS v", []value.Value{one, two, three}, "a number 1231"},
		{"SELECT ?3 AS v", []value.Value{one, two, three}, "a number 3"},
		{"SELECT '?' || ? AS v -- ?", []value.Value{one}, "a string ?1"},
	} {
		wantOne(t, c, tt.sql, tt.want, tt.params...)
		for _, wrong := range [][]value.Value{tt.params[1:], append(tt.params[:len(tt.params):len(tt.params)], one)} {
			_, err := query(c, tt.sql, wrong...)
			wantCode(t, err, diag.ParameterCount)
		}
	}
}

// The memory for parameters grows while it is filled, and what it held before
// must not turn up.
func TestLargeParametersFollowSmallOnes(t *testing.T) {
	c := memory(t)
	for _, size := range []int{10, 100_000, 3, 2_000_000, 0, 70_000} {
		big := make([]byte, size)
		for i := range big {
			big[i] = byte('a' + i%26)
		}
		rows, err := query(c, "SELECT ? AS a, ? AS b, ? AS c", text("before"), text(string(big)), db.NumberOf("1.5"))
		if err != nil {
			t.Fatal(err)
		}
		a, _ := rows[0].Get("a")
		b, _ := rows[0].Get("b")
		n, _ := rows[0].Get("c")
		if a.Str() != "before" || b.Str() != string(big) || show(n) != "a number 1.5" {
			t.Errorf("%d bytes: %s, %d bytes, %s", size, show(a), len(b.Str()), show(n))
		}
		if c.h.params.cap > keptParams {
			t.Errorf("%d bytes are kept for parameters", c.h.params.cap)
		}
	}
}
