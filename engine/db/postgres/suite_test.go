package postgres

import (
	"fmt"
	"testing"

	"etamil/engine/db"
	"etamil/engine/db/dbtest"
	"etamil/engine/value"
)

// env is what the suite of all SQL drivers needs to know.
var env = dbtest.Env{
	Driver:      New(),
	Database:    database,
	Placeholder: func(n int) string { return fmt.Sprintf("$%d", n) },
	Types: dbtest.Types{
		Integer: "integer", Decimal: "numeric", Text: "text", Key: "text", Bool: "boolean",
		Double: "double precision", Bytes: "bytea",
	},
	Bool:        value.Bool,
	NoNUL:       true,
	BadUTF8:     `'\xff41'::bytea`,
	Slow:        "SELECT pg_sleep(20)",
	CancelKeeps: true,
	FailureEnds: true,
	Tags: dbtest.Tags{
		Unique: tag("23505"), NotNull: tag("23502"), Syntax: tag("42601"), NoTable: tag("42P01"),
	},
	Kill: kill,
}

func TestSuite(t *testing.T) { dbtest.Run(t, env) }

func TestSuiteWithoutNamedStatements(t *testing.T) {
	for _, mode := range []prepareMode{prepareDescribe, prepareOff} {
		t.Run(string(mode), func(t *testing.T) {
			e := env
			e.Driver = preparing{env.Driver, mode}
			dbtest.Run(t, e)
		})
	}
}

// preparing is the driver as a data source with the key prepare uses it.
type preparing struct {
	db.Driver
	mode prepareMode
}

func (d preparing) Target(text string, o db.Options) (*db.Target, error) {
	o.Keys = map[string]any{"prepare": string(d.mode)}
	return d.Driver.Target(text, o)
}
