package mongo

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"etamil/engine/db"
	"etamil/engine/db/dbtest/servers"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/value"
)

// bench is a client and what is counted of it.
type bench struct {
	*testing.T
	db.MongoClient
	open, most, cancelled atomic.Int64
}

func newBench(t *testing.T, text string, change func(*db.PoolConfig)) *bench {
	t.Helper()
	b := &bench{T: t}
	target, err := New().Target(text, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := db.PoolConfig{
		Max: 8, ConnectTimeout: 5 * time.Second, Label: target.Label,
		Count: func(n int) {
			open := b.open.Add(int64(n))
			for most := b.most.Load(); open > most && !b.most.CompareAndSwap(most, open); most = b.most.Load() {
			}
		},
		Cancelled: func() { b.cancelled.Add(1) },
	}
	if change != nil {
		change(&c)
	}
	if b.MongoClient, err = target.OpenMongo(c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.Close()
		b.eventually("no connection is counted after Close", func() bool { return b.open.Load() == 0 })
	})
	return b
}

// eventually waits until something that another goroutine does holds.
func (b *bench) eventually(what string, holds func() bool) {
	b.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			b.Errorf("still not so: %s", what)
			return
		}
	}
}

const base = "etamil_test"

func (b *bench) do(op host.MongoOp) (value.Value, error) {
	if op.Meter == nil {
		op.Meter = free{}
	}
	return b.Do(b.Context(), base, &op)
}

func ptr(v value.Value) *value.Value { return &v }

func insert(collection string, d value.Value) host.MongoOp {
	return host.MongoOp{Verb: host.MongoInsert, Collection: collection, Document: &d}
}

func find(collection string, f value.Value) host.MongoOp {
	return host.MongoOp{Verb: host.MongoFind, Collection: collection, Filter: &f}
}

// show returns the printed form of an answer, or the error in words.
func show(v value.Value, err error) string {
	var refusal *db.Refusal
	var lost *db.Lost
	var connect *db.ConnectError
	var d *diag.Diagnostic
	switch {
	case err == nil:
		return value.Display(&v, 500)
	case errors.As(err, &refusal):
		return refusal.Error()
	case errors.As(err, &lost):
		return fmt.Sprint("lost ", lost.Sent)
	case errors.As(err, &connect):
		return strings.TrimSpace("connect " + connect.Reason.En + " " + connect.Tag)
	case errors.As(err, &d):
		return d.Code().String()
	}
	return err.Error()
}

func (b *bench) want(op host.MongoOp, want string) {
	b.Helper()
	if got := show(b.do(op)); got != want {
		b.Errorf("%d %s = %s, want %s", op.Verb, op.Collection, got, want)
	}
}

func TestDocumentsLiveOnAServer(t *testing.T) {
	b := newBench(t, servers.FerretDB(t), nil)
	if err := b.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := host.MongoOp{Verb: host.MongoDelete, Collection: "live", Filter: ptr(rec()), All: true}
	b.do(all)
	b.want(insert("live", rec("_id", 1, "n", "x", "l", arr(true, nil, "பால்"))), "1")
	b.want(insert("live", rec("_id", 1)), "E11000 duplicate key error collection: etamil_test.live [mongodb 11000]")
	b.want(insert("live", rec("_id", num("9223372036854775807"), "n", num("-9223372036854775808"))), "9223372036854775807")
	b.want(find("live", rec("_id", 1)), "[{_id: 1, l: [true, nil, பால்], n: x}]")
	b.want(find("live", rec("n", num("-9223372036854775808"))), "[{_id: 9223372036854775807, n: -9223372036854775808}]")
	b.want(find("nowhere", rec()), "[]")
	update := host.MongoOp{Verb: host.MongoUpdate, Collection: "live", Filter: ptr(rec()), Change: ptr(rec("$set", rec("n", 5))), All: true}
	b.want(update, "2")
	b.want(update, "0")
	update.All = false
	update.Change = ptr(rec("$inc", rec("n", 1)))
	b.want(update, "1")
	update.Change = ptr(rec("n", 1))
	b.want(update, "ET5045")

	id, err := b.do(insert("live", rec("own", true)))
	if err != nil || id.Kind() != value.Text || len(id.Str()) != 24 {
		t.Fatalf("the made _id: %s", show(id, err))
	}
	b.want(find("live", rec("_id", id)), "[{_id: "+id.Str()+", own: true}]")
	one := host.MongoOp{Verb: host.MongoDelete, Collection: "live", Filter: ptr(rec("_id", id))}
	b.want(one, "1")
	b.want(one, "0")
	b.want(all, "2")

	b.want(host.MongoOp{Verb: host.MongoCommand, Document: ptr(rec("nosuch", 1))}, "no such command: 'nosuch' [mongodb 59]")
	b.want(host.MongoOp{Verb: host.MongoCommand, Document: ptr(rec("ping", 1, "lsid", rec()))}, "ET5054")
	b.want(find("", rec()), "ET5045")
	b.want(find("a$b", rec()), "ET5045")

	// The time that the run has left goes along with all of them.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, op := range []host.MongoOp{
		insert("live", rec("_id", 5)), find("live", rec()), update, one, all,
		{Verb: host.MongoCommand, Document: ptr(rec("count", "live"))},
	} {
		op.Meter = free{}
		if op.Verb == host.MongoUpdate {
			op.Change = ptr(rec("$set", rec("n", 1)))
		}
		if _, err := b.Do(ctx, base, &op); err != nil {
			t.Errorf("with a deadline, %d: %v", op.Verb, err)
		}
	}
}

