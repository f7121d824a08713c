package builtin

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"etamil/engine/diag"
	"etamil/engine/host"
)

const moment = 1_800_000_000 // seconds since 1970

func tokenMachine(key string) *machine {
	return &machine{host: host.Host{Clock: clock(time.Unix(moment, 999_999_999)), Secrets: secret(key)}}
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// hs256 signs a header and a payload as they are.
func hs256(key, header, payload string) string {
	signed := b64(header) + "." + b64(payload)
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(signed))
	return signed + "." + b64(string(h.Sum(nil)))
}

func TestIssuedTokenIsExact(t *testing.T) {
	m := tokenMachine("இரகசியம்")
	for _, tt := range []struct {
		payload string
		seconds any
		want    string
	}{
		{`{}`, 600, `{"exp":1800000600,"iat":1800000000}`},
		{" {\"sub\": \"மாறன்\",\n \"level\": 4} ", "60.9", `{"exp":1800000060,"iat":1800000000,"level":4,"sub":"மாறன்"}`},
		{`{"iat": "x", "exp": 1, "a": 1, "a": 2}`, -60, `{"a":2,"exp":1799999940,"iat":1800000000}`},
		{`{"n": 123456789012345678901234567890.50, "e": 1E+400, "z": -0}`, nil, `{"e":1E+400,"exp":1800000000,"iat":1800000000,"n":123456789012345678901234567890.50,"z":-0}`},
		{`{"b":[true,false,null,{"y":1,"x":2}],"s":"\"\\\/\b\f\n\r\t\u0001\u0B85<>&\u2028"}`, "x", `{"b":[true,false,null,{"x":2,"y":1}],"exp":1800000000,"iat":1800000000,"s":"\"\\/\b\f\n\r\t\u0001அ<>&` + "\u2028" + `"}`},
	} {
		want := hs256("இரகசியம்", `{"typ":"JWT","alg":"HS256"}`, tt.want)
		if got := call(t, m, "_issueToken", tt.payload, tt.seconds); got != want {
			payload, _ := base64.RawURLEncoding.DecodeString(strings.Split(got, ".")[1])
			t.Errorf("%s: %s, want %s", tt.payload, payload, tt.want)
		}
	}
}

func TestPayloadMustBeAnObject(t *testing.T) {
	m := tokenMachine("k")
	for _, payload := range []any{"", "[1, 2]", "null", `"x"`, "1", "{", "{}{}", "{} x", `{"a":1,}`, `{a: 1}`, map[string]any{"a": 1}, nil, strings.Repeat("[", 100_000)} {
		wantError(t, m, diag.BadArgument, "'cIttu_Akku' needs a JSON object as 'claims'", "cIttu_Akku", payload, 5)
	}
	for _, seconds := range []string{"9223372036854775808", "9223372036854775807", "-9223372036854775809", "79228162514264337593543950335"} {
		wantError(t, m, diag.BadArgument, "a number within 64 bits as 'seconds'", "_issueToken", "{}", seconds)
	}
	wantError(t, tokenMachine(""), diag.FileRead, "the state directory is gone", "_issueToken", "{}", 5)
	wantFailure(t, tokenMachine(""), "the state directory is gone", "_readToken", hs256("k", `{"alg":"HS256"}`, `{}`))
}

