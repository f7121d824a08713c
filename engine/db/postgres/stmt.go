package postgres

import (
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

// statements are those that one connection has prepared.
type statements struct {
	recent *db.Recent[*shape]
	gone   *shape // the one that recent let go of last
}

func newStatements(size int) *statements {
	s := &statements{}
	s.recent = db.NewRecent(size, func(gone *shape) { s.gone = gone })
	return s
}

// get returns the shape of a statement, nil when it is not kept.
func (s *statements) get(sql string) *shape {
	sh, _ := s.recent.Get(sql)
	return sh
}

// put keeps a shape and returns the one that has to go for it, or nil. One that
// was kept for the same statement has the same name and goes without a word.
func (s *statements) put(sql string, sh *shape) (gone *shape) {
	s.drop(sql)
	s.gone = nil
	s.recent.Put(sql, sh)
	return s.gone
}

// drop forgets a statement, and clear all.
func (s *statements) drop(sql string) { s.recent.Drop(sql) }
func (s *statements) clear()          { s.recent.Clear() }

// shapeCache are the shapes that a pool's connections share in the mode
// describe. Safe for concurrent use.
type shapeCache struct {
	mu     sync.Mutex
	recent *db.Recent[*shape]
}

func newShapeCache(size int) *shapeCache {
	return &shapeCache{recent: db.NewRecent(size, func(*shape) {})}
}

func (c *shapeCache) get(sql string) *shape {
	c.mu.Lock()
	defer c.mu.Unlock()
	sh, _ := c.recent.Get(sql)
	return sh
}

func (c *shapeCache) put(sql string, s *shape) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recent.Put(sql, s)
}

func (c *shapeCache) drop(sql string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recent.Drop(sql)
}

// nameOf returns the name by which a statement is prepared. It is made of the
// text, so that where a pooler mixes connections up, the statement found under
// it is this one and no other.
func nameOf(sql string) string {
	sum := sha256.Sum256([]byte(sql))
	return "etamil_" + hex.EncodeToString(sum[:20])
}
