package web

import (
	"etamil/engine"
	"etamil/engine/host"
)

// A Pair is one name with one value.
type Pair = engine.Pair

// A Request is one HTTP request as a front (FastCGI or HTTP) hands it over.
// It belongs to one goroutine.
type Request struct {
	ID     string // request id for logs and answers: 1–64 of A–Z a–z 0–9 . _ -
	Method string // as sent, not empty
	// Path and Query are the raw request target in origin form: the path
	// starts with '/'; neither is decoded or holds a '#' (see ParseTarget).
	Path     string // up to the first '?'
	Query    string // after it
	HasQuery bool   // there was a '?'
	// Header holds lower-case names; values are trimmed, bytes as sent.
	// content-type and content-length are among them when not empty.
	Header     []Pair
	RemoteAddr string // for the log only
	// BodySize is the announced length of the body, -1 if none was.
	BodySize int64
	// ReadBody reads the whole body, at most max bytes (0: no limit); nil:
	// there is none. It is called at most once, after admission. Its error
	// is ErrBodyTooLarge, ErrBodyShort (fewer or more bytes than announced,
	// client gone) or that of the context.
	ReadBody func(max int64) ([]byte, error)
}

// A Response is what goes back. Either Body or File is sent; for HEAD neither
// is, but Length still tells the size. It and everything in it belong to the
// App again once Done was called; a front that gets one with a Done calls it
// exactly once, whatever happens.
type Response struct {
	Status int
	// Header is complete but for Status and the connection: content type,
	// length, request id and nosniff are in it, in order of name. A name
	// may come more than once. Values may hold UTF-8.
	Header []Pair
	Body   []byte
	File   host.File // closed by whoever sends it; nil: Body
	Length int64     // bytes of Body or File
	// Done is called once after the answer was sent or failed to be sent,
	// with the number of body bytes handed to the client's side; nil: none.
	Done func(sent int64, err error)
}
