package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"etamil/cmd/internal/cli"
	"etamil/engine"
	"etamil/engine/diag"
)

// A checker is the verb check.
type checker struct {
	*tool
	json, strict, noWarnings bool
	stdinName                string
	// oneOnly is for the old form of the command line.
	oneOnly bool
}

func openCheck(t *tool, s *cli.Set) action { return newChecker(t, s).run }

func newChecker(t *tool, s *cli.Set) *checker {
	c := &checker{tool: t}
	s.Switch(&c.json, "json", "வரிக்கு ஒரு JSON பொருளாக வெளியீட்டில்", "one JSON object a line on standard output")
	s.Switch(&c.strict, "strict", "எச்சரிக்கைகளும் பிழைகளாகும்", "warnings count as errors")
	s.Switch(&c.noWarnings, "no-warnings", "எச்சரிக்கைகளைக் காட்டாது", "do not show warnings")
	s.Text(&c.stdinName, "stdin-name", "NAME", "உள்ளீட்டில் வரும் நிரலின் பெயர்; இறக்குமதிகள் அதன் அருகே", "name of the program on standard input; its imports lie beside it")
	return c
}

func (c *checker) run(args cli.Args) (int, error) {
	files := args.Files
	if c.oneOnly && len(files) > 1 {
		_, _, err := c.oneFile(args)
		return 0, err
	}
	if len(files) == 0 {
		if c.stdinIsTerminal() && c.stdinName == "" {
			c.verbUsage(c.con, findCommand("check"))
			return misuse, nil
		}
		files = []string{"-"}
	}
	fromInput := 0
	for _, f := range files {
		if f == "-" {
			fromInput++
		}
	}
	switch {
	case fromInput > 1:
		return 0, cli.Errorf("'-' ஒரு முறை மட்டுமே வரலாம்", "'-' can be given only once")
	case c.stdinName != "" && fromInput == 0:
		return 0, cli.Errorf("--stdin-name '-' உடன் மட்டுமே பொருள் தரும்", "--stdin-name means something only with '-'")
	}

	var list diag.List
	status := success
	for _, path := range files {
		programs, err := programsBelow(path)
		if err != nil {
			why := diag.Reason(err)
			c.con.Sayf("'%[1]s' கோப்புறையைப் படிக்க முடியவில்லை: %[2]s", "cannot read directory '%[1]s': %[3]s", path, why.Ta, why.En)
			status = failure
		} else if len(programs) == 0 {
			c.con.Sayf("'%s' கோப்புறையில் நிரல் எதுவும் இல்லை", "there is no program below '%s'", path)
			status = failure
		}
		for _, file := range programs {
			found, ok := c.load(file)
			if !ok {
				status = failure
			}
			list = append(list, found...)
		}
	}
	list = once(list)
	if list.HasErrors() || c.strict && len(list) > 0 {
		status = failure
	}
	if c.noWarnings {
		list = onlyErrors(list)
	}
	if c.json {
		return max(status, c.print(func(w io.Writer) {
			for _, d := range list {
				w.Write(append(d.AppendJSON(nil), '\n'))
			}
		})), nil
	}
	c.con.Report(list...)
	return status, nil
}

func (c *checker) load(file string) (list diag.List, ok bool) {
	o := engine.LoadOptions{CheckOnly: true, Name: c.stdinName}
	if c.stdinName != "" {
		o.Dir = filepath.Dir(c.stdinName)
	}
	if !c.source(file, &o) {
		return nil, false
	}
	_, list = engine.Load(o)
	return list, true
}

// programsBelow returns path itself when it is no directory, else the programs
// below it, sorted.
func programsBelow(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}, nil // what is wrong with a file is a diagnostic
	}
	var programs []string
	err = filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if ext := filepath.Ext(name); !entry.IsDir() && (ext == ".qmz" || ext == ".etamil") {
			programs = append(programs, name)
		}
		return nil
	})
	slices.Sort(programs)
	return programs, err
}

// once leaves out what was found before: a module that several programs import
// is checked with each.
func once(list diag.List) diag.List {
	type key struct {
		file, message string
		code          diag.Code
		start         int
	}
	seen := map[key]bool{}
	return slices.DeleteFunc(list, func(d *diag.Diagnostic) bool {
		if !d.Span.IsValid() {
			return false
		}
		k := key{d.Span.File.Path, d.Message().En, d.Code(), int(d.Span.Start)}
		if seen[k] {
			return true
		}
		seen[k] = true
		return false
	})
}
