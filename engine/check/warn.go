package check

import (
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"

	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/syntax"
	"etamil/engine/token"
)

// warnStmt gives the warnings about a statement itself; those about what is in
// it come when it is walked.
func (c *checker) warnStmt(stmt syntax.Stmt) {
	if c.quiet {
		return
	}
	switch s := stmt.(type) {
	case *syntax.Declare:
		c.lookAlike(s.Name)
		if !s.Type.IsValid() && c.assigned[s.Name.Text] {
			c.report(diag.SetsToZero.At(s.Name.Loc, s.Name.Text))
		}
	case *syntax.Assign:
		c.lookAlike(s.Name)
	case *syntax.SetIndex:
		c.lookAlike(s.Name)
		c.variable(s.Name)
		if c.types[s.Name.Text].kind == array {
			c.index(s.Index)
		}
	case *syntax.SetField:
		c.lookAlike(s.Name)
		c.lookAlike(s.Field)
		c.variable(s.Name)
	case *syntax.Function:
		c.function(s)
	case *syntax.Return:
		if !c.inFunction {
			c.report(diag.ReturnAtTopLevel.At(s.Word()))
		}
	case *syntax.ForEach:
		c.lookAlike(s.Var)
	case *syntax.Input:
		if v, ok := s.Target.(*syntax.Variable); ok {
			c.lookAlike(nameAt(v.Name, v.Loc))
		} else {
			c.report(diag.InputDropped.At(s.Target.Span()))
		}
	case *syntax.FileOpen:
		c.mode(s.Mode)
	case *syntax.FileRead:
		c.lookAlike(s.Into)
	case *syntax.CSVRead:
		c.lookAlike(s.Into)
	case *syntax.Query:
		c.lookAlike(s.Into)
	case *syntax.Route:
		if c.nested() {
			c.cannotRun(stmt)
		}
		c.route(s)
	case *syntax.Timer:
		if c.nested() {
			c.cannotRun(stmt)
		}
		if seconds := s.Seconds.Value; !seconds.IsInt() {
			c.report(diag.FractionCut.At(s.Seconds.Span(), seconds.Trunc()))
		}
	case *syntax.Import, *syntax.Unrun:
		// Imports at top level were taken out when the program was assembled.
		c.cannotRun(stmt)
	}
}

// nested reports whether a statement stands in a block or function.
func (c *checker) nested() bool { return c.depth > 0 || c.inFunction }

func (c *checker) cannotRun(stmt syntax.Stmt) {
	word := stmt.Word()
	c.report(diag.CannotRunHere.At(word, word.Text()))
}

// afterReturn warns of the first statement that stands behind a return in its
// block. Functions exist wherever they stand.
func (c *checker) afterReturn(stmts []syntax.Stmt) {
	if c.quiet {
		return
	}
	returned := false
	for _, stmt := range stmts {
		switch stmt.(type) {
		case *syntax.Function:
		case *syntax.Return:
			if returned {
				c.report(diag.Unreachable.At(stmt.Word()))
				return
			}
			returned = true
		default:
			if returned {
				c.report(diag.Unreachable.At(stmt.Word()))
				return
			}
		}
	}
}

// function warns of a definition that another one replaces, that hides a
// builtin, or that repeats a parameter.
func (c *checker) function(f *syntax.Function) {
	name := f.Name
	c.lookAlike(name)
	d := c.functions[name.Text]
	switch {
	case d.last != f:
		last := diag.LastDefinedHere
		if d.last == d.library {
			last = libraryDefinition
		}
		c.report(diag.DefinedAgain.At(name.Loc, name.Text)).Note(d.last.Name.Loc, last)
	case d.library != nil:
		c.report(diag.DefinedAgain.At(name.Loc, name.Text)).Note(d.library.Name.Loc, libraryReplaced)
	}
	if c.isBuiltin(name.Text) {
		c.report(diag.HidesBuiltin.At(name.Loc, name.Text))
	}
	for i, param := range f.Params {
		c.lookAlike(param)
		for _, other := range f.Params[:i] {
			if other.Text == param.Text {
				c.report(diag.RepeatedParameter.At(param.Loc, param.Text)).Note(other.Loc, diag.FirstHere)
				break
			}
		}
	}
}

var (
	libraryDefinition = diag.Text{
		Ta: "நூலகத்தின் வரையறை பின்னர் வருகிறது; அதுவே நிலைக்கும்",
		En: "the definition of the library comes later and counts",
	}
	libraryReplaced = diag.Text{
		Ta: "நூலகத்தின் இந்த வரையறை மாற்றப்படுகிறது",
		En: "this definition of the library is replaced",
	}
)

