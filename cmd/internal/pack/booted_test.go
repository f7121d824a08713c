package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"etamil/cmd/internal/booted"
)

// The versions of the packages that are built for the tests.
const (
	oldVersion = "1.0.0-rc1"
	newVersion = "1.0.0"
)

// built holds the packages of a version, by the end of their names.
type built struct {
	once  sync.Once
	files map[string]string
	err   error
}

var packages = map[string]*built{oldVersion: {}, newVersion: {}}

// packagesOf returns the packages of a version for this machine's architecture,
// built once: ".deb", ".rpm", ".cdx.json".
func packagesOf(t *testing.T, version string) map[string]string {
	t.Helper()
	b := packages[version]
	b.once.Do(func() {
		var files []string
		files, b.err = Make(Options{Version: version, Out: filepath.Join(scratch, version), Arch: []string{runtime.GOARCH},
			Maintainer: "Someone <someone@etamil.example>", Time: time.Unix(1_700_000_000, 0)})
		b.files = map[string]string{}
		for _, name := range files {
			for _, end := range []string{".deb", ".rpm", ".cdx.json"} {
				if strings.HasSuffix(name, end) {
					b.files[end] = name
				}
			}
		}
	})
	if b.err != nil {
		t.Fatal(b.err)
	}
	return b.files
}

// scratch is the folder of the packages.
var scratch string

