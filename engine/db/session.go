package db

import (
	"context"
	"errors"
	"strings"
	"time"

	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/token"
	"etamil/engine/value"
)

// statementKinds are the kinds of தளம்_இணை that a driver can serve; the others
// that exist are in driverless, with the function to use instead.
var (
	statementKinds = map[string]Kind{"SQLite": SQLite, "SQL": SQLite, "PostgreSQL": PostgreSQL, "MySQL": MySQL}
	driverless     = map[string]string{"Redis": "ரெடிஸ்_இணை", "MongoDB": "மொங்கோ_இணை", "NoSQL": "", "JSONdb": ""}
)

// giveBackTime bounds all that happens when a run gives back what it holds,
// whatever is left of its own time (spec 08 §8.11).
const giveBackTime = 2 * time.Second

// A session implements host.Session.
type session struct {
	access *Access
	open   []*opened // at most one a kind
	redis  *openRedis
	mongo  *openMongo
	sent   bool
	notes  []error
	noted  map[token.Span]bool // of texts after a statement
}

// An opened kind is what தளம்_இணை made of it.
type opened struct {
	kind string // as the program names it
	text string
	pool *pool
	conn Conn // nil: no lease

	// Of this lease:
	fresh    bool // the connection was opened for it
	used     int  // statements that ran
	dirty    bool
	inserted bool
	begun    token.Span // where the transaction that is open began

	// failing is what every statement gets up to the program's ROLLBACK,
	// because its transaction is gone; nil: nothing.
	failing *diag.Def
}

// Connect implements host.Session.
func (x *session) Connect(ctx context.Context, kind, text string) error {
	k, served := statementKinds[kind]
	if !served {
		instead, exists := driverless[kind]
		if !exists {
			return diag.UnknownDatabase.New(kind)
		}
		d := diag.NoDriver.New(kind)
		if instead != "" {
			d.WithHelp("இதற்கு "+instead+" உள்ளது", "use "+instead+" for it")
		}
		return d
	}
	if x.access.reg.drivers[k] == nil {
		return diag.NoDriver.New(kind)
	}
	text = strings.TrimSpace(text)
	if o := x.of(kind); o != nil {
		if o.text == text {
			return nil
		}
		return diag.AlreadyConnected.New(kind)
	}
	t, err := x.access.resolve(k, text, "")
	if err != nil {
		return err
	}
	o := &opened{kind: kind, text: text, pool: x.access.reg.use(t)}
	if t.target.Private {
		err = x.lease(ctx, o)
	} else {
		err = x.access.reg.prove(ctx, o.pool, x.patience())
	}
	if err != nil {
		o.pool.drop()
		return err
	}
	x.open = append(x.open, o)
	return nil
}

// of returns what is open of a kind, or nil.
func (x *session) of(kind string) *opened {
	for _, o := range x.open {
		if o.kind == kind {
			return o
		}
	}
	return nil
}

// Disconnect implements host.Session.
func (x *session) Disconnect(_ context.Context, kind string) error {
	for i, o := range x.open {
		if o.kind == kind {
			x.open = append(x.open[:i], x.open[i+1:]...)
			x.giveBack(time.Now().Add(giveBackTime), o)
			o.pool.drop()
			return nil
		}
	}
	return diag.NotConnected.New(kind)
}

// Close implements host.Session.
func (x *session) Close(failed bool) []error {
	end := time.Now().Add(giveBackTime)
	for _, o := range x.open {
		x.giveBack(end, o)
		o.pool.drop()
	}
	x.open = nil
	x.RedisClose()
	if x.mongo != nil {
		x.mongo.pool.drop()
		x.mongo = nil
	}
	notes := x.notes
	x.notes = nil
	if failed {
		kept := notes[:0]
		for _, n := range notes {
			if d, ok := n.(*diag.Diagnostic); !ok || d.Def != diag.TransactionLeftOpen {
				kept = append(kept, n)
			}
		}
		notes = kept
	}
	return notes
}

// Sent implements host.Session.
func (x *session) Sent() bool { return x.sent }

