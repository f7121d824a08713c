package builtin

import (
	"crypto"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"etamil/engine/decimal"
	"etamil/engine/diag"
	"etamil/engine/value"
)

var tokenRows = []Builtin{
	{
		ID:     "issueToken",
		Name:   Spelling{"சீட்டு_ஆக்கு", "cIttu_Akku", "_issueToken"},
		Args:   []Arg{arg("உரிமைகள்", "claims", AsText), arg("விநாடிகள்", "seconds", AsNumber)},
		Ret:    "text",
		Effect: Clock,
		Doc:    both("iat, exp கொண்ட HS256 சீட்டு (JWT)", "HS256 token (JWT) with iat and exp set"),
		Func:   issueToken,
		Try: []Example{
			{`நீளம்(பிரி(சீட்டு_ஆக்கு("{\"sub\": \"மாறன்\"}", 600), "."))`, "3"},
			{`தவறா(_readToken(cIttu_Akku("{}", -60)))`, "true"},
		},
	},
	{
		ID:     "readToken",
		Name:   Spelling{"சீட்டு_சரிபார்", "cIttu_caripAr", "_readToken"},
		Args:   []Arg{arg("சீட்டு", "token", AsText)},
		Ret:    "result of text | text",
		Effect: Clock,
		Doc:    both("HS256 சீட்டைச் சரிபார்க்கும்; உரிமைகள் JSON சொல்லாக", "verifies an HS256 token; claims as JSON text"),
		Func:   readToken,
		Try:    []Example{{`தவறா(சீட்டு_சரிபார்("a.b.c"))`, "true"}, {`சரியா(_readToken(cIttu_Akku("{\"a\": 1}", 60)))`, "true"}},
	},
	{
		ID:   "tokenHeader",
		Name: Spelling{"சீட்டு_தலைப்பு", "cIttu_qalYppu", "_tokenHeader"},
		Args: []Arg{arg("சீட்டு", "token", AsText)},
		Ret:  "result of record | text",
		Doc:  both("சீட்டின் kid, alg; எதுவும் சரிபார்க்கப்படாது", "kid and alg of a token, nothing verified"),
		Func: tokenHeader,
		Try: []Example{
			{`சீட்டு_தலைப்பு("eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.e30.x")`, "சரி({alg: HS256, kid: })"},
			{`தவறா(_tokenHeader("a.b.c"))`, "true"},
		},
	},
	{
		ID:     "verifyTokenRSA",
		Name:   Spelling{"சீட்டு_பொதுச்_சரிபார்", "cIttu_poquc_caripAr", "_verifyTokenRSA"},
		Args:   []Arg{arg("சீட்டு", "token", AsText), arg("n", "n", AsText), arg("e", "e", AsText), arg("வழங்குநர்", "issuer", AsText), arg("பெறுநர்", "audience", AsText)},
		Ret:    "result of text | text",
		Effect: Clock,
		Doc: both("RS256 சீட்டைப் பொதுச்சாவி, வழங்குநர், பெறுநர் கொண்டு சரிபார்க்கும்; உரிமைகள் JSON சொல்லாக",
			"verifies an RS256 token against a public key, issuer and audience; claims as JSON text"),
		Func: verifyTokenRSA,
		Try:  []Example{{`தவறா(சீட்டு_பொதுச்_சரிபார்("a.b.c", "", "AQAB", "", "x"))`, "true"}},
	},
}

// leeway is how far clocks may differ, in seconds.
const leeway = 5

