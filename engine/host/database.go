package host

import (
	"context"

	"etamil/engine/token"
	"etamil/engine/value"
)

// Databases are the databases that the programs of one generation may reach.
// Safe for concurrent use.
type Databases interface {
	// Session begins what one run holds. It contacts nothing and costs no more
	// than its memory.
	Session() Session
}

// A Session is what one run holds of databases, Redis and MongoDB: which kinds
// are connected, and at most one leased connection a kind. It belongs to one
// goroutine.
//
// Every error of its methods is a *diag.Diagnostic of the 5xxx block without a
// place, an error that a Meter returned, the error of ctx when that ended
// while the database worked, or a *Reply. The first kind fails a statement and
// is a தவறு of an attempt; the next two end the run.
type Session interface {
	// Connect is தளம்_இணை: kind is the name of one of the eight kinds, text
	// the connection text or the name of a data source.
	Connect(ctx context.Context, kind, text string) error
	// Disconnect is தளம்_பிரி: the connection is given back.
	Disconnect(ctx context.Context, kind string) error
	// Query runs a statement at the one connected database and returns its
	// rows as an array of records.
	Query(ctx context.Context, s *Statement) (value.Value, error)
	// Execute runs a statement there and returns how many rows it touched.
	Execute(ctx context.Context, s *Statement) (int64, error)
	// Current returns the kind of the one connected database, "SQLite",
	// "PostgreSQL" or "MySQL", and whether a transaction is open there; "" when
	// no statement could be sent. It contacts nothing.
	Current() (kind string, inTransaction bool)

	// RedisConnect opens the run's Redis and returns the text to show for it.
	RedisConnect(ctx context.Context, text string) (string, error)
	// RedisCommand sends one command with its arguments; the server's own
	// refusal is a *Reply.
	RedisCommand(ctx context.Context, name string, args []string, m Meter) (value.Value, error)
	// RedisClose reports whether there was a connection.
	RedisClose() bool

	// MongoConnect picks the run's MongoDB and returns the database's name.
	MongoConnect(ctx context.Context, uri, database string) (string, error)
	// Mongo does one operation there.
	Mongo(ctx context.Context, op *MongoOp) (value.Value, error)

	// Close gives everything back: what still runs is cancelled, an open
	// transaction rolled back. It takes two seconds at most. failed tells that
	// the run ended with an error; only otherwise an open transaction is worth
	// a word. It returns what the log should be told, each with its place.
	Close(failed bool) []error
	// Sent reports whether a statement, command or operation may have reached
	// a server.
	Sent() bool
}

// A Meter is where a run pays for what it receives. Its errors end the run.
type Meter interface {
	// Charge spends n steps.
	Charge(n int) error
	// Grow announces n bytes of values.
	Grow(n int) error
}

// A Statement is one SQL statement with its parameters.
type Statement struct {
	SQL    string
	Params []value.Value // not changed, not kept
	At     token.Span    // where in the program it stands
	Rows   int64         // at most so many (ET4035); 0: no limit
	Meter  Meter
}

// A Verb is what a MongoOp does.
type Verb uint8

// The operations on documents.
const (
	MongoCommand Verb = iota
	MongoInsert
	MongoFind
	MongoUpdate
	MongoDelete
)

// A MongoOp is one operation on documents. The documents are records.
type MongoOp struct {
	Verb       Verb
	Collection string       // of all but MongoCommand
	Document   *value.Value // the command or the document to insert
	Filter     *value.Value // of find, update, delete
	Change     *value.Value // of update
	All        bool         // of update and delete: all matches, else one
	Rows       int64        // at most so many documents (ET4035); 0: no limit
	Meter      Meter
}

// A Reply is what a server says in its own words where programs take the first
// word apart, as Redis's "WRONGTYPE Operation against …".
type Reply struct{ Text string }

func (r *Reply) Error() string { return r.Text }
