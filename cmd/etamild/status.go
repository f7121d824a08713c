package main

import (
	"cmp"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"etamil/cmd/internal/control"
	"etamil/cmd/internal/version"
	"etamil/engine/diag"
)

// Status implements control.Daemon.
func (d *daemon) Status() *control.Status {
	conns, queue := d.server.Stats(), d.app.Queue()
	s := &control.Status{
		Version: version.String(), PID: os.Getpid(), Started: d.started, Uptime: seconds(time.Since(d.started)),
		Config: d.cfg().File, Program: d.cfg().Program, Sockets: d.sockets(), Data: d.dataDir(),
		LogLevel: zerolog.GlobalLevel().String(), LastProblem: d.lastProblem.Load(),
		Draining: conns.Draining,
		Running:  queue.Running, Queued: queue.Queued, Oldest: seconds(queue.Oldest),
		Requests:    []control.Pending{},
		Connections: conns.Connections, Accepted: conns.Accepted, Served: conns.Requests,
		Answered: conns.Answered, ClientGone: conns.ClientGone, Panics: conns.Panics,
		Refused: conns.Refused, LogDropped: d.logs.Dropped(),
	}
	if g := d.app.Current(); g != nil {
		s.Generation = g.Number()
	}
	s.LastReload, s.Handover = d.lastReload.Load(), d.other()
	if p := d.problem.Load(); p != nil {
		s.Problem = *p
	}
	maps.Copy(s.Refused, d.app.Refused())
	maps.DeleteFunc(s.Refused, func(_ string, n uint64) bool { return n == 0 })
	for _, p := range d.app.Pending() {
		state := "queued"
		if p.Running {
			state = "running"
		}
		s.Requests = append(s.Requests, control.Pending{
			ID: p.ID, Method: p.Method, Route: p.Route, State: state, Age: seconds(time.Since(p.Start)),
		})
	}
	slices.SortStableFunc(s.Requests, func(a, b control.Pending) int { return cmp.Compare(b.Age, a.Age) })
	return s
}

func seconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }

// SetLogLevel implements control.Daemon.
func (d *daemon) SetLogLevel(level string) error {
	if !slices.Contains(levels, level) {
		return errors.New("the log level must be one of " + levelWords + ", not '" + diag.Quote(level) + "'")
	}
	parsed, err := zerolog.ParseLevel(level)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	zerolog.SetGlobalLevel(parsed)
	// Without a level it is written at any.
	d.log.Log().Str("log_level", level).Msg("the log level was changed")
	return nil
}

// Drain implements control.Daemon: it is what SIGTERM does. Under systemd the
// service would be started again at once.
func (d *daemon) Drain() error {
	if d.unit != "" {
		socket := strings.TrimSuffix(d.unit, ".service") + ".socket"
		return errors.New("systemd would start this service again: use systemctl stop " + socket + " " + d.unit)
	}
	d.end("ctl drain")
	return nil
}
