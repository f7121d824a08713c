package db

import "container/list"

// A Recent keeps the values used last, by a text, such as the statements that
// a connection has prepared. It belongs to one goroutine.
type Recent[V any] struct {
	size  int
	gone  func(V)
	order list.List // of entry[V], the one used last in front
	at    map[string]*list.Element
}

type entry[V any] struct {
	key   string
	value V
}

// NewRecent returns a place for so many values. gone is told of each value
// that has to go for another; values that are not kept at all go at once.
func NewRecent[V any](size int, gone func(V)) *Recent[V] {
	return &Recent[V]{size: size, gone: gone, at: map[string]*list.Element{}}
}

// Get returns the value under key.
func (r *Recent[V]) Get(key string) (v V, ok bool) {
	e := r.at[key]
	if e == nil {
		return v, false
	}
	r.order.MoveToFront(e)
	return e.Value.(entry[V]).value, true
}

// Put keeps a value under key and reports whether it did: with no place for
// any it does not. The value that was under key goes.
func (r *Recent[V]) Put(key string, v V) bool {
	if r.size <= 0 {
		return false
	}
	r.Drop(key)
	if len(r.at) >= r.size {
		r.remove(r.order.Back())
	}
	r.at[key] = r.order.PushFront(entry[V]{key, v})
	return true
}

// Drop lets the value under key go.
func (r *Recent[V]) Drop(key string) {
	if e := r.at[key]; e != nil {
		r.remove(e)
	}
}

// Clear lets all go.
func (r *Recent[V]) Clear() {
	for r.order.Len() > 0 {
		r.remove(r.order.Back())
	}
}

func (r *Recent[V]) remove(e *list.Element) {
	old := r.order.Remove(e).(entry[V])
	delete(r.at, old.key)
	r.gone(old.value)
}
