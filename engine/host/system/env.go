package system

import (
	"os"
	"strings"
	"unicode/utf8"

	"etamil/engine/host"
)

// AllEnv reads every variable of the process.
type AllEnv struct{}

var _ host.Env = AllEnv{}

// Lookup implements host.Env.
func (AllEnv) Lookup(name string) (string, bool) {
	if name == "" || strings.ContainsAny(name, "=\x00") {
		return "", false
	}
	value, ok := os.LookupEnv(name)
	if !ok || !utf8.ValidString(value) {
		return "", false
	}
	return value, true
}

// namedEnv reads the variables it names.
type namedEnv map[string]bool

// NamedEnv reads the variables with these names, and ETAMIL_TZ, by which
// இன்று chooses its zone.
func NamedEnv(names []string) host.Env {
	env := namedEnv{"ETAMIL_TZ": true}
	for _, name := range names {
		env[name] = true
	}
	return env
}

func (e namedEnv) Lookup(name string) (string, bool) {
	if !e[name] {
		return "", false
	}
	return AllEnv{}.Lookup(name)
}
