package session

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/composefile"
	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/prepare"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/up"
	"github.com/devup-cli/devup/internal/workspace"
)

// Open opens a session, for which the caller calls Close. The error is a [fail.Error] or
// the context's.
func Open(ctx context.Context, env *Env, want Want) (*Session, error) {
	preparer, options := env.Preparer(), env.ProjectOptions(ctx, want)
	for started := false; ; {
		s := &opener{Session: &Session{Env: env, want: want, locks: &locks{}, background: &background{}}, options: options}
		err := s.open(ctx, preparer)
		step := s.missing(preparer, err)
		if step == nil && err == nil && s.requiredErr == nil {
			return s.Session, nil
		}
		s.Close() // nothing is asked while the lock is held
		switch {
		case step != nil:
			err = step(ctx)
		case err == nil && want.Start && !started:
			started = true
			var found *engine.Engine
			if found, err = env.Connect(ctx, true); err == nil {
				err = found.Close()
			}
		case err == nil:
			err = s.requiredErr
		}
		if err != nil {
			return nil, err
		}
		options = s.options // with the file that the user chose
	}
}

// opener is one attempt to open a session.
type opener struct {
	*Session
	options     project.Options
	observed    time.Time         // when the engine was asked last
	requests    []prepare.Request // credentials that the project would use
	requiredErr error             // why there is no engine, though one is required
}

// open opens the session once, in the order that the package says.
func (s *opener) open(ctx context.Context, p *prepare.Preparer) error {
	m := s.readMachine(ctx)
	defer m.stop()
	source, err := s.find(ctx)
	if err != nil {
		return err
	}
	if err := s.takeMachine(m); err != nil {
		return err
	}
	if err := s.acquire(ctx, source); err != nil {
		return err
	}
	if err := s.read(ctx, source); err != nil {
		return err
	}
	if err := s.settleName(ctx, source); err != nil {
		return err
	}
	if err := s.completeProject(ctx); err != nil {
		return err
	}
	s.allowCredentials(ctx, p)
	s.allowPrograms(ctx, p)
	return nil
}

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
func (s *opener) readMachine(ctx context.Context) *machine {
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

// stop cancels the reading and waits until it is over.
func (m *machine) stop() {
	m.cancel()
	_ = m.group.Wait() // the errors are in the fields
}

// find finds the files of the project and its plain name. Where they are named like
// Compose files but not as those that are looked for, the user may choose. The result is nil
// where the files are not wanted, or cannot be found and are optional.
func (s *opener) find(ctx context.Context) (*project.Source, error) {
	if s.want.Project == No {
		return nil, nil //nolint:nilnil // the command works without a project
	}
	source, err := project.Find(s.options)
	if fail.CodeOf(err) == fail.NoProject && len(s.options.Files) == 0 && s.CanAsk() {
		if source, err = s.choose(ctx, err); err != nil {
			return nil, err
		}
	}
	return source, s.tolerate(err)
}

// choose asks for one of the files that may be the project's. notFound is the error where
// none is chosen.
func (s *opener) choose(ctx context.Context, notFound error) (*project.Source, error) {
	dir, err := filepath.Abs(s.options.Dir)
	candidates := composefile.Candidates(dir)
	if err != nil || len(candidates) == 0 {
		return nil, s.tolerate(notFound)
	}
	chosen, err := prepare.Choose(ctx, s.Asker, candidates)
	if err != nil {
		return nil, err
	}
	if chosen == "" {
		return nil, s.tolerate(notFound)
	}
	s.options.Files, s.options.Root = []string{filepath.Join(dir, chosen)}, cmp.Or(s.Flags.Root, s.Flags.Dir)
	source, err := project.Find(s.options)
	return source, s.tolerate(err)
}

// tolerate keeps an error about the files of a project that is optional.
func (s *opener) tolerate(err error) error {
	_, about := errors.AsType[*fail.Error](err)
	if s.want.Project != Optional || !about {
		return err
	}
	s.Unreadable = err
	return nil
}

// takeMachine puts what was read into the session. That no engine answers is no error yet:
// what is wrong with the files, or missing, comes first.
func (s *opener) takeMachine(m *machine) error {
	_ = m.group.Wait() // the errors are in the fields
	s.Workspace, s.Egress, s.Engine = m.workspace, m.egress, m.engine
	switch code := fail.CodeOf(m.engineErr); {
	case m.engineErr == nil:
	case s.want.Engine == Optional && (code == fail.NoEngine || code == fail.EngineDenied):
		s.EngineErr = m.engineErr
	default:
		s.requiredErr = m.engineErr
	}
	return m.workspaceErr
}

// givenName is the project name that the command or the user gives, or empty.
func (s *opener) givenName() string {
	return cmp.Or(s.want.Name, s.Flags.Name, s.Getenv("COMPOSE_PROJECT_NAME"))
}

// acquire waits until no other devup of this user changes the project on the engine. The
// name is that of the files: which checkout it belongs to is decided under its lock.
func (s *opener) acquire(ctx context.Context, source *project.Source) error {
	name := s.givenName()
	if source != nil {
		name = source.Name
	}
	if !s.want.Lock || s.Engine == nil || name == "" {
		return nil // for files that cannot be read, the name is known after the engine was observed
	}
	held, err := s.Acquire(ctx, s.Engine, name)
	if err == nil {
		s.locks.replace(name, held)
	}
	return err
}

// read loads the project and observes the engine, side by side.
func (s *opener) read(ctx context.Context, source *project.Source) error {
	group, ctx := errgroup.WithContext(ctx)
	if source != nil && s.Project == nil && s.Unreadable == nil {
		group.Go(func() error { return s.load(ctx, source, source.Name) })
	}
	if s.Engine != nil && s.want.State != Nothing {
		group.Go(func() (err error) {
			s.State, err = s.observe(ctx, s.want.State, s.givenName())
			return err
		})
	}
	return group.Wait()
}

// load loads the files under a name and lists the images that they name. It remembers that the
// files were valid, so that the next load is faster. Where that cannot be kept, it is not.
func (s *opener) load(ctx context.Context, source *project.Source, name string) error {
	file := s.validatedFile()
	validated, _ := os.ReadFile(file) // without one, the files are checked
	p, err := source.Load(ctx, name, string(validated))
	if err != nil {
		return s.tolerate(err)
	}
	if p.Validated != string(validated) && file != "" && os.MkdirAll(filepath.Dir(file), 0o700) == nil {
		_ = os.WriteFile(file, []byte(p.Validated), 0o600) // half a hash proves nothing, and is replaced
	}
	s.Project = p
	if !s.want.Images || s.Engine == nil {
		return nil
	}
	if s.Engine.BuildKit {
		p = up.WithSlimImages(p)
	}
	if s.Images.Covers(p) {
		return nil
	}
	return s.Engine.Limited(ctx, func(ctx context.Context) (err error) {
		s.Images, err = s.ImageStore().List(ctx, p)
		return err
	})
}

// validatedFile is where the hash of the valid files of what these options load is kept; empty for nowhere.
func (s *opener) validatedFile() string {
	dir, err := filepath.Abs(s.options.Dir)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", append([]string{s.Version.Version, dir}, s.options.Files...)))
	return s.stateSubdir("validated", hex.EncodeToString(sum[:8]))
}

// observe is [observeEngine] that notes when it began.
func (s *opener) observe(ctx context.Context, scope Scope, name string) (observe.State, error) {
	s.observed = time.Now()
	return observeEngine(ctx, s.Engine, scope, name)
}
