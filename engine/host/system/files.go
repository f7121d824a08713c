package system

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"etamil/engine/host"
)

// DefaultFileLimit is the most one operation on a file reads or writes in a
// server, in bytes, unless ETAMIL_FILE_LIMIT says otherwise.
const DefaultFileLimit = 64 << 20

// FileLimit returns the number of bytes in ETAMIL_FILE_LIMIT, or
// DefaultFileLimit when it is not set. It fails for anything but a whole
// number above 0.
func FileLimit(getenv func(string) string) (int64, error) {
	text := getenv("ETAMIL_FILE_LIMIT")
	if text == "" {
		return DefaultFileLimit, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("ETAMIL_FILE_LIMIT: %q is not a number of bytes above 0", text)
	}
	return n, nil
}

// A fault is an error of the system without operation and path: the program's
// author knows the path as written, and the resolved one is nobody's business.
type fault struct{ cause error }

func (f *fault) Error() string { return f.cause.Error() }
func (f *fault) Unwrap() error { return f.cause }

// reason strips err down to what went wrong.
func reason(err error) error {
	if err == nil {
		return nil
	}
	cause := err
	for {
		var path *fs.PathError
		var link *os.LinkError
		var call *os.SyscallError
		switch {
		case errors.As(cause, &path):
			cause = path.Err
		case errors.As(cause, &link):
			cause = link.Err
		case errors.As(cause, &call):
			cause = call.Err
		default:
			// os.Root has no exported error for this.
			if cause.Error() == "path escapes from parent" {
				cause = host.ErrNotPermitted
			}
			if cause == syscall.ENXIO {
				// A pipe that nobody reads, or a socket.
				cause = ErrNotRegular
			}
			return &fault{cause}
		}
	}
}

// file is an open regular file.
type file struct{ *os.File }

func (f file) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, reason(err)
	}
	return info.Size(), nil
}

// OpenFiles reads and writes wherever the process may, as a command does for
// its user. Relative paths start at the working directory; links, devices and
// pipes are what they are for every other command.
type OpenFiles struct{}

var _ host.Files = OpenFiles{}

// ReadFile implements host.Files.
func (OpenFiles) ReadFile(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	return data, reason(err)
}

// WriteFile implements host.Files. A new file gets 0666 less the umask.
func (OpenFiles) WriteFile(path string, data []byte) error {
	return reason(os.WriteFile(path, data, 0o666))
}

// AppendFile implements host.Files.
func (OpenFiles) AppendFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
	if err != nil {
		return reason(err)
	}
	_, err = f.Write(data)
	return reason(errors.Join(err, f.Close()))
}

// Open implements host.Files.
func (OpenFiles) Open(path string) (host.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, reason(err)
	}
	if _, err := regular(f); err != nil {
		f.Close()
		return nil, err
	}
	return file{f}, nil
}

// Replace implements host.Files.
func (OpenFiles) Replace(path string, fill func(io.Writer) error) error {
	if path == "" {
		return reason(syscall.ENOENT)
	}
	target, err := filepath.EvalSymlinks(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		target = path
	case err != nil:
		return reason(err)
	}
	return replace(plain{}, target, 0, nil, fill)
}

// regular returns what f is, or an error when it is no file with contents.
func regular(f *os.File) (fs.FileInfo, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, reason(err)
	}
	return info, checkRegular(info)
}

func checkRegular(info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return reason(syscall.EISDIR)
	case !info.Mode().IsRegular():
		return &fault{ErrNotRegular}
	}
	return nil
}

// A tree is where replace works: the whole machine or an os.Root.
type tree interface {
	OpenFile(name string, flag int, perm os.FileMode) (*os.File, error)
	Lstat(name string) (os.FileInfo, error)
	Rename(from, to string) error
	Remove(name string) error
}

// plain is the tree of the whole machine.
type plain struct{}

func (plain) OpenFile(name string, flag int, perm os.FileMode) (*os.File, error) {
	return os.OpenFile(name, flag, perm)
}
func (plain) Lstat(name string) (os.FileInfo, error) { return os.Lstat(name) }
func (plain) Rename(from, to string) error           { return os.Rename(from, to) }
func (plain) Remove(name string) error               { return os.Remove(name) }

// replace writes a temporary file beside path and renames it to path, which is
// no link. An existing file gives its permissions to the new one. Refuse may
// forbid an existing target; limit 0 means none.
func replace(t tree, path string, limit int64, refuse func(fs.FileInfo) error, fill func(io.Writer) error) (err error) {
	old, err := t.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		old = nil
	case err != nil:
		return reason(err)
	default:
		if err := checkRegular(old); err != nil {
			return err
		}
		if refuse != nil {
			if err := refuse(old); err != nil {
				return err
			}
		}
	}
	dir, name := filepath.Split(path)
	if name == "" {
		return reason(syscall.EISDIR)
	}
	temp := dir + ".etamil-" + randomHex(8) + ".tmp"
	f, err := t.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return reason(err)
	}
	done := false
	defer func() {
		if !done { // fill failed or panicked
			f.Close()
			t.Remove(temp)
		}
	}()
	if err := fill(&limited{w: f, left: limit, endless: limit == 0}); err != nil {
		return err
	}
	if old != nil {
		if err := f.Chmod(old.Mode().Perm()); err != nil {
			return reason(err)
		}
	}
	// The old contents must not vanish in a power cut with the new ones unwritten.
	if err := f.Sync(); err != nil {
		return reason(err)
	}
	if err := f.Close(); err != nil {
		return reason(err)
	}
	if err := t.Rename(temp, path); err != nil {
		return reason(err)
	}
	done = true
	return nil
}

