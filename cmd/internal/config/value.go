package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"etamil/engine/diag"
	"etamil/fcgi/web"
)

// A given is a value as it was written: one text, or several where a list
// stands in the file.
type given struct {
	text   string
	list   []string
	isList bool
}

func (v given) String() string {
	if v.isList {
		return strings.Join(v.list, ", ")
	}
	return v.text
}

// split returns the texts of a list; empty ones are left out.
func (v given) split(separator string) []string {
	list := v.list
	if !v.isList {
		list = strings.Split(v.text, separator)
	}
	var out []string
	for _, text := range list {
		if text = strings.TrimSpace(text); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// set gives the setting of c a value. When it cannot have it, c is as it was,
// and the answer is the sentence that says why; written is how the setting was
// named. Several texts are only given to a setting that is a list.
func (s *Setting) set(c *Config, v given, written string) *diag.Text {
	reason := s.bounds(v.word(s))
	if slices.ContainsFunc(append(v.list, v.text), hasControl) {
		reason = &diag.Text{Ta: "கட்டுப்பாட்டுக் குறிகள் வரக் கூடாது", En: "it cannot hold control characters"}
	}
	switch {
	case reason != nil:
	case s.web != nil:
		text := v.word(s)
		if s.Type == Names {
			text = strings.Join(v.split(","), ",")
		}
		err := c.Web.Set(written, text)
		if e, ok := errors.AsType[*web.SettingError](err); ok {
			return &diag.Text{Ta: e.Ta, En: e.En}
		}
		return nil
	default:
		reason = s.parse(c, v)
	}
	if reason == nil {
		return nil
	}
	value := diag.Quote(v.String())
	return &diag.Text{
		Ta: fmt.Sprintf("%s-க்கு '%s' பொருந்தாது: %s", written, value, reason.Ta),
		En: fmt.Sprintf("%s cannot be '%s': %s", written, value, reason.En),
	}
}

// word returns the text of a value that is no list, with the number for a word
// that stands for one.
func (v given) word(s *Setting) string {
	text := strings.TrimSpace(v.text)
	if number, ok := s.means[strings.ToLower(text)]; ok {
		return number
	}
	return text
}

// parse gives the daemon's own setting a value, or says why it cannot have it.
func (s *Setting) parse(c *Config, v given) *diag.Text {
	text := v.word(s)
	switch p := s.field(c).(type) {
	case *string:
		if s.Type == Name && text != "" && (strings.ContainsAny(text, "/\\ ") || text[0] == '.') {
			return &diag.Text{Ta: "கோப்பின் பெயர் போன்ற ஒரு பெயர் வேண்டும், பாதை அல்ல", En: "it must be a name, not a path"}
		}
		if s.Key == "socket" || s.Key == "control" {
			if reason := socketPath(text); reason != nil {
				return reason
			}
		}
		*p = text
	case *[]string:
		list := v.split(s.separator())
		if i := slices.IndexFunc(list, func(text string) bool { return strings.Contains(text, ":") }); i >= 0 {
			return &diag.Text{
				Ta: fmt.Sprintf("'%s'-இல் ':' வரக் கூடாது; ஒவ்வொன்றும் தனியாக எழுதப்பட வேண்டும்", diag.Quote(list[i])),
				En: fmt.Sprintf("'%s' holds a ':'; each must be written by itself", diag.Quote(list[i])),
			}
		}
		*p = list
	case *int64:
		n, _ := s.number(text) // bounds has seen it
		*p = n
	case *int:
		n, _ := s.number(text)
		*p = int(n)
	case *time.Duration:
		n, _ := s.number(text)
		*p = time.Duration(n)
	case *zerolog.Level:
		level, err := zerolog.ParseLevel(strings.ToLower(text))
		if err != nil || !slices.Contains(s.Words, strings.ToLower(text)) {
			return oneOf(s.Words)
		}
		*p = level
	case *LogFormat:
		if !slices.Contains(s.Words, strings.ToLower(text)) {
			return oneOf(s.Words)
		}
		*p = LogFormat(strings.ToLower(text))
	case *Address:
		a, reason := parseAddress(text)
		if reason != nil {
			return reason
		}
		*p = a
	case *Allowed:
		a, reason := parseAllowed(v.split(s.separator()), nameRules[s.Key])
		if reason != nil {
			return reason
		}
		*p = a
	default:
		panic("BUG: no parser for setting " + s.Key)
	}
	return nil
}

// shown returns a path as it may stand in a sentence: whole, because its end
// tells most.
func shown(path string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(path, "\uFFFD"))
}

func hasControl(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7F })
}

