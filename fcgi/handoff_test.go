package fcgi

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"etamil/fcgi/fcgitest"
	"etamil/fcgi/web"
)

// take makes a give that passes connections to next, as another process would
// get them.
func take(t testing.TB, next *Server) func(*os.File) error {
	return func(f *os.File) error {
		c, err := Connection(f)
		if err != nil {
			t.Error(err)
			return err
		}
		next.ServeConn(c)
		return nil
	}
}

// named answers with the name of the server before the echo.
func named(name string) Handler {
	return handlerFunc(func(ctx context.Context, r *web.Request) *web.Response {
		resp := echo(ctx, r)
		resp.Body = append([]byte(name+" "), resp.Body...)
		resp.Length = int64(len(resp.Body))
		resp.Header[0].Value = strconv.Itoa(len(resp.Body))
		return resp
	})
}

func TestHandOffUnderLoadLosesAndRepeatsNothing(t *testing.T) {
	const rounds = 10
	var ran sync.Map // target → how often
	h := handlerFunc(func(ctx context.Context, r *web.Request) *web.Response {
		n, _ := ran.LoadOrStore(r.Path, new(atomic.Int64))
		n.(*atomic.Int64).Add(1)
		if len(r.Path)%5 == 0 {
			time.Sleep(time.Millisecond)
		}
		return echo(ctx, r)
	})
	path := filepath.Join(shortDir(t), "s")
	first, err := ListenUnix(path, 0o660)
	if err != nil {
		t.Fatal(err)
	}
	begin := func(l net.Listener) *Server {
		s := NewServer(Options{Handler: h, Log: zerolog.Nop(), DrainIdle: 10 * time.Millisecond})
		go s.Serve(l)
		return s
	}
	now, l := begin(first), first

	stop := make(chan struct{})
	var answered atomic.Int64
	var clients sync.WaitGroup
	for n := range 32 {
		clients.Go(func() {
			var c *fcgitest.Client
			for i := 0; ; i++ {
				select {
				case <-stop:
					c.Close()
					return
				default:
				}
				if c == nil || n%8 == 0 && i%50 == 0 { // some come and go
					if c != nil {
						c.Close()
					}
					var err error
					if c, err = fcgitest.Dial(path); err != nil {
						t.Error(err)
						return
					}
					c.Conn.SetDeadline(time.Now().Add(60 * time.Second))
				}
				target := "/" + strconv.Itoa(n) + "/" + strconv.Itoa(i)
				r, err := c.Do(fcgitest.Request{Method: "POST", Target: target, Body: make([]byte, i%7*1000), Keep: true})
				if err != nil || r.Status != 200 || c.Buffered() > 0 {
					t.Errorf("%s: %d bytes too many, %v", target, c.Buffered(), err)
					return
				}
				answered.Add(1)
			}
		})
	}
	for range rounds {
		for until := answered.Load() + 300; answered.Load() < until && !t.Failed(); {
			time.Sleep(time.Millisecond)
		}
		f, facts, err := Share(l)
		if err != nil {
			t.Fatal(err)
		}
		nextListener, err := Attach(f, facts)
		if err != nil {
			t.Fatal(err)
		}
		Disown(l)
		next := begin(nextListener)
		if err := now.HandOff(context.Background(), take(t, next)); err != nil {
			t.Fatal(err)
		}
		if st := now.Stats(); st.Connections != 0 || st.InFlight != 0 || st.Moved == 0 {
			t.Errorf("after HandOff: %+v", st)
		}
		if err := now.Drain(context.Background()); err != nil {
			t.Error(err)
		}
		now, l = next, nextListener
	}
	close(stop)
	clients.Wait()
	if err := now.Drain(context.Background()); err != nil {
		t.Error(err)
	}
	total := int64(0)
	ran.Range(func(target, n any) bool {
		total++
		if got := n.(*atomic.Int64).Load(); got != 1 {
			t.Errorf("%s ran %d times", target, got)
		}
		return true
	})
	if total != answered.Load() {
		t.Errorf("%d requests ran, %d were answered", total, answered.Load())
	}
	t.Logf("%d requests over %d hand-offs", total, rounds)
}

// gate is a handler that answers when it is let go.
type gate struct{ begun, open chan struct{} }

func newGate() *gate { return &gate{make(chan struct{}, 10), make(chan struct{})} }

func (g *gate) Serve(ctx context.Context, r *web.Request) *web.Response {
	if r.Path != "/wait" {
		return named("old").Serve(ctx, r)
	}
	g.begun <- struct{}{}
	select {
	case <-g.open:
		return text(200, "old waited")
	case <-ctx.Done():
		return text(statusClientGone, "")
	}
}

