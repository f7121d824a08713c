package fcgi

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"sync/atomic"
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
	// disowned: the file is another process's to remove.
	disowned atomic.Bool
}

func (l *unixListener) Close() error {
	l.unlink()
	return l.UnixListener.Close()
}

// unlink removes the socket file, unless another took its place.
func (l *unixListener) unlink() {
	if l.disowned.Load() {
		return
	}
	if now, err := os.Lstat(l.path); err == nil && os.SameFile(l.made, now) {
		l.disowned.Store(true)
		os.Remove(l.path)
	}
}

// Facts are what a process must know of a listener beside its descriptor.
type Facts struct {
	// Path is that of a socket file that the process owns, which is removed
	// when the listener is closed; "": it owns none. Device and Inode tell
	// whether the file is still that one.
	Path   string `json:"path,omitempty"`
	Device uint64 `json:"device,omitempty"`
	Inode  uint64 `json:"inode,omitempty"`
}

// Share returns a second descriptor of l for another process, and what that
// gives to Attach. It is the caller's to close.
func Share(l net.Listener) (*os.File, Facts, error) {
	var facts Facts
	if u, ok := l.(*unixListener); ok {
		facts.Path = u.path
		if st, ok := u.made.Sys().(*syscall.Stat_t); ok {
			facts.Device, facts.Inode = uint64(st.Dev), st.Ino
		}
		l = u.UnixListener
	}
	d, ok := l.(interface{ File() (*os.File, error) })
	if !ok {
		return nil, facts, fmt.Errorf("a %T cannot be shared", l)
	}
	f, err := d.File()
	return f, facts, err
}

// Disown makes the closing of l leave its socket file, because another process
// owns it now; Own takes that back.
func Disown(l net.Listener) {
	if u, ok := l.(*unixListener); ok {
		u.disowned.Store(true)
	}
}

// OwnPath returns the path of the socket file that l was made with here, or by
// the process that shared it; "" when it was not.
func OwnPath(l net.Listener) string {
	if u, ok := l.(*unixListener); ok {
		return u.path
	}
	return ""
}

// Own makes the closing of l remove its socket file again.
func Own(l net.Listener) {
	if u, ok := l.(*unixListener); ok {
		u.disowned.Store(false)
	}
}

// Attach returns the listener of a descriptor that another process has shared,
// and closes f. The socket file, if any, is this process's from now on.
func Attach(f *os.File, facts Facts) (net.Listener, error) {
	defer f.Close()
	l, err := listenerOf(f)
	if err != nil || facts.Path == "" {
		return l, err
	}
	ul, ok := l.(*net.UnixListener)
	if !ok {
		l.Close()
		return nil, fmt.Errorf("%s is no Unix socket", facts.Path)
	}
	ul.SetUnlinkOnClose(false)
	made, err := os.Lstat(facts.Path)
	if err != nil {
		return ul, nil // somebody has removed it
	}
	if st, ok := made.Sys().(*syscall.Stat_t); !ok || uint64(st.Dev) != facts.Device || st.Ino != facts.Inode {
		return ul, nil // another has taken its place
	}
	return &unixListener{UnixListener: ul, path: facts.Path, made: made}, nil
}

// Connection returns the connection of a descriptor that another process had,
// and closes f.
func Connection(f *os.File) (net.Conn, error) {
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		return nil, err
	}
	if _, stream := c.(interface{ CloseRead() error }); !stream {
		c.Close()
		return nil, errors.New("it is no connection of a stream")
	}
	return c, nil
}

// FromSystemd are the sockets that systemd passed to this process, by the names
// it gave them.
type FromSystemd struct {
	Listeners map[string][]net.Listener
	// Connections are those that an earlier process left in the descriptor
	// store, each the file of its name.
	Connections []*os.File
	// Unused describes what was closed, for the log, by name.
	Unused []Unused
}

// Unused is a descriptor that was closed.
type Unused struct{ Name, Why string }

func (u Unused) String() string { return fmt.Sprintf("descriptor named %q: %s", u.Name, u.Why) }

// SystemdSockets returns what systemd passed (LISTEN_FDS): listening sockets
// (LISTEN_FDNAMES has their names; by default that of the socket unit, see
// systemd.socket(5) FileDescriptorName=), and what was left in its descriptor
// store. Those whose name is neither that of a listener nor of a connection, or
// that are something else, are closed. Without systemd all is empty. The
// variables are removed from the environment: a second call finds nothing, and
// so do child processes.
func SystemdSockets(listener, connection func(name string) bool) FromSystemd {
	found := FromSystemd{Listeners: make(map[string][]net.Listener)}
	// activation.Listeners would leave out what is no listener without a
	// word, and make one of a connection.
	for _, f := range activation.Files(true) {
		name := f.Name()
		why := "no socket of that name is used"
		if connection(name) {
			if err := isConnection(f); err == nil {
				found.Connections = append(found.Connections, f)
				continue
			} else {
				why = err.Error()
			}
		} else if listener(name) {
			if l, err := listenerOf(f); err == nil {
				found.Listeners[name] = append(found.Listeners[name], l)
				f.Close()
				continue
			} else {
				why = err.Error()
			}
		}
		found.Unused = append(found.Unused, Unused{name, why})
		f.Close()
	}
	return found
}

func listenerOf(f *os.File) (net.Listener, error) {
	on, err := acceptsConnections(f)
	if err != nil {
		return nil, err
	}
	if !on {
		return nil, errors.New("it is a socket that does not listen")
	}
	return net.FileListener(f)
}

func isConnection(f *os.File) error {
	on, err := acceptsConnections(f)
	if err == nil && on {
		err = errors.New("it is a socket that listens")
	}
	return err
}

func acceptsConnections(f *os.File) (bool, error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return false, err
	}
	on := 0
	var serr error
	err = raw.Control(func(fd uintptr) { on, serr = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ACCEPTCONN) })
	if err = errors.Join(err, serr); err != nil {
		return false, fmt.Errorf("it is no socket: %w", err)
	}
	return on != 0, nil
}
