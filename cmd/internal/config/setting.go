package config

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"etamil/engine/diag"
	"etamil/fcgi/web"
)

// A Class says what a reload does to bring a changed setting into force.
type Class uint8

// The classes.
const (
	// Tunable settings change in the running process, with its next
	// generation.
	Tunable Class = iota
	// OfProcess settings are taken by a new process, to which the running one
	// hands over.
	OfProcess
)

// A Type is what the values of a setting look like.
type Type uint8

// The types.
const (
	Size     Type = iota // bytes, "8MiB"
	Count                // a whole number
	Duration             // "30s"
	Switch               // on or off
	Word                 // one of Words
	Route                // the path of a route, or none
	Path                 // of a file, folder or socket, or none
	Paths                // a list of them
	Names                // a list of names
	Name                 // a name, or none
	Listen               // where to listen: an Address
	Secret               // is never written; see the settings beside it
)

// types describe how a value is written: in the file, for sentences and pages,
// and what stands for it in a usage.
var types = [...]struct {
	usage string
	form  diag.Text
}{
	Size:     {"SIZE", diag.Text{Ta: `"8MiB", "64KiB" போன்ற அளவு அல்லது பைட்டுகளின் எண்ணிக்கை`, En: `a size such as "8MiB" or "64KiB", or a number of bytes`}},
	Count:    {"N", diag.Text{Ta: "மேற்கோள் குறிகள் இல்லாத முழு எண்", En: "a whole number, without quotes"}},
	Duration: {"TIME", diag.Text{Ta: `"30s", "10m", "500ms" போன்ற நேரம்`, En: `a duration such as "30s", "10m" or "500ms"`}},
	Switch:   {"on|off", diag.Text{Ta: `"on", "off", true, false ஆகியவற்றில் ஒன்று`, En: `"on" or "off", true or false`}},
	Word:     {"WORD", diag.Text{Ta: "மேற்கோள் குறிகளுக்குள் ஒரு சொல்", En: "a word in quotes"}},
	Route:    {"PATH", diag.Text{Ta: `"/health" போன்ற வழி`, En: `a path such as "/health"`}},
	Path:     {"PATH", diag.Text{Ta: "மேற்கோள் குறிகளுக்குள் ஒரு பாதை", En: "a path in quotes"}},
	Paths:    {"PATHS", diag.Text{Ta: `["/srv/a", "/srv/b"] போன்ற பாதைகளின் பட்டியல்`, En: `a list of paths such as ["/srv/a", "/srv/b"]`}},
	Names:    {"NAMES", diag.Text{Ta: `["A", "B"] போன்ற சொற்களின் பட்டியல்`, En: `a list of words such as ["A", "B"]`}},
	Name:     {"NAME", diag.Text{Ta: "மேற்கோள் குறிகளுக்குள் ஒரு பெயர்", En: "a name in quotes"}},
	Listen:   {"ADDRESS", diag.Text{Ta: `"127.0.0.1:9464", "unix:/run/etamil/m.sock", "off" போன்ற முகவரி`, En: `an address such as "127.0.0.1:9464" or "unix:/run/etamil/m.sock", or "off"`}},
	Secret:   {"", diag.Text{Ta: "எங்கும் எழுதப்படாது", En: "never written"}},
}

// Form says how a value of the type is written in the file.
func (t Type) Form() diag.Text { return types[t].form }

// isList reports whether a value is several texts.
func (t Type) isList() bool { return t == Paths || t == Names }

// A Setting is one row of the table.
type Setting struct {
	Key  string // in the file: max_body; databases.budget is in the table databases
	Type Type
	// Default is the value of a setting that is not given, in the form of a
	// flag; "" is none, or an empty list.
	Default string
	// Computed says what the default is where that depends on something else.
	Computed diag.Text
	// ByHand is the default without a configuration file, where it differs.
	ByHand string
	// Words are those that may be written: all of a Word, beside numbers for
	// a Count or Size.
	Words []string
	// Min and Max bound a number, in bytes, pieces or nanoseconds; Max 0: no
	// bound. 0 is allowed beside them when ZeroMeans says what it means.
	Min, Max  int64
	ZeroMeans diag.Text
	Class     Class
	// Else is a variable that counts when nobody else gives the setting.
	Else string
	// Example is a value for the sample file, as it is written there.
	Example string
	Doc     diag.Text

	flag  string            // where it is not the key
	means map[string]string // what Words stand for, in a number
	web   *web.Setting      // nil: field
	field func(*Config) any // a pointer
}