// handing starts a hand-off from a to b and returns when it is under way.
func handing(t *testing.T, a, b *site, ctx context.Context) <-chan error {
	t.Helper()
	over := make(chan error, 1)
	go func() { over <- a.HandOff(ctx, take(t, b.Server)) }()
	for a.handing.Load() == nil {
		time.Sleep(time.Millisecond)
	}
	return over
}

func wantBody(t *testing.T, c *fcgitest.Client, status int, body string) {
	t.Helper()
	r, err := c.Receive(1)
	if err != nil || r.Status != status || body != "" && string(r.Body) != body {
		t.Fatalf("got %+v, %v; want %d %q", r, err, status, body)
	}
}

func TestConnectionWithARequestMovesAfterItsAnswer(t *testing.T) {
	g := newGate()
	a, b := start(t, g, Options{}), start(t, named("new"), Options{})
	c := a.dial(t)
	idle := a.dial(t)
	get(t, idle, fcgitest.Request{Keep: true})
	wait, next := fcgitest.Request{Target: "/wait", Keep: true}, fcgitest.Request{Target: "/next", Keep: true}
	// The second comes while the first runs: it is read here, and so
	// answered here.
	if err := c.Send(next.Append(wait.Append(nil))[:len(wait.Append(nil))]); err != nil {
		t.Fatal(err)
	}
	<-g.begun
	over := handing(t, a, b, context.Background())
	if r := get(t, idle, fcgitest.Request{Keep: true, Target: "/i"}); string(r.Body) != "new GET /i " {
		t.Errorf("the idle one: %q", r.Body)
	}
	select {
	case err := <-over:
		t.Fatalf("it did not wait: %v", err)
	default:
	}
	close(g.open)
	wantBody(t, c, 200, "old waited")
	if err := <-over; err != nil {
		t.Fatal(err)
	}
	c.Send(next.Append(nil))
	wantBody(t, c, 200, "new GET /next ")
}

func TestHalfRequestIsAnsweredBeforeItsConnectionMoves(t *testing.T) {
	a, b := start(t, named("old"), Options{}), start(t, named("new"), Options{})
	c := a.dial(t)
	r := fcgitest.Request{Target: "/half", Method: "POST", Body: []byte("body"), Keep: true}
	all := r.Append(nil)
	c.Send(all[:20])
	for a.Stats().InFlight == 0 {
		time.Sleep(time.Millisecond)
	}
	over := handing(t, a, b, context.Background())
	c.Send(all[20:])
	wantBody(t, c, 200, "old POST /half body")
	if err := <-over; err != nil {
		t.Fatal(err)
	}
	c.Send(all)
	wantBody(t, c, 200, "new POST /half body")
}

func TestHandOffThatTakesTooLongCancelsWhatRuns(t *testing.T) {
	g := newGate()
	a, b := start(t, g, Options{}), start(t, named("new"), Options{})
	c := a.dial(t)
	r := fcgitest.Request{Target: "/wait", Keep: true}
	c.Send(r.Append(nil))
	<-g.begun
	ctx, cancel := context.WithCancel(context.Background())
	over := handing(t, a, b, ctx)
	cancel()
	wantBody(t, c, 503, "")
	if late, ok := errors.AsType[*DrainError](<-over); !ok || late.Cancelled != 1 || late.Dropped != 0 {
		t.Errorf("HandOff = %v", late)
	}
	if r := get(t, c, fcgitest.Request{Target: "/x", Keep: true}); string(r.Body) != "new GET /x " {
		t.Errorf("%q", r.Body)
	}
}

func TestResumeTakesBackWhatWasNotGiven(t *testing.T) {
	a := start(t, named("old"), Options{})
	c := a.dial(t)
	get(t, c, fcgitest.Request{Keep: true})
	var tried atomic.Int64
	over := make(chan error, 1)
	go func() {
		over <- a.HandOff(context.Background(), func(*os.File) error {
			tried.Add(1)
			return errors.New("nobody there")
		})
	}()
	for tried.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	if r := get(t, c, fcgitest.Request{Target: "/kept", Keep: true}); string(r.Body) != "old GET /kept " {
		t.Errorf("%q", r.Body)
	}
	for tried.Load() < 2 { // again after a request
		time.Sleep(time.Millisecond)
	}
	waiting := a.dial(t) // in the queue
	r := fcgitest.Request{Target: "/queued", Keep: true}
	waiting.Send(r.Append(nil))
	if !a.Waiting() {
		t.Error("nobody waits")
	}
	a.Resume()
	if err := <-over; err != ErrResumed {
		t.Errorf("HandOff = %v", err)
	}
	wantBody(t, waiting, 200, "old GET /queued ")
	get(t, a.dial(t), fcgitest.Request{})
	if a.Waiting() {
		t.Error("somebody waits")
	}
	a.Resume() // does nothing
	if err := a.HandOff(context.Background(), take(t, start(t, named("new"), Options{}).Server)); err != nil {
		t.Errorf("the next hand-off: %v", err)
	}
}

