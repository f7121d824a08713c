// Package web is the HTTP side of a served program: the route table, what a
// request binds, what an answer becomes, limits and admission, timers,
// generations and the access log. It knows requests, not how they arrive:
// package fcgi feeds it from a FastCGI socket, HTTPFront from plain HTTP, and
// both get the same answers.
//
// In reading order: Request and Response are what a front and an App exchange;
// an App answers requests with the Generation that is current, a Program with its
// Settings and its host; a Table finds the route; a Gate admits; a LogWriter
// keeps the log from holding anybody up, and LogOutput is where it writes;
// App.Metrics tells what was counted.
//
//	s := web.DefaultSettings()
//	app := web.NewApp(web.Options{Log: log, Settings: s})
//	app.Swap(web.NewGeneration(program, s, host))
//	resp := app.Serve(ctx, &web.Request{ID: web.RequestID(""), Method: "GET", Path: "/"})
//	… // send it
//	resp.Done(sent, err)
//
// A reload is another Swap: requests that run end on the old program. To stop,
// Drain lets everything end that was handed over.
//
// The package opens no socket, reads no configuration file and knows nothing of
// syntax.
package web
