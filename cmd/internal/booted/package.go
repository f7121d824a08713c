package booted

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// debs holds the .deb files that this process has built, by their version.
var debs struct {
	sync.Mutex
	built map[string][]byte
}

// Package returns the .deb of this checkout, which it builds, once a version:
// some ten seconds. Two versions differ in nothing but what the binaries say of
// themselves, which is enough for an upgrade.
//
//	m.WriteFile("/root/etamild.deb", booted.Package(t, "1.0.0"), 0o644)
//	m.Run("dpkg", "-i", "/root/etamild.deb")
func Package(tb testing.TB, version string) []byte {
	tb.Helper()
	debs.Lock()
	defer debs.Unlock()
	if deb, ok := debs.built[version]; ok {
		return deb
	}
	deb, err := build(version)
	if err != nil {
		tb.Fatalf("no package: %v", err)
	}
	if debs.built == nil {
		debs.built = map[string][]byte{}
	}
	debs.built[version] = deb
	return deb
}

func build(version string) ([]byte, error) {
	root, err := fromModule("")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "etamil-package-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cmd := exec.Command("go", "run", "etamil/cmd/internal/pack", "-version", version, "-arch", runtime.GOARCH, "-out", dir)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, lastLines(string(out), 10))
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.deb"))
	if err != nil || len(files) != 1 {
		return nil, fmt.Errorf("packages built: %q %w", files, err)
	}
	return os.ReadFile(files[0])
}
