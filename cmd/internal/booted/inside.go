package booted

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// environment is that of all commands, so that nothing of the developer's own
// decides a test.
var environment = []string{
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"HOME=/root", "LANG=C.UTF-8", "TERM=dumb", "SYSTEMD_PAGER=", "DEBIAN_FRONTEND=noninteractive",
}

// outside returns where this process finds a path of the machine. Links that
// begin with "/" lead astray there.
func (m *Machine) outside(path string) string {
	return fmt.Sprintf("/proc/%d/root%s", m.leader, path)
}

// Exec runs a command in the machine, as root, and returns what it wrote, both
// outputs as one, and its exit status: -1 when it was killed, at the end of ctx
// for one, or could not be run.
func (m *Machine) Exec(ctx context.Context, command ...string) (out string, code int) {
	args := []string{"-t", strconv.Itoa(m.leader), "-m", "-u", "-i", "-n", "-p", "--"}
	cmd := exec.CommandContext(ctx, "nsenter", append(args, command...)...)
	cmd.Env = environment
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 2 * time.Second // something that it left behind may hold the output
	wrote, err := cmd.CombinedOutput()
	if err == nil || errors.Is(err, exec.ErrWaitDelay) {
		return string(wrote), 0
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(wrote), exit.ExitCode()
	}
	return string(wrote) + err.Error(), -1
}

// Run is Exec for a command that must succeed; otherwise the test ends.
func (m *Machine) Run(command ...string) string {
	m.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), commandTime)
	defer cancel()
	out, code := m.Exec(ctx, command...)
	if code != 0 {
		m.tb.Fatalf("%s: status %d\n%s", strings.Join(command, " "), code, out)
	}
	return out
}

// CopyIn copies a file into the machine, with its mode, and makes the folders on
// the way.
func (m *Machine) CopyIn(from, to string) {
	m.tb.Helper()
	info, err := os.Stat(from)
	if err != nil {
		m.tb.Fatal(err)
	}
	content, err := os.ReadFile(from)
	if err != nil {
		m.tb.Fatal(err)
	}
	m.WriteFile(to, content, info.Mode().Perm())
}

// WriteFile writes a file of the machine, by way of a new one that takes its
// place, as packages and editors do it: a program that runs can be replaced.
func (m *Machine) WriteFile(path string, content []byte, mode fs.FileMode) {
	m.tb.Helper()
	name := strings.TrimPrefix(path, "/")
	err := m.root.MkdirAll(filepath.Dir(name), 0o755)
	if err == nil {
		err = m.root.WriteFile(name+".new", content, mode)
	}
	if err == nil {
		err = m.root.Chmod(name+".new", mode) // whatever the umask
	}
	if err == nil {
		err = m.root.Rename(name+".new", name)
	}
	if err != nil {
		m.tb.Fatalf("%s in the machine: %v", path, err)
	}
}

// ReadFile returns a file of the machine. An absolute link on the way is an
// error.
func (m *Machine) ReadFile(path string) ([]byte, error) {
	return m.root.ReadFile(strings.TrimPrefix(path, "/"))
}

// Until waits until done; after limit, or when the machine ends, the test ends
// with what.
func (m *Machine) Until(what string, limit time.Duration, done func() bool) {
	m.tb.Helper()
	deadline := time.After(limit)
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-m.exited:
			m.tb.Fatalf("%s: the machine has ended", what)
		case <-deadline:
			m.tb.Fatalf("%s: not within %v", what, limit)
		}
	}
}

// Dial connects to an address in the machine: "tcp" to an IP address with a
// port, "unix" to a path. It fits http.Transport.
func (m *Machine) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	if network == "unix" {
		return d.DialContext(ctx, network, m.outside(address))
	}
	// A socket belongs to the network in which its thread was when it was
	// made.
	runtime.LockOSThread()
	own, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		runtime.UnlockOSThread()
		return nil, err
	}
	defer own.Close()
	theirs, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", m.leader))
	if err == nil {
		err = unix.Setns(int(theirs.Fd()), unix.CLONE_NEWNET)
		theirs.Close()
	}
	if err != nil {
		runtime.UnlockOSThread()
		return nil, err
	}
	conn, err := d.DialContext(ctx, network, address)
	if back := unix.Setns(int(own.Fd()), unix.CLONE_NEWNET); back != nil {
		// The thread stays locked and ends with its goroutine, in which
		// nothing may be dialled any more.
		if conn != nil {
			conn.Close()
		}
		return nil, back
	}
	runtime.UnlockOSThread()
	return conn, err
}
