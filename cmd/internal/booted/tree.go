package booted

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// suite is the oldest release supported: systemd 252, nginx 1.22.
const suite = "bookworm"

// packages are what the tree holds beside Debian's minimum.
var packages = []string{"systemd", "systemd-sysv", "dbus", "nginx-light", "curl", "procps"}

// maxAge is when a tree is made anew, for the fixes that Debian has published.
const maxAge = 90 * 24 * time.Hour

// masked are units that have no use in a machine that lives for a minute.
var masked = []string{
	"console-getty.service", "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer",
	"e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer", "systemd-tmpfiles-clean.timer",
}

// settings are files of the tree that differ from Debian's.
var settings = map[string]string{
	// Without one the first boot enables every unit there is.
	"etc/machine-id":                "5e7a3115e7a3115e7a3115e7a3115e7a\n",
	"etc/hostname":                  "etamil-test\n",
	"etc/hosts":                     "127.0.0.1 localhost etamil-test\n::1 localhost\n",
	"etc/dpkg/dpkg.cfg.d/etamil":    "force-unsafe-io\n",
	"etc/systemd/journald.conf.d/v": "[Journal]\nStorage=volatile\nRateLimitIntervalSec=0\n",
}

// cacheDir returns the folder of trees and machines.
func cacheDir() string {
	if dir := os.Getenv("XDG_CACHE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "etamil-tests")
	}
	return "/var/cache/etamil-tests"
}

// A tree is a Debian root directory, shared by all machines.
type tree struct {
	dir  string
	lock *os.File // held shared, so that nobody makes it anew meanwhile
}

// openTree returns the tree, which it makes when there is none or an old one:
// some 90 seconds. say is told of what takes long.
func openTree(say func(format string, args ...any)) (*tree, error) {
	cache := cacheDir()
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, err
	}
	uri := mirror(os.DirFS("/"))
	recipe := sha256.New()
	fmt.Fprintln(recipe, suite, uri, packages, masked, settings) // maps are printed in order of their keys
	dir := filepath.Join(cache, fmt.Sprintf("%s-%.12x", suite, recipe.Sum(nil)))
	lock, err := os.OpenFile(dir+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	t := &tree{dir, lock}
	if err := t.prepare(uri, say); err != nil {
		lock.Close()
		return nil, err
	}
	return t, nil
}

func (t *tree) prepare(uri string, say func(string, ...any)) error {
	fd := int(t.lock.Fd())
	if err := syscall.Flock(fd, syscall.LOCK_SH); err != nil {
		return err
	}
	if t.fresh() {
		return nil
	}
	// Locks are not upgraded in one step: look again once it is held alone.
	if err := syscall.Flock(fd, syscall.LOCK_EX); err != nil {
		return err
	}
	if !t.fresh() {
		say("making a Debian tree in %s from %q: this takes some minutes, once", t.dir, uri)
		if err := t.make(uri); err != nil {
			if _, statErr := os.Stat(t.dir); statErr != nil {
				return err
			}
			say("the old tree has to do: %v", err)
		}
	}
	return syscall.Flock(fd, syscall.LOCK_SH)
}

// fresh reports whether the tree can be used as it is. Only whole ones get their
// name.
func (t *tree) fresh() bool {
	info, err := os.Stat(t.dir)
	return err == nil && time.Since(info.ModTime()) < maxAge
}

func (t *tree) make(uri string) error {
	if err := install("debootstrap=debootstrap"); err != nil {
		return err
	}
	dir := t.dir + ".new"
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	args := []string{"--variant=minbase", "--include=" + strings.Join(packages, ",")}
	if keyring := "/usr/share/keyrings/debian-archive-keyring.gpg"; exists(keyring) {
		args = append(args, "--keyring="+keyring)
	}
	if args = append(args, suite, dir); uri != "" {
		args = append(args, uri)
	}
	cmd := exec.Command("debootstrap", args...)
	cmd.Env = append(os.Environ(), proxy()...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("debootstrap: %w\n%s", err, lastLines(string(out), 10))
	}
	if err := adapt(dir); err != nil {
		return err
	}
	now := time.Now()
	return errors.Join(os.Chtimes(dir, now, now), os.RemoveAll(t.dir), os.Rename(dir, t.dir))
}

