package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// words returns all that may be typed next in c, options and commands.
func (c command) words() (words []string) {
	for _, o := range c.options {
		words = append(words, o.words()...)
	}
	for _, sub := range c.commands {
		words = append(words, sub.name)
	}
	return words
}

// takesFiles are values, and arguments, that are completed with file names.
func takesFiles(value string) bool {
	return strings.HasPrefix(value, "FILE") || strings.HasPrefix(value, "PATH") || strings.HasPrefix(value, "DIR") ||
		strings.Contains(value, "[FILE") || strings.Contains(value, "[PATH")
}

// choices returns the words that a value may be: "ta|en|both" is three.
func choices(value string) []string {
	if strings.Contains(value, "|") {
		return strings.Split(value, "|")
	}
	if value == "LEVEL" {
		return []string{"debug", "info", "warn", "error"}
	}
	return nil
}

// each calls f for c and every command below, with the words that lead there,
// the program's name first.
func (c command) each(f func(path []string, c command), above ...string) {
	path := append(slices.Clone(above), c.name)
	f(path, c)
	for _, sub := range c.commands {
		sub.each(f, path...)
	}
}

// bash returns the completion for bash-completion, which calls _NAME.
func bash(c command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# bash completion for %s; made from its usage\n\n", c.name)
	fmt.Fprintf(&b, "_%s() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} at= word\n", c.name)
	b.WriteString("\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n\t\tcase \"$at $word\" in\n")
	c.each(func(path []string, _ command) {
		if len(path) > 1 {
			at := " " + strings.Join(path[1:], " ")
			fmt.Fprintf(&b, "\t\t'%s') at='%s' ;;\n", at, at)
		}
	})
	b.WriteString("\t\tesac\n\tdone\n\tCOMPREPLY=()\n\tcase $prev in\n")
	var files []string
	closed := map[string][]string{}
	c.each(func(_ []string, c command) {
		for _, o := range c.options {
			if takesFiles(o.value()) {
				files = append(files, o.words()...)
			}
			if words := choices(o.value()); words != nil {
				closed[strings.Join(o.words(), " | ")] = words
			}
		}
	})
	slices.Sort(files)
	fmt.Fprintf(&b, "\t%s)\n\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n\t\treturn\n\t\t;;\n", strings.Join(slices.Compact(files), " | "))
	for _, names := range slices.Sorted(maps.Keys(closed)) {
		fmt.Fprintf(&b, "\t%s)\n\t\tCOMPREPLY=($(compgen -W '%s' -- \"$cur\"))\n\t\treturn\n\t\t;;\n", names, strings.Join(closed[names], " "))
	}
	b.WriteString("\tesac\n\tcase $at in\n")
	c.each(func(path []string, c command) {
		at := "''"
		if len(path) > 1 {
			at = "' " + strings.Join(path[1:], " ") + "'"
		}
		fmt.Fprintf(&b, "\t%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")) ;;\n", at, strings.Join(c.words(), " "))
	})
	fmt.Fprintf(&b, "\tesac\n\t[[ $cur == -* ]] || COMPREPLY+=($(compgen -f -- \"$cur\"))\n}\n\ncomplete -o filenames -F _%[1]s %[1]s\n", c.name)
	return b.String()
}

// quote returns text in the single quotes of a shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// zsh returns the completion function _NAME.
func zsh(c command) string {
	// In a spec of _arguments "[", "]" and ":" end a part.
	escape := strings.NewReplacer("[", `\[`, "]", `\]`, ":", `\:`).Replace
	var b strings.Builder
	fmt.Fprintf(&b, "#compdef %s\n# made from its usage\n\n", c.name)
	c.each(func(path []string, c command) {
		name := "_" + strings.Join(path, "_")
		fmt.Fprintf(&b, "%s() {\n\tlocal line state\n\t_arguments -C \\\n", name)
		for _, o := range c.options {
			value := ""
			switch v := o.value(); {
			case choices(v) != nil:
				value = ":" + escape(v) + ":(" + strings.Join(choices(v), " ") + ")"
			case takesFiles(v):
				value = ":" + escape(v) + ":_files"
			case v != "":
				value = ":" + escape(v) + ": "
			}
			for _, word := range o.words() {
				fmt.Fprintf(&b, "\t\t%s \\\n", quote(word+"["+escape(o.about)+"]"+value))
			}
		}
		if len(c.commands) == 0 {
			b.WriteString("\t\t'*:file:_files'\n}\n\n")
			return
		}
		fmt.Fprintf(&b, "\t\t'1:command:->command' '*::argument:->argument'\n\tcase $state in\n\tcommand)\n\t\tlocal -a commands=(\n")
		for _, sub := range c.commands {
			fmt.Fprintf(&b, "\t\t\t%s\n", quote(sub.name+":"+sub.about))
		}
		b.WriteString("\t\t)\n\t\t_describe command commands\n\t\t_files\n\t\t;;\n\targument)\n\t\tcase $line[1] in\n")
		for _, sub := range c.commands {
			fmt.Fprintf(&b, "\t\t%s) %s_%s ;;\n", sub.name, name, sub.name)
		}
		b.WriteString("\t\t*) _files ;;\n\t\tesac\n\t\t;;\n\tesac\n}\n\n")
	})
	fmt.Fprintf(&b, "_%s \"$@\"\n", c.name)
	return b.String()
}

// fish returns the completion for fish.
func fish(c command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# fish completion for %s; made from its usage\n\n", c.name)
	c.each(func(path []string, sub command) {
		when := "__fish_use_subcommand"
		if len(path) > 1 {
			when = "__fish_seen_subcommand_from " + path[len(path)-1]
		}
		for _, o := range sub.options {
			fmt.Fprintf(&b, "complete -c %s -n '%s'", c.name, when)
			for _, word := range o.words() {
				if long, ok := strings.CutPrefix(word, "--"); ok {
					b.WriteString(" -l " + long)
				} else {
					b.WriteString(" -s " + strings.TrimPrefix(word, "-"))
				}
			}
			switch v := o.value(); {
			case choices(v) != nil:
				b.WriteString(" -x -a '" + strings.Join(choices(v), " ") + "'")
			case takesFiles(v):
				b.WriteString(" -r -F")
			case v != "":
				b.WriteString(" -x")
			}
			fmt.Fprintf(&b, " -d %s\n", fishQuote(o.about))
		}
		for _, s := range sub.commands {
			fmt.Fprintf(&b, "complete -c %s -n '%s' -a %s -d %s\n", c.name, when, s.name, fishQuote(s.about))
		}
	})
	return b.String()
}

// fishQuote returns text in single quotes, in which fish takes "\" and "'" after
// a "\".
func fishQuote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}
