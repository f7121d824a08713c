package wholetest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"etamil/cmd/internal/control"
)

// A bank is a program with a database, behind nginx, with a control socket and
// metrics.
type bank struct {
	*place
	t       *testing.T
	control string
	client  *http.Client
	watch   *http.Client // asks for metrics
}

// serveBank serves a program; args come after those for control and metrics.
func serveBank(t *testing.T, source string, env []string, args ...string) *bank {
	t.Helper()
	return serveBankIn(t, program(t, source), env, append([]string{"--program", "app.qmz"}, args...)...)
}

// serveBankIn serves what args name, with dir as its folder.
func serveBankIn(t *testing.T, dir string, env []string, args ...string) *bank {
	t.Helper()
	short, err := os.MkdirTemp("", "bank") // a socket's path has at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(short) })
	b := &bank{t: t, control: filepath.Join(short, "c")}
	metrics := filepath.Join(short, "m")
	b.client = &http.Client{Timeout: 60 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	b.watch = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", metrics)
		},
	}}
	t.Cleanup(b.client.CloseIdleConnections)
	t.Cleanup(b.watch.CloseIdleConnections)
	b.place = serve(t, dir, "app.qmz", env, append([]string{"--control", b.control, "--metrics", "unix:" + metrics}, args...)...)
	return b
}

// answer is what a request got; status 0: no answer, body then says why.
type answer struct {
	status int
	body   string
	retry  string // Retry-After
}

// get asks for a path. Safe for concurrent use.
func (b *bank) get(path string) answer { return b.send("GET", path, "") }

func (b *bank) send(method, path, body string) answer {
	req, err := http.NewRequest(method, "http://"+b.addr+path, strings.NewReader(body))
	if err != nil {
		return answer{body: err.Error()}
	}
	res, err := b.client.Do(req)
	if err != nil {
		return answer{body: err.Error()}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{body: err.Error()}
	}
	return answer{res.StatusCode, string(text), res.Header.Get("Retry-After")}
}

// want asks for a path and wants a good answer.
func (b *bank) want(path, body string) {
	b.t.Helper()
	if got := b.get(path); got.status != 200 || got.body != body {
		b.t.Errorf("%s: %d %s, want 200 %s\n%s", path, got.status, got.body, body, b.lastOfLog())
	}
}

// all sends n requests at once and returns their answers.
func (b *bank) all(n int, path func(i int) string) []answer {
	answers := make([]answer, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { answers[i] = b.get(path(i)) })
	}
	group.Wait()
	return answers
}

// leave sends a request and goes away when wait returns.
func (b *bank) leave(path string, wait func()) {
	b.t.Helper()
	c, err := net.Dial("tcp", b.addr)
	if err != nil {
		b.t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
	wait()
}

// metric returns the sum of the samples of that name. Safe for concurrent use.
func (b *bank) metric(name string) float64 {
	res, err := b.watch.Get("http://metrics/metrics")
	if err != nil {
		b.t.Errorf("metrics: %v", err)
		return 0
	}
	defer res.Body.Close()
	sum := 0.0
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		rest, ok := strings.CutPrefix(lines.Text(), name)
		if !ok || !strings.HasPrefix(rest, "{") && !strings.HasPrefix(rest, " ") {
			continue
		}
		value, err := strconv.ParseFloat(rest[strings.LastIndexByte(rest, ' ')+1:], 64)
		if err != nil {
			b.t.Errorf("metrics: %s", lines.Text())
		}
		sum += value
	}
	return sum
}

// ctl asks the daemon; the answer must be a good one.
func (b *bank) ctl(r control.Request) *control.Reply {
	b.t.Helper()
	reply := b.ask(r)
	if !reply.OK {
		b.t.Fatalf("ctl %s: %s\n%s", r.Command, reply.Error, b.lastOfLog())
	}
	return reply
}

func (b *bank) ask(r control.Request) *control.Reply {
	b.t.Helper()
	c, err := control.Dial(b.control)
	if err != nil {
		b.t.Fatal(err)
	}
	defer c.Close()
	reply, err := c.Send(r)
	if err != nil {
		b.t.Fatal(err)
	}
	return reply
}

func (b *bank) log() string {
	text, err := os.ReadFile(b.daemon.Log)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(text)
}

func (b *bank) lastOfLog() string {
	text := b.log()
	return "log: …" + text[max(0, len(text)-2000):]
}

// An observer looks at a PostgreSQL server from a connection of its own. It is
// for one goroutine.
type observer struct {
	t    *testing.T
	conn *pgx.Conn
}

func observe(t *testing.T, url string) *observer {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return &observer{t, conn}
}

func (o *observer) do(sql string, args ...any) {
	o.t.Helper()
	if _, err := o.conn.Exec(context.Background(), sql, args...); err != nil {
		o.t.Fatalf("%s: %v", sql, err)
	}
}

func (o *observer) count(sql string, args ...any) (n int) {
	o.t.Helper()
	if err := o.conn.QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		o.t.Errorf("%s: %v", sql, err)
	}
	return n
}

func (o *observer) text(sql string, args ...any) (s string) {
	o.t.Helper()
	if err := o.conn.QueryRow(context.Background(), sql, args...).Scan(&s); err != nil {
		o.t.Errorf("%s: %v", sql, err)
	}
	return s
}

// The questions to pg_stat_activity; $1 is the application_name of a program's
// connections.
const (
	sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1"
	sleeping = sessions + " AND state = 'active' AND query LIKE '%pg_sleep%'"
	undone   = sessions + " AND state LIKE 'idle in transaction%'"
)

// named returns the connection text under which the server sees that name.
func named(text, name string) string {
	u, err := url.Parse(text)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	q := u.Query()
	q.Set("application_name", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// soon waits until what holds, at most for within.
func soon(t *testing.T, within time.Duration, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", within, what)
		}
	}
}

// while calls look again and again until the returned function is called, which
// waits for the last look.
func while(look func()) (end func()) {
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			look()
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() {
		close(stop)
		<-done
	}
}
