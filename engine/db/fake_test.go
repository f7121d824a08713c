package db

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/token"
	"etamil/engine/value"
)

// fake is a driver of databases in memory that fail on command. Texts are
// NAME, perhaps with words after it: KIND://USER:PASSWORD@HOST/NAME for the
// servers. "memory" is private.
type fake struct {
	kind Kind
	all  *openings

	mu      sync.Mutex
	opened  []*fakePool
	servers map[string]*fakeServer
}

// A fakeServer is what connections with one Key reach.
type fakeServer struct {
	all      *openings
	mu       sync.Mutex
	refuse   error                         // of connecting
	dialTime time.Duration                 // until a connection is there, or refused
	answer   func(*fakeConn, string) error // to a statement; nil: none
	work     time.Duration                 // of a statement
	dials    int
	open     int
	most     int // open at once
}

// openings counts what is open at all servers together.
type openings struct {
	mu        sync.Mutex
	now, most int
}

func (o *openings) add(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now += n
	o.most = max(o.most, o.now)
}

func (f *fake) server(key string) *fakeServer {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.servers == nil {
		f.servers = map[string]*fakeServer{}
	}
	s := f.servers[key]
	if s == nil {
		s = &fakeServer{all: f.all}
		f.servers[key] = s
	}
	return s
}

func (s *fakeServer) set(change func(*fakeServer)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *fakeServer) counts() (open, most, dials int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open, s.most, s.dials
}

func (f *fake) Kind() Kind           { return f.kind }
func (f *fake) SourceKeys() []string { return []string{"prepare", "read_only"} }

func (f *fake) Target(text string, o Options) (*Target, error) {
	if text == "" || strings.Contains(text, "bad") {
		return nil, BadText(diag.Same("bad"))
	}
	t := &Target{Key: text, Masked: text, Label: string(f.kind) + ":" + text}
	name := text
	if strings.Contains(text, "://") {
		u, err := ParseURL(text)
		if err != nil {
			return nil, err
		}
		host, port, err := SplitHost(u.Hosts, "1")
		if err != nil {
			return nil, err
		}
		name = host + "/" + u.Path
		t.Masked = Mask(f.kind, u.User, host, port, u.Path)
		t.Label = LabelOf(f.kind, host, u.Path)
		t.Addresses = []Address{{host, port, u.Path}}
		if u.Password != nil {
			t.Secrets = SecretForms(*u.Password, u.RawPassword)
		}
	}
	if o.Password != nil {
		t.Key += " " + *o.Password
	}
	s := f.server(name)
	t.Private = name == "memory"
	t.Anchored = name == "shared"
	switch f.kind {
	case Redis:
		t.OpenRedis = func(c PoolConfig) (RedisPool, error) { return &fakeRedis{server: s, config: c}, nil }
	case MongoDB:
		t.OpenMongo = func(c PoolConfig) (MongoClient, error) { return &fakeMongo{server: s, config: c}, nil }
	default:
		t.Open = func(c PoolConfig) (Pool, error) {
			p := &fakePool{server: s, config: c}
			f.mu.Lock()
			f.opened = append(f.opened, p)
			f.mu.Unlock()
			return p, nil
		}
	}
	return t, nil
}

type fakePool struct {
	server *fakeServer
	config PoolConfig

	mu     sync.Mutex
	idle   []*fakeConn
	closed bool
}

func (p *fakePool) Idle(ctx context.Context) Conn {
	for {
		p.mu.Lock()
		if p.closed || len(p.idle) == 0 {
			p.mu.Unlock()
			return nil
		}
		c := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		p.mu.Unlock()
		if time.Since(c.rested) > time.Second && c.dead() {
			c.close()
			continue
		}
		return c
	}
}

func (p *fakePool) Connect(ctx context.Context) (Conn, error) {
	p.mu.Lock()
	closed := p.closed
	p.mu.Unlock()
	if closed {
		return nil, &ConnectError{Reason: diag.Same("closed")}
	}
	if err := p.server.dial(ctx, p.config); err != nil {
		return nil, err
	}
	return &fakeConn{pool: p, server: p.server, opened: time.Now(), usable: true}, nil
}

