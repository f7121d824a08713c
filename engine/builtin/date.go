package builtin

import (
	"errors"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	_ "time/tzdata" // zones on machines that have none

	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

var dateRows = []Builtin{
	{
		ID:     "today",
		Name:   Spelling{"இன்று", "iZRu", "_today"},
		Ret:    "text",
		Effect: Clock,
		Doc: both("இன்றைய தேதி, YYYY-MM-DD; UTC-இல், அல்லது ETAMIL_TZ கூறும் நேர வலயத்தில்",
			"today as YYYY-MM-DD; in UTC, or in the zone that ETAMIL_TZ names"),
		Func: today,
		Try:  []Example{{`நீளம்(இன்று())`, "10"}, {`nAL_vERupAtu(iZRu(), iZRu())`, "0"}, {`_today() > "2024-01-01"`, "true"}},
	},
	{
		ID:   "daysBetween",
		Name: Spelling{"நாள்_வேறுபாடு", "nAL_vERupAtu", "_daysBetween"},
		Args: []Arg{arg("தொடக்கம்", "from", AsText), arg("முடிவு", "to", AsText)},
		Ret:  "number",
		Doc: both("முதல் தேதியிலிருந்து இரண்டாவது வரை எத்தனை நாள்; இரண்டாவது முந்தையதெனில் எதிர்ம எண்",
			"whole days from the first date to the second, negative when the second is earlier"),
		Func: daysBetween,
		Try: []Example{
			{`நாள்_வேறுபாடு("2024-02-28", "2024-03-01")`, "2"}, {`nAL_vERupAtu("2024-03-01", "2024-02-28")`, "-2"},
			{`_daysBetween("0001-01-01", "9999-12-31")`, "3652058"}, {`nAL_vERupAtu("2026-02-30", "2026-03-02")`, "0"},
			{`nAL_vERupAtu("0-01-01", "1-01-01")`, "366"},
		},
	},
	{
		ID:   "addDays",
		Name: Spelling{"நாள்_கூட்டு", "nAL_kUttu", "_addDays"},
		Args: []Arg{arg("தேதி", "date", AsText), arg("நாட்கள்", "days", AsNumber)},
		Ret:  "text",
		Doc:  both("அத்தனை நாள் பிந்தைய தேதி, YYYY-MM-DD", "the date that many days later, as YYYY-MM-DD"),
		Func: addDays,
		Try: []Example{
			{`நாள்_கூட்டு("2026-01-31", 1)`, "2026-02-01"}, {`nAL_kUttu("2026-03-01", -1)`, "2026-02-28"},
			{`_addDays("2026-6-30", 1.9)`, "2026-07-01"}, {`nAL_kUttu("2026-06-30", -1.9)`, "2026-06-29"},
			{`nAL_kUttu("2026-02-31", 0)`, "2026-03-03"}, {`nAL_kUttu("26-01-01", 0)`, "0026-01-01"},
			{`nAL_kUttu(" +2026-+4-05 ", "x")`, "2026-04-05"}, {`nAL_kUttu("9999-12-31", 1)`, "10000-01-01"},
		},
	},
}

// maxYear is the last year of a date; the first is 0.
const maxYear = 999_999

var (
	yearWanted = diag.Text{Ta: "0 முதல் 999999 வரையிலான ஆண்டு", En: "a year from 0 to 999999"}
	daysWanted = diag.Text{Ta: "'நாட்கள்' இடத்தில் 64 பிட்டுக்குள் அடங்கும் எண்", En: "a number within 64 bits as 'days'"}
	zoneWanted = diag.Text{Ta: "ETAMIL_TZ-இல் Asia/Kolkata போன்ற நேர வலயத்தின் பெயர்", En: "the name of a time zone such as Asia/Kolkata in ETAMIL_TZ"}
)

func today(m Machine, _ []value.Value) (value.Value, error) {
	h := m.Host()
	if h.Clock == nil {
		return value.Value{}, diag.NotPermitted.New("இன்று")
	}
	zone := time.UTC
	if h.Env != nil {
		if name, ok := h.Env.Lookup("ETAMIL_TZ"); ok && name != "" {
			var err error
			if zone, err = zoneOf(name); err != nil {
				return value.Value{}, badArgument("இன்று", zoneWanted, diag.Same("'"+diag.Quote(name)+"'"))
			}
		}
	}
	year, month, day := h.Clock.Now().In(zone).Date()
	return value.String(formatDate(year, int(month), day)), nil
}

// lastZone is what zoneOf read last. A process has one ETAMIL_TZ, and reading a
// zone takes a file each time.
var lastZone atomic.Pointer[namedZone]

type namedZone struct {
	name string
	zone *time.Location
}

// zoneOf returns the zone of that name.
func zoneOf(name string) (*time.Location, error) {
	if last := lastZone.Load(); last != nil && last.name == name {
		return last.zone, nil
	}
	zone, err := time.LoadLocation(name)
	if err == nil && zone == time.Local { // no zone, but Go's own word
		err = errors.ErrUnsupported
	}
	if err == nil {
		lastZone.Store(&namedZone{strings.Clone(name), zone})
	}
	return zone, err
}

func daysBetween(_ Machine, args []value.Value) (value.Value, error) {
	from, err := readDate("நாள்_வேறுபாடு", args[0].Str())
	if err != nil {
		return value.Value{}, err
	}
	to, err := readDate("நாள்_வேறுபாடு", args[1].Str())
	if err != nil {
		return value.Value{}, err
	}
	return value.Num(decimal.FromInt64(to - from)), nil
}

func addDays(_ Machine, args []value.Value) (value.Value, error) {
	const function = "நாள்_கூட்டு"
	date, err := readDate(function, args[0].Str())
	if err != nil {
		return value.Value{}, err
	}
	number := args[1].Dec()
	days, ok := number.Trunc().Int64()
	if !ok {
		return value.Value{}, badArgument(function, daysWanted, diag.Same(number.String()))
	}
	// Dates are below 4·10⁸ days; what is far beyond needs no exact sum.
	const far = 1 << 40
	year, month, day := civil(date + min(max(days, -far), far))
	if year < 0 || year > maxYear {
		got := args[0].Str() + " + " + number.Trunc().String()
		return value.Value{}, badArgument(function, yearWanted, diag.Same("'"+diag.Quote(got)+"'"))
	}
	return value.String(formatDate(int(year), month, day)), nil
}

// formatDate writes a date of the years up to maxYear, with four digits for the
// year at least.
func formatDate(year, month, day int) string {
	b := make([]byte, 0, len("999999-12-31"))
	for digits := 1000; digits > max(year, 1); digits /= 10 {
		b = append(b, '0')
	}
	b = strconv.AppendInt(b, int64(year), 10)
	return string(append(b, '-', byte('0'+month/10), byte('0'+month%10), '-', byte('0'+day/10), byte('0'+day%10)))
}

// readDate returns the day that text names, counted from 1970-01-01. The day
// may be up to 31 in any month and then lies in the next one.
func readDate(function, text string) (int64, error) {
	bad := func() (int64, error) { return 0, diag.NotADate.New(text) }
	trimmed := strings.TrimSpace(text)
	yearText, rest, ok1 := strings.Cut(trimmed, "-")
	monthText, dayText, ok2 := strings.Cut(rest, "-")
	if !ok1 || !ok2 {
		return bad()
	}
	year, ok1 := wholeNumber(yearText)
	month, ok2 := wholeNumber(monthText)
	day, ok3 := wholeNumber(dayText)
	if !ok1 || !ok2 || !ok3 || month < 1 || month > 12 || day < 1 || day > 31 {
		return bad()
	}
	if year > maxYear {
		return 0, badArgument(function, yearWanted, diag.Same("'"+diag.Quote(trimmed)+"'"))
	}
	return daysOf(year, int(month), 1) + day - 1, nil
}

// wholeNumber reads ASCII digits after an optional plus. Numbers too large for
// any date are all maxYear+1.
func wholeNumber(s string) (int64, bool) {
	s = strings.TrimPrefix(s, "+")
	if s == "" {
		return 0, false
	}
	n := int64(0)
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = min(10*n+int64(s[i]-'0'), maxYear+1)
	}
	return n, true
}

