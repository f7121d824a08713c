// Tryout serves one program with etamild behind a private nginx until it is
// interrupted: what `make run` does. Everything lives in a temporary folder, and
// nothing is left of it afterwards.
//
//	tryout --port 8080 --bin bin --database postgres examples/ledger/main.qmz
//
// The program is told its database as the ledger is, by LEDGER_DATABASE: a file
// of SQLite in its data directory, or a PostgreSQL of its own, which this tool
// starts and ends.
package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"

	"etamil/cmd/internal/stand"
	"etamil/engine/db/dbtest/servers"
	"etamil/nginx"
)

func main() {
	runtime.LockOSThread() // see package stand
	port := flag.String("port", "8080", "port on 127.0.0.1; 0: any free one")
	bin := flag.String("bin", "bin", "folder with etamil and etamild")
	database := flag.String("database", "sqlite", "sqlite or postgres")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "tryout: the program to serve is missing")
		os.Exit(2)
	}
	// Before the first process is started, so that no signal finds one
	// without somebody who ends it.
	stop := stopRequested()
	if err := serve(*bin, flag.Arg(0), *port, *database, stop); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve returns when stop is closed (nil) or when something of it has ended or
// does not work.
func serve(bin, program, port, database string, stop <-chan struct{}) (err error) {
	address, err := listenAddress(port)
	if err != nil {
		return err
	}
	if database != "sqlite" && database != "postgres" {
		return fmt.Errorf("DATABASE=%[1]s என்று இல்லை; sqlite அல்லது postgres (there is no DATABASE=%[1]s: sqlite or postgres)", database)
	}
	// The daemon would start with a program that is wrong, answer 503 and say
	// why in its log; here somebody looks at the terminal.
	check := exec.Command(filepath.Join(bin, "etamil"), "check", "--no-warnings", program)
	check.Stdout, check.Stderr = os.Stdout, os.Stderr
	if err := check.Run(); err != nil {
		return fmt.Errorf("%[1]s சரியில்லை (%[1]s does not pass: %[2]w)", program, err)
	}
	text := "ledger.db"
	if database == "postgres" {
		server, err := servers.StartPostgres()
		if err != nil {
			return err
		}
		defer server.Close() // after the stand, whose daemon uses it
		text = server.URL
	}
	s, err := stand.New("etamil-run")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	s.Env = []string{"LEDGER_DATABASE=" + text}
	where := text
	if database == "sqlite" {
		where = filepath.Join(s.Dir(), "app.data", text)
	}

	daemon, err := s.Etamild(filepath.Join(bin, "etamild"), "app", program)
	if err != nil {
		return err
	}
	front, err := s.Nginx(nginx.Options{
		Workers: 1,
		Sites:   []nginx.Site{{Name: "app", Listen: address, Socket: s.Socket("app")}},
	})
	if err != nil {
		return err
	}
	url := "http://" + address + "/"
	if err := s.Answers(url, stop); err != nil {
		select {
		case <-stop:
			return nil
		default:
			return err
		}
	}
	fmt.Printf("\n  %s\n\n  %s — nginx → %s → etamild → %s\n  பதிவேடு / log: %s\n  நிறுத்த / to stop: Ctrl-C\n\n", url, program, s.Socket("app"), where, daemon.Log)
	select {
	case <-stop:
		return nil
	case <-daemon.Exited:
		return daemon.Failure()
	case <-front.Exited:
		return front.Failure()
	}
}

// listenAddress returns where nginx is to listen. It looks whether the port is
// free, because nginx would try for some seconds and then speak of errno 98.
func listenAddress(port string) (string, error) {
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return "", fmt.Errorf("துறை எண் 0 முதல் 65535 வரை: PORT=%[1]s (a port is a number from 0 to 65535: PORT=%[1]s)", port)
	}
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", n))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "", fmt.Errorf("துறை %[1]d வேறொன்றால் பயன்படுத்தப்படுகிறது; வேறு துறை: make run PORT=%[2]d (port %[1]d is in use; choose another)", n, n%60000+1)
	case errors.Is(err, syscall.EACCES):
		return "", fmt.Errorf("துறை %[1]d-ஐத் திறக்க உரிமை இல்லை; 1024 அல்லது அதற்கு மேல் தேர்க (no right to open port %[1]d; choose 1024 or above)", n)
	case err != nil:
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// stopRequested returns a channel that is closed when this process shall end: on
// a signal, and when make, its parent, was told to.
func stopRequested() <-chan struct{} {
	stop := make(chan struct{})
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	abandoned := make(chan struct{})
	go watchMake(abandoned)
	go func() {
		select {
		case <-signals:
		case <-abandoned:
		}
		close(stop)
	}()
	return stop
}
