package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"etamil/cmd/internal/booted"
	"etamil/nginx"
)

// A service is the daemon under a booted systemd, behind nginx.
type service struct {
	*booted.Machine
	t      *testing.T
	client *http.Client
}

const unit = "etamil.service"

// newService installs what an operator would, but no package.
func newService(t *testing.T) *service {
	t.Helper()
	s := &service{Machine: booted.Boot(t), t: t}
	s.client = &http.Client{Transport: &http.Transport{DialContext: s.Dial, MaxIdleConnsPerHost: 64}, Timeout: 60 * time.Second}
	t.Cleanup(s.client.CloseIdleConnections)
	binary := filepath.Join(t.TempDir(), "etamild")
	build := exec.Command("go", "build", "-o", binary, "etamil/cmd/etamild")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.CopyIn(binary, "/usr/bin/etamild")
	for _, name := range []string{"etamil.socket", unit} {
		s.CopyIn("../../systemd/"+name, "/etc/systemd/system/"+name)
	}
	s.WriteFile("/etc/nginx/etamil_params", []byte(nginx.ParamsFile), 0o644)
	s.WriteFile("/etc/nginx/conf.d/etamil.conf", []byte(nginx.SiteFile), 0o644)
	s.Run("rm", "-f", "/etc/nginx/sites-enabled/default")
	s.settings("")
	s.serve("first")
	s.Run("systemctl", "daemon-reload")
	s.Run("systemctl", "start", "etamil.socket")
	s.Run("systemctl", "restart", "nginx.service")
	return s
}

func (s *service) settings(more string) {
	s.WriteFile("/etc/etamil/etamild.toml", []byte("program = \"/srv/app.qmz\"\n"+more), 0o644)
}

func (s *service) serve(generation string) {
	s.WriteFile("/srv/app.qmz", []byte(strings.ReplaceAll(ledger, "GENERATION", generation)), 0o644)
}

// try runs a command that may fail.
func (s *service) try(command ...string) (string, int) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	return s.Exec(ctx, command...)
}

func (s *service) property(name string) string {
	s.t.Helper()
	return strings.TrimSpace(s.Run("systemctl", "show", "-p", name, "--value", unit))
}

// get returns the generation that answers.
func (s *service) get() string {
	res, err := s.client.Get("http://127.0.0.1/")
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != 200 {
		return res.Status
	}
	return string(body)
}

// A boots is a load on a service; see load.
type boots struct {
	s        *service
	stop     chan struct{}
	clients  sync.WaitGroup
	answered atomic.Int64
	mu       sync.Mutex
	wrong    []string
}

func (s *service) load(clients int) *boots {
	l := &boots{s: s, stop: make(chan struct{})}
	for n := range clients {
		l.clients.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-l.stop:
					return
				default:
				}
				id := strconv.Itoa(n) + "-" + strconv.Itoa(i)
				res, err := s.client.Post("http://127.0.0.1/", "text/plain", strings.NewReader(id))
				what := ""
				if err != nil {
					what = err.Error()
				} else {
					body, err := io.ReadAll(res.Body)
					res.Body.Close()
					if got, _, _ := strings.Cut(string(body), " "); err != nil || res.StatusCode != 200 || got != id {
						what = fmt.Sprintf("%d %.100q %v", res.StatusCode, body, err)
					}
				}
				if what == "" {
					l.answered.Add(1)
					continue
				}
				l.mu.Lock()
				l.wrong = append(l.wrong, id+": "+what)
				l.mu.Unlock()
			}
		})
	}
	s.t.Cleanup(l.end)
	l.more(100)
	return l
}

func (l *boots) more(n int64) {
	l.s.t.Helper()
	until := l.answered.Load() + n
	l.s.Until("posts are answered", time.Minute, func() bool { return l.answered.Load() >= until })
}

func (l *boots) end() {
	select {
	case <-l.stop:
	default:
		close(l.stop)
	}
	l.clients.Wait()
}

