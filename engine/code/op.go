package code

// An Op is the operation of an instruction.
type Op uint8

// An Instr is one instruction. What A, B and C mean is told by the row of its
// operation; N is a small flag or count.
type Instr struct {
	Op      Op
	N       uint8
	A, B, C int32
}

// Operations. r is the window of registers, k the constants, g the globals.
const (
	LoadK Op = iota
	Move
	Take
	GetGlobal
	CheckDefined
	LoadLocal
	Localize

	Add
	AddK
	Sub
	SubK
	Mul
	MulK
	Div
	DivK
	Neg
	Join
	JoinK
	JoinAll

	Compare
	Not

	Jump
	JumpTrue
	JumpLess
	JumpLessK
	JumpLessEqual
	JumpLessEqualK
	JumpGreaterK
	JumpGreaterEqualK
	JumpEqual
	JumpEqualK

	Index
	Field
	SetIndex
	SetField
	MakeArray
	MakeRecord
	Append
	AppendTo
	Len

	Call
	CallBuiltin
	Prepare
	Return
	Try
	IterInit
	IterNext

	Print
	Input
	FileMode
	FileTruncate
	FileRead
	FileWrite
	CSVRead
	PathCheck
	Connect
	Disconnect
	Query
	Execute
	Respond
	Raise
	Mark
	End

	NumOps
)

// Comparisons, in the N of Compare.
const (
	Less uint8 = iota
	LessEqual
	Greater
	GreaterEqual
	Equal
	NotEqual
)

// A shape says which operands an instruction uses and as what.
type shape struct{ a, b, c use }

type use uint8

const (
	none   use = iota
	reg        // a register
	regOpt     // a register, or -1 for none
	konst      // a constant
	global     // the slot of a global, or -1
	target     // a place in the code
	count      // a plain number
	fn         // a function of the program
	native     // a builtin of the program
	keys       // a key set of the program
	raise      // a prepared failure of the program
)

type opInfo struct {
	name  string
	shape shape
	doc   string
}

