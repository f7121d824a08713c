package fcgi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Ask sends the server a GET of target as a web server would: over a socket, as
// records. So a process learns whether it answers. h answers in place of the
// server's handler, unless it is nil. It is not counted in Stats, and is no
// reason to wait at a drain longer than ctx. Answers are small; more than 1 MiB
// is an error.
func (s *Server) Ask(ctx context.Context, h Handler, target string) (status int, body []byte, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return 0, nil, fmt.Errorf("make a pair of sockets: %w", err)
	}
	asking, err := connOf(pair[0])
	if err != nil {
		unix.Close(pair[1])
		return 0, nil, err
	}
	defer asking.Close()
	asked, err := connOf(pair[1])
	if err != nil {
		return 0, nil, err
	}
	s.serveConn(asked, true, h)
	stop := context.AfterFunc(ctx, func() { asking.SetDeadline(longAgo) })
	defer stop()
	if _, err = asking.Write(question(target)); err == nil {
		status, body, err = readAnswer(asking)
	}
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return status, body, err
}

func connOf(fd int) (net.Conn, error) {
	f := os.NewFile(uintptr(fd), "question")
	defer f.Close()
	return net.FileConn(f)
}

// question returns the records of a GET.
func question(target string) []byte {
	_, query, _ := strings.Cut(target, "?")
	p := appendPair(nil, "REQUEST_METHOD", "GET")
	p = appendPair(p, "REQUEST_URI", target)
	p = appendPair(p, "QUERY_STRING", query)
	p = appendPair(p, "SERVER_PROTOCOL", "HTTP/1.1")
	b := appendHeader(nil, typeBegin, 1, 8, 0)
	b = append(b, 0, roleResponder, 0, 0, 0, 0, 0, 0)
	for len(p) > 0 {
		n := min(len(p), maxRecord)
		b = append(appendHeader(b, typeParams, 1, n, 0), p[:n]...)
		p = p[n:]
	}
	b = appendHeader(b, typeParams, 1, 0, 0)
	return appendHeader(b, typeStdin, 1, 0, 0)
}

// readAnswer reads up to END_REQUEST.
func readAnswer(r io.Reader) (status int, body []byte, err error) {
	const most = 1 << 20
	var out []byte
	h, content := make([]byte, headerLen), make([]byte, maxRecord+255)
	for {
		if _, err := io.ReadFull(r, h); err != nil {
			return 0, nil, fmt.Errorf("no whole answer: %w", err)
		}
		n, pad := int(h[4])<<8|int(h[5]), int(h[6])
		if _, err := io.ReadFull(r, content[:n+pad]); err != nil {
			return 0, nil, fmt.Errorf("no whole answer: %w", err)
		}
		if h[1] == typeEnd {
			break
		}
		if h[1] == typeStdout {
			out = append(out, content[:n]...)
		}
		if len(out) > most {
			return 0, nil, errors.New("the answer is too long")
		}
	}
	head, rest, ok := strings.Cut(string(out), "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		if value, is := strings.CutPrefix(line, "Status: "); is && ok {
			number, _, _ := strings.Cut(value, " ")
			status, err = strconv.Atoi(number)
			return status, []byte(rest), err
		}
	}
	return 0, nil, errors.New("the answer has no status")
}
