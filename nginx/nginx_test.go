package nginx_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/fcgi"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"etamil/nginx"
)

// An app is a responder of the standard library, so that these tests say what
// nginx sends and not what etamild makes of it.
type app struct {
	url      string
	accepted atomic.Int64 // connections of nginx
	requests atomic.Int64
	log      *bytes.Buffer // what nginx said; read it after stop
	stop     func()
}

type countingListener struct {
	net.Listener
	accepted *atomic.Int64
}

func (l countingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.accepted.Add(1)
	}
	return c, err
}

// folder returns a folder whose path is short enough for a socket.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "etamil-nginx")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// freeAddress returns a local address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// behindNginx serves l's requests with h behind the shipped site.
func behindNginx(t *testing.T, serve func(net.Listener)) *app {
	t.Helper()
	dir := folder(t)
	socket := filepath.Join(dir, "app.sock")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	a := &app{log: new(bytes.Buffer)}
	go serve(countingListener{l, &a.accepted})

	address := freeAddress(t)
	cmd, err := nginx.Command(dir, nginx.Options{
		Sites:   []nginx.Site{{Name: "app", Listen: address, Socket: socket}},
		Workers: 1,
	})
	if errors.Is(err, nginx.ErrNotInstalled) {
		l.Close()
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = a.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ended error
	exited := make(chan struct{})
	go func() { ended = cmd.Wait(); close(exited) }()
	var stopped bool
	a.stop = func() {
		if !stopped {
			stopped = true
			cmd.Process.Signal(syscall.SIGTERM)
			<-exited
			l.Close()
		}
	}
	t.Cleanup(a.stop)
	for deadline := time.Now().Add(10 * time.Second); ; {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
			break
		}
		select {
		case <-exited:
			t.Fatalf("nginx ended (%v): %s", ended, a.log)
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatal("nginx does not listen after 10 s")
		}
	}
	a.url = "http://" + address
	return a
}

func handler(h http.HandlerFunc) func(net.Listener) {
	return func(l net.Listener) { fcgi.Serve(l, h) }
}

func do(t *testing.T, method, url string, body io.Reader, header http.Header) (*http.Response, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text)
}

// check runs nginx -t over text, a whole nginx.conf in a folder with the files
// of an installation.
func check(t *testing.T, dir, text string) {
	t.Helper()
	program, err := nginx.Path()
	if err != nil {
		t.Skip(err)
	}
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "etamil_params"), []byte(nginx.ParamsFile), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "-t", "-p", dir, "-c", conf, "-e", "stderr").CombinedOutput()
	if err != nil || bytes.Contains(out, []byte("[warn]")) {
		t.Errorf("nginx -t: %v\n%s", err, out)
	}
}

func TestNginxAcceptsTheShippedSite(t *testing.T) {
	dir := folder(t)
	// As installed, but for the ports, which belong to root.
	_, port, _ := net.SplitHostPort(freeAddress(t))
	site := strings.NewReplacer("listen 80;", "listen "+port+";", "listen [::]:80;", "listen 127.0.0.2:"+port+";").Replace(nginx.SiteFile)
	check(t, dir, fmt.Sprintf("pid %s/nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n%s\n}\n", dir, site))
}

// twoInstances returns the shipped site of two instances for this folder.
func twoInstances(t *testing.T, dir, listen string) string {
	t.Helper()
	text := nginx.TwoInstancesFile
	for _, c := range [][2]string{
		{"    listen 80;\n", "    listen " + listen + ";\n"},
		{"    listen [::]:80;\n", ""},
		{"include /etc/etamil/nginx/etamil_params;", "include etamil_params;"},
		{"unix:/run/etamil/kadai-a.sock", "unix:" + dir + "/a.sock"},
		{"unix:/run/etamil/kadai-b.sock", "unix:" + dir + "/b.sock"},
	} {
		if strings.Count(text, c[0]) != 1 {
			t.Fatalf("two-instances.conf must have %q once", c[0])
		}
		text = strings.Replace(text, c[0], c[1], 1)
	}
	return text
}

func TestNginxAcceptsTheSiteOfTwoInstances(t *testing.T) {
	dir := folder(t)
	check(t, dir, nginx.Options{Workers: 1, Extra: twoInstances(t, dir, freeAddress(t))}.Config(dir))
}

