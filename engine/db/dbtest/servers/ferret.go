package servers

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// ferretVersion is the last of FerretDB's first line, which needs no PostgreSQL
// extension and keeps its data in SQLite.
const ferretVersion = "v1.24.2"

// installFerretDB copies the program to path, and builds it when this machine
// has none.
func installFerretDB(path string) error {
	cache, err := cacheDir()
	if err != nil {
		return err
	}
	built := filepath.Join(cache, "ferretdb-"+ferretVersion+"-"+runtime.Version())
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return err
	}
	// Of several test binaries one builds, the others wait.
	lock, err := os.OpenFile(built+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	data, err := os.ReadFile(built)
	if errors.Is(err, os.ErrNotExist) {
		if err := buildFerretDB(built); err != nil {
			return fmt.Errorf("build FerretDB: %w", err)
		}
		data, err = os.ReadFile(built)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o755)
}

// buildFerretDB builds the program in a module of its own, so that nothing of
// it is among our dependencies. Its archive lacks a file without which it ends
// at start; the source is copied to add it.
func buildFerretDB(built string) error {
	dir, err := os.MkdirTemp(filepath.Dir(built), "ferret-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	run := func(args ...string) (string, error) {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOBIN="+dir, "CGO_ENABLED=0")
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			return "", fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, stderr.String())
		}
		return strings.TrimSpace(string(out)), nil
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module ferrettool\n"), 0o644); err != nil {
		return err
	}
	const module = "github.com/FerretDB/FerretDB"
	// The exact version of the module: the proxy may serve no list of versions,
	// which the path of the command alone would need.
	if _, err := run("go", "get", "-tool", module+"/cmd/ferretdb@"+ferretVersion); err != nil {
		return err
	}
	source, err := run("go", "list", "-m", "-f", "{{.Dir}}", module)
	if err != nil {
		return err
	}
	src := filepath.Join(dir, "src")
	if err := os.CopyFS(src, os.DirFS(source)); err != nil {
		return err
	}
	version := filepath.Join(src, "build", "version")
	if err := os.Chmod(version, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(version, "version.txt"), []byte(ferretVersion+"\n"), 0o644); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"go", "mod", "edit", "-replace", module + "=./src"},
		{"go", "install", module + "/cmd/ferretdb"},
		{"chmod", "-R", "u+w", dir},
		{"mv", "ferretdb", built},
	} {
		if _, err := run(args...); err != nil {
			return err
		}
	}
	return nil
}

// cacheDir returns the folder for what tests keep between their runs, outside
// of any checkout.
func cacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if os.Getenv("XDG_CACHE_HOME") == "" && os.Geteuid() == 0 {
		dir, err = "/var/cache", nil
	}
	return filepath.Join(dir, "etamil-tests"), err
}
