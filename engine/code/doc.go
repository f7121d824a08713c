// Package code is what the compiler writes and the machine reads: the
// instructions, the layout of a compiled program, and the disassembler.
//
// The machine has registers. A function sees a window of them: its parameters
// first, then its other variables, then places for intermediate values. The
// code at the top level of a program (its main part, its prelude, its routes
// and timers) sees one common window that begins with the global variables,
// so that both kinds of code use variables as operands directly.
//
// A Program is immutable once compiled and shared by all runs.
package code
