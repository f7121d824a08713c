package builtin

import (
	"strings"

	"etamil/engine/host"
	"etamil/engine/value"
)

var httpRows = []Builtin{
	{
		ID:     "httpGet",
		Name:   Spelling{"வலை_பெறு", "valY_peRu", "_httpGet"},
		Args:   []Arg{arg("முகவரி", "url", AsText), arg("தலைப்புகள்", "headers", Any)},
		Ret:    "result of record | text",
		Effect: Network,
		Doc:    both("GET கோரிக்கை; {நிலைக்_குறி, உடலுரை, தலைப்புகள்} விடை", "GET request, answers {நிலைக்_குறி, உடலுரை, தலைப்புகள்}"),
		Func: func(m Machine, args []value.Value) (value.Value, error) {
			return send(m, "வலை_பெறு", "GET", &args[0], nil, &args[1], true)
		},
		Try: []Example{{`தவறா(வலை_பெறு("http://127.0.0.1:1/x", {}))`, "true"}, {`தவறா(_httpGet("ftp://x", இன்மை))`, "true"}},
	},
	{
		ID:     "httpPost",
		Name:   Spelling{"வலை_பதி", "valY_paqi", "_httpPost"},
		Args:   []Arg{arg("முகவரி", "url", AsText), arg("உடல்", "body", AsText), arg("தலைப்புகள்", "headers", Any)},
		Ret:    "result of record | text",
		Effect: Network,
		Doc:    both("POST கோரிக்கை", "POST request"),
		Func: func(m Machine, args []value.Value) (value.Value, error) {
			return send(m, "வலை_பதி", "POST", &args[0], &args[1], &args[2], true)
		},
		Try: []Example{{`தவறா(வலை_பதி("http://127.0.0.1:1/x", "body", இன்மை))`, "true"}},
	},
	{
		ID:     "httpRequest",
		Name:   Spelling{"வலை_அனுப்பு", "valY_aZuppu", "_httpRequest"},
		Args:   []Arg{arg("முறை", "method", AsText), arg("முகவரி", "url", AsText), arg("உடல்", "body", Any), arg("தலைப்புகள்", "headers", Any)},
		Ret:    "result of record | text",
		Effect: Network,
		Doc:    both("எந்த முறையிலும் கோரிக்கை; உடல் இன்மையெனில் உடல் இல்லை", "request with any method; no body when it is nil"),
		Func:   httpRequest,
		Try:    []Example{{`தவறா(வலை_அனுப்பு("put", "http://127.0.0.1:1/x", இன்மை, {}))`, "true"}, {`தவறா(_httpRequest("A B", "http://127.0.0.1:1/", "", {}))`, "true"}},
	},
}

var (
	webFailed    = sentence{"'{1}' முகவரியை அழைக்க முடியவில்லை: {2}", "cannot call '{1}': {2}"}
	webNoAddress = sentence{"வலைக் கோரிக்கை முடியவில்லை: {1}", "the request cannot be sent: {1}"}
)

func httpRequest(m Machine, args []value.Value) (value.Value, error) {
	var body *value.Value
	if args[2].Kind() != value.Nil {
		text, err := printed(m, &args[2])
		if err != nil {
			return value.Value{}, err
		}
		v := value.String(text)
		body = &v
	}
	method := mapASCII(args[0].Str(), 'a')
	return send(m, "வலை_அனுப்பு", method, &args[1], body, &args[3], true)
}

// answerFields are the fields of an answer from the web.
var answerFields = value.NewKeys([]string{"நிலைக்_குறி", "உடலுரை", "தலைப்புகள்"})

// PostHere is வலை_பதி for the library, under the name function; where the answer
// sends elsewhere, that is the answer.
func PostHere(m Machine, function string, address, body, headers *value.Value) (value.Value, error) {
	return send(m, function, "POST", address, body, headers, false)
}

// send sends one request; body nil means none.
func send(m Machine, function, method string, address, body, headers *value.Value, follow bool) (value.Value, error) {
	client := m.Host().HTTP
	if client == nil {
		return refused(function), nil
	}
	request := &host.HTTPRequest{Method: method, URL: address.Str(), Stay: !follow}
	if body != nil {
		text := body.Str()
		if err := m.Charge(len(text) / 8); err != nil {
			return value.Value{}, err
		}
		request.Body = &text
	}
	if headers.Kind() == value.Record {
		for i := range headers.Len() {
			name, v := headers.FieldAt(i)
			text, err := printed(m, &v)
			if err != nil {
				return value.Value{}, err
			}
			request.Header = append(request.Header, [2]string{name, text})
		}
	}
	answer, err := client.Do(m.Context(), request)
	if err != nil {
		if stopped := m.Context().Err(); stopped != nil {
			return value.Value{}, stopped
		}
		// The address may hold a password.
		if strings.Contains(request.URL, "@") {
			return webNoAddress.fail(Reason(err)), nil
		}
		return webFailed.fail(request.URL, Reason(err)), nil
	}
	size := len(answer.Body)
	for name, text := range answer.Header {
		size += len(name) + len(text) + pieceSize
	}
	if err := room(m, size); err != nil {
		return value.Value{}, err
	}
	fields := value.NewRecord(len(answer.Header))
	for name, text := range answer.Header {
		fields.Set(name, value.String(text))
	}
	record, _ := value.RecordOf(answerFields, []value.Value{
		value.Int(answer.Status), value.String(answer.Body), fields,
	})
	return value.OkOf(record), nil
}
