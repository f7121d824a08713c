// Package handover is the talk between a daemon and the process that takes its
// place: the same daemon started again, from a binary that may be a newer one,
// or with other settings. Nobody on the outside notices, because the sockets
// move and never close.
//
// The old process is the Parent, the new one the Child. They speak over a pair
// of sockets that keep the bounds of messages (SOCK_SEQPACKET), one JSON object
// a message, descriptors beside it (SCM_RIGHTS):
//
//	parent                                  child
//	hello {version, build, pid, facts} →
//	                                  ←     hello {version, build, pid}
//	listeners {names} + descriptors   →           at most 253 a message
//	                                  ←     ready, or failed {reason, diagnostics}
//	begin                             →     accepts
//	                                  ←     begun
//	conn {n} + descriptor             →     for each connection that is idle
//	                                  ←     took {n}, before it reads from it
//	alive {n}                         →
//	                                  ←     took {n}
//	timers {due times}                →     when the parent's have stopped
//	status {requests left, …}         →
//	drained                           →     is the service's main process
//	(closes)                                is alone
//
// Until begin the child serves nothing, and every way in which it can fail (it
// cannot be started, crashes, hangs, ends with status 0, refuses its program,
// speaks another version) ends it and leaves the parent as it was: a *Failure
// says why. Between begin and drained both serve. When the child dies then, the
// parent takes back what was not taken and goes on alone; what the child held
// dies with it. When the parent dies before begin, the child ends; afterwards it
// goes on alone.
//
// A signal to end that one of them gets is passed on with terminate. Then
// nothing moves any more from parent to child. The main process ends last,
// because a service manager ends the others with it: until drained that is the
// parent, and the child, having answered what it had, gives its idle
// connections back (conn) and ends.
//
// Both ends ignore fields they do not know, and refuse another Version in a
// sentence, so that each build can be followed, and can follow, the one before.
package handover
