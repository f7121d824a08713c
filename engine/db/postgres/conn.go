package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"etamil/engine/db"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// drainTime is how long the rest of a result is read, after the run had enough
// of it, before the statement is cancelled: most are here already, and then the
// connection lives on for sure.
const drainTime = 50 * time.Millisecond

// A conn is one connection, leased or idle. It implements db.Conn.
type conn struct {
	pool   *pool
	lease  *pgxpool.Conn // nil when closed
	pg     *pgconn.PgConn
	cancel *canceller
	opened time.Time

	idleSince  time.Time
	statements *statements
	begun      bool // a BEGIN waits for the next statement; the server knows of none
	broken     bool // the state is not known
}

// Query implements db.Conn.
func (c *conn) Query(ctx context.Context, s *host.Statement, rows *db.Rows) error {
	_, err := c.run(ctx, s, rows)
	return err
}

// Execute implements db.Conn.
func (c *conn) Execute(ctx context.Context, s *host.Statement) (int64, error) {
	return c.run(ctx, s, nil)
}

// run runs a statement, once more when the server had forgotten what it was or
// its tables had changed: both are said before anything is done.
func (c *conn) run(ctx context.Context, s *host.Statement, rows *db.Rows) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if !c.Usable() {
		return 0, &db.Lost{Cause: net.ErrClosed}
	}
	if strings.IndexByte(s.SQL, 0) >= 0 {
		return 0, nulInText
	}
	first := firstWord(s.SQL)
	if first == "COPY" && copiesToClient(s.SQL) {
		return 0, copyRefused
	}
	if c.postpone(first, s) {
		return 0, nil
	}
	x := &execution{conn: c, s: s, rows: rows, first: first, before: c.pg.TxStatus(), opens: c.begun}
	err := x.once(ctx)
	if err != nil && x.forgotten(err) && ctx.Err() == nil && c.Usable() {
		err = x.again(ctx, err)
	}
	return x.count, err
}

// An execution is one statement on its way.
type execution struct {
	*conn
	s      *host.Statement
	rows   *db.Rows // nil: they are only counted
	first  string   // word of the statement, in capitals
	before byte     // state of the transaction in the server
	opens  bool     // a BEGIN goes with it

	shape *shape
	kept  bool // the shape was known from an earlier run
	count int64
}

// once prepares the statement if need be, and runs it.
func (x *execution) once(ctx context.Context) error {
	if err := x.prepare(ctx); err != nil {
		err = x.end(ctx, err, false)
		var r *db.Refusal
		if errors.As(err, &r) && r.Tag == tag(stateSyntax) && hasOtherPlaceholders(x.s) {
			r.Message += otherPlaceholders
		}
		return err
	}
	params, err := encodeAll(x.s.Params, x.shape.params, x.pool)
	if err == nil && x.rows != nil {
		err = readable(x.shape.columns)
	}
	if err != nil {
		x.end(ctx, nil, false) // a cancel that came while preparing
		return err
	}
	x.cancel.watch(ctx)
	if ended := ctx.Err(); ended != nil {
		x.end(ctx, nil, false)
		return ended
	}
	r, flight, err := x.send(params)
	var stopped error
	var done pgconn.CommandTag
	if r != nil {
		if stopped = x.receive(r); stopped != nil {
			x.drain(r)
		}
		done, err = r.Close()
	}
	if flight != nil {
		err = land(flight, err)
	}
	if err = x.end(ctx, err, true); err != nil && stopped == nil {
		return err
	}
	if stopped != nil {
		return stopped
	}
	x.count = done.RowsAffected()
	switch tag := done.String(); tag {
	case "DISCARD ALL", "DEALLOCATE ALL":
		x.statements.clear()
	case "ROLLBACK":
		if x.before == 'E' && x.first != "ROLLBACK" && x.first != "ABORT" {
			return commitRolledBack
		}
	}
	return nil
}

// receive hands the rows on. Its error is why no more are wanted.
func (x *execution) receive(r *pgconn.ResultReader) error {
	if x.rows == nil {
		return nil // Close reads them
	}
	var d *decoder
	var vals []value.Value
	for r.NextRow() {
		if d == nil {
			columns, keys := x.actual(r.FieldDescriptions())
			x.rows.Like(keys)
			d = &decoder{meter: x.s.Meter, columns: columns, fields: r.FieldDescriptions()}
			vals = make([]value.Value, len(columns))
		}
		if err := d.row(r.Values(), vals); err != nil {
			return err
		}
		if err := x.rows.Add(vals); err != nil {
			return err
		}
	}
	return nil
}

