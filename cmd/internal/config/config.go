package config

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"etamil/engine/diag"
	"etamil/fcgi/web"
)

// A Config holds the settings of a daemon. It is not changed after Load.
type Config struct {
	// File is the configuration file, as it was named; "" when the daemon was
	// started by hand.
	File string

	Program   string   // "": nothing to serve
	StateDir  string   // for the daemon alone; "": none
	DataDir   string   // "": only when there is no program either
	DataAlso  []string // absolute paths in these are allowed, too
	FileLimit int64    // bytes; 0: no limit

	Socket  string // "": one from systemd, or none
	Control string // "": none
	Metrics Address

	LogLevel  zerolog.Level
	LogFormat LogFormat

	AllowEnv      Allowed
	AllowHosts    Allowed
	AllowPrograms []string

	// TokenKey is the key of tokens that the operator gave; nil: none.
	TokenKey                         []byte
	TokenKeyFile, TokenKeyCredential string // where it is from

	ReadTimeout, WriteTimeout time.Duration
	DrainIdle                 time.Duration
	ReadyTimeout              time.Duration

	Processors  int   // 0: as many as the load needs
	GCPercent   int   // 0: off
	MemoryLimit int64 // bytes; 0: no limit

	// Databases bounds the connections to databases; Sources are the data
	// sources, in the order of the file.
	Databases Databases
	Sources   []Source

	// Web are the settings of what is served.
	Web web.Settings

	// Warnings tell what was ignored, but hardly meant so: variables ETAMILD_…
	// that are none.
	Warnings []Problem

	origins map[string]Origin
	getenv  func(string) string
}

// Databases are the settings of the table databases; see db.Settings.
type Databases struct {
	Allow            Allowed
	Budget           int
	MaxPerPool       int // 0: Budget
	MaxIdle          int
	AcquireTimeout   time.Duration
	ConnectTimeout   time.Duration
	IdleTimeout      time.Duration
	MaxLifetime      time.Duration
	StatementTimeout time.Duration // 0: none
	StatementCache   int
	SQLiteWriterWait time.Duration
}

// A Source is a table database."NAME": a data source as it is written. What its
// keys mean is for package db.
type Source struct {
	Name string
	// Keys holds strings, booleans and int64s. Paths of files are absolute.
	Keys map[string]any
	// At is where the table begins, Places where its keys stand.
	At     Origin
	Places map[string]Origin
}

// An Address is where to listen.
type Address struct {
	Network string // "tcp", "unix"; "": nowhere
	Address string // host:port or a path
}

// String returns the address as it is written in a setting.
func (a Address) String() string {
	switch a.Network {
	case "":
		return "off"
	case "unix":
		return "unix:" + a.Address
	}
	return a.Address
}

// A LogFormat is a form of the log.
type LogFormat string

// The forms. LogAuto is journal when standard error is the journal, console
// when it is a terminal, else JSON.
const (
	LogAuto    LogFormat = "auto"
	LogJSON    LogFormat = "json"
	LogConsole LogFormat = "console"
	LogJournal LogFormat = "journal"
)

// Allowed is what programs may use of something: all, or what is named.
type Allowed struct {
	All   bool
	Names []string
}

// List returns nil when all is allowed, else the names, which are not nil.
func (a Allowed) List() []string {
	if a.All {
		return nil
	}
	return append([]string{}, a.Names...)
}

// An OriginKind says who gave a value.
type OriginKind uint8

// Who gives values; a later one wins.
const (
	ByDefault OriginKind = iota
	ByElse               // a variable that programs know too
	ByFile
	ByEnv
	ByFlag
)

// An Origin says where a value is from. The zero Origin is the default.
type Origin struct {
	Kind OriginKind
	// Name is the variable or the flag with its dashes; of a default, the
	// setting it follows from, if any.
	Name string
	// File, Line and Column are where the value stands. Lines and columns
	// begin with 1; a column counts code points.
	File         string
	Line, Column int
}

// String returns the origin for people: "default", "FILE:LINE", "env NAME",
// "flag --x".
func (o Origin) String() string {
	switch o.Kind {
	case ByFile:
		return o.File + ":" + strconv.Itoa(o.Line)
	case ByElse, ByEnv:
		return "env " + o.Name
	case ByFlag:
		return "flag " + o.Name
	}
	if o.Name != "" {
		return "default, from " + o.Name
	}
	return "default"
}

