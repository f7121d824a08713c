package fcgi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"etamil/fcgi/fcgitest"
	"etamil/fcgi/web"
)

// In a bubble time passes only when nothing else can happen, so that these
// tests wait for hours and take none. net.Pipe stands for the socket.

// pipe serves one end of a pipe and returns the other.
func pipe(s *Server) *fcgitest.Client {
	near, far := net.Pipe()
	s.ServeConn(far)
	return fcgitest.NewClient(near)
}

// drained ends the goroutines of a bubble.
func drained(t *testing.T, s *Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	if err := s.Drain(ctx); err != nil {
		t.Errorf("Drain: %v", err)
	}
}

// closedAfter waits until the server closes the connection and returns how long
// that took from start.
func closedAfter(c *fcgitest.Client, start time.Time) time.Duration {
	io.Copy(io.Discard, c.Conn)
	return time.Since(start)
}

func TestIdleConnectionsAreNeverClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewServer(Options{Handler: echo})
		c := pipe(s)
		for range 3 {
			time.Sleep(24 * time.Hour)
			if resp := get(t, c, fcgitest.Request{Keep: true}); resp.Status != 200 {
				t.Errorf("status %d", resp.Status)
			}
		}
		c.Close()
		drained(t, s)
	})
}

func TestRunningRequestsHaveNoDeadlineHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewServer(Options{Handler: handlerFunc(func(ctx context.Context, r *web.Request) *web.Response {
			time.Sleep(24 * time.Hour)
			return echo(ctx, r)
		})})
		c := pipe(s)
		for range 2 {
			if resp := get(t, c, fcgitest.Request{Keep: true}); resp.Status != 200 {
				t.Errorf("status %d", resp.Status)
			}
		}
		c.Close()
		drained(t, s)
	})
}

func TestSenderStuckBeforeTheEndOfParamsIsClosed(t *testing.T) {
	r := fcgitest.Request{Target: "/half"}
	whole := r.Append(nil)
	for _, tt := range []struct {
		why  string
		sent []byte
		then func(c *fcgitest.Client)
	}{
		{"one byte", whole[:1], nil},
		{"half of BEGIN_REQUEST", whole[:12], nil},
		{"BEGIN_REQUEST alone", whole[:16], nil},
		{"half of the parameters", whole[:40], nil},
		{"a byte a second", whole[:1], func(c *fcgitest.Client) {
			for _, b := range whole[1:] {
				time.Sleep(time.Second)
				if c.Send([]byte{b}) != nil {
					return
				}
			}
		}},
		{"a record of nobody that does not end", fcgitest.AppendRecord(nil, fcgitest.Stdin, 9, make([]byte, 9000), 0)[:5000], nil},
	} {
		t.Run(tt.why, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := NewServer(Options{Handler: echo})
				c := pipe(s)
				start := time.Now()
				c.Send(tt.sent)
				if tt.then != nil {
					go tt.then(c)
				}
				if got := closedAfter(c, start); got != defaultReadTimeout {
					t.Errorf("closed after %v, want %v", got, defaultReadTimeout)
				}
				synctest.Wait()
				if st := s.Stats(); st.Refused["stuck_sender"] != 1 || st.InFlight != 0 {
					t.Errorf("stats %+v", st)
				}
				c.Close()
				drained(t, s)
				time.Sleep(time.Minute) // the sender ends
			})
		})
	}
}

func TestSenderStuckInTheBodyGets400(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewServer(Options{Handler: echo, ReadTimeout: time.Minute})
		c := pipe(s)
		r := fcgitest.Request{Keep: true, Method: "POST", Body: make([]byte, 1000)}
		b := r.Append(nil)
		start := time.Now()
		c.Send(b[:len(b)-100])
		resp, err := c.Receive(1)
		if err != nil || resp.Status != 400 || time.Since(start) != time.Minute {
			t.Errorf("after %v: %+v, %v", time.Since(start), resp, err)
		}
		wantEOF(t, c)
		c.Close()
		drained(t, s)
	})
}

func TestSlowBodyIsTakenWhileItGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewServer(Options{Handler: echo})
		c := pipe(s)
		r := fcgitest.Request{Keep: true, Method: "POST", Body: []byte("0123456789")}
		b := r.Append(nil)
		c.Send(b[:len(b)-20]) // 12 bytes of the body's record are left, and 8
		for _, one := range b[len(b)-20:] {
			time.Sleep(14 * time.Second) // 280 s in all
			c.Send([]byte{one})
		}
		if resp, err := c.Receive(1); err != nil || string(resp.Body) != "POST / 0123456789" {
			t.Errorf("%+v, %v", resp, err)
		}
		// But not for ever.
		start := time.Now()
		c.Send(b[:len(b)-20])
		go func() {
			for _, one := range b[len(b)-20:] {
				time.Sleep(29 * time.Second)
				if c.Send([]byte{one}) != nil {
					return
				}
			}
		}()
		resp, err := c.Receive(1)
		if err != nil || resp.Status != 400 || time.Since(start) != bodyPatience*defaultReadTimeout {
			t.Errorf("after %v: %+v, %v", time.Since(start), resp, err)
		}
		c.Close()
		drained(t, s)
		time.Sleep(time.Minute) // the sender ends
	})
}

func TestBodyWaitingForAdmissionIsNotLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewServer(Options{Handler: handlerFunc(func(ctx context.Context, r *web.Request) *web.Response {
			time.Sleep(time.Hour) // in a queue
			return echo(ctx, r)
		})})
		c := pipe(s)
		r := fcgitest.Request{Keep: true, Method: "POST", Body: bytes.Repeat([]byte("q"), 3*bodyWindow)}
		if resp := get(t, c, r); resp.Status != 200 || len(resp.Body) != 7+3*bodyWindow {
			t.Errorf("status %d, %d bytes", resp.Status, len(resp.Body))
		}
		c.Close()
		drained(t, s)
	})
}

func TestReaderThatTakesNothingIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		errs := make(chan error, 1)
		s := NewServer(Options{Handler: handlerFunc(func(ctx context.Context, r *web.Request) *web.Response {
			resp := text(200, "x")
			resp.Done = func(_ int64, err error) { errs <- err }
			return resp
		})})
		c := pipe(s)
		r := fcgitest.Request{Keep: true}
		c.Send(r.Append(nil)) // and does not read
		start := time.Now()
		if err := <-errs; err == nil {
			t.Error("Done without an error")
		}
		if waited := time.Since(start); waited < defaultWriteTimeout/2 || waited > defaultWriteTimeout {
			t.Errorf("gave up after %v", waited)
		}
		wantEOF(t, c)
		c.Close()
		drained(t, s)
	})
}

func TestRestOfABodyAfterAnEarlyAnswerIsNotAwaitedForEver(t *testing.T) {
	for _, keep := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			s := NewServer(Options{Handler: handlerFunc(func(context.Context, *web.Request) *web.Response { return text(404, "x") })})
			c := pipe(s)
			r := fcgitest.Request{Keep: keep, Method: "POST", Body: make([]byte, 1000)}
			b := r.Append(nil)
			start := time.Now()
			c.Send(b[:len(b)-500])
			if resp, err := c.Receive(1); err != nil || resp.Status != 404 {
				t.Errorf("%+v, %v", resp, err)
			}
			go func() {
				for _, one := range b[len(b)-500:] {
					time.Sleep(time.Second)
					if c.Send([]byte{one}) != nil {
						return
					}
				}
			}()
			if got := closedAfter(c, start); got != defaultReadTimeout {
				t.Errorf("keep %v: closed after %v, want %v", keep, got, defaultReadTimeout)
			}
			c.Close()
			drained(t, s)
			time.Sleep(time.Minute) // the sender ends
		})
	}
}

// leaveRecord is what follows the last END_REQUEST.
var leaveRecord = appendLeave(nil)

func TestDrainClosesIdleConnectionsAfterATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewServer(Options{Handler: echo})
		c := pipe(s)
		if resp := get(t, c, fcgitest.Request{Keep: true}); resp.Status != 200 {
			t.Errorf("status %d", resp.Status)
		}
		start := time.Now()
		over := make(chan error)
		go func() { over <- s.Drain(context.Background()) }()
		time.Sleep(defaultDrainIdle / 2)
		// One more request runs, and its answer makes nginx close.
		if resp := get(t, c, fcgitest.Request{Keep: true, Target: "/more"}); string(resp.Body) != "GET /more " {
			t.Errorf("%q", resp.Body)
		}
		if rec, err := c.ReadRecord(); err != nil || rec.Type != fcgitest.GetValuesResult || rec.ID != 0 || len(rec.Content) != 0 {
			t.Errorf("after the last answer: %+v, %v", rec, err)
		}
		// A client that does not close is left alone after another while.
		if got := closedAfter(c, start); got != defaultDrainIdle*3/2 {
			t.Errorf("closed after %v", got)
		}
		c.Close()
		if err := <-over; err != nil {
			t.Errorf("Drain = %v", err)
		}
		if err := s.Serve(new(onlyConn)); err != nil {
			t.Errorf("Serve after Drain = %v, want nil", err)
		}
	})
}

