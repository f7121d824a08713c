package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"etamil/fcgi/fcgitest"
)

// burglar is a program that tries whatever it is asked to. It answers 200 when
// that was done, 422 when a program that it ran had no success, and 403 or 500
// when it was refused.
const burglar = `
வழி பெறு, "/" { பதில் 200, "first"; }
வழி பதி, "/read" { கோப்பு_படி request_body, பாடம்; பதில் 200, பாடம்; }
வழி பதி, "/write" { விடையளி(கோப்பு_சேமி(request_body, "x")); }
வழி பதி, "/append" { கோப்பு_எழுது request_body, "x"; பதில் 200, ""; }
வழி பதி, "/http" { விடையளி(வலை_பெறு(request_body, {})); }
வழி பதி, "/token" { பதில் 200, சீட்டு_ஆக்கு("{}", 1000); }
வழி பதி, "/check" { பதில் 200, சரியா(சீட்டு_சரிபார்(request_body)); }
வழி பதி, "/run" {
    விடை = கட்டளை_ஓட்டு("/bin/sh", ["-c", request_body], 20);
    (சரியா(விடை)) எனில் {
        முடிவு = மதிப்பு(விடை);
        பதில் 200, முடிவு.வெளியீடு & முடிவு.பிழை;
        (முடிவு.நிலை != 0) எனில் { பதில் 422, முடிவு.வெளியீடு & முடிவு.பிழை; }
    } இன்றேல் { விடையளி(விடை); }
}
செயல் விடையளி(விடை) {
    (சரியா(விடை)) எனில் { பதில் 200, மதிப்பு(விடை) & ""; } இன்றேல் { பதில் 403, தவறு_மதிப்பு(விடை); }
}
`

// wideOpen are settings that grant all that can be granted.
const wideOpen = `
data_also = ["/"]
allow_env = ["*"]
allow_hosts = ["*"]
allow_programs = ["/bin/sh"]
`

// An application is one of several in a machine.
type application struct {
	s                    *service
	name, unit           string
	socket, control, etc string
}

func (s *service) application(name string) *application {
	a := &application{s: s, name: name, unit: "etamil@" + name + ".service", socket: "/run/etamil/" + name + ".sock",
		control: "/run/etamild/" + name + "/control", etc: "/etc/etamil/" + name + ".toml"}
	if name == "default" {
		a.unit, a.socket, a.etc = unit, socketPath, "/etc/etamil/etamild.toml"
	}
	return a
}

func (a *application) settings(text string) {
	a.s.t.Helper()
	a.s.WriteFile(a.etc, []byte("program = \"/srv/burglar.qmz\"\n"+text), 0o644)
}

