package control

import (
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestBacklogCountsConnectionsNobodyAccepted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := unixListeners(); err != nil {
		t.Skip("the kernel does not tell of Unix sockets here: ", err)
	}
	for range 3 {
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	got := ReadBacklog([]string{path, "/no/such/socket"})
	if len(got) != 1 || got[0].Socket != path || got[0].Waiting != 3 || got[0].Most < 3 {
		t.Errorf("ReadBacklog = %+v", got)
	}
}

func TestBacklogIsThatOfTheSocketWhoseFileIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	var last net.Listener
	for range 2 {
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		l.(*net.UnixListener).SetUnlinkOnClose(false)
		defer l.Close()
		if last == nil {
			if err := syscall.Unlink(path); err != nil {
				t.Fatal(err)
			}
		}
		last = l
	}
	if _, err := unixListeners(); err != nil {
		t.Skip("the kernel does not tell of Unix sockets here: ", err)
	}
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := ReadBacklog([]string{path}); len(got) != 1 || got[0].Waiting != 1 {
		t.Errorf("ReadBacklog = %+v", got)
	}
}

func FuzzParseSocket(f *testing.F) {
	f.Add([]byte(strings.Repeat("\x00", messageSize) + "\x06\x00\x00\x00/s\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, ok := parseSocket(data); ok && s.name == "" {
			t.Errorf("%q: no name, but ok", data)
		}
	})
}
