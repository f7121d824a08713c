package wholetest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"etamil/cmd/internal/stand"
	"etamil/engine/db/dbtest/servers"
	"etamil/fcgi/web/webtest"
	"etamil/nginx"
)

var binaries struct {
	sync.Once
	dir string
	err error
}

// etamild returns the path of the daemon, built once.
func etamild(t *testing.T) string {
	t.Helper()
	binaries.Do(func() {
		if binaries.dir, binaries.err = os.MkdirTemp("", "etamild-whole"); binaries.err != nil {
			return
		}
		cmd := exec.Command("go", "build", "-o", binaries.dir, "etamil/cmd/etamild", "etamil/cmd/etamil")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			binaries.err = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if binaries.err != nil {
		t.Fatal(binaries.err)
	}
	return filepath.Join(binaries.dir, "etamild")
}

func TestMain(m *testing.M) {
	code := m.Run()
	if binaries.dir != "" {
		os.RemoveAll(binaries.dir)
	}
	os.Exit(code)
}

// missing skips loudly what a machine lacks; where CI is set that fails.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed", what)
	}
	t.Skipf("SKIPPED: %s is not installed", what)
}

// A place is a program behind nginx.
type place struct {
	*stand.Stand
	daemon, nginx *stand.Process
	addr          string
	ended         bool // the daemon has ended, and shall have
}

// serve puts the program behind a private nginx; the data directory and the
// directory of the process are dir.
func serve(t *testing.T, dir, program string, env []string, args ...string) *place {
	t.Helper()
	if _, err := nginx.Path(); errors.Is(err, nginx.ErrNotInstalled) {
		missing(t, "nginx")
	}
	// The kernel ends the processes of a stand with the thread that made them.
	runtime.LockOSThread()
	s, err := stand.New("whole")
	if err != nil {
		t.Fatal(err)
	}
	p := &place{Stand: s}
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !p.ended {
			t.Error(err)
		}
	})
	if p.addr, err = stand.FreeAddress(); err != nil {
		t.Fatal(err)
	}
	args = append([]string{"--program", program, "--socket", s.Socket("app"), "--data", dir}, args...)
	cmd := exec.Command(etamild(t), args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if p.daemon, err = s.Start("etamild", cmd); err != nil {
		t.Fatal(err)
	}
	if p.nginx, err = s.Nginx(nginx.Options{Sites: []nginx.Site{{Name: "app", Listen: p.addr, Socket: s.Socket("app")}}}); err != nil {
		t.Fatal(err)
	}
	// Both answer: nginx with anything but 502.
	client := &http.Client{Timeout: 20 * time.Second}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		res, err := client.Get("http://" + p.addr + "/is-it-there")
		if err == nil {
			res.Body.Close()
			if res.StatusCode != http.StatusBadGateway {
				return p
			}
		}
		if time.Now().After(end) {
			t.Fatalf("nothing answers: %v", err)
		}
		select {
		case <-p.daemon.Exited:
			t.Fatal(p.daemon.Failure())
		default:
		}
	}
}

func TestHTTPCorpusThroughNginx(t *testing.T) {
	webtest.Run(t, "../../../engine/testdata/conformance/http", func(t *testing.T, dir string, env []string) webtest.Send {
		return webtest.Over(serve(t, dir, "app.qmz", env).addr)
	})
}

// withServers names a server of each kind in the environment, which the served
// programs inherit.
func withServers(t *testing.T) {
	t.Setenv("ETAMIL_TEST_PG", servers.Postgres(t))
	t.Setenv("ETAMIL_TEST_MYSQL", servers.MariaDB(t))
	t.Setenv("ETAMIL_TEST_REDIS", servers.Redis(t))
	t.Setenv("ETAMIL_TEST_MONGO", servers.FerretDB(t))
}

func TestDatabaseCorpusThroughNginx(t *testing.T) {
	withServers(t)
	for _, root := range []string{"db", "apps"} {
		t.Run(root, func(t *testing.T) {
			webtest.Run(t, "../../../engine/testdata/conformance/"+root, func(t *testing.T, dir string, env []string) webtest.Send {
				return webtest.Over(serve(t, dir, "app.qmz", env).addr)
			})
		})
	}
}

