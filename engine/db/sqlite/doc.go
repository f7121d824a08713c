// Package sqlite is the driver for SQLite: files, and databases in memory.
//
// [New] returns the driver. handle.go is the boundary to the engine, a
// translation of SQLite's C into Go that needs no C compiler; text.go reads
// connection texts; pool.go opens connections and keeps idle ones; conn.go runs
// statements; writers.go is the queue in which the writers of one file wait.
//
// The engine is used below database/sql and without the wrappers there are:
// those hide what spec 08 §8.13 asks for (only the first statement of a text,
// parameters by position, the kinds of values, the autocommit flag, whether a
// statement writes), and keep the names of a statement's columns when the
// engine has prepared it anew for a changed table.
package sqlite