var ops = [NumOps]opInfo{
	LoadK:        {"load_k", shape{reg, konst, none}, "r[A] = k[B]"},
	Move:         {"move", shape{reg, reg, none}, "r[A] = r[B], marked as shared"},
	Take:         {"take", shape{reg, reg, none}, "r[A] = r[B], which is not used again"},
	GetGlobal:    {"get_global", shape{reg, global, none}, "r[A] = g[B]; without a value: ET4003"},
	CheckDefined: {"check_defined", shape{none, reg, none}, "r[B] without a value: ET4003"},
	LoadLocal:    {"load_local", shape{reg, reg, global}, "r[A] = r[B], without a value g[C]; without one there: ET4003"},
	Localize:     {"localize", shape{reg, none, global}, "r[A] without a value: r[A] = g[C]; without one there: ET4003"},

	Add:   {"add", shape{reg, reg, reg}, "r[A] = r[B] + r[C]; too large: ET4002"},
	AddK:  {"add_k", shape{reg, reg, konst}, "r[A] = r[B] + k[C]; too large: ET4002"},
	Sub:   {"sub", shape{reg, reg, reg}, "r[A] = r[B] - r[C]; too large: ET4002"},
	SubK:  {"sub_k", shape{reg, reg, konst}, "r[A] = r[B] - k[C]; too large: ET4002"},
	Mul:   {"mul", shape{reg, reg, reg}, "r[A] = r[B] * r[C]; too large: ET4002"},
	MulK:  {"mul_k", shape{reg, reg, konst}, "r[A] = r[B] * k[C]; too large: ET4002"},
	Div:   {"div", shape{reg, reg, reg}, "r[A] = r[B] / r[C]; by zero: ET4001, too large: ET4002"},
	DivK:  {"div_k", shape{reg, reg, konst}, "r[A] = r[B] / k[C]; by zero: ET4001, too large: ET4002"},
	Neg:   {"neg", shape{reg, reg, none}, "r[A] = 0 - r[B]"},
	Join:  {"join", shape{reg, reg, reg}, "r[A] = text of r[B] followed by that of r[C]"},
	JoinK: {"join_k", shape{reg, reg, konst}, "r[A] = text of r[B] followed by that of k[C]"},

	JoinAll: {"join_all", shape{reg, reg, count}, "r[A] = texts of the C registers from B, one after the other"},

	Compare: {"compare", shape{reg, reg, reg}, "r[A] = r[B] (N: < <= > >= == !=) r[C]"},
	Not:     {"not", shape{reg, reg, none}, "r[A] = not truth of r[B]"},

	Jump:              {"jump", shape{target, none, none}, "goto A; back, in a loop: spend the steps of the round; used up: ET4030; out of time: ET4031; client gone: ET4036"},
	JumpTrue:          {"jump_true", shape{target, reg, none}, "if truth of r[B] is N: goto A"},
	JumpLess:          {"jump_less", shape{target, reg, reg}, "if r[B] < r[C] is N: goto A"},
	JumpLessK:         {"jump_less_k", shape{target, reg, konst}, "if r[B] < k[C] is N: goto A"},
	JumpLessEqual:     {"jump_less_equal", shape{target, reg, reg}, "if r[B] <= r[C] is N: goto A"},
	JumpLessEqualK:    {"jump_less_equal_k", shape{target, reg, konst}, "if r[B] <= k[C] is N: goto A"},
	JumpGreaterK:      {"jump_greater_k", shape{target, reg, konst}, "if r[B] > k[C] is N: goto A"},
	JumpGreaterEqualK: {"jump_greater_equal_k", shape{target, reg, konst}, "if r[B] >= k[C] is N: goto A"},
	JumpEqual:         {"jump_equal", shape{target, reg, reg}, "if r[B] == r[C] is N: goto A"},
	JumpEqualK:        {"jump_equal_k", shape{target, reg, konst}, "if r[B] == k[C] is N: goto A"},

	Index:      {"index", shape{reg, reg, reg}, "r[A] = r[B][r[C]]; ET4010, ET4011, ET4012, ET4013"},
	Field:      {"field", shape{reg, reg, konst}, "r[A] = r[B].k[C]; ET4013, ET4014"},
	SetIndex:   {"set_index", shape{reg, reg, reg}, "r[A][r[B]] = r[C]; ET4010, ET4011, ET4016"},
	SetField:   {"set_field", shape{reg, konst, reg}, "r[A].k[B] = r[C]; ET4017"},
	MakeArray:  {"make_array", shape{reg, reg, count}, "r[A] = array of the C registers from B"},
	MakeRecord: {"make_record", shape{reg, reg, keys}, "r[A] = record with keys C of the registers from B"},
	Append:     {"append", shape{reg, reg, reg}, "r[A] = r[B] with r[C] added; r[B] no array: ET4021"},
	AppendTo:   {"append_to", shape{reg, reg, none}, "add r[B] to the variable r[A]; no array: ET4021"},
	Len:        {"len", shape{reg, reg, none}, "r[A] = number of letters, elements or fields of r[B]; ET4021"},

	Call:        {"call", shape{reg, fn, count}, "r[A] = function B of the C registers from A; ET4006"},
	CallBuiltin: {"call_builtin", shape{reg, native, count}, "r[A] = builtin B of the C registers from A"},
	Prepare:     {"prepare", shape{reg, native, count}, "check and convert the C registers from A as builtin B wants its arguments"},
	Return:      {"return", shape{reg, none, none}, "leave the function with r[A]"},
	Try:         {"try", shape{reg, reg, none}, "r[A] = inside of the success r[B]; a failure leaves the function with it; ET4008, ET4009"},
	IterInit:    {"iter_init", shape{reg, reg, none}, "walk r[B] with the two registers from A; ET4015"},
	IterNext:    {"iter_next", shape{reg, reg, target}, "r[B] = next of the walk A; at its end goto C"},

	Print:        {"print", shape{reg, none, none}, "print r[A]; ET4033"},
	Input:        {"input", shape{regOpt, none, none}, "r[A] = a line of input; ET5004"},
	FileMode:     {"file_mode", shape{reg, reg, none}, "open the file r[A] with the mode r[B]; ET4021, ET5002"},
	FileTruncate: {"file_truncate", shape{reg, none, none}, "empty the file r[A]; ET5002"},
	FileRead:     {"file_read", shape{reg, reg, none}, "r[A] = text of the file r[B]; ET5001"},
	FileWrite:    {"file_write", shape{reg, reg, none}, "append r[B] as a line to the file r[A]; ET5002"},
	CSVRead:      {"csv_read", shape{reg, reg, none}, "r[A] = number of data rows of the file r[B]; ET5001"},
	PathCheck:    {"path_check", shape{reg, none, none}, "r[A] cannot name a file: ET5001"},
	Connect:      {"connect", shape{konst, reg, none}, "connect the kind k[A] of database with the text r[B]; ET5007, ET5009, ET5013, ET5041 to ET5044"},
	Disconnect:   {"disconnect", shape{konst, none, none}, "let the kind k[A] of database go; ET5012"},
	Query:        {"query", shape{reg, reg, reg}, "r[A] = rows of the statement r[B] with the parameters r[C]; ET5005, ET5006, ET5010, ET5011, ET5040 to ET5057"},
	Execute:      {"execute", shape{reg, reg, none}, "run the statement r[A] with the parameters r[B]; ET5005, ET5006, ET5010, ET5011, ET5040 to ET5057"},
	Respond:      {"respond", shape{reg, reg, regOpt}, "answer with status r[A], body r[B], headers r[C]; ET4021, ET4037"},
	Raise:        {"raise", shape{raise, none, none}, "fail with the prepared failure A"},
	Mark:         {"mark", shape{none, none, none}, "a statement begins: tell whoever traces the run"},
	End:          {"end", shape{none, none, none}, "the code at the top level ends"},
}

// String returns the name of the operation.
func (o Op) String() string {
	if o < NumOps {
		return ops[o].name
	}
	return "?"
}

// Doc returns what the operation does, in the words of its row.
func (o Op) Doc() string { return ops[o].doc }

// IsJump reports whether the operation may go elsewhere, and which operand
// ('A' or 'C') holds the place.
func (o Op) IsJump() (operand byte, ok bool) {
	switch {
	case ops[o].shape.a == target:
		return 'A', true
	case ops[o].shape.c == target:
		return 'C', true
	}
	return 0, false
}

// Registers tells which of A, B and C name registers.
func (o Op) Registers() (a, b, c bool) {
	s := ops[o].shape
	return s.a == reg || s.a == regOpt, s.b == reg || s.b == regOpt, s.c == reg || s.c == regOpt
}
