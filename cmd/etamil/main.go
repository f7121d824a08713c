// Command etamil is the tool of authors and operators of eTamil programs: it
// runs and checks programs, serves them while they are written, explains
// diagnostics. "etamil help" lists its verbs. Standard output belongs to the
// program; what the tool has to say goes to standard error.
package main

import (
	"fmt"
	"os"

	"etamil/engine/host/system"
)

func main() {
	t := newTool(os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	defer func() {
		if v := recover(); v != nil {
			os.Exit(t.fault(fmt.Sprint(v)))
		}
	}()
	t.aside = system.SetAside("PG")
	os.Exit(t.main(os.Args[1:]))
}
