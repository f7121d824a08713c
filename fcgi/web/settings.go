package web

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"etamil/engine"
)

// Settings are the tunable settings of a served program. A size or count of 0
// means no limit, and so does a duration of 0. DefaultSettings gives the
// defaults; the zero Settings has no limits at all.
type Settings struct {
	MaxBody          int64         // bytes of a request's body; 413 above
	MaxConcurrent    int           // requests in execution; more wait
	QueueTimeout     time.Duration // waiting longer for a place: 503
	RequestTimeout   time.Duration // running longer: 504
	TimerTimeout     time.Duration // a tick running longer is stopped
	DrainTimeout     time.Duration // what still runs then ends as 503
	CORSOrigins      []string      // origins that browsers may call from; "*": any
	ErrorDetail      bool          // error answers carry the message
	MethodNotAllowed bool          // 405 and automatic OPTIONS answers; else 404
	ProbePath        string        // asked at load; "": nothing is asked
	Timers           bool          // run the program's timers
	TimersSource     string        // the data source whose lock decides which process runs them; "": each does
	MaxQueue         int           // requests waiting for a place; 503 beyond
	MaxParams        int64         // bytes of all parameters of a request; 431 above
	MaxSteps         int64         // instructions of a run
	MaxMemory        int64         // bytes of live values of a run
	MaxOutput        int64         // bytes a run prints
	MaxResponse      int64         // bytes of an answer that is no file
	MaxRows          int64         // rows of one query
	MaxBodies        int64         // bytes of request bodies held at once
	AccessLog        AccessMode    // which requests get an access line
	SlowRequest      time.Duration // how long a slow request takes at least
	Compat           bool          // answer as the first implementation's server did
}

// AccessMode says which requests get an access line.
type AccessMode uint8

// The access modes.
const (
	AccessOn AccessMode = iota
	AccessOff
	AccessSlow // only those that took slow_request or longer
)

var accessModes = []string{AccessOn: "on", AccessOff: "off", AccessSlow: "slow"}

// String returns the mode as it is written in a setting.
func (m AccessMode) String() string { return accessModes[m] }

// DefaultSettings returns the settings of a daemon that was told nothing.
func DefaultSettings() Settings {
	var s Settings
	for i := range table {
		if err := table[i].parse(&s, table[i].Default); err != nil {
			panic(fmt.Sprintf("BUG: default of %s: %v", table[i].Name, err))
		}
	}
	return s
}

// Limits returns the budgets of the run of a request.
func (s *Settings) Limits() engine.Limits {
	return engine.Limits{
		Steps:  s.MaxSteps,
		Memory: s.MaxMemory,
		Output: s.MaxOutput,
		Answer: s.MaxResponse,
		Rows:   s.MaxRows,
		Time:   s.RequestTimeout,
	}
}

// A Unit is what the values of a setting look like.
type Unit string

// The units.
const (
	Size     Unit = "size"     // bytes, "8MiB"
	Count    Unit = "count"    // a whole number
	Duration Unit = "duration" // "30s"
	Switch   Unit = "switch"   // on or off
	Words    Unit = "words"    // one of a few words, or a list of them
	Path     Unit = "path"     // the path of a route
)

// A Setting is one row of the table of settings: what it is called in a
// configuration file, as a flag and in the environment, its default and what
// it does.
type Setting struct {
	Name    string // max_body
	Unit    Unit
	Default string // as it would be written
	Ta, En  string // what it does

	parse func(s *Settings, value string) error
	show  func(s *Settings) string
}

// Flag returns the name of the flag without dashes: max-body.
func (t *Setting) Flag() string { return strings.ReplaceAll(t.Name, "_", "-") }

// Env returns the name of the environment variable: ETAMILD_MAX_BODY.
func (t *Setting) Env() string { return envPrefix + strings.ToUpper(t.Name) }

// Value returns the setting's value in s as it would be written.
func (t *Setting) Value(s *Settings) string { return t.show(s) }

// IsSwitch reports whether the value is on or off and a flag without a value
// means on.
func (t *Setting) IsSwitch() bool { return t.Unit == Switch }