// Flag returns the name of the flag without dashes: max-body. A secret has
// none.
func (s *Setting) Flag() string {
	if s.Type == Secret {
		return ""
	}
	return cmp.Or(s.flag, strings.NewReplacer("_", "-", ".", "-").Replace(s.Key))
}

const envPrefix = "ETAMILD_"

// Env returns the name of the environment variable, which follows the flag:
// ETAMILD_MAX_BODY.
func (s *Setting) Env() string {
	if s.Type == Secret {
		return ""
	}
	return envPrefix + strings.ToUpper(strings.ReplaceAll(s.Flag(), "-", "_"))
}

// standard returns the default for a daemon with a configuration file or one
// that was started by hand.
func (s *Setting) standard(byHand bool) string {
	if byHand && s.ByHand != "" {
		return s.ByHand
	}
	return s.Default
}

// separator stands between the texts of a list in a flag or variable.
func (s *Setting) separator() string {
	if s.Type == Paths {
		return ":" // as in PATH
	}
	return ","
}

var noLimit = diag.Text{Ta: "வரம்பில்லை", En: "no limit"}

// own are the settings that only the daemon has.
var own = []Setting{
	{Key: "program", Type: Path, Class: Tunable, Example: `"/srv/shop/main.qmz"`,
		Doc: diag.Text{
			Ta: "வழங்கப்படும் நிரல்; இல்லாவிட்டால் ஒவ்வொரு கோரிக்கைக்கும் 503",
			En: "the program to serve; without one every request is answered 503"},
		field: func(c *Config) any { return &c.Program }},
	{Key: "state_dir", Type: Path, Class: OfProcess, Else: "STATE_DIRECTORY",
		Doc: diag.Text{
			Ta: "daemon தனக்காக வைத்திருப்பவற்றின் கோப்புறை (சீட்டுகளின் சாவி); systemd தந்தால் அதுவே",
			En: "folder of what the daemon keeps for itself (the key of tokens); systemd's, when it gives one"},
		field: func(c *Config) any { return &c.StateDir }},
	{Key: "data_dir", flag: "data", Type: Path, Class: OfProcess, Else: "ETAMIL_DATA_DIR", Example: `"/srv/shop/data"`,
		Computed: diag.Text{
			Ta: "state_dir-இன் உள்ளே data; அது இல்லாவிட்டால் நிரலின் கோப்புறை",
			En: "data inside of state_dir; without that, the folder of the program"},
		Doc: diag.Text{
			Ta: "தரவுக் கோப்புறை; நிரல் இதற்குள் மட்டுமே கோப்புகளை அணுகும்",
			En: "data directory; the program reaches files below it only"},
		field: func(c *Config) any { return &c.DataDir }},
	{Key: "data_also", Type: Paths, Class: OfProcess, Else: "ETAMIL_DATA_ALSO",
		Doc: diag.Text{
			Ta: "முழுப் பாதைகளால் அணுகக்கூடிய மேலும் சில கோப்புறைகள்",
			En: "further folders that the program may reach by absolute paths"},
		field: func(c *Config) any { return &c.DataAlso }},
	{Key: "file_limit", Type: Size, Default: "64MiB", ZeroMeans: noLimit, Class: OfProcess, Else: "ETAMIL_FILE_LIMIT",
		Doc: diag.Text{
			Ta: "ஒரு கோப்பைப் படிக்க அல்லது சேமிக்க உச்ச அளவு",
			En: "the most that one reading or saving of a file may take"},
		field: func(c *Config) any { return &c.FileLimit }},

	{Key: "socket", Type: Path, Class: OfProcess, Example: `"/run/etamil/etamil.sock"`,
		Doc: diag.Text{
			Ta: "nginx பேசும் FastCGI socket; systemd தந்தால் அதுவே, இது பயன்படாது",
			En: "FastCGI socket for nginx; one from systemd wins, then this is not used"},
		field: func(c *Config) any { return &c.Socket }},
	{Key: "control", Type: Path, Class: OfProcess, Example: `"/run/etamild/default/control"`,
		Doc: diag.Text{
			Ta: "'etamild ctl' பேசும் socket; இல்லாவிட்டால் அந்தக் கட்டளைகள் இல்லை",
			En: "socket for 'etamild ctl'; without one there are no such commands"},
		field: func(c *Config) any { return &c.Control }},
	{Key: "metrics", Type: Listen, Default: "off", Words: []string{"off"}, Class: OfProcess, Example: `"127.0.0.1:9464"`,
		Doc: diag.Text{
			Ta: "Prometheus அளவீடுகளைக் கேட்கும் முகவரி அல்லது socket; systemd தந்தால் அதுவே",
			En: "address or socket where Prometheus asks for metrics; one from systemd wins"},
		field: func(c *Config) any { return &c.Metrics }},

	{Key: "log_level", Type: Word, Default: "info", Words: []string{"debug", "info", "warn", "error"}, Class: Tunable,
		Doc: diag.Text{
			Ta: "பதிவின் அளவு: இதற்குக் கீழானவை எழுதப்படா",
			En: "what is logged: nothing below this"},
		field: func(c *Config) any { return &c.LogLevel }},
	{Key: "log_format", Type: Word, Default: string(LogAuto), Words: []string{string(LogAuto), string(LogJSON), string(LogConsole), string(LogJournal)}, Class: OfProcess,
		Doc: diag.Text{
			Ta: "பதிவின் வடிவம்: json (வரிக்கு ஒன்று), console (மனிதருக்கு), journal (journald-இன் புலங்கள்); auto: stderr journal என்றால் journal, முனையம் என்றால் console, மற்றபடி json",
			En: "form of the log: json lines, console for people, journal for the fields of journald; auto: journal when standard error is the journal, console when it is a terminal, else json"},
		field: func(c *Config) any { return &c.LogFormat }},

	{Key: "allow_env", Type: Names, ByHand: "*", Class: OfProcess, Example: `["SHOP_MODE", "LANG"]`,
		Doc: diag.Text{
			Ta: "நிரல் படிக்கக்கூடிய சூழல் மாறிகள்; * எல்லாமும்",
			En: "variables of the environment that the program may read; * is all"},
		field: func(c *Config) any { return &c.AllowEnv }},
	{Key: "allow_hosts", Type: Names, ByHand: "*", Class: OfProcess, Example: `["api.example.com", "10.0.0.5:8080"]`,
		Doc: diag.Text{
			Ta: "நிரல் HTTP-ஆல் அழைக்கக்கூடிய வழங்கிகள், NAME அல்லது NAME:PORT; * எல்லாமும்",
			En: "hosts that the program may call by HTTP, as NAME or NAME:PORT; * is all"},
		field: func(c *Config) any { return &c.AllowHosts }},
	{Key: "allow_programs", Type: Paths, Class: OfProcess, Else: "ETAMIL_EXEC_ALLOW", Example: `["/usr/bin/qrencode"]`,
		Doc: diag.Text{
			Ta: "நிரல் இயக்கக்கூடிய வேறு நிரல்கள், பெயரால் அல்லது பாதையால்",
			En: "other programs that the program may run, by name or path"},
		field: func(c *Config) any { return &c.AllowPrograms }},
	{Key: "token_key_file", Type: Path, Class: OfProcess, Example: `"/etc/etamil/secrets/token"`,
		Doc: diag.Text{
			Ta: "சீட்டுகளின் சாவி இருக்கும் கோப்பு; மற்றவர்கள் படிக்க முடியாததாக இருக்க வேண்டும்",
			En: "file that holds the key of tokens; others must not be able to read it"},
		field: func(c *Config) any { return &c.TokenKeyFile }},
	{Key: "token_key_credential", Type: Name, Class: OfProcess, Example: `"token"`,
		Doc: diag.Text{
			Ta: "சீட்டுகளின் சாவியாகும் systemd credential-இன் பெயர் (LoadCredential=)",
			En: "name of the systemd credential that is the key of tokens (LoadCredential=)"},
		field: func(c *Config) any { return &c.TokenKeyCredential }},
	{Key: "token_key", Type: Secret, Class: OfProcess, Else: "ETAMIL_JWT_SECRET",
		Computed: diag.Text{
			Ta: "முதலில் தேவைப்படும்போது உருவாக்கப்பட்டு state_dir-இல் வைக்கப்படும்",
			En: "made when it is first needed, and kept in state_dir"},
		Doc: diag.Text{
			Ta: "சீட்டுகளின் சாவி; token_key_file அல்லது token_key_credential அதைத் தரும்",
			En: "the key of tokens; token_key_file or token_key_credential gives it"},
		field: func(c *Config) any { return &c.TokenKey }},

	{Key: "read_timeout", Type: Duration, Default: "30s", Min: int64(time.Second), Max: int64(time.Hour), Class: OfProcess,
		Doc: diag.Text{
			Ta: "பாதி வந்த கோரிக்கை இவ்வளவு நேரம் காத்திருக்கும்; உடல் ஒவ்வொரு பகுதிக்கும், மொத்தம் பத்து மடங்கும்",
			En: "how long a request may stay half received; for a body from one piece to the next, and ten times that in all"},
		field: func(c *Config) any { return &c.ReadTimeout }},
	{Key: "write_timeout", Type: Duration, Default: "2m", Min: int64(time.Second), Max: int64(time.Hour), Class: OfProcess,
		Doc: diag.Text{
			Ta: "nginx பதிலைப் படிக்க இவ்வளவு நேரம் காத்திருக்கப்படும்; nginx-இன் send_timeout-இன் இரு மடங்கு போதும்",
			En: "how long an answer waits for nginx to read on; twice nginx's send_timeout is enough"},
		field: func(c *Config) any { return &c.WriteTimeout }},
	{Key: "drain_idle", Type: Duration, Default: "1s", Min: int64(time.Millisecond), Max: int64(time.Minute), Class: OfProcess,
		Doc: diag.Text{
			Ta: "நிறுத்தும்போது, வேலையற்ற இணைப்பு இன்னொரு கோரிக்கைக்காகத் திறந்திருக்கும் நேரம்",
			En: "at a stop, how long an idle connection stays open for one more request"},
		field: func(c *Config) any { return &c.DrainIdle }},
	{Key: "ready_timeout", Type: Duration, Default: "30s", Min: int64(time.Second), Max: int64(time.Hour), Class: Tunable,
		Doc: diag.Text{
			Ta: "புதிய செயல்முறை தயாராக இவ்வளவு நேரம்; பிறகு அது முடிக்கப்படும், பழையதே தொடரும்",
			En: "how long a new process may take to be ready; then it is ended and the old one serves on"},
		field: func(c *Config) any { return &c.ReadyTimeout }},

	{Key: "processors", Type: Count, Default: "auto", Max: 1024, Class: Tunable, Else: "GOMAXPROCS",
		Words: []string{"auto"}, means: map[string]string{"auto": "0"},
		ZeroMeans: diag.Text{Ta: "சுமைக்கேற்ப, ஒன்று முதல் எல்லாம் வரை", En: "as the load needs, from one to all"},
		Doc: diag.Text{
			Ta: "ஒரே நேரத்தில் எத்தனை செயலிகள் நிரலை இயக்கலாம்",
			En: "processors that run the program at once"},
		field: func(c *Config) any { return &c.Processors }},
	{Key: "gc_percent", Type: Count, Default: "400", Min: 10, Max: 10_000, Class: Tunable, Else: "GOGC",
		Words: []string{"off"}, means: map[string]string{"off": "0", "-1": "0"},
		ZeroMeans: diag.Text{Ta: "memory_limit-இல் மட்டும் சேகரிக்கும்", En: "collects at memory_limit only"},
		Doc: diag.Text{
			Ta: "வாழும் நினைவகத்தைவிட எத்தனை சதவீதம் வளர்ந்ததும் குப்பை சேகரிக்கப்படும்",
			En: "by how many percent of what is live the heap grows before it is collected"},
		field: func(c *Config) any { return &c.GCPercent }},
	{Key: "memory_limit", Type: Size, Default: "256MiB", Min: 32 << 20, Class: Tunable, Else: "GOMEMLIMIT",
		Words: []string{"off"}, means: map[string]string{"off": "0"}, ZeroMeans: noLimit,
		Doc: diag.Text{
			Ta: "செயல்முறையின் நினைவகம் இதை நெருங்கும்போது முன்னதாகவே சேகரிக்கப்படும்; கடுமையான வரம்பு அல்ல",
			En: "near this much memory of the process the collector works harder; it is no hard limit"},
		field: func(c *Config) any { return &c.MemoryLimit }},

	{Key: "databases.allow", Type: Names, Default: "sqlite", ByHand: "*", Class: Tunable,
		Example: `["sqlite", "redis@127.0.0.1:6379", "postgresql@*.internal/shop"]`,
		Doc: diag.Text{
			Ta: "நிரல் தன் இணைப்பு உரைகளால் எந்தத் தளங்களுடன் இணையலாம்: KIND[@HOST[:PORT][/DATABASE]]; * எல்லாமும். தரவு மூலங்களுக்கு இது தேவையில்லை",
			En: "databases that a program may reach by connection texts of its own, as KIND[@HOST[:PORT][/DATABASE]]; * is all. Data sources need none of it"},
		field: func(c *Config) any { return &c.Databases.Allow }},
	{Key: "databases.budget", Type: Count, Default: "40", Min: 1, Max: 10_000, Class: Tunable,
		Doc: diag.Text{
			Ta: "எல்லாத் தளங்களுக்கும் சேர்த்துத் திறந்திருக்கக்கூடிய இணைப்புகள்; கைமாற்றத்தின்போது இரு செயல்முறைகள் இருக்கும்",
			En: "connections open at once to all databases together; during a handover there are two processes"},
		field: func(c *Config) any { return &c.Databases.Budget }},
	{Key: "databases.max_per_pool", Type: Count, Default: "0", Max: 10_000, Class: Tunable,
		ZeroMeans: diag.Text{Ta: "databases.budget", En: "databases.budget"},
		Doc: diag.Text{
			Ta: "ஒரே தளத்துடன் திறந்திருக்கக்கூடிய இணைப்புகள்",
			En: "connections open at once to one database"},
		field: func(c *Config) any { return &c.Databases.MaxPerPool }},
	{Key: "databases.max_idle", Type: Count, Default: "8", Max: 10_000, Class: Tunable,
		ZeroMeans: diag.Text{Ta: "எதுவும் வைக்கப்படாது", En: "none is kept"},
		Doc: diag.Text{
			Ta: "ஒரு தளத்திற்கு வேலையின்றி வைத்திருக்கப்படும் இணைப்புகள்; ETAMIL_DB_IDLE மாறி இருந்தால் அதுவே",
			En: "idle connections kept for one database; the variable ETAMIL_DB_IDLE wins"},
		field: func(c *Config) any { return &c.Databases.MaxIdle }},
	{Key: "databases.acquire_timeout", Type: Duration, Default: "5s", Min: int64(time.Millisecond), Max: int64(time.Hour), Class: Tunable,
		Doc: diag.Text{
			Ta: "இணைப்பு ஒன்று கிடைக்கக் காத்திருக்கும் நேரம்; பிறகு ET5040",
			En: "how long a statement waits for a connection; then ET5040"},
		field: func(c *Config) any { return &c.Databases.AcquireTimeout }},
	{Key: "databases.connect_timeout", Type: Duration, Default: "5s", Min: int64(10 * time.Millisecond), Max: int64(time.Hour), Class: Tunable,
		Doc: diag.Text{
			Ta: "தளத்துடன் இணைய எடுக்கக்கூடிய நேரம்; பிறகு ET5041",
			En: "how long connecting to a database may take; then ET5041"},
		field: func(c *Config) any { return &c.Databases.ConnectTimeout }},
	{Key: "databases.idle_timeout", Type: Duration, Default: "5m", Min: int64(time.Second), Max: int64(24 * time.Hour), Class: Tunable,
		Doc: diag.Text{
			Ta: "வேலையின்றி இவ்வளவு நேரம் இருந்த இணைப்பு மூடப்படும்",
			En: "an idle connection is closed after this long"},
		field: func(c *Config) any { return &c.Databases.IdleTimeout }},
	{Key: "databases.max_lifetime", Type: Duration, Default: "1h", Min: int64(time.Second), Max: int64(30 * 24 * time.Hour), Class: Tunable,
		Doc: diag.Text{
			Ta: "இணைப்பு ஒன்றின் ஆயுள்; பிறகு, திருப்பித் தரப்படும்போது மூடப்படும்",
			En: "age at which a connection is closed when it is given back"},
		field: func(c *Config) any { return &c.Databases.MaxLifetime }},
	{Key: "databases.statement_timeout", Type: Duration, Default: "0", Max: int64(24 * time.Hour), ZeroMeans: noLimit, Class: Tunable,
		Doc: diag.Text{
			Ta: "ஒரு கூற்று எடுக்கக்கூடிய நேரம், கோரிக்கையின் நேரத்திற்குள்; பிறகு ET5050",
			En: "how long one statement may take, within the time of its request; then ET5050"},
		field: func(c *Config) any { return &c.Databases.StatementTimeout }},
	{Key: "databases.statement_cache", Type: Count, Default: "256", Max: 100_000, Class: Tunable,
		ZeroMeans: diag.Text{Ta: "எதுவும் வைக்கப்படாது", En: "none is kept"},
		Doc: diag.Text{
			Ta: "ஓர் இணைப்பில் தயாராக வைத்திருக்கப்படும் கூற்றுகள்",
			En: "statements kept prepared on a connection"},
		field: func(c *Config) any { return &c.Databases.StatementCache }},
	{Key: "databases.sqlite_writer_wait", Type: Duration, Default: "5s", Min: int64(time.Millisecond), Max: int64(time.Hour), Class: Tunable,
		Doc: diag.Text{
			Ta: "SQLite கோப்பில் எழுதும் முறைக்குக் காத்திருக்கும் நேரம்; பிறகு ET5051",
			En: "how long a statement waits for its turn to write to an SQLite file; then ET5051"},
		field: func(c *Config) any { return &c.Databases.SQLiteWriterWait }},
}

