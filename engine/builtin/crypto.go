package builtin

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"unicode"

	"golang.org/x/crypto/bcrypt"

	"etamil/engine/diag"
	"etamil/engine/value"
)

var cryptoRows = []Builtin{
	{
		ID:   "sign",
		Name: Spelling{"கையொப்பம்", "kYyoppam", "_sign"},
		Args: []Arg{arg("விசை", "key", AsText), arg("செய்தி", "message", AsText)},
		Ret:  "text",
		Doc:  both("HMAC-SHA256, பதினாறடிமானச் சிறு எழுத்துகளில்", "HMAC-SHA256 (key, message) in lower-case hexadecimal"),
		Func: sign,
		Try: []Example{
			{`கையொப்பம்("k", "m")`, "b60090e3052297aeb5a080889ce2fc4bca957e756faeb4df7d31800ca1e771ec"},
			{`_sign("", "")`, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
		},
	},
	{
		ID:   "verifySignature",
		Name: Spelling{"கையொப்பம்_சரியா", "kYyoppam_cariyA", "_verifySignature"},
		Args: []Arg{arg("விசை", "key", AsText), arg("செய்தி", "message", AsText), arg("கையொப்பம்", "signature", AsText)},
		Ret:  "boolean",
		Doc:  both("HMAC-SHA256 கையொப்பம் சரியா", "constant-time check of an HMAC-SHA256 signature"),
		Func: verifySignature,
		Try: []Example{
			{`கையொப்பம்_சரியா("k", "m", " " & மேல்_எழுத்து(கையொப்பம்("k", "m")))`, "true"},
			{`kYyoppam_cariyA("k", "m", "0x")`, "false"}, {`_verifySignature("k", "m", இன்மை)`, "false"},
		},
	},
	{
		ID:     "hashPassword",
		Name:   Spelling{"கடவுச்சொல்_மறை", "kataveuccol_maRY", "_hashPassword"},
		Args:   []Arg{arg("கடவுச்சொல்", "password", AsText)},
		Ret:    "text",
		Effect: Random,
		Doc: both("கடவுச்சொல்லின் bcrypt மறையீடு, cost 12; முதல் 72 பைட்டுகள் மட்டுமே கணக்கில் வரும்",
			"bcrypt hash of a password, cost 12; its first 72 bytes count"),
		Func: hashPassword,
		Try:  []Example{{`நீளம்(கடவுச்சொல்_மறை("கடல்"))`, "60"}},
	},
	{
		ID:   "verifyPassword",
		Name: Spelling{"கடவுச்சொல்_சரியா", "kataveuccol_cariyA", "_verifyPassword"},
		Args: []Arg{arg("கடவுச்சொல்", "password", AsText), arg("மறையீடு", "hash", AsText)},
		Ret:  "boolean",
		Doc:  both("கடவுச்சொல் இந்த bcrypt மறையீட்டுக்குப் பொருந்துமா", "does a password match a bcrypt hash"),
		Func: verifyPassword,
		Try: []Example{
			{`கடவுச்சொல்_சரியா("pazam-123", "$2b$04$abcdefghijklmnopqrstuuQkbaEV7dtvRdM7L3R3XwHE3xqSSFl6e")`, "true"},
			{`_verifyPassword("pazam-124", "$2y$04$abcdefghijklmnopqrstuuQkbaEV7dtvRdM7L3R3XwHE3xqSSFl6e")`, "false"},
		},
	},
	{
		ID:     "keyPair",
		Name:   Spelling{"வளைவு_சாவிகள்", "vaLYvu_cAvikaL", "_keyPair"},
		Ret:    "record",
		Effect: Random,
		Doc:    both("புதிய P-256 சாவிச் சோடி {தனி, பொது}, பதினாறடிமானத்தில்", "a new P-256 key pair {தனி, பொது} in hexadecimal"),
		Func:   keyPair,
		Try:    []Example{{`நீளம்(வளைவு_சாவிகள்().தனி)`, "64"}, {`நீளம்(_keyPair().பொது)`, "130"}},
	},
	{
		ID:   "publicKey",
		Name: Spelling{"வளைவு_பொதுச்சாவி", "vaLYvu_poquccAvi", "_publicKey"},
		Args: []Arg{arg("தனிச்சாவி", "private", AsText)},
		Ret:  "result of text | text",
		Doc:  both("தனிச்சாவியின் பொதுச்சாவி", "the public key of a private key"),
		Func: publicKey,
		Try: []Example{
			{`வளைவு_பொதுச்சாவி("00c0ffee00000000000000000000000000000000000000000000000000000017")`,
				"சரி(04f8c045ea607ec927f6894d72f82a610aca01abea28e7c342c62d0ecb053d55c5cd6f820fab7718e094de4483b352bb7ae77dbbe8c9ac6c53714edbdbc168ba0b)"},
			{`தவறா(_publicKey("00"))`, "true"},
		},
	},
	{
		ID:   "ecSign",
		Name: Spelling{"வளைவு_கையொப்பம்", "vaLYvu_kYyoppam", "_ecSign"},
		Args: []Arg{arg("செய்தி", "message", AsText), arg("தனிச்சாவி", "private", AsText)},
		Ret:  "result of text | text",
		Doc:  both("ECDSA P-256 / SHA-256 கையொப்பம், பதினாறடிமான DER", "ECDSA P-256 / SHA-256 signature, DER in hexadecimal"),
		Func: ecSign,
		Try: []Example{
			{`வளைவு_கையொப்பம்("m", "00c0ffee00000000000000000000000000000000000000000000000000000017")`,
				"சரி(30450221009dc0261645bae97a723c11161496170e37f1b2887d6095e9e3db2669bfae0d230220654b287973abba9a5854801275e2820bc5abbd72ca31f3362e8c5c38dc3c4ab9)"},
			{`தவறா(_ecSign("m", "zz"))`, "true"},
		},
	},
	{
		ID:   "ecVerify",
		Name: Spelling{"வளைவு_சரிபார்", "vaLYvu_caripAr", "_ecVerify"},
		Args: []Arg{arg("செய்தி", "message", AsText), arg("கையொப்பம்", "signature", AsText), arg("பொதுச்சாவி", "public", AsText)},
		Ret:  "result of boolean | text",
		Doc:  both("ECDSA P-256 கையொப்பம் பொருந்துமா", "does an ECDSA P-256 signature hold"),
		Func: ecVerify,
		Try: []Example{
			{`வளைவு_சரிபார்("m", "3000", மதிப்பு(_publicKey("00c0ffee00000000000000000000000000000000000000000000000000000017")))`, "சரி(false)"},
			{`தவறா(_ecVerify("m", "3000", "04ff"))`, "true"},
		},
	},
}

// mac charges for the message and returns its HMAC-SHA256 in hexadecimal.
func mac(m Machine, key, message string) (string, error) {
	if err := m.Charge((len(key) + len(message)) / 8); err != nil {
		return "", err
	}
	h := hmac.New(sha256.New, []byte(key))
	io.WriteString(h, message)
	return hex.EncodeToString(h.Sum(nil)), nil
}

func sign(m Machine, args []value.Value) (value.Value, error) {
	s, err := mac(m, args[0].Str(), args[1].Str())
	if err != nil {
		return value.Value{}, err
	}
	return value.String(s), nil
}

func verifySignature(m Machine, args []value.Value) (value.Value, error) {
	want, err := mac(m, args[0].Str(), args[1].Str())
	if err != nil {
		return value.Value{}, err
	}
	got := strings.TrimSpace(args[2].Str())
	if len(got) != len(want) {
		return value.Bool(false), nil
	}
	got = mapASCII(got, 'A')
	return value.Bool(hmac.Equal([]byte(got), []byte(want))), nil
}

const (
	passwordCost    = 12 // of new hashes
	maxPasswordCost = 16 // of stored ones: about four seconds, one step more is eight
	passwordBytes   = 72 // bcrypt uses no more
	bcryptLen       = 60
)

// heavy waits until slow work may be done. The caller calls done afterwards.
func heavy(m Machine, steps int) (done func(), err error) {
	if err := m.Charge(steps); err != nil {
		return nil, err
	}
	gate := m.Host().Heavy
	if gate == nil {
		return func() {}, nil
	}
	return gate.Enter(m.Context())
}

func password(s string) []byte { return []byte(s[:min(len(s), passwordBytes)]) }

func hashPassword(m Machine, args []value.Value) (value.Value, error) {
	done, err := heavy(m, 1<<passwordCost)
	if err != nil {
		return value.Value{}, err
	}
	defer done()
	hash, err := bcrypt.GenerateFromPassword(password(args[0].Str()), passwordCost)
	if err != nil {
		panic("BUG: bcrypt: " + err.Error())
	}
	hash[2] = 'b' // Go writes 2a for the same algorithm
	return value.String(string(hash)), nil
}

var hashWanted = diag.Text{Ta: "bcrypt மறையீடு (cost 16 வரை)", En: "a bcrypt hash (of a cost up to 16)"}

func verifyPassword(m Machine, args []value.Value) (value.Value, error) {
	hash := args[1].Str()
	cost, ok := hashCost(hash)
	if !ok {
		return value.Value{}, badArgument("கடவுச்சொல்_சரியா", hashWanted, KindName(&args[1]))
	}
	done, err := heavy(m, 1<<cost)
	if err != nil {
		return value.Value{}, err
	}
	defer done()
	err = bcrypt.CompareHashAndPassword([]byte(hash), password(args[0].Str()))
	switch err {
	case nil:
		return value.Bool(true), nil
	case bcrypt.ErrMismatchedHashAndPassword:
		return value.Bool(false), nil
	}
	return value.Value{}, badArgument("கடவுச்சொல்_சரியா", hashWanted, KindName(&args[1]))
}

// hashCost reads the cost of a bcrypt hash: $2, a letter, $, two digits, $,
// then 53 letters of bcrypt's own base64.
func hashCost(hash string) (cost int, ok bool) {
	if len(hash) != bcryptLen || hash[:2] != "$2" || !strings.Contains("abxy", hash[2:3]) || hash[3] != '$' || hash[6] != '$' {
		return 0, false
	}
	for i := 4; i < bcryptLen; i++ {
		c := hash[i]
		digit := c >= '0' && c <= '9'
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.' || c == '/'
		if i < 6 && !digit || i > 6 && !digit && !letter {
			return 0, false
		}
	}
	cost = int(hash[4]-'0')*10 + int(hash[5]-'0')
	return cost, cost >= bcrypt.MinCost && cost <= maxPasswordCost
}

var (
	notHex     = sentence{"'{1}' பதினாறடிமான இலக்கங்கள் அல்ல", "'{1}' is not hexadecimal"}
	privateBad = sentence{"தனிச்சாவி செல்லாது: 64 பதினாறடிமான இலக்கங்கள், 0-க்கு மேல், P-256 வரிசைக்குள்", "the private key is not valid: 64 hexadecimal digits, above 0 and below the order of P-256"}
	publicBad  = sentence{"பொதுச்சாவி P-256 வளைவின் புள்ளி அல்ல", "the public key is no point of P-256"}
)

// readHex reads hexadecimal text of at most limit bytes; white space counts
// nothing.
func readHex(s string, limit int) ([]byte, bool) {
	digits := make([]byte, 0, min(len(s), 2*limit))
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
		case r >= 0x80 || len(digits) == 2*limit:
			return nil, false
		default:
			digits = append(digits, byte(r))
		}
	}
	n, err := hex.Decode(digits, digits)
	return digits[:n], err == nil
}

