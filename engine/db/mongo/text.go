package mongo

import (
	"net"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"etamil/engine/db"
	"etamil/engine/diag"
)

type driver struct{}

// New returns the driver.
func New() db.Driver { return driver{} }

func (driver) Kind() db.Kind { return db.MongoDB }

// SourceKeys implements db.Driver: all that can be said stands in the text.
func (driver) SourceKeys() []string { return nil }

// A deployment is what a connection text names.
type deployment struct {
	srv            bool // the hosts are what DNS lists for the one that is named
	hosts          []server
	user, password string
	hasPassword    bool
	database       string // where the user is known
	keys           []db.URLKey
}

// A server is where one listens. Of a Unix socket name is its path and port is "".
type server struct{ name, port string }

func (h server) String() string {
	if h.port == "" {
		return h.name
	}
	return net.JoinHostPort(h.name, h.port)
}

const defaultPort = "27017"

// An option tells what is special about a key of a connection text.
type option uint8

const (
	usual  option = iota
	needs         // has a meaning only beside others
	file          // names a file, which is read by the operator's rights
	secret        // the password of such a file
	ofSRV         // only for mongodb+srv://
	ours          // not for the library
)

// known are the keys that are understood, in lower case, as they are compared.
// Those for logging in with the help of other services (GSSAPI, AWS, OIDC) are
// not: what they use is the operator's, not the program's.
var known = map[string]option{
	"appname": usual, "authmechanism": needs, "authsource": usual, "compressors": usual, "connect": usual,
	"connecttimeoutms": usual, "directconnection": usual, "enableoverloadretargeting": usual,
	"heartbeatfrequencyms": usual, "heartbeatintervalms": usual, "journal": usual, "loadbalanced": usual,
	"localthresholdms": usual, "maxadaptiveretries": usual, "maxconnecting": usual, "maxidletimems": usual,
	"maxpoolsize": usual, "maxstaleness": needs, "maxstalenessseconds": needs, "minpoolsize": usual,
	"readconcernlevel": usual, "readpreference": usual, "readpreferencetags": needs, "replicaset": usual,
	"retryreads": usual, "retrywrites": usual, "servermonitoringmode": usual, "serverselectiontimeoutms": usual,
	"sockettimeoutms": usual, "ssl": usual, "sslinsecure": usual, "timeoutms": ours, "tls": usual,
	"tlsdisablecertificaterevocationcheck": usual, "tlsdisableocspendpointcheck": usual, "tlsinsecure": usual,
	"w": usual, "zlibcompressionlevel": usual, "zstdcompressionlevel": usual,

	"sslcertificateauthorityfile": file, "sslclientcertificatekeyfile": file, "tlscafile": file,
	"tlscertificatefile": file, "tlscertificatekeyfile": file, "tlsprivatekeyfile": file,
	"sslclientcertificatekeypassword": secret, "tlscertificatekeyfilepassword": secret,

	"srvmaxhosts": ofSRV, "srvservicename": ofSRV,
}

// mechanisms are the ways to log in that are offered.
var mechanisms = []string{"SCRAM-SHA-1", "SCRAM-SHA-256", "PLAIN", "MONGODB-X509"}

// What is wrong with a connection text.
var (
	noForm = diag.Text{
		Ta: "mongodb://… அல்லது mongodb+srv://… என்னும் வடிவத்தில் இருக்க வேண்டும்",
		En: "it is neither mongodb://… nor mongodb+srv://…",
	}
	oneName = diag.Text{
		Ta: "mongodb+srv:// உடன் துறை எண் இல்லாத ஒரே பெயர் வேண்டும்",
		En: "mongodb+srv:// goes with one name, without a port",
	}
	noUser      = diag.Text{Ta: "கடவுச்சொல்லுக்குப் பயனர் இல்லை", En: "there is a password but no user"}
	onlySRV     = diag.Text{Ta: "srv… திறவுகோல்கள் mongodb+srv:// உடன் மட்டுமே பொருந்தும்", En: "the keys srv… go with mongodb+srv:// only"}
	notTogether = diag.Text{Ta: "திறவுகோல்கள் ஒன்றுக்கொன்று பொருந்தவில்லை", En: "its keys do not fit together"}
)

// Target understands mongodb://[user[:password]@]host[:port][,…][/authdb][?options]
// and mongodb+srv:// alike. The database in it is only for logging in.
func (driver) Target(text string, o db.Options) (*db.Target, error) {
	u, err := db.ParseURL(text)
	if err != nil {
		return nil, err
	}
	d := &deployment{user: u.User, database: u.Path}
	switch u.Scheme {
	case "mongodb":
	case "mongodb+srv":
		d.srv = true
	default:
		return nil, db.BadText(noForm)
	}
	written := ""
	if u.Password != nil {
		d.password, d.hasPassword, written = *u.Password, true, u.RawPassword
	}
	if o.Password != nil {
		d.password, d.hasPassword, written = *o.Password, true, ""
	}
	if d.hasPassword && d.user == "" {
		return nil, db.BadText(noUser)
	}
	if err := d.readHosts(u.Hosts); err != nil {
		return nil, err
	}
	if err := d.readKeys(u.Keys, o.Source); err != nil {
		return nil, err
	}
	t := &db.Target{
		Key:     d.key(),
		Masked:  db.Mask(db.MongoDB, d.user, "", "", "") + d.shown(true),
		Label:   db.LabelOf(db.MongoDB, d.shown(false), ""),
		Secrets: db.SecretForms(d.password, written),
	}
	for _, key := range d.keys {
		if known[key.Name] == secret {
			t.Secrets = append(t.Secrets, db.SecretForms(key.Value, key.Value)...)
		}
	}
	for _, h := range d.hosts {
		a := db.Address{Host: h.name, Port: h.port}
		if strings.HasPrefix(h.name, "/") {
			a.Host = path.Dir(h.name)
		}
		t.Addresses = append(t.Addresses, a)
	}
	t.OpenMongo = func(c db.PoolConfig) (db.MongoClient, error) { return newClient(d, c), nil }
	return t, nil
}

