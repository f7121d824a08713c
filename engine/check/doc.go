// Package check looks at an assembled program before it runs. It finds the
// errors of declared types, which keep a program from running (Types), and
// what is likely a mistake though the program may run (Program).
//
// It walks the program once, in the order of its text, whatever the control
// flow: what a declaration says holds for the text after it.
//
// It does not resolve names to slots, which compiling does, and it knows no
// builtin and no module: what exists, it asks of what Input holds.
package check
