package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"etamil/cmd/internal/stand"
	"etamil/engine/db/dbtest/servers"
	"etamil/nginx"
)

// The sides of the parts with a database, beside etamild and PHP-FPM, which keep
// their connections and prepare their statements; PDO prepares as it does unless
// it is told otherwise: anew in each request, for it keeps none.
const (
	etamildAnew    = "etamild, connecting anew"
	phpfpmAnew     = "PHP-FPM, connecting anew"
	phpfpmOneRound = "PHP-FPM, not preparing" // one round trip a statement; PostgreSQL only
)

const (
	// ledgerPool is how many connections each side has, and with them how many
	// processes PHP-FPM: the requests of one wait for the database, so more than
	// there are cores are of use.
	ledgerPool = 8
	// ledgerClients keep them busy; ledgerCalm leave the machine time, so that
	// the time of an answer is not that of waiting for a turn.
	ledgerClients = 32
	ledgerCalm    = 2
	// closeRounds is how many times as many rounds there are where what is wanted
	// is near: a machine that is not alone changes its speed by half in between.
	closeRounds = 3
	// ledgerEntries are in the books before anything is measured.
	ledgerEntries = 300
	ledgerEntry   = `{"day": "2026-04-01", "note": "ஒரு விற்பனை", "lines": [{"account": "cash", "amount": 1180.50}, {"account": "sales", "amount": -1000.42}, {"account": "cgst", "amount": -90.04}, {"account": "sgst", "amount": -90.04}]}`
)

// What is wanted of a new entry in the ledger on PostgreSQL.
const (
	wantedRate      = 1.3 // requests a second, times those of PHP-FPM
	wantedProcessor = 0.5 // processor time, of that of PHP-FPM's processes
	wantedLatency   = 0.5 // time to the answer, of that with a connection for each request
)

// A ledgerSide is where one side answers, and the process that does.
type ledgerSide struct {
	url string
	app *stand.Process
}

// ledger measures examples/ledger, with a database behind each side.
func (b *bench) ledger() error {
	for _, database := range []string{"postgres", "sqlite"} {
		if err := b.ledgerOn(database); err != nil {
			return fmt.Errorf("%s: %w", database, err)
		}
	}
	return nil
}

func (b *bench) ledgerOn(database string) (err error) {
	sides := []string{etamild, etamildAnew}
	if b.php != "" && phpHas("pdo_pgsql") && phpHas("pdo_sqlite") {
		sides = append(sides, phpfpm, phpfpmAnew)
		if database == "postgres" {
			sides = append(sides, phpfpmOneRound)
		}
	} else if b.php != "" {
		fmt.Fprintln(b.w, "PHP without pdo_pgsql and pdo_sqlite takes no part (Debian: php-pgsql php-sqlite3)")
	}
	// Each side has its own database, so that all grow alike.
	dsn := map[string]string{}
	for i, side := range sides {
		dsn[side] = filepath.Join(b.stand.Dir(), fmt.Sprintf("ledger%d.db", i))
	}
	if database == "postgres" {
		server, err := servers.StartPostgres()
		if errors.Is(err, servers.ErrMissing) {
			fmt.Fprintf(b.w, "the ledger on PostgreSQL is left out: %v (Debian: postgresql)\n\n", err)
			return nil
		}
		if err != nil {
			return err
		}
		defer server.Close()
		for i, side := range sides {
			name := fmt.Sprintf("ledger%d", i)
			if err := server.CreateDatabase(name); err != nil {
				return err
			}
			dsn[side] = fmt.Sprintf("postgres://etamil@%s:%d/%s", url.PathEscape(server.Dir), server.Port, name) // its Unix socket
		}
	}
	running, end, err := b.ledgerSides(sides, dsn)
	defer func() { err = errors.Join(err, end()) }()
	if err != nil {
		return err
	}
	script, err := b.postScript(ledgerEntry)
	if err != nil {
		return err
	}
	name := map[string]string{"postgres": "PostgreSQL (Unix socket, fsync off)", "sqlite": "SQLite (WAL, synchronous=FULL)"}[database]
	// Many clients hand one connection on to the next, so that there is no
	// connecting anew in etamild that could be measured.
	busySides := slices.DeleteFunc(slices.Clone(sides), func(s string) bool { return s == etamildAnew })
	for _, m := range []struct {
		what, path, script string
		clients            int
	}{
		{"GET /balance-sheet", "balance-sheet", "", ledgerClients},
		{"POST /entries", "entries", script, ledgerClients},
		{"POST /entries", "entries", script, ledgerCalm},
	} {
		rate, p50, p99 := newFigure("requests/s", true), newFigure("p50 ms", false), newFigure("p99 ms", false)
		processor, busy, failed := newFigure("processor µs/request", false), newFigure("processor %", false), newFigure("failed", false)
		sides := sides
		if m.clients > ledgerCalm {
			sides = busySides
		}
		for _, side := range sides {
			if _, err := wrk(running[side].url+m.path, m.clients, time.Second, m.script); err != nil {
				return err
			}
		}
		judged := database == "postgres" && m.script != "" // the balance sheet is computed by the database
		n := b.rounds
		if judged && m.clients == ledgerClients {
			n *= closeRounds
		}
		err := rounds(n, sides, func(side string) error {
			before, err := usedProcessor(running[side].app.PID())
			if err != nil {
				return err
			}
			begin := time.Now()
			a, err := wrk(running[side].url+m.path, m.clients, b.duration, m.script)
			if err != nil {
				return err
			}
			took := time.Since(begin)
			after, err := usedProcessor(running[side].app.PID())
			rate.add(side, a.perSecond)
			p50.add(side, a.p50)
			p99.add(side, a.p99)
			processor.add(side, float64((after-before).Microseconds())/(a.perSecond*b.duration.Seconds()))
			busy.add(side, 100*float64(after-before)/float64(took))
			failed.add(side, float64(a.failed))
			return err
		})
		if err != nil {
			return err
		}
		b.title("the ledger on %s: %s through nginx, %d kept connections, %d to the database, %d rounds of %v", name, m.what, m.clients, ledgerPool, n, b.duration)
		table(b.w, sides, rate, p50, p99, processor, busy, failed)
		if judged {
			b.ledgerVerdict(m.clients, rate, p50, processor)
		}
	}
	return b.ledgersAgree(sides, running)
}