// Query implements host.Session.
func (x *session) Query(ctx context.Context, s *host.Statement) (value.Value, error) {
	rows := NewRows(s)
	err := x.run(ctx, s, func(ctx context.Context, c Conn) error {
		rows = NewRows(s) // a second try begins anew
		return c.Query(ctx, s, rows)
	})
	if err != nil {
		return value.NilValue(), err
	}
	return rows.Value()
}

// Execute implements host.Session.
func (x *session) Execute(ctx context.Context, s *host.Statement) (int64, error) {
	var n int64
	err := x.run(ctx, s, func(ctx context.Context, c Conn) (err error) {
		n, err = c.Execute(ctx, s)
		return err
	})
	return n, err
}

// only returns the one kind that is open.
func (x *session) only() (*opened, error) {
	switch len(x.open) {
	case 0:
		return nil, diag.NoDatabase.New()
	case 1:
		return x.open[0], nil
	}
	return nil, diag.SeveralDatabases.New()
}

// Current implements host.Session. A transaction that is gone counts as open up
// to the program's ROLLBACK.
func (x *session) Current() (kind string, inTransaction bool) {
	o, err := x.only()
	if err != nil {
		return "", false
	}
	return kindNames[o.pool.kind], o.failing != nil || o.conn != nil && o.conn.InTransaction()
}

// patience is how long the run may wait for a connection. Who holds another
// one waits half as long, so that two runs that hold what the other wants end
// soon.
func (x *session) patience() time.Duration {
	limit := x.access.reg.settings.Load().AcquireTimeout
	for _, o := range x.open {
		if o.conn != nil {
			return limit / 2
		}
	}
	return limit
}

// lease takes a connection for o.
func (x *session) lease(ctx context.Context, o *opened) error {
	start := time.Now()
	c, err := x.access.reg.lease(ctx, o.pool, x.patience(), false)
	if err != nil {
		return err
	}
	o.begin(c, start)
	return nil
}

// begin notes that c is the connection of a new lease, asked for at start.
func (o *opened) begin(c Conn, start time.Time) {
	o.conn, o.fresh = c, !c.Opened().Before(start)
	o.used, o.dirty, o.inserted, o.begun = 0, false, false, token.Span{}
}

// run runs one statement; do is called at most twice, the second time only
// when the first one cannot have reached the database.
func (x *session) run(ctx context.Context, s *host.Statement, do func(context.Context, Conn) error) error {
	o, err := x.only()
	if err != nil {
		return err
	}
	c := o.pool.classes.of(s.SQL, o.pool.dialect)
	if o.failing != nil {
		if c.rollback {
			o.failing = nil
			return nil
		}
		return x.transactionGone(o)
	}
	for again := false; ; again = true {
		if o.conn == nil {
			if err := x.lease(ctx, o); err != nil {
				return err
			}
		}
		if c.asksID && !o.inserted && !o.fresh || c.asksRows && o.used == 0 && !o.fresh {
			done, err := x.freshen(ctx, o, c, s, do)
			if done || err != nil {
				return err
			}
		}
		clean := !o.dirty && !o.conn.InTransaction()
		err := x.statement(ctx, o, c, s, do)
		lost, ok := errors.AsType[*Lost](err)
		if !ok {
			return err
		}
		if lost.Sent {
			x.sent = true
			return diag.ConnectionLost.New(diag.Whole(o.pool.name))
		}
		if again || !clean || o.pool.target.Private {
			return diag.ConnectionLost.New(diag.Whole(o.pool.name))
		}
	}
}

func (x *session) transactionGone(o *opened) error {
	if o.failing == diag.ConnectionLost {
		return diag.ConnectionLost.New(diag.Whole(o.pool.name)).WithHelp(
			"நடுவில் இருந்த பரிவர்த்தனை முடிந்தது; ROLLBACK எழுதி மீண்டும் தொடங்குங்கள்",
			"the transaction that was open is gone; write ROLLBACK and begin again")
	}
	return o.failing.New()
}

