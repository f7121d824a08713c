package diag

import (
	"fmt"
	"maps"
	"slices"
)

// defs finds every row of the catalogue by its code.
var defs = map[Code]*Def{}

func define(code Code, severity Severity, ta, en string) *Def {
	if defs[code] != nil {
		panic(fmt.Sprintf("BUG: %v is defined twice", code))
	}
	d := &Def{Code: code, Severity: severity, Ta: ta, En: en}
	defs[code] = d
	return d
}

// Lookup returns the row of the catalogue with that code, or nil.
func Lookup(code Code) *Def { return defs[code] }

// Codes returns all codes of the catalogue in ascending order.
func Codes() []Code { return slices.Sorted(maps.Keys(defs)) }

// General.
var (
	// InternalError occurs when an invariant of the implementation does not hold.
	// {1} is a request id or a short English hint for whoever repairs it.
	InternalError = define(1, Error,
		"உள் பிழை: இது eTamil-இன் தவறு, உங்கள் நிரலின் தவறு அல்ல ({1})",
		"internal error: this is a fault in eTamil, not in your program ({1})")

	// BadCommandLine occurs when a verb or flag is not known.
	//
	// Example:
	//
	//	etamil rnu கணக்கு.qmz
	BadCommandLine = define(2, Error,
		"கட்டளையில் '{1}' புரியவில்லை",
		"'{1}' is not understood on the command line")
)

