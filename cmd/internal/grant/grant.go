// Package grant decides what a program may reach and puts its host together:
// for a command line all that its user may reach, for a server what the
// options of the server say.
package grant

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"etamil/cmd/internal/cli"
	"etamil/cmd/internal/version"
	"etamil/engine/diag"
	"etamil/engine/host"
	"etamil/engine/host/system"
)

// A Grant is the host of a program's runs. Its Output and Input are nil: each
// run brings its own.
type Grant struct {
	Host host.Host
	// DataDir is the absolute data directory, "" when none confines the
	// program.
	DataDir string

	folder *system.Folder
	web    *system.Web
	keys   *system.Keys
}

// TokenKey returns the key of tokens if it was used already; nil: it was not.
func (g *Grant) TokenKey() []byte { return g.keys.Known() }

// Resolve returns the real path of a file that a program names, for a database
// that opens it; see system.Folder.Resolve. Without a data directory any file
// is permitted.
func (g *Grant) Resolve(path string) (string, error) {
	if g.folder == nil {
		return filepath.Abs(path)
	}
	return g.folder.Resolve(path)
}

// Options say for whom a host is put together.
type Options struct {
	// Data is the data directory asked for; "": ETAMIL_DATA_DIR counts.
	Data string
	// StateDir is a folder for the process alone, where the key of tokens is
	// kept; "": a key that is made up ends with the process.
	StateDir string
	// EnvNames are the variables that the program may read, and that what it
	// starts is given; nil: it may read all.
	EnvNames []string
	// Hosts are those that the program may call by HTTP; nil: all.
	Hosts []string
	// Aside are variables that were taken out of the environment; programs
	// may read them like the others.
	Aside map[string]string
	// Getenv reads the environment; nil: os.Getenv.
	Getenv func(string) string
	// WarnKey is called when a key of tokens was made up that ends with the
	// process.
	WarnKey func()
}

// Command returns the host of a command line: the files of the user, or those
// below the data directory when one was asked for.
func Command(o Options) (*Grant, *cli.Error) { return o.grant("", 0, nil, system.CommandsConfig{}) }

// Server returns the host of a server: files below the data directory, which
// is beside when none was asked for; sources returns the program's own files,
// which are not written. In a daemon programs are started with a small
// environment, in the data directory.
func Server(o Options, beside string, daemon bool, sources func() []string) (*Grant, *cli.Error) {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	limit, err := system.FileLimit(o.Getenv)
	if err != nil {
		return nil, cli.Errorf("ETAMIL_FILE_LIMIT 0-க்கு மேற்பட்ட பைட்டு எண்ணிக்கையாக இருக்க வேண்டும்; '%s' கிடைத்தது",
			"ETAMIL_FILE_LIMIT must be a number of bytes above 0, not '%s'", diag.Quote(o.Getenv("ETAMIL_FILE_LIMIT")))
	}
	return o.grant(beside, limit, sources, system.CommandsConfig{Restricted: daemon, Env: o.EnvNames})
}

func (o Options) grant(beside string, limit int64, sources func() []string, commands system.CommandsConfig) (*Grant, *cli.Error) {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	g := &Grant{web: system.NewWeb(system.WebConfig{Version: version.String(), Getenv: o.Getenv, Hosts: o.Hosts})}
	var files host.Files = system.OpenFiles{}
	dir := firstOf(o.Data, o.Getenv("ETAMIL_DATA_DIR"), beside)
	if dir != "" {
		folder, err := system.NewFolder(system.FolderConfig{
			Dir: dir, Also: filepath.SplitList(o.Getenv("ETAMIL_DATA_ALSO")), Limit: limit, Sources: sources,
		})
		if err != nil {
			return nil, dirError(dir, err)
		}
		g.folder, g.DataDir, files = folder, folder.Dir(), folder
	}
	if commands.Restricted {
		commands.Dir = g.DataDir
	}
	commands.Getenv = o.Getenv
	all := system.AllEnv{Aside: o.Aside}
	var env host.Env = all
	if o.EnvNames != nil {
		env = system.NamedEnv(o.EnvNames, all)
	}
	g.keys = system.NewKeys(system.KeysConfig{Getenv: o.Getenv, StateDir: o.StateDir, Warn: o.WarnKey})
	g.Host = host.Host{
		Clock:    system.Clock{},
		Random:   system.Random(),
		Files:    files,
		Env:      env,
		HTTP:     g.web,
		Programs: system.NewCommands(commands),
		Secrets:  g.keys,
		Heavy:    system.NewGate(0),
	}
	return g, nil
}

// Close releases what the host holds. Nothing may run on it any more.
func (g *Grant) Close() error {
	g.web.CloseIdle()
	if g.folder == nil {
		return nil
	}
	if err := g.folder.Close(); err != nil {
		return fmt.Errorf("close the data directory: %w", err)
	}
	return nil
}

func dirError(dir string, err error) *cli.Error {
	why := diag.Reason(err)
	if errors.Is(err, os.ErrExist) || strings.HasSuffix(err.Error(), "not a directory") {
		why = diag.Text{Ta: "அது கோப்புறை அல்ல", En: "it is not a directory"}
	}
	dir = diag.Quote(dir)
	return &cli.Error{Text: diag.Text{
		Ta: fmt.Sprintf("தரவுக் கோப்புறை '%s' பயன்படாது: %s", dir, why.Ta),
		En: fmt.Sprintf("the data directory '%s' cannot be used: %s", dir, why.En),
	}}
}

func firstOf(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}