const (
	scalarLen     = 32
	pointLen      = 65
	compressedLen = 33
	maxHex        = 1 << 10 // bytes of any key or signature, far above the longest
)

// privateKey reads a private key; the second result is the தவறு.
func privateKey(text string) (*ecdsa.PrivateKey, value.Value) {
	// The text is a secret: no message shows it.
	raw, ok := readHex(text, scalarLen)
	if !ok || len(raw) != scalarLen {
		return nil, privateBad.fail()
	}
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	if err != nil {
		return nil, privateBad.fail()
	}
	return key, value.Value{}
}

func publicHex(key *ecdsa.PublicKey) string {
	point, err := key.Bytes()
	if err != nil {
		panic("BUG: public key: " + err.Error())
	}
	return hex.EncodeToString(point)
}

// pairFields are the fields of a key pair.
var pairFields = value.NewKeys([]string{"தனி", "பொது"})

func keyPair(m Machine, _ []value.Value) (value.Value, error) {
	random := m.Host().Random
	if random == nil {
		return value.Value{}, diag.NotPermitted.New("வளைவு_சாவிகள்")
	}
	// Nearly every number of 32 bytes is below the order of the curve.
	for range 100 {
		raw := make([]byte, scalarLen)
		if _, err := io.ReadFull(random, raw); err != nil {
			panic("BUG: random: " + err.Error())
		}
		key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
		if err != nil {
			continue
		}
		pair, _ := value.RecordOf(pairFields, []value.Value{
			value.String(hex.EncodeToString(raw)), value.String(publicHex(&key.PublicKey)),
		})
		return pair, nil
	}
	panic("BUG: randomness that never changes")
}

