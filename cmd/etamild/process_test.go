package main

import (
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"testing"

	"etamil/cmd/internal/config"
)

func TestHeapGrowsUpToItsBudgetAndByUsualPercentBeyond(t *testing.T) {
	for _, tt := range []struct {
		liveMiB float64
		want    int
	}{
		{0, 400}, {5, 400}, {12.8, 400}, {16, 300}, {32, 100}, {33, 100}, {64, 100}, {1000, 100},
	} {
		if got := gcPercent(uint64(tt.liveMiB * (1 << 20))); got != tt.want {
			t.Errorf("gcPercent(%v MiB) = %d, want %d", tt.liveMiB, got, tt.want)
		}
	}
}

func TestMemoryLimitIsThatOfTheControlGroup(t *testing.T) {
	root := t.TempDir()
	for _, tt := range []struct {
		why, self, group, max string
		want                  int64
		ok                    bool
	}{
		{"a limit", "0::/a.slice/b.service\n", "a.slice/b.service", "1048576\n", 1 << 20, true},
		{"no limit", "0::/c\n", "c", "max\n", 0, false},
		{"version 1 only", "3:memory:/d\n", "d", "1048576\n", 0, false},
		{"no such file", "0::/e\n", "f", "1048576\n", 0, false},
	} {
		t.Run(tt.why, func(t *testing.T) {
			self := filepath.Join(t.TempDir(), "cgroup")
			for name, text := range map[string]string{self: tt.self, filepath.Join(root, tt.group, "memory.max"): tt.max} {
				if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if got, ok := groupLimit(self, root); got != tt.want || ok != tt.ok {
				t.Errorf("groupLimit = %d, %v, want %d, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestCollectorFollowsTheSettingsEachTime(t *testing.T) {
	percent, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(-1)
	t.Cleanup(func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	})
	var c collector
	for _, tt := range []struct {
		gc, memory string
		percent    int
		limit      int64
	}{
		{"150", "1GiB", 150, 1 << 30},
		{"off", "off", -1, math.MaxInt64},
		{"10", "32MiB", 10, 32 << 20},
	} {
		cfg, problems := config.Load("", []string{"ETAMILD_GC_PERCENT=" + tt.gc, "ETAMILD_MEMORY_LIMIT=" + tt.memory}, nil)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		c.tune(cfg)
		runtime.GC() // what was chosen is not changed by it
		if got := debug.SetMemoryLimit(-1); got != tt.limit {
			t.Errorf("memory_limit %s: %d, want %d", tt.memory, got, tt.limit)
		}
		if got := debug.SetGCPercent(100); got != tt.percent {
			t.Errorf("gc_percent %s: %d, want %d", tt.gc, got, tt.percent)
		}
	}
}
