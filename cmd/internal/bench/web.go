package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"etamil/cmd/internal/stand"
	"etamil/nginx"
)

// The sides of the parts that go through nginx.
const (
	etamild = "etamild"
	bare    = "net/http/fcgi"
	phpfpm  = "PHP-FPM"
	static  = "nginx alone"
)

// front is a private nginx before some sides.
type front struct {
	urls  map[string]string
	nginx *stand.Process
}

// phpChildren is the size of PHP-FPM's static pool. A request keeps a core busy
// and waits for nothing, so a few more than there are cores lose nothing.
func phpChildren() int { return 2 * runtime.NumCPU() }

// phpHas reports whether PHP is there, with an extension.
func phpHas(extension string) bool {
	modules, err := exec.Command("php", "-m").Output()
	return err == nil && bytes.Contains(modules, []byte("\n"+extension+"\n"))
}

// phpFPM returns php-fpm's binary if it can do the work.
func phpFPM() string {
	if !phpHas("bcmath") || !phpHas("Zend OPcache") {
		return ""
	}
	found, _ := filepath.Glob("/usr/sbin/php-fpm*")
	if len(found) > 0 {
		return found[len(found)-1]
	}
	path, err := exec.LookPath("php-fpm")
	if err != nil {
		return ""
	}
	return path
}

// startPHP starts PHP-FPM with a static pool of that size on the socket "php".
// opcache does not look at the files again, as on a server.
func (b *bench) startPHP(children int) (*stand.Process, error) {
	conf := b.file("php-fpm.conf")
	who := ""
	if os.Geteuid() == 0 {
		who = "user = root\ngroup = root\n"
	}
	text := fmt.Sprintf("[global]\nerror_log = /dev/stderr\ndaemonize = no\n[www]\n%slisten = %s\nlisten.backlog = 4096\npm = static\npm.max_children = %d\n", who, b.stand.Socket("php"), children)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return nil, err
	}
	args := []string{"-F", "-y", conf, "-d", "opcache.enable=1", "-d", "opcache.validate_timestamps=0"}
	if os.Geteuid() == 0 {
		args = append(args, "-R")
	}
	return b.stand.Start("php", exec.Command(b.php, args...))
}

// phpServer is the server block of a script, with further parameters by name and
// value. Kept connections are left off: each would occupy one of the pool's
// processes while it is idle.
func (b *bench) phpServer(address, script string, params ...string) string {
	var more strings.Builder
	for i := 0; i < len(params); i += 2 {
		fmt.Fprintf(&more, "\t\tfastcgi_param %s \"%s\";\n", params[i], params[i+1])
	}
	return fmt.Sprintf(`server {
	listen %s backlog=4096;
	client_max_body_size 8m;
	client_body_buffer_size 64k;
	location / {
		include etamil_params;
		fastcgi_param SCRIPT_FILENAME %s;
%s		fastcgi_pass unix:%s;
		fastcgi_buffer_size 16k;
		fastcgi_buffers 16 16k;
		fastcgi_busy_buffers_size 32k;
		fastcgi_read_timeout 75s;
	}
}
`, address, b.file(script), &more, b.stand.Socket("php"))
}

// open starts nginx before the sides, whose programs need not run yet: the
// daemon on the socket "app", the bare handler on "bare", PHP with script.
func (b *bench) open(sides []string, script string) (*front, error) {
	f := &front{urls: map[string]string{}}
	var o nginx.Options
	for _, side := range sides {
		address, err := stand.FreeAddress()
		if err != nil {
			return nil, err
		}
		f.urls[side] = "http://" + address + "/"
		switch side {
		case etamild:
			o.Sites = append(o.Sites, nginx.Site{Name: "app", Listen: address, Socket: b.stand.Socket("app")})
		case bare:
			o.Sites = append(o.Sites, nginx.Site{Name: "bare", Listen: address, Socket: b.stand.Socket("bare")})
		case phpfpm:
			o.Extra += b.phpServer(address, script)
		case static:
			o.Extra += fmt.Sprintf("server { listen %s backlog=4096; default_type text/plain; return 200 'வணக்கம்\n'; }\n", address)
		}
	}
	p, err := b.stand.Nginx(o)
	f.nginx = p
	return f, err
}

// startDaemon starts etamild without access lines: no other side writes any.
func (b *bench) startDaemon(program string) (*stand.Process, error) {
	return b.stand.Etamild(filepath.Join(b.bin, "etamild"), "app", b.file(program), "--access-log", "off")
}

func (b *bench) startBare() (*stand.Process, error) {
	return b.stand.Start("bare", exec.Command(filepath.Join(b.bin, "tools", "barefcgi"), b.stand.Socket("bare")))
}

