package main

import (
	"bufio"
	"errors"
	"io"
	"iter"
	"os"

	"etamil/cmd/internal/cli"
	"etamil/cmd/internal/console"
	"etamil/engine"
	"etamil/engine/diag"
)

// maxProgram is a little more than a program may have: reading on would only
// cost memory.
const maxProgram = 16<<20 + 1

// Exit statuses. A program's own are beside them.
const (
	success = 0
	failure = 1  // the program or its text is at fault
	misuse  = 2  // the command line is
	ourBug  = 70 // sysexits(3): EX_SOFTWARE
)

// A tool is one call of etamil.
type tool struct {
	stdin, stdout, stderr *os.File
	getenv                func(string) string
	con                   *console.Console
	aside                 map[string]string // variables that only programs read
}

func newTool(stdin, stdout, stderr *os.File, getenv func(string) string) *tool {
	return &tool{stdin: stdin, stdout: stdout, stderr: stderr, getenv: getenv, con: console.New("etamil", stderr, getenv)}
}

// A command is one verb.
type command struct {
	name, tamil string
	args        string // what follows in the usage
	about       diag.Text
	// open declares the options in s and returns what carries the verb out;
	// nil: the verb is known and not there yet.
	open func(t *tool, s *cli.Set) action
}

// An action carries a verb out after its command line was understood, and
// returns the exit status. Its error is a *cli.Error: what is not an option
// does not fit; then nothing was done.
type action func(args cli.Args) (status int, err error)

// commands returns the verbs in the order of the usage.
func commands() []*command {
	return []*command{
		{"run", "இயக்கு", "[FILE] [-- ARGUMENTS]", diag.Text{Ta: "நிரலை இயக்கும்", En: "run a program"}, openRun},
		{"check", "சரிபார்", "[FILE…]", diag.Text{Ta: "எல்லாப் பிழைகளையும் காட்டும்; எதையும் இயக்காது", En: "report every error, run nothing"}, openCheck},
		{"serve", "வழங்கு", "FILE", diag.Text{Ta: "உருவாக்கத்திற்கான HTTP வழங்கி", En: "development HTTP server"}, openServe},
		{"explain", "விளக்கு", "[CODE|NAME]", diag.Text{Ta: "ஒரு குறியீட்டின் பொருள், தவறான நிரல், சரியான நிரல்; அல்லது ஒரு செயலின் விளக்கம்", En: "what a code means, with a wrong and a right program; or what a function does"}, openExplain},
		{"dis", "", "FILE", diag.Text{Ta: "நிரலின் கட்டளைகள், மூல வரிகளுடன்", En: "the instructions a program compiles to"}, openDis},
		{"test", "சோதி", "[PATH…]", diag.Text{Ta: "சோதனை நிரல்களை இயக்கும்", En: "run test programs"}, openTest},
		{"fmt", "ஒழுங்குசெய்", "[FILE…]", diag.Text{Ta: "மூல உரையை ஒழுங்காக அமைக்கும்", En: "lay out source text"}, nil},
		{"repl", "உரையாடு", "", diag.Text{Ta: "உரையாடல்", En: "interactive shell"}, nil},
		{"new", "புதிது", "NAME", diag.Text{Ta: "புதிய பயன்பாடு", En: "a new application"}, nil},
		{"help", "", "[VERB]", diag.Text{Ta: "இந்த உதவி", En: "this help"}, openHelp},
		{"version", "", "", diag.Text{Ta: "பதிப்பு", En: "the version"}, openVersion},
	}
}

func findCommand(word string) *command {
	for _, c := range commands() {
		if word != "" && (word == c.name || word == c.tamil) {
			return c
		}
	}
	return nil
}

// verbs are all words that are verbs.
func verbs() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, c := range commands() {
			if !yield(c.name) || c.tamil != "" && !yield(c.tamil) {
				return
			}
		}
	}
}

// main carries a command line out and returns the exit status.
func (t *tool) main(args []string) int {
	if word := t.getenv("ETAMIL_LANG"); !t.con.ChooseLang(word, args) {
		return t.misused(cli.Errorf("ETAMIL_LANG-க்கு '%s' பொருந்தாது: ta, en, both ஆகியவற்றில் ஒன்று வேண்டும்",
			"ETAMIL_LANG cannot be '%s': it must be ta, en or both", diag.Quote(word)))
	}
	var verb *command
	if len(args) > 0 {
		verb = findCommand(args[0])
	}
	switch help, version := cli.Wants(args); {
	case help && verb != nil:
		return t.print(func(w io.Writer) { t.verbUsage(w, verb) })
	case help:
		return t.print(t.usage)
	case version:
		return t.version()
	case verb == nil:
		return t.plain(args)
	case verb.open == nil:
		return t.misused(notYet(verb))
	}
	s := t.newSet(verb)
	return t.act(s, verb.open(t, s), args[1:])
}

