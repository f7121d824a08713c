// Package mongo is the driver for MongoDB (spec 08 §8.9, §8.18): one client of
// the library a deployment, documents with fields in a fixed order, whole
// numbers and Decimal128 but never a double.
//
// [New] returns the db.Driver. text.go understands connection texts, client.go
// keeps the library's client and bounds what works at a time, operation.go does
// the operations, encode.go makes BSON of values, filter.go looks after
// identifiers in filters, decode.go makes values of BSON.
//
// The library is given its connections by us, which are counted, and contexts
// without a deadline: with one it would repeat a failed operation until then,
// and keep a connection whose answer is still to come.
package mongo
