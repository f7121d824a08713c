package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// printSlack is a program that takes the slack and tells what it has: of its
// first thread, from which the monitor has its own, and whether the environment
// is as it was.
func printSlack() {
	takeSlack()
	slack, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	_, marked := os.LookupEnv(slackIsDone)
	fmt.Print(time.Duration(slack), err, marked, os.Args[1:])
	os.Exit(0)
}

func TestTakeSlack(t *testing.T) {
	for _, tt := range []struct {
		name string
		had  time.Duration
		env  string
		want time.Duration
	}{
		{"the usual slack becomes longer", usualSlack, "", timerSlack},
		{"another slack stays", 100 * time.Microsecond, "", 100 * time.Microsecond},
		{"what did not help is not tried again", usualSlack, slackIsDone + "=tried", usualSlack},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cmd := exec.Command("slack-of-etamild", "a", "b c")
			cmd.Env = os.Environ()
			if tt.env != "" {
				cmd.Env = append(cmd.Env, tt.env)
			}
			// A process has the slack of the thread that starts it.
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			if err := unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(tt.had), 0, 0, 0); err != nil {
				t.Fatal(err)
			}
			defer unix.Prctl(unix.PR_SET_TIMERSLACK, 0, 0, 0, 0)
			out, err := cmd.Output()
			if want := fmt.Sprint(tt.want, nil, false, []string{"a", "b c"}); err != nil || string(out) != want {
				t.Errorf("%q %v, want %q", out, err, want)
			}
		})
	}
}
