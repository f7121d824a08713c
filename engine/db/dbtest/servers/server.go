package servers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a server may take to start; an idle machine needs a
// second.
const patience = 60 * time.Second

// maxDir is how long the path of a folder may be: a socket's path in it has at
// most 107 bytes.
const maxDir = 80

// A Server is one server process with its folder. Its methods are for one
// goroutine.
type Server struct {
	// URL is the connection text, the same through every restart.
	URL string
	// Dir is the folder; the Unix socket of PostgreSQL is in it too.
	Dir string
	// Port is where the server listens on 127.0.0.1.
	Port int

	recipe  recipe
	as      *syscall.Credential // nil: as ourselves
	process *exec.Cmd
	exited  chan struct{}
	watcher io.WriteCloser
	watched chan struct{} // closed when the watcher has ended
}

// A recipe is how a kind of server is started.
type recipe struct {
	name string // also the beginning of the folder's name
	// programs must be there, else the test is skipped; named with the package
	// that has them.
	programs, pack string
	prepare        func(s *Server) error // once, before the first start
	configure      func(s *Server) error // before each start, when the port is known
	command        func(s *Server) []string
	ready          func(s *Server) error // nil: a connection to the port is enough
	first          func(s *Server) error // once, after the first start
	url            func(s *Server) string
	end            syscall.Signal // ends it at once, data may be lost
}

// shared is the server of one kind for a whole test binary.
type shared struct {
	recipe   recipe
	variable string
	once     sync.Once
	server   *Server
	err      error
}

func (g *shared) url(t testing.TB) string {
	t.Helper()
	if url := os.Getenv(g.variable); url != "" {
		return url
	}
	g.once.Do(func() { g.server, g.err = start(g.recipe) })
	check(t, g.recipe, g.err)
	return g.server.URL
}

// own starts a server for one test, which ends with it.
func own(t testing.TB, r recipe) *Server {
	t.Helper()
	s, err := start(r)
	check(t, r, err)
	t.Cleanup(s.Close)
	return s
}

// ErrMissing tells that a server's program is not installed.
var ErrMissing = errors.New("not installed")

func check(t testing.TB, r recipe, err error) {
	t.Helper()
	switch {
	case errors.Is(err, ErrMissing):
		t.Skipf("SKIPPED: %v; install the package %s", err, r.pack)
	case err != nil:
		t.Fatalf("%s: %v", r.name, err)
	}
}

