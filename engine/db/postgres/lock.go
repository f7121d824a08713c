package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"etamil/engine/db"
)

// How a lock's connection is watched. The server gives a silent holder up
// after heartSilence, a holder gives a silent server up after heartBeat and
// heartPatience: the holder knows of the loss before another can have the
// lock.
const (
	heartBeat     = 3 * time.Second
	heartPatience = 3 * time.Second
	heartSilence  = 20 * time.Second
)

// A Lock is held by one process among all that ask the same database for the
// same name, until Release or until its connection is lost. Its methods are
// safe for concurrent use.
type Lock struct {
	lost     chan struct{}
	released chan struct{}
	done     chan struct{} // closed when the connection is
	once     sync.Once
}

// Hold waits until the lock of that name is free and takes it. It is a session
// advisory lock on a connection of its own, which must lead to the server
// itself or to a pooler in session mode: a pooler in transaction mode would
// give the session away. text and o are as of db.Driver; connect bounds the
// opening. The error is ctx's, a diag.BadConnectionText, a *db.ConnectError, a
// *db.Refusal or a *db.Lost; after it nothing is held.
func Hold(ctx context.Context, text string, o db.Options, name string, connect time.Duration) (*Lock, error) {
	s, _, err := parse(text, o)
	if err != nil {
		return nil, err
	}
	sec, err := s.security()
	if err != nil {
		return nil, err
	}
	// The lock needs no counting: one a process is known beforehand.
	p := &pool{s: s, timeout: s.timeout(connect)}
	config, err := s.config(newDialer(s, sec, db.PoolConfig{Count: func(int) {}, Cancelled: func() {}}), p.timeout)
	if err != nil {
		return nil, err
	}
	pg, err := p.dialLock(ctx, &config.ConnConfig.Config)
	if err != nil {
		return nil, err
	}
	backend, err := take(ctx, pg, name)
	if err != nil {
		shut(pg, false)
		return nil, err
	}
	l := &Lock{lost: make(chan struct{}), released: make(chan struct{}), done: make(chan struct{})}
	go l.watch(pg, backend)
	return l, nil
}

func (p *pool) dialLock(ctx context.Context, c *pgconn.Config) (*pgconn.PgConn, error) {
	a := &attempt{}
	dialing, stop := context.WithTimeout(context.WithValue(ctx, attemptKey{}, a), p.timeout*time.Duration(len(p.s.hosts)))
	defer stop()
	pg, err := pgconn.ConnectConfig(dialing, c)
	if err != nil {
		if ended := ctx.Err(); ended != nil {
			return nil, ended
		}
		return nil, connectError(err, a.err, p.timeout)
	}
	k := pg.CustomData()[cancellerKey].(*canceller)
	k.to = a.opened()
	k.settle()
	return pg, nil
}

// lockKey returns the key of an advisory lock.
func lockKey(name string) int64 {
	sum := sha256.Sum256([]byte("etamil timers\x00" + name))
	return int64(binary.BigEndian.Uint64(sum[:]))
}

// take waits for the lock and returns the server's process that holds it.
func take(ctx context.Context, pg *pgconn.PgConn, name string) (backend string, err error) {
	third := strconv.Itoa(int(heartSilence / (3 * time.Second)))
	for _, setting := range []struct{ name, value string }{
		// What an operator set for statements of programs must not end a wait
		// that may take days.
		{"statement_timeout", "0"}, {"lock_timeout", "0"}, {"idle_session_timeout", "0"},
		{"tcp_keepalives_idle", third}, {"tcp_keepalives_interval", third}, {"tcp_keepalives_count", "2"},
		{"tcp_user_timeout", strconv.Itoa(int(heartSilence / time.Millisecond))},
		{"client_connection_check_interval", "5000"}, // while it waits, nothing else would tell
	} {
		// Older servers lack some: then they notice later.
		err := pg.Exec(ctx, "SET "+setting.name+" = "+setting.value).Close()
		if err != nil && (pgError(err) == nil || pg.IsClosed()) {
			return "", lockError(ctx, pg, err)
		}
	}
	r := pg.ExecParams(ctx, "SELECT pg_catalog.pg_advisory_lock($1::bigint), pg_catalog.pg_backend_pid()",
		[][]byte{strconv.AppendInt(nil, lockKey(name), 10)}, nil, nil, nil).Read()
	fired, _ := pg.CustomData()[cancellerKey].(*canceller).settle()
	if r.Err != nil || fired {
		return "", lockError(ctx, pg, r.Err)
	}
	return string(r.Rows[0][1]), nil
}

func lockError(ctx context.Context, pg *pgconn.PgConn, err error) error {
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	if server := pgError(err); server != nil && !pg.IsClosed() {
		return refusal(server)
	}
	return &db.Lost{Cause: err}
}

// watch waits for the end of the connection, which it asks for a sign of life
// at every beat.
func (l *Lock) watch(pg *pgconn.PgConn, backend string) {
	defer close(l.done)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		select {
		case <-l.released:
			stop()
		case <-ctx.Done():
		}
	}()
	for ctx.Err() == nil {
		// Between the beats a server that ends says so at once.
		beat := time.Now().Add(heartBeat)
		for ctx.Err() == nil && time.Now().Before(beat) {
			if listen(ctx, pg, beat) != nil {
				break
			}
		}
		if ctx.Err() != nil || !alive(pg, backend) {
			break
		}
	}
	select {
	case <-l.released:
		pg.Exec(context.Background(), "SELECT pg_catalog.pg_advisory_unlock_all()").Close() // before the server has seen the end
		shut(pg, !pg.IsClosed())
	default:
		shut(pg, false)
		close(l.lost)
	}
}

// listen reads what the server says by itself until then: notices, or the end.
func listen(ctx context.Context, pg *pgconn.PgConn, until time.Time) error {
	wire := pg.Conn()
	wire.SetReadDeadline(until)
	interrupt := context.AfterFunc(ctx, func() { wire.SetReadDeadline(time.Unix(1, 0)) })
	_, err := pg.ReceiveMessage(context.Background())
	interrupt()
	wire.SetDeadline(time.Now().Add(heartPatience)) // of what follows
	return err
}

// alive asks the server for a sign of life. Another process that answers means
// a pooler that gave the session away.
func alive(pg *pgconn.PgConn, backend string) bool {
	pg.Conn().SetDeadline(time.Now().Add(heartPatience))
	r := pg.ExecParams(context.Background(), "SELECT pg_catalog.pg_backend_pid()", nil, nil, nil, nil).Read()
	return r.Err == nil && len(r.Rows) == 1 && string(r.Rows[0][0]) == backend
}

// Lost is closed when the lock is lost without Release. Whatever runs under it
// must stop at once.
func (l *Lock) Lost() <-chan struct{} { return l.lost }

// Release gives the lock up and closes its connection. It does nothing when
// the lock is lost or released already.
func (l *Lock) Release() {
	l.once.Do(func() { close(l.released) })
	<-l.done
}
