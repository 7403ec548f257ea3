package cli

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/moby/client"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// cpOptions are the flags of cp.
type cpOptions struct {
	index   int
	all     bool
	follow  bool
	archive bool
}

func (a *app) cpCommand() *cobra.Command {
	var o cpOptions
	c := &cobra.Command{
		Use:   "cp SERVICE:PATH PATH|- | cp PATH|- SERVICE:PATH",
		Short: "Copy files between a service and this machine",
		Long: `Copy a file or a folder out of a container of a service, or into all containers of
it, running or not. As with cp: into a folder that exists, else under the new name;
PATH/. means what is in the folder. A - stands for a tar archive on stdout or stdin.`,
		Example: `  devup cp db:/var/lib/postgresql/data ./backup
  devup cp fixtures/. web:/app/fixtures
  devup cp web:/app - | tar -t`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fail.New(fail.Usage, "for example: devup cp web:/app/log.txt .", "%s wants a source and a destination", c.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: a.completeCopies,
	}
	f := c.Flags()
	f.IntVar(&o.index, "index", 0, "only the container with this `number`, where a service has several")
	f.BoolVar(&o.all, "all", false, "containers of one-off commands too")
	f.BoolVarP(&o.follow, "follow-link", "L", false, "copy what a symbolic link leads to, not the link")
	f.BoolVarP(&o.archive, "archive", "a", false, "keep owner and group by their numbers")
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.cp(ctx, args[0], args[1], o) })
	return c
}

// completeCopies completes services with the colon that belongs to them, and files.
func (a *app) completeCopies(c *cobra.Command, args []string, to string) ([]string, cobra.ShellCompDirective) {
	names, _ := a.completeServices(c, nil, to)
	for i := range names {
		names[i] += ":"
	}
	return names, cobra.ShellCompDirectiveNoSpace
}

// serviceAndPath parts SERVICE:PATH; the service of a local path is empty.
func serviceAndPath(arg string) (service, inside string) {
	service, inside, ok := strings.Cut(arg, ":")
	if !ok || filepath.IsAbs(arg) || strings.HasPrefix(arg, ".") || strings.ContainsAny(service, `/\`) {
		return "", arg
	}
	return service, inside
}

func (a *app) cp(ctx context.Context, source, destination string, o cpOptions) error {
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
	r, err := a.observe(ctx)
	if err != nil {
		return err
	}
	service := from + to
	if err := r.check([]string{service}); err != nil {
		return err
	}
	containers, err := r.copied(service, o)
	if err != nil {
		return err
	}
	if from != "" {
		return a.copyOut(ctx, r.engine.Client, containers[0], inside, target, o)
	}
	for _, c := range containers {
		if err := a.copyIn(ctx, r.engine.Client, c, source, target, o); err != nil {
			return err
		}
	}
	return nil
}

// copied are the containers that are copied from or to.
func (r *running) copied(service string, o cpOptions) ([]plan.Container, error) {
	if o.index > 0 {
		c, err := r.numbered(service, o.index)
		return []plan.Container{c}, err
	}
	found := r.look.Of(service)
	if o.all {
		for _, c := range r.look.Containers {
			if c.Service == service && c.OneOff {
				found = append(found, c)
			}
		}
	}
	if len(found) == 0 {
		_, err := r.numbered(service, 0)
		return nil, err
	}
	return slices.Clip(found), nil
}

// copiedOver tells that something was copied.
func (a *app) copiedOver(c plan.Container, text string) {
	a.ui.Sink()(event.Event{Kind: event.Container, Name: c.Name, Parent: c.Service, State: event.Done, Text: text})
}

// inside says what is at a path of a container, following links where asked.
func inside(ctx context.Context, api *client.Client, id, at string, follow bool) (string, client.ContainerStatPathResult, error) {
	for range 40 { // links in a circle
		found, err := api.ContainerStatPath(ctx, id, client.ContainerStatPathOptions{Path: at})
		if err != nil || !follow || found.Stat.LinkTarget == "" {
			return at, found, err
		}
		at = absoluteIn(at, found.Stat.LinkTarget)
	}
	return at, client.ContainerStatPathResult{}, fmt.Errorf("the links at %s lead in a circle", at)
}

// absoluteIn is where a link at a path of a container leads.
func absoluteIn(link, target string) string {
	if path.IsAbs(target) {
		return target
	}
	return path.Join(path.Dir(link), target)
}
