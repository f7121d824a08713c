package main

import "etamil/cmd/internal/cli"

// The command line without a verb: a file to run, or the options of the first
// implementation, which choose what is done with it.

// plain carries a command line without a verb out.
func (t *tool) plain(args []string) int {
	if len(args) == 0 && t.stdinIsTerminal() {
		t.usage(t.con)
		return misuse
	}
	verb := "run"
	llvm := false
	for _, arg := range args {
		switch arg {
		case "--llvm":
			llvm = true
		case "--vm":
			llvm = false // the last of the two wins
		case "--repl":
			verb = "repl"
		case "--check":
			if verb != "repl" {
				verb = "check"
			}
		case "--server", "--async":
			if verb == "run" {
				verb = "serve"
			}
		}
		if arg == "--" {
			break
		}
	}
	c := findCommand(verb)
	s := t.newSet(c)
	s.Help = "etamil --help"
	return t.act(s, t.plainAction(s, c, llvm && verb == "run"), args)
}

// plainAction declares the options of c and the old ones, which only choose
// what is done. Where there is no server, host and port are looked at and
// ignored.
func (t *tool) plainAction(s *cli.Set, c *command, llvm bool) action {
	var do action
	switch c.name {
	case "run":
		r := newRunner(t, s)
		r.bare = true
		do = r.run
	case "check":
		checker := newChecker(t, s)
		checker.noWarnings, checker.oneOnly = true, true
		do = checker.run
	case "serve":
		server := newServer(t, s)
		server.settings.Compat, server.fromInput = true, true
		do = server.run
	default:
		do = func(args cli.Args) (int, error) {
			if len(args.Files) > 0 {
				return 0, cli.Errorf("--repl உடன் நிரல் வரக் கூடாது", "--repl takes no program")
			}
			return 0, notYet(c)
		}
	}
	for _, name := range []string{"vm", "check", "repl", "server", "async", "llvm"} {
		s.Switch(new(bool), name, "", "").Hidden = true
	}
	if c.name != "serve" {
		addressFlags(s, new(string), new(int))
	}
	if !llvm {
		return do
	}
	return func(args cli.Args) (int, error) {
		if _, _, err := t.oneFile(args); err != nil {
			return 0, err
		}
		t.con.Sayf("இச்செயலாக்கத்தில் இயந்திரக் குறி ஆக்கம் இல்லை; 'etamil run' பயன்படுத்துங்கள்",
			"this implementation has no native-code back end; use 'etamil run'")
		return failure, nil
	}
}
