package postgres

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sys/unix"

	"etamil/engine/db"
)

// security is what TLS needs, its files read.
type security struct {
	mode   string
	direct bool
	roots  *x509.CertPool // nil: the system's
	client []tls.Certificate
	files  string // tells the contents of the files apart
}

// security reads the files that the settings name. The error is a
// diag.BadConnectionText.
func (s *settings) security() (*security, error) {
	sec := &security{mode: s.mode, direct: s.direct}
	sum := sha256.New()
	file := func(key, path string) ([]byte, error) {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, db.BadKey(key)
		}
		fmt.Fprintf(sum, "%s %d\n%s", key, len(data), data)
		return data, nil
	}
	if s.ca != "" && s.ca != "system" {
		data, err := file("sslrootcert", s.ca)
		if err != nil {
			return nil, err
		}
		sec.roots = x509.NewCertPool()
		if !sec.roots.AppendCertsFromPEM(data) {
			return nil, db.BadKey("sslrootcert")
		}
		if sec.mode == "require" { // as libpq: who names roots wants them used
			sec.mode = "verify-ca"
		}
	}
	if s.cert != "" {
		cert, err := file("sslcert", s.cert)
		if err != nil {
			return nil, err
		}
		key, err := file("sslkey", s.key)
		if err != nil {
			return nil, err
		}
		if block, _ := pem.Decode(key); block != nil && s.keyPassword != "" && block.Headers["DEK-Info"] != "" {
			//lint:ignore SA1019 weak as it is, it is the one form of encrypted keys that the standard library reads
			der, err := x509.DecryptPEMBlock(block, []byte(s.keyPassword))
			if err != nil {
				return nil, db.BadKey("sslpassword")
			}
			key = pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: der})
		}
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			return nil, db.BadKey("sslkey")
		}
		sec.client = []tls.Certificate{pair}
	}
	if sec.roots != nil || sec.client != nil {
		sec.files = string(sum.Sum(nil))
	}
	return sec, nil
}

// tls returns the configuration for the server of that name.
func (sec *security) tls(name string) *tls.Config {
	c := &tls.Config{ServerName: name, RootCAs: sec.roots, Certificates: sec.client, MinVersion: tls.VersionTLS12}
	if sec.direct {
		c.NextProtos = []string{"postgresql"}
	}
	switch sec.mode {
	case "verify-full":
	case "verify-ca":
		// The chain without the name, which crypto/tls does not offer by itself.
		c.InsecureSkipVerify = true
		c.VerifyConnection = func(state tls.ConnectionState) error {
			options := x509.VerifyOptions{Roots: sec.roots, Intermediates: x509.NewCertPool()}
			for _, cert := range state.PeerCertificates[1:] {
				options.Intermediates.AddCert(cert)
			}
			_, err := state.PeerCertificates[0].Verify(options)
			if err != nil {
				return &tls.CertificateVerificationError{UnverifiedCertificates: state.PeerCertificates, Err: err}
			}
			return nil
		}
	default:
		c.InsecureSkipVerify = true // encrypted, but of whoever answers
	}
	return c
}

// secure makes c, a new connection over TCP, encrypted as the settings say.
func (sec *security) secure(ctx context.Context, c net.Conn, name string) (net.Conn, error) {
	if sec.mode == "disable" {
		return c, nil
	}
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if !sec.direct {
		// SSLRequest; the answer is one byte, before anything else.
		var request [8]byte
		binary.BigEndian.PutUint32(request[:], 8)
		binary.BigEndian.PutUint32(request[4:], 80877103)
		if _, err := c.Write(request[:]); err != nil {
			return nil, err
		}
		var answer [1]byte
		if _, err := io.ReadFull(c, answer[:]); err != nil {
			return nil, err
		}
		switch {
		case answer[0] == 'S':
		case answer[0] == 'N' && sec.mode == "prefer":
			return c, nil
		case answer[0] == 'N':
			return nil, db.ErrNoTLS
		default:
			return nil, db.NotSpoken(db.PostgreSQL)
		}
	}
	encrypted := tls.Client(c, sec.tls(name))
	if err := encrypted.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return encrypted, nil
}

