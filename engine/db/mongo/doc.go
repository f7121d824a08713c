// Package mongo is the driver for MongoDB (spec 08 §8.9, §8.18): one client of
// the library a deployment, documents with fields in a fixed order, whole
// numbers and Decimal128 but never a double.
//
// [New] returns the db.Driver. text.go understands connection texts, client.go
// does the operations, encode.go makes BSON of values, filter.go looks after
// identifiers in filters, decode.go makes values of BSON.
package mongo
