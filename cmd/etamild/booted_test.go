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
	units, err := filepath.Glob("../../systemd/*.s[eo]*") // .service, .socket
	if err != nil || len(units) == 0 {
		t.Fatalf("no units: %v", err)
	}
	for _, name := range units {
		s.CopyIn(name, "/etc/systemd/system/"+filepath.Base(name))
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
	return s.propertyOf(unit, name)
}

func (s *service) propertyOf(unit, name string) string {
	s.t.Helper()
	return strings.TrimSpace(s.Run("systemctl", "show", "-p", name, "--value", unit))
}

// install makes a new file of the binary, as a package does.
func (s *service) install() {
	s.t.Helper()
	s.Run("sh", "-c", "cp -p /usr/bin/etamild /usr/bin/etamild.new && mv /usr/bin/etamild.new /usr/bin/etamild")
}

// broken puts a script in the place of the binary, until mended.
func (s *service) broken(script string, mode os.FileMode) {
	s.t.Helper()
	s.Run("sh", "-c", "[ -e /usr/bin/etamild.sound ] || mv /usr/bin/etamild /usr/bin/etamild.sound")
	s.WriteFile("/usr/bin/etamild", []byte("#!/bin/sh\n"+script+"\n"), mode)
}

func (s *service) mended() {
	s.t.Helper()
	s.Run("mv", "/usr/bin/etamild.sound", "/usr/bin/etamild")
}

// dropIn writes a part of the service's unit.
func (s *service) dropIn(name, text string) {
	s.t.Helper()
	s.WriteFile("/etc/systemd/system/"+unit+".d/"+name, []byte("[Service]\n"+text), 0o644)
	s.Run("systemctl", "daemon-reload")
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

// ran returns how often each request ran.
func (l *boots) ran() map[string]int {
	l.s.t.Helper()
	ran := make(map[string]int)
	for id := range strings.Lines(l.s.Run("cat", "/var/lib/etamil/default/data/ledger")) {
		ran[strings.TrimSpace(id)]++
	}
	return ran
}

// check ends the load: every request was answered, and ran once.
func (l *boots) check(t *testing.T) {
	t.Helper()
	l.end()
	if len(l.wrong) > 0 {
		t.Errorf("%d requests went wrong: %q", len(l.wrong), l.wrong[:min(len(l.wrong), 10)])
	}
	ran := l.ran()
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

// client is the beginning of a script that is sound as "etamild ctl" alone.
const client = "[ \"$1\" = ctl ] && exec /usr/bin/etamild.sound \"$@\"\n"

func TestServiceReloadsHandsOverAndRestartsWithoutALoss(t *testing.T) {
	s := newService(t)
	if got := s.get(); got != "first" {
		t.Fatalf("the first request: %s", got)
	}
	l := s.load(64)
	pid := s.property("MainPID")
	slack := func(when string) {
		t.Helper()
		if got := s.Run("sh", "-c", "cat /proc/"+pid+"/timerslack_ns; grep -ac "+slackIsDone+" /proc/"+pid+"/environ; true"); got != strconv.Itoa(int(timerSlack))+"\n0\n" {
			t.Errorf("%s: timer slack in ns, and whether it began anew for it: %q", when, got)
		}
	}
	slack("from the unit")
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
		s.install()
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
	slack("from the process before")
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
		// The load has written a line a request since.
		if status, _ := s.try("systemctl", "status", "-n", "2000", "--no-pager", "-l", unit); !strings.Contains(status, want) {
			t.Errorf("%s: systemctl status does not say %q:\n%.5000s", what, want, status)
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
	s.WriteFile("/srv/app.qmz", []byte(ledger+`வழி பெறு, "/ready" { பதில் 500, "இல்லை"; }`), 0o644)
	s.settings("probe_path = \"/ready\"\n")
	wrong("a program that is not ready", "probe_path /ready answered 500")
	s.serve("never")
	// A new process that does not get ready in time is given up.
	s.settings("ready_timeout = \"2s\"\nread_timeout = \"25s\"\n")
	for _, tt := range []struct {
		what, script string
		mode         os.FileMode
		want         string
	}{
		{"a binary that ends with 0", "exit 0", 0o755, "did not reload anything"},
		{"a binary that crashes", "kill -SEGV $$", 0o755, "status=139"},
		{"a binary that cannot be run", "", 0o644, "status=126"},
		// Those work as a client and not as a daemon.
		{"a daemon that ends with 0", client + "exit 0", 0o755, "the new process ended before it was ready"},
		{"a daemon that ends with 1", client + "exit 1", 0o755, "the new process ended before it was ready"},
		{"a daemon that crashes", client + "kill -SEGV $$", 0o755, "the new process ended before it was ready"},
		{"a daemon that hangs", client + "exec sleep 1000", 0o755, "was not ready within 2s"},
	} {
		s.broken(tt.script, tt.mode)
		wrong(tt.what, tt.want)
	}
	s.dropIn("soon.conf", "TimeoutStartSec=3s\n")
	s.broken("exec sleep 1000", 0o755)
	wrong("a binary that hangs", "Reload operation timed out")
	s.mended()
	s.Run("cp", "-p", "/usr/bin/etamild", "/usr/bin/etamild.client")
	s.Run("chmod", "-x", "/usr/bin/etamild")
	if out, code := s.try("/usr/bin/etamild.client", "ctl", "--control", "/run/etamild/default/control", "reload", "--exec"); code == 0 || !strings.Contains(out, "permission denied") {
		t.Errorf("a daemon that cannot be run: status %d, %s", code, out)
	}
	l.more(20)
	s.Run("chmod", "+x", "/usr/bin/etamild")
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
