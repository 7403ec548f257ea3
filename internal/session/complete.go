package session

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/composefile"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/prepare"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/provider"
)

// settleName decides under which name the project goes on the engine: what the user says,
// else what the files say and, where that belongs to another checkout, a name of its own.
// Where the files cannot be read, it is the name of the project that was started from this
// directory or one above.
func (s *opener) settleName(ctx context.Context, source *project.Source) (err error) {
	switch {
	case s.Project != nil:
		if err := s.observeMore(ctx); err != nil {
			return err
		}
		s.Name = s.checkoutName()
		if s.Name == s.Project.Name {
			return nil
		}
		if err := s.acquireOwn(ctx); err != nil {
			return err
		}
		return s.load(ctx, source, s.Name)
	case s.givenName() != "":
		s.Name = s.givenName()
	case s.Unreadable != nil:
		if s.Name, err = s.startedHere(); err != nil {
			return err
		}
		return s.acquireOwn(ctx)
	}
	return nil
}

// observeMore observes everything where the containers alone do not say under which name
// this checkout goes: its networks or volumes may.
func (s *opener) observeMore(ctx context.Context) (err error) {
	if s.Engine == nil || s.want.State == Nothing || s.State.Complete || s.givenName() != "" {
		return nil
	}
	if slices.Contains(slices.Collect(maps.Values(s.State.Owners)), s.Project.WorkingDir) {
		return nil
	}
	s.State, err = s.observe(ctx, Everything, "")
	return err
}

// checkoutName is the name of the project in this checkout.
func (s *opener) checkoutName() string {
	if s.givenName() != "" || s.Engine == nil {
		return s.Project.Name
	}
	owners := map[string]string{}
	for name, dir := range s.State.Owners {
		if _, err := os.Stat(dir); err == nil { // a directory that was removed owns nothing
			owners[name] = dir
		}
	}
	git, err := os.Lstat(filepath.Join(s.Project.WorkingDir, ".git"))
	worktree := err == nil && git.Mode().IsRegular()
	return project.Checkout(s.Project.Name, s.Project.WorkingDir, worktree, owners)
}

// acquireOwn waits for the lock of a name that became known by observing the engine, and
// observes again where another devup had the lock. The lock that was held before is
// released: no other checkout decides on this name.
func (s *opener) acquireOwn(ctx context.Context) error {
	if !s.want.Lock || s.Engine == nil || s.locks.of(s.Name) {
		return nil // a second lock of the same name would wait for the first
	}
	held, err := s.Acquire(ctx, s.Engine, s.Name)
	if err != nil {
		return err
	}
	s.locks.replace(s.Name, held)
	if held.Contended || held.Changed.After(s.observed) {
		s.Images = images.Listing{}
		s.State, err = s.observe(ctx, s.want.State, s.Name)
	}
	return err
}

// startedHere is the name of the project that was started from this directory or the
// nearest one above.
func (s *opener) startedHere() (string, error) {
	byDir := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(s.State.Owners)) {
		byDir[s.State.Owners[name]] = append(byDir[s.State.Owners[name]], name)
	}
	dir, err := filepath.Abs(s.Flags.Dir)
	if err != nil {
		return "", s.Unreadable
	}
	for {
		switch names := byDir[dir]; len(names) {
		case 0:
		case 1:
			return names[0], nil
		default:
			return "", fail.Wrap(s.Unreadable, fail.Usage, "say which with --project-name",
				"the projects %s were started in %s, and its files cannot be read", strings.Join(names, ", "), dir)
		}
		if dir == filepath.Dir(dir) {
			return "", s.Unreadable
		}
		dir = filepath.Dir(dir)
	}
}

// completeProject gives the project what the flags ask for and this machine knows of it:
// numbers of containers, the gateway, open tunnels.
func (s *opener) completeProject(ctx context.Context) error {
	s.Observed = s.State.Project(s.Name)
	s.Workspace.Tunnels = s.openTunnels()
	if s.Project == nil {
		return nil
	}
	if s.want.NeedsService && len(s.Project.Services) == 0 {
		return fail.New(fail.Config, "name one under services, or activate its profile with --profile", "project %s has no service to start", s.Project.Name)
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
func (s *opener) allowCredentials(ctx context.Context, p *prepare.Preparer) {
	if s.want.Credentials == NoCredentials || s.Project == nil {
		return
	}
	s.requests = p.Requests(ctx, s.Project, s.Egress, s.Settings.Credentials)
	s.Egress, s.Withheld = prepare.Allow(s.requests, s.Egress, s.Consents())
}

// allowPrograms finds out which programs the user lets the project's providers run. --yes
// agrees to all, for one run.
func (s *opener) allowPrograms(ctx context.Context, p *prepare.Preparer) {
	if s.Project == nil {
		return
	}
	s.programs = map[string]provider.Consent{}
	for _, program := range Providers(s.Session).Programs(s.Project) {
		yes, known := p.Answered(ctx, s.Project, provider.Question(program))
		switch {
		case yes || s.Settings.Yes:
			s.programs[program] = provider.Agreed
		case known:
			s.programs[program] = provider.Declined
		}
	}
}

// missing is the next thing to get before the project can start; nil for nothing. err is
// that of opening the session.
func (s *opener) missing(p *prepare.Preparer, err error) prepare.Step {
	loaded := s.Project
	if err != nil {
		loaded = nil // only what kept the project from being loaded counts
	}
	if s.want.Prepare {
		if step := p.Next(loaded, err); step != nil {
			return step
		}
	}
	if err != nil {
		return nil
	}
	if s.want.Credentials == Asked {
		if step := p.NextConsent(loaded, s.requests); step != nil {
			return step
		}
	}
	return s.nextProgram(p)
}

// nextProgram asks about a program that the user has not decided about; nil where there is
// none, or no user to ask.
func (s *opener) nextProgram(p *prepare.Preparer) prepare.Step {
	if !s.want.Providers || s.Project == nil || !p.CanAsk() {
		return nil
	}
	for _, program := range Providers(s.Session).Programs(s.Project) {
		if s.programs[program] == provider.Undecided {
			return p.Question(s.Project, provider.Question(program))
		}
	}
	return nil
}
