package load

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"etamil/engine/diag"
	"etamil/engine/syntax"
	"etamil/engine/token"
)

// MaxFileBytes is the size of the largest source file that is read.
const MaxFileBytes = maxFileMiB << 20

const maxFileMiB = 16

// libraryRoot is the folder that all modules of the embedded library lie in.
const libraryRoot = "nUlakam"

// A Loader says where the files of a program come from. It is not changed by
// loading and may be used by many goroutines if its parts may.
type Loader struct {
	Files Files
	// Library gives the source of a module of the embedded library by its
	// library path, which begins with "nUlakam/". nil: there is no library.
	Library func(libraryPath string) (source string, ok bool)
	// Modules holds the library paths of all its modules, of which one may be
	// meant where an import finds nothing.
	Modules []string
	// Path holds the entries of ETAMIL_PATH in order; see SplitPath. A relative
	// entry is relative to Dir.
	Path []string
	// Dir is the absolute current directory: relative paths and imports of a
	// program without a file start there, and names are shown relative to it.
	Dir string
}

// A Program is a main file and all it imports.
type Program struct {
	Main *Module
	// Modules holds all files, each once: the main file, then the others in
	// the order in which their imports were met, depth first.
	Modules []*Module
	// Stmts is the assembled program: the top-level statements of all files,
	// those of a module in the place of the import that brought it in. The
	// imports themselves are not in it. Which file a statement stands in, its
	// span tells; see ModuleOf.
	Stmts []syntax.Stmt
	// Inputs holds the absolute paths of the files on disk that the program
	// depends on: those read, and where a module was not found, the places
	// where it was looked for. It is there after a failure too.
	Inputs []string

	byFile map[*token.File]*Module
}

// A Module is one file of a program.
type Module struct {
	*syntax.File
	// Library is the library path of an embedded module, "" for any other
	// file. What an embedded module calls is bound to the library.
	Library string
	// Imports holds the modules that this one imports, in order, each once.
	Imports []*Module
}

// Embedded reports whether m is a module of the embedded library.
func (m *Module) Embedded() bool { return m.Library != "" }

// ModuleOf returns the module whose source is f, nil if it is not part of p.
func (p *Program) ModuleOf(f *token.File) *Module { return p.byFile[f] }

// Sort puts a list of diagnostics into the order of the assembled program: those
// of a module where its statements were put. Those of one place stay as they
// were; those of files that are not part of p come last.
func (p *Program) Sort(list diag.List) {
	// The top-level statements of each file: where they start, and how many
	// statements of the whole program come before.
	type start struct{ offset, order int }
	starts := map[*token.File][]start{}
	for i, stmt := range p.Stmts {
		s := stmt.Span()
		starts[s.File] = append(starts[s.File], start{int(s.Start), i})
	}
	order := func(d *diag.Diagnostic) int {
		of, ok := starts[d.Span.File]
		if !ok {
			return len(p.Stmts)
		}
		i, found := slices.BinarySearchFunc(of, int(d.Span.Start), func(s start, offset int) int {
			return cmp.Compare(s.offset, offset)
		})
		if !found && i > 0 {
			i--
		}
		return of[i].order
	}
	slices.SortStableFunc(list, func(a, b *diag.Diagnostic) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a.Span.Start, b.Span.Start))
	})
}

// SplitPath splits the value of ETAMIL_PATH into its entries; empty ones are
// left out.
func SplitPath(value string) []string {
	return slices.DeleteFunc(filepath.SplitList(value), func(entry string) bool { return entry == "" })
}

// File loads the program whose main file has that path. If the list has errors
// only Inputs of the program is set; a list without errors may hold warnings.
func (l *Loader) File(name string) (*Program, diag.List) {
	a := l.newAssembly()
	given := l.absolute(name)
	a.Inputs = append(a.Inputs, given)
	real, err := l.Files.RealPath(given)
	if err != nil {
		a.report(diag.ProgramUnreadable.New(name, diag.Reason(err)))
		return a.result()
	}
	if real != given {
		a.Inputs = append(a.Inputs, real)
	}
	source, err := l.read(real)
	if err != nil {
		a.report(a.unreadable(err, token.NewFile(l.display(given, name), real, ""),
			diag.ProgramUnreadable.New(name, diag.Reason(err))))
		return a.result()
	}
	a.main(token.NewFile(l.display(given, name), real, source))
	return a.result()
}

// Source loads a program whose main text did not come from a file with a path:
// "<stdin>", or a text in memory. Its imports start in Dir.
func (l *Loader) Source(name, source string) (*Program, diag.List) {
	a := l.newAssembly()
	if len(source) > MaxFileBytes {
		a.report(tooLarge(token.NewFile(name, "", "")))
		return a.result()
	}
	a.main(token.NewFile(name, "", source))
	return a.result()
}