func publicKey(m Machine, args []value.Value) (value.Value, error) {
	if err := m.Charge(len(args[0].Str()) / 8); err != nil {
		return value.Value{}, err
	}
	key, bad := privateKey(args[0].Str())
	if key == nil {
		return bad, nil
	}
	return value.OkOf(value.String(publicHex(&key.PublicKey))), nil
}

func ecSign(m Machine, args []value.Value) (value.Value, error) {
	if err := m.Charge((len(args[0].Str()) + len(args[1].Str())) / 8); err != nil {
		return value.Value{}, err
	}
	key, bad := privateKey(args[1].Str())
	if key == nil {
		return bad, nil
	}
	digest := sha256.Sum256([]byte(args[0].Str()))
	// Without randomness the signature is that of RFC 6979.
	signature, err := key.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		panic("BUG: sign: " + err.Error())
	}
	return value.OkOf(value.String(hex.EncodeToString(signature))), nil
}

func ecVerify(m Machine, args []value.Value) (value.Value, error) {
	if err := m.Charge((len(args[0].Str()) + len(args[1].Str()) + len(args[2].Str())) / 8); err != nil {
		return value.Value{}, err
	}
	point, ok := readHex(args[2].Str(), maxHex)
	if !ok {
		return notHex.fail(args[2].Str()), nil
	}
	key := readPoint(point)
	if key == nil {
		return publicBad.fail(), nil
	}
	signature, ok := readHex(args[1].Str(), maxHex)
	if !ok {
		return notHex.fail(args[1].Str()), nil
	}
	digest := sha256.Sum256([]byte(args[0].Str()))
	return value.OkOf(value.Bool(ecdsa.VerifyASN1(key, digest[:], signature))), nil
}

// readPoint reads a point of P-256, whole or compressed; nil when it is none.
func readPoint(point []byte) *ecdsa.PublicKey {
	if len(point) == compressedLen {
		x, y := elliptic.UnmarshalCompressed(elliptic.P256(), point)
		if x == nil {
			return nil
		}
		point = make([]byte, pointLen)
		point[0] = 4 // uncompressed
		x.FillBytes(point[1 : 1+scalarLen])
		y.FillBytes(point[1+scalarLen:])
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return nil
	}
	return key
}
