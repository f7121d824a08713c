package metrics

import (
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"etamil/cmd/internal/version"
	"etamil/engine/db"
	"etamil/fcgi"
	"etamil/fcgi/web"
)

// A metric is one row of the table of metrics.
type metric struct {
	name, help string
	labels     []string
	kind       prometheus.ValueType
	collect    func(m *metric, s *sample)

	desc *prometheus.Desc
}

// A sample is what one collection reads, and where it goes.
type sample struct {
	*web.Metrics
	server  fcgi.Stats
	dropped int64
	started time.Time
	pools   []db.PoolStats

	to chan<- prometheus.Metric
}

const (
	counter = prometheus.CounterValue
	gauge   = prometheus.GaugeValue
)

// table holds every metric of ours.
var table = []metric{
	{name: "etamil_requests_total", kind: counter, labels: []string{"route", "method", "status"},
		help: "Requests answered. 499: the client went away.",
		collect: func(m *metric, s *sample) {
			for i := range s.Routes {
				r := &s.Routes[i]
				for _, status := range r.Statuses {
					m.send(s, float64(status.Count), r.Route, r.Method, strconv.Itoa(status.Status))
				}
			}
		}},
	{name: "etamil_request_duration_seconds", labels: []string{"route", "method"},
		help: "From the arrival of a request to the end of its answer, waiting included.",
		collect: func(m *metric, s *sample) {
			for i := range s.Routes {
				r := &s.Routes[i]
				m.sendDistribution(s, &r.Distribution, r.Route, r.Method)
			}
		}},
	{name: "etamil_active_requests", kind: gauge,
		help:    "Requests that came and whose answer is not sent yet.",
		collect: func(m *metric, s *sample) { m.send(s, float64(s.Active)) }},
	{name: "etamil_running_requests", kind: gauge,
		help:    "Requests that have a place and run.",
		collect: func(m *metric, s *sample) { m.send(s, float64(s.Gate.Running)) }},
	{name: "etamil_queue_length", kind: gauge,
		help:    "Requests that wait for a place.",
		collect: func(m *metric, s *sample) { m.send(s, float64(s.Gate.Queued)) }},
	{name: "etamil_queue_oldest_seconds", kind: gauge,
		help:    "How long the oldest waiting request has waited; 0 when none waits.",
		collect: func(m *metric, s *sample) { m.send(s, s.Gate.Oldest.Seconds()) }},
	{name: "etamil_queue_wait_seconds",
		help:    "Waits of requests that found no free place, until they got one or gave up.",
		collect: func(m *metric, s *sample) { m.sendDistribution(s, &s.Waits) }},
	{name: "etamil_requests_rejected_total", kind: counter, labels: []string{"reason"},
		help:    "Requests that the program did not see, by reason.",
		collect: func(m *metric, s *sample) { m.sendAll(s, s.Refused) }},
	{name: "etamil_request_bodies_bytes", kind: gauge,
		help:    "Bytes of request bodies held now.",
		collect: func(m *metric, s *sample) { m.send(s, float64(s.Gate.Bodies)) }},
	{name: "etamil_limit", kind: gauge, labels: []string{"setting"},
		help: "The settings that bound the metrics above; 0 is no limit.",
		collect: func(m *metric, s *sample) {
			m.send(s, float64(s.Limits.Running), "max_concurrent")
			m.send(s, float64(s.Limits.Queue), "max_queue")
			m.send(s, float64(s.Limits.Bodies), "max_bodies")
			m.send(s, s.Limits.Wait.Seconds(), "queue_timeout")
		}},
	{name: "etamil_received_body_bytes_total", kind: counter,
		help:    "Bytes of request bodies read.",
		collect: func(m *metric, s *sample) { m.send(s, float64(s.In)) }},
	{name: "etamil_sent_body_bytes_total", kind: counter,
		help:    "Bytes of answers' bodies sent.",
		collect: func(m *metric, s *sample) { m.send(s, float64(s.Out)) }},
	{name: "etamil_steps_total", kind: counter,
		help:    "Instructions that requests executed.",
		collect: func(m *metric, s *sample) { m.send(s, float64(s.Steps)) }},
	{name: "etamil_failures_total", kind: counter, labels: []string{"fault"},
		help:    "Runs of requests and timers that failed, by whose fault it was.",
		collect: func(m *metric, s *sample) { m.sendAll(s, s.Failures) }},
	{name: "etamil_budget_ends_total", kind: counter, labels: []string{"code"},
		help: "Runs of requests and timers that a limit ended, by code.",
		collect: func(m *metric, s *sample) {
			for code, n := range s.Budgets {
				m.send(s, float64(n), code.String())
			}
		}},

	{name: "etamil_schedule_ticks_total", kind: counter, labels: []string{"timer"},
		help: "Runs of a timer that began. Timers are counted from 1.",
		collect: timers(func(t *web.TimerMetrics) (float64, bool) {
			return float64(t.Runs), true
		})},
	{name: "etamil_schedule_failures_total", kind: counter, labels: []string{"timer"},
		help: "Runs of a timer that failed.",
		collect: timers(func(t *web.TimerMetrics) (float64, bool) {
			return float64(t.Failures), true
		})},
	{name: "etamil_schedule_last_run_timestamp_seconds", kind: gauge, labels: []string{"timer"},
		help: "When the last run of a timer began; absent before the first.",
		collect: timers(func(t *web.TimerMetrics) (float64, bool) {
			return unixSeconds(t.LastRun), !t.LastRun.IsZero()
		})},
	{name: "etamil_schedule_last_success_timestamp_seconds", kind: gauge, labels: []string{"timer"},
		help: "When the last run of a timer that did not fail ended; absent before the first.",
		collect: timers(func(t *web.TimerMetrics) (float64, bool) {
			return unixSeconds(t.LastSuccess), !t.LastSuccess.IsZero()
		})},
	{name: "etamil_schedule_last_duration_seconds", kind: gauge, labels: []string{"timer"},
		help: "How long the last run of a timer took that ended; absent before the first.",
		collect: timers(func(t *web.TimerMetrics) (float64, bool) {
			return t.LastDuration.Seconds(), t.LastDuration != 0
		})},
	{name: "etamil_schedule_interval_seconds", kind: gauge, labels: []string{"timer"},
		help: "The interval of a timer.",
		collect: timers(func(t *web.TimerMetrics) (float64, bool) {
			return float64(t.Seconds), true
		})},

	{name: "etamil_database_connections", kind: gauge, labels: []string{"database", "kind", "state"},
		help: "Connections to a database: in_use by a run, or idle. A data source has its name, any other database KIND@HOST/DATABASE.",
		collect: func(m *metric, s *sample) {
			for i := range s.pools {
				p := &s.pools[i]
				m.send(s, float64(p.Leased), p.Label, string(p.Kind), "in_use")
				m.send(s, float64(p.Idle), p.Label, string(p.Kind), "idle")
			}
		}},
	{name: "etamil_database_connections_open", kind: gauge, labels: []string{"database", "kind"},
		help:    "Connections to a database that are open, as its driver counts them.",
		collect: pools(func(p *db.PoolStats) float64 { return float64(p.Open) })},
	{name: "etamil_database_connections_max", kind: gauge, labels: []string{"database", "kind"},
		help:    "How many connections to a database may be open.",
		collect: pools(func(p *db.PoolStats) float64 { return float64(p.Max) })},
	{name: "etamil_database_waiting", kind: gauge, labels: []string{"database", "kind"},
		help:    "Runs that wait for a connection.",
		collect: pools(func(p *db.PoolStats) float64 { return float64(p.Waiting) })},
	{name: "etamil_database_acquire_seconds", labels: []string{"database", "kind"},
		help: "How long statements waited for a connection that they got.",
		collect: func(m *metric, s *sample) {
			for i := range s.pools {
				p := &s.pools[i]
				m.sendHistogram(s, db.AcquireBuckets[:], p.Acquired[:], p.AcquireTime, p.Label, string(p.Kind))
			}
		}},
	{name: "etamil_database_connects_total", kind: counter, labels: []string{"database", "kind"},
		help:    "Connections to a database that were opened.",
		collect: pools(func(p *db.PoolStats) float64 { return float64(p.Connects) })},
	{name: "etamil_database_connect_failures_total", kind: counter, labels: []string{"database", "kind"},
		help:    "Attempts to connect to a database that failed.",
		collect: pools(func(p *db.PoolStats) float64 { return float64(p.Failures) })},
	{name: "etamil_database_acquire_timeouts_total", kind: counter, labels: []string{"database", "kind"},
		help:    "Waits for a connection that ended without one (ET5040).",
		collect: pools(func(p *db.PoolStats) float64 { return float64(p.Timeouts) })},
	{name: "etamil_database_dirty_closes_total", kind: counter, labels: []string{"database", "kind"},
		help:    "Connections closed for what a run left in their session.",
		collect: pools(func(p *db.PoolStats) float64 { return float64(p.DirtyCloses) })},
	{name: "etamil_database_cancels_total", kind: counter, labels: []string{"database", "kind"},
		help:    "Statements cancelled at the database.",
		collect: pools(func(p *db.PoolStats) float64 { return float64(p.Cancels) })},

	{name: "etamil_generation", kind: gauge,
		help:    "Counts the programs and settings that served in this process; 0: there is nothing to serve, and every request is answered 503.",
		collect: func(m *metric, s *sample) { m.send(s, float64(s.Generation)) }},
	{name: "etamil_reloads_total", kind: counter, labels: []string{"outcome"},
		help: "Reloads of this process, by outcome: ok or failed.",
		collect: func(m *metric, s *sample) {
			m.send(s, float64(s.Reloads.OK), "ok")
			m.send(s, float64(s.Reloads.Failed), "failed")
		}},
	{name: "etamil_last_reload_success", kind: gauge,
		help: "1 if the last reload succeeded, 0 if it failed; absent before the first.",
		collect: func(m *metric, s *sample) {
			if !s.Reloads.Last.IsZero() {
				m.send(s, truth(s.Reloads.LastOK))
			}
		}},
	{name: "etamil_last_reload_timestamp_seconds", kind: gauge,
		help: "When the last reload ended, well or not; absent before the first.",
		collect: func(m *metric, s *sample) {
			if !s.Reloads.Last.IsZero() {
				m.send(s, unixSeconds(s.Reloads.Last))
			}
		}},

	{name: "etamil_log_dropped_total", kind: counter,
		help:    "Log records that did not get into the log: it was written too slowly, or could not be written.",
		collect: func(m *metric, s *sample) { m.send(s, float64(s.dropped)) }},

	{name: "etamil_fastcgi_connections", kind: gauge,
		help:    "Connections of the web server that are open.",
		collect: func(m *metric, s *sample) { m.send(s, float64(s.server.Connections)) }},
	{name: "etamil_fastcgi_connections_total", kind: counter,
		help:    "Connections of the web server that were accepted.",
		collect: func(m *metric, s *sample) { m.send(s, float64(s.server.Accepted)) }},
	{name: "etamil_fastcgi_accept_errors_total", kind: counter,
		help:    "Connections that could not be accepted, as when there are too many open files.",
		collect: func(m *metric, s *sample) { m.send(s, float64(s.server.AcceptErrors)) }},
	{name: "etamil_fastcgi_refused_total", kind: counter, labels: []string{"reason"},
		help:    "Requests and records that broke the protocol or its bounds, by reason.",
		collect: func(m *metric, s *sample) { m.sendAll(s, s.server.Refused) }},
	{name: "etamil_fastcgi_client_gone_total", kind: counter,
		help:    "Requests whose connection closed before the answer was sent.",
		collect: func(m *metric, s *sample) { m.send(s, float64(s.server.ClientGone)) }},
	{name: "etamil_fastcgi_panics_total", kind: counter,
		help:    "Requests in which the server itself failed; a bug of etamild.",
		collect: func(m *metric, s *sample) { m.send(s, float64(s.server.Panics)) }},
	{name: "etamil_draining", kind: gauge,
		help:    "1 while the process ends what runs and takes nothing new.",
		collect: func(m *metric, s *sample) { m.send(s, truth(s.server.Draining)) }},

	// The process collector cannot tell it where /proc holds nothing but
	// processes, as in the sandbox of the shipped unit.
	{name: "etamil_start_time_seconds", kind: gauge,
		help:    "When the daemon was started.",
		collect: func(m *metric, s *sample) { m.send(s, unixSeconds(s.started)) }},
	{name: "etamil_build_info", kind: gauge, labels: []string{"version", "goversion"},
		help:    "1, with the versions as labels.",
		collect: func(m *metric, s *sample) { m.send(s, 1, version.String(), runtime.Version()) }},
}

