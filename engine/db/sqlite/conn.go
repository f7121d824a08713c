package sqlite

import (
	"context"
	"os"
	"strings"
	"sync"
	"time"

	lib "modernc.org/sqlite/lib"

	"etamil/engine/db"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// A conn is one connection. It belongs to one goroutine, which the pool's lock
// hands it to.
type conn struct {
	pool       *pool
	h          *handle
	statements statements
	opened     time.Time
	rested     time.Time   // since when it is idle
	file       os.FileInfo // what was opened; nil in memory
	readOnly   bool
	broken     bool // of no use any more
	stale      bool // usable, but not to be kept

	queue   *queue // of those who write; nil where nobody else can
	writing bool   // our turn, until autocommit is on again

	interrupt interrupter
	notes     []*diag.Diagnostic
	row       []value.Value
	spans     []span

	// Of the statement that runs:
	ctx    context.Context // for what the engine asks back
	open   bool            // a transaction was open before it
	until  time.Time       // end of waiting; zero before the first wait
	late   bool            // waiting ended there
	denied *string         // a file that may not be attached
}

func (c *conn) Opened() time.Time { return c.opened }

func (c *conn) Usable() bool { return !c.broken }

func (c *conn) InTransaction() bool { return !c.h.autocommit() }

// Notes implements db.Noter.
func (c *conn) Notes() []*diag.Diagnostic {
	notes := c.notes
	c.notes = nil
	return notes
}

// alive reports whether the file that was opened is still the one of that
// name: a restored backup takes its place, and the old one would be written in
// vain.
func (c *conn) alive() bool {
	if c.file == nil {
		return true
	}
	path, _, err := c.pool.source.place(c.pool.config.Path)
	if err != nil {
		return false
	}
	now, err := os.Stat(path)
	return err == nil && os.SameFile(c.file, now)
}

func (c *conn) Query(ctx context.Context, s *host.Statement, rows *db.Rows) error {
	st, err := c.begin(ctx, s)
	if err != nil {
		return c.end(nil, lib.SQLITE_OK, err)
	}
	rc := c.first(st)
	if rc == lib.SQLITE_ROW {
		rows.Like(st.names())
	}
	for rc == lib.SQLITE_ROW {
		if err = rows.Add(c.read(st)); err != nil {
			break
		}
		rc = st.step()
	}
	return c.end(st, rc, err)
}

func (c *conn) Execute(ctx context.Context, s *host.Statement) (int64, error) {
	st, err := c.begin(ctx, s)
	if err != nil {
		return 0, c.end(nil, lib.SQLITE_OK, err)
	}
	before := c.h.totalChanges()
	rc := c.first(st)
	for rc == lib.SQLITE_ROW {
		if !st.dropsRows {
			err = diag.ExecuteGivesRows.New()
			break
		}
		rc = st.step()
	}
	count := int64(0)
	if c.h.totalChanges() != before {
		count = c.h.changes()
	}
	if err = c.end(st, rc, err); err != nil {
		return 0, err
	}
	return count, nil
}

func (c *conn) Rollback(context.Context) error {
	if c.h.autocommit() {
		return nil
	}
	// It is not interrupted: it is short, and what follows must not run inside.
	_, err := c.ask(context.Background(), "ROLLBACK")
	if err != nil {
		c.broken = true
	}
	return err
}

func (c *conn) Release(keep bool) {
	if c.InTransaction() && c.Rollback(context.Background()) != nil {
		keep = false
	}
	c.interrupt.forget()
	c.notes = nil
	if !keep || c.broken || c.stale || !c.pool.put(c) {
		c.close()
	}
}

// close ends the connection.
func (c *conn) close() {
	c.interrupt.forget()
	c.statements.clear()
	c.h.close()
	if c.writing {
		c.queue.unlock()
	}
	if c.queue != nil {
		c.pool.driver.writers.leave(c.queue)
	}
	c.pool.config.Count(-1)
}

// free is the Meter of statements of our own.
type free struct{}

func (free) Charge(int) error { return nil }
func (free) Grow(int) error   { return nil }

// ask runs a statement of our own and returns the first value of its first
// row as text.
func (c *conn) ask(ctx context.Context, sql string) (string, error) {
	st, err := c.begin(ctx, &host.Statement{SQL: sql, Meter: free{}})
	if err != nil {
		return "", c.end(nil, lib.SQLITE_OK, err)
	}
	answer := ""
	rc := c.first(st)
	for ; rc == lib.SQLITE_ROW; rc = st.step() {
		answer = string(st.text(0))
	}
	return answer, c.end(st, rc, nil)
}

// begin makes a statement ready to run: prepared, the turn to write taken,
// parameters bound. end must follow, whatever the error.
func (c *conn) begin(ctx context.Context, s *host.Statement) (*statement, error) {
	c.notes = nil
	c.ctx, c.until, c.late, c.denied = ctx, time.Time{}, false, nil
	c.interrupt.begin(ctx)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c.open = !c.h.autocommit()
	st, err := c.prepare(s.SQL)
	if err != nil {
		return nil, err
	}
	if st.plainBegin && !c.open && !c.readOnly {
		if !st.kept {
			st.finalize()
		}
		if st, err = c.prepare("BEGIN IMMEDIATE"); err != nil {
			return nil, err
		}
	}
	if st.params != len(s.Params) {
		return st, diag.ParameterCount.New(st.params, len(s.Params))
	}
	if st.writes && !c.writing && c.queue != nil {
		if err := c.takeTurn(); err != nil {
			return st, err
		}
	}
	if st.more {
		c.notes = append(c.notes, diag.TextAfterStatement.At(s.At))
	}
	return st, c.bind(st, s.Params)
}

// takeTurn waits for the turn to write.
func (c *conn) takeTurn() error {
	wait := c.pool.config.SQLiteWriterWait
	c.until = time.Now().Add(wait)
	mine, err := c.queue.lock(c.ctx, wait)
	if err != nil {
		return err
	}
	if !mine {
		return diag.DatabaseLocked.New(wait)
	}
	c.writing = true
	return nil
}

// waits is how long to wait after each try for a lock that another process,
// or a shared cache, holds.
var waits = [...]time.Duration{1, 2, 5, 10, 15, 20, 25, 25, 25, 50} // milliseconds

// wait waits a while for such a lock, within the time that the statement has
// for it; false when that is over.
func (c *conn) wait(tries int) bool {
	if c.ctx == nil {
		return false
	}
	now := time.Now()
	if c.until.IsZero() {
		c.until = now.Add(c.pool.config.SQLiteWriterWait)
	}
	left := c.until.Sub(now)
	if left <= 0 {
		c.late = true
		return false
	}
	timer := time.NewTimer(min(waits[min(tries, len(waits)-1)]*time.Millisecond, left))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.ctx.Done():
		return false
	}
}

