package builtin

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"unicode/utf8"

	"etamil/engine/diag"
	"etamil/engine/value"
)

var sealRows = []Builtin{
	{
		ID:     "encrypt",
		Name:   Spelling{"மறை", "maRY", "_encrypt"},
		Args:   []Arg{arg("சொல்", "text", AsText), arg("விசை", "key", AsText)},
		Ret:    "result of text | text",
		Effect: Random,
		Doc:    both("சொல்லை விசையால் முத்திரையிட்டு மறைக்கும் (AES-256-GCM)", "seals a text with a key (AES-256-GCM)"),
		Func:   seal,
		Try: []Example{
			{`வெளிப்படு(மதிப்பு(மறை("கடல்", "திறவுகோல்")), "திறவுகோல்")`, "சரி(கடல்)"},
			{`வெளிப்படு(மதிப்பு(_encrypt([1, 2], "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")), "00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff")`, "சரி([1, 2])"},
			{`தவறா(maRY("x", ""))`, "true"},
		},
	},
	{
		ID:   "decrypt",
		Name: Spelling{"வெளிப்படு", "veLippatu", "_decrypt"},
		Args: []Arg{arg("முத்திரை", "sealed", AsText), arg("விசை", "key", AsText)},
		Ret:  "result of text | text",
		Doc:  both("முத்திரையிட்ட சொல்லைத் திறக்கும்", "opens a sealed text"),
		Func: unseal,
		Try:  []Example{{`தவறா(வெளிப்படு("etm1.AAAA", "x"))`, "true"}, {`தவறா(_decrypt(இன்மை, "x"))`, "true"}},
	},
	{
		ID:     "encryptionKey",
		Name:   Spelling{"மறை_விசை", "maRY_vicY", "_encryptionKey"},
		Ret:    "text",
		Effect: Random,
		Doc:    both("புதிய விசை, 64 பதினாறடிமான இலக்கங்கள்", "a random key, 64 hexadecimal digits"),
		Func:   sealKey,
		Try:    []Example{{`நீளம்(மறை_விசை())`, "64"}, {`maRY_vicY() == _encryptionKey()`, "false"}},
	},
}

// A sealed text is the prefix and base64url of: method, salt, nonce,
// ciphertext with tag. What stands before the nonce is authenticated with it.
const (
	sealPrefix   = "etm1."
	sealName     = "etm1" // in the additional data
	sealInfo     = "etamil-seal-v1"
	sealSaltLen  = 16
	sealNonceLen = 12
	sealTagLen   = 16
	sealKeyLen   = 32
	sealRounds   = 600_000 // of PBKDF2, so that a guessed word costs a tenth of a second
)

// The ways in which a key becomes the key of the cipher.
const (
	sealByWord = 1 // PBKDF2: any text
	sealByKey  = 2 // HKDF: 64 hexadecimal digits, too many to guess
)

var (
	sealNoKey = sentence{"மறை விசை வெறுமையாக இருக்கக் கூடாது", "the key must not be empty"}
	sealBad   = sentence{"திறக்க முடியவில்லை: விசை தவறு, அல்லது உரை பழுதானது", "cannot be opened: the key is wrong or the text is damaged"}
)

// rawKey returns the bytes of a key of 64 hexadecimal digits.
func rawKey(key string) ([]byte, bool) {
	if len(key) != 2*sealKeyLen {
		return nil, false
	}
	raw, err := hex.DecodeString(key)
	return raw, err == nil
}

// sealCipher returns the cipher for a key. The slow method waits for a place
// among heavy work.
func sealCipher(m Machine, method byte, key string, salt []byte) (cipher.AEAD, error) {
	var derived []byte
	var err error
	if method == sealByKey {
		raw, _ := rawKey(key)
		derived, err = hkdf.Key(sha256.New, raw, salt, sealInfo, sealKeyLen)
	} else {
		done, refusal := heavy(m, 1<<passwordCost)
		if refusal != nil {
			return nil, refusal
		}
		derived, err = pbkdf2.Key(sha256.New, key, salt, sealRounds, sealKeyLen)
		done()
	}
	if err != nil {
		panic("BUG: key derivation: " + err.Error())
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		panic("BUG: cipher: " + err.Error())
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic("BUG: cipher: " + err.Error())
	}
	return gcm, nil
}

func seal(m Machine, args []value.Value) (value.Value, error) {
	text, key := args[0].Str(), args[1].Str()
	if key == "" {
		return sealNoKey.fail(), nil
	}
	if err := room(m, 4*len(text)); err != nil {
		return value.Value{}, err
	}
	random := m.Host().Random
	if random == nil {
		return refused("மறை"), nil
	}
	method := byte(sealByWord)
	if _, ok := rawKey(key); ok {
		method = sealByKey
	}
	const head = 1 + sealSaltLen + sealNonceLen
	sealed := make([]byte, head, head+len(text)+sealTagLen)
	sealed[0] = method
	if _, err := io.ReadFull(random, sealed[1:]); err != nil {
		panic("BUG: random: " + err.Error())
	}
	salt, nonce := sealed[1:1+sealSaltLen], sealed[1+sealSaltLen:head]
	gcm, err := sealCipher(m, method, key, salt)
	if err != nil {
		return value.Value{}, err
	}
	additional := append([]byte(sealName), sealed[:1+sealSaltLen]...)
	sealed = gcm.Seal(sealed, nonce, []byte(text), additional)
	return value.OkOf(value.String(sealPrefix + base64url.EncodeToString(sealed))), nil
}

func unseal(m Machine, args []value.Value) (value.Value, error) {
	sealed, key := args[0].Str(), args[1].Str()
	if err := room(m, 2*len(sealed)); err != nil {
		return value.Value{}, err
	}
	encoded, ok := strings.CutPrefix(sealed, sealPrefix)
	if !ok || key == "" {
		return sealBad.fail(), nil
	}
	raw, ok := decode64(encoded)
	const head = 1 + sealSaltLen + sealNonceLen
	if !ok || len(raw) < head+sealTagLen {
		return sealBad.fail(), nil
	}
	method := raw[0]
	if _, ok := rawKey(key); method != sealByWord && method != sealByKey || method == sealByKey && !ok {
		return sealBad.fail(), nil
	}
	gcm, err := sealCipher(m, method, key, raw[1:1+sealSaltLen])
	if err != nil {
		return value.Value{}, err
	}
	additional := append([]byte(sealName), raw[:1+sealSaltLen]...)
	text, err := gcm.Open(nil, raw[1+sealSaltLen:head], raw[head:], additional)
	if err != nil || !utf8.Valid(text) {
		return sealBad.fail(), nil
	}
	return value.OkOf(value.String(string(text))), nil
}

func sealKey(m Machine, _ []value.Value) (value.Value, error) {
	random := m.Host().Random
	if random == nil {
		return value.Value{}, diag.NotPermitted.New("மறை_விசை")
	}
	var key [sealKeyLen]byte
	if _, err := io.ReadFull(random, key[:]); err != nil {
		panic("BUG: random: " + err.Error())
	}
	return value.String(hex.EncodeToString(key[:])), nil
}
