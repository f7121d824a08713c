package mongo

import (
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	libdriver "go.mongodb.org/mongo-driver/v2/x/mongo/driver"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/auth"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/xoptions"

	"etamil/engine/db"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// An operation is one MongoOp on its way.
type operation struct {
	*host.MongoOp
	base *mongo.Database
	// ctx ends when the run's does, but has no deadline of its own: with one the
	// library would read what comes after it in the background, and repeat what
	// failed until then.
	ctx  context.Context
	left bson.D // maxTimeMS, when the run has a deadline
}

// Do implements db.MongoClient.
func (c *client) Do(ctx context.Context, database string, op *host.MongoOp) (value.Value, error) {
	documents, err := encodeAll(op)
	if err != nil {
		return value.Value{}, err
	}
	lib, err := c.library(ctx)
	if err != nil {
		return value.Value{}, err
	}
	places := c.places.Load()
	if err := places.Take(ctx); err != nil {
		return value.Value{}, err
	}
	defer places.Leave()

	v, err := c.do(ctx, lib, database, op, documents)
	var lost *db.Lost
	if errors.As(err, &lost) && !lost.Sent && errors.Is(err, errStale) {
		// The library has closed all that were idle.
		v, err = c.do(ctx, lib, database, op, documents)
	}
	return v, err
}

// do tries the operation once.
func (c *client) do(ctx context.Context, lib *mongo.Client, database string, op *host.MongoOp, d documents) (value.Value, error) {
	limited, most := ctx, c.at.milliseconds("timeoutms")
	if most > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, most)
		defer cancel()
	}
	var sent atomic.Int32
	free, cancel := context.WithCancel(context.WithValue(context.WithoutCancel(ctx), sentMark{}, &sent))
	defer cancel()
	defer context.AfterFunc(limited, cancel)()
	o := operation{MongoOp: op, base: lib.Database(database), ctx: free}
	end, ends := limited.Deadline()
	if ends {
		ms := (time.Until(end) + time.Millisecond - 1) / time.Millisecond
		if ms <= math.MaxInt32 { // above it the server refuses
			o.left = bson.D{{Key: "maxTimeMS", Value: max(int64(ms), 1)}}
		}
	}
	v, err := o.run(d)
	if err == nil {
		return v, nil
	}
	if err = c.failure(err, int(sent.Load())); o.left != nil && isRefusal(err, codeMaxTime) && time.Until(end) < clockError {
		<-limited.Done()
	}
	switch {
	case limited.Err() == nil:
		return value.Value{}, err
	case sent.Load() > 0:
		c.cfg.Cancelled()
	}
	if ctx.Err() != nil {
		return value.Value{}, ctx.Err()
	}
	return value.Value{}, diag.StatementTimeout.New(most)
}

// clockError is how much earlier than ours the server's clock may end the time
// that it was given.
const clockError = time.Second

// documents are those of an operation, encoded.
type documents struct{ document, filter, change bson.D }

func encodeAll(op *host.MongoOp) (d documents, err error) {
	e := &encoder{meter: op.Meter, param: 1}
	if op.Verb == host.MongoCommand {
		d.document, err = e.command(op.Document)
		return d, err
	}
	if err := checkCollection(op.Collection); err != nil {
		return d, err
	}
	e.param = 2
	if op.Verb == host.MongoInsert {
		d.document, err = e.insertion(op.Document)
		return d, err
	}
	if d.filter, err = e.filter(op.Filter); err != nil || op.Verb != host.MongoUpdate {
		return d, err
	}
	e.param = 3
	d.change, err = e.change(op.Change)
	return d, err
}

