package fcgi

import "encoding/binary"

// Record types, roles and statuses of the FastCGI specification 1.0, §8.
const (
	typeBegin           = 1
	typeAbort           = 2
	typeEnd             = 3
	typeParams          = 4
	typeStdin           = 5
	typeStdout          = 6
	typeStderr          = 7
	typeData            = 8
	typeGetValues       = 9
	typeGetValuesResult = 10
	typeUnknown         = 11

	version1      = 1
	flagKeepConn  = 1
	roleResponder = 1

	statusComplete    = 0
	statusCantMPX     = 1
	statusUnknownRole = 3

	headerLen = 8
	maxRecord = 65535 // content of one record, in bytes
)

// appendHeader appends a record's header. n is at most maxRecord.
func appendHeader(b []byte, typ byte, id uint16, n, pad int) []byte {
	return append(b, version1, typ, byte(id>>8), byte(id), byte(n>>8), byte(n), byte(pad), 0)
}

// appendEnd appends an END_REQUEST record.
func appendEnd(b []byte, id uint16, status byte) []byte {
	b = appendHeader(b, typeEnd, id, 8, 0)
	return append(b, 0, 0, 0, 0, status, 0, 0, 0)
}

// appendLeave appends the empty management record after which nginx closes a
// connection instead of keeping it: bytes beyond END_REQUEST make it give up
// the connection without an error (nginx 1.22).
func appendLeave(b []byte) []byte {
	return appendHeader(b, typeGetValuesResult, 0, 0, 0)
}

// nextPair splits one name and value off b, in the encoding of §3.4: lengths
// of one byte, or of four with the highest bit set. ok is false when b does not
// hold a whole pair.
func nextPair[T string | []byte](b T) (name, value, rest T, ok bool) {
	n, b, ok := pairLen(b)
	if !ok {
		return name, value, rest, false
	}
	v, b, ok := pairLen(b)
	// Both are below 2³¹: the sum does not overflow an int of 64 bits.
	if !ok || n+v > uint64(len(b)) {
		return name, value, rest, false
	}
	return b[:n], b[n : n+v], b[n+v:], true
}

func pairLen[T string | []byte](b T) (n uint64, rest T, ok bool) {
	if len(b) == 0 {
		return 0, b, false
	}
	if b[0] < 0x80 {
		return uint64(b[0]), b[1:], true
	}
	if len(b) < 4 {
		return 0, b, false
	}
	n = uint64(b[0]&0x7f)<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
	return n, b[4:], true
}

// appendPair appends a name and value in the encoding nextPair reads.
func appendPair(b []byte, name, value string) []byte {
	b = appendPairLen(b, len(name))
	b = appendPairLen(b, len(value))
	b = append(b, name...)
	return append(b, value...)
}

func appendPairLen(b []byte, n int) []byte {
	if n < 0x80 {
		return append(b, byte(n))
	}
	return binary.BigEndian.AppendUint32(b, uint32(n)|1<<31)
}
