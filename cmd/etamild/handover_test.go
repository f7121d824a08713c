package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"etamil/cmd/internal/control"
	"etamil/cmd/internal/stand"
	"etamil/nginx"
)

// A town is a daemon behind a real nginx.
type town struct {
	*stand.Stand
	t       *testing.T
	binary  string // installed here, to be replaced
	app     string // the program
	control string
	addr    string // of nginx
	log     string
	daemon  *stand.Process
}

// ledger is a program that writes down each POST once and answers with it.
const ledger = `
வழி பதி, "/" { கோப்பு_எழுது "ledger", request_body; பதில் 200, request_body & " GENERATION"; }
வழி பெறு, "/" { பதில் 200, "GENERATION"; }
வழி பதி, "/slow" { r = வலை_பெறு(சூழல்("GATE", ""), {}); கோப்பு_எழுது "ledger", request_body; பதில் 200, request_body & " GENERATION"; }
`

func newTown(t *testing.T) *town {
	t.Helper()
	if _, err := nginx.Path(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("SKIPPED: ", err)
	}
	s, err := stand.New("etamild")
	if err != nil {
		t.Fatal(err)
	}
	b := &town{Stand: s, t: t, binary: filepath.Join(s.Dir(), "etamild"), app: filepath.Join(s.Dir(), "app.qmz"), control: filepath.Join(s.Dir(), "c")}
	t.Cleanup(func() {
		if b.daemon != nil {
			s.End(b.daemon) // it may have ended as it should
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	b.install()
	b.serve("first")
	if b.addr, err = stand.FreeAddress(); err != nil {
		t.Fatal(err)
	}
	return b
}

// front starts nginx before a daemon that listens.
func (b *town) front() {
	b.t.Helper()
	_, err := b.Nginx(nginx.Options{Sites: []nginx.Site{{Name: "app", Listen: b.addr, Socket: b.Socket("app")}}})
	if err == nil {
		err = b.Answers("http://"+b.addr+"/", nil)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// install puts a new copy of the binary in the place of the present one, as a
// package manager does.
func (b *town) install() {
	b.t.Helper()
	self, err := exec.LookPath("etamild")
	if err != nil {
		b.t.Fatal(err)
	}
	content, err := os.ReadFile(self)
	if err != nil {
		b.t.Fatal(err)
	}
	b.replace(content, 0o755)
}

func (b *town) replace(content []byte, mode os.FileMode) {
	b.t.Helper()
	err := os.WriteFile(b.binary+".new", content, mode)
	if err == nil {
		err = os.Rename(b.binary+".new", b.binary)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// serve writes a program that names its generation.
func (b *town) serve(generation string) {
	b.t.Helper()
	if err := os.WriteFile(b.app, []byte(strings.ReplaceAll(ledger, "GENERATION", generation)), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// start starts the daemon by hand.
func (b *town) start(args ...string) {
	b.t.Helper()
	var err error
	b.daemon, err = b.Etamild(b.binary, "app", b.app, append([]string{"--control", b.control}, args...)...)
	if err != nil {
		b.t.Fatal(err)
	}
	b.log = b.daemon.Log
	b.t.Cleanup(func() { killSuccessors(b.log) })
	b.front()
}

// ctl asks the daemon.
func (b *town) ctl(r control.Request) (*control.Reply, error) {
	c, err := control.Dial(b.control)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return c.Send(r)
}

// reload must succeed, or fail with a reason that holds want.
func (b *town) reload(exec bool, want string) *control.Reload {
	b.t.Helper()
	r, err := b.ctl(control.Request{Command: control.CommandReload, Exec: exec})
	switch {
	case err != nil:
		b.t.Fatalf("reload: %v\n%s", err, b.tail())
	case want == "" && r.Reload.Error != "", want != "" && !strings.Contains(r.Reload.Error, want):
		b.t.Fatalf("reload: %+v, want %q\n%s", r.Reload, want, b.tail())
	}
	return r.Reload
}

func (b *town) status() *control.Status {
	b.t.Helper()
	r, err := b.ctl(control.Request{Command: control.CommandStatus})
	if err != nil {
		b.t.Fatalf("status: %v\n%s", err, b.tail())
	}
	return r.Status
}

// tail is the end of the log without access lines.
func (b *town) tail() string {
	text, _ := os.ReadFile(b.log)
	var lines []string
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, `"message":"request"`) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-40):], "")
}

// A load is clients that POST over and over on kept connections.
type load struct {
	b        *town
	stop     chan struct{}
	clients  sync.WaitGroup
	answered atomic.Int64
	turns    []atomic.Int64         // requests of each client that are over, well or not
	last     atomic.Pointer[string] // the generation of the last answer

	mu    sync.Mutex
	sent  map[string]bool // what was answered
	wrong []string
}

func (b *town) load(clients int) *load {
	l := &load{b: b, stop: make(chan struct{}), sent: make(map[string]bool), turns: make([]atomic.Int64, clients)}
	for n := range clients {
		l.clients.Go(func() { l.client(n) })
	}
	b.t.Cleanup(l.end)
	l.more(200)
	return l
}

func (l *load) client(n int) {
	conn, err := net.Dial("tcp", l.b.addr)
	if err != nil {
		l.lose(err.Error())
		return
	}
	defer conn.Close()
	r := bufio.NewReader(conn)
	for i := 0; ; i++ {
		select {
		case <-l.stop:
			return
		default:
		}
		id := strconv.Itoa(n) + "-" + strconv.Itoa(i)
		conn.SetDeadline(time.Now().Add(60 * time.Second))
		fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(id), id)
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			l.lose(id + ": " + err.Error())
			return
		}
		body, err := io.ReadAll(res.Body)
		got, generation, _ := strings.Cut(string(body), " ")
		l.turns[n].Add(1)
		if err != nil || res.StatusCode != 200 || got != id {
			l.lose(fmt.Sprintf("%s: %d %q %v", id, res.StatusCode, body, err))
			continue
		}
		l.mu.Lock()
		l.sent[id] = true
		l.mu.Unlock()
		l.last.Store(&generation)
		l.answered.Add(1)
	}
}

func (l *load) lose(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrong = append(l.wrong, what)
}

// more waits until n more requests were answered.
func (l *load) more(n int64) {
	l.b.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for until := l.answered.Load() + n; l.answered.Load() < until; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.b.t.Fatalf("the load is stuck; wrong: %q\n%s", l.wrong[:min(len(l.wrong), 5)], l.b.tail())
		}
	}
}

// everyone waits until each client has had two more answers, the first of which
// may be to a request that was on its way.
func (l *load) everyone() {
	l.b.t.Helper()
	var until []int64
	for n := range l.turns {
		until = append(until, l.turns[n].Load()+2)
	}
	l.b.until("every client had two answers", func() bool {
		for n := range l.turns {
			if l.turns[n].Load() < until[n] {
				return false
			}
		}
		return true
	})
}

func (l *load) end() {
	select {
	case <-l.stop:
	default:
		close(l.stop)
	}
	l.clients.Wait()
}

// ran returns how often each request ran.
func (l *load) ran() map[string]int {
	l.b.t.Helper()
	text, err := os.ReadFile(filepath.Join(l.b.Dir(), "app.data", "ledger"))
	if err != nil {
		l.b.t.Fatal(err)
	}
	ran := make(map[string]int)
	for id := range strings.Lines(string(text)) {
		ran[strings.TrimSpace(id)]++
	}
	return ran
}

// check ends the load: every request was answered, and ran once.
func (l *load) check() {
	l.b.t.Helper()
	l.end()
	if len(l.wrong) > 0 {
		l.b.t.Errorf("%d of %d requests went wrong: %q\n%s", len(l.wrong), l.answered.Load(), l.wrong[:min(len(l.wrong), 10)], l.b.tail())
	}
	ran := l.ran()
	for id, n := range ran {
		if n != 1 {
			l.b.t.Errorf("%s ran %d times", id, n)
		}
	}
	for id := range l.sent {
		if ran[id] == 0 {
			l.b.t.Errorf("%s was answered and did not run", id)
		}
	}
	if len(ran) != len(l.sent) {
		l.b.t.Errorf("%d requests ran, %d were answered", len(ran), len(l.sent))
	}
	l.b.t.Logf("%d requests", l.answered.Load())
}

func TestReloadsAndHandoversLoseAndRepeatNothing(t *testing.T) {
	b := newTown(t)
	b.start("--ready-timeout", "3s")
	l := b.load(16)
	pid := b.status().PID
	for i := range 10 {
		b.serve("program" + strconv.Itoa(i))
		if r := b.reload(false, ""); r.PID != 0 || r.Generation != int64(i+2) {
			t.Fatalf("%+v", r)
		}
		l.more(50)
		if got := *l.last.Load(); got != "program"+strconv.Itoa(i) {
			t.Errorf("generation %s serves", got)
		}
	}
	for i := range 5 {
		b.serve("process" + strconv.Itoa(i))
		if i == 2 {
			b.install()
		}
		r := b.reload(i != 2, "")
		if r.PID == 0 || r.PID == pid {
			t.Fatalf("%+v", r)
		}
		l.more(50)
		if got := *l.last.Load(); got != "process"+strconv.Itoa(i) {
			t.Errorf("generation %s serves", got)
		}
		if pid = b.status().PID; pid != r.PID {
			t.Errorf("process %d serves, not %d", pid, r.PID)
		}
	}
	<-b.daemon.Exited

	// What is wrong changes nothing.
	if err := os.WriteFile(b.app, []byte(`அச்சு`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, exec := range []bool{false, true} {
		if r := b.reload(exec, "ET1011"); len(r.Diagnostics) != 1 || !strings.Contains(r.Diagnostics[0].Text, "^") || !json.Valid(r.Diagnostics[0].Machine) {
			t.Errorf("exec %v: %+v", exec, r)
		}
	}
	b.serve("never")
	for _, tt := range []struct {
		content string
		mode    os.FileMode
		want    string
	}{
		{"#!/bin/sh\nkill -SEGV $$\n", 0o755, "the new process ended before it was ready"},
		{"#!/bin/sh\nexit 0\n", 0o755, "the new process ended before it was ready"},
		{"#!/bin/sh\nexit 3\n", 0o755, "the new process ended before it was ready"},
		{"#!/bin/sh\nexec sleep 60\n", 0o755, "was not ready within 3s"},
		{"#!/bin/sh\n", 0o644, "permission denied"},
		{"hello", 0o755, "exec format error"},
		{"", 0o755, "exec format error"},
	} {
		b.replace([]byte(tt.content), tt.mode)
		b.reload(false, tt.want)
		l.more(20)
		if now := b.status(); now.PID != pid || now.Handover != nil || !strings.Contains(now.LastReload.Error, tt.want) {
			t.Errorf("after %q: %+v", tt.content, now)
		}
	}
	if err := os.Remove(b.binary); err != nil {
		t.Fatal(err)
	}
	b.reload(true, "no such file")
	if got := *l.last.Load(); got != "process4" {
		t.Errorf("generation %s serves", got)
	}
	b.install()
	b.serve("last")
	b.reload(false, "")
	l.more(50)
	if got := *l.last.Load(); got != "last" {
		t.Errorf("generation %s serves", got)
	}
	l.check()
}

// alive reports whether a process is there and has not ended.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !bytes.Contains(stat, []byte(") Z ")) // nobody has waited for it
}

// gone waits until a process that is no child of this one has ended.
func (b *town) gone(pid int) {
	b.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); alive(pid); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("process %d does not end\n%s", pid, b.tail())
		}
	}
}

