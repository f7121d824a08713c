package mongo

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"etamil/engine/db"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// free is a Meter without bounds.
type free struct{}

func (free) Charge(int) error { return nil }
func (free) Grow(int) error   { return nil }

func encoding() *encoder { return &encoder{meter: free{}, param: 1} }

// rec returns a record of these names and values in turn.
func rec(pairs ...any) value.Value {
	r := value.NewRecord(len(pairs) / 2)
	for i := 0; i < len(pairs); i += 2 {
		r.Set(pairs[i].(string), val(pairs[i+1]))
	}
	return r
}

// arr returns an array.
func arr(elems ...any) value.Value {
	all := make([]value.Value, len(elems))
	for i, e := range elems {
		all[i] = val(e)
	}
	a, _ := value.ArrayOf(all)
	return a
}

// num is a number by its digits.
type num string

func val(v any) value.Value {
	switch v := v.(type) {
	case nil:
		return value.NilValue()
	case bool:
		return value.Bool(v)
	case int:
		return value.Int(v)
	case num:
		return db.NumberOf(string(v))
	case string:
		return value.String(v)
	case value.Value:
		return v
	}
	panic("BUG: no such value")
}

// extended is BSON as canonical Extended JSON, which shows types and order.
func extended(t *testing.T, v any) string {
	t.Helper()
	raw, err := bson.MarshalExtJSON(bson.D{{Key: "v", Value: v}}, true, false)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(strings.TrimPrefix(string(raw), `{"v":`), "}")
}

func ok(v any) value.Value  { r, _ := value.Ok(val(v)); return r }
func bad(v any) value.Value { r, _ := value.Err(val(v)); return r }

func TestValuesBecomeBSON(t *testing.T) {
	for _, tt := range []struct {
		v    any
		want string
	}{
		{5, `{"$numberLong":"5"}`},
		{num("3.0"), `{"$numberLong":"3"}`},
		{num("-0"), `{"$numberLong":"0"}`},
		{num("9223372036854775807"), `{"$numberLong":"9223372036854775807"}`},
		{num("-9223372036854775808"), `{"$numberLong":"-9223372036854775808"}`},
		{num("9223372036854775808"), `{"$numberDecimal":"9223372036854775808"}`},
		{num("12.50"), `{"$numberDecimal":"12.5"}`},
		{num("-0.05"), `{"$numberDecimal":"-0.05"}`},
		{num("0.0000000000000000000000000001"), `{"$numberDecimal":"1E-28"}`},
		{num("79228162514264337593543950335"), `{"$numberDecimal":"79228162514264337593543950335"}`},
		{"பால்", `"பால்"`},
		{"0012.50", `"0012.50"`},
		{true, `true`},
		{nil, `null`},
		{arr(1, "x", arr()), `[{"$numberLong":"1"},"x",[]]`},
		{rec(), `{}`},
		{rec("b", 1, "a", 2, "_id", 3, "Z", 4, "", 5), `{"_id":{"$numberLong":"3"},"":{"$numberLong":"5"},"Z":{"$numberLong":"4"},"a":{"$numberLong":"2"},"b":{"$numberLong":"1"}}`},
		{rec("x", rec("b", nil, "_id", nil)), `{"x":{"_id":null,"b":null}}`},
		{ok(7), `{"$numberLong":"7"}`},
		{arr(bad(ok("why"))), `["why"]`},
		{rec("$oid", "0123456789abcdefABCDEF01"), `{"$oid":"0123456789abcdefabcdef01"}`},
		{rec("$date", "2026-04-01T10:20:30.5Z"), `{"$date":{"$numberLong":"1775038830500"}}`},
		{rec("$date", "2026-04-01T15:50:30+05:30"), `{"$date":{"$numberLong":"1775038830000"}}`},
		{rec("$date", -5), `{"$date":{"$numberLong":"-5"}}`},
		{rec("$date", ok(0)), `{"$date":{"$numberLong":"0"}}`},
		{arr(rec("a", rec("$oid", "000000000000000000000000"))), `[{"a":{"$oid":"000000000000000000000000"}}]`},
		{"0123456789abcdef01234567", `"0123456789abcdef01234567"`},
		{rec("$oid", "x", "other", 1), `{"$oid":"x","other":{"$numberLong":"1"}}`},
	} {
		v := val(tt.v)
		got, err := encoding().encode(&v, 0)
		if err != nil {
			t.Errorf("%s: %v", value.Display(&v, 80), err)
			continue
		}
		if s := extended(t, got); s != tt.want {
			t.Errorf("%s = %s, want %s", value.Display(&v, 80), s, tt.want)
		}
	}
	for _, v := range []value.Value{
		rec("a", rec("$oid", "123")), rec("a", rec("$oid", 5)), rec("a", rec("$date", "1.4.2026")), rec("a", rec("$date", num("1.5"))),
		rec("a", rec("$date", nil)), rec("a\x00b", 1), arr(rec("\x00", 1)),
	} {
		_, err := encoding().encode(&v, 0)
		var d *diag.Diagnostic
		if !errors.As(err, &d) || d.Def != diag.BadParameter {
			t.Errorf("%s: %v", value.Display(&v, 80), err)
		}
	}
}

