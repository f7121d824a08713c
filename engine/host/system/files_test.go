package system

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"etamil/engine/host"
)

// folder returns a data directory and a directory outside of it.
func folder(t *testing.T, c FolderConfig) (f *Folder, dir, outside string) {
	t.Helper()
	base := t.TempDir()
	dir, outside = filepath.Join(base, "data"), filepath.Join(base, "outside")
	c.Dir = dir
	if err := os.Mkdir(outside, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := NewFolder(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, dir, outside
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Every implementation does the same with ordinary files.
func TestFilesReadWhatTheyWrote(t *testing.T) {
	confined, dir, _ := folder(t, FolderConfig{Limit: 1 << 20})
	t.Chdir(dir)
	for name, files := range map[string]host.Files{"open": OpenFiles{}, "folder": confined} {
		t.Run(name, func(t *testing.T) {
			path := name + ".txt"
			for _, text := range []string{"முதல்", "x", ""} {
				if err := files.WriteFile(path, []byte(text)); err != nil {
					t.Fatal(err)
				}
				if got, err := files.ReadFile(path); err != nil || string(got) != text {
					t.Fatalf("read %q, %v, want %q", got, err, text)
				}
			}
			for range 3 {
				if err := files.AppendFile(path, []byte("ab\n")); err != nil {
					t.Fatal(err)
				}
			}
			f, err := files.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if n, err := f.Size(); n != 9 || err != nil {
				t.Errorf("size %d, %v, want 9", n, err)
			}
			if b, _ := io.ReadAll(f); string(b) != "ab\nab\nab\n" {
				t.Errorf("read %q", b)
			}
			if err := files.Replace(path, func(w io.Writer) error { _, err := io.WriteString(w, "new"); return err }); err != nil {
				t.Fatal(err)
			}
			if got, _ := files.ReadFile(path); string(got) != "new" {
				t.Errorf("after replace: %q", got)
			}
		})
	}
}

func TestFailuresOfFilesTellTheReasonAlone(t *testing.T) {
	confined, dir, _ := folder(t, FolderConfig{})
	t.Chdir(dir)
	if err := os.Mkdir("sub", 0o755); err != nil {
		t.Fatal(err)
	}
	for name, files := range map[string]host.Files{"open": OpenFiles{}, "folder": confined} {
		for _, tt := range []struct {
			path string
			want error
		}{
			{"absent", fs.ErrNotExist}, {"no/such", fs.ErrNotExist}, {"", fs.ErrNotExist},
			{"sub", syscall.EISDIR}, {"a\x00b", syscall.EINVAL},
		} {
			_, readErr := files.ReadFile(tt.path)
			_, openErr := files.Open(tt.path)
			errs := []error{readErr, openErr}
			if tt.path != "absent" {
				errs = append(errs, files.WriteFile(tt.path, nil), files.AppendFile(tt.path, nil),
					files.Replace(tt.path, func(io.Writer) error { return nil }))
			}
			for i, err := range errs {
				if !errors.Is(err, tt.want) {
					t.Errorf("%s: %q, operation %d: %v, want %v", name, tt.path, i, err, tt.want)
				} else if strings.Contains(err.Error(), dir) || tt.path != "" && strings.Contains(err.Error(), tt.path) {
					t.Errorf("%s: %q, operation %d: %q shows the path", name, tt.path, i, err)
				}
			}
		}
	}
}

func TestPathsDoNotLeaveTheFolder(t *testing.T) {
	f, dir, outside := folder(t, FolderConfig{})
	put(t, filepath.Join(outside, "secret"), "s")
	put(t, filepath.Join(dir, "inside"), "i")
	for name, target := range map[string]string{
		"up": "../outside/secret", "absolute": filepath.Join(outside, "secret"), "dir": "../outside",
		"chain": "up", "new": "../outside/fresh", "inner": "inside",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{
		"../outside/secret", "./../outside/secret", "dir/secret", "up", "absolute", "chain", "new",
		filepath.Join(outside, "secret"), dir + "/../outside/secret", dir + "x", "/etc/hostname", "dir/fresh",
	} {
		_, err := f.ReadFile(path)
		_, err2 := f.Open(path)
		for i, err := range []error{err, err2, f.WriteFile(path, []byte("x")), f.AppendFile(path, []byte("x")),
			f.Replace(path, func(w io.Writer) error { _, err := w.Write([]byte("x")); return err })} {
			if !errors.Is(err, host.ErrNotPermitted) {
				t.Errorf("%q, operation %d: %v, want %v", path, i, err, host.ErrNotPermitted)
			}
		}
	}
	if got := get(t, filepath.Join(outside, "secret")); got != "s" {
		t.Errorf("the file outside holds %q", got)
	}
	if entries, _ := os.ReadDir(outside); len(entries) != 1 {
		t.Errorf("outside: %v", entries)
	}
	for _, path := range []string{"inside", "./inside", "inner", "dir/../data/inside", filepath.Join(dir, "inside"), dir + "//inside", dir + "/../data/inside"} {
		if path == "dir/../data/inside" {
			continue // the walk leaves the folder, though it comes back
		}
		if got, err := f.ReadFile(path); string(got) != "i" || err != nil {
			t.Errorf("read %q: %q, %v", path, got, err)
		}
	}
}

func TestReplaceFollowsALinkInsideTheFolder(t *testing.T) {
	f, dir, _ := folder(t, FolderConfig{})
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "sub/real"), "old")
	os.Chmod(filepath.Join(dir, "sub/real"), 0o640)
	os.Symlink("sub/real", filepath.Join(dir, "link"))
	os.Symlink("loop", filepath.Join(dir, "loop"))
	write := func(w io.Writer) error { _, err := io.WriteString(w, "new"); return err }
	if err := f.Replace("link", write); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(filepath.Join(dir, "link")); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Error("the link is a link no more")
	}
	if got := get(t, filepath.Join(dir, "sub/real")); got != "new" {
		t.Errorf("the file holds %q", got)
	}
	if info, _ := os.Stat(filepath.Join(dir, "sub/real")); info.Mode().Perm() != 0o640 {
		t.Errorf("permissions %v, want those of the old file", info.Mode())
	}
	if err := f.Replace("loop", write); !errors.Is(err, syscall.ELOOP) {
		t.Errorf("a loop of links: %v", err)
	}
}

func TestFurtherDirectoriesTakeAbsolutePaths(t *testing.T) {
	base := t.TempDir()
	also := filepath.Join(base, "also")
	f, err := NewFolder(FolderConfig{Dir: filepath.Join(base, "data"), Also: []string{"", also}})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	path := filepath.Join(also, "x")
	if err := f.WriteFile(path, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before it exists: %v", err)
	}
	os.Mkdir(also, 0o755)
	if err := f.WriteFile(path, []byte("y")); err != nil {
		t.Error(err)
	}
	if got, err := f.ReadFile(path); string(got) != "y" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := f.ReadFile("x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a relative path looked there: %v", err)
	}
	if _, err := f.ReadFile(also + "/../other"); !errors.Is(err, host.ErrNotPermitted) {
		t.Errorf("out of the further directory: %v", err)
	}
}

