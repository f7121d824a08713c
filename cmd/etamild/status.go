package main

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"etamil/cmd/internal/cli"
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
		Pools:       d.pools(),
		Connections: conns.Connections, Accepted: conns.Accepted, Served: conns.Requests,
		Answered: conns.Answered, ClientGone: conns.ClientGone, Panics: conns.Panics,
		Refused: conns.Refused, LogDropped: d.logs.Dropped(),
	}
	if g := d.app.Current(); g != nil {
		s.Generation = g.Number()
	}
	s.LastReload, s.Handover = d.lastReload.Load(), d.other()
	if p := d.problem.Load(); p != nil {
		s.Problem, s.ProblemTa = p.En, p.Ta
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
		return cli.Errorf("பதிவின் அளவு %[1]s ஆகியவற்றில் ஒன்றாக இருக்க வேண்டும்; '%[2]s' அல்ல", "the log level must be one of %[1]s, not '%[2]s'", levelWords, diag.Quote(level))
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

// hottest is how many places are told beside a profile.
const hottest = 10

// Profile implements control.Daemon. What ends the daemon ends the profile.
func (d *daemon) Profile(ctx context.Context, length time.Duration) (*control.Profile, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer cancel()
		select {
		case <-ctx.Done():
		case <-d.left:
		case <-d.stop:
		}
	}()
	d.log.Info().Dur("length", length).Msg("taking a profile")
	r, err := d.profiler.Take(ctx, length)
	if err != nil {
		return nil, cli.Errorf("ஒரு profile ஏற்கெனவே எடுக்கப்படுகிறது", "a profile is being taken already")
	}
	var text bytes.Buffer
	if err := r.Write(&text, "etamild "+version.String(), d.cfg().Program); err != nil {
		return nil, err
	}
	return &control.Profile{
		Seconds: seconds(r.Took), Samples: r.Samples, Busy: seconds(r.Busy()), Hottest: r.Hottest(hottest), Pprof: text.Bytes(),
	}, nil
}

// Drain implements control.Daemon: it is what SIGTERM does. Under systemd the
// service would be started again at once.
func (d *daemon) Drain() error {
	if d.unit != "" {
		return cli.Errorf("systemd இச்சேவையை உடனே மறுபடி தொடங்கிவிடும்; இதைப் பயன்படுத்துங்கள்: systemctl stop %s",
			"systemd would start this service again: use systemctl stop %s", strings.Join(unitsOf(d.unit), " "))
	}
	d.end("ctl drain")
	return nil
}

// unitsOf returns a service after the sockets that start it. The shipped units
// have one for metrics, etamil-metrics.socket or etamil-metrics@NAME.socket.
func unitsOf(service string) []string {
	name := strings.TrimSuffix(service, ".service")
	units := []string{name + ".socket"}
	if rest, ok := strings.CutPrefix(name, "etamil"); ok && (rest == "" || rest[0] == '@') {
		units = append(units, "etamil-metrics"+rest+".socket")
	}
	return append(units, service)
}
