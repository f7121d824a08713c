package compile

import (
	"etamil/engine/builtin"
	"etamil/engine/code"
	"etamil/engine/diag"
	"etamil/engine/syntax"
	"etamil/engine/value"
)

// A definition is one செயல் of the assembled program, or one function of the
// library behind which Go stands.
type definition struct {
	stmt    *syntax.Function
	library string           // module, "" outside the library
	row     *builtin.Builtin // of the library's table; nil outside the library, and for what is private there
	native  bool             // Go stands behind the row
	index   int32            // in Program.Funcs; -1 for a native
	fn      *code.Func
}

// collect finds every definition, wherever it stands: the last of a name
// counts, weak spellings only where nothing else has the name. A function of
// the library without a row in its table is private to its module.
func (p *program) collect(units []Unit) {
	p.defs = map[string]*definition{}
	p.library = map[string]*definition{}
	p.private = map[[2]string]*definition{}
	weak := map[string]*definition{}
	lists := map[string]map[string]LibraryFunc{}
	add := func(s *syntax.Function, library string) {
		d := &definition{stmt: s, library: library, index: -1}
		name := s.Name.Text
		if library != "" {
			if lists[library] == nil && p.Library != nil {
				m := map[string]LibraryFunc{}
				for _, f := range p.Library(library) {
					m[f.Name.Tamil] = f
				}
				lists[library] = m
			}
			p.order = append(p.order, d)
			f, listed := lists[library][name]
			if listed {
				d.row, d.native = f.Builtin, f.Func != nil
			}
			if !listed || f.Private {
				p.private[[2]string{library, name}] = d
				return
			}
			p.library[name] = d
			for _, alias := range []string{f.Name.Roman, f.Name.English} {
				if alias != "" {
					weak[alias] = d
				}
			}
			if f.Weak {
				weak[name] = d
				return
			}
			p.defs[name] = d
			return
		}
		p.defs[name] = d
		p.order = append(p.order, d)
	}
	for _, u := range units {
		walkFunctions([]syntax.Stmt{u.Stmt}, func(s *syntax.Function) { add(s, u.Library) })
	}
	p.setNames = map[string]bool{}
	set := func(name string) { p.setNames[name] = true }
	for _, u := range units {
		assigned([]syntax.Stmt{u.Stmt}, set)
		assigned(blocksAsStmts(u.Stmt), set)
		walkFunctions([]syntax.Stmt{u.Stmt}, func(s *syntax.Function) {
			for _, param := range s.Params {
				set(param.Text)
			}
			assigned(s.Body.Stmts, set)
		})
	}
	for name, d := range weak {
		if p.defs[name] == nil {
			p.defs[name] = d
		}
	}
}

// blocksAsStmts returns the statements of a route or timer, which assigned
// leaves out.
func blocksAsStmts(s syntax.Stmt) []syntax.Stmt {
	switch s := s.(type) {
	case *syntax.Route:
		return s.Body.Stmts
	case *syntax.Timer:
		return s.Body.Stmts
	}
	return nil
}

// walkFunctions calls visit for every function in stmts, in order, those in
// blocks and in other functions included.
func walkFunctions(stmts []syntax.Stmt, visit func(*syntax.Function)) {
	for _, s := range stmts {
		if f, ok := s.(*syntax.Function); ok {
			visit(f)
		}
		for _, b := range Blocks(s) {
			walkFunctions(b.Stmts, visit)
		}
	}
}

// Blocks returns the blocks of a statement, in order.
func Blocks(s syntax.Stmt) []*syntax.Block {
	switch s := s.(type) {
	case *syntax.Function:
		return []*syntax.Block{s.Body}
	case *syntax.If:
		if s.Else != nil {
			return []*syntax.Block{s.Then, s.Else}
		}
		return []*syntax.Block{s.Then}
	case *syntax.While:
		return []*syntax.Block{s.Body}
	case *syntax.ForEach:
		return []*syntax.Block{s.Body}
	case *syntax.Route:
		return []*syntax.Block{s.Body}
	case *syntax.Timer:
		return []*syntax.Block{s.Body}
	}
	return nil
}

