package load

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Files is how a Loader reads the disk. All paths given are absolute.
type Files interface {
	// Open opens the file for reading; the caller closes it.
	Open(name string) (io.ReadCloser, error)
	// RealPath returns the absolute path with all links resolved, or an error
	// when nothing exists there. A directory exists.
	RealPath(name string) (string, error)
}

// Disk is the disk of this machine.
var Disk Files = disk{}

type disk struct{}

func (disk) Open(name string) (io.ReadCloser, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	// Some systems open a directory and refuse to read it with words of their
	// own; say the same everywhere.
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, &fs.PathError{Op: "read", Path: name, Err: syscall.EISDIR}
	}
	return f, nil
}

func (disk) RealPath(name string) (string, error) {
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		// /dev/stdin and the /dev/fd/63 of a shell's <(…) are links to what has
		// no path.
		if _, statErr := os.Stat(name); statErr == nil {
			return filepath.Clean(name), nil
		}
	}
	return real, err
}
