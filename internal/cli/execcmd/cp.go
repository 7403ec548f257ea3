package execcmd

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
)

// cpOptions are the flags of cp.
type cpOptions struct {
	index  int
	all    bool
	follow bool
	owners bool // keep them by their numbers
}

// NewCp is `devup cp`.
func NewCp(p *command.Program) *cobra.Command {
	var o cpOptions
	c := &cobra.Command{
		Use:   "cp SERVICE:PATH PATH|- | cp PATH|- SERVICE:PATH",
		Short: "Copy files between a service and this machine",
		Long: `Copy a file or a directory out of a container of a service, or into all its
containers, running or not. As with cp: into a directory that exists, else under the
new name; PATH/. means the directory's content. A - is a tar archive on stdout or stdin.`,
		Example: `  devup cp db:/var/lib/postgresql/data ./backup
  devup cp fixtures/. web:/app/fixtures
  devup cp web:/app - | tar -t`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fail.New(fail.Usage, "for example: devup cp web:/app/log.txt .", "%s needs a source and a destination", c.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: completeCopies(p),
	}
	f := c.Flags()
	f.IntVar(&o.index, "index", 0, "only the container with this `number`, where a service has several")
	f.BoolVar(&o.all, "all", false, "containers of one-off commands too")
	f.BoolVarP(&o.follow, "follow-link", "L", false, "copy the target of a symbolic link, not the link")
	f.BoolVarP(&o.owners, "archive", "a", false, "keep owner and group by their numbers")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		return runCp(ctx, env, args[0], args[1], o)
	})
	return c
}

// completeCopies completes services with the colon that belongs to them, and files.
func completeCopies(p *command.Program) cobra.CompletionFunc {
	return func(c *cobra.Command, _ []string, to string) ([]string, cobra.ShellCompDirective) {
		names, _ := p.CompleteServices(c, nil, to)
		for i := range names {
			names[i] += ":"
		}
		return names, cobra.ShellCompDirectiveNoSpace
	}
}

// serviceAndPath parts SERVICE:PATH; the service of a local path is empty.
func serviceAndPath(arg string) (service, inside string) {
	service, inside, ok := strings.Cut(arg, ":")
	if !ok || filepath.IsAbs(arg) || strings.HasPrefix(arg, ".") || strings.ContainsAny(service, `/\`) {
		return "", arg
	}
	return service, inside
}

func runCp(ctx context.Context, env *command.Env, source, destination string, o cpOptions) error {
	from, inside := serviceAndPath(source)
	to, target := serviceAndPath(destination)
	switch {
	case from != "" && to != "":
		return fail.New(fail.Usage, "copy to this machine first", "devup cp does not copy from one service to another")
	case from == "" && to == "":
		return fail.New(fail.Usage, "for example: devup cp web:/app/log.txt .", "one of the two paths must be SERVICE:PATH")
	case inside == "" || target == "":
		return fail.New(fail.Usage, "for example: devup cp web:/app/log.txt .", "a path is missing")
	}
	service := from + to
	s, err := env.Observe(ctx, service)
	if err != nil {
		return err
	}
	defer s.Close()
	containers, err := copied(s, service, o)
	if err != nil {
		return err
	}
	t := copying{api: s.Engine.Client, cpOptions: o, source: source, target: target}
	if from != "" {
		t.container, t.source = containers[0], inside
		return copyOut(ctx, env, t)
	}
	if source == "-" {
		archive, discard, err := repeatable(env.In, len(containers))
		if err != nil {
			return err
		}
		defer discard()
		t.archive = archive
	}
	for _, c := range containers {
		t.container = c
		if err := copyIn(ctx, env, t); err != nil {
			return err
		}
	}
	return nil
}

// copying is one copy between a container and this machine.
type copying struct {
	cpOptions
	api            *client.Client
	container      plan.Container
	source, target string
	archive        func() io.Reader // what to copy in where the source is "-", from its beginning
}

// repeatable makes something that can be read once one that can be read so many times: it
// goes through a temporary file, as it may be large.
func repeatable(once io.Reader, times int) (reader func() io.Reader, discard func(), err error) {
	if times < 2 {
		return func() io.Reader { return once }, func() {}, nil
	}
	file, err := os.CreateTemp("", "devup-cp-")
	if err != nil {
		return nil, nil, fmt.Errorf("keep what is on stdin: %w", err)
	}
	discard = func() {
		_ = file.Close()
		_ = os.Remove(file.Name()) // else it stays with the other temporary files
	}
	size, err := io.Copy(file, once)
	if err != nil {
		discard()
		return nil, nil, fmt.Errorf("keep what is on stdin: %w", err)
	}
	return func() io.Reader { return io.NewSectionReader(file, 0, size) }, discard, nil
}

// copied are the containers that are copied from or to.
func copied(s *session.Session, service string, o cpOptions) ([]plan.Container, error) {
	if o.index > 0 {
		c, err := s.Container(service, o.index)
		return []plan.Container{c}, err
	}
	found := s.Observed.Of(service)
	if o.all {
		for _, c := range s.Observed.Containers {
			if c.Service == service && c.OneOff {
				found = append(found, c)
			}
		}
	}
	if len(found) == 0 {
		_, err := s.Container(service, 0)
		return nil, err
	}
	return slices.Clip(found), nil
}

// copiedOver tells that something was copied.
func copiedOver(env *command.Env, t copying) {
	env.Sink(event.Event{
		Kind: event.Container, Name: t.container.Name, Parent: t.container.Service, State: event.Done,
		Text: fmt.Sprintf("copied %s to %s", t.source, t.target),
	})
}

// inside follows the links at a path of the container and says where they lead and what
// is there: nil for nothing.
func (t copying) inside(ctx context.Context, at string) (string, *container.PathStat, error) {
	for range 40 { // links in a circle
		found, err := t.api.ContainerStatPath(ctx, t.container.ID, client.ContainerStatPathOptions{Path: at})
		switch {
		case errdefs.IsNotFound(err):
			return at, nil, nil
		case err != nil:
			return at, nil, fmt.Errorf("look at %s in %s: %w", at, t.container.Name, err)
		case found.Stat.Mode&fs.ModeSymlink == 0: // Podman has a target for other files, too: themselves
			return at, &found.Stat, nil
		}
		at = absoluteIn(at, found.Stat.LinkTarget)
	}
	return at, nil, fmt.Errorf("the links at %s in %s lead in a circle", at, t.container.Name)
}

// absoluteIn is where a link at a path of a container leads.
func absoluteIn(link, target string) string {
	if path.IsAbs(target) {
		return target
	}
	return path.Join(path.Dir(link), target)
}