// actual returns the columns that the server sends, which differ from the
// described ones when a table changed between two unnamed statements.
func (x *execution) actual(fields []pgconn.FieldDescription) ([]column, *db.Columns) {
	same := len(fields) == len(x.shape.columns)
	for i := 0; same && i < len(fields); i++ {
		same = fields[i].DataTypeOID == x.shape.columns[i].oid && fields[i].Name == x.shape.columns[i].name
	}
	if same {
		return x.shape.columns, x.shape.keys
	}
	x.pool.shapes.drop(x.s.SQL)
	columns := make([]column, len(fields))
	for i, f := range fields {
		columns[i] = column{f.Name, f.DataTypeOID, x.pool.types.known(f.DataTypeOID)}
	}
	return columns, keysOf(columns)
}

// drain reads the rest of a result for a moment and then has the statement
// cancelled.
func (x *execution) drain(r *pgconn.ResultReader) {
	done := make(chan struct{})
	timer := time.AfterFunc(drainTime, func() {
		x.cancel.begin()
		close(done)
	})
	r.Close()
	if !timer.Stop() {
		<-done
	}
}

// end turns the end of a statement into what db.Conn promises. sent tells that
// the statement itself, not only its preparation, was on its way.
func (c *conn) end(ctx context.Context, err error, sent bool) error {
	fired, delivered := c.cancel.settle()
	server := pgError(err)
	if fired {
		// Only a statement that says it was cancelled proves that the request
		// is spent and cannot hit the next one.
		if !delivered || server == nil || server.Code != stateCancelled || c.pg.IsClosed() {
			c.broken = true
		}
		if ended := ctx.Err(); ended != nil {
			return ended
		}
		return err
	}
	switch {
	case err == nil:
		return nil
	case c.pg.IsClosed():
		return &db.Lost{Sent: sent && !pgconn.SafeToRetry(err), Cause: err}
	case server != nil:
		return refusal(server)
	case ctx.Err() != nil: // noticed before anything was sent
		return ctx.Err()
	}
	c.broken = true
	return &db.Lost{Sent: sent && !pgconn.SafeToRetry(err), Cause: err}
}

// prepare finds out the shape of the statement.
func (x *execution) prepare(ctx context.Context) error {
	x.shape, x.kept = nil, false
	// What these give is not known before they run.
	keep := x.first != "FETCH" && x.first != "EXECUTE"
	named := keep && x.pool.named.Load()
	if named {
		x.shape = x.statements.get(x.s.SQL)
	} else if keep {
		x.shape = x.pool.shapes.get(x.s.SQL)
	}
	if x.shape != nil {
		x.kept = true
		return nil
	}
	name := ""
	if named {
		name = nameOf(x.s.SQL)
	}
	description, err := x.describe(ctx, name)
	if err != nil {
		return err
	}
	sh := &shape{name: name, params: description.ParamOIDs, described: description}
	for _, oid := range sh.params {
		if _, err := x.pool.types.find(ctx, x.pg, oid); err != nil {
			return err
		}
	}
	for i, f := range description.Fields {
		t, err := x.pool.types.find(ctx, x.pg, f.DataTypeOID)
		if err != nil {
			return err
		}
		sh.columns = append(sh.columns, column{f.Name, f.DataTypeOID, t})
		if t.inBinary() {
			if sh.formats == nil {
				sh.formats = make([]int16, len(description.Fields))
			}
			sh.formats[i] = binaryFormat
		}
	}
	sh.keys = keysOf(sh.columns)
	x.shape = sh
	switch {
	case named:
		if gone := x.statements.put(x.s.SQL, sh); gone != nil {
			return x.pg.Deallocate(ctx, gone.name)
		}
	case keep:
		x.pool.shapes.put(x.s.SQL, sh)
	}
	return nil
}

// forgotten reports whether err may come from what is known of the statement
// and no longer holds, after which that is forgotten; and whether the statement
// may be sent once more: not within a transaction that the error has ended.
func (x *execution) forgotten(err error) bool {
	named := x.shape == nil && x.pool.named.Load() || x.shape != nil && x.shape.name != ""
	var ours *diag.Diagnostic
	if errors.As(err, &ours) {
		// By the types of an earlier day; nothing was sent.
		return x.kept && (ours.Def == diag.BadParameter || ours.Def == diag.UnreadColumn) && x.forget(named)
	}
	var r *db.Refusal
	if !errors.As(err, &r) {
		return false
	}
	state := strings.TrimSuffix(strings.TrimPrefix(r.Tag, "[postgresql "), "]")
	switch {
	case named && (state == stateNoStatement || state == stateTwice) && strings.Contains(r.Message, nameOf(x.s.SQL)):
		// It was not run. Not the error of a statement that the program, or a
		// function of the database, prepared itself.
		x.statements.clear()
		x.pool.unname()
		x.shape = nil
		if x.opens && !x.begun && !x.reopen() {
			return false
		}
	case x.kept && (state == stateUnsupported || state == stateProtocol || strings.HasPrefix(state, "42")):
		if !x.forget(named) || x.opens && !x.begun {
			return false
		}
	default:
		return false
	}
	return x.before == 'I' && (x.rows == nil || x.rows.Len() == 0)
}

