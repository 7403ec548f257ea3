package urlcmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ui"
)

// NewOpen is `devup open`.
func NewOpen(p *command.Program) *cobra.Command {
	return &cobra.Command{
		Use:   "open [SERVICE]",
		Short: "Open a service in the browser",
		Long: `Open the URL of a service in the browser; without a name, that of the frontend: a
service on which no other depends. Without a browser, the URL is printed.`,
		Example: `  devup open
  devup open backend-flask`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: p.CompleteServices,
		RunE:              p.Run(runOpen),
	}
}

func runOpen(ctx context.Context, env *command.Env, services []string) error {
	found, err := addresses(ctx, env, services)
	if err != nil {
		return err
	}
	row, err := primaryPort(found.Rows, services)
	if err != nil {
		return err
	}
	if row.State == expose.NotRunning || row.State == "stopped" {
		return fail.New(fail.Failed, "start it with `devup up "+row.Service+"`", "%s is not running", row.Service)
	}
	opened := show.OpenBrowser(ctx, env, found.Workspace, row.URL)
	switch {
	case env.UI.Mode() == ui.JSON:
		env.UI.Object(row)
	case opened:
		env.Say("opened " + row.URL)
	default:
		env.UI.Text(row.URL)
	}
	return nil
}

// frontendPorts are ports that frontends have by custom.
var frontendPorts = map[int]bool{3000: true, 5173: true, 4200: true, 8081: true, 4321: true, 80: true}

// primaryPort picks the row to open: the named service's, else a running one whose
// port is that of a frontend, else the first running one, else the first.
func primaryPort(rows []expose.Row, services []string) (expose.Row, error) {
	best, points := expose.Row{}, 0
	for _, r := range rows {
		if r.URL == "" {
			continue
		}
		p := 1
		if r.State == expose.Running {
			p += 2
		}
		if frontendPorts[r.Target] {
			p++
		}
		if r.Service == project.GatewayName {
			p += 2 // all of it is there
		}
		if p > points {
			best, points = r, p
		}
	}
	if points > 0 {
		return best, nil
	}
	if len(services) > 0 {
		return best, fail.New(fail.Failed, "`devup urls` shows what there is", "%s publishes no port that a browser could open", services[0])
	}
	return best, fail.New(fail.Failed, "publish one under ports in devup.yaml", "no service publishes a port that a browser could open")
}