// Scanning, parsing, loading.
var (
	// UnknownCharacter occurs for a run of characters that begin no token.
	// An invisible one is named as U+….
	//
	// Example:
	//
	//	அச்சு 5 # 2;
	UnknownCharacter = define(1001, Error,
		"'{1}' என்ற குறிக்கு இங்கே பொருள் இல்லை",
		"'{1}' has no meaning here")

	// NotUTF8 occurs when a file holds bytes that are no UTF-8.
	// {1} is the byte offset of the first bad one, from 0.
	NotUTF8 = define(1002, Error,
		"கோப்பு UTF-8 குறியாக்கத்தில் இல்லை ({1}-ஆம் பைட்டு)",
		"the file is not UTF-8 (byte {1})")

	// UnclosedText occurs when the quote that ends a text is missing.
	//
	// Example:
	//
	//	அச்சு "வணக்கம்;
	UnclosedText = define(1003, Error,
		"இங்கே தொடங்கும் மேற்கோள் உரை மூடப்படவில்லை",
		"the text that starts here is never closed")

	// LineFeedAfterBackslash occurs when a line ends after \ inside a text.
	//
	// Example:
	//
	//	அச்சு "ஒன்று\
	//	இரண்டு";
	LineFeedAfterBackslash = define(1004, Error,
		"மேற்கோள் உரையில் '\\' குறிக்குப் பின் வரி முடியக் கூடாது",
		"a line cannot end after '\\' inside a text")

	// NumberTooLarge occurs when a number literal has no room in 96 bits.
	//
	// Example:
	//
	//	அச்சு 79228162514264337593543950336;
	NumberTooLarge = define(1005, Error,
		"{1} மிகப் பெரிய எண்; உச்ச வரம்பு 79228162514264337593543950335",
		"the number {1} is too large; the largest is 79228162514264337593543950335")

	// Expected occurs when another token must come here and no special code fits.
	// {1} is one of the texts in kinds.go, punctuation in quotes, or a keyword as
	// Tamil (roman).
	//
	// Example:
	//
	//	ஒவ்வொரு x அ { }
	Expected = define(1010, Error,
		"{1} எதிர்பார்க்கப்பட்டது; '{2}' கிடைத்தது",
		"expected {1}, found '{2}'")

	// ExpectedAtEnd occurs when the program ends too early.
	//
	// Example:
	//
	//	அச்சு
	ExpectedAtEnd = define(1011, Error,
		"{1} எதிர்பார்க்கப்பட்டது; ஆனால் நிரல் முடிந்துவிட்டது",
		"expected {1}, but the program ended")

	// NoStatement occurs when no statement starts with this token.
	//
	// Example:
	//
	//	) அச்சு 1;
	NoStatement = define(1012, Error,
		"எந்தக் கூற்றும் '{1}' என்று தொடங்குவதில்லை",
		"no statement starts with '{1}'")

	// ValueExpected occurs when an expression must begin here.
	//
	// Example:
	//
	//	x = ;
	ValueExpected = define(1013, Error,
		"இங்கே ஒரு மதிப்பு வேண்டும்; '{1}' கிடைத்தது",
		"a value is needed here, found '{1}'")

	// ReservedWord occurs when a reserved word is used as a name.
	// {2} is the role the name would have had.
	//
	// Example:
	//
	//	அட்டை = 1;
	ReservedWord = define(1014, Error,
		"'{1}' ஒதுக்கப்பட்ட சொல்; அதை {2} பெயராக வைக்க முடியாது",
		"'{1}' is a reserved word and cannot name {2}")

	// TypeWordAsName occurs when a type word is used as a name.
	//
	// Example:
	//
	//	x = எண்;
	TypeWordAsName = define(1015, Error,
		"'{1}' ஒரு வகைச் சொல்; அதைப் பெயராக வைக்க முடியாது",
		"'{1}' is a type word and cannot be a name")

	// ConditionWithoutWord occurs when neither எனில் nor சுற்று follows a condition.
	//
	// Example:
	//
	//	(1 < 2) { அச்சு 1; }
	ConditionWithoutWord = define(1016, Error,
		"நிபந்தனைக்குப் பின் 'எனில்' அல்லது 'சுற்று' வர வேண்டும்; '{1}' கிடைத்தது",
		"after a condition comes எனில் (if) or சுற்று (while), found '{1}'")

	// ElseIf occurs when a condition follows இன்றேல்.
	//
	// Example:
	//
	//	(அ) எனில் { } இன்றேல் (ஆ) எனில் { }
	ElseIf = define(1017, Error,
		"'இன்றேல்' என்பதன் பின் '{' வர வேண்டும்; அடுத்த நிபந்தனையை அதற்குள் எழுதுங்கள்",
		"after இன்றேல் (else) comes '{'; write the next condition inside it")

	// MissingSemicolon occurs when only ; could come here.
	//
	// Example:
	//
	//	அச்சு 1
	//	அச்சு 2;
	MissingSemicolon = define(1018, Error,
		"'{1}' வரும் முன் கூற்றை ';' கொண்டு முடிக்க வேண்டும்",
		"the statement must end with ';' before '{1}'")

	// NeverClosed occurs when a bracket or brace is open at the end; a note
	// points at it.
	//
	// Example:
	//
	//	(1 < 2) எனில் { அச்சு 1;
	NeverClosed = define(1019, Error,
		"'{1}' மூடப்படவில்லை",
		"'{1}' is never closed")

	// DeepAssignment occurs when a target is more than one step away from its
	// variable.
	//
	// Example:
	//
	//	ஆள்.முகவரி.ஊர் = "மதுரை";
	DeepAssignment = define(1020, Error,
		"ஒரு படி மட்டுமே மாற்ற முடியும்: உள்ளதை எடுத்து, மாற்றி, திரும்ப வையுங்கள்",
		"only one step can be assigned; take the inner value out, change it, put it back")

	// ExpressionAlone occurs when an expression stands where a statement must.
	//
	// Example:
	//
	//	1 + 2;
	ExpressionAlone = define(1021, Error,
		"கணித்த மதிப்பு எங்கும் சேரவில்லை; அதை ஒரு மாறியில் வையுங்கள் அல்லது அச்சிடுங்கள்",
		"an expression alone is not a statement; assign it or print it")

	// ImportWithoutPath occurs when something else than a text follows இறக்கு.
	//
	// Example:
	//
	//	இறக்கு பாதை;
	ImportWithoutPath = define(1022, Error,
		"'இறக்கு' என்பதன் பின் மேற்கோளுக்குள் கோப்பின் பாதை வேண்டும்",
		"இறக்கு (import) needs a path in quotes")

	// ModuleNotFound occurs when an imported file is in none of the places
	// searched; a note lists them.
	//
	// Example:
	//
	//	இறக்கு "இல்லாதது.qmz";
	ModuleNotFound = define(1023, Error,
		"'{1}' என்ற தொகுதி கிடைக்கவில்லை",
		"module '{1}' was not found")

	// ModuleUnreadable occurs when an imported file exists and cannot be read.
	// {2} is the reason.
	ModuleUnreadable = define(1024, Error,
		"'{1}' என்ற தொகுதியைப் படிக்க முடியவில்லை: {2}",
		"cannot read module '{1}': {2}")

	// ProgramUnreadable occurs when the file named on the command line cannot be
	// read. {2} is the reason.
	ProgramUnreadable = define(1025, Error,
		"'{1}' என்ற கோப்பைப் படிக்க முடியவில்லை: {2}",
		"cannot read file '{1}': {2}")

	// NestedTooDeep occurs when brackets, blocks and prefix operators lie more than
	// {1} deep in one another.
	NestedTooDeep = define(1026, Error,
		"{1} நிலைகளுக்கு மேல் உள்ளடுக்க முடியாது",
		"nested more than {1} levels deep")

	// FileTooLarge occurs when a source file is above {1} MiB.
	FileTooLarge = define(1027, Error,
		"கோப்பு மிகப் பெரியது; {1} MiB வரை இருக்கலாம்",
		"the file is too large; the limit is {1} MiB")

	// NameTooLong occurs when a name has more than {1} letters.
	NameTooLong = define(1028, Error,
		"பெயர் மிக நீளம்; {1} எழுத்துகள் வரை இருக்கலாம்",
		"the name is too long; the limit is {1} letters")

	// MoreErrors occurs after the last diagnostic shown of a file that has more.
	MoreErrors = define(1029, Error,
		"மேலும் {1} பிழைகள் காட்டப்படவில்லை",
		"{1} more errors are not shown")

	// LoneSemicolon occurs when a ; ends nothing.
	//
	// Example:
	//
	//	அச்சு 1;;
	LoneSemicolon = define(1031, Error,
		"இந்த ';' தேவையில்லை; இங்கே கூற்று எதுவும் இல்லை",
		"this ';' ends no statement")

	// BadDatabaseKind occurs when a database kind is neither name nor keyword.
	//
	// Example:
	//
	//	தளம்_இணை "SQLite", "கடை.db";
	BadDatabaseKind = define(1032, Error,
		"'{1}' ஒரு தரவுத்தள வகை அல்ல",
		"'{1}' is not a kind of database")

	// BadMethod occurs when the method of a route cannot be one.
	//
	// Example:
	//
	//	வழி 5, "/" { }
	BadMethod = define(1033, Error,
		"'{1}' ஒரு HTTP முறை அல்ல",
		"'{1}' is not an HTTP method")

	// RoutePathNoLiteral occurs when the path of a route is no text literal.
	//
	// Example:
	//
	//	வழி பெறு, பாதை { }
	RoutePathNoLiteral = define(1034, Error,
		"வழியின் பாதை மேற்கோளுக்குள் எழுதப்பட வேண்டும்",
		"the path of a route must be written in quotes")

	// TimerNoLiteral occurs when the seconds of a timer are no number literal.
	//
	// Example:
	//
	//	இடைவெளி நேரம் { }
	TimerNoLiteral = define(1035, Error,
		"இடைவெளி விநாடிகள் நேரடி எண்ணாக எழுதப்பட வேண்டும்",
		"the seconds of a timer must be written as a number")

	// TrailingComma occurs when a comma stands before a closing bracket.
	//
	// Example:
	//
	//	அ = [1, 2,];
	TrailingComma = define(1036, Error,
		"'{1}' முன் ',' வரக் கூடாது",
		"there can be no ',' before '{1}'")

	// UnaryPlus occurs when a value begins with +.
	//
	// Example:
	//
	//	அ = +5;
	UnaryPlus = define(1037, Error,
		"எண்ணின் முன் '+' எழுத வேண்டாம்",
		"a value cannot begin with '+'")

	// NotNeedsParentheses occurs when இல்லை is an operand of a tighter operator.
	//
	// Example:
	//
	//	அ = 1 == இல்லை பொய்;
	NotNeedsParentheses = define(1038, Error,
		"'இல்லை' இங்கே அடைப்புக்குள் வர வேண்டும்: (இல்லை …)",
		"put இல்லை (not) in parentheses here: (இல்லை …)")

	// OnlyNamesAreCalled occurs when ( follows what is no name.
	//
	// Example:
	//
	//	அ = க()();
	OnlyNamesAreCalled = define(1039, Error,
		"பெயரால் மட்டுமே ஒரு செயலை அழைக்கலாம்",
		"only a name can be called")

	// EqualsInExpression occurs when = stands inside an expression.
	//
	// Example:
	//
	//	(அ = 1) எனில் { }
	EqualsInExpression = define(1040, Error,
		"ஒப்பிட '==' எழுதுங்கள்; '=' மதிப்பை இடும்",
		"write '==' to compare; '=' assigns")

	// CallWithTail occurs when ? or another tail follows a call statement.
	// {1} is the source of the call.
	//
	// Example:
	//
	//	சேமி(1)?;
	CallWithTail = define(1041, Error,
		"அழைப்பின் மதிப்பை ஒரு மாறியில் வையுங்கள்: x = {1}…;",
		"give the call a variable: x = {1}…;")

	// NumberThenLetters occurs when letters follow a number directly.
	//
	// Example:
	//
	//	அச்சு 5abc;
	NumberThenLetters = define(1042, Error,
		"'{1}' எண்ணின் பகுதி அல்ல; எண்கள் 0–9, ஒரு புள்ளி மட்டும் கொண்டவை",
		"'{1}' is not part of the number; numbers have digits and one point")

	// TimerOutOfRange occurs when the seconds of a timer are below 1 or above {1}.
	//
	// Example:
	//
	//	இடைவெளி 0 { }
	TimerOutOfRange = define(1043, Error,
		"இடைவெளி 1 முதல் {1} விநாடிகளுக்குள் இருக்க வேண்டும்",
		"the interval must be from 1 to {1} seconds")
)

