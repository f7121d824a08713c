package web

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"etamil/engine/diag"

	"github.com/coreos/go-systemd/v22/journal"
	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"
)

// sentEntry is an entry of a journal that is a function.
type sentEntry struct {
	message  string
	priority journal.Priority
	fields   map[string]string
}

func fakeJournal(fails error) (*journalWriter, *[]sentEntry, *bytes.Buffer) {
	var all []sentEntry
	var instead bytes.Buffer
	return &journalWriter{name: "etamild", instead: &instead, send: func(message string, p journal.Priority, fields map[string]string) error {
		if fails == nil {
			all = append(all, sentEntry{message, p, maps.Clone(fields)})
		}
		return fails
	}}, &all, &instead
}

func TestAFailureHasTheFieldsOfTheJournal(t *testing.T) {
	w, sent, _ := fakeJournal(nil)
	d := failure(4004)
	a := NewApp(Options{Log: zerolog.New(w), Settings: DefaultSettings()})
	a.opts.Failed(&Failure{ID: "id-7", Method: "GET", Path: "/x\n", Route: "/:a", Status: 500, Err: d, Diagnostic: d, Duration: time.Second})
	e := (*sent)[0]
	if e.message != d.Error() || e.priority != journal.PriWarning {
		t.Errorf("%q at %d", e.message, e.priority)
	}
	want := map[string]string{
		"SYSLOG_IDENTIFIER": "etamild", "CODE_FILE": "app.qmz", "CODE_LINE": "3", "CODE_FUNC": "கணி",
		"ETAMIL_ID": "id-7", "ETAMIL_ROUTE": "/:a", "ETAMIL_CODE": "ET4004", "ETAMIL_METHOD": "GET", "ETAMIL_PATH": "/x\n",
		"ETAMIL_STATUS": "500", "ETAMIL_DURATION": "1", "ETAMIL_COLUMN": e.fields["ETAMIL_COLUMN"], "ETAMIL_TA": d.Message().Ta,
		"ETAMIL_STACK": `[{"column":1,"file":"app.qmz","function":"கணி","line":1}]`,
	}
	if d.Help != nil {
		want["ETAMIL_HELP"] = d.Help.En
	}
	if !maps.Equal(e.fields, want) {
		t.Errorf("fields %q\nwant   %q", e.fields, want)
	}
}

func TestAnAccessLineTellsOfTheRequest(t *testing.T) {
	w, sent, _ := fakeJournal(nil)
	a := NewApp(Options{Log: zerolog.New(w), Settings: DefaultSettings()})
	a.logAccess(&Access{ID: "i", Method: "POST", Route: "/bills/:id", Status: 201, Duration: 1234 * time.Microsecond})
	a.logAccess(&Access{ID: "i", Method: "GET", Status: 404})
	if got := (*sent)[0].message; got != "POST /bills/:id 201 1.2 ms" {
		t.Errorf("%q", got)
	}
	if got := (*sent)[1].message; got != "GET (none) 404 0.0 ms" {
		t.Errorf("%q", got)
	}
	// A program that prints the same word tells of itself.
	a.opts.Prints(Run{ID: "i"}).Print("request")
	if e := (*sent)[2]; e.message != "request" || e.fields["ETAMIL_PRINT"] != "true" {
		t.Errorf("%+v", e)
	}
}

