package config

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"

	"etamil/engine/diag"
)

// An item is a value of the file.
type item struct {
	kind itemKind
	text string // of a text, what it says; of others, as written
	at   int    // offset in the file
	list []item
}

type itemKind uint8

const (
	aText itemKind = iota
	aNumber
	aFraction
	aBoolean
	aDate
	aList
	aTable
)

var itemKinds = [...]diag.Text{
	aText:     {Ta: "மேற்கோள் குறிகளுக்குள் உள்ள உரை", En: "a text in quotes"},
	aNumber:   {Ta: "முழு எண்", En: "a whole number"},
	aFraction: {Ta: "பின்ன எண்", En: "a number with a fraction"},
	aBoolean:  {Ta: "true/false", En: "true or false"},
	aDate:     {Ta: "தேதி", En: "a date"},
	aList:     {Ta: "பட்டியல்", En: "a list"},
	aTable:    {Ta: "அட்டவணை", En: "a table"},
}

// A fileReader takes the settings of one file.
type fileReader struct {
	*loader
	name   string
	text   []byte
	lines  map[string]int // of keys that were set
	before int            // problems that are not of the file
	// tables are the parts of the name of the table that is read; lost tells
	// that there is no such table, which was complained of as a whole.
	tables []string
	lost   bool
}

// takeFile takes what the file sets.
func (l *loader) takeFile(name string, text []byte) {
	// An editor's mark in front of UTF-8 is no part of the text.
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	r := &fileReader{loader: l, name: name, text: text, lines: map[string]int{}, before: len(l.problems)}
	if at := notUTF8(text); at >= 0 {
		r.failAt(at, diag.Text{
			Ta: "கோப்பு UTF-8 அல்ல; அதை UTF-8 ஆகச் சேமிக்க வேண்டும்",
			En: "the file is not UTF-8; save it as UTF-8",
		})
		return
	}
	r.read()
}