var (
	tokenInvalid   = sentence{"சீட்டு செல்லாது", "the token is not valid"}
	tokenExpired   = sentence{"சீட்டின் காலம் முடிந்தது", "the token has expired"}
	tokenNotYet    = sentence{"சீட்டு இன்னும் செல்லுபடியாகவில்லை", "the token is not valid yet"}
	tokenAudience  = sentence{"சீட்டு இந்தப் பெறுநருக்கு உரியது அல்ல", "the token is not for this audience"}
	tokenIssuer    = sentence{"சீட்டை வழங்கியவர் வேறு", "the token is from another issuer"}
	tokenKeyBad    = sentence{"பொதுச்சாவியின் n, e ஆகியவை base64url வடிவில் இல்லை", "n and e of the public key are not base64url"}
	tokenNeedsWhom = sentence{"வழங்குநர், பெறுநர் இரண்டும் வேண்டும்", "an issuer and an audience are needed"}
)

// errJSON is returned for whatever is not one sound JSON value.
var errJSON = errors.New("not JSON")

// readJSON reads a JSON object and keeps the digits of its numbers. Of fields
// with one name the last counts.
func readJSON(text string) (map[string]any, error) {
	if !utf8.ValidString(text) {
		return nil, errJSON
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, errJSON
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errJSON
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, errJSON
	}
	return object, nil
}

// appendJSON writes v compactly, fields in code point order, characters
// outside ASCII as they are.
func appendJSON(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, v)
	case json.Number:
		return append(dst, v...)
	case string:
		return appendJSONString(dst, v)
	case []any:
		dst = append(dst, '[')
		for i, element := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, element)
		}
		return append(dst, ']')
	case map[string]any:
		dst = append(dst, '{')
		for i, name := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendJSONString(dst, name), ':')
			dst = appendJSON(dst, v[name])
		}
		return append(dst, '}')
	}
	panic("BUG: no JSON value")
}

func appendJSONString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= ' ':
			dst = append(dst, c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c == '\b':
			dst = append(dst, '\\', 'b')
		case c == '\f':
			dst = append(dst, '\\', 'f')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(dst, '"')
}

// base64url is the encoding of tokens: no padding, and no two texts for the
// same bytes.
var base64url = base64.RawURLEncoding.Strict()

// decode64 reads base64url. Go's decoder would pass over line ends.
func decode64(s string) ([]byte, bool) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, false
	}
	b, err := base64url.DecodeString(s)
	return b, err == nil
}

// A ticket is a token taken apart, nothing of it verified but its shape.
type ticket struct {
	header    map[string]any
	signed    string // what the signature is about
	payload   string // still encoded
	signature string // still encoded
}

func parseToken(token string) (*ticket, bool) {
	header, rest, ok1 := strings.Cut(token, ".")
	payload, signature, ok2 := strings.Cut(rest, ".")
	if !ok1 || !ok2 || strings.Contains(signature, ".") {
		return nil, false
	}
	raw, ok := decode64(header)
	if !ok {
		return nil, false
	}
	fields, err := readJSON(string(raw))
	if err != nil {
		return nil, false
	}
	return &ticket{fields, token[:len(header)+1+len(payload)], payload, signature}, true
}

// claims decodes the payload, which must be an object.
func (t *ticket) claims() (map[string]any, bool) {
	raw, ok := decode64(t.payload)
	if !ok {
		return nil, false
	}
	claims, err := readJSON(string(raw))
	return claims, err == nil
}

// seconds compares a claim that counts seconds since 1970 with a moment. Ok is
// false when it is missing or no number.
func seconds(claim any, moment int64) (cmp int, ok bool) {
	number, ok := claim.(json.Number)
	if !ok {
		return 0, false
	}
	d, fits := decimal.ParseJSON(string(number))
	switch {
	case fits:
		return decimal.Cmp(d, decimal.FromInt64(moment)), true
	case strings.HasPrefix(string(number), "-"):
		return -1, true
	}
	return 1, true
}

// timely checks exp, which must be there, and nbf; the sentence says what is
// wrong, nil when nothing is.
func timely(claims map[string]any, now int64) *sentence {
	cmp, ok := seconds(claims["exp"], now-leeway)
	if !ok {
		return &tokenInvalid
	}
	if cmp < 0 {
		return &tokenExpired
	}
	if cmp, ok := seconds(claims["nbf"], now+leeway); ok && cmp > 0 {
		return &tokenNotYet
	}
	return nil
}

