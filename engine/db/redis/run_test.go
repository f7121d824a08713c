package redis

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"etamil/engine/db"
	"etamil/engine/db/dbtest/servers"
	"etamil/engine/diag"
	"etamil/engine/host"
)

// bench is a pool and what is counted of it.
type bench struct {
	*testing.T
	pool *pool
	open atomic.Int64
}

func newBench(t *testing.T, text string, o db.Options, change func(*db.PoolConfig)) *bench {
	t.Helper()
	b := &bench{T: t}
	target, err := New().Target(text, o)
	if err != nil {
		t.Fatal(err)
	}
	c := db.PoolConfig{Max: 8, ConnectTimeout: 5 * time.Second, Label: target.Label, Count: func(n int) { b.open.Add(int64(n)) }}
	if change != nil {
		change(&c)
	}
	p, err := target.OpenRedis(c)
	if err != nil {
		t.Fatal(err)
	}
	b.pool = p.(*pool)
	t.Cleanup(func() {
		p.Close()
		if n := b.open.Load(); n != 0 {
			t.Errorf("%d connections are counted after Close", n)
		}
	})
	return b
}

// begin begins a run that is closed at the end of the test.
func (b *bench) begin() db.RedisRun {
	r := b.pool.Begin()
	b.Cleanup(r.Close)
	return r
}

// ask sends a command, words split at blanks, and returns the shape of its
// reply or the error in words.
func ask(r db.RedisRun, command string) string {
	words := strings.Fields(command)
	v, err := r.Command(context.Background(), words[0], words[1:], free{})
	var reply *host.Reply
	var lost *db.Lost
	var connect *db.ConnectError
	var d *diag.Diagnostic
	switch {
	case err == nil:
		return shape(v)
	case errors.As(err, &reply):
		return "reply " + reply.Text
	case errors.As(err, &lost):
		return fmt.Sprint("lost ", lost.Sent)
	case errors.As(err, &connect):
		return "connect " + connect.Reason.En
	case errors.As(err, &d):
		return d.Code().String()
	}
	return err.Error()
}

func (b *bench) want(r db.RedisRun, command, want string) {
	b.Helper()
	if got := ask(r, command); got != want {
		b.Errorf("%s = %s, want %s", command, got, want)
	}
}

// wantOpen holds the number of open connections against want.
func (b *bench) wantOpen(want int64) {
	b.Helper()
	// What is cancelled is closed, and counted, by another goroutine too.
	for end := time.Now().Add(5 * time.Second); b.open.Load() != want; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			b.Errorf("%d connections are open, want %d", b.open.Load(), want)
			return
		}
	}
}

