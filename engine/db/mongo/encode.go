package mongo

import (
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"etamil/engine/db"
	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// An encoder makes BSON of the values of one operation and has the run pay for
// them: a value that shares its parts may be far larger than it looks.
type encoder struct {
	meter host.Meter
	param int // which argument it is, from 1
	size  int // the least bytes of a message so far
}

// maxSize is the most that the server takes in one message.
const maxSize = 48_000_000

// What arguments must be, for diag.BadParameter.
var (
	databaseName   = diag.Text{Ta: "MongoDB தளத்தின் பெயர்", En: "the name of a MongoDB database"}
	collectionName = diag.Text{Ta: "MongoDB தொகுப்பின் பெயர்", En: "the name of a MongoDB collection"}
	fieldName      = diag.Text{Ta: "NUL இல்லாத புலப் பெயர்", En: "a field's name, which has no NUL"}
	smallEnough    = diag.Text{Ta: "48 MB-க்கு உட்பட்ட ஆவணம்", En: "a document below 48 MB"}
	operators      = diag.Text{
		Ta: "மாற்றம் ($set போன்ற செயலிகள் மட்டுமே வரலாம்)",
		En: "a change, which consists of update operators such as $set",
	}
	commandRecord = diag.Text{Ta: "கட்டளை (அதன் பெயர் வேண்டும்)", En: "a command, which has a name"}
	objectIDText  = diag.Text{Ta: "$oid (24 பதினறும இலக்கங்கள்)", En: "$oid, which is 24 hexadecimal digits"}
	dateText      = diag.Text{
		Ta: "$date (2026-04-01T10:20:30Z போன்ற உரை, அல்லது மில்லிநொடிகள்)",
		En: "$date, which is a text such as 2026-04-01T10:20:30Z or a number of milliseconds",
	}
)

// wrongValue returns the diagnostic of an argument that cannot be what it must.
func wrongValue(param int, kind, what diag.Text) *diag.Diagnostic {
	return diag.BadParameter.New(param, kind, what)
}

func (e *encoder) wrong(v *value.Value, what diag.Text) *diag.Diagnostic {
	d := db.BadParameter(e.param, v, "")
	d.Args[2] = what
	return d
}

// pay announces a value that is going to be encoded, with so many bytes of
// text and names.
func (e *encoder) pay(v *value.Value, text int) error {
	if e.size += leastBytes[v.Kind()] + text; e.size > maxSize {
		return e.wrong(v, smallEnough)
	}
	if err := e.meter.Grow(elementBytes + text); err != nil {
		return err
	}
	return e.meter.Charge(1 + text/64)
}

// leastBytes are the least that a value takes in a message, beside text and a
// name.
var leastBytes = [...]int{
	value.Nil: 2, value.Boolean: 3, value.Number: 10, value.Text: 7, value.Array: 7, value.Record: 7,
	value.Success: 0, value.Failure: 0,
}

// elementBytes is about what a value takes in memory until it is sent.
const elementBytes = 64

// record returns the record that v is or, as a result, holds.
func record(v *value.Value) (*value.Value, error) {
	r := *v
	for r.IsResult() {
		r = r.Inside()
	}
	if r.Kind() != value.Record {
		return nil, diag.RecordNeeded.New(r.Kind())
	}
	return &r, nil
}

// document encodes a record: _id first, then the fields in code point order.
func (e *encoder) document(r *value.Value) (bson.D, error) {
	d := make(bson.D, 0, r.Len())
	for _, first := range []bool{true, false} {
		for i := range r.Len() {
			name, v := r.FieldAt(i)
			if (name == "_id") != first {
				continue
			}
			if strings.IndexByte(name, 0) >= 0 {
				return nil, e.wrong(r, fieldName)
			}
			encoded, err := e.encode(&v, len(name))
			if err != nil {
				return nil, err
			}
			d = append(d, bson.E{Key: name, Value: encoded})
		}
	}
	return d, nil
}

// encode returns the BSON of a value whose name has so many bytes; a result is
// what it holds.
func (e *encoder) encode(v *value.Value, name int) (any, error) {
	text := name
	if v.Kind() == value.Text {
		text += len(v.Str())
	}
	if err := e.pay(v, text); err != nil {
		return nil, err
	}
	switch v.Kind() {
	case value.Nil:
		return nil, nil
	case value.Boolean:
		return v.IsTrue(), nil
	case value.Number:
		return number(v.Dec()), nil
	case value.Text:
		return v.Str(), nil
	case value.Array:
		a := make(bson.A, v.Len())
		for i := range a {
			var err error
			if a[i], err = e.encode(&v.Elems()[i], 0); err != nil {
				return nil, err
			}
		}
		return a, nil
	case value.Record:
		if v.Len() == 1 {
			if special, ok, err := e.special(v); ok || err != nil {
				return special, err
			}
		}
		return e.document(v)
	case value.Success, value.Failure:
		inside := v.Inside()
		return e.encode(&inside, 0)
	}
	panic("BUG: a value without a kind")
}

// number returns a whole number of 64 bits as int64, any other as the exact
// Decimal128 without zeros at the end: its 34 digits hold all of ours.
func number(d decimal.Decimal) any {
	if n, ok := d.Int64(); ok {
		return n
	}
	exact, err := bson.ParseDecimal128(d.String())
	if err != nil {
		panic("BUG: Decimal128 does not hold " + d.String())
	}
	return exact
}

// special returns the ObjectID or date that a record of the one field $oid or
// $date stands for.
func (e *encoder) special(r *value.Value) (any, bool, error) {
	name, v := r.FieldAt(0)
	for v.IsResult() {
		v = v.Inside()
	}
	switch name {
	case "$oid":
		if v.Kind() == value.Text {
			if id, ok := objectID(v.Str()); ok {
				return id, true, nil
			}
		}
		return nil, false, e.wrong(&v, objectIDText)
	case "$date":
		switch v.Kind() {
		case value.Number:
			if ms, ok := v.Dec().Int64(); ok {
				return bson.DateTime(ms), true, nil
			}
		case value.Text:
			if t, err := time.Parse(time.RFC3339Nano, v.Str()); err == nil {
				return bson.DateTime(t.UnixMilli()), true, nil
			}
		}
		return nil, false, e.wrong(&v, dateText)
	}
	return nil, false, nil
}

// objectID reads 24 hexadecimal digits.
func objectID(s string) (bson.ObjectID, bool) {
	if len(s) != 24 {
		return bson.ObjectID{}, false
	}
	id, err := bson.ObjectIDFromHex(s)
	return id, err == nil
}

// insertion encodes a document to insert; one without _id gets an ObjectID.
func (e *encoder) insertion(v *value.Value) (bson.D, error) {
	r, err := record(v)
	if err != nil {
		return nil, err
	}
	d, err := e.document(r)
	if err != nil || len(d) > 0 && d[0].Key == "_id" {
		return d, err
	}
	return append(bson.D{{Key: "_id", Value: bson.NewObjectID()}}, d...), nil
}

// commandNames are those that make a document a command, the first of them
// that it has being its name (spec 08 §8.18).
var commandNames = strings.Fields(`findAndModify findandmodify aggregate bulkWrite find insert delete count
	distinct mapReduce getMore killCursors create createIndexes dropIndexes drop dropDatabase collMod
	listCollections listIndexes listDatabases renameCollection validate compact ping hello isMaster
	buildInfo serverStatus dbStats collStats connectionStatus whatsmyuri hostInfo currentOp killOp
	createUser updateUser dropUser usersInfo grantRolesToUser rolesInfo update explain`)

// sessionFields would take part in a session or transaction.
var sessionFields = []string{"startTransaction", "autocommit", "txnNumber", "lsid"}

var noTransactions = diag.Text{
	Ta: "MongoDB-இன் அமர்வுகளும் பரிவர்த்தனைகளும் நிரல்களுக்கு இல்லை",
	En: "sessions and transactions of MongoDB are not offered",
}

// command encodes a command: its name first.
func (e *encoder) command(v *value.Value) (bson.D, error) {
	r, err := record(v)
	if err != nil {
		return nil, err
	}
	if r.Len() == 0 {
		return nil, e.wrong(r, commandRecord)
	}
	for _, name := range sessionFields {
		if _, has := r.Get(name); has {
			return nil, diag.RedisRefused.New(name, noTransactions)
		}
	}
	d, err := e.document(r)
	if err != nil {
		return nil, err
	}
	return arranged(d), nil
}

// arranged brings the parts of a command into the order that they need.
func arranged(d bson.D) bson.D {
	d = nameFirst(d)
	for i := range d {
		switch e := &d[i]; e.Key {
		case "sort", "hint":
			e.Value = ordered(e.Value)
		case "explain":
			if inner, ok := e.Value.(bson.D); ok && i == 0 {
				e.Value = arranged(inner)
			}
		case "indexes":
			eachDocument(e.Value, func(index bson.D) bson.D { return orderedIn(index, "key") })
		case "index":
			if index, ok := e.Value.(bson.D); ok {
				e.Value = orderedIn(index, "keyPattern")
			} else {
				e.Value = ordered(e.Value)
			}
		case "updates", "deletes", "ops":
			eachDocument(e.Value, part)
		case "pipeline":
			e.Value = sorts(e.Value)
		case "update":
			e.Value = pushes(e.Value)
		}
	}
	return d
}

// part brings one write of a command of several into order.
func part(d bson.D) bson.D {
	d = orderedIn(nameFirst(d), "hint", "sort")
	for i := range d {
		if d[i].Key == "u" || d[i].Key == "updateMods" {
			d[i].Value = pushes(d[i].Value)
		}
	}
	return d
}

// nameFirst moves the name of a command in front of its other fields.
func nameFirst(d bson.D) bson.D {
	for _, name := range commandNames {
		for i, e := range d {
			if e.Key == name {
				copy(d[1:i+1], d[:i])
				d[0] = e
				return d
			}
		}
	}
	return d
}

func eachDocument(v any, change func(bson.D) bson.D) {
	a, _ := v.(bson.A)
	for i := range a {
		if d, ok := a[i].(bson.D); ok {
			a[i] = change(d)
		}
	}
}

// orderedIn makes ordered documents of these fields of d.
func orderedIn(d bson.D, names ...string) bson.D {
	for i := range d {
		for _, name := range names {
			if d[i].Key == name {
				d[i].Value = ordered(d[i].Value)
			}
		}
	}
	return d
}

// ordered returns the ordered document that an array of records of one field
// stands for where MongoDB takes no array; other values as they are.
func ordered(v any) any {
	a, ok := v.(bson.A)
	if !ok || len(a) == 0 {
		return v
	}
	all := make(bson.D, 0, len(a))
	for _, e := range a {
		d, ok := e.(bson.D)
		if !ok || len(d) != 1 {
			return v
		}
		all = append(all, d[0])
	}
	return all
}

// sorting are the operators of a pipeline that have a field sortBy.
var sorting = []string{"$setWindowFields", "$fill", "$sortArray", "$top", "$topN", "$bottom", "$bottomN"}

// sorts makes ordered documents of $sort, and of sortBy in an operator, at any
// depth of a pipeline.
func sorts(v any) any {
	switch v := v.(type) {
	case bson.A:
		for i := range v {
			v[i] = sorts(v[i])
		}
	case bson.D:
		for i := range v {
			e := &v[i]
			if inner, ok := e.Value.(bson.D); ok && slices.Contains(sorting, e.Key) {
				orderedIn(inner, "sortBy")
			}
			if e.Key == "$sort" {
				e.Value = ordered(e.Value)
			} else {
				e.Value = sorts(e.Value)
			}
		}
	}
	return v
}

// pushes makes ordered documents of $sort in the $push of a change; everything
// else there is data.
func pushes(v any) any {
	d, ok := v.(bson.D)
	if !ok {
		return sorts(v) // a pipeline
	}
	for _, operator := range d {
		fields, ok := operator.Value.(bson.D)
		if operator.Key != "$push" || !ok {
			continue
		}
		for _, field := range fields {
			if modifiers, ok := field.Value.(bson.D); ok {
				orderedIn(modifiers, "$sort")
			}
		}
	}
	return d
}

// change encodes what an update does, which consists of operators.
func (e *encoder) change(v *value.Value) (bson.D, error) {
	r, err := record(v)
	if err != nil {
		return nil, err
	}
	for _, name := range r.Names() {
		if !strings.HasPrefix(name, "$") {
			return nil, e.wrong(r, operators)
		}
	}
	if r.Len() == 0 {
		return nil, e.wrong(r, operators)
	}
	d, err := e.document(r)
	if err != nil {
		return nil, err
	}
	pushes(d)
	return d, nil
}