func TestDataDirectoryIsMadeForTheUserAlone(t *testing.T) {
	_, dir, _ := folder(t, FolderConfig{})
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v, want 0700", info.Mode(), err)
	}
}

// A link that is changed all the time must never lead a write outside.
func TestChangingLinksDoNotLeadOutside(t *testing.T) {
	f, dir, outside := folder(t, FolderConfig{})
	put(t, filepath.Join(outside, "file"), "untouched")
	inner := filepath.Join(dir, "inner")
	if err := os.Mkdir(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var changing sync.WaitGroup
	changing.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			target := []string{"inner", "../outside"}[i%2]
			temp := filepath.Join(dir, fmt.Sprint("l", i%4))
			os.Symlink(target, temp)
			os.Rename(temp, filepath.Join(dir, "way"))
		}
	})
	for i := range 2000 {
		switch i % 4 {
		case 0:
			f.WriteFile("way/file", []byte("x"))
		case 1:
			f.AppendFile("way/file", []byte("x"))
		case 2:
			f.Replace("way/file", func(w io.Writer) error { _, err := w.Write([]byte("x")); return err })
		case 3:
			if got, err := f.ReadFile("way/file"); err == nil && strings.HasPrefix(string(got), "u") {
				t.Fatal("read a file outside")
			}
		}
	}
	close(stop)
	changing.Wait()
	if got := get(t, filepath.Join(outside, "file")); got != "untouched" {
		t.Errorf("the file outside holds %q", got)
	}
	if entries, _ := os.ReadDir(outside); len(entries) != 1 {
		t.Errorf("outside: %v", entries)
	}
}

