package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/up"
)

func (a *app) planCommand() *cobra.Command {
	var o convergeOptions
	var exitCode bool
	c := &cobra.Command{
		Use:   "plan [SERVICE...]",
		Short: "Print what up would do, and why",
		Long: `Print what devup up would do to images, networks, volumes and containers, each with
its cause, and do nothing. Values of variables are not shown, except where a config
puts one into a name, such as that of an image, or into a message.

Exit codes with --exit-code: 0 nothing to do, 2 something to do.`,
		Example: `  devup plan
  devup plan --exit-code > /dev/null || devup up --detach
  devup plan --json`,
		ValidArgsFunction: a.completeServices,
	}
	o.bind(c)
	c.Flags().BoolVar(&exitCode, "exit-code", false, "end with 2 when there is something to do")
	c.RunE = a.run(func(ctx context.Context, args []string) error {
		outcome, err := a.foresee(ctx, args, o)
		if err != nil {
			return err
		}
		a.remarks(outcome)
		a.showPlan(outcome)
		if exitCode && outcome.Changed {
			return exitStatus(2)
		}
		return nil
	})
	return c
}

// foresee finds out what a run would do.
func (a *app) foresee(ctx context.Context, services []string, o convergeOptions) (*up.Outcome, error) {
	o.DryRun = true
	a.complete(&o, services)
	at, err := a.site(ctx, services, o, false)
	if err != nil {
		return nil, err
	}
	o.Setup = a.setupMemory(at.project)
	return at.run(ctx, o.Options)
}

// The objects of a plan in JSON. Their names are a promise.
type (
	buildObject struct {
		Type    string `json:"type"` // "build"
		Service string `json:"service"`
		Cause   string `json:"cause"`
	}
	pullObject struct {
		Type     string   `json:"type"` // "pull"
		Image    string   `json:"image"`
		Services []string `json:"services"`
	}
	operationObject struct {
		Type    string   `json:"type"` // "operation"
		Action  string   `json:"action"`
		Name    string   `json:"name"`
		Service string   `json:"service,omitempty"`
		Causes  []string `json:"causes"`
	}
	setupObject struct {
		Type    string `json:"type"` // "setup"
		Service string `json:"service"`
		Step    string `json:"step"`
		Cause   string `json:"cause"`
	}
)

// showPlan prints what a run would do.
func (a *app) showPlan(o *up.Outcome) {
	if a.ui.Mode() == ui.JSON {
		a.planObjects(o)
		return
	}
	var lines []string
	for _, built := range o.Builds {
		lines = append(lines, "build "+built.Service+": "+built.Cause)
	}
	for _, pulled := range o.Pulls {
		lines = append(lines, "pull "+pulled.Image+" for "+list(pulled.Services))
	}
	if o.Plan != nil {
		lines = append(lines, o.Plan.Lines()...)
	}
	for _, step := range o.Setup {
		lines = append(lines, "set up "+step.Title()+": "+step.Cause)
	}
	if len(lines) == 0 {
		a.ui.Say("nothing to do: everything runs as the files say")
	}
	a.ui.Text(lines...)
}

func (a *app) planObjects(o *up.Outcome) {
	for _, built := range o.Builds {
		a.ui.Object(buildObject{"build", built.Service, built.Cause})
	}
	for _, pulled := range o.Pulls {
		a.ui.Object(pullObject{"pull", pulled.Image, pulled.Services})
	}
	if o.Plan == nil {
		return
	}
	for _, op := range o.Plan.Ops {
		if op.Action == plan.Await {
			continue
		}
		causes := op.Causes
		if causes == nil {
			causes = []string{}
		}
		a.ui.Object(operationObject{"operation", string(op.Action), op.Name, op.Service, causes})
	}
	for _, step := range o.Setup {
		a.ui.Object(setupObject{"setup", step.Service, step.Name, step.Cause})
	}
}
