package control

import (
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A Backlog is the queue of a listening Unix socket in the kernel.
type Backlog struct {
	Socket  string `json:"socket"`
	Waiting int    `json:"waiting"` // connections
	Most    int    `json:"most"`    // that may wait
}

// From linux/sock_diag.h and linux/unix_diag.h (sock_diag(7)).
const (
	sockDiagByFamily = 20

	showName  = 0x01
	showVFS   = 0x02
	showQueue = 0x10

	attrName  = 0
	attrVFS   = 1
	attrQueue = 4

	stateListen = 10 // TCP_LISTEN

	requestSize = 24 // struct unix_diag_req
	messageSize = 16 // struct unix_diag_msg
)

// ReadBacklog asks the kernel (sock_diag(7)) for the queues of the sockets with
// these paths. It answers nil when that cannot be known: the sockets are of
// another network namespace, or this process may not ask.
func ReadBacklog(paths []string) []Backlog {
	all, err := unixListeners()
	if err != nil {
		return nil
	}
	var found []Backlog
	for _, path := range paths {
		best := -1
		for i := range all {
			// Several may have had the name; the file tells which has it now.
			if all[i].name == path && (best < 0 || all[i].isFile(path)) {
				best = i
			}
		}
		if best >= 0 {
			found = append(found, Backlog{Socket: path, Waiting: int(all[best].waiting), Most: int(all[best].most)})
		}
	}
	return found
}

// A socket is one that listens, as the kernel tells of it.
type socket struct {
	name          string
	inode         uint32 // of its file, the lower half
	waiting, most uint32
}

func (s *socket) isFile(path string) bool {
	var info syscall.Stat_t
	return syscall.Stat(path, &info) == nil && uint32(info.Ino) == s.inode
}

// unixListeners returns the Unix sockets of this network namespace that listen.
func unixListeners() ([]socket, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	limit := unix.NsecToTimeval(int64(time.Second))
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &limit); err != nil {
		return nil, err
	}
	request := make([]byte, unix.NLMSG_HDRLEN+requestSize)
	order := binary.NativeEndian
	order.PutUint32(request, uint32(len(request)))
	order.PutUint16(request[4:], sockDiagByFamily)
	order.PutUint16(request[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	body := request[unix.NLMSG_HDRLEN:]
	body[0] = unix.AF_UNIX
	order.PutUint32(body[4:], 1<<stateListen)
	order.PutUint32(body[12:], showName|showVFS|showQueue)
	if err := unix.Sendto(fd, request, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, err
	}
	var all []socket
	buf := make([]byte, 64<<10) // more than the kernel puts into one answer
	for {
		n, from, err := unix.Recvfrom(fd, buf, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return nil, os.NewSyscallError("recvfrom", err)
		}
		if kernel, ok := from.(*unix.SockaddrNetlink); !ok || kernel.Pid != 0 {
			continue
		}
		messages, err := syscall.ParseNetlinkMessage(buf[:n])
		if err != nil {
			return nil, err
		}
		for i := range messages {
			switch messages[i].Header.Type {
			case unix.NLMSG_DONE:
				return all, nil
			case unix.NLMSG_ERROR:
				return nil, errors.New("the kernel does not tell of Unix sockets")
			case sockDiagByFamily:
				if s, ok := parseSocket(messages[i].Data); ok {
					all = append(all, s)
				}
			}
		}
	}
}

// parseSocket reads a unix_diag_msg with its attributes; false: it has no name.
func parseSocket(data []byte) (s socket, ok bool) {
	if len(data) < messageSize {
		return s, false
	}
	order := binary.NativeEndian
	for data = data[messageSize:]; len(data) >= unix.SizeofRtAttr; {
		size, kind := int(order.Uint16(data)), order.Uint16(data[2:])
		if size < unix.SizeofRtAttr || size > len(data) {
			return s, false
		}
		value := data[unix.SizeofRtAttr:size]
		switch {
		case kind == attrName:
			s.name = strings.TrimRight(string(value), "\x00")
		case kind == attrVFS && len(value) >= 8:
			s.inode = order.Uint32(value)
		case kind == attrQueue && len(value) >= 8:
			s.waiting, s.most = order.Uint32(value), order.Uint32(value[4:])
		}
		data = data[min((size+unix.RTA_ALIGNTO-1)&^(unix.RTA_ALIGNTO-1), len(data)):]
	}
	return s, s.name != ""
}