// now returns the present second.
func now(m Machine, function string) (int64, *diag.Diagnostic) {
	clock := m.Host().Clock
	if clock == nil {
		return 0, diag.NotPermitted.New(function)
	}
	return clock.Now().Unix(), nil
}

// tokenKey returns the key of HS256 tokens.
func tokenKey(m Machine, function string) ([]byte, *diag.Diagnostic) {
	secrets := m.Host().Secrets
	if secrets == nil {
		return nil, diag.NotPermitted.New(function)
	}
	key, err := secrets.TokenKey()
	if err != nil {
		return nil, diag.FileRead.New("jwt-secret", Reason(err))
	}
	return key, nil
}

func tokenMAC(key []byte, signed string) []byte {
	h := hmac.New(sha256.New, key)
	io.WriteString(h, signed)
	return h.Sum(nil)
}

var (
	payloadWanted = diag.Text{Ta: "'உரிமைகள்' இடத்தில் JSON பொருள்", En: "a JSON object as 'claims'"}
	secondsWanted = diag.Text{Ta: "'விநாடிகள்' இடத்தில் 64 பிட்டுக்குள் அடங்கும் எண்", En: "a number within 64 bits as 'seconds'"}
)

func issueToken(m Machine, args []value.Value) (value.Value, error) {
	const function = "சீட்டு_ஆக்கு"
	payload := args[0].Str()
	if err := room(m, 8*len(payload)); err != nil { // as JSON, as base64
		return value.Value{}, err
	}
	claims, err := readJSON(payload)
	if err != nil {
		return value.Value{}, badArgument(function, payloadWanted, diag.Same("'"+diag.Quote(payload)+"'"))
	}
	lifetime, ok := args[1].Dec().Trunc().Int64()
	start, refusal := now(m, function)
	if refusal != nil {
		return value.Value{}, refusal
	}
	end := start + lifetime
	if !ok || (lifetime >= 0) != (end >= start) {
		return value.Value{}, badArgument(function, secondsWanted, diag.Same(args[1].Dec().String()))
	}
	key, refusal := tokenKey(m, function)
	if refusal != nil {
		return value.Value{}, refusal
	}
	claims["iat"] = json.Number(strconv.FormatInt(start, 10))
	claims["exp"] = json.Number(strconv.FormatInt(end, 10))
	token := base64url.EncodeToString([]byte(`{"typ":"JWT","alg":"HS256"}`)) +
		"." + base64url.EncodeToString(appendJSON(nil, claims))
	return value.String(token + "." + base64url.EncodeToString(tokenMAC(key, token))), nil
}

func readToken(m Machine, args []value.Value) (value.Value, error) {
	const function = "சீட்டு_சரிபார்"
	token := args[0].Str()
	if err := room(m, 4*len(token)); err != nil {
		return value.Value{}, err
	}
	t, ok := parseToken(token)
	if !ok || t.header["alg"] != "HS256" {
		return tokenInvalid.fail(), nil
	}
	key, refusal := tokenKey(m, function)
	if refusal != nil {
		return failureOf(refusal), nil
	}
	moment, refusal := now(m, function)
	if refusal != nil {
		return failureOf(refusal), nil
	}
	signature, ok := decode64(t.signature)
	if !ok || !hmac.Equal(signature, tokenMAC(key, t.signed)) {
		return tokenInvalid.fail(), nil
	}
	claims, ok := t.claims()
	if !ok {
		return tokenInvalid.fail(), nil
	}
	if wrong := timely(claims, moment); wrong != nil {
		return wrong.fail(), nil
	}
	// No audience is expected here, so a token for one is for somebody else.
	if _, ok := claims["aud"]; ok {
		return tokenAudience.fail(), nil
	}
	return value.OkOf(value.String(string(appendJSON(nil, claims)))), nil
}

