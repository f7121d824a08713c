package system

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"etamil/engine/host"
	"etamil/engine/value"
)

const (
	maxRedirects      = 5
	maxWebBody        = 10 << 20 // bytes of an answer, after gzip
	maxWebHeader      = 1 << 20  // bytes of its header lines
	webConnectTimeout = 10 * time.Second
	webTimeout        = 30 * time.Second
)

// WebConfig describes a Web.
type WebConfig struct {
	// Version stands in the User-Agent: etamil/VERSION.
	Version string
	// Getenv reads ETAMIL_TLS_CERT, ETAMIL_TLS_KEY and ETAMIL_TLS_CA, at the
	// first https request; nil: os.Getenv.
	Getenv func(string) string
	// Hosts are those that may be called, as "name" (any port) or
	// "name:port"; nil: all.
	Hosts []string
}

// Web sends HTTP/1.1 requests. It keeps connections open between requests, for
// all runs together. Safe for concurrent use.
type Web struct {
	config    WebConfig
	transport *http.Transport
	timeout   time.Duration // webTimeout, but in tests

	identity sync.Once
	tls      error // what is wrong with the identity: no https then
}

var _ host.HTTPClient = (*Web)(nil)

// NewWeb returns the client of a process.
func NewWeb(c WebConfig) *Web {
	if c.Getenv == nil {
		c.Getenv = os.Getenv
	}
	dialer := &net.Dialer{Timeout: webConnectTimeout, KeepAlive: 30 * time.Second}
	return &Web{
		config:  c,
		timeout: webTimeout,
		transport: &http.Transport{
			// No proxy: a variable HTTP_PROXY may have come from a request.
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    webConnectTimeout,
			MaxIdleConns:           64,
			MaxIdleConnsPerHost:    8,
			IdleConnTimeout:        20 * time.Second,
			MaxResponseHeaderBytes: maxWebHeader,
			// Decoded here, because a program may ask for gzip itself.
			DisableCompression: true,
		},
	}
}

// CloseIdle closes the connections that wait for a next request.
func (w *Web) CloseIdle() { w.transport.CloseIdleConnections() }

// Do implements host.HTTPClient. Redirects 301, 302 and 303 are followed with
// GET, or HEAD for HEAD; 307 and 308 for GET and HEAD alone; at most five. The
// body is never sent on, Authorization neither.
func (w *Web) Do(ctx context.Context, r *host.HTTPRequest) (*host.HTTPResponse, error) {
	if !isToken(r.Method) {
		return nil, ErrBadMethod
	}
	header, named, err := requestHeader(r.Header)
	if err != nil {
		return nil, err
	}
	if header.Get("User-Agent") == "" {
		header.Set("User-Agent", "etamil/"+w.config.Version)
	}
	if header.Get("Accept-Encoding") == "" && header.Get("Range") == "" {
		header.Set("Accept-Encoding", "gzip")
	}
	target, err := parseURL(strings.TrimSpace(r.URL))
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	method, body := r.Method, r.Body
	for redirects := 0; ; redirects++ {
		response, err := w.send(limited, method, target, header, named, body)
		if err != nil {
			return nil, w.failure(ctx, limited, err)
		}
		next := redirectMethod(response.StatusCode, method)
		location := response.Header.Get("Location")
		if next == "" || location == "" || r.Stay {
			answer, err := readAnswer(response, method)
			if err != nil {
				return nil, w.failure(ctx, limited, err)
			}
			return answer, nil
		}
		// A short body read to its end leaves the connection usable.
		io.CopyN(io.Discard, response.Body, 4<<10)
		response.Body.Close()
		if redirects == maxRedirects {
			return nil, ErrRedirects
		}
		from := target.Host
		if target, err = follow(target, location); err != nil {
			return nil, err
		}
		if target.Host != from {
			named = ""
		}
		method, body = next, nil
		header.Del("Authorization")
	}
}

// redirectMethod returns the method of the request that follows an answer, ""
// when none follows.
func redirectMethod(status int, method string) string {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther:
		if method == http.MethodHead {
			return method
		}
		return http.MethodGet
	case http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if method == http.MethodGet || method == http.MethodHead {
			return method
		}
	}
	return ""
}

func follow(from *url.URL, location string) (*url.URL, error) {
	relative, err := url.Parse(location)
	if err != nil {
		return nil, ErrBadURL
	}
	return checkURL(from.ResolveReference(relative))
}

func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, ErrBadURL // err shows the text, which may hold a password
	}
	return checkURL(u)
}

func checkURL(u *url.URL) (*url.URL, error) {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		if u.Scheme == "" {
			return nil, ErrBadURL
		}
		return nil, ErrBadScheme
	case u.Hostname() == "":
		return nil, ErrBadURL
	}
	u.Fragment = ""
	u.RawQuery = escapeQuery(u.RawQuery)
	return u, nil
}

// escapeQuery writes what may not stand in a query in hexadecimal: the
// standard library sends a query as it is.
func escapeQuery(query string) string {
	const hex = "0123456789ABCDEF"
	var out strings.Builder
	for i := 0; i < len(query); i++ {
		c := query[i]
		if c <= ' ' || c >= 0x7F || c == '"' || c == '<' || c == '>' || c == '\'' {
			out.WriteByte('%')
			out.WriteByte(hex[c>>4])
			c = hex[c&15]
		}
		out.WriteByte(c)
	}
	return out.String()
}

// ownHeaders are written by the transport; a program's value would break the
// framing of the request.
var ownHeaders = map[string]bool{
	"Content-Length": true, "Transfer-Encoding": true, "Trailer": true, "Upgrade": true,
}

