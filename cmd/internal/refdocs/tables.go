package main

import (
	"maps"
	"slices"

	"etamil/engine/code"
	"etamil/engine/diag"
	"etamil/engine/token"
	"etamil/fcgi/web"
)

// blocks are the headings among the codes, by their thousands.
var blocks = []diag.Text{
	{Ta: "பொது", En: "General"},
	{Ta: "படித்தல், இறக்குதல்", En: "Reading and importing"},
	{Ta: "சரிபார்த்தல்", En: "Checking"},
	{Ta: "தொகுத்தல்", En: "Compiling"},
	{Ta: "இயக்கம்", En: "Running"},
	{Ta: "புற உலகு: கோப்புகள், தரவுத்தளங்கள், உள்ளீடு", En: "The world outside: files, databases, input"},
	{Ta: "அமைப்புகள்", En: "Configuration"},
}

// ways say how an example comes to its code.
var ways = [...]string{
	diag.ByCheck:   "etamil check",
	diag.ByRun:     "etamil run",
	diag.ByRequest: "etamil serve, GET /",
	diag.ByReading: "",
}

func codes() string {
	var w writer
	w.begin(diag.Text{Ta: "பிழைகளும் எச்சரிக்கைகளும்", En: "Errors and warnings"}, diag.Text{
		Ta: "ஒரு குறியீட்டின் பொருள் என்றும் மாறாது. {1}, {2} ஆகிய இடங்களில் நிரலின் பெயர்களும் மதிப்புகளும் வரும். `etamil explain ET2003` இதையே முனையத்தில் காட்டும்.",
		En: "A code never changes its meaning. Names and values of the program come in the places {1}, {2}. `etamil explain ET2003` shows the same in the terminal.",
	})
	block := -1
	for _, c := range diag.Codes() {
		if int(c)/1000 != block {
			block = int(c) / 1000
			w.linef("## %s · %s\n", blocks[block].Ta, blocks[block].En)
		}
		def := diag.Lookup(c)
		word := def.Severity.Text()
		w.linef("### %s\n", c)
		w.linef("**%s: %s**  \n**%s: %s**\n", word.Ta, prose(def.Ta), word.En, prose(def.En))
		e, ok := diag.Explain(c)
		if !ok {
			continue
		}
		w.both(diag.Text{Ta: prose(e.Rule.Ta), En: prose(e.Rule.En)})
		example(&w, diag.Text{Ta: "தவறு", En: "wrong"}, e.Wrong)
		example(&w, diag.Text{Ta: "சரி", En: "right"}, e.Right)
	}
	return w.String()
}

func example(w *writer, title diag.Text, e diag.Example) {
	if way := ways[e.Way]; way != "" {
		w.linef("%s · %s (%s):\n", title.Ta, title.En, way)
	} else {
		w.linef("%s · %s:\n", title.Ta, title.En)
	}
	language := "etamil"
	if e.Way == diag.ByReading {
		language = ""
	}
	w.block(language, e.Text())
	for _, name := range slices.Sorted(maps.Keys(e.Files)) {
		w.linef("%s:\n", quoted(name))
		w.block("", e.Files[name])
	}
}

// roles are the headings among the keywords.
var roles = []struct {
	role  token.Role
	title diag.Text
}{
	{token.RoleStatement, diag.Text{Ta: "கூற்றைத் தொடங்கும் சொற்கள்", En: "Words that start a statement"}},
	{token.RoleClause, diag.Text{Ta: "கூற்றின் உள்ளே வரும் சொற்கள்", En: "Words inside a statement"}},
	{token.RoleOperator, diag.Text{Ta: "செயற்குறிச் சொற்கள்", En: "Operators"}},
	{token.RoleLiteral, diag.Text{Ta: "மதிப்புகள்", En: "Literals"}},
	{token.RoleType, diag.Text{Ta: "வகைச் சொற்கள்", En: "Type words"}},
	{token.RoleMethod, diag.Text{Ta: "HTTP முறைகள் ('வழி' என்பதன் பின் மட்டும்)", En: "HTTP methods (only after வழி)"}},
	{token.RoleDBKind, diag.Text{Ta: "தரவுத்தள வகைகள் ('தளம்_இணை', 'தளம்_பிரி' பின் மட்டும்)", En: "Kinds of databases (only after தளம்_இணை, தளம்_பிரி)"}},
	{token.RoleUnrun, diag.Text{Ta: "எழுதலாம், ஆனால் இயங்காத கூற்றுகள்", En: "Statements that can be written and do not run"}},
	{token.RoleReserved, diag.Text{Ta: "ஒதுக்கப்பட்ட சொற்கள்: பெயராகவும் வர முடியாது", En: "Reserved: no names either"}},
	{token.RoleName, diag.Text{Ta: "பெயராகப் பயன்படுத்தக் கூடிய சொற்கள்", En: "Words that are also free names"}},
}

