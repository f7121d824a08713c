// Package value is what a program computes with: numbers, texts, booleans,
// arrays, records, results and nil, each in 24 bytes.
//
// Reading order: Value (value.go), the heap parts Str (text.go), Elems
// (array.go) and Fields (record.go), then equality and order (compare.go),
// conversion and printing (print.go), and the meter of live memory (size.go).
//
// Values mean values: assigning an array gives an independent one. That is
// done by sharing and copying late. A heap part may be changed in place only
// while exactly one variable holds it and nothing else does; whoever makes a
// second reference from a variable or out of a collection marks the part as
// shared (Value.Share), and a write to a shared part copies it first. Parts
// inside other collections are never written in place, since the language has
// no statement that reaches so deep.
//
// A part may also be frozen: it belongs to a Program or a snapshot, is seen by
// many goroutines and never written at all, not even its marks.
//
// Apart from frozen ones, values belong to one goroutine.
package value
