package main

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

// watchEvery is how often the files of a program are looked at. They are a few
// dozen at most, and looking costs some microseconds each.
const watchEvery = 200 * time.Millisecond

// A watcher tells when files changed. It waits until they stay as they are for
// a moment, so that one save of several files is one change.
type watcher struct {
	changed chan struct{} // a value for each change
	quit    chan struct{}

	mu    sync.Mutex
	files []string
	last  map[string]stamp
	dirty bool
}

// A stamp is what a change of a file changes; the zero stamp is that of a file
// that is not there.
type stamp struct {
	size  int64
	at    time.Time
	inode os.FileInfo
}

func newWatcher(files []string) *watcher {
	w := &watcher{changed: make(chan struct{}, 1), quit: make(chan struct{})}
	w.watch(files)
	go w.run()
	return w
}

// watch makes w watch these files.
func (w *watcher) watch(files []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	known := w.last
	w.files, w.last = files, stamps(files)
	// What changed while the program was loaded counts as a change.
	for name, now := range w.last {
		if before, ok := known[name]; ok && !before.equal(now) {
			w.dirty = true
		}
	}
}

func (w *watcher) stop() { close(w.quit) }

func (w *watcher) run() {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-w.quit:
			return
		case <-tick.C:
			if w.look() {
				select {
				case w.changed <- struct{}{}:
				default: // the one before is not taken yet
				}
			}
		}
	}
}

// look is true when files changed and are now as they were at the last look.
func (w *watcher) look() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := stamps(w.files)
	same := maps.EqualFunc(now, w.last, stamp.equal)
	w.last = now
	if !same {
		w.dirty = true
		return false
	}
	settled := w.dirty
	w.dirty = false
	return settled
}

func stamps(files []string) map[string]stamp {
	all := make(map[string]stamp, len(files))
	for _, name := range files {
		if info, err := os.Stat(name); err == nil {
			all[name] = stamp{info.Size(), info.ModTime(), info}
		} else {
			all[name] = stamp{}
		}
	}
	return all
}

func (s stamp) equal(o stamp) bool {
	if (s.inode == nil) != (o.inode == nil) || s.size != o.size || !s.at.Equal(o.at) {
		return false
	}
	return s.inode == nil || os.SameFile(s.inode, o.inode)
}

// reloadPath is where pages that are open wait for the next program. No program
// has a route of that name by accident.
const reloadPath = "/.etamil/reload"

// reloadScript is added to pages. It reloads the page when another program
// serves, and when the server was started anew.
const reloadScript = `<script>(()=>{let first;new EventSource("` + reloadPath +
	`").onmessage=e=>{if(first===undefined)first=e.data;else if(first!==e.data)location.reload()}})()</script>`

// reloads tells open pages which program serves.
type reloads struct {
	start  int64 // tells this process from the one before
	quit   chan struct{}
	closed sync.Once

	mu     sync.Mutex
	number int64
	next   chan struct{} // closed by the next change
}

func newReloads() *reloads {
	return &reloads{start: time.Now().UnixNano(), quit: make(chan struct{}), next: make(chan struct{})}
}

// tell says that another program serves.
func (r *reloads) tell(number int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.number = number
	close(r.next)
	r.next = make(chan struct{})
}

// close lets go of the pages, so that the server can end.
func (r *reloads) close() { r.closed.Do(func() { close(r.quit) }) }

// before answers requests for reloadPath and passes all others on.
func (r *reloads) before(front http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.RequestURI == reloadPath && q.Method == http.MethodGet {
			r.ServeHTTP(w, q)
			return
		}
		front.ServeHTTP(w, q)
	})
}

// ServeHTTP sends the number of the program as a server-sent event, and again
// when it changes, until the page goes away.
func (r *reloads) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	control := http.NewResponseController(w)
	for {
		r.mu.Lock()
		number, next := r.number, r.next
		r.mu.Unlock()
		control.SetWriteDeadline(time.Now().Add(10 * time.Second))
		fmt.Fprint(w, "retry: 500\ndata: ", strconv.FormatInt(r.start, 36), "-", number, "\n\n")
		if control.Flush() != nil {
			return
		}
		select {
		case <-next:
		case <-r.quit:
			return
		case <-q.Context().Done():
			return
		}
	}
}
