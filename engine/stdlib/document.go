package stdlib

import (
	"strings"
	"unicode/utf8"

	"etamil/engine/builtin"
	"etamil/engine/diag"
	"etamil/engine/value"
)

const (
	memberModule   = "nUlakam/aNi.qmz"
	documentModule = "nUlakam/AvaNam.qmz"
)

// What filling takes besides a template: a format {உறுப்பு, வரிசை, வரிசை_முடிவு}
// of package entry, row start and row end; values {குறி, மதிப்பு} of placeholder
// and value; groups {பெயர், புலங்கள், வரிசைகள்} of loop variable, fields, records.
var fillArgs = []builtin.Arg{
	arg("வடிவம்", "format", builtin.Record),
	arg("மதிப்புகள்", "values", builtin.Array),
	arg("தொகுதிகள்", "groups", builtin.Array),
}

// documentFunctions are those of nUlakam/AvaNam.qmz.
var documentFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "AvaNam.fill",
		Name: builtin.Spelling{Tamil: "ஆவணம்_நிரப்பு", Roman: "AvaNam_nirappu"},
		Args: append([]builtin.Arg{arg("மூலம்", "source", builtin.Any)}, fillArgs...),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "{{ குறி }} எல்லாம் அதன் மதிப்பாகவும், {%tr for பெயர் in … %} {%tr endfor %} இடையே உள்ள வரிசைகள் தொகுதியின் ஒவ்வொரு பதிவேட்டுக்கும் ஒருமுறையாகவும் எழுதிய மூலம்",
			En: "the source with every {{ mark }} replaced by its value, and the rows between {%tr for name in … %} and {%tr endfor %} written once for each record of the group of that name",
		},
		Try: []builtin.Example{
			{
				Expr: `ஆவணம்_நிரப்பு("<p>{{ பெயர் }}</p>", ODT_வடிவம், [{குறி: "பெயர்", மதிப்பு: "அ & ஆ"}], [])`,
				Want: "<p>அ &amp; ஆ</p>",
			},
			{
				Expr: `ஆவணம்_நிரப்பு("<r>{%tr for a in x %}</r><r>{{ a.n }}</r><r>{%tr endfor %}</r>", {"வரிசை": "<r", வரிசை_முடிவு: "</r>"}, [], [{பெயர்: "a", புலங்கள்: ["n"], வரிசைகள்: [{n: 1}, {n: 2}]}])`,
				Want: "<r>1</r><r>2</r>",
			},
		},
	}, body: fillText},
	{Builtin: builtin.Builtin{
		ID:     "AvaNam.fillPackage",
		Name:   builtin.Spelling{Tamil: "பொதியை_நிரப்பு", Roman: "poqiyY_nirappu"},
		Args:   append([]builtin.Arg{arg("வார்ப்புரு", "template", builtin.Any), arg("இலக்கு", "target", builtin.Any)}, fillArgs...),
		Ret:    "result of number | text",
		Effect: builtin.Files,
		Doc: diag.Text{
			Ta: "வார்ப்புருக் கோப்பின் பதிவை நிரப்பி, மற்றவை மாறாமல், இலக்குக் கோப்பாக எழுதும்; சரி(பதிவுகளின் எண்ணிக்கை). தவறெனில் இலக்கு மாறாது",
			En: "fills the entry of a template file and writes the target file, the other entries untouched; சரி(number of entries). After a failure the target is as it was",
		},
		Try: []builtin.Example{{Expr: `தவறா(பொதியை_நிரப்பு("இல்லை.odt", "புதிது.odt", ODT_வடிவம், [], []))`, Want: "true"}},
	}, body: fillPackage},
	{Builtin: builtin.Builtin{
		ID:     "AvaNam.toPDF",
		Name:   builtin.Spelling{Tamil: "pdf_ஆக்கு", Roman: "pdf_Akku"},
		Args:   anyArgs("நிரல்", "program", "ஆவணம்", "document", "கோப்புறை", "folder"),
		Ret:    "result of record | text",
		Effect: builtin.Process,
		Doc: diag.Text{
			Ta: "அலுவலக நிரலால் (ETAMIL_EXEC_ALLOW அனுமதித்தது) ஆவணத்தைக் கோப்புறையில் PDF ஆக்கும்; சரி({நிலை, வெளியீடு, பிழை})",
			En: "makes a PDF of the document in the folder by an office program that ETAMIL_EXEC_ALLOW permits; சரி({நிலை, வெளியீடு, பிழை})",
		},
		Try: []builtin.Example{{Expr: `தவறா(pdf_ஆக்கு("soffice-none", "a.odt", "."))`, Want: "true"}},
	}},
	{Builtin: builtin.Builtin{
		ID:   "AvaNam.toXML",
		Name: builtin.Spelling{Tamil: "xml_ஆக்கு", Roman: "xml_Akku"},
		Args: anyArgs("மதிப்பு", "value"),
		Ret:  "text",
		Doc: diag.Text{
			Ta: "XML-இல் எழுதும்படி அச்சு வடிவம்: & < > மறைத்து, XML ஏற்காத எழுத்துகள் U+FFFD ஆக",
			En: "the printed form as text of XML: & < > escaped, characters that XML does not take as U+FFFD",
		},
		Try: []builtin.Example{{Expr: `xml_ஆக்கு("<a>&</a>")`, Want: "&lt;a&gt;&amp;&lt;/a&gt;"}},
	}, body: toXML},
	{Builtin: builtin.Builtin{
		ID:   "AvaNam.contains",
		Name: builtin.Spelling{Tamil: "உள்ளதா", Roman: "uLLaqA"},
		Args: anyArgs("மதிப்பு", "value", "தேடுவது", "wanted"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "அச்சு வடிவத்தில் தேடுவது உள்ளதா, எழுத்து எழுத்தாக; அணியும் பொருளும் aNi-யுடன் இறக்கியபோது அதில் சொல்வது போல",
			En: "does the printed form contain what is wanted, letter by letter; of arrays and records, when aNi is imported too, what is said there",
		},
		Try: []builtin.Example{{Expr: `உள்ளதா("ஆவணம்", "வண")`, Want: "true"}, {Expr: `உள்ளதா("ஆவணம்", "")`, Want: "false"}},
	}, body: printedContains, joint: hasOrContains, With: memberModule},
	{Builtin: builtin.Builtin{
		ID:   "AvaNam.elementOr",
		Name: builtin.Spelling{Tamil: "பகுதியை_எடு", Roman: "pakuqiyY_etu"},
		Args: anyArgs("பட்டியல்", "list", "சுட்டு", "position"),
		Ret:  "any",
		Doc: diag.Text{
			Ta: "சுட்டும் உறுப்பு (0 முதல்); பட்டியல் அதற்குமுன் முடிந்தால் \"\"",
			En: "the element at that position, counted from 0; \"\" when the list ends before it",
		},
		Try: []builtin.Example{{Expr: `பகுதியை_எடு([7, 8], 1)`, Want: "8"}, {Expr: `பகுதியை_எடு([7, 8], 2)`, Want: ""}},
	}, body: elementOrEmpty},
}

