package servers

import (
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	sharedPostgres = shared{recipe: postgres(), variable: "ETAMIL_TEST_PG"}
	sharedMariaDB  = shared{recipe: mariaDB(), variable: "ETAMIL_TEST_MYSQL"}
	sharedRedis    = shared{recipe: redis, variable: "ETAMIL_TEST_REDIS"}
	sharedFerretDB = shared{recipe: ferretDB, variable: "ETAMIL_TEST_MONGO"}
)

// Postgres returns the connection text of a PostgreSQL server, whose user may
// do everything.
func Postgres(t testing.TB) string { t.Helper(); return sharedPostgres.url(t) }

// MariaDB returns the connection text of a MariaDB server, whose user may do
// everything.
func MariaDB(t testing.TB) string { t.Helper(); return sharedMariaDB.url(t) }

// Redis returns host and port of a Redis server.
func Redis(t testing.TB) string { t.Helper(); return sharedRedis.url(t) }

// FerretDB returns the connection text of a server that speaks MongoDB's
// protocol. It stores no Decimal128 and knows no logging in. The first time on
// a machine it is built, which takes some minutes.
func FerretDB(t testing.TB) string { t.Helper(); return sharedFerretDB.url(t) }

// NewPostgres starts a PostgreSQL server for this test alone. Each setting is
// NAME=VALUE as in postgresql.conf.
func NewPostgres(t testing.TB, settings ...string) *Server {
	t.Helper()
	return own(t, postgres(settings...))
}

// StartPostgres starts a PostgreSQL server for a tool, which closes it. The
// error may be ErrMissing.
func StartPostgres(settings ...string) (*Server, error) {
	return start(postgres(settings...))
}

// CreateDatabase makes one more database in a PostgreSQL server.
func (s *Server) CreateDatabase(name string) error {
	return s.run("createdb", "-h", s.Dir, "-p", strconv.Itoa(s.Port), "-U", "etamil", name)
}

// NewMariaDB starts a MariaDB server for this test alone. Each setting is
// NAME=VALUE as an option of mariadbd, without its dashes.
func NewMariaDB(t testing.TB, settings ...string) *Server {
	t.Helper()
	return own(t, mariaDB(settings...))
}

// NewRedis starts a Redis server for this test alone.
func NewRedis(t testing.TB) *Server { t.Helper(); return own(t, redis) }

// NewFerretDB starts a FerretDB server for this test alone.
func NewFerretDB(t testing.TB) *Server { t.Helper(); return own(t, ferretDB) }

// NewPgBouncer starts PgBouncer in front of a server of NewPostgres. mode is
// session, transaction or statement.
func NewPgBouncer(t testing.TB, behind *Server, mode string) *Server {
	t.Helper()
	return own(t, pgBouncer(behind, mode))
}