// slow sends a request that runs until the gate opens, and returns when all of
// them run.
func (b *town) slow(id string, all int) <-chan string {
	b.t.Helper()
	answer := make(chan string, 1)
	go func() {
		res, err := http.Post("http://"+b.addr+"/slow", "", strings.NewReader(id))
		if err != nil {
			answer <- err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		answer <- strconv.Itoa(res.StatusCode) + " " + string(body)
	}()
	b.until("the request runs", func() bool {
		s := b.status()
		running := 0
		for _, r := range s.Requests {
			if r.Route == "/slow" && r.State == "running" {
				running++
			}
		}
		// nginx may have sent it to either.
		if s.Handover != nil && s.Handover.Role == "old" {
			running += s.Handover.InFlight
		}
		return running >= all
	})
	return answer
}

func (b *town) until(what string, done func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("never: %s\n%s", what, b.tail())
		}
	}
}

// handing begins a handover that waits for a running request, and returns the
// number of the new process.
func (b *town) handing(outcome chan<- *control.Reload) int {
	b.t.Helper()
	old := b.status().PID
	go func() {
		r, err := b.ctl(control.Request{Command: control.CommandReload, Exec: true})
		if err != nil {
			outcome <- &control.Reload{Error: err.Error()}
			return
		}
		outcome <- r.Reload
	}()
	pid := 0
	b.until("the new process serves", func() bool {
		pid = b.status().PID
		return pid != old
	})
	return pid
}

