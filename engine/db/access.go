package db

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// An AccessConfig says what the programs of one generation may reach (spec 08
// §8.19).
type AccessConfig struct {
	Sources []Source
	// Allow lists what connection texts may reach, as
	// KIND[@HOST[:PORT][/DATABASE]]; AllowAll permits everything.
	Allow    []string
	AllowAll bool
	// ReadSecret reads a file that a source names, or the credential of that
	// name; the line end at its end is not part of the answer. An error may
	// have words in Tamil, see diag.Reason. nil: no source may name one.
	ReadSecret func(name string, credential bool) (string, error)
}

// A Source is a data source as the configuration has it.
type Source struct {
	Name string
	// Keys are its settings: strings, booleans and int64s as TOML gave them.
	Keys map[string]any
}

// sourceKeys are the settings of sources of every kind.
var sourceKeys = []string{"kind", "url", "url_file", "password_file", "password_credential", "max", "connect", "reset"}

// A SourceError is one thing that is wrong with the configuration of databases.
type SourceError struct {
	Source string // the data source; "": the list allow
	Key    string // its setting; "": the source as a whole
	Index  int    // which entry of allow, from 0
	Text   diag.Text
}

func (e *SourceError) Error() string { return e.Text.En }

// Tamil returns the sentence in Tamil.
func (e *SourceError) Tamil() string { return e.Text.Ta }

// SourceErrors are all that is wrong, in the order of the configuration.
type SourceErrors []*SourceError

func (l SourceErrors) Error() string {
	texts := make([]string, len(l))
	for i, e := range l {
		texts[i] = e.Text.En
	}
	return strings.Join(texts, "; ")
}

// An Access is what one generation of programs may reach: data sources, and
// connection texts that are permitted. It implements host.Databases. Safe for
// concurrent use.
type Access struct {
	reg      *Registry
	sources  map[string]*source
	allow    []pattern
	allowAll bool
	held     []poolKey // of the sources
	end      sync.Once

	mu    sync.RWMutex
	texts map[textKey]*resolved // what stood in programs, and is permitted
}

// A textKey is a connection text as a program has it.
type textKey struct {
	kind           Kind
	text, database string
}

// mostTexts bounds how many texts an Access remembers: programs have one or
// two, but may make them of what they are sent.
const mostTexts = 64

// A source is a data source that was understood.
type source struct {
	name    string
	kind    Kind
	max     int // 0: as other pools
	connect bool
	reset   bool // every connection that was used is closed
	options Options
	at      *resolved
}

// A resolved target is what a connection text or the name of a source means.
type resolved struct {
	kind   Kind
	text   string // may hold secrets
	target *Target
	name   string // what messages show
	label  string
	source *source // nil: the text stood in a program
}

// Access returns what a generation may reach; the caller closes it when its
// last run has ended. The error is a SourceErrors. It contacts no database, but
// reads the secrets anew. A source that is as it was keeps its pool.
func (r *Registry) Access(c AccessConfig) (*Access, error) {
	a := &Access{reg: r, sources: map[string]*source{}, allowAll: c.AllowAll}
	var wrong SourceErrors
	for _, s := range c.Sources {
		read := sourceReader{reg: r, config: &c, Source: s}
		read.Name = norm.NFC.String(s.Name)
		made := read.source()
		if _, twice := a.sources[read.Name]; twice && made != nil {
			read.fail("", "'%[1]s' என்ற தரவு மூலம் இருமுறை உள்ளது", "there are two data sources '%[1]s'", diag.Quote(s.Name))
		}
		wrong = append(wrong, read.wrong...)
		a.sources[read.Name] = made
	}
	for i, entry := range c.Allow {
		p, reason := parsePattern(entry)
		if reason != nil {
			quoted := diag.Quote(entry)
			wrong = append(wrong, &SourceError{Key: "allow", Index: i, Text: diag.Text{
				Ta: "allow: '" + quoted + "' பொருந்தாது: " + reason.Ta,
				En: "allow cannot hold '" + quoted + "': " + reason.En,
			}})
		}
		a.allow = append(a.allow, p)
	}
	if wrong != nil {
		return nil, wrong
	}
	r.mu.Lock()
	for _, s := range a.sources {
		key := r.keyOf(s.at)
		a.held = append(a.held, key)
		r.refs[key]++
	}
	r.mu.Unlock()
	return a, nil
}

