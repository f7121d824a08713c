package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"etamil/cmd/internal/control"
	"etamil/fcgi/fcgitest"
)

// A manager does for a daemon what systemd does: it opens the socket, hears the
// main process alone (NotifyAccess=main), follows MAINPID=, and keeps what it is
// given from one process to the next.
type manager struct {
	*town
	socket *os.File
	notify *net.UnixConn
	env    []string

	mu       sync.Mutex
	main     int
	store    map[string][]*os.File
	messages []string // of the main process, one datagram each
	refused  []string // of others
	changed  chan struct{}
}

func newManager(t *testing.T, env ...string) *manager {
	m := &manager{town: newTown(t), env: env, store: make(map[string][]*os.File), changed: make(chan struct{})}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: m.Socket("app")})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	if m.socket, err = l.File(); err != nil {
		t.Fatal(err)
	}
	l.Close()
	t.Cleanup(func() { m.socket.Close() })
	path := filepath.Join(m.Dir(), "notify")
	if m.notify, err = net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"}); err != nil {
		t.Fatal(err)
	}
	raw, err := m.notify.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_PASSCRED, 1) })
	t.Cleanup(func() { m.notify.Close() })
	go m.hear()
	m.log = filepath.Join(m.Dir(), "app.log")
	t.Cleanup(func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.main > 0 {
			syscall.Kill(m.main, syscall.SIGKILL)
		}
		killSuccessors(m.log)
	})
	return m
}

// launch starts the service and waits until it says that it is ready.
func (m *manager) launch() {
	m.t.Helper()
	m.mu.Lock()
	files, names := []*os.File{m.socket}, []string{fdFastCGI}
	for name, stored := range m.store {
		for _, f := range stored {
			files, names = append(files, f), append(names, name)
		}
	}
	before := len(m.messages)
	m.mu.Unlock()
	// Only a shell knows the number of the process before it becomes it.
	cmd := exec.Command("/bin/sh", "-c", `export LISTEN_PID=$$ SYSTEMD_EXEC_PID=$$ WATCHDOG_PID=$$; exec "$@"`, "sh",
		m.binary, "--program", m.app, "--data", filepath.Join(m.Dir(), "app.data"), "--control", m.town.control, "--log-level", "info")
	cmd.Env = append(append(os.Environ(), m.env...), "NOTIFY_SOCKET="+filepath.Join(m.Dir(), "notify"),
		"LISTEN_FDS="+strconv.Itoa(len(files)), "LISTEN_FDNAMES="+strings.Join(names, ":"))
	cmd.ExtraFiles = files
	// The first message may come before Start returns.
	m.mu.Lock()
	p, err := m.Start("app", cmd)
	if err == nil {
		m.daemon, m.main = p, p.PID()
	}
	m.mu.Unlock()
	if err != nil {
		m.t.Fatal(err)
	}
	m.await("READY=1", before)
}

// hear takes messages until the socket is closed.
func (m *manager) hear() {
	text, control := make([]byte, 8<<10), make([]byte, 1<<10)
	for {
		n, cn, _, _, err := m.notify.ReadMsgUnix(text, control)
		if err != nil {
			return
		}
		var pid int
		var files []*os.File
		parsed, _ := unix.ParseSocketControlMessage(control[:cn])
		for i := range parsed {
			if cred, err := unix.ParseUnixCredentials(&parsed[i]); err == nil {
				pid = int(cred.Pid)
			} else if fds, err := unix.ParseUnixRights(&parsed[i]); err == nil {
				for _, fd := range fds {
					files = append(files, os.NewFile(uintptr(fd), "stored"))
				}
			}
		}
		m.take(pid, string(text[:n]), files)
	}
}

func (m *manager) take(pid int, text string, files []*os.File) {
	m.mu.Lock()
	defer m.mu.Unlock()
	fields := make(map[string]string)
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		fields[name] = value
	}
	kept := false
	switch {
	case fields["BARRIER"] == "1": // systemd asks nobody who it is
	case pid != m.main:
		m.refused = append(m.refused, fmt.Sprintf("%d: %s", pid, text))
	default:
		m.messages = append(m.messages, text)
		name := fields["FDNAME"]
		if fields["FDSTORE"] == "1" {
			m.store[name] = append(m.store[name], files...)
			kept = true
		}
		if fields["FDSTOREREMOVE"] == "1" {
			for _, f := range m.store[name] {
				f.Close()
			}
			delete(m.store, name)
		}
		if main, err := strconv.Atoi(fields["MAINPID"]); err == nil {
			m.main = main
		}
	}
	if !kept {
		for _, f := range files {
			f.Close()
		}
	}
	close(m.changed)
	m.changed = make(chan struct{})
}

// await waits for a message after the first from ones that holds want, and
// returns how many there are up to it.
func (m *manager) await(want string, from int) int {
	m.t.Helper()
	timeout := time.After(30 * time.Second)
	for {
		m.mu.Lock()
		for i := from; i < len(m.messages); i++ {
			if strings.Contains(m.messages[i], want) {
				m.mu.Unlock()
				return i + 1
			}
		}
		changed := m.changed
		m.mu.Unlock()
		select {
		case <-changed:
		case <-timeout:
			m.t.Fatalf("no message %q; %q\n%s", want, m.messages, m.tail())
		}
	}
}

