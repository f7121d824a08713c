package postgres

import (
	"context"
	"encoding/binary"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// How long the server has to take a request to cancel, and then to answer the
// statement (spec 08 §8.12).
const (
	cancelTime = time.Second
	answerTime = time.Second
)

// cancellerKey is where a connection keeps its canceller.
const cancellerKey = "canceller"

// A canceller ends the statement of one connection in the database. Its
// HandleCancel runs beside the goroutine that waits for the answer.
type canceller struct {
	pg     *pgconn.PgConn
	dialer *dialer
	to     *wire // where the connection leads; set before the first statement

	mu        sync.Mutex
	running   chan struct{} // closed when the request is done; nil: none was made
	delivered bool          // the server took it

	// The context of the lease's statements is watched once for all of them,
	// not anew for each as pgconn does. ended is its channel, stop ends the
	// watch, number tells it from earlier ones, atWork that there is a statement
	// to cancel.
	ended  <-chan struct{}
	stop   func() bool
	number int
	atWork bool
}

// watch has the end of ctx cancel what is sent from now on, up to settle. Who
// calls it looks at ctx.Err afterwards: what ended before is not noticed.
func (k *canceller) watch(ctx context.Context) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.atWork = true
	ended := ctx.Done()
	if ended == k.ended {
		return
	}
	k.unwatch()
	if k.ended = ended; ended != nil {
		number := k.number
		k.stop = context.AfterFunc(ctx, func() {
			k.mu.Lock()
			defer k.mu.Unlock()
			if number == k.number && k.atWork {
				k.start()
			}
		})
	}
}

// unwatch lets go of the context. It is called with the lock.
func (k *canceller) unwatch() {
	if k.stop != nil {
		k.stop()
	}
	k.ended, k.stop = nil, nil
	k.number++ // should it have begun to run already
}

// leave ends the watch with the lease.
func (k *canceller) leave() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.unwatch()
}

// HandleCancel implements ctxwatch.Handler: the statement's context ended.
func (k *canceller) HandleCancel(context.Context) { k.begin() }

// HandleUnwatchAfterCancel implements ctxwatch.Handler. The connection calls
// settle itself.
func (k *canceller) HandleUnwatchAfterCancel() {}

// begin asks the server once to cancel what runs, and bounds how long its
// answer is waited for.
func (k *canceller) begin() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.start()
}

// start is begin with the lock.
func (k *canceller) start() {
	if k.running != nil {
		return
	}
	done := make(chan struct{})
	k.running = done
	k.pg.Conn().SetDeadline(time.Now().Add(cancelTime + answerTime))
	if k.to == nil { // the connection is not even set up
		close(done)
		return
	}
	go func() {
		defer close(done)
		delivered := k.request() == nil
		k.mu.Lock()
		k.delivered = delivered
		k.mu.Unlock()
		k.pg.Conn().SetDeadline(time.Now().Add(answerTime))
	}()
}

// request sends CancelRequest over a connection of its own and waits until the
// server closes that, which it does after it has told the other process.
func (k *canceller) request() error {
	ctx, stop := context.WithTimeout(context.Background(), cancelTime)
	defer stop()
	d := k.dialer
	select {
	case d.cancels <- struct{}{}:
		defer func() { <-d.cancels }()
	case <-ctx.Done():
		return ctx.Err()
	}
	w := &wire{network: k.to.network, addr: k.to.addr, name: k.to.name}
	if err := d.connect(ctx, w, func(c net.Conn) (net.Conn, error) { return c, nil }); err != nil {
		return err
	}
	defer w.Conn.Close()
	deadline, _ := ctx.Deadline()
	w.Conn.SetDeadline(deadline)
	secret := k.pg.SecretKey()
	message := make([]byte, 12, 12+len(secret))
	binary.BigEndian.PutUint32(message, uint32(12+len(secret)))
	binary.BigEndian.PutUint32(message[4:], 80877102)
	binary.BigEndian.PutUint32(message[8:], k.pg.PID())
	if _, err := w.Conn.Write(append(message, secret...)); err != nil {
		return err
	}
	d.cancelled()
	var b [1]byte
	_, err := w.Conn.Read(b[:])
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
		return err
	}
	return nil
}

// settle ends the watch over a statement. fired tells that it was to be
// cancelled; delivered, that the server took the request, so that it cannot
// reach a later statement.
func (k *canceller) settle() (fired, delivered bool) {
	k.mu.Lock()
	running := k.running
	k.atWork = false
	k.mu.Unlock()
	if running == nil {
		return false, false
	}
	<-running
	k.mu.Lock()
	defer k.mu.Unlock()
	delivered = k.delivered
	k.running, k.delivered = nil, false
	k.pg.Conn().SetDeadline(time.Time{})
	return true, delivered
}
