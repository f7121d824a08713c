package db

import (
	"context"
	"errors"
	"strings"

	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// An openRedis is what ரெடிஸ்_இணை made.
type openRedis struct {
	pool *pool
	run  RedisRun
}

// An openMongo is what மொங்கோ_இணை made.
type openMongo struct {
	pool     *pool
	database string
}

// store finds the pool of a text of Redis or MongoDB and has it contact the
// server if it never has. The caller drops it.
func (x *session) store(ctx context.Context, kind Kind, text, database string) (*pool, *resolved, error) {
	r := x.access.reg
	if r.drivers[kind] == nil {
		return nil, nil, diag.NoDriver.New(kindNames[kind])
	}
	t, err := x.access.resolve(kind, text, database)
	if err != nil {
		return nil, nil, err
	}
	p := r.use(t)
	if err := r.prove(ctx, p, x.patience()); err != nil {
		p.drop()
		return nil, nil, err
	}
	return p, t, nil
}

// RedisConnect implements host.Session. What is shown for a text that holds a
// password is its masked form.
func (x *session) RedisConnect(ctx context.Context, text string) (string, error) {
	p, t, err := x.store(ctx, Redis, text, "")
	if err != nil {
		return "", err
	}
	x.RedisClose()
	x.redis = &openRedis{pool: p, run: p.redis.Begin()}
	if t.source == nil && len(t.target.Secrets) > 0 {
		return t.name, nil
	}
	return strings.TrimSpace(text), nil
}

// RedisClose implements host.Session.
func (x *session) RedisClose() bool {
	if x.redis == nil {
		return false
	}
	x.redis.run.Close()
	x.redis.pool.drop()
	x.redis = nil
	return true
}

// RedisCommand implements host.Session.
func (x *session) RedisCommand(ctx context.Context, name string, args []string, m host.Meter) (value.Value, error) {
	if x.redis == nil {
		return value.NilValue(), diag.StoreNotConnected.New("Redis", driverless["Redis"])
	}
	v, err := x.redis.run.Command(ctx, name, args, m)
	var reply *host.Reply
	if errors.As(err, &reply) {
		x.sent = true
		return v, &host.Reply{Text: x.redis.pool.hide(reply.Text)}
	}
	return v, x.storeError(ctx, x.redis.pool, err)
}

// MongoConnect implements host.Session.
func (x *session) MongoConnect(ctx context.Context, uri, database string) (string, error) {
	p, _, err := x.store(ctx, MongoDB, uri, database)
	if err != nil {
		return "", err
	}
	if err := p.mongo.CheckDatabase(database); err != nil {
		p.drop()
		return "", err
	}
	if x.mongo != nil {
		x.mongo.pool.drop()
	}
	x.mongo = &openMongo{pool: p, database: database}
	return database, nil
}

// Mongo implements host.Session.
func (x *session) Mongo(ctx context.Context, op *host.MongoOp) (value.Value, error) {
	if x.mongo == nil {
		return value.NilValue(), diag.StoreNotConnected.New("MongoDB", driverless["MongoDB"])
	}
	v, err := x.mongo.pool.mongo.Do(ctx, x.mongo.database, op)
	return v, x.storeError(ctx, x.mongo.pool, err)
}

// storeError makes of what a driver answered what a program is told, and
// notes whether the server may have heard of it.
func (x *session) storeError(ctx context.Context, p *pool, err error) error {
	var unreachable *ConnectError
	var lost *Lost
	var refusal *Refusal
	var d *diag.Diagnostic
	switch {
	case errors.As(err, &unreachable):
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p.count.failures.Add(1)
		return p.connectError(err)
	case errors.As(err, &lost):
		x.sent = x.sent || lost.Sent
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return diag.ConnectionLost.New(diag.Whole(p.name))
	case errors.As(err, &d):
		// Refused before it was sent, or a word on what came back.
		x.sent = x.sent || d.Def != diag.RedisRefused && d.Def != diag.NoFreeConnection
		if d.Def == diag.NoFreeConnection {
			p.count.expiry.Add(1)
		}
		return err
	}
	x.sent = true
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &refusal):
		return p.refusal(refusal)
	}
	return err
}
