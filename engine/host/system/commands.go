package system

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"etamil/engine/host"
	"etamil/engine/value"
)

// MaxProgramOutput is the most that is taken of each output of a program, in
// bytes.
const MaxProgramOutput = 16 << 20

// killGrace is how long an ended program may take to disappear before the
// answer goes out without it. A process that waits for a disk can be killed
// only afterwards.
const killGrace = 500 * time.Millisecond

// CommandsConfig describes which programs may be run, and in what.
type CommandsConfig struct {
	// Getenv reads ETAMIL_EXEC_ALLOW, at each call; nil: os.Getenv.
	Getenv func(string) string
	// Restricted gives programs PATH, LANG, TZ, HOME and Env only, and no
	// descriptor beside their three streams.
	Restricted bool
	// Env holds further names for Restricted.
	Env []string
	// Dir is the working directory; "": that of the process.
	Dir string
}

// Commands runs the programs that ETAMIL_EXEC_ALLOW lists. Safe for concurrent
// use.
type Commands struct{ config CommandsConfig }

var _ host.Programs = (*Commands)(nil)

// NewCommands returns the runner of programs for a process.
func NewCommands(c CommandsConfig) *Commands {
	if c.Getenv == nil {
		c.Getenv = os.Getenv
	}
	return &Commands{c}
}

// Run implements host.Programs. At the limit, or when ctx ends, the program
// and what it started are killed and Run returns within a second.
func (c *Commands) Run(ctx context.Context, program string, args []string, limit time.Duration) (*host.ProgramResult, error) {
	path, ok := allowed(c.config.Getenv("ETAMIL_EXEC_ALLOW"), program)
	if !ok {
		return nil, host.ErrNotPermitted
	}
	if limit <= 0 {
		return nil, ErrTimeLimit
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if strings.ContainsRune(path, '/') {
		// Relative to this process's directory, not to the program's.
		absolute, err := filepath.Abs(path)
		if err != nil {
			return nil, reason(err)
		}
		path = absolute
	} else {
		found, err := exec.LookPath(path)
		if err != nil {
			if lookup := (*exec.Error)(nil); errors.As(err, &lookup) {
				err = lookup.Err
			}
			return nil, reason(err)
		}
		path = found
	}
	cmd := &exec.Cmd{
		Path: path,
		Args: append([]string{program}, args...),
		Dir:  c.config.Dir,
		// A group of its own, so that one signal ends all it started.
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true},
	}
	if c.config.Restricted {
		cmd.Env = c.restrictedEnv()
		closeOnExec()
	}
	return run(ctx, cmd, limit)
}

// allowed returns what to start for program: an entry of the list.
func allowed(list, program string) (string, bool) {
	if program == "" {
		return "", false
	}
	bare := !strings.ContainsRune(program, '/')
	for _, entry := range filepath.SplitList(list) {
		if entry == "" {
			continue
		}
		if entry == program {
			return entry, true
		}
		if bare && strings.ContainsRune(entry, '/') && filepath.Base(entry) == program {
			return entry, true
		}
	}
	return "", false
}

func (c *Commands) restrictedEnv() []string {
	env := []string{} // not nil, which would mean everything
	seen := map[string]bool{}
	for _, name := range append([]string{"PATH", "LANG", "TZ", "HOME"}, c.config.Env...) {
		if value, ok := os.LookupEnv(name); ok && !seen[name] {
			seen[name] = true
			env = append(env, name+"="+value)
		}
	}
	return env
}

// closeOnExec marks every descriptor above the streams. Go marks its own; what
// came from outside, such as a socket of systemd, may not be marked.
func closeOnExec() {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return
	}
	for _, entry := range entries {
		if fd, err := strconv.Atoi(entry.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
}

// A collected is all that a program wrote to one of its outputs.
type collected struct {
	data []byte
	err  error
}

// collect reads r to its end or past the limit.
func collect(r io.Reader) collected {
	data, err := io.ReadAll(io.LimitReader(r, MaxProgramOutput+1))
	if len(data) > MaxProgramOutput {
		return collected{nil, ErrTooMuchOutput}
	}
	return collected{data, err}
}

// run starts cmd, waits for its end and for that of its outputs, and takes
// care that nobody waits longer than limit for them.
func run(ctx context.Context, cmd *exec.Cmd, limit time.Duration) (*host.ProgramResult, error) {
	stdoutR, stdoutW, err := os.Pipe()
	if err != nil {
		return nil, reason(err)
	}
	defer stdoutR.Close()
	stderrR, stderrW, err := os.Pipe()
	if err != nil {
		stdoutW.Close()
		return nil, reason(err)
	}
	defer stderrR.Close()
	cmd.Stdout, cmd.Stderr = stdoutW, stderrW
	err = cmd.Start()
	stdoutW.Close()
	stderrW.Close()
	if err != nil {
		return nil, reason(err)
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()

	// Each channel gets exactly one value and holds it, so that nothing waits
	// for a reader that has gone.
	stdout, stderr := make(chan collected, 1), make(chan collected, 1)
	ended := make(chan struct{})
	go func() { stdout <- collect(stdoutR) }()
	go func() { stderr <- collect(stderrR) }()
	go func() {
		cmd.Wait() // its result is in ProcessState
		close(ended)
	}()

	var out, errs collected
	exited := (<-chan struct{})(ended)
	outCh, errCh := stdout, stderr
	for outCh != nil || errCh != nil || exited != nil {
		var failure error
		select {
		case out = <-outCh:
			outCh, failure = nil, out.err
		case errs = <-errCh:
			errCh, failure = nil, errs.err
		case <-exited:
			exited = nil
		case <-timer.C:
			failure = ErrTimeLimit
		case <-ctx.Done():
			failure = ctx.Err()
		}
		if failure != nil {
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			select {
			case <-ended:
			case <-time.After(killGrace):
			}
			return nil, failure
		}
	}
	return &host.ProgramResult{
		Status: cmd.ProcessState.ExitCode(),
		Stdout: value.Clean(string(out.data)),
		Stderr: value.Clean(string(errs.data)),
	}, nil
}
