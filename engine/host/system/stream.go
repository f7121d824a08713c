package system

import (
	"bufio"
	"errors"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"etamil/engine/host"
)

// ErrOutputClosed is returned by an Output whose reader has gone. The command
// then ends quietly, as SIGPIPE would have ended it.
var ErrOutputClosed = errors.New("the output is closed")

const (
	outputBlock = 32 << 10               // bytes gathered before a write
	outputDelay = 100 * time.Millisecond // longest that a line waits unseen
)

// An Output is the standard output of a command: on a terminal each line shows
// at once, else lines are gathered into blocks and wait at most 100 ms.
// Safe for concurrent use.
type Output struct {
	w     io.Writer
	lines bool

	mu    sync.Mutex
	buf   []byte
	err   error
	timer *time.Timer // nil: none is running
}

var _ host.Output = (*Output)(nil)

// NewOutput writes to f, which stays the caller's.
func NewOutput(f *os.File) *Output {
	return &Output{w: f, lines: isTerminal(f)}
}

// isTerminal reports whether somebody may be watching f.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull) // a character device too
	return err != nil || !os.SameFile(info, null)
}

// Print implements host.Output. A failed write is reported by this call or by
// the next one.
func (o *Output) Print(text string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	if len(o.buf)+len(text) > outputBlock {
		o.flush()
	}
	if len(text) > outputBlock && o.err == nil {
		// Not through the buffer, which would keep the size for good.
		_, err := io.WriteString(o.w, text)
		o.fail(err)
		text = ""
	}
	o.buf = append(append(o.buf, text...), '\n')
	if o.lines {
		o.flush()
	} else if o.timer == nil && o.err == nil {
		o.timer = time.AfterFunc(outputDelay, func() { o.Flush() })
	}
	return o.err
}

// Flush implements host.Output. It is also what must be called at the end.
func (o *Output) Flush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flush()
	return o.err
}

func (o *Output) flush() {
	if o.timer != nil {
		o.timer.Stop()
		o.timer = nil
	}
	if len(o.buf) > 0 && o.err == nil {
		_, err := o.w.Write(o.buf)
		o.fail(err)
	}
	o.buf = o.buf[:0]
}

func (o *Output) fail(err error) {
	switch {
	case err == nil:
	case errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
		o.err = ErrOutputClosed
	default:
		o.err = reason(err)
	}
}

// An Input gives the lines of a reader. For one goroutine.
type Input struct{ r *bufio.Reader }

var _ host.Input = (*Input)(nil)

// NewInput reads from r, which stays the caller's; some of what follows the
// lines asked for may have been read from it.
func NewInput(r io.Reader) *Input { return &Input{bufio.NewReader(r)} }

// ReadLine implements host.Input. A last line without a line feed counts.
func (i *Input) ReadLine() (string, error) {
	line, err := i.r.ReadString('\n')
	if err == nil {
		return line[:len(line)-1], nil
	}
	if err == io.EOF {
		if line != "" {
			return line, nil
		}
		return "", io.EOF
	}
	return "", reason(err)
}