func TestReloadDuringAHandoverIsRefused(t *testing.T) {
	gate, release, end := newGate()
	defer end()
	t.Setenv("GATE", gate)
	b := newTown(t)
	b.start()
	l := b.load(4)
	answer := b.slow("x", 1)
	old := b.status().PID
	outcome := make(chan *control.Reload, 1)
	pid := b.handing(outcome)
	b.reload(false, fmt.Sprintf("the process before this one, %d, has not finished yet", old))
	b.until("it is known how many requests are left", func() bool {
		h := b.status().Handover
		return h != nil && h.PID == old && h.Role == "old" && h.InFlight > 0
	})
	l.more(50)
	release()
	if r := <-outcome; r.Error != "" || r.PID != pid {
		t.Errorf("%+v", r)
	}
	if got := <-answer; got != "200 x first" {
		t.Errorf("answer %q", got)
	}
	b.gone(old)
	b.until("it is the main process", func() bool { return b.status().Handover == nil })
	b.reload(false, "")
	l.mu.Lock()
	l.sent["x"] = true
	l.mu.Unlock()
	l.check()
}

func TestTwoReloadsAtOnceBothSucceed(t *testing.T) {
	b := newTown(t)
	b.start()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if r, err := b.ctl(control.Request{Command: control.CommandReload}); err != nil || r.Reload.Error != "" {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
	all.Wait()
	if got := b.status().Generation; got != 5 {
		t.Errorf("generation %d", got)
	}
}

func TestNewProcessThatDiesDuringAHandover(t *testing.T) {
	gate, release, end := newGate()
	defer end()
	t.Setenv("GATE", gate)
	b := newTown(t)
	b.start()
	answer := b.slow("x", 1)
	old := b.status().PID
	outcome := make(chan *control.Reload, 1)
	pid := b.handing(outcome)
	syscall.Kill(pid, syscall.SIGKILL)
	r := <-outcome
	if want := "the new process ended while it took over"; r.Error != want {
		t.Errorf("%+v, want %q", r, want)
	}
	s := b.status()
	if s.PID != old || s.Handover != nil || s.LastReload == nil || s.LastReload.Error != r.Error {
		t.Errorf("%+v", s)
	}
	l := b.load(4)
	l.more(50)
	release()
	if got := <-answer; got != "200 x first" {
		t.Errorf("answer %q", got)
	}
	b.reload(true, "")
	l.more(50)
	l.mu.Lock()
	l.sent["x"] = true
	l.mu.Unlock()
	l.check()
}

func TestSIGTERMDuringAHandoverEndsBothAfterTheirAnswers(t *testing.T) {
	for _, who := range []string{"old", "new"} {
		t.Run(who, func(t *testing.T) {
			gate, release, end := newGate()
			defer end()
			t.Setenv("GATE", gate)
			b := newTown(t)
			b.start()
			answer := b.slow("x", 1)
			old := b.status().PID
			outcome := make(chan *control.Reload, 1)
			pid := b.handing(outcome)
			answer2 := b.slow("y", 2)
			to := old
			if who == "new" {
				to = pid
			}
			syscall.Kill(to, syscall.SIGTERM)
			b.until("both drain", func() bool {
				text, _ := os.ReadFile(b.log)
				return bytes.Count(text, []byte(`"message":"draining"`)) == 2
			})
			release()
			for _, a := range []<-chan string{answer, answer2} {
				if got := <-a; !strings.HasPrefix(got, "200 ") {
					t.Errorf("answer %q", got)
				}
			}
			if r := <-outcome; !strings.Contains(r.Error, "stopping") {
				t.Errorf("%+v", r)
			}
			select {
			case <-b.daemon.Exited:
			case <-time.After(30 * time.Second):
				t.Fatalf("the old process does not end\n%s", b.tail())
			}
			if how, _, _ := strings.Cut(b.daemon.Failure().Error(), "\n"); how != "app ended" {
				t.Errorf("the old process: %s", how)
			}
			if alive(pid) {
				t.Error("the new process lives longer than the old, main one")
			}
			for _, path := range []string{b.Socket("app"), b.control} {
				if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("%s: %v", path, err)
				}
			}
		})
	}
}

