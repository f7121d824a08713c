package db

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"etamil/engine/diag"
)

// A URL is a connection text of the form
// SCHEME://[USER[:PASSWORD]@]HOSTS[/PATH][?KEY=VALUE&…], its parts decoded.
type URL struct {
	Scheme   string
	User     string
	Password *string
	Hosts    string // as written: a host and perhaps a port, or several
	Path     string // without the '/'; Slash tells whether there was one
	Slash    bool
	Keys     []URLKey
	// RawPassword is the password as written.
	RawPassword string
}

// A URLKey is one key of a URL with its value.
type URLKey struct{ Name, Value string }

// What is wrong with a connection text, as BadConnectionText wants it.
var (
	notURL        = diag.Text{Ta: "அது KIND://… என்னும் வடிவத்தில் இல்லை", En: "it does not have the form KIND://…"}
	badEscape     = diag.Text{Ta: "% குறியீடு தவறு", En: "a % escape is wrong"}
	badPort       = diag.Text{Ta: "துறை எண் 1 முதல் 65535 வரை இருக்க வேண்டும்", En: "the port must be a number from 1 to 65535"}
	noHost        = diag.Text{Ta: "கணினியின் பெயர் இல்லை", En: "the host is missing"}
	controlInText = diag.Text{Ta: "அச்சிட முடியாத எழுத்து உள்ளது", En: "it holds a control character"}
)

// BadText returns the diagnostic of a connection text that has no meaning. The
// reason must not repeat the text.
func BadText(reason diag.Text) *diag.Diagnostic { return diag.BadConnectionText.New(reason) }

// UnknownKey returns the diagnostic of a connection text with a key that means
// nothing for its kind, whose keys are known.
func UnknownKey(name string, known ...string) *diag.Diagnostic {
	name = keyName(name)
	d := BadText(diag.Text{Ta: "'" + name + "' என்ற திறவுகோல் இல்லை", En: "there is no key '" + name + "'"})
	if near, ok := diag.Nearest(name, slices.Values(known)); ok {
		hint := diag.DidYouMean(near)
		d.WithHelp(hint.Ta, hint.En)
	}
	return d
}

// keyName returns what a message may repeat of a key: not more than a name can
// be, since a ? in a password that should be %3F makes a key of its rest.
func keyName(key string) string {
	if len(key) > 40 || strings.ContainsFunc(key, func(r rune) bool {
		return !(r == '_' || r == '-' || r == '.' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
	}) {
		return "?"
	}
	return key
}

// BadKey returns the diagnostic of a connection text in which the value of a
// key has no meaning; values are those that have one, where they can be listed.
func BadKey(name string, values ...string) *diag.Diagnostic {
	name = keyName(name)
	d := BadText(diag.Text{Ta: "'" + name + "'-இன் மதிப்பு தவறு", En: "the value of '" + name + "' is wrong"})
	if len(values) > 0 {
		list := strings.Join(values, ", ")
		d.WithHelp("வரக்கூடியவை: "+list, "it can be "+list)
	}
	return d
}

// FileKey returns the diagnostic of a connection text in a program with a key
// that names a file: those are read by the operator's rights.
func FileKey(name string) *diag.Diagnostic {
	return BadText(diag.Text{
		Ta: "'" + name + "' ஒரு தரவு மூலத்தில் மட்டுமே இருக்கலாம்",
		En: "'" + name + "' is for data sources only",
	})
}

// ParseURL takes a connection text apart. Everything is decoded but the hosts.
// The error is a diag.BadConnectionText.
func ParseURL(text string) (*URL, error) {
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, BadText(controlInText)
	}
	scheme, rest, found := strings.Cut(text, "://")
	if !found || scheme == "" {
		return nil, BadText(notURL)
	}
	u := &URL{Scheme: strings.ToLower(scheme)}
	rest, query, _ := strings.Cut(rest, "?")
	rest, path, slash := strings.Cut(rest, "/")
	u.Slash = slash
	decode := func(s string) string {
		d, err := url.PathUnescape(s)
		if err != nil {
			u = nil
		}
		return d
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		user, password, has := strings.Cut(rest[:at], ":")
		rest = rest[at+1:]
		user, plain := decode(user), ""
		if has {
			plain = decode(password)
		}
		if u == nil {
			return nil, BadText(badEscape)
		}
		u.User = user
		if has {
			u.Password, u.RawPassword = &plain, password
		}
	}
	u.Hosts = rest
	path = decode(path)
	if u == nil {
		return nil, BadText(badEscape)
	}
	u.Path = path
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err1 := url.QueryUnescape(name)
		value, err2 := url.QueryUnescape(value)
		if err1 != nil || err2 != nil {
			return nil, BadText(badEscape)
		}
		u.Keys = append(u.Keys, URLKey{name, value})
	}
	return u, nil
}

// SplitHost splits HOST[:PORT], where an IPv6 address stands in brackets, and
// decodes the host. Without a port it is that of the kind; port "" makes one
// necessary. The error is a diag.BadConnectionText.
func SplitHost(text, port string) (host, portOut string, err error) {
	host = text
	if inside, after, ok := strings.Cut(strings.TrimPrefix(text, "["), "]"); ok && strings.HasPrefix(text, "[") {
		host = inside
		switch {
		case after == "":
		case after[0] == ':':
			port = after[1:]
		default:
			return "", "", BadText(noHost)
		}
	} else if at := strings.IndexByte(text, ':'); at >= 0 {
		host, port = text[:at], text[at+1:]
	}
	host, decodeErr := url.PathUnescape(host)
	if decodeErr != nil {
		return "", "", BadText(badEscape)
	}
	if host == "" {
		return "", "", BadText(noHost)
	}
	n, numberErr := strconv.ParseUint(port, 10, 16)
	if numberErr != nil || n == 0 {
		return "", "", BadText(badPort)
	}
	return host, strconv.FormatUint(n, 10), nil
}

// Mask returns KIND://USER@HOST:PORT/DATABASE; parts that are "" are left out.
func Mask(kind Kind, user, host, port, database string) string {
	var b strings.Builder
	b.WriteString(string(kind))
	b.WriteString("://")
	if user != "" {
		b.WriteString(user)
		b.WriteByte('@')
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	b.WriteString(host)
	if port != "" {
		b.WriteByte(':')
		b.WriteString(port)
	}
	if database != "" {
		b.WriteByte('/')
		b.WriteString(database)
	}
	return b.String()
}

// LabelOf returns KIND@HOST/DATABASE, without what is "".
func LabelOf(kind Kind, host, database string) string {
	label := string(kind) + "@" + host
	if database != "" {
		label += "/" + database
	}
	return label
}

// SecretForms returns the forms in which a password may turn up in the words
// of a server or a library: itself, as written in the text, percent-encoded
// and quoted.
func SecretForms(password, written string) []string {
	if password == "" {
		return nil
	}
	quoted := strconv.Quote(password)
	var forms []string
	for _, form := range []string{
		password, written, url.QueryEscape(password), url.PathEscape(password),
		url.UserPassword("", password).String()[1:], quoted[1 : len(quoted)-1],
		strings.ReplaceAll(password, "'", "''"), strings.ReplaceAll(password, "'", `\'`),
	} {
		known := form == ""
		for _, f := range forms {
			known = known || f == form
		}
		if !known {
			forms = append(forms, form)
		}
	}
	return forms
}