func TestSiteOfTwoInstancesIsTheShippedSiteWithAnotherUpstream(t *testing.T) {
	server := func(text string) string {
		_, text, ok := strings.Cut(text, "\nserver {\n")
		if !ok {
			t.Fatal("no server block")
		}
		return text
	}
	want := strings.NewReplacer("fastcgi_pass etamil;", "fastcgi_pass kadai;", "include etamil_params;", "include /etc/etamil/nginx/etamil_params;").Replace(server(nginx.SiteFile))
	if got := server(nginx.TwoInstancesFile); got != want {
		t.Errorf("the server blocks differ:\n%s\n%s", got, want)
	}
}

func TestPostsGoToTheOtherInstanceWhenOneIsGone(t *testing.T) {
	dir := folder(t)
	var served [2]atomic.Int64
	listen := func(n int) net.Listener {
		l, err := net.Listen("unix", filepath.Join(dir, []string{"a.sock", "b.sock"}[n]))
		if err != nil {
			t.Fatal(err)
		}
		go fcgi.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { served[n].Add(1) }))
		return l
	}
	first, second := listen(0), listen(1)
	defer second.Close()
	address := freeAddress(t)
	cmd, err := nginx.Command(dir, nginx.Options{Workers: 1, Extra: twoInstances(t, dir, address)})
	if errors.Is(err, nginx.ErrNotInstalled) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	})
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nginx does not listen after 10 s")
		}
	}
	const posts = 20
	post := func() {
		t.Helper()
		for range posts {
			if res, text := do(t, "POST", "http://"+address, strings.NewReader("pay=100"), nil); res.StatusCode != 200 {
				t.Fatalf("%d %s", res.StatusCode, text)
			}
		}
	}
	post()
	if a, b := served[0].Load(), served[1].Load(); a == 0 || b == 0 || a+b != posts {
		t.Errorf("%d and %d POSTs of %d were served", a, b, posts)
	}
	// Its idle connections stay open here; what is new finds nobody. A
	// responder that is gone for good closes both.
	first.Close()
	post()
	if a, b := served[0].Load(), served[1].Load(); a+b != 2*posts {
		t.Errorf("%d and %d POSTs of %d were served", a, b, 2*posts)
	}
}

func TestNginxAcceptsSeveralSites(t *testing.T) {
	dir := folder(t)
	o := nginx.Options{Workers: 2, Sites: []nginx.Site{
		{Name: "one", Listen: freeAddress(t), Socket: dir + "/one.sock"},
		{Name: "two", Listen: freeAddress(t), Socket: dir + "/two.sock"},
	}}
	check(t, dir, o.Config(dir))
}

func TestApplicationIsToldTheRequestAsTheClientSentIt(t *testing.T) {
	a := behindNginx(t, handler(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s?%s %s %s", r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header.Get("Content-Type"), r.Header.Get("X-Own"))
	}))
	for _, tt := range []struct{ why, method, target, body, want string }{
		{"escapes stay", "GET", "/a%20b?c=%41", "", "GET /a%20b?c=%41  யா"},
		{"slashes stay", "GET", "//a//b/?", "", "GET //a//b/?  யா"},
		{"dots stay", "GET", "/a/../b?x", "", "GET /a/../b?x  யா"},
		{"Tamil path, escaped", "POST", "/%E0%AE%85?", "x", "POST /%E0%AE%85? text/plain யா"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			header := http.Header{"X-Own": {"யா"}}
			var body io.Reader
			if tt.body != "" {
				body, header["Content-Type"] = strings.NewReader(tt.body), []string{"text/plain"}
			}
			if _, got := do(t, tt.method, a.url+tt.target, body, header); got != tt.want {
				t.Errorf("%s %s: application saw %q, want %q", tt.method, tt.target, got, tt.want)
			}
		})
	}
}

func TestRequestIDIsNginxOwn(t *testing.T) {
	a := behindNginx(t, handler(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, strings.Join(r.Header["X-Request-Id"], "+"))
	}))
	_, got := do(t, "GET", a.url, nil, http.Header{"X-Request-Id": {"chosen-by-client"}})
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(got) {
		t.Errorf("X-Request-Id at the application = %q, want 32 hex digits made by nginx", got)
	}
}