func TestSIGTERMWhileANewProcessStartsEndsIt(t *testing.T) {
	b := newTown(t)
	b.start()
	b.replace([]byte("#!/bin/sh\necho $$ > "+filepath.Join(b.Dir(), "pid")+"\nexec sleep 60\n"), 0o755)
	outcome := make(chan *control.Reload, 1)
	go func() {
		r, err := b.ctl(control.Request{Command: control.CommandReload})
		if err != nil {
			outcome <- &control.Reload{Error: err.Error()}
			return
		}
		outcome <- r.Reload
	}()
	pid := 0
	b.until("it is started", func() bool {
		text, _ := os.ReadFile(filepath.Join(b.Dir(), "pid"))
		pid, _ = strconv.Atoi(strings.TrimSpace(string(text)))
		return pid > 0
	})
	syscall.Kill(b.daemon.PID(), syscall.SIGTERM)
	if r := <-outcome; !strings.Contains(r.Error, "the daemon is stopping") {
		t.Errorf("%+v", r)
	}
	<-b.daemon.Exited
	b.gone(pid)
}

func TestOldProcessThatDiesDuringAHandover(t *testing.T) {
	gate, release, end := newGate()
	defer end()
	t.Setenv("GATE", gate)
	b := newTown(t)
	b.start()
	answer := b.slow("x", 1)
	old := b.status().PID
	outcome := make(chan *control.Reload, 1)
	pid := b.handing(outcome)
	syscall.Kill(old, syscall.SIGKILL)
	<-outcome
	if got := <-answer; !strings.HasPrefix(got, "502 ") {
		t.Errorf("answer %q", got)
	}
	release()
	b.until("it is alone", func() bool { s := b.status(); return s.PID == pid && s.Handover == nil })
	l := b.load(4)
	l.more(50)
	b.reload(false, "")
	l.check()
}

