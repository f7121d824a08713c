package builtin

import (
	"etamil/engine/diag"
	"etamil/engine/value"
)

var resultRows = []Builtin{
	{
		ID:   "ok",
		Name: Spelling{"சரி", "cari", "_ok"},
		Args: []Arg{arg("மதிப்பு", "value", Any)},
		Ret:  "result",
		Doc:  both("மதிப்பை வெற்றியாகச் சுற்றும்", "wraps a value as a success"),
		Func: func(_ Machine, args []value.Value) (value.Value, error) { return wrapped(value.Ok(args[0])) },
		Try:  []Example{{`சரி(42)`, "சரி(42)"}, {`cari(cari(1))`, "சரி(சரி(1))"}, {`_ok(இன்மை)`, "சரி(nil)"}},
	},
	{
		ID:   "err",
		Name: Spelling{"தவறு", "qavaRu", "_err"},
		Args: []Arg{arg("மதிப்பு", "value", Any)},
		Ret:  "result",
		Doc:  both("மதிப்பைத் தவறாகச் சுற்றும்", "wraps a value as a failure"),
		Func: func(_ Machine, args []value.Value) (value.Value, error) { return wrapped(value.Err(args[0])) },
		Try:  []Example{{`தவறு("ஏன்")`, "தவறு(ஏன்)"}, {`qavaRu({a: 1})`, "தவறு({a: 1})"}, {`_err(_ok(1))`, "தவறு(சரி(1))"}},
	},
	{
		ID:   "isOk",
		Name: Spelling{"சரியா", "cariyA", "_isOk"},
		Args: []Arg{arg("முடிவு", "result", Any)},
		Ret:  "boolean",
		Doc:  both("வெற்றியான முடிவா", "true only for a success"),
		Func: func(_ Machine, args []value.Value) (value.Value, error) {
			return value.Bool(args[0].Kind() == value.Success), nil
		},
		Try: []Example{{`சரியா(சரி(1))`, "true"}, {`cariyA(qavaRu(1))`, "false"}, {`_isOk(42)`, "false"}},
	},
	{
		ID:   "isErr",
		Name: Spelling{"தவறா", "qavaRA", "_isErr"},
		Args: []Arg{arg("முடிவு", "result", Any)},
		Ret:  "boolean",
		Doc:  both("தவறான முடிவா", "true only for a failure"),
		Func: func(_ Machine, args []value.Value) (value.Value, error) {
			return value.Bool(args[0].Kind() == value.Failure), nil
		},
		Try: []Example{{`தவறா(தவறு(1))`, "true"}, {`qavaRA(cari(1))`, "false"}, {`_isErr("x")`, "false"}},
	},
	{
		ID:   "unwrap",
		Name: Spelling{"மதிப்பு", "maqippu", "_unwrap"},
		Args: []Arg{arg("முடிவு", "result", Result)},
		Ret:  "any",
		Doc:  both("வெற்றியின் உள்ளே உள்ள மதிப்பு; தவறெனில் பிழை", "the value inside a success; an error on a failure"),
		Func: unwrap,
		Try:  []Example{{`மதிப்பு(சரி("x"))`, "x"}, {`maqippu(maqippu(cari(cari(3))))`, "3"}},
	},
	{
		ID:   "unwrapErr",
		Name: Spelling{"தவறு_மதிப்பு", "qavaRu_maqippu", "_unwrapErr"},
		Args: []Arg{arg("முடிவு", "result", Result)},
		Ret:  "any",
		Doc:  both("தவறின் உள்ளே உள்ள மதிப்பு; வெற்றியெனில் பிழை", "the value inside a failure; an error on a success"),
		Func: unwrapErr,
		Try:  []Example{{`தவறு_மதிப்பு(தவறு("ஏன்"))`, "ஏன்"}, {`qavaRu_maqippu(qavaRu({code: 7})).code`, "7"}},
	},
	{
		ID:   "unwrapOr",
		Name: Spelling{"இயல்பு", "iyalpu", "_unwrapOr"},
		Args: []Arg{arg("முடிவு", "result", Result), arg("இயல்பு", "default", Any)},
		Ret:  "any",
		Doc:  both("வெற்றியின் மதிப்பு; தவறெனில் இரண்டாவது மதிப்பு", "the value inside a success, else the second argument"),
		Func: func(_ Machine, args []value.Value) (value.Value, error) {
			if args[0].Kind() == value.Success {
				return args[0].Inside(), nil
			}
			return args[1].Share(), nil
		},
		Try: []Example{{`இயல்பு(சரி(1), 9)`, "1"}, {`iyalpu(qavaRu("e"), 9)`, "9"}, {`_unwrapOr(_toNumber("x"), 0) + 1`, "1"}},
	},
}

func wrapped(v value.Value, ok bool) (value.Value, error) {
	if !ok {
		return value.Value{}, tooDeep()
	}
	return v, nil
}

func unwrap(_ Machine, args []value.Value) (value.Value, error) {
	inside := args[0].Inside()
	if args[0].Kind() == value.Failure {
		return value.Value{}, diag.ValueOfFailure.New(shownInside(&inside))
	}
	return inside, nil
}

func unwrapErr(_ Machine, args []value.Value) (value.Value, error) {
	inside := args[0].Inside()
	if args[0].Kind() == value.Success {
		return value.Value{}, diag.ErrorOfSuccess.New(shownInside(&inside))
	}
	return inside, nil
}

// shownInside prints as much of v as a message shows: a thousand letters, of
// which even the Tamil ones take few bytes.
func shownInside(v *value.Value) string { return value.Display(v, 16<<10) }
