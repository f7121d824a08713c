package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"etamil/cmd/internal/cli"
	"etamil/cmd/internal/console"
	"etamil/cmd/internal/control"
	"etamil/engine/diag"
)

// A ctl is one call of "etamild ctl".
type ctl struct {
	con  *console.Console
	path string
	json bool
	exec bool
	// of profile
	seconds float64 // 0: not given
	output  string  // "": not given
}

func (c *ctl) set() *cli.Set {
	s := &cli.Set{Help: "etamild ctl --help"}
	s.Text(&c.path, "control", "PATH", "daemon-இன் கட்டுப்பாட்டு socket ("+control.DefaultPath+")", "the daemon's control socket ("+control.DefaultPath+")")
	s.Switch(&c.exec, "exec", "reload: எப்படியும் புதிய செயல்முறை", "reload: a new process in any case")
	s.Value("seconds", "N", "profile: எத்தனை நொடிகள் (10)", "profile: for how many seconds (10)", func(word string) error {
		n, err := strconv.ParseFloat(word, 64)
		if err != nil || !(n > 0 && n <= control.MaxProfile) {
			return cli.Reason(fmt.Sprintf("0-க்கு மேல் %d வரை ஓர் எண் வேண்டும்", control.MaxProfile), fmt.Sprintf("it must be a number above 0, at most %d", control.MaxProfile))
		}
		c.seconds = n
		return nil
	})
	s.Text(&c.output, "output", "FILE", "profile: எந்தக் கோப்பில் ("+defaultProfile+"); -: stdout", "profile: to which file ("+defaultProfile+"); -: standard output").Short = "o"
	s.Switch(&c.json, "json", "JSON வடிவில்", "as JSON")
	s.Value("lang", "ta|en|both", "செய்திகளின் மொழி", "language of messages", c.con.SetLang)
	return s
}

func usageOfCtl(w io.Writer, lang diag.Language) {
	fmt.Fprint(w, "etamild ctl [--control PATH] COMMAND [--json]\n\n")
	cli.WriteItem(w, lang, "status", diag.Text{Ta: "daemon-இன் நிலை", En: "the state of the daemon"})
	cli.WriteItem(w, lang, "reload", diag.Text{Ta: "மாறிய நிரல், அமைப்பு, binary நடைமுறைக்கு வரும்; தவறு என்றால் பழையதே தொடரும்", En: "brings a changed program, setting or binary into force; a wrong one leaves all as it is"})
	cli.WriteItem(w, lang, "drain", diag.Text{Ta: "SIGTERM போல; daemon முடிந்ததும் திரும்பும்", En: "as SIGTERM; returns when the daemon has ended"})
	cli.WriteItem(w, lang, "log-level LEVEL", diag.Text{Ta: "பதிவின் அளவை மாற்றும், அடுத்த தொடக்கம் வரை: " + levelWords, En: "changes what is logged, until the next start: " + levelWords})
	cli.WriteItem(w, lang, "profile", diag.Text{Ta: "நிரல்கள் செயலியின் நேரத்தை எங்கே செலவிடுகின்றன: வழி, செயல், வரி; 'go tool pprof'-க்கான கோப்பு", En: "where programs spend processor time: route, function, line; a file for 'go tool pprof'"})
	fmt.Fprintln(w)
	c := ctl{con: console.New("etamild", os.Stderr, os.Getenv)}
	c.set().WriteUsage(w, lang)
}