// daysOf counts the days from 1970-01-01 to a date of the proleptic Gregorian
// calendar. As civil, it counts years from March, so that the leap day is the
// last of its year, in eras of 400 years, after which the calendar repeats.
func daysOf(year int64, month, day int) int64 {
	if month <= 2 {
		year--
	}
	era := floorDiv(year, 400)
	yearOfEra := year - era*400
	monthFromMarch := int64((month + 9) % 12)
	dayOfYear := (153*monthFromMarch+2)/5 + int64(day) - 1
	dayOfEra := yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return era*daysOfEra + dayOfEra - daysToEpoch
}

const (
	daysOfEra   = 146_097 // of 400 years
	daysToEpoch = 719_468 // from 0000-03-01 to 1970-01-01
)

// civil is the reverse of daysOf.
func civil(days int64) (year int64, month, day int) {
	days += daysToEpoch
	era := floorDiv(days, daysOfEra)
	dayOfEra := days - era*daysOfEra
	// The terms take the leap days out, so that a year is 365 days again.
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36524 - dayOfEra/146096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	monthFromMarch := (5*dayOfYear + 2) / 153
	day = int(dayOfYear-(153*monthFromMarch+2)/5) + 1
	month = int(monthFromMarch+2)%12 + 1
	year = yearOfEra + era*400
	if month <= 2 {
		year++
	}
	return year, month, day
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
