package token

// A Kind says what a token is. The zero Kind is the end of the input.
type Kind uint8

// Kinds of tokens. Keywords that no grammar rule mentions have kinds without
// a constant; see [Keywords].
const (
	EOF     Kind = iota
	Name         // an identifier that is no keyword
	Number       // 12.50
	Percent      // 18%
	Text         // "…"

	punctuationStart
	Greater      // >
	Less         // <
	Equal        // ==
	NotEqual     // !=
	GreaterEqual // >=
	LessEqual    // <=
	Assign       // =
	Plus         // +
	Minus        // -
	Star         // *
	Slash        // /
	Ampersand    // &
	Question     // ?
	LeftBracket  // [
	RightBracket // ]
	Dot          // .
	Colon        // :
	LeftParen    // (
	RightParen   // )
	LeftBrace    // {
	RightBrace   // }
	Comma        // ,
	Semicolon    // ;

	keywordStart

	// Statements that run
	Print        // அச்சு
	Input        // உள்ளிடு
	Function     // செயல்
	Return       // திரும்பு
	ForEach      // ஒவ்வொரு
	Import       // இறக்கு
	FileOpen     // கோப்பு_திற
	FileClose    // கோப்பு_மூடு
	FileRead     // கோப்பு_படி
	FileWrite    // கோப்பு_எழுது
	CSVRead      // தரவுரை_படி
	CSVWrite     // தரவுரை_எழுது
	DBConnect    // தளம்_இணை
	DBDisconnect // தளம்_பிரி
	DBQuery      // தளம்_வினா
	DBExecute    // தளம்_செய்
	Route        // வழி
	Schedule     // இடைவெளி
	Respond      // பதில்

	// Statements that parse and cannot run
	DBInsert    // தளம்_செருக
	DBUpdate    // தளம்_புதுப்பி
	DBDelete    // தளம்_நீக்கு
	CreateTable // அட்டை_ஆக்கு
	Select      // தேர்வெடு
	RespondJSON // ஜேசான்_உரை
	StartServer // வழங்கி_தொடங்கு
	StopServer  // வழங்கி_நிறுத்து

	// Words inside a statement
	If    // எனில்
	Else  // இன்றேல்
	Loop  // சுற்று
	In    // இல்
	From  // இதனில்
	Where // விதி

	// Operators
	And // மற்றும்
	Or  // அல்லது
	Not // இல்லை

	// Literals
	True  // மெய்
	False // பொய்
	Null  // இன்மை

	// Type words
	TypeNumber   // எண்
	TypeFraction // பின்னம்
	TypeString   // சொல்
	TypeBoolean  // ஈர்ம
	TypeText     // உரை
	TypeArray    // அணி
	TypeData     // தரவு
	TypeRecord   // பொருள்
	TypeDate     // தேதி

	// HTTP methods, after Route only
	MethodGet     // பெறு
	MethodPost    // பதி
	MethodPut     // இடு
	MethodDelete  // அழி
	MethodPatch   // ஒட்டு
	MethodOptions // தெரிவு
	MethodHead    // தலை

	// Kinds of database, after DBConnect and DBDisconnect only
	KindSQL        // கவி_மொழி
	KindNoSQL      // தேடு_மொழி
	KindSQLite     // சீகுலைட்
	KindMySQL      // மைசீகுல்
	KindPostgreSQL // போச்குரசீகுல்
	KindMongoDB    // மாங்கோடிபி
	KindRedis      // ரெடிஸ்
	KindJSON       // ஜேசான்

	// Reserved words that name a builtin where a call stands
	Encrypt       // மறை
	Decrypt       // வெளிப்படு
	EncryptionKey // மறை_விசை
)

// A Token is one token of a file: its kind and where it stands.
type Token struct {
	Kind Kind
	// Start and End are byte offsets in the file, End exclusive. The token at
	// the end of the input is empty and stands there.
	Start, End int32
}

var spelled = [...]string{
	EOF: "", Name: "name", Number: "number", Percent: "percent", Text: "text",
	Greater: ">", Less: "<", Equal: "==", NotEqual: "!=", GreaterEqual: ">=", LessEqual: "<=",
	Assign: "=", Plus: "+", Minus: "-", Star: "*", Slash: "/", Ampersand: "&", Question: "?",
	LeftBracket: "[", RightBracket: "]", Dot: ".", Colon: ":", LeftParen: "(", RightParen: ")",
	LeftBrace: "{", RightBrace: "}", Comma: ",", Semicolon: ";",
}

// String returns the punctuation, the Tamil spelling of the keyword, or the
// name of the class ("name", "number", "percent", "text"; "" for EOF).
func (k Kind) String() string {
	if w := k.Keyword(); w != nil {
		return w.Tamil
	}
	if int(k) < len(spelled) {
		return spelled[k]
	}
	return ""
}

// IsPunctuation reports whether k is an operator or a mark.
func (k Kind) IsPunctuation() bool { return k > punctuationStart && k < keywordStart }

// Keyword returns the row of the keyword table of k, nil if k is no keyword.
// Nobody writes to it.
func (k Kind) Keyword() *Keyword {
	if k <= keywordStart || int(k) >= len(keywords) {
		return nil
	}
	return &keywords[k]
}

// Role returns the grammar role of the keyword k, RoleNone for other tokens.
func (k Kind) Role() Role {
	if w := k.Keyword(); w != nil {
		return w.Role
	}
	return RoleNone
}

// IsName reports whether a token of kind k may stand where a name is wanted:
// an identifier, or one of the keywords that are usable as names.
func (k Kind) IsName() bool { return k == Name || k.Role() == RoleName }
