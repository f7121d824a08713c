package main

import (
	"fmt"
	"io"

	"etamil/cmd/internal/cli"
	"etamil/cmd/internal/version"
)

func (t *tool) version() int {
	return t.print(func(w io.Writer) { fmt.Fprintln(w, "etamil", version.String()) })
}

func openVersion(t *tool, _ *cli.Set) action {
	return func(args cli.Args) (int, error) {
		if len(args.Files) > 0 {
			return 0, cli.Errorf("'version' வேறு எதையும் ஏற்காது", "'version' takes nothing else")
		}
		return t.version(), nil
	}
}
