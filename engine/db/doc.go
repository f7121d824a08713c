// Package db keeps the connections of a process to databases: a registry of
// pools, one a database, under one budget; what a run leases of them, and how
// it is given back clean; data sources, permissions, and the keeping of
// secrets.
//
// In reading order: [Registry] is the process's; [Access] is what one
// generation of a program may reach, and implements host.Databases; its
// sessions, one a run, hold the leases. [Settings] bound what is opened,
// [PoolStats] tell what is. The queue in front of every driver's pool, with the
// order in which connections are had, is in queue.go; what is sent, lost and
// given back in session.go; what a statement's text gives away in classify.go.
//
// A [Driver] opens the pools of one kind of database: packages postgres,
// sqlite, mysql, redis and mongo, of which only cmd knows. Package dbtest holds
// the suite that every SQL driver passes.
//
// The package speaks no protocol and imports no driver.
package db
