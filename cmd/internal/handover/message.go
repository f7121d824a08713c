package handover

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"etamil/cmd/internal/cli"
	"etamil/engine/diag"
	"etamil/fcgi/web"
)

// Version is the protocol spoken here.
const Version = 1

const (
	// maxRights is how many descriptors one message may carry: SCM_MAX_FD of
	// the kernel, unix(7).
	maxRights = 253

	// maxMessage bounds a message in bytes. The kernel takes less than its
	// net.core.wmem_default at once, 208 KiB.
	maxMessage = 128 << 10
)

// What a message says.
const (
	kindHello     = "hello"
	kindListeners = "listeners"
	kindReady     = "ready"
	kindFailed    = "failed"
	kindBegin     = "begin"
	kindBegun     = "begun"
	kindConn      = "conn"
	kindAlive     = "alive"
	kindTook      = "took"
	kindTimers    = "timers"
	kindStatus    = "status"
	kindDrained   = "drained"
	kindTerminate = "terminate"
)

// A message is one packet.
type message struct {
	Version int    `json:"etamild_handover"`
	Kind    string `json:"kind"`

	Build string `json:"build,omitempty"` // hello
	PID   int    `json:"pid,omitempty"`   // hello
	// hello of the parent: what the child is told beforehand
	Facts json.RawMessage `json:"facts,omitempty"`

	Names []named `json:"names,omitempty"` // listeners, in the order of their descriptors
	More  bool    `json:"more,omitempty"`  // another message of listeners follows

	Reason      string          `json:"reason,omitempty"`    // failed, in English
	ReasonTa    string          `json:"reason_ta,omitempty"` // failed; "": only in English
	Diagnostics json.RawMessage `json:"diagnostics,omitempty"`

	N      uint64    `json:"n,omitempty"`      // conn, alive, took
	Dues   []web.Due `json:"dues,omitempty"`   // timers
	Status *Status   `json:"status,omitempty"` // status

	files []*os.File
}

type named struct {
	Name  string          `json:"name"`
	Facts json.RawMessage `json:"facts,omitempty"`
}

// A Descriptor is a descriptor with its name and what else is to be known of it.
type Descriptor struct {
	Name string
	File *os.File
	// Facts go along as they are; nil: there are none.
	Facts json.RawMessage
}

// A Status is how far the parent is with its part.
type Status struct {
	InFlight    int `json:"in_flight"`   // requests that it still answers
	Connections int `json:"connections"` // that it still holds
}

var errRubbish = cli.Errorf("வந்தது கைமாற்று நெறிமுறையின் செய்தி அல்ல", "what came is no message of the handover protocol")

// A versionError is a message of another version.
type versionError int

func (e versionError) Tamil() string {
	return fmt.Sprintf("கைமாற்று நெறிமுறையின் பதிப்பு %d இங்கே தெரியாது; இது பேசுவது பதிப்பு %d", int(e), Version)
}

func (e versionError) Error() string {
	return fmt.Sprintf("version %d of the handover protocol is not known here; this build speaks version %d", int(e), Version)
}

// A channel is one end of the pair of sockets. send may be called by many
// goroutines, receive by one.
type channel struct {
	conn    *net.UnixConn
	timeout time.Duration // of one send
	wmu     sync.Mutex
	buf     []byte
	rights  []byte
}

// newChannel takes f over.
func newChannel(f *os.File, timeout time.Duration) (*channel, error) {
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		return nil, err
	}
	u, ok := c.(*net.UnixConn)
	if !ok || c.LocalAddr().Network() != "unixpacket" {
		c.Close()
		return nil, errors.New("it is no socket of packets")
	}
	return &channel{conn: u, timeout: timeout, buf: make([]byte, maxMessage+1), rights: make([]byte, unix.CmsgSpace(4*maxRights))}, nil
}

// send sends m with files, which stay the caller's.
func (c *channel) send(m *message, files ...*os.File) error {
	m.Version = Version
	text, err := json.Marshal(m)
	if err != nil {
		panic("BUG: a message has no JSON: " + err.Error())
	}
	if len(text) > maxMessage {
		return fmt.Errorf("a message of %d bytes is too long", len(text))
	}
	return withDescriptors(files, func(fds []int) error {
		var rights []byte
		if len(fds) > 0 {
			rights = unix.UnixRights(fds...)
		}
		c.wmu.Lock()
		defer c.wmu.Unlock()
		c.conn.SetWriteDeadline(time.Now().Add(c.timeout))
		_, _, err := c.conn.WriteMsgUnix(text, rights, nil)
		return err
	})
}

// withDescriptors calls f with the numbers of files, which stay open meanwhile.
// (*os.File).Fd would make them blocking, for the other process too.
func withDescriptors(files []*os.File, f func([]int) error) error {
	fds := make([]int, 0, len(files))
	var next func() error
	next = func() error {
		if len(fds) == len(files) {
			return f(fds)
		}
		raw, err := files[len(fds)].SyscallConn()
		if err != nil {
			return err
		}
		var inner error
		err = raw.Control(func(fd uintptr) {
			fds = append(fds, int(fd))
			inner = next()
		})
		return errors.Join(err, inner)
	}
	return next()
}

// receive returns the next message; io.EOF when the other end is closed and
// everything was received.
func (c *channel) receive() (*message, error) {
	n, rn, flags, _, err := c.conn.ReadMsgUnix(c.buf, c.rights)
	if errors.Is(err, unix.ECONNRESET) {
		// The other end was closed with messages unread. What it had sent
		// comes after this error.
		n, rn, flags, _, err = c.conn.ReadMsgUnix(c.buf, c.rights)
	}
	if err != nil {
		return nil, err
	}
	files, err := filesOf(c.rights[:rn])
	m := &message{files: files}
	switch {
	case n == 0 && rn == 0:
		// An empty packet cannot be told from the end; none is ever sent.
		return nil, io.EOF
	case err == nil && flags&(unix.MSG_TRUNC|unix.MSG_CTRUNC) != 0:
		err = errRubbish
	case err == nil && (json.Unmarshal(c.buf[:n], m) != nil || m.Version == 0 || m.Kind == ""):
		err = errRubbish
	case err == nil && m.Version != Version:
		err = versionError(m.Version)
	}
	if err != nil {
		m.closeFiles()
		return nil, err
	}
	return m, nil
}

func filesOf(rights []byte) ([]*os.File, error) {
	if len(rights) == 0 {
		return nil, nil
	}
	messages, err := unix.ParseSocketControlMessage(rights)
	if err != nil {
		return nil, errRubbish
	}
	var files []*os.File
	for i := range messages {
		fds, err := unix.ParseUnixRights(&messages[i])
		if err != nil {
			continue // credentials, which nobody asked for
		}
		for _, fd := range fds {
			files = append(files, os.NewFile(uintptr(fd), "passed"))
		}
	}
	return files, nil
}

func (m *message) closeFiles() {
	for _, f := range m.files {
		f.Close()
	}
	m.files = nil
}

// file returns the only descriptor of m.
func (m *message) file() (*os.File, error) {
	if len(m.files) != 1 {
		m.closeFiles()
		return nil, errRubbish
	}
	return m.files[0], nil
}

func (c *channel) close() { c.conn.Close() }

// sentence makes what another process said fit to be shown in one line.
func sentence(s string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
}

// because returns the sentence of a failure and its reason, in both languages.
func because(ta, en string, err error) *cli.Error {
	why := diag.Reason(err)
	return &cli.Error{Text: diag.Text{Ta: ta + ": " + why.Ta, En: en + ": " + why.En}}
}
