package vm

import (
	"unsafe"

	"etamil/engine/code"
	"etamil/engine/host"
)

// sampledSlice is as slice while somebody asks where runs are: some microseconds.
const sampledSlice = 256

// resume makes the run one that did not compute at the present moment: it
// begins, or it waited.
func (r *Run) resume() {
	if r.host != nil && r.host.Sampler != nil {
		r.moment, _ = r.host.Sampler.Moment()
	}
}

// tell tells where the run is, in the instruction of f before ip, if that is
// asked and was not yet told.
func (r *Run) tell(f *code.Func, ip unsafe.Pointer) {
	s := r.host.Sampler
	now, active := s.Moment()
	if now == r.moment {
		return
	}
	r.moment = now
	if !active || !s.Wanted() {
		return
	}
	r.calls = r.calls[:0]
	pc := pcOf(f, ip)
	for depth := r.depth; ; depth-- {
		at := f.Spans[pc-1]
		call := host.Call{}
		if at.IsValid() {
			call.File, call.Line = at.File.Name, at.Pos().Line
		}
		if depth == 0 {
			r.calls = append(r.calls, call)
			break
		}
		caller := &r.frames[depth-1]
		call.Function = caller.callee.Name
		r.calls = append(r.calls, call)
		f, pc = caller.fn, pcOf(caller.fn, caller.ip)
	}
	s.Sample(r.host.Task, r.calls)
}
