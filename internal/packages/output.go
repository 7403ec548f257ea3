package packages

import (
	"bytes"
	"context"
	"strconv"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/containerexec"
)

// toItsEnd starts a container and waits for its end. It connects and waits from before the start:
// a short command may have ended when the start is answered.
func (i installer) toItsEnd(ctx context.Context, id string, out *output) (int, error) {
	attached, err := i.engine.ContainerAttach(ctx, id, client.ContainerAttachOptions{Stream: true, Stdout: true, Stderr: true})
	if err != nil {
		return 0, err
	}
	defer attached.Close()
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	ended := i.engine.ContainerWait(waiting, id, client.ContainerWaitOptions{Condition: container.WaitConditionNextExit})
	if _, err := i.engine.ContainerStart(ctx, id, client.ContainerStartOptions{}); err != nil {
		return 0, err
	}
	streams := containerexec.Streams{Out: out, Err: out.errors()}
	if err := streams.Copy(ctx, attached.HijackedResponse); err != nil {
		return 0, err
	}
	select {
	case result := <-ended.Result:
		return int(result.StatusCode), nil
	case err := <-ended.Error:
		return 0, err
	}
}

// output takes what an installation prints. A nil one drops it.
type output struct {
	run    *build.PackagesRun
	stream int // 1 or 2
}

// errors is the other stream of the same installation.
func (o *output) errors() *output {
	if o == nil {
		return nil
	}
	return &output{o.run, 2}
}

// Write hands text on, step by step: a line that begins with the mark of [install] says which
// step begins. It never fails.
func (o *output) Write(text []byte) (int, error) {
	if o == nil {
		return len(text), nil
	}
	for rest := text; len(rest) > 0; {
		before, after, found := bytes.Cut(rest, []byte{'\036'})
		o.run.Output(o.stream, before)
		if rest = after; found {
			number, behind, _ := bytes.Cut(after, []byte("\n"))
			if n, err := strconv.Atoi(string(number)); err == nil {
				o.run.Begin(n)
			}
			rest = behind
		}
	}
	return len(text), nil
}

// quoted is a word for a shell.
func quoted(word string) string {
	return "'" + string(bytes.ReplaceAll([]byte(word), []byte("'"), []byte(`'\''`))) + "'"
}