func (s *fakeServer) dial(ctx context.Context, c PoolConfig) error {
	s.mu.Lock()
	refuse, wait := s.refuse, s.dialTime
	s.dials++
	s.mu.Unlock()
	if wait > 0 {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if refuse != nil {
		return refuse
	}
	s.mu.Lock()
	s.open++
	s.most = max(s.most, s.open)
	s.all.add(1)
	s.mu.Unlock()
	c.Count(1)
	return nil
}

func (p *fakePool) CloseIdle(n int) int {
	p.mu.Lock()
	n = min(n, len(p.idle))
	gone := slices.Clone(p.idle[:n])
	p.idle = slices.Delete(p.idle, 0, n)
	p.mu.Unlock()
	for _, c := range gone {
		c.close()
	}
	return n
}

func (p *fakePool) Close() {
	p.mu.Lock()
	p.closed = true
	n := len(p.idle)
	p.mu.Unlock()
	p.CloseIdle(n)
}

// A fakeConn understands the first word of a statement.
type fakeConn struct {
	pool        *fakePool
	server      *fakeServer
	opened      time.Time
	rested      time.Time
	transaction bool
	usable      bool
	closed      bool
	notes       []*diag.Diagnostic
}

func (c *fakeConn) dead() bool {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	return c.server.refuse != nil
}

func (c *fakeConn) close() {
	if c.closed {
		panic("BUG: closed twice")
	}
	c.closed = true
	c.server.mu.Lock()
	c.server.open--
	c.server.all.add(-1)
	c.server.mu.Unlock()
	c.pool.config.Count(-1)
}

func (c *fakeConn) run(ctx context.Context, sql string) error {
	if c.closed {
		panic("BUG: used after it was closed")
	}
	c.server.mu.Lock()
	answer, work := c.server.answer, c.server.work
	c.server.mu.Unlock()
	if answer != nil {
		if err := answer(c, sql); err != nil {
			return err
		}
	}
	if work > 0 {
		select {
		case <-time.After(work):
		case <-ctx.Done():
			c.pool.config.Cancelled()
			return ctx.Err()
		}
	}
	switch strings.ToUpper(strings.Fields(sql)[0]) {
	case "BEGIN":
		c.transaction = true
	case "COMMIT", "ROLLBACK":
		if !c.transaction {
			return &Refusal{Message: "no transaction is active", Tag: "[fake 1]"}
		}
		c.transaction = false
	}
	return nil
}

func (c *fakeConn) Query(ctx context.Context, s *host.Statement, rows *Rows) error {
	if err := c.run(ctx, s.SQL); err != nil {
		return err
	}
	rows.Columns([]string{"opened"})
	return rows.Add([]value.Value{value.String(c.opened.String())})
}

func (c *fakeConn) Execute(ctx context.Context, s *host.Statement) (int64, error) {
	return 1, c.run(ctx, s.SQL)
}

func (c *fakeConn) InTransaction() bool { return c.transaction }

func (c *fakeConn) Rollback(ctx context.Context) error { return c.run(ctx, "ROLLBACK") }

func (c *fakeConn) Usable() bool      { return c.usable }
func (c *fakeConn) Opened() time.Time { return c.opened }

func (c *fakeConn) Release(keep bool) {
	c.pool.mu.Lock()
	if keep && c.usable && !c.pool.closed {
		c.rested = time.Now()
		c.pool.idle = append(c.pool.idle, c)
		c.pool.mu.Unlock()
		return
	}
	c.pool.mu.Unlock()
	c.close()
}

func (c *fakeConn) Notes() []*diag.Diagnostic {
	notes := c.notes
	c.notes = nil
	return notes
}

type fakeRedis struct {
	server *fakeServer
	config PoolConfig
	open   bool
}

func (r *fakeRedis) Prove(ctx context.Context) error {
	if err := r.server.dial(ctx, r.config); err != nil {
		return err
	}
	r.open = true
	return nil
}
func (r *fakeRedis) Begin() RedisRun                  { return &fakeRun{r} }
func (r *fakeRedis) CloseIdle()                       {}
func (r *fakeRedis) Usage() (used, idle, waiting int) { return 1, 2, 3 }

func (r *fakeRedis) Close() {
	if r.open {
		r.open = false
		r.server.set(func(s *fakeServer) { s.open--; s.all.add(-1) })
		r.config.Count(-1)
	}
}

type fakeRun struct{ *fakeRedis }

func (r *fakeRun) Command(_ context.Context, name string, _ []string, _ host.Meter) (value.Value, error) {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	if r.server.answer != nil {
		return value.NilValue(), r.server.answer(nil, name)
	}
	return value.String("OK"), nil
}

func (r *fakeRun) Close() {}

type fakeMongo struct {
	server *fakeServer
	config PoolConfig
}

func (m *fakeMongo) Ping(context.Context) error {
	m.server.mu.Lock()
	defer m.server.mu.Unlock()
	return m.server.refuse
}

func (m *fakeMongo) Do(context.Context, string, *host.MongoOp) (value.Value, error) {
	m.server.mu.Lock()
	defer m.server.mu.Unlock()
	if m.server.answer != nil {
		return value.NilValue(), m.server.answer(nil, "")
	}
	return value.NilValue(), nil
}

func (m *fakeMongo) CheckDatabase(name string) error {
	if name == "" {
		return BadText(diag.Same("empty"))
	}
	return nil
}

func (m *fakeMongo) Close() {}

// free lets everything pass.
type free struct{}

func (free) Charge(int) error { return nil }
func (free) Grow(int) error   { return nil }

// drivers returns a fake of every kind.
func drivers() (all []Driver, of map[Kind]*fake) {
	of = map[Kind]*fake{}
	together := &openings{}
	for _, kind := range []Kind{SQLite, PostgreSQL, MySQL, Redis, MongoDB} {
		of[kind] = &fake{kind: kind, all: together}
		all = append(all, of[kind])
	}
	return all, of
}

// A stand is a registry over fakes, with everything permitted.
type stand struct {
	*Registry
	t      *testing.T
	of     map[Kind]*fake
	access *Access
	mu     sync.Mutex
	warned []string
}

func newStand(t *testing.T, s Settings) *stand {
	t.Helper()
	st := &stand{t: t}
	s.Drivers, st.of = drivers()
	s.Warn = func(msg string, pairs ...string) {
		st.mu.Lock()
		defer st.mu.Unlock()
		st.warned = append(st.warned, msg+" "+strings.Join(pairs, " "))
	}
	st.Registry = New(s)
	var err error
	if st.access, err = st.Access(AccessConfig{AllowAll: true}); err != nil {
		t.Fatal(err)
	}
	return st
}

// run is a session with short forms for tests.
type run struct {
	host.Session
	t *testing.T
}

func (s *stand) run() *run { return &run{s.access.Session(), s.t} }

func (s *stand) connected(kind, text string) *run {
	s.t.Helper()
	r := s.run()
	r.want(r.Connect(s.t.Context(), kind, text), "")
	return r
}

func statement(sql string) *host.Statement { return &host.Statement{SQL: sql, Meter: free{}} }

func (r *run) do(sql string) error {
	_, err := r.Execute(r.t.Context(), statement(sql))
	return err
}

// want holds an error against the beginning of its text, "" being none.
func (r *run) want(err error, want string) {
	r.t.Helper()
	wantError(r.t, err, want)
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err == nil:
	case want != "" && err != nil && strings.HasPrefix(err.Error(), want):
	default:
		t.Errorf("got %v, want %s", err, cmp.Or(want, "no error"))
	}
}

