package system

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"etamil/engine/host"
)

// seen is what a server was sent.
type seen struct {
	method, path, host, body string
	header                   http.Header
}

// recording answers with f and keeps the requests.
func recording(t *testing.T, f http.HandlerFunc) (*httptest.Server, *[]seen) {
	t.Helper()
	var all []seen
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		all = append(all, seen{r.Method, r.URL.RequestURI(), r.Host, string(body), r.Header})
		f(w, r)
	}))
	t.Cleanup(s.Close)
	return s, &all
}

func newWeb(t *testing.T, c WebConfig) *Web {
	t.Helper()
	if c.Version == "" {
		c.Version = "1.2.3"
	}
	if c.Getenv == nil {
		c.Getenv = func(string) string { return "" }
	}
	w := NewWeb(c)
	t.Cleanup(w.CloseIdle)
	return w
}

func do(t *testing.T, w *Web, method, url string, body *string, header ...[2]string) *host.HTTPResponse {
	t.Helper()
	r, err := w.Do(context.Background(), &host.HTTPRequest{Method: method, URL: url, Header: header, Body: body})
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	return r
}

func text(s string) *string { return &s }

func TestRequestCarriesWhatTheProgramSaid(t *testing.T) {
	s, all := recording(t, func(w http.ResponseWriter, r *http.Request) {})
	web := newWeb(t, WebConfig{})
	do(t, web, "GET", " "+s.URL+`/பாதை/x?q=அ b"'<>#part `, nil, [2]string{"X-One", "1"})
	do(t, web, "POST", s.URL, text("உடல்"), [2]string{"user-agent", "mine"}, [2]string{"Content-Length", "99"}, [2]string{"Host", "example.in"})
	do(t, web, "PATCH", s.URL+"/", text(""))
	do(t, web, "GET", strings.Replace(s.URL, "//", "//kayal:p%40ss@", 1), nil)
	do(t, web, "DELETE", strings.Replace(s.URL, "//", "//kayal:p@", 1), nil, [2]string{"authorization", "Bearer x"})
	do(t, web, "GET", s.URL, text("with a body"), [2]string{"X-A", "upper"}, [2]string{"x-a", "lower"})

	got := *all
	if want := "/%E0%AE%AA%E0%AE%BE%E0%AE%A4%E0%AF%88/x?q=%E0%AE%85%20b%22%27%3C%3E"; got[0].path != want {
		t.Errorf("path %q, want %q", got[0].path, want)
	}
	for name, want := range map[string]string{"User-Agent": "etamil/1.2.3", "X-One": "1", "Accept-Encoding": "gzip", "Content-Type": "", "Content-Length": ""} {
		if have := got[0].header.Get(name); have != want {
			t.Errorf("GET: %s %q, want %q", name, have, want)
		}
	}
	if got[1].body != "உடல்" || got[1].header.Get("User-Agent") != "mine" || got[1].header.Get("Content-Length") != "12" || got[1].host != "example.in" {
		t.Errorf("POST: %+v", got[1])
	}
	if got[1].header.Get("Content-Type") != "" {
		t.Errorf("a content type was made up: %q", got[1].header.Get("Content-Type"))
	}
	if got[2].header.Get("Content-Length") != "0" {
		t.Errorf("empty body: %v", got[2].header)
	}
	if want := "Basic a2F5YWw6cEBzcw=="; got[3].header.Get("Authorization") != want {
		t.Errorf("credentials %q, want %q", got[3].header.Get("Authorization"), want)
	}
	if want := "Bearer x"; got[4].header.Get("Authorization") != want {
		t.Errorf("the program's own %q, want %q", got[4].header.Get("Authorization"), want)
	}
	if got[5].body != "with a body" || got[5].header.Get("X-A") != "lower" || len(got[5].header["X-A"]) != 1 {
		t.Errorf("GET with a body: %+v", got[5])
	}
}

func TestAnswerIsGivenForEveryStatus(t *testing.T) {
	s, _ := recording(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("X-Twice", "first")
		w.Header().Add("X-Twice", "second")
		w.Header().Set("X-Bytes", "a\xff")
		if r.URL.Path == "/404" {
			w.WriteHeader(http.StatusNotFound)
		}
		w.Write([]byte("வ\xffணக்கம்"))
	})
	web := newWeb(t, WebConfig{})
	for path, want := range map[string]int{"/": 200, "/404": 404} {
		r := do(t, web, "GET", s.URL+path, nil)
		if r.Status != want || r.Body != "வ\uFFFDணக்கம்" {
			t.Errorf("%s: %+v", path, r)
		}
		if r.Header["x-twice"] != "first" || r.Header["x-bytes"] != "a\uFFFD" || r.Header["content-length"] == "" {
			t.Errorf("%s: %v", path, r.Header)
		}
	}
	if r := do(t, web, "HEAD", s.URL, nil); r.Body != "" || r.Status != 200 {
		t.Errorf("HEAD: %+v", r)
	}
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

