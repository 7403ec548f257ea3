// Package containerexec runs commands in running containers: it hands over what they print
// and says how they ended. What the output means is its callers' work.
package containerexec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"
)

// Attacher is what [Output] needs of the engine.
type Attacher interface {
	ExecCreate(context.Context, string, client.ExecCreateOptions) (client.ExecCreateResult, error)
	ExecAttach(context.Context, string, client.ExecAttachOptions) (client.ExecAttachResult, error)
}

// Engine is what [Run] needs of the engine.
type Engine interface {
	Attacher
	ExecInspect(context.Context, string, client.ExecInspectOptions) (client.ExecInspectResult, error)
}

// Command is a command for a running container. What it leaves out is as for the
// container's own.
type Command struct {
	Words      []string
	User       string
	WorkingDir string
	Env        []string // NAME=value
	Privileged bool
}

// Output runs a command and writes what it prints, until it closes its output. exec names
// the command to the engine.
func Output(ctx context.Context, e Attacher, container string, c Command, out, errs io.Writer) (exec string, err error) {
	created, err := e.ExecCreate(ctx, container, client.ExecCreateOptions{
		User: c.User, Privileged: c.Privileged, WorkingDir: c.WorkingDir, Env: c.Env, Cmd: c.Words,
		AttachStdout: true, AttachStderr: true,
	})
	if err != nil {
		return "", err
	}
	attached, err := e.ExecAttach(ctx, created.ID, client.ExecAttachOptions{})
	if err != nil {
		return "", err
	}
	defer attached.Close()
	return created.ID, Streams{Out: out, Err: errs}.Copy(ctx, attached.HijackedResponse)
}

// Run runs a command, writes what it prints, waits for its end and gives its exit code. The
// error is the engine's or ctx's; then the command may still run.
func Run(ctx context.Context, e Engine, container string, c Command, out, errs io.Writer) (status int, err error) {
	exec, err := Output(ctx, e, container, c, out, errs)
	if err != nil {
		return 0, err
	}
	// A program that closed its output, or sent it to a file, goes on after that.
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

// Text is what a command in a container prints to its standard output. More than most bytes are an
// error, so that a container cannot fill this machine's memory.
func Text(ctx context.Context, e Attacher, container string, words []string, most int) ([]byte, error) {
	out := &bounded{most: most}
	_, err := Output(ctx, e, container, Command{Words: words}, out, io.Discard)
	return out.text, err
}

// bounded keeps what is written to it, up to a limit.
type bounded struct {
	text []byte
	most int
}

// Write fails where there is more than the limit.
func (b *bounded) Write(p []byte) (int, error) {
	if len(b.text)+len(p) > b.most {
		return 0, fmt.Errorf("it printed more than %d bytes", b.most)
	}
	b.text = append(b.text, p...)
	return len(p), nil
}

// Result is how a command ended.
type Result struct {
	Status int
	Lines  []string // the last ones that it printed
}

// Tail is [Run] that keeps the last lines. They are also given with an error.
func Tail(ctx context.Context, e Engine, container string, c Command) (Result, error) {
	text := &tail{}
	status, err := Run(ctx, e, container, c, text, text)
	return Result{status, Lines(text.kept)}, err
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

// Lines are the last few lines of an output that are not empty.
func Lines(output []byte) []string {
	const most = 10
	var lines []string
	for line := range strings.SplitSeq(strings.ToValidUTF8(string(output), ""), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-most):]
}

// Streams are connected to a process in a container.
type Streams struct {
	In  io.Reader // nil: the process reads nothing of it
	Out io.Writer
	Err io.Writer // unused with a terminal
	TTY bool      // the process has a terminal: it prints one stream
}

// Copy copies the streams until the process closes its output. The error is that of reading
// or writing, or ctx's. A read of In may go on: it cannot be interrupted.
func (s Streams) Copy(ctx context.Context, conn client.HijackedResponse) error {
	ended := make(chan error, 1)
	go func() {
		var err error
		if s.TTY {
			_, err = io.Copy(s.Out, conn.Reader)
		} else {
			_, err = stdcopy.StdCopy(s.Out, s.Err, conn.Reader)
		}
		ended <- err
	}()
	if s.In != nil {
		go func() { // ends with the process of devup at the latest
			_, _ = io.Copy(conn.Conn, s.In) // the command may have closed its end
			_ = conn.CloseWrite()
		}()
	}
	select {
	case err := <-ended:
		switch {
		case err == nil || errdefs.IsCanceled(err) || errors.Is(err, io.EOF):
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		}
		return fmt.Errorf("read the command's output: %w", err)
	case <-ctx.Done():
		conn.Close() // the output then ends
		<-ended      //nolint:errcheck // the context's error says why
		return ctx.Err()
	}
}
