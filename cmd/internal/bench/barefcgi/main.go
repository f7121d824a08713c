// Barefcgi is the least a FastCGI responder in Go can be: net/http/fcgi, as it
// comes, and a handler that writes one line. `make bench` puts etamild beside it.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/fcgi"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: barefcgi SOCKET")
		os.Exit(2)
	}
	os.Remove(os.Args[1])
	l, err := net.Listen("unix", os.Args[1])
	if err == nil {
		err = fcgi.Serve(l, http.HandlerFunc(hello))
	}
	fmt.Fprintln(os.Stderr, "barefcgi:", err)
	os.Exit(1)
}

func hello(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, "வணக்கம்\n")
}
