package postgres

import (
	"maps"
	"net"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"time"

	"etamil/engine/db"
	"etamil/engine/diag"
)

type driver struct{}

// New returns the driver.
func New() db.Driver { return driver{} }

func (driver) Kind() db.Kind { return db.PostgreSQL }

// sourceKeys are the settings of a data source of this kind.
var sourceKeys = []string{"prepare"}

func (driver) SourceKeys() []string { return sourceKeys }

// A prepareMode is how statements are prepared.
type prepareMode string

// The modes; see spec 08 §8.15.
const (
	prepareCache    prepareMode = "cache"    // by name, each connection keeps them
	prepareDescribe prepareMode = "describe" // unnamed, the pool keeps their types
	prepareOff      prepareMode = "off"      // unnamed, nothing is kept
)

// settings are what a connection text says.
type settings struct {
	hosts                    []endpoint
	user, password, database string
	options, application     string
	mode                     string // sslmode
	direct                   bool   // sslnegotiation=direct
	ca, cert, key            string // files
	keyPassword              string
	connectTimeout           time.Duration // 0: the pool's
	keepAlive                net.KeepAliveConfig
	userTimeout              time.Duration // 0: the system's
	attrs                    string        // target_session_attrs
	binding                  string        // channel_binding
	shuffle                  bool          // load_balance_hosts=random
	prepare                  prepareMode
}

// An endpoint is one server, or the folder of its Unix socket.
type endpoint struct {
	host string // as the text names it; what its certificate must name
	addr string // where to connect to, when that is another name (hostaddr)
	port uint16
}

// target returns where to connect to.
func (e endpoint) target() string {
	if e.addr != "" {
		return e.addr
	}
	return e.host
}

// keyOf are the keys of a connection text, each with what it does to the
// settings; false: the value has no meaning.
var keyOf = map[string]func(s *settings, value string) bool{
	"user":             func(s *settings, v string) bool { s.user = v; return true },
	"password":         func(s *settings, v string) bool { s.password = v; return true },
	"dbname":           func(s *settings, v string) bool { s.database = v; return true },
	"options":          func(s *settings, v string) bool { s.options = v; return true },
	"application_name": func(s *settings, v string) bool { s.application = v; return true },
	"sslmode": func(s *settings, v string) bool {
		s.mode = v
		return oneOf(v, wordsOf["sslmode"]...)
	},
	"sslnegotiation": func(s *settings, v string) bool {
		s.direct = v == "direct"
		return oneOf(v, wordsOf["sslnegotiation"]...)
	},
	"sslrootcert": func(s *settings, v string) bool { s.ca = v; return true },
	"sslcert":     func(s *settings, v string) bool { s.cert = v; return true },
	"sslkey":      func(s *settings, v string) bool { s.key = v; return true },
	"sslpassword": func(s *settings, v string) bool { s.keyPassword = v; return true },
	"connect_timeout": func(s *settings, v string) bool {
		return duration(v, time.Second, &s.connectTimeout)
	},
	"tcp_user_timeout": func(s *settings, v string) bool {
		return duration(v, time.Millisecond, &s.userTimeout)
	},
	"keepalives": func(s *settings, v string) bool {
		s.keepAlive.Enable = v == "1"
		return oneOf(v, wordsOf["keepalives"]...)
	},
	"keepalives_idle": func(s *settings, v string) bool {
		return duration(v, time.Second, &s.keepAlive.Idle)
	},
	"keepalives_interval": func(s *settings, v string) bool {
		return duration(v, time.Second, &s.keepAlive.Interval)
	},
	"keepalives_retries": retries,
	"target_session_attrs": func(s *settings, v string) bool {
		s.attrs = v
		return oneOf(v, wordsOf["target_session_attrs"]...)
	},
	"channel_binding": func(s *settings, v string) bool {
		s.binding = v
		return oneOf(v, wordsOf["channel_binding"]...)
	},
	"load_balance_hosts": func(s *settings, v string) bool {
		s.shuffle = v == "random"
		return oneOf(v, wordsOf["load_balance_hosts"]...)
	},
}

