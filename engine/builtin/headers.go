package builtin

import (
	"etamil/engine/diag"
	"etamil/engine/value"
)

// CheckHeaders holds the headers of an answer, given to the statement or
// function of that name, against what HTTP allows: each name a token (RFC
// 9110, 5.6.2), no control character but a tab in a value. Headers that are no
// record are ignored by the caller and pass. An array value stands for one
// line for each element.
func CheckHeaders(who string, headers *value.Value) error {
	if headers.Kind() != value.Record {
		return nil
	}
	for i := range headers.Len() {
		name, v := headers.FieldAt(i)
		if !isToken(name) {
			return diag.BadArgument.New(who, headerName, "'"+diag.Quote(name)+"'")
		}
		if v.Kind() == value.Array {
			for _, e := range v.Elems() {
				if err := checkHeaderValue(who, name, &e); err != nil {
					return err
				}
			}
		} else if err := checkHeaderValue(who, name, &v); err != nil {
			return err
		}
	}
	return nil
}

var (
	headerName  = diag.Text{Ta: "தலைப்புக்கு HTTP அனுமதிக்கும் பெயர்", En: "a header name that HTTP allows"}
	headerValue = diag.Text{Ta: "கட்டுப்பாட்டுக் குறிகள் இல்லாத தலைப்பு மதிப்பு", En: "a header value without control characters"}
)

// maxHeaderValue is the length in bytes of a header value; nginx takes at most
// a buffer of 4 or 8 KiB for all headers of an answer unless told otherwise.
const maxHeaderValue = 64 << 10

func checkHeaderValue(who, name string, v *value.Value) error {
	s, ok := value.ToText(v, maxHeaderValue)
	if !ok {
		return diag.BadArgument.New(who, diag.Text{
			Ta: "64 KiB-க்குள் தலைப்பு மதிப்பு", En: "a header value of at most 64 KiB"}, "'"+diag.Quote(name)+"'")
	}
	for i := range len(s) {
		if c := s[i]; c < 0x20 && c != '\t' || c == 0x7F {
			return diag.BadArgument.New(who, headerValue, "'"+diag.Quote(name)+"'")
		}
	}
	return nil
}

// isToken reports whether s is a token of RFC 9110, 5.6.2.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c == '!', c == '#', c == '$', c == '%', c == '&', c == '\'', c == '*', c == '+', c == '-',
			c == '.', c == '^', c == '_', c == '`', c == '|', c == '~':
		default:
			return false
		}
	}
	return s != ""
}