// sidesWithPHP appends PHP-FPM when it takes part.
func (b *bench) sidesWithPHP(sides ...string) []string {
	if b.php != "" {
		sides = append(sides, phpfpm)
	}
	return sides
}

// endAll ends processes, the last one first.
func (b *bench) endAll(started []*stand.Process) error {
	var errs []error
	for _, p := range slices.Backward(started) {
		errs = append(errs, b.stand.End(p))
	}
	return errors.Join(errs...)
}

// startSides starts the programs of the sides and waits for their answers. end
// ends them and nginx.
func (b *bench) startSides(sides []string, program, script string, ready func(url string) error) (f *front, daemon *stand.Process, end func() error, err error) {
	var started []*stand.Process
	end = func() error { return b.endAll(started) }
	starters := map[string]func() (*stand.Process, error){
		etamild: func() (*stand.Process, error) { return b.startDaemon(program) },
		bare:    b.startBare,
		phpfpm:  func() (*stand.Process, error) { return b.startPHP(phpChildren()) },
	}
	for _, side := range sides {
		start, ok := starters[side]
		if !ok {
			continue
		}
		p, err := start()
		if err != nil {
			return nil, nil, end, err
		}
		started = append(started, p)
		if side == etamild {
			daemon = p
		}
	}
	if f, err = b.open(sides, script); err != nil {
		return nil, nil, end, err
	}
	started = append(started, f.nginx)
	for _, side := range sides {
		if err := ready(f.urls[side]); err != nil {
			return nil, nil, end, fmt.Errorf("%s: %w", side, err)
		}
	}
	return f, daemon, end, nil
}

// hello measures one line of text over kept connections.
func (b *bench) hello() error {
	sides := append(b.sidesWithPHP(etamild, bare), static)
	f, _, end, err := b.startSides(sides, "hello.qmz", "hello.php", func(url string) error { return b.stand.Answers(url, nil) })
	if err != nil {
		return errors.Join(err, end())
	}
	for _, connections := range []int{64, 1000} {
		rate, p50, p99, failed := newFigure("requests/s", true), newFigure("p50 ms", false), newFigure("p99 ms", false), newFigure("failed", false)
		err := b.warm(sides, f, connections, "")
		if err == nil {
			err = b.eachRound(sides, func(side string) error {
				a, err := wrk(f.urls[side], connections, b.duration, "")
				rate.add(side, a.perSecond)
				p50.add(side, a.p50)
				p99.add(side, a.p99)
				failed.add(side, float64(a.failed))
				return err
			})
		}
		if err != nil {
			return errors.Join(err, end())
		}
		b.title("hello through nginx, %d kept connections, %v a round", connections, b.duration)
		table(b.w, sides, rate, p50, p99, failed)
	}
	return end()
}

func (b *bench) warm(sides []string, f *front, connections int, script string) error {
	for _, side := range sides {
		if _, err := wrk(f.urls[side], connections, time.Second, script); err != nil {
			return err
		}
	}
	return nil
}

// crowd measures a thousand clients at once, each request over a connection of
// its own.
func (b *bench) crowd() error {
	const requests, connections = 30_000, 1000
	sides := []string{etamild, bare}
	f, daemon, end, err := b.startSides(sides, "hello.qmz", "", func(url string) error { return b.stand.Answers(url, nil) })
	if err != nil {
		return errors.Join(err, end())
	}
	rate, p50, p99, failed := newFigure("requests/s", true), newFigure("p50 ms", false), newFigure("p99 ms", false), newFigure("failed", false)
	err = b.eachRound(sides, func(side string) error {
		a, err := ab(f.urls[side], requests, connections)
		rate.add(side, a.perSecond)
		p50.add(side, a.p50)
		p99.add(side, a.p99)
		failed.add(side, float64(a.failed))
		return err
	})
	if err != nil {
		return errors.Join(err, end())
	}
	b.title("ab -n %d -c %d through nginx, a new connection for every request", requests, connections)
	table(b.w, sides, rate, p50, p99, failed)
	if peak, err := peakMemory(daemon.PID()); err == nil {
		fmt.Fprintf(b.w, "  peak resident memory of etamild: %.1f MB\n\n", peak/1e6)
	}
	return end()
}

// peakMemory returns the most bytes of memory that a process has had.
func peakMemory(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		var kib float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kib); n == 1 {
			return kib * 1024, nil
		}
	}
	return 0, errors.New("no VmHWM")
}

