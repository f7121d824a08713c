package notify

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A manager is the receiving end, as systemd has it.
type manager struct {
	*net.UnixConn
	path string
}

func newManager(t *testing.T) *manager {
	t.Helper()
	dir, err := os.MkdirTemp("", "notify")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &manager{c, path}
}

func (m *manager) getenv(name string) string {
	if name == "NOTIFY_SOCKET" {
		return m.path
	}
	return ""
}

// next returns the next datagram and the descriptors in it.
func (m *manager) next(t *testing.T) (string, []*os.File) {
	t.Helper()
	m.SetReadDeadline(time.Now().Add(10 * time.Second))
	text, rights := make([]byte, 8<<10), make([]byte, 1<<10)
	n, rn, flags, _, err := m.ReadMsgUnix(text, rights)
	if err != nil {
		t.Fatal(err)
	}
	if flags&(unix.MSG_TRUNC|unix.MSG_CTRUNC) != 0 {
		t.Fatal("a message was cut")
	}
	var files []*os.File
	messages, err := unix.ParseSocketControlMessage(rights[:rn])
	if err != nil {
		t.Fatal(err)
	}
	for i := range messages {
		fds, err := unix.ParseUnixRights(&messages[i])
		if err != nil {
			t.Fatal(err)
		}
		for _, fd := range fds {
			files = append(files, os.NewFile(uintptr(fd), "passed"))
		}
	}
	return string(text[:n]), files
}

func TestEachMessageIsOneDatagram(t *testing.T) {
	m := newManager(t)
	n := New(m.getenv)
	if !n.Enabled() {
		t.Fatal("not enabled")
	}
	long := strings.Repeat("அ", 1000)
	for _, tt := range []struct {
		why  string
		send func() error
		want string
	}{
		{"ready", func() error { return n.Ready("generation 1") }, "READY=1\nSTATUS=generation 1\n"},
		{"ready without a status", func() error { return n.Ready("") }, "READY=1\n"},
		{"stopping", func() error { return n.Stopping("bye") }, "STOPPING=1\nSTATUS=bye\n"},
		{"a status of many lines is one", func() error { return n.Status("a\nREADY=1\tb\x00\xffc") }, "STATUS=a READY=1 b \uFFFDc\n"},
		{"a long status is cut between letters", func() error { return n.Status(long) }, "STATUS=" + long[:3*340] + "…\n"},
		{"the main process changes", func() error { return n.MainPID(77, "moved") }, "MAINPID=77\nREADY=1\nSTATUS=moved\n"},
		{"alive", n.Alive, "WATCHDOG=1\n"},
		{"more time", func() error { return n.ExtendTimeout(1500 * time.Millisecond) }, "EXTEND_TIMEOUT_USEC=1500000\n"},
		{"a descriptor back", func() error { return n.Unstore("conn-1-2") }, "FDSTOREREMOVE=1\nFDNAME=conn-1-2\n"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			if err := tt.send(); err != nil {
				t.Fatal(err)
			}
			if got, files := m.next(t); got != tt.want || len(files) != 0 {
				t.Errorf("got %q with %d files, want %q", got, len(files), tt.want)
			}
		})
	}
}

func TestReloadingTellsTheMonotonicTime(t *testing.T) {
	m := newManager(t)
	monotonic := func() int64 {
		var ts unix.Timespec
		unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts)
		return ts.Nano() / 1000
	}
	before := monotonic()
	if err := New(m.getenv).Reloading("reloading"); err != nil {
		t.Fatal(err)
	}
	text, _ := m.next(t)
	lines := strings.Split(text, "\n")
	if lines[0] != "RELOADING=1" || lines[2] != "STATUS=reloading" {
		t.Fatalf("%q", text)
	}
	usec, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "MONOTONIC_USEC="), 10, 64)
	if err != nil || usec < before || usec > monotonic() {
		t.Errorf("%q, not between %d and now", lines[1], before)
	}
}

