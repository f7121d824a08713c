// Bench puts etamil beside others on the same work, on this machine, in one run:
// what `make bench` does. The daemon, a bare net/http/fcgi handler and PHP-FPM
// stand behind one private nginx; the language runs beside CPython and PHP.
//
// Rounds alternate between the sides, and a ratio is taken within each round, so
// that what else the machine does falls on all. Figures are of this machine at
// this moment; the ratios are what a reader may compare. Before anything is
// timed, all sides must have given the same answer.
//
//	bench [-rounds 5] [-time 3s] [-only hello,tax] [-bin bin]
package main

import (
	"embed"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"etamil/cmd/internal/stand"
)

//go:embed programs
var programs embed.FS

// A bench is one run of all that was asked for.
type bench struct {
	w        io.Writer
	rounds   int
	duration time.Duration // of one measurement under load
	bin      string        // folder with etamil, etamild, tools/barefcgi
	stand    *stand.Stand
	php      string // php-fpm's binary; "": PHP takes no part

	ledgerProgram string
}

// sections are the parts of a run, in order.
var sections = []struct {
	name  string
	run   func(*bench) error
	needs []string // programs without which it is left out
}{
	{"hello", (*bench).hello, []string{"wrk"}},
	{"crowd", (*bench).crowd, []string{"ab"}},
	{"gst", (*bench).gst, []string{"wrk"}},
	{"ledger", (*bench).ledger, []string{"wrk"}},
	{"handover", (*bench).handover, []string{"wrk"}},
	{"tax", (*bench).tax, nil},
	{"json", (*bench).json, nil},
	{"linear", (*bench).linear, nil},
	{"compile", (*bench).compile, nil},
	{"start", (*bench).start, nil},
}

func main() {
	runtime.LockOSThread() // see package stand
	b := &bench{w: os.Stdout}
	var names []string
	for _, s := range sections {
		names = append(names, s.name)
	}
	flag.IntVar(&b.rounds, "rounds", 5, "rounds of every measurement")
	flag.DurationVar(&b.duration, "time", 3*time.Second, "how long one measurement under load takes")
	flag.StringVar(&b.bin, "bin", "bin", "folder with etamil, etamild and tools/")
	flag.StringVar(&b.ledgerProgram, "ledger", "examples/ledger/main.qmz", "the ledger")
	only := flag.String("only", "", "comma-separated parts: "+strings.Join(names, ","))
	flag.Parse()
	wanted := strings.FieldsFunc(*only, func(r rune) bool { return r == ',' })
	for _, name := range wanted {
		if !slices.Contains(names, name) {
			fmt.Fprintf(os.Stderr, "bench: no part is called %s; there are %s\n", name, strings.Join(names, ", "))
			os.Exit(2)
		}
	}
	if b.rounds < 1 {
		fmt.Fprintln(os.Stderr, "bench: at least one round is needed")
		os.Exit(2)
	}
	raiseFileLimit()
	if err := b.run(wanted); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (b *bench) run(wanted []string) (err error) {
	if b.bin, err = filepath.Abs(b.bin); err != nil {
		return err
	}
	if b.stand, err = stand.New("etamil-bench"); err != nil {
		return err
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() { // the measurements wait for processes; these end by the kernel's hand when this one does
		<-signals
		endSuccessor()
		os.RemoveAll(b.stand.Dir())
		os.Exit(130)
	}()
	defer func() {
		if closing := b.stand.Close(); err == nil {
			err = closing
		}
	}()
	if err := b.unpack(); err != nil {
		return err
	}
	if b.php = phpFPM(); b.php == "" {
		fmt.Fprintln(b.w, "PHP-FPM with opcache and bcmath is not installed and takes no part (Debian: php-fpm php-cli php-bcmath)")
	}
	b.machine()
	for _, s := range sections {
		if len(wanted) > 0 && !slices.Contains(wanted, s.name) {
			continue
		}
		if i := slices.IndexFunc(s.needs, func(p string) bool { _, err := exec.LookPath(p); return err != nil }); i >= 0 {
			fmt.Fprintf(b.w, "%s is left out: %s is not installed\n\n", s.name, s.needs[i])
			continue
		}
		if err := s.run(b); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// unpack writes the programs into the stand's folder.
func (b *bench) unpack() error {
	return fs.WalkDir(programs, "programs", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := programs.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(b.file(d.Name()), text, 0o644)
	})
}

// file returns the path of a program.
func (b *bench) file(name string) string { return filepath.Join(b.stand.Dir(), name) }

func (b *bench) title(format string, args ...any) { fmt.Fprintf(b.w, "== "+format+"\n", args...) }

// eachRound calls do for every side of every round.
func (b *bench) eachRound(sides []string, do func(side string) error) error {
	return rounds(b.rounds, sides, do)
}

// rounds calls do for every side of n rounds, the order turning by one each
// time, so that no side always runs first.
func rounds(n int, sides []string, do func(side string) error) error {
	for round := range n {
		for i := range sides {
			if err := do(sides[(i+round)%len(sides)]); err != nil {
				return err
			}
		}
	}
	return nil
}

// machine prints on what the figures were made.
func (b *bench) machine() {
	version := func(program string, args ...string) string {
		out, err := exec.Command(program, args...).CombinedOutput()
		if err != nil && len(out) == 0 {
			return program + " –"
		}
		line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		line, _, _ = strings.Cut(line, " (")
		return strings.TrimPrefix(line, "nginx version: ")
	}
	fmt.Fprintf(b.w, "%d × %s, %s, Linux %s\n%s, %s, %s, %s, %s\n", runtime.NumCPU(), cpu(), memory(), kernel(),
		runtime.Version(), version("nginx", "-v"), version("python3", "-V"), version("php", "-v"), version(filepath.Join(b.bin, "etamil"), "version"))
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		var load float64
		fmt.Sscan(string(text), &load)
		if load > float64(runtime.NumCPU())/2 {
			fmt.Fprintf(b.w, "The machine is busy (load %.1f): figures are worse than they need be, ratios less so.\n", load)
		}
	}
	fmt.Fprintf(b.w, "Shown are the median of %d rounds and, in parentheses, the least and the greatest; × is how many times better the first line is.\n\n", b.rounds)
}

func cpu() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func memory() string {
	var kib float64
	text, _ := os.ReadFile("/proc/meminfo")
	fmt.Sscanf(string(text), "MemTotal: %f kB", &kib)
	return fmt.Sprintf("%.1f GiB", kib/(1<<20))
}

func kernel() string {
	text, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return strings.TrimSpace(string(text))
}

// raiseFileLimit lets this process and those it starts open as many files as
// they may: ab and wrk need one a connection.
func raiseFileLimit() {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) == nil {
		limit.Cur = limit.Max
		syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
	}
}