// invoiceLines is an invoice of n lines.
func invoiceLines(n int) string {
	var lines []string
	for i := range n {
		lines = append(lines, fmt.Sprintf(`{"item":"பொருள் %d","quantity":%d,"rate":%d.%02d,"gst":%d}`, i+1, 1+i%7, 19+37*i, 5*i%100, []int{5, 12, 18, 28}[i%4]))
	}
	return `{"lines":[` + strings.Join(lines, ",") + `]}`
}

// gst measures an invoice of 20 lines: JSON in, tax line by line, JSON out.
func (b *bench) gst() error {
	sides := b.sidesWithPHP(etamild)
	body := invoiceLines(20)
	script, err := b.postScript(body)
	if err != nil {
		return err
	}
	var first any
	ready := func(url string) error {
		got, err := takesPosts(url, body)
		if err != nil {
			return err
		}
		if first == nil {
			first = got
		} else if !sameValues(first, got) {
			return fmt.Errorf("the sides do not agree:\n%v\n%v", first, got)
		}
		return nil
	}
	f, _, end, err := b.startSides(sides, "gst.qmz", "gst.php", ready)
	if err != nil {
		return errors.Join(err, end())
	}
	rate, p50, p99, failed := newFigure("requests/s", true), newFigure("p50 ms", false), newFigure("p99 ms", false), newFigure("failed", false)
	const connections = 64
	err = b.warm(sides, f, connections, script)
	if err == nil {
		err = b.eachRound(sides, func(side string) error {
			a, err := wrk(f.urls[side], connections, b.duration, script)
			rate.add(side, a.perSecond)
			p50.add(side, a.p50)
			p99.add(side, a.p99)
			failed.add(side, float64(a.failed))
			return err
		})
	}
	if err != nil {
		return errors.Join(err, end())
	}
	b.title("GST: 20 lines of JSON in (%d bytes), tax line by line, JSON out; through nginx, %d kept connections, %v a round", len(body), connections, b.duration)
	table(b.w, sides, rate, p50, p99, failed)
	return end()
}

// postScript writes a script for wrk that sends body over and over.
func (b *bench) postScript(body string) (string, error) {
	script := b.file("post.lua")
	lua := fmt.Sprintf("wrk.method = \"POST\"\nwrk.body = %q\nwrk.headers[\"Content-Type\"] = \"application/json\"\n", body)
	return script, os.WriteFile(script, []byte(lua), 0o600)
}

// takesPosts waits until body is answered with JSON, and returns that.
func takesPosts(url, body string) (got any, err error) {
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		status, text, err := post(url, body)
		if err == nil && status == http.StatusOK {
			decoder := json.NewDecoder(bytes.NewReader(text))
			decoder.UseNumber()
			if err := decoder.Decode(&got); err != nil {
				return nil, fmt.Errorf("%w: %s", err, text)
			}
			return got, nil
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("status %d: %s (%v)", status, text, err)
		}
	}
}

func post(url, body string) (status int, text []byte, err error) {
	res, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	text, err = io.ReadAll(res.Body)
	return res.StatusCode, text, err
}

// sameValues compares two JSON values; an amount may be a number on one side and
// a text with two decimals on the other.
func sameValues(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for name, value := range a {
			if !sameValues(value, b[name]) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !sameValues(a[i], b[i]) {
				return false
			}
		}
		return true
	}
	if a == b {
		return true
	}
	x, ok := new(big.Rat).SetString(fmt.Sprint(a))
	y, ok2 := new(big.Rat).SetString(fmt.Sprint(b))
	return ok && ok2 && x.Cmp(y) == 0
}

// start measures from the start of a process to its first answer through nginx.
func (b *bench) start() error {
	sides := b.sidesWithPHP(etamild, bare)
	f, err := b.open(sides, "hello.php")
	if err != nil {
		return err
	}
	starters := map[string]func() (*stand.Process, error){
		etamild: func() (*stand.Process, error) { return b.startDaemon("hello.qmz") },
		bare:    b.startBare,
		phpfpm:  func() (*stand.Process, error) { return b.startPHP(phpChildren()) },
	}
	took := newFigure("ms to the first answer", false)
	err = b.eachRound(sides, func(side string) error {
		begin := time.Now()
		p, err := starters[side]()
		if err != nil {
			return err
		}
		if err := b.stand.Answers(f.urls[side], nil); err != nil {
			return err
		}
		took.add(side, float64(time.Since(begin).Microseconds())/1000)
		return b.stand.End(p)
	})
	if err == nil {
		b.title("from the start of the process to its first answer, asked every two milliseconds")
		table(b.w, sides, took)
	}
	return errors.Join(err, b.stand.End(f.nginx))
}
