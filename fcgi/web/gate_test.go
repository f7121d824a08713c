package web

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// queue lets a request wait at g and tells when it is admitted or given up.
func queue(g *Gate, ctx context.Context, bodies int64, name string, events chan<- string) {
	go func() {
		ticket, err := g.Enter(ctx, bodies)
		if err != nil {
			events <- name + ": " + err.Error()
			return
		}
		events <- name
		_ = ticket // the test releases through g
	}()
	synctest.Wait()
}

// free gives back a place with that many bytes of body.
func free(g *Gate, bodies int64) {
	t := Ticket{gate: g, bodies: bodies}
	t.Release()
	synctest.Wait()
}

func expect(t *testing.T, events <-chan string, want ...string) {
	t.Helper()
	synctest.Wait()
	for _, w := range want {
		select {
		case got := <-events:
			if got != w {
				t.Fatalf("got %q, want %q", got, w)
			}
		default:
			t.Fatalf("nothing happened, want %q", w)
		}
	}
	select {
	case got := <-events:
		t.Fatalf("got %q as well", got)
	default:
	}
}

func TestGateAdmitsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, events := NewGate(GateLimits{Running: 1}), make(chan string, 10)
		for _, name := range []string{"a", "b", "c", "d"} {
			queue(g, t.Context(), 0, name, events)
		}
		expect(t, events, "a")
		free(g, 0)
		expect(t, events, "b")
		free(g, 0)
		expect(t, events, "c")
		time.Sleep(time.Minute) // no queue time was set
		free(g, 0)
		expect(t, events, "d")
		free(g, 0)
		if s := g.Stats(); s != (GateStats{}) {
			t.Errorf("an empty gate holds %+v", s)
		}
	})
}

func TestGateRefusesBeyondItsQueue(t *testing.T) {
	g := NewGate(GateLimits{Running: 1, Queue: 1})
	first, err := g.Enter(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	admitted := make(chan error)
	go func() {
		ticket, err := g.Enter(t.Context(), 0)
		ticket.Release()
		admitted <- err
	}()
	for g.Stats().Queued == 0 {
		time.Sleep(time.Millisecond)
	}
	if _, err := g.Enter(t.Context(), 0); !errors.Is(err, ErrQueueFull) {
		t.Errorf("one more gives %v", err)
	}
	first.Release()
	first.Release() // counts once
	if err := <-admitted; err != nil {
		t.Error(err)
	}
	if s := g.Stats(); s.Running != 0 {
		t.Errorf("%+v", s)
	}
}

func TestGateGivesUpAfterTheQueueTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, events := NewGate(GateLimits{Running: 1, Wait: 5 * time.Second}), make(chan string, 10)
		queue(g, t.Context(), 0, "a", events)
		queue(g, t.Context(), 0, "b", events)
		time.Sleep(2 * time.Second)
		queue(g, t.Context(), 0, "c", events)
		expect(t, events, "a")
		if s := g.Stats(); s.Queued != 2 || s.Oldest != 2*time.Second {
			t.Errorf("%+v", s)
		}
		time.Sleep(3 * time.Second)
		expect(t, events, "b: no free place within the queue time")
		free(g, 0)
		expect(t, events, "c")
	})
}

func TestGateDropsWhoeverWentAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, events := NewGate(GateLimits{Running: 1, Wait: time.Minute}), make(chan string, 10)
		ctx, leave := context.WithCancel(t.Context())
		queue(g, t.Context(), 0, "a", events)
		queue(g, ctx, 0, "b", events)
		queue(g, t.Context(), 0, "c", events)
		leave()
		expect(t, events, "a", "b: context canceled")
		if s := g.Stats(); s.Queued != 1 || s.Running != 1 {
			t.Errorf("%+v", s)
		}
		free(g, 0)
		expect(t, events, "c")
	})
}

