package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
)

// watchMake closes abandoned when this process was started by make and make was
// interrupted or is gone.
//
// GNU make passes SIGTERM on to its children but not SIGINT or SIGHUP, because
// those reach them from the terminal. When only make is told (kill -INT, a
// supervisor, an editor), it would wait for ever for a child that has heard
// nothing. Its handler gives the signal back its default meaning, which /proc
// shows.
func watchMake(abandoned chan<- struct{}) {
	parent := os.Getppid()
	if name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", parent)); err != nil || !bytes.Contains(name, []byte("make")) {
		return
	}
	// Not all are caught when make was started with some ignored, as the
	// background jobs of a script are.
	caught, ok := caughtSignals(parent)
	for range time.Tick(200 * time.Millisecond) {
		now, still := caughtSignals(parent)
		if os.Getppid() != parent || ok && still && now&caught != caught {
			close(abandoned)
			return
		}
	}
}

// caughtSignals returns which of the signals that end make the process has a
// handler for.
func caughtSignals(pid int) (mask uint64, ok bool) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, false
	}
	_, after, _ := bytes.Cut(status, []byte("\nSigCgt:\t"))
	digits, _, _ := bytes.Cut(after, []byte("\n"))
	mask, err = strconv.ParseUint(string(digits), 16, 64)
	const ending = 1<<(syscall.SIGINT-1) | 1<<(syscall.SIGHUP-1) | 1<<(syscall.SIGQUIT-1) | 1<<(syscall.SIGTERM-1)
	return mask & ending, err == nil
}