func TestCommandsShareAConnection(t *testing.T) {
	b := newBench(t, servers.Redis(t), db.Options{}, nil)
	if err := b.pool.Prove(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, other := b.begin(), b.begin()
	b.want(r, "DEL etamil:s", "a number 0")
	b.want(r, "set etamil:s 5", "a string OK")
	b.want(other, "GET etamil:s", "a string 5")
	b.want(other, "LPUSH etamil:s 1", "reply WRONGTYPE Operation against a key holding the wrong kind of value")
	b.want(r, "INCR etamil:s", "a number 6")
	b.want(r, "DEL etamil:s", "a number 1")
	if got := ask(r, "NOSUCH"); !strings.HasPrefix(got, "reply ERR unknown command") {
		t.Errorf("NOSUCH = %s", got)
	}
	if _, err := r.Command(t.Context(), "", nil, free{}); !strings.Contains(err.Error(), "unknown command") {
		t.Errorf("the empty command: %v", err)
	}
	if _, err := r.Command(t.Context(), "CONFIG GET", []string{"port"}, free{}); !strings.Contains(err.Error(), "unknown command") {
		t.Errorf("a command of two words: %v", err)
	}
	b.wantOpen(1)
	b.pool.CloseIdle()
	b.wantOpen(0)
	b.want(r, "PING", "a string PONG")
}

func TestErrorsInsideArraysLeaveTheConnectionInStep(t *testing.T) {
	b := newBench(t, servers.Redis(t), db.Options{}, nil)
	r := b.begin()
	for _, word := range []string{"OOM", "READONLY", "NOPERM", "LOADING", "MOVED", "EXECABORT", "ERR"} {
		script := "return {redis.error_reply('" + word + " 1 127.0.0.1:1'), 'next'}"
		v, err := r.Command(t.Context(), "EVAL", []string{script, "0"}, free{})
		if err != nil || shape(v) != "[a string "+word+" 1 127.0.0.1:1, a string next]" {
			t.Errorf("%s: %s (%v)", word, shape(v), err)
		}
		b.want(r, "ECHO "+word, "a string "+word)
		_, err = r.Command(t.Context(), "EVAL", []string{"return redis.error_reply('" + word + " 2 h:1')", "0"}, free{})
		var reply *host.Reply
		if !errors.As(err, &reply) || reply.Text != word+" 2 h:1" {
			t.Errorf("%s alone: %v", word, err)
		}
	}
	b.wantOpen(1)
}

func TestTransactionsPinAConnectionThatIsClosedAfterwards(t *testing.T) {
	b := newBench(t, servers.Redis(t), db.Options{}, nil)
	r, other := b.begin(), b.begin()
	b.want(r, "DEL etamil:t", "a number 0")
	b.want(r, "MULTI", "a string OK")
	b.want(r, "INCR etamil:t", "a string QUEUED")
	b.want(other, "GET etamil:t", "nil nil")
	b.wantOpen(2)
	b.want(r, "EXEC", "[a number 1]")
	b.wantOpen(1)
	b.want(r, "EXEC", "reply ERR EXEC without MULTI")
	b.wantOpen(1)

	b.want(r, "WATCH etamil:t", "a string OK")
	b.want(other, "INCR etamil:t", "a number 2")
	b.want(r, "MULTI", "a string OK")
	b.want(r, "SET etamil:t 9", "a string QUEUED")
	b.want(r, "EXEC", "nil nil")
	b.want(r, "GET etamil:t", "a string 2")

	b.want(r, "MULTI", "a string OK")
	b.want(r, "NOSUCH", "reply ERR unknown command 'NOSUCH', with args beginning with: ")
	b.want(r, "EXEC", "reply EXECABORT Transaction discarded because of previous errors.")
	b.want(r, "GET etamil:t", "a string 2")

	b.want(r, "WATCH etamil:t", "a string OK")
	b.want(r, "UNWATCH", "a string OK")
	b.want(r, "MULTI", "a string OK")
	b.want(r, "UNWATCH", "a string QUEUED")
	b.want(r, "SET etamil:t 100", "a string QUEUED")
	r.Close()
	b.want(other, "GET etamil:t", "a string 2")
	b.want(other, "DEL etamil:t", "a number 1")
	b.wantOpen(1)
}

func TestAWatchOutlivesAnExecWithoutMulti(t *testing.T) {
	b := newBench(t, servers.Redis(t), db.Options{}, nil)
	r, other := b.begin(), b.begin()
	b.want(r, "SET etamil:w 1", "a string OK")
	b.want(r, "WATCH etamil:w", "a string OK")
	b.want(r, "EXEC", "reply ERR EXEC without MULTI")
	b.want(other, "INCR etamil:w", "a number 2")
	b.want(r, "MULTI", "a string OK")
	b.want(r, "SET etamil:w 9", "a string QUEUED")
	b.want(r, "EXEC", "nil nil")
	b.want(r, "DEL etamil:w", "a number 1")
}

func TestSessionStateEndsWithTheRun(t *testing.T) {
	b := newBench(t, servers.Redis(t), db.Options{}, nil)
	r, other := b.begin(), b.begin()
	b.want(r, "SELECT 1", "a string OK")
	b.want(r, "CLIENT SETNAME mine", "a string OK")
	b.want(r, "SET etamil:d 1", "a string OK")
	b.want(other, "GET etamil:d", "nil nil")
	b.want(r, "DEL etamil:d", "a number 1")
	b.want(r, "client getname", "a string mine")
	r.Close()
	if name := ask(other, "CLIENT GETNAME"); name != "nil nil" {
		t.Errorf("another run sees the name %s", name)
	}
	r.Close()
}

func TestRefusedCommands(t *testing.T) {
	b := newBench(t, "127.0.0.1:1", db.Options{}, nil) // nothing is sent
	r := b.begin()
	for _, command := range []string{
		"SUBSCRIBE a", "psubscribe a", "SSUBSCRIBE a", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "MONITOR", "HELLO 3",
		"RESET", "quit", "SYNC", "PSYNC ? -1", "CLIENT REPLY OFF", "client tracking on", "SCRIPT DEBUG YES",
	} {
		b.want(r, command, "ET5054")
	}
	_, err := r.Command(t.Context(), "client", []string{"Tracking", "on"}, free{})
	var d *diag.Diagnostic
	if !errors.As(err, &d) || !strings.Contains(d.Message().Ta, "'CLIENT TRACKING'") || d.Message().Ta == d.Message().En {
		t.Errorf("got %v", err)
	}
	b.want(r, "PING", "connect connection refused: no server listens there")
}

func TestBlockingCommandsHaveTheirOwnTime(t *testing.T) {
	for _, tt := range []struct {
		command string
		want    time.Duration
		ok      bool
	}{
		{"BLPOP a b 5", 5 * time.Second, true},
		{"blpop a 0", 0, true},
		{"BLPOP a 0.5", 500 * time.Millisecond, true},
		{"BLPOP a x", 0, false},
		{"BLPOP a -1", 0, false},
		{"BLPOP", 0, false},
		{"BLPOP a 1e300", 100 * 365 * 24 * time.Hour, true},
		{"BLMPOP 3 1 a LEFT", 3 * time.Second, true},
		{"WAIT 1 250", 250 * time.Millisecond, true},
		{"XREAD COUNT 1 BLOCK 7000 STREAMS block 0", 7 * time.Second, true},
		{"XREAD STREAMS BLOCK 5", 0, false},
		{"XREADGROUP GROUP block c NOACK block 40 STREAMS s >", 40 * time.Millisecond, true},
	} {
		words := strings.Fields(tt.command)
		r, _ := ruleOf(words[0], words[1:])
		if r.effect != blocking {
			t.Errorf("%s is not blocking", tt.command)
			continue
		}
		if got, ok := r.wait(words[1:]); got != tt.want || ok != tt.ok {
			t.Errorf("%s waits %v %v, want %v %v", tt.command, got, ok, tt.want, tt.ok)
		}
	}
	b := newBench(t, servers.Redis(t), db.Options{}, nil)
	r := b.begin()
	b.want(r, "BLPOP etamil:none 0.01", "nil nil")
	b.wantOpen(1)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := r.Command(ctx, "BLPOP", []string{"etamil:none", "0"}, free{}); err != context.Canceled {
		t.Errorf("a cancelled BLPOP: %v", err)
	}
	b.wantOpen(0)
	ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := r.Command(ctx, "BLPOP", []string{"etamil:none", "0"}, free{}); err != context.DeadlineExceeded {
		t.Errorf("BLPOP at the end of the run's time: %v", err)
	}
	b.wantOpen(0)
	b.want(r, "PING", "a string PONG")
}

func TestRunsWaitForAConnection(t *testing.T) {
	b := newBench(t, servers.Redis(t), db.Options{}, func(c *db.PoolConfig) { c.Max, c.AcquireTimeout = 1, 100*time.Millisecond })
	r := b.begin()
	b.want(r, "SELECT 1", "a string OK")
	b.want(b.begin(), "PING", "ET5040")
	if used, idle, waiting := b.pool.Usage(); used != 1 || idle != 0 || waiting != 0 {
		t.Errorf("used %d, idle %d, waiting %d", used, idle, waiting)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.begin().Command(ctx, "PING", nil, free{}); err != context.Canceled {
		t.Errorf("an ended run: %v", err)
	}

	r.Close()
	b.want(b.begin(), "PING", "a string PONG")
	b.wantOpen(1)
}

func TestARestartedServerIsNotNoticed(t *testing.T) {
	s := servers.NewRedis(t)
	b := newBench(t, s.URL, db.Options{}, nil)
	r := b.begin()
	b.want(r, "SET a 1", "a string OK")
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	b.want(r, "PING", "a string PONG")

	b.want(r, "MULTI", "a string OK")
	b.want(r, "SET a 2", "a string QUEUED")
	s.Stop()
	b.want(r, "SET b 2", "lost true")
	b.wantOpen(0)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	b.want(r, "SET b 3", "lost true")
	b.want(r, "MULTI", "lost true")
	b.want(r, "EXEC", "lost true")
	b.want(r, "EXISTS a b", "a number 0")

	b.want(r, "WATCH a", "a string OK")
	s.Stop()
	b.want(r, "GET a", "lost true")
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	b.want(r, "GET a", "lost true")
	b.want(r, "UNWATCH", "a string OK")
	b.want(r, "GET a", "nil nil")

	b.want(r, "SELECT 2", "a string OK")
	s.Stop()
	b.want(r, "GET a", "lost true")
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	b.want(r, "DISCARD", "lost true")
	b.want(b.begin(), "PING", "a string PONG")
	r.Close()
	b.want(r, "PING", "a string PONG")
	s.Stop()
	b.want(r, "PING", "connect connection refused: no server listens there")
}

func TestLoggingIn(t *testing.T) {
	s := servers.NewRedis(t)
	b := newBench(t, s.URL, db.Options{}, nil)
	r := b.begin()
	b.want(r, "CONFIG SET requirepass pa$$", "a string OK")
	b.want(r, "ACL SETUSER anbu on >sollu ~* +@all", "a string OK")
	r.Close()
	b.pool.CloseIdle()
	if err := b.pool.Prove(t.Context()); err != nil {
		t.Errorf("a server that wants a password: %v", err)
	}
	b.want(r, "GET a", "reply NOAUTH Authentication required.")
	b.want(r, "AUTH pa$$", "a string OK")
	b.want(r, "GET a", "nil nil")
	b.want(b.begin(), "GET a", "reply NOAUTH Authentication required.")

	for _, tt := range []struct{ text, want string }{
		{"redis://:pa$$@" + s.URL, "a string PONG"},
		{"redis://anbu:sollu@" + s.URL + "/3", "a string PONG"},
		{"redis://anbu:sol@" + s.URL, "connect WRONGPASS invalid username-password pair or user is disabled."},
		{"redis://anbu:sollu@" + s.URL + "/99", "connect ERR DB index is out of range"},
	} {
		b := newBench(t, tt.text, db.Options{}, nil)
		b.want(b.begin(), "PING", tt.want)
		if strings.HasPrefix(tt.want, "connect") {
			var c *db.ConnectError
			if err := b.pool.Prove(t.Context()); !errors.As(err, &c) {
				t.Errorf("%s: Prove: %v", tt.text, err)
			}
			b.wantOpen(0)
		}
	}
	in := newBench(t, "redis://anbu:sollu@"+s.URL+"/3", db.Options{}, nil)
	in.want(in.begin(), "SET a 3", "a string OK")
	plain := newBench(t, "redis://anbu:sollu@"+s.URL, db.Options{}, nil)
	plain.want(plain.begin(), "GET a", "nil nil")
}

// proxy passes connections of l on to the server at addr.
func proxy(l net.Listener, addr string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			s, err := net.Dial("tcp", addr)
			if err != nil {
				return
			}
			defer s.Close()
			go func() {
				io.Copy(s, c)
				s.Close()
			}()
			io.Copy(c, s)
		}()
	}
}

