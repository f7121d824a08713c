package postgres

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"time"

	"etamil/engine/value"
)

// Dates and times travel in binary as in the server's date_send, time_send,
// timetz_send, timestamp_send and interval_send: days or microseconds since
// 2000-01-01, zones as seconds west of UTC.

const (
	microsecond = 1
	second      = 1_000_000 * microsecond
	minute      = 60 * second
	hour        = 60 * minute
	day         = 24 * hour
	// epochDay is 2000-01-01 in days since 1970-01-01.
	epochDay = 10957
)

// moment reads a date or time that is not NULL.
func moment(b []byte, c class) (value.Value, bool) {
	var dst [64]byte
	out, ok := formatMoment(dst[:0], b, c)
	return value.String(string(out)), ok
}

// formatMoment appends the text of a date or time (spec 08 §8.5).
func formatMoment(dst, b []byte, c class) ([]byte, bool) {
	size := map[class]int{classDate: 4, classTime: 8, classTimeTZ: 12, classTimestamp: 8, classTimestampTZ: 8, classInterval: 16}[c]
	if len(b) != size {
		return dst, false
	}
	switch c {
	case classDate:
		days := int32(binary.BigEndian.Uint32(b))
		switch days {
		case math.MaxInt32:
			return append(dst, "infinity"...), true
		case math.MinInt32:
			return append(dst, "-infinity"...), true
		}
		dst, before := appendDate(dst, int64(days)+epochDay)
		return append(dst, before...), true
	case classTime:
		return appendClock(dst, int64(binary.BigEndian.Uint64(b))), true
	case classTimeTZ:
		dst = appendClock(dst, int64(binary.BigEndian.Uint64(b)))
		return appendZone(dst, -int(int32(binary.BigEndian.Uint32(b[8:])))), true
	case classInterval:
		return appendInterval(dst, int64(binary.BigEndian.Uint64(b)),
			int32(binary.BigEndian.Uint32(b[8:])), int32(binary.BigEndian.Uint32(b[12:]))), true
	}
	t := int64(binary.BigEndian.Uint64(b))
	switch t {
	case math.MaxInt64:
		return append(dst, "infinity"...), true
	case math.MinInt64:
		return append(dst, "-infinity"...), true
	}
	days, rest := t/day, t%day
	if rest < 0 {
		days, rest = days-1, rest+day
	}
	dst, before := appendDate(dst, days+epochDay)
	dst = appendClock(append(dst, 'T'), rest)
	if c == classTimestampTZ {
		dst = append(dst, 'Z')
	}
	return append(dst, before...), true
}

// appendDate appends the date that is that many days after 1970-01-01; before
// is what follows the whole for a year before the first, as the server writes
// it.
func appendDate(dst []byte, days int64) (out []byte, before string) {
	year, month, date := civil(days)
	if year < 1 {
		year, before = 1-year, " BC"
	}
	dst = appendPadded(dst, year, 4)
	dst = appendPadded(append(dst, '-'), month, 2)
	return appendPadded(append(dst, '-'), date, 2), before
}

// civil returns the Gregorian date of a day after 1970-01-01, also before the
// calendar was made; year 0 is 1 BC. It counts in eras of 400 years that begin
// on 1 March, so that the leap day is the last one.
func civil(days int64) (year, month, date int64) {
	days += 719468 // since 0000-03-01
	era := days / 146097
	if days < 0 && days%146097 != 0 {
		era--
	}
	inEra := days - era*146097
	yearOfEra := (inEra - inEra/1460 + inEra/36524 - inEra/146096) / 365
	inYear := inEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	m := (5*inYear + 2) / 153
	date = inYear - (153*m+2)/5 + 1
	month = m + 3
	year = era*400 + yearOfEra
	if month > 12 {
		month, year = month-12, year+1
	}
	return year, month, date
}

func appendPadded(dst []byte, n int64, width int) []byte {
	digits := strconv.FormatInt(n, 10)
	for range width - len(digits) {
		dst = append(dst, '0')
	}
	return append(dst, digits...)
}

// appendClock appends 10:20:30[.5].
func appendClock(dst []byte, t int64) []byte {
	dst = appendPadded(dst, t/hour, 2)
	dst = appendPadded(append(dst, ':'), t%hour/minute, 2)
	dst = appendPadded(append(dst, ':'), t%minute/second, 2)
	return appendFraction(dst, t%second)
}

// appendFraction appends microseconds as a fraction, nothing when there are
// none.
func appendFraction(dst []byte, t int64) []byte {
	if t == 0 {
		return dst
	}
	digits := appendPadded(append(dst, '.'), t, 6)
	for digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	return digits
}

