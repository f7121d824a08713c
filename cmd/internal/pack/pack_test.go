package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"etamil/cmd/internal/config"
)

func TestPackageVersionsAreOrderedAsReleases(t *testing.T) {
	inOrder := []struct{ version, want string }{
		{"1.2.2", "1.2.2"},
		{"1.2.2-7-gabcdef0", "1.2.2+7.gabcdef0"},
		{"1.2.2-12-g0123456", "1.2.2+12.g0123456"},
		{"1.2.3-dev", "1.2.3~dev"},
		{"1.2.3-rc1", "1.2.3~rc1"},
		{"1.2.3-rc1-2-gabcdef0", "1.2.3~rc1+2.gabcdef0"},
		{"1.2.3-rc2", "1.2.3~rc2"},
		{"1.2.3", "1.2.3"},
		{"1.2.3-dirty", "1.2.3+dirty"},
		{"1.2.4-1-gabcdef0-dirty", "1.2.4+1.gabcdef0.dirty"},
	}
	for i, v := range inOrder {
		if got := packageVersion(v.version); got != v.want {
			t.Errorf("packageVersion(%q) = %q, want %q", v.version, got, v.want)
		}
		if i == 0 {
			continue
		}
		before := inOrder[i-1].want
		if err := exec.Command("dpkg", "--compare-versions", before, "lt", v.want).Run(); err != nil {
			if _, missing := exec.LookPath("dpkg"); missing == nil {
				t.Errorf("dpkg does not find %s older than %s", before, v.want)
			}
		}
	}
}

func TestUsageTextsAreRead(t *testing.T) {
	got := parseUsage([]byte(`tool FILE [OPTIONS]

Verbs
  run [FILE] [-- ARGUMENTS]
                            run a program
  later NAME                a thing (not there yet)
  a, b
                            not there yet

Everywhere
  --lang ta|en|both         language of messages
  -h, --help                help
  --max-concurrent N        at once; more wait (2)
  --method-not-allowed[=on|off]
                            405 and
                            more
`))
	want := map[string][]item{
		"Verbs": {{"run [FILE] [-- ARGUMENTS]", "run a program"}},
		"Everywhere": {{"--lang ta|en|both", "language of messages"}, {"-h, --help", "help"},
			{"--max-concurrent N", "at once; more wait (64 × cores)"}, {"--method-not-allowed[=on|off]", "405 and more"}},
	}
	for heading, items := range want {
		if !slices.Equal(got[heading], items) {
			t.Errorf("%s: %q, want %q", heading, got[heading], items)
		}
	}
	help := got["Everywhere"][1]
	if !slices.Equal(help.words(), []string{"-h", "--help"}) || help.value() != "" {
		t.Errorf("%q has the words %q and the value %q", help.head, help.words(), help.value())
	}
	if lang := got["Everywhere"][0]; lang.value() != "ta|en|both" {
		t.Errorf("the value of %q = %q", lang.head, lang.value())
	}
}

func TestLicencesAreToldApart(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"Redistribution and use in source and binary forms … Neither the name …\nFiles below x:\n Apache License\n Version 2.0, January 2004", "BSD-3-Clause"},
		{"  Apache License\n  Version 2.0, January 2004", "Apache-2.0"},
		{"Mozilla Public License Version 2.0", "MPL-2.0"},
		{"Redistribution and use in source and binary forms … Neither the name of", "BSD-3-Clause"},
		{"Redistribution and use in source\nand binary forms", "BSD-2-Clause"},
		{"Permission to use, copy, modify, and/or distribute this software", "ISC"},
		{"Permission is hereby granted, free of charge … THE SOFTWARE IS PROVIDED \"AS IS\"", "MIT"},
		{"GNU AFFERO GENERAL PUBLIC LICENSE Version 3", ""},
		{"All rights reserved.", ""},
	} {
		if got, err := licenceName(tt.text); got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("licenceName(%q) = %q, %v; want %q", tt.text, got, err, tt.want)
		}
	}
}