func TestUnixSocketsAndTLS(t *testing.T) {
	addr := servers.Redis(t)
	dir, err := os.MkdirTemp("", "r")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	go proxy(socket, addr)
	b := newBench(t, "unix://"+filepath.Join(dir, "s")+"?db=1", db.Options{}, nil)
	b.want(b.begin(), "PING", "a string PONG")

	ca, key := servers.Certificate(t, dir, "127.0.0.1")
	pair, err := tls.LoadX509KeyPair(ca, key)
	if err != nil {
		t.Fatal(err)
	}
	secured, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	defer secured.Close()
	go proxy(secured, addr)
	text := "rediss://" + secured.Addr().String()
	b = newBench(t, text, db.Options{Source: true, Keys: map[string]any{"tls_ca": ca}}, nil)
	r := b.begin()
	b.want(r, "PING", "a string PONG")
	b.want(r, "ECHO x", "a string x")
	b.wantOpen(1)
	b = newBench(t, text, db.Options{}, nil)
	if got := ask(b.begin(), "PING"); !strings.HasPrefix(got, "connect the server's certificate is not trusted") {
		t.Errorf("an unknown certificate: %s", got)
	}
	b.wantOpen(0)
}

// fake answers each command with what reply says, and notes them all; a reply
// of "" closes the connection. It knows no HELLO.
func fake(t *testing.T, reply func(command string) string) (addr string, sent func() []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	var mu sync.Mutex
	var all []string
	serve := func(c net.Conn) {
		defer c.Close()
		in := bufio.NewReader(c)
		for {
			var n int
			if _, err := fmt.Fscanf(in, "*%d\r\n", &n); err != nil {
				return
			}
			var words []string
			for range n {
				var size int
				if _, err := fmt.Fscanf(in, "$%d\r\n", &size); err != nil {
					return
				}
				word := make([]byte, size+2)
				if _, err := io.ReadFull(in, word); err != nil {
					return
				}
				words = append(words, string(word[:size]))
			}
			command := strings.Join(words, " ")
			mu.Lock()
			all = append(all, command)
			mu.Unlock()
			answer := "-ERR unknown command\r\n"
			if words[0] != "hello" {
				answer = reply(command)
			}
			if answer == "" {
				return
			}
			io.WriteString(c, answer)
		}
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(c)
		}
	}()
	return l.Addr().String(), func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
}

