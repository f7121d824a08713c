package fcgi

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// shortDir is a folder whose sockets fit into 107 bytes.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "fcgi")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func TestListenUnixMakesASocketOfItsMode(t *testing.T) {
	path := filepath.Join(shortDir(t), "s")
	for _, mode := range []os.FileMode{0o660, 0o600, 0o666} {
		l, err := ListenUnix(path, mode)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(path)
		if err != nil || info.Mode() != mode|os.ModeSocket {
			t.Errorf("mode %v, %v; want %v", info.Mode(), err, mode|os.ModeSocket)
		}
		l.Close()
		if _, err := os.Lstat(path); !os.IsNotExist(err) {
			t.Errorf("the file is still there: %v", err)
		}
	}
}

func TestListenUnixReplacesOnlyASocketThatRefuses(t *testing.T) {
	path := filepath.Join(shortDir(t), "s")
	dead, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	dead.(*net.UnixListener).SetUnlinkOnClose(false)
	if l, err := ListenUnix(path, 0o660); err == nil {
		l.Close()
		t.Fatal("a socket in use was replaced")
	} else if !strings.Contains(err.Error(), "another process is listening on "+path) {
		t.Errorf("living socket: %v", err)
	}
	dead.Close()
	l, err := ListenUnix(path, 0o660)
	if err != nil {
		t.Fatalf("dead socket: %v", err)
	}
	l.Close()

	if err := os.WriteFile(path, []byte("keep"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ListenUnix(path, 0o660); err == nil || !strings.Contains(err.Error(), "is no socket") {
		t.Errorf("a file: %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "keep" {
		t.Error("the file was touched")
	}
	if _, err := ListenUnix(filepath.Join(path, "x"), 0o660); err == nil {
		t.Error("no error below a file")
	}
	if _, err := ListenUnix("/tmp/"+strings.Repeat("x", 108), 0o660); err == nil || !strings.Contains(err.Error(), "107") {
		t.Errorf("a long path: %v", err)
	}
}

func TestCloseRemovesOnlyTheSocketItMade(t *testing.T) {
	path := filepath.Join(shortDir(t), "s")
	old, err := ListenUnix(path, 0o660)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	successor, err := ListenUnix(path, 0o660)
	if err != nil {
		t.Fatal(err)
	}
	defer successor.Close()
	old.Close()
	if c, err := net.Dial("unix", path); err != nil {
		t.Errorf("the successor's socket is gone: %v", err)
	} else {
		c.Close()
	}
}

// TestSystemdSocketsAreTakenByName runs this binary as systemd would: descriptors from 3
// on, named in the environment.
func TestSystemdSocketsAreTakenByName(t *testing.T) {
	if os.Getenv("FCGI_TEST_CHILD") == "1" {
		systemdChild()
		return
	}
	dir := shortDir(t)
	var files []*os.File
	for _, name := range []string{"a", "b"} {
		l, err := net.Listen("unix", filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		f, err := l.(*net.UnixListener).File()
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		files = append(files, f)
	}
	conn, err := net.Dial("unix", filepath.Join(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	f, err := conn.(*net.UnixConn).File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	files = append(files, f, null, f, files[0])

	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The shell has the process id that LISTEN_PID must name.
	cmd := exec.Command("/bin/sh", "-c", `LISTEN_PID=$$ exec "$0" -test.run=^TestSystemdSocketsAreTakenByName$ -test.v`, exe)
	cmd.Env = append(os.Environ(), "FCGI_TEST_CHILD=1", "LISTEN_FDS=6", "LISTEN_FDNAMES=etamil.socket:stray:etamil.socket:etamil.socket:conn-1-2:conn-1-3")
	cmd.ExtraFiles = files
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"found etamil.socket " + filepath.Join(dir, "a"),
		`descriptor named "stray": no socket of that name is used`,
		`descriptor named "etamil.socket": it is a socket that does not listen`,
		`descriptor named "etamil.socket": it is no socket`,
		"connection conn-1-2 unix",
		`descriptor named "conn-1-3": it is a socket that listens`,
		"again 0 0 0",
		"environment ''",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("output lacks %q:\n%s", want, out)
		}
	}
}

func systemdChild() {
	listener := func(name string) bool { return name == "etamil.socket" }
	connection := func(name string) bool { return strings.HasPrefix(name, "conn-") }
	found := SystemdSockets(listener, connection)
	for name, ls := range found.Listeners {
		for _, l := range ls {
			println("found", name, l.Addr().String())
		}
	}
	for _, f := range found.Connections {
		c, err := Connection(f)
		if err != nil {
			panic(err)
		}
		println("connection", f.Name(), c.RemoteAddr().Network())
	}
	for _, u := range found.Unused {
		println(u.String())
	}
	found = SystemdSockets(listener, connection)
	println("again", len(found.Listeners), len(found.Connections), len(found.Unused))
	println("environment '" + os.Getenv("LISTEN_FDS") + os.Getenv("LISTEN_PID") + os.Getenv("LISTEN_FDNAMES") + "'")
}

func TestSharedListenerIsTheSameSocket(t *testing.T) {
	path := filepath.Join(shortDir(t), "s")
	old, err := ListenUnix(path, 0o660)
	if err != nil {
		t.Fatal(err)
	}
	share := func() net.Listener {
		f, facts, err := Share(old)
		if err != nil {
			t.Fatal(err)
		}
		l, err := Attach(f, facts)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	answers := func(l net.Listener) {
		t.Helper()
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		a, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		a.Close()
	}
	next := share()
	Disown(old)
	old.Close()
	answers(next)
	old = next
	Disown(old)
	Own(old)
	next = share()
	Disown(next)
	next.Close()
	answers(old)
	next = share()
	old.Close()
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}
	// Another may be there by then.
	other, err := ListenUnix(path, 0o660)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	next.Close()
	answers(other)
}

func TestSharedListenerWhoseFileIsGone(t *testing.T) {
	path := filepath.Join(shortDir(t), "s")
	old, err := ListenUnix(path, 0o660)
	if err != nil {
		t.Fatal(err)
	}
	f, facts, err := Share(old)
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(path)
	other, err := ListenUnix(path, 0o660)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	l, err := Attach(f, facts)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	old.Close()
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("the socket of another was removed: %v", err)
	}
}

func TestAttachTakesListenersOnly(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Attach(null, Facts{}); err == nil {
		t.Error("a file is a listener")
	}
	null, err = os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Connection(null); err == nil {
		t.Error("a file is a connection")
	}
}
