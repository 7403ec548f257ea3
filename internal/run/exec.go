package run

import (
	"context"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/engineconfig"
)

// Executor is what [Exec] needs of the engine.
type Executor interface {
	ExecCreate(context.Context, string, client.ExecCreateOptions) (client.ExecCreateResult, error)
	ExecAttach(context.Context, string, client.ExecAttachOptions) (client.ExecAttachResult, error)
	ExecInspect(context.Context, string, client.ExecInspectOptions) (client.ExecInspectResult, error)
}

// Command is a command for a running container. What it leaves out is as for the
// container's own.
type Command struct {
	Words       []string
	User        string
	WorkingDir  string
	Environment types.MappingWithEquals
	Privileged  bool
}

// Executed is how a command ended.
type Executed struct {
	Status int
	Lines  []string // the last ones that it printed
}

// Exec runs a command in a running container and waits for its end. The error is the
// engine's or ctx's; then the command may still run, and its last lines until then are given.
func Exec(ctx context.Context, e Executor, container string, c Command) (Executed, error) {
	made, err := e.ExecCreate(ctx, container, client.ExecCreateOptions{
		User: c.User, Privileged: c.Privileged, WorkingDir: c.WorkingDir, Env: engineconfig.Environment(c.Environment), Cmd: c.Words,
		AttachStdout: true, AttachStderr: true,
	})
	if err != nil {
		return Executed{}, err
	}
	output, err := output(ctx, e, made.ID)
	if err != nil {
		return Executed{Lines: lastLines(output)}, err
	}
	status, err := status(ctx, e, made.ID)
	return Executed{status, lastLines(output)}, err
}

// status waits for the end of an exec and gives its exit code. A program that closed its
// output, or sent it to a file, goes on after that has ended.
func status(ctx context.Context, e Executor, exec string) (int, error) {
	const pause = 100 * time.Millisecond
	for {
		done, err := e.ExecInspect(ctx, exec, client.ExecInspectOptions{})
		if err != nil || !done.Running {
			return done.ExitCode, err
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// output runs an exec and gives the end of what it prints.
func output(ctx context.Context, e Executor, exec string) (string, error) {
	attached, err := e.ExecAttach(ctx, exec, client.ExecAttachOptions{})
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
