package sqlite

import (
	"path/filepath"
	"slices"
	"strings"

	lib "modernc.org/sqlite/lib"

	"etamil/engine/db"
	"etamil/engine/diag"
)

// New returns the driver. The writers of one file wait in one queue only among
// the pools of one driver.
func New() db.Driver { return &driver{} }

type driver struct{ writers writers }

func (d *driver) Kind() db.Kind { return db.SQLite }

func (d *driver) SourceKeys() []string { return []string{"foreign_keys", "read_only"} }

// A source is a database as a connection text and options describe it.
type source struct {
	written string // the path or name as written, without options
	path    string // decoded; of a database in memory its name
	memory  bool
	shared  bool // the engine's shared cache; of one in memory: shared by its name
	mode    string
	// immutable promises that nobody changes the file while it is open.
	immutable   bool
	foreignKeys bool
}

// private reports whether every connection gets a database of its own.
func (s *source) private() bool { return s.memory && !s.shared }

// readOnly reports whether nothing is ever written.
func (s *source) readOnly() bool { return s.mode == "ro" || s.immutable }

func (d *driver) Target(text string, o db.Options) (*db.Target, error) {
	s, err := parse(text)
	if err != nil {
		return nil, err
	}
	if err := s.add(o); err != nil {
		return nil, err
	}
	key := string(db.SQLite) + "\x00" + text
	for _, option := range []struct {
		on   bool
		name string
	}{{!s.foreignKeys, "foreign_keys=0"}, {o.Keys["read_only"] == true, "read_only=1"}} {
		if option.on {
			key += "\x00" + option.name
		}
	}
	return &db.Target{
		Key: key, Masked: s.written, Label: string(db.SQLite) + "@" + s.written,
		Addresses: []db.Address{{}},
		Private:   s.private(), Anchored: s.memory && s.shared,
		Open: func(c db.PoolConfig) (db.Pool, error) { return &pool{driver: d, source: *s, config: c}, nil },
	}, nil
}

// What is wrong with a connection text.
var (
	noPath         = diag.Text{Ta: "கோப்பின் பெயர் இல்லை", En: "the name of the file is missing"}
	nulInPath      = diag.Text{Ta: "கோப்பின் பெயரில் NUL இருக்கக் கூடாது", En: "the name of the file must not hold a NUL"}
	otherHost      = diag.Text{Ta: "file: வேறொரு கணினியைச் சுட்ட முடியாது", En: "file: cannot name another host"}
	noPassword     = diag.Text{Ta: "SQLite தளத்திற்குக் கடவுச்சொல் இல்லை", En: "a database of SQLite has no password"}
	noFolder       = diag.Text{Ta: "அப்படி ஒரு கோப்புறை இல்லை", En: "no such folder"}
	memoryReadOnly = diag.Text{
		Ta: "நினைவகத் தளத்தை 'read_only' ஆகத் திறக்க முடியாது", En: "a database in memory cannot be 'read_only'",
	}
)

// modes are the values of the option mode.
var modes = []string{"ro", "rw", "rwc", "memory"}

// parse understands a path or a URI as sqlite.org/uri.html says. What decides
// how the file is accessed below SQLite's own rules is refused.
func parse(text string) (*source, error) {
	s := &source{written: text, path: text, mode: "rwc", foreignKeys: true}
	if rest, isURI := strings.CutPrefix(text, "file:"); isURI {
		rest, _, _ = strings.Cut(rest, "#")
		path, options, _ := strings.Cut(rest, "?")
		s.written = "file:" + path
		if after, has := strings.CutPrefix(path, "//"); has {
			host, local, slash := strings.Cut(after, "/")
			if host != "" && host != "localhost" || !slash {
				return nil, db.BadText(otherHost)
			}
			path = "/" + local
		}
		s.path = decode(path)
		for option := range strings.SplitSeq(options, "&") {
			name, val, _ := strings.Cut(option, "=")
			if err := s.option(decode(name), decode(val)); err != nil {
				return nil, err
			}
		}
	}
	if s.path == ":memory:" {
		s.memory = true
	}
	switch {
	case strings.Contains(s.path, "\x00"):
		return nil, db.BadText(nulInPath)
	case s.path == "" && !s.private():
		return nil, db.BadText(noPath)
	}
	return s, nil
}

