// Command etamild serves one eTamil program to a web server over FastCGI: on a
// Unix socket of its own (--socket) or one that systemd passes. Its settings are
// in a file (--config), the environment and options. "etamild ctl" talks to a
// running one. It logs to standard error.
package main

import (
	"fmt"
	"io"
	"os"

	"etamil/cmd/internal/cli"
	"etamil/cmd/internal/console"
	"etamil/cmd/internal/version"
	"etamil/engine/diag"
)

// Exit statuses.
const (
	success = 0
	failure = 1 // it could not start, or the daemon asked refused
	misuse  = 2 // the command line cannot be used
)

func main() { os.Exit(run(os.Args[1:])) }

// run carries a command line out and returns the exit status.
func run(args []string) int {
	con := console.New("etamild", os.Stderr, os.Getenv)
	con.ChooseLang(os.Getenv("ETAMIL_LANG"), args)
	ctl := len(args) > 0 && args[0] == "ctl"
	help, wantsVersion := cli.Wants(args)
	if len(args) == 1 && !help {
		help, wantsVersion = args[0] == "help", wantsVersion || args[0] == "version"
	}
	var status int
	var err error
	switch {
	case help && ctl:
		usageOfCtl(os.Stdout, con.Lang)
	case help:
		usage(os.Stdout, con.Lang)
	case wantsVersion:
		fmt.Println("etamild", version.String())
	case ctl:
		status, err = runCtl(con, args[1:])
	default:
		status, err = serve(con, args)
	}
	if err != nil {
		con.Report(err.(*cli.Error).Diagnostic())
		return misuse
	}
	return status
}

func usage(w io.Writer, lang diag.Language) {
	fmt.Fprint(w, "etamild --config FILE [--check-config] [OPTIONS]\n"+
		"etamild --program FILE --socket PATH [--control PATH] [--data DIR] [OPTIONS]\n"+
		"etamild ctl [--control PATH] status | reload [--exec] | drain | log-level LEVEL | profile [--seconds N] [-o FILE] [--json]\n\n")
	c := &commandLine{flags: map[string]string{}}
	c.set(console.New("etamild", os.Stderr, os.Getenv)).WriteUsage(w, lang)
}
