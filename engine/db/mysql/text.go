package mysql

import (
	"crypto/tls"
	"net"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"etamil/engine/db"
	"etamil/engine/diag"
)

type opener struct{}

// New returns the driver.
func New() db.Driver { return opener{} }

func (opener) Kind() db.Kind { return db.MySQL }

// fileKeys name files: the roots to trust, and the client's own certificate
// with its key.
var fileKeys = []string{"tls_ca", "tls_cert", "tls_key"}

func (opener) SourceKeys() []string { return fileKeys }

// A server is what a connection text names.
type server struct {
	host, port, socket       string
	user, password, database string
	timeout                  time.Duration // of connecting; 0: none of its own
	mode                     string        // of tls
	files                    map[string]string
	compress, cleartext      bool
	maxPacket                int // bytes; 0: the server's
}

// ignored are keys that mean nothing here, with the form that their values
// must have all the same.
var ignored = map[string]func(string) bool{
	"prefer_socket": isBool, "secure_auth": isBool, "reset_connection": isBool, "check_health": isBool,
	"stmt_cache_size": isCount, "pool_min": isCount, "pool_max": isCount,
	"tcp_keepalive_time_ms": isCount, "tcp_keepalive_probe_interval_secs": isCount,
	"tcp_keepalive_probe_count": isCount, "tcp_user_timeout_ms": isCount,
}

func isBool(s string) bool { _, ok := boolOf(s); return ok }

func isCount(s string) bool { _, err := strconv.ParseUint(s, 10, 32); return err == nil }

func boolOf(s string) (value, ok bool) {
	switch s {
	case "true", "on", "1":
		return true, true
	case "false", "off", "0":
		return false, true
	}
	return false, false
}

// compression are the values of compress that other clients know beside a
// boolean.
var compression = map[string]bool{"fast": true, "best": true}

// modes are the values of tls.
var modes = []string{"off", "preferred", "on", "skip-verify"}

// keys are those of a connection text that mean something.
var keys = []string{
	"socket", "user", "password", "host", "port", "db_name", "tcp_connect_timeout_ms", "compress",
	"max_allowed_packet", "enable_cleartext_plugin", "tls",
}

// What is wrong with a connection text.
var (
	noForm     = diag.Text{Ta: "அது mysql://… என்று தொடங்க வேண்டும்", En: "it must begin with mysql://"}
	inTheClear = diag.Text{
		Ta: "enable_cleartext_plugin உடன் tls=on அல்லது tls=skip-verify வேண்டும்",
		En: "enable_cleartext_plugin needs tls=on or tls=skip-verify",
	}
	filesWithoutTLS = diag.Text{
		Ta: "tls_… திறவுகோல்களுடன் tls=on வேண்டும்",
		En: "the keys tls_… need tls=on",
	}
)

// Target understands mysql://[user[:password]@]host[:port][/database][?keys]
// (mariadb:// is the same).
func (opener) Target(text string, o db.Options) (*db.Target, error) {
	u, err := db.ParseURL(text)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "mysql" && u.Scheme != "mariadb" {
		return nil, db.BadText(noForm)
	}
	s := &server{user: u.User, database: u.Path, mode: "off", files: map[string]string{}}
	password, written := u.Password, u.RawPassword
	if s.host, s.port, err = db.SplitHost(u.Hosts, "3306"); err != nil {
		return nil, err
	}
	for _, key := range u.Keys {
		if key.Name == "password" {
			password, written = &key.Value, ""
		} else if err := s.set(key.Name, key.Value, o.Source); err != nil {
			return nil, err
		}
	}
	for _, name := range fileKeys {
		if given, ok := o.Keys[name]; ok {
			file, isText := given.(string)
			if !isText {
				return nil, db.BadKey(name)
			}
			if err := s.set(name, file, true); err != nil {
				return nil, err
			}
		}
	}
	if o.Password != nil {
		password, written = o.Password, ""
	}
	if password != nil {
		s.password = *password
	}
	if s.cleartext && s.mode != "on" && s.mode != "skip-verify" {
		return nil, db.BadText(inTheClear)
	}
	if len(s.files) > 0 && (s.mode == "off" || s.mode == "preferred") {
		return nil, db.BadText(filesWithoutTLS)
	}
	if (s.files["tls_cert"] == "") != (s.files["tls_key"] == "") {
		return nil, db.BadKey("tls_cert")
	}
	c, err := s.config()
	if err != nil {
		return nil, err
	}

	t := &db.Target{Secrets: db.SecretForms(s.password, written)}
	if s.socket != "" {
		t.Masked = db.Mask(db.MySQL, s.user, s.socket, "", s.database)
		t.Label = db.LabelOf(db.MySQL, s.socket, s.database)
		t.Addresses = []db.Address{{Host: path.Dir(s.socket), Database: s.database}}
	} else {
		t.Masked = db.Mask(db.MySQL, s.user, s.host, s.port, s.database)
		t.Label = db.LabelOf(db.MySQL, s.host, s.database)
		t.Addresses = []db.Address{{Host: s.host, Port: s.port, Database: s.database}}
	}
	t.Key = strings.Join([]string{
		s.host, s.port, s.socket, s.user, s.password, s.database, s.timeout.String(), s.mode,
		s.files["tls_ca"], s.files["tls_cert"], s.files["tls_key"],
		strconv.FormatBool(s.compress), strconv.FormatBool(s.cleartext), strconv.Itoa(s.maxPacket),
	}, "\x00")
	t.Open = func(pc db.PoolConfig) (db.Pool, error) { return newPool(c, s.timeout, pc) }
	return t, nil
}

