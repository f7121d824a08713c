package vm

import (
	"context"
	"time"

	"etamil/engine/builtin"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// DatabaseUse is what a run did with databases.
type DatabaseUse struct {
	Statements int           // statements, commands and operations
	Time       time.Duration // spent in them, waiting for connections included
	Sent       bool          // one of them may have reached a server
	Notes      []error       // what the log should be told, each with its place
}

// A databases is the run's session as statements and builtins see it: the
// session of the host, which begins when it is first needed, with a clock.
type databases struct {
	run *Run
	host.Session
	use DatabaseUse
}

// Session implements builtin.Machine.
func (r *Run) Session() host.Session {
	d := &r.databases
	if d.Session == nil {
		d.run, d.Session = r, builtin.NoDatabases
		if r.host.Databases != nil {
			d.Session = r.host.Databases.Session()
		}
	}
	return d
}

// EndSession gives the run's connections back and tells what was done with
// them. failed tells that the run ended with an error.
func (r *Run) EndSession(failed bool) DatabaseUse {
	d := &r.databases
	if d.Session == nil {
		return DatabaseUse{}
	}
	d.use.Sent = d.Session.Sent()
	d.use.Notes = d.Session.Close(failed)
	use := d.use
	r.databases = databases{}
	return use
}

// done counts what began at start, and tells of it when it took long.
func (d *databases) done(start time.Time, text string) {
	r := d.run
	r.resume()
	took := time.Since(start)
	d.use.Statements++
	d.use.Time += took
	if r.host.Slow != nil && took >= r.host.SlowAfter {
		where := r.fail(diag.SlowStatement.New(took.Round(time.Millisecond)), r.now, pcOf(r.now, r.nowIP))
		r.host.Slow(host.SlowStatement{Text: text, Took: took, Where: where})
	}
}

// statement gives s its place and its budget of rows.
func (d *databases) statement(s *host.Statement) *host.Statement {
	r := d.run
	f, pc, _ := r.outside(r.now, pcOf(r.now, r.nowIP))
	s.At, s.Rows, s.Meter = f.Spans[pc-1], r.limits.Rows, r
	return s
}

// Query implements host.Session.
func (d *databases) Query(ctx context.Context, s *host.Statement) (value.Value, error) {
	defer d.done(time.Now(), s.SQL)
	return d.Session.Query(ctx, d.statement(s))
}

// Execute implements host.Session.
func (d *databases) Execute(ctx context.Context, s *host.Statement) (int64, error) {
	defer d.done(time.Now(), s.SQL)
	return d.Session.Execute(ctx, d.statement(s))
}

// RedisCommand implements host.Session.
func (d *databases) RedisCommand(ctx context.Context, name string, args []string, m host.Meter) (value.Value, error) {
	defer d.done(time.Now(), name)
	return d.Session.RedisCommand(ctx, name, args, m)
}

// mongoVerbs are the operations as the log names them.
var mongoVerbs = [...]string{
	host.MongoCommand: "command", host.MongoInsert: "insert", host.MongoFind: "find",
	host.MongoUpdate: "update", host.MongoDelete: "delete",
}

// Mongo implements host.Session.
func (d *databases) Mongo(ctx context.Context, op *host.MongoOp) (value.Value, error) {
	text := mongoVerbs[op.Verb]
	if op.Collection != "" {
		text += " " + op.Collection
	}
	defer d.done(time.Now(), text)
	op.Rows = d.run.limits.Rows
	return d.Session.Mongo(ctx, op)
}

// connect is தளம்_இணை.
func (r *Run) connect(kind, source *value.Value) error {
	text, err := r.text(source)
	if err != nil {
		return err
	}
	defer r.resume()
	return r.Session().Connect(r.ctx, kind.Str(), text)
}

// query is தளம்_வினா and execute தளம்_செய்; params must be an array before it
// is asked which database is meant.
func (r *Run) query(dst, sql, params *value.Value) error {
	text, elements, err := r.parameters(sql, params)
	if err != nil {
		return err
	}
	rows, err := r.Session().Query(r.ctx, &host.Statement{SQL: text, Params: elements})
	if err != nil {
		return err
	}
	*dst = rows
	return nil
}

func (r *Run) execute(sql, params *value.Value) error {
	text, elements, err := r.parameters(sql, params)
	if err != nil {
		return err
	}
	_, err = r.Session().Execute(r.ctx, &host.Statement{SQL: text, Params: elements})
	return err
}

func (r *Run) parameters(sql, params *value.Value) (string, []value.Value, error) {
	text, err := r.text(sql)
	if err != nil {
		return "", nil, err
	}
	if params.Kind() != value.Array {
		return "", nil, diag.ParametersNoArray.New(builtin.KindName(params))
	}
	return text, params.Elems(), nil
}
