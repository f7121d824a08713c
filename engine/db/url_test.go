package db

import (
	"strings"
	"testing"
)

func TestKeysThatMeanNothingAreNamedWithTheNearest(t *testing.T) {
	d := UnknownKey("sslmod", "sslmode", "host")
	if m := d.Message(); m.En != "the connection text is not understood: there is no key 'sslmod'" || d.Help == nil || d.Help.En != "did you mean 'sslmode'?" {
		t.Errorf("%+v, help %v", m, d.Help)
	}
	if d := UnknownKey("colour", "sslmode"); d.Help != nil {
		t.Errorf("help %v for what is near to nothing", d.Help)
	}
	if d := BadKey("mode", "ro", "rw"); d.Help == nil || d.Help.En != "it can be ro, rw" {
		t.Errorf("help %v", d.Help)
	}
}

// A ? of a password that was not written as %3F begins the keys.
func TestAKeyThatIsNoNameIsNotRepeated(t *testing.T) {
	for _, key := range []string{"cret@host/shop", strings.Repeat("a", 41), "கடவுச்சொல்"} {
		if m := UnknownKey(key).Message(); strings.Contains(m.En+m.Ta, key) || !strings.Contains(m.En, "'?'") {
			t.Errorf("%s: %s", key, m.En)
		}
	}
}