// reasonOf returns the reason in an error of web's parsers.
func reasonOf(err error) *diag.Text {
	if e, ok := errors.AsType[*web.SettingError](err); ok {
		return &diag.Text{Ta: e.Ta, En: e.En}
	}
	return nil
}

// number reads the number that bounds are compared with.
func (s *Setting) number(text string) (int64, *diag.Text) {
	switch s.Type {
	case Size:
		n, err := web.ParseSize(text)
		return n, reasonOf(err)
	case Duration:
		d, err := web.ParseDuration(text)
		return int64(d), reasonOf(err)
	}
	n, err := strconv.ParseUint(strings.NewReplacer("_", "", ",", "").Replace(text), 10, 31)
	if errors.Is(err, strconv.ErrRange) {
		return 0, &diag.Text{Ta: "எண் மிகப் பெரியது", En: "the number is too large"}
	}
	if err != nil {
		return 0, &diag.Text{Ta: "முழு எண் வேண்டும்", En: "a whole number is needed"}
	}
	return int64(n), nil
}

// bounds says why a number cannot be a value of the setting.
func (s *Setting) bounds(text string) *diag.Text {
	if s.Type != Size && s.Type != Count && s.Type != Duration || s.web != nil && s.Min == 0 && s.Max == 0 {
		return nil
	}
	n, reason := s.number(text)
	switch {
	case reason != nil && s.web != nil:
		return nil // web's own table says it
	case reason != nil:
		return reason
	case n == 0 && s.ZeroMeans.En != "":
		return nil
	case n < s.Min:
		least := s.formatNumber(s.Min)
		return &diag.Text{
			Ta: "குறைந்தது " + least + " வேண்டும்" + s.zero(" (0: "+s.ZeroMeans.Ta+")"),
			En: "it must be at least " + least + s.zero(" (0: "+s.ZeroMeans.En+")"),
		}
	case s.Max > 0 && n > s.Max:
		most := s.formatNumber(s.Max)
		return &diag.Text{
			Ta: "அதிகபட்சம் " + most + s.zero(" (0: "+s.ZeroMeans.Ta+")"),
			En: "it must be at most " + most + s.zero(" (0: "+s.ZeroMeans.En+")"),
		}
	}
	return nil
}

// zero returns what is said of 0, when it means something.
func (s *Setting) zero(text string) string {
	if s.ZeroMeans.En == "" {
		return ""
	}
	return text
}

func (s *Setting) formatNumber(n int64) string {
	switch s.Type {
	case Size:
		return web.FormatSize(n)
	case Duration:
		return formatDuration(time.Duration(n))
	}
	return strconv.FormatInt(n, 10)
}

func oneOf(words []string) *diag.Text {
	last := len(words) - 1
	return &diag.Text{
		Ta: strings.Join(words, ", ") + " ஆகியவற்றில் ஒன்று வேண்டும்",
		En: "it must be " + strings.Join(words[:last], ", ") + " or " + words[last],
	}
}

// maxSocketPath is the longest path of a Unix socket, in bytes: sun_path less
// the NUL at its end (unix(7)).
const maxSocketPath = 107

func socketPath(path string) *diag.Text {
	if len(path) > maxSocketPath {
		return &diag.Text{
			Ta: fmt.Sprintf("socket-இன் பாதை %d பைட்டுகளைத் தாண்டக் கூடாது", maxSocketPath),
			En: fmt.Sprintf("the path of a socket has at most %d bytes", maxSocketPath),
		}
	}
	return nil
}