const envPrefix = "ETAMILD_"

// envElsewhere are the variables with that prefix that are no settings of a
// served program but are read by whoever starts the process.
var envElsewhere = []string{"ETAMILD_CONFIG", "ETAMILD_PROGRAM", "ETAMILD_SOCKET", "ETAMILD_CONTROL", "ETAMILD_DATA", "ETAMILD_LOG_LEVEL"}

// table holds every setting, in the order of the reference page.
var table = []Setting{
	Setting{Name: "max_body", Unit: Size, Default: "8MiB",
		Ta: "கோரிக்கை உடலின் உச்ச அளவு; மேலே 413",
		En: "largest body of a request; 413 above it"}.size(func(s *Settings) *int64 { return &s.MaxBody }),
	Setting{Name: "max_concurrent", Unit: Count, Default: strconv.Itoa(64 * runtime.NumCPU()),
		Ta: "ஒரே நேரத்தில் இயங்கும் கோரிக்கைகள்; மற்றவை காத்திருக்கும்",
		En: "requests in execution at once; more wait"}.count(func(s *Settings) *int { return &s.MaxConcurrent }),
	Setting{Name: "queue_timeout", Unit: Duration, Default: "5s",
		Ta: "இடத்திற்கு இதைவிட அதிகம் காத்திருந்தால் 503",
		En: "a request that waits longer for a place gets 503"}.duration(func(s *Settings) *time.Duration { return &s.QueueTimeout }),
	Setting{Name: "request_timeout", Unit: Duration, Default: "30s",
		Ta: "இதைவிட அதிக நேரம் ஓடும் கோரிக்கைக்கு 504",
		En: "a request that runs longer gets 504"}.duration(func(s *Settings) *time.Duration { return &s.RequestTimeout }),
	Setting{Name: "timer_timeout", Unit: Duration, Default: "10m",
		Ta: "இதைவிட அதிக நேரம் ஓடும் இடைவெளி நிறுத்தப்படும்",
		En: "a timer's run that takes longer is stopped and logged"}.duration(func(s *Settings) *time.Duration { return &s.TimerTimeout }),
	Setting{Name: "drain_timeout", Unit: Duration, Default: "30s",
		Ta: "நிறுத்தும்போதும் மாற்றும்போதும் ஓடுபவை முடியக் காத்திருக்கும் நேரம்",
		En: "how long a stop or reload waits for what runs"}.duration(func(s *Settings) *time.Duration { return &s.DrainTimeout }),
	{Name: "cors_origins", Unit: Words, Default: "",
		Ta:    "உலாவிகள் அழைக்கக் கூடிய மூலங்கள், ',' இடையே; '*' எதுவும்",
		En:    "origins that browsers may call from, separated by ','; '*' is any",
		parse: func(s *Settings, v string) (err error) { s.CORSOrigins, err = parseOrigins(v); return },
		show:  func(s *Settings) string { return strings.Join(s.CORSOrigins, ",") }},
	Setting{Name: "error_detail", Unit: Switch, Default: "off",
		Ta: "பிழைப் பதிலில் செய்தியும் வரும் (உருவாக்கத்தின்போது மட்டும்)",
		En: "error answers carry the message (for development only)"}.onOff(func(s *Settings) *bool { return &s.ErrorDetail }),
	Setting{Name: "method_not_allowed", Unit: Switch, Default: "on",
		Ta: "பாதை உண்டு, முறை இல்லை என்றால் 405; off எனில் 404",
		En: "405 for a known path with another method, and automatic OPTIONS answers; off: 404"}.onOff(func(s *Settings) *bool { return &s.MethodNotAllowed }),
	{Name: "probe_path", Unit: Path, Default: "",
		Ta: "ஏற்றும்போது GET கேட்கப்படும் வழி; பதில் 500-க்குக் கீழ் இருக்க வேண்டும்",
		En: "a GET of this route at load must answer below 500",
		parse: func(s *Settings, v string) error {
			if v != "" && v[0] != '/' {
				return wrong("'/' என்று தொடங்கும் பாதை வேண்டும்", "a path that begins with '/' is needed")
			}
			s.ProbePath = v
			return nil
		},
		show: func(s *Settings) string { return s.ProbePath }},
	{Name: "timers", Unit: Switch, Default: "on",
		Ta:    "நிரலின் இடைவெளிகள் இயங்க வேண்டுமா: on, off; PostgreSQL தரவு மூலத்தின் பெயர் எனில், அதைப் பகிரும் நிகழ்முறைகளுள் ஒன்றில் மட்டும்",
		En:    "run the program's timers: on, off, or the name of a PostgreSQL data source: in one of the processes that share it",
		parse: parseTimers, show: showTimers},
	Setting{Name: "max_queue", Unit: Count, Default: "4096",
		Ta: "இடத்திற்குக் காத்திருக்கும் கோரிக்கைகள்; மேலே உடனே 503",
		En: "requests waiting for a place; beyond it 503 at once"}.count(func(s *Settings) *int { return &s.MaxQueue }),
	Setting{Name: "max_params", Unit: Size, Default: "64KiB",
		Ta: "ஒரு கோரிக்கையின் எல்லா அளவுருக்களும் தலைப்புகளும்; மேலே 431",
		En: "all parameters and headers of a request; 431 above it"}.size(func(s *Settings) *int64 { return &s.MaxParams }),
	Setting{Name: "max_steps", Unit: Count, Default: "500000000",
		Ta: "ஓர் இயக்கத்தின் படிகள் (ET4030)",
		En: "instructions of a run (ET4030)"}.number(func(s *Settings) *int64 { return &s.MaxSteps }),
	Setting{Name: "max_memory", Unit: Size, Default: "64MiB",
		Ta: "ஓர் இயக்கத்தின் மதிப்புகள் வைத்திருக்கும் நினைவகம் (ET4032)",
		En: "live memory of a run (ET4032)"}.size(func(s *Settings) *int64 { return &s.MaxMemory }),
	Setting{Name: "max_output", Unit: Size, Default: "1MiB",
		Ta: "ஓர் இயக்கத்தில் அச்சு எழுதுபவை (ET4033)",
		En: "what அச்சு (print) writes in a run (ET4033)"}.size(func(s *Settings) *int64 { return &s.MaxOutput }),
	Setting{Name: "max_response", Unit: Size, Default: "16MiB",
		Ta: "கோப்பு அல்லாத பதிலின் உடல் (ET4033)",
		En: "body of an answer that is no file (ET4033)"}.size(func(s *Settings) *int64 { return &s.MaxResponse }),
	Setting{Name: "max_rows", Unit: Count, Default: "100000",
		Ta: "ஒரு வினவலின் நிரைகள் (ET4035)",
		En: "rows of one query (ET4035)"}.number(func(s *Settings) *int64 { return &s.MaxRows }),
	Setting{Name: "max_bodies", Unit: Size, Default: "256MiB",
		Ta: "ஒரே நேரத்தில் வைத்திருக்கும் எல்லாக் கோரிக்கை உடல்களும்; மற்றவை காத்திருக்கும்",
		En: "request bodies held by the process at once; more wait in the queue"}.size(func(s *Settings) *int64 { return &s.MaxBodies }),
	{Name: "access_log", Unit: Words, Default: "on",
		Ta: "அணுகல் பதிவு: on, off, slow (மெதுவானவை மட்டும்)",
		En: "access lines: on, off, slow (slow requests only)",
		parse: func(s *Settings, v string) error {
			i := slices.Index(accessModes, strings.ToLower(v))
			if i < 0 {
				return wrong("on, off, slow ஆகியவற்றில் ஒன்று வேண்டும்", "it must be on, off or slow")
			}
			s.AccessLog = AccessMode(i)
			return nil
		},
		show: func(s *Settings) string { return s.AccessLog.String() }},
	Setting{Name: "slow_request", Unit: Duration, Default: "1s",
		Ta: "இவ்வளவு நேரம் எடுக்கும் கோரிக்கை மெதுவானது",
		En: "a request that takes this long is slow"}.duration(func(s *Settings) *time.Duration { return &s.SlowRequest }),
	Setting{Name: "compat", Unit: Switch, Default: "off",
		Ta: "முதல் செயலாக்கத்தின் வழங்கியைப் போல: எந்த மூலமும் அழைக்கலாம், 405-க்குப் பதில் 404",
		En: "answer as the first implementation's server: any origin, 404 instead of 405"}.onOff(func(s *Settings) *bool { return &s.Compat }),
}

