package cli

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"etamil/engine/diag"
	"etamil/fcgi/web"
)

// Settings declares an option for every setting of a served program that has
// none yet.
func (s *Set) Settings(to *web.Settings) {
	for _, row := range web.SettingsTable() {
		if s.Has(row.Flag()) {
			continue
		}
		set := func(value string) error { return SettingError(to.Set("--"+row.Flag(), value)) }
		if row.IsSwitch() {
			s.OnOff(row.Flag(), row.Ta, row.En, set)
			continue
		}
		ta, en := row.Ta, row.En
		if row.Default != "" {
			ta, en = ta+" ("+row.Default+")", en+" ("+row.Default+")"
		}
		s.Value(row.Flag(), valueNames[row.Unit], ta, en, set)
	}
}

// valueNames are what stands for a value in the usage.
var valueNames = map[web.Unit]string{
	web.Size: "SIZE", web.Count: "N", web.Duration: "TIME", web.Words: "WORDS", web.Path: "PATH",
}

// SettingError turns an error of web's settings into an *Error; nil stays nil.
func SettingError(err error) error {
	if e, ok := errors.AsType[*web.SettingError](err); ok {
		return &Error{diag.Text{Ta: e.Ta, En: e.En}}
	}
	return err
}

// Size declares an option for a number of bytes, 0 or more.
func (s *Set) Size(p *int64, name, ta, en string) *Flag {
	return s.Value(name, "SIZE", ta, en, func(v string) (err error) { *p, err = web.ParseSize(v); return err })
}

// Duration declares an option for a duration of 0 or more.
func (s *Set) Duration(p *time.Duration, name, ta, en string) *Flag {
	return s.Value(name, "TIME", ta, en, func(v string) (err error) { *p, err = web.ParseDuration(v); return err })
}

// Count declares an option for a whole number of low or more.
func (s *Set) Count(p *int64, name string, low int64, ta, en string) *Flag {
	return s.Value(name, "N", ta, en, func(v string) error {
		n, err := strconv.ParseUint(v, 10, 63)
		if err != nil || int64(n) < low {
			return Reason(fmt.Sprintf("%d அல்லது அதற்கு மேற்பட்ட முழு எண் வேண்டும்", low),
				fmt.Sprintf("a whole number of %d or more is needed", low))
		}
		*p = int64(n)
		return nil
	})
}