// printedContains is உள்ளதா of AvaNam.
func printedContains(c call) (value.Value, error) {
	texts := make([]value.Value, 2)
	for i := range texts {
		s, err := c.text(i)
		if err != nil {
			return value.Value{}, err
		}
		texts[i] = value.String(s)
	}
	if texts[1].Str() == "" {
		return value.Bool(false), nil
	}
	i, err := call{m: c.m, f: c.f, args: texts}.search()
	return value.Bool(i >= 0), err
}

// hasOrContains is உள்ளதா in a program that imports aNi and AvaNam, in any order.
func hasOrContains(c call) (value.Value, error) {
	if c.args[0].IsCollection() {
		return has(c)
	}
	return printedContains(c)
}

// elementOrEmpty is பகுதியை_எடு.
func elementOrEmpty(c call) (value.Value, error) {
	n, err := c.collection(0)
	if err != nil {
		return value.Value{}, err
	}
	if at := value.Int(n); !less(&c.args[1], &at) {
		return value.String(""), nil
	}
	return element(c.m, &c.args[0], &c.args[1])
}

// less reports v < w of two values read as numbers.
func less(v, w *value.Value) bool {
	a, b := value.ToNumber(v), value.ToNumber(w)
	x, y := value.Num(a), value.Num(b)
	order, _ := value.Compare(&x, &y)
	return order < 0
}

