package cli

import (
	"context"
	"log"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/gateway"
	"github.com/devup-cli/devup/internal/lock"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
)

// gatewayCommand is the gateway's process. It is hidden: up starts it.
func (a *app) gatewayCommand() *cobra.Command {
	c := &cobra.Command{
		Use:    "gateway PROJECT FILE",
		Short:  "Serve a project through one port and keep the state of that in a file",
		Args:   cobra.ExactArgs(2),
		Hidden: true,
	}
	c.RunE = a.run(func(ctx context.Context, args []string) error {
		return gateway.Main(ctx, a.stdio.In, a.stdio.Out, gateway.Life{
			File: args[1], Version: gatewayVersion(), Log: log.New(a.stdio.Err, "", log.LstdFlags),
			Gone: func(ctx context.Context) (bool, error) { return a.gone(ctx, args[0]) },
		})
	})
	return c
}

// gatewayVersion tells the gateway of one devup from that of another.
func gatewayVersion() string {
	p := provenanceOf()
	return p.Version + " " + p.Commit
}

// gone tells whether the engine has no container of a project any more.
func (a *app) gone(ctx context.Context, name string) (bool, error) {
	e, err := a.connect(ctx, false)
	if err != nil {
		return false, err
	}
	defer e.Close()
	survey, err := containersOnly(ctx, e, name)
	return len(survey.Project(name).Containers) == 0, err
}

// keeper is what is on this machine of the gateway of a project on an engine.
func (a *app) keeper(e *engine.Engine, name string) gateway.Keeper {
	dir, self := a.stateDir(), ""
	if e != nil && dir != "" {
		self, _ = os.Executable() // where nobody knows it, there is no gateway
	}
	if self == "" {
		return gateway.Keeper{}
	}
	file := filepath.Join(dir, "gateways", lock.Name(e.Endpoint, name)+".json")
	command := []string{self}
	if a.settings.Host != "" {
		command = append(command, "--host", a.settings.Host)
	}
	if a.settings.Context != "" {
		command = append(command, "--context", a.settings.Context)
	}
	return gateway.Keeper{File: file, Command: append(command, "gateway", name, file), Env: a.stdio.Environ, Version: gatewayVersion()}
}

// closeGateway ends the gateway of a project of which nothing runs any more. With forget
// its port is free for others, as those of removed containers are.
func (a *app) closeGateway(ctx context.Context, r *running, forget bool) error {
	if a.flags.dryRun {
		return nil
	}
	return a.keeper(r.engine, r.name).End(ctx, forget)
}

// reopenGateway has a gateway that was ended serve again as before.
func (a *app) reopenGateway(ctx context.Context, r *running) error {
	k := a.keeper(r.engine, r.name)
	if state, serves := k.Look(ctx); state.Port() != 0 && !serves && !a.flags.dryRun {
		return k.Ensure(ctx, state.Config)
	}
	return nil
}

// runsWithout tells whether anything of the project runs beside these services.
func runsWithout(look observe.Project, services []string) bool {
	return slices.ContainsFunc(look.Containers, func(c plan.Container) bool {
		return c.Up() && !c.OneOff && !slices.Contains(services, c.Service)
	})
}
