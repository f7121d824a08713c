package check

import (
	"cmp"
	"iter"
	"slices"

	"etamil/engine/diag"
	"etamil/engine/syntax"
	"etamil/engine/token"
)

// Builtins says which functions exist without being defined.
type Builtins interface {
	// Lookup returns how many arguments, from min to max, the builtin with
	// that spelling takes.
	Lookup(name string) (min, max int, ok bool)
	// Names yields all spellings of all builtins.
	Names() iter.Seq[string]
}

// Library says what the embedded library has to do with names. A nil field
// answers "no" to everything.
type Library struct {
	// Lookup returns how many arguments the function of that spelling takes
	// that a module of the library, imported by this program, offers without
	// defining it in its text: a native function or a second spelling.
	Lookup func(name string) (min, max int, ok bool)
	// Aside reports whether a function that stands in the text of a module is no
	// definition to the program: it is private to the module, or its name gives
	// way to any other definition and is told by Lookup.
	Aside func(module *token.File, name string) bool
	// Module returns the path below nUlakam/ of the module that would offer a
	// function of that name if it were imported: "col.qmz".
	Module func(name string) (path string, ok bool)
	// Gone reports whether name was internal to an imported module of the
	// library once and is no longer there.
	Gone func(name string) bool
	// OutOfHundred reports whether argument i, from 0, of a library function is
	// a rate out of a hundred.
	OutOfHundred func(name string, i int) bool
}

// Input is a program to be checked, and what it may use.
type Input struct {
	// Stmts is the assembled program: its top-level statements, modules put in
	// where they were imported.
	Stmts []syntax.Stmt
	// Embedded reports whether a file belongs to the embedded library, which
	// gets no warnings; nil: none does.
	Embedded func(*token.File) bool
	Builtins Builtins
	Library  Library
}

// Types returns the errors of declared types in the order of the program.
func Types(stmts []syntax.Stmt) diag.List {
	c := &checker{types: map[string]declared{}}
	c.program(stmts)
	return c.list
}

// Program returns the errors of Types together with the warnings, in the order
// of the program. The cost is linear, but where names are not known, at most
// maxSuggestions times, the nearest one is looked for among all.
func Program(in Input) diag.List {
	c := &checker{types: map[string]declared{}, survey: newSurvey(in)}
	c.program(in.Stmts)
	return c.list
}

// A checker walks a program.
type checker struct {
	list  diag.List
	types map[string]declared // of the scope that is walked

	// survey is what is known of the whole program; nil: no warnings.
	*survey
	scope
}

// A scope is where the walk stands.
type scope struct {
	inFunction bool // in a function
	depth      int  // of blocks around the statement
	// assigned holds the names that were given a value so far in this function,
	// or at top level.
	assigned map[string]bool
}

// program walks the top-level statements.
func (c *checker) program(stmts []syntax.Stmt) {
	c.assigned = map[string]bool{}
	for _, stmt := range stmts {
		first := len(c.list)
		if c.survey != nil {
			c.quiet = c.in.Embedded != nil && c.in.Embedded(stmt.Span().File)
		}
		c.stmt(stmt)
		// Inside one statement, which lies in one file, places are in order.
		slices.SortStableFunc(c.list[first:], func(a, b *diag.Diagnostic) int {
			return cmp.Compare(a.Span.Start, b.Span.Start)
		})
	}
}

func (c *checker) report(d *diag.Diagnostic) *diag.Diagnostic {
	c.list = append(c.list, d)
	return d
}

func (c *checker) block(b *syntax.Block) {
	if b == nil {
		return
	}
	c.depth++
	for _, stmt := range b.Stmts {
		c.stmt(stmt)
	}
	c.depth--
	if c.survey != nil {
		c.afterReturn(b.Stmts)
	}
}

// stmt walks a statement: the types that it declares, the expressions in it,
// the blocks in it.
func (c *checker) stmt(stmt syntax.Stmt) {
	if c.survey != nil {
		c.warnStmt(stmt)
	}
	switch s := stmt.(type) {
	case *syntax.Declare:
		c.declare(s)
		c.set(s.Name.Text)
	case *syntax.Assign:
		c.expr(s.Value)
		c.assign(s)
		c.set(s.Name.Text)
	case *syntax.SetIndex:
		c.expr(s.Index)
		c.expr(s.Value)
	case *syntax.SetField:
		c.expr(s.Value)
	case *syntax.CallStmt:
		c.expr(s.Call)
	case *syntax.Function:
		c.functionBody(s)
	case *syntax.Return:
		c.expr(s.Value)
	case *syntax.If:
		c.expr(s.Cond)
		c.block(s.Then)
		c.block(s.Else)
	case *syntax.While:
		c.expr(s.Cond)
		c.block(s.Body)
	case *syntax.ForEach:
		c.expr(s.Seq)
		c.fill(s.Var)
		c.block(s.Body)
		// Whatever the body declared: after it the variable has no type.
		delete(c.types, s.Var.Text)
	case *syntax.Print:
		c.expr(s.Value)
	case *syntax.Input:
		if v, ok := s.Target.(*syntax.Variable); ok {
			c.set(v.Name)
		}
	case *syntax.FileOpen:
		c.expr(s.Path)
		if !c.isModeWord(s.Mode) {
			c.expr(s.Mode)
		}
	case *syntax.FileClose:
		c.expr(s.Path)
	case *syntax.FileRead:
		c.expr(s.Path)
		c.fill(s.Into)
	case *syntax.FileWrite:
		c.expr(s.Path)
		c.expr(s.Value)
	case *syntax.CSVRead:
		c.expr(s.Path)
		c.fill(s.Into)
	case *syntax.CSVWrite:
		c.expr(s.Path)
		c.expr(s.Value)
	case *syntax.Connect:
		c.expr(s.Source)
	case *syntax.Query:
		c.expr(s.SQL)
		c.expr(s.Params)
		c.fill(s.Into)
	case *syntax.Execute:
		c.expr(s.SQL)
		c.expr(s.Params)
	case *syntax.Route:
		c.block(s.Body)
	case *syntax.Timer:
		c.block(s.Body)
	case *syntax.Respond:
		c.expr(s.Status)
		c.expr(s.Body)
		c.expr(s.Headers)
	case *syntax.Disconnect, *syntax.Import, *syntax.Unrun:
		// The operands of the last are never evaluated.
	}
}

// functionBody walks a function: it starts without declared types, and what it
// declares ends with it.
func (c *checker) functionBody(f *syntax.Function) {
	types, outer := c.types, c.scope
	c.types = map[string]declared{}
	c.scope = scope{inFunction: true, depth: c.depth}
	if c.survey != nil {
		c.assigned = make(map[string]bool, len(f.Params))
		for _, param := range f.Params {
			c.assigned[param.Text] = true
		}
	}
	c.block(f.Body)
	c.types, c.scope = types, outer
}

// fill is for a statement that puts a value of any kind into a variable.
func (c *checker) fill(name syntax.Name) {
	delete(c.types, name.Text)
	c.set(name.Text)
}

func (c *checker) set(name string) {
	if c.survey != nil {
		c.assigned[name] = true
	}
}

// expr walks an expression for the sake of warnings.
func (c *checker) expr(e syntax.Expr) {
	if c.survey != nil && !c.quiet && e != nil {
		c.warnExpr(e)
	}
}