func TestDrainEndsAHandOff(t *testing.T) {
	g := newGate()
	a, b := start(t, g, Options{}), start(t, named("new"), Options{})
	c := a.dial(t)
	r := fcgitest.Request{Target: "/wait", Keep: true}
	c.Send(r.Append(nil))
	<-g.begun
	over := handing(t, a, b, context.Background())
	drained := make(chan error, 1)
	go func() { drained <- a.Drain(context.Background()) }()
	if err := <-over; err != ErrResumed {
		t.Errorf("HandOff = %v", err)
	}
	close(g.open)
	wantBody(t, c, 200, "old waited")
	if c.Buffered() == 0 {
		t.Error("nginx would keep the connection")
	}
	c.Close()
	if err := <-drained; err != nil {
		t.Error(err)
	}
	if a.HandOff(context.Background(), take(t, b.Server)) == nil {
		t.Error("a hand-off after the drain")
	}
}

func TestDrainStoresIdleConnections(t *testing.T) {
	g := newGate()
	a, b := start(t, g, Options{}), start(t, named("new"), Options{})
	idle, busy := a.dial(t), a.dial(t)
	get(t, idle, fcgitest.Request{Keep: true})
	r := fcgitest.Request{Target: "/wait", Keep: true}
	busy.Send(r.Append(nil))
	<-g.begun
	var stored []*os.File
	store := make(chan *os.File, 10)
	drained := make(chan error, 1)
	go func() {
		drained <- a.DrainTo(context.Background(), func(f *os.File) error { store <- f; return nil })
	}()
	stored = append(stored, <-store)
	// What nginx sends now waits in the socket.
	next := fcgitest.Request{Target: "/stored", Keep: true}
	idle.Send(next.Append(nil))
	close(g.open)
	wantBody(t, busy, 200, "old waited")
	if busy.Buffered() == 0 {
		t.Error("nginx would keep a connection that it may use before the end")
	}
	busy.Close()
	if err := <-drained; err != nil {
		t.Fatal(err)
	}
	if len(store) != 0 {
		t.Error("the connection that was told to close is stored")
	}
	take(t, b.Server)(stored[0])
	wantBody(t, idle, 200, "new GET /stored ")
}

func TestStoreThatFailsClosesTheConnection(t *testing.T) {
	a := start(t, echo, Options{})
	c := a.dial(t)
	get(t, c, fcgitest.Request{Keep: true})
	if err := a.DrainTo(context.Background(), func(*os.File) error { return errors.New("full") }); err != nil {
		t.Error(err)
	}
	if _, err := c.ReadRecord(); err == nil {
		t.Error("it is open")
	}
}

func TestAskGoesThroughTheWholeServer(t *testing.T) {
	a := start(t, handlerFunc(func(ctx context.Context, r *web.Request) *web.Response {
		switch r.Path {
		case "/hang":
			<-ctx.Done()
			return text(statusClientGone, "")
		case "/panic":
			panic("invented")
		}
		return text(200, r.Path+"?"+r.Query)
	}), Options{})
	status, body, err := a.Ask(context.Background(), nil, "/a?b")
	if status != 200 || string(body) != "/a?b" || err != nil {
		t.Errorf("%d %q %v", status, body, err)
	}
	if _, body, err := a.Ask(context.Background(), named("other"), "/a"); string(body) != "other GET /a " || err != nil {
		t.Errorf("another handler: %q %v", body, err)
	}
	if status, _, err := a.Ask(context.Background(), nil, "/panic"); status != 500 || err != nil {
		t.Errorf("%d %v", status, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, _, err := a.Ask(ctx, nil, "/hang"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a server that hangs: %v", err)
	}
	if st := a.Stats(); st.Accepted != 0 || st.Requests != 0 || st.Answered != 0 || st.ClientGone != 0 {
		t.Errorf("it is counted: %+v", st)
	}
	// It is no connection of the web server's.
	if err := a.HandOff(context.Background(), take(t, a.Server)); err != nil {
		t.Error(err)
	}
	if status, _, err := a.Ask(context.Background(), nil, "/handing"); status != 200 || err != nil {
		t.Errorf("%d %v", status, err)
	}
	a.Resume()
}