// A test that hangs here would have waited for the other end of a pipe.
func TestPipesAndDevicesAreRefusedWithoutWaiting(t *testing.T) {
	f, dir, _ := folder(t, FolderConfig{})
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	reader := func(t *testing.T) {
		end, err := os.OpenFile(pipe, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { end.Close() })
	}
	for _, withReader := range []bool{false, true} {
		t.Run(fmt.Sprint("reader ", withReader), func(t *testing.T) {
			if withReader {
				reader(t)
			}
			_, readErr := f.ReadFile("pipe")
			_, openErr := f.Open("pipe")
			for i, err := range []error{readErr, openErr, f.WriteFile("pipe", []byte("x")), f.AppendFile("pipe", []byte("x")),
				f.Replace("pipe", func(io.Writer) error { return nil })} {
				if !errors.Is(err, ErrNotRegular) {
					t.Errorf("operation %d: %v, want %v", i, err, ErrNotRegular)
				}
			}
		})
	}
	if _, err := (OpenFiles{}).Open(pipe); !errors.Is(err, ErrNotRegular) {
		t.Errorf("unconfined open of a pipe: %v", err)
	}
}

func TestOneOperationIsLimited(t *testing.T) {
	f, dir, _ := folder(t, FolderConfig{Limit: 10})
	put(t, filepath.Join(dir, "large"), strings.Repeat("x", 11))
	put(t, filepath.Join(dir, "fits"), strings.Repeat("x", 10))
	if _, err := f.ReadFile("large"); !errors.Is(err, ErrTooLarge) {
		t.Errorf("read: %v", err)
	}
	if b, err := f.ReadFile("fits"); len(b) != 10 || err != nil {
		t.Errorf("read: %q, %v", b, err)
	}
	big := bytes.Repeat([]byte("y"), 11)
	if err := f.WriteFile("fits", big); !errors.Is(err, ErrTooLarge) {
		t.Errorf("write: %v", err)
	}
	if err := f.AppendFile("fits", big); !errors.Is(err, ErrTooLarge) {
		t.Errorf("append: %v", err)
	}
	err := f.Replace("fits", func(w io.Writer) error {
		for range 11 {
			if _, err := w.Write([]byte("y")); err != nil {
				return err
			}
		}
		return nil
	})
	if !errors.Is(err, ErrTooLarge) {
		t.Errorf("replace: %v", err)
	}
	if got := get(t, filepath.Join(dir, "fits")); got != strings.Repeat("x", 10) {
		t.Errorf("a refused operation left %q", got)
	}
	if file, err := f.Open("large"); err != nil {
		t.Errorf("open is read piece by piece: %v", err)
	} else {
		file.Close()
	}
}

func TestSourcesOfTheProgramCannotBeWritten(t *testing.T) {
	base := t.TempDir()
	source := filepath.Join(base, "நிரல்.qmz")
	put(t, source, "அச்சு 1;")
	os.Link(source, filepath.Join(base, "other-name"))
	os.Symlink("நிரல்.qmz", filepath.Join(base, "link"))
	f, err := NewFolder(FolderConfig{Dir: base, Sources: func() []string { return []string{source, filepath.Join(base, "gone")} }})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, path := range []string{"நிரல்.qmz", "./நிரல்.qmz", "other-name", "link", source} {
		for i, err := range []error{f.WriteFile(path, nil), f.AppendFile(path, []byte("x")), f.Replace(path, func(io.Writer) error { return nil })} {
			if !errors.Is(err, host.ErrNotPermitted) {
				t.Errorf("%s, operation %d: %v", path, i, err)
			}
		}
		if _, err := f.ReadFile(path); err != nil {
			t.Errorf("reading %s: %v", path, err)
		}
	}
	if got := get(t, source); got != "அச்சு 1;" {
		t.Errorf("the source holds %q", got)
	}
	if err := f.WriteFile("another.qmz", []byte("x")); err != nil {
		t.Errorf("a file that is no source: %v", err)
	}
}

