// Package fcgitest is the web server's side of FastCGI for tests: a client that
// sends requests as nginx does, and records as nobody should. The standard
// library has only the responder's side.
package fcgitest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
)

// Record types and protocol statuses of the FastCGI specification 1.0, §8.
const (
	Begin           = 1
	Abort           = 2
	End             = 3
	Params          = 4
	Stdin           = 5
	Stdout          = 6
	Stderr          = 7
	Data            = 8
	GetValues       = 9
	GetValuesResult = 10
	UnknownType     = 11

	Complete    = 0
	CantMPX     = 1
	UnknownRole = 3
)

const maxContent = 65535

// A Record is one record as it was read.
type Record struct {
	Type    byte
	ID      uint16
	Content []byte
}

// AppendRecord appends one record. content has at most 65,535 bytes.
func AppendRecord(b []byte, typ byte, id uint16, content []byte, padding byte) []byte {
	b = append(b, 1, typ)
	b = binary.BigEndian.AppendUint16(b, id)
	b = binary.BigEndian.AppendUint16(b, uint16(len(content)))
	b = append(b, padding, 0)
	b = append(b, content...)
	return append(b, make([]byte, padding)...)
}

// AppendStream appends data as records of a stream, without the empty one that
// ends it.
func AppendStream(b []byte, typ byte, id uint16, data []byte) []byte {
	for len(data) > 0 {
		n := min(len(data), maxContent)
		b = AppendRecord(b, typ, id, data[:n], 0)
		data = data[n:]
	}
	return b
}

// AppendBegin appends a BEGIN_REQUEST for a responder.
func AppendBegin(b []byte, id uint16, keep bool) []byte {
	content := [8]byte{1: 1}
	if keep {
		content[2] = 1
	}
	return AppendRecord(b, Begin, id, content[:], 0)
}

// AppendPair appends a name and a value as PARAMS and GET_VALUES hold them.
func AppendPair(b []byte, name, value string) []byte {
	for _, n := range []int{len(name), len(value)} {
		if n < 0x80 {
			b = append(b, byte(n))
		} else {
			b = binary.BigEndian.AppendUint32(b, uint32(n)|1<<31)
		}
	}
	b = append(b, name...)
	return append(b, value...)
}

// A Request is one request. The zero Request is GET / with id 1 on a connection
// that closes.
type Request struct {
	ID     uint16 // 0: 1
	Keep   bool   // FCGI_KEEP_CONN
	Method string // "": GET
	Target string // REQUEST_URI; "": /
	// Params are further pairs, in this order. A pair with a name that is
	// sent already is sent as well.
	Params [][2]string
	Body   []byte
	// NoLength leaves CONTENT_LENGTH out, as for a chunked body.
	NoLength bool
}

func (r *Request) id() uint16 {
	if r.ID == 0 {
		return 1
	}
	return r.ID
}

// AppendParams appends the pairs of r, as they are in the PARAMS stream.
func (r *Request) AppendParams(b []byte) []byte {
	method, target := r.Method, r.Target
	if method == "" {
		method = "GET"
	}
	if target == "" {
		target = "/"
	}
	_, query, _ := strings.Cut(target, "?")
	b = AppendPair(b, "QUERY_STRING", query)
	b = AppendPair(b, "REQUEST_METHOD", method)
	if !r.NoLength {
		length := ""
		if len(r.Body) > 0 {
			length = strconv.Itoa(len(r.Body))
		}
		b = AppendPair(b, "CONTENT_LENGTH", length)
	}
	b = AppendPair(b, "REQUEST_URI", target)
	b = AppendPair(b, "SERVER_PROTOCOL", "HTTP/1.1")
	b = AppendPair(b, "REMOTE_ADDR", "127.0.0.1")
	for _, p := range r.Params {
		b = AppendPair(b, p[0], p[1])
	}
	return b
}

// Append appends all records of r.
func (r *Request) Append(b []byte) []byte {
	b = AppendBegin(b, r.id(), r.Keep)
	b = AppendStream(b, Params, r.id(), r.AppendParams(nil))
	b = AppendRecord(b, Params, r.id(), nil, 0)
	b = AppendStream(b, Stdin, r.id(), r.Body)
	return AppendRecord(b, Stdin, r.id(), nil, 0)
}

