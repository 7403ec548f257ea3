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
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/prepare"
	"github.com/devup-cli/devup/internal/project"
)

// find finds the files of the project and its plain name. Where they are named like
// Compose files but not as those that are looked for, the user may choose. The result is nil
// where the files are not wanted, or cannot be found and are optional.
func (s *opening) find(ctx context.Context) (*project.Source, error) {
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
func (s *opening) choose(ctx context.Context, notFound error) (*project.Source, error) {
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
func (s *opening) tolerate(err error) error {
	_, about := errors.AsType[*fail.Error](err)
	if s.want.Project != Optional || !about {
		return err
	}
	s.Unreadable = err
	return nil
}

// read loads the project and observes the engine, side by side.
func (s *opening) read(ctx context.Context, source *project.Source) error {
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
func (s *opening) load(ctx context.Context, source *project.Source, name string) error {
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
	if !s.want.Images || s.Engine == nil || s.Images.Covers(p) {
		return nil
	}
	return s.Engine.Limited(ctx, func(ctx context.Context) (err error) {
		s.Images, err = s.ImageStore().List(ctx, p)
		return err
	})
}

// validatedFile is where the hash of the valid files of what these options load is kept; empty for nowhere.
func (s *opening) validatedFile() string {
	dir, err := filepath.Abs(s.options.Dir)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", append([]string{s.Version.Version, dir}, s.options.Files...)))
	return s.stateSubdir("validated", hex.EncodeToString(sum[:8]))
}

// observe is [observeEngine] that notes when it began.
func (s *opening) observe(ctx context.Context, scope Scope, name string) (observe.State, error) {
	s.observed = time.Now()
	return observeEngine(ctx, s.Engine, scope, name)
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

// completeProject gives the project what the flags ask for and this machine knows of it:
// numbers of containers, the gateway, open tunnels.
func (s *opening) completeProject(ctx context.Context) error {
	s.Observed = s.State.Project(s.Name)
	s.Workspace.Tunnels = s.openTunnels()
	if s.Project == nil {
		return nil
	}
	if s.want.Check != nil {
		if err := s.want.Check(s.Project); err != nil {
			return err
		}
	}
	if s.want.Prepare {
		s.NoteRefused(ctx, s.Project.WorkingDir)
	}
	if err := knownServices(s.Project, s.want.Scale); err != nil {
		return err
	}
	s.Project = s.Project.WithScale(s.want.Scale)
	if err := composefile.CheckScale(s.Project.Project); err != nil {
		return err
	}
	return s.withGateway(ctx)
}

// allowCredentials finds out which credentials of this machine the project may use.
func (s *opening) allowCredentials(ctx context.Context, p *prepare.Preparer) error {
	if s.want.Credentials == NoCredentials || s.Project == nil {
		return nil
	}
	s.requests = p.Requests(ctx, s.Project, s.Egress, s.Settings.Credentials)
	s.Egress, s.Withheld = prepare.Allow(s.requests, s.Egress, s.Consents())
	return nil
}