func TestWholeNumbersComeBackFromAServer(t *testing.T) {
	b := newBench(t, servers.FerretDB(t), nil)
	b.do(host.MongoOp{Verb: host.MongoDelete, Collection: "whole", Filter: ptr(rec()), All: true})
	docs, want := make([]any, 1000), make([]int64, 1000)
	for i := range docs {
		n := mathrand.Int64() >> mathrand.IntN(63)
		if i%2 == 0 {
			n = -n - 1
		}
		want[i] = n
		docs[i] = rec("_id", i, "n", num(strconv.FormatInt(n, 10)))
	}
	b.want(host.MongoOp{Verb: host.MongoCommand, Document: ptr(rec("insert", "whole", "documents", arr(docs...)))}, "{n: 1000, ok: 1}")
	v, err := b.do(find("whole", rec()))
	if err != nil || v.Len() != len(want) {
		t.Fatal(show(v, err))
	}
	for _, d := range v.Elems() {
		id, _ := d.Get("_id")
		n, _ := d.Get("n")
		at, _ := id.Dec().Int64()
		if got, whole := n.Dec().Int64(); !whole || got != want[at] {
			t.Fatalf("%d came back as %s", want[at], value.Display(&n, 80))
		}
	}
}

func TestRowsAreBounded(t *testing.T) {
	b := newBench(t, servers.FerretDB(t), nil)
	b.do(host.MongoOp{Verb: host.MongoDelete, Collection: "many", Filter: ptr(rec()), All: true})
	docs := make([]any, 1000)
	for i := range docs {
		docs[i] = rec("_id", i)
	}
	b.want(host.MongoOp{Verb: host.MongoCommand, Document: ptr(rec("insert", "many", "documents", arr(docs...)))}, "{n: 1000, ok: 1}")
	op := find("many", rec())
	for _, tt := range []struct {
		rows int64
		want int
	}{{0, 1000}, {1000, 1000}, {2000, 1000}, {999, -1}, {1, -1}} {
		op.Rows = tt.rows
		v, err := b.do(op)
		if tt.want < 0 {
			var d *diag.Diagnostic
			if !errors.As(err, &d) || d.Def != diag.RowBudget {
				t.Errorf("%d rows: %v", tt.rows, err)
			}
			continue
		}
		if err != nil || v.Len() != tt.want {
			t.Errorf("%d rows: %d, %v", tt.rows, v.Len(), err)
		}
	}
	end := errors.New("the end of the budget")
	op.Rows, op.Meter = 0, &purse{left: 20_000, end: end}
	if _, err := b.do(op); err != end {
		t.Errorf("beyond the budget: %v", err)
	}
	op.Meter = nil
	if v, err := b.do(op); err != nil || v.Len() != 1000 {
		t.Errorf("after it: %v", err)
	}
}

// A purse is a Meter of so many bytes.
type purse struct {
	left int
	end  error
}

func (p *purse) Charge(int) error { return nil }

func (p *purse) Grow(n int) error {
	if p.left -= n; p.left < 0 {
		return p.end
	}
	return nil
}

