package postgres

import (
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"

	"etamil/engine/db"
)

// A shape is what the server says about a statement: the types of its
// parameters and the columns of its rows.
type shape struct {
	name    string // by which it is prepared; ""
	params  []uint32
	columns []column
	keys    *db.Columns // of the same
	formats []int16     // of the columns; nil: all text
	// described is the same in pgx's form, which spares the server saying it
	// again each time.
	described *pgconn.StatementDescription
}

// same reports whether the server says the same of two statements.
func (s *shape) same(other *shape) bool {
	return slices.Equal(s.params, other.params) && slices.EqualFunc(s.columns, other.columns, func(a, b column) bool {
		return a.name == b.name && a.oid == b.oid
	})
}

// A column is one column of a result.
type column struct {
	name string
	oid  uint32
	typ  *typ
}

// keysOf returns the columns as rows are made of them.
func keysOf(columns []column) *db.Columns {
	names := make([]string, len(columns))
	for i := range columns {
		names[i] = columns[i].name
	}
	return db.NewColumns(names)
}

// An lru keeps the shapes of the statements used last. The zero size keeps
// nothing.
type lru struct {
	size  int
	order *list.List // of *entry, the one used last in front
	at    map[string]*list.Element
}

type entry struct {
	sql   string
	shape *shape
}

func newLRU(size int) lru {
	return lru{size: size, order: list.New(), at: map[string]*list.Element{}}
}

// get returns the shape of a statement, nil when it is not kept.
func (l *lru) get(sql string) *shape {
	e := l.at[sql]
	if e == nil {
		return nil
	}
	l.order.MoveToFront(e)
	return e.Value.(*entry).shape
}

// put keeps a shape and returns the one that has to go for it, or nil.
func (l *lru) put(sql string, s *shape) (gone *shape) {
	if l.size <= 0 {
		return nil
	}
	l.drop(sql)
	if len(l.at) >= l.size {
		last := l.order.Remove(l.order.Back()).(*entry)
		delete(l.at, last.sql)
		gone = last.shape
	}
	l.at[sql] = l.order.PushFront(&entry{sql, s})
	return gone
}

// drop forgets a statement.
func (l *lru) drop(sql string) {
	if e := l.at[sql]; e != nil {
		l.order.Remove(e)
		delete(l.at, sql)
	}
}

// clear forgets all.
func (l *lru) clear() {
	l.order.Init()
	clear(l.at)
}

// statements are those that one connection has prepared.
type statements struct{ lru }

func newStatements(size int) *statements { return &statements{newLRU(size)} }

// shapeCache are the shapes that a pool's connections share in the mode
// describe. Safe for concurrent use.
type shapeCache struct {
	mu  sync.Mutex
	lru lru
}

func newShapeCache(size int) *shapeCache { return &shapeCache{lru: newLRU(size)} }

func (c *shapeCache) get(sql string) *shape {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lru.get(sql)
}

func (c *shapeCache) put(sql string, s *shape) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lru.put(sql, s)
}

func (c *shapeCache) drop(sql string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lru.drop(sql)
}

// nameOf returns the name by which a statement is prepared. It is made of the
// text, so that where a pooler mixes connections up, the statement found under
// it is this one and no other.
func nameOf(sql string) string {
	sum := sha256.Sum256([]byte(sql))
	return "etamil_" + hex.EncodeToString(sum[:20])
}
