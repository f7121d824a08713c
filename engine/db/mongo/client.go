package mongo

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"etamil/engine/db"
	"etamil/engine/diag"
)

const (
	// selection is how long an operation looks for a server (spec 08 §8.18).
	selection = 5 * time.Second
	// idleTime is after how long a connection that nobody uses is closed.
	idleTime = 5 * time.Minute
	// defaultConnect holds where the registry says nothing.
	defaultConnect = 5 * time.Second
	// monitors is how many connections the library holds to each server beside
	// those that work.
	monitors = 2
)

// A client is one client of the library. It implements db.MongoClient.
type client struct {
	at  *deployment
	cfg db.PoolConfig

	mu     sync.Mutex // held while the library's client is made
	lib    *mongo.Client
	shown  *watcher
	closed bool

	// places are for as many as may work at a time; the library's own queue
	// would let one wait as long as its run may take. nil before lib is made.
	places atomic.Pointer[db.Places]
	open   atomic.Int64 // connections, the monitors' too
}

func newClient(at *deployment, cfg db.PoolConfig) *client {
	cfg.Max = max(cfg.Max, 1)
	if cfg.ConnectTimeout <= 0 {
		cfg.ConnectTimeout = defaultConnect
	}
	return &client{at: at, cfg: cfg}
}

var errClosed = errors.New("the client is closed")

// library returns the library's client, which it makes when there is none. The
// error is ctx's or a *db.ConnectError.
func (c *client) library(ctx context.Context) (*mongo.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return nil, &db.Lost{Cause: errClosed}
	case c.lib != nil:
		return c.lib, nil
	}
	at, hosts := *c.at, c.at.hosts
	if at.srv {
		var err error
		if hosts, err = at.lookup(ctx, c.cfg.ConnectTimeout); err != nil {
			return nil, err
		}
	}
	o := options.Client().ApplyURI(at.uri(hosts))
	// Of several servers each gets its share: idle connections to one cannot be
	// closed for those to another. Servers that the text does not name have
	// their monitors from what the others leave.
	unnamed := len(hosts) - len(c.at.hosts)
	share := uint64(max((c.cfg.Max-monitors*unnamed)/len(hosts), 1))
	if most := o.MaxPoolSize; most != nil && *most > 0 {
		share = min(share, *most)
	}
	o.SetMaxPoolSize(share)
	if least := o.MinPoolSize; least != nil {
		o.SetMinPoolSize(min(share, *least))
	}
	if t := o.ConnectTimeout; t == nil || *t == 0 || *t > c.cfg.ConnectTimeout {
		o.SetConnectTimeout(c.cfg.ConnectTimeout)
	}
	if o.ServerSelectionTimeout == nil {
		o.SetServerSelectionTimeout(selection)
	}
	if o.MaxConnIdleTime == nil {
		o.SetMaxConnIdleTime(idleTime)
	}
	if o.AppName == nil {
		o.SetAppName("etamil")
	}
	if o.MaxAdaptiveRetries == nil {
		// Waiting for a server that is overloaded is for the program to decide.
		o.SetMaxAdaptiveRetries(0)
	}
	if o.TLSConfig != nil && o.DisableOCSPEndpointCheck == nil && o.DisableCertificateRevocationCheck == nil {
		// A certificate does not send us to servers that nobody permitted.
		o.SetDisableOCSPEndpointCheck(true)
	}
	// Whatever the environment says of logging: commands hold parameters.
	o.SetLoggerOptions(options.Logger().SetSink(silence{}))
	c.shown = newWatcher(len(hosts))
	o.SetServerMonitor(c.shown.monitor())
	o.SetMonitor(&event.CommandMonitor{Started: started})
	o.SetDialer(dialer{c, o.TLSConfig != nil})
	lib, err := mongo.Connect(o)
	if err != nil {
		return nil, &db.ConnectError{Reason: db.WireReason(err)}
	}
	c.lib = lib
	each := c.cfg
	each.Max = int(share)
	c.places.Store(db.NewPlaces(each))
	return lib, nil
}

// A silence is a log that is not written.
type silence struct{}

func (silence) Info(int, string, ...any)    {}
func (silence) Error(error, string, ...any) {}

// A dialer counts the connections of a client, those of its monitors too.
type dialer struct {
	*client
	secured bool
}

func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := db.Dial(ctx, network, address, func(delta int) {
		d.open.Add(int64(delta))
		d.cfg.Count(delta)
	})
	if err != nil {
		return nil, err
	}
	return &wire{Conn: c, secured: d.secured}, nil
}

// A wire is a connection that does not send into one that the server has
// closed: that would look as if it had heard.
type wire struct {
	net.Conn
	secured bool // TLS is inside: what has arrived may concern nobody
}

var errStale = errors.New("the server closed the connection while it was idle")

func (w *wire) Write(b []byte) (int, error) {
	if !w.secured && !db.Quiet(w.Conn) {
		return 0, errStale
	}
	return w.Conn.Write(b)
}

// A sentMark is the key of the *atomic.Int32 that counts the messages of an
// operation that were given to a connection.
type sentMark struct{}

func started(ctx context.Context, _ *event.CommandStartedEvent) {
	if sent, ok := ctx.Value(sentMark{}).(*atomic.Int32); ok {
		sent.Add(1)
	}
}

