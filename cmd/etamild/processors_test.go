package main

import (
	"fmt"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"etamil/cmd/internal/config"
)

// A stretch is so many ticks that use so much and let wait so long.
type stretch struct {
	ticks int
	used  float64
	wait  time.Duration
}

func TestPace(t *testing.T) {
	const span = paceTicks
	for _, tt := range []struct {
		what  string
		most  int
		least int
		loads []stretch
		want  string // the number of processors, and after how many ticks it changed
	}{
		{"an idle process keeps all", 8, 1, []stretch{{5 * span, 0, 0}}, "8"},
		{"a light load needs one", 8, 1, []stretch{{5 * span, 0.3, 0}}, "8 10:1"},
		{"three full ones and a bit need four", 8, 1, []stretch{{5 * span, 3.1, 0}}, "8 10:4"},
		{"what one is used to nearly is left on one", 8, 1, []stretch{{2 * span, 0.5, 0}, {5 * span, 0.89, 0}}, "8 10:1"},
		{"nine tenths of one for a span are too much", 8, 1, []stretch{{2 * span, 0.5, 0}, {span, 0.93, 0}}, "8 10:1 30:2"},
		{"a full one is doubled at once, and again", 8, 1, []stretch{{2 * span, 0.5, 0}, {1, 1, 0}, {1, 2, 0}, {1, 4, 0}, {1, 8, 0}}, "8 10:1 21:2 22:4 23:8"},
		{"as few processors as the process may use", 3, 1, []stretch{{2 * span, 0.5, 0}, {1, 1, 0}, {1, 2, 0}, {1, 3, 0}}, "3 10:1 21:2 22:3"},
		{"one after the other is given up", 8, 1, []stretch{{span, 5, 0}, {4 * span, 0.5, 0}}, "8 10:7 20:1"},
		{"a burst after a rest finds all for a span", 8, 1, []stretch{{3 * span, 0.3, 0}, {3 * span, 0.001, 0}, {span, 0.3, 0}}, "8 10:1 40:8 70:1"},
		{"long waits get one more, which stays", 8, 1, []stretch{{2 * span, 0.5, 0}, {span / 2, 0.5, 3 * late}, {45 * span, 0.5, 0}}, "8 10:1 24:2 424:1"},
		{"waits that no processor ends change nothing", 2, 1, []stretch{{5 * span, 1.7, 9 * late}}, "2"},
		{"threads that wait keep two", 8, 2, []stretch{{5 * span, 0.3, 0}}, "8 10:2"},
		{"there is only one", 1, 2, []stretch{{5 * span, 1, 3 * late}}, "1"},
	} {
		p := pace{most: tt.most, now: tt.most}
		got, ticks := strconv.Itoa(p.now), 0
		for _, l := range tt.loads {
			for range l.ticks {
				ticks++
				was := p.now
				if now := p.next(l.used, l.wait, tt.least); now != was {
					got += fmt.Sprintf(" %d:%d", ticks, now)
				}
			}
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.what, got, tt.want)
		}
	}
}

// burn uses a processor until stop is set.
func burn(stop *atomic.Bool) {
	for !stop.Load() {
	}
}

func TestProcessorsFollowTheLoad(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	if before < 2 {
		t.Skip("SKIPPED: there is only one processor")
	}
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	settings := func(word string) *config.Config {
		cfg, problems := config.Load("", []string{"ETAMILD_PROCESSORS=" + word}, nil)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return cfg
	}
	become := func(what string, least, most int) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			n := runtime.GOMAXPROCS(0)
			if n >= least && n <= most {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("%s: there are %d processors, want %d to %d", what, n, least, most)
			}
		}
	}
	p := &processors{}
	p.tune(settings("3"))
	become("the operator's choice", 3, 3)
	p.tune(settings("auto"))
	var stop atomic.Bool
	defer stop.Store(true)
	light := make(chan struct{})
	go func() {
		for {
			select {
			case <-light:
				return
			case <-time.After(5 * time.Millisecond):
			}
			for end := time.Now().Add(time.Millisecond); time.Now().Before(end); {
			}
		}
	}()
	become("a light load", 1, 1)
	close(light)
	go burn(&stop)
	go burn(&stop)
	become("two loops without an end", 2, before)
	p.tune(settings("3"))
	become("the operator's choice again", 3, 3)
	time.Sleep(3 * paceTick)
	become("nobody changes it", 3, 3)
}

// What the process used is measured as the kernel counts it.
func TestSpent(t *testing.T) {
	s := newSpent()
	var stop atomic.Bool
	go burn(&stop)
	time.Sleep(300 * time.Millisecond)
	used, _ := s.since()
	stop.Store(true)
	if used < 0.1 || used > float64(runtime.NumCPU())+0.5 {
		t.Errorf("a loop without an end used %.2f processors", used)
	}
}
