package upcmd

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/reconcile"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/transfer"
	"github.com/devup-cli/devup/internal/up"
)

// NewPlan is `devup plan`.
func NewPlan(p *command.Program) *cobra.Command {
	var f reconcile.Flags
	var exitCode bool
	c := &cobra.Command{
		Use:         "plan [SERVICE...]",
		Annotations: command.ReadOnly,
		Short:       "Print what up would do, and why",
		Long: `Print what devup up would do to images, networks, volumes and containers, each with
its cause, and do nothing. Values of variables are not shown, except where a config
puts one into a name, such as that of an image, or into a message. Where no engine
answers, the plan is for one that has nothing of the project; the exit code is 4.

Exit codes with --exit-code: 0 nothing to do, 2 something to do.`,
		Example: `  devup plan
  devup plan --exit-code > /dev/null || devup up --detach
  devup plan --json`,
		ValidArgsFunction: p.CompleteServices,
	}
	f.Bind(c)
	c.Flags().BoolVar(&exitCode, "exit-code", false, "end with 2 when there is something to do")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		outcome, err := preview(ctx, env, args, f)
		if code := fail.CodeOf(err); code.Exit() == fail.NoEngine.Exit() {
			previewUnobserved(ctx, env, args, f)
		}
		if err != nil {
			return err
		}
		show.Notes(env, outcome)
		show.Outcome(env, outcome)
		if exitCode && outcome.Changed {
			return command.ExitCode(2)
		}
		return nil
	})
	return c
}

// preview finds out what a run would do.
func preview(ctx context.Context, env *command.Env, services []string, f reconcile.Flags) (*up.Outcome, error) {
	r, err := f.Request(env, services)
	if err != nil {
		return nil, err
	}
	r.Options.DryRun, r.Setup = true, true
	s, outcome, err := reconcile.Run(ctx, env, r)
	if s != nil {
		s.Close()
	}
	return outcome, err
}

// previewUnobserved shows what a run would do on an engine that has nothing of the project,
// where none answers. What keeps it from that, the command has said already.
func previewUnobserved(ctx context.Context, env *command.Env, services []string, f reconcile.Flags) {
	r, err := f.Request(env, services)
	if err != nil {
		return
	}
	r.Want.Project, r.Want.Unset, r.Want.Workspace = session.Required, true, true
	s, err := session.Open(ctx, env.Env, r.Want)
	if err != nil {
		return
	}
	defer s.Close()
	p, err := session.Providers(s).Up(ctx, session.ResolvedAsRunning(ctx, s), true)
	if err != nil {
		return
	}
	outcome := &up.Outcome{}
	if outcome.Plan, err = plan.Make(p.Project, plan.Observed{}, r.Options.Plan); err != nil {
		return
	}
	const unknown = "the state of the engine is unknown"
	built := map[string]bool{}
	for _, service := range p.Services {
		built[plan.ImageName(p.Project, service)] = built[plan.ImageName(p.Project, service)] || service.Build != nil
	}
	for _, name := range p.ServiceNames() {
		service := p.Services[name]
		switch i := slices.IndexFunc(outcome.Pulls, func(p transfer.Pull) bool { return p.Image == service.Image }); {
		case service.Build != nil:
			outcome.Builds = append(outcome.Builds, images.Build{Service: name, Cause: unknown})
		case built[service.Image]: // by another service
		case i >= 0:
			outcome.Pulls[i].Services = append(outcome.Pulls[i].Services, name)
		default:
			outcome.Pulls = append(outcome.Pulls, transfer.Pull{Image: service.Image, Services: []string{name}})
		}
	}
	env.Say(unknown + "; where it has nothing of this project, `devup up` would:")
	show.Outcome(env, outcome)
}
