package system

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
)

// netFailures are the failures of the network that have words of their own, the
// first that fits.
var netFailures = []struct {
	err error
	as  *problem
}{
	{syscall.ECONNREFUSED, &problem{"அங்கே எந்தச் சேவையகமும் இல்லை", "connection refused: no server listens there"}},
	{syscall.ECONNRESET, errHungUp},
	{syscall.EPIPE, errHungUp},
	{io.EOF, errHungUp},
	{io.ErrUnexpectedEOF, errHungUp},
	{syscall.EHOSTUNREACH, errUnreachable},
	{syscall.ENETUNREACH, errUnreachable},
}

var (
	errHungUp      = &problem{"சேவையகம் இணைப்பைத் துண்டித்தது", "the server closed the connection"}
	errUnreachable = &problem{"அந்தக் கணினியை எட்ட முடியவில்லை", "the host cannot be reached"}
	errNoSuchHost  = &problem{"அப்பெயரில் கணினி இல்லை", "no such host"}
	errNoLookup    = &problem{"கணினியின் பெயரைத் தேட முடியவில்லை", "the host's name cannot be looked up"}
	errWrongHost   = &problem{"சேவையகத்தின் சான்றிதழ் வேறு பெயருக்கானது", "the server's certificate is for another name"}
	errExpired     = &problem{"சேவையகத்தின் சான்றிதழ் காலாவதியானது அல்லது இன்னும் தொடங்கவில்லை", "the server's certificate has expired or is not valid yet"}
	errUntrusted   = &problem{"சேவையகத்தின் சான்றிதழ் நம்பத்தக்கதல்ல", "the server's certificate is not trusted"}
	errNoTLS       = &problem{"சேவையகம் https-இல் பதிலளிக்கவில்லை", "the server does not answer in https"}
	errTLSRefused  = &problem{"பாதுகாப்பான இணைப்பைச் சேவையகம் மறுத்தது", "the server refused a secure connection"}
)

// netFailure puts a failure of the network into words of ours. What has none
// stays as it is.
func netFailure(err error) error {
	if p := wordsFor(err); p != nil {
		return p
	}
	return err
}

func wordsFor(err error) *problem {
	var lookup *net.DNSError
	if errors.As(err, &lookup) {
		if lookup.IsNotFound {
			return errNoSuchHost
		}
		return errNoLookup
	}
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verification *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.As(err, &name):
		return errWrongHost
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return errExpired
	case errors.As(err, &verification):
		return errUntrusted
	case errors.As(err, &record):
		return errNoTLS
	case errors.As(err, &alert):
		return errTLSRefused
	}
	// net/http has no exported error for a connection that it kept and the
	// server closed just then.
	if strings.HasSuffix(err.Error(), "server closed idle connection") {
		return errHungUp
	}
	for _, f := range netFailures {
		if errors.Is(err, f.err) {
			return f.as
		}
	}
	return nil
}
