package web

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestPendingTellsWhatRunsAndWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started, release := make(chan string, 2), make(chan struct{})
		a, _ := newApp(t, blocking("x", started, release), func(s *Settings) { s.MaxConcurrent, s.MaxQueue = 1, 1 })
		answers := make(chan *reply, 2)
		for _, id := range []string{"first", "second"} {
			req := get("/")
			req.ID = id
			go func() { answers <- ask(t, a, req) }()
			synctest.Wait()
			time.Sleep(time.Second)
		}
		ask(t, a, get("/")) // one too many
		all := a.Pending()
		if len(all) != 2 || all[0].ID != "first" || !all[0].Running || all[1].ID != "second" || all[1].Running {
			t.Fatalf("pending: %+v", all)
		}
		for i, age := range []time.Duration{2 * time.Second, time.Second} {
			if p := all[i]; time.Since(p.Start) != age || p.Route != "/" || p.Method != "GET" {
				t.Errorf("after %v: %+v", age, p)
			}
		}
		close(release)
		<-answers
		<-answers
		if all := a.Pending(); len(all) != 0 {
			t.Errorf("after the answers: %+v", all)
		}
		a.Close()
		ask(t, a, get("/"))
		if got := a.Refused(); got["queue_full"] != 1 || got["no_program"] != 1 || got["queue_timeout"] != 0 {
			t.Errorf("refused: %v", got)
		}
	})
}