// check ends the load: every request was answered, and ran once.
func (l *boots) check(t *testing.T) {
	t.Helper()
	l.end()
	if len(l.wrong) > 0 {
		t.Errorf("%d requests went wrong: %q", len(l.wrong), l.wrong[:min(len(l.wrong), 10)])
	}
	ran := make(map[string]int)
	for id := range strings.Lines(l.s.Run("cat", "/var/lib/etamil/default/data/ledger")) {
		ran[strings.TrimSpace(id)]++
	}
	if len(ran) != int(l.answered.Load()) {
		t.Errorf("%d requests ran, %d were answered", len(ran), l.answered.Load())
	}
	for id, n := range ran {
		if n != 1 {
			t.Errorf("%s ran %d times", id, n)
		}
	}
	t.Logf("%d requests", l.answered.Load())
}

func TestServiceReloadsHandsOverAndRestartsWithoutALoss(t *testing.T) {
	s := newService(t)
	if got := s.get(); got != "first" {
		t.Fatalf("the first request: %s", got)
	}
	l := s.load(64)
	pid := s.property("MainPID")
	for i := range 100 {
		s.serve("program" + strconv.Itoa(i))
		s.Run("systemctl", "reload", unit)
		if got := s.get(); got != "program"+strconv.Itoa(i) {
			t.Errorf("after reload %d: %s", i, got)
		}
	}
	if now := s.property("MainPID"); now != pid {
		t.Errorf("program reloads took process %s to %s", pid, now)
	}
	for i := range 30 {
		s.serve("process" + strconv.Itoa(i))
		s.Run("sh", "-c", "cp -p /usr/bin/etamild /usr/bin/etamild.new && mv /usr/bin/etamild.new /usr/bin/etamild")
		s.Run("systemctl", "reload", unit)
		if got := s.get(); got != "process"+strconv.Itoa(i) {
			t.Errorf("after handover %d: %s", i, got)
		}
		now := s.property("MainPID")
		if now == pid {
			t.Errorf("handover %d left process %s", i, pid)
		}
		pid = now
		l.more(50)
	}
	for i := range 10 {
		s.Run("systemctl", "restart", unit)
		l.more(50)
		now := s.property("MainPID")
		if now == pid {
			t.Errorf("restart %d left process %s", i, pid)
		}
		pid = now
		if n := s.property("NFileDescriptorStore"); n != "0" {
			t.Errorf("after restart %d %s connections are left in the store", i, n)
		}
	}
	s.settings("read_timeout = \"20s\"\nmax_output = \"1MiB\"\n")
	s.Run("systemctl", "reload", unit)
	l.more(50)

	// What is wrong fails, says why, and changes nothing.
	pid = s.property("MainPID")
	wrong := func(what, want string) {
		t.Helper()
		if out, code := s.try("systemctl", "reload", unit); code == 0 {
			t.Errorf("%s: the reload succeeded: %s", what, out)
		}
		if status, _ := s.try("systemctl", "status", "-n", "30", "--no-pager", "-l", unit); !strings.Contains(status, want) {
			t.Errorf("%s: systemctl status does not say %q:\n%s", what, want, status)
		}
		if now := s.property("MainPID"); now != pid || s.property("ActiveState") != "active" {
			t.Errorf("%s: process %s, not %s; %s", what, now, pid, s.property("ActiveState"))
		}
		l.more(20)
	}
	s.WriteFile("/srv/app.qmz", []byte("அச்சு"), 0o644)
	wrong("a program that does not compile", "ET1011")
	s.serve("never")
	s.settings("max_ouput = 1\n")
	wrong("a setting with a typo", "max_output")
	s.settings("probe_path = \"/none\"\nread_timeout = \"25s\"\n")
	s.Run("cp", "-p", "/usr/bin/etamild", "/usr/bin/etamild.sound")
	s.Run("rm", "/usr/bin/etamild")
	s.WriteFile("/usr/bin/etamild", []byte("#!/bin/sh\nexit 0\n"), 0o755)
	wrong("a binary that ends with 0", "did not reload anything")
	s.WriteFile("/usr/bin/etamild", []byte("#!/bin/sh\nkill -SEGV $$\n"), 0o755)
	wrong("a binary that crashes", "status=139")
	s.WriteFile("/usr/bin/etamild", []byte("#!/bin/sh\n"), 0o644)
	wrong("a binary that cannot be run", "status=126")
	// One that works as a client and not as a daemon.
	s.WriteFile("/usr/bin/etamild", []byte("#!/bin/sh\n[ \"$1\" = ctl ] && exec /usr/bin/etamild.sound \"$@\"\nexit 0\n"), 0o755)
	wrong("a daemon that ends with 0", "the new process ended before it was ready")
	s.Run("mv", "/usr/bin/etamild.sound", "/usr/bin/etamild")
	s.settings("")
	s.serve("last")
	s.Run("systemctl", "reload", unit)
	if got := s.get(); got != "last" {
		t.Errorf("at the end: %s", got)
	}
	l.check(t)
	if n := s.property("NRestarts"); n != "0" {
		t.Errorf("%s restarts by itself", n)
	}
}

