package token_test

import (
	"testing"

	"etamil/engine/token"
)

func TestPositionsCountCodePointsFromOne(t *testing.T) {
	for _, tt := range []struct {
		why, source string
		offset      int
		want        token.Position
	}{
		{"start", "ab", 0, token.Position{Line: 1, Column: 1}},
		{"a vowel sign counts", "நீ = 1", 6, token.Position{Line: 1, Column: 3}},
		{"a tab counts one", "\t\ta", 2, token.Position{Line: 1, Column: 3}},
		{"second line", "a\nbc", 3, token.Position{Line: 2, Column: 2}},
		{"the line feed belongs to its line", "a\nbc", 1, token.Position{Line: 1, Column: 2}},
		{"an order mark counts nothing", "\uFEFFab", 4, token.Position{Line: 1, Column: 2}},
		{"behind the end", "ab", 99, token.Position{Line: 1, Column: 3}},
		{"before the start", "ab", -1, token.Position{Line: 1, Column: 1}},
		{"empty", "", 0, token.Position{Line: 1, Column: 1}},
	} {
		f := token.NewFile("a.qmz", "", tt.source)
		if got := f.Position(tt.offset); got != tt.want {
			t.Errorf("%s: Position(%d) = %v, want %v", tt.why, tt.offset, got, tt.want)
		}
		if got := f.Line(tt.offset); got != tt.want.Line {
			t.Errorf("%s: Line(%d) = %d, want %d", tt.why, tt.offset, got, tt.want.Line)
		}
	}
}

func TestLineText(t *testing.T) {
	f := token.NewFile("a.qmz", "", "\uFEFFஒன்று\r\nஇரண்டு\n")
	for _, tt := range []struct {
		line   int
		text   string
		offset int
	}{
		{1, "ஒன்று", 3}, {2, "இரண்டு", 20}, {3, "", 39}, {4, "", 39}, {0, "", 39},
	} {
		if text, offset := f.LineText(tt.line); text != tt.text || offset != tt.offset {
			t.Errorf("LineText(%d) = %q, %d, want %q, %d", tt.line, text, offset, tt.text, tt.offset)
		}
	}
	if got := f.LineCount(); got != 3 {
		t.Errorf("LineCount() = %d, want 3", got)
	}
}

func TestSpans(t *testing.T) {
	f, g := token.NewFile("a.qmz", "", "ab\ncd"), token.NewFile("b.qmz", "", "ab")
	a, b := token.Span{File: f, Start: 0, End: 2}, token.Span{File: f, Start: 3, End: 5}
	if got := a.To(b); got.Start != 0 || got.End != 5 || got.Text() != "ab\ncd" {
		t.Errorf("To gives %v", got)
	}
	if got := b.To(a); got != b {
		t.Errorf("To backwards gives %v, want %v", got, b)
	}
	if got := a.To(token.Span{File: g, End: 2}); got != a {
		t.Errorf("To another file gives %v, want %v", got, a)
	}
	if b.Pos() != (token.Position{Line: 2, Column: 1}) || b.EndPos() != (token.Position{Line: 2, Column: 3}) {
		t.Errorf("b stands from %v to %v", b.Pos(), b.EndPos())
	}
	var none token.Span
	if none.IsValid() || none.Text() != "" || none.Pos() != (token.Position{}) || none.EndPos() != (token.Position{}) {
		t.Error("the zero Span is a place")
	}
}
