package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"etamil/engine/db"
	"etamil/engine/db/dbtest"
	"etamil/engine/diag"
	"etamil/engine/value"
)

// waitFor waits until so many stand in the queue.
func waitFor(t testing.TB, q *queue, n int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(100 * time.Microsecond) {
		q.mu.Lock()
		waiting := q.waiting.Len()
		q.mu.Unlock()
		if waiting == n {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d wait, want %d", waiting, n)
		}
	}
}

func TestTwoHundredWritersLoseNothing(t *testing.T) {
	const writers, each = 200, 5
	d := New()
	path := file(t)
	// The file by three texts: they are three pools, and one queue.
	pools := []*pool{
		openPool(t, d, path, db.Options{}, nil), openPool(t, d, "file:"+path, db.Options{}, nil),
		openPool(t, d, "file://"+path+"?mode=rw", db.Options{}, nil),
	}
	c := lease(t, pools[0])
	must(t, c, "CREATE TABLE account (id INTEGER PRIMARY KEY, balance TEXT)", "INSERT INTO account VALUES (1, '0')", "CREATE TABLE entry (w, n)")
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			lent, err := dbtest.Acquire(context.Background(), pools[w%len(pools)])
			if err != nil {
				t.Error(err)
				return
			}
			defer lent.Release(true)
			c := lent.(*conn)
			for n := range each {
				if w%2 == 0 {
					if _, err := execute(c, "INSERT INTO entry VALUES (?, ?)", value.Int(w), value.Int(n)); err != nil {
						t.Errorf("writer %d: %v", w, err)
					}
					continue
				}
				// Read, then write what was read: two at once would lose one.
				for _, sql := range []string{
					"BEGIN", "SELECT balance FROM account", "UPDATE account SET balance = balance + 1", "INSERT INTO entry VALUES (1, 1)", "COMMIT",
				} {
					if _, err := query(c, sql); err != nil {
						t.Errorf("writer %d, %s: %v", w, sql, err)
					}
				}
			}
		})
	}
	all.Wait()
	wantOne(t, c, "SELECT balance FROM account", fmt.Sprintf("a number %d", writers/2*each))
	wantOne(t, c, "SELECT count(*) FROM entry", fmt.Sprintf("a number %d", writers*each))
	for _, p := range pools {
		p.Close()
	}
	if w := &d.(*driver).writers; len(w.queues) != 1 {
		t.Errorf("%d queues, want the one of the leased connection", len(w.queues))
	}
}

func TestWritersCommitInTheOrderInWhichTheyCame(t *testing.T) {
	const writers = 50
	p := openPool(t, New(), file(t), db.Options{}, nil)
	c := lease(t, p)
	must(t, c, "CREATE TABLE t (id INTEGER PRIMARY KEY, w INTEGER)", "BEGIN")
	var all sync.WaitGroup
	for w := range writers {
		waiting := lease(t, p)
		all.Go(func() {
			sql := "INSERT INTO t (w) VALUES (?)"
			if w%2 == 0 {
				if _, err := execute(waiting, "BEGIN"); err != nil {
					t.Error(err)
				}
			}
			if _, err := execute(waiting, sql, value.Int(w)); err != nil {
				t.Error(err)
			}
			if w%2 == 0 {
				if _, err := execute(waiting, "COMMIT"); err != nil {
					t.Error(err)
				}
			}
		})
		waitFor(t, c.queue, w+1)
	}
	must(t, c, "COMMIT")
	all.Wait()
	wantOne(t, c, "SELECT count(*) FROM t WHERE w <> id - 1", "a number 0")
	wantOne(t, c, "SELECT count(*) FROM t", fmt.Sprintf("a number %d", writers))
}

