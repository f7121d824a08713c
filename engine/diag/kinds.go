package diag

import "strings"

// Kinds of values as the sentences name them. The English words carry their
// article, because they stand inside sentences: "is declared a number, but is
// given text here".
var (
	KindNumber  = Text{"எண்", "a number"}
	KindText    = Text{"சொல்", "text"}
	KindBoolean = Text{"ஈர்மம்", "a boolean"}
	KindArray   = Text{"அணி", "an array"}
	KindRecord  = Text{"பொருள்", "a record"}
	KindDate    = Text{"தேதி", "a date"}
	KindResult  = Text{"முடிவு", "a result"}
	KindNil     = Text{"இன்மை", "nil"}
)

// What a parser may have expected, the first argument of Expected and
// ExpectedAtEnd.
var (
	AStatement     = Text{"ஒரு கூற்று", "a statement"}
	AValue         = Text{"ஒரு மதிப்பு", "a value"}
	ANameAfterType = Text{"வகைக்குப் பின் ஒரு பெயர்", "a name after the type"}
	AFunctionName  = Text{"செயலின் பெயர்", "a function name"}
	AParameterName = Text{"அளவுருவின் பெயர்", "a parameter name"}
	ALoopVariable  = Text{"சுற்று மாறியின் பெயர்", "a loop variable"}
	AFieldName     = Text{"புலத்தின் பெயர்", "a field name"}
	ATargetName    = Text{"மதிப்பைப் பெறும் மாறி", "a variable to receive the value"}
	ATableName     = Text{"அட்டவணையின் பெயர்", "a table name"}
	AColumnName    = Text{"பத்தியின் பெயர்", "a column name"}
	ADatabaseKind  = Text{"தரவுத்தள வகை", "a database kind"}
	AnHTTPMethod   = Text{"HTTP முறை", "an HTTP method"}
)

// Notes that point at another place of the program.
var (
	OpenedHere      = Text{"இங்கே திறக்கப்பட்டது", "opened here"}
	DeclaredHere    = Text{"இங்கே அறிவிக்கப்பட்டது", "declared here"}
	LastDefinedHere = Text{"கடைசியாக இங்கே வரையறுக்கப்படுகிறது", "defined last here"}
	OtherNameHere   = Text{"மற்றப் பெயர் இங்கே", "the other name is here"}
	OtherRouteHere  = Text{"மற்றப் பாதை இங்கே", "the other path is here"}
	FirstHere       = Text{"முதலாவது இங்கே", "the first one is here"}
)

// ImportHelp is the help of UnknownFunction and NoSuchFunction for a name that
// a module of the library offers; module is its library path, with nUlakam/ at
// its beginning or without.
func ImportHelp(name, module string) Text {
	name, module = Quote(name), strings.TrimPrefix(module, "nUlakam/")
	return Text{
		Ta: "'" + name + "' nUlakam/" + module + ` தொகுதியில் உள்ளது: இறக்கு "nUlakam/` + module + `";`,
		En: "'" + name + "' is in nUlakam/" + module + "; import it",
	}
}

// DidYouMean is the help for a name that does not exist, when another one is
// near to it; see Nearest.
func DidYouMean(near string) Text {
	near = Quote(near)
	return Text{
		Ta: "'" + near + "' என எழுத நினைத்தீர்களா?",
		En: "did you mean '" + near + "'?",
	}
}
