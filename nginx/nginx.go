// Package nginx holds the nginx files that ship with etamild, and puts them into
// a private nginx: one with a folder of its own, that needs no rights and
// touches nothing of the machine's. `make run`, `make bench` and the tests stand
// behind such a one, so that what they try is what operators install.
//
//	cmd, err := nginx.Command(dir, nginx.Options{Sites: []nginx.Site{{
//		Name: "app", Listen: "127.0.0.1:8080", Socket: "/tmp/x/app.sock",
//	}}})
//	err = cmd.Start() // ends on SIGTERM; SIGQUIT lets running requests finish
package nginx

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
)

// SiteFile is etamil.conf, the site of one application.
//
//go:embed etamil.conf
var SiteFile string

// ParamsFile is etamil_params, which SiteFile includes.
//
//go:embed etamil_params
var ParamsFile string

// TwoInstancesFile is two-instances.conf, the site of one application that two
// instances serve.
//
//go:embed two-instances.conf
var TwoInstancesFile string

// ErrNotInstalled is returned by Command on a machine without nginx.
var ErrNotInstalled = errors.New("nginx is not installed (Debian package nginx-light)")

// A Site is one application behind the shipped site file.
type Site struct {
	Name   string // of the upstream, unlike the others'; ASCII letters, digits, '_'
	Listen string // address and port, "127.0.0.1:8080"
	Socket string // path of the Unix socket that etamild listens on
}

// Options say what a private nginx serves.
type Options struct {
	Sites   []Site
	Extra   string // further text of the http block: more servers
	Workers int    // worker processes; 0: as many as there are cores
}

// Text returns the shipped site file with the places that an operator changes
// changed to s.
func (s Site) Text() string {
	text := SiteFile
	for _, c := range []struct{ shipped, here string }{
		{"upstream etamil {", "upstream " + s.Name + " {"},
		{"fastcgi_pass etamil;", "fastcgi_pass " + s.Name + ";"},
		{"unix:/run/etamil/etamil.sock", "unix:" + s.Socket},
		{"    listen 80;\n", "    listen " + s.Listen + " backlog=4096;\n"},
		{"    listen [::]:80;\n", ""},
	} {
		if n := strings.Count(text, c.shipped); n != 1 {
			panic(fmt.Sprintf("BUG: etamil.conf has %q %d times, want once", c.shipped, n))
		}
		text = strings.Replace(text, c.shipped, c.here, 1)
	}
	return text
}

// Config returns the nginx.conf of a private nginx whose folder is dir. The
// folder must not hold blanks or characters that nginx gives a meaning.
func (o Options) Config(dir string) string {
	var b strings.Builder
	workers := "auto"
	if o.Workers > 0 {
		workers = fmt.Sprint(o.Workers)
	}
	if os.Geteuid() == 0 {
		// The workers of a master that runs as root change to another
		// user, who could not open a socket of mode 0660.
		if u, err := user.Current(); err == nil {
			fmt.Fprintf(&b, "user %s;\n", u.Username)
		}
	}
	fmt.Fprintf(&b, "daemon off;\npid %s;\nerror_log stderr warn;\n", filepath.Join(dir, "nginx.pid"))
	files := openFiles()
	fmt.Fprintf(&b, "worker_processes %s;\nworker_rlimit_nofile %d;\nevents { worker_connections %d; }\n", workers, files, files/2)
	b.WriteString("http {\naccess_log off;\nserver_tokens off;\nkeepalive_requests 1000000;\n")
	for _, kind := range []string{"client_body", "fastcgi", "proxy", "scgi", "uwsgi"} {
		fmt.Fprintf(&b, "%s_temp_path %s;\n", kind, filepath.Join(dir, kind))
	}
	for _, s := range o.Sites {
		b.WriteString(s.Text())
	}
	b.WriteString(o.Extra)
	b.WriteString("}\n")
	return b.String()
}

// openFiles returns how many files a worker may open: two for each connection of
// a client are needed, and a limit above the hard one of this process would only
// make nginx complain.
func openFiles() uint64 {
	const enough = 16384
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Max > enough {
		return enough
	}
	return limit.Max
}

// Command writes the files of a private nginx into dir, which must exist, and
// returns the command that runs it in the foreground; it is not started. Its
// standard error is what nginx has to say. Command returns ErrNotInstalled when
// there is no nginx. The caller removes dir.
func Command(dir string, o Options) (*exec.Cmd, error) {
	program, err := Path()
	if err != nil {
		return nil, err
	}
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, []byte(o.Config(dir)), 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "etamil_params"), []byte(ParamsFile), 0o600); err != nil {
		return nil, err
	}
	// -e: nginx would try its compiled-in log before it has read the file.
	return exec.Command(program, "-p", dir, "-c", conf, "-e", "stderr"), nil
}

// Path returns where nginx is, or ErrNotInstalled. Debian keeps it in /usr/sbin,
// which is not in everyone's PATH.
func Path() (string, error) {
	if p, err := exec.LookPath("nginx"); err == nil {
		return p, nil
	}
	for _, p := range []string{"/usr/sbin/nginx", "/usr/local/sbin/nginx"} {
		if _, err := os.Stat(p); err == nil {
			return p, nil
		}
	}
	return "", ErrNotInstalled
}
