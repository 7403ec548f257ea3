package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ready"
)

// startOptions are the flags of start.
type startOptions struct {
	wait    bool
	seconds int
}

func (a *app) startCommand() *cobra.Command {
	var o startOptions
	c := a.changing(&cobra.Command{
		Use:   "start [SERVICE...]",
		Short: "Start stopped containers of the services",
		Long: `Start the stopped containers of the services as they are, those that others depend
on first. Nothing is made: devup up makes what is missing or changed.

Exit codes: 3 a service did not become ready (with --wait).`,
		Example: `  devup start
  devup start --wait backend-flask`,
	})
	c.Flags().BoolVar(&o.wait, "wait", false, "wait until the services answer, and pass their healthchecks")
	c.Flags().IntVar(&o.seconds, "wait-timeout", 0, "how many `seconds` to wait at most")
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.start(ctx, args, o) })
	return c
}

func (a *app) start(ctx context.Context, services []string, o startOptions) error {
	r, held, err := a.takeTurn(ctx, containersOnly, services)
	if err != nil {
		return err
	}
	defer held.Release()
	if missing := r.without(services); len(missing) > 0 {
		e := fail.New(fail.Failed, "make it with `devup up "+missing[0]+"`", "%s has no container to start", list(missing))
		e.Service = missing[0]
		return e
	}
	todo := plan.StartAll(r.look.Observed, services)
	if todo.Empty() {
		a.ui.Say("nothing to start: nothing is stopped")
	} else if err := a.apply(ctx, r, todo, nil); err != nil {
		return err
	}
	if err := a.reopenGateway(ctx, r); err != nil {
		return err
	}
	if !o.wait || a.flags.dryRun {
		return nil
	}
	held.Release()
	return a.awaitReady(ctx, r, services, time.Duration(o.seconds)*time.Second)
}

// without are those of the services that have no container.
func (r *running) without(services []string) []string {
	var missing []string
	for _, name := range services {
		if len(r.look.Of(name)) == 0 {
			missing = append(missing, name)
		}
	}
	return missing
}

// awaitReady waits until the containers of the services answer.
func (a *app) awaitReady(ctx context.Context, r *running, services []string, timeout time.Duration) error {
	if r.project == nil {
		return r.broken // what a service answers with is only in its files
	}
	if err := r.again(ctx); err != nil { // ports may be new
		return err
	}
	probes, err := a.probes(ctx, r, services)
	if err != nil {
		return err
	}
	for i := range probes {
		probes[i].MustHealthy = true
	}
	return ready.Wait(ctx, r.engine.Client, probes, ready.Options{Timeout: timeout, Sink: a.ui.Sink()})
}

// probes are how the containers of the services show that they are ready. The project's
// files are there.
func (a *app) probes(ctx context.Context, r *running, services []string) ([]ready.Probe, error) {
	place, err := a.detect()
	if err != nil {
		return nil, err
	}
	ids := map[string]map[int]string{}
	for _, c := range r.containers(services) {
		if ids[c.Service] == nil {
			ids[c.Service] = map[int]string{}
		}
		ids[c.Service][c.Number] = c.ID
	}
	return ready.Probes(a.resolve(ctx, r.project, place, r.look.Containers, 0, 0), ids), nil
}
