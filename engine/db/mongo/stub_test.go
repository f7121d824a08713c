package mongo

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// A stub speaks MongoDB's wire protocol and keeps documents as they come, where
// the server of the tests cannot: Decimal128, order of fields, failures.
type stub struct {
	net.Listener
	set string // its replica set; "": it is alone

	mu        sync.Mutex
	documents []bson.Raw
	commands  []bson.Raw // in their order, without those of monitors
	conns     map[net.Conn]struct{}
	most      int // connections at a time
	// answer, when it is set and answers, takes the place of the stub's own.
	answer func(command string, body bson.Raw) (reply bson.D, ok bool)
}

func newStub(t *testing.T) *stub {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &stub{Listener: l, conns: map[net.Conn]struct{}{}}
	go s.serve(l)
	t.Cleanup(s.stop)
	return s
}

func (s *stub) url() string { return "mongodb://" + s.Addr().String() + "/" }

func (s *stub) stop() {
	s.Close()
	s.cut()
}

// cut closes all connections.
func (s *stub) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Close()
	}
}

func (s *stub) on(answer func(command string, body bson.Raw) (bson.D, bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// sent returns the commands of that name.
func (s *stub) sent(name string) []bson.Raw {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.commands), func(c bson.Raw) bool { return nameOf(c) != name })
}

func nameOf(body bson.Raw) string {
	e, err := body.IndexErr(0)
	if err != nil {
		return ""
	}
	return e.Key()
}

func (s *stub) serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns[c] = struct{}{}
		s.most = max(s.most, len(s.conns))
		s.mu.Unlock()
		go func() {
			s.talk(c)
			c.Close()
			s.mu.Lock()
			delete(s.conns, c)
			s.mu.Unlock()
		}()
	}
}

const (
	opReply = 1
	opQuery = 2004
	opMsg   = 2013
)

var errWire = errors.New("not a message of the stub's protocol")

func (s *stub) talk(c net.Conn) error {
	for {
		head := make([]byte, 16)
		if _, err := io.ReadFull(c, head); err != nil {
			return err
		}
		rest := make([]byte, binary.LittleEndian.Uint32(head)-16)
		if _, err := io.ReadFull(c, rest); err != nil {
			return err
		}
		op := binary.LittleEndian.Uint32(head[12:])
		var body bson.Raw
		var listed []bson.Raw // of a document sequence
		switch op {
		case opQuery: // flags, name of the collection, skip, number, document
			end := slices.Index(rest[4:], 0)
			body = rest[4+end+1+8:]
		case opMsg:
			for at := 4; at < len(rest); {
				kind := rest[at]
				size := int(binary.LittleEndian.Uint32(rest[at+1:]))
				part := rest[at+1 : at+1+size]
				at += 1 + size
				if kind == 0 {
					body = part
					continue
				}
				end := slices.Index(part[4:], 0)
				for part = part[4+end+1:]; len(part) > 0; {
					n := binary.LittleEndian.Uint32(part)
					listed, part = append(listed, bson.Raw(part[:n])), part[n:]
				}
			}
		default:
			return errWire
		}
		answer := s.reply(body, listed)
		if answer == nil {
			return errWire
		}
		doc, err := bson.Marshal(answer)
		if err != nil {
			return err
		}
		var out []byte
		if op == opQuery {
			out = append(make([]byte, 16+20), doc...) // flags, cursor, from, number
			binary.LittleEndian.PutUint32(out[32:], 1)
			binary.LittleEndian.PutUint32(out[12:], opReply)
		} else {
			out = append(make([]byte, 16+5), doc...)
			binary.LittleEndian.PutUint32(out[12:], opMsg)
		}
		binary.LittleEndian.PutUint32(out, uint32(len(out)))
		copy(out[8:12], head[4:8])
		if _, err := c.Write(out); err != nil {
			return err
		}
	}
}

func done(more ...bson.E) bson.D { return append(bson.D{{Key: "ok", Value: 1.0}}, more...) }

// reply answers a command; nil: the connection is closed.
func (s *stub) reply(body bson.Raw, listed []bson.Raw) bson.D {
	name := nameOf(body)
	switch strings.ToLower(name) {
	case "hello", "ismaster":
		hello := done(
			bson.E{Key: "isWritablePrimary", Value: true}, bson.E{Key: "ismaster", Value: true}, bson.E{Key: "helloOk", Value: true},
			bson.E{Key: "maxBsonObjectSize", Value: 16 << 20}, bson.E{Key: "maxMessageSizeBytes", Value: 48_000_000},
			bson.E{Key: "maxWriteBatchSize", Value: 100_000}, bson.E{Key: "localTime", Value: bson.NewDateTimeFromTime(time.Now())},
			bson.E{Key: "minWireVersion", Value: 0}, bson.E{Key: "maxWireVersion", Value: 21},
		)
		if s.set != "" {
			me := s.Addr().String()
			hello = append(hello, bson.E{Key: "setName", Value: s.set}, bson.E{Key: "hosts", Value: bson.A{me}}, bson.E{Key: "me", Value: me},
				bson.E{Key: "primary", Value: me}, bson.E{Key: "setVersion", Value: 1}, bson.E{Key: "logicalSessionTimeoutMinutes", Value: 30})
		}
		return hello
	case "endsessions":
		return done()
	}
	s.mu.Lock()
	s.commands = append(s.commands, slices.Clone(body))
	answer := s.answer
	s.mu.Unlock()
	if answer != nil {
		if reply, ok := answer(name, body); ok {
			return reply
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch name {
	case "ping":
		return done()
	case "insert":
		if list, ok := body.Lookup("documents").ArrayOK(); ok {
			values, _ := list.Values()
			for _, v := range values {
				listed = append(listed, v.Document())
			}
		}
		for _, d := range listed {
			s.documents = append(s.documents, slices.Clone(d))
		}
		return done(bson.E{Key: "n", Value: len(listed)})
	case "find":
		first := bson.A{}
		id := body.Lookup("filter", "_id")
		for _, d := range s.documents {
			if id.IsZero() || d.Lookup("_id").Equal(id) {
				first = append(first, d)
			}
		}
		namespace := body.Lookup("$db").StringValue() + "." + body.Lookup("find").StringValue()
		return done(bson.E{Key: "cursor", Value: bson.D{{Key: "id", Value: int64(0)}, {Key: "ns", Value: namespace}, {Key: "firstBatch", Value: first}}})
	case "delete":
		n := len(s.documents)
		s.documents = nil
		return done(bson.E{Key: "n", Value: n})
	case "update":
		return done(bson.E{Key: "n", Value: 1}, bson.E{Key: "nModified", Value: 1})
	}
	return refused(59, "no such command: '"+name+"'")
}

func refused(code int32, message string) bson.D {
	return bson.D{{Key: "ok", Value: 0.0}, {Key: "errmsg", Value: message}, {Key: "code", Value: code}, {Key: "codeName", Value: "Name"}}
}

// StubURL starts a stub for tests outside of the package.
func StubURL(t *testing.T) string { return newStub(t).url() }
