// Package vm runs compiled programs: one loop over instructions, frames in a
// window each of one stack of registers, budgets that end a run with their
// code. It does no input or output of its own; what reaches the world goes
// through package host.
//
// A Run holds everything that changes; it belongs to one goroutine at a time
// and is used again for the next run after Reset.
package vm
