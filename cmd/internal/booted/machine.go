package booted

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	// bootTime is how long a boot may take; on an idle machine it is two
	// seconds.
	bootTime = 3 * time.Minute
	// commandTime is how long a command of Run may take.
	commandTime = 3 * time.Minute
	// poll is the pause between two looks at what cannot be waited for.
	poll = 20 * time.Millisecond
)

//go:embed start.sh
var start string

// A Machine is a booted Debian. Its methods may be called from any goroutine;
// those that fail the test only from the test's own.
type Machine struct {
	tb      testing.TB
	name    string
	dir     string // of its file system
	tree    *tree
	lock    *os.File    // held as long as the machine lives; see sweep
	leader  int         // the machine's process 1, as numbered outside
	unshare *os.Process // ends with the machine, and the machine with it
	console output
	exited  chan struct{}
	err     error // of unshare; read after exited
	root    *os.Root
}

// output is a buffer that may be read while it is written.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// Boot starts a machine and waits until systemd has started everything. It ends
// with the test. Where no machine can be had, Boot skips the test, or fails it
// when CI is set in the environment.
func Boot(tb testing.TB) *Machine {
	tb.Helper()
	if why := unable(); why != "" {
		refuse(tb, why)
	}
	tree, err := openTree(tb.Logf)
	if err != nil {
		refuse(tb, "there is no Debian tree to boot: "+err.Error())
	}
	if err := install("systemd-nspawn=systemd-container"); err != nil {
		tree.lock.Close()
		refuse(tb, "systemd-nspawn is missing: "+err.Error())
	}
	m := &Machine{tb: tb, tree: tree}
	tb.Cleanup(m.close)
	err = m.make()
	if err == nil {
		err = m.start()
	}
	if err != nil {
		tb.Fatalf("no machine: %v\n%s", err, lastLines(m.console.String(), 20))
	}
	return m
}

// unable says why this process can boot nothing, "" when it can.
func unable() string {
	switch {
	case runtime.GOOS != "linux":
		return "it needs Linux"
	case os.Geteuid() != 0:
		return "it needs root (sudo -E make test)"
	}
	// Containers often lack the right to mount.
	if out, err := exec.Command("unshare", "--mount", "--propagation", "private", "mount", "-t", "tmpfs", "tmpfs", "/mnt").CombinedOutput(); err != nil {
		return "it needs the right to mount: " + lastLines(string(out), 1)
	}
	return ""
}

func refuse(tb testing.TB, why string) {
	tb.Helper()
	why = "NO BOOTED SYSTEMD, so this is not tried: " + why
	if os.Getenv("CI") != "" {
		tb.Fatal(why)
	}
	tb.Skip(why)
}

// make makes the folder of the machine's file system.
func (m *Machine) make() error {
	machines := filepath.Join(cacheDir(), "machines")
	if err := os.MkdirAll(machines, 0o700); err != nil {
		return err
	}
	sweep(machines)
	dir, err := os.MkdirTemp(machines, "etamil-")
	if err != nil {
		return err
	}
	m.dir, m.name = dir, filepath.Base(dir)
	if m.lock, err = os.OpenFile(dir+".lock", os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return err
	}
	return syscall.Flock(int(m.lock.Fd()), syscall.LOCK_EX)
}

// start boots the machine.
func (m *Machine) start() error {
	// Its own process namespace takes everything inside along with nspawn,
	// which would leave the machine running.
	cmd := exec.Command("unshare", "--mount", "--propagation", "private", "--pid", "--mount-proc", "--fork", "--kill-child",
		"sh", "-c", start, "start.sh", m.name, m.tree.dir, m.dir)
	cmd.Stdout, cmd.Stderr = &m.console, &m.console
	cmd.Env = environment
	// The kernel ends the machine with this process, however that ends. It
	// is the thread that counts, so that one is kept.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	started, exited := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			m.err = cmd.Wait()
			close(exited)
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	m.unshare, m.exited, m.leader = cmd.Process, exited, 0
	ctx, cancel := context.WithTimeout(context.Background(), bootTime)
	defer cancel()
	return m.await(ctx)
}

// await returns when everything in the machine has started.
func (m *Machine) await(ctx context.Context) (err error) {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		select {
		case <-m.exited:
			return fmt.Errorf("it ended while booting: %v", m.err)
		case <-ctx.Done():
			return fmt.Errorf("it has not booted within %v", bootTime)
		case <-tick.C:
		}
		if m.leader == 0 {
			m.leader = leaderOf(m.unshare.Pid)
			continue
		}
		// systemd listens there when it can be asked.
		if !exists(m.outside("/run/systemd/private")) {
			continue
		}
		state, _ := m.Exec(ctx, "systemctl", "is-system-running", "--wait")
		switch strings.TrimSpace(state) {
		case "running":
		case "degraded":
			failed, _ := m.Exec(ctx, "systemctl", "--failed", "--no-legend", "--plain")
			m.tb.Logf("booted, but: %s", failed)
		default:
			continue
		}
		if m.root != nil {
			m.root.Close()
		}
		m.root, err = os.OpenRoot(m.outside("/"))
		return err
	}
}