// SettingsTable returns every setting, in the order of the reference page.
func SettingsTable() []*Setting {
	rows := make([]*Setting, len(table))
	for i := range table {
		rows[i] = &table[i]
	}
	return rows
}

// LookupSetting finds a setting by its name, flag (without dashes in front) or
// environment variable; nil when there is none.
func LookupSetting(name string) *Setting {
	for i := range table {
		if t := &table[i]; name == t.Name || name == t.Flag() || name == t.Env() {
			return t
		}
	}
	return nil
}

// A SettingError says in one sentence, in both languages, why a setting cannot
// have a value, or that there is no such setting.
type SettingError struct {
	Setting string // as it was written: --max-body, ETAMILD_MAX_BODY, max_body
	Value   string
	Ta, En  string
}

// Error returns the sentence in both languages.
func (e *SettingError) Error() string { return e.Ta + " (" + e.En + ")" }

// wrong is what a parse function returns: the reason alone.
func wrong(ta, en string) error { return &SettingError{Ta: ta, En: en} }

// Set gives the setting written as it is (max_body, --max-body or
// ETAMILD_MAX_BODY) a value. The error is a *SettingError, and s is unchanged.
func (s *Settings) Set(written, value string) error {
	t := LookupSetting(strings.TrimLeft(written, "-"))
	if t == nil {
		return UnknownSetting(written)
	}
	err := t.parse(s, strings.TrimSpace(value))
	var reason *SettingError
	if errors.As(err, &reason) {
		return &SettingError{
			Setting: written, Value: value,
			Ta: fmt.Sprintf("%s-க்கு '%s' பொருந்தாது: %s", written, shorten(value), reason.Ta),
			En: fmt.Sprintf("%s cannot be '%s': %s", written, shorten(value), reason.En),
		}
	}
	return err
}

