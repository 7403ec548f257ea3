package execcmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/cli/command"
)

// attachment is being connected to the main process of a container.
type attachment struct {
	client           *client.Client
	id, name         string
	tty              bool      // the process has a terminal: what it prints is one stream
	raw              bool      // the user's terminal is that terminal: keys reach the process as they are
	in               io.Reader // nil to connect nothing to what the process reads
	detachKeys       string    // empty for the engine's
	condition        container.WaitCondition
	start            func(context.Context) error // starts the process once all is connected; nil when it runs
	stop             bool                        // stop the container when the user interrupts and the process goes on
	ignoresInterrupt bool                        // the user's Ctrl-C does not reach the process
	output           *listener                   // what the process prints, once connected
}

// gracePeriod is how long a process has to end by itself after Ctrl-C reached it.
const gracePeriod = 3 * time.Second

// attachTo connects the streams to a container, waits for its end and gives the process's
// exit code. Ctrl-C reaches the process: as a key on a terminal, as SIGINT without one.
func attachTo(ctx context.Context, env *command.Env, t attachment) (code int, err error) {
	steady := context.WithoutCancel(ctx) // what was begun is ended in order
	steady, cancel := context.WithCancel(steady)
	defer cancel()
	conn, err := t.client.ContainerAttach(steady, t.id, client.ContainerAttachOptions{
		Stream: true, Stdin: t.in != nil, Stdout: true, Stderr: true, DetachKeys: t.detachKeys,
	})
	if err != nil {
		return 0, fmt.Errorf("connect to %s: %w", t.name, err)
	}
	defer conn.Close()
	over := t.client.ContainerWait(steady, t.id, client.ContainerWaitOptions{Condition: t.condition})
	if t.start != nil {
		if err := t.start(ctx); err != nil {
			return 0, err
		}
	}
	if t.raw {
		resize := func(columns, rows int) {
			_, _ = t.client.ContainerResize(steady, t.id, client.ContainerResizeOptions{Height: uint(rows), Width: uint(columns)}) // the next change tries again
		}
		resize(env.UI.Streams().Size())
		restore, err := rawTerminal(steady, env, resize)
		if err != nil {
			return 0, err
		}
		defer restore()
	}
	t.output = &listener{from: conn.Reader}
	conn.Reader = bufio.NewReader(t.output)
	streamed := make(chan error, 1)
	var piping sync.WaitGroup
	piping.Go(func() { streamed <- pipe(steady, env, conn.HijackedResponse, t.in, env.Out, t.tty) })
	defer piping.Wait()
	defer cancel() // what still streams then ends
	return outcome(ctx, steady, env, t, over, streamed)
}

// outcome waits until the process has ended and all that it printed is out, or until the
// user is connected no more.
func outcome(ctx, steady context.Context, env *command.Env, t attachment, over client.ContainerWaitResult, streamed <-chan error) (int, error) {
	interrupted := ctx.Done()
	var impatient, late <-chan time.Time
	for {
		select {
		case r := <-over.Result:
			t.drain(streamed)
			return int(r.StatusCode), nil
		case err := <-over.Error:
			return 0, fmt.Errorf("wait for %s: %w", t.name, err)
		case err := <-streamed:
			if err != nil {
				return 0, err
			}
			streamed, late = nil, time.After(time.Second)
		case <-late:
			if detached, err := detached(steady, env, t); detached || err != nil {
				return 0, err
			}
		case <-interrupted:
			interrupted, impatient = nil, time.After(gracePeriod)
			if err := t.forwardInterrupt(ctx, steady); err != nil {
				return 0, err
			}
		case <-impatient:
			if err := stopImpatient(ctx, steady, env, t); err != nil {
				return 0, err
			}
		}
	}
}

// stopImpatient stops a container that has not ended of itself after Ctrl-C, where it goes with
// the command, and else ends the connection.
func stopImpatient(ctx, steady context.Context, env *command.Env, t attachment) error {
	if !t.stop {
		return ctx.Err()
	}
	env.Say("stopping " + t.name)
	return t.end(steady)
}

// forwardInterrupt passes Ctrl-C on to a process that is to hear of it, and else ends the connection.
func (t attachment) forwardInterrupt(ctx, steady context.Context) error {
	if t.ignoresInterrupt {
		return ctx.Err()
	}
	if err := t.interrupt(steady); err != nil {
		return errors.Join(err, ctx.Err())
	}
	return nil
}

// interrupt passes Ctrl-C on. A process that has ended meanwhile needs none.
func (t attachment) interrupt(ctx context.Context) error {
	_, err := t.client.ContainerKill(ctx, t.id, client.ContainerKillOptions{Signal: "SIGINT"})
	if errdefs.IsConflict(err) || errdefs.IsNotFound(err) {
		return nil
	}
	return err
}

// end stops the container, in the time that it has for that.
func (t attachment) end(ctx context.Context) error {
	_, err := t.client.ContainerStop(ctx, t.id, client.ContainerStopOptions{})
	if err != nil && !errdefs.IsNotFound(err) {
		return fmt.Errorf("stop %s: %w", t.name, err)
	}
	return nil
}

// detached looks, when the streams have ended before the process was known to have, whether
// it goes on: the user typed the detach keys, or it closed what it writes to. One that does
// not is about to be known to have ended, with its exit code.
func detached(ctx context.Context, env *command.Env, t attachment) (bool, error) {
	found, err := t.client.ContainerInspect(ctx, t.id, client.ContainerInspectOptions{})
	switch {
	case errdefs.IsNotFound(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look at %s: %w", t.name, err)
	case found.Container.State.Running:
		env.Say("detached; " + t.name + " goes on running")
	}
	return found.Container.State.Running, nil
}