// adapt changes a new tree to a machine for tests.
func adapt(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for name, text := range settings {
		if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := root.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	for _, unit := range masked {
		name := "etc/systemd/system/" + unit
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := root.Symlink("/dev/null", name); err != nil {
			return err
		}
	}
	archives, err := filepath.Glob(filepath.Join(dir, "var/cache/apt/archives/*.deb"))
	for _, name := range archives {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// mirror returns where this machine gets the suite from, by its apt sources, ""
// when they do not tell: debootstrap then takes the one it knows. root is the
// machine's root directory.
func mirror(root fs.FS) string {
	files, _ := fs.Glob(root, "etc/apt/sources.list.d/*")
	for _, name := range append([]string{"etc/apt/sources.list"}, files...) {
		text, err := fs.ReadFile(root, name)
		if err != nil {
			continue
		}
		find := oneLine
		if filepath.Ext(name) == ".sources" {
			find = stanzas
		}
		if uri := find(string(text)); uri != "" {
			return uri
		}
	}
	return ""
}

// oneLine finds the suite in a sources.list(5) of the one-line form.
func oneLine(text string) string {
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) < 3 || words[0] != "deb" {
			continue
		}
		words = words[1:]
		if strings.HasPrefix(words[0], "[") { // options, up to the word that ends with "]"
			end := slices.IndexFunc(words, func(w string) bool { return strings.HasSuffix(w, "]") })
			words = words[end+1:]
		}
		if usable(words) {
			return words[0]
		}
	}
	return ""
}

// stanzas finds the suite in a sources.list(5) of the deb822 form.
func stanzas(text string) string {
	for stanza := range strings.SplitSeq(text, "\n\n") {
		field := map[string]string{}
		for line := range strings.Lines(stanza) {
			if name, value, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, "#") {
				field[strings.ToLower(name)] = strings.TrimSpace(value)
			}
		}
		uris := strings.Fields(field["uris"])
		if len(uris) == 0 || field["enabled"] == "no" || !slices.Contains(strings.Fields(field["types"]), "deb") {
			continue
		}
		for _, s := range strings.Fields(field["suites"]) {
			if usable(append([]string{uris[0], s}, strings.Fields(field["components"])...)) {
				return uris[0]
			}
		}
	}
	return ""
}

// usable reports whether an entry (address, suite, components) has the main part
// of the suite and can be read by debootstrap.
func usable(words []string) bool {
	return len(words) >= 3 && words[1] == suite && slices.Contains(words[2:], "main") &&
		(strings.HasPrefix(words[0], "http://") || strings.HasPrefix(words[0], "https://") || strings.HasPrefix(words[0], "file:"))
}

// proxy returns apt's proxy in the form in which debootstrap takes it.
func proxy() []string {
	out, err := exec.Command("apt-config", "shell", "p", "Acquire::http::Proxy").Output()
	if err != nil {
		return nil
	}
	_, value, _ := strings.Cut(strings.TrimSpace(string(out)), "=")
	if value = strings.Trim(value, "'"); value == "" || value == "DIRECT" {
		return nil
	}
	return []string{"http_proxy=" + value}
}

// install installs what is missing of COMMAND=PACKAGE pairs.
func install(pairs ...string) error {
	missing := slices.DeleteFunc(slices.Clone(pairs), func(pair string) bool {
		command, _, _ := strings.Cut(pair, "=")
		_, err := exec.LookPath(command)
		return err == nil
	})
	if len(missing) == 0 {
		return nil
	}
	need, err := fromModule("packaging/scripts/need")
	if err != nil {
		return err
	}
	// One at a time: apt does not wait for another of its kind.
	lock, err := os.OpenFile(filepath.Join(cacheDir(), "install.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	if out, err := exec.Command(need, missing...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s", lastLines(string(out), 3))
	}
	return nil
}

// fromModule returns the path of a file that is named from the module's root.
func fromModule(name string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != "/"; dir = filepath.Dir(dir) {
		if exists(filepath.Join(dir, "go.mod")) {
			return filepath.Join(dir, name), nil
		}
	}
	return "", errors.New("not inside the module")
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
