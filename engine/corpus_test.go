package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"etamil/engine"
	"etamil/engine/db"
	"etamil/engine/db/dbtest/servers"
	"etamil/engine/db/mongo"
	"etamil/engine/db/mysql"
	"etamil/engine/db/postgres"
	"etamil/engine/db/redis"
	"etamil/engine/db/sqlite"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/host/system"
)

// notYet are the cases of the corpus that need a room that is not built, with
// the reason. They are run too: one that passes must leave the list, which only
// shrinks.
var notYet = map[string]string{}

// otherwise are the cases that pin what the reference implementation does where
// this one departs from it on purpose, with the place that says so.
var otherwise = map[string]string{
	"library/vari/08-program-replaces-helper": "spec 09 §9.0: what the library calls is its own, whatever the program defines",
}

// lines gathers what a program prints.
type lines struct{ bytes.Buffer }

func (l *lines) Print(text string) error {
	l.WriteString(text)
	l.WriteByte('\n')
	return nil
}

func (l *lines) Flush() error { return nil }

// hostOf is what a program may reach in the tests: the whole machine, as on
// the command line.
func hostOf(out host.Output, in io.Reader) *host.Host {
	return &host.Host{
		Clock: system.Clock{}, Random: system.Random(), Files: system.OpenFiles{}, Env: system.AllEnv{},
		Output: out, Input: system.NewInput(in), HTTP: system.NewWeb(system.WebConfig{Version: "test"}),
		Programs: system.NewCommands(system.CommandsConfig{}), Secrets: system.NewKeys(system.KeysConfig{}),
	}
}

