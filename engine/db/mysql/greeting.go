package mysql

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"syscall"

	"etamil/engine/db"
)

// A greeted is a connection whose first packet, the server's greeting, loses
// MariaDB's offer to leave the columns out of the results of prepared
// statements: the library (v1.10.1) takes it up, but reads the result of an
// executed SELECT as if the columns were there, and then waits for ever.
type greeted struct {
	net.Conn
	first []byte // of the greeting, what was not yet given to the library
	read  bool   // the greeting was read
	// failed is why it could not be, which the library does not tell.
	failed error
}

// maxGreeting is more than a greeting has.
const maxGreeting = 1 << 12

func (g *greeted) Read(b []byte) (int, error) {
	if !g.read {
		g.read = true
		packet := make([]byte, 4, 128)
		if n, err := io.ReadFull(g.Conn, packet); err != nil {
			g.failed = err
			return copy(b, packet[:n]), err
		}
		size := int(packet[0]) | int(packet[1])<<8 | int(packet[2])<<16
		if size > maxGreeting {
			g.failed = errGreeting
			return 0, errGreeting
		}
		packet = append(packet, make([]byte, size)...)
		if _, err := io.ReadFull(g.Conn, packet[4:]); err != nil {
			g.failed = err
			return 0, err
		}
		withoutOffer(packet[4:])
		g.first = packet
	}
	if len(g.first) > 0 {
		n := copy(b, g.first)
		g.first = g.first[n:]
		return n, nil
	}
	return g.Conn.Read(b)
}

// SyscallConn implements syscall.Conn, by which the library looks at idle
// connections.
func (g *greeted) SyscallConn() (syscall.RawConn, error) {
	if sc, ok := g.Conn.(syscall.Conn); ok {
		return sc.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}

var errGreeting = db.NotSpoken(db.MySQL)

// withoutOffer clears MariaDB's extended capabilities in the body of a greeting
// of protocol 10: they are the last four of ten bytes that are zero in MySQL,
// which tells itself by the lowest capability.
func withoutOffer(greeting []byte) {
	if len(greeting) == 0 || greeting[0] != 10 {
		return
	}
	end := bytes.IndexByte(greeting, 0) // of the server's version
	if end < 0 {
		return
	}
	rest := greeting[end+1:]
	// number 4, salt 8, filler 1; capabilities 2, character set 1, status 2,
	// capabilities 2, length of the salt 1; reserved 6, extended 4
	const capabilities, extended, all = 13, 27, 31
	const isMySQL = 1
	if len(rest) >= all && binary.LittleEndian.Uint16(rest[capabilities:])&isMySQL == 0 {
		clear(rest[extended:all])
	}
}
