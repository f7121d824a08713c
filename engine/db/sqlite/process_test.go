package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"etamil/engine/db"
	"etamil/engine/db/dbtest"
	"etamil/engine/value"
)

// The test binary is the other process too: jobVariable says what to do there,
// fileVariable with which file.
const (
	jobVariable  = "ETAMIL_SQLITE_JOB"
	fileVariable = "ETAMIL_SQLITE_FILE"
)

func TestMain(m *testing.M) {
	job := os.Getenv(jobVariable)
	if job == "" {
		os.Exit(m.Run())
	}
	if err := jobs[job](os.Getenv(fileVariable)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// jobs are what the other process can do with a file.
var jobs = map[string]func(path string) error{
	"transfer": func(path string) error { return transfers(path, -1) },
	"count":    func(path string) error { return counting(path) },
	"insert": func(path string) error {
		return withConn(path, 200*time.Millisecond, func(c *conn) error {
			_, err := execute(c, "INSERT INTO t VALUES (1)")
			return err
		})
	},
}

// child starts another process with a job.
func child(t *testing.T, job, path string) (*exec.Cmd, io.Reader) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), jobVariable+"="+job, fileVariable+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, out
}

// withConn does something with a connection to a file.
func withConn(path string, wait time.Duration, do func(*conn) error) error {
	target, err := New().Target(path, db.Options{})
	if err != nil {
		return err
	}
	c := config()
	c.SQLiteWriterWait = wait
	p, err := target.Open(c)
	if err != nil {
		return err
	}
	defer p.Close()
	lent, err := dbtest.Acquire(context.Background(), p)
	if err != nil {
		return err
	}
	defer lent.Release(true)
	return do(lent.(*conn))
}

const accounts, opening = 20, 1000

// transfers moves money between accounts, so many times or for ever. A line is
// written for every hundred.
func transfers(path string, times int) error {
	return withConn(path, 20*time.Second, func(c *conn) error {
		for n := 0; n != times; n++ {
			if n%100 == 0 {
				fmt.Println(n)
			}
			from, to, amount := value.Int(rand.IntN(accounts)), value.Int(rand.IntN(accounts)), value.Int(rand.IntN(50))
			for _, s := range []struct {
				sql    string
				params []value.Value
			}{
				{"BEGIN", nil},
				{"UPDATE account SET balance = balance - ? WHERE id = ?", []value.Value{amount, from}},
				{"INSERT INTO entry (account, amount) VALUES (?, -CAST(? AS INTEGER))", []value.Value{from, amount}},
				{"UPDATE account SET balance = balance + ? WHERE id = ?", []value.Value{amount, to}},
				{"INSERT INTO entry (account, amount) VALUES (?, ?)", []value.Value{to, amount}},
				{"COMMIT", nil},
			} {
				if _, err := execute(c, s.sql, s.params...); err != nil {
					return fmt.Errorf("%s: %w", s.sql, err)
				}
			}
		}
		return nil
	})
}

// ledger makes a file of accounts.
func ledger(t *testing.T, path string) *conn {
	t.Helper()
	c := lease(t, openPool(t, New(), path, db.Options{}, nil))
	must(t, c, "CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER)",
		"CREATE TABLE entry (id INTEGER PRIMARY KEY, account INTEGER, amount INTEGER)")
	for i := range accounts {
		must(t, c, fmt.Sprintf("INSERT INTO account VALUES (%d, %d)", i, opening))
	}
	return c
}

// balanced holds the accounts against each other and against the entries.
func balanced(t *testing.T, c *conn) {
	t.Helper()
	wantOne(t, c, "SELECT sum(balance) FROM account", "a number "+strconv.Itoa(accounts*opening))
	wantOne(t, c, "SELECT count(*) % 2 FROM entry", "a number 0")
	wantOne(t, c, `SELECT count(*) FROM account a WHERE balance <> 1000 + coalesce((SELECT sum(amount) FROM entry e WHERE e.account = a.id), 0)`, "a number 0")
	wantOne(t, c, "PRAGMA integrity_check", "a string ok")
}

// A process is killed at any moment, again and again: both accounts of a
// transfer are as before or as after. ETAMIL_TEST_KILLS says how often.
func TestAKilledProcessLeavesBothAccountsAlike(t *testing.T) {
	kills := 12
	if n, err := strconv.Atoi(os.Getenv("ETAMIL_TEST_KILLS")); err == nil {
		kills = n
	}
	path := file(t)
	c := ledger(t, path)
	for range kills {
		cmd, out := child(t, "transfer", path)
		if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
			t.Fatalf("the other process did not begin: %v", err)
		}
		time.Sleep(time.Duration(rand.IntN(30_000)) * time.Microsecond) // any moment
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		balanced(t, c)
	}
	if n := one(t, c, "SELECT count(*) FROM entry"); n.Dec().Lo == 0 {
		t.Error("not one transfer was made")
	}
	must(t, c, "UPDATE account SET balance = balance")
}

const increments = 200

// counting adds to a counter by reading and writing it.
func counting(path string) error {
	return withConn(path, time.Minute, func(c *conn) error {
		for range increments {
			if _, err := execute(c, "BEGIN"); err != nil {
				return err
			}
			rows, err := query(c, "SELECT n FROM counter")
			if err != nil {
				return err
			}
			_, n := rows[0].FieldAt(0)
			next, _ := n.Dec().Int64()
			if _, err := execute(c, "UPDATE counter SET n = ?", value.Int(int(next)+1)); err != nil {
				return err
			}
			if _, err := execute(c, "COMMIT"); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestTwoProcessesShareAFile(t *testing.T) {
	path := file(t)
	c := lease(t, openPool(t, New(), path, db.Options{}, nil))
	must(t, c, "CREATE TABLE counter (n INTEGER)", "INSERT INTO counter VALUES (0)")
	var all sync.WaitGroup
	for range 2 {
		cmd, _ := child(t, "count", path)
		all.Go(func() {
			if err := cmd.Wait(); err != nil {
				t.Errorf("the other process: %v", err)
			}
		})
	}
	if err := counting(path); err != nil {
		t.Error(err)
	}
	all.Wait()
	wantOne(t, c, "SELECT n FROM counter", "a number "+strconv.Itoa(3*increments))
}

// A program may read its database as a file; other processes stay locked out.
// The lock that a close would take away is that of the file itself: without a
// write-ahead log the only one, with one that which keeps the log.
func TestReadingTheFileDoesNotUnlockIt(t *testing.T) {
	path := file(t)
	c := lease(t, openPool(t, New(), path, db.Options{}, nil))
	must(t, c, "PRAGMA journal_mode = DELETE", "CREATE TABLE t (a)", "BEGIN", "INSERT INTO t VALUES (2)")
	if _, err := os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), jobVariable+"=insert", fileVariable+"="+path)
	if said, err := cmd.CombinedOutput(); err == nil {
		t.Error("another process wrote within our transaction")
	} else if want := "ET5051: the database was locked for 200ms\n"; string(said) != want {
		t.Errorf("the other process said %q, want %q", said, want)
	}
	must(t, c, "COMMIT")
	wantOne(t, c, "SELECT count(*) FROM t", "a number 1")
}