// toXML is xml_ஆக்கு.
func toXML(c call) (value.Value, error) {
	p := printer{m: c.m}
	s, err := c.text(0)
	if err == nil {
		err = p.xml(s)
	}
	if err != nil {
		return value.Value{}, err
	}
	return value.String(p.string()), nil
}

// xml appends s as text of XML 1.0, section 2.2: what no document may hold
// becomes U+FFFD.
func (p *printer) xml(s string) error {
	for s != "" {
		n := strings.IndexFunc(s, func(r rune) bool { return r == '&' || r == '<' || r == '>' || !inXML(r) })
		if n < 0 {
			return p.text(s)
		}
		if err := p.text(s[:n]); err != nil {
			return err
		}
		r, width := utf8.DecodeRuneInString(s[n:])
		escaped := "\uFFFD"
		switch r {
		case '&':
			escaped = "&amp;"
		case '<':
			escaped = "&lt;"
		case '>':
			escaped = "&gt;"
		}
		if err := p.text(escaped); err != nil {
			return err
		}
		s = s[n+width:]
	}
	return nil
}

func inXML(r rune) bool {
	return r >= ' ' && r != 0xFFFE && r != 0xFFFF || r == '\t' || r == '\n' || r == '\r'
}

// fillText is ஆவணம்_நிரப்பு.
func fillText(c call) (value.Value, error) {
	if c.args[0].Kind() != value.Text {
		return value.Value{}, c.badKind(0, diag.KindText)
	}
	f, err := c.filling(1)
	if err != nil {
		return value.Value{}, err
	}
	text, bad, err := f.fill(c.args[0].Str())
	switch {
	case err != nil:
		return value.Value{}, err
	case bad == nil:
		return value.String(text), nil
	case bad.noGroup:
		return value.Value{}, c.bad(3, bad.needs(), diag.Text{Ta: "அது இல்லாதவை", En: "none of that name"})
	}
	return value.Value{}, c.bad(0, bad.needs(), diag.Text{Ta: "அது இல்லாதது", En: "none"})
}

// fillPackage is பொதியை_நிரப்பு.
func fillPackage(c call) (value.Value, error) {
	f, err := c.filling(2)
	if err != nil {
		return value.Value{}, err
	}
	entry, ok := c.args[2].Get(entryField)
	if !ok {
		return value.Value{}, diag.NoField.New(entryField)
	}
	source, err := c.builtin("_packageRead", c.args[0], entry)
	if err != nil || source.Kind() == value.Failure {
		return source, err
	}
	inside := source.Inside()
	text, bad, err := f.fill(inside.Str())
	switch {
	case err != nil:
		return value.Value{}, err
	case bad != nil:
		t := bad.needs()
		return failure(diag.Text{Ta: t.Ta + " இல்லை", En: "there is no " + strings.TrimPrefix(t.En, "a ")})
	}
	name, err := printed(c.m, &entry)
	if err != nil {
		return value.Value{}, err
	}
	changes := value.NewRecord(1)
	changes.Set(name, value.String(text))
	return c.builtin("_packageWrite", c.args[0], c.args[1], changes)
}

// builtin calls a builtin under the name of the function that calls it.
func (c call) builtin(name string, args ...value.Value) (value.Value, error) {
	b, ok := builtin.Lookup(name)
	if !ok {
		panic("BUG: no builtin " + name)
	}
	return b.Call(c.m, c.f.Name.Tamil, args)
}

// The fields of formats, values and groups.
const (
	entryField   = "உறுப்பு"
	rowField     = "வரிசை"
	rowEndField  = "வரிசை_முடிவு"
	markField    = "குறி"
	valueField   = "மதிப்பு"
	nameField    = "பெயர்"
	fieldsField  = "புலங்கள்"
	recordsField = "வரிசைகள்"
	openMark     = "{{"
	closeMark    = "}}"
	openControl  = "{%"
	closeControl = "%}"
	loopWords    = "tr for "
	loopIn       = " in "
	endOfLoop    = "tr endfor"
)

