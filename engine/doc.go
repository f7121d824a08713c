// Package engine runs eTamil programs: Load makes an immutable Program of a
// source file and everything it imports; Run, Serve and Tick run it, each in
// its own state, from any number of goroutines.
//
// What a program may reach is given to each run as a *host.Host, how much it
// may use as Limits. Mistakes of the author come back as *diag.Diagnostic with
// code, place and the calls that were active; a fault of the engine itself is
// caught and comes back as *Fault.
//
//	p, list := engine.Load(engine.LoadOptions{File: "வரி.qmz"})
//	if list.HasErrors() { … }
//	_, err := p.Run(ctx, h, engine.Limits{})
//
// The package knows neither HTTP nor databases; packages fcgi and db do.
package engine
