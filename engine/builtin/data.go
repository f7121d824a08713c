package builtin

import (
	"context"
	"strings"

	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

var dataRows = []Builtin{
	{
		ID:     "tryExecute",
		Name:   Spelling{"தளம்_செய்_முயற்சி", "qaLam_cey_muyaRci", "_tryExecute"},
		Args:   []Arg{arg("கூற்று", "sql", AsText), arg("அளவுருக்கள்", "parameters", Any)},
		Ret:    "result of number | text",
		Effect: Database,
		Doc:    both("SQL கூற்று; தொட்ட நிரைகளின் எண்ணிக்கை விடை", "SQL statement, answers rows touched"),
		Func:   tryExecute,
		Try:    []Example{{`தவறா(தளம்_செய்_முயற்சி("DELETE FROM x", []))`, "true"}, {`தவறா(_tryExecute(1, 2))`, "true"}},
	},
	{
		ID:     "tryQuery",
		Name:   Spelling{"தளம்_வினா_முயற்சி", "qaLam_viZA_muyaRci", "_tryQuery"},
		Args:   []Arg{arg("வினவல்", "sql", AsText), arg("அளவுருக்கள்", "parameters", Any)},
		Ret:    "result of array | text",
		Effect: Database,
		Doc:    both("SQL வினவல்; நிரைகள் விடை", "SQL query, answers rows"),
		Func:   tryQuery,
		Try:    []Example{{`தவறா(தளம்_வினா_முயற்சி("SELECT 1", []))`, "true"}},
	},
	{
		ID:     "redisConnect",
		Name:   Spelling{"ரெடிஸ்_இணை", "retis_iNY", "_redisConnect"},
		Args:   []Arg{arg("முகவரி", "address", AsText)},
		Ret:    "result of text | text",
		Effect: Network,
		Doc:    both("ரெடிஸுடன் இணைக்கும்", "opens the Redis connection"),
		Func:   redisConnect,
		Try:    []Example{{`தவறா(ரெடிஸ்_இணை("127.0.0.1:1"))`, "true"}},
	},
	{
		ID:     "redisCommand",
		Name:   Spelling{"ரெடிஸ்_கட்டளை", "retis_kattaLY", "_redisCommand"},
		Args:   []Arg{arg("கட்டளை", "command", AsText), arg("அளவுருக்கள்", "arguments", Array)},
		Ret:    "result of any | text",
		Effect: Network,
		Doc:    both("ரெடிஸுக்கு ஒரு கட்டளை அனுப்பும்", "sends one Redis command"),
		Func:   redisCommand,
		Try:    []Example{{`தவறா(ரெடிஸ்_கட்டளை("GET", ["x"]))`, "true"}},
	},
	{
		ID:     "redisClose",
		Name:   Spelling{"ரெடிஸ்_பிரி", "retis_piri", "_redisClose"},
		Ret:    "boolean",
		Effect: Network,
		Doc:    both("ரெடிஸ் இணைப்பை மூடும்; ஒன்று இருந்ததா", "closes the Redis connection; was there one"),
		Func: func(m Machine, _ []value.Value) (value.Value, error) {
			return value.Bool(m.Session().RedisClose()), nil
		},
		Try: []Example{{`ரெடிஸ்_பிரி()`, "false"}},
	},
	{
		ID:     "mongoConnect",
		Name:   Spelling{"மொங்கோ_இணை", "mowkO_iNY", "_mongoConnect"},
		Args:   []Arg{arg("முகவரி", "uri", AsText), arg("தளம்", "database", AsText)},
		Ret:    "result of text | text",
		Effect: Network,
		Doc:    both("MongoDB-உடன் இணைக்கும்", "opens the MongoDB connection"),
		Func:   mongoConnect,
		Try:    []Example{{`தவறா(மொங்கோ_இணை("mongodb://127.0.0.1:1", "x"))`, "true"}},
	},
	{
		ID:     "mongoCommand",
		Name:   Spelling{"மொங்கோ_கட்டளை", "mowkO_kattaLY", "_mongoCommand"},
		Args:   []Arg{arg("கட்டளை", "command", Any)},
		Ret:    "result of any | text",
		Effect: Network,
		Doc:    both("MongoDB கட்டளை ஒன்றை இயக்கும்", "runs a MongoDB command"),
		Func:   mongo(host.MongoCommand, 0),
		Try:    []Example{{`தவறா(மொங்கோ_கட்டளை({ping: 1}))`, "true"}},
	},
	{
		ID:     "mongoInsert",
		Name:   Spelling{"மொங்கோ_செருகு", "mowkO_ceruku", "_mongoInsert"},
		Args:   []Arg{arg("தொகுப்பு", "collection", AsText), arg("ஆவணம்", "document", Any)},
		Ret:    "result of any | text",
		Effect: Network,
		Doc:    both("ஓர் ஆவணத்தைச் செருகும்; அதன் அடையாளம் விடை", "inserts one document, answers its id"),
		Func:   mongo(host.MongoInsert, 1),
		Try:    []Example{{`தவறா(மொங்கோ_செருகு("x", {a: 1}))`, "true"}},
	},
	{
		ID:     "mongoFind",
		Name:   Spelling{"மொங்கோ_கண்டுபிடி", "mowkO_kaNtupiti", "_mongoFind"},
		Args:   []Arg{arg("தொகுப்பு", "collection", AsText), arg("வடிகட்டி", "filter", Any)},
		Ret:    "result of array | text",
		Effect: Network,
		Doc:    both("பொருந்தும் ஆவணங்கள்", "matching documents"),
		Func:   mongo(host.MongoFind, 1),
		Try:    []Example{{`தவறா(மொங்கோ_கண்டுபிடி("x", {}))`, "true"}},
	},
	{
		ID:     "mongoUpdate",
		Name:   Spelling{"மொங்கோ_புதுப்பி", "mowkO_puquppi", "_mongoUpdate"},
		Args:   []Arg{arg("தொகுப்பு", "collection", AsText), arg("வடிகட்டி", "filter", Any), arg("மாற்றம்", "change", Any), arg("அனைத்தும்", "all", Any)},
		Ret:    "result of number | text",
		Effect: Network,
		Doc:    both("பொருந்துவனவற்றில் ஒன்றை அல்லது எல்லாவற்றையும் புதுப்பிக்கும்", "updates one or all matches"),
		Func:   mongo(host.MongoUpdate, 1, 2),
		Try:    []Example{{`தவறா(மொங்கோ_புதுப்பி("x", {}, {}, மெய்))`, "true"}},
	},
	{
		ID:     "mongoDelete",
		Name:   Spelling{"மொங்கோ_நீக்கு", "mowkO_nIkku", "_mongoDelete"},
		Args:   []Arg{arg("தொகுப்பு", "collection", AsText), arg("வடிகட்டி", "filter", Any), arg("அனைத்தும்", "all", Any)},
		Ret:    "result of number | text",
		Effect: Network,
		Doc:    both("பொருந்துவனவற்றில் ஒன்றை அல்லது எல்லாவற்றையும் நீக்கும்", "deletes one or all matches"),
		Func:   mongo(host.MongoDelete, 1),
		Try:    []Example{{`தவறா(மொங்கோ_நீக்கு("x", {}, பொய்))`, "true"}},
	},
}

// An answer of a database, or why there is none, as the attempts give it: what
// the run itself did wrong, and the end of its budgets, stay errors.
func attempted(v value.Value, err error) (value.Value, error) {
	if err == nil {
		return wrapped(value.Ok(v))
	}
	switch err := err.(type) {
	case *host.Reply:
		return value.ErrText(value.Clean(err.Text)), nil
	case *diag.Diagnostic:
		switch code := err.Code(); {
		case code < 5000 || code > 5999:
		case code == diag.DatabaseRefused.Code:
			return refusedText(err), nil
		case code == diag.DatabaseLocked.Code:
			return tagged(err, "sqlite 5"), nil
		default:
			return tagged(err, code.String()), nil
		}
	}
	return value.Value{}, err
}

// tagged is the failure that says what d says and what to do about it, with the
// tag that programs may look for at its end.
func tagged(d *diag.Diagnostic, tag string) value.Value {
	t := d.Message()
	if d.Help != nil {
		t = diag.Text{Ta: t.Ta + "; " + d.Help.Ta, En: t.En + "; " + d.Help.En}
	}
	return value.ErrText(t.Ta + "  (" + t.En + ") [" + tag + "]")
}

// refusedText is ET5010 in one line: both sentences, then the words of the
// database, which end with its tag.
func refusedText(d *diag.Diagnostic) value.Value {
	ta, _, _ := strings.Cut(d.Def.Ta, ": {1}")
	en, _, _ := strings.Cut(d.Def.En, ": {1}")
	return value.ErrText(ta + "  (" + en + "): " + d.Args[0].Ta)
}

// NoDatabases is the session of a run that may reach no database at all.
var NoDatabases host.Session = noDatabases{}

type noDatabases struct{}

func (noDatabases) Connect(_ context.Context, kind, _ string) error { return diag.NoDriver.New(kind) }
func (noDatabases) Disconnect(_ context.Context, kind string) error {
	return diag.NotConnected.New(kind)
}
func (noDatabases) Query(context.Context, *host.Statement) (value.Value, error) {
	return value.Value{}, diag.NoDatabase.New()
}
func (noDatabases) Execute(context.Context, *host.Statement) (int64, error) {
	return 0, diag.NoDatabase.New()
}
func (noDatabases) RedisConnect(context.Context, string) (string, error) {
	return "", diag.NoDriver.New("Redis")
}
func (noDatabases) RedisCommand(context.Context, string, []string, host.Meter) (value.Value, error) {
	return value.Value{}, diag.StoreNotConnected.New("Redis", "ரெடிஸ்_இணை")
}
func (noDatabases) RedisClose() bool { return false }
func (noDatabases) MongoConnect(context.Context, string, string) (string, error) {
	return "", diag.NoDriver.New("MongoDB")
}
func (noDatabases) Mongo(context.Context, *host.MongoOp) (value.Value, error) {
	return value.Value{}, diag.StoreNotConnected.New("MongoDB", "மொங்கோ_இணை")
}
func (noDatabases) Close(bool) []error      { return nil }
func (noDatabases) Sent() bool              { return false }
func (noDatabases) Current() (string, bool) { return "", false }

func tryExecute(m Machine, args []value.Value) (value.Value, error) {
	s, err := statement(args)
	if err != nil {
		return attempted(value.Value{}, err)
	}
	n, err := m.Session().Execute(m.Context(), s)
	return attempted(value.Num(decimal.FromInt64(n)), err)
}

func tryQuery(m Machine, args []value.Value) (value.Value, error) {
	s, err := statement(args)
	if err != nil {
		return attempted(value.Value{}, err)
	}
	return attempted(m.Session().Query(m.Context(), s))
}

func statement(args []value.Value) (*host.Statement, error) {
	if args[1].Kind() != value.Array {
		return nil, diag.ParametersNoArray.New(KindName(&args[1]))
	}
	return &host.Statement{SQL: args[0].Str(), Params: args[1].Elems()}, nil
}

func redisConnect(m Machine, args []value.Value) (value.Value, error) {
	shown, err := m.Session().RedisConnect(m.Context(), args[0].Str())
	return attempted(value.String(shown), err)
}

func redisCommand(m Machine, args []value.Value) (value.Value, error) {
	elements := args[1].Elems()
	if err := m.Grow(16 * len(elements)); err != nil {
		return value.Value{}, err
	}
	texts := make([]string, len(elements))
	for i := range elements {
		text, err := printed(m, &elements[i])
		if err != nil {
			return value.Value{}, err
		}
		texts[i] = text
	}
	return attempted(m.Session().RedisCommand(m.Context(), args[0].Str(), texts, m))
}

func mongoConnect(m Machine, args []value.Value) (value.Value, error) {
	name, err := m.Session().MongoConnect(m.Context(), args[0].Str(), args[1].Str())
	return attempted(value.String(name), err)
}

// mongo does an operation whose documents are the arguments at these places,
// each a record or a result that holds one.
func mongo(verb host.Verb, documents ...int) Func {
	return func(m Machine, args []value.Value) (value.Value, error) {
		op := host.MongoOp{Verb: verb, Meter: m}
		if verb != host.MongoCommand {
			op.Collection = args[0].Str()
		}
		var records [2]value.Value
		for n, i := range documents {
			records[n] = args[i]
			for records[n].IsResult() {
				records[n] = records[n].Inside()
			}
			if records[n].Kind() != value.Record {
				return attempted(value.Value{}, diag.RecordNeeded.New(KindName(&args[i])))
			}
		}
		switch verb {
		case host.MongoCommand, host.MongoInsert:
			op.Document = &records[0]
		case host.MongoUpdate:
			op.Filter, op.Change, op.All = &records[0], &records[1], args[3].Truth()
		case host.MongoFind:
			op.Filter = &records[0]
		case host.MongoDelete:
			op.Filter, op.All = &records[0], args[2].Truth()
		}
		return attempted(m.Session().Mongo(m.Context(), &op))
	}
}
