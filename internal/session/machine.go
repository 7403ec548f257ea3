package session

import (
	"cmp"
	"context"
	"os"
	"runtime"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/owner"
)

// Connect finds the engine. start says that one which is installed may be started.
func (e *Env) Connect(ctx context.Context, start bool) (*engine.Engine, error) {
	found, err := engine.Connect(ctx, engine.Options{
		Host: e.Settings.Host, Context: e.Settings.Context,
		HostFrom: e.Settings.Origins["host"], ContextFrom: e.Settings.Origins["context"],
		LookupEnv: e.LookupEnv, Home: e.Home(), Start: start, Sink: e.Sink,
	})
	if err == nil {
		e.memo.engine.Store(found)
	}
	return found, err
}

// ReadEgress reads, once, what this machine needs to reach other hosts.
func (e *Env) ReadEgress() egress.Settings { return e.memo.egress() }

// readEgress reads it. The user's settings go before the variables that say the same.
func (e *Env) readEgress() egress.Settings {
	settings := map[string]string{
		"SSL_CERT_FILE":       e.Settings.CAFile,
		"NPM_CONFIG_REGISTRY": e.Settings.NPMRegistry,
		"PIP_INDEX_URL":       e.Settings.PipIndexURL,
	}
	return egress.Read(func(name string) (string, bool) {
		if value := settings[name]; value != "" {
			return value, true
		}
		return e.LookupEnv(name)
	}, e.Home(), runtime.GOOS)
}

// User is the user and group that own the files of a checkout: those of this process, and
// for root, with sudo or in a container, those of the project's directory.
func (e *Env) User() (uid, gid int) {
	uid, gid = os.Getuid(), os.Getgid()
	if uid != 0 {
		return uid, gid
	}
	info, err := os.Stat(cmp.Or(e.Flags.Dir, "."))
	if err != nil {
		return uid, gid
	}
	uid, gid, _ = owner.Of(info) // root's, where the system knows none
	return uid, gid
}

// FileOwner is the user and group that files on bind mounts should belong to.
func (s *Session) FileOwner(ctx context.Context) (uid, gid int, err error) {
	facts, err := s.Engine.Facts(ctx)
	if err != nil {
		return 0, 0, err
	}
	uid, gid = s.User()
	uid, gid = facts.FileOwner(uid, gid, runtime.GOOS, s.Engine.Local())
	return uid, gid, nil
}

// observeEngine asks an engine what it has: of one project where the name is given, else of
// all.
func observeEngine(ctx context.Context, e *engine.Engine, scope Scope, name string) (found observe.State, err error) {
	err = e.Limited(ctx, func(ctx context.Context) error {
		if scope == Everything {
			found, err = observe.Engine(ctx, e.Client)
		} else {
			found, err = observe.Containers(ctx, e.Client, name)
		}
		return err
	})
	return found, err
}
