package main

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"etamil/cmd/internal/control"
	"etamil/fcgi"
	"etamil/fcgi/fcgitest"
)

// A said is one message of a recorded handover: testdata/previous/README.txt.
type said struct {
	by    string // old, new
	files []string
	text  string
}

// recorded reads a recording.
func recorded(name string) (all []said, err error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		var m said
		m.by, m.text, _ = strings.Cut(strings.TrimSpace(line), " ")
		if rest, ok := strings.CutPrefix(m.text, "("); ok {
			names, rest, _ := strings.Cut(rest, ") ")
			m.files, m.text = strings.Fields(names), rest
		}
		all = append(all, m)
	}
	return all, nil
}

func (m *said) kind() string {
	var k struct{ Kind string }
	json.Unmarshal([]byte(unknown.Replace(m.text)), &k) // what cannot be read is of no kind
	return k.Kind
}

// A player is one side of a recorded handover, which talks to today's daemon.
type player struct {
	as    string
	fd    int               // of the pair of sockets
	names map[string]string // what stands for $NAME in its messages
	files map[string]int    // to go along, by name
	got   map[string][]int  // those that came
	n     []uint64          // numbers that came and are to be answered
}

func (p *player) fill(text string) string {
	return os.Expand(text, func(name string) string {
		value, ok := p.names[name]
		if !ok {
			return "$" + name
		}
		return value
	})
}