func timers(value func(*web.TimerMetrics) (float64, bool)) func(*metric, *sample) {
	return func(m *metric, s *sample) {
		for i := range s.Timers {
			if v, ok := value(&s.Timers[i]); ok {
				m.send(s, v, strconv.Itoa(s.Timers[i].Timer))
			}
		}
	}
}

func pools(value func(*db.PoolStats) float64) func(*metric, *sample) {
	return func(m *metric, s *sample) {
		for i := range s.pools {
			p := &s.pools[i]
			m.send(s, value(p), p.Label, string(p.Kind))
		}
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func unixSeconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1e3 }

func (m *metric) send(s *sample, value float64, labels ...string) {
	s.to <- prometheus.MustNewConstMetric(m.desc, m.kind, value, labels...)
}

func (m *metric) sendAll(s *sample, values map[string]uint64) {
	for label, n := range values {
		m.send(s, float64(n), label)
	}
}

var (
	bounds        = web.Buckets()
	boundsSeconds = func() []float64 {
		all := make([]float64, len(bounds))
		for i, bound := range bounds {
			all[i] = bound.Seconds()
		}
		return all
	}()
)

func (m *metric) sendDistribution(s *sample, d *web.Distribution, labels ...string) {
	m.sendHistogram(s, boundsSeconds, d.Counts[:], d.Sum, labels...)
}

// sendHistogram sends what was counted by the upper bounds in seconds; the last
// count is of all beyond them.
func (m *metric) sendHistogram(s *sample, bounds []float64, counts []uint64, sum time.Duration, labels ...string) {
	cumulative := make(map[float64]uint64, len(bounds))
	below := uint64(0)
	for i, bound := range bounds {
		below += counts[i]
		cumulative[bound] = below
	}
	s.to <- prometheus.MustNewConstHistogram(m.desc, below+counts[len(bounds)], sum.Seconds(), cumulative, labels...)
}

// A collector is the prometheus.Collector of a daemon.
type collector struct {
	o       *Options
	metrics []metric
}

// newCollector returns the collector of o.
func newCollector(o *Options) *collector {
	c := &collector{o: o, metrics: make([]metric, len(table))}
	copy(c.metrics, table)
	for i := range c.metrics {
		m := &c.metrics[i]
		m.desc = prometheus.NewDesc(m.name, m.help, m.labels, nil)
	}
	return c
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(to chan<- *prometheus.Desc) {
	for i := range c.metrics {
		to <- c.metrics[i].desc
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(to chan<- prometheus.Metric) {
	s := &sample{Metrics: c.o.App.Metrics(), started: c.o.Started, to: to}
	if c.o.Server != nil {
		s.server = c.o.Server()
	}
	if c.o.Logs != nil {
		s.dropped = c.o.Logs.Dropped()
	}
	if c.o.Pools != nil {
		s.pools = c.o.Pools()
	}
	for i := range c.metrics {
		c.metrics[i].collect(&c.metrics[i], s)
	}
}
