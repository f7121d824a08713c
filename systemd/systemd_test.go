// Package systemd_test holds the shipped units against systemd itself. What they
// do in a booted one is tried with the packages, in cmd/internal/pack.
package systemd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// analyze returns the path of systemd-analyze; without it the test is skipped,
// or fails when CI is set.
func analyze(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("systemd-analyze")
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatal("NOT TRIED: systemd-analyze is missing (Debian package systemd)")
	}
	t.Skip("NOT TRIED: systemd-analyze is missing (Debian package systemd)")
	return ""
}

// installed copies the units into a folder, with a binary that every machine
// has and whatever drop-ins are named, and returns the folder.
func installed(t *testing.T, dropIns ...string) string {
	t.Helper()
	dir := t.TempDir()
	units, err := filepath.Glob("*.s[eo]*")
	if err != nil || len(units) != 6 {
		t.Fatalf("units: %q %v, want 6", units, err)
	}
	put := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range units {
		put(name, strings.ReplaceAll(read(t, name), "/usr/bin/etamild", "/bin/true"))
	}
	for _, name := range dropIns {
		for _, unit := range []string{"etamil.service", "etamil@.service"} {
			put(unit+".d/"+name, read(t, "examples/"+name))
		}
	}
	return dir
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// names are the units as they are started.
var names = []string{"etamil.socket", "etamil.service", "etamil-metrics.socket", "etamil@x.socket", "etamil@x.service", "etamil-metrics@x.socket"}

func TestSystemdFindsNothingWrong(t *testing.T) {
	program := analyze(t)
	for _, tt := range []struct {
		why     string
		dropIns []string
	}{
		{"as shipped", nil},
		{"with the network open", []string{"network.conf"}},
		{"with everything", []string{"network.conf", "secrets.conf", "limits.conf"}},
	} {
		t.Run(tt.why, func(t *testing.T) {
			dir := installed(t, tt.dropIns...)
			for _, name := range names {
				cmd := exec.Command(program, "verify", "--man=no", filepath.Join(dir, name))
				cmd.Env = append(os.Environ(), "SYSTEMD_UNIT_PATH="+dir+":")
				out, err := cmd.CombinedOutput()
				// Units of the machine itself are read too, and not ours.
				ours := regexp.MustCompile(`(?m)^.*etamil.*$`).FindAllString(string(out), -1)
				if err != nil || len(ours) > 0 {
					t.Errorf("%s: %v\n%s", name, err, out)
				}
			}
		})
	}
}

var exposure = regexp.MustCompile(`Overall exposure level for \S+: (\d)\.(\d)`)

func TestServicesAreHardlyExposed(t *testing.T) {
	program := analyze(t)
	for _, tt := range []struct {
		why     string
		dropIns []string
		below   string
	}{
		{"as shipped", nil, "1.0"},
		{"with secrets and limits", []string{"secrets.conf", "limits.conf"}, "1.0"},
		{"with the network open", []string{"network.conf"}, "2.0"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			dir := installed(t, tt.dropIns...)
			for _, name := range []string{"etamil.service", "etamil@x.service"} {
				cmd := exec.Command(program, "security", "--offline=yes", "--no-pager", filepath.Join(dir, name))
				cmd.Env = append(os.Environ(), "SYSTEMD_UNIT_PATH="+dir+":", "LC_ALL=C.UTF-8")
				out, err := cmd.CombinedOutput()
				m := exposure.FindStringSubmatch(string(out))
				if err != nil || m == nil {
					t.Fatalf("%s: %v\n%s", name, err, out)
				}
				if got := m[1] + "." + m[2]; got >= tt.below {
					t.Errorf("%s: exposure %s, want below %s\n%s", name, got, tt.below, out)
				} else {
					t.Logf("%s: exposure %s", name, got)
				}
			}
		})
	}
}

func TestTheTemplateDoesWhatTheDefaultDoes(t *testing.T) {
	for _, kind := range []string{"etamil.socket", "etamil.service"} {
		template := read(t, strings.Replace(kind, ".", "@.", 1))
		want := strings.NewReplacer(
			"the default application", "the application %i",
			"/run/etamil/etamil.sock", "/run/etamil/%i.sock",
			"/etc/etamil/etamild.toml", "/etc/etamil/%i.toml",
			"etamil-default", "etamil-%i",
			"/default/", "/%i/",
			"etamil/default", "etamil/%i",
			"etamild/default", "etamild/%i",
			"=etamil.socket", "=etamil@%i.socket",
		).Replace(read(t, kind))
		if got, want := settings(template), settings(want); !slices.Equal(got, want) {
			t.Errorf("%s differs from its template:\n%q\n%q", kind, want, got)
		}
	}
}

// settings returns the lines of a unit that are neither comments nor only the
// template's.
func settings(unit string) (lines []string) {
	for line := range strings.Lines(unit) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' && !strings.HasPrefix(line, "AssertPathExists=") {
			lines = append(lines, line)
		}
	}
	return lines
}
