package db

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestFiftyRunsShareTenConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{MaxPerPool: 10, MaxIdle: 10})
		s.connected("PostgreSQL", "postgres://h/x").Close(false)
		server := s.of[PostgreSQL].server("h/x")
		server.set(func(f *fakeServer) { f.work = 10 * time.Millisecond })

		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				r := s.connected("PostgreSQL", "postgres://h/x")
				r.want(r.do("SELECT 1"), "")
				r.Close(false)
			})
		}
		synctest.Wait()
		if got := s.stats(); got.Leased != 10 || got.Waiting != 40 {
			t.Errorf("%d leased, %d waiting; want 10 and 40", got.Leased, got.Waiting)
		}
		all.Wait()
		if _, most, dials := server.counts(); most != 10 || dials != 10 {
			t.Errorf("%d open at once, %d opened; want 10 and 10", most, dials)
		}
		got := s.stats()
		n := uint64(0)
		for _, c := range got.Acquired {
			n += c
		}
		if n != 51 || got.AcquireTime != 10*(10+20+30+40)*time.Millisecond {
			t.Errorf("%d acquired in %v", n, got.AcquireTime)
		}
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestWaitersAreServedInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{MaxPerPool: 1})
		holder := s.connected("MySQL", "mysql://h/x")
		holder.want(holder.do("SELECT 1"), "")
		var order []int
		var all sync.WaitGroup
		for i := range 5 {
			all.Go(func() {
				r := s.connected("MySQL", "mysql://h/x")
				r.want(r.do("SELECT 1"), "")
				order = append(order, i)
				r.Close(false)
			})
			synctest.Wait()
		}
		holder.Close(false)
		all.Wait()
		if got := fmt.Sprint(order); got != "[0 1 2 3 4]" {
			t.Errorf("served as %s", got)
		}
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestAFullPoolAnswersInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{MaxPerPool: 2, AcquireTimeout: 200 * time.Millisecond})
		s.connected("PostgreSQL", "postgres://u@h/x").Close(false)
		s.of[PostgreSQL].server("h/x").set(func(f *fakeServer) { f.work = 50 * time.Millisecond })
		var answered, refused atomic.Int64
		var all sync.WaitGroup
		start := time.Now()
		for range 500 {
			all.Go(func() {
				r := s.connected("PostgreSQL", "postgres://u@h/x")
				switch err := r.do("SELECT 1"); {
				case err == nil:
					answered.Add(1)
				default:
					r.want(err, "ET5040: no connection to 'postgresql://u@h:1/x' became free within 200ms; all are in use")
					if r.Sent() {
						t.Error("a run that got no connection has sent something")
					}
					refused.Add(1)
				}
				r.Close(false)
			})
		}
		all.Wait()
		if took := time.Since(start); took > 260*time.Millisecond {
			t.Errorf("took %v", took)
		}
		if answered.Load() < 8 || answered.Load()+refused.Load() != 500 {
			t.Errorf("%d answered, %d refused", answered.Load(), refused.Load())
		}
		if got := s.stats(); got.Timeouts != uint64(refused.Load()) || got.Waiting != 0 {
			t.Errorf("%+v", got)
		}
		time.Sleep(time.Second)
		for range 2 {
			r := s.connected("PostgreSQL", "postgres://u@h/x")
			r.want(r.do("SELECT 1"), "")
			r.Close(false)
		}
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestARunThatLeavesTheQueueCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{MaxPerPool: 1})
		holder := s.connected("MySQL", "mysql://h/x")
		holder.want(holder.do("SELECT 1"), "")
		ctx, cancel := context.WithCancel(t.Context())
		left := make(chan error)
		go func() {
			r := s.connected("MySQL", "mysql://h/x")
			_, err := r.Execute(ctx, statement("SELECT 1"))
			r.Close(true)
			left <- err
		}()
		synctest.Wait()
		start := time.Now()
		cancel()
		if err := <-left; err != context.Canceled || time.Since(start) != 0 {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		// The next one is not held up by the one that left.
		done := make(chan bool)
		go func() {
			r := s.connected("MySQL", "mysql://h/x")
			r.want(r.do("SELECT 1"), "")
			r.Close(false)
			close(done)
		}()
		synctest.Wait()
		holder.Close(false)
		<-done
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestTheBudgetHoldsOverAllPools(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{Budget: 3})
		for _, name := range []string{"a", "b", "c"} {
			r := s.connected("PostgreSQL", "postgres://h/"+name)
			r.want(r.do("SELECT 1"), "")
			r.Close(false)
			time.Sleep(100 * time.Millisecond)
		}
		// A fourth pool closes the longest idle connection of any.
		r := s.connected("MySQL", "mysql://h/d")
		r.want(r.do("SELECT 1"), "")
		open := func() (all string) {
			for _, name := range []string{"a", "b", "c"} {
				n, _, _ := s.of[PostgreSQL].server("h/" + name).counts()
				all += fmt.Sprint(n)
			}
			n, _, _ := s.of[MySQL].server("h/d").counts()
			return all + fmt.Sprint(n)
		}
		if got := open(); got != "0111" {
			t.Errorf("open: %s, want 0111", got)
		}
		// All leased: one who needs another waits, and gets the first.
		b, c := s.connected("PostgreSQL", "postgres://h/b"), s.connected("PostgreSQL", "postgres://h/c")
		b.want(b.do("SELECT 1"), "")
		c.want(c.do("SELECT 1"), "")
		done := make(chan bool)
		go func() {
			a := s.connected("PostgreSQL", "postgres://h/a")
			a.want(a.do("SELECT 1"), "")
			a.Close(false)
			close(done)
		}()
		synctest.Wait()
		time.Sleep(time.Second)
		b.Close(false)
		<-done
		if got := open(); got != "1011" {
			t.Errorf("open: %s, want 1011", got)
		}
		c.Close(false)
		r.Close(false)
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestTwoRunsThatHoldWhatTheOtherWantsEndSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{Budget: 2})
		start := time.Now()
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				r := s.connected("PostgreSQL", "postgres://h/x")
				r.want(r.do("SELECT 1"), "")
				time.Sleep(time.Millisecond)
				r.want(r.Connect(t.Context(), "MySQL", "mysql://h/x"), "ET5040: no connection to 'mysql://h:1/x' became free within 2.5s")
				r.Close(true)
			})
		}
		all.Wait()
		if took := time.Since(start); took > 2600*time.Millisecond {
			t.Errorf("took %v", took)
		}
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestOneCallerTriesAndTheOthersWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{})
		server := s.of[PostgreSQL].server("h/x")
		server.refuse, server.dialTime = errRefused, 300*time.Millisecond
		const want = "ET5041: cannot connect to 'postgresql://h:1/x': refused"
		connect := func() {
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() { wantError(t, s.run().Connect(t.Context(), "PostgreSQL", "postgres://h/x"), want) })
			}
			all.Wait()
		}
		connect()
		if _, _, dials := server.counts(); dials != 1 {
			t.Errorf("%d tries, want 1", dials)
		}
		start := time.Now()
		connect() // within a second
		if _, _, dials := server.counts(); dials != 1 || time.Since(start) != 0 {
			t.Errorf("%d tries, want 1", dials)
		}
		time.Sleep(time.Second)
		connect()
		if _, _, dials := server.counts(); dials != 2 {
			t.Errorf("%d tries, want 2", dials)
		}
		time.Sleep(time.Second)
		server.set(func(f *fakeServer) { f.refuse = nil })
		r := s.connected("PostgreSQL", "postgres://h/x")
		r.want(r.do("SELECT 1"), "")
		if _, _, dials := server.counts(); dials != 3 {
			t.Errorf("%d tries, want 3: the first statement takes the connection of the first contact", dials)
		}
		r.Close(false)
		if got := s.stats(); got.Failures != 2 || got.Connects != 1 {
			t.Errorf("%d failures, %d connects", got.Failures, got.Connects)
		}
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestWhoTriesAndLeavesIsFollowedByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{})
		server := s.of[PostgreSQL].server("h/x")
		server.dialTime = time.Second
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			if err := s.run().Connect(ctx, "PostgreSQL", "postgres://h/x"); err != context.Canceled {
				t.Error(err)
			}
		}()
		synctest.Wait()
		done := make(chan bool)
		go func() {
			s.connected("PostgreSQL", "postgres://h/x").Close(false)
			close(done)
		}()
		synctest.Wait()
		cancel()
		<-done
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestAnOutageIsNoStormAndHealsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{MaxPerPool: 10})
		server := s.of[PostgreSQL].server("h/x")
		s.connected("PostgreSQL", "postgres://h/x").Close(false)
		server.set(func(f *fakeServer) { f.refuse, f.dialTime = errRefused, 10*time.Millisecond })
		time.Sleep(2 * time.Second)
		var ok, failed atomic.Int64
		end := time.Now().Add(time.Minute)
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				for time.Now().Before(end) {
					r := s.connected("PostgreSQL", "postgres://h/x") // is not contacted
					if err := r.do("SELECT 1"); err == nil {
						ok.Add(1)
					} else {
						r.want(err, "ET5041: ")
						failed.Add(1)
					}
					r.Close(false)
					time.Sleep(100 * time.Millisecond)
				}
			})
		}
		time.Sleep(30 * time.Second)
		_, _, dials := server.counts()
		if dials > 1+10+31 || ok.Load() != 0 {
			t.Errorf("%d tries in half a minute, %d runs answered", dials, ok.Load())
		}
		server.set(func(f *fakeServer) { f.refuse = nil })
		time.Sleep(1100 * time.Millisecond)
		before := failed.Load()
		all.Wait()
		if failed.Load() != before || ok.Load() < 10000 {
			t.Errorf("%d failures more after the server came back; %d answered", failed.Load()-before, ok.Load())
		}
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestIdleConnectionsAndUnusedPoolsAreClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{IdleTimeout: time.Minute, MaxIdle: 3})
		server := s.of[PostgreSQL].server("h/x")
		var runs []*run
		for range 6 {
			r := s.connected("PostgreSQL", "postgres://h/x")
			r.want(r.do("SELECT 1"), "")
			runs = append(runs, r)
		}
		for _, r := range runs {
			r.Close(false)
		}
		if open, most, _ := server.counts(); open != 3 || most != 6 {
			t.Errorf("%d open, %d at once; want 3 and 6", open, most)
		}
		time.Sleep(50 * time.Second)
		r := s.connected("PostgreSQL", "postgres://h/x")
		r.want(r.do("SELECT 1"), "")
		time.Sleep(15 * time.Second)
		if open, _, _ := server.counts(); open != 1 {
			t.Errorf("%d open, want the leased one", open)
		}
		r.Close(false)
		time.Sleep(59 * time.Second)
		if open, _, _ := server.counts(); open != 1 || len(s.Stats()) != 1 {
			t.Errorf("%d open, want 1", open)
		}
		time.Sleep(2 * time.Second)
		if open, _, _ := server.counts(); open != 0 || len(s.Stats()) != 0 {
			t.Errorf("%d open in %d pools, want none", open, len(s.Stats()))
		}
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestNoIdleConnectionIsKeptWhenNoneMayBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{MaxIdle: -1})
		server := s.of[MySQL].server("h/x")
		for range 3 {
			r := s.connected("MySQL", "mysql://h/x")
			r.want(r.do("SELECT 1"), "")
			r.Close(false)
			if open, _, _ := server.counts(); open != 0 {
				t.Errorf("%d open", open)
			}
		}
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestOldConnectionsAreClosedWhenGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{MaxLifetime: time.Hour, IdleTimeout: 24 * time.Hour})
		server := s.of[MySQL].server("h/x")
		use := func() int {
			r := s.connected("MySQL", "mysql://h/x")
			r.want(r.do("SELECT 1"), "")
			r.Close(false)
			_, _, dials := server.counts()
			return dials
		}
		use()
		time.Sleep(53 * time.Minute)
		if n := use(); n != 1 {
			t.Errorf("%d dials after 53 minutes", n)
		}
		time.Sleep(14 * time.Minute)
		use()
		if n := use(); n != 2 {
			t.Errorf("%d dials after 67 minutes, want 2", n)
		}
		s.Registry.Close()
	})
	spread := map[time.Duration]bool{}
	for i := range 1000 {
		d := lifetime(time.Hour, time.Unix(0, int64(i)*1_000_003))
		if d < 54*time.Minute || d > 66*time.Minute {
			t.Fatalf("lifetime %v", d)
		}
		spread[d.Truncate(time.Minute)] = true
	}
	if len(spread) < 12 {
		t.Errorf("lifetimes in %d different minutes only", len(spread))
	}
}

