package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"etamil/fcgi/fcgitest"
)

// socketPath is that of the default application.
const socketPath = "/run/etamil/etamil.sock"

// crashed ends a load during which the service was killed a number of times. Only
// what ran at that moment may have gone wrong, and nothing ran twice.
func (l *boots) crashed(t *testing.T, clients, times int) {
	t.Helper()
	l.end()
	if len(l.wrong) > clients*times {
		t.Errorf("%d requests went wrong, where %d clients had one each %d times", len(l.wrong), clients, times)
	}
	for _, what := range l.wrong {
		if !strings.Contains(what, ": 502 ") {
			t.Errorf("%s, want 502", what)
		}
	}
	ran, answered := l.ran(), int(l.answered.Load())
	if len(ran) < answered || len(ran) > answered+len(l.wrong) {
		t.Errorf("%d requests ran, %d were answered and %d were lost", len(ran), answered, len(l.wrong))
	}
	for id, n := range ran {
		if n != 1 {
			t.Errorf("%s ran %d times", id, n)
		}
	}
	t.Logf("%d requests, %d lost in %d crashes", answered, len(l.wrong), times)
}

// replaced makes the main process fail and returns how long it took until a
// request was answered again, by another one.
func (s *service) replaced(what string, fail func(pid string)) time.Duration {
	s.t.Helper()
	pid := s.property("MainPID")
	start := time.Now()
	fail(pid)
	s.Until(what+": it answers again", time.Minute, func() bool { return s.get() == "first" })
	took := time.Since(start)
	if now := s.property("MainPID"); now == pid {
		s.t.Errorf("%s: process %s serves on", what, pid)
	}
	return took
}

func (s *service) kill(pid string) { s.Run("kill", "-9", pid) }

func TestServiceComesBackFromCrashes(t *testing.T) {
	s := newService(t)
	if got := s.get(); got != "first" {
		t.Fatalf("the first request: %s", got)
	}
	inode := s.Run("stat", "-c", "%i", socketPath)

	const clients, times = 64, 5
	l := s.load(clients)
	var took []time.Duration
	for i := range times {
		if i == 3 { // the main process is then none that systemd has started
			s.install()
			s.Run("systemctl", "reload", unit)
		}
		took = append(took, s.replaced("killed under load", s.kill))
		l.more(200)
	}
	l.crashed(t, clients, times)
	t.Logf("answering again after %v", took)
	// Less than a second on a quiet machine; others may be at work on this one.
	if slices.Max(took) > 5*time.Second {
		t.Errorf("answering again after %v", took)
	}

	for range 30 {
		before := s.property("MainPID")
		s.kill(before)
		s.Until("systemd has started it again", time.Minute, func() bool {
			now := s.property("MainPID")
			return now != "0" && now != before
		})
	}
	for range 30 {
		s.Run("systemctl", "restart", unit)
	}
	if got := s.get(); got != "first" {
		t.Errorf("after 30 crashes and 30 restarts: %s", got)
	}

	// One that does not even start is tried again and again, while requests
	// wait.
	s.broken("exit 1", 0o755)
	s.kill(s.property("MainPID"))
	waiting := make(chan string, 1)
	go func() { waiting <- s.get() }()
	restarts := func() int {
		n, _ := strconv.Atoi(s.property("NRestarts"))
		return n
	}
	before := restarts()
	s.Until("30 starts have failed", time.Minute, func() bool { return restarts() >= before+30 })
	s.mended()
	if got := <-waiting; got != "first" {
		t.Errorf("a request that waited while 30 starts failed: %s", got)
	}
	for _, u := range []string{"etamil.socket", unit} {
		if state := strings.TrimSpace(s.Run("systemctl", "is-active", u)); state != "active" {
			t.Errorf("%s is %s", u, state)
		}
	}
	if now := s.Run("stat", "-c", "%i", socketPath); now != inode {
		t.Errorf("the socket is another one")
	}

	s.dropIn("watch.conf", "WatchdogSec=2s\nTimeoutAbortSec=1s\n")
	s.Run("systemctl", "restart", unit)
	stop := func(pid string) { s.Run("kill", "-STOP", pid) }
	if took := s.replaced("stopped", stop); took > 15*time.Second {
		t.Errorf("a stopped process is replaced after %v", took)
	}
	s.install()
	s.Run("systemctl", "reload", unit)
	pid := s.property("MainPID")
	time.Sleep(7 * time.Second) // more than three times what the watchdog waits
	if now := s.property("MainPID"); now != pid {
		t.Errorf("a process that took over and works was ended by the watchdog")
	}
	if took := s.replaced("stopped after it took over", stop); took > 15*time.Second {
		t.Errorf("a stopped process that had taken over is replaced after %v", took)
	}
}

// dial connects to the service's socket as nginx does, and has a request
// answered.
func (s *service) dial() *fcgitest.Client {
	s.t.Helper()
	conn, err := s.Dial(context.Background(), "unix", socketPath)
	if err != nil {
		s.t.Fatal(err)
	}
	c := fcgitest.NewClient(conn)
	s.t.Cleanup(func() { c.Close() })
	s.ask("a new connection", c)
	return c
}

// ask has a request answered on a connection that is kept.
func (s *service) ask(what string, c *fcgitest.Client) {
	s.t.Helper()
	c.Conn.SetDeadline(time.Now().Add(time.Minute))
	res, err := c.Do(fcgitest.Request{Keep: true})
	if err != nil || res.Status != http.StatusOK || c.Buffered() > 0 {
		s.t.Fatalf("%s: %+v, %v", what, res, err)
	}
}

// closed waits for the end of file on a connection.
func (s *service) closed(what string, c *fcgitest.Client) {
	s.t.Helper()
	c.Conn.SetDeadline(time.Now().Add(time.Minute))
	if rec, err := c.ReadRecord(); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		s.t.Errorf("%s: read %+v, %v; want the end of file", what, rec, err)
	}
}

func TestStoredConnectionsAreFirstUsedThenForgotten(t *testing.T) {
	s := newService(t)
	idle, other := s.dial(), s.dial()
	empty := func(what string) {
		t.Helper()
		if n := s.property("NFileDescriptorStore"); n != "0" {
			t.Errorf("%s: %s connections are left in the store", what, n)
		}
	}
	for range 2 {
		s.Run("systemctl", "restart", unit)
		empty("after a restart")
		s.ask("after a restart", idle)
		s.ask("after a restart", other)
	}
	s.install()
	s.Run("systemctl", "reload", unit)
	s.ask("after a restart and a handover", idle)
	s.ask("after a restart and a handover", other)
	s.Run("systemctl", "restart", unit)
	empty("after a restart, a handover and a restart")
	s.ask("after a restart, a handover and a restart", idle)

	// systemd kept a copy of each; one of them would keep the connection open.
	if err := idle.Send([]byte("this is no FastCGI")); err != nil {
		t.Fatal(err)
	}
	s.closed("a connection that the service closes", idle)
	s.kill(s.property("MainPID"))
	s.closed("a connection of a killed process", other)
	s.dial()
	empty("after kill -9")

	// A stop, unlike a restart, ends what is idle.
	last := s.dial()
	s.Run("systemctl", "restart", unit)
	s.ask("before the stop", last)
	s.Run("systemctl", "stop", unit)
	s.closed("a connection of a stopped service", last)
}
