package web

import (
	"bytes"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// A LogWriter writes log records without letting anyone wait: records go into a
// bounded queue, and one goroutine writes them. When the queue is full they are
// dropped and counted; a part of the queue is kept for warnings and errors. How
// many were dropped is written as a record of its own as soon as there is room.
// Safe for concurrent use.
type LogWriter struct {
	to io.Writer

	mu      sync.Mutex // guards what follows
	queue   []byte     // whole records, one a line
	spare   []byte     // the buffer that is being written
	records []record   // what is in queue, when to wants one record a call
	levels  bool
	dropped int64 // since the last record about it
	total   int64 // dropped or not written
	wake    *sync.Cond
	closing bool
	done    chan struct{}
}

type record struct {
	end   int // in queue
	level zerolog.Level
}

const (
	// logQueue is about 10,000 access lines: a second of them at a rate that
	// no disk has trouble with.
	logQueue = 4 << 20
	// logReserve is kept for warnings and errors.
	logReserve = logQueue / 4
	// maxLogRecord bounds one record; a longer one is cut by its writer, or
	// dropped here.
	maxLogRecord = 1 << 20
)

// NewLogWriter starts a LogWriter that writes to w. If w is a
// zerolog.LevelWriter, it gets one record a call, else as many as there are.
func NewLogWriter(w io.Writer) *LogWriter {
	l := &LogWriter{to: w, done: make(chan struct{})}
	_, l.levels = w.(zerolog.LevelWriter)
	l.wake = sync.NewCond(&l.mu)
	go l.run()
	return l
}

// Write takes one record without a level.
func (l *LogWriter) Write(p []byte) (int, error) { return l.WriteLevel(zerolog.NoLevel, p) }

// WriteLevel takes one record. It never blocks and never fails; p is copied.
func (l *LogWriter) WriteLevel(level zerolog.Level, p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	room := logQueue - len(l.queue)
	if level < zerolog.WarnLevel || level == zerolog.NoLevel {
		room -= logReserve
	}
	if l.closing || len(p) > maxLogRecord || len(p) > room {
		l.dropped++
		l.total++
		return len(p), nil
	}
	l.push(level, p)
	return len(p), nil
}

func (l *LogWriter) push(level zerolog.Level, p []byte) {
	if len(l.queue) == 0 {
		l.wake.Signal()
	}
	l.queue = append(l.queue, p...)
	if l.levels {
		l.records = append(l.records, record{len(l.queue), level})
	}
}

// Dropped returns how many records did not get into the log so far, because the
// queue was full or the writing failed.
func (l *LogWriter) Dropped() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total
}

// Close writes what is queued and ends the goroutine; records that come later
// are dropped. It returns false when the writing took longer than limit.
func (l *LogWriter) Close(limit time.Duration) bool {
	l.mu.Lock()
	if !l.closing {
		l.closing = true
		l.wake.Signal()
	}
	l.mu.Unlock()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-l.done:
		return true
	case <-timer.C:
		return false
	}
}

func (l *LogWriter) run() {
	defer close(l.done)
	var records []record
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		for len(l.queue) == 0 && l.dropped == 0 && !l.closing {
			l.wake.Wait()
		}
		if l.dropped > 0 {
			l.push(zerolog.WarnLevel, droppedRecord(l.dropped))
			l.dropped = 0
		}
		if len(l.queue) == 0 {
			return
		}
		batch := l.queue
		l.queue, l.spare = l.spare[:0], nil
		records, l.records = l.records, records[:0]
		l.mu.Unlock()
		lost := l.write(batch, records)
		l.mu.Lock()
		l.total += lost
		if cap(batch) <= logQueue/16 { // a burst need not keep its memory
			l.spare = batch[:0]
		}
	}
}

// write writes a batch and returns how many records were not written. There is
// nobody else to tell when the log cannot be written.
func (l *LogWriter) write(batch []byte, records []record) (lost int64) {
	levelWriter, ok := l.to.(zerolog.LevelWriter)
	if !ok {
		if n, err := l.to.Write(batch); err != nil {
			lost = int64(bytes.Count(batch[min(max(n, 0), len(batch)):], newline))
		}
		return lost
	}
	start := 0
	for _, r := range records {
		if _, err := levelWriter.WriteLevel(r.level, batch[start:r.end]); err != nil {
			lost++
		}
		start = r.end
	}
	return lost
}

var newline = []byte("\n")

func droppedRecord(n int64) []byte {
	b := append([]byte(nil), `{"level":"warn","`+zerolog.TimestampFieldName+`":"`...)
	b = time.Now().AppendFormat(b, time.RFC3339)
	b = append(b, `","dropped":`...)
	b = strconv.AppendInt(b, n, 10)
	return append(b, `,"message":"log records dropped: the log is written too slowly"}`+"\n"...)
}
