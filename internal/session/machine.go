package session

import (
	"cmp"
	"context"
	"os"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/owner"
	"github.com/devup-cli/devup/internal/workspace"
)

// machine is what is read of the machine while the files of the project are found.
type machine struct {
	group  errgroup.Group
	cancel context.CancelFunc

	workspace workspace.Info
	egress    egress.Settings
	engine    *engine.Engine

	// Why the fields above are empty.
	workspaceErr, engineErr error
}

// readMachine begins to read what the command wants of the machine. An engine that does
// not run is not started yet: a mistake in the files is reported before. The caller calls
// stop.
func (s *opening) readMachine(ctx context.Context) *machine {
	m := &machine{}
	ctx, m.cancel = context.WithCancel(ctx)
	if s.want.Workspace {
		m.group.Go(func() error {
			m.workspace, m.workspaceErr = s.ReadWorkspace(ctx)
			return nil
		})
	}
	if s.want.Egress {
		m.group.Go(func() error {
			m.egress = s.ReadEgress()
			return nil
		})
	}
	m.engine = s.want.On
	if s.want.Engine != No && s.want.On == nil {
		m.group.Go(func() error {
			m.engine, m.engineErr = s.Connect(ctx, false)
			return nil
		})
	}
	return m
}

// stop calls the reading off and waits until it is over.
func (m *machine) stop() {
	m.cancel()
	_ = m.group.Wait() // the errors are in the fields
}

// takeMachine puts what was read into the session. That no engine answers is no error yet:
// what is wrong with the files, or missing, comes first.
func (s *opening) takeMachine(m *machine) error {
	_ = m.group.Wait() // the errors are in the fields
	s.Workspace, s.Egress, s.Engine = m.workspace, m.egress, m.engine
	switch code := fail.CodeOf(m.engineErr); {
	case m.engineErr == nil:
	case s.want.Engine == Optional && (code == fail.NoEngine || code == fail.EngineDenied):
		s.EngineErr = m.engineErr
	default:
		s.absent = m.engineErr
	}
	return m.workspaceErr
}

// startEngine starts the engine where it is installed and does not run.
func (e *Env) startEngine(ctx context.Context) error {
	found, err := e.Connect(ctx, true)
	if err != nil {
		return err
	}
	return found.Close()
}

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