// webTypes are the types of web's units.
var webTypes = map[web.Unit]Type{
	web.Size: Size, web.Count: Count, web.Duration: Duration, web.Switch: Switch, web.Words: Names, web.Path: Route,
}

// more tells of settings of package web what its rows do not.
var more = map[string]func(*Setting){
	"max_concurrent": func(s *Setting) {
		s.Max = 1_000_000
		s.Words, s.means = []string{"auto"}, map[string]string{"auto": s.Default}
		s.Default, s.Computed = "auto", diag.Text{Ta: "64 × cores", En: "64 × cores"}
	},
	"max_queue": func(s *Setting) { s.Max = 1_000_000 },
	"max_params": func(s *Setting) { // nginx alone sends about 1 KiB; fcgi takes 16 MiB at most
		s.Min, s.Max, s.ZeroMeans = 1<<10, 16<<20, diag.Same("16MiB")
	},
	"slow_request": func(s *Setting) {
		s.ZeroMeans = diag.Text{Ta: "ஒவ்வொரு கோரிக்கையும்", En: "every request"}
	},
	"drain_timeout": func(s *Setting) { s.Max = int64(time.Hour) },
	"access_log": func(s *Setting) {
		s.Type, s.Words = Word, []string{"on", "off", "slow"}
	},
	"cors_origins": func(s *Setting) { s.Example = `["https://shop.example.com"]` },
	"probe_path":   func(s *Setting) { s.Example = `"/health"` },
}