// wordsOf are the values of the keys that have few.
var wordsOf = map[string][]string{
	"sslmode":              {"disable", "prefer", "require", "verify-ca", "verify-full"},
	"sslnegotiation":       {"postgres", "direct"},
	"target_session_attrs": {"any", "read-write", "read-only", "primary", "standby", "prefer-standby"},
	"channel_binding":      {"disable", "prefer", "require"},
	"load_balance_hosts":   {"disable", "random"},
	"keepalives":           {"0", "1"},
}

// fileKeys name files, which are read by the operator's rights.
var fileKeys = map[string]bool{"sslrootcert": true, "sslcert": true, "sslkey": true}

func oneOf(v string, words ...string) bool {
	for _, w := range words {
		if v == w {
			return true
		}
	}
	return false
}

// duration reads a whole number of units; 0 is the default of the system.
func duration(v string, unit time.Duration, d *time.Duration) bool {
	n, err := strconv.ParseUint(strings.TrimSpace(v), 10, 31)
	*d = time.Duration(n) * unit
	return err == nil
}

func retries(s *settings, v string) bool {
	n, err := strconv.ParseUint(v, 10, 16)
	s.keepAlive.Count = int(n)
	return err == nil
}

// What is wrong with a connection text.
var (
	badKeywords = diag.Text{
		Ta: "postgres://… அல்லது host=… user=… என்னும் வடிவத்தில் இருக்க வேண்டும்",
		En: "it is neither postgres://… nor host=… user=…",
	}
	openQuote = diag.Text{
		Ta: "மேற்கோள் குறி ' மூடப்படவில்லை",
		En: "a quote ' is not closed",
	}
	noHost      = diag.Text{Ta: "host இல்லை", En: "the host is missing"}
	portsDiffer = diag.Text{
		Ta: "host, hostaddr, port ஆகியவற்றின் எண்ணிக்கை பொருந்தவில்லை",
		En: "the numbers of host, hostaddr and port differ",
	}
	noUser = diag.Text{Ta: "பயனர் பெயர் இல்லை", En: "the user is missing"}
)

// A pair is one key of a connection text with its value.
type pair struct{ key, value string }

// read takes a connection text of either form apart. written is the password
// as the text writes it, when that is another form.
func read(text string) (pairs []pair, written string, err error) {
	scheme, _, _ := strings.Cut(text, "://")
	switch strings.ToLower(scheme) {
	case "postgres", "postgresql":
		return readURL(text)
	}
	pairs, err = readKeywords(text)
	return pairs, "", err
}

func readURL(text string) (pairs []pair, written string, err error) {
	u, err := db.ParseURL(text)
	if err != nil {
		return nil, "", err
	}
	if u.User != "" {
		pairs = append(pairs, pair{"user", u.User})
	}
	if u.Password != nil {
		pairs = append(pairs, pair{"password", *u.Password})
	}
	if u.Path != "" {
		pairs = append(pairs, pair{"dbname", u.Path})
	}
	if u.Hosts != "" {
		var hosts, ports []string
		for part := range strings.SplitSeq(u.Hosts, ",") {
			host, port, err := db.SplitHost(part, defaultPort)
			if err != nil {
				return nil, "", err
			}
			hosts, ports = append(hosts, host), append(ports, port)
		}
		pairs = append(pairs, pair{"host", strings.Join(hosts, ",")}, pair{"port", strings.Join(ports, ",")})
	}
	for _, k := range u.Keys {
		pairs = append(pairs, pair{k.Name, k.Value})
	}
	return pairs, u.RawPassword, nil
}

