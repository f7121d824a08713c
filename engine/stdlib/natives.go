package stdlib

import (
	"etamil/engine/builtin"
	"etamil/engine/diag"
)

// Private functions with Go behind them that more than one module has: each
// module calls its own, as programs may define any name for themselves. module
// is the module's own name, with which the rows' IDs begin.

// groupNatives is what modules leave to Go that group by ==.
func groupNatives(module string) []Function {
	return []Function{{Builtin: builtin.Builtin{
		ID:   module + ".groupNumbers",
		Name: builtin.Spelling{Tamil: "குழு_எண்கள்", Roman: "kuzu_eNkaL"},
		Args: []builtin.Arg{
			arg("மதிப்புகள்", "values", builtin.Countable),
		},
		Ret: "array of number",
		Doc: diag.Text{
			Ta: "ஒவ்வொரு மதிப்பின் குழு எண்: சமமானவை (==) ஒரே குழு; குழுக்கள் முதலில் வந்த வரிசையில் 0 முதல் எண்ணப்படும்",
			En: "the number of the group of each value: equal (==) values are one group; groups are counted from 0 in order of first appearance",
		},
	}, body: groupNumbers}}
}

// sideNatives is what modules leave to Go that add up the sides of accounts.
func sideNatives(module string) []Function {
	return []Function{{Builtin: builtin.Builtin{
		ID:   module + ".sides",
		Name: builtin.Spelling{Tamil: "பக்க_மொத்தங்கள்", Roman: "pakka_moqqawkaL"},
		Args: []builtin.Arg{
			arg("பேரேடு", "ledger", builtin.Countable),
			arg("குறிகள்", "codes", builtin.Countable),
		},
		Ret: "array of record",
		Doc: diag.Text{
			Ta: "ஒவ்வொரு குறிக்கும் {பற்று, வரவு}: அக்கணக்கின் பற்றுகள், வரவுகள் ஆகியவற்றின் கூட்டுத்தொகை; பேரேட்டில் ஒரே நடை",
			En: "for each code {பற்று, வரவு}, the sums of the debits and of the credits of that account, in one walk of the ledger",
		},
	}, body: sideTotals}}
}

// databaseNatives is what modules leave to Go that make tables.
func databaseNatives(module string) []Function {
	return []Function{
		{Builtin: builtin.Builtin{
			ID:     module + ".databaseKind",
			Name:   builtin.Spelling{Tamil: "தளத்தின்_வகை", Roman: "qaLaqqiZ_vakY"},
			Ret:    "text",
			Effect: builtin.Database,
			Doc: diag.Text{
				Ta: "இணைந்துள்ள SQL தளத்தின் வகை: SQLite, PostgreSQL, MySQL; இல்லையெனில் \"\"",
				En: "the kind of the SQL database that is connected: SQLite, PostgreSQL, MySQL; \"\" for none",
			},
		}, body: databaseKind},
		{Builtin: builtin.Builtin{
			ID:     module + ".inTransaction",
			Name:   builtin.Spelling{Tamil: "பரிவர்த்தனைக்குள்ளா", Roman: "parivarqqaZYkkuLLA"},
			Ret:    "boolean",
			Effect: builtin.Database,
			Doc: diag.Text{
				Ta: "தளத்தில் ஒரு பரிவர்த்தனை முடிக்கப்படாமல் உள்ளதா",
				En: "is a transaction open in the database",
			},
		}, body: inTransaction},
	}
}
