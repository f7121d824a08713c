package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"etamil/engine/db"
	"etamil/engine/host"
)

// A plain BEGIN outside a transaction does not travel alone: conn.begun notes
// it, and it goes in one flight with the next statement, which spares a round
// trip. The two are one sequence of the extended protocol up to its Sync, so
// that a BEGIN that fails takes the statement with it: the server skips what
// follows an error. Up to then nothing of the transaction is in the server, and
// its end costs nothing.

// beginText is what is sent for a BEGIN that waited, however it was written.
const beginText = "BEGIN"

// opensTransaction reports whether a statement, whose first word it is told, is
// a BEGIN without options.
func opensTransaction(first, sql string) bool {
	switch first {
	case "BEGIN":
		return alone(sql)
	case "START":
		second, more := afterFirst(sql)
		return !more && strings.EqualFold(second, "TRANSACTION")
	}
	return false
}

// endsTransaction reports whether a statement is a COMMIT or ROLLBACK of the
// whole transaction, without options.
func endsTransaction(first, sql string) bool {
	switch first {
	case "COMMIT", "END", "ROLLBACK", "ABORT":
		return alone(sql)
	}
	return false
}

// alone reports whether after the first word of a statement comes nothing, or
// only a word that may as well be left out.
func alone(sql string) bool {
	second, more := afterFirst(sql)
	return !more && (second == "" || strings.EqualFold(second, "TRANSACTION") || strings.EqualFold(second, "WORK"))
}

// afterFirst returns the word after the first one; more tells that there is
// something else.
func afterFirst(sql string) (second string, more bool) {
	words := 0
	for kind, piece := range db.Pieces(sql, db.DialectPostgres) {
		switch {
		case kind == db.Blank, kind == db.Comment, piece == ";":
			continue
		case kind != db.Word, words == 2:
			return second, true
		}
		if words++; words == 2 {
			second = piece
		}
	}
	return second, false
}

// postpone takes care of a BEGIN that may wait and of the end of a transaction
// that has not begun in the server. done tells that nothing is to be sent.
func (c *conn) postpone(first string, s *host.Statement) (done bool) {
	if len(s.Params) > 0 || c.pg.TxStatus() != 'I' {
		return false
	}
	switch {
	case !c.begun && opensTransaction(first, s.SQL):
		c.begun = true
		return true
	case c.begun && endsTransaction(first, s.SQL):
		c.begun = false
		return true
	}
	return false
}

// board starts the flight of the BEGIN that waits; the caller adds what goes
// with it.
func (c *conn) board(ctx context.Context) *pgconn.Pipeline {
	f := c.pg.StartPipeline(ctx)
	f.SendQueryParams(beginText, nil, nil, nil, nil)
	return f
}

// depart sends a flight and reads the answer to BEGIN. After an error what else
// was in the flight has not been run.
func (c *conn) depart(f *pgconn.Pipeline) error {
	if err := f.Sync(); err != nil {
		return err // if nothing was sent, BEGIN waits on
	}
	c.begun = false
	_, err := f.GetResults()
	return err
}

// land ends a flight, however far it came; err is what went wrong so far.
func land(f *pgconn.Pipeline, err error) error {
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}

// describe has the server prepare the statement under a name, "" for none.
func (x *execution) describe(ctx context.Context, name string) (*pgconn.StatementDescription, error) {
	if !x.begun {
		return x.pg.Prepare(ctx, name, x.s.SQL, nil)
	}
	f := x.board(ctx)
	f.SendPrepare(name, x.s.SQL, nil)
	var d *pgconn.StatementDescription
	err := x.depart(f)
	if err == nil {
		var results any
		results, err = f.GetResults()
		d, _ = results.(*pgconn.StatementDescription)
	}
	if err = land(f, err); err != nil {
		return nil, err
	}
	d.Name, d.SQL = name, x.s.SQL
	return d, nil
}

// send sends the statement, whose shape is known and whose context the canceller
// watches. The reader is nil after an error; the flight, unless it is nil, is to
// land in any case.
func (x *execution) send(params [][]byte) (*pgconn.ResultReader, *pgconn.Pipeline, error) {
	ctx := context.Background()
	named := x.shape.name != ""
	if !x.begun {
		if named {
			return x.pg.ExecStatement(ctx, x.shape.described, params, nil, x.shape.formats), nil, nil
		}
		return x.pg.ExecParams(ctx, x.s.SQL, params, x.shape.params, nil, x.shape.formats), nil, nil
	}
	f := x.board(ctx)
	if named {
		f.SendQueryStatement(x.shape.described, params, nil, x.shape.formats)
	} else {
		f.SendQueryParams(x.s.SQL, params, x.shape.params, nil, x.shape.formats)
	}
	err := x.depart(f)
	if err != nil {
		return nil, f, err
	}
	results, err := f.GetResults()
	r, _ := results.(*pgconn.ResultReader)
	return r, f, err
}

// reopen makes a transaction in which nothing was run wait for its first
// statement again.
func (x *execution) reopen() bool {
	ctx, stop := context.WithTimeout(context.Background(), x.pool.timeout)
	defer stop()
	if x.Rollback(ctx) != nil {
		return false
	}
	x.begun = true
	return true
}
