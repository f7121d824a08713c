package system

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"etamil/engine/host"
)

// TestFailuresOfTheNetworkAreToldInBothLanguages holds that none is shown in the
// words of the library that met it.
func TestFailuresOfTheNetworkAreToldInBothLanguages(t *testing.T) {
	hangsUp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer hangsUp.Close()
	go func() {
		for {
			c, err := hangsUp.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	plainly := httptest.NewServer(http.NotFoundHandler())
	defer plainly.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = nil
	secure.StartTLS()
	defer secure.Close()
	web := newWeb(t, WebConfig{})
	for _, tt := range []struct{ url, en string }{
		{"http://127.0.0.1:1/", "connection refused: no server listens there"},
		{"http://" + hangsUp.Addr().String() + "/", "the server closed the connection"},
		{"http://no-such-host.invalid/", "host"}, // not found, or no way to ask
		{strings.Replace(plainly.URL, "http:", "https:", 1), "the server does not answer in https"},
		{secure.URL, "the server's certificate is not trusted"},
	} {
		_, err := web.Do(context.Background(), &host.HTTPRequest{Method: "GET", URL: tt.url})
		if err == nil || !strings.Contains(err.Error(), tt.en) {
			t.Errorf("%s: %v, want %s", tt.url, err, tt.en)
			continue
		}
		if own, ok := err.(interface{ Tamil() string }); !ok || own.Tamil() == "" || own.Tamil() == err.Error() {
			t.Errorf("%s: %v has no Tamil words", tt.url, err)
		}
	}
}
