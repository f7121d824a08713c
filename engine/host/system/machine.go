package system

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"runtime"
	"time"

	"etamil/engine/host"
)

// Clock is the clock of the machine.
type Clock struct{}

var _ host.Clock = Clock{}

// Now implements host.Clock.
func (Clock) Now() time.Time { return time.Now() }

// Random returns the system's source of cryptographic randomness.
func Random() io.Reader { return rand.Reader }

// randomHex returns 2n hexadecimal digits.
func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// A Gate admits a fixed number of callers at once. Safe for concurrent use.
type Gate struct{ places chan struct{} }

var _ host.Gate = (*Gate)(nil)

// processors is how many processors the process may use; what it uses may be
// fewer later.
var processors = runtime.GOMAXPROCS(0)

// NewGate returns a gate with n places; with n 0 or less, as many as the
// process may use processors.
func NewGate(n int) *Gate {
	if n <= 0 {
		n = processors
	}
	return &Gate{make(chan struct{}, n)}
}

// Enter implements host.Gate. Calling release again does nothing.
func (g *Gate) Enter(ctx context.Context) (release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case g.places <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	released := false
	return func() {
		if !released {
			released = true
			<-g.places
		}
	}, nil
}