func TestAConnectionThatWasIdleDoesNotProveTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{})
		server := s.of[PostgreSQL].server("h/x")
		first, second := s.connected("PostgreSQL", "postgres://h/x"), s.connected("PostgreSQL", "postgres://h/x")
		first.want(first.do("SELECT 1"), "")
		server.set(func(f *fakeServer) { f.refuse = errRefused })
		second.want(second.do("SELECT 1"), "ET5041")
		first.Close(false)
		for range 5 {
			first, second = s.connected("PostgreSQL", "postgres://h/x"), s.connected("PostgreSQL", "postgres://h/x")
			first.want(first.do("SELECT 1"), "") // on what was open before
			second.want(second.do("SELECT 1"), "ET5041")
			first.Close(false)
			second.Close(false)
		}
		if _, _, dials := server.counts(); dials != 2 {
			t.Errorf("%d tries to connect within a second, want the one that worked and the one that did not", dials)
		}
		s.Registry.Close()
	})
}

func TestDeadIdleConnectionsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{})
		server := s.of[MySQL].server("h/x")
		var runs []*run
		for range 5 {
			r := s.connected("MySQL", "mysql://h/x")
			r.want(r.do("SELECT 1"), "")
			runs = append(runs, r)
		}
		for _, r := range runs {
			r.Close(false)
		}
		server.set(func(f *fakeServer) { f.refuse = errRefused })
		time.Sleep(2 * time.Second)
		r := s.connected("MySQL", "mysql://h/x")
		r.want(r.do("SELECT 1"), "ET5041")
		r.Close(false)
		if got := s.stats(); got.Idle != 0 || got.Open != 0 || s.places() != 0 {
			t.Errorf("%d idle, %d open, %d places taken", got.Idle, got.Open, s.places())
		}
		s.Registry.Close()
	})
}

func TestAHandoverKeepsNothingIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{})
		server := s.of[PostgreSQL].server("h/x")
		held, other := s.connected("PostgreSQL", "postgres://h/x"), s.connected("PostgreSQL", "postgres://h/x")
		held.want(held.do("SELECT 1"), "")
		other.want(other.do("SELECT 1"), "")
		other.Close(false)
		s.Retire()
		if open, _, _ := server.counts(); open != 1 {
			t.Errorf("%d open, want the leased one", open)
		}
		held.Close(false)
		if open, _, _ := server.counts(); open != 0 {
			t.Errorf("%d open", open)
		}
		s.Resume()
		again := s.connected("PostgreSQL", "postgres://h/x")
		again.want(again.do("SELECT 1"), "")
		again.Close(false)
		if open, _, _ := server.counts(); open != 1 {
			t.Errorf("%d open after the handover was called off, want 1", open)
		}
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestAPoolAtItsLimitIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{MaxPerPool: 1})
		hold := func(d time.Duration) {
			r := s.connected("MySQL", "mysql://u:secret@h/x")
			r.want(r.do("SELECT 1"), "")
			time.Sleep(d)
			r.Close(false)
			synctest.Wait()
		}
		hold(9 * time.Second)
		if len(s.warned) != 0 {
			t.Errorf("warned after 9 s: %q", s.warned)
		}
		hold(40 * time.Second)
		hold(11 * time.Second)
		if len(s.warned) != 2 || !strings.HasSuffix(s.warned[0], "database mysql://u@h:1/x") {
			t.Errorf("%q", s.warned)
		}
		s.Registry.Close()
	})
}

func TestALowerBudgetClosesIdleConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{})
		server := s.of[MySQL].server("h/x")
		var runs []*run
		for range 5 {
			r := s.connected("MySQL", "mysql://h/x")
			r.want(r.do("SELECT 1"), "")
			runs = append(runs, r)
		}
		for _, r := range runs[:3] {
			r.Close(false)
		}
		s.Set(Settings{Budget: 3})
		if open, _, _ := server.counts(); open != 3 {
			t.Errorf("%d open, want 3", open)
		}
		for _, r := range runs[3:] {
			r.Close(false)
		}
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestClientsCountWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{Budget: 20, AcquireTimeout: time.Second})
		r := s.run()
		if _, err := r.RedisConnect(t.Context(), "redis://h:1"); err != nil {
			t.Fatal(err)
		}
		if s.places() != 10 {
			t.Errorf("%d places taken by Redis, want 10", s.places())
		}
		if _, err := r.MongoConnect(t.Context(), "mongodb://h:1", "x"); err != nil {
			t.Fatal(err)
		}
		if s.places() != 15 { // half of what is left, the monitors included
			t.Errorf("%d places taken, want 15", s.places())
		}
		var runs []*run
		for range 5 {
			p := s.connected("PostgreSQL", "postgres://h/x")
			p.want(p.do("SELECT 1"), "")
			runs = append(runs, p)
		}
		p := s.connected("PostgreSQL", "postgres://h/x")
		p.want(p.do("SELECT 1"), "ET5040")
		p.Close(true)
		for _, p := range runs {
			p.Close(false)
		}
		r.Close(false)
		time.Sleep(6 * time.Minute)
		if s.places() != 0 {
			t.Errorf("%d places taken after all were unused", s.places())
		}
		s.Registry.Close()
	})
}

