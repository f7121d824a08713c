package main

import (
	"os"
	"strings"

	"etamil/cmd/internal/config"
	"etamil/fcgi/web"
)

// levels are what can be logged, each with all that follow.
var levels = config.Lookup("log_level").Words

var levelWords = strings.Join(levels, ", ")

// newLog returns the log on f: with fields of its own to the journal when f is
// that, on a terminal for people, unless told otherwise.
func newLog(format config.LogFormat, f *os.File) *web.LogWriter {
	return web.NewLogWriter(web.LogOutput(string(format), f, "etamild", os.Getenv))
}
