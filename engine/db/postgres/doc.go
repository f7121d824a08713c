// Package postgres is the driver of PostgreSQL: package db's interfaces over
// pgx, of which it uses the wire protocol (pgconn) and the pool (pgxpool), and
// none of the conversions of values.
//
// Reading order: Driver and connection texts (text.go, config.go), the pool
// (pool.go), a connection and its statements (conn.go, stmt.go), the end of a
// statement before its time (cancel.go), types (types.go), values there and
// back (params.go, results.go, moment.go), errors (errors.go), and the lock by
// which one of many processes is chosen (lock.go).
//
// Every value travels as text, so that no digit is lost on the way; the six
// types of dates and times alone are received in binary, because their texts
// depend on the session's settings (spec 08 §8.14). Nothing is read from the
// environment, from service files or from password files.
package postgres
