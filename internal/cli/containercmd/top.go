package containercmd

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/moby/moby/client"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ui"
)

// NewTop is `devup top`.
func NewTop(p *command.Program) *cobra.Command {
	return &cobra.Command{
		Use:         "top [SERVICE...]",
		Annotations: command.ReadOnly,
		Short:       "List the processes in the services",
		Example: `  devup top
  devup top backend-flask`,
		ValidArgsFunction: p.CompleteServices,
		RunE:              p.Run(runTop),
	}
}

// processObject is a process in JSON. Its names are a promise; those of Fields are the
// columns of ps on the engine's machine.
type processObject struct {
	Type      string            `json:"type"` // "process"
	Service   string            `json:"service"`
	Container string            `json:"container"`
	Fields    map[string]string `json:"fields"`
}

func runTop(ctx context.Context, env *command.Env, services []string) error {
	s, err := env.Observe(ctx, services...)
	if err != nil {
		return err
	}
	defer s.Close()
	containers := slices.DeleteFunc(s.Containers(services), func(c plan.Container) bool { return !c.Up() && c.State != "paused" })
	if len(containers) == 0 {
		env.Say("nothing runs in project " + s.Name)
		return nil
	}
	found := make([]client.ContainerTopResult, len(containers))
	group, asking := errgroup.WithContext(ctx)
	group.SetLimit(parallelLooks)
	for i, c := range containers {
		group.Go(func() (err error) {
			found[i], err = s.Engine.Client.ContainerTop(asking, c.ID, client.ContainerTopOptions{})
			if cause := diagnose.ExplainError(diagnose.Start, err); cause.Reason == diagnose.CommandMissing && cause.Names["command"] == "ps" {
				return fail.Wrap(err, fail.Failed, "install ps where the engine runs", "the engine cannot list processes: its machine has no ps")
			}
			if err != nil {
				return fmt.Errorf("list the processes of %s: %w", c.Name, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	showProcesses(env, containers, found)
	return nil
}

// parallelLooks is how many questions about single containers are asked at a time.
const parallelLooks = 8

func showProcesses(env *command.Env, containers []plan.Container, found []client.ContainerTopResult) {
	t := ui.Table{Header: []string{"SERVICE", "#"}}
	column := map[string]int{}
	for _, list := range found {
		for _, title := range list.Titles {
			if _, known := column[title]; !known {
				column[title] = len(t.Header)
				t.Header = append(t.Header, title)
			}
		}
	}
	for i, c := range containers {
		for _, process := range found[i].Processes {
			row := make([]ui.Cell, len(t.Header))
			row[0], row[1] = ui.Cell{Text: c.Service, Tone: ui.Strong}, ui.Cell{Text: strconv.Itoa(c.Number)}
			o := processObject{"process", c.Service, c.Name, map[string]string{}}
			for j, title := range found[i].Titles {
				if j < len(process) {
					row[column[title]].Text, o.Fields[title] = process[j], process[j]
				}
			}
			if env.UI.Mode() == ui.JSON {
				env.UI.Object(o)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	if env.UI.Mode() != ui.JSON {
		env.UI.Table(t)
	}
}
