package redis

import (
	"context"
	"errors"
	"time"

	"etamil/engine/db"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// replyTime is how long a reply may take, beside what the command itself asks
// the server to wait (spec 08 §8.17).
const replyTime = 10 * time.Second

// A run is what one run has open at a server. It implements db.RedisRun.
type run struct {
	pool   *pool
	pinned *conn // nil: none
	// What keeps a connection pinned. When it broke, what was kept on it is
	// missed until the program has ended that itself: nothing that was meant
	// for a transaction, another database or another user may run outside.
	session, watching, multi bool
	broken                   error
}

// state reports whether the connection of the run has a state.
func (r *run) state() bool { return r.session || r.watching || r.multi }

// Command implements db.RedisRun.
func (r *run) Command(ctx context.Context, name string, args []string, m host.Meter) (value.Value, error) {
	if err := ctx.Err(); err != nil {
		return value.Value{}, err
	}
	rule, shown := ruleOf(name, args)
	if rule.effect == refused {
		return value.Value{}, diag.RedisRefused.New(shown, *rule.why)
	}
	if r.broken != nil {
		return r.afterBreak(rule.effect)
	}
	limit := replyTime
	if rule.effect == blocking {
		if wait, ok := rule.wait(args); ok {
			if limit = 0; wait > 0 {
				limit = wait + replyTime
			}
		}
	}
	c := r.pinned
	if c == nil {
		var err error
		if c, err = r.pool.get(ctx); err != nil {
			return value.Value{}, err
		}
	}
	v, usable, err := c.do(ctx, limit, m, name, args)
	var reply *host.Reply
	r.note(rule.effect, err == nil, err == nil || errors.As(err, &reply))
	switch {
	case r.state() && usable:
		r.pinned = c
	case r.state():
		r.pinned = nil
		r.pool.drop(c)
		if r.broken = err; err == nil {
			r.broken = &db.Lost{Sent: true, Cause: errClosed}
		}
	case r.pinned != nil || !usable:
		// A state that the program ended leaves its traces all the same.
		r.pinned = nil
		r.pool.drop(c)
	default:
		r.pool.put(c)
	}
	return v, err
}

// note keeps what a command did to the state of its connection: done when the
// server carried it out, answered when it said anything at all.
func (r *run) note(e effect, done, answered bool) {
	switch e {
	case session:
		r.session = true
	case watch:
		// Without an answer nobody knows.
		r.watching = r.watching || done || !answered
	case multi:
		r.multi = r.multi || done || !answered
	case exec, discard:
		if r.multi {
			r.multi, r.watching = false, false
		}
	case unwatch:
		if !r.multi && done {
			r.watching = false
		}
	}
}

// afterBreak answers a command after the pinned connection broke.
func (r *run) afterBreak(e effect) (value.Value, error) {
	lost := &db.Lost{Sent: true, Cause: r.broken}
	if r.session {
		return value.Value{}, lost
	}
	given := e == discard && r.multi || e == unwatch && !r.multi
	if given || e == exec {
		r.multi, r.watching, r.broken = false, false, nil
	}
	if given {
		return value.String("OK"), nil
	}
	return value.Value{}, lost
}

// Close implements db.RedisRun.
func (r *run) Close() {
	if r.pinned != nil {
		r.pool.drop(r.pinned)
	}
	*r = run{pool: r.pool}
}