func TestACommandIsNeverSentTwice(t *testing.T) {
	addr, sent := fake(t, func(command string) string {
		if strings.HasPrefix(command, "INCR") {
			return ""
		}
		return "+OK\r\n"
	})
	b := newBench(t, addr, db.Options{}, nil)
	r := b.begin()
	b.want(r, "INCR a", "lost true")
	if got, want := strings.Join(sent(), ","), "hello 2,ping,INCR a"; !strings.EqualFold(got, want) {
		t.Errorf("sent %s, want %s", got, want)
	}
	b.wantOpen(0)
	b.want(r, "SET a 1", "a string OK")
}

func TestALateReplyIsNobodys(t *testing.T) {
	addr, _ := fake(t, func(command string) string {
		if command == "SLOW" {
			time.Sleep(50 * time.Millisecond)
			return "+late\r\n"
		}
		return "+" + command + "\r\n"
	})
	b := newBench(t, addr, db.Options{}, nil)
	c, err := b.pool.get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, usable, err := c.do(t.Context(), 10*time.Millisecond, free{}, "SLOW", nil)
	var lost *db.Lost
	if usable || !errors.As(err, &lost) || !lost.Sent {
		t.Errorf("a reply out of time: %v, usable %v", err, usable)
	}
	b.pool.drop(c)
	b.want(b.begin(), "ECHO", "a string ECHO")
}

