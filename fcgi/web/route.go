package web

import (
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"etamil/engine"
)

// preludeRoute is the route of a program without routes: the prelude alone
// answers.
const preludeRoute = -1

// preludeMethods are the methods that a program without routes answers, all on
// the path "/".
var preludeMethods = []string{"GET", "POST", "PUT", "DELETE"}

// A Table finds the route of a request. It is immutable and safe for
// concurrent use.
type Table struct {
	routes []route
	exact  map[string][]endpoint // by the path literal as written
	root   node
}

type route struct {
	method  string // upper-case
	pattern string // the literal as written, for logs and metrics
	number  int    // index in the program, or preludeRoute
	params  []param
	// kinds has one letter a piece, 'L' for a literal and 'P' for a
	// parameter, so that comparing texts puts a literal first.
	kinds string
}

// A param is a piece that begins with ':'.
type param struct {
	piece int // which piece, from 0
	name  string
}

// An endpoint is the route of one method; index is that in Table.routes.
type endpoint struct {
	method string
	index  int
}

// A node stands for the pieces of a pattern up to one place; patterns of the
// same shape end in the same node, whatever their parameters are called.
type node struct {
	literal map[string]*node
	param   *node
	ends    []endpoint
}

// NewTable makes the table of a program's routes. Without routes, the prelude
// answers GET, POST, PUT and DELETE on "/".
func NewTable(routes []engine.Route) *Table {
	t := &Table{exact: make(map[string][]endpoint, len(routes))}
	if len(routes) == 0 {
		for _, method := range preludeMethods {
			t.add(method, "/", preludeRoute)
		}
	}
	for i, r := range routes {
		t.add(r.Method, r.Path, i)
	}
	return t
}

func (t *Table) add(method, path string, number int) {
	r := route{method: method, pattern: path, number: number}
	at := &t.root
	kinds := make([]byte, 0, 8)
	for rest := path; ; {
		var piece string
		if piece, rest = nextPiece(rest); piece == "" {
			break
		}
		if piece[0] == ':' {
			r.params = append(r.params, param{len(kinds), piece[1:]})
			kinds = append(kinds, 'P')
			if at.param == nil {
				at.param = &node{}
			}
			at = at.param
			continue
		}
		kinds = append(kinds, 'L')
		next := at.literal[piece]
		if next == nil {
			if at.literal == nil {
				at.literal = map[string]*node{}
			}
			next = &node{}
			at.literal[piece] = next
		}
		at = next
	}
	r.kinds = string(kinds)
	index := len(t.routes)
	t.routes = append(t.routes, r)
	// A later declaration of the same method and path literal, or of the same
	// shape, wins.
	t.exact[path] = replace(t.exact[path], endpoint{method, index})
	at.ends = replace(at.ends, endpoint{method, index})
}

func replace(list []endpoint, e endpoint) []endpoint {
	for i := range list {
		if list[i].method == e.method {
			list[i] = e
			return list
		}
	}
	return append(list, e)
}

// nextPiece cuts the first piece that is not empty off a path; it returns ""
// when there is none.
func nextPiece(path string) (piece, rest string) {
	for path != "" && path[0] == '/' {
		path = path[1:]
	}
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return path, ""
}

// A Match is the route that a request reaches.
type Match struct {
	Route   int    // index among the program's routes; -1: the prelude alone answers
	Pattern string // the path literal as written
	// params are the parameters to bind: none when the path is the literal
	// itself.
	params []param
}

// Find returns the route that a request of that method with that raw path
// reaches. A HEAD request without a route of its own reaches that of GET. The
// method may have any case. A path that equals a literal costs one look-up and
// no allocation.
func (t *Table) Find(method, path string) (Match, bool) {
	method = upperASCII(method)
	m, ok := t.find(method, path)
	if !ok && method == "HEAD" {
		m, ok = t.find("GET", path)
	}
	return m, ok
}

func (t *Table) find(method, path string) (Match, bool) {
	for _, e := range t.exact[path] {
		if e.method == method {
			r := &t.routes[e.index]
			return Match{Route: r.number, Pattern: r.pattern}, true
		}
	}
	index := t.best(&t.root, method, path)
	if index < 0 {
		return Match{}, false
	}
	r := &t.routes[index]
	return Match{Route: r.number, Pattern: r.pattern, params: r.params}, true
}

