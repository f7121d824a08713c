package booted

import (
	"testing"
	"testing/fstest"
)

func TestMirrorIsTheOneOfTheMachine(t *testing.T) {
	const standard = "" // that of debootstrap
	for _, tt := range []struct{ why, name, text, want string }{
		{"one line", "sources.list", "deb http://a.example/debian bookworm main\n", "http://a.example/debian"},
		{"one line with options", "sources.list", "deb [arch=amd64 signed-by=/x] https://a.example/d bookworm contrib main\n", "https://a.example/d"},
		{"one line in a folder", "sources.list.d/x.list", "deb http://a.example/debian bookworm main\n", "http://a.example/debian"},
		{"a stanza", "sources.list.d/debian.sources", "# mirror\nTypes: deb\nURIs: http://a.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n", "http://a.example/debian"},
		{"the second stanza", "sources.list.d/debian.sources", "Types: deb\nURIs: http://s.example/\nSuites: bookworm-security\nComponents: main\n\nTypes: deb deb-src\nURIs: http://a.example/debian\nSuites: bookworm\nComponents: main\n", "http://a.example/debian"},
		{"a stanza that is switched off", "sources.list.d/debian.sources", "Enabled: no\nTypes: deb\nURIs: http://a.example/debian\nSuites: bookworm\nComponents: main\n", standard},
		{"sources of programs only", "sources.list", "deb-src http://a.example/debian bookworm main\n", standard},
		{"another release", "sources.list", "deb http://a.example/debian trixie main\n", standard},
		{"without the main part", "sources.list", "deb http://a.example/debian bookworm contrib\n", standard},
		{"a medium that debootstrap cannot read", "sources.list", "deb cdrom:[Debian]/ bookworm main\n", standard},
		{"unfinished options", "sources.list", "deb [arch=amd64 http://a.example/debian bookworm main\n", standard},
		{"nothing", "sources.list", "", standard},
	} {
		t.Run(tt.why, func(t *testing.T) {
			root := fstest.MapFS{"etc/apt/" + tt.name: {Data: []byte(tt.text)}}
			if got := mirror(root); got != tt.want {
				t.Errorf("mirror of %q = %s, want %s", tt.text, got, tt.want)
			}
		})
	}
}