func TestUnaskedAndWrongRepliesCloseTheConnection(t *testing.T) {
	addr, _ := fake(t, func(command string) string {
		switch command {
		case "TWO":
			return "+one\r\n+two\r\n"
		case "ODD":
			return "%1\r\n+a\r\n+b\r\n"
		}
		return "+" + command + "\r\n"
	})
	b := newBench(t, addr, db.Options{}, nil)
	r := b.begin()
	b.want(r, "TWO", "a string one")
	b.want(r, "A", "a string A")
	b.want(r, "ODD", "lost true")
	b.want(r, "B", "a string B")
}

func TestAFullServerIsNoConnection(t *testing.T) {
	addr, _ := fake(t, func(string) string { return "-ERR max number of clients reached\r\n" })
	b := newBench(t, addr, db.Options{}, nil)
	b.want(b.begin(), "PING", "connect ERR max number of clients reached")
	b.wantOpen(0)
}

func TestConnectingStopsInTime(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b := newBench(t, l.Addr().String(), db.Options{}, func(c *db.PoolConfig) { c.ConnectTimeout = 30 * time.Millisecond })
	b.want(b.begin(), "PING", "connect no answer within 30ms")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(5*time.Millisecond, cancel)
	b.pool.cfg.ConnectTimeout = time.Minute
	if err := b.pool.Prove(ctx); err != context.Canceled {
		t.Errorf("a cancelled Prove: %v", err)
	}
	b.wantOpen(0)
}

func TestAMeterEndsAReply(t *testing.T) {
	b := newBench(t, servers.Redis(t), db.Options{}, nil)
	r := b.begin()
	script := "local t = {} for i = 1, 10000 do t[i] = 'element ' .. i end return t"
	if _, err := r.Command(t.Context(), "EVAL", []string{script, "0"}, &spent{left: 50_000}); !errors.Is(err, errSpent) {
		t.Errorf("got %v", err)
	}
	b.wantOpen(0)
	v, err := r.Command(t.Context(), "EVAL", []string{script, "0"}, free{})
	if err != nil || v.Len() != 10000 {
		t.Errorf("%d elements, %v", v.Len(), err)
	}
}

func TestAClosedPoolClosesWhatComesBack(t *testing.T) {
	b := newBench(t, servers.Redis(t), db.Options{}, nil)
	r := b.begin()
	b.want(r, "MULTI", "a string OK")
	c, err := b.pool.get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.pool.Close()
	b.wantOpen(2)
	b.pool.put(c)
	r.Close()
	b.wantOpen(0)
	b.want(b.begin(), "PING", "lost false")
}

func TestManyRunsShareFewConnections(t *testing.T) {
	b := newBench(t, servers.Redis(t), db.Options{}, func(c *db.PoolConfig) { c.Max = 3; c.AcquireTimeout = 30 * time.Second })
	ask(b.begin(), "DEL etamil:many")
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			r := b.pool.Begin()
			defer r.Close()
			for i := range 20 {
				switch i % 10 {
				case 7:
					ask(r, "MULTI")
					ask(r, "INCR etamil:many")
					ask(r, "EXEC")
				default:
					if got := ask(r, "INCR etamil:many"); !strings.HasPrefix(got, "a number") {
						t.Errorf("INCR = %s", got)
					}
				}
			}
		})
	}
	wg.Wait()
	b.want(b.begin(), "GET etamil:many", "a string 1000")
	if n := b.open.Load(); n > 3 {
		t.Errorf("%d connections", n)
	}
	ask(b.begin(), "DEL etamil:many")
}
