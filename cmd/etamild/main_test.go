package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"etamil/engine/diag"
	"etamil/fcgi/fcgitest"
)

func TestMain(m *testing.M) {
	// Under the race detector each process would sleep a second at its end.
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	testscript.Main(m, map[string]func(){
		"etamild":          func() { os.Exit(run(os.Args[1:])) },
		"previous-etamild": previousAsNew,
		"slack-of-etamild": printSlack,
	})
}

// The stories of testdata use, beside the commands of package testscript:
//
//	status N CMD ARGS…   run a command, which must exit with N; 128+s stands for signal s
//	daemon ARGS…         start etamild --socket $SOCK --control $CTL ARGS and wait until it listens
//	by-systemd ARGS…     the same with a listening descriptor as systemd passes it, and no --socket
//	configured ARGS…     as daemon, but the command line is all in ARGS
//	unheard ARGS…        as daemon, but who reads the log goes away when it listens
//	signal SIG           send it a signal
//	ended N              it must end with status N; what it logged is stderr
//	log TEXT             wait until it logged a record that holds TEXT
//	get PATH             ask over the socket; status and body are stdout
//	begin PATH           ask, and go on when the program runs the request
//	queue PATH           ask, and go on when the daemon has the request
//	release              let programs go on that ask the server at $GATE
//	answered TEXT        the answers to those must all hold TEXT
//	load PATH            ask over and over on 8 connections until they are closed
//	loaded               at least one answer of load came, none was lost, and all were 200
//	stale PATH           leave a socket that nobody listens on
//	talk WORDS           send words to the control socket; its answer is stdout
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			// The kernel allows 107 bytes for the path of a socket.
			dir, err := os.MkdirTemp("", "etamild")
			if err != nil {
				return err
			}
			s := &started{dir: dir}
			env.Values[startedKey{}] = s
			var end func()
			s.gate, s.release, end = newGate()
			env.Defer(func() {
				end()
				s.kill()
				os.RemoveAll(dir)
			})
			env.Setenv("GORACE", os.Getenv("GORACE"))
			env.Setenv("SOCK", filepath.Join(dir, "s"))
			env.Setenv("CTL", filepath.Join(dir, "c"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":     cmdStatus,
			"daemon":     cmdDaemon,
			"by-systemd": cmdBySystemd,
			"configured": cmdConfigured,
			"unheard":    cmdUnheard,
			"signal":     cmdSignal,
			"ended":      cmdEnded,
			"log":        cmdLog,
			"get":        cmdGet,
			"begin":      cmdBegin,
			"queue":      cmdQueue,
			"answered":   cmdAnswered,
			"release":    func(ts *testscript.TestScript, _ bool, _ []string) { of(ts).release() },
			"load":       cmdLoad,
			"loaded":     cmdLoaded,
			"stale":      cmdStale,
			"talk":       cmdTalk,
		},
	})
}

// newGate returns a server whose answers wait until release is called: a program
// that asks it runs for as long as a story wants.
func newGate() (url string, release, end func()) {
	open := make(chan struct{})
	release = sync.OnceFunc(func() { close(open) })
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-open }))
	return s.URL, release, func() {
		release()
		s.Close()
	}
}

type startedKey struct{}

// started is the daemon of a story.
type started struct {
	dir     string
	cmd     *exec.Cmd
	log     string
	answers []chan string
	load    *loadTest
	gate    string
	release func()
}

func of(ts *testscript.TestScript) *started { return ts.Value(startedKey{}).(*started) }

func (s *started) kill() {
	if s.cmd != nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
		s.cmd = nil
	}
	killSuccessors(s.log)
}

var newPID = regexp.MustCompile(`"new_pid":([0-9]+)`)