// Reader is Source for a text that is still to be read, such as standard input.
// No more than MaxFileBytes and one byte of it are read.
func (l *Loader) Reader(name string, r io.Reader) (*Program, diag.List) {
	source, err := io.ReadAll(io.LimitReader(r, MaxFileBytes+1))
	if err != nil {
		a := l.newAssembly()
		a.report(diag.ProgramUnreadable.New(name, diag.Reason(err)))
		return a.result()
	}
	return l.Source(name, string(source))
}

// errTooLarge is what read returns for a file above MaxFileBytes.
var errTooLarge = errors.New("file too large")

func (l *Loader) read(real string) (string, error) {
	f, err := l.Files.Open(real)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.LimitReader(f, MaxFileBytes+1)); err != nil {
		return "", err
	}
	if b.Len() > MaxFileBytes {
		return "", errTooLarge
	}
	return b.String(), nil
}

func (l *Loader) absolute(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(l.Dir, name)
}

// display returns how people are shown the file at an absolute path: relative
// to the current directory where it lies below it, else as it was named. Below
// the root lies everything, and a service runs there: that is no reason.
func (l *Loader) display(absolute, named string) string {
	dirs := []string{l.Dir}
	if real, err := l.Files.RealPath(l.Dir); err == nil && real != l.Dir {
		dirs = append(dirs, real)
	}
	for _, dir := range dirs {
		if dir == "/" {
			continue
		}
		if rel, err := filepath.Rel(dir, absolute); err == nil && filepath.IsLocal(rel) {
			return rel
		}
	}
	return filepath.Clean(named)
}

// An assembly is a program in the making.
type assembly struct {
	*Program
	loader *Loader
	list   diag.List
	// byKey finds the modules by their identity: the real path of a file, or
	// libraryKey of a library path.
	byKey map[string]*Module
}

func libraryKey(libraryPath string) string { return "\x00" + libraryPath }

func (l *Loader) newAssembly() *assembly {
	return &assembly{
		Program: &Program{byFile: map[*token.File]*Module{}},
		loader:  l,
		byKey:   map[string]*Module{},
	}
}

func (a *assembly) report(d *diag.Diagnostic) { a.list = append(a.list, d) }

func (a *assembly) result() (*Program, diag.List) {
	if a.list.HasErrors() {
		return &Program{Inputs: a.Inputs}, a.list
	}
	return a.Program, a.list
}

// main parses the main file and assembles the program.
func (a *assembly) main(f *token.File) {
	if m := a.parse(f, "", true); m != nil {
		a.Main = m
		a.splice(m)
	}
}

// parse makes a module of a source text, or reports why it is none.
func (a *assembly) parse(f *token.File, libraryPath string, main bool) *Module {
	file, list := syntax.ParseFile(f, syntax.Options{Main: main})
	if libraryPath == "" || list.HasErrors() { // nobody can mend what the library is warned of
		a.list = append(a.list, list...)
	}
	if list.HasErrors() {
		return nil
	}
	m := &Module{File: file, Library: libraryPath}
	a.Modules = append(a.Modules, m)
	a.byFile[f] = m
	switch {
	case libraryPath != "":
		a.byKey[libraryKey(libraryPath)] = m
	case f.Path != "":
		a.byKey[f.Path] = m
	}
	return m
}

// splice appends the statements of m and of what it imports, and reports
// whether all could be loaded: the first file that cannot ends the loading.
func (a *assembly) splice(m *Module) bool {
	for _, stmt := range m.Stmts {
		imp, ok := stmt.(*syntax.Import)
		if !ok {
			a.Stmts = append(a.Stmts, stmt)
			continue
		}
		imported, isNew := a.resolve(m, imp.Path)
		if imported == nil {
			return false
		}
		if !slices.Contains(m.Imports, imported) {
			m.Imports = append(m.Imports, imported)
		}
		if isNew && !a.splice(imported) {
			return false
		}
	}
	return true
}

// resolve finds the module that an import in m names and loads it if it is not
// part of the program yet. It returns nil when it has reported an error.
func (a *assembly) resolve(m *Module, at *syntax.Text) (imported *Module, isNew bool) {
	l := a.loader
	if m.Embedded() {
		name := path.Join(path.Dir(m.Library), at.Value)
		if imported, isNew, ok := a.library(name); ok {
			return imported, isNew
		}
		a.report(diag.ModuleNotFound.At(at.Span(), at.Value).Note(token.Span{}, searched(nil, []string{name})))
		return nil, false
	}

	places := a.places(m, at.Value)
	for _, place := range places {
		real, err := l.Files.RealPath(place)
		if err != nil {
			continue
		}
		if imported := a.byKey[real]; imported != nil {
			return imported, false
		}
		a.Inputs = append(a.Inputs, real)
		f := token.NewFile(l.display(place, place), real, "")
		source, err := l.read(real)
		if err != nil {
			a.report(a.unreadable(err, f, diag.ModuleUnreadable.At(at.Span(), at.Value, diag.Reason(err)).
				Note(token.Span{}, diag.Text{Ta: "கோப்பு: " + f.Name, En: "file: " + f.Name})))
			return nil, false
		}
		return a.parse(token.NewFile(f.Name, real, source), "", false), true
	}

	names := libraryNames(m, at.Value)
	for _, name := range names {
		if imported, isNew, ok := a.library(name); ok {
			return imported, isNew
		}
	}
	a.Inputs = append(a.Inputs, places...)
	for i, place := range places {
		places[i] = l.display(place, place)
	}
	d := diag.ModuleNotFound.At(at.Span(), at.Value).Note(token.Span{}, searched(places, names))
	if near, ok := l.meant(at.Value); ok {
		help := diag.DidYouMean(near)
		d.WithHelp(help.Ta, help.En)
	}
	a.report(d)
	return nil, false
}

