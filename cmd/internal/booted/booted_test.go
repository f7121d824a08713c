package booted_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"etamil/cmd/internal/booted"
)

func TestMachineIsADebianWithItsOwnSystemd(t *testing.T) {
	start := time.Now()
	m := booted.Boot(t)
	t.Logf("booted in %v", time.Since(start).Round(10*time.Millisecond))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	t.Run("it is release 12 with systemd 252", func(t *testing.T) {
		if out := m.Run("systemctl", "--version"); !strings.HasPrefix(out, "systemd 252 ") {
			t.Errorf("systemctl --version = %q, want 252", out)
		}
	})
	t.Run("everything has started", func(t *testing.T) {
		if out, _ := m.Exec(ctx, "systemctl", "is-system-running"); out != "running\n" {
			t.Errorf("is-system-running = %q, want running", out)
		}
	})
	t.Run("a command's status and both outputs arrive", func(t *testing.T) {
		out, code := m.Exec(ctx, "sh", "-c", "echo out; echo err >&2; exit 7")
		if out != "out\nerr\n" || code != 7 {
			t.Errorf("out %q, status %d; want both lines and 7", out, code)
		}
	})
	t.Run("a command ends with its context", func(t *testing.T) {
		short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
		defer cancel()
		if _, code := m.Exec(short, "sleep", "1000"); code != -1 {
			t.Errorf("status %d, want -1", code)
		}
	})
	t.Run("files go in with their mode", func(t *testing.T) {
		from := filepath.Join(t.TempDir(), "script")
		if err := os.WriteFile(from, []byte("#!/bin/sh\necho தமிழ்\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		m.CopyIn(from, "/opt/new/folder/script")
		if out := m.Run("/opt/new/folder/script"); out != "தமிழ்\n" {
			t.Errorf("the script wrote %q", out)
		}
		if text, err := m.ReadFile("/opt/new/folder/script"); err != nil || !strings.Contains(string(text), "தமிழ்") {
			t.Errorf("read back: %q, %v", text, err)
		}
	})
	t.Run("nginx answers on the machine's own port 80", func(t *testing.T) {
		m.Run("systemctl", "start", "nginx.service")
		client := http.Client{Transport: &http.Transport{DialContext: m.Dial}, Timeout: 20 * time.Second}
		defer client.CloseIdleConnections()
		res, err := client.Get("http://127.0.0.1:80/")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if body, _ := io.ReadAll(res.Body); res.StatusCode != 200 || !strings.Contains(string(body), "nginx") {
			t.Errorf("%d %s", res.StatusCode, body)
		}
	})
	t.Run("a sandbox as etamild's works", func(t *testing.T) {
		out := m.Run("systemd-run", "--quiet", "--wait", "--pipe", "-p", "DynamicUser=yes", "-p", "User=someone", "-p", "PrivateUsers=yes",
			"-p", "PrivateNetwork=yes", "-p", "ProtectSystem=strict", "-p", "StateDirectory=some/one", "-p", "SystemCallFilter=@system-service",
			"sh", "-c", "[ $(id -u) -gt 60000 ] && echo own user; touch /usr/x 2>/dev/null || echo strict; touch $STATE_DIRECTORY/x && echo state")
		if out != "own user\nstrict\nstate\n" {
			t.Errorf("inside the sandbox: %q", out)
		}
	})
	t.Run("what a test does stays in its machine", func(t *testing.T) {
		other := booted.Boot(t)
		if _, code := other.Exec(ctx, "test", "-e", "/opt/new"); code != 1 {
			t.Errorf("a second machine sees the first one's file: status %d", code)
		}
	})
	t.Run("after a reboot its files are there, and its processes are not", func(t *testing.T) {
		m.Run("systemd-run", "--quiet", "--unit=something", "sleep", "1000")
		before := m.Leader()
		m.Reboot()
		if text, err := m.ReadFile("/opt/new/folder/script"); err != nil || len(text) == 0 {
			t.Errorf("read back: %q, %v", text, err)
		}
		if out, _ := m.Exec(ctx, "systemctl", "is-active", "something.service"); out != "inactive\n" || m.Leader() == before {
			t.Errorf("a process of before is %q; process 1 is %d, and was %d", out, m.Leader(), before)
		}
		m.WriteFile("/opt/later", nil, 0o600)
		if _, code := m.Exec(ctx, "test", "-e", "/opt/later"); code != 0 {
			t.Error("a file does not go in")
		}
	})
	t.Run("it can be switched off", func(t *testing.T) {
		start := time.Now()
		if err := m.Poweroff(); err != nil {
			t.Error(err)
		}
		t.Logf("off in %v", time.Since(start).Round(10*time.Millisecond))
	})
}

func TestMachineEndsWithTheProcessThatBootedIt(t *testing.T) {
	if os.Getenv("BOOTED_AND_KILLED") != "" {
		fmt.Println("\nbooted:", booted.Boot(t).Leader())
		select {} // until the kill
	}
	booted.Boot(t) // skips where it cannot be done
	cmd := exec.Command(os.Args[0], "-test.run=^TestMachineEndsWithTheProcessThatBootedIt$")
	cmd.Env = append(os.Environ(), "BOOTED_AND_KILLED=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	leader := -1
	for lines := bufio.NewScanner(out); leader < 0 && lines.Scan(); {
		fmt.Sscanf(lines.Text(), "booted: %d", &leader)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	if leader < 0 {
		t.Fatal("the second process has booted nothing")
	}
	machine, err := unix.PidfdOpen(leader, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(machine)
	cmd.Process.Kill()
	ended := []unix.PollFd{{Fd: int32(machine), Events: unix.POLLIN}}
	deadline := time.Now().Add(20 * time.Second)
	for {
		n, err := unix.Poll(ended, int(time.Until(deadline)/time.Millisecond))
		if err == unix.EINTR { // a signal of the Go runtime
			continue
		}
		if n != 1 {
			t.Errorf("the machine lives 20 s after its process was killed (%v)", err)
		}
		break
	}
	booted.Boot(t) // sweeps up
}

func TestPackageOfThisCheckoutCanBeInstalled(t *testing.T) {
	m := booted.Boot(t)
	m.WriteFile("/root/etamild.deb", booted.Package(t, "7.8.9"), 0o644)
	m.Run("dpkg", "-i", "/root/etamild.deb")
	if said := m.Run("etamild", "--version"); !strings.Contains(said, "7.8.9") {
		t.Errorf("etamild --version = %q, want 7.8.9 in it", said)
	}
}