func TestFailedReplaceLeavesNothingBehind(t *testing.T) {
	f, dir, _ := folder(t, FolderConfig{})
	put(t, filepath.Join(dir, "x"), "old")
	failure := errors.New("stop")
	for name, files := range map[string]host.Files{"folder": f, "open": OpenFiles{}} {
		path := "x"
		if name == "open" {
			path = filepath.Join(dir, "x")
		}
		if err := files.Replace(path, func(w io.Writer) error { w.Write([]byte("half")); return failure }); err != failure {
			t.Errorf("%s: %v", name, err)
		}
		func() {
			defer func() { recover() }()
			files.Replace(path, func(w io.Writer) error { panic("fill") })
		}()
	}
	if got := get(t, filepath.Join(dir, "x")); got != "old" {
		t.Errorf("the file holds %q", got)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestSavesAndReadsOfOneFileExcludeEachOther(t *testing.T) {
	f, dir, _ := folder(t, FolderConfig{})
	os.Symlink("x", filepath.Join(dir, "link"))
	sizes := []int{3, 50_000, 1_000}
	f.WriteFile("x", bytes.Repeat([]byte{'0'}, sizes[0]))
	var all sync.WaitGroup
	for i, n := range sizes {
		all.Go(func() {
			for range 100 {
				f.WriteFile([]string{"x", "link"}[i%2], bytes.Repeat([]byte{'0' + byte(i)}, n))
			}
		})
		all.Go(func() {
			for range 100 {
				got, err := f.ReadFile("x")
				if err != nil || len(got) == 0 || len(got) != sizes[got[0]-'0'] || strings.Trim(string(got), string(got[:1])) != "" {
					t.Errorf("read %d bytes, %v", len(got), err)
					return
				}
			}
		})
	}
	all.Wait()
}

func TestLinesOfSimultaneousWritersDoNotMix(t *testing.T) {
	f, dir, _ := folder(t, FolderConfig{})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 50 {
				f.AppendFile("log", []byte(strings.Repeat(string('a'+rune(i)), 300)+"\n"))
			}
		})
	}
	all.Wait()
	lines := strings.Split(strings.TrimSuffix(get(t, filepath.Join(dir, "log")), "\n"), "\n")
	if len(lines) != 400 {
		t.Errorf("%d lines, want 400", len(lines))
	}
	for _, line := range lines {
		if len(line) != 300 || strings.Trim(line, line[:1]) != "" {
			t.Fatalf("mixed line %q", line)
		}
	}
}

func TestFileLimitIsReadFromTheEnvironment(t *testing.T) {
	for _, tt := range []struct {
		text string
		want int64
		ok   bool
	}{{"", DefaultFileLimit, true}, {"1000", 1000, true}, {"0", 0, false}, {"-1", 0, false}, {"64M", 0, false}} {
		n, err := FileLimit(func(string) string { return tt.text })
		if n != tt.want || (err == nil) != tt.ok {
			t.Errorf("%q: %d, %v", tt.text, n, err)
		}
	}
}

func TestEnvironmentGivesSoundValuesOnly(t *testing.T) {
	t.Setenv("ETC_GOOD", "நெல்லை")
	t.Setenv("ETC_EMPTY", "")
	t.Setenv("ETC_BAD", "\xff")
	t.Setenv("ETAMIL_TZ", "Asia/Kolkata")
	for _, tt := range []struct {
		name, want string
		ok, named  bool
	}{
		{"ETC_GOOD", "நெல்லை", true, true}, {"ETC_EMPTY", "", true, false}, {"ETC_BAD", "", false, false},
		{"ETC_ABSENT", "", false, false}, {"", "", false, false}, {"ETC_GOOD=", "", false, false}, {"A\x00", "", false, false},
		{"ETAMIL_TZ", "Asia/Kolkata", true, true},
	} {
		if got, ok := (AllEnv{}).Lookup(tt.name); got != tt.want || ok != tt.ok {
			t.Errorf("%q: %q, %v", tt.name, got, ok)
		}
		if _, ok := NamedEnv([]string{"ETC_GOOD", "ETC_BAD"}, AllEnv{}).Lookup(tt.name); ok != tt.named {
			t.Errorf("named %q: %v", tt.name, ok)
		}
	}
}

func TestKeyOfTokensComesFromTheEnvironmentFirst(t *testing.T) {
	value := "தமிழ்"
	k := NewKeys(KeysConfig{Getenv: func(string) string { return value }, StateDir: t.TempDir()})
	for range 2 {
		if key, err := k.TokenKey(); string(key) != "தமிழ்" || err != nil {
			t.Errorf("%q, %v", key, err)
		}
		value = "changed later"
	}
}