// stop ends the main process and waits for it.
func (m *manager) stop() {
	m.t.Helper()
	m.mu.Lock()
	pid := m.main
	m.mu.Unlock()
	syscall.Kill(pid, syscall.SIGTERM)
	m.gone(pid)
	m.End(m.daemon)
}

func (m *manager) stored() (names []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name := range m.store {
		names = append(names, name)
	}
	return names
}

func TestRestartsKeepConnectionsThroughTheStore(t *testing.T) {
	m := newManager(t)
	m.launch()
	m.front()
	// An idle connection of nginx's, which no load would leave alone.
	idle, err := fcgitest.Dial(m.Socket("app"))
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	ask := func() {
		t.Helper()
		r := fcgitest.Request{Keep: true}
		if err := idle.Send(r.Append(nil)); err != nil {
			t.Fatal(err)
		}
		idle.Conn.SetDeadline(time.Now().Add(30 * time.Second))
		if r, err := idle.Receive(1); err != nil || r.Status != 200 || idle.Buffered() > 0 {
			t.Fatalf("the idle connection: %+v, %v", r, err)
		}
	}
	ask()
	l := m.load(16)
	for i := range 4 {
		l.more(100)
		if i == 2 { // a new process may have taken over in between
			m.reload(true, "")
		}
		m.stop()
		names := m.stored()
		if len(names) == 0 {
			t.Errorf("nothing is stored")
		}
		for _, name := range names {
			if !isStored(name) {
				t.Errorf("stored as %s", name)
			}
		}
		m.launch()
		if names := m.stored(); len(names) > 0 {
			t.Errorf("left in the store: %q", names)
		}
		ask()
	}
	l.more(100)
	l.check()
	m.mu.Lock()
	if len(m.refused) > 0 {
		t.Errorf("messages that systemd would not hear: %q", m.refused)
	}
	m.mu.Unlock()

	// Closing one that came from the store reaches the web server.
	m.reload(false, "")
	idle.Send([]byte("this is no FastCGI"))
	if _, err := idle.ReadRecord(); err == nil {
		t.Error("the connection is open")
	}
	// kill -9 leaves no connection anywhere.
	m.mu.Lock()
	pid := m.main
	m.mu.Unlock()
	other, err := fcgitest.Dial(m.Socket("app"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.Do(fcgitest.Request{Keep: true}); err != nil {
		t.Fatal(err)
	}
	syscall.Kill(pid, syscall.SIGKILL)
	if _, err := other.ReadRecord(); err == nil {
		t.Error("a connection of a killed process is open")
	}
	m.End(m.daemon)
	m.launch()
	if res, err := http.Get("http://" + m.addr + "/"); err != nil || res.StatusCode != 200 {
		t.Errorf("after kill -9: %v, %v", res, err)
	}
}

func TestTheManagerIsToldTheTruth(t *testing.T) {
	m := newManager(t, "WATCHDOG_USEC=200000")
	m.launch()
	m.front()
	at := m.await("READY=1", 0)
	at = m.await("WATCHDOG=1", at)
	m.serve("second")
	m.reload(false, "")
	at = m.await("RELOADING=1\nMONOTONIC_USEC=", at)
	at = m.await("READY=1\nSTATUS=serving "+m.app+", generation 2", at)

	// A failed reload ends with READY, too, and one line says why.
	if err := os.WriteFile(m.app, []byte("அச்சு"), 0o600); err != nil {
		t.Fatal(err)
	}
	m.reload(false, "ET1011")
	at = m.await("RELOADING=1", at)
	at = m.await("READY=1\nSTATUS=", at)
	m.mu.Lock()
	if last := m.messages[at-1]; !strings.Contains(last, "ET1011") || strings.Count(last, "\n") != 2 {
		t.Errorf("%q", last)
	}
	m.mu.Unlock()

	// The old process names the new one in the message that says READY, and
	// is silent from then on; only then the new one speaks.
	m.serve("third")
	r := m.reload(true, "")
	at = m.await(fmt.Sprintf("MAINPID=%d\nREADY=1\n", r.PID), at)
	at = m.await("WATCHDOG=1", at)
	m.mu.Lock()
	for _, text := range m.messages {
		if strings.Contains(text, "STOPPING=1") {
			t.Errorf("a handover is no stop: %q", text)
		}
	}
	m.mu.Unlock()

	m.stop()
	at = m.await("STOPPING=1", at)
	m.await("EXTEND_TIMEOUT_USEC=", at)
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.refused) > 0 {
		t.Errorf("messages that systemd would not hear: %q", m.refused)
	}
}

func TestDrainUnderSystemdIsRefusedAfterAHandoverToo(t *testing.T) {
	m := newManager(t)
	m.launch()
	m.front()
	for range 2 {
		if _, err := m.ctl(control.Request{Command: control.CommandDrain}); err == nil || !strings.Contains(err.Error(), "systemctl stop") {
			t.Errorf("drain: %v", err)
		}
		m.reload(true, "")
	}
}
