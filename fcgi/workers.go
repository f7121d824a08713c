package fcgi

import "sync"

// maxFreeWorkers bounds the goroutines kept for later: each holds the stack
// that a program needed. More exist while more requests run.
const maxFreeWorkers = 256

// A worker is a goroutine that runs the handler for one exchange after another.
// A goroutine of its own for each request would grow its stack anew each time,
// a tenth of the time of a small request.
type worker struct{ work chan *exchange }

// workerPool keeps workers. The one that rested last is taken first: its stack
// is warm.
type workerPool struct {
	mu     sync.Mutex
	free   []*worker
	closed bool // none is kept
}

// run gives x to a free worker, or a new one, and returns at once.
func (p *workerPool) run(x *exchange) {
	var w *worker
	p.mu.Lock()
	if n := len(p.free) - 1; n >= 0 {
		w = p.free[n]
		p.free[n] = nil
		p.free = p.free[:n]
	}
	p.mu.Unlock()
	if w == nil {
		w = &worker{work: make(chan *exchange, 1)}
		go p.serve(w)
	}
	w.work <- x
}

func (p *workerPool) serve(w *worker) {
	for x := range w.work {
		x.serve()
		p.mu.Lock()
		keep := len(p.free) < maxFreeWorkers && !p.closed
		if keep {
			p.free = append(p.free, w)
		}
		p.mu.Unlock()
		if !keep {
			return
		}
	}
}

// close ends all workers, those at work after their request.
func (p *workerPool) close() {
	p.mu.Lock()
	free := p.free
	p.free, p.closed = nil, true
	p.mu.Unlock()
	for _, w := range free {
		close(w.work)
	}
}
