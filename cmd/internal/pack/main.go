// Pack builds the packages that operators install: dist/*.deb and dist/*.rpm for
// each architecture, and beside them what the binaries are made of
// (dist/*.cdx.json, CycloneDX). It runs in the module's root.
//
//	pack -version 1.2.3 -out dist
//
// packaging/nfpm.yaml says what a package holds. Man pages, completion, the
// sample of the settings, and the licences of all that is linked in come from
// the binaries and tables themselves, so that none of them is ever behind. The
// same sources give the same packages: times are those of the last commit, or of
// SOURCE_DATE_EPOCH.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// nfpm is run by the Go tool chain, so that the module's own requirements do not
// grow by it. From 2.46 on it needs a module that is not to be had everywhere.
const nfpm = "github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2"

// Options say what is built.
type Options struct {
	Version    string   // as stamped into the binaries: 1.2.3, 1.2.3-rc1, 1.2.3-4-gabcdef
	Out        string   // folder, made when missing
	Arch       []string // Go's names
	Maintainer string
	Homepage   string
	Time       time.Time // of all files
}

func main() {
	var o Options
	flag.StringVar(&o.Version, "version", "0.1.0-dev", "version, stamped into the binaries")
	flag.StringVar(&o.Out, "out", "dist", "folder for the packages")
	arch := flag.String("arch", "amd64,arm64", "architectures")
	flag.StringVar(&o.Maintainer, "maintainer", "etamil maintainers <maintainers@etamil.example>", "who answers for the packages")
	flag.StringVar(&o.Homepage, "homepage", "", "address of the project")
	flag.Parse()
	o.Arch = strings.Split(*arch, ",")
	o.Time = sourceTime()
	files, err := Make(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
	for _, name := range files {
		fmt.Println(name)
	}
}

// sourceTime returns when the sources were last changed, as far as can be told.
func sourceTime() time.Time {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		out, _ := exec.Command("git", "log", "-1", "--format=%ct").Output() // without git: now
		text = strings.TrimSpace(string(out))
	}
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Unix(seconds, 0).UTC()
	}
	return time.Now().UTC().Truncate(time.Second)
}

// Make builds the packages and returns their files. The working directory is the
// module's root.
func Make(o Options) ([]string, error) {
	out, err := filepath.Abs(o.Out)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, err
	}
	stage, err := os.MkdirTemp("", "etamil-pack-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(stage)
	p := &packer{Options: o, stage: stage}
	if err := p.prepare(); err != nil {
		return nil, err
	}
	var files []string
	for _, arch := range o.Arch {
		bill, err := p.bill(arch)
		if err != nil {
			return nil, err
		}
		name := filepath.Join(out, fmt.Sprintf("etamild_%s_%s.cdx.json", packageVersion(o.Version), arch))
		if err := os.WriteFile(name, bill, 0o644); err != nil {
			return nil, err
		}
		files = append(files, name)
		for _, format := range []string{"deb", "rpm"} {
			name := filepath.Join(out, packageFile(format, packageVersion(o.Version), arch))
			if err := p.nfpm(format, arch, name); err != nil {
				return nil, err
			}
			files = append(files, name)
		}
	}
	return files, nil
}

// packageVersion returns a version in the form that dpkg and rpm order rightly:
// what leads to a release comes before it, what follows it after.
//
//	1.2.3-rc1 → 1.2.3~rc1      1.2.3-4-gabcdef → 1.2.3+4.gabcdef
func packageVersion(version string) string {
	base, rest, _ := strings.Cut(version, "-")
	for rest != "" {
		var word string
		word, rest, _ = strings.Cut(rest, "-")
		_, err := strconv.Atoi(word)
		switch {
		case word == "dirty" && !strings.Contains(base, "+"):
			base += "+dirty"
		case word == "dirty":
			base += ".dirty"
		case err == nil && strings.HasPrefix(rest, "g"): // git describe: commits since, commit
			var commit string
			commit, rest, _ = strings.Cut(rest, "-")
			base += "+" + word + "." + commit
		default:
			base += "~" + word
		}
	}
	return base
}

// packageFile returns the name that a package file has by custom.
func packageFile(format, version, arch string) string {
	if format == "deb" {
		return fmt.Sprintf("etamild_%s-1_%s.deb", version, arch)
	}
	if name, ok := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[arch]; ok {
		arch = name
	}
	return fmt.Sprintf("etamild-%s-1.%s.rpm", version, arch)
}

// A packer lays the files of packages out in a folder: see packaging/nfpm.yaml.
type packer struct {
	Options
	stage string
	bin   string // binaries of this machine's architecture, which are asked for their options
}

