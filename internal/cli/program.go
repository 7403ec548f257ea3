package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/workspace"
)

// detect finds out where devup runs, from variables and files alone.
func (a *app) detect() (workspace.Place, error) {
	return workspace.Detect(a.stdio.env, os.DirFS("/"), workspace.Override{
		Provider: a.settings.Provider, Template: a.settings.PublicURLTemplate,
	})
}

// place finds out where devup runs, and asks the platform there for its URLs.
func (a *app) place(ctx context.Context) (workspace.Place, error) {
	place, err := a.detect()
	if err != nil {
		return workspace.Place{}, err
	}
	return place.Ask(ctx, a.tools()), nil
}

// tools are how a workspace's own programs are reached. What they cannot do is done
// over HTTP once there is a client.
func (a *app) tools() workspace.Tools {
	return workspace.Tools{Run: a.runProgram, Env: a.stdio.env}
}

// control gives what can be done with the ports of the place.
func (a *app) control(place workspace.Place, client expose.Client) workspace.Control {
	tools := a.tools()
	tools.Do = client.Do
	return place.Control(tools)
}

// runProgram runs a program of the platform without a terminal, so that it cannot
// ask anything.
func (a *app) runProgram(ctx context.Context, argv ...string) (string, error) {
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return "", fmt.Errorf("%s %w", argv[0], workspace.ErrNoProgram)
	}
	var out, words bytes.Buffer
	c := exec.CommandContext(ctx, path, argv[1:]...) //nolint:gosec // package workspace says which
	c.Env, c.Stdout, c.Stderr = a.stdio.Environ, &out, &words
	c.WaitDelay = time.Second // for one that leaves a child with its streams behind
	err = c.Run()
	switch {
	case err == nil:
		return out.String(), nil
	case ctx.Err() != nil:
		return "", fmt.Errorf("%s does not end: %w", argv[0], context.Cause(ctx))
	case errors.Is(err, exec.ErrWaitDelay):
		return out.String(), nil
	}
	said := cmp.Or(strings.TrimSpace(words.String()), strings.TrimSpace(out.String()))
	return "", errors.New(argv[0] + ": " + cmp.Or(said, err.Error()))
}