// Origin returns where the value of the setting is from.
func (c *Config) Origin(key string) Origin { return c.origins[key] }

// A Problem is one thing that is wrong with what the daemon was told.
type Problem struct {
	Origin Origin
	// Text is one sentence without a place.
	Text diag.Text
}

// place returns what stands before a sentence.
func (p *Problem) place() string {
	o := &p.Origin
	switch {
	case o.Kind != ByFile:
		return "" // the sentence names the variable or flag
	case o.Line == 0:
		return o.File + ": "
	}
	return fmt.Sprintf("%s:%d:%d: ", o.File, o.Line, o.Column)
}

// Error returns the English sentence: "FILE:LINE:COLUMN: …".
func (p Problem) Error() string { return p.place() + p.Text.En }

// Message returns the sentence in both languages, each after the place.
func (p Problem) Message() diag.Text {
	return diag.Text{Ta: p.place() + p.Text.Ta, En: p.place() + p.Text.En}
}

// Load reads the configuration file, when file is not empty, the environment
// ("NAME=value") and the command line: flags by their names without dashes. It
// returns all problems at once; then the Config has the default where a value
// cannot be used, and is good enough to say so on the sockets. The Config is
// never nil. Relative paths in the file are relative to its folder.
func Load(file string, environ []string, flags map[string]string) (*Config, []Problem) {
	var text []byte
	var problems []Problem
	if file != "" {
		var problem *Problem
		if text, problem = readFile(file); problem != nil {
			problems = append(problems, *problem)
		}
	}
	c, more := load(file, text, environ, flags)
	return c, append(problems, more...)
}

// LoadDatabases reads a file that holds the tables databases and database."NAME"
// alone, for the command line, which may reach every database; file may be
// empty.
func LoadDatabases(file string, environ []string) (*Config, []Problem) {
	c, problems := load("", nil, environ, nil)
	if file == "" {
		return c, problems
	}
	text, problem := readFile(file)
	if problem != nil {
		return c, append(problems, *problem)
	}
	l := loader{Config: c, problems: problems}
	c.File = file
	before := maps.Clone(c.origins)
	l.takeFile(file, text)
	l.takeIdle(c.getenv("ETAMIL_DB_IDLE"))
	for key, o := range c.origins {
		if before[key] != o && !strings.HasPrefix(key, "databases.") {
			l.fail(o, diag.Text{
				Ta: "இங்கே [databases], [database.\"பெயர்\"] மட்டுமே வரலாம்; '" + key + "' அல்ல",
				En: "only [databases] and [database.\"name\"] can stand here, not '" + key + "'",
			})
		}
	}
	l.sort()
	return c, l.problems
}

// A loader is one Load.
type loader struct {
	*Config
	problems []Problem
}

// load is Load with the text of the file.
func load(file string, text []byte, environ []string, flags map[string]string) (*Config, []Problem) {
	env := map[string]string{}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok && name != "" {
			env[name] = value
		}
	}
	l := loader{Config: &Config{
		File:    file,
		Web:     web.DefaultSettings(),
		origins: map[string]Origin{},
		getenv:  func(name string) string { return env[name] },
	}}
	for _, s := range table {
		if s.Type == Secret {
			continue
		}
		if sentence := s.set(l.Config, given{text: s.standard(file == "")}, s.Key); sentence != nil {
			panic("BUG: " + sentence.En)
		}
	}
	for _, s := range table {
		value := env[s.Else]
		if s.Else == "STATE_DIRECTORY" { // systemd lists them when there are several
			value, _, _ = strings.Cut(value, ":")
		}
		if value != "" && s.Type != Secret {
			l.put(s, given{text: value}, s.Else, Origin{Kind: ByElse, Name: s.Else})
		}
	}
	l.takeFile(file, text)
	for _, s := range table {
		if value := env[s.Env()]; value != "" && s.Type != Secret {
			l.put(s, given{text: value}, s.Env(), Origin{Kind: ByEnv, Name: s.Env()})
		}
	}
	for _, s := range table {
		value, ok := flags[s.Flag()]
		flag := "--" + s.Flag()
		switch o := (Origin{Kind: ByFlag, Name: flag}); {
		case !ok || s.Type == Secret:
		case value == "" && !s.Type.isList() && s.Type != Route:
			l.fail(o, diag.Text{Ta: flag + "-க்கு ஒரு மதிப்பு வேண்டும்", En: flag + " needs a value"})
		default:
			l.put(s, given{text: value}, flag, o)
		}
	}
	l.derive()
	l.takeIdle(env["ETAMIL_DB_IDLE"])
	l.takeTokenKey(env)
	l.compare()
	l.unknown(environ, flags)
	l.sort()
	return l.Config, l.problems
}

