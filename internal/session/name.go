package session

import (
	"cmp"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// givenName is the project name that the command or the user gives, or empty.
func (s *opening) givenName() string {
	return cmp.Or(s.want.Name, s.Flags.Name, s.Getenv("COMPOSE_PROJECT_NAME"))
}

// settleName decides under which name the project goes on the engine: what the user says,
// else what the files say and, where that belongs to another checkout, a name of its own.
// Where the files cannot be read, it is the name of the project that was started from this
// directory or one above.
func (s *opening) settleName(ctx context.Context, source *project.Source) (err error) {
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
func (s *opening) observeMore(ctx context.Context) (err error) {
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
func (s *opening) checkoutName() string {
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

// startedHere is the name of the project that was started from this directory or the
// nearest one above.
func (s *opening) startedHere() (string, error) {
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
