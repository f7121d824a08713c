package system

import (
	"os"
	"strings"
	"unicode/utf8"

	"etamil/engine/host"
)

// SetAside takes the variables whose names begin with prefix out of the
// environment of the process, where libraries would obey them, and returns
// them for AllEnv and NamedEnv. It is for the start of a process.
func SetAside(prefix string) map[string]string {
	aside := map[string]string{}
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, prefix) && os.Unsetenv(name) == nil {
			aside[name] = value
		}
	}
	return aside
}

// AllEnv reads every variable of the process, and those that were set aside.
type AllEnv struct{ Aside map[string]string }

var _ host.Env = AllEnv{}

// Lookup implements host.Env.
func (e AllEnv) Lookup(name string) (string, bool) {
	if name == "" || strings.ContainsAny(name, "=\x00") {
		return "", false
	}
	value, ok := os.LookupEnv(name)
	if !ok {
		value, ok = e.Aside[name]
	}
	if !ok || !utf8.ValidString(value) {
		return "", false
	}
	return value, true
}

// namedEnv reads the variables it names.
type namedEnv struct {
	names map[string]bool
	all   AllEnv
}

// NamedEnv reads the variables of all with these names, and ETAMIL_TZ, by
// which இன்று chooses its zone.
func NamedEnv(names []string, all AllEnv) host.Env {
	env := namedEnv{names: map[string]bool{"ETAMIL_TZ": true}, all: all}
	for _, name := range names {
		env.names[name] = true
	}
	return env
}

// Lookup implements host.Env.
func (e namedEnv) Lookup(name string) (string, bool) {
	if !e.names[name] {
		return "", false
	}
	return e.all.Lookup(name)
}