// Close ends the generation: pools of data sources that no other generation
// has close after their last use.
func (a *Access) Close() {
	a.end.Do(func() {
		var ends []func()
		r := a.reg
		r.mu.Lock()
		for _, key := range a.held {
			if r.refs[key]--; r.refs[key] > 0 {
				continue
			}
			delete(r.refs, key)
			if p := r.pools[key]; p != nil && !p.target.Anchored {
				ends = append(ends, r.doom(p))
			}
		}
		r.mu.Unlock()
		for _, end := range ends {
			end()
		}
		r.trimAll()
	})
}

// Source returns what a data source is connected with, for who needs a
// connection of its own beside the pools, as a lock does. text and o hold
// secrets. It is false when there is no source of that name.
func (a *Access) Source(name string) (kind Kind, text string, o Options, ok bool) {
	s := a.sources[norm.NFC.String(name)]
	if s == nil {
		return "", "", Options{}, false
	}
	return s.kind, s.at.text, s.options, true
}

// Try connects to the data sources with connect = true, all at a time. The
// error is a SourceErrors, or ctx's.
func (a *Access) Try(ctx context.Context) error {
	var sources []*source
	for _, name := range slices.Sorted(maps.Keys(a.sources)) {
		if s := a.sources[name]; s.connect {
			sources = append(sources, s)
		}
	}
	failures := make([]error, len(sources))
	var all sync.WaitGroup
	for i, s := range sources {
		all.Go(func() {
			p := a.reg.use(s.at)
			defer p.drop()
			failures[i] = a.reg.try(ctx, p)
		})
	}
	all.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	var wrong SourceErrors
	for i, err := range failures {
		if err != nil {
			text := diag.Reason(err)
			if d, ok := err.(*diag.Diagnostic); ok {
				text = d.Message()
			}
			wrong = append(wrong, &SourceError{Source: sources[i].name, Key: "connect", Text: text})
		}
	}
	if wrong != nil {
		return wrong
	}
	return nil
}

// try contacts the database, also of a pool that has connected before.
func (r *Registry) try(ctx context.Context, p *pool) error {
	r.mu.Lock()
	proven := p.proven
	r.mu.Unlock()
	limit := r.settings.Load().AcquireTimeout
	switch {
	case !proven && !p.target.Private:
		return r.prove(ctx, p, limit)
	case p.kind == Redis || p.kind == MongoDB:
		return r.connectClient(ctx, p, limit)
	}
	c, err := r.lease(ctx, p, limit, false)
	if err == nil {
		p.giveBack(c, true)
	}
	return err
}

// A sourceReader makes a source of what the configuration says.
type sourceReader struct {
	Source
	reg    *Registry
	config *AccessConfig
	wrong  SourceErrors
}

func (r *sourceReader) fail(key, ta, en string, args ...any) {
	quoted := diag.Quote(r.Name)
	r.wrong = append(r.wrong, &SourceError{Source: r.Name, Key: key, Text: diag.Text{
		Ta: "தரவு மூலம் '" + quoted + "': " + fmt.Sprintf(ta, args...),
		En: "data source '" + quoted + "': " + fmt.Sprintf(en, args...),
	}})
}

func (r *sourceReader) failBecause(key string, reason diag.Text) {
	r.fail(key, "%[1]s: %[2]s", "%[1]s: %[3]s", key, reason.Ta, reason.En)
}

// source returns nil when something is wrong.
func (r *sourceReader) source() *source {
	s := &source{name: r.Name, max: int(r.number("max", 1, 100_000)), connect: r.boolean("connect")}
	if !isName(r.Name) {
		r.fail("", "பெயரில் 1 முதல் 64 எழுத்துகள், இலக்கங்கள், _ . - வரலாம்; . - முதலில் வரக் கூடாது",
			"a name has 1 to 64 letters, digits, _ . or -, and begins with neither . nor -")
	}
	switch reset := r.text("reset"); reset {
	case "", "always":
		s.reset = reset != ""
	default:
		r.fail("reset", "reset: always மட்டுமே வரலாம்", "reset can only be always")
	}
	driver := r.driver()
	if driver != nil {
		s.kind = driver.Kind()
		r.unknownKeys(driver)
	}
	text := r.url()
	options := Options{Source: true, Password: r.password(), Keys: map[string]any{}}
	for key, v := range r.Keys {
		if !slices.Contains(sourceKeys, key) {
			options.Keys[key] = v
		}
	}
	if r.wrong != nil {
		return nil
	}
	target, err := driver.Target(text, options)
	if err != nil {
		reason := diag.Reason(err)
		var d *diag.Diagnostic
		if errors.As(err, &d) && len(d.Args) > 0 {
			reason = d.Args[0]
			if d.Help != nil {
				reason = diag.Text{Ta: reason.Ta + "; " + d.Help.Ta, En: reason.En + "; " + d.Help.En}
			}
		}
		r.failBecause(cmp.Or(r.has("url"), "url_file"), reason)
		return nil
	}
	if options.Password != nil {
		target.Secrets = append(target.Secrets, SecretForms(*options.Password, *options.Password)...)
	}
	s.options = options
	s.at = &resolved{kind: s.kind, text: text, target: target, name: s.name, label: s.name, source: s}
	return s
}

