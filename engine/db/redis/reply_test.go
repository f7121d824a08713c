package redis

import (
	"errors"
	"strings"
	"testing"

	"etamil/engine/host"
	"etamil/engine/value"
)

// free is a Meter without bounds.
type free struct{}

func (free) Charge(int) error { return nil }
func (free) Grow(int) error   { return nil }

var errSpent = errors.New("the meter is spent")

// spent is a Meter that ends after so many bytes.
type spent struct{ left int }

func (m *spent) Charge(int) error { return nil }

func (m *spent) Grow(n int) error {
	if m.left -= n; m.left < 0 {
		return errSpent
	}
	return nil
}

// shape is the kind and the printed form of a value, arrays with the kinds of
// their elements.
func shape(v value.Value) string {
	if v.Kind() == value.Array {
		var parts []string
		for _, e := range v.Elems() {
			parts = append(parts, shape(e))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return v.Kind().String() + " " + value.Display(&v, 100)
}

func TestRepliesBecomeValues(t *testing.T) {
	for _, tt := range []struct{ raw, want string }{
		{"+OK\r\n", "a string OK"},
		{"+\r\n", "a string "},
		{"$2\r\n12\r\n", "a string 12"},
		{"$0\r\n\r\n", "a string "},
		{"$4\r\na\r\nb\r\n", "a string a\r\nb"},
		{"$3\r\n\xff\x00A\r\n", "a string \ufffd\x00A"},
		{"$-1\r\n", "nil nil"},
		{"*-1\r\n", "nil nil"},
		{":7\r\n", "a number 7"},
		{":-9223372036854775808\r\n", "a number -9223372036854775808"},
		{"*0\r\n", "[]"},
		{"*2\r\n$1\r\na\r\n*3\r\n:1\r\n$-1\r\n*0\r\n", "[a string a, [a number 1, nil nil, []]]"},
		{"*3\r\n-ERR x\r\n-OOM y\r\n+z\r\n", "[a string ERR x, a string OOM y, a string z]"},
	} {
		b := &builder{meter: free{}}
		if _, err := b.Write([]byte(tt.raw)); err != nil || !b.done() {
			t.Errorf("%q: %v, done %v", tt.raw, err, b.done())
			continue
		}
		v, err := b.result()
		if err != nil || shape(v) != tt.want {
			t.Errorf("%q = %s (%v), want %s", tt.raw, shape(v), err, tt.want)
		}
	}
}

func TestAnErrorReplyIsItsText(t *testing.T) {
	b := &builder{meter: free{}}
	if _, err := b.Write([]byte("-WRONGTYPE no\xff\r\n")); err != nil {
		t.Fatal(err)
	}
	_, err := b.result()
	var reply *host.Reply
	if !errors.As(err, &reply) || reply.Text != "WRONGTYPE no\ufffd" {
		t.Errorf("got %v", err)
	}
}

func TestRepliesThatAreNoRESP2AreRefused(t *testing.T) {
	for _, raw := range []string{
		"x\r\n", "\r\n", "+OK\n", ":\r\n", ":1.5\r\n", "$\r\n", "$-2\r\n", "$1\r\nab\r", "$1\r\na\rx", "*-2\r\n",
		"*99999999999\r\n", "%1\r\n+a\r\n+b\r\n", "_\r\n", "#t\r\n", ",1.5\r\n", "+a\r\n+b\r\n",
		strings.Repeat("*1\r\n", value.MaxDepth+1), "+" + strings.Repeat("x", maxLine+1),
	} {
		b := &builder{meter: free{}}
		if _, err := b.Write([]byte(raw)); err == nil {
			t.Errorf("%.30q is taken", raw)
		}
	}
}

func TestRepliesArePaidForAsTheyCome(t *testing.T) {
	b := &builder{meter: &spent{left: 1000}}
	if _, err := b.Write([]byte("*1000000\r\n")); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if _, err := b.Write([]byte(":1\r\n")); err != nil {
			if !errors.Is(err, errSpent) {
				t.Errorf("got %v", err)
			}
			return
		}
	}
	t.Error("a hundred elements cost less than 1000 bytes")
}

// However a reply is cut into pieces, the value is the same.
func FuzzReply(f *testing.F) {
	for _, raw := range []string{"+OK\r\n", "*2\r\n$1\r\na\r\n*1\r\n:1\r\n", "-ERR\r\n", "$-1\r\n", "*1\r\n-OOM x\r\n", "$3\r\na\r\n\r\n"} {
		f.Add([]byte(raw), uint8(1))
	}
	f.Fuzz(func(t *testing.T, raw []byte, step uint8) {
		whole := &builder{meter: free{}}
		_, err := whole.Write(raw)
		pieces := &builder{meter: free{}}
		var pieceErr error
		for rest := raw; len(rest) > 0 && pieceErr == nil; {
			n := min(len(rest), int(step)+1)
			_, pieceErr = pieces.Write(rest[:n])
			rest = rest[n:]
		}
		if (err == nil) != (pieceErr == nil) || whole.done() != pieces.done() {
			t.Fatalf("%q: whole %v %v, in pieces of %d %v %v", raw, err, whole.done(), step+1, pieceErr, pieces.done())
		}
		if !whole.done() {
			return
		}
		a, errA := whole.result()
		b, errB := pieces.result()
		if (errA == nil) != (errB == nil) || errA == nil && shape(a) != shape(b) {
			t.Fatalf("%q: %s and %s", raw, shape(a), shape(b))
		}
	})
}
