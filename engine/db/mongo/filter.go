package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"etamil/engine/value"
)

// filter encodes a filter, in which a text of 24 hexadecimal digits as _id
// stands for the ObjectID too: programs see identifiers as such texts.
func (e *encoder) filter(v *value.Value) (bson.D, error) {
	r, err := record(v)
	if err != nil {
		return nil, err
	}
	d, err := e.document(r)
	if err != nil {
		return nil, err
	}
	return bothIDs(d), nil
}

// bothIDs looks after _id in a filter, and inside $and, $or and $nor.
func bothIDs(d bson.D) bson.D {
	for i := range d {
		e := &d[i]
		switch e.Key {
		case "$and", "$or", "$nor":
			eachDocument(e.Value, bothIDs)
		case "_id":
			switch v := e.Value.(type) {
			case string:
				if ids := both(v); len(ids) > 1 {
					e.Value = bson.D{{Key: "$in", Value: ids}}
				}
			case bson.D:
				e.Value = bothInOperators(v)
			}
		}
	}
	return d
}

// bothInOperators rewrites $eq, $ne, $in and $nin of _id. Where it must turn
// one of them into an operator that is there already, a part of the condition
// moves into $not.
func bothInOperators(d bson.D) bson.D {
	out := make(bson.D, 0, len(d))
	var none bson.A // what $ne and $nin exclude
	var excludes bool
	for _, e := range d {
		switch e.Key {
		case "$eq":
			if ids := both(e.Value); len(ids) > 1 {
				if has(d, "$in") {
					// {$not: {$nin: a}} is {$in: a}
					if has(d, "$not") {
						break
					}
					e = bson.E{Key: "$not", Value: bson.D{{Key: "$nin", Value: ids}}}
				} else {
					e = bson.E{Key: "$in", Value: ids}
				}
			}
		case "$in":
			if a, ok := e.Value.(bson.A); ok {
				e.Value = allBoth(a)
			}
		case "$ne":
			ids := both(e.Value)
			if len(ids) > 1 || has(d, "$nin") {
				none, excludes = append(none, ids...), true
				continue
			}
		case "$nin":
			if a, ok := e.Value.(bson.A); ok {
				none, excludes = append(none, allBoth(a)...), true
				continue
			}
		}
		out = append(out, e)
	}
	if excludes {
		out = append(out, bson.E{Key: "$nin", Value: none})
	}
	return out
}

func has(d bson.D, name string) bool {
	for _, e := range d {
		if e.Key == name {
			return true
		}
	}
	return false
}

// both returns v, and with it the ObjectID whose digits it is.
func both(v any) bson.A {
	if s, ok := v.(string); ok {
		if id, ok := objectID(s); ok {
			return bson.A{s, id}
		}
	}
	return bson.A{v}
}

func allBoth(a bson.A) bson.A {
	all := make(bson.A, 0, len(a))
	for _, v := range a {
		all = append(all, both(v)...)
	}
	return all
}
