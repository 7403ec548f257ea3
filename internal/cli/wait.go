package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/moby/moby/client"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ui"
)

func (a *app) waitCommand() *cobra.Command {
	var down bool
	c := &cobra.Command{
		Use:   "wait SERVICE [SERVICE...]",
		Short: "Wait until the services have ended",
		Long: `Wait until all containers of the services have ended. The exit code is the first of
theirs that is not 0.`,
		Example: `  devup wait migrations
  devup wait --down-project tests`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fail.New(fail.Usage, "for example: devup wait tests", "%s wants a service", c.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: a.completeServices,
	}
	c.Flags().BoolVar(&down, "down-project", false, "take the project down when the first container has ended")
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.wait(ctx, args, down) })
	return c
}

// endObject is the end of a container in JSON. Its names are a promise.
type endObject struct {
	Type      string `json:"type"` // "ended"
	Service   string `json:"service"`
	Container string `json:"container"`
	ID        string `json:"id"`
	ExitCode  int    `json:"exit_code"`
}

func (a *app) wait(ctx context.Context, services []string, down bool) error {
	r, err := a.observe(ctx)
	if err != nil {
		return err
	}
	if err := r.check(services); err != nil {
		return err
	}
	containers := slices.DeleteFunc(r.containers(services), func(c plan.Container) bool { return c.State == "created" })
	if len(containers) == 0 {
		return fail.New(fail.Failed, "start it with `devup up "+services[0]+"`", "%s has no container that could end", list(services))
	}
	code, err := a.awaitEnds(ctx, r, containers, down)
	if err != nil {
		return err
	}
	if down {
		if err := a.down(ctx, nil, downOptions{orphans: true, seconds: -1}); err != nil {
			return err
		}
	}
	if code != 0 {
		return exitStatus(code)
	}
	return nil
}

// awaitEnds waits for the end of the containers, or of the first of them, and gives an
// exit code: the first that is not 0.
func (a *app) awaitEnds(ctx context.Context, r *running, containers []plan.Container, first bool) (int, error) {
	ends := make(chan endObject)
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	group, waiting := errgroup.WithContext(waiting)
	for _, c := range containers {
		group.Go(func() error {
			over := r.engine.Client.ContainerWait(waiting, c.ID, client.ContainerWaitOptions{})
			select {
			case result := <-over.Result:
				select {
				case ends <- endObject{"ended", c.Service, c.Name, c.ID, int(result.StatusCode)}:
				case <-waiting.Done():
				}
				return nil
			case err := <-over.Error:
				return fmt.Errorf("wait for %s: %w", c.Name, err)
			}
		})
	}
	failed := make(chan error, 1)
	go func() { failed <- group.Wait() }()
	code := 0
	for n := 0; n < len(containers); {
		select {
		case end := <-ends:
			n++
			a.printEnd(end)
			if code == 0 {
				code = end.ExitCode
			}
			if first {
				cancel()
				<-failed //nolint:errcheck // those that are not waited for any more have nothing to say
				return code, nil
			}
		case err := <-failed:
			if err != nil {
				return 0, err
			}
		}
	}
	return code, nil
}

func (a *app) printEnd(end endObject) {
	if a.ui.Mode() == ui.JSON {
		a.ui.Object(end)
		return
	}
	a.ui.Text(fmt.Sprintf("%s ended with exit code %d", end.Container, end.ExitCode))
}
