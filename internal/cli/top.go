package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/moby/client"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ui"
)

func (a *app) topCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "top [SERVICE...]",
		Short: "List the processes in the services",
		Example: `  devup top
  devup top backend-flask`,
		ValidArgsFunction: a.completeServices,
		RunE:              a.run(a.top),
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

func (a *app) top(ctx context.Context, services []string) error {
	r, err := a.observe(ctx)
	if err != nil {
		return err
	}
	if err := r.check(services); err != nil {
		return err
	}
	containers := slices.DeleteFunc(r.containers(services), func(c plan.Container) bool { return !c.Up() && c.State != "paused" })
	if len(containers) == 0 {
		a.ui.Say("nothing runs in project " + r.name)
		return nil
	}
	found := make([]client.ContainerTopResult, len(containers))
	group, asking := errgroup.WithContext(ctx)
	group.SetLimit(parallelLooks)
	for i, c := range containers {
		group.Go(func() (err error) {
			found[i], err = r.engine.Client.ContainerTop(asking, c.ID, client.ContainerTopOptions{})
			if err != nil && strings.Contains(err.Error(), `"ps": executable file not found`) {
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
	a.showProcesses(containers, found)
	return nil
}

// parallelLooks is how many questions about single containers are asked at a time.
const parallelLooks = 8

func (a *app) showProcesses(containers []plan.Container, found []client.ContainerTopResult) {
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
			if a.ui.Mode() == ui.JSON {
				a.ui.Object(o)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	if a.ui.Mode() != ui.JSON {
		a.ui.Table(t)
	}
}