func (s *source) option(name, val string) error {
	switch {
	case name == "vfs", strings.HasPrefix(name, "_"):
		return db.UnknownKey(name)
	case name == "mode" && !slices.Contains(modes, val):
		return db.BadKey(name, modes...)
	case name == "cache" && val != "shared" && val != "private":
		return db.BadKey(name, "shared", "private")
	case name == "immutable" && !slices.Contains(truths, strings.ToLower(val)) && !slices.Contains(lies, strings.ToLower(val)):
		return db.BadKey(name, "0", "1")
	case name == "mode":
		s.mode = val
		s.memory = val == "memory"
	case name == "cache":
		s.shared = val == "shared"
	case name == "immutable":
		s.immutable = slices.Contains(truths, strings.ToLower(val))
	}
	return nil // an option that is not known has no effect
}

// The booleans of a URI.
var (
	truths = []string{"1", "yes", "true", "on"}
	lies   = []string{"0", "no", "false", "off"}
)

// add takes what a data source says over.
func (s *source) add(o db.Options) error {
	if o.Password != nil {
		return db.BadText(noPassword)
	}
	for name, val := range o.Keys {
		on, isBool := val.(bool)
		switch {
		case name != "foreign_keys" && name != "read_only":
			return db.UnknownKey(name, "foreign_keys", "read_only")
		case !isBool:
			return db.BadKey(name, "true", "false")
		case name == "foreign_keys":
			s.foreignKeys = on
		case on && s.memory:
			return db.BadText(memoryReadOnly)
		case on:
			s.mode = "ro"
		}
	}
	return nil
}

// decode replaces %HH; what is no escape stands for itself, as in SQLite.
func decode(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if hi, lo := unhex(s[i+1]), unhex(s[i+2]); hi >= 0 && lo >= 0 {
				b.WriteByte(byte(hi<<4 | lo))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// uri is the name under which the engine opens the database, with its flags.
// path is where the file really is.
func (s *source) uri(path string) (name string, flags int32) {
	flags = lib.SQLITE_OPEN_URI
	switch {
	case s.private():
		return ":memory:", flags | lib.SQLITE_OPEN_READWRITE | lib.SQLITE_OPEN_CREATE
	case s.memory:
		return "file:" + encode(s.path) + "?mode=memory&cache=shared", flags | lib.SQLITE_OPEN_READWRITE | lib.SQLITE_OPEN_CREATE
	case s.readOnly():
		flags |= lib.SQLITE_OPEN_READONLY
	case s.mode == "rw":
		flags |= lib.SQLITE_OPEN_READWRITE
	default:
		flags |= lib.SQLITE_OPEN_READWRITE | lib.SQLITE_OPEN_CREATE
	}
	if s.shared {
		flags |= lib.SQLITE_OPEN_SHAREDCACHE
	}
	name = "file://" + encode(path)
	if s.immutable {
		name += "?immutable=1"
	}
	return name, flags
}

// encode writes a path so that no byte of it has a meaning in a URI.
func encode(path string) string {
	const plain = "/._-~"
	var b strings.Builder
	for i := range len(path) {
		c := path[i]
		if '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || strings.IndexByte(plain, c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte("0123456789ABCDEF"[c>>4])
			b.WriteByte("0123456789ABCDEF"[c&15])
		}
	}
	return b.String()
}

// place returns where the file is, absolute, and the flags to open it with.
func (s *source) place(resolve func(string) (string, error)) (path string, flags int32, err error) {
	if s.memory {
		return "", 0, nil
	}
	if resolve != nil {
		if path, err = resolve(s.path); err != nil {
			return "", 0, err
		}
		return path, lib.SQLITE_OPEN_NOFOLLOW, nil
	}
	path, err = filepath.Abs(s.path)
	return path, 0, err
}