// meant returns the module of the library that an import which found nothing
// most likely means: with the ending or the folders left out, or the nearest.
func (l *Loader) meant(name string) (string, bool) {
	name = path.Clean(filepath.ToSlash(name))
	if rest, ok := belowLibrary(name); ok {
		name = rest
	}
	for _, module := range l.Modules {
		bare := strings.TrimSuffix(name, ".qmz") + ".qmz"
		if module == bare || path.Base(module) == bare {
			return module, true
		}
	}
	return diag.Nearest(name, slices.Values(l.Modules))
}

// places returns the absolute paths on disk that an import of a file on disk
// may mean, in the order of the search.
func (a *assembly) places(m *Module, name string) []string {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		return []string{filepath.Clean(name)}
	}
	l := a.loader
	dir := l.Dir
	if m.Source.Path != "" {
		dir = filepath.Dir(m.Source.Path)
	}
	places := []string{filepath.Join(dir, name)}
	for _, entry := range l.Path {
		if entry == "" {
			continue
		}
		if place := filepath.Join(l.absolute(entry), name); !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	return places
}

// libraryNames returns the library paths that an import of a file on disk may
// mean when nothing on disk is meant: the path as written, the part of it from
// the last "nUlakam/" on, and the same part of the path from the importing
// file's folder, so that one module of a copied library can be replaced alone.
func libraryNames(m *Module, name string) []string {
	var names []string
	add := func(p string) {
		if rest, ok := belowLibrary(p); ok && !slices.Contains(names, rest) {
			names = append(names, rest)
		}
	}
	name = filepath.ToSlash(name)
	if clean := path.Clean(name); strings.HasPrefix(clean, libraryRoot+"/") {
		names = append(names, clean)
	}
	add(name)
	if m.Source.Path != "" && !path.IsAbs(name) {
		add(path.Join(filepath.ToSlash(filepath.Dir(m.Source.Path)), name))
	}
	return names
}

// belowLibrary returns the part of p from its last element "nUlakam" on.
func belowLibrary(p string) (string, bool) {
	parts := strings.Split(path.Clean(p), "/")
	for i := len(parts) - 2; i >= 0; i-- {
		if parts[i] == libraryRoot {
			return strings.Join(parts[i:], "/"), true
		}
	}
	return "", false
}

// library returns the embedded module with that library path; ok is false when
// there is none. The module is nil when its source has errors.
func (a *assembly) library(name string) (m *Module, isNew, ok bool) {
	if m := a.byKey[libraryKey(name)]; m != nil {
		return m, false, true
	}
	if a.loader.Library == nil || !strings.HasPrefix(name, libraryRoot+"/") {
		return nil, false, false
	}
	source, ok := a.loader.Library(name)
	if !ok {
		return nil, false, false
	}
	return a.parse(token.NewFile(name, "", source), name, false), true, true
}

// unreadable returns what is said of a file that could not be read: d, or that
// it is too large.
func (a *assembly) unreadable(err error, f *token.File, d *diag.Diagnostic) *diag.Diagnostic {
	if !errors.Is(err, errTooLarge) {
		return d
	}
	if !d.Span.IsValid() {
		return tooLarge(f)
	}
	large := diag.FileTooLarge.At(d.Span, maxFileMiB)
	large.Notes = d.Notes
	return large
}

func tooLarge(f *token.File) *diag.Diagnostic {
	return diag.FileTooLarge.At(token.Span{File: f}, maxFileMiB)
}

// searched lists the places on disk and in the embedded library where a module
// is not.
func searched(places, names []string) diag.Text {
	ta, en := slices.Clone(places), slices.Clone(places)
	for _, name := range names {
		ta = append(ta, "உள்ளமை நூலகம் ("+name+")")
		en = append(en, "the embedded library ("+name+")")
	}
	return diag.Text{Ta: "தேடிய இடங்கள்: " + strings.Join(ta, ", "), En: "searched: " + strings.Join(en, ", ")}
}
