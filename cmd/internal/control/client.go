package control

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"etamil/cmd/internal/cli"
	"etamil/engine/diag"
)

// A Client is one connection to a daemon, for one request.
type Client struct {
	conn net.Conn
	in   *bufio.Reader
	// process is a descriptor of the daemon's process, -1 if there is none.
	process int
}

// maxReply bounds an answer; a daemon with 4,096 requests waiting has 600 KB.
const maxReply = 16 << 20

// Dial connects to the control socket at path. The error is a *cli.Error.
func Dial(path string) (*Client, error) {
	c, err := net.DialTimeout("unix", path, patience)
	if err != nil {
		return nil, dialError(path, err)
	}
	cl := &Client{conn: c, in: bufio.NewReader(io.LimitReader(c, maxReply)), process: -1}
	if raw, err := c.(*net.UnixConn).SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) {
			cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
			if err != nil || cred.Pid <= 0 { // in another namespace it has no number
				return
			}
			if process, err := unix.PidfdOpen(int(cred.Pid), 0); err == nil {
				cl.process = process
			}
		})
	}
	return cl, nil
}

func dialError(path string, err error) error {
	path = diag.Quote(path)
	info, statErr := os.Stat(path)
	switch {
	case len(path) > 107: // sockaddr_un(7)
		return cli.Errorf("'%s' மிக நீளமான பாதை; ஒரு socket-க்கு 107 பைட்டுகள் வரை", "the path '%s' is too long for a socket; it may have 107 bytes", path)
	case errors.Is(err, fs.ErrNotExist):
		return cli.Errorf("'%s' என்ற கட்டுப்பாட்டு socket இல்லை; etamild ஓடுகிறதா? --control சரியா?",
			"there is no control socket '%s'; is etamild running, and with this --control?", path)
	case statErr == nil && info.Mode()&fs.ModeSocket == 0:
		return cli.Errorf("'%s' ஒரு socket அல்ல", "'%s' is no socket", path)
	case errors.Is(err, syscall.ECONNREFUSED):
		return cli.Errorf("'%s' இல் யாரும் கேட்கவில்லை; அந்த etamild முடிந்துவிட்டது",
			"nobody listens on '%s'; that etamild has ended", path)
	case errors.Is(err, fs.ErrPermission):
		return cli.Errorf("'%s' ஐத் திறக்க அனுமதி இல்லை; daemon-இன் பயனர் அல்லது root ஆக இயக்குங்கள்",
			"no permission to open '%s'; be the daemon's user or root", path)
	}
	return cli.Errorf("'%[1]s' உடன் இணைக்க முடியவில்லை: %[2]s", "cannot connect to '%[1]s': %[2]s", path, err.Error())
}

// Close ends the connection.
func (c *Client) Close() error {
	if c.process >= 0 {
		unix.Close(c.process)
	}
	return c.conn.Close()
}

// Ask sends a command and returns the first answer. A refusal of the daemon is
// an error. A reload that failed is none: see Reply.Reload.
func (c *Client) Ask(command string) (*Reply, error) { return c.Send(Request{Command: command}) }

// Send is Ask with more than a command; the version is filled in.
func (c *Client) Send(r Request) (*Reply, error) {
	r.Version = Version
	line, err := json.Marshal(r)
	if err != nil {
		panic("BUG: a request has no JSON: " + err.Error())
	}
	c.conn.SetDeadline(time.Now().Add(2 * patience))
	defer c.conn.SetDeadline(time.Time{})
	switch r.Command {
	case CommandReload:
		c.conn.SetReadDeadline(time.Time{}) // it takes what it takes
	case CommandProfile:
		c.conn.SetReadDeadline(time.Now().Add(2*patience + time.Duration(r.Seconds*float64(time.Second))))
	}
	if _, err := c.conn.Write(append(line, '\n')); err != nil && !errors.Is(err, syscall.EPIPE) {
		return nil, silent(err) // EPIPE: it may have said why it closed
	}
	return c.next()
}

// next reads one answer.
func (c *Client) next() (*Reply, error) {
	line, err := c.in.ReadBytes('\n')
	if err != nil {
		return nil, silent(err)
	}
	var r Reply
	if json.Unmarshal(line, &r) != nil || r.Version == 0 {
		return nil, cli.Errorf("etamild அல்லாத ஒன்று பதிலளித்தது", "what answered is no etamild")
	}
	if r.Version != Version {
		return nil, cli.Errorf("daemon பேசும் நெறிமுறைப் பதிப்பு %d இங்கே தெரியாது", "the daemon speaks version %d of the control protocol, which is not known here", r.Version)
	}
	if !r.OK && r.Reload == nil {
		return nil, &cli.Error{Text: r.Reason()}
	}
	return &r, nil
}

func silent(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return cli.Errorf("daemon %v நேரத்திற்குள் பதிலளிக்கவில்லை", "the daemon did not answer within %v", 2*patience)
	}
	return cli.Errorf("daemon பதிலளிக்காமல் இணைப்பை மூடியது", "the daemon closed the connection without an answer")
}

// Await returns how a drain ended, once the process of the daemon is gone; nil
// when the daemon could not tell.
func (c *Client) Await() *Ended {
	var ended *Ended
	for {
		r, err := c.next()
		if err != nil {
			break
		}
		if r.Ended != nil {
			ended = r.Ended
		}
	}
	// The kernel closes a process's connections a moment before it is gone.
	if c.process >= 0 {
		for {
			fds := []unix.PollFd{{Fd: int32(c.process), Events: unix.POLLIN}}
			if _, err := unix.Poll(fds, int(patience.Milliseconds())); err != unix.EINTR {
				break
			}
		}
	}
	return ended
}
