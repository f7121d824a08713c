package value

import (
	"slices"
	"strings"
	"sync/atomic"
	"unsafe"
)

// Keys is the set of names of a record, in the order they came, shared by
// records that were made alike. It never changes once a second record may
// have it.
type Keys struct {
	names  []string
	sorted atomic.Pointer[[]int32] // places in names by code point order
	index  map[string]int32        // for more than linear names
}

// linear is the number of names up to which looking at each one is quicker
// than a map.
const linear = 12

// NewKeys returns the set of these names, which must differ. It takes names
// over.
func NewKeys(names []string) *Keys {
	k := &Keys{names: names}
	k.reindex()
	return k
}

func (k *Keys) reindex() {
	if len(k.names) > linear && k.index == nil {
		k.index = make(map[string]int32, len(k.names)+len(k.names)/2)
		for i, n := range k.names {
			k.index[n] = int32(i)
		}
	}
}

// find returns the place of name, -1 when it is none of them.
func (k *Keys) find(name string) int {
	if k.index != nil {
		if i, ok := k.index[name]; ok {
			return int(i)
		}
		return -1
	}
	for i := range k.names {
		if n := k.names[i]; len(n) == len(name) && (unsafe.StringData(n) == unsafe.StringData(name) || n == name) {
			return i
		}
	}
	return -1
}

// add puts name at the end; k belongs to one record.
func (k *Keys) add(name string) {
	k.names = append(k.names, name)
	k.sorted.Store(nil)
	if k.index != nil {
		k.index[name] = int32(len(k.names) - 1)
	} else {
		k.reindex()
	}
}

// order returns the places of the names by code point order; made once.
func (k *Keys) order() []int32 {
	if p := k.sorted.Load(); p != nil {
		return *p
	}
	o := make([]int32, len(k.names))
	for i := range o {
		o[i] = int32(i)
	}
	slices.SortFunc(o, func(a, b int32) int { return strings.Compare(k.names[a], k.names[b]) })
	k.sorted.Store(&o)
	return o
}

// clone returns a copy of k that one record may change.
func (k *Keys) clone() *Keys {
	c := &Keys{names: append(make([]string, 0, len(k.names)+4), k.names...)}
	c.reindex()
	return c
}

// Names returns the names in the order they came, to be read only.
func (k *Keys) Names() []string { return k.names }

// Fields is the heap part of a record.
type Fields struct {
	keys   *Keys
	vals   []Value // one for each name
	depth  int32
	mark   uint32
	shared bool
	frozen bool
	ownKey bool // keys belongs to this record alone
}

// RecordOf returns a record with these keys and values, one for each; it takes
// vals over. False: too deep.
func RecordOf(keys *Keys, vals []Value) (Value, bool) {
	r := &Fields{keys: keys, vals: vals, depth: 1}
	for i := range vals {
		if vals[i].kind >= Array {
			vals[i].Share()
			if !deepen(&r.depth, &vals[i]) {
				return Value{}, false
			}
		}
	}
	return Value{kind: Record, ref: unsafe.Pointer(r)}, true
}

// NewRecord returns an empty record with room for n fields; fill it with Set.
func NewRecord(n int) Value {
	return Value{kind: Record, ref: unsafe.Pointer(&Fields{
		keys: &Keys{names: make([]string, 0, n)}, vals: make([]Value, 0, n), depth: 1, ownKey: true,
	})}
}

func (v *Value) fields() *Fields { return (*Fields)(v.ref) }

// Get returns the field of that name of v, a Record.
func (v *Value) Get(name string) (Value, bool) {
	r := (*Fields)(v.ref)
	i := r.keys.find(name)
	if i < 0 {
		return Value{}, false
	}
	return r.vals[i].Share(), true
}

// Set sets or adds a field of *v, a Record held by one variable (or just made).
// False: too deep, and nothing was changed. The cost is O(1) on average, and
// that of a copy when the record is shared.
func (v *Value) Set(name string, x Value) bool {
	depth := (*Fields)(v.ref).depth
	if x.kind >= Array {
		x.Share()
		if !deepen(&depth, &x) {
			return false
		}
	}
	v.own()
	r := (*Fields)(v.ref)
	r.depth = depth
	if i := r.keys.find(name); i >= 0 {
		r.vals[i] = x
		return true
	}
	if !r.ownKey {
		r.keys = r.keys.clone()
		r.ownKey = true
	}
	r.keys.add(name)
	r.vals = append(r.vals, x)
	return true
}

// SetCost returns how many bytes setting a field of v may allocate.
func (v *Value) SetCost(name string) int {
	r := (*Fields)(v.ref)
	n := 0
	if r.shared {
		n = len(r.vals)*size + 64
	}
	if r.keys.find(name) < 0 {
		n += 64 + len(name)
		if !r.ownKey || r.shared {
			n += len(r.vals) * 24
		} else if len(r.vals) == cap(r.vals) {
			n += len(r.vals) * (size + 16)
		}
	}
	return n
}

// FieldAt returns the name and value of field i of v, a Record, by code point
// order of the names; 0 ≤ i < Len. The first call for a set of names costs
// O(n log n), later ones O(1).
func (v *Value) FieldAt(i int) (string, Value) {
	r := (*Fields)(v.ref)
	p := r.keys.order()[i]
	return r.keys.names[p], r.vals[p].Share()
}

// Names returns the field names of v, a Record, by code point order.
func (v *Value) Names() []string {
	r := (*Fields)(v.ref)
	names := make([]string, len(r.vals))
	for i, p := range r.keys.order() {
		names[i] = r.keys.names[p]
	}
	return names
}

// Without returns v, a Record, less the field of that name; v itself when it
// has none.
func (v *Value) Without(name string) Value {
	r := (*Fields)(v.ref)
	at := r.keys.find(name)
	if at < 0 {
		return v.Share()
	}
	out := NewRecord(len(r.vals))
	f := out.fields()
	for i, n := range r.keys.names {
		if i != at {
			f.keys.names = append(f.keys.names, n)
			f.vals = append(f.vals, r.vals[i].Share())
		}
	}
	f.keys.reindex()
	f.depth = r.depth
	return out
}

// KeysOf returns the key set of v, a Record, for making more records alike,
// and its values in that order, to be read only. After this call a Set of a
// new field of v copies the key set.
func (v *Value) KeysOf() (*Keys, []Value) {
	r := (*Fields)(v.ref)
	if !r.frozen {
		r.ownKey = false
	}
	return r.keys, r.vals
}

// Find returns the place of name in the set, -1 when it is none of them.
func (k *Keys) Find(name string) int { return k.find(name) }

// FrozenKeys returns the set of these names as a part of a program, seen by
// many goroutines. It takes names over.
func FrozenKeys(names []string) *Keys {
	k := NewKeys(names)
	k.order()
	return k
}
