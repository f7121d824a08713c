package builtin

import "etamil/engine/diag"

// wantWords are the words for what a parameter takes, as the chapters of the
// specification write them.
var wantWords = [...]string{
	Any:       "any",
	AsText:    "text(any)",
	AsNumber:  "number(any)",
	AsPath:    "path",
	Array:     "array",
	Record:    "record",
	Result:    "result",
	Countable: "text, array or record",
}

// String returns the word for w in reference pages and help.
func (w Want) String() string { return wantWords[w] }

var effectWords = [...]diag.Text{
	Pure:     {},
	Clock:    {Ta: "கடிகாரத்தைப் பார்க்கும்", En: "reads the clock"},
	Random:   {Ta: "தற்செயல் எண்களை எடுக்கும்", En: "takes random numbers"},
	Files:    {Ta: "கோப்புகளை அணுகும்", En: "touches files"},
	Env:      {Ta: "சூழலைப் படிக்கும்", En: "reads the environment"},
	Network:  {Ta: "வலையை அணுகும்", En: "uses the network"},
	Process:  {Ta: "செயல்முறைகளை இயக்கும் அல்லது முடிக்கும்", En: "starts or ends a process"},
	Response: {Ta: "கோரிக்கையின் பதிலை அமைக்கும்", En: "sets the answer of the request"},
	Database: {Ta: "தரவுத்தளத்தை அணுகும்", En: "uses a database"},
}

// Text says what a function with that effect does to the world; empty for Pure.
func (e Effect) Text() diag.Text { return effectWords[e] }

// Spellings returns the names that answer, in the order Tamil, romanized,
// English; those that a function does not have are left out.
func (s Spelling) Spellings() []string {
	var all []string
	for _, name := range [...]string{s.Tamil, s.Roman, s.English} {
		if name != "" {
			all = append(all, name)
		}
	}
	return all
}

// Description is what b's row says beside its examples, with what it does to the
// world.
func (b *Builtin) Description() diag.Text {
	doc := b.Doc
	if e := b.Effect.Text(); e.En != "" {
		doc.Ta += " — " + e.Ta
		doc.En += " — " + e.En
	}
	return doc
}
