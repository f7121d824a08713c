package stdlib

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"etamil/engine/builtin"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// dateFunctions are those of nUlakam/qEqi.qmz. A date is a text YYYY-MM-DD.
var dateFunctions = []Function{
	{New: true, Builtin: builtin.Builtin{
		ID:   "qEqi.isDate",
		Name: builtin.Spelling{Tamil: "தேதியா", Roman: "qEqiyA", English: "_isDate"},
		Args: anyArgs("மதிப்பு", "value"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "YYYY-MM-DD வடிவில், 0001 முதல் 9999 வரை, உண்மையில் உள்ள ஒரு நாளா",
			En: "is it a text YYYY-MM-DD, from 0001 to 9999, of a day that exists",
		},
		Try: []builtin.Example{{Expr: `_isDate("2024-02-29")`, Want: "true"}, {Expr: `_isDate("2026-02-29")`, Want: "false"}},
	}, body: isDate},
	{New: true, Builtin: builtin.Builtin{
		ID:   "qEqi.parts",
		Name: builtin.Spelling{Tamil: "தேதிப்_பகுதிகள்", Roman: "qEqip_pakuqikaL", English: "_dateParts"},
		Args: []builtin.Arg{arg("நாள்", "date", builtin.AsText)},
		Ret:  "result of record | text",
		Doc: diag.Text{
			Ta: "சரி({ஆண்டு, மாதம், நாள், கிழமை, ஆண்டு_நாள், நிதியாண்டு}): கிழமை 1 திங்கள் … 7 ஞாயிறு; நிதியாண்டு ஏப்ரலில் தொடங்கியதன் ஆண்டு. தேதி அல்லாதது தவறு",
			En: "சரி({ஆண்டு, மாதம், நாள், கிழமை, ஆண்டு_நாள், நிதியாண்டு}): year, month, day, weekday (1 Monday … 7 Sunday), day of the year, and the year in whose April the financial year began; a failure for what is no date",
		},
		Try: []builtin.Example{{
			Expr: `_dateParts("2026-03-31")`,
			Want: "சரி({ஆண்டு: 2026, ஆண்டு_நாள்: 90, கிழமை: 2, நாள்: 31, நிதியாண்டு: 2025, மாதம்: 3})",
		}},
	}, body: dateParts},
	{New: true, Builtin: builtin.Builtin{
		ID:   "qEqi.addMonths",
		Name: builtin.Spelling{Tamil: "மாதம்_கூட்டு", Roman: "mAqam_kUttu", English: "_addMonths"},
		Args: []builtin.Arg{arg("நாள்", "date", builtin.AsText), arg("மாதங்கள்", "months", builtin.AsNumber)},
		Ret:  "text",
		Doc: diag.Text{
			Ta: "அத்தனை மாதங்கள் கூட்டிய தேதி; மாதத்தில் இல்லாத நாள் அதன் கடைசி நாளாகும்; பின்னம் விடப்படும்",
			En: "the date so many months later; a day past the end of the month becomes its last; a fraction is cut off",
		},
		Try: []builtin.Example{{Expr: `_addMonths("2024-01-31", 1)`, Want: "2024-02-29"}, {Expr: `_addMonths("2026-01-15", -25)`, Want: "2023-12-15"}},
	}, body: addMonths},
	{New: true, Builtin: builtin.Builtin{
		ID:   "qEqi.format",
		Name: builtin.Spelling{Tamil: "தேதி_வடிவம்", Roman: "qEqi_vativam", English: "_formatDate"},
		Args: []builtin.Arg{arg("நாள்", "date", builtin.AsText), arg("வடிவம்", "pattern", builtin.AsText)},
		Ret:  "text",
		Doc: diag.Text{
			Ta: "வடிவத்தில் YYYY YY ஆண்டும், MMM MM M மாதமும், DD D நாளும், WWW கிழமையும் ஆகும்; மற்றவை அப்படியே",
			En: "the pattern with YYYY YY as the year, MMM MM M as the month, DD D as the day, WWW as the weekday; the rest as it is",
		},
		Try: []builtin.Example{
			{Expr: `_formatDate("2026-04-05", "D MMM YYYY, WWW")`, Want: "5 ஏப்ரல் 2026, ஞாயிறு"},
			{Expr: `_formatDate("2026-04-05", "DD/MM/YY")`, Want: "05/04/26"},
		},
	}, body: formatDate},
}