// again runs the statement once more after err, if the server now says
// something else about it than before: else the error was not about that, and a
// procedure may have committed half of its work.
func (x *execution) again(ctx context.Context, err error) error {
	if before := x.shape; before != nil {
		if prepareErr := x.prepare(ctx); prepareErr != nil {
			return x.end(ctx, prepareErr, false)
		}
		if x.shape.same(before) {
			return err
		}
	}
	return x.once(ctx)
}

// forget drops what is known of the statement, also at the server.
func (x *execution) forget(named bool) bool {
	if !named {
		x.pool.shapes.drop(x.s.SQL)
		return true
	}
	x.statements.drop(x.s.SQL)
	ctx, stop := context.WithTimeout(context.Background(), x.pool.timeout)
	defer stop()
	return x.end(ctx, x.pg.Deallocate(ctx, x.shape.name), false) == nil
}

// InTransaction implements db.Conn.
func (c *conn) InTransaction() bool {
	return !c.pg.IsClosed() && (c.begun || c.pg.TxStatus() != 'I')
}

// Rollback implements db.Conn.
func (c *conn) Rollback(ctx context.Context) error {
	if c.begun {
		c.begun = false
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if !c.InTransaction() {
		return nil
	}
	err := c.end(ctx, c.pg.Exec(ctx, "ROLLBACK").Close(), true)
	if err != nil {
		c.broken = true
	}
	return err
}

// Usable implements db.Conn.
func (c *conn) Usable() bool { return !c.broken && !c.pg.IsClosed() && !c.pg.IsBusy() }

// Opened implements db.Conn.
func (c *conn) Opened() time.Time { return c.opened }

// Release implements db.Conn.
func (c *conn) Release(keep bool) {
	c.cancel.leave()
	if keep && c.Usable() && !c.InTransaction() && c.pool.give(c) {
		return
	}
	c.close()
}

// close closes the connection for good, with a word to a server that listens.
func (c *conn) close() {
	if c.lease != nil {
		c.lease.Hijack()
		c.lease = nil
	}
	shut(c.pg, c.Usable())
}

// shut closes a connection. It does not wait for a server that hangs.
func shut(pg *pgconn.PgConn, polite bool) {
	wire := pg.Conn()
	if polite {
		wire.SetDeadline(time.Now().Add(closeTime))
		pg.Close(context.Background())
	}
	if encrypted, ok := wire.(*tls.Conn); ok {
		wire = encrypted.NetConn() // without TLS's own farewell, which may wait
	}
	wire.Close()
}

// firstWord returns the first word of a statement in capitals, "" when it
// begins with none.
func firstWord(sql string) string {
	for kind, piece := range db.Pieces(sql, db.DialectPostgres) {
		switch {
		case kind == db.Blank, kind == db.Comment, piece == ";": // an empty statement before it counts for none
		case kind == db.Word:
			return strings.ToUpper(piece)
		default:
			return ""
		}
	}
	return ""
}

// copiesToClient reports whether a COPY sends its data over the connection.
func copiesToClient(sql string) bool {
	direction := false
	for kind, piece := range db.Pieces(sql, db.DialectPostgres) {
		switch kind {
		case db.Blank, db.Comment:
			continue
		case db.Word:
			word := strings.ToUpper(piece)
			if direction && (word == "STDIN" || word == "STDOUT") {
				return true
			}
			direction = word == "FROM" || word == "TO"
		default:
			direction = false
		}
	}
	return false
}

// readable returns the diagnostic of the first column whose values are not
// read.
func readable(columns []column) error {
	for _, c := range columns {
		t, suffix := c.typ, ""
		for t.class == classArray {
			t, suffix = t.elem, suffix+"[]"
		}
		if t.class == classMoney {
			return diag.UnreadColumn.New(c.name, c.typ.name, quoteName(c.name)+"::numeric"+suffix)
		}
	}
	return nil
}

// quoteName returns a name as it stands in a statement.
func quoteName(name string) string {
	plain := name != ""
	for i, r := range name {
		plain = plain && (r == '_' || 'a' <= r && r <= 'z' || r >= 0x80 || i > 0 && '0' <= r && r <= '9')
	}
	if plain {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