// play plays its part of the recording: what it says is sent as it is written,
// once the other has said what it said before that then; which must hold all
// that it held. The other may be faster than it was.
func (p *player) play(all []said) error {
	unix.SetNonblock(p.fd, false)
	unix.SetsockoptTimeval(p.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 30})
	all = slices.Clone(all)
	for len(all) > 0 {
		var err error
		switch {
		case all[0].by == p.as:
			if err = p.send(all[0]); err != nil {
				err = fmt.Errorf("send %s: %w", all[0].kind(), err)
			}
			all = all[1:]
		case all[0].kind() == "status": // comes each second, if there is one
			all = all[1:]
		default:
			all, err = p.hear(all)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *player) send(m said) error {
	var fds []int
	for _, name := range m.files {
		fds = append(fds, p.files[name])
	}
	text := p.fill(m.text)
	if m.kind() == "took" {
		text = fmt.Sprintf(`{"etamild_handover":1,"kind":"took","n":%d}`, p.n[0])
		p.n = p.n[1:]
	}
	return unix.Sendmsg(p.fd, []byte(text), unix.UnixRights(fds...), nil, 0)
}

// hear takes the next message of the other side, and returns what is left.
func (p *player) hear(all []said) ([]said, error) {
	buf, rights := make([]byte, 128<<10), make([]byte, unix.CmsgSpace(4*253))
	n, rn, _, _, err := unix.Recvmsg(p.fd, buf, rights, unix.MSG_CMSG_CLOEXEC)
	switch {
	case err == unix.EINTR:
		return all, nil
	case err != nil:
		return nil, fmt.Errorf("no message %s: %w", all[0].kind(), err)
	case n == 0:
		return nil, fmt.Errorf("no message %s: %w", all[0].kind(), io.EOF)
	}
	var fds []int
	if messages, err := unix.ParseSocketControlMessage(rights[:rn]); err == nil && len(messages) > 0 {
		fds, _ = unix.ParseUnixRights(&messages[0])
	}
	var got map[string]any
	if err := json.Unmarshal(buf[:n], &got); err != nil {
		return nil, fmt.Errorf("what came is no JSON: %s", buf[:n])
	}
	at := slices.IndexFunc(all, func(m said) bool { return m.by != p.as && m.kind() == got["kind"] })
	switch {
	case got["kind"] == "status":
		return all, nil
	case at < 0:
		return nil, fmt.Errorf("what came has no place there: %s; expected %s", buf[:n], all[0].text)
	}
	m := all[at]
	var then map[string]any
	if err := json.Unmarshal([]byte(unknown.Replace(m.text)), &then); err != nil {
		return nil, fmt.Errorf("the recording: %w: %s", err, m.text)
	}
	if missing := lacks(got, then); missing != "" {
		return nil, fmt.Errorf("it said %s without what it said then: %s\n%s", m.kind(), missing, m.text)
	}
	if len(fds) != len(m.files) {
		return nil, fmt.Errorf("%d descriptors came with %s, not %d", len(fds), m.kind(), len(m.files))
	}
	for i, name := range m.files {
		p.got[name] = append(p.got[name], fds[i])
	}
	if number, ok := got["n"].(float64); ok {
		p.n = append(p.n, uint64(number))
	}
	return slices.Delete(all, at, at+1), nil
}

// unknown makes JSON of what stands for a number.
var unknown = strings.NewReplacer("$OLD", "0", "$NEW", "0", "$DEVICE", "0", "$INODE_FASTCGI", "0", "$INODE_METRICS", "0", "$INODE_CONTROL", "0")

// lacks returns what of then is not in now, "" when all is. Of what differs
// each time only the kind of value counts.
func lacks(now, then any) string {
	switch then := then.(type) {
	case map[string]any:
		now, ok := now.(map[string]any)
		if !ok {
			return fmt.Sprint(then)
		}
		for name, value := range then {
			switch name {
			case "n", "pid", "device", "inode", "path", "at", "build", "key", "in_flight", "connections", "text":
				if reflect.TypeOf(now[name]) != reflect.TypeOf(value) {
					return name
				}
				continue
			}
			if missing := lacks(now[name], value); missing != "" {
				return name + "." + missing
			}
		}
		return ""
	case []any:
		now, ok := now.([]any)
		if !ok || len(now) != len(then) {
			return fmt.Sprint(then)
		}
		for i := range then {
			if missing := lacks(now[i], then[i]); missing != "" {
				return missing
			}
		}
		return ""
	}
	if now != then {
		return fmt.Sprintf("%v, but %v", then, now)
	}
	return ""
}

// The variables for previousAsNew, which is started as the new process.
const (
	recordingEnv = "PREVIOUS_RECORDING"
	outcomeEnv   = "PREVIOUS_OUTCOME" // a file
)

// previousAsNew is a process that says what a new process of an earlier build
// said, and writes how that went into a file.
func previousAsNew() {
	outcome := "well"
	if err := playNew(); err != nil {
		outcome = err.Error()
	}
	os.WriteFile(os.Getenv(outcomeEnv), []byte(outcome), 0o600)
}

func playNew() error {
	all, err := recorded(os.Getenv(recordingEnv))
	if err != nil {
		return err
	}
	fd, err := strconv.Atoi(os.Getenv("ETAMILD_HANDOVER_FD"))
	if err != nil {
		return err
	}
	p := player{as: "new", fd: fd, names: map[string]string{"NEW": strconv.Itoa(os.Getpid())}, files: map[string]int{}, got: map[string][]int{}}
	// What is given back is what came.
	back := slices.IndexFunc(all, func(m said) bool { return m.by == "new" && len(m.files) > 0 })
	rest := all[len(all):]
	if back >= 0 {
		all, rest = all[:back], all[back:]
	}
	if err := p.play(all); err != nil {
		return err
	}
	for _, name := range []string{"fastcgi", "metrics", "control"} {
		if on, err := unix.GetsockoptInt(p.got[name][0], unix.SOL_SOCKET, unix.SO_ACCEPTCONN); err != nil || on != 1 {
			return fmt.Errorf("%s is no socket that listens: %v", name, err)
		}
	}
	if len(rest) > 0 {
		p.files["conn"] = p.got["conn"][0]
		return p.play(rest)
	}
	for _, conn := range p.got["conn"] { // each moved, open
		if _, err := unix.Write(conn, []byte("moved")); err != nil {
			return err
		}
	}
	return nil
}

// pretend installs a program that plays the new process of a recording. outcome
// waits for how that went.
func (b *town) pretend(recording string) (outcome func() string) {
	b.t.Helper()
	path, err := filepath.Abs(recording)
	if err != nil {
		b.t.Fatal(err)
	}
	player, err := exec.LookPath("previous-etamild")
	if err != nil {
		b.t.Fatal(err)
	}
	file := filepath.Join(b.t.TempDir(), "outcome")
	b.replace(fmt.Appendf(nil, "#!/bin/sh\nexport %s='%s' %s='%s'\nexec '%s'\n", recordingEnv, path, outcomeEnv, file, player), 0o755)
	return func() string {
		b.t.Helper()
		var text []byte
		b.until("the pretended process has ended", func() bool {
			text, err = os.ReadFile(file)
			return err == nil && len(text) > 0
		})
		return string(text)
	}
}

// withToken is a program that uses the key of tokens and a timer.
const withToken = `
வழி பெறு, "/" { பதில் 200, சீட்டு_ஆக்கு("{}", 100); }
வழி பதி, "/" { பதில் 200, சரியா(சீட்டு_சரிபார்(request_body)); }
வழி பதி, "/slow" { r = வலை_பெறு(சூழல்("GATE", ""), {}); பதில் 200, request_body; }
இடைவெளி 1000 { அச்சு "x"; }
`

// ended waits until the daemon that was started by hand has ended as it should.
func (b *town) ended() {
	b.t.Helper()
	select {
	case <-b.daemon.Exited:
	case <-time.After(30 * time.Second):
		b.t.Fatalf("the daemon does not end\n%s", b.tail())
	}
	if how, _, _ := strings.Cut(b.daemon.Failure().Error(), "\n"); how != "app ended" {
		b.t.Errorf("the daemon: %s", how)
	}
}

const recordings = "testdata/previous"

func TestDaemonIsFollowedByTheBuildBefore(t *testing.T) {
	gate, release, end := newGate()
	defer end()
	t.Setenv("GATE", gate)
	idle := func(b *town) *fcgitest.Client {
		t.Helper()
		c, err := fcgitest.Dial(b.Socket("app"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		if r, err := c.Do(fcgitest.Request{Target: "/", Keep: true}); err != nil || r.Status != 200 {
			t.Fatalf("%+v, %v", r, err)
		}
		return c
	}
	started := func(t *testing.T) *town {
		b := newTown(t)
		if err := os.WriteFile(b.app, []byte(withToken), 0o600); err != nil {
			t.Fatal(err)
		}
		var err error
		if b.daemon, err = b.Etamild(b.binary, "app", b.app, "--control", b.control, "--metrics", "unix:"+b.Socket("metrics")); err != nil {
			t.Fatal(err)
		}
		b.log = b.daemon.Log
		b.until("it serves", func() bool { c, err := control.Dial(b.control); return err == nil && c.Close() == nil })
		return b
	}
	t.Run("which takes over", func(t *testing.T) {
		b := started(t)
		clients := []*fcgitest.Client{idle(b), idle(b)}
		outcome := b.pretend(recordings + "/0.1.0-dev-taking-over.txt")
		r, err := b.ctl(control.Request{Command: control.CommandReload})
		if got := outcome(); got != "well" {
			t.Fatalf("%s\n%s", got, b.tail())
		}
		if err != nil || r.Reload.Error != "" || r.Reload.PID == 0 {
			t.Errorf("%+v, %v", r, err)
		}
		for _, c := range clients {
			text := make([]byte, 5)
			if _, err := io.ReadFull(c.Conn, text); err != nil || string(text) != "moved" {
				t.Errorf("%q, %v", text, err)
			}
		}
		b.ended()
	})
	t.Run("which refuses", func(t *testing.T) {
		b := started(t)
		outcome := b.pretend(recordings + "/0.1.0-dev-refusing.txt")
		r := b.reload(false, "app.qmz:1:1: ET1011: expected a value, but the program ended")
		if len(r.Diagnostics) != 1 || !strings.Contains(r.Diagnostics[0].Text, "^~~~") || !json.Valid(r.Diagnostics[0].Machine) {
			t.Errorf("%+v", r)
		}
		if got := outcome(); got != "well" {
			t.Error(got)
		}
		idle(b) // it serves on
	})
	t.Run("to which the signal comes", func(t *testing.T) {
		b := started(t)
		b.front()
		answer := b.slow("x", 1)
		c := idle(b)
		outcome := b.pretend(recordings + "/0.1.0-dev-signal-to-new.txt")
		over := make(chan *control.Reload, 1)
		go func() {
			r, err := b.ctl(control.Request{Command: control.CommandReload})
			if err != nil {
				r = &control.Reply{Reload: &control.Reload{Error: err.Error()}}
			}
			over <- r.Reload
		}()
		if got := outcome(); got != "well" {
			t.Errorf("%s\n%s", got, b.tail())
		}
		release()
		if got := <-answer; got != "200 x" {
			t.Errorf("answer %q", got)
		}
		if r := <-over; !strings.Contains(r.Error, "stopping") {
			t.Errorf("%+v", r)
		}
		b.ended()
		if _, err := c.Conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("the connection that was given back is open: %v", err)
		}
	})
	t.Run("of another version", func(t *testing.T) {
		b := started(t)
		recording := filepath.Join(t.TempDir(), "version")
		if err := os.WriteFile(recording, []byte(`new {"etamild_handover":2,"kind":"hello","build":"9.0.0"}`), 0o600); err != nil {
			t.Fatal(err)
		}
		b.pretend(recording)
		b.reload(false, "version 2 of the handover protocol is not known here; this build speaks version 1")
		idle(b)
	})
}

// signed returns a token that was made with a key in base64.
func signed(t *testing.T, key string) string {
	t.Helper()
	secret, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(fmt.Appendf(nil, `{"exp":%d}`, time.Now().Add(time.Hour).Unix()))
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(text))
	return text + "." + encode(mac.Sum(nil))
}

// A predecessor plays the old process of a recording for a real new one.
type predecessor struct {
	*town
	player
	child *exec.Cmd
	log   bytes.Buffer
	// clients are the other ends of the connections that are moved.
	clients []*fcgitest.Client
}

func newPredecessor(t *testing.T, program string) *predecessor {
	t.Helper()
	p := &predecessor{town: newTown(t)}
	if err := os.WriteFile(p.app, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	p.player = player{as: "old", fd: pair[0], files: map[string]int{}, got: map[string][]int{}, names: map[string]string{
		"OLD": strconv.Itoa(os.Getpid()), "DIR": p.Dir(), "SOON": time.Now().Add(1000 * time.Second).Format(time.RFC3339Nano),
	}}
	t.Cleanup(func() { unix.Close(pair[0]) })
	for name, path := range map[string]string{"FASTCGI": p.Socket("app"), "METRICS": p.Socket("metrics"), "CONTROL": p.control} {
		l, err := fcgi.ListenUnix(path, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		f, facts, err := fcgi.Share(l)
		if err != nil {
			t.Fatal(err)
		}
		fcgi.Disown(l)
		t.Cleanup(func() { l.Close(); f.Close() })
		p.names["DEVICE"] = fmt.Sprint(facts.Device)
		p.names["INODE_"+name] = fmt.Sprint(facts.Inode)
		p.files[strings.ToLower(name)] = int(f.Fd())
	}
	theirs := os.NewFile(uintptr(pair[1]), "handover")
	defer theirs.Close()
	p.child = exec.Command(p.binary, "--program", filepath.Base(p.app), "--socket", p.Socket("app"), "--data", filepath.Join(p.Dir(), "app.data"),
		"--control", p.control, "--metrics", "unix:"+p.Socket("metrics"))
	p.child.Dir = p.Dir()
	p.child.Env = append(os.Environ(), "ETAMILD_HANDOVER_FD=3")
	p.child.ExtraFiles = []*os.File{theirs}
	p.child.Stderr = &p.log
	if err := p.child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.child.Process.Kill()
		p.child.Wait()
	})
	return p
}

// moving makes a connection that conn moves.
func (p *predecessor) moving() {
	p.t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		p.t.Fatal(err)
	}
	f := os.NewFile(uintptr(fds[0]), "client")
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(30 * time.Second))
	p.clients = append(p.clients, fcgitest.NewClient(c))
	p.files["conn"] = fds[1]
}