func TestTokensAreReadByTheRules(t *testing.T) {
	m := tokenMachine("k")
	header := `{"typ":"JWT","alg":"HS256"}`
	good := hs256("k", header, `{"exp":1800000000,"a":"அ"}`)
	valid := func(payload string) string { return hs256("k", header, payload) }
	for _, tt := range []struct{ why, token, want string }{
		{"plain", good, `{"a":"அ","exp":1800000000}`},
		{"another typ", hs256("k", `{"alg":"HS256","typ":5,"x":[]}`, `{"exp":1900000000}`), `{"exp":1900000000}`},
		{"just in time", valid(`{"exp":1799999995}`), `{"exp":1799999995}`},
		{"fraction of a second", valid(`{"exp":1799999995.5}`), `{"exp":1799999995.5}`},
		{"exponent", valid(`{"exp":18e8}`), `{"exp":18e8}`},
		{"far beyond any number", valid(`{"exp":1e400}`), `{"exp":1e400}`},
		{"digits kept", valid(`{"exp":1900000000,"n":1.10e1}`), `{"exp":1900000000,"n":1.10e1}`},
		{"issuer is not looked at", valid(`{"exp":1900000000,"iss":5,"iat":"x"}`), `{"exp":1900000000,"iat":"x","iss":5}`},
		{"not before, nearly", valid(`{"exp":1900000000,"nbf":1800000005}`), `{"exp":1900000000,"nbf":1800000005}`},
		{"not before, no number", valid(`{"exp":1900000000,"nbf":"2900000000"}`), `{"exp":1900000000,"nbf":"2900000000"}`},
		{"repeated claim", valid(`{"exp":1,"exp":1900000000}`), `{"exp":1900000000}`},
	} {
		if got := call(t, m, "_readToken", tt.token); got != "சரி("+tt.want+")" {
			t.Errorf("%s: %s, want %s", tt.why, got, tt.want)
		}
	}
	for _, tt := range []struct{ why, token, want string }{
		{"expired", valid(`{"exp":1799999994}`), "has expired"}, {"expired by a fraction", valid(`{"exp":1799999994.9}`), "has expired"},
		{"long ago", valid(`{"exp":-1e400}`), "has expired"}, {"no exp", valid(`{"a":1}`), "is not valid"}, {"exp as text", valid(`{"exp":"1900000000"}`), "is not valid"},
		{"exp null", valid(`{"exp":null}`), "is not valid"}, {"audience", valid(`{"exp":1900000000,"aud":"x"}`), "not for this audience"},
		{"not yet", valid(`{"exp":1900000000,"nbf":1800000006}`), "not valid yet"}, {"no object", valid(`[1]`), "is not valid"}, {"no JSON", valid(`{`), "is not valid"},
		{"other key", hs256("x", header, `{"exp":1900000000}`), "is not valid"}, {"alg none", b64(`{"alg":"none"}`) + "." + b64(`{"exp":1900000000}`) + ".", "is not valid"},
		{"alg HS384", hs256("k", `{"alg":"HS384"}`, `{"exp":1900000000}`), "is not valid"}, {"alg in another case", hs256("k", `{"alg":"hs256"}`, `{"exp":1900000000}`), "is not valid"},
		{"no alg", hs256("k", `{}`, `{"exp":1900000000}`), "is not valid"}, {"header no object", hs256("k", `[]`, `{"exp":1900000000}`), "is not valid"},
		{"two parts", good[:strings.LastIndex(good, ".")], "is not valid"}, {"four parts", good + ".x", "is not valid"}, {"empty", "", "is not valid"}, {"dots", "..", "is not valid"},
		{"blank before", " " + good, "is not valid"}, {"line feed after", good + "\n", "is not valid"}, {"padding", good + "=", "is not valid"}, {"letter more", good + "x", "is not valid"},
		{"not UTF-8", hs256("k", header, "{\"exp\":1900000000,\"a\":\"\xff\"}"), "is not valid"},
	} {
		t.Run(tt.why, func(t *testing.T) { wantFailure(t, m, tt.want, "_readToken", tt.token) })
	}
	// Another text for the same signature must not pass.
	last := strings.LastIndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", good[len(good)-1])
	wantFailure(t, m, "is not valid", "_readToken", good[:len(good)-1]+string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[last^1]))
}

func TestHeaderIsShownUnverified(t *testing.T) {
	m := tokenMachine("k")
	for header, want := range map[string]string{
		`{"alg":"RS256","kid":"key-2"}`: "{alg: RS256, kid: key-2}", `{"alg":"EdDSA","kid":null}`: "{alg: EdDSA, kid: }", `{"alg":"PS512","x":1}`: "{alg: PS512, kid: }",
	} {
		if got := call(t, m, "_tokenHeader", b64(header)+".!.!"); got != "சரி("+want+")" {
			t.Errorf("%s: %s, want %s", header, got, want)
		}
	}
	for _, token := range []string{"", "a.b.c", b64(`{"alg":"none"}`) + ".x.x", b64(`{"alg":"ES512"}`) + ".x.x", b64(`{"alg":5}`) + ".x.x", b64(`{}`) + ".x.x",
		b64(`{"alg":"RS256","kid":5}`) + ".x.x", b64(`{"alg":"RS256"}`) + ".x", b64(`{"alg":"RS256"}`) + ".x.x.x", b64(`{"alg":"RS256"}`) + "\n.x.x"} {
		wantFailure(t, m, "is not valid", "_tokenHeader", token)
	}
}

