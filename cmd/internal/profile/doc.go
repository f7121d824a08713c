// Package profile finds out where eTamil programs spend processor time: in which
// route or timer, function and line.
//
//	p := profile.New()                       // one a process; hosts get it as their Sampler
//	r, err := p.Take(ctx, 10*time.Second)    // what ran in that time
//	r.Write(w)                               // for "go tool pprof"
//	r.Hottest(10)                            // for people without it
//
// A hundred times a second the runs that compute are asked where they are, as
// many of them as there are processors. A run answers when it next calls
// something or begins another round of a loop, so the lines are those of calls
// and loops, and what a program's time is next to (the web server's records, the
// collector, the kernel) is not in it. A run that waits, for a database or
// another server, is not asked. While nobody takes a profile a run looks at one
// number every 20,000 steps; while somebody does, every 256, which is a few per
// cent at most.
package profile
