package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A module is something linked into the binaries.
type module struct {
	path, version string
	sum           string // as in go.sum: "h1:…"; "" for the standard library
	licence       string // SPDX's name
	text          string // of its licence and notice
}

// modules returns what is linked into either binary of an architecture, the
// standard library first, and the licence of each.
func (p *packer) modules(arch string) ([]module, error) {
	seen := map[string]module{}
	goVersion := ""
	for _, name := range []string{"etamil", "etamild"} {
		info, err := buildinfo.ReadFile(filepath.Join(p.path("bin-"+arch), name))
		if err != nil {
			return nil, err
		}
		goVersion = info.GoVersion
		for _, d := range info.Deps {
			if d.Replace != nil {
				d = d.Replace
			}
			seen[d.Path] = module{path: d.Path, version: d.Version, sum: d.Sum}
		}
	}
	list := []module{{path: "std", version: strings.TrimPrefix(goVersion, "go")}}
	for _, path := range slices.Sorted(maps.Keys(seen)) {
		list = append(list, seen[path])
	}
	for i := range list {
		dir, err := sourceDir(list[i].path)
		if err != nil {
			return nil, err
		}
		if list[i].text, err = licenceText(dir); err != nil {
			return nil, fmt.Errorf("%s: %w", list[i].path, err)
		}
		if list[i].licence, err = licenceName(list[i].text); err != nil {
			return nil, fmt.Errorf("%s: %w", list[i].path, err)
		}
	}
	return list, nil
}

// sourceDir returns where the sources of a module lie.
func sourceDir(path string) (string, error) {
	if path == "std" {
		out, err := exec.Command("go", "env", "GOROOT").Output()
		if err != nil {
			return "", fmt.Errorf("go env GOROOT: %w", err)
		}
		dir := strings.TrimSpace(string(out))
		if _, err := os.Stat(filepath.Join(dir, "LICENSE")); err == nil {
			return dir, nil
		}
		// A distribution's Go may lack it; this module has the same.
		path = "golang.org/x/sys"
	}
	out, err := exec.Command("go", "list", "-m", "-json", path).Output()
	if err != nil {
		return "", fmt.Errorf("go list -m %s: %w", path, err)
	}
	var m struct{ Dir string }
	if err := json.Unmarshal(out, &m); err != nil {
		return "", err
	}
	if m.Dir == "" {
		return "", fmt.Errorf("the sources of %s are not there: go mod download", path)
	}
	return m.Dir, nil
}

// licenceText returns the licence of the sources in dir and, where there is one,
// the notice that it wants carried along.
func licenceText(dir string) (string, error) {
	var parts []string
	for _, names := range [][]string{{"LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "COPYING"}, {"NOTICE", "NOTICE.txt"}} {
		for _, name := range names {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return "", err
			}
			parts = append(parts, strings.TrimSpace(string(text)))
			break
		}
		if len(parts) == 0 {
			return "", errors.New("no file with its licence")
		}
	}
	return strings.Join(parts, "\n\n"), nil
}

// licenceName tells which of the licences that may be linked in a text is; of
// several the one that comes first, which is that of the work as a whole. Any
// other is an error: somebody has to decide.
func licenceName(text string) (string, error) {
	words := strings.ToLower(strings.Join(strings.Fields(text), " "))
	first, found := len(words), ""
	for _, l := range []struct {
		name string
		has  []string
	}{
		{"Apache-2.0", []string{"apache license version 2.0"}},
		{"MPL-2.0", []string{"mozilla public license, version 2.0"}},
		{"MPL-2.0", []string{"mozilla public license version 2.0"}},
		{"BSD-3-Clause", []string{"redistribution and use in source and binary forms", "neither the name"}},
		{"BSD-2-Clause", []string{"redistribution and use in source and binary forms"}},
		{"ISC", []string{"permission to use, copy, modify, and"}},
		{"MIT", []string{"permission is hereby granted, free of charge", "the software is provided \"as is\""}},
	} {
		if slices.ContainsFunc(l.has, func(s string) bool { return !strings.Contains(words, s) }) {
			continue
		}
		if at := strings.Index(words, l.has[0]); at < first {
			first, found = at, l.name
		}
	}
	if found != "" {
		return found, nil
	}
	return "", fmt.Errorf("a licence that is not known here: %.60q", words)
}

// apacheText is the Apache License 2.0 with what it says of its use. It stands
// once, by reference, in the file of copyrights.
var apacheText = regexp.MustCompile(`(?s)Apache License\s+Version 2\.0, January 2004\b.*?(?:END OF TERMS AND CONDITIONS(?:\s+APPENDIX: How to apply.*?limitations under the License\.)?|\z)`)

// copyright returns the file of that name: our licence and those of all that is
// linked in, which most of them ask for.
func (p *packer) copyright() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(`etamild and etamil

Copyright: the etamil authors

Licensed under the Apache License, Version 2.0. On Debian systems its text is in /usr/share/common-licenses/Apache-2.0;
elsewhere at https://www.apache.org/licenses/LICENSE-2.0.

The binaries hold, beside our own, the works that follow, each with its licence.
`)
	modules, err := p.modules(p.Arch[0])
	if err != nil {
		return nil, err
	}
	for _, m := range modules {
		name := m.path + " " + m.version
		if m.path == "std" {
			name = "The Go standard library " + m.version
		}
		fmt.Fprintf(&b, "\n%s\n%s\n\n", name, strings.Repeat("-", len(name)))
		b.WriteString(apacheText.ReplaceAllString(m.text, "The Apache License, Version 2.0, as above.") + "\n")
	}
	return b.Bytes(), nil
}
