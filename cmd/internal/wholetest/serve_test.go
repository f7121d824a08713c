package wholetest

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"etamil/cmd/internal/stand"
	"etamil/fcgi/web/webtest"
)

// etamil returns the path of the author's command, built beside the daemon.
func etamil(t *testing.T) string { return filepath.Join(filepath.Dir(etamild(t)), "etamil") }

// tool starts the command with these words and the program app.qmz in dir.
func tool(words ...string) webtest.Serve {
	return func(t *testing.T, dir string, env []string) webtest.Send {
		t.Helper()
		addr, err := stand.FreeAddress()
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ := net.SplitHostPort(addr)
		cmd := exec.Command(etamil(t), append(words, "--port", port, "app.qmz")...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			cmd.Process.Signal(syscall.SIGTERM)
			if err := cmd.Wait(); err != nil {
				t.Errorf("etamil %v ended with %v", words, err)
			}
		})
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
			if c, err := net.Dial("tcp", addr); err == nil {
				c.Close()
				return webtest.Over(addr)
			}
			if time.Now().After(end) {
				t.Fatalf("etamil %v does not listen", words)
			}
		}
	}
}

func TestHTTPCorpusThroughEtamilServe(t *testing.T) {
	webtest.Run(t, "../../../engine/testdata/conformance/http", tool("serve"))
}

func TestDatabaseCorpusThroughEtamilServe(t *testing.T) {
	withServers(t)
	webtest.Run(t, "../../../engine/testdata/conformance/db", tool("serve"))
}

func TestCompatCorpusThroughTheOldOptions(t *testing.T) {
	for _, option := range []string{"--server", "--async"} {
		t.Run(option, func(t *testing.T) {
			webtest.Run(t, "../../../engine/testdata/conformance/compat", tool(option))
		})
	}
}