// ledgerVerdict says whether what is wanted was held.
func (b *bench) ledgerVerdict(clients int, rate, p50, processor *figure) {
	say := func(what string, r series, wanted float64, more bool) {
		verdict := "held"
		if m := r.summary().median; more && m < wanted || !more && m > wanted {
			verdict = "NOT held"
		}
		limit := "at most"
		if more {
			limit = "at least"
		}
		fmt.Fprintf(b.w, "  %s: × %s; %s %.2g is wanted, and %s\n", what, r, limit, wanted, verdict)
	}
	if clients == ledgerCalm {
		say("p50 with the pool, of that when connecting for each request", p50.sides[etamild].over(p50.sides[etamildAnew]), wantedLatency, false)
	} else if len(rate.sides[phpfpm]) > 0 {
		say("requests/s beside PHP-FPM with persistent connections", rate.sides[etamild].over(rate.sides[phpfpm]), wantedRate, true)
		say("processor time of a request, of that of PHP-FPM", processor.sides[etamild].over(processor.sides[phpfpm]), wantedProcessor, false)
	}
	fmt.Fprintln(b.w)
}

// ledgerSides starts the programs of the sides, with entries in their books, and
// sees that they answer the same.
func (b *bench) ledgerSides(sides []string, dsn map[string]string) (running map[string]ledgerSide, end func() error, err error) {
	var started []*stand.Process
	end = func() error { return b.endAll(started) }
	program, err := filepath.Abs(b.ledgerProgram)
	if err != nil {
		return nil, end, err
	}
	running = map[string]ledgerSide{}
	var o nginx.Options
	var fpm *stand.Process
	for i, side := range sides {
		address, err := stand.FreeAddress()
		if err != nil {
			return nil, end, err
		}
		var app *stand.Process
		switch side {
		case etamild, etamildAnew:
			// The file of SQLite is beside the data folder, which PHP does not know.
			b.stand.Env = []string{"LEDGER_DATABASE=" + dsn[side]}
			keep := strconv.Itoa(ledgerPool)
			if side == etamildAnew {
				keep = "0"
			}
			name := fmt.Sprintf("ledger%d", i)
			app, err = b.stand.Etamild(filepath.Join(b.bin, "etamild"), name, program, "--access-log", "off", "--data-also", b.stand.Dir(),
				"--databases-max-per-pool", strconv.Itoa(ledgerPool), "--databases-max-idle", keep)
			o.Sites = append(o.Sites, nginx.Site{Name: name, Listen: address, Socket: b.stand.Socket(name)})
		default:
			if fpm == nil {
				fpm, err = b.startPHP(ledgerPool)
				app = fpm
			}
			persistent, prepared := "1", "1"
			switch side {
			case phpfpmAnew:
				persistent = "0"
			case phpfpmOneRound:
				prepared = "0"
			}
			o.Extra += b.phpServer(address, "ledger.php", "LEDGER_DSN", phpDSN(dsn[side]), "LEDGER_PERSISTENT", persistent, "LEDGER_PREPARED", prepared)
		}
		if err != nil {
			return nil, end, err
		}
		if app != nil {
			started = append(started, app)
		} else {
			app = fpm
		}
		running[side] = ledgerSide{"http://" + address + "/", app}
	}
	b.stand.Env = nil
	front, err := b.stand.Nginx(o)
	if err != nil {
		return nil, end, err
	}
	started = append(started, front)
	// PHP makes no tables: etamild does, in each database.
	for _, side := range sides[2:] {
		if err := b.makeLedger(program, dsn[side]); err != nil {
			return nil, end, err
		}
	}
	for _, side := range sides {
		if err := b.stand.Answers(running[side].url+"balance-sheet", nil); err != nil {
			return nil, end, err
		}
		for range ledgerEntries {
			if status, text, err := post(running[side].url+"entries", ledgerEntry); err != nil || status != http.StatusCreated {
				return nil, end, fmt.Errorf("%s: %d %s %v", side, status, text, err)
			}
		}
	}
	return running, end, b.ledgersRefuse(sides, running)
}