// Ping implements db.MongoClient. The first time it does not wait for a server
// that is not there to come.
func (c *client) Ping(ctx context.Context) error {
	lib, err := c.library(ctx)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, c.patience()+2*c.cfg.ConnectTimeout)
	defer cancel()
	limited, stop := context.WithCancelCause(limited)
	defer stop(nil)
	// The library goes on trying while it waits for a server.
	defer context.AfterFunc(c.shown.hopeless, func() { stop(context.Cause(c.shown.hopeless)) })()

	err = lib.Ping(limited, nil)
	switch {
	case err == nil:
		c.shown.seen()
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	if cause := context.Cause(c.shown.hopeless); cause != nil && limited.Err() != nil {
		err = cause
	}
	return c.connectError(err)
}

// patience is how long the library looks for a server.
func (c *client) patience() time.Duration {
	return cmp.Or(c.at.milliseconds("serverselectiontimeoutms"), selection)
}

// Usage implements db.Gauge. Idle are also the monitors.
func (c *client) Usage() (used, idle, waiting int) {
	if p := c.places.Load(); p != nil {
		used, waiting = p.Usage()
	}
	return used, max(int(c.open.Load())-used, 0), waiting
}

// Close implements db.MongoClient.
func (c *client) Close() {
	c.mu.Lock()
	lib := c.lib
	c.lib, c.closed = nil, true
	c.mu.Unlock()
	if lib == nil {
		return
	}
	go func() {
		// With a deadline the library waits for what works, then closes it.
		ctx, cancel := context.WithTimeout(context.Background(), closeTime)
		defer cancel()
		lib.Disconnect(ctx)
	}()
}

// closeTime is how long a closed client lets what works there go on.
const closeTime = 10 * time.Second

// A watcher tells when no server can be reached.
type watcher struct {
	hopeless context.Context // ends with the reason
	give     context.CancelCauseFunc

	mu      sync.Mutex
	reached bool                // a server was
	failed  map[string]struct{} // addresses
	servers int
}

func newWatcher(servers int) *watcher {
	w := &watcher{failed: map[string]struct{}{}, servers: servers}
	w.hopeless, w.give = context.WithCancelCause(context.Background())
	return w
}

func (w *watcher) monitor() *event.ServerMonitor {
	return &event.ServerMonitor{
		TopologyDescriptionChanged: func(e *event.TopologyDescriptionChangedEvent) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if n := len(e.NewDescription.Servers); n > 0 {
				w.servers = n
			}
		},
		ServerHeartbeatSucceeded: func(*event.ServerHeartbeatSucceededEvent) { w.seen() },
		ServerHeartbeatFailed: func(e *event.ServerHeartbeatFailedEvent) {
			address, _, _ := strings.Cut(e.ConnectionID, "[")
			w.mu.Lock()
			defer w.mu.Unlock()
			w.failed[address] = struct{}{}
			if !w.reached && len(w.failed) >= w.servers {
				w.give(e.Failure)
			}
		},
	}
}

// seen notes that there is a server: from now on waiting for one makes sense.
func (w *watcher) seen() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reached = true
}

// lookup finds the servers of mongodb+srv:// and takes over what DNS says of
// options.
func (d *deployment) lookup(ctx context.Context, limit time.Duration) ([]server, error) {
	name := strings.TrimSuffix(d.hosts[0].name, ".")
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	service := d.get("srvservicename")
	if service == "" {
		service = "mongodb"
	}
	_, records, err := net.DefaultResolver.LookupSRV(limited, service, "tcp", name)
	if err == nil && len(records) == 0 {
		err = &net.DNSError{Name: name, IsNotFound: true}
	}
	var texts []string
	if err == nil {
		texts, _ = net.DefaultResolver.LookupTXT(limited, name) // none is fine
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, &db.ConnectError{Reason: db.WireReason(err)}
	}
	return d.listed(name, records, texts)
}

// txtKeys are the options that DNS may say.
var txtKeys = []string{"authsource", "replicaset", "loadbalanced"}

// listed returns the servers of the records, which must lie below the parent
// of name, so that a permission to connect to name says where it leads.
func (d *deployment) listed(name string, records []*net.SRV, texts []string) ([]server, error) {
	suffix := "." + strings.ToLower(name)
	if labels := strings.Split(suffix[1:], "."); len(labels) > 2 {
		suffix = "." + strings.Join(labels[1:], ".")
	}
	var hosts []server
	for _, r := range records {
		target := strings.TrimSuffix(r.Target, ".")
		if !strings.HasSuffix(strings.ToLower(target), suffix) {
			return nil, &db.ConnectError{Reason: strayRecord}
		}
		hosts = append(hosts, server{target, strconv.Itoa(int(r.Port))})
	}
	if most, _ := strconv.Atoi(d.get("srvmaxhosts")); most > 0 && most < len(hosts) {
		rand.Shuffle(len(hosts), func(i, j int) { hosts[i], hosts[j] = hosts[j], hosts[i] })
		hosts = hosts[:most]
	}
	keys := slices.Clone(d.keys)
	for _, text := range texts {
		said, err := url.ParseQuery(text)
		if err != nil || len(texts) > 1 {
			return nil, &db.ConnectError{Reason: badTXT}
		}
		for key, values := range said {
			key = strings.ToLower(key)
			if !slices.Contains(txtKeys, key) {
				return nil, &db.ConnectError{Reason: badTXT}
			}
			if d.get(key) == "" { // what the connection text says wins
				keys = append(keys, db.URLKey{Name: key, Value: values[0]})
			}
		}
	}
	d.keys = keys
	return hosts, nil
}

var (
	strayRecord = diag.Text{
		Ta: "DNS (SRV) வேறு களத்தின் சேவையகத்தைக் காட்டுகிறது",
		En: "DNS (SRV) lists a server of another domain",
	}
	badTXT = diag.Text{
		Ta: "DNS (TXT) தரும் அமைப்புகள் புரியவில்லை",
		En: "the settings in DNS (TXT) are not understood",
	}
)