// headerFields are the fields that சீட்டு_தலைப்பு answers.
var headerFields = value.NewKeys([]string{"alg", "kid"})

// algorithms are those a header may name.
var algorithms = map[string]bool{
	"HS256": true, "HS384": true, "HS512": true, "RS256": true, "RS384": true, "RS512": true,
	"PS256": true, "PS384": true, "PS512": true, "ES256": true, "ES384": true, "EdDSA": true,
}

func tokenHeader(m Machine, args []value.Value) (value.Value, error) {
	token := args[0].Str()
	if err := room(m, 2*len(token)); err != nil {
		return value.Value{}, err
	}
	t, ok := parseToken(token)
	if !ok {
		return tokenInvalid.fail(), nil
	}
	alg, ok := t.header["alg"].(string)
	if !ok || !algorithms[alg] {
		return tokenInvalid.fail(), nil
	}
	kid := ""
	if given := t.header["kid"]; given != nil {
		if kid, ok = given.(string); !ok {
			return tokenInvalid.fail(), nil
		}
	}
	header, _ := value.RecordOf(headerFields, []value.Value{value.String(alg), value.String(kid)})
	return value.OkOf(header), nil
}

const (
	minRSABits = 2048
	maxRSABits = 8192 // verifying with a longer key would take too long
)

func verifyTokenRSA(m Machine, args []value.Value) (value.Value, error) {
	token, issuer, audience := args[0].Str(), args[3].Str(), args[4].Str()
	if err := room(m, 4*len(token)); err != nil {
		return value.Value{}, err
	}
	if issuer == "" || audience == "" {
		return tokenNeedsWhom.fail(), nil
	}
	n, ok1 := decode64(args[1].Str())
	e, ok2 := decode64(args[2].Str())
	if !ok1 || !ok2 {
		return tokenKeyBad.fail(), nil
	}
	key, ok := rsaKey(n, e)
	if !ok {
		return tokenInvalid.fail(), nil
	}
	t, ok := parseToken(token)
	if !ok || t.header["alg"] != "RS256" {
		return tokenInvalid.fail(), nil
	}
	signature, ok := decode64(t.signature)
	if !ok {
		return tokenInvalid.fail(), nil
	}
	digest := sha256.Sum256([]byte(t.signed))
	if rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) != nil {
		return tokenInvalid.fail(), nil
	}
	claims, ok := t.claims()
	if !ok {
		return tokenInvalid.fail(), nil
	}
	moment, refusal := now(m, "சீட்டு_பொதுச்_சரிபார்")
	if refusal != nil {
		return failureOf(refusal), nil
	}
	if wrong := timely(claims, moment); wrong != nil {
		return wrong.fail(), nil
	}
	switch {
	case !names(claims["iss"], issuer):
		return tokenIssuer.fail(), nil
	case !names(claims["aud"], audience):
		return tokenAudience.fail(), nil
	}
	return value.OkOf(value.String(string(appendJSON(nil, claims)))), nil
}

// rsaKey makes a public key of the two numbers, big-endian.
func rsaKey(n, e []byte) (*rsa.PublicKey, bool) {
	if len(n) > maxRSABits/8+1 || len(e) > 8 {
		return nil, false
	}
	modulus, exponent := new(big.Int).SetBytes(n), new(big.Int).SetBytes(e)
	if bits := modulus.BitLen(); bits < minRSABits || bits > maxRSABits || exponent.BitLen() > 31 {
		return nil, false
	}
	return &rsa.PublicKey{N: modulus, E: int(exponent.Int64())}, true
}

// names reports whether a claim is the text wanted or a list that has it.
func names(claim any, wanted string) bool {
	switch claim := claim.(type) {
	case string:
		return claim == wanted
	case []any:
		return slices.Contains(claim, any(wanted))
	}
	return false
}