// act parses args and, when they are understood, acts.
func (t *tool) act(s *cli.Set, do action, args []string) int {
	parsed, err := s.Parse(args)
	if err != nil {
		return t.misused(err)
	}
	status, err := do(parsed)
	if err != nil {
		return t.misused(err)
	}
	return status
}

// newSet returns a Set with what every verb has.
func (t *tool) newSet(c *command) *cli.Set {
	s := &cli.Set{Help: "etamil " + c.name + " --help", Elsewhere: func(name string) string {
		for _, other := range commands() {
			if other.open == nil || other.name == c.name {
				continue
			}
			all := &cli.Set{}
			other.open(t, all)
			if all.Has(name) {
				return "etamil " + other.name
			}
		}
		return ""
	}}
	s.Value("lang", "ta|en|both", "செய்திகளின் மொழி", "language of messages", t.con.SetLang)
	return s
}

func notYet(c *command) *cli.Error {
	return cli.Errorf("'etamil %s' இன்னும் இங்கே இல்லை", "'etamil %s' is not there yet", c.name)
}

// misused reports a command line that cannot be used.
func (t *tool) misused(err error) int {
	var e *cli.Error
	if !errors.As(err, &e) {
		panic("BUG: not a usage error: " + err.Error())
	}
	t.con.Report(e.Diagnostic())
	return misuse
}

// fault reports a broken invariant of ours.
func (t *tool) fault(reason string) int {
	t.con.Report(diag.InternalError.New(reason))
	return ourBug
}

// print gives write standard output. What cannot be written is a failure.
func (t *tool) print(write func(io.Writer)) int {
	w := bufio.NewWriter(t.stdout)
	write(w)
	if err := w.Flush(); err != nil {
		return t.unwritable(err)
	}
	return success
}

func (t *tool) unwritable(err error) int {
	why := diag.Reason(err)
	t.con.Sayf("வெளியீட்டை எழுத முடியவில்லை: %[1]s", "cannot write the output: %[2]s", why.Ta, why.En)
	return failure
}

// onlyErrors leaves the warnings out: they are for check.
func onlyErrors(list diag.List) diag.List {
	var errs diag.List
	for _, d := range list {
		if d.Severity() == diag.Error {
			errs = append(errs, d)
		}
	}
	return errs
}

// stdinIsTerminal reports whether somebody would have to type the program.
func (t *tool) stdinIsTerminal() bool { return console.IsTerminal(t.stdin) }

// oneFile returns the program that args name: the only file, or "-" when there
// is none and standard input is no terminal. ok is false when there is nothing
// to work on.
func (t *tool) oneFile(args cli.Args) (file string, ok bool, err error) {
	switch len(args.Files) {
	case 0:
		return "-", !t.stdinIsTerminal(), nil
	case 1:
		return args.Files[0], true, nil
	}
	extra := args.Files[1]
	if c := findCommand(extra); c != nil {
		return "", false, cli.Errorf("கட்டளைச் சொல் முதலில் வர வேண்டும்: etamil %s %s", "the verb comes first: etamil %s %s", extra, args.Files[0])
	}
	return "", false, cli.Errorf("ஒரு நிரல் மட்டுமே; '%s' மிகுதி", "only one program is wanted; '%s' is one too many", diag.Quote(extra))
}

// source fills in where the program comes from: a file, or standard input for
// "-". It is false, and a message shown, when standard input cannot be read.
func (t *tool) source(file string, o *engine.LoadOptions) bool {
	o.Getenv = t.getenv
	if file != "-" {
		o.File = file
		return true
	}
	text, err := io.ReadAll(io.LimitReader(t.stdin, maxProgram))
	if err != nil {
		why := diag.Reason(err)
		t.con.Sayf("நிரலைப் படிக்க முடியவில்லை: %[1]s", "cannot read the program from standard input: %[2]s", why.Ta, why.En)
		return false
	}
	o.Source = string(text)
	return true
}