// UnknownSetting is the error for a setting that does not exist. It names the
// nearest one in the form that was used.
func UnknownSetting(written string) *SettingError {
	var names []string
	for i := range table {
		switch t := &table[i]; {
		case strings.HasPrefix(written, "-"):
			names = append(names, "--"+t.Flag())
		case strings.HasPrefix(written, envPrefix):
			names = append(names, t.Env())
		default:
			names = append(names, t.Name)
		}
	}
	e := &SettingError{
		Setting: written,
		Ta:      fmt.Sprintf("'%s' என்ற அமைப்பு இல்லை", shorten(written)),
		En:      fmt.Sprintf("there is no setting '%s'", shorten(written)),
	}
	if near := Nearest(written, names); near != "" {
		e.Ta += fmt.Sprintf("; '%s' என எழுத நினைத்தீர்களா?", near)
		e.En += fmt.Sprintf("; did you mean '%s'?", near)
	}
	return e
}

// RegisterFlags makes a flag of every setting. A value that does not fit is an
// error of fs.Parse that holds a *SettingError's sentence.
func (s *Settings) RegisterFlags(fs *flag.FlagSet) {
	for i := range table {
		t := &table[i]
		fs.Var(&flagValue{s, t}, t.Flag(), t.Ta+"\n"+t.En)
	}
}

type flagValue struct {
	settings *Settings
	setting  *Setting
}

func (v *flagValue) Set(value string) error {
	if v.setting.IsSwitch() && value == "true" { // the flag without a value
		value = "on"
	}
	return v.settings.Set("--"+v.setting.Flag(), value)
}

// String is also called on the zero value, by package flag.
func (v *flagValue) String() string {
	if v.setting == nil {
		return ""
	}
	return v.setting.show(v.settings)
}