func rs256(t *testing.T, key *rsa.PrivateKey, header, payload string) string {
	t.Helper()
	signed := b64(header) + "." + b64(payload)
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + b64(string(signature))
}

func TestProviderTokensNeedKeyTimeIssuerAndAudience(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	m := tokenMachine("")
	header := `{"alg":"RS256","kid":"x"}`
	n, e := b64(string(key.N.Bytes())), "AQAB"
	payload := func(rest string) string { return fmt.Sprintf(`{"exp":1800000000%s}`, rest) }
	whole := `,"iss":"https://id.example.in","aud":["other","app"]`
	verify := func(token string) []any { return []any{token, n, e, "https://id.example.in", "app"} }
	for _, rest := range []string{whole, `,"iss":["x","https://id.example.in"],"aud":"app"`} {
		got := call(t, m, "_verifyTokenRSA", verify(rs256(t, key, header, payload(rest)))...)
		if !strings.HasPrefix(got, `சரி({"aud":`) {
			t.Errorf("%s: %s", rest, got)
		}
	}
	good := rs256(t, key, header, payload(whole))
	for _, tt := range []struct{ why, token, want string }{
		{"no issuer", rs256(t, key, header, payload(`,"aud":"app"`)), "from another issuer"}, {"no audience", rs256(t, key, header, payload(`,"iss":"https://id.example.in"`)), "not for this audience"},
		{"other issuer", rs256(t, key, header, payload(`,"iss":"https://id.example.org","aud":"app"`)), "from another issuer"},
		{"other audience", rs256(t, key, header, payload(`,"iss":"https://id.example.in","aud":"x"`)), "not for this audience"},
		{"issuer first", rs256(t, key, header, payload(`,"iss":"y","aud":"x"`)), "from another issuer"}, {"audience of another kind", rs256(t, key, header, payload(`,"iss":"https://id.example.in","aud":{"app":1}`)), "audience"},
		{"expired", rs256(t, key, header, `{"exp":1799999994`+whole+`}`), "has expired"}, {"expiry before issuer", rs256(t, key, header, `{"exp":1}`), "has expired"},
		{"not yet", rs256(t, key, header, payload(`,"nbf":1800000006`+whole)), "not valid yet"}, {"no exp", rs256(t, key, header, `{`+whole[1:]+`}`), "is not valid"},
		{"tampered", good[:len(good)-4] + "AAAA", "is not valid"}, {"longer", good + "A", "is not valid"}, {"other algorithm", rs256(t, key, `{"alg":"RS384"}`, payload(whole)), "is not valid"},
		{"HS256 with the public key", hs256(string(key.N.Bytes()), `{"alg":"HS256"}`, payload(whole)), "is not valid"},
	} {
		t.Run(tt.why, func(t *testing.T) { wantFailure(t, m, tt.want, "_verifyTokenRSA", verify(tt.token)...) })
	}
	for _, tt := range []struct {
		n, e, issuer, audience any
		want                   string
	}{
		{"!", "!", "", "app", "an issuer and an audience are needed"}, {n, e, "x", "", "an issuer and an audience are needed"},
		{n + "=", e, "x", "y", "not base64url"}, {n, "AQAB==", "x", "y", "not base64url"}, {n, "அ", "x", "y", "not base64url"},
		{b64("\x01\x02"), e, "x", "y", "is not valid"}, {b64(strings.Repeat("\xff", 2000)), e, "x", "y", "is not valid"}, {n, b64(strings.Repeat("\xff", 9)), "x", "y", "is not valid"},
		{n, "", "x", "y", "is not valid"}, {n, "AQ", "x", "y", "is not valid"}, {n, "Ag", "x", "y", "is not valid"}, {b64(strings.Repeat("\xfe", 256)), e, "x", "y", "is not valid"},
	} {
		wantFailure(t, m, tt.want, "_verifyTokenRSA", good, tt.n, tt.e, tt.issuer, tt.audience)
	}
	// Leading zeros of the modulus change nothing.
	if got := call(t, m, "_verifyTokenRSA", good, b64("\x00"+string(key.N.Bytes())), e, "https://id.example.in", "app"); !strings.HasPrefix(got, "சரி(") {
		t.Error(got)
	}
}