func TestGzipIsDecoded(t *testing.T) {
	s, all := recording(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "GZIP")
		switch r.URL.Path {
		case "/bad":
			w.Write([]byte("no gzip"))
		default:
			w.Write(gzipped([]byte("சுருக்கம்")))
		}
	})
	web := newWeb(t, WebConfig{})
	for _, accept := range []string{"", "gzip", "identity"} {
		var header [][2]string
		if accept != "" {
			header = [][2]string{{"Accept-Encoding", accept}}
		}
		r := do(t, web, "GET", s.URL, nil, header...)
		_, length := r.Header["content-length"]
		_, encoding := r.Header["content-encoding"]
		if r.Body != "சுருக்கம்" || length || encoding {
			t.Errorf("%q: %+v", accept, r)
		}
	}
	if got := (*all)[2].header.Get("Accept-Encoding"); got != "identity" {
		t.Errorf("sent %q", got)
	}
	if r := do(t, web, "HEAD", s.URL, nil); r.Body != "" {
		t.Errorf("HEAD: %+v", r)
	}
	if r, err := web.Do(context.Background(), &host.HTTPRequest{Method: "GET", URL: s.URL + "/bad"}); err == nil {
		t.Errorf("broken gzip: %+v", r)
	}
}

func TestAnswersAreLimitedAfterDecoding(t *testing.T) {
	exact := make([]byte, maxWebBody)
	s, _ := recording(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/exact":
			w.Write(exact)
		case "/more":
			w.Write(exact)
			w.Write([]byte("x"))
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(gzipped(append(exact, 'x')))
		}
	})
	web := newWeb(t, WebConfig{})
	if r := do(t, web, "GET", s.URL+"/exact", nil); len(r.Body) != maxWebBody {
		t.Errorf("%d bytes", len(r.Body))
	}
	for _, path := range []string{"/more", "/bomb"} {
		if _, err := web.Do(context.Background(), &host.HTTPRequest{Method: "GET", URL: s.URL + path}); !errors.Is(err, ErrBodyTooLong) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestRedirectsFollowTheRules(t *testing.T) {
	for _, tt := range []struct {
		status       int
		method, then string // "": not followed
	}{
		{301, "GET", "GET"}, {302, "POST", "GET"}, {303, "PUT", "GET"}, {303, "HEAD", "HEAD"}, {301, "HEAD", "HEAD"}, {302, "DELETE", "GET"},
		{307, "GET", "GET"}, {308, "HEAD", "HEAD"}, {307, "POST", ""}, {308, "DELETE", ""}, {307, "PUT", ""}, {300, "GET", ""}, {304, "GET", ""},
	} {
		t.Run(fmt.Sprint(tt.status, " ", tt.method), func(t *testing.T) {
			s, all := recording(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/from" {
					w.Header().Set("Location", "to?x=1#y")
					w.WriteHeader(tt.status)
				}
			})
			web := newWeb(t, WebConfig{})
			var body *string
			if tt.method != "GET" && tt.method != "HEAD" {
				body = text("body")
			}
			r := do(t, web, tt.method, s.URL+"/from", body, [2]string{"Authorization", "Bearer x"}, [2]string{"X-Kept", "k"})
			got := *all
			if tt.then == "" {
				if len(got) != 1 || r.Status != tt.status || r.Header["location"] == "" {
					t.Errorf("followed: %+v, %+v", got, r)
				}
				return
			}
			if len(got) != 2 || r.Status != 200 {
				t.Fatalf("not followed: %+v", r)
			}
			next := got[1]
			if next.method != tt.then || next.path != "/to?x=1" || next.body != "" || next.header.Get("X-Kept") != "k" || next.header.Get("Authorization") != "" {
				t.Errorf("then %+v", next)
			}
			if got[0].header.Get("Authorization") != "Bearer x" {
				t.Error("the first request had no authorization")
			}
		})
	}
}

func TestFiveRedirectsAreFollowed(t *testing.T) {
	s, all := recording(t, func(w http.ResponseWriter, r *http.Request) {
		if n := strings.TrimPrefix(r.URL.Path, "/"); n != "0" {
			http.Redirect(w, r, "/"+string(n[0]-1), http.StatusFound)
		}
	})
	web := newWeb(t, WebConfig{})
	if r := do(t, web, "GET", s.URL+"/5", nil); r.Status != 200 || len(*all) != 6 {
		t.Errorf("%+v after %d requests", r, len(*all))
	}
	if _, err := web.Do(context.Background(), &host.HTTPRequest{Method: "GET", URL: s.URL + "/6"}); !errors.Is(err, ErrRedirects) {
		t.Errorf("six: %v", err)
	}
}

