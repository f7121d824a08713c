// Package notify tells the service manager what is true of this process, by the
// protocol of sd_notify(3): when it serves, reloads or stops, in one line of
// status how it is, and that it is alive; and it keeps descriptors there from
// one process of a service to the next.
//
// Every message is one datagram, and the manager takes datagrams in the order
// in which they were sent, also those of two processes. What it makes of one it
// does not say: see Barrier.
//
//	n := notify.New(os.Getenv)
//	n.Ready("generation 1")
//	if every := n.Watchdog(); every > 0 { … n.Alive() … }
//
// systemd 252 understands everything here.
package notify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

const (
	// sendTimeout bounds a message: the manager's queue is full only while it
	// is stuck itself, and the work goes on without it.
	sendTimeout = 5 * time.Second

	// maxStatus is how long a line of status may be, in bytes. systemctl
	// shows one line, and the manager takes datagrams of 4 KiB.
	maxStatus = 1 << 10

	// maxName is how long the name of a kept descriptor may be, in bytes
	// (sd_pid_notify_with_fds(3), FDNAME=).
	maxName = 255
)

// A Notifier sends to one service manager. Without one all its methods do
// nothing and return nil. Safe for concurrent use.
type Notifier struct {
	address  *net.UnixAddr // nil: there is no manager
	watchdog time.Duration
}

// New returns the Notifier for the manager that the environment names:
// NOTIFY_SOCKET, a path or, after "@", an abstract name; WATCHDOG_USEC and
// WATCHDOG_PID. The variables stay, for the process that may take this one's
// place.
func New(getenv func(string) string) *Notifier {
	n := &Notifier{}
	if name := getenv("NOTIFY_SOCKET"); len(name) > 1 && (name[0] == '/' || name[0] == '@') {
		n.address = &net.UnixAddr{Name: name, Net: "unixgram"}
		n.watchdog = watchdog(getenv)
	}
	return n
}

// watchdog reads the variables of sd_watchdog_enabled(3). Without WATCHDOG_PID
// they are meant for whoever gets them.
func watchdog(getenv func(string) string) time.Duration {
	usec, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || usec <= 0 || usec > int64(24*time.Hour/time.Microsecond) {
		return 0
	}
	if pid := getenv("WATCHDOG_PID"); pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0
	}
	return time.Duration(usec) * time.Microsecond
}

// Enabled reports whether there is a manager.
func (n *Notifier) Enabled() bool { return n.address != nil }

// Watchdog returns how often Alive should be called: half of the time after
// which the manager takes the process for dead. 0: it does not watch.
func (n *Notifier) Watchdog() time.Duration { return n.watchdog / 2 }

// Ready says that the process serves: for the first time, or again after a
// reload, also one that failed.
func (n *Notifier) Ready(status string) error {
	return n.send("READY=1", statusLine(status))
}

// Reloading says that a reload began; Ready ends it.
func (n *Notifier) Reloading(status string) error {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return fmt.Errorf("read the monotonic clock: %w", err)
	}
	return n.send("RELOADING=1", "MONOTONIC_USEC="+strconv.FormatInt(now.Nano()/1000, 10), statusLine(status))
}

// Stopping says that the service ends. It must not be sent when another process
// takes this one's place.
func (n *Notifier) Stopping(status string) error {
	return n.send("STOPPING=1", statusLine(status))
}

// Status sets the line that `systemctl status` shows.
func (n *Notifier) Status(status string) error { return n.send(statusLine(status)) }

// MainPID says that process pid of this service is the main one from now on,
// and serves. With NotifyAccess=main the manager hears this process no more
// afterwards, and pid's messages only then.
func (n *Notifier) MainPID(pid int, status string) error {
	return n.send("MAINPID="+strconv.Itoa(pid), "READY=1", statusLine(status))
}

// Alive says that the process works; see Watchdog.
func (n *Notifier) Alive() error { return n.send("WATCHDOG=1") }

// ExtendTimeout asks for more time from now on, for a start, a reload or a stop
// that goes on.
func (n *Notifier) ExtendTimeout(more time.Duration) error {
	return n.send("EXTEND_TIMEOUT_USEC=" + strconv.FormatInt(more.Microseconds(), 10))
}

