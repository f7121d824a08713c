package postgres

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"etamil/engine/db"
	"etamil/engine/db/dbtest"
	"etamil/engine/db/dbtest/servers"
)

// signal sends a signal to a process of the server, by number.
func signal(t *testing.T, pid, name string) {
	t.Helper()
	if out, err := exec.Command("kill", "-s", name, pid).CombinedOutput(); err != nil {
		t.Fatalf("kill: %v %s", err, out)
	}
}

// authority signs certificates for tests.
type authority struct {
	t    *testing.T
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	dir  string
}

func newAuthority(t *testing.T, name string) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	a.key, a.cert = a.sign(name, &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return a
}

// sign makes a certificate, of itself for the authority's own.
func (a *authority) sign(name string, template *x509.Certificate) (*ecdsa.PrivateKey, *x509.Certificate) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.Subject = pkix.Name{CommonName: name}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := template, key
	if a.cert != nil {
		parent, signer = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return key, cert
}

// root returns the file of the authority's certificate.
func (a *authority) root() string { return a.write("root.crt", "CERTIFICATE", a.cert.Raw) }

func (a *authority) write(name, kind string, der []byte) string {
	a.t.Helper()
	path := filepath.Join(a.dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		a.t.Fatal(err)
	}
	return path
}

// pair returns the files of a certificate and its key.
func (a *authority) pair(name string, template *x509.Certificate) (cert, key string) {
	a.t.Helper()
	k, c := a.sign(name, template)
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		a.t.Fatal(err)
	}
	return a.write(name+".crt", "CERTIFICATE", c.Raw), a.write(name+".key", "PRIVATE KEY", der)
}

func TestTLS(t *testing.T) {
	ours, theirs := newAuthority(t, "ours"), newAuthority(t, "theirs")
	cert, key := ours.pair("server", &x509.Certificate{DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 9)}})
	s := servers.NewPostgres(t)
	plain := s.URL
	for name, from := range map[string]string{"server.crt": cert, "server.key": key, "root.crt": ours.root()} {
		copyFile(t, from, filepath.Join(s.Dir, "pg", name))
	}
	admin(t, plain, "ALTER SYSTEM SET ssl = on")
	admin(t, plain, "ALTER SYSTEM SET ssl_ca_file = 'root.crt'")
	admin(t, plain, "CREATE ROLE locked LOGIN PASSWORD 'sollu'")
	admin(t, plain, "CREATE ROLE carded LOGIN")
	hba := "hostssl all locked 127.0.0.1/32 scram-sha-256\nhostssl all carded 127.0.0.1/32 cert\nhost all etamil 127.0.0.1/32 trust\nlocal all all trust\n"
	if err := os.WriteFile(filepath.Join(s.Dir, "pg", "pg_hba.conf"), []byte(hba), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	clientCert, clientKey := ours.pair("carded", &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	port := plain[strings.LastIndex(plain, ":")+1 : strings.LastIndex(plain, "/")]
	base := "hostaddr=127.0.0.1 dbname=etamil port=" + port
	root, stranger := " sslrootcert="+ours.root(), " sslrootcert="+theirs.root()
	for _, tt := range []struct {
		text      string
		encrypted bool
		failure   string // words of it, when it must fail
	}{
		{"host=localhost user=etamil sslmode=disable", false, ""},
		{"host=localhost user=etamil", true, ""},
		{"host=localhost user=etamil sslmode=prefer", true, ""},
		{"host=localhost user=etamil sslmode=require", true, ""},
		{"host=elsewhere user=etamil sslmode=require", true, ""},
		{"host=localhost user=etamil sslmode=require" + stranger, false, "certificate"},
		{"host=elsewhere user=etamil sslmode=verify-ca" + root, true, ""},
		{"host=localhost user=etamil sslmode=verify-ca" + stranger, false, "certificate"},
		{"host=localhost user=etamil sslmode=verify-full" + root, true, ""},
		{"host=127.0.0.9 user=etamil sslmode=verify-full" + root, true, ""},
		{"host=elsewhere user=etamil sslmode=verify-full" + root, false, "certificate"},
		{"host=localhost user=etamil sslmode=verify-full" + stranger, false, "certificate"},
		{"host=localhost user=etamil sslmode=verify-full", false, "certificate"}, // the system's roots
		{"host=localhost user=locked password=sollu sslmode=verify-full channel_binding=require" + root, true, ""},
		{"host=localhost user=locked password=wrong sslmode=require", false, "password"},
		{"host=localhost user=locked password=sollu sslmode=disable", false, "pg_hba.conf"},
		{"host=localhost user=carded sslmode=verify-full sslcert=" + clientCert + " sslkey=" + clientKey + root, true, ""},
		{"host=localhost user=carded sslmode=verify-full" + root, false, "certificate"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			b := newBench(t, base+" "+tt.text, db.Options{Source: true}, nil)
			c, err := dbtest.Acquire(context.Background(), b)
			if tt.failure != "" {
				var failed *db.ConnectError
				if !errors.As(err, &failed) || !strings.Contains(failed.Reason.En, tt.failure) {
					t.Errorf("got %v, want words of %q", err, tt.failure)
				}
				if strings.Contains(err.Error(), "sollu") {
					t.Errorf("the message tells the password: %v", err)
				}
				b.wantOpen(0)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer c.Release(true)
			want := "[{ssl: " + map[bool]string{true: "true", false: "false"}[tt.encrypted] + "}]"
			if got := printed(t, c, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			ctx, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
			defer stop()
			if _, err := execute(ctx, c, "SELECT pg_sleep(20)"); !errors.Is(err, context.DeadlineExceeded) || !c.Usable() {
				t.Errorf("a cancel: %v, usable %v", err, c.Usable())
			}
		})
	}
	for _, text := range []string{"sslrootcert=/missing", "sslrootcert=" + key, "sslcert=" + clientCert, "sslcert=" + clientCert + " sslkey=/missing", "sslcert=" + cert + " sslkey=" + clientKey} {
		if _, err := New().Target("host=localhost user=u "+text, db.Options{Source: true}); err == nil {
			t.Errorf("%s is accepted", text)
		}
	}
}

// copyFile copies a file into the folder of a server, with the owner of what
// is there.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("chown", "--reference="+filepath.Dir(to), to).CombinedOutput(); err != nil {
		t.Fatalf("chown: %v %s", err, out)
	}
}

func TestAServerOfAnotherKindIsToldApart(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		if c, err := l.Accept(); err == nil {
			c.Write([]byte("220 mail.example ESMTP\r\n"))
			c.Close()
		}
	}()
	_, err = dbtest.Acquire(t.Context(), newBench(t, "postgres://u@"+l.Addr().String()+"/d", db.Options{}, nil))
	var refused *db.ConnectError
	if !errors.As(err, &refused) || refused.Reason.En != "what answers there is not PostgreSQL; check the port" {
		t.Errorf("got %v", err)
	}
}
