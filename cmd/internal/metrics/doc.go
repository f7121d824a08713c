// Package metrics tells the world outside how a daemon fares, over HTTP on a
// listener of its own, never on the one of requests:
//
//	/metrics      for Prometheus, in its text form or as OpenMetrics
//	/status.json  for programs: what "etamild ctl status --json" says, and more
//	/             for people: a page in Tamil and English
//
// The metrics are what a web.App, a fcgi.Server and a web.LogWriter counted;
// docs/operations/metrics.md describes each. The values of labels
// are bounded: routes as the program writes them, the methods that are
// registered, statuses, and words of fixed tables.
//
// An Endpoint serves the three pages. They are read with GET or HEAD; nothing can
// be changed through it. Whoever reaches the listener may read them: they hold no
// secrets, but the routes of requests that run.
//
//	l, err := metrics.Listen("unix", "/run/etamil/metrics/shop.sock")
//	…
//	e := metrics.New(metrics.Options{App: app, Server: server.Stats, Logs: logs, Status: d.Status, Log: log})
//	go e.Serve(l)
//	…
//	e.Close()
package metrics