func TestBSONBecomesValues(t *testing.T) {
	id, _ := bson.ObjectIDFromHex("0123456789abcdefABCDEF01")
	dec := func(s string) bson.Decimal128 {
		d, err := bson.ParseDecimal128(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tt := range []struct {
		v    any
		want string
	}{
		{int32(-5), "a number -5"}, {int64(math.MinInt64), "a number -9223372036854775808"},
		{1.0, "a number 1"}, {0.1 + 0.2, "a number 0.3"}, {0.30000000000000004, "a number 0.30000000000000004"}, {math.Copysign(0, -1), "a number 0"},
		{math.NaN(), "nil nil"}, {math.Inf(-1), "nil nil"}, {1e300, "a string 1e+300"}, {1e-40, "a number 0"},
		{dec("12.50"), "a number 12.5"}, {dec("-0"), "a number 0"}, {dec("NaN"), "nil nil"}, {dec("Infinity"), "nil nil"}, {dec("-Infinity"), "nil nil"},
		{dec("1E-28"), "a number 0.0000000000000000000000000001"}, {dec("1E-30"), "a number 0"}, {dec("1E-6176"), "a number 0"},
		{dec("79228162514264337593543950335"), "a number 79228162514264337593543950335"},
		{dec("79228162514264337593543950336"), "a string 79228162514264337593543950336"},
		{dec("-1234567890123456789012345678901.250"), "a string -1234567890123456789012345678901.25"},
		{dec("1E+30"), "a string 1" + strings.Repeat("0", 30)},
		{dec("5E+3"), "a number 5000"},
		{dec("0.3333333333333333333333333333333333"), "a number 0.3333333333333333333333333333"},
		{"பால்", "a string பால்"}, {"a\xffb", "a string a\ufffdb"}, {"", "a string "},
		{true, "a boolean true"}, {nil, "nil nil"}, {bson.Undefined{}, "nil nil"},
		{id, "a string 0123456789abcdefabcdef01"},
		{bson.DateTime(1775038830500), "a string 2026-04-01T10:20:30.5Z"}, {bson.DateTime(1775038830000), "a string 2026-04-01T10:20:30Z"},
		{bson.DateTime(-1), "a string 1969-12-31T23:59:59.999Z"}, {bson.DateTime(0), "a string 1970-01-01T00:00:00Z"},
		{bson.Binary{Subtype: 0, Data: []byte("hi")}, "a string Binary(0x0, aGk=)"}, {bson.Binary{Subtype: 0x80}, "a string Binary(0x80, )"},
		{bson.Regex{Pattern: "^a", Options: "im"}, "a string /^a/im"}, {bson.Timestamp{T: 5, I: 6}, "a string Timestamp(5, 6)"},
		{bson.MinKey{}, "a string MinKey"}, {bson.MaxKey{}, "a string MaxKey"},
		{bson.JavaScript("f()"), "a string f()"}, {bson.Symbol("s"), "a string s"},
		{bson.CodeWithScope{Code: "g()", Scope: bson.D{}}, "a string g()"}, {bson.DBPointer{DB: "c", Pointer: id}, "a string c/0123456789abcdefabcdef01"},
		{bson.A{int32(1), bson.A{}, bson.D{{Key: "b", Value: 1}, {Key: "a", Value: nil}}}, "an array [1, [], {a: nil, b: 1}]"},
		{bson.D{}, "a record {}"},
	} {
		raw, err := bson.Marshal(bson.D{{Key: "v", Value: tt.v}})
		if err != nil {
			t.Fatal(err)
		}
		r, err := newDecoder(free{}).document(raw)
		if err != nil {
			t.Errorf("%v: %v", tt.v, err)
			continue
		}
		v, _ := r.Get("v")
		if got := v.Kind().String() + " " + value.Display(&v, 200); got != tt.want {
			t.Errorf("%v = %s, want %s", tt.v, got, tt.want)
		}
	}
}

// The exact numbers of the language travel through BSON unchanged.
func TestRandomDecimalsComeBack(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	for range 100_000 {
		d := decimal.Decimal{Lo: r.Uint64(), Hi: r.Uint32(), Scale: uint8(r.IntN(decimal.MaxScale + 1))}
		switch bits := r.IntN(97); {
		case bits < 64:
			d.Hi, d.Lo = 0, d.Lo&(1<<bits-1)
		case bits < 96:
			d.Hi &= 1<<(bits-64) - 1
		}
		d.Neg = r.IntN(2) == 0 && !d.IsZero()
		v := value.Num(d)
		e, err := encoding().encode(&v, 0)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := bson.Marshal(bson.D{{Key: "v", Value: e}})
		if err != nil {
			t.Fatal(err)
		}
		back, err := newDecoder(free{}).document(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := back.Get("v"); got.Kind() != value.Number || !decimal.Equal(got.Dec(), d) {
			t.Fatalf("seed %d: %s came back as %s", seed, d, value.Display(&got, 80))
		}
	}
}

func TestCommandsHaveTheirNameFirst(t *testing.T) {
	for _, tt := range []struct {
		v    value.Value
		want string
	}{
		{rec("ping", 1), `{"ping":{"$numberLong":"1"}}`},
		{rec("findAndModify", "t", "query", rec(), "update", rec(), "sort", arr(rec("b", -1), rec("a", 1))),
			`{"findAndModify":"t","query":{},"sort":{"b":{"$numberLong":"-1"},"a":{"$numberLong":"1"}},"update":{}}`},
		{rec("aggregate", "t", "cursor", rec(), "explain", true, "pipeline", arr(rec("$sort", arr(rec("b", 1), rec("a", 1))))),
			`{"aggregate":"t","cursor":{},"explain":true,"pipeline":[{"$sort":{"b":{"$numberLong":"1"},"a":{"$numberLong":"1"}}}]}`},
		{rec("explain", rec("find", "t", "filter", rec(), "sort", arr(rec("z", 1), rec("a", 1))), "verbosity", "queryPlanner"),
			`{"explain":{"find":"t","filter":{},"sort":{"z":{"$numberLong":"1"},"a":{"$numberLong":"1"}}},"verbosity":"queryPlanner"}`},
		{rec("createIndexes", "t", "indexes", arr(rec("name", "i", "key", arr(rec("b", 1), rec("a", -1))))),
			`{"createIndexes":"t","indexes":[{"key":{"b":{"$numberLong":"1"},"a":{"$numberLong":"-1"}},"name":"i"}]}`},
		{rec("insert", "t", "documents", arr(rec("sort", arr(rec("a", 1)), "$sort", arr(rec("b", 1))))),
			`{"insert":"t","documents":[{"$sort":[{"b":{"$numberLong":"1"}}],"sort":[{"a":{"$numberLong":"1"}}]}]}`},
		{rec("update", "t", "updates", arr(rec("q", rec(), "u", rec("$push", rec("l", rec("$each", arr(), "$sort", arr(rec("y", 1), rec("x", 1)))))))),
			`{"update":"t","updates":[{"q":{},"u":{"$push":{"l":{"$each":[],"$sort":{"y":{"$numberLong":"1"},"x":{"$numberLong":"1"}}}}}}]}`},
		{rec("bulkWrite", 1, "ops", arr(rec("update", 0, "filter", rec(), "updateMods", rec())), "nsInfo", arr()),
			`{"bulkWrite":{"$numberLong":"1"},"nsInfo":[],"ops":[{"update":{"$numberLong":"0"},"filter":{},"updateMods":{}}]}`},
		{rec("find", "t", "sort", arr(), "hint", "name"), `{"find":"t","hint":"name","sort":[]}`},
		{rec("find", "t", "sort", arr(rec("a", 1, "b", 1))), `{"find":"t","sort":[{"a":{"$numberLong":"1"},"b":{"$numberLong":"1"}}]}`},
		{rec("aggregate", "t", "pipeline", arr(rec("$group", rec("_id", nil, "v", rec("$top", rec("sortBy", arr(rec("b", 1)), "output", "$x")))))),
			`{"aggregate":"t","pipeline":[{"$group":{"_id":null,"v":{"$top":{"output":"$x","sortBy":{"b":{"$numberLong":"1"}}}}}}]}`},
		{rec("zebra", 1, "apple", 2), `{"apple":{"$numberLong":"2"},"zebra":{"$numberLong":"1"}}`},
		{rec("count", "t", "query", rec("find", 1)), `{"count":"t","query":{"find":{"$numberLong":"1"}}}`},
	} {
		got, err := encoding().command(&tt.v)
		if err != nil {
			t.Errorf("%s: %v", value.Display(&tt.v, 80), err)
			continue
		}
		if s := extended(t, got); s != tt.want {
			t.Errorf("%s =\n%s, want\n%s", value.Display(&tt.v, 80), s, tt.want)
		}
	}
	for _, v := range []value.Value{rec(), rec("find", "t", "lsid", rec()), rec("find", "t", "txnNumber", 1), rec("insert", "t", "startTransaction", true), rec("ping", 1, "autocommit", false)} {
		_, err := encoding().command(&v)
		var d *diag.Diagnostic
		if !errors.As(err, &d) || d.Def != diag.RedisRefused && v.Len() > 0 || d.Def != diag.BadParameter && v.Len() == 0 {
			t.Errorf("%s: %v", value.Display(&v, 80), err)
		}
	}
}

func TestFiltersFindBothIdentifiers(t *testing.T) {
	const hex = "0123456789abcdef01234567"
	const pair = `"` + hex + `",{"$oid":"` + hex + `"}`
	for _, tt := range []struct {
		v    value.Value
		want string
	}{
		{rec("_id", hex), `{"_id":{"$in":[` + pair + `]}}`},
		{rec("_id", "seven"), `{"_id":"seven"}`},
		{rec("_id", 7), `{"_id":{"$numberLong":"7"}}`},
		{rec("_id", rec("$oid", hex)), `{"_id":{"$oid":"` + hex + `"}}`},
		{rec("_id", rec("a", hex)), `{"_id":{"a":"` + hex + `"}}`},
		{rec("other", hex), `{"other":"` + hex + `"}`},
		{rec("_id", rec("$eq", hex)), `{"_id":{"$in":[` + pair + `]}}`},
		{rec("_id", rec("$eq", 5)), `{"_id":{"$eq":{"$numberLong":"5"}}}`},
		{rec("_id", rec("$in", arr("x", hex, 5))), `{"_id":{"$in":["x",` + pair + `,{"$numberLong":"5"}]}}`},
		{rec("_id", rec("$ne", hex)), `{"_id":{"$nin":[` + pair + `]}}`},
		{rec("_id", rec("$ne", 5)), `{"_id":{"$ne":{"$numberLong":"5"}}}`},
		{rec("_id", rec("$nin", arr(hex, 1))), `{"_id":{"$nin":[` + pair + `,{"$numberLong":"1"}]}}`},
		{rec("_id", rec("$ne", hex, "$nin", arr(1))), `{"_id":{"$nin":[` + pair + `,{"$numberLong":"1"}]}}`},
		{rec("_id", rec("$ne", 2, "$nin", arr(hex))), `{"_id":{"$nin":[{"$numberLong":"2"},` + pair + `]}}`},
		{rec("_id", rec("$eq", hex, "$in", arr(hex))), `{"_id":{"$not":{"$nin":[` + pair + `]},"$in":[` + pair + `]}}`},
		{rec("_id", rec("$in", hex)), `{"_id":{"$in":"` + hex + `"}}`},
		{rec("$or", arr(rec("_id", hex), rec("$and", arr(rec("_id", rec("$ne", hex)), rec("n", 1))), 5)),
			`{"$or":[{"_id":{"$in":[` + pair + `]}},{"$and":[{"_id":{"$nin":[` + pair + `]}},{"n":{"$numberLong":"1"}}]},{"$numberLong":"5"}]}`},
		{rec("$nor", arr(rec("_id", hex))), `{"$nor":[{"_id":{"$in":[` + pair + `]}}]}`},
		{rec(), `{}`},
	} {
		got, err := encoding().filter(&tt.v)
		if err != nil {
			t.Errorf("%s: %v", value.Display(&tt.v, 80), err)
			continue
		}
		if s := extended(t, got); s != tt.want {
			t.Errorf("%s =\n%s, want\n%s", value.Display(&tt.v, 80), s, tt.want)
		}
	}
}

func TestChangesConsistOfOperators(t *testing.T) {
	v := rec("$push", rec("l", rec("$each", arr(1), "$sort", arr(rec("b", 1), rec("a", 1)))), "$set", rec("sortBy", arr(rec("a", 1))))
	got, err := encoding().change(&v)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"$push":{"l":{"$each":[{"$numberLong":"1"}],"$sort":{"b":{"$numberLong":"1"},"a":{"$numberLong":"1"}}}},` +
		`"$set":{"sortBy":[{"a":{"$numberLong":"1"}}]}}`
	if s := extended(t, got); s != want {
		t.Errorf("%s, want %s", s, want)
	}
	for _, v := range []value.Value{rec(), rec("n", 5), rec("$set", rec(), "n", 5)} {
		if _, err := encoding().change(&v); err == nil {
			t.Errorf("%s is sent", value.Display(&v, 80))
		}
	}
}

func TestOnlyRecordsAreDocuments(t *testing.T) {
	for _, v := range []value.Value{val(5), val("x"), arr(rec("a", 1)), val(nil), val(true), ok(5), bad("x")} {
		_, err := record(&v)
		var d *diag.Diagnostic
		if !errors.As(err, &d) || d.Def != diag.RecordNeeded {
			t.Errorf("%s: %v", value.Display(&v, 80), err)
		}
	}
	v := ok(bad(rec("a", 1)))
	if r, err := record(&v); err != nil || r.Kind() != value.Record {
		t.Errorf("a result that holds a record: %v", err)
	}
}

func TestDeepAndDamagedDocuments(t *testing.T) {
	var v any = int32(1)
	for range value.MaxDepth + 5 {
		raw, err := bson.Marshal(bson.D{{Key: "", Value: v}})
		if err != nil {
			t.Fatal(err)
		}
		v = bson.Raw(raw)
		if len(raw) > 90_000 {
			break
		}
	}
	_, err := newDecoder(free{}).document(v.(bson.Raw))
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Def != diag.TooDeep {
		t.Errorf("a deep document: %v", err)
	}
	for _, raw := range []bson.Raw{{}, {5, 0, 0, 0}, {12, 0, 0, 0, 1, 'a', 0, 1, 2, 3, 4, 0}, {6, 0, 0, 0, 99, 0}} {
		if _, err := newDecoder(free{}).document(raw); !errors.Is(err, errDamaged) {
			t.Errorf("%v: %v", raw, err)
		}
	}
}

func FuzzDocument(f *testing.F) {
	id, _ := bson.ObjectIDFromHex("0123456789abcdefABCDEF01")
	for _, d := range []bson.D{
		{}, {{Key: "a", Value: bson.A{1.5, "x", bson.D{{Key: "", Value: nil}}}}}, {{Key: "_id", Value: id}, {Key: "_id", Value: bson.DateTime(5)}},
		{{Key: "b", Value: bson.Regex{Pattern: "p", Options: "i"}}, {Key: "c", Value: bson.Timestamp{T: 1, I: 2}}, {Key: "d", Value: bson.NewDecimal128(0x3040000000000000, 5)}},
		{{Key: "e", Value: bson.Binary{Subtype: 2, Data: []byte("x")}}, {Key: "f", Value: bson.MinKey{}}, {Key: "g", Value: bson.CodeWithScope{Code: "g", Scope: bson.D{}}}},
		{{Key: "h", Value: bson.JavaScript("h")}, {Key: "i", Value: bson.Symbol("i")}, {Key: "j", Value: bson.DBPointer{DB: "c", Pointer: id}}, {Key: "k", Value: true}},
		{{Key: "l", Value: int32(1)}, {Key: "m", Value: int64(1)}, {Key: "n", Value: bson.Undefined{}}},
	} {
		raw, err := bson.Marshal(d)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw[4 : len(raw)-1])
	}
	f.Fuzz(func(t *testing.T, elements []byte) {
		raw := binary.LittleEndian.AppendUint32(nil, uint32(len(elements)+5))
		raw = append(append(raw, elements...), 0)
		v, err := newDecoder(free{}).document(raw)
		if err != nil {
			return
		}
		if v.Kind() != value.Record {
			t.Fatalf("%v is a %s", raw, v.Kind())
		}
		// What came from the database can be stored again, or is refused.
		if d, err := encoding().document(&v); err == nil {
			if _, err := bson.Marshal(d); err != nil {
				t.Fatalf("%s: %v", value.Display(&v, 200), err)
			}
		}
	})
}
