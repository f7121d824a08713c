package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"etamil/engine/diag"
)

const (
	// minTokenKey is the shortest key of tokens from a file, in bytes: HS256
	// wants one as long as its hash (RFC 7518, section 3.2). The variable
	// ETAMIL_JWT_SECRET has no such bound.
	minTokenKey = 32
	maxSecret   = 64 << 10 // bytes; a secret is a line
)

// takeTokenKey reads the key of tokens from where the settings say.
func (l *loader) takeTokenKey(env map[string]string) {
	path, o := l.TokenKeyFile, l.origins["token_key_file"]
	credential := l.TokenKeyCredential != ""
	switch {
	case path != "" && credential:
		l.fail(l.origins["token_key_credential"], diag.Text{
			Ta: "token_key_file, token_key_credential இரண்டில் ஒன்று மட்டுமே வேண்டும்",
			En: "only one of token_key_file and token_key_credential can be given",
		})
		return
	case credential:
		o = l.origins["token_key_credential"]
		dir := env["CREDENTIALS_DIRECTORY"]
		if dir == "" {
			name := l.TokenKeyCredential
			l.fail(o, diag.Text{
				Ta: fmt.Sprintf("systemd credential எதையும் தரவில்லை; unit-இல் LoadCredential=%s:PATH வேண்டும்", name),
				En: fmt.Sprintf("systemd has given no credentials; the unit needs LoadCredential=%s:PATH", name),
			})
			return
		}
		path = filepath.Join(dir, l.TokenKeyCredential)
	case path == "":
		if key := env["ETAMIL_JWT_SECRET"]; key != "" {
			l.TokenKey = []byte(key)
			l.origins["token_key"] = Origin{Kind: ByElse, Name: "ETAMIL_JWT_SECRET"}
		}
		return
	}
	key, reason := readSecret(path, !credential, minTokenKey)
	if reason != nil {
		l.fail(o, *reason)
		return
	}
	l.TokenKey = key
	l.origins["token_key"] = o
}

// readSecret reads a secret of at least a number of bytes, without the end of
// its last line. private refuses a file that others may read: systemd sees to
// that for its own. No sentence holds any of it.
func readSecret(path string, private bool, least int) ([]byte, *diag.Text) {
	cannot := func(why diag.Text) ([]byte, *diag.Text) {
		name := shown(path)
		return nil, &diag.Text{
			Ta: fmt.Sprintf("இரகசியக் கோப்பு '%s' பயன்படாது: %s", name, why.Ta),
			En: fmt.Sprintf("the secret '%s' cannot be used: %s", name, why.En),
		}
	}
	f, err := openRegular(path)
	if err != nil {
		return cannot(diag.Reason(err))
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return cannot(diag.Reason(err))
	}
	if mode := info.Mode().Perm(); private && mode&tooOpen(info) != 0 {
		return cannot(diag.Text{
			Ta: fmt.Sprintf("மற்றவர்களும் அணுக முடியும் (mode %04o); chmod 600 வேண்டும்", mode),
			En: fmt.Sprintf("others may use the file, too (mode %04o); chmod 600 it", mode),
		})
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch {
	case err != nil:
		return cannot(diag.Reason(err))
	case len(text) > maxSecret:
		return cannot(diag.Text{Ta: "அது மிகப் பெரியது", En: "it is too large"})
	}
	secret := strings.TrimRight(string(text), "\r\n")
	if len(secret) < least {
		return cannot(diag.Text{
			Ta: fmt.Sprintf("அதில் %d பைட்டுகள் உள்ளன; குறைந்தது %d வேண்டும்", len(secret), least),
			En: fmt.Sprintf("it has %d bytes; at least %d are needed", len(secret), least),
		})
	}
	return []byte(secret), nil
}

// ReadSecret reads a file that a data source names, or the credential of that
// name. Others must not be able to read the file.
func (c *Config) ReadSecret(name string, credential bool) (string, error) {
	path := name
	if credential {
		dir := c.getenv("CREDENTIALS_DIRECTORY")
		if dir == "" || strings.ContainsAny(name, "/\\") || strings.HasPrefix(name, ".") {
			return "", &secretError{diag.Text{
				Ta: fmt.Sprintf("'%s' என்ற credential இல்லை; LoadCredential= வேண்டும்", diag.Quote(name)),
				En: fmt.Sprintf("there is no credential '%s'; LoadCredential= gives one", diag.Quote(name)),
			}}
		}
		path = filepath.Join(dir, name)
	}
	secret, reason := readSecret(path, !credential, 0)
	if reason != nil {
		return "", &secretError{*reason}
	}
	return string(secret), nil
}

// A secretError is why a secret cannot be used.
type secretError struct{ text diag.Text }

func (e *secretError) Error() string { return e.text.En }

// Tamil returns the sentence in Tamil, for diag.Reason.
func (e *secretError) Tamil() string { return e.text.Ta }

// tooOpen returns the permissions that a secret must not grant. A file of root
// may be readable by a group, which is then ours.
func tooOpen(info fs.FileInfo) fs.FileMode {
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && owner.Uid == 0 && os.Geteuid() != 0 {
		return 0o037
	}
	return 0o077
}

// maxConfigFile is the largest configuration file, in bytes; the sample has
// a hundredth of it.
const maxConfigFile = 1 << 20

var errNotRegular = notRegular{}

type notRegular struct{}

func (notRegular) Error() string { return "it is no regular file" }
func (notRegular) Tamil() string {
	return "அது சாதாரணக் கோப்பு அல்ல"
}

// openRegular opens a file that can be read to its end without waiting.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	return os.Open(path)
}

// readFile reads the configuration file.
func readFile(path string) ([]byte, *Problem) {
	f, err := openRegular(path)
	var text []byte
	if err == nil {
		text, err = io.ReadAll(io.LimitReader(f, maxConfigFile+1))
		err = errors.Join(err, f.Close())
	}
	var why diag.Text
	switch {
	case err != nil:
		why = diag.Reason(err)
	case len(text) > maxConfigFile:
		why = diag.Text{Ta: "அது மிகப் பெரியது", En: "it is too large"}
	default:
		return text, nil
	}
	return nil, &Problem{Origin: Origin{Kind: ByFile, File: path}, Text: diag.Text{
		Ta: "அமைப்புக் கோப்பைப் படிக்க முடியவில்லை: " + why.Ta,
		En: "the configuration file cannot be read: " + why.En,
	}}
}
