package system

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// recorder keeps each write apart.
type recorder struct {
	mu     sync.Mutex
	writes []string
	err    error
}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return 0, r.err
	}
	r.writes = append(r.writes, string(p))
	return len(p), nil
}

func (r *recorder) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.writes)
}

func TestTerminalShowsEachLineAtOnce(t *testing.T) {
	r := &recorder{}
	o := &Output{w: r, lines: true}
	o.Print("a")
	o.Print("b")
	if len(r.writes) != 2 || r.writes[0] != "a\n" || r.writes[1] != "b\n" {
		t.Errorf("%q", r.writes)
	}
}

func TestOutputGathersLinesForATenthOfASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{}
		o := &Output{w: r}
		o.Print("a")
		o.Print("b")
		time.Sleep(99 * time.Millisecond)
		synctest.Wait()
		if got := r.all(); len(got) != 0 {
			t.Errorf("too early: %q", got)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if got := r.all(); strings.Join(got, "|") != "a\nb\n" {
			t.Errorf("%q", got)
		}
		o.Print("c")
		o.Flush()
		if got := r.all(); strings.Join(got, "|") != "a\nb\n|c\n" {
			t.Errorf("%q", got)
		}
	})
}

func TestOutputWritesBlocks(t *testing.T) {
	r := &recorder{}
	o := &Output{w: r}
	line := strings.Repeat("x", 999)
	for range 1000 {
		o.Print(line)
	}
	o.Flush()
	all := strings.Join(r.writes, "")
	if len(all) != 1_000_000 || len(r.writes) > 40 {
		t.Errorf("%d bytes in %d writes", len(all), len(r.writes))
	}
	huge := strings.Repeat("y", 3*outputBlock)
	o.Print("before")
	o.Print(huge)
	o.Print("after")
	o.Flush()
	if got := strings.TrimPrefix(strings.Join(r.writes, ""), all); got != "before\n"+huge+"\nafter\n" {
		t.Errorf("%d bytes", len(got))
	}
	if cap(o.buf) > 2*outputBlock {
		t.Errorf("the buffer keeps %d bytes", cap(o.buf))
	}
}

func TestClosedPipeIsToldByItsOwnError(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer write.Close()
	read.Close()
	o := NewOutput(write)
	o.Print("x")
	if err := o.Flush(); !errors.Is(err, ErrOutputClosed) {
		t.Errorf("flush: %v", err)
	}
	if err := o.Print("y"); !errors.Is(err, ErrOutputClosed) {
		t.Errorf("print: %v", err)
	}
	r := &recorder{err: errors.New("disk full")}
	if err := (&Output{w: r, lines: true}).Print("x"); err == nil || errors.Is(err, ErrOutputClosed) {
		t.Errorf("another failure: %v", err)
	}
}

func TestFilesAndTheNullDeviceAreNoTerminals(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	file, err := os.Create(t.TempDir() + "/x")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if isTerminal(null) || isTerminal(file) {
		t.Error("taken for a terminal")
	}
}

func TestInputGivesLinesWithoutTheirEnds(t *testing.T) {
	in := NewInput(strings.NewReader("ஒன்று\r\n\n" + strings.Repeat("z", 100_000) + "\nlast"))
	for _, want := range []string{"ஒன்று\r", "", strings.Repeat("z", 100_000), "last"} {
		if got, err := in.ReadLine(); got != want || err != nil {
			t.Errorf("%.20q, %v, want %.20q", got, err, want)
		}
	}
	for range 2 {
		if got, err := in.ReadLine(); got != "" || err != io.EOF {
			t.Errorf("at the end: %q, %v", got, err)
		}
	}
}