// program writes a program into a fresh folder.
func program(t *testing.T, source string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "app.qmz"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// peakRSS returns the most memory, in bytes, that the process ever had.
func peakRSS(t *testing.T, pid int) int64 {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(b)
	if m == nil {
		t.Fatal("no VmHWM in /proc/…/status")
	}
	n, _ := strconv.ParseInt(string(m[1]), 10, 64)
	return n << 10
}

func TestAThousandConnectionsAtOnce(t *testing.T) {
	ab, err := exec.LookPath("ab")
	if err != nil {
		missing(t, "ab (Debian package apache2-utils)")
	}
	p := serve(t, program(t, `வழி பெறு, "/" { பதில் 200, "வணக்கம்", {"Content-Type": "text/plain; charset=utf-8"}; }`), "app.qmz", nil)
	out, err := exec.Command(ab, "-q", "-n", "30000", "-c", "1000", "-s", "60", "http://"+p.addr+"/").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{`Complete requests:\s+30000\n`, `Failed requests:\s+0\n`} {
		if !regexp.MustCompile(want).Match(out) {
			t.Errorf("ab does not report %q:\n%s", want, out)
		}
	}
	if bytes.Contains(out, []byte("Non-2xx")) {
		t.Errorf("some answers were not 2xx:\n%s", out)
	}
	if rss := peakRSS(t, p.daemon.PID()); rss >= 100<<20 {
		t.Errorf("the daemon took %d MiB, want less than 100", rss>>20)
	}
}

func TestParallelRequestsNeverSeeEachOther(t *testing.T) {
	p := serve(t, program(t, `
		பட்டியல்கள் = [];
		பெயர் = "";
		வழி பதி, "/:யார்" {
			பெயர் = request_body;
			i = 0;
			(i < 300) சுற்று {
				பட்டியல்கள் = இணை(பட்டியல்கள், request_body & i);
				i = i + 1;
			}
			நல்லது = மெய்;
			ஒவ்வொரு ப இல் பட்டியல்கள் { (பிரி(ப, request_body)[0] != "") எனில் { நல்லது = பொய்; } }
			பதில் 200, பெயர் & நீளம்(பட்டியல்கள்) & நல்லது;
		}`), "app.qmz", nil)
	var wrong atomic.Int64
	var group sync.WaitGroup
	client := &http.Client{Timeout: 60 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	for i := range 100 {
		group.Go(func() {
			for j := range 20 {
				body := fmt.Sprintf("<%d/%d>", i, j)
				res, err := client.Post("http://"+p.addr+"/x", "text/plain", strings.NewReader(body))
				if err != nil {
					wrong.Add(1)
					return
				}
				got, _ := io.ReadAll(res.Body)
				res.Body.Close()
				if string(got) != body+"300true" {
					wrong.Add(1)
				}
			}
		})
	}
	group.Wait()
	if n := wrong.Load(); n > 0 {
		t.Errorf("%d of 2,000 answers were wrong", n)
	}
}

func TestBudgetsOfOneRequestLeaveTheOthersAlone(t *testing.T) {
	p := serve(t, program(t, `
		செயல் முடிவிலா(n) { திரும்பு முடிவிலா(n + 1); }
		வழி பெறு, "/loop" { (மெய்) சுற்று { } }
		வழி பெறு, "/recursion" { பதில் 200, முடிவிலா(0); }
		வழி பெறு, "/text" { அ = "x"; (மெய்) சுற்று { அ = அ & அ; } }
		வழி பெறு, "/lines" { i = 0; (i < 1000000) சுற்று { அச்சு "வரி"; i = i + 1; } }
		வழி பெறு, "/deep" { அ = []; i = 0; (i < 20000) சுற்று { அ = [அ]; i = i + 1; } }
		வழி பெறு, "/slow" { (மெய்) சுற்று { அ = மாற்று("aaaaaaaaaa", "a", "b"); } }
		வழி பெறு, "/" { பதில் 200, "நலம்"; }`), "app.qmz", nil,
		"--max-steps", "20000000", "--request-timeout", "20s", "--max-memory", "32MiB")
	client := &http.Client{Timeout: 60 * time.Second}
	done := make(chan struct{})
	var others, bad atomic.Int64
	go func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			res, err := client.Get("http://" + p.addr + "/")
			others.Add(1)
			if err != nil || res.StatusCode != 200 {
				bad.Add(1)
				continue
			}
			res.Body.Close()
		}
	}()
	for _, path := range []string{"/loop", "/recursion", "/text", "/lines", "/deep", "/slow"} {
		res, err := client.Get("http://" + p.addr + path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != 500 || !bytes.HasPrefix(body, []byte(`{"error": "Internal Server Error", "request_id": "`)) {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
	close(done)
	if bad.Load() > 0 || others.Load() == 0 {
		t.Errorf("%d of %d other requests failed", bad.Load(), others.Load())
	}
	log, _ := os.ReadFile(p.daemon.Log)
	for _, code := range []string{"ET4030", "ET4006", "ET4032", "ET4033", "ET4034"} {
		if !bytes.Contains(log, []byte(code)) {
			t.Errorf("the log names no %s", code)
		}
	}
}

func TestSIGTERMUnderLoadAnswersWhatItHasAndNginxLogsNothing(t *testing.T) {
	p := serve(t, program(t, `வழி பதி, "/" { i = 0; (i < 20000) சுற்று { i = i + 1; } பதில் 200, request_body; }`), "app.qmz", nil)
	// 32 clients over kept connections of nginx; a lost request shows as a
	// 502 of nginx or a broken connection. After the socket is gone nginx
	// answers 502 for what never reached the daemon: those are told apart by
	// nginx's log, which then says that it could not connect.
	var group sync.WaitGroup
	var ok, refused, other atomic.Int64
	stop := make(chan struct{})
	for i := range 32 {
		group.Go(func() {
			conn, err := net.Dial("tcp", p.addr)
			if err != nil {
				other.Add(1)
				return
			}
			defer conn.Close()
			r := bufio.NewReader(conn)
			for j := 0; ; j++ {
				select {
				case <-stop:
					return
				default:
				}
				body := fmt.Sprintf("%d-%d", i, j)
				fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
				res, err := http.ReadResponse(r, nil)
				if err != nil {
					other.Add(1)
					return
				}
				got, err := io.ReadAll(res.Body)
				switch {
				case err == nil && res.StatusCode == 200 && string(got) == body:
					ok.Add(1)
				case res.StatusCode == 502:
					refused.Add(1)
					return
				default:
					other.Add(1)
				}
			}
		})
	}
	soon(t, 30*time.Second, "500 requests are answered", func() bool { return ok.Load() >= 500 })
	syscall.Kill(p.daemon.PID(), syscall.SIGTERM)
	select {
	case <-p.daemon.Exited:
	case <-time.After(40 * time.Second):
		t.Fatal("the daemon did not end")
	}
	p.ended = true
	if how, _, _ := strings.Cut(p.daemon.Failure().Error(), "\n"); how != "etamild ended" {
		t.Errorf("the daemon did not exit with 0: %s", how)
	}
	close(stop)
	group.Wait()
	if other.Load() > 0 {
		t.Errorf("%d requests were lost, %d answered", other.Load(), ok.Load())
	}
	log, err := os.ReadFile(p.nginx.Log)
	if err != nil {
		t.Fatal(err)
	}
	connect := 0
	for line := range strings.Lines(string(log)) {
		switch {
		case strings.Contains(line, "connect() to unix:"), strings.Contains(line, "no live upstreams"):
			connect++
		case strings.Contains(line, "[error]"), strings.Contains(line, "[crit]"), strings.Contains(line, "[alert]"):
			t.Errorf("nginx logs: %s", line)
		}
	}
	if int64(connect) < refused.Load() {
		t.Errorf("nginx answered 502 %d times and could not connect %d times: some requests were lost behind it", refused.Load(), connect)
	}
}
