package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/journal"
	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"
)

// The forms of the log, see LogOutput.
const (
	LogAuto    = "auto"
	LogJSON    = "json"
	LogConsole = "console"
	LogJournal = "journal"
)

// LogOutput returns what a LogWriter of a daemon writes to, given the form of the
// log and where it goes: JSON lines, lines for people, or the journal with its
// own fields. The form "auto" is "journal" when f is a stream to the journal,
// "console" when f is a terminal, else "json"; so is a form that is none of
// these. name is that of the daemon in the journal. What the journal does not
// take is written to f as JSON.
func LogOutput(form string, f *os.File, name string, getenv func(string) string) io.Writer {
	if form == LogAuto {
		switch {
		case isJournal(f, getenv("JOURNAL_STREAM")):
			form = LogJournal
		case isTerminal(f):
			form = LogConsole
		}
	}
	switch form {
	case LogJournal:
		return &journalWriter{name: name, send: journal.Send, instead: f}
	case LogConsole:
		noColor := !isTerminal(f) || getenv("NO_COLOR") != "" || getenv("TERM") == "dumb"
		return consoleWriter{zerolog.ConsoleWriter{Out: f, NoColor: noColor, TimeFormat: time.DateTime}}
	}
	return f
}

// isJournal reports whether f is the stream whose device and inode
// JOURNAL_STREAM tells (systemd.exec(5)): a process that inherited the variable
// may have its standard error elsewhere.
func isJournal(f *os.File, stream string) bool {
	device, inode, ok := strings.Cut(stream, ":")
	dev, err := strconv.ParseUint(device, 10, 64)
	ino, err2 := strconv.ParseUint(inode, 10, 64)
	if !ok || err != nil || err2 != nil {
		return false
	}
	var stat unix.Stat_t
	return control(f, func(fd int) error { return unix.Fstat(fd, &stat) }) && uint64(stat.Dev) == dev && stat.Ino == ino
}

func isTerminal(f *os.File) bool {
	return control(f, func(fd int) error {
		_, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		return err
	})
}

// control asks about a descriptor without changing its mode, as Fd does.
func control(f *os.File, ask func(fd int) error) bool {
	raw, err := f.SyscallConn()
	if err != nil {
		return false
	}
	answer := os.ErrClosed
	err = raw.Control(func(fd uintptr) { answer = ask(int(fd)) })
	return err == nil && answer == nil
}

// consoleWriter gets one record a call; zerolog's takes only the first of
// several.
type consoleWriter struct{ zerolog.ConsoleWriter }

func (w consoleWriter) WriteLevel(_ zerolog.Level, p []byte) (int, error) { return w.Write(p) }

// A journalWriter sends records to the journal with fields of their own, by its
// native protocol. What a record's names become is in journalNames; any other is
// ETAMIL_ and the name. It is used by one goroutine, that of a LogWriter, so
// that a journal that stands still holds nobody up.
type journalWriter struct {
	name    string
	send    func(message string, priority journal.Priority, fields map[string]string) error
	instead io.Writer // for what could not be sent
}

// journalNames are the fields that the journal knows for members of records
// (systemd.journal-fields(7)). What is "" goes elsewhere: the message is
// MESSAGE, the level PRIORITY.
var journalNames = map[string]string{
	zerolog.MessageFieldName: "",
	zerolog.LevelFieldName:   "",
	"file":                   "CODE_FILE",
	"line":                   "CODE_LINE",
}

// journalPriorities are those of syslog(3).
var journalPriorities = map[zerolog.Level]journal.Priority{
	zerolog.TraceLevel: journal.PriDebug,
	zerolog.DebugLevel: journal.PriDebug,
	zerolog.InfoLevel:  journal.PriInfo,
	zerolog.WarnLevel:  journal.PriWarning,
	zerolog.ErrorLevel: journal.PriErr,
	zerolog.FatalLevel: journal.PriCrit,
	zerolog.PanicLevel: journal.PriCrit,
}

// Write takes a record without a level.
func (w *journalWriter) Write(p []byte) (int, error) { return w.WriteLevel(zerolog.NoLevel, p) }

// WriteLevel sends one record. The error says that it is nowhere.
func (w *journalWriter) WriteLevel(level zerolog.Level, p []byte) (int, error) {
	var members map[string]any
	d := json.NewDecoder(bytes.NewReader(p))
	d.UseNumber()
	if d.Decode(&members) != nil {
		// Not JSON: somebody wrote plain text.
		members = map[string]any{zerolog.MessageFieldName: strings.TrimSuffix(string(p), "\n")}
	}
	priority, ok := journalPriorities[level]
	if !ok {
		priority = journal.PriInfo
	}
	fields := make(map[string]string, len(members)+1)
	fields["SYSLOG_IDENTIFIER"] = w.name
	for name, value := range members {
		field, known := journalNames[name]
		if !known {
			field = journalField(name)
		}
		if field != "" {
			fields[field] = journalText(value)
		}
	}
	if function := innermost(members["stack"]); function != "" {
		fields["CODE_FUNC"] = function
	}
	if err := w.send(journalMessage(members), priority, fields); err != nil {
		return w.instead.Write(p)
	}
	return len(p), nil
}

// innermost returns the function in which a run failed, whose calls are stack.
func innermost(stack any) string {
	calls, _ := stack.([]any)
	if len(calls) == 0 {
		return ""
	}
	call, _ := calls[0].(map[string]any)
	function, _ := call["function"].(string)
	return function
}

// maxJournalField is how long the journal lets a field's name be, in bytes.
const maxJournalField = 64

// journalField makes a field of a member's name: letters, digits and '_' only.
func journalField(name string) string {
	b := append(make([]byte, 0, maxJournalField), "ETAMIL_"...)
	for i := 0; i < len(name) && len(b) < maxJournalField; i++ {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z':
			b = append(b, c-'a'+'A')
		case 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
			b = append(b, c)
		default:
			b = append(b, '_')
		}
	}
	return string(b)
}

// journalText writes texts as they are and all else as JSON.
func journalText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic("BUG: what came from JSON has no JSON: " + err.Error())
	}
	return string(text)
}

// journalMessage is what journalctl shows of a record. An access line's message
// is the same for all, so it tells of the request instead.
func journalMessage(members map[string]any) string {
	text, _ := members[zerolog.MessageFieldName].(string)
	method, isAccess := members["method"].(string)
	seconds, hasDuration := members["duration"].(json.Number)
	if text != accessMessage || !isAccess || !hasDuration {
		return text
	}
	route, _ := members["route"].(string)
	if route == "" {
		route = noRoute
	}
	took, _ := seconds.Float64()
	return fmt.Sprintf("%s %s %s %.1f ms", method, route, journalText(members["status"]), took*1e3)
}