// notUTF8 returns the offset of the first byte that is no UTF-8, or -1.
func notUTF8(text []byte) int {
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

// origin returns the place of an offset.
func (r *fileReader) origin(at int) Origin {
	at = min(at, len(r.text))
	start := bytes.LastIndexByte(r.text[:at], '\n') + 1
	return Origin{
		Kind: ByFile, File: r.name,
		Line:   bytes.Count(r.text[:start], []byte{'\n'}) + 1,
		Column: utf8.RuneCount(r.text[start:at]) + 1,
	}
}

func (r *fileReader) failAt(at int, text diag.Text) { r.fail(r.origin(at), text) }

// maxProblems is how many a file may have before the rest of it is left: it is
// something else, then.
const maxProblems = 50

// read goes through the file. A value that only lacks its quotes does not end
// the reading, any other text that is no TOML does: what follows could mean
// anything.
func (r *fileReader) read() {
	var p unstable.Parser
	for base := 0; ; {
		p.Reset(r.text[base:len(r.text):len(r.text)])
		for p.NextExpression() {
			e := p.Expression()
			parts, at, end := keyOf(e, base)
			if r.tooMany(at) {
				return
			}
			switch e.Kind {
			case unstable.KeyValue:
				if !r.lost {
					r.assign(slices.Concat(r.tables, parts), at, r.itemOf(e.Value(), base, end))
				}
			case unstable.Table, unstable.ArrayTable:
				r.table(parts, at, e.Kind == unstable.ArrayTable)
			}
		}
		err, ok := errors.AsType[*unstable.ParserError](p.Error())
		if !ok {
			return
		}
		at := base + int(p.Range(err.Highlight).Offset)
		b, ok := bareValue(r.text, at)
		if !ok {
			r.failAt(at, syntaxSentence(err.Message, r.text, at))
			return
		}
		if !r.lost {
			r.takeBare(b)
		}
		if r.tooMany(b.next) {
			return
		}
		base = b.next
	}
}

// tooMany says that there are too many problems to read on from an offset.
func (r *fileReader) tooMany(at int) bool {
	if len(r.problems)-r.before < maxProblems {
		return false
	}
	r.failAt(at, diag.Text{
		Ta: "இங்கே தவறுகள் மிகப் பல; கோப்பின் மீதி படிக்கப்படவில்லை",
		En: "too much is wrong here; the rest of the file was not read",
	})
	return true
}

// keyOf returns the parts of the key of an expression, and the offsets where it
// begins and ends.
func keyOf(e *unstable.Node, base int) (parts []string, at, end int) {
	for it := e.Key(); it.Next(); {
		n := it.Node()
		if len(parts) == 0 {
			at = base + int(n.Raw.Offset)
		}
		end = base + int(n.Raw.Offset+n.Raw.Length)
		parts = append(parts, string(n.Data))
	}
	return parts, at, end
}

// itemOf copies a value. keyEnd is where its key ends; elements of a list that
// are lists and tables themselves have no place of their own and get the same.
func (r *fileReader) itemOf(n *unstable.Node, base, keyEnd int) item {
	it := item{text: string(n.Data), at: base + int(n.Raw.Offset)}
	switch n.Kind {
	case unstable.String:
		it.kind = aText
	case unstable.Integer:
		it.kind = aNumber
	case unstable.Float:
		it.kind = aFraction
	case unstable.Bool:
		it.kind = aBoolean
	case unstable.Array:
		it.kind, it.at = aList, r.valueAfter(keyEnd)
		for c := n.Children(); c.Next(); {
			if k := c.Node().Kind; k == unstable.Array || k == unstable.InlineTable {
				it.list = append(it.list, item{kind: aList, at: it.at}) // wrong in any case
				continue
			}
			it.list = append(it.list, r.itemOf(c.Node(), base, keyEnd))
		}
	case unstable.InlineTable:
		it.kind, it.at = aTable, r.valueAfter(keyEnd)
	default:
		it.kind = aDate
	}
	return it
}

// valueAfter returns the offset of the value whose key ends there.
func (r *fileReader) valueAfter(keyEnd int) int {
	rest := r.text[keyEnd:]
	value := bytes.TrimLeft(rest[bytes.IndexByte(rest, '=')+1:], " \t")
	return len(r.text) - len(value)
}

// once complains of a key that has been there before.
func (r *fileReader) once(key string, at int) bool {
	if line := r.lines[key]; line > 0 {
		key = diag.Quote(key)
		r.failAt(at, diag.Text{
			Ta: fmt.Sprintf("'%s' இரண்டு முறை வருகிறது; முதலில் வரி %d-இல்", key, line),
			En: fmt.Sprintf("'%s' is set twice; first in line %d", key, line),
		})
		return false
	}
	r.lines[key] = r.origin(at).Line
	return true
}

// table begins a table: databases, or database."NAME" for a data source.
func (r *fileReader) table(parts []string, at int, isArray bool) {
	r.tables, r.lost = parts, false
	key := strings.Join(parts, ".")
	switch {
	case isArray && (key == "databases" || parts[0] == "database"):
		r.failAt(at, diag.Text{
			Ta: "[[…]] அல்ல; ஒற்றை அடைப்பு வேண்டும்: [" + shown(key) + "]",
			En: "not [[…]]; a table stands in single brackets: [" + shown(key) + "]",
		})
	case key == "databases", key == "database":
		return
	case len(parts) == 2 && parts[0] == "database":
		r.source(parts[1], at)
		return
	case parts[0] == "database":
		r.unnamed(at)
	default:
		r.noTable(key, at)
	}
	r.lost = true
}

// unnamed complains of what should be of a data source.
func (r *fileReader) unnamed(at int) {
	r.failAt(at, diag.Text{
		Ta: `தரவு மூலத்தின் பெயரோடு எழுத வேண்டும்: [database."பெயர்"]`,
		En: `write it with the name of a data source: [database."name"]`,
	})
}

// noTable complains of a table that does not exist.
func (r *fileReader) noTable(key string, at int) {
	name := diag.Quote(key)
	if s := Lookup(key); s != nil && s.Type != Secret {
		r.failAt(at, diag.Text{
			Ta: fmt.Sprintf("'%s' அட்டவணை அல்ல; இவ்வாறு எழுத வேண்டும்: %s = %s", name, key, s.sample()),
			En: fmt.Sprintf("'%s' is no table; write %s = %s", name, key, s.sample()),
		})
		return
	}
	r.failAt(at, diag.Text{
		Ta: fmt.Sprintf("[%s] என்ற அட்டவணை இல்லை; [databases], [database.\"பெயர்\"] தவிர அமைப்புகள் எந்த அட்டவணையிலும் இல்லாமல் எழுதப்படும்", name),
		En: fmt.Sprintf("there is no table [%s]; but for [databases] and [database.\"name\"] settings stand outside of any table", name),
	})
}

// source returns the data source of that name, new or begun before.
func (r *fileReader) source(name string, at int) *Source {
	for i := range r.Sources {
		if r.Sources[i].Name == name {
			return &r.Sources[i]
		}
	}
	r.Sources = append(r.Sources, Source{Name: name, Keys: map[string]any{}, At: r.origin(at), Places: map[string]Origin{}})
	return &r.Sources[len(r.Sources)-1]
}

// sourceKey takes one setting of a data source.
func (r *fileReader) sourceKey(parts []string, at int, value item) {
	if len(parts) != 3 {
		r.unnamed(at)
		return
	}
	source, key := r.source(parts[1], at), parts[2]
	if !r.once(strings.Join(parts, "."), at) {
		return
	}
	switch value.kind {
	case aText:
		text := value.text
		if pathKey(key) && text != "" && !filepath.IsAbs(text) {
			text = filepath.Join(filepath.Dir(r.name), text)
		}
		source.Keys[key] = text
	case aBoolean:
		source.Keys[key] = value.text == "true"
	case aNumber:
		n, err := strconv.ParseInt(strings.ReplaceAll(value.text, "_", ""), 0, 64)
		if err != nil {
			n = -1 // no number of ours goes that far
		}
		source.Keys[key] = n
	default:
		r.failAt(value.at, diag.Text{
			Ta: fmt.Sprintf("%s: இங்கே வருவது %s; உரை, முழு எண், true/false மட்டுமே வரலாம்", diag.Quote(key), itemKinds[value.kind].Ta),
			En: fmt.Sprintf("%s wants a text, a whole number or true/false, not %s", diag.Quote(key), itemKinds[value.kind].En),
		})
		return
	}
	source.Places[key] = r.origin(at)
}

// pathKey reports whether a key of a data source names a file.
func pathKey(key string) bool {
	switch key {
	case "url_file", "password_file", "sslrootcert", "sslcert", "sslkey", "tls_ca", "tls_cert", "tls_key":
		return true
	}
	return false
}

// row returns the setting of a key, or complains.
func (r *fileReader) row(key string, at int) *Setting {
	s := Lookup(key)
	switch {
	case s == nil:
		text := noSetting(key)
		if near, ok := nearest(key); ok {
			text = didYouMean(text, near)
		} else {
			text.Ta += "; எல்லா அமைப்புகளும்: man etamild.toml"
			text.En += "; 'man etamild.toml' lists all"
		}
		r.failAt(at, text)
		return nil
	case !r.once(key, at):
		return nil
	case s.Type == Secret:
		r.failAt(at, diag.Text{
			Ta: fmt.Sprintf("%[1]s இங்கே எழுதப்படாது; அதைத் தனிக் கோப்பில் வைத்து %[1]s_file அல்லது %[1]s_credential-இல் குறிப்பிட வேண்டும்", key),
			En: fmt.Sprintf("%[1]s is not written here; put it into a file of its own and name that in %[1]s_file or %[1]s_credential", key),
		})
		return nil
	}
	return s
}

// assign takes one setting, whose key has these parts.
func (r *fileReader) assign(parts []string, at int, value item) {
	if parts[0] == "database" {
		r.sourceKey(parts, at, value)
		return
	}
	key := strings.Join(parts, ".")
	s := r.row(key, at)
	if s == nil {
		return
	}
	v, wrong := s.fromFile(&value)
	if wrong != nil {
		r.failAt(wrong.at, diag.Text{
			Ta: fmt.Sprintf("%s: இங்கே வருவது %s; வேண்டியது %s", key, itemKinds[wrong.kind].Ta, s.form().Ta),
			En: fmt.Sprintf("%s wants %s, not %s", key, s.form().En, itemKinds[wrong.kind].En),
		})
		return
	}
	r.store(s, v, value.at)
}

func (r *fileReader) store(s *Setting, v given, at int) bool {
	if s.Type == Path && v.text != "" && !filepath.IsAbs(v.text) {
		v.text = filepath.Join(filepath.Dir(r.name), v.text)
	}
	if s.Key == "data_also" { // programs are also found by their bare name
		v = given{list: v.split(s.separator()), isList: true}
		for i, path := range v.list {
			if !filepath.IsAbs(path) {
				v.list[i] = filepath.Join(filepath.Dir(r.name), path)
			}
		}
	}
	return r.put(s, v, s.Key, r.origin(at))
}

// form says what the setting wants.
func (s *Setting) form() diag.Text {
	form := s.Type.Form()
	if s.Type == Word || s.Type == Count && len(s.Words) > 0 {
		words := `"` + strings.Join(s.Words, `", "`) + `"`
		if s.Type == Word {
			return diag.Text{Ta: words + " ஆகியவற்றில் ஒன்று", En: "one of " + words}
		}
		return diag.Text{Ta: form.Ta + " அல்லது " + words, En: form.En + ", or " + words}
	}
	return form
}

// fromFile returns a value of the file as the text of a flag, or the part of it
// that is of the wrong kind.
func (s *Setting) fromFile(it *item) (v given, wrong *item) {
	v.text = it.text
	switch it.kind {
	case aText:
		_, number := strconv.Atoi(strings.ReplaceAll(it.text, "_", ""))
		if s.Type == Count && (number == nil || len(s.Words) == 0) {
			return v, it
		}
		return v, nil
	case aNumber:
		if s.Type == Count || s.Type == Size || s.Type == Duration {
			n, err := strconv.ParseInt(strings.ReplaceAll(it.text, "_", ""), 0, 64)
			if err == nil { // hexadecimal, octal, a sign
				v.text = strconv.FormatInt(n, 10)
			}
			return v, nil
		}
	case aBoolean:
		word := map[string]string{"true": "on", "false": "off"}[it.text]
		if s.Type == Switch || slices.Contains(s.Words, word) && s.Type != Size && s.Type != Count {
			v.text = word
			return v, nil
		}
	case aList:
		if s.Type.isList() {
			v = given{list: []string{}, isList: true}
			for i := range it.list {
				if it.list[i].kind != aText {
					return v, &it.list[i]
				}
				v.list = append(v.list, it.list[i].text)
			}
			return v, nil
		}
	}
	return v, it
}

// A bare value is a text without its quotes.
type bare struct {
	key, value string
	keyAt, at  int
	next       int // where the next line begins
}

var (
	bareLine   = regexp.MustCompile(`^[ \t]*([A-Za-z0-9_-]+)[ \t]*=[ \t]*([^\s"'\[\]{}#=][^"'#]*?)[ \t\r]*(?:#.*)?$`)
	bareNumber = regexp.MustCompile(`^[-+]?[0-9][0-9_.,]*$`)
)

// bareValue finds a key with a text without quotes in the line of an offset at
// which the parser gave up.
func bareValue(text []byte, at int) (b bare, ok bool) {
	start := bytes.LastIndexByte(text[:at], '\n') + 1
	line, _, _ := bytes.Cut(text[start:], []byte{'\n'})
	m := bareLine.FindSubmatchIndex(line)
	if m == nil || at < start+m[4] || bareNumber.Match(line[m[4]:m[5]]) {
		return b, false
	}
	return bare{
		key: string(line[m[2]:m[3]]), value: string(line[m[4]:m[5]]),
		keyAt: start + m[2], at: start + m[4],
		next: min(start+len(line)+1, len(text)),
	}, true
}

// takeBare complains of a text without quotes, and of what else is wrong there.
func (r *fileReader) takeBare(b bare) {
	quoted := b.key + " = " + quoteTOML(b.value)
	r.failAt(b.at, diag.Text{
		Ta: "உரை மேற்கோள் குறிகளுக்குள் வர வேண்டும்: " + quoted,
		En: "a text stands in quotes: " + quoted,
	})
	parts := append(slices.Clone(r.tables), b.key)
	if parts[0] == "database" {
		r.sourceKey(parts, b.keyAt, item{kind: aText, text: b.value, at: b.at})
	} else if s := r.row(strings.Join(parts, "."), b.keyAt); s != nil {
		r.store(s, given{text: b.value}, b.at)
	}
}

// syntaxWords are our sentences for what the parser says, by words in that.
var syntaxWords = []struct {
	words string
	text  diag.Text
}{
	{"cannot have new lines", diag.Text{Ta: "மேற்கோள் குறி மூடப்படவில்லை", En: "the quotes are not closed in this line"}},
	{"unterminated", diag.Text{Ta: "மேற்கோள் குறி மூடப்படவில்லை", En: "the quotes are not closed"}},
	{"string not terminated", diag.Text{Ta: "மூன்று மேற்கோள் குறிகளால் தொடங்கிய உரை மூடப்படவில்லை", En: "the text that began with three quotes is not closed"}},
	{"expected '=' after key", diag.Text{Ta: "பெயருக்குப் பின் '=' வர வேண்டும்", En: "after a name '=' is needed"}},
	{"at start of key", diag.Text{Ta: "இங்கே ஓர் அமைப்பின் பெயர் வர வேண்டும்: பெயர் = மதிப்பு", En: "the name of a setting is needed here: name = value"}},
	{"expected key", diag.Text{Ta: "இங்கே ஓர் அமைப்பின் பெயர் வர வேண்டும்: பெயர் = மதிப்பு", En: "the name of a setting is needed here: name = value"}},
	{"array is incomplete", diag.Text{Ta: "பட்டியல் மூடப்படவில்லை; முடிவில் ']' வர வேண்டும்", En: "the list is not closed; ']' is needed at its end"}},
	{"array value", diag.Text{Ta: "பட்டியலில் ஒவ்வொன்றின் பின்னும் ',' அல்லது முடிவில் ']' வர வேண்டும்", En: "in a list, ',' is needed between two values and ']' at the end"}},
	{"expected value", diag.Text{Ta: "இங்கே ஒரு மதிப்பு வர வேண்டும்", En: "a value is needed here"}},
	{"at start of value", diag.Text{Ta: "இங்கே ஒரு மதிப்பு வர வேண்டும்; உரை என்றால் மேற்கோள் குறிகளுக்குள்", En: "a value is needed here; a text stands in quotes"}},
	{"strings must be quoted", diag.Text{Ta: "உரை மேற்கோள் குறிகளுக்குள் வர வேண்டும்", En: "a text stands in quotes"}},
	{"expected newline", diag.Text{Ta: "மதிப்புக்குப் பின் இந்த வரியில் வேறு எதுவும் வரக் கூடாது", En: "nothing else may follow the value in its line"}},
	{"leading zero", diag.Text{Ta: "எண் 0 என்று தொடங்கக் கூடாது", En: "a number cannot begin with 0"}},
	{"escape", diag.Text{Ta: `உரையில் \ ஒரு சிறப்புக் குறி; \\ என எழுதலாம், அல்லது '…' குறிகளுக்குள்`, En: `in a text \ begins a special sign; write \\, or put the text between '…'`}},
	{`after \`, diag.Text{Ta: `உரையில் \ ஒரு சிறப்புக் குறி; \\ என எழுதலாம், அல்லது '…' குறிகளுக்குள்`, En: `in a text \ begins a special sign; write \\, or put the text between '…'`}},
	{"close table name", diag.Text{Ta: "அட்டவணையின் பெயருக்குப் பின் ']' வர வேண்டும்", En: "after the name of a table ']' is needed"}},
	{"close array table name", diag.Text{Ta: "அட்டவணையின் பெயருக்குப் பின் ']]' வர வேண்டும்", En: "after the name of a table ']]' is needed"}},
	{"inline table", diag.Text{Ta: "{ … } மூடப்படவில்லை", En: "{ … } is not closed"}},
	{"control characters", diag.Text{Ta: "இங்கே கட்டுப்பாட்டுக் குறி ஒன்று உள்ளது", En: "there is a control character here"}},
	{"carriage return", diag.Text{Ta: "இங்கே தனி CR குறி ஒன்று உள்ளது; வரிகள் LF அல்லது CRLF-ஆல் முடியும்", En: "there is a lone carriage return here; lines end with LF or CRLF"}},
}

// bareName is the beginning of a line that ends within a name without quotes.
var bareName = regexp.MustCompile(`^[ \t]*\[?(?:[^=#]*\.)?[ \t]*([A-Za-z0-9_-]*)$`)

// beyondASCII returns the name without quotes that the parser gave up in, before
// rest, because of a letter that TOML has in quotes only; "": it is another
// mistake.
func beyondASCII(line, rest []byte) string {
	m := bareName.FindSubmatch(line)
	if r, _ := utf8.DecodeRune(rest); m == nil || r < utf8.RuneSelf || r == utf8.RuneError {
		return ""
	}
	if end := bytes.IndexAny(rest, ".]= \t\r\n#\""); end >= 0 {
		rest = rest[:end]
	}
	return diag.Quote(string(m[1]) + string(rest))
}

// syntaxSentence says what is wrong at an offset where the file is no TOML. A
// parser that says something new is quoted.
func syntaxSentence(message string, text []byte, at int) diag.Text {
	line := text[bytes.LastIndexByte(text[:at], '\n')+1 : at]
	if bytes.HasSuffix(bytes.TrimRight(line, " \t"), []byte{'='}) && bytes.IndexAny(text[at:], "\r\n#") <= 0 {
		message = "expected value" // and there is none in the line
	}
	if name := beyondASCII(line, text[at:]); name != "" {
		return diag.Text{
			Ta: "ஆங்கில எழுத்துகள் அல்லாத பெயர் மேற்கோள் குறிகளுக்குள் வர வேண்டும்: \"" + name + "\"",
			En: "a name in other letters than a-z stands in quotes: \"" + name + "\"",
		}
	}
	for _, w := range syntaxWords {
		if strings.Contains(message, w.words) {
			return w.text
		}
	}
	return diag.Text{Ta: "இது TOML அல்ல: " + message, En: "this is no TOML: " + message}
}
