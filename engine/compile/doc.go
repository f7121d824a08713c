// Package compile turns the assembled statements of a program into code for
// the machine: names become registers and slots, calls become functions known
// by number, conditions become jumps that carry their comparison.
//
// In reading order: Program (compile.go) lays out the whole program; names.go
// finds every function and what a name means; stmt.go and expr.go compile one
// function or top level at a time.
//
// What can only fail at run time fails there: an unknown function or a wrong
// number of arguments becomes an instruction that fails when it is reached,
// after the arguments were evaluated.
package compile
