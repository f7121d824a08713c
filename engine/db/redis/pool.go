package redis

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"etamil/engine/db"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

func init() {
	// The library would write failed dials to standard error; they are
	// reported to the one who asked.
	logging.Disable()
}

// A pool keeps the connections to one server: at most max, used and idle. It
// implements db.RedisPool.
type pool struct {
	server *server
	cfg    db.PoolConfig

	places *db.Places

	mu     sync.Mutex
	idle   []*conn // the one used last at the end
	closed bool
}

func newPool(s *server, cfg db.PoolConfig) *pool {
	return &pool{server: s, cfg: cfg, places: db.NewPlaces(cfg)}
}

var errClosed = errors.New("the pool is closed")

// get returns the connection that became idle last, or opens one. With it
// comes a place, which put or drop gives back.
func (p *pool) get(ctx context.Context) (*conn, error) {
	if err := p.places.Take(ctx); err != nil {
		return nil, err
	}
	for {
		c, open := p.pop()
		if !open {
			p.places.Leave()
			return nil, &db.Lost{Cause: errClosed}
		}
		if c == nil {
			break
		}
		if c.alive() {
			return c, nil
		}
		c.close()
	}
	c, err := p.open(ctx)
	if err != nil {
		p.places.Leave()
		return nil, err
	}
	return c, nil
}

// pop takes the connection that became idle last, nil when none is. It is
// false when the pool is closed.
func (p *pool) pop() (*conn, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return nil, !p.closed
	}
	last := len(p.idle) - 1
	c := p.idle[last]
	p.idle[last] = nil
	p.idle = p.idle[:last]
	return c, true
}

// put gives back a connection without state.
func (p *pool) put(c *conn) {
	p.mu.Lock()
	closed := p.closed
	if !closed {
		p.idle = append(p.idle, c)
	}
	p.mu.Unlock()
	if closed {
		c.close()
	}
	p.places.Leave()
}

// drop closes a connection and gives its place back.
func (p *pool) drop(c *conn) {
	c.close()
	p.places.Leave()
}

// Prove implements db.RedisPool.
func (p *pool) Prove(ctx context.Context) error {
	c, err := p.get(ctx)
	if err != nil {
		return err
	}
	p.put(c)
	return nil
}

// Begin implements db.RedisPool.
func (p *pool) Begin() db.RedisRun { return &run{pool: p} }

// Usage implements db.Gauge.
func (p *pool) Usage() (used, idle, waiting int) {
	used, waiting = p.places.Usage()
	p.mu.Lock()
	defer p.mu.Unlock()
	return used, len(p.idle), waiting
}

// CloseIdle implements db.RedisPool.
func (p *pool) CloseIdle() { p.closeIdle(false) }

// Close implements db.RedisPool. What is used is closed when it comes back.
func (p *pool) Close() { p.closeIdle(true) }

func (p *pool) closeIdle(forGood bool) {
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.closed = p.closed || forGood
	p.mu.Unlock()
	for _, c := range idle {
		c.close()
	}
}

// A conn is one connection. It belongs to one goroutine at a time.
type conn struct {
	net    *wire
	client *redis.Client
	// conn is an EphemeralConn, which never goes back into the client and does
	// not dial again: what state it has is gone with it.
	conn *redis.Conn
}

// A wire counts what it gave to the library, which reads ahead.
type wire struct {
	net.Conn
	read int
}

func (w *wire) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	w.read += n
	return n, err
}

// open connects, logs in and chooses the database. The error is ctx's or a
// *db.ConnectError.
func (p *pool) open(ctx context.Context) (*conn, error) {
	limited := ctx
	if p.cfg.ConnectTimeout > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, p.cfg.ConnectTimeout)
		defer cancel()
	}
	c, err := p.server.connect(limited, p.cfg.Count)
	switch {
	case err == nil:
		return c, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		err = limited.Err()
	}
	var reply redis.Error
	if errors.As(err, &reply) {
		return nil, &db.ConnectError{Reason: diag.Same(value.Clean(reply.Error()))}
	}
	return nil, &db.ConnectError{Reason: db.OpenReason(err, p.cfg.ConnectTimeout)}
}

