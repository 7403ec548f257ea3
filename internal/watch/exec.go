package watch

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"
)

// command runs a command in a container, hands its output over line by line, and
// gives its exit code. A command that is not there ends with 126 or 127, or is an
// error, by the engine's version.
func command(ctx context.Context, e commands, id string, o client.ExecCreateOptions, line func(stream, text string)) (int, error) {
	o.AttachStdout, o.AttachStderr = true, true
	created, err := e.ExecCreate(ctx, id, o)
	if err != nil {
		return 0, err
	}
	attached, err := e.ExecAttach(ctx, created.ID, client.ExecAttachOptions{})
	if err != nil {
		return 0, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		out, errs := &lines{stream: "stdout", take: line}, &lines{stream: "stderr", take: line}
		_, _ = stdcopy.StdCopy(out, errs, bufio.NewReader(attached.Reader)) // that it broke off shows in the exit code
		out.flush()
		errs.flush()
	}()
	select {
	case <-ended:
		attached.Close()
	case <-ctx.Done():
		attached.Close() // the output then ends
		<-ended
		return 0, ctx.Err()
	}
	result, err := e.ExecInspect(ctx, created.ID, client.ExecInspectOptions{})
	if err != nil {
		return 0, err
	}
	return result.ExitCode, nil
}

// lines is a writer that hands over whole lines.
type lines struct {
	stream string
	take   func(stream, text string)
	rest   strings.Builder
}

var _ io.Writer = (*lines)(nil)

func (l *lines) Write(p []byte) (int, error) {
	for part := range strings.Lines(string(p)) {
		l.rest.WriteString(part)
		if strings.HasSuffix(part, "\n") {
			l.flush()
		}
	}
	return len(p), nil
}

func (l *lines) flush() {
	if text := strings.TrimRight(l.rest.String(), "\r\n"); l.rest.Len() > 0 {
		l.take(l.stream, text)
	}
	l.rest.Reset()
}

// remover removes paths in a container.
func remove(ctx context.Context, e commands, id string, targets []string) error {
	for _, some := range portions(targets, 64<<10) {
		var said []string
		// As root, as files are copied: what the container may not remove came from here.
		code, err := command(ctx, e, id, client.ExecCreateOptions{
			User: "0", WorkingDir: "/", Cmd: append([]string{"rm", "-rf", "--"}, some...),
		}, func(_, text string) { said = append(said, text) })
		if err != nil && ctx.Err() == nil && strings.Contains(err.Error(), "executable file not found") || code == 126 || code == 127 {
			return errNoRemover
		}
		if err == nil && code != 0 {
			err = fmt.Errorf("rm ended with %d: %s", code, strings.Join(said, "; "))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// portions cuts a list so that none has more than so many bytes: a command's
// arguments have a limit.
func portions(targets []string, limit int) [][]string {
	var all [][]string
	size := limit
	for _, t := range targets {
		if size += len(t) + 1; size > limit || len(all) == 0 {
			all, size = append(all, nil), len(t)+1
		}
		last := len(all) - 1
		all[last] = append(all[last], t)
	}
	return all
}
