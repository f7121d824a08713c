package web

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// stuckWriter writes when it is let.
type stuckWriter struct {
	mu      sync.Mutex
	buf     bytes.Buffer
	entered chan struct{}
	release chan struct{}
}

func (w *stuckWriter) Write(p []byte) (int, error) {
	select {
	case w.entered <- struct{}{}:
	default:
	}
	<-w.release
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.Write(p)
}

func TestLogKeepsOrderAndEndsWithAll(t *testing.T) {
	var out bytes.Buffer
	l := NewLogWriter(&out)
	log := zerolog.New(l)
	for i := range 1000 {
		log.Info().Int("n", i).Msg("")
	}
	if !l.Close(10 * time.Second) {
		t.Fatal("not closed in time")
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 1000 || lines[999] != `{"level":"info","n":999}` {
		t.Errorf("%d lines, the last %s", len(lines), lines[len(lines)-1])
	}
	if n, err := log.Write([]byte("late\n")); n != 5 || err != nil || l.Dropped() != 1 {
		t.Errorf("after Close: %d, %v, %d dropped", n, err, l.Dropped())
	}
}

func TestFullLogDropsButKeepsRoomForErrors(t *testing.T) {
	w := &stuckWriter{entered: make(chan struct{}, 1), release: make(chan struct{})}
	l := NewLogWriter(w)
	log := zerolog.New(l)
	log.Info().Msg("first")
	<-w.entered
	line := strings.Repeat("x", 1000)
	for range logQueue / 1000 {
		log.Info().Msg(line) // never blocks
	}
	dropped := l.Dropped()
	if dropped == 0 {
		t.Fatal("nothing was dropped")
	}
	log.Info().Msg("one more" + line)
	log.Error().Msg("the error")
	if got := l.Dropped(); got != dropped+1 {
		t.Errorf("%d dropped, want %d", got, dropped+1)
	}
	close(w.release)
	l.Close(10 * time.Second)
	out := w.buf.String()
	if strings.Contains(out, "one more") || !strings.Contains(out, "the error") {
		t.Error("the wrong record was dropped")
	}
	if !strings.Contains(out, fmt.Sprintf(`"dropped":%d,`, dropped+1)) {
		t.Errorf("the end of the log is %s", out[max(0, len(out)-300):])
	}
}

func TestLogCloseDoesNotWaitForEver(t *testing.T) {
	w := &stuckWriter{entered: make(chan struct{}, 1), release: make(chan struct{})}
	l := NewLogWriter(w)
	l.Write([]byte("x\n"))
	if l.Close(time.Millisecond) {
		t.Error("closed although nothing can be written")
	}
	close(w.release)
}

type levelWriter struct{ records []string }

func (w *levelWriter) Write(p []byte) (int, error) { panic("BUG: not by record") }
func (w *levelWriter) WriteLevel(level zerolog.Level, p []byte) (int, error) {
	w.records = append(w.records, level.String()+" "+string(p))
	return len(p), nil
}

func TestLevelWriterGetsOneRecordACall(t *testing.T) {
	w := &levelWriter{}
	l := NewLogWriter(w)
	log := zerolog.New(l)
	log.Warn().Msg("a")
	log.Info().Msg("b")
	l.Close(10 * time.Second)
	want := []string{"warn {\"level\":\"warn\",\"message\":\"a\"}\n", "info {\"level\":\"info\",\"message\":\"b\"}\n"}
	if fmt.Sprint(w.records) != fmt.Sprint(want) {
		t.Errorf("%q", w.records)
	}
}