func TestStoredDescriptorIsTheSameSocket(t *testing.T) {
	m := newManager(t)
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	ours, kept := os.NewFile(uintptr(pair[0]), "ours"), os.NewFile(uintptr(pair[1]), "kept")
	defer ours.Close()
	if err := New(m.getenv).Store("conn-12-3", kept); err != nil {
		t.Fatal(err)
	}
	kept.Close()
	text, files := m.next(t)
	if text != "FDSTORE=1\nFDNAME=conn-12-3\n" || len(files) != 1 {
		t.Fatalf("%q with %d files", text, len(files))
	}
	if _, err := ours.WriteString("x"); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1)
	if _, err := files[0].Read(b); err != nil || b[0] != 'x' {
		t.Errorf("read %q, %v", b, err)
	}
	if flags, err := unix.FcntlInt(uintptr(pair[0]), unix.F_GETFL, 0); err != nil || flags&unix.O_NONBLOCK == 0 {
		t.Errorf("storing made it a blocking socket: %x, %v", flags, err)
	}
	files[0].Close()
	if _, err := ours.Read(b); err != io.EOF {
		t.Errorf("after the copy was closed: %v", err)
	}
}

func TestBarrierWaitsForTheManager(t *testing.T) {
	m := newManager(t)
	n := New(m.getenv)
	over := make(chan error)
	go func() { over <- n.Barrier(context.Background()) }()
	text, files := m.next(t)
	if text != "BARRIER=1\n" || len(files) != 1 {
		t.Fatalf("%q with %d files", text, len(files))
	}
	select {
	case err := <-over:
		t.Fatalf("it did not wait: %v", err)
	default:
	}
	files[0].Close()
	if err := <-over; err != nil {
		t.Error(err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	go func() { over <- n.Barrier(ctx) }()
	_, files = m.next(t)
	cancel()
	if err := <-over; !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	files[0].Close()
}

func TestWithoutAManagerNothingIsSent(t *testing.T) {
	for _, socket := range []string{"", "@", "relative", "vsock:2:1234"} {
		n := New(func(name string) string {
			return map[string]string{"NOTIFY_SOCKET": socket, "WATCHDOG_USEC": "1000000"}[name]
		})
		if n.Enabled() || n.Watchdog() != 0 {
			t.Errorf("NOTIFY_SOCKET=%q enables it", socket)
		}
		for _, err := range []error{
			n.Ready("x"), n.Reloading("x"), n.Stopping("x"), n.Status("x"), n.MainPID(1, "x"), n.Alive(),
			n.ExtendTimeout(1), n.Store("x", os.Stderr), n.Unstore("x"), n.Barrier(context.Background()),
		} {
			if err != nil {
				t.Errorf("NOTIFY_SOCKET=%q: %v", socket, err)
			}
		}
	}
}

func TestManagerThatIsGoneIsAnError(t *testing.T) {
	m := newManager(t)
	n := New(m.getenv)
	m.Close()
	os.Remove(m.path)
	for _, err := range []error{n.Ready("x"), n.Store("x", os.Stderr), n.Barrier(context.Background())} {
		if err == nil {
			t.Error("no error")
		}
	}
}

func TestAbstractSocketIsReached(t *testing.T) {
	name := "@etamil-notify-test-" + strconv.Itoa(os.Getpid())
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	m := &manager{c, name}
	defer m.Close()
	if err := New(m.getenv).Alive(); err != nil {
		t.Fatal(err)
	}
	if got, _ := m.next(t); got != "WATCHDOG=1\n" {
		t.Errorf("%q", got)
	}
}

func TestNamesOfDescriptors(t *testing.T) {
	m := newManager(t)
	n := New(m.getenv)
	for _, name := range []string{"", "a:b", "a b", "a\nREADY=1", "அ", strings.Repeat("x", 256)} {
		if n.Store(name, os.Stderr) == nil || n.Unstore(name) == nil {
			t.Errorf("%q is taken", name)
		}
	}
	if err := n.Unstore(strings.Repeat("x", 255)); err != nil {
		t.Error(err)
	}
}

func TestWatchdogIsCalledAtHalfTheTime(t *testing.T) {
	own := strconv.Itoa(os.Getpid())
	for _, tt := range []struct {
		usec, pid string
		want      time.Duration
	}{
		{"20000000", own, 10 * time.Second},
		{"20000000", "", 10 * time.Second},
		{"20000000", "1", 0},
		{"", own, 0},
		{"0", own, 0},
		{"-5", own, 0},
		{"soon", own, 0},
		{"99999999999999999", own, 0},
	} {
		n := New(func(name string) string {
			return map[string]string{"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": tt.usec, "WATCHDOG_PID": tt.pid}[name]
		})
		if got := n.Watchdog(); got != tt.want {
			t.Errorf("WATCHDOG_USEC=%s WATCHDOG_PID=%s: %v, want %v", tt.usec, tt.pid, got, tt.want)
		}
	}
}
