package main

import (
	"fmt"
	"os"
	"slices"

	"etamil/cmd/internal/cli"
	"etamil/cmd/internal/config"
	"etamil/cmd/internal/console"
	"etamil/cmd/internal/databases"
	"etamil/engine"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/fcgi/web"
)

// A commandLine is what etamild was called with.
type commandLine struct {
	file  string // the configuration file; "": started by hand
	check bool
	flags map[string]string // settings, by the names of their flags
}

// set returns the options of the daemon.
func (c *commandLine) set(con *console.Console) *cli.Set {
	s := &cli.Set{Help: "etamild --help", Elsewhere: func(name string) string {
		switch name {
		case "json":
			return "etamild ctl"
		case "port", "host", "watch", "no-timers", "workers":
			return "etamil serve"
		}
		return ""
	}}
	s.Text(&c.file, "config", "FILE", "அமைப்புக் கோப்பு; இல்லாவிட்டால் ETAMILD_CONFIG", "configuration file; else that of ETAMILD_CONFIG")
	s.Switch(&c.check, "check-config", "அமைப்புகளையும் நிரலையும் சரிபார்த்து, மதிப்புகளைக் காட்டி முடியும்", "check settings and program, show the values, and end")
	s.Value("lang", "ta|en|both", "இந்தக் கட்டளையின் செய்திகளின் மொழி", "language of this command's messages", con.SetLang)
	config.Declare(s, c.flags)
	return s
}

// readCommandLine reads what is not a matter of the settings. The error is a
// *cli.Error.
func readCommandLine(con *console.Console, args []string, getenv func(string) string) (*commandLine, error) {
	c := &commandLine{flags: map[string]string{}}
	parsed, err := c.set(con).Parse(args)
	if err != nil {
		return nil, err
	}
	if words := append(parsed.Files, parsed.Rest...); len(words) > 0 {
		if near, ok := diag.Nearest(words[0], slices.Values([]string{"ctl"})); ok {
			return nil, cli.Unknown(words[0], slices.Values([]string{near}), "etamild --help")
		}
		return nil, cli.Errorf("'%[1]s' எதற்கு? நிரல் என்றால்: --program %[1]s", "what is '%[1]s'? If it is the program: --program %[1]s", diag.Quote(words[0]))
	}
	if c.file == "" {
		c.file = getenv("ETAMILD_CONFIG")
	}
	return c, nil
}

// load reads the settings.
func (c *commandLine) load() (*config.Config, []config.Problem) {
	return config.Load(c.file, os.Environ(), c.flags)
}

// checkConfig carries --check-config out: it says what is wrong with the
// settings or the program, or shows the settings. Nothing is served or made.
func checkConfig(con *console.Console, c *commandLine) int {
	cfg, problems := c.load()
	for _, w := range cfg.Warnings {
		con.Say(w.Message())
	}
	if len(problems) == 0 {
		problems = databases.Check(cfg)
	}
	for _, p := range problems {
		con.Say(p.Message())
	}
	if len(problems) > 0 {
		return misuse
	}
	if cfg.Program == "" {
		con.Say(noProgram)
	} else {
		program, list := engine.Load(engine.LoadOptions{File: cfg.Program, Serving: true})
		con.Report(list...)
		if program == nil {
			return failure
		}
		if wrong := web.NewGeneration(program, cfg.Web, host.Host{}).CheckProbe(); wrong != nil {
			con.Report(wrong)
			return failure
		}
	}
	fmt.Print(cfg.Effective())
	return success
}

// noProgram says why a daemon with a configuration file serves nothing.
var noProgram = diag.Text{
	Ta: "அமைப்புகளில் நிரல் எதுவும் இல்லை; program = \"PATH\" வேண்டும்",
	En: "no program is configured; the settings need program = \"PATH\"",
}
