package value

import (
	"strings"
	"testing"
	"unsafe"
)

func TestAValueIs24Bytes(t *testing.T) {
	if n := unsafe.Sizeof(Value{}); n != 24 {
		t.Errorf("a Value takes %d bytes, want 24", n)
	}
}

func TestLettersAgreeWithTheLibrary(t *testing.T) {
	for _, s := range []string{
		"", "abc", "வணக்கம்", "க்ஷ", "ஸ்ரீ", "கொ", "க\u0bc6\u0bbe", "ா", "க\u200d", "\r\n", "\n\r", "a\r\nb",
		"👨‍👩‍👧", "🇮🇳🇮🇳", "क्षत्रिय", "ക്ഷ", "a\u0bcd", "é", "e\u0301", "1ா2", "\x00ா", "அ\u0300ஆ", "௳௴", "ஃப்",
	} {
		v := String(s)
		var fast []string
		for i := range v.Letters() {
			fast = append(fast, v.Letter(i))
		}
		var slow []string
		for rest := s; rest != ""; {
			n := slowLetterLen(rest)
			slow = append(slow, rest[:n])
			rest = rest[n:]
		}
		if strings.Join(fast, "|") != strings.Join(slow, "|") {
			t.Errorf("%q: letters %q, want %q", s, fast, slow)
		}
	}
}

func FuzzLetters(f *testing.F) {
	f.Add("வணக்கம்")
	f.Add("a\r\n\u0bcdb👨‍👩‍👧")
	f.Fuzz(func(t *testing.T, s string) {
		s = Clean(s)
		for rest := s; rest != ""; {
			a, b := letterLen(rest), slowLetterLen(rest)
			if a != b {
				t.Fatalf("%q: first letter of %d bytes, want %d", rest, a, b)
			}
			rest = rest[a:]
		}
	})
}

func TestJoiningOneByOneCopiesLinearly(t *testing.T) {
	cost := func(n int) int {
		s := Joined("")
		total := 0
		for range n {
			before := s.tail
			total += JoinCost(s, "ab")
			s = Join(s, "ab")
			_ = before
		}
		return total
	}
	small, large := cost(1000), cost(10000)
	if large > 15*small {
		t.Errorf("joining 10,000 texts allocates %d bytes, 1,000 %d", large, small)
	}
}

func TestAppendingOneByOneCopiesLinearly(t *testing.T) {
	cost := func(n int) int {
		v := FlatArray(nil)
		total := 0
		for i := range n {
			total += AppendCost(&v)
			v, _ = Append(&v, Int(i))
		}
		return total
	}
	small, large := cost(1000), cost(10000)
	if large > 15*small {
		t.Errorf("appending 10,000 elements allocates %d bytes, 1,000 %d", large, small)
	}
}

func TestArraysThatShareAStoreStayIndependent(t *testing.T) {
	a := FlatArray(nil)
	for i := range 5 {
		AppendTo(&a, Int(i))
	}
	b, _ := Append(&a, Int(10))
	c, _ := Append(&a, Int(20))
	d, _ := Append(&b, Int(11))
	b.SetAt(0, Int(99))
	AppendTo(&a, Int(7))
	for _, tt := range []struct {
		v    Value
		want string
	}{
		{a, "[0, 1, 2, 3, 4, 7]"}, {b, "[99, 1, 2, 3, 4, 10]"}, {c, "[0, 1, 2, 3, 4, 20]"}, {d, "[0, 1, 2, 3, 4, 10, 11]"},
	} {
		if got, _ := ToText(&tt.v, 0); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestACollectionInsideItselfIsACopy(t *testing.T) {
	a := FlatArray([]Value{Int(1)})
	AppendTo(&a, a)
	a.SetAt(0, a)
	r := NewRecord(1)
	r.Set("அ", Int(1))
	r.Set("ஆ", r)
	for _, tt := range []struct {
		v    Value
		want string
	}{{a, "[[1, [1]], [1]]"}, {r, "{அ: 1, ஆ: {அ: 1}}"}} {
		if got, ok := ToText(&tt.v, 1000); !ok || got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestRecordsThatShareKeysStayIndependent(t *testing.T) {
	keys := FrozenKeys([]string{"b", "a"})
	x, _ := RecordOf(keys, []Value{Int(1), Int(2)})
	y, _ := RecordOf(keys, []Value{Int(3), Int(4)})
	x.Set("c", Int(5))
	z := x.Share()
	z.Set("d", Int(6))
	x.Set("a", Int(0))
	for _, tt := range []struct {
		v    Value
		want string
	}{{x, "{a: 0, b: 1, c: 5}"}, {y, "{a: 4, b: 3}"}, {z, "{a: 2, b: 1, c: 5, d: 6}"}} {
		if got, _ := ToText(&tt.v, 0); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestNestingIsBounded(t *testing.T) {
	v := FlatArray(nil)
	ok := true
	n := 1
	for ; ok && n < 2*MaxDepth; n++ {
		v, ok = ArrayOf([]Value{v})
	}
	if ok || n != MaxDepth+1 {
		t.Errorf("nesting stopped at %d, want %d", n, MaxDepth+1)
	}
	// A deep element that was replaced no longer counts.
	deep := FlatArray(nil)
	for range MaxDepth - 1 {
		deep, _ = ArrayOf([]Value{deep})
	}
	deep.SetAt(0, Int(1))
	if _, ok := ArrayOf([]Value{deep}); !ok {
		t.Error("an array that is flat again counts as deep")
	}
}

func TestCleanReplacesMaximalSubparts(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"a\xffb", "a\uFFFDb"}, {"\xe0\xae", "\uFFFD"}, {"\xe0\xaeக", "\uFFFDக"}, {"\xf0\x9f\x98", "\uFFFD"},
		{"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"}, {"\xc0\xaf", "\uFFFD\uFFFD"}, {"ok", "ok"},
	} {
		if got := Clean(tt.in); got != tt.want {
			t.Errorf("Clean(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func BenchmarkAdd(b *testing.B) {
	x, y := Int(5), Int(7)
	var d Value
	for b.Loop() {
		Add(&d, &x, &y)
	}
}
