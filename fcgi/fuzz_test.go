package fcgi

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"etamil/fcgi/fcgitest"
	"etamil/fcgi/web"
)

// A script is a stream of records made from few bytes, so that fuzzing gets
// behind the framing soon. Each step is one byte of what, and perhaps more:
//
//	0–15   a record of that type, id, length and padding from the next three bytes
//	16–31  BEGIN_REQUEST of id 1–4, kept or not
//	32–47  PARAMS with a whole request's parameters; its path says what the handler does
//	48–63  the end of PARAMS; 64–79 the end of STDIN; 80–95 ABORT_REQUEST
//	96–127 STDIN of some length
//	128–   the next that many bytes raw, less 128
func script(data []byte) []byte {
	var out []byte
	next := func() int {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return int(b)
	}
	paths := []string{"/", "/read", "/early", "/panic", "/big", "/wait", "no", "/status"}
	for len(data) > 0 && len(out) < 1<<18 {
		op := next()
		id := uint16(op&3 + 1)
		switch {
		case op < 16:
			id, n, pad := uint16(next()), next(), next()
			out = fcgitest.AppendRecord(out, byte(op), id, data[:min(n, len(data))], byte(pad))
			data = data[min(n, len(data)):]
		case op < 32:
			out = fcgitest.AppendBegin(out, id, op&4 == 0)
		case op < 48:
			r := fcgitest.Request{Target: paths[op>>1&7], NoLength: true}
			p := r.AppendParams(nil)
			if n := next(); n > 0 {
				p = fcgitest.AppendPair(p, "CONTENT_LENGTH", string(rune('0'+n%10))+"00")
			}
			out = fcgitest.AppendRecord(out, fcgitest.Params, id, p, 0)
		case op < 64:
			out = fcgitest.AppendRecord(out, fcgitest.Params, id, nil, byte(op))
		case op < 80:
			out = fcgitest.AppendRecord(out, fcgitest.Stdin, id, nil, 0)
		case op < 96:
			out = fcgitest.AppendRecord(out, fcgitest.Abort, id, nil, 0)
		case op < 128:
			out = fcgitest.AppendRecord(out, fcgitest.Stdin, id, make([]byte, (op>>2&7)*50*(1+next()%2*40)), 0)
		default:
			n := min(op-128, len(data))
			out = append(out, data[:n]...)
			data = data[n:]
		}
	}
	return out
}

// wire is a connection in memory: the server reads what is given and then waits
// for the end or meets it, and what it writes is kept. It is faster than a pipe
// and never blocks the server.
type wire struct {
	mu     sync.Mutex
	wake   sync.Cond
	in     []byte
	piece  int  // bytes a Read gives at most
	eof    bool // after in
	closed bool
	out    []byte
	poked  bool
}

func newWire(in []byte, piece int) *wire {
	w := &wire{in: in, piece: piece}
	w.wake.L = &w.mu
	return w
}

func (w *wire) Read(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		switch {
		case w.closed:
			return 0, net.ErrClosed
		case w.poked:
			return 0, os.ErrDeadlineExceeded
		case len(w.in) > 0:
			n := copy(p[:min(len(p), w.piece)], w.in)
			w.in = w.in[n:]
			return n, nil
		case w.eof:
			return 0, io.EOF
		}
		w.wake.Wait()
	}
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return 0, net.ErrClosed
	}
	w.out = append(w.out, p...)
	w.wake.Broadcast()
	return len(p), nil
}

func (w *wire) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.wake.Broadcast()
	return nil
}

func (w *wire) SetReadDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.poked = !t.IsZero() && t.Before(time.Now())
	w.wake.Broadcast()
	return nil
}

func (w *wire) LocalAddr() net.Addr              { return nil }
func (w *wire) RemoteAddr() net.Addr             { return nil }
func (w *wire) SetDeadline(time.Time) error      { return nil }
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

// end gives the end of the input, and waits until the server has closed.
func (w *wire) end() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.eof = true
	w.wake.Broadcast()
	for !w.closed {
		w.wake.Wait()
	}
	return w.out
}

// until waits until the server has written something that holds b or closed.
func (w *wire) until(b []byte) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	for !bytes.Contains(w.out, b) && !w.closed {
		w.wake.Wait()
	}
	return w.out
}