func TestTheTurnToWriteEndsWithTheTransaction(t *testing.T) {
	p := openPool(t, New(), file(t), db.Options{}, nil)
	c := lease(t, p)
	must(t, c, "CREATE TABLE t (a INTEGER PRIMARY KEY)")
	for _, tt := range []struct {
		sql   string
		holds bool
	}{
		{"SELECT * FROM t", false},
		{"INSERT INTO t VALUES (1)", false},
		{"begin /* plain */ transaction", true},
		{"COMMIT", false},
		{"BEGIN DEFERRED", false},
		{"SELECT * FROM t", false},
		{"INSERT INTO t VALUES (2)", true},
		{"SELECT * FROM t", true},
		{"ROLLBACK", false},
		{"BEGIN IMMEDIATE", true},
		{"END", false},
		{"BEGIN EXCLUSIVE", true},
		{"ROLLBACK", false},
		{"SAVEPOINT s", false},
		{"UPDATE t SET a = a", true},
		{"SAVEPOINT inner", true},
		{"RELEASE inner", true},
		{"RELEASE s", false},
		{"PRAGMA user_version = 3", false},
		{"CREATE TABLE u (a)", false},
	} {
		if _, err := query(c, tt.sql); err != nil {
			t.Fatalf("%s: %v", tt.sql, err)
		}
		if c.writing != tt.holds {
			t.Errorf("after %s the turn is held: %v", tt.sql, c.writing)
		}
	}
	must(t, c, "BEGIN")
	if _, err := execute(c, "INSERT INTO t VALUES (1)"); err == nil || !c.writing {
		t.Errorf("a failure in a transaction gave the turn away; %v", err)
	}
	if err := c.Rollback(context.Background()); err != nil || c.writing {
		t.Errorf("Rollback: %v, held %v", err, c.writing)
	}
	if _, err := execute(c, "INSERT INTO t VALUES (1)"); err == nil || c.writing {
		t.Errorf("a failure outside kept the turn; %v", err)
	}
	lent, err := dbtest.Acquire(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	must(t, lent.(*conn), "BEGIN", "INSERT INTO t VALUES (9)")
	lent.Release(true) // the registry rolls back; the driver is sure
	must(t, c, "INSERT INTO t VALUES (10)")
	wantOne(t, c, "SELECT count(*) FROM t WHERE a = 9", "a number 0")
}

func TestAWriterWaitsOnlySoLong(t *testing.T) {
	path := file(t)
	short := func(c *db.PoolConfig) { c.SQLiteWriterWait = 30 * time.Millisecond }
	d := New()
	holder := lease(t, openPool(t, d, path, db.Options{}, nil))
	must(t, holder, "CREATE TABLE t (a)", "BEGIN")
	same := lease(t, openPool(t, d, path, db.Options{}, short))
	// Another driver knows nothing of the queue, as another process.
	apart := lease(t, openPool(t, New(), path, db.Options{}, short))
	for name, c := range map[string]*conn{"the queue": same, "the file": apart} {
		for _, sql := range []string{"INSERT INTO t VALUES (1)", "BEGIN", "BEGIN EXCLUSIVE", "CREATE TABLE u (a)"} {
			start := time.Now()
			_, err := execute(c, sql)
			wantCode(t, err, diag.DatabaseLocked)
			if err != nil && err.Error() == "" {
				t.Error("no words")
			}
			if took := time.Since(start); took < 25*time.Millisecond || took > 5*time.Second {
				t.Errorf("%s, %s: it took %v", name, sql, took)
			}
		}
		if c.writing || c.InTransaction() {
			t.Errorf("%s: writing %v, InTransaction %v", name, c.writing, c.InTransaction())
		}
		wantOne(t, c, "SELECT count(*) FROM t", "a number 0") // readers never wait
	}
	ctx, stop := context.WithCancel(context.Background())
	long := lease(t, openPool(t, d, path, db.Options{}, nil))
	far := lease(t, openPool(t, New(), path, db.Options{}, nil))
	time.AfterFunc(20*time.Millisecond, stop)
	for _, c := range []*conn{long, far} {
		start := time.Now()
		if _, err := c.Execute(ctx, statementOf("INSERT INTO t VALUES (1)")); !errors.Is(err, context.Canceled) || time.Since(start) > 5*time.Second {
			t.Errorf("a writer whose context ended: %v after %v", err, time.Since(start))
		}
	}
	must(t, holder, "COMMIT")
	for _, c := range []*conn{same, apart, long, far} {
		must(t, c, "INSERT INTO t VALUES (1)")
	}
}

func TestATransactionThatReadFirstIsNotLetWriteOverAnother(t *testing.T) {
	p := openPool(t, New(), file(t), db.Options{}, nil)
	one, two := lease(t, p), lease(t, p)
	must(t, one, "CREATE TABLE t (a)", "BEGIN DEFERRED")
	wantOne(t, one, "SELECT count(*) FROM t", "a number 0")
	must(t, two, "INSERT INTO t VALUES (1)")
	start := time.Now()
	_, err := execute(one, "INSERT INTO t VALUES (2)")
	if r := wantTag(t, err, "[sqlite 517]"); r.Ended || time.Since(start) > time.Second {
		t.Errorf("Ended %v after %v", r.Ended, time.Since(start))
	}
	must(t, one, "ROLLBACK", "INSERT INTO t VALUES (2)")
	wantOne(t, two, "SELECT count(*) FROM t", "a number 2")
}

func TestAQueueIsFirstComeFirstServedAndForgetsWhoLeft(t *testing.T) {
	var w writers
	q := w.join("a")
	if ok, err := q.lock(context.Background(), time.Second); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if ok, err := q.lock(context.Background(), 0); ok || err != nil {
		t.Error("two at once")
	}
	gone, stop := context.WithCancel(context.Background())
	order := make(chan int, 10)
	var all sync.WaitGroup
	for i := range 5 {
		ctx := context.Background()
		if i == 2 {
			ctx = gone
		}
		all.Go(func() {
			if ok, err := q.lock(ctx, time.Minute); ok {
				order <- i
				q.unlock()
			} else if i != 2 || !errors.Is(err, context.Canceled) {
				t.Errorf("%d: %v", i, err)
			}
		})
		waitFor(t, q, i+1)
	}
	stop()
	waitFor(t, q, 4)
	q.unlock()
	all.Wait()
	close(order)
	want := []int{0, 1, 3, 4}
	for got := range order {
		if got != want[0] {
			t.Errorf("%d came, want %d", got, want[0])
		}
		want = want[1:]
	}
	if q.held || w.join("a") != q || w.join("b") == q {
		t.Error("the queue is wrong")
	}
	w.leave(q)
	w.leave(q)
	if len(w.queues) != 1 {
		t.Errorf("%d queues", len(w.queues))
	}
}

// Clients leave at any moment: what was told to be done is there, what was
// told to be cancelled is not, and nobody keeps the turn.
func TestWritersThatLeaveAreNeitherCountedNorInTheWay(t *testing.T) {
	p := openPool(t, New(), file(t), db.Options{}, nil)
	c := lease(t, p)
	must(t, c, "CREATE TABLE t (w, n)")
	var done atomic.Int64
	var all sync.WaitGroup
	for w := range 60 {
		all.Go(func() {
			for n := range 10 {
				ctx, stop := context.WithTimeout(context.Background(), time.Duration(rand.IntN(20_000))*time.Microsecond)
				lent, err := dbtest.Acquire(ctx, p)
				if err == nil {
					_, err = lent.Execute(ctx, statementOf("INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) SELECT ?, i FROM n", value.Int(w*100+n)))
					lent.Release(true)
				}
				stop()
				switch {
				case err == nil:
					done.Add(1)
				case !errors.Is(err, context.DeadlineExceeded):
					t.Errorf("writer %d: %v", w, err)
				}
			}
		})
	}
	all.Wait()
	wantOne(t, c, "SELECT count(*) FROM t", fmt.Sprintf("a number %d", 500*done.Load()))
	if c.queue.held || c.queue.waiting.Len() != 0 {
		t.Errorf("the turn is held: %v, %d wait", c.queue.held, c.queue.waiting.Len())
	}
}
