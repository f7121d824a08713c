package wholetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"etamil/cmd/internal/booted"
)

// operations is where the operator's pages are.
const operations = "../../../docs/operations"

// A shownCommand is a command of a page, and what the page says that it prints.
type shownCommand struct {
	line    int
	command string
	prints  []string
}

// commandsOf reads the blocks of a page that show a terminal.
func commandsOf(t *testing.T, page string) (all []shownCommand) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(operations, page))
	if err != nil {
		t.Fatal(err)
	}
	shown, n := false, 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "```"):
			shown = line == "```console"
		case !shown || line == "":
		case strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "$ "):
			all = append(all, shownCommand{line: n, command: line[2:]})
		case len(all) == 0:
			t.Fatalf("%s:%d: output without a command", page, n)
		default:
			last := &all[len(all)-1]
			last.prints = append(last.prints, line)
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s has no commands", page)
	}
	return all
}

// numbers differ each time.
var numbers = regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)

// differs returns what was otherwise than the page says, "" when nothing was.
func (c *shownCommand) differs(out string, code int) string {
	if code != 0 {
		return fmt.Sprintf("status %d\n%s", code, out)
	}
	for _, want := range c.prints {
		if !strings.Contains(numbers.ReplaceAllString(out, "0"), numbers.ReplaceAllString(want, "0")) {
			return fmt.Sprintf("no %q in\n%s", want, out)
		}
	}
	return ""
}

// blockOf returns the first block of a page in a language that comes after a
// text.
func blockOf(t *testing.T, page, after, language string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(operations, page))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), after)
	if ok {
		_, rest, ok = strings.Cut(rest, "\n```"+language+"\n")
	}
	block, _, closed := strings.Cut(rest, "\n```")
	if !ok || !closed {
		t.Fatalf("%s has no block of %s after %q", page, language, after)
	}
	return block + "\n"
}

// elsewhere are commands, by how they begin, that cannot be run in the Debian
// of the tests, and why.
var elsewhere = []struct{ begin, why string }{
	{"dnf ", "RHEL"},
	{"ln -s /etc/etamil/nginx/etamil.conf /etc/nginx/conf.d/", "RHEL"},
	{"systemctl edit ", "opens an editor"},
	{"ss ", "not in a minimal Debian"},
	{"openssl ", "not in a minimal Debian; the key lies there already"},
	{"apparmor_parser ", "the kernel is that of the machine around, perhaps without AppArmor"},
	{"journalctl -k ", "the kernel's messages are those of the machine around"},
	{"sysctl ", "the kernel is that of the machine around"},
	{"etamild --program main.qmz", "runs until it is ended; the next page's ctl drain ends it"},
	{"etamil serve ", "runs until it is ended"},
	{"grep -nE ", "finds nothing in a program without databases"},
	{"cp -a /srv/old/data/", "the old server's"},
	{"chown -R --reference=/var/lib/etamil/default/data /var/lib/etamil/default/data/.", "the old server's"},
	{"curl -si http://127.0.0.1:8080", "the old server's"},
	{"curl -si http://127.0.0.1:8081", "beside the old server's"},
}

