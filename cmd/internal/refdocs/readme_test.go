package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"etamil/cmd/internal/stand"
	"etamil/nginx"
)

// A block is a fenced part of a document: its info string and its lines.
type block struct {
	info  string
	lines []string
}

func blocksOf(text string) (all []block) {
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch info, fence := strings.CutPrefix(line, "```"); {
		case fence && !inside:
			all, inside = append(all, block{info: info}), true
		case fence:
			inside = false
		case inside:
			b := &all[len(all)-1]
			b.lines = append(b.lines, line)
		}
	}
	return all
}

// What is typed is the same in both languages, so that running the blocks of
// one proves both.
func TestBothReadmesHaveTheSameBlocks(t *testing.T) {
	english, tamil := blocksOf(read(t, "README.md")), blocksOf(read(t, "README.ta.md"))
	same := func(a, b block) bool { return a.info == b.info && slices.Equal(a.lines, b.lines) }
	if !slices.EqualFunc(english, tamil, same) {
		t.Error("the blocks of README.md and README.ta.md differ")
	}
}

func TestReadmeDoesWhatItSays(t *testing.T) {
	runtime.LockOSThread() // see package stand
	defer runtime.UnlockOSThread()
	s := newSession(t)
	for _, b := range blocksOf(read(t, "README.md")) {
		language, name, _ := strings.Cut(b.info, " ")
		switch {
		case language == "etamil" && name != "":
			s.write(name, strings.Join(b.lines, "\n")+"\n")
		case language == "console":
			s.console(b.lines)
		default:
			t.Errorf("a block %q is neither a program with a name nor a console", b.info)
		}
	}
	if s.ran < 8 {
		t.Errorf("only %d commands of the README were run", s.ran)
	}
}

// A session is a reader who types what the README says, in a folder that looks
// like a fresh clone after make build.
type session struct {
	t     *testing.T
	dir   string
	stand *stand.Stand
	ran   int

	// What the README calls by the reader's names is elsewhere here.
	serve   string // the address of etamil serve
	site    string // the address of nginx
	there   *strings.Replacer
	back    *strings.Replacer
	noNginx bool
}

const (
	readmeServe  = "127.0.0.1:8080"
	readmeSite   = "localhost/"
	readmeSocket = "/run/etamil/etamil.sock"
)