var (
	monthNames   = [...]string{"ஜனவரி", "பிப்ரவரி", "மார்ச்", "ஏப்ரல்", "மே", "ஜூன்", "ஜூலை", "ஆகஸ்ட்", "செப்டம்பர்", "அக்டோபர்", "நவம்பர்", "டிசம்பர்"}
	weekdayNames = [...]string{"திங்கள்", "செவ்வாய்", "புதன்", "வியாழன்", "வெள்ளி", "சனி", "ஞாயிறு"}
)

// readDate reads a date; false for what is none.
func readDate(s string) (time.Time, bool) {
	// time.Parse alone would take year 0000.
	if len(s) != len(time.DateOnly) || strings.HasPrefix(s, "0000") {
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil
}

// weekday returns 1 for Monday … 7 for Sunday.
func weekday(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

// isDate is தேதியா.
func isDate(c call) (value.Value, error) {
	if c.args[0].Kind() != value.Text {
		return value.Bool(false), nil
	}
	_, ok := readDate(c.args[0].Str())
	return value.Bool(ok), nil
}

var partNames = value.NewKeys([]string{"ஆண்டு", "மாதம்", "நாள்", "கிழமை", "ஆண்டு_நாள்", "நிதியாண்டு"})

// dateParts is தேதிப்_பகுதிகள்.
func dateParts(c call) (value.Value, error) {
	s := c.args[0].Str()
	t, ok := readDate(s)
	if !ok {
		quoted := diag.Quote(s)
		return failure(diag.Text{Ta: "'" + quoted + "' ஒரு தேதி அல்ல", En: "'" + quoted + "' is no date"})
	}
	financial := t.Year()
	if t.Month() < time.April {
		financial--
	}
	if err := c.m.Grow(len(partNames.Names()) * valueBytes); err != nil {
		return value.Value{}, err
	}
	out, fits := value.RecordOf(partNames, []value.Value{
		value.Int(t.Year()), value.Int(int(t.Month())), value.Int(t.Day()),
		value.Int(weekday(t)), value.Int(t.YearDay()), value.Int(financial),
	})
	if err := deep(fits); err != nil {
		return value.Value{}, err
	}
	return success(out)
}

// addMonths is மாதம்_கூட்டு.
func addMonths(c call) (value.Value, error) {
	t, ok := readDate(c.args[0].Str())
	if !ok {
		return value.Value{}, diag.NotADate.New(c.args[0].Str())
	}
	const most = 9999 * 12 // more leads out of the years there are from any date
	months, ok := c.number(1).Trunc().Int64()
	if !ok || months < -most || months > most {
		return value.Value{}, diag.Overflow.New()
	}
	first := time.Date(t.Year(), t.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	if first.Year() < 1 || first.Year() > 9999 {
		return value.Value{}, diag.Overflow.New()
	}
	last := first.AddDate(0, 1, -1)
	day := first.AddDate(0, 0, min(t.Day(), last.Day())-1)
	return value.String(day.Format(time.DateOnly)), nil
}

// datePatterns are what stands for a part of a date, the longest first.
var datePatterns = []struct {
	word string
	show func(t time.Time) string
}{
	{"YYYY", func(t time.Time) string { return fmt.Sprintf("%04d", t.Year()) }},
	{"MMM", func(t time.Time) string { return monthNames[t.Month()-1] }},
	{"WWW", func(t time.Time) string { return weekdayNames[weekday(t)-1] }},
	{"YY", func(t time.Time) string { return fmt.Sprintf("%02d", t.Year()%100) }},
	{"MM", func(t time.Time) string { return fmt.Sprintf("%02d", int(t.Month())) }},
	{"DD", func(t time.Time) string { return fmt.Sprintf("%02d", t.Day()) }},
	{"M", func(t time.Time) string { return strconv.Itoa(int(t.Month())) }},
	{"D", func(t time.Time) string { return strconv.Itoa(t.Day()) }},
}

// formatDate is தேதி_வடிவம்.
func formatDate(c call) (value.Value, error) {
	t, ok := readDate(c.args[0].Str())
	if !ok {
		return value.Value{}, diag.NotADate.New(c.args[0].Str())
	}
	p := printer{m: c.m}
	rest := c.args[1].Str()
next:
	for rest != "" {
		for _, pattern := range datePatterns {
			if after, ok := strings.CutPrefix(rest, pattern.word); ok {
				if err := p.text(pattern.show(t)); err != nil {
					return value.Value{}, err
				}
				rest = after
				continue next
			}
		}
		n := strings.IndexAny(rest[1:], "YMDW") + 1
		if n == 0 {
			n = len(rest)
		}
		if err := p.text(rest[:n]); err != nil {
			return value.Value{}, err
		}
		rest = rest[n:]
	}
	return value.String(p.string()), nil
}