// requestHeader checks the header lines. Of names that differ in case alone
// the one whose spelling sorts last wins. Host is returned apart.
func requestHeader(pairs [][2]string) (header http.Header, named string, err error) {
	header = http.Header{}
	spelled := map[string]string{}
	for _, pair := range pairs {
		name, value := pair[0], pair[1]
		if !isToken(name) || !isFieldValue(value) {
			return nil, "", ErrBadHeader
		}
		key := http.CanonicalHeaderKey(name)
		if spelled[key] > name || ownHeaders[key] {
			continue
		}
		spelled[key] = name
		if key == "Host" {
			named = value
			continue
		}
		header[key] = []string{value}
	}
	return header, named, nil
}

// isToken reports whether s is a token of RFC 9110, section 5.6.2.
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

// isFieldValue reports whether s may be sent as the value of a header line.
func isFieldValue(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c != '\t' && (c < ' ' || c > '~') {
			return false
		}
	}
	return true
}

// send sends one request. The caller closes the body of the answer.
func (w *Web) send(ctx context.Context, method string, target *url.URL, header http.Header, named string, body *string) (*http.Response, error) {
	if !w.mayCall(target) {
		return nil, host.ErrNotPermitted
	}
	if target.Scheme == "https" {
		if err := w.loadIdentity(); err != nil {
			return nil, err
		}
	}
	request := (&http.Request{
		Method: method,
		URL:    target,
		Host:   named,
		Header: header.Clone(),
		Proto:  "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if request.Host == "" {
		request.Host = target.Host
	}
	if body != nil {
		request.ContentLength = int64(len(*body))
		request.Body = http.NoBody
		request.GetBody = func() (io.ReadCloser, error) { return http.NoBody, nil }
		if *body != "" {
			request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(*body)), nil }
			request.Body, _ = request.GetBody()
		}
	}
	if user := target.User; user != nil && header.Get("Authorization") == "" {
		password, _ := user.Password()
		request.SetBasicAuth(user.Username(), password)
	}
	return w.transport.RoundTrip(request)
}

// mayCall reports whether the configuration lets the program call the host.
func (w *Web) mayCall(target *url.URL) bool {
	if w.config.Hosts == nil {
		return true
	}
	name, port := strings.ToLower(target.Hostname()), target.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[target.Scheme]
	}
	for _, entry := range w.config.Hosts {
		entry = strings.ToLower(entry)
		if entry == name || entry == net.JoinHostPort(name, port) {
			return true
		}
	}
	return false
}

// loadIdentity reads the certificate shown to servers and the further roots
// trusted, once. A failure lasts: no https request may go out without what its
// author wanted it to show.
func (w *Web) loadIdentity() error {
	w.identity.Do(func() { w.tls = w.readIdentity() })
	return w.tls
}

func (w *Web) readIdentity() error {
	// Nothing has used it before: every https request comes through here.
	config := w.transport.TLSClientConfig
	cert, key, ca := w.config.Getenv("ETAMIL_TLS_CERT"), w.config.Getenv("ETAMIL_TLS_KEY"), w.config.Getenv("ETAMIL_TLS_CA")
	switch {
	case cert != "" && key == "":
		return errors.New("ETAMIL_TLS_CERT is set without ETAMIL_TLS_KEY")
	case cert == "" && key != "":
		return errors.New("ETAMIL_TLS_KEY is set without ETAMIL_TLS_CERT")
	case cert != "":
		certPEM, err := os.ReadFile(cert)
		if err != nil {
			return fmt.Errorf("ETAMIL_TLS_CERT: %w", reason(err))
		}
		keyPEM, err := os.ReadFile(key)
		if err != nil {
			return fmt.Errorf("ETAMIL_TLS_KEY: %w", reason(err))
		}
		pair, err := tls.X509KeyPair(certPEM, keyPEM)
		if err != nil {
			return fmt.Errorf("ETAMIL_TLS_CERT, ETAMIL_TLS_KEY: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if ca != "" {
		caPEM, err := os.ReadFile(ca)
		if err != nil {
			return fmt.Errorf("ETAMIL_TLS_CA: %w", reason(err))
		}
		roots, err := x509.SystemCertPool()
		if err != nil {
			roots = x509.NewCertPool()
		}
		if !roots.AppendCertsFromPEM(caPEM) {
			return errors.New("ETAMIL_TLS_CA: no certificate in the file")
		}
		config.RootCAs = roots
	}
	return nil
}

// readAnswer takes the body and closes it.
func readAnswer(response *http.Response, method string) (*host.HTTPResponse, error) {
	defer response.Body.Close()
	answer := &host.HTTPResponse{Status: response.StatusCode, Header: map[string]string{}}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxWebBody+1))
	if err != nil {
		return nil, err
	}
	encoding := strings.ToLower(response.Header.Get("Content-Encoding"))
	if encoding == "gzip" || encoding == "x-gzip" {
		response.Header.Del("Content-Encoding")
		response.Header.Del("Content-Length")
		if len(body) > 0 && len(body) <= maxWebBody {
			if body, err = gunzip(body); err != nil {
				return nil, err
			}
		}
	}
	if len(body) > maxWebBody {
		return nil, ErrBodyTooLong
	}
	answer.Body = value.Clean(string(body))
	for name, values := range response.Header {
		answer.Header[strings.ToLower(name)] = value.Clean(values[0])
	}
	return answer, nil
}

// gunzip stops one byte past the limit of a body.
func gunzip(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, maxWebBody+1))
}

// failure tells the ends of time apart and takes the URL out of the text.
func (w *Web) failure(run, limited context.Context, err error) error {
	switch {
	case run.Err() != nil:
		return run.Err()
	case limited.Err() != nil:
		return ErrWebTimeout
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	var network net.Error
	if errors.As(err, &network) && network.Timeout() {
		return ErrWebTimeout
	}
	return netFailure(err)
}
