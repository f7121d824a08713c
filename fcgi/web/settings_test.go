package web

import (
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
	"time"
)

func TestDefaultsAreThoseOfTheReference(t *testing.T) {
	s := DefaultSettings()
	for name, want := range map[string]string{
		"max_body": "8MiB", "queue_timeout": "5s", "request_timeout": "30s", "timer_timeout": "10m",
		"drain_timeout": "30s", "cors_origins": "", "error_detail": "off", "method_not_allowed": "on",
		"probe_path": "", "timers": "on", "max_queue": "4096", "max_params": "64KiB", "max_steps": "500000000",
		"max_memory": "64MiB", "max_output": "1MiB", "max_response": "16MiB", "max_rows": "100000",
		"max_bodies": "256MiB", "compat": "off", "access_log": "on",
	} {
		if got := LookupSetting(name).Value(&s); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if s.MaxConcurrent < 64 || s.MaxConcurrent%64 != 0 {
		t.Errorf("max_concurrent is %d, want 64 a core", s.MaxConcurrent)
	}
}

func TestEverySettingHasBothLanguagesAndReadsItsOwnValue(t *testing.T) {
	for _, row := range SettingsTable() {
		if row.Ta == "" || row.En == "" {
			t.Errorf("%s has no description", row.Name)
		}
		s := DefaultSettings()
		if err := s.Set(row.Name, row.Value(&s)); err != nil && row.Value(&s) != "" {
			t.Errorf("%s does not read %q: %v", row.Name, row.Value(&s), err)
		}
	}
}

func TestSetReadsValues(t *testing.T) {
	for _, tt := range []struct{ name, value, want string }{
		{"max_body", "1MiB", "1MiB"},
		{"max_body", "1 mib", "1MiB"},
		{"max_body", "1048576", "1MiB"},
		{"max_body", "1000B", "1000"},
		{"max_body", "2GiB", "2GiB"},
		{"max_body", "0", "0"},
		{"max_body", "8MB", "! a size such as"},
		{"max_body", "-1", "! a size such as"},
		{"max_body", "1.5MiB", "! a size such as"},
		{"max_body", "MiB", "! a size such as"},
		{"max_body", "", "! a size such as"},
		{"max_body", "99999999TiB", "! too large"},
		{"max_body", "99999999999999999999", "! too large"},
		{"--request-timeout", "90s", "1m30s"},
		{"--request-timeout", "1h", "1h"},
		{"--request-timeout", "500ms", "500ms"},
		{"--request-timeout", "5 s", "5s"},
		{"--request-timeout", "0", "0"},
		{"--request-timeout", "30", "! a duration such as 30s"},
		{"--request-timeout", "-1s", "! a duration such as 30s"},
		{"ETAMILD_MAX_STEPS", "1_000_000", "1000000"},
		{"ETAMILD_MAX_STEPS", "1,000", "1000"},
		{"ETAMILD_MAX_STEPS", "1e3", "! a whole number"},
		{"ETAMILD_MAX_STEPS", "_", "! a whole number"},
		{"max_queue", "99999999999", "2147483647"},
		{"error_detail", "ON", "on"},
		{"error_detail", "false", "off"},
		{"error_detail", "maybe", "! must be on or off"},
		{"timers", "off", "off"},
		{"access_log", "Slow", "slow"},
		{"access_log", "fast", "! on, off or slow"},
		{"cors_origins", "*", "*"},
		{"cors_origins", "https://A.example, http://b:8080", "https://a.example,http://b:8080"},
		{"cors_origins", "", ""},
		{"cors_origins", "a.example", "! an origin looks like"},
		{"cors_origins", "https://a.example/", "! an origin looks like"},
		{"probe_path", "/ready", "/ready"},
		{"probe_path", "ready", "! begins with '/'"},
		{"probe_path", "", ""},
	} {
		s := DefaultSettings()
		row := LookupSetting(strings.TrimLeft(tt.name, "-"))
		before := row.Value(&s)
		err := s.Set(tt.name, tt.value)
		if reason, isError := strings.CutPrefix(tt.want, "! "); isError {
			var e *SettingError
			if !errors.As(err, &e) || !strings.Contains(e.En, reason) || !strings.Contains(e.En, tt.name) || e.Ta == "" {
				t.Errorf("%s = %q: error %v, want one about %s", tt.name, tt.value, err, reason)
			}
			if row.Value(&s) != before {
				t.Errorf("%s changed although %q was refused", tt.name, tt.value)
			}
			continue
		}
		if err != nil || row.Value(&s) != tt.want {
			t.Errorf("%s = %q gives %s, %v; want %s", tt.name, tt.value, row.Value(&s), err, tt.want)
		}
	}
}

func TestUnknownSettingNamesTheNearest(t *testing.T) {
	for _, tt := range []struct{ written, want string }{
		{"--max-boddy", "--max-body"},
		{"max_bodis", "max_bodies"},
		{"ETAMILD_QUEUE_TIMOUT", "ETAMILD_QUEUE_TIMEOUT"},
		{"--request-tiemout", "--request-timeout"},
		{"colour", ""},
		{strings.Repeat("x", 1<<20), ""},
	} {
		var s Settings
		err := s.Set(tt.written, "1")
		if err == nil || strings.Contains(err.Error(), "did you mean") != (tt.want != "") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.40s: %v, want %q named", tt.written, err, tt.want)
		}
		if len(err.Error()) > 1000 {
			t.Errorf("%.40s: an error of %d bytes", tt.written, len(err.Error()))
		}
	}
}

func TestFlagsOfAllSettings(t *testing.T) {
	s := DefaultSettings()
	fs := flag.NewFlagSet("etamild", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	s.RegisterFlags(fs)
	if err := fs.Parse([]string{"--max-body", "1MiB", "--error-detail", "--timers=off", "--request-timeout=1m", "rest"}); err != nil {
		t.Fatal(err)
	}
	if s.MaxBody != 1<<20 || !s.ErrorDetail || s.Timers || s.RequestTimeout != time.Minute || fs.Arg(0) != "rest" {
		t.Errorf("%+v", s)
	}
	if err := fs.Parse([]string{"--max-body", "x"}); err == nil || !strings.Contains(err.Error(), "8MiB") {
		t.Errorf("%v", err)
	}
	fs.PrintDefaults() // calls String on zero values
}

func TestEnvironmentSetsAndReports(t *testing.T) {
	s := DefaultSettings()
	env := map[string]string{"ETAMILD_MAX_QUEUE": "7", "ETAMILD_MAX_BODY": "much", "ETAMILD_COMPAT": "on", "ETAMILD_TIMERS": ""}
	err := s.FromEnv(func(name string) string { return env[name] })
	if s.MaxQueue != 7 || !s.Compat || !s.Timers || s.MaxBody != 8<<20 {
		t.Errorf("%+v", s)
	}
	if err == nil || !strings.Contains(err.Error(), "ETAMILD_MAX_BODY cannot be 'much'") {
		t.Errorf("%v", err)
	}
	unknown := UnknownEnv([]string{"PATH=/bin", "ETAMILD_MAX_QUEUE=7", "ETAMILD_CONFIG=x", "ETAMILD_MAX_QEUE=8"})
	if len(unknown) != 1 || !strings.Contains(unknown[0].En, "did you mean 'ETAMILD_MAX_QUEUE'?") {
		t.Errorf("%v", unknown)
	}
}