// assigned calls visit for every name that stmts set in their own scope.
func assigned(stmts []syntax.Stmt, visit func(string)) {
	for _, s := range stmts {
		switch s := s.(type) {
		case *syntax.Declare:
			visit(s.Name.Text)
		case *syntax.Assign:
			visit(s.Name.Text)
		case *syntax.SetIndex:
			visit(s.Name.Text)
		case *syntax.SetField:
			visit(s.Name.Text)
		case *syntax.ForEach:
			visit(s.Var.Text)
		case *syntax.Input:
			if v, ok := s.Target.(*syntax.Variable); ok {
				visit(v.Name)
			}
		case *syntax.FileRead:
			visit(s.Into.Text)
		case *syntax.CSVRead:
			visit(s.Into.Text)
		case *syntax.Query:
			visit(s.Into.Text)
		case *syntax.Function, *syntax.Route, *syntax.Timer:
			continue
		}
		for _, b := range Blocks(s) {
			assigned(b.Stmts, visit)
		}
	}
}

// bodies compiles every definition that can be called. Numbers are given
// first, so that functions may call one another.
func (p *program) bodies() {
	var live []*definition
	for _, d := range p.order {
		name := d.stmt.Name.Text
		if d.native || p.defs[name] != d && p.library[name] != d && p.private[[2]string{d.library, name}] != d {
			continue
		}
		d.index = int32(len(p.out.Funcs))
		d.fn = &code.Func{Name: name, Span: d.stmt.Name.Loc, Library: d.library != "", Row: d.row}
		p.out.Funcs = append(p.out.Funcs, d.fn)
		live = append(live, d)
	}
	for _, d := range live {
		p.function(d)
	}
}

// resolve returns what a call of that name reaches: a definition, a builtin,
// or nothing. A module of the library, where library is its path, reaches what
// is private to it and what the library offers, never what the program defines.
func (p *program) resolve(name, library string) (*definition, *builtin.Builtin) {
	if library != "" {
		if d := p.private[[2]string{library, name}]; d != nil {
			return d, nil
		}
		if d := p.library[name]; d != nil {
			return d, nil
		}
	} else if d := p.defs[name]; d != nil {
		return d, nil
	}
	if b, ok := p.Builtin(name); ok {
		return nil, b
	}
	return nil, nil
}

// constant returns the value of a literal.
func constant(e syntax.Expr) (value.Value, bool) {
	switch e := e.(type) {
	case *syntax.Number:
		return value.Num(e.Value), true
	case *syntax.Text:
		return value.FrozenString(e.Value), true
	case *syntax.Bool:
		return value.Bool(e.Value), true
	case *syntax.Nil:
		return value.NilValue(), true
	case *syntax.Neg:
		if n, ok := e.X.(*syntax.Number); ok {
			return value.Num(n.Value.Negate()), true
		}
	}
	return value.Value{}, false
}

// sets reports whether anything in the program may give the variable of that
// name a value: an assignment, a parameter, a loop, a reading statement.
func (p *program) sets(name string) bool {
	return p.setNames[name] || IsRequestName(name) || isAnswer(name)
}

// unknownHelp returns what to say beside "there is no function": the library
// module that has it, or the nearest name there is.
func (p *program) unknownHelp(name string) *diag.Text {
	if p.ModuleOf != nil {
		if module, ok := p.ModuleOf(name); ok {
			help := diag.ImportHelp(name, module)
			return &help
		}
	}
	near, ok := diag.Nearest(name, func(yield func(string) bool) {
		for n := range p.defs {
			if !yield(n) {
				return
			}
		}
		if p.Spellings != nil {
			for n := range p.Spellings {
				if !yield(n) {
					return
				}
			}
		}
	})
	if !ok {
		return nil
	}
	help := diag.DidYouMean(near)
	return &help
}
