package value

import "unsafe"

// A Meter adds up the memory that values hold, each heap part once. Frozen
// parts count nothing: they belong to the program. The bytes are those of the
// parts and their stores, without the allocator's own overhead.
type Meter struct {
	epoch uint32
	bytes int
	stack []*Value
}

// Start begins a new count.
func (m *Meter) Start() {
	m.epoch++
	m.bytes = 0
}

// Bytes returns what was counted since Start.
func (m *Meter) Bytes() int { return m.bytes }

// Add counts what v holds.
func (m *Meter) Add(v *Value) {
	m.stack = append(m.stack[:0], v)
	for len(m.stack) > 0 {
		v := m.stack[len(m.stack)-1]
		m.stack = m.stack[:len(m.stack)-1]
		switch v.kind {
		case Text:
			t := (*Str)(v.ref)
			if t.frozen || t.mark == m.epoch {
				continue
			}
			t.mark = m.epoch
			m.bytes += int(unsafe.Sizeof(*t)) + len(t.s)
			if l := t.letters.Load(); l != nil {
				m.bytes += 4 * cap(l.starts)
			}
		case Array:
			a := (*Elems)(v.ref)
			if a.frozen || a.mark == m.epoch {
				continue
			}
			a.mark = m.epoch
			m.bytes += int(unsafe.Sizeof(*a)) + cap(a.e)*size
			for i := range a.e {
				if a.e[i].kind >= Text {
					m.stack = append(m.stack, &a.e[i])
				}
			}
		case Record:
			r := (*Fields)(v.ref)
			if r.frozen || r.mark == m.epoch {
				continue
			}
			r.mark = m.epoch
			m.bytes += int(unsafe.Sizeof(*r)) + cap(r.vals)*size
			if r.ownKey {
				m.bytes += cap(r.keys.names) * 16
				if r.keys.index != nil {
					m.bytes += len(r.keys.names) * 32
				}
			}
			for i := range r.vals {
				if r.vals[i].kind >= Text {
					m.stack = append(m.stack, &r.vals[i])
				}
			}
		case Success, Failure:
			b := (*box)(v.ref)
			if b.frozen || b.mark == m.epoch {
				continue
			}
			b.mark = m.epoch
			m.bytes += int(unsafe.Sizeof(*b))
			if b.v.kind >= Text {
				m.stack = append(m.stack, &b.v)
			}
		}
	}
}

// Freeze makes v and everything it holds immutable for good, so that many
// goroutines may read it at once. It must be called before others see v.
func (v *Value) Freeze() {
	stack := []*Value{v}
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		switch v.kind {
		case Text:
			t := (*Str)(v.ref)
			if !t.frozen {
				t.frozen, t.tail = true, nil
			}
		case Array:
			a := (*Elems)(v.ref)
			if a.frozen {
				continue
			}
			a.frozen, a.shared = true, true
			for i := range a.e {
				stack = append(stack, &a.e[i])
			}
		case Record:
			r := (*Fields)(v.ref)
			if r.frozen {
				continue
			}
			r.frozen, r.shared, r.ownKey = true, true, false
			r.keys.order()
			for i := range r.vals {
				stack = append(stack, &r.vals[i])
			}
		case Success, Failure:
			b := (*box)(v.ref)
			if b.frozen {
				continue
			}
			b.frozen = true
			stack = append(stack, &b.v)
		}
	}
}