// start makes a folder and a server in it.
func start(r recipe) (*Server, error) {
	if _, err := program(r.programs); err != nil {
		return nil, err
	}
	s := &Server{recipe: r}
	if os.Geteuid() == 0 {
		nobody, err := user.Lookup("nobody")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.ParseUint(nobody.Uid, 10, 32)
		gid, _ := strconv.ParseUint(nobody.Gid, 10, 32)
		s.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	dir, err := os.MkdirTemp("", "et-"+r.name+"-")
	if err != nil {
		return nil, err
	}
	s.Dir = dir
	if err := s.begin(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Server) begin() error {
	if len(s.Dir) > maxDir {
		return fmt.Errorf("the path %s is too long for a socket in it: set TMPDIR to a shorter one", s.Dir)
	}
	if s.as != nil {
		if err := os.Chown(s.Dir, int(s.as.Uid), int(s.as.Gid)); err != nil {
			return err
		}
	}
	if s.recipe.prepare != nil {
		if err := s.recipe.prepare(s); err != nil {
			return err
		}
	}
	// Another process may take the port between our look and the server's.
	for attempt := 0; ; attempt++ {
		port, err := freePort()
		if err != nil {
			return err
		}
		s.Port = port
		s.URL = s.recipe.url(s)
		if err = s.Start(); err == nil {
			break
		}
		if attempt == 2 {
			return err
		}
	}
	if s.recipe.first != nil {
		return s.recipe.first(s)
	}
	return nil
}

// Start starts the server, at its old address after Stop, and returns when it
// answers.
func (s *Server) Start() error {
	if s.recipe.configure != nil {
		if err := s.recipe.configure(s); err != nil {
			return err
		}
	}
	args := s.recipe.command(s)
	log, err := os.OpenFile(filepath.Join(s.Dir, "log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := s.cmd(args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	go func() {
		cmd.Wait()
		close(exited)
	}()
	s.process, s.exited = cmd, exited
	if err := s.watch(); err != nil {
		s.Stop()
		return err
	}
	ready := s.recipe.ready
	if ready == nil {
		ready = listens
	}
	deadline := time.Now().Add(patience)
	for {
		err := ready(s)
		if err == nil {
			return nil
		}
		select {
		case <-exited:
			err = errors.New("ended at once")
		case <-time.After(20 * time.Millisecond):
			if time.Now().Before(deadline) {
				continue
			}
		}
		s.Stop()
		text, _ := os.ReadFile(log.Name())
		return fmt.Errorf("%s does not start: %w\n%s", args[0], err, text[max(0, len(text)-2000):])
	}
}

// watch starts a process that ends the server and removes the folder when this
// process has ended, be it by a signal: tests have no other hook for that.
func (s *Server) watch() error {
	cmd := exec.Command("sh", "-c", `read -r word && exit
		kill -s "$1" "$2" 2>/dev/null
		for i in 1 2 3 4 5 6 7 8 9; do kill -0 "$2" 2>/dev/null || break; sleep 0.1; done
		rm -rf "$3"`, "watcher", strconv.Itoa(int(s.recipe.end)), strconv.Itoa(s.process.Process.Pid), s.Dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // so that Ctrl-C ends only the tests
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	watched := make(chan struct{})
	go func() {
		cmd.Wait()
		close(watched)
	}()
	s.watcher, s.watched = in, watched
	return nil
}

// Stop ends the server as a failing machine would, and returns when it is gone.
// Its folder stays, so that Start brings back what it kept.
func (s *Server) Stop() {
	if s.process == nil {
		return
	}
	s.process.Process.Signal(syscall.SIGCONT)
	s.process.Process.Signal(s.recipe.end)
	select {
	case <-s.exited:
	case <-time.After(10 * time.Second):
		s.process.Process.Kill()
		<-s.exited
	}
	s.process = nil
	if s.watcher != nil {
		io.WriteString(s.watcher, "done\n")
		s.watcher.Close()
		<-s.watched
		s.watcher = nil
	}
}

// Restart is Stop and Start.
func (s *Server) Restart() error {
	s.Stop()
	return s.Start()
}

// Signal sends the server a signal.
func (s *Server) Signal(sig syscall.Signal) error { return s.process.Process.Signal(sig) }

// Close ends the server and removes its folder.
func (s *Server) Close() {
	s.Stop()
	os.RemoveAll(s.Dir)
}

// cmd returns a command that runs as the server does, in its folder.
func (s *Server) cmd(args ...string) *exec.Cmd {
	path, err := program(args[0])
	if err != nil {
		path = args[0]
	}
	cmd := exec.Command(path, args[1:]...)
	cmd.Dir = s.Dir
	// Without the variables by which PG…, MYSQL_… change what programs do.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.Dir, "LC_ALL=C.UTF-8", "TZ=UTC", "DO_NOT_TRACK=1"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: s.as}
	return cmd
}

// run runs such a command to its end.
func (s *Server) run(args ...string) error {
	if out, err := s.cmd(args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", args[0], err, bytes.TrimSpace(out))
	}
	return nil
}

// file writes a file of the folder that the server can read.
func (s *Server) file(name, text string) error {
	path := filepath.Join(s.Dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	if s.as == nil {
		return nil
	}
	return os.Chown(path, int(s.as.Uid), int(s.as.Gid))
}

func (s *Server) address() string { return "127.0.0.1:" + strconv.Itoa(s.Port) }

func listens(s *Server) error {
	c, err := net.DialTimeout("tcp", s.address(), time.Second)
	if err != nil {
		return err
	}
	return c.Close()
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// program returns the path of a server's program, which Debian keeps out of the
// way of ordinary users.
func program(name string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, pattern := range []string{"/usr/sbin/", "/usr/lib/postgresql/*/bin/", "/usr/libexec/"} {
		if found, _ := filepath.Glob(pattern + name); len(found) > 0 {
			return found[len(found)-1], nil
		}
	}
	return "", fmt.Errorf("%s is %w", name, ErrMissing)
}