// readKeywords reads KEY = VALUE … as libpq does: a value with blanks stands in
// quotes, a backslash takes the letter after it as it is.
func readKeywords(text string) ([]pair, error) {
	var pairs []pair
	bad := db.BadText(badKeywords)
	s := strings.TrimLeft(text, blanks)
	for s != "" {
		key, rest, found := strings.Cut(s, "=")
		key = strings.TrimRight(key, blanks)
		if !found || key == "" || strings.ContainsAny(key, blanks+`'\`) {
			return nil, bad
		}
		rest = strings.TrimLeft(rest, blanks)
		quoted := strings.HasPrefix(rest, "'")
		if quoted {
			rest = rest[1:]
		}
		var value strings.Builder
		i, closed := 0, !quoted
		for ; i < len(rest); i++ {
			c := rest[i]
			if c == '\\' {
				if i++; i < len(rest) {
					value.WriteByte(rest[i])
				}
				continue
			}
			if quoted && c == '\'' {
				closed = true
				i++
				break
			}
			if !quoted && strings.IndexByte(blanks, c) >= 0 {
				break
			}
			value.WriteByte(c)
		}
		if !closed {
			return nil, db.BadText(openQuote)
		}
		pairs = append(pairs, pair{key, value.String()})
		s = strings.TrimLeft(rest[min(i, len(rest)):], blanks)
	}
	return pairs, nil
}

const (
	blanks      = " \t\n\r\v\f"
	defaultPort = "5432"
)

// parse understands a connection text. The error is a diag.BadConnectionText.
func parse(text string, o db.Options) (s *settings, written string, err error) {
	pairs, written, err := read(text)
	if err != nil {
		return nil, "", err
	}
	s = &settings{mode: "prefer", binding: "prefer", attrs: "any", application: "etamil", prepare: prepareCache}
	s.keepAlive = net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 3}
	var hosts, addrs, ports string
	for _, p := range pairs {
		if strings.IndexByte(p.value, 0) >= 0 { // it would end the value in the start-up message
			return nil, "", db.BadKey(p.key)
		}
		switch p.key {
		case "host":
			hosts = p.value
			continue
		case "hostaddr":
			addrs = p.value
			continue
		case "port":
			ports = p.value
			continue
		}
		set := keyOf[p.key]
		switch {
		case set == nil:
			return nil, "", db.UnknownKey(p.key, slices.Sorted(maps.Keys(keyOf))...)
		case fileKeys[p.key] && !o.Source:
			return nil, "", db.FileKey(p.key)
		case !set(s, p.value):
			return nil, "", db.BadKey(p.key, wordsOf[p.key]...)
		}
	}
	if s.hosts, err = endpoints(hosts, addrs, ports); err != nil {
		return nil, "", err
	}
	if o.Password != nil {
		s.password, written = *o.Password, ""
		if strings.IndexByte(s.password, 0) >= 0 {
			return nil, "", db.BadKey("password")
		}
	}
	if s.user == "" {
		// The system's user, of the account itself: not what USER says.
		u, err := user.Current()
		if err != nil {
			return nil, "", db.BadText(noUser)
		}
		s.user = u.Username
	}
	if s.database == "" {
		s.database = s.user
	}
	if s.direct && (s.mode == "disable" || s.mode == "prefer") {
		return nil, "", db.BadKey("sslnegotiation") // it cannot find out whether the server has TLS
	}
	if (s.cert == "") != (s.key == "") {
		return nil, "", db.BadKey("sslcert")
	}
	for name, value := range o.Keys {
		mode, _ := value.(string)
		if name != "prepare" {
			return nil, "", db.UnknownKey(name)
		}
		if !oneOf(mode, string(prepareCache), string(prepareDescribe), string(prepareOff)) {
			return nil, "", db.BadKey(name, string(prepareCache), string(prepareDescribe), string(prepareOff))
		}
		s.prepare = prepareMode(mode)
	}
	return s, written, nil
}

// endpoints puts the lists of a connection text together: one port goes with
// all hosts, else there is one for each; "" is the default port.
func endpoints(hosts, addrs, ports string) ([]endpoint, error) {
	if hosts == "" && addrs == "" {
		return nil, db.BadText(noHost)
	}
	hostList, addrList, portList := commas(hosts), commas(addrs), commas(ports)
	n := max(len(hostList), len(addrList))
	if len(hostList) != 0 && len(hostList) != n || len(addrList) != 0 && len(addrList) != n ||
		len(portList) > 1 && len(portList) != n {
		return nil, db.BadText(portsDiffer)
	}
	out := make([]endpoint, n)
	for i := range out {
		if len(hostList) > 0 {
			out[i].host = hostList[i]
		}
		if len(addrList) > 0 {
			out[i].addr = addrList[i]
			if out[i].addr != "" && net.ParseIP(out[i].addr) == nil {
				return nil, db.BadKey("hostaddr")
			}
		}
		port := ""
		switch len(portList) {
		case 0:
		case 1:
			port = portList[0]
		default:
			port = portList[i]
		}
		if port == "" {
			port = defaultPort
		}
		number, err := strconv.ParseUint(port, 10, 16)
		if err != nil || number == 0 {
			return nil, db.BadKey("port")
		}
		out[i].port = uint16(number)
		if out[i].target() == "" {
			return nil, db.BadText(noHost)
		}
	}
	return out, nil
}

func commas(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// Target understands a URL, or a text of keywords as libpq's.
func (driver) Target(text string, o db.Options) (*db.Target, error) {
	s, written, err := parse(text, o)
	if err != nil {
		return nil, err
	}
	security, err := s.security()
	if err != nil {
		return nil, err
	}
	t := &db.Target{
		Key:     s.normal() + security.files,
		Masked:  s.masked(),
		Label:   db.LabelOf(db.PostgreSQL, s.shownHosts(false), s.database),
		Secrets: append(db.SecretForms(s.password, written), db.SecretForms(s.keyPassword, "")...),
		Open:    func(c db.PoolConfig) (db.Pool, error) { return open(s, security, c) },
	}
	for _, h := range s.hosts {
		t.Addresses = append(t.Addresses, db.Address{Host: h.target(), Port: strconv.Itoa(int(h.port)), Database: s.database})
	}
	return t, nil
}

// normal returns the settings as a text that is equal for equal ones.
func (s *settings) normal() string {
	var b strings.Builder
	put := func(name, value string) {
		b.WriteString(name)
		b.WriteByte('=')
		b.WriteString(strconv.Quote(value))
		b.WriteByte(' ')
	}
	for _, h := range s.hosts {
		put("host", h.host)
		put("hostaddr", h.addr)
		put("port", strconv.Itoa(int(h.port)))
	}
	for _, p := range []pair{
		{"user", s.user}, {"password", s.password}, {"dbname", s.database}, {"options", s.options},
		{"application_name", s.application}, {"sslmode", s.mode}, {"direct", strconv.FormatBool(s.direct)},
		{"sslrootcert", s.ca}, {"sslcert", s.cert}, {"sslkey", s.key}, {"sslpassword", s.keyPassword},
		{"connect_timeout", s.connectTimeout.String()}, {"tcp_user_timeout", s.userTimeout.String()},
		{"keepalives", strconv.FormatBool(s.keepAlive.Enable)}, {"keepalives_idle", s.keepAlive.Idle.String()},
		{"keepalives_interval", s.keepAlive.Interval.String()}, {"keepalives_retries", strconv.Itoa(s.keepAlive.Count)},
		{"target_session_attrs", s.attrs}, {"channel_binding", s.binding},
		{"load_balance_hosts", strconv.FormatBool(s.shuffle)}, {"prepare", string(s.prepare)},
	} {
		put(p.key, p.value)
	}
	return b.String()
}

// masked returns what messages show: all of one host in db's form, several
// hosts one after the other.
func (s *settings) masked() string {
	if len(s.hosts) == 1 {
		h := s.hosts[0]
		return db.Mask(db.PostgreSQL, s.user, h.shown(), strconv.Itoa(int(h.port)), s.database)
	}
	const place = "HOSTS"
	before, after, _ := strings.Cut(db.Mask(db.PostgreSQL, s.user, place, "", s.database), place)
	return before + s.shownHosts(true) + after
}

// shown returns the host as the text names it.
func (e endpoint) shown() string {
	if e.host != "" {
		return e.host
	}
	return e.addr
}

func (s *settings) shownHosts(ports bool) string {
	var all []string
	for _, h := range s.hosts {
		if ports {
			all = append(all, net.JoinHostPort(h.shown(), strconv.Itoa(int(h.port))))
		} else {
			all = append(all, h.shown())
		}
	}
	return strings.Join(all, ",")
}