// makeLedger makes the tables in a database.
func (b *bench) makeLedger(program, dsn string) error {
	address, err := stand.FreeAddress()
	if err != nil {
		return err
	}
	_, port, _ := strings.Cut(address, ":")
	cmd := exec.Command(filepath.Join(b.bin, "etamil"), "serve", "--port", port, program)
	cmd.Env = append(os.Environ(), "LEDGER_DATABASE="+dsn, "ETAMIL_DATA_DIR="+b.stand.Dir())
	p, err := b.stand.Start("maker", cmd)
	if err != nil {
		return err
	}
	return errors.Join(b.stand.Answers("http://"+address+"/balance-sheet", nil), b.stand.End(p))
}

// phpDSN returns the words by which PDO knows a database.
func phpDSN(text string) string {
	rest, isURL := strings.CutPrefix(text, "postgres://etamil@")
	if !isURL {
		return "sqlite:" + text
	}
	address, name, _ := strings.Cut(rest, "/")
	escaped, port, _ := strings.Cut(address, ":")
	host, err := url.PathUnescape(escaped)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return fmt.Sprintf("pgsql:host=%s;port=%s;dbname=%s;user=etamil", host, port, name)
}

// ledgersRefuse sees that all sides give the same answers.
func (b *bench) ledgersRefuse(sides []string, running map[string]ledgerSide) error {
	for _, body := range []string{
		ledgerEntry, `[]`, `{"lines": 5}`, `{"lines": [{"account": "cash", "amount": 1}]}`, `{"day": "2026-02-30", "lines": []}`,
		`{"lines": [{"account": "cash", "amount": 1.005}, {"account": "sales", "amount": -1.005}]}`,
		`{"lines": [{"account": "cash", "amount": 10}, {"account": "sales", "amount": -9.99}]}`,
		`{"lines": [{"account": "cash", "amount": 1}, {"account": "gold", "amount": -1}]}`,
		`{"lines": [{"account": 5, "amount": 1}, {"account": "sales", "amount": -1}]}`,
	} {
		var first string
		for _, side := range sides {
			status, text, err := post(running[side].url+"entries", body)
			if err != nil {
				return err
			}
			var answer any
			if err := json.Unmarshal(text, &answer); err != nil {
				return fmt.Errorf("%s: %w: %s", side, err, text)
			}
			said := fmt.Sprint(status, answer)
			if first == "" {
				first = said
			} else if said != first {
				return fmt.Errorf("the sides do not agree on %s:\n%s\n%s: %s", body, first, side, said)
			}
		}
	}
	var first any
	for _, side := range sides {
		got, err := balanceSheet(running[side].url)
		if err != nil {
			return fmt.Errorf("%s: %w", side, err)
		}
		if first == nil {
			first = got
		} else if !sameValues(first, got) {
			return fmt.Errorf("the sides do not agree:\n%v\n%s: %v", first, side, got)
		}
	}
	return nil
}

// ledgersAgree sees after the load that the books of all sides add up.
func (b *bench) ledgersAgree(sides []string, running map[string]ledgerSide) error {
	for _, side := range sides {
		got, err := balanceSheet(running[side].url)
		if err != nil {
			return fmt.Errorf("%s: %w", side, err)
		}
		if sheet, ok := got.(map[string]any); !ok || !sameValues(sheet["difference"], json.Number("0")) {
			return fmt.Errorf("%s: the books do not add up: %v", side, got)
		}
	}
	return nil
}

func balanceSheet(url string) (sheet any, err error) {
	res, err := http.Get(url + "balance-sheet")
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return sheet, decoder.Decode(&sheet)
}

// usedProcessor returns what a process and its children have used of the
// processors, those that have ended left out.
func usedProcessor(pid int) (total time.Duration, err error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	found := false
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		// PID (NAME) STATE PPID …, the name with blanks and parentheses as it likes.
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		id, parent := filepath.Base(filepath.Dir(path)), fields[1]
		if self := strconv.Itoa(pid); id != self && parent != self {
			continue
		}
		found = found || id == strconv.Itoa(pid)
		for _, ticks := range fields[11:13] { // utime, stime, in hundredths of a second
			n, err := strconv.ParseInt(ticks, 10, 64)
			if err != nil {
				return 0, err
			}
			total += time.Duration(n) * 10 * time.Millisecond
		}
	}
	if !found {
		return 0, fmt.Errorf("there is no process %d", pid)
	}
	return total, nil
}
