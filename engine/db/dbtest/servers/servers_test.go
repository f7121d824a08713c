package servers

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestServersAnswer(t *testing.T) {
	for name, url := range map[string]func(testing.TB) string{
		"Postgres": Postgres, "MariaDB": MariaDB, "Redis": Redis, "FerretDB": FerretDB,
	} {
		t.Run(name, func(t *testing.T) {
			first := url(t)
			if second := url(t); second != first {
				t.Errorf("second call = %q, want the server of the first, %q", second, first)
			}
			address := first[strings.LastIndex(first, "@")+1:]
			address = strings.TrimPrefix(address, "mongodb://")
			address, _, _ = strings.Cut(address, "/")
			c, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
		})
	}
}

func TestRestartKeepsAddressAndData(t *testing.T) {
	s := NewPostgres(t)
	url := s.URL
	if err := s.run("psql", url, "-c", "CREATE TABLE kept (id int)"); err != nil {
		t.Fatal(err)
	}
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	if s.URL != url {
		t.Errorf("URL = %q after a restart, want %q", s.URL, url)
	}
	if err := s.run("psql", s.URL, "-c", "TABLE kept"); err != nil {
		t.Error(err)
	}
}

func TestPgBouncerPassesOn(t *testing.T) {
	s := NewPgBouncer(t, NewPostgres(t), "transaction")
	if err := s.run("psql", s.URL, "-c", "SELECT 1"); err != nil {
		t.Error(err)
	}
}

// The process that this test starts is itself; it is killed while it has a
// server.
func TestServerEndsWithTheTestBinary(t *testing.T) {
	if dir := os.Getenv("SERVERS_TEST_CHILD"); dir != "" {
		t.Setenv("TMPDIR", dir)
		NewRedis(t)
		os.Stdout.WriteString("started\n")
		time.Sleep(time.Minute)
		return
	}
	if _, err := program("redis-server"); err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	dir, err := os.MkdirTemp("", "et-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	child.Env = append(os.Environ(), "SERVERS_TEST_CHILD="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, len("started\n"))); err != nil {
		t.Fatal(err)
	}
	child.Process.Kill()
	child.Wait()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		left, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		if len(left) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("still there: %v", left)
		}
	}
}