// conn returns the connection that the run leased.
func (r *run) conn() *fakeConn {
	r.t.Helper()
	x := r.Session.(*session)
	if len(x.open) != 1 || x.open[0].conn == nil {
		r.t.Fatal("the run holds no connection")
	}
	switch c := x.open[0].conn.(type) {
	case *private:
		return c.Conn.(*fakeConn)
	default:
		return c.(*fakeConn)
	}
}

// stats returns those of the only pool.
func (s *stand) stats() PoolStats {
	s.t.Helper()
	all := s.Stats()
	if len(all) != 1 {
		s.t.Fatalf("%d pools, want 1: %+v", len(all), all)
	}
	return all[0]
}

// places returns how many places of the budget are in use.
func (s *stand) places() int {
	s.Registry.mu.Lock()
	defer s.Registry.mu.Unlock()
	return s.taken
}

// wantBooks checks that the books agree with what is open, nobody holding or
// wanting anything.
func (s *stand) wantBooks() {
	s.t.Helper()
	s.Registry.mu.Lock()
	defer s.Registry.mu.Unlock()
	taken, idle := 0, 0
	for p := range s.all {
		taken += p.leased + len(p.idle) + p.closing + p.size
		idle += len(p.idle)
		if p.leased != 0 || p.dialing != 0 || p.leaving != 0 || p.returning != 0 || p.closing != 0 || p.queue.Len() != 0 || p.users != 0 || p.attempt != nil {
			s.t.Errorf("pool %s: %d leased, %d dialing, %d leaving, %d returning, %d closing, %d waiting, %d users, attempt %v", p.name, p.leased, p.dialing, p.leaving, p.returning, p.closing, p.queue.Len(), p.users, p.attempt)
		}
		if open := int(p.open.Load()); p.size == 0 && open != len(p.idle) {
			s.t.Errorf("pool %s: %d open, %d idle", p.name, open, len(p.idle))
		}
	}
	if taken != s.taken || idle != s.idle || len(s.waiting) != 0 {
		s.t.Errorf("%d places taken, want %d; %d idle, want %d; %d pools wait", s.taken, taken, s.idle, idle, len(s.waiting))
	}
}

var errRefused = &ConnectError{Reason: diag.Same("refused")}

// at returns a place in a program.
func at(line int) token.Span {
	return token.Span{File: token.NewFile("a.qmz", "a.qmz", strings.Repeat("x\n", line)), Start: int32(2 * (line - 1)), End: int32(2*line - 1)}
}
