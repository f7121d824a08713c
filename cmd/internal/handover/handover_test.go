package handover

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"etamil/engine/diag"
	"etamil/fcgi/web"
)

// The new process is this test binary once more, and the variable says how it
// behaves there.
const behaviour = "HANDOVER_TEST"

func TestMain(m *testing.M) {
	if how := os.Getenv(behaviour); how != "" {
		be(how)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// be is the new process, or with "parent …" one that starts another.
func be(how string) {
	if rest, ok := strings.CutPrefix(how, "parent "); ok {
		beParent(rest)
		return
	}
	at := func(moment string) {
		switch how {
		case "crash " + moment:
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		case "panic " + moment:
			panic("invented")
		case "exit " + moment:
			os.Exit(0)
		case "hang " + moment:
			select {}
		case "stop " + moment:
			syscall.Kill(os.Getpid(), syscall.SIGSTOP)
			select {}
		}
	}
	at("first")
	if how == "talk rubbish" {
		unix.Write(3, []byte("GET / HTTP/1.1"))
		select {}
	}
	if how == "close" {
		unix.Close(3)
		select {}
	}
	if how == "speak version 2" {
		unix.Write(3, []byte(`{"etamild_handover":2,"kind":"hello","build":"later"}`))
		select {}
	}
	if how == "say something new" {
		unix.Write(3, []byte(`{"etamild_handover":1,"kind":"weather","is":"fine"}`))
	}
	c, err := Inherited()
	if err != nil || c == nil {
		fmt.Println("not inherited:", err)
		os.Exit(1)
	}
	if err := c.Accept("new build"); err != nil {
		fmt.Println("not accepted:", err)
		os.Exit(1)
	}
	if f := c.Facts(); f != nil {
		fmt.Println("facts", string(f))
	}
	at("after hello")
	switch how {
	case "fail":
		c.Fail(diag.Same("the program\ncannot be served"), json.RawMessage(`[{"code":"ET1001"}]`))
		os.Exit(1)
	case "fail at length":
		c.Fail(diag.Same("too much"), json.RawMessage(`"`+strings.Repeat("x", maxMessage)+`"`))
		os.Exit(1)
	case "fail and hang":
		c.Fail(diag.Same("no"), nil)
		select {}
	}
	for _, d := range c.Descriptors() {
		fmt.Println("got", d.Name, string(d.Facts))
	}
	c.Ready()
	at("after ready")
	var held []*os.File
	err = c.Run(Handlers{
		Begin: func() { at("at begin"); fmt.Println("begin") },
		Conn: func(f *os.File) {
			held = append(held, f)
			f.WriteString(strconv.Itoa(os.Getpid()) + "\n")
			at("with a connection")
		},
		Timers: func(dues []web.Due) { fmt.Println("timers", dues == nil, len(dues)) },
		Status: func(s Status) { fmt.Println("status", s.InFlight, s.Connections) },
		Drained: func() {
			at("as main")
			fmt.Println("drained")
		},
		Terminate: func() {
			role, _ := c.Role(context.Background())
			fmt.Println("terminate", role)
			for _, f := range held {
				c.GiveBack(f)
			}
			os.Exit(0)
		},
	})
	<-c.Gone()
	role, _ := c.Role(context.Background())
	fmt.Println("alone", role, err)
}

// output collects what the new process prints.
type output struct {
	w     *os.File
	lines chan string
}

func newOutput(t *testing.T) *output {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	o := &output{w, make(chan string, 1000)}
	go func() {
		defer r.Close()
		for s := bufio.NewScanner(r); s.Scan(); {
			o.lines <- s.Text()
		}
		close(o.lines)
	}()
	t.Cleanup(func() { w.Close() })
	return o
}

// want waits for a line.
func (o *output) want(t *testing.T, want string) {
	t.Helper()
	var seen []string
	for timeout := time.After(20 * time.Second); ; {
		select {
		case line, ok := <-o.lines:
			if !ok {
				t.Fatalf("it ended without %q; it said %q", want, seen)
			}
			if line == want {
				return
			}
			seen = append(seen, line)
		case <-timeout:
			t.Fatalf("no %q; it said %q", want, seen)
		}
	}
}

func options(o *output, how string) Options {
	exe, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return Options{
		Path: exe, Args: []string{"etamild"}, Env: append(os.Environ(), behaviour+"="+how, "GORACE=atexit_sleep_ms=0"),
		Build: "old build", Output: o.w, EndTimeout: 200 * time.Millisecond,
	}
}

func begun(t *testing.T, o Options) *Parent {
	t.Helper()
	p, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		select {
		case <-p.done:
		default:
			p.cmd.Process.Kill()
			<-p.done
		}
	})
	if err := p.Begin(); err != nil {
		t.Fatal(err)
	}
	return p
}