func TestAWholeClientIsNotStarvedBySingleConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{Budget: 10, AcquireTimeout: time.Second, MaxIdle: 10})
		s.of[PostgreSQL].server("h/x").work = 50 * time.Millisecond
		stop := make(chan bool)
		var all sync.WaitGroup
		for range 30 {
			all.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					r := s.connected("PostgreSQL", "postgres://h/x")
					r.want(r.do("SELECT 1"), "")
					r.Close(false)
				}
			})
		}
		time.Sleep(time.Second)
		r := s.run()
		_, err := r.RedisConnect(t.Context(), "redis://h:1")
		r.want(err, "")
		close(stop)
		all.Wait()
		r.Close(false)
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestAClientThatCannotConnectHoldsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{})
		s.of[Redis].server("h/").refuse = errRefused
		_, err := s.run().RedisConnect(t.Context(), "redis://u:pw@h:1")
		wantError(t, err, "ET5041: cannot connect to 'redis://u@h:1': refused")
		if s.places() != 0 {
			t.Errorf("%d places taken", s.places())
		}
		s.wantBooks()
		s.Registry.Close()
	})
}

func TestClosingTheRegistryEndsAllWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, Settings{MaxPerPool: 1})
		holder := s.connected("MySQL", "mysql://h/x")
		holder.want(holder.do("SELECT 1"), "")
		done := make(chan bool)
		go func() {
			r := s.connected("MySQL", "mysql://h/x")
			r.want(r.do("SELECT 1"), "ET5041")
			r.Close(true)
			close(done)
		}()
		synctest.Wait()
		s.Registry.Close()
		<-done
		holder.Close(false)
		if open, _, _ := s.of[MySQL].server("h/x").counts(); open != 0 || s.places() != 0 {
			t.Errorf("%d open, %d places taken", open, s.places())
		}
		wantError(t, s.run().Connect(t.Context(), "MySQL", "mysql://h/x"), "ET5041")
	})
}