// template is a configuration that pgx parsed itself: it refuses others. Of
// its values none is left when config is done with a copy.
var template = sync.OnceValues(func() (*pgxpool.Config, error) {
	// The text names everything that pgx would else take from the environment
	// or the home folder, but a service, whose name cannot be none.
	if service, set := os.LookupEnv("PGSERVICE"); set {
		os.Unsetenv("PGSERVICE")
		defer os.Setenv("PGSERVICE", service)
	}
	return pgxpool.ParseConfig("host=127.0.0.1 port=5432 user=etamil password=none dbname=etamil connect_timeout=5 " +
		"sslmode=disable sslcertmode=disable sslnegotiation=postgres sslrootcert='' sslcert='' sslkey='' sslpassword='' sslsni=1 " +
		"application_name='' options='' timezone='' target_session_attrs=any channel_binding=prefer require_auth='' " +
		"min_protocol_version=3.0 max_protocol_version=3.0")
})

// never is longer than any process lives.
const never = 100 * 365 * 24 * time.Hour

// config returns the configuration of pgx for these settings. Connections are
// dialled by d.
func (s *settings) config(d *dialer, timeout time.Duration) (*pgxpool.Config, error) {
	parsed, err := template()
	if err != nil {
		return nil, err
	}
	c := parsed.Copy()
	c.MaxConns = 1 << 20 // the registry counts
	c.MinConns, c.MinIdleConns = 0, 0
	c.MaxConnLifetime, c.MaxConnIdleTime, c.HealthCheckPeriod = never, never, never
	c.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return false } // pool.alive does
	cc := c.ConnConfig
	cc.StatementCacheCapacity, cc.DescriptionCacheCapacity = 0, 0
	cc.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	cc.Tracer = nil
	cc.User, cc.Password, cc.Database = s.user, s.password, s.database
	cc.TLSConfig = nil // d.dial encrypts
	cc.SSLNegotiation, cc.SSLCertMode = "", "allow"
	cc.KerberosSrvName, cc.KerberosSpn = "", ""
	cc.RequireAuth, cc.ChannelBinding = "", s.binding
	cc.ConnectTimeout = timeout
	cc.RuntimeParams = map[string]string{"application_name": s.application}
	if s.options != "" {
		cc.RuntimeParams["options"] = s.options
	}
	cc.LookupFunc = d.lookup
	cc.DialFunc = d.dial
	cc.BuildContextWatcherHandler = func(pg *pgconn.PgConn) ctxwatch.Handler {
		k := &canceller{pg: pg, dialer: d}
		pg.CustomData()[cancellerKey] = k
		return k
	}
	cc.ValidateConnect = map[string]pgconn.ValidateConnectFunc{
		"read-write":     pgconn.ValidateConnectTargetSessionAttrsReadWrite,
		"read-only":      pgconn.ValidateConnectTargetSessionAttrsReadOnly,
		"primary":        pgconn.ValidateConnectTargetSessionAttrsPrimary,
		"standby":        pgconn.ValidateConnectTargetSessionAttrsStandby,
		"prefer-standby": pgconn.ValidateConnectTargetSessionAttrsPreferStandby,
	}[s.attrs]
	cc.OnNotification = func(*pgconn.PgConn, *pgconn.Notification) {} // else pgx keeps them all
	s.place(cc)
	if s.shuffle {
		c.BeforeConnect = func(_ context.Context, cc *pgx.ConnConfig) error {
			s.place(cc)
			return nil
		}
	}
	return c, nil
}

// place writes the servers into c, in the order of the text or shuffled.
func (s *settings) place(c *pgx.ConnConfig) {
	order := make([]int, len(s.hosts))
	for i := range order {
		order[i] = i
	}
	if s.shuffle {
		rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	c.Fallbacks = nil
	for at, i := range order {
		h := s.hosts[i]
		// lookup finds the server by this name again.
		name := hostMark + strconv.Itoa(i)
		if strings.HasPrefix(h.target(), "/") {
			name = h.target()
		}
		if at == 0 {
			c.Host, c.Port = name, h.port
		} else {
			c.Fallbacks = append(c.Fallbacks, &pgconn.FallbackConfig{Host: name, Port: h.port})
		}
	}
}

// hostMark begins the names by which pgx knows the servers: a host may be in
// the text twice, with different addresses.
const hostMark = "server "

// A dialer opens the connections of one pool, the counted ones and those that
// cancel.
type dialer struct {
	s     *settings
	sec   *security
	count func(delta int)
	// cancels are the places of connections that cancel, at most two at once.
	cancels   chan struct{}
	cancelled func()
}

func newDialer(s *settings, sec *security, c db.PoolConfig) *dialer {
	return &dialer{s: s, sec: sec, count: c.Count, cancels: make(chan struct{}, 2), cancelled: c.Cancelled}
}

// An attempt is one call that may open a connection. It travels in the context
// and tells connections that are wanted from those that the library would open
// for itself.
type attempt struct {
	mu        sync.Mutex
	abandoned bool              // the caller has left
	names     map[string]string // of addresses, the host's name
	conn      *wire             // what was opened last
	err       error             // of the dial that failed last
}

type attemptKey struct{}

// abandon closes what the attempt has opened and lets nothing more be opened:
// what the registry no longer waits for must not appear among its connections.
func (a *attempt) abandon() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.abandoned = true
	if a.conn != nil {
		a.conn.Close()
	}
}

