package main

import (
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Go's monitor thread sleeps for 20 µs at a time while work comes and goes, and
// Linux wakes it at most the timer slack later, 50 µs unless told otherwise: it
// runs some thousand times a second, and takes the processor away from each
// thread whose system call lasts that long, as a write does that wakes a
// database on the same machine. With a slack ten times as long a request takes
// a tenth less processor time (docs/RATIONALE.md has the figures), and no timer
// of ours is finer.
const (
	timerSlack  = 500 * time.Microsecond
	usualSlack  = 50 * time.Microsecond
	slackIsDone = "ETAMILD_TIMER_SLACK" // in the environment: this was tried
)

// takeSlack begins the program again with a longer timer slack, unless it has
// another one than the usual already, as by TimerSlackNSec= of its unit or from
// the process before it. A thread has the slack of the one that started it, and
// the monitor is there before main. It returns when there is nothing to do or
// when it cannot be done; the process stays what it is in either case. It is to
// be called before anything is opened.
func takeSlack() {
	if _, done := os.LookupEnv(slackIsDone); done {
		os.Unsetenv(slackIsDone)
		return
	}
	runtime.LockOSThread() // the slack is the thread's
	defer runtime.UnlockOSThread()
	if now, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0); err != nil || time.Duration(now) != usualSlack {
		return
	}
	self, err := os.Executable() // not /proc/self/exe, whose last part would be its name in ps(1)
	if err != nil || unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(timerSlack), 0, 0, 0) != nil {
		return
	}
	syscall.Exec(self, os.Args, append(os.Environ(), slackIsDone+"=tried"))
	unix.Prctl(unix.PR_SET_TIMERSLACK, 0, 0, 0, 0) // it was not allowed
}
