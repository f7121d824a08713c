package check

import (
	"iter"
	"strings"

	"golang.org/x/text/unicode/norm"

	"etamil/engine/diag"
	"etamil/engine/syntax"
	"etamil/engine/token"
)

// A survey is what the warnings need to know of the whole program.
type survey struct {
	in    Input
	quiet bool // the file that is walked gets no warnings

	functions map[string]*definitions
	// given holds the names that something in the program gives a value to, in
	// whatever scope.
	given map[string]bool
	// numeric holds the names that are given a number somewhere by the form of
	// the value.
	numeric map[string]bool

	// composed finds the first name met by its composed form (NFC); see lookAlike.
	composed map[string]syntax.Name
	// shapes finds the last route met by method and shape of its path.
	shapes map[string]*syntax.Route

	suggestions int // how many nearest names were looked for
}

// definitions are those of one function name, in the order of the program.
type definitions struct {
	last *syntax.Function // the one that counts
	// library is the last one that stands in an embedded module, or nil.
	library *syntax.Function
}

// requestNames are the globals that a server gives a request, and those that
// answering sets.
var requestNames = map[string]bool{
	"request_method": true, "request_path": true, "request_body": true,
	"query_params": true, "headers": true, "path_params": true, "path_values": true,
	"request_fields": true, "request_files": true,
	"response_status": true, "response_body": true, "response_headers": true,
}

// requestParam begins the names of the parameters of a path.
const requestParam = "param_"

func newSurvey(in Input) *survey {
	s := &survey{
		in:        in,
		functions: map[string]*definitions{},
		given:     map[string]bool{},
		numeric:   map[string]bool{},
		composed:  map[string]syntax.Name{},
		shapes:    map[string]*syntax.Route{},
	}
	for _, stmt := range in.Stmts {
		s.collect(stmt, in.Embedded != nil && in.Embedded(stmt.Span().File), false)
	}
	return s
}

func (s *survey) collectBlock(b *syntax.Block, embedded, local bool) {
	if b == nil {
		return
	}
	for _, stmt := range b.Stmts {
		s.collect(stmt, embedded, local)
	}
}

// collect notes the functions that stmt defines and the names that it gives a
// value; embedded tells that it stands in the library, local that it stands in
// a function.
func (s *survey) collect(stmt syntax.Stmt, embedded, local bool) {
	give := func(name string) {
		// The locals of library functions say nothing about the program's names.
		if !embedded || !local {
			s.given[name] = true
		}
	}
	switch stmt := stmt.(type) {
	case *syntax.Declare:
		give(stmt.Name.Text)
	case *syntax.Assign:
		give(stmt.Name.Text)
		var none checker
		if none.kindOf(stmt.Value) == number {
			s.numeric[stmt.Name.Text] = true
		}
	case *syntax.Function:
		if aside := s.in.Library.Aside; embedded && aside != nil && aside(stmt.Name.Loc.File, stmt.Name.Text) {
			return
		}
		d := s.functions[stmt.Name.Text]
		if d == nil {
			d = &definitions{}
			s.functions[stmt.Name.Text] = d
		}
		d.last = stmt
		if embedded {
			d.library = stmt
		}
		if !embedded {
			for _, param := range stmt.Params {
				s.given[param.Text] = true
			}
		}
		s.collectBlock(stmt.Body, embedded, true)
	case *syntax.If:
		s.collectBlock(stmt.Then, embedded, local)
		s.collectBlock(stmt.Else, embedded, local)
	case *syntax.While:
		s.collectBlock(stmt.Body, embedded, local)
	case *syntax.ForEach:
		give(stmt.Var.Text)
		s.collectBlock(stmt.Body, embedded, local)
	case *syntax.Input:
		if v, ok := stmt.Target.(*syntax.Variable); ok {
			give(v.Name)
		}
	case *syntax.FileRead:
		give(stmt.Into.Text)
	case *syntax.CSVRead:
		give(stmt.Into.Text)
	case *syntax.Query:
		give(stmt.Into.Text)
	case *syntax.Route:
		s.collectBlock(stmt.Body, embedded, local)
	case *syntax.Timer:
		s.collectBlock(stmt.Body, embedded, local)
	}
}

// isGiven reports whether a variable can have a value.
func (s *survey) isGiven(name string) bool {
	return s.given[name] || requestNames[name] || strings.HasPrefix(name, requestParam)
}

// isModeWord reports whether e, the mode of an opened file, is a word of its own
// and no expression.
func (c *checker) isModeWord(e syntax.Expr) bool {
	switch e := e.(type) {
	case *syntax.Text:
		return true
	case *syntax.Variable:
		return c.survey != nil && !c.given[e.Name]
	}
	return false
}

// lookup returns how many arguments a call of name takes and, when the program
// defines it, the definition that counts.
func (s *survey) lookup(name string) (least, most int, f *syntax.Function, ok bool) {
	if d := s.functions[name]; d != nil {
		n := len(d.last.Params)
		return n, n, d.last, true
	}
	if s.in.Library.Lookup != nil {
		if least, most, ok := s.in.Library.Lookup(name); ok {
			return least, most, nil, true
		}
	}
	if s.in.Builtins != nil {
		least, most, ok = s.in.Builtins.Lookup(name)
	}
	return least, most, nil, ok
}

func (s *survey) isBuiltin(name string) bool {
	if s.in.Builtins == nil {
		return false
	}
	_, _, ok := s.in.Builtins.Lookup(name)
	return ok
}

// functionNames yields the names that a call may use.
func (s *survey) functionNames() iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range s.functions {
			if !yield(name) {
				return
			}
		}
		if s.in.Builtins != nil {
			s.in.Builtins.Names()(yield)
		}
	}
}

// variableNames yields the names that have a value.
func (s *survey) variableNames() iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range s.given {
			if !yield(name) {
				return
			}
		}
		for name := range requestNames {
			if !yield(name) {
				return
			}
		}
	}
}

// lookAlike warns of a name that another one of the program is shown like,
// though both are different: ொ may be one code point or two. Each name is
// warned of once, where it is met first.
func (c *checker) lookAlike(name syntax.Name) {
	if c.quiet || isASCII(name.Text) {
		return
	}
	form := norm.NFC.String(name.Text)
	first, ok := c.composed[form]
	switch {
	case !ok:
		c.composed[form] = name
		return
	case first.Text == name.Text:
		return
	}
	// The spelling itself is a key too (no composed form begins with NUL), so
	// that it is told once.
	key := "\x00" + name.Text
	if _, told := c.composed[key]; !told {
		c.composed[key] = name
		c.report(diag.LooksAlike.At(name.Loc, name.Text)).Note(first.Loc, diag.OtherNameHere)
	}
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// nameAt makes a name of a variable, which has no node of its own for it.
func nameAt(text string, at token.Span) syntax.Name { return syntax.Name{Text: text, Loc: at} }
