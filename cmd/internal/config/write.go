package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"etamil/engine/diag"
)

// quoteTOML returns a basic string of TOML.
func quoteTOML(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7F:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// toml returns a value in the form of a flag as it is written in the file.
func (s *Setting) toml(value string) string {
	switch {
	case s.Type.isList():
		var quoted []string
		for _, text := range (given{text: value}).split(s.separator()) {
			quoted = append(quoted, quoteTOML(text))
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	case s.Type == Count:
		if _, err := strconv.ParseUint(value, 10, 63); err == nil {
			return value
		}
	}
	return quoteTOML(value)
}

// DefaultTOML returns the default of a daemon with a configuration file, as it
// is written there.
func (s *Setting) DefaultTOML() string { return s.toml(s.Default) }

// sample returns a value that shows how the setting is written.
func (s *Setting) sample() string {
	if s.Example != "" {
		return s.Example
	}
	return s.DefaultTOML()
}

// Range says in both languages what a number may be; "" where it may be any.
func (s *Setting) Range() diag.Text {
	var ta, en []string
	if s.Min > 0 {
		least := s.formatNumber(s.Min)
		ta, en = append(ta, "குறைந்தது "+least), append(en, "at least "+least)
	}
	if s.Max > 0 {
		most := s.formatNumber(s.Max)
		ta, en = append(ta, "அதிகபட்சம் "+most), append(en, "at most "+most)
	}
	if s.ZeroMeans.En != "" {
		ta, en = append(ta, "0: "+s.ZeroMeans.Ta), append(en, "0: "+s.ZeroMeans.En)
	}
	return diag.Text{Ta: strings.Join(ta, "; "), En: strings.Join(en, "; ")}
}

// Effective returns every setting with its value and where that is from, for
// --check-config. It is TOML itself, and read as a configuration file it gives
// the same Config.
func (c *Config) Effective() string {
	var b strings.Builder
	if c.File != "" {
		fmt.Fprintf(&b, "# %s\n", shown(c.File))
	}
	for _, s := range table {
		line := s.Key + " = " + s.toml(c.Value(s))
		if s.Type == Secret { // no line of a file
			if c.Value(s) == "" {
				continue
			}
			line = "# " + line
		}
		fmt.Fprintf(&b, "%-44s # %s\n", line, shown(c.origins[s.Key].String()))
	}
	for i := range c.Sources {
		s := &c.Sources[i]
		for _, key := range slices.Sorted(maps.Keys(s.Keys)) {
			value, secret := sourceValue(key, s.Keys[key])
			line := sourceName(s.Name) + "." + key + " = " + value
			if secret { // no line of a file
				line = "# " + line
			}
			fmt.Fprintf(&b, "%-44s # %s\n", line, shown(s.Places[key].String()))
		}
	}
	return b.String()
}

// withPassword finds the password of a connection text.
var withPassword = regexp.MustCompile(`(?i)://[^/?#]*:[^/?#]*@|password|passwd|secret`)

// sourceValue returns the value of a key of a data source as it is written in
// the file; "***" where it may hold a secret.
func sourceValue(key string, v any) (value string, secret bool) {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v), false
	case int64:
		return strconv.FormatInt(v, 10), false
	case string:
		if key == "sslpassword" || key == "url" && withPassword.MatchString(v) {
			return `"***"`, true
		}
		return quoteTOML(v), false
	}
	panic("BUG: a value of another kind")
}

// Sample returns the file that is installed: every setting with what it means
// in both languages, its default behind a comment sign.
func Sample() string {
	var b strings.Builder
	b.WriteString(`# /etc/etamil/etamild.toml: what etamild serves, and how. For a further application: NAME.toml beside it.
#
# Every setting is here with its default; take the # in front of its name away to change it. What is not understood is
# refused with line and column, and the old settings stay. Before a reload:  etamild --check-config --config FILE
# Bring into force:  systemctl reload etamil        A variable ETAMILD_… or a flag counts more than this file.
# Relative paths are relative to the folder of this file. All of it at length: man etamild.toml
#
# எல்லா அமைப்புகளும் அவற்றின் இயல்பு மதிப்புகளுடன் இங்கே உள்ளன; மாற்ற, பெயருக்கு முன் உள்ள # குறியை நீக்குங்கள். புரியாதது
# வரியுடன் சுட்டிக்காட்டப்பட்டு மறுக்கப்படும்; பழைய அமைப்புகளே தொடரும்.
`)
	for _, g := range groups {
		fmt.Fprintf(&b, "\n\n## %s · %s\n", g.Title.Ta, g.Title.En)
		for _, s := range g.Settings {
			if s.Type == Secret {
				continue
			}
			ta, en := s.Doc.Ta, s.Doc.En
			if more := s.about(); more.En != "" {
				ta, en = ta+" ("+more.Ta+")", en+" ("+more.En+")"
			}
			fmt.Fprintf(&b, "\n# %s\n# %s\n", ta, en)
			if s.Example != "" {
				fmt.Fprintf(&b, "# %s = %s\n", s.Key, s.Example)
			}
			fmt.Fprintf(&b, "#%s = %s\n", s.Key, s.DefaultTOML())
		}
	}
	b.WriteString(sourceSample)
	return b.String()
}

// sourceSample shows a data source.
const sourceSample = `

## தரவு மூலங்கள் · Data sources

# நிரல் சொல்வது பெயர் மட்டுமே: தளம்_இணை போச்குரசீகுல், "முதன்மை"; கடவுச்சொல் இந்தக் கோப்பில் அல்ல, credential-இல் அல்லது தனிக் கோப்பில்
# A program says only the name: தளம்_இணை போச்குரசீகுல், "முதன்மை"; the password is not in this file but in a credential or a file of its own
# [database."முதன்மை"]
# kind = "postgresql"                    # sqlite, postgresql, mysql, redis, mongodb
# url = "postgres://shop@db.internal/shop?sslmode=verify-full"
# password_credential = "shop"           # or password_file, or url_file for the whole text
# max = 20                               # connections of this database
# connect = true                         # a reload fails when it cannot be reached
`

// about tells the words that may be written, the range and the computed
// default.
func (s *Setting) about() diag.Text {
	var ta, en []string
	add := func(t diag.Text) {
		if t.En != "" {
			ta, en = append(ta, t.Ta), append(en, t.En)
		}
	}
	words := strings.Join(s.Words, ", ")
	if s.Type == Switch {
		words = "on, off"
	}
	if (s.Type == Switch || s.Type == Word) && !strings.Contains(s.Doc.En, words) {
		add(diag.Same(words))
	}
	add(s.Range())
	if s.Computed.En != "" {
		word := ""
		if s.Default != "" {
			word = s.Default + ": "
		}
		add(diag.Text{Ta: "இயல்பு: " + word + s.Computed.Ta, En: "default: " + word + s.Computed.En})
	}
	return diag.Text{Ta: strings.Join(ta, "; "), En: strings.Join(en, "; ")}
}
