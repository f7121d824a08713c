package mysql

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"testing/iotest"
)

// greeting is a greeting of protocol 10 of a server with these capabilities.
func greeting(version string, capabilities uint16, extended uint32) []byte {
	body := append([]byte{10}, version...)
	body = append(body, 0)                                      // the version's end
	body = append(body, 1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0)  // number, salt, filler
	body = binary.LittleEndian.AppendUint16(body, capabilities) //
	body = append(body, 45, 2, 0, 0xff, 0xc1, 21)               // character set, status, capabilities, length
	body = append(body, 0, 0, 0, 0, 0, 0)                       // reserved
	body = binary.LittleEndian.AppendUint32(body, extended)     //
	return append(body, "salt and plugin\x00mysql_native_password\x00"...)
}

func TestOnlyMariaDBsOfferIsTakenOut(t *testing.T) {
	for _, tt := range []struct {
		why       string
		give      []byte
		unchanged bool
	}{
		{"MariaDB", greeting("5.5.5-10.11.6-MariaDB", 0xfffe, 0x3d), false},
		{"MySQL, whatever the reserved bytes", greeting("8.4.0", 0xffff, 0x3d), true},
		{"an error instead of a greeting", append([]byte{0xff, 0x10, 0x04}, "Too many connections"...), true},
		{"a version without an end", []byte{10, 'x'}, true},
		{"nothing", nil, true},
		{"a greeting that is cut", greeting("10.11", 0xfffe, 0x3d)[:20], true},
	} {
		got := bytes.Clone(tt.give)
		withoutOffer(got)
		if bytes.Equal(got, tt.give) != tt.unchanged {
			t.Errorf("%s: % x becomes % x", tt.why, tt.give, got)
		}
		if !tt.unchanged && !bytes.Equal(got, greeting("5.5.5-10.11.6-MariaDB", 0xfffe, 0)) {
			t.Errorf("%s: % x", tt.why, got)
		}
	}
}

// source is a connection that gives bytes.
type source struct {
	net.Conn
	io.Reader
}

func (s source) Read(b []byte) (int, error) { return s.Reader.Read(b) }

// Whatever a server sends, it arrives in one piece and order, and nothing but
// the offer is missing.
func FuzzGreeting(f *testing.F) {
	f.Add(greeting("10.11", 0xfffe, 0x3d), []byte("next"))
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, body, rest []byte) {
		packet := append([]byte{byte(len(body)), byte(len(body) >> 8), byte(len(body) >> 16), 0}, body...)
		want := bytes.Clone(packet)
		withoutOffer(want[4:])
		want = append(want, rest...)
		g := &greeted{Conn: source{Reader: iotest.OneByteReader(bytes.NewReader(append(packet, rest...)))}}
		got, err := io.ReadAll(g)
		if len(body) > maxGreeting {
			if err == nil {
				t.Fatal("a greeting of any length is taken")
			}
			return
		}
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("% x, %v, want % x", got, err, want)
		}
	})
}
