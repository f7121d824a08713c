package system

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"etamil/engine/host"
)

// tokenKeyFile is the name of the key's file in the state directory.
const tokenKeyFile = "jwt-secret"

// minTokenKey is the shortest key accepted from the file, in bytes; ours has
// 64 hexadecimal digits, and half of that is no accident but still a key.
const minTokenKey = 32

// KeysConfig describes where the key of tokens comes from.
type KeysConfig struct {
	// Getenv reads the environment; nil: os.Getenv.
	Getenv func(string) string
	// StateDir is a directory for the process alone, where a key is kept from
	// one start to the next; "": a key lasts as long as the process.
	StateDir string
	// Warn is called at most once, when a key was made up that ends with the
	// process; nil: nobody is told.
	Warn func()
}

// Keys keeps the key of HS256 tokens: the bytes of ETAMIL_JWT_SECRET, else the
// one in the state directory, which is made at first use, else a random one.
// Safe for concurrent use.
type Keys struct {
	config KeysConfig
	mu     sync.Mutex
	key    []byte // nil before the first use
}

var _ host.Secrets = (*Keys)(nil)

// NewKeys reads nothing yet: the variable counts as it is at first use.
func NewKeys(c KeysConfig) *Keys {
	if c.Getenv == nil {
		c.Getenv = os.Getenv
	}
	return &Keys{config: c}
}

// TokenKey implements host.Secrets. A failure to read or make the file is
// tried again at the next call.
func (k *Keys) TokenKey() ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key != nil {
		return k.key, nil
	}
	if text := k.config.Getenv("ETAMIL_JWT_SECRET"); text != "" {
		k.key = []byte(text)
		return k.key, nil
	}
	if k.config.StateDir != "" {
		key, err := keptKey(k.config.StateDir)
		if err != nil {
			return nil, err
		}
		k.key = key
		return key, nil
	}
	key := make([]byte, 32)
	rand.Read(key) // never fails
	k.key = key
	if k.config.Warn != nil {
		k.config.Warn()
	}
	return k.key, nil
}

// Known returns the key if it was used already; nil: it was not.
func (k *Keys) Known() []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.key
}

// keptKey reads the key of the directory and makes it when there is none. Two
// processes that start together end up with the same one.
func keptKey(dir string) ([]byte, error) {
	path := filepath.Join(dir, tokenKeyFile)
	key, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the key of tokens: %w", err)
	}
	f, err := os.CreateTemp(dir, tokenKeyFile+"-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("make the key of tokens: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(randomHex(32) + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		// Unlike a rename, a link never replaces the key of another process.
		err = os.Link(f.Name(), path)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("make the key of tokens: %w", err)
	}
	return readKey(path)
}

func readKey(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the key of tokens: %w", err)
	}
	key := strings.TrimSpace(string(text))
	if len(key) < minTokenKey {
		return nil, fmt.Errorf("read the key of tokens: %s is damaged: shorter than %d bytes", path, minTokenKey)
	}
	return []byte(key), nil
}