// first runs the statement to its first row or its end. The engine asks wait
// itself about the locks of files, but not about those of a shared cache.
func (c *conn) first(st *statement) resultCode {
	for tries := 0; ; tries++ {
		rc := st.step()
		if rc.primary() != lib.SQLITE_LOCKED || !c.wait(tries) {
			return rc
		}
		st.reset()
	}
}

// end ends what begin began, and returns err or what rc says. st is nil when
// nothing was run.
func (c *conn) end(st *statement, rc resultCode, err error) error {
	if err == nil && rc != lib.SQLITE_DONE {
		err = c.failure(rc)
	}
	if st != nil {
		st.reset()
		if !st.kept {
			st.finalize()
		}
	}
	c.interrupt.end()
	c.ctx = nil
	clear(c.row)
	c.h.params.clear(c.h)
	if c.open || c.writing {
		done := c.h.autocommit()
		if refusal, ok := err.(*db.Refusal); ok {
			refusal.Ended = c.open && done
		}
		if c.writing && done {
			c.writing = false
			c.queue.unlock()
		}
	}
	return err
}

// failure is the error of a result code of the engine.
func (c *conn) failure(rc resultCode) error {
	switch rc.primary() {
	case lib.SQLITE_INTERRUPT:
		if err := c.ctx.Err(); err != nil {
			c.pool.config.Cancelled()
			return err
		}
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if c.late {
			return diag.DatabaseLocked.New(c.pool.config.SQLiteWriterWait)
		}
	case lib.SQLITE_IOERR, lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB, lib.SQLITE_NOMEM, lib.SQLITE_CANTOPEN:
		// The next user gets a connection that looks at the file anew. One in
		// memory is not kept by anything else.
		c.stale = c.file != nil
	case lib.SQLITE_READONLY:
		c.stale = rc == lib.SQLITE_READONLY_DBMOVED
	}
	if c.denied != nil {
		return diag.NotPermitted.New(*c.denied).WithHelp(
			"தரவுக் கோப்புறைக்குக் கட்டுப்பட்ட நிரல்களுக்கு ATTACH, VACUUM INTO இல்லை",
			"programs that are confined to a data directory have no ATTACH and no VACUUM INTO")
	}
	return c.h.refusal(rc)
}