// statement runs one statement at the leased connection and draws the
// consequences. The error is as Session promises, or a *Lost.
func (x *session) statement(ctx context.Context, o *opened, c class, s *host.Statement, do func(context.Context, Conn) error) error {
	inTransaction := o.conn.InTransaction()
	timeout := x.access.reg.settings.Load().StatementTimeout
	limited := ctx
	if timeout > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	dirty := o.dirty || c.dirty
	o.dirty = true // should the driver panic, the connection is closed
	err := do(limited, o.conn)
	o.dirty = dirty
	o.used++
	o.inserted = o.inserted || c.insert
	x.takeNotes(o.conn, s.At)

	lost, isLost := errors.AsType[*Lost](err)
	x.sent = x.sent || !isLost || lost.Sent
	refusal, refused := errors.AsType[*Refusal](err)
	usable := !isLost && o.conn.Usable()
	still := usable && o.conn.InTransaction()
	switch {
	case still && !inTransaction:
		o.begun = s.At
	case inTransaction && isLost:
		o.failing = diag.ConnectionLost
	case inTransaction && (refused && refusal.Ended || err != nil && !still && !(usable && c.ends)):
		o.failing = diag.TransactionEnded
	}
	if !usable {
		x.release(o, false)
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case isLost:
		return lost
	case limited.Err() != nil && errors.Is(err, limited.Err()):
		return diag.StatementTimeout.New(timeout)
	case refused:
		return o.pool.refusal(refusal)
	}
	return err
}

// takeNotes keeps what a driver found worth a word, once a place.
func (x *session) takeNotes(c Conn, at token.Span) {
	n, ok := c.(Noter)
	if !ok {
		return
	}
	for _, note := range n.Notes() {
		if x.noted[at] {
			continue
		}
		if x.noted == nil {
			x.noted = map[token.Span]bool{}
		}
		x.noted[at] = true
		note.Span = at
		x.notes = append(x.notes, note)
	}
}

// freshen sees to it that a statement that asks for the last inserted id is
// answered by a connection that no other run has used: no program reads
// another's id. Where the lease has nothing to lose its connection is
// exchanged; else a query runs beside it (done), and what writes is refused,
// because it belongs into the transaction.
func (x *session) freshen(ctx context.Context, o *opened, c class, s *host.Statement, do func(context.Context, Conn) error) (done bool, err error) {
	if !o.dirty && !o.conn.InTransaction() {
		for !o.fresh {
			x.release(o, false)
			if err := x.lease(ctx, o); err != nil {
				return false, err
			}
		}
		return false, nil
	}
	if !c.reads || c.insert {
		return true, o.pool.refusal(&Refusal{Message: idBeforeInsert, Tag: "[" + diag.DatabaseRefused.Code.String() + "]"})
	}
	beside := &opened{kind: o.kind, text: o.text, pool: o.pool}
	for !beside.fresh {
		if beside.conn != nil {
			x.release(beside, false)
		}
		if err := x.lease(ctx, beside); err != nil {
			return true, err
		}
	}
	err = x.statement(ctx, beside, c, s, do)
	if beside.conn != nil {
		x.release(beside, false)
	}
	if _, lost := errors.AsType[*Lost](err); lost {
		err = diag.ConnectionLost.New(diag.Whole(o.pool.name))
	}
	return true, err
}

const idBeforeInsert = "இந்த இயக்கம் எதையும் செருகும் முன் கடைசி id கேட்கப்படுகிறது " +
	"(the last inserted id is asked for before this run has inserted anything)"

// giveBack ends the lease of o, if it has one: an open transaction is rolled
// back, in the time up to end, and a connection with session state is closed.
func (x *session) giveBack(end time.Time, o *opened) {
	o.failing = nil
	if o.conn == nil {
		return
	}
	keep := o.conn.Usable()
	if keep && o.conn.InTransaction() {
		x.notes = append(x.notes, diag.TransactionLeftOpen.At(o.begun))
		ctx, cancel := context.WithDeadline(context.Background(), end)
		keep = o.conn.Rollback(ctx) == nil
		cancel()
	}
	if o.dirty && keep {
		o.pool.count.dirtyCloses.Add(1)
		keep = false
	}
	x.release(o, keep && (o.used == 0 || !o.pool.key.shape.reset))
}

// release returns the connection of o to its pool.
func (x *session) release(o *opened, keep bool) {
	c := o.conn
	o.conn = nil
	o.pool.giveBack(c, keep)
}