// best returns the index of the route below n that fits the rest of a path
// best, or -1. It visits each node at most once, so its cost is bounded by the
// size of the program, whatever the path.
func (t *Table) best(n *node, method, rest string) int {
	piece, rest := nextPiece(rest)
	if piece == "" {
		for _, e := range n.ends {
			if e.method == method {
				return e.index
			}
		}
		return -1
	}
	found := -1
	if len(n.literal) > 0 {
		if next := n.literal[piece]; next != nil {
			found = t.best(next, method, rest)
		}
		if decoded, ok := decodePiece(piece); ok {
			if next := n.literal[decoded]; next != nil {
				found = t.better(found, t.best(next, method, rest))
			}
		}
	}
	if found < 0 && n.param != nil {
		found = t.best(n.param, method, rest)
	}
	return found
}

// better chooses between two routes that fit: the one whose first piece of
// another kind is a literal, else the later one. Either may be -1.
func (t *Table) better(a, b int) int {
	switch {
	case a < 0:
		return b
	case b < 0:
		return a
	case t.routes[a].kinds != t.routes[b].kinds:
		if t.routes[a].kinds < t.routes[b].kinds {
			return a
		}
		return b
	}
	return max(a, b)
}

// Allow returns the methods of every route that the path fits, sorted, HEAD
// where there is GET, and OPTIONS; nil when it fits none.
func (t *Table) Allow(path string) []string {
	var methods []string
	for _, e := range t.exact[path] {
		methods = append(methods, e.method)
	}
	methods = t.all(&t.root, path, methods)
	if methods == nil {
		return nil
	}
	if slices.Contains(methods, "GET") {
		methods = append(methods, "HEAD")
	}
	methods = append(methods, "OPTIONS")
	slices.Sort(methods)
	return slices.Compact(methods)
}

// all adds the methods of all routes below n that fit the rest of a path.
func (t *Table) all(n *node, rest string, methods []string) []string {
	piece, rest := nextPiece(rest)
	if piece == "" {
		for _, e := range n.ends {
			methods = append(methods, e.method)
		}
		return methods
	}
	if next := n.literal[piece]; next != nil {
		methods = t.all(next, rest, methods)
	}
	if decoded, ok := decodePiece(piece); ok {
		if next := n.literal[decoded]; next != nil {
			methods = t.all(next, rest, methods)
		}
	}
	if n.param != nil {
		methods = t.all(n.param, rest, methods)
	}
	return methods
}

// Patterns are the path literals of the routes of a method, in the order of the
// program.
func (t *Table) Patterns(method string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range t.routes {
			if r := &t.routes[i]; r.method == method && !yield(r.pattern) {
				return
			}
		}
	}
}

// bind appends the parameters of m with their raw values in path, in order.
func (m *Match) bind(pairs []Pair, path string) []Pair {
	at := 0
	rest := path
	for _, p := range m.params {
		var piece string
		for ; at <= p.piece; at++ {
			piece, rest = nextPiece(rest)
		}
		pairs = append(pairs, Pair{Name: p.name, Value: piece})
	}
	return pairs
}

// decodePiece percent-decodes a piece of a path for comparing it with a
// literal. It is false when that gives nothing new: no escape, a bad escape, or
// bytes that are no UTF-8.
func decodePiece(piece string) (string, bool) {
	if strings.IndexByte(piece, '%') < 0 {
		return "", false
	}
	decoded := make([]byte, 0, len(piece))
	for i := 0; i < len(piece); i++ {
		if piece[i] != '%' {
			decoded = append(decoded, piece[i])
			continue
		}
		b, ok := hexByte(piece[i+1:])
		if !ok {
			return "", false
		}
		decoded = append(decoded, b)
		i += 2
	}
	if !utf8.Valid(decoded) {
		return "", false
	}
	return string(decoded), true
}

// upperASCII makes the letters a–z of s large. Other letters stay: 'ſ' is not
// 'S' in a method.
func upperASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if 'a' <= s[i] && s[i] <= 'z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'a' <= b[i] && b[i] <= 'z' {
					b[i] -= 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
