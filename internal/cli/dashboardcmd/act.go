package dashboardcmd

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/dashboard"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/logs"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/untrusted"
)

// commands are what the verbs of a page do: the words of a command of devup. None of them removes volumes.
var commands = map[string][]string{
	"start":   {"start"},
	"stop":    {"stop"},
	"restart": {"restart"},
	"rebuild": {"up", "--detach", "--build"},
	"up":      {"up", "--detach"},
	"down":    {"down"},
	"setup":   {"up", "--detach", "--setup-again"},
}

// act does what a page asks for.
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
	switch {
	case a.Verb == "publish" || a.Verb == "unpublish":
		return "", s.setVisibility(ctx, env, a)
	case !known:
		return "", fail.New(fail.Usage, "", "no action is called %q", a.Verb)
	case a.Verb == "setup":
		words = append(slices.Clone(words), a.Service+":"+a.Step)
	}
	return run(env, a, words)
}

// run runs a command of devup, as the user would in the directory of the project: with its lock, its
// words and its failures. It goes on where the page is closed or the dashboard ends: it writes to a file.
func run(env *session.Env, a dashboard.Action, words []string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	args := append(session.EngineFlags(env), "--project-name", a.Project, "--progress", "plain", "--no-color")
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
	said, err := os.CreateTemp("", "devup-action-")
	if err != nil {
		return "", err
	}
	_ = os.Remove(said.Name()) // it goes with its last reader, except on Windows
	defer os.Remove(said.Name())
	defer said.Close()
	c := exec.Command(self, args...) //nolint:gosec,noctx // devup itself, which goes on where the page is closed
	c.Dir, c.Stdout, c.Stderr = dir, said, said
	c.Env = append(slices.Clone(env.Environ), "DEVUP_DASHBOARD=off") // it runs, and its page is open
	err = c.Run()
	text := ending(said)
	if err != nil {
		return "", errors.New(cmp.Or(text, err.Error()))
	}
	return text, nil
}

// maxOutput is how much of what a command printed is shown, in bytes: its end says why it failed.
const maxOutput = 8 << 10

// ending is the end of what a command printed.
func ending(printed *os.File) string {
	size, err := printed.Seek(0, io.SeekEnd)
	if err != nil {
		return ""
	}
	text := make([]byte, min(size, maxOutput))
	n, _ := printed.ReadAt(text, size-int64(len(text))) // what can be read
	return strings.TrimSpace(untrusted.Lines(string(text[:n]), false))
}

// setVisibility makes a port of a service public or private in a workspace.
func (s *source) setVisibility(ctx context.Context, env *session.Env, a dashboard.Action) error {
	opened, err := s.open(ctx, env, withURLs)
	if err != nil {
		return err
	}
	defer opened.Close()
	control := session.PortControl(opened)
	do := control.Open
	if a.Verb == "unpublish" {
		do = control.Close
	}
	if opened.Project == nil || do == nil {
		return fail.New(fail.Failed, control.ByHand(a.Port), "devup cannot change port %d here", a.Port)
	}
	rows := expose.Table(session.ResolvedAsRunning(ctx, opened), opened.Workspace, nil)
	if !slices.ContainsFunc(rows, func(r expose.Row) bool { return r.Port == a.Port && r.Service == a.Service && r.URL != "" }) {
		return fail.New(fail.Usage, "", "%s has no port %d for browsers", a.Service, a.Port)
	}
	err = do(ctx, []int{a.Port})
	s.readPorts(ctx, control)
	return err
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
	opened, err := s.find(ctx, name, withURLs)
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
