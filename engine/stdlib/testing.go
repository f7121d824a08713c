package stdlib

import (
	"etamil/engine/builtin"
	"etamil/engine/diag"
)

// testFunctions are those of nUlakam/cOqaZY.qmz. A run of tests is a record
// {பெயர், வெற்றி, தோல்வி}: its name, how many checks passed and failed.
var testFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "cOqaZY.start",
		Name: builtin.Spelling{Tamil: "சோதனை_தொடக்கம்", Roman: "cOqaZY_qotakkam"},
		Args: anyArgs("பெயர்", "name"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "பெயரை அச்சிட்டு, எதுவும் சோதிக்கப்படாத புதிய ஓட்டம் {பெயர், வெற்றி, தோல்வி}",
			En: "prints the name; a new run {பெயர், வெற்றி, தோல்வி} in which nothing was checked yet",
		},
		Try: []builtin.Example{{Expr: `சோதனை_தொடக்கம்("வட்டி")`, Want: "── வட்டி ──\n{தோல்வி: 0, பெயர்: வட்டி, வெற்றி: 0}"}},
	}},
	{Builtin: builtin.Builtin{
		ID:   "cOqaZY.check",
		Name: builtin.Spelling{Tamil: "உறுதிசெய்", Roman: "uRuqicey"},
		Args: anyArgs("ஓட்டம்", "run", "நிபந்தனை", "condition", "விவரம்", "text"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "நிபந்தனை மெய்யா எனச் சோதித்து, வரியை அச்சிட்டு, புதிய ஓட்டம்",
			En: "checks that the condition is true, prints a line; the new run",
		},
		Try: []builtin.Example{{Expr: `உறுதிசெய்({பெயர்: "x", வெற்றி: 4, தோல்வி: 1}, 2 > 1, "வரிசை")`, Want: "  ✓ வரிசை\n{தோல்வி: 1, பெயர்: x, வெற்றி: 5}"}},
	}},
	{Builtin: builtin.Builtin{
		ID:   "cOqaZY.equal",
		Name: builtin.Spelling{Tamil: "சமம்", Roman: "camam"},
		Args: anyArgs("ஓட்டம்", "run", "கிடைத்தது", "got", "வேண்டியது", "wanted", "விவரம்", "text"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "வகையிலும் மதிப்பிலும் சமமா (==) எனச் சோதித்து, வரியை அச்சிட்டு, புதிய ஓட்டம்",
			En: "checks that the two are equal (==) in kind and value, prints a line; the new run",
		},
		Try: []builtin.Example{{Expr: `சமம்({பெயர்: "x", வெற்றி: 0, தோல்வி: 0}, 200 * 5%, 10, "வட்டி")`, Want: "  ✓ வட்டி\n{தோல்வி: 0, பெயர்: x, வெற்றி: 1}"}},
	}},
	{Builtin: builtin.Builtin{
		ID:   "cOqaZY.notEqual",
		Name: builtin.Spelling{Tamil: "வேறுபடு", Roman: "vERupatu"},
		Args: anyArgs("ஓட்டம்", "run", "கிடைத்தது", "got", "மற்றது", "other", "விவரம்", "text"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "சமம் அல்லவா (!=) எனச் சோதித்து, வரியை அச்சிட்டு, புதிய ஓட்டம்",
			En: "checks that the two are not equal (!=), prints a line; the new run",
		},
		Try: []builtin.Example{{Expr: `வேறுபடு({பெயர்: "x", வெற்றி: 0, தோல்வி: 0}, "5", 5, "வகை")`, Want: "  ✓ வகை\n{தோல்வி: 0, பெயர்: x, வெற்றி: 1}"}},
	}},
	{Builtin: builtin.Builtin{
		ID:   "cOqaZY.join",
		Name: builtin.Spelling{Tamil: "சேர்_ஓட்டம்", Roman: "cEr_Ottam"},
		Args: anyArgs("முதல்", "a", "அடுத்தது", "b"),
		Ret:  "record",
		Doc: diag.Text{
			Ta: "முதல் ஓட்டத்தின் பெயரில் இரண்டின் எண்ணிக்கைகளும் கூட்டிய ஓட்டம்",
			En: "a run named as the first with the counts of both",
		},
		Try: []builtin.Example{{
			Expr: `சேர்_ஓட்டம்({பெயர்: "a", வெற்றி: 2, தோல்வி: 0}, {பெயர்: "b", வெற்றி: 1, தோல்வி: 3})`,
			Want: "{தோல்வி: 3, பெயர்: a, வெற்றி: 3}",
		}},
	}},
	{Builtin: builtin.Builtin{
		ID:   "cOqaZY.finish",
		Name: builtin.Spelling{Tamil: "சோதனை_முடிவு", Roman: "cOqaZY_mutivu"},
		Args: anyArgs("ஓட்டம்", "run"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "சுருக்கத்தை அச்சிடும்; எல்லாம் தேறினால் 0, இல்லையெனில் நிரல் 1 என்னும் நிலையுடன் முடியும்",
			En: "prints the summary; 0 when nothing failed, else the program ends with status 1",
		},
		Try: []builtin.Example{{
			Expr: `சோதனை_முடிவு({பெயர்: "வட்டி", வெற்றி: 3, தோல்வி: 0})`,
			Want: "\nவட்டி: 3 சோதனைகள், 3 வெற்றி, 0 தோல்வி\n✓ அனைத்தும் தேறின  (all passed)\n0",
		}},
	}},
}
