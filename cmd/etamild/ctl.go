package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
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
}

func (c *ctl) set() *cli.Set {
	s := &cli.Set{Help: "etamild ctl --help"}
	s.Text(&c.path, "control", "PATH", "daemon-இன் கட்டுப்பாட்டு socket ("+control.DefaultPath+")", "the daemon's control socket ("+control.DefaultPath+")")
	s.Switch(&c.exec, "exec", "reload: எப்படியும் புதிய செயல்முறை", "reload: a new process in any case")
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
	cli.WriteItem(w, lang, strings.Join(control.Later, ", "), diag.Text{Ta: "இன்னும் இல்லை", En: "not there yet"})
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
	commands := []string{control.CommandStatus, control.CommandReload, control.CommandDrain, control.CommandLogLevel}
	words := append(parsed.Files, parsed.Rest...)
	var request control.Request
	switch {
	case len(words) == 0:
		return 0, cli.Errorf("எந்தக் கட்டளை? etamild ctl status | reload | drain | log-level", "which command? etamild ctl status | reload | drain | log-level")
	case slices.Contains(control.Later, words[0]):
		return 0, cli.Errorf("'etamild ctl %s' இன்னும் இங்கே இல்லை", "'etamild ctl %s' is not there yet", words[0])
	case !slices.Contains(commands, words[0]):
		return 0, cli.Unknown(words[0], slices.Values(append(commands, control.Later...)), "etamild ctl --help")
	case words[0] == control.CommandLogLevel && (len(words) != 2 || !slices.Contains(levels, words[1])):
		return 0, cli.Errorf("எந்த அளவு? etamild ctl log-level %[1]s", "which level? etamild ctl log-level %[1]s", strings.Join(levels, "|"))
	case words[0] == control.CommandLogLevel:
		request.Level = words[1]
	case c.exec && words[0] != control.CommandReload:
		return 0, cli.Errorf("--exec 'reload'-க்கு மட்டும்", "--exec is for 'reload' only")
	case len(words) > 1:
		return 0, cli.Errorf("ஒரு கட்டளை மட்டுமே; '%s' மிகுதி", "only one command is wanted; '%s' is one too many", diag.Quote(words[1]))
	}
	client, err := control.Dial(c.path)
	if err != nil {
		return c.failed(err), nil
	}
	defer client.Close()
	request.Command, request.Exec = words[0], c.exec
	request.Lang = map[diag.Language]string{diag.Tamil: "ta", diag.English: "en"}[c.con.Lang]
	reply, err := client.Send(request)
	if err != nil {
		return c.failed(err), nil
	}
	switch words[0] {
	case control.CommandStatus:
		reply.Status.Backlog = control.ReadBacklog(reply.Status.Sockets)
		c.print(reply.Status, func(w io.Writer) { writeStatus(w, reply.Status) })
		return success, nil
	case control.CommandReload:
		return c.reloaded(reply.Reload), nil
	case control.CommandLogLevel:
		c.print(map[string]string{"log_level": request.Level}, func(w io.Writer) { fmt.Fprintln(w, "log level", request.Level) })
		return success, nil
	}
	ended := client.Await()
	if ended == nil {
		c.con.Say(diag.Text{Ta: "daemon முடிந்தது; எப்படி என்று சொல்லவில்லை", En: "the daemon has ended without telling how"})
		return failure, nil
	}
	c.print(ended, func(w io.Writer) {
		fmt.Fprintf(w, "ended after %.1f s; %d requests cancelled, %d of them without an answer\n", ended.Seconds, ended.Cancelled, ended.Dropped)
	})
	return success, nil
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
			how := fmt.Sprintf("generation %d", r.Generation)
			if r.PID != 0 {
				how = fmt.Sprintf("process %d", r.PID)
			}
			fmt.Printf("reloaded in %.2f s: %s\n", r.Seconds, how)
		}
		return success
	}
	for _, d := range r.Diagnostics {
		c.con.Write([]byte(d.Text + "\n"))
	}
	c.con.Sayf("reload நடக்கவில்லை, பழையதே தொடர்கிறது: %s", "the reload failed, all is as it was: %s", r.Error)
	return failure
}

func (c *ctl) failed(err error) int {
	if c.json {
		line, _ := json.Marshal(map[string]string{"error": err.Error()}) // strings always have a form
		fmt.Println(string(line))
	}
	c.con.Say(err.(*cli.Error).Text)
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

// writeStatus writes a status for people.
func writeStatus(w io.Writer, s *control.Status) {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-12s "+format+"\n", append([]any{name}, args...)...)
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
		row("problem", "%s", s.Problem)
	}
	if last := s.LastProblem; last != nil && last.Text != s.Problem {
		row("last problem", "%s (%s)", last.Text, last.At.Format(time.RFC3339))
	}
	if last := s.LastReload; last != nil {
		row("last reload", "%s (%s)", cmp.Or(last.Error, "done"), last.At.Format(time.RFC3339))
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
	if len(s.Requests) > 0 {
		fmt.Fprintf(w, "\n%9s  %-8s %-8s %-32s %s\n", "age", "state", "method", "route", "id")
		for _, r := range s.Requests {
			fmt.Fprintf(w, "%7.1f s  %-8s %-8s %-32s %s\n", r.Age, r.State, r.Method, r.Route, r.ID)
		}
	}
}
