package redis

import (
	"crypto/tls"
	"net"
	"path"
	"strconv"
	"strings"

	"etamil/engine/db"
	"etamil/engine/diag"
)

type driver struct{}

// New returns the driver.
func New() db.Driver { return driver{} }

func (driver) Kind() db.Kind { return db.Redis }

// sourceKeys are those of rediss:// in a data source: files of the roots to
// trust and of the client's own certificate.
var sourceKeys = []string{"tls_ca", "tls_cert", "tls_key"}

func (driver) SourceKeys() []string { return sourceKeys }

// A server is what a connection text names.
type server struct {
	network, addr  string
	user, password string
	database       int
	tls            *tls.Config // nil: in the clear
}

// What is wrong with a connection text.
var (
	noForm = diag.Text{
		Ta: "HOST:PORT, redis://…, rediss://…, unix:///… இவற்றில் ஒன்றாக இருக்க வேண்டும்",
		En: "it is none of HOST:PORT, redis://…, rediss://…, unix:///…",
	}
	badDatabase = diag.Text{Ta: "தளத்தின் எண் தவறு", En: "the database is not a number"}
	noPassword  = diag.Text{Ta: "பயனருக்குக் கடவுச்சொல் இல்லை", En: "there is a user but no password"}
	notTLS      = diag.Text{Ta: "tls_… திறவுகோல்கள் rediss:// உடன் மட்டுமே பொருந்தும்", En: "the keys tls_… go with rediss:// only"}
)

// maxDatabase bounds the number of a database; Redis has 16 unless told
// otherwise, and says itself which there are.
const maxDatabase = 1<<31 - 1

func databaseOf(digits string) (int, error) {
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || n > maxDatabase || digits[0] == '+' {
		return 0, db.BadText(badDatabase)
	}
	return int(n), nil
}

// Target understands HOST:PORT, redis://[user[:password]@]HOST[:PORT][/DB],
// rediss:// alike, and unix:///path[?db=N].
func (driver) Target(text string, o db.Options) (*db.Target, error) {
	s := &server{network: "tcp"}
	t := &db.Target{}
	var u *db.URL
	var host, port string
	var err error
	if !strings.Contains(text, "://") {
		if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '@' || r == '/' || r == '?' }) {
			return nil, db.BadText(noForm)
		}
		if host, port, err = db.SplitHost(text, ""); err != nil {
			return nil, err
		}
	} else {
		if u, err = db.ParseURL(text); err != nil {
			return nil, err
		}
		switch u.Scheme {
		case "redis", "rediss":
			if host, port, err = db.SplitHost(u.Hosts, "6379"); err != nil {
				return nil, err
			}
			if u.Path != "" {
				if s.database, err = databaseOf(u.Path); err != nil {
					return nil, err
				}
			}
			for _, key := range u.Keys {
				return nil, db.UnknownKey(key.Name)
			}
		case "unix":
			if u.Hosts != "" || u.User != "" || u.Password != nil || u.Path == "" {
				return nil, db.BadText(noForm)
			}
			for _, key := range u.Keys {
				if key.Name != "db" {
					return nil, db.UnknownKey(key.Name)
				}
				if key.Value == "" {
					return nil, db.BadKey(key.Name)
				}
				if s.database, err = databaseOf(key.Value); err != nil {
					return nil, err
				}
			}
			s.network = "unix"
		default:
			return nil, db.BadText(noForm)
		}
	}

	written := ""
	if u != nil {
		s.user = u.User
		if u.Password != nil {
			s.password, written = *u.Password, u.RawPassword
		}
	}
	if o.Password != nil {
		s.password, written = *o.Password, ""
	}
	if s.user != "" && s.password == "" {
		return nil, db.BadText(noPassword)
	}
	t.Secrets = db.SecretForms(s.password, written)

	files := make(map[string]string, len(sourceKeys))
	for _, name := range sourceKeys {
		value, given := o.Keys[name]
		if !given {
			continue
		}
		file, isText := value.(string)
		if !isText || file == "" {
			return nil, db.BadKey(name)
		}
		if u == nil || u.Scheme != "rediss" {
			return nil, db.BadText(notTLS)
		}
		files[name] = file
	}
	if (files["tls_cert"] == "") != (files["tls_key"] == "") {
		return nil, db.BadKey("tls_cert")
	}

	database, shown := strconv.Itoa(s.database), ""
	if s.database != 0 {
		shown = database
	}
	if s.network == "unix" {
		s.addr = "/" + u.Path
		t.Masked = "unix://" + s.addr
		t.Label = db.LabelOf(db.Redis, s.addr, shown)
		t.Addresses = []db.Address{{Host: path.Dir(s.addr), Database: database}}
	} else {
		s.addr = net.JoinHostPort(host, port)
		t.Masked = db.Mask(db.Redis, s.user, host, port, shown)
		t.Label = db.LabelOf(db.Redis, host, shown)
		t.Addresses = []db.Address{{Host: host, Port: port, Database: database}}
		if u != nil && u.Scheme == "rediss" {
			if s.tls, err = db.TLSConfig(host, files["tls_ca"], files["tls_cert"], files["tls_key"]); err != nil {
				return nil, db.BadText(diag.Reason(err))
			}
		}
	}
	t.Key = strings.Join([]string{
		s.network, s.addr, s.user, s.password, database, strconv.FormatBool(s.tls != nil),
		files["tls_ca"], files["tls_cert"], files["tls_key"],
	}, "\x00")
	t.OpenRedis = func(c db.PoolConfig) (db.RedisPool, error) { return newPool(s, c), nil }
	return t, nil
}
