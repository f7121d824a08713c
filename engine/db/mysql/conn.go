package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"time"

	"github.com/go-sql-driver/mysql"

	"etamil/engine/db"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// The numbers of errors that mean more than that a statement was refused.
const (
	errShutdown      = 1053
	errUnknown       = 1105
	errLockTimeout   = 1205
	errNoColumn      = 1054
	errDeadlock      = 1213
	errNotPreparable = 1295
	errUnknownStmt   = 1243
	errTooManyStmts  = 1461
	errPrepareAgain  = 1615
	errKilled        = 1927 // MariaDB
	errIdleTooLong   = 4031 // MySQL 8
)

// drainTime is how long the rest of a result is read after a budget ended a
// query, before the connection is given up instead.
const drainTime = 250 * time.Millisecond

// longest is the longest text of a statement that is kept prepared, in bytes:
// longer ones hold data and do not come again.
const longest = 64 << 10

// A conn is one connection. It implements db.Conn.
type conn struct {
	pool   *pool
	wire   driver.Conn
	socket net.Conn
	opened time.Time
	rests  time.Time // when it became idle
	number uint64    // by which the server knows it
	// endsOnTimeout tells that a lock timeout rolls the whole transaction back.
	endsOnTimeout bool

	statements *db.Recent[*statement]
	inTx       bool
	usable     bool
}

// A statement is one that the server has prepared.
type statement struct {
	prepared driver.Stmt // nil: the server cannot prepare it, it runs as text
	params   int
}

func (s *statement) close() {
	if s.prepared != nil {
		s.prepared.Close()
	}
}

// alive reports whether an idle connection can be used.
func (c *conn) alive(ctx context.Context) bool {
	if c.wire.(driver.SessionResetter).ResetSession(ctx) != nil {
		return false
	}
	if time.Since(c.rests) <= restTime {
		return true
	}
	limited, cancel := c.pool.limited(ctx)
	defer cancel()
	return c.wire.(driver.Pinger).Ping(limited) == nil
}

// close ends the connection in any state.
func (c *conn) close() {
	if c.usable {
		c.wire.Close() // with a word to the server
	}
	c.usable = false
	if c.socket != nil {
		c.socket.Close()
	}
	if c.wire != nil {
		c.wire.Close()
	}
}

// InTransaction implements db.Conn.
func (c *conn) InTransaction() bool { return c.inTx }

// Usable implements db.Conn.
func (c *conn) Usable() bool { return c.usable }

// Opened implements db.Conn.
func (c *conn) Opened() time.Time { return c.opened }

// Release implements db.Conn.
func (c *conn) Release(keep bool) {
	if !keep || !c.usable || !c.pool.keep(c) {
		c.close()
	}
}

// Rollback implements db.Conn.
func (c *conn) Rollback(ctx context.Context) error {
	if !c.inTx {
		return nil
	}
	err := c.guard(ctx, func() error {
		_, err := c.wire.(driver.ExecerContext).ExecContext(context.Background(), "ROLLBACK", nil)
		return c.failed(err, true)
	})
	c.inTx = false
	if err != nil {
		// An XA transaction, for one, wants other words.
		c.usable = false
	}
	return err
}

// guard runs f, which sends a statement, and when ctx ends meanwhile cancels
// the statement at the server and gives the connection up: the library by
// itself would only leave the socket, and the statement would run on.
func (c *conn) guard(ctx context.Context, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		if c.pool.kill(c.number) {
			c.pool.cfg.Cancelled()
		}
		c.socket.Close()
	})
	err := f()
	if !stop() {
		<-done
		c.usable, c.inTx = false, false
		return ctx.Err()
	}
	return err
}

// Query implements db.Conn.
func (c *conn) Query(ctx context.Context, s *host.Statement, rows *db.Rows) error {
	return c.run(ctx, s, func(st *statement, sql string, args []driver.NamedValue) error {
		var r driver.Rows
		var err error
		if st.prepared != nil {
			r, err = st.prepared.(driver.StmtQueryContext).QueryContext(context.Background(), args)
		} else {
			r, err = c.wire.(driver.QueryerContext).QueryContext(context.Background(), sql, nil)
		}
		if err != nil {
			return err
		}
		if err := read(r, rows); err != nil {
			return err
		}
		return r.Close()
	})
}

// A stopped is why a budget of the run ended a query, with the result of which
// a part is still to come.
type stopped struct {
	cause error
	rest  driver.Rows
}

func (s *stopped) Error() string { return s.cause.Error() }

// read hands the rows of the first result to rows.
func read(r driver.Rows, rows *db.Rows) error {
	names := r.Columns()
	if len(names) == 0 {
		return nil
	}
	rows.Columns(names)
	dest := make([]driver.Value, len(names))
	vals := make([]value.Value, len(names))
	readers := readersOf(r, len(names))
	for {
		switch err := r.Next(dest); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		for i := range dest {
			vals[i] = readers[i](dest[i])
		}
		if err := rows.Add(vals); err != nil {
			return &stopped{err, r}
		}
	}
}

