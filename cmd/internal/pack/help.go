package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// An item is one entry of a usage text: an option or a command.
type item struct {
	head  string // "--max-body SIZE", "run [FILE]"
	about string
}

// A command is what can be typed: a program, or a word after it.
type command struct {
	name     string
	about    string
	args     string // what follows, in the usage
	options  []item
	commands []command
}

// words returns the spellings of an option: "-h", "--help".
func (i item) words() (words []string) {
	for part := range strings.SplitSeq(i.head, ", ") {
		word, _, _ := strings.Cut(part, " ")
		word, _, _ = strings.Cut(word, "[")
		words = append(words, word)
	}
	return words
}

// value returns what stands for the option's value: "SIZE"; "" for a switch.
func (i item) value() string {
	if _, v, ok := strings.Cut(i.head[strings.LastIndex(i.head, "--"):], " "); ok {
		return v
	}
	return ""
}

// helpers writes the man pages and completion.
func (p *packer) helpers() error {
	tool, daemon, err := p.commands()
	if err != nil {
		return err
	}
	if err := p.manuals(tool, daemon); err != nil {
		return err
	}
	for _, c := range []command{tool, daemon} {
		for name, text := range map[string]string{
			"made/bash/" + c.name:           bash(c),
			"made/zsh/_" + c.name:           zsh(c),
			"made/fish/" + c.name + ".fish": fish(c),
		} {
			if err := p.write(name, []byte(text)); err != nil {
				return err
			}
		}
	}
	return nil
}

// commands asks the binaries what can be typed.
func (p *packer) commands() (tool, daemon command, err error) {
	tool = command{name: "etamil", about: "run, check and serve eTamil programs"}
	usage, err := p.usage("etamil", "help")
	if err != nil {
		return tool, daemon, err
	}
	tool.options = usage["Everywhere"]
	for _, i := range usage["Verbs"] {
		name, args, _ := strings.Cut(i.head, " ")
		verb := command{name: name, about: i.about, args: args}
		sub, err := p.usage("etamil", "help", name)
		if err != nil {
			return tool, daemon, err
		}
		for _, items := range sub {
			verb.options = append(verb.options, items...)
		}
		tool.commands = append(tool.commands, verb)
	}

	daemon = command{name: "etamild", about: "serve an eTamil program over FastCGI"}
	if usage, err = p.usage("etamild", "--help"); err != nil {
		return tool, daemon, err
	}
	for _, items := range usage {
		daemon.options = append(daemon.options, items...)
	}
	ctl := command{name: "ctl", about: "talk to a running etamild", args: "COMMAND"}
	if usage, err = p.usage("etamild", "ctl", "--help"); err != nil {
		return tool, daemon, err
	}
	for _, items := range usage {
		for _, i := range items {
			if strings.HasPrefix(i.head, "-") {
				ctl.options = append(ctl.options, i)
			} else {
				name, args, _ := strings.Cut(i.head, " ")
				ctl.commands = append(ctl.commands, command{name: name, about: i.about, args: args})
			}
		}
	}
	for i := range ctl.commands { // they are understood after the command too
		ctl.commands[i].options = ctl.options
	}
	daemon.commands = []command{ctl}
	if len(tool.commands) < 5 || len(daemon.options) < 10 || len(ctl.commands) < 2 || len(ctl.options) < 2 {
		return tool, daemon, fmt.Errorf("usage texts read wrongly: %d verbs, %d options of etamild, %d commands and %d options of ctl",
			len(tool.commands), len(daemon.options), len(ctl.commands), len(ctl.options))
	}
	return tool, daemon, nil
}

func (p *packer) usage(program string, args ...string) (map[string][]item, error) {
	cmd := exec.Command(filepath.Join(p.bin, program), args...)
	cmd.Env = append(os.Environ(), "ETAMIL_LANG=en")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", program, strings.Join(args, " "), err)
	}
	return parseUsage(out), nil
}

// ofThisMachine matches a default that another machine does not have.
var ofThisMachine = regexp.MustCompile(`^(--max-concurrent .*) \(\d+\)$`)

// parseUsage reads a usage text: entries are indented by two blanks, their
// texts begin in a column or on the next line; other lines are headings. What is
// not there yet is left out.
func parseUsage(text []byte) map[string][]item {
	sections := map[string][]item{}
	heading := ""
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		line := lines.Text()
		entry, isEntry := strings.CutPrefix(line, "  ")
		switch {
		case !isEntry:
			if line != "" {
				heading = line
			}
			continue
		case strings.HasPrefix(entry, "  "): // the text of the head before
			if items := sections[heading]; len(items) > 0 {
				last := &items[len(items)-1]
				last.about = strings.TrimSpace(last.about + " " + strings.TrimSpace(entry))
			}
			continue
		}
		head, about, _ := strings.Cut(entry, "  ")
		sections[heading] = append(sections[heading], item{head, strings.TrimSpace(about)})
	}
	for heading, items := range sections {
		var there []item
		for _, i := range items {
			if strings.Contains(i.about, "not there yet") || strings.HasPrefix(i.head, "etamil") {
				continue
			}
			if m := ofThisMachine.FindStringSubmatch(i.head + " " + i.about); m != nil {
				i.about = strings.TrimPrefix(m[1], i.head+" ") + " (64 × cores)"
			}
			there = append(there, i)
		}
		sections[heading] = there
	}
	return sections
}