func TestServiceComesBackFromCrashes(t *testing.T) {
	s := newService(t)
	if got := s.get(); got != "first" {
		t.Fatalf("the first request: %s", got)
	}
	inode := s.Run("stat", "-c", "%i", "/run/etamil/etamil.sock")
	down := func(what string, limit time.Duration, fail func()) {
		t.Helper()
		fail()
		start := time.Now()
		s.Until(what, 60*time.Second, func() bool { return s.get() == "first" })
		if took := time.Since(start); took > limit {
			t.Errorf("%s: answering again after %v", what, took)
		}
	}
	pid := s.property("MainPID")
	down("killed", time.Second, func() { s.Run("systemctl", "kill", "-s", "KILL", unit) })
	if now := s.property("MainPID"); now == pid {
		t.Errorf("process %s serves on", pid)
	}
	// A handover does not hide the main process from systemd.
	s.Run("sh", "-c", "cp -p /usr/bin/etamild /usr/bin/etamild.new && mv /usr/bin/etamild.new /usr/bin/etamild")
	s.Run("systemctl", "reload", unit)
	down("killed after a handover", time.Second, func() { s.Run("kill", "-9", s.property("MainPID")) })

	for range 30 {
		before := s.property("MainPID")
		s.Run("kill", "-9", before)
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
	for _, u := range []string{"etamil.socket", unit} {
		if state := strings.TrimSpace(s.Run("systemctl", "is-active", u)); state != "active" {
			t.Errorf("%s is %s", u, state)
		}
	}
	if now := s.Run("stat", "-c", "%i", "/run/etamil/etamil.sock"); now != inode {
		t.Errorf("the socket is another one")
	}

	s.Run("mkdir", "-p", "/etc/systemd/system/etamil.service.d")
	s.WriteFile("/etc/systemd/system/etamil.service.d/watch.conf", []byte("[Service]\nWatchdogSec=2s\nTimeoutAbortSec=1s\n"), 0o644)
	s.Run("systemctl", "daemon-reload")
	s.Run("systemctl", "restart", unit)
	pid = s.property("MainPID")
	time.Sleep(5 * time.Second) // longer than the watchdog waits
	if now := s.property("MainPID"); now != pid {
		t.Errorf("a process that works was ended by the watchdog")
	}
	s.Run("sh", "-c", "cp -p /usr/bin/etamild /usr/bin/etamild.new && mv /usr/bin/etamild.new /usr/bin/etamild")
	s.Run("systemctl", "reload", unit)
	pid = s.property("MainPID")
	time.Sleep(5 * time.Second)
	if now := s.property("MainPID"); now != pid {
		t.Errorf("a process that took over was ended by the watchdog")
	}
	down("stopped", 15*time.Second, func() { s.Run("kill", "-STOP", pid) })
	if now := s.property("MainPID"); now == pid {
		t.Errorf("the stopped process is not replaced")
	}
}