// corpus calls run for each case below testdata/conformance/root, in a fresh
// copy of its folder that is the current directory.
func corpus(t *testing.T, root string, run func(t *testing.T, name, base string)) {
	top := filepath.Join("testdata", "conformance")
	cases := 0
	err := filepath.WalkDir(filepath.Join(top, root), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".qmz") {
			return err
		}
		base := strings.TrimSuffix(path, ".qmz")
		if !exists(base+".out") && !exists(base+".fail") {
			return nil
		}
		needs := strings.Fields(string(read(t, filepath.Join(filepath.Dir(path), "needs"))))
		if slices.Contains(needs, "ETAMIL_TEST_MONGO_FULL") && os.Getenv("ETAMIL_TEST_MONGO_FULL") == "" {
			return nil // a real MongoDB; package mongo tests the same values without one
		}
		cases++
		name, _ := filepath.Rel(top, base)
		base, _ = filepath.Abs(base)
		t.Run(name, func(t *testing.T) {
			work := t.TempDir()
			if err := os.CopyFS(work, os.DirFS(filepath.Dir(base))); err != nil {
				t.Fatal(err)
			}
			t.Chdir(work)
			for _, name := range needs {
				if start := serversOf[name]; start != nil {
					t.Setenv(name, start(t))
				}
			}
			for line := range strings.SplitSeq(string(read(t, base+".env")), "\n") {
				if k, v, ok := strings.Cut(line, "="); ok {
					t.Setenv(k, v)
				}
			}
			run(t, name, base)
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if cases == 0 {
		t.Fatalf("no cases below %s", root)
	}
}

// serversOf start the servers that cases need, by the variables that name them.
var serversOf = map[string]func(testing.TB) string{
	"ETAMIL_TEST_PG": servers.Postgres, "ETAMIL_TEST_MYSQL": servers.MariaDB,
	"ETAMIL_TEST_REDIS": servers.Redis, "ETAMIL_TEST_MONGO": servers.FerretDB,
}

// withDatabases lets h reach all databases, as on the command line. A database
// is known by its text, and so is a file of each case: nothing is shared.
func withDatabases(t testing.TB, h *host.Host) *host.Host {
	registry := db.New(db.Settings{
		Drivers: []db.Driver{sqlite.New(), postgres.New(), mysql.New(), redis.New(), mongo.New()},
		Path:    filepath.Abs,
	})
	access, err := registry.Access(db.AccessConfig{AllowAll: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		access.Close()
		registry.Close()
	})
	h.Databases = access
	return h
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// read returns the contents of a file, nothing when there is none.
func read(t *testing.T, path string) []byte {
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return b
}

// outcome is what a run of a case shows.
type outcome struct {
	out  string
	exit int
	list diag.List // of loading, or the error of the run
}

func runCase(t *testing.T, base string, plain bool) outcome {
	p, list := engine.Load(engine.LoadOptions{File: filepath.Base(base) + ".qmz", Plain: plain})
	if p == nil {
		return outcome{exit: 1, list: list}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var out lines
	res, err := p.Run(ctx, withDatabases(t, hostOf(&out, bytes.NewReader(read(t, base+".in")))), engine.Limits{})
	o := outcome{out: out.String(), exit: res.Status}
	var d *diag.Diagnostic
	switch {
	case errors.As(err, &d):
		o.exit, o.list = 1, diag.List{d}
	case err != nil:
		t.Fatal(err)
	}
	return o
}

// wrong compares what a case shows with what it must show.
func wrong(t *testing.T, base string, got outcome) (all []string) {
	var messages bytes.Buffer
	diag.Render(&messages, got.list, diag.Options{})
	say := func(format string, args ...any) {
		all = append(all, fmt.Sprintf(format, args...)+"\n"+messages.String())
	}
	if want := string(read(t, base+".out")); got.out != want {
		say("printed:\n%s\nwant:\n%s", got.out, want)
	}
	fail := map[string]string{}
	for line := range strings.SplitSeq(string(read(t, base+".fail")), "\n") {
		if k, v, ok := strings.Cut(line, ":"); ok {
			fail[strings.TrimSpace(k)] = strings.TrimSpace(v)
		}
	}
	if len(fail) == 0 {
		want := 0
		if b := read(t, base+".exit"); b != nil {
			want, _ = strconv.Atoi(strings.TrimSpace(string(b)))
		}
		if got.exit != want {
			say("exit status %d, want %d", got.exit, want)
		}
		return all
	}
	if got.exit == 0 || len(got.list) == 0 {
		say("succeeded, want a failure in phase %s", fail["phase"])
		return all
	}
	d := got.list[0]
	for _, e := range got.list {
		if e.Severity() == diag.Error {
			d = e
			break
		}
	}
	if d.Phase().String() != fail["phase"] {
		say("failed in phase %s, want %s", d.Phase(), fail["phase"])
	}
	pos := d.Span.Pos()
	if line := fail["line"]; line != "" && strconv.Itoa(pos.Line) != line {
		say("line %d, want %s", pos.Line, line)
	}
	if column := fail["column"]; column != "" && strconv.Itoa(pos.Column) != column {
		say("column %d, want %s", pos.Column, column)
	}
	return all
}

func checkCase(t *testing.T, name, base string, got outcome) {
	t.Helper()
	problems := wrong(t, base, got)
	if why, ok := otherwise[name]; ok {
		if len(problems) == 0 {
			t.Errorf("%s passes, against %s", name, why)
		}
		return
	}
	if why, ok := notYet[name]; ok {
		if len(problems) == 0 {
			t.Errorf("%s passes: take it off the list notYet (%s)", name, why)
		}
		return
	}
	for _, p := range problems {
		t.Error(p)
	}
}

func TestCorpus(t *testing.T) {
	for _, root := range []string{"lang", "ours", "library", "apps", "db"} {
		corpus(t, root, func(t *testing.T, name, base string) {
			checkCase(t, name, base, runCase(t, base, false))
		})
	}
}

func TestPlainCodeGivesTheSameAnswers(t *testing.T) {
	corpus(t, "lang", func(t *testing.T, name, base string) {
		checkCase(t, name, base, runCase(t, base, true))
	})
}
