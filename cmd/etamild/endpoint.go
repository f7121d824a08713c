package main

import (
	"etamil/cmd/internal/cli"
	"etamil/cmd/internal/metrics"
)

// openMetrics opens the address of the metrics, unless systemd or the old
// process passed a socket for them.
func (d *daemon) openMetrics() *cli.Error {
	m := d.cfg().Metrics
	if len(d.metrics) > 0 || m.Network == "" {
		return nil
	}
	l, err := metrics.Listen(m.String())
	if err != nil {
		return cannotListen("metrics", m.String(), err)
	}
	d.metrics, d.metricsFor = append(d.metrics, l), m.String()
	return nil
}

// beginMetrics serves the metrics and the status page. A socket of theirs that
// fails is no reason to answer no requests.
func (d *daemon) beginMetrics() {
	d.endpoint = metrics.New(metrics.Options{
		Pools: d.registry.Stats,
		App:   d.app, Server: d.server.Stats, Logs: d.logs, Status: d.Status, Started: d.started, Log: d.log,
	})
	for _, l := range d.metrics {
		go func() {
			if err := d.endpoint.Serve(l); err != nil {
				d.log.Error().Err(err).Msg("metrics are served no more")
			}
		}()
	}
}