// TestCommandsOfTheOperatorsPagesWork runs every command of the pages in the
// order of their reading, in one machine, as an operator would.
func TestCommandsOfTheOperatorsPagesWork(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: a Debian is booted")
	}
	m := booted.Boot(t)
	const version = "1.0.0" // an upgrade to itself: the others are tried where packages are
	m.WriteFile("/root/etamild_"+version+"-1_amd64.deb", booted.Package(t, version), 0o644)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	settings := func(text string) { m.WriteFile("/etc/etamil/etamild.toml", []byte(text), 0o644) }
	// instance makes an application of that name, whose metrics can be asked.
	instance := func(name string) {
		m.WriteFile("/etc/etamil/"+name+".toml", []byte("program = \"/srv/kadai/main.qmz\"\n"), 0o644)
		m.Run("systemctl", "enable", "--now", "etamil-metrics@"+name+".socket")
	}
	for _, page := range []struct {
		name   string
		before func()
	}{
		{"install.md", func() { // without a mirror, and nobody to say yes
			m.WriteFile("/etc/apt/apt.conf.d/99tests", []byte("APT::Install-Recommends \"false\";\nAPT::Get::Assume-Yes \"true\";\n"), 0o644)
		}},
		{"first-site.md", func() {
			m.Run("systemctl", "start", "nginx.service")
			m.WriteFile("/srv/kadai/main.qmz", []byte(blockOf(t, "first-site.md", "`/srv/kadai/main.qmz`", "etamil")), 0o600)
			m.WriteFile("/root/prices.csv", []byte("வாழை,5\n"), 0o644)
			m.WriteFile("/etc/etamil/noolagam.toml", []byte("program = \"/srv/kadai/main.qmz\"\n"), 0o644)
		}},
		{"reload-and-upgrade.md", func() {
			m.Run("mkdir", "-p", "/srv/kadai/releases")
			m.Run("cp", "-r", "/srv/kadai/main.qmz", "/root/kadai-42")
			m.Run("sh", "-c", "mv /root/kadai-42 /root/x; mkdir /root/kadai-42; mv /root/x /root/kadai-42/main.qmz")
		}},
		{"limits-and-tuning.md", func() {}},
		{"logs.md", func() { instance("NAME") }},
		{"metrics.md", func() {
			instance("shop")
			m.Run("curl", "-s", "-H", "Host: kadai.example.in", "http://127.0.0.1/")
		}},
		{"security.md", func() { m.WriteFile("/etc/etamil/secrets/token", []byte(strings.Repeat("7", 64)+"\n"), 0o600) }},
		{"two-instances.md", func() {
			for _, name := range []string{"a", "b"} {
				m.WriteFile("/etc/etamil/kadai-"+name+".toml", []byte(blockOf(t, "two-instances.md", "`/etc/etamil/kadai-a.toml`", "toml")), 0o644)
			}
		}},
		{"drain-and-restart.md", func() {
			// As install.md starts it, beside the service of that name.
			m.Run("sh", "-c", "mkdir -p /srv/shop && setsid etamild --program /srv/kadai/main.qmz --socket /run/etamil/hand.sock --control /run/etamil/shop.ctl --data /srv/shop >/root/log 2>&1 </dev/null &")
			m.Until("it serves", 20*time.Second, func() bool { _, code := m.Exec(ctx, "test", "-S", "/run/etamil/shop.ctl"); return code == 0 })
		}},
		{"troubleshooting.md", func() {}},
		{"migration.md", func() { m.Run("cp", "/srv/kadai/main.qmz", "/root/main.qmz") }},
	} {
		page.before()
		for _, c := range commandsOf(t, page.name) {
			where := fmt.Sprintf("%s:%d: %s", page.name, c.line, c.command)
			if skipped(c.command) {
				continue
			}
			// nginx's reload returns before it counts, and a person is slower.
			wrong := ""
			for limit := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
				out, code := m.Exec(ctx, "sh", "-c", "cd /root && "+strings.ReplaceAll(c.command, "VERSION", version))
				if wrong = c.differs(out, code); wrong == "" || !strings.HasPrefix(c.command, "curl ") || time.Now().After(limit) {
					break
				}
			}
			if wrong != "" {
				t.Errorf("%s: %s", where, wrong)
			}
			if page.name == "logs.md" && strings.HasPrefix(c.command, "etamild ctl log-level info") {
				if out, _ := m.Exec(ctx, "journalctl", "-u", "etamil", "-o", "json", "ETAMIL_ROUTE=/", "ETAMIL_STATUS=200"); !strings.Contains(out, `"ETAMIL_DURATION":"`) {
					t.Errorf("the journal has no fields of its own:\n%.2000s", out)
				}
			}
			if page.name == "first-site.md" && strings.HasPrefix(c.command, "etamil check") {
				settings(blockOf(t, "first-site.md", "Name it in `/etc/etamil/etamild.toml`", "toml"))
			}
		}
	}
}

func skipped(command string) bool {
	for _, e := range elsewhere {
		if strings.HasPrefix(command, e.begin) {
			return true
		}
	}
	return false
}
