package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"etamil": main})
}

// The stories of testdata use, beside the commands of package testscript:
//
//	status N CMD ARGS…    run a command, which must exit with N; 128+s stands for signal s
//	closed CMD ARGS…      run a command whose output is closed after its first line; it must die of SIGPIPE without a word
//	interrupt SIG CMD …   run a command, send a signal after its first line of output; it must die of it; what it printed is in stdout
//	serve ARGS…           start etamil serve --port 0 ARGS; PORT is set when it is ready
//	get [-html] PATH      ask it; status, header lines and body are stdout
//	signal SIG            send it a signal
//	ended N               it must end with status N; what it printed is stdout, what it said stderr
//	say TEXT              wait until it said TEXT
//	say-again TEXT        wait until it said TEXT another time
//	print TEXT            wait until it printed TEXT
//	begin PATH            ask, and go on when the request runs
//	release               let programs go on that ask the server at $GATE
//	answered TEXT         the answer to that must hold TEXT
//	append FILE TEXT      add a line to a file
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			for _, name := range []string{"ETAMIL_LANG", "ETAMIL_PATH", "ETAMIL_WORKERS", "ETAMIL_DATA_DIR", "NO_COLOR"} {
				env.Setenv(name, "")
			}
			s := &served{}
			env.Values[servedKey{}] = s
			var end func()
			s.gate, s.release, end = newGate()
			env.Defer(func() {
				end()
				s.kill()
			})
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond != "net6" {
				return false, fmt.Errorf("no condition %q", cond)
			}
			l, err := net.Listen("tcp", "[::1]:0")
			if err == nil {
				l.Close()
			}
			return err == nil, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":    cmdStatus,
			"closed":    cmdClosed,
			"interrupt": cmdInterrupt,
			"serve":     cmdServe,
			"get":       cmdGet,
			"signal":    cmdSignal,
			"ended":     cmdEnded,
			"say":       cmdSay,
			"say-again": cmdSayAgain,
			"print":     cmdPrint,
			"begin":     cmdBegin,
			"answered":  cmdAnswered,
			"release":   func(ts *testscript.TestScript, _ bool, _ []string) { of(ts).release() },
			"append":    cmdAppend,
		},
	})
}