// limited refuses to write more than left bytes.
type limited struct {
	w       io.Writer
	left    int64
	endless bool
}

func (l *limited) Write(p []byte) (int, error) {
	if !l.endless && int64(len(p)) > l.left {
		return 0, &fault{ErrTooLarge}
	}
	n, err := l.w.Write(p)
	l.left -= int64(n)
	return n, reason(err)
}

// A FolderConfig describes a Folder.
type FolderConfig struct {
	// Dir is the data directory. It is created with mode 0700 when missing.
	Dir string
	// Also holds further directories in which absolute paths are allowed.
	// They need not exist.
	Also []string
	// Limit is the most one operation reads or writes, in bytes; 0: no limit.
	Limit int64
	// Sources returns the real paths of files that cannot be written, the
	// program's own text; nil: none.
	Sources func() []string
}

// A Folder reads and writes regular files below one directory. No path, link
// or change of a link meanwhile leads out of it. One Folder serves a whole
// process: a save and a read of one file at the same time exclude each other.
// Safe for concurrent use.
type Folder struct {
	dir     string // absolute
	real    string // without links
	root    *os.Root
	also    []string
	limit   int64
	sources func() []string
	locks   [64]sync.RWMutex // by file, so that a reader never meets half a save
}

var _ host.Files = (*Folder)(nil)

// NewFolder opens the data directory. The caller closes the Folder when no run
// uses it any more.
func NewFolder(c FolderConfig) (*Folder, error) {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("data directory %s: %w", c.Dir, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create data directory: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		root.Close()
		return nil, fmt.Errorf("data directory: %w", err)
	}
	f := &Folder{dir: dir, real: real, root: root, limit: c.Limit, sources: c.Sources}
	for _, also := range c.Also {
		if also == "" {
			continue
		}
		also, err := filepath.Abs(also)
		if err != nil {
			root.Close()
			return nil, fmt.Errorf("further data directory %s: %w", also, err)
		}
		f.also = append(f.also, also)
	}
	return f, nil
}

// Dir returns the absolute path of the data directory.
func (f *Folder) Dir() string { return f.dir }

// Close releases the directory. Files opened through f stay open.
func (f *Folder) Close() error { return f.root.Close() }

// within finds the root that holds path, and the path below it. Release must
// be called when the work is done.
func (f *Folder) within(path string) (root *os.Root, rest string, release func(), err error) {
	nothing := func() {}
	switch {
	case path == "":
		return nil, "", nothing, reason(syscall.ENOENT)
	case strings.ContainsRune(path, 0):
		return nil, "", nothing, reason(syscall.EINVAL)
	case !filepath.IsAbs(path):
		return f.root, path, nothing, nil
	}
	for _, dir := range []string{f.dir, f.real} {
		if rest, ok := below(dir, path); ok {
			return f.root, rest, nothing, nil
		}
	}
	for _, dir := range f.also {
		rest, ok := below(dir, path)
		if !ok {
			continue
		}
		// Opened for each use: the directory may be mounted later.
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, "", nothing, reason(err)
		}
		return root, rest, func() { root.Close() }, nil
	}
	return nil, "", nothing, reason(host.ErrNotPermitted)
}

// below returns what follows dir in the absolute path. The result is walked in
// dir's root, so that what ".." and links in it do is decided there; only a
// path that leaves dir and comes back by its name is put in order before.
func below(dir, path string) (string, bool) {
	prefix := strings.TrimSuffix(dir, "/") + "/"
	for _, p := range []string{path, filepath.Clean(path)} {
		rest, ok := strings.CutPrefix(p, prefix)
		if rest = strings.TrimLeft(rest, "/"); ok && filepath.IsLocal(rest) {
			return rest, true
		}
	}
	return "", false
}

// open opens a regular file of the folder. O_NONBLOCK keeps the open of a pipe
// from waiting for its other end; for regular files it changes nothing.
func (f *Folder) open(path string, flag int) (*os.File, fs.FileInfo, error) {
	root, rest, release, err := f.within(path)
	if err != nil {
		return nil, nil, err
	}
	defer release()
	file, err := root.OpenFile(rest, flag|syscall.O_NONBLOCK, 0o666)
	if err != nil {
		return nil, nil, reason(err)
	}
	info, err := regular(file)
	if err == nil && flag&(os.O_WRONLY|os.O_RDWR) != 0 {
		err = f.refuseSource(info)
	}
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return file, info, nil
}