func postgres(settings ...string) recipe {
	return recipe{
		name: "pg", programs: "initdb", pack: "postgresql", end: syscall.SIGQUIT,
		prepare: func(s *Server) error {
			return s.run("initdb", "-D", "pg", "-U", "etamil", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
		},
		command: func(s *Server) []string {
			args := []string{"postgres", "-D", "pg", "-p", strconv.Itoa(s.Port), "-c", "listen_addresses=127.0.0.1",
				"-c", "unix_socket_directories=" + s.Dir, "-c", "fsync=off"}
			for _, setting := range settings {
				args = append(args, "-c", setting)
			}
			return args
		},
		ready: func(s *Server) error { return s.run("pg_isready", "-q", "-h", s.Dir, "-p", strconv.Itoa(s.Port)) },
		first: func(s *Server) error { return s.CreateDatabase("etamil") },
		url:   func(s *Server) string { return "postgres://etamil@" + s.address() + "/etamil" },
	}
}

func pgBouncer(behind *Server, mode string) recipe {
	return recipe{
		name: "pgb", programs: "pgbouncer", pack: "pgbouncer", end: syscall.SIGTERM,
		prepare: func(s *Server) error { return s.file("users.txt", "\"etamil\" \"\"\n") },
		configure: func(s *Server) error {
			return s.file("pgbouncer.ini", fmt.Sprintf("[databases]\n* = host=127.0.0.1 port=%d\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %d\n"+
				"unix_socket_dir =\nauth_type = trust\nauth_file = users.txt\npool_mode = %s\ndefault_pool_size = 4\nmax_client_conn = 200\n",
				behind.Port, s.Port, mode))
		},
		command: func(s *Server) []string { return []string{"pgbouncer", "pgbouncer.ini"} },
		ready: func(s *Server) error {
			return s.run("pg_isready", "-q", "-h", "127.0.0.1", "-p", strconv.Itoa(s.Port), "-U", "etamil", "-d", "etamil")
		},
		url: func(s *Server) string { return "postgres://etamil@" + s.address() + "/etamil" },
	}
}

func mariaDB(settings ...string) recipe {
	return recipe{
		name: "my", programs: "mariadbd", pack: "mariadb-server", end: syscall.SIGKILL,
		// At its start the server deletes the temporary tables of every other
		// in the folder for temporary files, hence one each.
		prepare: func(s *Server) error {
			return s.run("mariadb-install-db", "--no-defaults", "--datadir="+filepath.Join(s.Dir, "my"), "--tmpdir="+s.Dir,
				"--auth-root-authentication-method=normal", "--skip-test-db")
		},
		command: func(s *Server) []string {
			args := []string{"mariadbd", "--no-defaults", "--datadir=" + filepath.Join(s.Dir, "my"), "--tmpdir=" + s.Dir, "--port=" + strconv.Itoa(s.Port),
				"--bind-address=127.0.0.1", "--socket=" + filepath.Join(s.Dir, "s"), "--pid-file=" + filepath.Join(s.Dir, "pid"),
				"--skip-log-bin", "--innodb-buffer-pool-size=32M"}
			for _, setting := range settings {
				args = append(args, "--"+setting)
			}
			return args
		},
		ready: func(s *Server) error {
			return s.run("mariadb", "--no-defaults", "-u", "root", "-S", filepath.Join(s.Dir, "s"), "-e", "SELECT 1")
		},
		first: func(s *Server) error {
			return s.run("mariadb", "--no-defaults", "-u", "root", "-S", filepath.Join(s.Dir, "s"), "-e", `
				CREATE DATABASE etamil CHARACTER SET utf8mb4;
				CREATE USER 'etamil'@'localhost' IDENTIFIED BY 'sollu';
				CREATE USER 'etamil'@'%' IDENTIFIED BY 'sollu';
				GRANT ALL ON *.* TO 'etamil'@'localhost' WITH GRANT OPTION;
				GRANT ALL ON *.* TO 'etamil'@'%' WITH GRANT OPTION`)
		},
		url: func(s *Server) string { return "mysql://etamil:sollu@" + s.address() + "/etamil" },
	}
}

var redis = recipe{
	name: "redis", programs: "redis-server", pack: "redis-server", end: syscall.SIGKILL,
	command: func(s *Server) []string {
		return []string{"redis-server", "--port", strconv.Itoa(s.Port), "--bind", "127.0.0.1", "--dir", s.Dir, "--save", ""}
	},
	ready: func(s *Server) error {
		c, err := net.DialTimeout("tcp", s.address(), time.Second)
		if err != nil {
			return err
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(time.Second))
		reply := make([]byte, 16)
		if _, err := c.Write([]byte("PING\r\n")); err != nil {
			return err
		}
		n, err := c.Read(reply)
		if err == nil && !strings.HasPrefix(string(reply[:n]), "+PONG") {
			err = fmt.Errorf("answers %q", reply[:n])
		}
		return err
	},
	url: func(s *Server) string { return s.address() },
}

var ferretDB = recipe{
	name: "ferret", programs: "go", pack: "golang", end: syscall.SIGKILL,
	prepare: func(s *Server) error {
		if err := installFerretDB(filepath.Join(s.Dir, "ferretdb")); err != nil {
			return err
		}
		return s.run("mkdir", "data", "state")
	},
	command: func(s *Server) []string {
		return []string{filepath.Join(s.Dir, "ferretdb"), "--handler=sqlite", "--sqlite-url=file:" + s.Dir + "/data/", "--listen-addr=" + s.address(),
			"--debug-addr=-", "--state-dir=" + filepath.Join(s.Dir, "state"), "--telemetry=disable", "--log-level=error"}
	},
	url: func(s *Server) string { return "mongodb://" + s.address() + "/" },
}