func TestHeadersThatMustNotArrive(t *testing.T) {
	a := behindNginx(t, handler(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"Proxy", "X-User"} {
			if v, ok := r.Header[name]; ok {
				fmt.Fprintf(w, "%s=%q ", name, v)
			}
		}
	}))
	// X_User would be HTTP_X_USER, the same as X-User, which a front may set.
	_, got := do(t, "GET", a.url, nil, http.Header{"Proxy": {"http://evil.example"}, "X_User": {"admin"}})
	if got != "" {
		t.Errorf("arrived at the application: %s", got)
	}
}

func TestConnectionIsKeptFromRequestToRequest(t *testing.T) {
	a := behindNginx(t, handler(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, "x")
	}))
	for i := range 40 {
		if i%2 == 0 {
			do(t, "GET", a.url, nil, nil)
		} else {
			do(t, "POST", a.url, strings.NewReader("abc"), nil)
		}
	}
	if n := a.accepted.Load(); n != 1 {
		t.Errorf("40 requests one after the other came over %d connections, want 1", n)
	}
}

func TestBodyLargerThanMaxBodyIsRefusedByNginx(t *testing.T) {
	var a *app
	a = behindNginx(t, handler(func(w http.ResponseWriter, r *http.Request) {
		a.requests.Add(1)
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n)
	}))
	const max = 8 << 20
	if res, got := do(t, "POST", a.url, bytes.NewReader(make([]byte, max)), nil); res.StatusCode != 200 || got != fmt.Sprint(max) {
		t.Errorf("POST of 8 MiB: %d, application read %s bytes, want 200 and %d", res.StatusCode, got, max)
	}
	before := a.requests.Load()
	if res, _ := do(t, "POST", a.url, bytes.NewReader(make([]byte, max+1)), nil); res.StatusCode != 413 {
		t.Errorf("POST of 8 MiB and one byte: %d, want 413", res.StatusCode)
	}
	if a.requests.Load() != before {
		t.Error("the refused body reached the application")
	}
}

func TestErrorBodiesOfTheApplicationArrive(t *testing.T) {
	a := behindNginx(t, handler(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusInternalServerError)
		io.WriteString(w, `{"error": "own"}`)
	}))
	if res, got := do(t, "GET", a.url, nil, nil); res.StatusCode != 500 || got != `{"error": "own"}` {
		t.Errorf("got %d %s, want 500 and the application's own body", res.StatusCode, got)
	}
}

func TestPostIsNeverSentTwice(t *testing.T) {
	var a *app
	a = behindNginx(t, func(l net.Listener) {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { // takes the request and vanishes
				defer c.Close()
				if n, _ := c.Read(make([]byte, 4096)); n > 0 {
					a.requests.Add(1)
				}
			}()
		}
	})
	if res, _ := do(t, "POST", a.url, strings.NewReader("pay=100"), nil); res.StatusCode != 502 {
		t.Errorf("POST to an application that vanishes: %d, want 502", res.StatusCode)
	}
	if n := a.requests.Load(); n != 1 {
		t.Errorf("the POST reached the application %d times, want once", n)
	}
}

func TestLargeAnswerStaysInMemory(t *testing.T) {
	body := strings.Repeat("வணக்கம் ", 10_000) // 220 kB
	a := behindNginx(t, handler(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, body) }))
	if _, got := do(t, "GET", a.url, nil, nil); got != body {
		t.Errorf("answer of %d bytes arrived with %d", len(body), len(got))
	}
	a.stop()
	if s := a.log.String(); strings.Contains(s, "temporary file") {
		t.Errorf("nginx wrote the answer to the disk:\n%s", s)
	}
}

func TestChunkedBodyArrivesWithItsLength(t *testing.T) {
	a := behindNginx(t, handler(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, r.ContentLength, n)
	}))
	body := struct{ io.Reader }{strings.NewReader(strings.Repeat("x", 100_000))} // its length is not known to the client
	if _, got := do(t, "POST", a.url, body, nil); got != "100000 100000" {
		t.Errorf("CONTENT_LENGTH and bytes of a chunked body = %s, want 100000 twice", got)
	}
}
