// Soak keeps the GST example under load behind a private nginx and fails when
// an answer is wrong, when memory grows without end, or when the daemon does not
// end in order; then it kills daemons that move money, on SQLite and on
// PostgreSQL, and fails when any is lost or made: what `make soak` does.
//
//	soak -for 10m -kills 1000 -bin bin
//
// Clients send invoices, forms and mistakes, some too large, and some go away
// before the answer. Each request is known beforehand with its right answer, so
// that a request that sees another's data is found.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"etamil/cmd/internal/stand"
	"etamil/nginx"
)

const (
	clients = 48
	samples = 20 // of memory, over the whole time
	// growth is how much more memory than in the first half the daemon may
	// use in the second: what is left of a collector's saw-tooth.
	growth = 1.25
)

func main() {
	runtime.LockOSThread() // see package stand
	duration := flag.Duration("for", 10*time.Minute, "how long the load takes; 0: none")
	kills := flag.Int("kills", 1000, "how often the daemon is killed, on each database")
	bin := flag.String("bin", "bin", "folder with etamild")
	program := flag.String("program", "examples/gst/main.qmz", "the GST example")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	var err error
	if *duration > 0 {
		err = soak(ctx, os.Stdout, *bin, *program, *duration)
	}
	for _, database := range []string{"sqlite", "postgres"} {
		if err == nil && *kills > 0 && ctx.Err() == nil {
			err = crashes(ctx, os.Stdout, *bin, database, *kills)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

func soak(ctx context.Context, w io.Writer, bin, program string, duration time.Duration) (err error) {
	s, err := stand.New("etamil-soak")
	if err != nil {
		return err
	}
	// Closing ends the daemon by SIGTERM; its status counts.
	defer func() { err = errors.Join(err, s.Close()) }()
	daemon, err := s.Etamild(filepath.Join(bin, "etamild"), "app", program, "--access-log", "off")
	if err != nil {
		return err
	}
	address, err := stand.FreeAddress()
	if err != nil {
		return err
	}
	if _, err := s.Nginx(nginx.Options{Sites: []nginx.Site{{Name: "app", Listen: address, Socket: s.Socket("app")}}}); err != nil {
		return err
	}
	base := "http://" + address
	if err := s.Answers(base+"/", ctx.Done()); err != nil {
		return err
	}

	l := &load{base: base, client: &http.Client{
		Timeout:   30 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: clients},
	}}
	if err := l.learn(ctx); err != nil {
		return err
	}
	during, cancel := context.WithTimeout(ctx, duration)
	defer cancel()
	var wait sync.WaitGroup
	for n := range clients {
		wait.Go(func() { l.work(during, uint64(n)) })
	}
	memory := watch(during, w, l, daemon, duration)
	wait.Wait()

	fmt.Fprintf(w, "%d requests, %d left early, %d wrong\n", l.done.Load(), l.left.Load(), l.wrong.Load())
	if first := l.first.Load(); first != nil {
		return fmt.Errorf("%d answers were wrong, the first: %s", l.wrong.Load(), *first)
	}
	if ctx.Err() != nil {
		return nil // stopped by hand
	}
	before, after := greatest(memory[:len(memory)/2]), greatest(memory[len(memory)/2:])
	fmt.Fprintf(w, "resident memory: at most %.1f MB in the first half, %.1f MB in the second\n", before/1e6, after/1e6)
	if after > before*growth {
		return errors.New("the daemon's memory grows")
	}
	return nil
}

// watch samples the daemon's memory until ctx ends and prints how far it is.
func watch(ctx context.Context, w io.Writer, l *load, daemon *stand.Process, duration time.Duration) (memory []float64) {
	start := time.Now()
	tick := time.NewTicker(duration / samples)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return memory
		case <-daemon.Exited:
			l.fault("the daemon has ended")
			return memory
		case <-tick.C:
			resident, err := residentMemory(daemon.PID())
			if err == nil {
				memory = append(memory, resident)
			}
			fmt.Fprintf(w, "%v: %d requests, %d wrong, %.1f MB\n", time.Since(start).Round(time.Second), l.done.Load(), l.wrong.Load(), resident/1e6)
		}
	}
}