// mayAttach decides where files are confined to a folder: the engine opens
// what is attached by its name, with files of its own beside it, so only what
// is no file of the program's passes.
func (c *conn) mayAttach(file string, known bool) bool {
	if known && (file == "" || file == ":memory:") {
		return true
	}
	if !known {
		file = "ATTACH"
	}
	c.denied = &file
	return false
}

// prepare returns the first statement of sql, from the cache if it is there.
func (c *conn) prepare(sql string) (*statement, error) {
	if st := c.statements.find(sql); st != nil {
		return st, nil
	}
	if len(sql) > maxSQL {
		return nil, &db.Refusal{Message: "கூற்று மிக நீளம் (the statement is too long)", Tag: tag(lib.SQLITE_TOOBIG)}
	}
	st := &statement{sql: sql}
	first, second := firstWords(sql)
	// Some PRAGMAs take effect while they are prepared: they must be prepared
	// each time.
	pragma := strings.EqualFold(first, "PRAGMA")
	st.kept = !pragma && c.statements.keeps(sql)
	var used int
	for tries := 0; ; tries++ {
		var rc resultCode
		st.prepared, used, rc = c.h.prepare(sql, st.kept)
		if rc == lib.SQLITE_OK {
			break
		}
		if rc.primary() != lib.SQLITE_LOCKED || !c.wait(tries) {
			return nil, c.failure(rc)
		}
	}
	if st.stmt == 0 {
		return nil, &db.Refusal{Message: "கூற்று எதுவும் இல்லை (there is no statement)", Tag: tag(lib.SQLITE_MISUSE)}
	}
	st.more = hasMore(sql[min(used, len(sql)):])
	st.writes = st.prepared.writes()
	st.dropsRows = (st.writes || pragma) && !st.explains()
	st.plainBegin = strings.EqualFold(first, "BEGIN") && !st.writes && !strings.EqualFold(second, "DEFERRED")
	st.answers = st.columns()
	if st.kept {
		c.statements.add(st)
	}
	return st, nil
}

// maxSQL is SQLITE_MAX_SQL_LENGTH, in bytes.
const maxSQL = 1_000_000_000

// firstWords returns the first two words of a statement.
func firstWords(sql string) (first, second string) {
	for kind, piece := range db.Pieces(sql, db.DialectSQLite) {
		switch {
		case kind == db.Blank || kind == db.Comment || first == "" && piece == ";":
		case kind != db.Word:
			return first, ""
		case first == "":
			first = piece
		default:
			return first, piece
		}
	}
	return first, ""
}

// hasMore reports whether anything but blanks, comments and semicolons follows.
func hasMore(rest string) bool {
	for kind, piece := range db.Pieces(rest, db.DialectSQLite) {
		if kind != db.Blank && kind != db.Comment && piece != ";" {
			return true
		}
	}
	return false
}