// Checking.
var (
	// TypeMismatch occurs when a typed declaration is given another kind.
	//
	// Example:
	//
	//	எண் அ = "இரண்டு";
	TypeMismatch = define(2003, Error,
		"'{1}' {2} என அறிவிக்கப்பட்டது; இங்கே தரப்படுவது {3}",
		"'{1}' is declared {2}, but is given {3} here")

	// LaterMismatch occurs when a later assignment goes against the declaration of
	// the name; a note points at it.
	//
	// Example:
	//
	//	எண் அ = 1;
	//	அ = "இரண்டு";
	LaterMismatch = define(2004, Error,
		"'{1}' முன்பு {2} என அறிவிக்கப்பட்டது; இங்கே தரப்படுவது {3}",
		"'{1}' was declared {2}, but is given {3} here")

	// NeedsFirstValue occurs when a type without a first value does not accept the
	// number 0 that the name would get.
	//
	// Example:
	//
	//	அணி அ;
	NeedsFirstValue = define(2005, Error,
		"'{1}' {2} என அறிவிக்கப்பட்டது; அதற்குத் தொடக்க மதிப்பு எழுத வேண்டும் (இல்லையேல் 0)",
		"'{1}' is declared {2} and needs a first value (without one it would be 0)")

	// NoSuchFunction occurs for a call of a name that is neither a function of the
	// program nor a builtin.
	//
	// Example:
	//
	//	அச்சு இல்லாத_செயல்(1);
	NoSuchFunction = define(2101, Warning,
		"'{1}' என்ற செயல் எங்கும் இல்லை",
		"there is no function '{1}'")

	// ArgumentCount occurs for a call with another number of arguments than the
	// function or builtin has.
	//
	// Example:
	//
	//	அச்சு நீளம்();
	ArgumentCount = define(2102, Warning,
		"'{1}' {2} அளவுருக்களை எதிர்பார்க்கிறது; {3} தரப்பட்டுள்ளன",
		"'{1}' takes {2} arguments, {3} given")

	// NeverSet occurs when a variable is read that nothing in the program sets.
	//
	// Example:
	//
	//	அச்சு அ;
	NeverSet = define(2103, Warning,
		"'{1}' எங்கும் மதிப்புப் பெறவில்லை",
		"'{1}' is never given a value")

	// AlwaysZero occurs when an operand of arithmetic can only count as 0.
	// {1} is its kind.
	//
	// Example:
	//
	//	அச்சு "abc" + 1;
	AlwaysZero = define(2104, Warning,
		"இங்கே {1} எப்போதும் 0 எனக் கணக்கிடப்படும்",
		"{1} always counts as 0 here")

	// IndexNoNumber occurs when an index is a literal of another kind than number.
	//
	// Example:
	//
	//	அ = [1];
	//	அச்சு அ["x"];
	IndexNoNumber = define(2105, Warning,
		"அணியின் இடம் எண்ணாக இருக்க வேண்டும்; {1} 0 எனக் கொள்ளப்படும்",
		"an index should be a number; {1} counts as 0")

	// RepeatedKey occurs when a key comes twice in a record literal; a note points at
	// the first.
	//
	// Example:
	//
	//	அ = {ஊர்: 1, ஊர்: 2};
	RepeatedKey = define(2106, Warning,
		"புலம் '{1}' மீண்டும் வருகிறது; முதலாவதே நிலைக்கும்",
		"field '{1}' is repeated; the first one counts")

	// RepeatedParameter occurs when a parameter comes twice; a note points at the
	// first.
	//
	// Example:
	//
	//	செயல் க(அ, அ) { }
	RepeatedParameter = define(2107, Warning,
		"அளவுரு '{1}' மீண்டும் வருகிறது",
		"parameter '{1}' is repeated")

	// TypeWordIgnored occurs when a type word stands before what it cannot type.
	//
	// Example:
	//
	//	எண் அச்சு 5;
	TypeWordIgnored = define(2108, Warning,
		"இங்கே '{1}' என்ற வகைச் சொல்லுக்கு விளைவு இல்லை",
		"the type word '{1}' has no effect here")

	// SetsToZero occurs when a name alone, which sets it to 0, had a value before.
	//
	// Example:
	//
	//	அ = 5;
	//	அ;
	SetsToZero = define(2109, Warning,
		"இது '{1}' மதிப்பை 0 ஆக்கிவிடும்",
		"this sets '{1}' to 0")

	// CannotRunHere occurs for a statement that is a run-time error when it is
	// reached.
	//
	// Example:
	//
	//	(மெய்) எனில் { வழி பெறு, "/" { } }
	CannotRunHere = define(2110, Warning,
		"'{1}' இங்கே இயங்காது",
		"'{1}' cannot run here")

	// LooksAlike occurs when two names of a program differ only in how they are
	// composed; a note points at the other.
	LooksAlike = define(2111, Warning,
		"'{1}' மற்றொரு பெயரைப் போலவே தெரிகிறது; ஆனால் வேறு குறிகளால் ஆனது",
		"'{1}' looks like another name but is made of other code points")

	// EscapeKept occurs for an escape that does not exist.
	//
	// Example:
	//
	//	அச்சு "\d";
	EscapeKept = define(2112, Warning,
		"'\\{1}' என்ற விடுபடுகுறி இல்லை; இரு குறிகளும் அப்படியே இருக்கும்",
		"there is no escape '\\{1}'; both characters are kept")

	// InputDropped occurs when உள்ளிடு is given something else than a variable.
	//
	// Example:
	//
	//	உள்ளிடு 0;
	InputDropped = define(2113, Warning,
		"ஒரு வரி படிக்கப்பட்டு விடப்படும்; மாறி எதுவும் நிரம்பாது",
		"a line is read and dropped; no variable is filled")

	// DefinedAgain occurs for a function that a later definition replaces; a note
	// points at the last.
	//
	// Example:
	//
	//	செயல் க() { }
	//	செயல் க() { }
	DefinedAgain = define(2114, Warning,
		"செயல் '{1}' பின்னர் மீண்டும் வரையறுக்கப்படுகிறது; கடைசியே நிலைக்கும்",
		"function '{1}' is defined again later; the last one counts")

	// NeverEqual occurs when == or != compares two kinds that are never equal.
	//
	// Example:
	//
	//	அச்சு 5 == "5";
	NeverEqual = define(2115, Warning,
		"{1}, {2} ஒருபோதும் சமமாகா",
		"{1} and {2} are never equal")

	// ReturnAtTopLevel occurs for திரும்பு outside a function.
	//
	// Example:
	//
	//	திரும்பு 1;
	ReturnAtTopLevel = define(2116, Warning,
		"'திரும்பு' ஒரு செயலுக்குள் மட்டுமே வரலாம்",
		"திரும்பு (return) belongs in a function")

	// Unreachable occurs for what follows திரும்பு in its block.
	//
	// Example:
	//
	//	செயல் க() { திரும்பு 1; அச்சு 2; }
	Unreachable = define(2117, Warning,
		"இதன் பின் உள்ளவை இயங்காது",
		"what follows never runs")

	// HidesBuiltin occurs for a function with the name of a builtin.
	//
	// Example:
	//
	//	செயல் நீளம்(அ) { திரும்பு 0; }
	HidesBuiltin = define(2118, Warning,
		"செயல் '{1}' உள்ளமை செயலை மறைக்கிறது",
		"function '{1}' hides the builtin")

	// UnknownFileMode occurs for a word that is no file mode.
	//
	// Example:
	//
	//	கோப்பு_திற "அ.txt", wirte;
	UnknownFileMode = define(2119, Warning,
		"'{1}' என்ற கோப்பு முறை இல்லை; read, write, append மட்டுமே விளைவு தரும்",
		"there is no file mode '{1}'; only read, write and append mean anything")

	// PercentTwice occurs when a percent literal is given to a parameter of a library
	// function that is out of a hundred already. {1} is the literal, {2} what it
	// becomes, {3} what should be written.
	PercentTwice = define(2120, Warning,
		"இங்கே விகிதம் நூற்றுக்கு எவ்வளவு என்பது; {1} என்பது {2} ஆகிறது, {3} என எழுதுக",
		"a rate here is out of a hundred: {1} is {2}; write {3}")

	// HelperGone occurs for a call of a function that was internal to a library
	// module and is no longer there.
	HelperGone = define(2121, Warning,
		"'{1}' நூலகத்தின் உள் செயல்; அது இப்போது இல்லை",
		"'{1}' was internal to the library and is gone")

	// PathNeverMatches occurs when a path holds ? or #.
	//
	// Example:
	//
	//	வழி பெறு, "/தேடு?q" { }
	PathNeverMatches = define(2122, Warning,
		"வழியின் பாதையில் '{1}' வந்தால் அது ஒருபோதும் பொருந்தாது",
		"a path with '{1}' never matches a request")

	// BadPathParameter occurs for a path parameter without a name or with the name of
	// another.
	//
	// Example:
	//
	//	வழி பெறு, "/:id/:id" { }
	BadPathParameter = define(2123, Warning,
		"பாதை அளவுரு '{1}' வெற்றுப் பெயர் கொண்டது அல்லது மீண்டும் வருகிறது",
		"the path parameter '{1}' has no name or is repeated")

	// SameShape occurs for a route that a later one of the same method and shape
	// replaces; a note points at it.
	//
	// Example:
	//
	//	வழி பெறு, "/:a" { }
	//	வழி பெறு, "/:b" { }
	SameShape = define(2124, Warning,
		"இந்தப் பாதை '{1}' என்பதுடன் ஒரே வடிவம்; பின்னதே நிலைக்கும்",
		"this path has the same shape as '{1}'; the later one counts")

	// FractionCut occurs when the seconds of a timer are not whole.
	//
	// Example:
	//
	//	இடைவெளி 1.5 { }
	FractionCut = define(2125, Warning,
		"இடைவெளி {1} விநாடிகளாக வெட்டப்படும்",
		"the interval is cut to {1} seconds")
)