// fuzzed does what the path says.
var fuzzed = handlerFunc(func(ctx context.Context, r *web.Request) *web.Response {
	switch r.Path {
	case "/read":
		b, err := r.ReadBody(1 << 16)
		if err != nil {
			return text(400, "")
		}
		return text(200, string(b))
	case "/panic":
		panic("asked for")
	case "/big":
		return text(200, string(make([]byte, 100_000)))
	case "/wait":
		runtime.Gosched()
		if ctx.Err() != nil {
			return &web.Response{Status: statusClientGone}
		}
	case "/status":
		return text(103, "")
	}
	return text(200, r.Path)
})

// checkStream checks that what the server wrote is whole records of the kinds a
// responder writes, that streams end before END_REQUEST, and that an id has no
// record after its end.
func checkStream(t *testing.T, out []byte) {
	t.Helper()
	ended := make(map[uint16]bool) // the STDOUT stream of the id
	for len(out) > 0 {
		if len(out) < headerLen || out[0] != version1 {
			t.Fatalf("no record: %x", out[:min(len(out), 64)])
		}
		id, n := binary.BigEndian.Uint16(out[2:]), int(binary.BigEndian.Uint16(out[4:]))
		size := headerLen + n + int(out[6])
		if len(out) < size {
			t.Fatalf("half a record: %x", out[:min(len(out), 64)])
		}
		switch typ := out[1]; typ {
		case typeStdout:
			if ended[id] && n > 0 {
				t.Fatal("STDOUT after its end")
			}
			ended[id] = n == 0
		case typeEnd:
			if n != 8 || id == 0 {
				t.Fatalf("END_REQUEST %x", out[:size])
			}
			delete(ended, id)
		case typeGetValuesResult, typeUnknown:
			if id != 0 {
				t.Fatalf("management record with an id: %x", out[:size])
			}
		default:
			t.Fatalf("record of type %d", typ)
		}
		out = out[size:]
	}
	// An answer may lack its end: the peer had gone by then.
}

// FuzzConn: whatever comes over a connection, the server does not panic, writes
// only whole and ordered records, forgets the connection, and answers the next
// honest request.
func FuzzConn(f *testing.F) {
	honest := fcgitest.Request{Keep: true, Target: "/read", Method: "POST", Body: []byte("honest")}
	whole := honest.Append(nil)
	f.Add(byte(0), whole)
	f.Add(byte(0), append(whole, whole...))
	f.Add(byte(7), whole[:len(whole)-9])
	f.Add(byte(1), []byte("GET / HTTP/1.1\r\n\r\n"))
	f.Add(byte(0x80), []byte{16, 34, 0, 48, 112, 1, 112, 1, 64, 16, 36, 0, 48, 64})
	f.Add(byte(0x80), []byte{16, 38, 0, 48, 64, 16, 40, 0, 48, 64, 16, 42, 0, 48, 80, 64})
	f.Add(byte(0x83), []byte{20, 32, 1, 48, 96, 0, 17, 49, 64, 9, 0, 4, 0, 1, 1, 'a', 'b', 200, 1, 2, 3})
	f.Add(byte(0x81), []byte{16, 44, 0, 48, 64, 16, 46, 0, 48, 64, 13, 0, 0, 0, 80, 0, 0, 0})

	s := NewServer(Options{Handler: fuzzed, MaxParams: 4 << 10})
	marker := appendEnd(nil, 1, statusComplete)
	f.Fuzz(func(t *testing.T, how byte, data []byte) {
		before := s.count.panics.Load()
		if how&0x80 != 0 {
			data = script(data)
		}
		asked := bytes.Count(data, []byte("/panic"))
		piece := []int{1 << 20, 1, 7, 100}[how&3]
		w := newWire(data, piece)
		s.ServeConn(w)
		if how&4 != 0 {
			// The peer waits for an end before it goes, if there is one.
			w.mu.Lock()
			for len(w.in) > 0 && !w.closed {
				w.mu.Unlock()
				runtime.Gosched()
				w.mu.Lock()
			}
			w.mu.Unlock()
		}
		checkStream(t, w.end())

		next := newWire(whole, 1<<20)
		s.ServeConn(next)
		if out := next.until(marker); !bytes.Contains(out, []byte("honest")) {
			t.Fatalf("honest request: %q", out)
		}
		next.end()
		for s.inFlight.Load() > 0 || s.Stats().Connections > 0 {
			runtime.Gosched()
		}
		if n := s.count.panics.Load() - before; n > uint64(asked) {
			t.Fatalf("%d panics, %d asked for", n, asked)
		}
	})
}