func TestKeyOfTokensIsKeptInTheStateDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	none := func(string) string { return "" }
	keys := make([]string, 8)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			key, err := NewKeys(KeysConfig{Getenv: none, StateDir: dir}).TokenKey()
			if err != nil {
				t.Error(err)
			}
			keys[i] = string(key)
		})
	}
	all.Wait()
	for _, key := range keys {
		if key != keys[0] || len(key) != 64 {
			t.Fatalf("keys differ: %q", keys)
		}
	}
	path := filepath.Join(dir, "jwt-secret")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
	put(t, path, "short\n")
	if _, err := NewKeys(KeysConfig{Getenv: none, StateDir: dir}).TokenKey(); err == nil {
		t.Error("a damaged key was taken")
	}
}

func TestRandomKeyOfTokensWarnsOnce(t *testing.T) {
	warned := 0
	k := NewKeys(KeysConfig{Getenv: func(string) string { return "" }, Warn: func() { warned++ }})
	a, _ := k.TokenKey()
	b, _ := k.TokenKey()
	if len(a) != 32 || !bytes.Equal(a, b) || warned != 1 {
		t.Errorf("%x, %x, %d warnings", a, b, warned)
	}
}

func TestGateAdmitsAsManyAsItHasPlaces(t *testing.T) {
	g := NewGate(2)
	first, err := g.Enter(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	second, _ := g.Enter(context.Background())
	ctx, cancel := context.WithCancel(context.Background())
	cancelled := make(chan error)
	go func() {
		_, err := g.Enter(ctx)
		cancelled <- err
	}()
	cancel()
	if err := <-cancelled; err != context.Canceled {
		t.Errorf("third: %v", err)
	}
	first()
	first() // a second release gives no second place
	third, err := g.Enter(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(g.places) != 2 {
		t.Errorf("%d inside, want 2", len(g.places))
	}
	second()
	third()
	if NewGate(0).places == nil {
		t.Error("no places")
	}
}

func TestVariablesSetAsideAreForProgramsAlone(t *testing.T) {
	t.Setenv("ETAPG_HOST", "db")
	t.Setenv("ETAPG_PASSWORD", "s3cret")
	aside := SetAside("ETAPG_")
	if _, ok := os.LookupEnv("ETAPG_HOST"); ok || len(aside) != 2 {
		t.Fatalf("set aside %v, and it is still there: %v", aside, ok)
	}
	all := AllEnv{Aside: aside}
	if got, _ := all.Lookup("ETAPG_HOST"); got != "db" {
		t.Errorf("a program reads %q", got)
	}
	if _, ok := NamedEnv([]string{"ETAPG_HOST"}, all).Lookup("ETAPG_PASSWORD"); ok {
		t.Error("a program reads what it was not permitted")
	}
	if got, _ := NamedEnv([]string{"ETAPG_HOST"}, all).Lookup("ETAPG_HOST"); got != "db" {
		t.Errorf("a permitted program reads %q", got)
	}
}

func TestDatabaseFilesLieInTheFolder(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	also := t.TempDir()
	for _, link := range [][2]string{{outside, "away"}, {filepath.Join(outside, "x.db"), "x.db"}, {"sub", "inside"}, {also, "also"}} {
		if err := os.Symlink(link[0], filepath.Join(dir, link[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(dir, "main.qmz")
	if err := os.WriteFile(source, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := NewFolder(FolderConfig{Dir: dir, Also: []string{also}, Sources: func() []string { return []string{source} }})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, tt := range []struct{ path, want string }{
		{"a.db", dir + "/a.db"},
		{"sub/a.db", dir + "/sub/a.db"},
		{"./sub/../a.db", dir + "/a.db"},
		{"inside/a.db", dir + "/sub/a.db"},
		{dir + "/a.db", dir + "/a.db"},
		{also + "/a.db", also + "/a.db"},
		{"also/a.db", ""}, // a link out of the folder stays one
		{"../a.db", ""},
		{"sub/../../a.db", ""},
		{"away/a.db", ""},
		{"x.db", ""},
		{outside + "/a.db", ""},
		{"/etc/passwd", ""},
		{"main.qmz", ""},
		{"", ""},
		{"a\x00.db", ""},
		{"none/a.db", ""},
		{"sub", dir + "/sub"}, // that it is a folder is for who opens it
	} {
		got, err := f.Resolve(tt.path)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%q resolves to %q, %v; want %q", tt.path, got, err, tt.want)
		}
	}
	if _, err := f.Resolve("../a.db"); !errors.Is(err, host.ErrNotPermitted) {
		t.Errorf("%v is not that it is not permitted", err)
	}
}
