package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/logs"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/run"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/up"
)

// upOptions are the flags of up.
type upOptions struct {
	up.Options
	detach bool
}

func (a *app) upCommand() *cobra.Command {
	var o upOptions
	c := &cobra.Command{
		Use:   "up [SERVICE...]",
		Short: "Build and start the services, wait until they answer, print their URLs",
		Long: `Build what is stale, start what does not run, wait until every service answers and
print the URLs; then show the logs until Ctrl-C, which stops what was started.
With services as arguments: these and what they depend on.

Exit codes: 3 a service did not become ready, 4 no engine, 5 build failed.`,
		Example: `  devup up
  devup up --detach backend-flask
  devup up --dry-run`,
		ValidArgsFunction: a.completeServices,
	}
	f := c.Flags()
	f.BoolVarP(&o.detach, "detach", "d", false, "return once every service answers; they go on running")
	f.BoolVar(&o.Build, "build", false, "build every image, stale or not")
	f.BoolVar(&o.NoBuild, "no-build", false, "build nothing")
	f.BoolVar(&o.DryRun, "dry-run", false, "print what would be done and do nothing")
	f.BoolVar(&o.Public, "public", false, "open the ports of all services in a cloud workspace")
	f.Duration("timeout", 5*time.Minute, "how long the services may take until they answer")
	c.MarkFlagsMutuallyExclusive("build", "no-build")
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.up(ctx, args, o) })
	return c
}

func (a *app) up(ctx context.Context, services []string, o upOptions) error {
	began := time.Now()
	p, err := a.load(ctx, services...)
	if err != nil {
		return err
	}
	if len(p.Services) == 0 {
		return fail.New(fail.Config, "name one under services, or activate its profile with --profile", "project %s has no service to start", p.Name)
	}
	machine, e, err := a.machine(ctx)
	if err != nil {
		return err
	}
	o.Timeout = a.settings.Timeout
	survey, p, release, err := a.surveyInTurn(ctx, e, p, services)
	if err != nil {
		return err
	}
	defer release()
	machine.Applied = release
	outcome, err := up.Run(ctx, machine, p, survey, o.Options)
	a.remarks(outcome)
	if o.DryRun {
		if err == nil {
			a.showPlan(outcome)
		}
		return err
	}
	if len(outcome.URLs) > 0 && ctx.Err() == nil {
		markFailed(outcome.URLs, err)
		a.showURLs(outcome.URLs)
	}
	if ctx.Err() != nil && !o.detach && outcome.Plan != nil {
		return a.stopStarted(ctx, &running{engine: e, name: p.Name, project: outcome.Project}, outcome)
	}
	if err != nil || o.detach {
		return err
	}
	a.ui.Say(a.attachedRemark(outcome))
	r := &running{engine: e, name: p.Name, project: outcome.Project}
	if r.look, err = look(ctx, e, p.Name); err != nil {
		return err
	}
	err = a.follow(ctx, r, p.ServiceNames(), logs.Options{Follow: true, Since: began.Format(time.RFC3339Nano)})
	if ctx.Err() == nil {
		a.ui.Say("all services have ended")
		return err
	}
	return a.stopStarted(ctx, r, outcome)
}

// markFailed marks the rows of services that did not become ready.
func markFailed(rows []expose.Row, err error) {
	failed := failedServices(err)
	for i := range rows {
		if failed[rows[i].Service] {
			rows[i].State = "failed"
		}
	}
}

// failedServices are the services that an error, or those that it joins, is about.
func failedServices(err error) map[string]bool {
	failed := map[string]bool{}
	for _, e := range ui.Failures(err) {
		if e.Service != "" {
			failed[e.Service] = true
		}
	}
	return failed
}

// remarks tells what the person should know of a run: resolved URLs, moved ports,
// containers that belong to nothing.
func (a *app) remarks(o *up.Outcome) {
	note := func(text string) { a.ui.Sink()(event.Event{Kind: event.Note, Text: text}) }
	if o.Project != nil {
		for _, n := range o.Project.Notes {
			note(n)
		}
	}
	for _, m := range o.Moves {
		note(m.String())
	}
	if o.Plan != nil && len(o.Plan.Orphans) > 0 {
		note("containers of this project that belong to no service of it: " + list(o.Plan.Orphans))
	}
}

func (a *app) attachedRemark(o *up.Outcome) string {
	if len(started(o)) == 0 {
		return "everything ran already; Ctrl-C leaves it running"
	}
	return "Ctrl-C stops " + list(started(o))
}

// started are the services of which the run started containers.
func started(o *up.Outcome) []string {
	var names []string
	seen := map[string]bool{}
	for _, op := range o.Plan.Ops {
		switch op.Action {
		case plan.Create, plan.Recreate, plan.Start, plan.Rename:
			if !seen[op.Service] {
				seen[op.Service] = true
				names = append(names, op.Service)
			}
		}
	}
	return names
}

// stopStarted stops what the run started, after the person's Ctrl-C. A second one
// kills devup; the engine then goes on stopping what it was told to stop.
func (a *app) stopStarted(ctx context.Context, r *running, o *up.Outcome) error {
	if len(started(o)) == 0 {
		a.ui.Say("still running; `devup down` removes it")
		return exitStatus(130)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	now, err := look(ctx, r.engine, r.name)
	if err != nil {
		return err
	}
	if _, err := run.Apply(ctx, r.engine.Client, nil, plan.StopAll(now.Observed, started(o)), run.Options{Sink: a.ui.Sink()}); err != nil {
		return err
	}
	return exitStatus(130)
}

// The objects of a dry run in JSON. Their names are a promise.
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
)

// showPlan prints what a run would do.
func (a *app) showPlan(o *up.Outcome) {
	if a.ui.Mode() == ui.JSON {
		a.planObjects(o)
		return
	}
	var b strings.Builder
	for _, built := range o.Builds {
		fmt.Fprintf(&b, "build %s: %s\n", built.Service, built.Cause)
	}
	for _, pulled := range o.Pulls {
		fmt.Fprintf(&b, "pull %s for %s\n", pulled.Image, list(pulled.Services))
	}
	if o.Plan != nil {
		b.WriteString(o.Plan.String())
	}
	if b.Len() == 0 {
		a.ui.Say("nothing to do: everything runs as the files say")
	}
	a.ui.Text(b.String())
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
		if op.Action != plan.Await {
			a.ui.Object(operationObject{"operation", string(op.Action), op.Name, op.Service, op.Causes})
		}
	}
}
