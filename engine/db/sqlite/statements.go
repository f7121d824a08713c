package sqlite

import (
	"container/list"

	"etamil/engine/db"
)

// A statement is a prepared statement with what does not change about it.
type statement struct {
	prepared
	sql        string
	kept       bool // it is in the cache, else it is for one run
	writes     bool
	more       bool // something follows it in its text
	dropsRows  bool // its rows are dropped when only its count is wanted
	plainBegin bool // BEGIN without saying which
	answers    int  // columns of its rows

	named   *db.Columns
	namedAt int32 // the version that named and answers are of
	place   *list.Element
}

// names returns the columns of the row that the statement stands at. The
// engine prepares a statement anew when a table has changed.
func (s *statement) names() *db.Columns {
	if version := s.version(); s.named == nil || version != s.namedAt {
		s.answers = s.columns()
		names := make([]string, s.answers)
		for i := range names {
			names[i] = s.column(i)
		}
		s.named, s.namedAt = db.NewColumns(names), version
	}
	return s.named
}

// statements keep what was prepared, the least recently used of them for the
// shortest time.
type statements struct {
	limit int
	bySQL map[string]*statement
	order list.List // the one used last stands first
}

// longest is the longest text of a statement that is kept, in bytes: longer
// ones hold data and do not come again.
const longest = 64 << 10

// keeps reports whether the statement of that text would be kept.
func (s *statements) keeps(sql string) bool { return s.limit > 0 && len(sql) <= longest }

// find returns the statement of that text, nil when it is not there.
func (s *statements) find(sql string) *statement {
	st := s.bySQL[sql]
	if st != nil {
		s.order.MoveToFront(st.place)
	}
	return st
}

// add takes a statement that is not there; one may have to go for it.
func (s *statements) add(st *statement) {
	if s.bySQL == nil {
		s.bySQL = map[string]*statement{}
	}
	for len(s.bySQL) >= s.limit {
		s.remove(s.order.Back().Value.(*statement))
	}
	st.place = s.order.PushFront(st)
	s.bySQL[st.sql] = st
}

func (s *statements) remove(st *statement) {
	s.order.Remove(st.place)
	delete(s.bySQL, st.sql)
	st.finalize()
}

func (s *statements) clear() {
	for s.order.Len() > 0 {
		s.remove(s.order.Back().Value.(*statement))
	}
}