// A wire is a connection with where it leads, so that a cancel goes there too.
type wire struct {
	net.Conn      // encrypted or not
	network, addr string
	name          string // of the server, for its certificate
}

// NetConn returns the connection inside.
func (w *wire) NetConn() net.Conn { return w.Conn }

func (d *dialer) lookup(ctx context.Context, host string) ([]string, error) {
	a, _ := ctx.Value(attemptKey{}).(*attempt)
	index, err := strconv.Atoi(strings.TrimPrefix(host, hostMark))
	if a == nil || err != nil || index >= len(d.s.hosts) {
		return nil, errNotOurs
	}
	h := d.s.hosts[index]
	addrs := []string{h.target()}
	if net.ParseIP(h.target()) == nil {
		if addrs, err = net.DefaultResolver.LookupHost(ctx, h.target()); err != nil {
			a.err = err
			return nil, err
		}
	}
	if a.names == nil {
		a.names = map[string]string{}
	}
	out := make([]string, len(addrs))
	for i, addr := range addrs {
		out[i] = net.JoinHostPort(addr, strconv.Itoa(int(h.port)))
		a.names[out[i]] = h.shown()
	}
	return out, nil
}

// errNotOurs refuses a connection that the library opens for itself: after a
// failure it would cancel the statement, as we have done already.
var errNotOurs = errors.New("not asked for by the pool")

// errAbandoned is a connection whose caller has left.
var errAbandoned = errors.New("nobody waits for the connection")

func (d *dialer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	a, _ := ctx.Value(attemptKey{}).(*attempt)
	if a == nil {
		return nil, errNotOurs
	}
	w := &wire{network: network, addr: addr, name: a.names[addr]}
	if network == "unix" {
		// pgx makes the path of its own idea of the name.
		w.name = filepath.Dir(addr)
	}
	err := d.connect(ctx, w, func(c net.Conn) (net.Conn, error) {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.abandoned {
			c.Close()
			return nil, errAbandoned
		}
		counted := db.Counted(c, d.count)
		a.conn = &wire{Conn: counted} // closed by abandon during the handshake
		return counted, nil
	})
	a.mu.Lock()
	defer a.mu.Unlock()
	if err != nil {
		a.err = err
		return nil, err
	}
	a.conn = w
	if a.abandoned {
		w.Conn.Close()
		return nil, errAbandoned
	}
	// The connection itself and not w: pgx looks whether it is one of TLS to
	// bind the login to it.
	return w.Conn, nil
}

// connect opens the connection of w. opened is given it as soon as it is.
func (d *dialer) connect(ctx context.Context, w *wire, opened func(net.Conn) (net.Conn, error)) error {
	dialer := net.Dialer{KeepAliveConfig: d.s.keepAlive, Control: func(network, _ string, raw syscall.RawConn) error {
		if d.s.userTimeout == 0 || !strings.HasPrefix(network, "tcp") {
			return nil
		}
		var err error
		if ctlErr := raw.Control(func(fd uintptr) {
			err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(d.s.userTimeout/time.Millisecond))
		}); ctlErr != nil {
			return ctlErr
		}
		return err
	}}
	if !d.s.keepAlive.Enable {
		dialer.KeepAlive = -1
	}
	c, err := dialer.DialContext(ctx, w.network, w.addr)
	if err != nil {
		return err
	}
	if c, err = opened(c); err != nil {
		return err
	}
	w.Conn = c
	if w.network == "unix" {
		return nil // as libpq: whoever can use the socket is on this machine
	}
	encrypted, err := d.sec.secure(ctx, c, w.name)
	if err != nil {
		c.Close()
		return err
	}
	w.Conn = encrypted
	return nil
}
