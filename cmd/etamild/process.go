package main

import (
	"cmp"
	"math"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"

	"etamil/cmd/internal/config"
)

// The collector is tuned for a small heap that is turned over fast: while little
// is live the heap may grow to a multiple of that, up to heapBudget in all; when
// more than half of the budget is live, it is left to Go's usual 100 %. Measured
// with 64 connections of a one-line program (5 MB live): 100 % takes 73 µs of
// processor time a request, 400 % 52 µs, more gains nothing. With 1,000
// connections (35 MB live) 400 % needs 115 MB of memory, the budget keeps it
// below 100 MB, and a limit that knows nothing of what is live
// (GOMEMLIMIT=64MiB) takes twice the time.
const (
	heapBudget   = 64 << 20
	minGCPercent = 100
	maxGCPercent = 400
)

// A collector tunes Go's collector. The zero collector has not done so yet.
type collector struct {
	mu      sync.Mutex
	percent int  // in force; 0: off
	fixed   bool // the operator chose it
	watch   bool // a gcWatch is there
}

// tune does what the settings say; where they say nothing, the percentage
// follows what is live, and the memory of the control group is a limit, too.
// It may be called again with other settings.
func (c *collector) tune(cfg *config.Config) {
	c.mu.Lock()
	defer c.mu.Unlock()
	limit := cfg.MemoryLimit
	if group, ok := groupLimit("/proc/self/cgroup", "/sys/fs/cgroup"); ok && cfg.Origin("memory_limit").Kind == config.ByDefault {
		limit = min(limit, group/10*9) // the rest is for what Go does not count
	}
	debug.SetMemoryLimit(cmp.Or(limit, math.MaxInt64))
	c.percent = cfg.GCPercent
	debug.SetGCPercent(cmp.Or(c.percent, -1))
	c.fixed = cfg.Origin("gc_percent").Kind != config.ByDefault
	if !c.watch {
		c.watch = true
		(&gcWatch{of: c}).rearm()
	}
}

// A gcWatch sets the percentage anew after each collection. It is the object
// of a finalizer that is set again each time.
type gcWatch struct {
	of     *collector
	sample [1]metrics.Sample
}

func (w *gcWatch) rearm() {
	runtime.SetFinalizer(w, func(w *gcWatch) {
		w.of.mu.Lock()
		defer w.of.mu.Unlock()
		defer w.rearm()
		if w.of.fixed {
			return
		}
		w.sample[0].Name = "/gc/heap/live:bytes"
		metrics.Read(w.sample[:])
		if w.sample[0].Value.Kind() == metrics.KindUint64 {
			// Setting it stops the world for a moment, so small changes
			// are not worth it.
			if p := gcPercent(w.sample[0].Value.Uint64()); p-w.of.percent > 10 || w.of.percent-p > 10 {
				w.of.percent = p
				debug.SetGCPercent(p)
			}
		}
	})
}

// gcPercent returns by how much of live bytes the heap may grow.
func gcPercent(live uint64) int {
	if live >= heapBudget {
		return minGCPercent
	}
	return int(min(max((heapBudget-live)*100/max(live, 1), minGCPercent), maxGCPercent))
}

// groupLimit returns the memory limit of this process's control group, of
// version 2 (cgroups(7)).
func groupLimit(self, root string) (int64, bool) {
	groups, err := os.ReadFile(self)
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(groups)) {
		group, ok := strings.CutPrefix(strings.TrimSpace(line), "0::")
		if !ok {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, group, "memory.max"))
		if err != nil {
			return 0, false
		}
		limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
		return limit, err == nil && limit > 0 // "max" is no limit
	}
	return 0, false
}

// systemdUnit returns the name of the unit whose main process this is, "" when
// systemd did not start it: systemd says whom it started (SYSTEMD_EXEC_PID,
// from version 248), and the control group is named after the unit.
func systemdUnit(getenv func(string) string) string {
	if getenv("SYSTEMD_EXEC_PID") != strconv.Itoa(os.Getpid()) {
		return ""
	}
	groups, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return "etamil.service"
	}
	return unitOf(string(groups))
}

// unitOf finds the service in the text of /proc/self/cgroup, lines of
// "number:controllers:path" (cgroups(7)).
func unitOf(groups string) string {
	for line := range strings.Lines(groups) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) < 3 || parts[0] != "0" && parts[1] != "name=systemd" {
			continue
		}
		for at := parts[2]; at != "/" && at != "." && at != ""; at = path.Dir(at) {
			if name := path.Base(at); strings.HasSuffix(name, ".service") {
				return name
			}
		}
	}
	return "etamil.service"
}