// A Response is what came for one request up to its END_REQUEST.
type Response struct {
	Status int // of the Status line; 200 without one
	Header textproto.MIMEHeader
	Body   []byte
	Stderr []byte

	AppStatus      uint32
	ProtocolStatus byte
	Others         []Record // records of no stream of this request
}

// A Client speaks over one connection. It is for one goroutine; reading and
// writing may be two.
type Client struct {
	Conn net.Conn
	in   *bufio.Reader
}

// Dial connects to the Unix socket at path.
func Dial(path string) (*Client, error) {
	c, err := net.Dial("unix", path)
	if err != nil {
		return nil, err
	}
	return NewClient(c), nil
}

// NewClient returns a client on an open connection.
func NewClient(c net.Conn) *Client {
	return &Client{Conn: c, in: bufio.NewReaderSize(c, 4<<10)}
}

// Close closes the connection.
func (c *Client) Close() error { return c.Conn.Close() }

// Send writes bytes as they are.
func (c *Client) Send(b []byte) error {
	_, err := c.Conn.Write(b)
	return err
}

// Do sends r with one write and reads the answer.
func (c *Client) Do(r Request) (*Response, error) {
	if err := c.Send(r.Append(nil)); err != nil {
		return nil, err
	}
	return c.Receive(r.id())
}

// Buffered returns how many bytes have been read from the connection and not
// yet returned. nginx keeps a connection only where it is 0 after an answer.
func (c *Client) Buffered() int { return c.in.Buffered() }

// ReadRecord reads one record.
func (c *Client) ReadRecord() (Record, error) {
	var h [8]byte
	if _, err := io.ReadFull(c.in, h[:]); err != nil {
		return Record{}, err
	}
	if h[0] != 1 {
		return Record{}, fmt.Errorf("record of version %d", h[0])
	}
	r := Record{Type: h[1], ID: binary.BigEndian.Uint16(h[2:]), Content: make([]byte, binary.BigEndian.Uint16(h[4:]))}
	if _, err := io.ReadFull(c.in, r.Content); err != nil {
		return r, noEOF(err)
	}
	_, err := c.in.Discard(int(h[6]))
	return r, noEOF(err)
}

// Receive reads records up to the END_REQUEST of id.
func (c *Client) Receive(id uint16) (*Response, error) {
	r := &Response{}
	var out []byte
	for {
		rec, err := c.ReadRecord()
		if err != nil {
			return nil, err
		}
		switch {
		case rec.ID != id:
			r.Others = append(r.Others, rec)
		case rec.Type == Stdout:
			out = append(out, rec.Content...)
		case rec.Type == Stderr:
			r.Stderr = append(r.Stderr, rec.Content...)
		case rec.Type == End:
			if len(rec.Content) != 8 {
				return nil, errors.New("END_REQUEST of a wrong length")
			}
			r.AppStatus = binary.BigEndian.Uint32(rec.Content)
			r.ProtocolStatus = rec.Content[4]
			return r, r.parse(out)
		default:
			r.Others = append(r.Others, rec)
		}
	}
}

// parse splits the output of a responder (RFC 3875, 6).
func (r *Response) parse(out []byte) error {
	if len(out) == 0 {
		return nil
	}
	head, body, found := strings.Cut(string(out), "\r\n\r\n")
	if !found {
		return errors.New("answer without an empty line after its head")
	}
	r.Status, r.Body = 200, []byte(body)
	h, err := textproto.NewReader(bufio.NewReader(strings.NewReader(head + "\r\n\r\n"))).ReadMIMEHeader()
	if err != nil {
		return fmt.Errorf("head of the answer: %w", err)
	}
	r.Header = h
	if line := h.Get("Status"); line != "" {
		number, _, _ := strings.Cut(line, " ")
		if r.Status, err = strconv.Atoi(number); err != nil {
			return fmt.Errorf("status line %q", line)
		}
		delete(h, "Status")
	}
	return nil
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