// needed returns the path of a program of this machine; without it the test is
// skipped, or fails when CI is set.
func needed(t *testing.T, name, debian string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("NOT TRIED: %s is missing (Debian package %s)", name, debian)
	}
	t.Skipf("NOT TRIED: %s is missing (Debian package %s)", name, debian)
	return ""
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// inBoth are files that each kind of package holds.
const inBoth = `
/etc/etamil/etamild.toml
/etc/etamil/nginx/etamil.conf
/etc/etamil/nginx/etamil_params
/usr/bin/etamil
/usr/bin/etamild
/usr/lib/systemd/system/etamil-metrics.socket
/usr/lib/systemd/system/etamil-metrics@.socket
/usr/lib/systemd/system/etamil.service
/usr/lib/systemd/system/etamil.socket
/usr/lib/systemd/system/etamil@.service
/usr/lib/systemd/system/etamil@.socket
/usr/lib/sysusers.d/etamild.conf
/usr/lib/tmpfiles.d/etamild.conf
/usr/share/bash-completion/completions/etamil
/usr/share/bash-completion/completions/etamild
/usr/share/doc/etamild/changelog.gz
/usr/share/doc/etamild/copyright
/usr/share/doc/etamild/examples/gst/main.qmz
/usr/share/doc/etamild/examples/hello/main.qmz
/usr/share/doc/etamild/examples/nginx/two-instances.conf
/usr/share/doc/etamild/examples/systemd/limits.conf
/usr/share/doc/etamild/examples/systemd/network.conf
/usr/share/doc/etamild/examples/systemd/secrets.conf
/usr/share/etamil/hello/main.qmz
/usr/share/fish/vendor_completions.d/etamil.fish
/usr/share/fish/vendor_completions.d/etamild.fish
/usr/share/man/man1/etamil.1.gz
/usr/share/man/man5/etamild.toml.5.gz
/usr/share/man/man8/etamild.8.gz
`

const conffiles = "/etc/etamil/etamild.toml\n/etc/etamil/nginx/etamil.conf\n/etc/etamil/nginx/etamil_params"

const apparmorProfile = "/etc/apparmor.d/etamild" // of the .deb

func missing(t *testing.T, list []string, more ...string) {
	t.Helper()
	for _, name := range append(strings.Fields(inBoth), more...) {
		if !slices.Contains(list, name) {
			t.Errorf("%s is not in the package", name)
		}
	}
	for _, name := range list {
		if strings.HasSuffix(name, ".go") || strings.Contains(name, "testdata") {
			t.Errorf("%s is in the package", name)
		}
	}
}

