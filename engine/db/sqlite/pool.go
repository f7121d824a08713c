package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	lib "modernc.org/sqlite/lib"

	"etamil/engine/db"
	"etamil/engine/diag"
	"etamil/engine/host"
)

// A pool keeps the idle connections of one database.
type pool struct {
	driver *driver
	source source
	config db.PoolConfig

	mu     sync.Mutex
	idle   []*conn // the one that became idle last stands last
	closed bool
	warned bool // that there is no write-ahead log
	// anchor keeps a shared database in memory alive while nobody uses it. It
	// holds no file and serves no statement, so it is not counted.
	anchor *handle
}

// rest is how long a connection may have been idle to be taken unseen.
const rest = time.Second

func (p *pool) Idle(ctx context.Context) db.Conn {
	for ctx.Err() == nil {
		c := p.last()
		if c == nil {
			break
		}
		if time.Since(c.rested) <= rest || c.alive() {
			return c
		}
		c.close()
	}
	return nil
}

func (p *pool) Connect(ctx context.Context) (db.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c, err := p.connect(ctx)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// last takes the connection that became idle last, nil when there is none.
func (p *pool) last() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle) - 1
	if n < 0 {
		return nil
	}
	c := p.idle[n]
	p.idle[n] = nil
	p.idle = p.idle[:n]
	return c
}

func (p *pool) CloseIdle(n int) int {
	p.mu.Lock()
	n = max(min(n, len(p.idle)), 0)
	old := append([]*conn(nil), p.idle[:n]...)
	kept := copy(p.idle, p.idle[n:])
	clear(p.idle[kept:])
	p.idle = p.idle[:kept]
	p.mu.Unlock()
	for _, c := range old {
		c.close()
	}
	return n
}

func (p *pool) Close() {
	p.mu.Lock()
	p.closed = true
	idle, anchor := p.idle, p.anchor
	p.idle, p.anchor = nil, nil
	p.mu.Unlock()
	for _, c := range idle {
		c.close()
	}
	if anchor != nil {
		anchor.close()
	}
}

// put takes a connection back; false when the pool wants it no more.
func (p *pool) put(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	c.rested = time.Now()
	p.idle = append(p.idle, c)
	return true
}

// connect opens a connection.
func (p *pool) connect(ctx context.Context) (*conn, error) {
	path, flags, err := p.source.place(p.config.Path)
	switch {
	case errors.Is(err, host.ErrNotPermitted):
		return nil, diag.NotPermitted.New(diag.Whole(p.source.written)).WithHelp(
			"கோப்பு தரவுக் கோப்புறைக்குள் இருக்க வேண்டும்", "the file must lie in the data directory")
	case err != nil:
		return nil, &db.ConnectError{Reason: diag.Reason(err)}
	}
	name, access := p.source.uri(path)
	if err := p.hold(name, access); err != nil {
		return nil, err
	}
	h, err := open(name, access|flags)
	if err != nil {
		return nil, err
	}
	h.configure(lib.SQLITE_DBCONFIG_DQS_DDL, false)
	h.configure(lib.SQLITE_DBCONFIG_DQS_DML, false)
	h.configure(lib.SQLITE_DBCONFIG_ENABLE_FKEY, p.source.foreignKeys)
	c := &conn{
		pool: p, h: h, opened: time.Now(), readOnly: p.source.readOnly() || h.readOnly(),
		statements: statements{limit: p.config.StatementCache},
	}
	c.interrupt.h = h
	h.busy = c.wait
	if p.config.Path != nil {
		h.askAttach(c.mayAttach)
	}
	p.config.Count(1)
	if p.source.memory {
		if p.source.shared {
			c.queue = p.driver.writers.join(":memory:" + p.source.path)
		}
		return c, nil
	}
	c.file, _ = os.Stat(path)
	if c.readOnly {
		return c, nil
	}
	// Before there is a queue to wait in: whoever writes has made the log.
	if err := p.writeAhead(ctx, c); err != nil {
		c.close()
		return nil, err
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		real = path
	}
	c.queue = p.driver.writers.join(real)
	return c, nil
}

// hold opens the anchor of a shared database in memory, once.
func (p *pool) hold(name string, flags int32) error {
	if !p.source.memory || !p.source.shared {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.anchor != nil || p.closed {
		return nil
	}
	h, err := open(name, flags)
	p.anchor = h
	return err
}

// writeAhead switches the file to a write-ahead log, in which readers and the
// writer do not wait for each other. Where that is impossible the old way
// stays; what is no database shows at the first statement. The error is that
// of ctx.
func (p *pool) writeAhead(ctx context.Context, c *conn) error {
	bounded, stop := context.WithTimeout(ctx, p.config.ConnectTimeout)
	defer stop()
	mode, err := c.ask(bounded, "PRAGMA journal_mode = WAL")
	if mode == "wal" {
		return nil
	}
	var refusal *db.Refusal
	if errors.As(err, &refusal) && refusal.Tag == tag(lib.SQLITE_NOTADB) {
		return nil
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	p.mu.Lock()
	again := p.warned
	p.warned = true
	p.mu.Unlock()
	if !again {
		pairs := []string{"database", p.config.Label, "journal_mode", mode}
		if err != nil {
			pairs = append(pairs, "error", err.Error())
		}
		p.config.Warn("SQLite keeps no write-ahead log here: readers and writers wait for each other", pairs...)
	}
	return nil
}