// killSuccessors ends the processes to which those that wrote a log have handed
// over.
func killSuccessors(log string) {
	text, err := os.ReadFile(log)
	if err != nil {
		return
	}
	for _, m := range newPID.FindAllSubmatch(text, -1) {
		pid, err := strconv.Atoi(string(m[1]))
		if name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil && pid > 1 && strings.Contains(string(name), "etamild") {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

func cmdStatus(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := statusOf(ts.Exec(args[1], args[2:]...)); got != want {
		ts.Fatalf("%s ended with %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// statusOf returns the exit status as a shell sees it.
func statusOf(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case !errors.As(err, &exit):
		return -1
	}
	if s, ok := exit.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		return 128 + int(s.Signal())
	}
	return exit.ExitCode()
}

// prepare returns the daemon as a command that is not started.
func (s *started) prepare(ts *testscript.TestScript, args ...string) *exec.Cmd {
	s.kill()
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if path := filepath.Join(dir, "etamild"); exists(path) {
			cmd := exec.Command(path, args...)
			cmd.Dir = ts.MkAbs(".")
			cmd.Env = []string{"GORACE=" + os.Getenv("GORACE"), "GATE=" + s.gate}
			for _, name := range []string{"PATH", "HOME", "TMPDIR", "NAME", "SHOP_MODE", "SHOP_KEY", "ETAMILD_CONFIG", "ETAMILD_SOCKET", "ETAMILD_CONTROL", "ETAMILD_LOG_LEVEL", "ETAMILD_MAX_OUTPUT", "ETAMILD_MAX_OUPUT"} {
				if value := ts.Getenv(name); value != "" {
					cmd.Env = append(cmd.Env, name+"="+value)
				}
			}
			s.log = filepath.Join(ts.Getenv("WORK"), "log")
			log, err := os.Create(s.log)
			ts.Check(err)
			cmd.Stderr = log
			return cmd
		}
	}
	ts.Fatalf("etamild is not in PATH")
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func cmdDaemon(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	cmd := s.prepare(ts, append([]string{"--socket", ts.Getenv("SOCK"), "--control", ts.Getenv("CTL")}, args...)...)
	ts.Check(cmd.Start())
	s.cmd = cmd
	s.await(ts, `"message":"serving"`)
}

func cmdConfigured(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	cmd := s.prepare(ts, args...)
	ts.Check(cmd.Start())
	s.cmd = cmd
	s.await(ts, `"message":"serving"`)
}

func cmdBySystemd(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: ts.Getenv("SOCK")})
	ts.Check(err)
	l.SetUnlinkOnClose(false)
	defer l.Close()
	f, err := l.File()
	ts.Check(err)
	defer f.Close()
	// Only a shell knows the number of the process before it becomes it.
	daemon := s.prepare(ts)
	cmd := exec.Command("/bin/sh", append([]string{"-c", `export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=${NAME:-fastcgi}; exec "$@"`, "sh", daemon.Path, "--control", ts.Getenv("CTL")}, args...)...)
	cmd.Dir, cmd.Env, cmd.Stderr, cmd.ExtraFiles = daemon.Dir, daemon.Env, daemon.Stderr, []*os.File{f}
	ts.Check(cmd.Start())
	s.cmd = cmd
	s.await(ts, `"message":"serving"`)
}

func cmdUnheard(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	cmd := s.prepare(ts, append([]string{"--socket", ts.Getenv("SOCK")}, args...)...)
	cmd.Stderr = nil
	log, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	s.cmd = cmd
	for r := bufio.NewReader(log); ; {
		line, err := r.ReadString('\n')
		ts.Check(err)
		if strings.Contains(line, `"message":"serving"`) {
			break
		}
	}
	ts.Check(log.Close())
}

// await waits until the daemon logged want.
func (s *started) await(ts *testscript.TestScript, want string) {
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		text, err := os.ReadFile(s.log)
		ts.Check(err)
		if strings.Contains(string(text), want) {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%q is not in the log:\n%s", want, text)
		}
	}
}

var signals = map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP}

func cmdSignal(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(of(ts).cmd.Process.Signal(signals[args[0]]))
}

func cmdEnded(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	got := statusOf(s.cmd.Wait())
	s.cmd = nil
	log := ts.ReadFile(s.log)
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("the daemon ended with %d, want %s:\n%s", got, args[0], log)
	}
	fmt.Fprint(ts.Stderr(), log)
}

func cmdLog(ts *testscript.TestScript, _ bool, args []string) { of(ts).await(ts, args[0]) }

// ask sends one request on a connection of its own.
func ask(socket, path string) (string, error) {
	c, err := fcgitest.Dial(socket)
	if err != nil {
		return "", err
	}
	defer c.Close()
	r, err := c.Do(fcgitest.Request{Target: path})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d\n%s\n", r.Status, r.Body), nil
}

func cmdGet(ts *testscript.TestScript, _ bool, args []string) {
	answer, err := ask(ts.Getenv("SOCK"), args[0])
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), answer)
}

func (s *started) later(ts *testscript.TestScript, path string) {
	answer := make(chan string, 1)
	s.answers = append(s.answers, answer)
	socket := ts.Getenv("SOCK")
	go func() {
		text, err := ask(socket, path)
		if err != nil {
			text = err.Error()
		}
		answer <- text
	}()
}

// cmdBegin waits for what the program prints first.
func cmdBegin(ts *testscript.TestScript, _ bool, args []string) {
	of(ts).later(ts, args[0])
	of(ts).await(ts, "begun")
}