// appendZone appends +05:30, with seconds where old zones had some.
func appendZone(dst []byte, east int) []byte {
	sign := byte('+')
	if east < 0 {
		sign, east = '-', -east
	}
	dst = appendPadded(append(dst, sign), int64(east/3600), 2)
	dst = appendPadded(append(dst, ':'), int64(east%3600/60), 2)
	if east%60 != 0 {
		dst = appendPadded(append(dst, ':'), int64(east%60), 2)
	}
	return dst
}

// appendInterval appends P1Y2M3DT4H5M6.5S, PT0S for nothing. Each part has the
// sign of its own as the server keeps them.
func appendInterval(dst []byte, t int64, days, months int32) []byte {
	if t == math.MaxInt64 && days == math.MaxInt32 && months == math.MaxInt32 { // since PostgreSQL 17
		return append(dst, "infinity"...)
	}
	if t == math.MinInt64 && days == math.MinInt32 && months == math.MinInt32 {
		return append(dst, "-infinity"...)
	}
	dst = append(dst, 'P')
	empty := len(dst)
	part := func(n int64, unit byte) {
		if n != 0 {
			dst = append(strconv.AppendInt(dst, n, 10), unit)
		}
	}
	part(int64(months/12), 'Y')
	part(int64(months%12), 'M')
	part(int64(days), 'D')
	if t != 0 {
		dst = append(dst, 'T')
		part(t/hour, 'H')
		part(t%hour/minute, 'M')
		if rest := t % minute; rest != 0 {
			if rest < 0 {
				dst = append(dst, '-')
				rest = -rest
			}
			dst = strconv.AppendInt(dst, rest/second, 10)
			dst = append(appendFraction(dst, rest%second), 'S')
		}
	}
	if len(dst) == empty {
		return append(dst, "T0S"...)
	}
	return dst
}

// appendMoment appends a text of a program as one that the server reads as a
// date or time of that class, whatever the session's settings are; false: it
// is none. Places without a zone are in zone.
func appendMoment(dst []byte, s string, c class, zone *time.Location) ([]byte, bool) {
	switch s {
	case "infinity", "-infinity":
		return append(dst, s...), c == classDate || c == classTimestamp || c == classTimestampTZ
	}
	if c == classInterval {
		return append(dst, s...), isInterval(s)
	}
	r := reader{rest: s, ok: true}
	var d date
	var t clock
	if c == classTime || c == classTimeTZ {
		t = r.clock()
		t.ok(&r, c)
	} else {
		d = r.date()
		switch {
		case c == classDate, r.rest == "", r.rest == bc:
		default:
			r.oneOf("T ")
			t = r.clock()
			r.ok = r.ok && t.hour < 24
		}
	}
	zoned, east := false, 0
	if c == classTimeTZ || c == classTimestampTZ && t.given {
		zoned, east = r.zone()
	}
	if c != classTime && c != classTimeTZ {
		d.before = r.skip(bc)
	}
	if !r.ok || r.rest != "" || !d.valid(c) {
		return dst, false
	}
	switch c {
	case classDate:
		return d.append(dst), true
	case classTime:
		return t.append(dst), true
	case classTimeTZ:
		if !zoned {
			_, east = time.Now().In(zone).Zone()
		}
		return appendZone(t.append(dst), east), true
	case classTimestamp:
		return d.appendBefore(t.append(append(d.appendPlain(dst), ' '))), true
	}
	// Moments are sent in UTC.
	at := time.Date(d.astronomical(), time.Month(d.month), d.day, t.hour, t.minute, t.second, 0, zone)
	if zoned {
		at = time.Date(d.astronomical(), time.Month(d.month), d.day, t.hour, t.minute, t.second-east, 0, time.UTC)
	}
	at = at.UTC()
	d = date{year: at.Year(), month: int(at.Month()), day: at.Day()}
	if d.year < 1 {
		d.year, d.before = 1-d.year, true
	}
	t.hour, t.minute, t.second = at.Clock()
	return d.appendBefore(append(t.append(append(d.appendPlain(dst), ' ')), "+00"...)), true
}

const bc = " BC"

// A date is a day of the Gregorian calendar.
type date struct {
	year, month, day int
	before           bool // BC
}

func (d date) astronomical() int {
	if d.before {
		return 1 - d.year
	}
	return d.year
}