// Compiling.
var (
	// ProgramTooLarge occurs when a program has more than 1 000 000 instructions.
	ProgramTooLarge = define(3001, Error,
		"நிரல் மிகப் பெரியது",
		"the program is too large")
)

// Running.
var (
	// DivisionByZero occurs when a divisor counts as 0.
	//
	// Example:
	//
	//	அச்சு 1 / 0;
	DivisionByZero = define(4001, Error,
		"பூஜ்ஜியத்தால் வகுக்க முடியாது",
		"division by zero")

	// Overflow occurs when the result of arithmetic has no room in 96 bits.
	//
	// Example:
	//
	//	அச்சு 79228162514264337593543950335 * 2;
	Overflow = define(4002, Error,
		"விடை எண்களின் உச்ச வரம்பைத் தாண்டுகிறது",
		"the result is too large for a number")

	// NoValue occurs when a variable is read that was not set.
	//
	// Example:
	//
	//	அச்சு அ;
	NoValue = define(4003, Error,
		"'{1}' என்ற மாறிக்கு இன்னும் மதிப்பு இல்லை",
		"'{1}' has no value yet")

	// UnknownFunction occurs when a call names neither function nor builtin.
	//
	// Example:
	//
	//	அச்சு இல்லாத_செயல்(1);
	UnknownFunction = define(4004, Error,
		"'{1}' என்ற செயல் இல்லை",
		"there is no function '{1}'")

	// WrongArgumentCount occurs when a call has another number of arguments than its
	// function has parameters.
	//
	// Example:
	//
	//	அச்சு நீளம்();
	WrongArgumentCount = define(4005, Error,
		"'{1}' {2} அளவுருக்களை எதிர்பார்க்கிறது; {3} தரப்பட்டன",
		"'{1}' takes {2} arguments, {3} given")

	// TooManyCalls occurs when more than {1} calls are active.
	//
	// Example:
	//
	//	செயல் க() { திரும்பு க(); }
	//	க();
	TooManyCalls = define(4006, Error,
		"செயல் அழைப்புகள் {1} நிலைகளைத் தாண்டின; முடிவில்லாத் தன்னழைப்பா?",
		"more than {1} calls inside one another; endless recursion?")

	// ReturnOutside occurs when திரும்பு is reached at top level.
	//
	// Example:
	//
	//	திரும்பு 1;
	ReturnOutside = define(4007, Error,
		"'திரும்பு' ஒரு செயலுக்குள் மட்டுமே வரலாம்",
		"திரும்பு (return) outside a function")

	// UnhandledFailure occurs when ? meets a failure at top level. {1} is its
	// contents.
	//
	// Example:
	//
	//	அ = தவறு("காலி")?;
	UnhandledFailure = define(4008, Error,
		"கையாளப்படாத தவறு: {1}",
		"failure not handled: {1}")

	// NotAResult occurs when ? meets what is no result.
	//
	// Example:
	//
	//	அ = 5?;
	NotAResult = define(4009, Error,
		"'?' ஒரு முடிவின் பின் வர வேண்டும்; இங்கே {1}",
		"'?' needs a result, this is {1}")

	// IndexOutOfRange occurs when there is no element at an index.
	//
	// Example:
	//
	//	அச்சு [1, 2][2];
	IndexOutOfRange = define(4010, Error,
		"இடம் {1} இல்லை; நீளம் {2}, இடங்கள் 0 முதல் எண்ணப்படும்",
		"there is no place {1}; the length is {2}, places count from 0")

	// IndexNotWhole occurs when an index has a fraction.
	//
	// Example:
	//
	//	அச்சு [1, 2][0.5];
	IndexNotWhole = define(4011, Error,
		"இடம் முழு எண்ணாக இருக்க வேண்டும்; {1} கிடைத்தது",
		"an index must be a whole number, got {1}")

	// NoElements occurs when a kind without elements is indexed.
	//
	// Example:
	//
	//	அச்சு 5[0];
	NoElements = define(4012, Error,
		"{1} மீது […] பயன்படுத்த முடியாது",
		"[…] cannot be used on {1}")

	// NoField occurs when a record lacks a field.
	//
	// Example:
	//
	//	அச்சு {ஊர்: 1}.பெயர்;
	NoField = define(4013, Error,
		"புலம் '{1}' இந்தப் பொருளில் இல்லை",
		"this record has no field '{1}'")

	// FieldOfNonRecord occurs when a field is read from what is no record.
	//
	// Example:
	//
	//	அச்சு [1].ஊர்;
	FieldOfNonRecord = define(4014, Error,
		"'.{1}' பொருளுக்கு மட்டுமே; இங்கே {2}",
		"'.{1}' needs a record, this is {2}")

	// CannotWalk occurs when ஒவ்வொரு is given a kind that it cannot walk.
	//
	// Example:
	//
	//	ஒவ்வொரு அ இல் 5 { }
	CannotWalk = define(4015, Error,
		"{1} மீது 'ஒவ்வொரு' சுற்ற முடியாது",
		"ஒவ்வொரு (for each) cannot walk {1}")

	// CannotSetElement occurs when an element of a kind without elements is
	// assigned.
	//
	// Example:
	//
	//	அ = 5;
	//	அ[0] = 1;
	CannotSetElement = define(4016, Error,
		"'{1}' என்பது {2}; அதன் உறுப்பை மாற்ற முடியாது",
		"'{1}' is {2}; its elements cannot be changed")

	// CannotSetField occurs when a field of what is no record is assigned.
	//
	// Example:
	//
	//	அ = 5;
	//	அ.ஊர் = 1;
	CannotSetField = define(4017, Error,
		"'{1}' என்பது {2}; அதற்குப் புலம் இட முடியாது",
		"'{1}' is {2}; it cannot have fields")

	// ValueOfFailure occurs when மதிப்பு is given a failure.
	//
	// Example:
	//
	//	அச்சு மதிப்பு(தவறு("காலி"));
	ValueOfFailure = define(4018, Error,
		"தவறான முடிவிலிருந்து மதிப்பு எடுக்க முடியாது: {1}",
		"no value in a failed result: {1}")

	// ErrorOfSuccess occurs when தவறு_மதிப்பு is given a success.
	//
	// Example:
	//
	//	அச்சு தவறு_மதிப்பு(சரி(1));
	ErrorOfSuccess = define(4019, Error,
		"வெற்றியான முடிவில் தவறு இல்லை: {1}",
		"no error in a successful result: {1}")

	// ResultNeeded occurs when a builtin that needs a result is given something else.
	//
	// Example:
	//
	//	அச்சு மதிப்பு(5);
	ResultNeeded = define(4020, Error,
		"'{1}' ஒரு முடிவை எதிர்பார்க்கிறது; இங்கே {2}",
		"'{1}' needs a result, got {2}")

	// BadArgument occurs when a builtin or statement cannot use an argument.
	// {2} is what it needs, {3} what it was given.
	//
	// Example:
	//
	//	அச்சு நீளம்(5);
	BadArgument = define(4021, Error,
		"'{1}': {2} தேவை; {3} கிடைத்தது",
		"'{1}' needs {2}, got {3}")

	// StatementNotRun occurs when a statement without a meaning is reached.
	//
	// Example:
	//
	//	வழங்கி_நிறுத்து;
	StatementNotRun = define(4022, Error,
		"'{1}' என்ற கூற்று இயக்கப்படுவதில்லை",
		"the statement '{1}' cannot be run")

	// ImportInBlock occurs when an import inside a block or function is reached.
	//
	// Example:
	//
	//	(மெய்) எனில் { இறக்கு "அ.qmz"; }
	ImportInBlock = define(4023, Error,
		"'இறக்கு' கோப்பின் மேல் மட்டத்தில் மட்டுமே வரலாம்",
		"இறக்கு (import) belongs at the top level of a file")

	// ExitInRequest occurs when வெளியேறு ends a request with another number than 0.
	ExitInRequest = define(4024, Error,
		"வழங்கியில் 'வெளியேறு' கோரிக்கையை மட்டும் முடிக்கும்",
		"in a server வெளியேறு (exit) ends the request only")

	// NotServing occurs when a route or timer is reached without a server, or in a
	// block.
	//
	// Example:
	//
	//	வழி பெறு, "/" { }
	NotServing = define(4025, Error,
		"'{1}' வழங்கியில் மட்டுமே இயங்கும்: etamil serve",
		"'{1}' works in a server only: etamil serve")

	// NotADate occurs when a builtin that needs a date cannot read one.
	//
	// Example:
	//
	//	அச்சு நாள்_கூட்டு("2024-13-01", 1);
	NotADate = define(4026, Error,
		"'{1}' ஒரு தேதி அல்ல; YYYY-MM-DD வேண்டும்",
		"'{1}' is not a date; use YYYY-MM-DD")

	// NotAByte occurs when an element of a list of bytes is none.
	//
	// Example:
	//
	//	அச்சு பைட்டுச்_சரம்([300]);
	NotAByte = define(4027, Error,
		"{1}-ஆம் இடத்தில் உள்ள '{2}' ஒரு பைட்டு அல்ல; 0 முதல் 255 வரை முழு எண் வேண்டும்",
		"'{2}' at {1} is not a byte; use a whole number from 0 to 255")

	// StepBudget occurs when a run took more than {1} steps.
	StepBudget = define(4030, Error,
		"நிரல் {1} படிகளைத் தாண்டியது; முடிவில்லாச் சுற்றா?",
		"the program took more than {1} steps; an endless loop?")

	// TimeBudget occurs when a run did not end within {1}.
	TimeBudget = define(4031, Error,
		"நிரல் {1} நேரத்திற்குள் முடியவில்லை",
		"the program did not finish within {1}")

	// MemoryBudget occurs when a run holds more than {1} of memory.
	MemoryBudget = define(4032, Error,
		"நிரல் {1} நினைவகத்தைத் தாண்டியது",
		"the program used more than {1} of memory")

	// OutputBudget occurs when a run wrote more than {1}.
	OutputBudget = define(4033, Error,
		"நிரலின் வெளியீடு {1} அளவைத் தாண்டியது",
		"the program wrote more than {1}")

	// TooDeep occurs when a value lies more than {1} levels deep in itself.
	TooDeep = define(4034, Error,
		"மதிப்பு {1} நிலைகளுக்கு மேல் உள்ளடங்கியுள்ளது",
		"the value is nested more than {1} levels deep")

	// RowBudget occurs when a query gave more than {1} rows.
	RowBudget = define(4035, Error,
		"வினவல் {1} நிரைகளைத் தாண்டியது",
		"the query gave more than {1} rows")

	// Cancelled occurs when the one who asked has gone away.
	Cancelled = define(4036, Error,
		"கோரியவர் விலகிவிட்டதால் நிரல் நிறுத்தப்பட்டது",
		"stopped because the client went away")

	// BadStatus occurs when the status of an answer is outside 200–599.
	//
	// Example:
	//
	//	பதில் 700, "";
	BadStatus = define(4037, Error,
		"பதிலின் நிலை {1} 200 முதல் 599 வரையில் இல்லை",
		"the status {1} of an answer is not between 200 and 599")
)