// cmdQueue waits until the status tells of the request.
func cmdQueue(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	s.later(ts, args[0])
	want := fmt.Sprintf("%d queued", len(s.answers)-1)
	for range 1000 {
		ts.Check(ts.Exec("etamild", "ctl", "--control", ts.Getenv("CTL"), "status"))
		if strings.Contains(ts.ReadFile("stdout"), want) {
			return
		}
	}
	ts.Fatalf("never %s", want)
}

func cmdAnswered(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	for _, answer := range s.answers {
		if got := <-answer; !strings.Contains(got, args[0]) {
			ts.Fatalf("answered %q", got)
		}
	}
	s.answers = nil
}

// A loadTest asks over and over, as nginx does on kept connections.
type loadTest struct {
	running sync.WaitGroup
	mu      sync.Mutex
	answers int
	wrong   []string
}

// cmdLoad starts the load. A request whose connection the daemon closed before
// it answered is lost; one that could not be sent is not, because nginx would
// take another connection then.
func cmdLoad(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	l := &loadTest{}
	s.load = l
	socket := ts.Getenv("SOCK")
	first := make(chan struct{})
	var once sync.Once
	for range 8 {
		c, err := fcgitest.Dial(socket)
		ts.Check(err)
		l.running.Go(func() {
			defer c.Close()
			for {
				q := fcgitest.Request{Target: args[0], Keep: true}
				if err := c.Send(q.Append(nil)); err != nil {
					return
				}
				r, err := c.Receive(1)
				if err != nil {
					l.note(0, "lost: "+err.Error())
					return
				}
				if r.Status != 200 {
					l.note(0, strconv.Itoa(r.Status))
				}
				l.note(1, "")
				once.Do(func() { close(first) })
				if endsConnection(r, c) {
					return
				}
			}
		})
	}
	<-first
}

// endsConnection reports whether the answer told the web server to close the
// connection: a management record after END_REQUEST, in the same write.
func endsConnection(r *fcgitest.Response, c *fcgitest.Client) bool {
	return len(r.Others) > 0 || c.Buffered() > 0
}

func (l *loadTest) note(answers int, wrong string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers += answers
	if wrong != "" {
		l.wrong = append(l.wrong, wrong)
	}
}

func cmdLoaded(ts *testscript.TestScript, _ bool, args []string) {
	l := of(ts).load
	l.running.Wait()
	if l.answers == 0 || len(l.wrong) > 0 {
		ts.Fatalf("%d answers, wrong: %v", l.answers, slices.Compact(l.wrong))
	}
}

func cmdStale(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: args[0]})
	ts.Check(err)
	l.SetUnlinkOnClose(false)
	ts.Check(l.Close())
}

func cmdTalk(ts *testscript.TestScript, _ bool, args []string) {
	c, err := net.Dial("unix", ts.Getenv("CTL"))
	ts.Check(err)
	defer c.Close()
	_, err = c.Write([]byte(strings.Join(args, " ") + "\n"))
	ts.Check(err)
	answer, err := io.ReadAll(c)
	if err != nil && !errors.Is(err, syscall.ECONNRESET) {
		ts.Check(err)
	}
	ts.Stdout().Write(answer)
}

func TestUnitIsNamedByTheControlGroup(t *testing.T) {
	for _, tt := range []struct{ groups, want string }{
		{"0::/system.slice/etamil.service\n", "etamil.service"},
		{"0::/system.slice/system-etamil.slice/etamil@shop.service\n", "etamil@shop.service"},
		{"0::/system.slice/etamil.service/worker\n", "etamil.service"},
		{"12:cpu:/x\n1:name=systemd:/system.slice/etamil.service\n", "etamil.service"},
		{"0::/\n", "etamil.service"},
		{"", "etamil.service"},
	} {
		if got := unitOf(tt.groups); got != tt.want {
			t.Errorf("unitOf(%q) = %q, want %q", tt.groups, got, tt.want)
		}
	}
	if got := systemdUnit(func(string) string { return "1" }); os.Getpid() != 1 && got != "" {
		t.Errorf("a process that systemd did not start has the unit %q", got)
	}
}

func TestDrainUnderSystemdNamesSystemctl(t *testing.T) {
	for unit, want := range map[string]string{
		"etamil.service":      "systemctl stop etamil.socket etamil-metrics.socket etamil.service",
		"etamil@shop.service": "systemctl stop etamil@shop.socket etamil-metrics@shop.socket etamil@shop.service",
		"shop.service":        "systemctl stop shop.socket shop.service",
	} {
		d := &daemon{unit: unit, stop: make(chan struct{})}
		why := diag.Reason(d.Drain())
		if !strings.HasSuffix(why.En, want) || !strings.HasSuffix(why.Ta, want) || why.Ta == why.En {
			t.Errorf("Drain: %v", why)
		}
		select {
		case <-d.stop:
			t.Error("it drains all the same")
		default:
		}
	}
}