// set takes one key of the text but password.
func (s *server) set(name, value string, source bool) error {
	ok := true
	switch name {
	case "socket":
		s.socket, ok = value, strings.HasPrefix(value, "/")
	case "user":
		s.user = value
	case "host":
		s.host, ok = value, value != ""
	case "port":
		n, err := strconv.ParseUint(value, 10, 16)
		s.port, ok = value, err == nil && n > 0
	case "db_name":
		s.database = value
	case "tcp_connect_timeout_ms":
		n, err := strconv.ParseUint(value, 10, 32)
		s.timeout, ok = time.Duration(n)*time.Millisecond, err == nil
	case "compress":
		digit := len(value) == 1 && value[0] >= '0' && value[0] <= '9'
		if s.compress, ok = boolOf(value); !ok {
			ok = compression[value] || digit
			s.compress = ok
		}
	case "max_allowed_packet":
		n, err := strconv.ParseUint(value, 10, 31)
		s.maxPacket, ok = int(n), err == nil && n >= 1024
	case "enable_cleartext_plugin":
		s.cleartext, ok = boolOf(value)
	case "tls":
		if !slices.Contains(modes, value) {
			return db.BadKey(name, modes...)
		}
		s.mode = value
	case "tls_ca", "tls_cert", "tls_key":
		if !source {
			return db.FileKey(name)
		}
		s.files[name], ok = value, value != ""
	default:
		form, known := ignored[name]
		if !known {
			return db.UnknownKey(name, keys...)
		}
		ok = form(value)
	}
	if !ok {
		return db.BadKey(name)
	}
	return nil
}

// config returns what the library is told, complete but for how to dial.
func (s *server) config() (*mysql.Config, error) {
	c := mysql.NewConfig()
	c.Net, c.Addr = "tcp", net.JoinHostPort(s.host, s.port)
	if s.socket != "" {
		c.Net, c.Addr = "unix", s.socket
	}
	c.User, c.Passwd, c.DBName = s.user, s.password, s.database
	c.MaxAllowedPacket = s.maxPacket
	c.AllowCleartextPasswords = s.cleartext
	c.Logger = &mysql.NopLogger{}
	switch s.mode {
	case "on":
		t, err := db.TLSConfig(s.host, s.files["tls_ca"], s.files["tls_cert"], s.files["tls_key"])
		if err != nil {
			return nil, db.BadText(diag.Reason(err))
		}
		c.TLS = t
	case "skip-verify":
		t, err := db.TLSConfig(s.host, "", s.files["tls_cert"], s.files["tls_key"])
		if err != nil {
			return nil, db.BadText(diag.Reason(err))
		}
		t.InsecureSkipVerify = true
		c.TLS = t
	case "preferred":
		c.TLS = &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: true}
		c.AllowFallbackToPlaintext = true
	}
	// SET NAMES utf8mb4 gives the server's own collation for it, which the
	// number in the greeting would not.
	if err := c.Apply(mysql.Charset("utf8mb4", ""), mysql.EnableCompression(s.compress)); err != nil {
		return nil, db.BadText(diag.Reason(err))
	}
	return c, nil
}