func (v *flagValue) IsBoolFlag() bool { return v.setting.IsSwitch() }

// FromEnv sets what the environment sets. A variable that is not set or empty
// changes nothing. The error holds a *SettingError for each value that does not
// fit; the other settings are set.
func (s *Settings) FromEnv(getenv func(string) string) error {
	var all []error
	for i := range table {
		name := table[i].Env()
		if value := getenv(name); value != "" {
			if err := s.Set(name, value); err != nil {
				all = append(all, err)
			}
		}
	}
	return errors.Join(all...)
}

// UnknownEnv returns what to say about the variables of environ ("NAME=value")
// that begin like those of the settings and are none.
func UnknownEnv(environ []string) []*SettingError {
	var all []*SettingError
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, envPrefix) && LookupSetting(name) == nil && !slices.Contains(envElsewhere, name) {
			all = append(all, UnknownSetting(name))
		}
	}
	return all
}

// Nearest returns the name of names that is most like written, or "" when none
// is like it: more than a third of the letters would have to change.
func Nearest(written string, names []string) string {
	best, bestCost := "", math.MaxInt
	for _, name := range names {
		if cost := editDistance(strings.ToLower(written), strings.ToLower(name)); cost < bestCost {
			best, bestCost = name, cost
		}
	}
	if bestCost > max(2, len(best)/3) {
		return ""
	}
	return best
}