func TestLastAnswerAndLeaveRecordAreOneWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		s := NewServer(Options{Handler: handlerFunc(func(ctx context.Context, r *web.Request) *web.Response {
			<-release // as in a queue
			return echo(ctx, r)
		})})
		near, far := net.Pipe()
		counted := &countedConn{Conn: far}
		s.ServeConn(counted)
		c := fcgitest.NewClient(near)
		r := fcgitest.Request{Keep: true}
		c.Send(r.Append(nil))
		over := make(chan error)
		go func() { over <- s.Drain(context.Background()) }()
		time.Sleep(time.Hour) // Drain waits for what is queued
		close(release)
		if resp, err := c.Receive(1); err != nil || resp.Status != 200 {
			t.Errorf("%+v, %v", resp, err)
		}
		c.Close() // as nginx does
		if err := <-over; err != nil {
			t.Errorf("Drain = %v", err)
		}
		if len(counted.writes) != 1 || !bytes.HasSuffix(counted.writes[0], leaveRecord) {
			t.Errorf("%d writes, the last ends with %v", len(counted.writes), counted.writes)
		}
	})
}

func TestDrainCancelsWhatIsLeftAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewServer(Options{Handler: handlerFunc(func(ctx context.Context, r *web.Request) *web.Response {
			switch r.Path {
			case "/deaf":
				time.Sleep(time.Hour)
				return text(200, "too late")
			case "/gone":
				<-ctx.Done()
				return &web.Response{Status: statusClientGone}
			}
			<-ctx.Done()
			return text(503, context.Cause(ctx).Error())
		})})
		var clients []*fcgitest.Client
		for _, target := range []string{"/a", "/gone", "/deaf"} {
			c := pipe(s)
			r := fcgitest.Request{Keep: true, Target: target}
			c.Send(r.Append(nil))
			clients = append(clients, c)
		}
		half := pipe(s)
		half.Send([]byte{1, 1})
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		start := time.Now()
		over := make(chan error)
		go func() { over <- s.Drain(ctx) }()
		for i, c := range clients[:2] {
			resp, err := c.Receive(1)
			if err != nil || resp.Status != 503 || time.Since(start) != 10*time.Second {
				t.Errorf("request %d after %v: %+v, %v", i, time.Since(start), resp, err)
			}
		}
		wantEOF(t, half)
		wantEOF(t, clients[2])
		err := <-over
		var drain *DrainError
		if !errors.As(err, &drain) || drain.Cancelled != 3 || drain.Dropped != 1 {
			t.Errorf("Drain = %v", err)
		}
		if time.Since(start) != 10*time.Second+lastAnswers {
			t.Errorf("Drain took %v", time.Since(start))
		}
		for _, c := range append(clients, half) {
			c.Close()
		}
		time.Sleep(2 * time.Hour) // the deaf one ends
	})
}

func TestRequestAfterTheEndOfDrainingIs503(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewServer(Options{Handler: handlerFunc(func(ctx context.Context, r *web.Request) *web.Response {
			time.Sleep(time.Second) // the connection stays a little
			return text(200, "")
		})})
		a, b := pipe(s), pipe(s)
		ctx, cancel := context.WithCancel(context.Background())
		r := fcgitest.Request{Keep: true}
		whole := r.Append(nil)
		a.Send(whole)
		b.Send(whole[:len(whole)-16]) // the parameters do not end
		cancel()
		over := make(chan error)
		go func() { over <- s.Drain(ctx) }()
		synctest.Wait()
		if b.Send(whole[len(whole)-16:]) == nil {
			if resp, err := b.Receive(1); err == nil && resp.Status != 503 {
				t.Errorf("%+v", resp)
			}
		}
		a.Receive(1)
		a.Close()
		b.Close()
		<-over
	})
}
