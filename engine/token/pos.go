package token

import (
	"sort"
	"sync"
	"unicode/utf8"
)

// A File is one source text: the main program or a module. It is immutable
// after NewFile and safe for concurrent use.
type File struct {
	// Name is what people are shown: the path as given on the command line
	// or found by the import search, "nUlakam/…" for an embedded module,
	// "<stdin>" for standard input.
	Name string
	// Path is the real path (links resolved), the identity of the file;
	// "" for standard input.
	Path string
	// Source is the whole text, byte order mark included. It may hold bytes
	// that are no UTF-8 only in a file that was refused for that.
	Source string

	once  sync.Once
	lines []int // byte offset of the first byte of each line
}

// NewFile returns a file of that name, real path and text.
func NewFile(name, path, source string) *File {
	return &File{Name: name, Path: path, Source: source}
}

// bom is the UTF-8 form of U+FEFF, skipped at the start of a file and not
// counted as a column.
const bom = "\uFEFF"

func (f *File) lineStarts() []int {
	f.once.Do(func() {
		f.lines = append(f.lines, 0)
		for i := 0; i < len(f.Source); i++ {
			if f.Source[i] == '\n' {
				f.lines = append(f.lines, i+1)
			}
		}
	})
	return f.lines
}

// A Position is a place as people see it: line and column start at 1, the
// column counts code points (a tab counts 1, a byte order mark nothing).
type Position struct {
	Line, Column int
}

// Position returns the place of a byte offset; offsets outside the text are
// moved to its nearest end. The cost is that of scanning one line.
func (f *File) Position(offset int) Position {
	offset = min(max(offset, 0), len(f.Source))
	lines := f.lineStarts()
	n := sort.SearchInts(lines, offset+1) - 1
	start := lines[n]
	if n == 0 && len(f.Source) >= len(bom) && f.Source[:len(bom)] == bom && offset >= len(bom) {
		start = len(bom)
	}
	if start > offset {
		start = offset
	}
	return Position{Line: n + 1, Column: utf8.RuneCountInString(f.Source[start:offset]) + 1}
}

// Line returns the line of a byte offset, from 1; offsets outside the text are
// moved to its nearest end. Unlike that of Position its cost does not grow with
// the length of the line.
func (f *File) Line(offset int) int {
	offset = min(max(offset, 0), len(f.Source))
	return sort.SearchInts(f.lineStarts(), offset+1)
}

// LineCount returns the number of lines.
func (f *File) LineCount() int { return len(f.lineStarts()) }

// LineText returns line n (from 1) without its line end and without a byte
// order mark, and the byte offset at which that text starts. Outside the file
// it returns "" and the length of the text.
func (f *File) LineText(n int) (text string, offset int) {
	lines := f.lineStarts()
	if n < 1 || n > len(lines) {
		return "", len(f.Source)
	}
	start, end := lines[n-1], len(f.Source)
	if n < len(lines) {
		end = lines[n] - 1
	}
	if end > start && f.Source[end-1] == '\r' {
		end--
	}
	if n == 1 && end-start >= len(bom) && f.Source[start:start+len(bom)] == bom {
		start += len(bom)
	}
	return f.Source[start:end], start
}

// A Span is a stretch of a file: byte offsets, end exclusive. The zero Span
// is no place at all.
type Span struct {
	File       *File
	Start, End int32
}

// IsValid reports whether s is a place.
func (s Span) IsValid() bool { return s.File != nil }

// Pos returns the position of the first code point of s.
func (s Span) Pos() Position {
	if s.File == nil {
		return Position{}
	}
	return s.File.Position(int(s.Start))
}

// EndPos returns the position just past s.
func (s Span) EndPos() Position {
	if s.File == nil {
		return Position{}
	}
	return s.File.Position(int(s.End))
}

// Text returns the source text of s.
func (s Span) Text() string {
	if s.File == nil {
		return ""
	}
	return s.File.Source[s.Start:s.End]
}

// To returns the span from the start of s to the end of t, both of one file.
func (s Span) To(t Span) Span {
	if t.File != s.File || t.End < s.End {
		return s
	}
	return Span{File: s.File, Start: s.Start, End: t.End}
}
