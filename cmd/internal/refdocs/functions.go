package main

import (
	"regexp"
	"strings"

	"etamil/engine/builtin"
	"etamil/engine/diag"
	"etamil/engine/stdlib"
)

// subjects are the headings among the builtins: each stands before the
// function with that id.
var subjects = []struct {
	first string
	title diag.Text
}{
	{"length", diag.Text{Ta: "பொது", En: "General"}},
	{"ok", diag.Text{Ta: "முடிவுகள்", En: "Results"}},
	{"round", diag.Text{Ta: "எண்கள்", En: "Numbers"}},
	{"upper", diag.Text{Ta: "சொல்", En: "Text"}},
	{"today", diag.Text{Ta: "தேதிகள்", En: "Dates"}},
	{"bytes", diag.Text{Ta: "பைட்டுகள்", En: "Bytes"}},
	{"fileSave", diag.Text{Ta: "கோப்புகள்", En: "Files"}},
	{"packageRead", diag.Text{Ta: "பொதிகள் (ZIP, ODT, XLSX …)", En: "Packages (ZIP, ODT, XLSX …)"}},
	{"sign", diag.Text{Ta: "கையொப்பங்கள், கடவுச்சொற்கள்", En: "Signatures and passwords"}},
	{"issueToken", diag.Text{Ta: "சீட்டுகள் (JWT)", En: "Tokens (JWT)"}},
	{"env", diag.Text{Ta: "சூழல், வேறு நிரல்கள்", En: "Environment and other programs"}},
	{"httpGet", diag.Text{Ta: "வெளிச்செல்லும் HTTP", En: "Outgoing HTTP"}},
	{"encrypt", diag.Text{Ta: "மறைகுறியாக்கம்", En: "Encryption"}},
	{"respondFile", diag.Text{Ta: "கோப்பாகப் பதில்", En: "Answering with a file"}},
	{"tryExecute", diag.Text{Ta: "தரவுத்தளங்கள்", En: "Databases"}},
}

func builtins() string {
	var w writer
	w.begin(diag.Text{Ta: "உள்ளமைந்த செயல்கள்", En: "Builtin functions"}, diag.Text{
		Ta: "எந்த நிரலும் எதையும் இறக்காமல் அழைக்கக்கூடிய செயல்கள். ஒவ்வொன்றின் பெயரையும் மூன்று வடிவங்களில் எழுதலாம்; மூன்றும் ஒன்றே.",
		En: "The functions that any program may call without importing anything. Each has three spellings, which mean the same.",
	})
	notation(&w)
	w.both(diag.Text{
		Ta: "விரிவான விதிகள்: [spec/05-builtins.md](spec/05-builtins.md). தரவுத்தளங்களுக்கான இயக்கிகள் இன்னும் வரவில்லை; அதுவரை அவற்றின் செயல்கள் தவறு தரும்.",
		En: "The rules at length: [spec/05-builtins.md](spec/05-builtins.md). The drivers of databases are not there yet; until then their functions give a failure.",
	})
	rows := builtin.Table()
	next := 0
	for i := range rows {
		b := &rows[i]
		if next < len(subjects) && subjects[next].first == b.ID {
			w.linef("## %s · %s\n", subjects[next].title.Ta, subjects[next].title.En)
			next++
		}
		function(&w, b)
	}
	if next < len(subjects) {
		panic("BUG: no builtin " + subjects[next].first + " where its heading is due")
	}
	return w.String()
}

