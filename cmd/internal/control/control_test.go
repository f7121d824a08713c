package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
)

type fakeDaemon struct {
	refusal error
	drained chan struct{}
	panics  bool
	asked   atomic.Int64
	level   string
	atOnce  func() // what draining does
}

func (d *fakeDaemon) Status() *Status {
	d.asked.Add(1)
	if d.panics {
		panic("out of order")
	}
	return &Status{Version: "1.2.3", PID: 7, Program: "app.qmz", Requests: []Pending{{Route: "/x", State: "running", Age: 1.5}}}
}

func (d *fakeDaemon) Reload(ctx context.Context, r Request) *Reload {
	if d.refusal != nil {
		return &Reload{Error: d.refusal.Error(), Diagnostics: []Diagnostic{{Text: "a\nb"}}}
	}
	if r.Exec {
		<-ctx.Done()
		close(d.drained)
	}
	return &Reload{Generation: 2}
}

func (d *fakeDaemon) Profile(ctx context.Context, length time.Duration) (*Profile, error) {
	if d.refusal != nil {
		return nil, d.refusal
	}
	if length > time.Minute { // until whoever asked is gone
		<-ctx.Done()
		close(d.drained)
	}
	return &Profile{Seconds: length.Seconds(), Samples: 3, Pprof: []byte{0x1f, 0x8b}}, nil
}

func (d *fakeDaemon) SetLogLevel(level string) error {
	if d.refusal == nil {
		d.level = level
	}
	return d.refusal
}

func (d *fakeDaemon) Drain() error {
	if d.atOnce != nil {
		d.atOnce()
	}
	if d.refusal == nil {
		close(d.drained)
	}
	return d.refusal
}

// listening serves a control socket and returns its path.
func listening(t *testing.T, s *Server) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "control") // a short path
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "c")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		s.Serve(l)
	}()
	t.Cleanup(func() {
		l.Close()
		<-over
		os.RemoveAll(dir)
	})
	return path
}

// say sends text and returns the answer.
func say(t *testing.T, path, text string) *Reply {
	t.Helper()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	// A daemon that refuses who is asking does not wait for what.
	if _, err := io.WriteString(c, text); err != nil && !errors.Is(err, syscall.EPIPE) {
		t.Fatal(err)
	}
	c.(*net.UnixConn).CloseWrite()
	line, err := bufio.NewReader(c).ReadBytes('\n')
	if err != nil {
		t.Fatalf("%.40q: %v", text, err)
	}
	var r Reply
	if err := json.Unmarshal(line, &r); err != nil {
		t.Fatalf("%.40q: %q: %v", text, line, err)
	}
	return &r
}

func TestStatusIsAskedAndAnswered(t *testing.T) {
	path := listening(t, NewServer(&fakeDaemon{}, zerolog.Nop()))
	c, err := Dial(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r, err := c.Ask(CommandStatus)
	if err != nil || r.Status == nil || r.Status.Program != "app.qmz" || len(r.Status.Requests) != 1 || r.Status.Requests[0].Age != 1.5 {
		t.Fatalf("%+v, %v", r, err)
	}
}

func TestRubbishIsRefusedInASentence(t *testing.T) {
	d := &fakeDaemon{}
	path := listening(t, NewServer(d, zerolog.Nop()))
	for _, tt := range []struct{ text, want string }{
		{"", "closed without a request"},
		{"\n", "no request of the control protocol"},
		{"GET / HTTP/1.1\r\n\r\n", "no request of the control protocol"},
		{"{}\n", "no request of the control protocol"},
		{`{"etamild":1,"command":"status"}`, "no request of the control protocol"}, // the line has no end
		{"[1]\n", "no request of the control protocol"},
		{`{"etamild":"1","command":"status"}` + "\n", "no request of the control protocol"},
		{`{"etamild":2,"command":"status"}` + "\n", "version 2 of the control protocol is not known"},
		{`{"etamild":1,"command":"stats"}` + "\n", "did you mean 'status'?"},
		{`{"etamild":1,"command":"profile"}` + "\n", "a profile takes more than 0"},
		{`{"etamild":1,"command":"` + strings.Repeat("x", 3000) + `"}` + "\n", "there is no command 'xxx"},
		{strings.Repeat("\x00", maxLine+1000), "no request of the control protocol"},
		{"\xff\xfe\n", "no request of the control protocol"},
	} {
		if r := say(t, path, tt.text); r.OK || r.Version != Version || !strings.Contains(r.Error, tt.want) {
			t.Errorf("%.40q: %+v, want %q", tt.text, r, tt.want)
		}
	}
	if d.asked.Load() != 0 {
		t.Error("rubbish reached the daemon")
	}
}

func TestSilenceEndsAfterAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewServer(&fakeDaemon{}, zerolog.Nop())
		here, there := net.Pipe()
		go func() {
			there.SetDeadline(time.Now().Add(patience))
			if _, err := readRequest(there); err == nil || !strings.Contains(err.Error(), "within 5s") {
				t.Errorf("silence: %v", err)
			}
			there.Close()
		}()
		io.ReadAll(here)
		if err := s.permitted(here); err == nil {
			t.Error("a connection that is no Unix socket is permitted")
		}
	})
}

