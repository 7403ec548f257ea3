package tunnel

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"

	"github.com/devup-cli/devup/internal/fail"
)

// DefaultTimeout is how long a tunnel may take until it has a URL and works.
const DefaultTimeout = 30 * time.Second

// gracePeriod is how long the program has to end after it was asked to.
const gracePeriod = 5 * time.Second

// Options are what [Open] needs of the user's machine.
type Options struct {
	Environ []string      // the program's environment; nil for devup's own
	Secrets []string      // values that must not be shown, should the program print them
	Timeout time.Duration // zero for [DefaultTimeout]
}

// Tunnel is an open tunnel. Its methods are safe for concurrent use.
type Tunnel struct {
	URL  string // without a slash at its end
	Slow string // what to say when the program has a URL and does not say that it works; else empty

	tool   Tool
	output *output
	end    context.CancelFunc
	ended  chan struct{}
}

// Open runs the tool and waits until it says a URL. The tunnel ends with ctx, with
// [Tunnel.Close], or of itself, which [Tunnel.Ended] reports. The error is a [fail.Error]
// with the last lines of the tool, or the context's.
func Open(ctx context.Context, tool Tool, target Target, o Options) (*Tunnel, error) {
	args, err := tool.args(target)
	if err != nil {
		return nil, err
	}
	urls, works := make(chan string, 1), make(chan struct{})
	once, onceWorks := sync.Once{}, sync.Once{}
	t := &Tunnel{tool: tool, ended: make(chan struct{})}
	t.output = &output{secrets: o.Secrets, onLine: func(line string) {
		url, working := tool.read(line, target)
		if url != "" {
			once.Do(func() { urls <- url })
		}
		if working {
			onceWorks.Do(func() { close(works) })
		}
	}}
	ctx, t.end = context.WithCancel(ctx)
	if err := t.start(ctx, args, o.Environ); err != nil {
		t.end()
		return nil, fail.Wrap(err, fail.Failed, "", "%s cannot be started", tool.Name)
	}
	if err := t.await(ctx, urls, works, o.Timeout); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// Ended is closed when the program has ended.
func (t *Tunnel) Ended() <-chan struct{} { return t.ended }

// LastLines are the last lines that the program has printed, without secrets.
func (t *Tunnel) LastLines() []string { return t.output.lines() }

// Close ends the tunnel and waits until it has ended. It may be called more than once.
func (t *Tunnel) Close() {
	t.end()
	<-t.ended
}

// start runs the program. It is asked to end when ctx ends, and killed when it does not.
func (t *Tunnel) start(ctx context.Context, args, environ []string) error {
	c := exec.CommandContext(ctx, t.tool.Path, args...) //nolint:gosec // one of the known tools
	c.Env, c.Stdout, c.Stderr, c.WaitDelay = environ, t.output, t.output, gracePeriod
	c.Cancel = func() error {
		err := c.Process.Signal(os.Interrupt)
		if err != nil && !errors.Is(err, os.ErrProcessDone) { // Windows has no signals
			return c.Process.Kill()
		}
		return err
	}
	endWithParent(c)
	started := make(chan error)
	go func() {
		// On Linux Pdeathsig is tied to the thread that starts the program, so that
		// thread must live as long.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(t.ended)
		err := c.Start()
		started <- err
		if err == nil {
			_ = c.Wait() // what it printed says more than how it ended
		}
	}()
	return <-started
}

// await waits until the tunnel has a URL and works. A URL without more is taken too, as
// later versions of a program may say the rest in other words.
func (t *Tunnel) await(ctx context.Context, urls <-chan string, works <-chan struct{}, timeout time.Duration) error {
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for t.URL == "" || works != nil {
		select {
		case t.URL = <-urls:
		case <-works:
			works = nil
		case <-t.ended:
			return ctxOr(ctx, t.failure("has ended instead of opening a tunnel"))
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-timer.C:
			if t.URL == "" {
				return t.failure("has given no URL for " + timeout.String())
			}
			t.Slow, works = t.tool.Name+" has a URL, and has not said for "+timeout.String()+" that it works", nil
		}
	}
	return nil
}

func (t *Tunnel) failure(what string) error {
	e := fail.New(fail.Failed, "its last lines say why; `devup share --via NAME` takes another tool", "%s %s", t.tool.Name, what)
	e.Lines = t.LastLines()
	return e
}

// ctxOr is the context's error where it has ended, because then anything else that failed
// did so for that reason.
func ctxOr(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
