package main

import (
	"io"
	"os"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"etamil/cmd/internal/config"
	"etamil/cmd/internal/console"
	"etamil/fcgi/web"
)

// levels are what can be logged, each with all that follow.
var levels = config.Lookup("log_level").Words

var levelWords = strings.Join(levels, ", ")

// newLog returns the log on f. On a terminal it is for people, unless told
// otherwise.
func newLog(format config.LogFormat, f *os.File) *web.LogWriter {
	terminal := console.IsTerminal(f)
	if format == config.LogConsole || format == config.LogAuto && terminal {
		return web.NewLogWriter(perRecord{zerolog.ConsoleWriter{
			Out: f, TimeFormat: time.TimeOnly, NoColor: !terminal || os.Getenv("NO_COLOR") != "",
		}})
	}
	return web.NewLogWriter(f)
}

// perRecord gets one record a call, as zerolog's console form needs it.
type perRecord struct{ io.Writer }

func (w perRecord) WriteLevel(_ zerolog.Level, p []byte) (int, error) { return w.Write(p) }