func TestGateBoundsBodies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, events := NewGate(GateLimits{Running: 10, Bodies: 100}), make(chan string, 10)
		queue(g, t.Context(), 60, "a", events)
		queue(g, t.Context(), 60, "b", events)
		queue(g, t.Context(), 10, "c", events) // behind b, although it would fit
		expect(t, events, "a")
		queue(g, t.Context(), 0, "without a body", events)
		expect(t, events, "without a body")
		small := Ticket{gate: g, bodies: 60}
		small.Hold(80)
		expect(t, events)
		small.Hold(40)
		expect(t, events, "b")
		small.Release()
		expect(t, events, "c")
		free(g, 0)
		free(g, 60)
		free(g, 10)
		queue(g, t.Context(), 1000, "larger than all", events)
		expect(t, events, "larger than all")
		queue(g, t.Context(), 1, "d", events)
		expect(t, events)
		free(g, 1000)
		expect(t, events, "d")
		free(g, 1)
		if s := g.Stats(); s != (GateStats{}) {
			t.Errorf("%+v", s)
		}
	})
}

// One that waits for room for its body gets the next place when there is room,
// however many come without a body.
func TestGateStarvesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, events := NewGate(GateLimits{Running: 2, Bodies: 100}), make(chan string, 10)
		queue(g, t.Context(), 100, "a", events)
		queue(g, t.Context(), 100, "b", events)
		queue(g, t.Context(), 0, "c", events)
		queue(g, t.Context(), 0, "d", events)
		expect(t, events, "a", "c")
		free(g, 100)
		expect(t, events, "b")
	})
}

func TestGateFollowsNewLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, events := NewGate(GateLimits{Running: 1}), make(chan string, 10)
		for _, name := range []string{"a", "b", "c"} {
			queue(g, t.Context(), 0, name, events)
		}
		g.SetLimits(GateLimits{Running: 2})
		expect(t, events, "a", "b")
		g.SetLimits(GateLimits{Running: 1})
		free(g, 0)
		expect(t, events)
		free(g, 0)
		expect(t, events, "c")
	})
}

func TestClosedGateRefusesAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, events := NewGate(GateLimits{Running: 1}), make(chan string, 10)
		queue(g, t.Context(), 0, "a", events)
		queue(g, t.Context(), 0, "b", events)
		queue(g, t.Context(), 9, "c", events)
		expect(t, events, "a")
		g.Close()
		synctest.Wait()
		got := map[string]bool{<-events: true, <-events: true}
		if !got["b: draining past its limit"] || !got["c: draining past its limit"] {
			t.Errorf("%v", got)
		}
		if _, err := g.Enter(t.Context(), 0); !errors.Is(err, ErrDraining) {
			t.Errorf("a new one gives %v", err)
		}
		free(g, 0)
		if s := g.Stats(); s != (GateStats{}) {
			t.Errorf("%+v", s)
		}
	})
}

// Nobody is lost when places, time and clients end at the same moment.
func TestGateKeepsCountUnderLoad(t *testing.T) {
	g := NewGate(GateLimits{Running: 3, Queue: 50, Wait: time.Millisecond, Bodies: 100})
	done := make(chan struct{})
	for i := range 200 {
		go func() {
			defer func() { done <- struct{}{} }()
			for j := range 50 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(j%7)*time.Millisecond)
				ticket, err := g.Enter(ctx, int64((i+j)%3*40))
				if err == nil {
					ticket.Hold(int64(j % 5 * 30))
					time.Sleep(time.Duration(i%3) * 10 * time.Microsecond)
					ticket.Release()
				}
				cancel()
			}
		}()
	}
	for range 200 {
		<-done
	}
	if s := g.Stats(); s != (GateStats{}) {
		t.Errorf("an empty gate holds %+v", s)
	}
}

func BenchmarkGateEnter(b *testing.B) {
	g := NewGate(GateLimits{Running: 10, Queue: 10, Wait: time.Second, Bodies: 100})
	b.ReportAllocs()
	for b.Loop() {
		t, _ := g.Enter(b.Context(), 0)
		t.Release()
	}
}
