package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"etamil/engine/db"
	"etamil/engine/db/dbtest/servers"
)

func hold(t *testing.T, ctx context.Context, text, name string) *Lock {
	t.Helper()
	l, err := Hold(ctx, text, db.Options{}, name, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Release)
	return l
}

func TestLockIsHeldByOne(t *testing.T) {
	url := servers.Postgres(t)
	first := hold(t, context.Background(), url, "கடை")
	hold(t, context.Background(), url, "another").Release()
	second := make(chan *Lock)
	go func() {
		l, err := Hold(context.Background(), url, db.Options{}, "கடை", 5*time.Second)
		if err != nil {
			t.Error(err)
		}
		second <- l
	}()
	ctx, stop := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer stop()
	if _, err := Hold(ctx, url, db.Options{}, "கடை", 5*time.Second); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a third: %v", err)
	}
	select {
	case <-second:
		t.Fatal("two hold it")
	case <-first.Lost():
		t.Fatal("it is lost")
	default:
	}
	first.Release()
	l := <-second
	defer l.Release()
	select {
	case <-first.Lost():
		t.Error("a released lock is told to be lost")
	default:
	}
}

func TestLostLockIsNoticedAtOnce(t *testing.T) {
	s := servers.NewPostgres(t)
	for _, tt := range []struct {
		why string
		end func()
	}{
		{"the session was ended", func() { kill(t, s.URL) }},
		{"the server ended", s.Stop},
	} {
		l := hold(t, context.Background(), s.URL, "x")
		tt.end()
		select {
		case <-l.Lost():
		case <-time.After(heartBeat / 2):
			t.Errorf("%s: not noticed", tt.why)
		}
		l.Release()
	}
	var failed *db.ConnectError
	if _, err := Hold(context.Background(), s.URL, db.Options{}, "x", time.Second); !errors.As(err, &failed) {
		t.Errorf("while the server is down: %v", err)
	}
}

func TestSilentServerLosesTheLockBeforeItGivesItAway(t *testing.T) {
	s := servers.NewPostgres(t)
	l := hold(t, context.Background(), s.URL, "x")
	pid := admin(t, s.URL, "SELECT pid FROM pg_locks WHERE locktype = 'advisory'")[0][0]
	signal(t, pid, "STOP")
	defer signal(t, pid, "CONT")
	select {
	case <-l.Lost():
	case <-time.After(heartBeat + heartPatience + 2*time.Second):
		t.Error("not noticed")
	}
	if heartBeat+heartPatience >= heartSilence {
		t.Error("the server may give the lock away before its holder knows")
	}
}

func TestLockLivesThroughQuietTimes(t *testing.T) {
	s := servers.NewPostgres(t, "idle_session_timeout=1s", "statement_timeout=1s")
	l := hold(t, context.Background(), s.URL, "x")
	waiting, stop := context.WithTimeout(context.Background(), heartBeat+time.Second)
	defer stop()
	if _, err := Hold(waiting, s.URL, db.Options{}, "x", time.Second); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a wait longer than statement_timeout: %v", err)
	}
	select {
	case <-l.Lost():
		t.Error("it was lost")
	default:
	}
}
