package run

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// service is what the project says of a service; the zero value where the
// project's files are not known.
func (a *applier) service(name string) types.ServiceConfig {
	if a.project == nil {
		return types.ServiceConfig{}
	}
	return a.project.Services[name]
}

// fill copies into a container that does not run yet the secrets and configs
// that are no files on this machine. It does so at each start: a run may have
// been killed between making the container and filling it.
func (a *applier) fill(ctx context.Context, s types.ServiceConfig, id string) error {
	if len(s.Secrets)+len(s.Configs) == 0 {
		return nil
	}
	files, err := filesOf(a.project, s)
	if err != nil {
		return err
	}
	content, err := archive(files)
	if err != nil || content == nil {
		return err
	}
	_, err = a.engine.CopyToContainer(ctx, id, client.CopyToContainerOptions{DestinationPath: "/", Content: bytes.NewReader(content)})
	if err != nil {
		return fmt.Errorf("copy secrets and configs: %w", err)
	}
	return nil
}

// started runs a service's post_start hooks one after the other. The first that
// fails fails the start.
func (a *applier) started(ctx context.Context, s types.ServiceConfig, id string) error {
	for i, hook := range s.PostStart {
		if err := a.hook(ctx, s.Name, "post_start", i, hook, id); err != nil {
			return err
		}
	}
	return nil
}

// stopping runs a service's pre_stop hooks in a container that is about to be
// stopped. A hook that fails keeps nothing from stopping.
func (a *applier) stopping(ctx context.Context, c plan.Container) {
	if c.State != "running" {
		return
	}
	for i, hook := range a.service(c.Service).PreStop {
		if err := a.hook(ctx, c.Service, "pre_stop", i, hook, c.ID); err != nil {
			a.options.Sink(event.Event{Kind: event.Note, Name: c.Name, State: event.Warning, Text: err.Error()})
			return
		}
	}
}

// hook runs a command in a container. An error of the command has the last lines
// of what it printed.
func (a *applier) hook(ctx context.Context, service, kind string, index int, h types.ServiceHook, id string) error {
	what := fmt.Sprintf("%s hook %d of %s", kind, index+1, service)
	made, err := a.engine.ExecCreate(ctx, id, client.ExecCreateOptions{
		User: h.User, Privileged: h.Privileged, WorkingDir: h.WorkingDir, Env: environment(h.Environment), Cmd: h.Command,
		AttachStdout: true, AttachStderr: true,
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	output, err := a.output(ctx, made.ID)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	done, err := a.engine.ExecInspect(ctx, made.ID, client.ExecInspectOptions{})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if done.ExitCode == 0 {
		return nil
	}
	f := fail.New(fail.Failed, "see what it printed, and try it with `devup exec`", "the %s ended with status %d", what, done.ExitCode)
	f.Service, f.Lines = service, lastLines(output)
	if kind == "pre_stop" && len(f.Lines) > 0 { // a warning has no lines of its own
		f.Message += ": " + strings.Join(f.Lines, " / ")
	}
	return f
}

// output runs an exec and gives the end of what it prints.
func (a *applier) output(ctx context.Context, exec string) (string, error) {
	attached, err := a.engine.ExecAttach(ctx, exec, client.ExecAttachOptions{})
	if err != nil {
		return "", err
	}
	defer attached.Close()
	// A read from the connection does not know the context: closing ends it.
	stop := context.AfterFunc(ctx, attached.Close)
	defer stop()
	text := &tail{}
	if _, err := stdcopy.StdCopy(text, text, attached.Reader); err != nil && ctx.Err() == nil {
		return "", err
	}
	return string(text.kept), ctx.Err()
}

// tail keeps the end of what is written to it.
type tail struct{ kept []byte }

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	const enough = 4 << 10
	t.kept = append(t.kept, p...)
	if len(t.kept) > enough {
		t.kept = append([]byte(nil), t.kept[len(t.kept)-enough:]...)
	}
	return len(p), nil
}

// lastLines are the last few lines of a text that say something.
func lastLines(text string) []string {
	var lines []string
	for line := range strings.SplitSeq(strings.ToValidUTF8(text, ""), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-10):]
}

// restart restarts a container with its hooks around it.
func (a *applier) restart(ctx context.Context, c plan.Container) error {
	a.stopping(ctx, c)
	if _, err := a.engine.ContainerRestart(ctx, c.ID, client.ContainerRestartOptions{Timeout: a.seconds()}); err != nil {
		return err
	}
	return a.started(ctx, a.service(c.Service), c.ID)
}
