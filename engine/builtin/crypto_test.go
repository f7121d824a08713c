package builtin

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/hex"
	"strings"
	"testing"

	"etamil/engine/diag"
	"etamil/engine/host"
)

// The vectors are from test case 2 of RFC 4231 and from the language reference.
func TestSignatureIsHMAC(t *testing.T) {
	for _, tt := range []struct{ key, message, want any }{
		{"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{"k", "m", "b60090e3052297aeb5a080889ce2fc4bca957e756faeb4df7d31800ca1e771ec"},
		{"இரகசியம்", "தொகை=500", "e6883724ae4b464531eb4d1261c40f595f10995770829cdd428199943e7a86ab"},
		{strings.Repeat("0123456789", 7), "x", "704ef54bdacd8283e1818490de6892a7e99af6f8659d3abbe1bd0bbd7e3f0a0a"},
	} {
		got := call(t, &machine{}, "_sign", tt.key, tt.message)
		if got != tt.want {
			t.Errorf("%v: %s, want %s", tt.key, got, tt.want)
		}
		for _, signature := range []any{got, strings.ToUpper(got), "\u00a0" + got + "\n"} {
			if call(t, &machine{}, "_verifySignature", tt.key, tt.message, signature) != "true" {
				t.Errorf("%q is not accepted", signature)
			}
		}
		for _, signature := range []any{"", nil, "0x" + got, got[1:], got + "0", strings.Repeat("0", 64), strings.Repeat("அ", 64)[:63], got[:63] + "g"} {
			if call(t, &machine{}, "_verifySignature", tt.key, tt.message, signature) != "false" {
				t.Errorf("%q is accepted", signature)
			}
		}
	}
}

func TestPasswordsCountToSeventyTwoBytes(t *testing.T) {
	// Made by another implementation from 30 and from 24 times க.
	long := "$2y$04$kGy.g6EkAgaaBGghdxK/.evNzPFoLKU1rI2NPokH01wkASQzLndva"
	for _, prefix := range []string{"$2a", "$2b", "$2x", "$2y"} {
		for _, n := range []int{24, 25, 30} {
			if got := call(t, &machine{}, "_verifyPassword", strings.Repeat("க", n), prefix+long[3:]); got != "true" {
				t.Errorf("%s, %d letters: %s", prefix, n, got)
			}
		}
		if got := call(t, &machine{}, "_verifyPassword", strings.Repeat("க", 23), prefix+long[3:]); got != "false" {
			t.Errorf("%s, 23 letters: %s", prefix, got)
		}
	}
}

func TestHashOfPasswordIsFreshAndVerifies(t *testing.T) {
	m := &machine{}
	hash := call(t, m, "_hashPassword", "a\x00b")
	if len(hash) != 60 || !strings.HasPrefix(hash, "$2b$12$") {
		t.Errorf("%q", hash)
	}
	// What follows a NUL counts.
	for password, want := range map[string]string{"a\x00b": "true", "a\x00c": "false"} {
		if got := call(t, m, "_verifyPassword", password, hash); got != want {
			t.Errorf("%q: %s, want %s", password, got, want)
		}
	}
	if got := call(t, m, "_verifyPassword", "", "$2y$04$EkU1G8nPIpx0w4Q8HiA03OyYZd17LvS7ym5OaEY3ZdKnTFi.pFYhy"); got != "true" {
		t.Errorf("the empty password: %s", got)
	}
}

func TestUnreadableHashesAreErrors(t *testing.T) {
	good := "$2b$04$abcdefghijklmnopqrstuuQkbaEV7dtvRdM7L3R3XwHE3xqSSFl6e"
	for _, hash := range []any{
		"", nil, "not a hash", good[:59], good + "x", "$2c" + good[3:], "$1b" + good[3:], "$2b$17" + good[6:], "$2b$31" + good[6:], "$2b$03" + good[6:],
		"$2b$x4" + good[6:], "$2b04$" + good[6:], good[:10] + "-" + good[11:], " " + good, good[:57] + "அ", "$2b$16$" + strings.Repeat("_", 53),
	} {
		wantError(t, &machine{}, diag.BadArgument, "a bcrypt hash", "_verifyPassword", "x", hash)
	}
}

// gate counts who is inside.
type gate struct{ inside, entered int }

func (g *gate) Enter(ctx context.Context) (func(), error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	g.inside++
	g.entered++
	return func() { g.inside-- }, nil
}

func TestSlowWorkGoesThroughTheGate(t *testing.T) {
	g := &gate{}
	m := &machine{host: host.Host{Heavy: g, Random: &counter{}}}
	call(t, m, "_verifyPassword", "x", "$2b$04$abcdefghijklmnopqrstuuQkbaEV7dtvRdM7L3R3XwHE3xqSSFl6e")
	call(t, m, "_encrypt", "x", "word")
	if g.entered != 2 || g.inside != 0 {
		t.Errorf("%+v", g)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m.ctx = ctx
	if _, err := try(m, "_hashPassword", "x"); err != context.Canceled {
		t.Errorf("ended run: %v", err)
	}
}

const (
	private = "00c0ffee00000000000000000000000000000000000000000000000000000017"
	public  = "04f8c045ea607ec927f6894d72f82a610aca01abea28e7c342c62d0ecb053d55c5cd6f820fab7718e094de4483b352bb7ae77dbbe8c9ac6c53714edbdbc168ba0b"
	order   = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
)

func TestCurveKeysAreExactlyThirtyTwoBytes(t *testing.T) {
	m := &machine{}
	for _, key := range []any{private, strings.ToUpper(private), " " + private[:30] + "\n\u00a0" + private[30:] + "\u3000"} {
		if got := call(t, m, "_publicKey", key); got != "சரி("+public+")" {
			t.Errorf("%q: %s", key, got)
		}
	}
	for _, key := range []any{
		"", nil, "00", private[2:], private + "00", private[1:], strings.Repeat("0", 64), order, strings.Repeat("f", 64), "+1" + private[2:], "zz" + private[2:],
		strings.Repeat("க", 64), "0x" + private, private[:63], private + "\u200b",
	} {
		wantFailure(t, m, "the private key is not valid", "_publicKey", key)
		wantFailure(t, m, "the private key is not valid", "_ecSign", "m", key)
	}
	if got := call(t, m, "_publicKey", order[:63]+"0"); !strings.HasPrefix(got, "சரி(04") {
		t.Errorf("just below the order: %s", got)
	}
}

func TestCurveSignaturesAreThoseOfRFC6979(t *testing.T) {
	m := &machine{}
	for message, want := range map[string]string{
		"m": "30450221009dc0261645bae97a723c11161496170e37f1b2887d6095e9e3db2669bfae0d230220654b287973abba9a5854801275e2820bc5abbd72ca31f3362e8c5c38dc3c4ab9",
	} {
		if got := call(t, m, "_ecSign", message, private); got != "சரி("+want+")" {
			t.Errorf("%s: %s, want %s", message, got, want)
		}
	}
	// RFC 6979, A.2.5: P-256, SHA-256, message "sample".
	key := "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"
	got := call(t, m, "_ecSign", "sample", key)
	for _, part := range []string{"efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716", "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"} {
		if !strings.Contains(got, part) {
			t.Errorf("%s, want %s in it", got, part)
		}
	}
}

func TestCurveVerifyTellsFalseFromUnreadable(t *testing.T) {
	m := &machine{}
	signature := "3045022100ac7a905817be93661c7bda8accfb3c5fc3108d7a2de7fd7a3499275fbca2ae0a02202d2f453fda8430a21cf6197159b7141240deda0c0ecdccc6a0a3b2c9d7811ffb"
	message := "கொடுப்பனவு 7500"
	point, _ := hex.DecodeString(public)
	key, _ := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	raw, _ := key.Bytes()
	compressed := hex.EncodeToString(append([]byte{2 + raw[64]&1}, raw[1:33]...))
	for _, tt := range []struct{ message, signature, public, want string }{
		{message, signature, public, "true"}, {message, strings.ToUpper(signature), " " + public, "true"}, {message, signature, compressed, "true"},
		{message + "0", signature, public, "false"}, {message, "3000", public, "false"}, {message, "", public, "false"}, {message, "00", public, "false"},
		{message, signature + "00", public, "false"},
	} {
		if got := call(t, m, "_ecVerify", tt.message, tt.signature, tt.public); got != "சரி("+tt.want+")" {
			t.Errorf("%s %s: %s, want %s", tt.signature, tt.public, got, tt.want)
		}
	}
	wantFailure(t, m, "'zz' is not hexadecimal", "_ecVerify", message, "zz", public)
	wantFailure(t, m, "'abc' is not hexadecimal", "_ecVerify", message, "abc", public)
	wantFailure(t, m, "'xyz' is not hexadecimal", "_ecVerify", message, "zz", "xyz") // the key first
	for _, key := range []string{"", "04ff", "00", strings.Repeat("00", 65), "05" + public[2:], public[:128] + "0c", "02" + strings.Repeat("ff", 32), public + "00"} {
		wantFailure(t, m, "no point of P-256", "_ecVerify", message, signature, key)
	}
	wantFailure(t, m, "is not hexadecimal", "_ecVerify", message, signature, "அ")
}

func TestKeyPairFitsTogether(t *testing.T) {
	m := &machine{host: host.Host{Random: &counter{}}}
	pair, err := try(m, "_keyPair")
	if err != nil {
		t.Fatal(err)
	}
	one, _ := pair.Get("தனி")
	two, _ := pair.Get("பொது")
	if got := call(t, m, "_publicKey", one); got != "சரி("+two.Str()+")" || len(one.Str()) != 64 || len(two.Str()) != 130 {
		t.Errorf("%s, %s", one.Str(), two.Str())
	}
	other, _ := try(m, "_keyPair")
	if again, _ := other.Get("தனி"); again.Str() == one.Str() {
		t.Error("the same key twice")
	}
}

// Sealed elsewhere: PBKDF2 and HKDF with Python's hashlib and hmac, AES-GCM
// with OpenSSL.
func TestSealedTextsOfAnotherImplementationOpen(t *testing.T) {
	m := &machine{host: host.Host{Random: &counter{}}}
	const raw = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	for key, sealed := range map[string]string{
		"திறவுகோல்": "etm1.AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhsR57GquItd091i3MQCK05BT6vDF0wok6gozUI-",
		raw:         "etm1.AgABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhsuKiWk7RfOZmJGpZS1TZ0BwpW1CMBWcGByGkRm",
	} {
		if got := call(t, m, "_decrypt", sealed, key); got != "சரி(கடல்)" {
			t.Errorf("%s: %s", key, got)
		}
		m.host.Random = &counter{}
		if got := call(t, m, "_encrypt", "கடல்", key); got != "சரி("+sealed+")" {
			t.Errorf("%s: %s, want %s", key, got, sealed)
		}
	}
	if got := call(t, m, "_decrypt", "etm1.AgABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhsuKiWk7RfOZmJGpZS1TZ0BwpW1CMBWcGByGkRm", strings.ToUpper(raw)); got != "சரி(கடல்)" {
		t.Errorf("capital digits: %s", got)
	}
}

func TestEveryDamageOfASealedTextFailsAlike(t *testing.T) {
	m := &machine{host: host.Host{Random: &counter{}}}
	key := call(t, m, "_encryptionKey")
	v, _ := try(m, "_encrypt", []any{1, "அ"}, key)
	inside := v.Inside()
	sealed := inside.Str()
	if got := call(t, m, "_decrypt", sealed, key); got != "சரி([1, அ])" {
		t.Fatal(got)
	}
	failure := call(t, m, "_decrypt", "", key)
	damaged := []string{"etm1.", "etm2." + sealed[5:], sealed + "=", sealed + "A", sealed + "\n", " " + sealed, sealed[:len(sealed)-2], "nil", sealed[5:]}
	for i := 5; i < len(sealed); i++ {
		c := byte('A')
		if sealed[i] == c {
			c = 'B'
		}
		damaged = append(damaged, sealed[:i]+string(c)+sealed[i+1:])
	}
	g := &gate{}
	m.host.Heavy = g
	for _, s := range damaged {
		if got := call(t, m, "_decrypt", s, key); got != failure {
			t.Errorf("%q: %s, want %s", s, got, failure)
		}
	}
	for _, other := range []string{"", "x", key[:63], key[1:] + "0", key + "0"} {
		if got := call(t, m, "_decrypt", sealed, other); got != failure {
			t.Errorf("key %q: %s", other, got)
		}
	}
	if g.entered > 2 {
		t.Errorf("%d times slow work", g.entered)
	}
	wantFailure(t, m, "must not be empty", "_encrypt", "x", "")
	if !strings.Contains(failure, "cannot be opened") {
		t.Error(failure)
	}
}
