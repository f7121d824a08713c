package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// The sides of the parts that run programs.
const (
	etamil  = "etamil"
	cpython = "CPython"
	php     = "PHP"
	goJSON  = "encoding/json" // into any and back, in this process
)

// commands returns how each side runs its version of a program, as far as it is
// installed; etamil comes first.
func (b *bench) commands() (sides []string, command map[string][]string) {
	command = map[string][]string{
		etamil:  {filepath.Join(b.bin, "etamil"), "run"},
		cpython: {"python3"},
		php:     {"php"},
	}
	for _, side := range []string{etamil, cpython, php} {
		if _, err := exec.LookPath(command[side][0]); err == nil {
			sides = append(sides, side)
		}
	}
	return sides, command
}

var extension = map[string]string{etamil: ".qmz", cpython: ".py", php: ".php"}

// spent is what a run of a program took.
type spent struct {
	wall      time.Duration
	processor time.Duration // of all threads; what else the machine does hardly shows in it
}

// timed runs a program once with variables added to the environment and returns
// what it printed and what it took.
func (b *bench) timed(command []string, file string, env ...string) ([]byte, spent, error) {
	var out, stderr bytes.Buffer
	cmd := exec.Command(command[0], append(command[1:], file)...)
	cmd.Dir = b.stand.Dir()
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &out, &stderr
	begin := time.Now()
	err := cmd.Run()
	took := spent{wall: time.Since(begin)}
	if err != nil {
		return nil, took, fmt.Errorf("%s %s: %w\n%s", strings.Join(command, " "), filepath.Base(file), err, &stderr)
	}
	took.processor = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return out.Bytes(), took, nil
}

// steps measures the processor time of so many steps of a program: that of a run
// with them less that of a run with none. A negative difference, which a
// disturbed machine may give, counts as 0.
func (b *bench) steps(command []string, file string, steps int, env ...string) (time.Duration, error) {
	_, none, err := b.timed(command, file, append(env, "N=0")...)
	if err != nil {
		return 0, err
	}
	_, all, err := b.timed(command, file, append(env, fmt.Sprintf("N=%d", steps))...)
	if err != nil {
		return 0, err
	}
	return max(0, all.processor-none.processor), nil
}

// agree runs a program on every side and checks that all print the same number.
func (b *bench) agree(sides []string, command map[string][]string, program string, env ...string) error {
	var first *big.Rat
	for _, side := range sides {
		out, _, err := b.timed(command[side], b.file(program+extension[side]), env...)
		if err != nil {
			return err
		}
		got, ok := new(big.Rat).SetString(strings.TrimSpace(string(out)))
		if !ok || first != nil && got.Cmp(first) != 0 {
			return fmt.Errorf("%s: %s prints %s, the sides before it %v", program, side, out, first)
		}
		first = got
	}
	return nil
}

// tax measures a loop of exact arithmetic.
func (b *bench) tax() error {
	sides, command := b.commands()
	if err := b.agree(sides, command, "tax", "N=1000"); err != nil {
		return err
	}
	steps := map[string]int{etamil: 10_000_000, cpython: 2_000_000, php: 1_000_000} // about a second each
	took := newFigure("processor ns an iteration", false)
	err := b.eachRound(sides, func(side string) error {
		d, err := b.steps(command[side], b.file("tax"+extension[side]), steps[side])
		took.add(side, float64(d.Nanoseconds())/float64(steps[side]))
		return err
	})
	if err != nil {
		return err
	}
	b.title("tax loop: add, subtract, 5 %% of it, add up, count, compare (etamil run; decimal; bcmath)")
	table(b.w, sides, took)
	return nil
}

// json measures reading and writing about 1 MB of JSON.
func (b *bench) json() error {
	sides, command := b.commands()
	const times = 20
	var text []byte
	for _, side := range sides {
		out, _, err := b.timed(command[side], b.file("oneMB"+extension[side]))
		if err != nil {
			return err
		}
		if text == nil {
			text = out
		}
	}
	sides = append(sides, goJSON)
	write, read := newFigure("processor ms to write", false), newFigure("processor ms to read", false)
	err := b.eachRound(sides, func(side string) error {
		if side == goJSON {
			reading, writing, err := jsonInGo(text, times)
			read.add(side, float64(reading.Microseconds())/1000/times)
			write.add(side, float64(writing.Microseconds())/1000/times)
			return err
		}
		for mode, f := range map[string]*figure{"write": write, "read": read} {
			d, err := b.steps(command[side], b.file("oneMB"+extension[side]), times, "MODE="+mode)
			if err != nil {
				return err
			}
			f.add(side, float64(d.Microseconds())/1000/times)
		}
		return nil
	})
	if err != nil {
		return err
	}
	b.title("JSON of %s bytes: text to values (reading), values to text (writing); numbers exact in etamil, binary in the others", grouped(int64(len(text))))
	table(b.w, sides, write, read)
	return nil
}

