package sqlite

import (
	"path/filepath"
	"testing"

	"etamil/engine/db/dbtest"
	"etamil/engine/value"
)

// slow counts for minutes.
const slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT max(i) AS n FROM n"

func env() dbtest.Env {
	return dbtest.Env{
		Driver:      New(),
		Database:    func(t *testing.T) string { return filepath.Join(t.TempDir(), "தளம்.db") },
		Placeholder: func(int) string { return "?" },
		Types: dbtest.Types{
			Integer: "INTEGER", Decimal: "TEXT", Text: "TEXT", Key: "TEXT", Bool: "BOOLEAN", Double: "REAL", Bytes: "BLOB",
		},
		Bool: func(b bool) value.Value {
			if b {
				return value.Int(1)
			}
			return value.Int(0)
		},
		TextNumbers: true,
		BadUTF8:     "CAST(x'ff41' AS TEXT)",
		Slow:        slow,
		CancelKeeps: true,
		Tags: dbtest.Tags{
			Unique: "[sqlite 2067]", NotNull: "[sqlite 1299]", Syntax: "[sqlite 1]", NoTable: "[sqlite 1]",
		},
	}
}

func TestFilesPassTheSuite(t *testing.T) { dbtest.Run(t, env()) }

func TestSharedMemoryPassesTheSuite(t *testing.T) {
	e := env()
	e.Database = func(*testing.T) string { return "file:suite?mode=memory&cache=shared" }
	e.Decimals = 2_000
	dbtest.Run(t, e)
}

func TestFilesWithoutAWriteAheadLogPassTheSuite(t *testing.T) {
	e := env()
	e.Database = func(t *testing.T) string { return "file:" + filepath.Join(t.TempDir(), "a.db") + "?cache=shared" }
	e.Decimals = 2_000
	dbtest.Run(t, e)
}