// refuseSource fails when the file belongs to the program's text. It compares
// the files themselves, so that no other name or link of one helps.
func (f *Folder) refuseSource(info fs.FileInfo) error {
	if f.sources == nil {
		return nil
	}
	for _, source := range f.sources() {
		if other, err := os.Stat(source); err == nil && os.SameFile(info, other) {
			return &fault{host.ErrNotPermitted}
		}
	}
	return nil
}

// Resolve returns the real path of a file of the folder, for a library that
// opens files by their names; the file need not exist, its folder must. A file
// that is a link is refused, and so is the program's own text. Programs have no
// way to make links, so that the answer stays true.
func (f *Folder) Resolve(path string) (string, error) {
	root, rest, release, err := f.within(path)
	if err != nil {
		return "", err
	}
	defer release()
	real := f.real
	if root != f.root {
		if real, err = filepath.EvalSymlinks(root.Name()); err != nil {
			return "", reason(err)
		}
	}
	folder, err := filepath.EvalSymlinks(filepath.Join(real, filepath.Dir(rest)))
	if err != nil {
		return "", reason(err)
	}
	if _, inside := below(real, folder+"/x"); !inside {
		return "", reason(host.ErrNotPermitted)
	}
	resolved := filepath.Join(folder, filepath.Base(rest))
	info, err := os.Lstat(resolved)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return resolved, nil
	case err != nil:
		return "", reason(err)
	case info.Mode().Type() == fs.ModeSymlink:
		return "", reason(host.ErrNotPermitted)
	}
	if err := f.refuseSource(info); err != nil {
		return "", err
	}
	return resolved, nil
}

func (f *Folder) lock(info fs.FileInfo) *sync.RWMutex {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return &f.locks[uint64(stat.Ino)%uint64(len(f.locks))]
	}
	return &f.locks[0]
}

// ReadFile implements host.Files.
func (f *Folder) ReadFile(path string) ([]byte, error) {
	file, info, err := f.open(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lock := f.lock(info)
	lock.RLock()
	defer lock.RUnlock()
	// The size again, now that no save is under way.
	if info, err = file.Stat(); err != nil {
		return nil, reason(err)
	}
	if f.limit > 0 && info.Size() > f.limit {
		return nil, &fault{ErrTooLarge}
	}
	var from io.Reader = file
	if f.limit > 0 {
		// Another process may be writing: it may grow while it is read.
		from = io.LimitReader(file, f.limit+1)
	}
	data := make([]byte, 0, info.Size()+1)
	for {
		n, err := from.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, reason(err)
		}
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
	}
	if f.limit > 0 && int64(len(data)) > f.limit {
		return nil, &fault{ErrTooLarge}
	}
	return data, nil
}

// WriteFile implements host.Files. A new file gets 0666 less the umask.
func (f *Folder) WriteFile(path string, data []byte) error {
	if f.limit > 0 && int64(len(data)) > f.limit {
		return &fault{ErrTooLarge}
	}
	// Not O_TRUNC: what it is must be known before it is emptied.
	file, info, err := f.open(path, os.O_WRONLY|os.O_CREATE)
	if err != nil {
		return err
	}
	lock := f.lock(info)
	lock.Lock()
	defer lock.Unlock()
	err = file.Truncate(0)
	if err == nil {
		_, err = file.Write(data)
	}
	return reason(errors.Join(err, file.Close()))
}

// AppendFile implements host.Files.
func (f *Folder) AppendFile(path string, data []byte) error {
	if f.limit > 0 && int64(len(data)) > f.limit {
		return &fault{ErrTooLarge}
	}
	file, info, err := f.open(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE)
	if err != nil {
		return err
	}
	lock := f.lock(info)
	lock.Lock()
	defer lock.Unlock()
	_, err = file.Write(data)
	return reason(errors.Join(err, file.Close()))
}

// Open implements host.Files. The limit does not count here: the caller reads
// piece by piece.
func (f *Folder) Open(path string) (host.File, error) {
	opened, _, err := f.open(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	return file{opened}, nil
}

// maxLinks is how many links in a row the last part of a path may be; Linux
// allows 40.
const maxLinks = 40

// Replace implements host.Files.
func (f *Folder) Replace(path string, fill func(io.Writer) error) error {
	root, rest, release, err := f.within(path)
	if err != nil {
		return err
	}
	defer release()
	// A rename would replace the link itself and not what it points to.
	for range maxLinks {
		info, err := root.Lstat(rest)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode()&fs.ModeSymlink == 0 {
			return replace(root, rest, f.limit, f.refuseSource, fill)
		}
		if err != nil {
			return reason(err)
		}
		target, err := root.Readlink(rest)
		if err != nil {
			return reason(err)
		}
		if filepath.IsAbs(target) {
			return reason(host.ErrNotPermitted)
		}
		dir, _ := filepath.Split(rest)
		rest = dir + target
	}
	return reason(syscall.ELOOP)
}
