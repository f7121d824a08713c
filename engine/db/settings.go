package db

import (
	"cmp"
	"time"
)

// Settings bound what a Registry opens and how long its callers wait. A zero
// field is the default of spec 08 §8.10.
type Settings struct {
	// Drivers are the kinds of databases that this build can talk to, one a
	// kind.
	Drivers []Driver

	Budget         int           // open connections of all pools together (40)
	AcquireTimeout time.Duration // until a connection is free (5 s)
	ConnectTimeout time.Duration // of one connection (5 s)
	IdleTimeout    time.Duration // until an idle one is closed (5 min)
	MaxLifetime    time.Duration // of a connection, ± 10 % (1 h)
	MaxIdle        int           // idle ones a pool (8); negative: none
	MaxPerPool     int           // of a pool without its own max (Budget)
	// StatementTimeout bounds each statement; 0: only the run's deadline does.
	StatementTimeout time.Duration
	StatementCache   int           // prepared statements a connection (256); negative: none
	SQLiteWriterWait time.Duration // for the turn to write (5 s)

	// Path confines the files of databases; see PoolConfig.
	Path func(path string) (string, error)
	// Zone is where a time without a zone is; nil: UTC.
	Zone *time.Location
	// Warn and Debug write a record of the log, pairs being names and values;
	// nil: nobody reads it.
	Warn, Debug func(msg string, pairs ...string)
}

// The defaults of spec 08 §8.10.
const (
	defaultBudget  = 40
	defaultMaxIdle = 8
	defaultCache   = 256

	// Redis holds a connection for one round trip, so that few serve many
	// runs; the client's whole maximum counts in the budget.
	defaultMaxRedis = 10
	defaultMaxMongo = 20
)

// withDefaults returns s without zero fields.
func (s Settings) withDefaults() Settings {
	s.Budget = max(cmp.Or(s.Budget, defaultBudget), 1)
	s.AcquireTimeout = cmp.Or(s.AcquireTimeout, 5*time.Second)
	s.ConnectTimeout = cmp.Or(s.ConnectTimeout, 5*time.Second)
	s.IdleTimeout = cmp.Or(s.IdleTimeout, 5*time.Minute)
	s.MaxLifetime = cmp.Or(s.MaxLifetime, time.Hour)
	s.MaxIdle = max(cmp.Or(s.MaxIdle, defaultMaxIdle), 0)
	s.MaxPerPool = min(max(cmp.Or(s.MaxPerPool, s.Budget), 1), s.Budget)
	s.StatementCache = max(cmp.Or(s.StatementCache, defaultCache), 0)
	s.SQLiteWriterWait = cmp.Or(s.SQLiteWriterWait, 5*time.Second)
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	if s.Warn == nil {
		s.Warn = func(string, ...string) {}
	}
	if s.Debug == nil {
		s.Debug = func(string, ...string) {}
	}
	return s
}