func (d *deployment) readHosts(text string) error {
	if d.srv {
		name, port, err := db.SplitHost(text, defaultPort)
		if err != nil {
			return err
		}
		if strings.ContainsAny(text, ",:") || strings.Contains(name, "/") || port != defaultPort {
			return db.BadText(oneName)
		}
		d.hosts = []server{{name: name}}
		return nil
	}
	for one := range strings.SplitSeq(text, ",") {
		name, port, err := db.SplitHost(one, defaultPort)
		if err != nil {
			return err
		}
		if strings.Contains(name, "/") {
			// The library knows a socket by the end of its name.
			if !strings.HasPrefix(name, "/") || !strings.HasSuffix(name, ".sock") {
				return db.BadText(noForm)
			}
			port = ""
		}
		d.hosts = append(d.hosts, server{name, port})
	}
	return nil
}

// readKeys takes the options, and has the library judge their values.
func (d *deployment) readKeys(keys []db.URLKey, source bool) error {
	for _, key := range keys {
		given := key.Name
		key.Name = strings.ToLower(key.Name)
		kind, ok := known[key.Name]
		switch {
		case !ok:
			return db.UnknownKey(given)
		case kind == file && !source:
			return db.FileKey(given)
		case kind == ofSRV && !d.srv:
			return db.BadText(onlySRV)
		}
		good := key.Value != ""
		switch key.Name {
		case "authmechanism":
			key.Value = strings.ToUpper(key.Value)
			good = slices.Contains(mechanisms, key.Value)
		case "w":
			// Without the server's word there is no answer to give.
			n, err := strconv.Atoi(key.Value)
			good = good && (err != nil || n != 0)
		case "readpreferencetags":
			good = true // "" is any server
		case "srvmaxhosts":
			n, err := strconv.ParseUint(key.Value, 10, 16)
			good = err == nil && n < 1000
		case "timeoutms":
			_, err := strconv.ParseUint(key.Value, 10, 31)
			good = err == nil
		case "srvservicename":
			good = len(key.Value) <= 62 && !strings.ContainsAny(key.Value, ". /")
		case "serverselectiontimeoutms":
			good = strings.Trim(key.Value, "0") != "" // 0 is for ever
		}
		if good && kind == usual {
			alone := deployment{hosts: []server{{"h", "1"}}, keys: []db.URLKey{key}}
			good = options.Client().ApplyURI(alone.uri(alone.hosts)).Validate() == nil
		}
		if !good {
			return db.BadKey(given)
		}
		d.keys = append(d.keys, key)
	}
	// The order of keys of one name matters, that of others does not.
	slices.SortStableFunc(d.keys, func(a, b db.URLKey) int { return strings.Compare(a.Name, b.Name) })
	if err := options.Client().ApplyURI(d.uri(d.hosts)).Validate(); err != nil {
		for _, key := range d.keys {
			if known[key.Name] == file {
				return db.BadKey(key.Name)
			}
		}
		return db.BadText(notTogether)
	}
	return nil
}

// uri returns the connection text that the library is given: that of
// mongodb://, since it looks up mongodb+srv:// while it reads the text.
func (d *deployment) uri(hosts []server) string {
	var b strings.Builder
	b.WriteString("mongodb://")
	if d.user != "" {
		b.WriteString(escape(d.user))
		if d.hasPassword {
			b.WriteString(":" + escape(d.password))
		}
		b.WriteByte('@')
	}
	for i, h := range hosts {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(url.QueryEscape(h.String()))
	}
	b.WriteString("/" + url.QueryEscape(d.database))
	mark := byte('?')
	write := func(name, value string) {
		b.WriteByte(mark)
		b.WriteString(name + "=" + url.QueryEscape(value))
		mark = '&'
	}
	if d.srv && d.get("tls") == "" && d.get("ssl") == "" {
		write("tls", "true")
	}
	for _, key := range d.keys {
		if kind := known[key.Name]; kind != ofSRV && kind != ours {
			write(key.Name, key.Value)
		}
	}
	return b.String()
}

// get returns the value of a key, "" when the text does not have it.
func (d *deployment) get(name string) string {
	for _, key := range d.keys {
		if key.Name == name {
			return key.Value
		}
	}
	return ""
}

// milliseconds returns what a key says in them, 0 when the text does not have it.
func (d *deployment) milliseconds(name string) time.Duration {
	ms, _ := strconv.ParseInt(d.get(name), 10, 32)
	return time.Duration(ms) * time.Millisecond
}

// escape escapes a user or password for the part in front of '@'.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func (d *deployment) key() string {
	parts := []string{
		strconv.FormatBool(d.srv), d.user, strconv.FormatBool(d.hasPassword), d.password, d.database,
		strconv.Itoa(len(d.hosts)),
	}
	for _, h := range d.hosts {
		parts = append(parts, strings.ToLower(h.name), h.port)
	}
	for _, key := range d.keys {
		parts = append(parts, key.Name, key.Value)
	}
	return strings.Join(parts, "\x00")
}

// shown returns the hosts one after the other.
func (d *deployment) shown(ports bool) string {
	names := make([]string, len(d.hosts))
	for i, h := range d.hosts {
		names[i] = h.name
		if ports {
			names[i] = h.String()
		}
	}
	return strings.Join(names, ",")
}