// leaderOf returns the machine's process 1, 0 as long as there is none: the one
// below unshare that is process 1 in a namespace inside that of nspawn.
func leaderOf(unshare int) int {
	for _, nspawn := range childrenOf(unshare) {
		for _, pid := range childrenOf(nspawn) {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			if err != nil {
				continue
			}
			for line := range strings.Lines(string(status)) {
				// One number for each namespace, the outermost first.
				if f := strings.Fields(line); len(f) >= 4 && f[0] == "NSpid:" && f[len(f)-1] == "1" {
					return pid
				}
			}
		}
	}
	return 0
}

func childrenOf(pid int) (children []int) {
	list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", pid))
	if err != nil {
		return nil
	}
	for _, word := range strings.Fields(string(list)) {
		if child, err := strconv.Atoi(word); err == nil {
			children = append(children, child)
		}
	}
	return children
}

// Leader returns the number, outside, of the machine's process 1: for what is
// not offered here, by way of nsenter and /proc.
func (m *Machine) Leader() int { return m.leader }

// close ends the machine and takes everything of it away.
func (m *Machine) close() {
	if m.root != nil {
		m.root.Close()
	}
	if m.unshare != nil {
		if m.tb.Failed() && m.leader != 0 {
			m.report()
		}
		m.unshare.Kill() // and the kernel everything below
		<-m.exited
	}
	if m.lock != nil {
		if err := remove(m.dir); err != nil {
			m.tb.Error(err)
		}
		m.lock.Close()
	}
	m.tree.lock.Close()
}

// report shows what the machine has to say when a test has failed.
func (m *Machine) report() {
	select {
	case <-m.exited:
		m.tb.Logf("the machine's console:\n%s", lastLines(m.console.String(), 30))
		return
	default:
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	journal, _ := m.Exec(ctx, "journalctl", "--no-pager", "--boot", "--lines=60", "--output=short-monotonic")
	m.tb.Logf("the machine's journal:\n%s", journal)
}

// sweep removes what machines have left whose process was killed.
func sweep(machines string) {
	locks, _ := filepath.Glob(filepath.Join(machines, "*.lock"))
	for _, name := range locks {
		lock, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			remove(strings.TrimSuffix(name, ".lock"))
		}
		lock.Close()
	}
}

// remove removes the file system, control groups and lock of a machine that has
// ended. Its last processes may need a moment.
func remove(dir string) error {
	var err error
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(poll) {
		if err = removeGroups(filepath.Base(dir)); err == nil || time.Now().After(deadline) {
			break
		}
	}
	return errors.Join(err, os.RemoveAll(dir), os.Remove(dir+".lock"))
}

// removeGroups removes the control groups that start.sh has made, the innermost
// first.
func removeGroups(name string) error {
	var errs []error
	for _, hierarchy := range []string{"", "systemd", "unified"} {
		top := filepath.Join("/sys/fs/cgroup", hierarchy, name)
		var dirs []string
		filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				dirs = append(dirs, path)
			}
			return nil
		})
		for i := len(dirs) - 1; i >= 0; i-- {
			if err := syscall.Rmdir(dirs[i]); err != nil && err != syscall.ENOENT {
				errs = append(errs, fmt.Errorf("%s: %w", dirs[i], err))
			}
		}
	}
	return errors.Join(errs...)
}

// Poweroff shuts the machine down as an operator would, and returns when it is
// off.
func (m *Machine) Poweroff() error {
	ctx, cancel := context.WithTimeout(context.Background(), commandTime)
	defer cancel()
	if out, code := m.Exec(ctx, "systemctl", "poweroff"); code != 0 {
		return fmt.Errorf("systemctl poweroff: %d %s", code, out)
	}
	select {
	case <-m.exited:
		return m.err
	case <-ctx.Done():
		return fmt.Errorf("the machine is still on after %v", commandTime)
	}
}

// Reboot switches the machine off and on again. Its files stay; whatever ran has
// ended, and what was enabled has started.
func (m *Machine) Reboot() {
	m.tb.Helper()
	err := m.Poweroff()
	if err == nil {
		err = m.start()
	}
	if err != nil {
		m.tb.Fatalf("no reboot: %v\n%s", err, lastLines(m.console.String(), 20))
	}
}
