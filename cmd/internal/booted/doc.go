// Package booted boots a Debian with its own systemd for tests, so that units,
// packages, reloads and crashes are tried where they happen. It needs root and
// nothing else beforehand: what is missing on the machine (debootstrap,
// systemd-container) it installs, and the Debian tree it makes once and keeps
// outside the checkout, in $XDG_CACHE_HOME/etamil-tests or
// /var/cache/etamil-tests.
//
//	m := booted.Boot(t)                          // two seconds; ends with the test
//	m.WriteFile("/root/etamild.deb", booted.Package(t, "1.0.0"), 0o644)
//	m.Run("dpkg", "-i", "/root/etamild.deb")
//	out, code := m.Exec(ctx, "systemctl", "is-active", "etamil.socket")
//	client := http.Client{Transport: &http.Transport{DialContext: m.Dial}}
//	client.Get("http://127.0.0.1/")              // the machine's own port 80
//
// Each machine has a file system of its own (an overlay on the tree), processes,
// and a network with nothing but a loopback device; any number may run at once.
// Whatever a test does to its files outlives a reboot, and is gone when the test
// ends, also when the test's process is killed.
//
// On a machine where this cannot be done Boot skips the test, loudly; with CI
// set in the environment it fails it.
package booted