// A Group is what belongs together in the sample file and the pages.
type Group struct {
	Title    diag.Text
	Settings []*Setting
}

// groups holds the table in its order. What no group names is in the fifth,
// among the requests.
var groups = makeGroups([]struct {
	title diag.Text
	keys  string
}{
	{diag.Text{Ta: "நிரலும் கோப்புறைகளும்", En: "The program and its folders"},
		"program state_dir data_dir data_also file_limit"},
	{diag.Text{Ta: "எங்கே பேசுகிறது", En: "Where it is spoken to"},
		"socket control metrics"},
	{diag.Text{Ta: "பதிவு", En: "The log"},
		"log_level log_format access_log slow_request"},
	{diag.Text{Ta: "நிரல் எதை அணுகலாம்", En: "What the program may reach"},
		"allow_env allow_hosts allow_programs token_key_file token_key_credential token_key"},
	{diag.Text{Ta: "கோரிக்கைகளும் பதில்களும்", En: "Requests and answers"},
		"max_body max_params max_response request_timeout read_timeout write_timeout cors_origins error_detail method_not_allowed compat probe_path timers timer_timeout"},
	{diag.Text{Ta: "ஒரே நேரத்தில் எத்தனை", En: "How many at once"},
		"max_concurrent max_queue queue_timeout max_bodies"},
	{diag.Text{Ta: "ஓர் இயக்கத்தின் வரம்புகள்", En: "Budgets of a run"},
		"max_steps max_memory max_output max_rows"},
	{diag.Text{Ta: "நிறுத்தமும் மாற்றமும்", En: "Stop and reload"},
		"drain_timeout drain_idle ready_timeout"},
	{diag.Text{Ta: "செயலிகளும் நினைவகமும்", En: "Processors and memory"},
		"processors gc_percent memory_limit"},
	{diag.Text{Ta: "தரவுத்தளங்கள்", En: "Databases"},
		"databases.allow databases.budget databases.max_per_pool databases.max_idle databases.acquire_timeout databases.connect_timeout databases.idle_timeout databases.max_lifetime databases.statement_timeout databases.statement_cache databases.sqlite_writer_wait"},
})