// prepare lays out all that no architecture changes, and builds the binaries.
func (p *packer) prepare() error {
	for _, arch := range p.Arch {
		if err := p.build(arch); err != nil {
			return err
		}
	}
	if !slices.Contains(p.Arch, runtime.GOARCH) {
		if err := p.build(runtime.GOARCH); err != nil {
			return err
		}
	}
	p.bin = p.path("bin-" + runtime.GOARCH)
	return errors.Join(p.copySources(), p.units(), p.site(), p.documents(), p.helpers())
}

func (p *packer) path(name string) string { return filepath.Join(p.stage, name) }

// build builds both binaries for an architecture.
func (p *packer) build(arch string) error {
	to := p.path("bin-" + arch)
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w -X etamil/cmd/internal/version.Version="+p.Version,
		"-o", to+"/", "./cmd/etamil", "./cmd/etamild")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build for %s: %w\n%s", arch, err, out)
	}
	if arch != runtime.GOARCH {
		return nil
	}
	// A stamp that the linker does not find is silently left out.
	said, err := exec.Command(filepath.Join(to, "etamild"), "--version").Output()
	if err == nil && !strings.Contains(string(said), p.Version) {
		err = fmt.Errorf("it says %q and not %q", said, p.Version)
	}
	if err != nil {
		return fmt.Errorf("etamild --version: %w", err)
	}
	return nil
}

// write writes a file below the stage, its folders with it.
func (p *packer) write(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(p.path(name)), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(p.path(name), content, 0o644); err != nil {
		return err
	}
	return os.Chmod(p.path(name), 0o644)
}

// copySources copies what packages hold as it is in the checkout. The copies
// have the modes of installed files, whatever the checkout's are.
func (p *packer) copySources() error {
	for _, from := range []string{"LICENSE", "packaging", "systemd", "nginx", "examples"} {
		err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && d.Name() == "testdata":
				return filepath.SkipDir
			case d.IsDir() || strings.HasSuffix(path, ".go"):
				return nil
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return p.write(filepath.Join("src", path), content)
		})
		if err != nil {
			return err
		}
	}
	// Samples stand with the examples.
	for _, pattern := range []string{"systemd/examples/*", "nginx/*.conf"} {
		names, err := filepath.Glob(p.path("src/" + pattern))
		if err != nil {
			return err
		}
		for _, name := range names {
			if filepath.Base(name) == "etamil.conf" { // installed where it is used
				continue
			}
			content, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			folder, _, _ := strings.Cut(pattern, "/")
			if err := p.write(filepath.Join("src/examples", folder, filepath.Base(name)), content); err != nil {
				return err
			}
		}
	}
	return nil
}

// webGroup is the group of the web server, to which the sockets belong.
var webGroup = []struct{ format, group, line string }{
	{"deb", "www-data", "g www-data 33 -"},
	{"rpm", "nginx", "g nginx - -"},
}

// units writes the units and sysusers.d of each kind of package.
func (p *packer) units() error {
	names, err := filepath.Glob("systemd/*.s[eo]*") // .service, .socket
	if err != nil || len(names) == 0 {
		return fmt.Errorf("no units in systemd/: %w", err)
	}
	for _, w := range webGroup {
		change := func(from, to, was, is string) error {
			text, err := os.ReadFile(from)
			if err != nil {
				return err
			}
			return p.write(filepath.Join(w.format, to), bytes.ReplaceAll(text, []byte(was), []byte(is)))
		}
		for _, name := range names {
			if err := change(name, "units/"+filepath.Base(name), "SocketGroup=www-data", "SocketGroup="+w.group); err != nil {
				return err
			}
		}
		if err := change("systemd/sysusers.d/etamild.conf", "sysusers.conf", "g www-data 33 -", w.line); err != nil {
			return err
		}
	}
	return nil
}

// nfpm makes one package.
func (p *packer) nfpm(format, arch, target string) error {
	bin := p.path("bin")
	if err := os.Remove(bin); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Symlink("bin-"+arch, bin); err != nil {
		return err
	}
	cmd := exec.Command("go", "run", nfpm, "package", "--config", "src/packaging/nfpm.yaml", "--packager", format, "--target", target)
	cmd.Dir = p.stage
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "ARCH="+arch, "VERSION="+packageVersion(p.Version), "MAINTAINER="+p.Maintainer,
		"HOMEPAGE="+p.Homepage, "SOURCE_DATE_EPOCH="+strconv.FormatInt(p.Time.Unix(), 10))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("nfpm %s %s: %w\n%s", format, arch, err, out)
	}
	return nil
}