func TestAValueThatSharesItsPartsIsPaidWhole(t *testing.T) {
	v := arr(1)
	for range 60 {
		v = arr(v.Share(), v.Share())
	}
	d := rec("v", v)
	b := newBench(t, "mongodb://127.0.0.1:1/", nil)
	b.want(insert("c", d), "ET5045") // no message is as large
	end := errors.New("the end of the budget")
	if _, err := b.do(host.MongoOp{Verb: host.MongoInsert, Collection: "c", Document: &d, Meter: &purse{left: 10_000, end: end}}); err != end {
		t.Errorf("beyond the budget: %v", err)
	}
}

func TestFiftyRunsShareAFewConnections(t *testing.T) {
	b := newBench(t, servers.FerretDB(t), func(c *db.PoolConfig) { c.Max = 4 })
	if err := b.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.do(host.MongoOp{Verb: host.MongoDelete, Collection: "fifty", Filter: ptr(rec()), All: true})
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			for range 4 {
				if _, err := b.do(find("fifty", rec("_id", i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if most := b.most.Load(); most > 4+monitors {
		t.Errorf("%d connections were open", most)
	}
	if used, idle, waiting := b.MongoClient.(db.Gauge).Usage(); used != 0 || waiting != 0 || idle != int(b.open.Load()) {
		t.Errorf("usage is %d %d %d", used, idle, waiting)
	}
}

// held makes the stub keep its answers to find back until the test lets go.
func held(s *stub) (release func()) {
	gate := make(chan struct{})
	s.on(func(command string, _ bson.Raw) (bson.D, bool) {
		if command == "find" {
			<-gate
		}
		return nil, false
	})
	return sync.OnceFunc(func() { close(gate) })
}

func TestWaitingForAConnectionIsBounded(t *testing.T) {
	s := newStub(t)
	release := held(s)
	defer release()
	b := newBench(t, s.url(), func(c *db.PoolConfig) { c.Max, c.AcquireTimeout = 2, 100*time.Millisecond })
	if err := b.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var late atomic.Int64
	for range 20 {
		all.Go(func() {
			switch got := show(b.do(find("c", rec()))); got {
			case "[]":
			case "ET5040":
				if late.Add(1) == 18 {
					release()
				}
			default:
				t.Error(got)
			}
		})
	}
	all.Wait()
	if late.Load() != 18 {
		t.Errorf("%d waited too long, want 18", late.Load())
	}
	b.want(find("c", rec()), "[]")
	if s.most > 2+monitors {
		t.Errorf("%d connections were open", s.most)
	}
}

func TestTheEndOfARunEndsItsOperation(t *testing.T) {
	s := newStub(t)
	release := held(s)
	defer release()
	b := newBench(t, s.url(), nil)
	if err := b.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	op := find("c", rec())
	op.Meter = free{}

	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := b.Do(ctx, base, &op); err != context.DeadlineExceeded {
		t.Errorf("after its deadline: %v", err)
	}
	if ms, ok := s.sent("find")[0].Lookup("maxTimeMS").AsInt64OK(); !ok || ms < 1 || ms > 100 {
		t.Errorf("maxTimeMS was %d", ms)
	}
	ctx, cancel = context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := b.Do(ctx, base, &op); err != context.Canceled {
		t.Errorf("after its client left: %v", err)
	}
	if n := b.cancelled.Load(); n != 2 {
		t.Errorf("%d were cancelled", n)
	}
	if n := len(s.sent("find")); n != 2 {
		t.Errorf("find was sent %d times", n)
	}
	// Both connections are closed, and the server is still good.
	b.eventually("only monitors and what ping left are open", func() bool { return b.open.Load() <= 1+monitors })
	release()
	b.want(op, "[]")
	if s.sent("find")[2].Lookup("maxTimeMS").Type != 0 {
		t.Error("maxTimeMS without a deadline")
	}

	s.on(func(command string, _ bson.Raw) (bson.D, bool) {
		return refused(codeMaxTime, "operation exceeded time limit"), command == "find"
	})
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := b.Do(ctx, base, &op); err != context.DeadlineExceeded {
		t.Errorf("the server's own end of the time: %v", err)
	}
	b.want(op, "operation exceeded time limit [mongodb 50]")
}

func TestTheTextBoundsEachOperation(t *testing.T) {
	s := newStub(t)
	release := held(s)
	defer release()
	b := newBench(t, s.url()+"?timeoutMS=50", nil)
	b.want(find("c", rec()), "ET5050")
	if ms, ok := s.sent("find")[0].Lookup("maxTimeMS").AsInt64OK(); !ok || ms < 1 || ms > 50 {
		t.Errorf("maxTimeMS was %d", ms)
	}
	release()
	b.want(find("c", rec()), "[]")
}

func TestLostConnections(t *testing.T) {
	s := newStub(t)
	b := newBench(t, s.url(), nil)
	b.want(insert("c", rec("_id", 1)), "1")
	s.cut()
	// Nobody has heard it: it is sent on another connection.
	b.want(insert("c", rec("_id", 2)), "2")
	b.want(find("c", rec()), "[{_id: 1}, {_id: 2}]")

	s.on(func(command string, _ bson.Raw) (bson.D, bool) { return nil, command == "insert" })
	n := len(s.sent("insert"))
	b.want(insert("c", rec("_id", 3)), "lost true")
	if more := len(s.sent("insert")) - n; more != 1 {
		t.Errorf("an insert that may have happened was sent %d times", more)
	}
	s.on(nil)
	b.want(find("c", rec("_id", 2)), "[{_id: 2}]")
}

func TestAReplicaSetIsToldOfARepeatedWrite(t *testing.T) {
	s := newStub(t)
	s.set = "rs"
	b := newBench(t, s.url(), nil)
	var cut atomic.Bool
	s.on(func(command string, _ bson.Raw) (bson.D, bool) {
		return nil, command == "insert" && !cut.Swap(true)
	})
	b.want(insert("c", rec("_id", 1)), "1")
	sent := s.sent("insert")
	if len(sent) != 2 || !sent[0].Lookup("txnNumber").Equal(sent[1].Lookup("txnNumber")) || !sent[0].Lookup("lsid").Equal(sent[1].Lookup("lsid")) {
		t.Errorf("sent %v", sent)
	}
}

func TestNoServer(t *testing.T) {
	b := newBench(t, "mongodb://127.0.0.1:1/", nil)
	start := time.Now()
	if got := show(value.Value{}, b.Ping(t.Context())); got != "connect connection refused: no server listens there" {
		t.Errorf("Ping: %s", got)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("a refused connection took %s", took)
	}
	b = newBench(t, "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200", nil)
	b.want(find("c", rec()), "connect connection refused: no server listens there")
	b = newBench(t, "mongodb://no-such-host.invalid/", nil)
	if got := show(value.Value{}, b.Ping(t.Context())); !strings.HasPrefix(got, "connect no such host") && !strings.Contains(got, "cannot be looked up") {
		t.Errorf("Ping: %s", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Ping(ctx); err != context.Canceled {
		t.Errorf("a run that has ended: %v", err)
	}
}

func TestAServerThatComesBackIsFound(t *testing.T) {
	s := servers.NewFerretDB(t)
	b := newBench(t, s.URL+"?serverSelectionTimeoutMS=1000", nil)
	if err := b.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.want(insert("back", rec("_id", 1)), "1")
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	b.want(insert("back", rec("_id", 2)), "2")
	s.Stop()
	b.want(insert("back", rec("_id", 3)), "connect connection refused: no server listens there")
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	b.want(insert("back", rec("_id", 4)), "4")
}

func TestTheServersOwnWords(t *testing.T) {
	s := newStub(t)
	b := newBench(t, s.url(), nil)
	for _, tt := range []struct {
		reply bson.D
		want  string
	}{
		{refused(13, "not authorized"), "not authorized [mongodb 13]"},
		{bson.D{{Key: "ok", Value: 0.0}, {Key: "errmsg", Value: "without a code"}}, "without a code [mongodb 0]"},
		{done(bson.E{Key: "n", Value: 0}, bson.E{Key: "writeErrors", Value: bson.A{bson.D{{Key: "index", Value: 0}, {Key: "code", Value: 11000}, {Key: "errmsg", Value: "E11000 twice"}}}}), "E11000 twice [mongodb 11000]"},
		{done(bson.E{Key: "n", Value: 1}, bson.E{Key: "writeConcernError", Value: bson.D{{Key: "code", Value: 64}, {Key: "errmsg", Value: "waiting for replication timed out"}}}), "waiting for replication timed out [mongodb 64]"},
		{done(bson.E{Key: "n", Value: 1}), "1"},
	} {
		s.on(func(command string, _ bson.Raw) (bson.D, bool) { return tt.reply, command == "insert" })
		b.want(insert("c", rec("_id", 1)), tt.want)
	}
	s.on(func(string, bson.Raw) (bson.D, bool) { return refused(18, "Authentication failed."), true })
	var connect *db.ConnectError
	if err := b.Ping(t.Context()); !errors.As(err, &connect) || connect.Tag != "[mongodb 18]" || connect.Reason.En != "Authentication failed." {
		t.Errorf("Ping: %v", err)
	}
}

func TestNamesOfDatabasesAndCollections(t *testing.T) {
	b := newBench(t, "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=1", nil)
	for name, good := range map[string]bool{
		"shop": true, "கடை": true, "a-b_c": true, "": false, "a.b": false, "a/b": false, `a\b`: false, "a b": false, `a"b`: false, "a$b": false, "a*b": false, "a\x00b": false,
		strings.Repeat("x", 63): true, strings.Repeat("x", 64): false,
	} {
		if err := b.CheckDatabase(name); (err == nil) != good {
			t.Errorf("database %q: %v", name, err)
		}
	}
	for name, good := range map[string]bool{
		"shop": true, "a.b": true, "பொருட்கள்": true, "": false, "a$b": false, "a\x00b": false, ".a": false, "a.": false, "a..b": false, "system.users": true,
	} {
		if err := checkCollection(name); (err == nil) != good {
			t.Errorf("collection %q: %v", name, err)
		}
	}
}

func TestACloseWaitsForNobody(t *testing.T) {
	s := newStub(t)
	release := held(s)
	defer release()
	b := newBench(t, s.url(), nil)
	answer := make(chan string)
	go func() { answer <- show(b.do(find("c", rec()))) }()
	b.eventually("find has come", func() bool { return len(s.sent("find")) == 1 })
	start := time.Now()
	b.Close()
	if took := time.Since(start); took > time.Second {
		t.Errorf("Close took %s", took)
	}
	release()
	if got := <-answer; got != "[]" {
		t.Errorf("the one that was under way: %s", got)
	}
	b.want(find("c", rec()), "lost false")
}

func TestPasswordsThatAreWrong(t *testing.T) {
	s := newStub(t)
	s.on(func(command string, _ bson.Raw) (bson.D, bool) {
		return refused(18, "Authentication failed."), command == "saslStart"
	})
	b := newBench(t, strings.Replace(s.url(), "//", "//anbu:sollu@", 1), nil)
	start := time.Now()
	var connect *db.ConnectError
	if err := b.Ping(t.Context()); !errors.As(err, &connect) || connect.Tag != "[mongodb 18]" || connect.Reason.En != "Authentication failed." {
		t.Errorf("Ping: %v", err)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestSocketsAndTLS(t *testing.T) {
	s := newStub(t)
	dir, err := os.MkdirTemp("", "m")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket, err := net.Listen("unix", filepath.Join(dir, "m.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	go s.serve(socket)
	b := newBench(t, "mongodb://"+url.QueryEscape(filepath.Join(dir, "m.sock")), nil)
	b.want(insert("c", rec("_id", 1)), "1")

	ca, key := servers.Certificate(t, dir, "127.0.0.1")
	pair, err := tls.LoadX509KeyPair(ca, key)
	if err != nil {
		t.Fatal(err)
	}
	secured, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	defer secured.Close()
	go s.serve(secured)
	text := "mongodb://" + secured.Addr().String() + "/?"
	target, err := New().Target(text+"tlsCAFile="+url.QueryEscape(ca), db.Options{Source: true})
	if err != nil {
		t.Fatal(err)
	}
	b = newBench(t, text+"tls=true", nil)
	if got := show(value.Value{}, b.Ping(t.Context())); !strings.HasPrefix(got, "connect the server's certificate is not trusted") {
		t.Errorf("an unknown certificate: %s", got)
	}
	if b.MongoClient, err = target.OpenMongo(db.PoolConfig{Max: 2, Count: func(int) {}}); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		b.want(insert("c", rec("_id", i)), strconv.Itoa(i))
	}
	if _, err := New().Target(text+"tlsCAFile=%2Fno%2Fsuch%2Ffile", db.Options{Source: true}); err == nil {
		t.Error("a file that is not there is taken")
	}
}