func newSession(t *testing.T) *session {
	s := &session{t: t, dir: t.TempDir()}
	build := exec.Command("go", "build", "-o", filepath.Join(s.dir, "bin")+"/", "./cmd/etamil", "./cmd/etamild")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	files, err := filepath.Abs(filepath.Join(root, "nginx"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(files, filepath.Join(s.dir, "nginx")); err != nil {
		t.Fatal(err)
	}
	if s.stand, err = stand.New("etamil-readme"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.stand.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, address := range []*string{&s.serve, &s.site} {
		if *address, err = stand.FreeAddress(); err != nil {
			t.Fatal(err)
		}
	}
	socket := s.stand.Socket("readme")
	s.there = strings.NewReplacer(readmeServe, s.serve, readmeSite, s.site+"/", readmeSocket, socket)
	s.back = strings.NewReplacer(s.serve, readmeServe, s.site+"/", readmeSite, socket, readmeSocket)
	return s
}

func (s *session) write(name, text string) {
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// console types each line that begins with "$ ", and compares what is printed
// with the lines that follow it. A line "…" stands for any lines.
func (s *session) console(lines []string) {
	for len(lines) > 0 {
		command, ok := strings.CutPrefix(lines[0], "$ ")
		if !ok {
			s.t.Fatalf("no command: %s", lines[0])
		}
		n := 1
		for n < len(lines) && !strings.HasPrefix(lines[n], "$ ") {
			n++
		}
		want := strings.Join(lines[1:n], "\n")
		lines = lines[n:]
		got, ran := s.run(command)
		if !ran {
			continue
		}
		s.ran++
		pattern := strings.ReplaceAll(regexp.QuoteMeta(want), "…", `[^\x00]+`)
		if !regexp.MustCompile(`^` + pattern + `$`).MatchString(got) {
			s.t.Errorf("$ %s\nprints\n%s\nand the README says\n%s", command, got, want)
		}
	}
}

// run types one command and returns what it prints. It is false for what a test
// leaves out; of those what can be wrong is looked at.
func (s *session) run(command string) (printed string, ran bool) {
	words := strings.Fields(command)
	switch {
	case words[0] == "make":
		if !strings.Contains(read(s.t, "Makefile"), "\n"+words[1]+":") {
			s.t.Errorf("$ %s\nthe Makefile has no such target", command)
		}
		return "", false
	case words[0] == "sed":
		sed, _, _ := strings.Cut(command, "|")
		if s.shell(sed) == nginx.SiteFile {
			s.t.Errorf("$ %s\nchanges nothing", sed)
		}
		return "", false
	case words[0] == "sudo":
		for _, word := range words[1:] {
			if strings.HasPrefix(word, "nginx/") {
				s.shell("test -f " + word)
			}
		}
		return "", false
	case words[0] == "curl":
		if s.noNginx && strings.Contains(command, readmeSite) {
			return "", false
		}
		return s.get(s.there.Replace(words[1])), true
	case strings.HasPrefix(command, "bin/etamil serve "):
		return s.start(command+" --port "+s.serve[strings.LastIndex(s.serve, ":")+1:], "http://"), true
	case words[0] == "bin/etamild":
		s.start(command, `"message":"serving"`)
		s.front()
		return "", true
	}
	return strings.TrimSuffix(s.back.Replace(s.shell(s.there.Replace(command))), "\n"), true
}

// shell returns what a command prints to either output. A status above 1 is a
// mistake in the README.
func (s *session) shell(command string) string {
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir = s.dir
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		s.t.Errorf("$ %s\n%v\n%s", command, err, out)
	}
	return string(out)
}

// start starts a server and returns what it says when it is ready, a line that
// holds the word.
func (s *session) start(command, ready string) string {
	words := strings.Fields(s.there.Replace(command))
	cmd := exec.Command(filepath.Join(s.dir, words[0]), words[1:]...)
	cmd.Dir = s.dir
	p, err := s.stand.Start(filepath.Base(words[0]), cmd)
	if err != nil {
		s.t.Fatal(err)
	}
	line, err := firstLine(p, ready)
	if err != nil {
		s.t.Fatalf("$ %s\n%v", command, err)
	}
	return s.back.Replace(line)
}

// firstLine waits for a line with the word in the log of p.
func firstLine(p *stand.Process, word string) (string, error) {
	for deadline := time.Now().Add(20 * time.Second); ; {
		text, err := os.ReadFile(p.Log)
		if err != nil {
			return "", err
		}
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, word) && strings.HasSuffix(line, "\n") {
				return strings.TrimSuffix(line, "\n"), nil
			}
		}
		if time.Now().After(deadline) {
			return "", fmt.Errorf("%s is not ready:\n%s", p.Name, text)
		}
		select {
		case <-p.Exited:
			return "", p.Failure()
		case <-time.After(2 * time.Millisecond): // the log is a file: nothing tells of a new line
		}
	}
}

// front puts the private nginx in front of the daemon, with the site file that
// the README installs.
func (s *session) front() {
	_, err := s.stand.Nginx(nginx.Options{
		Workers: 1,
		Sites:   []nginx.Site{{Name: "readme", Listen: s.site, Socket: s.stand.Socket("readme")}},
	})
	if errors.Is(err, nginx.ErrNotInstalled) {
		s.noNginx = true
		fmt.Fprintln(os.Stderr, "SKIPPED: the README behind nginx:", err)
		if os.Getenv("CI") != "" {
			s.t.Error(err)
		}
		return
	}
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.stand.Answers("http://"+s.site+"/விலை/1", nil); err != nil {
		s.t.Fatal(err)
	}
}

func (s *session) get(address string) string {
	res, err := http.Get(address)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(body)
}