var errSecondDial = errors.New("the connection is gone")

// connect does what open does, in the words of the libraries.
func (s *server) connect(ctx context.Context, count func(int)) (*conn, error) {
	nc, err := db.Dial(ctx, s.network, s.addr, count)
	if err != nil {
		return nil, err
	}
	// Deadlines are all that go-redis looks at; the end of a context must end
	// what it waits for too.
	stop := context.AfterFunc(ctx, func() { nc.Close() })
	defer stop()
	if s.tls != nil {
		secured := tls.Client(nc, s.tls)
		if err := secured.HandshakeContext(ctx); err != nil {
			nc.Close()
			return nil, err
		}
		nc = secured
	}
	c := &conn{net: &wire{Conn: nc}}
	var dialed, ready atomic.Bool
	c.client = redis.NewClient(&redis.Options{
		Addr: s.addr, Network: s.network,
		Username: s.user, Password: s.password, DB: s.database,
		Dialer: func(context.Context, string, string) (net.Conn, error) {
			if dialed.Swap(true) {
				return nil, errSecondDial
			}
			return c.net, nil
		},
		OnConnect: func(context.Context, *redis.Conn) error { ready.Store(true); return nil },
		Protocol:  2, DisableIdentity: true,
		MaxRetries: -1, DialerRetries: 1,
		ReadTimeout: -1, WriteTimeout: -1, ContextTimeoutEnabled: true,
		PoolSize: 1, PipelinePoolSize: -1, ConnMaxIdleTime: -1,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	c.conn = c.client.EphemeralConn()
	// The library logs in when the first command asks for a connection. What
	// the server answers to that command tells nothing but that it is full:
	// without a password in the text it may be NOAUTH until the program itself
	// sends AUTH.
	err = c.conn.Ping(ctx).Err()
	var reply redis.Error
	if err != nil && (!ready.Load() || !errors.As(err, &reply) || redis.IsMaxClientsError(err)) {
		c.close()
		return nil, err
	}
	return c, nil
}

// alive reports whether an idle connection is open as far as the system knows,
// and nothing that nobody asked for has arrived.
func (c *conn) alive() bool { return db.Quiet(c.net.Conn) }

func (c *conn) close() {
	c.conn.Close()
	c.client.Close()
	c.net.Close()
}

// do sends one command and waits at most limit (0: as long as ctx allows) for
// the reply. usable is false when the connection must be closed. The error is
// ctx's, a *host.Reply, a *db.Lost, or what m returned.
func (c *conn) do(ctx context.Context, limit time.Duration, m host.Meter, name string, args []string) (v value.Value, usable bool, err error) {
	limited := ctx
	if limit > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	stop := context.AfterFunc(ctx, func() { c.net.Close() })
	words := make([]any, 1+len(args))
	words[0] = name
	for i, arg := range args {
		words[1+i] = arg
	}
	b := &builder{meter: m}
	c.net.read = 0
	// The raw reply, because the library's own reader takes an error inside an
	// array, such as "OOM …", for the end of the reply, and reads the rest as
	// that of the next command (v9.23.0).
	sendErr := c.conn.Process(limited, redis.NewRawWriteToCmd(limited, b, words...))
	open := stop()
	switch {
	case sendErr == nil && b.done():
		v, err = b.result()
		// More than the reply would be taken for that of the next command.
		return v, open && c.net.read == b.size, err
	case b.err != nil && b.err != errReply:
		return v, false, b.err
	case ctx.Err() != nil:
		return v, false, ctx.Err()
	}
	if sendErr == nil {
		sendErr = errReply
	}
	if end, ok := ctx.Deadline(); ok && !time.Now().Before(end) {
		// The socket's deadline is over a moment before the context notices.
		return v, false, context.DeadlineExceeded
	}
	return v, false, &db.Lost{Sent: true, Cause: sendErr}
}