func TestRedirectsLeadNowhereElse(t *testing.T) {
	s, _ := recording(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			w.Header().Set("Location", r.URL.Query().Get("to"))
			w.WriteHeader(http.StatusFound)
		}
	})
	web := newWeb(t, WebConfig{})
	for to, want := range map[string]error{"file:///etc/passwd": ErrBadScheme, "gopher://x/": ErrBadScheme, "http://": ErrBadURL, "http://a b/": ErrBadURL} {
		_, err := web.Do(context.Background(), &host.HTTPRequest{Method: "GET", URL: s.URL + "/r?to=" + url.QueryEscape(to)})
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", to, err, want)
		}
	}
	if r := do(t, web, "GET", s.URL+"/r?to=", nil); r.Status != 302 {
		t.Errorf("without a place: %+v", r)
	}
}

func TestHostHeaderStaysWithItsHost(t *testing.T) {
	other, others := recording(t, func(http.ResponseWriter, *http.Request) {})
	s, all := recording(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/1":
			http.Redirect(w, r, "/2", http.StatusFound)
		case "/2":
			http.Redirect(w, r, other.URL, http.StatusFound)
		}
	})
	do(t, newWeb(t, WebConfig{}), "GET", s.URL+"/1", nil, [2]string{"Host", "example.in"})
	if (*all)[1].host != "example.in" {
		t.Errorf("same host: %q", (*all)[1].host)
	}
	if got := (*others)[0].host; "http://"+got != other.URL {
		t.Errorf("other host: %q", got)
	}
}

func TestRequestsThatCannotBeSent(t *testing.T) {
	s, all := recording(t, func(http.ResponseWriter, *http.Request) {})
	web := newWeb(t, WebConfig{})
	for _, tt := range []struct {
		method, url string
		header      [2]string
		want        error
	}{
		{"GET", "", [2]string{}, ErrBadURL}, {"GET", "example.in", [2]string{}, ErrBadURL}, {"GET", "/x", [2]string{}, ErrBadURL},
		{"GET", "ftp://example.in/", [2]string{}, ErrBadScheme}, {"GET", "file:///etc/passwd", [2]string{}, ErrBadScheme},
		{"GET", "http://", [2]string{}, ErrBadURL}, {"GET", "http:///x", [2]string{}, ErrBadURL}, {"GET", "http://a b/", [2]string{}, ErrBadURL},
		{"GET", "http://x:y/", [2]string{}, ErrBadURL}, {"GET", "http://user:se%zzcret@x/", [2]string{}, ErrBadURL},
		{"GET", "http://x/\r\nA: b", [2]string{}, ErrBadURL},
		{"A B", s.URL, [2]string{}, ErrBadMethod}, {"", s.URL, [2]string{}, ErrBadMethod}, {"GÉT", s.URL, [2]string{}, ErrBadMethod},
		{"GET", s.URL, [2]string{"", "x"}, ErrBadHeader}, {"GET", s.URL, [2]string{"A B", "x"}, ErrBadHeader}, {"GET", s.URL, [2]string{"தலைப்பு", "x"}, ErrBadHeader},
		{"GET", s.URL, [2]string{"A", "x\r\nB: c"}, ErrBadHeader}, {"GET", s.URL, [2]string{"A", "é"}, ErrBadHeader}, {"GET", s.URL, [2]string{"A", "\x00"}, ErrBadHeader},
	} {
		var header [][2]string
		if tt.header != [2]string{} {
			header = [][2]string{tt.header}
		}
		_, err := web.Do(context.Background(), &host.HTTPRequest{Method: tt.method, URL: tt.url, Header: header})
		if !errors.Is(err, tt.want) {
			t.Errorf("%s %q %q: %v, want %v", tt.method, tt.url, tt.header, err, tt.want)
		}
	}
	if len(*all) != 0 {
		t.Errorf("sent: %v", *all)
	}
	if _, err := web.Do(context.Background(), &host.HTTPRequest{Method: "GET", URL: "http://127.0.0.1:1/x"}); err == nil {
		t.Error("nobody listens there")
	}
}

