package mysql

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"etamil/engine/db"
	"etamil/engine/db/dbtest"
	"etamil/engine/db/dbtest/servers"
	"etamil/engine/value"
)

func TestMariaDBPassesTheSuite(t *testing.T) {
	dbtest.Run(t, dbtest.Env{
		Driver:      New(),
		Database:    func(t *testing.T) string { return servers.MariaDB(t) },
		Placeholder: func(int) string { return "?" },
		Types: dbtest.Types{
			Integer: "BIGINT", Decimal: "DECIMAL(57,28)", Text: "LONGTEXT", Key: "VARCHAR(40)", Bool: "BOOLEAN",
			Double: "DOUBLE", Bytes: "VARBINARY(300)",
		},
		Bool: func(b bool) value.Value {
			if b {
				return value.Int(1)
			}
			return value.Int(0)
		},
		BadUTF8: "x'ff41'",
		Slow:    "SELECT SLEEP(30) AS n",
		Tags: dbtest.Tags{
			Unique: "[mysql 1062 23000]", NotNull: "[mysql 1048 23000]", Syntax: "[mysql 1064 42000]", NoTable: "[mysql 1146 42S02]",
		},
		Kill: killOthers,
	})
}

// direct opens a connection that nobody counts, to look at the server.
func direct(t *testing.T, text string) driver.Conn {
	t.Helper()
	target, err := New().Target(text, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := target.Open(db.PoolConfig{Count: func(int) {}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.(*pool).killer.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// column returns the values of the first column of a query.
func column(t *testing.T, c driver.Conn, sql string) []string {
	t.Helper()
	rows, err := c.(driver.QueryerContext).QueryContext(context.Background(), sql, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	dest := make([]driver.Value, len(rows.Columns()))
	for {
		if err := rows.Next(dest); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if b, ok := dest[0].([]byte); ok {
			dest[0] = string(b)
		}
		all = append(all, fmt.Sprint(dest[0]))
	}
}

// soon waits until what holds. It looks every 150 ms: the server shows its
// transactions as of the last look to whoever looks more than ten times a second.
func soon(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(150 * time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("not within 30 s: %s", what)
			return
		}
	}
}

// killOthers breaks every other connection of the user.
func killOthers(t *testing.T, text string) {
	t.Helper()
	c := direct(t, text)
	defer c.Close()
	const others = "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user = 'etamil'"
	killed := column(t, c, others)
	for _, id := range killed {
		if _, err := c.(driver.ExecerContext).ExecContext(context.Background(), "KILL CONNECTION "+id, nil); err != nil {
			if e, ok := err.(*mysql.MySQLError); !ok || e.Number != 1094 { // gone already
				t.Error(err)
			}
		}
	}
	soon(t, "the killed connections are gone", func() bool {
		left := column(t, c, others)
		return !slices.ContainsFunc(killed, func(id string) bool { return slices.Contains(left, id) })
	})
}
