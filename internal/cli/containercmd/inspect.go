package containercmd

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
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
	"github.com/devup-cli/devup/internal/untrusted"
)

// NewInspect is `devup inspect`.
func NewInspect(p *command.Program) *cobra.Command {
	return &cobra.Command{
		Use:         "inspect SERVICE",
		Annotations: command.ReadOnly,
		Short:       "Say all about one service: what it answers now, why it fails, its config",
		Long: `Say what a service answers at this moment, with the cause where it fails; its URLs; its
containers with their images and why they were created; and its config in effect, in
which secrets are masked.`,
		Example: `  devup inspect backend-flask
  devup inspect backend-flask --json`,
		Args:              oneService,
		ValidArgsFunction: p.CompleteServices,
		RunE:              p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runInspect(ctx, env, args[0]) }),
	}
}

// oneService refuses any other number of services.
func oneService(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fail.New(fail.Usage, "for example: "+c.CommandPath()+" backend-flask", "%s needs one service", c.CommandPath())
	}
	return nil
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

func runInspect(ctx context.Context, env *command.Env, service string) error {
	s, err := env.Open(ctx, session.Want{State: session.Containers, Workspace: true}, []string{service})
	if err != nil {
		return err
	}
	defer s.Close()
	if s.Project == nil {
		return s.Unreadable
	}
	o := inspectObject{Type: "inspect", Service: service, Evidence: []string{}, Containers: []inspectedContainer{}}
	failure := answers(ctx, s, &o)
	failed := fail.Services(failure)
	failed[service] = failed[service] && len(s.Observed.Of(service)) > 0 // else it does not run
	if err := ctx.Err(); err != nil {
		return err
	}
	state := show.ServiceStates(s, []string{service}, expose.Table(session.ResolvedAsRunning(ctx, s), s.Workspace, nil), failed)[0]
	o.State, o.URLs = state.State, state.URLs
	for _, c := range s.Observed.Of(service) {
		at, by, causes := show.Origin(c)
		o.Containers = append(o.Containers, inspectedContainer{describeContainer(c, session.OpenPorts(s, c)), c.Image, at, by, causes})
	}
	if o.Config, err = configOf(ctx, env, s, service); err != nil {
		return err
	}
	if env.UI.Mode() == ui.JSON {
		env.UI.Object(o)
		return nil
	}
	return showInspected(env, o, failure)
}

// answers asks a service what it answers now, and gives the failure where that does not make it
// ready.
func answers(ctx context.Context, s *session.Session, o *inspectObject) error {
	probes := session.Probes(ctx, s, []string{o.Service})
	for _, found := range ready.Look(ctx, probes) {
		o.Evidence = append(o.Evidence, found.Text)
	}
	failure := notRunning([]string{o.Service})
	if len(probes) > 0 {
		failure = ready.Wait(ctx, ready.On(s.Engine.Client), probes, ready.Options{Timeout: readyNow, Grace: readyNow, Compiles: true})
	}
	o.Ready = failure == nil
	if failures := fail.Failures(failure); len(failures) > 0 {
		first := ui.Object(failures[0])
		o.Failure = &first
	}
	return failure
}

// configOf is the config of a service in effect.
func configOf(ctx context.Context, env *command.Env, s *session.Session, service string) (map[string]any, error) {
	text, err := s.Resolved(ctx, 0, 0).JSON()
	if err != nil {
		return nil, err
	}
	var model struct{ Services map[string]map[string]any }
	if err := json.Unmarshal(text, &model); err != nil {
		return nil, fmt.Errorf("read the project's own JSON: %w", err)
	}
	root, err := os.OpenRoot(s.Project.WorkingDir)
	if err != nil {
		return nil, fail.Wrap(err, fail.Denied, "", "%s cannot be read", s.Project.WorkingDir)
	}
	defer root.Close()
	config := model.Services[service]
	maps.DeleteFunc(config, func(_ string, value any) bool { return value == nil })
	show.Masked(show.Masker(env, untrusted.FS(root), s.Project), "", config)
	return config, nil
}

func showInspected(env *command.Env, o inspectObject, failure error) error {
	t := ui.Table{Rows: [][]ui.Cell{{{Text: o.Service, Tone: ui.Strong}, {Text: strings.Join(append([]string{o.State}, o.Evidence...), ", "), Tone: show.Tone(o.State)}}}}
	for _, url := range o.URLs {
		t.Rows = append(t.Rows, []ui.Cell{{Text: "url"}, {Text: url, Link: url}})
	}
	for _, c := range o.Containers {
		t.Rows = append(t.Rows, []ui.Cell{{Text: "container"}, {Text: fmt.Sprintf("%s, created by %s at %s: %s", c.Name, c.MadeBy, c.MadeAt, cmp.Or(strings.Join(c.Causes, "; "), "no cause is known"))}})
	}
	env.UI.Table(t)
	text, err := project.RawYAML(o.Config)
	if err != nil {
		return err
	}
	env.UI.Text("config")
	for line := range strings.Lines(string(text)) {
		env.UI.Text("  " + strings.TrimSuffix(line, "\n"))
	}
	if failure != nil {
		env.UI.Error(failure)
	}
	return nil
}