// runCtl carries "etamild ctl" out. The error is a *cli.Error: of the command
// line.
func runCtl(con *console.Console, args []string) (int, error) {
	c := &ctl{con: con, path: os.Getenv("ETAMILD_CONTROL")}
	parsed, err := c.set().Parse(args)
	if err != nil {
		return 0, err
	}
	if c.path == "" {
		c.path = control.DefaultPath
	}
	words := append(parsed.Files, parsed.Rest...)
	var request control.Request
	switch {
	case len(words) == 0:
		return 0, cli.Errorf("எந்தக் கட்டளை? etamild ctl %[1]s", "which command? etamild ctl %[1]s", strings.Join(control.Commands, " | "))
	case !slices.Contains(control.Commands, words[0]):
		return 0, cli.Unknown(words[0], slices.Values(control.Commands), "etamild ctl --help")
	case words[0] == control.CommandLogLevel && (len(words) != 2 || !slices.Contains(levels, words[1])):
		return 0, cli.Errorf("எந்த அளவு? etamild ctl log-level %[1]s", "which level? etamild ctl log-level %[1]s", strings.Join(levels, "|"))
	case words[0] == control.CommandLogLevel:
		request.Level = words[1]
	case c.exec && words[0] != control.CommandReload:
		return 0, cli.Errorf("--exec 'reload'-க்கு மட்டும்", "--exec is for 'reload' only")
	case (c.seconds != 0 || c.output != "") && words[0] != control.CommandProfile:
		return 0, cli.Errorf("--seconds, -o 'profile'-க்கு மட்டும்", "--seconds and -o are for 'profile' only")
	case c.json && c.output == "-":
		return 0, cli.Errorf("--json, -o - இரண்டும் ஒன்றாக முடியாது", "--json and -o - do not go together")
	case len(words) > 1:
		return 0, cli.Errorf("ஒரு கட்டளை மட்டுமே; '%s' மிகுதி", "only one command is wanted; '%s' is one too many", diag.Quote(words[1]))
	}
	client, err := control.Dial(c.path)
	if err != nil {
		return c.failed(err), nil
	}
	defer client.Close()
	request.Command, request.Exec = words[0], c.exec
	if words[0] == control.CommandProfile {
		request.Seconds = cmp.Or(c.seconds, 10)
	}
	request.Lang = map[diag.Language]string{diag.Tamil: "ta", diag.English: "en"}[c.con.Lang]
	reply, err := client.Send(request)
	if err != nil {
		return c.failed(err), nil
	}
	switch words[0] {
	case control.CommandStatus:
		reply.Status.Backlog = control.ReadBacklog(reply.Status.Sockets)
		c.print(reply.Status, func(w io.Writer) { writeStatus(w, c.con.Lang, reply.Status) })
		return success, nil
	case control.CommandReload:
		return c.reloaded(reply.Reload), nil
	case control.CommandProfile:
		return c.profiled(reply.Profile), nil
	case control.CommandLogLevel:
		c.print(map[string]string{"log_level": request.Level}, func(w io.Writer) {
			c.tell(w, "பதிவின் அளவு %s", "log level %s", request.Level)
		})
		return success, nil
	}
	ended := client.Await()
	if ended == nil {
		c.con.Say(diag.Text{Ta: "daemon முடிந்தது; எப்படி என்று சொல்லவில்லை", En: "the daemon has ended without telling how"})
		return failure, nil
	}
	c.print(ended, func(w io.Writer) {
		c.tell(w, "%.1f நொடியில் முடிந்தது; நிறுத்தப்பட்ட கோரிக்கைகள் %d, அவற்றில் பதில் பெறாதவை %d",
			"ended after %.1f s; %d requests cancelled, %d of them without an answer", ended.Seconds, ended.Cancelled, ended.Dropped)
	})
	return success, nil
}

// defaultProfile is where a profile is written.
const defaultProfile = "etamild.pb.gz"

// profiled writes a profile and tells what is in it.
func (c *ctl) profiled(p *control.Profile) int {
	if p == nil {
		return c.failed(cli.Errorf("daemon profile எதையும் தரவில்லை", "the daemon gave no profile"))
	}
	file := cmp.Or(c.output, defaultProfile)
	if file == "-" {
		if _, err := os.Stdout.Write(p.Pprof); err != nil {
			return c.failed(err)
		}
		return success
	}
	if err := os.WriteFile(file, p.Pprof, 0o644); err != nil {
		why := diag.Reason(err)
		return c.failed(&cli.Error{Text: diag.Text{
			Ta: "'" + diag.Quote(file) + "' எழுத முடியவில்லை: " + why.Ta,
			En: "cannot write '" + diag.Quote(file) + "': " + why.En,
		}})
	}
	p.Pprof = nil // it is in the file
	c.print(p, func(w io.Writer) {
		c.tell(w, "%[4]s: %.1[1]f நொடியில் நிரல்கள் செயலியில் %.2[2]f நொடி (%[3]d மாதிரிகள்)",
			"%[4]s: %.1[1]f s, in which programs had %.2[2]f s of processor time (%[3]d samples)", p.Seconds, p.Busy, p.Samples, file)
		for _, at := range p.Hottest {
			fmt.Fprintf(w, "%7.2f s %5.1f %%  %s  %s:%d\n", at.Seconds, at.Percent, at.Function, at.File, at.Line)
		}
	})
	return success
}

// reloaded tells how a reload went.
func (c *ctl) reloaded(r *control.Reload) int {
	if r == nil {
		return c.failed(cli.Errorf("daemon reload எப்படி முடிந்தது என்று சொல்லவில்லை", "the daemon did not tell how the reload went"))
	}
	if c.json {
		c.print(r, nil)
	}
	if r.Error == "" {
		if !c.json {
			if r.PID != 0 {
				c.tell(os.Stdout, "%.2f நொடியில் நடைமுறைக்கு வந்தது: செயல்முறை %d", "reloaded in %.2f s: process %d", r.Seconds, r.PID)
			} else {
				c.tell(os.Stdout, "%.2f நொடியில் நடைமுறைக்கு வந்தது: தலைமுறை %d", "reloaded in %.2f s: generation %d", r.Seconds, r.Generation)
			}
		}
		return success
	}
	for _, d := range r.Diagnostics {
		c.con.Write([]byte(d.Text + "\n"))
	}
	why := r.Reason()
	c.con.Say(diag.Text{Ta: "reload நடக்கவில்லை, பழையதே தொடர்கிறது: " + why.Ta, En: "the reload failed, all is as it was: " + why.En})
	return failure
}

