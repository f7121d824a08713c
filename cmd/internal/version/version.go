// Package version tells which build this is.
package version

import "runtime/debug"

// Version is the version, stamped by the build with
// -ldflags "-X etamil/cmd/internal/version.Version=1.2.3". Without a stamp it
// stays empty and String asks the Go tool chain.
var Version string

// String returns the version: the stamp of the build; else that of the module
// when it was installed as one; else "devel" with the revision the sources had.
func String() string {
	if Version != "" {
		return Version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel-" + s.Value[:12]
		}
	}
	return "devel"
}