// valid reports whether there is such a day; c tells whether there is one at
// all.
func (d date) valid(c class) bool {
	if c == classTime || c == classTimeTZ {
		return true
	}
	if d.year < 1 || d.month < 1 || d.month > 12 || d.day < 1 {
		return false
	}
	return d.day <= time.Date(d.astronomical(), time.Month(d.month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func (d date) appendPlain(dst []byte) []byte {
	dst = appendPadded(dst, int64(d.year), 4)
	dst = appendPadded(append(dst, '-'), int64(d.month), 2)
	return appendPadded(append(dst, '-'), int64(d.day), 2)
}

func (d date) appendBefore(dst []byte) []byte {
	if d.before {
		dst = append(dst, bc...)
	}
	return dst
}

func (d date) append(dst []byte) []byte { return d.appendBefore(d.appendPlain(dst)) }

// A clock is a time of a day.
type clock struct {
	given                bool
	hour, minute, second int
	fraction             string // digits after the point
}

// ok takes 24:00:00, which the server has for the end of a day, for times
// without a date only.
func (t clock) ok(r *reader, c class) {
	end := t.hour == 24 && t.minute == 0 && t.second == 0 && strings.Trim(t.fraction, "0") == ""
	r.ok = r.ok && (t.hour < 24 || end)
}

func (t clock) append(dst []byte) []byte {
	dst = appendPadded(dst, int64(t.hour), 2)
	dst = appendPadded(append(dst, ':'), int64(t.minute), 2)
	dst = appendPadded(append(dst, ':'), int64(t.second), 2)
	if t.fraction != "" {
		dst = append(append(dst, '.'), t.fraction...)
	}
	return dst
}

// A reader takes a text apart from its beginning; ok turns false for good when
// something else stands there.
type reader struct {
	rest string
	ok   bool
}

// digits reads a number of least to most digits.
func (r *reader) digits(least, most int) string {
	n := 0
	for n < len(r.rest) && n < most && '0' <= r.rest[n] && r.rest[n] <= '9' {
		n++
	}
	r.ok = r.ok && n >= least
	digits := r.rest[:n]
	r.rest = r.rest[n:]
	return digits
}

func (r *reader) number(least, most int) int {
	n, _ := strconv.Atoi(r.digits(least, most))
	return n
}

// oneOf reads one of the bytes of set and returns it.
func (r *reader) oneOf(set string) byte {
	if r.rest == "" || strings.IndexByte(set, r.rest[0]) < 0 {
		r.ok = false
		return 0
	}
	c := r.rest[0]
	r.rest = r.rest[1:]
	return c
}

// skip reads a word if it stands there.
func (r *reader) skip(word string) bool {
	rest, found := strings.CutPrefix(r.rest, word)
	r.rest = rest
	return found
}

// date reads 2026-04-01; the year has up to seven digits, as the server has
// years.
func (r *reader) date() (d date) {
	d.year = r.number(4, 7)
	r.oneOf("-")
	d.month = r.number(2, 2)
	r.oneOf("-")
	d.day = r.number(2, 2)
	return d
}

// clock reads 10:20[:30[.5]].
func (r *reader) clock() clock {
	t := clock{given: true}
	t.hour = r.number(2, 2)
	r.oneOf(":")
	t.minute = r.number(2, 2)
	if r.skip(":") {
		t.second = r.number(2, 2)
		if r.skip(".") {
			t.fraction = r.digits(1, 9)
		}
	}
	r.ok = r.ok && t.minute < 60 && t.second < 60
	return t
}

// zone reads Z or ±05:30, seconds too where old zones had some; nothing is no
// zone.
func (r *reader) zone() (given bool, east int) {
	if r.skip("Z") {
		return true, 0
	}
	if r.rest == "" || r.rest[0] != '+' && r.rest[0] != '-' {
		return false, 0
	}
	sign := r.oneOf("+-")
	hours := r.number(2, 2)
	r.oneOf(":")
	minutes := r.number(2, 2)
	seconds := 0
	if r.skip(":") {
		seconds = r.number(2, 2)
	}
	r.ok = r.ok && hours < 16 && minutes < 60 && seconds < 60 // the server's bounds
	east = hours*3600 + minutes*60 + seconds
	if sign == '-' {
		east = -east
	}
	return true, east
}

// isInterval reports whether s is P1Y2M3DT4H5M6.5S: parts in this order, at
// least one, each with a sign if need be, a fraction in the seconds only.
func isInterval(s string) bool {
	r := reader{rest: s, ok: true}
	r.oneOf("P")
	parts := 0
	part := func(unit string) {
		p := reader{rest: r.rest, ok: true}
		p.skip("-")
		p.digits(1, 10)
		if unit == "S" && p.skip(".") {
			p.digits(1, 9)
		}
		p.oneOf(unit)
		if p.ok {
			r.rest = p.rest
			parts++
		}
	}
	part("Y")
	part("M")
	part("D")
	if r.skip("T") {
		before := parts
		part("H")
		part("M")
		part("S")
		r.ok = r.ok && parts > before
	}
	return r.ok && r.rest == "" && parts > 0
}