// mode warns of a word that is no mode of a file.
func (c *checker) mode(e syntax.Expr) {
	if e == nil || !c.isModeWord(e) {
		return
	}
	var word string
	switch e := e.(type) {
	case *syntax.Text:
		word = e.Value
	case *syntax.Variable:
		word = e.Name
	}
	switch strings.ToLower(word) {
	case "read", "write", "append":
	default:
		c.report(diag.UnknownFileMode.At(e.Span(), word))
	}
}

// route warns of a path that never matches, of its parameters, and of another
// route of the same shape.
func (c *checker) route(r *syntax.Route) {
	path, at := r.Path.Value, r.Path.Span()
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		c.report(diag.PathNeverMatches.At(at, path[i:i+1]))
	}
	shape := r.Method
	params := map[string]bool{}
	told := map[string]bool{}
	for piece := range strings.SplitSeq(path, "/") {
		if piece == "" {
			continue
		}
		name, isParam := strings.CutPrefix(piece, ":")
		if !isParam {
			shape += "/" + piece
			continue
		}
		// A piece cannot hold "/", so no literal one looks like this.
		shape += "//"
		if (name == "" || params[name]) && !told[name] {
			told[name] = true
			c.report(diag.BadPathParameter.At(at, piece))
		}
		params[name] = true
	}
	if c.nested() {
		return
	}
	if other := c.shapes[shape]; other != nil {
		c.report(diag.SameShape.At(at, other.Path.Value)).Note(other.Path.Span(), diag.OtherRouteHere)
	}
	c.shapes[shape] = r
}

// warnExpr gives the warnings about an expression and all that is in it.
func (c *checker) warnExpr(e syntax.Expr) {
	switch e := e.(type) {
	case *syntax.Variable:
		name := nameAt(e.Name, e.Loc)
		c.lookAlike(name)
		c.variable(name)
	case *syntax.Call:
		c.call(e)
		for _, arg := range e.Args {
			c.warnExpr(arg)
		}
	case *syntax.Array:
		for _, elem := range e.Elems {
			c.warnExpr(elem)
		}
	case *syntax.Record:
		c.record(e)
	case *syntax.Chain:
		c.chain(e)
	case *syntax.Logic:
		for _, term := range e.Terms {
			c.warnExpr(term)
		}
	case *syntax.Not:
		c.warnExpr(e.X)
	case *syntax.Neg:
		c.operand(e.X)
		c.warnExpr(e.X)
	case *syntax.Postfix:
		c.warnExpr(e.Base)
		for i, step := range e.Steps {
			switch step.Kind {
			case syntax.StepIndex:
				c.warnExpr(step.Index)
				// Only of the base is it known whether it has places or keys.
				if i == 0 && c.hasPlaces(e.Base) {
					c.index(step.Index)
				}
			case syntax.StepField:
				c.lookAlike(step.Name)
			}
		}
	}
}

// variable warns of a name that is read and that nothing gives a value.
func (c *checker) variable(name syntax.Name) {
	if c.isGiven(name.Text) {
		return
	}
	d := c.report(diag.NeverSet.At(name.Loc, name.Text))
	if isTamilNumber(name.Text) {
		d.WithHelp("எண்கள் 0–9 கொண்டு எழுதப்படும்", "numbers are written with 0–9")
		return
	}
	c.suggest(d, name.Text, c.variableNames())
}

// isTamilNumber reports whether s is made of Tamil digits only.
func isTamilNumber(s string) bool {
	for _, r := range s {
		if r < '௦' || r > '௲' {
			return false
		}
	}
	return s != ""
}

// call warns of a function that does not exist or takes another number of
// arguments, and of percent literals where they count twice.
func (c *checker) call(e *syntax.Call) {
	name := e.Name
	c.lookAlike(name)
	least, most, f, ok := c.lookup(name.Text)
	if !ok {
		c.unknownFunction(name)
		return
	}
	if n := len(e.Args); n < least || n > most {
		wanted := fmt.Sprint(least)
		if most > least {
			wanted = fmt.Sprintf("%d–%d", least, most)
		}
		d := c.report(diag.ArgumentCount.At(name.Loc, name.Text, wanted, n))
		if f != nil {
			d.Note(f.Name.Loc, definedHere)
		}
		return
	}
	library := c.in.Library
	if library.OutOfHundred == nil || f != nil && c.functions[name.Text].library != f {
		return
	}
	for i, arg := range e.Args {
		if rate, ok := arg.(*syntax.Number); ok && rate.Percent && library.OutOfHundred(name.Text, i) {
			c.report(diag.PercentTwice.At(rate.Loc, rate.Literal, rate.Value, strings.TrimSuffix(rate.Literal, "%")))
		}
	}
}

