package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"etamil/cmd/internal/stand"
	"etamil/engine/db/dbtest/servers"
	"etamil/nginx"
)

//go:embed programs/transfer.qmz
var transferProgram []byte

const (
	tellers   = 8
	accounts  = 10
	money     = accounts * 100_000 // paise, in all accounts together
	longestUp = 60 * time.Millisecond
	interval  = 100 // kills between two lines of output
)

// A vault is a database of accounts with a daemon that is killed again and
// again while tellers move money.
type vault struct {
	stand  *stand.Stand
	binary string
	base   string // URL
	client *http.Client
	daemon *stand.Process

	mu    sync.Mutex
	sent  map[string]bool // transfers of this life of the daemon; true: acknowledged
	moved int             // acknowledged, in all lives
	cut   int             // without an answer when the daemon was killed
	found int             // of these, those that the database has
}

// crashes kills the daemon at random moments, kills times, and looks each time
// whether the sums hold: a transfer is there or not, never half, and one that
// was acknowledged is there. database is sqlite or postgres.
func crashes(ctx context.Context, w io.Writer, bin, database string, kills int) (err error) {
	s, err := stand.New("etamil-crash")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	s.Env = []string{"BANK=bank.db", "KIND=" + database}
	if database == "postgres" {
		server, err := servers.StartPostgres()
		if err != nil {
			return err
		}
		defer server.Close()
		s.Env[0] = "BANK=" + server.URL
	}
	address, err := stand.FreeAddress()
	if err != nil {
		return err
	}
	v := &vault{
		stand: s, binary: filepath.Join(bin, "etamild"), base: "http://" + address,
		client: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: tellers}},
	}
	defer v.client.CloseIdleConnections()
	if err := os.WriteFile(filepath.Join(s.Dir(), "transfer.qmz"), transferProgram, 0o644); err != nil {
		return err
	}
	if _, err := s.Nginx(nginx.Options{Sites: []nginx.Site{{Name: "app", Listen: address, Socket: s.Socket("app")}}}); err != nil {
		return err
	}
	if err := v.start(); err != nil {
		return err
	}
	if _, err := v.patiently("POST", "/open"); err != nil {
		return err
	}
	for round := range kills {
		if ctx.Err() != nil {
			return nil // stopped by hand
		}
		v.live(ctx, round)
		if err := v.start(); err != nil {
			return err
		}
		if err := v.audit(); err != nil {
			return fmt.Errorf("%s, after kill %d: %w", database, round+1, err)
		}
		if n := round + 1; n%interval == 0 || n == kills {
			fmt.Fprintf(w, "%s: %d kills, %d transfers, %d cut off, of which %d had been made; the sums hold\n", database, n, v.moved, v.cut, v.found)
		}
	}
	if v.moved == 0 || v.cut == 0 {
		return fmt.Errorf("%s: %d transfers and %d cut off: nothing was tested", database, v.moved, v.cut)
	}
	return nil
}

func (v *vault) start() (err error) {
	// The log of each life is its own, or it would grow.
	os.Remove(filepath.Join(v.stand.Dir(), "app.log"))
	v.daemon, err = v.stand.Etamild(v.binary, "app", filepath.Join(v.stand.Dir(), "transfer.qmz"), "--access-log", "off")
	return err
}

// live has tellers work until the daemon is killed, some moment after the first
// transfer.
func (v *vault) live(ctx context.Context, round int) {
	v.sent = map[string]bool{}
	first := make(chan struct{})
	var once sync.Once
	dying, died := context.WithCancel(ctx)
	var all sync.WaitGroup
	for teller := range tellers {
		all.Go(func() {
			for n := 0; dying.Err() == nil; n++ {
				id := fmt.Sprintf("%d-%d-%d", round, teller, n)
				v.note(id, false)
				debit := rand.IntN(accounts - 1)
				credit := debit + 1 + rand.IntN(accounts-1-debit)
				_, err := v.ask("POST", fmt.Sprintf("/transfer/%s/%d/%d/%d", id, debit, credit, rand.IntN(2001)-1000))
				if err == nil {
					v.note(id, true)
					once.Do(func() { close(first) })
				}
			}
		})
	}
	select {
	case <-first:
	case <-ctx.Done():
	case <-v.daemon.Exited:
	}
	time.Sleep(rand.N(longestUp))
	syscall.Kill(v.daemon.PID(), syscall.SIGKILL)
	died()
	all.Wait()
	v.stand.End(v.daemon) // says that it was killed
}

func (v *vault) note(id string, acknowledged bool) {
	v.mu.Lock()
	v.sent[id] = acknowledged
	v.mu.Unlock()
}

// audit looks at what the last life left, and clears the list of transfers.
func (v *vault) audit() error {
	sums, err := v.patiently("GET", "/sums")
	if err != nil {
		return err
	}
	if want := fmt.Sprint(money, " ", 0); sums != want {
		return fmt.Errorf("the sum of all accounts and the number of torn ones are %s, want %s", sums, want)
	}
	list, err := v.ask("GET", "/transfers")
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, id := range strings.Fields(list) {
		there[id] = true
		if _, ok := v.sent[id]; !ok {
			return fmt.Errorf("nobody sent the transfer %s", id)
		}
	}
	for id, acknowledged := range v.sent {
		switch {
		case acknowledged && !there[id]:
			return fmt.Errorf("the transfer %s was acknowledged and is lost", id)
		case acknowledged:
			v.moved++
		default:
			v.cut++
			if there[id] {
				v.found++
			}
		}
	}
	_, err = v.ask("POST", "/fold")
	return err
}

// patiently asks until the daemon that was started answers.
func (v *vault) patiently(method, path string) (body string, err error) {
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		if body, err = v.ask(method, path); err == nil || time.Now().After(end) {
			return body, err
		}
		select {
		case <-v.daemon.Exited:
			return "", v.daemon.Failure()
		default:
		}
	}
}

// ask returns the body of an answer 200; everything else is an error.
func (v *vault) ask(method, path string) (string, error) {
	req, err := http.NewRequest(method, v.base+path, nil)
	if err != nil {
		return "", err
	}
	res, err := v.client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %s", method, path, res.Status, body)
	}
	return string(body), err
}