func parseAddress(text string) (Address, *diag.Text) {
	if text == "off" {
		return Address{}, nil
	}
	if path, ok := strings.CutPrefix(text, "unix:"); ok {
		if !filepath.IsAbs(path) {
			return Address{}, &diag.Text{
				Ta: "unix: என்பதன் பின் '/' என்று தொடங்கும் பாதை வேண்டும்",
				En: "after unix: a path that begins with '/' is needed",
			}
		}
		return Address{"unix", path}, socketPath(path)
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil || host == "" || port == "" {
		return Address{}, &diag.Text{
			Ta: "127.0.0.1:9464, unix:/run/etamil/m.sock போன்ற முகவரி அல்லது off வேண்டும்",
			En: "an address such as 127.0.0.1:9464 or unix:/run/etamil/m.sock, or off, is needed",
		}
	}
	if reason := checkHost(host); reason != nil {
		return Address{}, reason
	}
	if reason := checkPort(port); reason != nil {
		return Address{}, reason
	}
	return Address{"tcp", net.JoinHostPort(host, port)}, nil
}

// checkHost refuses what is neither an address nor a name.
func checkHost(host string) *diag.Text {
	if _, err := netip.ParseAddr(host); err == nil {
		return nil
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	_, err := strconv.Atoi(labels[len(labels)-1])
	wrong := err == nil // 256.0.0.1: no name ends in a number
	for _, label := range labels {
		wrong = wrong || label == "" || strings.ContainsAny(label, " *:/@[]?#%\\\"'<>")
	}
	if wrong {
		return &diag.Text{
			Ta: fmt.Sprintf("'%s' வழங்கியின் பெயரும் அல்ல, IP முகவரியும் அல்ல", diag.Quote(host)),
			En: fmt.Sprintf("'%s' is no name of a host and no IP address", diag.Quote(host)),
		}
	}
	return nil
}

func checkPort(port string) *diag.Text {
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return &diag.Text{
			Ta: fmt.Sprintf("'%s' போர்ட் எண் அல்ல (1 முதல் 65535)", diag.Quote(port)),
			En: fmt.Sprintf("'%s' is no port (1 to 65535)", diag.Quote(port)),
		}
	}
	return nil
}

// nameRules say what an entry of a list of names is.
var nameRules = map[string]func(string) *diag.Text{
	"allow_env":   checkVariable,
	"allow_hosts": checkHostPort,
}

func parseAllowed(list []string, check func(string) *diag.Text) (Allowed, *diag.Text) {
	var a Allowed
	for _, name := range list {
		if name == "*" {
			a.All = true
			continue
		}
		if check == nil { // who uses the names knows
			a.Names = append(a.Names, name)
			continue
		}
		if reason := check(name); reason != nil {
			return Allowed{}, reason
		}
		a.Names = append(a.Names, name)
	}
	return a, nil
}

func checkVariable(name string) *diag.Text {
	for i := range len(name) {
		switch c := name[i]; {
		case c == '_', 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', i > 0 && '0' <= c && c <= '9':
		default:
			return &diag.Text{
				Ta: fmt.Sprintf("'%s' சூழல் மாறியின் பெயர் அல்ல", diag.Quote(name)),
				En: fmt.Sprintf("'%s' is no name of a variable", diag.Quote(name)),
			}
		}
	}
	return nil
}

func checkHostPort(name string) *diag.Text {
	if strings.Contains(name, "/") {
		return &diag.Text{
			Ta: fmt.Sprintf("'%s' வழங்கியின் பெயர் மட்டும் அல்ல; api.example.com அல்லது api.example.com:443 போல எழுத வேண்டும்", diag.Quote(name)),
			En: fmt.Sprintf("'%s' is more than a host; write api.example.com or api.example.com:443", diag.Quote(name)),
		}
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return nil
	}
	host := name
	if strings.Contains(name, ":") {
		h, port, err := net.SplitHostPort(name)
		if err != nil {
			return checkHost(name)
		}
		if reason := checkPort(port); reason != nil {
			return reason
		}
		host = h
	}
	if strings.Contains(host, "*") {
		return &diag.Text{
			Ta: fmt.Sprintf("'%s'-இல் '*' வரக் கூடாது; அது தனியாக மட்டுமே வரலாம், எல்லாவற்றையும் குறிக்க", diag.Quote(name)),
			En: fmt.Sprintf("'%s' holds a '*', which can only stand alone, for all", diag.Quote(name)),
		}
	}
	return checkHost(host)
}