// tries asks the program, as nginx would.
func (a *application) tries(target, what string) (status int, body string) {
	a.s.t.Helper()
	conn, err := a.s.Dial(context.Background(), "unix", a.socket)
	if err != nil {
		a.s.t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	res, err := fcgitest.NewClient(conn).Do(fcgitest.Request{Method: http.MethodPost, Target: target, Body: []byte(what)})
	if err != nil {
		a.s.t.Fatalf("%s: POST %s: %v", a.name, target, err)
	}
	return res.Status, strings.TrimSpace(string(res.Body))
}

// runs has the program run a shell script, which must succeed.
func (a *application) runs(script string) string {
	a.s.t.Helper()
	status, out := a.tries("/run", script)
	if status != http.StatusOK {
		a.s.t.Errorf("%s: %s: %d %s", a.name, script, status, out)
	}
	return out
}

// refused tries what must not succeed.
func (a *application) refused(t *testing.T, target, what string, want int) {
	t.Helper()
	if status, out := a.tries(target, what); status != want {
		t.Errorf("%s: %s %s: %d %s, want %d", a.name, target, what, status, out, want)
	}
}

// outside runs a shell script in the machine, but in no sandbox.
func (s *service) outside(user, script string) (string, int) {
	if user == "root" {
		return s.try("sh", "-c", script)
	}
	return s.try("setpriv", "--reuid="+user, "--regid=nogroup", "--clear-groups", "sh", "-c", script)
}

func TestServiceIsConfined(t *testing.T) {
	s := newService(t)
	s.WriteFile("/srv/burglar.qmz", []byte(burglar), 0o644)
	// What is here, everybody in the machine may read, write or use.
	s.Run("sh", "-c", `mkdir -p /home/ram && echo வணக்கம் >/home/ram/letter && chmod 755 /home /home/ram
		for dir in /srv/open /run/open /etc/open /var/lib/open /opt/open; do mkdir -m 777 $dir && echo x >$dir/file && chmod 666 $dir/file; done
		cp /usr/bin/id /usr/local/bin/rootid && chmod 4755 /usr/local/bin/rootid`)
	app, shop := s.application("default"), s.application("shop")
	app.settings("")
	shop.settings(wideOpen)
	s.Run("systemctl", "start", "etamil@shop.socket")

	t.Run("the engine refuses by default", func(t *testing.T) {
		for _, path := range []string{"/etc/shadow", "/etc/passwd", "/home/ram/letter", "/srv/open/file", "../../../../etc/passwd", "/proc/self/environ"} {
			app.refused(t, "/read", path, 500)
			app.refused(t, "/write", path, 403)
			app.refused(t, "/append", path, 500)
		}
		app.refused(t, "/http", "http://127.0.0.1/", 403)
		app.refused(t, "/run", "true", 403)
		if status, out := app.tries("/write", "own"); status != http.StatusOK {
			t.Errorf("its own data: %d %s", status, out)
		}
	})
	app.settings(wideOpen)
	s.Run("systemctl", "reload", unit) // by a new process
	t.Run("the sandbox refuses what the engine grants", func(t *testing.T) {
		// Each is possible outside, to a user without any rights or to root.
		for _, tt := range []struct{ user, script string }{
			{"nobody", "cat /home/ram/letter"},
			{"nobody", "ls /home/ram"},
			{"root", "cat /etc/shadow"},
			{"nobody", ": >>/srv/open/file"},
			{"nobody", "f=$(mktemp -p /srv/open) && rm $f"},
			{"nobody", "f=$(mktemp -p /run/open) && rm $f"},
			{"nobody", "f=$(mktemp -p /etc/open) && rm $f"},
			{"nobody", "f=$(mktemp -p /var/lib/open) && rm $f"},
			{"nobody", "f=$(mktemp -p /opt/open) && rm $f"},
			{"nobody", "f=$(mktemp -p /run/lock) && rm $f"},
			{"root", ": >>/etc/etamil/etamild.toml"},
			{"root", ": >>/srv/burglar.qmz"},
			{"nobody", "curl -sSf --max-time 10 http://127.0.0.1/"},
			{"nobody", "bash -c 'exec 3<>/dev/tcp/127.0.0.1/80'"},
			{"nobody", `[ "$(rootid -u)" = 0 ]`},
			{"root", "su -s /bin/sh -c true nobody"},
			{"nobody", "cd /tmp && f=$(mktemp) && cp /bin/true $f && chmod u+s $f && rm $f"},
			{"root", "setpriv --reuid=0 --regid=0 --clear-groups true && chown nobody /srv/open/file"},
			{"root", "unshare --mount true"},
			{"root", "mount -t tmpfs tmpfs /mnt && umount /mnt"},
			{"root", "chroot / true"},
			{"root", "hostname etamil-test"},
			{"nobody", "test -d /proc/1 && test -d /proc/$(pgrep -o nginx)"},
			{"root", "kill -0 1"},
		} {
			if out, code := s.outside(tt.user, tt.script); code != 0 {
				t.Errorf("%s could not even outside: %s: status %d, %s", tt.user, tt.script, code, out)
			}
			app.refused(t, "/run", tt.script, 422)
			shop.refused(t, "/run", tt.script, 422)
		}
		app.refused(t, "/read", "/home/ram/letter", 500)
		app.refused(t, "/read", "/etc/shadow", 500)
		app.refused(t, "/write", "/srv/open/file", 403)
		app.refused(t, "/append", "/srv/open/new", 500)
		app.refused(t, "/write", "/run/lock/new", 403)
		app.refused(t, "/http", "http://127.0.0.1/", 403)
		if status, out := app.tries("/read", "/etc/hostname"); status != http.StatusOK || out != "etamil-test" {
			t.Errorf("what it may read: %d %s", status, out)
		}
	})
	t.Run("it can write where only it writes", func(t *testing.T) {
		writable := app.runs(`find / -path /proc -prune -o \( -type d -o -type f \) -writable -print 2>/dev/null || true`)
		for name := range strings.Lines(writable) {
			own := false
			for _, dir := range []string{"/var/lib/private/etamil/default", "/var/lib/etamil/default", "/run/etamild/default", "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue"} {
				rest, below := strings.CutPrefix(strings.TrimSpace(name), dir)
				own = own || below && (rest == "" || rest[0] == '/')
			}
			if !own {
				t.Errorf("it can write %s", name)
			}
		}
		// These are its own, though they have a name that others use.
		for _, dir := range []string{"/tmp", "/var/tmp", "/dev/shm"} {
			app.runs("echo x >" + dir + "/by-etamil")
			if out, code := s.try("ls", dir+"/by-etamil"); code == 0 {
				t.Errorf("others see %s", out)
			}
			shop.refused(t, "/run", "cat "+dir+"/by-etamil", 422)
		}
		s.Run("sh", "-c", "mkdir -p /dev/mqueue && { mountpoint -q /dev/mqueue || mount -t mqueue mqueue /dev/mqueue; } && touch /dev/mqueue/by-root")
		app.refused(t, "/run", "ls /dev/mqueue/by-root", 422)
	})
	t.Run("it has no rights and cannot get any", func(t *testing.T) {
		for _, a := range []*application{app, shop} {
			for _, who := range []struct{ what, status string }{
				{"the service", s.Run("cat", "/proc/"+s.propertyOf(a.unit, "MainPID")+"/status")},
				{"a program that it runs", a.runs("cat /proc/self/status")},
			} {
				fields := map[string]string{}
				for line := range strings.Lines(who.status) {
					name, value, _ := strings.Cut(line, ":")
					fields[name] = strings.TrimSpace(value)
				}
				const none = "0000000000000000"
				for name, want := range map[string]string{"NoNewPrivs": "1", "Seccomp": "2", "CapEff": none, "CapPrm": none, "CapInh": none, "CapBnd": none, "CapAmb": none} {
					if fields[name] != want {
						t.Errorf("%s of %s: %s %s, want %s", who.what, a.name, name, fields[name], want)
					}
				}
				if uid, _, _ := strings.Cut(fields["Uid"], "\t"); len(uid) != 5 { // dynamic ones are 61184 and more
					t.Errorf("%s of %s has the user %q", who.what, a.name, fields["Uid"])
				}
			}
		}
	})
	t.Run("applications do not reach each other", func(t *testing.T) {
		for _, a := range []*application{app, shop} {
			other := shop
			if a == shop {
				other = app
			}
			// What it may do with its own …
			a.runs("echo secret >secret")
			own := strings.NewReplacer("NAME", a.name, "SOCKET", a.socket, "CONTROL", a.control)
			theirs := strings.NewReplacer("NAME", other.name, "SOCKET", other.socket, "CONTROL", other.control)
			for _, script := range []string{
				"cat /var/lib/etamil/NAME/data/secret",
				"cat /var/lib/private/etamil/NAME/data/secret",
				"ls /var/lib/private/etamil/NAME",
				"ls /var/lib/private/etamil/NAME/jwt-secret",
				"ls /run/etamild/NAME",
				"etamild ctl --control CONTROL status",
			} {
				if !strings.Contains(script, "jwt") { // it has signed none yet
					a.runs(own.Replace(script))
				}
				// … not with the other's.
				a.refused(t, "/run", theirs.Replace(script), 422)
			}
			for _, path := range []string{"/var/lib/etamil/NAME/data/secret", "/var/lib/private/etamil/NAME/data/secret"} {
				if status, out := a.tries("/read", own.Replace(path)); status != http.StatusOK || out != "secret" {
					t.Errorf("%s: its own %s: %d %s", a.name, path, status, out)
				}
				a.refused(t, "/read", theirs.Replace(path), 500)
				a.refused(t, "/write", theirs.Replace(path), 403)
			}
			// Only nginx sends requests.
			if _, out := a.tries("/run", "curl -sS --max-time 10 --unix-socket "+other.socket+" http://x/"); !strings.Contains(out, "Couldn't connect") && !strings.Contains(out, "Failed to connect") {
				t.Errorf("%s at the socket of %s: %s", a.name, other.name, out)
			}
			a.refused(t, "/run", "kill -0 "+s.propertyOf(other.unit, "MainPID"), 422)
		}
	})

	tokens := map[*application]string{}
	valid := func(t *testing.T, when string) {
		t.Helper()
		for a, token := range tokens {
			if _, got := a.tries("/check", token); got != "true" {
				t.Errorf("%s: a token of %s is valid: %s", when, a.name, got)
			}
		}
	}
	for _, a := range []*application{app, shop} {
		_, tokens[a] = a.tries("/token", "")
	}
	t.Run("tokens stay valid", func(t *testing.T) {
		valid(t, "at first")
		for range 2 {
			for _, a := range []*application{app, shop} {
				pid := s.propertyOf(a.unit, "MainPID")
				s.Run("etamild", "ctl", "--control", a.control, "reload", "--exec")
				if now := s.propertyOf(a.unit, "MainPID"); now == pid {
					t.Errorf("%s: no handover", a.name)
				}
			}
			valid(t, "after a handover")
			s.Run("systemctl", "restart", app.unit, shop.unit)
			valid(t, "after a restart")
		}
		for a, token := range tokens {
			other := shop
			if a == shop {
				other = app
			}
			if _, got := other.tries("/check", token); got != "false" {
				t.Errorf("%s takes a token of %s: %s", other.name, a.name, got)
			}
		}
	})

	scrapes := map[*application][]string{
		app:  {"http://127.0.0.1:9464/metrics"},
		shop: {"--unix-socket", "/run/etamil/metrics/shop.sock", "http://x/metrics"},
	}
	scraped := func(t *testing.T, when string) {
		t.Helper()
		for a, where := range scrapes {
			out, code := s.try(append([]string{"curl", "-sSf", "--max-time", "20"}, where...)...)
			if code != 0 || !strings.Contains(out, "\netamil_requests_total") && !strings.Contains(out, "# TYPE etamil_requests") {
				t.Errorf("%s: metrics of %s: status %d, %.300s", when, a.name, code, out)
			}
		}
	}
	t.Run("metrics have sockets of their own", func(t *testing.T) {
		s.Run("systemctl", "enable", "etamil.socket", "etamil@shop.socket", "etamil-metrics.socket", "etamil-metrics@shop.socket")
		s.Run("systemctl", "restart", app.unit, shop.unit)
		scraped(t, "enabled and restarted")
		if mode := strings.TrimSpace(s.Run("stat", "-c", "%a %U %G", "/run/etamil/metrics/shop.sock")); mode != "660 root www-data" {
			t.Errorf("the socket of shop: %s", mode)
		}
		for _, a := range []*application{app, shop} {
			s.Run("etamild", "ctl", "--control", a.control, "reload", "--exec")
		}
		scraped(t, "after a handover")
		s.kill(s.property("MainPID"))
		scraped(t, "after kill -9")
		// A program has no way to them: it would learn what others ask.
		app.refused(t, "/run", "curl -sSf --max-time 10 --unix-socket /run/etamil/metrics/shop.sock http://x/metrics", 422)
		shop.refused(t, "/run", "curl -sSf --max-time 10 http://127.0.0.1:9464/metrics", 422)
	})
	t.Run("a drop-in opens the network and nothing else", func(t *testing.T) {
		s.CopyIn("../../systemd/examples/network.conf", "/etc/systemd/system/"+unit+".d/network.conf")
		s.Run("systemctl", "daemon-reload")
		s.Run("systemctl", "restart", unit)
		for range 2 {
			if status, out := app.tries("/http", "http://127.0.0.1:9464/metrics"); status != http.StatusOK {
				t.Errorf("outgoing HTTP: %d %s", status, out)
			}
			app.refused(t, "/run", "cat /home/ram/letter", 422)
			app.refused(t, "/run", ": >>/srv/open/file", 422)
			app.refused(t, "/run", `[ "$(rootid -u)" = 0 ]`, 422)
			s.Run("etamild", "ctl", "--control", app.control, "reload", "--exec")
		}
	})
	t.Run("a secret comes from systemd", func(t *testing.T) {
		s.Run("sh", "-c", "install -d -m 700 /etc/etamil/secrets && head -c 32 /dev/urandom | base64 >/etc/etamil/secrets/token && chmod 600 /etc/etamil/secrets/token")
		s.CopyIn("../../systemd/examples/secrets.conf", "/etc/systemd/system/"+unit+".d/secrets.conf")
		app.settings(wideOpen + "token_key_credential = \"token\"\n")
		s.Run("systemctl", "daemon-reload")
		s.Run("systemctl", "restart", unit)
		if _, got := app.tries("/check", tokens[app]); got != "false" {
			t.Errorf("a token of another key is valid: %s", got)
		}
		_, tokens[app] = app.tries("/token", "")
		s.Run("etamild", "ctl", "--control", app.control, "reload", "--exec")
		valid(t, "after a handover")
		app.refused(t, "/run", "cat /etc/etamil/secrets/token", 422)
		shop.refused(t, "/run", "cat /run/credentials/etamil.service/token", 422)
	})
	t.Run("after a reboot all is as it was", func(t *testing.T) {
		s.client.CloseIdleConnections()
		s.Reboot()
		for _, a := range []*application{app, shop} {
			if state, _ := s.try("systemctl", "is-active", a.unit); state != "inactive\n" {
				t.Errorf("%s is %s before anybody asks", a.unit, state)
			}
		}
		scraped(t, "after a reboot") // which starts the services
		valid(t, "after a reboot")
		s.Run("systemctl", "start", "nginx.service")
		if got := s.get(); got != "first" {
			t.Errorf("through nginx: %s", got)
		}
		if out := app.runs("cat secret"); out != "secret" {
			t.Errorf("its data: %s", out)
		}
	})
}
