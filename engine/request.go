package engine

import (
	"unsafe"

	"etamil/engine/builtin"
	"etamil/engine/code"
	"etamil/engine/diag"
	"etamil/engine/value"
	"etamil/engine/vm"
)

// bind sets the globals of a request that the program mentions.
func (p *Program) bind(r *vm.Run, req *Request) {
	s := &p.slots
	text := func(slot int, t string) {
		if slot >= 0 {
			r.Bind(slot, value.String(value.Clean(t)))
		}
	}
	text(s.method, req.Method)
	text(s.path, req.Path)
	if s.body >= 0 {
		// The body is never changed, so the text may lie in the same memory.
		text(s.body, unsafe.String(unsafe.SliceData(req.Body), len(req.Body)))
	}
	record := func(slot int, pairs func() []Pair) {
		if slot < 0 {
			return
		}
		var list []Pair
		if pairs != nil {
			list = pairs()
		}
		r.Bind(slot, recordOf(list))
	}
	record(s.query, req.Query)
	record(s.headers, req.Headers)
	if s.pathParams >= 0 {
		r.Bind(s.pathParams, recordOf(req.PathParams))
	}
	record(s.pathValues, req.PathValues)
	record(s.fields, req.Fields)
	for _, pair := range req.PathParams {
		if slot, ok := p.code.GlobalSlots["param_"+pair.Name]; ok {
			r.Bind(slot, value.String(value.Clean(pair.Value)))
		}
	}
	if req.Files != nil {
		files := req.Files()
		r.BindUploads(files)
		if s.files >= 0 {
			elems := make([]value.Value, len(files))
			for i := range files {
				f := value.NewRecord(5)
				f.Set("குறியீடு", value.Int(i))
				f.Set("பெயர்", value.String(value.Clean(files[i].Field)))
				f.Set("கோப்புப்_பெயர்", value.String(value.Clean(files[i].FileName)))
				f.Set("வகை", value.String(value.Clean(files[i].ContentType)))
				f.Set("அளவு", value.Int(len(files[i].Data)))
				elems[i] = f
			}
			a, _ := value.ArrayOf(elems)
			r.Bind(s.files, a)
		}
	} else if s.files >= 0 {
		r.Bind(s.files, value.FlatArray(nil))
	}
}

// recordOf returns a record of texts; of a repeated name the last counts.
func recordOf(pairs []Pair) value.Value {
	v := value.NewRecord(len(pairs))
	for _, p := range pairs {
		v.Set(value.Clean(p.Name), value.String(value.Clean(p.Value)))
	}
	return v
}

// answer reads what a run left for its client from the globals of the answer.
func (p *Program) answer(r *vm.Run, lim Limits) (Answer, error) {
	status, body, headers := r.Global(code.SlotStatus), r.Global(code.SlotBody), r.Global(code.SlotHeaders)
	a := Answer{Status: 200, Set: status.IsDefined() || body.IsDefined() || headers.IsDefined()}
	if status.IsDefined() {
		if status.Kind() == value.Number {
			d := status.Dec().Trunc()
			n, ok := d.Int64()
			if !ok || n < 200 || n > 599 {
				return a, diag.BadStatus.At(r.AnswerSpan(), d)
			}
			a.Status = int(n)
		} else {
			a.StatusIgnored = true
		}
	}
	if headers.IsDefined() && headers.Kind() == value.Record {
		// Checked when they were given; a program may also assign the global.
		if err := builtin.CheckHeaders("response_headers", &headers); err != nil {
			if d, ok := err.(*diag.Diagnostic); ok {
				d.Span = r.AnswerSpan()
			}
			return a, err
		}
		a.Headers = headerLines(&headers)
	}
	if f := r.TakeFile(); f != nil {
		a.File = f
		return a, nil
	}
	if body.IsDefined() {
		limit := lim.Answer
		if limit == 0 {
			limit = 1 << 30
		}
		b, ok := value.AppendText(nil, &body, int(limit))
		if !ok {
			return a, diag.OutputBudget.At(r.AnswerSpan(), vm.SizeText(limit))
		}
		a.Body = b
	}
	return a, nil
}

// headerLines returns the header lines of a record, one for each element of an
// array, by code point order of the names.
func headerLines(v *value.Value) []Header {
	var out []Header
	for i := range v.Len() {
		name, x := v.FieldAt(i)
		if x.Kind() == value.Array {
			for _, e := range x.Elems() {
				s, _ := value.ToText(&e, 0)
				out = append(out, Header{name, s})
			}
			continue
		}
		s, _ := value.ToText(&x, 0)
		out = append(out, Header{name, s})
	}
	return out
}
