package dashboardcmd

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/dashboard"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/logs"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/untrusted"
)

// commands are what the verbs of a page do: the words of a command of devup. None of them removes data.
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
	all, err := s.observe(ctx)
	if err != nil {
		return "", err
	}
	defer all.Close()
	env, err := s.in(all, a.Project)
	if err != nil {
		return "", err
	}
	words, known := commands[a.Verb]
	self, err := os.Executable()
	if err != nil || !known {
		return "", cmp.Or(err, error(fail.New(fail.Usage, "", "no action is called %q", a.Verb)))
	}
	args := append(session.EngineFlags(env), "--project-name", a.Project, "--progress", "plain", "--color", "never")
	dir := env.Flags.Dir
	if dir == "" || checkout.Removed(dir) {
		dir = filepath.Dir(self) // the labels on the engine say the rest
	} else {
		args = append(args, "--project-directory", dir)
		for _, file := range env.Flags.Files {
			args = append(args, "--file", file)
		}
	}
	args = append(args, words...)
	if a.Service != "" {
		args = append(args, "--", a.Service)
	}
	// What was begun is carried out, also where the page is closed.
	c := exec.CommandContext(context.WithoutCancel(ctx), self, args...) //nolint:gosec // devup itself
	var said output
	c.Dir, c.Stdout, c.Stderr, c.WaitDelay = dir, &said, &said, time.Second
	c.Env = append(slices.Clone(env.Environ), "DEVUP_DASHBOARD=off") // it runs, and its page is open
	err = c.Run()
	text := strings.TrimSpace(untrusted.Lines(string(said), false))
	if err != nil {
		return "", errors.New(cmp.Or(text, err.Error()))
	}
	return text, nil
}

// maxOutput is how much of what a command printed is shown, in bytes: its end says why it failed.
const maxOutput = 8 << 10

// output keeps the end of what is written to it.
type output []byte

func (o *output) Write(text []byte) (int, error) {
	*o = append(*o, text...)
	if over := len(*o) - maxOutput; over > 0 {
		*o = slices.Clone((*o)[over:])
	}
	return len(text), nil
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
func (s *source) Config(ctx context.Context, name, service string) (string, error) {
	opened, err := s.find(ctx, name, session.Want{Project: session.Optional, Workspace: true, Gateway: session.GatewayAsConfigured})
	if err != nil {
		return "", err
	}
	defer opened.Close()
	if opened.Project == nil {
		return "", errors.New(problem(cmp.Or(opened.Unreadable, errors.New("the directory of the project is gone"))))
	}
	configs, err := show.Configs(ctx, s.env, opened)
	if err != nil {
		return "", err
	}
	config, known := configs[service]
	if !known {
		return "", fail.New(fail.UnknownService, "", "the files name no service %q", service)
	}
	text, err := project.RawYAML(config)
	return string(text), err
}