// pair returns two ends of a connection, of which the second is given away.
func pair(t *testing.T) (client net.Conn, given *os.File) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fds[0]), "client")
	defer f.Close()
	client, err = net.FileConn(f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	client.SetDeadline(time.Now().Add(20 * time.Second))
	return client, os.NewFile(uintptr(fds[1]), "given")
}

func TestConnectionsMoveAndTheOldProcessLeaves(t *testing.T) {
	out := newOutput(t)
	o := options(out, "serve")
	for i := range maxRights + 2 { // more than one message holds
		o.Descriptors = append(o.Descriptors, Descriptor{Name: "socket" + strconv.Itoa(i), File: os.Stderr, Facts: json.RawMessage(`{"n":` + strconv.Itoa(i) + `}`)})
	}
	o.Facts = json.RawMessage(`{"a":1}`)
	p := begun(t, o)
	out.want(t, `facts {"a":1}`)
	if p.Build() != "new build" {
		t.Errorf("build %q", p.Build())
	}
	for i := range maxRights + 2 {
		out.want(t, fmt.Sprintf(`got socket%d {"n":%[1]d}`, i))
	}
	var all sync.WaitGroup
	for range 300 {
		client, given := pair(t)
		all.Go(func() {
			if err := p.Give(given); err != nil {
				t.Error(err)
				return
			}
			line, err := bufio.NewReader(client).ReadString('\n')
			if err != nil || line != strconv.Itoa(p.PID())+"\n" {
				t.Errorf("%q, %v", line, err)
			}
		})
	}
	all.Wait()
	if err := p.Settle(context.Background()); err != nil {
		t.Fatal(err)
	}
	if left := p.TakeBack(); len(left) != 0 {
		t.Errorf("%d connections were not taken", len(left))
	}
	p.Tell(Status{InFlight: 3, Connections: 2})
	p.Timers([]web.Due{{Timer: 1, Seconds: 5, At: time.Now()}})
	if err := p.Leave(); err != nil {
		t.Fatal(err)
	}
	out.want(t, "begin")
	out.want(t, "status 3 2")
	out.want(t, "timers false 1")
	out.want(t, "drained")
	out.want(t, "alone 1 <nil>")
	if err := p.Err(); err != nil {
		t.Errorf("after leaving: %v", err)
	}
}

func TestNewProcessThatIsNotReadyIsAFailure(t *testing.T) {
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tt := range []struct {
		how, path string
		limit     time.Duration
		want      string
	}{
		{how: "crash first", want: "the new process ended before it was ready"},
		{how: "panic first", want: "the new process ended before it was ready"},
		{how: "exit first", want: "the new process ended before it was ready"},
		{how: "exit after hello", want: "the new process ended before it was ready"},
		{how: "crash after hello", want: "the new process ended before it was ready"},
		{how: "hang first", limit: 300 * time.Millisecond, want: "the new process was not ready within 300ms"},
		{how: "hang after hello", limit: 300 * time.Millisecond, want: "the new process was not ready within 300ms"},
		{how: "stop first", limit: 300 * time.Millisecond, want: "the new process was not ready within 300ms"},
		{how: "close", want: "the new process closed its end of the handover"},
		{how: "talk rubbish", want: "the new process: what came is no message of the handover protocol"},
		{how: "speak version 2", want: "the new process: version 2 of the handover protocol is not known here; this build speaks version 1"},
		{how: "fail", want: "the program cannot be served"},
		{how: "fail at length", want: "too much"},
		{how: "fail and hang", want: "no"},
		{path: file("text", "hello", 0o755), want: "the new process cannot be started from"},
		{path: file("plain", "#!/bin/true", 0o644), want: "permission denied"},
		{path: file("true", "#!/bin/true\n", 0o755), want: "the new process ended before it was ready"},
		{path: "/nonexistent/etamild", want: "no such file"},
		{path: os.TempDir(), want: "the new process cannot be started from"},
	} {
		t.Run(tt.how+filepath.Base(tt.path), func(t *testing.T) {
			t.Parallel()
			o := options(newOutput(t), tt.how)
			o.ReadyTimeout = tt.limit
			if tt.path != "" {
				o.Path = tt.path
			}
			p, err := Start(context.Background(), o)
			failure, ok := errors.AsType[*Failure](err)
			if !ok || p != nil || !strings.Contains(failure.Reason.En, tt.want) {
				t.Fatalf("Start = %v, %v, want %q", p, err, tt.want)
			}
			if tt.how != "" && !strings.HasPrefix(tt.how, "fail") && failure.Reason.Ta == failure.Reason.En {
				t.Errorf("no Tamil: %s", failure.Reason.Ta)
			}
			if want := tt.how == "fail"; want != (failure.Diagnostics != nil) {
				t.Errorf("diagnostics %s", failure.Diagnostics)
			}
		})
	}
}

func TestStartEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	out := newOutput(t)
	time.AfterFunc(50*time.Millisecond, cancel)
	if p, err := Start(ctx, options(out, "hang after hello")); p != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("Start = %v, %v", p, err)
	}
}

func TestUnknownMessagesAreIgnored(t *testing.T) {
	begun(t, options(newOutput(t), "say something new"))
}

func TestNewProcessThatDoesNotBeginIsAFailure(t *testing.T) {
	for how, want := range map[string]string{
		"crash after ready": "the new process ended while it took over",
		"exit after ready":  "the new process ended while it took over",
		"panic at begin":    "the new process ended while it took over",
		"hang at begin":     "the new process did not begin within 300ms",
		"stop after ready":  "the new process did not begin within 300ms",
	} {
		t.Run(how, func(t *testing.T) {
			o := options(newOutput(t), how)
			o.AnswerTimeout = 300 * time.Millisecond
			p, err := Start(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			err = p.Begin()
			if failure, ok := errors.AsType[*Failure](err); !ok || failure.Reason.En != want {
				t.Errorf("Begin = %v, want %q", err, want)
			}
			<-p.Done()
		})
	}
}

func TestNewProcessThatDiesWhileItTakesOverGivesBackWhatItHasNotTaken(t *testing.T) {
	for how, want := range map[string]string{
		"crash with a connection": "the new process ended while it took over",
		"exit with a connection":  "the new process ended while it took over",
		"hang with a connection":  "the new process did not answer for 300ms",
		"stop with a connection":  "the new process did not answer for 300ms",
	} {
		t.Run(how, func(t *testing.T) {
			o := options(newOutput(t), how)
			o.AnswerTimeout = 300 * time.Millisecond
			p := begun(t, o)
			clients := make(map[int]net.Conn)
			var kept []*os.File
			for i := range 20 {
				client, given := pair(t)
				clients[i] = client
				if err := p.Give(given); err != nil {
					kept = append(kept, given)
				}
			}
			err := p.Settle(context.Background())
			<-p.Done()
			if err == nil {
				err = p.Err()
			}
			if failure, ok := errors.AsType[*Failure](err); !ok || failure.Reason.En != want {
				t.Errorf("%v, want %q", err, want)
			}
			// The first was taken and is lost. The others still work.
			back := append(p.TakeBack(), kept...)
			if len(back) != 19 {
				t.Errorf("%d connections came back, want 19", len(back))
			}
			for _, f := range back {
				f.WriteString("mine\n")
				f.Close()
			}
			var answers []string
			for _, c := range clients {
				text, _ := io.ReadAll(c)
				answers = append(answers, string(text))
			}
			slices.Sort(answers)
			if got := slices.Compact(answers); len(got) != 2 || got[0] != strconv.Itoa(p.PID())+"\n" || got[1] != "mine\n" {
				t.Errorf("answers %q", got)
			}
			_, given := pair(t)
			if p.Give(given) == nil {
				t.Error("it still takes connections")
			}
			given.Close()
		})
	}
}

func TestTerminateGivesIdleConnectionsBack(t *testing.T) {
	out := newOutput(t)
	o := options(out, "serve")
	var back []*os.File
	o.Returned = func(f *os.File) { back = append(back, f) }
	p := begun(t, o)
	var clients []net.Conn
	for range 3 {
		client, given := pair(t)
		if err := p.Give(given); err != nil {
			t.Fatal(err)
		}
		bufio.NewReader(client).ReadString('\n')
		clients = append(clients, client)
	}
	if err := p.Terminate(); err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	out.want(t, "terminate 2")
	if err := p.Err(); err != nil {
		t.Error(err)
	}
	if len(back) != 3 {
		t.Fatalf("%d connections came back", len(back))
	}
	for i, f := range back {
		f.WriteString("back\n")
		f.Close()
		if text, err := io.ReadAll(clients[i]); string(text) != "back\n" || err != nil {
			t.Errorf("%q, %v", text, err)
		}
	}
}

func TestAbandonEndsItAtOnce(t *testing.T) {
	p := begun(t, options(newOutput(t), "serve"))
	p.Abandon(diag.Same("it took too long"))
	if err := p.Err(); err == nil || err.Error() != "it took too long" {
		t.Error(err)
	}
}

// beParent starts a child that prints to this process's output, and dies at a
// moment.
func beParent(moment string) {
	o := options(&output{w: os.Stdout}, "serve")
	die := func(at string) {
		if at == moment {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	if moment == "before ready" {
		o.Env = append(o.Env, behaviour+"=hang after hello")
		time.AfterFunc(200*time.Millisecond, func() { die(moment) })
	}
	p, err := Start(context.Background(), o)
	if err != nil {
		fmt.Println("start:", err)
		return
	}
	die("after ready")
	if err := p.Begin(); err != nil {
		fmt.Println("begin:", err)
		return
	}
	die("after begin")
	p.Terminate()
	die("after terminate")
}

func TestOldProcessThatDies(t *testing.T) {
	for moment, want := range map[string][]string{
		"after ready": {"alone 1 the old process gave the handover up"},
		"after begin": {"begin", "timers true 0", "alone 1 <nil>"},
	} {
		t.Run(moment, func(t *testing.T) {
			exe, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			out := newOutput(t)
			cmd := exec.Command(exe)
			cmd.Env = append(os.Environ(), behaviour+"=parent "+moment)
			cmd.Stdout, cmd.Stderr = out.w, out.w
			if err := cmd.Run(); err == nil {
				t.Error("it did not die")
			}
			for _, line := range want {
				out.want(t, line)
			}
		})
	}
}

// A fake parent says what it likes.
func fakeParent(t *testing.T) (*channel, *Child) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	ch, err := newChannel(os.NewFile(uintptr(fds[0]), "parent"), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ch.close)
	t.Setenv(descriptorEnv, strconv.Itoa(fds[1]))
	c, err := Inherited()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.ch.close)
	if _, set := os.LookupEnv(descriptorEnv); set {
		t.Error("the variable stays")
	}
	return ch, c
}

func TestChildRefusesAnotherVersionInASentence(t *testing.T) {
	ch, c := fakeParent(t)
	ch.conn.Write([]byte(`{"etamild_handover":7,"kind":"hello","build":"x","new":{"a":1}}`))
	if err := c.Accept("b"); err == nil || !strings.Contains(err.Error(), "version 7 of the handover protocol is not known here") {
		t.Errorf("Accept: %v", err)
	}
	if m, err := ch.receive(); err != nil || m.Kind != kindFailed || !strings.Contains(m.Reason, "version 7") {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestChildSurvivesRubbish(t *testing.T) {
	for _, packet := range []string{
		"x", "{}", `{"etamild_handover":1}`, `{"etamild_handover":1,"kind":"conn"}`, `{"etamild_handover":1,"kind":"begin"}`,
		`{"etamild_handover":1,"kind":"listeners","names":[{"name":"a"}]}`, "\x00\x01", `[1]`, strings.Repeat(" ", 100),
	} {
		ch, c := fakeParent(t)
		ch.conn.Write([]byte(packet))
		if err := c.Accept("b"); err == nil {
			t.Errorf("%q is accepted", packet)
		}
		ch, c = fakeParent(t)
		ch.send(&message{Kind: kindHello, Build: "old", PID: 1})
		ch.send(&message{Kind: kindListeners})
		if err := c.Accept("b"); err != nil || c.Build() != "old" || c.PID() != 1 || len(c.Descriptors()) != 0 {
			t.Fatalf("Accept: %v", err)
		}
		ch.conn.Write([]byte(packet))
		ch.close()
		none := Handlers{
			Begin: func() {}, Conn: func(f *os.File) { f.Close() }, Timers: func([]web.Due) {},
			Status: func(Status) {}, Drained: func() {}, Terminate: func() {},
		}
		if err := c.Run(none); err == nil && !strings.Contains(packet, "begin") {
			t.Errorf("%q is taken", packet)
		}
	}
}

func TestOnlyAnEtamildInherits(t *testing.T) {
	if c, err := Inherited(); c != nil || err != nil {
		t.Errorf("without the variable: %v, %v", c, err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	fd, err := unix.Dup(int(w.Fd()))
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"", "x", "-1", "0", "2", "99999999999", strconv.Itoa(fd)} {
		t.Setenv(descriptorEnv, word)
		if c, err := Inherited(); c != nil || err == nil {
			t.Errorf("%s=%q: %v, %v", descriptorEnv, word, c, err)
		}
	}
}

func TestEnvironmentOfTheNewProcess(t *testing.T) {
	got := Environment([]string{
		"PATH=/bin", "WATCHDOG_PID=1", "WATCHDOG_USEC=20", "LISTEN_PID=1", "LISTEN_FDS=1", "LISTEN_FDNAMES=a",
		"NOTIFY_SOCKET=/x", descriptorEnv + "=3", "LISTEN_FDSX=1",
	})
	if want := []string{"PATH=/bin", "WATCHDOG_USEC=20", "NOTIFY_SOCKET=/x", "LISTEN_FDSX=1"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