var definedHere = diag.Text{Ta: "செயலின் வரையறை இங்கே", En: "the function is defined here"}

func (c *checker) unknownFunction(name syntax.Name) {
	library := c.in.Library
	if library.Gone != nil && library.Gone(name.Text) {
		c.report(diag.HelperGone.At(name.Loc, name.Text))
		return
	}
	d := c.report(diag.NoSuchFunction.At(name.Loc, name.Text))
	if library.Module != nil {
		if module, ok := library.Module(name.Text); ok {
			help := diag.ImportHelp(name.Text, module)
			d.Help = &help
			return
		}
	}
	c.suggest(d, name.Text, c.functionNames())
}

// maxSuggestions bounds the work for a program that mistakes every name.
const maxSuggestions = 100

// suggest adds the nearest of the names that exist to d as its help.
func (c *checker) suggest(d *diag.Diagnostic, name string, names iter.Seq[string]) {
	if c.suggestions++; c.suggestions > maxSuggestions {
		return
	}
	if near, ok := diag.Nearest(name, names); ok {
		help := diag.DidYouMean(near)
		d.Help = &help
	}
}

// record warns of keys that come twice.
func (c *checker) record(e *syntax.Record) {
	first := make(map[string]syntax.Name, len(e.Fields))
	for _, field := range e.Fields {
		c.lookAlike(field.Name)
		if other, ok := first[field.Name.Text]; ok {
			c.report(diag.RepeatedKey.At(field.Name.Loc, field.Name.Text)).Note(other.Loc, diag.FirstHere)
		} else {
			first[field.Name.Text] = field.Name
		}
		c.warnExpr(field.Value)
	}
}

// chain warns of operands of arithmetic that are always 0, and of comparisons
// that are never true.
func (c *checker) chain(e *syntax.Chain) {
	c.warnExpr(e.First)
	left, leftExpr := c.kindOf(e.First), e.First
	for _, link := range e.Links {
		switch link.Op {
		case token.Plus, token.Minus, token.Star, token.Slash:
			if leftExpr != nil {
				c.operand(leftExpr)
			}
			c.operand(link.X)
		case token.Equal, token.NotEqual:
			c.equality(link, left, leftExpr)
		}
		c.warnExpr(link.X)
		left, leftExpr = resultOf(link.Op), nil
	}
}

// operand warns of an operand of arithmetic that can only count as 0.
func (c *checker) operand(e syntax.Expr) {
	var k kind
	switch e := e.(type) {
	case *syntax.Text:
		if _, ok := decimal.ParseTrim(e.Value); !ok {
			k = text
		}
	case *syntax.Nil, *syntax.Array, *syntax.Record:
		k = c.kindOf(e)
	case *syntax.Variable:
		// A declared text may read as a number; a date never does.
		if d := c.types[e.Name].kind; d == array || d == record || d == date && !c.numeric[e.Name] {
			k = d
		}
	}
	if k != unknown {
		c.report(diag.AlwaysZero.At(e.Span(), kindTexts[k]))
	}
}

// equality warns of == and != between kinds that are never equal. left is the
// kind of what stands before, leftExpr the expression when it is one alone.
func (c *checker) equality(link syntax.Link, left kind, leftExpr syntax.Expr) {
	right := c.kindOf(link.X)
	if left == unknown || right == unknown || left == right {
		return
	}
	for _, side := range []struct {
		e     syntax.Expr
		other kind
	}{{leftExpr, right}, {link.X, left}} {
		v, ok := side.e.(*syntax.Variable)
		if !ok {
			continue
		}
		// Any declared name may hold nil, and a text may hold a number.
		if side.other == null || side.other == number && c.numeric[v.Name] {
			return
		}
	}
	c.report(diag.NeverEqual.At(link.OpLoc, kindTexts[left], kindTexts[right]))
}

// hasPlaces reports whether e is known to be indexed by numbers.
func (c *checker) hasPlaces(e syntax.Expr) bool {
	k := c.kindOf(e)
	return k == array || k == text
}

// index warns of an index that is a literal and always counts as 0, though it
// is no number.
func (c *checker) index(e syntax.Expr) {
	switch e := e.(type) {
	case *syntax.Text:
		if _, ok := decimal.ParseTrim(e.Value); ok {
			return
		}
	case *syntax.Bool:
		if e.Value {
			return
		}
	case *syntax.Nil, *syntax.Array, *syntax.Record:
	default:
		return
	}
	c.report(diag.IndexNoNumber.At(e.Span(), diag.Quote(source(e))))
}

// source returns the text of e, shortened when it is long.
func source(e syntax.Expr) string {
	s := e.Span().Text()
	if !utf8.ValidString(s) {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return s
}