func (p *predecessor) plays(all []said) {
	p.t.Helper()
	if err := p.play(all); err != nil {
		p.child.Process.Kill()
		p.child.Wait()
		p.t.Fatalf("%v\n%s", err, &p.log)
	}
}

func TestDaemonFollowsTheBuildBefore(t *testing.T) {
	read := func(t *testing.T, name string) []said {
		all, err := recorded(filepath.Join(recordings, name))
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	t.Run("and takes over", func(t *testing.T) {
		p := newPredecessor(t, withToken)
		var key struct{ Facts struct{ Key string } }
		for _, m := range read(t, "0.1.0-dev-taking-over.txt") {
			if m.kind() == "conn" {
				p.moving()
			}
			if m.kind() == "hello" && m.by == "old" {
				if err := json.Unmarshal([]byte(unknown.Replace(m.text)), &key); err != nil {
					t.Fatal(err)
				}
			}
			p.plays([]said{m})
			if m.kind() == "conn" {
				unix.Close(p.files["conn"])
			}
		}
		unix.Shutdown(p.fd, unix.SHUT_RDWR) // the old process ends
		for _, c := range p.clients {
			r, err := c.Do(fcgitest.Request{Method: "POST", Target: "/", Keep: true, Body: []byte(signed(t, key.Facts.Key))})
			if err != nil || r.Status != 200 || string(r.Body) != "true" {
				t.Errorf("%+v, %v", r, err)
			}
		}
		if len(p.clients) != 2 {
			t.Errorf("%d connections moved", len(p.clients))
		}
		if s := p.status(); s.PID != p.child.Process.Pid || s.Handover != nil {
			t.Errorf("%+v", s)
		}
		if !scraped(t, "unix:"+p.Socket("metrics")) {
			t.Error("no metrics")
		}
		p.child.Process.Signal(syscall.SIGTERM)
		if err := p.child.Wait(); err != nil {
			t.Errorf("%v\n%s", err, &p.log)
		}
		for _, path := range []string{p.Socket("app"), p.Socket("metrics"), p.control} {
			if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s is left: %v", path, err)
			}
		}
	})
	t.Run("and refuses", func(t *testing.T) {
		p := newPredecessor(t, "அச்சு")
		p.plays(read(t, "0.1.0-dev-refusing.txt"))
		if err := p.child.Wait(); err == nil {
			t.Error("it ended with status 0")
		}
	})
	t.Run("and has the signal", func(t *testing.T) {
		p := newPredecessor(t, withToken)
		p.moving()
		for _, m := range read(t, "0.1.0-dev-signal-to-new.txt") {
			if m.kind() == "terminate" && m.by == "new" {
				p.child.Process.Signal(syscall.SIGTERM)
			}
			p.plays([]said{m})
		}
		if err := p.child.Wait(); err != nil {
			t.Errorf("%v\n%s", err, &p.log)
		}
	})
	t.Run("of another version", func(t *testing.T) {
		p := newPredecessor(t, withToken)
		p.plays([]said{
			{by: "old", text: `{"etamild_handover":2,"kind":"hello","build":"9.0.0","pid":$OLD}`},
			{by: "new", text: `{"etamild_handover":1,"kind":"failed","reason":"version 2 of the handover protocol is not known here; this build speaks version 1"}`},
		})
		if err := p.child.Wait(); err == nil {
			t.Error("it ended with status 0")
		}
	})
}

// stamped builds the daemon as a release is built, with a version of its own.
func stamped(t *testing.T, version string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "etamild")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w -X etamil/cmd/internal/version.Version="+version, "-o", path, "etamil/cmd/etamild")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestHandoversBetweenDifferentBuildsLoseNothing(t *testing.T) {
	other := stamped(t, "0.0.9-other")
	b := newTown(t)
	b.start()
	l := b.load(16)
	own := b.status().Version
	for _, tt := range []struct {
		want    string
		install func()
	}{
		{"0.0.9-other", func() { b.replace(other, 0o755) }},
		{own, b.install},
		{"0.0.9-other", func() { b.replace(other, 0o755) }},
	} {
		tt.install()
		r := b.reload(false, "")
		if r.PID == 0 {
			t.Fatalf("%+v", r)
		}
		l.more(50)
		if s := b.status(); s.Version != tt.want || s.PID != r.PID {
			t.Errorf("version %s serves as process %d; %s was installed: %d", s.Version, s.PID, tt.want, r.PID)
		}
	}
	l.check()
	res, err := http.Get("http://" + b.addr + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if text, _ := bufio.NewReader(res.Body).ReadString('\n'); text != "first" {
		t.Errorf("answer %q", text)
	}
}
