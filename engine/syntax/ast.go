package syntax

import (
	"etamil/engine/decimal"
	"etamil/engine/token"
)

// A Node is a part of the tree with a place in its file. Trees are not
// changed after they are made and may be read by many goroutines.
//
// The tree is deep only as far as parentheses, brackets, blocks and prefix
// operators are nested in the source (at most maxNesting levels): a chain of
// operators, however long, is one node with a slice. So a walker may recurse.
type Node interface {
	// Span covers the node from its first to its last token. Parentheses
	// around an expression belong to no node.
	Span() token.Span
}

// A Stmt is a statement: *Declare, *Assign, *SetIndex, *SetField, *CallStmt,
// *Function, *Return, *Import, *If, *While, *ForEach, *Print, *Input,
// *FileOpen, *FileClose, *FileRead, *FileWrite, *CSVRead, *CSVWrite,
// *Connect, *Disconnect, *Query, *Execute, *Route, *Timer, *Respond, *Unrun.
type Stmt interface {
	Node
	// Word is the place of the word that names the statement, where run-time
	// errors of the statement point: its first word (a type word before it not
	// counted), for *If and *While எனில் or சுற்று.
	Word() token.Span
	place() *StmtPlace
}

// An Expr is an expression: *Number, *Text, *Bool, *Nil, *Variable, *Call,
// *Array, *Record, *Chain, *Logic, *Not, *Neg, *Postfix.
type Expr interface {
	Node
	expr()
}

// A File is one parsed file: the main program or a module.
type File struct {
	Source *token.File
	Stmts  []Stmt
}

// A Name is a name where it is written.
type Name struct {
	// Text is the spelling as written (a keyword that is used as a name too),
	// or the contents of a quoted name, which may be any text.
	Text string
	// Loc is the place of the word, or of the text literal with its quotes.
	Loc    token.Span
	Quoted bool
}

// Span returns n.Loc.
func (n Name) Span() token.Span { return n.Loc }

// String returns n.Text.
func (n Name) String() string { return n.Text }

// A StmtPlace is the part of a statement that says where it stands.
type StmtPlace struct {
	Loc     token.Span
	WordLoc token.Span
}

// Span implements [Node].
func (p *StmtPlace) Span() token.Span { return p.Loc }

// Word implements [Stmt].
func (p *StmtPlace) Word() token.Span { return p.WordLoc }

func (p *StmtPlace) place() *StmtPlace { return p }

// An ExprPlace is the part of an expression that says where it stands.
type ExprPlace struct {
	Loc token.Span
}

// Span implements [Node].
func (p *ExprPlace) Span() token.Span { return p.Loc }

func (*ExprPlace) expr() {}

// Expressions.
type (
	// A Number is a number or percent literal.
	Number struct {
		ExprPlace
		// Value is the number meant: of 18% it is 0.18.
		Value   decimal.Decimal
		Percent bool
		// Literal is the source of the literal, its "%" included.
		Literal string
	}

	// A Text is a text literal.
	Text struct {
		ExprPlace
		Value string // escapes replaced
	}

	// A Bool is மெய் or பொய்.
	Bool struct {
		ExprPlace
		Value bool
	}

	// A Nil is இன்மை.
	Nil struct{ ExprPlace }

	// A Variable is a name that is read.
	Variable struct {
		ExprPlace
		Name string
	}

	// A Call is name(args). Errors of the call point at Name.Loc. The name
	// may be one of the reserved words that are builtins (மறை, வெளிப்படு,
	// மறை_விசை), as written.
	Call struct {
		ExprPlace
		Name Name
		Args []Expr
	}

	// An Array is [elems].
	Array struct {
		ExprPlace
		Elems []Expr
	}

	// A Record is {fields}; a key may be repeated.
	Record struct {
		ExprPlace
		Fields []Field
	}

	// A Chain is First op X op X …, operators of one level, evaluated from
	// left to right: arithmetic (+ - &), (* /) or comparison.
	Chain struct {
		ExprPlace
		First Expr
		Links []Link // at least one
	}

	// A Logic is a chain of மற்றும் (Op is token.And) or of அல்லது (token.Or).
	Logic struct {
		ExprPlace
		Op    token.Kind
		Terms []Expr // at least two
	}

	// A Not is இல்லை X. Its Loc starts at the word.
	Not struct {
		ExprPlace
		X Expr
	}

	// A Neg is -X, which means 0 - X. Its Loc starts at the sign.
	Neg struct {
		ExprPlace
		X Expr
	}

	// A Postfix is Base followed by steps: [index], .name and ?, applied from
	// left to right.
	Postfix struct {
		ExprPlace
		Base  Expr
		Steps []Step // at least one
	}
)

// A Field is one name: value of a record literal.
type Field struct {
	Name  Name
	Value Expr
}

// A Link is one operator of a [Chain] and the operand on its right.
type Link struct {
	// Op is one of token.Plus, Minus, Ampersand; Star, Slash; Greater, Less,
	// Equal, NotEqual, GreaterEqual, LessEqual.
	Op    token.Kind
	OpLoc token.Span // of the operator
	X     Expr
}

// A StepKind says what a [Step] does.
type StepKind uint8

const (
	StepIndex StepKind = iota // [Index]
	StepField                 // .Name
	StepTry                   // ?
)

// A Step is one [index], .name or ? of a [Postfix].
type Step struct {
	Kind  StepKind
	Loc   token.Span // of the "[", "." or "?": where errors of the step point
	Index Expr       // of StepIndex
	Name  Name       // of StepField
}