func TestOnlyPermittedHostsAreCalled(t *testing.T) {
	s, _ := recording(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "http://localhost:1/", http.StatusFound)
		}
	})
	address := strings.TrimPrefix(s.URL, "http://")
	name, _, _ := net.SplitHostPort(address)
	for _, tt := range []struct {
		hosts []string
		path  string
		ok    bool
	}{
		{nil, "/", true}, {[]string{}, "/", false}, {[]string{name}, "/", true}, {[]string{address}, "/", true},
		{[]string{name + ":1", "example.in"}, "/", false}, {[]string{name}, "/away", false},
	} {
		_, err := newWeb(t, WebConfig{Hosts: tt.hosts}).Do(context.Background(), &host.HTTPRequest{Method: "GET", URL: s.URL + tt.path})
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, host.ErrNotPermitted) {
			t.Errorf("%v %s: %v", tt.hosts, tt.path, err)
		}
	}
}

func TestSlowServersEndTheRequest(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			w.Write([]byte("x"))
			w.(http.Flusher).Flush()
		}
		<-release
	}))
	defer s.Close()
	defer close(release)
	web := newWeb(t, WebConfig{})
	web.timeout = 50 * time.Millisecond
	for _, path := range []string{"/", "/body"} {
		if _, err := web.Do(context.Background(), &host.HTTPRequest{Method: "GET", URL: s.URL + path}); !errors.Is(err, ErrWebTimeout) {
			t.Errorf("%s: %v", path, err)
		}
	}
	web.timeout = time.Minute
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := web.Do(ctx, &host.HTTPRequest{Method: "GET", URL: s.URL}); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
}

// certificate writes a self-signed certificate and its key as PEM files.
func certificate(t *testing.T, name string) (certPath, keyPath string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certPath, keyPath = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	put(t, certPath, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	put(t, keyPath, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})))
	parsed, _ := x509.ParseCertificate(der)
	pool = x509.NewCertPool()
	pool.AddCert(parsed)
	return certPath, keyPath, pool
}

func TestIdentityIsShownAndRootsAreTrusted(t *testing.T) {
	cert, key, pool := certificate(t, "kayal")
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.TLS.PeerCertificates[0].Subject.CommonName)
	}))
	s.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}
	s.StartTLS()
	defer s.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	put(t, ca, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})))

	env := map[string]string{"ETAMIL_TLS_CERT": cert, "ETAMIL_TLS_KEY": key, "ETAMIL_TLS_CA": ca}
	web := newWeb(t, WebConfig{Getenv: func(name string) string { return env[name] }})
	if r := do(t, web, "GET", s.URL, nil); r.Body != "kayal" {
		t.Errorf("%+v", r)
	}
	clear(env) // read once
	web.CloseIdle()
	if r := do(t, web, "GET", s.URL, nil); r.Body != "kayal" {
		t.Errorf("%+v", r)
	}
	if _, err := newWeb(t, WebConfig{}).Do(context.Background(), &host.HTTPRequest{Method: "GET", URL: s.URL}); err == nil {
		t.Error("an unknown root was trusted")
	}
}

func TestUnusableIdentityStopsHttpsAlone(t *testing.T) {
	cert, key, _ := certificate(t, "x")
	empty := filepath.Join(t.TempDir(), "empty.pem")
	put(t, empty, "no certificate")
	plain, _ := recording(t, func(http.ResponseWriter, *http.Request) {})
	secure := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer secure.Close()
	for _, tt := range []struct {
		env  map[string]string
		name string
	}{
		{map[string]string{"ETAMIL_TLS_CERT": cert}, "ETAMIL_TLS_KEY"},
		{map[string]string{"ETAMIL_TLS_KEY": key}, "ETAMIL_TLS_CERT"},
		{map[string]string{"ETAMIL_TLS_CERT": "/nowhere", "ETAMIL_TLS_KEY": key}, "ETAMIL_TLS_CERT"},
		{map[string]string{"ETAMIL_TLS_CERT": cert, "ETAMIL_TLS_KEY": empty}, "ETAMIL_TLS_KEY"},
		{map[string]string{"ETAMIL_TLS_CA": empty}, "ETAMIL_TLS_CA"},
		{map[string]string{"ETAMIL_TLS_CA": "/nowhere"}, "ETAMIL_TLS_CA"},
	} {
		web := newWeb(t, WebConfig{Getenv: func(name string) string { return tt.env[name] }})
		for range 2 {
			_, err := web.Do(context.Background(), &host.HTTPRequest{Method: "GET", URL: secure.URL})
			if err == nil || !strings.Contains(err.Error(), tt.name) || strings.Contains(err.Error(), "nowhere") {
				t.Errorf("%v: %v", tt.env, err)
			}
		}
		do(t, web, "GET", plain.URL, nil)
	}
}
