package builtin

import (
	"fmt"
	"testing"
	"time"

	"etamil/engine/diag"
)

func TestDatesAreReadLoosely(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"2026-04-05", "2026-04-05"}, {"2026-4-5", "2026-04-05"}, {" 2026-04-05\u3000", "2026-04-05"}, {"+2026-+04-+5", "2026-04-05"},
		{"2026-02-31", "2026-03-03"}, {"2024-02-31", "2024-03-02"}, {"26-01-01", "0026-01-01"}, {"0-1-1", "0000-01-01"},
		{"000002026-0000004-00005", "2026-04-05"}, {"10000-01-01", "10000-01-01"}, {"999999-12-31", "999999-12-31"}, {"0000-02-29", "0000-02-29"},
	} {
		if got := call(t, &machine{}, "_addDays", tt.in, 0); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.in, got, tt.want)
		}
	}
	for _, in := range []any{
		"2026/01/01", "2026-01-01 10:00", "", nil, 20260101, "2026-01", "2026-01-01-01", "-2026-01-01", "2026--01-01", "2026-13-01", "2026-00-01",
		"2026-01-00", "2026-01-32", "2026 -01-01", "2026-01-௧", "2026-01-1.0", "2026-01-1e0", "2026-01-++1", "2026-01-+", "a-b-c", true, []any{},
	} {
		wantError(t, &machine{}, diag.NotADate, "is not a date", "_addDays", in, 0)
		wantError(t, &machine{}, diag.NotADate, "is not a date", "_daysBetween", "2026-01-01", in)
		wantError(t, &machine{}, diag.NotADate, "is not a date", "_daysBetween", in, "2026-01-01")
	}
	wantError(t, &machine{}, diag.BadArgument, "a year from 0 to 999999", "_addDays", "1000000-01-01", 0)
	wantError(t, &machine{}, diag.BadArgument, "a year from 0 to 999999", "_daysBetween", "99999999999999999999999-01-01", "2026-01-01")
}

func TestDaysAreCutAndBounded(t *testing.T) {
	for _, tt := range []struct {
		days any
		want string
	}{{"1.9", "2026-07-01"}, {"-1.9", "2026-06-29"}, {"x", "2026-06-30"}, {nil, "2026-06-30"}, {true, "2026-07-01"}, {"-740891", "0000-01-01"}} {
		if tt.days == "-740891" {
			if got := call(t, &machine{}, "_daysBetween", "2026-06-30", "0000-01-01"); got != "-740162" {
				t.Errorf("to the year 0: %s", got)
			}
			continue
		}
		if got := call(t, &machine{}, "_addDays", "2026-06-30", tt.days); got != tt.want {
			t.Errorf("%v days: %s, want %s", tt.days, got, tt.want)
		}
	}
	for _, days := range []string{"-740163", "400000000", "9223372036854775807", "-9223372036854775808"} {
		wantError(t, &machine{}, diag.BadArgument, "a year from 0 to 999999", "_addDays", "2026-06-30", days)
	}
	for _, days := range []string{"9223372036854775808", "-9223372036854775809", "79228162514264337593543950335"} {
		wantError(t, &machine{}, diag.BadArgument, "within 64 bits", "_addDays", "2026-06-30", days)
	}
}

func TestTodayIsThatOfTheZone(t *testing.T) {
	m := &machine{}
	m.host.Clock = at(2026, 11, 23, 19, 0)
	m.host.Env = variables{}
	for _, tt := range []struct{ zone, want string }{
		{"", "2026-11-23"}, {"UTC", "2026-11-23"}, {"Asia/Kolkata", "2026-11-24"}, {"America/New_York", "2026-11-23"}, {"Pacific/Kiritimati", "2026-11-24"},
	} {
		m.host.Env = variables{"ETAMIL_TZ": tt.zone}
		if got := call(t, m, "_today"); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.zone, got, tt.want)
		}
	}
	for _, zone := range []string{"Asia/Chennai", "Local", "../etc/passwd", "/etc/passwd", "x\x00"} {
		m.host.Env = variables{"ETAMIL_TZ": zone}
		wantError(t, m, diag.BadArgument, "'iZRu' needs the name of a time zone", "iZRu")
	}
	m.host.Env = nil
	if got := call(t, m, "_today"); got != "2026-11-23" {
		t.Errorf("without an environment: %s", got)
	}
}

// checkDate holds the calendar against that of the time package.
func checkDate(t *testing.T, year, month, day int, add int64) {
	t.Helper()
	date := fmt.Sprintf("%d-%d-%d", year, month, day)
	then := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if got, want := call(t, &machine{}, "_daysBetween", "1970-01-01", date), fmt.Sprint(then.Unix()/86400); got != want {
		t.Errorf("days to %s: %s, want %s", date, got, want)
	}
	sum := then.AddDate(0, 0, int(add))
	if sum.Year() < 0 || sum.Year() > maxYear {
		wantError(t, &machine{}, diag.BadArgument, "a year", "_addDays", date, int(add))
		return
	}
	want := fmt.Sprintf("%04d-%02d-%02d", sum.Year(), sum.Month(), sum.Day())
	if got := call(t, &machine{}, "_addDays", date, int(add)); got != want {
		t.Errorf("%s + %d: %s, want %s", date, add, got, want)
	}
}

func TestCalendarIsThatOfTheTimePackage(t *testing.T) {
	for year := 1890; year < 2110; year++ {
		for month := 1; month <= 12; month++ {
			for _, day := range []int{1, 28, 29, 30, 31} {
				checkDate(t, year, month, day, int64(year*day))
			}
		}
	}
}

func FuzzDate(f *testing.F) {
	f.Add(uint32(2026), uint8(2), uint8(29), int64(365))
	f.Add(uint32(0), uint8(0), uint8(0), int64(-1))
	f.Add(uint32(999_999), uint8(11), uint8(30), int64(1))
	f.Fuzz(func(t *testing.T, year uint32, month, day uint8, add int64) {
		checkDate(t, int(year%(maxYear+1)), int(month%12)+1, int(day%31)+1, add%1_000_000_000)
	})
}

func TestFormatDate(t *testing.T) {
	for _, year := range []int{0, 1, 9, 10, 99, 100, 999, 1000, 2026, 9999, 10_000, 99_999, 100_000, maxYear} {
		for month, day := range map[int]int{1: 1, 9: 31, 10: 10, 12: 9} {
			if got, want := formatDate(year, month, day), fmt.Sprintf("%04d-%02d-%02d", year, month, day); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
	}
}
