package diag

import (
	"strings"
	"time"
)

// An Explanation says at length what a code means.
type Explanation struct {
	Code Code
	Rule Text // the rule of the language, a few sentences
	// Wrong is a program that gets the code, Right one that does what was
	// meant.
	Wrong, Right Example
}

// A Way says how an Example comes to show what it shows.
type Way uint8

const (
	ByCheck   Way = iota // etamil check; a program without errors need not run
	ByRun                // etamil run
	ByRequest            // etamil serve, and a request GET /
	// ByReading is for what no program does by itself: a damaged machine, a
	// database that refuses, a command line. Nothing runs it.
	ByReading
)

// An Example is a small program and what it needs around it.
type Example struct {
	Way Way
	// Source is the program, or for ByReading what people are to read.
	Source string
	// Times is how often Source stands in the program, one after another; 0
	// is once. Programs of many megabytes are not held for good.
	Times int
	// Shown is for people where Source is too long or not readable; "" means
	// Source itself.
	Shown string
	// Files lie beside the program, by their relative paths.
	Files map[string]string
	// Input is the standard input.
	Input string
	// The budgets of the run; 0 means none.
	Steps, Memory, Output int64
	Time                  time.Duration
	// Denied says that the host refuses all it can.
	Denied bool
}

// Program returns the whole program.
func (e Example) Program() string { return strings.Repeat(e.Source, max(e.Times, 1)) }

// Text returns the program as people are shown it, ended by a line feed.
func (e Example) Text() string {
	s := e.Source
	if e.Shown != "" {
		s = e.Shown
	}
	return strings.TrimRight(s, "\n") + "\n"
}

// Explain returns the explanation of a code. It is false for a code that does
// not exist.
func Explain(code Code) (Explanation, bool) {
	for _, table := range [][]Explanation{explainGeneral, explainSource, explainCheck, explainRun, explainHost, explainConfig} {
		for _, e := range table {
			if e.Code == code {
				return e, true
			}
		}
	}
	return Explanation{}, false
}

func check(source string) Example   { return Example{Way: ByCheck, Source: source} }
func run(source string) Example     { return Example{Way: ByRun, Source: source} }
func request(source string) Example { return Example{Way: ByRequest, Source: source} }
func reading(text string) Example   { return Example{Way: ByReading, Source: text} }

// short gives an example its text for people.
func (e Example) short(text string) Example {
	e.Shown = text
	return e
}

// times makes an example of its source n times.
func (e Example) times(n int) Example {
	e.Times = n
	return e
}

// with puts a file beside the example.
func (e Example) with(name, content string) Example {
	files := map[string]string{name: content}
	for n, c := range e.Files {
		files[n] = c
	}
	e.Files = files
	return e
}
