package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"etamil/engine/db"
	"etamil/engine/diag"
	"etamil/engine/value"
)

const (
	// maxCancels is how many connections a pool may have beside the others, to
	// cancel statements (spec 08 §8.10).
	maxCancels = 2
	// cancelTime is the longest that cancelling a statement may take.
	cancelTime = time.Second
	// restTime is how long an idle connection needs no sign of life.
	restTime = time.Second
)

// A pool opens connections to one server and keeps the idle ones. It
// implements db.Pool.
type pool struct {
	cfg     db.PoolConfig
	timeout time.Duration // of connecting; 0: none
	connect driver.Connector
	killer  driver.Connector
	cancels chan struct{} // one for each connection that cancels

	idle db.Idle[*conn]
}

// newPool returns the pool of a server; own is the time for connecting that
// its text asks for, 0 for none.
func newPool(c *mysql.Config, own time.Duration, pc db.PoolConfig) (*pool, error) {
	p := &pool{cfg: pc, timeout: pc.ConnectTimeout, cancels: make(chan struct{}, maxCancels)}
	if own > 0 && (p.timeout <= 0 || own < p.timeout) {
		p.timeout = own
	}
	var err error
	dial := func(count func(int)) func(context.Context, string, string) (net.Conn, error) {
		return func(ctx context.Context, network, addr string) (net.Conn, error) {
			nc, err := db.Dial(ctx, network, addr, count)
			if err != nil {
				return nil, err
			}
			nc = &greeted{Conn: nc}
			if s, ok := ctx.Value(socketKey{}).(*net.Conn); ok {
				*s = nc
			}
			return nc, nil
		}
	}
	counted, uncounted := c.Clone(), c.Clone()
	counted.DialFunc, uncounted.DialFunc = dial(pc.Count), dial(func(int) {})
	if p.connect, err = mysql.NewConnector(counted); err != nil {
		return nil, &db.ConnectError{Reason: diag.Reason(err)}
	}
	if p.killer, err = mysql.NewConnector(uncounted); err != nil {
		return nil, &db.ConnectError{Reason: diag.Reason(err)}
	}
	return p, nil
}

// socketKey is the key of a context under which the dial function finds where
// to leave the socket, which the library does not give out.
type socketKey struct{}

// Idle implements db.Pool.
func (p *pool) Idle(ctx context.Context) db.Conn {
	for ctx.Err() == nil {
		c, ok := p.idle.Take()
		if !ok {
			break
		}
		if c.alive(ctx) {
			return c
		}
		c.close()
	}
	return nil
}

// limited returns ctx with the time for connecting.
func (p *pool) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if p.timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, p.timeout)
}

// Connect implements db.Pool: it connects and logs in.
func (p *pool) Connect(ctx context.Context) (db.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	limited, cancel := p.limited(ctx)
	defer cancel()
	c := &conn{pool: p, opened: time.Now(), usable: true}
	c.statements = db.NewRecent(p.cfg.StatementCache, (*statement).close)
	var err error
	if c.wire, err = p.connect.Connect(context.WithValue(limited, socketKey{}, &c.socket)); err == nil {
		if err = c.introduce(limited); err == nil {
			return c, nil
		}
		c.close()
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, connectError(limited.Err(), p.timeout)
	}
	if g, ok := c.socket.(*greeted); ok && g.failed != nil {
		err = g.failed
	}
	return nil, connectError(err, p.timeout)
}

// connectError says why no connection could be opened in the time limit; 0: any.
func connectError(err error, limit time.Duration) *db.ConnectError {
	var refused *mysql.MySQLError
	if errors.As(err, &refused) {
		return &db.ConnectError{Reason: diag.Same(value.Clean(refused.Message)), Tag: tag(refused)}
	}
	switch {
	case errors.Is(err, mysql.ErrNoTLS):
		err = db.ErrNoTLS
	case errors.Is(err, mysql.ErrMalformPkt), errors.Is(err, mysql.ErrPktSync):
		err = errGreeting
	}
	return &db.ConnectError{Reason: db.OpenReason(err, limit)}
}

// tag is the stable end of a message.
func tag(e *mysql.MySQLError) string {
	state := string(e.SQLState[:])
	if e.SQLState == [5]byte{} {
		state = "HY000" // the server sent none: it knows only the number
	}
	return fmt.Sprintf("[mysql %d %s]", e.Number, value.Clean(state))
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
}

// keep makes c idle; false when the pool is closed.
func (p *pool) keep(c *conn) bool {
	c.rests = time.Now()
	return p.idle.Put(c)
}

// kill has the server stop the statement that the connection of that number
// runs, over a connection of its own, and reports whether it heard.
func (p *pool) kill(number uint64) bool {
	ctx, cancel := context.WithTimeout(context.Background(), cancelTime)
	defer cancel()
	select {
	case p.cancels <- struct{}{}:
		defer func() { <-p.cancels }()
	case <-ctx.Done():
		return false
	}
	c, err := p.killer.Connect(ctx)
	if err != nil {
		return false
	}
	defer c.Close()
	_, err = c.(driver.ExecerContext).ExecContext(ctx, fmt.Sprintf("KILL QUERY %d", number), nil)
	return err == nil
}

// introduce asks for what the connection must know of itself.
func (c *conn) introduce(ctx context.Context) error {
	row, err := c.row(ctx, "SELECT CONNECTION_ID(), @@innodb_rollback_on_timeout")
	var refused *mysql.MySQLError
	if errors.As(err, &refused) { // a server without InnoDB
		row, err = c.row(ctx, "SELECT CONNECTION_ID(), 0")
	}
	if err != nil {
		return err
	}
	c.number, c.endsOnTimeout = whole(row[0]), whole(row[1]) != 0
	return nil
}

func whole(v driver.Value) uint64 {
	switch v := v.(type) {
	case int64:
		return uint64(v)
	case uint64:
		return v
	case []byte: // a variable that is ON or OFF
		if strings.EqualFold(string(v), "ON") {
			return 1
		}
	}
	return 0
}

// row returns the one row of a query of two columns.
func (c *conn) row(ctx context.Context, sql string) ([]driver.Value, error) {
	rows, err := c.wire.(driver.QueryerContext).QueryContext(ctx, sql, nil)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	dest := make([]driver.Value, 2)
	if len(rows.Columns()) != len(dest) {
		return nil, mysql.ErrMalformPkt
	}
	if err := rows.Next(dest); err != nil {
		if err == io.EOF {
			err = mysql.ErrMalformPkt
		}
		return nil, err
	}
	for i := range dest {
		if b, ok := dest[i].([]byte); ok {
			dest[i] = []byte(string(b))
		}
	}
	return dest, nil
}