// A filling is what a template is filled with.
type filling struct {
	p                printer
	rowStart, rowEnd string
	values           map[string]string // by mark, as XML
	groups           []group
	longest          int // bytes of the longest mark there is a value for
}

// A group is what one loop variable stands for.
type group struct {
	name   string
	named  bool              // by a text, as a loop variable is
	fields map[string]string // by mark: the field
	names  []string          // of the fields, in order
	rows   []value.Value
}

// A lack is what a template needs and is not there: the group of a loop, or the
// end of the loop.
type lack struct {
	loop    string
	noGroup bool
}

func (l *lack) needs() diag.Text {
	name := diag.Quote(l.loop)
	if l.noGroup {
		return diag.Text{Ta: "'" + name + "' என்ற பெயருள்ள தொகுதி", En: "a group named '" + name + "'"}
	}
	return diag.Text{Ta: "'" + name + "' சுற்றுக்கு {%tr endfor %}", En: "a {%tr endfor %} for the loop '" + name + "'"}
}

// field returns a field of a record, which must have it.
func field(record *value.Value, name string) (value.Value, error) {
	v, ok := record.Get(name)
	if !ok {
		return v, diag.NoField.New(name)
	}
	return v, nil
}

// filling reads the format, values and groups from argument i on.
func (c call) filling(i int) (*filling, error) {
	f := &filling{p: printer{m: c.m}, values: map[string]string{}}
	for _, part := range []struct {
		name string
		to   *string
	}{{rowField, &f.rowStart}, {rowEndField, &f.rowEnd}} {
		v, err := field(&c.args[i], part.name)
		if err == nil {
			*part.to, err = printed(c.m, &v)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := c.eachRecord(i+1, f.addValue); err != nil {
		return nil, err
	}
	return f, c.eachRecord(i+2, func(v *value.Value) error { return f.addGroup(c, i+2, v) })
}

// eachRecord calls visit for each element of argument i, which must all be
// records.
func (c call) eachRecord(i int, visit func(*value.Value) error) error {
	elems := c.args[i].Elems()
	if err := c.m.Charge(len(elems)); err != nil {
		return err
	}
	for j := range elems {
		if elems[j].Kind() != value.Record {
			return c.bad(i, recordsOnly, builtin.KindName(&elems[j]))
		}
		if err := visit(&elems[j]); err != nil {
			return err
		}
	}
	return nil
}

// addValue adds one of the values. Of two with one mark the first counts.
func (f *filling) addValue(v *value.Value) error {
	mark, err := field(v, markField)
	if err != nil {
		return err
	}
	content, err := field(v, valueField)
	if err != nil {
		return err
	}
	name, err := printed(f.p.m, &mark)
	if err != nil {
		return err
	}
	name = strings.Trim(name, " ")
	if _, known := f.values[name]; known {
		return nil
	}
	f.longest = max(f.longest, len(name))
	p := printer{m: f.p.m}
	s, err := printed(p.m, &content)
	if err == nil {
		err = p.xml(s)
	}
	f.values[name] = p.string()
	return err
}

// addGroup adds one of the groups, which are argument i.
func (f *filling) addGroup(c call, i int, v *value.Value) error {
	name, err := field(v, nameField)
	if err != nil {
		return err
	}
	fields, err := field(v, fieldsField)
	if err != nil {
		return err
	}
	rows, err := field(v, recordsField)
	if err != nil {
		return err
	}
	for _, list := range []*value.Value{&fields, &rows} {
		if list.Kind() != value.Array {
			return c.bad(i, diag.Text{Ta: "புலங்களும் வரிசைகளும் அணிகளான தொகுதிகள்", En: "groups whose fields and rows are arrays"}, builtin.KindName(list))
		}
	}
	g := group{fields: map[string]string{}, rows: rows.Elems()}
	if g.named = name.Kind() == value.Text; g.named {
		g.name = name.Str()
	}
	elems := fields.Elems()
	if err := take(c.m, len(elems)*2*textBytes); err != nil {
		return err
	}
	for j := range elems {
		s, err := printed(c.m, &elems[j])
		if err != nil {
			return err
		}
		g.names = append(g.names, s)
		mark := g.name + "." + s
		g.fields[mark] = s
		f.longest = max(f.longest, len(mark))
	}
	for j := range g.rows {
		if g.rows[j].Kind() != value.Record {
			return c.bad(i, diag.Text{Ta: "வரிசைகள் பொருள்களான தொகுதிகள்", En: "groups whose rows are records"}, builtin.KindName(&g.rows[j]))
		}
	}
	f.groups = append(f.groups, g)
	return nil
}

// fill fills a template. A lack ends it: half a document is none.
func (f *filling) fill(source string) (text string, bad *lack, err error) {
	if err := f.p.m.Charge(len(source) / 8); err != nil {
		return "", nil, err
	}
	head, rest := f.cut(source)
	if err := f.write(head, nil, nil); err != nil {
		return "", nil, err
	}
	for rest != "" {
		var row string
		row, rest = f.row(rest)
		proper, tail := f.split(row)
		name, loops := loopOf(proper)
		if !loops {
			if err := f.write(row, nil, nil); err != nil {
				return "", nil, err
			}
			continue
		}
		if err := f.write(tail, nil, nil); err != nil {
			return "", nil, err
		}
		var body string
		var closed bool
		body, tail, rest, closed = f.body(rest)
		g := f.group(name)
		switch {
		case g == nil:
			return "", &lack{loop: name, noGroup: true}, nil
		case !closed:
			return "", &lack{loop: name}, nil
		}
		if err := f.repeat(body, g); err != nil {
			return "", nil, err
		}
		if err := f.write(tail, nil, nil); err != nil {
			return "", nil, err
		}
	}
	return f.p.string(), nil, nil
}

// cut returns source up to the first row start, and from there on.
func (f *filling) cut(source string) (before, from string) {
	n := len(source)
	if i := f.nextRow(source, 0); i >= 0 {
		n = i
	}
	return source[:n], source[n:]
}

// row returns the row at the beginning of s with what follows it up to the next
// row, and the rest.
func (f *filling) row(s string) (row, rest string) {
	n := len(s)
	if i := f.nextRow(s, len(f.rowStart)); i >= 0 {
		n = i
	}
	return s[:n], s[n:]
}

// nextRow returns where a row begins in s, from an offset on; -1: nowhere. A
// row start that ends in a letter could be the beginning of a longer name.
func (f *filling) nextRow(s string, from int) int {
	if f.rowStart == "" {
		return -1
	}
	last := f.rowStart[len(f.rowStart)-1] | 0x20
	isName := last >= 'a' && last <= 'z'
	for {
		i := strings.Index(s[from:], f.rowStart)
		if i < 0 {
			return -1
		}
		i += from
		from = i + len(f.rowStart)
		if !isName || from < len(s) && strings.IndexByte(" \t\r\n/>", s[from]) >= 0 {
			return i
		}
	}
}

// split returns the row itself and what follows its end.
func (f *filling) split(row string) (proper, tail string) {
	i := strings.Index(row, f.rowEnd)
	if i < 0 || f.rowEnd == "" {
		return row, ""
	}
	i += len(f.rowEnd)
	return row[:i], row[i:]
}

// body returns the rows of a loop, what follows its last row, and the rest.
func (f *filling) body(s string) (body, tail, rest string, closed bool) {
	for at := 0; at < len(s); {
		row, after := f.row(s[at:])
		proper, tail := f.split(row)
		if endsLoop(proper) {
			return s[:at], tail, after, true
		}
		at += len(row)
	}
	return s, "", "", false
}

// group returns the first group of that name, nil when there is none.
func (f *filling) group(name string) *group {
	for i := range f.groups {
		if f.groups[i].named && f.groups[i].name == name {
			return &f.groups[i]
		}
	}
	return nil
}

// repeat writes the body of a loop once for each record.
func (f *filling) repeat(body string, g *group) error {
	marks := f.marks(body)
	for i := range g.rows {
		for _, name := range g.names {
			if _, err := field(&g.rows[i], name); err != nil {
				return err
			}
		}
		if err := f.p.m.Charge(1 + len(g.names)); err != nil {
			return err
		}
		if err := f.writeMarks(body, marks, g, &g.rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// write appends s with its marks replaced.
func (f *filling) write(s string, g *group, row *value.Value) error {
	return f.writeMarks(s, f.marks(s), g, row)
}

// writeMarks appends s with the marks that have a value replaced: in a loop by
// the fields of the record, else by the values. What is put in is never looked
// at again.
func (f *filling) writeMarks(s string, marks []mark, g *group, row *value.Value) error {
	done := 0
	for _, m := range marks {
		if m.start < done {
			continue
		}
		content, ok := f.values[m.name]
		if row != nil {
			if name, listed := g.fields[m.name]; listed {
				v, err := field(row, name)
				if err != nil {
					return err
				}
				if err := f.p.text(s[done:m.start]); err != nil {
					return err
				}
				text, err := printed(f.p.m, &v)
				if err == nil {
					err = f.p.xml(text)
				}
				if err != nil {
					return err
				}
				done = m.end
				continue
			}
		}
		if !ok {
			continue
		}
		if err := f.p.text(s[done:m.start]); err != nil {
			return err
		}
		if err := f.p.text(content); err != nil {
			return err
		}
		done = m.end
	}
	return f.p.text(s[done:])
}

// A mark is a place {{ name }} of a text.
type mark struct {
	start, end int
	name       string
}

// marks returns every place of s that could be a mark, in order; they may
// overlap, as "{{ a {{ b }}" has two.
func (f *filling) marks(s string) []mark {
	var marks []mark
	closing := finder{text: s, wanted: closeMark}
	end, last := -1, 0 // of what closes the mark, without the blanks before it
	for at := 0; ; at++ {
		i := strings.Index(s[at:], openMark)
		if i < 0 {
			return marks
		}
		at += i
		start := at + len(openMark)
		closes := closing.from(start)
		if closes < 0 {
			return marks
		}
		if closes != end {
			end, last = closes, len(strings.TrimRight(s[:closes], " "))
		}
		name := strings.TrimLeft(s[start:max(start, last)], " ")
		if len(name) <= f.longest {
			marks = append(marks, mark{at, end + len(closeMark), name})
		}
	}
}

// loopOf returns the variable of the loop that a row starts.
func loopOf(row string) (name string, ok bool) {
	in, closing := finder{text: row, wanted: loopIn}, finder{text: row, wanted: closeControl}
	for at := range controls(row) {
		words, found := strings.CutPrefix(row[at:], loopWords)
		if !found {
			continue
		}
		start := len(row) - len(words)
		end, last := in.from(start), closing.from(start)
		if end < 0 || last < 0 {
			return "", false
		}
		if end < last {
			return row[start:end], true
		}
	}
	return "", false
}

// endsLoop reports whether a row ends a loop.
func endsLoop(row string) bool {
	for at := range controls(row) {
		if rest, ok := strings.CutPrefix(row[at:], endOfLoop); ok &&
			strings.HasPrefix(strings.TrimLeft(rest, " "), closeControl) {
			return true
		}
	}
	return false
}

// controls yields where the words of each {% in s begin.
func controls(s string) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for at := 0; ; {
			i := strings.Index(s[at:], openControl)
			if i < 0 {
				return
			}
			at += i + len(openControl)
			if !yield(len(s) - len(strings.TrimLeft(s[at:], " "))) {
				return
			}
		}
	}
}

// A finder looks for the next place of a text from offsets that only grow, at a
// cost of the text once.
type finder struct {
	text, wanted string
	at           int // of the last place found; -1: there is none left
	begun        bool
}

func (f *finder) from(offset int) int {
	if f.begun && (f.at < 0 || f.at >= offset) {
		return f.at
	}
	f.begun = true
	if f.at = strings.Index(f.text[offset:], f.wanted); f.at >= 0 {
		f.at += offset
	}
	return f.at
}
