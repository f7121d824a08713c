package main

import (
	"context"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"etamil/cmd/internal/notify"
	"etamil/fcgi"
)

const (
	// statusEvery is how often the manager is told how the daemon is, when it
	// does not watch it anyway.
	statusEvery = 10 * time.Second

	// moreTime is asked for again and again while a stop or a handover goes
	// on, which has a limit of its own.
	moreTime = 30 * time.Second

	// managerTime bounds waiting for the manager: it answers at once, or is
	// being replaced.
	managerTime = 5 * time.Second
)

// tell says something to the service manager, if this is the process it hears.
func (d *daemon) tell(say func(*notify.Notifier) error) {
	if !d.main.Load() {
		return
	}
	if err := say(d.notify); err != nil {
		d.log.Warn().Err(err).Msg("the service manager was not told")
	}
}

// managerIsUpToDate waits until the manager knows what it was told.
func (d *daemon) managerIsUpToDate() {
	ctx, cancel := context.WithTimeout(context.Background(), managerTime)
	defer cancel()
	d.tell(func(n *notify.Notifier) error { return n.Barrier(ctx) })
}

// supervise tells the manager until the end how the daemon is, and, when it
// watches, that it works: only after a request of its own was answered.
func (d *daemon) supervise() {
	if !d.notify.Enabled() {
		return
	}
	every := d.notify.Watchdog()
	if every == 0 {
		every = statusEvery
	}
	t := time.NewTicker(every)
	defer t.Stop()
	var before acceptance
	for last := ""; ; {
		ctx, cancel := context.WithTimeout(context.Background(), every)
		err := d.selfCheck(ctx, d.cfg().Web, false)
		cancel()
		now := d.acceptance()
		stuck := now.stuckSince(before)
		before = now
		switch {
		case err != nil:
			d.log.Error().Err(err).Msg("this process does not answer")
		case stuck:
			d.log.Error().Msg("connections wait in the queue and are not accepted")
		case d.notify.Watchdog() > 0:
			d.tell((*notify.Notifier).Alive)
		}
		if line := d.statusLine(); line != last {
			last = line
			d.tell(func(n *notify.Notifier) error { return n.Status(line) })
		}
		select {
		case <-d.ended:
			return
		case <-t.C:
		}
	}
}

// acceptance is how far the accepting of connections is.
type acceptance struct {
	waiting         bool
	accepted, tried uint64
}

func (d *daemon) acceptance() acceptance {
	s := d.server.Stats()
	waiting := d.server.Waiting() && !s.Draining && d.other() == nil
	return acceptance{waiting, s.Accepted, s.AcceptErrors}
}

// stuckSince reports whether a connection has waited since before and nobody
// tried to accept it.
func (a acceptance) stuckSince(before acceptance) bool {
	return a.waiting && before.waiting && a.accepted == before.accepted && a.tried == before.tried
}

// askForTime asks the manager for more time until done.
func (d *daemon) askForTime(done <-chan struct{}) {
	t := time.NewTicker(moreTime / 3)
	defer t.Stop()
	for {
		d.tell(func(n *notify.Notifier) error { return n.ExtendTimeout(moreTime) })
		select {
		case <-done:
			return
		case <-t.C:
		}
	}
}

// storedPrefix begins the names of connections in the manager's store.
const storedPrefix = "conn-"

func isStored(name string) bool { return strings.HasPrefix(name, storedPrefix) }

// takeStored takes the connections that an earlier process left with the
// manager, and makes it forget all that came from its store: its copy would keep
// a connection open that is closed here.
func (d *daemon) takeStored(passed fcgi.FromSystemd) {
	d.stored = passed.Connections
	names := make(map[string]bool)
	for _, f := range d.stored {
		names[f.Name()] = true
	}
	for _, what := range passed.Unused {
		d.log.Warn().Msg("unused from systemd: " + what.String())
		if what.Name != fdFastCGI && what.Name != fdMetrics {
			names[what.Name] = true
		}
	}
	if len(names) == 0 {
		return
	}
	for name := range names {
		d.tell(func(n *notify.Notifier) error { return n.Unstore(name) })
	}
	d.managerIsUpToDate()
	d.log.Info().Int("connections", len(d.stored)).Msg("took connections from systemd")
}

var storedCount atomic.Int64

// store leaves an idle connection with the manager for the next process.
func (d *daemon) store(f *os.File) error {
	name := storedPrefix + strconv.Itoa(os.Getpid()) + "-" + strconv.FormatInt(storedCount.Add(1), 10)
	err := d.notify.Store(name, f)
	if err == nil {
		f.Close()
	}
	return err
}