// jsonInGo measures the processor time of so many readings and writings by Go's
// own library.
func jsonInGo(text []byte, times int) (reading, writing time.Duration, err error) {
	var v any
	begin := processorTime()
	for range times {
		v = nil
		if err := json.Unmarshal(text, &v); err != nil {
			return 0, 0, err
		}
	}
	between := processorTime()
	for range times {
		if _, err := json.Marshal(v); err != nil {
			return 0, 0, err
		}
	}
	return between - begin, processorTime() - between, nil
}

// processorTime returns what this process has had of the processors.
func processorTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		panic("BUG: " + err.Error())
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// growing are programs that do something N times, and an N that takes a moment.
var growing = []struct {
	program, what string
	few           int
}{
	{"append", "elements appended to an array", 300_000},
	{"join", "pieces joined to a text", 300_000},
	{"sorting", "numbers sorted", 100_000},
	{"encoding", "lines of 30 bytes written as base64 and read", 30_000},
	{"pieces", "pieces of a text split and joined", 80_000},
	{"posting", "entries posted to a ledger", 10_000},
	{"statements", "entries posted, and three statements of them", 10_000},
	{"ageing", "entries posted, and their open amounts by age", 10_000},
}

// linear measures how time grows when there is ten times as much to do.
func (b *bench) linear() error {
	_, command := b.commands()
	b.title("how processor time grows when there is 10 times as much to do (10 is linear)")
	for _, g := range growing {
		short, long := series{}, series{}
		for range b.rounds {
			for _, s := range []struct {
				n  int
				to *series
			}{{g.few, &short}, {10 * g.few, &long}} {
				d, err := b.steps(command[etamil], b.file(g.program+".qmz"), s.n)
				if err != nil {
					return err
				}
				*s.to = append(*s.to, float64(d.Nanoseconds())/1e6)
			}
		}
		fmt.Fprintf(b.w, "  %s: %s: %s ms; %s: %s ms; × %s\n", g.what, grouped(int64(g.few)), short, grouped(int64(10*g.few)), long, long.over(short))
	}
	fmt.Fprintln(b.w)
	return nil
}

// compile measures a program of 10,000 lines that does nothing but exist.
func (b *bench) compile() error {
	const functions = 1000 // of 10 lines
	write := func(name, head, function string) error {
		var text strings.Builder
		text.WriteString(head)
		for i := range functions {
			text.WriteString(strings.ReplaceAll(function, "#", fmt.Sprint(i)))
		}
		return os.WriteFile(b.file(name), []byte(text.String()), 0o600)
	}
	err := errors.Join(
		write("large.qmz", "", `செயல் கணக்கு_#(அளவு, விலை) {
    தொகை = வட்டமிடு(அளவு * விலை, 2);
    வரி = தொகை * 18% + #;
    (வரி > 100) எனில் {
        வரி = வரி - 0.5;
    } இன்றேல் {
        வரி = 0;
    }
    திரும்பு {தொகை: தொகை, வரி: வரி, பகுதிகள்: [1, 2.5, "மூன்று #"]};
}
`),
		write("large.py", "", `def reckon_#(quantity, rate):
    amount = round(quantity * rate, 2)
    tax = amount * 0.18 + #
    if tax > 100:
        tax = tax - 0.5
    else:
        tax = 0

    return {"amount": amount, "tax": tax, "parts": [1, 2.5, "மூன்று #"]}

`),
		write("large.php", "<?php\n", `function reckon_#($quantity, $rate) {
    $amount = round($quantity * $rate, 2);
    $tax = $amount * 0.18 + #;
    if ($tax > 100) {
        $tax = $tax - 0.5;
    } else {
        $tax = 0;
    }
    return ['amount' => $amount, 'tax' => $tax, 'parts' => [1, 2.5, 'மூன்று #']];
}
`))
	if err != nil {
		return err
	}
	sides, command := b.commands()
	whole, empty, rest := newFigure("ms for all", false), newFigure("ms for an empty one", false), newFigure("ms for the 10,000 lines", false)
	err = b.eachRound(sides, func(side string) error {
		_, start, err := b.timed(command[side], b.file("nothing"+extension[side]))
		if err != nil {
			return err
		}
		_, all, err := b.timed(command[side], b.file("large"+extension[side]))
		if err != nil {
			return err
		}
		ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
		whole.add(side, ms(all.wall))
		empty.add(side, ms(start.wall))
		rest.add(side, ms(max(0, all.wall-start.wall)))
		return nil
	})
	if err != nil {
		return err
	}
	b.title("a program of 10,000 lines: start, compile, end")
	table(b.w, sides, whole, empty, rest)
	return nil
}