// Files, input, databases, permissions.
var (
	// FileRead occurs when a file cannot be read. {2} is the reason.
	//
	// Example:
	//
	//	கோப்பு_படி "இல்லை.txt", அ;
	FileRead = define(5001, Error,
		"'{1}' என்ற கோப்பைப் படிக்க முடியவில்லை: {2}",
		"cannot read '{1}': {2}")

	// FileWrite occurs when a file cannot be written. {2} is the reason.
	FileWrite = define(5002, Error,
		"'{1}' என்ற கோப்பில் எழுத முடியவில்லை: {2}",
		"cannot write '{1}': {2}")

	// NoInput occurs where there is no standard input at all.
	NoInput = define(5003, Error,
		"இங்கே உள்ளீடு கிடைக்காது",
		"there is no input here")

	// InputNotUTF8 occurs when a line of input holds bytes that are no UTF-8.
	InputNotUTF8 = define(5004, Error,
		"உள்ளீடு UTF-8 குறியாக்கத்தில் இல்லை",
		"the input is not UTF-8")

	// NoDatabase occurs when a statement needs a database and none is connected.
	//
	// Example:
	//
	//	தளம்_செய் "DELETE FROM x", [];
	NoDatabase = define(5005, Error,
		"தரவுத்தளம் எதுவும் இணைக்கப்படவில்லை; முதலில் தளம்_இணை",
		"no database is connected; use தளம்_இணை first")

	// SeveralDatabases occurs when it is not clear which database is meant.
	SeveralDatabases = define(5006, Error,
		"பல தரவுத்தளங்கள் இணைந்துள்ளன; ஒன்றைத் தவிர மற்றவற்றைத் தளம்_பிரி மூலம் விடுங்கள்",
		"several databases are connected; disconnect all but one")

	// AlreadyConnected occurs when a kind of database is connected to another one.
	AlreadyConnected = define(5007, Error,
		"'{1}' ஏற்கெனவே வேறொரு தளத்துடன் இணைந்துள்ளது; முதலில் தளம்_பிரி",
		"'{1}' is connected to another database; use தளம்_பிரி first")

	// UnknownDatabase occurs for a kind of database that does not exist.
	//
	// Example:
	//
	//	தளம்_இணை Oracle, "x";
	UnknownDatabase = define(5008, Error,
		"'{1}' என்ற தரவுத்தள வகை இல்லை",
		"there is no kind of database '{1}'")

	// NoDriver occurs for a kind of database that this build cannot talk to.
	NoDriver = define(5009, Error,
		"'{1}' தரவுத்தளத்திற்கான இயக்கி இங்கே இல்லை",
		"there is no driver for '{1}' here")

	// DatabaseRefused occurs when the database answers with an error. {1} is its
	// text.
	DatabaseRefused = define(5010, Error,
		"தரவுத்தளம் மறுத்தது: {1}",
		"the database reported: {1}")

	// ParametersNoArray occurs when the parameters of a query are no array.
	ParametersNoArray = define(5011, Error,
		"வினவலின் அளவுருக்கள் ஓர் அணியாக இருக்க வேண்டும்; {1} கிடைத்தது",
		"the parameters of a query must be an array, got {1}")

	// NotConnected occurs for தளம்_பிரி of what is not connected.
	//
	// Example:
	//
	//	தளம்_பிரி _postgres;
	NotConnected = define(5012, Error,
		"'{1}' இணைக்கப்படவில்லை",
		"'{1}' is not connected")

	// NotPermitted occurs when the configuration does not give the program a
	// capability.
	NotPermitted = define(5013, Error,
		"'{1}' இங்கே அனுமதிக்கப்படவில்லை",
		"'{1}' is not permitted here")

	// NoFreeConnection occurs when no connection of a pool became free in time.
	// {1} is the database, masked; {2} how long the run waited.
	NoFreeConnection = define(5040, Error,
		"'{1}' தளத்திற்கு {2} நேரத்திற்குள் இணைப்பு கிடைக்கவில்லை; எல்லா இணைப்புகளும் பயன்பாட்டில் உள்ளன",
		"no connection to '{1}' became free within {2}; all are in use")

	// ConnectFailed occurs when a database cannot be reached or does not let us
	// in. {1} is the database, masked; {2} the reason.
	//
	// Example:
	//
	//	தளம்_இணை சீகுலைட், "இல்லாத_அடைவு/அ.db";
	ConnectFailed = define(5041, Error,
		"'{1}' தளத்துடன் இணைக்க முடியவில்லை: {2}",
		"cannot connect to '{1}': {2}")

	// BadConnectionText occurs for a connection text that has no meaning. {1} is
	// the reason, which holds of the text at most the name of a key.
	//
	// Example:
	//
	//	தளம்_இணை சீகுலைட், "";
	BadConnectionText = define(5042, Error,
		"இணைப்பு உரை புரியவில்லை: {1}",
		"the connection text is not understood: {1}")

	// OtherKindOfSource occurs when a data source is of another kind than the
	// statement that names it.
	OtherKindOfSource = define(5043, Error,
		"தரவு மூலம் '{1}' {2} வகையைச் சேர்ந்தது; {3} அல்ல",
		"data source '{1}' is {2}, not {3}")

	// NoSuchSource occurs for a name that is no configured data source.
	//
	// Example:
	//
	//	தளம்_இணை போச்குரசீகுல், "கிடங்கு";
	NoSuchSource = define(5044, Error,
		"'{1}' என்ற தரவு மூலம் அமைக்கப்படவில்லை",
		"there is no data source '{1}'")

	// BadParameter occurs when a value cannot be given as the type that the
	// statement needs. {1} counts from 1, {2} is the kind of the value.
	BadParameter = define(5045, Error,
		"{1}-ஆம் அளவுருவை ({2}) {3} வகைக்குத் தர முடியாது",
		"parameter {1} ({2}) cannot be given as {3}")

	// ParameterCount occurs when a statement is given too few or too many
	// parameters.
	//
	// Example:
	//
	//	தளம்_இணை சீகுலைட், ":memory:";
	//	தளம்_வினா "SELECT ?", [], நிரைகள்;
	ParameterCount = define(5046, Error,
		"வினவலுக்கு {1} அளவுருக்கள் தேவை; {2} தரப்பட்டன",
		"the statement needs {1} parameters, {2} given")

	// UnreadColumn occurs when the values of a column depend on the settings of
	// the server. {3} is what to ask for instead.
	UnreadColumn = define(5047, Error,
		"பத்தி '{1}' {2} வகை; அதை '{3}' என வினவலில் மாற்றிக் கேளுங்கள்",
		"column '{1}' is {2}; ask for it as '{3}' in the query")

	// ExecuteGivesRows occurs when தளம்_செய் runs a query that answers rows.
	//
	// Example:
	//
	//	தளம்_இணை சீகுலைட், ":memory:";
	//	தளம்_செய் "SELECT 1", [];
	ExecuteGivesRows = define(5048, Error,
		"'தளம்_செய்' நிரைகளைத் தராது; 'தளம்_வினா' எழுதுங்கள்",
		"தளம்_செய் (execute) gives no rows; use தளம்_வினா (query)")

	// ConnectionLost occurs when the connection breaks after a statement was
	// sent, which may have taken effect.
	ConnectionLost = define(5049, Error,
		"'{1}' தளத்துடனான இணைப்பு அறுந்தது",
		"the connection to '{1}' was lost")

	// StatementTimeout occurs when one statement takes longer than the setting
	// statement_timeout.
	StatementTimeout = define(5050, Error,
		"கூற்று {1} நேரத்திற்குள் முடியவில்லை; நிறுத்தப்பட்டது",
		"the statement did not finish within {1} and was cancelled")

	// DatabaseLocked occurs when another process keeps an SQLite file locked.
	DatabaseLocked = define(5051, Error,
		"தளம் {1} நேரமாகப் பூட்டப்பட்டுள்ளது",
		"the database was locked for {1}")

	// TransactionLeftOpen occurs in the log when a run ended without COMMIT or ROLLBACK.
	TransactionLeftOpen = define(5052, Warning,
		"முடிக்கப்படாத பரிவர்த்தனை திரும்பப் பெறப்பட்டது",
		"an unfinished transaction was rolled back")

	// TextAfterStatement occurs in the log when SQLite was given more than one statement.
	TextAfterStatement = define(5053, Warning,
		"முதல் கூற்றுக்குப் பின் உள்ளவை இயங்கவில்லை",
		"what follows the first statement was not run")

	// RedisRefused occurs for a command of Redis whose answers are no replies, and
	// for a field of a MongoDB command that would begin a session. {2} is the
	// reason.
	RedisRefused = define(5054, Error,
		"'{1}' கட்டளையை இங்கே பயன்படுத்த முடியாது: {2}",
		"the command '{1}' cannot be used here: {2}")

	// StoreNotConnected occurs for a command to Redis or MongoDB before it is
	// connected. {2} is the function to use first.
	StoreNotConnected = define(5055, Error,
		"{1} இணைக்கப்படவில்லை; முதலில் {2}",
		"{1} is not connected; use {2} first")

	// RecordNeeded occurs for a document that is no record.
	RecordNeeded = define(5056, Error,
		"ஒரு பொருள் தேவை; {1} கிடைத்தது",
		"a record is needed, got {1}")

	// TransactionEnded occurs for every statement after the database rolled the
	// program's transaction back by itself, up to the program's ROLLBACK.
	TransactionEnded = define(5057, Error,
		"தளம் பரிவர்த்தனையைத் தானே திரும்பப் பெற்றது; ROLLBACK எழுதி மீண்டும் தொடங்குங்கள்",
		"the database rolled the transaction back; write ROLLBACK and begin again")

	// SlowStatement occurs in the log when a statement of a database took long. {1} is
	// how long.
	SlowStatement = define(5058, Warning,
		"தரவுத்தளக் கூற்று {1} எடுத்தது",
		"a statement of a database took {1}")
)

// Configuration.
var (
	// ProbeWithoutRoute occurs when the setting probe_path, {1}, reaches no route
	// that answers GET.
	ProbeWithoutRoute = define(6001, Error,
		"probe_path '{1}': GET-க்கு இப்படி ஒரு வழி நிரலில் இல்லை",
		"probe_path '{1}': the program has no such route for GET")

	// ProbeFailed occurs when a program answers its probe_path, {1}, with a status
	// of 500 or above, {2}.
	ProbeFailed = define(6002, Error,
		"probe_path {1} தந்த பதில் {2}",
		"probe_path {1} answered {2}")
)
