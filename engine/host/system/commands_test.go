package system

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"etamil/engine/host"
)

func allow(list string) *Commands {
	return NewCommands(CommandsConfig{Getenv: func(string) string { return list }})
}

func TestProgramsAreFoundInTheListOnly(t *testing.T) {
	for _, tt := range []struct{ list, program, want string }{
		{"", "ls", ""}, {":", "", ""}, {"ls::", "", ""}, {"/bin/ls:", "", ""},
		{"ls", "ls", "ls"}, {"ls", "/bin/ls", ""}, {"ls", "lsx", ""}, {"ls", "LS", ""},
		{"/usr/bin/convert", "convert", "/usr/bin/convert"}, {"/usr/bin/convert", "/usr/bin/convert", "/usr/bin/convert"},
		{"/usr/bin/convert", "/tmp/convert", ""}, {"/usr/bin/convert", "./convert", ""}, {"/usr/bin/convert", "bin/convert", ""},
		{"true:/opt/x/true", "true", "true"}, {"/opt/x/true:true", "true", "/opt/x/true"},
		{"./tool", "tool", "./tool"}, {"a:b:c", "c", "c"}, {"/a/..", "..", "/a/.."},
	} {
		got, ok := allowed(tt.list, tt.program)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("%q in %q: %q, %v, want %q", tt.program, tt.list, got, ok, tt.want)
		}
	}
}

func TestAllowanceIsReadAtEachCall(t *testing.T) {
	list := ""
	c := NewCommands(CommandsConfig{Getenv: func(name string) string {
		if name != "ETAMIL_EXEC_ALLOW" {
			t.Errorf("read %q", name)
		}
		return list
	}})
	if _, err := c.Run(context.Background(), "true", nil, time.Minute); !errors.Is(err, host.ErrNotPermitted) {
		t.Errorf("not listed: %v", err)
	}
	list = "true"
	if _, err := c.Run(context.Background(), "true", nil, time.Minute); err != nil {
		t.Errorf("listed: %v", err)
	}
}

func TestProgramLeavesStatusAndBothOutputs(t *testing.T) {
	c := allow("sh:printf:cat")
	r, err := c.Run(context.Background(), "printf", []string{"%s-%s", "அணில்", "; ls $HOME"}, time.Minute)
	if err != nil || r.Status != 0 || r.Stdout != "அணில்-; ls $HOME" || r.Stderr != "" {
		t.Errorf("%+v, %v", r, err)
	}
	r, err = c.Run(context.Background(), "sh", []string{"-c", `printf 'a\377\303\250b'; printf x >&2; exit 7`}, time.Minute)
	if err != nil || r.Status != 7 || r.Stdout != "a\uFFFDèb" || r.Stderr != "x" {
		t.Errorf("%+v, %v", r, err)
	}
	r, err = c.Run(context.Background(), "sh", []string{"-c", "kill -TERM $$"}, time.Minute)
	if err != nil || r.Status != -1 {
		t.Errorf("ended by a signal: %+v, %v", r, err)
	}
	r, err = c.Run(context.Background(), "cat", nil, time.Minute)
	if err != nil || r.Stdout != "" {
		t.Errorf("standard input: %+v, %v", r, err)
	}
}

func TestMissingProgramIsAFailure(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	put(t, plain, "x")
	for _, program := range []string{"etc-no-such-program", filepath.Join(dir, "absent"), plain, dir, "a\x00b"} {
		if r, err := allow(program).Run(context.Background(), program, nil, time.Minute); err == nil {
			t.Errorf("%q: %+v", program, r)
		} else if strings.Contains(err.Error(), dir) {
			t.Errorf("%q shows the path: %v", program, err)
		}
	}
}

// alive reports whether a process exists and has not ended.
func alive(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z")
}

