package containercmd

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
)

// NewInspect is `devup inspect`.
func NewInspect(p *command.Program) *cobra.Command {
	var brief bool
	c := &cobra.Command{
		Use:         "inspect [SERVICE...]",
		SuggestFor:  []string{"describe", "show", "explain", "info", "health"},
		Annotations: command.ReadOnly,
		Short:       "Say all about services: what they answer now, why they fail, their config",
		Long: `Say what each service answers at this moment, with the cause where it fails; its URLs; its
containers with their images and why they were created; and its config in effect, in
which secrets are masked.`,
		Example: `  devup inspect backend-flask
  devup inspect --no-config --json`,
		ValidArgsFunction: p.CompleteServices,
	}
	c.Flags().BoolVar(&brief, "no-config", false, "leave out the config")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, services []string) error {
		return runInspect(ctx, env, services, brief)
	})
	return c
}

// What is known of a service, in JSON. The names are a promise.
type (
	inspectObject struct {
		Type       string               `json:"type"` // "inspect"
		Service    string               `json:"service"`
		State      string               `json:"state"` // as in a result
		Ready      bool                 `json:"ready"`
		Evidence   []string             `json:"evidence"` // what its containers were asked at this moment, and what came
		URLs       []string             `json:"urls"`     // what a browser opens, else host and port
		Containers []inspectedContainer `json:"containers"`
		Failure    *ui.ErrorObject      `json:"failure,omitempty"` // why it is not ready
		Config     map[string]any       `json:"config,omitempty"`  // in effect; secrets are masked
	}
	inspectedContainer struct {
		containerObject
		Image  string   `json:"image"` // its ID
		MadeAt string   `json:"made_at"`
		MadeBy string   `json:"made_by"` // "devup" or "docker compose"
		Causes []string `json:"causes"`  // why it was made
	}
)

func runInspect(ctx context.Context, env *command.Env, services []string, brief bool) error {
	s, err := env.Open(ctx, session.Want{State: session.Containers, Workspace: true}, services)
	if err != nil {
		return err
	}
	defer s.Close()
	if s.Project == nil {
		return s.Unreadable
	}
	if len(services) == 0 {
		services = s.Project.ServiceNames()
	}
	configs := map[string]map[string]any{}
	if !brief {
		if configs, err = show.Configs(ctx, env, s); err != nil {
			return err
		}
	}
	evidence, failures := answers(ctx, s, services)
	if err := ctx.Err(); err != nil {
		return err
	}
	rows := expose.Table(session.ResolvedAsRunning(ctx, s), s.Workspace, nil)
	for _, name := range services {
		failure, containers := failures[name], s.Observed.Of(name)
		state := show.ServiceStates(s, []string{name}, rows, map[string]bool{name: failure != nil && len(containers) > 0})[0]
		o := inspectObject{
			Type: "inspect", Service: name, State: state.State, Ready: failure == nil, URLs: state.URLs,
			Evidence: append([]string{}, evidence[name]...), Containers: []inspectedContainer{}, Config: configs[name],
		}
		for _, c := range containers {
			at, by, causes := show.Origin(c)
			o.Containers = append(o.Containers, inspectedContainer{describeContainer(c, session.OpenPorts(s, c)), c.Image, at, by, causes})
		}
		if failure != nil {
			described := ui.Object(failure)
			o.Failure = &described
		}
		if err := showInspected(env, o, failure); err != nil {
			return err
		}
	}
	return nil
}

// answers asks services what they answer now, and gives the failures of those that are not ready.
func answers(ctx context.Context, s *session.Session, services []string) (evidence map[string][]string, failures map[string]*fail.Error) {
	probes := session.Probes(ctx, s, services)
	evidence, failures = map[string][]string{}, map[string]*fail.Error{}
	for _, found := range ready.Check(ctx, probes) {
		evidence[found.Service] = append(evidence[found.Service], found.Text)
	}
	err := ready.Wait(ctx, ready.On(s.Engine.Client), probes, ready.Options{Timeout: readyNow, Grace: readyNow, Compiles: true})
	for _, e := range append(fail.Failures(err), fail.Failures(notRunning(idle(s, services, probes)))...) {
		if failures[e.Service] == nil {
			failures[e.Service] = e
		}
	}
	return evidence, failures
}

func showInspected(env *command.Env, o inspectObject, failure *fail.Error) error {
	if env.UI.Mode() == ui.JSON {
		env.UI.Object(o)
		return nil
	}
	t := ui.Table{Rows: [][]ui.Cell{{{Text: o.Service, Tone: ui.Strong}, {Text: strings.Join(append([]string{o.State}, o.Evidence...), ", "), Tone: show.Tone(o.State)}}}}
	for _, url := range o.URLs {
		t.Rows = append(t.Rows, []ui.Cell{{Text: "url"}, {Text: url, Link: url}})
	}
	for _, c := range o.Containers {
		t.Rows = append(t.Rows, []ui.Cell{{Text: "container"}, {Text: fmt.Sprintf("%s, created by %s at %s: %s", c.Name, c.MadeBy, c.MadeAt, cmp.Or(strings.Join(c.Causes, "; "), "no cause is known"))}})
	}
	env.UI.Table(t)
	if o.Config != nil {
		text, err := project.RawYAML(o.Config)
		if err != nil {
			return err
		}
		env.UI.Text("config")
		for line := range strings.Lines(string(text)) {
			env.UI.Text("  " + strings.TrimSuffix(line, "\n"))
		}
	}
	if failure != nil {
		env.UI.Error(failure)
	}
	return nil
}
