// Package databases puts together what programs reach of databases: the drivers
// of this build, and the settings and data sources of a configuration. It is
// the one place that names the drivers.
package databases

import (
	"context"
	"errors"
	"time"
	_ "time/tzdata" // ETAMIL_TZ also works where the system has no zones

	"etamil/cmd/internal/config"
	"etamil/engine/db"
	"etamil/engine/db/mongo"
	"etamil/engine/db/mysql"
	"etamil/engine/db/postgres"
	"etamil/engine/db/redis"
	"etamil/engine/db/sqlite"
	"etamil/engine/diag"
)

// Options are what a configuration does not say.
type Options struct {
	// Path confines files; see db.PoolConfig.
	Path func(string) (string, error)
	// Getenv reads ETAMIL_TZ.
	Getenv func(string) string
	// Warn and Debug write a record of the log; nil: nobody reads it.
	Warn, Debug func(msg string, pairs ...string)
}

// Settings returns those of a registry with the drivers of this build.
func Settings(c *config.Config, o Options) db.Settings {
	d := &c.Databases
	s := db.Settings{
		Drivers: []db.Driver{sqlite.New(), postgres.New(), mysql.New(), redis.New(), mongo.New()},
		Budget:  d.Budget, MaxPerPool: d.MaxPerPool, MaxIdle: orNone(d.MaxIdle),
		AcquireTimeout: d.AcquireTimeout, ConnectTimeout: d.ConnectTimeout,
		IdleTimeout: d.IdleTimeout, MaxLifetime: d.MaxLifetime,
		StatementTimeout: d.StatementTimeout, StatementCache: orNone(d.StatementCache),
		SQLiteWriterWait: d.SQLiteWriterWait,
		Path:             o.Path, Warn: o.Warn, Debug: o.Debug,
	}
	// A zone that does not exist is told where a program asks for the time.
	if zone, err := time.LoadLocation(o.Getenv("ETAMIL_TZ")); err == nil {
		s.Zone = zone
	}
	return s
}

// orNone returns n, or for 0 what means none where 0 is the default.
func orNone(n int) int {
	if n == 0 {
		return -1
	}
	return n
}

// Open returns what the programs of a configuration may reach. What is wrong
// with its data sources is in the list, with its place.
func Open(r *db.Registry, c *config.Config) (*db.Access, []config.Problem) {
	allow := c.Databases.Allow
	access, err := r.Access(db.AccessConfig{
		Sources: sources(c), Allow: allow.Names, AllowAll: allow.All, ReadSecret: c.ReadSecret,
	})
	if err != nil {
		return nil, problems(c, err)
	}
	if name := c.Web.TimersSource; name != "" {
		if s := source(c, name); s == nil || s.Keys["kind"] != string(db.PostgreSQL) {
			access.Close()
			name = diag.Quote(name)
			return nil, []config.Problem{{Origin: c.Origin("timers"), Text: diag.Text{
				Ta: "timers: '" + name + "' என்ற PostgreSQL தரவு மூலம் இல்லை; on, off அல்லது அப்படி ஒன்றின் பெயர் வேண்டும்",
				En: "timers: there is no PostgreSQL data source '" + name + "'; it must be on, off or the name of one",
			}}}
		}
	}
	return access, nil
}

// Check tells what is wrong with the data sources of a configuration; nothing
// is contacted.
func Check(c *config.Config) []config.Problem {
	r := db.New(Settings(c, Options{Getenv: func(string) string { return "" }}))
	defer r.Close()
	access, problems := Open(r, c)
	if access != nil {
		access.Close()
	}
	return problems
}

// Try connects to the data sources that ask for it.
func Try(ctx context.Context, a *db.Access, c *config.Config) []config.Problem {
	if err := a.Try(ctx); err != nil {
		return problems(c, err)
	}
	return nil
}

func sources(c *config.Config) []db.Source {
	all := make([]db.Source, len(c.Sources))
	for i := range c.Sources {
		all[i] = db.Source{Name: c.Sources[i].Name, Keys: c.Sources[i].Keys}
	}
	return all
}

func source(c *config.Config, name string) *config.Source {
	for i := range c.Sources {
		if c.Sources[i].Name == name {
			return &c.Sources[i]
		}
	}
	return nil
}

// problems gives what is wrong its places.
func problems(c *config.Config, err error) []config.Problem {
	wrong, ok := errors.AsType[db.SourceErrors](err)
	if !ok {
		return []config.Problem{{Text: diag.Reason(err)}}
	}
	all := make([]config.Problem, len(wrong))
	for i, e := range wrong {
		all[i] = config.Problem{Origin: c.Origin("databases.allow"), Text: e.Text}
		if s := source(c, e.Source); e.Source != "" && s != nil {
			at, ok := s.Places[e.Key]
			if !ok {
				at = s.At
			}
			all[i].Origin = at
		}
	}
	return all
}