func library() string {
	var w writer
	w.begin(diag.Text{Ta: "நூலகம்", En: "The library"}, diag.Text{
		Ta: "தேவையான தொகுதியை நிரலின் தொடக்கத்தில் இறக்குங்கள். நூலகம் eTamil-இன் உள்ளேயே இருக்கிறது; தனியாக எதையும் நிறுவ வேண்டாம்.",
		En: "Import the module you need at the top of a program. The library is inside eTamil; there is nothing to install.",
	})
	notation(&w)
	w.both(diag.Text{
		Ta: "விரிவான விதிகள்: [spec/09-library.md](spec/09-library.md), [spec/10-library-finance.md](spec/10-library-finance.md).",
		En: "The rules at length: [spec/09-library.md](spec/09-library.md), [spec/10-library-finance.md](spec/10-library-finance.md).",
	})
	for _, module := range stdlib.Modules() {
		w.linef("## %s\n", module)
		source, _ := stdlib.Source(module)
		w.linef("%s\n", moduleHead(source))
		w.block("etamil", `இறக்கு "`+module+`";`)
		moduleGlobals(&w, source)
		rows := stdlib.Functions(module)
		for i := range rows {
			function(&w, &rows[i].Builtin)
		}
		for _, kind := range []string{"SQLite", "PostgreSQL", "MySQL"} {
			if name, text, ok := stdlib.Script(module, kind); ok {
				w.linef("### %s (%s)\n", quoted(name), kind)
				w.block("sql", strings.TrimSuffix(text, "\n"))
			}
		}
	}
	return w.String()
}

// moduleHead returns what the comment at the top of a module says, line by line.
func moduleHead(source string) string {
	var lines []string
	for line := range strings.Lines(source) {
		text, ok := strings.CutPrefix(strings.TrimSpace(line), "//")
		if !ok {
			break
		}
		lines = append(lines, prose(strings.TrimSpace(text)))
	}
	return strings.Join(lines, "  \n")
}

var globalLine = regexp.MustCompile(`(?m)^([\p{L}_][\p{L}\p{M}\p{N}_]*) = (.+);$`)

// moduleGlobals lists the variables that importing a module sets.
func moduleGlobals(w *writer, source string) {
	globals := globalLine.FindAllStringSubmatch(source, -1)
	if len(globals) == 0 {
		return
	}
	w.both(diag.Text{Ta: "இறக்கியபின் இருக்கும் மாறிகள்:", En: "Variables that are there after the import:"})
	for _, g := range globals {
		w.linef("- `%s` = `%s`", g[1], g[2])
	}
	w.linef("")
}

// notation explains the lines of function.
func notation(w *writer) {
	w.both(diag.Text{
		Ta: "`text(any)`, `number(any)`: எந்த வகையும் வரலாம்; முறையே சொல்லாக, எண்ணாக மாற்றப்படும். `path`: கோப்பின் பாதை. `result`: சரி அல்லது தவறு; `result of X | Y`: சரியின் உள்ளே X, தவறின் உள்ளே Y. எடுத்துக்காட்டுகளில் ⇒ குறிக்குப் பின் வருவது அச்சாவது; வரி முறிவு ⏎ எனக் காட்டப்படும்.",
		En: "`text(any)`, `number(any)`: every kind is taken, and converted to text, to a number. `path`: the path of a file. `result`: சரி (success) or தவறு (failure); `result of X | Y`: X inside a success, Y inside a failure. In the examples, what is printed stands after ⇒, a line feed as ⏎.",
	})
}

// function writes one row of a table of functions.
func function(w *writer, b *builtin.Builtin) {
	w.linef("<a id=\"%s\"></a>\n", b.ID)
	names := b.Name.Spellings()
	for i := range names {
		names[i] = quoted(names[i])
	}
	w.linef("### %s\n", strings.Join(names, " · "))
	var ta, en []string
	for _, a := range b.Args {
		ta = append(ta, a.Name.Ta)
		en = append(en, a.Name.En+": "+a.Want.String())
	}
	english := b.Name.English
	if english == "" || english == "_join" { // _join is a keyword
		english = b.Name.Roman
	}
	w.linef("`%s(%s)` — `%s(%s)` → %s\n", b.Name.Tamil, strings.Join(ta, ", "), english, strings.Join(en, ", "), prose(b.Ret))
	doc := b.Description()
	w.linef("%s  \n%s\n", prose(doc.Ta), prose(doc.En))
	if len(b.Try) > 0 {
		var lines strings.Builder
		for _, e := range b.Try {
			lines.WriteString(strings.TrimRight(e.Expr+" ⇒ "+strings.ReplaceAll(e.Want, "\n", "⏎"), " ") + "\n")
		}
		w.block("", lines.String())
	}
}