// Whatever runs do, the books agree afterwards and nothing stays taken.
func TestNoPlaceIsLost(t *testing.T) {
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const budget = 6
				s := newStand(t, Settings{Budget: budget, MaxPerPool: 3, MaxIdle: 2, AcquireTimeout: 50 * time.Millisecond, MaxLifetime: time.Second,
					IdleTimeout: 300 * time.Millisecond, StatementTimeout: 30 * time.Millisecond})
				texts := []struct{ kind, text string }{
					{"SQLite", "a"}, {"SQL", "a"}, {"SQLite", "memory"}, {"SQLite", "shared"}, {"PostgreSQL", "postgres://h/a"},
					{"PostgreSQL", "postgres://h/b"}, {"MySQL", "mysql://h/a"},
				}
				var all sync.WaitGroup
				for worker := range uint64(20) {
					all.Go(func() {
						random := rand.New(rand.NewPCG(seed, worker))
						for range 60 {
							ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(200))*time.Millisecond)
							r := s.run()
							for range 1 + random.IntN(6) {
								to := texts[random.IntN(len(texts))]
								switch random.IntN(8) {
								case 0, 1:
									r.Connect(ctx, to.kind, to.text)
								case 2:
									r.Disconnect(ctx, to.kind)
								case 3:
									time.Sleep(time.Duration(random.IntN(20)) * time.Millisecond)
								case 4:
									if random.IntN(4) == 0 {
										r.RedisConnect(ctx, "redis://h:1")
									}
								default:
									words := []string{"SELECT 1", "BEGIN", "COMMIT", "ROLLBACK", "SET x", "INSERT", "SELECT LAST_INSERT_ID()"}
									r.Execute(ctx, statement(words[random.IntN(len(words))]))
								}
							}
							r.Close(random.IntN(2) == 0)
							cancel()
						}
					})
				}
				// The world outside.
				chaos, stop := context.WithCancel(t.Context())
				var outside sync.WaitGroup
				outside.Go(func() {
					random := rand.New(rand.NewPCG(seed, 99))
					for chaos.Err() == nil {
						kind := []Kind{SQLite, PostgreSQL, MySQL, Redis}[random.IntN(4)]
						name := []string{"a", "memory", "h/a", "h/b", "h/"}[random.IntN(5)]
						mood, sent := random.IntN(8), random.IntN(2) == 0
						s.of[kind].server(name).set(func(f *fakeServer) {
							f.refuse, f.answer, f.work, f.dialTime = nil, nil, 0, 0
							switch mood {
							case 0:
								f.refuse = errRefused
							case 1:
								f.answer = func(c *fakeConn, _ string) error {
									if c != nil {
										c.usable = false
									}
									return &Lost{Sent: sent, Cause: errors.New("broken")}
								}
							case 2:
								f.work = 40 * time.Millisecond
							case 3:
								f.dialTime = 15 * time.Millisecond
							case 4:
								f.answer = func(c *fakeConn, _ string) error {
									if c != nil {
										c.transaction = false
									}
									return &Refusal{Message: "deadlock", Tag: "[fake 2]", Ended: true}
								}
							}
						})
						switch random.IntN(40) {
						case 0:
							s.Retire()
						case 1:
							s.Resume()
						}
						time.Sleep(5 * time.Millisecond)
					}
				})
				all.Wait()
				stop()
				outside.Wait()
				s.wantBooks()
				if most := s.of[SQLite].all.most; most > budget {
					t.Errorf("%d connections were open at once, the budget is %d", most, budget)
				}
				s.Registry.Close()
				for _, f := range s.of {
					for name, server := range f.servers {
						if server.open != 0 {
							t.Errorf("%s %s: %d connections stay open", f.kind, name, server.open)
						}
					}
				}
			})
		})
	}
}

func BenchmarkLease(b *testing.B) {
	all, _ := drivers()
	r := New(Settings{Drivers: all})
	a, _ := r.Access(AccessConfig{AllowAll: true})
	ctx := context.Background()
	s := statement("SELECT a, b FROM t WHERE id = ?")
	b.ReportAllocs()
	for b.Loop() {
		x := a.Session()
		if err := x.Connect(ctx, "SQLite", "a"); err != nil {
			b.Fatal(err)
		}
		if _, err := x.Execute(ctx, s); err != nil {
			b.Fatal(err)
		}
		x.Close(false)
	}
}

func TestWhatIsGrantedAndNotUsedGoesBack(t *testing.T) {
	s := newStand(t, Settings{Budget: 1})
	r := s.connected("MySQL", "mysql://h/x")
	p := r.Session.(*session).open[0].pool
	w := &waiter{need: 1}
	if g, err := s.wait(t.Context(), p, w, time.Second); err != nil || !g.idle {
		t.Fatalf("%+v, %v", g, err)
	}
	p.giveUp(w)
	if got := s.stats(); got.Idle != 1 || got.Leased != 0 {
		t.Errorf("%+v", got)
	}
	other := s.connected("MySQL", "mysql://h/y")
	q := other.Session.(*session).open[0].pool
	if err := s.take(t.Context(), q, 1, time.Second); err != nil {
		t.Fatal(err)
	}
	q.giveUp(&waiter{client: true, need: 1})
	r.Close(false)
	other.Close(false)
	s.wantBooks()
	if s.places() != 0 {
		t.Errorf("%d places taken", s.places())
	}
	s.Registry.Close()
}