// A Block is { statements }.
type Block struct {
	Loc   token.Span
	Stmts []Stmt
}

// Span implements [Node].
func (b *Block) Span() token.Span { return b.Loc }

// A TypeWord is the word before a declaration. The zero TypeWord is none.
type TypeWord struct {
	Kind token.Kind // token.TypeNumber … token.TypeDate
	Loc  token.Span
}

// IsValid reports whether there is a type word.
func (t TypeWord) IsValid() bool { return t.Kind != token.EOF }

// Statements.
type (
	// A Declare is name; which sets the number 0, with or without a type word.
	Declare struct {
		StmtPlace
		Type TypeWord
		Name Name
	}

	// An Assign is name = value; with or without a type word.
	Assign struct {
		StmtPlace
		Type  TypeWord
		Name  Name
		Value Expr
	}

	// A SetIndex is name[index] = value;
	SetIndex struct {
		StmtPlace
		Name    Name
		Bracket token.Span // the "["
		Index   Expr
		Value   Expr
	}

	// A SetField is name.field = value;
	SetField struct {
		StmtPlace
		Name  Name
		Dot   token.Span // the "."
		Field Name
		Value Expr
	}

	// A CallStmt is name(args);
	CallStmt struct {
		StmtPlace
		Call *Call
	}

	// A Function is செயல் name(params) { }.
	Function struct {
		StmtPlace
		Name   Name
		Params []Name // a name may be repeated
		Body   *Block
	}

	// A Return is திரும்பு value; Value is nil where none is given.
	Return struct {
		StmtPlace
		Value Expr
	}

	// An Import is இறக்கு "path";
	Import struct {
		StmtPlace
		Path *Text
	}

	// An If is (cond) எனில் { } இன்றேல் { }. Else is nil where there is none.
	If struct {
		StmtPlace
		Cond Expr
		Then *Block
		Else *Block
	}

	// A While is (cond) சுற்று { }.
	While struct {
		StmtPlace
		Cond Expr
		Body *Block
	}

	// A ForEach is ஒவ்வொரு var இல் seq { }.
	ForEach struct {
		StmtPlace
		Var  Name
		Seq  Expr
		Body *Block
	}

	// A Print is அச்சு value;
	Print struct {
		StmtPlace
		Value Expr
	}

	// An Input is உள்ளிடு target; which fills a *Variable; for any other
	// target a line is read and dropped and the target not evaluated.
	Input struct {
		StmtPlace
		Target Expr
	}

	// A FileOpen is கோப்பு_திற path, mode; Mode is nil where none is given. A
	// *Text and a *Variable that nothing sets are the word of the mode itself.
	FileOpen struct {
		StmtPlace
		Path Expr
		Mode Expr
	}

	// A FileClose is கோப்பு_மூடு path;
	FileClose struct {
		StmtPlace
		Path Expr
	}

	// A FileRead is கோப்பு_படி path, into;
	FileRead struct {
		StmtPlace
		Path Expr
		Into Name
	}

	// A FileWrite is கோப்பு_எழுது path, value;
	FileWrite struct {
		StmtPlace
		Path  Expr
		Value Expr
	}

	// A CSVRead is தரவுரை_படி path, into;
	CSVRead struct {
		StmtPlace
		Path Expr
		Into Name
	}

	// A CSVWrite is தரவுரை_எழுது path, value;
	CSVWrite struct {
		StmtPlace
		Path  Expr
		Value Expr
	}

	// A Connect is தளம்_இணை kind, source;
	Connect struct {
		StmtPlace
		Kind   DBKind
		Source Expr // the connection text
	}

	// A Disconnect is தளம்_பிரி kind;
	Disconnect struct {
		StmtPlace
		Kind DBKind
	}

	// A Query is தளம்_வினா sql, params, into;
	Query struct {
		StmtPlace
		SQL    Expr
		Params Expr
		Into   Name
	}

	// An Execute is தளம்_செய் sql, params;
	Execute struct {
		StmtPlace
		SQL    Expr
		Params Expr
	}

	// A Route is வழி method, "path" { }.
	Route struct {
		StmtPlace
		Method    string // ASCII capital letters, never empty: "GET", "PURGE"
		MethodLoc token.Span
		Path      *Text
		Body      *Block
	}

	// A Timer is இடைவெளி seconds { }.
	Timer struct {
		StmtPlace
		// Seconds is as written, from 1 to 31 536 000; a fraction is cut when
		// the timer is set up.
		Seconds *Number
		Body    *Block
	}

	// A Respond is பதில் status, body, headers; Headers is nil where none are
	// given.
	Respond struct {
		StmtPlace
		Status  Expr
		Body    Expr
		Headers Expr
	}

	// An Unrun is one of the eight statements that parse and cannot run. Its
	// operands are kept for printing; they are never evaluated.
	Unrun struct {
		StmtPlace
		Keyword token.Kind // its Role is token.RoleUnrun
		// Names are the table, or of token.Select the columns and then the
		// table.
		Names []Name
		Args  []Expr
	}
)

// A DBKind is the kind of database in தளம்_இணை and தளம்_பிரி.
type DBKind struct {
	// Name is SQL, NoSQL, SQLite, MySQL, PostgreSQL, MongoDB, Redis or JSONdb
	// for the eight keywords, else the name as written.
	Name string
	Loc  token.Span
}