// Store gives the manager a copy of f, to be passed to the next process of the
// service by name. It drops it when the service stops for good, when f's peer
// hangs up, and when it has FileDescriptorStoreMax= already, which it does not
// say. Names are 1 to 255 printable ASCII characters without ':'; two files
// under one name are told apart by nobody.
func (n *Notifier) Store(name string, f *os.File) error {
	if err := checkName(name); err != nil {
		return err
	}
	if n.address == nil {
		return nil
	}
	raw, err := f.SyscallConn()
	if err != nil {
		return fmt.Errorf("keep descriptor %s: %w", name, err)
	}
	var sent error
	// Fd would make the file, and with it the peer's view of it in other
	// processes, a blocking one.
	if err := raw.Control(func(fd uintptr) {
		sent = n.sendWith(unix.UnixRights(int(fd)), "FDSTORE=1", "FDNAME="+name)
	}); err != nil {
		return fmt.Errorf("keep descriptor %s: %w", name, err)
	}
	return sent
}

// Unstore makes the manager close its copy of the files called name. It is to
// be called before the first use of one that came from there: a later process
// must not get it again in another state.
func (n *Notifier) Unstore(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	return n.send("FDSTOREREMOVE=1", "FDNAME="+name)
}

func checkName(name string) error {
	ok := name != "" && len(name) <= maxName
	for i := 0; ok && i < len(name); i++ {
		ok = name[i] > ' ' && name[i] < 0x7f && name[i] != ':'
	}
	if !ok {
		return fmt.Errorf("%q is no name for a kept descriptor", name)
	}
	return nil
}

// Barrier waits until the manager has dealt with every message sent before, or
// returns the error of ctx.
func (n *Notifier) Barrier(ctx context.Context) error {
	if n.address == nil {
		return nil
	}
	// The manager closes its end of the pipe when it comes to the message.
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("make a pipe: %w", err)
	}
	defer r.Close()
	raw, err := w.SyscallConn()
	if err == nil {
		var sent error
		err = raw.Control(func(fd uintptr) { sent = n.sendWith(unix.UnixRights(int(fd)), "BARRIER=1") })
		err = errors.Join(err, sent)
	}
	w.Close()
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { r.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := r.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		return ctx.Err()
	}
	return nil
}

// statusLine returns the STATUS= assignment, "" for none. A newline would begin
// another one.
func statusLine(status string) string {
	if status == "" {
		return ""
	}
	status = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(status, "\uFFFD"))
	if len(status) > maxStatus {
		const more = "…"
		end := maxStatus - len(more)
		for !utf8.RuneStart(status[end]) {
			end--
		}
		status = status[:end] + more
	}
	return "STATUS=" + status
}

func (n *Notifier) send(lines ...string) error { return n.sendWith(nil, lines...) }

// sendWith sends one datagram with descriptors; "" is no line.
func (n *Notifier) sendWith(rights []byte, lines ...string) error {
	if n.address == nil {
		return nil
	}
	var text []byte
	for _, line := range lines {
		if line != "" {
			text = append(append(text, line...), '\n')
		}
	}
	if len(text) == 0 {
		return nil
	}
	// A socket for each message: the manager may have been replaced.
	c, err := net.DialUnix("unixgram", nil, n.address)
	if err != nil {
		return fmt.Errorf("tell the service manager: %w", err)
	}
	defer c.Close()
	c.SetWriteDeadline(time.Now().Add(sendTimeout))
	raw, err := c.SyscallConn()
	if err == nil {
		var sent error
		err = raw.Write(func(fd uintptr) bool {
			sent = unix.Sendmsg(int(fd), text, rights, nil, 0)
			for sent == unix.EINTR {
				sent = unix.Sendmsg(int(fd), text, rights, nil, 0)
			}
			return sent != unix.EAGAIN
		})
		err = errors.Join(err, sent)
	}
	if err != nil {
		return fmt.Errorf("tell the service manager: %w", err)
	}
	return nil
}