// has returns the key when the source has it, else "".
func (r *sourceReader) has(key string) string {
	if _, ok := r.Keys[key]; ok {
		return key
	}
	return ""
}

func (r *sourceReader) text(key string) string {
	v, ok := r.Keys[key]
	s, isText := v.(string)
	if ok && (!isText || s == "") {
		r.fail(key, "%s: மேற்கோள் குறிகளுக்குள் ஓர் உரை வேண்டும்", "%s must be a text in quotes", key)
	}
	return s
}

func (r *sourceReader) boolean(key string) bool {
	v, ok := r.Keys[key]
	b, isBoolean := v.(bool)
	if ok && !isBoolean {
		r.fail(key, "%s: true அல்லது false வேண்டும்", "%s must be true or false", key)
	}
	return b
}

// number returns 0 when the source does not have the key.
func (r *sourceReader) number(key string, least, most int64) int64 {
	v, ok := r.Keys[key]
	n, isNumber := v.(int64)
	if ok && (!isNumber || n < least || n > most) {
		r.fail(key, "%s: %d முதல் %d வரை ஒரு முழு எண் வேண்டும்", "%s must be a whole number from %d to %d", key, least, most)
	}
	return n
}

func (r *sourceReader) driver() Driver {
	if r.has("kind") == "" {
		r.fail("kind", "kind வேண்டும்: %s", "kind is needed: %s", kindList)
		return nil
	}
	kind := r.text("kind")
	if kind == "" {
		return nil
	}
	d := r.reg.drivers[Kind(kind)]
	_, known := kindNames[Kind(kind)]
	switch {
	case !known:
		r.fail("kind", "kind '%[1]s' என்று இல்லை; %[2]s ஆகியவற்றில் ஒன்று வேண்டும்", "there is no kind '%[1]s'; it must be one of %[2]s", diag.Quote(kind), kindList)
	case d == nil:
		r.fail("kind", "%s-க்கான இயக்கி இங்கே இல்லை", "there is no driver for %s here", kind)
	}
	return d
}

func (r *sourceReader) unknownKeys(d Driver) {
	known := append(slices.Clone(sourceKeys), d.SourceKeys()...)
	for _, key := range slices.Sorted(maps.Keys(r.Keys)) {
		if slices.Contains(known, key) {
			continue
		}
		var hint diag.Text
		if near, ok := diag.Nearest(key, slices.Values(known)); ok {
			hint = diag.DidYouMean(near)
			hint = diag.Text{Ta: "; " + hint.Ta, En: "; " + hint.En}
		}
		quoted := diag.Quote(key)
		r.fail(key, "'%[1]s' என்ற அமைப்பு இல்லை%[2]s", "there is no setting '%[1]s'%[3]s", quoted, hint.Ta, hint.En)
	}
}

// url returns the connection text.
func (r *sourceReader) url() string {
	text := r.text("url")
	file := r.text("url_file")
	switch {
	case r.has("url") != "" && r.has("url_file") != "":
		r.fail("url_file", "url, url_file இரண்டில் ஒன்று மட்டுமே வேண்டும்", "only one of url and url_file can be given")
	case r.has("url_file") != "":
		text = r.secret("url_file", file, false)
	case r.has("url") == "":
		r.fail("url", "url அல்லது url_file வேண்டும்", "url or url_file is needed")
	}
	return strings.TrimSpace(text)
}

// password returns nil when the source names none.
func (r *sourceReader) password() *string {
	file, credential := r.text("password_file"), r.text("password_credential")
	key, name := "password_file", file
	switch {
	case file != "" && credential != "":
		r.fail("password_credential", "password_file, password_credential இரண்டில் ஒன்று மட்டுமே வேண்டும்",
			"only one of password_file and password_credential can be given")
		return nil
	case credential != "":
		key, name = "password_credential", credential
	case file == "":
		return nil
	}
	password := r.secret(key, name, credential != "")
	return &password
}