// sort puts the problems in the order in which a reader finds their places.
func (l *loader) sort() {
	slices.SortStableFunc(l.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Origin.Kind, b.Origin.Kind), cmp.Compare(a.Origin.Line, b.Origin.Line), cmp.Compare(a.Origin.Column, b.Origin.Column))
	})
}

// fail records a problem with a setting, which keeps the value it had.
func (l *loader) fail(o Origin, text diag.Text) {
	l.problems = append(l.problems, Problem{Origin: o, Text: text})
}

// put gives the setting a value. written is how its name was written there.
func (l *loader) put(s *Setting, v given, written string, o Origin) bool {
	if sentence := s.set(l.Config, v, written); sentence != nil {
		l.fail(o, *sentence)
		return false
	}
	l.origins[s.Key] = o
	return true
}

// derive computes what follows from other settings.
func (l *loader) derive() {
	switch {
	case l.DataDir != "":
	case l.StateDir != "":
		l.DataDir = filepath.Join(l.StateDir, "data")
		l.origins["data_dir"] = Origin{Name: "state_dir"}
	case l.Program != "":
		l.DataDir = filepath.Dir(l.Program)
		l.origins["data_dir"] = Origin{Name: "program"}
	}
}

// takeIdle reads the variable that programs know for the idle connections of a
// database; what is no number is 8 (spec 08 §8.3).
func (l *loader) takeIdle(text string) {
	if text == "" {
		return
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		n = 8
	}
	l.Databases.MaxIdle = int(n)
	l.origins["databases.max_idle"] = Origin{Kind: ByEnv, Name: "ETAMIL_DB_IDLE"}
}

// compare finds settings that do not go together.
func (l *loader) compare() {
	sockets := []struct{ key, path string }{{"socket", l.Socket}, {"control", l.Control}, {"metrics", ""}}
	if l.Metrics.Network == "unix" {
		sockets[2].path = l.Metrics.Address
	}
	for i, a := range sockets {
		for _, b := range sockets[:i] {
			if a.path != "" && filepath.Clean(a.path) == filepath.Clean(b.path) {
				l.fail(l.origins[a.key], diag.Text{
					Ta: fmt.Sprintf("%[1]s, %[2]s இரண்டும் ஒரே socket '%[3]s'; ஒவ்வொன்றுக்கும் தனி வேண்டும்", b.key, a.key, shown(a.path)),
					En: fmt.Sprintf("%[1]s and %[2]s are the same socket '%[3]s'; each needs its own", b.key, a.key, shown(a.path)),
				})
			}
		}
	}
}

// elsewhere are variables ETAMILD_… that are no settings: which file is read,
// and what a process tells the one that takes over.
var elsewhere = []string{"ETAMILD_CONFIG", "ETAMILD_HANDOVER_FD"}

// unknown finds flags and variables of no setting. A variable may be meant for
// another version, so it only warns.
func (l *loader) unknown(environ []string, flags map[string]string) {
	known := slices.Clone(elsewhere)
	for _, s := range table {
		known = append(known, s.Env())
	}
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, envPrefix) && !slices.Contains(known, name) {
			text := noSetting(name)
			if near, ok := nearest(strings.TrimPrefix(name, envPrefix)); ok {
				text = didYouMean(text, Lookup(near).Env())
			}
			l.Warnings = append(l.Warnings, Problem{Origin: Origin{Kind: ByEnv, Name: name}, Text: text})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		if !slices.ContainsFunc(table, func(s *Setting) bool { return s.Type != Secret && s.Flag() == name }) {
			text := noSetting("--" + name)
			if near, ok := nearest(name); ok {
				text = didYouMean(text, "--"+Lookup(near).Flag())
			}
			l.fail(Origin{Kind: ByFlag, Name: "--" + name}, text)
		}
	}
}

