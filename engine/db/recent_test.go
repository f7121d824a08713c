package db

import (
	"slices"
	"testing"
)

func TestRecentKeepsWhatWasUsedLast(t *testing.T) {
	var gone []int
	r := NewRecent(2, func(v int) { gone = append(gone, v) })
	r.Put("a", 1)
	r.Put("b", 2)
	if v, ok := r.Get("a"); !ok || v != 1 {
		t.Errorf("a = %d, %v", v, ok)
	}
	if !r.Put("c", 3) {
		t.Error("c is not kept")
	}
	if _, ok := r.Get("b"); ok || !slices.Equal(gone, []int{2}) {
		t.Errorf("b is there: %v, gone %v", ok, gone)
	}
	r.Put("a", 4)
	r.Drop("a")
	r.Drop("a")
	r.Clear()
	if !slices.Equal(gone, []int{2, 1, 4, 3}) {
		t.Errorf("gone %v", gone)
	}
	if _, ok := r.Get("c"); ok {
		t.Error("c is there after Clear")
	}
	if none := NewRecent(0, func(int) {}); none.Put("a", 1) {
		t.Error("no place for any, and one is kept")
	}
}