func TestMain(m *testing.M) {
	if err := os.Chdir("../../.."); err != nil { // Make runs in the module's root
		panic(err)
	}
	var err error
	if scratch, err = os.MkdirTemp("", "etamil-packages-"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(scratch)
	os.Exit(code)
}

// shop is a program that keeps what it is sent, a line each, and says it back.
const shop = `வழி பதி, "/பதிவு" {
    கோப்பு_எழுது "பதிவுகள்", request_body;
    பதில் 200, request_body;
}
`

// A site is the machine's own web site, asked from outside.
type site struct {
	m      *booted.Machine
	client *http.Client
}

// newSite returns the site that the package's nginx file makes.
func newSite(m *booted.Machine) *site {
	return &site{m, &http.Client{Transport: &http.Transport{DialContext: m.Dial, MaxIdleConnsPerHost: 64}, Timeout: 30 * time.Second}}
}

func (s *site) do(method, path, body string) (int, string, error) {
	req, err := http.NewRequest(method, "http://127.0.0.1"+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Host = "kadai.example"
	res, err := s.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

func TestDebOnACleanDebian(t *testing.T) {
	m := booted.Boot(t)
	m.CopyIn(packagesOf(t, oldVersion)[".deb"], "/root/old.deb")
	m.CopyIn(packagesOf(t, newVersion)[".deb"], "/root/new.deb")
	s := newSite(m)
	// A step builds on those before it.
	step := func(name string, f func(t *testing.T)) {
		t.Helper()
		if !t.Run(name, f) {
			t.FailNow()
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	says := func(t *testing.T, want string, command ...string) {
		t.Helper()
		if got, _ := m.Exec(ctx, command...); strings.TrimSpace(got) != want {
			t.Errorf("%s: %q, want %q", strings.Join(command, " "), strings.TrimSpace(got), want)
		}
	}

	step("it installs and enables nothing", func(t *testing.T) {
		m.Run("dpkg", "-i", "/root/old.deb")
		for _, unit := range []string{"etamil.socket", "etamil.service", "etamil@x.socket", "etamil@x.service", "etamil-metrics.socket"} {
			says(t, "disabled", "systemctl", "is-enabled", unit)
		}
		says(t, "", "systemctl", "list-units", "--no-legend", "etamil*.s*")
		says(t, "755 root root", "stat", "-c", "%a %U %G", "/run/etamil")
		if want := "etamild " + oldVersion; !strings.Contains(m.Run("etamild", "--version"), want) {
			t.Errorf("etamild --version does not say %q", want)
		}
	})
	step("systemd finds nothing wrong with the units", func(t *testing.T) {
		says(t, "", "sh", "-c", "systemd-analyze verify --man=no /usr/lib/systemd/system/etamil*.s* 2>&1")
		for _, unit := range []string{"etamil.service", "etamil@x.service"} {
			// Tenths: below 1.0.
			if out, code := m.Exec(ctx, "systemd-analyze", "security", "--offline=yes", "--threshold=10", "--no-pager", unit); code != 0 {
				t.Errorf("exposure of %s: %s", unit, lastLine(out))
			}
		}
	})
	step("the socket is nginx's", func(t *testing.T) {
		m.Run("systemctl", "enable", "--now", "etamil.socket")
		says(t, "660 root www-data", "stat", "-c", "%a %U %G", "/run/etamil/etamil.sock")
		says(t, "inactive", "systemctl", "is-active", "etamil.service")
	})
	step("the first request through nginx starts the service", func(t *testing.T) {
		m.Run("sed", "-i", "s/server_name _;.*/server_name kadai.example;/", "/etc/etamil/nginx/etamil.conf")
		m.Run("ln", "-s", "/etc/etamil/nginx/etamil.conf", "/etc/nginx/sites-enabled/")
		m.Run("nginx", "-t")
		m.Run("systemctl", "restart", "nginx.service")
		if status, body, err := s.do("GET", "/மலர்", ""); err != nil || status != 200 || body != "வணக்கம், மலர்!\n" {
			t.Errorf("first request: %d %q %v", status, body, err)
		}
		says(t, "active", "systemctl", "is-active", "etamil.service")
	})
	step("a second application stands beside it", func(t *testing.T) {
		m.WriteFile("/srv/shop.qmz", []byte(shop), 0o644)
		m.WriteFile("/etc/etamil/kadai.toml", []byte(`program = "/srv/shop.qmz"`+"\n"), 0o644)
		m.Run("systemctl", "enable", "--now", "etamil@kadai.socket")
		says(t, "660 root www-data", "stat", "-c", "%a %U %G", "/run/etamil/kadai.sock")
		site, err := m.ReadFile("/etc/etamil/nginx/etamil.conf")
		if err != nil {
			t.Fatal(err)
		}
		own := strings.NewReplacer("upstream etamil ", "upstream kadai ", "fastcgi_pass etamil;", "fastcgi_pass kadai;",
			"unix:/run/etamil/etamil.sock", "unix:/run/etamil/kadai.sock", "kadai.example", "pazam.example").Replace(string(site))
		m.WriteFile("/etc/etamil/nginx/kadai.conf", []byte(own), 0o644)
		m.Run("ln", "-s", "/etc/etamil/nginx/kadai.conf", "/etc/nginx/sites-enabled/")
		m.Run("systemctl", "restart", "nginx.service") // a reload returns before it counts
		m.Run("curl", "-sSf", "-H", "Host: pazam.example", "--data-binary", "வாழை", "http://127.0.0.1/பதிவு")
		says(t, "வாழை", "cat", "/var/lib/etamil/kadai/data/பதிவுகள்")
		users := m.Run("ps", "-o", "user:32=", "-C", "etamild")
		if n := len(slices.Compact(slices.Sorted(strings.FieldsSeq(users)))); n != 2 {
			t.Errorf("two applications run as %d users: %s", n, users)
		}
	})
	step("an application without settings does not start", func(t *testing.T) {
		if out, code := m.Exec(ctx, "systemctl", "start", "etamil@nothing.socket"); code == 0 || !strings.Contains(out, "Assertion failed") {
			t.Errorf("status %d: %s", code, out)
		}
	})
	step("an upgrade loses and repeats nothing", func(t *testing.T) {
		m.WriteFile("/etc/etamil/etamild.toml", []byte("program = \"/srv/shop.qmz\"\n"), 0o644)
		m.Run("systemctl", "reload", "etamil.service")
		before := m.Run("systemctl", "show", "-p", "MainPID", "--value", "etamil.service")
		load := s.post(64)
		m.Until("posts are answered", time.Minute, func() bool { return load.answered.Load() > 500 })
		m.Run("dpkg", "-i", "/root/new.deb")
		at := load.answered.Load()
		m.Until("posts are answered after it", time.Minute, func() bool { return load.answered.Load() > at+500 })
		load.stop()
		for _, problem := range load.problems {
			t.Error(problem)
		}
		t.Logf("%d posts", load.answered.Load())
		after := m.Run("systemctl", "show", "-p", "MainPID", "--value", "etamil.service")
		if before == after {
			t.Errorf("the process is the one of before: %s", after)
		}
		says(t, "0", "systemctl", "show", "-p", "NRestarts", "--value", "etamil.service")
		if status := m.Run("etamild", "ctl", "status", "--json"); !strings.Contains(status, `"version": "`+newVersion+`"`) {
			t.Errorf("what serves is not the new version:\n%s", status)
		}
		if status := m.Run("etamild", "ctl", "--control", "/run/etamild/kadai/control", "status", "--json"); !strings.Contains(status, `"version": "`+newVersion+`"`) {
			t.Errorf("the second application is not served by the new version:\n%s", status)
		}
		kept := m.Run("cat", "/var/lib/etamil/default/data/பதிவுகள்")
		counts := map[string]int{}
		for line := range strings.Lines(kept) {
			counts[strings.TrimSpace(line)]++
		}
		if len(counts) != int(load.answered.Load()) {
			t.Errorf("%d posts were answered, %d ran", load.answered.Load(), len(counts))
		}
		for line, n := range counts {
			if n != 1 {
				t.Errorf("post %q ran %d times", line, n)
			}
		}
	})
	step("settings that were changed survive it", func(t *testing.T) {
		says(t, `program = "/srv/shop.qmz"`, "cat", "/etc/etamil/etamild.toml")
		says(t, "1", "grep", "-c", "server_name kadai.example;", "/etc/etamil/nginx/etamil.conf")
		says(t, "enabled", "systemctl", "is-enabled", "etamil.socket")
	})
	step("an upgrade to a binary that does not run leaves the old one serving", func(t *testing.T) {
		before := m.Run("systemctl", "show", "-p", "MainPID", "--value", "etamil.service")
		m.Run("cp", "-p", "/usr/bin/etamild", "/usr/bin/etamild.sound")
		m.WriteFile("/usr/bin/etamild", []byte("#!/bin/sh\nexit 0\n"), 0o755)
		out, code := m.Exec(ctx, "/var/lib/dpkg/info/etamild.postinst", "configure", newVersion+"-1")
		if code != 0 || !strings.Contains(out, "etamil.service serves on with the version it had") {
			t.Errorf("postinst: status %d, %s", code, out)
		}
		if status, body, err := s.do("POST", "/பதிவு", "x"); err != nil || status != 200 || body != "x" {
			t.Errorf("then: %d %q %v", status, body, err)
		}
		says(t, strings.TrimSpace(before), "systemctl", "show", "-p", "MainPID", "--value", "etamil.service")
		m.Run("mv", "/usr/bin/etamild.sound", "/usr/bin/etamild")
		m.Run("systemctl", "reload", "etamil.service")
	})
	step("removal stops everything and keeps settings and data", func(t *testing.T) {
		m.Run("dpkg", "-r", "etamild")
		says(t, "", "pgrep", "-l", "etamild")
		says(t, "", "sh", "-c", "ls -d /run/etamil /run/etamild 2>/dev/null")
		says(t, "/etc/etamil/etamild.toml\n/etc/etamil/kadai.toml", "sh", "-c", "ls /etc/etamil/*.toml")
		says(t, "வாழை", "cat", "/var/lib/etamil/kadai/data/பதிவுகள்")
		m.Run("nginx", "-t")
	})
	step("installed again, it goes on where it was", func(t *testing.T) {
		m.Run("dpkg", "-i", "/root/new.deb")
		m.Run("systemctl", "start", "etamil.socket")
		if status, body, err := s.do("POST", "/பதிவு", "y"); err != nil || status != 200 || body != "y" {
			t.Errorf("%d %q %v", status, body, err)
		}
	})
	step("purging leaves nothing", func(t *testing.T) {
		m.Run("dpkg", "-P", "etamild")
		says(t, "", "sh", "-c", "find /etc /usr /var /run -xdev -iname '*etamil*' -not -path '*/dpkg.cfg.d/*' -not -path '/run/systemd/*'")
		m.Run("nginx", "-t")
		says(t, "", "systemctl", "list-units", "--failed", "--no-legend", "etamil*")
	})
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndex(text, "\n")+1:]
}

// A load posts to a site until it is stopped, every body once.
type load struct {
	answered atomic.Int64
	stopped  atomic.Bool
	wait     sync.WaitGroup
	mu       sync.Mutex
	problems []string // the first ones
}

// post begins to post to s over that many connections.
func (s *site) post(connections int) *load {
	l := &load{}
	for c := range connections {
		l.wait.Go(func() {
			for n := 0; !l.stopped.Load(); n++ {
				body := fmt.Sprintf("%d.%d", c, n)
				status, answer, err := s.do("POST", "/பதிவு", body)
				if err == nil && status == 200 && answer == body {
					l.answered.Add(1)
					continue
				}
				l.mu.Lock()
				if len(l.problems) < 10 {
					l.problems = append(l.problems, fmt.Sprintf("post %s: %d %.100q %v", body, status, answer, err))
				}
				l.mu.Unlock()
			}
		})
	}
	return l
}

func (l *load) stop() {
	l.stopped.Store(true)
	l.wait.Wait()
}
