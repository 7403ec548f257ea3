package watch

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/devup-cli/devup/internal/containerexec"
	"github.com/devup-cli/devup/internal/diagnose"
)

// command runs a command in a container, hands its output over line by line, and
// gives its exit code. A command that does not exist ends with 126 or 127, or is an
// error, by the engine's version.
func command(ctx context.Context, e containerexec.Engine, id string, c containerexec.Command, line func(stream, text string)) (int, error) {
	out, errs := &lines{stream: "stdout", take: line}, &lines{stream: "stderr", take: line}
	defer errs.flush()
	defer out.flush()
	return containerexec.Run(ctx, e, id, c, out, errs)
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

// remove removes paths in a container.
func remove(ctx context.Context, e containerexec.Engine, id string, targets []string) error {
	for _, some := range splitArguments(targets, 64<<10) {
		var said []string
		// As root, as files are copied: what the container may not remove came from here.
		code, err := command(ctx, e, id, containerexec.Command{
			User: "0", WorkingDir: "/", Words: append([]string{"rm", "-rf", "--"}, some...),
		}, func(_, text string) { said = append(said, text) })
		if code == 126 || code == 127 || diagnose.ExplainError(diagnose.Start, err).Reason == diagnose.CommandMissing {
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

// splitArguments cuts a list so that none has more than so many bytes: a command's
// arguments have a limit.
func splitArguments(targets []string, limit int) [][]string {
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
