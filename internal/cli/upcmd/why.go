package upcmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/reconcile"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ui"
)

// NewWhy is `devup why`.
func NewWhy(p *command.Program) *cobra.Command {
	return &cobra.Command{
		Use:         "why SERVICE",
		Annotations: command.ReadOnly,
		Short:       "Say why a service's containers were recreated, and what up would do to them now",
		Example: `  devup why backend-flask
  devup why backend-flask --json`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fail.New(fail.Usage, "for example: devup why backend-flask", "%s needs one service", c.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: p.CompleteServices,
		RunE:              p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runWhy(ctx, env, args[0]) }),
	}
}

// whyObject is the story of a container in JSON. Its names are a promise.
type whyObject struct {
	Type      string   `json:"type"` // "why"
	Service   string   `json:"service"`
	Container string   `json:"container,omitempty"` // absent where there is none
	MadeAt    string   `json:"made_at,omitempty"`
	MadeBy    string   `json:"made_by,omitempty"` // "devup" or "docker compose"
	Causes    []string `json:"causes"`            // why it was made
	Pending   []string `json:"pending"`           // what up would do to it now, and why
}

func runWhy(ctx context.Context, env *command.Env, service string) error {
	s, err := env.Observe(ctx, service)
	if err != nil {
		return err
	}
	defer s.Close()
	pending := map[string][]string{}
	if s.Project != nil {
		outcome, err := preview(ctx, env, []string{service}, reconcile.Default())
		if err != nil {
			return err
		}
		for _, op := range outcome.Plan.Ops {
			if op.Service == service && op.Action != plan.Await {
				pending[op.Old.Name] = append(pending[op.Old.Name], string(op.Action)+": "+strings.Join(op.Causes, "; "))
			}
		}
	}
	containers := s.Containers([]string{service})
	if len(containers) == 0 && env.UI.Mode() == ui.JSON {
		env.UI.Object(whyObject{Type: "why", Service: service, Causes: []string{}, Pending: append([]string{}, pending[""]...)})
		return nil
	}
	if len(containers) == 0 {
		env.Say(service + " has no container; `devup up " + service + "` creates it")
		return nil
	}
	for _, c := range containers {
		showWhy(env, describeWhy(c, pending[c.Name]))
	}
	return nil
}

func describeWhy(c plan.Container, pending []string) whyObject {
	o := whyObject{Type: "why", Service: c.Service, Container: c.Name, Pending: append([]string{}, pending...)}
	o.MadeAt, o.MadeBy, o.Causes = show.Origin(c)
	return o
}

func showWhy(env *command.Env, o whyObject) {
	if env.UI.Mode() == ui.JSON {
		env.UI.Object(o)
		return
	}
	made := fmt.Sprintf("%s was created by %s at %s", o.Container, o.MadeBy, o.MadeAt)
	if len(o.Causes) > 0 {
		made += ": " + strings.Join(o.Causes, "; ")
	}
	env.UI.Text(made)
	for _, p := range o.Pending {
		env.UI.Text("  now up would " + p)
	}
	if len(o.Pending) == 0 {
		env.UI.Text("  it is as the files say")
	}
}