// bind gives the statement its parameters as spec 08 §8.4 says: numbers and
// what has parts as the text that is printed.
func (c *conn) bind(st *statement, params []value.Value) error {
	if len(params) == 0 {
		return nil
	}
	// The memory may move while it grows, so the places come first.
	spans, memory := c.spans[:0], &c.h.params
	for i := range params {
		var s span
		switch v := &params[i]; v.Kind() {
		case value.Nil, value.Boolean:
		case value.Text:
			s = memory.add(c.h, v.Str())
		case value.Number:
			const longest = 40 // a sign, 29 digits, a point and a 0 before it
			s = span{memory.used, len(v.Dec().Append(memory.extend(c.h, longest)[:0]))}
			memory.used += s.size
		default:
			text, ok := value.ToText(v, maxText)
			if !ok {
				return tooBig()
			}
			s = memory.add(c.h, text)
		}
		spans = append(spans, s)
	}
	c.spans = spans
	for i := range params {
		switch v := &params[i]; v.Kind() {
		case value.Nil:
			st.bindNull(i + 1)
		case value.Boolean:
			n := int64(0)
			if v.IsTrue() {
				n = 1
			}
			st.bindInt(i+1, n)
		default:
			if st.bindText(i+1, spans[i]) != lib.SQLITE_OK {
				return tooBig()
			}
		}
	}
	return nil
}

// maxText is SQLITE_MAX_LENGTH, in bytes.
const maxText = 1_000_000_000

func tooBig() error {
	return &db.Refusal{Message: "string or blob too big", Tag: tag(lib.SQLITE_TOOBIG)}
}

// read returns the row that the statement stands at; it is valid until the
// next.
func (c *conn) read(st *statement) []value.Value {
	if cap(c.row) < st.answers {
		c.row = make([]value.Value, st.answers)
	}
	c.row = c.row[:st.answers]
	for i := range c.row {
		c.row[i] = read(&st.prepared, i)
	}
	return c.row
}

// read returns a value as spec 08 §8.5 says: by its own kind, not that of the
// column.
func read(p *prepared, i int) value.Value {
	switch p.kind(i) {
	case lib.SQLITE_INTEGER:
		return value.Num(decimal.FromInt64(p.int64(i)))
	case lib.SQLITE_FLOAT:
		return db.FloatOf(p.float64(i), 64)
	case lib.SQLITE_TEXT:
		text := p.text(i)
		if mayBeNumber(text) {
			s := string(text)
			if d, ok := decimal.Parse(s); ok {
				return value.Num(d)
			}
			return value.String(value.Clean(s))
		}
		return db.TextOf(text)
	case lib.SQLITE_BLOB:
		return db.TextOf(p.blob(i))
	}
	return value.NilValue()
}

// mayBeNumber is true for all that decimal.Parse may take.
func mayBeNumber(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	c := text[0]
	return '0' <= c && c <= '9' || c == '-' || c == '+' || c == '.'
}

// An interrupter stops what runs on a handle when its context ends.
type interrupter struct {
	h    *handle
	stop func() bool // ends the watch over done

	mu      sync.Mutex
	running bool
	done    <-chan struct{} // of the context that is watched
}

// begin tells that something runs under ctx from now on. Whether ctx had ended
// must be looked at after it. A run's statements mostly have one context, which
// is watched until another comes.
func (i *interrupter) begin(ctx context.Context) {
	done := ctx.Done()
	i.mu.Lock()
	i.running = true
	same := i.done == done
	i.done = done
	i.mu.Unlock()
	if same {
		return
	}
	if i.stop != nil {
		i.stop()
		i.stop = nil
	}
	if done != nil {
		i.stop = context.AfterFunc(ctx, func() { i.fire(done) })
	}
}

// end tells that it has ended; no interrupt comes after it.
func (i *interrupter) end() {
	i.mu.Lock()
	i.running = false
	i.mu.Unlock()
}

// forget ends the watch.
func (i *interrupter) forget() {
	i.mu.Lock()
	i.done = nil
	i.mu.Unlock()
	if i.stop != nil {
		i.stop()
		i.stop = nil
	}
}

// fire interrupts until what runs under that context has ended: an interrupt
// that comes just before the engine begins is lost.
func (i *interrupter) fire(done <-chan struct{}) {
	for i.once(done) {
		time.Sleep(time.Millisecond)
	}
}

func (i *interrupter) once(done <-chan struct{}) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.running || i.done != done {
		return false
	}
	i.h.interrupt()
	return true
}
