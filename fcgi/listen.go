package fcgi

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"golang.org/x/sys/unix"
)

// maxSocketPath is what sockaddr_un holds, less the closing NUL (unix(7)).
const maxSocketPath = 107

// ListenUnix makes a Unix socket with the permissions mode and listens on it. A
// socket file that refuses connections, left by a process that died, is
// replaced; one that somebody listens on is not, nor is any other file. Closing
// the listener removes the file if it is still the one made here.
func ListenUnix(path string, mode os.FileMode) (net.Listener, error) {
	if len(path) > maxSocketPath {
		return nil, fmt.Errorf("socket path %s has %d bytes; a Unix socket's can have %d", path, len(path), maxSocketPath)
	}
	if err := removeStale(path); err != nil {
		return nil, err
	}
	lc := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		// The file takes the mode of the descriptor, less the umask: so it
		// is never open to more than asked for, not even for a moment.
		var err error
		if cerr := raw.Control(func(fd uintptr) { err = unix.Fchmod(int(fd), uint32(mode.Perm())) }); cerr != nil {
			return cerr
		}
		return err
	}}
	l, err := lc.Listen(context.Background(), "unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", path, err)
	}
	u := &unixListener{UnixListener: l.(*net.UnixListener), path: path}
	u.SetUnlinkOnClose(false)
	if err := os.Chmod(path, mode.Perm()); err != nil {
		os.Remove(path)
		l.Close()
		return nil, fmt.Errorf("set the mode of %s: %w", path, err)
	}
	if u.made, err = os.Lstat(path); err != nil {
		l.Close()
		return nil, fmt.Errorf("look at the new socket: %w", err)
	}
	return u, nil
}

// removeStale removes a socket file that nobody listens on.
func removeStale(path string) error {
	before, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if before.Mode()&fs.ModeSocket == 0 {
		return fmt.Errorf("%s exists and is no socket; it is left as it is: choose another path", path)
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		c.Close()
		return fmt.Errorf("another process is listening on %s: stop it first, or choose another path", path)
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("%s exists and cannot be asked whether it is in use: %w", path, err)
	}
	if now, err := os.Lstat(path); err != nil || !os.SameFile(before, now) {
		return fmt.Errorf("another process has just made %s: stop it first, or choose another path", path)
	}
	return os.Remove(path)
}

// unixListener is a listener whose socket file was made here.
type unixListener struct {
	*net.UnixListener
	path string
	made os.FileInfo
	once sync.Once
}

func (l *unixListener) Close() error {
	l.unlink()
	return l.UnixListener.Close()
}

// unlink removes the socket file, unless another took its place.
func (l *unixListener) unlink() {
	l.once.Do(func() {
		if now, err := os.Lstat(l.path); err == nil && os.SameFile(l.made, now) {
			os.Remove(l.path)
		}
	})
}

// waiting reports whether a connection waits to be accepted.
func (l *unixListener) waiting() bool {
	raw, err := l.SyscallConn()
	if err != nil {
		return false
	}
	some := false
	err = raw.Control(func(fd uintptr) {
		p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := unix.Poll(p, 0)
		some = err == nil && n > 0 && p[0].Revents&unix.POLLIN != 0
	})
	return err == nil && some
}

// SystemdListeners returns the listening sockets that systemd passed to this
// process (LISTEN_FDS), by the names it gave them (LISTEN_FDNAMES; by default
// that of the socket unit, see systemd.socket(5) FileDescriptorName=). Those
// whose name is not wanted, or that cannot listen on a stream, are closed and
// described in unused, for the log. Without systemd both are empty. The
// variables are removed from the environment: a second call finds nothing, and
// so do child processes.
func SystemdListeners(wanted func(name string) bool) (found map[string][]net.Listener, unused []string) {
	found = make(map[string][]net.Listener)
	// Listeners would leave out what is no listener without a word, and
	// make one of a connection.
	for _, f := range activation.Files(true) {
		name := f.Name()
		l, err := listenerOf(f, wanted)
		if err != nil {
			unused = append(unused, fmt.Sprintf("descriptor %d named %q: %v", f.Fd(), name, err))
		} else {
			found[name] = append(found[name], l)
		}
		f.Close()
	}
	return found, unused
}

func listenerOf(f *os.File, wanted func(name string) bool) (net.Listener, error) {
	if !wanted(f.Name()) {
		return nil, errors.New("no socket of that name is used")
	}
	on, err := unix.GetsockoptInt(int(f.Fd()), unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	if err != nil {
		return nil, fmt.Errorf("is no socket: %w", err)
	}
	if on == 0 {
		return nil, errors.New("is a socket that does not listen")
	}
	return net.FileListener(f)
}
