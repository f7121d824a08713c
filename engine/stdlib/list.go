package stdlib

import (
	"cmp"
	"hash/maphash"
	"slices"

	"etamil/engine/builtin"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// listFunctions are those of nUlakam/aNi.qmz.
var listFunctions = []Function{
	{Builtin: builtin.Builtin{
		ID:   "aNi.has",
		Name: builtin.Spelling{Tamil: "உள்ளதா", Roman: "uLLaqA"},
		Args: anyArgs("பட்டியல்", "list", "மதிப்பு", "value"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "மதிப்பு பட்டியலின் ஓர் உறுப்பா (==); சரத்தில் ஓர் எழுத்தா, பொருளில் ஒரு புலத்தின் பெயரா",
			En: "is the value (==) an element of the array, a letter of the text, a field name of the record",
		},
		Try: []builtin.Example{
			{Expr: `உள்ளதா(["சேலம்", "ஈரோடு"], "ஈரோடு")`, Want: "true"},
			{Expr: `உள்ளதா([1, "2"], 2)`, Want: "false"},
			{Expr: `உள்ளதா({நிறம்: "சிவப்பு"}, "நிறம்")`, Want: "true"},
		},
	}, body: has, joint: hasOrContains, With: documentModule},
	{Builtin: builtin.Builtin{
		ID:   "aNi.indexOf",
		Name: builtin.Spelling{Tamil: "இடம்_காண்", Roman: "itam_kAN"},
		Args: anyArgs("பட்டியல்", "list", "மதிப்பு", "value"),
		Ret:  "number",
		Doc: diag.Text{
			Ta: "மதிப்பு (==) முதலில் உள்ள இடம் (0 முதல்), இல்லையெனில் -1",
			En: "the position of the first element == the value, -1 when there is none",
		},
		Try: []builtin.Example{
			{Expr: `இடம்_காண்([1.0, 2], 1)`, Want: "0"},
			{Expr: `இடம்_காண்("மலர்", "ர்")`, Want: "2"},
			{Expr: `இடம்_காண்([], 1)`, Want: "-1"},
		},
	}, body: indexOf},
	{Builtin: builtin.Builtin{
		ID:   "aNi.reverse",
		Name: builtin.Spelling{Tamil: "தலைகீழ்", Roman: "qalYkIz"},
		Args: anyArgs("பட்டியல்", "list"),
		Ret:  "array",
		Doc: diag.Text{
			Ta: "உறுப்புகள் (சரத்தின் எழுத்துகள்) பின்னிருந்து முன்னாக",
			En: "the elements, or the letters of a text, from the last to the first",
		},
		Try: []builtin.Example{
			{Expr: `தலைகீழ்([5, "ஆறு", [7]])`, Want: "[[7], ஆறு, 5]"},
			{Expr: `தலைகீழ்("மலர்")`, Want: "[ர், ல, ம]"},
		},
	}, body: reverse},
	{Builtin: builtin.Builtin{
		ID:   "aNi.slice",
		Name: builtin.Spelling{Tamil: "வெட்டு", Roman: "vettu"},
		Args: anyArgs("பட்டியல்", "list", "தொடக்கம்", "start", "எண்ணிக்கை", "count"),
		Ret:  "array",
		Doc: diag.Text{
			Ta: "தொடக்கத்திலிருந்து அத்தனை உறுப்புகள், உள்ளவரை",
			En: "that many elements from the start on, as far as there are",
		},
		Try: []builtin.Example{
			{Expr: `வெட்டு([1, 2, 3, 4, 5], 1, 3)`, Want: "[2, 3, 4]"},
			{Expr: `வெட்டு([1, 2, 3], 1, -1)`, Want: "[]"},
			{Expr: `வெட்டு("மலர்", 1, 2)`, Want: "[ல, ர்]"},
		},
	}, body: slice},
	{Builtin: builtin.Builtin{
		ID:   "aNi.pluck",
		Name: builtin.Spelling{Tamil: "புலம்_எடு", Roman: "pulam_etu"},
		Args: anyArgs("நிரைகள்", "rows", "புலம்", "field"),
		Ret:  "array",
		Doc: diag.Text{
			Ta: "ஒவ்வொரு நிரையின் அந்தப் புலம்",
			En: "that field of each row",
		},
		Try: []builtin.Example{
			{Expr: `புலம்_எடு([{தொகை: 500}, {தொகை: 75.50}], "தொகை")`, Want: "[500, 75.5]"},
			{Expr: `புலம்_எடு([["அ", 1], ["ஆ", 2]], 0)`, Want: "[அ, ஆ]"},
		},
	}, body: pluck},
	{Builtin: builtin.Builtin{
		ID:   "aNi.isEmpty",
		Name: builtin.Spelling{Tamil: "காலியா", Roman: "kAliyA"},
		Args: anyArgs("பட்டியல்", "list"),
		Ret:  "boolean",
		Doc: diag.Text{
			Ta: "நீளம் 0-ஆ (அணி, சரம், பொருள்)",
			En: "is the length of the array, text or record 0",
		},
		Try: []builtin.Example{
			{Expr: `காலியா([])`, Want: "true"},
			{Expr: `காலியா([இன்மை])`, Want: "false"},
		},
	}, body: isEmpty},
	{New: true, Builtin: builtin.Builtin{
		ID:   "aNi.sort",
		Name: builtin.Spelling{Tamil: "வரிசைப்படுத்து", Roman: "varicYppatuqqu", English: "_sort"},
		Args: []builtin.Arg{arg("பட்டியல்", "list", builtin.Array)},
		Ret:  "array",
		Doc: diag.Text{
			Ta: "ஏறுவரிசையில்: எண்கள், பின் சொற்கள், பின் பொய், மெய், பின் இன்மை; சமமானவை தம் வரிசையில்",
			En: "in ascending order: numbers, then texts by code points, then false, true, then nil; equal elements keep their order",
		},
		Try: []builtin.Example{
			{Expr: `_sort([3, "b", 1, "a", இன்மை, பொய்])`, Want: "[1, 3, a, b, false, nil]"},
			{Expr: `வரிசைப்படுத்து([3, 1, 2.5, -4, 1.0])`, Want: "[-4, 1, 1, 2.5, 3]"},
		},
	}, body: sort},
	{New: true, Builtin: builtin.Builtin{
		ID:   "aNi.sortBy",
		Name: builtin.Spelling{Tamil: "புலத்தால்_வரிசைப்படுத்து", Roman: "pulaqqAl_varicYppatuqqu", English: "_sortBy"},
		Args: []builtin.Arg{arg("நிரைகள்", "rows", builtin.Array), arg("புலம்", "field", builtin.AsText)},
		Ret:  "array of records",
		Doc: diag.Text{
			Ta: "அந்தப் புலத்தின்படி ஏறுவரிசையில்; புலம் இல்லாதவை கடைசியில்",
			En: "the records in ascending order of that field, those without it last",
		},
		Try: []builtin.Example{
			{Expr: `_sortBy([{k: 2}, {}, {k: 1}], "k")`, Want: "[{k: 1}, {k: 2}, {}]"},
		},
	}, body: sortBy},
	{New: true, Builtin: builtin.Builtin{
		ID:   "aNi.unique",
		Name: builtin.Spelling{Tamil: "தனித்தவை", Roman: "qaZiqqavY", English: "_unique"},
		Args: []builtin.Arg{arg("பட்டியல்", "list", builtin.Array)},
		Ret:  "array",
		Doc: diag.Text{
			Ta: "சமமான (==) உறுப்புகளில் முதலாவது மட்டும், தம் வரிசையில்",
			En: "the first of every group of equal (==) elements, in order",
		},
		Try: []builtin.Example{{Expr: `_unique([1, "1", 1.0, 2])`, Want: "[1, 1, 2]"}},
	}, body: unique},
	{New: true, Builtin: builtin.Builtin{
		ID:   "aNi.concat",
		Name: builtin.Spelling{Tamil: "அணிகள்_சேர்", Roman: "aNikaL_cEr", English: "_concat"},
		Args: []builtin.Arg{arg("முதல்", "first", builtin.Array), arg("மற்றது", "second", builtin.Array)},
		Ret:  "array",
		Doc: diag.Text{
			Ta: "முதல் அணியின் உறுப்புகள், பின் மற்றதன் உறுப்புகள்",
			En: "the elements of the first array, then those of the second",
		},
		Try: []builtin.Example{{Expr: `_concat([1, 2], ["அ", []])`, Want: "[1, 2, அ, []]"}},
	}, body: concat},
	{New: true, Builtin: builtin.Builtin{
		ID:   "aNi.range",
		Name: builtin.Spelling{Tamil: "எண்_தொடர்", Roman: "eN_qotar", English: "_range"},
		Args: []builtin.Arg{arg("தொடக்கம்", "from", builtin.AsNumber), arg("முடிவு", "to", builtin.AsNumber), arg("ஏற்றம்", "step", builtin.AsNumber)},
		Ret:  "array of numbers",
		Doc: diag.Text{
			Ta: "தொடக்கம், தொடக்கம் + ஏற்றம், … முடிவைத் தாண்டாமல்; ஏற்றம் 0 ஆகக் கூடாது",
			En: "from, from + step, … not past to; step must not be 0",
		},
		Try: []builtin.Example{
			{Expr: `_range(5, 1, -2)`, Want: "[5, 3, 1]"},
			{Expr: `_range(0, 1, 0.4)`, Want: "[0, 0.4, 0.8]"},
			{Expr: `_range(1, 0, 1)`, Want: "[]"},
		},
	}, body: numberRange},
	{New: true, Builtin: builtin.Builtin{
		ID:   "aNi.filterBy",
		Name: builtin.Spelling{Tamil: "புலத்தால்_வடிகட்டு", Roman: "pulaqqAl_vatikattu", English: "_filterBy"},
		Args: []builtin.Arg{arg("நிரைகள்", "rows", builtin.Array), arg("புலம்", "field", builtin.AsText), arg("மதிப்பு", "value", builtin.Any)},
		Ret:  "array of records",
		Doc: diag.Text{
			Ta: "அந்தப் புலம் மதிப்புக்குச் சமமான (==) நிரைகள்; புலம் இல்லாதவை விடப்படும்",
			En: "the records whose field == the value; those without it are left out",
		},
		Try: []builtin.Example{{Expr: `_filterBy([{k: 1}, {k: "1"}, {}], "k", 1)`, Want: "[{k: 1}]"}},
	}, body: filterBy},
	{New: true, Builtin: builtin.Builtin{
		ID:   "aNi.groupRows",
		Name: builtin.Spelling{Tamil: "புலத்தால்_குழு", Roman: "pulaqqAl_kuzu", English: "_groupRows"},
		Args: []builtin.Arg{arg("நிரைகள்", "rows", builtin.Array), arg("புலம்", "field", builtin.AsText)},
		Ret:  "record",
		Doc: diag.Text{
			Ta: "புலத்தின் அச்சு வடிவம் → அதனுடைய நிரைகளின் அணி; புலம் இல்லாதவை \"\" என்பதன் கீழ்",
			En: "printed form of the field → array of its records in order; those without it under \"\"",
		},
		Try: []builtin.Example{
			{
				Expr: `_groupRows([{k: 1, v: "a"}, {k: 2, v: "b"}, {k: 1, v: "c"}], "k")`,
				Want: "{1: [{k: 1, v: a}, {k: 1, v: c}], 2: [{k: 2, v: b}]}",
			},
		},
	}, body: groupRows},
}

// has is உள்ளதா, and புலம்_உள்ளதா of poruL.
func has(c call) (value.Value, error) {
	v, wanted := &c.args[0], &c.args[1]
	if v.Kind() == value.Record {
		if wanted.Kind() != value.Text {
			return value.Bool(false), nil
		}
		_, ok := v.Get(wanted.Str())
		return value.Bool(ok), nil
	}
	i, err := c.firstEqual()
	return value.Bool(i >= 0), err
}

// indexOf is இடம்_காண்.
func indexOf(c call) (value.Value, error) {
	if c.args[0].Kind() == value.Record {
		return value.Value{}, c.badKind(0, aSequence)
	}
	i, err := c.firstEqual()
	return value.Int(i), err
}

// firstEqual returns the position of the first element or letter of argument 0
// that == argument 1, -1 when there is none.
func (c call) firstEqual() (int, error) {
	n, err := c.collection(0)
	if err != nil {
		return 0, err
	}
	v, wanted := &c.args[0], &c.args[1]
	work := steps{m: c.m}
	if v.Kind() == value.Array {
		elems := v.Elems()
		for i := range elems {
			if work.spend(1) && work.equal(&elems[i], wanted) {
				return i, work.done()
			}
			if work.err != nil {
				return 0, work.err
			}
		}
		return -1, work.done()
	}
	if wanted.Kind() != value.Text {
		return -1, nil
	}
	s, w := v.Str(), wanted.Str()
	if value.LetterLen(w) != len(w) || w == "" {
		return -1, nil // no letter
	}
	for p := range matches(s, w) {
		i, begins := v.LetterAt(p)
		if begins && v.Letter(i) == w {
			return i, c.m.Charge(p / 8)
		}
	}
	return -1, c.m.Charge(n)
}

// sequence returns what argument 0 holds, the letters of a text or the elements
// of an array. A record is taken only where it has no fields.
func (c call) sequence() ([]value.Value, error) {
	n, err := c.collection(0)
	if err != nil {
		return nil, err
	}
	if c.args[0].Kind() == value.Record && n > 0 {
		return nil, c.badKind(0, aSequence)
	}
	return c.elements(0)
}

// reverse is தலைகீழ்.
func reverse(c call) (value.Value, error) {
	list, err := c.sequence()
	if err != nil {
		return value.Value{}, err
	}
	list, err = c.copyOf(list)
	if err != nil {
		return value.Value{}, err
	}
	slices.Reverse(list)
	return array(list)
}

// copyOf returns a copy of list with room for more elements.
func (c call) copyOf(list []value.Value, more ...value.Value) ([]value.Value, error) {
	n := len(list) + len(more)
	if err := c.m.Charge(n); err != nil {
		return nil, err
	}
	if err := c.m.Grow(n * valueBytes); err != nil {
		return nil, err
	}
	return append(append(make([]value.Value, 0, n), list...), more...), nil
}

// slice is வெட்டு.
func slice(c call) (value.Value, error) {
	from, to, err := c.window()
	if err != nil {
		return value.Value{}, err
	}
	var list []value.Value
	switch v := &c.args[0]; {
	case from == to:
	case v.Kind() == value.Text:
		if err := c.m.Charge(to - from); err != nil {
			return value.Value{}, err
		}
		list, err = letters(c.m, v, from, to)
	default:
		list, err = c.copyOf(v.Elems()[from:to])
	}
	if err != nil {
		return value.Value{}, err
	}
	return array(list)
}

// pluck is புலம்_எடு.
func pluck(c call) (value.Value, error) {
	rows, err := c.elements(0)
	if err != nil {
		return value.Value{}, err
	}
	if err := c.m.Grow(len(rows) * valueBytes); err != nil {
		return value.Value{}, err
	}
	list := make([]value.Value, 0, len(rows))
	for i := range rows {
		row := &rows[i]
		if row.Kind() != value.Text && !row.IsCollection() {
			return value.Value{}, c.bad(0, diag.Text{Ta: "பொருள்கள், அணிகள், சொற்கள் ஆகியவற்றின் அணி", En: "an array of records, arrays or texts"}, builtin.KindName(row))
		}
		x, err := element(c.m, row, &c.args[1])
		if err != nil {
			return value.Value{}, err
		}
		list = append(list, x)
	}
	return array(list)
}

// isEmpty is காலியா, and காலியா_பதிவேடு of poruL.
func isEmpty(c call) (value.Value, error) {
	v := &c.args[0]
	if v.Kind() == value.Text {
		return value.Bool(v.Str() == ""), nil
	}
	n, err := c.collection(0)
	return value.Bool(n == 0), err
}

// sortable is what a sort takes, for the sentence of diag.BadArgument.
var sortable = diag.Text{
	Ta: "எண், சொல், ஈர்மம், இன்மை ஆகியவை மட்டும்",
	En: "nothing but numbers, texts, booleans and nil",
}

// class orders the kinds that can be sorted; false for the others.
func class(v *value.Value) (int, bool) {
	switch v.Kind() {
	case value.Number:
		return 0, true
	case value.Text:
		return 1, true
	case value.Boolean:
		return 2, true
	case value.Nil:
		return 3, true
	}
	return 0, false
}

// sorted returns values in ascending order, keys[i] deciding where values[i]
// stands; equal ones keep their order.
func (c call) sorted(keys, values []value.Value) ([]value.Value, error) {
	type item struct {
		key   value.Value
		class int
		at    int
	}
	if err := take(c.m, 2*len(keys)*valueBytes); err != nil {
		return nil, err
	}
	items := make([]item, len(keys))
	for i := range keys {
		class, ok := class(&keys[i])
		if !ok {
			return nil, c.bad(0, sortable, builtin.KindName(&keys[i]))
		}
		items[i] = item{keys[i], class, i}
	}
	work := steps{m: c.m}
	slices.SortFunc(items, func(a, b item) int {
		if !work.spend(1) {
			return 0
		}
		order := a.class - b.class
		if order == 0 {
			switch a.class {
			case 0:
				order = decimal.Cmp(a.key.Dec(), b.key.Dec())
			case 1:
				s, t := a.key.Str(), b.key.Str()
				work.spend(min(len(s), len(t)) / 64)
				order = cmp.Compare(s, t)
			case 2:
				switch {
				case a.key.IsTrue() && !b.key.IsTrue():
					order = 1
				case !a.key.IsTrue() && b.key.IsTrue():
					order = -1
				}
			}
		}
		if order == 0 {
			order = a.at - b.at
		}
		return order
	})
	list := make([]value.Value, len(items))
	for i := range items {
		list[i] = values[items[i].at]
	}
	return list, work.done()
}

// sort is வரிசைப்படுத்து.
func sort(c call) (value.Value, error) {
	elems := c.args[0].Elems()
	list, err := c.sorted(elems, elems)
	return value.FlatArray(list), err
}

// records returns the elements of argument 0, an array, which must all be
// records.
func (c call) records() ([]value.Value, error) {
	rows := c.args[0].Elems()
	for i := range rows {
		if rows[i].Kind() != value.Record {
			return nil, c.bad(0, recordsOnly, builtin.KindName(&rows[i]))
		}
	}
	return rows, c.m.Charge(len(rows))
}

// sortBy is புலத்தால்_வரிசைப்படுத்து.
func sortBy(c call) (value.Value, error) {
	rows, err := c.records()
	if err != nil {
		return value.Value{}, err
	}
	if err := c.m.Grow(3 * len(rows) * valueBytes); err != nil {
		return value.Value{}, err
	}
	field := c.args[1].Str()
	var keys, with, without []value.Value
	for i := range rows {
		if key, ok := rows[i].Get(field); ok {
			keys = append(keys, key)
			with = append(with, rows[i])
		} else {
			without = append(without, rows[i])
		}
	}
	list, err := c.sorted(keys, with)
	if err != nil {
		return value.Value{}, err
	}
	return array(append(list, without...))
}

// unique is தனித்தவை.
func unique(c call) (value.Value, error) {
	elems := c.args[0].Elems()
	if err := take(c.m, 2*len(elems)*valueBytes); err != nil {
		return value.Value{}, err
	}
	work := steps{m: c.m}
	groups := newGrouping(&work, len(elems))
	for i := range elems {
		groups.add(&elems[i])
		if work.err != nil {
			return value.Value{}, work.err
		}
	}
	if err := work.done(); err != nil {
		return value.Value{}, err
	}
	return array(groups.list)
}

// A grouping parts values into groups of equal (==) ones. Each look-up costs
// the size of its value; the steps are spent as it works, and once they are
// used up what it answers means nothing.
type grouping struct {
	list  []value.Value  // the first value of each group, in order of appearance
	first map[uint64]int // by hash: 1 + the place in list
	next  []int          // of the same hash, by place in list
	work  *steps
	hasher
}

// newGrouping returns a grouping for about n values that spends from work.
func newGrouping(work *steps, n int) *grouping {
	return &grouping{first: make(map[uint64]int, n), work: work, hasher: hasher{seed: maphash.MakeSeed()}}
}

// add returns the number of the group of v, a new one if it equals none before.
func (g *grouping) add(v *value.Value) int {
	sum := g.sum(v)
	if n, ok := g.among(sum, v); ok {
		return n
	}
	g.list = append(g.list, v.Share())
	g.next = append(g.next, g.first[sum])
	g.first[sum] = len(g.list)
	return len(g.list) - 1
}

// find returns the number of the group of v; false when there is none.
func (g *grouping) find(v *value.Value) (int, bool) { return g.among(g.sum(v), v) }

func (g *grouping) among(sum uint64, v *value.Value) (int, bool) {
	if !g.work.spend(1 + g.parts) {
		return 0, false
	}
	for at := g.first[sum]; at != 0; at = g.next[at-1] {
		if g.work.spend(1) && g.work.equal(&g.list[at-1], v) {
			return at - 1, true
		}
	}
	return 0, false
}

// A hasher gives equal values equal hashes.
type hasher struct {
	seed  maphash.Seed
	parts int // how many parts of the last value were looked at
}

// hashedParts is how many parts of a value its hash depends on: a value whose
// parts are shared inside can be exponentially larger than the memory it takes.
const hashedParts = 4096

func (h *hasher) sum(v *value.Value) uint64 {
	h.parts = 0
	var m maphash.Hash
	m.SetSeed(h.seed)
	h.add(&m, v)
	return m.Sum64()
}

func (h *hasher) add(m *maphash.Hash, v *value.Value) {
	if h.parts++; h.parts > hashedParts {
		return
	}
	m.WriteByte(byte(v.Kind()))
	switch v.Kind() {
	case value.Boolean, value.Number, value.Text:
		if v.Kind() == value.Text {
			s := v.Str()
			h.parts += len(s) / 64
			m.WriteString(s)
		} else {
			var buf [40]byte
			m.Write(value.ToNumber(v).Append(buf[:0])) // one form for 1.5 and 1.50
		}
		m.WriteByte(0xFF) // in no text
	case value.Array:
		elems := v.Elems()
		for i := 0; i < len(elems) && h.parts <= hashedParts; i++ {
			h.add(m, &elems[i])
		}
	case value.Record:
		for i := 0; i < v.Len() && h.parts <= hashedParts; i++ {
			name, x := v.FieldAt(i)
			m.WriteString(name)
			m.WriteByte(0xFF)
			h.add(m, &x)
		}
	case value.Success, value.Failure:
		x := v.Inside()
		h.add(m, &x)
	}
}

// concat is அணிகள்_சேர்.
func concat(c call) (value.Value, error) {
	list, err := c.copyOf(c.args[0].Elems(), c.args[1].Elems()...)
	if err != nil {
		return value.Value{}, err
	}
	return array(list)
}

// numberRange is எண்_தொடர்.
func numberRange(c call) (value.Value, error) {
	from, to, step := c.number(0), c.number(1), c.number(2)
	if step.IsZero() {
		return value.Value{}, c.badValue(2, diag.Text{Ta: "0 அல்லாத எண்", En: "a number other than 0"})
	}
	// past is the order of a number beyond to.
	past := step.Sign()
	if decimal.Cmp(from, to) == past {
		return value.FlatArray(nil), nil
	}

	n := rangeCount(from, to, step)
	if err := take(c.m, times(n, valueBytes)); err != nil {
		return value.Value{}, err
	}
	list := make([]value.Value, 0, n)
	for {
		list = append(list, value.Num(from))
		next, ok := decimal.Add(from, step)
		if !ok {
			break // past the largest number, and so past to
		}
		if decimal.Cmp(next, to) == past {
			break
		}
		// Where the sum has no room for the places of step it was rounded.
		if diff, ok := decimal.Sub(next, from); !ok || !decimal.Equal(diff, step) {
			return value.Value{}, diag.Overflow.New()
		}
		from = next
	}
	return value.FlatArray(list), nil
}

// rangeCount returns how many numbers there are from from to to, or a little
// more: known before memory is taken for them.
func rangeCount(from, to, step decimal.Decimal) int {
	distance, ok := decimal.Sub(to, from)
	if ok {
		distance, ok = decimal.FloorQuo(distance, step)
	} else {
		// Too far apart for one number; each by itself may be few steps from 0.
		last, lastOK := decimal.FloorQuo(to, step)
		first, firstOK := decimal.FloorQuo(from, step)
		if lastOK && firstOK {
			distance, ok = decimal.Sub(last, first)
		}
	}
	if !ok {
		return huge
	}
	return min(count(distance), huge-2) + 2
}

// filterBy is புலத்தால்_வடிகட்டு.
func filterBy(c call) (value.Value, error) {
	rows, err := c.records()
	if err != nil {
		return value.Value{}, err
	}
	field := c.args[1].Str()
	work := steps{m: c.m}
	var list []value.Value
	for i := range rows {
		x, ok := rows[i].Get(field)
		if ok && work.equal(&x, &c.args[2]) {
			list = append(list, rows[i])
		}
		if work.err != nil {
			return value.Value{}, work.err
		}
	}
	if err := work.done(); err != nil {
		return value.Value{}, err
	}
	if err := c.m.Grow(len(list) * valueBytes); err != nil {
		return value.Value{}, err
	}
	return array(list)
}

// groupRows is புலத்தால்_குழு.
func groupRows(c call) (value.Value, error) {
	rows, err := c.records()
	if err != nil {
		return value.Value{}, err
	}
	if err := c.m.Grow(2 * len(rows) * valueBytes); err != nil {
		return value.Value{}, err
	}
	field := c.args[1].Str()
	place := map[string]int{}
	var names []string
	var groups [][]value.Value
	for i := range rows {
		name := ""
		if x, ok := rows[i].Get(field); ok {
			if name, err = printed(c.m, &x); err != nil {
				return value.Value{}, err
			}
		}
		at, known := place[name]
		if !known {
			if err := c.m.Grow(2*valueBytes + textBytes + len(name)); err != nil {
				return value.Value{}, err
			}
			at = len(groups)
			place[name] = at
			names = append(names, name)
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], rows[i])
	}
	out := value.NewRecord(len(groups))
	for i := range groups {
		group, err := array(groups[i])
		if err != nil {
			return value.Value{}, err
		}
		if err := deep(out.Set(names[i], group)); err != nil {
			return value.Value{}, err
		}
	}
	return out, nil
}
