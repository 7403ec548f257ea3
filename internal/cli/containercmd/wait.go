package containercmd

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
)

// NewWait is `devup wait`.
func NewWait(p *command.Program) *cobra.Command {
	var alsoDown bool
	c := &cobra.Command{
		Use:         "wait SERVICE [SERVICE...]",
		Annotations: command.ReadOnly,
		Short:       "Wait until the services have ended",
		Long: `Wait until all containers of the services have ended. The exit code is the first of
theirs that is not 0.`,
		Example: `  devup wait migrations
  devup wait --down-project tests`,
		Args:              atLeastOneService,
		ValidArgsFunction: p.CompleteServices,
	}
	c.Flags().BoolVar(&alsoDown, "down-project", false, "take the project down when the first container has ended")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		return runWait(ctx, env, args, alsoDown)
	})
	return c
}

// atLeastOneService refuses no services.
func atLeastOneService(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fail.New(fail.Usage, "for example: "+c.CommandPath()+" backend-flask", "%s needs a service", c.CommandPath())
	}
	return nil
}

// endObject is the end of a container in JSON. Its names are a promise.
type endObject struct {
	Type      string `json:"type"` // "ended"
	Service   string `json:"service"`
	Container string `json:"container"`
	ID        string `json:"id"`
	ExitCode  int    `json:"exit_code"`
}

func runWait(ctx context.Context, env *command.Env, services []string, alsoDown bool) error {
	s, err := env.Observe(ctx, services...)
	if err != nil {
		return err
	}
	defer s.Close()
	containers := slices.DeleteFunc(s.Containers(services), func(c plan.Container) bool { return c.State == "created" })
	if len(containers) == 0 {
		return fail.New(fail.Failed, "start it with `devup up "+services[0]+"`", "%s has no container that could end", command.List(services))
	}
	code, err := awaitEnds(ctx, env, s, containers, alsoDown)
	if err != nil {
		return err
	}
	if alsoDown {
		if err := runDown(ctx, env, nil, downOptions{orphans: true, seconds: -1}); err != nil {
			return err
		}
	}
	if code != 0 {
		return command.ExitCode(code)
	}
	return nil
}

// awaitEnds waits for the end of the containers, or of the first of them, and gives an
// exit code: the first that is not 0.
func awaitEnds(ctx context.Context, env *command.Env, s *session.Session, containers []plan.Container, first bool) (int, error) {
	ids, names, code := map[string]string{}, map[string]string{}, 0
	for _, c := range containers {
		ids[c.ID], names[c.ID] = c.Service, c.Name
	}
	err := observe.Ends(ctx, s.Engine.Client, ids, func(end observe.End) bool {
		printEnd(env, endObject{"ended", end.Service, names[end.ID], end.ID, end.Code})
		if code == 0 {
			code = end.Code
		}
		return !first
	})
	if err != nil {
		return 0, err
	}
	return code, nil
}

func printEnd(env *command.Env, end endObject) {
	if env.UI.Mode() == ui.JSON {
		env.UI.Object(end)
		return
	}
	env.UI.Text(fmt.Sprintf("%s ended with exit code %d", end.Container, end.ExitCode))
}
