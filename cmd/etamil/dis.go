package main

import (
	"io"

	"etamil/cmd/internal/cli"
	"etamil/engine"
	"etamil/engine/code"
)

func openDis(t *tool, _ *cli.Set) action {
	return func(args cli.Args) (int, error) {
		file, ok, err := t.oneFile(args)
		if err != nil {
			return 0, err
		}
		if !ok {
			t.verbUsage(t.con, findCommand("dis"))
			return misuse, nil
		}
		return t.dis(file), nil
	}
}

// dis writes the instructions of a program: of one with routes or timers as a
// server runs it, of any other as run does.
func (t *tool) dis(file string) int {
	var o engine.LoadOptions
	if !t.source(file, &o) {
		return failure
	}
	o.Serving = true
	program, list := engine.Load(o)
	if program != nil && len(program.Routes()) == 0 && len(program.Timers()) == 0 {
		o.Serving = false
		program, list = engine.Load(o)
	}
	if program == nil {
		t.con.Report(onlyErrors(list)...)
		return failure
	}
	return t.print(func(w io.Writer) { code.Disassemble(w, program.Code()) })
}