// run does the operation in the words of the library.
func (o *operation) run(d documents) (value.Value, error) {
	in := o.base.Collection(o.Collection)
	switch o.Verb {
	case host.MongoCommand:
		if d.document[0].Key == "getMore" || has(d.document, "maxTimeMS") {
			o.left = nil // it has its own, or must not have one
		}
		d.document = append(slices.Clip(d.document), o.left...)
		raw, err := o.base.RunCommand(o.ctx, d.document).Raw()
		if err != nil {
			return value.Value{}, err
		}
		return newDecoder(o.Meter).document(raw)

	case host.MongoInsert:
		settings := options.InsertOne()
		add(xoptions.SetInternalInsertOneOptions(settings, addFields, o.left))
		if _, err := in.InsertOne(o.ctx, d.document, settings); err != nil {
			return value.Value{}, err
		}
		return newDecoder(o.Meter).encoded(d.document[0].Value)

	case host.MongoFind:
		return o.find(in, d.filter)

	case host.MongoUpdate:
		var n *mongo.UpdateResult
		var err error
		if o.All {
			settings := options.UpdateMany()
			add(xoptions.SetInternalUpdateManyOptions(settings, addFields, o.left))
			n, err = in.UpdateMany(o.ctx, d.filter, d.change, settings)
		} else {
			settings := options.UpdateOne()
			add(xoptions.SetInternalUpdateOneOptions(settings, addFields, o.left))
			n, err = in.UpdateOne(o.ctx, d.filter, d.change, settings)
		}
		if err != nil {
			return value.Value{}, err
		}
		return value.Num(decimal.FromInt64(n.ModifiedCount)), nil

	case host.MongoDelete:
		var n *mongo.DeleteResult
		var err error
		if o.All {
			settings := options.DeleteMany()
			add(xoptions.SetInternalDeleteManyOptions(settings, addFields, o.left))
			n, err = in.DeleteMany(o.ctx, d.filter, settings)
		} else {
			settings := options.DeleteOne()
			add(xoptions.SetInternalDeleteOneOptions(settings, addFields, o.left))
			n, err = in.DeleteOne(o.ctx, d.filter, settings)
		}
		if err != nil {
			return value.Value{}, err
		}
		return value.Num(decimal.FromInt64(n.DeletedCount)), nil
	}
	panic("BUG: an operation of MongoDB without a verb")
}

// addFields is the library's name for what is added to a command; its options
// have nothing for the time that the server may take.
const addFields = "addCommandFields"

func add(err error) {
	if err != nil {
		panic("BUG: " + err.Error()) // the library does not know addFields
	}
}

// find reads all documents that match.
func (o *operation) find(in *mongo.Collection, filter bson.D) (value.Value, error) {
	settings := options.Find()
	add(xoptions.SetInternalFindOptions(settings, addFields, o.left))
	if o.Rows > 0 && o.Rows < math.MaxInt64 {
		settings.SetLimit(o.Rows + 1) // one more tells that there are too many
	}
	cursor, err := in.Find(o.ctx, filter, settings)
	if err != nil {
		return value.Value{}, err
	}
	defer func() {
		// The server is told that nobody reads on, also after the run has ended.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(o.ctx), killTime)
		defer cancel()
		cursor.Close(ctx)
	}()
	d := newDecoder(o.Meter)
	var rows []value.Value
	for cursor.Next(o.ctx) {
		if o.Rows > 0 && int64(len(rows)) >= o.Rows {
			return value.Value{}, stop{diag.RowBudget.New(o.Rows)}
		}
		v, err := d.document(cursor.Current)
		if err != nil {
			return value.Value{}, err
		}
		rows = append(rows, v)
	}
	if err := cursor.Err(); err != nil {
		return value.Value{}, err
	}
	v, ok := value.ArrayOf(rows)
	if !ok {
		return v, tooDeep()
	}
	return v, nil
}

// killTime bounds the word to the server that a cursor is done with.
const killTime = time.Second

// CheckDatabase implements db.MongoClient.
func (c *client) CheckDatabase(name string) error {
	if name == "" || len(name) > 63 || strings.ContainsAny(name, "/\\.\"$*\x00") || strings.ContainsFunc(name, unicode.IsSpace) {
		return wrongValue(2, diag.KindText, databaseName)
	}
	return nil
}

