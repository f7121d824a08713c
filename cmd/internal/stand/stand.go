// Package stand puts programs behind a private nginx in a temporary folder and
// takes everything away again: what `make run`, `make bench` and `make soak` have
// in common.
//
//	s, err := stand.New("etamil-run")
//	defer s.Close()
//	err = s.Etamild("bin/etamild", "hello", "examples/hello/main.qmz")
//	err = s.Nginx(nginx.Options{Sites: …})
//	err = s.Answers("http://127.0.0.1:8080/")
//
// A Stand belongs to one goroutine, and that one is best locked to its thread
// (runtime.LockOSThread): the kernel ends the processes of a stand when the
// thread that started them is gone.
package stand

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"etamil/nginx"
)

// patience is how long a process may take to answer or to end before that is an
// error; on an idle machine both take some ten milliseconds.
const patience = 20 * time.Second

// A Stand is a temporary folder and the processes that live in it.
type Stand struct {
	// Env are variables, NAME=VALUE, that daemons started from now on get
	// beside those of this process.
	Env []string

	dir       string
	processes []*Process // in order of their start
	client    *http.Client
}

// New makes the folder, below TMPDIR, with prefix in its name.
func New(prefix string) (*Stand, error) {
	dir, err := os.MkdirTemp("", prefix+"-")
	if err != nil {
		return nil, err
	}
	if len(dir) > 80 { // a socket's path has at most 107 bytes
		os.RemoveAll(dir)
		return nil, fmt.Errorf("the path %s is too long for a socket in it: set TMPDIR to a shorter one", dir)
	}
	return &Stand{dir: dir, client: &http.Client{Timeout: patience}}, nil
}

// Dir returns the folder, which Close removes.
func (s *Stand) Dir() string { return s.dir }

// Socket returns where the program with this name listens.
func (s *Stand) Socket(name string) string { return filepath.Join(s.dir, name+".sock") }

// Close ends the processes, the last one first, and removes the folder.
func (s *Stand) Close() error {
	var errs []error
	for len(s.processes) > 0 {
		errs = append(errs, s.End(s.processes[len(s.processes)-1]))
	}
	return errors.Join(append(errs, os.RemoveAll(s.dir))...)
}

// A Process runs until Stand.End or by itself.
type Process struct {
	Name   string
	Log    string        // file with its standard error, and output unless redirected
	Exited chan struct{} // closed when it has ended
	cmd    *exec.Cmd
	err    error // of Wait; read after Exited
}

// PID returns the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Start runs cmd in a process group of its own, so that a Ctrl-C on the terminal
// reaches only its maker, who ends it in order.
func (s *Stand) Start(name string, cmd *exec.Cmd) (*Process, error) {
	p := &Process{Name: name, Log: filepath.Join(s.dir, name+".log"), Exited: make(chan struct{}), cmd: cmd}
	log, err := os.OpenFile(p.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stderr = log
	if cmd.Stdout == nil {
		cmd.Stdout = log
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() { p.err = cmd.Wait(); close(p.Exited) }()
	s.processes = append(s.processes, p)
	return p, nil
}

// Nginx starts the private nginx.
func (s *Stand) Nginx(o nginx.Options) (*Process, error) {
	cmd, err := nginx.Command(s.dir, o)
	if err != nil {
		return nil, err
	}
	return s.Start("nginx", cmd)
}

// Etamild starts a daemon that serves program on Socket(name); args come after
// its own. The data directory is name.data in the folder.
func (s *Stand) Etamild(binary, name, program string, args ...string) (*Process, error) {
	args = append([]string{
		"--program", program,
		"--socket", s.Socket(name),
		"--data", filepath.Join(s.dir, name+".data"),
	}, args...)
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), s.Env...)
	return s.Start(name, cmd)
}

// End ends p with SIGTERM, and by force when it has not ended after a while;
// that, and another way to end than with status 0 or by the signal, is an error.
func (s *Stand) End(p *Process) error {
	for i, q := range s.processes {
		if p == q {
			s.processes = append(s.processes[:i], s.processes[i+1:]...)
			break
		}
	}
	select {
	case <-p.Exited:
		return p.Failure()
	default:
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.Exited:
	case <-time.After(patience):
		syscall.Kill(-p.PID(), syscall.SIGKILL)
		<-p.Exited
		return fmt.Errorf("%s did not end %v after SIGTERM and was killed", p.Name, patience)
	}
	if p.err != nil && p.cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
		return p.Failure()
	}
	return nil
}

// Failure returns how p ended, with the last lines of its log.
func (p *Process) Failure() error {
	<-p.Exited
	how := "ended"
	if p.err != nil {
		how = fmt.Sprintf("ended (%v)", p.err)
	}
	return fmt.Errorf("%s %s\n%s", p.Name, how, p.tail())
}

func (p *Process) tail() string {
	text, err := os.ReadFile(p.Log)
	if err != nil {
		return ""
	}
	lines := strings.Split(string(bytes.TrimSpace(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-10):], "\n")
}

// Answers waits until a GET of url gives 200, looking every few milliseconds. It
// returns an error when a process of the stand ends, when stop is closed (a nil
// stop never is), or after 20 seconds.
func (s *Stand) Answers(url string, stop <-chan struct{}) error {
	var last error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		res, err := s.client.Get(url)
		if err == nil {
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
			err = errors.New(res.Status)
		}
		last = err
		for _, p := range s.processes {
			select {
			case <-p.Exited:
				return p.Failure()
			default:
			}
		}
		select {
		case <-stop:
			return errors.New("stopped")
		case <-time.After(2 * time.Millisecond):
		}
	}
	var logs strings.Builder
	for _, p := range s.processes {
		fmt.Fprintf(&logs, "\n%s: %s", p.Name, p.tail())
	}
	return fmt.Errorf("%s does not answer after %v: %v%s", url, patience, last, &logs)
}

// FreeAddress returns an address of this machine that nobody listens on now.
func FreeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
