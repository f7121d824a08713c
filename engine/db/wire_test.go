package db

import (
	"net"
	"testing"
	"time"
)

// pair returns both ends of a connection over loopback.
func pair(t *testing.T) (ours, theirs net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if ours, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if theirs, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ours.Close(); theirs.Close() })
	return ours, theirs
}

func TestQuietSeesTheEndAndUnreadBytes(t *testing.T) {
	becomes := func(c net.Conn, want bool) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); Quiet(c) != want; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("Quiet is not %v", want)
			}
		}
	}
	ours, theirs := pair(t)
	becomes(ours, true)
	theirs.Write([]byte("x"))
	becomes(ours, false)
	ours.Read(make([]byte, 1))
	becomes(ours, true)
	ours.SetReadDeadline(time.Unix(1, 0))
	becomes(ours, true)
	theirs.Close()
	becomes(ours, false)
	ours.Close()
	becomes(ours, false)
}

func TestQuietDoesNotWaitForAReader(t *testing.T) {
	ours, theirs := pair(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ours.Read(make([]byte, 1))
	}()
	for range 100 { // the reader may take a moment to wait
		if !Quiet(ours) {
			t.Fatal("a connection with a reader that waits is not quiet")
		}
		time.Sleep(100 * time.Microsecond)
	}
	theirs.Close()
	<-done
	if Quiet(ours) {
		t.Error("Quiet after the end")
	}
}