const groupOfOthers = 4

func makeGroups(titles []struct {
	title diag.Text
	keys  string
}) []Group {
	rows := map[string]*Setting{}
	for i := range own {
		rows[own[i].Key] = &own[i]
	}
	var fromWeb []string
	for _, w := range web.SettingsTable() {
		if rows[w.Name] != nil {
			panic("BUG: setting " + w.Name + " is there twice")
		}
		s := &Setting{
			Key: w.Name, Type: webTypes[w.Unit], Default: w.Default, Class: Tunable,
			Doc: diag.Text{Ta: w.Ta, En: w.En}, web: w,
		}
		if s.Type == Size || s.Type == Count || s.Type == Duration {
			s.ZeroMeans = noLimit
		}
		if change := more[w.Name]; change != nil {
			change(s)
		}
		rows[w.Name] = s
		fromWeb = append(fromWeb, w.Name)
	}
	all := make([]Group, len(titles))
	take := func(group int, key string) {
		all[group].Settings = append(all[group].Settings, rows[key])
		delete(rows, key)
	}
	for i, t := range titles {
		all[i].Title = t.title
		for key := range strings.FieldsSeq(t.keys) {
			if rows[key] == nil {
				panic("BUG: no setting " + key + ", or it is in two groups")
			}
			take(i, key)
		}
	}
	for _, key := range fromWeb {
		if rows[key] != nil {
			take(groupOfOthers, key)
		}
	}
	for key := range maps.Keys(rows) {
		panic("BUG: setting " + key + " is in no group")
	}
	return all
}

// Groups returns the table: every setting, by what it is about. The rows are
// not to be changed.
func Groups() []Group { return slices.Clone(groups) }

var table = flatten(groups)

func flatten(groups []Group) (all []*Setting) {
	for _, g := range groups {
		all = append(all, g.Settings...)
	}
	return all
}

// Lookup finds a setting by its key; nil when there is none.
func Lookup(key string) *Setting {
	for _, s := range table {
		if s.Key == key {
			return s
		}
	}
	return nil
}

// nearest returns the key that was most likely meant by a word of the file: it
// may be written as a flag, as a variable or with dots.
func nearest(word string) (string, bool) {
	word = strings.ReplaceAll(strings.ToLower(strings.TrimLeft(word, "-")), "-", "_")
	joined := strings.ReplaceAll(word, ".", "_")
	for _, s := range table {
		if joined == strings.ReplaceAll(s.Key, ".", "_") || s.Type != Secret && word == strings.ToLower(s.Env()) {
			return s.Key, true
		}
	}
	return diag.Nearest(word, func(yield func(string) bool) {
		for _, s := range table {
			if s.Type != Secret && !yield(s.Key) {
				return
			}
		}
	})
}
