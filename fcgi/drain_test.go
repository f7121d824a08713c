package fcgi

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"etamil/fcgi/fcgitest"
	"etamil/fcgi/web"
)

// The clients here do what nginx does: they keep a connection until an answer
// has bytes after END_REQUEST, and count a request as lost when its bytes were
// taken and no answer came.

func TestDrainUnderLoadAnswersEverythingReceived(t *testing.T) {
	for _, idle := range []time.Duration{time.Microsecond, time.Millisecond, time.Second} {
		t.Run(idle.String(), func(t *testing.T) {
			s := start(t, handlerFunc(func(ctx context.Context, r *web.Request) *web.Response {
				if len(r.Path)%4 == 0 {
					time.Sleep(time.Millisecond)
				}
				return echo(ctx, r)
			}), Options{DrainIdle: idle})
			var answered, lost atomic.Int64
			warm := make(chan struct{})
			var wg sync.WaitGroup
			for n := range 32 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					for i := 0; ; i++ {
						c, err := fcgitest.Dial(s.path)
						if err != nil {
							return // the socket is gone: the drain has begun
						}
						c.Conn.SetDeadline(time.Now().Add(20 * time.Second))
						for first := true; ; i++ {
							target := "/" + strconv.Itoa(n*1_000_000+i)
							r := fcgitest.Request{Keep: n%5 > 0, Method: "POST", Target: target, Body: make([]byte, i%7*100)}
							if c.Send(r.Append(nil)) != nil {
								break // refused: nothing is lost without an error
							}
							resp, err := c.Receive(1)
							if first && errors.Is(err, syscall.ECONNRESET) {
								break // it was never accepted: the socket closed over it
							}
							first = false
							if err != nil || resp.Status != 200 {
								lost.Add(1)
								t.Errorf("%s: %+v, %v", target, resp, err)
								break
							}
							if answered.Add(1) == 500 {
								close(warm)
							}
							if !r.Keep || c.Buffered() > 0 {
								break
							}
						}
						c.Close()
					}
				}()
			}
			<-warm
			ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
			defer cancel()
			if err := s.Drain(ctx); err != nil {
				t.Errorf("Drain = %v", err)
			}
			wg.Wait()
			if st := s.Stats(); st.Answered != uint64(answered.Load()) || lost.Load() > 0 {
				t.Errorf("%d answers sent, %d received, %d lost", st.Answered, answered.Load(), lost.Load())
			}
		})
	}
}

func TestConnectionsWaitingInTheQueueAreServedWhileDraining(t *testing.T) {
	for range 20 {
		s := start(t, echo, Options{DrainIdle: time.Second})
		first := s.dial(t)
		get(t, first, fcgitest.Request{}) // Serve is running
		var clients []*fcgitest.Client
		for range 50 {
			c := s.dial(t)
			r := fcgitest.Request{Target: "/queued"}
			c.Send(r.Append(nil))
			clients = append(clients, c)
		}
		over := make(chan error)
		go func() { over <- s.Drain(context.Background()) }()
		for i, c := range clients {
			if resp, err := c.Receive(1); err != nil || resp.Status != 200 {
				t.Fatalf("connection %d: %+v, %v", i, resp, err)
			}
		}
		if err := <-over; err != nil {
			t.Errorf("Drain = %v", err)
		}
	}
}