// Execute implements db.Conn.
func (c *conn) Execute(ctx context.Context, s *host.Statement) (n int64, err error) {
	err = c.run(ctx, s, func(st *statement, sql string, args []driver.NamedValue) error {
		var result driver.Result
		var err error
		if st.prepared != nil {
			result, err = st.prepared.(driver.StmtExecContext).ExecContext(context.Background(), args)
		} else {
			result, err = c.wire.(driver.ExecerContext).ExecContext(context.Background(), sql, nil)
		}
		if err != nil {
			return err
		}
		n, err = result.RowsAffected()
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// run prepares a statement and has it sent.
func (c *conn) run(ctx context.Context, s *host.Statement, send func(*statement, string, []driver.NamedValue) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !c.usable {
		return &db.Lost{Cause: net.ErrClosed}
	}
	args, err := parameters(s)
	if err != nil {
		return err
	}
	effect := effectOf(s.SQL)
	if effect == localFile {
		return &db.Refusal{
			Message: "LOAD DATA LOCAL நிரல் இயங்கும் கணினியின் கோப்பைப் படிக்கும்; அதற்கு அனுமதி இல்லை " +
				"(LOAD DATA LOCAL reads a file where the program runs, which is not permitted)",
			Tag: "[mysql 1148 42000]", // what servers say that forbid it
		}
	}
	return c.guard(ctx, func() error {
		again := false
		for {
			st, sql, kept, err := c.prepare(s.SQL, len(args))
			if err != nil {
				return err
			}
			err = send(st, sql, args)
			var refused *mysql.MySQLError
			if errors.As(err, &refused) && (refused.Number == errPrepareAgain || refused.Number == errUnknownStmt) && kept && !again {
				// The statement has not run: the server wants it prepared anew.
				c.statements.Drop(s.SQL)
				again = true
				continue
			}
			if err = c.failed(err, true); err == nil {
				switch effect {
				case begins:
					c.inTx = true
				case ends:
					c.inTx = false
				}
			}
			if errors.Is(err, errTooLarge) || refused != nil && refused.Number == errUnknown {
				// Of a long parameter the server may have a part, or remember
				// that it was too long.
				c.statements.Drop(s.SQL)
			}
			if !kept && c.usable {
				st.close()
			}
			return err
		}
	})
}

// prepare returns the statement of a text with so many parameters, and the
// text as the server wants it. kept is false when the caller must close it.
func (c *conn) prepare(text string, params int) (st *statement, sql string, kept bool, err error) {
	st, kept = c.statements.Get(text)
	if kept && st.prepared != nil {
		return st, "", true, counted(st, params)
	}
	sql = placeholders(text)
	if kept && params == 0 {
		return st, sql, true, nil
	}
	prepared, err := c.wire.(driver.ConnPrepareContext).PrepareContext(context.Background(), sql)
	var refused *mysql.MySQLError
	if errors.As(err, &refused) && refused.Number == errTooManyStmts {
		c.statements.Clear()
		prepared, err = c.wire.(driver.ConnPrepareContext).PrepareContext(context.Background(), sql)
	}
	st = &statement{}
	switch {
	case err == nil:
		st.prepared, st.params = prepared, prepared.NumInput()
	case errors.As(err, &refused) && refused.Number == errNotPreparable && params == 0:
	default:
		// Nothing has run.
		err = c.failed(err, false)
		var r *db.Refusal
		if errors.As(err, &r) && refused != nil && refused.Number == errNoColumn && hasOtherPlaceholders(text) {
			r.Message += otherPlaceholders
		}
		return nil, "", false, err
	}
	kept = len(text) <= longest && c.statements.Put(text, st)
	if err := counted(st, params); err != nil {
		if !kept {
			st.close()
		}
		return nil, "", kept, err
	}
	return st, sql, kept, nil
}

func counted(st *statement, given int) error {
	if st.params != given {
		return diag.ParameterCount.New(st.params, given)
	}
	return nil
}

// errTooLarge is the refusal of what is larger than the server takes; the
// library sends none of it.
var errTooLarge = &db.Refusal{
	Message: "கூற்றும் அளவுருக்களும் max_allowed_packet-ஐ மீறுகின்றன (the statement with its parameters is larger than max_allowed_packet)",
	Tag:     "[mysql 1153 08S01]",
}

// failed makes of an error of the library what db.Conn promises. sent tells
// whether the statement may have run.
func (c *conn) failed(err error, sent bool) error {
	var refused *mysql.MySQLError
	var budget *stopped
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused) && farewell(refused.Number):
	case errors.As(err, &refused):
		r := &db.Refusal{Message: value.Clean(refused.Message), Tag: tag(refused)}
		if refused.Number == errDeadlock || refused.Number == errLockTimeout && c.endsOnTimeout {
			r.Ended = c.inTx
			c.inTx = false
		}
		return r
	case errors.As(err, &budget):
		c.drain(budget.rest)
		return budget.cause
	case errors.Is(err, mysql.ErrPktTooLarge):
		return errTooLarge
	}
	c.usable, c.inTx = false, false
	return &db.Lost{Sent: sent && !errors.Is(err, driver.ErrBadConn), Cause: err}
}

// farewell reports whether the server closes the connection with this error.
func farewell(number uint16) bool {
	return number == errShutdown || number == errKilled || number == errIdleTooLong
}

// drain reads what is left of a result; when that takes long, the statement is
// cancelled and the connection given up.
func (c *conn) drain(rest driver.Rows) {
	done := make(chan struct{})
	timer := time.AfterFunc(drainTime, func() {
		defer close(done)
		if c.pool.kill(c.number) {
			c.pool.cfg.Cancelled()
		}
		c.socket.Close()
	})
	err := rest.Close()
	if !timer.Stop() {
		<-done
		c.usable = false
	}
	if err != nil {
		c.usable = false
	}
	if !c.usable {
		c.inTx = false
	}
}
