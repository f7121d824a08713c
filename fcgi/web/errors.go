package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"etamil/engine/diag"
)

var (
	// ErrBodyTooLarge: the body is longer than max_body (413).
	ErrBodyTooLarge = errors.New("request body too large")
	// ErrBodyShort: the body is not as long as announced (400).
	ErrBodyShort = errors.New("request body shorter or longer than announced")
	// ErrNoProgram: no program could be loaded yet (503).
	ErrNoProgram = errors.New("no program to serve")
)

// statusClientGone is nginx's number for a request whose client went away. It
// is for the log; nobody is there to receive it.
const statusClientGone = 499

// A hostAnswer is one row of the answers that the host makes itself.
type hostAnswer struct {
	text   string // member "error"
	withID bool   // member "request_id" follows
	retry  bool   // Retry-After: 1
}

// hostAnswers are the answers that the host makes itself, by status. What a
// client reads in them never tells more than this, unless error_detail is on.
var hostAnswers = map[int]hostAnswer{
	400: {text: "Bad Request"},
	404: {text: "Not Found"},
	405: {text: "Method Not Allowed"},
	413: {text: "Payload Too Large"},
	431: {text: "Request Header Fields Too Large"},
	500: {text: "Internal Server Error", withID: true},
	503: {text: "Service Unavailable", withID: true, retry: true},
	504: {text: "Gateway Timeout", withID: true},
}

// errorBody returns the JSON of a host-made answer. The id is one of RequestID;
// detail is left out when it is empty.
func errorBody(status int, id, detail string) []byte {
	row := hostAnswers[status]
	b := make([]byte, 0, 96+len(detail))
	b = append(b, `{"error": "`...)
	b = append(b, row.text...)
	b = append(b, '"')
	if row.withID {
		b = append(b, `, "request_id": "`...)
		b = append(b, id...)
		b = append(b, '"')
	}
	if detail != "" {
		b = append(b, `, "detail": `...)
		quoted, _ := json.Marshal(detail) // a string always has a form
		b = append(b, quoted...)
	}
	return append(b, '}')
}

// Codes of diagnostics that do not answer 500.
const (
	codeTimeLimit      diag.Code = 4031
	codeCancelled      diag.Code = 4036
	codePoolBusy       diag.Code = 5040
	codeCannotReach    diag.Code = 5041
	codeConnectionLost diag.Code = 5049
)

// statusOf returns the status of a request whose program failed with that code.
// sent tells that the run had already sent a statement to a database, which may
// have taken effect: then the client must not be told to try again.
func statusOf(code diag.Code, sent bool) int {
	switch code {
	case codeTimeLimit:
		return http.StatusGatewayTimeout
	case codePoolBusy, codeCannotReach:
		if !sent {
			return http.StatusServiceUnavailable
		}
	}
	return http.StatusInternalServerError
}

// isOperators reports whether a failure with that code is for the operator to
// repair, not for the author.
func isOperators(code diag.Code) bool {
	return code == codePoolBusy || code == codeCannotReach || code == codeConnectionLost
}

// acceptsHTML reports whether an Accept header names text/html, as browsers'
// does. "*/*" does not name it.
func acceptsHTML(accept string) bool {
	for accept != "" {
		var piece string
		piece, accept, _ = strings.Cut(accept, ",")
		media, params, _ := strings.Cut(piece, ";")
		if !strings.EqualFold(strings.TrimSpace(media), "text/html") {
			continue
		}
		refused := false
		for params != "" {
			var param string
			param, params, _ = strings.Cut(params, ";")
			name, q, _ := strings.Cut(strings.TrimSpace(param), "=")
			if strings.EqualFold(name, "q") && strings.Trim(q, "0.") == "" {
				refused = true
			}
		}
		return !refused
	}
	return false
}

// detailOf returns what error_detail adds to an answer: place, code and
// sentence in both languages.
func detailOf(d *diag.Diagnostic) string {
	message := d.Message()
	text := d.Code().String() + ": " + message.Ta + " (" + message.En + ")"
	if place := placeOf(d); place != "" {
		text = place + ": " + text
	}
	return text
}

// placeOf returns FILE:LINE:COLUMN, "" without a place.
func placeOf(d *diag.Diagnostic) string {
	if !d.Span.IsValid() {
		return ""
	}
	return spanPlace(d.Span)
}
