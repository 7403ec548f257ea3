package dashboardcmd

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/dashboard"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/logs"
	"github.com/devup-cli/devup/internal/secret"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/untrusted"
)

// commands are what the verbs of a page do: the words of a command of devup.
var commands = map[string][]string{
	"start":   {"start"},
	"stop":    {"stop"},
	"restart": {"restart"},
	"rebuild": {"up", "--detach", "--build"},
	"up":      {"up", "--detach"},
	"down":    {"down"},
}

// act runs the command of devup that does what the page asks for, as the user would in the directory
// of the project: with its lock, its words and its failures.
func (s *source) act(ctx context.Context, a dashboard.Action) (string, error) {
	all, err := s.look(ctx)
	if err != nil {
		return "", err
	}
	defer all.Close()
	env, err := s.in(all, a.Project)
	if err != nil {
		return "", err
	}
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	dir := env.Flags.Dir
	args := append(session.EngineFlags(env), "--project-directory", dir, "--project-name", a.Project, "--progress", "plain", "--color", "never")
	for _, file := range env.Flags.Files {
		args = append(args, "--file", file)
	}
	args = append(args, commands[a.Verb]...)
	if a.Service != "" {
		args = append(args, "--", a.Service)
	}
	// What was begun is carried out, also where the page is closed.
	c := exec.CommandContext(context.WithoutCancel(ctx), self, args...) //nolint:gosec // devup itself
	var said bytes.Buffer
	c.Dir, c.Env, c.Stdout, c.Stderr, c.WaitDelay = dir, s.env.Environ, &said, &said, time.Second
	err = c.Run()
	text := tail(untrusted.Lines(said.String(), false))
	if err != nil {
		return "", errors.New(cmp.Or(text, err.Error()))
	}
	return text, nil
}

// maxSaid is how much of what a command printed is shown, in bytes: its end says why it failed.
const maxSaid = 8 << 10

func tail(text string) string {
	if len(text) > maxSaid {
		text = text[len(text)-maxSaid:]
		_, text, _ = strings.Cut(text, "\n")
	}
	return strings.TrimSpace(text)
}

// Logs reads the lines of a project's services.
func (s *source) Logs(ctx context.Context, q dashboard.LogQuery, line func(dashboard.Line)) error {
	opened, err := s.find(ctx, q.Project, session.Want{Project: session.Optional})
	if err != nil {
		return err
	}
	defer opened.Close()
	grep := strings.ToLower(q.Grep)
	o := logs.Options{
		Follow: q.Follow, Endless: q.Follow, Since: q.Since, Until: q.Until, Tail: q.Tail, Timestamps: true,
		Sink: func(e event.Event) {
			if e.Kind != event.Log {
				line(dashboard.Line{Service: e.Name, Text: e.Text, Stream: "devup"})
				return
			}
			stamp, text, _ := strings.Cut(e.Text, " ")
			if grep == "" || strings.Contains(strings.ToLower(text), grep) {
				line(dashboard.Line{Service: e.Name, Container: e.Parent, Time: stamp, Stream: e.Stream, Text: text})
			}
		},
	}
	return show.Followed{Services: q.Services}.Follow(ctx, opened, o, func([]string) {})
}

// Config is a service as it runs, as YAML: values that may be secret are masked.
func (s *source) Config(ctx context.Context, project, service string) (string, error) {
	opened, err := s.find(ctx, project, session.Want{Project: session.Optional, Workspace: true, Gateway: session.GatewayAsConfigured})
	if err != nil {
		return "", err
	}
	defer opened.Close()
	if opened.Project == nil {
		return "", errors.New(problem(cmp.Or(opened.Unreadable, errors.New("the directory of the project is gone"))))
	}
	config, known := session.ResolvedAsRunning(ctx, opened).Services[service]
	if !known {
		return "", fail.New(fail.UnknownService, "", "the files name no service %q", service)
	}
	var variables []secret.Variable
	for name, value := range config.Environment {
		if value != nil && secret.HasName(name) {
			variables = append(variables, secret.Variable{Name: name, Value: *value})
		}
	}
	text, err := yaml.Marshal(config)
	if err != nil {
		return "", err
	}
	return secret.NewMask(variables, opened.Services(), "").Text(string(text)), nil
}
