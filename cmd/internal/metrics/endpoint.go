package metrics

import (
	"fmt"
	stdlog "log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"

	"etamil/cmd/internal/control"
	"etamil/engine/db"
	"etamil/fcgi"
	"etamil/fcgi/web"
)

// DescriptorName is what systemd calls the listener of metrics
// (FileDescriptorName= of its socket unit).
const DescriptorName = "metrics"

// Options are what an Endpoint tells of. App and Status are needed.
type Options struct {
	App *web.App
	// Server returns the numbers of the FastCGI server; nil: there is none.
	Server func() fcgi.Stats
	// Pools returns the pools of databases; nil: there are none.
	Pools func() []db.PoolStats
	// Logs is the writer of the log; nil: it drops nothing.
	Logs *web.LogWriter
	// Status returns what "etamild ctl status" tells.
	Status func() *control.Status
	// Started is when the daemon was started.
	Started time.Time
	// Log takes what goes wrong here.
	Log zerolog.Logger
}

const (
	// socketMode is that of a Unix socket made here: the group of whoever
	// scrapes.
	socketMode = 0o660

	// A request has no body and a few headers; an answer of a program of a
	// thousand routes has about 2 MB.
	headerTimeout = 5 * time.Second
	writeTimeout  = 30 * time.Second
	idleTimeout   = 2 * time.Minute // above the interval of most scrapes
	maxHeader     = 16 << 10        // bytes

	// maxConns is how many connections are open at once; more are closed.
	maxConns = 32
	// maxScrapes is how many answers for Prometheus are made at once; more are
	// answered 503.
	maxScrapes = 4
	// lastAnswers is what running answers have when the Endpoint closes.
	lastAnswers = 2 * time.Second
)

// Listen makes the listener that is asked for by an address HOST:PORT, by
// "unix:" with a path, or by a path alone. One from systemd is used as it is:
// see DescriptorName. The error is one sentence.
func Listen(address string) (net.Listener, error) {
	path, isUnix := strings.CutPrefix(address, "unix:")
	if isUnix || strings.HasPrefix(address, "/") {
		return fcgi.ListenUnix(path, socketMode)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return l, nil
}

// An Endpoint serves metrics and the status pages. Safe for concurrent use.
type Endpoint struct {
	o      Options
	server http.Server
	conns  chan struct{} // one for each connection that is open

	mu        sync.Mutex
	listeners []net.Listener
	closed    bool
	serving   sync.WaitGroup // calls of Serve
}

// New returns an Endpoint for Serve.
func New(o Options) *Endpoint {
	e := &Endpoint{o: o, conns: make(chan struct{}, maxConns)}
	if o.App == nil || o.Status == nil {
		panic("BUG: metrics of nothing")
	}
	e.server = http.Server{
		Handler:           e.handler(),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       headerTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          stdlog.New(logWriter{o.Log}, "", 0),
	}
	return e
}

// Serve answers on l until Close, which closes l. It may be called for several
// listeners. The error is nil after Close.
func (e *Endpoint) Serve(l net.Listener) error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		l.Close()
		return nil
	}
	e.listeners = append(e.listeners, l)
	e.serving.Add(1)
	e.mu.Unlock()
	err := e.server.Serve(&limited{Listener: l, conns: e.conns})
	e.serving.Done()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil
	}
	return fmt.Errorf("serve metrics on %s: %w", l.Addr(), err)
}

// Close closes the listeners, answers what came, and ends the connections. What
// takes longer than a moment is cut.
func (e *Endpoint) Close() {
	e.mu.Lock()
	again := e.closed
	e.closed = true
	for _, l := range e.listeners {
		l.Close()
	}
	e.mu.Unlock()
	if again {
		return
	}
	defer e.server.Close()
	e.serving.Wait() // nothing is accepted any more
	// Not Shutdown, from which on the first request of a connection is read
	// and dropped: a scrape would be lost whenever a process is replaced.
	e.server.SetKeepAlivesEnabled(false)
	cut := time.After(lastAnswers)
	for range cap(e.conns) { // all places are free when no connection is left
		select {
		case e.conns <- struct{}{}:
		case <-cut:
			return
		}
	}
}

func (e *Endpoint) handler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(newCollector(&e.o), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	scrape := promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorLog:            stdlog.New(logWriter{e.o.Log}, "", 0),
		ErrorHandling:       promhttp.ContinueOnError,
		MaxRequestsInFlight: maxScrapes,
		EnableOpenMetrics:   true,
	})
	pages := map[string]http.Handler{
		"/":            http.HandlerFunc(e.page),
		"/metrics":     scrape,
		"/status.json": http.HandlerFunc(e.json),
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		page := pages[r.URL.Path]
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "only GET and HEAD are answered here", http.StatusMethodNotAllowed)
		case page == nil:
			http.Error(w, "there are /metrics, /status.json and /", http.StatusNotFound)
		default:
			page.ServeHTTP(w, r)
		}
	})
}

// logWriter makes records of the lines that net/http and promhttp write.
type logWriter struct{ log zerolog.Logger }

func (w logWriter) Write(p []byte) (int, error) {
	w.log.Warn().Str("from", "metrics").Msg(strings.TrimSuffix(string(p), "\n"))
	return len(p), nil
}

// A limited listener closes connections beyond its bound.
type limited struct {
	net.Listener
	conns chan struct{}
}

func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case l.conns <- struct{}{}:
			return &limitedConn{Conn: c, conns: l.conns}, nil
		default:
			c.Close()
		}
	}
}

type limitedConn struct {
	net.Conn
	conns  chan struct{}
	closed atomic.Bool
}

func (c *limitedConn) Close() error {
	if !c.closed.Swap(true) {
		defer func() { <-c.conns }()
	}
	return c.Conn.Close()
}
