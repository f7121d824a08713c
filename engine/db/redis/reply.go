package redis

import (
	"errors"
	"strconv"
	"unsafe"

	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// errReply is what stops the reading of a reply that is not RESP2.
var errReply = errors.New("the reply is not understood")

// A builder makes a value of one RESP2 reply that is written to it in pieces
// of any size. What a reply holds is paid for before it is kept.
type builder struct {
	meter host.Meter
	stack []frame // the arrays that are not complete, the innermost last
	line  []byte  // of a line or bulk, what has arrived
	need  int     // bytes of the bulk with its end that is arriving; 0: a line
	top   value.Value
	have  bool // top is there
	size  int  // bytes written so far
	reply *host.Reply
	err   error
}

type frame struct {
	elems []value.Value
	left  int
}

const (
	// maxBulk is more than a server sends (proto-max-bulk-len is 512 MiB).
	maxBulk = 1 << 30
	// maxLine is more than a line of a reply has: errors of scripts are the
	// longest.
	maxLine = 1 << 20
	// elemBytes is what an element of an array takes.
	elemBytes = int(unsafe.Sizeof(value.Value{}))
	// textBytes is what a text takes beside its bytes.
	textBytes = 32
)

func (b *builder) done() bool { return b.have && b.err == nil }

// result returns the reply; an error of the server is a *host.Reply.
func (b *builder) result() (value.Value, error) {
	if b.reply != nil {
		return value.Value{}, b.reply
	}
	return b.top, nil
}

// Write implements io.Writer.
func (b *builder) Write(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.err = b.meter.Grow(len(p)); b.err != nil {
		return 0, b.err
	}
	all := len(p)
	b.size += all
	for len(p) > 0 && b.err == nil {
		if b.have {
			b.err = errReply
			break
		}
		if b.need > 0 {
			n := min(len(p), b.need)
			b.line = append(b.line, p[:n]...)
			p = p[n:]
			if b.need -= n; b.need == 0 {
				b.err = b.bulk()
			}
			continue
		}
		c := p[0]
		p = p[1:]
		if b.line = append(b.line, c); len(b.line) > maxLine {
			b.err = errReply
		} else if c == '\n' {
			b.err = b.endLine()
		}
	}
	if b.err != nil {
		return 0, b.err
	}
	return all, nil
}

func (b *builder) endLine() error {
	n := len(b.line)
	if n < 3 || b.line[n-2] != '\r' {
		return errReply
	}
	kind, text := b.line[0], b.line[1:n-2]
	defer func() { b.line = b.line[:0] }()
	switch kind {
	case '+':
		return b.text(text)
	case '-':
		if len(b.stack) > 0 {
			return b.text(text)
		}
		b.reply = &host.Reply{Text: value.Clean(string(text))}
		b.have = true
		return nil
	case ':':
		n, err := strconv.ParseInt(string(text), 10, 64)
		if err != nil {
			return errReply
		}
		return b.add(value.Num(decimal.FromInt64(n)))
	case '$', '*':
		n, err := strconv.ParseInt(string(text), 10, 64)
		switch {
		case err != nil || n < -1 || n > maxBulk:
			return errReply
		case n == -1:
			return b.add(value.NilValue())
		case kind == '$':
			b.need = int(n) + 2
			return nil
		case n == 0:
			return b.add(value.FlatArray(nil))
		case len(b.stack) >= value.MaxDepth:
			return diag.TooDeep.New(value.MaxDepth)
		}
		b.stack = append(b.stack, frame{left: int(n)})
		return nil
	}
	return errReply
}

func (b *builder) bulk() error {
	n := len(b.line) - 2
	if b.line[n] != '\r' || b.line[n+1] != '\n' {
		return errReply
	}
	err := b.text(b.line[:n])
	if b.line = b.line[:0]; cap(b.line) > 1<<16 {
		b.line = nil
	}
	return err
}

func (b *builder) text(t []byte) error { return b.add(value.String(value.Clean(string(t)))) }

// add puts a value where it belongs, and completes the arrays that end there.
func (b *builder) add(v value.Value) error {
	if err := b.meter.Grow(elemBytes + textBytes); err != nil {
		return err
	}
	if err := b.meter.Charge(1); err != nil {
		return err
	}
	for {
		last := len(b.stack) - 1
		if last < 0 {
			b.top, b.have = v, true
			return nil
		}
		f := &b.stack[last]
		f.elems = append(f.elems, v)
		if f.left--; f.left > 0 {
			return nil
		}
		array, ok := value.ArrayOf(f.elems)
		if !ok {
			return diag.TooDeep.New(value.MaxDepth)
		}
		b.stack = b.stack[:last]
		v = array
	}
}