func greatest(x []float64) (most float64) {
	for _, v := range x {
		most = max(most, v)
	}
	return most
}

// residentMemory returns the bytes of memory that a process has now.
func residentMemory(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, err
	}
	var size, resident float64
	_, err = fmt.Sscan(string(text), &size, &resident)
	return resident * float64(os.Getpagesize()), err
}

// An exchange is a request with its right answer.
type exchange struct {
	method, path, kind, body string
	status                   int
	answer                   []byte // nil: only the status counts
}

// A load is what all clients share.
type load struct {
	base      string
	client    *http.Client
	exchanges []exchange

	done, left, wrong atomic.Int64
	first             atomic.Pointer[string] // what was wrong first
}

func (l *load) fault(format string, args ...any) {
	l.wrong.Add(1)
	text := fmt.Sprintf(format, args...)
	l.first.CompareAndSwap(nil, &text)
}

// learn makes the exchanges and asks for each once, while nothing else runs. No
// two requests that may succeed have the same answer.
func (l *load) learn(ctx context.Context) error {
	const form, json = "application/x-www-form-urlencoded", "application/json"
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 200 {
		var lines []string
		for j := range 1 + random.IntN(30) {
			lines = append(lines, fmt.Sprintf(`{"item": "பொருள் %d.%d", "quantity": %d, "rate": %d.%02d, "gst": 18}`, i, j, 1+random.IntN(99), random.IntN(99999), random.IntN(100)))
		}
		body := `{"seller_state": "33", "buyer_state": "33", "lines": [` + strings.Join(lines, ", ") + `]}`
		l.exchanges = append(l.exchanges,
			exchange{"POST", "/invoice", json, body, 200, nil},
			exchange{"POST", "/", form, fmt.Sprintf("rate=%d.5&quantity=%d&gst=5", i, i+1), 200, nil})
	}
	l.exchanges = append(l.exchanges,
		exchange{"GET", "/", "", "", 200, nil},
		exchange{"POST", "/invoice", json, `{"lines": [`, 400, nil},
		exchange{"POST", "/", form, "rate=x", 400, nil},
		exchange{"GET", "/nowhere", "", "", 404, nil},
		exchange{"DELETE", "/invoice", "", "", 405, nil},
		exchange{"POST", "/invoice", json, strings.Repeat(" ", 8<<20+1), 413, nil})
	for i := range l.exchanges {
		e := &l.exchanges[i]
		status, answer, err := l.send(ctx, e)
		if err != nil || status != e.status {
			return fmt.Errorf("%s %s: status %d, want %d; %v: %s", e.method, e.path, status, e.status, err, answer)
		}
		if status != http.StatusRequestEntityTooLarge { // nginx's own page
			e.answer = answer
		}
	}
	return nil
}

func (l *load) send(ctx context.Context, e *exchange) (status int, answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, e.method, l.base+e.path, strings.NewReader(e.body))
	if err != nil {
		return 0, nil, err
	}
	if e.kind != "" {
		req.Header.Set("Content-Type", e.kind)
	}
	res, err := l.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(res.Body)
	return res.StatusCode, answer, err
}

// work sends one request after the other until ctx ends. One in fifty goes away
// before the answer, one in five hundred is an exchange too large.
func (l *load) work(ctx context.Context, client uint64) {
	random := rand.New(rand.NewPCG(client, 3))
	large := len(l.exchanges) - 1
	for ctx.Err() == nil {
		at := random.IntN(large)
		if random.IntN(500) == 0 {
			at = large
		}
		e := &l.exchanges[at]
		if random.IntN(50) == 0 {
			early, cancel := context.WithTimeout(ctx, time.Duration(random.IntN(3000))*time.Microsecond)
			l.send(early, e)
			cancel()
			l.left.Add(1)
			continue
		}
		status, answer, err := l.send(ctx, e)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && at == large:
			// nginx may answer and close while the body is on its way.
		case err != nil:
			l.fault("%s %s: %v", e.method, e.path, err)
		case status != e.status || e.answer != nil && !bytes.Equal(answer, e.answer):
			l.fault("%s %s: %d %s, want %d %s", e.method, e.path, status, answer, e.status, e.answer)
		}
		l.done.Add(1)
	}
}
