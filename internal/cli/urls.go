package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/ui"
)

func (a *app) urlsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "urls [SERVICE...]",
		Short: "Print the URL of each published port, running or not",
		Example: `  devup urls
  devup urls backend-flask --json`,
		ValidArgsFunction: a.completeServices,
		RunE:              a.run(a.urls),
	}
}

func (a *app) urls(ctx context.Context, services []string) error {
	rows, err := a.rows(ctx, services)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		a.ui.Say("no service publishes a port")
		return nil
	}
	a.showURLs(rows)
	return nil
}

// rows are the URLs of the services, all without any. Where no engine answers,
// nothing runs, and the files alone say what the URLs will be.
func (a *app) rows(ctx context.Context, services []string) ([]expose.Row, error) {
	p, err := a.load(ctx)
	if err != nil {
		return nil, err
	}
	place, err := a.place()
	if err != nil {
		return nil, err
	}
	r, err := a.observe(ctx)
	switch code := fail.CodeOf(err); {
	case err == nil:
	case code == fail.NoEngine || code == fail.EngineDenied:
		a.ui.Say("no engine answers, so nothing runs: " + err.Error())
		r = &running{name: p.Name, project: p}
	default:
		return nil, err
	}
	if err := r.check(services); err != nil {
		return nil, err
	}
	rows := expose.Table(resolve(p, place, r.look.Containers, 0, 0), place, states(r.look.Containers))
	return slices.DeleteFunc(rows, func(row expose.Row) bool {
		return len(services) > 0 && !slices.Contains(services, row.Service)
	}), nil
}

// showURLs prints the URL table.
func (a *app) showURLs(rows []expose.Row) {
	if a.ui.Mode() == ui.JSON {
		for _, r := range rows {
			a.ui.Object(r)
		}
		return
	}
	t := ui.Table{}
	for _, r := range rows {
		address := ui.Cell{Text: r.URL, Link: r.URL}
		if r.URL == "" {
			address = ui.Cell{Text: r.Address}
		}
		if r.Port == 0 {
			address = ui.Cell{Text: "a free port, once it runs", Tone: ui.Faint}
		}
		public := ui.Cell{}
		if r.Public {
			public.Text = "public"
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: r.Service, Tone: ui.Strong}, address, {Text: r.State, Tone: tone(r.State)}, public,
		})
	}
	a.ui.Table(t)
}

// tone is how a state looks.
func tone(state string) ui.Tone {
	switch state {
	case expose.Running:
		return ui.Good
	case "failed", "unhealthy", "dead", "restarting":
		return ui.Bad
	case expose.Starting, "paused":
		return ui.Notice
	}
	return ui.Faint
}