func checkCollection(name string) error {
	if name == "" || len(name) > 255 || strings.ContainsAny(name, "$\x00") ||
		strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || strings.Contains(name, "..") {
		return wrongValue(1, diag.KindText, collectionName)
	}
	return nil
}

// codeMaxTime is the server's MaxTimeMSExpired.
const codeMaxTime = 50

// failure says what went wrong with an operation, as db.MongoClient wants it.
// sent is how many messages were given to a connection, repetitions too.
func (c *client) failure(err error, sent int) error {
	var own stop
	if errors.As(err, &own) {
		return own.error
	}
	if sent == 0 {
		return c.connectError(err)
	}
	if refusal := refusalOf(err); refusal != nil {
		return refusal
	}
	return &db.Lost{Sent: sent > 1 || !errors.Is(err, errStale), Cause: err}
}

func isRefusal(err error, code int) bool {
	var refusal *db.Refusal
	return errors.As(err, &refusal) && refusal.Tag == tag(code)
}

func tag(code int) string { return "[mongodb " + strconv.Itoa(code) + "]" }

// refusalOf returns the server's own words, nil when err is something else.
func refusalOf(err error) *db.Refusal {
	var write mongo.WriteException
	var command mongo.CommandError
	var raw libdriver.Error // where the library looked after its connections
	switch {
	case errors.As(err, &write) && len(write.WriteErrors) > 0:
		e := write.WriteErrors[0]
		return &db.Refusal{Message: value.Clean(e.Message), Tag: tag(e.Code)}
	case errors.As(err, &write) && write.WriteConcernError != nil:
		e := write.WriteConcernError
		return &db.Refusal{Message: value.Clean(e.Message), Tag: tag(e.Code)}
	case errors.As(err, &command) && (command.Code != 0 || command.Raw != nil):
		return &db.Refusal{Message: value.Clean(command.Message), Tag: tag(int(command.Code))}
	case errors.As(bare(err), &raw) && raw.Code != 0:
		return &db.Refusal{Message: value.Clean(raw.Message), Tag: tag(int(raw.Code))}
	}
	return nil
}

// bare takes off what the library puts around the reason that a connection
// failed for: dumps of its state.
func bare(err error) error {
	for {
		var inside error
		switch e := err.(type) {
		case mongo.CommandError:
			inside = e.Unwrap()
		case topology.ConnectionError:
			inside = e.Wrapped
		case *auth.Error:
			inside = e.Unwrap()
		case libdriver.Error:
			if e.Code == 0 {
				inside = e.Wrapped
			}
		}
		if inside == nil {
			return err
		}
		err = inside
	}
}

var (
	noServer = diag.Text{Ta: "பொருத்தமான சேவையகம் எதுவும் இல்லை", En: "no suitable server was found"}
	noAnswer = diag.Text{Ta: "சேவையகம் உரிய நேரத்தில் பதில் தரவில்லை", En: "the server did not answer in time"}
)

// connectError says why there is no connection.
func (c *client) connectError(err error) error {
	var known *db.ConnectError
	if errors.As(err, &known) {
		return known
	}
	if refusal := refusalOf(err); refusal != nil {
		return &db.ConnectError{Reason: diag.Same(refusal.Message), Tag: refusal.Tag}
	}
	var nowhere topology.ServerSelectionError
	var cleared libdriver.RetryablePoolError
	switch {
	case errors.As(err, &nowhere):
		for _, server := range nowhere.Desc.Servers {
			if server.LastError != nil {
				return c.connectError(server.LastError)
			}
		}
		return &db.ConnectError{Reason: noServer}
	case errors.As(err, &cleared):
		return &db.ConnectError{Reason: noServer}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &db.ConnectError{Reason: noAnswer}
	}
	return &db.ConnectError{Reason: db.WireReason(bare(err))}
}