func noSetting(written string) diag.Text {
	written = diag.Quote(written)
	return diag.Text{
		Ta: fmt.Sprintf("'%s' என்ற அமைப்பு இல்லை", written),
		En: fmt.Sprintf("there is no setting '%s'", written),
	}
}

func didYouMean(text diag.Text, near string) diag.Text {
	hint := diag.DidYouMean(near)
	return diag.Text{Ta: text.Ta + "; " + hint.Ta, En: text.En + "; " + hint.En}
}

// Value returns the value of the setting in the form of a flag; "***" stands
// for a secret.
func (c *Config) Value(s *Setting) string {
	if s.web != nil {
		return s.web.Value(&c.Web)
	}
	switch p := s.field(c).(type) {
	case *string:
		return *p
	case *[]string:
		return strings.Join(*p, s.separator())
	case *int64:
		if s.Type == Size {
			return web.FormatSize(*p)
		}
		return strconv.FormatInt(*p, 10)
	case *int:
		return strconv.Itoa(*p)
	case *time.Duration:
		return formatDuration(*p)
	case *zerolog.Level:
		return p.String()
	case *LogFormat:
		return string(*p)
	case *Address:
		return p.String()
	case *Allowed:
		if p.All {
			return "*"
		}
		return strings.Join(p.Names, s.separator())
	case *[]byte:
		if *p == nil {
			return ""
		}
		return "***"
	}
	panic("BUG: no form for setting " + s.Key)
}

// formatDuration writes 10m as "10m", where Duration.String gives "10m0s".
func formatDuration(d time.Duration) string {
	text := d.String()
	if d == 0 {
		return "0"
	}
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// Diff returns the keys of the settings that differ, in the order of the
// table: those that the next generation of the running process takes, and those
// that need a new process.
func Diff(old, new *Config) (tunable, process []string) {
	for _, s := range table {
		same := old.Value(s) == new.Value(s)
		if s.Type == Secret {
			same = bytes.Equal(*s.field(old).(*[]byte), *s.field(new).(*[]byte))
		}
		switch {
		case same:
		case s.Class == OfProcess:
			process = append(process, s.Key)
		default:
			tunable = append(tunable, s.Key)
		}
	}
	for i := range new.Sources {
		s := &new.Sources[i]
		if was := old.source(s.Name); was == nil || !maps.Equal(was.Keys, s.Keys) {
			tunable = append(tunable, sourceName(s.Name))
		}
	}
	for i := range old.Sources {
		if name := old.Sources[i].Name; new.source(name) == nil {
			tunable = append(tunable, sourceName(name))
		}
	}
	return tunable, process
}

func (c *Config) source(name string) *Source {
	for i := range c.Sources {
		if c.Sources[i].Name == name {
			return &c.Sources[i]
		}
	}
	return nil
}

// sourceName returns the name of the table of a data source.
func sourceName(name string) string { return "database." + quoteTOML(name) }

// Getenv reads the environment that was given to Load, with the settings in
// place of the variables ETAMIL_… that they stand for: of the data directory,
// the limit of files, the programs that may be run and the key of tokens. It is
// for those that read these variables, not for programs.
func (c *Config) Getenv(name string) string {
	switch name {
	case "ETAMIL_DATA_DIR":
		return c.DataDir
	case "ETAMIL_DATA_ALSO":
		return strings.Join(c.DataAlso, string(filepath.ListSeparator))
	case "ETAMIL_FILE_LIMIT":
		return strconv.FormatInt(cmp.Or(c.FileLimit, math.MaxInt64), 10)
	case "ETAMIL_EXEC_ALLOW":
		return strings.Join(c.AllowPrograms, string(filepath.ListSeparator))
	case "ETAMIL_JWT_SECRET":
		return string(c.TokenKey)
	}
	return c.getenv(name)
}