func TestOnlyTheOwnUserAndRootMayAsk(t *testing.T) {
	s := NewServer(&fakeDaemon{}, zerolog.Nop())
	s.uid++
	if os.Geteuid() == 0 {
		s.root = -1 // somebody else plays root
	}
	if r := say(t, listening(t, s), `{"etamild":1,"command":"status"}`+"\n"); r.OK || !strings.Contains(r.Error, "may not control this daemon") {
		t.Errorf("%+v", r)
	}
}

func TestPanicsEndTheConnectionOnly(t *testing.T) {
	d := &fakeDaemon{panics: true}
	path := listening(t, NewServer(d, zerolog.Nop()))
	c, err := Dial(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Ask(CommandStatus); err == nil || !strings.Contains(err.Error(), "closed the connection without an answer") {
		t.Errorf("%v", err)
	}
	if r := say(t, path, "\n"); r.OK {
		t.Errorf("%+v", r)
	}
}

func TestTooManyConnectionsAreRefusedAtOnce(t *testing.T) {
	path := listening(t, NewServer(&fakeDaemon{}, zerolog.Nop()))
	var silent []net.Conn
	defer func() {
		for _, c := range silent {
			c.Close()
		}
	}()
	for range maxTalks + 1 {
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		silent = append(silent, c)
	}
	// They are accepted in order, so the last is the one too many.
	line, err := bufio.NewReader(silent[maxTalks]).ReadString('\n')
	if err != nil || !strings.Contains(line, "too many control connections") {
		t.Errorf("%q, %v", line, err)
	}
	// The first places that become free serve again.
	for _, c := range silent {
		c.Close()
	}
	silent = nil
	for {
		if r := say(t, path, `{"etamild":1,"command":"status"}`+"\n"); r.OK {
			break
		} else if !strings.Contains(r.Error, "too many") {
			t.Fatalf("%+v", r)
		}
	}
}

func TestDrainTellsItsEndWhenTheConnectionCloses(t *testing.T) {
	d := &fakeDaemon{drained: make(chan struct{})}
	s := NewServer(d, zerolog.Nop())
	path := listening(t, s)
	c, err := Dial(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r, err := c.Ask(CommandDrain)
	if err != nil || !r.Draining || r.Ended != nil {
		t.Fatalf("%+v, %v", r, err)
	}
	<-d.drained
	for { // until the connection is kept
		s.mu.Lock()
		n := len(s.waiting)
		s.mu.Unlock()
		if n == 1 {
			break
		}
	}
	s.Finish(Ended{Seconds: 1.5, Cancelled: 2, Dropped: 1})
	s.waiting[0].Close() // as the end of the process does
	c.process = -1       // which is this one
	if e := c.Await(); e == nil || *e != (Ended{Seconds: 1.5, Cancelled: 2, Dropped: 1}) {
		t.Errorf("%+v", e)
	}
}

func TestDrainThatIsFasterThanItsFirstAnswerTellsItsEndToo(t *testing.T) {
	d := &fakeDaemon{drained: make(chan struct{})}
	s := NewServer(d, zerolog.Nop())
	d.atOnce = func() { s.Finish(Ended{Seconds: 0.1}) }
	c, err := Dial(listening(t, s))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if r, err := c.Ask(CommandDrain); err != nil || !r.Draining {
		t.Fatalf("%+v, %v", r, err)
	}
	if r, err := c.next(); err != nil || r.Ended == nil || r.Ended.Seconds != 0.1 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestRefusedDrainIsAnError(t *testing.T) {
	path := listening(t, NewServer(&fakeDaemon{refusal: errors.New("use systemctl stop x")}, zerolog.Nop()))
	c, err := Dial(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Ask(CommandDrain); err == nil || err.Error() != "use systemctl stop x" {
		t.Errorf("%v", err)
	}
}

func TestProfileIsAnsweredWhenItIsTaken(t *testing.T) {
	d := &fakeDaemon{drained: make(chan struct{})}
	path := listening(t, NewServer(d, zerolog.Nop()))
	ask := func(seconds float64) (*Reply, error) {
		c, err := Dial(path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.Send(Request{Command: CommandProfile, Seconds: seconds})
	}
	if r, err := ask(0.5); err != nil || r.Profile.Seconds != 0.5 || r.Profile.Samples != 3 || string(r.Profile.Pprof) != "\x1f\x8b" {
		t.Errorf("%+v, %v", r, err)
	}
	for _, seconds := range []float64{0, -1, MaxProfile + 1} {
		if r, err := ask(seconds); err == nil || !strings.Contains(err.Error(), "more than 0 and at most 600 seconds") {
			t.Errorf("%v s: %+v, %v", seconds, r, err)
		}
	}
	d.refusal = errors.New("busy")
	if r, err := ask(1); err == nil || err.Error() != "busy" {
		t.Errorf("%+v, %v", r, err)
	}
	// Whoever asked may go away.
	d.refusal = nil
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	c.Write([]byte(`{"etamild":1,"command":"profile","seconds":600}` + "\n"))
	c.Close()
	<-d.drained
}

func TestReloadIsAnsweredWithItsOutcome(t *testing.T) {
	d := &fakeDaemon{drained: make(chan struct{})}
	path := listening(t, NewServer(d, zerolog.Nop()))
	ask := func(r Request) *Reply {
		c, err := Dial(path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		reply, err := c.Send(r)
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	if r := ask(Request{Command: CommandReload}); !r.OK || r.Reload.Generation != 2 {
		t.Errorf("%+v", r)
	}
	d.refusal = errors.New("the program is wrong")
	if r := ask(Request{Command: CommandReload}); r.OK || r.Reload.Error != "the program is wrong" || len(r.Reload.Diagnostics) != 1 {
		t.Errorf("%+v", r)
	}
	// Whoever asked may go away.
	d.refusal = nil
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	c.Write([]byte(`{"etamild":1,"command":"reload","exec":true}` + "\n"))
	c.Close()
	<-d.drained
}

func TestPausedServerLeavesConnectionsInTheQueue(t *testing.T) {
	s := NewServer(&fakeDaemon{}, zerolog.Nop())
	path := listening(t, s)
	status := `{"etamild":1,"command":"status"}` + "\n"
	if r := say(t, path, status); !r.OK {
		t.Errorf("%+v", r)
	}
	s.Pause()
	s.Pause()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Write([]byte(status))
	c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("paused: %v", err)
	}
	s.Resume()
	s.Resume()
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := c.Read(make([]byte, 1)); err != nil {
		t.Errorf("resumed: %v", err)
	}
}

func TestLogLevelIsSetOrRefused(t *testing.T) {
	d := &fakeDaemon{}
	path := listening(t, NewServer(d, zerolog.Nop()))
	if r := say(t, path, `{"etamild":1,"command":"log-level","level":"debug"}`+"\n"); !r.OK || d.level != "debug" {
		t.Errorf("%+v, level %q", r, d.level)
	}
	d.refusal = errors.New("no such level")
	if r := say(t, path, `{"etamild":1,"command":"log-level"}`+"\n"); r.OK || r.Error != "no such level" {
		t.Errorf("%+v", r)
	}
}

func TestAnswersOfSomethingElseAreNotBelieved(t *testing.T) {
	for _, tt := range []struct{ answer, want string }{
		{"HTTP/1.1 400 Bad Request\r\n", "no etamild"},
		{"{}\n", "no etamild"},
		{`{"etamild":9,"ok":true}` + "\n", "speaks version 9"},
		{"", "without an answer"},
	} {
		here, there := net.Pipe()
		go func() {
			bufio.NewReader(there).ReadString('\n')
			io.WriteString(there, tt.answer)
			there.Close()
		}()
		c := &Client{conn: here, in: bufio.NewReader(here), process: -1}
		if _, err := c.Ask(CommandStatus); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v", tt.answer, err)
		}
		c.Close()
	}
}

func FuzzReadRequest(f *testing.F) {
	f.Add([]byte(`{"etamild":1,"command":"status"}` + "\n"))
	f.Add([]byte("GET / HTTP/1.1\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		here, there := net.Pipe()
		go func() {
			there.Write(data)
			there.Close()
		}()
		defer here.Close()
		r, err := readRequest(here)
		if err == nil && (r.Version == 0 || r.Command == "") {
			t.Fatalf("%q: %+v", data, r)
		}
		if err != nil && (err.Error() == "" || strings.Contains(err.Error(), "\n")) {
			t.Fatalf("%q: %q is no sentence", data, err)
		}
	})
}
