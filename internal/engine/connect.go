package engine

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/moby/moby/client"
	"github.com/moby/moby/client/pkg/versions"

	"github.com/devup-cli/devup/internal/dockerconfig"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
)

// connector is one attempt to connect, with everything that touches the machine
// handed in.
type connector struct {
	system system
	usual  []candidate // where to look when no engine was chosen
	files  fs.FS       // the machine's files, rooted at "/"
	start  bool
	sink   event.Sink
	run    func(ctx context.Context, command []string) (output []byte, err error)

	local, remote time.Duration // how long one address may take to answer
	every         time.Duration // how often a started engine is asked
	limit         time.Duration // how long it may take to start
}

func (c connector) connect(ctx context.Context, o Options) (*Engine, error) {
	dir := configDir(c.system)
	config, err := dockerconfig.Read(dir)
	if err != nil {
		text := filepath.Join(dir, dockerconfig.Name) + " is not read: " + err.Error()
		c.sink(event.Event{Kind: event.Note, ID: "docker-config", Name: "docker", State: event.Warning, Text: text})
	}
	apiVersion, err := pinnedVersion(c.system)
	if err != nil {
		return nil, err
	}
	endpoints, err := targets(c.system, c.usual, o, config)
	if err != nil {
		return nil, err
	}
	ask := func(ctx context.Context) (*Engine, []problem, error) {
		return c.tryAll(ctx, endpoints, config.HTTPHeaders, apiVersion)
	}
	found, problems, err := ask(ctx)
	if found != nil || err != nil {
		return found, err
	}
	m := detect(c.system, c.files)
	s, startable := startOf(m, kindsOf(problems))
	if !c.start || !startable || s.command == nil && !s.itself || !worthStarting(problems) {
		return nil, explain(m, problems)
	}
	if err := c.startEngine(ctx, s); err != nil {
		return nil, err
	}
	return c.await(ctx, s, ask)
}

// pinnedVersion is the API version that DOCKER_API_VERSION pins, or empty.
func pinnedVersion(s system) (string, error) {
	pinned := strings.TrimPrefix(strings.TrimSpace(s.env("DOCKER_API_VERSION")), "v")
	if pinned == "" {
		return "", nil
	}
	if _, err := client.New(client.WithAPIVersion(pinned)); err != nil {
		return "", fail.Wrap(err, fail.Usage, "unset it, or write it as 1.47", "DOCKER_API_VERSION is not a version: %q", pinned)
	}
	if versions.LessThan(pinned, client.MinAPIVersion) {
		return "", fail.New(fail.Usage, "unset it", "DOCKER_API_VERSION is %s; devup needs %s or newer", pinned, client.MinAPIVersion)
	}
	return pinned, nil
}

// tryAll gives the first engine that answers, or why each address had none.
func (c connector) tryAll(ctx context.Context, endpoints []target, headers map[string]string, apiVersion string) (*Engine, []problem, error) {
	var problems []problem
	for _, t := range endpoints {
		found, p, err := c.try(ctx, t, headers, apiVersion)
		if found != nil || err != nil {
			return found, nil, err
		}
		problems = append(problems, *p)
	}
	return nil, problems, nil
}

// try asks one address. Gitpod starts its engine at the first connection and lets
// that wait, so the user learns why nothing happens.
func (c connector) try(ctx context.Context, t target, headers map[string]string, apiVersion string) (*Engine, *problem, error) {
	if !localHost(t.endpoint.Host) {
		return probe(ctx, t, headers, apiVersion, c.remote)
	}
	if platformOf(c.system, c.files) != gitpod {
		return probe(ctx, t, headers, apiVersion, c.local)
	}
	slow := time.AfterFunc(time.Second, func() {
		c.sink(event.Event{Kind: event.Note, ID: "engine", Name: string(docker), State: event.Working, Text: "starts at its first use in this workspace"})
	})
	defer slow.Stop()
	return probe(ctx, t, headers, apiVersion, c.remote)
}

// worthStarting is false when some address has an engine that runs: then what is
// wrong there is to be fixed, not another engine to be started. Being denied
// the system's engine does not forbid the user's own.
func worthStarting(problems []problem) bool {
	for _, p := range problems {
		if p.cause == silent || p.cause == tooOld || p.cause == tooNew {
			return false
		}
	}
	return true
}

// startEngine runs the command that starts the engine, where it needs one.
func (c connector) startEngine(ctx context.Context, s start) error {
	if s.itself {
		c.note(event.Working, s, "starts with this dev container")
		return nil
	}
	c.note(event.Working, s, "starting: "+s.say)
	started, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	output, err := c.run(started, s.command)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	c.note(event.Failed, s, "did not start")
	failed := fail.Wrap(err, fail.NoEngine, "run `"+s.say+"` yourself and see what it says", "%s does not start: %v", s.kind, err)
	failed.Lines = lastLines(output, 10)
	return failed
}

// await asks again and again until the engine answers.
func (c connector) await(ctx context.Context, s start, ask func(context.Context) (*Engine, []problem, error)) (*Engine, error) {
	began := time.Now()
	waiting, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	tick := time.NewTicker(c.every)
	defer tick.Stop()
	for {
		found, _, err := ask(waiting)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case found != nil:
			c.sink(event.Event{
				Kind: event.Note, ID: "engine", Name: string(s.kind), State: event.Done,
				Text: "started", Took: time.Since(began),
			})
			return found, nil
		case err != nil && !errors.Is(err, context.DeadlineExceeded):
			return nil, err
		}
		select {
		case <-waiting.Done():
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			c.note(event.Failed, s, "does not answer")
			return nil, c.late(s)
		case <-tick.C:
		}
	}
}

// late is the error of an engine that did not come up in time.
func (c connector) late(s start) error {
	if s.itself {
		return fail.New(fail.NoEngine, "see why: "+logsOf(s)+"; start it again: `"+s.say+"`", "%s starts with this dev container, but does not answer within %s", s.kind, c.limit)
	}
	return fail.New(fail.NoEngine, "see why: "+logsOf(s), "%s was started (`%s`), but does not answer within %s", s.kind, s.say, c.limit)
}

func (c connector) note(state event.State, s start, text string) {
	c.sink(event.Event{Kind: event.Note, ID: "engine", Name: string(s.kind), State: state, Text: text})
}

// logsOf is where a started engine says what is wrong with it.
func logsOf(s start) string {
	switch {
	case s.itself:
		return "`tail /tmp/dockerd.log`"
	case s.kind == docker && s.command[0] == "systemctl":
		return "`journalctl -u docker -n 50`"
	case s.kind == docker:
		return "`tail /var/log/docker.log`"
	case s.kind == rootless:
		return "`journalctl --user -u docker -n 50`"
	default:
		return string(s.kind) + "'s own log"
	}
}

func lastLines(output []byte, limit int) []string {
	text := strings.TrimSpace(string(output))
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	return lines[max(0, len(lines)-limit):]
}

// runCommand runs a command to its end; the pipe that its children may keep open
// is given up a second later.
func runCommand(ctx context.Context, command []string) ([]byte, error) {
	run := exec.CommandContext(ctx, command[0], command[1:]...)
	run.WaitDelay = time.Second
	var output bytes.Buffer
	run.Stdout, run.Stderr = &output, &output
	err := run.Run()
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil // the command itself ended well; what it started lives on
	}
	return output.Bytes(), err
}