func TestTokensStayValidOverAHandover(t *testing.T) {
	b := newTown(t)
	program := `
வழி பெறு, "/" { பதில் 200, சீட்டு_ஆக்கு("{}", 100); }
வழி பதி, "/" { பதில் 200, சரியா(சீட்டு_சரிபார்(request_body)); }
`
	if err := os.WriteFile(b.app, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	b.start()
	ask := func(method, body string) string {
		t.Helper()
		req, err := http.NewRequest(method, "http://"+b.addr+"/", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		return string(text)
	}
	token := ask("GET", "")
	if got := ask("POST", token); got != "true" {
		t.Fatalf("before: %s", got)
	}
	b.reload(true, "")
	if got := ask("POST", token); got != "true" {
		t.Errorf("after a handover: %s", got)
	}
	b.reload(true, "")
	if got := ask("POST", token); got != "true" {
		t.Errorf("after two: %s", got)
	}
	for range 2 { // and no program asks for the key in between
		b.reload(true, "")
	}
	if got := ask("POST", token); got != "true" {
		t.Errorf("after four: %s", got)
	}
}

func TestTimersKeepTheirTimesOverHandovers(t *testing.T) {
	b := newTown(t)
	if err := os.WriteFile(b.app, []byte(ledger+`இடைவெளி 1 { கோப்பு_எழுது "ticks", "x"; }`), 0o600); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	b.start()
	ticks := func() int {
		text, _ := os.ReadFile(filepath.Join(b.Dir(), "app.data", "ticks"))
		return bytes.Count(text, []byte("\n"))
	}
	// Handovers more often than the interval do not put a run off.
	for time.Since(start) < 3500*time.Millisecond {
		b.reload(true, "")
		time.Sleep(300 * time.Millisecond)
	}
	if n := ticks(); n < 2 || n > 4 {
		t.Errorf("%d runs in 3.5 s of a timer of 1 s\n%s", n, b.tail())
	}
}

// scraped reports whether the metrics are told at an address of a setting.
func scraped(t *testing.T, address string) bool {
	t.Helper()
	network := "tcp"
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		network, address = "unix", path
	}
	c, err := net.Dial(network, address)
	if err != nil {
		return false
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(30 * time.Second))
	fmt.Fprint(c, "GET /metrics HTTP/1.0\r\nHost: x\r\n\r\n")
	text, err := io.ReadAll(c)
	return err == nil && bytes.Contains(text, []byte("\netamil_generation 1\n"))
}

func TestReloadMovesTheMetricsToAChangedAddress(t *testing.T) {
	b := newTown(t)
	file := filepath.Join(b.Dir(), "etamild.toml")
	configure := func(metrics string) {
		t.Helper()
		if err := os.WriteFile(file, []byte("metrics = \""+metrics+"\"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	address := func() string {
		t.Helper()
		a, err := stand.FreeAddress()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	occupied, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer occupied.Close()

	before := "unix:" + b.Socket("metrics")
	configure(before)
	b.start("--config", file)
	l := b.load(4)
	for _, tt := range []struct{ why, metrics, refused string }{
		{"from a Unix socket to a port", address(), ""},
		{"to another port", address(), ""},
		{"to one in use", occupied.Addr().String(), "address already in use"},
		{"to a Unix socket", "unix:" + b.Socket("other"), ""},
		{"to nothing", "off", ""},
		{"from nothing", address(), ""},
	} {
		t.Run(tt.why, func(t *testing.T) {
			if before != "off" && !scraped(t, before) {
				t.Fatalf("nothing is told at %s\n%s", before, b.tail())
			}
			configure(tt.metrics)
			r := b.reload(false, tt.refused)
			if tt.refused != "" {
				if !scraped(t, before) {
					t.Errorf("after a reload that failed nothing is told at %s", before)
				}
				return
			}
			if r.PID == 0 || len(r.Changed) != 1 || r.Changed[0] != "metrics" {
				t.Errorf("%+v", r)
			}
			b.until("the old process has ended", func() bool { return b.status().Handover == nil && (before == "off" || !scraped(t, before)) })
			if path, ok := strings.CutPrefix(before, "unix:"); ok {
				if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("the socket file is left: %v", err)
				}
			}
			if tt.metrics != "off" && !scraped(t, tt.metrics) {
				t.Errorf("nothing is told at %s\n%s", tt.metrics, b.tail())
			}
			before = tt.metrics
		})
	}
	l.check()
}

// successors returns the daemons of this program that run now and are not among
// known. A process that a handover starts is a child of this one: see package
// handover.
func (b *town) successors(known ...int) (all []int) {
	b.t.Helper()
	threads, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil || len(threads) == 0 {
		b.t.Fatalf("the kernel lists no children: %v", err)
	}
	for _, name := range threads {
		text, _ := os.ReadFile(name) // the thread may be gone
		for word := range strings.FieldsSeq(string(text)) {
			pid, err := strconv.Atoi(word)
			line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
			if err == nil && !slices.Contains(known, pid) && alive(pid) && bytes.Contains(line, []byte("\x00"+b.app+"\x00")) {
				all = append(all, pid)
			}
		}
	}
	return all
}

// wrongSoFar returns how many requests of the load went wrong.
func (l *load) wrongSoFar() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.wrong)
}

func TestKillingTheOldProcessAtAnyMomentLeavesTheNewOneOrNone(t *testing.T) {
	const rounds = 15
	gate, release, end := newGate()
	defer end()
	t.Setenv("GATE", gate)
	b := newTown(t)
	b.start()
	random := rand.New(rand.NewPCG(3, 4))
	// The kills come at any moment of the time that a new process takes here.
	start := time.Now()
	if _, err := b.ctl(control.Request{Command: control.CommandReload, Exec: true}); err != nil {
		t.Fatal(err)
	}
	takes := time.Since(start)
	var none, left int
	for range rounds {
		old := b.status().PID
		answer := b.slow("x", 1) // keeps the old process
		outcome := make(chan error, 1)
		go func() {
			_, err := b.ctl(control.Request{Command: control.CommandReload, Exec: true})
			outcome <- err
		}()
		var next []int
		b.until("a new process is started", func() bool { next = b.successors(old); return len(next) > 0 })
		time.Sleep(time.Duration(random.Int64N(int64(2 * takes))))
		syscall.Kill(old, syscall.SIGKILL)
		if err := <-outcome; err == nil {
			t.Error("a reload was answered by a process that was killed")
		}
		if got := <-answer; !strings.HasPrefix(got, "502 ") {
			t.Errorf("answer %q", got)
		}
		// It goes on alone when it served by then, and else it ends.
		b.until("the new process is alone", func() bool {
			if !alive(next[0]) {
				return true
			}
			c, err := control.Dial(b.control)
			if err != nil {
				return false
			}
			defer c.Close()
			r, err := c.Ask(control.CommandStatus)
			return err == nil && r.Status.PID == next[0] && r.Status.Handover == nil
		})
		if alive(next[0]) {
			left++
		} else {
			none++
			for _, pid := range b.successors() {
				t.Errorf("process %d is left", pid)
			}
			b.End(b.daemon) // which was killed
			var err error
			if b.daemon, err = b.Etamild(b.binary, "app", b.app, "--control", b.control); err != nil { // as a manager does
				t.Fatal(err)
			}
			b.until("it serves again", func() bool { c, err := control.Dial(b.control); return err == nil && c.Close() == nil })
		}
		res, err := http.Get("http://" + b.addr + "/")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 200 {
			t.Errorf("afterwards: %s", res.Status)
		}
	}
	t.Logf("of %d new processes %d went on alone and %d had not begun and ended", rounds, left, none)
	if left == 0 {
		t.Error("the kills came too early")
	}
	release()
}

func TestKillingTheNewProcessAtAnyMomentLosesNoMoreThanItHeld(t *testing.T) {
	const clients, rounds = 32, 40
	gate, release, end := newGate()
	defer end()
	t.Setenv("GATE", gate)
	b := newTown(t)
	b.start()
	// The kills come within twice the time that a new process takes here.
	begin := time.Now()
	if _, err := b.ctl(control.Request{Command: control.CommandReload, Exec: true}); err != nil {
		t.Fatal(err)
	}
	window := 2 * time.Since(begin)
	// As long as this one runs the old process is the main one.
	answer := b.slow("x", 1)
	l := b.load(clients)
	pid := b.status().PID
	random := rand.New(rand.NewPCG(1, 2))
	var early, late, lost, worst int // kills, and what they cost
	var again []time.Duration        // from a kill to the next answer
	for range rounds {
		before := l.wrongSoFar()
		outcome := make(chan *control.Reload, 1)
		go func() {
			r, err := b.ctl(control.Request{Command: control.CommandReload, Exec: true})
			if err != nil {
				r = &control.Reply{Reload: &control.Reload{Error: err.Error()}}
			}
			outcome <- r.Reload
		}()
		var next []int
		b.until("a new process is started", func() bool { next = b.successors(pid); return len(next) > 0 })
		time.Sleep(time.Duration(random.Int64N(int64(window))))
		syscall.Kill(next[0], syscall.SIGKILL)
		killed := time.Now()
		r := <-outcome
		l.more(1)
		again = append(again, time.Since(killed))
		l.everyone()
		cost := l.wrongSoFar() - before
		switch {
		case strings.Contains(r.Error, "before it was ready"):
			early++
			if cost > 0 {
				t.Errorf("a process that served nothing cost %d requests", cost)
			}
		case strings.Contains(r.Error, "while it took over"):
			late++
			// Each had one at most, and nginx may have given the next one a
			// connection of which it did not yet know that it was closed.
			if cost > 2*clients {
				t.Errorf("%d requests of %d clients were lost", cost, clients)
			}
		default:
			t.Errorf("%+v", r)
		}
		lost += cost
		worst = max(worst, cost)
		if s := b.status(); s.PID != pid || s.Handover != nil {
			t.Errorf("%+v", s)
		}
	}
	t.Logf("%d kills before the new process served cost nothing; %d while it took over cost %d of %d requests, at most %d of %d clients at once",
		early, late, lost, l.answered.Load(), worst, clients)
	if early == 0 || late == 0 {
		t.Error("the kills did not come at different moments")
	}
	if slices.Max(again) > 5*time.Second {
		t.Errorf("answering again after %v", again)
	}
	release()
	if got := <-answer; got != "200 x first" {
		t.Errorf("answer %q", got)
	}
	l.end()
	l.sent["x"] = true
	ran := l.ran()
	for id, n := range ran {
		if n != 1 {
			t.Errorf("%s ran %d times", id, n)
		}
	}
	for id := range l.sent {
		if ran[id] == 0 {
			t.Errorf("%s was answered and did not run", id)
		}
	}
	for _, what := range l.wrong {
		if _, how, _ := strings.Cut(what, ": "); !strings.HasPrefix(how, "502 ") {
			t.Errorf("lost in another way than nginx tells of: %s", what)
		}
	}
}