func TestLevelsArePriorities(t *testing.T) {
	w, sent, _ := fakeJournal(nil)
	log := zerolog.New(w)
	for _, level := range []zerolog.Level{zerolog.TraceLevel, zerolog.DebugLevel, zerolog.InfoLevel, zerolog.WarnLevel, zerolog.ErrorLevel, zerolog.FatalLevel, zerolog.PanicLevel, zerolog.NoLevel} {
		log.WithLevel(level).Msg("")
	}
	var got []journal.Priority
	for _, e := range *sent {
		got = append(got, e.priority)
	}
	if want := []journal.Priority{7, 7, 6, 4, 3, 2, 2, 6}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestFieldNamesAreThoseTheJournalTakes(t *testing.T) {
	for name, want := range map[string]string{
		"route":                  "ETAMIL_ROUTE",
		"send_error":             "ETAMIL_SEND_ERROR",
		"a-b.c D9":               "ETAMIL_A_B_C_D9",
		"வழி":                    "ETAMIL_" + strings.Repeat("_", len("வழி")),
		"":                       "ETAMIL_",
		strings.Repeat("x", 500): "ETAMIL_" + strings.Repeat("X", 57),
	} {
		if got := journalField(name); got != want {
			t.Errorf("%q gives %q, want %q", name, got, want)
		}
	}
}

func TestWhatTheJournalDoesNotTakeGoesToStandardError(t *testing.T) {
	w, _, instead := fakeJournal(errors.New("no journal"))
	log := zerolog.New(w)
	log.Error().Str("id", "7").Msg("x")
	if got := instead.String(); got != `{"level":"error","id":"7","message":"x"}`+"\n" {
		t.Errorf("%q", got)
	}
}

func TestTextThatIsNoRecordIsAMessage(t *testing.T) {
	w, sent, _ := fakeJournal(nil)
	io.WriteString(w, "plain {text\n")
	if e := (*sent)[0]; e.message != "plain {text" || e.priority != journal.PriInfo {
		t.Errorf("%+v", e)
	}
}

func TestFormsOfTheLog(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var stat unix.Stat_t
	if err := unix.Stat(f.Name(), &stat); err != nil {
		t.Fatal(err)
	}
	this := fmt.Sprintf("%d:%d", stat.Dev, stat.Ino)
	for _, tt := range []struct{ form, stream, want string }{
		{"auto", "", "*os.File"},
		{"auto", this, "*web.journalWriter"},
		{"auto", fmt.Sprintf("%d:%d", stat.Dev, stat.Ino+1), "*os.File"}, // inherited, but redirected since
		{"auto", "1", "*os.File"},
		{"auto", "x:y", "*os.File"},
		{"auto", "-1:-1", "*os.File"},
		{"json", this, "*os.File"},
		{"console", this, "web.consoleWriter"},
		{"journal", "", "*web.journalWriter"},
	} {
		w := LogOutput(tt.form, f, "etamild", func(name string) string { return map[string]string{"JOURNAL_STREAM": tt.stream}[name] })
		if got := fmt.Sprintf("%T", w); got != tt.want {
			t.Errorf("%s with JOURNAL_STREAM=%s is %s, want %s", tt.form, tt.stream, got, tt.want)
		}
	}
}

func TestTheConsoleShowsEveryRecord(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l := NewLogWriter(LogOutput(LogConsole, f, "", func(string) string { return "" }))
	log := zerolog.New(l)
	for i := range 100 {
		log.Info().Int("n", i).Msg("counting")
	}
	l.Close(10 * time.Second)
	text, _ := os.ReadFile(f.Name())
	if n := strings.Count(string(text), "counting n="); n != 100 || bytes.ContainsAny(text, "\x1b{") {
		t.Errorf("%d records: %.200s", n, text)
	}
}

// failingWriter writes a part of the first batch.
type failingWriter struct{ takes int }

func (w failingWriter) Write(p []byte) (int, error) { return min(w.takes, len(p)), syscall.ENOSPC }

func TestRecordsThatCannotBeWrittenAreCounted(t *testing.T) {
	l := NewLogWriter(failingWriter{})
	for range 5 {
		l.Write([]byte("{}\n"))
	}
	l.Close(10 * time.Second)
	if got := l.Dropped(); got != 5 {
		t.Errorf("%d dropped, want 5", got)
	}
	w, _, _ := fakeJournal(errors.New("no journal"))
	w.instead = failingWriter{}
	l = NewLogWriter(w)
	for range 5 {
		l.WriteLevel(zerolog.InfoLevel, []byte("{}\n"))
	}
	l.Close(10 * time.Second)
	if got := l.Dropped(); got != 5 {
		t.Errorf("%d dropped of the journal, want 5", got)
	}
}

// TestRecordsReachTheJournal logs to a socket at the place of the journal's, in
// a process that has a /run of its own.
func TestRecordsReachTheJournal(t *testing.T) {
	const inside = "ETAMIL_TEST_JOURNAL"
	if os.Getenv(inside) != "" {
		logToJournal(t)
		return
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	stderr := os.NewFile(uintptr(pair[0]), "stream")
	defer stderr.Close()
	defer unix.Close(pair[1])
	var stat unix.Stat_t
	if err := unix.Fstat(pair[0], &stat); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Command(os.Args[0], "-test.run=^TestRecordsReachTheJournal$", "-test.v", "-test.timeout=60s")
	cmd.Env = append(os.Environ(), inside+"=1", fmt.Sprintf("JOURNAL_STREAM=%d:%d", stat.Dev, stat.Ino))
	cmd.Stdout, cmd.Stderr = &out, stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	err = cmd.Run()
	switch {
	case err != nil && out.Len() == 0:
		if os.Getenv("CI") != "" {
			t.Fatalf("no namespace of its own: %v", err)
		}
		t.Skipf("SKIPPED: the journal cannot be played here, namespaces are not permitted: %v", err)
	case err != nil:
		t.Fatalf("%v\n%s", err, &out)
	}
}

func logToJournal(t *testing.T) {
	if err := unix.Mount("", "/", "", unix.MS_PRIVATE|unix.MS_REC, ""); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", "/run", "tmpfs", 0, ""); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("/run/systemd/journal", 0o755); err != nil {
		t.Fatal(err)
	}
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: "/run/systemd/journal/socket", Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	l := NewLogWriter(LogOutput(LogAuto, os.Stderr, "etamild", os.Getenv))
	log := zerolog.New(l)
	long := strings.Repeat("நீளம்\n", 50_000) // above what a datagram takes
	d := diag.StepBudget.At(sourceSpan("அ = 1;\nஆ = 2;", "ஆ"), 5)
	e := log.Warn().Str("id", "id-1").Str("route", "/:a").Str("code", d.Code().String())
	addPlace(e, d.Span)
	e.Msg("two\nlines")
	log.Info().Str("long", long).Msg("long")
	// The journal takes ten datagrams unread; more wait here.
	for i := range 50 {
		log.Debug().Int("n", i).Msg("many")
	}
	first := readEntry(t, socket)
	want := map[string]string{
		"PRIORITY": "4", "MESSAGE": "two\nlines", "SYSLOG_IDENTIFIER": "etamild", "ETAMIL_ID": "id-1", "ETAMIL_ROUTE": "/:a",
		"ETAMIL_CODE": "ET4030", "CODE_FILE": "app.qmz", "CODE_LINE": "2", "ETAMIL_COLUMN": "1",
	}
	if !maps.Equal(first, want) {
		t.Errorf("%q\nwant %q", first, want)
	}
	if second := readEntry(t, socket); second["ETAMIL_LONG"] != long || second["MESSAGE"] != "long" {
		t.Errorf("%d bytes of the long one, message %q", len(second["ETAMIL_LONG"]), second["MESSAGE"])
	}
	for i := range 50 {
		if e := readEntry(t, socket); e["ETAMIL_N"] != fmt.Sprint(i) || e["PRIORITY"] != "7" {
			t.Errorf("%d: %q", i, e)
		}
	}
	if !l.Close(10*time.Second) || l.Dropped() != 0 {
		t.Errorf("%d dropped", l.Dropped())
	}
}

// readEntry reads an entry of the journal's native protocol
// (systemd.io/JOURNAL_NATIVE_PROTOCOL): in a datagram, or in a file whose
// descriptor comes with an empty one.
func readEntry(t *testing.T, socket *net.UnixConn) map[string]string {
	t.Helper()
	data, oob := make([]byte, 1<<20), make([]byte, 128)
	socket.SetReadDeadline(time.Now().Add(10 * time.Second))
	n, oobn, _, _, err := socket.ReadMsgUnix(data, oob)
	if err != nil {
		t.Fatal(err)
	}
	data = data[:n]
	if oobn > 0 {
		messages, err := unix.ParseSocketControlMessage(oob[:oobn])
		if err != nil {
			t.Fatal(err)
		}
		fds, err := unix.ParseUnixRights(&messages[0])
		if err != nil || len(fds) != 1 {
			t.Fatalf("%d descriptors, %v", len(fds), err)
		}
		f := os.NewFile(uintptr(fds[0]), "entry")
		defer f.Close()
		if data, err = io.ReadAll(io.NewSectionReader(f, 0, 1<<24)); err != nil {
			t.Fatal(err)
		}
	}
	fields := map[string]string{}
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, newline)
		if name, value, ok := bytes.Cut(line, []byte("=")); ok {
			fields[string(name)], data = string(value), rest
			continue
		}
		size := binary.LittleEndian.Uint64(rest)
		fields[string(line)], data = string(rest[8:8+size]), rest[8+size+1:]
	}
	return fields
}
