package main

import (
	"os"

	"etamil/cmd/internal/config"
	"etamil/cmd/internal/databases"
	"etamil/cmd/internal/grant"
	"etamil/engine/db"
	"etamil/engine/diag"
)

// openDatabases lets the programs of g reach databases: all that a connection
// text names, and the data sources of the file that ETAMIL_DATABASES names.
// What is wrong with that is said here; then it is false. The caller calls end
// when no run uses them any more.
func (t *tool) openDatabases(g *grant.Grant, warn func(msg string, pairs ...string)) (end func(), ok bool) {
	c, problems := config.LoadDatabases(t.getenv("ETAMIL_DATABASES"), os.Environ())
	if len(problems) == 0 {
		o := databases.Options{Getenv: t.getenv, Warn: warn}
		if g.DataDir != "" { // else files are opened as the system does, links followed, and may be attached
			o.Path = g.Resolve
		}
		registry := db.New(databases.Settings(c, o))
		var access *db.Access
		if access, problems = databases.Open(registry, c); len(problems) == 0 {
			g.Host.Databases = access
			return func() {
				access.Close()
				registry.Close()
			}, true
		}
	}
	for i := range problems {
		t.con.Say(problems[i].Message())
	}
	return nil, false
}

// warnPlainly tells a person at a terminal what a pool has to say.
func (t *tool) warnPlainly(msg string, pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		msg += ", " + pairs[i] + " " + pairs[i+1]
	}
	t.con.Say(diag.Same(msg))
}