// editDistance counts the bytes to insert, remove, replace or swap with their
// neighbour to make b of a. Texts that no name is like are not compared.
func editDistance(a, b string) int {
	if len(a) > 2*len(b)+8 {
		return math.MaxInt
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// shorten keeps a mistyped value from filling the screen.
func shorten(s string) string {
	const most = 40
	runes := []rune(strings.ToValidUTF8(s, "\uFFFD"))
	for i, r := range runes {
		if r < ' ' || r == 0x7F {
			runes[i] = '\uFFFD'
		}
	}
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(runes)
}

func (t Setting) size(field func(*Settings) *int64) Setting {
	t.parse = func(s *Settings, v string) error { return put(field(s), v, ParseSize) }
	t.show = func(s *Settings) string { return FormatSize(*field(s)) }
	return t
}

func (t Setting) number(field func(*Settings) *int64) Setting {
	t.parse = func(s *Settings, v string) error { return put(field(s), v, parseCount) }
	t.show = func(s *Settings) string { return strconv.FormatInt(*field(s), 10) }
	return t
}

func (t Setting) count(field func(*Settings) *int) Setting {
	t.parse = func(s *Settings, v string) error {
		var n int64
		if err := put(&n, v, parseCount); err != nil {
			return err
		}
		*field(s) = int(min(n, math.MaxInt32))
		return nil
	}
	t.show = func(s *Settings) string { return strconv.Itoa(*field(s)) }
	return t
}

func (t Setting) duration(field func(*Settings) *time.Duration) Setting {
	t.parse = func(s *Settings, v string) error { return put(field(s), v, ParseDuration) }
	t.show = func(s *Settings) string { return formatDuration(*field(s)) }
	return t
}

func (t Setting) onOff(field func(*Settings) *bool) Setting {
	t.parse = func(s *Settings, v string) error {
		on, ok := readSwitch(v)
		if !ok {
			return wrong("on அல்லது off வேண்டும்", "it must be on or off")
		}
		*field(s) = on
		return nil
	}
	t.show = func(s *Settings) string { return switchWord(*field(s)) }
	return t
}

func readSwitch(v string) (on, ok bool) {
	switch strings.ToLower(v) {
	case "on", "true", "yes", "1":
		return true, true
	case "off", "false", "no", "0":
		return false, true
	}
	return false, false
}

func switchWord(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// parseTimers reads on, off or the name of a data source. That there is such a
// source is for whoever knows the sources.
func parseTimers(s *Settings, v string) error {
	if on, ok := readSwitch(v); ok {
		s.Timers, s.TimersSource = on, ""
		return nil
	}
	if v == "" || strings.ContainsFunc(v, unicode.IsSpace) {
		return wrong("on, off அல்லது ஒரு தரவு மூலத்தின் பெயர் வேண்டும்", "it must be on, off or the name of a data source")
	}
	s.Timers, s.TimersSource = true, v
	return nil
}

func showTimers(s *Settings) string {
	if s.Timers && s.TimersSource != "" {
		return s.TimersSource
	}
	return switchWord(s.Timers)
}

func put[T any](field *T, value string, parse func(string) (T, error)) error {
	v, err := parse(value)
	if err == nil {
		*field = v
	}
	return err
}

var sizeUnits = []struct {
	name  string
	bytes int64
}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}

// ParseSize reads a number of bytes: "8MiB", "64KiB", "1GiB", "512" or "0". The
// error is a *SettingError that holds the reason alone.
func ParseSize(text string) (int64, error) {
	digits, unit := text, int64(1)
	for _, u := range sizeUnits {
		if head, ok := cutSuffixFold(text, u.name); ok {
			digits, unit = strings.TrimSpace(head), u.bytes
			break
		}
	}
	n, err := strconv.ParseUint(digits, 10, 63)
	switch {
	case errors.Is(err, strconv.ErrRange), err == nil && int64(n) > math.MaxInt64/unit:
		return 0, wrong("எண் மிகப் பெரியது", "the number is too large")
	case err != nil:
		return 0, wrong("8MiB, 64KiB போன்ற அளவு வேண்டும் (0: வரம்பில்லை)", "a size such as 8MiB or 64KiB is needed (0: no limit)")
	}
	return int64(n) * unit, nil
}

func cutSuffixFold(s, suffix string) (string, bool) {
	if len(s) < len(suffix) || !strings.EqualFold(s[len(s)-len(suffix):], suffix) {
		return s, false
	}
	return s[:len(s)-len(suffix)], true
}

// FormatSize writes a number of bytes with the largest unit that gives a whole
// number.
func FormatSize(n int64) string {
	for _, u := range sizeUnits {
		if u.bytes > 1 && n >= u.bytes && n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}

// ParseDuration reads a duration of 0 or more: "30s", "10m", "1h30m", "500ms"
// or "0". The error is a *SettingError that holds the reason alone.
func ParseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(strings.ReplaceAll(text, " ", ""))
	if err != nil || d < 0 {
		return 0, wrong("30s, 10m, 500ms போன்ற நேரம் வேண்டும் (0: வரம்பில்லை)", "a duration such as 30s, 10m or 500ms is needed (0: no limit)")
	}
	return d, nil
}

// formatDuration writes 10m as "10m", where Duration.String gives "10m0s".
func formatDuration(d time.Duration) string {
	if d == 0 {
		return "0"
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}

// parseCount reads a whole number of 0 or more; '_' and ',' may group digits.
func parseCount(text string) (int64, error) {
	digits := text
	if len(text) > 1 && text[0] != '_' && text[0] != ',' {
		digits = strings.NewReplacer("_", "", ",", "").Replace(text)
	}
	n, err := strconv.ParseUint(digits, 10, 63)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, wrong("எண் மிகப் பெரியது", "the number is too large")
	case err != nil:
		return 0, wrong("முழு எண் வேண்டும் (0: வரம்பில்லை)", "a whole number is needed (0: no limit)")
	}
	return int64(n), nil
}

// parseOrigins reads origins separated by commas or blanks: "*", or a scheme
// and host as browsers send them in Origin.
func parseOrigins(text string) ([]string, error) {
	var all []string
	for _, origin := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		scheme, rest, ok := strings.Cut(origin, "://")
		if origin != "*" && origin != "null" && (!ok || scheme == "" || rest == "" || strings.ContainsAny(rest, "/*?#")) {
			return nil, wrong("மூலம் https://example.com போல அல்லது '*' என இருக்க வேண்டும்", "an origin looks like https://example.com, or is '*'")
		}
		all = append(all, strings.ToLower(origin))
	}
	return all, nil
}