func (r *sourceReader) secret(key, name string, credential bool) string {
	if name == "" {
		return ""
	}
	if r.config.ReadSecret == nil {
		r.failBecause(key, diag.Reason(host.ErrNotPermitted))
		return ""
	}
	secret, err := r.config.ReadSecret(name, credential)
	if err != nil {
		r.failBecause(key, diag.Reason(err))
	}
	return secret
}

// longestName is how many letters a data source's name has at most.
const longestName = 64

// isName reports whether a text, composed as by NFC, has the form of a data
// source's name.
func isName(s string) bool {
	if s == "" || len(s) > 64*longestName || strings.HasPrefix(s, ".") || strings.HasPrefix(s, "-") {
		return false
	}
	for i, r := range s {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '_', r == '.', r == '-', i > 0 && unicode.IsMark(r):
		default:
			return false
		}
	}
	v := value.String(s)
	return v.Letters() <= longestName
}

// kindNames are the kinds as programs name them.
var kindNames = map[Kind]string{
	SQLite: "SQLite", PostgreSQL: "PostgreSQL", MySQL: "MySQL", Redis: "Redis", MongoDB: "MongoDB",
}

const kindList = "sqlite, postgresql, mysql, redis, mongodb"

// resolve finds what a connection text of a program means, and whether the
// program may connect there. database is that of MongoDB, which its text does
// not name. The error is a *diag.Diagnostic.
func (a *Access) resolve(kind Kind, text, database string) (*resolved, error) {
	text = strings.TrimSpace(text)
	name := norm.NFC.String(text)
	if s := a.sources[name]; s != nil {
		if s.kind != kind {
			return nil, diag.OtherKindOfSource.New(diag.Whole(s.name), kindNames[s.kind], kindNames[kind])
		}
		return s.at, nil
	}
	// Reading a text costs as much as a short statement. What SQLite's means
	// depends on the files that are there.
	key := textKey{kind, text, database}
	if kind != SQLite {
		a.mu.RLock()
		known := a.texts[key]
		a.mu.RUnlock()
		if known != nil {
			return known, nil
		}
		if isName(name) {
			return nil, a.noSuchSource(kind, name)
		}
	}
	target, err := a.reg.drivers[kind].Target(text, Options{})
	if err != nil {
		return nil, err
	}
	if !a.allows(kind, target.Addresses, database) {
		entry := string(kind)
		if len(target.Addresses) > 0 && target.Addresses[0].Host != "" {
			entry = target.Label
		}
		return nil, diag.NotPermitted.New(diag.Whole(target.Masked)).WithHelp(
			"அமைப்பில் [databases] allow பட்டியலில் "+strconv.Quote(entry)+" வேண்டும், அல்லது ஒரு தரவு மூலம்",
			"the configuration needs "+strconv.Quote(entry)+" in allow of [databases], or a data source for it")
	}
	found := &resolved{kind: kind, text: text, target: target, name: target.Masked, label: target.Label}
	if kind != SQLite {
		a.mu.Lock()
		if len(a.texts) < mostTexts {
			if a.texts == nil {
				a.texts = map[textKey]*resolved{}
			}
			a.texts[key] = found
		}
		a.mu.Unlock()
	}
	return found, nil
}

// textForms show how connection texts look, for who wrote another.
var textForms = map[Kind]string{
	PostgreSQL: "postgres://USER@HOST/DATABASE", MySQL: "mysql://USER@HOST/DATABASE",
	Redis: "HOST:PORT", MongoDB: "mongodb://HOST",
}

// noSuchSource is the diagnostic of a name that is no data source: near to one
// of that kind, or meant as an address.
func (a *Access) noSuchSource(kind Kind, name string) error {
	d := diag.NoSuchSource.New(diag.Whole(name))
	var names []string
	for _, s := range a.sources {
		if s.kind == kind {
			names = append(names, s.name)
		}
	}
	slices.Sort(names)
	if near, ok := diag.Nearest(name, slices.Values(names)); ok {
		hint := diag.DidYouMean(near)
		return d.WithHelp(hint.Ta, hint.En)
	}
	form := textForms[kind]
	return d.WithHelp("முகவரி என்றால் "+form+" என எழுதுங்கள்", "an address is written "+form)
}

func (a *Access) allows(kind Kind, addresses []Address, database string) bool {
	if a.allowAll {
		return true
	}
	if kind == MongoDB {
		addresses = slices.Clone(addresses)
		for i := range addresses {
			addresses[i].Database = database
		}
	}
	return slices.ContainsFunc(a.allow, func(p pattern) bool { return p.allows(kind, addresses) })
}

// Session implements host.Databases.
func (a *Access) Session() host.Session { return &session{access: a} }
