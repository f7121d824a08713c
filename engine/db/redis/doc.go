// Package redis is the driver for Redis (spec 08 §8.8, §8.17): RESP2, each
// command sent once, on a pooled connection for its round trip or on one that
// the run has pinned.
//
// [New] returns the db.Driver. text.go understands connection texts, pool.go
// keeps connections, run.go decides what is pinned, command.go is the table of
// commands that are not like the others, reply.go makes values of replies.
//
// The wire is go-redis's. It is given one connection a client and no right to
// dial, for three of its habits do not fit: it serves waiters in no order, it
// has no call that closes what is idle, and it goes on dialing in the
// background after a failure.
package redis
