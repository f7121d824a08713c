package builtin

import (
	"etamil/engine/diag"
	"etamil/engine/value"
)

// The builtins of databases answer as they do in a build without drivers: no
// SQL database, no Redis and no MongoDB can be connected.
var dataRows = []Builtin{
	{
		ID:     "tryExecute",
		Name:   Spelling{"தளம்_செய்_முயற்சி", "qaLam_cey_muyaRci", "_tryExecute"},
		Args:   []Arg{arg("கூற்று", "sql", AsText), arg("அளவுருக்கள்", "parameters", Any)},
		Ret:    "result of number | text",
		Effect: Database,
		Doc:    both("SQL கூற்று; தொட்ட நிரைகளின் எண்ணிக்கை விடை", "SQL statement, answers rows touched"),
		Func:   noDatabase,
		Try:    []Example{{`தவறா(தளம்_செய்_முயற்சி("DELETE FROM x", []))`, "true"}, {`தவறா(_tryExecute(1, 2))`, "true"}},
	},
	{
		ID:     "tryQuery",
		Name:   Spelling{"தளம்_வினா_முயற்சி", "qaLam_viZA_muyaRci", "_tryQuery"},
		Args:   []Arg{arg("வினவல்", "sql", AsText), arg("அளவுருக்கள்", "parameters", Any)},
		Ret:    "result of array | text",
		Effect: Database,
		Doc:    both("SQL வினவல்; நிரைகள் விடை", "SQL query, answers rows"),
		Func:   noDatabase,
		Try:    []Example{{`தவறா(தளம்_வினா_முயற்சி("SELECT 1", []))`, "true"}},
	},
	{
		ID:     "redisConnect",
		Name:   Spelling{"ரெடிஸ்_இணை", "retis_iNY", "_redisConnect"},
		Args:   []Arg{arg("முகவரி", "address", AsText)},
		Ret:    "result of text | text",
		Effect: Network,
		Doc:    both("ரெடிஸுடன் இணைக்கும்", "opens the Redis connection"),
		Func:   noDriver("Redis"),
		Try:    []Example{{`தவறா(ரெடிஸ்_இணை("127.0.0.1:1"))`, "true"}},
	},
	{
		ID:     "redisCommand",
		Name:   Spelling{"ரெடிஸ்_கட்டளை", "retis_kattaLY", "_redisCommand"},
		Args:   []Arg{arg("கட்டளை", "command", AsText), arg("அளவுருக்கள்", "arguments", Array)},
		Ret:    "result of any | text",
		Effect: Network,
		Doc:    both("ரெடிஸுக்கு ஒரு கட்டளை அனுப்பும்", "sends one Redis command"),
		Func: func(Machine, []value.Value) (value.Value, error) {
			return notConnected.fail("Redis", "ரெடிஸ்_இணை"), nil
		},
		Try: []Example{{`தவறா(ரெடிஸ்_கட்டளை("GET", ["x"]))`, "true"}},
	},
	{
		ID:     "redisClose",
		Name:   Spelling{"ரெடிஸ்_பிரி", "retis_piri", "_redisClose"},
		Ret:    "boolean",
		Effect: Network,
		Doc:    both("ரெடிஸ் இணைப்பை மூடும்; ஒன்று இருந்ததா", "closes the Redis connection; was there one"),
		Func:   func(Machine, []value.Value) (value.Value, error) { return value.Bool(false), nil },
		Try:    []Example{{`ரெடிஸ்_பிரி()`, "false"}},
	},
	{
		ID:     "mongoConnect",
		Name:   Spelling{"மொங்கோ_இணை", "mowkO_iNY", "_mongoConnect"},
		Args:   []Arg{arg("முகவரி", "uri", AsText), arg("தளம்", "database", AsText)},
		Ret:    "result of text | text",
		Effect: Network,
		Doc:    both("MongoDB-உடன் இணைக்கும்", "opens the MongoDB connection"),
		Func:   noDriver("MongoDB"),
		Try:    []Example{{`தவறா(மொங்கோ_இணை("mongodb://127.0.0.1:1", "x"))`, "true"}},
	},
	{
		ID:     "mongoCommand",
		Name:   Spelling{"மொங்கோ_கட்டளை", "mowkO_kattaLY", "_mongoCommand"},
		Args:   []Arg{arg("கட்டளை", "command", Any)},
		Ret:    "result of any | text",
		Effect: Network,
		Doc:    both("MongoDB கட்டளை ஒன்றை இயக்கும்", "runs a MongoDB command"),
		Func:   noMongo(0),
		Try:    []Example{{`தவறா(மொங்கோ_கட்டளை({ping: 1}))`, "true"}},
	},
	{
		ID:     "mongoInsert",
		Name:   Spelling{"மொங்கோ_செருகு", "mowkO_ceruku", "_mongoInsert"},
		Args:   []Arg{arg("தொகுப்பு", "collection", AsText), arg("ஆவணம்", "document", Any)},
		Ret:    "result of any | text",
		Effect: Network,
		Doc:    both("ஓர் ஆவணத்தைச் செருகும்; அதன் அடையாளம் விடை", "inserts one document, answers its id"),
		Func:   noMongo(1),
		Try:    []Example{{`தவறா(மொங்கோ_செருகு("x", {a: 1}))`, "true"}},
	},
	{
		ID:     "mongoFind",
		Name:   Spelling{"மொங்கோ_கண்டுபிடி", "mowkO_kaNtupiti", "_mongoFind"},
		Args:   []Arg{arg("தொகுப்பு", "collection", AsText), arg("வடிகட்டி", "filter", Any)},
		Ret:    "result of array | text",
		Effect: Network,
		Doc:    both("பொருந்தும் ஆவணங்கள்", "matching documents"),
		Func:   noMongo(1),
		Try:    []Example{{`தவறா(மொங்கோ_கண்டுபிடி("x", {}))`, "true"}},
	},
	{
		ID:     "mongoUpdate",
		Name:   Spelling{"மொங்கோ_புதுப்பி", "mowkO_puquppi", "_mongoUpdate"},
		Args:   []Arg{arg("தொகுப்பு", "collection", AsText), arg("வடிகட்டி", "filter", Any), arg("மாற்றம்", "change", Any), arg("அனைத்தும்", "all", Any)},
		Ret:    "result of number | text",
		Effect: Network,
		Doc:    both("பொருந்துவனவற்றில் ஒன்றை அல்லது எல்லாவற்றையும் புதுப்பிக்கும்", "updates one or all matches"),
		Func:   noMongo(1, 2),
		Try:    []Example{{`தவறா(மொங்கோ_புதுப்பி("x", {}, {}, மெய்))`, "true"}},
	},
	{
		ID:     "mongoDelete",
		Name:   Spelling{"மொங்கோ_நீக்கு", "mowkO_nIkku", "_mongoDelete"},
		Args:   []Arg{arg("தொகுப்பு", "collection", AsText), arg("வடிகட்டி", "filter", Any), arg("அனைத்தும்", "all", Any)},
		Ret:    "result of number | text",
		Effect: Network,
		Doc:    both("பொருந்துவனவற்றில் ஒன்றை அல்லது எல்லாவற்றையும் நீக்கும்", "deletes one or all matches"),
		Func:   noMongo(1),
		Try:    []Example{{`தவறா(மொங்கோ_நீக்கு("x", {}, பொய்))`, "true"}},
	},
}

var (
	notConnected = sentence{"{1} இணைக்கப்படவில்லை; முதலில் {2}", "{1} is not connected; use {2} first"}
	recordNeeded = sentence{"ஒரு பொருள் தேவை; {1} கிடைத்தது", "a record is needed, got {1}"}
)

func noDatabase(Machine, []value.Value) (value.Value, error) {
	return failureOf(diag.NoDatabase.New()), nil
}

func noDriver(kind string) Func {
	return func(Machine, []value.Value) (value.Value, error) {
		return failureOf(diag.NoDriver.New(kind)), nil
	}
}

// noMongo checks the arguments at these places, each a record or a result that
// holds one, before it finds that nothing is connected.
func noMongo(records ...int) Func {
	return func(_ Machine, args []value.Value) (value.Value, error) {
		for _, i := range records {
			v := &args[i]
			if v.IsResult() {
				inside := v.Inside()
				v = &inside
			}
			if v.Kind() != value.Record {
				return recordNeeded.fail(KindName(&args[i])), nil
			}
		}
		return notConnected.fail("MongoDB", "மொங்கோ_இணை"), nil
	}
}
