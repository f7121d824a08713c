package db

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"etamil/engine/diag"
)

// keepAlive finds a peer that vanished without a word within a minute, below
// the idle times of most firewalls.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 3}

// Dial opens a connection ("tcp" or "unix") and counts it until it is closed.
// The connection implements syscall.Conn where the system's does: without
// that the libraries leave out their look at idle connections.
func Dial(ctx context.Context, network, addr string, count func(delta int)) (net.Conn, error) {
	d := net.Dialer{KeepAliveConfig: keepAlive}
	c, err := d.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return Counted(c, count), nil
}

// Counted tells count that c is open now (+1), and once that it is closed (-1).
func Counted(c net.Conn, count func(delta int)) net.Conn {
	count(1)
	w := &counted{Conn: c, count: count}
	if sc, ok := c.(syscall.Conn); ok {
		w.raw, _ = sc.SyscallConn()
	}
	return w
}

type counted struct {
	net.Conn
	raw    syscall.RawConn // nil: the system knows of none
	count  func(delta int)
	closed atomic.Bool
	asked  atomic.Bool // something was written since the last Read
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.asked.Store(true)
	return n, err
}

// turns is how often all others that are ready run before an answer is read.
const turns = 3

// Read lets others run first when a question was just written: meanwhile the
// answer comes. Else it would find nothing, wait, and have to be woken, which
// costs more than the whole reading.
func (c *counted) Read(b []byte) (int, error) {
	if c.asked.CompareAndSwap(true, false) {
		for range turns {
			runtime.Gosched()
		}
	}
	return c.Conn.Read(b)
}

func (c *counted) Close() error {
	err := c.Conn.Close()
	if c.closed.CompareAndSwap(false, true) {
		c.count(-1)
	}
	return err
}

// SyscallConn implements syscall.Conn.
func (c *counted) SyscallConn() (syscall.RawConn, error) {
	if c.raw == nil {
		return nil, errors.ErrUnsupported
	}
	return c.raw, nil
}

// NetConn returns the connection inside.
func (c *counted) NetConn() net.Conn { return c.Conn }

// Quiet reports whether an idle connection is open, as far as the system knows,
// and has nothing to read; under TLS that may be a record that concerns nobody,
// so there only the end counts. It does not wait.
func Quiet(c net.Conn) bool {
	secured := false
	if t, ok := c.(*tls.Conn); ok {
		c, secured = t.NetConn(), true
	}
	sc, ok := c.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return errors.Is(err, errors.ErrUnsupported)
	}
	quiet := false
	// Control and not Read, which would wait for a reader: pgconn leaves one
	// behind after a write that took long.
	err = raw.Control(func(fd uintptr) {
		var b [1]byte
		n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		quiet = err == syscall.EAGAIN || n > 0 && secured
	})
	return err == nil && quiet
}

// TLSConfig returns the configuration of a client of the server of that name,
// which it verifies: against the roots in the file ca, or the system's when
// that is "". cert and key are the files of the client's own certificate, or
// "". The error names a file and holds nothing of its contents.
func TLSConfig(server, ca, cert, key string) (*tls.Config, error) {
	c := &tls.Config{ServerName: server, MinVersion: tls.VersionTLS12}
	if ca != "" {
		pem, err := os.ReadFile(ca)
		if err != nil {
			return nil, err
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, &os.PathError{Op: "read", Path: ca, Err: errNoCertificate}
		}
	}
	if cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, err
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

var errNoCertificate = errors.New("no certificate in the file")

// wireReasons are the failures of connections that have words of their own in
// Tamil, the first that fits.
var wireReasons = []struct {
	err  error
	text diag.Text
}{
	{syscall.ECONNREFUSED, diag.Text{Ta: "அங்கே எந்தச் சேவையகமும் இல்லை", En: "connection refused: no server listens there"}},
	{syscall.ECONNRESET, diag.Text{Ta: "சேவையகம் இணைப்பைத் துண்டித்தது", En: "the server reset the connection"}},
	{syscall.EHOSTUNREACH, diag.Text{Ta: "அந்தக் கணினியை எட்ட முடியவில்லை", En: "the host cannot be reached"}},
	{syscall.ENETUNREACH, diag.Text{Ta: "அந்த வலையமைப்பை எட்ட முடியவில்லை", En: "the network cannot be reached"}},
	{io.EOF, diag.Text{Ta: "சேவையகம் இணைப்பை மூடியது", En: "the server closed the connection"}},
	{io.ErrUnexpectedEOF, diag.Text{Ta: "சேவையகம் இணைப்பை மூடியது", En: "the server closed the connection"}},
	{net.ErrClosed, diag.Text{Ta: "இணைப்பு மூடப்பட்டது", En: "the connection was closed"}},
}

// A wireError is a failure of connecting that is ours to tell.
type wireError struct{ diag.Text }

func (e *wireError) Error() string { return e.En }

// Tamil returns the words in Tamil.
func (e *wireError) Tamil() string { return e.Ta }

// ErrNoTLS is a server without TLS where it was asked for.
var ErrNoTLS error = &wireError{diag.Text{Ta: "சேவையகம் TLS வழங்கவில்லை", En: "the server has no TLS"}}

// NotSpoken is an answer that no server of that kind gives.
func NotSpoken(kind Kind) error {
	name := kindNames[kind]
	return &wireError{diag.Text{
		Ta: "அங்கே பதில் தருவது " + name + " அல்ல; துறை எண்ணைச் சரிபாருங்கள்",
		En: "what answers there is not " + name + "; check the port",
	}}
}

// NoAnswer is the reason of a connection that took longer than it may.
func NoAnswer(limit time.Duration) diag.Text {
	t := diag.Lasting(limit)
	return diag.Text{Ta: t.Ta + " நேரத்திற்குள் பதில் இல்லை", En: "no answer within " + t.En}
}

// OpenReason says why no connection could be opened in the time there was for it.
func OpenReason(err error, limit time.Duration) diag.Text {
	if limit > 0 && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded)) {
		return NoAnswer(limit)
	}
	return WireReason(err)
}

// WireReason says why a connection failed, as ConnectError wants it.
func WireReason(err error) diag.Text {
	for _, r := range wireReasons {
		if errors.Is(err, r.err) {
			return r.text
		}
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		if dns.IsNotFound {
			return diag.Text{Ta: "அப்பெயரில் கணினி இல்லை", En: "no such host"}
		}
		return diag.Text{Ta: "கணினியின் பெயரைத் தேட முடியவில்லை", En: "the host's name cannot be looked up"}
	}
	var untrusted *tls.CertificateVerificationError
	if errors.As(err, &untrusted) {
		return diag.Text{
			Ta: "சேவையகத்தின் சான்றிதழை நம்ப முடியாது: " + untrusted.Err.Error(),
			En: "the server's certificate is not trusted: " + untrusted.Err.Error(),
		}
	}
	return diag.Reason(err)
}