func TestDebHoldsWhatOperatorsNeed(t *testing.T) {
	dpkg := needed(t, "dpkg-deb", "dpkg")
	deb := packagesOf(t, oldVersion)[".deb"]
	dir := t.TempDir()
	run(t, dpkg, "-R", deb, dir)
	var list []string
	filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		if name := strings.TrimPrefix(path, dir); info.Mode().IsRegular() && !strings.HasPrefix(name, "/DEBIAN") {
			list = append(list, name)
			want := os.FileMode(0o644)
			if strings.HasPrefix(name, "/usr/bin/") {
				want = 0o755
			}
			if info.Mode().Perm() != want {
				t.Errorf("%s has mode %o, want %o", name, info.Mode().Perm(), want)
			}
		}
		return nil
	})
	missing(t, list, "/usr/share/zsh/vendor-completions/_etamil", "/usr/share/zsh/vendor-completions/_etamild",
		"/usr/share/lintian/overrides/etamild", "/usr/share/doc/etamild/changelog.Debian.gz", apparmorProfile)
	if got, want := slices.Sorted(strings.Lines(read(t, dir+"/DEBIAN/conffiles"))), apparmorProfile+"\n"+conffiles+"\n"; strings.Join(got, "") != want {
		t.Errorf("conffiles: %q, want %q", got, want)
	}
	if got := run(t, dpkg, "-f", deb, "Version"); strings.TrimSpace(got) != "1.0.0~rc1-1" {
		t.Errorf("version %s", got)
	}
	for _, script := range []string{"postinst", "prerm", "postrm"} {
		run(t, "sh", "-n", dir+"/DEBIAN/"+script)
	}

	t.Run("the first program is there", func(t *testing.T) {
		c, problems := config.Load(dir+"/etc/etamil/etamild.toml", nil, nil)
		for _, p := range problems {
			t.Error(p.Error())
		}
		if c.Program != firstProgram || !slices.Contains(list, firstProgram) {
			t.Errorf("program = %q, which is not in the package", c.Program)
		}
	})
	t.Run("AppArmor reads the profile that the units name", func(t *testing.T) {
		parser := needed(t, "apparmor_parser", "apparmor")
		// Nothing goes to the kernel or its cache.
		cmd := exec.Command(parser, "--skip-kernel-load", "--skip-cache", "--names", dir+apparmorProfile)
		var problems strings.Builder
		cmd.Stderr = &problems
		if out, err := cmd.Output(); err != nil || string(out) != "etamild\n" {
			t.Errorf("profiles: %q, %v\n%s", out, err, &problems)
		}
		cmd = exec.Command(parser, "--skip-kernel-load", "--skip-cache", dir+apparmorProfile) // the whole of it
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		for _, unit := range []string{"etamil.service", "etamil@.service"} {
			if text := read(t, dir+"/usr/lib/systemd/system/"+unit); !strings.Contains(text, "\nAppArmorProfile=-etamild\n") {
				t.Errorf("%s does not name it:\n%s", unit, text)
			}
		}
	})
	t.Run("completion for bash", func(t *testing.T) {
		bash := needed(t, "bash", "bash")
		for _, tt := range []struct{ program, words, want string }{
			{"etamild", "etamild ctl st", "status"},
			{"etamild", "etamild ctl status --js", "--json"},
			{"etamild", "etamild --max-bo", "--max-body --max-bodies"},
			{"etamild", "etamild --log-level w", "warn"},
			{"etamil", "etamil expl", "explain"},
			{"etamil", "etamil check --str", "--strict"},
		} {
			script := "compopt() { :; }; source " + dir + "/usr/share/bash-completion/completions/" + tt.program +
				"; COMP_WORDS=(" + tt.words + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _" + tt.program + "; echo ${COMPREPLY[@]}"
			if got := strings.TrimSpace(run(t, bash, "-c", script)); got != tt.want {
				t.Errorf("%s<tab> gives %q, want %q", tt.words, got, tt.want)
			}
		}
	})
	t.Run("completion for zsh and fish, where there are", func(t *testing.T) {
		for _, shell := range []struct{ name, file string }{
			{"zsh", "/usr/share/zsh/vendor-completions/_etamil"}, {"zsh", "/usr/share/zsh/vendor-completions/_etamild"},
			{"fish", "/usr/share/fish/vendor_completions.d/etamil.fish"}, {"fish", "/usr/share/fish/vendor_completions.d/etamild.fish"},
		} {
			if path, err := exec.LookPath(shell.name); err == nil {
				run(t, path, "-n", dir+shell.file)
			}
		}
	})
	t.Run("man pages", func(t *testing.T) {
		man := needed(t, "man", "man-db")
		for _, page := range []struct{ path, has string }{
			{"man1/etamil.1.gz", "--strict"}, {"man8/etamild.8.gz", "--max-body"}, {"man5/etamild.toml.5.gz", "max_body"},
		} {
			cmd := exec.Command(man, "--warnings", "-E", "UTF-8", "-l", dir+"/usr/share/man/"+page.path)
			cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "MANWIDTH=100", "MANROFFOPT=-c")
			var warnings strings.Builder
			cmd.Stderr = &warnings
			out, err := cmd.Output()
			if err != nil || warnings.Len() > 0 || !strings.Contains(string(out), page.has) {
				t.Errorf("%s: %v, warnings: %s\n%.500s", page.path, err, &warnings, out)
			}
		}
	})
	t.Run("lintian has nothing against it", func(t *testing.T) {
		lintian := needed(t, "lintian", "lintian")
		// With --show-overrides its status counts what is overridden, too.
		out, err := exec.Command(lintian, "--allow-root", "--show-overrides", deb).CombinedOutput()
		if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			kind, what, _ := strings.Cut(strings.TrimSpace(line), ": ")
			switch {
			case kind == "O" && strings.Contains(what, "statically-linked-binary"):
			case kind == "W" && strings.Contains(what, "initial-upload-closes-no-bugs"): // of packages in Debian
			case kind == "O" || kind == "E" || kind == "W":
				t.Errorf("%s", line)
			}
		}
	})
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestRpmHoldsWhatOperatorsNeed(t *testing.T) {
	rpm := needed(t, "rpm", "rpm")
	file := packagesOf(t, oldVersion)[".rpm"]
	list := strings.Fields(run(t, rpm, "-qlp", file))
	missing(t, list, "/usr/share/zsh/site-functions/_etamil", "/usr/share/zsh/site-functions/_etamild", "/usr/share/licenses/etamild/LICENSE")
	for _, dir := range []string{"/usr", "/usr/bin", "/usr/lib/systemd/system", "/usr/share/man/man1", "/etc"} {
		if slices.Contains(list, dir) {
			t.Errorf("%s belongs to the package", dir)
		}
	}
	if got := run(t, rpm, "-qcp", file); strings.TrimSpace(got) != conffiles {
		t.Errorf("configuration files:\n%s", got)
	}
	if got := run(t, rpm, "-qp", "--qf", "%{NAME} %{VERSION} %{RELEASE} %{LICENSE}", file); got != "etamild 1.0.0~rc1 1 Apache-2.0" {
		t.Errorf("%q", got)
	}
	if got := run(t, rpm, "-qp", "--qf", "[%{FILEUSERNAME}:%{FILEGROUPNAME}\n]", file); strings.Trim(strings.ReplaceAll(got, "root:root", ""), "\n") != "" {
		t.Errorf("owners:\n%s", got)
	}

	t.Run("its scripts", func(t *testing.T) {
		for tag, has := range map[string]string{"POSTIN": `systemctl reload "$unit"`, "PREUN": "systemctl stop etamil.socket", "POSTUN": "daemon-reload"} {
			script := run(t, rpm, "-qp", "--qf", "%{"+tag+"}", file)
			if !strings.Contains(script, has) {
				t.Errorf("%s lacks %q:\n%s", tag, has, script)
			}
			sh := exec.Command("sh", "-n")
			sh.Stdin = strings.NewReader(script)
			if out, err := sh.CombinedOutput(); err != nil {
				t.Errorf("%s: %v %s", tag, err, out)
			}
		}
	})
	t.Run("the sockets are those of the group nginx, which it makes", func(t *testing.T) {
		dir := t.TempDir()
		extract(t, file, dir)
		for _, name := range []string{"etamil.socket", "etamil@.socket", "etamil-metrics.socket", "etamil-metrics@.socket"} {
			if text := read(t, dir+"/usr/lib/systemd/system/"+name); !strings.Contains(text, "\nSocketGroup=nginx\n") || strings.Contains(text, "www-data") {
				t.Errorf("%s:\n%s", name, text)
			}
		}
		sysusers := needed(t, "systemd-sysusers", "systemd")
		if err := os.WriteFile(dir+"/etc/group", []byte("root:x:0:\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if os.Geteuid() == 0 {
			run(t, sysusers, "--root="+dir, "etamild.conf")
			if text := read(t, dir+"/etc/group"); !strings.Contains(text, "\nnginx:") {
				t.Errorf("no group nginx: %s", text)
			}
		}
	})
}

// extract unpacks an rpm.
func extract(t *testing.T, file, dir string) {
	t.Helper()
	// Unless told not to, it compresses, into a file when it is a terminal.
	unpack := exec.Command(needed(t, "rpm2archive", "rpm"), "-")
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	unpack.Stdin = in
	archive, err := unpack.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := unpack.Start(); err != nil {
		t.Fatal(err)
	}
	tar := exec.Command("tar", "-xzf", "-", "-C", dir)
	tar.Stdin = archive
	out, err := tar.CombinedOutput()
	if err != nil {
		t.Fatalf("tar: %v\n%s", err, out)
	}
	io.Copy(io.Discard, archive)
	if err := unpack.Wait(); err != nil {
		t.Fatal(err)
	}
}

func TestBillOfMaterialsNamesAllThatIsLinkedIn(t *testing.T) {
	var b sbom
	if err := json.Unmarshal([]byte(read(t, packagesOf(t, oldVersion)[".cdx.json"])), &b); err != nil {
		t.Fatal(err)
	}
	if b.Format != "CycloneDX" || b.Spec != "1.5" || !strings.HasPrefix(b.Serial, "urn:uuid:") || len(b.Serial) != len("urn:uuid:")+36 {
		t.Errorf("%s %s %s", b.Format, b.Spec, b.Serial)
	}
	refs := map[string]bool{b.Metadata.Component.Ref: true}
	names := map[string]bool{}
	for _, c := range b.Components {
		if refs[c.Ref] {
			t.Errorf("%s is there twice", c.Ref)
		}
		refs[c.Ref], names[c.Name] = true, true
		if c.Version == "" || len(c.Licences) != 1 || c.PURL == "" {
			t.Errorf("%s: version %q, licences %v, purl %q", c.Name, c.Version, c.Licences, c.PURL)
		}
	}
	for _, name := range []string{"std", "github.com/rs/zerolog", "github.com/coreos/go-systemd/v22", "golang.org/x/sys"} {
		if !names[name] {
			t.Errorf("%s is not named", name)
		}
	}
	for _, d := range b.Dependencies {
		for _, ref := range append(d.On, d.Ref) {
			if !refs[ref] {
				t.Errorf("a dependency on %s, which is not described", ref)
			}
		}
	}
}
