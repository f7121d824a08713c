// Package mysql is the driver for MySQL and MariaDB (spec 08 §8.2, §8.4–8.6,
// §8.12, §8.14, §8.16).
//
// [New] returns the db.Driver. text.go understands connection texts, pool.go
// opens connections and keeps the idle ones, conn.go runs statements, sql.go
// reads what their texts say, values.go makes values of columns.
//
// The wire is go-sql-driver/mysql's, used below database/sql: there a statement
// that found its connection dead is sent again, waiters are served in no order,
// and an idle connection cannot be closed on request.
package mysql
