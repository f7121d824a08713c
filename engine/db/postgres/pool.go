package postgres

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"etamil/engine/db"
)

// restTime is how long a connection may be idle before it is asked for a sign
// of life.
const restTime = time.Second

// closeTime bounds the parting word to a server that may not read it.
const closeTime = 200 * time.Millisecond

// A pool is a pgxpool.Pool that never decides by itself: its health check has
// nothing to do, its maximum is out of reach, it opens a connection only for a
// caller who waits, and what is closed is first taken out of it. It does not see
// that a connection is idle, either: giving it back and asking for it again took
// more time than all that the registry does.
type pool struct {
	pgx     *pgxpool.Pool
	s       *settings
	cfg     db.PoolConfig
	timeout time.Duration // of one connection
	types   *typeCache
	shapes  *shapeCache // of the mode describe

	// named tells that statements are still prepared by name; see unname.
	named atomic.Bool

	idle db.Idle[*conn]
}

// open makes the pool; it contacts nothing.
func open(s *settings, sec *security, cfg db.PoolConfig) (db.Pool, error) {
	p := &pool{s: s, cfg: cfg, timeout: s.timeout(cfg.ConnectTimeout), types: newTypeCache(), shapes: newShapeCache(cfg.StatementCache)}
	p.named.Store(s.prepare == prepareCache && cfg.StatementCache > 0)
	c, err := s.config(newDialer(s, sec, cfg), p.timeout)
	if err != nil {
		return nil, err
	}
	c.ConnConfig.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		cfg.Debug("PostgreSQL: "+n.Message, "database", cfg.Label, "severity", n.Severity, "code", n.Code)
	}
	c.AfterConnect = p.greet
	p.pgx, err = pgxpool.NewWithConfig(context.Background(), c)
	return p, err
}

// timeout returns how long one connection may take: what the text says, if it
// is shorter.
func (s *settings) timeout(d time.Duration) time.Duration {
	if s.connectTimeout > 0 && (d <= 0 || s.connectTimeout < d) {
		return s.connectTimeout
	}
	if d <= 0 {
		return 5 * time.Second
	}
	return d
}

// connKey is where a connection keeps its conn.
const connKey = "conn"

// greet makes the conn of a new connection.
func (p *pool) greet(ctx context.Context, c *pgx.Conn) error {
	pg := c.PgConn()
	k := pg.CustomData()[cancellerKey].(*canceller)
	k.to = ctx.Value(attemptKey{}).(*attempt).opened()
	k.settle()
	// The server uses the encoding of the database unless told otherwise; at
	// the start it is not told, since poolers refuse what they do not know.
	if encoding := pg.ParameterStatus("client_encoding"); !strings.EqualFold(encoding, "UTF8") {
		if err := pg.Exec(ctx, "SET client_encoding TO 'UTF8'").Close(); err != nil {
			return err
		}
	}
	pg.CustomData()[connKey] = &conn{
		pool: p, pg: pg, cancel: k, opened: time.Now(), statements: newStatements(p.cfg.StatementCache),
	}
	return nil
}

// opened returns what was opened last.
func (a *attempt) opened() *wire {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.conn
}

// Idle implements db.Pool.
func (p *pool) Idle(ctx context.Context) db.Conn {
	for ctx.Err() == nil {
		c, ok := p.idle.Take()
		if !ok {
			break
		}
		if p.alive(ctx, c) {
			return c
		}
		c.close()
	}
	return nil
}

// alive reports whether the server still answers on an idle connection: it has
// not hung up and, when the connection rested for a while, it answers a ping.
func (p *pool) alive(ctx context.Context, c *conn) bool {
	if c.pg.IsClosed() {
		return false
	}
	quiet := db.Quiet(c.pg.Conn())
	if quiet && time.Since(c.idleSince) <= restTime {
		return true
	}
	ctx, stop := context.WithTimeout(ctx, p.timeout)
	defer stop()
	err := c.pg.Ping(ctx)
	fired, _ := c.cancel.settle()
	return err == nil && !fired
}

// Connect implements db.Pool.
func (p *pool) Connect(ctx context.Context) (db.Conn, error) {
	a := &attempt{}
	// Several servers are tried one after the other.
	dialing, stop := context.WithTimeout(context.WithValue(ctx, attemptKey{}, a), p.timeout*time.Duration(len(p.s.hosts)))
	defer stop()
	lease, err := p.pgx.Acquire(dialing)
	if err == nil {
		c := lease.Conn().PgConn().CustomData()[connKey].(*conn)
		c.lease = lease
		return c, nil
	}
	a.abandon()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return nil, connectError(err, a.err, p.timeout)
}

// give takes back a connection that shall be kept; false: the pool is closed.
func (p *pool) give(c *conn) bool {
	c.idleSince = time.Now()
	return p.idle.Put(c)
}

// CloseIdle implements db.Pool.
func (p *pool) CloseIdle(n int) int {
	oldest := p.idle.Oldest(n)
	for _, c := range oldest {
		c.close()
	}
	return len(oldest)
}

// Close implements db.Pool.
func (p *pool) Close() {
	for _, c := range p.idle.Close() {
		c.close()
	}
	go p.pgx.Close() // returns when the last leased connection has come back
}

// unname makes the pool prepare no statement by name any more: between it and
// the server stands a pooler that gives each transaction another connection.
func (p *pool) unname() {
	if p.named.CompareAndSwap(true, false) {
		p.cfg.Warn("prepared statements get lost: a pooler such as PgBouncer stands before the server; preparing without names from now on",
			"database", p.cfg.Label)
	}
}
