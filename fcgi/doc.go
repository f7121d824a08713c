// Package fcgi serves FastCGI responders: it turns what nginx sends over a
// socket into a [web.Request], and a [web.Response] into records.
//
// Reading order: [Server] accepts connections and drains them; a conn reads
// the records of one connection and lets through only what is sound; an
// exchange is one request from its BEGIN_REQUEST to its END_REQUEST; an engine
// is one net/http/fcgi responder, which drives an exchange's handler and its
// response stream.
//
// The standard package is the protocol engine of every request, but it is
// trusted with little. It holds 64 KiB per connection and trusts its peer, so
// engines are pooled and stand behind the connections instead of on them: a
// request that was received, bounded and parsed here is shown to an engine as
// a minimal one (no body, two parameters), the engine calls the handler in a
// goroutine of the request's own, and the records it writes are gathered and
// sent with one write that ends with END_REQUEST. What net/http/fcgi leaves
// open (panics, cancelling, deadlines, floods, multiplexing, unbounded
// parameters and bodies) is closed on the connection's side.
//
// The package does not bound how many requests run, choose routes or write
// access lines; that is package web, and so is reading the body, which happens
// only when the handler asks for it.
//
//	l, err := fcgi.ListenUnix("/run/etamil/etamil.sock", 0o660)
//	…
//	s := fcgi.NewServer(fcgi.Options{Handler: h, Log: log})
//	go s.Serve(l)
//	…
//	err = s.Drain(ctx) // every request received is answered
//
// A server also leaves without closing anything: HandOff gives its connections
// to another process as they become idle, DrainTo to whoever keeps them for the
// next one.
package fcgi
