package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"etamil/nginx"
)

// build makes tryout, the tool and the daemon in a folder.
func build(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	out, err := exec.Command("go", "build", "-o", folder, "etamil/cmd/internal/tryout", "etamil/cmd/etamil", "etamil/cmd/etamild").CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return folder
}

// temporary returns an empty folder with a short path for TMPDIR.
func temporary(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tryout")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	// PostgreSQL runs as another user than root, in a folder below this one.
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// mentioned returns the command lines of processes that name dir.
func mentioned(t *testing.T, dir string) (found []string) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if line, err := os.ReadFile(f); err == nil && bytes.Contains(line, []byte(dir)) {
			found = append(found, string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
		}
	}
	return found
}

func TestNothingIsLeftHoweverItIsStopped(t *testing.T) {
	// A signal that this process ignores, as below nohup, its children would
	// ignore too; one that it catches they do not.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGHUP)
	if _, err := nginx.Path(); err != nil {
		t.Skip(err)
	}
	binaries := build(t)
	makefile := filepath.Join(t.TempDir(), "Makefile")
	rule := fmt.Sprintf("run:\n\t@exec %[1]s/tryout --port 0 --bin %[1]s --database $(DATABASE) ../../../examples/ledger/main.qmz\n", binaries)
	if err := os.WriteFile(makefile, []byte(rule), 0o600); err != nil {
		t.Fatal(err)
	}
	group := func(pid int) int { return -pid }
	alone := func(pid int) int { return pid }
	for _, tt := range []struct {
		why      string
		database string
		pid      func(makePID int) int
		with     syscall.Signal
	}{
		{"Ctrl-C on a terminal", "sqlite", group, syscall.SIGINT},
		{"Ctrl-C on a terminal, with PostgreSQL", "postgres", group, syscall.SIGINT},
		{"the terminal closes", "sqlite", group, syscall.SIGHUP},
		{"SIGTERM to make alone", "sqlite", alone, syscall.SIGTERM},
		{"SIGINT to make alone", "sqlite", alone, syscall.SIGINT},
		{"SIGHUP to make alone", "sqlite", alone, syscall.SIGHUP},
		{"make is killed", "sqlite", alone, syscall.SIGKILL},
		{"make is killed, with PostgreSQL", "postgres", alone, syscall.SIGKILL},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			tmp := temporary(t)
			cmd := exec.Command("make", "-f", makefile, "run", "DATABASE="+tt.database)
			cmd.Env = append(os.Environ(), "TMPDIR="+tmp)
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			out, in, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer out.Close()
			cmd.Stdout, cmd.Stderr = in, in
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			in.Close()
			defer cmd.Wait()
			defer syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)

			printed := bufio.NewReader(out)
			var url, text string
			for url == "" {
				line, err := printed.ReadString('\n')
				text += line
				if err != nil {
					if tt.database == "postgres" && strings.Contains(text, "initdb is not installed") {
						t.Skip("SKIPPED: PostgreSQL is not installed; install the package postgresql")
					}
					t.Fatalf("%v; printed:\n%s", err, text)
				}
				url = regexp.MustCompile(`http://\S+`).FindString(line)
			}
			entry := `{"lines": [{"account": "cash", "amount": 10}, {"account": "sales", "amount": -10}]}`
			res, err := http.Post(url+"entries", "application/json", strings.NewReader(entry))
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode != 201 {
				t.Errorf("POST %sentries = %s, want 201", url, res.Status)
			}
			if len(mentioned(t, tmp)) == 0 {
				t.Fatal("no process is found that mentions the folder: this test would see nothing left either")
			}

			if err := syscall.Kill(tt.pid(cmd.Process.Pid), tt.with); err != nil {
				t.Fatal(err)
			}
			// The pipe ends when make and tryout, its last writers, have.
			out.SetReadDeadline(time.Now().Add(30 * time.Second))
			if rest, err := io.ReadAll(printed); err != nil {
				t.Errorf("still running 30 s after the signal: %v; printed: %s", err, rest)
			}
			if entries, err := os.ReadDir(tmp); err != nil || len(entries) > 0 {
				t.Errorf("left in the temporary folder: %v %v", entries, err)
			}
			if found := mentioned(t, tmp); len(found) > 0 {
				t.Errorf("processes left:\n%s", strings.Join(found, "\n"))
			}
			if c, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/")); err == nil {
				c.Close()
				t.Errorf("%s still listens", url)
			}
		})
	}
}

func TestPortThatIsTakenIsNamed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	if err := serve("no-such-folder", "main.qmz", port, "sqlite", nil); err == nil || !strings.Contains(err.Error(), "port "+port+" is in use") {
		t.Errorf("serve on a taken port: %v", err)
	}
	for _, port := range []string{"", "abc", "-1", "65536", "80.5"} {
		if err := serve("no-such-folder", "main.qmz", port, "sqlite", nil); err == nil || !strings.Contains(err.Error(), "a port is a number from 0 to 65535") {
			t.Errorf("serve on port %q: %v", port, err)
		}
	}
}

func TestDatabaseThatIsNoneIsNamed(t *testing.T) {
	if err := serve("no-such-folder", "main.qmz", "0", "mysql", nil); err == nil || !strings.Contains(err.Error(), "DATABASE=mysql") {
		t.Errorf("serve on mysql: %v", err)
	}
}

func TestProgramThatDoesNotLoadIsShown(t *testing.T) {
	if _, err := nginx.Path(); err != nil {
		t.Skip(err)
	}
	binaries, tmp := build(t), temporary(t)
	broken := filepath.Join(t.TempDir(), "broken.qmz")
	if err := os.WriteFile(broken, []byte("வழி பெறு, \"/\" {\n    பதில் 200 \"x\";\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binaries+"/tryout", "--port", "0", "--bin", binaries, broken)
	cmd.Env = append(os.Environ(), "TMPDIR="+tmp)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !bytes.Contains(out, []byte("broken.qmz")) {
		t.Errorf("%v, printed:\n%s", err, out)
	}
	if entries, _ := os.ReadDir(tmp); len(entries) > 0 {
		t.Errorf("left in the temporary folder: %v", entries)
	}
}