func TestTimeLimitEndsTheWholeGroup(t *testing.T) {
	dir := t.TempDir()
	pidFile := filepath.Join(dir, "pid")
	c := NewCommands(CommandsConfig{Getenv: func(string) string { return "sh" }, Dir: dir})
	start := time.Now()
	// The grandchild holds the output open and ignores what asks it to end.
	_, err := c.Run(context.Background(), "sh", []string{"-c", `(trap '' TERM HUP; echo $$ >/dev/null; sleep 60) & echo $! > pid; sleep 60`}, 300*time.Millisecond)
	if !errors.Is(err, ErrTimeLimit) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if took := time.Since(start); took > 1300*time.Millisecond {
		t.Errorf("took %v", took)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(get(t, pidFile)))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; alive(pid) && i < 100; i++ {
		time.Sleep(10 * time.Millisecond) // the kernel takes a moment
	}
	if alive(pid) {
		syscall.Kill(pid, syscall.SIGKILL)
		t.Error("the grandchild lives")
	}
}

func TestGrandchildThatHoldsTheOutputEndsAtTheLimit(t *testing.T) {
	start := time.Now()
	_, err := allow("sh").Run(context.Background(), "sh", []string{"-c", "sleep 60 & exit 0"}, 200*time.Millisecond)
	if !errors.Is(err, ErrTimeLimit) || time.Since(start) > 1200*time.Millisecond {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func TestNoTimeMeansNoStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made")
	for _, limit := range []time.Duration{0, -1} {
		if _, err := allow("touch").Run(context.Background(), "touch", []string{path}, limit); !errors.Is(err, ErrTimeLimit) {
			t.Errorf("%v", err)
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("it ran")
	}
}

func TestEndOfTheRunEndsTheProgram(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	start := time.Now()
	if _, err := allow("sleep").Run(ctx, "sleep", []string{"60"}, time.Minute); err != context.Canceled || time.Since(start) > time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func TestEndlessOutputIsStopped(t *testing.T) {
	for _, script := range []string{"yes", "yes >&2"} {
		if _, err := allow("sh").Run(context.Background(), "sh", []string{"-c", script}, time.Minute); !errors.Is(err, ErrTooMuchOutput) {
			t.Errorf("%s: %v", script, err)
		}
	}
	r, err := allow("head").Run(context.Background(), "head", []string{"-c", strconv.Itoa(MaxProgramOutput), "/dev/zero"}, time.Minute)
	if err != nil || len(r.Stdout) != MaxProgramOutput {
		t.Errorf("exactly the limit: %v", err)
	}
}

func TestRestrictedProgramsSeeLittle(t *testing.T) {
	t.Setenv("ETC_SECRET", "s")
	t.Setenv("ETC_SHOWN", "ok")
	t.Setenv("LANG", "ta_IN.UTF-8")
	dir := t.TempDir()
	// A descriptor that Go did not open is not marked to be closed.
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	defer write.Close()
	leak, err := syscall.Dup(int(write.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(leak)

	script := []string{"-c", `env; pwd; ls /proc/self/fd | tr '\n' ' '`}
	open, err := allow("sh").Run(context.Background(), "sh", script, time.Minute)
	if err != nil || !strings.Contains(open.Stdout, "ETC_SECRET=s") {
		t.Errorf("unrestricted: %v\n%s", err, open.Stdout)
	}
	c := NewCommands(CommandsConfig{
		Getenv: func(string) string { return "sh" }, Restricted: true, Env: []string{"ETC_SHOWN", "ETC_ABSENT", "PATH"}, Dir: dir,
	})
	r, err := c.Run(context.Background(), "sh", script, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"ETC_SHOWN=ok\n", "LANG=ta_IN.UTF-8\n", "PATH=", dir + "\n"} {
		if !strings.Contains(r.Stdout, want) {
			t.Errorf("no %q in\n%s", want, r.Stdout)
		}
	}
	if strings.Contains(r.Stdout, "ETC_SECRET") || strings.Contains(r.Stdout, " "+strconv.Itoa(leak)+" ") {
		t.Errorf("it saw too much:\n%s", r.Stdout)
	}
}
