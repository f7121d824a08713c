package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"time"
)

// An HTTPFront hands requests of plain HTTP to an App, for the development
// server. It gives a program what it would get through nginx and FastCGI: raw
// target, lower-case header names, repeats joined, names with '_' dropped,
// chunked bodies decoded.
type HTTPFront struct {
	App *App
	// Suffix is added to every body of the type text/html, with its length;
	// "" adds nothing.
	Suffix string
}

const (
	// idleTimeout is how long a kept connection may be silent.
	idleTimeout = 60 * time.Second
	// headTimeout is how long the head of a request may take.
	headTimeout = 30 * time.Second
	// stallTimeout is how long a body or an answer may make no progress.
	stallTimeout = 30 * time.Second
)

// NewServer returns an HTTP server with this front as its handler and limits
// that suit it. Errors of single connections are not logged.
func (h *HTTPFront) NewServer() *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headTimeout,
		IdleTimeout:       idleTimeout,
		// The front counts max_params itself and answers 431 in its own
		// words; this is where it is no use to read on.
		MaxHeaderBytes:               int(min(max(2*h.App.Settings().MaxParams, 1<<20), 64<<20)),
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     log.New(io.Discard, "", 0),
	}
}

// ServeHTTP implements http.Handler.
func (h *HTTPFront) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req, status := h.request(w, r)
	var resp *Response
	if status != 0 {
		resp = h.App.Refuse(req, status)
	} else {
		resp = h.App.Serve(r.Context(), req)
	}
	if resp.Status == statusClientGone {
		resp.Done(0, context.Canceled)
		panic(http.ErrAbortHandler) // closes the connection and says nothing
	}
	h.send(w, r, resp)
}

// request maps r. The status is that of a refusal, 0 for none.
func (h *HTTPFront) request(w http.ResponseWriter, r *http.Request) (req *Request, status int) {
	remote, _, _ := net.SplitHostPort(r.RemoteAddr)
	req = &Request{ID: RequestID(r.Header.Get("X-Request-Id")), Method: r.Method, RemoteAddr: remote}
	var ok bool
	if req.Path, req.Query, req.HasQuery, ok = ParseTarget(r.RequestURI); !ok || r.Method == "" {
		return req, http.StatusBadRequest
	}
	size := int64(len(r.RequestURI) + len(r.Host))
	req.Header = make([]Pair, 0, len(r.Header)+2)
	if host := strings.Trim(r.Host, " \t"); host != "" {
		req.Header = append(req.Header, Pair{Name: "host", Value: host})
	}
	for name, values := range r.Header {
		for _, value := range values {
			size += int64(len(name) + len(value))
		}
		if strings.IndexByte(name, '_') >= 0 {
			continue
		}
		separator := ", "
		if name == "Cookie" {
			separator = "; "
		}
		value := strings.Trim(strings.Join(values, separator), " \t")
		name = lowerASCII(name)
		if value == "" && (name == "content-type" || name == "content-length") {
			continue
		}
		req.Header = append(req.Header, Pair{Name: name, Value: value})
	}
	if most := h.App.Settings().MaxParams; most > 0 && size > most {
		return req, http.StatusRequestHeaderFieldsTooLarge
	}
	req.BodySize = r.ContentLength
	if r.Body != nil && r.Body != http.NoBody && r.ContentLength != 0 {
		req.ReadBody = func(most int64) ([]byte, error) { return readBody(w, r, most) }
	}
	return req, 0
}

// readBody reads the body of r; a sender that stalls is given up.
func readBody(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	control := http.NewResponseController(w)
	defer control.SetReadDeadline(time.Time{})
	capacity := int64(4 << 10)
	if r.ContentLength > 0 {
		capacity = min(r.ContentLength+1, 1<<20) // +1: the end is seen without growing
	}
	body := make([]byte, 0, capacity)
	for {
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
		control.SetReadDeadline(time.Now().Add(stallTimeout))
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case most > 0 && int64(len(body)) > most:
			return nil, ErrBodyTooLarge
		case err == io.EOF:
			return body, nil
		case errors.Is(err, context.Canceled):
			return nil, err
		case err != nil:
			return nil, ErrBodyShort
		}
	}
}

// send sends an answer and tells the App how that went.
func (h *HTTPFront) send(w http.ResponseWriter, r *http.Request, resp *Response) {
	var sent int64
	err := errors.New("the front failed")
	defer func() {
		if resp.File != nil {
			resp.File.Close()
		}
		if resp.Done != nil {
			resp.Done(sent, err)
		}
	}()
	header := w.Header()
	suffix := ""
	for _, p := range resp.Header {
		name := textproto.CanonicalMIMEHeaderKey(p.Name)
		header[name] = append(header[name], p.Value)
	}
	length := resp.Length
	if h.Suffix != "" && isHTML(header.Get("Content-Type")) && header.Get("Content-Encoding") == "" && !bodyless(resp.Status) {
		suffix = h.Suffix
		length += int64(len(suffix))
		header["Content-Length"] = []string{strconv.FormatInt(length, 10)}
	}
	out := &countingWriter{w: w, control: http.NewResponseController(w)}
	out.extend()
	w.WriteHeader(resp.Status)
	if r.Method == http.MethodHead || bodyless(resp.Status) || upperASCII(r.Method) == http.MethodHead {
		err = nil
		return
	}
	if resp.File != nil {
		_, err = io.Copy(out, io.NewSectionReader(resp.File, 0, resp.Length))
	} else {
		_, err = out.Write(resp.Body)
	}
	if err == nil && suffix != "" {
		_, err = io.WriteString(out, suffix)
	}
	sent = out.n
}

func isHTML(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(media), "text/html")
}

// countingWriter counts what is written and gives each write its time.
type countingWriter struct {
	w       io.Writer
	control *http.ResponseController
	n       int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	c.extend()
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

func (c *countingWriter) extend() { c.control.SetWriteDeadline(time.Now().Add(stallTimeout)) }

// PlainAccess gives an access line for people, one a request: time, method,
// path, status, milliseconds, request id.
func PlainAccess(w io.Writer) func(*Access) {
	var mu sync.Mutex
	return func(r *Access) {
		line := fmt.Sprintf("%s %s %s %d %.1fms %s\n", r.Start.Format("15:04:05"), printable(r.Method),
			printable(r.Path), r.Status, float64(r.Duration)/float64(time.Millisecond), r.ID)
		mu.Lock()
		defer mu.Unlock()
		io.WriteString(w, line)
	}
}

// printable makes what a client sent fit for a terminal.
func printable(s string) string {
	const most = 300
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7F || s[i] >= 0x80 {
			quoted := strconv.QuoteToGraphic(s)
			return quoted[1 : len(quoted)-1]
		}
	}
	return s
}
