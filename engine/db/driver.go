package db

import (
	"context"
	"time"

	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// A Kind is a kind of database as configuration names it.
type Kind string

// The kinds. The programs' SQL and SQLite are one.
const (
	SQLite     Kind = "sqlite"
	PostgreSQL Kind = "postgresql"
	MySQL      Kind = "mysql"
	Redis      Kind = "redis"
	MongoDB    Kind = "mongodb"
)

// A Driver understands the connection texts of one kind of database and opens
// its pools. Safe for concurrent use.
type Driver interface {
	// Kind returns the kind of database.
	Kind() Kind
	// Target understands a connection text, without blanks at its ends, and
	// contacts nothing. The error is a diag.BadConnectionText whose reason
	// repeats of the text at most the name of a key.
	Target(text string, o Options) (*Target, error)
	// SourceKeys returns the keys that a data source of this kind may have
	// beside those of all kinds.
	SourceKeys() []string
}

// Options is what a data source adds to a connection text. The zero Options is
// a text that stands in a program.
type Options struct {
	// Source tells that the text stands in the configuration: keys that name
	// files are allowed.
	Source bool
	// Password replaces that of the text unless it is nil.
	Password *string
	// Keys are the source's further settings, of SourceKeys: strings, booleans
	// and int64s as TOML gave them. A value that makes no sense is an error as
	// of the text.
	Keys map[string]any
}

// An Address is where a target is, for permissions: of a Unix socket Host is
// its folder, of SQLite all is empty.
type Address struct {
	Host, Port, Database string
}

// A Target is a connection text that was understood.
type Target struct {
	// Key is equal for texts and options that may share a pool. It may hold
	// secrets and is never shown.
	Key string
	// Masked is KIND://USER@HOST:PORT/DATABASE, of sockets and SQLite the path
	// as written: what messages show.
	Masked string
	// Label is KIND@HOST/DATABASE, for metrics.
	Label string
	// Addresses are where it may connect to; permissions must allow all.
	Addresses []Address
	// Secrets are the password in every form in which it may turn up in the
	// words of a server or a library.
	Secrets []string
	// Private tells that every Connect gets a database of its own, which is
	// gone at Disconnect (SQLite's ":memory:"). It is opened with a pool of
	// its own, whose first connection is its only one.
	Private bool
	// Anchored tells that the database lives as long as one connection is open
	// (shared memory of SQLite): the driver's pool keeps one, which it does not
	// count, until Close, and the registry closes it with the process only.
	Anchored bool
	// Exactly one of these is set; it contacts nothing.
	Open      func(PoolConfig) (Pool, error)
	OpenRedis func(PoolConfig) (RedisPool, error)
	OpenMongo func(PoolConfig) (MongoClient, error)
}

// A PoolConfig is what the registry tells a pool.
type PoolConfig struct {
	Max            int           // connections at most, leased and idle
	ConnectTimeout time.Duration // of one connection, beside the caller's context
	// AcquireTimeout bounds the wait for one of the Max connections of a Redis
	// or MongoDB client, whose queue is inside (diag.NoFreeConnection, with
	// Label); 0: five seconds. SQL pools never wait.
	AcquireTimeout   time.Duration
	StatementCache   int // prepared statements a connection; 0: none
	SQLiteWriterWait time.Duration
	// Path gives a driver that opens files the real path to open for the one
	// that a program wrote, or an error of host.ErrNotPermitted; nil: the path
	// as it is. Attached files are asked about too.
	Path func(path string) (string, error)
	// Zone is where a time without a zone is; never nil.
	Zone *time.Location
	// Label is that of the target, for records of the log.
	Label string
	// Count is told of every connection to a server or file that is opened
	// (+1) and closed (-1), those that cancel statements excepted. Safe for
	// concurrent use; never nil.
	Count func(delta int)
	// Cancelled is told of each statement that was cancelled at the server;
	// never nil.
	Cancelled func()
	// Warn and Debug write a record of the log; never nil.
	Warn, Debug func(msg string, pairs ...string)
}

// A Pool is a driver's pool of SQL connections behind the registry's queue.
// Safe for concurrent use.
//
// The registry alone decides how many connections are open, and when the
// server is tried again after a failure: the pool never opens one by itself,
// and closes none but those that Idle finds dead.
type Pool interface {
	// Idle returns the connection that became idle last; nil when there is
	// none, or ctx has ended. One that rested longer than a second is asked
	// for a sign of life first; dead ones are closed.
	Idle(ctx context.Context) Conn
	// Connect opens a connection. The registry calls it only when a place is
	// free, so that it never waits for one. The error is ctx's, a
	// *ConnectError, or diag.ConnectFailed without a name.
	Connect(ctx context.Context) (Conn, error)
	// CloseIdle closes the n connections that have been idle longest and
	// returns how many it closed.
	CloseIdle(n int) int
	// Close closes the idle connections, and each leased one when it comes
	// back. It does not wait.
	Close()
}

// A Conn is one connection, leased to one run. It belongs to one goroutine.
//
// When ctx ends while a statement runs, the driver cancels it in the database,
// waits as spec 08 §8.12 says, and returns ctx's error; Usable then tells
// whether the connection can live on. The other errors of Query and Execute
// are *diag.Diagnostic (BadParameter, ParameterCount, UnreadColumn,
// ExecuteGivesRows, DatabaseLocked …), a *Refusal, a *Lost, or what the Meter
// and Rows returned.
type Conn interface {
	// Query runs a statement and hands its rows to rows.
	Query(ctx context.Context, s *host.Statement, rows *Rows) error
	// Execute runs a statement and returns how many rows it touched.
	Execute(ctx context.Context, s *host.Statement) (int64, error)
	// InTransaction reports whether a transaction is open.
	InTransaction() bool
	// Rollback ends an open transaction.
	Rollback(ctx context.Context) error
	// Usable is false once the connection is broken or its state unknown.
	Usable() bool
	// Opened is when the connection was opened.
	Opened() time.Time
	// Release gives the connection back: kept idle, or closed. It is the last
	// call. A connection that is not usable is closed whatever keep says.
	Release(keep bool)
}

// A ConnectError is why a connection could not be opened, in the words of the
// server, the system or the library. The registry hides secrets and makes a
// diag.ConnectFailed of it.
type ConnectError struct {
	Reason diag.Text
	Tag    string // "[postgresql 28P01]", or ""
}

func (e *ConnectError) Error() string { return e.Reason.En }

// A Refusal is what a database answers to a statement it does not run.
type Refusal struct {
	Message string // its own words, perhaps with secrets and of any length
	Tag     string // the stable end, "[postgresql 23505]"
	// Ended tells that the database rolled the whole transaction back by
	// itself and goes on in autocommit.
	Ended bool
}

func (r *Refusal) Error() string { return r.Message + " " + r.Tag }

// Lost is a connection that broke.
type Lost struct {
	// Sent tells that the statement may have reached the database; only
	// otherwise it may be sent again on another connection.
	Sent  bool
	Cause error
}

func (l *Lost) Error() string { return "connection lost: " + l.Cause.Error() }

func (l *Lost) Unwrap() error { return l.Cause }

// A Noter is a Conn that finds things worth a word of the log about the
// statement that ran last, such as diag.TextAfterStatement.
type Noter interface {
	// Notes returns what was found since the last call.
	Notes() []*diag.Diagnostic
}

// A Gauge is a RedisPool or MongoClient that tells how busy it is.
type Gauge interface {
	// Usage returns how many connections are used and idle, and how many
	// callers wait for one. It is cheap and takes no part in the work.
	Usage() (used, idle, waiting int)
}

// A RedisPool is a client of one Redis. It counts with its whole Max in the
// budget from the moment it is opened. Safe for concurrent use.
type RedisPool interface {
	// Prove connects, logs in and chooses the database once, and keeps that
	// connection idle. The error is ctx's or a *ConnectError.
	Prove(ctx context.Context) error
	// Begin starts what one run does there; it contacts nothing.
	Begin() RedisRun
	// CloseIdle closes what is idle.
	CloseIdle()
	// Close closes everything.
	Close()
}

// A RedisRun is one run's state: the connection that a command pinned to it.
// It belongs to one goroutine.
type RedisRun interface {
	// Command sends one command and waits for its reply. Errors are
	// *diag.Diagnostic (RedisRefused …), *host.Reply, a *ConnectError, a *Lost,
	// ctx's, or what m returned.
	Command(ctx context.Context, name string, args []string, m host.Meter) (value.Value, error)
	// Close closes what is pinned; nothing of this run reaches another.
	Close()
}

// A MongoClient is a client of one MongoDB deployment. It counts with its whole
// Max, and two monitors a server, in the budget. Safe for concurrent use.
type MongoClient interface {
	// Ping contacts the server. The error is ctx's or a *ConnectError.
	Ping(ctx context.Context) error
	// Do does one operation in that database. Errors are *diag.Diagnostic, a
	// *Refusal, a *ConnectError, a *Lost, ctx's, or what op.Meter returned.
	Do(ctx context.Context, database string, op *host.MongoOp) (value.Value, error)
	// CheckDatabase reports what is wrong with a database's name, nil when
	// nothing is.
	CheckDatabase(name string) error
	// Close disconnects; it does not wait for operations that run.
	Close()
}