// tell writes how something went: the English line first, which scripts and the
// units' ExecReload= read, then the Tamil one.
func (c *ctl) tell(w io.Writer, ta, en string, args ...any) {
	fmt.Fprintf(w, en+"\n", args...)
	if c.con.Lang != diag.English {
		fmt.Fprintf(w, ta+"\n", args...)
	}
}

func (c *ctl) failed(err error) int {
	text := diag.Reason(err)
	if c.json {
		line, _ := json.Marshal(map[string]string{"error": text.En, "error_ta": text.Ta}) // strings always have a form
		fmt.Println(string(line))
	}
	c.con.Say(text)
	return failure
}

// print writes v as JSON when that was asked for, else what human writes.
func (c *ctl) print(v any, human func(io.Writer)) {
	if !c.json {
		human(os.Stdout)
		return
	}
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic("BUG: no JSON: " + err.Error())
	}
	fmt.Println(string(text))
}

// backlog tells of the queues in the kernel.
func backlog(all []control.Backlog) string {
	if len(all) == 0 {
		return "unknown"
	}
	var parts []string
	for _, b := range all {
		parts = append(parts, fmt.Sprintf("%d of %d", b.Waiting, b.Most))
	}
	return strings.Join(parts, ", ")
}

// writeStatus writes a status for people. What is a sentence is told in their
// languages.
func writeStatus(w io.Writer, lang diag.Language, s *control.Status) {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-12s "+format+"\n", append([]any{name}, args...)...)
	}
	sentence := func(name string, text diag.Text, after string) {
		if lang != diag.Tamil {
			row(name, "%s%s", text.En, after)
			name = ""
		}
		if lang == diag.Tamil || lang == diag.Both && text.Ta != text.En {
			row(name, "%s%s", text.Ta, after)
		}
	}
	state := "serving"
	switch {
	case s.Draining:
		state = "draining"
	case s.Problem != "":
		state = "answering 503"
	}
	row("state", "%s", state)
	row("version", "%s", s.Version)
	row("pid", "%d", s.PID)
	row("uptime", "%v (since %s)", time.Duration(s.Uptime*float64(time.Second)).Round(time.Second), s.Started.Format(time.RFC3339))
	row("config", "%s", cmp.Or(s.Config, "none"))
	row("program", "%s", cmp.Or(s.Program, "none"))
	row("generation", "%d", s.Generation)
	if s.Problem != "" {
		sentence("problem", s.WhyProblem(), "")
	}
	if last := s.LastProblem; last != nil && last.Text != s.Problem {
		sentence("last problem", last.Sentence(), last.At.Format(" (2006-01-02T15:04:05Z07:00)"))
	}
	if last := s.LastReload; last != nil {
		outcome := last.Reason()
		if last.Error == "" {
			outcome = diag.Text{Ta: "நடைமுறைக்கு வந்தது", En: "done"}
		}
		sentence("last reload", outcome, last.At.Format(" (2006-01-02T15:04:05Z07:00)"))
	}
	if h := s.Handover; h != nil {
		row("handover", "the %s process is %d; the old one still answers %d requests", h.Role, h.PID, h.InFlight)
	}
	row("sockets", "%s", strings.Join(s.Sockets, " "))
	row("backlog", "%s", backlog(s.Backlog))
	row("data", "%s", cmp.Or(s.Data, "none"))
	row("log level", "%s", s.LogLevel)
	row("connections", "%d open, %d accepted", s.Connections, s.Accepted)
	row("requests", "%d running, %d queued (oldest waits %.1f s)", s.Running, s.Queued, s.Oldest)
	row("since start", "%d served, %d answered, %d clients gone, %d panics", s.Served, s.Answered, s.ClientGone, s.Panics)
	refused := "none"
	if len(s.Refused) > 0 {
		var parts []string
		for _, reason := range slices.Sorted(maps.Keys(s.Refused)) {
			parts = append(parts, fmt.Sprintf("%s %d", reason, s.Refused[reason]))
		}
		refused = strings.Join(parts, ", ")
	}
	row("refused", "%s", refused)
	if s.LogDropped > 0 {
		row("log", "%d records dropped", s.LogDropped)
	}
	if len(s.Pools) > 0 {
		fmt.Fprintf(w, "\n%-40s %-10s %6s %6s %6s %8s %9s %9s\n", "database", "kind", "in use", "idle", "max", "waiting", "failures", "timeouts")
		for _, p := range s.Pools {
			fmt.Fprintf(w, "%-40s %-10s %6d %6d %6d %8d %9d %9d\n", p.Name, p.Kind, p.InUse, p.Idle, p.Max, p.Waiting, p.Failures, p.Timeouts)
		}
	}
	if len(s.Requests) > 0 {
		fmt.Fprintf(w, "\n%9s  %-8s %-8s %-32s %s\n", "age", "state", "method", "route", "id")
		for _, r := range s.Requests {
			fmt.Fprintf(w, "%7.1f s  %-8s %-8s %-32s %s\n", r.Age, r.State, r.Method, r.Route, r.ID)
		}
	}
}
