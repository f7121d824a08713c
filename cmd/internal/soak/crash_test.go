package main

import (
	"bytes"
	"errors"
	"os/exec"
	"runtime"
	"testing"

	"etamil/engine/db/dbtest/servers"
	"etamil/nginx"
)

// make soak kills a thousand times.
func TestKilledDaemonLeavesTransfersWholeOrUndone(t *testing.T) {
	runtime.LockOSThread() // see package stand
	if _, err := nginx.Path(); errors.Is(err, nginx.ErrNotInstalled) {
		t.Skip("SKIPPED: ", err)
	}
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", bin, "etamil/cmd/etamild").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			runtime.LockOSThread()
			var out bytes.Buffer
			err := crashes(t.Context(), &out, bin, database, 20)
			if errors.Is(err, servers.ErrMissing) {
				t.Skip("SKIPPED: PostgreSQL is not installed; install the package postgresql")
			}
			if err != nil {
				t.Fatal(err)
			}
			t.Log(out.String())
		})
	}
}