func cmdStatus(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	if got := statusOf(err); got != want {
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

// start returns a command that runs in the folder and environment of the story.
func start(ts *testscript.TestScript, args []string) *exec.Cmd {
	path := args[0]
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if at := filepath.Join(dir, args[0]); !strings.Contains(args[0], "/") && unix.Access(at, unix.X_OK) == nil {
			path = at
			break
		}
	}
	cmd := exec.Command(path, args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = []string{"GATE=" + of(ts).gate}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "ETAMIL_LANG", "ETAMIL_WORKERS"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	return cmd
}

func cmdClosed(ts *testscript.TestScript, _ bool, args []string) {
	cmd := start(ts, args)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	bufio.NewReaderSize(out, 16).ReadString('\n')
	out.Close()
	if got := statusOf(cmd.Wait()); got != 128+int(syscall.SIGPIPE) || said.Len() > 0 {
		ts.Fatalf("ended with %d, saying %q", got, said.String())
	}
}

var signals = map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP}

func cmdInterrupt(ts *testscript.TestScript, _ bool, args []string) {
	cmd := start(ts, args[1:])
	var said strings.Builder
	cmd.Stderr = &said
	stdin, err := cmd.StdinPipe() // stays open: a program may wait for it
	ts.Check(err)
	defer stdin.Close()
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	r := bufio.NewReader(out)
	first, err := r.ReadString('\n')
	ts.Check(err)
	ts.Check(cmd.Process.Signal(signals[args[0]]))
	rest, err := io.ReadAll(r)
	ts.Check(err)
	if got := statusOf(cmd.Wait()); got != 128+int(signals[args[0]]) || said.Len() > 0 {
		ts.Fatalf("ended with %d, saying %q", got, said.String())
	}
	fmt.Fprint(ts.Stdout(), first, string(rest))
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

type servedKey struct{}

// served is a server that a story started.
type served struct {
	cmd      *exec.Cmd
	url      string
	out, err string // files
	seen     int    // of err
	answer   chan string
	gate     string
	release  func()
}

func (s *served) kill() {
	if s.cmd != nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
		s.cmd = nil
	}
}

func of(ts *testscript.TestScript) *served { return ts.Value(servedKey{}).(*served) }

var readyAt = regexp.MustCompile(`http://(\S+?)/`)

func cmdServe(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	s.kill()
	s.cmd = start(ts, append([]string{"etamil", "serve", "--port", "0"}, args...))
	if strings.HasPrefix(args[0], "--server") || strings.HasPrefix(args[0], "--async") {
		s.cmd = start(ts, append([]string{"etamil", "--port", "0"}, args...))
	}
	s.out, s.err = filepath.Join(ts.Getenv("WORK"), "served.out"), filepath.Join(ts.Getenv("WORK"), "served.err")
	out, err := os.Create(s.out)
	ts.Check(err)
	defer out.Close()
	says, err := os.Create(s.err)
	ts.Check(err)
	defer says.Close()
	s.cmd.Stdout, s.cmd.Stderr = out, says
	ts.Check(s.cmd.Start())
	said := await(ts, s.err, 0, "http://")
	s.url = "http://" + readyAt.FindStringSubmatch(said)[1]
	s.seen = len(said)
	_, port, err := net.SplitHostPort(readyAt.FindStringSubmatch(said)[1])
	ts.Check(err)
	ts.Setenv("PORT", port)
}

// await returns the text of a file once it holds want after the first seen
// bytes.
func await(ts *testscript.TestScript, file string, seen int, want string) string {
	for deadline := time.Now().Add(20 * time.Second); ; {
		text, err := os.ReadFile(file)
		ts.Check(err)
		if strings.Contains(string(text[seen:]), want) {
			return string(text)
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%q is not in %q", want, text)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func cmdGet(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	accept := "*/*"
	if args[0] == "-html" {
		accept, args = "text/html", args[1:]
	}
	req, err := http.NewRequest("GET", s.url+args[0], nil)
	ts.Check(err)
	req.Header.Set("Accept", accept)
	r, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	ts.Check(err)
	fmt.Fprintln(ts.Stdout(), r.StatusCode)
	r.Header.Write(ts.Stdout())
	fmt.Fprintf(ts.Stdout(), "\n%s\n", body)
}

func cmdSignal(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(of(ts).cmd.Process.Signal(signals[args[0]]))
}

func cmdEnded(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	got := statusOf(s.cmd.Wait())
	s.cmd = nil
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("the server ended with %d, want %s:\n%s", got, args[0], ts.ReadFile(s.err))
	}
	fmt.Fprint(ts.Stdout(), ts.ReadFile(s.out))
	fmt.Fprint(ts.Stderr(), ts.ReadFile(s.err))
}

func cmdSay(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	s.seen = len(await(ts, s.err, 0, args[0]))
}

func cmdSayAgain(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	s.seen = len(await(ts, s.err, s.seen, args[0]))
}

func cmdPrint(ts *testscript.TestScript, _ bool, args []string) {
	await(ts, of(ts).out, 0, args[0])
}

// cmdBegin waits until the server has the request: it closes idle connections
// at the end, but not one whose request it has read.
func cmdBegin(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	s.answer = make(chan string, 1)
	wrote := make(chan struct{})
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { close(wrote) },
	})
	req, err := http.NewRequestWithContext(ctx, "GET", s.url+args[0], nil)
	ts.Check(err)
	go func() {
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			s.answer <- err.Error()
			return
		}
		defer r.Body.Close()
		body, _ := io.ReadAll(r.Body)
		s.answer <- string(body)
	}()
	<-wrote
	await(ts, s.out, 0, "begun")
}

func cmdAnswered(ts *testscript.TestScript, _ bool, args []string) {
	if got := <-of(ts).answer; !strings.Contains(got, args[0]) {
		ts.Fatalf("answered %q", got)
	}
}

func cmdAppend(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_WRONLY|os.O_APPEND, 0)
	ts.Check(err)
	_, err = fmt.Fprintln(f, args[1])
	ts.Check(errors.Join(err, f.Close()))
}

// terminal returns both ends of a new terminal; what is written to one end is
// read from the other.
func terminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no terminals here:", err)
	}
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Skip("no terminals here:", err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Skip("no terminals here:", err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no terminals here:", err)
	}
	t.Cleanup(func() { slave.Close() })
	return master, slave
}

// onTerminal runs the tool with all three streams on a terminal and returns
// what shows there.
func onTerminal(t *testing.T, getenv map[string]string, args ...string) (screen string, status int) {
	t.Helper()
	master, slave := terminal(t)
	shown := make(chan string)
	go func() {
		b, _ := io.ReadAll(master) // ends with an error when the other end closes
		shown <- string(b)
	}()
	status = newTool(slave, slave, slave, func(name string) string { return getenv[name] }).main(args)
	slave.Close()
	return strings.ReplaceAll(<-shown, "\r\n", "\n"), status
}

func TestOnATerminalNothingToDoPrintsTheUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"run"}, {"check"}, {"--vm"}, {"--check"}, {"dis"}} {
		screen, status := onTerminal(t, nil, args...)
		if status != misuse || !strings.Contains(screen, "etamil") {
			t.Errorf("etamil %v: status %d, shows %q", args, status, screen)
		}
	}
}

func TestColoursAreForTerminalsWithoutNoColor(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.qmz")
	if err := os.WriteFile(file, []byte("அச்சு 1 / 0;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		env  map[string]string
		want bool
	}{{nil, true}, {map[string]string{"NO_COLOR": "1"}, false}, {map[string]string{"TERM": "dumb"}, false}} {
		screen, status := onTerminal(t, tt.env, "run", file)
		if got := strings.Contains(screen, "\x1b["); status != failure || got != tt.want {
			t.Errorf("with %v: status %d, coloured %v, want %v:\n%s", tt.env, status, got, tt.want, screen)
		}
	}
}

func TestFaultsOfOursExitWith70AndOneSentence(t *testing.T) {
	says, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer says.Close()
	tool := newTool(os.Stdin, os.Stdout, says, func(string) string { return "" })
	if status := tool.fault("index out of range"); status != 70 {
		t.Errorf("status %d", status)
	}
	text, err := os.ReadFile(says.Name())
	if err != nil {
		t.Fatal(err)
	}
	if s := string(text); !strings.Contains(s, "ET0001") || !strings.Contains(s, "not in your program (index out of range)") || strings.Count(s, "\n") != 2 {
		t.Errorf("%q", s)
	}
}
