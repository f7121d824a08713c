package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rs/zerolog"

	"etamil/cmd/internal/config"
	"etamil/cmd/internal/control"
	"etamil/cmd/internal/databases"
	"etamil/engine/db"
	"etamil/engine/db/postgres"
	"etamil/engine/host"
	"etamil/fcgi/web"
)

// databaseSettings are those of a configuration.
func (d *daemon) databaseSettings(cfg *config.Config) db.Settings {
	return databases.Settings(cfg, databases.Options{
		Path: func(path string) (string, error) {
			if g := d.granted.Load(); g != nil {
				return g.Resolve(path)
			}
			return "", host.ErrNotPermitted
		},
		Getenv: os.Getenv,
		Warn:   func(msg string, pairs ...string) { logPairs(d.log.Warn(), msg, pairs) },
		Debug:  func(msg string, pairs ...string) { logPairs(d.log.Debug(), msg, pairs) },
	})
}

func logPairs(e *zerolog.Event, msg string, pairs []string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		e.Str(pairs[i], pairs[i+1])
	}
	e.Msg(msg)
}

// reach brings the settings of databases into force and returns what programs
// may reach; data sources that ask for it are tried. When something is wrong,
// all is as it was.
func (d *daemon) reach(ctx context.Context, cfg *config.Config) (*db.Access, *refusal) {
	d.registry.Set(d.databaseSettings(cfg))
	access, problems := databases.Open(d.registry, cfg)
	if len(problems) == 0 {
		if problems = databases.Try(ctx, access, cfg); len(problems) == 0 {
			return access, nil
		}
	}
	d.unreach(access)
	return nil, &refusal{reason: summary(problems), problems: problems}
}

// unreach takes back what reach did; access may be nil.
func (d *daemon) unreach(access *db.Access) {
	if access != nil {
		access.Close()
	}
	d.registry.Set(d.databaseSettings(d.cfg()))
}

// Lock implements web.Locker: the timers of one application run in one of the
// processes that share the database of the data source.
func (d *daemon) Lock(ctx context.Context, source string) (web.Lock, error) {
	access := d.access.Load()
	if access == nil {
		return nil, fmt.Errorf("there is no data source %s", source)
	}
	kind, text, options, ok := access.Source(source)
	if !ok || kind != db.PostgreSQL {
		return nil, fmt.Errorf("there is no PostgreSQL data source %s", source)
	}
	lock, err := postgres.Hold(ctx, text, options, d.application(), d.cfg().Databases.ConnectTimeout)
	if err != nil {
		return nil, err // not a typed nil
	}
	return lock, nil
}

// application is the name by which processes on several hosts know that they
// serve the same: that of the configuration file, or of the program.
func (d *daemon) application() string {
	file := d.cfg().File
	if file == "" {
		file = d.cfg().Program
	}
	return strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
}

// pools tells of the pools for status.
func (d *daemon) pools() (all []control.Pool) {
	for _, s := range d.registry.Stats() {
		all = append(all, control.Pool{
			Name: s.Name, Kind: string(s.Kind), Max: s.Max, Open: s.Open, InUse: s.Leased, Idle: s.Idle, Waiting: s.Waiting,
			Connects: s.Connects, Failures: s.Failures, DirtyCloses: s.DirtyCloses, Cancels: s.Cancels, Timeouts: s.Timeouts,
		})
	}
	return all
}

// environ is the environment of another process of this daemon.
func (d *daemon) environ() []string {
	all := os.Environ()
	for name, value := range d.aside {
		all = append(all, name+"="+value)
	}
	return all
}