func keywords() string {
	var w writer
	w.begin(diag.Text{Ta: "மொழியின் சொற்கள்", En: "Keywords"}, diag.Text{
		Ta: "ஒவ்வொரு சொல்லையும் தமிழிலோ, உரோமன் எழுத்திலோ, (உள்ளவற்றை) ஆங்கில மாற்றுப் பெயரிலோ எழுதலாம்; ஒரே நிரலில் கலந்தும் எழுதலாம். பெயராகப் பயன்படுத்தினால் எழுதிய வடிவமே பெயர்: வரி, vari இரண்டும் வெவ்வேறு மாறிகள்.",
		En: "Every word may be written in Tamil, romanized, or (where there is one) by its English alias, mixed freely in one program. Where a word serves as a name, the spelling written is the name: வரி and vari are two variables.",
	})
	for _, r := range roles {
		w.linef("## %s · %s\n", r.title.Ta, r.title.En)
		w.table("தமிழ்", "roman", "English", "name", "category")
		for _, kind := range token.Keywords() {
			k := kind.Keyword()
			if k.Role == r.role {
				w.row(quoted(k.Tamil), quoted(k.Roman), quoted(k.Spelling.English), k.Name, k.Category)
			}
		}
		w.linef("")
	}
	return w.String()
}

func instructions() string {
	var w writer
	w.begin(diag.Text{Ta: "இயந்திரத்தின் கட்டளைகள்", En: "Instructions"}, diag.Text{
		Ta: "ஒரு நிரல் இந்தக் கட்டளைகளாகத் தொகுக்கப்படுகிறது; `etamil dis FILE` அவற்றைக் காட்டும். இவை ஒவ்வொரு பதிப்பிலும் மாறலாம்.",
		En: "What a program compiles to; `etamil dis FILE` shows it. They may change with every version.",
	})
	w.both(diag.Text{
		Ta: "A, B, C: கட்டளையோடு வரும் எண்கள்; N: சிறு குறி; r: செயலின் பதிவகங்கள்; k: அதன் மாறிலிகள்; g: பொது மாறிகள்.",
		En: "A, B, C are the operands, N is a small flag; r are the registers of the function, k its constants, g the global variables.",
	})
	w.table("instruction", "meaning")
	for op := range code.NumOps {
		w.row(quoted(op.String()), prose(op.Doc()))
	}
	return w.String()
}

// unitTexts say how the value of a setting is written.
var unitTexts = map[web.Unit]string{
	web.Size:     "`512KiB`, `8MiB`, `1GiB`; `0`: no limit",
	web.Count:    "a whole number; `0`: no limit",
	web.Duration: "`500ms`, `30s`, `10m`; `0`: no limit",
	web.Switch:   "`on`, `off`",
	web.Words:    "words",
	web.Path:     "the path of a route",
}

func settings() string {
	var w writer
	w.begin(diag.Text{Ta: "அமைப்புகள்", En: "Settings"}, diag.Text{
		Ta: "`etamild`, `etamil serve` இரண்டும் ஒவ்வோர் அமைப்பையும் கட்டளையின் தெரிவாகவும் (`--max-body 1MiB`) சூழல் மாறியாகவும் (`ETAMILD_MAX_BODY=1MiB`) ஏற்கும்; இரண்டும் இருந்தால் தெரிவே செல்லும்.",
		En: "Both etamild and etamil serve take each as an option (`--max-body 1MiB`) and as a variable of the environment (`ETAMILD_MAX_BODY=1MiB`); where both are given, the option counts.",
	})
	w.table("name", "option", "environment", "default", "value", "பொருள் · meaning")
	for _, s := range web.SettingsTable() {
		standard := quoted(s.Default)
		switch {
		case s.Name == "max_concurrent": // computed from the machine
			standard = "64 × cores"
		case s.Default == "":
			standard = "–"
		}
		w.row(quoted(s.Name), quoted("--"+s.Flag()), quoted(s.Env()), standard, unitTexts[s.Unit], prose(s.Ta)+"<br>"+prose(s.En))
	}
	w.linef("")
	w.both(diag.Text{
		Ta: "`etamil serve`-இல் மட்டும் `error_detail` தொடக்கத்திலேயே on.",
		En: "In `etamil serve` alone, `error_detail` is on to begin with.",
	})
	return w.String()
}
