package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/workspace"
)

// urlsOptions are the flags of urls.
type urlsOptions struct {
	qr bool // as codes for phones
}

func (a *app) urlsCommand() *cobra.Command {
	var o urlsOptions
	c := &cobra.Command{
		Use:   "urls [SERVICE...]",
		Short: "Print the URL of each published port, running or not",
		Example: `  devup urls
  devup urls backend-flask --json
  devup urls --qr`,
		ValidArgsFunction: a.completeServices,
	}
	c.Flags().BoolVar(&o.qr, "qr", false, "print the URL of the frontend, or of each named service, as a QR code for phones")
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.urls(ctx, args, o) })
	return c
}

func (a *app) urls(ctx context.Context, services []string, o urlsOptions) error {
	rows, place, err := a.rows(ctx, services)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		a.ui.Say("no service publishes a port")
		return nil
	}
	if o.qr && a.ui.Mode() != ui.JSON {
		return a.showCodes(ctx, place, rows, services)
	}
	a.showURLs(place, rows)
	return nil
}

// rows are the URLs of the services, all without any. Where no engine answers,
// nothing runs, and the files alone say what the URLs will be.
func (a *app) rows(ctx context.Context, services []string) ([]expose.Row, workspace.Place, error) {
	p, err := a.load(ctx)
	if err != nil {
		return nil, workspace.Place{}, err
	}
	var place workspace.Place
	var nowhere error
	var group errgroup.Group
	group.Go(func() error {
		place, nowhere = a.place(ctx)
		return nil
	})
	r, err := a.observe(ctx)
	_ = group.Wait() // its error is kept
	if nowhere != nil {
		return nil, workspace.Place{}, nowhere
	}
	switch code := fail.CodeOf(err); {
	case err == nil:
	case code == fail.NoEngine || code == fail.EngineDenied:
		a.ui.Say("no engine answers, so nothing runs: " + err.Error())
		r = &running{name: p.Name, project: p}
	default:
		return nil, workspace.Place{}, err
	}
	if err := r.check(services); err != nil {
		return nil, workspace.Place{}, err
	}
	place.Tunnels = a.openTunnels(r.name)
	rows := expose.Table(resolve(p, place, r.look.Containers, 0, 0), place, states(r.look.Containers))
	return slices.DeleteFunc(rows, func(row expose.Row) bool {
		return len(services) > 0 && !slices.Contains(services, row.Service)
	}), place, nil
}

// showURLs prints the URL table, and what there is to say about it in this place.
func (a *app) showURLs(place workspace.Place, rows []expose.Row) {
	if a.ui.Mode() == ui.JSON {
		for _, r := range rows {
			a.ui.Object(r)
		}
	} else {
		a.ui.Table(urlTable(rows))
	}
	for _, text := range expose.Remarks(place, rows) {
		a.note(text)
	}
}

func urlTable(rows []expose.Row) ui.Table {
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
	return t
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
