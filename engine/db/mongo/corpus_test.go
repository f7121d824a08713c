package mongo_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"etamil/engine"
	"etamil/engine/db"
	"etamil/engine/db/mongo"
	"etamil/engine/host"
	"etamil/engine/host/system"
)

// lines gathers what a program prints.
type lines struct{ bytes.Buffer }

func (l *lines) Print(text string) error {
	l.WriteString(text + "\n")
	return nil
}

func (l *lines) Flush() error { return nil }

// The case of the corpus that needs a server with Decimal128.
func TestExactNumbersComeBackFromAServer(t *testing.T) {
	dir := filepath.Join("..", "..", "testdata", "conformance", "db", "79-mongo-exact-numbers")
	want, err := os.ReadFile(filepath.Join(dir, "app.out"))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("ETAMIL_TEST_MONGO", mongo.StubURL(t))
	p, list := engine.Load(engine.LoadOptions{File: filepath.Join(dir, "app.qmz")})
	if p == nil {
		t.Fatal(list)
	}
	registry := db.New(db.Settings{Drivers: []db.Driver{mongo.New()}})
	defer registry.Close()
	access, err := registry.Access(db.AccessConfig{AllowAll: true})
	if err != nil {
		t.Fatal(err)
	}
	defer access.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var out lines
	if _, err := p.Run(ctx, &host.Host{Clock: system.Clock{}, Env: system.AllEnv{}, Output: &out, Databases: access}, engine.Limits{}); err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("printed:\n%s\nwant:\n%s", out.String(), want)
	}
}
